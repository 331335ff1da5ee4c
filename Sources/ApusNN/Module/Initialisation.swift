import ApusCore

// Parameters whose shapes follow from what a module is first called with: PyTorch's lazy modules.

/// What a module makes at its first call, or when a state is loaded before.
final class Initialisation: Sendable {
  /// The name of the type in messages: `LazyLinear`.
  let name: String
  /// The number of channels or features in an input.
  let channels: @Sendable (Tensor) throws(TensorError) -> Int
  /// Entries of a saved state that tell the number: one of their sizes, times a factor.
  let tellers: [(entry: String, dim: Int, factor: Int)]
  /// Makes the parameters.
  let make: @Sendable (any Module, Int, Device?, DType) throws(TensorError) -> Void
  private let placement: Lock<(device: Device?, dtype: DType)>
  private let isDone = Lock(false)

  init(
    _ name: String, _ device: Device?, _ dtype: DType, tellers: [(entry: String, dim: Int, factor: Int)],
    channels: @escaping @Sendable (Tensor) throws(TensorError) -> Int,
    make: @escaping @Sendable (any Module, Int, Device?, DType) throws(TensorError) -> Void
  ) {
    self.name = name
    self.channels = channels
    self.tellers = tellers
    self.make = make
    placement = Lock((device, dtype))
  }

  func copied() -> Initialisation {
    let (device, dtype) = placement.withLock { $0 }
    return Initialisation(name, device, dtype, tellers: tellers, channels: channels, make: make)
  }

  /// Where and of which type the parameters will be.
  func move(to device: Device) { placement.withLock { $0.device = device } }
  func convert(to dtype: DType) { placement.withLock { $0.dtype = dtype } }

  /// Makes the parameters of `module` for `inputs`. Of several tasks one does, and the others wait.
  func run(_ module: any Module, _ inputs: [Tensor]) {
    guard let first = inputs.first, !first.hasFailed else { return }
    Tracer.current?.fail("a module makes its parameters at this call")
    do throws(TensorError) { try finish(module, try channels(first)) } catch { report(error) }
  }

  fileprivate func finish(_ module: any Module, _ channels: Int) throws(TensorError) {
    let (device, dtype) = placement.withLock { $0 }
    try isDone.withLock { (isDone) throws(TensorError) in
      if isDone { return }
      try make(module, channels, device, dtype)
      isDone = true
    }
    module.state.initialisation = nil
  }
}

extension ModuleState {
  /// Makes the parameters of `module`, whose name is `path`, for the shapes that they have in `state`, without drawing numbers.
  func initialise(_ module: any Module, _ path: String, _ state: StateDict) {
    guard let initialisation else { return }
    for teller in initialisation.tellers {
      guard let tensor = state[joined(path, teller.entry)], tensor.rank > teller.dim else { continue }
      let random = Generator.default.getState()
      do throws(TensorError) {
        try initialisation.finish(module, tensor.shape[teller.dim].clampedMultiplying(teller.factor))
      } catch {
        report(error)
      }
      try? Generator.default.setState(random)
      return
    }
  }
}

extension Module {
  /// Whether the first call, or loading a state, will make parameters of this module.
  public var hasUninitializedParams: Bool { Hooks.areAny && state.initialisation != nil }
}

/// Stands for a parameter that has not been made.
final class Uninitialised: ValueSource {
  private let module: String
  private let name: String
  let order = nextSourceOrder()

  init(_ module: String, _ name: String) {
    self.module = module
    self.name = name
  }

  func value() -> Tensor { fail(error) }
  func assign(_ value: Tensor?) { report(error) }
  func variables(_ name: String) -> [(name: String, tensor: Tensor)] { [] }

  private var error: TensorError {
    TensorError(
      .state, module, "'\(name)' has no shape before the first call: call the layer, or load a state, and use it then")
  }
}
