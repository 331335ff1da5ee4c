/// A message of a conversation, in the form that chat templates expect.
public struct ChatMessage: Sendable, Hashable {
  /// All that the message has, by name: `role`, `content`, `tool_calls`, `reasoning_content`, `tool_call_id`, `name`.
  public var fields: [ChatValue.Member]

  /// A message of the given fields; those that are null count as not there.
  public init(fields: [ChatValue.Member]) { self.fields = fields }

  /// What somebody says: `role` is "system", "user", "assistant", "tool" or what the template knows besides.
  /// `further` fields come behind the content.
  public init(role: String, content: ChatValue, further: [ChatValue.Member] = []) {
    fields = [.init("role", .string(role)), .init("content", content)] + further
  }

  /// What somebody says.
  public init(role: String, content: String) { self.init(role: role, content: .string(content)) }

  /// An instruction for the whole conversation.
  public static func system(_ text: String) -> ChatMessage { ChatMessage(role: "system", content: text) }
  /// What the user says.
  public static func user(_ text: String) -> ChatMessage { ChatMessage(role: "user", content: text) }
  /// What the model has said.
  public static func assistant(_ text: String) -> ChatMessage { ChatMessage(role: "assistant", content: text) }

  /// The functions that the model has called: names and arguments.
  public static func toolCalls(_ calls: [(name: String, arguments: ChatValue)], content: String? = nil) -> ChatMessage {
    let values = calls.map { call -> ChatValue in
      ["type": "function", "function": ["name": .string(call.name), "arguments": call.arguments]]
    }
    var fields: [ChatValue.Member] = [.init("role", "assistant")]
    if let content { fields.append(.init("content", .string(content))) }
    return ChatMessage(fields: fields + [.init("tool_calls", .array(values))])
  }

  /// What a function gave back.
  public static func tool(_ name: String, content: String) -> ChatMessage {
    ChatMessage(fields: [.init("role", "tool"), .init("name", .string(name)), .init("content", .string(content))])
  }

  /// A field of the message; nil where it is not there.
  public subscript(_ name: String) -> ChatValue? {
    get { ChatValue.object(fields)[name] }
    set {
      if let place = fields.lastIndex(where: { $0.name == name }) {
        if let newValue { fields[place].value = newValue } else { fields.remove(at: place) }
      } else if let newValue {
        fields.append(.init(name, newValue))
      }
    }
  }

  /// Who speaks.
  public var role: String { self["role"]?.string ?? "" }
  /// What is said, where that is a text.
  public var text: String? { self["content"]?.string }
}
