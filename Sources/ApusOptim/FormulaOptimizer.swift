import ApusCore
import ApusNN

/// A rule that can change some rows of a parameter and leave the others: for gradients by rows, as those of an
/// ``Embedding`` with `sparse: true`. Others get them as whole tensors.
protocol RowRule: StepRule {
  /// Whether the options let rows without a gradient be as they are.
  var leavesRows: Bool { get }

  /// Rows of the parameter after step number `step` (from 1), and those of the states.
  func updatedRows(_ rows: Tensor, _ gradient: Tensor, states: inout [Tensor], step: Int) -> Tensor
}

/// The algorithm of an optimiser that changes each parameter on its own.
protocol StepRule: Sendable {
  /// What is kept for a parameter.
  func kept(for parameter: Tensor) -> [KeptState]

  /// Numbers that are kept for each parameter, with PyTorch's names, and the value they start from.
  var numbers: [(name: String, initial: Double)] { get }

  /// Whether PyTorch keeps the number of steps.
  var keepsStep: Bool { get }

  /// What is wrong with the options, if anything.
  func problem() -> String?

  /// What is wrong with a parameter, if anything: `has shape [3], and ...`.
  func problem(of parameter: Tensor) -> String?
}

/// A tensor that an optimiser keeps for a parameter.
struct KeptState {
  /// PyTorch's name.
  var name: String
  var shape: [Int]
  /// The value that all elements start from; nil to start from the parameter itself.
  var initial: Double?
  /// The type of the elements; nil: that of the parameter.
  var dtype: DType?
}

extension StepRule {
  var numbers: [(name: String, initial: Double)] { [] }
  var keepsStep: Bool { true }
  func problem(of parameter: Tensor) -> String? { nil }
}

/// The algorithm of an optimiser whose step is one formula over parameter, states and gradient.
protocol UpdateRule: StepRule {
  /// What is kept for each parameter, in its shape, with PyTorch's names, and the value it starts from.
  var states: [(name: String, initial: Double)] { get }

  /// Prepares step number `step` (from 1): updates `numbers` and gives the numbers of the formula. Everything that is
  /// the same for all elements is computed here, in double precision.
  func prepare(step: Int, numbers: inout [Double]) -> UpdateCall

  /// ``prepare(step:numbers:)`` of rules for which it matters whether a state is new in this step.
  func prepare(step: Int, isNew: Bool, numbers: inout [Double]) -> UpdateCall

  /// The formula of a variant, `.parameter(i)` being the scalars that ``prepare(step:numbers:)`` gives.
  func formula(variant: Int, parameter: Expression, states: [Expression], gradient: Expression) -> [Expression]

  /// A kernel that computes the formula in one loop.
  var fused: FusedUpdate? { get }
}

extension UpdateRule {
  var fused: FusedUpdate? { nil }

  func kept(for parameter: Tensor) -> [KeptState] {
    states.map { KeptState(name: $0.name, shape: parameter.shape, initial: $0.initial) }
  }

  func prepare(step: Int, isNew: Bool, numbers: inout [Double]) -> UpdateCall { prepare(step: step, numbers: &numbers) }
}

/// The algorithm of an optimiser whose step needs more than the element itself, such as norms or products of matrices.
protocol TensorRule: StepRule {
  /// The parameter after step number `step` (from 1). Runs without recording.
  func updated(
    _ parameter: Tensor, _ gradient: Tensor, states: inout [Tensor], step: Int, numbers: inout [Double]
  ) -> Tensor
}

/// One step of one parameter: which variant of the formula, and its numbers.
struct UpdateCall: Hashable {
  var variant = 0
  var scalars: [Double]
}

/// An optimiser that changes each parameter by a rule of its own, mostly one formula: then its step is one pass over memory, for
/// all parameters of a group together.
public class FormulaOptimizer<Options: OptimizerOptions>: GroupedOptimizer<Options>, @unchecked Sendable {
  private let content = Lock(Content())

  /// What steps change, one step at a time.
  private struct Content {
    var items: [[UpdateItem]] = []
    /// The names of the states of each item.
    var names: [[[String]]] = []
    var steps: [[Int]] = []
    var numbers: [[[Double]]] = []
    var hasStepped = false
    var formulas: [Key: UpdateFormula] = [:]
    var masters = MasterWeights()

