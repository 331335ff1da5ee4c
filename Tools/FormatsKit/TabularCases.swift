import ApusCore
import ApusFormats
import ApusMedia

/// Recorded tables: CSV, JSON Lines, Arrow, Parquet.
package enum TabularCases {
  /// Reads the case's file and compares names, types and values with what pyarrow gave.
  static func run(_ item: FormatCase) throws {
    let path = try item.path("file")
    // Damaged files are told by their names.
    let endings = ["arrow": "arrow_file", "arrows": "arrow_stream"]
    let ending = String(path[(path.lastIndex(of: ".") ?? path.startIndex)...].dropFirst())
    let table = try read(item.json["format"]?.string ?? endings[ending] ?? ending, path, item.json["options"])
    guard item.json["expected"]?.string != nil else { return }
    let file = try MappedFile(path: item.path("expected"))
    let expected = try withExtendedLifetime(file) { try JSON(parsing: file.bytes) }
    try compare(table, expected)
  }

  /// The table of a file of a format of the cases.
  package static func read(_ format: String, _ path: String, _ json: JSON?) throws -> Table {
    switch format {
    case "csv": try Table(csv: path, options: options(json))
    case "jsonl": try Table(jsonLines: path)
    case "arrow_file", "arrow_stream": try Table(arrow: path)
    case "parquet": try Table(parquet: path)
    default: throw FormatDifference("the format \(format) is not known")
    }
  }

  /// A table as the cases record it.
  package static func record(_ table: Table) -> JSON {
    let columns = zip(table.fields, table.columns).map { field, column in
      JSON.object([
        "name": .string(field.name), "type": .string("\(field.type)"), "nulls": .int(column.nullCount),
        "values": .array(column.values.map { json($0, column.type.decoded) }),
      ])
    }
    return .object(["rows": .int(table.rows), "columns": .array(columns)])
  }

  /// The options of a CSV case.
  private static func options(_ json: JSON?) throws -> CSVOptions {
    var options = CSVOptions()
    let texts = { (json: JSON?) in json?.array?.compactMap(\.string) }
    for (key, value) in json?.object ?? [:] {
      switch key {
      case "delimiter": options.delimiter = value.string?.first ?? ","
      case "quote_char": options.quote = value.string?.first
      case "escape_char": options.escape = value.string?.first
      case "header": options.hasHeader = value.bool ?? true
      case "encoding":
        guard let encoding = TextEncoding(name: value.string ?? "") else {
          throw FormatDifference("the encoding \(value) is not known")
        }
        options.encoding = encoding
      case "skip_rows": options.skipRows = value.int ?? 0
      case "null_values": options.nullValues = texts(value) ?? []
      case "true_values": options.trueValues = texts(value) ?? []
      case "false_values": options.falseValues = texts(value) ?? []
      case "strings_can_be_null": options.stringsCanBeNull = value.bool ?? false
      case "decimal_point": options.decimalPoint = value.string?.first ?? "."
      case "newlines_in_values": options.newlinesInValues = value.bool ?? false
      case "types":
        for (name, type) in value.object ?? [:] {
          guard let known = ColumnType(name: type.string ?? "") else {
            throw FormatDifference("the type \(type) is not known")
          }
          options.types[name] = known
        }
      default: throw FormatDifference("the option \(key) is not known")
      }
    }
    return options
  }

  private static func compare(_ table: Table, _ expected: JSON) throws {
    let columns = expected["columns"]?.array ?? []
    let names = columns.map { $0["name"]?.string ?? "" }
    guard table.names == names else { throw FormatDifference("the columns are \(table.names), recorded \(names)") }
    guard table.rows == expected["rows"]?.int else {
      throw FormatDifference("there are \(table.rows) rows, recorded \(expected["rows"] ?? .null)")
    }
    for (i, recorded) in columns.enumerated() {
      let column = table.columns[i]
      let type = recorded["type"]?.string ?? ""
      guard "\(table.fields[i].type)" == type else {
        throw FormatDifference("column '\(names[i])' is \(table.fields[i].type), recorded \(type)")
      }
      guard column.nullCount == recorded["nulls"]?.int else {
        throw FormatDifference(
          "column '\(names[i])' has \(column.nullCount) nulls, recorded \(recorded["nulls"] ?? .null)")
      }
      for (row, value) in (recorded["values"]?.array ?? []).enumerated() {
        let found = json(column[row], column.type.decoded)
        guard same(found, value) else {
          throw FormatDifference("column '\(names[i])', row \(row): \(found), recorded \(value)")
        }
      }
    }
  }

  /// A value as the cases record it.
  private static func json(_ value: ColumnValue, _ type: ColumnType) -> JSON {
    switch value {
    case .null: return .null
    case .bool(let value): return .bool(value)
    case .int(let value):
      switch type {
      case .int8, .int16, .int32, .uint8, .uint16, .uint32: return .int(Int(value))
      default: return .string("\(value)")
      }
    case .unsigned(let value): return .string("\(value)")
    case .double(let value): return .double(value)
    case .text(let value), .decimal(let value): return .string(value)
    case .bytes(let bytes):
      return .string(bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
    case .list(let items):
      switch type {
      case .map(let key, let value, _, _):
        return .array(
          items.map { pair in
            guard case .structure(let parts) = pair, parts.count == 2 else { return .null }
            return .array([json(parts[0].value, key.type.decoded), json(parts[1].value, value.type.decoded)])
          })
      case .list(let item), .largeList(let item), .fixedList(let item, _):
        return .array(items.map { json($0, item.type.decoded) })
      default: return .null
      }
    case .structure(let parts):
      guard case .structure(let fields) = type else { return .null }
      var members: [String: JSON] = [:]
      for (part, field) in zip(parts, fields) { members[part.name] = json(part.value, field.type.decoded) }
      return .object(members)
    }
  }

  /// Whether values are the same, numbers bit for bit.
  private static func same(_ found: JSON, _ recorded: JSON) -> Bool {
    switch (found, recorded) {
    case (.double(let a), _):
      guard let b = recorded.double else { return false }
      return a.bitPattern == b.bitPattern || a.isNaN && b.isNaN
    case (.string(let a), .string(let b)): return a.utf8.elementsEqual(b.utf8)
    case (.array(let a), .array(let b)): return a.count == b.count && zip(a, b).allSatisfy(same)
    case (.object(let a), .object(let b)):
      return a.count == b.count && a.allSatisfy { key, value in b[key].map { same(value, $0) } ?? false }
    default: return found == recorded
    }
  }
}
