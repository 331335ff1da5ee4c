import ApusCore
import ApusText
import FormatsKit
import Foundation

/// Files of tokenisers: read, and used on a few texts.
struct TokenizerFuzzing: FuzzTarget {
  let name: String
  let files: [FuzzFile]
  private let folders: FuzzedFolders
  let words = [
    "\"type\": \"Sequence\", ", "\"Regex\": \"(a|b|ab)*c\"", "\"type\": \"Replace\", \"pattern\": {\"String\": \"\"}, ",
    "\"type\": \"Split\", ", "\"type\": \"ByteLevel\", ", "\"type\": \"BPE\", ", "\"type\": \"Unigram\", ",
    "\"stride\": 18446744073709551615, ", "\"max_length\": 0, ", "\"normalizers\": [", "\u{0}", "\u{1f469}",
  ]

  /// - Parameter name: `tokenizers`, `sentencepiece` or `tiktoken`.
  init(_ name: String, _ path: String) {
    self.name = name
    let wanted: (String) -> Bool =
      switch name {
      case "sentencepiece": { $0.hasSuffix(".model") }
      case "tiktoken": { $0.hasSuffix(".tiktoken") || $0 == "tiktoken.json" }
      default: { tokenizerFiles.contains($0) }
      }
    folders = FuzzedFolders(in: path, where: wanted)
    // Of many ranks the first few say it all.
    files = folders.files.map { file in
      guard file.name.hasSuffix(".tiktoken") else { return file }
      return FuzzFile(name: file.name, Array(file.bytes.prefix(40_000)))
    }
  }

  func read(_ index: Int, _ bytes: [UInt8]?, in scratch: String) throws {
    try folders.withDamaged(index, bytes, in: scratch) { folder in
      let file = folders.name(index)
      let isAlone = file.hasSuffix(".json") && file.hasPrefix("tokenizer.") || file.hasSuffix(".model")
      try Self.use(Tokenizer(path: isAlone ? "\(folder)/\(file)" : folder))
    }
  }

  static func use(_ tokenizer: Tokenizer) throws {
    var ids: [Int] = []
    for text in texts {
      ids = try tokenizer.encode(text).ids
      _ = try tokenizer.decode(ids)
      _ = try tokenizer.decode(ids, skipsSpecialTokens: true, cleansUpSpaces: true)
    }
    _ = try tokenizer.ids(of: texts[0], ignoresSpecialTokens: true)
    _ = try tokenizer.encode(
      texts[0], pair: texts[1], truncation: tokenizer.configuration.truncation ?? Truncation(maxLength: 12, stride: 2))
    _ = try tokenizer.encodeBatch(
      words: [["one", "two"], ["three"]], padding: tokenizer.configuration.padding ?? TokenPadding())
    var stream = tokenizer.stream(skipsSpecialTokens: true)
    for id in ids.prefix(40) + [0, tokenizer.vocabularySize, Int.max, -1] { _ = try stream.append(id) }
    _ = try stream.finish()
  }

  private static let texts = [
    "The capital of France is Paris, isn't it?  [MASK] <s> 12345.6",
    " \u{e9}\u{301}t\u{e9}\n\t\u{4e16}\u{754c} \u{1f469}\u{200d}\u{1f4bb} \u{0}\u{ad} \u{fb01} <|endoftext|>",
    String(repeating: "a", count: 2_000) + "!", "",
  ]
}

private let tokenizerFiles: Set = [
  "tokenizer.json", "tokenizer_config.json", "vocab.json", "merges.txt", "vocab.txt", "special_tokens_map.json",
]
