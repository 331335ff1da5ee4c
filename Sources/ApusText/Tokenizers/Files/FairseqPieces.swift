import ApusCore

/// Sentencepiece models of networks that were trained with fairseq (XLM-RoBERTa, CamemBERT): special tokens stand in front of the
/// pieces, whose numbers move up, and spaces at the ends of texts and between words are all one.
extension VocabularyFiles {
  /// Whether the class of the folder's tokeniser is one of these.
  var isFairseq: Bool { name == "XLMRobertaTokenizer" || name == "CamembertTokenizer" }

  mutating func fairseqPieces(_ file: SentencePieceFile) throws -> TokenizerParts {
    Self.robertaTokens(&configuration)
    let isCamembert = name == "CamembertTokenizer"
    func row(_ token: String?, _ score: Double = 0) -> (bytes: ArraySlice<UInt8>, score: Double) {
      (ArraySlice((token ?? "").utf8), score)
    }
    let (start, end) = (configuration.bosToken, configuration.eosToken)
    var rows = [
      row(isCamembert ? "<s>NOTUSED" : start), row(configuration.padToken), row(isCamembert ? "</s>NOTUSED" : end),
      row(configuration.unkToken),
    ]
    if isCamembert { rows.append(row("<unk>NOTUSED", -100)) }
    rows += file.pieces.dropFirst(isCamembert ? 1 : 3).map { (ArraySlice($0.text), Double($0.score)) }
    rows.append(row(configuration.maskToken))
    let space = Metaspace(
      replacement: Array("\u{2581}".utf8), prepend: try flag("add_prefix_space", true) ? .always : .never,
      splits: true)
    // CamemBERT's mask takes the space before it.
    var mask = AddedToken(configuration.maskToken ?? "", id: rows.count - 1)
    mask.lstrip = true
    let pipeline: TokenPipeline
    do {
      pipeline = TokenPipeline(
        normalizer: file.charsmap.isEmpty ? nil : .precompiled(try PrecompiledCharsmap(file.charsmap)),
        preTokenizer: .sequence([.whitespaceSplit, .metaspace(space)]),
        model: .unigram(try UnigramModel(rows, unknown: 3, fallsBackToBytes: false)), decoder: .metaspace(space),
        added: try AddedTokens(isCamembert ? [mask] : [], normalizer: nil))
    } catch { throw TensorError(.format, file.path, error.description) }
    return try finish(pipeline, path: file.path) { _ in
    } _: { _, configuration in
      let first = try Self.piece(configuration.bosToken, configuration.bosId, "beginning", file.path)
      let last = try Self.piece(configuration.eosToken, configuration.eosId, "ending", file.path)
      return .template(
        TemplateProcessor(
          single: [.special([first], typeId: 0), .sequence(0, typeId: 0), .special([last], typeId: 0)],
          pair: [
            .special([first], typeId: 0), .sequence(0, typeId: 0), .special([last, last], typeId: 0),
            .sequence(1, typeId: 0), .special([last], typeId: 0),
          ]))
    }
  }
}
