import ApusCore

// Images of another size.

/// How ``interpolate(_:size:scaleFactor:mode:alignCorners:recomputeScaleFactor:antialias:)`` finds a value between elements.
public enum InterpolationMode: String, Sendable, Hashable, NamedChoice {
  /// The element at the rounded-down position.
  case nearest
  /// The nearest element.
  case nearestExact = "nearest-exact"
  /// A straight line between neighbours, for sequences, images and volumes.
  case linear, bilinear, trilinear
  /// A cubic polynomial through four neighbours (Keys, 1981, a = -0.75), for images.
  case bicubic
  /// Means of the elements that an output element covers.
  case area

  fileprivate var rank: Int? {
    switch self {
    case .linear: 1
    case .bilinear, .bicubic: 2
    case .trilinear: 3
    case .nearest, .nearestExact, .area: nil
    }
  }
}

/// Resizes `[N, C, ...]` in its spatial dimensions, PyTorch's `nn.functional.interpolate`.
///
/// - Parameters:
///   - size: the spatial sizes of the result, one for all or one for each dimension.
///   - scaleFactor: factors instead of sizes.
///   - alignCorners: whether the corner elements of input and result coincide; only where the mode interpolates.
///   - recomputeScaleFactor: whether positions follow from the rounded sizes instead of the factors.
///   - antialias: whether windows grow when an image shrinks, for bilinear and bicubic.
///
/// Elements are floating point; of whole numbers, bilinear and bicubic take uint8, rounded as PyTorch does, and the nearest
/// modes all. Linear and antialiased modes copy a dimension whose size stays.
public func interpolate<each Size: SpatialSize, each Scale: ScaleFactor>(
  _ x: Tensor, size: (repeat each Size) = (), scaleFactor: (repeat each Scale) = (),
  mode: InterpolationMode = .nearest, alignCorners: Bool? = nil, recomputeScaleFactor: Bool = false,
  antialias: Bool = false
) -> Tensor {
  interpolated(
    x, sizes(repeat each size), factors(repeat each scaleFactor), mode, alignCorners: alignCorners,
    recomputeScaleFactor: recomputeScaleFactor,
    antialias: antialias)
}

/// A factor for all spatial dimensions (`2`, `0.5`) or one for each, as ``SpatialSize``.
public protocol ScaleFactor: Sendable {
  /// The factors, one for all dimensions or one for each.
  var scaleFactors: [Double] { get }
}
extension Int: ScaleFactor {
  public var scaleFactors: [Double] { [Double(self)] }
}
extension Double: ScaleFactor {
  public var scaleFactors: [Double] { [self] }
}
extension Array: ScaleFactor where Element: ScaleFactor {
  public var scaleFactors: [Double] { flatMap(\.scaleFactors) }
}

/// The numbers of factors; nil where none was given.
package func factors<each Scale: ScaleFactor>(_ scale: repeat each Scale) -> [Double]? {
  var numbers: [Double] = []
  for part in repeat each scale { numbers += part.scaleFactors }
  return numbers.isEmpty ? nil : numbers
}

