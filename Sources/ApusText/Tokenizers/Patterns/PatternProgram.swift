/// A step of a compiled pattern. What `a` to `d` mean stands at the operations.
struct PatternStep {
  enum Operation: UInt8 {
    /// `b` bytes of the pool from `a` on.
    case bytes
    /// One scalar of set `a`.
    case set
    /// Goes on; if that fails, at `a`.
    case attempt
    /// Goes on if the next byte is one of first bytes `b`; if not or if that fails, at `a`.
    case branch
    case jump
    /// As many scalars of set `a` as possible, at least `b` and at most `c`, fewer if what follows fails.
    case greedyRun
    case lazyRun
    case possessiveRun
    /// Whether the steps up to `a` match here (`b` bit 0: ahead, bit 1: must not), `c` to `d` scalars before.
    case look
    /// The steps up to `a`, whose first way is the only one.
    case atomic
    case assertion
    /// Notes the position in slot `a`.
    case mark
    /// Goes to `b` if the position has moved since slot `a` was noted.
    case loopBack
    case accept
  }

  var operation: Operation
  var a: Int32 = 0
  var b: Int32 = 0
  var c: Int32 = 0
  var d: Int32 = 0
}

/// A set of scalars without references, for the matcher.
struct CompiledSet {
  var low: UInt64 = 0
  var high: UInt64 = 0
  var categories: UInt32 = 0
  var firstRange: Int32 = 0
  var rangeCount: Int32 = 0
  /// The number of the set as it was read where that is not one union; -1 else.
  var whole: Int32 = -1
  var isWhitespace = false
  var isNegated = false
}

/// A pattern, compiled.
final class PatternProgram: @unchecked Sendable {
  let steps: UnsafeMutablePointer<PatternStep>
  let sets: UnsafeMutablePointer<CompiledSet>
  let ranges: UnsafeMutablePointer<(UInt32, UInt32)>
  let pool: UnsafeMutablePointer<UInt8>
  /// Sets of first bytes, 256 truth values each.
  let firstBytes: UnsafeMutablePointer<Bool>
  let wholeSets: [ScalarClass]
  let slotCount: Int

  /// How many steps a pattern may have.
  static let mostSteps = 20_000

  init(_ syntax: PatternSyntax) throws(PatternMistake) {
    var compiler = PatternCompiler()
    try compiler.add(syntax)
    compiler.steps.append(PatternStep(operation: .accept))
    func copy<T>(_ list: [T]) -> UnsafeMutablePointer<T> {
      let memory = UnsafeMutablePointer<T>.allocate(capacity: max(1, list.count))
      memory.initialize(from: list, count: list.count)
      return memory
    }
    // The bytes with which a match can begin are the first of their sets.
    let first = compiler.firstBytes(syntax).bytes
    steps = copy(compiler.steps)
    sets = copy(compiler.sets)
    ranges = copy(compiler.ranges)
    pool = copy(compiler.pool)
    firstBytes = copy(first + compiler.firsts.flatMap { $0 })
    wholeSets = compiler.wholeSets
    slotCount = compiler.slotCount
  }

  deinit {
    steps.deallocate()
    sets.deallocate()
    ranges.deallocate()
    pool.deallocate()
    firstBytes.deallocate()
  }
}

/// Turns what a pattern says into steps.
struct PatternCompiler {
  var steps: [PatternStep] = []
  var sets: [CompiledSet] = []
  var ranges: [(UInt32, UInt32)] = []
  var pool: [UInt8] = []
  var firsts: [[Bool]] = []
  var wholeSets: [ScalarClass] = []
  var slotCount = 0

  mutating func add(_ syntax: PatternSyntax) throws(PatternMistake) {
    guard steps.count < PatternProgram.mostSteps else {
      throw PatternMistake(description: "the pattern needs more than \(PatternProgram.mostSteps) steps", kind: .tooLong)
    }
    switch syntax {
    case .empty: break
    case .literal(let bytes):
      steps.append(PatternStep(operation: .bytes, a: Int32(pool.count), b: Int32(bytes.count)))
      pool += bytes
    case .set(let set): steps.append(PatternStep(operation: .set, a: index(of: set)))
    case .sequence(let items): for item in items { try add(item) }
    case .alternatives(let items): try addAlternatives(items)
    case .loop(let inner, let least, let most, let greed): try addLoop(inner, least, most, greed)
    case .look(let inner, let isAhead, let isNegated): try addLook(inner, isAhead, isNegated)
    case .atomic(let inner):
      let place = steps.count
      steps.append(PatternStep(operation: .atomic))
      try add(inner)
      steps.append(PatternStep(operation: .accept))
      steps[place].a = Int32(steps.count)
    case .assertion(let assertion):
      steps.append(PatternStep(operation: .assertion, a: assertion.number))
    }
  }

  private mutating func addAlternatives(_ items: [PatternSyntax]) throws(PatternMistake) {
    var ends: [Int] = []
    for (i, item) in items.enumerated() {
      guard i < items.count - 1 else {
        try add(item)
        break
      }
      let place = steps.count
      firsts.append(firstBytes(item).bytes)
      steps.append(PatternStep(operation: .branch, b: Int32(firsts.count)))
      try add(item)
      ends.append(steps.count)
      steps.append(PatternStep(operation: .jump))
      steps[place].a = Int32(steps.count)
    }
    for end in ends { steps[end].a = Int32(steps.count) }
  }

