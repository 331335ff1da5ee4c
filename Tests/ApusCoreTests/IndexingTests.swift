import Apus
import Testing

/// 0, 1, 2 ... in a shape, float32.
private func counted(_ shape: [Int]) -> Tensor {
  Tensor((0..<shape.reduce(1, *)).map { Double($0) }, shape: shape)
}
private func address(_ t: Tensor) -> UnsafeRawPointer? { t.withUnsafeBytes { $0.baseAddress } }

@Suite struct ReadingParts {
  let x = counted([3, 4])

  @Test func integersRemoveDimensions() {
    #expect(x[1].array() == [4, 5, 6, 7])
    #expect(x[-1, 0].item() == 8)
    let row = 2
    #expect(x[row, row].item() == 10)
  }

  /// A number beside a part is no reason to read the part as a number.
  @Test func partsTimesNumbersKeepTheirGradient() {
    let w = Tensor([2.0, 3.0], requiresGrad: true)
    let (rate, narrow): (Double, Float) = (2, 4)
    let y = w[0] / rate + narrow * w[1] - w[0] * rate
    y.backward()
    #expect(y.item() == 9 && w.grad?.tolist() == [-1.5, 4])
  }

  @Test func formulasOfPartsAndNumbers() {
    func slope(_ s: Tensor, _ sigma: Double, _ rho: Double, _ beta: Double) -> Tensor {
      let x = sigma * (s[1] - s[0])
      let y = s[0] * (rho - s[2]) - s[1]
      let z = s[0] * s[1] - beta * s[2]
      return stack([x, y, z])
    }
    let s = Tensor([1.0, 2.0, 3.0], requiresGrad: true)
    let d = slope(s, 10, 28, 2)
    d.sum().backward()
    #expect(d.tolist() == [10, 23, -4] && s.grad?.tolist() == [17, 10, -3])
  }

  @Test func rangesAreCutToTheDimension() {
    #expect(x[1..<3].shape == [2, 4])
    #expect(x[1...].shape == [2, 4])
    #expect(x[..<(-1)].shape == [2, 4])
    #expect(x[1..<100, 0...1].array() == [4, 5, 8, 9])
    #expect(x[3...].shape == [0, 4])
  }

  @Test func stepsGoBothWays() {
    #expect(x[.all, .slice(0, 4, step: 2)].array() == [0, 2, 4, 6, 8, 10])
    #expect(x[.slice(step: -1)].array() == [8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3])
    #expect(x[0, stride(from: 3, to: -1, by: -2)].array() == [3, 1])
    #expect(x[0, stride(from: 0, through: 3, by: 3)].array() == [0, 3])
    #expect((x[.slice(step: -1)] + 0.0).sum(0).array() == [12, 15, 18, 21])
  }

  @Test func ellipsisAndNewDimensions() {
    #expect(x[..., 0].array() == [0, 4, 8])
    #expect(x[.newAxis].shape == [1, 3, 4])
    #expect(x[.all, .newAxis, 1].shape == [3, 1])
    #expect(x[0, ...].shape == [4])
    #expect(counted([2, 3, 4])[1, ..., 2].array() == [14, 18, 22])
  }

  @Test func masksAndPositions() {
    #expect(x[x .> 8].array() == [9, 10, 11])
    #expect(x[[2, 0]].array() == [8, 9, 10, 11, 0, 1, 2, 3])
    #expect(x[Tensor([0, 1]), Tensor([-1, 0])].array() == [3, 4])
    #expect(x[Tensor([[0], [2]]), Tensor([0, 3])].array() == [0, 3, 8, 11])
    // Positions that lie together keep their place; others go to the front.
    let y = counted([2, 3, 4, 5])
    #expect(y[.all, [0, 1], [1, 2]].shape == [2, 2, 5])
    #expect(y[[0, 1], .all, [1, 2]].shape == [2, 3, 5])
    #expect(y[[true, false]].shape == [1, 3, 4, 5])
    #expect(x[x .> 100].shape == [0])
  }

  @Test func mistakesAreErrors() {
    func message(_ body: () -> Tensor) -> String {
      do {
        _ = try withErrors(body)
        return ""
      } catch { return "\(error)" }
    }
    #expect(message { x[3] }.contains("out of range for dimension 0 of size 3"))
    #expect(message { x[0, 0, 0] }.contains("too many"))
    #expect(message { x[[7]] }.contains("index 7 is out of range"))
    #expect(message { x[Tensor([true])] }.contains("does not fit"))
    #expect(message { x[Tensor([0.5])] }.contains("integer or bool"))
    #expect(
      message {
        var y = x
        y[0] = Tensor([1.0, 2.0])
        return y
      }.contains("cannot store"))
  }
}

