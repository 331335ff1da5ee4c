import ApusCore
import ApusNN

/// BART that writes a text.
public final class BartForConditionalGeneration: HeadedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let base: BartModel
  /// Added to the scores of each token, `[1, tokens]`; not trained.
  @Changeable public var finalLogitsBias: Tensor
  let lmHead: Projection

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    self.configuration = configuration
    base = try BartModel(configuration)
    finalLogitsBias = buffer(Tensor.zeros([1, base.c.vocabulary]))
    lmHead = base.c.isTied ? Projection(tiedTo: base.shared) : Projection(base.c.features, base.c.vocabulary)
  }

  /// Files may leave out what is added to the scores; it is nothing then.
  public func adapt(to weights: any ModelWeights) throws {
    if !weights.names.contains("final_logits_bias") { finalLogitsBias = Tensor.zeros([1, base.c.vocabulary]) }
  }

  func prepared(_ inputs: ModelInputs) -> ModelInputs {
    inputs.shifted(inputs.labels, start: base.c.start, padding: base.c.padding)
  }

  func finish(_ output: inout ModelOutput, _ states: Tensor, _ inputs: ModelInputs) {
    output.setTokens(lmHead(states.lastPositions(inputs.logitsToKeep)) + finalLogitsBias, inputs.labels)
  }

  public func makeCache(capacity: Int?) -> (any ModelCache)? { base.makeCache(capacity: capacity) }
}

/// BART that tells the label of a text from the decoder's state at its end token.
public final class BartForSequenceClassification: HeadedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let base: BartModel
  let classificationHead: DenseClassifier

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    self.configuration = configuration
    base = try BartModel(configuration)
    classificationHead = DenseClassifier(
      base.c.features, labels: try BartConfiguration.labels(configuration), dropout: base.c.headDropout, .tanh)
  }

  func finish(_ output: inout ModelOutput, _ states: Tensor, _ inputs: ModelInputs) {
    guard let ids = inputs.inputIds else { return }
    output.setLabels(classificationHead(states.atLast(base.c.end, of: ids)), inputs, configuration)
  }
}

/// BART that tells where an answer starts and ends, from the decoder's states.
public final class BartForQuestionAnswering: HeadedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let base: BartModel
  let qaOutputs: Projection

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    self.configuration = configuration
    base = try BartModel(configuration)
    qaOutputs = Projection(base.c.features, 2, bias: true)
  }

  func finish(_ output: inout ModelOutput, _ states: Tensor, _ inputs: ModelInputs) {
    output.setSpan(qaOutputs(states), inputs)
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
  public static func presentName(_ name: String) -> String? { BartModel.presentName(name) }

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
    output.crossAttentions = trace.crossAttentions
    output.setTokens(lmHead(states.lastPositions(inputs.logitsToKeep)), inputs.labels)
    return output
  }

  public func makeCache(capacity: Int?) -> (any ModelCache)? { EncoderDecoderCache(capacity: capacity) }
}
