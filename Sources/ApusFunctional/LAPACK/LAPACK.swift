import ApusCore

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// LAPACK and BLAS, the libraries of linear algebra, as OpenBLAS brings them, found at run time.
///
/// Where the library is absent, matrices are factorised by plain code of ours. The environment variable `APUS_LAPACK` names the
/// library's file (any that has the routines under their Fortran names with 32-bit integers), or says `off`.
package enum LAPACK {
  /// Whether the library was found and may be used.
  package static var isAvailable: Bool { library != nil }

  /// The library's file, or nil.
  package static var path: String? { library?.path }

  /// What the library tells of itself, `OpenBLAS 0.3.21 ...`, or nil.
  package static var version: String? { library?.version }

  static let library: LAPACKLibrary? = LAPACKLibrary.load()
}

/// The library and its threads.
final class LAPACKLibrary: Sendable {
  private typealias SetThreads = @Sendable @convention(c) (Int32) -> Void
  private typealias Text = @convention(c) () -> UnsafePointer<CChar>?

  let path: String
  let version: String
  let float32: LAPACKRoutines
  let float64: LAPACKRoutines
  let complex64: LAPACKRoutines
  let complex128: LAPACKRoutines
  private let setThreads: SetThreads?

  static func load() -> LAPACKLibrary? {
    guard !DynamicLibrary.isDisabled("APUS_LAPACK") else { return nil }
    Parallel.prepare()
    // AVX-512 of OpenBLAS solves systems of a few hundred rows slower there than AVX2. It chooses once, when it is loaded; what
    // the user set stands.
    if CPUInfo.modelName.contains("AMD") { setenv("OPENBLAS_CORETYPE", "Zen", 0) }
    let candidates = DynamicLibrary.candidates(
      names: ["libopenblas.so.0", "libopenblas.so"], folder: "openblas", variable: "APUS_LAPACK")
    guard let library = DynamicLibrary(firstOf: candidates, thatHas: "dgesdd_") else { return nil }
    return LAPACKLibrary(library)
  }

  private init?(_ library: DynamicLibrary) {
    guard let float32 = LAPACKRoutines(library, "s"), let float64 = LAPACKRoutines(library, "d"),
      let complex64 = LAPACKRoutines(library, "c"), let complex128 = LAPACKRoutines(library, "z")
    else { return nil }
    (self.float32, self.float64, self.complex64, self.complex128) = (float32, float64, complex64, complex128)
    path = library.path
    version =
      library.function("openblas_get_config", as: Text.self)?().map {
        String(cString: $0).split(separator: " ").prefix(2).joined(separator: " ")
      } ?? "LAPACK"
    setThreads = library.function("openblas_set_num_threads", as: SetThreads.self)
  }

  /// Runs `body`, in which a routine may use so many threads of the library.
  func withThreads<Result, Failure: Error>(
    _ count: Int, _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    // On OpenMP the number belongs to the calling thread, and whoever needs another one sets it again. Builds on threads of their
    // own keep one number for all.
    setThreads?(Int32(count))
    return try body()
  }
}

/// An element type of LAPACK.
protocol LAPACKNumber: BitwiseCopyable, Sendable {
  associatedtype Part: BinaryFloatingPoint & BitwiseCopyable & Sendable
  static var dtype: DType { get }
  static var isComplex: Bool { get }
  static func routines(_ library: LAPACKLibrary) -> LAPACKRoutines
  init(real: Double)
  init(part: Part)
  init(_ z: Complex)
  var conjugate: Self { get }
  var complex: Complex { get }
  var realPart: Part { get }
  /// The sum of the sizes of the parts, by which LAPACK chooses pivots.
  var pivotSize: Part { get }
  /// The square of the distance from 0.
  var sizeSquared: Part { get }
  static func + (a: Self, b: Self) -> Self
  static func - (a: Self, b: Self) -> Self
  static func * (a: Self, b: Self) -> Self
  static func / (a: Self, b: Self) -> Self
  static prefix func - (a: Self) -> Self
}

extension LAPACKNumber {
  static var zero: Self { Self(real: 0) }
  static var one: Self { Self(real: 1) }
}

extension Float: LAPACKNumber {
  typealias Part = Float
  static var dtype: DType { .float32 }
  static var isComplex: Bool { false }
  static func routines(_ library: LAPACKLibrary) -> LAPACKRoutines { library.float32 }
  @inline(__always) init(real: Double) { self = Float(real) }
  @inline(__always) init(part: Float) { self = part }
  init(_ z: Complex) { self = Float(z.real) }
  @inline(__always) var conjugate: Float { self }
  var complex: Complex { Complex(Double(self)) }
  @inline(__always) var realPart: Float { self }
  @inline(__always) var pivotSize: Float { magnitude }
  @inline(__always) var sizeSquared: Float { self * self }
}

extension Double: LAPACKNumber {
  typealias Part = Double
  static var isComplex: Bool { false }
  static func routines(_ library: LAPACKLibrary) -> LAPACKRoutines { library.float64 }
  @inline(__always) init(part: Double) { self = part }
  init(_ z: Complex) { self = z.real }
}

/// A complex number as it lies in memory.
struct LAPACKComplex<Part: BinaryFloatingPoint & BitwiseCopyable & Sendable>: BitwiseCopyable, Sendable {
  var re: Part
  var im: Part
}

extension LAPACKComplex: LAPACKNumber {
  static var isDouble: Bool { MemoryLayout<Part>.size == 8 }
  static var dtype: DType { isDouble ? .complex128 : .complex64 }
  static var isComplex: Bool { true }
  static func routines(_ library: LAPACKLibrary) -> LAPACKRoutines {
    isDouble ? library.complex128 : library.complex64
  }
  @inline(__always) init(real: Double) { self.init(re: Part(real), im: 0) }
  @inline(__always) init(part: Part) { self.init(re: part, im: 0) }
  @inline(__always) init(_ z: Complex) { self.init(re: Part(z.real), im: Part(z.imaginary)) }
  @inline(__always) var conjugate: LAPACKComplex { LAPACKComplex(re: re, im: -im) }
  @inline(__always) var complex: Complex { Complex(Double(re), Double(im)) }
  @inline(__always) var realPart: Part { re }
  @inline(__always) var pivotSize: Part { re.magnitude + im.magnitude }
  @inline(__always) var sizeSquared: Part { re * re + im * im }
  @inline(__always) static func + (a: Self, b: Self) -> Self { Self(re: a.re + b.re, im: a.im + b.im) }
  @inline(__always) static func - (a: Self, b: Self) -> Self { Self(re: a.re - b.re, im: a.im - b.im) }
  @inline(__always) static func * (a: Self, b: Self) -> Self {
    Self(re: a.re * b.re - a.im * b.im, im: a.re * b.im + a.im * b.re)
  }
  @inline(__always) static func / (a: Self, b: Self) -> Self { Self(a.complex / b.complex) }
  @inline(__always) static prefix func - (a: Self) -> Self { Self(re: -a.re, im: -a.im) }
}
