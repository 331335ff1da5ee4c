import ApusCore
import ApusFormats

/// A message of TensorFlow Metadata seen as a Swift value: properties are fields of the message, so that what has no property
/// stays with it from reading to writing.
package protocol MessageView: Sendable, Equatable {
  /// The name of the message's type.
  static var messageName: String { get }
  var message: ProtobufMessage { get set }
  /// The view of a message of this type.
  init(message: ProtobufMessage)
}

extension MessageView {
  /// A view of an empty message.
  static var empty: Self { Self(message: metadataTypes.message(messageName)) }
  init() { self = .empty }

  /// A whole number; 0 where it is not set.
  subscript(integer number: Int) -> Int {
    get { self[optionalInteger: number] ?? 0 }
    set { message.set(number, .integer(Int64(newValue))) }
  }

  subscript(optionalInteger number: Int) -> Int? {
    get { if case .integer(let value)? = message[number] { Int(value) } else { nil } }
    set { message.set(number, newValue.map { .integer(Int64($0)) }) }
  }

  /// A number; 0 where it is not set.
  subscript(real number: Int) -> Double {
    get { self[optionalReal: number] ?? 0 }
    set { message.set(number, .real(newValue)) }
  }

  subscript(optionalReal number: Int) -> Double? {
    get { if case .real(let value)? = message[number] { value } else { nil } }
    set { message.set(number, newValue.map { .real($0) }) }
  }

  /// A number of single precision; 0 where it is not set.
  subscript(single number: Int) -> Double {
    get { self[real: number] }
    set { self[real: number] = Double(Float(newValue)) }
  }

  subscript(optionalSingle number: Int) -> Double? {
    get { self[optionalReal: number] }
    set { self[optionalReal: number] = newValue.map { Double(Float($0)) } }
  }

  /// A text; empty where it is not set.
  subscript(text number: Int) -> String {
    get { self[optionalText: number] ?? "" }
    set { message.set(number, .text(newValue)) }
  }

  subscript(optionalText number: Int) -> String? {
    get { if case .text(let value)? = message[number] { value } else { nil } }
    set { message.set(number, newValue.map { .text($0) }) }
  }

  subscript(texts number: Int) -> [String] {
    get { message.values(number).compactMap { if case .text(let value) = $0 { value } else { nil } } }
    set { message.setAll(number, newValue.map { .text($0) }) }
  }

  /// Whether a truth value is set and true. False clears it.
  subscript(flag number: Int) -> Bool {
    get { self[optionalInteger: number] ?? 0 != 0 }
    set { message.set(number, newValue ? .integer(1) : nil) }
  }

  /// A value of an enumeration that is known here; nil where it is not set or another one.
  subscript<Case: RawRepresentable<Int>>(enumeration number: Int) -> Case? {
    get { self[optionalInteger: number].flatMap { Case(rawValue: $0) } }
    set { self[optionalInteger: number] = newValue?.rawValue }
  }

  subscript<View: MessageView>(view number: Int) -> View? {
    get { if case .message(let value)? = message[number] { View(message: value) } else { nil } }
    set { message.set(number, newValue.map { .message($0.message) }) }
  }

  /// A message; an empty one where it is not set.
  subscript<View: MessageView>(existing number: Int) -> View {
    get { self[view: number] ?? View() }
    set { self[view: number] = newValue }
  }

  subscript<View: MessageView>(views number: Int) -> [View] {
    get { message.values(number).compactMap { if case .message(let value) = $0 { View(message: value) } else { nil } } }
    set { message.setAll(number, newValue.map { .message($0.message) }) }
  }
}

/// A message that files hold: bytes, or text where the file's name ends in `txt`.
package protocol StoredMessage: MessageView {}

extension StoredMessage {
  /// Reads a file.
  init(readingFile path: String) throws(TensorError) {
    self.init()
    let file = try MappedFile(path: path)
    if path.hasSuffix("txt") {
      let text = file.bytes.withMemoryRebound(to: UInt8.self) { String(decoding: $0, as: UTF8.self) }
      try withExtendedLifetime(file) { () throws(TensorError) in try message.read(text: text, name: path) }
    } else {
      try message.read(ByteSlice(file), name: path)
    }
  }

  init(readingText text: String, name: String) throws(TensorError) {
    self.init()
    try message.read(text: text, name: name)
  }

  init(readingBytes bytes: [UInt8], name: String) throws(TensorError) {
    self.init()
    try message.read(ByteSlice(bytes), name: name)
  }

  /// Writes a file, which is there as a whole or not at all.
  func writeFile(_ path: String) throws {
    try makeFolder(of: path)
    let contents = path.hasSuffix("txt") ? Array(message.text.utf8) : message.bytes
    try replaceFile(at: path) { file in try file.write(contents) }
  }
}
