import ApusCore
import ApusFormats

/// A field of an Arrow schema: its type, and how its values lie.
struct ArrowField {
  var field: ColumnField
  var layout: Layout
  var children: [ArrowField] = []
  /// For values that are kept in a dictionary: its number, and the type of the positions in it.
  var dictionary: (id: Int64, index: ColumnType)?

  /// The buffers of an array.
  enum Layout: Equatable {
    case none, bool, structure, views, runEnds
    case fixed(Int)
    case fixedList(Int)
    /// With offsets of 64 bits where wide.
    case text(wide: Bool), list(wide: Bool), listView(wide: Bool)
  }

  /// Reads the fields of a schema.
  static func schema(_ table: FlatTable) throws(TensorError) -> [ArrowField] {
    guard try table.integer(0, default: Int16(0)) == 0 else {
      throw TensorError(
        .unsupported, table.buffer.name, "the values are big endian; write the file on a little endian machine")
    }
    var fields: [ArrowField] = []
    for field in try table.tables(1) { fields.append(try ArrowField(field)) }
    return fields
  }

  init(field: ColumnField, layout: Layout) {
    self.field = field
    self.layout = layout
  }

  private init(_ table: FlatTable) throws(TensorError) {
    let name = try table.string(0) ?? ""
    let nullable = try table.bool(1)
    for child in try table.tables(5) { children.append(try ArrowField(child)) }
    let kind = try table.integer(2, default: UInt8(0))
    let parameters = try table.table(3)
    var type: ColumnType
    (type, layout) = try Self.type(kind, parameters, children, name: name, in: table)
    if let encoding = try table.table(4) {
      var index = ColumnType.int32
      if let integer = try encoding.table(1) { index = try Self.integer(integer, name) }
      dictionary = (try encoding.integer(0, default: 0), index)
      type = .dictionary(index: index, value: type, ordered: try encoding.bool(2))
    }
    field = ColumnField(name, type, nullable: nullable)
  }

  private static func integer(_ table: FlatTable, _ name: String) throws(TensorError) -> ColumnType {
    let isSigned = try table.bool(1)
    switch try table.integer(0, default: Int32(0)) {
    case 8: return isSigned ? .int8 : .uint8
    case 16: return isSigned ? .int16 : .uint16
    case 32: return isSigned ? .int32 : .uint32
    case 64: return isSigned ? .int64 : .uint64
    case let bits: throw table.buffer.failure(table.position, "field '\(name)' has integers of \(bits) bits")
    }
  }

  private static func unit(_ table: FlatTable?, _ initial: TimeUnit) throws(TensorError) -> TimeUnit {
    guard let table else { return initial }
    let value = try table.integer(0, default: initial.rawValue)
    guard let unit = TimeUnit(rawValue: value) else {
      throw table.buffer.failure(table.position, "there is no unit of time \(value)")
    }
    return unit
  }

  /// The type of a field by the number of the schema's union.
  private static func type(
    _ kind: UInt8, _ parameters: FlatTable?, _ children: [ArrowField], name: String, in table: FlatTable
  ) throws(TensorError) -> (ColumnType, Layout) {
    func only() throws(TensorError) -> ColumnField {
      guard children.count == 1 else {
        throw table.buffer.failure(table.position, "field '\(name)' is a list of \(children.count) types, not of one")
      }
      return children[0].field
    }
    func number(_ id: Int, _ initial: Int32 = 0, in range: ClosedRange<Int32>) throws(TensorError) -> Int {
      let value = try parameters?.integer(id, default: initial) ?? initial
      guard range.contains(value) else {
        throw table.buffer.failure(table.position, "the parameter \(value) of field '\(name)' is outside of \(range)")
      }
      return Int(value)
    }
    switch kind {
    case 1: return (.null, .none)
    case 2:
      guard let parameters else { throw table.buffer.failure(table.position, "field '\(name)' has no type") }
      let type = try integer(parameters, name)
      return (type, .fixed(type.width ?? 1))
    case 3:
      let precision = try parameters?.integer(0, default: Int16(0)) ?? 0
      guard (0...2).contains(precision) else {
        throw table.buffer.failure(table.position, "field '\(name)' has numbers of the precision \(precision)")
      }
      return [(.float16, .fixed(2)), (.float32, .fixed(4)), (.float64, .fixed(8))][Int(precision)]
    case 4: return (.binary, .text(wide: false))
    case 5: return (.string, .text(wide: false))
    case 6: return (.bool, .bool)
    case 7:
      let precision = try number(0, in: 1...76)
      let scale = try number(1, in: -1000...1000)
      let bits = try number(2, 128, in: 32...256)
      guard [32, 64, 128, 256].contains(bits) else {
        throw table.buffer.failure(table.position, "field '\(name)' has decimals of \(bits) bits")
      }
      return (.decimal(bits: bits, precision: precision, scale: scale), .fixed(bits / 8))
    case 8:
      let isDay = try parameters?.integer(0, default: Int16(1)) == 0
      return isDay ? (.date32, .fixed(4)) : (.date64, .fixed(8))
    case 9:
      let unit = try unit(parameters, .millisecond)
      return try number(1, 32, in: 32...64) == 32 ? (.time32(unit), .fixed(4)) : (.time64(unit), .fixed(8))
    case 10: return (.timestamp(try unit(parameters, .second), timezone: try parameters?.string(1)), .fixed(8))
    case 12: return (.list(try only()), .list(wide: false))
    case 13: return (.structure(children.map(\.field)), .structure)
    case 15:
      let width = try number(0, in: 0...Int32.max)
      return (.fixedBinary(width), .fixed(width))
    case 16:
      let size = try number(0, in: 0...Int32.max)
      return (.fixedList(try only(), size: size), .fixedList(size))
    case 17:
      let entries = try only()
      guard case .structure(let pair) = entries.type, pair.count == 2 else {
        throw table.buffer.failure(table.position, "the map '\(name)' has no pairs of key and value")
      }
      let sorted = try parameters?.bool(0) ?? false
      return (.map(key: pair[0], value: pair[1], entries: entries.name, keysSorted: sorted), .list(wide: false))
    case 18: return (.duration(try unit(parameters, .millisecond)), .fixed(8))
    case 19: return (.largeBinary, .text(wide: true))
    case 20: return (.largeString, .text(wide: true))
    case 21: return (.largeList(try only()), .list(wide: true))
    case 22:
      guard children.count == 2, [.int16, .int32, .int64].contains(children[0].field.type) else {
        throw table.buffer.failure(table.position, "field '\(name)' has no ends of runs")
      }
      return (children[1].field.type.decoded, .runEnds)
    case 23: return (.binaryView, .views)
    case 24: return (.stringView, .views)
    case 25: return (.list(try only()), .listView(wide: false))
    case 26: return (.largeList(try only()), .listView(wide: true))
    case 11, 14:
      throw TensorError(
        .unsupported, table.buffer.name,
        "field '\(name)' has \(kind == 11 ? "intervals of the calendar" : "a union of types"), which tables do not hold; "
          + "leave the column out when writing the file")
    default:
      throw table.buffer.failure(table.position, "field '\(name)' has the type number \(kind), which is not known")
    }
  }

  /// This field and all inside of it that are kept in dictionaries.
  var dictionaryFields: [ArrowField] {
    (dictionary == nil ? [] : [self]) + children.flatMap(\.dictionaryFields)
  }

  /// The field of the values of a dictionary: the same without it.
  var valueField: ArrowField {
    var result = self
    result.dictionary = nil
    if case .dictionary(_, let value, _) = field.type { result.field.type = value }
    return result
  }
}
