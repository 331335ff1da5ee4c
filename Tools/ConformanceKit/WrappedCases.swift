import Apus
import ApusCore

// Cases of float64 tensors computed on a number type of one's own that wraps a Double: what works on built-in types works on
// registered ones, with the same values.

/// A Double as a number type of one's own: it declares an order, calculus and every function of formulas.
package struct WrappedDouble: CustomElement, Comparable {
  package var value: Double

  package init(_ value: Double) { self.value = value }
  package var double: Double { value }

  package static var elementName: String { "wrapped" }
  package static var zero: WrappedDouble { WrappedDouble(0) }
  package static var one: WrappedDouble { WrappedDouble(1) }
  package static var gradient: ElementGradient { .calculus }
  package static func + (a: WrappedDouble, b: WrappedDouble) -> WrappedDouble { WrappedDouble(a.value + b.value) }
  package static func * (a: WrappedDouble, b: WrappedDouble) -> WrappedDouble { WrappedDouble(a.value * b.value) }
  package static func < (a: WrappedDouble, b: WrappedDouble) -> Bool { a.value < b.value }

  package func apply(_ function: UnaryFunction) -> WrappedDouble? {
    FunctionsOfDouble.value(of: function, value).map { WrappedDouble($0) }
  }
  package func apply(_ function: BinaryFunction, _ other: WrappedDouble) -> WrappedDouble? {
    FunctionsOfDouble.value(of: function, value, other.value).map { WrappedDouble($0) }
  }

  package func text(precision: Int) -> String { decimalText(value, precision) }
}

/// The functions of formulas at a Double, one number at a time.
private enum FunctionsOfDouble {
  private static let unary = Lock<[UnaryFunction: Formula?]>([:])
  private static let binary = Lock<[BinaryFunction: Formula?]>([:])

  static func value(of function: UnaryFunction, _ x: Double) -> Double? {
    let found = unary.withLock { known -> Formula? in
      if let found = known[function] { return found }
      let formula = existing(Formula(function.name) { $0(function) })
      known[function] = .some(formula)
      return formula
    }
    return found.map { single($0, [x]) }
  }

  static func value(of function: BinaryFunction, _ x: Double, _ y: Double) -> Double? {
    let found = binary.withLock { known -> Formula? in
      if let found = known[function] { return found }
      let formula = existing(Formula(function.name) { $0(function, $1) })
      known[function] = .some(formula)
      return formula
    }
    return found.map { single($0, [x, y]) }
  }

  private static func single(_ formula: Formula, _ numbers: [Double]) -> Double {
    noGrad { pointwise(formula, numbers.map { Tensor([$0], dtype: .float64) }).item() }
  }

  /// The formula where float64 has it.
  private static func existing(_ formula: Formula) -> Formula? {
    let isThere = (try? withErrors { single(formula, [Double](repeating: 1, count: formula.inputCount)) }) != nil
    return isThere ? formula : nil
  }
}

extension Case {
  /// The same with the registered type `dtype` in the place of the floating point type `replaced`; nil for a case of another
  /// type.
  package func withElements(_ dtype: DType, of replaced: DType = .float64) -> Case? {
    guard json["dtype"]?.string == replaced.name else { return nil }
    var others = tensors
    others.elements = (replaced, dtype)
    return Case(id: id, op: op, json: json, tensors: others)
  }

  /// ``run(area:)`` with a registered type in the place of a built-in one, see ``withElements(_:)``. What no number type of one's own
  /// can declare counts as missing.
  package func runWithElements(area: String) -> Outcome {
    // These give the type that their names say, or float64 of float32.
    if op == "float_power", tensors.elements?.of == .float32 { return unsupported("gives float64 elements") }
    if op == tensors.elements.map({ $0.of == .float64 ? "double" : "float" }) {
      return unsupported("gives built-in elements by name")
    }
    if area == "optim" { return unsupported("optimisers step on numbers of built-in types") }
    let outcome = run(area: area)
    guard case .failed(let reason) = outcome, beyondElements.contains(where: reason.contains) else { return outcome }
    return unsupported(reason)
  }
}

/// What messages say of operations that no type can declare what they need: complex numbers with parts of the type, the
/// factorisations of LAPACK, and the bits of elements.
private let beyondElements = [
  "needs floating point tensors for both parts", "convert real and imag apart",
  "needs float32, float64 or complex elements",
  "has no hash of", "transforms take float32, float64 and complex numbers",
]
