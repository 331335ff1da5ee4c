import ApusCore

extension ProcessGroup {
  /// The collectives that gradients go through.
  ///
  ///     let total = world.functional.allReduce(x)       // backward() sums the gradients of all ranks
  ///     let whole = world.functional.allGather(x, dim: 1)
  public var functional: FunctionalCollectives { FunctionalCollectives(group: self) }
}

/// Collectives as operations on tensors, with gradients: PyTorch's `torch.distributed._functional_collectives` and
/// `torch.distributed.nn.functional`.
///
/// All ranks of the group call the same operations in the same order, and `backward()` on results of the same graph; then the
/// gradients' collectives come in one order too. What gradients mean follows from one rule: what is differentiated is the *sum* of
/// what the ranks call `backward()` on. ``allReduce(_:_:)``, ``allGather(_:dim:sizes:)``, ``reduceScatter(_:dim:sizes:)``,
/// ``allToAll(_:dim:sendSizes:receiveSizes:)``, ``broadcast(_:from:)`` and ``rotate(_:by:)`` are that derivative. Where all ranks compute one
/// and the same loss, its sum counts it once for each rank; for that the pairs of Megatron-LM (Shoeybi et al., 2019) stand beside them:
/// ``copyToGroup(_:)`` with ``reduceFromGroup(_:)``, and ``scatterToGroup(_:dim:sizes:)`` with ``gatherFromGroup(_:dim:sizes:)``.
///
/// As other operations on tensors these report mistakes instead of throwing them.
public struct FunctionalCollectives: Sendable {
  /// Whose members take part.
  public let group: ProcessGroup

  /// The tensors of all ranks reduced, on all of them. Gradients are reduced the same way; those of the least and the greatest
  /// element go to whoever has it, in equal parts where several do. Other reductions have none.
  ///
  /// - Parameter x: of one shape and element type on all ranks.
  public func allReduce(_ x: Tensor, _ operation: ReduceOperation = .sum) -> Tensor {
    if operation == .min || operation == .max { return apply(Extreme(group: group, operation: operation), x) }
    return apply(Total(group: group, operation: operation, sharesLoss: false), x)
  }

  /// The sum over all ranks, of whose gradient each rank takes its own: Megatron's g, behind a layer whose inputs are divided. The gradient
  /// is the same on all ranks, as they go on with the same numbers.
  public func reduceFromGroup(_ x: Tensor) -> Tensor {
    apply(Total(group: group, operation: .sum, sharesLoss: true), x)
  }

  /// `x`, whose gradients are summed over all ranks: Megatron's f, before a layer whose results are divided.
  ///
  /// - Parameter x: the same on all ranks.
  public func copyToGroup(_ x: Tensor) -> Tensor { apply(Copied(group: group), x) }

  /// The tensors of all ranks joined along `dim`, by rank. The gradient is ``reduceScatter(_:dim:sizes:)``.
  ///
  /// - Parameters:
  ///   - x: of one shape on all ranks but for `dim`, and of one element type.
  ///   - sizes: how long `dim` is on each rank; nil: as long as here.
  public func allGather(_ x: Tensor, dim: Int = 0, sizes: [Int]? = nil) -> Tensor {
    joined(x, dim, sizes, sharesLoss: false, "allGather")
  }

  /// The tensors of all ranks joined along `dim`, of whose gradient each rank takes its own part: what all ranks do with the
  /// result is the same.
  ///
  /// - Parameters: those of ``allGather(_:dim:sizes:)``.
  public func gatherFromGroup(_ x: Tensor, dim: Int = -1, sizes: [Int]? = nil) -> Tensor {
    joined(x, dim, sizes, sharesLoss: true, "gatherFromGroup")
  }

  /// The sum over all ranks, of which each gets a part along `dim`. The gradient is ``allGather(_:dim:sizes:)``.
  ///
  /// - Parameters:
  ///   - x: of one shape and element type on all ranks.
  ///   - sizes: how long each rank's part is; nil: all alike, or as `chunk` cuts where that does not go.
  public func reduceScatter(_ x: Tensor, dim: Int = 0, sizes: [Int]? = nil) -> Tensor {
    cut(x, dim, sizes, "reduceScatter") { apply(Scattered(group: group, cut: $0, sums: true), x) }
  }

