import Apus
import TestSupport
import Testing

/// Each factorisation gives its matrix back, and each gradient is that of differences.
@Suite struct LinearAlgebraTests {
  private func matrix(_ rows: Int, _ columns: Int, batch: [Int] = []) -> Tensor {
    let shape = batch + [rows, columns]
    let count = shape.reduce(1, *)
    let values = (0..<count).map { (i: Int) -> Double in Double((i * 37 + 11) % 23) / 7 - 1.4 }
    return Tensor(values, shape: shape, dtype: .float64)
  }

  private func definite(_ n: Int, batch: [Int] = []) -> Tensor {
    let a = matrix(n, n, batch: batch)
    return matmul(a, a.mT) + eye(n, dtype: .float64)
  }

  @Test(arguments: [(4, 4), (5, 3), (3, 5), (1, 4), (0, 3)]) func factorsGiveTheMatrixBack(_ size: (Int, Int)) {
    let a = matrix(size.0, size.1, batch: [2])
    let z = complex(a, a.flip([-1]) * 0.3)
    for x in [a, z] {
      func isClose(_ found: Tensor) -> Bool { (found - x).abs().sum().item() < 1e-11 }
      for isFull in [true, false] {
        let (u, s, vh) = linalg.svd(x, fullMatrices: isFull)
        let k = min(size.0, size.1)
        #expect(isClose(matmul(u.narrow(-1, 0, k) * s.unsqueeze(-2).to(x.dtype), vh.narrow(-2, 0, k))))
        let unit = eye(u.size(-1), dtype: x.dtype)
        #expect((matmul(u.mH, u) - unit).abs().sum().item() < 1e-12 * 100)
      }
      for mode in [QRMode.reduced, .complete] {
        let (q, r) = linalg.qr(x, mode: mode)
        #expect(isClose(matmul(q, r)))
        #expect(r.tril(-1).abs().sum().item() == 0)
      }
      let (p, l, u) = linalg.lu(x)
      #expect(isClose(matmul(p, matmul(l, u))))
      #expect(isClose(matmul(x, matmul(linalg.pinv(x), x))))
    }
  }

  @Test func systemsAreSolved() {
    let (a, b) = (matrix(4, 4, batch: [3]), matrix(4, 2))
    #expect((matmul(a, linalg.solve(a, b)) - b).abs().amax().item() < 1e-12)
    #expect((matmul(a, linalg.inv(a)) - eye(4, dtype: .float64)).abs().amax().item() < 1e-11)
    let values = linalg.eig(a).eigenvalues
    #expect((values.prod(-1).real - linalg.det(a)).abs().amax().item() < 1e-10)
    let (w, v) = linalg.eigh(definite(4))
    expectClose(matmul(v * w, v.mT), definite(4), 1e-12)
    let l = linalg.cholesky(definite(4))
    expectClose(matmul(l, l.mT), definite(4), 1e-12)
    // The exponential of a rotation's generator is the rotation.
    expectClose(
      linalg.matrixExp(Tensor([[0.0, -1.0], [1.0, 0.0]], dtype: .float64) * 0.5),
      Tensor([[0.8775825618903728, -0.479425538604203], [0.479425538604203, 0.8775825618903728]], dtype: .float64),
      1e-14)
    #expect(linalg.matrixRank(matmul(matrix(5, 2), matrix(2, 5))).item() == 2)
  }

  @Test func rankDeficientMatricesHaveOrthonormalVectors() {
    let a = matmul(matrix(5, 2), matrix(2, 4))
    let (u, s, vh) = linalg.svd(a)
    #expect(s.array(as: Double.self)[2] < 1e-14 * s.array(as: Double.self)[0] * 10)
    expectClose(matmul(u.mT, u), eye(5, dtype: .float64), 1e-13)
    expectClose(matmul(vh, vh.mT), eye(4, dtype: .float64), 1e-13)
    expectClose(
      linalg.svd(Tensor.zeros([3, 2], dtype: .float64)).U, linalg.svd(Tensor.zeros([3, 2], dtype: .float64)).U)
  }

