import ApusCore
import ApusModels
import ApusText
import ApusTrain

/// A language model that is evaluated, with its tokeniser.
struct LanguageSubject {
  let generator: TextGenerator
  let model: any PretrainedModel

  var tokenizer: Tokenizer { generator.tokenizer }

  /// What a text begins with where nothing goes before it: the token that begins texts, or, where there is none, ends them.
  var startToken: Int? {
    tokenizer.configuration.bosId ?? tokenizer.configuration.eosId ?? generator.configuration.eosTokenIds.first
  }

  func scorer(_ settings: EvaluationSettings) -> LogLikelihood {
    LogLikelihood(model, maxLength: settings.context, batchTokens: settings.batchTokens)
  }

  /// What a prompt is written as, and whether that is a conversation in the model's template.
  func context(
    _ prompt: String, _ messages: [ChatMessage]?, _ settings: EvaluationSettings
  ) throws -> (text: String, isChat: Bool) {
    guard settings.usesChatTemplate || messages != nil else { return (prompt, false) }
    var conversation = messages ?? [.user(prompt)]
    if !settings.system.isEmpty, conversation.first?.role != "system" {
      conversation.insert(.system(settings.system), at: 0)
    }
    return (try generator.text(of: conversation), true)
  }

  /// The tokens of a prompt and what follows it, cut where the prompt's own tokens end; spaces at the end of the prompt go with what
  /// follows, as tokenisers learn words with the space before them.
  /// - Parameter hasSpecialTokens: whether the context has the tokens that begin a text already.
  func request(_ context: String, _ continuation: String, hasSpecialTokens: Bool) throws -> ScoredTokens {
    var (context, continuation) = (context, continuation)
    let spaces = context.reversed().prefix { $0.isWhitespace }.count
    if !hasSpecialTokens, spaces > 0 {
      continuation = context.suffix(spaces) + continuation
      context = String(context.dropLast(spaces))
    }
    let before = try ids(of: context, hasSpecialTokens: hasSpecialTokens)
    let whole = try ids(of: context + continuation, hasSpecialTokens: hasSpecialTokens)
    if before.isEmpty {
      guard let start = startToken else {
        return ScoredTokens(context: Array(whole.prefix(1)), continuation: Array(whole.dropFirst()))
      }
      return ScoredTokens(context: [start], continuation: whole)
    }
    guard whole.count > before.count else {
      // The last token of the prompt has swallowed what follows.
      return ScoredTokens(context: Array(whole.dropLast()), continuation: Array(whole.suffix(1)))
    }
    return ScoredTokens(context: before, continuation: Array(whole.dropFirst(before.count)))
  }

  /// The tokens of a text that goes on: without those that end it.
  func ids(of text: String, hasSpecialTokens: Bool) throws -> [Int] {
    if hasSpecialTokens { return try tokenizer.ids(of: text, addsSpecialTokens: false) }
    var ids = try tokenizer.ids(of: text)
    if let end = tokenizer.configuration.eosId, ids.last == end, !text.isEmpty,
      try tokenizer.ids(of: text, addsSpecialTokens: false).last != end
    {
      ids.removeLast()
    }
    return ids
  }
}

extension EvaluationTask.Row {
  /// The messages of a conversation; nil where there is no such column.
  func conversation() throws(Mistake) -> [ChatMessage]? {
    guard let given = value(.messages) else { return nil }
    guard case .list(let values) = given, !values.isEmpty else {
      throw Mistake(message: "column 'messages' is to be a list of messages")
    }
    var messages: [ChatMessage] = []
    for value in values {
      guard case .dictionary(let fields) = value, case .string(let role)? = fields["role"],
        case .string(let content)? = fields["content"]
      else { throw Mistake(message: "a message is an object with 'role' and 'content', and found \(value.excerpt)") }
      messages.append(ChatMessage(role: role, content: content))
    }
    return messages
  }
}
