import ApusCore
import ApusFunctional
import ApusNN

/// What the results of a quantised model are to keep of those in floating point; see ``QuantizationOptions/keep``.
public enum AccuracyGoal: Sendable, Hashable {
  /// The share of samples whose greatest result is at the same place, along the last dimension: 0.99 for 99 %.
  case agreement(Double)
  /// The cosine of the angle between all results.
  case cosine(Double)
  /// The mean square of results over that of the error, in decibels.
  case signalToNoise(Double)

  fileprivate func isKept(by loss: ResultLoss) -> Bool {
    switch self {
    case .agreement(let least): loss.agreement >= least
    case .cosine(let least): loss.cosine >= least
    case .signalToNoise(let least): loss.signalToNoise >= least
    }
  }

  fileprivate func check() throws(TensorError) {
    switch self {
    case .agreement(let share), .cosine(let share):
      guard (0...1).contains(share) else {
        throw TensorError(.value, "quantize", "what is to be kept is a number from 0 to 1, and found \(share)")
      }
    case .signalToNoise(let bound):
      guard bound.isFinite else {
        throw TensorError(.value, "quantize", "a signal to noise is a number of decibels, and found \(bound)")
      }
    }
  }
}

/// Sums over the results of batches.
private struct ResultLoss {
  private var (same, samples) = (0, 0)
  private var (products, exactSquares, foundSquares, errors) = (0.0, 0.0, 0.0, 0.0)

  mutating func add(_ exact: [Tensor], _ found: [Tensor]) {
    noGrad {
      for (a, b) in zip(exact, found) where a.dtype.isFloatingPoint && a.count > 0 {
        let (a, b) = (a.to(.float64), b.to(.float64))
        products += (a * b).sum().item(as: Double.self)
        exactSquares += a.square().sum().item(as: Double.self)
        foundSquares += b.square().sum().item(as: Double.self)
        errors += (a - b).square().sum().item(as: Double.self)
        if a.rank > 0, a.size(-1) > 1 {
          same += a.argmax(-1).eq(b.argmax(-1)).sum().item(as: Int.self)
          samples += a.count / a.size(-1)
        }
      }
    }
  }

  var agreement: Double { samples == 0 ? 1 : Double(same) / Double(samples) }
  var cosine: Double {
    let norms = (exactSquares * foundSquares).squareRoot()
    return norms == 0 ? (errors == 0 ? 1 : 0) : products / norms
  }
  /// The mean square of errors over that of exact results.
  var relativeError: Double { exactSquares == 0 ? (errors == 0 ? 0 : .infinity) : errors / exactSquares }
  var signalToNoise: Double { LayerLoss.decibels(signal: exactSquares, noise: errors) }
}

/// What calibration found out about a model, of which any choice of layers can be made.
final class Calibration {
  let graph: CapturedGraph
  let candidates: [QuantizedSite]
  /// The candidates that stay in floating point by what was asked for.
  let kept: Set<Int>
  private let isDynamic: Bool
  private let options: QuantizationOptions
  private var estimators: [Int: RangeEstimator] = [:]
  private var moments: [Int: InputMoments] = [:]
  /// The candidates whose weights are rounded so that results change least.
  private let rounded: Set<Int>
  /// Weights of integers, which do not depend on the choice.
  private var layers: [Int: QuantizedLayer] = [:]
  /// The most memory for covariances; weights of layers behind that many are rounded to the nearest integers.
  private static let mostCovarianceBytes = 1 << 30
  /// Batches to measure with, and their graphs.
  private let heldOut: [(batch: [Tensor], graph: CapturedGraph)]

