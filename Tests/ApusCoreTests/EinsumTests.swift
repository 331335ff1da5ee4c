import Apus
import TestSupport
import Testing

@Suite struct EinsumTests {
  private let a = (arange(6).to(.float64) + 1).reshape([2, 3])
  private let b = (arange(12).to(.float64) - 5).reshape([3, 4])

  @Test func equationsAreWhatTheySay() {
    expectClose(einsum("ij,jk->ik", a, b), a.matmul(b))
    expectClose(einsum("ij,jk", a, b), a.matmul(b))
    expectClose(einsum("ij->ji", a), a.mT)
    expectClose(einsum("ba", a), a.mT)
    expectClose(einsum(" i j -> ", a), a.sum())
    expectClose(einsum("ij,ij->i", a, a), a.square().sum([1]))
    expectClose(einsum("i,j->ij", [a[0], b[0]]), outer(a[0], b[0]))
    let square = a.mT.matmul(a)
    expectClose(einsum("ii", square), square.trace())
    expectClose(einsum("ii->i", square), square.diagonal())
    expectClose(einsum("...ij,...jk->...ik", stack([a, a]), b), stack([a.matmul(b), a.matmul(b)]))
    expectClose(einsum("...i->...", a), a.sum([1]))
    expectClose(einsum("i...->i", a), a.sum([1]))
    expectClose(einsum("ij,jk,lk->il", a, b, b), a.matmul(b).matmul(b.mT))
    expectClose(
      einsum("bhqd,bhkd->bhqk", a.reshape([1, 1, 2, 3]), b.mT.reshape([1, 1, 4, 3])), a.matmul(b).reshape([1, 1, 2, 4]))
    expectClose(einsum("ij,jk->ik", a.narrow(1, 0, 1), b), a.narrow(1, 0, 1) * b.sum([0], keepDim: true))
    #expect(einsum("ij,jk->ik", a.to(.int64), b.to(.int64)).dtype == .int64)
  }

  /// A chain of matrices whose best order is a textbook's (Cormen et al., Introduction to Algorithms): 9375 multiplications.
  @Test func theOrderTakesTheFewestMultiplications() {
    let sizes = [30, 35, 15, 5, 10]
    let chain = (0..<4).map { Tensor.ones([sizes[$0], sizes[$0 + 1]]) }
    var product = Tensor.zeros([])
    let cost = countFLOPs { product = einsum("ij,jk,kl,lm->im", chain) }
    #expect(cost.total == 2 * 9375)
    expectClose(product, Tensor.full([30, 10], Double(35 * 15 * 5)))
    // A vector at the end of many matrices is multiplied first.
    let names = Array("abcdefghi")
    let equation = (0..<7).map { "\(names[$0])\(names[$0 + 1])" }.joined(separator: ",") + ",h->a"
    let matrices = (0..<7).map { _ in eye(12) * 2 } + [Tensor.ones([12])]
    let vector = countFLOPs { product = einsum(equation, matrices) }
    #expect(vector.total == 2 * 7 * 144)
    expectClose(product, Tensor.full([12], 128))
  }

  @Test func gradientsAreThoseOfDifferences() {
    #expect(gradientError([a * 0.1, b * 0.1]) { einsum("ij,jk->ki", $0[0], $0[1]).sin() } < 1e-7)
    #expect(gradientError([a.matmul(b).narrow(1, 0, 2) * 0.1]) { einsum("ii->i", $0[0]).exp() } < 1e-7)
  }

  private static let mistakes: [Mistake] = [
    Mistake("operands", .value, "einsum", "describes 2 operands, and 1 are given") {
      einsum("ij,jk->ik", Tensor.ones([2, 2]))
    },
    Mistake("names", .shape, "einsum", "operand 0", "3 names", "[2, 2]") { einsum("ijk->i", Tensor.ones([2, 2])) },
    Mistake("sizes", .shape, "einsum", "'j'", "size 4", "has 3") {
      einsum("ij,jk->ik", Tensor.ones([2, 3]), Tensor.ones([4, 2]))
    },
    Mistake("result", .value, "einsum", "names 'z', which no operand has") { einsum("ij->z", Tensor.ones([2, 2])) },
    Mistake("twice", .value, "einsum", "names 'i' twice") { einsum("ij->ii", Tensor.ones([2, 2])) },
    Mistake("character", .value, "einsum", "'1'", "names are letters") { einsum("i1->i", Tensor.ones([2, 2])) },
  ]

  @Test(arguments: mistakes) private func mistakeIsExplained(_ mistake: Mistake) {
    #expect(mistake.complaint() == nil)
  }
}
