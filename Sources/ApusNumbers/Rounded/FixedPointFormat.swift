import ApusCore

/// The integers that fixed point numbers can be stored in: Int8, Int16 and Int32.
public protocol FixedPointStorage: FixedWidthInteger, SignedInteger, BitwiseCopyable, Sendable {
  /// What the product of two fits into.
  associatedtype WideProduct: FixedWidthInteger & SignedInteger & BitwiseCopyable & Sendable
  /// What sums of more than 2³² products fit into.
  associatedtype WideSum: FixedWidthInteger & SignedInteger & BitwiseCopyable & Sendable
  /// The built-in element type of the same layout.
  static var storageType: DType { get }
  /// Puts loops compiled for this storage in the place of those in `kernels`.
  static func replaceLoops(of kernels: inout CustomKernels, _ format: FixedPointFormat<Self>)
}

extension Int8: FixedPointStorage {
  public typealias WideProduct = Int32
  public typealias WideSum = Int64
  public static var storageType: DType { .int8 }
  public static func replaceLoops(of kernels: inout CustomKernels, _ format: FixedPointFormat<Int8>) {
    format.replaceLoops(of: &kernels)
    format.replaceOrder(of: &kernels)
  }
}

extension Int16: FixedPointStorage {
  public typealias WideProduct = Int32
  public typealias WideSum = Int64
  public static var storageType: DType { .int16 }
  public static func replaceLoops(of kernels: inout CustomKernels, _ format: FixedPointFormat<Int16>) {
    format.replaceLoops(of: &kernels)
    format.replaceOrder(of: &kernels)
  }
}

extension Int32: FixedPointStorage {
  public typealias WideProduct = Int64
  public typealias WideSum = Int128
  public static var storageType: DType { .int32 }
  public static func replaceLoops(of kernels: inout CustomKernels, _ format: FixedPointFormat<Int32>) {
    format.replaceLoops(of: &kernels)
    format.replaceOrder(of: &kernels)
  }
}

/// Where the binary point is and which numbers there are, with the arithmetic of the whole numbers that stand for them.
public struct FixedPointFormat<Storage: FixedPointStorage>: ValueArithmetic {
  /// Bits behind the binary point.
  let fractionBits: Int
  /// The ends of the range.
  let (lowest, greatest): (Storage, Storage)
  /// 2 to the power of `fractionBits`, and its inverse.
  private let (scale, step): (Double, Double)

  init(integerBits: Int, fractionBits: Int) {
    // A format that does not fit gives no numbers to compute with; its element type is reported.
    let bits = Swift.min(Swift.max(integerBits + fractionBits, 1), Storage.bitWidth - 1)
    self.fractionBits = Swift.min(Swift.max(fractionBits, 0), Storage.bitWidth - 1)
    greatest = Storage.max >> Storage(Storage.bitWidth - 1 - bits)
    lowest = -greatest - 1
    scale = Double(sign: .plus, exponent: self.fractionBits, significand: 1)
    step = 1 / scale
  }

  @inline(__always)
  private func saturated<Wide: FixedWidthInteger>(_ x: Wide) -> Storage {
    Storage(
      truncatingIfNeeded: Swift.min(Swift.max(x, Wide(truncatingIfNeeded: lowest)), Wide(truncatingIfNeeded: greatest)))
  }

  /// x 2⁻ⁿ, halves to the even number.
  @inline(__always)
  private func shifted<Wide: FixedWidthInteger>(_ x: Wide) -> Wide {
    let n = Wide(truncatingIfNeeded: fractionBits)
    // Below the last place less than half is added, half where the result would be odd.
    let half: Wide = (1 &<< n) &>> 1
    let isOdd = (x &>> n) & (half == 0 ? 0 : 1)
    return (x &+ Swift.max(half &- 1, 0) &+ isOdd) &>> n
  }

  @inline(__always)
  func sum(_ a: Storage, _ b: Storage) -> Storage {
    saturated(Storage.WideProduct(truncatingIfNeeded: a) &+ Storage.WideProduct(truncatingIfNeeded: b))
  }

