import ApusCore
import ApusFunctional
import ApusModels
import ApusNN

/// Texts whose positions are divided among the processes of a group: each computes its own, and attention goes round in a ring
/// (Liu et al., 2023): PyTorch's `context_parallel`.
///
///     let context = try ContextParallel(mesh["context"], length: 8192)
///     let x = try context.shard(tokens), y = try context.shard(targets)
///     try context.run {
///       let logits = model(context.inputs(x)).logits
///       context.crossEntropy(logits, y).backward()
///     }
///     try context.reduceGradients(model.parameters())
///
/// No process ever holds keys and values of more than its own positions and those of one other.
public struct ContextParallel: Sendable {
  /// Which positions a process gets.
  public enum Order: Sendable, Hashable {
    /// One run of positions each. With causal attention the last process has the most to do.
    case contiguous
    /// Of twice as many runs the one at its place from the front and the one at its place from behind, so that all have as much to do with
    /// causal attention.
    case zigzag
  }

  /// Positions that follow each other.
  struct Run: Sendable, Hashable {
    /// The first position, and where it lies among those of its process.
    let start, offset: Int
    let count: Int
  }

  /// The processes that share a text.
  public let group: ProcessGroup
  /// The number of positions of the whole.
  public let length: Int
  /// Which of them a process gets.
  public let order: Order
  /// The runs of each process.
  let runs: [[Run]]

  /// - Parameters:
  ///   - group: the processes that share a text.
  ///   - length: the number of positions of a whole text, two for each process at least.
  ///   - order: which of them each gets.
  public init(_ group: ProcessGroup, length: Int, order: Order = .zigzag) throws(TensorError) {
    guard length >= 2 * group.size else {
      throw TensorError(
        .shape, "ContextParallel",
        "\(length) positions are too few for \(group.size) processes, which need two each: \(2 * group.size)")
    }
    (self.group, self.length, self.order) = (group, length, order)
    let count = order == .zigzag ? 2 * group.size : group.size
    let bounds = (0...count).map { length * $0 / count }
    runs = (0..<group.size).map { rank in
      let places = order == .zigzag ? [rank, count - 1 - rank] : [rank]
      var offset = 0
      return places.map { place in
        let run = Run(start: bounds[place], offset: offset, count: bounds[place + 1] - bounds[place])
        offset += run.count
        return run
      }
    }
  }

  /// ``init(_:length:order:)`` with a mesh of one dimension.
  public init(_ mesh: DeviceMesh, length: Int, order: Order = .zigzag) throws(TensorError) {
    try self.init(mesh.group, length: length, order: order)
  }

  /// How many positions each process has.
  var counts: [Int] { runs.map { $0.reduce(0) { $0 + $1.count } } }
  private func positions(_ rank: Int) -> [Int] { runs[rank].flatMap { Array($0.start..<($0.start + $0.count)) } }

  /// The positions of this process in the whole, `[1, count]`, int64.
  public var positions: Tensor { Tensor(positions(group.rank)).to(.int64).unsqueeze(0) }

  /// The positions of this process of `x`, which all have whole.
  ///
  /// - Parameter dim: the dimension of positions.
  public func shard(_ x: Tensor, dim: Int = 1) throws(TensorError) -> Tensor {
    let dim = try Cut.checked(dim, x.shape, "shard")
    guard x.shape[dim] == length else {
      throw TensorError(
        .shape, "shard", "dimension \(dim) of \(x.shape) should have the \(length) positions of the whole")
    }
    return x.indexSelect(dim, Tensor(positions(group.rank)).to(.int64))
  }

