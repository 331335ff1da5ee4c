import ApusCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Cosine and sine of 2π numerator / denominator, exact where they are, from angles of at most π/4.
func unitRoot(_ numerator: Int, _ denominator: Int) -> (cosine: Double, sine: Double) {
  let n = ((numerator % denominator) + denominator) % denominator
  let (eighth, rest) = (8 * n).quotientAndRemainder(dividingBy: denominator)
  // In odd eighths of the circle the angle is counted back from the next quarter.
  let isBack = eighth % 2 == 1
  let angle = Double(isBack ? denominator - rest : rest) * (Double.pi / 4) / Double(denominator)
  let quarters = (eighth + (isBack ? 1 : 0)) / 2 % 4
  let (c, s) = (cos(angle), isBack ? -sin(angle) : sin(angle))
  switch quarters {
  case 0: return (c, s)
  case 1: return (-s, c)
  case 2: return (-c, -s)
  default: return (s, -c)
  }
}

/// How complex numbers of a length are transformed: passes of Stockham's algorithm for the factors of the length (Van Loan,
/// Computational Frameworks for the Fast Fourier Transform, 1992), or, with a large prime factor, Bluestein's convolution.
final class FourierPlan<Part: FourierElement>: Sendable {
  /// One pass, by one factor.
  struct Stage: Sendable {
    let radix: Int
    let m: Int
    /// The radices before, multiplied.
    let before: Int
    let cosines: [Part]
    let sines: [Part]
    /// Of radices without code of their own.
    let roots: [Part]
  }

  /// A transform as a convolution with a chirp, of a longer plan's length (Bluestein, 1970).
  struct Chirp: Sendable {
    let plan: FourierPlan
    let factors: FourierFactors<Part>
    /// The spectrum of the chirp over its length.
    let filter: FourierFactors<Part>
  }

  let length: Int
  let stages: [Stage]
  let chirp: Chirp?

  /// Factors up to this one have a pass.
  private static var largestRadix: Int { 31 }

  /// Numbers of each of the two arrays that a transform needs for a lane.
  var room: Int { chirp?.plan.length ?? length }

  init(_ length: Int) {
    self.length = length
    var rest = length
    var radices: [Int] = []
    for prime in [8, 4, 2, 3, 5] { while rest % prime == 0 { (rest, radices) = (rest / prime, radices + [prime]) } }
    var prime = 7
    while prime <= Self.largestRadix, rest > 1 {
      while rest % prime == 0 { (rest, radices) = (rest / prime, radices + [prime]) }
      prime += 2
    }
    guard rest == 1 else {
      stages = []
      chirp = Self.chirp(length)
      return
    }
    chirp = nil
    var stages: [Stage] = []
    var (before, n) = (1, length)
    for radix in radices {
      let m = n / radix
      let factors = FourierFactors<Part>(
        (1..<radix).lazy.flatMap { k in (0..<m).lazy.map { -k * $0 } }, over: n)
      let isOwn = [2, 3, 4, 5, 8].contains(radix)
      let roots = FourierFactors<Part>((0..<(isOwn ? 0 : radix)).map { -$0 }, over: radix)
      stages.append(
        Stage(
          radix: radix, m: m, before: before, cosines: factors.cosines, sines: factors.sines,
          roots: roots.cosines + roots.sines))
      (before, n) = (before * radix, m)
    }
    self.stages = stages
  }

  private static func chirp(_ n: Int) -> Chirp {
    var size = 1
    while size < 2 * n - 1 { size *= 2 }
    let plan = FourierPlan.shared(size)
    // k² mod 2n, so that the angles stay exact.
    var square = 0
    let squares = (0..<n).map { k in
      defer { square = (square + 2 * k + 1) % (2 * n) }
      return square
    }
    let wide = FourierFactors<Double>(squares.map { -$0 }, over: 2 * n)
    var (real, imaginary) = ([Double](repeating: 0, count: size), [Double](repeating: 0, count: size))
    for k in 0..<n {
      (real[k], imaginary[k]) = (wide.cosines[k], -wide.sines[k])
      if k > 0 { (real[size - k], imaginary[size - k]) = (real[k], imaginary[k]) }
    }
    var (a, b) = ([Double](repeating: 0, count: size), [Double](repeating: 0, count: size))
    FourierPlan<Double>.shared(size).run(&real, &imaginary, &a, &b)
    return Chirp(
      plan: plan,
      factors: FourierFactors(cosines: wide.cosines.map { Part($0) }, sines: wide.sines.map { Part($0) }),
      filter: FourierFactors(
        cosines: real.map { Part($0 / Double(size)) }, sines: imaginary.map { Part($0 / Double(size)) }))
  }

