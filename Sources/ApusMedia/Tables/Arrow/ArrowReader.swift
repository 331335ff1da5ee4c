import ApusCore
import ApusFormats

/// Reads Apache Arrow's format, file or stream, batch by batch (https://arrow.apache.org/docs/format/Columnar.html).
///
///     let reader = try ArrowReader(path: "features.arrow")
///     print(reader.fields)
///     while let batch = try reader.nextBatch() { print(batch.rows) }
///
/// Feather files of version 2 are Arrow files. Dictionaries are decoded, buffers decompressed (LZ4, zstd). `-` is standard
/// input. Unions, intervals of the calendar and big endian values are refused.
public final class ArrowReader {
  /// Names and types of the columns.
  public let fields: [ColumnField]
  private let source: ByteSource
  private let schema: [ArrowField]
  private var dictionaries: [Int64: Column] = [:]
  private let limit: Int?
  /// The messages of a file, or nil for a stream.
  private var blocks: [Range<Int>]?
  private var ended = false
  private var read = 0

  static let magic = Array("ARROW1".utf8)

  /// Opens the file at `path` and reads its schema.
  /// - Parameter limit: the most bytes that a batch's values may take; nil for 64 MiB and a thousand times its size in the
  ///   file.
  /// - Throws: `TensorError` of kind `file` when it cannot be read, of kind `format` when it is damaged or something else, of
  ///   kind `unsupported` for types that tables do not hold.
  public convenience init(path: String, limit: Int? = nil) throws(TensorError) {
    try self.init(ByteSource(path: path), limit: limit)
  }

  init(_ source: ByteSource, limit: Int?) throws(TensorError) {
    self.source = source
    self.limit = limit
    let (start, _) = try source.window(8)
    if start.starts(with: Array("FEA1".utf8)) {
      throw TensorError(
        .unsupported, source.name, "this is a Feather file of version 1; write it again as version 2 (an Arrow file)")
    }
    guard start.starts(with: Self.magic) else {
      guard let (message, _) = try Self.next(source), case (1, let table?) = try message.header() else {
        throw TensorError(
          .format, source.name, "neither an Arrow file (there is no 'ARROW1') nor a stream that begins with a schema")
      }
      schema = try ArrowField.schema(table)
      fields = schema.map(\.field)
      source.consume(message.size)
      return
    }
    let (bytes, _) = try source.window(.max)
    let footer = try Self.footer(bytes, source.name)
    guard let table = try footer.table(1) else {
      throw footer.buffer.failure(footer.position, "the footer has no schema")
    }
    schema = try ArrowField.schema(table)
    fields = schema.map(\.field)
    for range in try Self.blocks(footer, 2, bytes.count) {
      let message = try ArrowMessage(
        UnsafeRawBufferPointer(rebasing: bytes[range]), name: source.name, start: range.lowerBound)
      try take(dictionary: message)
    }
    blocks = try Self.blocks(footer, 3, bytes.count).reversed()
  }

  private static func footer(_ bytes: UnsafeRawBufferPointer, _ name: String) throws(TensorError) -> FlatTable {
    let end = bytes.count - 10
    guard end >= 8, bytes[(end + 4)...].elementsEqual(magic) else {
      throw TensorError(.format, name, "the file does not end with 'ARROW1'; it is cut short or damaged")
    }
    let length = Int(Int32(littleEndian: bytes.loadUnaligned(fromByteOffset: end, as: Int32.self)))
    guard length > 0, length <= end - 8 else {
      throw TensorError(
        .format, name, "the footer's length is given as \(length) bytes, and the file has \(bytes.count)")
    }
    return try FlatBuffer(
      UnsafeRawBufferPointer(rebasing: bytes[(end - length)..<end]), name: name, start: end - length
    ).root()
  }

