import ApusCore
import ApusTrain

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// PED-ANOVA (Watanabe, Bansal and Hutter, PED-ANOVA: efficiently quantifying hyperparameter importance in arbitrary subspaces,
/// 2023; with conditions as in Imamura et al., Conditional PED-ANOVA, 2026): how far the best trials' values of a parameter are
/// spread otherwise than those of all trials.
///
/// With several objectives and no target the best trials are those of the first ranks in non-dominated sorting, of the last rank
/// those that make the hypervolume largest. A target is to become small.
public struct PedAnovaImportance: ImportanceEvaluator {
  private let targetQuantile: Double
  private let regionQuantile: Double
  private let isLocal: Bool

  /// With the best tenth of all trials.
  public init() { (targetQuantile, regionQuantile, isLocal) = (0.1, 1, true) }

  /// - Parameters:
  ///   - targetQuantile: which part of the trials are the best ones.
  ///   - regionQuantile: which part of the trials they are compared with.
  ///   - evaluateOnLocal: whether the best are compared with those trials; else with values spread evenly over the range.
  /// - Throws: `TensorError` of kind `value` where not 0 < targetQuantile < regionQuantile ≤ 1.
  public init(targetQuantile: Double = 0.1, regionQuantile: Double = 1, evaluateOnLocal: Bool = true) throws {
    guard targetQuantile > 0, targetQuantile < regionQuantile, regionQuantile <= 1 else {
      throw TensorError(
        .value, "PedAnovaImportance",
        "targetQuantile is \(targetQuantile) and regionQuantile \(regionQuantile); needed is 0 < target < region ≤ 1")
    }
    (self.targetQuantile, self.regionQuantile, isLocal) = (targetQuantile, regionQuantile, evaluateOnLocal)
  }

  public func importances(
    _ study: StudyView, params: [String]?, target: ((TrialRecord) -> Double)?
  ) throws -> NamedValues<Double> {
    let complete = try study.trials.filter { $0.state == .complete }
    let known = Set(complete.flatMap(\.parameters.names))
    if let missing = params?.first(where: { !known.contains($0) }) {
      throw TensorError(.value, "PedAnovaImportance", "no complete trial has a parameter '\(missing)'")
    }
    let names = params ?? known.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let trials = complete.filter { trial in
      target.map { $0(trial).isFinite } ?? trial.values.allSatisfy(\.isFinite)
    }
    guard trials.count > 1 else { return NamedValues(names.map { ($0, 0) }) }
    let best = top(trials, targetQuantile, study, target)
    let region = top(trials, regionQuantile, study, target)
    guard !best.isEmpty else { return NamedValues(names.map { ($0, 0) }) }
    let numbers = Set(best.map(\.number))
    let part = Double(best.count) / Double(region.count)
    return NamedValues(
      names.map { name in
        var sum = 0.0
        for (distribution, members) in groups(region, name) where !distribution.isSingle {
          let chosen = members.filter { numbers.contains($0.number) }
          guard !chosen.isEmpty else { continue }
          let a = Double(chosen.count) / Double(best.count)
          let b = Double(members.count) / Double(region.count)
          sum += a * a / b * divergence(name, distribution, chosen, members)
        }
        return (name, sum * part * part)
      }
    ).sortedDescending()
  }

  /// The trials that have the parameter by its distribution, of which at least two are needed.
  private func groups(_ trials: [TrialRecord], _ name: String) -> [(ParameterDistribution, [TrialRecord])] {
    var order: [ParameterDistribution] = []
    var groups: [ParameterDistribution: [TrialRecord]] = [:]
    for trial in trials {
      guard let distribution = trial.parameters[name]?.distribution else { continue }
      if groups[distribution] == nil { order.append(distribution) }
      groups[distribution, default: []].append(trial)
    }
    return order.compactMap { distribution in
      groups[distribution].flatMap { $0.count >= 2 ? (distribution, $0) : nil }
    }
  }

  /// The best part of the trials, and all that are as good as the last one of it.
  private func top(
    _ trials: [TrialRecord], _ quantile: Double, _ study: StudyView, _ target: ((TrialRecord) -> Double)?
  ) -> [TrialRecord] {
    if quantile == 1 { return trials }
    let count = Int((quantile * Double(trials.count)).rounded(.up))
    if study.directions.count > 1, target == nil {
      return topByRanks(trials.map { study.losses($0.values) }, count).map { trials[$0] }
    }
    let losses = trials.map { trial in target?(trial) ?? study.signs[0] * trial.values[0] }
    let last = losses.sorted()[count - 1]
    return trials.indices.filter { losses[$0] <= last }.map { trials[$0] }
  }

  private func topByRanks(_ losses: [[Double]], _ count: Int) -> [Int] {
    if count >= losses.count { return Array(losses.indices) }
    let ranks = nonDominationRanks(losses)
    var chosen: [Int] = []
    for rank in 0...(ranks.max() ?? 0) {
      let members = ranks.indices.filter { ranks[$0] == rank }
      if chosen.count + members.count <= count {
        chosen += members
        continue
      }
      let points = members.map { losses[$0] }
      let reference = points[0].indices.map { d in
        let worst = points.map { $0[d] }.max() ?? 0
        let place = max(1.1 * worst, 0.9 * worst)
        return place == 0 ? 1e-12 : place
      }
      chosen += hypervolumeSubset(points, count: count - chosen.count, reference: reference).map { members[$0] }
      break
    }
    return chosen.sorted()
  }

