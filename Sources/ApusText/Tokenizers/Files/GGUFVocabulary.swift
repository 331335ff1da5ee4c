import ApusCore
import ApusFormats

/// The vocabulary in the metadata of a GGUF file (`tokenizer.ggml.*`), as https://github.com/ggml-org/llama.cpp reads it.
struct GGUFVocabulary {
  private let metadata: GGUFMetadata
  private let path: String
  private let tokens: [String]
  private let kinds: [Int]

  init(_ metadata: GGUFMetadata, path: String) throws(TensorError) {
    (self.metadata, self.path) = (metadata, path)
    guard let tokens = metadata["tokenizer.ggml.tokens"]?.array?.strings, !tokens.isEmpty else {
      throw TensorError(.format, path, "the metadata have no vocabulary (tokenizer.ggml.tokens)")
    }
    self.tokens = tokens.enumerated().map { $0.element.isEmpty ? "[EMPTY_\($0.offset)]" : $0.element }
    let kinds = metadata["tokenizer.ggml.token_type"]?.array?.ints ?? [Int](repeating: 1, count: tokens.count)
    guard kinds.count >= tokens.count else {
      throw TensorError(
        .format, path, "tokenizer.ggml.token_type has \(kinds.count) entries for \(tokens.count) tokens")
    }
    self.kinds = kinds
  }

  private func number(_ name: String) -> Int? {
    metadata["tokenizer.ggml.\(name)"]?.int.flatMap { tokens.indices.contains($0) ? $0 : nil }
  }
  private func flag(_ name: String) -> Bool? { metadata["tokenizer.ggml.\(name)"]?.bool }

  /// The tokeniser that the metadata describe.
  func parts() throws -> TokenizerParts {
    let model = metadata["tokenizer.ggml.model"]?.string ?? ""
    let pre = metadata["tokenizer.ggml.pre"]?.string ?? "default"
    do {
      switch model {
      case "gpt2", "whitespace":
        return try finish(
          pairs(pre), addsBOS: flag("add_bos_token") ?? GGUFPatterns.addingBeginning.contains(pre),
          addsEOS: flag("add_eos_token") ?? false)
      case "gemma4":
        return try finish(
          pairs("gemma4"), addsBOS: flag("add_bos_token") ?? true, addsEOS: flag("add_eos_token") ?? false)
      case "llama":
        return try finish(
          pieces(.bpe), addsBOS: flag("add_bos_token") ?? true, addsEOS: flag("add_eos_token") ?? false, bos: 1, eos: 2)
      case "t5":
        return try finish(
          pieces(.unigram), addsBOS: flag("add_bos_token") ?? false, addsEOS: flag("add_eos_token") ?? true, eos: 1)
      case "bert": return try words()
      case let name:
        throw TensorError(
          .unsupported, path,
          "tokenizer.ggml.model '\(name)' is not known; known are bert, gemma4, gpt2, llama, t5 and whitespace")
      }
    } catch let mistake as PatternMistake { throw TensorError(.format, path, mistake.description) }
  }

  /// Control tokens and those that users have defined.
  private var added: [AddedToken] {
    var added: [AddedToken] = []
    for (id, token) in tokens.enumerated() where (2...4).contains(kinds[id]) {
      added.append(AddedToken(token, id: id, special: kinds[id] != 4))
    }
    return added
  }

  // MARK: - Models

