import ApusCore
import ApusFormats

extension ONNXOperator {
  /// Tensors resized along their dimensions.
  static let resizing: [ONNXOperator] = [
    ONNXOperator("Resize", since: 10, inputs: 2...4, settings: [1, 2, 3]) { node in
      let plan = try ResizePlan(node)
      return { call in [.tensor(try plan.resized(try call.tensor(0), call))] }
    },
    ONNXOperator("Upsample", since: 7, inputs: 1...2, settings: [1]) { node in
      let plan = try ResizePlan(node)
      let fixed = node.opset < 9 ? try node.floats("scales")?.map { Double($0) } : nil
      return { call in
        let x = try call.tensor(0)
        return [.tensor(try plan.resized(x, scales: try fixed ?? call.doubles(1), sizes: nil, roi: nil, call))]
      }
    },
  ]
}

/// What the attributes of Resize say.
struct ResizePlan: Sendable {
  private enum Mode: String { case nearest, linear, cubic }
  private let mode: Mode
  private let coordinates: String
  private let rounding: String
  private let cubicFactor: Double
  private let excludesOutside: Bool
  private let antialias: Bool
  private let extrapolated: Double
  private let policy: String
  private let axes: [Int]?
  private let opset: Int

  init(_ node: ONNXNode) throws(TensorError) {
    let isOld = node.opset < 11
    let name = try node.choice("mode", default: "nearest", of: ["nearest", "linear", "bilinear", "cubic"])
    mode = Mode(rawValue: name) ?? .linear
    coordinates = try node.choice(
      "coordinate_transformation_mode", default: isOld ? "asymmetric" : "half_pixel",
      of: [
        "half_pixel", "half_pixel_symmetric", "pytorch_half_pixel", "align_corners", "asymmetric",
        "tf_crop_and_resize", "tf_half_pixel_for_nn",
      ])
    rounding = try node.choice(
      "nearest_mode", default: isOld ? "floor" : "round_prefer_floor",
      of: ["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"])
    cubicFactor = try node.float("cubic_coeff_a", default: -0.75)
    excludesOutside = try node.flag("exclude_outside")
    antialias = try node.flag("antialias")
    extrapolated = try node.float("extrapolation_value", default: 0)
    policy = try node.choice(
      "keep_aspect_ratio_policy", default: "stretch", of: ["stretch", "not_larger", "not_smaller"])
    axes = try node.ints("axes")
    opset = node.opset
  }

  /// The input with scales or sizes from the other inputs of the call.
  func resized(_ x: Tensor, _ call: ONNXCall) throws -> Tensor {
    if opset < 11 { return try resized(x, scales: try call.doubles(1), sizes: nil, roi: nil, call) }
    func given(_ i: Int) throws -> [Double]? {
      guard call.has(i) else { return nil }
      let numbers = try call.doubles(i)
      return numbers.isEmpty ? nil : numbers
    }
    let (roi, scales) = (try given(1), try given(2))
    let sizes = try call.optionalInts(3).flatMap { $0.isEmpty ? nil : $0 }
    return try resized(x, scales: scales, sizes: sizes, roi: roi, call)
  }

  /// One dimension on its way to another size.
  private struct Axis {
    var input: Int
    var output: Int
    /// The factor that was asked for; the sizes are whole.
    var scale: Double
    var roi: (start: Double, end: Double)
  }

  func resized(
    _ x: Tensor, scales: [Double]?, sizes: [Int]?, roi: [Double]?, _ call: ONNXCall
  ) throws -> Tensor {
    let dims = try axes?.map { try call.axis($0, rank: x.rank) } ?? Array(0..<x.rank)
    guard (scales == nil) != (sizes == nil) else { throw call.error(.value, "either scales or sizes are needed") }
    guard (scales?.count ?? sizes?.count ?? 0) == dims.count,
      roi == nil || roi?.count == 2 * dims.count || coordinates != "tf_crop_and_resize"
    else {
      throw call.error(.shape, "scales, sizes and regions must have a number for each of the axes \(dims)")
    }
    var sizes = sizes
    var common: Double?
    if let asked = sizes, policy != "stretch" {
      let factors = zip(dims, asked).map { Double($1) / Double(max(1, x.shape[$0])) }
      let factor = (policy == "not_larger" ? factors.min() : factors.max()) ?? 1
      common = factor
      guard factor < 1e9 else { throw call.error(.value, "the sizes are \(asked)") }
      sizes = dims.map { Int((factor * Double(x.shape[$0]) + 0.5).rounded(.down)) }
    }
    var plan: [(dim: Int, axis: Axis)] = []
    for (i, d) in dims.enumerated() {
      let n = x.shape[d]
      var region = (0.0, 1.0)
      if coordinates == "tf_crop_and_resize", let roi { region = (roi[i], roi[i + dims.count]) }
      guard region.0.magnitude < 1e6, region.1.magnitude < 1e6 else {
        throw call.error(.value, "the region is \(region.0) to \(region.1)")
      }
      let axis: Axis
      if let scales {
        let exact = (Double(n) * (region.1 - region.0) * scales[i])
        guard scales[i] > 0, scales[i].isFinite, exact.isFinite, exact.magnitude < 1e12 else {
          throw call.error(.value, "a scale is \(scales[i])")
        }
        // A product such as 10 * 0.8 of rounded numbers may fall just short of a whole one.
        axis = Axis(input: n, output: max(0, Int(Double(Float(exact)).rounded(.down))), scale: scales[i], roi: region)
      } else {
        let size = sizes?[i] ?? n
        axis = Axis(input: n, output: size, scale: common ?? Double(size) / Double(max(1, n)), roi: region)
      }
      plan.append((d, axis))
    }
    var shape = x.shape
    for (d, axis) in plan { shape[d] = axis.output }
    try call.requireMemory(shape, x.dtype)
    guard elementCount(shape) > 0, x.count > 0 else {
      guard elementCount(shape) == 0 else { throw call.error(.shape, "\(x.shape) is empty and cannot become \(shape)") }
      return Tensor.zeros(shape, dtype: x.dtype)
    }
    let isInterpolated = mode != .nearest
    var result = isInterpolated && (x.dtype.size < 4 || !x.dtype.isFloatingPoint) ? x.to(.float32) : x
    var outside: Tensor?
    for (d, axis) in plan {
      // Lists of positions take more than what they gather: these stay well below the limit.
      try call.requireMemory([16, axis.output], .int64)
      let places = (0..<axis.output).map { position(Double($0), axis) }
      if coordinates == "tf_crop_and_resize" {
        let isOut = places.map { $0 < 0 || $0 > Double(axis.input - 1) }
        if isOut.contains(true) {
          let mask = Tensor(isOut, dtype: .bool).reshape(
            [axis.output] + [Int](repeating: 1, count: x.rank - 1 - d))
          outside = outside.map { $0.logicalOr(mask) } ?? mask
        }
      }
      // An axis that stays as it is takes no part.
      if axis.input == axis.output, zip(0..., places).allSatisfy({ Double($0) == $1 }) { continue }
      if mode == .nearest {
        result = result.indexSelect(d, Tensor(places.map { nearest($0, axis.input) }, dtype: .int64))
      } else {
        result = interpolated(result, d, axis, places)
      }
    }
    if let outside { result = result.maskedFill(outside.expand(shape), extrapolated) }
    return isInterpolated && x.dtype.isInteger ? result.round().to(x.dtype) : result.to(x.dtype)
  }

