import ApusCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Learns a language model of pieces (Kudo, "Subword Regularization", 2018), as Hugging Face's `tokenizers` does: pieces that are
/// there often are weighed by expectation maximisation, and those that the likelihood can do without are taken away.
struct UnigramLearner {
  let vocabularySize: Int
  let shrinking: Double
  let longestPiece: Int
  let rounds: Int
  let seeds: Int
  let unknown: String?
  let specialTokens: [String]
  let initialAlphabet: String

  typealias Piece = (piece: [Unicode.Scalar], score: Double)

  func learn(_ words: [(word: String, count: Int)]) throws(TensorError) -> (
    pieces: [(piece: String, score: Double)], unknown: Int?
  ) {
    guard shrinking > 0, shrinking < 1, longestPiece > 0, rounds > 0, seeds > 0 else {
      throw TensorError(
        .value, "TokenizerTrainer", "shrinking lies between 0 and 1, lengths, rounds and seeds are positive")
    }
    let sentences = words.map { (text: Array($0.word.unicodeScalars), count: $0.count) }
    var needed = Set(initialAlphabet.unicodeScalars)
    for sentence in sentences { needed.formUnion(sentence.text) }
    guard needed.count <= vocabularySize else {
      throw TensorError(
        .value, "TokenizerTrainer",
        "a vocabulary of \(vocabularySize) is too small for the \(needed.count) characters of the texts")
    }
    // The first piece stands for what is unknown while training.
    var pieces: [Piece] = [([], .nan)] + seedPieces(sentences)
    var model = PieceLattice.Model(pieces)
    while true {
      for _ in 0..<rounds {
        pieces = weighed(pieces, expected(model, sentences))
        model = PieceLattice.Model(pieces)
      }
      if pieces.count <= vocabularySize * 11 / 10 { break }
      let before = pieces.count
      pieces = pruned(model, pieces, sentences)
      model = PieceLattice.Model(pieces)
      if pieces.count == before { break }
    }
    return finished(pieces, model.lowest, needed.sorted { $0.value < $1.value })
  }

  // MARK: Seeds

  /// All characters, and the repeated parts of words that end where the next character differs, most letters saved first.
  private func seedPieces(_ sentences: [(text: [Unicode.Scalar], count: Int)]) -> [Piece] {
    var characters: [Unicode.Scalar: Int] = [:]
    var flat: [UInt32] = []
    for sentence in sentences {
      for c in sentence.text where c.value != 0 { characters[c, default: 0] += sentence.count }
      flat += sentence.text.map(\.value)
      flat.append(0)
    }
    var found: [Piece] = characters.sorted { $0.value != $1.value ? $0.value > $1.value : $0.key.value > $1.key.value }
      .map { ([$0.key], Double($0.value)) }
    var parts = repeatedParts(flat)
    parts.sort { a, b in
      if a.score != b.score { return a.score > b.score }
      let (x, y) = (flat[a.start..<a.start + a.length], flat[b.start..<b.start + b.length])
      return y.lexicographicallyPrecedes(x)
    }
    for part in parts.prefix(max(0, seeds - found.count)) {
      found.append((flat[part.start..<part.start + part.length].compactMap { Unicode.Scalar($0) }, Double(part.score)))
    }
    let total = log(found.reduce(0) { $0 + $1.score })
    return found.map { ($0.piece, log($0.score) - total) }
  }

  /// The strings that are there several times and go on in different ways: the inner nodes of the tree of suffixes.
  private func repeatedParts(_ flat: [UInt32]) -> [(start: Int, length: Int, score: Int)] {
    let most = longestPiece + 1
    func common(_ a: Int, _ b: Int) -> Int {
      var n = 0
      while n < most, a + n < flat.count, b + n < flat.count, flat[a + n] == flat[b + n] {
        n += 1
        // Words are apart from each other.
        if flat[a + n - 1] == 0 { break }
      }
      return n
    }
    let suffixes = flat.indices.filter { flat[$0] != 0 }.sorted { a, b in
      let n = common(a, b)
      guard a + n < flat.count, b + n < flat.count else { return a > b }
      return flat[a + n] != flat[b + n] ? flat[a + n] < flat[b + n] : a < b
    }
    var parts: [(start: Int, length: Int, score: Int)] = []
    var open: [(length: Int, left: Int)] = []
    for i in 1..<max(1, suffixes.count + 1) {
      let length = i < suffixes.count ? common(suffixes[i - 1], suffixes[i]) : 0
      var left = i - 1
      while let last = open.last, last.length > length {
        open.removeLast()
        left = last.left
        let start = suffixes[left]
        if last.length > 1, last.length <= longestPiece, flat[start + last.length - 1] != 0 {
          parts.append((start, last.length, (i - left) * last.length))
        }
      }
      if length > 0, open.last.map({ $0.length < length }) ?? true { open.append((length, left)) }
    }
    return parts
  }

  // MARK: Expectation and maximisation

  /// How often each piece is to be expected in the texts.
  private func expected(_ model: PieceLattice.Model, _ sentences: [(text: [Unicode.Scalar], count: Int)]) -> [Double] {
    var expected = [Double](repeating: 0, count: model.scores.count)
    for sentence in sentences {
      PieceLattice(sentence.text, model).addExpected(Double(sentence.count), to: &expected)
    }
    return expected
  }

