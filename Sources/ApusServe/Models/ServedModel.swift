import ApusCore
import ApusFormats

/// A version of a model that answers requests.
final class ServedModel: Sendable {
  let name: String
  let version: Int
  let configuration: ModelConfiguration
  let inputs: [ServedPort]
  let outputs: [ServedPort]
  let platform: String
  /// Whether the first dimension of inputs and outputs is one of rows, so that requests can be joined.
  let takesRows: Bool
  /// The most rows of a request; nil where any number is taken.
  let largestBatch: Int?
  let statistics = ModelStatistics()
  /// The names of classes by output.
  let labels: [String: [String]]
  private let queue: BatchQueue
  private let sequences: SequenceStore

  /// How many requests an ensemble works on at once.
  private static let ensembleThreads = 16

  /// How many rows are joined where the configuration does not say.
  static let rowsJoined = 64

  /// A version that `program` answers for, which is warmed up.
  /// - Parameter folders: where files of labels and vocabularies lie: the version's folder, and the model's.
  /// - Throws: `TensorError` that says why it cannot be served.
  init(
    name: String, version: Int, _ given: any ServedProgram, configuration: ModelConfiguration, folders: [String]
  ) throws {
    let program = try withVocabularies(given, configuration.inputs, folders: folders)
    self.name = name
    self.version = version
    platform = program.platform
    outputs = program.outputs
    let states = Set(configuration.states.map(\.input))
    inputs = program.inputs
    try Self.check(configuration, program)
    let open = Self.sharesRows(program)
    takesRows = configuration.largestBatch.map { $0 > 0 } ?? open
    if takesRows, let wrong = (inputs + outputs).first(where: { ($0.shape?.first ?? -1) != -1 }),
      configuration.largestBatch != 1
    {
      throw TensorError(
        .shape, name,
        "max_batch_size is \(configuration.largestBatch ?? 0), but the first dimension of '\(wrong.name)' is "
          + "\(wrong.shape?.first ?? 0); export the model with an open first dimension, or set max_batch_size to 0")
    }
    largestBatch = takesRows ? configuration.largestBatch : nil
    var labels: [String: [String]] = [:]
    for port in configuration.outputs {
      guard let file = port.labels else { continue }
      guard isPlainName(file) else { throw TensorError(.value, name, "label_filename '\(file)' is no name of a file") }
      var lines = try readText(path(of: file, in: folders)).split(separator: "\n", omittingEmptySubsequences: false)
        .map { $0.hasSuffix("\r") ? String($0.dropLast()) : String($0) }
      if lines.last == "" { lines.removeLast() }
      labels[port.name] = lines
    }
    self.labels = labels
    var settings = configuration
    let isEnsemble = program.platform == Ensemble.platform
    if !states.isEmpty { settings.instances = 1 }
    // Its threads wait for other models, whose requests they are.
    if isEnsemble { settings.instances = max(settings.instances, Self.ensembleThreads) }
    self.configuration = settings
    let sequences = SequenceStore(settings, inputs: program.inputs.map(\.name), outputs: program.outputs.map(\.name))
    self.sequences = sequences
    let pace = try Self.warmUp(program)
    let joins = takesRows && (settings.joinsRequests ?? (settings.largestBatch == nil)) && states.isEmpty
    queue = try BatchQueue(
      name, settings, largestBatch: joins ? settings.largestBatch ?? Self.rowsJoined : 1, statistics: statistics,
      slots: isEnsemble ? nil : RunSlots.shared
    ) { values, turn in
      let rows = values.lazy.compactMap { $0?.shape.first }.first ?? 1
      return try withThreadLimit(pace.map { Double(rows) * $0 < Self.shortRun } ?? false ? 1 : Int.max) {
        guard let turn, !states.isEmpty else { return try program.run(values) }
        return try sequences.run(values, turn) { try program.run($0) }
      }
    }
  }

  /// Runs that one thread does in less time, in seconds, have one: others would wait for each other longer than they
  /// help, on a machine that has other requests for them.
  private static let shortRun = 0.001

  /// Runs the program for an example, so that a mistake shows before requests come.
  /// - Returns: the seconds that one thread takes for a row; nil where they are not known.
  private static func warmUp(_ program: any ServedProgram) throws -> Double? {
    guard let example = program.example else { return nil }
    let rows = max(1, example.first?.shape.first ?? 1)
    return try withErrors {
      try noGrad {
        var best = Double.infinity
        _ = try program.run(example)
        try withThreadLimit(1) {
          for round in 0..<3 where round == 0 || best < 0.1 {
            let start = Clock.seconds
            _ = try program.run(example)
            best = min(best, Clock.seconds - start)
          }
        }
        return best / Double(rows)
      }
    }
  }

  /// Answers what waits, and takes nothing more.
  func close() { queue.close() }

  /// How many requests wait or are worked on.
  var pending: Int { queue.pending }

  /// Whether all inputs and outputs have the same open first dimension.
  private static func sharesRows(_ program: any ServedProgram) -> Bool {
    let ports = program.inputs + program.outputs
    guard let rows = program.inputs.first?.rows else { return false }
    return ports.allSatisfy { $0.rows == rows && !$0.isOptional }
  }

