import ApusCore

/// Calls of LAPACK's routines by one thread on matrices of one size, with the memory that they need. Matrices lie column by column.
final class LAPACKCaller<Number: LAPACKNumber> {
  typealias Numbers = UnsafeMutablePointer<Number>
  typealias Parts = UnsafeMutablePointer<Number.Part>
  private typealias Address = UnsafeMutableRawPointer

  /// What memory is for.
  enum Use: Int, CaseIterable {
    case first, second, third, work, realWork, integerWork, pivots, parts
  }

  private let routines: LAPACKRoutines
  /// Bytes behind each block that may be read. OpenBLAS's product of a complex matrix with a vector loads one element behind the
  /// vector's last (seen in 0.3.21 on all processors); where the vector is a row of a matrix, that one lies a column further, which
  /// may be where no memory is.
  private let margin: Int
  /// Which item of a batch it works on.
  var index = 0
  private let blocks = UnsafeMutablePointer<(memory: UnsafeMutableRawPointer, bytes: Int)?>.allocate(
    capacity: Use.allCases.count)
  /// Integers and letters of a call, which are passed by address.
  private let small = UnsafeMutablePointer<Int32>.allocate(capacity: 32)
  private var next = 0
  /// 1 and 0.
  private let factors = Numbers.allocate(capacity: 2)
  /// The elements of work space that a routine asked for, by the place of the question.
  private var lengths: [UInt: Int] = [:]

  /// - Parameter longestColumn: the rows of the highest matrix that the routines will see, those in work space included.
  init(_ library: LAPACKLibrary, longestColumn: Int) {
    routines = Number.routines(library)
    margin = Number.isComplex ? (longestColumn + 1) * MemoryLayout<Number>.stride : 0
    (factors[0], factors[1]) = (.one, .zero)
    blocks.initialize(repeating: nil, count: Use.allCases.count)
  }

  deinit {
    small.deallocate()
    factors.deallocate()
    for i in Use.allCases.indices {
      if let block = blocks[i] { Allocator.shared.deallocate(block.memory, block.bytes) }
    }
    blocks.deallocate()
  }

  /// Memory for `count` elements, which is the same at each call for this use while it is large enough.
  func room<Element>(_ use: Use, _ count: Int, of: Element.Type = Element.self) -> UnsafeMutablePointer<Element> {
    let bytes = max(count, 1) * MemoryLayout<Element>.stride + margin
    let known = blocks[use.rawValue]
    if let known, known.bytes >= bytes { return known.memory.assumingMemoryBound(to: Element.self) }
    if let known { Allocator.shared.deallocate(known.memory, known.bytes) }
    let size = max(bytes, 256)
    guard let memory = Allocator.shared.allocate(size) else {
      stop(TensorError(.memory, "out of memory", "cannot allocate \(size) bytes to factorise matrices in"))
    }
    blocks[use.rawValue] = (memory, size)
    return memory.assumingMemoryBound(to: Element.self)
  }

  // MARK: Arguments

  private func int(_ value: Int) -> Address {
    next = (next + 1) & 31
    small[next] = Int32(truncatingIfNeeded: value)
    return Address(small + next)
  }

  private func letter(_ letter: LAPACKLetter) -> Address { int(Int(letter.code)) }

  private func found(_ info: Address) -> Int { Int(info.assumingMemoryBound(to: Int32.self).pointee) }

  /// Calls a routine with work space of the length that it asks for.
  private func withWork(_ line: UInt = #line, _ call: (_ work: Address, _ length: Address) -> Void) {
    let length: Int
    if let known = lengths[line] {
      length = known
    } else {
      let answer = room(.work, 4, of: Number.self)
      call(answer, int(-1))
      // A float32 holds the length rounded.
      let asked = answer[0].complex.real
      length = max(1, Int(asked * (1 + 0x1p-22)) + 1)
      lengths[line] = length
    }
    call(room(.work, length, of: Number.self), int(length))
  }

  // MARK: Factorisations. What is returned is LAPACK's `info`.

  func potrf(_ triangle: LAPACKLetter, _ n: Int, _ a: Numbers) -> Int {
    let info = int(0)
    LAPACKRoutines.call(routines.potrf, letter(triangle), int(n), a, int(max(n, 1)), info)
    return found(info)
  }

  func getrf(_ m: Int, _ n: Int, _ a: Numbers, _ pivots: UnsafeMutablePointer<Int32>) -> Int {
    let info = int(0)
    LAPACKRoutines.call(routines.getrf, int(m), int(n), a, int(max(m, 1)), pivots, info)
    return found(info)
  }

  func getri(_ n: Int, _ a: Numbers, _ pivots: UnsafeMutablePointer<Int32>) -> Int {
    let info = int(0)
    withWork { work, length in
      LAPACKRoutines.call(routines.getri, int(n), a, int(max(n, 1)), pivots, work, length, info)
    }
    return found(info)
  }

