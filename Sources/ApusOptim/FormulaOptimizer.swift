import ApusCore
import ApusNN
import Synchronization

/// The algorithm of an optimiser whose step is one formula over parameter, states and gradient.
protocol UpdateRule: OptimizerOptions {
  /// What is kept for each parameter, with PyTorch's names, and the value it starts from.
  var states: [(name: String, initial: Double)] { get }

  /// Numbers that are kept for each parameter, with PyTorch's names, and the value they start from.
  var numbers: [(name: String, initial: Double)] { get }

  /// Prepares step number `step` (from 1): updates `numbers` and gives the numbers of the formula. Everything that is
  /// the same for all elements is computed here, in double precision.
  func prepare(step: Int, numbers: inout [Double]) -> UpdateCall

  /// The formula of a variant, `.parameter(i)` being the scalars that ``prepare(step:numbers:)`` gives.
  func formula(variant: Int, parameter: Expression, states: [Expression], gradient: Expression) -> [Expression]

  /// A kernel that computes the formula in one loop.
  var fused: FusedUpdate? { get }

  /// What is wrong with the options, if anything.
  func problem() -> String?
}

extension UpdateRule {
  var numbers: [(name: String, initial: Double)] { [] }
  var fused: FusedUpdate? { nil }
}

/// One step of one parameter: which variant of the formula, and its numbers.
struct UpdateCall: Hashable {
  var variant = 0
  var scalars: [Double]
}

/// An optimiser whose step is one pass over memory, for all parameters of a group together.
public class FormulaOptimizer<Options: OptimizerOptions>: Optimizer, GroupOwner, @unchecked Sendable {
  private let content: Lock<Content>

  /// What steps change, one step at a time.
  private struct Content {
    var options: [Options]
    var items: [[UpdateItem]]
    var steps: [[Int]]
    var numbers: [[[Double]]]
    var hasStepped = false
    var formulas: [Key: UpdateFormula] = [:]

    /// Creates the states of a parameter when its first gradient arrives.
    mutating func start(_ group: Int, _ i: Int, _ rule: any UpdateRule) {
      let variable = items[group][i].variable
      let wanted = rule.states
      while items[group][i].states.count < wanted.count {
        let state = wanted[items[group][i].states.count]
        items[group][i].states.append(Tensor.full(variable.shape, state.initial, dtype: variable.dtype))
      }
      if numbers[group][i].isEmpty { numbers[group][i] = rule.numbers.map(\.initial) }
    }

    mutating func formula(_ name: String, _ group: Int, _ variant: Int, _ rule: any UpdateRule) -> UpdateFormula {
      let key = Key(group: group, variant: variant, states: rule.states.count)
      if let known = formulas[key] { return known }
      let made = UpdateFormula(name, states: key.states, fused: rule.fused) { parameter, states, gradient in
        rule.formula(variant: variant, parameter: parameter, states: states, gradient: gradient)
      }
      formulas[key] = made
      return made
    }
  }

  /// The options of each group.
  public var options: [Options] {
    get { content.withLock { $0.options } }
    set { content.withLock { $0.options = newValue } }
  }

  private struct Key: Hashable {
    var group: Int
    var variant: Int
    var states: Int
  }

  /// What groups leave out.
  private let defaults: Options

  init(_ groups: [ParameterGroup], defaults: Options) {
    self.defaults = defaults
    content = Lock(Content(options: [], items: [], steps: [], numbers: []))
    super.init(parameterGroups: groups.map(\.parameters))
    for group in groups { take(group) }
  }

  @available(
    *, unavailable, message: "a group is written ParameterGroup(parameters, lr: 0.1), and groups are given in a list"
  )
  public convenience init(_ groups: [[String: Any]], lr: Double = 0) { fatalError() }

  public override func addParamGroup(_ group: ParameterGroup) {
    addParameters(group.parameters)
    take(group)
  }

