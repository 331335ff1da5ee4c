/// The methods of text, as Python's `str` has them.
enum TextMethods {
  typealias Method = @Sendable (TemplateInterpreter, String, TemplateArguments) throws -> TemplateValue

  /// The method of a name.
  static func find(_ name: String) -> Method? {
    switch name {
    case "strip": return { .text(stripped($1, try characters($2, "strip"))) }
    case "lstrip": return { .text(stripped($1, try characters($2, "lstrip"), end: false)) }
    case "rstrip": return { .text(stripped($1, try characters($2, "rstrip"), start: false)) }
    case "upper": return { _, text, _ in .text(text.uppercased()) }
    case "lower": return { _, text, _ in .text(text.lowercased()) }
    case "casefold": return { _, text, _ in .text(text.lowercased()) }
    case "title": return { _, text, _ in .text(titled(text)) }
    case "capitalize": return { _, text, _ in .text(capitalized(text)) }
    case "swapcase":
      return { _, text, _ in
        .text(
          text.unicodeScalars.map {
            $0.properties.isUppercase ? $0.properties.lowercaseMapping : $0.properties.uppercaseMapping
          }.joined())
      }
    case "split": return { try split($0, $1, $2, fromEnd: false) }
    case "rsplit": return { try split($0, $1, $2, fromEnd: true) }
    case "splitlines":
      return { interpreter, text, arguments in
        let keeps = try arguments.bound("splitlines", "keepends")[0]?.isTrue ?? false
        return try .list(lines(text, keepsEnds: keeps).map { .text($0) })
      }
    case "startswith": return { try affix($1, $2, "startswith") { $0.starts(with: $1) } }
    case "endswith": return { try affix($1, $2, "endswith") { $0.reversed().starts(with: $1.reversed()) } }
    case "replace":
      return { interpreter, text, arguments in
        let values = try arguments.bound("replace", "old", "new", "count")
        let count = values[2]?.integer ?? -1
        return .text(
          try interpreter.replaced(text, try string(values[0], "replace"), try string(values[1], "replace"), count))
      }
    case "find": return { .int(try find($1, $2, "find", last: false) ?? -1) }
    case "rfind": return { .int(try find($1, $2, "rfind", last: true) ?? -1) }
    case "index":
      return { interpreter, text, arguments in
        guard let place = try find(text, arguments, "index", last: false) else {
          throw TemplateError(.value, "substring not found")
        }
        return .int(place)
      }
    case "rindex":
      return { interpreter, text, arguments in
        guard let place = try find(text, arguments, "rindex", last: true) else {
          throw TemplateError(.value, "substring not found")
        }
        return .int(place)
      }
    case "count":
      return { interpreter, text, arguments in
        let part = Array(try string(try arguments.bound("count", "sub")[0], "count").utf8)
        if part.isEmpty { return .int(text.unicodeScalars.count + 1) }
        let bytes = Array(text.utf8)
        var (place, count) = (0, 0)
        while let found = bytes.firstPlace(of: part, from: place) {
          count += 1
          place = found + part.count
        }
        return .int(count)
      }
    case "join":
      return { interpreter, text, arguments in
        guard let items = try arguments.bound("join", "iterable")[0] else {
          throw TemplateError(.type, "str.join() takes exactly one argument (0 given)")
        }
        var parts: [String] = []
        for (i, item) in try interpreter.items(of: items).enumerated() {
          guard let part = item.string else {
            throw TemplateError(.type, "sequence item \(i): expected str instance, \(item.typeName) found")
          }
          parts.append(part)
        }
        try interpreter.charge(text: parts.reduce(0) { $0 + $1.utf8.count + text.utf8.count })
        return .text(parts.joined(separator: text))
      }
    case "format": return { .text(try $0.formatted($1, $2)) }
    case "format_map":
      return { interpreter, text, arguments in
        guard case .dictionary(let dictionary) = arguments.positional.first else {
          throw TemplateError(.type, "format_map() needs a mapping")
        }
        var named = TemplateArguments()
        named.named = dictionary.members.compactMap { member in member.0.string.map { ($0, member.1) } }
        return .text(try interpreter.formatted(text, named))
      }
    case "removeprefix":
      return { _, text, arguments in
        let part = try string(try arguments.bound("removeprefix", "prefix")[0], "removeprefix")
        return .text(
          text.utf8.starts(with: part.utf8)
            ? String(decoding: text.utf8.dropFirst(part.utf8.count), as: UTF8.self) : text)
      }
    case "removesuffix":
      return { _, text, arguments in
        let part = try string(try arguments.bound("removesuffix", "suffix")[0], "removesuffix")
        let ends = text.utf8.reversed().starts(with: part.utf8.reversed())
        return .text(ends ? String(decoding: text.utf8.dropLast(part.utf8.count), as: UTF8.self) : text)
      }
    case "partition": return { try partition($1, $2, last: false) }
    case "rpartition": return { try partition($1, $2, last: true) }
    case "zfill":
      return { interpreter, text, arguments in
        let width = try width(try arguments.bound("zfill", "width")[0], "zfill", interpreter)
        let count = text.unicodeScalars.count
        guard count < width else { return .text(text) }
        let zeros = String(repeating: "0", count: width - count)
        if let sign = text.unicodeScalars.first, sign == "-" || sign == "+" {
          return .text(String(sign) + zeros + String(text.unicodeScalars.dropFirst()))
        }
        return .text(zeros + text)
      }
    case "center":
      return { try padded($0, $1, $2, "center") { ($0 / 2 + ($0 & $1 & 1), $0 - ($0 / 2 + ($0 & $1 & 1))) } }
    case "ljust": return { try padded($0, $1, $2, "ljust") { gap, _ in (0, gap) } }
    case "rjust": return { try padded($0, $1, $2, "rjust") { gap, _ in (gap, 0) } }
    case "expandtabs":
      return { interpreter, text, arguments in
        let size = try arguments.bound("expandtabs", "tabsize")[0].map { try width($0, "expandtabs", interpreter) } ?? 8
        var out = String.UnicodeScalarView()
        var column = 0
        for c in text.unicodeScalars {
          if c == "\t" {
            let gap = size > 0 ? size - column % size : 0
            try interpreter.charge(text: gap)
            out.append(contentsOf: String(repeating: " ", count: gap).unicodeScalars)
            column += gap
          } else {
            out.append(c)
            column = c == "\n" || c == "\r" ? 0 : column + 1
          }
        }
        return .text(String(out))
      }
    case "isspace": return { all($1, $2) { isPythonSpace($0) } }
    case "isdigit":
      return { all($1, $2) { $0.properties.numericType == .decimal || $0.properties.numericType == .digit } }
    case "isdecimal": return { all($1, $2) { $0.properties.numericType == .decimal } }
    case "isnumeric": return { all($1, $2) { $0.properties.numericType != nil } }
    case "isalpha": return { all($1, $2) { isLetter($0) } }
    case "isalnum": return { all($1, $2) { isLetter($0) || $0.properties.numericType != nil } }
    case "isascii": return { _, text, _ in .bool(text.utf8.allSatisfy { $0 < 128 }) }
    case "isprintable": return { _, text, _ in .bool(text.unicodeScalars.allSatisfy(isPythonPrintable)) }
    case "islower": return { _, text, _ in .bool(hasCase(text, \.isLowercase, not: \.isUppercase)) }
    case "isupper": return { _, text, _ in .bool(hasCase(text, \.isUppercase, not: \.isLowercase)) }
    case "istitle":
      return { _, text, _ in
        .bool(!text.isEmpty && titled(text) == text && text.unicodeScalars.contains { $0.properties.isCased })
      }
    case "isidentifier":
      return { _, text, _ in
        guard let first = text.unicodeScalars.first, first == "_" || first.properties.isXIDStart else {
          return .bool(false)
        }
        return .bool(text.unicodeScalars.allSatisfy { $0 == "_" || $0.properties.isXIDContinue })
      }
    default: return nil
    }
  }

