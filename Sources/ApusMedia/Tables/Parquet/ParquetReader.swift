import ApusCore
import ApusFormats

/// Reads an Apache Parquet file row group by row group (https://parquet.apache.org/docs/file-format/).
///
///     let reader = try ParquetReader(path: "train.parquet", columns: ["label", "features"])
///     print(reader.rows, reader.fields)
///     while let group = try reader.nextBatch() { print(group.rows) }
///
/// Only the columns that are asked for are read. All encodings and both versions of pages are read, with the compressions
/// Snappy, gzip, Brotli, zstd and LZ4. Types are those that pyarrow gives: where the file keeps a schema of Arrow, as that
/// says. Encrypted files and LZO are refused.
public final class ParquetReader {
  /// Names and types of the columns that are read.
  public let fields: [ColumnField]
  /// The number of rows of the file.
  public let rows: Int
  /// The texts that the file keeps beside its columns.
  public let metadata: [String: String]
  /// How many row groups there are: parts of rows that are read at once.
  public var groupCount: Int { groups.count }
  private let contents: FileContents
  private let name: String
  private let nodes: [ParquetNode]
  private let groups: [ParquetMetadata.Group]
  private let leafCount: Int
  private let limit: Int?
  private var next = 0

  /// Opens the file at `path` and reads its metadata.
  /// - Parameters:
  ///   - columns: the columns to read, in this order; nil for all.
  ///   - limit: the most bytes that a row group's values may take; nil for 64 MiB and a thousand times the file's size.
  /// - Throws: `TensorError` of kind `file` when it cannot be read, of kind `format` when it is damaged or something else, of
  ///   kind `index` when there is no such column, of kind `unsupported` for what is not read.
  public convenience init(path: String, columns: [String]? = nil, limit: Int? = nil) throws(TensorError) {
    try self.init(readFile(path, unwrapsZip: true), name: path, columns: columns, limit: limit)
  }

