// Expressions, by falling precedence from the bottom of the file to the top.

extension TemplateParser {
  mutating func expression(withConditional: Bool = true) throws -> TemplateExpression {
    try stack.check("the expression", line: current.line)
    return withConditional ? try conditional() : try disjunction()
  }

  /// Several expressions with commas between, which are a tuple, or one.
  mutating func tuple(
    withConditional: Bool = true, endsAtRecursive: Bool = false, inParentheses: Bool = false
  ) throws -> TemplateExpression {
    let line = current.line
    var items: [TemplateExpression] = []
    var isTuple = false
    while true {
      if !items.isEmpty { try expect(symbol: ",") }
      if endsTuple || endsAtRecursive && current.isName("recursive") { break }
      items.append(try expression(withConditional: withConditional))
      guard current.isSymbol(",") else { break }
      isTuple = true
    }
    if !isTuple {
      if let only = items.first { return only }
      guard inParentheses else { throw error("Expected an expression, got '\(current.text)'") }
    }
    return try TemplateExpression(.tuple(items), line: line)
  }

  private var endsTuple: Bool {
    switch current.kind {
    case .variableEnd, .blockEnd: true
    default: current.isSymbol(")")
    }
  }

  private mutating func conditional() throws -> TemplateExpression {
    let line = current.line
    let known = unknown.count
    var value = try disjunction()
    while skip(name: "if") {
      unknown.removeSubrange(known...)
      let outer = isConditional
      isConditional = true
      defer { isConditional = outer }
      let test = try disjunction()
      var otherwise: TemplateExpression?
      if skip(name: "else") {
        try stack.check("the expression", line: line)
        otherwise = try conditional()
      }
      value = try TemplateExpression(.conditional(if: test, then: value, else: otherwise), line: line)
    }
    return value
  }

  private mutating func disjunction() throws -> TemplateExpression {
    let line = current.line
    var left = try conjunction()
    while skip(name: "or") { left = try TemplateExpression(.or(left, try conjunction()), line: line) }
    return left
  }

  private mutating func conjunction() throws -> TemplateExpression {
    let line = current.line
    var left = try negation()
    while skip(name: "and") { left = try TemplateExpression(.and(left, try negation()), line: line) }
    return left
  }

  private mutating func negation() throws -> TemplateExpression {
    let line = current.line
    var count = 0
    while skip(name: "not") { count += 1 }
    var value = try comparison()
    for _ in 0..<count { value = try TemplateExpression(.not(value), line: line) }
    return value
  }

  private mutating func comparison() throws -> TemplateExpression {
    let line = current.line
    let value = try sum()
    var others: [(TemplateComparison, TemplateExpression)] = []
    while true {
      if case .symbol(let text) = current.kind, let operation = TemplateComparison(rawValue: text) {
        take()
        others.append((operation, try sum()))
      } else if skip(name: "in") {
        others.append((.isIn, try sum()))
      } else if current.isName("not"), next.isName("in") {
        take()
        take()
        others.append((.isNotIn, try sum()))
      } else {
        break
      }
    }
    return others.isEmpty ? value : try TemplateExpression(.comparison(value, others), line: line)
  }

  private mutating func sum() throws -> TemplateExpression {
    let line = current.line
    var left = try concatenation()
    while case .symbol(let text) = current.kind, text == "+" || text == "-",
      let operation = TemplateOperator(rawValue: text)
    {
      take()
      left = try TemplateExpression(.binary(operation, left, try concatenation()), line: line)
    }
    return left
  }

  private mutating func concatenation() throws -> TemplateExpression {
    let line = current.line
    var items = [try product()]
    while skip(symbol: "~") { items.append(try product()) }
    return items.count == 1 ? items[0] : try TemplateExpression(.concatenation(items), line: line)
  }

  private mutating func product() throws -> TemplateExpression {
    let line = current.line
    var left = try power()
    while case .symbol(let text) = current.kind, ["*", "/", "//", "%"].contains(text),
      let operation = TemplateOperator(rawValue: text)
    {
      take()
      left = try TemplateExpression(.binary(operation, left, try power()), line: line)
    }
    return left
  }

