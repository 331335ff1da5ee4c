import ApusCore
import ApusFormats
import ApusModels
import ApusOptim
import Testing

import ApusRecipes

/// Losses of preferences against those that TRL computed from the same log-probabilities, and against whole runs of TRL.
@Suite struct PreferenceLossTests {
  /// 20 steps of AdamW: the losses of all, and what is told of the first and the last.
  private func expectCurve<Batch>(
    _ name: String, _ batches: [Batch], _ step: (any PretrainedModel) throws -> (Batch) throws -> RecipeLoss
  ) throws {
    let recorded = try #require(PreferenceFixture.recorded[name])
    let losses = try #require(recorded["losses"]?.flat)
    let metrics = try #require(recorded["metrics"]?.array)
    let model = try PreferenceFixture.model()
    model.train()
    let compute = try step(model)
    let optimizer = AdamW(
      model.parameters(), lr: PreferenceFixture.recorded["lr"]?.number ?? 0,
      weightDecay: PreferenceFixture.recorded["weight_decay"]?.number ?? 0)
    for (i, wanted) in losses.enumerated() {
      optimizer.zeroGrad()
      let result = try compute(batches[i % batches.count])
      let loss: Double = result.loss.item()
      #expect(isClose(loss, Double(wanted), 1e-5), "\(name), step \(i): \(loss), recorded \(wanted)")
      if i == 0 || i == losses.count - 1 {
        for (key, value) in metrics[i == 0 ? 0 : 1].object ?? [:] {
          guard let found = result[key] else { continue }
          #expect(
            isClose(found, value.number, 1e-3, floor: 2e-4), "\(name), step \(i), \(key): \(found), recorded \(value)")
        }
        #expect(result["rewards/chosen"] != nil || result["rewards/rejected"] != nil)
      }
      result.loss.backward()
      optimizer.step()
    }
  }

  @Test func twentyStepsOfDPO() throws {
    try expectCurve("dpo", PreferenceFixture.pairs) { model in
      let step = DPOStep(model, reference: ReferenceModel(try PreferenceFixture.model()))
      return { try step($0) }
    }
  }

  @Test func twentyStepsOfORPO() throws {
    try expectCurve("orpo", PreferenceFixture.pairs) { model in
      let step = ORPOStep(model)
      return { step($0) }
    }
  }

  @Test func twentyStepsOfCPO() throws {
    try expectCurve("cpo", PreferenceFixture.pairs) { model in
      let step = CPOStep(model)
      return { step($0) }
    }
  }

  @Test func twentyStepsOfSimPO() throws {
    try expectCurve("simpo", PreferenceFixture.pairs) { model in
      let step = CPOStep(model, CPOLoss(.simpo, beta: 2, cpoAlpha: 0))
      return { step($0) }
    }
  }

  @Test func twentyStepsOfKTO() throws {
    try expectCurve("kto", PreferenceFixture.feedback) { model in
      let step = KTOStep(
        model, reference: ReferenceModel(try PreferenceFixture.model()),
        KTOLoss(.kto, beta: 0.5, undesirableWeight: 1.5))
      return { step($0) }
    }
  }

  private var variants: JSON { PreferenceFixture.recorded["variants"] ?? .null }

  @Test func allVariantsOfDPO() throws {
    let mask = try #require(variants["mask"]?.tensor)
    let reference = try #require(variants["reference"]?.tensor)
    let cases = try #require(variants["dpo"]?.array)
    #expect(cases.count == 23)
    for recorded in cases {
      let tokens = try #require(variants["policy"]?.tensor).requiresGrad_()
      var loss = DPOLoss(beta: 0.3, labelSmoothing: recorded["label_smoothing"]?.number ?? 0)
      loss.lossType = try #require(recorded["loss_type"]?.array).compactMap { $0.string.flatMap(DPOLoss.LossType.init) }
      loss.lossWeights = recorded["loss_weights"]?.flat.map { Double($0) }
      loss.lengthAlpha = recorded["ld_alpha"]?.number
      if let name = recorded["divergence"]?.string {
        loss.divergence = try #require(DPOLoss.Divergence(rawValue: name))
      }
      try loss.validate()
      let result = loss(
        SequenceLogProbabilities(tokens: tokens, mask: mask),
        reference: loss.scores(SequenceLogProbabilities(tokens: reference, mask: mask)))
      result.loss.backward()
      let label = "\(loss.lossType) \(loss.divergence) \(recorded["ld_alpha"] == nil)"
      #expect(isClose(result.loss.item(), recorded["loss"]?.number ?? .nan), "\(label): \(result.loss.item())")
      let gradient: [Float] = (try #require(tokens.grad) * mask).array()
      let wanted: [Float] = (try #require(recorded["gradient"]?.tensor) * mask).array()
      #expect(largestDifference(gradient, wanted) < 1e-5, "\(label)")
      for (key, value) in recorded["metrics"]?.object ?? [:] {
        if let found = result[key] { #expect(isClose(found, value.number), "\(label) \(key)") }
      }
    }
    #expect(
      Set(cases.flatMap { $0["loss_type"]?.array ?? [] }.compactMap(\.string)).count == DPOLoss.LossType.allCases.count)
  }

  @Test func allVariantsOfCPO() throws {
    let answers = SequenceLogProbabilities(
      tokens: try #require(variants["policy"]?.tensor), mask: try #require(variants["mask"]?.tensor))
    for recorded in try #require(variants["cpo"]?.array) {
      var loss = CPOLoss(
        try #require(recorded["loss_type"]?.string.flatMap(CPOLoss.LossType.init)), beta: 0.3, cpoAlpha: 0)
      loss.labelSmoothing = recorded["label_smoothing"]?.number ?? 0
      loss.alpha = recorded["alpha"]?.number ?? 0
      let result = loss(answers)
      let losses = try #require(recorded["losses"]?.flat).map { Double($0) }
      #expect(isClose(result.loss.item(), losses.reduce(0, +) / Double(losses.count)), "\(loss.lossType)")
      let rewards = try #require(recorded["rewards"]?.array).map { $0.flat.reduce(0, +) / Float($0.flat.count) }
      #expect(isClose(result["rewards/chosen"] ?? .nan, Double(rewards[0])))
      #expect(isClose(result["rewards/rejected"] ?? .nan, Double(rewards[1])))
      // The cross entropy of the chosen answers comes on top.
      loss.cpoAlpha = 0.5
      let entropy = -(answers.chosen.tokens.sum().item() / answers.chosen.mask.sum().item())
      #expect(isClose(loss(answers).loss.item(), result.loss.item() + 0.5 * entropy))
    }
  }

  @Test func allVariantsOfKTO() throws {
    let answers = SequenceLogProbabilities(
      tokens: try #require(variants["policy"]?.tensor), mask: try #require(variants["mask"]?.tensor))
    let reference = try #require(variants["reference"]?.tensor).sum([1])
    for recorded in try #require(variants["kto"]?.array) {
      let loss = KTOLoss(
        try #require(recorded["loss_type"]?.string.flatMap(KTOLoss.LossType.init)), beta: 0.3, undesirableWeight: 1.3)
      let result = loss(
        answers, reference: reference, isDesirable: (recorded["labels"]?.array ?? []).compactMap(\.bool),
        divergence: Tensor(recorded["kl"]?.number ?? .nan, dtype: .float32))
      #expect(isClose(result.loss.item(), recorded["loss"]?.number ?? .nan), "\(loss.lossType)")
      for (key, value) in recorded["metrics"]?.object ?? [:] {
        if let found = result[key] { #expect(isClose(found, value.number), "\(loss.lossType) \(key)") }
      }
    }
  }

  @Test func divergenceOfKTOIsNotNegative() {
    let mask = Tensor.ones([2, 1])
    let answers = SequenceLogProbabilities(tokens: Tensor([[-1.0], [-2.0]], dtype: .float32), mask: mask)
    #expect(KTOLoss.divergence(answers, reference: Tensor([-1.5, -2.5], dtype: .float32)).item() == 0.5)
    #expect(KTOLoss.divergence(answers, reference: Tensor([-0.5, -0.5], dtype: .float32)).item() == 0)
  }

  @Test func rewardsOfPairs() throws {
    let recorded = try #require(PreferenceFixture.recorded["rewards"])
    let logits = try #require(recorded["logits"]?.tensor)
    for wanted in try #require(recorded["cases"]?.array) {
      var loss = RewardLoss()
      loss.centerRewardsCoefficient = wanted["center"]?.isNull == true ? nil : wanted["center"]?.number
      let result = loss(
        logits.narrow(0, 0, 4), logits.narrow(0, 4, 4),
        margins: wanted["margin"]?.bool == true ? recorded["margin"]?.tensor : nil)
      #expect(isClose(result.loss.item(), wanted["loss"]?.number ?? .nan))
      for (key, value) in try #require(wanted["metrics"]?.object) {
        #expect(isClose(try #require(result[key]), value.number), "\(key)")
      }
    }
  }

  /// Also far from the middle, and where the branch that is not taken has no finite derivative.
  @Test func oddsAreExactNearBothEnds() throws {
    for x in [-1e-6, -0.1, -0.6931, -0.6932, -3, -30] {
      let tokens = Tensor([[x], [-1.0]], dtype: .float64).requiresGrad_()
      let result = ORPOLoss()(SequenceLogProbabilities(tokens: tokens, mask: Tensor.ones([2, 1], dtype: .float64)))
      result.loss.backward()
      #expect(tokens.grad?.isfinite().all().item() == 1)
    }
    func loss(_ x: Tensor) -> Tensor {
      ORPOLoss()(SequenceLogProbabilities(tokens: x, mask: Tensor.ones([4, 2], dtype: .float64))).loss
    }
    let x = Tensor(
      [[-0.2, -0.5], [-1.0, -2.0], [-0.9, -0.3], [-0.05, -4.0]], dtype: .float64
    ).requiresGrad_()
    #expect(gradcheck(loss, x))
  }

  @Test func derivativesAreThoseOfTheLosses() {
    let mask = Tensor([[1, 1, 0], [1, 0, 0], [1, 1, 1], [1, 1, 0]], dtype: .float64)
    let x = (randn([4, 3], dtype: .float64).abs() * -0.7 - 0.1).requiresGrad_()
    for type in CPOLoss.LossType.allCases {
      var loss = CPOLoss(type, beta: 0.7, cpoAlpha: 0.3)
      loss.labelSmoothing = 0.1
      #expect(gradcheck({ loss(SequenceLogProbabilities(tokens: $0 * mask, mask: mask)).loss }, x), "\(type)")
      loss.alpha = 0.3
      #expect(gradcheck({ loss(SequenceLogProbabilities(tokens: $0 * mask, mask: mask)).loss }, x), "\(type)")
    }
    let reference = Tensor([-1.0, -2.0, -0.5, -1.5], dtype: .float64)
    for type in KTOLoss.LossType.allCases {
      let loss = KTOLoss(type, beta: 0.7, desirableWeight: 1.2, undesirableWeight: 0.4)
      #expect(
        gradcheck(
          {
            loss(
              SequenceLogProbabilities(tokens: $0 * mask, mask: mask), reference: reference,
              isDesirable: [true, false, false, true], divergence: Tensor(0.3, dtype: .float64)
            ).loss
          }, x), "\(type)")
    }
    var reward = RewardLoss()
    reward.centerRewardsCoefficient = 0.1
    #expect(gradcheck({ reward($0.select(1, 0), $0.select(1, 1), margins: reference.abs()).loss }, x))
  }

  @Test func mistakesAreNamed() throws {
    var loss = DPOLoss(.exoPair)
    #expect(throws: TensorError.self) { try loss.validate() }
    loss.labelSmoothing = 0.01
    try loss.validate()
    loss.lossWeights = [1, 2]
    #expect(throws: TensorError.self) { try loss.validate() }
    #expect(throws: TensorError.self) { try DPOLoss(["beta": -1]) }
    #expect(try DPOLoss(["lossType": ["sigmoid", "sft"], "beta": 0.2]).lossType == [.sigmoid, .sft])
    let model = try PreferenceFixture.model()
    let batch = PreferenceFixture.pairs[0]
    #expect(throws: TensorError.self) { _ = try DPOStep(model, reference: nil)(batch) }
    var free = DPOLoss()
    free.isReferenceFree = true
    #expect(try DPOStep(model, reference: nil, free)(batch).loss.item() > 0)
    #expect(throws: TensorError.self) { _ = try RewardStep(model)(batch) }
  }
}
