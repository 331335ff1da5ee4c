import ApusCore
import ApusNN

/// A model that is trained by several processes at once, each on data of its own: PyTorch's `DistributedDataParallel`.
///
///     let world = try initProcessGroup()
///     let model = try DistributedDataParallel(Net())
///     let optimizer = SGD(model.parameters(), lr: 0.1)
///     for (x, y) in loader {                     // with a DistributedSampler
///       optimizer.zeroGrad()
///       loss(model(x), y).backward()             // gradients are the means over all ranks
///       optimizer.step()
///     }
///
/// All ranks begin with the parameters and buffers of rank 0. While a backward pass goes on, gradients that are
/// complete are gathered in buckets, and their means over the ranks are on the way while others are computed; when
/// `backward` comes back, all are in `grad`. So the parameters stay the same on all ranks. Gradients are the means of
/// the ranks' gradients, those of the mean loss where all ranks have as many examples.
///
/// The wrapped model is ``module``: names in the state dictionary begin with `module.`, as PyTorch's. A model of one
/// input (`Layer`), two, three or a `Callable` is called as it is; any other through ``callAsFunction(_:)-(_)``.
///
/// A parameter that takes no part in a pass is an error, which all ranks get and which names it, unless
/// `findUnusedParameters` or `staticGraph`. All ranks must run as many backward passes; see
/// ``join(divideByInitialWorldSize:_:)`` for others.
public final class DistributedDataParallel<Wrapped: Module>: Module {
  /// Training mode, name and hooks.
  public let state = ModuleState()
  /// The model.
  public let module: Wrapped
  let parts: DataParallelParts

  /// - Parameters:
  ///   - module: the same model on all ranks: the same names, shapes and element types. Its parameters may have
  ///     other values.
  ///   - group: the ranks that train it; all processes if nil.
  ///   - bucketCapMB: how many megabytes of gradients are reduced together; the first bucket has 1.
  ///   - findUnusedParameters: whether passes may leave out parameters. Costs a small collective and the order of
  ///     the first pass. What no rank uses keeps the gradient that it had.
  ///   - broadcastBuffers: whether each forward pass begins with the buffers of rank 0, such as running statistics.
  ///   - gradientAsBucketView: whether small gradients lie in memory that a bucket shares; else each has its own,
  ///     for a copy.
  ///   - staticGraph: whether all passes use the parameters that the first one uses.
  /// - Throws: `TensorError` on all ranks where the models differ, with the first difference.
  public init(
    _ module: Wrapped, group: ProcessGroup? = nil, bucketCapMB: Double = 25, findUnusedParameters: Bool = false,
    broadcastBuffers: Bool = true, gradientAsBucketView: Bool = true, staticGraph: Bool = false
  ) throws(TensorError) {
    self.module = module
    parts = try DataParallelParts(
      module, group, bucketCapMB: bucketCapMB, findsUnused: findUnusedParameters, broadcastsBuffers: broadcastBuffers,
      keepsViews: gradientAsBucketView, isStatic: staticGraph)
  }

  public static var typeName: String { "DistributedDataParallel" }

  /// The ranks that train the model.
  public var group: ProcessGroup { parts.group }

  /// Calls the model in any way, as one forward pass: `try model { $0(tokens, mask: mask) }`.
  public func callAsFunction<Output>(_ body: (Wrapped) throws -> Output) rethrows -> Output {
    try parts.forward { try body(module) }
  }

  /// Backward passes inside of `body` keep their gradients to this rank, where they add up: PyTorch's `no_sync`. The
  /// next pass outside reduces what was collected.
  public func noSync<Output>(_ body: () throws -> Output) rethrows -> Output {
    try parts.withoutReducing(body)
  }

  /// Reduces gradients in another way than by their mean: ``allReduceHook``, ``bfloat16CompressionHook``,
  /// ``float16CompressionHook``, ``PowerSGD/hook``, or one of one's own. All ranks register the same one, before the
  /// first backward pass.
  public func registerCommHook(_ hook: @escaping CommunicationHook) { parts.reducer.hook = hook }
}

extension DistributedDataParallel: Layer where Wrapped: Layer {
  public func forward(_ x: Tensor) -> Tensor { self { $0(x) } }
}

extension DistributedDataParallel: BinaryLayer where Wrapped: BinaryLayer {
  public func forward(_ a: Tensor, _ b: Tensor) -> Tensor { self { $0(a, b) } }
}

extension DistributedDataParallel: TernaryLayer where Wrapped: TernaryLayer {
  public func forward(_ a: Tensor, _ b: Tensor, _ c: Tensor) -> Tensor { self { $0(a, b, c) } }
}

extension DistributedDataParallel: Callable where Wrapped: Callable {
  public typealias Input = Wrapped.Input
  public typealias Output = Wrapped.Output
  public func forward(_ input: Wrapped.Input) -> Wrapped.Output { self { $0(input) } }
}

/// What makes a model data-parallel, whatever its type.
///
/// Sendable: as the model, it is called by one task at a time.
final class DataParallelParts: @unchecked Sendable {
  let group: ProcessGroup
  let reducer: GradientReducer
  private let buffers: [Tensor]
  private let broadcastsBuffers: Bool
  /// What each forward pass tells the ranks that have no data any more.
  var joining: Joining?

