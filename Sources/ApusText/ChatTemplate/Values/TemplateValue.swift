/// A value while a template is rendered, as Python would have it. Lists and dictionaries do not change: published templates are
/// rendered in a sandbox that forbids it.
enum TemplateValue {
  /// What is not there; the text says what was asked for.
  case undefined(String)
  case none
  case bool(Bool)
  case int(Int)
  case float(Double)
  case text(String)
  /// Text that is marked as HTML (`safe`): what is added to it is escaped.
  case markup(String)
  case list(TemplateList)
  case tuple(TemplateList)
  case dictionary(TemplateDictionary)
  /// `items()`, `keys()` or `values()` of a dictionary.
  case view(String, TemplateList)
  case range(TemplateRange)
  case iterator(TemplateIterator)
  case namespace(TemplateNamespace)
  case loop(TemplateLoopState)
  case function(TemplateFunction)

  static func list(_ items: [TemplateValue]) throws -> TemplateValue { .list(try TemplateList(items)) }
  static func tuple(_ items: [TemplateValue]) throws -> TemplateValue { .tuple(try TemplateList(items)) }

  init(_ constant: TemplateConstant) {
    self =
      switch constant {
      case .none: .none
      case .bool(let value): .bool(value)
      case .int(let value): .int(value)
      case .float(let value): .float(value)
      case .text(let value): .text(value)
      }
  }

  var isUndefined: Bool { if case .undefined = self { true } else { false } }
  var isNone: Bool { if case .none = self { true } else { false } }

  /// The characters of text, marked or not.
  var string: String? {
    switch self {
    case .text(let text), .markup(let text): text
    default: nil
    }
  }

  /// A whole number; truth values are numbers, as in Python.
  var integer: Int? {
    switch self {
    case .int(let value): value
    case .bool(let value): value ? 1 : 0
    default: nil
    }
  }

  var number: Double? {
    switch self {
    case .float(let value): value
    default: integer.map(Double.init)
    }
  }

  /// The name of Python's type.
  var typeName: String {
    switch self {
    case .undefined: "Undefined"
    case .none: "NoneType"
    case .bool: "bool"
    case .int: "int"
    case .float: "float"
    case .text: "str"
    case .markup: "Markup"
    case .list: "list"
    case .tuple: "tuple"
    case .dictionary: "dict"
    case .view(let kind, _): "dict_\(kind)"
    case .range: "range"
    case .iterator: "generator"
    case .namespace: "TemplateNamespace"
    case .loop: "LoopContext"
    case .function(let function): function.isMacro ? "Macro" : "function"
    }
  }

  var isTrue: Bool {
    switch self {
    case .undefined, .none: false
    case .bool(let value): value
    case .int(let value): value != 0
    case .float(let value): value != 0
    case .text(let text), .markup(let text): !text.isEmpty
    case .list(let list), .tuple(let list), .view(_, let list): !list.items.isEmpty
    case .dictionary(let dictionary): !dictionary.keys.isEmpty
    case .range(let range): range.count > 0
    case .loop(let loop): loop.items.count > 0
    case .iterator, .namespace, .function: true
    }
  }

  /// How many values nest in this one.
  var depth: Int {
    switch self {
    case .list(let list), .tuple(let list), .view(_, let list): list.depth
    case .dictionary(let dictionary): dictionary.depth
    case .iterator(let iterator): iterator.depth
    default: 0
    }
  }

  static func depth(of items: [TemplateValue]) throws -> Int {
    var most = 0
    for item in items { most = max(most, item.depth) }
    guard most < 400 else { throw TemplateError(.limit, "values nest too deeply") }
    return most + 1
  }
}

/// The items of a list or tuple.
final class TemplateList {
  let items: [TemplateValue]
  let depth: Int

  init(_ items: [TemplateValue]) throws {
    self.items = items
    depth = try TemplateValue.depth(of: items)
  }
}

/// A dictionary, which keeps the order of its keys.
final class TemplateDictionary {
  let keys: [TemplateValue]
  let values: [TemplateValue]
  let depth: Int
  private let places: [TemplateKey: Int]

  /// Of several members with one key, the first one's place and the last one's value count.
  init(_ members: [(TemplateValue, TemplateValue)]) throws {
    var keys: [TemplateValue] = []
    var values: [TemplateValue] = []
    var places: [TemplateKey: Int] = [:]
    for (key, value) in members {
      let found = try TemplateKey(key)
      if let place = places[found] {
        values[place] = value
      } else {
        places[found] = keys.count
        keys.append(key)
        values.append(value)
      }
    }
    self.keys = keys
    self.values = values
    self.places = places
    depth = try max(TemplateValue.depth(of: values), TemplateValue.depth(of: keys))
  }

  subscript(_ key: TemplateKey) -> TemplateValue? { places[key].map { values[$0] } }
  subscript(_ name: String) -> TemplateValue? { self[TemplateKey(name)] }

  var members: [(TemplateValue, TemplateValue)] { Array(zip(keys, values)) }

