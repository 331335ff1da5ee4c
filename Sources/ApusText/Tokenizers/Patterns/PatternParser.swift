/// Reads regular expressions: literals, classes with properties of Unicode and set operations, groups with flags, look-around, atomic
/// groups, greedy, lazy and possessive repetition.
struct PatternParser {
  private let scalars: [UInt32]
  private let dialect: PatternDialect
  private var position = 0
  private var ignoresCase = false
  private var dotMatchesNewline = false
  private var isMultiline: Bool
  private var isExtended = false

  /// How many groups may lie in each other.
  private static let deepest = 64
  /// How often something may be repeated by a count.
  private static let mostCounted = 1000

  static func parse(_ source: [UInt8], _ dialect: PatternDialect) throws(PatternMistake) -> PatternSyntax {
    guard source.count <= 1 << 16 else { throw PatternMistake(description: "the pattern has more than 65536 bytes") }
    var parser = PatternParser(scalars: source.scalars, dialect: dialect)
    let syntax = try parser.alternatives(depth: 0)
    guard parser.position == parser.scalars.count else { throw parser.mistake("a ')' that nothing opens") }
    return syntax
  }

  private init(scalars: [UInt32], dialect: PatternDialect) {
    (self.scalars, self.dialect) = (scalars, dialect)
    // In Ruby's syntax ^ and $ are always about lines.
    isMultiline = dialect == .oniguruma
  }

  private func mistake(_ text: String) -> PatternMistake {
    PatternMistake(description: "character \(position) of the pattern: \(text)")
  }

  private var current: UInt32? { position < scalars.count ? scalars[position] : nil }
  private func at(_ offset: Int) -> UInt32? { position + offset < scalars.count ? scalars[position + offset] : nil }

  private mutating func take(_ character: Character) -> Bool {
    guard current == character.unicodeScalars.first?.value else { return false }
    position += 1
    return true
  }

  private mutating func take(_ word: String) -> Bool {
    let wanted = word.unicodeScalars.map(\.value)
    guard position + wanted.count <= scalars.count, Array(scalars[position..<position + wanted.count]) == wanted
    else { return false }
    position += wanted.count
    return true
  }

  // MARK: - Alternatives, sequences, repetition

  private mutating func alternatives(depth: Int) throws(PatternMistake) -> PatternSyntax {
    guard depth < Self.deepest else { throw mistake("groups lie in each other more than \(Self.deepest) deep") }
    let flags = (ignoresCase, dotMatchesNewline, isMultiline, isExtended)
    defer { (ignoresCase, dotMatchesNewline, isMultiline, isExtended) = flags }
    var items = [try sequence(depth: depth)]
    while take("|") { items.append(try sequence(depth: depth)) }
    return items.count == 1 ? items[0] : .alternatives(items)
  }

  private mutating func sequence(depth: Int) throws(PatternMistake) -> PatternSyntax {
    var items: [PatternSyntax] = []
    while let c = current, c != 0x7c, c != 0x29 {
      if isExtended {
        if c == 32 || (9...13).contains(c) {
          position += 1
          continue
        }
        if c == 0x23 {
          while let c = current, c != 10 { position += c == 10 ? 0 : 1 }
          continue
        }
      }
      let item = try repeated(try atom(depth: depth))
      if case .empty = item { continue }
      if case .literal(let more) = item, case .literal(let before)? = items.last {
        items[items.count - 1] = .literal(before + more)
      } else {
        items.append(item)
      }
    }
    return items.isEmpty ? .empty : items.count == 1 ? items[0] : .sequence(items)
  }

  private mutating func repeated(_ first: PatternSyntax) throws(PatternMistake) -> PatternSyntax {
    var item = first
    var nested = 0
    while let bounds = try quantifier() {
      if case .assertion = item { throw mistake("nothing that can be repeated") }
      var greed = PatternSyntax.Greed.greedy
      if take("?") { greed = .lazy } else if dialect == .perl || !bounds.isCounted, take("+") { greed = .possessive }
      nested += 1
      guard nested < 8 else { throw mistake("more than 8 repetitions of each other") }
      item = .loop(item, least: bounds.least, most: bounds.most, greed)
    }
    return item
  }