  @Test func gradientsAreThoseOfDifferences() {
    let (a, b) = (matrix(3, 3) + eye(3, dtype: .float64), matrix(3, 2))
    #expect(gradientError([a, b]) { linalg.solve($0[0], $0[1]) } < 1e-6)
    #expect(gradientError([a]) { linalg.inv($0[0]) } < 1e-5)
    #expect(gradientError([a]) { linalg.det($0[0]) } < 1e-6)
    #expect(gradientError([a]) { linalg.slogdet($0[0]).logabsdet } < 1e-6)
    #expect(gradientError([matrix(4, 3)]) { linalg.svdvals($0[0]) } < 1e-6)
    #expect(
      gradientError([matrix(4, 3)], second: false) { x in
        let (u, s, vh) = linalg.svd(x[0], fullMatrices: false)
        return u.abs() + s.sum() + vh.abs().sum()
      } < 1e-6)
    #expect(gradientError([definite(3)], second: false) { linalg.cholesky(($0[0] + $0[0].mT) / 2) } < 1e-6)
    #expect(gradientError([matrix(4, 3)], second: false) { linalg.qr($0[0]).R } < 1e-6)
    #expect(gradientError([matrix(3, 5) + eye(3, 5, dtype: .float64)], second: false) { linalg.qr($0[0]).Q } < 1e-6)
    #expect(gradientError([matrix(3, 2)], second: false) { linalg.pinv($0[0]) } < 1e-6)
    #expect(gradientError([a], second: false) { linalg.lu($0[0]).U } < 1e-6)
    #expect(gradientError([definite(3)], second: false) { linalg.eigvalsh(($0[0] + $0[0].mT) / 2) } < 1e-6)
    #expect(gradientError([a * 0.3], second: false) { linalg.matrixExp($0[0]) } < 1e-6)
    // A singular matrix has cofactors.
    let singular = Tensor([[1.0, 2.0], [2.0, 4.0]], dtype: .float64)
    expectClose(grad { linalg.det($0) }(singular), Tensor([[4.0, -2.0], [-2.0, 1.0]], dtype: .float64), 1e-12)
  }

  @Test func batchesAreMapped() {
    let a = definite(3, batch: [4])
    expectClose(vmap { (x: Tensor) in linalg.inv(x) }(a), linalg.inv(a), 1e-12)
    expectClose(
      jvp({ linalg.det($0) }, primals: a[0], tangents: a[1]).1,
      (linalg.det(a[0]) * matmul(linalg.inv(a[0]), a[1]).trace()), 1e-10)
  }

  @Test func distancesAreThoseOfDifferences() {
    let (x, y) = (matrix(30, 4), matrix(28, 4).flip([0]))
    for p in [0.0, 1, 2, 3, .infinity] {
      let wanted = (x.unsqueeze(1) - y.unsqueeze(0)).norm(p, [2])
      expectClose(cdist(x, y, p: p), wanted, 1e-6)
    }
    #expect(gradientError([x.narrow(0, 0, 3), y.narrow(0, 0, 2)]) { cdist($0[0], $0[1]) } < 1e-6)
    #expect(grad { cdist($0, $0).sum() }(Tensor.ones([2, 3])).array() == [0, 0, 0, 0, 0, 0])
  }

  private static let mistakes: [Mistake] = [
    Mistake("singular", .value, "linalg.inv", "singular", "linalg.pinv") { linalg.inv(Tensor.ones([2, 2])) },
    Mistake("batch", .value, "matrix 1 of the batch", "singular") {
      linalg.inv(stack([eye(2), Tensor.ones([2, 2])]))
    },
    Mistake("square", .shape, "linalg.det", "square", "[2, 3]") { linalg.det(Tensor.ones([2, 3])) },
    Mistake("integers", .dtype, "linalg.svd", "int64", ".to(.float32)") { linalg.svd(Tensor([[1, 2], [3, 4]])) },
    Mistake("definite", .value, "linalg.cholesky", "not positive definite", "order 2") {
      linalg.cholesky(Tensor([[1.0, 2.0], [2.0, 1.0]]))
    },
    Mistake("sides", .shape, "linalg.solve", "[2, 2]", "[3, 1]") {
      linalg.solve(eye(2), Tensor.ones([3, 1]))
    },
    Mistake("vectors", .shape, "cross", "size 3", "[2]") { cross(Tensor.ones([2]), Tensor.ones([2])) },
    Mistake("trace", .shape, "trace", "needs a matrix", "[3]") { Tensor.ones([3]).trace() },
    Mistake("rows", .shape, "cdist", "[2, 3]", "[2, 4]") { cdist(Tensor.ones([2, 3]), Tensor.ones([2, 4])) },
    Mistake("numbers", .value, "linalg.eigh", "NaN") { linalg.eigh(Tensor([[Double.nan]], dtype: .float32)) },
    Mistake("grid", .shape, "grid_sample", "[N, C, H, W]") {
      gridSample(Tensor.ones([1, 1, 2, 2]), Tensor.ones([1, 2, 2, 3]))
    },
    Mistake("labels", .index, "ctc_loss", "4 classes", "7") {
      ctcLoss(Tensor.zeros([3, 1, 4]), Tensor([[7]]), [3], [1])
    },
    Mistake("sequences", .shape, "pad_sequence", "first dimension only") {
      padSequence([Tensor.ones([2, 3]), Tensor.ones([2, 4])])
    },
  ]

  @Test(arguments: mistakes) private func mistakeIsExplained(_ mistake: Mistake) {
    #expect(mistake.complaint() == nil)
  }
}
