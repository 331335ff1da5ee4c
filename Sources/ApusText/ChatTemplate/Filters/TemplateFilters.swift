/// Jinja's filters: what `|` does. Those of sequences stand in a file of their own.
enum TemplateFilters {
  typealias Filter = @Sendable (TemplateInterpreter, TemplateValue, TemplateArguments) throws -> TemplateValue

  /// The filter of a name.
  static func find(_ name: String) -> Filter? { ofText(name) ?? ofNumbers(name) ?? ofSequences(name) }

  private static func ofText(_ name: String) -> Filter? {
    switch name {
    case "string":
      return { interpreter, value, _ in
        if case .markup = value { return value }
        return .text(try interpreter.text(value))
      }
    case "upper": return { interpreter, value, _ in try onText(interpreter, value) { $0.uppercased() } }
    case "lower": return { interpreter, value, _ in try onText(interpreter, value) { $0.lowercased() } }
    case "capitalize":
      return { interpreter, value, _ in try onText(interpreter, value) { TextMethods.capitalized($0) } }
    case "title": return { interpreter, value, _ in try onText(interpreter, value) { titled($0) } }
    case "trim":
      return { interpreter, value, arguments in
        let characters = try arguments.bound("trim", "chars")[0]
        let set = try characters.flatMap { $0.isNone ? nil : Set(try TextMethods.string($0, "trim").unicodeScalars) }
        return try onText(interpreter, value) { TextMethods.stripped($0, set) }
      }
    case "replace":
      return { interpreter, value, arguments in
        let values = try arguments.bound("replace", "old", "new", "count")
        guard let old = values[0], let new = values[1] else {
          throw TemplateError(.type, "replace needs what is replaced and by what")
        }
        return .text(
          try interpreter.replaced(
            try interpreter.text(value), try interpreter.text(old), try interpreter.text(new), values[2]?.integer ?? -1)
        )
      }
    case "default": return defaulted
    case "d": return defaulted
    case "safe": return { interpreter, value, _ in .markup(try interpreter.text(value)) }
    case "escape": return escaped
    case "e": return escaped
    case "forceescape": return { interpreter, value, _ in .markup(htmlEscaped(try interpreter.text(value))) }
    case "tojson":
      return { interpreter, value, arguments in
        let values = try arguments.bound("tojson", "ensure_ascii", "indent", "separators", "sort_keys")
        var style = JSONStyle()
        style.ensuresASCII = values[0]?.isTrue ?? false
        style.sortsKeys = values[3]?.isTrue ?? false
        if let indent = values[1], !indent.isNone {
          style.indent =
            try indent.string ?? String(repeating: " ", count: TextMethods.width(indent, "tojson", interpreter))
          style.itemSeparator = ","
        }
        if let separators = values[2], !separators.isNone {
          let pair = try interpreter.items(of: separators)
          guard pair.count == 2, let item = pair[0].string, let key = pair[1].string else {
            throw TemplateError(.value, "separators are two texts")
          }
          style.itemSeparator = item
          style.keySeparator = key
        }
        if value.isUndefined { throw TemplateError(.type, "Object of type Undefined is not JSON serializable") }
        return .text(try interpreter.json(value, style))
      }
    case "indent": return indented
    case "center": return { try TextMethods.find("center")?($0, try $0.text($1), widthOr80($2)) ?? .none }
    case "truncate": return truncated
    case "wordcount":
      return { interpreter, value, _ in
        var count = 0
        var inWord = false
        for c in try interpreter.text(value).unicodeScalars {
          let isWord = c == "_" || TextMethods.isLetter(c) || c.properties.numericType != nil
          if isWord, !inWord { count += 1 }
          inWord = isWord
        }
        return .int(count)
      }
    case "format":
      return { interpreter, value, arguments in
        let format = try interpreter.text(value)
        if arguments.named.isEmpty {
          return .text(try interpreter.percentFormatted(format, try .tuple(arguments.positional)))
        }
        guard arguments.positional.isEmpty else {
          throw TemplateError(.filterArgument, "can't handle positional and keyword arguments at the same time")
        }
        let members = arguments.named.map { (TemplateValue.text($0.name), $0.value) }
        return .text(try interpreter.percentFormatted(format, .dictionary(try TemplateDictionary(members))))
      }
    case "striptags":
      return { interpreter, value, _ in
        var out = String.UnicodeScalarView()
        var inTag = false
        for c in try interpreter.text(value).unicodeScalars {
          if c == "<" { inTag = true } else if c == ">", inTag { inTag = false } else if !inTag { out.append(c) }
        }
        return .text(String(out).split(whereSeparator: \.isWhitespace).joined(separator: " "))
      }
    case "urlencode":
      return { interpreter, value, _ in
        let kept = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-~/".utf8)
        var out = ""
        for byte in try interpreter.text(value).utf8 {
          let digits = String(byte, radix: 16, uppercase: true)
          out += kept.contains(byte) ? String(Unicode.Scalar(byte)) : "%" + (digits.count < 2 ? "0" : "") + digits
        }
        return .text(out)
      }
    case "pprint": return { interpreter, value, _ in .text(try interpreter.repr(value)) }
    case "attr":
      return { interpreter, value, arguments in
        guard let name = try arguments.bound("attr", "name")[0]?.string else {
          throw TemplateError(.type, "attr needs a name")
        }
        if case .dictionary = value, try interpreter.containerMethod(name, of: value) == nil {
          return .undefined("'dict object' has no attribute \(pythonRepr(name))")
        }
        return try interpreter.attribute(name, of: value)
      }
    default: return nil
    }
  }

