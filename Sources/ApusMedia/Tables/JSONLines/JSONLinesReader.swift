import ApusCore

/// Reads a file of JSON objects, one a line, batch by batch.
///
///     let reader = try JSONLinesReader(path: "events.jsonl.zst")
///     while let batch = try reader.nextBatch() { print(batch.rows) }
///
/// The columns are the keys of the first batch's objects, in the order in which they come; a key that an object lacks is
/// null there. Numbers are `int64`, or `double` where one of them needs it; texts that all are dates with or without a time
/// are `timestamp[s]`; objects are structures and arrays lists. Later batches have to fit. Files may be compressed (gzip,
/// zstd, zip); `-` is standard input.
public final class JSONLinesReader {
  private let source: ByteSource
  private let types: [String: ColumnType]
  private let blockSize: Int
  private var fields: [ColumnField]?
  private var line = 1
  private var ended = false

  /// Opens the file at `path`.
  /// - Parameters:
  ///   - types: the types of columns by name, where they are not to be found from the values.
  ///   - blockSize: about how many bytes a batch is read from.
  /// - Throws: `TensorError` of kind `file` when it cannot be read.
  public convenience init(
    path: String, types: [String: ColumnType] = [:], blockSize: Int = 1 << 20
  ) throws(TensorError) {
    try self.init(ByteSource(path: path), types: types, blockSize: blockSize)
  }

  init(_ source: ByteSource, types: [String: ColumnType], blockSize: Int) {
    self.source = source
    self.types = types
    self.blockSize = Swift.max(1, blockSize)
  }

  /// The next rows, or nil at the end.
  /// - Throws: `TensorError` of kind `format` where a line is no JSON object or a column changes its type: it names the line;
  ///   of kind `dtype` where values do not fit the types of the first batch.
  public func nextBatch() throws(TensorError) -> Table? {
    var size = blockSize
    while !ended {
      let (bytes, isFinal) = try source.window(size)
      var used = bytes.count
      if !isFinal {
        guard let last = bytes.lastIndex(of: 10) else {
          size = size.multipliedReportingOverflow(by: 2).partialValue
          continue
        }
        used = last + 1
      }
      ended = isFinal
      let region = UnsafeRawBufferPointer(rebasing: bytes[..<used])
      let table = try parse(region)
      line += region.reduce(0) { $0 + ($1 == 10 ? 1 : 0) }
      source.consume(used)
      if table.rows == 0, fields != nil, ended { return nil }
      return try conforming(table)
    }
    return nil
  }

  /// All that is left.
  func rest() throws(TensorError) -> Table {
    let (bytes, _) = try source.window(.max)
    ended = true
    return try parse(bytes)
  }

  private func parse(_ bytes: UnsafeRawBufferPointer) throws(TensorError) -> Table {
    let root = JSONBuilder(
      path: "", budget: JSONBuilder.Budget(most: (1 << 22) + 64 * Swift.min(bytes.count, 1 << 40)))
    var scanner = JSONScanner(bytes, name: source.name, firstLine: line)
    try scanner.rows(into: root)
    var fields: [ColumnField] = []
    var columns: [Column] = []
    for field in root.fields {
      let name = String(decoding: field.name, as: UTF8.self)
      try field.builder.pad(to: root.count)
      let column: Column
      do throws(TensorError) {
        column = try field.builder.finish(as: types[name])
      } catch {
        throw TensorError(error.kind, source.name, "\(error)")
      }
      fields.append(ColumnField(name, column.type))
      columns.append(column)
    }
    return Table(fields: fields, columns: columns, rows: root.count, source: source.name)
  }

  /// The batch with the columns of the first one.
  private func conforming(_ table: Table) throws(TensorError) -> Table {
    guard let fields else {
      self.fields = table.fields
      return table
    }
    if table.fields == fields { return table }
    let all = Column(
      type: .structure(table.fields), count: table.rows, storage: .structure(table.columns))
    let converted = try all.converted(to: .structure(fields), name: source.name)
    guard case .structure(let columns) = converted.storage else { return table }
    return Table(fields: fields, columns: columns, rows: table.rows, source: source.name)
  }
}

extension JSONLinesReader: AsyncSequence {
  /// Gives the batches of a reader.
  public struct AsyncIterator: AsyncIteratorProtocol {
    let reader: JSONLinesReader

    /// The next rows, or nil at the end.
    public func next() async throws -> Table? { try reader.nextBatch() }
  }

  /// The batches that are left.
  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(reader: self) }
}

extension Table {
  /// Reads a file of JSON objects, one a line (also more or fewer: what counts is that they follow each other), compressed or
  /// not; `-` is standard input. See ``JSONLinesReader`` for how types are found.
  /// - Throws: `TensorError` of kind `file` when it cannot be read, of kind `format` where a line is no JSON object or a
  ///   column changes its type: it names the line.
  public init(jsonLines path: String, types: [String: ColumnType] = [:]) throws(TensorError) {
    self = try JSONLinesReader(path: path, types: types).rest()
  }

  /// Reads the bytes of a whole file of JSON objects, which errors call `name`.
  /// - Throws: as ``init(jsonLines:types:)``.
  public init(
    jsonLines contents: [UInt8], name: String = "JSON Lines", types: [String: ColumnType] = [:]
  ) throws(TensorError) {
    self = try JSONLinesReader(ByteSource(contents, name: name), types: types, blockSize: 1 << 20).rest()
  }
}
