// What expressions are worth.

extension TemplateInterpreter {
  /// Evaluates an expression. `filtered` is what a filter without a value is given, `caller` what a call block hands to the call.
  func evaluate(
    _ expression: TemplateExpression, _ scope: TemplateScope, filtered: TemplateValue? = nil,
    caller: TemplateFunction? = nil
  ) throws -> TemplateValue {
    try charge()
    try stack.check("the expression")
    switch expression.kind {
    case .constant(let constant): return TemplateValue(constant)
    case .name(let name): return try lookUp(name, scope)
    case .list(let items): return try .list(try items.map { try evaluate($0, scope) })
    case .tuple(let items): return try .tuple(try items.map { try evaluate($0, scope) })
    case .dictionary(let members):
      return .dictionary(
        try TemplateDictionary(try members.map { (try evaluate($0.key, scope), try evaluate($0.value, scope)) }))
    case .attribute(let value, let name): return try attribute(name, of: try evaluate(value, scope))
    case .item(let value, let key): return try item(try evaluate(key, scope), of: try evaluate(value, scope))
    case .slice(let value, let start, let stop, let step):
      let whole = try evaluate(value, scope)
      return try slice(
        whole, try start.map { try evaluate($0, scope) }, try stop.map { try evaluate($0, scope) },
        try step.map { try evaluate($0, scope) })
    case .call(let callee, let arguments):
      let function = try evaluate(callee, scope)
      var values = try self.arguments(arguments, scope)
      if let caller { values.named.append(("caller", .function(caller))) }
      return try call(function, values)
    case .filter(let value, let name, let arguments):
      let input = try value.map { try evaluate($0, scope, filtered: filtered) } ?? filtered ?? .text("")
      return try filter(name, input, try self.arguments(arguments, scope))
    case .test(let value, let name, let arguments):
      return .bool(try test(name, try evaluate(value, scope), try self.arguments(arguments, scope)))
    case .not(let value): return .bool(try !evaluate(value, scope).isTrue)
    case .negative(let value): return try negative(try evaluate(value, scope))
    case .positive(let value):
      let found = try evaluate(value, scope)
      if let whole = found.integer { return .int(whole) }
      if case .float = found { return found }
      throw wrongOperand("+", found)
    case .and(let left, let right):
      let first = try evaluate(left, scope)
      return first.isTrue ? try evaluate(right, scope) : first
    case .or(let left, let right):
      let first = try evaluate(left, scope)
      return first.isTrue ? first : try evaluate(right, scope)
    case .binary(let operation, let left, let right):
      return try binary(operation, try evaluate(left, scope), try evaluate(right, scope))
    case .concatenation(let items):
      var joined = ""
      for item in items { joined += try text(try evaluate(item, scope)) }
      try charge(text: joined.utf8.count)
      return .text(joined)
    case .comparison(let first, let others):
      var left = try evaluate(first, scope)
      for (operation, other) in others {
        let right = try evaluate(other, scope)
        if try !compare(operation, left, right) { return .bool(false) }
        left = right
      }
      return .bool(true)
    case .conditional(let test, let then, let otherwise):
      if try evaluate(test, scope).isTrue { return try evaluate(then, scope) }
      return try otherwise.map { try evaluate($0, scope) }
        ?? .undefined(
          "the inline if-expression on line \(expression.line) evaluated to false and no else section was defined.")
    }
  }

  func lookUp(_ name: String, _ scope: TemplateScope) throws -> TemplateValue {
    scope.find(name) ?? TemplateGlobals.all[name].map { .function($0()) }
      ?? .undefined("\(pythonRepr(name)) is undefined")
  }

  private func wrongOperand(_ sign: String, _ value: TemplateValue) -> TemplateError {
    if case .undefined(let what) = value { return TemplateError(.undefined, what) }
    return TemplateError(.type, "bad operand type for unary \(sign): '\(value.typeName)'")
  }

  private func negative(_ value: TemplateValue) throws -> TemplateValue {
    if let whole = value.integer {
      let (result, overflows) = (0).subtractingReportingOverflow(whole)
      guard !overflows else { throw TemplateError(.overflow, "a whole number has more than 64 bits") }
      return .int(result)
    }
    if case .float(let number) = value { return .float(-number) }
    throw wrongOperand("-", value)
  }

