import ApusCore
import ApusFunctional

/// What is kept of layers on the way through them, where it is asked for.
struct LayerTrace {
  /// The states in front of the first layer and behind each.
  var states: [Tensor]?
  /// The weights of attention of each layer.
  var attentions: [Tensor]?
  /// The weights with which a decoder's layers look at the encoder.
  var crossAttentions: [Tensor]?

  init(_ inputs: ModelInputs) {
    states = inputs.outputHiddenStates ? [] : nil
    attentions = inputs.outputAttentions ? [] : nil
    crossAttentions = attentions
  }

  /// Keeps a state.
  mutating func add(_ state: Tensor) { states?.append(state) }

  /// The states, of which the last one is the model's result.
  func states(endingWith last: Tensor) -> [Tensor]? { states.map { $0.dropLast() + [last] } }

  /// The output of a model without a head.
  func output(_ last: Tensor) -> ModelOutput {
    var output = ModelOutput()
    output.lastHiddenState = last
    output.hiddenStates = states(endingWith: last)
    output.attentions = attentions
    return output
  }
}

/// Attention of several heads to each other between projections: what encoders of the first years have, and their decoders.
struct AttentionCore: Sendable {
  /// The number of features of a head. How many heads there are the states tell: a process may hold some alone.
  let width: Int
  /// What scores are multiplied by; 1 / sqrt(width of a head) if nil.
  let scale: Double?
  let dropout: Double

  /// `heads` that share `features` among them.
  init(heads: Int, features: Int, scale: Double? = nil, dropout: Double = 0) {
    width = features / max(1, heads)
    (self.scale, self.dropout) = (scale, dropout)
  }

  /// - Parameters:
  ///   - query, key, value: `[batch, length, features]`.
  ///   - weights: where the weights go, if they are asked for.
  /// - Returns: `[batch, length, features]`.
  func callAsFunction(
    _ query: Tensor, _ key: Tensor, _ value: Tensor, _ mask: AttentionMask, _ weights: inout [Tensor]?,
    isTraining: Bool
  ) -> Tensor {
    attend(
      query, (key.splitHeads(width: width), value.splitHeads(width: width)), mask, &weights, isTraining: isTraining)
  }

  /// With keys and values `[batch, heads, length, width]` that are at hand.
  func attend(
    _ query: Tensor, _ seen: (keys: Tensor, values: Tensor), _ mask: AttentionMask, _ weights: inout [Tensor]?,
    isTraining: Bool
  ) -> Tensor {
    let (output, found) = ApusModels.attend(
      query.splitHeads(width: width), seen.keys, seen.values, mask,
      scale: scale ?? 1 / Double(max(1, width)).squareRoot(),
      dropout: isTraining ? dropout : 0, wantsWeights: weights != nil)
    if let found { weights?.append(found) }
    return output.mergedHeads()
  }
}

extension ModelOutput {
  /// The output of a model that was called without what it needs.
  static func failed(_ model: String, _ text: String) -> ModelOutput {
    var output = ModelOutput()
    output.lastHiddenState = fail(TensorError(.value, model, text))
    output.logits = output.lastHiddenState
    return output
  }
}