    /// Creates the states of a parameter that it does not have yet: when its first gradient arrives, or after its options
    /// have changed. Gives whether there are new ones.
    mutating func start(
      _ group: Int, _ i: Int, _ rule: any StepRule, in pages: StateMemory = StateMemory()
    ) -> Bool {
      let variable = items[group][i].variable
      let wanted = rule.kept(for: variable)
      if numbers[group][i].isEmpty { numbers[group][i] = rule.numbers.map(\.initial) }
      if names[group][i] == wanted.map(\.name) { return false }
      let old = Dictionary(zip(names[group][i], items[group][i].states)) { first, _ in first }
      items[group][i].states = wanted.map { state in
        if let known = old[state.name] { return known }
        guard let initial = state.initial else { return noGrad { variable.detach().clone() } }
        if rule is any BlockRule { return pages.zeros(state.shape, state.dtype ?? variable.dtype) }
        return Tensor.full(state.shape, initial, dtype: state.dtype ?? variable.dtype).to(variable.device)
      }
      names[group][i] = wanted.map(\.name)
      return wanted.contains { old[$0.name] == nil }
    }

    mutating func formula(_ name: String, _ group: Int, _ variant: Int, _ rule: any UpdateRule) -> UpdateFormula {
      let key = Key(group: group, variant: variant, states: rule.states.map(\.name))
      if let known = formulas[key] { return known }
      let made = UpdateFormula(name, states: key.states.count, fused: rule.fused) { parameter, states, gradient in
        rule.formula(variant: variant, parameter: parameter, states: states, gradient: gradient)
      }
      formulas[key] = made
      return made
    }
  }

  private struct Key: Hashable {
    var group: Int
    var variant: Int
    var states: [String]
  }

  public override var options: [Options] {
    get { super.options }
    set {
      super.options = newValue
      forgetFormulas()
    }
  }

  override func set(_ option: String, _ value: OptionValue, of group: Int) {
    super.set(option, value, of: group)
    forgetFormulas()
  }

  /// Formulas are made for the switches of the options.
  private func forgetFormulas() { content.withLock { $0.formulas = [:] } }

  override func start(_ parameters: [Tensor]) {
    content.withLock { content in
      content.items.append(content.masters.start(parameters).map { UpdateItem($0, states: []) })
      content.names.append(parameters.map { _ in [] })
      content.steps.append(parameters.map { _ in 0 })
      content.numbers.append(parameters.map { _ in [] })
    }
  }

  /// The algorithm that the options describe: mostly they are one.
  func rule(_ options: Options) -> any StepRule {
    guard let rule = options as? any StepRule else { preconditionFailure("\(name) has no rule") }
    return rule
  }

  override func problem(_ options: Options) -> String? { rule(options).problem() }

  override func problem(of parameter: Tensor) -> String? {
    options.last.flatMap { rule($0).problem(of: parameter) }
  }

  override var hasStepped: Bool? { content.withLock { $0.hasStepped } }

  public override func step() {
    // After a mistake the gradients are those of an earlier pass, or a part of this one's.
    if isFailing { return }
    if let tracer = Tracer.current {
      // In a function that is being captured a step is an action of the host: its numbers change from call to call.
      tracer.perform("\(name).step()") { [self] in step() }
      return
    }
    profiledStep { betweenStepHooks { makeStep() } }
  }

  /// Runs `closure`, which clears the gradients, computes the loss and its gradients, and makes a step with them.
  /// - Returns: the loss.
  @discardableResult
  public override func step<Failure: Error>(_ closure: () throws(Failure) -> Tensor) throws(Failure) -> Tensor {
    if Tracer.current != nil {
      let loss = try closure()
      step()
      return loss
    }
    return try profiledStep { () throws(Failure) in
      try betweenStepHooks { () throws(Failure) in
        let loss = try enableGrad(closure)
        if !isFailing { makeStep() }
        return loss
      }
    }
  }

  /// Why there can be no step at present, if so.
  func stepProblem() -> String? { nil }

