import ApusCore
import ApusFormats

/// A single part of a tokenizer.json, to look at what it alone does: a normaliser, a pre-tokeniser or a decoder.
package struct TokenizerComponent: Sendable {
  private let normalizer: TextNormalizer?
  private let preTokenizer: PreTokenizer?
  private let decoder: TokenDecoder?

  /// - Parameters:
  ///   - kind: `normalizer`, `pre_tokenizer` or `decoder`.
  ///   - json: what the file says of it.
  package init(kind: String, json: [UInt8]) throws {
    let node: ConfigNode
    do { node = ConfigNode(try ByteJSON(parsing: json), file: kind) } catch {
      throw TensorError(.format, kind, error.description)
    }
    normalizer = kind == "normalizer" ? try TextNormalizer(node) : nil
    preTokenizer = kind == "pre_tokenizer" ? try PreTokenizer(node) : nil
    decoder = kind == "decoder" ? try TokenDecoder(node) : nil
  }

  /// The normalised text.
  package func normalize(_ source: String) throws -> String {
    var normalized = NormalizedText(Array(source.utf8))
    var budget = TextBudget(normalized.bytes.count)
    try normalizer?.apply(&normalized, &budget)
    return text(normalized.bytes)
  }

  /// The pieces of a text with their offsets in code points.
  package func cut(_ source: String) throws -> [(text: String, offsets: Range<Int>)] {
    var pieces = TextPieces(NormalizedText(Array(source.utf8)))
    if pieces.bytes.isEmpty { pieces = TextPieces() }
    var budget = TextBudget(pieces.bytes.count)
    try preTokenizer?.apply(&pieces, &budget)
    let places = CodePointPlaces(source)
    return pieces.pieces.map { (text(pieces.bytes[$0.start..<$0.end]), places.range($0.originStart, $0.originEnd)) }
  }

  /// The text of tokens.
  package func decode(_ tokens: [String]) throws -> String { try decoder?.decode(tokens.map { Array($0.utf8) }) ?? "" }
}
