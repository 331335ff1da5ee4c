import ApusCore
import ApusFormats

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Hyperband (Li et al., Hyperband: a novel bandit-based approach to hyperparameter optimization, 2018): several
/// ``SuccessiveHalvingPruner``s, the brackets, of which each begins to compare later than the one before. A trial belongs to one
/// bracket by a checksum of the study's name and its number, and is compared, and seen by samplers, within that one only.
public final class HyperbandPruner: TrialPruner {
  /// How trials are divided.
  private struct Brackets: Sendable {
    /// How many trials of `total` belong to each bracket.
    let shares: [Int]
    let total: Int
  }

  private let minResource: Int
  private let factor: Int
  private let bootstrap: Int
  private let brackets: Lock<Brackets?>

  /// - Parameters:
  ///   - minResource: the step of the first rung of the first bracket.
  ///   - maxResource: the steps of a whole trial; nil for those of the complete trials, when the first of them is.
  ///   - reductionFactor: how much fewer trials meet the next rung, and how much later it is.
  ///   - bootstrapCount: how many trials must have met a rung before one goes past it.
  /// - Throws: `TensorError` of kind `value` where one of them lies out of its range, or `bootstrapCount` is given without
  ///   `maxResource`.
  public init(
    minResource: Int = 1, maxResource: Int? = nil, reductionFactor: Int = 3, bootstrapCount: Int = 0
  ) throws {
    func mistake(_ message: String) -> TensorError { TensorError(.value, "HyperbandPruner", message) }
    guard minResource >= 1 else { throw mistake("minResource is \(minResource); it must be at least 1") }
    if let maxResource, maxResource < 1 { throw mistake("maxResource is \(maxResource); it must be at least 1") }
    guard reductionFactor >= 2 else { throw mistake("reductionFactor is \(reductionFactor); it must be at least 2") }
    guard bootstrapCount >= 0 else { throw mistake("bootstrapCount is \(bootstrapCount); it must not be negative") }
    guard bootstrapCount == 0 || maxResource != nil else {
      throw mistake("with a bootstrapCount the maxResource must be given")
    }
    (self.minResource, factor, bootstrap) = (minResource, reductionFactor, bootstrapCount)
    brackets = Lock(maxResource.map { Self.divide(minResource, $0, reductionFactor) })
  }

  public func shouldPrune(_ study: StudyView, trial: TrialRecord) throws -> Bool {
    if brackets.withLock({ $0 }) == nil {
      guard let last = try lastCompleteStep(study) else { return false }
      fix(maxResource: last + 1)
    }
    guard let bracket = try bracket(study.name) else { return false }
    let own = bracket(trial.number)
    return try Rungs(first: minResource, factor: factor, rate: own, bootstrap: bootstrap)
      .shouldPrune(study, trial: trial) { bracket($0.number) == own }
  }

  public func visible(_ study: StudyView, for trial: TrialRecord) throws -> StudyView {
    guard let bracket = try bracket(study.name) else { return study }
    let own = bracket(trial.number)
    return study.filtered(.init(divider: ObjectIdentifier(self), number: own)) { bracket($0.number) == own }
  }

  /// Sets what an earlier question had found.
  package func fix(maxResource: Int) {
    brackets.withLock { $0 = $0 ?? Self.divide(minResource, maxResource, factor) }
  }

  private static func divide(_ minResource: Int, _ maxResource: Int, _ factor: Int) -> Brackets {
    let count = Int((log(Double(maxResource) / Double(minResource)) / log(Double(factor))).rounded(.down)) + 1
    let shares = (0..<max(count, 0)).map { bracket in
      let rungs = count - bracket
      let share = (Double(count) * pow(Double(factor), Double(rungs - 1)) / Double(rungs)).rounded(.up)
      // A checksum is below 2^32: what is larger takes them all.
      return Int(min(share, 0x1p33))
    }
    return Brackets(shares: shares, total: shares.reduce(0, +))
  }

  /// Gives the bracket of a trial's number; nil where trials are not divided.
  private func bracket(_ study: String) throws -> (@Sendable (Int) -> Int)? {
    guard let brackets = brackets.withLock({ $0 }), brackets.total > 0 else { return nil }
    return { number in
      var place = Array("\(study)_\(number)".utf8).withUnsafeBytes { Int(CRC32.of($0)) } % brackets.total
      for (bracket, share) in brackets.shares.enumerated() {
        place -= share
        if place < 0 { return bracket }
      }
      return brackets.shares.count - 1
    }
  }
}
