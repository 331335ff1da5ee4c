import ApusCore
import ApusFormats

/// Ranks of byte sequences, as tiktoken reads them: a line has a sequence in base64 and its number
/// (https://github.com/openai/tiktoken).
struct TiktokenFile {
  private let ranks: [(bytes: ArraySlice<UInt8>, id: UInt32)]
  private let path: String

  init(path: String) throws(TensorError) {
    self.path = path
    let bytes = try fileBytes(path)
    var ranks: [(bytes: ArraySlice<UInt8>, id: UInt32)] = []
    for (number, line) in bytes.split(separator: 10).enumerated() {
      let parts = line.split(whereSeparator: { $0 == 32 || $0 == 13 })
      if parts.isEmpty { continue }
      guard parts.count == 2, let bytes = decodeBase64(parts[0]), let rank = UInt32(text(parts[1])),
        rank < Int32.max
      else { throw TensorError(.format, path, "line \(number + 1) is not a sequence in base64 and its rank") }
      ranks.append((bytes[...], rank))
    }
    guard !ranks.isEmpty else { throw TensorError(.format, path, "there are no ranks") }
    self.ranks = ranks
  }

  /// Whether a file looks like one of ranks.
  static func recognizes(_ path: String) -> Bool {
    guard let bytes = try? fileBytes(path), let line = bytes.prefix(4096).split(separator: 10).first else {
      return false
    }
    let parts = line.split(separator: 32)
    return parts.count == 2 && decodeBase64(parts[0]) != nil && UInt32(text(parts[1].filter { $0 != 13 })) != nil
  }

  /// The tokeniser with a pattern and special tokens.
  func pipeline(pattern: [UInt8], special: [AddedToken]) throws -> TokenPipeline {
    do {
      let cut = try TextPattern(expression: pattern, dialect: .perl)
      return TokenPipeline(
        normalizer: nil, preTokenizer: .split(cut, .isolated, isInverted: false),
        model: .bpe(try BPEModel(ranks: ranks)), decoder: .fuse, added: try AddedTokens(special, normalizer: nil))
    } catch { throw TensorError(error.kind == .unsupported ? .unsupported : .format, path, error.description) }
  }

  /// Reads the ranks with the pattern and the special tokens of a `tiktoken.json` beside them, or those that go with the name of the
  /// file.
  static func parts(path: String, folder: String) throws -> TokenizerParts {
    let file = try TiktokenFile(path: path)
    if let node = try TokenizerConfiguration.node("\(folder)/tiktoken.json") {
      return TokenizerParts(
        path: path,
        engine: try file.pipeline(
          pattern: try node.needed("pattern").bytes(), special: try special(node.child("special_tokens"))))
    }
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let (pattern, special) = known(name, count: file.ranks.count)
    return TokenizerParts(path: path, engine: try file.pipeline(pattern: Array(pattern.utf8), special: special))
  }

  private static func special(_ node: ConfigNode?) throws -> [AddedToken] {
    guard let node else { return [] }
    guard case .object(let members) = node.json else { throw node.expected("an object") }
    return try members.map { member in
      let number = ConfigNode(member.value, file: node.file, place: "\(node.place).\(text(member.key))")
      return AddedToken(text(member.key), id: try number.int(in: 0...Int(Int32.max)))
    }
  }

  private static let contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
  private static let oldPattern = #"'(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s"#

  private static func known(_ name: String, count: Int) -> (String, [AddedToken]) {
    func tokens(_ list: [(String, Int)]) -> [AddedToken] { list.map { AddedToken($0.0, id: $0.1) } }
    if name.contains("o200k") {
      let word = #"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]"#
      let small = #"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"#
      let pattern =
        "\(word)*\(small)+\(contractions)?|\(word)+\(small)*\(contractions)?"
        + #"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
      return (pattern, tokens([("<|endoftext|>", 199999), ("<|endofprompt|>", 200018)]))
    }
    if name.contains("r50k") || name.contains("gpt2") { return (oldPattern, tokens([("<|endoftext|>", 50256)])) }
    if name.contains("p50k") { return (oldPattern, tokens([("<|endoftext|>", 50256)])) }
    if name.contains("multilingual") { return (oldPattern, tokens([("<|endoftext|>", count)])) }
    if name.contains("qwen") {
      let pattern =
        contractions + #"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
      return (pattern, tokens([("<|endoftext|>", count), ("<|im_start|>", count + 1), ("<|im_end|>", count + 2)]))
    }
    let pattern =
      #"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s"#
    if name.contains("cl100k") {
      return (
        pattern,
        tokens([
          ("<|endoftext|>", 100257), ("<|fim_prefix|>", 100258), ("<|fim_middle|>", 100259), ("<|fim_suffix|>", 100260),
          ("<|endofprompt|>", 100276),
        ])
      )
    }
    return (pattern, [])
  }
}

extension BPEModel {
  /// A model of byte sequences by their ranks: two are joined if what they make has a rank, the lowest first.
  convenience init(ranks: [(bytes: ArraySlice<UInt8>, id: UInt32)]) throws(PatternMistake) {
    let table = TokenTable(ranks)
    var pairs: [(left: UInt32, right: UInt32, rank: UInt32)] = []
    for entry in ranks where entry.bytes.count > 1 && entry.bytes.count <= 1024 {
      entry.bytes.withUnsafeBufferPointer { bytes in
        guard let base = bytes.baseAddress else { return }
        for cut in 1..<bytes.count {
          let left = table.number(base, cut)
          if left < 0 { continue }
          let right = table.number(base + cut, bytes.count - cut)
          if right >= 0 { pairs.append((UInt32(left), UInt32(right), entry.id)) }
        }
      }
    }
    var merges = PairTable(capacity: pairs.count)
    for pair in pairs { merges.set(Int(pair.left), Int(pair.right), rank: Int(pair.rank), whole: Int(pair.rank)) }
    self.init(bytes: table, merges: merges)
  }
}
