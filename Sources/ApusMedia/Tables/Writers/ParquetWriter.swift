import ApusCore
import ApusFormats

/// How the pages of a Parquet file are compressed.
public enum ParquetCompressionMethod: Int, Sendable, Hashable {
  /// Not at all.
  case none = 0
  /// By the system's zstd library.
  case zstd = 6
}

extension Table {
  /// Writes a Parquet file: plain values in pages of version 1, in groups of a million rows, and the schema as Arrow's
  /// libraries write it, so that they give the same types back. An existing file is replaced only when the new one is wholly on
  /// disk.
  /// - Throws: `TensorError` of kind `unsupported` where a column has structures without fields or too many bytes a group, or
  ///   zstd is not installed; of kind `file` when writing fails.
  public func write(parquet path: String, compression: ParquetCompressionMethod = .none) throws {
    var schema = ParquetSchemaWriter()
    for field in fields { try schema.add(field, name: path) }
    let groupSize = 1 << 20
    try replaceFile(at: path) { file in
      try file.write(Array("PAR1".utf8))
      var position = 4
      var groups: [[ParquetChunkWriter.Written]] = []
      var counts: [Int] = []
      var row = 0
      repeat {
        let range = row..<min(rows, row + groupSize)
        var shredder = ParquetShredder(leaves: schema.leaves)
        for (column, field) in zip(columns, fields) { try shredder.add(try column.slice(range), field) }
        var written: [ParquetChunkWriter.Written] = []
        for (leaf, values) in zip(schema.leaves, shredder.outputs) {
          let chunk = ParquetChunkWriter(leaf: leaf, values: values, compression: compression)
          let (bytes, entry) = try chunk.encode(at: position, name: path)
          try file.write(bytes)
          position += bytes.count
          written.append(entry)
        }
        groups.append(written)
        counts.append(range.count)
        row = range.upperBound
      } while row < rows
      let footer = schema.footer(rows: rows, groups: groups, counts: counts, fields: fields)
      var end = footer
      withUnsafeBytes(of: UInt32(footer.count).littleEndian) { end += $0 }
      try file.write(end + Array("PAR1".utf8))
    }
  }
}

/// Writes Thrift's compact protocol.
struct ThriftWriter {
  private(set) var bytes: [UInt8] = []
  private var last = [0]

  mutating func raw(_ values: [UInt8]) { bytes += values }

  mutating func variable(_ value: UInt64) {
    var value = value
    while value > 127 {
      bytes.append(UInt8(truncatingIfNeeded: value) | 128)
      value >>= 7
    }
    bytes.append(UInt8(value))
  }

  mutating func zigzag(_ value: Int) { variable(UInt64(bitPattern: Int64(value << 1 ^ value >> 63))) }

  mutating func field(_ id: Int, _ type: UInt8) {
    let step = id - last[last.count - 1]
    if (1...15).contains(step) {
      bytes.append(UInt8(step) << 4 | type)
    } else {
      bytes.append(type)
      zigzag(id)
    }
    last[last.count - 1] = id
  }

  mutating func int32(_ id: Int, _ value: Int) {
    field(id, 5)
    zigzag(value)
  }

  mutating func int64(_ id: Int, _ value: Int) {
    field(id, 6)
    zigzag(value)
  }

  mutating func bool(_ id: Int, _ value: Bool) { field(id, value ? 1 : 2) }

  mutating func string(_ id: Int, _ value: String) {
    field(id, 8)
    text(value)
  }

  mutating func text(_ value: String) {
    variable(UInt64(value.utf8.count))
    bytes += value.utf8
  }

  mutating func list(_ id: Int, count: Int, type: UInt8) {
    field(id, 9)
    if count < 15 {
      bytes.append(UInt8(count) << 4 | type)
    } else {
      bytes.append(0xf0 | type)
      variable(UInt64(count))
    }
  }

  /// A structure, as an element of a list or as the value of a field.
  mutating func structure(_ body: (inout ThriftWriter) -> Void) {
    last.append(0)
    body(&self)
    last.removeLast()
    bytes.append(0)
  }

  mutating func structure(_ id: Int, _ body: (inout ThriftWriter) -> Void) {
    field(id, 12)
    structure(body)
  }
}
