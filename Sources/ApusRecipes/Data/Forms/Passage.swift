import ApusText

/// A prompt or an answer: a text, or messages.
enum Passage: Sendable, Equatable {
  case text(String)
  case messages([ChatMessage])

  /// Whether nothing is said.
  var isEmpty: Bool {
    switch self {
    case .text(let text): text.allSatisfy(\.isWhitespace)
    case .messages(let messages): messages.isEmpty
    }
  }

  /// As messages: a text is what `role` says.
  func messages(as role: String) -> [ChatMessage] {
    switch self {
    case .text(let text): [ChatMessage(role: role, content: text)]
    case .messages(let messages): messages
    }
  }

  var isText: Bool { if case .text = self { true } else { false } }
}

/// What a row says, before it is tokens.
enum RowContent: Sendable {
  /// A conversation; answers are learned.
  case chat([ChatMessage], ChatContext)
  /// A prompt with its answer.
  case completion(prompt: Passage, completion: Passage, ChatContext)
  case text(String)
  case preference(prompt: Passage, chosen: Passage, rejected: Passage, margin: Double?, ChatContext)
  case feedback(prompt: Passage, completion: Passage, isDesirable: Bool, ChatContext)
  case prompt(Passage, ChatContext)
  case labelled(String, second: String?, label: ChatValue)
  case pair([String], score: Double?)
}

/// What templates are given beside messages.
struct ChatContext: Sendable {
  var tools: [ChatValue]?
  var variables: [String: ChatValue] = [:]
}

/// Reads messages.
struct MessageReader: Sendable {
  private let roles: [String: String]

  init(_ settings: DataSettings) {
    var roles = Self.known
    for pair in settings.roles.compactMap(DataSettings.renaming) { roles[pair.theirs] = pair.ours }
    self.roles = roles
  }

  /// Roles as files have them, and as templates do.
  private static let known = [
    "system": "system", "developer": "developer", "user": "user", "assistant": "assistant", "tool": "tool",
    "ipython": "ipython", "function": "function", "human": "user", "gpt": "assistant", "chatgpt": "assistant",
    "model": "assistant", "bot": "assistant", "observation": "tool", "function_response": "tool",
    "function_call": "function_call",
  ]

  /// A text, or messages.
  func passage(_ value: ChatValue, _ name: String) throws(RowProblem) -> Passage {
    if case .array = value { return .messages(try messages(value, name)) }
    return .text(try ColumnNames.text(value, name))
  }

  /// The messages of a list: role and content, or from and value.
  func messages(_ value: ChatValue, _ name: String) throws(RowProblem) -> [ChatMessage] {
    var value = value
    if case .string(let text) = value, let parsed = try? ChatValue(json: text) { value = parsed }
    guard case .array(let items) = value else { throw RowProblem(.wrongValue, "'\(name)' is no list of messages") }
    guard !items.isEmpty else { throw RowProblem(.emptyPrompt, "'\(name)' has no message") }
    var messages: [ChatMessage] = []
    for item in items { messages.append(try message(item, name)) }
    return messages
  }

  private func message(_ value: ChatValue, _ name: String) throws(RowProblem) -> ChatMessage {
    guard case .object(var fields) = value else { throw RowProblem(.wrongValue, "'\(name)' is no list of messages") }
    if value["role"] == nil {
      fields = fields.map { field in
        .init(field.name == "from" ? "role" : field.name == "value" ? "content" : field.name, field.value)
      }
    }
    var message = ChatMessage(fields: fields.filter { $0.value != .null })
    guard let role = message["role"]?.string else { throw RowProblem(.missingColumn, "'role' of a message") }
    guard let known = roles[role] else { throw RowProblem(.unknownRole, "'\(role)'") }
    if known == "function_call" { return try call(message) }
    message["role"] = .string(known)
    guard message["content"] != nil || message["tool_calls"] != nil else {
      throw known == "assistant"
        ? RowProblem(.emptyAnswer) : RowProblem(.missingColumn, "'content' of a message")
    }
    if known == "assistant", message["tool_calls"] == nil, Self.isEmpty(message["content"]) {
      throw RowProblem(.emptyAnswer)
    }
    return message
  }

  /// A message that is the call of a function, written as JSON.
  private func call(_ message: ChatMessage) throws(RowProblem) -> ChatMessage {
    guard let text = message.text, let call = try? ChatValue(json: text), let name = call["name"]?.string else {
      throw RowProblem(.wrongValue, "a function_call is no JSON with a name")
    }
    return .toolCalls([(name, call["arguments"] ?? .object([]))])
  }

  private static func isEmpty(_ content: ChatValue?) -> Bool {
    switch content {
    case .string(let text): text.allSatisfy(\.isWhitespace)
    case .array(let parts): parts.isEmpty
    case .null, nil: true
    case .bool, .int, .double, .object: false
    }
  }
}