  /// The whole of `x`, of which each process has its positions. All processes do the same with it, so that of its gradient each
  /// takes its own part.
  ///
  /// - Parameter dim: the dimension of positions.
  public func gather(_ x: Tensor, dim: Int = 1) throws(TensorError) -> Tensor {
    let dim = try Cut.checked(dim, x.shape, "gather")
    let joined = group.functional.gatherFromGroup(x, dim: dim, sizes: counts)
    var places = [Int](repeating: 0, count: length)
    for (i, position) in (0..<group.size).flatMap({ positions($0) }).enumerated() { places[position] = i }
    return joined.indexSelect(dim, Tensor(places).to(.int64))
  }

  /// The arguments of a published model for the tokens of this process, `[batch, count]`: with their positions, and without labels,
  /// whose shift goes beyond what a process has.
  public func inputs(_ tokens: Tensor) -> ModelInputs {
    var inputs = ModelInputs()
    inputs.inputIds = tokens
    inputs.positionIds = positions
    inputs.separatesTexts = false
    return inputs
  }

  /// Runs `body`, in which ``scaledDotProductAttention(_:_:_:attnMask:dropoutP:isCausal:scale:enableGQA:slidingWindow:softCap:position:generator:)``,
  /// and with it every model, attends to the positions of all processes. Layers that are computed again in the backward pass need
  /// it around `backward()` too.
  public func run<Result>(_ body: () throws -> Result) rethrows -> Result {
    try AttentionReplacements.$current.withValue(RingReplacement(context: self)) { try body() }
  }

  /// The part of this process in the mean cross entropy of the whole: scores `[batch, count, classes]` of its positions against what
  /// follows them, `[batch, count]`. The sum over the processes is the loss.
  ///
  /// - Parameter ignoreIndex: a class that does not count.
  public func crossEntropy(_ logits: Tensor, _ targets: Tensor, ignoreIndex: Int = -100) -> Tensor {
    if logits.hasFailed || targets.hasFailed { return logits.hasFailed ? logits : targets }
    guard logits.rank > 1 else {
      return fail(
        TensorError(.shape, "crossEntropy", "needs scores [batch, count, classes], and found \(logits.shape)"))
    }
    let sum = ApusFunctional.crossEntropy(
      logits.reshape([-1, logits.size(-1)]), targets.reshape([-1]), ignoreIndex: ignoreIndex, reduction: .sum)
    let count = noGrad { group.functional.allReduce(targets.ne(ignoreIndex).to(sum.dtype).sum()) }
    return sum / count
  }

  /// Adds up the gradients of all processes. Each then has those of the whole.
  public func reduceGradients(_ parameters: [Tensor]) throws(TensorError) {
    var works: [(Tensor, Work<Tensor>)] = []
    for parameter in parameters {
      guard let gradient = parameter.grad else { continue }
      works.append((parameter, try group.startAllReduce(gradient)))
    }
    for (parameter, work) in works { parameter.grad = try work.wait() }
  }

  /// ``ringAttention(_:_:_:_:isCausal:scale:)`` of this context.
  public func attention(
    _ query: Tensor, _ key: Tensor, _ value: Tensor, isCausal: Bool = false, scale: Double? = nil
  ) -> Tensor {
    ringAttention(query, key, value, self, isCausal: isCausal, scale: scale)
  }
}

/// Attention of calls while a context runs.
private struct RingReplacement: AttentionReplacement {
  let context: ContextParallel

  func attention(_ call: AttentionCall) throws(TensorError) -> Tensor {
    let unknown = [
      call.mask != nil ? "a mask" : nil, call.dropout > 0 ? "dropout of weights" : nil,
      call.window != nil ? "a window" : nil, call.softCap != nil ? "capped scores" : nil,
      call.position != 0 ? "keys of a cache" : nil,
    ].compactMap { $0 }
    guard unknown.isEmpty else {
      throw TensorError(
        .unsupported, "ContextParallel",
        "attention in a ring is causal or full, and \(unknown.joined(separator: " and ")) was asked for; run such layers outside, or on whole texts"
      )
    }
    return context.attention(call.query, call.key, call.value, isCausal: call.isCausal, scale: call.scale)
  }
}
