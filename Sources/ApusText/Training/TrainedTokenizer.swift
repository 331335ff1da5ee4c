import ApusCore
import ApusFormats

/// A tokeniser that has been trained: what its tokenizer.json says.
public struct TrainedTokenizer: Sendable {
  private let trainer: TokenizerTrainer
  private let model: TrainedModel

  init(trainer: TokenizerTrainer, model: TrainedModel) {
    self.trainer = trainer
    self.model = model
  }

  /// The tokens by their numbers.
  public var vocabulary: [String] {
    switch model {
    case .bytePairs(let pieces, _, _, _, _), .wordPiece(let pieces, _, _): pieces
    case .unigram(let pieces, _): pieces.map(\.piece)
    }
  }

  /// The pairs that are joined, the first ones first; none where the model has no such.
  public var merges: [(String, String)] { if case .bytePairs(_, let merges, _, _, _) = model { merges } else { [] } }

  /// The logarithms of the probabilities of tokens, where the model has such.
  public var scores: [Double] { if case .unigram(let pieces, _) = model { pieces.map(\.score) } else { [] } }

  /// The tokenizer.json, as Hugging Face's `tokenizers` reads it.
  public var json: String {
    var out = "{\n  \"version\": \"1.0\",\n  \"truncation\": null,\n  \"padding\": null,\n  \"added_tokens\": ["
    let vocabulary = vocabulary
    var numbers: [[UInt8]: Int] = [:]
    for (i, piece) in vocabulary.enumerated() { numbers[Array(piece.utf8)] = i }
    var tokens: [(id: Int, text: String)] = []
    for token in trainer.specialTokens where !tokens.contains(where: { $0.text.utf8.elementsEqual(token.utf8) }) {
      tokens.append((numbers[Array(token.utf8)] ?? vocabulary.count + tokens.count, token))
    }
    tokens.sort { $0.id < $1.id }
    for (i, token) in tokens.enumerated() {
      out += """
        \(i == 0 ? "" : ",")
            {
              "id": \(token.id),
              "content": \(quotedJSON(token.text)),
              "single_word": false,
              "lstrip": false,
              "rstrip": false,
              "normalized": false,
              "special": true
            }
        """
    }
    out += trainer.specialTokens.isEmpty ? "]" : "\n  ]"
    for (name, part) in [
      ("normalizer", trainer.normalizer), ("pre_tokenizer", trainer.preTokenizer),
      ("post_processor", trainer.postProcessor),
      ("decoder", trainer.decoder),
    ] {
      out += ",\n  \"\(name)\": \(part ?? "null")"
    }
    return out + ",\n  \"model\": " + modelJSON + "\n}"
  }

  private var modelJSON: String {
    func text(_ value: String?) -> String { value.map { quotedJSON($0) } ?? "null" }
    func list(_ pieces: [String]) -> String {
      pieces.enumerated().map { "      \(quotedJSON($0.element)): \($0.offset)" }.joined(separator: ",\n")
    }
    switch model {
    case .bytePairs(let pieces, let merges, let unknown, let prefix, let suffix):
      let pairs = merges.map { "      [\n        \(quotedJSON($0.0)),\n        \(quotedJSON($0.1))\n      ]" }.joined(
        separator: ",\n")
      return """
        {
            "type": "BPE",
            "dropout": null,
            "unk_token": \(text(unknown)),
            "continuing_subword_prefix": \(text(prefix)),
            "end_of_word_suffix": \(text(suffix)),
            "fuse_unk": false,
            "byte_fallback": false,
            "ignore_merges": false,
            "vocab": {
        \(list(pieces))
            },
            "merges": [\(merges.isEmpty ? "" : "\n" + pairs + "\n    ")]
          }
        """
    case .wordPiece(let pieces, let unknown, let prefix):
      return """
        {
            "type": "WordPiece",
            "unk_token": \(quotedJSON(unknown)),
            "continuing_subword_prefix": \(quotedJSON(prefix)),
            "max_input_chars_per_word": 100,
            "vocab": {
        \(list(pieces))
            }
          }
        """
    case .unigram(let pieces, let unknown):
      let rows = pieces.map { "      [\n        \(quotedJSON($0.piece)),\n        \($0.score)\n      ]" }.joined(
        separator: ",\n")
      return """
        {
            "type": "Unigram",
            "unk_id": \(unknown.map(String.init) ?? "null"),
            "vocab": [
        \(rows)
            ],
            "byte_fallback": false
          }
        """
    }
  }

  /// Writes the tokenizer.json.
  /// - Throws: `TensorError` of kind `file` where it cannot be written.
  public func write(_ path: String) throws {
    try writeText(json, to: path)
  }
}
