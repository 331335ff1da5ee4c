/// What makes tokens of words, as `model` of a tokenizer.json describes it.
enum TokenModel: Sendable {
  case bpe(BPEModel)
  case wordPiece(WordPieceModel)
  case wordLevel(WordLevelModel)
  case unigram(UnigramModel)

  var vocabulary: TokenTable {
    switch self {
    case .bpe(let model): model.vocabulary
    case .wordPiece(let model): model.vocabulary
    case .wordLevel(let model): model.vocabulary
    case .unigram(let model): model.vocabulary
    }
  }

  /// - Parameter readsBytes: whether words come as bytes, which only BPE can read.
  init(_ node: ConfigNode, readsBytes: Bool) throws {
    var type = try node.child("type")?.string()
    if type == nil {
      type = node.child("merges") != nil ? "BPE" : node.child("unk_id") != nil ? "Unigram" : "WordPiece"
    }
    do {
      switch type {
      case "BPE": self = .bpe(try BPEModel(try BPEModel.Parts(node), readsBytes: readsBytes))
      case "WordPiece":
        self = .wordPiece(
          try WordPieceModel(
            try node.vocabulary(), unknown: try node.child("unk_token")?.bytes() ?? Array("[UNK]".utf8),
            prefix: try node.child("continuing_subword_prefix")?.bytes() ?? Array("##".utf8),
            mostScalars: try node.child("max_input_chars_per_word")?.int() ?? 100))
      case "WordLevel":
        self = .wordLevel(
          WordLevelModel(try node.vocabulary(), unknown: try node.child("unk_token")?.bytes() ?? Array("<unk>".utf8)))
      case "Unigram": self = .unigram(try UnigramModel(node))
      case let name: throw node.error("there is no model '\(name ?? "")'", .unsupported)
      }
    } catch let mistake as PatternMistake { throw node.error(mistake.description) }
  }

  /// Adds the tokens of a word.
  @inline(__always)
  func tokenize(
    _ word: UnsafePointer<UInt8>, _ count: Int, _ scratch: TokenizerScratch, _ out: inout [WordToken]
  ) throws(PatternMistake) {
    if count <= WordCache.longest, scratch.cache.find(word, count, &out) { return }
    let before = out.count
    switch self {
    case .bpe(let model): model.tokenize(word, count, scratch, &out)
    case .wordPiece(let model): model.tokenize(word, count, scratch, &out)
    case .wordLevel(let model): return try model.tokenize(word, count, &out)
    case .unigram(let model): try model.tokenize(word, count, scratch, &out)
    }
    if count <= WordCache.longest { scratch.cache.keep(word, count, out[before...]) }
  }
}

extension ConfigNode {
  /// The tokens of `vocab`, an object.
  func vocabulary() throws -> [(bytes: ArraySlice<UInt8>, id: UInt32)] {
    let vocab = try needed("vocab")
    guard case .object(let members) = vocab.json else { throw vocab.expected("an object") }
    var tokens: [(bytes: ArraySlice<UInt8>, id: UInt32)] = []
    tokens.reserveCapacity(members.count)
    for member in members {
      guard case .int(let id) = member.value, id >= 0, id <= Int32.max else {
        throw vocab.error("the number of '\(text(member.key))' is \(member.value.kind)")
      }
      tokens.append((member.key, UInt32(id)))
    }
    return tokens
  }
}

extension BPEModel.Parts {
  init(_ node: ConfigNode) throws {
    tokens = try node.vocabulary()
    let list = try node.needed("merges")
    guard case .array(let items) = list.json else { throw list.expected("a list") }
    merges.reserveCapacity(items.count)
    for (i, item) in items.enumerated() {
      switch item {
      case .array(let pair):
        guard pair.count == 2, case .string(let left) = pair[0], case .string(let right) = pair[1] else {
          throw list.error("merge \(i) is not a pair of tokens")
        }
        merges.append((left, right))
      case .string(let line):
        if line.starts(with: Array("#version".utf8)) { continue }
        let parts = line.split(separator: 32, omittingEmptySubsequences: false)
        guard parts.count == 2 else { throw list.error("merge \(i), '\(text(line))', is not a pair of tokens") }
        merges.append((parts[0], parts[1]))
      default: throw list.error("merge \(i) is not a pair of tokens")
      }
    }
    unknown = try node.child("unk_token")?.bytes()
    prefix = try node.child("continuing_subword_prefix")?.bytes() ?? []
    suffix = try node.child("end_of_word_suffix")?.bytes() ?? []
    fusesUnknown = try node.bool("fuse_unk", default: false)
    fallsBackToBytes = try node.bool("byte_fallback", default: false)
    ignoresMerges = try node.bool("ignore_merges", default: false)
  }
}

extension UnigramModel {
  convenience init(_ node: ConfigNode) throws {
    let vocab = try node.needed("vocab")
    guard case .array(let items) = vocab.json else { throw vocab.expected("a list") }
    var tokens: [(bytes: ArraySlice<UInt8>, score: Double)] = []
    tokens.reserveCapacity(items.count)
    for (i, item) in items.enumerated() {
      guard case .array(let pair) = item, pair.count == 2, case .string(let token) = pair[0] else {
        throw vocab.error("entry \(i) is not a token and its score")
      }
      guard let score = pair[1].double else { throw vocab.error("the score of entry \(i) is \(pair[1].kind)") }
      tokens.append((token, score))
    }
    do {
      try self.init(
        tokens, unknown: try node.child("unk_id")?.int(),
        fallsBackToBytes: try node.bool("byte_fallback", default: false))
    } catch let mistake as PatternMistake { throw node.error(mistake.description) }
  }
}