  /// Makes a group with the options that are given for it, and with the optimiser's.
  private func take(_ group: ParameterGroup) {
    let given = group.hand(to: self, options.count)
    var options = defaults
    for (option, value) in given.sorted(by: { $0.key < $1.key }) { assign(option, value, &options) }
    content.withLock { [options] content in
      content.options.append(options)
      content.items.append(group.parameters.map { UpdateItem($0, states: []) })
      content.steps.append(group.parameters.map { _ in 0 })
      content.numbers.append(group.parameters.map { _ in [] })
    }
    if let problem = rule(options).problem() { report(TensorError(.value, name, problem)) }
  }

  private func assign(_ option: String, _ value: OptionValue, _ options: inout Options) {
    // Relatives share a type of options, of which each may leave some out.
    if let field = Options.fields.first(where: { $0.name == option }), field.set(&options, value) { return }
    report(
      TensorError(
        .value, name,
        "there is no option \(option) with this kind of value; the options are "
          + fields.map(\.name).sorted().joined(separator: ", ")))
  }

  /// The options by name: those of the type, but for optimisers that do not use them all.
  var fields: [OptionField<Options>] { Options.fields }

  public override var paramGroups: [ParameterGroup] {
    parameterGroups.enumerated().map { ParameterGroup($0.element, of: self, $0.offset) }
  }

  func values(of group: Int) -> [String: OptionValue] {
    let options = content.withLock { $0.options }
    guard options.indices.contains(group) else { return [:] }
    return Dictionary(uniqueKeysWithValues: fields.map { ($0.name, $0.value(options[group])) })
  }

  func set(_ option: String, _ value: OptionValue, of group: Int) {
    var options = content.withLock { $0.options }
    guard options.indices.contains(group) else { return }
    assign(option, value, &options[group])
    let changed = options[group]
    content.withLock { $0.options[group] = changed }
    if let problem = rule(changed).problem() { report(TensorError(.value, name, problem)) }
  }

  override func optionTexts(of group: Int) -> [(name: String, text: String)] {
    var texts = values(of: group).map { (name: snakeCase($0.key), text: $0.value.text) }
    for option in Options.unusedOptions {
      texts.append((option, option == "foreach" || option == "fused" ? "None" : "False"))
    }
    if let initial = initialLearningRates, initial.indices.contains(group) {
      texts.append(("initial_lr", OptionValue.number(initial[group]).text))
    }
    return texts
  }

  /// The algorithm that the options describe: mostly they are one.
  func rule(_ options: Options) -> any UpdateRule {
    guard let rule = options as? any UpdateRule else { preconditionFailure("\(name) has no rule") }
    return rule
  }

  public override var learningRates: [Double] {
    get { options.map(\.lr) }
    set { for i in options.indices where i < newValue.count { options[i].lr = newValue[i] } }
  }

  public override var momenta: [Double?] {
    get { options.map(\.cycledMomentum) }
    set { for i in options.indices where i < newValue.count { options[i].cycledMomentum = newValue[i] } }
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
    content.withLock { content in
      content.hasStepped = true
      for group in content.options.indices {
        let rule = rule(content.options[group])
        // Parameters whose step has the same numbers go through one formula together: mostly all of them.
        var calls: [UpdateCall: [Int]] = [:]
        for i in content.items[group].indices where content.items[group][i].variable.grad != nil {
          content.start(group, i, rule)
          content.steps[group][i] += 1
          let call = rule.prepare(step: content.steps[group][i], numbers: &content.numbers[group][i])
          calls[call, default: []].append(i)
        }
        for (call, chosen) in calls {
          let formula = content.formula(name, group, call.variant, rule)
          ApusCore.update(&content.items[group], chosen, formula, scalars: call.scalars)
        }
      }
    }
  }

  // MARK: State

