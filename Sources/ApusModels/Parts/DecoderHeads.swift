import ApusCore
import ApusNN

// The heads that every decoder can have.

/// A decoder that scores the next token.
public final class CausalLanguageModel<Base: DecoderModel>: HeadedModel, TokenScoringModel {
  public let state = ModuleState()
  /// The model without the head.
  public let base: Base
  let lmHead: Projection
  public let configuration: ModelConfiguration
  public let tiedWeights: [String: String]
  private let balanceFactor: Double
  private let wantsRouters: Bool

  public static var stateNames: [String: String] { ["base": Base.baseName, "lmHead": Base.languageHeadName] }
  public static var typeName: String { Base.causalName }

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    self.configuration = configuration
    base = try Base(configuration)
    if try configuration.bool("tie_word_embeddings", default: Base.sharesTokens) {
      lmHead = Projection(tiedTo: base.tokens)
      tiedWeights = ["\(Base.languageHeadName).weight": "\(Base.baseName).\(Self.tokensName(base))"]
    } else {
      lmHead = Projection(base.tokens.width, base.tokens.count)
      tiedWeights = [:]
    }
    balanceFactor = try configuration.double("router_aux_loss_coef", default: 0.001)
    wantsRouters = try configuration.bool("output_router_logits", default: false)
  }

  /// What the base calls its table of tokens.
  private static func tokensName(_ base: Base) -> String {
    let name = base.namedModules().first { $0.module === base.tokens }?.name ?? "embed_tokens"
    return "\(name).weight"
  }

  public func tokenLogProbabilities(_ states: Tensor, _ targets: Tensor) -> Tensor {
    if !base.finishesScores { return lmHead.logProbabilities(states, targets) }
    return Projection.inParts(states, targets) { states, targets in
      -HeadLoss.perToken(self.base.finished(self.lmHead(states)), targets)
    }
  }

  public func lastStates(_ inputs: ModelInputs) -> Tensor {
    base(prepared(inputs)).lastHiddenState ?? fail(TensorError(.state, Self.typeName, "the base gives no states"))
  }

  func finish(_ output: inout ModelOutput, _ states: Tensor, _ inputs: ModelInputs) {
    output.lastHiddenState = nil
    if inputs.omitsLogits, let labels = inputs.labels {
      output.loss = causalLoss(states, labels)
    } else {
      let kept = (inputs.cache as? PagedCache)?.withLogits(states) ?? states.lastPositions(inputs.logitsToKeep)
      let logits = base.finished(lmHead(kept))
      output.logits = logits
      if let labels = inputs.labels { output.loss = HeadLoss.causal(logits, labels) }
    }
    if let routers = output.routerLogits, let experts = base.experts, inputs.outputRouterLogits || wantsRouters {
      let balance = RouterBalance.loss(routers, experts: experts.count, chosen: experts.chosen, inputs.attentionMask)
      output.auxLoss = balance
      if let loss = output.loss { output.loss = loss + balance * balanceFactor }
    } else {
      output.routerLogits = nil
    }
  }

  public func makeCache(capacity: Int?) -> (any ModelCache)? { base.makeCache(capacity: capacity) }
}

/// A decoder that gives a text a label by the state of its last token.
public final class DecoderSequenceClassifier<Base: DecoderModel>: HeadedModel {
  public let state = ModuleState()
  /// The model without the head.
  public let base: Base
  let score: Projection
  public let configuration: ModelConfiguration
  private let paddingToken: Int?

  public static var typeName: String { "\(Base.family)ForSequenceClassification" }

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    self.configuration = configuration
    base = try Base(configuration)
    score = Projection(base.tokens.width, try configuration.labelCount())
    paddingToken = try configuration.paddingToken(default: Base.defaultPaddingToken)
  }

  func finish(_ output: inout ModelOutput, _ states: Tensor, _ inputs: ModelInputs) {
    output.setLabels(pooled(score(states), inputs), inputs, configuration)
    output.lastHiddenState = nil
  }

  /// The scores at the last token of each row that is no padding.
  private func pooled(_ scores: Tensor, _ inputs: ModelInputs) -> Tensor {
    let (rows, length) = (scores.size(0), scores.size(1))
    guard let paddingToken else {
      guard rows == 1 else {
        return fail(
          TensorError(
            .value, Self.typeName,
            "the last token of \(rows) rows is looked for by the padding behind it, and the configuration has no pad_token_id"
          ))
      }
      return scores.select(1, length - 1)
    }
    guard let ids = inputs.inputIds else { return scores.select(1, length - 1) }
    let last = (ids.ne(paddingToken).to(.int64) * arange(length)).argmax(1)
    let index = last.reshape([rows, 1, 1]).expand([rows, 1, scores.size(2)])
    return scores.gather(1, index).squeeze(1)
  }
}

/// A decoder that gives every token a label.
public final class DecoderTokenClassifier<Base: DecoderModel>: HeadedModel {
  public let state = ModuleState()
  /// The model without the head.
  public let base: Base
  let head: Projection
  public let configuration: ModelConfiguration
  private let dropout: Dropout

  public static var stateNames: [String: String] { ["base": Base.baseName, "head": Base.tokenHeadName] }
  public static var typeName: String { "\(Base.family)ForTokenClassification" }

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    self.configuration = configuration
    base = try Base(configuration)
    let hasBias = try configuration.bool("token_classification_bias", default: true)
    head = Projection(base.tokens.width, try configuration.labelCount(), bias: hasBias)
    dropout = Dropout(p: try configuration.probability("classifier_dropout", "hidden_dropout", default: 0.1))
  }

  func finish(_ output: inout ModelOutput, _ states: Tensor, _ inputs: ModelInputs) {
    output.setTokens(head(dropout(states)), inputs.labels)
    output.lastHiddenState = nil
  }
}

/// A decoder that finds where an answer starts and ends.
public final class DecoderQuestionAnswerer<Base: DecoderModel>: HeadedModel {
  public let state = ModuleState()
  /// The model without the head.
  public let base: Base
  let qaOutputs: Projection
  public let configuration: ModelConfiguration

  public static var stateNames: [String: String] { ["base": Base.questionBaseName] }
  public static var typeName: String { "\(Base.family)ForQuestionAnswering" }
  public static var baseModelPrefix: String { Base.questionBaseName }

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    self.configuration = configuration
    base = try Base(configuration)
    qaOutputs = Projection(base.tokens.width, 2, bias: true)
  }

  func finish(_ output: inout ModelOutput, _ states: Tensor, _ inputs: ModelInputs) {
    output.setSpan(qaOutputs(states), inputs)
    output.lastHiddenState = nil
  }
}
