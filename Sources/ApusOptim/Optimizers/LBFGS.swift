import ApusCore
import ApusFunctional
import ApusNN

/// How ``LBFGS`` finds the length of its steps.
public enum LineSearch: String, Sendable, NamedChoice {
  /// A step that satisfies the strong Wolfe conditions, by brackets and cubic interpolation.
  case strongWolfe = "strong_wolfe"
}

/// The options of ``LBFGS``.
public struct LBFGSOptions: OptimizerOptions {
  @Setting public var lr: Double = 1
  @Setting public var maxIter: Int = 20
  /// The most evaluations of the closure in a step; five for every four of `maxIter` if nil.
  @Setting public var maxEval: Int? = nil
  @Setting public var toleranceGrad: Double = 1e-7
  @Setting public var toleranceChange: Double = 1e-9
  @Setting public var historySize: Int = 100
  @Setting public var lineSearchFn: LineSearch? = nil
  @Setting public var maximize: Bool = false

  /// What is left out is the optimiser's own where the options are those of a group.
  public init(
    lr: Double? = nil, maxIter: Int? = nil, maxEval: Int? = nil, toleranceGrad: Double? = nil,
    toleranceChange: Double? = nil, historySize: Int? = nil, lineSearchFn: LineSearch? = nil, maximize: Bool? = nil
  ) {
    if let lr { self.lr = lr }
    if let maxIter { self.maxIter = maxIter }
    if let maxEval { self.maxEval = maxEval }
    if let toleranceGrad { self.toleranceGrad = toleranceGrad }
    if let toleranceChange { self.toleranceChange = toleranceChange }
    if let historySize { self.historySize = historySize }
    if let lineSearchFn { self.lineSearchFn = lineSearchFn }
    if let maximize { self.maximize = maximize }
  }

  public static var fields: [OptionField<Self>] {
    [
      OptionField("lr", \.$lr), OptionField("maxIter", \.$maxIter), OptionField("maxEval", \.$maxEval),
      OptionField("toleranceGrad", \.$toleranceGrad), OptionField("toleranceChange", \.$toleranceChange),
      OptionField("historySize", \.$historySize), OptionField("lineSearchFn", \.$lineSearchFn),
      OptionField("maximize", \.$maximize),
    ]
  }

  /// The most evaluations of the closure in a step.
  fileprivate var evaluations: Int {
    if let maxEval { return maxEval }
    let (sum, overflow) = maxIter.addingReportingOverflow(maxIter / 4)
    return overflow ? .max : sum
  }
}

/// L-BFGS: Newton's method with the inverse of the second derivatives worked out from the last gradients (Liu and Nocedal, 1989).
/// For all parameters in one group, and losses without chance in them.
///
///     let optimizer = LBFGS(model.parameters(), lr: 1, lineSearchFn: .strongWolfe)
///     optimizer.step {
///       optimizer.zeroGrad()
///       let loss = lossOf(model)
///       loss.backward()
///       return loss
///     }
///
/// A step evaluates the closure up to `maxEval` times.
public final class LBFGS: GroupedOptimizer<LBFGSOptions>, @unchecked Sendable {
  private let memory = Lock(Memory())

  /// With `model.parameters()` or another sequence of parameters, or one group.
  public convenience init(
    _ parameters: some ParameterSource, lr: Double = 1, maxIter: Int = 20, maxEval: Int? = nil,
    toleranceGrad: Double = 1e-7, toleranceChange: Double = 1e-9, historySize: Int = 100,
    lineSearchFn: LineSearch? = nil, maximize: Bool = false
  ) {
    self.init(
      parameters.parameterGroups,
      defaults: LBFGSOptions(
        lr: lr, maxIter: maxIter, maxEval: maxEval, toleranceGrad: toleranceGrad, toleranceChange: toleranceChange,
        historySize: historySize, lineSearchFn: lineSearchFn, maximize: maximize))
  }

  /// What is kept from step to step. Vectors have the elements of all parameters in a row.
  private struct Memory {
    var evaluations = 0
    var iterations = 0
    /// The last direction and how far the step went in it.
    var direction: Tensor?
    var length = 0.0
    /// The last changes of the gradient and of the parameters, and 1 over their products.
    var changes: [Tensor] = []
    var moves: [Tensor] = []
    var weights: [Double] = []
    /// The diagonal of the first guess of the inverse.
    var scale = 1.0
    var gradient: Tensor?
    var loss = 0.0
  }

  override func start(_ parameters: [Tensor]) {
    guard options.count > 1 else { return }
    report(
      TensorError(
        .value, name,
        "all parameters have one set of options here, so that there can be one group; got \(options.count)"))
  }

  override func problem(_ options: LBFGSOptions) -> String? {
    firstProblem(
      checkNotNegative("lr", options.lr),
      (options.maxEval ?? 0 >= 0, "maxEval must be 0 or more, and is \(options.maxEval ?? 0)"),
      (options.maxIter >= 0, "maxIter must be 0 or more, and is \(options.maxIter)"),
      (options.historySize >= 0, "historySize must be 0 or more, and is \(options.historySize)"))
  }

