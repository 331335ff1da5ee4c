/// Finds matches of a pattern by trying its ways in order and going back where one fails. How many steps that may take is bounded
/// (``TextBudget``), so that patterns that explode end with an error.
struct PatternMatcher {
  private let program: PatternProgram
  private let steps: UnsafeMutablePointer<PatternStep>
  private let sets: UnsafeMutablePointer<CompiledSet>
  private let table: UnicodeTable
  private let text: UnsafePointer<UInt8>
  private let start: Int
  private let end: Int
  private var stack: [Frame] = []
  private var slots: [Int]
  private(set) var stepsLeft: Int

  /// Where to go on when a way fails.
  private struct Frame {
    enum Kind: UInt8 { case way, greedyRun, lazyRun, slot }
    var step: Int32
    var kind: Kind
    var position: Int
    /// Of a run, how far back it may go, or how many more scalars it may take; of a slot, its number.
    var limit: Int
  }

  /// A matcher of `program` for the bytes from `start` to `end`.
  /// - Parameter stepsLeft: how many steps all matches together may take.
  init(_ program: PatternProgram, _ text: UnsafePointer<UInt8>, from start: Int, to end: Int, steps stepsLeft: Int) {
    self.program = program
    (steps, sets, table) = (program.steps, program.sets, .shared)
    (self.text, self.start, self.end) = (text, start, end)
    slots = [Int](repeating: -1, count: program.slotCount)
    self.stepsLeft = stepsLeft
  }

  /// The first match that begins at `from` or later, nil where there is none.
  mutating func next(from: Int) throws(PatternMistake) -> Range<Int>? {
    let first = program.firstBytes
    var position = from
    while position < end {
      if first[Int(text[position])], let matched = try match(0, at: position) { return position..<matched }
      position += scalarLength(text[position])
    }
    guard position == end, first[0], first[255], let matched = try match(0, at: end) else { return nil }
    return end..<matched
  }

  /// Whether there is a match that begins at `position`.
  mutating func matches(at position: Int) throws(PatternMistake) -> Bool { try match(0, at: position) != nil }

  /// The end of the match that begins at `position` and goes through the steps from `first` on.
  private mutating func match(_ first: Int, at position: Int) throws(PatternMistake) -> Int? {
    let base = stack.count
    var (step, position) = (first, position)
    defer { if stack.count > base { stack.removeLast(stack.count - base) } }
    while true {
      stepsLeft -= 1
      guard stepsLeft > 0 else {
        throw PatternMistake(
          description: "matching takes too many steps for a text of \(end - start) bytes", kind: .tooLong)
      }
      let current = steps[step]
      var isMatch = true
      switch current.operation {
      case .accept: return position
      case .bytes:
        let count = Int(current.b)
        if end - position >= count, equalBytes(text + position, program.pool + Int(current.a), count) {
          position += count
        } else {
          isMatch = false
        }
      case .set:
        let length = take(sets[Int(current.a)], at: position)
        position += length
        isMatch = length > 0
      case .attempt:
        stack.append(Frame(step: current.a, kind: .way, position: position, limit: 0))
      case .branch:
        // At the end of the text only ways that can be empty match, which have all first bytes.
        let byte = position < end ? Int(text[position]) : 255
        if program.firstBytes[Int(current.b) << 8 | byte] {
          stack.append(Frame(step: current.a, kind: .way, position: position, limit: 0))
        } else {
          step = Int(current.a)
          continue
        }
      case .jump:
        step = Int(current.a)
        continue
      case .greedyRun, .possessiveRun: isMatch = run(current, step, &position)
      case .lazyRun: isMatch = lazyRun(current, step, &position)
      case .look:
        isMatch = try look(current, step, at: position)
        if isMatch {
          step = Int(current.a)
          continue
        }
      case .atomic:
        if let after = try match(step + 1, at: position) {
          (step, position) = (Int(current.a), after)
          continue
        }
        isMatch = false
      case .assertion: isMatch = holds(current.a, at: position)
      case .mark:
        stack.append(Frame(step: 0, kind: .slot, position: slots[Int(current.a)], limit: Int(current.a)))
        slots[Int(current.a)] = position
      case .loopBack:
        if slots[Int(current.a)] != position {
          step = Int(current.b)
          continue
        }
      }
      if isMatch { step += 1 } else if !back(to: base, &step, &position) { return nil }
    }
  }

