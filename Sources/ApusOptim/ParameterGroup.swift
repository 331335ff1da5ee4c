import ApusCore

/// Parameters of an optimiser with options of their own.
///
///     let optimizer = AdamW(
///       [ParameterGroup(weights, weightDecay: 0.1), ParameterGroup(biases, weightDecay: 0)], lr: 1e-3)
///     for group in optimizer.paramGroups { group.lr *= 0.9 }
///
/// A group holds what it is given until an optimiser takes it; from then on it shows the options that the optimiser works
/// with, and setting one changes the next step. Asking for an option that the optimiser does not have is a mistake that is
/// reported.
public final class ParameterGroup: Sendable {
  /// The parameters of the group.
  public let parameters: [Tensor]

  private enum Store {
    case given([String: OptionValue])
    case owned(any GroupOwner, Int)
  }
  private let store: Lock<Store>

  init(_ parameters: [Tensor], values: [String: OptionValue]) {
    self.parameters = parameters
    store = Lock(.given(values))
  }

  /// Group `index` of an optimiser.
  init(_ parameters: [Tensor], of owner: any GroupOwner, _ index: Int) {
    self.parameters = parameters
    store = Lock(.owned(owner, index))
  }

  /// Parameters with the options that are given; the others are the optimiser's.
  public convenience init(
    _ parameters: some Sequence<Tensor>, lr: Double? = nil, momentum: Double? = nil, dampening: Double? = nil,
    lrDecay: Double? = nil, lambd: Double? = nil, alpha: Double? = nil, t0: Double? = nil, rho: Double? = nil,
    betas: (Double, Double)? = nil, etas: (Double, Double)? = nil, stepSizes: (Double, Double)? = nil,
    initialAccumulatorValue: Double? = nil, eps: Double? = nil, weightDecay: Double? = nil,
    momentumDecay: Double? = nil, nesterov: Bool? = nil, amsgrad: Bool? = nil, centered: Bool? = nil,
    decoupledWeightDecay: Bool? = nil, maximize: Bool? = nil
  ) {
    var values: [String: OptionValue] = [:]
    values["lr"] = lr.map { .number($0) }
    values["momentum"] = momentum.map { .number($0) }
    values["dampening"] = dampening.map { .number($0) }
    values["lrDecay"] = lrDecay.map { .number($0) }
    values["lambd"] = lambd.map { .number($0) }
    values["alpha"] = alpha.map { .number($0) }
    values["t0"] = t0.map { .number($0) }
    values["rho"] = rho.map { .number($0) }
    values["betas"] = betas.map { .pair($0.0, $0.1) }
    values["etas"] = etas.map { .pair($0.0, $0.1) }
    values["stepSizes"] = stepSizes.map { .pair($0.0, $0.1) }
    values["initialAccumulatorValue"] = initialAccumulatorValue.map { .number($0) }
    values["eps"] = eps.map { .number($0) }
    values["weightDecay"] = weightDecay.map { .number($0) }
    values["momentumDecay"] = momentumDecay.map { .number($0) }
    values["nesterov"] = nesterov.map { .flag($0) }
    values["amsgrad"] = amsgrad.map { .flag($0) }
    values["centered"] = centered.map { .flag($0) }
    values["decoupledWeightDecay"] = decoupledWeightDecay.map { .flag($0) }
    values["maximize"] = maximize.map { .flag($0) }
    self.init(Array(parameters), values: values)
  }

  /// With the options of one kind of optimiser, of which those that were not given are the optimiser's.
  public convenience init<Options: OptimizerOptions>(_ parameters: some Sequence<Tensor>, _ options: Options) {
    var values: [String: OptionValue] = [:]
    for field in Options.fields { values[field.name] = field.given(options) }
    self.init(Array(parameters), values: values)
  }

  /// The same options for other parameters: a part of these, or what stands for them.
  package func with(_ parameters: [Tensor]) -> ParameterGroup {
    switch store.withLock({ $0 }) {
    case .given(let values): ParameterGroup(parameters, values: values)
    case .owned(let owner, let index): ParameterGroup(parameters, values: owner.values(of: index))
    }
  }

  convenience init(named parameters: some Sequence<(name: String, tensor: Tensor)>) {
    self.init(parameters.map(\.tensor), values: [:])
  }

  /// ``parameters`` under PyTorch's name.
  public var params: [Tensor] { parameters }