  init(
    _ module: (any Module)?, _ batches: [[Tensor]], _ options: QuantizationOptions, isDynamic: Bool,
    _ function: @escaping @Sendable ([Tensor]) -> [Tensor]
  ) throws {
    var graphs: [[TensorType]: CapturedGraph] = [:]
    func captured(_ batch: [Tensor]) throws -> CapturedGraph {
      let types = batch.map(\.type)
      if let known = graphs[types] { return known }
      let made = try CapturedGraph(module, batch, findsRounded: !isDynamic, function)
      graphs[types] = made
      return made
    }
    let whole = try captured(batches[0])
    graph = whole
    (self.options, self.isDynamic) = (options, isDynamic)
    let candidates = QuantizationPlan.candidates(whole)
    self.candidates = candidates
    kept = Set(
      candidates.indices.filter {
        if options.keepsFloat(candidates[$0].name) { return true }
        switch candidates[$0].kind {
        case .rows: return !options.quantizesTables
        case .convolution: return isDynamic
        case .linear: return false
        }
      })
    var bytes = 0
    rounded =
      isDynamic || options.rounding == .nearest
      ? []
      : Set(
        candidates.filter { site in
          let size = InputMoments.covarianceBytes(site.kind, weight: whole.constants[site.weight]?.shape ?? [])
          guard size > 0, bytes + size <= Self.mostCovarianceBytes else { return false }
          bytes += size
          return true
        }.map(\.number))
    try options.keep?.check()
    // A quarter of the batches is put by, where there are several.
    let some = options.keep == nil ? 0 : batches.count == 1 ? 1 : max(1, batches.count / 4)
    heldOut = try batches.suffix(some).map { ($0, try captured($0)) }
    if isDynamic { return }
    for batch in batches.prefix(batches.count == 1 ? 1 : batches.count - some) {
      try observe(batch, try captured(batch))
    }
  }

  /// Takes the ranges of a batch in, and what weights are multiplied with.
  private func observe(_ batch: [Tensor], _ own: CapturedGraph) throws {
    guard own.nodes.count == graph.nodes.count else { throw QuantizedModel.otherCourse(batch) }
    // Values whose range some choice of layers may need.
    let place = Dictionary(zip(Self.observed(own, kept), Self.observed(graph, kept))) { first, _ in first }
    let needsMoments = options.correctsBias || options.rounding == .leastChange
    let sites =
      needsMoments
      ? Dictionary(grouping: QuantizationPlan.candidates(own).filter { !kept.contains($0.number) }, by: \.input) : [:]
    var problem: TensorError?
    own.run(batch) { value, tensor in
      for site in sites[value] ?? [] where !site.isRows {
        moments[site.number, default: InputMoments()].observe(
          tensor, site.kind, weight: own.constants[site.weight]?.shape ?? [],
          withCovariance: rounded.contains(site.number))
      }
      guard let key = place[value], problem == nil else { return }
      do throws(TensorError) {
        try estimators[key, default: RangeEstimator(options.method)].observe(tensor)
      } catch { problem = error }
    }
    if let problem { throw problem }
  }

  /// Everything whose range may be needed, in a fixed order: what goes into products and what comes out of them.
  private static func observed(_ graph: CapturedGraph, _ dropped: Set<Int>) -> [Int] {
    let plan = QuantizationPlan(graph, isDynamic: false) { number, _ in !dropped.contains(number) }
    var found: [Int] = []
    var seen: Set<Int> = []
    func add(_ value: Int) { if graph.constants[value] == nil, seen.insert(value).inserted { found.append(value) } }
    for value in plan.roots { add(value) }
    for (i, node) in graph.nodes.enumerated() where plan.pools[i] != nil { add(node.outputs[0]) }
    for site in QuantizationPlan.candidates(graph) {
      add(QuantizationPlan.root(site.input, graph))
      add(site.result)
    }
    for site in plan.sites {
      add(site.result)
      if let former = site.former { add(QuantizationPlan.root(former, graph)) }
    }
    return found
  }

  /// The model with all candidates but those that stay in floating point.
  func parts(_ dropped: Set<Int>) throws -> QuantizedParts { try parts { !dropped.contains($0) } }

  private func parts(_ isWanted: (Int) -> Bool) throws -> QuantizedParts {
    let plan = QuantizationPlan(graph, isDynamic: isDynamic) { number, _ in isWanted(number) }
    return try QuantizedParts(graph, plan, estimators, isDynamic: isDynamic, layer)
  }

  private func layer(_ site: QuantizedSite) throws -> QuantizedLayer {
    if let known = layers[site.number] { return known }
    let made = try QuantizedLayer(site, graph, moments[site.number], correctsBias: options.correctsBias)
    layers[site.number] = made
    moments[site.number] = nil
    return made
  }

  /// What layers would lose that stay in floating point.
  func lossesAlone(_ numbers: Set<Int>) throws -> [LayerLoss] {
    guard let first = heldOut.first else { return [] }
    return try numbers.sorted().flatMap { number in
      let one = try parts { $0 == number }
      return try one.losses(first.graph, one.plan, first.batch, isDynamic).map { $0.asFloat() }
    }
  }

