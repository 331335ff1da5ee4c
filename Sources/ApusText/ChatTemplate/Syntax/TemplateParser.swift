/// Reads the statements of a template (Jinja 3.1 with loop controls and `{% generation %}`).
struct TemplateParser {
  private(set) var tokens: [TemplateToken]
  private(set) var position = 0
  let stack = StackGuard()
  /// The names that are read, for macros, which take further arguments where they read `varargs` or `kwargs`.
  var names: Set<String> = []
  /// Whether what is read may never be run; only then may it name filters that there are not.
  var isConditional = false
  /// The tags that are open, and the tags that are looked for, the innermost last; for errors.
  private var openTags: [String] = []
  private var wantedTags: [[String]] = []
  /// Filters and tests that there are not.
  var unknown: [TemplateError] = []

  static func statements(of text: String) throws -> [TemplateStatement] {
    var parser = TemplateParser(tokens: try TemplateLexer.tokens(of: text))
    let statements = try parser.statements(until: [])
    if let error = parser.unknown.first { throw error }
    return statements
  }

  private init(tokens: [TemplateToken]) { self.tokens = tokens }

  var current: TemplateToken { tokens[position] }
  var next: TemplateToken { tokens[min(position + 1, tokens.count - 1)] }

  /// Takes the current token; the end stays.
  @discardableResult
  mutating func take() -> TemplateToken {
    let token = tokens[position]
    if position + 1 < tokens.count { position += 1 }
    return token
  }

  mutating func skip(symbol: String) -> Bool {
    guard current.isSymbol(symbol) else { return false }
    take()
    return true
  }

  mutating func skip(name: String) -> Bool {
    guard current.isName(name) else { return false }
    take()
    return true
  }

  func error(_ message: String, line: Int? = nil) -> TemplateError {
    TemplateError(.syntax, message, line: line ?? current.line)
  }

  mutating func expect(symbol: String) throws {
    guard skip(symbol: symbol) else { throw error("expected token '\(symbol)', got '\(current.text)'") }
  }

  mutating func expect(name: String) throws {
    guard skip(name: name) else { throw error("expected token '\(name)', got '\(current.text)'") }
  }

  mutating func expectName() throws -> String {
    guard case .name(let text) = current.kind else { throw error("expected token 'name', got '\(current.text)'") }
    take()
    return text
  }

  private mutating func expect(_ kind: TemplateToken.Kind, _ text: String) throws {
    guard current.kind == kind else { throw error("expected token '\(text)', got '\(current.text)'") }
    take()
  }

  /// The statements up to a tag of one of the given names, which is the current token afterwards; to the end if there are none.
  private mutating func statements(until ends: [String]) throws -> [TemplateStatement] {
    try stack.check("the template", line: current.line)
    if !ends.isEmpty { wantedTags.append(ends) }
    defer { if !ends.isEmpty { wantedTags.removeLast() } }
    var found: [TemplateStatement] = []
    while true {
      switch current.kind {
      case .data(let text):
        found.append(.text(text))
        take()
      case .variableBegin:
        take()
        found.append(.output(try tuple()))
        try expect(.variableEnd, "end of print statement")
      case .blockBegin:
        take()
        if case .name(let name) = current.kind, ends.contains(name) { return found }
        found += try statement()
        try expect(.blockEnd, "end of statement block")
      default:
        if !ends.isEmpty { throw misplaced(nil, line: current.line) }
        return found
      }
    }
  }

  /// The body of a statement, and the name of the tag that ends it, which is taken.
  private mutating func body(until ends: String...) throws -> (statements: [TemplateStatement], end: String) {
    _ = skip(symbol: ":")
    try expect(.blockEnd, "end of statement block")
    let found = try statements(until: ends)
    return (found, try expectName())
  }