  // MARK: Calls

  private func arguments(_ arguments: CallArguments, _ scope: TemplateScope) throws -> TemplateArguments {
    var values = TemplateArguments()
    for argument in arguments.positional { values.positional.append(try evaluate(argument, scope)) }
    for (name, argument) in arguments.named {
      guard !values.named.contains(where: { $0.name == name }) else {
        throw TemplateError(.syntax, "keyword argument repeated: \(name)")
      }
      values.named.append((name, try evaluate(argument, scope)))
    }
    if let list = arguments.list { values.positional += try items(of: try evaluate(list, scope)) }
    if let more = arguments.dictionary {
      guard case .dictionary(let dictionary) = try evaluate(more, scope) else {
        throw TemplateError(.type, "argument after ** must be a mapping")
      }
      for (key, value) in dictionary.members {
        guard let name = key.string else { throw TemplateError(.type, "keywords must be strings") }
        values.named.append((name, value))
      }
    }
    return values
  }

  func call(_ callee: TemplateValue, _ arguments: TemplateArguments) throws -> TemplateValue {
    switch callee {
    case .function(let function): return try function.body(self, arguments)
    case .loop(let loop):
      guard let recursion = loop.recursion else {
        throw TemplateError(.type, "The loop must have the 'recursive' marker to be called recursively.")
      }
      return try recursion.body(self, arguments)
    case .undefined(let what): throw TemplateError(.undefined, what)
    default: throw TemplateError(.type, "'\(callee.typeName)' object is not callable")
    }
  }

  // MARK: Parts of values

  /// `value.name`: a method, or else what lies there under the name.
  func attribute(_ name: String, of value: TemplateValue) throws -> TemplateValue {
    if let found = try method(name, of: value) { return found }
    return try member(name, of: value) ?? .undefined(missing(name, value))
  }

  /// What a value is said not to have.
  private func missing(_ name: String, _ value: TemplateValue) -> String {
    let owner = value.isNone ? "None" : "\(value.typeName) object"
    return "'\(owner)' has no attribute \(pythonRepr(name))"
  }

  private func method(_ name: String, of value: TemplateValue) throws -> TemplateValue? {
    switch value {
    case .undefined(let what): throw TemplateError(.undefined, what)
    case .text, .markup: return TextMethods.find(name).map { .function(bound(name, value, $0)) }
    case .dictionary, .list, .tuple: return try containerMethod(name, of: value)
    case .namespace(let namespace): return namespace[name]
    case .loop(let loop): return try loopAttribute(name, of: loop)
    case .function(let function):
      return name == "name" && function.isMacro ? .text(function.name) : nil
    case .range(let range):
      switch name {
      case "start": return .int(range.start)
      case "stop": return .int(range.stop)
      case "step": return .int(range.step)
      default: return nil
      }
    default: return nil
    }
  }

  private func bound(_ name: String, _ value: TemplateValue, _ method: @escaping TextMethods.Method) -> TemplateFunction
  {
    TemplateFunction(name) { interpreter, arguments in
      guard let text = value.string else { return .none }
      let result = try method(interpreter, text, arguments)
      if case .markup = value, case .text(let plain) = result { return .markup(plain) }
      return result
    }
  }

  /// What a dictionary has under a name.
  private func member(_ name: String, of value: TemplateValue) throws -> TemplateValue? {
    if case .dictionary(let dictionary) = value { return dictionary[name] }
    return nil
  }

  /// `value[key]`: an item, or else a method under the name.
  func item(_ key: TemplateValue, of value: TemplateValue) throws -> TemplateValue {
    switch value {
    case .undefined(let what): throw TemplateError(.undefined, what)
    case .dictionary(let dictionary):
      if let found = dictionary[try TemplateKey(key)] { return found }
    case .list(let list), .tuple(let list):
      if let found = place(key, in: list.items.count) { return list.items[found] }
    case .text(let text), .markup(let text):
      if key.integer != nil {
        try charge(text: text.utf8.count)
        let scalars = Array(text.unicodeScalars)
        if let found = place(key, in: scalars.count) { return .text(String(scalars[found])) }
      }
    case .range(let range):
      if let found = place(key, in: range.count) { return .int(range.start &+ found &* range.step) }
    default: break
    }
    if let name = key.string {
      if let found = try method(name, of: value) { return found }
      return .undefined(missing(name, value))
    }
    let owner = value.isNone ? "None" : "\(value.typeName) object"
    return .undefined("\(owner) has no element \(try repr(key))")
  }

