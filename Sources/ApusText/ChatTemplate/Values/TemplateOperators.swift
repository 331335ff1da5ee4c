// Python's operators.

extension TemplateInterpreter {
  func binary(_ operation: TemplateOperator, _ left: TemplateValue, _ right: TemplateValue) throws -> TemplateValue {
    for value in [left, right] {
      if case .undefined(let what) = value { throw TemplateError(.undefined, what) }
    }
    if let text = try textOperation(operation, left, right) { return text }
    switch (operation, left, right) {
    case (.add, .list(let a), .list(let b)):
      try charge(items: a.items.count + b.items.count)
      return try .list(a.items + b.items)
    case (.add, .tuple(let a), .tuple(let b)):
      try charge(items: a.items.count + b.items.count)
      return try .tuple(a.items + b.items)
    case (.multiply, .list(let list), _) where right.integer != nil:
      return try .list(try repeated(list.items, right.integer ?? 0))
    case (.multiply, _, .list(let list)) where left.integer != nil:
      return try .list(try repeated(list.items, left.integer ?? 0))
    case (.multiply, .tuple(let list), _) where right.integer != nil:
      return try .tuple(try repeated(list.items, right.integer ?? 0))
    default: break
    }
    if let a = left.integer, let b = right.integer { return try whole(operation, a, b) }
    if let a = left.number, let b = right.number { return try real(operation, a, b) }
    throw unsupported(operation, left, right)
  }

  private func unsupported(_ operation: TemplateOperator, _ left: TemplateValue, _ right: TemplateValue)
    -> TemplateError
  {
    if operation == .add {
      switch left {
      case .text, .markup: return TemplateError(.type, "can only concatenate str (not \"\(right.typeName)\") to str")
      case .list: return TemplateError(.type, "can only concatenate list (not \"\(right.typeName)\") to list")
      case .tuple: return TemplateError(.type, "can only concatenate tuple (not \"\(right.typeName)\") to tuple")
      default: break
      }
    }
    if operation == .multiply {
      if left.string != nil || right.string != nil {
        return TemplateError(
          .type, "can't multiply sequence by non-int of type '\(left.string != nil ? right.typeName : left.typeName)'")
      }
    }
    let name = operation == .power ? "** or pow()" : operation.rawValue
    return TemplateError(.type, "unsupported operand type(s) for \(name): '\(left.typeName)' and '\(right.typeName)'")
  }

  /// Sums, multiples and formats of text; nil where the operands are none.
  private func textOperation(
    _ operation: TemplateOperator, _ left: TemplateValue, _ right: TemplateValue
  ) throws -> TemplateValue? {
    switch operation {
    case .add:
      guard let a = left.string, let b = right.string else { return nil }
      try charge(text: a.utf8.count + b.utf8.count)
      switch (left, right) {
      case (.text, .text): return .text(a + b)
      case (.markup, .markup): return .markup(a + b)
      case (.markup, _): return .markup(a + htmlEscaped(b))
      default: return .markup(htmlEscaped(a) + b)
      }
    case .multiply:
      guard let text = left.string ?? right.string, let count = left.string == nil ? left.integer : right.integer else {
        return nil
      }
      let (size, overflows) = text.utf8.count.multipliedReportingOverflow(by: max(0, count))
      try charge(text: overflows ? .max : size)
      let all = String(repeating: text, count: max(0, count))
      if case .markup = left { return .markup(all) }
      return .text(all)
    case .remainder:
      guard let text = left.string else { return nil }
      return .text(try percentFormatted(text, right))
    default: return nil
    }
  }

  private func repeated(_ items: [TemplateValue], _ count: Int) throws -> [TemplateValue] {
    let (size, overflows) = items.count.multipliedReportingOverflow(by: max(0, count))
    try charge(items: overflows ? .max : size)
    return Array([[TemplateValue]](repeating: items, count: items.isEmpty ? 0 : max(0, count)).joined())
  }