  /// One transform in place.
  private func run(_ real: inout [Part], _ imaginary: inout [Part], _ a: inout [Part], _ b: inout [Part]) {
    real.withUnsafeMutableBufferPointer { real in
      imaginary.withUnsafeMutableBufferPointer { imaginary in
        a.withUnsafeMutableBufferPointer { a in
          b.withUnsafeMutableBufferPointer { b in
            guard let real = real.baseAddress, let imaginary = imaginary.baseAddress, let a = a.baseAddress,
              let b = b.baseAddress
            else { return }
            let (x, y) = (SplitNumbers(real: real, imaginary: imaginary), SplitNumbers(real: a, imaginary: b))
            let found = transform(x, spare: y, lanes: 1)
            guard found.real != real else { return }
            real.update(from: found.real, count: length)
            imaginary.update(from: found.imaginary, count: length)
          }
        }
      }
    }
  }

  /// The transforms of `lanes` signals, without a factor: they are in one of the two places then, which is given.
  func transform(_ x: SplitNumbers<Part>, spare: SplitNumbers<Part>, lanes: Int) -> SplitNumbers<Part> {
    guard let chirp else {
      var (from, to) = (x, spare)
      for stage in stages {
        let inner = stage.before * lanes
        // What is worth it is cut into ranges of blocks for several threads.
        parallelFor(stage.m, grain: max(1, (1 << 15) / (inner * stage.radix))) {
          Part.pass(stage, inner: inner, from, to, $0)
        }
        swap(&from, &to)
      }
      return from
    }
    let size = chirp.plan.length
    Part.turn(x, length, lanes, chirp.factors)
    for part in [x.real, x.imaginary] { (part + length * lanes).update(repeating: 0, count: (size - length) * lanes) }
    let spectrum = chirp.plan.transform(x, spare: spare, lanes: lanes)
    Part.turn(spectrum, size, lanes, chirp.filter)
    // Back: the parts exchanged before and after.
    let other = spectrum.real == x.real ? spare : x
    let made = chirp.plan.transform(spectrum.exchanged, spare: other.exchanged, lanes: lanes).exchanged
    Part.turn(made, length, lanes, chirp.factors)
    return made
  }

  /// The plan of a length, kept for the next time.
  static func shared(_ length: Int) -> FourierPlan { FourierPlans.plan(length) }
}

/// The plans and factors that were used, up to a bound.
private enum FourierPlans {
  private struct Key: Hashable {
    let dtype: DType
    let length: Int
    let isReal: Bool
  }
  private static let known = Lock<[Key: any Sendable]>([:])
  private static var most: Int { 64 }

  static func plan<Part>(_ length: Int) -> FourierPlan<Part> {
    kept(Key(dtype: Part.dtype, length: length, isReal: false)) { FourierPlan(length) }
  }

  /// exp(-2πi k / length) for k up to the half.
  static func factors<Part>(_ length: Int) -> FourierFactors<Part> {
    kept(Key(dtype: Part.dtype, length: length, isReal: true)) {
      FourierFactors((0...length / 2).map { -$0 }, over: length)
    }
  }

  private static func kept<Value: Sendable>(_ key: Key, _ make: () -> Value) -> Value {
    if let found = known.withLock({ $0[key] }) as? Value { return found }
    let made = make()
    known.withLock {
      if $0.count >= most { $0.removeAll() }
      $0[key] = made
    }
    return made
  }
}

extension FourierFactors {
  /// exp(-2πi k / length) for k up to the half, kept for the next time.
  static func shared(_ length: Int) -> FourierFactors { FourierPlans.factors(length) }
}
