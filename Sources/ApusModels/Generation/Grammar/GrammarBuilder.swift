import ApusCore

/// Collects rules, and checks that they make a grammar.
struct GrammarBuilder {
  private var names: [String: Int] = [:]
  private var titles: [String] = []
  /// The sequences of each rule; nil before it is defined.
  private var rules: [[[Grammar.Element]]?] = []
  private var classes: [[ClosedRange<UInt32>]: Int] = [:]
  private var count = 0
  /// Elements that repetitions have written, which need not be in a rule yet.
  private var repeatedCount = 0

  /// The number of the rule of that name, which may be defined later.
  mutating func rule(_ name: String) -> Int {
    if let known = names[name] { return known }
    let number = newRule(name)
    names[name] = number
    return number
  }

  /// Defines a rule; of several definitions the last one counts.
  mutating func define(_ rule: Int, _ sequences: [[Grammar.Element]]) throws(TensorError) {
    rules[rule] = sequences
    count += sequences.reduce(0) { $0 + $1.count + 1 }
    guard count <= Grammar.mostElements else {
      throw TensorError(.value, "grammar", "it has more than \(Grammar.mostElements) elements; repeat less")
    }
  }

  /// A rule without a name, of these sequences.
  mutating func group(_ sequences: [[Grammar.Element]]) throws(TensorError) -> Grammar.Element {
    let number = newRule("a group")
    try define(number, sequences)
    return .rule(number)
  }

  /// `item` from `least` to `most` times; nil: without an end.
  mutating func repeated(
    _ item: [Grammar.Element], _ least: Int, _ most: Int?
  ) throws(TensorError) -> [Grammar.Element] {
    guard max(least, most ?? 0) <= 1 << 14, max(least, most ?? 0) * max(1, item.count) <= Grammar.mostElements else {
      throw TensorError(.value, "grammar", "a repetition of \(max(least, most ?? 0)) is too long")
    }
    repeatedCount += least * item.count
    guard repeatedCount <= 4 * Grammar.mostElements else {
      throw TensorError(
        .value, "grammar", "its repetitions have more than \(4 * Grammar.mostElements) elements; repeat less")
    }
    var sequence = (0..<least).flatMap { _ in item }
    if let most {
      // Each further one only behind the one before.
      var rest: [Grammar.Element] = []
      for _ in 0..<max(0, most - least) { rest = [try group([item + rest, []])] }
      sequence += rest
    } else {
      let number = newRule("a repetition")
      try define(number, [item + [.rule(number)], []])
      sequence.append(.rule(number))
    }
    return sequence
  }

  /// A character in one of the ranges of code points, as its bytes in UTF-8.
  mutating func character(_ ranges: [ClosedRange<UInt32>]) throws(TensorError) -> Grammar.Element {
    let ranges = merged(ranges)
    if let last = ranges.last, last.upperBound < 0x80 {
      var set = ByteSet(UInt8(ranges[0].lowerBound)...UInt8(ranges[0].upperBound))
      for range in ranges.dropFirst() { set.insert(UInt8(range.lowerBound)...UInt8(range.upperBound)) }
      return .bytes(set)
    }
    if let known = classes[ranges] { return .rule(known) }
    let number = newRule("a class")
    classes[ranges] = number
    var single: ByteSet?
    var sequences: [[Grammar.Element]] = []
    for range in ranges {
      for bytes in utf8Sequences(range) {
        if bytes.count == 1 {
          if single == nil { single = ByteSet(bytes[0]) } else { single?.insert(bytes[0]) }
        } else {
          sequences.append(bytes.map { .bytes(ByteSet($0)) })
        }
      }
    }
    if let single { sequences.insert([.bytes(single)], at: 0) }
    try define(number, sequences)
    return .rule(number)
  }

  /// The bytes of a text.
  static func text(_ text: String) -> [Grammar.Element] { text.utf8.map { .bytes(ByteSet($0...$0)) } }

  private mutating func newRule(_ title: String) -> Int {
    titles.append(title)
    rules.append(nil)
    return rules.count - 1
  }

  /// Checks all rules and joins their sequences.
  func finish() throws(TensorError) -> Grammar {
    guard let root = names["root"], rules[root] != nil else {
      throw TensorError(.format, "grammar", "there is no rule 'root'")
    }
    var elements: [Grammar.Element] = []
    var alternatives: [[Int]] = []
    for (number, sequences) in rules.enumerated() {
      guard let sequences else { throw TensorError(.format, "grammar", "there is no rule '\(titles[number])'") }
      var starts: [Int] = []
      for sequence in sequences {
        starts.append(elements.count)
        elements += sequence
        elements.append(.end)
      }
      alternatives.append(starts)
    }
    try checkBeginnings()
    return Grammar(elements: elements, alternatives: alternatives, root: root)
  }

