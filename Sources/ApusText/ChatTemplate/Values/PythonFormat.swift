// `str.format` and `%`.

extension TemplateInterpreter {
  /// `text.format(...)`.
  func formatted(_ text: String, _ arguments: TemplateArguments, depth: Int = 0) throws -> String {
    guard depth < 2 else { throw TemplateError(.value, "Max string recursion exceeded") }
    var automatic = 0
    return try formatted(text, arguments, &automatic, depth: depth)
  }

  private func formatted(
    _ text: String, _ arguments: TemplateArguments, _ automatic: inout Int, depth: Int
  ) throws -> String {
    let source = Array(text.unicodeScalars)
    var out = String.UnicodeScalarView()
    var i = 0
    while i < source.count {
      let c = source[i]
      i += 1
      if c == "}" {
        guard i < source.count, source[i] == "}" else {
          throw TemplateError(.value, "Single '}' encountered in format string")
        }
        i += 1
        out.append(c)
        continue
      }
      guard c == "{" else {
        out.append(c)
        continue
      }
      if i < source.count, source[i] == "{" {
        i += 1
        out.append(c)
        continue
      }
      var nesting = 1
      let start = i
      while i < source.count, nesting > 0 {
        if source[i] == "{" { nesting += 1 }
        if source[i] == "}" { nesting -= 1 }
        i += 1
      }
      guard nesting == 0 else {
        throw TemplateError(
          .value, start == i ? "Single '{' encountered in format string" : "expected '}' before end of string")
      }
      let field = try field(Array(source[start..<i - 1]), arguments, &automatic, depth: depth)
      try charge(text: field.utf8.count)
      out.append(contentsOf: field.unicodeScalars)
    }
    return String(out)
  }

  private func field(
    _ field: [Unicode.Scalar], _ arguments: TemplateArguments, _ automatic: inout Int, depth: Int
  ) throws -> String {
    func string(_ part: ArraySlice<Unicode.Scalar>) -> String {
      var view = String.UnicodeScalarView()
      view.append(contentsOf: part)
      return String(view)
    }
    var end = 0
    var inBrackets = false
    while end < field.count, inBrackets || field[end] != "!" && field[end] != ":" {
      if field[end] == "[" { inBrackets = true }
      if field[end] == "]" { inBrackets = false }
      end += 1
    }
    let path = field[..<end]
    var rest = field[end...]
    var conversion: Unicode.Scalar?
    if rest.first == "!" {
      rest.removeFirst()
      conversion = rest.popFirst()
    }
    var format = ""
    if rest.first == ":" { format = string(rest.dropFirst()) }
    if format.contains("{") {
      guard depth < 2 else { throw TemplateError(.value, "Max string recursion exceeded") }
      format = try formatted(format, arguments, &automatic, depth: depth + 1)
    }
    var value = try self.value(path, string, arguments, &automatic)
    switch conversion {
    case "r", "a": value = .text(try repr(value))
    case "s": value = .text(try text(value))
    default: break
    }
    return try formatted(value, format)
  }

  /// The value that a field names: a number or name, and attributes and items of it.
  private func value(
    _ path: ArraySlice<Unicode.Scalar>, _ string: (ArraySlice<Unicode.Scalar>) -> String,
    _ arguments: TemplateArguments,
    _ automatic: inout Int
  ) throws -> TemplateValue {
    var rest = path
    let head = rest.prefix { $0 != "." && $0 != "[" }
    rest = rest[head.endIndex...]
    let name = string(head)
    var value: TemplateValue
    if name.isEmpty || Int(name) != nil {
      let place = Int(name) ?? automatic
      if name.isEmpty { automatic += 1 }
      guard arguments.positional.indices.contains(place) else {
        throw TemplateError(.index, "Replacement index \(place) out of range for positional args tuple")
      }
      value = arguments.positional[place]
    } else if let found = arguments.named.first(where: { $0.name == name }) {
      value = found.value
    } else {
      throw TemplateError(.key, pythonRepr(name))
    }
    while let mark = rest.popFirst() {
      if mark == "." {
        let name = rest.prefix { $0 != "." && $0 != "[" }
        rest = rest[name.endIndex...]
        value = try attribute(string(name), of: value)
      } else {
        let key = string(rest.prefix { $0 != "]" })
        rest = rest.drop { $0 != "]" }.dropFirst()
        value = try item(Int(key).map { .int($0) } ?? .text(key), of: value)
      }
    }
    return value
  }

  /// A value in the format of Python's `format`: `[[fill]align][sign][#][0][width][,][.precision][type]`.
  func formatted(_ value: TemplateValue, _ format: String) throws -> String {
    if format.isEmpty { return try text(value) }
    let spec = try FormatSpec(format)
    try charge(text: spec.width)
    switch value {
    case .text(let text), .markup(let text):
      guard spec.type == nil || spec.type == "s" else {
        throw TemplateError(.value, "Unknown format code '\(spec.type ?? " ")' for object of type 'str'")
      }
      var shown = text
      if let precision = spec.precision { shown = String(text.unicodeScalars.prefix(precision)) }
      return spec.padded(shown, sign: "", isNumber: false)
    case .int, .bool, .float:
      if case .bool(let value) = value, spec.type == nil {
        return spec.padded(value ? "True" : "False", sign: "", isNumber: false)
      }
      return try number(value, spec)
    default: throw TemplateError(.type, "unsupported format string passed to \(value.typeName).__format__")
    }
  }

