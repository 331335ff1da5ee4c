/// How long encodings may become, and what is cut off of longer ones.
public struct Truncation: Hashable, Sendable {
  /// Where tokens are cut off when there are two texts.
  public enum Strategy: String, Hashable, Sendable {
    /// From the longer text, until both are short enough.
    case longestFirst = "LongestFirst"
    /// From the first text alone.
    case onlyFirst = "OnlyFirst"
    /// From the second text alone.
    case onlySecond = "OnlySecond"
  }

  /// The end of a text that something is done to.
  public enum Side: String, Hashable, Sendable {
    /// Where it begins.
    case left = "Left"
    /// Where it ends.
    case right = "Right"
  }

  /// How many tokens there may be, those that are added included.
  public var maxLength: Int
  /// How many tokens of a piece the next piece repeats (``Encoding/overflowing``); fewer than fit.
  public var stride: Int
  /// Where tokens are cut off when there are two texts.
  public var strategy: Strategy
  /// The end at which tokens are cut off.
  public var side: Side

  /// At most `maxLength` tokens.
  public init(maxLength: Int, stride: Int = 0, strategy: Strategy = .longestFirst, side: Side = .right) {
    (self.maxLength, self.stride, self.strategy, self.side) = (maxLength, stride, strategy, side)
  }
}

/// To which length encodings are filled up, and with what.
public struct TokenPadding: Hashable, Sendable {
  /// The length of every encoding; nil for that of the longest in the batch.
  public var length: Int?
  /// What the length is to be a multiple of.
  public var multiple: Int?
  /// The end at which padding is added.
  public var side: Truncation.Side
  /// The token that is added; those of the tokeniser if nil.
  public var id: Int?
  /// The ``Encoding/typeIds`` of padding.
  public var typeId: Int
  /// The text of the token.
  public var token: String?

  /// Padding to `length`, or to the longest.
  public init(
    length: Int? = nil, multiple: Int? = nil, side: Truncation.Side = .right, id: Int? = nil, typeId: Int = 0,
    token: String? = nil
  ) {
    (self.length, self.multiple, self.side) = (length, multiple, side)
    (self.id, self.typeId, self.token) = (id, typeId, token)
  }
}

extension Encoding {
  /// Cuts off what is more than `length` tokens.
  ///
  /// - Throws: where `stride` is not less than `length`.
  mutating func truncate(to length: Int, stride: Int, side: Truncation.Side) throws(PatternMistake) {
    guard count > max(0, length) else { return }
    if length <= 0 {
      var whole = self
      whole.overflowing = []
      self = Encoding()
      overflowing = [whole]
      return
    }
    guard stride < length, stride >= 0 else {
      throw PatternMistake(description: "a stride of \(stride) tokens does not leave any of \(length)")
    }
    let step = length - stride
    guard count / step <= (1 << 24) / length else {
      throw PatternMistake(
        description: "a stride of \(stride) tokens makes too many pieces of \(length) tokens of a text of \(count)")
    }
    var ranges: [Range<Int>] = []
    var place = 0
    while true {
      switch side {
      case .right: ranges.append(place..<min(place + length, count))
      case .left: ranges.append(max(0, count - place - length)..<count - place)
      }
      guard let last = ranges.last, side == .right ? last.upperBound < count : last.lowerBound > 0 else { break }
      place += step
    }
    var result = part(ranges[0])
    result.overflowing = ranges.dropFirst().map { part($0) }
    self = result
  }

  /// Fills up to `length` tokens, what was cut off too.
  mutating func pad(to length: Int, id: Int, typeId: Int, token: String, side: Truncation.Side) {
    for i in overflowing.indices { overflowing[i].pad(to: length, id: id, typeId: typeId, token: token, side: side) }
    guard count < length else { return }
    var fill = Encoding(token: token, id: id, typeId: typeId, count: length - count, isPadding: true)
    let pieces = overflowing
    overflowing = []
    if side == .right {
      append(fill)
    } else {
      fill.append(self)
      self = fill
    }
    overflowing = pieces
  }
}

extension Truncation {
  /// What a tokenizer.json says.
  init(_ node: ConfigNode) throws {
    self.init(
      maxLength: try node.needed("max_length").int(), stride: try node.child("stride")?.int() ?? 0,
      strategy: .longestFirst, side: .right)
    if let name = try node.child("strategy")?.string() {
      guard let strategy = Strategy(rawValue: name) else { throw node.error("there is no strategy '\(name)'") }
      self.strategy = strategy
    }
    if let name = try node.child("direction")?.string() {
      guard let side = Side(rawValue: name) else { throw node.error("there is no direction '\(name)'") }
      self.side = side
    }
  }

  /// Cuts off tokens of one or two texts so that together they have at most `length`.
  func apply(_ first: inout Encoding, _ second: inout Encoding?, length: Int) throws(PatternMistake) {
    if length <= 0 {
      try first.truncate(to: 0, stride: stride, side: side)
      try second?.truncate(to: 0, stride: stride, side: side)
      return
    }
    let total = first.count + (second?.count ?? 0)
    guard total > length else { return }
    switch strategy {
    case .longestFirst:
      guard second != nil else { return try first.truncate(to: length, stride: stride, side: side) }
      var (less, more) = (first.count, second?.count ?? 0)
      let isSwapped = less > more
      if isSwapped { swap(&less, &more) }
      more = less > length ? less : max(less, length - less)
      if less + more > length {
        less = length / 2
        more = less + length % 2
      }
      if isSwapped { swap(&less, &more) }
      try first.truncate(to: less, stride: stride, side: side)
      try second?.truncate(to: more, stride: stride, side: side)
    case .onlyFirst:
      let left = first.count - (total - length)
      guard left > 0 else {
        throw PatternMistake(description: "the first text is too short to make the pair \(length) tokens long")
      }
      try first.truncate(to: left, stride: stride, side: side)
    case .onlySecond:
      guard let count = second?.count else { throw PatternMistake(description: "there is no second text to truncate") }
      let left = count - (total - length)
      guard left > 0 else {
        throw PatternMistake(description: "the second text is too short to make the pair \(length) tokens long")
      }
      try second?.truncate(to: left, stride: stride, side: side)
    }
  }
}

/// No file asks for encodings that are filled up to more tokens.
private let mostPadding = 1 << 18

extension TokenPadding {
  /// What a tokenizer.json says.
  init(_ node: ConfigNode) throws {
    self.init()
    if let strategy = node.child("strategy"), let fixed = strategy.child("Fixed") {
      length = try fixed.int(in: 0...mostPadding)
    }
    multiple = try node.child("pad_to_multiple_of")?.int(in: 0...mostPadding)
    id = try node.child("pad_id")?.int()
    typeId = try node.child("pad_type_id")?.int() ?? 0
    token = try node.child("pad_token")?.string()
    if let name = try node.child("direction")?.string() {
      guard let side = Truncation.Side(rawValue: name) else { throw node.error("there is no direction '\(name)'") }
      self.side = side
    }
  }

  /// The length of encodings of which the longest has `longest` tokens.
  func target(longest: Int) -> Int {
    let target = length ?? longest
    guard let multiple, multiple > 0, target % multiple > 0 else { return target }
    return target + multiple - target % multiple
  }
}
