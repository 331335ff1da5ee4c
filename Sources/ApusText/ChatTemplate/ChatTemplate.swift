import ApusCore

/// A chat template: the program in Jinja that a published model has for writing conversations the way it was trained on.
///
/// Templates are rendered as `transformers` renders them (`apply_chat_template`): Jinja 3.1 with `trim_blocks`, `lstrip_blocks`,
/// loop controls, `{% generation %}`, `raise_exception`, `strftime_now` and `tojson` without HTML escapes; values cannot be
/// changed. A template may only do a bounded amount of work.
public struct ChatTemplate: Sendable {
  /// The text of the template.
  public let source: String
  private let statements: [TemplateStatement]

  /// Reads a template.
  /// - Throws: `.format` with the line where the text is no template.
  public init(source: String) throws {
    do {
      try self.init(reading: source)
    } catch let error as TemplateError {
      throw error.tensorError
    }
  }

  /// Reads a template, with errors under the names of Jinja.
  package init(reading source: String) throws {
    self.source = source
    statements = try TemplateParser.statements(of: source)
  }

  /// What the template makes of a conversation.
  /// - Parameters:
  ///   - messages: what has been said, at least one message.
  ///   - tools: the functions that the model may call, each described by a JSON schema; none if nil.
  ///   - documents: texts that the model may use, with `title` and `text`; none if nil.
  ///   - addGenerationPrompt: whether the text ends where the model is to answer.
  ///   - continueFinalMessage: whether the text ends inside of the last message, which the model then continues.
  ///   - variables: what else the template may read: `bos_token`, `eos_token`, `enable_thinking`.
  /// - Throws: `.value` with the template's own words if it refuses the conversation (`raise_exception`), or with the line and
  ///   the error of Jinja or Python.
  public func render(
    messages: [ChatMessage], tools: [ChatValue]? = nil, documents: [ChatValue]? = nil,
    addGenerationPrompt: Bool = false,
    continueFinalMessage: Bool = false, variables: [String: ChatValue] = [:]
  ) throws -> String {
    do {
      return try rendering(
        messages: messages, tools: tools, documents: documents, addGenerationPrompt: addGenerationPrompt,
        continuedField: continueFinalMessage ? "content" : nil, variables: variables
      ).text
    } catch let error as TemplateError {
      throw error.tensorError
    }
  }

  /// What the template makes of a conversation, and where in it the model speaks (`{% generation %}`), in Unicode code points.
  /// - Throws: as ``render(messages:tools:documents:addGenerationPrompt:continueFinalMessage:variables:)``.
  public func renderMarkingAssistant(
    messages: [ChatMessage], tools: [ChatValue]? = nil, documents: [ChatValue]? = nil,
    variables: [String: ChatValue] = [:]
  ) throws -> (text: String, assistant: [Range<Int>]) {
    do {
      return try rendering(messages: messages, tools: tools, documents: documents, variables: variables)
    } catch let error as TemplateError {
      throw error.tensorError
    }
  }

  /// Renders, with errors under the names of Jinja and Python. `continuedField` is the field of the last message that the model is
  /// to continue.
  package func rendering(
    messages: [ChatMessage], tools: [ChatValue]? = nil, documents: [ChatValue]? = nil,
    addGenerationPrompt: Bool = false,
    continuedField: String? = nil, variables: [String: ChatValue] = [:]
  ) throws -> (text: String, assistant: [Range<Int>]) {
    guard !messages.isEmpty else {
      throw TemplateError(
        .value, "Cannot apply chat template to an empty conversation. Provide at least one message.")
    }
    if continuedField != nil, addGenerationPrompt {
      throw TemplateError(
        .value,
        "continue_final_message and add_generation_prompt are not compatible. Use continue_final_message when you want the model "
          + "to continue the final message, and add_generation_prompt when you want to add a header that will prompt it to start "
          + "a new assistant message instead.")
    }
    var chat = messages.map(Self.normalised)
    var final: String?
    if let continuedField { final = try mark(&chat[chat.count - 1], continuedField) }

    var values: [String: TemplateValue] = [
      "messages": try .list(try chat.map { try ChatValue.object($0.fields).templateValue() }),
      "tools": try tools.map { try ChatValue.array($0).templateValue() } ?? .none,
      "documents": try documents.map { try ChatValue.array($0).templateValue() } ?? .none,
      "add_generation_prompt": .bool(addGenerationPrompt),
    ]
    for (name, value) in variables { values[name] = try value.templateValue() }
    let interpreter = TemplateInterpreter()
    let text = try interpreter.render(statements, variables: values)
    return (try final.map { try Self.cut(text, after: $0) } ?? text, interpreter.generated)
  }

