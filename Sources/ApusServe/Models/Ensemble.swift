import ApusCore

/// Models one behind the other: what one gives is what another takes. Each step waits in the queue of its model, where it is joined with
/// other requests.
struct Ensemble: ServedProgram {
  static let platform = "ensemble"

  var platform: String { Self.platform }
  let inputs: [ServedPort]
  let outputs: [ServedPort]
  var example: [ServedValue]? { nil }
  /// The steps, in an order in which they can run.
  private let steps: [ModelConfiguration.EnsembleStep]
  private let repository: ModelRepository

  /// The ensemble that a configuration describes.
  /// - Throws: `TensorError` that names the value which nothing makes, or the port without a type.
  init(_ configuration: ModelConfiguration, _ repository: ModelRepository) throws(TensorError) {
    self.repository = repository
    let takesRows = (configuration.largestBatch ?? 0) > 0
    func port(_ port: ModelConfiguration.Port) throws(TensorError) -> ServedPort {
      guard let type = port.type, let shape = port.shape else {
        throw TensorError(.format, "config", "'\(port.name)' of an ensemble needs data_type and dims")
      }
      return ServedPort(
        name: port.name, type: type, shape: (takesRows ? [-1] : []) + shape, rows: takesRows ? "rows" : nil)
    }
    inputs = try configuration.inputs.map(port)
    outputs = try configuration.outputs.map(port)
    var known = Set(inputs.map(\.name))
    var (waiting, ordered) = (configuration.steps, [ModelConfiguration.EnsembleStep]())
    while let next = waiting.firstIndex(where: { $0.inputs.values.allSatisfy(known.contains) }) {
      let step = waiting.remove(at: next)
      for value in step.outputs.values.sorted() {
        guard known.insert(value).inserted else {
          throw TensorError(.value, "config", "two steps of the ensemble make '\(value)', or it is an input too")
        }
      }
      ordered.append(step)
    }
    if !waiting.isEmpty {
      let made = known.union(waiting.flatMap(\.outputs.values))
      for step in waiting {
        guard let missing = step.inputs.values.sorted().first(where: { !made.contains($0) }) else { continue }
        throw TensorError(
          .value, "config",
          "the step of the model '\(step.model)' takes '\(missing)', which is no input and no step makes")
      }
      let names = waiting.map { "'\($0.model)'" }.joined(separator: ", ")
      throw TensorError(.value, "config", "the steps of the models \(names) wait for each other's values")
    }
    if let missing = outputs.first(where: { !known.contains($0.name) }) {
      throw TensorError(.value, "config", "no step makes the output '\(missing.name)'")
    }
    steps = ordered
  }

  func run(_ values: [ServedValue?]) throws -> [ServedValue] {
    var known: [String: ServedValue] = [:]
    for (port, value) in zip(inputs, values) { known[port.name] = value }
    for step in steps {
      for (output, value) in try call(step, known) {
        if let name = step.outputs[output] { known[name] = value }
      }
    }
    return try outputs.map { port in
      guard let value = known[port.name] else {
        throw ServeError(400, "no step of the ensemble gave '\(port.name)': its model has no output of that name")
      }
      return value
    }
  }

  /// The outputs of a step, by the names that they have in its model.
  private func call(
    _ step: ModelConfiguration.EnsembleStep, _ known: [String: ServedValue]
  ) throws(ServeError) -> [(String, ServedValue)] {
    var given: [(name: String, value: ServedValue)] = []
    for (input, name) in step.inputs.sorted(by: { $0.key < $1.key }) {
      if let value = known[name] { given.append((input, value)) }
    }
    let answer = StepAnswer()
    let inputs = given
    let request = try repository.submit(step.model, version: step.version) { model throws(ServeError) in
      // Threads of ensembles that wait for threads of ensembles could wait for each other.
      if model.platform == Self.platform {
        throw ServeError(400, "the model '\(step.model)' is an ensemble, and cannot be a step of one")
      }
      let names = model.outputs.map(\.name)
      return try model.submit(inputs, ServedModel.Asked(arrival: Clock.seconds)) { result in
        answer.give(result.map { Array(zip(names, $0)) })
      }
    }
    return try withExtendedLifetime(request) { () throws(ServeError) in try answer.wait().get() }
  }
}

/// What a step gives, once it has.
private final class StepAnswer: @unchecked Sendable {
  private let monitor = Monitor()
  private var result: Result<[(String, ServedValue)], ServeError>?

  func give(_ result: Result<[(String, ServedValue)], ServeError>) {
    monitor.lock()
    self.result = result
    monitor.signal()
    monitor.unlock()
  }

  func wait() -> Result<[(String, ServedValue)], ServeError> {
    monitor.lock()
    defer { monitor.unlock() }
    while true {
      if let result { return result }
      monitor.wait()
    }
  }
}