  func items() throws -> TemplateList { try TemplateList(members.map { try .tuple([$0, $1]) }) }
}

/// What a dictionary finds values by: equal numbers are one key, whatever their types.
enum TemplateKey: Hashable {
  case none
  case number(Double)
  case large(Int)
  case text([UInt8])
  case tuple([TemplateKey])
  case object(ObjectIdentifier)

  init(_ name: String) { self = .text(Array(name.utf8)) }

  init(_ value: TemplateValue) throws {
    switch value {
    case .none: self = .none
    case .bool(let value): self = .number(value ? 1 : 0)
    case .int(let value): self = Int(exactly: Double(value)) == value ? .number(Double(value)) : .large(value)
    case .float(let value): self = .number(value)
    case .text(let text), .markup(let text): self.init(text)
    case .tuple(let list): self = .tuple(try list.items.map { try TemplateKey($0) })
    case .namespace(let object): self = .object(ObjectIdentifier(object))
    case .loop(let object): self = .object(ObjectIdentifier(object))
    case .iterator(let object): self = .object(ObjectIdentifier(object))
    case .function(let object): self = .object(ObjectIdentifier(object))
    case .undefined: self = .tuple([.none, .none, .none])
    case .range(let range):
      self = .tuple([.number(Double(range.start)), .number(Double(range.stop)), .number(Double(range.step))])
    case .list, .dictionary, .view: throw TemplateError(.type, "unhashable type: '\(value.typeName)'")
    }
  }
}

/// `range(start, stop, step)`.
struct TemplateRange {
  var start: Int
  var stop: Int
  var step: Int
  var count: Int

  init(start: Int, stop: Int, step: Int) throws {
    guard step != 0 else { throw TemplateError(.value, "range() arg 3 must not be zero") }
    self.start = start
    self.stop = stop
    self.step = step
    let (distance, overflows) =
      step > 0 ? stop.subtractingReportingOverflow(start) : start.subtractingReportingOverflow(stop)
    let stride = step.magnitude
    count = overflows || distance <= 0 ? 0 : Int((UInt(distance) - 1) / stride + 1)
    if overflows && (step > 0) == (stop > start) || count > 100_000 {
      throw TemplateError(.overflow, "Range too big. The sandbox blocks ranges larger than MAX_RANGE (100000).")
    }
  }

  var items: [TemplateValue] { (0..<count).map { .int(start &+ $0 &* step) } }
}

/// What gives each of its items once.
final class TemplateIterator {
  private var items: [TemplateValue]
  private var position = 0
  let depth: Int

  init(_ items: [TemplateValue]) throws {
    self.items = items
    depth = try TemplateValue.depth(of: items)
  }

  func next() -> TemplateValue? {
    guard position < items.count else { return nil }
    position += 1
    return items[position - 1]
  }

  /// The items that are left.
  func rest() -> [TemplateValue] {
    defer { position = items.count }
    return position == 0 ? items : Array(items[position...])
  }
}

/// What templates set attributes of.
final class TemplateNamespace {
  private(set) var names: [String] = []
  private var values: [String: TemplateValue] = [:]

  subscript(_ name: String) -> TemplateValue? {
    get { values[name] }
    set {
      if values[name] == nil { names.append(name) }
      values[name] = newValue
    }
  }

  func clear() {
    names = []
    values = [:]
  }
}

/// The `loop` of a loop.
final class TemplateLoopState {
  let items: [TemplateValue]
  let depth: Int
  let recursion: TemplateFunction?
  var index = 0
  var lastChanged: [TemplateValue]?

  init(items: [TemplateValue], depth: Int, recursion: TemplateFunction?) {
    self.items = items
    self.depth = depth
    self.recursion = recursion
  }
}

/// What can be called.
final class TemplateFunction {
  typealias Body = (TemplateInterpreter, TemplateArguments) throws -> TemplateValue

  let name: String
  let macro: TemplateMacro?
  let body: Body

  init(_ name: String, macro: TemplateMacro? = nil, _ body: @escaping Body) {
    self.name = name
    self.macro = macro
    self.body = body
  }

  var isMacro: Bool { macro != nil }
}

/// The values that a call, filter or test is given.
struct TemplateArguments {
  var positional: [TemplateValue] = []
  var named: [(name: String, value: TemplateValue)] = []

  /// The values of the parameters of the given names, nil where there is none.
  func bound(_ function: String, _ names: String...) throws -> [TemplateValue?] {
    guard positional.count <= names.count else {
      throw TemplateError(
        .type, "\(function)() takes at most \(names.count) arguments (\(positional.count) given)")
    }
    var found: [TemplateValue?] = positional
    found += [TemplateValue?](repeating: nil, count: names.count - positional.count)
    for (name, value) in named {
      guard let place = names.firstIndex(of: name) else {
        throw TemplateError(.type, "\(function)() got an unexpected keyword argument '\(name)'")
      }
      guard found[place] == nil else {
        throw TemplateError(.type, "\(function)() got multiple values for argument '\(name)'")
      }
      found[place] = value
    }
    return found
  }
}
