import ApusCore

/// The numbers and switches of an optimiser.
public protocol OptimizerOptions: Sendable {
  /// The learning rate.
  var lr: Double { get set }
  /// What schedules that cycle the momentum change; nil where there is none.
  var cycledMomentum: Double? { get set }
  /// The options by name.
  static var fields: [OptionField<Self>] { get }
  /// PyTorch's options that say how a step is computed, which has one way here.
  static var unusedOptions: [String] { get }
}

/// An option by its name.
public struct OptionField<Options>: Sendable {
  /// The name in Swift.
  public let name: String
  let value: @Sendable (Options) -> OptionValue
  /// The value, if it is not that of the type.
  let given: @Sendable (Options) -> OptionValue?
  /// Sets the option. Gives whether the value is of its kind.
  let set: @Sendable (inout Options, OptionValue) -> Bool

  init(_ name: String, _ path: WritableKeyPath<Options, Setting<Double>> & Sendable) {
    self.init(name, path, { .number($0) }) { if case .number(let value) = $0 { value } else { nil } }
  }

  init(_ name: String, _ path: WritableKeyPath<Options, Setting<Bool>> & Sendable) {
    self.init(name, path, { .flag($0) }) { if case .flag(let value) = $0 { value } else { nil } }
  }

  init(_ name: String, _ path: WritableKeyPath<Options, Setting<(Double, Double)>> & Sendable) {
    self.init(name, path, { .pair($0.0, $0.1) }) {
      if case .pair(let first, let second) = $0 { (first, second) } else { nil }
    }
  }

  init(_ name: String, _ path: WritableKeyPath<Options, Setting<(Double, Double, Double)>> & Sendable) {
    self.init(name, path, { .triple($0.0, $0.1, $0.2) }) {
      if case .triple(let first, let second, let third) = $0 { (first, second, third) } else { nil }
    }
  }

  init(_ name: String, _ path: WritableKeyPath<Options, Setting<(Double?, Double)>> & Sendable) {
    self.init(name, path, { .openPair($0.0, $0.1) }) {
      switch $0 {
      case .openPair(let first, let second): (first, second)
      case .pair(let first, let second): (first, second)
      default: nil
      }
    }
  }

  init(_ name: String, _ path: WritableKeyPath<Options, Setting<Int>> & Sendable) {
    self.init(name, path, { .count($0) }) {
      switch $0 {
      case .count(let value): value
      case .number(let value): Int(exactly: value)
      default: nil
      }
    }
  }

  init(_ name: String, _ path: WritableKeyPath<Options, Setting<Int?>> & Sendable) {
    self.init(name, path, { .count($0) }) {
      switch $0 {
      case .count(let value): .some(value)
      case .number(let value): Int(exactly: value).map { .some($0) }
      default: nil
      }
    }
  }

  init<Choice: NamedChoice & Sendable>(
    _ name: String, _ path: WritableKeyPath<Options, Setting<Choice?>> & Sendable
  ) {
    self.init(name, path, { .choice($0?.rawValue) }) {
      guard case .choice(let name) = $0 else { return nil }
      guard let name else { return .some(nil) }
      return Choice(rawValue: name).map { .some($0) }
    }
  }

  private init<Value>(
    _ name: String, _ path: WritableKeyPath<Options, Setting<Value>> & Sendable,
    _ wrap: @escaping @Sendable (Value) -> OptionValue, _ unwrap: @escaping @Sendable (OptionValue) -> Value?
  ) {
    self.name = name
    value = { wrap($0[keyPath: path].wrappedValue) }
    given = { $0[keyPath: path].isGiven ? wrap($0[keyPath: path].wrappedValue) : nil }
    set = { options, value in
      guard let value = unwrap(value) else { return false }
      options[keyPath: path].wrappedValue = value
      return true
    }
  }
}

/// An option that knows whether it was given.
@propertyWrapper
public struct Setting<Value: Sendable>: Sendable {
  /// The option.
  public var wrappedValue: Value { didSet { isGiven = true } }
  private(set) var isGiven = false

  /// With the value of the type, which counts as not given.
  public init(wrappedValue: Value) { self.wrappedValue = wrappedValue }

  /// The option with what is known of it.
  public var projectedValue: Setting<Value> {
    get { self }
    set { self = newValue }
  }
}

extension OptimizerOptions {
  public var cycledMomentum: Double? {
    get { nil }
    set {}
  }
  public static var fields: [OptionField<Self>] { [] }
  public static var unusedOptions: [String] { [] }
}

/// What an option of an optimiser may be.
enum OptionValue: Hashable, Sendable {
  case number(Double)
  case flag(Bool)
  case pair(Double, Double)
  case triple(Double, Double, Double)
  /// A count, or nil where PyTorch writes `None`.
  case count(Int?)
  /// The first of two numbers may be left to the optimiser.
  case openPair(Double?, Double)
  /// One of several ways of working, under PyTorch's name.
  case choice(String?)

  /// As Python prints it.
  var text: String {
    func number(_ value: Double) -> String { value == 0 ? "0" : "\(value)" }
    func brief(_ value: Double) -> String {
      value == value.rounded() && value.magnitude < 1e9 ? "\(Int(value))" : "\(value)"
    }
    return switch self {
    case .number(let value): number(value)
    case .flag(let value): value ? "True" : "False"
    case .pair(let first, let second): "(\(brief(first)), \(brief(second)))"
    case .triple(let first, let second, let third): "(\(brief(first)), \(brief(second)), \(brief(third)))"
    case .count(let value): value.map { "\($0)" } ?? "None"
    case .openPair(let first, let second): "(\(first.map(brief) ?? "None"), \(brief(second)))"
    case .choice(let name): name ?? "None"
    }
  }

  /// As a state has it; nil for `None` and for names, which have no numbers.
  var tensor: Tensor? {
    switch self {
    case .number(let value): Tensor(value, dtype: .float64)
    case .flag(let value): Tensor(value)
    case .pair(let first, let second): Tensor([first, second], dtype: .float64)
    case .triple(let first, let second, let third): Tensor([first, second, third], dtype: .float64)
    case .count(let value): value.map { Tensor([$0]).reshape([]) }
    case .openPair(let first, let second): Tensor([first ?? .nan, second], dtype: .float64)
    case .choice: nil
    }
  }

  /// The value of the same kind with the numbers of a state; nil where there are too few or too many of them.
  func replaced(by numbers: [Double]) -> OptionValue? {
    func open(_ value: Double) -> Double? { value.isNaN ? nil : value }
    switch (self, numbers.count) {
    case (.number, 1): return .number(numbers[0])
    case (.flag, 1): return .flag(numbers[0] != 0)
    case (.pair, 2): return .pair(numbers[0], numbers[1])
    case (.triple, 3): return .triple(numbers[0], numbers[1], numbers[2])
    case (.count, 1): return Int(exactly: numbers[0]).map { .count($0) }
    case (.openPair, 2): return .openPair(open(numbers[0]), numbers[1])
    default: return nil
    }
  }
}

/// `weight_decay` as `weightDecay`.
func camelCase(_ name: String) -> String {
  let parts = name.split(separator: "_")
  guard let first = parts.first else { return name }
  return parts.dropFirst().reduce(String(first)) { $0 + $1.prefix(1).uppercased() + $1.dropFirst() }
}

/// `weightDecay` as `weight_decay`.
func snakeCase(_ name: String) -> String {
  name.reduce(into: "") { text, character in
    text += character.isUppercase ? "_" + character.lowercased() : String(character)
  }
}
