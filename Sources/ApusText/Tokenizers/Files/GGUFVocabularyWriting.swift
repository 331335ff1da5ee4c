import ApusCore
import ApusFormats

extension GGUFMetadata {
  /// The tokeniser of a folder of a published model as metadata of a GGUF file (`tokenizer.ggml.*`, `tokenizer.chat_template`), as
  /// llama.cpp's converter writes it: pairs of bytes under the name of their pre-tokeniser (`gpt2`), or sentencepiece's pairs with
  /// scores (`llama`).
  ///
  /// What is written was read again and gives the tokens of the folder's own tokeniser for a text that tells pre-tokenisers apart.
  /// - Parameter count: the rows of the model's table of tokens; numbers without a token get one that is never used.
  /// - Throws: `TensorError` of kind `unsupported` for tokenisers of another kind, of kind `file` and `format` as reading the folder does.
  package init(tokenizerIn folder: String, count: Int) throws {
    let tokenizer = try Tokenizer(path: folder)
    let source = try GGUFVocabularySource(folder: folder, tokenizer, count: count)
    self = try source.metadata()
  }
}

/// What a tokenizer.json says of a vocabulary of pairs.
private struct GGUFVocabularySource {
  /// The kinds of tokens of GGUF files.
  private enum Kind: Int32 { case normal = 1, unknown, control, userDefined, unused, byte }

  private let path: String
  private let tokenizer: Tokenizer
  private let configuration: TokenizerConfiguration
  private var tokens: [String]
  private var kinds: [Kind]
  private var merges: [(left: String, right: String)] = []
  private let isSentencePiece: Bool
  private let addsDummyPrefix: Bool

  /// A text with letters, digits, marks, spaces, signs and contractions whose cuts differ between pre-tokenisers.
  private static let probe = """
    Hello World, it's 3.14159 or 1234567890; we'll SEE: don't, I'VE\n\n\n  \t indented   text\r\n\
    caf\u{e9} na\u{ef}ve \u{4f60}\u{597d}\u{4e16}\u{754c} \u{43f}\u{440}\u{438}\u{432}\u{435}\u{442} \u{1f600}\u{1f468}\u{200d}\u{1f469} \
    \u{e33}\u{e17}\u{e22} !!!??? $100 #tag @user a_b_c CamelCaseWORD x=y+z  {[(<>)]} "quoted" --flag ...   end
    """

  /// The pre-tokenisers that are tried, those of many models first.
  private static let names = [
    "llama-bpe", "smollm", "qwen2", "gpt-2", "tekken", "falcon", "deepseek-llm", "deepseek-coder", "deepseek-v3",
    "gpt-4o",
    "default",
  ]

  init(folder: String, _ tokenizer: Tokenizer, count: Int) throws {
    path = "\(folder)/tokenizer.json"
    self.tokenizer = tokenizer
    configuration = try TokenizerConfiguration(folder: folder)
    guard fileExists(path) else {
      throw TensorError(.unsupported, folder, "a GGUF file is written from a tokenizer.json, and the folder has none")
    }
    let json = try JSON(file: path)
    guard let model = json["model"], let vocabulary = model["vocab"]?.object, let pairs = model["merges"]?.array,
      model["type"]?.string ?? "BPE" == "BPE"
    else {
      throw TensorError(
        .unsupported, path,
        "GGUF files take tokenisers of pairs (BPE), and this one is '\(json["model"]?["type"]?.string ?? "?")'")
    }
    isSentencePiece = model["byte_fallback"]?.bool ?? false
    addsDummyPrefix =
      (try? tokenizer.ids(of: "a", addsSpecialTokens: false)).map { ids in
        ids.first.flatMap { tokenizer.idToToken($0) }?.hasPrefix("\u{2581}") ?? false
      } ?? false
    let size = max(count, tokenizer.vocabularySize)
    tokens = (0..<size).map { "[PAD\($0)]" }
    kinds = [Kind](repeating: .unused, count: size)
    for (token, number) in vocabulary {
      guard let id = number.int, tokens.indices.contains(id) else {
        throw TensorError(.format, path, "token '\(token)' has the number \(number), and there are \(size) tokens")
      }
      (tokens[id], kinds[id]) = (token, .normal)
    }
    if isSentencePiece { for (id, token) in tokens.enumerated() where Self.isByte(token) { kinds[id] = .byte } }
    for added in tokenizer.addedTokens where tokens.indices.contains(added.id) {
      tokens[added.id] = added.content
      kinds[added.id] = added.special ? .control : .userDefined
    }
    if isSentencePiece, let unknown = model["unk_token"]?.string, let id = tokenizer.tokenToId(unknown) {
      kinds[id] = .unknown
    }
    for pair in pairs {
      if let both = pair.array, both.count == 2, let left = both[0].string, let right = both[1].string {
        merges.append((left, right))
      } else if let text = pair.string, let space = text.dropFirst().firstIndex(of: " ") {
        merges.append((String(text[..<space]), String(text[text.index(after: space)...])))
      } else {
        throw TensorError(.format, path, "'merges' has an entry that is no pair of tokens")
      }
    }
  }

