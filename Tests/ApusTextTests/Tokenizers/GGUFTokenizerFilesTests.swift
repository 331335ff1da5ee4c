import ApusCore
import ApusFormats
import ApusText
import TestSupport
import Testing

/// Tokenisers of GGUF files as folders that other programs read.
@Suite struct GGUFTokenizerFilesTests {
  private static let texts = [
    "Hello world", "  two  spaces ", "it's 1234 o'clock\n\nnew", "caf\u{e9} \u{4f60}\u{597d} \u{1f600}", "",
    "<|end|>Hello<|end|>", "the theory they", "\tA\r\nB",
  ]

  /// The letter of each byte (GPT-2).
  private static let letters: [String] = {
    var next: UInt32 = 256
    return (0..<256).compactMap { (byte: UInt32) in
      let isShown = (33...126).contains(byte) || (161...172).contains(byte) || (174...255).contains(byte)
      if isShown { return UnicodeScalar(byte).map { String($0) } }
      defer { next += 1 }
      return UnicodeScalar(next).map { String($0) }
    }
  }()

  private static func pairs(_ pre: String) -> GGUFMetadata {
    let merges = [("t", "h"), ("th", "e"), ("h", "e"), ("\u{120}", "the"), ("l", "l"), ("1", "2"), ("x", "unknown")]
    var metadata = GGUFMetadata()
    let joined = merges.dropLast().map { $0 + $1 }
    let tokens = letters + joined + ["<|end|>", "<|user|>"]
    metadata["tokenizer.ggml.model"] = .string("gpt2")
    metadata["tokenizer.ggml.pre"] = .string(pre)
    metadata["tokenizer.ggml.tokens"] = .array(.string(tokens))
    metadata["tokenizer.ggml.token_type"] = .array(
      .int32([Int32](repeating: 1, count: tokens.count - 2) + [3, 4]))
    metadata["tokenizer.ggml.merges"] = .array(.string(merges.map { "\($0) \($1)" }))
    metadata["tokenizer.ggml.bos_token_id"] = .uint32(UInt32(tokens.count - 2))
    metadata["tokenizer.ggml.eos_token_id"] = .uint32(UInt32(tokens.count - 2))
    metadata["tokenizer.chat_template"] = .string("{% for m in messages %}<|user|>{{ m.content }}{% endfor %}")
    metadata["general.architecture"] = .string("llama")
    metadata["llama.context_length"] = .uint32(2048)
    return metadata
  }

  private static var pieces: GGUFMetadata {
    var metadata = GGUFMetadata()
    let bytes = (0..<256).map { "<0x" + ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) + ">" }
    let words = ["\u{2581}", "t", "h", "e", "o", "r", "y", "l", "H", "th", "he", "the", "\u{2581}the", "ll", "ell"]
    let tokens = ["<unk>", "<s>", "</s>"] + bytes + words
    metadata["tokenizer.ggml.model"] = .string("llama")
    metadata["tokenizer.ggml.tokens"] = .array(.string(tokens))
    metadata["tokenizer.ggml.token_type"] = .array(
      .int32([2, 3, 3] + [Int32](repeating: 6, count: 256) + [Int32](repeating: 1, count: words.count)))
    metadata["tokenizer.ggml.scores"] = .array(
      .float32([Float](repeating: 0, count: 259) + words.indices.map { -Float(($0 * 7) % words.count) }))
    return metadata
  }

  private static var words: GGUFMetadata {
    var metadata = GGUFMetadata()
    let special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    let words = [
      "\u{2581}hello", "\u{2581}world", "\u{2581}the", "ory", "\u{2581}cafe", "\u{2581}it", "\u{2581}'", "\u{2581}s",
    ]
    metadata["tokenizer.ggml.model"] = .string("bert")
    metadata["tokenizer.ggml.tokens"] = .array(.string(special + words))
    metadata["tokenizer.ggml.token_type"] = .array(.int32([3, 3, 3, 3] + words.map { _ in 1 }))
    for (name, id) in [("padding", 0), ("unknown", 1), ("cls", 2), ("seperator", 3)] {
      metadata["tokenizer.ggml.\(name)_token_id"] = .uint32(UInt32(id))
    }
    return metadata
  }

  private static let kinds: [(String, GGUFMetadata)] =
    ["gpt-2", "smollm", "llama-bpe", "qwen2", "deepseek-llm", "tekken", "kimi-k2"].map { ($0, pairs($0)) } + [
      ("sentencepiece", pieces), ("words", words),
    ]

  @Test(arguments: 0..<9) func sameTokens(_ i: Int) throws {
    let (name, metadata) = Self.kinds[i]
    let folder = TemporaryFolder()
    let own = try Tokenizer(metadata: metadata, path: "model.gguf")
    try Tokenizer.writeFiles(metadata, path: "model.gguf", to: folder.path)
    let read = try Tokenizer(path: folder.path)
    for text in Self.texts {
      for special in [true, false] {
        let (found, want) = try (
          read.encode(text, addsSpecialTokens: special), own.encode(text, addsSpecialTokens: special)
        )
        #expect(found.ids == want.ids, "\(name): '\(text)'")
        #expect(try read.decode(found.ids) == own.decode(want.ids), "\(name): '\(text)'")
      }
    }
    #expect(read.vocabularySize == own.vocabularySize)
    #expect(read.configuration.chatTemplate == own.configuration.chatTemplate)
    #expect(read.configuration.eosId == own.configuration.eosId)
    #expect(read.configuration.bosId == own.configuration.bosId)
    #expect(read.configuration.unkToken == own.configuration.unkToken)
    #expect(read.addedTokens == own.addedTokens)
    #expect(read.configuration.modelMaxLength == (metadata["llama.context_length"] == nil ? nil : 2048))
  }

  @Test func whatCannotBeSaidIsRefused() throws {
    var metadata = Self.pieces
    metadata["tokenizer.ggml.model"] = .string("t5")
    #expect(throws: TensorError.self) {
      try Tokenizer.writeFiles(metadata, path: "model.gguf", to: TemporaryFolder().path)
    }
  }
}
