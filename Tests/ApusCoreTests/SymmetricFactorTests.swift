import Apus
import TestSupport
import Testing

/// L D L^T and L D L^H: LAPACK's numbers, and systems of equations with them.
@Suite struct SymmetricFactorTests {
  private let a = Tensor([[1.0, 2, 3, 4], [2, -1, 5, 0], [3, 5, 0, 2], [4, 0, 2, -3]], dtype: .float64)

  /// What PyTorch gives by LAPACK's sytrf: blocks of both sizes, and exchanges.
  @Test func factorsAreLAPACKs() {
    let (packed, pivots) = linalg.ldlFactor(a)
    #expect(pivots.array(as: Int.self) == [4, -3, -3, 4] && pivots.dtype == .int32)
    expectClose(
      packed,
      Tensor(
        [
          [-3, 0, 0, 0], [-0.0, -1, 0, 0], [-2.0 / 3, 5, 4.0 / 3, 0],
          [-4.0 / 3, 0.9746835443037974, 0.5949367088607596, 1.0126582278481013],
        ], dtype: .float64), 1e-14)
    let imaginary = Tensor([[0.0, 1, 2, -1], [-1, 0, 3, 1], [-2, -3, 0, 2], [1, -1, -2, 0]], dtype: .float64)
    let (factors, exchanges) = linalg.ldlFactor(complex(a, imaginary), hermitian: true)
    #expect(exchanges.array(as: Int.self) == [-3, -3, -4, -4])
    let last = factors[3].array(as: Complex.self)
    let expected = [
      Complex(0.15384615384615383, -0.7692307692307689), Complex(0.6153846153846153, 0.9999999999999997),
      Complex(-7.153846153846152, -2.7692307692307687), Complex(-2.0769230769230775, 0),
    ]
    #expect(zip(last, expected).allSatisfy { ($0 - $1).magnitude < 1e-13 })
  }

  @Test(arguments: [1, 2, 3, 5, 8, 13]) func systemsAreSolved(_ n: Int) {
    let z = complex(scattered([2, n, n]), scattered([2, n, n], 1))
    let b = complex(scattered([n, 2], 2), scattered([n, 2], 3))
    for (matrix, isHermitian) in [(z + z.mT, false), (z + z.mH, true), (z.real + z.real.mT, false)] {
      let (factors, pivots, info) = linalg.ldlFactorEx(matrix, hermitian: isHermitian)
      #expect(info.array(as: Int.self) == [0, 0])
      let right = matrix.isComplex ? b : b.real
      let x = linalg.ldlSolve(factors, pivots, right, hermitian: isHermitian)
      #expect((matmul(matrix, x) - right).abs().amax().item() < 1e-10)
    }
  }

  @Test func theGradientIsThatOfTheRightSide() {
    let (factors, pivots) = linalg.ldlFactor(a)
    #expect(gradientError([scattered([4, 2])]) { linalg.ldlSolve(factors, pivots, $0[0]) } < 1e-7)
    let h = complex(a, scattered([4, 4]).tril(-1) - scattered([4, 4]).tril(-1).mT)
    let (hermitian, exchanges) = linalg.ldlFactor(h, hermitian: true)
    let found = gradientError([scattered([4, 2])]) {
      linalg.ldlSolve(hermitian, exchanges, complex($0[0], $0[0] * 0.5), hermitian: true).abs()
    }
    #expect(found < 1e-6)
  }

  @Test func aSingularMatrixSaysWhere() {
    let (_, _, info) = linalg.ldlFactorEx(Tensor([[0.0, 0], [0, 1]]))
    #expect(info.array(as: Int.self) == [1])
  }

  @Test(arguments: [
    Mistake("a singular matrix", .value, "linalg.ldl_factor", "block 1", "ldlFactorEx") {
      linalg.ldlFactor(Tensor.zeros([2, 2]))
    },
    Mistake("pivots from elsewhere", .index, "1...2", "ldlFactor") {
      linalg.ldlSolve(eye(2), Tensor([7, 1]), ones(2, 1))
    },
    Mistake("half of a pair", .index, "two columns together") {
      linalg.ldlSolve(eye(2), Tensor([1, -2]), ones(2, 1))
    },
    Mistake("a side that does not fit", .shape, "[3, 1]") {
      linalg.ldlSolve(eye(2), Tensor([1, 2]), ones(3, 1))
    },
  ]) func isReported(_ mistake: Mistake) {
    let complaint = mistake.complaint()
    #expect(complaint == nil, "\(complaint ?? "")")
  }
}
