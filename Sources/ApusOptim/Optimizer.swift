import ApusCore
import ApusNN
import Synchronization

/// Changes parameters by their gradients: the base of all optimisers.
///
///     let optimizer = AdamW(model.parameters(), lr: 1e-3)
///     optimizer.zeroGrad()
///     loss.backward()
///     optimizer.step()
///
/// Parameters come in groups that have options of their own. Steps of one optimiser happen one after the other, whichever
/// tasks ask for them; the parameters that it changes may be read by others meanwhile.
open class Optimizer: CustomStringConvertible, @unchecked Sendable {
  /// The type's name in messages.
  public var name: String { "\(type(of: self))" }

  /// The parameters of each group.
  public var parameterGroups: [[Tensor]] { groups.withLock { $0 } }
  private let groups: Lock<[[Tensor]]>

  /// The learning rate that each group had when the first schedule was put on this optimiser.
  public internal(set) var initialLearningRates: [Double]? {
    get { initial.withLock { $0 } }
    set { initial.withLock { $0 = newValue } }
  }
  private let initial = Lock<[Double]?>(nil)

  /// - Parameter parameterGroups: variables that require gradients; each at most once.
  public init(parameterGroups: [[Tensor]]) {
    groups = Lock(parameterGroups)
    checkParameters()
  }

  /// The groups with their options, which can be read and set:
  ///
  ///     for group in optimizer.paramGroups { group.lr *= 0.9 }
  open var paramGroups: [ParameterGroup] { [] }

  /// Adds a group, as the layers that a finer training sets free. Options that it leaves out are the optimiser's.
  open func addParamGroup(_ group: ParameterGroup) { addParameters(group.parameters) }

  /// Adds the parameters of a new group.
  func addParameters(_ parameters: [Tensor]) {
    groups.withLock { $0.append(parameters) }
    checkParameters()
  }

  /// The learning rate of each group.
  open var learningRates: [Double] {
    get { [] }
    set {}
  }

  /// The momentum of each group for schedules that cycle it (the first beta of the Adam family), nil where there is none.
  open var momenta: [Double?] {
    get { learningRates.map { _ in nil } }
    set {}
  }

  /// The learning rate of the first group. Setting it sets that of all groups.
  public var lr: Double {
    get { learningRates.first ?? 0 }
    set { learningRates = learningRates.map { _ in newValue } }
  }

  /// Changes every parameter that has a gradient. After a mistake in the same ``withErrors(_:)``, such as a backward pass
  /// that failed, it changes nothing.
  open func step() {}

  /// Runs `closure`, which clears the gradients, computes the loss and its gradients, and makes a step with them.
  /// - Returns: the loss.
  @discardableResult
  public func step(_ closure: () throws -> Tensor) rethrows -> Tensor {
    let loss = try closure()
    step()
    return loss
  }

  /// PyTorch's text: the name, and the options of each group.
  public var description: String {
    let groups = parameterGroups.indices.map { index in
      optionTexts(of: index).sorted { $0.name < $1.name }.map { "    \($0.name): \($0.text)\n" }.joined()
    }
    let texts = groups.enumerated().map { "Parameter Group \($0.offset)\n\($0.element)" }
    return "\(name) (\n\(texts.joined(separator: "\n")))"
  }

  /// The options of a group under PyTorch's names, as text.
  func optionTexts(of group: Int) -> [(name: String, text: String)] {
    learningRates.indices.contains(group) ? [("lr", OptionValue.number(learningRates[group]).text)] : []
  }

  /// Whether ``step()`` has been called; nil where that is not known.
  var hasStepped: Bool? { nil }

  /// Forgets the gradients of all parameters, or with `setToNone: false` sets them to zero.
  public func zeroGrad(setToNone: Bool = true) {
    for parameter in parameters {
      if setToNone {
        parameter.grad = nil
      } else if let gradient = parameter.grad {
        parameter.grad = Tensor.zeros(gradient.shape, dtype: gradient.dtype)
      }
    }
  }

  /// What a checkpoint needs to continue as if there had been no break: `state.0.exp_avg`, `group.0.lr` ...
  open func stateDict() -> StateDict { StateDict() }

  /// Continues from a ``stateDict()``.
  /// - Throws: `TensorError` if it belongs to another kind of optimiser or to other parameters.
  open func loadStateDict(_ state: StateDict) throws(TensorError) {}

