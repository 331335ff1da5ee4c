/// Cuts a template into tokens, with blocks trimmed and stripped (Jinja's `trim_blocks` and `lstrip_blocks`), as chat templates
/// are read.
struct TemplateLexer {
  private let source: [Unicode.Scalar]
  private var position = 0
  private var line = 1
  private var lineStarts = true
  private var tokens: [TemplateToken] = []

  /// The tokens of `text`, an end after them.
  static func tokens(of text: String) throws -> [TemplateToken] {
    var lexer = TemplateLexer(text)
    try lexer.run()
    return lexer.tokens
  }

  private init(_ text: String) {
    var scalars: [Unicode.Scalar] = []
    scalars.reserveCapacity(text.utf8.count)
    var afterReturn = false
    for c in text.unicodeScalars {
      if c == "\n", afterReturn {
        afterReturn = false
        continue
      }
      afterReturn = c == "\r"
      scalars.append(c == "\r" ? "\n" : c)
    }
    // One newline at the end of a template is not part of it.
    if scalars.last == "\n" { scalars.removeLast() }
    source = scalars
  }

  private mutating func add(_ kind: TemplateToken.Kind) { tokens.append(TemplateToken(kind: kind, line: line)) }

  private func at(_ offset: Int) -> Unicode.Scalar? {
    position + offset < source.count ? source[position + offset] : nil
  }

  private func matches(_ text: StaticString, at place: Int) -> Bool {
    let n = text.utf8CodeUnitCount
    guard place + n <= source.count else { return false }
    for i in 0..<n where source[place + i].value != UInt32(text.utf8Start[i]) { return false }
    return true
  }

  private func text(_ range: Range<Int>) -> String {
    var out = ""
    out.unicodeScalars.append(contentsOf: source[range])
    return out
  }

  private mutating func advance(to end: Int) {
    for c in source[position..<end] where c == "\n" { line += 1 }
    if end > position { lineStarts = source[end - 1] == "\n" }
    position = end
  }

  private func skipSpace(from place: Int) -> Int {
    var place = place
    while place < source.count, isPythonSpace(source[place]) { place += 1 }
    return place
  }

  private mutating func run() throws {
    while position < source.count {
      guard let tag = nextTag(from: position) else {
        add(.data(text(position..<source.count)))
        advance(to: source.count)
        break
      }
      if let begin = rawBegin(at: tag) {
        addData(until: tag, sign: source[tag + 2], stripsLine: true)
        advance(to: begin)
        try raw()
        continue
      }
      let kind = source[tag + 1]
      let sign = tag + 2 < source.count ? source[tag + 2] : " "
      addData(until: tag, sign: sign, stripsLine: kind != "{")
      advance(to: tag + (sign == "-" || sign == "+" ? 3 : 2))
      switch kind {
      case "#": try comment()
      case "%":
        add(.blockBegin)
        try inside(block: true)
      default:
        add(.variableBegin)
        try inside(block: false)
      }
    }
    add(.end)
  }

  /// Where the next `{{`, `{%` or `{#` is.
  private func nextTag(from place: Int) -> Int? {
    var i = place
    while i + 1 < source.count {
      if source[i] == "{", source[i + 1] == "{" || source[i + 1] == "%" || source[i + 1] == "#" { return i }
      i += 1
    }
    return nil
  }

  /// Adds the text before a tag, without the white space that the tag takes away.
  private mutating func addData(until tag: Int, sign: Unicode.Scalar, stripsLine: Bool) {
    var end = tag
    if sign == "-" {
      while end > position, isPythonSpace(source[end - 1]) { end -= 1 }
    } else if sign != "+", stripsLine {
      var start = tag
      while start > position, source[start - 1] != "\n" { start -= 1 }
      if start > position || lineStarts, source[start..<tag].allSatisfy(isPythonSpace) { end = start }
    }
    if end > position { add(.data(text(position..<end))) }
    advance(to: tag)
  }

  /// Where a `{% raw %}` at `tag` ends.
  private func rawBegin(at tag: Int) -> Int? {
    guard matches("{%", at: tag) else { return nil }
    var place = tag + 2
    if place < source.count, source[place] == "-" || source[place] == "+" { place += 1 }
    place = skipSpace(from: place)
    guard matches("raw", at: place) else { return nil }
    place = skipSpace(from: place + 3)
    if matches("-%}", at: place) { return skipSpace(from: place + 3) }
    return matches("%}", at: place) ? place + 2 : nil
  }