  private func number(_ value: TemplateValue, _ spec: FormatSpec) throws -> String {
    let number = value.number ?? 0
    var sign =
      number < 0 || number.sign == .minus && number == 0 && value.integer == nil
      ? "-" : spec.sign.map { $0 == "-" ? "" : String($0) } ?? ""
    var digits: String
    switch spec.type {
    case nil where value.integer != nil, "d", "n":
      guard let whole = value.integer else {
        throw TemplateError(.value, "Unknown format code 'd' for object of type 'float'")
      }
      digits = String(whole.magnitude)
    case "b", "o", "x", "X":
      guard let whole = value.integer else {
        throw TemplateError(.value, "Unknown format code '\(spec.type ?? " ")' for object of type 'float'")
      }
      let radix = spec.type == "b" ? 2 : spec.type == "o" ? 8 : 16
      digits = String(whole.magnitude, radix: radix, uppercase: spec.type == "X")
      if spec.isAlternate, let type = spec.type { sign += "0\(type)" }
    case "c":
      guard let code = value.integer.flatMap(UInt32.init(exactly:)).flatMap(Unicode.Scalar.init) else {
        throw TemplateError(.overflow, "%c arg not in range(0x110000)")
      }
      return spec.padded(String(code), sign: "", isNumber: true)
    case "f", "F": digits = apusFormat(number.magnitude, "%.*f", spec.precision ?? 6)
    case "e": digits = apusFormat(number.magnitude, "%.*e", spec.precision ?? 6)
    case "E": digits = apusFormat(number.magnitude, "%.*E", spec.precision ?? 6)
    case "g": digits = apusFormat(number.magnitude, "%.*g", spec.precision ?? 6)
    case "G": digits = apusFormat(number.magnitude, "%.*G", spec.precision ?? 6)
    case "%": digits = apusFormat(number.magnitude * 100, "%.*f", spec.precision ?? 6) + "%"
    case nil:
      if let precision = spec.precision {
        digits = apusFormat(number.magnitude, "%.*g", precision)
        if !digits.contains(".") && !digits.contains("e") { digits += ".0" }
      } else {
        digits = pythonText(number.magnitude)
      }
    default:
      throw TemplateError(.value, "Unknown format code '\(spec.type ?? " ")' for object of type '\(value.typeName)'")
    }
    if let separator = spec.grouping {
      let whole = digits.prefix { $0.isNumber }
      var grouped = ""
      for (i, c) in whole.enumerated() {
        if i > 0, (whole.count - i) % 3 == 0 { grouped.unicodeScalars.append(separator) }
        grouped.append(c)
      }
      digits = grouped + digits.dropFirst(whole.count)
    }
    return spec.padded(digits, sign: sign, isNumber: true)
  }

  private func apusFormat(_ value: Double, _ format: String, _ digits: Int) -> String {
    value.isFinite ? ApusText.formatted(value, format, digits: digits) : value.isNaN ? "nan" : "inf"
  }

  // MARK: %

