import ApusCore
import ApusFormats

/// What artifacts, executions and contexts have in common, which is nearly all: their rows are read and written by one piece of code.
protocol MetadataNode: Sendable {
  /// The kind, the table, and the columns that only this kind has.
  static var kind: MetadataKind { get }
  static var table: String { get }
  static var ownColumns: [String] { get }

  var id: Int? { get set }
  var typeID: Int { get }
  var nameOrNil: String? { get }
  var externalID: String? { get }
  var properties: [String: MetadataValue] { get set }
  var customProperties: [String: MetadataValue] { get set }
  /// The values of ``ownColumns``.
  var ownValues: [SQLValue] { get }

  /// One from a row of id, type, its name, name, external id, times, and ``ownColumns``.
  init(row: any SQLRow)
}

extension MetadataNode {
  /// The table's name as columns begin that point to it: `artifact`.
  static var prefix: String { table.lowercased() }

  static var selection: String {
    let columns =
      ["id", "type_id"] + ["name", "external_id", "create_time_since_epoch", "last_update_time_since_epoch"]
    return (columns + ownColumns).map { "n.\($0)" }.joined(separator: ", ") + ", t.name"
  }
}

extension ArtifactRecord: MetadataNode {
  static let kind = MetadataKind.artifact
  static let table = "Artifact"
  static let ownColumns = ["uri", "state"]
  var nameOrNil: String? { name }
  var ownValues: [SQLValue] { [SQLValue(uri), SQLValue(state?.rawValue)] }

  init(row: any SQLRow) {
    self.init(
      typeID: row.int(1), uri: row.optionalText(6), state: State(rawValue: row.int(7)), name: row.optionalText(2),
      externalID: row.optionalText(3))
    (id, created, updated, type) = (row.int(0), row.int(4), row.int(5), row.text(8))
  }
}

extension ExecutionRecord: MetadataNode {
  static let kind = MetadataKind.execution
  static let table = "Execution"
  static let ownColumns = ["last_known_state"]
  var nameOrNil: String? { name }
  var ownValues: [SQLValue] { [SQLValue(state?.rawValue)] }

  init(row: any SQLRow) {
    self.init(
      typeID: row.int(1), state: State(rawValue: row.int(6)), name: row.optionalText(2), externalID: row.optionalText(3)
    )
    (id, created, updated, type) = (row.int(0), row.int(4), row.int(5), row.text(7))
  }
}

extension ContextRecord: MetadataNode {
  static let kind = MetadataKind.context
  static let table = "Context"
  static let ownColumns: [String] = []
  var nameOrNil: String? { name }
  var ownValues: [SQLValue] { [] }

  init(row: any SQLRow) {
    self.init(typeID: row.int(1), name: row.text(2), externalID: row.optionalText(3))
    (id, created, updated, type) = (row.int(0), row.int(4), row.int(5), row.text(6))
  }
}

/// The conditions of a query and the values for their places.
struct MetadataConditions {
  private(set) var texts: [String] = []
  private(set) var values: [SQLValue] = []

  /// Adds a condition in which each `$` stands for the next of the values.
  mutating func add(_ text: String, _ new: SQLValue...) {
    var pieces = text.split(separator: "$", omittingEmptySubsequences: false)[...]
    var condition = String(pieces.removeFirst())
    for (value, piece) in zip(new, pieces) {
      values.append(value)
      condition += "$\(values.count)" + piece
    }
    texts.append(condition)
  }

  /// Adds the condition that a column holds one of some numbers.
  mutating func add(_ column: String, among numbers: [Int]) {
    add(
      "\(column) IN (SELECT value FROM json_each($))",
      .text("[" + numbers.map(String.init).joined(separator: ",") + "]"))
  }

  /// ` WHERE` and all of them, or nothing.
  var clause: String { texts.isEmpty ? "" : " WHERE " + texts.joined(separator: " AND ") }
}

/// The statements of one transaction.
struct MetadataTables {
  let connection: SQLiteConnection
  let path: String

  func mistake(_ kind: TensorError.Kind, _ text: String) -> TensorError { TensorError(kind, path, text) }

  // MARK: Types