  private static func check(_ configuration: ModelConfiguration, _ program: any ServedProgram) throws(TensorError) {
    for (what, told, found) in [
      ("input", configuration.inputs, program.inputs), ("output", configuration.outputs, program.outputs),
    ] {
      for port in told {
        guard let known = found.first(where: { $0.name == port.name }) else {
          let names = found.map(\.name).joined(separator: ", ")
          throw TensorError(.value, "config", "there is no \(what) '\(port.name)'; the model has \(names)")
        }
        if let type = port.type, type != known.type {
          throw TensorError(
            .dtype, "config",
            "the \(what) '\(port.name)' is \(type.configurationName), and the model has \(known.type.configurationName)"
          )
        }
      }
    }
    for state in configuration.states {
      guard program.inputs.contains(where: { $0.name == state.input }),
        program.outputs.contains(where: { $0.name == state.output })
      else {
        throw TensorError(.value, "config", "the state '\(state.input)' is no input, or '\(state.output)' no output")
      }
    }
  }

  // MARK: Requests

  /// What a request asks beside its values.
  struct Asked: Sendable {
    var priority = 0
    /// In microseconds; 0 for none.
    var timeout = 0
    var sequence: SequenceTurn?
    var arrival: Double
    var trace: RequestTrace?
    /// Whose request it is.
    var caller = ""
  }

  /// Puts a request in the queue.
  /// - Returns: the request, to be cancelled when nobody waits for it; nil where the version was unloaded meanwhile.
  /// - Throws: an error that names the input which is missing, unknown or of another type or shape.
  func submit(
    _ values: [(name: String, value: ServedValue)], _ asked: Asked,
    completion: @escaping @Sendable (Result<[ServedValue], ServeError>) -> Void
  ) throws(ServeError) -> InferenceRequest? {
    let (ordered, rows) = try checked(values)
    if !configuration.states.isEmpty, asked.sequence == nil {
      throw ServeError(
        400, "inference request to model '\(name)' must specify a non-zero or non-empty correlation ID")
    }
    var wait = configuration.standardTimeout
    if asked.timeout > 0, configuration.allowsTimeout { wait = Double(asked.timeout) * 1e-6 }
    let levels = configuration.priorities
    let request = InferenceRequest(
      values: ordered, rows: rows,
      priority: asked.priority > 0 && (levels == 0 || asked.priority <= levels)
        ? asked.priority : configuration.standardPriority,
      caller: asked.caller,
      deadline: wait > 0 ? asked.arrival + wait : nil, arrival: asked.arrival,
      shape: takesRows && configuration.states.isEmpty
        ? ordered.map { $0.map { Array($0.shape.dropFirst()) } ?? [-1] } : nil,
      sequence: asked.sequence, trace: asked.trace, completion: completion)
    return queue.add(request) ? request : nil
  }

  /// The values in the order of the inputs, and the number of rows.
  private func checked(
    _ values: [(name: String, value: ServedValue)]
  ) throws(ServeError) -> ([ServedValue?], Int) {
    var ordered = [ServedValue?](repeating: nil, count: inputs.count)
    let states = configuration.states
    for (name, value) in values {
      guard let place = inputs.firstIndex(where: { $0.name == name }), !states.contains(where: { $0.input == name })
      else {
        let known = inputs.filter { port in !states.contains { $0.input == port.name } }.map { "'\($0.name)'" }
        throw ServeError(
          400, "unexpected inference input '\(name)' for model '\(self.name)'; it has \(known.joined(separator: ", "))")
      }
      guard ordered[place] == nil else { throw ServeError(400, "the input '\(name)' is given twice") }
      try check(value, inputs[place])
      ordered[place] = value
    }
    var rows: Int?
    for (port, value) in zip(inputs, ordered) {
      guard let value else {
        if port.isOptional || states.contains(where: { $0.input == port.name }) { continue }
        throw ServeError(
          400,
          "expected \(inputs.count - states.count) inputs but got \(values.count) inputs for model '\(name)': "
            + "'\(port.name)' is missing")
      }
      guard takesRows else { continue }
      let found = value.shape.first ?? 0
      if let rows, rows != found {
        throw ServeError(
          400, "input '\(port.name)' batch size does not match other inputs for '\(name)': \(found) and \(rows)")
      }
      rows = found
    }
    if let largestBatch, let rows, rows > largestBatch {
      throw ServeError(400, "inference request batch-size must be <= \(largestBatch) for '\(name)', and is \(rows)")
    }
    return (ordered, rows ?? 1)
  }

  private func check(_ value: ServedValue, _ port: ServedPort) throws(ServeError) {
    guard value.type == port.type else {
      throw ServeError(
        400,
        "inference input '\(port.name)' data-type is '\(value.type.protocolName)', but expected "
          + "'\(port.type.protocolName)' for model '\(name)'")
    }
    guard let shape = port.shape else { return }
    let found = value.shape
    guard shape.count == found.count, zip(shape, found).allSatisfy({ $0 == -1 || $0 == $1 }) else {
      throw ServeError(
        400,
        "unexpected shape for input '\(port.name)' for model '\(name)'. Expected "
          + "\(text(shape)), got \(text(found))")
    }
  }

  private func text(_ shape: [Int]) -> String { "[\(shape.map(String.init).joined(separator: ","))]" }
}

/// The path of a file in the first folder that has it, in the last one where none has.
func path(of file: String, in folders: [String]) -> String {
  let paths = folders.map { "\($0)/\(file)" }
  return paths.first(where: fileExists) ?? paths.last ?? file
}

/// Whether a name is one of a file or folder in the folder at hand, and is not hidden.
func isPlainName(_ name: String) -> Bool {
  !name.isEmpty && name.utf8.count < 200 && !name.hasPrefix(".") && !name.contains("/") && !name.contains("\0")
}
