import ApusCore

/// Reads a CSV file batch by batch, with the memory of a batch.
///
///     let reader = try CSVReader(path: "measurements.csv.gz")
///     while let batch = try reader.nextBatch() { print(batch.rows) }
///     for try await batch in reader { ... }                            // in asynchronous code
///
/// The types of columns are found from the first batch, or given (``CSVOptions/types``); a later value that is none of its
/// column's type is an error. Files may be compressed (gzip, zstd, zip); `-` is standard input.
public final class CSVReader {
  private let source: ByteSource
  private let parser: CSVParser
  private let options: CSVOptions
  private var kinds: [Int]
  private var isFixed = false
  private var row = 0
  /// Whether all has been read.
  private var ended = false

  /// Opens the file at `path` and reads its header.
  /// - Throws: `TensorError` of kind `file` when it cannot be read, of kind `format` when there is no header or it does not
  ///   fit the options, of kind `value` when an option is wrong.
  public convenience init(path: String, options: CSVOptions = CSVOptions()) throws(TensorError) {
    try self.init(ByteSource(path: path, encoding: options.encoding), options: options)
  }

  init(_ source: ByteSource, options: CSVOptions) throws(TensorError) {
    self.source = source
    self.options = options
    let dialect = try CSVDialect(options, name: source.name)
    for _ in 0..<options.skipRows { try Self.skipLine(source) }
    let first = try Self.firstRow(source, dialect, hasHeader: options.names == nil && options.hasHeader)
    let names = options.names ?? (options.hasHeader ? first : first.indices.map { "f\($0)" })
    guard names.count == first.count else {
      throw TensorError(
        .format, source.name, "\(names.count) names are given, and the first row has \(first.count) fields")
    }
    let kept: [Int]
    if let columns = options.columns {
      var places: [Int] = []
      for column in columns {
        guard let place = names.firstIndex(of: column) else {
          throw TensorError(
            .index, source.name,
            "no column is called '\(column)'; there are \(names.prefix(8).map { "'\($0)'" }.joined(separator: ", "))")
        }
        places.append(place)
      }
      kept = places
    } else {
      kept = Array(names.indices)
    }
    parser = CSVParser(
      name: source.name, dialect: dialect, pieceSize: options.blockSize, serial: options.newlinesInValues,
      width: first.count, columns: kept.map { ($0, names[$0], options.types[names[$0]]) })
    kinds = parser.firstKinds
  }

  /// The names of the columns.
  public var names: [String] { parser.columns.map(\.name) }

  /// The next rows, or nil at the end. A file without rows gives one batch without rows.
  /// - Throws: `TensorError` of kind `format` when a row has another number of fields than the header, or a value is none of
  ///   its column's type: it names the row and the column.
  public func nextBatch() throws(TensorError) -> Table? {
    if ended { return nil }
    // A block for each thread.
    let block = options.blockSize.multipliedReportingOverflow(by: parser.serial ? 1 : Parallel.availableThreads)
    var size = block.overflow ? .max : block.partialValue
    while true {
      let (bytes, isFinal) = try source.window(size)
      if parser.serial {
        let (table, consumed) = try parser.parse(
          bytes, firstRow: row, kinds: &kinds, isFixed: isFixed, isFinal: isFinal, stopAfter: options.blockSize)
        if consumed == 0, !isFinal {
          size = size.multipliedReportingOverflow(by: 2).partialValue
          continue
        }
        ended = isFinal && (consumed >= bytes.count || consumed == 0)
        return take(table, consumed)
      }
      var used = bytes.count
      if !isFinal {
        guard let last = bytes.lastIndex(of: 10) else {
          size = size.multipliedReportingOverflow(by: 2).partialValue
          continue
        }
        used = last + 1
      }
      let region = UnsafeRawBufferPointer(rebasing: bytes[..<used])
      let (table, _) = try parser.parse(region, firstRow: row, kinds: &kinds, isFixed: isFixed)
      ended = isFinal
      if table.rows == 0, isFinal, isFixed { return nil }
      return take(table, used)
    }
  }