  init(
    _ module: any Module, _ group: ProcessGroup?, bucketCapMB: Double, findsUnused: Bool, broadcastsBuffers: Bool,
    keepsViews: Bool, isStatic: Bool
  ) throws(TensorError) {
    guard bucketCapMB > 0, bucketCapMB < 1e6 else {
      throw TensorError(
        .value, "DistributedDataParallel", "bucketCapMB is a number of megabytes above 0, and was \(bucketCapMB)")
    }
    let group = if let group { group } else { try ProcessGroup.world }
    let parameters = module.namedParameters()
    let trained = parameters.filter(\.tensor.requiresGrad)
    guard !trained.isEmpty else {
      throw TensorError(
        .state, "DistributedDataParallel", "\(type(of: module).typeName) has no parameter that requires a gradient")
    }
    let buffers = module.namedBuffers()
    try group.checkSame(
      parameters.map { "parameter \($0.name), \($0.tensor.type)" + ($0.tensor.requiresGrad ? "" : ", frozen") }
        + buffers.map { "buffer \($0.name), \($0.tensor.type)" }, "DistributedDataParallel")
    for var (_, tensor) in parameters + buffers { try group.broadcast(&tensor, from: 0) }
    self.group = group
    self.buffers = buffers.map(\.tensor)
    self.broadcastsBuffers = broadcastsBuffers
    reducer = GradientReducer(
      trained, group, bucketBytes: max(1, Int(bucketCapMB * 1_048_576)), findsUnused: findsUnused, isStatic: isStatic,
      keepsViews: keepsViews)
    reducer.start()
  }

  /// What comes before each forward pass. A mistake is reported.
  private func beginForward() {
    Tracer.current?.fail("a data-parallel model is called, which other processes take part in")
    do throws(TensorError) {
      if let joining {
        try joining.tellForward(isReduced: isGradEnabled && reducer.isOn)
      } else {
        try sendBuffersOfFirst()
      }
    } catch {
      report(error)
    }
  }

  /// Runs `body`, a forward pass. Where gradients will be reduced the others wait for this rank, so they are told if it fails.
  func forward<Output>(_ body: () throws -> Output) rethrows -> Output {
    beginForward()
    do {
      let output = try body()
      if isGradEnabled, reducer.isOn { group.failIfFailing() }
      return output
    } catch {
      if isGradEnabled, reducer.isOn { group.fail(error) }
      throw error
    }
  }

  /// Runs `body`, whose backward passes are not reduced.
  func withoutReducing<Output>(_ body: () throws -> Output) rethrows -> Output {
    let wasOn = reducer.isOn
    reducer.isOn = false
    defer { reducer.isOn = wasOn }
    return try body()
  }

  /// Brings the buffers of rank 0 to all, where gradients are reduced.
  func sendBuffersOfFirst() throws(TensorError) {
    if reducer.isOn { try sendBuffers(from: 0) }
  }

  /// Brings the buffers of `root` to all, where that is wanted.
  func sendBuffers(from root: Int) throws(TensorError) {
    guard broadcastsBuffers, !buffers.isEmpty, group.size > 1 else { return }
    try group.broadcast(together: buffers, from: root)
  }

  /// Brings parameters and buffers of `root` to all.
  func sendState(from root: Int) throws(TensorError) {
    for var tensor in reducer.parameters + buffers { try group.broadcast(&tensor, from: root) }
  }
}

extension ProcessGroup {
  /// Refuses to go on, on all ranks, where the lines differ from those of rank 0.
  func checkSame(_ lines: [String], _ operation: String) throws(TensorError) {
    let first = try broadcastObject(lines, from: 0)
    var difference: String?
    if first != lines {
      let place = zip(first, lines).enumerated().first { $0.element.0 != $0.element.1 }?.offset
      let i = place ?? min(first.count, lines.count)
      difference =
        "rank 0 has \(i < first.count ? first[i] : "nothing more"), rank \(rank) has "
        + (i < lines.count ? lines[i] : "nothing more")
    }
    let found = try allGatherObject(difference)
    guard let text = found.lazy.compactMap(\.self).first else { return }
    throw TensorError(.state, operation, "the ranks have different models; the first difference: \(text)")
  }

  /// Brings the elements of variables from `root` to all others, in one message.
  func broadcast(together variables: [Tensor], from root: Int) throws(TensorError) {
    let all = try Self.room([variables.reduce(0) { $0 + $1.byteCount }], .uint8, "broadcast")
    var offset = 0
    if rank == root {
      for variable in variables {
        let dense = try elements(variable, "broadcast")
        (all.body.data + offset).copyMemory(from: dense.body.data, byteCount: dense.byteCount)
        offset += dense.byteCount
      }
    }
    let found = try broadcast(all, from: root)
    if rank == root { return }
    for var variable in variables {
      let value = try Self.room(variable.shape, variable.dtype, "broadcast")
      value.body.data.copyMemory(from: found.body.data + offset, byteCount: value.byteCount)
      offset += value.byteCount
      variable.become(value.placed(with: variable))
    }
  }
}
