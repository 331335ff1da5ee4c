import ApusCore
import CFourier

// The transforms. Each is linear, and the gradient of each is another of them.

/// Complex or real numbers to their spectrum along one dimension after the other, or back: `scale` times the sum of
/// x exp(∓2πi j k / n).
struct FourierTransform: LinearPrimitive, Hashable {
  /// From the end: -1 is the last one.
  let dims: [Int]
  let isInverse: Bool
  let scale: Double
  var name: String { "FftC2C" }
  var takesComplexElements: Bool { true }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    try requireFourierNumbers(inputs[0].dtype)
    return [TensorType(inputs[0].shape, inputs[0].dtype.complexType ?? inputs[0].dtype)]
  }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    for (i, dim) in dims.enumerated() {
      // What the first one gives is transformed further where it lies: all numbers of a signal are read before one is written.
      let input = i == 0 ? inputs[0] : results[0]
      let n = input.size(dim)
      let forms = (from: input.isComplex ? FourierForm.complex(n) : .real(n), to: FourierForm.complex(n))
      try FourierRun(length: n, dim: dim, forms: forms, isInverse: isInverse, scale: i == 0 ? scale : 1)
        .callAsFunction(input, results[0])
    }
  }

  func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? { apply(self, inputs) }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let gradient = apply(FourierTransform(dims: dims, isInverse: !isInverse, scale: scale), single(node, cotangents))
    return [node.inputType(0).dtype.isComplex ? gradient : gradient.real]
  }
}

/// Real numbers to the first n / 2 + 1 numbers of their spectrum.
struct RealFourierTransform: LinearPrimitive, Hashable {
  let dim: Int
  let scale: Double
  var name: String { "FftR2C" }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    try requireFourierNumbers(inputs[0].dtype)
    guard let dtype = inputs[0].dtype.complexType else {
      throw TensorError(.dtype, "fft", "there are no complex numbers of \(inputs[0].dtype) parts")
    }
    var shape = inputs[0].shape
    shape[shape.count + dim] = shape[shape.count + dim] / 2 + 1
    return [TensorType(shape, dtype)]
  }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let n = inputs[0].size(dim)
    let forms = (from: FourierForm.real(n), to: FourierForm.half(n))
    try FourierRun(length: n, dim: dim, forms: forms, isInverse: false, scale: scale).callAsFunction(
      inputs[0], results[0])
  }

  func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? { apply(self, inputs) }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    // The numbers that stand for two in the way back count once here.
    let n = node.inputType(0).shape[node.inputType(0).rank + dim]
    let weights = try spectrumWeights(n, 0.5, dim, rank: node.inputType(0).rank, node.inputType(0).dtype)
    return [
      apply(InverseRealFourierTransform(dim: dim, length: n, scale: scale), single(node, cotangents) * weights)
    ]
  }
}

/// The first n / 2 + 1 numbers of a spectrum to the `length` real numbers whose it is.
struct InverseRealFourierTransform: LinearPrimitive, Hashable {
  let dim: Int
  let length: Int
  let scale: Double
  var name: String { "FftC2R" }
  var takesComplexElements: Bool { true }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    try requireFourierNumbers(inputs[0].dtype)
    var shape = inputs[0].shape
    shape[shape.count + dim] = length
    return [TensorType(shape, inputs[0].dtype.realType)]
  }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let forms = (from: FourierForm.half(length), to: FourierForm.real(length))
    try FourierRun(length: length, dim: dim, forms: forms, isInverse: true, scale: scale)
      .callAsFunction(inputs[0], results[0])
  }

  func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? { apply(self, inputs) }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let cotangent = single(node, cotangents)
    let weights = try spectrumWeights(length, 2, dim, rank: cotangent.rank, cotangent.dtype)
    return [apply(RealFourierTransform(dim: dim, scale: scale), cotangent) * weights]
  }
}

/// 1 for the numbers of a spectrum that stand for themselves, `other` for those that stand for their conjugate too.
/// - Throws: an error where a spectrum without elements has a length that no memory holds.
private func spectrumWeights(
  _ n: Int, _ other: Double, _ dim: Int, rank: Int, _ dtype: DType
) throws(TensorError) -> Tensor {
  try checkMemory(TensorType([n / 2 + 1], .float64), "fft")
  let values = (0...n / 2).map { $0 == 0 || 2 * $0 == n ? 1 : other }
  return Tensor(values, shape: [values.count] + Array(repeating: 1, count: -dim - 1), dtype: dtype)
}

