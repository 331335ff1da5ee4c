import ApusCore
import ApusFunctional
import ApusNN

/// A weight that is trained as if it were quantised already: products see what its blocks of few bits will hold, gradients go to the numbers
/// that lie behind them (the straight-through estimator; Jacob et al., 2018). It stands beside a projection and has no parameters.
///
///     try QuantizationAware.put(on: model, as: .blocks(.q4_0))
///     ...                                                  // training of all weights
///     QuantizationAware.remove(from: model)
///     try quantize(model, as: .blocks(.q4_0))              // which loses nothing that training has not seen
public final class QuantizationAware: ProjectionAdapter {
  public let state = ModuleState()
  /// The form that the weight will have.
  public let form: WeightForm

  private init(_ form: WeightForm) { self.form = form }

  /// Puts it on every linear layer whose rows are whole blocks of `form`, but a head that is the table of tokens.
  /// - Returns: how many layers.
  /// - Throws: `TensorError` of kind `unsupported` for forms that are only read, of kind `state` where there is no such layer.
  @discardableResult
  public static func put(on model: any PretrainedModel, as form: WeightForm) throws -> Int {
    let tables = Set(model.namedModules().compactMap { ($0.module as? TokenEmbedding)?.weight?.variableIdentity })
    var count = 0
    for (_, module) in model.namedModules() {
      guard let projection = module as? Projection, let weight = projection.weight, projection.adapter == nil,
        !(weight.variableIdentity.map { tables.contains($0) } ?? false), form.rowBytes(projection.inFeatures) != nil
      else { continue }
      if count == 0 { _ = try QuantizedWeight(quantizing: noGrad { weight.detach() }, as: form) }
      projection.adapter = QuantizationAware(form)
      count += 1
    }
    guard count > 0 else {
      throw TensorError(.state, "QuantizationAware", "no linear layer has rows of whole blocks of \(form)")
    }
    return count
  }

  /// Takes it off every layer.
  public static func remove(from model: any PretrainedModel) {
    for (_, module) in model.namedModules() {
      if let projection = module as? Projection, projection.adapter is QuantizationAware { projection.adapter = nil }
    }
  }

  public func forward(_ x: Tensor, beside projection: Projection) -> Tensor {
    guard let weight = projection.weight else { return projection.plain(x) }
    let matrix = projection.isTransposed ? weight.mT : weight
    let seen = noGrad { () -> Tensor? in
      guard let kept = try? QuantizedWeight(quantizing: matrix.detach().to(.float32), as: form) else { return nil }
      return kept.widened() - matrix.detach()
    }
    guard let seen else { return projection.plain(x) }
    return linear(x, matrix + seen, projection.bias)
  }
}