  init(_ contents: FileContents, name: String, columns: [String]?, limit: Int?) throws(TensorError) {
    self.contents = contents
    self.name = name
    self.limit = limit
    defer { withExtendedLifetime(contents) {} }
    let bytes = contents.bytes
    let end = bytes.count - 8
    guard end >= 4, bytes.starts(with: Array("PAR1".utf8)) else {
      let isEncrypted = bytes.starts(with: Array("PARE".utf8))
      throw TensorError(
        isEncrypted ? .unsupported : .format, name,
        isEncrypted
          ? "the file is encrypted, which is not read" : "no Parquet file, or cut short: it does not begin with 'PAR1'")
    }
    guard bytes[(end + 4)...].elementsEqual("PAR1".utf8) else {
      throw TensorError(.format, name, "the file does not end with 'PAR1'; it is cut short or damaged")
    }
    let length = Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: end, as: UInt32.self)))
    guard length <= end - 4 else {
      throw TensorError(
        .format, name,
        "the metadata's length is given as \(length) bytes, and the file has \(bytes.count); it is damaged")
    }
    let all = UnsafeRawBufferPointer(rebasing: bytes[..<end])
    let metadata = try ParquetMetadata(all, from: end - length, name: name)
    let schema = try ParquetSchema(metadata.elements, name: name)
    leafCount = schema.leafCount
    guard let rows = Int(exactly: metadata.rows) else { throw TensorError(.format, name, "there are too many rows") }
    self.rows = rows
    self.metadata = metadata.values
    groups = metadata.groups
    var chosen: [ParquetNode] = []
    for column in columns ?? schema.columns.map(\.field.name) {
      guard let node = schema.columns.first(where: { $0.field.name == column }) else {
        let known = schema.columns.prefix(8).map { "'\($0.field.name)'" }.joined(separator: ", ")
        throw TensorError(.index, name, "no column is called '\(column)'; there are \(known)")
      }
      chosen.append(node)
    }
    nodes = columns == nil ? schema.columns : chosen
    let written = Self.arrowFields(metadata.values["ARROW:schema"], name: name)
    fields = nodes.map { node in
      var field = node.field
      if let origin = written.first(where: { $0.name == field.name }) {
        field.type = field.type.refined(by: origin.type)
      }
      return field
    }
  }

  /// The schema that Arrow's writers keep with the file; a damaged one is left aside.
  private static func arrowFields(_ text: String?, name: String) -> [ColumnField] {
    guard let text, let message = decodeBase64(text.utf8) else { return [] }
    return message.withUnsafeBytes { bytes in
      guard let message = try? ArrowMessage(bytes, name: name, start: 0), case (1, let table?)? = try? message.header(),
        let fields = try? ArrowField.schema(table)
      else { return [] }
      return fields.map(\.field)
    }
  }

  /// The next row group, or nil at the end. A file without row groups gives nil at once.
  /// - Throws: `TensorError` of kind `format` when it is damaged, of kind `unsupported` where a compression's library is not
  ///   installed.
  public func nextBatch() throws(TensorError) -> Table? {
    guard next < groups.count else { return nil }
    defer { next += 1 }
    return try group(next)
  }

  /// Row group number `index`.
  /// - Throws: as ``nextBatch()``; of kind `index` where there is none.
  public func group(_ index: Int) throws(TensorError) -> Table {
    guard groups.indices.contains(index) else {
      throw TensorError(.index, name, "there is no row group \(index); there are \(groups.count)")
    }
    let group = groups[index]
    guard group.chunks.count == leafCount else {
      throw TensorError(
        .format, name,
        "row group \(index) has \(group.chunks.count) columns, and the schema \(leafCount); it is damaged")
    }
    let budget = DecodeBudget(fileSize: contents.bytes.count, limit: limit, name: name)
    var columns: [Column] = []
    for (node, field) in zip(nodes, fields) {
      var chunks: [Int: ParquetChunk] = [:]
      for leaf in node.leaves {
        chunks[leaf.index] = try ParquetChunk(
          leaf, group.chunks[leaf.index], in: contents.bytes, name: name, budget: budget)
      }
      let column = try ParquetAssembly(chunks: chunks, name: name, budget: budget).column(node)
      guard Int64(column.count) == group.rows else {
        throw TensorError(
          .format, name,
          "column '\(field.name)' has \(column.count) values in a group of \(group.rows) rows; it is damaged")
      }
      columns.append(column.refined(to: field.type))
    }
    return Table(fields: fields, columns: columns, rows: Int(group.rows), source: name)
  }

  /// All that is left.
  func rest() throws(TensorError) -> Table {
    var parts: [Table] = []
    while let batch = try nextBatch() { parts.append(batch) }
    return .joined(parts, fields: fields, source: name)
  }
}

extension ParquetReader: AsyncSequence {
  /// Gives the row groups of a reader.
  public struct AsyncIterator: AsyncIteratorProtocol {
    let reader: ParquetReader

    /// The next rows, or nil at the end.
    public func next() async throws -> Table? { try reader.nextBatch() }
  }

  /// The row groups that are left.
  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(reader: self) }
}

extension Table {
  /// Reads a Parquet file, see ``ParquetReader``.
  /// - Throws: `TensorError` of kind `file` when it cannot be read, of kind `format` when it is damaged or something else, of
  ///   kind `unsupported` for what is not read.
  public init(parquet path: String, columns: [String]? = nil, limit: Int? = nil) throws(TensorError) {
    self = try ParquetReader(path: path, columns: columns, limit: limit).rest()
  }

  /// Reads the bytes of a whole Parquet file, which errors call `name`.
  /// - Throws: as ``init(parquet:columns:limit:)``.
  public init(
    parquet contents: [UInt8], name: String = "Parquet", columns: [String]? = nil, limit: Int? = nil
  ) throws(TensorError) {
    self = try ParquetReader(FileContents(contents, path: name), name: name, columns: columns, limit: limit).rest()
  }
}
