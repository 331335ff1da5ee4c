import ApusCore
import ApusNN

/// A number that depends on the open sizes of a program: what a file says of it, and how it is computed.
///
/// In a file a fixed number stands as it is, another one as `{"size": EXPRESSION}`. An expression is a whole number, the name of a
/// size, or a list of an operation and its operands: `["add", a, b]`, `["sub", a, b]`, `["mul", a, b]`, `["div", a, b]` (floor
/// division).
indirect enum SizeExpression: Sendable, Hashable, CustomStringConvertible {
  case number(Int)
  case name(String)
  case add(SizeExpression, SizeExpression)
  case sub(SizeExpression, SizeExpression)
  case mul(SizeExpression, SizeExpression)
  case div(SizeExpression, SizeExpression)

  /// Expressions in each other: no program of this library comes near.
  private static let deepest = 32

  init(_ attribute: Attribute, depth: Int = 0) throws(TensorError) {
    switch attribute {
    case .int(let value): self = .number(value)
    case .string(let name): self = .name(name)
    case .list(let parts):
      guard parts.count == 3, case .string(let operation) = parts[0], depth < Self.deepest else {
        throw attribute.isNot("an operation with two operands")
      }
      let (a, b) = (try SizeExpression(parts[1], depth: depth + 1), try SizeExpression(parts[2], depth: depth + 1))
      switch operation {
      case "add": self = .add(a, b)
      case "sub": self = .sub(a, b)
      case "mul": self = .mul(a, b)
      case "div": self = .div(a, b)
      default: throw attribute.isNot("add, sub, mul or div")
      }
    default: throw attribute.isNot("a number, a name or an operation")
    }
  }

  var attribute: Attribute {
    switch self {
    case .number(let value): .int(value)
    case .name(let name): .string(name)
    case .add(let a, let b): .list([.string("add"), a.attribute, b.attribute])
    case .sub(let a, let b): .list([.string("sub"), a.attribute, b.attribute])
    case .mul(let a, let b): .list([.string("mul"), a.attribute, b.attribute])
    case .div(let a, let b): .list([.string("div"), a.attribute, b.attribute])
    }
  }

  var description: String {
    switch self {
    case .number(let value): "\(value)"
    case .name(let name): name
    case .add(let a, let b): "(\(a) + \(b))"
    case .sub(let a, let b): "(\(a) - \(b))"
    case .mul(let a, let b): "\(a) * \(b)"
    case .div(let a, let b): "(\(a) / \(b))"
    }
  }

  /// The number where the names have these sizes.
  /// - Throws: when a name has no size, a divisor is not positive, or a number is too large.
  func value(_ sizes: [String: Int]) throws(TensorError) -> Int {
    func both(
      _ a: SizeExpression, _ b: SizeExpression, _ body: (Int, Int) -> (Int, Bool)
    ) throws(TensorError) -> Int {
      let (result, overflow) = body(try a.value(sizes), try b.value(sizes))
      guard !overflow else {
        throw TensorError(
          .format, "", "the number \(self) cannot be computed: it is too large, or its divisor is not positive")
      }
      return result
    }
    switch self {
    case .number(let value): return value
    case .name(let name):
      guard let size = sizes[name] else { throw TensorError(.format, "", "no size is called '\(name)'") }
      return size
    case .add(let a, let b): return try both(a, b) { $0.addingReportingOverflow($1) }
    case .sub(let a, let b): return try both(a, b) { $0.subtractingReportingOverflow($1) }
    case .mul(let a, let b): return try both(a, b) { $0.multipliedReportingOverflow(by: $1) }
    case .div(let a, let b):
      return try both(a, b) { x, y in
        guard y > 0, y < 1 << 62, x.magnitude < 1 << 62 else { return (0, true) }
        return ((x - (x % y + y) % y) / y, false)
      }
    }
  }
}

/// Finds how numbers depend on the open sizes, from what they were in several calls.
struct SizeSolver {
  /// Numbers whose expressions are known, the names of sizes first.
  private var known: [(size: Size, expression: SizeExpression)] = []
  private var found: [Size: SizeExpression] = [:]
  private let nameCount: Int

  /// - Parameter names: each size's name, and what it was in each call.
  init(_ names: [(name: String, size: Size)]) {
    known = names.map { ($0.size, .name($0.name)) }
    nameCount = names.count
    for (size, expression) in known { found[size] = expression }
  }

