/// What a type of ML Metadata is a type of.
public enum MetadataKind: Int, Sendable, Hashable, CaseIterable {
  /// Of executions. The numbers are ML Metadata's.
  case execution = 0
  /// Of artifacts, of contexts.
  case artifact, context

  /// The word for messages.
  var name: String {
    switch self {
    case .execution: "execution"
    case .artifact: "artifact"
    case .context: "context"
    }
  }
}

/// A type of artifacts, executions or contexts: its name and the properties that it declares.
public struct MetadataType: Sendable, Hashable {
  /// The number in the database; nil for one that is not there yet.
  public internal(set) var id: Int?
  /// What it is a type of.
  public var kind: MetadataKind
  /// The name, such as `Examples`.
  public var name: String
  /// Types of one name may have several versions.
  public var version: String?
  /// A text for people.
  public var note: String?
  /// An id that another system knows it by; no other type has the same.
  public var externalID: String?
  /// The kinds of its properties by name.
  public var properties: [String: MetadataValue.Kind]
  /// A type of ML Metadata's own that it is one of: `mlmd.Dataset`, `mlmd.Model`, `mlmd.Metrics`, `mlmd.Statistics` for
  /// artifacts; `mlmd.Train`, `mlmd.Transform`, `mlmd.Process`, `mlmd.Evaluate`, `mlmd.Deploy` for executions.
  public var base: String?

  /// A type that is not in a database yet.
  public init(
    _ kind: MetadataKind, _ name: String, version: String? = nil, properties: [String: MetadataValue.Kind] = [:],
    base: String? = nil, note: String? = nil, externalID: String? = nil
  ) {
    (self.kind, self.name, self.version, self.properties) = (kind, name, version, properties)
    (self.base, self.note, self.externalID) = (base, note, externalID)
  }
}

/// A thing that a step makes or reads: a folder or file with what is known of it.
public struct ArtifactRecord: Sendable, Hashable {
  /// What became of an artifact.
  public enum State: Int, Sendable, Hashable, CaseIterable {
    /// Announced. The numbers are ML Metadata's.
    case pending = 1
    /// There; to be deleted; deleted; never finished; known by its address alone.
    case live, markedForDeletion, deleted, abandoned, reference
  }

  /// The number in the database; nil for one that is not there yet.
  public var id: Int?
  /// The number of its type.
  public var typeID: Int
  /// The name of its type; what is written goes by ``typeID``.
  public internal(set) var type = ""
  /// Where it lies.
  public var uri: String?
  /// What became of it.
  public var state: State?
  /// A name that no other artifact of the type has.
  public var name: String?
  /// An id that another system knows it by; no other artifact has the same.
  public var externalID: String?
  /// The properties that the type declares.
  public var properties: [String: MetadataValue]
  /// Further properties.
  public var customProperties: [String: MetadataValue]
  /// When it was put into the database, in milliseconds since 1970.
  public internal(set) var created = 0
  /// When it was last changed there, in milliseconds since 1970.
  public internal(set) var updated = 0

  /// An artifact that is not in a database yet.
  public init(
    typeID: Int, uri: String? = nil, state: State? = .live, name: String? = nil, externalID: String? = nil,
    properties: [String: MetadataValue] = [:], customProperties: [String: MetadataValue] = [:]
  ) {
    (self.typeID, self.uri, self.state, self.name, self.externalID) = (typeID, uri, state, name, externalID)
    (self.properties, self.customProperties) = (properties, customProperties)
  }
}

/// A step that ran or runs.
public struct ExecutionRecord: Sendable, Hashable {
  /// How far an execution is.
  public enum State: Int, Sendable, Hashable, CaseIterable {
    /// Not begun. The numbers are ML Metadata's.
    case new = 1
    /// At work; done; ended without a result; one that took over what an earlier one had made; ended from outside.
    case running, complete, failed, cached, canceled

    /// The word as ML Metadata writes it.
    public var name: String {
      switch self {
      case .new: "NEW"
      case .running: "RUNNING"
      case .complete: "COMPLETE"
      case .failed: "FAILED"
      case .cached: "CACHED"
      case .canceled: "CANCELED"
      }
    }
  }