/// How the numbers of one side of a transform are told.
enum FourierForm {
  case complex(Int)
  case real(Int)
  /// The first half of the spectrum of so many real numbers.
  case half(Int)

  var count: Int {
    switch self {
    case .complex(let n), .real(let n): n
    case .half(let n): n / 2 + 1
    }
  }

  var isHalf: Bool { if case .half = self { true } else { false } }
}

/// One transform of all signals along a dimension.
struct FourierRun {
  let length: Int
  let dim: Int
  let forms: (from: FourierForm, to: FourierForm)
  let isInverse: Bool
  let scale: Double

  func callAsFunction(_ input: Tensor, _ result: Tensor) throws(TensorError) {
    guard result.count > 0 else { return }
    if result.dtype.size == (result.isComplex ? 8 : 4) {
      try run(input, result, Float.self)
    } else {
      try run(input, result, Double.self)
    }
  }

  private func run<Part: FourierElement>(_ input: Tensor, _ result: Tensor, _: Part.Type) throws(TensorError) {
    let source = try input.dense()
    nonisolated(unsafe) let from = UnsafePointer(source.data.assumingMemoryBound(to: Part.self))
    nonisolated(unsafe) let to = result.body.data.assumingMemoryBound(to: Part.self)
    let axis = result.rank + dim
    let inner = elementCount(Array(result.shape[(axis + 1)...]))
    let signals = elementCount(Array(result.shape[..<axis])) * inner
    // Real numbers of even length are pairs of a transform of half the length.
    let isPaired = length % 2 == 0 && (forms.from.isHalf || forms.to.isHalf)
    let plan = FourierPlan<Part>.shared(isPaired ? length / 2 : length)
    let room = max(plan.room, forms.from.count, forms.to.count) + 1
    let lanes = min(signals, Self.lanes(room, MemoryLayout<Part>.size, isStrided: inner > 1))
    let blocks = (signals + lanes - 1) / lanes
    let grain = max(1, (1 << 14) / (lanes * room))
    parallelFor(blocks, grain: grain) { range in
      withSplitNumbers(room * lanes, of: Part.self) { x, y in
        var bases = [Int](repeating: 0, count: 2 * lanes)
        for block in range {
          let first = block * lanes
          let some = min(lanes, signals - first)
          for lane in 0..<some {
            let (outer, place) = (first + lane).quotientAndRemainder(dividingBy: inner)
            bases[lane] = (outer * forms.from.count * inner + place) * (input.isComplex ? 2 : 1)
            bases[lanes + lane] = (outer * forms.to.count * inner + place) * (result.isComplex ? 2 : 1)
          }
          bases.withUnsafeBufferPointer { bases in
            guard let base = bases.baseAddress else { return }
            let way = Way(
              plan: plan, isPaired: isPaired, inner: inner, lanes: some, from: from, to: to, fromBases: base,
              toBases: base + lanes)
            transform(way, x, y)
          }
        }
      }
    }
    withExtendedLifetime(source) {}
  }

  /// As many signals as a line of the cache holds, where their numbers stay in the second cache or would each lie in a line of its
  /// own; else one by one, whose later passes fill vectors too.
  private static func lanes(_ room: Int, _ size: Int, isStrided: Bool) -> Int {
    let widest = 64 / size
    let fitting = (1 << 19) / (4 * room * size)
    return fitting >= widest || isStrided ? widest : fitting >= widest / 2 ? widest / 2 : 1
  }

  /// What belongs to one block of signals.
  private struct Way<Part: FourierElement> {
    let plan: FourierPlan<Part>
    let isPaired: Bool
    let inner: Int
    let lanes: Int
    let from: UnsafePointer<Part>
    let to: UnsafeMutablePointer<Part>
    let fromBases: UnsafePointer<Int>
    let toBases: UnsafePointer<Int>

