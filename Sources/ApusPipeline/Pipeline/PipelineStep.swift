import Apus

/// A step of a pipeline: what it takes, what it makes and how.
///
/// What a step made is kept under a digest of all that it depends on: its type, its version, its parameters, the contents of
/// its inputs and of the files that it names. A step whose digest is known is not done again.
public struct PipelineStep: Sendable {
  /// The name, which no other step of the pipeline has.
  public let name: String
  /// What kind of step it is; steps of the library have the names of TensorFlow Extended's components, such as `Trainer`.
  public let type: String
  /// The version of its code: another one makes the step run again. Nil stands for the program itself, so that a step runs
  /// again after a build that changed anything.
  public var version: String?
  /// What it takes, by names that the step gives.
  public var inputs: [StepInput]
  /// What it makes, by names that the step gives.
  public var outputs: [OutputDescription]
  /// Its settings.
  public var parameters: [String: SettingValue]
  /// Files and folders from outside of the pipeline on whose contents the result depends.
  public var files: [String]
  /// Steps that must be done before, besides those whose outputs it takes.
  public var after: [String]
  /// How often it is tried again after a failure.
  public var retries = 0
  /// Whether a result of before may stand for it. A step that acts on the world outside says false.
  public var isCached = true
  /// What an orchestrator gives it; nil for its own default.
  public var resources = StepResources()
  let body: @Sendable (StepRun) throws -> Void

  /// A step whose `body` finds its inputs and outputs by their names.
  public init(
    _ name: String, type: String, version: String? = nil, inputs: [StepInput] = [], outputs: [OutputDescription] = [],
    parameters: [String: SettingValue] = [:], files: [String] = [], after: [String] = [],
    body: @escaping @Sendable (StepRun) throws -> Void
  ) {
    self.name = name
    self.type = type
    self.version = version
    self.inputs = inputs
    self.outputs = outputs
    self.parameters = parameters
    self.files = files
    self.after = after
    self.body = body
  }

  /// The names of the steps that must be done before.
  var needed: [String] {
    var names = after
    for input in inputs { if case .output(let step, _) = input.source { names.append(step) } }
    return names
  }
}

/// Something that a step takes.
public struct StepInput: Sendable, Hashable {
  /// Where it comes from.
  public enum Source: Sendable, Hashable {
    /// What another step of the same run makes under the key.
    case output(step: String, key: String)
    /// The newest artifact of a type that any run of this pipeline made, with these values of properties; nothing where there is none.
    case latest(properties: [String: SettingValue])
  }

  /// The name by which the step knows it.
  public let key: String
  /// The type of the artifact.
  public let type: String
  public let source: Source

  /// What another step makes.
  public init<Kind>(_ key: String, _ output: StepOutput<Kind>) {
    self.key = key
    type = Kind.name
    source = .output(step: output.step, key: output.key)
  }

  /// The newest artifact of a kind from any run.
  public init<Kind: ArtifactKind>(_ key: String, latest kind: Kind.Type, where properties: [String: SettingValue] = [:])
  {
    self.key = key
    type = kind.name
    source = .latest(properties: properties)
  }

  init(key: String, type: String, source: Source) {
    self.key = key
    self.type = type
    self.source = source
  }
}

/// Something that a step makes: its key, and the type of the artifact.
public struct OutputDescription: Sendable, Hashable {
  public let key: String
  public let type: String

  /// An output of a kind.
  public init<Kind: ArtifactKind>(_ key: String, _ kind: Kind.Type) { self.init(key: key, type: kind.name) }

  init(key: String, type: String) {
    self.key = key
    self.type = type
  }
}

/// What a step will make, for steps that take it.
public struct StepOutput<Kind: ArtifactKind>: Sendable, Hashable {
  /// The name of the step.
  public let step: String
  /// The name of the output.
  public let key: String

  /// The output `key` of the step called `step`.
  public init(step: String, key: String) {
    self.step = step
    self.key = key
  }
}

/// What an orchestrator gives to a step; nil for its own default.
public struct StepResources: Sendable, Hashable {
  /// Processors, such as 0.5 or 4.
  public var processors: Double?
  /// Memory in megabytes (2^20 bytes).
  public var memory: Int?
  /// Graphics cards.
  public var accelerators: Int?
  /// Seconds after which it is ended.
  public var timeout: Int?

  /// What is given; nil for the orchestrator's default.
  public init(processors: Double? = nil, memory: Int? = nil, accelerators: Int? = nil, timeout: Int? = nil) {
    self.processors = processors
    self.memory = memory
    self.accelerators = accelerators
    self.timeout = timeout
  }
}