  /// Reads what is left part by part and tells for each column without a given type what all its values are.
  func plainTypes() throws(TensorError) -> [(name: String, type: PlainType)] {
    var types = parser.columns.map { _ in PlainType.none }
    while !ended {
      isFixed = false
      guard let part = try nextBatch() else { break }
      // Kinds go on from part to part: a truth value in one and a number in the next are texts.
      for (i, field) in part.fields.enumerated() { types[i] = Swift.max(types[i], PlainType(field.type)) }
    }
    return zip(parser.columns, types).filter { $0.0.type == nil }.map { ($0.0.name, $0.1) }
  }

  private func take(_ table: Table, _ consumed: Int) -> Table {
    source.consume(consumed)
    row += table.rows
    isFixed = true
    return table
  }

  /// All that is left, with types that fit all of it.
  func rest() throws(TensorError) -> Table {
    let (bytes, _) = try source.window(.max)
    ended = true
    return try parser.parse(bytes, firstRow: row, kinds: &kinds, isFixed: isFixed).table
  }

  private static func skipLine(_ source: ByteSource) throws(TensorError) {
    var size = 1 << 12
    while true {
      let (bytes, isFinal) = try source.window(size)
      if let end = bytes.firstIndex(where: { $0 == 10 || $0 == 13 }), end + 1 < bytes.count || isFinal {
        source.consume(bytes[end] == 13 && end + 1 < bytes.count && bytes[end + 1] == 10 ? end + 2 : end + 1)
        return
      }
      if isFinal {
        throw TensorError(.format, source.name, "the file ends within the rows that are to be skipped")
      }
      size *= 2
    }
  }

  /// The fields of the first row, which is left behind where it is a header.
  private static func firstRow(
    _ source: ByteSource, _ dialect: CSVDialect, hasHeader: Bool
  ) throws(TensorError) -> [String] {
    var size = 1 << 14
    while true {
      let (bytes, isFinal) = try source.window(size)
      let tokens = CSVTokens(bytes, columns: 0, dialect: dialect, mostRows: 1, isFinal: isFinal)
      if tokens.rows == 0 {
        guard !isFinal, tokens.failure == nil else {
          throw TensorError(
            .format, source.name, "the file has no rows; a CSV file begins with the names of its columns")
        }
        size *= 2
        continue
      }
      let fields = tokens.fields.map { field in
        let start = Int(field & 0xffff_ffff)
        let range = start..<start + Int(field >> 32 & 0x3fff_ffff)
        return field & CSVTokens.unescapedFlag == 0
          ? String(decoding: bytes[range], as: UTF8.self) : String(decoding: tokens.unescaped[range], as: UTF8.self)
      }
      if hasHeader { source.consume(tokens.consumed) }
      return fields
    }
  }
}

extension CSVReader: AsyncSequence {
  /// Gives the batches of a reader.
  public struct AsyncIterator: AsyncIteratorProtocol {
    let reader: CSVReader

    /// The next rows, or nil at the end.
    public func next() async throws -> Table? { try reader.nextBatch() }
  }

  /// The batches that are left.
  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(reader: self) }
}

extension Table {
  /// Reads a CSV file, compressed or not; `-` is standard input. The types of columns that are not given are found from all
  /// their values: whole numbers, truth values, dates, times, real numbers, text.
  /// - Throws: `TensorError` of kind `file` when it cannot be read, of kind `format` when a row does not fit the header or a
  ///   value its column's type: it names the row and the column.
  public init(csv path: String, options: CSVOptions = CSVOptions()) throws(TensorError) {
    self = try CSVReader(path: path, options: options).rest()
  }

  /// Reads the bytes of a whole CSV file, which errors call `name`.
  /// - Throws: as ``init(csv:options:)``.
  public init(csv contents: [UInt8], name: String = "CSV", options: CSVOptions = CSVOptions()) throws(TensorError) {
    self = try CSVReader(ByteSource(contents, name: name, encoding: options.encoding), options: options).rest()
  }
}
