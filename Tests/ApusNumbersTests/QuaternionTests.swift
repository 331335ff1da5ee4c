import ApusCore
import ApusFunctional
import ApusNumbers
import ApusNumerics
import TestSupport
import Testing

@Suite struct QuaternionTests {
  private typealias Q = Quaternion<Double>

  private func values(_ x: Tensor) -> [Double] { x.to(.float64).reshape([-1]).array(as: Double.self) }

  private func near(_ a: Tensor, _ b: Tensor, _ tolerance: Double = 1e-12) -> Bool {
    let (x, y) = (values(a), values(b))
    return x.count == y.count && zip(x, y).allSatisfy { abs($0 - $1) <= tolerance }
  }

  private func draw(_ shape: [Int], _ seed: UInt64) -> Tensor {
    randn(shape, dtype: .float64, generator: Generator(seed: seed))
  }

  @Test func hamiltonsRules() {
    let (i, j, k) = (Q(0, 1, 0, 0), Q(0, 0, 1, 0), Q(0, 0, 0, 1))
    let minusOne = Q(-1, 0, 0, 0)
    #expect(i * i == minusOne && j * j == minusOne && k * k == minusOne && i * j * k == minusOne)
    #expect(i * j == k && j * i == -k && j * k == i && k * i == j)
    let q = Q(1, -2, 0.5, 3)
    #expect((q * q.inverse - .one).length < 1e-15 && (q / q - .one).length < 1e-15)
    #expect("\(Tensor([q, i]))" == "tensor([1.-2.i+0.5000j+3.k,     0.+1.i+0.j+0.k], dtype=apus.quaternion64)")
    #expect(Tensor([q]).conj().item(as: Q.self) == Q(1, 2, -0.5, -3))
  }

  /// The same numbers as complex matrices of two rows, which also multiply so.
  @Test func productsAreThoseOfMatrices() {
    let (a, b) = (draw([5, 4, 4], 1), draw([4, 3, 4], 2))
    func matrix(_ q: Tensor) -> Tensor {
      let part = { (n: Int) in q.select(-1, n) }
      let top = stack([complex(part(0), part(1)), complex(part(2), part(3))], dim: -1)
      let bottom = stack([complex(-part(2), part(3)), complex(part(0), -part(1))], dim: -1)
      return stack([top, bottom], dim: -2)
    }
    func blocks(_ q: Tensor) -> Tensor {
      matrix(q).transpose(1, 2).reshape([2 * q.size(0), 2 * q.size(1)])
    }
    let expected = blocks(a).matmul(blocks(b)).reshape([5, 2, 3, 2]).transpose(1, 2).select(2, 0)
    let found = Tensor.quaternion(parts: a).matmul(Tensor.quaternion(parts: b)).quaternionParts
    #expect(
      near(found.select(-1, 0), expected.select(-1, 0).real) && near(found.select(-1, 1), expected.select(-1, 0).imag))
    #expect(
      near(found.select(-1, 2), expected.select(-1, 1).real) && near(found.select(-1, 3), expected.select(-1, 1).imag))
    #expect(near(quaternion.matmul(a, b), found))
    let (c, d) = (draw([6, 4], 3), draw([6, 4], 4))
    #expect(
      near(quaternion.multiply(c, d), (Tensor.quaternion(parts: c) * Tensor.quaternion(parts: d)).quaternionParts))
    #expect(near(quaternion.conjugate(c), Tensor.quaternion(parts: c).conj().quaternionParts))
  }

  @Test func functions() {
    let q = Tensor.quaternion(parts: draw([40, 4], 5))
    #expect(near(q.log().exp().quaternionParts, q.quaternionParts))
    #expect(near((q.sqrt() * q.sqrt()).quaternionParts, q.quaternionParts))
    // exp by its series.
    var (sum, term) = (Tensor.ones([40], dtype: .quaternion64), Tensor.ones([40], dtype: .quaternion64))
    for n in 1..<60 {
      term = term * q / Double(n)
      sum = sum + term
    }
    #expect(near(q.exp().quaternionParts, sum.quaternionParts, 1e-9))
    #expect(Q(2).apply(.exp) == Q(Tensor(2.0, dtype: .float64).exp().item()) && Q.one.apply(.log) == .zero)
    #expect(throws: TensorError.self) { try withErrors { q.sort().values } }
  }

  /// Rodrigues' formula.
  @Test func rotations() {
    let (axis, v) = (draw([3], 6), draw([10, 3], 7))
    let angle = 0.7
    let turn = Tensor.quaternion(axis: axis, angle: Tensor(angle, dtype: .float64)).quaternionParts
    let u = axis / (axis * axis).sum().sqrt()
    let (sine, cosine) = (Tensor(angle, dtype: .float64).sin(), Tensor(angle, dtype: .float64).cos())
    let dots = v.matmul(u).unsqueeze(-1)
    let crossed = linalg.cross(u.expand([10, 3]), v)
    let expected = v * cosine + crossed * sine + u * dots * (1 - cosine)
    #expect(near(quaternion.rotate(v, by: turn), expected))
    let element = Tensor.quaternion(parts: turn).item(as: Q.self)
    let (x, y, z) = element.rotated((v[0, 0].item(), v[0, 1].item(), v[0, 2].item()))
    #expect(near(Tensor([x, y, z], dtype: .float64), expected[0]))
  }

  /// A rotation is found from what it does, by gradients of its parts.
  @Test func aRotationIsLearned() {
    let target = quaternion.normalize(draw([4], 8))
    let v = draw([64, 3], 9)
    let turned = quaternion.rotate(v, by: target)
    var q = Tensor([1.0, 0.1, 0.1, 0.1], dtype: .float64)
    for _ in 0..<200 {
      let parts = Tensor(q, requiresGrad: true)
      let loss = (quaternion.rotate(v, by: quaternion.normalize(parts)) - turned).square().mean()
      q = q - (gradients(of: [loss], wrt: [parts])[0] ?? parts) * 0.5
    }
    let found = quaternion.normalize(q)
    // q and -q are one rotation.
    #expect(abs(abs((found * target).sum().item()) - 1) < 1e-9)
  }

  @Test func gradientsOfProductsAreNumerical() throws {
    let (a, b, w) = (draw([3, 2, 4], 10), draw([2, 2, 4], 11), draw([3, 2, 4], 12))
    let x = Tensor(a, requiresGrad: true)
    let g = try #require(gradients(of: [(quaternion.matmul(x, b) * w).sum()], wrt: [x])[0])
    let direction = draw([3, 2, 4], 13)
    func f(_ h: Double) -> Double { (quaternion.matmul(a + direction * h, b) * w).sum().item() }
    #expect(abs((g * direction).sum().item() - (f(1e-4) - f(-1e-4)) / 2e-4) < 1e-7)
    // Tensors of quaternions themselves have none.
    #expect(throws: TensorError.self) { try withErrors { Tensor(Tensor.quaternion(parts: a), requiresGrad: true) } }
  }
}