  /// What was given, and from now on the options of group `index` of `owner`.
  func hand(to owner: any GroupOwner, _ index: Int) -> [String: OptionValue] {
    store.withLock { store in
      // A group that another optimiser has stays its own; this one starts from the same options.
      if case .owned(let other, let place) = store { return other.values(of: place) }
      guard case .given(let values) = store else { return [:] }
      store = .owned(owner, index)
      return values
    }
  }

  /// An option that is a number, under its name in Swift or in Python.
  public subscript(name: String) -> Double {
    get {
      switch self[value: camelCase(name)] {
      case .number(let value): return value
      case .count(let value?): return Double(value)
      default: return missing(name, .nan)
      }
    }
    set { self[value: camelCase(name)] = .number(newValue) }
  }

  private subscript(value name: String) -> OptionValue? {
    get {
      switch store.withLock({ $0 }) {
      case .given(let values): values[name]
      case .owned(let owner, let index): owner.values(of: index)[name]
      }
    }
    set {
      let owned: (any GroupOwner, Int)? = store.withLock { store in
        switch store {
        case .given(var values):
          values[name] = newValue
          store = .given(values)
          return nil
        case .owned(let owner, let index): return (owner, index)
        }
      }
      if let (owner, index) = owned, let newValue { owner.set(name, newValue, of: index) }
    }
  }

  private func missing<Value>(_ name: String, _ value: Value) -> Value {
    switch store.withLock({ $0 }) {
    case .given:
      report(TensorError(.value, "ParameterGroup", "\(name) was not given, and no optimiser has the group yet"))
    case .owned(let owner, let index):
      report(
        TensorError(
          .value, owner.name,
          "there is no option \(name); the options are \(owner.values(of: index).keys.sorted().joined(separator: ", "))"
        ))
    }
    return value
  }

  /// The learning rate.
  public var lr: Double {
    get {
      guard case .number(let value)? = self[value: "lr"] else { return missing("lr", .nan) }
      return value
    }
    set { self[value: "lr"] = .number(newValue) }
  }

  /// The option `momentum` of optimisers that have it.
  public var momentum: Double {
    get {
      guard case .number(let value)? = self[value: "momentum"] else { return missing("momentum", .nan) }
      return value
    }
    set { self[value: "momentum"] = .number(newValue) }
  }

  /// The option `dampening` of optimisers that have it.
  public var dampening: Double {
    get {
      guard case .number(let value)? = self[value: "dampening"] else { return missing("dampening", .nan) }
      return value
    }
    set { self[value: "dampening"] = .number(newValue) }
  }

  /// The option `lrDecay` of optimisers that have it.
  public var lrDecay: Double {
    get {
      guard case .number(let value)? = self[value: "lrDecay"] else { return missing("lrDecay", .nan) }
      return value
    }
    set { self[value: "lrDecay"] = .number(newValue) }
  }

  /// The option `lambd` of optimisers that have it.
  public var lambd: Double {
    get {
      guard case .number(let value)? = self[value: "lambd"] else { return missing("lambd", .nan) }
      return value
    }
    set { self[value: "lambd"] = .number(newValue) }
  }

  /// The option `alpha` of optimisers that have it.
  public var alpha: Double {
    get {
      guard case .number(let value)? = self[value: "alpha"] else { return missing("alpha", .nan) }
      return value
    }
    set { self[value: "alpha"] = .number(newValue) }
  }

  /// The option `t0` of optimisers that have it.
  public var t0: Double {
    get {
      guard case .number(let value)? = self[value: "t0"] else { return missing("t0", .nan) }
      return value
    }
    set { self[value: "t0"] = .number(newValue) }
  }

  /// The option `rho` of optimisers that have it.
  public var rho: Double {
    get {
      guard case .number(let value)? = self[value: "rho"] else { return missing("rho", .nan) }
      return value
    }
    set { self[value: "rho"] = .number(newValue) }
  }

  /// The option `betas` of optimisers that have it.
  public var betas: (Double, Double) {
    get {
      guard case .pair(let first, let second)? = self[value: "betas"] else { return missing("betas", (.nan, .nan)) }
      return (first, second)
    }
    set { self[value: "betas"] = .pair(newValue.0, newValue.1) }
  }

  /// The option `etas` of optimisers that have it.
  public var etas: (Double, Double) {
    get {
      guard case .pair(let first, let second)? = self[value: "etas"] else { return missing("etas", (.nan, .nan)) }
      return (first, second)
    }
    set { self[value: "etas"] = .pair(newValue.0, newValue.1) }
  }

  /// The option `stepSizes` of optimisers that have it.
  public var stepSizes: (Double, Double) {
    get {
      guard case .pair(let first, let second)? = self[value: "stepSizes"] else {
        return missing("stepSizes", (.nan, .nan))
      }
      return (first, second)
    }
    set { self[value: "stepSizes"] = .pair(newValue.0, newValue.1) }
  }

