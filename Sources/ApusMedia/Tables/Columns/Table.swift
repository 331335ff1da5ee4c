import ApusCore

/// A table: columns of the same length with names, each of a type of its own.
///
///     let table = try Table(path: "iris.csv")
///     let x = try table.tensor(["sepal length", "sepal width"])   // [rows, 2]
///     let species = try table["species"].strings()
///
/// Names need not differ; a name stands for its first column.
public struct Table: Sendable {
  /// Names and types, in the order of the columns.
  public let fields: [ColumnField]
  public let columns: [Column]
  /// The number of rows.
  public let rows: Int
  /// Where the table came from, which errors name.
  package let source: String

  /// A table of columns of one length.
  /// - Throws: `TensorError` of kind `shape` when the lengths differ.
  public init(_ columns: [(name: String, column: Column)]) throws(TensorError) {
    let rows = columns.first?.column.count ?? 0
    if let other = columns.first(where: { $0.column.count != rows }) {
      throw TensorError(
        .shape, "Table",
        "column '\(other.name)' has \(other.column.count) rows and column '\(columns[0].name)' has \(rows); "
          + "all columns of a table have the same number")
    }
    self.init(
      fields: columns.map { ColumnField($0.name, $0.column.type) }, columns: columns.map(\.column), rows: rows,
      source: "Table")
  }

  /// A table of parts that fit together.
  package init(fields: [ColumnField], columns: [Column], rows: Int, source: String) {
    self.fields = fields
    self.columns = columns
    self.rows = rows
    self.source = source
  }

  /// The names of the columns.
  public var names: [String] { fields.map(\.name) }

  /// The column called `name`.
  /// - Throws: `TensorError` of kind `index` when there is none, naming some that there are.
  public subscript(_ name: String) -> Column {
    get throws(TensorError) {
      if let place = fields.firstIndex(where: { $0.name == name }) { return columns[place] }
      let known = names.prefix(8).map { "'\($0)'" }.joined(separator: ", ")
      throw TensorError(
        .index, source,
        "no column is called '\(name)'; there are \(columns.count): \(known)\(columns.count > 8 ? ", ..." : "")")
    }
  }

  /// The table with these columns alone, in this order.
  /// - Throws: `TensorError` of kind `index` when there is no column of a name.
  public func selecting(_ names: [String]) throws(TensorError) -> Table {
    var fields: [ColumnField] = []
    var columns: [Column] = []
    for name in names {
      let column = try self[name]
      fields.append(ColumnField(name, column.type))
      columns.append(column)
    }
    return Table(fields: fields, columns: columns, rows: rows, source: source)
  }
}

extension Table: CustomStringConvertible {
  /// The number of rows, and each column with its type.
  public var description: String {
    "Table(\(rows) rows)\n" + fields.map { "  \($0)" }.joined(separator: "\n")
  }
}