  private func whole(_ operation: TemplateOperator, _ a: Int, _ b: Int) throws -> TemplateValue {
    func exact(_ result: (partialValue: Int, overflow: Bool)) throws -> TemplateValue {
      guard !result.overflow else { throw TemplateError(.overflow, "a whole number has more than 64 bits") }
      return .int(result.partialValue)
    }
    switch operation {
    case .add: return try exact(a.addingReportingOverflow(b))
    case .subtract: return try exact(a.subtractingReportingOverflow(b))
    case .multiply: return try exact(a.multipliedReportingOverflow(by: b))
    case .divide:
      guard b != 0 else { throw TemplateError(.zeroDivision, "division by zero") }
      return .float(Double(a) / Double(b))
    case .floorDivide:
      guard b != 0 else { throw TemplateError(.zeroDivision, "integer division or modulo by zero") }
      let (quotient, overflows) = a.dividedReportingOverflow(by: b)
      return try exact((!overflows && a % b != 0 && (a < 0) != (b < 0) ? quotient - 1 : quotient, overflows))
    case .remainder:
      guard b != 0 else { throw TemplateError(.zeroDivision, "integer modulo by zero") }
      let rest = a.remainderReportingOverflow(dividingBy: b).partialValue
      return .int(rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest)
    case .power:
      guard b >= 0 else { return try real(.power, Double(a), Double(b)) }
      if a.magnitude <= 1 { return .int(a == -1 && b % 2 == 0 ? 1 : b == 0 ? 1 : a) }
      var product = 1
      guard b < 64 else { throw TemplateError(.overflow, "a whole number has more than 64 bits") }
      for _ in 0..<b {
        let (next, overflows) = product.multipliedReportingOverflow(by: a)
        guard !overflows else { throw TemplateError(.overflow, "a whole number has more than 64 bits") }
        product = next
      }
      return .int(product)
    }
  }

  private func real(_ operation: TemplateOperator, _ a: Double, _ b: Double) throws -> TemplateValue {
    switch operation {
    case .add: return .float(a + b)
    case .subtract: return .float(a - b)
    case .multiply: return .float(a * b)
    case .divide:
      guard b != 0 else { throw TemplateError(.zeroDivision, "division by zero") }
      return .float(a / b)
    case .floorDivide:
      guard b != 0 else { throw TemplateError(.zeroDivision, "division by zero") }
      return .float((a / b).rounded(.down))
    case .remainder:
      guard b != 0 else { throw TemplateError(.zeroDivision, "division by zero") }
      let rest = a.truncatingRemainder(dividingBy: b)
      return .float(rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest)
    case .power:
      if a == 0, b < 0 { throw TemplateError(.zeroDivision, "zero to a negative power") }
      return .float(power(a, b))
    }
  }

  /// Whether two values are equal (`==`).
  func equal(_ a: TemplateValue, _ b: TemplateValue) throws -> Bool {
    try charge()
    switch (a, b) {
    case (.undefined, .undefined), (.none, .none): return true
    case (.list(let x), .list(let y)), (.tuple(let x), .tuple(let y)):
      try stack.check("the value")
      guard x.items.count == y.items.count else { return false }
      for (p, q) in zip(x.items, y.items) where try !equal(p, q) { return false }
      return true
    case (.dictionary(let x), .dictionary(let y)):
      try stack.check("the value")
      guard x.keys.count == y.keys.count else { return false }
      for (key, value) in zip(x.keys, x.values) {
        guard let other = y[try TemplateKey(key)], try equal(value, other) else { return false }
      }
      return true
    case (.range(let x), .range(let y)):
      return x.count == y.count && (x.count == 0 || x.start == y.start && (x.count == 1 || x.step == y.step))
    case (.namespace(let x), .namespace(let y)): return x === y
    case (.loop(let x), .loop(let y)): return x === y
    case (.iterator(let x), .iterator(let y)): return x === y
    case (.function(let x), .function(let y)): return x === y
    default:
      if let x = a.string, let y = b.string {
        try charge(text: min(x.utf8.count, y.utf8.count))
        return x.utf8.elementsEqual(y.utf8)
      }
      if let x = a.integer, let y = b.integer { return x == y }
      if let x = a.number, let y = b.number { return x == y }
      return false
    }
  }

