import ApusCore
import ApusText
import Testing

/// A tokeniser from the text of a tokenizer.json.
private func tokenizer(_ json: String) throws -> Tokenizer { try Tokenizer(json: Array(json.utf8)) }

private let wordPiece = """
  {"version": "1.0", "added_tokens": [{"id": 1, "content": "[CLS]", "special": true}, {"id": 2, "content": "[SEP]", "special": true}],
   "normalizer": {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true, "strip_accents": null, "lowercase": true},
   "pre_tokenizer": {"type": "BertPreTokenizer"},
   "post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 2], "cls": ["[CLS]", 1]},
   "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": true},
   "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100,
    "vocab": {"[UNK]": 0, "[CLS]": 1, "[SEP]": 2, "cafe": 3, "##s": 4, ",": 5, "open": 6}}}
  """

private let byteLevel = """
  {"version": "1.0", "added_tokens": [], "normalizer": null,
   "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true},
   "post_processor": null, "decoder": {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true},
   "model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2, "Ġ": 3, "Ġab": 4, "Ã": 5, "©": 6, "c": 7}, "merges": ["a b", "Ġ ab"]}}
  """

@Suite("Tokenisers") struct TokenizerTests {
  @Test func wordPiecesHaveOffsetsInTheTextAsItCame() throws {
    let encoding = try tokenizer(wordPiece).encode("Cafés, Open")
    #expect(encoding.tokens == ["[CLS]", "cafe", "##s", ",", "open", "[SEP]"])
    #expect(encoding.ids == [1, 3, 4, 5, 6, 2])
    #expect(encoding.offsets == [0..<0, 0..<4, 4..<5, 5..<6, 7..<11, 0..<0])
    #expect(encoding.wordIds == [nil, 0, 0, 1, 2, nil])
    #expect(try tokenizer(wordPiece).decode(encoding.ids, skipsSpecialTokens: true) == "cafes, open")
  }

  @Test func pairsAreJoinedInTheOrderOfTheirMerges() throws {
    let tokenizer = try tokenizer(byteLevel)
    #expect(try tokenizer.ids(of: "ab abc") == [2, 4, 7])
    #expect(try tokenizer.decode([2, 4, 7]) == "ab abc")
  }

  @Test func aStreamGivesOutWholeCharacters() throws {
    var stream = try tokenizer(byteLevel).stream()
    #expect(try stream.append(0) == "a")
    #expect(try stream.append(5) == "")
    #expect(try stream.append(6) == "é")
    #expect(try stream.finish() == "")
  }

  @Test func truncationKeepsWhatItCutsOff() throws {
    let encoding = try tokenizer(wordPiece).encode(
      "open open open open", truncation: Truncation(maxLength: 4, stride: 1))
    #expect(encoding.ids == [1, 6, 6, 2])
    #expect(encoding.overflowing.map(\.ids) == [[1, 6, 6, 2], [1, 6, 6, 2]])
  }

  @Test func aBatchIsFilledUp() throws {
    let batch = try tokenizer(wordPiece).encodeBatch(["open", "open open"], padding: TokenPadding(side: .left, id: 0))
    #expect(batch.map(\.ids) == [[0, 1, 6, 2], [1, 6, 6, 2]])
    #expect(batch.map(\.attentionMask) == [[0, 1, 1, 1], [1, 1, 1, 1]])
  }

  @Test func addedTokensTakeTheSpaceBeforeThem() throws {
    let json = byteLevel.replacing(
      #""added_tokens": []"#,
      with: #""added_tokens": [{"id": 8, "content": "<m>", "lstrip": true, "normalized": false, "special": true}]"#)
    let encoding = try tokenizer(json).encode("ab  <m>c")
    #expect(encoding.ids == [2, 8, 7])
    #expect(encoding.offsets == [0..<2, 2..<7, 7..<8])
    #expect(try tokenizer(json).decode(encoding.ids, skipsSpecialTokens: true) == "abc")
  }

  @Test(arguments: [
    "", "[]", "{}", #"{"model": {"type": "Nothing"}}"#,
    #"{"model": {"type": "BPE", "vocab": {"a": -1}, "merges": []}}"#,
    #"{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": ["a a"]}}"#,
    #"{"model": {"type": "Unigram", "vocab": [["a", 0]], "unk_id": 9}}"#,
    #"{"pre_tokenizer": {"type": "Split", "pattern": {"Regex": "(("}, "behavior": "Isolated", "invert": false}, "model": {"type": "WordLevel", "vocab": {"a": 0}, "unk_token": "a"}}"#,
  ])
  func whatIsNoTokeniserIsAnError(_ json: String) {
    #expect(throws: TensorError.self) { try tokenizer(json) }
  }

  @Test func aPatternThatExplodesEndsWithAnError() throws {
    let json = """
      {"pre_tokenizer": {"type": "Split", "pattern": {"Regex": "(a|a|ab)*c"}, "behavior": "Isolated", "invert": false},
       "model": {"type": "WordLevel", "vocab": {"a": 0}, "unk_token": "a"}}
      """
    let explosive = try tokenizer(json)
    #expect(throws: TensorError.self) { try explosive.encode(String(repeating: "a", count: 60)) }
  }
}