  /// The option `initialAccumulatorValue` of optimisers that have it.
  public var initialAccumulatorValue: Double {
    get {
      guard case .number(let value)? = self[value: "initialAccumulatorValue"] else {
        return missing("initialAccumulatorValue", .nan)
      }
      return value
    }
    set { self[value: "initialAccumulatorValue"] = .number(newValue) }
  }

  /// The option `eps` of optimisers that have it.
  public var eps: Double {
    get {
      guard case .number(let value)? = self[value: "eps"] else { return missing("eps", .nan) }
      return value
    }
    set { self[value: "eps"] = .number(newValue) }
  }

  /// The option `weightDecay` of optimisers that have it.
  public var weightDecay: Double {
    get {
      guard case .number(let value)? = self[value: "weightDecay"] else { return missing("weightDecay", .nan) }
      return value
    }
    set { self[value: "weightDecay"] = .number(newValue) }
  }

  /// The option `momentumDecay` of optimisers that have it.
  public var momentumDecay: Double {
    get {
      guard case .number(let value)? = self[value: "momentumDecay"] else { return missing("momentumDecay", .nan) }
      return value
    }
    set { self[value: "momentumDecay"] = .number(newValue) }
  }

  /// The option `nesterov` of optimisers that have it.
  public var nesterov: Bool {
    get {
      guard case .flag(let value)? = self[value: "nesterov"] else { return missing("nesterov", false) }
      return value
    }
    set { self[value: "nesterov"] = .flag(newValue) }
  }

  /// The option `amsgrad` of optimisers that have it.
  public var amsgrad: Bool {
    get {
      guard case .flag(let value)? = self[value: "amsgrad"] else { return missing("amsgrad", false) }
      return value
    }
    set { self[value: "amsgrad"] = .flag(newValue) }
  }

  /// The option `centered` of optimisers that have it.
  public var centered: Bool {
    get {
      guard case .flag(let value)? = self[value: "centered"] else { return missing("centered", false) }
      return value
    }
    set { self[value: "centered"] = .flag(newValue) }
  }

  /// The option `decoupledWeightDecay` of optimisers that have it.
  public var decoupledWeightDecay: Bool {
    get {
      guard case .flag(let value)? = self[value: "decoupledWeightDecay"] else {
        return missing("decoupledWeightDecay", false)
      }
      return value
    }
    set { self[value: "decoupledWeightDecay"] = .flag(newValue) }
  }

  /// The option `maximize` of optimisers that have it.
  public var maximize: Bool {
    get {
      guard case .flag(let value)? = self[value: "maximize"] else { return missing("maximize", false) }
      return value
    }
    set { self[value: "maximize"] = .flag(newValue) }
  }
}

/// An optimiser as its groups see it.
protocol GroupOwner: AnyObject, Sendable {
  var name: String { get }
  func values(of group: Int) -> [String: OptionValue]
  func set(_ option: String, _ value: OptionValue, of group: Int)
}

// MARK: Where parameters come from

/// What an optimiser takes: parameters as `model.parameters()` gives them, or groups of them.
public protocol ParameterSource {
  /// The groups; one, where parameters come without.
  var parameterGroups: [ParameterGroup] { get }
}

/// A parameter or a group of parameters.
public protocol ParameterElement {
  /// The groups that a sequence of such elements makes.
  static func groups(of elements: [Self]) -> [ParameterGroup]
}

extension Tensor: ParameterElement {
  /// All in one group.
  public static func groups(of elements: [Tensor]) -> [ParameterGroup] { [ParameterGroup(elements)] }
}

extension ParameterGroup: ParameterElement {
  /// The groups themselves.
  public static func groups(of elements: [ParameterGroup]) -> [ParameterGroup] { elements }
}

extension ParameterSource where Self: Sequence, Self.Element: ParameterElement {
  public var parameterGroups: [ParameterGroup] { Element.groups(of: Array(self)) }
}

extension Array: ParameterSource where Element: ParameterElement {}
extension ArraySlice: ParameterSource where Element: ParameterElement {}
extension LazySequence: ParameterSource where Element: ParameterElement {}
extension LazyMapSequence: ParameterSource where Element: ParameterElement {}
extension LazyFilterSequence: ParameterSource where Element: ParameterElement {}
extension FlattenSequence: ParameterSource where Element: ParameterElement {}
extension AnySequence: ParameterSource where Element: ParameterElement {}
