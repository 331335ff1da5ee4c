import ApusCore
import ApusFormats

/// What a sentencepiece model says (`sentencepiece_model.proto` of https://github.com/google/sentencepiece).
struct SentencePieceFile {
  /// A piece of the vocabulary; its number is its place.
  struct Piece {
    enum Kind: Int { case normal = 1, unknown, control, userDefined, unused, byte }
    var text: [UInt8] = []
    var score: Float = 0
    var kind = Kind.normal
  }

  enum Method: Int { case unigram = 1, bpe, word, character }

  var pieces: [Piece] = []
  var method = Method.unigram
  var treatsWhitespaceAsSuffix = false
  var fallsBackToBytes = false
  var charsmap: [UInt8] = []
  var addsDummyPrefix = true
  var removesExtraWhitespace = true
  var escapesWhitespace = true
  /// What a text shows where a token is unknown.
  var unknownSurface = Array(" \u{2047} ".utf8)
  var bosId = 1
  var eosId = 2
  var padId = -1
  /// Whether pieces of every kind can be joined, as llama.cpp does it.
  var joinsAllPieces = false
  let path: String

  init(path: String) throws(TensorError) {
    let file = try MappedFile(path: path)
    self.path = path
    var reader = ProtobufReader(ByteSlice(file), name: path, message: "ModelProto")
    while let field = try reader.next() {
      switch field.number {
      case 1:
        var inner = try reader.inner(field, "SentencePiece")
        pieces.append(try Self.piece(&inner))
      case 2:
        var inner = try reader.inner(field, "TrainerSpec")
        try readTrainer(&inner)
      case 3:
        var inner = try reader.inner(field, "NormalizerSpec")
        try readNormalizer(&inner)
      default: try reader.skip(field)
      }
    }
    guard !pieces.isEmpty, pieces.contains(where: { $0.kind == .unknown }) else {
      throw TensorError(.format, path, "this sentencepiece model has \(pieces.count) pieces and no unknown one")
    }
  }

  /// A model that is described elsewhere.
  init(path: String, pieces: [Piece]) { (self.path, self.pieces) = (path, pieces) }

  private static func piece(_ reader: inout ProtobufReader) throws(TensorError) -> Piece {
    var piece = Piece()
    while let field = try reader.next() {
      switch field.number {
      case 1: piece.text = Array(try reader.string(field).utf8)
      case 2: piece.score = try reader.float(field)
      case 3:
        let number = Int(try reader.integer32(field))
        guard let kind = Piece.Kind(rawValue: number) else {
          throw reader.error("there is no kind \(number) of pieces")
        }
        piece.kind = kind
      default: try reader.skip(field)
      }
    }
    guard !piece.score.isNaN else { throw reader.error("the score of a piece is not a number") }
    return piece
  }

  private mutating func readTrainer(_ reader: inout ProtobufReader) throws(TensorError) {
    while let field = try reader.next() {
      switch field.number {
      case 3:
        let number = Int(try reader.integer32(field))
        guard let method = Method(rawValue: number) else { throw reader.error("there is no kind \(number) of models") }
        self.method = method
      case 24: treatsWhitespaceAsSuffix = try reader.integer(field) != 0
      case 35: fallsBackToBytes = try reader.integer(field) != 0
      case 41: bosId = Int(try reader.integer32(field))
      case 42: eosId = Int(try reader.integer32(field))
      case 43: padId = Int(try reader.integer32(field))
      case 44: unknownSurface = Array(try reader.string(field).utf8)
      default: try reader.skip(field)
      }
    }
  }

  private mutating func readNormalizer(_ reader: inout ProtobufReader) throws(TensorError) {
    while let field = try reader.next() {
      switch field.number {
      case 2: charsmap = try reader.bytes(field).withUnsafeBytes { Array($0) }
      case 3: addsDummyPrefix = try reader.integer(field) != 0
      case 4: removesExtraWhitespace = try reader.integer(field) != 0
      case 5: escapesWhitespace = try reader.integer(field) != 0
      default: try reader.skip(field)
      }
    }
  }
}