  // MARK: What the methods do

  static func string(_ value: TemplateValue?, _ method: String) throws -> String {
    if let text = value?.string { return text }
    if case .undefined(let what) = value { throw TemplateError(.undefined, what) }
    throw TemplateError(.type, "\(method)() argument must be str, not \(value?.typeName ?? "nothing")")
  }

  private static func characters(_ arguments: TemplateArguments, _ method: String) throws -> Set<Unicode.Scalar>? {
    guard let value = try arguments.bound(method, "chars")[0], !value.isNone else { return nil }
    guard let text = value.string else { throw TemplateError(.type, "\(method) arg must be None or str") }
    return Set(text.unicodeScalars)
  }

  /// Text without the given characters, or white space, at its ends.
  static func stripped(_ text: String, _ characters: Set<Unicode.Scalar>?, start: Bool = true, end: Bool = true)
    -> String
  {
    func goes(_ c: Unicode.Scalar) -> Bool { characters?.contains(c) ?? isPythonSpace(c) }
    var part = text.unicodeScalars[...]
    while start, let c = part.first, goes(c) { part.removeFirst() }
    while end, let c = part.last, goes(c) { part.removeLast() }
    return String(part)
  }

  static func capitalized(_ text: String) -> String {
    guard let first = text.unicodeScalars.first else { return text }
    return first.properties.titlecaseMapping + String(text.unicodeScalars.dropFirst()).lowercased()
  }