  /// Whether one value comes before another (`<`).
  func less(_ a: TemplateValue, _ b: TemplateValue, operation: String = "<") throws -> Bool {
    try charge()
    for value in [a, b] {
      if case .undefined(let what) = value { throw TemplateError(.undefined, what) }
    }
    if let x = a.string, let y = b.string { return x.utf8.lexicographicallyPrecedes(y.utf8) }
    if let x = a.integer, let y = b.integer { return x < y }
    if let x = a.number, let y = b.number { return x < y }
    switch (a, b) {
    case (.list(let x), .list(let y)), (.tuple(let x), .tuple(let y)):
      try stack.check("the value")
      for (p, q) in zip(x.items, y.items) where try !equal(p, q) { return try less(p, q, operation: operation) }
      return x.items.count < y.items.count
    default:
      throw TemplateError(
        .type, "'\(operation)' not supported between instances of '\(a.typeName)' and '\(b.typeName)'")
    }
  }

  func compare(_ operation: TemplateComparison, _ a: TemplateValue, _ b: TemplateValue) throws -> Bool {
    switch operation {
    case .equal: return try equal(a, b)
    case .notEqual: return try !equal(a, b)
    case .isIn: return try contains(b, a)
    case .isNotIn: return try !contains(b, a)
    case .less: return try less(a, b)
    case .greater: return try ordered(a, b, ">") { try less(b, a, operation: ">") }
    case .lessOrEqual: return try ordered(a, b, "<=") { try less(a, b) || equal(a, b) }
    case .greaterOrEqual: return try ordered(a, b, ">=") { try less(b, a) || equal(a, b) }
    }
  }

  /// An order of two values, which errors name as they stand.
  private func ordered(
    _ a: TemplateValue, _ b: TemplateValue, _ operation: String, _ body: () throws -> Bool
  ) throws -> Bool {
    do {
      return try body()
    } catch let error as TemplateError where error.kind == .type {
      throw TemplateError(
        .type, "'\(operation)' not supported between instances of '\(a.typeName)' and '\(b.typeName)'")
    }
  }

  /// Whether `item` is in `container`.
  func contains(_ container: TemplateValue, _ item: TemplateValue) throws -> Bool {
    switch container {
    case .text(let text), .markup(let text):
      guard let part = item.string else {
        throw TemplateError(.type, "'in <string>' requires string as left operand, not \(item.typeName)")
      }
      try charge(text: text.utf8.count + part.utf8.count)
      return part.isEmpty || Array(text.utf8).firstPlace(of: Array(part.utf8), from: 0) != nil
    case .dictionary(let dictionary): return dictionary[try TemplateKey(item)] != nil
    case .none, .bool, .int, .float, .function, .namespace:
      throw TemplateError(.type, "argument of type '\(container.typeName)' is not iterable")
    default:
      for other in try items(of: container) where try equal(other, item) { return true }
      return false
    }
  }

  /// The items of what can be iterated.
  func items(of value: TemplateValue) throws -> [TemplateValue] {
    switch value {
    case .undefined: return []
    case .list(let list), .tuple(let list), .view(_, let list):
      try charge(items: list.items.count)
      return list.items
    case .dictionary(let dictionary): return dictionary.keys
    case .text(let text), .markup(let text):
      try charge(text: text.utf8.count * 8)
      return text.unicodeScalars.map { .text(String($0)) }
    case .range(let range):
      try charge(items: range.count)
      return range.items
    case .iterator(let iterator): return iterator.rest()
    case .loop(let loop): return Array(loop.items.dropFirst(loop.index + 1))
    default: throw TemplateError(.type, "'\(value.typeName)' object is not iterable")
    }
  }

  /// Items in the order of a key; equal ones stay as they are.
  func sorted<T>(_ items: [T], reverse: Bool = false, by key: (T) throws -> TemplateValue) throws -> [T] {
    let keyed = try items.enumerated().map { (place: $0.offset, key: try key($0.element)) }
    try charge(items: items.count * 8)
    let order = try keyed.sorted { a, b in
      let (x, y) = reverse ? (b, a) : (a, b)
      if try less(x.key, y.key) { return true }
      if try less(y.key, x.key) { return false }
      return a.place < b.place
    }
    return order.map { items[$0.place] }
  }
}
