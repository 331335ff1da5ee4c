import ApusCore
import ApusFormats
import ApusMedia
import ApusText

/// The rows of a table that is read in parts; rows count from 1.
struct TableRows: RowSource {
  private let path: String
  private let nextPart: () throws -> Table?
  private var table: Table?
  private var row = 0
  /// How many rows the parts before had.
  private var before = 0

  init(csv path: String, delimiter: Character) throws {
    var options = CSVOptions()
    options.delimiter = delimiter
    options.newlinesInValues = true
    options.nullValues = []
    // Every value is a text: what looks like a number may be an answer, and bytes that are no UTF-8 shall be counted.
    let names = try CSVReader(path: path, options: options).names
    for name in names { options.types[name] = .binary }
    let reader = try CSVReader(path: path, options: options)
    self.path = path
    nextPart = { try reader.nextBatch() }
  }

  init(parquet path: String) throws {
    let reader = try ParquetReader(path: path)
    self.path = path
    nextPart = { try reader.nextBatch() }
  }

  init(arrow path: String) throws {
    let reader = try ArrowReader(path: path)
    self.path = path
    nextPart = { try reader.nextBatch() }
  }

  mutating func next() throws -> RawRow? {
    while row >= table?.rows ?? 0 {
      before += table?.rows ?? 0
      row = 0
      table = try nextPart()
      if table == nil { return nil }
    }
    guard let table else { return nil }
    let place = RowPlace(file: path, line: before + row + 1)
    defer { row += 1 }
    do throws(RowProblem) {
      var columns: [ChatValue.Member] = []
      for (field, column) in zip(table.fields, table.columns) {
        columns.append(.init(field.name, try Self.value(column[row], field.name)))
      }
      return RawRow(place: place, content: .columns(columns))
    } catch {
      return RawRow(place: place, content: .problem(error.kind, error.detail))
    }
  }

  /// A value of a table as JSON has it; of structures without what is missing, as tables give all of them the same fields.
  private static func value(_ value: ColumnValue, _ name: String) throws(RowProblem) -> ChatValue {
    switch value {
    case .null: return .null
    case .bool(let truth): return .bool(truth)
    case .int(let number): return .int(Int(number))
    case .unsigned(let number): return Int(exactly: number).map { .int($0) } ?? .double(Double(number))
    case .double(let number): return .double(number)
    case .text(let text): return .string(text)
    case .decimal(let digits): return Double(digits).map { .double($0) } ?? .string(digits)
    case .bytes(let bytes):
      guard bytes.withUnsafeBytes(isUTF8) else { throw RowProblem(.notUTF8, "column '\(name)'") }
      return .string(String(decoding: bytes, as: UTF8.self))
    case .list(let items):
      var values: [ChatValue] = []
      for item in items { values.append(try Self.value(item, name)) }
      return .array(values)
    case .structure(let fields):
      var members: [ChatValue.Member] = []
      for field in fields where field.value != .null {
        members.append(.init(field.name, try Self.value(field.value, name)))
      }
      return .object(members)
    }
  }
}