  private static func titled(_ text: String) -> String {
    var out = ""
    var inWord = false
    for c in text.unicodeScalars {
      out += inWord ? c.properties.lowercaseMapping : c.properties.titlecaseMapping
      inWord = c.properties.isCased
    }
    return out
  }

  static func isLetter(_ c: Unicode.Scalar) -> Bool {
    switch c.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
    default: false
    }
  }

  static func hasCase(
    _ text: String, _ wanted: (Unicode.Scalar.Properties) -> Bool, not other: (Unicode.Scalar.Properties) -> Bool
  ) -> Bool {
    var found = false
    for c in text.unicodeScalars {
      if other(c.properties) { return false }
      if wanted(c.properties) { found = true }
    }
    return found
  }

  private static func all(
    _ text: String, _ arguments: TemplateArguments, _ holds: (Unicode.Scalar) -> Bool
  ) -> TemplateValue {
    .bool(!text.isEmpty && text.unicodeScalars.allSatisfy(holds))
  }

  /// The lines of a text, which end in all the ways that Python knows.
  static func lines(_ text: String, keepsEnds: Bool = false) -> [String] {
    var found: [String] = []
    var line = String.UnicodeScalarView()
    let scalars = Array(text.unicodeScalars)
    var i = 0
    while i < scalars.count {
      let c = scalars[i]
      i += 1
      switch c.value {
      case 10...13, 28...30, 0x85, 0x2028, 0x2029:
        if keepsEnds { line.append(c) }
        if c == "\r", i < scalars.count, scalars[i] == "\n" {
          if keepsEnds { line.append("\n") }
          i += 1
        }
        found.append(String(line))
        line = String.UnicodeScalarView()
      default: line.append(c)
      }
    }
    if !line.isEmpty { found.append(String(line)) }
    return found
  }

  private static func split(
    _ interpreter: TemplateInterpreter, _ text: String, _ arguments: TemplateArguments, fromEnd: Bool
  ) throws -> TemplateValue {
    let values = try arguments.bound(fromEnd ? "rsplit" : "split", "sep", "maxsplit")
    let most = values[1]?.integer ?? -1
    try interpreter.charge(text: text.utf8.count * 4)
    guard let separator = values[0], !separator.isNone else {
      return try .list(words(text, most: most, fromEnd: fromEnd).map { .text($0) })
    }
    if case .undefined(let what) = separator { throw TemplateError(.undefined, what) }
    guard let mark = separator.string else {
      throw TemplateError(.type, "must be str or None, not \(separator.typeName)")
    }
    guard !mark.isEmpty else { throw TemplateError(.value, "empty separator") }
    let (bytes, part) = (Array(text.utf8), Array(mark.utf8))
    var found: [String] = []
    if fromEnd {
      var end = bytes.count
      while most < 0 || found.count < most, let place = bytes.lastPlace(of: part, until: end) {
        found.append(String(decoding: bytes[place + part.count..<end], as: UTF8.self))
        end = place
      }
      found.append(String(decoding: bytes[..<end], as: UTF8.self))
      found.reverse()
    } else {
      var start = 0
      while most < 0 || found.count < most, let place = bytes.firstPlace(of: part, from: start) {
        found.append(String(decoding: bytes[start..<place], as: UTF8.self))
        start = place + part.count
      }
      found.append(String(decoding: bytes[start...], as: UTF8.self))
    }
    return try .list(found.map { .text($0) })
  }

  private static func words(_ text: String, most: Int, fromEnd: Bool) -> [String] {
    var found: [String] = []
    var rest = text.unicodeScalars[...]
    func trim() {
      if fromEnd {
        while let c = rest.last, isPythonSpace(c) { rest.removeLast() }
      } else {
        while let c = rest.first, isPythonSpace(c) { rest.removeFirst() }
      }
    }
    trim()
    while !rest.isEmpty {
      if most >= 0, found.count == most {
        found.append(stripped(String(rest), nil, start: fromEnd, end: !fromEnd && false))
        break
      }
      if fromEnd {
        let start = rest.lastIndex(where: isPythonSpace).map { rest.index(after: $0) } ?? rest.startIndex
        found.append(String(rest[start...]))
        rest = rest[..<start]
      } else {
        let end = rest.firstIndex(where: isPythonSpace) ?? rest.endIndex
        found.append(String(rest[..<end]))
        rest = rest[end...]
      }
      trim()
    }
    return fromEnd ? found.reversed() : found
  }

  private static func affix(
    _ text: String, _ arguments: TemplateArguments, _ method: String, _ holds: ([UInt8], [UInt8]) -> Bool
  ) throws -> TemplateValue {
    let values = try arguments.bound(method, "prefix", "start", "end")
    var bytes = Array(text.utf8)
    if values[1] != nil || values[2] != nil {
      let scalars = Array(text.unicodeScalars)
      let (start, end) = bounds(values[1], values[2], scalars.count)
      var part = String.UnicodeScalarView()
      if start <= end { part.append(contentsOf: scalars[start..<end]) }
      bytes = Array(String(part).utf8)
    }
    switch values[0] {
    case .tuple(let list):
      for item in list.items where holds(bytes, Array(try string(item, method).utf8)) { return .bool(true) }
      return .bool(false)
    case let value:
      if case .undefined(let what) = value { throw TemplateError(.undefined, what) }
      guard let part = value?.string else {
        throw TemplateError(
          .type, "\(method) first arg must be str or a tuple of str, not \(value?.typeName ?? "nothing")")
      }
      return .bool(holds(bytes, Array(part.utf8)))
    }
  }

  /// Start and end of a part of `count` characters; the start lies behind the end where there is none.
  private static func bounds(_ start: TemplateValue?, _ end: TemplateValue?, _ count: Int) -> (Int, Int) {
    func clamped(_ value: TemplateValue?, _ otherwise: Int) -> Int {
      guard let bound = value?.integer else { return otherwise }
      return bound < 0 ? max(0, bound + count) : bound
    }
    return (clamped(start, 0), min(count, clamped(end, count)))
  }

  private static func find(_ text: String, _ arguments: TemplateArguments, _ method: String, last: Bool) throws -> Int?
  {
    let values = try arguments.bound(method, "sub", "start", "end")
    let part = Array(try string(values[0], method).utf8)
    let scalars = Array(text.unicodeScalars)
    let (start, end) = bounds(values[1], values[2], scalars.count)
    guard start <= end else { return nil }
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars[start..<end])
    let bytes = Array(String(view).utf8)
    guard let place = last ? bytes.lastPlace(of: part, until: bytes.count) : bytes.firstPlace(of: part, from: 0) else {
      return nil
    }
    return start + String(decoding: bytes[..<place], as: UTF8.self).unicodeScalars.count
  }

  private static func partition(_ text: String, _ arguments: TemplateArguments, last: Bool) throws -> TemplateValue {
    let mark = try string(try arguments.bound("partition", "sep")[0], "partition")
    guard !mark.isEmpty else { throw TemplateError(.value, "empty separator") }
    let (bytes, part) = (Array(text.utf8), Array(mark.utf8))
    guard let place = last ? bytes.lastPlace(of: part, until: bytes.count) : bytes.firstPlace(of: part, from: 0) else {
      return try .tuple(last ? [.text(""), .text(""), .text(text)] : [.text(text), .text(""), .text("")])
    }
    let before = String(decoding: bytes[..<place], as: UTF8.self)
    return try .tuple([
      .text(before), .text(mark), .text(String(decoding: bytes[(place + part.count)...], as: UTF8.self)),
    ])
  }

  static func width(_ value: TemplateValue?, _ method: String, _ interpreter: TemplateInterpreter) throws -> Int {
    guard let width = value?.integer else { throw TemplateError(.type, "\(method)() needs a whole number") }
    try interpreter.charge(text: max(0, width))
    return max(0, width)
  }

  private static func padded(
    _ interpreter: TemplateInterpreter, _ text: String, _ arguments: TemplateArguments, _ method: String,
    _ sides: (_ gap: Int, _ width: Int) -> (Int, Int)
  ) throws -> TemplateValue {
    let values = try arguments.bound(method, "width", "fillchar")
    let width = try width(values[0], method, interpreter)
    let fill = try values[1].map { try string($0, method) } ?? " "
    guard fill.unicodeScalars.count == 1 else {
      throw TemplateError(.type, "The fill character must be exactly one character long")
    }
    let gap = width - text.unicodeScalars.count
    guard gap > 0 else { return .text(text) }
    let (left, right) = sides(gap, width)
    return .text(String(repeating: fill, count: left) + text + String(repeating: fill, count: right))
  }
}

