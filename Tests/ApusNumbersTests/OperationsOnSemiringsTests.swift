import ApusCompiler
import ApusCore
import ApusFunctional
import ApusNN
import ApusNumbers
import ApusNumerics
import Testing

/// Numbers in an order of no pattern.
private func numbers(_ shape: [Int], from start: Int = 0) -> Tensor {
  let count = shape.reduce(1, *)
  return ((arange(count, dtype: .float64) + Double(start)) * 2.399).sin().reshape(shape) * 3
}

/// Half the difference of a function at two points, for each element of each operand.
private func numericalGradients(_ operands: [Tensor], _ function: ([Tensor]) -> Double) -> [Tensor] {
  operands.indices.map { k in
    let values = operands[k].array(as: Double.self)
    let slopes = values.indices.map { i in
      func at(_ offset: Double) -> Double {
        var (moved, all) = (values, operands)
        moved[i] += offset
        all[k] = Tensor(moved, shape: operands[k].shape, dtype: .float64)
        return function(all)
      }
      return (at(1e-4) - at(-1e-4)) / 2e-4
    }
    return Tensor(slopes, shape: operands[k].shape, dtype: .float64)
  }
}

@Suite struct OperationsOnSemiringsTests {
  // MARK: Semirings

  /// A convolution in max-plus is a dilation of images: the largest of sums, and what is outside of the image never is.
  @Test func convolutionIsADilation() {
    let (x, w) = (numbers([1, 2, 5, 6]), numbers([3, 2, 2, 3], from: 50))
    let found = conv2d(x.to(Longest.dtype), w.to(Longest.dtype), stride: (1, 2), padding: (1, 1))
    #expect(found.shape == [1, 3, 6, 3])
    for (o, i, j) in [(0, 0, 0), (1, 5, 2), (2, 3, 1), (0, 2, 2)] {
      var most = -Double.infinity
      for c in 0..<2 {
        for a in 0..<2 {
          for b in 0..<3 {
            let (row, column) = (i + a - 1, 2 * j + b - 1)
            guard (0..<5).contains(row), (0..<6).contains(column) else { continue }
            most = max(most, x[0, c, row, column].item() + w[o, c, a, b].item())
          }
        }
      }
      #expect(abs(found[0, o, i, j].item() - most) < 1e-12)
    }
  }

  @Test func transposedConvolutionSpreadsTheLargest() {
    let (x, w) = (Tensor([[[1.0, 5.0]]], dtype: .float64), Tensor([[[0.0, -2.0, 7.0]]], dtype: .float64))
    let found = convTranspose1d(x.to(Longest.dtype), w.to(Longest.dtype), stride: 2)
    #expect(found.array(as: Double.self) == [1, -1, 8, 3, 12])
  }

  /// Gradients follow the greatest terms, through products, sums, layers and what moves elements.
  @Test(arguments: [
    NumberOperation("matmul", [3, 4], [4, 5]) { matmul($0[0], $0[1]) },
    NumberOperation("batches", [2, 3, 4], [4, 2]) { matmul($0[0], $0[1]) },
    NumberOperation("linear", [3, 4], [5, 4], [5]) { linear($0[0], $0[1], $0[2]) },
    NumberOperation("sum", [3, 4]) { $0[0].sum([1]) },
    NumberOperation("sum and product", [3, 4], [4], [3, 1]) { ($0[0] * $0[1]) + $0[2] },
    NumberOperation("conv1d", [1, 2, 7], [3, 2, 3]) { conv1d($0[0], $0[1], stride: 2, padding: 1) },
    NumberOperation("embedding", [5, 3]) { embedding(Tensor([0, 4, 2, 2]), $0[0]) },
    NumberOperation("maxPool1d", [1, 2, 8]) { maxPool1d($0[0], 2) },
    NumberOperation("moved", [3, 4]) { cat([$0[0].mT[1...], $0[0].flip([0]).mT], dim: 0).reshape([3, 7]).tril() },
    NumberOperation("chosen", [3, 4], [3, 4]) {
      `where`($0[0].gt($0[1]), $0[0], $0[1]).indexSelect(0, Tensor([2, 0]))
    },
  ])
  func gradientsFollowTheGreatestTerms(_ operation: NumberOperation) {
    let operands = operation.shapes.enumerated().map { numbers($1, from: 31 * $0) }
    func weights(_ y: Tensor) -> Tensor { (arange(y.count, dtype: .float64) + 1).cos().reshape(y.shape) }
    func total(_ operands: [Tensor]) -> Double {
      let y = operation.function(operands.map { $0.to(Longest.dtype) })[0].to(.float64)
      return (y * weights(y)).nanToNum(neginf: 0).sum().item()
    }
    let variables = operands.map { Tensor($0.to(Longest.dtype), requiresGrad: true) }
    let result = operation.function(variables)[0]
    let found = gradients(of: [result], wrt: variables, cotangents: [weights(result.detach())])
    for (gradient, expected) in zip(found, numericalGradients(operands, total)) {
      #expect(gradient?.dtype == .float64)
      #expect(distance(gradient ?? Tensor(0.0), expected) < 1e-6)
    }
  }