  /// Pieces with the scores that follow from how often they are expected; rare ones are left out. The digamma function in place of
  /// the logarithm favours few pieces (Liang et al. 2007).
  private func weighed(_ pieces: [Piece], _ expected: [Double]) -> [Piece] {
    var kept: [Piece] = [pieces[0]]
    var sum = 0.0
    for i in 1..<pieces.count where expected[i] >= 0.5 {
      kept.append((pieces[i].piece, expected[i]))
      sum += expected[i]
    }
    let total = digamma(sum)
    for i in 1..<kept.count { kept[i].score = digamma(kept[i].score) - total }
    return kept
  }

  /// The derivative of the logarithm of the gamma function.
  private func digamma(_ x: Double) -> Double {
    var (x, result) = (x, 0.0)
    while x < 7 {
      result -= 1 / x
      x += 1
    }
    x -= 0.5
    let inverse = 1 / x
    let square = inverse * inverse
    let fourth = square * square
    let (a, b, c, d) = (1.0 / 24, 7.0 / 960, 31.0 / 8064, 127.0 / 30720)
    return result + (log(x) + a * square - b * fourth + c * fourth * square - d * fourth * fourth)
  }

  /// Takes pieces away whose loss costs least likelihood, if what they are made of takes their place.
  private func pruned(
    _ model: PieceLattice.Model, _ pieces: [Piece], _ sentences: [(text: [Unicode.Scalar], count: Int)]
  ) -> [Piece] {
    var isKept = [Bool](repeating: true, count: pieces.count)
    var alternatives = [[Int]](repeating: [], count: pieces.count)
    for i in 1..<pieces.count {
      let paths = PieceLattice(pieces[i].piece, model).bestPaths(2)
      guard paths.count > 1 else { continue }
      if paths[0].count >= 2 { isKept[i] = false } else { alternatives[i] = paths[1] }
    }
    var total = 0.0
    var counts = [Double](repeating: 0, count: pieces.count)
    var presence = [Double](repeating: 0, count: pieces.count)
    for sentence in sentences {
      total += Double(sentence.count)
      for piece in PieceLattice(sentence.text, model).bestPaths(1).first ?? [] {
        counts[piece] += Double(sentence.count)
        presence[piece] += Double(sentence.count)
      }
    }
    let sum = counts.reduce(0, +)
    var kept: [Piece] = [pieces[0]]
    var candidates: [(piece: Int, loss: Double)] = []
    for i in 1..<pieces.count {
      if counts[i] == 0, !isKept[i] { continue }
      if alternatives[i].isEmpty {
        kept.append(pieces[i])
        continue
      }
      guard presence[i] > 0 else { continue }
      let other = log(sum + counts[i] * Double(alternatives[i].count - 1))
      // Pieces that cost the same keep their order: so every step is rounded as the library rounds it.
      let without = alternatives[i].reduce(0) { $0 + (log(counts[$1] + counts[i]) - other) }
      candidates.append((i, presence[i] / total * (log(counts[i]) - log(sum) - without)))
    }
    let size = max(vocabularySize * 11 / 10, Int(Double(pieces.count) * shrinking))
    let order = candidates.enumerated().sorted {
      $0.element.loss != $1.element.loss ? $0.element.loss > $1.element.loss : $0.offset < $1.offset
    }
    for candidate in order where kept.count != size { kept.append(pieces[candidate.element.piece]) }
    return kept
  }

  // MARK: The vocabulary

  private func finished(
    _ pieces: [Piece], _ lowest: Double, _ needed: [Unicode.Scalar]
  ) -> (pieces: [(piece: String, score: Double)], unknown: Int?) {
    var scores: [[Unicode.Scalar]: Double] = [:]
    for piece in pieces.dropFirst() { scores[piece.piece] = piece.score }
    var made: [(piece: [Unicode.Scalar], score: Double)] = []
    var penalty = 0.0
    for c in needed {
      if let score = scores[[c]] {
        made.append(([c], score))
      } else {
        made.append(([c], lowest + penalty))
        penalty += 0.0001
      }
    }
    var special = specialTokens.map { (piece: $0, score: 0.0) }
    var number: Int?
    if let unknown {
      number = specialTokens.firstIndex(of: unknown)
      if number == nil {
        special.insert((unknown, 0), at: 0)
        number = 0
      }
    }
    let room = max(0, vocabularySize - special.count)
    let alphabet = Set(needed)
    for piece in pieces.dropFirst() where made.count < room {
      if piece.piece.count == 1, alphabet.contains(piece.piece[0]) { continue }
      made.append(piece)
    }
    let order = made.enumerated().sorted {
      $0.element.score != $1.element.score ? $0.element.score > $1.element.score : $0.offset < $1.offset
    }
    let rest = order.map { entry -> (piece: String, score: Double) in
      var view = String.UnicodeScalarView()
      view.append(contentsOf: entry.element.piece)
      return (String(view), entry.element.score)
    }
    return (special + rest, number)
  }
}
