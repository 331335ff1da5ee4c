import ApusCore
import ApusFormats

// The tokeniser of a GGUF file as the files of a folder that Hugging Face's `transformers` reads.

extension Tokenizer {
  /// Writes the tokeniser in the metadata of a GGUF file as `tokenizer.json`, `tokenizer_config.json` and, where there is a chat template,
  /// `chat_template.jinja`.
  ///
  /// - Throws: `TensorError` of kind `file` where a file cannot be written, of kind `unsupported` for a vocabulary whose rules a
  ///   tokenizer.json cannot say: what is written has been read again, and makes the same tokens of a probe.
  package static func writeFiles(_ metadata: GGUFMetadata, path: String, to folder: String) throws {
    let files = try GGUFTokenizerFiles(metadata, path: path)
    let (json, configuration) = (try files.tokenizerText(), files.configurationText)
    try makeFolders(folder)
    try writeText(json + "\n", to: "\(folder)/tokenizer.json")
    try writeText(configuration + "\n", to: "\(folder)/tokenizer_config.json")
    if let template = files.template { try writeText(template, to: "\(folder)/chat_template.jinja") }
  }
}

private struct GGUFTokenizerFiles {
  private let metadata: GGUFMetadata
  private let path: String
  private let tokenizer: Tokenizer
  private let tokens: [String]
  private let kinds: [Int]

  init(_ metadata: GGUFMetadata, path: String) throws {
    (self.metadata, self.path) = (metadata, path)
    tokenizer = try Tokenizer(metadata: metadata, path: path)
    tokens = (0..<tokenizer.vocabularySize).map { [tokenizer] in tokenizer.idToToken($0) ?? "[EMPTY_\($0)]" }
    kinds = metadata["tokenizer.ggml.token_type"]?.array?.ints ?? [Int](repeating: 1, count: tokens.count)
  }

  var template: String? { tokenizer.configuration.chatTemplate }
  private var pre: String { metadata["tokenizer.ggml.pre"]?.string ?? "default" }
  private func flag(_ name: String) -> Bool? { metadata["tokenizer.ggml.\(name)"]?.bool }

  // MARK: - tokenizer_config.json

  /// The tokens with roles, and how `transformers` is to read the folder.
  var configurationText: String {
    let known = tokenizer.configuration
    var fields: [(String, String)] = []
    func add(_ name: String, _ token: String?) { if let token { fields.append((name, quotedJSON(token))) } }
    add("tokenizer_class", "PreTrainedTokenizerFast")
    add("bos_token", known.bosToken)
    add("eos_token", known.eosToken)
    add("unk_token", known.unkToken)
    add("pad_token", known.padToken)
    add("sep_token", known.sepToken)
    add("cls_token", known.clsToken)
    add("mask_token", known.maskToken)
    let architecture = metadata["general.architecture"]?.string ?? ""
    if let length = metadata["\(architecture).context_length"]?.int { fields.append(("model_max_length", "\(length)")) }
    fields.append(("clean_up_tokenization_spaces", "false"))
    add("chat_template", known.chatTemplate)
    return object(fields, indent: "  ")
  }

  // MARK: - tokenizer.json

  func tokenizerText() throws -> String {
    let parts: (normalizer: String?, cuts: String?, decoder: String, model: String)
    switch metadata["tokenizer.ggml.model"]?.string ?? "" {
    case "gpt2", "whitespace": parts = try pairs(pre)
    case "gemma4": parts = try pairs("gemma4")
    case "llama": parts = pieces()
    case "bert": parts = words()
    case let name: throw unsupported("'\(name)'")
    }
    let added = tokenizer.addedTokens.map { token in
      let flags = [
        ("single_word", token.singleWord), ("lstrip", token.lstrip), ("rstrip", token.rstrip),
        ("normalized", token.normalized), ("special", token.special),
      ]
      return object([("id", "\(token.id)"), ("content", quotedJSON(token.content))] + flags.map { ($0, "\($1)") })
    }
    let text = object(
      [
        ("version", "\"1.0\""), ("truncation", "null"), ("padding", "null"), ("added_tokens", list(added)),
        ("normalizer", parts.normalizer ?? "null"), ("pre_tokenizer", parts.cuts ?? "null"),
        ("post_processor", frame ?? "null"), ("decoder", parts.decoder), ("model", parts.model),
      ], indent: "  ")
    // What a tokenizer.json cannot say makes other tokens.
    let read = try Tokenizer(json: Array(text.utf8), name: path)
    for special in [true, false] {
      let (found, want) = try (
        read.encode(Self.probe, addsSpecialTokens: special), tokenizer.encode(Self.probe, addsSpecialTokens: special)
      )
      guard found.ids == want.ids else { throw unsupported("'\(pre)'") }
    }
    return text
  }

