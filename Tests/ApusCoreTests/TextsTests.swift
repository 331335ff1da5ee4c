import ApusCore
import Testing

/// Texts in texts, byte for byte.
@Suite struct TextsTests {
  @Test(arguments: [
    ("a.b.c", ".", "::", "a::b::c"), ("aaa", "aa", "b", "ba"), ("abab", "ab", "", ""), ("abc", "", "x", "abc"),
    ("", "a", "b", ""), ("line\r\nline", "\n", " ", "line\r line"), ("e\u{301}", "e", "a", "a\u{301}"),
    ("\u{fc}ber \u{fc}ben", "\u{fc}b", "ub", "uber uben"), ("aab", "ab", "c", "ac"),
  ])
  func replacing(text: String, part: String, other: String, result: String) {
    #expect(Array(text.replacing(part, with: other).utf8) == Array(result.utf8))
  }

  @Test func finding() throws {
    let text = "a key = a value"
    let found = try #require(text.firstRange(of: "= "))
    #expect(text[..<found.lowerBound] == "a key " && text[found.upperBound...] == "a value")
    #expect(text.contains("value") && !text.contains("values") && text.dropFirst(8).contains("value"))
    #expect(!text.dropFirst(3).contains("key") && text.firstRange(of: "a")?.lowerBound == text.startIndex)
  }
}
