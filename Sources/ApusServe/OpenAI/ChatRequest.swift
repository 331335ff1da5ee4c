import ApusText

/// A request of `/v1/chat/completions`.
package struct ChatRequest: Sendable {
  /// What the answer must be.
  package enum Format: Sendable, Hashable {
    case text
    /// Some object of JSON.
    case json
    /// JSON of a schema.
    case schema(ChatValue)
  }

  /// Whether functions are called.
  package enum ToolChoice: Sendable, Hashable {
    case none, automatic
    /// One of them is called.
    case required
    /// This one is called.
    case function(String)
  }

  /// A function that the model may call.
  package struct Tool: Sendable, Hashable {
    package let name: String
    /// The schema of its arguments.
    package let parameters: ChatValue
    /// As it came, for the template.
    package let value: ChatValue
  }

  package let sampling: SamplingFields
  package let messages: [ChatMessage]
  package let format: Format
  package let tools: [Tool]
  package let toolChoice: ToolChoice
  /// How many of the likeliest tokens come with each; nil: no probabilities.
  package let logProbabilities: Int?

  /// Reads the body of a request.
  /// - Throws: what the client is told.
  package init(body: [UInt8]) throws(OpenAIError) {
    let fields = try RequestFields(body: body)
    sampling = try SamplingFields(fields)
    if sampling.maxTokens == 0 { throw fields.wrong("max_tokens", "at least 1") }
    messages = try Self.messages(fields)
    format = try Self.format(fields)
    tools = try Self.tools(fields)
    toolChoice = try Self.toolChoice(fields, tools)
    let count = try fields.int("top_logprobs", in: 0...20)
    let isWanted = try fields.bool("logprobs") ?? false
    if count != nil, !isWanted { throw fields.wrong("top_logprobs", "left out where 'logprobs' is not true") }
    logProbabilities = isWanted ? count ?? 0 : nil
  }

  private static func messages(_ fields: RequestFields) throws(OpenAIError) -> [ChatMessage] {
    guard let items = try fields.list("messages", most: 4096), !items.isEmpty else {
      throw fields.wrong("messages", "a list of at least one message")
    }
    var result: [ChatMessage] = []
    for item in items {
      var role = try item.needed("role")
      guard ["system", "developer", "user", "assistant", "tool", "function"].contains(role) else {
        throw item.wrong("role", "system, developer, user, assistant or tool")
      }
      if role == "developer" { role = "system" }
      var further: [ChatValue.Member] = []
      for name in ["name", "tool_call_id"] {
        if let text = try item.string(name) { further.append(.init(name, .string(text))) }
      }
      if let calls = try item.list("tool_calls", most: 128) {
        further.append(.init("tool_calls", .array(try Self.calls(calls))))
      }
      let content = try Self.content(item)
      if content == nil, further.allSatisfy({ $0.name != "tool_calls" }) {
        throw item.wrong("content", "there, a text or a list of texts")
      }
      result.append(ChatMessage(role: role, content: content.map { .string($0) } ?? .string(""), further: further))
    }
    return result
  }

  /// The text of a message: texts of a list one behind the other.
  private static func content(_ item: RequestFields) throws(OpenAIError) -> String? {
    guard let value = item["content"] else { return nil }
    if let text = value.string { return text }
    guard let parts = try item.list("content", most: 1024) else { return nil }
    var all = ""
    for part in parts {
      let type = try part.needed("type")
      guard type == "text" else { throw part.wrong("type", "text, as this model reads nothing else") }
      all += try part.needed("text")
    }
    return all
  }

  /// Calls as templates expect them: arguments as values and not as text.
  private static func calls(_ items: [RequestFields]) throws(OpenAIError) -> [ChatValue] {
    var result: [ChatValue] = []
    for item in items {
      guard let function = try item.fields("function") else { throw item.wrong("function", "there") }
      let text = try function.string("arguments") ?? "{}"
      let arguments = (try? ChatValue(json: text)) ?? .string(text)
      var call: [ChatValue.Member] = [.init("type", "function")]
      if let id = try item.string("id") { call.insert(.init("id", .string(id)), at: 0) }
      call.append(
        .init("function", ["name": .string(try function.needed("name")), "arguments": arguments]))
      result.append(.object(call))
    }
    return result
  }

  private static func format(_ fields: RequestFields) throws(OpenAIError) -> Format {
    guard let format = try fields.fields("response_format") else { return .text }
    switch try format.needed("type") {
    case "text": return .text
    case "json_object": return .json
    case "json_schema":
      guard let outer = try format.fields("json_schema"), try outer.fields("schema") != nil,
        let schema = outer["schema"]
      else { throw format.wrong("json_schema", "an object with a 'schema'") }
      return .schema(schema)
    default: throw format.wrong("type", "text, json_object or json_schema")
    }
  }

  private static func tools(_ fields: RequestFields) throws(OpenAIError) -> [Tool] {
    var result: [Tool] = []
    for item in try fields.list("tools", most: 128) ?? [] {
      guard try item.needed("type") == "function", let function = try item.fields("function") else {
        throw item.wrong("type", "function, described in 'function'")
      }
      let name = try function.needed("name")
      guard (1...64).contains(name.utf8.count),
        name.utf8.allSatisfy({ (48...57).contains($0) || (97...122).contains($0 | 32) || $0 == 95 || $0 == 45 })
      else { throw function.wrong("name", "1 to 64 letters, digits, _ and -") }
      _ = try function.fields("parameters")
      let parameters = function["parameters"] ?? ["type": "object", "properties": .object([])]
      let members: [ChatValue.Member] = [
        .init("name", .string(name)), .init("description", .string(try function.string("description") ?? "")),
        .init("parameters", parameters),
      ]
      result.append(
        Tool(name: name, parameters: parameters, value: ["type": "function", "function": .object(members)]))
    }
    return result
  }

  private static func toolChoice(_ fields: RequestFields, _ tools: [Tool]) throws(OpenAIError) -> ToolChoice {
    guard let choice = fields["tool_choice"] else { return tools.isEmpty ? .none : .automatic }
    let wrong = fields.wrong("tool_choice", "none, auto, required, or an object that names one of 'tools'")
    switch choice.string {
    case "none"?: return .none
    case "auto"?: return tools.isEmpty ? .none : .automatic
    case "required"?:
      guard !tools.isEmpty else { throw wrong }
      return .required
    case nil:
      guard let name = try fields.fields("tool_choice")?.fields("function")?.needed("name"),
        tools.contains(where: { $0.name == name })
      else { throw wrong }
      return .function(name)
    default: throw wrong
    }
  }
}