  private mutating func quantifier() throws(PatternMistake) -> (least: Int, most: Int, isCounted: Bool)? {
    if take("*") { return (0, .max, false) }
    if take("+") { return (1, .max, false) }
    if take("?") { return (0, 1, false) }
    guard current == 0x7b else { return nil }
    let start = position
    position += 1
    let least = number()
    var most = least
    if take(",") { most = number() ?? .max }
    guard take("}"), least != nil || most != nil && most != .max else {
      // A brace that is no repetition stands for itself.
      position = start
      return nil
    }
    let low = least ?? 0
    let high = most ?? low
    guard low <= Self.mostCounted, high == .max || high <= Self.mostCounted, low <= high else {
      throw mistake("a repetition of \(low) to \(high) times; at most \(Self.mostCounted) are possible")
    }
    return (low, high, true)
  }

  private mutating func number() -> Int? {
    var value: Int?
    while let c = current, (0x30...0x39).contains(c), (value ?? 0) < 1 << 20 {
      value = (value ?? 0) * 10 + Int(c - 0x30)
      position += 1
    }
    return value
  }

  // MARK: - Atoms

  private mutating func atom(depth: Int) throws(PatternMistake) -> PatternSyntax {
    guard let c = current else { return .empty }
    position += 1
    switch c {
    case 0x28: return try group(depth: depth)
    case 0x5b: return .set(cased(try set(depth: 0)))
    case 0x2e:
      return .set(dotMatchesNewline ? ScalarClass(.any) : ScalarClass([10...10]).negated())
    case 0x5e: return .assertion(isMultiline ? .lineStart : .start)
    case 0x24: return .assertion(isMultiline ? .lineEnd : .endOrNewline)
    case 0x5c: return try escape()
    case 0x2a, 0x2b, 0x3f: throw mistake("nothing to repeat")
    default: return literal(c)
    }
  }

  private func literal(_ scalar: UInt32) -> PatternSyntax {
    if ignoresCase {
      let variants = CaseVariants.of(scalar)
      if variants.count > 1 { return .set(ScalarClass(variants.map { $0...$0 })) }
    }
    var bytes: [UInt8] = []
    bytes.append(scalar: scalar)
    return .literal(bytes)
  }

  private func cased(_ set: ScalarClass) -> ScalarClass { ignoresCase ? set.ignoringCase() : set }

  private mutating func group(depth: Int) throws(PatternMistake) -> PatternSyntax {
    func closed(_ parser: inout PatternParser) throws(PatternMistake) -> PatternSyntax {
      let inner = try parser.alternatives(depth: depth + 1)
      guard parser.take(")") else { throw parser.mistake("a group does not end") }
      return inner
    }
    guard take("?") else { return grouped(try closed(&self)) }
    if take("#") {
      while let c = current, c != 0x29 { position += c == 0x29 ? 0 : 1 }
      guard take(")") else { throw mistake("a comment does not end") }
      return .empty
    }
    if take(":") { return grouped(try closed(&self)) }
    if take("=") { return .look(try closed(&self), isAhead: true, isNegated: false) }
    if take("!") { return .look(try closed(&self), isAhead: true, isNegated: true) }
    if take("<=") { return .look(try closed(&self), isAhead: false, isNegated: false) }
    if take("<!") { return .look(try closed(&self), isAhead: false, isNegated: true) }
    if take(">") { return .atomic(try closed(&self)) }
    if take("P<") || take("<") {
      while let c = current, c != 0x3e { position += c == 0x3e ? 0 : 1 }
      guard take(">") else { throw mistake("the name of a group does not end") }
      return grouped(try closed(&self))
    }
    return try flagged(depth: depth)
  }

