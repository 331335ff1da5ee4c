import ApusCore
import ApusFormats

/// The tables of Optuna, as Optuna 5 makes them.
enum Schema {
  /// The revision of the tables that are read and written.
  static let newest = "v3.2.0.a"
  /// The revisions before it, oldest first.
  static let older = [
    "v0.9.0.a", "v1.2.0.a", "v1.3.0.a", "v2.4.0.a", "v2.6.0.a", "v3.0.0.a", "v3.0.0.b", "v3.0.0.c", "v3.0.0.d",
  ]
  /// The tables, those before others that refer to them; without the two of versions.
  static let tables = [
    "studies", "study_directions", "study_user_attributes", "study_system_attributes", "trials",
    "trial_user_attributes", "trial_system_attributes", "trial_params", "trial_values", "trial_intermediate_values",
    "trial_heartbeats",
  ]

  /// The statements that make all tables, for SQLite.
  static let sqlite = statements(
    identity: "INTEGER", float: "FLOAT", time: "DATETIME", direction: "VARCHAR(8)", state: "VARCHAR(8)",
    valueType: "VARCHAR(7)", reportType: "VARCHAR(7)")

  /// The statements that make all tables, for PostgreSQL.
  static let postgreSQL =
    """
    CREATE TYPE studydirection AS ENUM ('NOT_SET', 'MINIMIZE', 'MAXIMIZE');
    CREATE TYPE trialstate AS ENUM ('RUNNING', 'COMPLETE', 'PRUNED', 'FAIL', 'WAITING');
    CREATE TYPE trialvaluetype AS ENUM ('FINITE', 'INF_POS', 'INF_NEG');
    CREATE TYPE trialintermediatevaluetype AS ENUM ('FINITE', 'INF_POS', 'INF_NEG', 'NAN');

    """
    + statements(
      identity: "SERIAL", float: "DOUBLE PRECISION", time: "TIMESTAMP WITHOUT TIME ZONE", direction: "studydirection",
      state: "trialstate", valueType: "trialvaluetype", reportType: "trialintermediatevaluetype")