  // The search.

  /// The choice that keeps `goal` with the least work in floating point, as far as going through layers in the order of what each
  /// costs alone finds it, and what it loses.
  func search(
    _ goal: AccuracyGoal, _ options: QuantizationOptions, _ dropped: Set<Int>
  ) throws -> (dropped: Set<Int>, loss: ModelLoss) {
    let exact = heldOut.map { $0.graph.results($0.batch) }
    let all = candidates.indices.filter { !dropped.contains($0) && !(isDynamic && candidates[$0].isConvolution) }
    let works = candidates.map(work)
    let sizes = candidates.map { graph.constants[$0.weight]?.count ?? 0 }
    func share(_ counts: [Int], _ numbers: some Sequence<Int>) -> Double {
      let total = all.reduce(0) { $0 + counts[$1] }
      return total == 0 ? 0 : Double(numbers.reduce(0) { $0 + counts[$1] }) / Double(total)
    }
    func measured(_ back: ArraySlice<Int>) throws -> ResultLoss {
      try loss(of: parts(dropped.union(back)), exact, batches: heldOut.count)
    }
    func told(_ loss: ResultLoss, _ back: ArraySlice<Int>) -> ModelLoss {
      ModelLoss(
        agreement: loss.agreement, cosine: loss.cosine, signalToNoise: loss.signalToNoise,
        floatWork: share(works, back), floatWeights: share(sizes, back), isKept: goal.isKept(by: loss))
    }
    let without = try measured([])
    if goal.isKept(by: without) { return (dropped, told(without, [])) }
    // What each layer costs alone, for its work.
    let costs = try all.map { number in
      try loss(of: parts { $0 == number }, exact, batches: 1).relativeError / Double(max(1, works[number]))
    }
    let order = zip(all, costs).sorted { $0.1 > $1.1 }.map(\.0)
    // What the budget has no room for is left out.
    var chosen: [Int] = []
    for number in order
    where share(works, chosen + [number]) <= options.mostFloatWork
      && share(sizes, chosen + [number]) <= options.mostFloatWeights && chosen.count + 1 < all.count
    {
      chosen.append(number)
    }
    guard !chosen.isEmpty else { return (dropped, told(without, [])) }
    // The least count that keeps the goal; with more layers in floating point results are taken to be nearer.
    var (low, high) = (1, chosen.count)
    var best = try measured(chosen[...])
    guard goal.isKept(by: best) else { return (dropped.union(chosen), told(best, chosen[...])) }
    while low < high {
      let middle = (low + high) / 2
      let found = try measured(chosen[..<middle])
      if goal.isKept(by: found) { (high, best) = (middle, found) } else { low = middle + 1 }
    }
    return (dropped.union(chosen[..<high]), told(best, chosen[..<high]))
  }

  /// The multiplications of a layer, and eight for each number that it reads or makes.
  private func work(_ site: QuantizedSite) -> Int {
    let result = graph.types[site.result].count
    guard !site.isRows, let weight = graph.constants[site.weight] else { return result }
    return result * elementCount(Array(weight.shape.dropFirst())) + 8 * (result + graph.types[site.input].count)
  }

  private func loss(of parts: QuantizedParts, _ exact: [[Tensor]], batches: Int) throws -> ResultLoss {
    var sum = ResultLoss()
    for (i, held) in heldOut.prefix(batches).enumerated() {
      var program = parts.program
      if held.graph.types.map(\.shape) != graph.types.map(\.shape) {
        let chosen = Set(parts.plan.sites.map(\.number))
        let plan = QuantizationPlan(held.graph, isDynamic: isDynamic) { number, _ in chosen.contains(number) }
        let codes = Dictionary(
          zip(plan.roots, parts.plan.roots).compactMap { own, first in parts.codes[first].map { (own, $0) } }
        ) { first, _ in first }
        program = try QuantizedProgram(
          held.graph, plan, codes: codes, layers: parts.layers, isDynamic: isDynamic, floats: [:])
      }
      sum.add(exact[i], noGrad { program.run(held.batch.map { $0.contiguous() }) })
    }
    return sum
  }
}