  /// A group stays one thing: its literal does not grow into the next.
  private func grouped(_ inner: PatternSyntax) -> PatternSyntax {
    if case .literal = inner { return .sequence([inner]) }
    return inner
  }

  private mutating func flagged(depth: Int) throws(PatternMistake) -> PatternSyntax {
    let before = (ignoresCase, dotMatchesNewline, isMultiline, isExtended)
    var isOn = true
    while let c = current {
      position += 1
      switch c {
      case 0x2d: isOn = false
      case 0x69: ignoresCase = isOn
      case 0x6d: if dialect == .oniguruma { dotMatchesNewline = isOn } else { isMultiline = isOn }
      case 0x73: dotMatchesNewline = isOn
      case 0x78: isExtended = isOn
      case 0x75: break
      case 0x3a:
        let inner = try alternatives(depth: depth + 1)
        guard take(")") else { throw mistake("a group does not end") }
        (ignoresCase, dotMatchesNewline, isMultiline, isExtended) = before
        return grouped(inner)
      case 0x29:
        // To the end of the group around it, alternatives included.
        let rest = try alternatives(depth: depth + 1)
        return grouped(rest)
      default: throw mistake("a group of a kind that is not known")
      }
    }
    throw mistake("a group does not end")
  }

  private mutating func escape() throws(PatternMistake) -> PatternSyntax {
    guard let c = current, let scalar = Unicode.Scalar(c) else { throw mistake("a '\\' at the end") }
    switch Character(scalar) {
    case "A": position += 1; return .assertion(.start)
    case "z": position += 1; return .assertion(.end)
    case "Z": position += 1; return .assertion(.endOrNewline)
    case "b": position += 1; return .assertion(.boundary)
    case "B": position += 1; return .assertion(.notBoundary)
    case "G": throw unsupported("\\G")
    case "R":
      position += 1
      return .atomic(.alternatives([.literal([13, 10]), .set(ScalarClass([10...13, 0x85...0x85, 0x2028...0x2029]))]))
    case "1"..."9", "k", "g", "X", "K": throw unsupported("'\\\(scalar)'")
    default: break
    }
    if let set = try classEscape() { return .set(cased(set)) }
    return literal(try scalarEscape())
  }

  private func unsupported(_ what: String) -> PatternMistake {
    PatternMistake(
      description: "character \(position) of the pattern: \(what) cannot be matched here", kind: .unsupported)
  }

  // MARK: - Escapes

  /// `\s`, `\p{L}` and their like, nil where the escape is of one scalar.
  private mutating func classEscape() throws(PatternMistake) -> ScalarClass? {
    guard let c = current, let scalar = Unicode.Scalar(c) else { throw mistake("a '\\' at the end") }
    let set: ScalarClass
    switch Character(scalar) {
    case "s": set = ScalarClass(.whitespace)
    case "S": set = ScalarClass(.whitespace).negated()
    case "d": set = .digit
    case "D": set = ScalarClass.digit.negated()
    case "w": set = ScalarClass(.word)
    case "W": set = ScalarClass(.word).negated()
    case "h" where dialect == .oniguruma: set = ScalarClass([0x30...0x39, 0x41...0x46, 0x61...0x66])
    case "H" where dialect == .oniguruma: set = ScalarClass([0x30...0x39, 0x41...0x46, 0x61...0x66]).negated()
    case "h":
      set = ScalarClass([
        9...9, 32...32, 0xa0...0xa0, 0x1680...0x1680, 0x2000...0x200a, 0x202f...0x202f, 0x205f...0x205f,
        0x3000...0x3000,
      ])
    case "N": set = ScalarClass([10...10]).negated()
    case "p", "P":
      position += 1
      return try property().negated(c == 0x50)
    default: return nil
    }
    position += 1
    return set
  }