  /// Goes back to the last other way; false where there is none.
  @inline(__always)
  private mutating func back(to base: Int, _ step: inout Int, _ position: inout Int) -> Bool {
    while stack.count > base {
      let last = stack.count - 1
      let frame = stack[last]
      switch frame.kind {
      case .way:
        stack.removeLast()
        (step, position) = (Int(frame.step), frame.position)
        return true
      case .slot:
        slots[frame.limit] = frame.position
        stack.removeLast()
      case .greedyRun:
        let place = previousScalar(text, before: frame.position, from: start)
        if place > frame.limit { stack[last].position = place } else { stack.removeLast() }
        (step, position) = (Int(frame.step), place)
        return true
      case .lazyRun:
        let length = take(sets[Int(steps[Int(frame.step) - 1].a)], at: frame.position)
        if length == 0 {
          stack.removeLast()
          continue
        }
        (step, position) = (Int(frame.step), frame.position + length)
        if frame.limit > 1 {
          stack[last].position = position
          stack[last].limit = frame.limit - 1
        } else {
          stack.removeLast()
        }
        return true
      }
    }
    return false
  }

  /// How many bytes the scalar at `position` takes if it is in the set, else 0.
  @inline(__always)
  private func take(_ set: CompiledSet, at position: Int) -> Int {
    guard position < end else { return 0 }
    let byte = text[position]
    if byte < 128 {
      return Int(truncatingIfNeeded: (byte < 64 ? set.low >> UInt64(byte) : set.high >> UInt64(byte & 63)) & 1)
    }
    let scalar = decodeScalar(text, at: position, before: end)
    return contains(set, scalar.value) ? scalar.length : 0
  }

  private func contains(_ set: CompiledSet, _ scalar: UInt32) -> Bool {
    if set.whole >= 0 { return program.wholeSets[Int(set.whole)].describes(scalar, table) }
    let bits = table[scalar]
    var isIn = set.categories >> UInt32(bits & UnicodeTable.categoryBits) & 1 != 0
    if !isIn, set.isWhitespace { isIn = bits & UnicodeTable.whitespace != 0 }
    if !isIn, set.rangeCount > 0 {
      for i in Int(set.firstRange)..<Int(set.firstRange + set.rangeCount) {
        let range = program.ranges[i]
        if scalar >= range.0, scalar <= range.1 {
          isIn = true
          break
        }
      }
    }
    return isIn != set.isNegated
  }

  @inline(__always)
  private mutating func run(_ current: PatternStep, _ step: Int, _ position: inout Int) -> Bool {
    let set = sets[Int(current.a)]
    let (least, most) = (Int(current.b), Int(current.c))
    var (count, place) = (0, position)
    var leastPlace = position
    while count < most {
      let length = take(set, at: place)
      if length == 0 { break }
      place += length
      count += 1
      if count == least { leastPlace = place }
    }
    stepsLeft -= count >> 3
    guard count >= least else { return false }
    if current.operation == .greedyRun, place > leastPlace {
      stack.append(Frame(step: Int32(step + 1), kind: .greedyRun, position: place, limit: leastPlace))
    }
    position = place
    return true
  }

  private mutating func lazyRun(_ current: PatternStep, _ step: Int, _ position: inout Int) -> Bool {
    let set = sets[Int(current.a)]
    for _ in 0..<Int(current.b) {
      let length = take(set, at: position)
      if length == 0 { return false }
      position += length
    }
    let more = Int(current.c) - Int(current.b)
    if more > 0 { stack.append(Frame(step: Int32(step + 1), kind: .lazyRun, position: position, limit: more)) }
    return true
  }

  private mutating func look(_ current: PatternStep, _ step: Int, at position: Int) throws(PatternMistake) -> Bool {
    let isNegated = current.b & 2 != 0
    if current.b & 1 != 0 { return (try match(step + 1, at: position) != nil) != isNegated }
    var place = position
    var width = 0
    while true {
      if width >= current.c, try match(step + 1, at: place) == position { return !isNegated }
      guard width < current.d, place > start else { return isNegated }
      place = previousScalar(text, before: place, from: start)
      width += 1
    }
  }

  private func holds(_ assertion: Int32, at position: Int) -> Bool {
    switch assertion {
    case 0: return position == start
    case 1: return position == end
    case 2: return position == end || position == end - 1 && text[position] == 10
    case 3: return position == start || text[position - 1] == 10 && position < end
    case 4: return position == end || text[position] == 10
    default:
      let before =
        position > start
        && table.isWord(decodeScalar(text, at: previousScalar(text, before: position, from: start), before: end).value)
      let after = position < end && table.isWord(decodeScalar(text, at: position, before: end).value)
      return (before != after) == (assertion == 5)
    }
  }
}