  /// `text % values`.
  func percentFormatted(_ text: String, _ values: TemplateValue) throws -> String {
    let source = Array(text.unicodeScalars)
    var out = ""
    var items: [TemplateValue] = [values]
    if case .tuple(let list) = values { items = list.items }
    var taken = 0
    func take() throws -> TemplateValue {
      guard taken < items.count else { throw TemplateError(.type, "not enough arguments for format string") }
      taken += 1
      return items[taken - 1]
    }
    var usesNames = false
    var i = 0
    while i < source.count {
      guard source[i] == "%" else {
        out.unicodeScalars.append(source[i])
        i += 1
        continue
      }
      i += 1
      var named: TemplateValue?
      if i < source.count, source[i] == "(" {
        let end = source[i...].firstIndex(of: ")") ?? source.count
        var key = String.UnicodeScalarView()
        key.append(contentsOf: source[(i + 1)..<max(i + 1, end)])
        guard case .dictionary(let dictionary) = values else { throw TemplateError(.type, "format requires a mapping") }
        guard let found = dictionary[String(key)] else { throw TemplateError(.key, pythonRepr(String(key))) }
        named = found
        usesNames = true
        i = min(source.count, end + 1)
      }
      var spec = FormatSpec()
      while i < source.count, "#0- +".unicodeScalars.contains(source[i]) {
        switch source[i] {
        case "#": spec.isAlternate = true
        case "0": spec.isZeroPadded = spec.align == nil
        case "-":
          spec.align = "<"
          spec.isZeroPadded = false
        default: spec.sign = source[i]
        }
        i += 1
      }
      if i < source.count, source[i] == "*" {
        spec.width = max(0, try take().integer ?? 0)
        i += 1
      } else {
        spec.width = try FormatSpec.number(source, &i) ?? 0
      }
      if i < source.count, source[i] == "." {
        i += 1
        spec.precision = try FormatSpec.number(source, &i) ?? 0
      }
      guard i < source.count else { throw TemplateError(.value, "incomplete format") }
      let type = source[i]
      i += 1
      try charge(text: spec.width)
      if type == "%" {
        out += "%"
        continue
      }
      let value = try named ?? take()
      if case .undefined(let what) = value, type != "s", type != "r" { throw TemplateError(.undefined, what) }
      if spec.align == nil { spec.align = spec.isZeroPadded ? nil : ">" }
      switch type {
      case "s", "r", "a":
        var shown = type == "s" ? try self.text(value) : try repr(value)
        if let precision = spec.precision { shown = String(shown.unicodeScalars.prefix(precision)) }
        spec.isZeroPadded = false
        if spec.align == nil { spec.align = ">" }
        out += spec.padded(shown, sign: "", isNumber: false)
      case "d", "i", "u":
        guard let number = value.number, let whole = Int(exactly: number.rounded(.towardZero)) else {
          throw TemplateError(.type, "%\(type) format: a real number is required, not \(value.typeName)")
        }
        spec.type = "d"
        out += try self.number(.int(value.integer ?? whole), spec)
      case "x", "X", "o":
        guard value.integer != nil else {
          throw TemplateError(.type, "%\(type) format: an integer is required, not \(value.typeName)")
        }
        spec.type = type
        out += try self.number(value, spec)
      case "f", "F", "e", "E", "g", "G":
        guard let number = value.number else {
          throw TemplateError(.type, "must be real number, not \(value.typeName)")
        }
        spec.type = type
        out += try self.number(.float(number), spec)
      case "c":
        spec.type = "c"
        if let text = value.string {
          out += spec.padded(text, sign: "", isNumber: false)
        } else {
          out += try self.number(value, spec)
        }
      default:
        throw TemplateError(
          .value, "unsupported format character '\(type)' (0x\(String(type.value, radix: 16))) at index \(i - 1)")
      }
      try charge(text: out.utf8.count / 64)
    }
    if case .tuple = values, taken < items.count {
      throw TemplateError(.type, "not all arguments converted during string formatting")
    }
    if taken == 0, !usesNames {
      switch values {
      case .tuple, .dictionary, .list: break
      default: throw TemplateError(.type, "not all arguments converted during string formatting")
      }
    }
    return out
  }
}

/// How a number or text is laid out.
struct FormatSpec {
  var fill: Unicode.Scalar = " "
  var align: Unicode.Scalar?
  var sign: Unicode.Scalar?
  var isAlternate = false
  var isZeroPadded = false
  var width = 0
  var grouping: Unicode.Scalar?
  var precision: Int?
  var type: Unicode.Scalar?

  init() {}

  init(_ text: String) throws {
    let source = Array(text.unicodeScalars)
    var i = 0
    let aligns = "<>=^".unicodeScalars
    if source.count > 1, aligns.contains(source[1]) {
      fill = source[0]
      align = source[1]
      i = 2
    } else if let first = source.first, aligns.contains(first) {
      align = first
      i = 1
    }
    if i < source.count, "+- ".unicodeScalars.contains(source[i]) {
      sign = source[i]
      i += 1
    }
    if i < source.count, source[i] == "#" {
      isAlternate = true
      i += 1
    }
    if i < source.count, source[i] == "0" {
      isZeroPadded = align == nil
      i += 1
    }
    width = try Self.number(source, &i) ?? 0
    if i < source.count, source[i] == "," || source[i] == "_" {
      grouping = source[i]
      i += 1
    }
    if i < source.count, source[i] == "." {
      i += 1
      guard let digits = try Self.number(source, &i) else {
        throw TemplateError(.value, "Format specifier missing precision")
      }
      precision = digits
    }
    if i < source.count {
      type = source[i]
      i += 1
    }
    guard i == source.count else { throw TemplateError(.value, "Invalid format specifier '\(text)'") }
  }

  static func number(_ source: [Unicode.Scalar], _ i: inout Int) throws -> Int? {
    var value: Int?
    while i < source.count, ("0"..."9").contains(source[i]) {
      let next = (value ?? 0) * 10 + Int(source[i].value) - 48
      guard next < 10_000_000 else { throw TemplateError(.value, "Too many decimal digits in format string") }
      value = next
      i += 1
    }
    return value
  }

  func padded(_ text: String, sign: String, isNumber: Bool) -> String {
    let gap = width - text.unicodeScalars.count - sign.unicodeScalars.count
    guard gap > 0 else { return sign + text }
    func filled(_ count: Int, _ c: Unicode.Scalar) -> String { String(repeating: String(c), count: count) }
    if isZeroPadded, isNumber { return sign + filled(gap, "0") + text }
    if isZeroPadded { return text + filled(gap, "0") }
    switch align ?? (isNumber ? ">" : "<") {
    case ">": return filled(gap, fill) + sign + text
    case "=": return sign + filled(gap, fill) + text
    case "^": return filled(gap / 2, fill) + sign + text + filled(gap - gap / 2, fill)
    default: return sign + text + filled(gap, fill)
    }
  }
}
