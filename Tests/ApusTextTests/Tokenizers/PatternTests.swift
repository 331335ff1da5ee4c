import ApusCore
import ApusText
import Testing

/// The pieces that a pattern cuts a text into.
private func pieces(_ pattern: String, _ text: String) throws -> [String] {
  let escaped = pattern.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
  let json = #"{"type": "Split", "pattern": {"Regex": "\#(escaped)"}, "behavior": "Removed", "invert": true}"#
  return try TokenizerComponent(kind: "pre_tokenizer", json: Array(json.utf8)).cut(text).map(\.text)
}

@Suite("Patterns of tokenisers") struct PatternTests {
  @Test func classesOfUnicode() throws {
    #expect(try pieces(#"\p{L}+"#, "añb 12 жд") == ["añb", "жд"])
    #expect(try pieces(#"[^\s\p{L}]+"#, "a1! b2") == ["1!", "2"])
    #expect(try pieces(#"[\p{L}&&[^a]]+"#, "banana") == ["b", "n", "n"])
    #expect(try pieces(#"\p{Han}+"#, "abc漢字かな") == ["漢字"])
  }

  @Test func lookingAheadAndBehind() throws {
    #expect(try pieces(#"\s+(?!\S)|\s"#, "a   b") == ["  ", " "])
    #expect(try pieces(#"(?<=a)b"#, "ab bb") == ["b"])
    #expect(try pieces(#"(?<!a)b"#, "ab cb") == ["b"])
  }

  @Test func repetition() throws {
    #expect(try pieces(#"\p{N}{1,3}"#, "1234567") == ["123", "456", "7"])
    #expect(try pieces(#"a+?b"#, "aab") == ["aab"])
    #expect(try pieces(#"a++a|b"#, "aab") == ["b"])
    #expect(try pieces(#"(?:ab){2}"#, "ababab") == ["abab"])
    #expect(try pieces(#"(?>a+)a|c"#, "aac") == ["c"])
  }

  @Test func lettersOfBothCases() throws {
    #expect(try pieces(#"(?i:'s|'LL)"#, "it'S we'll") == ["'S", "'ll"])
  }

  @Test func wholeTextsInBoundedSteps() throws {
    var steps = 100_000
    let pattern = try WholePattern(#".*\.(q|v)_proj"#, file: "adapter_config.json", key: "target_modules")
    let found = try pattern.matches("layers.0.q_proj", steps: &steps)
    let isLonger = try pattern.matches("layers.0.q_proj.bias", steps: &steps)
    #expect(found)
    #expect(!isLonger)
    let hostile = try WholePattern("(x+x+)+y", file: "adapter_config.json", key: "target_modules")
    #expect(throws: TensorError.self) {
      var steps = 100_000
      return try hostile.matches(String(repeating: "x", count: 60), steps: &steps)
    }
  }

  /// What is put into a text is bounded by its length, for all steps together.
  @Test func textsThatDouble() throws {
    let step = #"{"type": "Replace", "pattern": {"String": "a"}, "content": "aa"}"#
    let steps = [String](repeating: step, count: 60).joined(separator: ",")
    let json = #"{"type": "Sequence", "normalizers": [\#(steps)]}"#
    let part = try TokenizerComponent(kind: "normalizer", json: Array(json.utf8))
    #expect(throws: (any Error).self) { try part.normalize("a") }
    #expect(try part.normalize("b") == "b")
  }
}