  @Test func orderedOperations() {
    let x = Tensor([[3.0, 1.0, 2.0, 3.0], [2.0, 7.0, 7.0, 0.0]], dtype: Longest.dtype)
    #expect(x.cummax(1).values.array(as: Double.self) == [3, 3, 3, 3, 2, 7, 7, 7])
    #expect(x.cummax(1).indices.array(as: Int.self) == [0, 0, 0, 3, 0, 1, 2, 2])
    #expect(x.cummin(1).values.array(as: Double.self) == [3, 1, 1, 1, 2, 2, 2, 0])
    #expect(x.mode(1).values.array(as: Double.self) == [3, 7])
    #expect(x.mode(1).indices.array(as: Int.self) == [3, 2])
    #expect(x.argsort(1).array(as: Int.self) == [1, 2, 0, 3, 3, 0, 1, 2])
    #expect(x.median().item() == 2)
    let found: UniqueResult = x.unique()
    #expect(found.values.array(as: Double.self) == [0, 1, 2, 3, 7])
    #expect(found.counts.array(as: Int.self) == [1, 1, 2, 2, 2])
    #expect(found.inverse.array(as: Int.self) == [3, 1, 2, 3, 2, 4, 4, 0])
    #expect(searchsorted(found.values, Tensor([2.0, 6.5], dtype: Longest.dtype)).array(as: Int.self) == [2, 4])
    #expect(
      searchsorted(found.values, Tensor([2.0, 6.5], dtype: Longest.dtype), right: true).array(as: Int.self) == [3, 4])
    #expect(bucketize(x[0], found.values).array(as: Int.self) == [3, 1, 2, 3])
    #expect(isin(x[0], Tensor([1.0, 3.0], dtype: Longest.dtype)).array(as: Bool.self) == [true, true, false, true])
  }

  // MARK: A type without an order

  @Test func boundsGoThroughAConvolution() {
    let (x, w) = (numbers([1, 2, 4, 4]), numbers([2, 2, 3, 3], from: 9))
    let loose = Tensor(x.array(as: Double.self).map { Bounds($0 - 0.1, $0 + 0.1) }).reshape(x.shape)
    let y = conv2d(loose, w.to(Bounds.dtype), padding: 1).array(as: Bounds.self)
    let middle = conv2d(x, w, padding: 1).array(as: Double.self)
    let spread = conv2d(Tensor.full(x.shape, 0.1, dtype: .float64), w.abs(), padding: 1).array(as: Double.self)
    for (i, bounds) in y.enumerated() {
      #expect(abs(bounds.low - (middle[i] - spread[i])) < 1e-12 && abs(bounds.high - (middle[i] + spread[i])) < 1e-12)
    }
  }

  @Test func neighboursNeedNoOrder() {
    let x = Tensor([Bounds(0, 1), Bounds(0, 1), Bounds(0, 2), Bounds(0, 1)])
    let found: UniqueResult = x.uniqueConsecutive()
    #expect(found.counts.array(as: Int.self) == [2, 1, 1])
    #expect(found.values.array(as: Bounds.self) == [Bounds(0, 1), Bounds(0, 2), Bounds(0, 1)])
    #expect(x.roll(1)[0].item(as: Bounds.self) == Bounds(0, 1))
    #expect(embedding(Tensor([2]), x.unsqueeze(1)).item(as: Bounds.self) == Bounds(0, 2))
  }

  // MARK: Elements that round numbers

  /// The gradient is that of the numbers, but for results beyond the range.
  @Test func gradientsGoStraightThrough() {
    let (x, w) = (numbers([4, 6]) * 0.6, numbers([5, 6], from: 7) * 0.6)
    let (q, v) = (x.to(Eighths.dtype), w.to(Eighths.dtype))
    func pull(_ x: Tensor, _ w: Tensor, _ cut: (Tensor) -> Tensor) -> [Tensor?] {
      let (x, w) = (Tensor(x, requiresGrad: true), Tensor(w, requiresGrad: true))
      let y = cut(linear(x, w))
      let weights = (arange(y.count, dtype: .float32) + 1).cos().reshape(y.shape)
      return gradients(of: [y], wrt: [x, w], cotangents: [weights])
    }
    let found = pull(q, v) { $0 }
    let expected = pull(q.to(.float32), v.to(.float32)) { y in `where`(y.abs().le(4), y, y.detach()) }
    #expect(linear(q.to(.float32), v.to(.float32)).abs().gt(4).any().item() == 1)
    for (a, b) in zip(found, expected) {
      #expect(a?.dtype == .float32)
      #expect(distance(a ?? Tensor(0.0), b ?? Tensor(0.0)) < 1e-6)
    }
  }

  /// Where nothing is rounded or cut, layers have the gradients of float32.
  @Test(arguments: [
    NumberOperation("conv2d", [1, 2, 4, 4], [2, 2, 3, 3]) { conv2d($0[0], $0[1], padding: 1) },
    NumberOperation("convTranspose1d", [1, 2, 4], [2, 2, 3]) { convTranspose1d($0[0], $0[1], stride: 2) },
    NumberOperation("maxPool2d", [1, 2, 4, 4]) { maxPool2d($0[0], 2) },
    NumberOperation("avgPool1d", [1, 2, 8]) { avgPool1d($0[0], 2) },
    NumberOperation("embedding", [5, 3]) { embedding(Tensor([0, 4, 2, 2]), $0[0]) },
    NumberOperation("relu of a sum", [3, 4], [3, 4]) { ($0[0] + $0[1]).relu() },
    NumberOperation("sort", [3, 4]) { $0[0].sort(1).values },
    NumberOperation("cumsum", [3, 4]) { $0[0].cumsum(1) },
  ])
  func layersOfRoundedNumbers(_ operation: NumberOperation) {
    // Quarters and halves: products and means of two are eighths.
    let operands = operation.shapes.enumerated().map { i, shape in
      (numbers(shape, from: 13 * i).sign() * (numbers(shape, from: 5 + i).abs() * 0.5).ceil() * 0.25).to(.float32)
    }
    func pull(_ dtype: DType) -> (Tensor, [Tensor?]) {
      let inputs = operands.map { Tensor($0.to(dtype), requiresGrad: true) }
      let y = operation.function(inputs)[0]
      let weights = (arange(y.count, dtype: .float32) + 1).cos().reshape(y.shape)
      return (y, gradients(of: [y], wrt: inputs, cotangents: [weights]))
    }
    let (found, expected) = (pull(Eighths.dtype), pull(.float32))
    #expect(expected.0.abs().amax().item() <= 4)
    #expect(distance(found.0, expected.0) < 0.0626)
    for (a, b) in zip(found.1, expected.1) {
      #expect(a?.dtype == .float32)
      #expect(distance(a ?? Tensor(0.0), b ?? Tensor(0.0)) < 1e-5)
    }
  }

  /// The sum of many numbers is beyond the range where their mean is not.
  @Test func meansAreNotCutOnTheWay() {
    let x = Tensor([[3.0, 2.0, 4.0, 3.0], [-4.0, -4.0, -4.0, -3.5]], dtype: Eighths.dtype)
    #expect(x.sum(1).array(as: Double.self) == [4, -4])
    #expect(x.mean(1).array(as: Double.self) == [3, -3.875])
    #expect(avgPool1d(x, 4).array(as: Double.self) == [3, -3.875])
    #expect(adaptiveAvgPool1d(x, 1).array(as: Double.self) == [3, -3.875])
    let y = Tensor(x, requiresGrad: true)
    let gradient = gradients(of: [y.mean()], wrt: [y])[0]
    #expect(gradient?.dtype == .float32 && gradient?.array(as: Double.self) == [Double](repeating: 0.125, count: 8))
  }

  /// What is zero is what the type calls so.
  @Test func truth() {
    let x = Tensor([[0.0, 2.0], [-.infinity, 0.0]], dtype: Longest.dtype)
    #expect(x.all(1).array(as: Bool.self) == [true, false])
    #expect(x.any(0).array(as: Bool.self) == [true, true])
    #expect(x.countNonzero().item() == 3)
  }

  // MARK: Transformations

  @Test func checkpointsGiveTheSameGradients() {
    func pull(_ body: (Tensor) -> Tensor) -> Tensor? {
      let x = Tensor(numbers([3, 4]).to(WrappedReal.dtype), requiresGrad: true)
      return gradients(of: [body(x).sum()], wrt: [x])[0]
    }
    func block(_ x: Tensor) -> Tensor { layerNorm(x.tanh(), [4]).exp() }
    let (found, expected) = (pull { x in checkpoint({ (x: Tensor) in block(x) }, x) }, pull(block))
    #expect(distance(found ?? Tensor(0.0), expected ?? Tensor(1.0)) == 0)
  }

  @Test func numbersAreDrawnAndConverted() {
    let generator = Generator(seed: 5)
    func same(_ draw: (DType) -> Tensor) -> Bool {
      generator.manualSeed(5)
      let expected = draw(.float64)
      generator.manualSeed(5)
      let found = draw(WrappedReal.dtype)
      return found.dtype == WrappedReal.dtype && found.to(.float64).equal(expected)
    }
    #expect(same { randn([40], dtype: $0, generator: generator) })
    #expect(same { rand([40], dtype: $0, generator: generator) })
    #expect(
      same { dtype in
        var x = Tensor.zeros([40], dtype: dtype)
        x.uniform(-1, 2, generator: generator)
        return x
      })
    #expect(same { Init.kaimingUniform(buffer(Tensor.zeros([4, 5], dtype: $0)), generator: generator).detach() })
    #expect(same { dropout(Tensor.ones([40], dtype: $0), p: 0.25, training: true, generator: generator) })
    #expect(randint(3, 9, [50], dtype: Longest.dtype).array(as: Double.self).allSatisfy { (3..<9).contains($0) })
    #expect(linspace(0, 1, 5, dtype: WrappedReal.dtype).array(as: Double.self) == [0, 0.25, 0.5, 0.75, 1])
    #expect(arange(4, dtype: Longest.dtype).array(as: Double.self) == [0, 1, 2, 3])
  }

  @Test func comparisons() {
    let x = numbers([5]).to(WrappedReal.dtype)
    #expect(x.allclose(x + 1e-10) && !x.allclose(x + 1e-3))
    #expect(x.isclose(x + 1e-10).array(as: Bool.self) == [true, true, true, true, true])
    #expect(x.equal(x.clone()) && !x.equal(x + 1))
  }

  // MARK: Mistakes

  private func message(_ body: () -> Tensor) -> String {
    do {
      _ = try withErrors(body)
      return ""
    } catch {
      return "\(error)"
    }
  }

  /// What a type lacks is said with what it has to declare.
  @Test func messagesShowWhatToWrite() {
    let x = Tensor([[1.0, 2.0]], dtype: Longest.dtype)
    let b = Tensor([Bounds(0, 1), Bounds(1, 2)])
    #expect(
      message { x.exp() }
        == "Exp: needs exp of its elements; longest_sum declares none. "
        + "Write: case .exp: return ... in func apply(_ function: UnaryFunction) -> Longest?")
    #expect(
      message { x - x }.hasSuffix(
        "needs sub of two of its elements; longest_sum declares none. "
          + "Write: case .sub: return ... in func apply(_ function: BinaryFunction, _ other: Longest) -> Longest?"))
    let order =
      "needs an order of its elements; bounds_of_numbers declares none. "
      + "Write: static var isOrdered: Bool { true } and static func isLess(_ a: Bounds, _ b: Bounds) -> Bool { ... }"
    #expect(message { b.sort().values } == "sort: " + order)
    #expect(message { b.amax() }.hasSuffix(order))
    #expect(message { b.lt(1.0) }.hasSuffix(order))
    #expect(message { maxPool1d(b.reshape([1, 2]), 2) }.hasSuffix(order))
    #expect(message { searchsorted(b, b) }.hasSuffix(order))
    #expect(message { b.unique() }.hasSuffix(order))
    #expect(message { layerNorm(x, [2]) }.contains("needs div of two of its elements"))
    #expect(message { x.logcumsumexp(1) }.contains("declares none. Write: case ."))
    #expect(message { Tensor(b, requiresGrad: true) }.contains("needs the gradient of its elements"))
    let y = Tensor(x, requiresGrad: true)
    #expect(message { y.amax().sum() }.isEmpty)
    #expect(
      message { jvp({ (x: Tensor) in x * x }, primals: x, tangents: x).tangent }
        .contains("needs a gradient by the rules of calculus; longest_sum declares none"))
    #expect(
      message {
        let z = Tensor(x, requiresGrad: true)
        return gradients(of: [z.amax()], wrt: [z], cotangents: [Tensor(1.0, dtype: .float64)])[0] ?? z
      }.contains("needs a gradient by the rules of calculus; longest_sum declares none"))
    #expect(message { linalg.inv(Tensor.ones([2, 2], dtype: Longest.dtype)) }.contains("longest_sum"))
  }
}
