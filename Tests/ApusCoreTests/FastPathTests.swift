import Apus
import Testing

/// Ways to a result that only large or particular operands take, against the ways that all others take.
@Suite struct FastPathTests {
  /// 3 x 3 filters of many channels go through transformed patches in float32, through plain sums in float64.
  @Test(arguments: [(32, 48, 7, 9, 1), (48, 32, 8, 6, 0), (64, 32, 5, 5, 2)])
  func transformedPatchesAgreeWithPlainSums(_ inputs: Int, _ outputs: Int, _ height: Int, _ width: Int, _ padding: Int)
  {
    let x = scattered([3, inputs, height, width], 1)
    let (w, b) = (scattered([outputs, inputs, 3, 3], 2), scattered([outputs], 3))
    func values(_ dtype: DType) -> [Tensor] {
      let (value, gradients) = valueAndGrad { (xs: [Tensor]) in
        let y = conv2d(xs[0], xs[1], xs[2], padding: padding)
        return (y * y).mean()
      }([x.to(dtype), w.to(dtype), b.to(dtype)])
      return [conv2d(x.to(dtype), w.to(dtype), b.to(dtype), padding: padding), value] + gradients
    }
    for (a, b) in zip(values(.float32), values(.float64)) {
      #expect(a.shape == b.shape)
      let scale = b.abs().amax().item()
      #expect(difference(a, b) < 1e-5 * Swift.max(1, scale))
    }
  }

  @Test func paddingMayDifferAtTheEnds() {
    let (x, w) = (scattered([2, 32, 6, 7], 1), scattered([32, 32, 3, 3], 2))
    let y = conv2d(x.to(.float32), w.to(.float32), padding: .same)
    #expect(difference(y, conv2d(x, w, padding: .same)) < 1e-4)
  }

  /// A product inside a sum may give its memory to the sum; what somebody still holds may not.
  @Test func temporariesGiveTheirMemoryAndNothingElseDoes() {
    let x = scattered([300, 400], 1, dtype: .float32)
    let (row, column) = (scattered([400], 2, dtype: .float32), scattered([300, 1], 3, dtype: .float32))
    let kept = (x.array(as: Float.self), row.array(as: Float.self))
    let product = x * row
    let sum = product + column
    let curve = sum.gelu()
    let expected = (curve * row - column).exp()
    let chained = (((x * row) + column).gelu() * row - column).exp()
    #expect(chained.array(as: Float.self) == expected.array(as: Float.self))
    #expect((column - (x * row)).array(as: Float.self) == (column - product).array(as: Float.self))
    #expect(((x * row) * 2.0).array(as: Float.self) == (product + product).array(as: Float.self))
    #expect(product.array(as: Float.self) == (x * row).array(as: Float.self))
    #expect(x.array(as: Float.self) == kept.0)
    #expect(row.array(as: Float.self) == kept.1)
  }

  /// The same with a recorded operand: its value is needed by the gradient.
  @Test func recordedTemporariesKeepTheirMemory() {
    let x = Tensor(scattered([200, 300], 1, dtype: .float32), requiresGrad: true)
    let y = ((x * x).exp() * (x * 2.0)).sum()
    y.backward()
    let d = noGrad { x.detach().to(.float64) }
    let expected = (d * d).exp() * (d * d * 4.0 + 2.0)
    #expect(x.grad.map { difference($0, expected) < 1e-4 } == true)
  }

  /// Results larger than the caches are written past them.
  @Test func largeResultsAgreeWithSmallOnes() {
    let count = 1 << 21 | 37
    let x = linspace(-100, 120, count)
    let part = x.narrow(0, 1 << 20, 1000).contiguous()
    func same(_ f: (Tensor) -> Tensor) -> Bool {
      f(x).narrow(0, 1 << 20, 1000).array(as: Float.self) == f(part).array(as: Float.self)
    }
    #expect(same { $0.exp() })
    #expect(same { $0.tanh() })
    #expect(same { $0.gelu() })
    #expect(same { $0.relu() })
    #expect(same { $0 + $0 })
    #expect(same { $0 / ($0 * $0) })
    #expect(x.exp().narrow(0, count - 5, 5).array(as: Float.self).allSatisfy { $0 == .infinity })
    let small = x.exp().narrow(0, 0, 5).array(as: Float.self)
    #expect(small.allSatisfy { $0 > 0 && $0 < Float.leastNormalMagnitude / 100 })
  }

  /// Few channels, last in memory, with overlapping windows and padding.
  @Test(arguments: [(6, 2, 2, 0), (3, 3, 1, 1), (5, 3, 2, 1)])
  func poolingOfFewChannels(_ channels: Int, _ kernel: Int, _ stride: Int, _ padding: Int) {
    let x = scattered([2, channels, 9, 8], 1, dtype: .float32)
    let last = x.permute([0, 2, 3, 1]).contiguous().permute([0, 3, 1, 2])
    func both(_ x: Tensor) -> [Tensor] {
      let (value, gradients) = valueAndGrad { (xs: [Tensor]) in
        let y = maxPool2d(xs[0], kernel, stride: stride, padding: padding)
        return (y * y).sum()
      }([x])
      return [maxPool2d(x, kernel, stride: stride, padding: padding), value] + gradients
    }
    for (a, b) in zip(both(last), both(x)) { #expect(difference(a, b) < 1e-4) }
  }
}
