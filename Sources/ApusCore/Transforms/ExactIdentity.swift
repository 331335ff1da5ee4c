// Values told apart where `==` does not: it takes -0 for 0, and NaN for no number at all.

/// A floating point number by its bits.
struct NumberBits: Hashable, CustomStringConvertible {
  let bits: UInt64
  init(_ number: Double) { bits = number.bitPattern }
  var description: String { "\(Double(bitPattern: bits))" }
}

/// What tells `value` from others of its type: its own `==`, and the bits of the floating point numbers in it.
package func exactIdentity<T: Hashable>(_ value: T) -> AnyHashable {
  let whole = AnyHashable(value)
  if let number = floatingPoint(whole.base) { return AnyHashable(NumberBits(number)) }
  var numbers: [NumberBits] = []
  collectNumbers(in: whole.base, &numbers)
  return numbers.isEmpty ? whole : AnyHashable(ExactIdentity(value: whole, numbers: numbers))
}

private struct ExactIdentity: Hashable, CustomStringConvertible {
  let value: AnyHashable
  let numbers: [NumberBits]
  /// What the value consists of if it is not equal to itself, as one with NaN in it; nil where that cannot be seen.
  let components: [AnyHashable]?

  init(value: AnyHashable, numbers: [NumberBits]) {
    self.value = value
    self.numbers = numbers
    components = value == value ? nil : leaves(of: value.base)
  }

  static func == (a: Self, b: Self) -> Bool {
    a.numbers == b.numbers && (a.value == b.value || (a.components != nil && a.components == b.components))
  }

  func hash(into hasher: inout Hasher) { hasher.combine(numbers) }

  var description: String { "\(value)" }
}

private func floatingPoint(_ value: Any) -> Double? {
  (value as? any BinaryFloatingPoint).map { Double($0) }
}

/// The parts of a value whose order is always the same; nil for objects and for sets.
private func children(of value: Any) -> (name: String?, values: [Any])? {
  let mirror = Mirror(reflecting: value)
  switch mirror.displayStyle {
  case .struct, .tuple, .optional, .collection: return (nil, mirror.children.map(\.value))
  case .enum: return (mirror.children.first?.label, mirror.children.map(\.value))
  default: return nil
  }
}

private func collectNumbers(in value: Any, _ numbers: inout [NumberBits]) {
  if let number = floatingPoint(value) {
    numbers.append(NumberBits(number))
  } else {
    for part in children(of: value)?.values ?? [] { collectNumbers(in: part, &numbers) }
  }
}

private func leaves(of value: Any) -> [AnyHashable]? {
  if let number = floatingPoint(value) { return [AnyHashable(NumberBits(number))] }
  if let value = value as? AnyHashable, value == value { return [value] }
  guard let (name, values) = children(of: value), !values.isEmpty else { return nil }
  var result = [AnyHashable(name)]
  for value in values {
    guard let own = leaves(of: value) else { return nil }
    result += own
  }
  return result
}
