import ApusCore
import ApusFormats

/// How a model is served: `config.pbtxt` or `config.json` in its folder, with the names of Triton's model
/// configuration.
struct ModelConfiguration: Sendable {
  /// Which versions are served.
  enum VersionPolicy: Sendable, Hashable {
    case latest(Int)
    case all
    case specific([Int])
  }

  /// An input or output as the configuration has it.
  struct Port: Sendable {
    let name: String
    let type: ServedType?
    /// Without the dimension of rows where the model takes batches.
    let shape: [Int]?
    /// The file with a label a line for classification.
    let labels: String?
    /// How texts become the numbers that the model takes; nil where it takes what clients send.
    var vocabulary: PortVocabulary?
    /// Whether a value may be missing: `null` in JSON.
    var allowsMissing = false
  }

  /// How texts become numbers.
  struct PortVocabulary: Sendable {
    /// The file with a word a line.
    let file: String
    /// How many numbers unknown texts share.
    let buckets: Int
    /// How many words of a text become numbers; nil where a text is one word.
    let words: Int?
    /// Up to how many words that follow each other count as one.
    let ngrams: Int
  }

  /// A state that sequences keep: an output that is the input of the next request.
  struct SequenceState: Sendable {
    let input: String
    let output: String
    let type: ServedType
    let shape: [Int]
  }

  /// A step of an ensemble.
  struct EnsembleStep: Sendable {
    let model: String
    /// The version; nil for the newest.
    let version: String?
    /// The value of the ensemble that each input of the model takes.
    let inputs: [String: String]
    /// What each output of the model is in the ensemble.
    let outputs: [String: String]
  }

  /// The most rows of a run; 0 where the first dimension is no batch; nil where the configuration does not say.
  var largestBatch: Int?
  var versionPolicy = VersionPolicy.latest(1)
  /// How many runs there may be at once. A run that is alone has all threads, several share them.
  var instances = min(4, RunSlots.shared.count)
  /// Whether requests are joined; nil where the configuration does not say.
  var joinsRequests: Bool?
  /// How long a request waits for others, in seconds.
  var delay = 0.0
  /// Numbers of rows at which a batch is not held for more.
  var preferredBatches: [Int] = []
  /// How many priorities there are; 1 is served first.
  var priorities = 0
  /// The priority of requests that tell none.
  var standardPriority = 0
  /// How many requests wait at most.
  var longestQueue = 1000
  /// How long a request waits at most, in seconds, where it tells no time of its own; 0 for any time.
  var standardTimeout = 0.0
  /// Whether a request may tell a time of its own.
  var allowsTimeout = true
  var inputs: [Port] = []
  var outputs: [Port] = []
  var states: [SequenceState] = []
  /// The steps, where it is an ensemble.
  var steps: [EnsembleStep] = []
  /// How long a sequence is remembered without a request, in seconds.
  var sequenceIdle = 60.0
  /// How many sequences there are at most.
  var mostSequences = 10_000
  var parameters: [String: String] = [:]

  /// How models without a configuration are served.
  init() {}

  /// The configuration in a folder; that of ``init()`` where it has none.
  /// - Throws: `TensorError` that names the file and what is wrong in it.
  init(folder: String) throws(TensorError) {
    for (name, reads) in [("config.pbtxt", true), ("config.json", false)] {
      let path = "\(folder)/\(name)"
      guard fileExists(path) else { continue }
      let json: JSON
      if reads {
        do { json = try TextMessage(parsing: try readText(path)).json } catch {
          throw TensorError(.format, path, "\(error)")
        }
      } else {
        json = try JSON(file: path)
      }
      do throws(TensorError) { try read(json) } catch { throw TensorError(.format, path, error.message) }
      return
    }
  }