  func types(_ conditions: MetadataConditions) throws -> [MetadataType] {
    var types: [MetadataType] = []
    var places: [Int: Int] = [:]
    try connection.run(
      "SELECT id, name, version, type_kind, description, external_id FROM Type n\(conditions.clause) ORDER BY id",
      conditions.values
    ) { row in
      guard let kind = MetadataKind(rawValue: row.int(3)) else { return }
      var type = MetadataType(
        kind, row.text(1), version: row.optionalText(2), note: row.optionalText(4), externalID: row.optionalText(5))
      type.id = row.int(0)
      places[row.int(0)] = types.count
      types.append(type)
    }
    var among = MetadataConditions()
    among.add("type_id", among: Array(places.keys))
    try connection.run("SELECT type_id, name, data_type FROM TypeProperty\(among.clause)", among.values) { row in
      if let place = places[row.int(0)] {
        types[place].properties[row.text(1)] = MetadataValue.Kind(rawValue: row.int(2))
      }
    }
    try connection.run(
      "SELECT p.type_id, t.name FROM ParentType p JOIN Type t ON t.id = p.parent_type_id\(among.clause)", among.values
    ) { row in
      if let place = places[row.int(0)] { types[place].base = row.text(1) }
    }
    return types
  }

  func type(_ kind: MetadataKind, _ name: String, version: String?) throws -> MetadataType? {
    var conditions = MetadataConditions()
    conditions.add("type_kind = $", .int(kind.rawValue))
    conditions.add("name = $", .text(name))
    conditions.add("version IS $", SQLValue(version))
    return try types(conditions).first
  }

  func put(_ type: MetadataType, addsProperties: Bool) throws -> Int {
    guard !type.name.isEmpty else { throw mistake(.value, "a type has a name, and this one has none") }
    let base = try type.base.map { name in
      guard let id = try self.type(type.kind, name, version: nil)?.id else {
        throw mistake(
          .value,
          "the type '\(type.name)' shall be one of '\(name)', and there is no \(type.kind.name) type of this name")
      }
      return id
    }
    guard let stored = try self.type(type.kind, type.name, version: type.version), let id = stored.id else {
      let id = try connection.first(
        "INSERT INTO Type (name, version, type_kind, description, external_id) VALUES ($1, $2, $3, $4, $5) RETURNING id",
        [
          .text(type.name), SQLValue(type.version), .int(type.kind.rawValue), SQLValue(type.note),
          SQLValue(type.externalID),
        ]
      ) { $0.int(0) }
      guard let id else { throw mistake(.file, "the type '\(type.name)' got no number") }
      try add(type.properties, to: id)
      if let base { try setBase(base, of: id) }
      return id
    }
    var new: [String: MetadataValue.Kind] = [:]
    for (name, kind) in type.properties {
      switch stored.properties[name] {
      case .some(kind): break
      case .none: new[name] = kind
      case .some(let other):
        throw mistake(
          .state,
          "the type '\(type.name)' has a property '\(name)' of kind \(other), which cannot become \(kind); take another name, "
            + "or another version of the type")
      }
    }
    guard new.isEmpty || addsProperties else {
      let names = new.keys.sorted().map { "'\($0)'" }.joined(separator: ", ")
      throw mistake(
        .state, "the type '\(type.name)' is there without the properties \(names); `addsProperties: true` adds them")
    }
    try add(new, to: id)
    if let base, let wanted = type.base {
      guard stored.base == nil || stored.base == wanted else {
        throw mistake(
          .state, "the type '\(type.name)' is one of '\(stored.base ?? "")', and cannot become one of '\(wanted)'")
      }
      if stored.base == nil { try setBase(base, of: id) }
    }
    return id
  }

  private func add(_ properties: [String: MetadataValue.Kind], to type: Int) throws {
    for (name, kind) in properties.sorted(by: { $0.key < $1.key }) {
      try connection.run(
        "INSERT INTO TypeProperty (type_id, name, data_type) VALUES ($1, $2, $3)",
        [.int(type), .text(name), .int(kind.rawValue)])
    }
  }

  private func setBase(_ base: Int, of type: Int) throws {
    try connection.run("INSERT INTO ParentType (type_id, parent_type_id) VALUES ($1, $2)", [.int(type), .int(base)])
  }

  // MARK: Artifacts, executions, contexts