  /// The body of a statement that is a place of its own for variables.
  private mutating func frame(until ends: String...) throws -> (statements: [TemplateStatement], end: String) {
    let outer = isConditional
    isConditional = false
    defer { isConditional = outer }
    _ = skip(symbol: ":")
    try expect(.blockEnd, "end of statement block")
    let found = try statements(until: ends)
    return (found, try expectName())
  }

  private mutating func statement() throws -> [TemplateStatement] {
    let line = current.line
    guard case .name(let name) = current.kind else { throw error("tag name expected") }
    take()
    openTags.append(name)
    defer { openTags.removeLast() }
    switch name {
    case "for": return [try loop()]
    case "if": return [try condition()]
    case "set": return [try assignment(line)]
    case "macro":
      let name = try expectName()
      return [.macro(try macro(name, until: "endmacro"))]
    case "call": return [try call(line)]
    case "filter": return [try filterBlock()]
    case "with": return [try with(line)]
    case "print": return try printed()
    case "generation": return [.generation(try frame(until: "endgeneration").statements)]
    case "break": return [.leaveLoop]
    case "continue": return [.nextRound]
    case "autoescape":
      let value = try expression()
      let inner = try frame(until: "endautoescape").statements
      if case .constant(.bool(false)) = value.kind { return [.scope(inner)] }
      return [.unavailable("autoescape", line: line)]
    case "block":
      let name = try expectName()
      while skip(name: "scoped") || skip(name: "required") {}
      let inner = try frame(until: "endblock").statements
      _ = skip(name: name)
      return [.scope(inner)]
    case "extends", "include", "import", "from":
      while current.kind != .blockEnd, current.kind != .end { take() }
      return [.unavailable(name, line: line)]
    default:
      openTags.removeLast()
      defer { openTags.append(name) }
      throw misplaced(name, line: line)
    }
  }

  /// The error of a tag that does not belong where it is, or of the end (nil), in Jinja's words.
  private func misplaced(_ tag: String?, line: Int) -> TemplateError {
    var message = tag.map { "Encountered unknown tag '\($0)'." } ?? "Unexpected end of template."
    if let wanted = wantedTags.last {
      let tags = wanted.map { "'\($0)'" }.joined(separator: " or ")
      let isElsewhere = tag.map { tag in wantedTags.contains { $0.contains(tag) } } ?? false
      message +=
        isElsewhere
        ? " You probably made a nesting mistake. Jinja is expecting this tag, but currently looking for \(tags)."
        : " Jinja was looking for the following tags: \(tags)."
    }
    if let innermost = openTags.last { message += " The innermost block that needs to be closed is '\(innermost)'." }
    return error(message, line: line)
  }

  private mutating func loop() throws -> TemplateStatement {
    let target = try assignmentTarget(endsAtIn: true, withAttributes: false)
    try expect(name: "in")
    let items = try tuple(withConditional: false, endsAtRecursive: true)
    let test = skip(name: "if") ? try expression() : nil
    let isRecursive = skip(name: "recursive")
    let first = try frame(until: "endfor", "else")
    let otherwise = first.end == "else" ? try frame(until: "endfor").statements : []
    return .loop(
      TemplateLoop(
        target: target, items: items, test: test, isRecursive: isRecursive, body: first.statements, otherwise: otherwise
      ))
  }

  private mutating func condition() throws -> TemplateStatement {
    let outer = isConditional
    isConditional = true
    defer { isConditional = outer }
    var branches: [(test: TemplateExpression, body: [TemplateStatement])] = []
    while true {
      let test = try tuple(withConditional: false)
      let branch = try body(until: "elif", "else", "endif")
      branches.append((test, branch.statements))
      switch branch.end {
      case "elif": continue
      case "else": return .condition(branches, otherwise: try body(until: "endif").statements)
      default: return .condition(branches, otherwise: [])
      }
    }
  }

  private mutating func assignment(_ line: Int) throws -> TemplateStatement {
    let target = try assignmentTarget(endsAtIn: false, withAttributes: true)
    if skip(symbol: "=") { return .assignment(target, try tuple()) }
    let filter = current.isSymbol("|") ? try filters(of: nil) : nil
    return .blockAssignment(target, filter: filter, try frame(until: "endset").statements, line: line)
  }