  /// The configuration with what that in a version's folder, where there is one, says of inputs and outputs of which this one says
  /// nothing. Settings of how requests run are the model's.
  /// - Throws: as ``init(folder:)``.
  func withPorts(of folder: String) throws(TensorError) -> ModelConfiguration {
    let own = try ModelConfiguration(folder: folder)
    var joined = self
    joined.inputs += own.inputs.filter { port in !inputs.contains { $0.name == port.name } }
    joined.outputs += own.outputs.filter { port in !outputs.contains { $0.name == port.name } }
    return joined
  }

  /// The configuration in a JSON text.
  init(json: String) throws(TensorError) {
    let parsed: JSON
    do { parsed = try JSON(parsing: json.utf8) } catch { throw TensorError(.format, "config", "\(error)") }
    try read(parsed)
  }

  private mutating func read(_ json: JSON) throws(TensorError) {
    guard json.object != nil else { throw TensorError(.format, "", "the configuration is no object") }
    largestBatch = try number(json, "max_batch_size", in: 0...1 << 20)
    if let policy = one(json, "version_policy") {
      if one(policy, "all") != nil {
        versionPolicy = .all
      } else if let specific = one(policy, "specific") {
        versionPolicy = .specific(many(specific, "versions").compactMap(Self.whole))
      } else if let latest = one(policy, "latest") {
        versionPolicy = .latest(try number(latest, "num_versions", in: 1...1 << 20) ?? 1)
      }
    }
    for group in many(json, "instance_group") {
      if let kind = one(group, "kind")?.string, kind == "KIND_GPU" {
        throw TensorError(.unsupported, "", "instance_group: KIND_GPU is not served; use KIND_CPU")
      }
      instances = try number(group, "count", in: 1...256) ?? 1
    }
    inputs = try many(json, "input").map(Self.port)
    outputs = try many(json, "output").map(Self.port)
    if let batching = one(json, "dynamic_batching") { try read(batching: batching) }
    if let sequences = one(json, "sequence_batching") { try read(sequences: sequences) }
    if let ensemble = one(json, "ensemble_scheduling") { steps = try many(ensemble, "step").map(Self.step) }
    for entry in many(json, "parameters") {
      // Entries of a map in the text format, and an object in JSON.
      if let key = one(entry, "key")?.string, let value = one(entry, "value") {
        parameters[key] = one(value, "string_value")?.string ?? value.string
      } else {
        for (key, value) in entry.object ?? [:] { parameters[key] = one(value, "string_value")?.string ?? value.string }
      }
    }
  }

  private mutating func read(batching json: JSON) throws(TensorError) {
    joinsRequests = true
    delay = Double(try number(json, "max_queue_delay_microseconds", in: 0...60_000_000) ?? 0) * 1e-6
    preferredBatches = many(json, "preferred_batch_size").compactMap(Self.whole).filter { $0 > 0 }.sorted()
    priorities = try number(json, "priority_levels", in: 0...1000) ?? 0
    standardPriority = try number(json, "default_priority_level", in: 0...1000) ?? 0
    guard let policy = one(json, "default_queue_policy") else { return }
    if let longest = try number(policy, "max_queue_size", in: 0...1 << 30), longest > 0 { longestQueue = longest }
    standardTimeout = Double(try number(policy, "default_timeout_microseconds", in: 0...1 << 50) ?? 0) * 1e-6
    allowsTimeout = one(policy, "allow_timeout_override")?.bool ?? (standardTimeout == 0)
  }

  private mutating func read(sequences json: JSON) throws(TensorError) {
    if let idle = try number(json, "max_sequence_idle_microseconds", in: 0...1 << 50), idle > 0 {
      sequenceIdle = Double(idle) * 1e-6
    }
    for state in many(json, "state") {
      guard let input = one(state, "input_name")?.string, let output = one(state, "output_name")?.string,
        let type = one(state, "data_type")?.string.flatMap({ ServedType(configurationName: $0) }), type.dtype != nil
      else {
        throw TensorError(
          .format, "", "a state of sequence_batching needs input_name, output_name, data_type and dims")
      }
      let shape = many(state, "dims").compactMap(Self.whole)
      guard shape.allSatisfy({ $0 > 0 }) else {
        throw TensorError(.format, "", "the state '\(input)' needs fixed dims, and has \(shape)")
      }
      states.append(SequenceState(input: input, output: output, type: type, shape: shape))
    }
  }