@Suite struct WritingParts {
  @Test func uniqueTensorsAreChangedInPlace() {
    var x = counted([3, 4])
    let before = address(x)
    x[0] = Tensor([9.0, 9.0, 9.0, 9.0])
    x[1, 2] = 7.0
    x[..., 3] = -1.0
    x[.slice(step: -2), 0] = Tensor([5.0, 6.0])
    x[x .> 8] = 0.0
    x[[2], [1]] = 3.0
    #expect(address(x) == before)
    #expect(x.array() == [6, 0, 0, -1, 4, 5, 7, -1, 5, 3, 0, -1])
  }

  @Test func otherHoldersKeepTheirElements() {
    let original = counted([3, 4])
    var x = original
    let view = x[1]
    x[1] = 0.0
    #expect(original.array() == (0..<12).map(Float.init))
    #expect(view.array() == [4, 5, 6, 7])
    #expect(x[1].array() == [0, 0, 0, 0])
    x[1] = view
    x[0..<2] += 1.0
    #expect(x[0..<2].array() == [1, 2, 3, 4, 5, 6, 7, 8])
    #expect(view.array() == [4, 5, 6, 7])
    var y = counted([4])
    y[1...] = y[..<3]
    #expect(y.array() == [0, 0, 1, 2])
  }

  @Test func writingToAnExpandedTensorChangesOnlyItsPlace() {
    var x = Tensor([1.0]).expand([3])
    x[1] = 5.0
    #expect(x.array() == [1, 5, 1])
  }

  @Test func valuesAreBroadcastAndConverted() {
    var x = Tensor([1, 2, 3, 4])
    x[1...] = 2.9
    #expect(x.dtype == .int64)
    #expect(x.array(as: Int.self) == [1, 2, 2, 2])
    var y = counted([2, 3])
    y[.all, [0, 2]] = Tensor([[10.0], [20.0]])
    #expect(y.array() == [10, 1, 10, 20, 4, 20])
  }

  @Test func variablesSeeWritesOfAllTheirHandles() {
    let w = parameter(counted([3]))
    var handle = w
    noGrad { handle[0] = 5.0 }
    #expect(w.array() == [5, 1, 2])
    #expect(throws: (any Error).self) {
      try withErrors {
        var handle = w
        handle[0] = 1.0
      }
    }
  }

  @Test func emptyPartsChangeNothing() {
    var x = counted([3])
    x[3...] = 1.0
    x[x .> 5] = 1.0
    #expect(x.array() == [0, 1, 2])
    var none = Tensor.zeros([0, 2])
    none[.all, 0] = 1.0
    #expect(none.shape == [0, 2])
  }
}

@Suite struct GradientsThroughIndexing {
  let x = scattered([3, 4], 1)

  @Test func readingHasGradientsOfBothOrders() {
    #expect(gradientError([x]) { ($0[0][.slice(step: -2), .newAxis]).square() } < 1e-6)
    #expect(gradientError([x]) { $0[0][Tensor([0, 2, 0]), 1...].exp() } < 1e-6)
    #expect(gradientError([x]) { $0[0][Tensor([0, 1]), Tensor([1, 1])] * $0[0][0, 1] } < 1e-6)
    #expect(gradientError([x]) { $0[0][x .> 0].square() } < 1e-6)
    #expect(gradientError([x]) { $0[0].gather(1, Tensor([[0, 1], [3, 3], [2, 0]])).square() } < 1e-6)
    #expect(gradientError([x]) { $0[0].unfold(1, 3, 1).square() } < 1e-6)
    #expect(gradientError([x]) { $0[0].diagonal(offset: 1).square() } < 1e-6)
  }

  @Test func writingHasGradientsForBothSides() {
    let v = scattered([2, 2], 2)
    #expect(
      gradientError([x, v]) { xs in
        var y = xs[0] * xs[0]
        y[1..<3, 1..<3] = xs[1].exp()
        y[0] *= 2.0
        return y * y
      } < 1e-6)
    #expect(
      gradientError([x, v]) { xs in
        var y = xs[0].exp()
        y[Tensor([0, 2]), 2...] = xs[1].square()
        return y.square()
      } < 1e-6)
  }

  @Test func scatteringHasGradientsOfBothOrders() {
    let index = Tensor([[0, 2, 2], [1, 0, 0]])
    let src = scattered([2, 3], 3)
    for reduce in ScatterReduction.allCases {
      #expect(
        gradientError([x, src]) { $0[0].scatterReduce(1, index, $0[1], reduce: reduce).square() } < 1e-6,
        "\(reduce)")
    }
    #expect(gradientError([x, src]) { $0[0].scatterAdd(0, index, $0[1]).square() } < 1e-6)
    let rows = scattered([2, 4], 4)
    #expect(gradientError([x, rows]) { $0[0].indexCopy(0, Tensor([2, 0]), $0[1]).square() } < 1e-6)
    #expect(gradientError([x, rows]) { $0[0].indexAdd(0, Tensor([1, 1]), $0[1]).square() } < 1e-6)
    #expect(gradientError([x, x]) { cat([$0[0], $0[1].flip(0)], dim: 1).square() } < 1e-6)
  }
}
