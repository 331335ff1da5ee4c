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

  let hooks = OptimizerHooks()

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
  open func step<Failure: Error>(_ closure: () throws(Failure) -> Tensor) throws(Failure) -> Tensor {
    let loss = try enableGrad(closure)
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
    let start = Profiling.begin()
    for parameter in parameters {
      if setToNone {
        parameter.grad = nil
      } else if let gradient = parameter.grad {
        parameter.grad = noGrad { Tensor.zeros(gradient.shape, dtype: gradient.dtype).to(gradient.device) }
      }
    }
    if start != 0 { Profiling.end(start, .annotation, "Optimizer.zero_grad#*.zero_grad", detail: self) }
  }

  /// Runs a step under the name that PyTorch's profiler gives it.
  @inline(__always)
  func profiledStep<R, Failure: Error>(_ step: () throws(Failure) -> R) throws(Failure) -> R {
    let start = Profiling.begin()
    // The type takes the place of the star when the profile is worked out: its name takes longer than a small step.
    defer { if start != 0 { Profiling.end(start, .annotation, "Optimizer.step#*.step", detail: self) } }
    return try step()
  }

  /// What a checkpoint needs to continue as if there had been no break: `state.0.exp_avg`, `param_groups.0.lr` ...
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