  private func pairs(_ pre: String) throws -> any TokenEngine {
    guard let patterns = GGUFPatterns.patterns(named: pre) else {
      throw TensorError(.unsupported, path, "tokenizer.ggml.pre '\(pre)' is not known")
    }
    let isEscaped = GGUFPatterns.escapingSpaces.contains(pre)
    let isPlain = isEscaped || pre == "whitespace"
    var parts = BPEModel.Parts()
    parts.tokens = tokens.enumerated().map { (bytes: Array($0.element.utf8)[...], id: UInt32($0.offset)) }
    parts.ignoresMerges = GGUFPatterns.ignoringMerges.contains(pre)
    parts.ignoresMergesOfNewlines = pre == "gemma4" || pre == "granite-embed-multi-311m"
    parts.fallsBackToBytes = isPlain
    parts.skipsUnknownMerges = true
    for line in metadata["tokenizer.ggml.merges"]?.array?.strings ?? [] {
      let bytes = Array(line.utf8)
      guard let space = bytes.dropFirst().firstIndex(of: 32) else { continue }
      parts.merges.append((bytes[..<space], bytes[(space + 1)...]))
    }
    var cuts = try patterns.map {
      PreTokenizer.split(try TextPattern(expression: Array($0.utf8)), .isolated, isInverted: false)
    }
    if !isPlain { cuts.append(.byteLevel(addsSpace: false, cuts: false)) }
    let space = Array("\u{2581}".utf8)
    let normalizer: TextNormalizer? = isEscaped ? .replace(TextPattern(literal: [32]), with: space) : nil
    let decoder: TokenDecoder =
      isPlain ? .sequence([.replace(TextPattern(literal: space), with: [32]), .byteFallback, .fuse]) : .byteLevel
    return TokenPipeline(
      normalizer: normalizer, preTokenizer: .sequence(cuts), model: .bpe(try BPEModel(parts, readsBytes: !isPlain)),
      decoder: decoder, added: try AddedTokens(added, normalizer: nil))
  }

  private func pieces(_ method: SentencePieceFile.Method) throws -> any TokenEngine {
    let scores = metadata["tokenizer.ggml.scores"]?.array?.doubles ?? [Double](repeating: 0, count: tokens.count)
    guard scores.count >= tokens.count, !scores.contains(where: \.isNaN) else {
      throw TensorError(.format, path, "tokenizer.ggml.scores has \(scores.count) numbers for \(tokens.count) tokens")
    }
    var file = SentencePieceFile(path: path, pieces: [])
    file.pieces = tokens.enumerated().map { id, token in
      var piece = SentencePieceFile.Piece()
      (piece.text, piece.score) = (Array(token.utf8), Float(scores[id]))
      piece.kind = SentencePieceFile.Piece.Kind(rawValue: kinds[id]) ?? .normal
      return piece
    }
    file.method = method
    file.addsDummyPrefix = flag("add_space_prefix") ?? true
    file.removesExtraWhitespace = method == .unigram && (flag("remove_extra_whitespaces") ?? false)
    file.fallsBackToBytes = method == .bpe
    file.joinsAllPieces = method == .bpe
    switch metadata["tokenizer.ggml.precompiled_charsmap"]?.array {
    case .uint8(let bytes)?: file.charsmap = bytes
    case .int8(let bytes)?: file.charsmap = bytes.map { UInt8(bitPattern: $0) }
    default: break
    }
    if !file.pieces.contains(where: { $0.kind == .unknown }) {
      file.pieces[number("unknown_token_id") ?? (method == .bpe ? 0 : min(2, tokens.count - 1))].kind = .unknown
    }
    return try SentencePieceEngine(file, added: added)
  }

