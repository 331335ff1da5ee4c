import ApusCore
import ApusFormats

extension ModelConfiguration {
  /// The same with values for what is absent.
  func withDefaults(_ defaults: [String: JSON]) -> ModelConfiguration {
    var result = self
    for (key, value) in defaults where result[key] == nil { result.values[key] = value }
    return result
  }

  /// The same with other names for some keys: `["dim": "hidden_size"]`.
  func renamed(_ names: [String: String]) -> ModelConfiguration {
    var result = self
    for (name, other) in names where result[other] == nil {
      if let value = self[name] { result.values[other] = value }
    }
    return result
  }

  /// How wide states are, or what layers make of them in between: small enough that norms and biases, which a model has before its
  /// weights are looked at, need little memory.
  func width(_ key: String, default value: Int? = nil, most: Int = 1 << 16) throws(TensorError) -> Int {
    try int(key, default: value, in: 1...most)
  }

  /// A number of tokens.
  func vocabulary(default value: Int) throws(TensorError) -> Int {
    try int("vocab_size", default: value, in: 1...(1 << 24))
  }

  /// A whole number, or the first of several.
  func firstInt(_ key: String, default value: Int) throws(TensorError) -> Int {
    guard let given = self[key] else { return value }
    guard let items = given.array else { return try int(key) }
    guard case .int(let first)? = items.first, (0...Self.largest).contains(first) else {
      throw wrong(key, "a whole number or a list of them")
    }
    return first
  }
}

extension Tensor {
  /// The states `[batch, length, features]` of the last `count` positions; all if nil.
  func lastPositions(_ count: Int?) -> Tensor {
    guard let count, count > 0, count < size(1) else { return self }
    return narrow(1, size(1) - count, count)
  }
}
