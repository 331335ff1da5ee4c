import ApusCore
import ApusFormats
import ApusTune
import Dispatch

/// What a sampler reached on a problem: for each seed the best value after so many trials, of several objectives the hypervolume.
package struct QualityResult: Sendable {
  package let problem: String
  package let dim: Int
  package let kind: TuningProblem.Kind
  package let sampler: String
  package let checkpoints: [Int]
  /// By seed and checkpoint.
  package let raw: [[Double]]

  package init(
    problem: String, dim: Int, kind: TuningProblem.Kind, sampler: String, checkpoints: [Int], raw: [[Double]]
  ) {
    (self.problem, self.dim, self.kind) = (problem, dim, kind)
    (self.sampler, self.checkpoints, self.raw) = (sampler, checkpoints, raw)
  }

  /// The values of all seeds at a checkpoint; nil where it was not reached.
  package func values(after trials: Int) -> [Double]? {
    checkpoints.firstIndex(of: trials).map { place in raw.map { $0[place] } }
  }

  /// Three quarter points of each checkpoint, linear between values.
  package var quartiles: [[Double]] {
    checkpoints.indices.map { place in
      let sorted = raw.map { $0[place] }.sorted()
      return [0.25, 0.5, 0.75].map { quantile(sorted, $0) }
    }
  }

  /// The results of a `regret.json`; of one sampler where it is named.
  package static func recorded(in file: String, sampler: String? = nil) throws -> [QualityResult] {
    try (ByteJSON(file: file)["results"]?.array ?? []).compactMap { json in
      let name = try json.required("sampler").textValue
      guard sampler == nil || name == sampler,
        let kind = TuningProblem.Kind(rawValue: try json.required("kind").textValue)
      else { return nil }
      return QualityResult(
        problem: try json.required("problem").textValue, dim: kind == .function ? try json.required("dim").whole : 0,
        kind: kind, sampler: name, checkpoints: try json.required("checkpoints").numbers.map { Int($0) },
        raw: try json.required("raw").items.map { try $0.numbers })
    }
  }
}

private func quantile(_ sorted: [Double], _ part: Double) -> Double {
  guard let last = sorted.indices.last else { return .nan }
  let place = part * Double(last)
  let low = Int(place)
  return sorted[low] + (place - Double(low)) * (sorted[min(low + 1, last)] - sorted[low])
}

/// Runs a sampler on problems, one study for each seed, and gives what it reached.
/// - Parameters:
///   - name: for the results.
///   - checkpoints: after how many trials to look; those beyond `trials` are left out.
///   - sampler: makes the sampler of a seed.
package func runQuality(
  _ name: String, problems: [TuningProblem], seeds: Range<Int>, trials: Int, checkpoints: [Int] = [25, 50, 100, 200],
  sampler: @Sendable (UInt32) throws -> any TrialSampler
) throws -> [QualityResult] {
  let checkpoints = checkpoints.filter { $0 <= trials }
  return try problems.map { problem in
    let rows = Lock([Int: [Double]]())
    let failure = Lock<(any Error)?>(nil)
    DispatchQueue.concurrentPerform(iterations: seeds.count) { i in
      do {
        let seed = seeds.lowerBound + i
        let row = try qualityRun(problem, trials, checkpoints, sampler(UInt32(seed)))
        rows.withLock { $0[i] = row }
      } catch { failure.withLock { $0 = error } }
    }
    if let error = failure.withLock({ $0 }) { throw error }
    let raw = rows.withLock { rows in seeds.indices.map { rows[$0 - seeds.lowerBound] ?? [] } }
    return QualityResult(
      problem: problem.name, dim: problem.kind == .function ? problem.dim : 0, kind: problem.kind, sampler: name,
      checkpoints: checkpoints, raw: raw)
  }
}

private func qualityRun(
  _ problem: TuningProblem, _ trials: Int, _ checkpoints: [Int], _ sampler: any TrialSampler
) throws -> [Double] {
  let objectives = max(1, problem.reference.count)
  let study = try Study(
    directions: [StudyDirection](repeating: .minimize, count: objectives), sampler: sampler, pruner: NopPruner())
  var values: [[Double]] = []
  try study.optimizeAll(trials: trials) { trial in
    let value = try problem.objective(trial)
    values.append(value)
    return value
  }
  return checkpoints.map { count in
    let first = values.prefix(count)
    return objectives > 1
      ? hypervolume(Array(first), reference: problem.reference) : first.map { $0[0] }.min() ?? .infinity
  }
}

/// Whether two runs reached the same: numbers of the same steps differ in their last digits.
private func isTie(_ a: Double, _ b: Double) -> Bool { a == b || abs(a - b) <= 1e-6 * max(abs(a), abs(b)) }

/// How two samplers compare on the problems that both were run on, after the same number of trials.
package struct QualityComparison: Sendable {
  /// One line of the table.
  package struct Row: Sendable {
    package let problem: String
    package let dim: Int
    package let trials: Int
    package let median: Double
    package let otherMedian: Double
    /// The chance that a run of ours is better than one of theirs, ties half, less one half.
    package let advantage: Double
  }

  package let rows: [Row]

  package init(_ ours: [QualityResult], _ theirs: [QualityResult]) {
    var rows: [Row] = []
    for a in ours {
      guard let b = theirs.first(where: { $0.problem == a.problem && $0.dim == a.dim }) else { continue }
      let sign = a.kind == .bi || a.kind == .several ? -1.0 : 1
      for trials in a.checkpoints {
        guard let x = a.values(after: trials)?.map({ $0 * sign }), let y = b.values(after: trials)?.map({ $0 * sign })
        else { continue }
        var wins = 0.0
        for u in x { for v in y { wins += isTie(u, v) ? 0.5 : u < v ? 1 : 0 } }
        rows.append(
          Row(
            problem: a.problem, dim: a.dim, trials: trials, median: quantile(x.sorted(), 0.5) * sign,
            otherMedian: quantile(y.sorted(), 0.5) * sign, advantage: wins / Double(x.count * y.count) - 0.5))
      }
    }
    self.rows = rows
  }

  /// The probability that the advantages over the problems after so many trials are as low as they are, or lower, if neither were
  /// better: small where ours is worse. Of the signed-rank test of Wilcoxon.
  package func worseProbability(after trials: Int) -> Double {
    let advantages = rows.filter { $0.trials == trials }.map(\.advantage).filter { $0 != 0 }
    guard !advantages.isEmpty else { return 1 }
    // Ranks times two, so that those of ties are whole numbers.
    let sizes = advantages.map { abs($0) }
    let ranks = sizes.map { size in
      2 * sizes.filter { $0 < size }.count + sizes.filter { $0 == size }.count + 1
    }
    let positive = zip(ranks, advantages).reduce(0) { $0 + ($1.1 > 0 ? $1.0 : 0) }
    // The share of all choices of signs whose sum is at most as large.
    var ways = [1.0]
    for rank in ranks {
      var next = ways + [Double](repeating: 0, count: rank)
      for (i, count) in ways.enumerated() { next[i + rank] += count }
      ways = next.map { $0 / 2 }
    }
    return ways.prefix(positive + 1).reduce(0, +)
  }

  /// How often our median is better, and worse, after so many trials.
  package func medians(after trials: Int) -> (better: Int, worse: Int) {
    let rows = rows.filter { $0.trials == trials && !isTie($0.median, $0.otherMedian) }
    // A row of hypervolumes compares the other way; its advantage has been turned already.
    let better = rows.filter { $0.advantage > 0 }.count
    return (better, rows.count - better)
  }
}
