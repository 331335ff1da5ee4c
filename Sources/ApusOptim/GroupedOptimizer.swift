import ApusCore
import ApusNN

/// An optimiser whose parameters come in groups with options of one type: the base of those of the library.
public class GroupedOptimizer<Options: OptimizerOptions>: Optimizer, GroupOwner, @unchecked Sendable {
  private let knownOptions = Lock<[Options]>([])
  /// What groups leave out.
  private let defaults: Options

  /// The options of each group.
  public var options: [Options] {
    get { knownOptions.withLock { $0 } }
    set { knownOptions.withLock { $0 = newValue } }
  }

  init(_ groups: [ParameterGroup], defaults: Options) {
    self.defaults = defaults
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
    knownOptions.withLock { [options] in $0.append(options) }
    start(group.parameters)
    if let problem = problem(options) { return report(TensorError(.value, name, problem)) }
    for (i, parameter) in group.parameters.enumerated() where !parameter.hasFailed {
      if let problem = problem(of: parameter) {
        return report(TensorError(.value, name, "parameter \(i) of its group \(problem)"))
      }
    }
  }

  /// Makes room for what is kept for the parameters of a new group.
  func start(_ parameters: [Tensor]) {}

  /// What is wrong with the options, if anything.
  func problem(_ options: Options) -> String? { nil }

  /// What is wrong with a parameter, if anything: `has shape [3], and ...`.
  func problem(of parameter: Tensor) -> String? { nil }

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
    let options = self.options
    guard options.indices.contains(group) else { return [:] }
    return Dictionary(uniqueKeysWithValues: fields.map { ($0.name, $0.value(options[group])) })
  }

  func set(_ option: String, _ value: OptionValue, of group: Int) {
    var options = self.options
    guard options.indices.contains(group) else { return }
    assign(option, value, &options[group])
    let changed = options[group]
    knownOptions.withLock { $0[group] = changed }
    if let problem = problem(changed) { report(TensorError(.value, name, problem)) }
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

  public override var learningRates: [Double] {
    get { options.map(\.lr) }
    set {
      knownOptions.withLock { options in
        for (i, rate) in zip(options.indices, newValue) { options[i].lr = rate }
      }
    }
  }

  public override var momenta: [Double?] {
    get { options.map(\.cycledMomentum) }
    set {
      knownOptions.withLock { options in
        for (i, momentum) in zip(options.indices, newValue) { options[i].cycledMomentum = momentum }
      }
    }
  }

  // MARK: State

  /// Adds the options of all groups to a state, as PyTorch's `param_groups`: `param_groups.0.lr` and so on, and under
  /// `param_groups.0.params` the numbers of the group's parameters.
  func addGroups(to state: inout StateDict) {
    var first = 0
    for (g, parameters) in parameterGroups.enumerated() {
      let values = values(of: g)
      for field in fields {
        if let tensor = values[field.name]?.tensor { state["param_groups.\(g).\(snakeCase(field.name))"] = tensor }
      }
      if let initial = initialLearningRates, initial.indices.contains(g) {
        state["param_groups.\(g).initial_lr"] = Tensor(initial[g], dtype: .float64)
      }
      state["param_groups.\(g).params"] = Tensor(parameters.indices.map { first + $0 })
      first += parameters.count
    }
  }

  /// The options of a saved state in place of the present ones, and the first rates that schedules look at. What a state
  /// leaves out stays.
  /// - Throws: `TensorError` if it has other groups, or a value that is not the option's.
  func loadedGroups(
    _ state: StateDict, _ known: inout Set<String>
  ) throws(TensorError) -> (options: [Options], initial: [Double]?) {
    var options = self.options
    var initial: [Double] = []
    let groups = parameterGroups
    if state["param_groups.\(groups.count).params"] != nil {
      throw TensorError(
        .state, name, "the state has more groups of parameters than the optimiser, which has \(groups.count)")
    }
    for (g, parameters) in groups.enumerated() {
      func key(_ option: String) -> String { "param_groups.\(g).\(option)" }
      known.insert(key("params"))
      if let saved = state[key("params")], saved.count != parameters.count {
        throw TensorError(
          .state, name, "group \(g) has \(parameters.count) parameters, and \(saved.count) in the state")
      }
      for field in fields {
        let key = key(snakeCase(field.name))
        known.insert(key)
        guard let tensor = state[key] else { continue }
        let present = field.value(options[g])
        guard let value = present.replaced(by: tensor.to(.float64).array(as: Double.self)),
          field.set(&options[g], value)
        else {
          throw TensorError(.state, name, "\(key) has shape \(tensor.shape), which is no value of \(field.name)")
        }
      }
      if let problem = problem(options[g]) { throw TensorError(.state, name, "param_groups.\(g): \(problem)") }
      // PyTorch's options that change nothing here.
      for option in Options.unusedOptions { known.insert(key(option)) }
      known.insert(key("initial_lr"))
      if let value = try savedNumber(key("initial_lr"), state) { initial.append(value) }
    }
    return (options, initial.count == groups.count ? initial : nil)
  }

  /// A number of a state, nil where it has none of the name.
  func savedNumber(_ name: String, _ state: StateDict) throws(TensorError) -> Double? {
    guard let tensor = state[name] else { return nil }
    guard tensor.count == 1, !tensor.dtype.isComplex else {
      throw TensorError(
        .state, self.name, "\(name) must be a single number, and it is \(tensor.dtype) of shape \(tensor.shape)")
    }
    return tensor.to(.float64).item()
  }

  /// Refuses a state with entries that nothing has asked for.
  func checkNames(_ state: StateDict, _ known: Set<String>) throws(TensorError) {
    guard let unknown = state.names.first(where: { !known.contains($0) }) else { return }
    throw TensorError(
      .state, name,
      "the state has \(unknown), which this optimiser does not keep; it was saved by another optimiser or for other parameters"
    )
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

/// `has no steps for complex numbers` of optimisers that PyTorch does not let have complex parameters.
func realOnly(_ parameter: Tensor) -> String? {
  parameter.dtype.isComplex ? "is \(parameter.dtype), and this optimiser has no steps for complex numbers" : nil
}
