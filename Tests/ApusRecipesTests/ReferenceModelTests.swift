import ApusCore
import ApusModels
import ApusOptim
import Testing

import ApusRecipes

/// References of preference tuning.
@Suite struct ReferenceModelTests {
  /// A model with adapters, and what it held likely before it got them.
  private func trained(_ configuration: LoraConfiguration) throws -> (any PretrainedModel, LoraAdapter, [Float]) {
    let batch = PreferenceFixture.pairs[0]
    let model = try PreferenceFixture.model()
    let before: [Float] = noGrad { SequenceLogProbabilities(model, batch.tokens) }.tokens.array()
    let adapter = try LoraAdapter(on: model, configuration)
    let optimizer = AdamW(adapter.parameters.map(\.tensor), lr: 1e-2)
    let step = DPOStep(model, reference: ReferenceModel(model, without: adapter))
    model.train()
    for i in 0..<3 {
      optimizer.zeroGrad()
      let result = try step(batch)
      // Adapters begin as nothing: the model is its own reference.
      if i == 0 { #expect(isClose(result.loss.item(), 0.6931471805599453)) }
      result.loss.backward()
      optimizer.step()
    }
    return (model, adapter, before)
  }

  @Test func modelWithoutItsAdaptersIsTheReference() throws {
    var configuration = LoraConfiguration()
    configuration.bias = .none
    let (model, adapter, before) = try trained(configuration)
    let batch = PreferenceFixture.pairs[0].tokens
    let now: [Float] = noGrad { SequenceLogProbabilities(model, batch) }.tokens.array()
    #expect(largestDifference(now, before) > 1e-3)
    let reference = ReferenceModel(model, without: adapter)
    #expect(reference.logProbabilities(batch).tokens.array() == before)
    #expect(model.isTraining)
    #expect(noGrad { SequenceLogProbabilities(model, batch) }.tokens.array() == now)
    // Merged adapters are taken out and put in again.
    adapter.merge()
    #expect(reference.logProbabilities(batch).tokens.array() == before)
    #expect(adapter.isMerged)
    let merged: [Float] = noGrad { SequenceLogProbabilities(model, batch) }.tokens.array()
    #expect(largestDifference(merged, now) < 1e-4)
  }

  @Test func whatIsTrainedWholeIsLeftOutToo() throws {
    var configuration = LoraConfiguration()
    configuration.modulesToSave = ["lm_head"]
    let (model, adapter, before) = try trained(configuration)
    let batch = PreferenceFixture.pairs[0].tokens
    #expect(ReferenceModel(model, without: adapter).logProbabilities(batch).tokens.array() == before)
    let now: [Float] = noGrad { SequenceLogProbabilities(model, batch) }.tokens.array()
    #expect(largestDifference(now, before) > 1e-3)
  }

  /// Log-probabilities that batches have are used as if they were computed.
  @Test func scoresFromBeforeAreTheSame() throws {
    let model = try PreferenceFixture.model()
    var loss = DPOLoss()
    loss.lengthAlpha = 0.4
    let step = DPOStep(model, reference: ReferenceModel(try PreferenceFixture.model()), loss)
    var batch = PreferenceFixture.pairs[1]
    let computed: Double = try step(batch).loss.item()
    let scores = try #require(try step.referenceScores(batch))
    (batch.referenceChosen, batch.referenceRejected) = (
      scores.narrow(0, 0, batch.pairs), scores.narrow(0, batch.pairs, batch.pairs)
    )
    #expect(try DPOStep(model, reference: nil, loss)(batch).loss.item() == computed)
  }

  @Test func studentOfItselfHasNothingToLearn() throws {
    let model = try PreferenceFixture.model()
    let batch = PreferenceFixture.pairs[0].tokens
    let result = try DistillationStep(model, teacher: ReferenceModel(try PreferenceFixture.model()))(batch)
    #expect(abs(result.loss.item()) < 1e-6)
    // The cross entropy is that of the model's own loss.
    var inputs = batch.inputs
    inputs.labels = batch.labels
    let wanted: Double = try #require(model(inputs).loss).item()
    #expect(isClose(try #require(result["cross_entropy"]), wanted))
  }
}
