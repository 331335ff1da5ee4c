/// What a tokeniser makes of a text or a pair of texts: one entry per token in every list.
public struct Encoding: Hashable, Sendable {
  /// The number of each token in the vocabulary.
  public var ids: [Int] = []
  /// 0 for tokens of the first text and 1 for those of the second, as post-processing says.
  public var typeIds: [Int] = []
  /// The tokens as the vocabulary writes them.
  public var tokens: [String] = []
  /// Where each token comes from: Unicode code points of the text it belongs to, the second exclusive; `(0, 0)` for tokens
  /// that were added.
  public var offsets: [Range<Int>] = []
  /// The number of the word that each token is a part of; nil for tokens that were added.
  public var wordIds: [Int?] = []
  /// 1 for tokens that post-processing added, such as `[CLS]`.
  public var specialTokensMask: [Int] = []
  /// 1 for tokens and 0 for padding.
  public var attentionMask: [Int] = []
  /// What truncation cut off, in pieces of the same length.
  public var overflowing: [Encoding] = []
  /// Which tokens belong to the first text and which to the second.
  public var sequenceRanges: [Int: Range<Int>] = [:]

  /// No tokens.
  public init() {}

  /// How many tokens there are.
  public var count: Int { ids.count }

  /// The text that each token belongs to, 0 or 1; nil for tokens that were added.
  public var sequenceIds: [Int?] {
    var result = [Int?](repeating: nil, count: count)
    for (sequence, range) in sequenceRanges {
      for i in range.clamped(to: 0..<count) { result[i] = sequence }
    }
    return result
  }
}

extension Encoding {
  /// The same token `count` times.
  init(token: String, id: Int, typeId: Int, count: Int, isPadding: Bool) {
    ids = [Int](repeating: id, count: count)
    typeIds = [Int](repeating: typeId, count: count)
    tokens = [String](repeating: token, count: count)
    offsets = [Range<Int>](repeating: 0..<0, count: count)
    wordIds = [Int?](repeating: nil, count: count)
    specialTokensMask = [Int](repeating: 1, count: count)
    attentionMask = [Int](repeating: isPadding ? 0 : 1, count: count)
  }

  /// The tokens in `range`, without what was cut off.
  func part(_ range: Range<Int>) -> Encoding {
    var part = Encoding()
    part.ids = Array(ids[range])
    part.typeIds = Array(typeIds[range])
    part.tokens = Array(tokens[range])
    part.offsets = Array(offsets[range])
    part.wordIds = Array(wordIds[range])
    part.specialTokensMask = Array(specialTokensMask[range])
    part.attentionMask = Array(attentionMask[range])
    return part
  }

  /// Adds the tokens of another encoding, and joins every piece that was cut off with every piece of the other.
  mutating func append(_ other: Encoding) {
    if count == 0, overflowing.isEmpty, sequenceRanges.isEmpty {
      self = other
      return
    }
    var pieces: [Encoding] = []
    var plain = other
    plain.overflowing = []
    for mine in overflowing {
      var joined = mine
      joined.append(other)
      // The piece itself and then its own joined pieces, as `append` has made them.
      let inner = joined.overflowing
      joined.overflowing = []
      pieces.append(joined)
      pieces += inner
    }
    if !other.overflowing.isEmpty {
      var bare = self
      bare.overflowing = []
      for theirs in other.overflowing {
        var joined = bare
        joined.append(theirs)
        pieces.append(joined)
      }
    }
    let before = count
    for (sequence, range) in other.sequenceRanges {
      sequenceRanges[sequence] = range.lowerBound + before..<range.upperBound + before
    }
    ids += other.ids
    typeIds += other.typeIds
    tokens += other.tokens
    offsets += other.offsets
    wordIds += other.wordIds
    specialTokensMask += other.specialTokensMask
    attentionMask += other.attentionMask
    overflowing = pieces
  }
}