  /// The rank's part of `x` along `dim`, which all ranks have whole; the gradient is joined.
  ///
  /// - Parameters: those of ``reduceScatter(_:dim:sizes:)``.
  public func scatterToGroup(_ x: Tensor, dim: Int = -1, sizes: [Int]? = nil) -> Tensor {
    cut(x, dim, sizes, "scatterToGroup") { apply(Scattered(group: group, cut: $0, sums: false), x) }
  }

  /// Sends a part of `x` along `dim` to each rank, and joins what comes, by rank: PyTorch's `all_to_all_single`. The gradient goes back the
  /// same ways.
  ///
  /// - Parameters:
  ///   - x: of one shape on all ranks but for `dim`, and of one element type.
  ///   - sendSizes: how long the part for each rank is; nil: all alike.
  ///   - receiveSizes: how long the part from each rank is; nil: as long as those sent.
  public func allToAll(
    _ x: Tensor, dim: Int = 0, sendSizes: [Int]? = nil, receiveSizes: [Int]? = nil
  ) -> Tensor {
    cut(x, dim, sendSizes, isEven: true, "allToAll") { sent in
      let received = receiveSizes ?? sent.sizes
      guard received.count == group.size, received.allSatisfy({ $0 >= 0 }) else {
        return fail(
          TensorError(
            .value, "allToAll", "receiveSizes \(received) must be \(group.size) lengths, one for each rank"))
      }
      return apply(
        Exchanged(
          group: group, splitDim: sent.dim, joinDim: sent.dim, sent: sent.pieces(of: x.shape),
          received: received.map { x.shape.with($0, at: sent.dim) }), x)
    }
  }

  /// Cuts `x` along one dimension, which all ranks have whole, and joins what comes along another, of which all ranks have a
  /// part: a tensor that was divided along `joinDim` is then divided along `splitDim`. The gradient goes back the same ways.
  ///
  /// - Parameters:
  ///   - x: of one shape on all ranks but for `joinDim`, and of one element type.
  ///   - splitSizes: how long the part for each rank is; nil: all alike, or as `chunk` cuts where that does not go.
  ///   - joinSizes: how long `joinDim` is on each rank; nil: as long as here.
  public func allToAll(
    _ x: Tensor, splitDim: Int, joinDim: Int, splitSizes: [Int]? = nil, joinSizes: [Int]? = nil
  ) -> Tensor {
    cut(x, splitDim, splitSizes, "allToAll") { sent in
      part(x, joinDim, joinSizes, "allToAll") { here in
        guard here.dim != sent.dim else {
          return fail(
            TensorError(
              .dimension, "allToAll", "splitDim and joinDim are both \(here.dim); allToAll(x, dim:) takes one"))
        }
        let own = x.shape.with(sent.sizes[group.rank], at: sent.dim)
        return apply(
          Exchanged(
            group: group, splitDim: sent.dim, joinDim: here.dim, sent: sent.pieces(of: x.shape),
            received: here.sizes.map { own.with($0, at: here.dim) }), x)
      }
    }
  }

  /// The tensor of rank `root`, on all ranks. The gradient is the sum over all ranks, on `root`; on others zeros.
  ///
  /// - Parameter x: of one shape and element type on all ranks.
  public func broadcast(_ x: Tensor, from root: Int) -> Tensor {
    do throws(TensorError) { try group.checkRank(root, "broadcast") } catch { return fail(error) }
    return apply(Broadcast(group: group, root: root, gathers: false), x)
  }

  /// The tensor of the rank that stands `distance` before this one in a ring; its gradient goes back there. It is how messages
  /// are sent and received together.
  ///
  /// - Parameters:
  ///   - x: of one shape and element type on all ranks.
  ///   - distance: 1: from the rank before this one; negative: from behind.
  public func rotate(_ x: Tensor, by distance: Int = 1) -> Tensor {
    apply(Rotated(group: group, distance: distance), x)
  }

  // MARK: - Checks

  private func joined(
    _ x: Tensor, _ dim: Int, _ sizes: [Int]?, sharesLoss: Bool, _ operation: String
  ) -> Tensor {
    part(x, dim, sizes, operation) { apply(Joined(group: group, cut: $0, sharesLoss: sharesLoss), x) }
  }

