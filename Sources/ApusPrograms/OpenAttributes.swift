import ApusCore
import ApusNN

// Attributes that depend on the open sizes of a program.

extension Attribute {
  private static let sizeKey = "$size"
  private static let asKey = "$as"

  /// A number as a file holds it: itself, or how it follows from the sizes.
  static func open(_ expression: SizeExpression, as kind: String? = nil) -> Attribute {
    if case .number(let value) = expression, kind == nil { return .int(value) }
    var parts = [sizeKey: expression.attribute]
    if let kind { parts[asKey] = .string(kind) }
    return .record(parts)
  }

  /// The expression of a number that depends on sizes, and whether it is a whole number (nil), a floating point number
  /// (`float`), or one divided by it (`reciprocal`); nil for anything else.
  var opening: (expression: Attribute, kind: Attribute?)? {
    guard case .record(let parts) = self, let expression = parts[Self.sizeKey] else { return nil }
    return (expression, parts[Self.asKey])
  }

  /// Whether any number of it depends on sizes.
  var isOpen: Bool {
    switch self {
    case .none, .bool, .int, .double, .string: false
    case .list(let items): items.contains(where: \.isOpen)
    case .record(let parts): opening != nil || parts.values.contains(where: \.isOpen)
    }
  }

  /// The same with all numbers as they are for these sizes.
  func closed(_ sizes: [String: Int]) throws(TensorError) -> Attribute {
    switch self {
    case .none, .bool, .int, .double, .string: return self
    case .list(let items):
      var all: [Attribute] = []
      all.reserveCapacity(items.count)
      for item in items { all.append(try item.closed(sizes)) }
      return .list(all)
    case .record(let parts):
      guard let (expression, kind) = opening else {
        var all: [String: Attribute] = [:]
        for (name, part) in parts { all[name] = try part.closed(sizes) }
        return .record(all)
      }
      let value = try SizeExpression(expression).value(sizes)
      switch kind {
      case nil: return .int(value)
      case .string("float"): return .double(Double(value))
      case .string("reciprocal"): return .double(1 / Double(value))
      case let other?: throw other.isNot("float or reciprocal")
      }
    }
  }

  /// One attribute for all calls of a function with different sizes, from what it was in each.
  /// - Parameter path: where it stands in the attributes of its operation, for messages.
  static func merged(
    _ values: [Attribute], _ solver: inout SizeSolver, path: String = ""
  ) throws(TensorError) -> Attribute {
    let first = values[0]
    if values.allSatisfy({ $0 == first }) { return first }
    func unknown() -> TensorError {
      TensorError(
        .unsupported, "",
        "its attribute '\(path)' depends on the sizes of open dimensions in a way that is not known: "
          + values.map(\.shortText).joined(separator: " or "))
    }
    let ints = values.compactMap { if case .int(let value) = $0 { value } else { nil } }
    if ints.count == values.count {
      guard let expression = solver.expression(Size(ints)) else { throw unknown() }
      return open(expression)
    }
    let numbers = values.compactMap { if case .double(let value) = $0 { value } else { nil } }
    if numbers.count == values.count {
      for kind in ["float", "reciprocal"] {
        let whole = numbers.map { (kind == "float" ? $0 : 1 / $0).rounded() }
        let sizes = whole.compactMap { Int(exactly: $0) }
        guard sizes.count == numbers.count, let expression = solver.expression(Size(sizes)),
          zip(sizes, numbers).allSatisfy({ (kind == "float" ? Double($0) : 1 / Double($0)) == $1 })
        else { continue }
        return open(expression, as: kind)
      }
      throw unknown()
    }
    let lists = values.compactMap { if case .list(let items) = $0 { items } else { nil } }
    if lists.count == values.count, lists.allSatisfy({ $0.count == lists[0].count }) {
      var items: [Attribute] = []
      for i in lists[0].indices { items.append(try merged(lists.map { $0[i] }, &solver, path: "\(path)[\(i)]")) }
      return .list(items)
    }
    let records = values.compactMap { if case .record(let parts) = $0 { parts } else { nil } }
    if records.count == values.count, records.allSatisfy({ Set($0.keys) == Set(records[0].keys) }) {
      var parts: [String: Attribute] = [:]
      for name in records[0].keys.sorted() {
        parts[name] = try merged(
          records.compactMap { $0[name] }, &solver, path: path.isEmpty ? name : "\(path).\(name)")
      }
      return .record(parts)
    }
    throw unknown()
  }

  private var shortText: String {
    switch self {
    case .none: "none"
    case .bool(let value): "\(value)"
    case .int(let value): "\(value)"
    case .double(let value): "\(value)"
    case .string(let value): "\"\(value)\""
    case .list(let items):
      "[\(items.prefix(6).map(\.shortText).joined(separator: ", "))\(items.count > 6 ? ", ..." : "")]"
    case .record: "{...}"
    }
  }
}
