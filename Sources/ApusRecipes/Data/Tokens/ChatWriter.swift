import ApusCore
import ApusFormats
import ApusText

/// Writes conversations as a chat template says, and knows where the assistant speaks.
///
/// Where the template marks what is generated (`{% generation %}`), its marks count. Elsewhere the conversation up to each answer
/// is written too: what is behind it in the whole text is the answer. So defaults that a template adds (system prompts) stand in
/// both; a template that writes earlier messages differently when others follow is refused, as what is learned would not be
/// what is read later.
public struct ChatWriter: Sendable {
  private let tokenizer: Tokenizer
  private let template: ChatTemplate
  private let variables: [String: ChatValue]
  private let marksAnswers: Bool

  /// A text, and where in it the assistant speaks, in Unicode code points.
  public struct Written: Sendable, Hashable {
    /// The conversation as text.
    public var text: String
    /// A range for each message of the assistant that is to be learned, in their order.
    public var answers: [Range<Int>]
  }

  /// - Parameter name: a built-in template (see ``builtIn``), a file of one, or nil for the tokeniser's own.
  /// - Throws: `TensorError` where there is none, or the text is no template.
  public init(_ tokenizer: Tokenizer, template name: String? = nil) throws {
    let source: String
    if let name {
      if let known = Self.builtIn[name] {
        source = known
      } else {
        let path = expandedPath(name)
        guard fileExists(path) else {
          throw TensorError(
            .value, "chatTemplate",
            "'\(name)' is neither a file nor a built-in template: \(Self.builtIn.keys.sorted().joined(separator: ", "))"
          )
        }
        source = String(decoding: try readFile(path).withBytes { Array($0) }, as: UTF8.self)
      }
    } else if let own = tokenizer.configuration.chatTemplate {
      source = own
    } else {
      throw TensorError(
        .value, tokenizer.path,
        "the model has no chat template; name one with chatTemplate: \(Self.builtIn.keys.sorted().joined(separator: ", "))"
      )
    }
    self.tokenizer = tokenizer
    template = try ChatTemplate(source: source)
    marksAnswers = source.contains("generation") && Self.hasMarks(source)
    var variables: [String: ChatValue] = [:]
    let configuration = tokenizer.configuration
    for (name, token) in [
      ("bos_token", configuration.bosToken), ("eos_token", configuration.eosToken),
      ("unk_token", configuration.unkToken), ("sep_token", configuration.sepToken),
      ("pad_token", configuration.padToken), ("cls_token", configuration.clsToken),
      ("mask_token", configuration.maskToken),
    ] {
      if let token { variables[name] = .string(token) }
    }
    self.variables = variables
  }

  /// Whether the text has a statement `{% generation %}`.
  private static func hasMarks(_ source: String) -> Bool {
    var rest = source[...]
    while let open = rest.firstRange(of: "{%") {
      rest = rest[open.upperBound...]
      let word = rest.drop { $0 == "-" || $0 == "+" || $0.isWhitespace }
      if word.hasPrefix("generation"), word.dropFirst(10).first.map({ "-%".contains($0) || $0.isWhitespace }) == true {
        return true
      }
    }
    return false
  }

  /// Templates for models that have none, by name.
  public static let builtIn: [String: String] = [
    "chatml":
      "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>\n' }}"
      + "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}",
    "llama3":
      "{{ bos_token }}{% for message in messages %}{{ '<|start_header_id|>' + message['role'] + '<|end_header_id|>\n\n' "
      + "+ message['content'] | trim + '<|eot_id|>' }}{% endfor %}"
      + "{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{% endif %}",
    "zephyr":
      "{% for message in messages %}{{ '<|' + message['role'] + '|>\n' + message['content'] + eos_token + '\n' }}"
      + "{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>\n' }}{% endif %}",
  ]

  /// The text of a conversation up to where the assistant is to answer; a last message of the assistant is to be continued.
  /// - Throws: `TensorError` where the template refuses the conversation.
  public func prompt(
    _ messages: [ChatMessage], tools: [ChatValue]? = nil, variables: [String: ChatValue] = [:]
  ) throws -> String {
    let isAnswered = messages.last?.role == "assistant"
    return try template.render(
      messages: messages, tools: tools, addGenerationPrompt: !isAnswered, continueFinalMessage: isAnswered,
      variables: self.variables.merging(variables) { $1 })
  }

  /// The text of a conversation, and where the assistant speaks in it.
  /// - Parameter first: the first message whose text is to be learned.
  /// - Throws: `TensorError` where the template refuses the conversation, or writes a message otherwise when more follow: the
  ///   error names the message.
  public func write(
    _ messages: [ChatMessage], tools: [ChatValue]? = nil, variables: [String: ChatValue] = [:], from first: Int = 0
  ) throws -> Written {
    let variables = self.variables.merging(variables) { $1 }
    if marksAnswers { return try marked(messages, tools, variables, from: first) }
    func rendered(_ messages: ArraySlice<ChatMessage>, asks: Bool) throws -> [Unicode.Scalar] {
      let text = try template.render(
        messages: Array(messages), tools: tools, addGenerationPrompt: asks, variables: variables)
      return Array(text.unicodeScalars)
    }
    let text = try template.render(messages: messages, tools: tools, variables: variables)
    let whole = Array(text.unicodeScalars)
    var answers: [Range<Int>] = []
    for (i, message) in messages.enumerated() where i >= first && message.role == "assistant" {
      if Self.isContext(message) { continue }
      do {
        let start = try start(of: i, messages, whole, rendered)
        let end = i + 1 == messages.count ? whole.count : try end(of: i, messages, whole, rendered)
        if start < end { answers.append(start..<end) }
      } catch let error as TensorError {
        throw TensorError(error.kind, error.operation, "message \(i + 1) (\(message.role)): \(error.message)")
      }
    }
    return Written(text: text, answers: answers)
  }

