import ApusCore
import ApusFormats
import ApusFunctional
import ApusNumerics

extension ONNXOperator {
  /// Pooling over windows and over all of the spatial dimensions.
  static let pooling: [ONNXOperator] = [
    ONNXOperator("MaxPool", inputs: 1...1, outputs: 1...2) { node in
      let windows = try ONNXWindows(node, needsKernel: true)
      let isColumnMajor = try node.flag("storage_order")
      let wantsPlaces = node.hasOutput(1)
      return { call in
        let x = try call.tensor(0)
        let laid = try laid(windows, on: x)
        let (values, places) = try maxima(x, laid, wantsPlaces: wantsPlaces)
        return [.tensor(values), places.map { .tensor(global($0, x.shape, isColumnMajor)) }]
      }
    },
    ONNXOperator("AveragePool", inputs: 1...1) { node in
      let windows = try ONNXWindows(node, needsKernel: true)
      let countsMargins = try node.flag("count_include_pad")
      return { call in
        let x = try call.tensor(0)
        return [.tensor(average(x, try laid(windows, on: x), countsMargins))]
      }
    },
    ONNXOperator("LpPool", inputs: 1...1) { node in
      let windows = try ONNXWindows(node, needsKernel: true)
      let p = try norm(node)
      return { call in
        let x = try call.tensor(0)
        let laid = try laid(windows, on: x)
        let powers = laid.padded(x.abs().pow(p), .float(0))
        return [.tensor(laid.combined(powers) { $0 + $1 }.pow(1 / p))]
      }
    },
    overall("GlobalAveragePool") { x, dims, _ in x.mean(dims, keepDim: true) },
    overall("GlobalMaxPool") { x, dims, _ in x.amax(dims, keepDim: true) },
    overall("GlobalLpPool") { x, dims, p in x.abs().pow(p).sum(dims, keepDim: true).pow(1 / p) },
  ]

  /// The order of a norm: a whole number, in the first version any.
  private static func norm(_ node: ONNXNode) throws(TensorError) -> Double {
    let p = node.opset < 2 ? try node.float("p", default: 2) : Double(try node.int("p", default: 2))
    guard p > 0 else { throw TensorError(.value, "", "the attribute 'p' is \(p), and must be positive") }
    return p
  }

  private static func overall(
    _ name: String, _ compute: @escaping @Sendable (Tensor, [Int], Double) -> Tensor
  ) -> ONNXOperator {
    ONNXOperator(name, inputs: 1...1) { node in
      let p = name == "GlobalLpPool" ? try norm(node) : 2
      return { call in
        let x = try call.tensor(0)
        guard x.rank >= 2 else { throw call.error(.shape, "needs an input [N, C, ...], and found \(x.shape)") }
        return [.tensor(x.rank == 2 ? x : compute(x, Array(2..<x.rank), p))]
      }
    }
  }

  private static func laid(_ windows: ONNXWindows, on x: Tensor) throws(TensorError) -> LaidWindows {
    guard x.rank >= 3, let kernel = windows.kernel else {
      throw TensorError(.shape, "", "needs an input [N, C, ...], and found \(x.shape)")
    }
    return try windows.laid(on: Array(x.shape[2...]), kernel: kernel)
  }

  /// Whether the library's own pooling has these windows: margins that are equal and at most half a kernel.
  private static func isPlain(_ laid: LaidWindows) -> Bool {
    (1...3).contains(laid.rank) && laid.isSymmetric
      && zip(laid.before, laid.kernel).allSatisfy { $0 >= 0 && 2 * $0 <= $1 }
      && (0..<laid.rank).allSatisfy { d in
        let room = laid.sizes[d] + laid.before[d] + laid.after[d] - (laid.kernel[d] - 1) * laid.dilations[d] - 1
        return laid.outputs[d] == room / laid.strides[d] + 1
      }
  }

  private static func maxima(
    _ x: Tensor, _ laid: LaidWindows, wantsPlaces: Bool
  ) throws(TensorError) -> (Tensor, Tensor?) {
    if isPlain(laid), x.dtype.isFloatingPoint {
      let result = maxPool(
        laid.rank, x, laid.kernel, laid.strides, laid.before, laid.dilations, false, returnsIndices: wantsPlaces)
      return (result.output, wantsPlaces ? result.indices : nil)
    }
    let least: Scalar =
      x.dtype.isFloatingPoint
      ? .float(-.infinity) : .int(x.dtype.kind == .signed ? Int.min >> (64 - 8 * x.dtype.size) : 0)
    let padded = laid.padded(x, least)
    guard wantsPlaces else { return (laid.combined(padded) { $0.maximum($1) }, nil) }
    guard (1...3).contains(laid.rank) else {
      throw TensorError(
        .unsupported, "", "places of maxima are known for 1 to 3 spatial dimensions, and found \(x.shape)")
    }
    // Only floating-point numbers have places here; whole numbers of 32 bits and fewer are told exactly by doubles.
    let result = maxPool(
      laid.rank, padded.dtype.isFloatingPoint ? padded : padded.to(.float64), laid.kernel, laid.strides,
      [Int](repeating: 0, count: laid.rank), laid.dilations, false, returnsIndices: true)
    // From positions with margins to those without.
    let wide = Array(padded.shape[2...])
    var (rest, flat, scale) = (result.indices, zerosLike(result.indices), 1)
    for d in (0..<laid.rank).reversed() {
      flat = flat + (rest.remainder(wide[d]) - laid.before[d]) * scale
      rest = rest.floorDivide(wide[d])
      scale *= laid.sizes[d]
    }
    return (result.output.to(x.dtype), flat)
  }

  /// Positions in a plane as positions in the whole tensor.
  private static func global(_ places: Tensor, _ shape: [Int], _ isColumnMajor: Bool) -> Tensor {
    let sizes = Array(shape[2...])
    let plane = elementCount(sizes)
    var inner = places
    if isColumnMajor {
      var (rest, scale) = (places, plane)
      inner = zerosLike(places)
      for size in sizes.reversed() {
        scale /= max(size, 1)
        inner = inner + rest.remainder(size) * scale
        rest = rest.floorDivide(size)
      }
    }
    let first = (arange(shape[0] * shape[1]) * plane).reshape(
      [shape[0], shape[1]] + [Int](repeating: 1, count: sizes.count))
    return inner + first
  }

  private static func average(_ x: Tensor, _ laid: LaidWindows, _ countsMargins: Bool) -> Tensor {
    if isPlain(laid), laid.dilations.allSatisfy({ $0 == 1 }) {
      return averagePool(laid.rank, x, laid.kernel, laid.strides, laid.before, false, countsMargins, nil)
    }
    let sums = laid.combined(laid.padded(x, .float(0))) { $0 + $1 }
    return sums / laid.counts(margins: countsMargins, dtype: x.dtype)
  }
}
