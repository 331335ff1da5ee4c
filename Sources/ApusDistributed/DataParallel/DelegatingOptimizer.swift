import ApusCore
import ApusOptim

/// An optimiser whose steps another one makes on each rank, beside what ranks do together: settings are those of that one.
public class DelegatingOptimizer: Optimizer, @unchecked Sendable {
  /// What makes the steps.
  public let local: Optimizer

  init(_ local: Optimizer, parameterGroups: [[Tensor]]) {
    self.local = local
    super.init(parameterGroups: parameterGroups)
  }

  public override var paramGroups: [ParameterGroup] { local.paramGroups }
  public override var learningRates: [Double] {
    get { local.learningRates }
    set { local.learningRates = newValue }
  }
  public override var momenta: [Double?] {
    get { local.momenta }
    set { local.momenta = newValue }
  }

  @discardableResult
  public override func step<Failure: Error>(_ closure: () throws(Failure) -> Tensor) throws(Failure) -> Tensor {
    let loss = try enableGrad(closure)
    step()
    return loss
  }
}