  /// `body` with where `x`, a part of a whole, lies in it.
  private func part(
    _ x: Tensor, _ dim: Int, _ sizes: [Int]?, _ operation: String, _ body: (Cut) -> Tensor
  ) -> Tensor {
    if x.hasFailed { return x }
    do throws(TensorError) {
      let dim = try Cut.checked(dim, x.shape, operation)
      let cut = Cut(dim: dim, sizes: sizes ?? Array(repeating: x.shape[dim], count: group.size))
      try cut.check(group, operation)
      guard cut.sizes[group.rank] == x.shape[dim] else {
        throw TensorError(
          .shape, operation,
          "dimension \(dim) of \(x.shape) should be \(cut.sizes[group.rank]) long on rank \(group.rank), by the sizes \(cut.sizes)"
        )
      }
      return body(cut)
    } catch { return fail(error) }
  }

  /// `body` with how `x`, which is whole, is cut.
  private func cut(
    _ x: Tensor, _ dim: Int, _ sizes: [Int]?, isEven: Bool = false, _ operation: String, _ body: (Cut) -> Tensor
  ) -> Tensor {
    if x.hasFailed { return x }
    do throws(TensorError) {
      let dim = try Cut.checked(dim, x.shape, operation)
      let length = x.shape[dim]
      if isEven, sizes == nil, length % group.size != 0 {
        throw TensorError(
          .shape, operation,
          "dimension \(dim) of \(x.shape) is no multiple of the \(group.size) ranks; say with sizes how it is cut")
      }
      let cut = Cut(dim: dim, sizes: sizes ?? Cut.chunks(length, group.size))
      try cut.check(group, operation)
      guard cut.sizes.reduce(0, +) == length else {
        throw TensorError(
          .shape, operation, "the sizes \(cut.sizes) do not add up to dimension \(dim) of \(x.shape)")
      }
      return body(cut)
    } catch { return fail(error) }
  }
}

/// How a dimension is cut into a part for each rank.
struct Cut: Sendable, Hashable {
  let dim: Int
  /// How long each rank's part is.
  let sizes: [Int]

  /// The lengths of the parts as PyTorch's `chunk` cuts: ⌈length / count⌉ each, the last ones shorter or empty.
  static func chunks(_ length: Int, _ count: Int) -> [Int] {
    let size = count > 0 ? (length + count - 1) / count : 0
    return (0..<count).map { Swift.max(0, Swift.min(size, length - $0 * size)) }
  }

  static func checked(_ dim: Int, _ shape: [Int], _ operation: String) throws(TensorError) -> Int {
    guard (-shape.count..<shape.count).contains(dim) else {
      throw TensorError(.dimension, operation, "there is no dimension \(dim) in the shape \(shape)")
    }
    return dim < 0 ? dim + shape.count : dim
  }

  func check(_ group: ProcessGroup, _ operation: String) throws(TensorError) {
    guard sizes.count == group.size, sizes.allSatisfy({ $0 >= 0 }) else {
      throw TensorError(
        .value, operation, "the sizes \(sizes) must be \(group.size) lengths, one for each rank")
    }
  }

  /// Where the part of `rank` begins.
  func start(_ rank: Int) -> Int { sizes[..<rank].reduce(0, +) }
  var length: Int { sizes.reduce(0, +) }
  var isEven: Bool { sizes.allSatisfy { $0 == sizes[0] } }
  /// The shapes of the parts of a whole.
  func pieces(of shape: [Int]) -> [[Int]] { sizes.map { shape.with($0, at: dim) } }
  /// The parts of a whole.
  func parts(_ x: Tensor) -> [Tensor] { sizes.indices.map { x.narrow(dim, start($0), sizes[$0]) } }
}

extension [Int] {
  /// The shape with dimension `dim` as long as `size`.
  func with(_ size: Int, at dim: Int) -> [Int] {
    var shape = self
    shape[dim] = size
    return shape
  }
}