  /// The expression of a number; nil where it depends on the sizes in no known way.
  mutating func expression(_ size: Size) -> SizeExpression? {
    if let fixed = size.fixed { return .number(fixed) }
    if let expression = found[size] { return expression }
    guard let made = solve(size) else { return nil }
    found[size] = made
    known.append((size, made))
    return made
  }

  /// Takes `expression` for a number, whatever else it could be, if that is what it was in all calls. Whether it did.
  mutating func note(_ size: Size, _ expression: SizeExpression, _ value: (_ call: Int) -> [String: Int]) -> Bool {
    guard !size.isFixed,
      size.values.indices.allSatisfy({ (try? expression.value(value($0))) == size.values[$0] })
    else { return false }
    // What the sizes are called stays as it is.
    if let i = known.firstIndex(where: { $0.size == size }) {
      if i < nameCount { return false }
      known[i].expression = expression
    } else {
      known.append((size, expression))
    }
    found[size] = expression
    return true
  }

  private func solve(_ size: Size) -> SizeExpression? {
    for (other, expression) in known.prefix(nameCount) {
      if let (factor, offset) = size.line(in: other) { return Self.line(expression, factor, offset) }
    }
    for (other, expression) in known.prefix(nameCount) {
      if let made = Self.quotient(size, other, expression) { return made }
    }
    for (other, expression) in known.dropFirst(nameCount) {
      if let (factor, offset) = size.line(in: other) { return Self.line(expression, factor, offset) }
    }
    for (i, a) in known.enumerated() {
      for b in known[i...] {
        if let (factor, offset) = size.line(in: a.size * b.size), offset == 0 {
          return Self.line(.mul(a.expression, b.expression), factor, 0)
        }
        if size == a.size + b.size { return .add(a.expression, b.expression) }
      }
    }
    for (i, a) in known.enumerated() {
      for (j, b) in known.enumerated() where i != j {
        if size == a.size - b.size { return .sub(a.expression, b.expression) }
        if let (factor, offset) = (size - a.size).line(in: b.size) {
          return .add(a.expression, Self.line(b.expression, factor, offset))
        }
      }
    }
    // A product of three, such as images of channels and two open sizes.
    for (i, a) in known.enumerated() {
      for (j, b) in known.enumerated().dropFirst(i) {
        for c in known[j...] {
          if let (factor, offset) = size.line(in: a.size * b.size * c.size), offset == 0 {
            return Self.line(.mul(.mul(a.expression, b.expression), c.expression), factor, 0)
          }
        }
      }
    }
    for (other, expression) in known.dropFirst(nameCount) {
      if let made = Self.quotient(size, other, expression) { return made }
    }
    return nil
  }

  private static func line(_ expression: SizeExpression, _ factor: Int, _ offset: Int) -> SizeExpression {
    let product = factor == 1 ? expression : .mul(.number(factor), expression)
    if offset == 0 { return product }
    return offset > 0 ? .add(product, .number(offset)) : .sub(product, .number(-offset))
  }

  /// The largest divisor that is looked for.
  private static let mostDivisor = 64

  /// `floor((other + c) / d) + b`, as the windows of convolutions and pooling count: several of them after each other are one.
  private static func quotient(_ size: Size, _ other: Size, _ expression: SizeExpression) -> SizeExpression? {
    func floorDivision(_ x: Int, _ d: Int) -> Int { (x - (x % d + d) % d) / d }
    for d in 2...mostDivisor {
      for c in 0..<d {
        let b = size.values[0] - floorDivision(other.values[0] + c, d)
        guard zip(size.values, other.values).allSatisfy({ $0 == floorDivision($1 + c, d) + b }) else { continue }
        // As few numbers as possible: where it divides without a rest, c = b = 0 is found first.
        let top = c == 0 ? expression : .add(expression, .number(c))
        let quotient = SizeExpression.div(top, .number(d))
        return line(quotient, 1, b)
      }
    }
    return nil
  }
}

extension Size {
  /// The whole numbers with which this is `factor * other + offset`.
  fileprivate func line(in other: Size) -> (factor: Int, offset: Int)? {
    guard let j = other.values.indices.first(where: { other.values[$0] != other.values[0] }) else { return nil }
    let (rise, run) = (values[j] - values[0], other.values[j] - other.values[0])
    guard rise % run == 0, rise != 0 else { return nil }
    let factor = rise / run
    let offset = values[0] - factor * other.values[0]
    return zip(values, other.values).allSatisfy({ $0 == factor * $1 + offset }) ? (factor, offset) : nil
  }
}
