import ApusCore
import ApusFormats
import ApusTrain

/// Proposes the points of a quasi-random sequence, which fills the space more evenly than chance does (Bergstra and Bengio, Random
/// search for hyper-parameter optimization, 2012).
///
/// The space is that of the first trial that has ended, whose own values are drawn one by one; parameters that it did not have are
/// drawn one by one as well. The place in the sequence is kept in a note of the study under Optuna's name, so that several
/// processes, and Optuna's own sampler, share one sequence.
public final class QMCSampler: FallbackSampler {
  /// Which points.
  public enum Method: String, Sendable, Hashable, CaseIterable {
    /// Sobol's digital net in base 2, or Halton's sequence of prime bases.
    case sobol, halton
  }

  private enum Sequence: Sendable {
    case sobol(SobolSequence), halton(HaltonSequence)

    func point(_ index: Int) -> [Double] {
      switch self {
      case .sobol(let sequence): sequence.point(index)
      case .halton(let sequence): sequence.point(index)
      }
    }
  }

  private let method: Method
  /// Of the scrambling; nil for none.
  private let seed: UInt64?
  /// Draws the parameters that are not drawn together.
  public let independent: any TrialSampler
  /// By the count of dimensions.
  private let sequences = Lock<[Int: Sequence]>([:])
  /// Held while the place in the sequence is counted on.
  private let counting = Lock(())

  /// - Parameters:
  ///   - method: which sequence.
  ///   - scramble: whether its digits are permuted by chance, which makes other points of each seed, as evenly spread.
  ///   - seed: of the scrambling and of values drawn one by one; several processes on one study need the same. Nil for another one
  ///     each time.
  ///   - independentSampler: draws values one by one; a ``RandomTrialSampler`` where nil.
  public init(
    _ method: Method = .sobol, scramble: Bool = false, seed: UInt32? = nil,
    independentSampler: (any TrialSampler)? = nil
  ) {
    self.method = method
    self.seed = scramble ? UInt64(seed ?? .random(in: 0...UInt32.max)) : nil
    independent = independentSampler ?? RandomTrialSampler(seed: seed)
  }

  public func jointSpace(_ study: StudyView, trial: TrialRecord) throws -> NamedValues<ParameterDistribution> {
    if let first = try study.trials.first(where: { $0.state == .complete || $0.state == .pruned }) {
      return NamedValues(first.parameters.map { ($0.name, $0.value.distribution) })
    }
    var space = NamedValues<ParameterDistribution>()
    for other in try study.trials where other.state == .running {
      for (name, parameter) in other.parameters { space[name] = parameter.distribution }
    }
    return space
  }

  public func sampleJointly(
    _ study: StudyView, trial: TrialRecord, space: NamedValues<ParameterDistribution>
  ) throws -> [String: Double] {
    let sequence = try sequence(dimensions: space.count)
    let point = sequence.point(try nextPlace(study, space))
    var values: [String: Double] = [:]
    for ((name, distribution), u) in zip(space, point) {
      let range = distribution.continuousRange
      values[name] = distribution.fromContinuous(range.lowerBound + u * (range.upperBound - range.lowerBound))
    }
    return values
  }

  private func sequence(dimensions: Int) throws -> Sequence {
    try sequences.withLock { sequences in
      if let known = sequences[dimensions] { return known }
      let made: Sequence =
        switch method {
        case .sobol: .sobol(try SobolSequence(dimensions: dimensions, seed: seed))
        case .halton: .halton(HaltonSequence(dimensions: dimensions, seed: seed))
        }
      sequences[dimensions] = made
      return made
    }
  }

  /// The place after the last one used, by anybody.
  private func nextPlace(_ study: StudyView, _ space: NamedValues<ParameterDistribution>) throws -> Int {
    let key = counterKey(space)
    return try counting.withLock { _ in
      let used = try study.storage.study(study.id).systemAttributes[key]?.number
      let place = (used.flatMap { Int(exactly: $0) } ?? -1) + 1
      try study.storage.setAttribute(key, .int(place), of: .system, study: study.id)
      return place
    }
  }

  /// The name of the note, as Optuna makes it: of the sequence and the space.
  package func counterKey(_ space: NamedValues<ParameterDistribution>) -> String {
    let members = space.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }.map { name, distribution in
      quotedJSON(name, ensuresASCII: true) + ": " + quotedJSON(distribution.pythonText, ensuresASCII: true)
    }
    var text = "{\"qmc_type\": \"\(method.rawValue)\", \"search_space\": {\(members.joined(separator: ", "))}, "
    if let seed { text += "\"scramble\": true, \"seed\": \(seed)}" } else { text += "\"scramble\": false}" }
    return "qmc:" + SHA256.hexadecimal(of: text)
  }
}