extension ProcessGroup {
  /// Sends each tensor to the rank at its place and receives from each rank one of the given shape. Nobody says shapes to
  /// others: all know them.
  func exchange(_ pieces: [Tensor], receiving shapes: [[Int]], _ operation: String) throws(TensorError) -> [Tensor] {
    let dtype = pieces.first?.dtype ?? .default
    var sources: [Tensor] = []
    for piece in pieces { sources.append(try elements(piece, operation)) }
    var rooms: [Tensor] = []
    for shape in shapes { rooms.append(try Self.room(shape, dtype, operation)) }
    func parts(_ tensors: [Tensor]) -> [Part] {
      tensors.enumerated().filter { !$0.element.shape.contains(0) }.map {
        Part(rank: $0.offset, address: $0.element.body.data, byteCount: $0.element.byteCount)
      }
    }
    let (given, received, place) = (sources, rooms, pieces.first)
    let phase = Phases.exchange(sending: parts(given), receiving: parts(received))
    return try start(operation, [phase]) { () throws(TensorError) in
      withExtendedLifetime(given) { place.map { place in received.map { $0.placed(with: place) } } ?? received }
    }.wait()
  }
}

// MARK: - The operations

/// What they have in common: linear, of any elements that can be added, never taken for one another.
private protocol GroupOperation: LinearPrimitive {
  var group: ProcessGroup { get }
}

extension GroupOperation {
  var takesComplexElements: Bool { true }
}

/// What all ranks have, reduced.
private protocol GroupReduction: Primitive {
  var group: ProcessGroup { get }
  var operation: ReduceOperation { get }
}

extension GroupReduction {
  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    try operation.check(inputs[0].dtype, "allReduce")
    return inputs
  }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    try results[0].fill(from: try group.allReduce(inputs[0], operation))
  }
}

/// ``FunctionalCollectives/allReduce(_:_:)`` of sums and what has no gradient; with `sharesLoss`
/// ``FunctionalCollectives/reduceFromGroup(_:)``.
private struct Total: GroupOperation, GroupReduction {
  let group: ProcessGroup
  let operation: ReduceOperation
  let sharesLoss: Bool
  var name: String { sharesLoss ? "ReduceFromGroup" : "AllReduce" }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    guard operation == .sum || operation == .mean else {
      throw TensorError(
        .autograd, "allReduce", "\(operation.rawValue) has no gradient; sum, mean, min and max have one")
    }
    let gradient = single(node, cotangents)
    return [sharesLoss ? apply(Copied(group: group), gradient) : apply(self, gradient)]
  }
}

/// ``FunctionalCollectives/copyToGroup(_:)``.
private struct Copied: GroupOperation {
  let group: ProcessGroup
  var name: String { "CopyToGroup" }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] { inputs }

  func view(_ inputs: [Tensor], type: TensorType) throws(TensorError) -> View? { View(strides: inputs[0].strides) }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    try results[0].fill(from: inputs[0])
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    [apply(Total(group: group, operation: .sum, sharesLoss: true), single(node, cotangents))]
  }
}

/// The least or greatest of all ranks.
private struct Extreme: GroupReduction {
  let group: ProcessGroup
  let operation: ReduceOperation
  var name: String { "AllReduce" }
  var saves: Saves { [.inputs, .outputs] }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let functional = group.functional
    let holds = node.input(0).eq(node.output(0)).to(node.inputType(0).dtype).detach()
    return [holds / functional.allReduce(holds) * functional.allReduce(single(node, cotangents))]
  }
}

/// The parts of all ranks joined.
private struct Joined: GroupOperation {
  let group: ProcessGroup
  let cut: Cut
  let sharesLoss: Bool
  var name: String { sharesLoss ? "GatherFromGroup" : "AllGather" }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    [TensorType(inputs[0].shape.with(cut.length, at: cut.dim), inputs[0].dtype)]
  }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let x = inputs[0]
    if cut.isEven { return try results[0].fill(from: try group.allGather(x, dim: cut.dim)) }
    let pieces = try group.exchange(
      Array(repeating: x, count: group.size), receiving: cut.pieces(of: x.shape), "allGather of parts of \(x.dtype)")
    try results[0].fill(from: noGrad { cat(pieces, dim: cut.dim) })
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    [apply(Scattered(group: group, cut: cut, sums: !sharesLoss), single(node, cotangents))]
  }
}