  func nodes<Node: MetadataNode>(
    _ conditions: MetadataConditions, newestFirst: Bool = false, limit: Int? = nil
  ) throws -> [Node] {
    var nodes: [Node] = []
    var places: [Int: Int] = [:]
    // The plus keeps SQLite from walking along all of them by their times in search of the few that are asked for.
    let time = conditions.texts.isEmpty ? "n.create_time_since_epoch" : "+n.create_time_since_epoch"
    let order = newestFirst ? "\(time) DESC, n.id DESC" : "n.id"
    let end = limit.map { " LIMIT \($0)" } ?? ""
    try connection.run(
      "SELECT \(Node.selection) FROM \(Node.table) n JOIN Type t ON t.id = n.type_id\(conditions.clause) ORDER BY "
        + order + end,
      conditions.values
    ) { row in
      places[row.int(0)] = nodes.count
      nodes.append(Node(row: row))
    }
    guard !nodes.isEmpty else { return [] }
    var among = MetadataConditions()
    among.add("\(Node.prefix)_id", among: Array(places.keys))
    try connection.run(
      "SELECT \(Node.prefix)_id, name, is_custom_property, \(MetadataValue.columns) FROM \(Node.table)Property"
        + among.clause,
      among.values
    ) { row in
      guard let place = places[row.int(0)], let value = try MetadataValue(columnsOf: row, at: 3, path) else { return }
      if row.int(2) == 0 {
        nodes[place].properties[row.text(1)] = value
      } else {
        nodes[place].customProperties[row.text(1)] = value
      }
    }
    return nodes
  }

  /// Inserts or changes one, and says its number. All its properties become those given.
  func put<Node: MetadataNode>(_ node: Node, time: Int) throws -> Int {
    let kind = Node.kind.name
    var conditions = MetadataConditions()
    conditions.add("n.id = $", .int(node.typeID))
    guard let type = try types(conditions).first, type.kind == Node.kind else {
      throw mistake(.value, "there is no type of \(kind)s of number \(node.typeID); `putType` gives the number of one")
    }
    for (name, value) in node.properties {
      guard let declared = type.properties[name] else {
        throw mistake(
          .value,
          "the type '\(type.name)' declares no property '\(name)'; declare it, or make it a custom property")
      }
      guard declared == value.kind else {
        throw mistake(
          .value, "the property '\(name)' of '\(type.name)' is of kind \(declared), and the value of kind \(value.kind)"
        )
      }
    }
    try checkUnique(node, type)
    let columns = ["external_id", "last_update_time_since_epoch"] + Node.ownColumns
    let values: [SQLValue] = [SQLValue(node.externalID), .int(time)] + node.ownValues
    let id: Int
    if let given = node.id {
      let stored = try connection.first("SELECT type_id FROM \(Node.table) WHERE id = $1", [.int(given)]) { $0.int(0) }
      guard let stored else {
        throw mistake(.value, "there is no \(kind) of number \(given) to change; one without a number is added")
      }
      guard stored == node.typeID else {
        throw mistake(.value, "the \(kind) \(given) is of type \(stored), and cannot become one of type \(node.typeID)")
      }
      let settings = columns.enumerated().map { "\($0.element) = $\($0.offset + 1)" }.joined(separator: ", ")
      let count = columns.count
      try connection.run(
        "UPDATE \(Node.table) SET \(settings), name = coalesce($\(count + 1), name) WHERE id = $\(count + 2)",
        values + [SQLValue(node.nameOrNil), .int(given)])
      try connection.run("DELETE FROM \(Node.table)Property WHERE \(Node.prefix)_id = $1", [.int(given)])
      id = given
    } else {
      let all = ["type_id", "name", "create_time_since_epoch"] + columns
      let places = all.indices.map { "$\($0 + 1)" }.joined(separator: ", ")
      let new = try connection.first(
        "INSERT INTO \(Node.table) (\(all.joined(separator: ", "))) VALUES (\(places)) RETURNING id",
        [.int(node.typeID), SQLValue(node.nameOrNil), .int(time)] + values
      ) { $0.int(0) }
      guard let new else { throw mistake(.file, "the new \(kind) got no number") }
      id = new
    }
    for (isCustom, properties) in [(0, node.properties), (1, node.customProperties)] {
      for (name, value) in properties.sorted(by: { $0.key < $1.key }) {
        try connection.run(
          "INSERT INTO \(Node.table)Property (\(Node.prefix)_id, name, is_custom_property, \(MetadataValue.columns)) "
            + "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
          [.int(id), .text(name), .int(isCustom)]
            + value.columnValues("\(path), property '\(name)' of \(kind) \(id)"))
      }
    }
    return id
  }

