import ApusCore
import ApusFormats
import Testing

import ApusRecipes

/// Losses of policies and of distillation against those that TRL computed from the same numbers, and against closed forms.
@Suite struct PolicyLossTests {
  private var policies: JSON { PreferenceFixture.recorded["policies"] ?? .null }

  @Test func allVariantsOfGRPO() throws {
    let (mask, old) = (try #require(policies["mask"]?.tensor), try #require(policies["old"]?.tensor))
    let (reference, advantages) = (
      try #require(policies["reference"]?.tensor), try #require(policies["advantages"]?.tensor)
    )
    let entropies = try #require(policies["entropies"]?.tensor)
    let cases = try #require(policies["cases"]?.array)
    for recorded in cases {
      let tokens = try #require(policies["new"]?.tensor).requiresGrad_()
      var loss = GRPOLoss(
        try #require(recorded["loss_type"]?.string.flatMap { GRPOLoss.LossType(rawValue: $0) }),
        beta: recorded["beta"]?.number ?? 0)
      loss.epsilonHigh = recorded["epsilon_high"]?.number
      loss.delta = recorded["delta"]?.number
      loss.correctsDivergence = recorded["use_bias_correction_kl"]?.bool ?? false
      loss.topEntropyQuantile = recorded["top_entropy_quantile"]?.number ?? 1
      if recorded["level"] != nil { loss.importanceSamplingLevel = .sequence }
      let result = loss(
        SequenceLogProbabilities(tokens: tokens, mask: mask), old: old, reference: reference, advantages: advantages,
        entropies: entropies, maxLength: mask.size(1))
      result.loss.backward()
      let label = "\(recorded)".prefix(80)
      #expect(isClose(result.loss.item(), recorded["loss"]?.number ?? .nan), "\(label): \(result.loss.item())")
      #expect(largestDifference(try #require(tokens.grad).array(), recorded["gradient"]?.flat ?? []) < 1e-5, "\(label)")
      for (key, value) in recorded["metrics"]?.object ?? [:] {
        if let found = result[key] { #expect(isClose(found, value.number), "\(label) \(key)") }
      }
    }
    let types = Set(cases.compactMap { $0["loss_type"]?.string })
    #expect(types == Set(GRPOLoss.LossType.allCases.map(\.rawValue)))
  }

  /// Before the first step ratios are 1: the gradient of a token is its advantage.
  @Test func freshAnswersArePushedByTheirAdvantages() throws {
    let mask = Tensor([[1, 1], [1, 0]], dtype: .float32)
    let tokens = Tensor([[-1.0, -2.0], [-0.5, 0]], dtype: .float32).requiresGrad_()
    let loss = GRPOLoss(.bnpo)
    let result = loss(
      SequenceLogProbabilities(tokens: tokens, mask: mask), advantages: Tensor([1.5, -3.0], dtype: .float32),
      maxLength: 2)
    result.loss.backward()
    #expect(largestDifference(try #require(tokens.grad).array(), [-0.5, -0.5, 1, 0]) < 1e-6)
    // A step that is made of several batches divides by the tokens of all.
    let part = GRPOLoss(.dapo)(
      SequenceLogProbabilities(tokens: tokens, mask: mask), advantages: Tensor([1.5, -3.0], dtype: .float32),
      maxLength: 2,
      tokenCount: 6)
    #expect(part.loss.item() == result.loss.item() / 2)
  }

  @Test func groupsAreComparedWithin() throws {
    let found = try GroupAdvantages([1, 0, 0, 1, 0.5, 0.5, 0.5, nil], groupSize: 4)
    let deviation = (1.0 / 3).squareRoot()
    for (value, wanted) in zip(found.values, [0.5, -0.5, -0.5, 0.5, 0, 0, 0, 0]) {
      #expect(isClose(value, wanted / (wanted == 0 ? 1 : deviation + 1e-4)))
    }
    #expect(found.shareWithoutDeviation == 0.5)
    #expect(isClose(found.meanReward, 0.5))
    let plain = try GroupAdvantages([1, 0, 3, 5], groupSize: 2, scale: .none)
    #expect(plain.values == [0.5, -0.5, -1, 1])
    let batch = try GroupAdvantages([1, 0, 3, 5], groupSize: 2, scale: .batch)
    // The deviation of 1, 0, 3, 5 as a sample.
    let all = ((1.25 * 1.25 + 2.25 * 2.25 + 0.75 * 0.75 + 2.75 * 2.75) / 3).squareRoot()
    #expect(isClose(batch.values[3], 1 / (all + 1e-4)))
    #expect(throws: TensorError.self) { try GroupAdvantages([1, 2, 3], groupSize: 2) }
  }

  /// The recursion against the sum that it stands for.
  @Test func advantagesAreSumsOfSurprises() throws {
    let rewards: [[Double]] = [[9, 0.1, -0.2, 1, 9], [9, 0.5, 9, 9, 9]]
    let values: [[Double]] = [[9, 0.3, 0.2, -0.4, 9], [9, 0.7, 9, 9, 9]]
    let mask: [[Double]] = [[0, 1, 1, 1, 0], [0, 1, 0, 0, 0]]
    let (gamma, lambda) = (0.9, 0.8)
    let found = GeneralizedAdvantages(
      rewards: Tensor(rewards, dtype: .float32), values: Tensor(values, dtype: .float32),
      mask: Tensor(mask, dtype: .float32),
      gamma: gamma, lambda: lambda)
    let got: [Float] = found.advantages.array()
    let returns: [Float] = found.returns.array()
    for row in 0..<2 {
      let places = (0..<5).filter { mask[row][$0] == 1 }
      for (i, place) in places.enumerated() {
        var (sum, weight) = (0.0, 1.0)
        for (j, later) in places.enumerated() where j >= i {
          let next = j + 1 < places.count ? values[row][places[j + 1]] : 0
          sum += weight * (rewards[row][later] + gamma * next - values[row][later])
          weight *= gamma * lambda
        }
        #expect(isClose(Double(got[row * 5 + place]), sum))
        #expect(isClose(Double(returns[row * 5 + place]), sum + values[row][place]))
      }
      #expect(got[row * 5] == 0 && got[row * 5 + 4] == 0)
    }
  }

  @Test func whiteningLeavesMeanAndDeviation() {
    let x = Tensor([[1.0, 2.0, 7.0], [4.0, 100.0, 100.0]], dtype: .float64)
    let mask = Tensor([[1, 1, 1], [1, 0, 0]], dtype: .float64)
    let white = whitened(x, mask: mask)
    let sum: Double = white.sum().item()
    let squares: Double = white.square().sum().item()
    #expect(isClose(sum, 0) && isClose(squares, 3))
    let kept: Double = whitened(x, mask: mask, shiftsMean: false).sum().item()
    #expect(isClose(kept, 4 * 3.5))
  }

  @Test func lossOfPPOIsBoundedOnBothSides() throws {
    let mask = Tensor([[1, 1, 1, 0]], dtype: .float64)
    let old = Tensor([[-1.0, -1.0, -1.0, -1.0]], dtype: .float64)
    let tokens = Tensor([[-0.5, -1.5, -0.9, 0.0]], dtype: .float64).requiresGrad_()
    let advantages = Tensor([[1.0, -2.0, 0.5, 9.0]], dtype: .float64)
    let (values, oldValues) = (
      Tensor([[0.5, 0.1, -0.3, 9]], dtype: .float64).requiresGrad_(), Tensor([[0.0, 0.0, 0.0, 0.0]], dtype: .float64)
    )
    let returns = Tensor([[1.0, 0.0, -1.0, 9.0]], dtype: .float64)
    let loss = PPOLoss()
    func compute(_ tokens: Tensor, _ values: Tensor) -> RecipeLoss {
      loss(
        SequenceLogProbabilities(tokens: tokens, mask: mask), old: old, advantages: advantages, values: values,
        oldValues: oldValues, returns: returns)
    }
    let result = compute(tokens, values)
    // By hand: ratios e^0.5 and e^-0.5 are outside of 0.8 ... 1.2, e^0.1 inside.
    let policy = (-1.2 + 2 * 0.8 - 0.10517091807564771 * 0.5 - 0.5) / 3
    let value = (max(0.25, 0.64) + max(0.01, 0.01) + max(0.49, 0.64)) / 3 / 2
    #expect(isClose(try #require(result["loss/policy"]), policy))
    #expect(isClose(try #require(result["loss/value"]), value))
    #expect(isClose(result.loss.item(), policy + 0.1 * value))
    #expect(isClose(try #require(result["policy/clipfrac"]), 2.0 / 3))
    #expect(gradcheck({ compute($0, values.detach()).loss }, tokens))
    #expect(gradcheck({ compute(tokens.detach(), $0).loss }, values))
  }

  @Test func weightOfTheDivergenceFollowsItsTarget() {
    var controller = DivergenceController(coefficient: 0.2, target: 6, horizon: 100)
    controller.update(divergence: 12, count: 10)
    #expect(isClose(controller.coefficient, 0.2 * 1.02))
    controller.update(divergence: 5.4, count: 10)
    #expect(isClose(controller.coefficient, 0.2 * 1.02 * 0.99))
    var fixed = DivergenceController(coefficient: 0.05)
    fixed.update(divergence: 100, count: 10)
    #expect(fixed.coefficient == 0.05)
  }

  @Test func divergencesOfDistillation() throws {
    let recorded = try #require(PreferenceFixture.recorded["distillation"])
    let labels = Tensor((recorded["labels"]?.flat ?? []).map { Int64($0) }, shape: [2, 4])
    // TRL's function takes labels that are shifted already.
    let shifted = cat([Tensor.full([2, 1], -100, dtype: .int64), labels], dim: 1)
    let batch = TokenBatch(inputIds: shifted.clamp(min: 0), labels: shifted, answerTokens: 5)
    func padded(_ name: String) throws -> Tensor {
      cat([try #require(recorded[name]?.tensor), Tensor.zeros([2, 1, 9])], dim: 1)
    }
    for wanted in try #require(recorded["cases"]?.array) {
      let student = try padded("student").requiresGrad_()
      let loss = DistillationLoss(
        beta: wanted["beta"]?.number ?? .nan, temperature: wanted["temperature"]?.number ?? .nan)
      let result = loss(student, teacher: try padded("teacher"), batch)
      result.loss.backward()
      let label = "beta \(loss.beta), temperature \(loss.temperature)"
      #expect(isClose(result.loss.item(), wanted["loss"]?.number ?? .nan), "\(label): \(result.loss.item())")
      let gradient: [Float] = try #require(student.grad).select(0, 0).select(0, 1).array()
      #expect(largestDifference(gradient, wanted["gradient"]?.flat ?? []) < 1e-6, "\(label)")
      #expect(gradient.contains { $0 != 0 })
    }
    // The labels alone, and half of each.
    let student = try padded("student")
    let teacher = try padded("teacher")
    let soft: Double = DistillationLoss(beta: 0)(student, teacher: teacher, batch).loss.item()
    let hard = DistillationLoss(beta: 0, hardWeight: 1)(student, teacher: teacher, batch)
    let half: Double = DistillationLoss(beta: 0, hardWeight: 0.5)(student, teacher: teacher, batch).loss.item()
    #expect(isClose(half, (soft + hard.loss.item()) / 2))
    #expect(isClose(hard.loss.item(), try #require(hard["cross_entropy"])))
    var scaled = DistillationLoss(beta: 0, temperature: 2)
    let unscaled: Double = scaled(student, teacher: teacher, batch).loss.item()
    scaled.scalesByTemperature = true
    #expect(isClose(scaled(student, teacher: teacher, batch).loss.item(), 4 * unscaled))
    // Vocabularies of two sizes.
    #expect(throws: TensorError.self) {
      try withErrors { _ = DistillationLoss()(student, teacher: Tensor.zeros([2, 5, 8]), batch) }
    }
  }
}
