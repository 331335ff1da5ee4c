import ApusCore
import Glibc

// Number types that operations are tried on.

/// A Double with an order, calculus and the functions of the C library.
struct WrappedReal: CustomElement, Comparable {
  var value: Double
  init(_ value: Double) { self.value = value }
  var double: Double { value }
  static let elementName = "wrapped_real"
  static let zero = WrappedReal(0)
  static let one = WrappedReal(1)
  static var gradient: ElementGradient { .calculus }
  static func + (a: WrappedReal, b: WrappedReal) -> WrappedReal { WrappedReal(a.value + b.value) }
  static func * (a: WrappedReal, b: WrappedReal) -> WrappedReal { WrappedReal(a.value * b.value) }
  static func < (a: WrappedReal, b: WrappedReal) -> Bool { a.value < b.value }

  func apply(_ function: UnaryFunction) -> WrappedReal? {
    switch function {
    case .neg: WrappedReal(-value)
    case .abs: WrappedReal(value.magnitude)
    case .sign: WrappedReal(value > 0 ? 1 : value < 0 ? -1 : 0)
    case .floor: WrappedReal(value.rounded(.down))
    case .ceil: WrappedReal(value.rounded(.up))
    case .round: WrappedReal(value.rounded(.toNearestOrEven))
    case .trunc: WrappedReal(value.rounded(.towardZero))
    case .sqrt: WrappedReal(value.squareRoot())
    case .exp: WrappedReal(exp(value))
    case .log: WrappedReal(log(value))
    case .log1p: WrappedReal(log1p(value))
    case .tanh: WrappedReal(tanh(value))
    case .erf: WrappedReal(erf(value))
    case .isinf: WrappedReal(value.isInfinite ? 1 : 0)
    case .isfinite: WrappedReal(value.isFinite ? 1 : 0)
    default: nil
    }
  }

  func apply(_ function: BinaryFunction, _ other: WrappedReal) -> WrappedReal? {
    switch function {
    case .sub: WrappedReal(value - other.value)
    case .div: WrappedReal(value / other.value)
    case .pow: WrappedReal(pow(value, other.value))
    default: nil
    }
  }
}

/// The largest sum: a semiring whose gradient follows the greatest term.
struct Longest: CustomElement, Comparable {
  var value: Double
  init(_ value: Double) { self.value = value }
  var double: Double { value }
  static let elementName = "longest_sum"
  static let zero = Longest(-.infinity)
  static let one = Longest(0)
  static var gradient: ElementGradient { .shares(.float64) }
  static func + (a: Longest, b: Longest) -> Longest { Longest(max(a.value, b.value)) }
  static func * (a: Longest, b: Longest) -> Longest { Longest(a.value + b.value) }
  static func < (a: Longest, b: Longest) -> Bool { a.value < b.value }
  static func share(of term: Longest, in sum: Longest) -> Double { term == sum ? 1 : 0 }
  static func slopes(_ a: Longest, _ b: Longest) -> (Double, Double) { (1, 1) }
}

/// Lower and upper bounds, without an order.
struct Bounds: CustomElement {
  var low, high: Double
  init(_ low: Double, _ high: Double) { (self.low, self.high) = (low, high) }
  init(_ value: Double) { self.init(value, value) }
  var double: Double { (low + high) / 2 }
  static let elementName = "bounds_of_numbers"
  static let zero = Bounds(0)
  static let one = Bounds(1)
  static func + (a: Bounds, b: Bounds) -> Bounds { Bounds(a.low + b.low, a.high + b.high) }
  static func * (a: Bounds, b: Bounds) -> Bounds {
    let all = [a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high]
    return Bounds(all.min() ?? 0, all.max() ?? 0)
  }
  static func == (a: Bounds, b: Bounds) -> Bool { a.low == b.low && a.high == b.high }
}

/// Eighths from -4 to 4, which stand for the numbers that they round.
struct Eighths: CustomElement, Comparable {
  var count: Int8
  init(count: Int) { self.count = Int8(max(-32, min(32, count))) }
  init(_ value: Double) { self.init(count: Int(max(-64, min(64, (value * 8).rounded())))) }
  var double: Double { Double(count) / 8 }
  static let elementName = "eighths"
  static let zero = Eighths(0.0)
  static let one = Eighths(1.0)
  static var gradient: ElementGradient { .straightThrough(.float32) }
  static var range: ClosedRange<Double> { -4...4 }
  static func + (a: Eighths, b: Eighths) -> Eighths { Eighths(count: Int(a.count) + Int(b.count)) }
  static func * (a: Eighths, b: Eighths) -> Eighths { Eighths(a.double * b.double) }
  static func < (a: Eighths, b: Eighths) -> Bool { a.count < b.count }

  // Sums and products of matrices are formed exactly.
  static var emptySum: Int32 { 0 }
  static func add(_ x: Eighths, to sum: inout Int32) { sum += 8 * Int32(x.count) }
  static func addProduct(_ a: Eighths, _ b: Eighths, to sum: inout Int32) { sum += Int32(a.count) * Int32(b.count) }
  init(rounding sum: Int32) { self.init(Double(sum) / 64) }

  func apply(_ function: UnaryFunction) -> Eighths? { function == .neg ? Eighths(count: -Int(count)) : nil }
  func apply(_ function: BinaryFunction, _ other: Eighths) -> Eighths? {
    switch function {
    case .sub: Eighths(count: Int(count) - Int(other.count))
    case .div: Eighths(double / other.double)
    default: nil
    }
  }
}

/// The greatest difference between the numbers that two tensors stand for; infinite where shapes differ.
func distance(_ a: Tensor, _ b: Tensor) -> Double {
  if a.isPoisoned || b.isPoisoned || a.shape != b.shape { return .infinity }
  return zip(a.detach().array(as: Double.self), b.detach().array(as: Double.self)).reduce(0) { most, pair in
    pair.0 == pair.1 || (pair.0.isNaN && pair.1.isNaN) ? most : max(most, abs(pair.0 - pair.1))
  }
}
