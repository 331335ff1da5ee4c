import ApusCore

/// The bytes of an HDF5 file. Every access is checked against the end of the file, and addresses are those of the format: counted from
/// the first block.
final class HDF5Bytes: Sendable {
  /// The path as given, or the name of the image: errors begin with it.
  let path: String
  let count: Int
  private let owner: any Sendable
  private nonisolated(unsafe) let bytes: UnsafeRawBufferPointer

  /// `owner` keeps `bytes` where they are.
  init(path: String, bytes: UnsafeRawBufferPointer, owner: any Sendable) {
    self.path = path
    self.bytes = bytes
    self.owner = owner
    count = bytes.count
  }

  /// An address that stands for none.
  static let undefined = UInt64.max

  func failure(_ message: String) -> TensorError { TensorError(.format, path, message) }

  /// The range of `length` bytes from `start`, if the file has them.
  func range(_ start: UInt64, _ length: UInt64, _ what: @autoclosure () -> String) throws(TensorError) -> Range<Int> {
    let (end, overflow) = start.addingReportingOverflow(length)
    guard !overflow, end <= UInt64(count) else {
      let place = start == Self.undefined ? "have no address" : "should be bytes \(start) to \(start &+ length)"
      throw failure("\(what()) \(place), but the file has \(count); it is damaged or cut short")
    }
    return Int(start)..<Int(end)
  }

  func slice(_ range: Range<Int>) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[range]) }

  /// A cursor over `length` bytes from `start`.
  func cursor(
    _ start: UInt64, _ length: UInt64, _ what: @escaping @autoclosure @Sendable () -> String
  ) throws(TensorError) -> HDF5Cursor {
    HDF5Cursor(file: self, range: try range(start, length, what()), what: what)
  }
}

/// Reads numbers one after the other from a part of the file, which it cannot leave.
struct HDF5Cursor: Sendable {
  let file: HDF5Bytes
  /// The byte that is read next.
  var position: Int
  let end: Int
  /// What the part is, for messages.
  let what: @Sendable () -> String

  init(file: HDF5Bytes, range: Range<Int>, what: @escaping @Sendable () -> String) {
    self.file = file
    position = range.lowerBound
    end = range.upperBound
    self.what = what
  }

  var remaining: Int { end - position }

  func failure(_ message: String) -> TensorError { file.failure("\(what()) at byte \(position): \(message)") }

  /// The next `count` bytes, which are passed.
  mutating func take(_ count: Int) throws(TensorError) -> Range<Int> {
    guard count >= 0, count <= end - position else {
      throw failure("\(count) more bytes are needed and \(end - position) follow; the file is damaged")
    }
    defer { position += count }
    return position..<position + count
  }

  /// An integer of `count` bytes, the low ones first.
  mutating func number(_ count: Int) throws(TensorError) -> UInt64 {
    let range = try take(count)
    guard count <= 8 else { throw failure("a number has \(count) bytes") }
    return file.slice(range).reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  mutating func byte() throws(TensorError) -> Int { Int(try number(1)) }
  mutating func short() throws(TensorError) -> Int { Int(try number(2)) }
  mutating func word() throws(TensorError) -> Int { Int(try number(4)) }
  mutating func address() throws(TensorError) -> UInt64 { try number(8) }
  mutating func skip(_ count: Int) throws(TensorError) { _ = try take(count) }

  mutating func expect(_ signature: StaticString) throws(TensorError) {
    let found = file.slice(try take(signature.utf8CodeUnitCount))
    let wanted = UnsafeBufferPointer(start: signature.utf8Start, count: signature.utf8CodeUnitCount)
    guard found.elementsEqual(wanted) else {
      throw failure("'\(signature)' should stand before it; the file is damaged")
    }
  }

  /// A part of what remains.
  mutating func part(_ count: Int) throws(TensorError) -> HDF5Cursor {
    HDF5Cursor(file: file, range: try take(count), what: what)
  }

  /// A text of `count` bytes, up to a zero.
  mutating func text(_ count: Int) throws(TensorError) -> String {
    String(decoding: file.slice(try take(count)).prefix { $0 != 0 }, as: UTF8.self)
  }

  /// A text that ends with a zero, of which `multiple` bytes or several times as many are passed.
  mutating func terminatedText(multiple: Int) throws(TensorError) -> String {
    let bytes = file.slice(position..<end)
    guard let length = bytes.firstIndex(of: 0) else { throw failure("a name has no end") }
    let text = String(decoding: bytes[..<length], as: UTF8.self)
    try skip((length + multiple) / multiple * multiple)
    return text
  }
}

extension [UInt8] {
  /// `withUnsafeBytes` for a body whose errors have a type.
  func withBytes<Result>(
    _ body: (UnsafeRawBufferPointer) throws(TensorError) -> Result
  ) throws(TensorError) -> Result {
    let result = withUnsafeBytes { bytes in
      Swift.Result { () throws(TensorError) in try body(bytes) }
    }
    return try result.get()
  }
}