  /// The end of a tag that begins with a sign at `place`: `+%}`, `-%}` and white space, or `%}` and a newline.
  private func end(_ closing: StaticString, at place: Int, trims: Bool) -> Int? {
    if trims, place < source.count, source[place] == "+", matches(closing, at: place + 1) { return place + 3 }
    if place < source.count, source[place] == "-", matches(closing, at: place + 1) { return skipSpace(from: place + 3) }
    guard matches(closing, at: place) else { return nil }
    return trims && place + 2 < source.count && source[place + 2] == "\n" ? place + 3 : place + 2
  }

  private mutating func raw() throws {
    var tag = position
    while tag < source.count {
      if matches("{%", at: tag) {
        var place = tag + 2
        let sign = place < source.count ? source[place] : " "
        if sign == "-" || sign == "+" { place += 1 }
        place = skipSpace(from: place)
        if matches("endraw", at: place), let after = end("%}", at: skipSpace(from: place + 6), trims: true) {
          addData(until: tag, sign: sign, stripsLine: true)
          advance(to: after)
          return
        }
      }
      tag += 1
    }
    throw TemplateError(.syntax, "Missing end of raw directive", line: line)
  }

  private mutating func comment() throws {
    var place = position
    while place < source.count {
      if let after = end("#}", at: place, trims: true) {
        advance(to: after)
        return
      }
      place += 1
    }
    throw TemplateError(.syntax, "Missing end of comment tag", line: line)
  }

  /// The tokens inside of `{% %}` or `{{ }}`.
  private mutating func inside(block: Bool) throws {
    var open: [Unicode.Scalar] = []
    while let c = at(0) {
      if open.isEmpty, let after = end(block ? "%}" : "}}", at: position, trims: block) {
        add(block ? .blockEnd : .variableEnd)
        advance(to: after)
        return
      }
      if isPythonSpace(c) {
        advance(to: skipSpace(from: position))
      } else if ("0"..."9").contains(c) {
        try number()
      } else if c == "_" || c.properties.isXIDContinue {
        try name()
      } else if c == "'" || c == "\"" {
        try string(c)
      } else {
        try symbol(c, &open)
      }
    }
  }

  private mutating func name() throws {
    var end = position
    while end < source.count, source[end] == "_" || source[end].properties.isXIDContinue { end += 1 }
    guard source[position] == "_" || source[position].properties.isXIDStart else {
      throw TemplateError(.syntax, "Invalid character in identifier", line: line)
    }
    add(.name(text(position..<end)))
    advance(to: end)
  }

  private mutating func symbol(_ c: Unicode.Scalar, _ open: inout [Unicode.Scalar]) throws {
    let two: [StaticString] = ["//", "**", "==", "!=", ">=", "<="]
    if let found = two.first(where: { matches($0, at: position) }) {
      add(.symbol("\(found)"))
      advance(to: position + 2)
      return
    }
    guard "+-/*%~[](){}><=.:|,;".unicodeScalars.contains(c) else {
      throw TemplateError(.syntax, "unexpected char \(pythonRepr(String(c))) at \(position)", line: line)
    }
    switch c {
    case "{": open.append("}")
    case "(": open.append(")")
    case "[": open.append("]")
    case "}", ")", "]":
      guard let expected = open.popLast() else { throw TemplateError(.syntax, "unexpected '\(c)'", line: line) }
      guard expected == c else {
        throw TemplateError(.syntax, "unexpected '\(c)', expected '\(expected)'", line: line)
      }
    default: break
    }
    add(.symbol(String(c)))
    advance(to: position + 1)
  }
}

// MARK: Literals

extension TemplateLexer {
  private func digits(from place: Int, _ isDigit: (Unicode.Scalar) -> Bool) -> Int {
    var end = place
    while end < source.count {
      if isDigit(source[end]) {
        end += 1
      } else if source[end] == "_", end > place, end + 1 < source.count, isDigit(source[end + 1]) {
        end += 1
      } else {
        break
      }
    }
    return end
  }

