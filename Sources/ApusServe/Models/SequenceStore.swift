import ApusCore

/// The states of sequences: outputs of a request that are inputs of the next one of its sequence.
final class SequenceStore: Sendable {
  private struct Sequence: Sendable {
    var values: [Tensor]
    var used: Double
  }

  private let states: [ModelConfiguration.SequenceState]
  private let inputs: [Int]
  private let outputs: [Int]
  private let idle: Double
  private let most: Int
  private let sequences = Lock<[String: Sequence]>([:])

  init(_ configuration: ModelConfiguration, inputs: [String], outputs: [String]) {
    states = configuration.states
    self.inputs = configuration.states.compactMap { state in inputs.firstIndex(of: state.input) }
    self.outputs = configuration.states.compactMap { state in outputs.firstIndex(of: state.output) }
    idle = configuration.sequenceIdle
    most = configuration.mostSequences
  }

  /// Runs a request of a sequence with the state of the one before, and keeps its state.
  /// - Throws: where the sequence has not begun, or too many have.
  func run(
    _ values: [ServedValue?], _ turn: SequenceTurn, _ body: ([ServedValue?]) throws -> [ServedValue]
  ) throws -> [ServedValue] {
    let now = Clock.seconds
    var known = sequences.withLock { sequences -> [Tensor]? in
      if sequences.count >= most { sequences = sequences.filter { now - $0.value.used < idle } }
      guard let found = sequences[turn.id], now - found.used < idle else { return nil }
      return found.values
    }
    if turn.isFirst {
      known = states.map { Tensor.zeros($0.shape, dtype: $0.type.dtype ?? .float32) }
      guard sequences.withLock({ $0[turn.id] != nil || $0.count < most }) else {
        throw ServeError(503, "there are \(most) sequences already; try again later")
      }
    }
    guard let known else {
      throw ServeError(
        400,
        "inference request for sequence \(turn.id) must specify the START flag on the first request of the sequence")
    }
    var all = values
    for (place, tensor) in zip(inputs, known) { all[place] = .tensor(tensor) }
    let results = try body(all)
    let kept = outputs.compactMap { place -> Tensor? in
      if case .tensor(let tensor) = results[place] { tensor } else { nil }
    }
    sequences.withLock { $0[turn.id] = turn.isLast ? nil : Sequence(values: kept, used: now) }
    return results
  }
}