  /// The number in the database; nil for one that is not there yet.
  public var id: Int?
  /// The number of its type.
  public var typeID: Int
  /// The name of its type; what is written goes by ``typeID``.
  public internal(set) var type = ""
  /// How far it is.
  public var state: State?
  /// A name that no other execution of the type has.
  public var name: String?
  /// An id that another system knows it by; no other execution has the same.
  public var externalID: String?
  /// The properties that the type declares.
  public var properties: [String: MetadataValue]
  /// Further properties.
  public var customProperties: [String: MetadataValue]
  /// When it was put into the database, in milliseconds since 1970.
  public internal(set) var created = 0
  /// When it was last changed there, in milliseconds since 1970.
  public internal(set) var updated = 0

  /// An execution that is not in a database yet.
  public init(
    typeID: Int, state: State? = .new, name: String? = nil, externalID: String? = nil,
    properties: [String: MetadataValue] = [:], customProperties: [String: MetadataValue] = [:]
  ) {
    (self.typeID, self.state, self.name, self.externalID) = (typeID, state, name, externalID)
    (self.properties, self.customProperties) = (properties, customProperties)
  }
}

/// What executions and artifacts belong to: a pipeline, a run, a step of a pipeline.
public struct ContextRecord: Sendable, Hashable {
  /// The number in the database; nil for one that is not there yet.
  public var id: Int?
  /// The number of its type.
  public var typeID: Int
  /// The name of its type; what is written goes by ``typeID``.
  public internal(set) var type = ""
  /// A name that no other context of the type has.
  public var name: String
  /// An id that another system knows it by; no other context has the same.
  public var externalID: String?
  /// The properties that the type declares.
  public var properties: [String: MetadataValue]
  /// Further properties.
  public var customProperties: [String: MetadataValue]
  /// When it was put into the database, in milliseconds since 1970.
  public internal(set) var created = 0
  /// When it was last changed there, in milliseconds since 1970.
  public internal(set) var updated = 0

  /// A context that is not in a database yet.
  public init(
    typeID: Int, name: String, externalID: String? = nil, properties: [String: MetadataValue] = [:],
    customProperties: [String: MetadataValue] = [:]
  ) {
    (self.typeID, self.name, self.externalID) = (typeID, name, externalID)
    (self.properties, self.customProperties) = (properties, customProperties)
  }
}

/// That an execution read or made an artifact.
public struct EventRecord: Sendable, Hashable {
  /// What happened.
  public enum Kind: Int, Sendable, Hashable {
    /// The numbers are ML Metadata's. An execution said that it would make the artifact.
    case declaredOutput = 1
    /// It said that it would read it; it read it; it made it; as part of its inner work it read or made it; it is going to make it.
    case declaredInput, input, output, internalInput, internalOutput, pendingOutput

    /// Whether the artifact came out of the execution.
    public var isOutput: Bool {
      switch self {
      case .declaredOutput, .output, .internalOutput, .pendingOutput: true
      case .declaredInput, .input, .internalInput: false
      }
    }
  }

  /// A part of a path within the inputs or outputs of an execution.
  public enum Step: Sendable, Hashable {
    /// The name of an input or output.
    case key(String)
    /// The position among several of one name.
    case index(Int)
  }

  /// The artifact; nil where ``MetadataStore/putExecution(_:artifacts:contexts:reusesContexts:)`` says it.
  public var artifactID: Int?
  /// The execution; nil as for the artifact.
  public var executionID: Int?
  /// What happened.
  public var kind: Kind
  /// Which input or output it was: a key and an index.
  public var path: [Step]
  /// When it happened, in milliseconds since 1970; nil for now.
  public var time: Int?

  /// An event, with the path of an input's or output's name and a position.
  public init(_ kind: Kind, key: String, index: Int = 0, artifactID: Int? = nil, executionID: Int? = nil) {
    self.init(kind, path: [.key(key), .index(index)], artifactID: artifactID, executionID: executionID)
  }

  /// An event with any path.
  public init(_ kind: Kind, path: [Step], artifactID: Int? = nil, executionID: Int? = nil, time: Int? = nil) {
    (self.kind, self.path, self.artifactID, self.executionID, self.time) = (kind, path, artifactID, executionID, time)
  }

  /// The name of the input or output, the first key of the path.
  public var key: String? {
    for case .key(let name) in path { return name }
    return nil
  }

  /// The position among several of one name.
  public var index: Int {
    for case .index(let position) in path { return position }
    return 0
  }
}

/// What was made from what: artifacts, the executions that read and made them, and the events between.
public struct LineageGraph: Sendable {
  /// In the order of their numbers.
  public var artifacts: [ArtifactRecord]
  /// In the order of their numbers.
  public var executions: [ExecutionRecord]
  /// In the order of their numbers.
  public var events: [EventRecord]
}