  private mutating func property() throws(PatternMistake) -> ScalarClass {
    guard let c = current else { throw mistake("a property has no name") }
    position += 1
    guard c == 0x7b else { return try PatternProperties.set(named: text([UInt8(truncatingIfNeeded: c)])) }
    let isNegated = take("^")
    var name: [UInt8] = []
    while let c = current, c != 0x7d {
      name.append(scalar: c)
      position += 1
    }
    guard take("}"), name.count < 100 else { throw mistake("the name of a property does not end") }
    return try PatternProperties.set(named: text(name)).negated(isNegated)
  }

  private mutating func scalarEscape() throws(PatternMistake) -> UInt32 {
    guard let c = current, let scalar = Unicode.Scalar(c) else { throw mistake("a '\\' at the end") }
    position += 1
    switch Character(scalar) {
    case "n": return 10
    case "r": return 13
    case "t": return 9
    case "f": return 12
    case "v": return 11
    case "a": return 7
    case "e": return 27
    case "0": return 0
    case "x":
      if take("{") { return try hexadecimal(until: 0x7d, most: 8) }
      return try hexadecimal(until: nil, most: 2)
    case "u":
      if take("{") { return try hexadecimal(until: 0x7d, most: 8) }
      return try hexadecimal(until: nil, most: 4)
    case let letter where letter.isASCII && letter.isLetter: throw unsupported("'\\\(letter)'")
    default: return c
    }
  }

  private mutating func hexadecimal(until end: UInt32?, most: Int) throws(PatternMistake) -> UInt32 {
    var (value, count) = (UInt32(0), 0)
    while count < most, let c = current, let scalar = Unicode.Scalar(c), let digit = Character(scalar).hexDigitValue {
      value = value << 4 | UInt32(digit)
      position += 1
      count += 1
    }
    if let end {
      guard current == end else { throw mistake("the number of a character does not end") }
      position += 1
    }
    guard count > 0, Unicode.Scalar(value) != nil else { throw mistake("the number of no character") }
    return value
  }

  // MARK: - Sets

  /// What stands between brackets, the first of which has been read.
  private mutating func set(depth: Int) throws(PatternMistake) -> ScalarClass {
    guard depth < 16 else { throw mistake("sets lie in each other more than 16 deep") }
    var result = ScalarClass()
    let isNegated = take("^")
    var isFirst = true
    while true {
      guard let c = current else { throw mistake("a set does not end") }
      if c == 0x5d, !isFirst {
        position += 1
        break
      }
      isFirst = false
      if take("&&") {
        // The rest is one set, up to the same bracket.
        result.others.append(try set(depth: depth + 1))
        break
      }
      if take("[:") {
        result.parts.append(try bracketed())
        continue
      }
      if c == 0x5b {
        position += 1
        result.parts.append(try set(depth: depth + 1))
        continue
      }
      try addItem(to: &result)
    }
    return result.negated(isNegated)
  }

  private mutating func addItem(to result: inout ScalarClass) throws(PatternMistake) {
    let low: UInt32
    if take("\\") {
      if let inner = try classEscape() {
        if inner.ranges.isEmpty, inner.parts.isEmpty, inner.property == nil, inner.others.isEmpty {
          result.categories |= inner.isNegated ? ~inner.categories : inner.categories
        } else {
          result.parts.append(inner)
        }
        return
      }
      if current == 0x62 { position += 1; result.ranges.append(8...8); return }
      low = try scalarEscape()
    } else {
      low = scalars[position]
      position += 1
    }
    guard current == 0x2d, let next = at(1), next != 0x5d, next != 0x5b || dialect == .perl else {
      result.ranges.append(low...low)
      return
    }
    let before = position
    position += 1
    var high = next
    if take("\\") {
      if let inner = try classEscape() {
        // A hyphen before a class stands for itself.
        result.ranges += [low...low, 0x2d...0x2d]
        result.parts.append(inner)
        return
      }
      high = try scalarEscape()
    } else {
      position += 1
    }
    guard low <= high else {
      position = before
      throw mistake("a range that ends before it begins")
    }
    result.ranges.append(low...high)
  }

