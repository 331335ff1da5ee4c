/// Jinja's tests: what `is` asks.
enum TemplateTests {
  typealias Test = @Sendable (TemplateInterpreter, TemplateValue, TemplateArguments) throws -> Bool

  /// The test of a name.
  static func find(_ name: String) -> Test? {
    switch name {
    case "defined": return { _, value, _ in !value.isUndefined }
    case "undefined": return { _, value, _ in value.isUndefined }
    case "none": return { _, value, _ in value.isNone }
    case "boolean": return { _, value, _ in if case .bool = value { true } else { false } }
    case "true": return { _, value, _ in if case .bool(true) = value { true } else { false } }
    case "false": return { _, value, _ in if case .bool(false) = value { true } else { false } }
    case "integer": return { _, value, _ in if case .int = value { true } else { false } }
    case "float": return { _, value, _ in if case .float = value { true } else { false } }
    case "number": return { _, value, _ in value.number != nil }
    case "string": return { _, value, _ in value.string != nil }
    case "mapping": return { _, value, _ in if case .dictionary = value { true } else { false } }
    case "iterable":
      return { _, value, _ in
        switch value {
        case .none, .bool, .int, .float, .function, .namespace: false
        default: true
        }
      }
    case "sequence":
      return { _, value, _ in
        switch value {
        case .undefined, .text, .markup, .list, .tuple, .dictionary, .range: true
        default: false
        }
      }
    case "callable":
      return { _, value, _ in
        switch value {
        case .function, .undefined, .loop: true
        default: false
        }
      }
    case "escaped": return { _, value, _ in if case .markup = value { true } else { false } }
    case "odd": return { interpreter, value, _ in try remainder(interpreter, value, .int(2), 1) }
    case "even": return { interpreter, value, _ in try remainder(interpreter, value, .int(2), 0) }
    case "divisibleby": return { try remainder($0, $1, try argument($2), 0) }
    case "lower":
      return { interpreter, value, _ in
        TextMethods.hasCase(try interpreter.text(value), \.isLowercase, not: \.isUppercase)
      }
    case "upper":
      return { interpreter, value, _ in
        TextMethods.hasCase(try interpreter.text(value), \.isUppercase, not: \.isLowercase)
      }
    case "in": return { try $0.contains(try argument($2), $1) }
    case "sameas": return { try same($0, $1, try argument($2)) }
    case "filter": return { _, value, _ in TemplateFilters.find(value.string ?? "") != nil }
    case "test": return { _, value, _ in find(value.string ?? "") != nil }
    case "==": return equal
    case "eq": return equal
    case "equalto": return equal
    case "!=": return { try !$0.equal($1, try argument($2)) }
    case "ne": return { try !$0.equal($1, try argument($2)) }
    case ">": return greater
    case "gt": return greater
    case "greaterthan": return greater
    case "ge": return { try $0.compare(.greaterOrEqual, $1, try argument($2)) }
    case ">=": return { try $0.compare(.greaterOrEqual, $1, try argument($2)) }
    case "<": return less
    case "lt": return less
    case "lessthan": return less
    case "<=": return { try $0.compare(.lessOrEqual, $1, try argument($2)) }
    case "le": return { try $0.compare(.lessOrEqual, $1, try argument($2)) }
    default: return nil
    }
  }

  private static let equal: Test = { try $0.equal($1, try argument($2)) }
  private static let greater: Test = { try $0.compare(.greater, $1, try argument($2)) }
  private static let less: Test = { try $0.compare(.less, $1, try argument($2)) }

  private static func argument(_ arguments: TemplateArguments) throws -> TemplateValue {
    guard let value = arguments.positional.first ?? arguments.named.first?.value else {
      throw TemplateError(.type, "the test needs an argument")
    }
    return value
  }

  private static func remainder(
    _ interpreter: TemplateInterpreter, _ value: TemplateValue, _ divisor: TemplateValue, _ wanted: Int
  ) throws -> Bool {
    if value.string != nil { throw TemplateError(.type, "not all arguments converted during string formatting") }
    return try interpreter.equal(try interpreter.binary(.remainder, value, divisor), .int(wanted))
  }

  private static func same(_ interpreter: TemplateInterpreter, _ a: TemplateValue, _ b: TemplateValue) throws -> Bool {
    switch (a, b) {
    case (.list(let x), .list(let y)), (.tuple(let x), .tuple(let y)): x === y
    case (.dictionary(let x), .dictionary(let y)): x === y
    default: a.typeName == b.typeName ? try interpreter.equal(a, b) : false
    }
  }
}

extension TemplateInterpreter {
  func test(_ name: String, _ value: TemplateValue, _ arguments: TemplateArguments) throws -> Bool {
    guard let test = TemplateTests.find(name) else { throw TemplateError(.runtime, "No test named '\(name)' found.") }
    return try test(self, value, arguments)
  }
}
