import ApusCore

/// What the end of a Parquet file says of it (https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift).
struct ParquetMetadata {
  var elements: [Element] = []
  var rows: Int64 = 0
  var groups: [Group] = []
  var values: [String: String] = [:]

  /// A node of the schema, which is written as a tree in the order of its nodes.
  struct Element {
    var type: Int?
    var length = 0
    /// 0 required, 1 optional, 2 repeated.
    var repetition = 0
    var name = ""
    var children = 0
    var converted: Int?
    var scale = 0
    var precision = 0
    var logical = Logical.none
  }

  enum Logical: Equatable {
    case none, string, map, list, date, null, json, uuid, float16, other
    case decimal(scale: Int, precision: Int)
    case time(TimeUnit, utc: Bool), timestamp(TimeUnit, utc: Bool)
    case integer(bits: Int, signed: Bool)
  }

  struct Group {
    var chunks: [Chunk] = []
    var rows: Int64 = 0
  }

  /// A column of a row group.
  struct Chunk {
    var path: String?
    var codec = 0
    var values: Int64 = 0
    var size: Int64 = 0
    var dataOffset: Int64 = 0
    var dictionaryOffset: Int64?
    var hasMetadata = false
  }

  init(_ bytes: UnsafeRawBufferPointer, from start: Int, name: String) throws(TensorError) {
    var reader = ThriftReader(bytes, from: start, name: name)
    var last = 0
    while let field = try reader.field(&last) {
      switch field.id {
      case 2:
        try reader.expect(field, 9)
        for _ in 0..<(try reader.list().count) { elements.append(try Self.element(&reader)) }
      case 3: rows = try reader.integer()
      case 4:
        try reader.expect(field, 9)
        for _ in 0..<(try reader.list().count) { groups.append(try Self.group(&reader)) }
      case 5:
        try reader.expect(field, 9)
        for _ in 0..<(try reader.list().count) {
          let (key, value) = try Self.pair(&reader)
          values[key] = value
        }
      default: try reader.skip(field)
      }
    }
    guard rows >= 0 else { throw reader.failure("the file has \(rows) rows") }
  }

  private static func pair(_ reader: inout ThriftReader) throws(TensorError) -> (String, String) {
    var result = ("", "")
    var last = 0
    while let field = try reader.field(&last) {
      switch field.id {
      case 1: result.0 = try reader.string()
      case 2: result.1 = try reader.string()
      default: try reader.skip(field)
      }
    }
    return result
  }

  private static func element(_ reader: inout ThriftReader) throws(TensorError) -> Element {
    var element = Element()
    var last = 0
    while let field = try reader.field(&last) {
      switch field.id {
      case 1: element.type = try reader.int32()
      case 2: element.length = try reader.int32()
      case 3: element.repetition = try reader.int32()
      case 4: element.name = try reader.string()
      case 5: element.children = try reader.int32()
      case 6: element.converted = try reader.int32()
      case 7: element.scale = try reader.int32()
      case 8: element.precision = try reader.int32()
      case 10:
        try reader.expect(field, 12)
        element.logical = try logical(&reader)
      default: try reader.skip(field)
      }
    }
    return element
  }

