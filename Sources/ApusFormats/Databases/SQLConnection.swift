import ApusCore

/// A value that is put into a statement for one of its places `$1`, `$2` ...
package enum SQLValue: Sendable, Equatable {
  case null
  case int(Int)
  case double(Double)
  case text(String)
  case bytes([UInt8])

  package init(_ value: Int?) { self = value.map { .int($0) } ?? .null }
  package init(_ value: String?) { self = value.map { .text($0) } ?? .null }
}

/// A row of a result. A column that holds null, or another type than asked for, gives 0, or an empty text or array.
package protocol SQLRow {
  func isNull(_ column: Int) -> Bool
  func int(_ column: Int) -> Int
  func double(_ column: Int) -> Double
  func text(_ column: Int) -> String
  func bytes(_ column: Int) -> [UInt8]
}

extension SQLRow {
  package func optionalText(_ column: Int) -> String? { isNull(column) ? nil : text(column) }
  package func optionalInt(_ column: Int) -> Int? { isNull(column) ? nil : int(column) }
}

/// What differs between the databases in text that is otherwise the same.
package struct SQLDialect: Sendable {
  /// Begins a transaction that will write; no other one can begin until it ends, or the rows that it locks are waited for.
  package let beginWriting: String
  /// What makes a transaction that was begun survive a loss of power from its end on, where others may be lost for a moment; nil
  /// where all are alike.
  package let makeLasting: String?
  /// Begins a transaction that sees one state of the database.
  package let beginReading: String
  /// Ends a `SELECT` whose rows no other transaction may change before this one ends.
  package let forUpdate: String
  /// A condition that an id is among those that `ids(_:)` puts at `$1`.
  package let isAmongIDs: String
  /// The ids as one value for `$1`.
  package let ids: @Sendable ([Int]) -> SQLValue
  /// The moment now, as columns of times keep it.
  package let now: String
  /// The condition that the time in a column is older than `$2` seconds.
  package let isOlder: @Sendable (_ column: String) -> String
}

/// A connection to a database. It is used by one thread at a time: its owner holds a lock.
package protocol SQLConnection: AnyObject, Sendable {
  var dialect: SQLDialect { get }
  /// The address for messages.
  var description: String { get }
  /// Runs one statement, which stays prepared, and calls `row` for each row of its result.
  /// - Returns: how many rows it changed.
  @discardableResult
  func run(_ sql: String, _ values: [SQLValue], _ row: (any SQLRow) throws -> Void) throws -> Int
  /// Runs statements that are used once.
  func runScript(_ sql: String) throws
  /// Does what the connection needs before its first write.
  func prepareForWriting() throws
  /// A number that changes when another connection has changed the database; nil where the database does not tell.
  func changeCounter() throws -> Int?
}

extension SQLConnection {
  @discardableResult
  package func run(_ sql: String, _ values: [SQLValue] = []) throws -> Int { try run(sql, values) { _ in } }

  /// What `read` makes of the first row, or nil where there is none.
  package func first<Result>(
    _ sql: String, _ values: [SQLValue] = [], _ read: (any SQLRow) throws -> Result
  ) throws -> Result? {
    var result: Result?
    try run(sql, values) { row in if result == nil { result = try read(row) } }
    return result
  }

  /// Runs a transaction that is kept whole or not at all.
  package func writing<Result>(isLasting: Bool = false, _ body: () throws -> Result) throws -> Result {
    try prepareForWriting()
    return try transaction(dialect.beginWriting) {
      if isLasting, let statement = dialect.makeLasting { try run(statement) }
      return try body()
    }
  }

  /// Runs reads that see one state of the database.
  package func reading<Result>(_ body: () throws -> Result) throws -> Result {
    try transaction(dialect.beginReading, body)
  }

  private func transaction<Result>(_ begin: String, _ body: () throws -> Result) throws -> Result {
    try run(begin)
    do {
      let result = try body()
      try run("COMMIT")
      return result
    } catch {
      // A failed commit may have ended the transaction by itself.
      _ = try? run("ROLLBACK")
      throw error
    }
  }
}
