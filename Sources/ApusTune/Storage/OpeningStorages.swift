import ApusCore
import ApusFormats

/// Opens the storage at an address:
///
/// - `memory`: the memory of this process;
/// - `sqlite:///relative.db`, `sqlite:////absolute/path.db`, or a path that ends in `.db`, `.sqlite` or `.sqlite3`: ``SQLiteStorage``;
/// - `journal:///file.log`, or a path that ends in `.log` or `.journal`: ``JournalStorage``;
/// - `postgresql://user:password@host:port/database`, also with `postgresql+psycopg2:`: ``PostgreSQLStorage``.
/// - Parameters:
///   - upgrade: whether the tables of an older Optuna in a file of SQLite become those of today.
///   - heartbeatInterval: seconds between signs of life of running trials, in a database.
///   - graceTime: seconds without one after which a trial counts as given up.
///   - retryFailedTrials: how often such a trial is tried again.
///   - mustExist: whether a file that is not there is a mistake rather than made.
/// - Throws: `TensorError` of kind `value` where the address has none of these forms; what the storage throws.
public func openStudyStorage(
  _ address: String, upgrade: Bool = false, heartbeatInterval: Double? = nil, graceTime: Double? = nil,
  retryFailedTrials: Int = 0, mustExist: Bool = false
) throws -> any StudyStorage {
  func there(_ path: String) throws -> String {
    guard !mustExist || fileExists(path) else {
      throw TensorError(.file, path, "there is no such file; a study that is run makes it")
    }
    return path
  }
  func sqlite(_ path: String) throws -> any StudyStorage {
    try SQLiteStorage(
      there(path), upgrade: upgrade, heartbeatInterval: heartbeatInterval, graceTime: graceTime,
      retryFailedTrials: retryFailedTrials)
  }
  /// What follows the three slashes after a scheme.
  func path(after scheme: String) throws -> String {
    let rest = address.dropFirst(scheme.count)
    guard rest.hasPrefix("///"), rest.count > 3 else {
      throw mistake("a path follows three slashes: \(scheme)///study, or four if it begins with one")
    }
    return String(rest.dropFirst(3))
  }
  func mistake(_ reason: String) -> TensorError {
    TensorError(
      .value, "openStudyStorage",
      "'\(address)' is no address of a storage: \(reason). Known are memory, sqlite:///file.db (four slashes before an absolute "
        + "path), FILE.db, FILE.sqlite3, journal:///file.log, FILE.log, FILE.journal, and "
        + "postgresql://user:password@host:port/database")
  }
  if address == "memory" { return MemoryStorage() }
  guard let colon = address.firstIndex(of: ":"), address[colon...].hasPrefix(":/") else {
    switch address.split(separator: ".", omittingEmptySubsequences: false).last?.lowercased() {
    case "db", "sqlite", "sqlite3": return try sqlite(address)
    case "log", "journal": return try JournalStorage(there(address))
    case .some, nil: throw mistake("it has no scheme, and its ending says nothing")
    }
  }
  let scheme = String(address[...colon])
  switch scheme {
  case "sqlite:", "sqlite+pysqlite:": return try sqlite(path(after: scheme))
  case "journal:": return try JournalStorage(there(path(after: scheme)))
  case "postgresql:", "postgres:", "postgresql+psycopg2:", "postgresql+psycopg:":
    return try PostgreSQLStorage(
      "postgresql" + address[colon...], heartbeatInterval: heartbeatInterval, graceTime: graceTime,
      retryFailedTrials: retryFailedTrials)
  default: throw mistake("the scheme '\(scheme)' is unknown")
  }
}