  private func checkUnique<Node: MetadataNode>(_ node: Node, _ type: MetadataType) throws {
    if let name = node.nameOrNil {
      let other = try connection.first(
        "SELECT id FROM \(Node.table) WHERE type_id = $1 AND name = $2", [.int(node.typeID), .text(name)]
      ) { $0.int(0) }
      if let other, other != node.id {
        throw mistake(
          .state,
          "the \(Node.kind.name) '\(name)' of type '\(type.name)' is there already (number \(other)); take another name, or change "
            + "that one")
      }
    }
    if let externalID = node.externalID {
      let other = try connection.first(
        "SELECT id FROM \(Node.table) WHERE external_id = $1", [.text(externalID)]
      ) { $0.int(0) }
      if let other, other != node.id {
        throw mistake(.state, "the external id '\(externalID)' is that of the \(Node.kind.name) \(other)")
      }
    }
  }

  private func require(_ table: String, _ id: Int) throws {
    guard try connection.first("SELECT 1 FROM \(table) WHERE id = $1", [.int(id)], { _ in true }) != nil else {
      throw mistake(.value, "there is no \(table.lowercased()) of number \(id)")
    }
  }

  // MARK: Events and memberships

  /// Adds an event; one of the same artifact, execution and kind stays as it is.
  func put(_ event: EventRecord, time: Int) throws {
    guard let artifact = event.artifactID, let execution = event.executionID else {
      throw mistake(.value, "an event has the numbers of an artifact and of an execution, and this one lacks one")
    }
    try require("Artifact", artifact)
    try require("Execution", execution)
    let id = try connection.first(
      "INSERT INTO Event (artifact_id, execution_id, type, milliseconds_since_epoch) VALUES ($1, $2, $3, $4) "
        + "ON CONFLICT DO NOTHING RETURNING id",
      [.int(artifact), .int(execution), .int(event.kind.rawValue), .int(event.time ?? time)]
    ) { $0.int(0) }
    guard let id else { return }
    for step in event.path {
      let values: [SQLValue] =
        switch step {
        case .index(let position): [.int(1), .int(position), .null]
        case .key(let key): [.int(0), .null, .text(key)]
        }
      try connection.run(
        "INSERT INTO EventPath (event_id, is_index_step, step_index, step_key) VALUES ($1, $2, $3, $4)",
        [.int(id)] + values)
    }
  }

  func events(_ conditions: MetadataConditions) throws -> [EventRecord] {
    var events: [EventRecord] = []
    var places: [Int: Int] = [:]
    try connection.run(
      "SELECT id, artifact_id, execution_id, type, milliseconds_since_epoch FROM Event n\(conditions.clause) ORDER BY id",
      conditions.values
    ) { row in
      // An event of kind 0 says nothing.
      guard let kind = EventRecord.Kind(rawValue: row.int(3)) else { return }
      places[row.int(0)] = events.count
      events.append(
        EventRecord(kind, path: [], artifactID: row.int(1), executionID: row.int(2), time: row.optionalInt(4)))
    }
    var among = MetadataConditions()
    among.add("event_id", among: Array(places.keys))
    try connection.run(
      "SELECT event_id, is_index_step, step_index, step_key FROM EventPath\(among.clause) ORDER BY rowid", among.values
    ) { row in
      guard let place = places[row.int(0)] else { return }
      events[place].path.append(row.int(1) == 0 ? .key(row.text(3)) : .index(row.int(2)))
    }
    return events
  }

  func associate(context: Int, execution: Int) throws {
    try require("Context", context)
    try require("Execution", execution)
    try connection.run(
      "INSERT INTO Association (context_id, execution_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
      [.int(context), .int(execution)])
  }

  func attribute(context: Int, artifact: Int) throws {
    try require("Context", context)
    try require("Artifact", artifact)
    try connection.run(
      "INSERT INTO Attribution (context_id, artifact_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
      [.int(context), .int(artifact)])
  }

  func setParent(_ parent: Int, of child: Int) throws {
    try require("Context", parent)
    try require("Context", child)
    guard parent != child else { throw mistake(.value, "the context \(child) cannot be its own parent") }
    try connection.run(
      "INSERT INTO ParentContext (context_id, parent_context_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
      [.int(child), .int(parent)])
  }
}