  private func words() throws -> TokenizerParts {
    let space = Array("\u{2581}".utf8)
    var list: [(bytes: ArraySlice<UInt8>, id: UInt32)] = []
    for (id, token) in tokens.enumerated() {
      let bytes = Array(token.utf8)
      if bytes.starts(with: space) {
        list.append((bytes.dropFirst(3), UInt32(id)))
      } else if kinds[id] == 1 {
        list.append(((Array("##".utf8) + bytes)[...], UInt32(id)))
      } else {
        list.append((bytes[...], UInt32(id)))
      }
    }
    let unknown = number("unknown_token_id") ?? min(100, tokens.count - 1)
    let lowercases = flag("normalizer.lowercase") ?? true
    let bert = BertNormalizer(
      cleansText: true, handlesChinese: true, stripsAccents: flag("normalizer.strip_accents") ?? lowercases,
      lowercases: lowercases)
    let engine = TokenPipeline(
      normalizer: .bert(bert), preTokenizer: .bert,
      model: .wordPiece(
        try WordPieceModel(
          list, unknown: Array(list[unknown].bytes), prefix: Array("##".utf8), mostScalars: Int(Int32.max))),
      decoder: .wordPiece(prefix: Array("##".utf8), cleansUp: true), added: try AddedTokens(added, normalizer: nil))
    var parts = TokenizerParts(path: path, engine: engine)
    parts.configuration = configuration(bos: nil, eos: nil, engine)
    let first = number("bos_token_id") ?? number("cls_token_id") ?? min(101, tokens.count - 1)
    let last = number("seperator_token_id") ?? number("separator_token_id") ?? min(102, tokens.count - 1)
    parts.configuration.clsToken = tokens[first]
    parts.configuration.sepToken = tokens[last]
    parts.configuration.findNumbers { engine.number(of: Array($0.utf8)) }
    let (start, end) = (
      PostProcessor.AddedPiece(token: tokens[first], id: first), PostProcessor.AddedPiece(token: tokens[last], id: last)
    )
    parts.postProcessor = .template(
      TemplateProcessor(
        single: [.special([start], typeId: 0), .sequence(0, typeId: 0), .special([end], typeId: 0)],
        pair: [
          .special([start], typeId: 0), .sequence(0, typeId: 0), .special([end], typeId: 0), .sequence(1, typeId: 1),
          .special([end], typeId: 1),
        ]))
    return parts
  }

  // MARK: - What goes with the model

  private func finish(
    _ engine: any TokenEngine, addsBOS: Bool, addsEOS: Bool, bos: Int? = nil, eos: Int? = nil
  ) -> TokenizerParts {
    var parts = TokenizerParts(path: path, engine: engine)
    func known(_ id: Int?) -> Int? { id.flatMap { tokens.indices.contains($0) ? $0 : nil } }
    let (bos, eos) = (number("bos_token_id") ?? known(bos), number("eos_token_id") ?? known(eos))
    parts.configuration = configuration(bos: bos, eos: eos, engine)
    parts.postProcessor = .framing(
      before: addsBOS ? bos.map { (tokens[$0], $0) } : nil, after: addsEOS ? eos.map { (tokens[$0], $0) } : nil)
    return parts
  }

  private func configuration(bos: Int?, eos: Int?, _ engine: any TokenEngine) -> TokenizerConfiguration {
    var configuration = TokenizerConfiguration()
    func token(_ id: Int?) -> String? { id.map { tokens[$0] } }
    configuration.bosToken = token(bos)
    configuration.eosToken = token(eos)
    configuration.unkToken = token(number("unknown_token_id"))
    configuration.padToken = token(number("padding_token_id"))
    configuration.sepToken = token(number("seperator_token_id") ?? number("separator_token_id"))
    configuration.clsToken = token(number("cls_token_id"))
    configuration.maskToken = token(number("mask_token_id"))
    configuration.chatTemplate = metadata["tokenizer.chat_template"]?.string
    for name in metadata["tokenizer.chat_templates"]?.array?.strings ?? [] {
      configuration.chatTemplates[name] = metadata["tokenizer.chat_template.\(name)"]?.string
    }
    configuration.findNumbers { engine.number(of: Array($0.utf8)) }
    (configuration.bosId, configuration.eosId) = (bos, eos)
    return configuration
  }
}

extension PostProcessor {
  /// Puts a token before and one after each text; nothing where there is neither.
  static func framing(before: (String, Int)?, after: (String, Int)?) -> PostProcessor? {
    if before == nil, after == nil { return nil }
    func frame(_ sequence: Int) -> [TemplateProcessor.Piece] {
      var pieces: [TemplateProcessor.Piece] = []
      if let (token, id) = before { pieces.append(.special([AddedPiece(token: token, id: id)], typeId: sequence)) }
      pieces.append(.sequence(sequence, typeId: sequence))
      if let (token, id) = after { pieces.append(.special([AddedPiece(token: token, id: id)], typeId: sequence)) }
      return pieces
    }
    return .template(TemplateProcessor(single: frame(0), pair: frame(0) + frame(1)))
  }
}
