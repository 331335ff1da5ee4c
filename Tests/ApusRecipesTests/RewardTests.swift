import ApusCore
import ApusFormats
import ApusTrain
import Testing

import ApusRecipes

/// Rewards of answers.
@Suite struct RewardTests {
  private func score(_ reward: Reward, _ answer: String, _ columns: [String: SettingValue] = [:]) throws -> Double? {
    try reward([Reward.Case(prompt: "?", answer: answer, columns: columns)])[0]
  }

  @Test func numbersAreCompared() throws {
    let reward = Reward.numberMatch(column: "answer")
    let cases: [(String, SettingValue, Double)] = [
      ("The answer is 42.", 42, 1), ("6 times 7 is 42", "42", 1), ("42 or 43", 42, 0), ("1,234.5", 1234.5, 1),
      ("-7", -7, 1), ("3-7", 7, 1), ("no number", 1, 0), ("10.0", 10, 1), ("#### 8", "2 + 6 = 8", 1),
      ("about .5", 0.5, 1), ("", 0, 0),
    ]
    for (answer, wanted, expected) in cases {
      #expect(try score(reward, answer, ["answer": wanted]) == expected, "\(answer)")
    }
    #expect(throws: TensorError.self) { try score(reward, "1", ["other": 1]) }
    #expect(throws: TensorError.self) { try score(reward, "1", ["answer": "none"]) }
  }

  @Test func textsAndJSONAreCompared() throws {
    #expect(try score(.exactMatch(column: "a"), " yes\n", ["a": "yes"]) == 1)
    #expect(try score(.exactMatch(column: "a"), "yes!", ["a": "yes"]) == 0)
    #expect(try score(.validJSON(), " {\"a\": [1, 2]} ") == 1)
    #expect(try score(.validJSON(), "{\"a\": [1, 2]} and more") == 0)
    let reward = Reward.jsonMatch(column: "json")
    #expect(try score(reward, "{\"b\": [1.0], \"a\": null}", ["json": "{\"a\": null, \"b\": [1]}"]) == 1)
    #expect(try score(reward, "{\"a\": 1}", ["json": ["a": 1]]) == 1)
    #expect(try score(reward, "{\"a\": 1, \"b\": 2}", ["json": ["a": 1]]) == 0)
    #expect(try score(reward, "none", ["json": ["a": 1]]) == 0)
  }

  @Test func formsAndLengths() throws {
    let reward = try Reward.pattern("^<think>[^<]*</think> *-?[0-9]+$")
    #expect(try score(reward, "<think>so</think> 12") == 1)
    #expect(try score(reward, "<think>so</think> twelve") == 0)
    #expect(throws: TensorError.self) { try Reward.pattern("(") }
    let length = Reward.lengthAtMost(4)
    #expect(try score(length, "abcd") == 1 && score(length, "abcdef") == 0.5 && score(length, "abcdefghij") == 0)
    #expect(try Reward.named("numberMatch:answer").name == "number_match")
    for wrong in ["numberMatch", "validJSON:x", "length:x", "nothing"] {
      #expect(throws: TensorError.self) { try Reward.named(wrong) }
    }
  }

  @Test func programsJudge() throws {
    // A line for each answer: how many lines there were before it.
    let reward = try Reward.program(["awk", "{ print NR % 2 ? NR : \"null\" }"])
    let cases = (0..<3).map { Reward.Case(prompt: "p", answer: "\($0)\n\"", columns: ["x": 1]) }
    #expect(try reward(cases) == [1, nil, 3])
    // More than a pipe holds is judged in parts.
    let long = (0..<4).map { _ in Reward.Case(prompt: String(repeating: "a", count: 20_000), answer: "") }
    #expect(try reward(long) == [1, nil, 1, nil])
    #expect(throws: TensorError.self) { try Reward.program(["no-such-program-anywhere"]) }
    #expect(throws: TensorError.self) { try Reward.program(["awk", "{ print \"good\" }"])(cases) }
    #expect(throws: TensorError.self) { try Reward.program(["awk", "NR == 1 { print 1 }"])(cases) }
    #expect(throws: TensorError.self) { try Reward.program(["awk", "BEGIN { exit 3 }"])(cases) }
  }

  @Test func rewardsAreAdded() throws {
    let rollouts = [("7", true), ("eight", false)].enumerated().map { i, answer in
      Rollout(
        prompt: 0, promptIds: [1], answerIds: Array(repeating: 5, count: i + 1), text: answer.0, isFinished: answer.1)
    }
    let prompts = [PromptExample(ids: [1], text: "?", columns: ["answer": 7])]
    let unsure = Reward("unsure", weight: 2) { _, answer, _ in answer == "7" ? 0.25 : nil }
    let scored = try ScoredRollouts(rollouts, prompts, [.numberMatch(column: "answer"), unsure])
    #expect(scored.rewards == [1.5, 0])
    let told = Dictionary(uniqueKeysWithValues: scored.values.map { ($0.name, $0.value) })
    #expect(told["rewards/number_match/mean"] == 0.5 && told["rewards/unsure/mean"] == 0.25)
    #expect(told["completions/mean_length"] == 1.5 && told["completions/clipped_ratio"] == 0.5)
    #expect(try ScoredRollouts(rollouts, prompts, [unsure]).rewards == [0.5, nil])
  }
}
