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
open class Optimizer: @unchecked Sendable {
  /// The type's name in messages.
  public var name: String { "\(type(of: self))" }

  /// The parameters of each group.
  public let parameterGroups: [[Tensor]]

  /// The learning rate that each group had when the first schedule was put on this optimiser.
  public internal(set) var initialLearningRates: [Double]? {
    get { initial.withLock { $0 } }
    set { initial.withLock { $0 = newValue } }
  }
  private let initial = Lock<[Double]?>(nil)

  /// - Parameter parameterGroups: variables that require gradients; each at most once.
  public init(parameterGroups: [[Tensor]]) {
    self.parameterGroups = parameterGroups
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

/// Parameters with options of their own.
///
///     SGD(groups: [
///       ParameterGroup(model.body.parameters(), SGDOptions(lr: 1e-3)),
///       ParameterGroup(model.head.parameters(), SGDOptions(lr: 1e-2, momentum: 0.9)),
///     ])
public struct ParameterGroup<Options: OptimizerOptions> {
  public var parameters: [Tensor]
  public var options: Options

  public init(_ parameters: [Tensor], _ options: Options) {
    self.parameters = parameters
    self.options = options
  }
}

/// The numbers and switches of an optimiser.
public protocol OptimizerOptions: Sendable {
  var lr: Double { get set }
  /// What schedules that cycle the momentum change; nil where there is none.
  var cycledMomentum: Double? { get set }
}

extension OptimizerOptions {
  public var cycledMomentum: Double? {
    get { nil }
    set {}
  }
}
