import ApusCore
import ApusNN
import ApusTrain

/// Settings of a program as a structure: its properties are the parameters, their initial values the defaults.
///
///     struct Settings: SearchSpace {
///       @Tuned(1e-4...1e-1, log: true, "learning rate") var lr = 1e-3
///       @Tuned(1...4, "hidden layers") var layers = 2
///       @Tuned(["relu", "gelu"], "activation") var activation = "relu"
///       @Tuned("whether to shuffle") var shuffle = true
///     }
///
/// One structure says what a study tries (``Trial/suggest(_:)``), what the command line takes (``SearchSpace/init(arguments:)``) and
/// what a person reads (``SearchSpace/help``).
public protocol SearchSpace {
  /// The defaults.
  init()
}

extension SearchSpace {
  /// The parameters by the names of their properties, in their order.
  public static var space: NamedValues<ParameterDistribution> {
    get throws {
      var space = NamedValues<ParameterDistribution>()
      for (name, property) in Self().properties { space[name] = try property.distribution.validated(name) }
      return space
    }
  }

  /// The values by name.
  public var params: [String: SettingValue] {
    Dictionary(
      properties.map { name, property in (name, property.distribution.value(property.internal) ?? .none) },
      uniquingKeysWith: { $1 })
  }

  /// The defaults but for the given values, such as a study's ``Study/bestParams``.
  /// - Throws: `TensorError` of kind `value` for a name that is none of the properties, or a value that is none of its range.
  public init(_ params: [String: SettingValue]) throws {
    self.init()
    for (name, value) in params.sorted(by: { $0.key < $1.key }) {
      let property = try property(name, of: "\(Self.self)")
      let distribution = try property.distribution.validated(name)
      let number = try distribution.internalValue(value, name)
      guard distribution.contains(number) else {
        throw TensorError(.value, "parameter '\(name)'", "\(value.json) is none of \(distribution.words)")
      }
      property.set(number)
    }
  }

  /// The tuned properties; what is set through them is seen by this value.
  var properties: [(name: String, property: any TunedProperty)] {
    var found: [(String, any TunedProperty)] = []
    for child in Mirror(reflecting: self).children {
      guard let property = child.value as? any TunedProperty, let label = child.label else { continue }
      // A wrapper's storage is called as its property with an underscore before.
      found.append((label.hasPrefix("_") ? String(label.dropFirst()) : label, property))
    }
    return found
  }

  func property(_ name: String, of owner: String) throws -> any TunedProperty {
    let all = properties
    if let found = all.first(where: { $0.name == name }) { return found.property }
    let hint = nearest(to: name, among: all.map(\.name)).map { "; did you mean '\($0)'?" } ?? "."
    throw TensorError(
      .value, owner,
      "there is no setting '\(name)'\(hint) It has \(all.map(\.name).joined(separator: ", "))")
  }
}

extension Trial {
  /// A setting of all parameters of a structure.
  public func suggest<Settings: SearchSpace>(_ type: Settings.Type) throws -> Settings {
    let settings = Settings()
    for (name, property) in settings.properties { property.set(try suggest(name, property.distribution)) }
    return settings
  }
}

extension Study {
  /// ``optimize(trials:timeout:onError:afterTrial:_:)`` over the settings of a structure.
  /// - Parameter triesDefaults: whether the first trial of a new study has the defaults, so that the best one is at least as good.
  public func optimize<Settings: SearchSpace>(
    _ settings: Settings.Type, trials: Int? = nil, timeout: Double? = nil, triesDefaults: Bool = true,
    onError: ObjectiveErrorPolicy = .stop, afterTrial: ((Study, TrialRecord) throws -> Void)? = nil,
    _ objective: (Settings, Trial) throws -> Double
  ) throws {
    if triesDefaults, try self.trials.isEmpty { try enqueue(Settings().params) }
    try optimize(trials: trials, timeout: timeout, onError: onError, afterTrial: afterTrial) { trial in
      try objective(trial.suggest(Settings.self), trial)
    }
  }
}

/// A property of a ``SearchSpace`` of whatever type.
protocol TunedProperty {
  var distribution: ParameterDistribution { get }
  var help: String { get }
  var `internal`: Double { get }
  func set(_ internal: Double)
}

/// A parameter of a ``SearchSpace``: the values it may have, and what it is.
@propertyWrapper
public struct Tuned<Value: Sendable>: TunedProperty, Sendable {
  /// The value is changed in place only while nobody else sees it: a copy that is changed gets a place of its own.
  private final class Place: @unchecked Sendable {
    var value: Value
    init(_ value: Value) { self.value = value }
  }

  private var place: Place
  let distribution: ParameterDistribution
  let help: String
  private let toInternal: @Sendable (Value) -> Double
  private let fromInternal: @Sendable (Double) -> Value

  public var wrappedValue: Value {
    get { place.value }
    set {
      if !isKnownUniquelyReferenced(&place) { place = Place(newValue) } else { place.value = newValue }
    }
  }

  var `internal`: Double { toInternal(place.value) }
  func set(_ internal: Double) { place.value = fromInternal(`internal`) }

  /// A number of a range; see ``Trial/suggest(_:_:log:step:)-(_,ClosedRange<Double>,_,_)``.
  public init(
    wrappedValue: Value, _ range: ClosedRange<Value>, log: Bool = false, step: Value? = nil, _ help: String = ""
  ) where Value: BinaryFloatingPoint {
    place = Place(wrappedValue)
    distribution = .float(
      low: Double(range.lowerBound), high: Double(range.upperBound), log: log, step: step.map { Double($0) })
    self.help = help
    toInternal = { Double($0) }
    fromInternal = { Value($0) }
  }

  /// A whole number of a range.
  public init(
    wrappedValue: Value, _ range: ClosedRange<Value>, log: Bool = false, step: Value = 1, _ help: String = ""
  ) where Value: BinaryInteger {
    place = Place(wrappedValue)
    distribution = .int(
      low: Int(range.lowerBound), high: Int(range.upperBound), log: log, step: Int(step))
    self.help = help
    toInternal = { Double($0) }
    fromInternal = { Value($0) }
  }

  /// One of several values.
  public init(wrappedValue: Value, _ choices: [Value], _ help: String = "") where Value: Encodable & Equatable {
    // A choice that cannot be written as a value is found when the space is asked for.
    let values = choices.compactMap { try? SettingValue(encoding: $0) }
    place = Place(wrappedValue)
    distribution = .categorical(values.count == choices.count ? values : [])
    self.help = help
    toInternal = { value in choices.firstIndex(of: value).map { Double($0) } ?? .nan }
    fromInternal = { choices[Int($0)] }
  }

  /// A truth value.
  public init(wrappedValue: Value, _ help: String = "") where Value == Bool {
    self.init(wrappedValue: wrappedValue, [false, true], help)
  }

  /// A case of an enumeration.
  public init(wrappedValue: Value, _ help: String = "") where Value: Encodable & Equatable & CaseIterable {
    self.init(wrappedValue: wrappedValue, Array(Value.allCases), help)
  }
}
