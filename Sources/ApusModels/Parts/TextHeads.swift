import ApusCore
import ApusNN

/// An encoder of texts, which heads are put on.
public protocol TextEncoder: PretrainedModel {
  /// The encoder with or without what makes one vector of the first token.
  init(_ configuration: ModelConfiguration, isPooled: Bool) throws(TensorError)
  /// How wide its states are.
  var features: Int { get }
  /// The probability of dropout in front of a head.
  static func headDropout(_ head: ModelHead, _ configuration: ModelConfiguration) throws(TensorError) -> Double
}

extension TextEncoder {
  public init(_ configuration: ModelConfiguration) throws(TensorError) { try self.init(configuration, isPooled: true) }

  /// `classifier_dropout`, or that of the hidden states.
  public static func headDropout(
    _ head: ModelHead, _ configuration: ModelConfiguration
  ) throws(TensorError) -> Double {
    try configuration.probability("classifier_dropout", "hidden_dropout_prob", default: 0.1)
  }
}

extension ModelConfiguration {
  /// A probability of dropout; the first key that is there counts.
  package func probability(_ keys: String..., default value: Double) throws(TensorError) -> Double {
    guard let key = keys.first(where: { self[$0] != nil }) else { return value }
    let found = try double(key)
    guard (0...1).contains(found) else { throw wrong(key, "a probability") }
    return found
  }

  /// How many features each of `heads` heads has: they share out `features`.
  package func headSize(_ features: Int, _ heads: Int, _ key: String) throws(TensorError) -> Int {
    guard features % heads == 0 else { throw unsupported(key, "a divisor of the width \(features)") }
    return features / heads
  }
}

/// A label for each token (named entities, parts of speech).
public final class TextTokenClassifier<Encoder: TextEncoder>: HeadedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let base: Encoder
  let dropout: Dropout
  let classifier: Projection

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    self.configuration = configuration
    base = try Encoder(configuration, isPooled: false)
    dropout = Dropout(p: try Encoder.headDropout(.tokenClassification, configuration))
    classifier = Projection(base.features, try configuration.labelCount(), bias: true)
  }

  func finish(_ output: inout ModelOutput, _ states: Tensor, _ inputs: ModelInputs) {
    output.setTokens(classifier(dropout(states)), inputs.labels)
  }
}

/// The places where an answer to a question starts and ends in a text.
public final class TextQuestionAnswerer<Encoder: TextEncoder>: HeadedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let base: Encoder
  let dropout: Dropout
  let qaOutputs: Projection

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    self.configuration = configuration
    base = try Encoder(configuration, isPooled: false)
    dropout = Dropout(p: try Encoder.headDropout(.questionAnswering, configuration))
    qaOutputs = Projection(base.features, 2, bias: true)
  }

  func finish(_ output: inout ModelOutput, _ states: Tensor, _ inputs: ModelInputs) {
    output.setSpan(qaOutputs(dropout(states)), inputs)
  }
}

/// A label for a text or a pair of texts, told from the pooled first token.
public final class PooledSequenceClassifier<Encoder: TextEncoder>: HeadedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let base: Encoder
  let dropout: Dropout
  let classifier: Projection

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    self.configuration = configuration
    base = try Encoder(configuration, isPooled: true)
    dropout = Dropout(p: try Encoder.headDropout(.sequenceClassification, configuration))
    classifier = Projection(base.features, try configuration.labelCount(), bias: true)
  }

  func finish(_ output: inout ModelOutput, _ states: Tensor, _ inputs: ModelInputs) {
    guard let pooled = output.poolerOutput else { return }
    output.setLabels(classifier(dropout(pooled)), inputs, configuration)
  }
}

/// Which of several texts goes on best, told from the pooled first token of each.
public final class TextMultipleChoice<Encoder: TextEncoder>: HeadedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let base: Encoder
  let dropout: Dropout
  let classifier: Projection

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    self.configuration = configuration
    base = try Encoder(configuration, isPooled: true)
    dropout = Dropout(p: try Encoder.headDropout(.multipleChoice, configuration))
    classifier = Projection(base.features, 1, bias: true)
  }

  /// Inputs are `[batch, choices, length]`; logits and labels `[batch, choices]` and `[batch]`.
  func prepared(_ inputs: ModelInputs) -> ModelInputs {
    var flat = inputs
    func merged(_ x: Tensor?) -> Tensor? { x.map { $0.rank > 2 ? $0.flatten(0, 1) : $0 } }
    flat.inputIds = merged(inputs.inputIds)
    flat.attentionMask = merged(inputs.attentionMask)
    flat.tokenTypeIds = merged(inputs.tokenTypeIds)
    flat.positionIds = merged(inputs.positionIds)
    flat.inputsEmbeds = inputs.inputsEmbeds.map { $0.rank > 3 ? $0.flatten(0, 1) : $0 }
    return flat
  }

  func finish(_ output: inout ModelOutput, _ states: Tensor, _ inputs: ModelInputs) {
    guard let pooled = output.poolerOutput else { return }
    let choices = (inputs.inputIds ?? inputs.inputsEmbeds)?.size(1) ?? 1
    output.setTokens(classifier(dropout(pooled)).reshape([-1, choices]), inputs.labels)
  }
}

/// `out_proj(act(dense(x)))` with dropout: what RoBERTa, ELECTRA, T5 and BART tell the label of a text with.
public final class DenseClassifier: Layer {
  public let state = ModuleState()
  let dense: Projection
  public let dropout: Dropout
  let outProj: Projection
  private let activation: Activation

  /// From `features` to `labels` scores.
  public init(_ features: Int, labels: Int, dropout: Double, _ activation: Activation) {
    dense = Projection(features, features, bias: true)
    outProj = Projection(features, labels, bias: true)
    self.dropout = Dropout(p: dropout)
    self.activation = activation
  }

  public func forward(_ x: Tensor) -> Tensor { outProj(dropout(activation(dense(dropout(x))))) }
}

/// A label for a text, told by a ``DenseClassifier`` from the first token.
public final class FirstTokenClassifier<Encoder: TextEncoder & NamesHeadActivation>: HeadedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let base: Encoder
  let classifier: DenseClassifier

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    self.configuration = configuration
    base = try Encoder(configuration, isPooled: false)
    classifier = DenseClassifier(
      base.features, labels: try configuration.labelCount(),
      dropout: try Encoder.headDropout(.sequenceClassification, configuration), Encoder.headActivation)
  }

  func finish(_ output: inout ModelOutput, _ states: Tensor, _ inputs: ModelInputs) {
    output.setLabels(classifier(states.select(1, 0)), inputs, configuration)
  }
}

/// An encoder whose classifier has a function of its own between its layers.
public protocol NamesHeadActivation {
  /// The function between the two layers of its classifier.
  static var headActivation: Activation { get }
}
