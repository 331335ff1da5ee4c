import ApusCore
import ApusNN

/// Averages of a model's parameters over the steps of its training (stochastic weight averaging, Izmailov and others, 2018;
/// or an exponential moving average), as PyTorch's `AveragedModel`.
///
///     let averaged = AveragedModel(model, multiAvgFn: getEmaMultiAvgFn(0.999))
///     for (x, y) in loader {
///       ...
///       optimizer.step()
///       averaged.updateParameters(model)
///     }
///     averaged.apply { model in evaluate(model) }
///     averaged.copy(to: model)
///
/// The averages lie beside the model: ``apply(_:)`` puts them into it for the time of a function. Do not train the model in
/// other tasks meanwhile.
public final class AveragedModel<Model: Module>: @unchecked Sendable {
  /// The model whose parameters are averaged.
  public let module: Model
  private let average: ([Tensor], [Tensor], Int) -> [Tensor]
  private let useBuffers: Bool
  private let device: Device?
  private let state: Lock<(averages: [Tensor], count: Int)>

  /// - Parameters:
  ///   - device: where the averages lie; beside the parameters if nil.
  ///   - avgFn: the next average of a parameter from the present one, the parameter, and how many have been averaged; the
  ///     mean of all if nil.
  ///   - multiAvgFn: the same for all parameters at once; goes before `avgFn`.
  ///   - useBuffers: average floating-point buffers too; else they are the model's.
  public init(
    _ model: Model, device: Device? = nil, avgFn: ((Tensor, Tensor, Int) -> Tensor)? = nil,
    multiAvgFn: (([Tensor], [Tensor], Int) -> [Tensor])? = nil, useBuffers: Bool = false
  ) {
    if avgFn != nil && multiAvgFn != nil {
      report(TensorError(.value, "AveragedModel", "avgFn and multiAvgFn say the same in two ways; pass one of them"))
    }
    module = model
    self.useBuffers = useBuffers
    self.device = device
    let single = avgFn ?? getSwaAvgFn()
    average = multiAvgFn ?? { averages, parameters, count in zip(averages, parameters).map { single($0, $1, count) } }
    state = Lock(([], 0))
    let first = moved(copies(of: averaged(model)))
    state.withLock { $0.averages = first }
  }

  /// How many times the parameters have been averaged.
  public var nAveraged: Int { state.withLock { $0.count } }

  /// The averages, in the order of the model's parameters.
  public func parameters() -> [Tensor] { state.withLock { $0.averages } }

  /// Takes the parameters of `model`, mostly ``module``, as they are now into the averages.
  public func updateParameters(_ model: Model) {
    let found = moved(copies(of: averaged(model)))
    let (averages, count) = state.withLock { $0 }
    guard found.map(\.shape) == averages.map(\.shape) else {
      report(TensorError(.shape, "AveragedModel", "the model has other parameters than the one that is averaged"))
      return
    }
    let next = count == 0 ? found : noGrad { average(averages, found, count) }
    state.withLock { $0 = (next, count + 1) }
  }

  /// Runs `body` with the averages in the model, and gives the model its own parameters back.
  public func apply<Result>(_ body: (Model) throws -> Result) rethrows -> Result {
    let own = copies(of: averaged(module))
    copy(to: module)
    defer { store(own, in: module) }
    return try body(module)
  }

  /// Gives `model` the averages, as the end of a training that is to keep them.
  public func copy(to model: Model) { store(state.withLock { $0.averages }, in: model) }

  /// `n_averaged`, and the model's state with the averages, under `module`.
  public func stateDict() -> StateDict {
    var state = StateDict()
    state["n_averaged"] = Tensor([nAveraged]).reshape([])
    for (name, tensor) in apply({ model in model.stateDict().map { ($0.name, $0.tensor.detach().clone()) } }) {
      state["module." + name] = tensor
    }
    return state
  }

  /// Goes on from a ``stateDict()``: with the averages of its parameters, and the other buffers in the model.
  /// - Throws: `TensorError` where names or shapes are not those of the model; nothing has been stored then.
  public func loadStateDict(_ saved: StateDict) throws(TensorError) {
    guard let counted = saved["n_averaged"], counted.count == 1, counted.to(.float64).item() >= 0,
      counted.to(.float64).item() < 1e15
    else { throw TensorError(.state, "AveragedModel", "the state has no number n_averaged of 0 or more") }
    let count = Int(counted.to(.float64).item())
    let prefix = "module."
    if let other = saved.names.first(where: { $0 != "n_averaged" && !$0.hasPrefix(prefix) }) {
      throw TensorError(
        .state, "AveragedModel", "the state has \(other), which is neither n_averaged nor of the module")
    }
    let entries = saved.filter { $0.name.hasPrefix(prefix) }.map {
      (name: String($0.name.dropFirst(prefix.count)), tensor: $0.tensor)
    }
    let own = copies(of: averaged(module))
    try module.loadStateDict(StateDict(entries))
    let averages = moved(copies(of: averaged(module)))
    store(own, in: module)
    state.withLock { $0 = (averages, count) }
  }

  private func averaged(_ model: Model) -> [Tensor] {
    model.parameters() + (useBuffers ? model.buffers().filter { $0.dtype.isFloatingPoint } : [])
  }

  private func moved(_ tensors: [Tensor]) -> [Tensor] {
    guard let device else { return tensors }
    return noGrad { tensors.map { $0.to(device) } }
  }

  private func copies(of tensors: [Tensor]) -> [Tensor] { noGrad { tensors.map { $0.detach().clone() } } }

  private func store(_ values: [Tensor], in model: Model) {
    noGrad {
      for (target, value) in zip(averaged(model), values) {
        var target = target
        target.assign(value)
      }
    }
  }
}

extension AveragedModel where Model: Layer {
  /// What the model makes of `x` with the averages. No gradients are recorded.
  public func callAsFunction(_ x: Tensor) -> Tensor { noGrad { apply { $0.forward(x) } } }
}

/// The exponential moving average for ``AveragedModel``: `decay * average + (1 - decay) * parameter`.
public func getEmaMultiAvgFn(_ decay: Double = 0.999) -> ([Tensor], [Tensor], Int) -> [Tensor] {
  let single = getEmaAvgFn(decay)
  return { averages, parameters, count in zip(averages, parameters).map { single($0, $1, count) } }
}

/// ``getEmaMultiAvgFn(_:)`` for one parameter.
public func getEmaAvgFn(_ decay: Double = 0.999) -> (Tensor, Tensor, Int) -> Tensor {
  if !(0...1).contains(decay) {
    report(TensorError(.value, "getEmaAvgFn", "decay must be in 0 ... 1, and is \(decay)"))
  }
  return { average, parameter, _ in average + (parameter - average) * (1 - decay) }
}

/// The plain average for ``AveragedModel``: of all that have been taken in.
public func getSwaAvgFn() -> (Tensor, Tensor, Int) -> Tensor {
  { average, parameter, count in average + (parameter - average) / Double(count + 1) }
}

/// ``getSwaAvgFn()`` for all parameters at once.
public func getSwaMultiAvgFn() -> ([Tensor], [Tensor], Int) -> [Tensor] {
  let single = getSwaAvgFn()
  return { averages, parameters, count in zip(averages, parameters).map { single($0, $1, count) } }
}
