import ApusTrain
import ApusTune
import FormatsKit

/// Judges recorded tables: every row is the one that its settings lead to, and samplers that draw as Optuna does reach what Optuna's
/// reached from the same seeds.
@Sendable func checkTables(file: String) throws -> Tally {
  var tally = Tally()
  let tables = try TuningTable.all(in: file)
  for table in tables {
    tally.add(try checkRows(table), id: "tables/\(table.name) rows")
    for result in try QualityResult.recorded(in: file) where result.problem == table.name {
      guard let sampler = sampler(result.sampler) else { continue }
      tally.add(
        try checkRuns(table.problem, result, sampler), id: "tables/\(table.name) \(result.sampler)")
    }
  }
  return tally
}

/// Those that give the same proposals as Optuna's from the same seed.
private func sampler(_ name: String) -> (@Sendable (UInt32) throws -> any TrialSampler)? {
  switch name {
  case "random": { RandomTrialSampler(seed: $0) }
  case "tpe_stable": { TPESampler(seed: $0) }
  case "nsga2": { try NSGAIISampler(seed: $0) }
  default: nil
  }
}

private func checkRows(_ table: TuningTable) throws -> Outcome {
  for row in stride(from: 0, to: table.count, by: 7) {
    let study = try Study("rows", sampler: RandomTrialSampler(seed: 0))
    try study.enqueue(table.asked(row))
    let found = try table.row(study.ask())
    if found != row { return .failed("the settings of row \(row) lead to row \(found)") }
  }
  return .passed
}

private func checkRuns(
  _ problem: TuningProblem, _ recorded: QualityResult, _ sampler: @Sendable (UInt32) throws -> any TrialSampler
) throws -> Outcome {
  // Seeds are 0, 1 ...; three of them are enough to tell whether the draws are the same.
  let count = min(3, recorded.raw.count)
  let found = try runQuality(
    recorded.sampler, problems: [problem], seeds: 0..<count, trials: recorded.checkpoints.max() ?? 0,
    checkpoints: recorded.checkpoints, sampler: sampler)
  for (seed, (own, other)) in zip(found[0].raw, recorded.raw).enumerated() {
    // They are written with nine digits.
    let isSame = zip(own, other).allSatisfy { abs($0 - $1) < 1e-8 }
    if !isSame { return .failed("seed \(seed) reached \(own), expected \(other)") }
  }
  return .passed
}