  /// Whether an answer is there to be read alone: so OpenAI's data say it.
  private static func isContext(_ message: ChatMessage) -> Bool { message["weight"] == .int(0) }

  /// The text of a conversation whose template marks what the assistant says. A message has the marks that its text adds to those
  /// of the messages before.
  private func marked(
    _ messages: [ChatMessage], _ tools: [ChatValue]?, _ variables: [String: ChatValue], from first: Int
  ) throws -> Written {
    let (text, answers) = try template.renderMarkingAssistant(messages: messages, tools: tools, variables: variables)
    if first == 0, !messages.contains(where: Self.isContext) { return Written(text: text, answers: answers) }
    func count(upTo end: Int) throws -> Int {
      if end == 0 || end == messages.count { return end == 0 ? 0 : answers.count }
      let part = Array(messages[..<end])
      return try template.renderMarkingAssistant(messages: part, tools: tools, variables: variables).assistant.count
    }
    var kept: [Range<Int>] = []
    for (i, message) in messages.enumerated()
    where i >= first && message.role == "assistant" && !Self.isContext(message) {
      let (before, after) = (try count(upTo: i), try count(upTo: i + 1))
      if before < after, after <= answers.count { kept += answers[before..<after] }
    }
    return Written(text: text, answers: kept)
  }

  /// Where what message `i` says begins: behind the messages before and what asks for an answer.
  private func start(
    of i: Int, _ messages: [ChatMessage], _ whole: [Unicode.Scalar],
    _ rendered: (ArraySlice<ChatMessage>, Bool) throws -> [Unicode.Scalar]
  ) throws -> Int {
    if i == 0 {
      // Nothing stands before: where the text of another answer differs.
      var other = messages
      other[0] = .assistant("\u{2}")
      return Self.common(whole, try rendered(other[...], false))
    }
    let asked = try rendered(messages[..<i], true)
    let common = Self.common(whole, asked)
    if common == asked.count { return common }
    // What asks for an answer may end otherwise than answers begin (an empty thought), the messages before may not.
    let before = try rendered(messages[..<i], false)
    let kept = Self.common(whole, before)
    guard Self.ends(whole, with: before[kept...]), common >= kept else { throw Self.differs(before, whole, kept) }
    return try border(whole, asked)
  }

  /// Where what message `i` says ends, the template's sign of it included.
  private func end(
    of i: Int, _ messages: [ChatMessage], _ whole: [Unicode.Scalar],
    _ rendered: (ArraySlice<ChatMessage>, Bool) throws -> [Unicode.Scalar]
  ) throws -> Int {
    let upToHere = try rendered(messages[...i], false)
    let common = Self.common(whole, upToHere)
    if common == upToHere.count { return common }
    // What a template writes at the end of every conversation is no part of this message.
    guard Self.ends(whole, with: upToHere[common...]) else { throw Self.differs(upToHere, whole, common) }
    return try border(whole, upToHere)
  }

  /// How far both texts have the same tokens: signs of turns may begin with the same letters.
  private func border(_ whole: [Unicode.Scalar], _ other: [Unicode.Scalar]) throws -> Int {
    let (a, b) = try (
      tokenizer.encode(Self.text(whole[...]), addsSpecialTokens: false),
      tokenizer.encode(Self.text(other[...]), addsSpecialTokens: false)
    )
    let common = zip(a.ids, b.ids).prefix { $0 == $1 }.count
    return common == 0 ? 0 : a.offsets[common - 1].upperBound
  }

  private static func common(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
    let most = min(a.count, b.count)
    var i = 0
    while i < most, a[i] == b[i] { i += 1 }
    return i
  }

  private static func ends(_ text: [Unicode.Scalar], with end: ArraySlice<Unicode.Scalar>) -> Bool {
    text.count >= end.count && text.suffix(end.count).elementsEqual(end)
  }

  private static func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars)
    return String(text)
  }

  private static func differs(_ alone: [Unicode.Scalar], _ whole: [Unicode.Scalar], _ place: Int) -> TensorError {
    func shown(_ scalars: [Unicode.Scalar]) -> String {
      quotedJSON(text(scalars[place..<min(place + 24, scalars.count)]))
    }
    return TensorError(
      .value, "chat template",
      "the conversation up to here is no beginning of the whole one: alone it goes on with \(shown(alone)), and in the whole "
        + "with \(shown(whole)); a template that marks answers with {% generation %} works, and so do splitAnswers=true and learn=last"
    )
  }
}
