/// Learns which neighbouring pieces of words are joined (byte pair encoding; Sennrich et al. 2016), as Hugging Face's
/// `tokenizers` does: always the most frequent pair, of several the one of the smallest numbers.
struct PieceMerger {
  let vocabularySize: Int
  let minFrequency: Int
  let prefix: String?
  let suffix: String?
  let mostScalars: Int

  private(set) var pieces: [String] = []
  private(set) var merges: [(String, String)] = []
  private var numbers: [[UInt8]: Int32] = [:]

  init(vocabularySize: Int, minFrequency: Int, prefix: String?, suffix: String?, mostScalars: Int) {
    self.vocabularySize = vocabularySize
    self.minFrequency = minFrequency
    self.prefix = prefix
    self.suffix = suffix
    self.mostScalars = mostScalars
  }

  /// Adds a piece to the vocabulary if it is not there, and gives its number.
  @discardableResult
  mutating func add(_ piece: String) -> Int32 {
    let key = Array(piece.utf8)
    if let number = numbers[key] { return number }
    let number = Int32(pieces.count)
    pieces.append(piece)
    numbers[key] = number
    return number
  }

  private struct Symbol {
    var piece: Int32
    var length: Int
  }

  private struct Pair: Hashable, Comparable {
    var first: Int32
    var second: Int32

    static func < (a: Pair, b: Pair) -> Bool { a.first != b.first ? a.first < b.first : a.second < b.second }
  }

  /// A pair that may be joined, how often it was there when it was found, and in which words.
  private struct Candidate {
    var pair: Pair
    var count: Int
    var words: Set<Int32>

    /// Whether it is joined before another one.
    func comesBefore(_ other: Candidate) -> Bool { count != other.count ? count > other.count : pair < other.pair }
  }

  /// Learns from words and how often they are there. `alphabet` are the characters that words are made of.
  mutating func learn(_ words: [(word: String, count: Int)], alphabet: Set<Unicode.Scalar>) {
    var rows = words.map { symbols(of: $0.word, alphabet) }
    var counts: [Pair: Int] = [:]
    var places: [Pair: Set<Int32>] = [:]
    for (i, row) in rows.enumerated() {
      for (a, b) in zip(row, row.dropFirst()) {
        let pair = Pair(first: a.piece, second: b.piece)
        counts[pair, default: 0] += words[i].count
        places[pair, default: []].insert(Int32(i))
      }
    }
    var queue = BinaryHeap<Candidate> { $0.comesBefore($1) }
    for (pair, words) in places where counts[pair, default: 0] > 0 {
      queue.insert(Candidate(pair: pair, count: counts[pair, default: 0], words: words))
    }
    var joined: Set<Pair> = []
    while pieces.count < vocabularySize, var best = queue.removeFirst() {
      let present = counts[best.pair, default: 0]
      if best.count != present {
        best.count = present
        queue.insert(best)
        continue
      }
      guard best.count >= max(1, minFrequency) else { break }
      let first = pieces[Int(best.pair.first)]
      var second = pieces[Int(best.pair.second)]
      if let prefix, second.utf8.starts(with: prefix.utf8) {
        second = String(decoding: second.utf8.dropFirst(prefix.utf8.count), as: UTF8.self)
      }
      let new = add(first + second)
      if !joined.insert(best.pair).inserted {
        let again = (first, pieces[Int(best.pair.second)])
        merges.removeAll { $0 == again }
      }
      merges.append((first, pieces[Int(best.pair.second)]))
      var updated: [Pair: Set<Int32>] = [:]
      for word in best.words {
        join(&rows[Int(word)], best.pair, as: new) { pair, sign in
          counts[pair, default: 0] += sign * words[Int(word)].count
          if sign > 0 { updated[pair, default: []].insert(word) }
        }
      }
      for (pair, words) in updated where counts[pair, default: 0] > 0 {
        queue.insert(Candidate(pair: pair, count: counts[pair, default: 0], words: words))
      }
    }
  }

  /// The pieces that a word begins as: its characters, those outside of the alphabet left out.
  private mutating func symbols(of word: String, _ alphabet: Set<Unicode.Scalar>) -> [Symbol] {
    var row: [Symbol] = []
    let scalars = Array(word.unicodeScalars)
    for (i, c) in scalars.enumerated() where alphabet.contains(c) || numbers[Array(String(c).utf8)] != nil {
      var piece = String(c)
      if let prefix, i > 0 { piece = prefix + piece }
      if let suffix, i == scalars.count - 1 { piece += suffix }
      row.append(Symbol(piece: add(piece), length: 1))
    }
    return row
  }

  /// Joins a pair wherever it is in a word, and tells which pairs there are fewer and more of.
  private func join(_ row: inout [Symbol], _ pair: Pair, as new: Int32, _ change: (Pair, Int) -> Void) {
    var i = 0
    while i + 1 < row.count {
      if row[i].piece == pair.first, row[i + 1].piece == pair.second {
        let symbol = Symbol(piece: new, length: row[i].length + row[i + 1].length)
        if i > 0 {
          change(Pair(first: row[i - 1].piece, second: pair.first), -1)
          if row[i - 1].length + symbol.length < mostScalars { change(Pair(first: row[i - 1].piece, second: new), 1) }
        }
        row.replaceSubrange(i...i + 1, with: CollectionOfOne(symbol))
        if i + 1 < row.count {
          change(Pair(first: pair.second, second: row[i + 1].piece), -1)
          if row[i + 1].length + symbol.length < mostScalars { change(Pair(first: new, second: row[i + 1].piece), 1) }
        }
      }
      i += 1
    }
  }
}

/// A heap whose first element comes before all others.
struct BinaryHeap<Element> {
  private var elements: [Element] = []
  private let comesBefore: (Element, Element) -> Bool

  init(_ comesBefore: @escaping (Element, Element) -> Bool) { self.comesBefore = comesBefore }

  var count: Int { elements.count }

  mutating func insert(_ element: Element) {
    elements.append(element)
    var i = elements.count - 1
    while i > 0, comesBefore(elements[i], elements[(i - 1) / 2]) {
      elements.swapAt(i, (i - 1) / 2)
      i = (i - 1) / 2
    }
  }

  mutating func removeFirst() -> Element? {
    guard let first = elements.first else { return nil }
    let last = elements.removeLast()
    if elements.isEmpty { return first }
    elements[0] = last
    var i = 0
    while true {
      var best = i
      for child in [2 * i + 1, 2 * i + 2] where child < elements.count && comesBefore(elements[child], elements[best]) {
        best = child
      }
      if best == i { return first }
      elements.swapAt(i, best)
      i = best
    }
  }
}