  private mutating func power() throws -> TemplateExpression {
    let line = current.line
    var left = try unary()
    while skip(symbol: "**") { left = try TemplateExpression(.binary(.power, left, try unary()), line: line) }
    return left
  }

  private mutating func unary(withFilter: Bool = true) throws -> TemplateExpression {
    let line = current.line
    var value: TemplateExpression
    if current.isSymbol("-") || current.isSymbol("+") {
      try stack.check("the expression", line: line)
      let isNegative = take().isSymbol("-")
      let inner = try unary(withFilter: false)
      value = try TemplateExpression(isNegative ? .negative(inner) : .positive(inner), line: line)
    } else {
      value = try primary()
    }
    value = try postfix(value)
    return withFilter ? try filtered(value) : value
  }

  private mutating func primary() throws -> TemplateExpression {
    let token = take()
    switch token.kind {
    case .name(let name):
      switch name {
      case "true", "True": return try TemplateExpression(.constant(.bool(true)), line: token.line)
      case "false", "False": return try TemplateExpression(.constant(.bool(false)), line: token.line)
      case "none", "None": return try TemplateExpression(.constant(.none), line: token.line)
      default:
        names.insert(name)
        return try TemplateExpression(.name(name), line: token.line)
      }
    case .string(var text):
      while case .string(let more) = current.kind {
        text += more
        take()
      }
      return try TemplateExpression(.constant(.text(text)), line: token.line)
    case .integer(let value): return try TemplateExpression(.constant(.int(value)), line: token.line)
    case .float(let value): return try TemplateExpression(.constant(.float(value)), line: token.line)
    case .symbol("("):
      let inner = try tuple(inParentheses: true)
      try expect(symbol: ")")
      return inner
    case .symbol("["):
      var items: [TemplateExpression] = []
      while !current.isSymbol("]") {
        if !items.isEmpty { try expect(symbol: ",") }
        if current.isSymbol("]") { break }
        items.append(try expression())
      }
      try expect(symbol: "]")
      return try TemplateExpression(.list(items), line: token.line)
    case .symbol("{"):
      var members: [(key: TemplateExpression, value: TemplateExpression)] = []
      while !current.isSymbol("}") {
        if !members.isEmpty { try expect(symbol: ",") }
        if current.isSymbol("}") { break }
        let key = try expression()
        try expect(symbol: ":")
        members.append((key, try expression()))
      }
      try expect(symbol: "}")
      return try TemplateExpression(.dictionary(members), line: token.line)
    default: throw error("unexpected '\(token.text)'", line: token.line)
    }
  }

  private mutating func postfix(_ value: TemplateExpression) throws -> TemplateExpression {
    var value = value
    while true {
      if current.isSymbol(".") || current.isSymbol("[") {
        value = try subscripted(value)
      } else if current.isSymbol("(") {
        value = try call(of: value)
      } else {
        return value
      }
    }
  }

  private mutating func call(of value: TemplateExpression) throws -> TemplateExpression {
    let line = current.line
    return try TemplateExpression(.call(value, try arguments()), line: line)
  }

  /// Filters, tests and calls after a value.
  private mutating func filtered(_ value: TemplateExpression) throws -> TemplateExpression {
    var value = value
    while true {
      if current.isSymbol("|") {
        value = try filters(of: value)
      } else if current.isName("is") {
        value = try test(of: value)
      } else if current.isSymbol("(") {
        value = try call(of: value)
      } else {
        return value
      }
    }
  }