  private static func step(_ json: JSON) throws(TensorError) -> EnsembleStep {
    guard let model = one(json, "model_name")?.string, isPlainName(model) else {
      throw TensorError(.format, "", "a step of ensemble_scheduling needs a model_name")
    }
    let version = one(json, "model_version").flatMap(whole).flatMap { $0 > 0 ? "\($0)" : nil }
    return EnsembleStep(
      model: model, version: version, inputs: try map(json, "input_map"), outputs: try map(json, "output_map"))
  }

  /// A map of texts: entries of key and value in the text format, an object in JSON.
  private static func map(_ json: JSON, _ key: String) throws(TensorError) -> [String: String] {
    var found: [String: String] = [:]
    for entry in many(json, key) {
      if let name = one(entry, "key")?.string, let value = one(entry, "value")?.string {
        found[name] = value
      } else {
        for (name, value) in entry.object ?? [:] { found[name] = value.string }
      }
    }
    guard !found.isEmpty else { throw TensorError(.format, "", "a step of ensemble_scheduling needs '\(key)'") }
    return found
  }

  private static func port(_ json: JSON) throws(TensorError) -> Port {
    guard let name = one(json, "name")?.string else { throw TensorError(.format, "", "an input or output has no name") }
    var type: ServedType?
    if let text = one(json, "data_type")?.string {
      guard let known = ServedType(configurationName: text) else {
        throw TensorError(.format, "", "'\(name)': there is no data_type '\(text)'")
      }
      type = known
    }
    let dims = json["dims"] == nil ? nil : many(json, "dims").compactMap(whole)
    let labels = one(json, "label_filename")?.string.flatMap { $0.isEmpty ? nil : $0 }
    var port = Port(name: name, type: type, shape: dims, labels: labels)
    port.allowsMissing = one(json, "allow_missing")?.bool ?? false
    if let file = one(json, "vocabulary_filename")?.string, !file.isEmpty {
      port.vocabulary = PortVocabulary(
        file: file, buckets: try number(json, "vocabulary_buckets", in: 1...1 << 24) ?? 1,
        words: try number(json, "vocabulary_words", in: 1...1 << 16),
        ngrams: try number(json, "vocabulary_ngrams", in: 1...8) ?? 1)
    }
    return port
  }

  // MARK: Values of JSON and of the text format, where each value is in a list

  private static func many(_ json: JSON, _ key: String) -> [JSON] {
    switch json[key] {
    case nil, .null?: []
    case .array(let items)?: items
    case let value?: [value]
    }
  }
  private static func one(_ json: JSON, _ key: String) -> JSON? { many(json, key).first }
  private func many(_ json: JSON, _ key: String) -> [JSON] { Self.many(json, key) }
  private func one(_ json: JSON, _ key: String) -> JSON? { Self.one(json, key) }

  /// A whole number; JSON of protocol buffers writes those of 64 bits as texts.
  private static func whole(_ json: JSON) -> Int? { json.int ?? json.string.flatMap { Int($0) } }

  private func number(_ json: JSON, _ key: String, in range: ClosedRange<Int>) throws(TensorError) -> Int? {
    try Self.number(json, key, in: range)
  }

  private static func number(_ json: JSON, _ key: String, in range: ClosedRange<Int>) throws(TensorError) -> Int? {
    guard let value = one(json, key) else { return nil }
    guard let number = whole(value), range.contains(number) else {
      throw TensorError(
        .format, "",
        "'\(key)' needs a whole number from \(range.lowerBound) to \(range.upperBound), and is \(value.text())")
    }
    return number
  }
}