  /// The parameters of all groups.
  public var parameters: [Tensor] { parameterGroups.flatMap { $0 } }

  private func checkParameters() {
    let all = parameters
    if all.contains(where: \.hasFailed) { return }
    guard !all.isEmpty else {
      report(TensorError(.value, name, "got no parameters; pass model.parameters()"))
      return
    }
    var seen: Set<ObjectIdentifier> = []
    for (i, parameter) in all.enumerated() {
      guard let identity = parameter.variableIdentity else {
        report(
          TensorError(
            .autograd, name,
            "parameter \(i) of shape \(parameter.shape) is not a variable: create it with parameter(_:) or requiresGrad: true"
          ))
        return
      }
      guard seen.insert(identity).inserted else {
        report(
          TensorError(
            .value, name, "parameter \(i) of shape \(parameter.shape) is in the list twice; each may be there once"))
        return
      }
    }
  }
}

/// The numbers and switches of an optimiser.
public protocol OptimizerOptions: Sendable {
  /// The learning rate.
  var lr: Double { get set }
  /// What schedules that cycle the momentum change; nil where there is none.
  var cycledMomentum: Double? { get set }
  /// The options by name.
  static var fields: [OptionField<Self>] { get }
  /// PyTorch's options that say how a step is computed, which has one way here.
  static var unusedOptions: [String] { get }
}

/// An option by its name.
public struct OptionField<Options>: Sendable {
  /// The name in Swift.
  public let name: String
  let value: @Sendable (Options) -> OptionValue
  /// The value, if it is not that of the type.
  let given: @Sendable (Options) -> OptionValue?
  /// Sets the option. Gives whether the value is of its kind.
  let set: @Sendable (inout Options, OptionValue) -> Bool

  init(_ name: String, _ path: WritableKeyPath<Options, Setting<Double>> & Sendable) {
    self.init(name, path, { .number($0) }) { if case .number(let value) = $0 { value } else { nil } }
  }

  init(_ name: String, _ path: WritableKeyPath<Options, Setting<Bool>> & Sendable) {
    self.init(name, path, { .flag($0) }) { if case .flag(let value) = $0 { value } else { nil } }
  }

  init(_ name: String, _ path: WritableKeyPath<Options, Setting<(Double, Double)>> & Sendable) {
    self.init(name, path, { .pair($0.0, $0.1) }) {
      if case .pair(let first, let second) = $0 { (first, second) } else { nil }
    }
  }

  private init<Value>(
    _ name: String, _ path: WritableKeyPath<Options, Setting<Value>> & Sendable,
    _ wrap: @escaping @Sendable (Value) -> OptionValue, _ unwrap: @escaping @Sendable (OptionValue) -> Value?
  ) {
    self.name = name
    value = { wrap($0[keyPath: path].wrappedValue) }
    given = { $0[keyPath: path].isGiven ? wrap($0[keyPath: path].wrappedValue) : nil }
    set = { options, value in
      guard let value = unwrap(value) else { return false }
      options[keyPath: path].wrappedValue = value
      return true
    }
  }
}

/// An option that knows whether it was given.
@propertyWrapper
public struct Setting<Value: Sendable>: Sendable {
  /// The option.
  public var wrappedValue: Value { didSet { isGiven = true } }
  private(set) var isGiven = false

  /// With the value of the type, which counts as not given.
  public init(wrappedValue: Value) { self.wrappedValue = wrappedValue }

  /// The option with what is known of it.
  public var projectedValue: Setting<Value> {
    get { self }
    set { self = newValue }
  }
}

extension OptimizerOptions {
  public var cycledMomentum: Double? {
    get { nil }
    set {}
  }
  public static var fields: [OptionField<Self>] { [] }
  public static var unusedOptions: [String] { [] }
}

// MARK: Python's names

extension Optimizer {
  @available(*, unavailable, renamed: "paramGroups")
  public var param_groups: [ParameterGroup] { paramGroups }
  @available(*, unavailable, renamed: "zeroGrad(setToNone:)")
  public func zero_grad(set_to_none: Bool = true) {}
  @available(*, unavailable, renamed: "addParamGroup(_:)")
  public func add_param_group(_ group: ParameterGroup) {}
  @available(*, unavailable, renamed: "stateDict()")
  public func state_dict() -> StateDict { stateDict() }
  @available(*, unavailable, renamed: "loadStateDict(_:)")
  public func load_state_dict(_ state: StateDict) {}
}