  /// `<0x0A>`.
  private static func isByte(_ token: String) -> Bool {
    token.utf8.count == 6 && token.hasPrefix("<0x") && token.hasSuffix(">")
      && UInt8(token.dropFirst(3).prefix(2), radix: 16) != nil
  }

  func metadata() throws -> GGUFMetadata {
    let want = try tokenizer.encode(Self.probe, addsSpecialTokens: false)
    var sameTokens: GGUFMetadata?
    for pre in isSentencePiece ? ["default"] : Self.names {
      let made = metadata(pre)
      guard let read = try? Tokenizer(metadata: made, path: path),
        let found = try? read.encode(Self.probe, addsSpecialTokens: false), found.ids == want.ids
      else { continue }
      // A small vocabulary can give the same tokens for other words.
      if found.wordIds == want.wordIds { return made }
      if sameTokens == nil { sameTokens = made }
    }
    if let sameTokens { return sameTokens }
    throw TensorError(
      .unsupported, path,
      "no pre-tokeniser that GGUF files can name cuts texts as this one does; tried are "
        + (isSentencePiece ? "sentencepiece's" : Self.names.joined(separator: ", ")))
  }

  private func metadata(_ pre: String) -> GGUFMetadata {
    var made = GGUFMetadata()
    made["tokenizer.ggml.model"] = .string(isSentencePiece ? "llama" : "gpt2")
    made["tokenizer.ggml.pre"] = .string(pre)
    made["tokenizer.ggml.tokens"] = .array(.string(tokens))
    if isSentencePiece { made["tokenizer.ggml.scores"] = .array(.float32(scores)) }
    made["tokenizer.ggml.token_type"] = .array(.int32(kinds.map(\.rawValue)))
    if !isSentencePiece {
      made["tokenizer.ggml.merges"] = .array(.string(merges.map { "\(Self.joined($0.left)) \(Self.joined($0.right))" }))
    } else {
      made["tokenizer.ggml.add_space_prefix"] = .bool(addsDummyPrefix)
    }
    func set(_ name: String, _ token: String?) {
      if let token, let id = tokenizer.tokenToId(token) {
        made["tokenizer.ggml.\(name)_token_id"] = .uint32(UInt32(id))
      }
    }
    set("bos", configuration.bosToken)
    set("eos", configuration.eosToken)
    set("unknown", configuration.unkToken)
    set("padding", configuration.padToken)
    let framed = (try? tokenizer.ids(of: "a")) ?? []
    let bare = (try? tokenizer.ids(of: "a", addsSpecialTokens: false)) ?? []
    func number(_ token: String?) -> Int? { token.flatMap { tokenizer.tokenToId($0) } }
    made["tokenizer.ggml.add_bos_token"] = .bool(framed != bare && framed.first == number(configuration.bosToken))
    made["tokenizer.ggml.add_eos_token"] = .bool(framed != bare && framed.last == number(configuration.eosToken))
    if let template = configuration.chatTemplate { made["tokenizer.chat_template"] = .string(template) }
    return made
  }

  /// A space in a token is written as the letter that stands for it.
  private static func joined(_ part: String) -> String {
    String(String.UnicodeScalarView(part.unicodeScalars.map { $0 == " " ? "\u{120}" : $0 }))
  }

  /// Pairs are joined by descending score: that of a token is minus the place of the first pair that makes it.
  private var scores: [Float] {
    var places: [String: Int] = [:]
    for (place, pair) in merges.enumerated() where places[pair.left + pair.right] == nil {
      places[pair.left + pair.right] = place
    }
    return tokens.enumerated().map { id, token in
      kinds[id] == .normal ? -Float(places[token] ?? merges.count) : 0
    }
  }
}