/// A part of a whole for each rank; with `sums` of the sum over the ranks.
private struct Scattered: GroupOperation {
  let group: ProcessGroup
  let cut: Cut
  let sums: Bool
  var name: String { sums ? "ReduceScatter" : "ScatterToGroup" }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    [TensorType(inputs[0].shape.with(cut.sizes[group.rank], at: cut.dim), inputs[0].dtype)]
  }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let x = inputs[0]
    if !sums {
      return try results[0].fill(from: noGrad { x.narrow(cut.dim, cut.start(group.rank), cut.sizes[group.rank]) })
    }
    if cut.isEven {
      let part = try group.reduceScatter(noGrad { x.movedim(cut.dim, 0) })
      return try results[0].fill(from: noGrad { part.movedim(0, cut.dim) })
    }
    let own = x.shape.with(cut.sizes[group.rank], at: cut.dim)
    let pieces = try group.exchange(
      noGrad { cut.parts(x) }, receiving: Array(repeating: own, count: group.size),
      "reduceScatter of parts of \(x.dtype)")
    try results[0].fill(from: try ReduceOperation.sum.reduce(pieces))
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    [apply(Joined(group: group, cut: cut, sharesLoss: !sums), single(node, cotangents))]
  }
}

/// Parts sent to all ranks, and what comes joined.
private struct Exchanged: GroupOperation {
  let group: ProcessGroup
  let splitDim: Int
  let joinDim: Int
  /// The shapes of the parts for all ranks, and of those from them.
  let sent: [[Int]]
  let received: [[Int]]
  var name: String { "AllToAll" }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    let length = received.reduce(0) { $0 + $1[joinDim] }
    return [TensorType(received[0].with(length, at: joinDim), inputs[0].dtype)]
  }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let parts = noGrad { Cut(dim: splitDim, sizes: sent.map { $0[splitDim] }).parts(inputs[0]) }
    let pieces = try group.exchange(parts, receiving: received, "allToAll of parts of \(inputs[0].dtype)")
    try results[0].fill(from: noGrad { cat(pieces, dim: joinDim) })
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let back = Exchanged(group: group, splitDim: joinDim, joinDim: splitDim, sent: received, received: sent)
    return [apply(back, single(node, cotangents))]
  }
}

/// The tensor of one rank on all; with `gathers` the sum of all on one, zeros on others.
private struct Broadcast: GroupOperation {
  let group: ProcessGroup
  let root: Int
  let gathers: Bool
  var name: String { gathers ? "Reduce" : "Broadcast" }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] { inputs }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    guard gathers else { return try results[0].fill(from: try group.broadcast(inputs[0], from: root)) }
    let total = try group.reduce(inputs[0], to: root)
    try results[0].fill(from: total ?? noGrad { Tensor.zeros(inputs[0].shape, dtype: inputs[0].dtype) })
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    [apply(Broadcast(group: group, root: root, gathers: !gathers), single(node, cotangents))]
  }
}

/// The tensor of a neighbour in the ring.
private struct Rotated: GroupOperation {
  let group: ProcessGroup
  let distance: Int
  var name: String { "Rotate" }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] { inputs }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    try results[0].fill(from: try group.startRotation(inputs, by: distance).wait()[0])
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    [apply(Rotated(group: group, distance: -distance), single(node, cotangents))]
  }
}

extension ProcessGroup {
  /// Sends tensors to the rank `distance` behind this one in a ring, and receives as many of the same types from the one before.
  /// - Parameter shapes: those of what comes; nil: those of what is sent.
  func startRotation(
    _ tensors: [Tensor], by distance: Int, receiving shapes: [[Int]]? = nil
  ) throws(TensorError) -> Work<[Tensor]> {
    let (target, source) = (rank.moved(distance, in: size), rank.moved(-distance, in: size))
    var (sending, receiving): ([Tensor], [Tensor]) = ([], [])
    for (i, x) in tensors.enumerated() {
      sending.append(try elements(x, "rotate"))
      receiving.append(try Self.room(shapes?[i] ?? x.shape, x.dtype, "rotate"))
    }
    let (given, received) = (sending, receiving)
    let phases = zip(given, received).map { from, to in
      Phases.exchange(
        sending: [Part(rank: target, address: from.body.data, byteCount: from.byteCount)],
        receiving: [Part(rank: source, address: to.body.data, byteCount: to.byteCount)])
    }
    let what = shapes == nil ? "\(tensors.map(\.type))" : "parts of \(tensors.map(\.dtype))"
    return start("rotate by \(distance) of \(what)", phases) { () throws(TensorError) in
      withExtendedLifetime(given) { zip(received, tensors).map { $0.placed(with: $1) } }
    }
  }
}

extension Int {
  /// The place that lies `distance` further in a ring of `size`.
  func moved(_ distance: Int, in size: Int) -> Int { ((self + distance) % size + size) % size }
}
