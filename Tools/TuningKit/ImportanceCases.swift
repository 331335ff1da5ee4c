import ApusCore
import ApusFormats
import ApusTrain
import ApusTune
import FormatsKit

/// Judges the parameters of recorded studies. PED-ANOVA and the arithmetic on a recorded forest must give the same numbers; what
/// grows a forest of its own by other draws must agree within three of the recorded standard deviations on the average of as many
/// seeds.
@Sendable func checkImportances(file: String) throws -> Tally {
  var tally = Tally()
  for (i, row) in try jsonLines(file).enumerated() {
    let title = "importances/\(i + 1) \(row["title"]?.string ?? "")"
    do {
      let study = try recordedStudy(row)
      let results = try row.required("results")
      for (place, item) in (results["ped"]?.array ?? []).enumerated() {
        tally.add(try checkPedAnova(study, item), id: "\(title) ped \(place)")
      }
      if let forest = results["forest"], !forest.isNull {
        tally.add(try checkForest(forest), id: "\(title) forest")
      }
      for name in ["fanova", "mdi"] {
        for item in (results[name]?.array ?? results[name].map { [$0] }) ?? [] where !item.isNull {
          tally.add(try checkRandom(study, name, item, results["target_index"]?.int), id: "\(title) \(name)")
        }
      }
    } catch {
      tally.add(.failed("\(error)"), id: title)
    }
  }
  return tally
}

private func recordedStudy(_ row: ByteJSON) throws -> Study {
  let directions = try row.required("directions").items.map {
    try $0.textValue.lowercased() == "maximize" ? StudyDirection.maximize : .minimize
  }
  let study = try Study(directions: directions, sampler: RandomTrialSampler(seed: 0))
  let distributions = try row.required("distributions").items.map { try ParameterDistribution(json: $0.textValue) }
  for item in try row.required("trials").items {
    var trial = TrialRecord(state: try TrialState(recorded: item.required("state").textValue))
    if let values = item["values"], !values.isNull { trial.values = try values.numbers }
    for parameter in try item.required("params").items {
      let parts = try parameter.items
      let distribution = try distributions[parts[2].whole]
      let name = try parts[0].textValue
      trial.parameters[name] = .init(
        internal: try distribution.internalValue(parts[1].setting, name), distribution: distribution)
    }
    try study.add(trial)
  }
  return study
}

private func target(_ index: Int?) -> ((TrialRecord) -> Double)? {
  index.map { index in { $0.values[index] } }
}

/// Differences of numbers by name.
private func difference(_ found: NamedValues<Double>, _ wanted: ByteJSON, _ tolerance: Double) throws -> String? {
  for member in wanted.members ?? [] {
    guard let value = found[member.name], try abs(value - member.value.number) <= tolerance else {
      return "\(member.name) is \(found[member.name].map { "\($0)" } ?? "missing"), expected \(member.value.text)"
    }
  }
  let count = wanted.members?.count ?? 0
  return found.count == count ? nil : "there are \(found.count) parameters, expected \(count)"
}

private func checkPedAnova(_ study: Study, _ item: ByteJSON) throws -> Outcome {
  let args = item["args"]
  let evaluator = try PedAnovaImportance(
    targetQuantile: args?["target_quantile"]?.number ?? 0.1, regionQuantile: args?["region_quantile"]?.number ?? 1,
    evaluateOnLocal: args?["evaluate_on_local"]?.bool ?? true)
  let params = try item["params"]?.array?.map { try $0.textValue }
  let isNormalised = item["default_normalised"] != nil
  let found = try study.paramImportances(
    evaluator: evaluator, params: params, target: target(item["target_index"]?.int), normalize: isNormalised)
  let wanted = try item["default_normalised"] ?? item.required("raw")
  return try difference(found, wanted, 1e-9).map { .failed($0) } ?? .passed
}

private func checkForest(_ json: ByteJSON) throws -> Outcome {
  let bounds = try json.required("bounds").items.map { pair in
    let ends = try pair.numbers
    return (low: ends[0], high: ends[1])
  }
  let groups = try json.required("columns").items.map { columns in
    let columns = try columns.items.map { try $0.whole }
    return columns[0]..<columns[0] + columns.count
  }
  var trees: [RegressionTree] = []
  for (i, item) in try json.required("trees").items.enumerated() {
    func numbers(_ name: String) throws -> [Double] { try item.required(name).numbers }
    let (column, threshold, left, right) = try (
      numbers("feature"), numbers("threshold"), numbers("left"), numbers("right")
    )
    let (value, impurity, weight) = try (numbers("value"), numbers("impurity"), numbers("weight"))
    let tree = RegressionTree(
      nodes: column.indices.map { node in
        .init(
          column: Int(column[node]), threshold: threshold[node], left: Int(left[node]), right: Int(right[node]),
          value: value[node], impurity: impurity[node], weight: weight[node])
      })
    trees.append(tree)
    let leaves = TreeLeaves(tree, bounds: bounds)
    guard isNear(leaves.variance, try item.required("variance").number) else {
      return .failed("the variance of tree \(i) is \(leaves.variance)")
    }
    for (group, wanted) in zip(groups, try numbers("marginal_variance"))
    where !isNear(leaves.marginalVariance(group), wanted) {
      return .failed("a marginal variance of tree \(i) is \(leaves.marginalVariance(group)), expected \(wanted)")
    }
  }
  let forest = RegressionForest(trees: trees)
  let decrease = forest.impurityDecrease(columns: bounds.count)
  let wanted = try json.required("mdi_per_column").numbers
  guard zip(decrease, wanted).allSatisfy({ isNear($0, $1) }) else {
    return .failed("impurity decreases by \(decrease), expected \(wanted)")
  }
  // Parameters of one value have no columns and are worth nothing.
  let parts = forest.varianceParts(groups, bounds: bounds).sorted()
  let recorded = try (json.required("fanova").members ?? []).map { try $0.value.number }.sorted()
  guard zip(parts.reversed(), recorded.reversed()).allSatisfy({ isNear($0, $1) }) else {
    return .failed("parts of the variance are \(parts), expected \(recorded)")
  }
  return .passed
}

private func isNear(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-9 * max(1, abs(b)) }

private func checkRandom(_ study: Study, _ name: String, _ json: ByteJSON, _ index: Int?) throws -> Outcome {
  let seeds = try json.required("seeds").items.map { UInt32(try $0.whole) }
  var sums: [String: Double] = [:]
  for seed in seeds {
    let evaluator: any ImportanceEvaluator =
      name == "fanova" ? FanovaImportance(seed: seed) : MeanDecreaseImpurityImportance(seed: seed)
    let found = try study.paramImportances(
      evaluator: evaluator, target: target(json["target_index"]?.int ?? index), normalize: false)
    for (name, value) in found { sums[name, default: 0] += value }
  }
  for member in try json.required("mean").members ?? [] {
    let mean = try member.value.number
    let spread = try json.required("sd").required(member.name).number
    guard let sum = sums[member.name] else { return .failed("\(member.name) is missing") }
    let found = sum / Double(seeds.count)
    guard abs(found - mean) <= 3 * spread + 1e-9 else {
      return .failed("\(member.name) is \(found) on average, expected \(mean) ± \(spread)")
    }
  }
  return .passed
}
