import ApusCore

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A connection to a server of PostgreSQL.
package final class PostgreSQLConnection: SQLConnection, @unchecked Sendable {
  private let library: PostgreSQLLibrary
  private let handle: OpaquePointer
  /// The names of prepared statements.
  private var statements: [String: String] = [:]
  package let description: String

  package let dialect = SQLDialect(
    beginWriting: "BEGIN", makeLasting: "SET LOCAL synchronous_commit TO DEFAULT",
    beginReading: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", forUpdate: " FOR UPDATE",
    isAmongIDs: "= ANY($1::integer[])",
    ids: { ids in .text("{" + ids.map(String.init).joined(separator: ",") + "}") },
    // Columns of times keep the time of the server's zone.
    now: "localtimestamp",
    isOlder: { "localtimestamp - \($0) > $2 * interval '1 second'" })

  /// Connects to the server of an address `postgresql://user:password@host:port/database`.
  package init(_ address: String) throws {
    let library = try PostgreSQLLibrary.loaded()
    self.library = library
    description = Self.withoutPassword(address)
    guard let handle = library.connect(address) else {
      throw TensorError(.memory, description, "there is no memory for a connection")
    }
    self.handle = handle
    guard library.status(handle) == 0 else {
      let reason = Self.text(library.message(handle))
      throw TensorError(.file, description, "there is no connection to the server: \(reason)")
    }
    try prepareConnection()
  }

  deinit { library.finish(handle) }

  private static func withoutPassword(_ address: String) -> String {
    guard let slashes = address.firstIndex(of: "/"), let at = address.lastIndex(of: "@") else { return address }
    let user = address[slashes..<at].dropFirst(2)
    guard let colon = user.firstIndex(of: ":") else { return address }
    return address[..<colon] + ":***" + address[at...]
  }

  private static func text(_ text: UnsafePointer<CChar>?) -> String {
    let lines = text.map { String(cString: $0) } ?? ""
    return lines.split(separator: "\n").joined(separator: "; ")
  }

  private func prepareConnection() throws {
    statements = [:]
    // What must last says so (`makeLasting`), and what was written before it is kept with it.
    try runScript(
      "SET client_encoding TO 'UTF8'; SET datestyle TO ISO; SET client_min_messages TO error; "
        + "SET synchronous_commit TO off")
  }

  @discardableResult
  package func run(_ sql: String, _ values: [SQLValue], _ row: (any SQLRow) throws -> Void) throws -> Int {
    do {
      return try runOnce(sql, values, row)
    } catch {
      // A connection that was lost while an objective ran shows when the next transaction begins: nothing is lost with it.
      guard sql.hasPrefix("BEGIN"), library.status(handle) != 0 else { throw error }
      library.reset(handle)
      guard library.status(handle) == 0 else {
        throw TensorError(
          .file, description, "the connection to the server was lost: \(Self.text(library.message(handle)))")
      }
      try prepareConnection()
      return try runOnce(sql, values, row)
    }
  }

  private func runOnce(_ sql: String, _ values: [SQLValue], _ row: (any SQLRow) throws -> Void) throws -> Int {
    let name = try prepared(sql)
    var texts: [UnsafeMutablePointer<CChar>?] = []
    defer { for text in texts { free(text) } }
    for value in values {
      switch value {
      case .null: texts.append(nil)
      case .int(let value): texts.append(strdup("\(value)"))
      case .double(let value): texts.append(strdup("\(value)"))
      case .text(let value):
        guard !value.utf8.contains(0) else {
          throw TensorError(.value, description, "a text with a zero byte cannot be kept in PostgreSQL")
        }
        texts.append(strdup(value))
      case .bytes(let value):
        texts.append(strdup("\\x" + value.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()))
      }
    }
    let result = texts.map { UnsafePointer($0) }.withUnsafeBufferPointer {
      library.executePrepared(handle, name, Int32(values.count), $0.baseAddress, nil, nil, 0)
    }
    defer { library.clear(result) }
    try check(result)
    for i in 0..<library.rowCount(result) { try row(PostgreSQLRow(library: library, result: result, row: i)) }
    return Int(Self.text(library.changedRows(result))) ?? 0
  }

  private func prepared(_ sql: String) throws -> String {
    if let name = statements[sql] { return name }
    let name = "s\(statements.count)"
    let result = library.prepare(handle, name, sql, 0, nil)
    defer { library.clear(result) }
    try check(result)
    statements[sql] = name
    return name
  }

  package func runScript(_ sql: String) throws {
    let result = library.execute(handle, sql)
    defer { library.clear(result) }
    try check(result)
  }

  package func prepareForWriting() throws {}

  /// The server does not tell whether anything has changed.
  package func changeCounter() throws -> Int? { nil }

  private func check(_ result: OpaquePointer?) throws {
    // PGRES_EMPTY_QUERY, COMMAND_OK and TUPLES_OK are 0, 1 and 2.
    guard let result else {
      throw TensorError(.file, description, "the connection was lost: \(Self.text(library.message(handle)))")
    }
    guard library.resultStatus(result) > 2 else { return }
    // The fields of an error are named by letters: C is its code, M its message.
    let code = Self.text(library.errorField(result, Int32(UInt8(ascii: "C"))))
    let field = Self.text(library.errorField(result, Int32(UInt8(ascii: "M"))))
    let reason = field.isEmpty ? Self.text(library.message(handle)) : field
    switch code.prefix(2) {
    case "53": throw TensorError(.file, description, "the server lacks room or memory: \(reason)")
    case "22": throw TensorError(.value, description, "the server does not take a value: \(reason)")
    case "42" where code == "42501":
      throw TensorError(.file, description, "the user may not do this: \(reason)")
    default: throw TensorError(.file, description, "PostgreSQL says: \(reason) (\(code))")
    }
  }
}

private struct PostgreSQLRow: SQLRow {
  let library: PostgreSQLLibrary
  let result: OpaquePointer?
  let row: Int32

  func isNull(_ column: Int) -> Bool { library.isNull(result, row, Int32(column)) != 0 }
  func int(_ column: Int) -> Int { Int(text(column)) ?? 0 }
  func double(_ column: Int) -> Double { Double(text(column)) ?? 0 }
  /// The server writes bytes as `\x` and two hexadecimal digits for each.
  func bytes(_ column: Int) -> [UInt8] {
    let digits = text(column).dropFirst(2).utf8.compactMap { Character(UnicodeScalar($0)).hexDigitValue }
    return stride(from: 1, to: digits.count, by: 2).map { UInt8(digits[$0 - 1] * 16 + digits[$0]) }
  }
  func text(_ column: Int) -> String { library.value(result, row, Int32(column)).map { String(cString: $0) } ?? "" }
}
