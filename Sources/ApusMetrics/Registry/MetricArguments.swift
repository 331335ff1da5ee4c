import ApusCore

/// An argument of a metric that is made by its name, as configuration files have them.
public indirect enum MetricArgument: Sendable, ExpressibleByNilLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByArrayLiteral
{
  /// Python's `None`.
  case null
  /// True or false.
  case bool(Bool)
  /// An integer.
  case int(Int)
  /// A number.
  case double(Double)
  /// A text.
  case text(String)
  /// A list.
  case list([MetricArgument])
  /// Those of a tensor.
  case tensor(Tensor)

  public init(nilLiteral: ()) { self = .null }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(integerLiteral value: Int) { self = .int(value) }
  public init(floatLiteral value: Double) { self = .double(value) }
  public init(stringLiteral value: String) { self = .text(value) }
  public init(arrayLiteral elements: MetricArgument...) { self = .list(elements) }

  var isNull: Bool { if case .null = self { true } else { false } }
  var asBool: Bool? { if case .bool(let value) = self { value } else { nil } }
  var asText: String? { if case .text(let value) = self { value } else { nil } }
  var asList: [MetricArgument]? { if case .list(let value) = self { value } else { nil } }
  var asInt: Int? {
    switch self {
    case .int(let value): value
    case .double(let value): Int(exactly: value)
    default: nil
    }
  }
  var asDouble: Double? {
    switch self {
    case .int(let value): Double(value)
    case .double(let value): value
    case .text(let name): ["inf": .infinity, "-inf": -.infinity, "nan": .nan][name]
    default: nil
    }
  }
}

/// The arguments of a metric by PyTorch's names. What is asked for is taken out; what is left at the end is a mistake.
final class MetricArguments {
  let metric: String
  private let values: [String: MetricArgument]
  private var used: Set<String> = []

  init(_ metric: String, _ values: [String: MetricArgument]) {
    self.metric = metric
    self.values = values
  }

  /// - Throws: `TensorError` where an argument was not asked for.
  func finish() throws(TensorError) {
    let rest = Set(values.keys).subtracting(used)
    if !rest.isEmpty {
      throw TensorError(
        .value, metric, "has no argument \(rest.sorted().joined(separator: ", ")); it has \(used.sorted())")
    }
  }

  /// The argument; nil where it is not given.
  subscript(name: String) -> MetricArgument? {
    used.insert(name)
    return values[name]
  }

  private func read<Value>(
    _ name: String, _ what: String, _ standard: Value?, _ value: (MetricArgument) -> Value?
  ) throws(TensorError) -> Value {
    guard let argument = self[name] else {
      guard let standard else { throw TensorError(.value, metric, "needs the argument \(name), \(what)") }
      return standard
    }
    guard let value = value(argument) else {
      throw TensorError(.value, metric, "the argument \(name) is \(what), and found \(argument)")
    }
    return value
  }

  func int(_ name: String, _ standard: Int? = nil) throws(TensorError) -> Int {
    try read(name, "an integer", standard, \.asInt)
  }

  func double(_ name: String, _ standard: Double? = nil) throws(TensorError) -> Double {
    try read(name, "a number", standard, \.asDouble)
  }

  func bool(_ name: String, _ standard: Bool) throws(TensorError) -> Bool {
    try read(name, "true or false", standard, \.asBool)
  }

  func text(_ name: String, _ standard: String? = nil) throws(TensorError) -> String {
    try read(name, "a text", standard, \.asText)
  }

  func optionalInt(_ name: String) throws(TensorError) -> Int? {
    try read(name, "an integer or null", .some(nil)) { $0.isNull ? .some(nil) : $0.asInt.map { .some($0) } }
  }

  func optionalDouble(_ name: String, _ standard: Double? = nil) throws(TensorError) -> Double? {
    try read(name, "a number or null", .some(standard)) { $0.isNull ? .some(nil) : $0.asDouble.map { .some($0) } }
  }

  func optionalBool(_ name: String) throws(TensorError) -> Bool? {
    try read(name, "true, false or null", .some(nil)) { $0.isNull ? .some(nil) : $0.asBool.map { .some($0) } }
  }

  func optionalText(_ name: String) throws(TensorError) -> String? {
    try read(name, "a text or null", .some(nil)) { $0.isNull ? .some(nil) : $0.asText.map { .some($0) } }
  }

  /// A choice by its text; `none` where it is null.
  func choice<Choice: NamedChoice>(_ name: String, _ standard: Choice) throws(TensorError) -> Choice {
    let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
    return try read(name, "one of \(names)", standard) { Choice(rawValue: $0.asText ?? ($0.isNull ? "none" : "")) }
  }

  /// A choice that may be null.
  func optionalChoice<Choice: NamedChoice>(_ name: String, _ standard: Choice?) throws(TensorError) -> Choice? {
    let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
    return try read(name, "one of \(names), or null", .some(standard)) {
      $0.isNull ? .some(nil) : $0.asText.flatMap { Choice(rawValue: $0) }.map { .some($0) }
    }
  }

  func doubles(_ name: String, _ standard: [Double]? = nil) throws(TensorError) -> [Double] {
    try read(name, "a list of numbers", standard) { argument in
      guard let list = argument.asList else { return argument.asDouble.map { [$0] } }
      let numbers = list.compactMap(\.asDouble)
      return numbers.count == list.count ? numbers : nil
    }
  }

  func optionalDoubles(_ name: String) throws(TensorError) -> [Double]? {
    if self[name]?.isNull ?? true { return nil }
    return try doubles(name)
  }

  func ints(_ name: String, _ standard: [Int]? = nil) throws(TensorError) -> [Int] {
    try read(name, "a list of integers", standard) { argument in
      guard let list = argument.asList else { return argument.asInt.map { [$0] } }
      let numbers = list.compactMap(\.asInt)
      return numbers.count == list.count ? numbers : nil
    }
  }

  func optionalInts(_ name: String) throws(TensorError) -> [Int]? {
    if self[name]?.isNull ?? true { return nil }
    return try ints(name)
  }

  func texts(_ name: String, _ standard: [String]) throws(TensorError) -> [String] {
    try read(name, "a list of texts", standard) { argument in
      guard let list = argument.asList else { return argument.asText.map { [$0] } }
      let texts = list.compactMap(\.asText)
      return texts.count == list.count ? texts : nil
    }
  }

  func optionalTensor(_ name: String) throws(TensorError) -> Tensor? {
    try read(name, "a tensor or null", .some(nil)) { (argument: MetricArgument) -> Tensor?? in
      if argument.isNull { return .some(nil) }
      if case .tensor(let tensor) = argument { return .some(tensor) }
      return nested(argument).map { .some($0) }
    }
  }

  private func nested(_ argument: MetricArgument) -> Tensor? {
    if let number = argument.asDouble { return Tensor(number) }
    guard let items = argument.asList else { return nil }
    let parts = items.compactMap(nested)
    guard parts.count == items.count, !parts.isEmpty, Set(parts.map(\.shape)).count == 1 else { return nil }
    return stack(parts, dim: 0)
  }

  func thresholds() throws(TensorError) -> Thresholds? {
    try read("thresholds", "an integer, a list of numbers, a tensor or null", .some(nil)) { argument in
      if argument.isNull { return .some(nil) }
      if case .tensor(let tensor) = argument { return .some(.tensor(tensor)) }
      if let list = argument.asList {
        let numbers = list.compactMap(\.asDouble)
        return numbers.count == list.count ? .some(.values(numbers)) : nil
      }
      return argument.asInt.map { .some(.count($0)) }
    }
  }
}