  private mutating func addLoop(
    _ inner: PatternSyntax, _ least: Int, _ most: Int, _ greed: PatternSyntax.Greed
  ) throws(PatternMistake) {
    if let set = inner.single {
      let operation: PatternStep.Operation =
        greed == .greedy ? .greedyRun : greed == .lazy ? .lazyRun : .possessiveRun
      steps.append(
        PatternStep(operation: operation, a: index(of: set), b: Int32(least), c: Int32(min(most, Int(Int32.max)))))
      return
    }
    if greed == .possessive { return try add(.atomic(.loop(inner, least: least, most: most, .greedy))) }
    for _ in 0..<least { try add(inner) }
    if most == .max {
      // again: attempt (exit); mark; inner; loopBack (again); exit
      let again = steps.count
      steps.append(PatternStep(operation: .attempt))
      if greed == .lazy { steps.append(PatternStep(operation: .jump)) }
      let slot = slotCount
      slotCount += 1
      let body = steps.count
      steps.append(PatternStep(operation: .mark, a: Int32(slot)))
      try add(inner)
      steps.append(PatternStep(operation: .loopBack, a: Int32(slot), b: Int32(again)))
      steps[again].a = Int32(greed == .lazy ? body : steps.count)
      if greed == .lazy { steps[again + 1].a = Int32(steps.count) }
      return
    }
    var exits: [Int] = []
    for _ in least..<most {
      let place = steps.count
      steps.append(PatternStep(operation: .attempt))
      if greed == .lazy {
        steps.append(PatternStep(operation: .jump))
        steps[place].a = Int32(steps.count)
        exits.append(place + 1)
      } else {
        exits.append(place)
      }
      try add(inner)
    }
    for exit in exits { steps[exit].a = Int32(steps.count) }
  }

  private mutating func addLook(_ inner: PatternSyntax, _ isAhead: Bool, _ isNegated: Bool) throws(PatternMistake) {
    let place = steps.count
    var step = PatternStep(operation: .look, b: (isAhead ? 1 : 0) | (isNegated ? 2 : 0))
    if !isAhead {
      guard let widths = inner.widths, widths.upperBound <= 256 else {
        throw PatternMistake(
          description: "looking behind at more than 256 characters or without an end to them", kind: .unsupported)
      }
      (step.c, step.d) = (Int32(widths.lowerBound), Int32(widths.upperBound))
    }
    steps.append(step)
    try add(inner)
    steps.append(PatternStep(operation: .accept))
    steps[place].a = Int32(steps.count)
  }

  // MARK: - Sets

  private mutating func index(of set: ScalarClass) -> Int32 {
    var closed = set
    closed.close()
    var compiled = CompiledSet(low: closed.low, high: closed.high)
    var union = ScalarClass()
    if Self.flatten(set, into: &union) {
      compiled.categories = union.categories
      compiled.isWhitespace = union.property == .whitespace
      compiled.isNegated = set.isNegated
      compiled.firstRange = Int32(ranges.count)
      let upper = union.ranges.filter { $0.upperBound >= 128 }
      compiled.rangeCount = Int32(upper.count)
      ranges += upper.map { ($0.lowerBound, $0.upperBound) }
    } else {
      compiled.whole = Int32(wholeSets.count)
      wholeSets.append(closed)
    }
    sets.append(compiled)
    return Int32(sets.count - 1)
  }

  /// Makes one union of categories, ranges and white space out of a set, its negation aside; false where that cannot be.
  private static func flatten(_ set: ScalarClass, into union: inout ScalarClass) -> Bool {
    guard set.others.isEmpty, set.property == nil || set.property == .whitespace else { return false }
    union.categories |= set.categories
    union.ranges += set.ranges
    if let property = set.property { union.property = property }
    for part in set.parts {
      if part.isNegated || !flatten(part, into: &union) { return false }
    }
    return true
  }

  // MARK: - First bytes

  /// The bytes with which a match can begin; all of them where it can be empty.
  func firstBytes(_ syntax: PatternSyntax) -> (bytes: [Bool], canBeEmpty: Bool) {
    var bytes = [Bool](repeating: false, count: 256)
    let canBeEmpty = addFirst(syntax, &bytes)
    return (canBeEmpty ? [Bool](repeating: true, count: 256) : bytes, canBeEmpty)
  }

  private func addFirst(_ syntax: PatternSyntax, _ bytes: inout [Bool]) -> Bool {
    switch syntax {
    case .empty, .look, .assertion: return true
    case .literal(let literal):
      bytes[Int(literal[0])] = true
      return false
    case .set(let set):
      var closed = set
      closed.close()
      for byte in UInt8(0)..<128 where closed.containsLow(byte) { bytes[Int(byte)] = true }
      for byte in 128..<256 { bytes[byte] = true }
      return false
    case .sequence(let items):
      for item in items where !addFirst(item, &bytes) { return false }
      return true
    case .alternatives(let items):
      var canBeEmpty = false
      for item in items where addFirst(item, &bytes) { canBeEmpty = true }
      return canBeEmpty
    case .atomic(let inner): return addFirst(inner, &bytes)
    case .loop(let inner, let least, let most, _):
      if most == 0 { return true }
      return addFirst(inner, &bytes) || least == 0
    }
  }
}

extension PatternSyntax.Assertion {
  var number: Int32 {
    switch self {
    case .start: 0
    case .end: 1
    case .endOrNewline: 2
    case .lineStart: 3
    case .lineEnd: 4
    case .boundary: 5
    case .notBoundary: 6
    }
  }
}
