import ApusCore
import ApusFormats

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Studies in a file of SQLite, which Optuna and its dashboard open too.
///
///     let study = try Study("digits", storage: SQLiteStorage("study.db"), ifExists: .resume)
///
/// Many processes of one machine may use the file at once. The library `libsqlite3.so.0` is found at run time.
public final class SQLiteStorage: RelationalStorage, @unchecked Sendable {
  /// The file.
  public let path: String

  /// Opens a file, or makes it.
  ///
  /// Files of an older Optuna (from 0.9 on) can be read as they are. To write to them they must be upgraded: `upgrade` keeps a
  /// copy beside the file, named after its revision (`study.db.v2.6.0.a`), and rewrites the tables in one transaction.
  /// - Parameters:
  ///   - path: the file; its folder must exist.
  ///   - upgrade: whether tables of an older Optuna become those of today.
  ///   - wait: seconds for which the lock of another process is waited for.
  ///   - heartbeatInterval: seconds between signs of life of a running trial; nil for none. A trial without one for `graceTime`
  ///     (nil: twice as long) is failed by whoever asks for the next trial.
  ///   - retryFailedTrials: how often such a trial is tried again with the same parameters.
  /// - Throws: `TensorError` of kind `unsupported` where the machine has no SQLite; of kind `format` where the file is something
  ///   else, damaged, or of a later Optuna; of kind `file` where it cannot be opened.
  public init(
    _ path: String, upgrade: Bool = false, wait: Double = 60, heartbeatInterval: Double? = nil,
    graceTime: Double? = nil,
    retryFailedTrials: Int = 0
  ) throws {
    self.path = path
    let heartbeats = try HeartbeatSettings(
      interval: heartbeatInterval, graceTime: graceTime, retryFailedTrials: retryFailedTrials)
    let mayWrite = access(path, F_OK) != 0 || access(path, W_OK) == 0
    var connection = try SQLiteConnection(path, mode: mayWrite ? .create : .readOnly, wait: wait)
    var refusal: String?
    switch try connection.reading({ try Self.content(connection) }) {
    case .current: break
    case .nothing:
      try connection.writing {
        // Another process may have made the tables meanwhile.
        if try Self.content(connection) == .nothing { try connection.runScript(Schema.sqlite) }
      }
    case .older(let version) where upgrade: try OlderSchema(connection, version).upgrade(path)
    case .older(let version):
      connection = try SQLiteConnection(path, mode: .readOnly, wait: wait)
      try OlderSchema(connection, version).showAsNewest()
      refusal =
        "its tables are of revision \(version), which an older Optuna made. They can be read; to write, open the file with "
        + "`upgrade: true`: a copy is kept beside it"
    }
    super.init(connection, heartbeats, refusal: refusal)
  }

  private static func content(_ connection: SQLiteConnection) throws -> Schema.Content {
    var tables: Set<String> = []
    try connection.run(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'", []
    ) { tables.insert($0.text(0)) }
    let version =
      tables.contains("alembic_version")
      ? try connection.first("SELECT version_num FROM alembic_version") { $0.text(0) } : nil
    // Optuna writes the revision last: a process that ended before it has left the tables of today without one.
    if version == nil, tables.isSuperset(of: Schema.tables) { return .current }
    return try Schema.content(tables: tables, version: version, connection.description)
  }
}
