import ApusCore

/// The routines of one element type, under their Fortran names.
///
/// Every argument of a Fortran routine is an address. Behind the last one the lengths of its letters are passed, all 1; calls here
/// fill up with so many that no routine misses one, and what it does not expect it does not read.
struct LAPACKRoutines: Sendable {
  typealias Address = UnsafeMutableRawPointer
  typealias Routine =
    @Sendable @convention(c) (
      Address?, Address?, Address?, Address?, Address?, Address?, Address?, Address?, Address?, Address?, Address?,
      Address?, Address?, Address?, Address?, Address?, Address?, Address?, Address?
    ) -> Void

  let potrf: Routine
  let getrf: Routine
  let getri: Routine
  let trsm: Routine
  let gemm: Routine
  let geqrf: Routine
  let orgqr: Routine
  let ormqr: Routine
  let gesdd: Routine
  let eigh: Routine
  let geev: Routine
  let gels: Routine
  let gelsy: Routine
  let gelsd: Routine
  let gelss: Routine

  init?(_ library: DynamicLibrary, _ letter: String) {
    let isComplex = letter == "c" || letter == "z"
    func find(_ name: String, complex: String? = nil) -> Routine? {
      library.function(letter + (isComplex ? complex ?? name : name) + "_", as: Routine.self)
    }
    guard let potrf = find("potrf"), let getrf = find("getrf"), let getri = find("getri"), let trsm = find("trsm"),
      let gemm = find("gemm"), let geqrf = find("geqrf"), let orgqr = find("orgqr", complex: "ungqr"),
      let ormqr = find("ormqr", complex: "unmqr"), let gesdd = find("gesdd"),
      let eigh = find("syevd", complex: "heevd"), let geev = find("geev"), let gels = find("gels"),
      let gelsy = find("gelsy"), let gelsd = find("gelsd"), let gelss = find("gelss")
    else { return nil }
    (self.potrf, self.getrf, self.getri, self.trsm, self.gemm) = (potrf, getrf, getri, trsm, gemm)
    (self.geqrf, self.orgqr, self.ormqr, self.gesdd) = (geqrf, orgqr, ormqr, gesdd)
    (self.eigh, self.geev, self.gels, self.gelsy, self.gelsd, self.gelss) = (eigh, geev, gels, gelsy, gelsd, gelss)
  }

  /// Calls a routine with these addresses and lengths behind them.
  @inline(__always)
  static func call(
    _ routine: Routine, _ a: Address?, _ b: Address?, _ c: Address?, _ d: Address?, _ e: Address?,
    _ f: Address? = length, _ g: Address? = length, _ h: Address? = length, _ i: Address? = length,
    _ j: Address? = length, _ k: Address? = length, _ l: Address? = length, _ m: Address? = length,
    _ n: Address? = length, _ o: Address? = length, _ p: Address? = length, _ q: Address? = length,
    _ r: Address? = length, _ s: Address? = length
  ) { routine(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s) }

  /// The length 1 of a letter, which is passed as a number where addresses are.
  @inline(__always)
  static var length: Address? { Address(bitPattern: 1) }
}

/// A letter that tells a routine which triangle, which side, what is wanted: `"U"`, `"L"`, `"N"` ...
struct LAPACKLetter: ExpressibleByUnicodeScalarLiteral, Equatable {
  let code: UInt8
  init(unicodeScalarLiteral letter: Unicode.Scalar) { code = UInt8(truncatingIfNeeded: letter.value) }
}
