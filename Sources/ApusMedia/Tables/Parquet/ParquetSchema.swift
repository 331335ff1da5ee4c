import ApusCore

/// A field of a Parquet file as a column: how its values nest, and which leaves of the schema they come from.
indirect enum ParquetNode {
  /// Values.
  case leaf(ParquetLeaf)
  /// A structure, which is there where the definition level is at least `level`.
  case structure(ColumnField, level: Int, [ParquetNode])
  /// A list (or a map, whose items are structures): there where the definition level is at least `level`; its items begin
  /// where the repetition level is at most `repetition` and the definition level at least `itemLevel`.
  case list(ColumnField, level: Int, itemLevel: Int, repetition: Int, ParquetNode)

  var field: ColumnField {
    switch self {
    case .leaf(let leaf): leaf.field
    case .structure(let field, _, _), .list(let field, _, _, _, _): field
    }
  }

  /// The leaves below, in the order of the file's columns.
  var leaves: [ParquetLeaf] {
    switch self {
    case .leaf(let leaf): [leaf]
    case .structure(_, _, let children): children.flatMap(\.leaves)
    case .list(_, _, _, _, let item): item.leaves
    }
  }
}

/// A column of values as the file keeps it.
struct ParquetLeaf {
  var field: ColumnField
  /// Its number among the columns of a row group.
  let index: Int
  /// 0 boolean, 1 int32, 2 int64, 3 int96, 4 float, 5 double, 6 byte array, 7 byte array of fixed length.
  let physical: Int
  /// Bytes of a value of fixed length.
  let length: Int
  /// The levels of a value that is there.
  let definition: Int
  let repetition: Int
  /// What the physical values stand for, before the schema of Arrow refines it.
  let type: ColumnType
}

/// Builds the columns of a schema, by the rules of the format for lists and maps.
struct ParquetSchema {
  private let elements: [ParquetMetadata.Element]
  private let name: String
  private var next = 0
  private(set) var leafCount = 0
  private(set) var columns: [ParquetNode] = []

  private static let deepest = 100

  init(_ elements: [ParquetMetadata.Element], name: String) throws(TensorError) {
    self.elements = elements
    self.name = name
    let root = try take()
    for _ in 0..<root.children { columns.append(try node(definition: 0, repetition: 0, depth: 0)) }
    guard next == elements.count else { throw failure("the schema has \(elements.count - next) nodes behind its end") }
  }

  private func failure(_ message: String) -> TensorError {
    TensorError(.format, name, "schema: \(message); the file is damaged")
  }

  private mutating func take() throws(TensorError) -> ParquetMetadata.Element {
    guard next < elements.count else { throw failure("there are fewer nodes than it says") }
    let element = elements[next]
    next += 1
    guard (0...2).contains(element.repetition), element.children >= 0, element.children <= elements.count else {
      throw failure("the node '\(element.name)' is damaged")
    }
    return element
  }

  /// The next field, with its repetition.
  private mutating func node(definition: Int, repetition: Int, depth: Int) throws(TensorError) -> ParquetNode {
    let element = try take()
    guard depth < Self.deepest else { throw failure("fields are nested more than \(Self.deepest) deep") }
    guard element.repetition == 2 else {
      return try body(
        element, definition: definition + element.repetition, repetition: repetition, nullable: element.repetition == 1,
        depth: depth)
    }
    // A repeated field outside of a list is one, of values that are there.
    let item = try body(
      element, definition: definition + 1, repetition: repetition + 1, nullable: false, depth: depth)
    let field = ColumnField(element.name, .list(item.field), nullable: false)
    return .list(field, level: definition, itemLevel: definition + 1, repetition: repetition + 1, item)
  }

  /// A field whose levels count its own repetition.
  private mutating func body(
    _ element: ParquetMetadata.Element, definition: Int, repetition: Int, nullable: Bool, depth: Int
  ) throws(TensorError) -> ParquetNode {
    guard element.type == nil || element.children == 0 else {
      throw failure("'\(element.name)' is a value and a group")
    }
    if element.type != nil {
      return .leaf(try leaf(element, definition: definition, repetition: repetition, nullable: nullable))
    }
    if element.logical == .list || element.converted == 3, element.children == 1 {
      return try list(element, definition: definition, repetition: repetition, nullable: nullable, depth: depth)
    }
    if element.logical == .map || element.converted == 1 || element.converted == 2, element.children == 1,
      next < elements.count, elements[next].repetition == 2, elements[next].children == 2
    {
      return try map(element, definition: definition, repetition: repetition, nullable: nullable, depth: depth)
    }
    var children: [ParquetNode] = []
    for _ in 0..<element.children {
      children.append(try node(definition: definition, repetition: repetition, depth: depth + 1))
    }
    guard !children.isEmpty else {
      throw TensorError(.unsupported, name, "the group '\(element.name)' has no fields, which columns cannot hold")
    }
    let field = ColumnField(element.name, .structure(children.map(\.field)), nullable: nullable)
    return .structure(field, level: definition, children)
  }