  private func makeStep() {
    if let problem = stepProblem() { return report(TensorError(.value, name, problem)) }
    let rules = options.map { rule($0) }
    content.withLock { content in
      content.hasStepped = true
      if !content.masters.isEmpty { content.masters.takeGradients() }
      defer { if !content.masters.isEmpty { content.masters.giveElements() } }
      for (group, rule) in rules.enumerated() {
        let done = stepByRows(group, rule, &content)
        defer { for (variable, gradient) in done { variable.rowGradient = gradient } }
        if let rule = rule as? any UpdateRule {
          stepByFormula(group, rule, &content)
        } else if let rule = rule as? any TensorRule {
          stepByTensors(group, rule, &content)
        } else if let rule = rule as? any BlockRule {
          stepByBlocks(group, rule, &content)
        }
      }
    }
  }

  /// The steps of parameters that have a gradient by rows. It is taken from them, so that the other ways of stepping see none,
  /// and to be given back.
  private func stepByRows(
    _ group: Int, _ rule: any StepRule, _ content: inout Content
  ) -> [(variable: Tensor, gradient: RowGradient)] {
    guard let rule = rule as? any RowRule, rule.leavesRows else { return [] }
    var done: [(variable: Tensor, gradient: RowGradient)] = []
    for i in content.items[group].indices {
      let variable = content.items[group][i].variable
      guard let gradient = variable.rowGradient else { continue }
      _ = content.start(group, i, rule)
      let step = content.steps[group][i] + 1
      let (indices, values) = gradient.summed
      let isDone = variable.changeRows(indices, &content.items[group][i].states) { rows in
        var states = Array(rows.dropFirst())
        let changed = rule.updatedRows(rows[0], values, states: &states, step: step)
        return [changed] + states
      }
      if isDone {
        content.steps[group][i] = step
        done.append((variable, gradient))
        variable.rowGradient = nil
      }
    }
    return done
  }

  private func stepByFormula(_ group: Int, _ rule: any UpdateRule, _ content: inout Content) {
    // Parameters whose step has the same numbers go through one formula together: mostly all of them.
    var calls: [UpdateCall: [Int]] = [:]
    for i in content.items[group].indices where content.items[group][i].variable.grad != nil {
      let isNew = content.start(group, i, rule)
      content.steps[group][i] += 1
      let call = rule.prepare(step: content.steps[group][i], isNew: isNew, numbers: &content.numbers[group][i])
      calls[call, default: []].append(i)
    }
    for (call, chosen) in calls {
      let formula = content.formula(name, group, call.variant, rule)
      ApusCore.update(&content.items[group], chosen, formula, scalars: call.scalars)
    }
  }

  private func stepByTensors(_ group: Int, _ rule: any TensorRule, _ content: inout Content) {
    noGrad {
      for i in content.items[group].indices {
        var variable = content.items[group][i].variable
        guard let gradient = variable.grad?.detach(), !gradient.hasFailed else { continue }
        _ = content.start(group, i, rule)
        var states = zip(content.items[group][i].states, rule.kept(for: variable)).map { state, kept in
          state.to(kept.dtype ?? variable.dtype)
        }
        var numbers = content.numbers[group][i]
        let step = content.steps[group][i] + 1
        let new = rule.updated(
          variable.detach(), gradient.to(variable.dtype), states: &states, step: step, numbers: &numbers)
        if new.hasFailed || states.contains(where: \.hasFailed) { continue }
        variable.assign(new)
        content.items[group][i].states = states
        content.numbers[group][i] = numbers
        content.steps[group][i] = step
      }
    }
  }

  /// Where states in blocks lie.
  var stateMemory: StateMemory { StateMemory() }

  private func stepByBlocks(_ group: Int, _ rule: any BlockRule, _ content: inout Content) {
    let memory = stateMemory
    noGrad {
      var number = content.items[..<group].reduce(0) { $0 + $1.count }
      for i in content.items[group].indices {
        defer { number += 1 }
        var variable = content.items[group][i].variable
        guard let gradient = variable.grad?.detach(), !gradient.hasFailed else { continue }
        _ = content.start(group, i, rule, in: memory)
        let step = content.steps[group][i] + 1
        let states = content.items[group][i].states
        guard let new = rule.changed(variable.detach(), gradient, states: states, step: step, parameter: number)
        else { continue }
        variable.assign(new)
        content.steps[group][i] = step
        for state in states { memory.leave(state) }
      }
    }
  }

  /// The state `name` of each parameter of a group that has one.
  func states(_ name: String, of group: Int) -> [(parameter: Tensor, state: Tensor)] {
    content.withLock { content in
      guard content.items.indices.contains(group) else { return [] }
      return zip(content.items[group], content.names[group]).compactMap { item, names in
        names.firstIndex(of: name).map { (item.variable, item.states[$0]) }
      }
    }
  }

