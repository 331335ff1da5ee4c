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
              "content": \(quoted(token.text)),
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
    func text(_ value: String?) -> String { value.map(quoted) ?? "null" }
    func list(_ pieces: [String]) -> String {
      pieces.enumerated().map { "      \(quoted($0.element)): \($0.offset)" }.joined(separator: ",\n")
    }
    switch model {
    case .bytePairs(let pieces, let merges, let unknown, let prefix, let suffix):
      let pairs = merges.map { "      [\n        \(quoted($0.0)),\n        \(quoted($0.1))\n      ]" }.joined(
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
            "unk_token": \(quoted(unknown)),
            "continuing_subword_prefix": \(quoted(prefix)),
            "max_input_chars_per_word": 100,
            "vocab": {
        \(list(pieces))
            }
          }
        """
    case .unigram(let pieces, let unknown):
      let rows = pieces.map { "      [\n        \(quoted($0.piece)),\n        \($0.score)\n      ]" }.joined(
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

  private func quoted(_ text: String) -> String {
    var out = "\""
    for c in text.unicodeScalars {
      switch c {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\r": out += "\\r"
      case "\t": out += "\\t"
      case _ where c.value < 32:
        let digits = String(c.value, radix: 16)
        out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: out.unicodeScalars.append(c)
      }
    }
    return out + "\""
  }

  /// Writes the tokenizer.json.
  /// - Throws: `TensorError` of kind `file` where it cannot be written.
  public func write(_ path: String) throws {
    try writeText(json, to: path)
  }
}
