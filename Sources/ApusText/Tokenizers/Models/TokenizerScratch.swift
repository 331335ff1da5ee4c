/// What making tokens needs from word to word; a thread has one of its own.
final class TokenizerScratch {
  /// A part of a word that is a token already.
  struct Symbol {
    var id: UInt32
    var start: UInt32
    var length: UInt32
  }

  let cache = WordCache()
  var symbols: [Symbol] = []
  var tokens: [WordToken] = []
  var path: [UnigramModel.Step] = []

  @inline(__always)
  func add(_ id: Int, _ start: Int, _ length: Int) {
    symbols.append(Symbol(id: UInt32(id), start: UInt32(start), length: UInt32(length)))
  }
}