  private mutating func list(
    _ element: ParquetMetadata.Element, definition: Int, repetition: Int, nullable: Bool, depth: Int
  ) throws(TensorError) -> ParquetNode {
    guard next < elements.count, elements[next].repetition == 2 else {
      throw failure("the list '\(element.name)' has no repeated field")
    }
    let repeated = elements[next]
    let item: ParquetNode
    if repeated.type != nil || repeated.children != 1 || repeated.name == "array"
      || repeated.name == "\(element.name)_tuple"
    {
      _ = try take()
      item = try body(
        repeated, definition: definition + 1, repetition: repetition + 1, nullable: false, depth: depth + 1)
    } else {
      _ = try take()
      item = try node(definition: definition + 1, repetition: repetition + 1, depth: depth + 1)
    }
    let field = ColumnField(element.name, .list(item.field), nullable: nullable)
    return .list(field, level: definition, itemLevel: definition + 1, repetition: repetition + 1, item)
  }

  private mutating func map(
    _ element: ParquetMetadata.Element, definition: Int, repetition: Int, nullable: Bool, depth: Int
  ) throws(TensorError) -> ParquetNode {
    let pair = try take()
    let key = try node(definition: definition + 1, repetition: repetition + 1, depth: depth + 1)
    let value = try node(definition: definition + 1, repetition: repetition + 1, depth: depth + 1)
    let type = ColumnType.map(key: key.field, value: value.field, entries: element.name, keysSorted: false)
    let entries = ColumnField(pair.name, .structure([key.field, value.field]), nullable: false)
    return .list(
      ColumnField(element.name, type, nullable: nullable), level: definition, itemLevel: definition + 1,
      repetition: repetition + 1, .structure(entries, level: definition + 1, [key, value]))
  }

  private mutating func leaf(
    _ element: ParquetMetadata.Element, definition: Int, repetition: Int, nullable: Bool
  ) throws(TensorError) -> ParquetLeaf {
    guard let physical = element.type, (0...7).contains(physical), definition < 256, repetition < 256 else {
      throw failure("the values of '\(element.name)' have the type \(element.type ?? -1), which is not known")
    }
    guard physical != 7 || element.length >= 0 && element.length < 1 << 24 else {
      throw failure("the values of '\(element.name)' have \(element.length) bytes each")
    }
    let type = try Self.type(element, physical: physical, name: name)
    defer { leafCount += 1 }
    return ParquetLeaf(
      field: ColumnField(element.name, type, nullable: nullable), index: leafCount, physical: physical,
      length: physical == 7 ? element.length : [1, 4, 8, 12, 4, 8, 0, 0][physical], definition: definition,
      repetition: repetition, type: type)
  }

  /// What physical values stand for.
  private static func type(
    _ element: ParquetMetadata.Element, physical: Int, name: String
  ) throws(TensorError) -> ColumnType {
    func decimal(_ scale: Int, _ precision: Int) throws(TensorError) -> ColumnType {
      let bits = precision <= 38 ? 128 : 256
      let width = physical == 1 ? 4 : physical == 2 ? 8 : physical == 7 ? element.length : 0
      guard (1...76).contains(precision), abs(scale) <= 1000, width <= bits / 8, [1, 2, 6, 7].contains(physical) else {
        throw TensorError(.format, name, "the decimals of '\(element.name)' have \(precision) digits in \(width) bytes")
      }
      return .decimal(bits: bits, precision: precision, scale: scale)
    }
    switch (element.logical, physical) {
    case (.string, 6): return .string
    case (.json, 6): return .string
    case (.date, 1): return .date32
    case (.null, 1): return .null
    case (.float16, 7) where element.length == 2: return .float16
    case (.decimal(let scale, let precision), _): return try decimal(scale, precision)
    case (.time(let unit, _), 1): return .time32(unit)
    case (.time(let unit, _), 2): return .time64(unit)
    case (.timestamp(let unit, let utc), 2): return .timestamp(unit, timezone: utc ? "UTC" : nil)
    case (.integer(let bits, let signed), 1):
      switch bits {
      case 8: return signed ? .int8 : .uint8
      case 16: return signed ? .int16 : .uint16
      default: return signed ? .int32 : .uint32
      }
    case (.integer(_, let signed), 2): return signed ? .int64 : .uint64
    default: break
    }
    switch (element.converted, physical) {
    case (0, 6), (4, 6), (19, 6): return .string
    case (5, _): return try decimal(element.scale, element.precision)
    case (6, 1): return .date32
    case (7, 1): return .time32(.millisecond)
    case (8, 2): return .time64(.microsecond)
    case (9, 2): return .timestamp(.millisecond, timezone: "UTC")
    case (10, 2): return .timestamp(.microsecond, timezone: "UTC")
    case (11, 1): return .uint8
    case (12, 1): return .uint16
    case (13, 1): return .uint32
    case (14, 2): return .uint64
    case (15, 1): return .int8
    case (16, 1): return .int16
    default: break
    }
    return [
      .bool, .int32, .int64, .timestamp(.nanosecond, timezone: nil), .float32, .float64, .binary,
      .fixedBinary(element.length),
    ][physical]
  }
}
