/// Values for modules whose path ends with a name, or matches it as a regular expression, in the order in which they are tried:
/// `rank_pattern` and `alpha_pattern` of the `peft` library.
///
///     configuration.rankPattern = ["layers.0.q_proj": 16, "q_proj": 4]
///
public struct LoraPattern<Value: Sendable>: Sendable, ExpressibleByDictionaryLiteral {
  /// The names, in the order in which they are tried.
  public private(set) var names: [String] = []
  /// The value of each name.
  public private(set) var values: [String: Value] = [:]

  /// Values in their order; of several for one name the last counts, at the place of the first.
  public init(dictionaryLiteral elements: (String, Value)...) {
    for (name, value) in elements { self[name] = value }
  }

  /// The value of a name. A new name is tried after those that are there; nil takes a name away.
  public subscript(_ name: String) -> Value? {
    get { values[name] }
    set {
      if newValue == nil { names.removeAll { $0 == name } } else if values[name] == nil { names.append(name) }
      values[name] = newValue
    }
  }
}
