import ApusCore
import ApusNN

/// T5: every task as a text made of a text (Raffel et al., 2019, arXiv:1910.10683), without a head.
public final class T5Model: PretrainedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let halves: T5Halves

  public static let baseModelPrefix = "transformer"
  public static let stateNames = ["halves": ""]
  public static func presentName(_ name: String) -> String? { presentT5Name(name) }
  public var tiedWeights: [String: String] { sharedTokenTables }

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    self.configuration = configuration
    halves = T5Halves(try T5Configuration(configuration))
  }

  public func forward(_ inputs: ModelInputs) -> ModelOutput { halves.run(inputs).output }

  public func makeCache(capacity: Int?) -> (any ModelCache)? { EncoderDecoderCache(capacity: capacity) }
}

/// T5 that writes a text.
public final class T5ForConditionalGeneration: HeadedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let base: T5Model
  let lmHead: Projection
  private let scale: Double?
  private let start, padding: Int

  public static let baseModelPrefix = ""
  public static let stateNames = ["base": ""]

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    let c = try T5Configuration(configuration)
    self.configuration = configuration
    base = try T5Model(configuration)
    lmHead = Projection(tiedTo: base.halves.shared)
    scale = c.scalesOutputs ? 1 / Double(c.features).squareRoot() : nil
    (start, padding) = (c.start, c.padding)
  }

  /// Later T5s have a head of their own, whatever their configuration says.
  public func adapt(to weights: any ModelWeights) throws {
    let head = "lm_head.weight"
    guard weights.names.contains(head),
      let table = ["shared.weight", "decoder.embed_tokens.weight"].first(where: weights.names.contains)
    else { return }
    if weights.shape(of: head) == weights.shape(of: table),
      try weights.tensor(named: head).eq(try weights.tensor(named: table)).all().item() != 0
    {
      return
    }
    lmHead.weight = unsetWeight([lmHead.outFeatures, lmHead.inFeatures])
  }

  func prepared(_ inputs: ModelInputs) -> ModelInputs {
    inputs.shifted(inputs.labels, start: start, padding: padding)
  }

  func finish(_ output: inout ModelOutput, _ states: Tensor, _ inputs: ModelInputs) {
    let states = states.lastPositions(inputs.logitsToKeep)
    output.setTokens(lmHead(scale.map { states * $0 } ?? states), inputs.labels)
  }

  public func makeCache(capacity: Int?) -> (any ModelCache)? { EncoderDecoderCache(capacity: capacity) }
}

/// The encoder of T5 alone.
public final class T5EncoderModel: PretrainedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let shared: TokenEmbedding
  let encoder: T5Stack
  let features: Int

  public static let baseModelPrefix = "transformer"
  public static func presentName(_ name: String) -> String? { presentT5Name(name) }
  public var tiedWeights: [String: String] { ["encoder.embed_tokens.weight": "shared.weight"] }

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    let c = try T5Configuration(configuration)
    self.configuration = configuration
    shared = TokenEmbedding(c.vocabulary, c.features)
    encoder = T5Stack(c, shared, isDecoder: false)
    features = c.features
  }

  public func forward(_ inputs: ModelInputs) -> ModelOutput {
    var trace = LayerTrace(inputs)
    let states = encoder.forward(inputs, &trace)
    return trace.output(states)
  }
}

/// T5 that tells the label of a text from the decoder's state at its end token.
public final class T5ForSequenceClassification: HeadedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let base: T5Model
  let classificationHead: DenseClassifier
  private let start, padding, end: Int

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    let c = try T5Configuration(configuration)
    self.configuration = configuration
    base = try T5Model(configuration)
    classificationHead = DenseClassifier(
      c.features, labels: try configuration.labelCount(),
      dropout: try configuration.probability("classifier_dropout", default: 0), .tanh)
    (start, padding, end) = (c.start, c.padding, c.end)
  }

  func prepared(_ inputs: ModelInputs) -> ModelInputs {
    inputs.shifted(inputs.inputIds, start: start, padding: padding)
  }

  func finish(_ output: inout ModelOutput, _ states: Tensor, _ inputs: ModelInputs) {
    guard let ids = inputs.inputIds else { return }
    output.setLabels(classificationHead(states.atLast(end, of: ids)), inputs, configuration)
  }
}

/// T5's encoder with a label for each token.
public final class T5ForTokenClassification: HeadedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let base: T5EncoderModel
  let dropout: Dropout
  let classifier: Projection

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    self.configuration = configuration
    base = try T5EncoderModel(configuration)
    dropout = Dropout(p: try configuration.probability("classifier_dropout", default: 0))
    classifier = Projection(base.features, try configuration.labelCount(), bias: true)
  }

  func finish(_ output: inout ModelOutput, _ states: Tensor, _ inputs: ModelInputs) {
    output.setTokens(classifier(dropout(states)), inputs.labels)
  }
}

/// T5 that tells where an answer starts and ends, from the decoder's states.
public final class T5ForQuestionAnswering: HeadedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let base: T5Model
  let qaOutputs: Projection
  private let start, padding: Int

  public static let baseModelPrefix = ""
  public static let stateNames = ["base": ""]

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    let c = try T5Configuration(configuration)
    self.configuration = configuration
    base = try T5Model(configuration)
    qaOutputs = Projection(c.features, 2, bias: true)
    (start, padding) = (c.start, c.padding)
  }

  func prepared(_ inputs: ModelInputs) -> ModelInputs {
    inputs.shifted(inputs.inputIds, start: start, padding: padding)
  }

  func finish(_ output: inout ModelOutput, _ states: Tensor, _ inputs: ModelInputs) {
    output.setSpan(qaOutputs(states), inputs)
  }
}

/// The first files have distances for the attention to the encoder, which nothing uses.
private func presentT5Name(_ name: String) -> String? {
  name.hasSuffix("EncDecAttention.relative_attention_bias.weight") ? nil : name
}
