import ApusCore

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A connection to a file of SQLite.
package final class SQLiteConnection: SQLConnection, @unchecked Sendable {
  private let library: SQLiteLibrary
  private let handle: OpaquePointer
  private let path: String
  private var statements: [String: OpaquePointer] = [:]
  /// How often the journal mode may still be asked for before it stays as it is.
  private var attempts = 20
  /// Whether every commit waits for the disk.
  private let isLasting: Bool
  package let isReadOnly: Bool

  package let dialect = SQLDialect(
    beginWriting: "BEGIN IMMEDIATE", makeLasting: nil, beginReading: "BEGIN", forUpdate: "",
    isAmongIDs: "IN (SELECT value FROM json_each($1))",
    ids: { ids in .text("[" + ids.map(String.init).joined(separator: ",") + "]") },
    now: "CURRENT_TIMESTAMP",
    isOlder: { "strftime('%s', 'now') - strftime('%s', \($0)) > $2" })

  package var description: String { path.hasPrefix("/") ? "sqlite:////" + path.dropFirst() : "sqlite:///" + path }

  /// How a file is opened.
  package enum Mode {
    case create, readOnly
  }

  /// Opens a file. A file that may not be written, or whose folder may not, is opened for reading.
  /// - Parameters:
  ///   - wait: seconds for which another program's lock is waited for.
  ///   - isLasting: whether every commit survives a loss of power, for which it waits for the disk; else the last ones may be
  ///     lost then, and the file stays whole.
  package init(_ path: String, mode: Mode, wait: Double, isLasting: Bool = false) throws {
    let library = try SQLiteLibrary.loaded()
    self.library = library
    self.path = path
    self.isLasting = isLasting
    // Flags of sqlite3_open_v2: read only 1, read and write 2, create 4, a name may be a URI 0x40, one thread at a time 0x8000,
    // extended codes 0x2000000.
    let flags: Int32
    var name = path
    switch mode {
    case .create: flags = 6
    case .readOnly where Self.isAtRest(path):
      flags = 0x41
      let plain = Set("/._-0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8)
      let escaped = path.utf8.map { byte in
        plain.contains(byte)
          ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
      }
      name = "file:\(escaped.joined())?immutable=1"
    case .readOnly: flags = 1
    }
    var opened: OpaquePointer?
    let code = library.open(name, &opened, flags | 0x8000 | 0x200_0000, nil)
    guard code == 0, let opened else {
      let reason = opened.flatMap { library.message($0) }.map { String(cString: $0) } ?? "code \(code)"
      _ = library.close(opened)
      throw TensorError(.file, path, "the database cannot be opened: \(reason)")
    }
    handle = opened
    isReadOnly = mode == .readOnly
    // SQLite's own handler sleeps up to 100 ms, which eight processes on one file feel.
    let most = UnsafeMutableRawPointer(bitPattern: max(1, Int(min(wait, 1e6) * 1000)))
    _ = library.busyHandler(
      handle,
      { most, count in
        let pause = min(200 + 100 * Int(count), 5000)
        // The pauses up to `count` sum to this many microseconds.
        let waited = count < 48 ? 200 * Int(count) + 50 * Int(count) * Int(count) : 5000 * (Int(count) - 24)
        guard waited / 1000 < Int(bitPattern: most) else { return 0 }
        usleep(UInt32(pause))
        return 1
      }, most)
  }

  /// Whether nobody can be at work on a file: it has no log of changes, and its folder takes none. SQLite opens a file with a
  /// write-ahead log there only if it is told so.
  private static func isAtRest(_ path: String) -> Bool {
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    return access(folder, W_OK) != 0 && access(path + "-wal", F_OK) != 0 && access(path + "-journal", F_OK) != 0
  }

  deinit {
    for statement in statements.values { _ = library.finalize(statement) }
    _ = library.close(handle)
  }

  @discardableResult
  package func run(_ sql: String, _ values: [SQLValue], _ row: (any SQLRow) throws -> Void) throws -> Int {
    let statement = try prepared(sql)
    defer {
      _ = library.reset(statement)
      _ = library.clearBindings(statement)
    }
    for (i, value) in values.enumerated() {
      let place = Int32(i + 1)
      let code: Int32 =
        switch value {
        case .null: library.bindNull(statement, place)
        case .int(let value): library.bindInt(statement, place, Int64(value))
        case .double(let value): library.bindDouble(statement, place, value)
        // -1: the library copies the text.
        case .text(let value): bind(value, statement, place)
        case .bytes(let value): bind(value, statement, place)
        }
      guard code == 0 else { throw mistake(code) }
    }
    let result = SQLiteRow(library: library, statement: statement)
    while true {
      switch library.step(statement) {
      case 100: try row(result)
      case 101: return Int(library.changes(handle))
      case let code: throw mistake(code)
      }
    }
  }

  private func bind(_ text: String, _ statement: OpaquePointer, _ place: Int32) -> Int32 {
    var text = text
    return text.withUTF8 { bytes in
      let count = Int32(clamping: bytes.count)
      guard let base = bytes.baseAddress else { return library.bindText(statement, place, "", 0, -1) }
      return base.withMemoryRebound(to: CChar.self, capacity: bytes.count) {
        library.bindText(statement, place, $0, count, -1)
      }
    }
  }

  private func bind(_ bytes: [UInt8], _ statement: OpaquePointer, _ place: Int32) -> Int32 {
    guard bytes.count <= Int(Int32.max) else { return 18 }
    // An address is needed: without one the value would be null.
    guard !bytes.isEmpty else { return library.bindBytes(statement, place, "", 0, -1) }
    return bytes.withUnsafeBytes { library.bindBytes(statement, place, $0.baseAddress, Int32($0.count), -1) }
  }

  package func runScript(_ sql: String) throws {
    let code = library.execute(handle, sql, nil, nil, nil)
    guard code == 0 else { throw mistake(code) }
  }

  private func prepared(_ sql: String) throws -> OpaquePointer {
    if let statement = statements[sql] { return statement }
    var statement: OpaquePointer?
    // A place `$2` would be counted from the first that is met; `?2` is the second wherever it stands.
    let text = String(decoding: sql.utf8.map { $0 == UInt8(ascii: "$") ? UInt8(ascii: "?") : $0 }, as: UTF8.self)
    let code = library.prepare(handle, text, -1, &statement, nil)
    guard code == 0, let statement else { throw mistake(code) }
    statements[sql] = statement
    return statement
  }

  /// A write-ahead log makes commits cheap and lets readers read meanwhile, and needs shared memory, which no file system of the
  /// network has. Its file is what the journal mode is kept in, so a file that is only read stays as it is.
  package func prepareForWriting() throws {
    guard attempts > 0 else { return }
    guard !isReadOnly else {
      throw TensorError(
        .file, path, "the database was opened for reading only: the file or its folder may not be written")
    }
    var mode = ""
    if isOnLocalFileSystem(path) {
      // Another connection may be at work in the other mode; then it stays.
      _ = try? run("PRAGMA journal_mode = WAL", []) { mode = $0.text(0) }
    } else {
      try run("PRAGMA journal_mode", []) { mode = $0.text(0) }
    }
    // In a write-ahead log every commit survives the end of the process; a loss of power may cost the last ones and no more,
    // unless each is waited for.
    if mode == "wal" { try run("PRAGMA synchronous = \(isLasting ? "FULL" : "NORMAL")", []) { _ in } }
    attempts = mode.isEmpty ? attempts - 1 : 0
  }

  package func changeCounter() throws -> Int? { try first("PRAGMA data_version") { $0.int(0) } }

  /// The error of a result code.
  private func mistake(_ code: Int32) -> TensorError {
    let reason = library.message(handle).map { String(cString: $0) } ?? "code \(code)"
    switch code & 0xff {
    case 5, 6:
      return TensorError(.file, path, "another program holds the database locked for too long (\(reason)); try again")
    case 8:
      return TensorError(
        .file, path, "the database may not be written (\(reason)); check the rights of the file and its folder")
    case 10:
      return TensorError(
        .file, path, "the database could not be read or written (\(reason)); is the disk full or damaged?")
    case 11, 26:
      return TensorError(
        .format, path,
        "this is no database of SQLite, or it is damaged (\(reason)); `sqlite3 FILE .recover` saves what is readable")
    case 13:
      return TensorError(
        .file, path, "the disk is full (\(reason)); nothing of this step was kept, everything before it was")
    case 14:
      return TensorError(.file, path, "the database cannot be opened (\(reason))")
    default:
      return TensorError(.file, path, "SQLite says: \(reason) (code \(code))")
    }
  }
}

private struct SQLiteRow: SQLRow {
  let library: SQLiteLibrary
  let statement: OpaquePointer

  func isNull(_ column: Int) -> Bool { library.columnType(statement, Int32(column)) == 5 }
  func int(_ column: Int) -> Int { Int(library.columnInt(statement, Int32(column))) }
  func double(_ column: Int) -> Double { library.columnDouble(statement, Int32(column)) }

  func bytes(_ column: Int) -> [UInt8] {
    // The address first: it turns the value into bytes, which the count is of then.
    guard let bytes = library.columnBlob(statement, Int32(column)) else { return [] }
    return Array(UnsafeRawBufferPointer(start: bytes, count: Int(library.columnBytes(statement, Int32(column)))))
  }

  func text(_ column: Int) -> String {
    guard let bytes = library.columnText(statement, Int32(column)) else { return "" }
    return String(
      decoding: UnsafeBufferPointer(start: bytes, count: Int(library.columnBytes(statement, Int32(column)))),
      as: UTF8.self)
  }
}

/// Whether a file lies on a file system of this machine, whose locks and shared memory can be relied on.
package func isOnLocalFileSystem(_ path: String) -> Bool {
  let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
  // Its header is not shown to Swift. The structure begins with the type, a word.
  typealias Function = @convention(c) (UnsafePointer<CChar>, UnsafeMutableRawPointer) -> Int32
  guard let symbol = dlsym(nil, "statfs") else { return false }
  let statfs = unsafeBitCast(symbol, to: Function.self)
  let type = withUnsafeTemporaryAllocation(byteCount: 1024, alignment: 16) { information in
    information.baseAddress.flatMap { statfs(folder, $0) == 0 ? $0.load(as: Int.self) : nil }
  }
  guard let type else { return false }
  // NFS, SMB (two), CIFS, FUSE, 9P, Ceph, AFS, Lustre, GPFS, Coda: names of linux/magic.h.
  let network: Set<Int> = [
    0x6969, 0x517b, 0xfe53_4d42, 0xff53_4d42, 0x6573_5546, 0x0102_1997, 0x00c3_6400, 0x5346_414f, 0x0bd0_0bd0,
    0x4750_4653, 0x7375_7245,
  ]
  return !network.contains(type & 0xffff_ffff)
}