private func interpolated(
  _ x: Tensor, _ size: [Int]?, _ scaleFactor: [Double]?, _ mode: InterpolationMode, alignCorners: Bool?,
  recomputeScaleFactor: Bool, antialias: Bool
) -> Tensor {
  attempt(x) { () throws(TensorError) in
    let operation = "interpolate"
    let rank = x.rank - 2
    guard (1...3).contains(rank), mode.rank == nil || mode.rank == rank else {
      throw TensorError(.shape, operation, "mode \(mode.rawValue) does not take an input of shape \(x.shape)")
    }
    guard alignCorners == nil || mode.rank != nil else {
      throw TensorError(.value, operation, "alignCorners has no meaning with mode \(mode.rawValue)")
    }
    guard (size == nil) != (scaleFactor == nil) else {
      throw TensorError(.value, operation, "needs either size or scaleFactor")
    }
    let input = Array(x.shape[2...])
    var factors: [Double?] = [Double?](repeating: nil, count: rank)
    let output: [Int]
    if let size {
      output = try perDimension(size, rank, "size", operation)
    } else {
      let given = scaleFactor ?? []
      guard given.count == rank || given.count == 1 else {
        throw TensorError(.value, operation, "needs one scale factor or \(rank), and found \(given)")
      }
      let each = given.count == 1 ? [Double](repeating: given[0], count: rank) : given
      guard each.allSatisfy({ $0 > 0 && $0.isFinite && $0 < 1e9 }) else {
        throw TensorError(.value, operation, "scale factors must be positive and below 1e9, and found \(given)")
      }
      output = zip(input, each).map { Int((Double($0) * $1).rounded(.down)) }
      if !recomputeScaleFactor { factors = each }
    }
    guard output.allSatisfy({ $0 > 0 }), input.allSatisfy({ $0 > 0 }) else {
      throw TensorError(.shape, operation, "cannot resize \(input) to \(output): sizes must be positive")
    }
    try checkMemory(TensorType(Array(x.shape[..<2]) + output, x.dtype), operation)
    guard !antialias || ((mode == .bilinear || mode == .bicubic) && rank == 2) else {
      throw TensorError(.value, operation, "antialias needs mode bilinear or bicubic, and found \(mode.rawValue)")
    }
    guard !recomputeScaleFactor || size == nil else {
      throw TensorError(.value, operation, "recomputeScaleFactor has no meaning with a size")
    }
    let isNearest = mode == .nearest || mode == .nearestExact
    let takesBytes = isNearest || mode == .bilinear || mode == .bicubic
    guard x.dtype.isFloatingPoint || x.dtype.isCustom || isNearest || (takesBytes && x.dtype == .uint8) else {
      throw TensorError(
        .dtype, operation,
        "mode \(mode.rawValue) takes floating point\(takesBytes ? " or uint8" : "") elements, and found \(x.dtype); "
          + "convert the input first, with to(.float32)")
    }
    if mode == .area {
      return adaptiveAveragePool(rank, x, output)
    }
    // Half precision rounds once, at the end.
    let isHalf = x.dtype == .float16 || x.dtype == .bfloat16
    var result = isHalf && !isNearest ? x.to(.float32) : x
    // Bytes are rounded after each dimension: PyTorch begins with the last one.
    for d in x.dtype == .uint8 ? Array((0..<rank).reversed()) : Array(0..<rank) {
      let axis = Resampling(
        input: input[d], output: output[d], factor: factors[d], alignCorners: alignCorners ?? false, rank: rank,
        dtype: x.dtype)
      result = axis.apply(result, d + 2, mode, antialias: antialias)
    }
    return result.to(x.dtype)
  }
}

/// Resizing along one dimension.
private struct Resampling {
  let input: Int
  let output: Int
  /// The factor that was given, which positions follow then.
  let factor: Double?
  let alignCorners: Bool
  /// The number of spatial dimensions.
  let rank: Int
  /// The type of the image.
  let dtype: DType

  /// Input elements for one output element.
  private var step: Double {
    if alignCorners { return output > 1 ? Double(input - 1) / Double(output - 1) : 0 }
    return factor.map { 1 / $0 } ?? Double(input) / Double(output)
  }

  /// The positions of the output's elements between those of the input, in the type that PyTorch computes them in.
  private func positions() -> [Double] {
    func places<T: BinaryFloatingPoint>(_ step: T) -> [Double] {
      (0..<output).map { Double(alignCorners ? step * T($0) : step * (T($0) + 0.5) - 0.5) }
    }
    return dtype == .float64 || dtype == .uint8 || dtype.isCustom ? places(step) : places(Float(step))
  }

  func apply(_ x: Tensor, _ dim: Int, _ mode: InterpolationMode, antialias: Bool) -> Tensor {
    switch mode {
    case .nearest, .nearestExact: return x.indexSelect(dim, Tensor(nearest(mode == .nearest ? 0 : 0.5)))
    case .linear, .bilinear, .trilinear:
      if input == output { return x }
      return antialias
        ? weighted(x, dim, windows(support: 1) { max(0, 1 - abs($0)) }) : weighted(x, dim, neighbours())
    case .bicubic:
      // Without antialiasing, PyTorch interpolates also where the size stays, except for bytes.
      if input == output && (antialias || dtype == .uint8) { return x }
      return antialias
        ? weighted(x, dim, windows(support: 2) { Self.cubic(abs($0), -0.5) }) : weighted(x, dim, cubicNeighbours())
    case .area: return x
    }
  }

