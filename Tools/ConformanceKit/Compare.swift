import Apus
import ApusCore

/// How far a result may lie from what was recorded.
struct Tolerance {
  var relative: Double
  var absolute: Double

  func allows(_ found: Double, _ expected: Double) -> Bool {
    if found == expected || (found.isNaN && expected.isNaN) { return true }
    return Swift.abs(found - expected) <= absolute + relative * Swift.abs(expected) && !expected.isInfinite
  }

  /// The same for complex numbers: by the distance, as `torch.allclose`; NaN in either part is NaN.
  func allows(_ found: Complex, _ expected: Complex) -> Bool {
    if found == expected { return true }
    func isNaN(_ z: Complex) -> Bool { z.real.isNaN || z.imaginary.isNaN }
    if isNaN(found) || isNaN(expected) { return isNaN(found) && isNaN(expected) }
    return (found - expected).magnitude <= absolute + relative * expected.magnitude && expected.magnitude.isFinite
  }

  func scaled(_ factor: Double) -> Tolerance { Tolerance(relative: relative * factor, absolute: absolute * factor) }

  /// Any value will do.
  static let anything = Tolerance(relative: .infinity, absolute: .infinity)
  var isAnything: Bool { relative == .infinity }
}

/// Why `found` is not `expected`: type, shape, then the first value outside `tolerance`. Nil: they agree.
func difference(_ found: Tensor, _ expected: Tensor, _ tolerance: Tolerance) -> String? {
  if found.isPoisoned { return "failed" }
  if found.dtype != expected.dtype { return "dtype \(found.dtype), expected \(expected.dtype)" }
  if found.shape != expected.shape { return "shape \(found.shape), expected \(expected.shape)" }
  if tolerance.isAnything { return nil }
  if expected.dtype.isComplex {
    let (x, y) = (found.array(as: Complex.self), expected.array(as: Complex.self))
    let wrong = x.indices.filter { !tolerance.allows(x[$0], y[$0]) }
    guard let i = wrong.first else { return nil }
    return "\(wrong.count) of \(x.count) values, element \(i): \(x[i]), expected \(y[i])"
  }
  if expected.dtype.isFloatingPoint {
    let (x, y) = (found.array(as: Double.self), expected.array(as: Double.self))
    let wrong = x.indices.filter { !tolerance.allows(x[$0], y[$0]) }
    guard let i = wrong.first else { return nil }
    return "\(wrong.count) of \(x.count) values, element \(i): \(x[i]), expected \(y[i])"
  }
  let (x, y) = (found.array(as: Int.self), expected.array(as: Int.self))
  let wrong = x.indices.filter { x[$0] != y[$0] }
  guard let i = wrong.first else { return nil }
  return "\(wrong.count) of \(x.count) values, element \(i): \(x[i]), expected \(y[i])"
}

/// The same for a result that may be a number, a text or a list.
func difference(_ found: OperationValue, _ expected: OperationValue, _ tolerance: Tolerance) -> String? {
  switch (found, expected) {
  case (.tensor(let x), .tensor(let y)): return difference(x, y, tolerance)
  case (.int(let x), .int(let y)): return x == y ? nil : "\(x), expected \(y)"
  case (.bool(let x), .bool(let y)): return x == y ? nil : "\(x), expected \(y)"
  case (.float(let x), .float(let y)): return tolerance.allows(x, y) ? nil : "\(x), expected \(y)"
  case (.complex(let x), .complex(let y)): return tolerance.allows(x, y) ? nil : "\(x), expected \(y)"
  case (.string(let x), .string(let y)): return x == y ? nil : "'\(x)', expected '\(y)'"
  case (.dtype(let x), .dtype(let y)): return x == y ? nil : "\(x), expected \(y)"
  case (.none, .none): return nil
  case (.list(let x), .list(let y)):
    if x.count != y.count { return "\(x.count) items, expected \(y.count)" }
    for (i, pair) in zip(x, y).enumerated() {
      if let found = difference(pair.0, pair.1, tolerance) { return "item \(i): \(found)" }
    }
    return nil
  default: return "\(found.kind), expected \(expected.kind)"
  }
}

extension OperationValue {
  /// The tensors in it, depth first.
  var tensorLeaves: [Tensor] {
    switch self {
    case .tensor(let t): [t]
    case .list(let items): items.flatMap(\.tensorLeaves)
    default: []
    }
  }
}
