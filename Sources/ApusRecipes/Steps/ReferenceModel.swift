import ApusCore
import ApusModels
import ApusNN

/// What a model that learns from preferences is held to: another model that stays as it is, or the model itself without its adapters.
public struct ReferenceModel {
  private let model: any PretrainedModel
  private let adapter: LoraAdapter?

  /// A model of its own, which stays as it is.
  public init(_ model: any PretrainedModel) { (self.model, adapter) = (model, nil) }

  /// The model that learns, as it is without `adapter`: no second model is held.
  public init(_ model: any PretrainedModel, without adapter: LoraAdapter) {
    (self.model, self.adapter) = (model, adapter)
  }

  /// What the reference gives `body`, in evaluation mode and without gradients.
  public func run<Value>(_ body: (any PretrainedModel) throws -> Value) rethrows -> Value {
    func evaluated() throws -> Value {
      let wasTraining = model.isTraining
      model.eval()
      defer { if wasTraining { model.train() } }
      return try noGrad { try body(model) }
    }
    return try adapter.map { try $0.withoutAdapters(evaluated) } ?? evaluated()
  }

  /// How likely the reference holds the labels of `batch`; constants.
  public func logProbabilities(_ batch: TokenBatch, temperature: Double = 1) -> SequenceLogProbabilities {
    run { SequenceLogProbabilities($0, batch, temperature: temperature) }
  }
}