  private func place(_ key: TemplateValue, in count: Int) -> Int? {
    guard let index = key.integer else { return nil }
    let place = index < 0 ? index + count : index
    return place >= 0 && place < count ? place : nil
  }

  private func slice(
    _ value: TemplateValue, _ start: TemplateValue?, _ stop: TemplateValue?, _ step: TemplateValue?
  ) throws -> TemplateValue {
    if case .undefined(let what) = value { throw TemplateError(.undefined, what) }
    func bound(_ value: TemplateValue?) throws -> Int? {
      guard let value, !value.isNone else { return nil }
      if let found = value.integer { return found }
      if case .undefined(let what) = value { throw TemplateError(.undefined, what) }
      throw TemplateError(.type, "slice indices must be integers or None or have an __index__ method")
    }
    let (start, stop, step) = (try bound(start), try bound(stop), try bound(step) ?? 1)
    guard step != 0 else { throw TemplateError(.value, "slice step cannot be zero") }
    switch value {
    case .list(let list):
      try charge(items: list.items.count)
      return try .list(sliced(list.items, start, stop, step))
    case .tuple(let list):
      try charge(items: list.items.count)
      return try .tuple(sliced(list.items, start, stop, step))
    case .range(let range): return try .list(sliced(range.items, start, stop, step))
    case .text(let text), .markup(let text):
      try charge(text: text.utf8.count)
      var out = String.UnicodeScalarView()
      out.append(contentsOf: sliced(Array(text.unicodeScalars), start, stop, step))
      if case .markup = value { return .markup(String(out)) }
      return .text(String(out))
    default: return .undefined("\(value.isNone ? "None" : value.typeName + " object") has no element slice")
    }
  }

  private func sliced<T>(_ items: [T], _ start: Int?, _ stop: Int?, _ step: Int) -> [T] {
    let count = items.count
    let (low, high) = step > 0 ? (0, count) : (-1, count - 1)
    func clamped(_ bound: Int?, _ otherwise: Int) -> Int {
      guard let bound else { return otherwise }
      return max(low, min(high, bound < 0 ? bound + count : bound))
    }
    let first = clamped(start, step > 0 ? 0 : count - 1)
    let end = clamped(stop, step > 0 ? count : -1)
    if step == 1 { return first < end ? Array(items[first..<end]) : [] }
    let stride = max(-count - 1, min(count + 1, step))
    return Swift.stride(from: first, to: end, by: stride).map { items[$0] }
  }

  private func loopAttribute(_ name: String, of loop: TemplateLoopState) throws -> TemplateValue? {
    let (index, count) = (loop.index, loop.items.count)
    switch name {
    case "index": return .int(index + 1)
    case "index0": return .int(index)
    case "revindex": return .int(count - index)
    case "revindex0": return .int(count - index - 1)
    case "first": return .bool(index == 0)
    case "last": return .bool(index == count - 1)
    case "length": return .int(count)
    case "depth": return .int(loop.depth + 1)
    case "depth0": return .int(loop.depth)
    case "previtem": return index > 0 ? loop.items[index - 1] : .undefined("there is no previous item")
    case "nextitem": return index + 1 < count ? loop.items[index + 1] : .undefined("there is no next item")
    case "cycle":
      return .function(
        TemplateFunction("cycle") { _, arguments in
          guard !arguments.positional.isEmpty else { throw TemplateError(.type, "no items for cycling given") }
          return arguments.positional[loop.index % arguments.positional.count]
        })
    case "changed":
      return .function(
        TemplateFunction("changed") { interpreter, arguments in
          let before = loop.lastChanged
          loop.lastChanged = arguments.positional
          guard let before, before.count == arguments.positional.count else { return .bool(true) }
          for (a, b) in zip(before, arguments.positional) where try !interpreter.equal(a, b) { return .bool(true) }
          return .bool(false)
        })
    default: return nil
    }
  }
}
