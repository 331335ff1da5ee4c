import ApusCore
import ApusFormats

/// Folders without a tokenizer.json, whose vocabulary lies in the files of older tokenisers; which one it is says the class in
/// tokenizer_config.json, as `transformers` reads it.
struct VocabularyFiles {
  let folder: String
  var configuration: TokenizerConfiguration
  private let node: ConfigNode?

  init(folder: String) throws {
    self.folder = folder
    configuration = try TokenizerConfiguration(folder: folder)
    node = try TokenizerConfiguration.node("\(folder)/tokenizer_config.json")
  }

  var name: String {
    let name = configuration.tokenizerClass ?? ""
    return name.hasSuffix("Fast") ? String(name.dropLast(4)) : name
  }

  func flag(_ name: StaticString, _ value: Bool) throws -> Bool {
    try node?.bool(name, default: value) ?? value
  }

  /// The tokeniser of the folder, nil where no file of it is known.
  mutating func parts() throws -> TokenizerParts? {
    func path(_ name: String) -> String { "\(folder)/\(name)" }
    if fileExists(path("vocab.json")), fileExists(path("merges.txt")) {
      return try pairs(vocabulary: path("vocab.json"), merges: path("merges.txt"))
    }
    if fileExists(path("vocab.txt")) { return try words(path("vocab.txt")) }
    for file in ["tokenizer.model", "spiece.model", "sentencepiece.bpe.model", "sentencepiece.model", "spm.model"]
    where fileExists(path(file)) {
      if TiktokenFile.recognizes(path(file)) { return try TiktokenFile.parts(path: path(file), folder: folder) }
      return try pieces(path(file))
    }
    if let node = try TokenizerConfiguration.node(path("tiktoken.json")), let file = try node.child("file")?.string() {
      return try TiktokenFile.parts(path: path(file), folder: folder)
    }
    if fileExists(path("vocab.json")) { return try characters(path("vocab.json")) }
    return nil
  }

  /// The special tokens of the configuration become those of the tokeniser, and what is added around texts is decided.
  mutating func finish(
    _ pipeline: TokenPipeline, path: String, defaults: (inout TokenizerConfiguration) -> Void,
    _ postProcessor: (TokenPipeline, TokenizerConfiguration) throws -> PostProcessor?
  ) throws -> TokenizerParts {
    defaults(&configuration)
    let listed = try configuration.listedTokens(node)
    var engine = listed.isEmpty ? pipeline : try pipeline.adding(listed)
    engine = try engine.addingSpecialTokens(configuration.specialTokens)
    configuration.findNumbers { engine.number(of: Array($0.utf8)) }
    var parts = TokenizerParts(path: path, engine: engine)
    parts.postProcessor = try postProcessor(engine, configuration)
    parts.configuration = configuration
    return parts
  }

  /// The token before and after texts that `add_bos_token` and `add_eos_token` ask for.
  private static func framing(
    _ node: ConfigNode?, _ configuration: TokenizerConfiguration, bos: Bool = false, eos: Bool = false
  ) throws -> PostProcessor? {
    func piece(_ token: String?, _ id: Int?) -> (String, Int)? { token.flatMap { token in id.map { (token, $0) } } }
    return .framing(
      before: try node?.bool("add_bos_token", default: bos) ?? bos
        ? piece(configuration.bosToken, configuration.bosId) : nil,
      after: try node?.bool("add_eos_token", default: eos) ?? eos
        ? piece(configuration.eosToken, configuration.eosId) : nil)
  }

  static func piece(_ token: String?, _ id: Int?, _ role: String, _ path: String) throws
    -> PostProcessor.AddedPiece
  {
    guard let token, let id else { throw TensorError(.format, path, "the vocabulary has no \(role) token") }
    return PostProcessor.AddedPiece(token: token, id: id)
  }

  // MARK: - vocab.json and merges.txt