  private static func ofNumbers(_ name: String) -> Filter? {
    switch name {
    case "int":
      return { interpreter, value, arguments in
        let values = try arguments.bound("int", "default", "base")
        return try whole(interpreter, value, base: values[1]?.integer ?? 10) ?? values[0] ?? .int(0)
      }
    case "float":
      return { interpreter, value, arguments in
        if case .undefined(let what) = value { throw TemplateError(.undefined, what) }
        if let number = value.number { return .float(number) }
        if let number = value.string.flatMap(pythonFloat) { return .float(number) }
        return try arguments.bound("float", "default")[0] ?? .float(0)
      }
    case "abs":
      return { interpreter, value, _ in
        if case .float(let number) = value { return .float(number.magnitude) }
        if let whole = value.integer {
          return whole < 0 ? try interpreter.binary(.subtract, .int(0), .int(whole)) : .int(whole)
        }
        if case .undefined(let what) = value { throw TemplateError(.undefined, what) }
        throw TemplateError(.type, "bad operand type for abs(): '\(value.typeName)'")
      }
    case "round":
      return { interpreter, value, arguments in
        let values = try arguments.bound("round", "precision", "method")
        let digits = values[0]?.integer ?? 0
        let method = values[1]?.string ?? "common"
        guard ["common", "ceil", "floor"].contains(method) else {
          throw TemplateError(.filterArgument, "method must be common, ceil or floor")
        }
        if case .undefined(let what) = value { throw TemplateError(.undefined, what) }
        guard let number = value.number else {
          throw TemplateError(.type, "type \(value.typeName) doesn't define __round__ method")
        }
        if method == "common" {
          guard let whole = value.integer else { return .float(rounded(number, digits)) }
          return .int(digits >= 0 ? whole : Int(exactly: rounded(number, digits)) ?? whole)
        }
        let scale = power(10, Double(digits))
        return .float((number * scale).rounded(method == "ceil" ? .up : .down) / scale)
      }
    case "filesizeformat":
      return { interpreter, value, arguments in
        let binary = try arguments.bound("filesizeformat", "binary")[0]?.isTrue ?? false
        guard let size = value.number ?? value.string.flatMap(pythonFloat) else {
          throw TemplateError(.type, "filesizeformat needs a number")
        }
        let base: Double = binary ? 1024 : 1000
        if size == 1 { return .text("1 Byte") }
        if size < base { return .text("\(Int(exactly: size.rounded(.towardZero)) ?? 0) Bytes") }
        let names =
          binary
          ? ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"] : ["kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"]
        var unit = base
        for (i, name) in names.enumerated() {
          unit *= base
          if size < unit || i == names.count - 1 {
            return .text(formatted(base * size / unit, "%.*f", digits: 1) + " " + name)
          }
        }
        return .none
      }
    default: return nil
    }
  }

  // MARK: What the filters do

  /// What a function gives of a value's text; marked text stays marked.
  private static func onText(
    _ interpreter: TemplateInterpreter, _ value: TemplateValue, _ body: (String) -> String
  ) throws -> TemplateValue {
    let text = try interpreter.text(value)
    try interpreter.charge(text: text.utf8.count)
    if case .markup = value { return .markup(body(text)) }
    return .text(body(text))
  }

  private static let defaulted: Filter = { _, value, arguments in
    let values = try arguments.bound("default", "default_value", "boolean")
    let isMissing = value.isUndefined || values[1]?.isTrue == true && !value.isTrue
    return isMissing ? values[0] ?? .text("") : value
  }

  private static let escaped: Filter = { interpreter, value, _ in
    if case .markup = value { return value }
    return .markup(htmlEscaped(try interpreter.text(value)))
  }

