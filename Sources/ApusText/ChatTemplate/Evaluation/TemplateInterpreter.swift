/// The variables of a place in a template: of the whole, a loop's round, a macro's call.
final class TemplateScope {
  var variables: [String: TemplateValue] = [:]
  let parent: TemplateScope?
  var isKept = false

  init(parent: TemplateScope?) { self.parent = parent }

  func find(_ name: String) -> TemplateValue? {
    var scope: TemplateScope? = self
    while let current = scope {
      if let value = current.variables[name] { return value }
      scope = current.parent
    }
    return nil
  }
}

/// Renders a template, with as much work and text as ``budget`` allows.
final class TemplateInterpreter {
  let stack = StackGuard()
  private(set) var budget: Int
  /// The line of the statement that is being run.
  var line = 0
  /// Where text of `{% generation %}` lies in the output, in code points.
  private(set) var generated: [Range<Int>] = []
  /// What may be part of circles of references, which are cut at the end.
  private var kept: [TemplateScope] = []
  private var namespaces: [TemplateNamespace] = []
  private var outputDepth = 0

  init(budget: Int = 20_000_000) { self.budget = budget }

  /// The text of `statements` with the given variables.
  func render(_ statements: [TemplateStatement], variables: [String: TemplateValue]) throws -> String {
    let root = TemplateScope(parent: nil)
    keep(root)
    root.variables = variables
    defer {
      for scope in kept { scope.variables = [:] }
      for namespace in namespaces { namespace.clear() }
    }
    do {
      var output = ""
      _ = try run(statements, root, into: &output)
      return output
    } catch var error as TemplateError {
      if error.line == nil, line > 0 { error.line = line }
      throw error
    }
  }

  /// Takes something from what the template may cost: an expression, or a value of some items or bytes.
  @inline(__always)
  func charge(_ cost: Int = 1) throws {
    let (left, overflows) = budget.subtractingReportingOverflow(cost)
    guard !overflows, left >= 0 else { throw TemplateError(.limit, "the template takes too much work") }
    budget = left
  }

  func charge(text bytes: Int) throws {
    guard bytes <= 1 << 26 else { throw TemplateError(.limit, "the template makes a text of \(bytes) bytes") }
    try charge(1 + bytes >> 3)
  }
  func charge(items count: Int) throws { try charge(count < 1 << 40 ? 1 + count * 4 : count) }

  func keep(_ scope: TemplateScope) {
    guard !scope.isKept else { return }
    scope.isKept = true
    kept.append(scope)
  }

  func makeNamespace() -> TemplateNamespace {
    let made = TemplateNamespace()
    namespaces.append(made)
    return made
  }

  // MARK: Statements

  enum Flow { case on, leavesLoop, nextRound }

  func run(_ statements: [TemplateStatement], _ scope: TemplateScope, into output: inout String) throws -> Flow {
    try stack.check("the template")
    for statement in statements {
      let flow = try run(statement, scope, into: &output)
      if flow != .on { return flow }
    }
    return .on
  }

  private func run(_ statement: TemplateStatement, _ scope: TemplateScope, into output: inout String) throws -> Flow {
    try charge()
    switch statement {
    case .text(let text):
      try charge(text: text.utf8.count)
      output += text
    case .output(let expression):
      line = expression.line
      let text = try text(try evaluate(expression, scope))
      try charge(text: text.utf8.count)
      output += text
    case .condition(let branches, let otherwise):
      for branch in branches {
        line = branch.test.line
        if try evaluate(branch.test, scope).isTrue { return try run(branch.body, scope, into: &output) }
      }
      return try run(otherwise, scope, into: &output)
    case .loop(let loop): return try run(loop, scope, into: &output)
    case .assignment(let target, let expression):
      line = expression.line
      try assign(try evaluate(expression, scope), to: target, scope)
    case .blockAssignment(let target, let filter, let body, let line):
      var value = TemplateValue.text(try captured(body, scope))
      if let filter { value = try evaluate(filter, scope, filtered: value) }
      self.line = line
      try assign(value, to: target, scope)
    case .macro(let macro): scope.variables[macro.name ?? ""] = .function(function(of: macro, scope))
    case .callBlock(let macro, let call):
      line = call.line
      output += try text(try evaluate(call, scope, caller: function(of: macro, scope)))
    case .filterBlock(let filter, let body):
      output += try text(try evaluate(filter, scope, filtered: .text(try captured(body, scope))))
    case .with(let bound, let body, let line):
      self.line = line
      let inner = TemplateScope(parent: scope)
      let values = try bound.map { try evaluate($0.1, scope) }
      for (target, value) in zip(bound.map(\.0), values) { try assign(value, to: target, inner) }
      return try run(body, inner, into: &output)
    case .generation(let body):
      let start = output.unicodeScalars.count
      let inner = try captured(body, scope)
      output += inner
      if outputDepth == 0 { generated.append(start..<start + inner.unicodeScalars.count) }
    case .scope(let body): return try run(body, TemplateScope(parent: scope), into: &output)
    case .leaveLoop: return .leavesLoop
    case .nextRound: return .nextRound
    case .unavailable(let tag, let line):
      self.line = line
      throw TemplateError(.type, "'\(tag)' needs other templates, and there are none", line: line)
    }
    return .on
  }

