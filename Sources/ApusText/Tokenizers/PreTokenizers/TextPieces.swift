/// A text cut into pieces, each of which the model makes tokens of or which is an added token already.
struct TextPieces {
  /// A part of ``TextPieces/bytes``.
  struct Piece {
    var start: Int
    var end: Int
    /// The part of the original that it comes from.
    var originStart: Int
    var originEnd: Int
    /// The number of the added token that it is, or -1.
    var token = -1
  }

  /// What becomes of what a pattern matches.
  enum Behavior: String, Sendable {
    case removed = "Removed"
    case isolated = "Isolated"
    case mergedWithPrevious = "MergedWithPrevious"
    case mergedWithNext = "MergedWithNext"
    case contiguous = "Contiguous"
  }

  var bytes: [UInt8] = []
  /// As in ``NormalizedText``: empty where every byte stands for itself.
  var starts: [UInt32] = []
  var ends: [UInt32] = []
  var pieces: [Piece] = []

  var isIdentity: Bool { starts.isEmpty }

  init() {}

  /// The text as one piece.
  init(_ text: NormalizedText) {
    (bytes, starts, ends) = (text.bytes, text.starts, text.ends)
    pieces = [Piece(start: 0, end: bytes.count, originStart: text.origin.lowerBound, originEnd: text.origin.upperBound)]
  }

  /// The part of the original that the bytes from `start` to `end` stand for.
  @inline(__always)
  func origin(_ start: Int, _ end: Int) -> (start: Int, end: Int) {
    guard end > start else { return (start, end) }
    if !starts.isEmpty { return (Int(starts[start]), Int(ends[end - 1])) }
    return bytes.withUnsafeBufferPointer { bytes in
      var (first, last) = (start, end)
      while first > 0, bytes[first] & 0xc0 == 0x80 { first -= 1 }
      while last < bytes.count, bytes[last] & 0xc0 == 0x80 { last += 1 }
      return (first, last)
    }
  }

  /// A piece of this text.
  @inline(__always)
  func piece(_ start: Int, _ end: Int, token: Int = -1) -> Piece {
    let origin = origin(start, end)
    return Piece(start: start, end: end, originStart: origin.start, originEnd: origin.end, token: token)
  }

  // MARK: - Cutting

  /// Cuts every piece that is no token yet. `find` gives the parts of a piece that match.
  mutating func split<Mistake: Error>(
    _ behavior: Behavior, isInverted: Bool = false,
    _ find: (UnsafePointer<UInt8>, Int, Int, (Int, Int) -> Void) throws(Mistake) -> Void
  ) throws(Mistake) {
    var new: [Piece] = []
    new.reserveCapacity(pieces.count + bytes.count / 5)
    var parts: [(start: Int, end: Int, isMatch: Bool)] = []
    let (text, old) = (self, pieces)
    try bytes.withUnsafeBufferPointer { buffer throws(Mistake) in
      guard let base = buffer.baseAddress else { return }
      for piece in old {
        guard piece.token < 0 else {
          new.append(piece)
          continue
        }
        var last = piece.start
        if behavior == .isolated || behavior == .removed {
          let (keepsMatches, keepsOthers) =
            behavior == .isolated ? (true, true) : isInverted ? (true, false) : (false, true)
          try find(base, piece.start, piece.end) { start, end in
            if keepsOthers, start > last { new.append(text.piece(last, start)) }
            if keepsMatches, end > start { new.append(text.piece(start, end)) }
            last = end
          }
          if keepsOthers, piece.end > last { new.append(text.piece(last, piece.end)) }
        } else {
          parts.removeAll(keepingCapacity: true)
          try find(base, piece.start, piece.end) { start, end in
            if start > last { parts.append((last, start, isInverted)) }
            parts.append((start, end, !isInverted))
            last = end
          }
          if piece.end > last { parts.append((last, piece.end, isInverted)) }
          for part in Self.merge(parts, behavior) where part.end > part.start {
            new.append(text.piece(part.start, part.end))
          }
        }
      }
    }
    pieces = new
  }

  private static func merge(
    _ parts: [(start: Int, end: Int, isMatch: Bool)], _ behavior: Behavior
  ) -> [(start: Int, end: Int)] {
    var merged: [(start: Int, end: Int)] = []
    var wasMatch = false
    switch behavior {
    case .mergedWithNext:
      for part in parts.reversed() {
        if part.isMatch, !wasMatch, !merged.isEmpty {
          merged[merged.count - 1].start = part.start
        } else {
          merged.append((part.start, part.end))
        }
        wasMatch = part.isMatch
      }
      merged.reverse()
    case .contiguous:
      for part in parts {
        if part.isMatch == wasMatch, !merged.isEmpty {
          merged[merged.count - 1].end = part.end
        } else {
          merged.append((part.start, part.end))
        }
        wasMatch = part.isMatch
      }
    default:
      for part in parts {
        if part.isMatch, !wasMatch, !merged.isEmpty {
          merged[merged.count - 1].end = part.end
        } else {
          merged.append((part.start, part.end))
        }
        wasMatch = part.isMatch
      }
    }
    return merged
  }

  /// Cuts at scalars.
  mutating func split(_ behavior: Behavior, at isDelimiter: (UInt32) -> Bool) {
    split(behavior) { (text, start, end, found) in
      var position = start
      while position < end {
        let (scalar, length) = decodeScalar(text, at: position, before: end)
        if isDelimiter(scalar) { found(position, position + length) }
        position += length
      }
    }
  }

  /// Cuts every piece that is no token yet into the parts that `cut` gives.
  mutating func cut(_ cut: (UnsafePointer<UInt8>, Int, Int, (Int, Int) -> Void) -> Void) {
    var new: [Piece] = []
    new.reserveCapacity(pieces.count + bytes.count / 5)
    let (text, old) = (self, pieces)
    bytes.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      for piece in old {
        if piece.token >= 0 {
          new.append(piece)
        } else {
          cut(base, piece.start, piece.end) { start, end in
            if end > start { new.append(text.piece(start, end)) }
          }
        }
      }
    }
    pieces = new
  }

  // MARK: - Changing the text

  /// Changes the text of every piece that is no token yet.
  mutating func rewrite<Mistake: Error>(_ change: (inout NormalizedText, Piece) throws(Mistake) -> Void) throws(Mistake)
  {
    var new = TextPieces()
    new.bytes.reserveCapacity(bytes.count + bytes.count / 4)
    new.pieces.reserveCapacity(pieces.count)
    for piece in pieces {
      var text = normalized(piece)
      if piece.token < 0 { try change(&text, piece) }
      text.align()
      var moved = piece
      moved.start = new.bytes.count
      new.bytes += text.bytes
      new.starts += text.starts
      new.ends += text.ends
      moved.end = new.bytes.count
      if moved.end > moved.start || moved.token >= 0 { new.pieces.append(moved) }
    }
    self = new
  }

  /// A piece as a text of its own.
  func normalized(_ piece: Piece) -> NormalizedText {
    NormalizedText(
      bytes: Array(bytes[piece.start..<piece.end]), starts: isIdentity ? [] : Array(starts[piece.start..<piece.end]),
      ends: isIdentity ? [] : Array(ends[piece.start..<piece.end]), origin: piece.originStart..<piece.originEnd)
  }
}