  @inline(__always)
  func difference(_ a: Storage, _ b: Storage) -> Storage {
    saturated(Storage.WideProduct(truncatingIfNeeded: a) &- Storage.WideProduct(truncatingIfNeeded: b))
  }

  @inline(__always)
  func product(_ a: Storage, _ b: Storage) -> Storage {
    saturated(shifted(Storage.WideProduct(truncatingIfNeeded: a) &* Storage.WideProduct(truncatingIfNeeded: b)))
  }

  @inline(__always)
  func quotient(_ a: Storage, _ b: Storage) -> Storage {
    if b == 0 { return a > 0 ? greatest : a < 0 ? lowest : 0 }
    let (dividend, divisor) = (Int64(a) &<< Int64(fractionBits), Int64(b))
    let (quotient, rest) = dividend.quotientAndRemainder(dividingBy: divisor)
    let twice = rest.magnitude &* 2
    let isUp = twice > divisor.magnitude || (twice == divisor.magnitude && quotient & 1 != 0)
    return saturated(isUp ? quotient &+ ((dividend < 0) == (divisor < 0) ? 1 : -1) : quotient)
  }

  var emptySum: Storage.WideSum { 0 }

  // Sums are of products: twice as many bits behind the point.
  @inline(__always)
  func add(_ x: Storage, to sum: inout Storage.WideSum) {
    sum &+= Storage.WideSum(truncatingIfNeeded: x) &<< Storage.WideSum(truncatingIfNeeded: fractionBits)
  }

  @inline(__always)
  func addProduct(_ a: Storage, _ b: Storage, to sum: inout Storage.WideSum) {
    let product = Storage.WideProduct(truncatingIfNeeded: a) &* Storage.WideProduct(truncatingIfNeeded: b)
    sum &+= Storage.WideSum(truncatingIfNeeded: product)
  }

  @inline(__always)
  func element(_ sum: Storage.WideSum) -> Storage { saturated(shifted(sum)) }

  @inline(__always)
  func element(_ value: Double) -> Storage {
    let scaled = (value * scale).rounded(.toNearestOrEven)
    // NaN compares with nothing.
    if scaled >= Double(greatest) { return greatest }
    if scaled <= Double(lowest) { return lowest }
    return scaled == scaled ? Storage(scaled) : 0
  }

  @inline(__always)
  func double(_ x: Storage) -> Double { Double(x) * step }

  /// Comparisons and extremes are those of the whole numbers.
  @inline(__always)
  func replaceOrder(of kernels: inout CustomKernels) {
    let (unary, binary) = (kernels.unary, kernels.binary)
    let one = element(1.0)
    kernels.binary = { f, out, a, b, n in
      let z = out.assumingMemoryBound(to: Storage.self)
      let (x, y) = (a.assumingMemoryBound(to: Storage.self), b.assumingMemoryBound(to: Storage.self))
      switch f {
      case .max, .fmax: for i in 0..<n { z[i] = Swift.max(x[i], y[i]) }
      case .min, .fmin: for i in 0..<n { z[i] = Swift.min(x[i], y[i]) }
      case .lt: for i in 0..<n { z[i] = x[i] < y[i] ? one : 0 }
      case .le: for i in 0..<n { z[i] = x[i] <= y[i] ? one : 0 }
      case .gt: for i in 0..<n { z[i] = x[i] > y[i] ? one : 0 }
      case .ge: for i in 0..<n { z[i] = x[i] >= y[i] ? one : 0 }
      default: binary(f, out, a, b, n)
      }
    }
    kernels.unary = { f, out, a, n in
      guard f != .not, f != .isnan else { return unary(f, out, a, n) }
      let (y, x) = (out.assumingMemoryBound(to: Storage.self), a.assumingMemoryBound(to: Storage.self))
      for i in 0..<n { y[i] = realValue(f, double(x[i])).map(element) ?? x[i] }
    }
    kernels.select = { out, c, a, b, n in
      let (z, c) = (out.assumingMemoryBound(to: Storage.self), c.assumingMemoryBound(to: Storage.self))
      let (x, y) = (a.assumingMemoryBound(to: Storage.self), b.assumingMemoryBound(to: Storage.self))
      for i in 0..<n { z[i] = c[i] != 0 ? x[i] : y[i] }
    }
  }
}