  /// The text of a body that is a place of its own for variables.
  private func captured(_ body: [TemplateStatement], _ scope: TemplateScope) throws -> String {
    outputDepth += 1
    defer { outputDepth -= 1 }
    var output = ""
    _ = try run(body, TemplateScope(parent: scope), into: &output)
    return output
  }

  private func assign(_ value: TemplateValue, to target: AssignmentTarget, _ scope: TemplateScope) throws {
    switch target {
    case .name(let name): scope.variables[name] = value
    case .attribute(let name, let attribute):
      guard case .namespace(let namespace) = try lookUp(name, scope) else {
        throw TemplateError(.runtime, "cannot assign attribute on non-namespace object")
      }
      try checkAttribute(attribute)
      namespace[attribute] = value
    case .tuple(let targets):
      let items = try items(of: value)
      guard items.count == targets.count else {
        let found =
          items.count > targets.count
          ? "too many values to unpack (expected \(targets.count))"
          : "not enough values to unpack (expected \(targets.count), got \(items.count))"
        throw TemplateError(.value, found)
      }
      for (target, item) in zip(targets, items) { try assign(item, to: target, scope) }
    }
  }

  func checkAttribute(_ name: String) throws {
    guard !name.hasPrefix("_") else {
      throw TemplateError(
        .security,
        "Chat templates cannot store underscore-prefixed attributes on a namespace, but got \(pythonRepr(name)). "
          + "Please rename the attribute.")
    }
  }

  private func run(_ loop: TemplateLoop, _ scope: TemplateScope, into output: inout String) throws -> Flow {
    line = loop.items.line
    try rounds(loop, over: try evaluate(loop.items, scope), scope, depth: 0, into: &output)
    return .on
  }

  /// Runs a loop, or a recursive call of it.
  private func rounds(
    _ loop: TemplateLoop, over value: TemplateValue, _ scope: TemplateScope, depth: Int, into output: inout String
  ) throws {
    var items = try items(of: value)
    if let test = loop.test {
      items = try items.filter { item in
        let inner = TemplateScope(parent: scope)
        inner.variables["loop"] = .undefined("'loop' is undefined")
        try assign(item, to: loop.target, inner)
        return try evaluate(test, inner).isTrue
      }
    }
    var recursion: TemplateFunction?
    if loop.isRecursive {
      keep(scope)
      recursion = TemplateFunction("loop") { interpreter, arguments in
        guard let value = arguments.positional.first else { throw TemplateError(.type, "loop() needs an iterable") }
        var inner = ""
        interpreter.outputDepth += 1
        defer { interpreter.outputDepth -= 1 }
        try interpreter.rounds(loop, over: value, scope, depth: depth + 1, into: &inner)
        return .text(inner)
      }
    }
    let state = TemplateLoopState(items: items, depth: depth, recursion: recursion)
    for (i, item) in items.enumerated() {
      try charge()
      state.index = i
      let inner = TemplateScope(parent: scope)
      inner.variables["loop"] = .loop(state)
      try assign(item, to: loop.target, inner)
      if try run(loop.body, inner, into: &output) == .leavesLoop { return }
    }
    if items.isEmpty { _ = try run(loop.otherwise, TemplateScope(parent: scope), into: &output) }
  }

  // MARK: Macros

  private func function(of macro: TemplateMacro, _ scope: TemplateScope) -> TemplateFunction {
    // The function lies in variables and remembers them.
    keep(scope)
    return TemplateFunction(macro.name ?? "caller", macro: macro) { interpreter, arguments in
      .text(try interpreter.call(macro, arguments, scope))
    }
  }

  private func call(_ macro: TemplateMacro, _ arguments: TemplateArguments, _ scope: TemplateScope) throws -> String {
    try stack.check("the macro")
    let name = pythonRepr(macro.name ?? "caller")
    let inner = TemplateScope(parent: scope)
    var named = arguments.named
    var takesCaller = false
    for (i, parameter) in macro.parameters.enumerated() {
      if parameter.name == "caller" { takesCaller = true }
      if i < arguments.positional.count {
        inner.variables[parameter.name] = arguments.positional[i]
      } else if let place = named.firstIndex(where: { $0.name == parameter.name }) {
        inner.variables[parameter.name] = named.remove(at: place).value
      } else if let value = parameter.value {
        inner.variables[parameter.name] = try evaluate(value, inner)
      } else {
        inner.variables[parameter.name] = .undefined("parameter \(pythonRepr(parameter.name)) was not provided")
      }
    }
    if macro.usesCaller, !takesCaller {
      let place = named.firstIndex { $0.name == "caller" }
      inner.variables["caller"] = place.map { named.remove(at: $0).value } ?? .undefined("No caller defined")
    }
    if macro.usesDictionary {
      inner.variables["kwargs"] = .dictionary(try TemplateDictionary(named.map { (.text($0.name), $0.value) }))
    } else if let first = named.first {
      throw TemplateError(.type, "macro \(name) takes no keyword argument \(pythonRepr(first.name))")
    }
    let further = arguments.positional.dropFirst(macro.parameters.count)
    if macro.usesList {
      inner.variables["varargs"] = try .tuple(Array(further))
    } else if !further.isEmpty {
      throw TemplateError(.type, "macro \(name) takes not more than \(macro.parameters.count) argument(s)")
    }
    outputDepth += 1
    defer { outputDepth -= 1 }
    var output = ""
    _ = try run(macro.body, inner, into: &output)
    return output
  }
}
