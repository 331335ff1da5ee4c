import ApusCore

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Ends a trial that is worse than the best one by Wilcoxon's signed-rank test over the steps that both have reported. For an
/// objective that is the mean over steps of equal right, such as folds or problems, in any order; the step names the fold.
///
/// With several objectives a trial ends where it is worse, in each objective by the test, than one trial of the Pareto front
/// (which needs no smaller threshold: all tests must say so); the threshold is divided by the number of trials on the front.
public final class WilcoxonPruner: TrialPruner {
  private let threshold: Double
  private let startup: Int

  /// - Parameters:
  ///   - pThreshold: the probability below which the difference does not count as chance.
  ///   - nStartupSteps: how many common steps are needed; at least 2 are, whatever is said.
  /// - Throws: `TensorError` of kind `value` where one of them lies out of its range.
  public init(pThreshold: Double = 0.1, nStartupSteps: Int = 2) throws {
    guard nStartupSteps >= 0 else {
      throw TensorError(.value, "WilcoxonPruner", "nStartupSteps is \(nStartupSteps); it must not be negative")
    }
    guard (0...1).contains(pThreshold) else {
      throw TensorError(.value, "WilcoxonPruner", "pThreshold is \(pThreshold); it lies from 0 to 1")
    }
    (threshold, startup) = (pThreshold, nStartupSteps)
  }

  public func shouldPrune(_ study: StudyView, trial: TrialRecord) throws -> Bool {
    let rivals = try study.bestTrials()
    let own = trial.reportedValues
    guard own.allSatisfy({ $0.values.allSatisfy(\.isFinite) }) else { return false }
    return rivals.contains { rival in
      let theirs = rival.reportedValues
      guard !theirs.isEmpty, theirs.allSatisfy({ $0.values.allSatisfy(\.isFinite) }) else { return false }
      return study.signs.indices.allSatisfy { objective in
        isWorse(
          own.map { ($0.step, study.signs[objective] * $0.values[objective]) },
          than: theirs.map { ($0.step, study.signs[objective] * $0.values[objective]) },
          threshold / Double(rivals.count))
      }
    }
  }

  private func isWorse(
    _ own: [(step: Int, loss: Double)], than rival: [(step: Int, loss: Double)], _ threshold: Double
  ) -> Bool {
    let theirs = Dictionary(rival.map { ($0.step, $0.loss) }, uniquingKeysWith: { $1 })
    let differences = own.compactMap { report in theirs[report.step].map { report.loss - $0 } }
    guard differences.count >= max(2, startup), signedRankProbability(differences) < threshold else { return false }
    func mean(_ reports: [(step: Int, loss: Double)]) -> Double {
      reports.reduce(0) { $0 + $1.loss } / Double(reports.count)
    }
    // What is not worse on average goes on, whatever the ranks say.
    return mean(rival) < mean(own)
  }
}

extension StudyView {
  /// Of one objective the first feasible complete trial of the best value, of several those that none dominates.
  func bestTrials() throws -> [TrialRecord] {
    let candidates = try trials.filter { trial in
      trial.state == .complete && trial.values.count == directions.count && trial.isFeasible
    }
    let losses = candidates.map { self.losses($0.values) }
    guard directions.count == 1 else { return paretoFront(losses).map { candidates[$0] } }
    guard let best = losses.indices.min(by: { losses[$0][0] < losses[$1][0] }) else { return [] }
    return [candidates[best]]
  }
}

/// The probability of as large a sum of the ranks of positive differences, or a larger one, where the signs are chance (Wilcoxon,
/// Individual comparisons by ranking methods, 1945). Ranks of zeros count half on both sides, equal ones are averaged.
///
/// Exact up to 50 differences where no two are alike and none is zero, and up to 13 by all changes of the signs; else by the
/// normal distribution.
func signedRankProbability(_ differences: [Double]) -> Double {
  let count = differences.count
  let order = differences.indices.sorted { abs(differences[$0]) < abs(differences[$1]) }
  var ranks = [Double](repeating: 0, count: count)
  var ties = 0.0
  var start = 0
  while start < count {
    var end = start + 1
    while end < count, abs(differences[order[end]]) == abs(differences[order[start]]) { end += 1 }
    for i in start..<end { ranks[order[i]] = Double(start + 1 + end) / 2 }
    let size = Double(end - start)
    ties += size * size * size - size
    start = end
  }
  let positive = differences.indices.filter { differences[$0] > 0 }.reduce(0) { $0 + ranks[$1] }
  let others = differences.indices.filter { differences[$0] != 0 }
  let zeros = count - others.count
  if count <= 50 && ties == 0 && zeros == 0 || count <= 13 {
    return tail(others.map { ranks[$0] }, from: positive)
  }
  let n = Double(count)
  let half = differences.indices.filter { differences[$0] == 0 }.reduce(0) { $0 + ranks[$1] } / 2
  let variance = (n * (n + 1) * (2 * n + 1) - ties / 2) / 24
  return erfc((positive + half - n * (n + 1) / 4) / variance.squareRoot() / 2.0.squareRoot()) / 2
}

/// The part of all choices of some of the ranks, which are whole or halves, whose sum is at least `sum`.
private func tail(_ ranks: [Double], from sum: Double) -> Double {
  let steps = ranks.map { Int(2 * $0) }
  var counts = [Double](repeating: 0, count: steps.reduce(1, +))
  counts[0] = 1
  for step in steps {
    for i in stride(from: counts.count - 1, through: step, by: -1) { counts[i] += counts[i - step] }
  }
  return counts[Int(2 * sum)...].reduce(0, +) / counts.reduce(0, +)
}