  /// Pearson's divergence of the best trials' density from the other, on a grid.
  private func divergence(
    _ name: String, _ distribution: ParameterDistribution, _ best: [TrialRecord], _ region: [TrialRecord]
  ) -> Double {
    let p = GridDensity(name, distribution, best).values
    let q =
      isLocal
      ? GridDensity(name, distribution, region).values.map { $0 + 1e-12 }
      : p.map { _ in 1 / Double(p.count) }
    return zip(p, q).reduce(0) { sum, pair in
      let excess = (pair.0 + 1e-12) / pair.1 - 1
      return sum + pair.1 * excess * excess
    }
  }
}

/// How often a parameter has each value of a grid, smoothed by a kernel at each value that occurs and a wide one in the middle.
private struct GridDensity {
  private(set) var values: [Double] = []

  init(_ name: String, _ distribution: ParameterDistribution, _ trials: [TrialRecord]) {
    let points = trials.compactMap { $0.parameters[name]?.internal }
    switch distribution {
    case .categorical(let choices): values = Self.choices(Self.counts(points, choices.count))
    case .float(let low, let high, let log, let step):
      let size = step.map { min(Int(((high - low) / $0).rounded(.toNearestOrEven)) + 1, 50) } ?? 50
      values = Self.numbers(Self.counts(Self.places(points, low, high, log, size), size))
    case .int(let low, let high, let log, let step):
      let width = Double(high - low)
      let size =
        log
        ? min(Int((logarithm(width + 1) / logarithm(2)).rounded(.up)) + 1, 50)
        : min(Int((width / Double(step)).rounded(.toNearestOrEven)) + 1, 50)
      values = Self.numbers(Self.counts(Self.places(points, Double(low), Double(high), log, size), size))
    }
  }

  private static func places(
    _ points: [Double], _ low: Double, _ high: Double, _ log: Bool, _ size: Int
  ) -> [Double] {
    let (low, high) = log ? (logarithm(low), logarithm(high)) : (low, high)
    let step = (high - low) / Double(size - 1)
    return points.map { (((log ? logarithm($0) : $0) - low) / step - 0.5).rounded(.up) }
  }

  private static func counts(_ places: [Double], _ size: Int) -> [Double] {
    var counts = [Double](repeating: 0, count: size)
    for place in places { counts[Int(min(max(place, 0), Double(size - 1)))] += 1 }
    return counts
  }

  /// Each choice that occurs is a kernel, which gives every choice a little.
  private static func choices(_ counts: [Double]) -> [Double] {
    let size = Double(counts.count)
    let occurring = counts.indices.filter { counts[$0] > 0 }
    let little = 1 / Double(occurring.count + 1)
    let all = counts.reduce(1, +)
    var density = [Double](repeating: 1 / size / all, count: counts.count)
    for i in occurring {
      for j in counts.indices {
        density[j] += counts[i] / all * (little + (i == j ? 1 : 0)) / (little * size + 1)
      }
    }
    return density
  }

  /// Normal kernels of one width by Scott's rule, and one over the whole grid.
  private static func numbers(_ counts: [Double]) -> [Double] {
    let last = Double(counts.count - 1)
    let occurring = counts.indices.filter { counts[$0] > 0 }
    let total = counts.reduce(0, +)
    let mean = occurring.reduce(0) { $0 + Double($1) * counts[$1] } / total
    let variance =
      occurring.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) * counts[$1] } / max(1, total - 1)
    var cumulated: [Double] = []
    for i in occurring { cumulated.append((cumulated.last ?? 0) + counts[i]) }
    let lower = cumulated.firstIndex { $0 >= (total / 4).rounded(.down) } ?? 0
    let upper = cumulated.firstIndex { $0 > (total * 3 / 4).rounded(.down) } ?? occurring.count - 1
    let range = Double(occurring[upper] - occurring[lower])
    let width = max(1.059 * min(range / 1.34, variance.squareRoot()) * pow(total, -0.2), 0.5 / 1.64)
    var density = [Double](repeating: 0, count: counts.count)
    func add(_ center: Double, _ width: Double, _ weight: Double) {
      let whole = normalMass((-0.5 - center) / width, (last + 0.5 - center) / width)
      for i in density.indices {
        let mass = normalMass((Double(i) - 0.5 - center) / width, (Double(i) + 0.5 - center) / width)
        density[i] += weight / (total + 1) * mass / whole
      }
    }
    for i in occurring { add(Double(i), width, counts[i]) }
    add(last / 2, last + 1, 1)
    return density
  }

  /// The probability of the standard normal distribution between two numbers.
  private static func normalMass(_ a: Double, _ b: Double) -> Double {
    a > 0
      ? StandardNormal.cumulative(-a) - StandardNormal.cumulative(-b)
      : StandardNormal.cumulative(b) - StandardNormal.cumulative(a)
  }
}
