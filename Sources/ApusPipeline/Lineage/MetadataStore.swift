import ApusCore
import ApusFormats

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// What was made from what, in ML Metadata's own database: a file of SQLite that its library for Python reads and writes too.
///
///     let store = try MetadataStore("runs/metadata.sqlite")
///     let model = try store.putType(MetadataType(.artifact, "Model", base: "mlmd.Model"))
///     let trainer = try store.putType(MetadataType(.execution, "Trainer", base: "mlmd.Train"))
///     let made = ArtifactRecord(typeID: model, uri: "runs/model", customProperties: ["epochs": 3])
///     try store.putExecution(
///       ExecutionRecord(typeID: trainer, state: .complete), artifacts: [(made, EventRecord(.output, key: "model"))])
///
/// Every call is one transaction: it is kept whole or not at all, and what it wrote is on the disk when it returns. Any number of
/// threads and processes of a machine use one file at once; on a folder of the network so do several machines, as far as its locks
/// can be relied on. The library `libsqlite3.so.0` is found at run time.
public final class MetadataStore: Sendable {
  /// The file.
  public let path: String
  /// Whether nothing can be written, because it was asked for or because the file may not be.
  public let isReadOnly: Bool
  private let tables: Lock<MetadataTables>

  /// Opens a database, or makes it with its folder.
  /// - Parameters:
  ///   - path: the file.
  ///   - isReadOnly: whether nothing is written, and nothing made.
  ///   - wait: seconds for which another process's lock is waited for.
  /// - Throws: `TensorError` of kind `unsupported` where the machine has no SQLite; of kind `format` where the file is something
  ///   else or damaged; of kind `state` for tables of another version; of kind `file` where it cannot be opened or is locked.
  public init(_ path: String, isReadOnly: Bool = false, wait: Double = 60) throws {
    let path = expandedPath(path)
    let isThere = fileExists(path)
    guard isThere || !isReadOnly else {
      throw TensorError(.file, path, "there is no database here; run a pipeline first, or open it for writing")
    }
    if !isThere { try makeFolder(of: path) }
    self.path = path
    self.isReadOnly = isReadOnly || isThere && access(path, W_OK) != 0
    let mode = self.isReadOnly ? SQLiteConnection.Mode.readOnly : .create
    let connection = try SQLiteConnection(path, mode: mode, wait: wait, isLasting: true)
    var content = try connection.reading { try MetadataSchema.content(connection, path) }
    if content == .nothing {
      guard !self.isReadOnly else {
        throw TensorError(.format, path, "the database has no tables, and may not be written")
      }
      content = try connection.writing {
        // Another process may have made the tables meanwhile.
        let content = try MetadataSchema.content(connection, path)
        if content == .nothing { try connection.runScript(MetadataSchema.script) }
        return content == .nothing ? .current : content
      }
    }
    if case .other(let version) = content { throw MetadataSchema.refusal(version, path) }
    tables = Lock(MetadataTables(connection: connection, path: path))
  }

  private func read<Result: Sendable>(_ body: (MetadataTables) throws -> Result) throws -> Result {
    try tables.withLock { tables in try tables.connection.reading { try body(tables) } }
  }

  private func write<Result: Sendable>(_ body: (MetadataTables, _ time: Int) throws -> Result) throws -> Result {
    try tables.withLock { tables in try tables.connection.writing { try body(tables, Self.now()) } }
  }