  private mutating func parameters() throws -> [(name: String, value: TemplateExpression?)] {
    try expect(symbol: "(")
    var found: [(name: String, value: TemplateExpression?)] = []
    while !current.isSymbol(")") {
      if !found.isEmpty { try expect(symbol: ",") }
      let name = try expectName()
      if skip(symbol: "=") {
        found.append((name, try expression()))
      } else {
        if found.last?.value != nil { throw error("non-default argument follows default argument") }
        found.append((name, nil))
      }
    }
    try expect(symbol: ")")
    return found
  }

  private mutating func macro(_ name: String?, until end: String) throws -> TemplateMacro {
    let outer = names
    names = []
    defer { names.formUnion(outer) }
    let parameters = try parameters()
    let body = try frame(until: end).statements
    return TemplateMacro(name: name, parameters: parameters, body: body, names: names)
  }

  private mutating func call(_ line: Int) throws -> TemplateStatement {
    let parameters = current.isSymbol("(") ? try parameters() : []
    let call = try expression()
    guard case .call = call.kind else { throw error("expected call", line: line) }
    let outer = names
    names = []
    defer { names.formUnion(outer) }
    let body = try frame(until: "endcall").statements
    return .callBlock(TemplateMacro(name: nil, parameters: parameters, body: body, names: names), call)
  }

  private mutating func filterBlock() throws -> TemplateStatement {
    let filter = try filters(of: nil, startsInside: true)
    return .filterBlock(filter, try frame(until: "endfilter").statements)
  }

  private mutating func with(_ line: Int) throws -> TemplateStatement {
    var bound: [(AssignmentTarget, TemplateExpression)] = []
    while current.kind != .blockEnd, !current.isSymbol(":") {
      if !bound.isEmpty { try expect(symbol: ",") }
      let target = try assignmentTarget(endsAtIn: false, withAttributes: false)
      try expect(symbol: "=")
      bound.append((target, try expression()))
    }
    return .with(bound, try frame(until: "endwith").statements, line: line)
  }

  private mutating func printed() throws -> [TemplateStatement] {
    var found: [TemplateStatement] = []
    while current.kind != .blockEnd {
      if !found.isEmpty { try expect(symbol: ",") }
      found.append(.output(try expression()))
    }
    return found
  }

  private mutating func assignmentTarget(endsAtIn: Bool, withAttributes: Bool) throws -> AssignmentTarget {
    var targets: [AssignmentTarget] = []
    var isTuple = false
    while true {
      if !targets.isEmpty { try expect(symbol: ",") }
      if endsAtIn, current.isName("in") { break }
      if current.isSymbol("=") || current.kind == .blockEnd || current.isSymbol(")") { break }
      targets.append(try singleTarget(endsAtIn: endsAtIn, withAttributes: withAttributes))
      guard current.isSymbol(",") else { break }
      isTuple = true
    }
    guard let first = targets.first else { throw error("Expected an expression, got '\(current.text)'") }
    return isTuple ? .tuple(targets) : first
  }

  private mutating func singleTarget(endsAtIn: Bool, withAttributes: Bool) throws -> AssignmentTarget {
    try stack.check("the assignment", line: current.line)
    if skip(symbol: "(") {
      let inner = try assignmentTarget(endsAtIn: false, withAttributes: withAttributes)
      try expect(symbol: ")")
      return inner
    }
    let line = current.line
    guard case .name(let name) = current.kind else { throw error("can't assign to '\(current.text)'", line: line) }
    take()
    if ["true", "false", "none", "True", "False", "None"].contains(name) {
      throw error("can't assign to 'const'", line: line)
    }
    if withAttributes, skip(symbol: ".") { return .attribute(name, try expectName()) }
    return .name(name)
  }
}