  private func unsupported(_ what: String) -> TensorError {
    TensorError(
      .unsupported, path,
      "a tokenizer.json cannot say how the tokeniser \(what) of this GGUF file makes tokens; take the tokeniser's files from where the "
        + "model was published")
  }

  /// A text in which rules of tokenisers show.
  private static let probe = """
    Hello World, it's 3.14159 or 1234567890; we'll SEE: don't, I'VE\n\n\n  \t indented   text\r\n\
    caf\u{e9} \u{4f60}\u{597d} \u{43f}\u{440}\u{438} \u{1f600}\u{1f468}\u{200d}\u{1f469} !!!??? $100 {[(<>)]} "quoted" ...   end
    """

  // MARK: - Parts

  /// Pairs of tokens over bytes, or over characters with bytes where these are not known.
  private func pairs(_ pre: String) throws -> (normalizer: String?, cuts: String?, decoder: String, model: String) {
    guard let patterns = GGUFPatterns.patterns(named: pre) else { throw unsupported("'\(pre)'") }
    let isEscaped = GGUFPatterns.escapingSpaces.contains(pre)
    let isPlain = isEscaped || pre == "whitespace"
    var cuts = patterns.map { pattern in
      object([
        ("type", "\"Split\""), ("pattern", object([("Regex", quotedJSON(pattern))])), ("behavior", "\"Isolated\""),
        ("invert", "false"),
      ])
    }
    func byteLevel(usesPattern: Bool) -> String {
      object([
        ("type", "\"ByteLevel\""), ("add_prefix_space", "false"), ("trim_offsets", "true"),
        ("use_regex", "\(usesPattern)"),
      ])
    }
    if !isPlain { cuts.append(byteLevel(usesPattern: false)) }
    let merges = (metadata["tokenizer.ggml.merges"]?.array?.strings ?? []).compactMap { line -> (String, String)? in
      guard let space = line.dropFirst().firstIndex(of: " ") else { return nil }
      return (String(line[..<space]), String(line[line.index(after: space)...]))
    }
    return (
      isEscaped ? Self.escaping : nil, sequence("pretokenizers", cuts),
      isPlain
        ? sequence("decoders", [Self.unescaping, Self.bytes, Self.fusing]) : byteLevel(usesPattern: true),
      model(merges, isPlain: isPlain, ignoresMerges: GGUFPatterns.ignoringMerges.contains(pre))
    )
  }

  /// Sentencepiece's pairs, whose order their scores give.
  private func pieces() -> (normalizer: String?, cuts: String?, decoder: String, model: String) {
    let prefixes = flag("add_space_prefix") ?? true
    let scores = metadata["tokenizer.ggml.scores"]?.array?.doubles ?? []
    let numbers = numbersOfTokens
    var found: [(left: String, right: String, score: Double, places: (Int, Int))] = []
    for (id, token) in tokens.enumerated() where kinds.indices.contains(id) && kinds[id] == 1 {
      var middle = token.unicodeScalars.startIndex
      while middle < token.unicodeScalars.endIndex {
        middle = token.unicodeScalars.index(after: middle)
        let (left, right) = (String(token.unicodeScalars[..<middle]), String(token.unicodeScalars[middle...]))
        guard !right.isEmpty, let first = numbers[left], let second = numbers[right] else { continue }
        found.append((left, right, scores.indices.contains(id) ? scores[id] : 0, (first, second)))
      }
    }
    found.sort { $0.score != $1.score ? $0.score > $1.score : $0.places < $1.places }
    let strip = object([("type", "\"Strip\""), ("content", "\" \""), ("start", "1"), ("stop", "0")])
    let prepend = object([("type", "\"Prepend\""), ("prepend", "\"\u{2581}\"")])
    return (
      sequence("normalizers", (prefixes ? [prepend] : []) + [Self.escaping]), nil,
      sequence("decoders", [Self.unescaping, Self.bytes, Self.fusing] + (prefixes ? [strip] : [])),
      model(found.map { ($0.left, $0.right) }, isPlain: true, ignoresMerges: false)
    )
  }