  /// The moment now in milliseconds since 1970.
  static func now() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
  }

  // MARK: Types

  /// Adds a type, or finds it by kind, name and version.
  /// - Parameter addsProperties: whether a type that is there gets the properties that it lacks; it keeps all that it has.
  /// - Returns: its number.
  /// - Throws: `TensorError` of kind `state` where the type that is there has another kind for a property, lacks one that may not
  ///   be added, or has another base; of kind `value` for a base that is unknown.
  @discardableResult
  public func putType(_ type: MetadataType, addsProperties: Bool = true) throws -> Int {
    // Nearly always it is there: then nothing is written and nobody waits.
    let stored = try read { try $0.type(type.kind, type.name, version: type.version) }
    if let stored, let id = stored.id, type.base == nil || type.base == stored.base,
      type.properties.allSatisfy({ stored.properties[$0.key] == $0.value })
    {
      return id
    }
    return try write { tables, _ in try tables.put(type, addsProperties: addsProperties) }
  }

  /// The type of a name, nil where there is none.
  public func type(_ kind: MetadataKind, _ name: String, version: String? = nil) throws -> MetadataType? {
    try read { try $0.type(kind, name, version: version) }
  }

  /// All types of a kind, in the order of their numbers.
  public func types(_ kind: MetadataKind) throws -> [MetadataType] {
    var conditions = MetadataConditions()
    conditions.add("type_kind = $", .int(kind.rawValue))
    return try read { try $0.types(conditions) }
  }

  // MARK: Writing

  /// Adds artifacts, and changes those that have a number: their properties become those given.
  /// - Returns: their numbers.
  /// - Throws: `TensorError` of kind `value` for an unknown type or number, or a property that the type does not declare so; of
  ///   kind `state` for a name or external id that another one has.
  @discardableResult
  public func putArtifacts(_ artifacts: [ArtifactRecord]) throws -> [Int] { try put(artifacts) }

  /// Adds and changes executions as ``putArtifacts(_:)`` does artifacts.
  @discardableResult
  public func putExecutions(_ executions: [ExecutionRecord]) throws -> [Int] { try put(executions) }

  /// Adds and changes contexts as ``putArtifacts(_:)`` does artifacts.
  @discardableResult
  public func putContexts(_ contexts: [ContextRecord]) throws -> [Int] { try put(contexts) }

  private func put(_ nodes: [some MetadataNode]) throws -> [Int] {
    try write { tables, time in try nodes.map { try tables.put($0, time: time) } }
  }

  /// Adds events. One of an artifact, an execution and a kind that is there stays as it is.
  public func putEvents(_ events: [EventRecord]) throws {
    try write { tables, time in for event in events { try tables.put(event, time: time) } }
  }

  /// Says that executions and artifacts belong to contexts.
  /// - Throws: `TensorError` of kind `value` for a number that nothing has.
  public func putMemberships(
    executions: [(context: Int, execution: Int)] = [], artifacts: [(context: Int, artifact: Int)] = []
  ) throws {
    try write { tables, _ in
      for pair in executions { try tables.associate(context: pair.context, execution: pair.execution) }
      for pair in artifacts { try tables.attribute(context: pair.context, artifact: pair.artifact) }
    }
  }

  /// Says that contexts lie in others.
  public func putParents(_ pairs: [(child: Int, parent: Int)]) throws {
    try write { tables, _ in for pair in pairs { try tables.setParent(pair.parent, of: pair.child) } }
  }

  /// The numbers of what ``putExecution(_:artifacts:contexts:reusesContexts:)`` wrote.
  public struct Published: Sendable, Hashable {
    /// The execution.
    public let execution: Int
    /// The artifacts, in the order given.
    public let artifacts: [Int]
    /// The contexts, in the order given.
    public let contexts: [Int]
  }

  /// Adds or changes an execution with the artifacts that it read and made, and the contexts that all of them belong to: all of it,
  /// or nothing where a part cannot be.
  /// - Parameters:
  ///   - artifacts: each with its event, whose numbers of artifact and execution are set; nil for one without.
  ///   - contexts: those that have a number are not changed, only joined.
  ///   - reusesContexts: whether a context without a number is the one of its type and name where there is one; it gets the
  ///     properties given besides its own. Else that is an error.
  /// - Throws: as ``putArtifacts(_:)``.
  @discardableResult
  public func putExecution(
    _ execution: ExecutionRecord, artifacts: [(artifact: ArtifactRecord, event: EventRecord?)] = [],
    contexts: [ContextRecord] = [], reusesContexts: Bool = true
  ) throws -> Published {
    try write { tables, time in
      let executionID = try tables.put(execution, time: time)
      var artifactIDs: [Int] = []
      for (artifact, event) in artifacts {
        let id = try tables.put(artifact, time: time)
        artifactIDs.append(id)
        guard var event else { continue }
        guard event.artifactID ?? id == id, event.executionID ?? executionID == executionID else {
          throw tables.mistake(
            .value,
            "the event of artifact \(id) and execution \(executionID) has other numbers: \(event.artifactID ?? id) and "
              + "\(event.executionID ?? executionID)")
        }
        (event.artifactID, event.executionID) = (id, executionID)
        try tables.put(event, time: time)
      }
      let contextIDs = try contexts.map { try Self.join($0, reusesContexts, tables, time) }
      for context in contextIDs {
        try tables.associate(context: context, execution: executionID)
        for artifact in artifactIDs { try tables.attribute(context: context, artifact: artifact) }
      }
      return Published(execution: executionID, artifacts: artifactIDs, contexts: contextIDs)
    }
  }

  private static func join(
    _ context: ContextRecord, _ reuses: Bool, _ tables: MetadataTables, _ time: Int
  ) throws -> Int {
    if let id = context.id { return id }
    guard reuses else { return try tables.put(context, time: time) }
    var conditions = MetadataConditions()
    conditions.add("n.type_id = $", .int(context.typeID))
    conditions.add("n.name = $", .text(context.name))
    let found: [ContextRecord] = try tables.nodes(conditions)
    guard var stored = found.first, let id = stored.id else { return try tables.put(context, time: time) }
    let before = stored
    stored.properties.merge(context.properties) { $1 }
    stored.customProperties.merge(context.customProperties) { $1 }
    return stored == before ? id : try tables.put(stored, time: time)
  }

  // MARK: Reading

  /// Artifacts that satisfy all that is given, in the order of their numbers.
  /// - Parameters:
  ///   - ids: their numbers.
  ///   - type: the name of their type, of any version.
  ///   - contexts: numbers of contexts, to each of which they belong.
  ///   - customProperties: values that they have.
  ///   - newestFirst: whether those added last come first.
  ///   - limit: at most so many.
  public func artifacts(
    ids: [Int]? = nil, type: String? = nil, name: String? = nil, uri: String? = nil,
    state: ArtifactRecord.State? = nil, externalID: String? = nil, contexts: [Int] = [],
    customProperties: [String: MetadataValue] = [:], newestFirst: Bool = false, limit: Int? = nil
  ) throws -> [ArtifactRecord] {
    var conditions = Self.conditions(
      ArtifactRecord.self, ids, type, name, externalID, contexts, membership: "Attribution")
    if let uri { conditions.add("n.uri = $", .text(uri)) }
    if let state { conditions.add("n.state = $", .int(state.rawValue)) }
    try Self.add(customProperties, ArtifactRecord.self, to: &conditions)
    return try read { try $0.nodes(conditions, newestFirst: newestFirst, limit: limit) }
  }

  /// Executions that satisfy all that is given; the parameters are those of
  /// ``artifacts(ids:type:name:uri:state:externalID:contexts:customProperties:newestFirst:limit:)``.
  public func executions(
    ids: [Int]? = nil, type: String? = nil, name: String? = nil, state: ExecutionRecord.State? = nil,
    externalID: String? = nil, contexts: [Int] = [], customProperties: [String: MetadataValue] = [:],
    newestFirst: Bool = false, limit: Int? = nil
  ) throws -> [ExecutionRecord] {
    var conditions = Self.conditions(
      ExecutionRecord.self, ids, type, name, externalID, contexts, membership: "Association")
    if let state { conditions.add("n.last_known_state = $", .int(state.rawValue)) }
    try Self.add(customProperties, ExecutionRecord.self, to: &conditions)
    return try read { try $0.nodes(conditions, newestFirst: newestFirst, limit: limit) }
  }

  /// Contexts that satisfy all that is given.
  /// - Parameters:
  ///   - execution: an execution that belongs to them.
  ///   - artifact: an artifact that belongs to them.
  ///   - parent: a context that they lie in.
  ///   - child: a context that lies in them.
  public func contexts(
    ids: [Int]? = nil, type: String? = nil, name: String? = nil, externalID: String? = nil, execution: Int? = nil,
    artifact: Int? = nil, parent: Int? = nil, child: Int? = nil, newestFirst: Bool = false, limit: Int? = nil
  ) throws -> [ContextRecord] {
    var conditions = Self.conditions(ContextRecord.self, ids, type, name, externalID, [], membership: "")
    let links = [
      ("SELECT context_id FROM Association WHERE execution_id = $", execution),
      ("SELECT context_id FROM Attribution WHERE artifact_id = $", artifact),
      ("SELECT context_id FROM ParentContext WHERE parent_context_id = $", parent),
      ("SELECT parent_context_id FROM ParentContext WHERE context_id = $", child),
    ]
    for (query, id) in links { if let id { conditions.add("n.id IN (\(query))", .int(id)) } }
    return try read { try $0.nodes(conditions, newestFirst: newestFirst, limit: limit) }
  }

  /// The events of executions, in the order in which they were added.
  public func events(ofExecutions ids: [Int]) throws -> [EventRecord] { try events("execution_id", ids) }

  /// The events of artifacts, in the order in which they were added.
  public func events(ofArtifacts ids: [Int]) throws -> [EventRecord] { try events("artifact_id", ids) }

  private func events(_ column: String, _ ids: [Int]) throws -> [EventRecord] {
    var conditions = MetadataConditions()
    conditions.add(column, among: ids)
    return try read { try $0.events(conditions) }
  }

  /// What artifacts were made from and what was made from them, from one state of the database.
  /// - Parameters:
  ///   - artifacts: the numbers of the artifacts that it begins with.
  ///   - upstream: whether it goes on to what they were made from.
  ///   - downstream: whether it goes on to what was made from them.
  ///   - mostSteps: how many events lie between those and the furthest that is shown.
  public func lineage(
    ofArtifacts artifacts: [Int], upstream: Bool = true, downstream: Bool = true, mostSteps: Int = 64
  ) throws -> LineageGraph {
    try read { tables in
      var found = (artifacts: Set(artifacts), executions: Set<Int>())
      for isUpstream in [true, false] where isUpstream ? upstream : downstream {
        // An execution is come to through what it made when it goes up, and through what it read when it goes down.
        var isArtifacts = true
        var border = Set(artifacts)
        var seen = (artifacts: border, executions: Set<Int>())
        for _ in 0..<max(0, mostSteps) where !border.isEmpty {
          var conditions = MetadataConditions()
          conditions.add(isArtifacts ? "artifact_id" : "execution_id", among: border.sorted())
          let events = try tables.events(conditions).filter { $0.kind.isOutput == (isArtifacts == isUpstream) }
          if isArtifacts {
            border = Set(events.compactMap(\.executionID)).subtracting(seen.executions)
            seen.executions.formUnion(border)
          } else {
            border = Set(events.compactMap(\.artifactID)).subtracting(seen.artifacts)
            seen.artifacts.formUnion(border)
          }
          isArtifacts.toggle()
        }
        found.artifacts.formUnion(seen.artifacts)
        found.executions.formUnion(seen.executions)
      }
      func among(_ column: String, _ ids: Set<Int>) -> MetadataConditions {
        var conditions = MetadataConditions()
        conditions.add(column, among: ids.sorted())
        return conditions
      }
      var between = among("execution_id", found.executions)
      between.add("artifact_id", among: found.artifacts.sorted())
      return LineageGraph(
        artifacts: try tables.nodes(among("n.id", found.artifacts)),
        executions: try tables.nodes(among("n.id", found.executions)), events: try tables.events(between))
    }
  }

  private static func conditions<Node: MetadataNode>(
    _ node: Node.Type, _ ids: [Int]?, _ type: String?, _ name: String?, _ externalID: String?, _ contexts: [Int],
    membership: String
  ) -> MetadataConditions {
    var conditions = MetadataConditions()
    if let ids { conditions.add("n.id", among: ids) }
    if let type { conditions.add("n.type_id IN (SELECT id FROM Type WHERE name = $)", .text(type)) }
    if let name { conditions.add("n.name = $", .text(name)) }
    if let externalID { conditions.add("n.external_id = $", .text(externalID)) }
    for context in contexts {
      conditions.add("n.id IN (SELECT \(Node.prefix)_id FROM \(membership) WHERE context_id = $)", .int(context))
    }
    return conditions
  }

  private static func add<Node: MetadataNode>(
    _ properties: [String: MetadataValue], _ node: Node.Type, to conditions: inout MetadataConditions
  ) throws {
    for (name, value) in properties.sorted(by: { $0.key < $1.key }) {
      let column: String
      let wanted: SQLValue
      switch value {
      case .int(let number): (column, wanted) = ("int_value", .int(number))
      case .double(let number): (column, wanted) = ("double_value", .double(number))
      case .string(let text): (column, wanted) = ("string_value", .text(text))
      case .bool(let truth): (column, wanted) = ("bool_value", .int(truth ? 1 : 0))
      case .structure, .message:
        throw TensorError(
          .unsupported, "MetadataStore",
          "'\(name)' is a \(value.kind), and only numbers, texts and truths are searched for")
      }
      conditions.add(
        "n.id IN (SELECT \(Node.prefix)_id FROM \(Node.table)Property WHERE name = $ AND is_custom_property = 1 AND "
          + "\(column) = $)", .text(name), wanted)
    }
  }
}
