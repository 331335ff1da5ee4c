/// The unigram language model (Kudo, 2018, https://arxiv.org/abs/1804.10959): of all ways to cut a word into tokens the one whose
/// scores have the largest sum.
final class UnigramModel: Sendable {
  let vocabulary: TokenTable
  private let trie: ByteTrie
  private let scores: [Double]
  private let unknown: Int?
  private let unknownScore: Double
  private let byteTokens: [Int]

  /// The best way to cut what comes before a place.
  struct Step {
    var score: Double
    var start: Int32
    var id: Int32
  }

  /// - Parameters:
  ///   - tokens: the tokens in the order of their numbers, with their scores.
  ///   - unknown: the number of the token for what is not known.
  init(_ tokens: [(bytes: ArraySlice<UInt8>, score: Double)], unknown: Int?, fallsBackToBytes: Bool)
    throws(PatternMistake)
  {
    if let unknown, unknown >= tokens.count {
      throw PatternMistake(description: "unk_id \(unknown) is not among the \(tokens.count) tokens")
    }
    let numbered = tokens.enumerated().map { (bytes: $0.element.bytes, id: UInt32($0.offset)) }
    vocabulary = TokenTable(numbered)
    trie = ByteTrie(numbered.filter { !$0.bytes.isEmpty })
    scores = tokens.map(\.score)
    self.unknown = unknown
    unknownScore = (scores.min() ?? 0) - 10
    let table = vocabulary
    byteTokens = fallsBackToBytes ? (0..<256).map { table.number(byteToken($0)) ?? -1 } : []
  }

  /// - Throws: where something is not known and there is no token for that.
  func tokenize(
    _ word: UnsafePointer<UInt8>, _ count: Int, _ scratch: TokenizerScratch, _ out: inout [WordToken]
  ) throws(PatternMistake) {
    if count == 0 { return }
    scratch.path.removeAll(keepingCapacity: true)
    scratch.path.append(contentsOf: repeatElement(Step(score: 0, start: -1, id: -1), count: count + 1))
    let isWhole = scratch.path.withUnsafeMutableBufferPointer { path in
      scores.withUnsafeBufferPointer { scores in
        var position = 0
        while position < count {
          let before = path[position].score
          let length = min(scalarLength(word[position]), count - position)
          var hasSingle = false
          trie.forEachPrefix(word + position, count - position) { id, end in
            let score = before + scores[id]
            if path[position + end].start < 0 || score > path[position + end].score {
              path[position + end] = Step(score: score, start: Int32(position), id: Int32(id))
            }
            if end == length { hasSingle = true }
          }
          if !hasSingle {
            guard let unknown else { return false }
            let score = before + unknownScore
            if path[position + length].start < 0 || score > path[position + length].score {
              path[position + length] = Step(score: score, start: Int32(position), id: Int32(unknown))
            }
          }
          position += length
        }
        return true
      }
    }
    guard isWhole else {
      throw PatternMistake(description: "a character is not in the vocabulary and there is no unk_id")
    }
    addPath(word, count, scratch, &out)
  }

  private func addPath(
    _ word: UnsafePointer<UInt8>, _ count: Int, _ scratch: TokenizerScratch, _ out: inout [WordToken]
  ) {
    let before = out.count
    var end = count
    while end > 0 {
      let step = scratch.path[end]
      let start = Int(step.start)
      // Unknown characters beside each other are one token.
      if Int(step.id) == unknown, out.count > before, let last = out.last, Int(last.id) == unknown,
        Int(last.start) == end
      {
        out[out.count - 1].start = UInt32(start)
      } else {
        out.append(WordToken(id: UInt32(step.id), start: UInt32(start), end: UInt32(end)))
      }
      end = start
    }
    out[before...].reverse()
    guard out[before...].contains(where: { Int($0.id) == unknown }) else { return }
    // What is not known may be a token when taken together, or fall back to its bytes.
    let found = Array(out[before...])
    out.removeLast(found.count)
    for token in found {
      guard Int(token.id) == unknown else {
        out.append(token)
        continue
      }
      let (start, end) = (Int(token.start), Int(token.end))
      let whole = vocabulary.number(word + start, end - start)
      if whole >= 0 {
        out.append(WordToken(id: UInt32(whole), start: token.start, end: token.end))
      } else if !byteTokens.isEmpty, (start..<end).allSatisfy({ byteTokens[Int(word[$0])] >= 0 }) {
        for i in start..<end {
          out.append(WordToken(id: UInt32(byteTokens[Int(word[i])]), start: token.start, end: token.end))
        }
      } else {
        out.append(token)
      }
    }
  }
}