  // MARK: What transformers does around the template

  private static let mark = "CONTINUE_FINAL_MESSAGE_TAG "
  /// The names that a message's reasoning is known under; templates read the first, or the second.
  private static let reasoning = ["reasoning_content", "thinking", "reasoning"]

  /// A message without fields that are null, and with its reasoning under the names that templates read.
  private static func normalised(_ message: ChatMessage) -> ChatMessage {
    var message = ChatMessage(fields: message.fields.filter { $0.value != .null })
    guard let thought = reasoning.lazy.compactMap({ message[$0] }).first else { return message }
    if message["thinking"] == nil { message.fields.insert(.init("thinking", thought), at: 0) }
    message["reasoning_content"] = thought
    return message
  }

  /// Marks the end of what the last message says, and gives that.
  private func mark(_ message: inout ChatMessage, _ field: String) throws -> String {
    guard let content = message[field] else {
      throw TemplateError(
        .value, "continue_final_message is set but the final message has no \"\(field)\" to continue!")
    }
    var fields = [field]
    if Self.reasoning.contains(field) { fields = Self.reasoning.filter { message[$0] == content } }
    let text = Array(source.utf8)
    guard fields.contains(where: { text.firstPlace(of: Array($0.utf8), from: 0) != nil }) else {
      throw TemplateError(
        .value, "continue_final_message is set to \"\(field)\" but this is not an accepted field in the chat_template")
    }
    if case .array(var parts) = content {
      guard let place = parts.lastIndex(where: { $0["text"] != nil }), case .object(var members) = parts[place],
        let member = members.lastIndex(where: { $0.name == "text" }), let said = members[member].value.string
      else {
        throw TemplateError(
          .value, "continue_final_message is set but we could not find any text to continue in the final message!")
      }
      members[member].value = .string(said + Self.mark)
      parts[place] = .object(members)
      message[field] = .array(parts)
      return said
    }
    guard let said = content.string else {
      throw TemplateError(.type, "the final message has no text to continue")
    }
    for name in fields { message[name] = .string(said + Self.mark) }
    return said
  }

  /// The text up to the mark behind what the last message says.
  private static func cut(_ text: String, after final: String) throws -> String {
    let said = TextMethods.stripped(final, nil)
    let (bytes, tag) = (Array(text.utf8), Array(mark.utf8.dropLast()))
    guard bytes.firstPlace(of: Array(said.utf8), from: 0) != nil,
      let place = bytes.lastPlace(of: tag, until: bytes.count)
    else {
      throw TemplateError(
        .value,
        "continue_final_message is set but the final message does not appear in the chat after applying the chat template! This "
          + "can happen if the chat template deletes portions of the final message. Please verify the chat template and final "
          + "message in your chat to ensure they are compatible.Final message to continue: \(said)\nRendered chat:\n\(text)"
      )
    }
    let before = String(decoding: bytes[..<place], as: UTF8.self)
    let keepsSpace = place + tag.count < bytes.count && bytes[place + tag.count] == 32
    return keepsSpace ? before : TextMethods.stripped(before, nil, start: false)
  }
}