  // MARK: State

  /// `state.I.NAME` for parameter I of all groups in a row and `param_groups.G.NAME` for the options of group G, with PyTorch's
  /// names: its state dictionary without the nesting. An option that is `None` or a text there is left out.
  public override func stateDict() -> StateDict {
    hookedState {
      let (items, names, steps, numbers, masters) = content.withLock {
        ($0.items, $0.names, $0.steps, $0.numbers, $0.masters)
      }
      var state = StateDict()
      var index = 0
      for (group, options) in options.enumerated() {
        let rule = rule(options)
        for i in items[group].indices {
          defer { index += 1 }
          guard steps[group][i] > 0 else { continue }
          if rule.keepsStep { state["state.\(index).step"] = stepNumber(steps[group][i]) }
          if let master = masters.master(group, i) {
            state["state.\(index).\(MasterWeights.name)"] = master.detach().clone()
          }
          for (name, tensor) in zip(names[group][i], items[group][i].states) {
            // States in blocks change where they lie.
            state["state.\(index).\(name)"] = rule is any BlockRule ? tensor.clone() : tensor
          }
          for (entry, value) in zip(rule.numbers, numbers[group][i]) {
            state["state.\(index).\(entry.name)"] = Tensor(value, dtype: .float64)
          }
        }
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
    var new = content.withLock { $0 }
    var loadedMasters: [(master: Tensor, saved: Tensor)] = []
    var index = 0
    for group in newOptions.indices {
      let rule = rule(newOptions[group])
      for i in new.items[group].indices {
        defer { index += 1 }
        let variable = new.items[group][i].variable
        new.items[group][i].states = []
        new.names[group][i] = []
        new.numbers[group][i] = []
        new.steps[group][i] = 0
        let prefix = "state.\(index)."
        known.insert(prefix + "step")
        let kept = rule.kept(for: variable)
        if let step = try savedNumber(prefix + "step", state) {
          guard step >= 0, step < 1e15 else {
            throw TensorError(.state, name, "\(prefix)step is \(step), which is no number of steps")
          }
          new.steps[group][i] = Int(step)
        } else if !rule.keepsStep, let first = kept.first, state[prefix + first.name] != nil {
          new.steps[group][i] = 1
        }
        if let master = new.masters.master(group, i), let saved = state[prefix + MasterWeights.name] {
          known.insert(prefix + MasterWeights.name)
          guard saved.shape == master.shape else {
            throw TensorError(
              .state, name,
              "\(prefix)\(MasterWeights.name) has shape \(saved.shape), and the parameter has \(master.shape)")
          }
          loadedMasters.append((master, saved))
        }
        guard new.steps[group][i] > 0 else { continue }
        for entry in kept {
          let key = prefix + entry.name
          known.insert(key)
          guard let tensor = state[key] else {
            throw TensorError(
              .state, name, "the state has no \(key); it was saved by another optimiser or with other options")
          }
          guard tensor.shape == entry.shape else {
            throw TensorError(
              .state, name,
              "\(key) has shape \(tensor.shape), and parameter \(index) of shape \(variable.shape) needs \(entry.shape)"
            )
          }
          new.names[group][i].append(entry.name)
          let dtype = entry.dtype ?? variable.dtype
          new.items[group][i].states.append(
            rule is any BlockRule
              ? stateMemory.copy(tensor.detach().to(dtype)) : tensor.detach().to(dtype).to(variable.device))
        }
        for entry in rule.numbers {
          let key = prefix + entry.name
          known.insert(key)
          new.numbers[group][i].append(try savedNumber(key, state) ?? entry.initial)
        }
      }
    }
    try checkNames(state, known)
    options = newOptions
    for (master, saved) in loadedMasters { master.store(saved.to(master.dtype)) }
    content.withLock { [new] content in
      (content.items, content.names, content.steps, content.numbers) = (new.items, new.names, new.steps, new.numbers)
    }
    initialLearningRates = initial
  }
}

/// A number of steps in the type that PyTorch has it in, where that is exact.
private func stepNumber(_ step: Int) -> Tensor { Tensor(Double(step), dtype: step < 1 << 24 ? .float32 : .float64) }
