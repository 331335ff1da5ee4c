import ApusCore
import CFourier

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

  /// A long transform as transforms of the columns and then of the rows of a matrix `[height, width]` of its numbers (Bailey,
  /// FFTs in External or Hierarchical Memory, 1990).
  struct Split: Sendable {
    /// The plan of the columns, of length `height`.
    let columns: FourierPlan
    /// The plan of the rows, of length `width`.
    let rows: FourierPlan
    /// exp(-2πi k j / length) for row k and the first column j of each panel, `[panels, height]`.
    let panelFactors: FourierFactors<Part>
    /// The same for the columns of the first panel, `[height, panel]`.
    let laneFactors: FourierFactors<Part>
  }

  let length: Int
  let stages: [Stage]
  let chirp: Chirp?
  let split: Split?

  /// Factors up to this one have a pass.
  private static var largestRadix: Int { 31 }
  /// From this length on a transform alone is split.
  private static var longest: Int { 4096 }
  /// The columns that are transformed side by side: a line of the cache.
  static var panel: Int { 64 / MemoryLayout<Part>.size }

  /// Numbers of each of the two arrays that a transform needs for a lane.
  var room: Int { chirp?.plan.length ?? length }

  init(_ length: Int) {
    self.length = length
    let twos = length.trailingZeroBitCount
    var rest = length >> twos
    var radices: [Int] = []
    // As few passes as can be, the larger radices behind the smaller ones.
    let passes = (twos + 3) / 4
    for pass in 0..<passes { radices.append(1 << (twos / passes + (pass >= passes - twos % passes ? 1 : 0))) }
    for radix in [9, 3, 5] { while rest % radix == 0 { (rest, radices) = (rest / radix, radices + [radix]) } }
    var prime = 7
    while prime <= Self.largestRadix, rest > 1 {
      while rest % prime == 0 { (rest, radices) = (rest / prime, radices + [prime]) }
      prime += 2
    }
    guard rest == 1 else {
      (stages, split) = ([], nil)
      chirp = Self.chirp(length)
      return
    }
    chirp = nil
    split = Self.split(length)
    // The last pass has no factors: best it is not the smallest one.
    let count = radices.count
    if count >= 3, radices[count - 1] <= 5, radices[count - 1] < radices[count - 2] {
      radices.swapAt(count - 1, count - 2)
    }
    var stages: [Stage] = []
    var (before, n) = (1, length)
    for radix in radices {
      let m = n / radix
      let factors = FourierFactors<Part>(
        (1..<radix).lazy.flatMap { k in (0..<m).lazy.map { -k * $0 } }, over: n)
      let isOwn = [2, 3, 4, 5, 8, 9, 16].contains(radix)
      let roots = FourierFactors<Part>((0..<(isOwn ? 0 : radix)).map { -$0 }, over: radix)
      stages.append(
        Stage(
          radix: radix, m: m, before: before, cosines: factors.cosines, sines: factors.sines,
          roots: roots.cosines + roots.sines))
      (before, n) = (before * radix, m)
    }
    self.stages = stages
  }

  private static func split(_ n: Int) -> Split? {
    guard n >= longest else { return nil }
    // The divisor that is nearest to the root.
    var height = Int(Double(n).squareRoot())
    while n % height != 0 { height -= 1 }
    guard height >= panel else { return nil }
    let width = n / height
    let panels = (width + panel - 1) / panel
    return Split(
      columns: .shared(height), rows: .shared(width),
      panelFactors: FourierFactors(
        (0..<panels).lazy.flatMap { p in (0..<height).lazy.map { -$0 * p * panel } }, over: n),
      laneFactors: FourierFactors((0..<height).lazy.flatMap { k in (0..<panel).lazy.map { -k * $0 } }, over: n))
  }

  /// The least length from `least` on that has small factors and fills panels.
  private static func goodLength(_ least: Int) -> Int {
    var best = 16
    while best < least { best *= 2 }
    for odd in [3, 5, 9, 15, 25, 27, 45] {
      var size = 16 * odd
      while size < least { size *= 2 }
      best = min(best, size)
    }
    return best
  }

  private static func chirp(_ n: Int) -> Chirp {
    let size = goodLength(2 * n - 1)
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
    let kernels = Part.fourierKernels
    guard let chirp else {
      if lanes == 1, let split { return transform(split, x, spare: spare) }
      var (from, to) = (x, spare)
      for stage in stages {
        let inner = stage.before * lanes
        // What is worth it is cut into ranges of blocks for several threads.
        parallelFor(stage.m, grain: max(1, (1 << 15) / (inner * stage.radix))) {
          kernels.pass(
            stage.radix, stage.m, inner, stage.cosines, stage.sines, stage.roots, from.real, from.imaginary, to.real,
            to.imaginary, $0.lowerBound, $0.upperBound)
        }
        swap(&from, &to)
      }
      return from
    }
    let size = chirp.plan.length
    kernels.turn(x.real, x.imaginary, length, lanes, chirp.factors.cosines, chirp.factors.sines)
    for part in [x.real, x.imaginary] { (part + length * lanes).update(repeating: 0, count: (size - length) * lanes) }
    let spectrum = chirp.plan.transform(x, spare: spare, lanes: lanes)
    kernels.turn(spectrum.real, spectrum.imaginary, size, lanes, chirp.filter.cosines, chirp.filter.sines)
    // Back: the parts exchanged before and after.
    let other = spectrum.real == x.real ? spare : x
    let made = chirp.plan.transform(spectrum.exchanged, spare: other.exchanged, lanes: lanes).exchanged
    kernels.turn(made.real, made.imaginary, length, lanes, chirp.factors.cosines, chirp.factors.sines)
    return made
  }

  /// Where a long transform reads from or writes to: arrays of parts, or complex numbers in the memory of a tensor.
  enum Place {
    case parts(SplitNumbers<Part>)
    /// Number k at `step` times k; with its parts exchanged, or times a factor where it is written.
    case numbers(UnsafeMutablePointer<Part>, step: Int, isExchanged: Bool, scale: Part)
  }

  /// One long transform, back in `x`.
  private func transform(
    _ split: Split, _ x: SplitNumbers<Part>, spare: SplitNumbers<Part>
  ) -> SplitNumbers<Part> {
    transform(split, from: .parts(x), to: .parts(x), between: spare)
    return x
  }

  /// One long transform, with `between` for the numbers between its two halves.
  func transform(_ split: Split, from: Place, to: Place, between: SplitNumbers<Part>) {
    nonisolated(unsafe) let (from, to, between) = (from, to, between)
    let (height, width, panel) = (split.columns.length, split.rows.length, Self.panel)
    let kernels = Part.fourierKernels
    parallelFor((width + panel - 1) / panel, grain: max(1, (1 << 14) / (height * panel))) { panels in
      withSplitNumbers(split.columns.room * panel, of: Part.self) { x, y in
        for p in panels {
          let first = p * panel
          let lanes = min(panel, width - first)
          switch from {
          case .parts(let source):
            kernels.columns(
              source.real + first, source.imaginary + first, width, height, lanes, x.real, x.imaginary)
          case .numbers(let source, let step, let isExchanged, _):
            let target = isExchanged ? x.exchanged : x
            Self.withPlaces(first: first, count: lanes, apart: step, step: width * step) {
              kernels.load(source, $0, height, target.real, target.imaginary)
            }
          }
          let found = split.columns.transform(x, spare: y, lanes: lanes)
          split.panelFactors.cosines.withUnsafeBufferPointer { c in
            split.panelFactors.sines.withUnsafeBufferPointer { s in
              guard let c = c.baseAddress, let s = s.baseAddress else { return }
              kernels.turnColumns(
                found.real, found.imaginary, height, lanes, c + p * height, s + p * height, split.laneFactors.cosines,
                split.laneFactors.sines, panel, between.real + first, between.imaginary + first, width)
            }
          }
        }
      }
    }
    parallelFor((height + panel - 1) / panel, grain: max(1, (1 << 14) / (width * panel))) { panels in
      withSplitNumbers(split.rows.room * panel, of: Part.self) { x, y in
        for p in panels {
          let first = p * panel
          let lanes = min(panel, height - first)
          let source = between + first * width
          kernels.rows(source.real, source.imaginary, width, width, lanes, x.real, x.imaginary)
          let found = split.rows.transform(x, spare: y, lanes: lanes)
          switch to {
          case .parts(let target):
            for k in 0..<width {
              (target.real + k * height + first).update(from: found.real + k * lanes, count: lanes)
              (target.imaginary + k * height + first).update(from: found.imaginary + k * lanes, count: lanes)
            }
          case .numbers(let target, let step, let isExchanged, let scale):
            let source = isExchanged ? found.exchanged : found
            Self.withPlaces(first: first, count: lanes, apart: step, step: height * step) {
              kernels.store(target, $0, width, source.real, source.imaginary, scale)
            }
          }
        }
      }
    }
  }

  /// The places of `count` lanes of complex numbers, the first ones of which are `apart` from each other.
  private static func withPlaces(
    first: Int, count: Int, apart: Int, step: Int, _ body: (UnsafePointer<cf_places>) -> Void
  ) {
    withUnsafeTemporaryAllocation(of: Int.self, capacity: count) { bases in
      for lane in 0..<count { bases.initializeElement(at: lane, to: (first + lane) * apart) }
      guard let base = bases.baseAddress else { return }
      var places = cf_places(bases: base, step: step, part: 1, lanes: count)
      withUnsafePointer(to: &places) { body($0) }
    }
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
