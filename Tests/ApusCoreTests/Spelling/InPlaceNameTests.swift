import Apus
import Testing

/// Names with an underscore at the end, `data`, and the operators that PyTorch's hand writes.
@Suite struct InPlaceNameTests {
  @Test("A plain tensor changes, its copies do not")
  func valueSemantics() {
    var x = Tensor([-1.0, 2.0, -3.0])
    let copy = x
    x.relu_()
    #expect(x.array() == [0, 2, 0])
    #expect(copy.array() == [-1, 2, -3])
    x.add_(1)
    x.mul_(2)
    #expect(x.array() == [2, 6, 2])
    x.sub_(Tensor([1.0, 1.0, 1.0]))
    x.div_(2)
    #expect(x.array() == [0.5, 2.5, 0.5])
    x[0].fill_(7)
    #expect(x.array() == [7, 2.5, 0.5])
    x.clamp_(1, 3)
    #expect(x.array() == [3, 2.5, 1])
    x.zero_()
    #expect(x.array() == [0, 0, 0])
    x.copy_(Tensor(4.0))
    #expect(x.array() == [4, 4, 4])
    x.maskedFill_(Tensor([true, false, true]), value: 0)
    #expect(x.array() == [0, 4, 0])
  }

  @Test("A variable changes for all its handles, through a constant too")
  func variables() {
    let weight = parameter(Tensor([1.0, -2.0]))
    let other = weight
    noGrad {
      weight.mul_(3)
      weight -= 0.5 * Tensor([2.0, 2.0])
      for p in [weight] { p.add_(2).sub_(1) }
    }
    #expect(other.array() == [3, -6])
    weight.data.zero_()
    #expect(other.array() == [0, 0])
    weight.data[1] = 5.0
    #expect(other.array() == [0, 5])
    weight.data += 1
    #expect(other.array() == [1, 6])
    weight.data = Tensor([8.0, 9.0])
    #expect(other.array() == [8, 9])
    #expect(weight.isParameter && weight.requiresGrad)
  }

  @Test("What is computed with data is not recorded, the variable still is")
  func dataIsNotRecorded() {
    let x = Tensor([1.0, 2.0], requiresGrad: true)
    #expect(!x.data.requiresGrad)
    #expect(!(x.data * 2).requiresGrad)
    #expect((x * 2).requiresGrad)
    (x * x.data).sum().backward()
    // d(x * c)/dx = c, as the second factor is a constant.
    #expect(x.grad?.array() == [1, 2])
  }

  @Test("An in-place operation of a recorded result is recorded")
  func gradients() {
    let x = Tensor([0.5, -1.0], requiresGrad: true)
    var y = x * 2
    y.exp_()
    y.sum().backward()
    // d exp(2x)/dx = 2 exp(2x)
    #expect(x.grad?.allclose((Tensor([1.0, -2.0])).exp() * 2) == true)
  }

  @Test(
    "Mistakes are said",
    arguments: [
      ("constant", ["sub_", "declare it with var"]), ("chain", ["mul_", "x.mul_(a); x.add_(b)"]),
      ("recording", ["Mul", "noGrad"]), ("shape", ["Add", "[3, 2]", "[2]"]),
      ("type", ["sqrt_", "float32", "int64"]), ("data", ["[2]", "[3]", "keeps its shape"]),
      ("reshape", ["t_", "keeps its shape"]),
    ])
  func mistakes(which: String, parts: [String]) {
    let error = #expect(throws: TensorError.self) {
      try withErrors {
        let constant = Tensor([1.0, 2.0])
        let weight = parameter(Tensor([1.0, 2.0]))
        var whole = Tensor([1, 2])
        switch which {
        case "constant": constant.sub_(1)
        case "chain": whole.add_(1).mul_(2)
        case "recording": weight.mul_(2)
        case "shape": whole.add_(Tensor.ones(3, 2))
        case "type": whole.sqrt_()
        case "reshape": noGrad { _ = parameter(Tensor.ones(2, 3)).t_() }
        default: weight.data = Tensor.ones(3)
        }
      }
    }
    let text = error.map { "\($0)" } ?? ""
    for part in parts { #expect(text.contains(part), "\(text)") }
  }

  @Test("Random fills take PyTorch's names and give PyTorch's numbers")
  func fills() {
    manualSeed(0)
    var x = Tensor.zeros(3)
    x.uniform_()
    // torch.manual_seed(0); torch.zeros(3).uniform_()
    #expect(x.allclose(Tensor([0.4962566, 0.7682218, 0.0884774])))
    x.uniform_(5, 5.5)
    #expect(x.array().allSatisfy { $0 >= 5 && $0 < 5.5 })
    x.normal_(mean: 3, std: 0)
    #expect(x.array() == [3, 3, 3])
  }

  @Test("Powers bind tighter than products, from the right; remainders have the sign of the divisor")
  func operators() {
    let x = Tensor([1.0, 2.0, -3.0])
    #expect((2 * x ** 2).array() == [2, 8, 18])
    #expect((2 ** Tensor([1.0, 3.0])).array() == [2, 8])
    #expect((Tensor([2.0]) ** Tensor([3.0]) ** 2).array() == [512])
    #expect((x % 2).array() == [1, 0, 1])
    #expect((7 % Tensor([4, -4])).array(as: Int.self) == [3, -1])
    var y = x
    y **= 2
    #expect(y.array() == [1, 4, 9])
    y %= 4
    #expect(y.array() == [1, 0, 1])
    #expect((!Tensor([true, false])).array(as: Bool.self) == [false, true])
    #expect((0 .< x).array(as: Bool.self) == [true, true, false])
    #expect(((x .> 0) .& (x .< 2)).array(as: Bool.self) == [true, false, false])
    var mask = x .> 0
    mask &= x .> 1
    #expect(mask.array(as: Bool.self) == [false, true, false])
  }

  @Test("requiresGrad_ makes a leaf of a plain tensor and switches a variable")
  func requiresGrad() {
    let x = Tensor([1.0]).requiresGrad_()
    #expect(x.requiresGrad && x.isLeaf)
    x.requiresGrad_(false)
    #expect(!x.requiresGrad)
  }
}
