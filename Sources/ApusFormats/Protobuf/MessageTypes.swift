/// What fields messages of protocol buffers have, written down in a few lines:
///
///     let types = MessageTypes("""
///       enum Stage UNKNOWN=0 PLANNED=1
///       message Feature
///       1 name string
///       3 stage Stage
///       4 part Feature*
///       """)
///
/// A line of a message is the number of a field, its name and its type, which `*` marks as repeated; a word behind it names
/// the fields of which one alone can be set. `message Name implicit` is a message of the third version of the language, whose
/// fields are not written where they have the value 0, false or an empty text.
package final class MessageTypes: Sendable {
  /// What a field holds.
  package enum Kind: Sendable, Hashable {
    case double, float, int32, int64, uint64, bool, string, bytes
    /// A value of the enumeration at this place of ``MessageTypes/enumerations``.
    case enumeration(Int)
    /// A message of the type at this place of ``MessageTypes/messages``.
    case message(Int)
  }

  /// A field of a message.
  package struct Field: Sendable {
    package let number: Int
    package let name: String
    package let kind: Kind
    package let isRepeated: Bool
    /// What it shares with the fields of which one alone can be set.
    package let group: String?
  }

  /// A message.
  package struct Message: Sendable {
    package let name: String
    /// Whether values that stand for nothing are left out.
    package let isImplicit: Bool
    /// In the order of their numbers.
    package fileprivate(set) var fields: [Field] = []
    fileprivate var byNumber: [Int: Int] = [:]
    fileprivate var byName: [String: Int] = [:]

    /// The field with a number.
    package func field(_ number: Int) -> Field? { byNumber[number].map { fields[$0] } }
    /// The field with a name.
    package func field(named name: String) -> Field? { byName[name].map { fields[$0] } }
  }

  /// An enumeration.
  package struct Enumeration: Sendable {
    package let name: String
    package let names: [Int64: String]
    package let values: [String: Int64]
  }

  package let messages: [Message]
  package let enumerations: [Enumeration]
  private let places: [String: Int]

  /// Reads a description, which is part of the program: a mistake in it stops the program.
  package init(_ description: String) {
    let lines = description.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    var enumerations: [Enumeration] = []
    var places: [String: Int] = [:]
    for line in lines where line.first == "enum" {
      let values = Dictionary(
        line.dropFirst(2).map { pair -> (String, Int64) in
          let parts = pair.split(separator: "=")
          return (String(parts[0]), Int64(parts[1]) ?? 0)
        }, uniquingKeysWith: { first, _ in first })
      enumerations.append(
        Enumeration(
          name: line[1], names: Dictionary(values.map { ($1, $0) }, uniquingKeysWith: { first, _ in first }),
          values: values))
    }
    var messages: [Message] = []
    for line in lines where line.first == "message" {
      places[line[1]] = messages.count
      messages.append(Message(name: line[1], isImplicit: line.contains("implicit")))
    }
    let simple: [String: Kind] = [
      "double": .double, "float": .float, "int32": .int32, "int64": .int64, "uint64": .uint64, "bool": .bool,
      "string": .string, "bytes": .bytes,
    ]
    var current = 0
    for line in lines {
      if line.first == "message" { current = places[line[1]] ?? 0 }
      guard let number = line.first.flatMap({ Int($0) }) else { continue }
      let type = line[2].hasSuffix("*") ? String(line[2].dropLast()) : line[2]
      let kind =
        simple[type] ?? enumerations.firstIndex { $0.name == type }.map { .enumeration($0) }
        ?? places[type].map { .message($0) }
      guard let kind else { preconditionFailure("the description of messages names a type '\(type)' that it lacks") }
      messages[current].fields.append(
        Field(
          number: number, name: line[1], kind: kind, isRepeated: line[2].hasSuffix("*"),
          group: line.count > 3 ? line[3] : nil))
    }
    for i in messages.indices {
      messages[i].fields.sort { $0.number < $1.number }
      for (place, field) in messages[i].fields.enumerated() {
        messages[i].byNumber[field.number] = place
        messages[i].byName[field.name] = place
      }
    }
    self.messages = messages
    self.enumerations = enumerations
    self.places = places
  }

  /// An empty message of the type called `name`.
  package func message(_ name: String) -> ProtobufMessage {
    guard let place = places[name] else { preconditionFailure("there is no message called '\(name)'") }
    return ProtobufMessage(self, place)
  }
}
