import ApusCore
import ApusFormats
import ApusTrain
import ApusTune
import FormatsKit

/// Asks a pruner about each recorded trial and compares its decision and what it notes.
@Sendable func checkPruners(file: String) throws -> Tally {
  var tally = Tally()
  for row in try jsonLines(file) {
    let id = "pruners/\(row["id"]?.text ?? "?")"
    do {
      tally.add(try checkPruner(row), id: id)
    } catch {
      tally.add(.failed("\(error)"), id: id)
    }
  }
  return tally
}

private func checkPruner(_ row: ByteJSON) throws -> Outcome {
  let storage = MemoryStorage()
  let direction: StudyDirection = try row.required("direction").textValue == "maximize" ? .maximize : .minimize
  // A study without a name has a name here as well: an empty one.
  let pruner = try madePruner(try row.required("pruner"), row["pruner_state"])
  let study = try Study(
    try row.required("study_name").textValue, storage: storage, direction: direction,
    sampler: RandomTrialSampler(), pruner: pruner)
  let asked = try row.required("trial").whole
  for item in try row.required("trials").items {
    var trial = TrialRecord(state: try TrialState(recorded: item.required("state").textValue))
    if let value = item["value"], !value.isNull, trial.state == .complete { trial.values = [try value.number] }
    trial.reports = try item.required("steps").items.map { pair in
      let parts = try pair.items
      return TrialRecord.Report(step: try parts[0].whole, value: try parts[1].number)
    }
    for rung in item["rungs"]?.members ?? [] { trial.systemAttributes[rung.name] = .double(try rung.value.number) }
    let created = try storage.createTrial(study: study.id, template: trial)
    let number = try item.required("number").whole
    guard created.number == number else { return .failed("trial \(number) stands at place \(created.number)") }
  }
  let before = try study.trials[asked]
  let decision = try pruner.shouldPrune(study.view(), trial: before)
  let expected = try row.required("decision").bool
  guard decision == expected else { return .failed("decides \(decision)") }
  var rungs: [String: Double] = [:]
  for (name, value) in try study.trials[asked].systemAttributes where before.systemAttributes[name] == nil {
    if case .double(let value) = value { rungs[name] = value }
  }
  let wanted = try Dictionary(
    (row["new_rungs"]?.members ?? []).map { ($0.name, try $0.value.number) }, uniquingKeysWith: { $1 })
  return rungs == wanted ? .passed : .failed("notes \(rungs), expected \(wanted)")
}

private func madePruner(_ json: ByteJSON, _ state: ByteJSON?) throws -> any TrialPruner {
  // What a row does not name has its default, which is that of the pruner.
  func whole(_ name: String, _ otherwise: Int) throws -> Int { try json[name]?.whole ?? otherwise }
  /// Nil for null and for "auto".
  func resource(_ name: String) -> Int? { json[name]?.int }
  func number(_ name: String) throws -> Double? {
    guard let value = json[name], !value.isNull else { return nil }
    return try value.number
  }
  let type = try json.required("type").textValue
  switch type {
  case "NopPruner": return NopPruner()
  case "MedianPruner":
    return try MedianPruner(
      nStartupTrials: whole("n_startup_trials", 5), nWarmupSteps: whole("n_warmup_steps", 0),
      intervalSteps: whole("interval_steps", 1), nMinTrials: whole("n_min_trials", 1))
  case "PercentilePruner":
    return try PercentilePruner(
      json.required("percentile").number, nStartupTrials: whole("n_startup_trials", 5),
      nWarmupSteps: whole("n_warmup_steps", 0), intervalSteps: whole("interval_steps", 1),
      nMinTrials: whole("n_min_trials", 1))
  case "SuccessiveHalvingPruner":
    let pruner = try SuccessiveHalvingPruner(
      minResource: resource("min_resource"),
      reductionFactor: whole("reduction_factor", 4),
      minEarlyStoppingRate: whole("min_early_stopping_rate", 0), bootstrapCount: whole("bootstrap_count", 0))
    if let found = state?["min_resource"]?.int { pruner.fix(minResource: found) }
    return pruner
  case "HyperbandPruner":
    let pruner = try HyperbandPruner(
      minResource: whole("min_resource", 1), maxResource: resource("max_resource"),
      reductionFactor: whole("reduction_factor", 3), bootstrapCount: whole("bootstrap_count", 0))
    if let found = state?["max_resource"]?.int { pruner.fix(maxResource: found) }
    return pruner
  case "ThresholdPruner":
    return try ThresholdPruner(
      lower: number("lower"), upper: number("upper"), nWarmupSteps: whole("n_warmup_steps", 0),
      intervalSteps: whole("interval_steps", 1))
  case "PatientPruner":
    let wrapped = json["wrapped_pruner"] ?? .null
    return try PatientPruner(
      wrapped.isNull ? nil : madePruner(wrapped, state), patience: json.required("patience").whole,
      minDelta: number("min_delta") ?? 0)
  case "WilcoxonPruner":
    return try WilcoxonPruner(
      pThreshold: number("p_threshold") ?? 0.1, nStartupSteps: whole("n_startup_steps", 2))
  default: throw JSON.SyntaxError(description: "there is no pruner '\(type)'")
  }
}