  /// Words begin with a capital behind white space, hyphens and opening brackets.
  private static func titled(_ text: String) -> String {
    var out = ""
    var starts = true
    for c in text.unicodeScalars {
      let isBreak = isPythonSpace(c) || "-({[<".unicodeScalars.contains(c)
      out += isBreak ? String(c) : starts ? c.properties.uppercaseMapping : c.properties.lowercaseMapping
      starts = isBreak
    }
    return out
  }

  private static let indented: Filter = { interpreter, value, arguments in
    let values = try arguments.bound("indent", "width", "first", "blank")
    let margin: String
    if let text = values[0]?.string {
      margin = text
    } else {
      margin = String(
        repeating: " ", count: try values[0].map { try TextMethods.width($0, "indent", interpreter) } ?? 4)
    }
    if case .undefined(let what) = value { throw TemplateError(.undefined, what) }
    guard let text = value.string else {
      throw TemplateError(.type, "unsupported operand type(s) for +=: '\(value.typeName)' and 'str'")
    }
    let lines = TextMethods.lines(text + "\n")
    try interpreter.charge(text: text.utf8.count + lines.count * margin.utf8.count)
    var out = lines.first ?? ""
    for line in lines.dropFirst() { out += "\n" + (line.isEmpty && values[2]?.isTrue != true ? "" : margin) + line }
    if values[1]?.isTrue == true { out = margin + out }
    if case .markup = value { return .markup(out) }
    return .text(out)
  }

  private static let truncated: Filter = { interpreter, value, arguments in
    let values = try arguments.bound("truncate", "length", "killwords", "end", "leeway")
    let text = try interpreter.text(value)
    let scalars = Array(text.unicodeScalars)
    let end = values[2]?.string ?? "..."
    let length = values[0]?.integer ?? 255
    let tail = end.unicodeScalars.count
    guard length >= tail else { throw TemplateError(.value, "expected length >= \(tail), got \(length)") }
    let leeway = values[3]?.integer ?? 5
    if scalars.count - leeway <= length { return .text(text) }
    var kept = scalars[..<(length - tail)]
    if values[1]?.isTrue != true, let space = kept.lastIndex(of: " ") { kept = kept[..<space] }
    var view = String.UnicodeScalarView()
    view.append(contentsOf: kept)
    return .text(String(view) + end)
  }

  private static func widthOr80(_ arguments: TemplateArguments) -> TemplateArguments {
    arguments.positional.isEmpty && arguments.named.isEmpty ? TemplateArguments(positional: [.int(80)]) : arguments
  }

  /// A whole number as Python's `int` reads it; nil where it does not.
  private static func whole(_ interpreter: TemplateInterpreter, _ value: TemplateValue, base: Int) throws
    -> TemplateValue?
  {
    if case .undefined(let what) = value { throw TemplateError(.undefined, what) }
    if let whole = value.integer { return .int(whole) }
    func truncated(_ number: Double) -> TemplateValue? {
      Int(exactly: number.rounded(.towardZero)).map { .int($0) }
    }
    if case .float(let number) = value { return truncated(number) }
    guard let text = value.string else { return nil }
    var plain = TextMethods.stripped(text, nil).lowercased().filter { $0 != "_" }
    var radix = base
    for (prefix, size) in [("0x", 16), ("0o", 8), ("0b", 2)]
    where plain.hasPrefix(prefix) && (base == size || base == 0) {
      plain.removeFirst(2)
      radix = size
    }
    if radix == 0 { radix = 10 }
    if (2...36).contains(radix), let whole = Int(plain, radix: radix) { return .int(whole) }
    return pythonFloat(text).flatMap(truncated)
  }

  static func pythonFloat(_ text: String) -> Double? {
    let plain = TextMethods.stripped(text, nil).lowercased().filter { $0 != "_" }
    switch plain {
    case "inf", "+inf", "infinity", "+infinity": return .infinity
    case "-inf", "-infinity": return -.infinity
    case "nan", "+nan", "-nan": return .nan
    default: return plain.hasPrefix("0x") || plain.hasPrefix("-0x") ? nil : Double(plain)
    }
  }

  static func rounded(_ number: Double, _ digits: Int) -> Double {
    guard number.isFinite else { return number }
    if digits >= 0 { return digits > 330 ? number : Double(formatted(number, "%.*f", digits: digits)) ?? number }
    let scale = power(10, Double(-digits))
    return scale.isFinite ? (number / scale).rounded(.toNearestOrEven) * scale : 0
  }
}

extension TemplateInterpreter {
  func filter(_ name: String, _ value: TemplateValue, _ arguments: TemplateArguments) throws -> TemplateValue {
    guard let filter = TemplateFilters.find(name) else {
      throw TemplateError(.runtime, "No filter named '\(name)' found.")
    }
    return try filter(self, value, arguments)
  }
}