  /// Where messages lie, by a list of the footer.
  private static func blocks(_ footer: FlatTable, _ id: Int, _ size: Int) throws(TensorError) -> [Range<Int>] {
    guard let (bytes, count) = try footer.elements(id, stride: 24) else { return [] }
    var result: [Range<Int>] = []
    for i in 0..<count {
      let offset = Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: 24 * i, as: Int64.self))
      let head = Int64(Int32(littleEndian: bytes.loadUnaligned(fromByteOffset: 24 * i + 8, as: Int32.self)))
      let body = Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: 24 * i + 16, as: Int64.self))
      guard offset >= 0, head >= 0, body >= 0, offset <= size, head <= Int64(size) - offset,
        body <= Int64(size) - offset - head
      else {
        throw footer.buffer.failure(footer.position, "message \(i) of the footer's list lies outside of the file")
      }
      result.append(Int(offset)..<Int(offset + head + body))
    }
    return result
  }

  /// The next message of a stream, which is left in the source; nil at the end.
  private static func next(_ source: ByteSource) throws(TensorError) -> (ArrowMessage, UnsafeRawBufferPointer)? {
    var (bytes, isFinal) = try source.window(8)
    if bytes.isEmpty { return nil }
    guard let size = try ArrowMessage.headSize(bytes, name: source.name) else { return nil }
    guard size <= bytes.count || !isFinal else { throw ArrowMessage.tooShort(size, bytes.count, source.name) }
    (bytes, isFinal) = try source.window(size)
    guard size <= bytes.count else { throw ArrowMessage.tooShort(size, bytes.count, source.name) }
    let total = try ArrowMessage.totalSize(bytes, name: source.name)
    guard total <= bytes.count || !isFinal else { throw ArrowMessage.tooShort(total, bytes.count, source.name) }
    (bytes, _) = try source.window(total)
    guard total <= bytes.count else { throw ArrowMessage.tooShort(total, bytes.count, source.name) }
    let part = UnsafeRawBufferPointer(rebasing: bytes[..<total])
    return (try ArrowMessage(part, name: source.name, start: 0), part)
  }

  /// The next rows, or nil at the end.
  /// - Throws: `TensorError` of kind `format` when the batch is damaged.
  public func nextBatch() throws(TensorError) -> Table? {
    if blocks != nil {
      guard let range = blocks?.popLast() else { return nil }
      let (bytes, _) = try source.window(.max)
      let message = try ArrowMessage(
        UnsafeRawBufferPointer(rebasing: bytes[range]), name: source.name, start: range.lowerBound)
      return try batch(message)
    }
    while !ended, let (message, _) = try Self.next(source) {
      defer { source.consume(message.size) }
      switch try message.header() {
      case (2, _): try take(dictionary: message)
      case (3, _): return try batch(message)
      case (let kind, _):
        throw TensorError(.format, source.name, "a message of the kind \(kind) stands where rows are expected")
      }
    }
    ended = true
    return nil
  }

  private func budget(_ message: ArrowMessage) -> DecodeBudget {
    DecodeBudget(fileSize: message.size, limit: limit, name: source.name)
  }

  private func batch(_ message: ArrowMessage) throws(TensorError) -> Table {
    guard case (3, let table?) = try message.header() else {
      throw TensorError(
        .format, source.name, "a message stands where rows are expected, and has none; the file is damaged")
    }
    let budget = budget(message)
    var batch = try ArrowBatch(table, body: message.body, dictionaries: dictionaries, budget: budget)
    var columns: [Column] = []
    for field in schema {
      let column = try batch.column(field)
      guard column.count == batch.rows else {
        throw TensorError(
          .format, source.name,
          "column '\(field.field.name)' has \(column.count) values in a batch of \(batch.rows) rows; the file is damaged"
        )
      }
      columns.append(column)
    }
    return Table(fields: fields, columns: columns, rows: batch.rows, source: source.name)
  }

  /// Takes a dictionary, or more values for one that is there.
  private func take(dictionary message: ArrowMessage) throws(TensorError) {
    guard case (2, let table?) = try message.header(), let data = try table.table(1) else {
      throw TensorError(.format, source.name, "a message stands where a dictionary is expected; the file is damaged")
    }
    let id = try table.integer(0, default: Int64(0))
    guard let field = schema.lazy.flatMap(\.dictionaryFields).first(where: { $0.dictionary?.id == id }) else {
      throw TensorError(.format, source.name, "no field uses the dictionary \(id); the file is damaged")
    }
    var batch = try ArrowBatch(data, body: message.body, dictionaries: dictionaries, budget: budget(message))
    let values = try batch.column(field.valueField)
    if try table.bool(2), let known = dictionaries[id] {
      dictionaries[id] = .joined([known, values], type: values.type)
    } else {
      dictionaries[id] = values
    }
  }

  /// All that is left.
  func rest() throws(TensorError) -> Table {
    var parts: [Table] = []
    while let batch = try nextBatch() { parts.append(batch) }
    return .joined(parts, fields: fields, source: source.name)
  }
}

extension ArrowReader: AsyncSequence {
  /// Gives the batches of a reader.
  public struct AsyncIterator: AsyncIteratorProtocol {
    let reader: ArrowReader

    /// The next rows, or nil at the end.
    public func next() async throws -> Table? { try reader.nextBatch() }
  }

  /// The batches that are left.
  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(reader: self) }
}

extension Table {
  /// Reads an Arrow file or stream, see ``ArrowReader``; `-` is standard input.
  /// - Throws: `TensorError` of kind `file` when it cannot be read, of kind `format` when it is damaged or something else, of
  ///   kind `unsupported` for types that tables do not hold.
  public init(arrow path: String, limit: Int? = nil) throws(TensorError) {
    self = try ArrowReader(path: path, limit: limit).rest()
  }

  /// Reads the bytes of a whole Arrow file or stream, which errors call `name`.
  /// - Throws: as ``init(arrow:limit:)``.
  public init(arrow contents: [UInt8], name: String = "Arrow", limit: Int? = nil) throws(TensorError) {
    self = try ArrowReader(ByteSource(contents, name: name), limit: limit).rest()
  }
}