  private func nearest(_ offset: Double) -> [Int] {
    func indices<T: BinaryFloatingPoint>(_ step: T) -> [Int] {
      (0..<output).map { min(input - 1, Int(Float((T($0) + T(offset)) * step).rounded(.down))) }
    }
    // For images PyTorch keeps a size or doubles it exactly, whatever the factor.
    if rank == 2 && offset == 0 {
      if input == output { return Array(0..<output) }
      if output == 2 * input { return (0..<output).map { $0 / 2 } }
    }
    let step = factor.map { 1 / $0 } ?? Double(input) / Double(output)
    return (dtype == .float64 || dtype.isCustom) && rank != 2 ? indices(step) : indices(Float(step))
  }

  /// The two elements around each position.
  private func neighbours() -> Taps {
    var taps = Taps(count: 2, output: output)
    for (o, place) in positions().enumerated() {
      let place = max(0, place)
      let low = min(input - 1, Int(place))
      let weight = min(1, max(0, place - Double(low)))
      taps.set(0, o, low, 1 - weight)
      taps.set(1, o, min(input - 1, low + 1), weight)
    }
    return taps
  }

  /// The four elements around each position.
  private func cubicNeighbours() -> Taps {
    var taps = Taps(count: 4, output: output)
    for (o, place) in positions().enumerated() {
      let low = min(input - 1, Int(place.rounded(.down)))
      let fraction = min(1, max(0, place - Double(low)))
      for k in 0..<4 {
        taps.set(
          k, o, min(input - 1, max(0, low + k - 1)), Self.cubic(abs(fraction - Double(k - 1)), -0.75))
      }
    }
    return taps
  }

  private static func cubic(_ x: Double, _ a: Double) -> Double {
    if x <= 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
    if x < 2 { return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a }
    return 0
  }

  /// Windows that grow with the reduction: `filter` of the distance in output elements, normalised.
  private func windows(support: Double, _ filter: (Double) -> Double) -> Taps {
    let scale = step
    let reach = scale >= 1 ? support * scale : support
    let inverse = scale >= 1 ? 1 / scale : 1
    let ranges = (0..<output).map { o in
      let centre = scale * (Double(o) + 0.5)
      let first = min(input - 1, max(0, Int(centre - reach + 0.5)))
      return first..<max(first + 1, min(input, Int(centre + reach + 0.5)))
    }
    var taps = Taps(count: ranges.map(\.count).max() ?? 1, output: output)
    for (o, range) in ranges.enumerated() {
      let centre = scale * (Double(o) + 0.5)
      let weights = range.map { filter((Double($0) - centre + 0.5) * inverse) }
      let total = weights.reduce(0, +)
      for (k, i) in range.enumerated() { taps.set(k, o, i, total == 0 ? weights[k] : weights[k] / total) }
      taps.fill(o, from: range.count)
    }
    return taps
  }

  private func weighted(_ x: Tensor, _ dim: Int, _ taps: Taps) -> Tensor {
    guard dtype == .uint8 else { return taps.sum(x, dim) }
    // Whole-number weights of 16 bits, whose sums doubles hold exactly.
    var taps = taps
    let unit = taps.quantise()
    return ((taps.sum(x.to(.float64), dim) + unit / 2) / unit).floor().clamp(min: 0, max: 255).to(.uint8)
  }
}

/// For each output element of a dimension the same number of input elements and their weights.
private struct Taps {
  let count: Int
  let output: Int
  /// Tap k of element o stands at `k * output + o`.
  private var indices: [Int]
  private var weights: [Double]

  init(count: Int, output: Int) {
    self.count = count
    self.output = output
    indices = [Int](repeating: 0, count: count * output)
    weights = [Double](repeating: 0, count: count * output)
  }

  mutating func set(_ k: Int, _ o: Int, _ index: Int, _ weight: Double) {
    indices[k * output + o] = index
    weights[k * output + o] = weight
  }

  /// Completes element `o`, which has `used` taps, by sharing out its last one: an element outside the window must not
  /// count, not even as zero times infinity.
  mutating func fill(_ o: Int, from used: Int) {
    for k in used..<max(used, count) {
      let last = (k - 1) * output + o
      weights[last] /= 2
      set(k, o, indices[last], weights[last])
    }
  }