  private mutating func bracketed() throws(PatternMistake) -> ScalarClass {
    let isNegated = take("^")
    var name: [UInt8] = []
    while let c = current, c != 0x3a {
      name.append(scalar: c)
      position += 1
    }
    guard take(":]"), name.count < 100 else { throw mistake("the name of a property does not end") }
    return try PatternProperties.set(named: text(name)).negated(isNegated)
  }
}

/// Properties by the names that patterns give them.
enum PatternProperties {
  static func set(named name: String) throws(PatternMistake) -> ScalarClass {
    var plain = name.filter { $0 != "_" && $0 != " " && $0 != "-" }.lowercased()
    for prefix in ["generalcategory=", "gc=", "script=", "sc=", "is"] where plain.hasPrefix(prefix) {
      plain = String(plain.dropFirst(prefix.count))
    }
    if let mask = categories[plain] { return ScalarClass(categories: mask) }
    switch plain {
    case "any": return ScalarClass(.any)
    case "alphabetic", "alpha": return ScalarClass(.alphabetic)
    case "whitespace", "space": return ScalarClass(.whitespace)
    case "word": return ScalarClass(.word)
    case "ascii": return ScalarClass([0...0x7f])
    case "assigned": return ScalarClass(categories: ~(1 << 29))
    case "digit": return .digit
    case "xdigit": return ScalarClass([0x30...0x39, 0x41...0x46, 0x61...0x66])
    case "blank":
      return ScalarClass([
        9...9, 32...32, 0xa0...0xa0, 0x1680...0x1680, 0x2000...0x200a, 0x202f...0x202f, 0x205f...0x205f,
        0x3000...0x3000,
      ])
    case "alnum":
      var set = ScalarClass(.alphabetic)
      set.categories = UnicodeTable.decimalNumber
      return set
    case "upper", "uppercase": return ScalarClass(categories: 1)
    case "lower", "lowercase": return ScalarClass(categories: 2)
    case "punct": return ScalarClass(categories: UnicodeTable.punctuation)
    case "cntrl": return ScalarClass(categories: 1 << 25)
    case "graph", "print":
      var set = ScalarClass(categories: ~(0x7c << 25))
      if plain == "graph" { set.others = [ScalarClass(.whitespace).negated()] }
      return set
    default: break
    }
    if let ranges = ScriptTable.shared.ranges(named: plain) { return ScalarClass(ranges) }
    throw PatternMistake(description: "there is no property '\(name)'")
  }

  private static let categories: [String: UInt32] = {
    var found: [String: UInt32] = [:]
    for (i, name) in UnicodeTable.categoryNames.enumerated() { found[name.lowercased()] = 1 << UInt32(i) }
    for letter in "LMNPSZC" { found[letter.lowercased()] = UnicodeTable.categories(letter) }
    found["lc"] = 7
    found["l&"] = 7
    let long: [(String, String)] = [
      ("letter", "l"), ("mark", "m"), ("number", "n"), ("punctuation", "p"), ("symbol", "s"), ("separator", "z"),
      ("other", "c"),
      ("uppercaseletter", "lu"), ("lowercaseletter", "ll"), ("titlecaseletter", "lt"), ("modifierletter", "lm"),
      ("otherletter", "lo"), ("nonspacingmark", "mn"), ("spacingmark", "mc"), ("enclosingmark", "me"),
      ("decimalnumber", "nd"), ("letternumber", "nl"), ("othernumber", "no"), ("connectorpunctuation", "pc"),
      ("dashpunctuation", "pd"), ("openpunctuation", "ps"), ("closepunctuation", "pe"), ("initialpunctuation", "pi"),
      ("finalpunctuation", "pf"), ("otherpunctuation", "po"), ("mathsymbol", "sm"), ("currencysymbol", "sc"),
      ("modifiersymbol", "sk"), ("othersymbol", "so"), ("spaceseparator", "zs"), ("control", "cc"), ("format", "cf"),
      ("privateuse", "co"), ("unassigned", "cn"),
    ]
    for (name, short) in long { found[name] = found[short] }
    return found
  }()
}
