import ApusCore
import ApusFormats
import Testing

@Suite struct JSONTests {
  /// Characters beyond the first plane stand as two escapes; a half of one alone is no character.
  @Test(arguments: [
    (#""\ud83d\ude00""#, "\u{1f600}"), (#""\ud800\u0000""#, "\u{fffd}\0"), (#""\ud800x""#, "\u{fffd}x"),
    (#""\ud800\ud800""#, "\u{fffd}\u{fffd}"), (#""\udc00""#, "\u{fffd}"),
    (#""a\/\b\f\n\r\t\"\\é""#, "a/\u{8}\u{c}\n\r\t\"\\é"),
  ])
  func surrogates(json: String, text: String) throws {
    #expect(try JSON(parsing: Array(json.utf8)).string == text)
  }

  /// Objects keep their order and names that are there twice; numbers that are not whole stay as they are written.
  @Test func documents() throws {
    let text =
      #"{"b":[1,-9223372036854775808,1.50,1e3,NaN],"a":{"é":null,"é":true},"b":"\u0001\\\"","c":12345678901234567890}"#
    let json = try ByteJSON(parsing: Array(text.utf8))
    #expect(json.text == text)
    #expect(json.members?.map(\.name) == ["b", "a", "b", "c"])
    #expect(json["b"]?.string == "\u{1}\\\"")
    #expect(json["a"]?.members?.count == 2)
    #expect(json["c"]?.int == nil && json["c"]?.double == 12_345_678_901_234_567_168)
    let numbers = json.members?.first?.value.array ?? []
    #expect(numbers.map(\.int) == [1, .min, nil, nil, nil])
    #expect(numbers.map(\.double).prefix(4) == [1, -0x1p63, 1.5, 1000] && numbers.last?.double?.isNaN == true)
    let plain = try JSON(parsing: " [ 1 , -0, 2.5e-1, Infinity, -Infinity ]\n".utf8)
    #expect(plain == .array([.int(1), .int(0), .double(0.25), .double(.infinity), .double(-.infinity)]))
  }

  /// What is no JSON is refused with what was expected and where.
  @Test(arguments: [
    ("", "expected a value at byte 0"), ("[1,]", "expected a value at byte 3"),
    ("[1 2]", "expected ',' or ']' at byte 3"),
    ("{\"a\" 1}", "expected ':' at byte 5"), ("{a: 1}", "expected a name in quotes at byte 1"),
    ("1 2", "expected the end at byte 2"),
    ("\"a", "expected the end of a text at byte 2"), (#""\x""#, #"'\x' is no escape at byte 2"#),
    (#""\u12g4""#, "expected four hexadecimal digits at byte 3"), ("1.", "expected a digit at byte 2"),
    ("-", "expected a value at byte 1"),
    ("tru", "expected a value at byte 0"), ("{\"a\":1", "expected ',' or '}' at byte 6"),
    (#""\"#, "a text does not end"),
  ])
  func mistakes(text: String, message: String) {
    do {
      _ = try ByteJSON(parsing: Array(text.utf8))
      Issue.record("\(text) is taken for JSON")
    } catch {
      #expect(error.description.contains(message), "\(error.description)")
    }
  }

  @Test func bounds() throws {
    func nested(_ depth: Int) -> [UInt8] {
      Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
    }
    #expect(throws: Never.self) { try ByteJSON(parsing: nested(128)) }
    #expect(throws: ByteJSON.Mistake.self) { try ByteJSON(parsing: nested(129)) }
    #expect(throws: JSON.SyntaxError.self) { try JSON(parsing: nested(100_000)) }
    #expect(throws: ByteJSON.Mistake.self) { try ByteJSON(parsing: [0x22, 0xff, 0x22]) }
    #expect(throws: ByteJSON.Mistake.self) {
      try ByteJSON(parsing: Array(#"{"a": 1, "\u0061": 2}"#.utf8), refusesRepeatedNames: true)
    }
  }

  /// What `json.dumps` of Python writes, with and without `ensure_ascii`.
  @Test func quotes() {
    let text = "a\"\\\n\r\t\u{8}\u{c}\u{1}\u{7f}é\u{1f600}"
    #expect(quotedJSON(text) == "\"a\\\"\\\\\\n\\r\\t\\b\\f\\u0001\u{7f}é\u{1f600}\"")
    #expect(quotedJSON(text, ensuresASCII: true) == #""a\"\\\n\r\t\b\f\u0001\u007f\u00e9\ud83d\ude00""#)
    #expect(quotedJSON("plain") == "\"plain\"" && quotedJSON("é", ensuresASCII: true) == #""\u00e9""#)
  }
}
