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
public final class TextTokenClassifier<Encoder: TextEncoder>: PretrainedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let encoder: Encoder
  let dropout: Dropout
  let classifier: Projection

  public static var baseModelPrefix: String { Encoder.baseModelPrefix }
  public static var stateNames: [String: String] { ["encoder": Encoder.baseModelPrefix] }
  public static func presentName(_ name: String) -> String? { Encoder.presentName(name) }

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    self.configuration = configuration
    encoder = try Encoder(configuration, isPooled: false)
    dropout = Dropout(p: try Encoder.headDropout(.tokenClassification, configuration))
    classifier = Projection(encoder.features, try configuration.labelCount(), bias: true)
  }

  public func forward(_ inputs: ModelInputs) -> ModelOutput {
    var output = encoder(inputs)
    guard let states = output.lastHiddenState else { return output }
    let logits = classifier(dropout(states))
    output.logits = logits
    output.loss = inputs.labels.map { HeadLoss.tokens(logits, $0) }
    return output
  }
}

/// The places where an answer to a question starts and ends in a text.
public final class TextQuestionAnswerer<Encoder: TextEncoder>: PretrainedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let encoder: Encoder
  let dropout: Dropout
  let qaOutputs: Projection

  public static var baseModelPrefix: String { Encoder.baseModelPrefix }
  public static var stateNames: [String: String] { ["encoder": Encoder.baseModelPrefix] }
  public static func presentName(_ name: String) -> String? { Encoder.presentName(name) }

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    self.configuration = configuration
    encoder = try Encoder(configuration, isPooled: false)
    dropout = Dropout(p: try Encoder.headDropout(.questionAnswering, configuration))
    qaOutputs = Projection(encoder.features, 2, bias: true)
  }

  public func forward(_ inputs: ModelInputs) -> ModelOutput {
    var output = encoder(inputs)
    guard let states = output.lastHiddenState else { return output }
    output.setSpan(qaOutputs(dropout(states)), inputs)
    return output
  }
}

/// A label for a text or a pair of texts, told from the pooled first token.
public final class PooledSequenceClassifier<Encoder: TextEncoder>: PretrainedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let encoder: Encoder
  let dropout: Dropout
  let classifier: Projection

  public static var baseModelPrefix: String { Encoder.baseModelPrefix }
  public static var stateNames: [String: String] { ["encoder": Encoder.baseModelPrefix] }
  public static func presentName(_ name: String) -> String? { Encoder.presentName(name) }

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    self.configuration = configuration
    encoder = try Encoder(configuration, isPooled: true)
    dropout = Dropout(p: try Encoder.headDropout(.sequenceClassification, configuration))
    classifier = Projection(encoder.features, try configuration.labelCount(), bias: true)
  }

  public func forward(_ inputs: ModelInputs) -> ModelOutput {
    var output = encoder(inputs)
    guard let pooled = output.poolerOutput else { return output }
    output.setLabels(classifier(dropout(pooled)), inputs, configuration)
    return output
  }
}

/// Which of several texts goes on best, told from the pooled first token of each.
public final class TextMultipleChoice<Encoder: TextEncoder>: PretrainedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let encoder: Encoder
  let dropout: Dropout
  let classifier: Projection

  public static var baseModelPrefix: String { Encoder.baseModelPrefix }
  public static var stateNames: [String: String] { ["encoder": Encoder.baseModelPrefix] }
  public static func presentName(_ name: String) -> String? { Encoder.presentName(name) }

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    self.configuration = configuration
    encoder = try Encoder(configuration, isPooled: true)
    dropout = Dropout(p: try Encoder.headDropout(.multipleChoice, configuration))
    classifier = Projection(encoder.features, 1, bias: true)
  }

  /// Inputs are `[batch, choices, length]`; logits and labels `[batch, choices]` and `[batch]`.
  public func forward(_ inputs: ModelInputs) -> ModelOutput {
    var flat = inputs
    func merged(_ x: Tensor?) -> Tensor? { x.map { $0.rank > 2 ? $0.flatten(0, 1) : $0 } }
    flat.inputIds = merged(inputs.inputIds)
    flat.attentionMask = merged(inputs.attentionMask)
    flat.tokenTypeIds = merged(inputs.tokenTypeIds)
    flat.positionIds = merged(inputs.positionIds)
    flat.inputsEmbeds = inputs.inputsEmbeds.map { $0.rank > 3 ? $0.flatten(0, 1) : $0 }
    var output = encoder(flat)
    guard let pooled = output.poolerOutput else { return output }
    let choices = (inputs.inputIds ?? inputs.inputsEmbeds)?.size(1) ?? 1
    let logits = classifier(dropout(pooled)).reshape([-1, choices])
    output.logits = logits
    output.loss = inputs.labels.map { HeadLoss.tokens(logits, $0) }
    return output
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
public final class FirstTokenClassifier<Encoder: TextEncoder & NamesHeadActivation>: PretrainedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let encoder: Encoder
  let classifier: DenseClassifier

  public static var baseModelPrefix: String { Encoder.baseModelPrefix }
  public static var stateNames: [String: String] { ["encoder": Encoder.baseModelPrefix] }
  public static func presentName(_ name: String) -> String? { Encoder.presentName(name) }

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    self.configuration = configuration
    encoder = try Encoder(configuration, isPooled: false)
    classifier = DenseClassifier(
      encoder.features, labels: try configuration.labelCount(),
      dropout: try Encoder.headDropout(.sequenceClassification, configuration), Encoder.headActivation)
  }

  public func forward(_ inputs: ModelInputs) -> ModelOutput {
    var output = encoder(inputs)
    guard let states = output.lastHiddenState else { return output }
    output.setLabels(classifier(states.select(1, 0)), inputs, configuration)
    return output
  }
}

/// An encoder whose classifier has a function of its own between its layers.
public protocol NamesHeadActivation {
  /// The function between the two layers of its classifier.
  static var headActivation: Activation { get }
}

extension ModelOutput {
  /// Sets scores of labels, and their loss where the inputs have labels.
  mutating func setLabels(_ scores: Tensor, _ inputs: ModelInputs, _ configuration: ModelConfiguration) {
    logits = scores
    loss = inputs.labels.map { HeadLoss.sequence(scores, $0, configuration) }
  }

  /// Sets the scores of both ends of an answer, `[batch, length, 2]`, and their loss where the inputs say where it is.
  mutating func setSpan(_ scores: Tensor, _ inputs: ModelInputs) {
    let (start, end) = (scores.select(-1, 0), scores.select(-1, 1))
    (startLogits, endLogits) = (start, end)
    if let starts = inputs.startPositions, let ends = inputs.endPositions {
      loss = HeadLoss.span(start, end, starts, ends)
    }
  }
}