  /// B := B op(A)^-1, with B of m rows and the triangle A of n.
  func trsm(
    _ triangle: LAPACKLetter, _ transposition: LAPACKLetter, unit: Bool, _ m: Int, _ n: Int, _ a: Numbers, _ b: Numbers
  ) {
    LAPACKRoutines.call(
      routines.trsm, letter("R"), letter(triangle), letter(transposition), letter(unit ? "U" : "N"), int(m), int(n),
      factors, a, int(max(n, 1)), b, int(max(m, 1)))
  }

  /// C := op(A) op(B), with C of m rows and n columns and sums of k products.
  func gemm(
    _ first: LAPACKLetter, _ second: LAPACKLetter, _ m: Int, _ n: Int, _ k: Int, _ a: Numbers, _ b: Numbers,
    _ c: Numbers
  ) {
    LAPACKRoutines.call(
      routines.gemm, letter(first), letter(second), int(m), int(n), int(k), factors, a,
      int(max(first == "N" ? m : k, 1)), b, int(max(second == "N" ? k : n, 1)), factors + 1, c, int(max(m, 1)))
  }

  func geqrf(_ m: Int, _ n: Int, _ a: Numbers, _ tau: Numbers) {
    withWork { work, length in
      LAPACKRoutines.call(routines.geqrf, int(m), int(n), a, int(max(m, 1)), tau, work, length, int(0))
    }
  }

  /// The first n columns of the product of k reflections.
  func orgqr(_ m: Int, _ n: Int, _ k: Int, _ a: Numbers, _ tau: Numbers) {
    withWork { work, length in
      LAPACKRoutines.call(routines.orgqr, int(m), int(n), int(k), a, int(max(m, 1)), tau, work, length, int(0))
    }
  }

  /// C := op(Q) C, with C of m rows and n columns and the Q of k reflections.
  func ormqr(adjoint: Bool, _ m: Int, _ n: Int, _ k: Int, _ a: Numbers, _ tau: Numbers, _ c: Numbers) {
    let transposition = letter(adjoint ? (Number.isComplex ? "C" : "T") : "N")
    let kept = found(transposition)
    withWork { work, length in
      LAPACKRoutines.call(
        routines.ormqr, letter("L"), int(kept), int(m), int(n), int(k), a, int(max(m, 1)), tau, c, int(max(m, 1)),
        work, length, int(0))
    }
  }

  // MARK: Spectra

  /// U, S and V^H of the m x n matrix `a`, which is lost. `job`: `A` all vectors, `S` as many as singular values, `N` none.
  func gesdd(
    _ job: LAPACKLetter, _ m: Int, _ n: Int, _ a: Numbers, _ values: Parts, _ u: Numbers, _ vt: Numbers
  ) -> Int {
    let (k, most) = (min(m, n), max(m, n))
    let info = UnsafeMutablePointer<Int32>(room(.pivots, 1, of: Int32.self))
    let integers = room(.integerWork, 8 * k, of: Int32.self)
    let vectors = job == "A" ? n : k
    withWork { work, length in
      if Number.isComplex {
        let reals = room(
          .realWork, job == "N" ? 7 * k : max(5 * k * k + 5 * k, 2 * most * k + 2 * k * k + k), of: Number.Part.self)
        LAPACKRoutines.call(
          routines.gesdd, letter(job), int(m), int(n), a, int(max(m, 1)), values, u, int(max(m, 1)), vt,
          int(max(vectors, 1)), work, length, reals, integers, info)
      } else {
        LAPACKRoutines.call(
          routines.gesdd, letter(job), int(m), int(n), a, int(max(m, 1)), values, u, int(max(m, 1)), vt,
          int(max(vectors, 1)), work, length, integers, info)
      }
    }
    return Int(info[0])
  }

  /// The eigenvalues of a Hermitian matrix, whose lower triangle is read and which the vectors replace.
  func eigh(vectors: Bool, _ n: Int, _ a: Numbers, _ values: Parts) -> Int {
    let info = room(.pivots, 1, of: Int32.self)
    let integerCount = 3 + 5 * n
    let integers = room(.integerWork, integerCount, of: Int32.self)
    withWork { work, length in
      let job = letter(vectors ? "V" : "N")
      if Number.isComplex {
        let realCount = vectors ? 1 + 5 * n + 2 * n * n : max(1, n)
        let reals = room(.realWork, realCount, of: Number.Part.self)
        LAPACKRoutines.call(
          routines.eigh, job, letter("L"), int(n), a, int(max(n, 1)), values, work, length, reals, int(realCount),
          integers, int(integerCount), info)
      } else {
        LAPACKRoutines.call(
          routines.eigh, job, letter("L"), int(n), a, int(max(n, 1)), values, work, length, integers,
          int(integerCount), info)
      }
    }
    return Int(info[0])
  }

