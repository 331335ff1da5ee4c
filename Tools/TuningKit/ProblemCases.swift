import ApusTrain
import ApusTune
import FormatsKit

/// Computes the problems of a `regret.json` at the settings whose values it has.
@Sendable func checkProblems(file: String) throws -> Tally {
  var tally = Tally()
  for problem in try TuningProblem.all(in: file) {
    var points: [[Double]] = []
    for (i, check) in problem.checks.enumerated() {
      let id = "problems/\(problem.name) \(problem.dim) \(i)"
      do {
        let found = try values(of: problem, at: check.params)
        points.append(found)
        let isSame = zip(found, check.values).allSatisfy { isNear($0, $1) }
        tally.add(isSame ? .passed : .failed("\(found), expected \(check.values)"), id: id)
      } catch {
        tally.add(.failed("\(error)"), id: id)
      }
    }
    if let wanted = problem.checksHypervolume {
      let found = hypervolume(points, reference: problem.reference)
      tally.add(
        isNear(found, wanted) ? .passed : .failed("the hypervolume is \(found), expected \(wanted)"),
        id: "problems/\(problem.name) hypervolume")
    }
  }
  return tally
}

/// Of other orders of additions, and of other libraries' functions.
private func isNear(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-9 * max(1, abs(b)) }

private func values(of problem: TuningProblem, at params: [String: SettingValue]) throws -> [Double] {
  let directions = (problem.kind == .bi ? 0..<2 : 0..<1).map { _ in StudyDirection.minimize }
  let study = try Study(directions: directions, sampler: RandomTrialSampler(seed: 0))
  try study.enqueue(params)
  return try problem.objective(study.ask())
}
