import ApusCore
import ApusRecipes
import ApusTrain
import Testing

/// Checks of answers as functions of texts.
@Suite struct AnswerCheckTests {
  @Test func theLastNumberIsRead() {
    let cases: [(String, Double?)] = [
      ("The answer is 42.", 42), ("1,234,567 in all", 1_234_567), ("-3.5", -3.5), ("from 3-5", 5), ("x = -2", -2),
      ("none", nil), ("0.5 and .25", 0.25), ("1e3", 1000), ("2.5e-1 m", 0.25), ("12,34", 34), ("3 apples, 4 pears", 4),
      ("#### 72", 72), ("1.2.3", 3), ("$1,000.50", 1000.5), ("5%", 5), ("", nil), ("a-7", 7),
    ]
    for (text, wanted) in cases { #expect(Answers.lastNumber(in: text) == wanted, "\(text)") }
  }

  @Test func jsonIsFoundInAnswers() {
    #expect(Answers.firstJSON(in: #"{"a": 1}"#) == ["a": 1])
    #expect(Answers.firstJSON(in: "Here:\n```json\n{\"a\": [1, {\"b\": \"}\"}]}\n```") == ["a": [1, ["b": "}"]]])
    #expect(Answers.firstJSON(in: "{no} {\"a\": 2} {\"a\": 3}") == ["a": 2])
    #expect(Answers.firstJSON(in: "{\"a\": ") == nil)
    #expect(Answers.firstJSON(in: " 3 ") == 3)
    let wanted: SettingValue = ["name": "Ann", "age": 3]
    #expect(Answers.isSame(["age": 3.0, "name": "Ann"], wanted))
    #expect(!Answers.isSame(["name": "Ann"], wanted) && !Answers.isSame(["age": "3", "name": "Ann"], wanted))
    #expect(Answers.fields(of: ["age": 3], asIn: wanted) == (1, 2))
    #expect(Answers.fields(of: ["age": 3, "name": "Ann", "x": 0], asIn: wanted) == (2, 3))
    #expect(Answers.fields(of: nil, asIn: wanted) == (0, 2))
  }

  @Test func normalizationsAreSteps() {
    typealias N = AnswerNormalization
    #expect(N.apply([.spaces], to: "  a \n b ") == "a b")
    #expect(N.apply([.lowercase, .punctuation, .articles, .spaces], to: "The  Cat, a-b!") == "cat ab")
    #expect(N.apply([.digits], to: "a1b2") == "ab")
    #expect(N.apply([], to: " A ") == " A ")
  }

  @Test func patternsAreFound() throws {
    #expect(try Answers.contains("x\nanswer: 12\n", pattern: #"answer:\s*\d+"#))
    #expect(try !Answers.contains("answer: none", pattern: #"answer:\s*\d+"#))
    #expect(try Answers.contains("abc", pattern: "a|b"))
    #expect(try !Answers.contains("abc", pattern: "^b"))
    #expect(throws: TensorError.self) { try Answers.contains("a", pattern: "(") }
  }
}