    func load(step: Int, part: Int, _ count: Int, _ numbers: SplitNumbers<Part>) {
      var places = cf_places(bases: fromBases, step: step * inner, part: part, lanes: lanes)
      Part.fourierKernels.load(from, &places, count, numbers.real, numbers.imaginary)
    }
    func store(step: Int, part: Int, _ count: Int, _ numbers: SplitNumbers<Part>, _ scale: Double) {
      var places = cf_places(bases: toBases, step: step * inner, part: part, lanes: lanes)
      Part.fourierKernels.store(to, &places, count, numbers.real, numbers.imaginary, Part(scale))
    }
  }

  private func transform<Part>(_ way: Way<Part>, _ x: SplitNumbers<Part>, _ y: SplitNumbers<Part>) {
    let lanes = way.lanes
    func other(_ numbers: SplitNumbers<Part>) -> SplitNumbers<Part> { numbers.real == x.real ? y : x }
    /// The inverse transform without a factor.
    func back(_ numbers: SplitNumbers<Part>) -> SplitNumbers<Part> {
      way.plan.transform(numbers.exchanged, spare: other(numbers).exchanged, lanes: lanes).exchanged
    }
    switch (forms.from, forms.to) {
    case (.real(let n), .half):
      if way.isPaired {
        way.load(step: 2, part: way.inner, n / 2, x)
        let pairs = way.plan.transform(x, spare: y, lanes: lanes)
        let spectrum = other(pairs)
        let factors = FourierFactors<Part>.shared(n)
        Part.fourierKernels.unpack(
          pairs.real, pairs.imaginary, spectrum.real, spectrum.imaginary, n / 2, lanes, factors.cosines, factors.sines)
        way.store(step: 2, part: 1, n / 2 + 1, spectrum, scale)
      } else {
        way.load(step: 1, part: 0, n, x)
        way.store(step: 2, part: 1, n / 2 + 1, way.plan.transform(x, spare: y, lanes: lanes), scale)
      }
    case (.half(let n), .real):
      way.load(step: 2, part: 1, n / 2 + 1, x)
      if way.isPaired {
        let factors = FourierFactors<Part>.shared(n)
        Part.fourierKernels.pack(
          x.real, x.imaginary, y.real, y.imaginary, n / 2, lanes, factors.cosines, factors.sines)
        way.store(step: 2, part: way.inner, n / 2, back(y), scale)
      } else {
        // The first imaginary part does not count; the rest of the spectrum are the conjugates.
        x.imaginary.update(repeating: 0, count: lanes)
        for k in 1..<max(1, n - n / 2) {
          for lane in 0..<lanes {
            x.real[(n - k) * lanes + lane] = x.real[k * lanes + lane]
            x.imaginary[(n - k) * lanes + lane] = -x.imaginary[k * lanes + lane]
          }
        }
        way.store(step: 1, part: 0, n, back(x), scale)
      }
    case (.complex, .complex) where way.lanes == 1 && way.inner == 1 && way.plan.split != nil:
      guard let split = way.plan.split else { return }
      // The source is only read.
      let source = UnsafeMutablePointer(mutating: way.from + way.fromBases[0])
      way.plan.transform(
        split, from: .numbers(source, step: 2, isExchanged: isInverse, scale: 1),
        to: .numbers(way.to + way.toBases[0], step: 2, isExchanged: isInverse, scale: Part(scale)), between: x)
    case (.complex(let n), _), (.real(let n), _), (.half(let n), _):
      if case .real = forms.from { way.load(step: 1, part: 0, n, x) } else { way.load(step: 2, part: 1, n, x) }
      way.store(
        step: 2, part: 1, n, isInverse ? back(x) : way.plan.transform(x, spare: y, lanes: lanes), scale)
    }
  }
}

/// Refuses elements that the kernels do not compute with.
/// - Throws: an error that names the type and what to convert to.
func requireFourierNumbers(_ dtype: DType) throws(TensorError) {
  guard dtype.realType == .float32 || dtype.realType == .float64, !dtype.isCustom else {
    throw TensorError(
      .dtype, "fft",
      "transforms take float32, float64, complex64 and complex128, and found \(dtype); convert with "
        + (dtype.isComplex ? ".to(.complex64)" : ".to(.float32)"))
  }
}