  private static func logical(_ reader: inout ThriftReader) throws(TensorError) -> Logical {
    var result = Logical.none
    var last = 0
    while let field = try reader.field(&last) {
      let simple: [Int: Logical] = [
        1: .string, 2: .map, 3: .list, 4: .string, 6: .date, 11: .null, 12: .json, 14: .uuid, 15: .float16,
      ]
      if let known = simple[field.id] {
        result = known
        try reader.skip(field)
        continue
      }
      guard [5, 7, 8, 10].contains(field.id) else {
        result = .other
        try reader.skip(field)
        continue
      }
      try reader.expect(field, 12)
      var (first, second) = (0, 0)
      var (flag, isSigned) = (false, false)
      var unit = TimeUnit.millisecond
      var inner = 0
      while let part = try reader.field(&inner) {
        switch (field.id, part.id) {
        case (5, 1): first = try reader.int32()
        case (5, 2): second = try reader.int32()
        case (7, 1), (8, 1): flag = reader.bool(part)
        case (7, 2), (8, 2):
          try reader.expect(part, 12)
          var innermost = 0
          while let choice = try reader.field(&innermost) {
            unit = choice.id == 1 ? .millisecond : choice.id == 2 ? .microsecond : .nanosecond
            try reader.skip(choice)
          }
        case (10, 1): first = Int(try reader.byte())
        case (10, 2): isSigned = reader.bool(part)
        default: try reader.skip(part)
        }
      }
      switch field.id {
      case 5: result = .decimal(scale: first, precision: second)
      case 7: result = .time(unit, utc: flag)
      case 8: result = .timestamp(unit, utc: flag)
      default: result = .integer(bits: first, signed: isSigned)
      }
    }
    return result
  }

  private static func group(_ reader: inout ThriftReader) throws(TensorError) -> Group {
    var group = Group()
    var last = 0
    while let field = try reader.field(&last) {
      switch field.id {
      case 1:
        try reader.expect(field, 9)
        for _ in 0..<(try reader.list().count) { group.chunks.append(try chunk(&reader)) }
      case 3: group.rows = try reader.integer()
      default: try reader.skip(field)
      }
    }
    return group
  }

  private static func chunk(_ reader: inout ThriftReader) throws(TensorError) -> Chunk {
    var chunk = Chunk()
    var last = 0
    while let field = try reader.field(&last) {
      switch field.id {
      case 1: chunk.path = try reader.string()
      case 3:
        try reader.expect(field, 12)
        chunk.hasMetadata = true
        var inner = 0
        while let part = try reader.field(&inner) {
          switch part.id {
          case 4: chunk.codec = try reader.int32()
          case 5: chunk.values = try reader.integer()
          case 7: chunk.size = try reader.integer()
          case 9: chunk.dataOffset = try reader.integer()
          case 11: chunk.dictionaryOffset = try reader.integer()
          default: try reader.skip(part)
          }
        }
      default: try reader.skip(field)
      }
    }
    return chunk
  }
}

/// The head of a page: a part of a column.
struct ParquetPageHeader {
  /// 0 data, 1 index, 2 dictionary, 3 data of version 2.
  var kind = -1
  var uncompressedSize = 0
  var compressedSize = 0
  var checksum: Int?
  var values = 0
  var encoding = 0
  var definitionEncoding = 3
  var repetitionEncoding = 3
  var definitionSize = 0
  var repetitionSize = 0
  var isCompressed = true

  init(_ reader: inout ThriftReader) throws(TensorError) {
    var last = 0
    while let field = try reader.field(&last) {
      switch field.id {
      case 1: kind = try reader.int32()
      case 2: uncompressedSize = try reader.int32()
      case 3: compressedSize = try reader.int32()
      case 4: checksum = try reader.int32()
      case 5, 7, 8:
        try reader.expect(field, 12)
        var inner = 0
        while let part = try reader.field(&inner) {
          switch (field.id, part.id) {
          case (_, 1): values = try reader.int32()
          case (5, 2), (7, 2), (8, 4): encoding = try reader.int32()
          case (5, 3): definitionEncoding = try reader.int32()
          case (5, 4): repetitionEncoding = try reader.int32()
          case (8, 5): definitionSize = try reader.int32()
          case (8, 6): repetitionSize = try reader.int32()
          case (8, 7): isCompressed = reader.bool(part)
          default: try reader.skip(part)
          }
        }
      default: try reader.skip(field)
      }
    }
    guard (0...3).contains(kind), uncompressedSize >= 0, compressedSize >= 0, values >= 0, definitionSize >= 0,
      repetitionSize >= 0
    else { throw reader.failure("this is no head of a page") }
  }
}