  override var hasStepped: Bool? { memory.withLock { $0.evaluations > 0 } }

  public override func step() {
    report(
      TensorError(
        .value, name, "a step evaluates the loss several times; call step { ... } with a closure that computes it"))
  }

  /// Runs `closure`, which clears the gradients, computes the loss and its gradients, as often as the step needs it, and changes
  /// the parameters.
  /// - Returns: the loss before the step.
  @discardableResult
  public override func step<Failure: Error>(_ closure: () throws(Failure) -> Tensor) throws(Failure) -> Tensor {
    if Tracer.current != nil {
      Tracer.current?.fail("a step of LBFGS looks at the loss to know how often to compute it")
    }
    return try profiledStep { () throws(Failure) in
      try betweenStepHooks { () throws(Failure) in try makeStep(closure) }
    }
  }

  private func makeStep<Failure: Error>(_ closure: () throws(Failure) -> Tensor) throws(Failure) -> Tensor {
    guard let options = options.first else { return try enableGrad(closure) }
    let sign: Double = options.maximize ? -1 : 1
    let first = try enableGrad(closure)
    if isFailing || first.hasFailed { return first }
    guard first.count == 1 else {
      return fail(TensorError(.shape, name, "the closure must return one number, and returned shape \(first.shape)"))
    }
    var loss = sign * number(first)
    var evaluations = 1
    var gradient = flatGradient(sign)
    var state = memory.withLock { $0 }
    state.evaluations += 1
    defer { memory.withLock { [state] in $0 = state } }
    if largest(gradient) <= options.toleranceGrad { return first }

    var iteration = 0
    while iteration < options.maxIter {
      iteration += 1
      state.iterations += 1
      let direction = noGrad { nextDirection(gradient, &state, historySize: options.historySize) }
      state.direction = direction
      state.gradient = gradient
      state.loss = loss
      let total = noGrad { number(gradient.abs().sum()) }
      state.length = state.iterations == 1 ? min(1, 1 / total) * options.lr : options.lr
      let slope = noGrad { number(gradient.dot(direction)) }
      if slope > -options.toleranceChange { break }

      var calls = 0
      var isFlat = false
      if options.lineSearchFn != nil {
        let start = parameters.map { $0.detach() }
        let found = try strongWolfe(
          length: state.length, loss: loss, gradient: gradient, slope: slope, direction: direction,
          most: options.evaluations - evaluations
        ) { (length) throws(Failure) in
          move(direction, by: length)
          let value = try enableGrad(closure)
          let result = (sign * number(value), flatGradient(sign))
          restore(start)
          return result
        }
        if isFailing { return first }
        (loss, gradient, state.length, calls) = (found.loss, found.gradient, found.length, found.evaluations)
        move(direction, by: state.length)
        isFlat = largest(gradient) <= options.toleranceGrad
      } else {
        move(direction, by: state.length)
        // After the last iteration nobody asks for the loss.
        if iteration != options.maxIter {
          loss = sign * number(try enableGrad(closure))
          if isFailing { return first }
          gradient = flatGradient(sign)
          isFlat = largest(gradient) <= options.toleranceGrad
          calls = 1
        }
      }
      evaluations += calls
      state.evaluations += calls
      if iteration == options.maxIter || evaluations >= options.evaluations || isFlat { break }
      if noGrad({ largest(direction * state.length) }) <= options.toleranceChange { break }
      if abs(loss - state.loss) < options.toleranceChange { break }
    }
    return first
  }

  /// The direction of the next step, from the gradient and what is remembered: the two-loop recursion.
  private func nextDirection(_ gradient: Tensor, _ state: inout Memory, historySize: Int) -> Tensor {
    guard state.iterations > 1, let last = state.direction, let previous = state.gradient else {
      (state.changes, state.moves, state.weights, state.scale) = ([], [], [], 1)
      return -gradient
    }
    let change = gradient - previous
    let move = last * state.length
    let product = number(change.dot(move))
    if product > 1e-10 {
      if state.changes.count >= max(1, historySize) {
        state.changes.removeFirst()
        state.moves.removeFirst()
        state.weights.removeFirst()
      }
      state.changes.append(change)
      state.moves.append(move)
      state.weights.append(1 / product)
      state.scale = product / number(change.dot(change))
    }
    var direction = -gradient
    var shares = state.weights
    for i in shares.indices.reversed() {
      shares[i] = number(state.moves[i].dot(direction)) * state.weights[i]
      direction = direction - state.changes[i] * shares[i]
    }
    direction = direction * state.scale
    for i in shares.indices {
      let share = number(state.changes[i].dot(direction)) * state.weights[i]
      direction = direction + state.moves[i] * (shares[i] - share)
    }
    return direction
  }

  /// The gradients of all parameters in a row; of complex ones, real and imaginary parts.
  private func flatGradient(_ sign: Double) -> Tensor {
    noGrad {
      let parts = parameters.map { parameter in
        let gradient =
          parameter.grad?.detach() ?? Tensor.zeros(parameter.shape, dtype: parameter.dtype).to(parameter.device)
        return (gradient.dtype.isComplex ? gradient.viewAsReal() : gradient).reshape([-1])
      }
      let flat = cat(parts, dim: 0)
      return sign < 0 ? -flat : flat
    }
  }

