import ApusCore
import ApusFormats

/// Makes the vocabulary of a tokeniser from texts: byte pair encoding, WordPiece or Unigram, with the results of Hugging Face's
/// `tokenizers`.
///
///     var trainer = TokenizerTrainer(.bytePairs(), vocabularySize: 8000)
///     trainer.preTokenizer = #"{"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true}"#
///     trainer.decoder = #"{"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true}"#
///     let trained = try trainer.train(texts)
///     try trained.write("tokenizer.json")
public struct TokenizerTrainer: Sendable {
  /// What is learnt.
  public enum Model: Sendable, Hashable {
    /// Byte pair encoding (Sennrich et al. 2016). `unknown` is the token of characters that are not in the vocabulary; pieces
    /// inside of a word begin with `prefix`, those at its end end with `suffix`.
    case bytePairs(unknown: String? = nil, prefix: String? = nil, suffix: String? = nil)
    /// BERT's WordPiece, whose vocabulary is learnt as byte pair encoding learns it.
    case wordPiece(unknown: String = "[UNK]", prefix: String = "##")
    /// A language model of pieces (Kudo 2018): seeds that are pruned, by how much likelihood is lost, `shrinking` of them a round.
    case unigram(
      unknown: String? = "<unk>", shrinking: Double = 0.75, longestPiece: Int = 16, rounds: Int = 2,
      seeds: Int = 1_000_000)
  }

  /// What is learnt.
  public var model: Model
  /// How many tokens there are at most, special ones included.
  public var vocabularySize: Int
  /// How often a pair must be there to be joined.
  public var minFrequency = 0
  /// Tokens that come first in the vocabulary and are found in texts as they stand.
  public var specialTokens: [String]
  /// How many characters are kept, the most frequent ones; all if nil.
  public var alphabetLimit: Int?
  /// Characters that are kept in any case.
  public var initialAlphabet: String = ""
  /// The longest token in characters; as long as it becomes if nil.
  public var longestToken: Int?

  /// What texts are normalised by, as a tokenizer.json writes it; nothing if nil.
  public var normalizer: String?
  /// What cuts texts into words, as a tokenizer.json writes it; nothing if nil.
  public var preTokenizer: String?
  /// What adds tokens around a text, as a tokenizer.json writes it; nothing if nil.
  public var postProcessor: String?
  /// What makes text of tokens, as a tokenizer.json writes it; nothing if nil.
  public var decoder: String?

  /// Learns a model of `vocabularySize` tokens.
  public init(_ model: Model, vocabularySize: Int = 30_000, specialTokens: [String] = []) {
    self.model = model
    self.vocabularySize = vocabularySize
    self.specialTokens = specialTokens
  }

  /// All 256 characters that stand for bytes (GPT-2), for ``initialAlphabet``.
  public static var byteAlphabet: String {
    var view = String.UnicodeScalarView()
    for byte in UInt8.min...UInt8.max { view.append(Self.letter(of: byte)) }
    return String(view)
  }

  private static func letter(of byte: UInt8) -> Unicode.Scalar {
    switch byte {
    case 33...126, 161...172, 174...255: return Unicode.Scalar(byte)
    default:
      let before = (0..<byte).filter {
        !(33...126).contains($0) && !(161...172).contains($0) && !(174...255).contains($0)
      }
      return Unicode.Scalar(UInt32(256 + before.count)) ?? " "
    }
  }

  /// Learns from texts.
  /// - Throws: `TensorError`: `.value` where a size makes no sense or the vocabulary is too small for the characters, `.format` and
  ///   `.unsupported` where a part is none of the format.
  public func train(_ texts: some Sequence<String>) throws -> TrainedTokenizer {
    guard vocabularySize > 0, vocabularySize <= 1 << 24 else {
      throw TensorError(.value, "TokenizerTrainer", "a vocabulary has from 1 to 2^24 tokens, not \(vocabularySize)")
    }
    let words = try counted(texts)
    let parts: TrainedModel
    switch model {
    case .bytePairs(let unknown, let prefix, let suffix):
      let merger = merged(words, prefix: prefix, suffix: suffix)
      parts = .bytePairs(pieces: merger.pieces, merges: merger.merges, unknown: unknown, prefix: prefix, suffix: suffix)
    case .wordPiece(let unknown, let prefix):
      parts = .wordPiece(pieces: merged(words, prefix: prefix, suffix: nil).pieces, unknown: unknown, prefix: prefix)
    case .unigram(let unknown, let shrinking, let longest, let rounds, let seeds):
      let learner = UnigramLearner(
        vocabularySize: vocabularySize, shrinking: shrinking, longestPiece: longest, rounds: rounds, seeds: seeds,
        unknown: unknown, specialTokens: specialTokens, initialAlphabet: initialAlphabet)
      let learnt = try learner.learn(words)
      parts = .unigram(pieces: learnt.pieces, unknown: learnt.unknown)
    }
    return TrainedTokenizer(trainer: self, model: parts)
  }

  /// The words of the texts and how often they are there, in an order that does not depend on chance.
  private func counted(_ texts: some Sequence<String>) throws -> [(word: String, count: Int)] {
    let normalizer = try normalizer.map { try TokenizerComponent(kind: "normalizer", json: Array($0.utf8)) }
    let cutter = try preTokenizer.map { try TokenizerComponent(kind: "pre_tokenizer", json: Array($0.utf8)) }
    var counts: [[UInt8]: Int] = [:]
    for source in texts {
      let text = try normalizer?.normalize(source) ?? source
      if let cutter {
        for piece in try cutter.cut(text) where !piece.text.isEmpty { counts[Array(piece.text.utf8), default: 0] += 1 }
      } else if !text.isEmpty {
        counts[Array(text.utf8), default: 0] += 1
      }
    }
    return counts.sorted { $0.key.lexicographicallyPrecedes($1.key) }
      .map { (String(decoding: $0.key, as: UTF8.self), $0.value) }
  }

  private func merged(_ words: [(word: String, count: Int)], prefix: String?, suffix: String?) -> PieceMerger {
    var merger = PieceMerger(
      vocabularySize: vocabularySize, minFrequency: minFrequency, prefix: prefix, suffix: suffix,
      mostScalars: longestToken ?? .max)
    for token in specialTokens { merger.add(token) }
    let alphabet = alphabet(of: words)
    for c in alphabet { merger.add(String(c)) }
    merger.learn(words, alphabet: Set(alphabet))
    return merger
  }

  /// The characters that are kept, by their numbers.
  private func alphabet(of words: [(word: String, count: Int)]) -> [Unicode.Scalar] {
    var counts: [Unicode.Scalar: Int] = [:]
    for (word, count) in words { for c in word.unicodeScalars { counts[c, default: 0] += count } }
    for c in initialAlphabet.unicodeScalars { counts[c] = .max }
    var kept = counts.sorted { $0.value != $1.value ? $0.value > $1.value : $0.key.value < $1.key.value }
    if let alphabetLimit { kept = Array(kept.prefix(max(0, alphabetLimit))) }
    return kept.map(\.key).sorted { $0.value < $1.value }
  }
}

/// What training gave.
enum TrainedModel: Sendable {
  case bytePairs(pieces: [String], merges: [(String, String)], unknown: String?, prefix: String?, suffix: String?)
  case wordPiece(pieces: [String], unknown: String, prefix: String)
  case unigram(pieces: [(piece: String, score: Double)], unknown: Int?)
}