  private mutating func subscripted(_ value: TemplateExpression) throws -> TemplateExpression {
    let line = take().line
    if tokens[position - 1].isSymbol(".") {
      let token = take()
      switch token.kind {
      case .name(let name): return try TemplateExpression(.attribute(value, name), line: line)
      case .integer(let index):
        return try TemplateExpression(
          .item(value, try TemplateExpression(.constant(.int(index)), line: token.line)), line: line)
      default: throw error("expected name or number", line: token.line)
      }
    }
    var keys: [TemplateExpression] = []
    while !current.isSymbol("]") {
      if !keys.isEmpty { try expect(symbol: ",") }
      let start = current.isSymbol(":") ? nil : try expression()
      guard skip(symbol: ":") else {
        if let start { keys.append(start) }
        continue
      }
      let stop = try sliceBound()
      let step = skip(symbol: ":") ? try sliceBound() : nil
      guard keys.isEmpty, current.isSymbol("]") else { throw error("slices of several dimensions are not known") }
      take()
      return try TemplateExpression(.slice(value, start, stop, step), line: line)
    }
    try expect(symbol: "]")
    if keys.count == 1 { return try TemplateExpression(.item(value, keys[0]), line: line) }
    return try TemplateExpression(.item(value, try TemplateExpression(.tuple(keys), line: line)), line: line)
  }

  private mutating func sliceBound() throws -> TemplateExpression? {
    current.isSymbol(":") || current.isSymbol("]") || current.isSymbol(",") ? nil : try expression()
  }

  mutating func arguments() throws -> CallArguments {
    let line = current.line
    try expect(symbol: "(")
    var found = CallArguments()
    var isFirst = true
    func ensure(_ holds: Bool) throws {
      if !holds { throw error("invalid syntax for function call expression", line: line) }
    }
    while !current.isSymbol(")") {
      if !isFirst {
        try expect(symbol: ",")
        if current.isSymbol(")") { break }
      }
      isFirst = false
      if skip(symbol: "*") {
        try ensure(found.list == nil && found.dictionary == nil)
        found.list = try expression()
      } else if skip(symbol: "**") {
        try ensure(found.dictionary == nil)
        found.dictionary = try expression()
      } else if case .name(let name) = current.kind, next.isSymbol("=") {
        try ensure(found.dictionary == nil)
        take()
        take()
        found.named.append((name, try expression()))
      } else {
        try ensure(found.list == nil && found.dictionary == nil && found.named.isEmpty)
        found.positional.append(try expression())
      }
    }
    try expect(symbol: ")")
    return found
  }

  /// Filters behind `|`; `startsInside` where the first one's name comes at once.
  mutating func filters(of value: TemplateExpression?, startsInside: Bool = false) throws -> TemplateExpression {
    var value = value
    var startsInside = startsInside
    while startsInside || current.isSymbol("|") {
      if !startsInside { take() }
      startsInside = false
      let line = current.line
      let name = try dottedName()
      if TemplateFilters.find(name) == nil, !isConditional {
        unknown.append(TemplateError(.assertion, "No filter named '\(name)'.", line: line))
      }
      let arguments = current.isSymbol("(") ? try arguments() : CallArguments()
      value = try TemplateExpression(.filter(value, name, arguments), line: line)
    }
    guard let value else { throw error("expected a filter") }
    return value
  }

  private mutating func dottedName() throws -> String {
    var name = try expectName()
    while skip(symbol: ".") { name += "." + (try expectName()) }
    return name
  }

  private mutating func test(of value: TemplateExpression) throws -> TemplateExpression {
    let line = take().line
    let isNegated = skip(name: "not")
    let name = try dottedName()
    if TemplateTests.find(name) == nil, !isConditional {
      unknown.append(TemplateError(.assertion, "No test named '\(name)'.", line: line))
    }
    var found = CallArguments()
    if current.isSymbol("(") {
      found = try arguments()
    } else if startsArgument {
      if current.isName("is") { throw error("You cannot chain multiple tests with is") }
      found.positional = [try postfix(try primary())]
    }
    let test = try TemplateExpression(.test(value, name, found), line: line)
    return isNegated ? try TemplateExpression(.not(test), line: line) : test
  }

  private var startsArgument: Bool {
    switch current.kind {
    case .name(let name): !["else", "or", "and"].contains(name)
    case .string, .integer, .float: true
    default: current.isSymbol("[") || current.isSymbol("{")
    }
  }
}