  private mutating func number() throws {
    let decimal: (Unicode.Scalar) -> Bool = { ("0"..."9").contains($0) }
    let start = position
    var end = digits(from: start, decimal)
    let followsDot = start > 0 && source[start - 1] == "."
    var isFloat = false
    if !followsDot {
      var fraction = end
      if fraction + 1 < source.count, source[fraction] == ".", decimal(source[fraction + 1]) {
        fraction = digits(from: fraction + 1, decimal)
        isFloat = true
      }
      var exponent = fraction
      if exponent < source.count, source[exponent] == "e" || source[exponent] == "E" {
        exponent += 1
        if exponent < source.count, source[exponent] == "+" || source[exponent] == "-" { exponent += 1 }
        let after = digits(from: exponent, decimal)
        if after > exponent {
          fraction = after
          isFloat = true
        }
      }
      if isFloat { end = fraction }
    }
    if isFloat {
      let plain = text(start..<end).filter { $0 != "_" }
      guard let value = Double(plain) else { throw TemplateError(.syntax, "invalid number \(plain)", line: line) }
      add(.float(value))
      advance(to: end)
      return
    }
    var radix = 10
    if source[start] == "0", start + 1 < source.count {
      let bases: [(Unicode.Scalar, Int)] = [("b", 2), ("o", 8), ("x", 16)]
      for (letter, base) in bases where String(source[start + 1]).lowercased() == String(letter) {
        let after = digits(from: start + 2) { $0.properties.isASCIIHexDigit && (Int(String($0), radix: base) != nil) }
        if after > start + 2 {
          radix = base
          end = after
        }
      }
      if radix == 10 {
        // A number does not begin with zeros, unless it is made of them.
        end = digits(from: start) { $0 == "0" }
      }
    }
    let plain = text((radix == 10 ? start : start + 2)..<end).filter { $0 != "_" }
    guard let value = Int(plain, radix: radix) else {
      throw TemplateError(.overflow, "the number \(plain) is too large", line: line)
    }
    add(.integer(value))
    advance(to: end)
  }

  private mutating func string(_ quote: Unicode.Scalar) throws {
    var end = position + 1
    while end < source.count, source[end] != quote { end += source[end] == "\\" ? 2 : 1 }
    guard end < source.count else {
      throw TemplateError(.syntax, "unexpected char \(pythonRepr(String(quote))) at \(position)", line: line)
    }
    add(.string(try unescaped(position + 1..<end)))
    advance(to: end + 1)
  }

  /// The characters of a literal, as Python reads its escapes.
  private func unescaped(_ range: Range<Int>) throws -> String {
    var out = String.UnicodeScalarView()
    var i = range.lowerBound
    var high: UInt32?
    func hex(_ count: Int, _ what: String) throws -> UInt32 {
      guard i + count <= range.upperBound, let value = UInt32(text(i..<i + count), radix: 16),
        source[i..<i + count].allSatisfy({ $0.properties.isASCIIHexDigit })
      else { throw TemplateError(.syntax, "truncated \\\(what) escape", line: line) }
      i += count
      return value
    }
    func append(_ code: UInt32) throws {
      if let first = high {
        high = nil
        if (0xdc00..<0xe000).contains(code),
          let pair = Unicode.Scalar(0x10000 + ((first - 0xd800) << 10) + (code - 0xdc00))
        {
          out.append(pair)
          return
        }
        out.append("\u{fffd}")
      }
      if (0xd800..<0xdc00).contains(code) {
        high = code
      } else if code > 0x10ffff {
        throw TemplateError(.syntax, "illegal Unicode character", line: line)
      } else {
        out.append(Unicode.Scalar(code) ?? "\u{fffd}")
      }
    }
    while i < range.upperBound {
      let c = source[i]
      i += 1
      guard c == "\\", i < range.upperBound else {
        try append(c.value)
        continue
      }
      let escape = source[i]
      i += 1
      switch escape {
      case "\n": break
      case "\\", "'", "\"": try append(escape.value)
      case "a": try append(7)
      case "b": try append(8)
      case "f": try append(12)
      case "n": try append(10)
      case "r": try append(13)
      case "t": try append(9)
      case "v": try append(11)
      case "x": try append(try hex(2, "xXX"))
      case "u": try append(try hex(4, "uXXXX"))
      case "U": try append(try hex(8, "UXXXXXXXX"))
      case "N": throw TemplateError(.syntax, "characters by name (\\N) are not known", line: line)
      case "0"..."7":
        var value = escape.value - 48
        var count = 1
        while count < 3, i < range.upperBound, ("0"..."7").contains(source[i]) {
          value = value * 8 + source[i].value - 48
          i += 1
          count += 1
        }
        try append(value)
      default:
        try append(92)
        try append(escape.value)
      }
    }
    if high != nil { out.append("\u{fffd}") }
    return String(out)
  }
}
