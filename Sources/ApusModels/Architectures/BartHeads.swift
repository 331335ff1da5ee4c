import ApusCore
import ApusNN

/// BART that writes a text.
public final class BartForConditionalGeneration: PretrainedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let model: BartModel
  /// Added to the scores of each token, `[1, tokens]`; not trained.
  @Changeable public var finalLogitsBias: Tensor
  let lmHead: Projection

  public static let baseModelPrefix = BartModel.baseModelPrefix
  public static func presentName(_ name: String) -> String? { presentBartName(name) }
  public var tiedWeights: [String: String] { model.c.isTied ? tiedBartTables("model.") : [:] }

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    self.configuration = configuration
    model = try BartModel(configuration)
    finalLogitsBias = buffer(Tensor.zeros([1, model.c.vocabulary]))
    lmHead = model.c.isTied ? Projection(tiedTo: model.shared) : Projection(model.c.features, model.c.vocabulary)
  }

  /// Files may leave out what is added to the scores; it is nothing then.
  public func adapt(to weights: any ModelWeights) throws {
    if !weights.names.contains("final_logits_bias") { finalLogitsBias = Tensor.zeros([1, model.c.vocabulary]) }
  }

  public func forward(_ inputs: ModelInputs) -> ModelOutput {
    var inputs = inputs
    inputs.shiftDecoderInputs(inputs.labels, start: model.c.start, padding: model.c.padding)
    var output = model(inputs)
    guard let states = output.lastHiddenState else { return output }
    let logits = lmHead(states.lastPositions(inputs.logitsToKeep)) + finalLogitsBias
    output.logits = logits
    output.loss = inputs.labels.map { HeadLoss.tokens(logits, $0) }
    return output
  }

  public func makeCache(capacity: Int?) -> (any ModelCache)? { model.makeCache(capacity: capacity) }
}

/// BART that tells the label of a text from the decoder's state at its end token.
public final class BartForSequenceClassification: PretrainedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let model: BartModel
  let classificationHead: DenseClassifier

  public static let baseModelPrefix = BartModel.baseModelPrefix
  public static func presentName(_ name: String) -> String? { presentBartName(name) }
  public var tiedWeights: [String: String] { model.c.isTied ? tiedBartTables("model.") : [:] }

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    self.configuration = configuration
    model = try BartModel(configuration)
    classificationHead = DenseClassifier(
      model.c.features, labels: try BartConfiguration.labels(configuration), dropout: model.c.headDropout, .tanh)
  }

  public func forward(_ inputs: ModelInputs) -> ModelOutput {
    var output = model(inputs)
    guard let states = output.lastHiddenState, let ids = inputs.inputIds else { return output }
    output.setLabels(classificationHead(states.atLast(model.c.end, of: ids)), inputs, configuration)
    return output
  }
}

/// BART that tells where an answer starts and ends, from the decoder's states.
public final class BartForQuestionAnswering: PretrainedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let model: BartModel
  let qaOutputs: Projection

  public static let baseModelPrefix = BartModel.baseModelPrefix
  public static func presentName(_ name: String) -> String? { presentBartName(name) }
  public var tiedWeights: [String: String] { model.c.isTied ? tiedBartTables("model.") : [:] }

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    self.configuration = configuration
    model = try BartModel(configuration)
    qaOutputs = Projection(model.c.features, 2, bias: true)
  }

  public func forward(_ inputs: ModelInputs) -> ModelOutput {
    var output = model(inputs)
    guard let states = output.lastHiddenState else { return output }
    output.setSpan(qaOutputs(states), inputs)
    return output
  }
}

/// The decoder of BART alone, which continues a text.
public final class BartForCausalLM: PretrainedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let decoder: BartStack
  let lmHead: Projection

  public static let baseModelPrefix = "model"
  public static let stateNames = ["decoder": "model.decoder"]
  public static func presentName(_ name: String) -> String? { presentBartName(name) }

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    let c = try BartConfiguration(configuration)
    self.configuration = configuration
    let tokens = TokenEmbedding(c.vocabulary, c.features, paddingIndex: c.padding)
    decoder = BartStack(c, tokens, isDecoder: true)
    lmHead = c.isTied ? Projection(tiedTo: tokens) : Projection(c.features, c.vocabulary)
  }

  /// Labels are those of the next tokens already.
  public func forward(_ inputs: ModelInputs) -> ModelOutput {
    var trace = LayerTrace(inputs)
    let states = decoder.forward(inputs, encoded: inputs.encoderOutput, &trace)
    var output = trace.output(states)
    let logits = lmHead(states.lastPositions(inputs.logitsToKeep))
    output.logits = logits
    output.crossAttentions = trace.crossAttentions
    output.loss = inputs.labels.map { HeadLoss.tokens(logits, $0) }
    return output
  }

  public func makeCache(capacity: Int?) -> (any ModelCache)? { EncoderDecoderCache(capacity: capacity) }
}