  /// A rule that begins with itself would never come to a character.
  private func checkBeginnings() throws(TensorError) {
    let empty = emptyRules()
    // The rules that each one may begin with.
    var first: [[Int]] = []
    for sequences in rules {
      var found: [Int] = []
      for sequence in sequences ?? [] {
        for element in sequence {
          guard case .rule(let number) = element else { break }
          found.append(number)
          if !empty[number] { break }
        }
      }
      first.append(found)
    }
    // 1: on the way, 2: done.
    var marks = [UInt8](repeating: 0, count: rules.count)
    for start in rules.indices where marks[start] == 0 {
      var path: [(rule: Int, next: Int)] = [(start, 0)]
      marks[start] = 1
      while let (rule, next) = path.last {
        if next == first[rule].count {
          marks[rule] = 2
          path.removeLast()
          continue
        }
        path[path.count - 1].next += 1
        let inner = first[rule][next]
        if marks[inner] == 1 {
          throw TensorError(
            .format, "grammar", "the rule '\(titles[inner])' begins with itself; write the repetition behind its item")
        }
        if marks[inner] == 0 {
          marks[inner] = 1
          path.append((inner, 0))
        }
      }
    }
  }

  /// Which rules can be nothing: those with a sequence of rules that all can.
  private func emptyRules() -> [Bool] {
    var empty = [Bool](repeating: false, count: rules.count)
    // Of sequences of rules alone: whose they are, and how many of their rules may not be nothing as far as is known.
    var owners: [Int] = []
    var left: [Int] = []
    // The sequences in which each rule stands.
    var uses = [[Int]](repeating: [], count: rules.count)
    var found: [Int] = []
    for (number, sequences) in rules.enumerated() {
      for sequence in sequences ?? [] {
        let parts = sequence.compactMap { if case .rule(let inner) = $0 { inner } else { nil } }
        guard parts.count == sequence.count else { continue }
        if parts.isEmpty { found.append(number) }
        for part in parts { uses[part].append(owners.count) }
        owners.append(number)
        left.append(parts.count)
      }
    }
    while let number = found.popLast() {
      if empty[number] { continue }
      empty[number] = true
      for sequence in uses[number] {
        left[sequence] -= 1
        if left[sequence] == 0 { found.append(owners[sequence]) }
      }
    }
    return empty
  }
}

/// Ranges in ascending order that do not touch, without the surrogates, which are no characters.
func merged(_ ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
  var result: [ClosedRange<UInt32>] = []
  let parts = ranges.flatMap { range -> [ClosedRange<UInt32>] in
    let (low, high) = (range.lowerBound, min(range.upperBound, 0x10ffff))
    var parts: [ClosedRange<UInt32>] = []
    if low <= min(high, 0xd7ff) { parts.append(low...min(high, 0xd7ff)) }
    if max(low, 0xe000) <= high { parts.append(max(low, 0xe000)...high) }
    return parts
  }
  for range in parts.sorted(by: { $0.lowerBound < $1.lowerBound }) {
    if let last = result.last, range.lowerBound <= last.upperBound + 1 {
      result[result.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
    } else {
      result.append(range)
    }
  }
  return result
}

/// All characters outside of the ranges.
func complement(_ ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
  var next: UInt32 = 0
  var result: [ClosedRange<UInt32>] = []
  for range in merged(ranges) {
    if next < range.lowerBound { result.append(next...range.lowerBound - 1) }
    next = range.upperBound + 1
  }
  if next <= 0x10ffff { result.append(next...0x10ffff) }
  return merged(result)
}

/// The bytes of a range of characters: sequences of ranges of bytes that together are exactly its UTF-8.
func utf8Sequences(_ range: ClosedRange<UInt32>) -> [[ClosedRange<UInt8>]] {
  var result: [[ClosedRange<UInt8>]] = []
  var pending = [range]
  while let range = pending.popLast() {
    let (low, high) = (range.lowerBound, range.upperBound)
    // First where the number of bytes changes, then where a following byte would not take all values.
    if let limit = [0x7f, 0x7ff, 0xffff].first(where: { low <= $0 && $0 < high }) {
      pending += [limit + 1...high, low...limit]
      continue
    }
    if high < 0x80 {
      result.append([UInt8(low)...UInt8(high)])
      continue
    }
    var isSplit = false
    for bits in [6, 12, 18] as [UInt32] {
      let mask: UInt32 = (1 << bits) - 1
      guard low & ~mask != high & ~mask else { break }
      if low & mask != 0 {
        pending += [(low | mask) + 1...high, low...(low | mask)]
      } else if high & mask != mask {
        pending += [high & ~mask...high, low...(high & ~mask) - 1]
      } else {
        continue
      }
      isSplit = true
      break
    }
    if isSplit { continue }
    result.append(zip(utf8Bytes(low), utf8Bytes(high)).map { $0...$1 })
  }
  return result
}

private func utf8Bytes(_ code: UInt32) -> [UInt8] {
  let tail = { (shift: UInt32) in UInt8(0x80 | (code >> shift & 0x3f)) }
  if code < 0x800 { return [UInt8(0xc0 | code >> 6), tail(0)] }
  if code < 0x10000 { return [UInt8(0xe0 | code >> 12), tail(6), tail(0)] }
  return [UInt8(0xf0 | code >> 18), tail(12), tail(6), tail(0)]
}