  /// The eigenvalues of any matrix, which is lost: complex ones in `values`, or real parts in the first n and imaginary ones in the
  /// last n parts there; and the right eigenvectors.
  func geev(vectors: Bool, _ n: Int, _ a: Numbers, _ values: Numbers, _ right: Numbers) -> Int {
    let info = room(.pivots, 1, of: Int32.self)
    withWork { work, length in
      let job = letter(vectors ? "V" : "N")
      let size = max(n, 1)
      if Number.isComplex {
        let reals = room(.realWork, 2 * n, of: Number.Part.self)
        LAPACKRoutines.call(
          routines.geev, letter("N"), job, int(n), a, int(size), values, nil, int(1), right, int(size), work, length,
          reals, info)
      } else {
        LAPACKRoutines.call(
          routines.geev, letter("N"), job, int(n), a, int(size), values, values + n, nil, int(1), right, int(size),
          work, length, info)
      }
    }
    return Int(info[0])
  }

  // MARK: Least squares. `b` has max(m, n) rows, of which the first n are the solution then.

  func gels(_ m: Int, _ n: Int, _ k: Int, _ a: Numbers, _ b: Numbers) -> Int {
    let info = room(.pivots, 1, of: Int32.self)
    withWork { work, length in
      LAPACKRoutines.call(
        routines.gels, letter("N"), int(m), int(n), int(k), a, int(max(m, 1)), b, int(max(m, n, 1)), work, length, info)
    }
    return Int(info[0])
  }

  /// With pivots. Returns the rank.
  func gelsy(_ m: Int, _ n: Int, _ k: Int, _ a: Numbers, _ b: Numbers, rcond: Double) -> Int {
    let limit = room(.parts, 1, of: Number.Part.self)
    limit[0] = Number.Part(rcond)
    let pivots = room(.pivots, n + 2, of: Int32.self)
    pivots.update(repeating: 0, count: n + 2)
    let (rank, info) = (pivots + n, pivots + n + 1)
    withWork { work, length in
      if Number.isComplex {
        LAPACKRoutines.call(
          routines.gelsy, int(m), int(n), int(k), a, int(max(m, 1)), b, int(max(m, n, 1)), pivots, limit, rank, work,
          length, room(.realWork, 2 * n, of: Number.Part.self), info)
      } else {
        LAPACKRoutines.call(
          routines.gelsy, int(m), int(n), int(k), a, int(max(m, 1)), b, int(max(m, n, 1)), pivots, limit, rank, work,
          length, info)
      }
    }
    return Int(rank[0])
  }

  /// By singular values, which are given too. Returns `info` and the rank.
  func gelss(
    byDivision: Bool, _ m: Int, _ n: Int, _ k: Int, _ a: Numbers, _ b: Numbers, _ values: Parts, rcond: Double
  ) -> (info: Int, rank: Int) {
    let limit = room(.parts, 1, of: Number.Part.self)
    limit[0] = Number.Part(rcond)
    let results = room(.pivots, 2, of: Int32.self)
    let (rank, info) = (results, results + 1)
    let depth = min(m, n)
    // The bounds of LAPACK's documentation, for leaves of the division of at least 25 rows.
    let levels = max(0, depth.bitWidth - depth.leadingZeroBitCount)
    let integers = room(.integerWork, max(1, 3 * depth * levels + 11 * depth), of: Int32.self)
    let realCount =
      10 * max(m, n) + 2 * max(m, n) * 64 + 8 * max(m, n) * levels + 3 * 64 * k
      + max(65 * 65, n * (1 + k) + 2 * k)
    withWork { work, length in
      let reals = Number.isComplex ? room(.realWork, realCount, of: Number.Part.self) : nil
      switch (byDivision, reals) {
      case (true, let reals?):
        LAPACKRoutines.call(
          routines.gelsd, int(m), int(n), int(k), a, int(max(m, 1)), b, int(max(m, n, 1)), values, limit, rank, work,
          length, reals, integers, info)
      case (true, nil):
        LAPACKRoutines.call(
          routines.gelsd, int(m), int(n), int(k), a, int(max(m, 1)), b, int(max(m, n, 1)), values, limit, rank, work,
          length, integers, info)
      case (false, let reals?):
        LAPACKRoutines.call(
          routines.gelss, int(m), int(n), int(k), a, int(max(m, 1)), b, int(max(m, n, 1)), values, limit, rank, work,
          length, reals, info)
      case (false, nil):
        LAPACKRoutines.call(
          routines.gelss, int(m), int(n), int(k), a, int(max(m, 1)), b, int(max(m, n, 1)), values, limit, rank, work,
          length, info)
      }
    }
    return (Int(info[0]), Int(rank[0]))
  }
}
