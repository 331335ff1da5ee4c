import Apus
import Testing

struct Capacity: CustomElement, Comparable {
  var value: Double
  init(_ value: Double) { self.value = value }
  var double: Double { value }
  static let elementName = "capacity"
  static let zero = Capacity(0)
  static let one = Capacity(.infinity)
  static func + (a: Capacity, b: Capacity) -> Capacity { max(a, b) }
  static func * (a: Capacity, b: Capacity) -> Capacity { min(a, b) }
  static func < (a: Capacity, b: Capacity) -> Bool { a.value < b.value }
}

/// A complex number, kept in two Floats.
struct Gaussian: CustomElement {
  var (re, im): (Float, Float)
  init(_ re: Float, _ im: Float) { (self.re, self.im) = (re, im) }
  init(_ value: Double) { self.init(Float(value), 0) }
  var double: Double { Double(re) }
  static let elementName = "gaussian"
  static let zero = Gaussian(0, 0)
  static let one = Gaussian(1, 0)
  static func == (a: Gaussian, b: Gaussian) -> Bool { a.re == b.re && a.im == b.im }
  static func + (a: Gaussian, b: Gaussian) -> Gaussian { Gaussian(a.re + b.re, a.im + b.im) }
  static func * (a: Gaussian, b: Gaussian) -> Gaussian {
    Gaussian(a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re)
  }
  func apply(_ function: UnaryFunction) -> Gaussian? {
    switch function {
    case .neg: return Gaussian(-re, -im)
    case .sqrt:
      let size = (re * re + im * im).squareRoot()
      return Gaussian(((size + re) / 2).squareRoot(), ((size - re) / 2).squareRoot() * (im < 0 ? -1 : 1))
    default: return nil
    }
  }
  func apply(_ function: BinaryFunction, _ other: Gaussian) -> Gaussian? {
    switch function {
    case .sub: Gaussian(re - other.re, im - other.im)
    default: nil
    }
  }
  func text(precision: Int) -> String { "\(re)+\(im)i" }
}

@Suite struct NumberTypesCode {
  @Test func widestPath() {
    let pipes = Tensor(
      [
        [.infinity, 2, 4, 0],
        [0, .infinity, 0, 3],
        [0, 0, .infinity, 5],
        [0, 0, 0, .infinity],
      ] as [[Double]], dtype: Capacity.dtype)
    let ways = pipes.matmul(pipes)
    print(ways[0, 3].item())  // 4.0
    #expect(ways[0, 3].item() == 4)
  }

  @Test func elements() {
    let z = Tensor([Gaussian(1, 2), Gaussian(3, -1)])
    print(z * z + 1.0)  // tensor([-2.0+4.0i, 9.0+-6.0i], dtype=apus.gaussian)
    print(z.sum().item(as: Gaussian.self).im)  // 1.0
    #expect("\(z * z + 1.0)" == "tensor([-2.0+4.0i, 9.0+-6.0i], dtype=apus.gaussian)")
    #expect(z.sum().item(as: Gaussian.self).im == 1)
    #expect(Tensor([Gaussian(3, -4)]).sqrt().item(as: Gaussian.self) == Gaussian(2, -1))
  }

  @Test func missing() throws {
    do {
      _ = try withErrors { Tensor([Gaussian(1, 2)]).exp() }
    } catch {
      print(error)
      #expect(
        "\(error)" == "Exp: needs exp of its elements; gaussian declares none. Write: case .exp: return ... in "
          + "func apply(_ function: UnaryFunction) -> Gaussian?")
    }
  }

  @Test func forwardMode() {
    let x = Tensor([1.0, 2.0, 3.0])
    let direction = Tensor([1.0, 0.0, 0.0])
    let y = (makeDual(x, direction) * x).sum().exp().log()
    print(y.primal, y.tangent)  // tensor(14.) tensor(1.)
    #expect(abs(y.primal.item() - 14) < 1e-5 && abs(y.tangent.item() - 1) < 1e-5)
  }

  @Test func hessian() {
    let x = Tensor(makeDual(Tensor([1.0, 2.0]), Tensor([1.0, 0.0])), requiresGrad: true)
    (x * x * x).sum().backward()
    print(x.grad?.tangent ?? x)  // tensor([6., 0.])
    #expect("\(x.grad?.tangent ?? x)" == "tensor([6., 0.])")
  }

  @Test func bounds() {
    let x = Tensor.interval(around: Tensor([1.0, -2.0]), radius: 0.5)
    let y = x * x
    print(y.lower)  // tensor([0.2500, 2.2500], dtype=torch.float64)
    print(y.upper)  // tensor([2.2500, 6.2500], dtype=torch.float64)
    #expect("\(y.lower)" == "tensor([0.2500, 2.2500], dtype=torch.float64)")
    #expect("\(y.upper)" == "tensor([2.2500, 6.2500], dtype=torch.float64)")
  }

  @Test func bestPath() {
    let scores = Tensor([[2.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
    let transitions = Tensor([[0.0, -1.0], [-3.0, 0.0]])
    let (path, score) = viterbi(scores, transitions: transitions)
    print(path, score)  // tensor([0, 1, 1]) tensor(3.)
    #expect("\(path) \(score)" == "tensor([0, 1, 1]) tensor(3.)")
  }

  @Test func exactInverse() {
    typealias F7 = GaloisField<7>
    let a = Tensor([[3, 5], [1, 2]]).to(F7.dtype)
    print(a.matmul(Exact.inverse(a)).to(.int64))  // tensor([[1, 0],
    //         [0, 1]])
    #expect(a.matmul(Exact.inverse(a)).to(.int64).array(as: Int.self) == [1, 0, 0, 1])
  }
}
