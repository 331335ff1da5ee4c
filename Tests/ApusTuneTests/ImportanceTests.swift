import ApusCore
import ApusTune
import Testing

/// What mattered in a search. Recorded importances are compared by the conformance runner.
@Suite struct ImportanceTests {
  private func study(_ count: Int, _ objective: (Trial) throws -> [Double], directions: [StudyDirection] = [.minimize])
    throws -> Study
  {
    let study = try Study(directions: directions, sampler: RandomTrialSampler(seed: 3))
    try study.optimizeAll(trials: count, objective)
    return study
  }

  /// Of 3x + y over the unit square the variances are 9/12 and 1/12.
  @Test func fanovaFindsTheVarianceOfASum() throws {
    let sum = try study(400) { trial in
      [3 * (try trial.suggest("x", 0...1.0)) + (try trial.suggest("y", 0...1.0))]
    }
    let found = try sum.paramImportances(evaluator: FanovaImportance(seed: 1))
    #expect(found.names == ["x", "y"])
    #expect(abs((found["x"] ?? 0) - 0.9) < 0.03)
    #expect(abs(found.values.reduce(0, +) - 1) < 1e-12)
  }

  /// The marginal variance over choices, which takes products of boxes, against the sum over all rows of choices.
  @Test func marginalVariancesOfSeveralColumnsAreThoseOfTheirGrid() {
    func node(_ column: Int, _ threshold: Double, _ left: Int, _ right: Int, _ value: Double) -> RegressionTree.Node {
      .init(column: column, threshold: threshold, left: left, right: right, value: value, impurity: 0, weight: 1)
    }
    let tree = RegressionTree(nodes: [
      node(0, 0.5, 1, 2, 0), node(1, 0.25, 3, 4, 0), node(2, 1.5, 5, 6, 0), node(-1, 0, -1, -1, 1),
      node(-1, 0, -1, -1, 5), node(-1, 0, -1, -1, -2), node(-1, 0, -1, -1, 4),
    ])
    let leaves = TreeLeaves(tree, bounds: [(0, 1), (0, 1), (1, 3)])
    // Over columns 0 and 1, column 2 averaged: 1 on 1/8, 5 on 3/8 and (-2 + 3 * 4) / 4 on 1/2.
    let mean = 1 / 8.0 + 15 / 8.0 + 2.5 / 2
    let square = 1 / 8.0 + 75 / 8.0 + 6.25 / 2
    #expect(abs(leaves.marginalVariance(0..<2) - (square - mean * mean)) < 1e-12)
    // Over column 2 alone: on the left quarter (1/8 + 15/8) - 2/2, else 2 + 4/2.
    let (a, b) = (2 - 1.0, 2 + 2.0)
    let middle = (a + 3 * b) / 4
    #expect(abs(leaves.marginalVariance(2..<3) - ((a * a + 3 * b * b) / 4 - middle * middle)) < 1e-12)
  }

  @Test func allEvaluatorsPutTheImportantParameterFirst() throws {
    let one = try study(200) { trial in
      let kind = try trial.suggest("kind", ["a", "b", "c"])
      let x = try trial.suggest("x", 1e-3...1, log: true)
      let n = try trial.suggest("n", 1...10)
      return [(kind == "a" ? 0 : 5) + 0.1 * x + 0.01 * Double(n)]
    }
    let evaluators: [any ImportanceEvaluator] = [
      FanovaImportance(seed: 1), MeanDecreaseImpurityImportance(seed: 1),
      try PedAnovaImportance(targetQuantile: 0.3),
    ]
    for evaluator in evaluators { #expect(try one.paramImportances(evaluator: evaluator).names[0] == "kind") }
  }

  @Test func severalObjectivesNeedATargetOrRanks() throws {
    let two = try study(
      60,
      { trial in
        let x = try trial.suggest("x", 0...1.0)
        _ = try trial.suggest("idle", 0...1.0)
        return [x, 1 + x]
      }, directions: [.minimize, .minimize])
    #expect(throws: TensorError.self) { try two.paramImportances(evaluator: FanovaImportance()) }
    #expect(try two.paramImportances().names[0] == "x")
    #expect(try two.paramImportances(evaluator: FanovaImportance(seed: 1), target: { $0.values[1] }).names[0] == "x")
  }

  @Test func whatCannotBeJudgedIsSaidOrWorthNothing() throws {
    let few = try study(1) { [try $0.suggest("x", 0...1.0)] }
    #expect(try few.paramImportances(evaluator: FanovaImportance(), normalize: false)["x"] == 0)
    #expect(try few.paramImportances(normalize: false)["x"] == 0)
    #expect(throws: TensorError.self) { try few.paramImportances(params: ["y"]) }
    #expect(throws: TensorError.self) { try few.paramImportances(evaluator: FanovaImportance(), params: ["y"]) }
    #expect(throws: TensorError.self) { try PedAnovaImportance(targetQuantile: 0.5, regionQuantile: 0.4) }
    let constant = try study(10) { trial in
      _ = try trial.suggest("x", 0...1.0)
      return [1]
    }
    #expect(try constant.paramImportances(evaluator: FanovaImportance(seed: 1)).values == [1])
    #expect(try Study(sampler: RandomTrialSampler()).paramImportances().isEmpty)
  }
}
