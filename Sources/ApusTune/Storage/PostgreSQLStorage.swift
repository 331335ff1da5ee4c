import ApusCore
import ApusFormats

/// Studies in a database of PostgreSQL, which Optuna and its dashboard open too: for many machines on one study.
///
///     let storage = try PostgreSQLStorage("postgresql://user:password@host:5432/studies")
///
/// The library `libpq.so.5` is found at run time. A connection that is lost between two calls is made anew.
public final class PostgreSQLStorage: RelationalStorage, @unchecked Sendable {
  /// Connects to a database, and makes the tables where it has none; others than those of studies may be there.
  /// - Parameters:
  ///   - address: as libpq takes it: `postgresql://user:password@host:port/database`.
  ///   - heartbeatInterval: seconds between signs of life of a running trial; nil for none. A trial without one for `graceTime`
  ///     (nil: twice as long) is failed by whoever asks for the next trial.
  ///   - retryFailedTrials: how often such a trial is tried again with the same parameters.
  /// - Throws: `TensorError` of kind `unsupported` where the machine has no libpq; of kind `file` where the server cannot be
  ///   reached; of kind `state` or `format` where the tables are those of another version of Optuna.
  public init(
    _ address: String, heartbeatInterval: Double? = nil, graceTime: Double? = nil, retryFailedTrials: Int = 0
  ) throws {
    let heartbeats = try HeartbeatSettings(
      interval: heartbeatInterval, graceTime: graceTime, retryFailedTrials: retryFailedTrials)
    let connection = try PostgreSQLConnection(address)
    let content = try connection.writing {
      // One process at a time looks and makes: the number stands for these tables.
      try connection.run("SELECT pg_advisory_xact_lock(1097889139)")
      let content = try Self.content(connection)
      if content == .nothing { try connection.runScript(Schema.postgreSQL) }
      return content
    }
    if case .older(let version) = content {
      throw TensorError(
        .state, connection.description,
        "its tables are of revision \(version), which an older Optuna made; `optuna storage upgrade --storage ADDRESS` makes "
          + "them those of today (\(Schema.newest))")
    }
    super.init(connection, heartbeats)
  }

  private static func content(_ connection: PostgreSQLConnection) throws -> Schema.Content {
    var tables: Set<String> = []
    try connection.run("SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()", []) {
      tables.insert($0.text(0))
    }
    let version =
      tables.contains("alembic_version")
      ? try connection.first("SELECT version_num FROM alembic_version") { $0.text(0) } : nil
    if tables.isSuperset(of: Schema.tables), version == nil { return .current }
    return try Schema.content(tables: tables.intersection(Schema.tables), version: version, connection.description)
  }
}
