import Apus
import Foundation
import Testing

/// Loops that compute in one pass what a formula, or a composition of operations, says in several.
@Suite struct OnePassTests {
  /// Ordinary numbers, edges, and what is no number.
  private static let values: [Float] =
    [-3.5, -3, -1, -0.5, -0.0, 0, 0.25, 0.5, 1, 3, 3.5, 7, .infinity, -.infinity, .nan]
    + (0..<700).map { Float($0 % 41 - 20) * 0.37 }

  /// float32 goes through one loop, float64 step by step.
  @Test func loopsOfWholeFormulasAgreeWithTheirSteps() {
    let x = Tensor(Self.values)
    let (y, z) = (x.flip([0]), x.roll(5, 0))
    func both(_ f: (Tensor, Tensor, Tensor) -> Tensor, sourceLocation: SourceLocation = #_sourceLocation) {
      // The second time strided, so that elements are gathered first.
      func evens(_ x: Tensor) -> Tensor { x.slice(0, 0, nil, 2) }
      for (a, b, c) in [(x, y, z), (evens(x), evens(y), evens(z))] {
        let found = f(a, b, c)
        let expected = f(a.to(.float64), b.to(.float64), c.to(.float64))
        #expect(found.dtype == .float32, sourceLocation: sourceLocation)
        for (p, q) in zip(found.array(as: Double.self), expected.array(as: Double.self)) {
          #expect(
            p == q || (p.isNaN && q.isNaN) || abs(p - q) <= 1e-6 * max(1, abs(q)), sourceLocation: sourceLocation)
        }
      }
    }
    both { x, _, _ in x.leakyRelu(negativeSlope: 0.1) }
    both { x, _, _ in x.hardtanh(minVal: -1, maxVal: 0.5) }
    both { x, _, _ in x.relu6() }
    both { x, _, _ in x.hardsigmoid() }
    both { x, _, _ in x.hardswish() }
    both { x, _, _ in x.hardshrink(lambd: 0.5) }
    both { x, _, _ in x.softshrink(lambd: 0.5) }
    both { x, _, _ in x.threshold(0.25, -2) }
    both { x, _, _ in x.clamp(min: -1, max: 3) }
    both { x, _, _ in x.nanToNum(nan: 2, posinf: 5, neginf: -7) }
    both { x, _, _ in x.nansum() }
    both { x, _, _ in x.angle() }
    both { x, y, _ in x.prelu(y.narrow(0, 0, 1)) }
    both { x, y, _ in smoothL1Loss(x, y, reduction: .none, beta: 0.5) }
    both { x, y, _ in huberLoss(x, y, reduction: .none, delta: 2) }
    both { x, y, z in x.addcmul(y, z, value: 0.5) }
    both { x, y, z in x.addcdiv(y, z, value: 2) }
  }

  /// Operands with one number for each row, of rows that are long enough to be read where they lie.
  @Test(arguments: [DType.float32, .float64, .int64]) func rowsTakeTheirNumber(_ dtype: DType) {
    let (rows, columns) = (7, 300)
    let x = (arange(rows * columns).reshape([rows, columns]) + 1).to(dtype)
    let column = (arange(rows).reshape([rows, 1]) + 3).to(dtype)
    let wide = column.expand([rows, columns]).contiguous()
    func same(_ f: (Tensor, Tensor) -> Tensor, sourceLocation: SourceLocation = #_sourceLocation) {
      #expect(f(x, column).equal(f(x, wide)), sourceLocation: sourceLocation)
      #expect(f(column, x).equal(f(wide, x)), sourceLocation: sourceLocation)
    }
    same { $0 + $1 }
    same { $0 - $1 }
    same { $0 * $1 }
    same { $0 / $1 }
    same { $0.maximum($1) }
    same { $0.lt($1) }
    same { ($0 - $1) * $1 }
    #expect(outer(column.reshape([rows]), x[0]).equal(wide * x[0]))
  }

  /// Runs of a strided block, however they are cut.
  @Test func stridedBlocksAreGatheredInOrder() {
    let x = arange(3 * 5 * 7 * 11).reshape([3, 5, 7, 11]).to(.float32)
    for order in [[3, 0, 2, 1], [1, 3, 0, 2], [2, 1, 3, 0]] {
      let moved = x.permute(order)
      let sum = moved + moved.flip([1])
      let (a, b) = (moved.contiguous(), moved.flip([1]).contiguous())
      #expect(sum.equal(a + b))
    }
    let small = arange(6).reshape([2, 1, 3, 1]).to(.float32)
    #expect((small.expand([2, 4, 3, 5]) * 2).equal(small.expand([2, 4, 3, 5]).contiguous() * 2))
  }

  @Test func equalSeesEveryElementAndNaN() {
    for dtype in [DType.float32, .float64, .float16, .int64, .uint8, .complex64] {
      let x = (arange(300_000) % 100).to(dtype)
      #expect(x.equal(x.clone()))
      for place in [0, 5000, 299_999] {
        var y = x.clone()
        y[place] = Tensor(101, dtype: dtype)
        #expect(!x.equal(y))
      }
    }
    let nan = Tensor([1.0, .nan])
    #expect(!nan.equal(nan))
    #expect(Tensor([0.0]).equal(Tensor([-0.0])))
    #expect(!Tensor([1.0, 2.0]).equal(Tensor([[1.0, 2.0]])))
  }

  /// Functions of doubles beside those of the C library, near and far, in one block and in blocks of their own.
  @Test func doublesAgreeWithTheLibrary() {
    func ulps(_ found: Tensor, _ expected: [Double], sourceLocation: SourceLocation = #_sourceLocation) {
      for (a, b) in zip(found.array(as: Double.self), expected) {
        #expect(a == b || (a.isNaN && b.isNaN) || abs(a - b) <= 2 * b.ulp, sourceLocation: sourceLocation)
      }
    }
    let near = (0..<600).map { Double($0 - 300) * 0.731 }
    for angles in [near, near.map { $0 * 1e6 }, near + [.infinity, -.infinity, .nan, 1e300, -0.0]] {
      ulps(Tensor(angles, dtype: .float64).sin(), angles.map { sin($0) })
      ulps(Tensor(angles, dtype: .float64).cos(), angles.map { cos($0) })
    }
    let bases = (0..<600).map { 0.01 + Double($0) * 0.017 }
    let powers = (0..<600).map { Double($0 % 37) * 1.3 - 20 }
    func check(_ x: [Double], _ y: [Double]) {
      ulps(Tensor(x, dtype: .float64).pow(Tensor(y, dtype: .float64)), zip(x, y).map { pow($0, $1) })
    }
    check(bases, powers)
    check(bases.map { -$0 }, powers.map { $0.rounded() })
    let subnormal = Double.leastNormalMagnitude / 100
    check(bases + [0, -0.0, .infinity, 2, 2, subnormal, .nan, 1], powers + [-1, 3, 0.5, 1100, -1074, 0.5, 0, .nan])
    // Powers of whole numbers are whole.
    check((0..<400).map { Double($0 % 20 + 1) }, (0..<400).map { Double($0 / 20 % 12) })
  }

  /// Degrees up to 8 go side by side, larger ones and what is no number one by one.
  @Test func polynomialsOfAllDegreesFollowTheirRecurrences() {
    let x = (0..<300).map { Double($0 - 150) / 120 }
    func expect(
      _ f: (Tensor, Tensor) -> Tensor, _ first: (Double) -> Double, _ next: (Double, Double, Double, Double) -> Double
    ) {
      for most in [8, 20] {
        let n = (0..<300).map { Double($0 % (most + 1)) }
        let expected = zip(x, n).map { x, n in
          var (was, now) = (1.0, n == 0 ? 1.0 : first(x))
          for k in stride(from: 1.0, to: n, by: 1) { (was, now) = (now, next(k, x, now, was)) }
          return now
        }
        expectClose(
          f(Tensor(x, dtype: .float64), Tensor(n, dtype: .float64)), Tensor(expected, dtype: .float64), 1e-11)
      }
    }
    expect(special.chebyshevPolynomialT, { $0 }) { 2 * $1 * $2 - $3 }
    expect(special.chebyshevPolynomialU, { 2 * $0 }) { 2 * $1 * $2 - $3 }
    expect(special.hermitePolynomialH, { 2 * $0 }) { 2 * ($1 * $2 - $0 * $3) }
    expect(special.hermitePolynomialHe, { $0 }) { $1 * $2 - $0 * $3 }
    expect(special.laguerrePolynomialL, { 1 - $0 }) { ((2 * $0 + 1 - $1) * $2 - $0 * $3) / ($0 + 1) }
    expect(special.legendrePolynomialP, { $0 }) { ((2 * $0 + 1) * $1 * $2 - $0 * $3) / ($0 + 1) }
  }

  /// float32 has series of its own for these; float64 another way.
  @Test func specialFunctionsOfBothTypesAgree() {
    let x = Tensor((0..<900).map { Double($0 - 300) / 37 }, dtype: .float64)
    for f in [special.airyAi, special.sphericalBesselJ0, special.i0e, special.i1e, special.i1] {
      expectClose(f(x.to(.float32)).to(.float64), f(x), 3e-6)
    }
    let y = Tensor((1..<400).map { Double($0) / 200 - 1 }, dtype: .float64)
    expectClose(y.to(.float32).erfinv().to(.float64), y.erfinv(), 1e-6)
  }

  /// Read in one pass, differentiated by the same in tensor operations.
  @Test(arguments: [GridSampleMode.bilinear, .nearest], [GridPaddingMode.zeros, .border, .reflection])
  func gridsReadWhatTheirDefinitionSays(_ mode: GridSampleMode, _ padding: GridPaddingMode) {
    let image = randn([2, 3, 5, 6], dtype: .float64)
    for align in [false, true] {
      let grid = rand([2, 4, 7, 2], dtype: .float64) * 3 - 1.5
      let found = gridSample(image, grid, mode: mode, paddingMode: padding, alignCorners: align)
      // One position alone, by hand.
      for (n, i, j) in [(0, 0, 0), (1, 3, 6), (0, 2, 5)] {
        let expected = Self.sample(image[n][1], grid[n][i][j], mode, padding, align)
        #expect(abs(found[n][1][i][j].item() - expected) < 1e-12)
      }
      if mode == .bilinear {
        #expect(
          gradcheck(
            { gridSample($0, $1, mode: mode, paddingMode: padding, alignCorners: align) },
            (Tensor(image, requiresGrad: true), Tensor(grid, requiresGrad: true))))
      }
    }
  }

  private static func sample(
    _ image: Tensor, _ position: Tensor, _ mode: GridSampleMode, _ padding: GridPaddingMode, _ align: Bool
  ) -> Double {
    let sizes = image.shape
    func place(_ x: Double, _ n: Int) -> Double {
      var p = align ? (x + 1) / 2 * Double(n - 1) : ((x + 1) * Double(n) - 1) / 2
      if padding == .reflection {
        let (low, high) = align ? (0, Double(n - 1)) : (-0.5, Double(n) - 0.5)
        while p < low || p > high { p = p < low ? 2 * low - p : 2 * high - p }
      }
      return padding == .zeros ? p : min(max(p, 0), Double(n - 1))
    }
    func element(_ i: Int, _ j: Int) -> Double {
      i >= 0 && i < sizes[0] && j >= 0 && j < sizes[1] ? image[i][j].item() : 0
    }
    let (y, x) = (place(position[1].item(), sizes[0]), place(position[0].item(), sizes[1]))
    if mode == .nearest { return element(Int(y.rounded(.toNearestOrEven)), Int(x.rounded(.toNearestOrEven))) }
    let (i, j) = (Int(y.rounded(.down)), Int(x.rounded(.down)))
    let (v, u) = (y - Double(i), x - Double(j))
    return (1 - v) * ((1 - u) * element(i, j) + u * element(i, j + 1))
      + v * ((1 - u) * element(i + 1, j) + u * element(i + 1, j + 1))
  }

  @Test(arguments: [0, 1, 1.5, 2, 3, Double.infinity]) func distancesOfPairs(_ p: Double) {
    let x = randn([9, 37], dtype: .float64)
    let all = cdist(x, x, p: p, computeMode: .donotUseMMForEuclidDist)
    let pairs = triuIndices(9, 9, offset: 1)
    expectClose(pdist(x, p: p), all[pairs[0], pairs[1]], 1e-12)
    expectClose(pdist(x.to(.float32), p: p).to(.float64), pdist(x, p: p), 1e-5)
    if p > 0 { #expect(gradcheck({ pdist($0, p: p) }, Tensor(randn([4, 3], dtype: .float64), requiresGrad: true))) }
  }

  @Test func likelihoodsOfClassesAreThoseOfTheirElements() {
    let x = logSoftmax(randn([6, 4, 5], dtype: .float64), dim: 1)
    let target = randint(0, 4, [6, 5])
    let weight = rand([4], dtype: .float64)
    let chosen = -x.gather(1, target.unsqueeze(1)).squeeze(1)
    expectClose(nllLoss(x, target, reduction: .none), chosen, 1e-12)
    let weights = weight[target]
    expectClose(nllLoss(x, target, weight: weight), (chosen * weights).sum() / weights.sum(), 1e-12)
    let kept = target.ne(2).to(.float64)
    expectClose(nllLoss(x, target, ignoreIndex: 2), (chosen * kept).sum() / kept.sum(), 1e-12)
    #expect(
      gradcheck(
        { nllLoss($0, target, weight: $1) }, (Tensor(x, requiresGrad: true), Tensor(weight, requiresGrad: true))))
    #expect(throws: TensorError.self) { try withErrors { nllLoss(x, target + 1) } }
  }

  /// Windows against the functions that define them.
  @Test func windowsAreTheirFormulas() {
    for (n, sym) in [(1, true), (7, true), (8, false), (300, false)] {
      let d = Double(sym ? n - 1 : n)
      func expect(_ window: Tensor, _ f: (Double) -> Double) {
        expectClose(window, Tensor((0..<n).map { n == 1 ? 1 : f(Double($0)) }, dtype: .float64), 1e-14)
      }
      let windows = signal.windows.self
      expect(windows.hamming(n, sym: sym, dtype: .float64)) { 0.54 - 0.46 * cos(2 * .pi * $0 / d) }
      expect(windows.blackman(n, sym: sym, dtype: .float64)) {
        0.42 - 0.5 * cos(2 * .pi * $0 / d) + 0.08 * cos(4 * .pi * $0 / d)
      }
      expect(windows.bartlett(n, sym: sym, dtype: .float64)) { 1 - abs(2 * $0 / d - 1) }
      expect(windows.cosine(n, sym: sym, dtype: .float64)) { sin(.pi * ($0 + 0.5) / Double(sym ? n : n + 1)) }
      expect(windows.gaussian(n, std: 2, sym: sym, dtype: .float64)) { exp(-pow(($0 - d / 2) / 2, 2) / 2) }
      expect(windows.exponential(n, tau: 3, sym: sym, dtype: .float64)) { exp(-abs($0 - d / 2) / 3) }
    }
    #expect(fft.fftfreq(5, d: 0.5).array(as: Double.self) == [0, 0.4, 0.8, -0.8, -0.4].map { Double(Float($0)) })
    #expect(fft.rfftfreq(4).array(as: Double.self) == [0, 0.25, 0.5])
  }

  @Test func productsAndChoices() {
    let (a, b) = (arange(6).reshape([2, 3]) + 1, arange(8).reshape([4, 2]) - 3)
    let product = kron(a, b)
    for (i, j) in [(0, 0), (5, 3), (7, 5), (2, 4)] {
      #expect(product[i][j].item() == a[i / 4][j / 2].item() * b[i % 4][j % 2].item())
    }
    #expect(kron(arange(3), arange(2)).array(as: Int.self) == [0, 0, 0, 1, 0, 2])
    #expect(arange(4).combinations(3).array(as: Int.self) == [0, 1, 2, 0, 1, 3, 0, 2, 3, 1, 2, 3])
    #expect(arange(2).combinations(2, withReplacement: true).array(as: Int.self) == [0, 0, 0, 1, 1, 1])
    #expect(trilIndices(3, 2, offset: -1).array(as: Int.self) == [1, 2, 2, 0, 0, 1])
    #expect(triuIndices(2, 3, offset: 1).array(as: Int.self) == [0, 0, 1, 1, 2, 2])
    #expect(Tensor([1.0, 1, 2, 2, 1, .nan, .nan]).uniqueConsecutive().values.count == 5)
    let x = Tensor([1.0, 2, 4, 8])
    #expect(x.trapezoid(dx: 0.5).item() == 5.25)
  }
}
