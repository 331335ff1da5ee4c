import ApusCore
import ApusFormats

/// The tables of an older Optuna in a file of SQLite, seen as those of today: a temporary view stands before each table that
/// was different.
struct OlderSchema {
  private let connection: SQLiteConnection
  private let version: String

  init(_ connection: SQLiteConnection, _ version: String) {
    self.connection = connection
    self.version = version
  }

  /// Makes the views, which this connection alone sees; the file stays as it is.
  func showAsNewest() throws {
    try connection.runScript("PRAGMA temp_store = MEMORY")
    for (name, query) in try views() { try connection.runScript("CREATE TEMP VIEW \(name) AS \(query)") }
  }

  /// The columns of a table; none where it is not there.
  private func columns(_ table: String) throws -> Set<String> {
    var names: Set<String> = []
    try connection.run("SELECT name FROM pragma_table_info('\(table)')", []) { names.insert($0.text(0)) }
    return names
  }

  /// What stands before each table. What a table has decides, not its revision: all steps between are covered.
  private func views() throws -> [(name: String, query: String)] {
    let trials = try columns("trials")
    let values = try columns("trial_values")
    let reports = try columns("trial_intermediate_values")
    let hasDirections = try !columns("study_directions").isEmpty
    // Infinities were kept as the largest numbers of 32 bits.
    func type(_ value: String, null: String) -> String {
      let most = 3.4028234663852886e38
      return
        "CASE WHEN \(value) IS NULL THEN \(null) WHEN \(value) >= \(most * 0.99999) AND \(value) <= \(most * 1.00001) "
        + "OR \(value) = 9e999 THEN 'INF_POS' WHEN \(value) <= -\(most * 0.99999) AND \(value) >= -\(most * 1.00001) "
        + "OR \(value) = -9e999 THEN 'INF_NEG' ELSE 'FINITE' END"
    }
    func finite(_ value: String) -> String {
      "CASE WHEN \(type(value, null: "'NAN'")) = 'FINITE' THEN \(value) END"
    }
    var views: [(name: String, query: String)] = []
    views.append(("studies", "SELECT study_id, study_name FROM main.studies"))
    views.append(
      (
        "study_directions",
        hasDirections
          ? "SELECT study_direction_id, direction, study_id, objective FROM main.study_directions"
          : "SELECT study_id AS study_direction_id, direction, study_id, 0 AS objective FROM main.studies"
      ))
    let number =
      trials.contains("number")
      ? "number"
      : """
      COALESCE((SELECT CAST(value_json AS INTEGER) FROM main.trial_system_attributes a \
      WHERE a.trial_id = t.trial_id AND a."key" = '_number'), \
      (SELECT COUNT(*) FROM main.trials u WHERE u.study_id = t.study_id AND u.trial_id < t.trial_id))
      """
    views.append(
      (
        "trials",
        "SELECT trial_id, \(number) AS number, study_id, state, datetime_start, datetime_complete FROM main.trials t"
      ))
    views.append(
      (
        "trial_system_attributes",
        "SELECT trial_system_attribute_id, trial_id, \"key\", value_json FROM main.trial_system_attributes"
          + (trials.contains("number") ? "" : " WHERE \"key\" <> '_number'")
      ))
    let valueQuery: String
    if values.contains("objective") {
      let isTyped = values.contains("value_type")
      valueQuery =
        "SELECT trial_value_id, trial_id, objective, \(isTyped ? "value" : finite("value")) AS value, "
        + "\(isTyped ? "value_type" : type("value", null: "'FINITE'")) AS value_type FROM main.trial_values"
        // A migration left rows without a value for trials that had none.
        + (isTyped ? " WHERE value IS NOT NULL OR value_type <> 'FINITE'" : " WHERE value IS NOT NULL")
    } else {
      valueQuery =
        "SELECT trial_id AS trial_value_id, trial_id, 0 AS objective, \(finite("value")) AS value, "
        + "\(type("value", null: "'FINITE'")) AS value_type FROM main.trials WHERE value IS NOT NULL"
    }
    views.append(("trial_values", valueQuery))
    let reportQuery: String
    if reports.isEmpty {
      reportQuery =
        "SELECT trial_value_id AS trial_intermediate_value_id, trial_id, step, \(finite("value")) AS intermediate_value, "
        + "\(type("value", null: "'NAN'")) AS intermediate_value_type FROM main.trial_values WHERE step IS NOT NULL"
    } else {
      let isTyped = reports.contains("intermediate_value_type")
      reportQuery =
        "SELECT trial_intermediate_value_id, trial_id, step, "
        + "\(isTyped ? "intermediate_value" : finite("intermediate_value")) AS intermediate_value, "
        + "\(isTyped ? "intermediate_value_type" : type("intermediate_value", null: "'NAN'")) AS intermediate_value_type "
        + "FROM main.trial_intermediate_values"
    }
    views.append(("trial_intermediate_values", reportQuery))
    views.append(
      (
        "trial_heartbeats",
        try columns("trial_heartbeats").isEmpty
          ? "SELECT 0 AS trial_heartbeat_id, 0 AS trial_id, '' AS heartbeat WHERE 0"
          : "SELECT trial_heartbeat_id, trial_id, heartbeat FROM main.trial_heartbeats"
      ))
    return views
  }

  /// Rewrites the tables as those of today, in one transaction; what was there is copied beside the file first.
  func upgrade(_ path: String) throws {
    // The copy is of one state of the database. It takes a name that is free.
    try connection.run("VACUUM INTO $1", [.text(freeName(path))])
    try connection.writing {
      try showAsNewest()
      for table in Schema.tables {
        try connection.runScript("CREATE TEMP TABLE kept_\(table) AS SELECT * FROM \(table)")
      }
      for (name, _) in try views() { try connection.runScript("DROP VIEW temp.\(name)") }
      for table in Schema.tables.reversed() + ["version_info", "alembic_version"] {
        try connection.runScript("DROP TABLE IF EXISTS main.\(table)")
      }
      try connection.runScript(Schema.sqlite)
      for table in Schema.tables {
        // The columns of an older table may stand in another order.
        let names = try columns("kept_\(table)").map { "\"\($0)\"" }.joined(separator: ", ")
        try connection.runScript(
          "INSERT INTO main.\(table) (\(names)) SELECT \(names) FROM temp.kept_\(table); DROP TABLE temp.kept_\(table)")
      }
      var texts: [String] = []
      try connection.run("SELECT DISTINCT distribution_json FROM trial_params", []) { texts.append($0.text(0)) }
      for text in texts {
        try connection.run(
          "UPDATE trial_params SET distribution_json = $1 WHERE distribution_json = $2",
          [.text(ParameterDistribution(json: text).json), .text(text)])
      }
    }
  }

  private func freeName(_ path: String) throws -> String {
    let first = "\(path).\(version)"
    let names = [first] + (2...99).map { "\(first).\($0)" }
    guard let free = names.first(where: { !fileExists($0) }) else {
      throw TensorError(
        .file, path, "there are 99 copies of it beside it (\(first) ...); remove some before an upgrade")
    }
    return free
  }
}
