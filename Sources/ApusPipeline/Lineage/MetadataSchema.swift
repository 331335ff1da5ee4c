import ApusCore
import ApusFormats

/// The tables of ML Metadata, in the version that its last release makes.
enum MetadataSchema {
  static let version = 10

  /// What a file holds.
  enum Content: Equatable {
    /// No tables; those of this version; those of another.
    case nothing, current
    case other(Int)
  }

  /// Looks what a database holds.
  /// - Throws: `TensorError` of kind `format` where its tables are of something else.
  static func content(_ connection: SQLiteConnection, _ path: String) throws -> Content {
    var found: Set<String> = []
    try connection.run(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'", []
    ) { found.insert($0.text(0)) }
    if found.isEmpty { return .nothing }
    let versions = found.contains("MLMDEnv") ? "SELECT schema_version FROM MLMDEnv" : "SELECT NULL WHERE 0"
    guard let version = try connection.first(versions, [], { $0.int(0) }) else {
      throw TensorError(
        .format, path,
        "this is no database of ML Metadata: it has tables, but none that tells the version of a schema (MLMDEnv); give "
          + "another file, or one that is not there yet")
    }
    guard version == Self.version else { return .other(version) }
    let missing = Set(tables).subtracting(found).sorted()
    guard missing.isEmpty else {
      throw TensorError(
        .format, path,
        "the database says that it is one of ML Metadata, but lacks tables: \(missing.joined(separator: ", "))")
    }
    return .current
  }

  /// The error of another version.
  static func refusal(_ version: Int, _ path: String) -> TensorError {
    let cure =
      version < Self.version
      ? "ml_metadata 1.17 upgrades it when it is opened with `enable_upgrade_migration=True`; keep a copy"
      : "it was made by a later release, which has to read it"
    return TensorError(
      .state, path,
      "its tables are of version \(version) of ML Metadata's schema, and only version \(Self.version) is known: \(cure)"
    )
  }

  private static let tables = [
    "Type", "TypeProperty", "ParentType", "Artifact", "ArtifactProperty", "Execution", "ExecutionProperty", "Context",
    "ContextProperty", "Event", "EventPath", "ParentContext", "Association", "Attribution",
  ]

  /// The types that every database has, with the numbers of their kinds.
  private static let simpleTypes: [(kind: MetadataKind, names: [String])] = [
    (.artifact, ["Dataset", "Model", "Metrics", "Statistics"]),
    (.execution, ["Train", "Transform", "Process", "Evaluate", "Deploy"]),
  ]

  /// Makes the tables of a new database.
  static var script: String {
    var statements = [
      """
      CREATE TABLE `Type` (`id` INTEGER PRIMARY KEY AUTOINCREMENT, `name` VARCHAR(255) NOT NULL, `version` VARCHAR(255),
        `type_kind` TINYINT(1) NOT NULL, `description` TEXT, `input_type` TEXT, `output_type` TEXT,
        `external_id` VARCHAR(255) UNIQUE)
      """,
      """
      CREATE TABLE `TypeProperty` (`type_id` INT NOT NULL, `name` VARCHAR(255) NOT NULL, `data_type` INT NULL,
        PRIMARY KEY (`type_id`, `name`))
      """,
      """
      CREATE TABLE `ParentType` (`type_id` INT NOT NULL, `parent_type_id` INT NOT NULL,
        PRIMARY KEY (`type_id`, `parent_type_id`))
      """,
      """
      CREATE TABLE `Event` (`id` INTEGER PRIMARY KEY AUTOINCREMENT, `artifact_id` INT NOT NULL,
        `execution_id` INT NOT NULL, `type` INT NOT NULL, `milliseconds_since_epoch` INT,
        UNIQUE (`artifact_id`, `execution_id`, `type`))
      """,
      """
      CREATE TABLE `EventPath` (`event_id` INT NOT NULL, `is_index_step` TINYINT(1) NOT NULL, `step_index` INT,
        `step_key` TEXT)
      """,
      """
      CREATE TABLE `ParentContext` (`context_id` INT NOT NULL, `parent_context_id` INT NOT NULL,
        PRIMARY KEY (`context_id`, `parent_context_id`))
      """,
      "CREATE TABLE `MLMDEnv` (`schema_version` INTEGER PRIMARY KEY)",
      "CREATE INDEX `idx_event_execution_id` ON `Event` (`execution_id`)",
      "CREATE INDEX `idx_eventpath_event_id` ON `EventPath` (`event_id`)",
      "CREATE INDEX `idx_parentcontext_parent_context_id` ON `ParentContext` (`parent_context_id`)",
      "CREATE INDEX `idx_type_name` ON `Type` (`name`)",
      "CREATE INDEX `idx_type_external_id` ON `Type` (`external_id`)",
      "CREATE INDEX `idx_artifact_uri` ON `Artifact` (`uri`)",
    ]
    let nodes = [
      ("Artifact", "`uri` TEXT, `state` INT, `name` VARCHAR(255)"),
      ("Execution", "`last_known_state` INT, `name` VARCHAR(255)"), ("Context", "`name` VARCHAR(255) NOT NULL"),
    ]
    for (table, columns) in nodes.reversed() { statements.insert(contentsOf: node(table, columns), at: 3) }
    for (table, column) in [("Association", "execution_id"), ("Attribution", "artifact_id")] {
      statements.append(
        """
        CREATE TABLE `\(table)` (`id` INTEGER PRIMARY KEY AUTOINCREMENT, `context_id` INT NOT NULL,
          `\(column)` INT NOT NULL, UNIQUE (`context_id`, `\(column)`))
        """)
    }
    for (kind, names) in simpleTypes {
      for name in names {
        statements.append("INSERT INTO `Type` (`name`, `type_kind`) VALUES ('mlmd.\(name)', \(kind.rawValue))")
      }
    }
    statements.append("INSERT INTO `MLMDEnv` VALUES (\(version))")
    return statements.joined(separator: ";\n") + ";"
  }

  /// The table of artifacts, executions or contexts, that of their properties, and what finds them.
  private static func node(_ table: String, _ columns: String) -> [String] {
    let lower = table.lowercased()
    var statements = [
      """
      CREATE TABLE `\(table)` (`id` INTEGER PRIMARY KEY AUTOINCREMENT, `type_id` INT NOT NULL, \(columns),
        `external_id` VARCHAR(255) UNIQUE, `create_time_since_epoch` INT NOT NULL DEFAULT 0,
        `last_update_time_since_epoch` INT NOT NULL DEFAULT 0, UNIQUE (`type_id`, `name`))
      """,
      """
      CREATE TABLE `\(table)Property` (`\(lower)_id` INT NOT NULL, `name` VARCHAR(255) NOT NULL,
        `is_custom_property` TINYINT(1) NOT NULL, `int_value` INT, `double_value` DOUBLE, `string_value` TEXT,
        `byte_value` BLOB, `proto_value` BLOB, `bool_value` BOOLEAN,
        PRIMARY KEY (`\(lower)_id`, `name`, `is_custom_property`))
      """,
    ]
    for column in ["create_time_since_epoch", "last_update_time_since_epoch", "external_id"] {
      statements.append("CREATE INDEX `idx_\(lower)_\(column)` ON `\(table)` (`\(column)`)")
    }
    for kind in ["int", "double", "string"] {
      statements.append(
        "CREATE INDEX `idx_\(lower)_property_\(kind)` ON `\(table)Property` (`name`, `is_custom_property`, "
          + "`\(kind)_value`) WHERE `\(kind)_value` IS NOT NULL")
    }
    return statements
  }
}
