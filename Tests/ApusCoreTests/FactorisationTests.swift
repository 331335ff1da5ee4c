import Apus
import Foundation
import TestSupport
import Testing

/// Factorisations of every element type, of matrices below and above the size from which LAPACK is called, one and several.
@Suite struct FactorisationTests {
  struct Case: CustomStringConvertible, Sendable {
    let dtype: DType
    let size: Int
    let batch: [Int]
    var description: String { "\(dtype) \(batch + [size, size])" }
    /// The distance of results that rounding explains, of numbers near 1.
    var tolerance: Double { (dtype.realType == .float64 ? 1e-13 : 1e-5) * Double(size * size + 10) }
  }

  static let cases = [DType.float32, .float64, .complex64, .complex128].flatMap { dtype in
    [1, 3, 8, 9, 40].flatMap { size in [[], [3]].map { Case(dtype: dtype, size: size, batch: $0) } }
  }

  private static func matrix(_ c: Case, _ rows: Int, _ columns: Int) -> Tensor {
    let shape = c.batch + [rows, columns]
    func values(_ seed: Double) -> Tensor {
      let count = shape.reduce(1, *)
      let numbers = (0..<count).map { (i: Int) -> Double in Foundation.sin(Double(i * i) * seed + 1) }
      return Tensor(numbers, shape: shape, dtype: .float64)
    }
    return c.dtype.isComplex ? complex(values(0.37), values(0.53)).to(c.dtype) : values(0.37).to(c.dtype)
  }

  private static func size(_ x: Tensor) -> Double { x.to(x.isComplex ? .complex128 : .float64).abs().amax().item() }

  private static func unit(_ c: Case, _ n: Int) -> Tensor { eye(n, dtype: c.dtype) }