  /// Rounds the weights to whole numbers below 2^15 as PyTorch does for bytes, and gives what stands for 1.
  mutating func quantise() -> Double {
    // Taps that meet at the border are one.
    for o in 0..<output {
      for k in stride(from: 1, to: count, by: 1) {
        let own = k * output + o
        guard let first = (0..<k).first(where: { indices[$0 * output + o] == indices[own] }) else { continue }
        weights[first * output + o] += weights[own]
        weights[own] = 0
      }
    }
    let largest = weights.max() ?? 1
    var unit = 1.0
    for _ in 0..<22 where (0.5 + largest * unit * 2).rounded(.down) < 32768 { unit *= 2 }
    for i in weights.indices { weights[i] = (weights[i] * unit).rounded() }
    return unit
  }

  /// The weighted sums along dimension `dim`.
  func sum(_ x: Tensor, _ dim: Int) -> Tensor {
    let ones = [Int](repeating: 1, count: x.rank - dim - 1)
    if count <= 4 {
      // A few taps are added up in place, which is the faster way forward but takes a pass back for each.
      var sum: Tensor?
      for k in 0..<count {
        let range = k * output..<(k + 1) * output
        let weight = Tensor(Array(weights[range]), shape: [output] + ones, dtype: x.dtype)
        let part = x.indexSelect(dim, Tensor(Array(indices[range]))) * weight
        sum = sum.map { $0 + part } ?? part
      }
      return sum ?? x
    }
    let shape = Array(x.shape[..<dim]) + [count, output] + Array(x.shape[(dim + 1)...])
    let chosen = x.indexSelect(dim, Tensor(indices)).reshape(shape)
    return (chosen * Tensor(weights, shape: [count, output] + ones, dtype: x.dtype)).sum([dim])
  }
}

extension Registry {
  /// Images of another size.
  static let resamplings: [Operation] = [
    .tensor(
      "nn.functional.interpolate nn.functional.upsample",
      "input, size=None, scale_factor=None, mode='nearest', align_corners=None, recompute_scale_factor=None, "
        + "antialias=False"
    ) { try resized($0, mode: $0.string("mode")) },
    .tensor(
      "_upsample_bilinear2d_aa aten._upsample_bilinear2d_aa",
      "input, output_size: list, align_corners, scales_h=None, scales_w=None"
    ) {
      try interpolated(
        $0.tensor("input"), $0.ints("output_size"), nil, .bilinear, alignCorners: $0.bool("align_corners"),
        recomputeScaleFactor: false, antialias: true)
    },
    .tensor(
      "_upsample_bilinear2d_aa aten._upsample_bilinear2d_aa", "input, output_size, align_corners, scale_factors=None"
    ) {
      try interpolated(
        $0.tensor("input"), $0.sizes("output_size"), $0.isNone("scale_factors") ? nil : $0.doubles("scale_factors"),
        .bilinear, alignCorners: $0.bool("align_corners"), recomputeScaleFactor: false, antialias: true)
    },
    .tensor("nn.functional.upsample_nearest", "input, size=None, scale_factor=None") {
      try resized($0, mode: "nearest")
    },
    .tensor("nn.functional.upsample_bilinear", "input, size=None, scale_factor=None") {
      let input = try $0.tensor("input")
      return try interpolated(
        input, $0.sizes("size"), $0.isNone("scale_factor") ? nil : $0.doubles("scale_factor"), .bilinear,
        alignCorners: true, recomputeScaleFactor: false, antialias: false)
    },
  ]

  private static func resized(_ arguments: OperationArguments, mode: String) throws -> Tensor {
    guard let mode = InterpolationMode(rawValue: mode) else { throw arguments.mismatch("mode", "a known mode") }
    func has(_ name: String) -> Bool { arguments.parameters.contains { $0.name == name } }
    return try interpolated(
      arguments.tensor("input"), arguments.sizes("size"),
      arguments.isNone("scale_factor") ? nil : arguments.doubles("scale_factor"), mode,
      alignCorners: has("align_corners") && !arguments.isNone("align_corners") ? arguments.bool("align_corners") : nil,
      recomputeScaleFactor: has("recompute_scale_factor") && !arguments.isNone("recompute_scale_factor")
        ? arguments.bool("recompute_scale_factor") : false,
      antialias: has("antialias") ? arguments.bool("antialias") : false)
  }
}