  private mutating func pairs(vocabulary: String, merges: String) throws -> TokenizerParts {
    var parts = BPEModel.Parts()
    let vocab = try ConfigNode(path: vocabulary)
    parts.tokens = try vocab.tokens()
    for (number, line) in try Self.lines(merges).enumerated() {
      if line.isEmpty || line.starts(with: Array("#version".utf8)) { continue }
      let pair = line.split(separator: 32, omittingEmptySubsequences: false)
      guard pair.count == 2 else { throw TensorError(.format, merges, "line \(number + 1) is not a pair of tokens") }
      parts.merges.append((pair[0], pair[1]))
    }
    let isClip = name == "CLIPTokenizer"
    if isClip {
      parts.suffix = Array("</w>".utf8)
      parts.unknown = Array((configuration.unkToken ?? "<|endoftext|>").utf8)
    }
    let addsSpace = try flag("add_prefix_space", name == "BlenderbotTokenizer")
    let (node, path) = (node, vocabulary)
    var cut = PreTokenizer.byteLevel(addsSpace: addsSpace, cuts: true)
    var normalizer: TextNormalizer?
    if isClip {
      normalizer = .sequence([
        .form(.nfc), .replace(try TextPattern(expression: Array(#"\s+"#.utf8)), with: [32]), .lowercase,
      ])
      let pattern = #"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"#
      cut = .sequence([
        .split(try TextPattern(expression: Array(pattern.utf8)), .removed, isInverted: true),
        .byteLevel(addsSpace: false, cuts: true),
      ])
    } else if name == "Qwen2Tokenizer" {
      normalizer = .form(.nfc)
      cut = .sequence([
        .split(
          try TextPattern(expression: Array((GGUFPatterns.patterns(named: "qwen2")?.first ?? "").utf8)), .isolated,
          isInverted: false),
        .byteLevel(addsSpace: addsSpace, cuts: false),
      ])
    } else if name == "GPTNeoXTokenizer" {
      normalizer = .form(.nfc)
    }
    let pipeline: TokenPipeline
    do {
      pipeline = TokenPipeline(
        normalizer: normalizer, preTokenizer: cut,
        model: .bpe(try BPEModel(parts, readsBytes: cut.endsWithByteLetters)),
        decoder: .byteLevel, added: AddedTokens())
    } catch { throw TensorError(.format, path, error.description) }
    switch name {
    case "RobertaTokenizer", "BartTokenizer", "LongformerTokenizer", "LEDTokenizer", "BlenderbotTokenizer",
      "MvpTokenizer":
      let trims = try flag("trim_offsets", true)
      let isBlender = name == "BlenderbotTokenizer"
      return try finish(pipeline, path: path, defaults: Self.robertaTokens) { _, configuration in
        let separator = try Self.piece(configuration.sepToken, configuration.sepId, "separating", path)
        if isBlender { return try Self.framing(nil, configuration, eos: true) }
        return .roberta(
          separator: separator,
          classifier: try Self.piece(configuration.clsToken, configuration.clsId, "classifying", path),
          trimsOffsets: trims, addsPrefixSpace: addsSpace)
      }
    case "CLIPTokenizer":
      return try finish(pipeline, path: path) {
        $0.unkToken = $0.unkToken ?? "<|endoftext|>"
        $0.bosToken = $0.bosToken ?? "<|startoftext|>"
        $0.eosToken = $0.eosToken ?? "<|endoftext|>"
        $0.padToken = $0.padToken ?? "<|endoftext|>"
      } _: { _, configuration in
        .roberta(
          separator: try Self.piece(configuration.eosToken, configuration.eosId, "ending", path),
          classifier: try Self.piece(configuration.bosToken, configuration.bosId, "beginning", path),
          trimsOffsets: false,
          addsPrefixSpace: false)
      }
    case "DebertaTokenizer":
      return try finish(pipeline, path: path, defaults: Self.bertTokens) { _, configuration in
        try Self.bertTemplate(configuration, path)
      }
    case "WhisperTokenizer":
      return try finish(pipeline, path: path, defaults: Self.gptTokens) { engine, configuration in
        func known(_ token: String) -> PostProcessor.AddedPiece? {
          engine.number(of: Array(token.utf8)).map { PostProcessor.AddedPiece(token: token, id: $0) }
        }
        let start = [known("<|startoftranscript|>"), known("<|notimestamps|>")].compactMap { $0 }
        let end = try Self.piece(configuration.eosToken, configuration.eosId, "ending", path)
        return .template(
          TemplateProcessor(
            single: [.special(start, typeId: 0), .sequence(0, typeId: 0), .special([end], typeId: 0)],
            pair: [
              .special(start, typeId: 0), .sequence(0, typeId: 0), .sequence(1, typeId: 1), .special([end], typeId: 1),
            ]))
      }
    case "Qwen2Tokenizer":
      return try finish(pipeline, path: path) {
        $0.eosToken = $0.eosToken ?? "<|endoftext|>"
        $0.unkToken = $0.unkToken ?? "<|endoftext|>"
        $0.padToken = $0.padToken ?? "<|endoftext|>"
      } _: { _, configuration in
        try Self.framing(node, configuration)
      }
    default:
      return try finish(pipeline, path: path, defaults: Self.gptTokens) { _, configuration in
        try Self.framing(node, configuration)
      }
    }
  }

  private static func gptTokens(_ configuration: inout TokenizerConfiguration) {
    configuration.unkToken = configuration.unkToken ?? "<|endoftext|>"
    configuration.bosToken = configuration.bosToken ?? "<|endoftext|>"
    configuration.eosToken = configuration.eosToken ?? "<|endoftext|>"
  }

  static func robertaTokens(_ configuration: inout TokenizerConfiguration) {
    configuration.bosToken = configuration.bosToken ?? "<s>"
    configuration.eosToken = configuration.eosToken ?? "</s>"
    configuration.sepToken = configuration.sepToken ?? "</s>"
    configuration.clsToken = configuration.clsToken ?? "<s>"
    configuration.unkToken = configuration.unkToken ?? "<unk>"
    configuration.padToken = configuration.padToken ?? "<pad>"
    configuration.maskToken = configuration.maskToken ?? "<mask>"
  }

  private static func bertTokens(_ configuration: inout TokenizerConfiguration) {
    configuration.unkToken = configuration.unkToken ?? "[UNK]"
    configuration.sepToken = configuration.sepToken ?? "[SEP]"
    configuration.padToken = configuration.padToken ?? "[PAD]"
    configuration.clsToken = configuration.clsToken ?? "[CLS]"
    configuration.maskToken = configuration.maskToken ?? "[MASK]"
  }

  private static func bertTemplate(_ configuration: TokenizerConfiguration, _ path: String) throws -> PostProcessor {
    let first = try piece(configuration.clsToken, configuration.clsId, "classifying", path)
    let last = try piece(configuration.sepToken, configuration.sepId, "separating", path)
    return .template(
      TemplateProcessor(
        single: [.special([first], typeId: 0), .sequence(0, typeId: 0), .special([last], typeId: 0)],
        pair: [
          .special([first], typeId: 0), .sequence(0, typeId: 0), .special([last], typeId: 0), .sequence(1, typeId: 1),
          .special([last], typeId: 1),
        ]))
  }

  /// The lines of a file without their ends.
  private static func lines(_ path: String) throws -> [ArraySlice<UInt8>] {
    let bytes = try fileBytes(path)
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw TensorError(.format, path, "the text is not UTF-8")
    }
    return bytes.split(separator: 10, omittingEmptySubsequences: false).map { $0.last == 13 ? $0.dropLast() : $0 }
  }

  // MARK: - vocab.txt

  private mutating func words(_ path: String) throws -> TokenizerParts {
    var lines = try Self.lines(path)
    if lines.last?.isEmpty == true { lines.removeLast() }
    let tokens = lines.enumerated().map { (bytes: $0.element, id: UInt32($0.offset)) }
    let lowercases = try flag("do_lower_case", true)
    let bert = BertNormalizer(
      cleansText: true, handlesChinese: try flag("tokenize_chinese_chars", true),
      stripsAccents: try flag("strip_accents", lowercases), lowercases: lowercases)
    let pipeline: TokenPipeline
    do {
      pipeline = TokenPipeline(
        normalizer: .bert(bert), preTokenizer: .bert,
        model: .wordPiece(
          try WordPieceModel(
            tokens, unknown: Array((configuration.unkToken ?? "[UNK]").utf8), prefix: Array("##".utf8), mostScalars: 100
          )),
        decoder: .wordPiece(prefix: Array("##".utf8), cleansUp: true), added: AddedTokens())
    } catch { throw TensorError(.format, path, error.description) }
    if name == "MPNetTokenizer" {
      return try finish(pipeline, path: path, defaults: Self.robertaTokens) { _, configuration in
        .roberta(
          separator: try Self.piece(configuration.sepToken, configuration.sepId, "separating", path),
          classifier: try Self.piece(configuration.clsToken, configuration.clsId, "classifying", path),
          trimsOffsets: false,
          addsPrefixSpace: false)
      }
    }
    return try finish(pipeline, path: path, defaults: Self.bertTokens) { _, configuration in
      try Self.bertTemplate(configuration, path)
    }
  }

  // MARK: - vocab.json alone: characters, as speech recognition has them

  private mutating func characters(_ path: String) throws -> TokenizerParts {
    let tokens = try ConfigNode(path: path).tokens()
    let unknown = configuration.unkToken ?? "<unk>"
    let delimiter = try node?.string("word_delimiter_token", default: "|") ?? "|"
    let pad = configuration.padToken ?? "<pad>"
    let lowercases = try flag("do_lower_case", false)
    let space = TextNormalizer.replace(TextPattern(literal: [32]), with: Array(delimiter.utf8))
    let pipeline = TokenPipeline(
      normalizer: lowercases ? .sequence([.lowercase, space]) : space, preTokenizer: .fixedLength(1),
      model: .wordLevel(WordLevelModel(tokens, unknown: Array(unknown.utf8))),
      decoder: .ctc(pad: Array(pad.utf8), delimiter: Array(delimiter.utf8), cleansUp: true), added: AddedTokens())
    return try finish(pipeline, path: path) {
      $0.unkToken = unknown
      $0.padToken = pad
    } _: { _, _ in
      nil
    }
  }

  // MARK: - sentencepiece

  private mutating func pieces(_ path: String) throws -> TokenizerParts {
    let file = try SentencePieceFile(path: path)
    if isFairseq { return try fairseqPieces(file) }
    var added = try configuration.listedTokens(node)
    func token(_ id: Int) -> String? { file.pieces.indices.contains(id) ? text(file.pieces[id].text) : nil }
    configuration.bosToken = configuration.bosToken ?? token(file.bosId)
    configuration.eosToken = configuration.eosToken ?? token(file.eosId)
    configuration.padToken = configuration.padToken ?? token(file.padId)
    configuration.unkToken = configuration.unkToken ?? file.pieces.first { $0.kind == .unknown }.map { text($0.text) }
    let isT5 = name == "T5Tokenizer"
    if isT5 {
      let count = try node?.child("extra_ids")?.int(in: 0...10_000) ?? 100
      for i in 0..<count {
        let content = "<extra_id_\(i)>"
        if !added.contains(where: { $0.content == content }) {
          added.append(AddedToken(content, id: file.pieces.count + count - 1 - i))
        }
      }
    }
    for (id, piece) in file.pieces.enumerated() where piece.kind == .control || piece.kind == .unknown {
      let content = text(piece.text)
      if !added.contains(where: { $0.id == id || $0.content == content }) { added.append(AddedToken(content, id: id)) }
    }
    let engine: SentencePieceEngine
    do { engine = try SentencePieceEngine(file, added: added) } catch {
      throw TensorError(.format, path, error.description)
    }
    configuration.findNumbers { engine.number(of: Array($0.utf8)) }
    var parts = TokenizerParts(path: path, engine: engine)
    parts.configuration = configuration
    let isBeginning = ["LlamaTokenizer", "GemmaTokenizer", "CodeLlamaTokenizer"].contains(name)
    parts.postProcessor = try Self.framing(
      node, configuration, bos: isBeginning, eos: isT5 || name == "PegasusTokenizer" || name == "SiglipTokenizer")
    return parts
  }
}

extension ConfigNode {
  /// The tokens of an object and their numbers: a vocab.json.
  func tokens() throws -> [(bytes: ArraySlice<UInt8>, id: UInt32)] {
    guard case .object(let members) = json else { throw expected("an object") }
    return try members.map { member in
      guard case .int(let id) = member.value, id >= 0, id <= Int32.max else {
        throw error("the number of '\(text(member.key))' is \(member.value.kind)")
      }
      return (member.key, UInt32(id))
    }
  }
}

extension TokenizerConfiguration {
  /// The tokens of `added_tokens_decoder`.
  func listedTokens(_ node: ConfigNode?) throws -> [AddedToken] {
    guard let list = node?.child("added_tokens_decoder") else { return [] }
    guard case .object(let members) = list.json else { throw list.expected("an object") }
    return try members.map { member in
      let item = ConfigNode(member.value, file: list.file, place: "\(list.place).\(text(member.key))")
      guard let id = Int(text(member.key)), (0...Int(Int32.max)).contains(id) else {
        throw list.error("'\(text(member.key))' is not the number of a token")
      }
      return try AddedToken(item, id: id)
    }
  }
}