  @Test(arguments: cases) func systems(_ c: Case) {
    let n = c.size
    let a = Self.matrix(c, n, n) + Self.unit(c, n) * Double(n)
    for b in [Self.matrix(c, n, 3), Self.matrix(c, n, 1)] {
      let x = linalg.solve(a, b)
      #expect(x.dtype == c.dtype)
      #expect(Self.size(matmul(a, x) - b) < c.tolerance)
      #expect(Self.size(matmul(linalg.solve(a, b.mT, left: false), a) - b.mT) < c.tolerance)
      #expect(Self.size(b - matmul(a, b.luSolve(linalg.luFactor(a).LU, linalg.luFactor(a).pivots))) < c.tolerance)
      for upper in [true, false] {
        let t = upper ? a.triu() : a.tril()
        // What lies beside the triangle is not read.
        #expect(Self.size(matmul(t, linalg.solveTriangular(a, b, upper: upper)) - b) < c.tolerance)
      }
    }
    #expect(Self.size(matmul(a, linalg.inv(a)) - Self.unit(c, n)) < c.tolerance)
    let (p, l, u) = linalg.lu(a)
    #expect(Self.size(matmul(p, matmul(l, u)) - a) < c.tolerance * Double(n))
    let (sign, logarithm) = linalg.slogdet(a)
    let determinant = linalg.det(a / Double(n))
    #expect(
      Self.size(determinant - linalg.eigvals(a / Double(n)).prod(-1).to(c.dtype.complexType ?? c.dtype)) < c.tolerance)
    let scaled = sign * (logarithm - Double(n) * Foundation.log(Double(n))).exp().to(c.dtype)
    #expect(Self.size(determinant - scaled) < c.tolerance)
  }

  @Test(arguments: cases) func definiteMatrices(_ c: Case) {
    let n = c.size
    let a = Self.matrix(c, n, n)
    let whole = (matmul(a, a.mH) / Double(n) + Self.unit(c, n)).detach()
    let hidden = Tensor.full([n, n], 100.0, dtype: c.dtype)
    let (lower, upper) = (linalg.cholesky(whole.tril() + hidden.triu(1)), linalg.cholesky(whole, upper: true))
    #expect(Self.size(matmul(lower, lower.mH) - whole) < c.tolerance)
    #expect(Self.size(matmul(upper.mH, upper) - whole) < c.tolerance)
    #expect(Self.size(lower.triu(1)) == 0)
    let b = Self.matrix(c, n, 2)
    #expect(Self.size(matmul(whole, b.choleskySolve(lower)) - b) < c.tolerance)
    #expect(Self.size(matmul(whole, b.choleskySolve(upper, upper: true)) - b) < c.tolerance)
    let (values, vectors) = linalg.eigh(whole.tril() + hidden.triu(1))
    #expect(values.dtype == c.dtype.realType)
    #expect(Self.size(matmul(vectors * values.unsqueeze(-2).to(c.dtype), vectors.mH) - whole) < c.tolerance)
    #expect(Self.size(linalg.eigvalsh(whole) - values) < c.tolerance)
    #expect(Self.size(linalg.eigvalsh(whole.triu() + hidden.tril(-1), uplo: .upper) - values) < c.tolerance)
  }

  @Test(arguments: cases) func factors(_ c: Case) {
    let n = c.size
    for (rows, columns) in [(n, n), (n + 3, n), (n, n + 3)] {
      let a = Self.matrix(c, rows, columns)
      let k = min(rows, columns)
      for isFull in [true, false] {
        let (u, s, vh) = linalg.svd(a, fullMatrices: isFull)
        #expect(Self.size(matmul(u.mH, u) - Self.unit(c, u.size(-1))) < c.tolerance)
        #expect(Self.size(matmul(vh, vh.mH) - Self.unit(c, vh.size(-2))) < c.tolerance)
        let product = matmul(u.narrow(-1, 0, k) * s.unsqueeze(-2).to(c.dtype), vh.narrow(-2, 0, k))
        #expect(Self.size(product - a) < c.tolerance)
        #expect(Self.size(linalg.svdvals(a) - s) < c.tolerance)
      }
      for mode in [QRMode.reduced, .complete] {
        let (q, r) = linalg.qr(a, mode: mode)
        #expect(Self.size(matmul(q, r) - a) < c.tolerance)
        #expect(Self.size(matmul(q.mH, q) - Self.unit(c, q.size(-1))) < c.tolerance)
        #expect(Self.size(r.tril(-1)) == 0)
      }
      let (packed, tau) = geqrf(a)
      let q = linalg.qr(a).Q
      if rows >= columns { #expect(Self.size(linalg.householderProduct(packed, tau) - q) < c.tolerance) }
      let whole = linalg.qr(a, mode: .complete).Q
      let other = Self.matrix(c, rows, 2)
      for transpose in [false, true] {
        let factor = transpose ? whole.mH : whole
        if rows > columns || rows == columns {
          #expect(Self.size(ormqr(packed, tau, other, transpose: transpose) - matmul(factor, other)) < c.tolerance)
          let left = ormqr(packed, tau, other.mT, left: false, transpose: transpose)
          #expect(Self.size(left - matmul(other.mT, factor)) < c.tolerance)
        }
      }
    }
  }

  @Test(arguments: cases) func spectra(_ c: Case) {
    let a = Self.matrix(c, c.size, c.size)
    let (values, vectors) = linalg.eig(a)
    let wide = a.to(values.dtype)
    #expect(Self.size(matmul(wide, vectors) - vectors * values.unsqueeze(-2)) < c.tolerance * 10)
    #expect(Self.size(vectors.abs().square().sum([-2]) - 1) < c.tolerance)
    #expect(Self.size(linalg.eigvals(a).sum([-1]) - values.sum([-1])) < c.tolerance * 10)
    let small = a / Double(c.size)
    // The determinant of an exponential is that of the trace.
    let trace = small.diagonal(dim1: -2, dim2: -1).sum([-1]).exp()
    #expect(Self.size(linalg.det(linalg.matrixExp(small)) - trace) < c.tolerance * 10)
  }

  @Test(arguments: cases, [LeastSquaresDriver.gels, .gelsy, .gelsd, .gelss])
  func leastSquares(_ c: Case, _ driver: LeastSquaresDriver) {
    let n = c.size
    for rows in [n, n + 4, max(1, n - 2)] {
      let a = Self.matrix(c, rows, n) + eye(rows, n, dtype: c.dtype) * Double(n)
      let b = Self.matrix(c, rows, 2)
      let found = linalg.lstsq(a, b, driver: driver)
      // What is left over is orthogonal to the columns.
      #expect(Self.size(matmul(a.mH, matmul(a, found.solution) - b)) < c.tolerance * Double(n + 10))
      #expect(Self.size(found.solution - matmul(linalg.pinv(a), b)) < c.tolerance)
      if driver != .gels { #expect(found.rank.ne(min(rows, n)).any().item() == 0) }
      if driver == .gelsd || driver == .gelss {
        #expect(Self.size(found.singularValues - linalg.svdvals(a)) < c.tolerance * Double(n))
      }
    }
  }

  @Test func singularMatricesAreTold() {
    for n in [3, 12] {
      let a = stack([eye(n), Tensor.ones([n, n])])
      let (inverse, info) = linalg.invEx(a)
      #expect(info.array(as: Int.self)[0] == 0 && info.array(as: Int.self)[1] == 2)
      #expect(inverse[0].equal(eye(n)) && inverse[1].isnan().all().item() != 0)
      let solved = linalg.solveEx(a, Tensor.ones([n, 1]))
      #expect(solved.info.ne(0).array(as: Bool.self) == [false, true])
      #expect(linalg.det(a).array() == [1, 0])
      #expect(linalg.slogdet(a).logabsdet.array() == [0, -.infinity])
      let found = linalg.choleskyEx(stack([eye(n), eye(n) * -1]))
      #expect(found.info.array(as: Int.self) == [0, 1])
    }
  }

  /// Neither an endless loop nor a number out of nothing.
  @Test func matricesThatAreNoNumbers() throws {
    for n in [3, 12] {
      let a = Tensor.full([n, n], Double.nan)
      #expect(linalg.choleskyEx(a).info.item() == 1)
      #expect(linalg.luFactor(a).LU.isnan().any().item() != 0)
      #expect(linalg.qr(a).R.isnan().any().item() != 0)
      #expect(linalg.det(a).isnan().item() != 0)
      for driver in [LeastSquaresDriver.gels, .gelsy, .gelsd, .gelss] {
        #expect(linalg.lstsq(a, Tensor.ones([n, 1]), driver: driver).solution.isnan().all().item() != 0)
      }
      for operation in [linalg.svdvals, linalg.eigvals, { linalg.eigvalsh($0) }] as [(Tensor) -> Tensor] {
        #expect(throws: TensorError.self) { try withErrors { operation(a) } }
      }
    }
  }

  @Test func matricesWithoutElements() {
    let (none, empty) = (Tensor.zeros([0, 3, 3]), Tensor.zeros([2, 0, 0]))
    #expect(linalg.cholesky(none).shape == [0, 3, 3] && linalg.cholesky(empty).shape == [2, 0, 0])
    #expect(linalg.inv(none).shape == [0, 3, 3] && linalg.inv(empty).shape == [2, 0, 0])
    #expect(linalg.det(empty).array() == [1, 1] && linalg.det(none).shape == [0])
    #expect(linalg.svd(Tensor.zeros([2, 0, 3])).Vh.shape == [2, 3, 3])
    #expect(linalg.qr(Tensor.zeros([2, 3, 0])).Q.shape == [2, 3, 0])
    #expect(linalg.solve(empty, Tensor.zeros([2, 0, 5])).shape == [2, 0, 5])
    #expect(linalg.lstsq(Tensor.zeros([0, 3]), Tensor.zeros([0, 2])).solution.array() == [0, 0, 0, 0, 0, 0])
  }

  @Test func gradientsOfValuesAndReflections() {
    let c = Case(dtype: .float64, size: 4, batch: [])
    let a = Self.matrix(c, 4, 4)
    #expect(gradientError([a]) { linalg.svdvals($0[0]) } < 1e-6)
    #expect(gradientError([a]) { linalg.eigvalsh($0[0] + $0[0].mT) } < 1e-6)
    #expect(gradientError([a], second: false) { linalg.eigvals($0[0]).real.sum() } < 1e-6)
    let derivative = jvp({ linalg.eigvalsh($0) }, primals: a + a.mT, tangents: eye(4, dtype: .float64)).1
    expectClose(derivative, Tensor.ones([4], dtype: .float64), 1e-12)
    let tall = Self.matrix(c, 5, 3)
    #expect(gradientError([tall, Self.matrix(c, 5, 2)]) { linalg.lstsq($0[0], $0[1]).solution } < 1e-5)
    let tau = Tensor([0.3, 0.7, 1.1], dtype: .float64)
    #expect(gradientError([tall, tau]) { linalg.householderProduct($0[0], $0[1]) } < 1e-6)
    #expect(gradientError([tall, tau, Self.matrix(c, 5, 2)]) { ormqr($0[0], $0[1], $0[2]) } < 1e-6)
  }
}