  /// Adds `length` times `direction` to the parameters.
  private func move(_ direction: Tensor, by length: Double) {
    noGrad {
      var start = 0
      for parameter in parameters {
        var parameter = parameter
        let isComplex = parameter.dtype.isComplex
        let present = isComplex ? parameter.detach().viewAsReal() : parameter.detach()
        let part = direction.narrow(0, start, present.count).reshape(present.shape) * length
        let moved = present + part.to(present.dtype)
        parameter.assign(isComplex ? moved.viewAsComplex() : moved)
        start += present.count
      }
    }
  }

  private func restore(_ values: [Tensor]) {
    noGrad {
      for (parameter, value) in zip(parameters, values) {
        var parameter = parameter
        parameter.assign(value)
      }
    }
  }

  // MARK: State

  /// `state.0.d`, `state.0.old_dirs.K` and so on: PyTorch keeps one state for all parameters under the first.
  public override func stateDict() -> StateDict {
    hookedState {
      let memory = memory.withLock { $0 }
      var state = StateDict()
      let prefix = "state.0."
      if memory.evaluations > 0 {
        state[prefix + "func_evals"] = Tensor([memory.evaluations]).reshape([])
        state[prefix + "n_iter"] = Tensor([memory.iterations]).reshape([])
      }
      if let direction = memory.direction, let gradient = memory.gradient {
        state[prefix + "d"] = direction
        state[prefix + "t"] = Tensor(memory.length, dtype: .float64)
        for (i, change) in memory.changes.enumerated() { state["\(prefix)old_dirs.\(i)"] = change }
        for (i, move) in memory.moves.enumerated() { state["\(prefix)old_stps.\(i)"] = move }
        for (i, weight) in memory.weights.enumerated() {
          state["\(prefix)ro.\(i)"] = Tensor(weight, dtype: gradient.dtype)
        }
        state[prefix + "H_diag"] = Tensor(memory.scale, dtype: gradient.dtype)
        state[prefix + "prev_flat_grad"] = gradient
        state[prefix + "prev_loss"] = Tensor(memory.loss, dtype: .float64)
      }
      addGroups(to: &state)
      return state
    }
  }

  public override func loadStateDict(_ state: StateDict) throws(TensorError) {
    try hookedLoad(state) { state throws(TensorError) in try load(state) }
  }

  private func load(_ state: StateDict) throws(TensorError) {
    var known: Set<String> = []
    let (newOptions, initial) = try loadedGroups(state, &known)
    let prefix = "state.0."
    let count = parameters.reduce(0) { $0 + $1.count * ($1.dtype.isComplex ? 2 : 1) }
    func value(_ name: String, _ standard: Double) throws(TensorError) -> Double {
      known.insert(prefix + name)
      return try savedNumber(prefix + name, state) ?? standard
    }
    func counted(_ name: String) throws(TensorError) -> Int {
      let number = try value(name, 0)
      guard number >= 0, number < 1e15 else {
        throw TensorError(.state, self.name, "\(prefix)\(name) is \(number), which is no count")
      }
      return Int(number)
    }
    func vector(_ name: String) throws(TensorError) -> Tensor? {
      known.insert(prefix + name)
      guard let tensor = state[prefix + name] else { return nil }
      guard tensor.shape == [count] else {
        throw TensorError(
          .state, self.name,
          "\(prefix)\(name) has shape \(tensor.shape), and the parameters have \(count) elements in all")
      }
      return tensor.detach()
    }
    var memory = Memory()
    memory.evaluations = try counted("func_evals")
    memory.iterations = try counted("n_iter")
    memory.direction = try vector("d")
    memory.length = try value("t", 0)
    memory.scale = try value("H_diag", 1)
    memory.gradient = try vector("prev_flat_grad")
    memory.loss = try value("prev_loss", 0)
    while let change = try vector("old_dirs.\(memory.changes.count)") {
      let i = memory.changes.count
      guard let move = try vector("old_stps.\(i)") else {
        throw TensorError(.state, name, "the state has \(prefix)old_dirs.\(i) and no \(prefix)old_stps.\(i)")
      }
      memory.changes.append(change)
      memory.moves.append(move)
      memory.weights.append(try value("ro.\(i)", 1 / number(change.dot(move))))
    }
    // Numbers of a step that PyTorch saves along.
    for name in state.names where name.hasPrefix(prefix + "al.") { known.insert(name) }
    try checkNames(state, known)
    options = newOptions
    self.memory.withLock { [memory] in $0 = memory }
    initialLearningRates = initial
  }
}

/// The largest magnitude.
private func largest(_ tensor: Tensor) -> Double { noGrad { tensor.count == 0 ? 0 : number(tensor.abs().max()) } }

private func number(_ tensor: Tensor) -> Double { tensor.hasFailed ? .nan : tensor.detach().to(.float64).item() }
