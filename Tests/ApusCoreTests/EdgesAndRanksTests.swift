import Apus
import Testing

/// Bins, ranks and evenly spaced numbers, which follow from comparisons that rounding decides. All values are PyTorch's.
@Suite struct EdgesAndRanksTests {
  private let tenths: [Double] = (0...10).map { Double($0) / 10 }
  private let thirtieths: [Double] = (0...30).map { Double($0) / 30 }

  @Test func histc() {
    let values = [0.7, 0.3, 0.6, 0.1, 0.9]
    for type in [DType.float32, .float64, .float16, .bfloat16] {
      let x = Tensor(values, dtype: type)
      #expect(x.histc(10).array(as: Double.self) == [1, 0, 1, 0, 0, 0, 1, 1, 0, 1])
      #expect(x.histc(10).dtype == type)
    }
    #expect(Tensor(values).histc(10, min: 0, max: 1).array() == [0, 1, 0, 1, 0, 0, 1, 1, 0, 1])
    #expect(Tensor(tenths).histc(10, min: 0, max: 1).array() == [1, 1, 1, 1, 1, 1, 1, 1, 1, 2])
    #expect(Tensor(thirtieths).histc(30).array() == [Float](repeating: 1, count: 29) + [2])
    #expect(Tensor([5.0, 5, 5]).histc(4).array() == [0, 0, 3, 0])
    #expect(Tensor([5.0, 6, 8]).histc(4, min: 3, max: 3).array() == [1, 1, 0, 1])
    #expect(Tensor([1.0, .nan, .infinity]).histc(4, min: 0, max: 2).array() == [0, 0, 1, 0])
    #expect(Tensor([Double]()).histc(4).array() == [0, 0, 0, 0])
  }

  @Test func histograms() {
    let (single, double) = (Tensor(tenths), Tensor(tenths, dtype: .float64))
    #expect(single.histogram(bins: 10, range: (0, 1)).hist.array() == [1, 1, 1, 1, 1, 1, 1, 1, 1, 2])
    #expect(
      double.histogram(bins: 10, range: (0, 1)).hist.array(as: Double.self) == [1, 1, 2, 0, 1, 1, 1, 1, 1, 2])
    #expect(
      Tensor(thirtieths).histogram(bins: 30).hist.array() == [
        1, 1, 2, 0, 1, 2, 1, 0, 1, 1, 1, 2, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2,
      ])
    #expect(
      Tensor(thirtieths, dtype: .float64).histogram(bins: 30).hist.array(as: Double.self) == [
        1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 0, 1, 1, 1, 1, 1, 1, 2,
      ])
    #expect(
      double.histogram(bins: 7, range: (0.1, 0.8)).binEdges.array(as: Double.self) == [
        0.1, 0.2, 0.30000000000000004, 0.4, 0.5, 0.6000000000000001, 0.7000000000000001, 0.8,
      ])
    let counts = Tensor([[0.7, 0.3], [0.6, 0.1], [0.9, 0.9]]).histogramdd(bins: [10, 10], range: [(0, 1), (0, 1)]).hist
    #expect(counts.nonzero().array(as: Int.self) == [6, 1, 7, 3, 9, 9])
  }

  @Test func quantiles() {
    let x = Tensor([1.0, 2, 3, 4])
    let withNaN = Tensor([1.0, 2, 3, 4, .nan])
    let expected: [(QuantileInterpolation, Double, Double, [Double])] = [
      (.lower, 2, 2, [1, 3, 6, 6]), (.higher, 3, 2, [2, 4, 7, 7]), (.nearest, 2, 2, [1, 3, 6, 7]),
      (.linear, 2, 2, [1, 3, 6, 7]), (.midpoint, 2.5, 2, [1.5, 3.5, 6.5, 6.5]),
    ]
    for (mode, single, double, many) in expected {
      #expect(x.quantile(1 / 3, interpolation: mode).item() == single)
      #expect(withNaN.nanquantile(1 / 3, interpolation: mode).item() == single)
      #expect(x.to(.float64).quantile(1 / 3, interpolation: mode).item() == double)
      let found = arange(11.0).quantile(Tensor([0.1, 0.3, 0.6, 0.7]), interpolation: mode).array(as: Double.self)
      #expect(zip(found, many).allSatisfy { abs($0 - $1) < 1e-5 })
    }
    #expect(Tensor([-Double.infinity, 1, 2]).quantile(0.25).item() == -.infinity)
    #expect(Tensor([1, 2, Double.infinity]).quantile(0.5).item() == 2)
  }

  @Test func evenlySpacedNumbers() {
    #expect(
      linspace(0.1, 0.7, 7).array(as: Double.self) == [
        0.10000000149011612, 0.19999998807907104, 0.29999998211860657, 0.4000000059604645, 0.5, 0.6000000238418579,
        0.699999988079071,
      ])
    #expect(
      linspace(0.1, 0.7, 7, dtype: .float64).array(as: Double.self) == [
        0.1, 0.2, 0.3, 0.39999999999999997, 0.5, 0.6, 0.7,
      ])
    #expect(
      linspace(0.1, 0.7, 7, dtype: .float16).array(as: Double.self) == [
        0.0999755859375, 0.199951171875, 0.300048828125, 0.400146484375, 0.5, 0.60009765625, 0.7001953125,
      ])
    #expect(
      linspace(-1, 2, 6, dtype: .bfloat16).array(as: Double.self) == [
        -1, -0.400390625, 0.2001953125, 0.80078125, 1.3984375, 2,
      ])
    #expect(linspace(-10, 10, 8, dtype: .int64).array(as: Int.self) == [-10, -7, -4, -1, 1, 4, 7, 10])
    #expect(linspace(3, -9, 5, dtype: .int32).array(as: Int.self) == [3, 0, -3, -6, -9])
    for type in [DType.float16, .float32, .float64, .int64] {
      #expect(linspace(2, 5, 0, dtype: type).shape == [0])
      #expect(linspace(2, 5, 1, dtype: type).array(as: Double.self) == [2])
      #expect(linspace(2, 5, 2, dtype: type).array(as: Double.self) == [2, 5])
    }
    let powers = logspace(-0.3, 0.7, 5).array(as: Double.self)
    let exact = [0.5011872053146362, 0.8912509083747864, 1.5848931074142456, 2.818382740020752, 5.011872291564941]
    #expect(zip(powers, exact).allSatisfy { abs($0 - $1) < 2e-7 * $1 })
  }

  @Test func placesInSequencesOfAnotherType() {
    // Compared in the promoted type.
    let wide = Tensor([0.1, 0.2], dtype: .float64)
    #expect(searchsorted(Tensor([0.1, 0.2]), wide, right: true).array(as: Int.self) == [0, 1])
    #expect(searchsorted(wide, Tensor([0.1, 0.2]), right: true).array(as: Int.self) == [1, 2])
    #expect(searchsorted(Tensor([16_777_217]), Tensor([16_777_216.0]), right: true).array(as: Int.self) == [1])
    #expect(searchsorted(Tensor([16_777_216.0]), Tensor([16_777_217])).array(as: Int.self) == [0])
    #expect(bucketize(Tensor(0.1, dtype: .float64), Tensor([0.1]), right: true).item() == 1)
    #expect(searchsorted(Tensor([1, 2, 3]), Tensor([1.5, 2])).array(as: Int.self) == [1, 1])
    let big = 1 << 53
    #expect(bucketize(Tensor([big + 1]), Tensor([big, big + 1, big + 2])).array(as: Int.self) == [1])
  }
}
