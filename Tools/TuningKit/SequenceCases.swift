import ApusCore
import ApusFormats
import ApusTrain
import ApusTune
import FormatsKit

/// Compares quasi-random sequences, and the values that samplers make of them, with recorded ones: exactly.
@Sendable func checkSequences(file: String) throws -> Tally {
  var tally = Tally()
  for (i, row) in try jsonLines(file).enumerated() {
    let kind = row["kind"]?.string ?? ""
    let id = "sobol_halton/\(i + 1) \(kind)"
    do {
      switch kind {
      case "engine": tally.add(try checkEngine(row), id: id)
      case "sampler": tally.add(try checkSampler(row), id: id)
      default: tally.add(.skipped(kind, "cases of this kind are not run"), id: id)
      }
    } catch {
      tally.add(.failed("\(error)"), id: id)
    }
  }
  return tally
}

private func checkEngine(_ row: ByteJSON) throws -> Outcome {
  let dimensions = try row.required("d").whole
  let isScrambled = row["scramble"]?.bool == true
  let seed = isScrambled ? UInt64(try row.required("seed").whole) : nil
  let start = try row.required("start").whole
  let wanted = try row.required("points").items.map { try $0.numbers }
  let found: [[Double]]
  switch try row.required("method").textValue {
  case "sobol":
    let sequence = try SobolSequence(dimensions: dimensions, seed: seed)
    guard try sequence.directions == row.required("sv").items.map({ try $0.items.map { UInt32(try $0.whole) } }) else {
      return .failed("other direction numbers")
    }
    guard try sequence.shift == row.required("shift").items.map({ UInt32(try $0.whole) }) else {
      return .failed("another shift")
    }
    found = wanted.indices.map { sequence.point(start + $0) }
  default:
    let sequence = HaltonSequence(dimensions: dimensions, seed: seed)
    if let permutations = sequence.permutations {
      let recorded = try row.required("permutations").items.map { base in
        try base.items.map { digit in try digit.items.map { try $0.whole } }
      }
      guard permutations == recorded else { return .failed("other permutations") }
    }
    found = wanted.indices.map { sequence.point(start + $0) }
  }
  guard let place = wanted.indices.first(where: { found[$0] != wanted[$0] }) else { return .passed }
  return .failed("point \(start + place) is \(found[place]), expected \(wanted[place])")
}

private func checkSampler(_ row: ByteJSON) throws -> Outcome {
  let method = QMCSampler.Method(rawValue: try row.required("method").textValue) ?? .sobol
  let sampler = QMCSampler(
    method, scramble: row["scramble"]?.bool == true, seed: UInt32(truncatingIfNeeded: try row.required("seed").whole),
    independentSampler: RandomTrialSampler(
      seed: UInt32(truncatingIfNeeded: try row.required("independent_seed").whole)))
  let space = try row.required("space").items.map { pair in
    (try pair.items[0].textValue, try ParameterDistribution(json: pair.items[1].textValue))
  }
  let study = try Study(sampler: sampler)
  for (number, wanted) in try row.required("params").items.enumerated() {
    let trial = try study.ask()
    for ((name, distribution), value) in zip(space, try wanted.items) {
      let found = distribution.value(try trial.suggest(name, distribution))
      guard found == (try distribution.value(distribution.internalValue(value.setting, name))) else {
        return .failed("trial \(number) has \(name) = \(found?.json ?? "nothing"), expected \(value.text)")
      }
    }
    try study.tell(trial, Double(number))
  }
  let notes = try study.storage.study(study.id).systemAttributes
  for counter in try row.required("counter").items {
    let name = try counter.items[0].textValue
    guard try notes[name] == counter.items[1].setting else { return .failed("the note \(name) is missing or another") }
  }
  return .passed
}

/// Compares the order of a grid's cells and the trials of whole runs with recorded ones.
@Sendable func checkGrids(file: String) throws -> Tally {
  var tally = Tally()
  for (i, row) in try jsonLines(file).enumerated() {
    do {
      tally.add(try checkGrid(row), id: "grid/\(i + 1)")
    } catch {
      tally.add(.failed("\(error)"), id: "grid/\(i + 1)")
    }
  }
  return tally
}

private func checkGrid(_ row: ByteJSON) throws -> Outcome {
  let space = try row.required("search_space").items.map { pair in
    (try pair.items[0].textValue, try pair.items[1].items.map { try $0.setting })
  }
  func sampler(_ seed: Int) -> GridSampler {
    GridSampler(Dictionary(space, uniquingKeysWith: { $1 }), seed: UInt32(truncatingIfNeeded: seed))
  }
  let first = sampler(row["seed"]?.int ?? 0)
  guard first.cells == (try row.required("order").items.map { try $0.items.map { try $0.setting } }) else {
    return .failed("the cells are in another order")
  }
  let storage = MemoryStorage()
  let study = try Study("grid", storage: storage, sampler: first)
  for item in try row.required("enqueue").items {
    try study.enqueue(
      Dictionary((item.members ?? []).map { ($0.name, try $0.value.setting) }, uniquingKeysWith: { $1 }))
  }
  func run(_ study: Study, trials: Int?) throws {
    try study.optimize(trials: trials) { trial in
      for (name, values) in space { _ = try trial.suggest(name, .categorical(values)) }
      return 0
    }
  }
  try run(study, trials: row["n_trials"]?.int)
  guard try study.trials.count == row.required("n_first_run").whole else {
    return .failed("the first run has \(try study.trials.count) trials")
  }
  if let seed = row["resume_seed"]?.int {
    try run(Study(loading: "grid", from: storage, sampler: sampler(seed)), trials: nil)
  }
  let wanted = try row.required("trials").items
  let trials = try study.trials
  guard trials.count == wanted.count else {
    return .failed("there are \(trials.count) trials, expected \(wanted.count)")
  }
  for (trial, wanted) in zip(trials, wanted) {
    let cell = trial.systemAttributes["grid_id"] ?? .none
    guard try cell == wanted.required("grid_id").setting else {
      return .failed("trial \(trial.number) has the cell \(cell), expected \(try wanted.required("grid_id").text)")
    }
    for pair in try wanted.required("params").items {
      guard try trial.params[pair.items[0].textValue] == pair.items[1].setting else {
        return .failed("trial \(trial.number) has \(trial.params)")
      }
    }
  }
  return .passed
}