  /// Where an element of the output stands among those of the input.
  private func position(_ x: Double, _ axis: Axis) -> Double {
    let (input, output) = (Double(axis.input), Double(axis.output))
    switch coordinates {
    case "asymmetric": return x / axis.scale
    case "align_corners": return axis.output > 1 ? x * (input - 1) / (output - 1) : 0
    case "pytorch_half_pixel": return axis.output > 1 ? (x + 0.5) / axis.scale - 0.5 : 0
    case "tf_half_pixel_for_nn": return (x + 0.5) / axis.scale
    case "half_pixel_symmetric":
      let adjustment = output / (input * axis.scale)
      return input / 2 * (1 - adjustment) + (x + 0.5) / axis.scale - 0.5
    case "tf_crop_and_resize":
      let (start, end) = axis.roi
      return axis.output > 1
        ? start * (input - 1) + x * (end - start) * (input - 1) / (output - 1) : 0.5 * (start + end) * (input - 1)
    default: return (x + 0.5) / axis.scale - 0.5
    }
  }

  private func nearest(_ place: Double, _ size: Int) -> Int {
    let rounded: Double =
      switch rounding {
      case "floor": place.rounded(.down)
      case "ceil": place.rounded(.up)
      case "round_prefer_ceil": (place + 0.5).rounded(.down)
      default: (place - 0.5).rounded(.up)
      }
    return Int(min(max(rounded, 0), Double(size - 1)))
  }

  /// Sums of neighbours with weights that follow from the distance.
  private func interpolated(_ x: Tensor, _ dim: Int, _ axis: Axis, _ places: [Double]) -> Tensor {
    let stretch = antialias ? min(axis.scale, 1) : 1
    let reach = mode == .linear ? 1.0 : 2.0
    let first = Int((-reach / stretch).rounded(.down)) + 1
    let count = 2 - 2 * first
    var (indices, weights) = (
      [Int](repeating: 0, count: count * places.count), [Double](repeating: 0, count: count * places.count)
    )
    for (o, raw) in places.enumerated() {
      let place = min(max(raw, -1e9), 1e9)
      let base = place.rounded(.down)
      var own = (0..<count).map { filter((Double(first + $0) - (place - base)) * stretch) }
      if excludesOutside {
        for k in 0..<count where !(0..<axis.input ~= Int(base) + first + k) { own[k] = 0 }
      }
      let total = antialias || excludesOutside ? own.reduce(0, +) : 1
      for k in 0..<count {
        indices[k * places.count + o] = min(max(Int(base) + first + k, 0), axis.input - 1)
        weights[k * places.count + o] = total == 0 ? own[k] : own[k] / total
      }
    }
    let ones = [Int](repeating: 1, count: x.rank - dim - 1)
    var sum: Tensor?
    for k in 0..<count {
      let range = k * places.count..<(k + 1) * places.count
      guard weights[range].contains(where: { $0 != 0 }) else { continue }
      let weight = Tensor(Array(weights[range]), dtype: x.dtype).reshape([places.count] + ones)
      let part = x.indexSelect(dim, Tensor(Array(indices[range]), dtype: .int64)) * weight
      sum = sum.map { $0 + part } ?? part
    }
    return sum ?? zerosLike(x)
  }

  private func filter(_ distance: Double) -> Double {
    let d = distance.magnitude
    if mode == .linear { return max(0, 1 - d) }
    let a = cubicFactor
    if d <= 1 { return ((a + 2) * d - (a + 3)) * d * d + 1 }
    return d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0
  }
}