extension TemplateInterpreter {
  /// Text with `old` replaced by `new`, at most `count` times if that is not negative.
  func replaced(_ text: String, _ old: String, _ new: String, _ count: Int) throws -> String {
    let (bytes, part, other) = (Array(text.utf8), Array(old.utf8), Array(new.utf8))
    var out: [UInt8] = []
    var left = count < 0 ? Int.max : count
    try charge(text: bytes.count)
    if part.isEmpty {
      // Before every character, and at the end.
      for byte in bytes {
        if byte & 0xc0 != 0x80, left > 0 {
          try charge(text: other.count)
          out += other
          left -= 1
        }
        out.append(byte)
      }
      if left > 0 { out += other }
      return String(decoding: out, as: UTF8.self)
    }
    var start = 0
    while left > 0, let place = bytes.firstPlace(of: part, from: start) {
      try charge(text: other.count)
      out += bytes[start..<place]
      out += other
      start = place + part.count
      left -= 1
    }
    out += bytes[start...]
    return String(decoding: out, as: UTF8.self)
  }

  /// The methods of dictionaries, lists and tuples that change nothing; those that do are refused when they are called.
  func containerMethod(_ name: String, of value: TemplateValue) throws -> TemplateValue? {
    func made(_ body: @escaping TemplateFunction.Body) -> TemplateValue { .function(TemplateFunction(name, body)) }
    let changing: Set<String>
    switch value {
    case .dictionary(let dictionary):
      switch name {
      case "get":
        return made { _, arguments in
          let values = try arguments.bound("get", "key", "default")
          guard let key = values[0] else { throw TemplateError(.type, "get expected at least 1 argument, got 0") }
          return dictionary[try TemplateKey(key)] ?? values[1] ?? .none
        }
      case "items": return made { _, _ in .view("items", try dictionary.items()) }
      case "keys": return made { _, _ in .view("keys", try TemplateList(dictionary.keys)) }
      case "values": return made { _, _ in .view("values", try TemplateList(dictionary.values)) }
      case "copy": return made { _, _ in value }
      default: changing = ["clear", "pop", "popitem", "setdefault", "update"]
      }
    case .list(let list), .tuple(let list):
      switch name {
      case "count":
        return made { interpreter, arguments in
          let wanted = try arguments.bound("count", "value")[0] ?? .none
          return .int(try list.items.filter { try interpreter.equal($0, wanted) }.count)
        }
      case "index":
        return made { interpreter, arguments in
          let wanted = try arguments.bound("index", "value")[0] ?? .none
          guard let place = try list.items.firstIndex(where: { try interpreter.equal($0, wanted) }) else {
            throw TemplateError(.value, "\(try interpreter.repr(wanted)) is not in \(value.typeName)")
          }
          return .int(place)
        }
      case "copy":
        if case .list = value { return made { _, _ in value } }
        return nil
      default:
        guard case .list = value else { return nil }
        changing = ["append", "extend", "insert", "pop", "remove", "reverse", "sort", "clear"]
      }
    default: return nil
    }
    guard changing.contains(name) else { return nil }
    let message = "access to attribute '\(name)' of '\(value.typeName)' object is unsafe."
    return made { _, _ in throw TemplateError(.security, message) }
  }
}
