import ApusCore
import ApusFormats
import ApusModels
import ApusOptim
import ApusText
import Testing
import TestSupport

import ApusRecipes

/// Answers that a tiny model draws, and what it learns of them.
@Suite struct RolloutTests {
  /// A tokeniser whose words are `t0` to `t199`.
  private func tokenizer(_ folder: String) throws -> Tokenizer {
    let words = (0..<200).map { "\"t\($0)\": \($0)" }.joined(separator: ", ")
    try writeText(
      """
      {"version": "1.0", "added_tokens": [], "normalizer": null, "pre_tokenizer": {"type": "WhitespaceSplit"},
       "post_processor": null, "decoder": null, "model": {"type": "WordLevel", "vocab": {\(words)}, "unk_token": "t3"}}
      """, to: "\(folder)/tokenizer.json")
    return try Tokenizer(path: folder)
  }

  private func settings(_ generations: Int, _ length: Int) -> RolloutSettings {
    var settings = RolloutSettings()
    (settings.numGenerations, settings.maxCompletionLength) = (generations, length)
    return settings
  }

  private let prompts = [
    PromptExample(ids: [5, 9, 17], text: "a"), PromptExample(ids: [44, 8, 6, 101, 12], text: "b"),
    PromptExample(ids: [77], text: "c"),
  ]

  @Test func answersComeWithTheirLogProbabilities() throws {
    let folder = TemporaryFolder()
    let model = try PreferenceFixture.model()
    model.train()
    var generator = try RolloutGenerator(model, tokenizer(folder.path), settings(4, 6))
    generator.keepsLogProbabilities = true
    manualSeed(3)
    let rollouts = try generator(prompts)
    #expect(model.isTraining)
    #expect(rollouts.map(\.prompt) == [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2])
    for rollout in rollouts {
      #expect(rollout.promptIds == prompts[rollout.prompt].ids)
      #expect(rollout.isFinished == (rollout.answerIds.last == 2))
      #expect(rollout.isFinished || rollout.answerIds.count == 6)
      let words = rollout.isFinished ? Array(rollout.answerIds.dropLast()) : rollout.answerIds
      #expect(rollout.text.split(separator: " ").map(String.init) == words.map { "t\($0)" })
    }
    #expect(Set(rollouts.prefix(4).map(\.answerIds)).count > 1)
    // A pass over the finished rows gives the same numbers, though generation pads on the other side.
    let batch = generator.batch(rollouts)
    model.eval()
    let scored: [Float] = noGrad { SequenceLogProbabilities(model, batch) }.tokens.array()
    let length = batch.labels.size(1) - 1
    for (row, rollout) in rollouts.enumerated() {
      let start = row * length + rollout.promptIds.count - 1
      let found = Array(scored[start..<start + rollout.answerIds.count])
      #expect(largestDifference(found, try #require(rollout.logProbabilities)) < 1e-4)
    }
    #expect(batch.answerTokens == rollouts.reduce(0) { $0 + $1.answerIds.count })
    manualSeed(3)
    #expect(try generator(prompts).map(\.answerIds) == rollouts.map(\.answerIds))
  }

  @Test func cutAnswersCanBeLeftOut() throws {
    let folder = TemporaryFolder()
    var settings = settings(1, 3)
    settings.masksTruncated = true
    let generator = try RolloutGenerator(try PreferenceFixture.model(), tokenizer(folder.path), settings)
    let rollouts = [true, false].map {
      Rollout(prompt: 0, promptIds: [5, 6], answerIds: $0 ? [7, 2] : [7, 8, 9], text: "", isFinished: $0)
    }
    let labels: [Int64] = generator.batch(rollouts).labels.array()
    #expect(labels == [-100, -100, 7, 2, -100, -100, -100, -100, -100, -100])
  }

  /// However few rows a pass has, the gradients are those of all answers together.
  @Test(arguments: [GRPOLoss.LossType.dapo, .grpo, .bnpo, .drGRPO])
  func gradientsDoNotDependOnPasses(_ type: GRPOLoss.LossType) throws {
    let folder = TemporaryFolder()
    let tokenizer = try tokenizer(folder.path)
    func gradients(rows: Int) throws -> (Double, [Float]) {
      let model = try PreferenceFixture.model()
      model.train()
      let step = GroupPolicyStep(
        try RolloutGenerator(model, tokenizer, settings(4, 5)),
        rewards: [Reward("even") { _, answer, _ in Double(answer.count { "02468".contains($0) }) }],
        GRPOLoss(type, beta: 0.1), reference: ReferenceModel(try PreferenceFixture.model()))
      step.rowsPerPass = rows
      manualSeed(5)
      let result = try step(PromptBatch(prompts))
      result.loss.backward()
      #expect(result["reward"] != nil && result["kl"] != nil && result["rewards/even/mean"] != nil)
      return (result.loss.item(), model.parameters().flatMap { ($0.grad?.array() ?? []) as [Float] })
    }
    let (whole, all) = try gradients(rows: 12)
    for rows in [5, 1] {
      let (loss, parts) = try gradients(rows: rows)
      #expect(isClose(loss, whole, 1e-4))
      #expect(largestDifference(parts, all) < 1e-5)
    }
    #expect(all.contains { abs($0) > 1e-4 })
  }

  /// What is rewarded becomes likelier.
  @Test(arguments: [1, 2]) func rewardsRise(_ updates: Int) throws {
    let folder = TemporaryFolder()
    let model = try PreferenceFixture.model()
    model.train()
    let step = GroupPolicyStep(
      try RolloutGenerator(model, tokenizer(folder.path), settings(16, 1)),
      rewards: [Reward("low") { _, answer, _ in (Int(answer.dropFirst()) ?? 200) < 100 ? 1 : 0 }])
    let optimizer = AdamW(model.parameters(), lr: 3e-3)
    step.updates = updates
    step.update = {
      optimizer.step()
      optimizer.zeroGrad()
    }
    manualSeed(1)
    var rewards: [Double] = []
    for _ in 0..<30 {
      optimizer.zeroGrad()
      let result = try step(PromptBatch(prompts))
      result.loss.backward()
      optimizer.step()
      rewards.append(try #require(result["reward"]))
    }
    let (first, last) = (rewards.prefix(5).reduce(0, +) / 5, rewards.suffix(5).reduce(0, +) / 5)
    #expect(last > first + 0.3, "\(first) to \(last)")
  }
}