  /// Words, and pieces of words that go on.
  private func words() -> (normalizer: String?, cuts: String?, decoder: String, model: String) {
    let lowercases = flag("normalizer.lowercase") ?? true
    let normalizer = object([
      ("type", "\"BertNormalizer\""), ("clean_text", "true"), ("handle_chinese_chars", "true"),
      ("strip_accents", "\(flag("normalizer.strip_accents") ?? lowercases)"), ("lowercase", "\(lowercases)"),
    ])
    let model = object([
      ("type", "\"WordPiece\""), ("unk_token", quotedJSON(tokenizer.configuration.unkToken ?? "[UNK]")),
      ("continuing_subword_prefix", "\"##\""), ("max_input_chars_per_word", "\(Int32.max)"), ("vocab", vocabulary),
    ])
    return (
      normalizer, object([("type", "\"BertPreTokenizer\"")]),
      object([("type", "\"WordPiece\""), ("prefix", "\"##\""), ("cleanup", "true")]), model
    )
  }

  private func model(_ merges: [(String, String)], isPlain: Bool, ignoresMerges: Bool) -> String {
    let numbers = numbersOfTokens
    // Pairs of tokens that there are not stand in some files, and a tokenizer.json with such is refused.
    let known = merges.filter { numbers[$0] != nil && numbers[$1] != nil && numbers[$0 + $1] != nil }
    let unknown = isPlain ? tokenizer.configuration.unkToken ?? kinds.firstIndex(of: 2).map { tokens[$0] } : nil
    return object([
      ("type", "\"BPE\""), ("dropout", "null"), ("unk_token", unknown.map { quotedJSON($0) } ?? "null"),
      ("continuing_subword_prefix", "null"), ("end_of_word_suffix", "null"), ("fuse_unk", "\(isPlain)"),
      ("byte_fallback", "\(isPlain)"), ("ignore_merges", "\(ignoresMerges)"), ("vocab", vocabulary),
      ("merges", list(known.map { "[\(quotedJSON($0)), \(quotedJSON($1))]" })),
    ])
  }

  private var numbersOfTokens: [String: Int] {
    Dictionary(tokens.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
  }

  private var vocabulary: String {
    "{\n" + tokens.enumerated().map { "      \(quotedJSON($1)): \($0)" }.joined(separator: ",\n") + "\n    }"
  }

  /// What stands before and after texts; nil where nothing does.
  private var frame: String? {
    func piece(_ token: String, _ type: Int) -> String {
      object([("SpecialToken", object([("id", quotedJSON(token)), ("type_id", "\(type)")]))])
    }
    func text(_ name: String, _ type: Int) -> String {
      object([("Sequence", object([("id", "\"\(name)\""), ("type_id", "\(type)")]))])
    }
    guard case .template(let template)? = tokenizer.postProcessor else { return nil }
    var special: [(token: String, id: Int)] = []
    func list(_ pieces: [TemplateProcessor.Piece]) -> String {
      self.list(
        pieces.map { one in
          switch one {
          case .sequence(let i, let type): return text(i == 0 ? "A" : "B", type)
          case .special(let added, let type):
            for token in added where !special.contains(where: { $0.id == token.id }) {
              special.append((token.token, token.id))
            }
            return added.map { piece($0.token, type) }.joined(separator: ", ")
          }
        })
    }
    let (single, pair) = (list(template.single), list(template.pair))
    let tokens = special.map { token, id in
      (token, object([("id", quotedJSON(token)), ("ids", "[\(id)]"), ("tokens", "[\(quotedJSON(token))]")]))
    }
    return object([
      ("type", "\"TemplateProcessing\""), ("single", single), ("pair", pair), ("special_tokens", object(tokens)),
    ])
  }

  // MARK: - Text

  private static let space = "\u{2581}"
  private static let escaping =
    "{\"type\": \"Replace\", \"pattern\": {\"String\": \" \"}, \"content\": \"\(space)\"}"
  private static let unescaping =
    "{\"type\": \"Replace\", \"pattern\": {\"String\": \"\(space)\"}, \"content\": \" \"}"
  private static let bytes = "{\"type\": \"ByteFallback\"}"
  private static let fusing = "{\"type\": \"Fuse\"}"

  private func sequence(_ name: String, _ items: [String]) -> String {
    object([("type", "\"Sequence\""), (name, list(items))])
  }
  private func list(_ items: [String]) -> String { "[\(items.joined(separator: ", "))]" }

  /// An object of members whose values are JSON already; in lines where they are indented.
  private func object(_ members: [(String, String)], indent: String? = nil) -> String {
    let lines = members.map { "\(indent ?? "")\(quotedJSON($0)): \($1)" }
    return indent == nil ? "{\(lines.joined(separator: ", "))}" : "{\n\(lines.joined(separator: ",\n"))\n}"
  }
}