  private static func statements(
    identity: String, float: String, time: String, direction: String, state: String, valueType: String,
    reportType: String
  ) -> String {
    func attributes(_ owner: String, _ kind: String, _ table: String) -> String {
      """
      CREATE TABLE \(owner)_\(kind)_attributes (
      \t\(owner)_\(kind)_attribute_id \(identity) NOT NULL, 
      \t\(owner)_id INTEGER, 
      \t"key" VARCHAR(512), 
      \tvalue_json TEXT, 
      \tPRIMARY KEY (\(owner)_\(kind)_attribute_id), 
      \tUNIQUE (\(owner)_id, "key"), 
      \tFOREIGN KEY(\(owner)_id) REFERENCES \(table) (\(owner)_id)
      );
      """
    }
    return """
      CREATE TABLE studies (
      \tstudy_id \(identity) NOT NULL, 
      \tstudy_name VARCHAR(512) NOT NULL, 
      \tPRIMARY KEY (study_id)
      );
      CREATE UNIQUE INDEX ix_studies_study_name ON studies (study_name);
      CREATE TABLE version_info (
      \tversion_info_id INTEGER NOT NULL, 
      \tschema_version INTEGER, 
      \tlibrary_version VARCHAR(256), 
      \tPRIMARY KEY (version_info_id), 
      \tCHECK (version_info_id=1)
      );
      CREATE TABLE study_directions (
      \tstudy_direction_id \(identity) NOT NULL, 
      \tdirection \(direction) NOT NULL, 
      \tstudy_id INTEGER NOT NULL, 
      \tobjective INTEGER NOT NULL, 
      \tPRIMARY KEY (study_direction_id), 
      \tUNIQUE (study_id, objective), 
      \tFOREIGN KEY(study_id) REFERENCES studies (study_id)
      );
      \(attributes("study", "user", "studies"))
      \(attributes("study", "system", "studies"))
      CREATE TABLE trials (
      \ttrial_id \(identity) NOT NULL, 
      \tnumber INTEGER, 
      \tstudy_id INTEGER, 
      \tstate \(state) NOT NULL, 
      \tdatetime_start \(time), 
      \tdatetime_complete \(time), 
      \tPRIMARY KEY (trial_id), 
      \tFOREIGN KEY(study_id) REFERENCES studies (study_id)
      );
      CREATE INDEX ix_trials_study_id ON trials (study_id);
      \(attributes("trial", "user", "trials"))
      \(attributes("trial", "system", "trials"))
      CREATE TABLE trial_params (
      \tparam_id \(identity) NOT NULL, 
      \ttrial_id INTEGER, 
      \tparam_name VARCHAR(512), 
      \tparam_value \(float), 
      \tdistribution_json TEXT, 
      \tPRIMARY KEY (param_id), 
      \tUNIQUE (trial_id, param_name), 
      \tFOREIGN KEY(trial_id) REFERENCES trials (trial_id)
      );
      CREATE TABLE trial_values (
      \ttrial_value_id \(identity) NOT NULL, 
      \ttrial_id INTEGER NOT NULL, 
      \tobjective INTEGER NOT NULL, 
      \tvalue \(float), 
      \tvalue_type \(valueType) NOT NULL, 
      \tPRIMARY KEY (trial_value_id), 
      \tUNIQUE (trial_id, objective), 
      \tFOREIGN KEY(trial_id) REFERENCES trials (trial_id)
      );
      CREATE TABLE trial_intermediate_values (
      \ttrial_intermediate_value_id \(identity) NOT NULL, 
      \ttrial_id INTEGER NOT NULL, 
      \tstep INTEGER NOT NULL, 
      \tintermediate_value \(float), 
      \tintermediate_value_type \(reportType) NOT NULL, 
      \tPRIMARY KEY (trial_intermediate_value_id), 
      \tUNIQUE (trial_id, step), 
      \tFOREIGN KEY(trial_id) REFERENCES trials (trial_id)
      );
      CREATE TABLE trial_heartbeats (
      \ttrial_heartbeat_id \(identity) NOT NULL, 
      \ttrial_id INTEGER NOT NULL, 
      \theartbeat \(time) NOT NULL, 
      \tPRIMARY KEY (trial_heartbeat_id), 
      \tUNIQUE (trial_id), 
      \tFOREIGN KEY(trial_id) REFERENCES trials (trial_id)
      );
      CREATE TABLE alembic_version (
      \tversion_num VARCHAR(32) NOT NULL, 
      \tCONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
      );
      INSERT INTO version_info (version_info_id, schema_version, library_version) VALUES (1, 12, '5.0.0');
      INSERT INTO alembic_version (version_num) VALUES ('\(newest)');

      """
  }

  /// What a database holds.
  enum Content: Equatable {
    /// No table.
    case nothing
    /// The tables of today.
    case current
    /// The tables of an earlier revision.
    case older(String)
  }

  /// What the tables of a database are.
  /// - Parameters:
  ///   - tables: the names of its tables.
  ///   - version: what its table `alembic_version` says, where it has one.
  ///   - place: the database, for messages.
  /// - Throws: `TensorError` of kind `format` where they are not those of Optuna, or of a later one.
  static func content(tables: Set<String>, version: String?, _ place: String) throws -> Content {
    if tables.isEmpty { return .nothing }
    guard tables.isSuperset(of: ["studies", "trials", "trial_params"]) else {
      throw TensorError(
        .format, place,
        "the database has other tables (\(tables.sorted().prefix(8).joined(separator: ", "))) and no studies; nothing was "
          + "changed: give studies a database of their own")
    }
    switch version {
    case newest: return .current
    case nil: return .older(older[0])
    case let version? where older.contains(version): return .older(version)
    case let version?:
      throw TensorError(
        .format, place,
        "its tables are of revision \(version), which a later Optuna made; revisions up to \(newest) are known. Nothing was "
          + "changed")
    }
  }
}