  /// `state.I.NAME` for parameter I of all groups in a row, with PyTorch's names; `group.G.lr` and `group.G.momentum`.
  public override func stateDict() -> StateDict {
    let (options, items, steps, numbers) = content.withLock { ($0.options, $0.items, $0.steps, $0.numbers) }
    var state = StateDict()
    var index = 0
    for group in options.indices {
      let rule = rule(options[group])
      for i in items[group].indices {
        defer { index += 1 }
        guard steps[group][i] > 0 else { continue }
        state["state.\(index).step"] = Tensor(Double(steps[group][i]), dtype: .float64)
        for (k, entry) in rule.states.enumerated() where k < items[group][i].states.count {
          state["state.\(index).\(entry.name)"] = items[group][i].states[k]
        }
        for (k, entry) in rule.numbers.enumerated() where k < numbers[group][i].count {
          state["state.\(index).\(entry.name)"] = Tensor(numbers[group][i][k], dtype: .float64)
        }
      }
    }
    for group in options.indices {
      state["group.\(group).lr"] = Tensor(options[group].lr, dtype: .float64)
      if let momentum = options[group].cycledMomentum {
        state["group.\(group).momentum"] = Tensor(momentum, dtype: .float64)
      }
      if let initial = initialLearningRates?[group] {
        state["group.\(group).initial_lr"] = Tensor(initial, dtype: .float64)
      }
    }
    return state
  }

  public override func loadStateDict(_ state: StateDict) throws(TensorError) {
    func number(_ name: String) throws(TensorError) -> Double? {
      guard let tensor = state[name] else { return nil }
      guard tensor.count == 1 else {
        throw TensorError(.state, self.name, "\(name) must be a single number, and it has shape \(tensor.shape)")
      }
      return tensor.item()
    }
    let (options, items, steps, numbers) = content.withLock { ($0.options, $0.items, $0.steps, $0.numbers) }
    var newItems = items
    var newSteps = steps
    var newNumbers = numbers
    var newOptions = options
    var known: Set<String> = []
    var index = 0
    for group in options.indices {
      let rule = rule(options[group])
      for i in items[group].indices {
        defer { index += 1 }
        let variable = items[group][i].variable
        newItems[group][i].states = []
        newNumbers[group][i] = []
        newSteps[group][i] = 0
        known.insert("state.\(index).step")
        guard let step = try number("state.\(index).step") else { continue }
        guard step >= 1, step < 1e15 else {
          throw TensorError(.state, name, "state.\(index).step is \(step), which is no number of steps")
        }
        newSteps[group][i] = Int(step)
        for entry in rule.states {
          let key = "state.\(index).\(entry.name)"
          known.insert(key)
          guard let tensor = state[key] else {
            throw TensorError(
              .state, name, "the state has no \(key); it was saved by another optimiser or with other options")
          }
          guard tensor.shape == variable.shape else {
            throw TensorError(
              .state, name, "\(key) has shape \(tensor.shape), and parameter \(index) has \(variable.shape)")
          }
          newItems[group][i].states.append(tensor.detach().to(variable.dtype))
        }
        for entry in rule.numbers {
          let key = "state.\(index).\(entry.name)"
          known.insert(key)
          newNumbers[group][i].append(try number(key) ?? entry.initial)
        }
      }
      for key in ["lr", "momentum", "initial_lr"] { known.insert("group.\(group).\(key)") }
      if let lr = try number("group.\(group).lr") { newOptions[group].lr = lr }
      if let momentum = try number("group.\(group).momentum") { newOptions[group].cycledMomentum = momentum }
    }
    if let unknown = state.names.first(where: { !known.contains($0) }) {
      throw TensorError(
        .state, name,
        "the state has \(unknown), which this optimiser does not keep; it was saved by another optimiser or for other parameters"
      )
    }
    var initial: [Double] = []
    for group in options.indices {
      if let value = try number("group.\(group).initial_lr") { initial.append(value) }
    }
    content.withLock { [newItems, newSteps, newNumbers, newOptions] content in
      (content.items, content.steps, content.numbers, content.options) = (newItems, newSteps, newNumbers, newOptions)
    }
    initialLearningRates = initial.count == options.count ? initial : nil
  }
}

/// Common checks: `nil` where all hold.
func firstProblem(_ checks: (Bool, String)...) -> String? { checks.first { !$0.0 }?.1 }

func checkNotNegative(_ name: String, _ value: Double) -> (Bool, String) {
  (value >= 0, "\(name) must be 0 or more, and is \(value)")
}

func checkBetas(_ betas: (Double, Double)) -> (Bool, String) {
  ((0..<1).contains(betas.0) && (0..<1).contains(betas.1), "betas must be in 0 ..< 1, and are \(betas)")
}
