import ApusCore
import ApusFormats
import ApusFunctional
import ApusNN

// Maxima and means of windows.

let poolingExports: [String: ExportLowering] = [
  "MaxPool": maxPool,
  "AveragePool": averagePool,
  "MaxPoolGradient": { operation in
    // The inverse of pooling: each number goes to its place.
    guard try operation.attributes.choice("layout") == "channelsFirst" else {
      throw operation.refusal("places of maxima are those inside of windows")
    }
    let sizes = operation.outputSizes[0]
    let lead = Array(sizes[..<2])
    let area = sizes[2...].reduce(operation.fixed([1])[0], *)
    let outArea = operation.inputSizes[0][2...].reduce(operation.fixed([1])[0], *)
    let values = try operation.reshape(operation.inputs[0], lead + [outArea])
    let places = try operation.reshape(operation.positions(1), lead + [outArea])
    let made = operation.add(
      "ScatterElements", [try operation.zeros(lead + [area]), places, values],
      [("axis", .int(2)), ("reduction", .string("add"))])
    return [try operation.reshape(made, sizes)]
  },
  "MaxPoolSelect": { operation in
    guard try operation.attributes.choice("layout") == "channelsFirst" else {
      throw operation.refusal("places of maxima are those inside of windows")
    }
    let lead = Array(operation.inputSizes[0][..<2])
    let areas = (0..<2).map { operation.inputSizes[$0][2...].reduce(operation.fixed([1])[0], *) }
    let values = try operation.reshape(operation.inputs[0], lead + [areas[0]])
    let places = try operation.reshape(operation.positions(1), lead + [areas[1]])
    let made = operation.add("GatherElements", [values, places], [("axis", .int(2))])
    return [try operation.reshape(made, operation.outputSizes[0])]
  },
  "GeneralMaxPool": generalMaxPool,
  "RangeMeans": rangeMeans,
]

/// How the windows of a pooling lie.
private struct Window {
  let kernel, stride, padding, dilation: [Int]
  let ceilMode: Bool

  init(_ attributes: PrimitiveAttributes) throws {
    let a = try attributes.inside("window")
    kernel = try a.ints("kernel")
    stride = try a.ints("stride")
    padding = try a.ints("padding")
    dilation = try a.ints("dilation")
    ceilMode = try a.bool("ceilMode")
  }

  /// How far windows reach beyond the far end, padding included; negative where some elements are in none.
  func beyond(_ input: [Int], _ output: [Int]) -> [Int] {
    kernel.indices.map { d in
      (output[d] - 1) * stride[d] + dilation[d] * (kernel[d] - 1) + 1 - input[d] - padding[d]
    }
  }

  func attributes(after: [Int]) -> [(String, ONNX.AttributeProto.Value)] {
    var all: [(String, ONNX.AttributeProto.Value)] = [
      ("kernel_shape", .ints(kernel.map(Int64.init))), ("strides", .ints(stride.map(Int64.init))),
      ("pads", .ints((padding + after).map(Int64.init))),
    ]
    if dilation.contains(where: { $0 != 1 }) { all.append(("dilations", .ints(dilation.map(Int64.init)))) }
    return all
  }
}

private func maxPool(_ operation: ExportedOperation) throws -> [String] {
  let window = try Window(operation.attributes)
  let (input, output) = (operation.inputSizes[0][2...], operation.outputSizes[0][2...])
  let isKnown = (input + output).allSatisfy(\.isFixed)
  var attributes = window.attributes(after: window.padding)
  if window.ceilMode, isKnown {
    // The last windows may reach beyond the padding: more padding, so that no rule of rounding counts.
    let beyond = window.beyond(input.compactMap(\.fixed), output.compactMap(\.fixed))
    attributes = window.attributes(after: zip(beyond, window.padding).map { max($0, $1) })
  } else if window.ceilMode {
    attributes.append(("ceil_mode", .int(1)))
  }
  let x = try operation.cast(operation.inputs[0], from: operation.dtype, to: wideType(operation))
  guard operation.isUsed[1] else {
    let made = operation.add("MaxPool", [x], attributes)
    return [try operation.cast(made, from: wideType(operation), to: operation.dtype), ""]
  }
  guard try operation.attributes.choice("layout") == "channelsFirst" else {
    throw operation.refusal("places of maxima are those inside of windows")
  }
  let made = operation.addMany("MaxPool", [x], attributes, results: 2)
  // ONNX counts places in the whole tensor.
  let area = try operation.number(input.reduce(operation.fixed([1])[0], *), .int64)
  let values = try operation.cast(made[0], from: wideType(operation), to: operation.dtype)
  return [values, operation.add("Mod", [made[1], area])]
}

private func averagePool(_ operation: ExportedOperation) throws -> [String] {
  let window = try Window(operation.attributes)
  let rule = try operation.attributes.inside("rule")
  let (includesPadding, divisor) = (try rule.bool("countIncludePad"), try rule.int("divisor"))
  let (input, output) = (operation.inputSizes[0][2...], operation.outputSizes[0][2...])
  let x = try operation.cast(operation.inputs[0], from: operation.dtype, to: wideType(operation))
  let elements = window.kernel.reduce(1, *)
  let isWide = operation.needsWideWindows([operation.inputSizes[0], operation.outputSizes[0]])
  if !isWide, !window.ceilMode || !(input + output).allSatisfy(\.isFixed) {
    var attributes = window.attributes(after: window.padding)
    if window.ceilMode { attributes.append(("ceil_mode", .int(1))) }
    if includesPadding || divisor != 0 { attributes.append(("count_include_pad", .int(1))) }
    var made = operation.add("AveragePool", [x], attributes)
    if divisor != 0 {
      guard !window.ceilMode else { throw operation.refusal("a divisor of its own, with ceilMode and open sizes") }
      made = operation.add(
        "Mul", [made, try operation.scalar(Double(elements) / Double(divisor), wideType(operation))])
    }
    return [try operation.cast(made, from: wideType(operation), to: operation.dtype)]
  }
  // Windows reach beyond the padding: zeros are put there, and sums are divided by what each window counts.
  let (sizes, counts) = (input.compactMap(\.fixed), output.compactMap(\.fixed))
  let after = window.beyond(sizes, counts).map { max(0, $0) }
  let means: String
  if isWide {
    means = try operation.windowSums(
      x, kernel: window.kernel, stride: window.stride, before: window.padding, after: after, counts: counts)
  } else {
    let pads = [0, 0] + window.padding + [0, 0] + after
    let padded = pads.allSatisfy { $0 == 0 } ? x : operation.add("Pad", [x, try operation.ints(pads)])
    let plain: [(String, ONNX.AttributeProto.Value)] = [
      ("kernel_shape", .ints(window.kernel.map(Int64.init))), ("strides", .ints(window.stride.map(Int64.init))),
    ]
    means = operation.add("AveragePool", [padded], plain)
  }
  var shares = [1.0]
  for d in window.kernel.indices {
    let inside = (0..<counts[d]).map { o -> Double in
      let start = o * window.stride[d] - window.padding[d]
      let (first, end) = (
        includesPadding ? start : max(start, 0), includesPadding ? sizes[d] + window.padding[d] : sizes[d]
      )
      return Double(min(start + window.kernel[d], end) - first)
    }
    shares = shares.flatMap { share in inside.map { share * $0 } }
  }
  let factors = shares.map { (isWide ? 1 : Double(elements)) / (divisor != 0 ? Double(divisor) : $0) }
  if factors.allSatisfy({ $0 == 1 }) {
    return [try operation.cast(means, from: wideType(operation), to: operation.dtype)]
  }
  let factor = try operation.graph.constant(Tensor(factors, dtype: wideType(operation)).reshape([1, 1] + counts))
  let shared = operation.add("Mul", [means, factor])
  return [try operation.cast(shared, from: wideType(operation), to: operation.dtype)]
}

/// The type that ONNX computes windows in.
private func wideType(_ operation: ExportedOperation) -> DType {
  operation.dtype.isFloatingPoint ? operation.dtype.computeType : .float64
}

/// Maxima over positions that are given for each dimension.
private func generalMaxPool(_ operation: ExportedOperation) throws -> [String] {
  let taps = try operation.attributes.constant("windows", as: [WindowTable].self).map(\.positions)
  let x = try operation.wide(0)
  guard operation.isUsed[1] else {
    var made = x
    for (d, windows) in taps.enumerated() {
      if windows.enumerated().allSatisfy({ $1 == [$0] }), operation.inputSizes[0][d + 2].fixed == windows.count {
        continue
      }
      let index = try operation.graph.constant(squared(windows))
      let seen = operation.add("Gather", [made, index], [("axis", .int(Int64(d + 2)))])
      made = try operation.reduce("ReduceMax", seen, [d + 3], keepDims: false)
    }
    return [try operation.narrow(made), ""]
  }
  let sizes = try operation.fixed(Array(operation.inputSizes[0][2...]), "the places of maxima")
  var (seen, places, widths) = (x, [0], [Int]())
  for (d, windows) in taps.enumerated() {
    let index = squared(windows)
    widths.append(index.shape[1])
    seen = operation.add("Gather", [seen, try operation.graph.constant(index)], [("axis", .int(Int64(2 * d + 2)))])
    let own = index.array(as: Int.self)
    places = places.flatMap { place in own.map { place * sizes[d] + $0 } }
  }
  let counts = taps.map(\.count)
  let width = widths.reduce(1, *)
  let lead = Array(operation.inputSizes[0][..<2])
  seen = try operation.reshape(
    operation.transpose(seen, [0, 1, 2, 4, 6, 3, 5, 7]), lead + operation.fixed(counts + [width]))
  // The places in the same order.
  let table = Tensor(places.map(Int64.init))
    .reshape(zip(counts, widths).flatMap { [$0, $1] }).permute([0, 2, 4, 1, 3, 5]).reshape([1, 1] + counts + [width])
  let which = operation.add("ArgMax", [seen], [("axis", .int(5)), ("keepdims", .int(1))])
  let all = try operation.expand(operation.graph.constant(table), lead + operation.fixed(counts + [width]))
  let found = operation.add("GatherElements", [all, which], [("axis", .int(5))])
  let values = operation.add("GatherElements", [seen, which], [("axis", .int(5))])
  return [try operation.narrow(operation.squeeze(values, [5])), try operation.squeeze(found, [5])]
}

/// Windows as a matrix: shorter ones see their last position again.
private func squared(_ windows: [[Int]]) -> Tensor {
  let width = windows.map(\.count).max() ?? 0
  let all = windows.flatMap { window in (0..<width).map { Int64(window[min($0, window.count - 1)]) } }
  return Tensor(all).reshape([windows.count, width])
}

/// Means of ranges along each spatial dimension: of one after the other.
private func rangeMeans(_ operation: ExportedOperation) throws -> [String] {
  guard try !operation.attributes.isThere("shape") else { throw operation.refusal("the gradient of adaptive pooling") }
  let all = try operation.primitives.map { primitive in
    try PrimitiveAttributes([primitive]).constant("ranges", as: [[Range<Int>]].self)
  }
  var made = try operation.wide(0)
  let rank = operation.rank
  for (d, ranges) in all[0].enumerated() {
    let size = operation.inputSizes[0][d + 2]
    if all.enumerated().allSatisfy({ k, each in each[d] == [0..<size.values[k]] }) {
      if size.fixed != 1 { made = try operation.reduce("ReduceMean", made, [d + 2], keepDims: true) }
      continue
    }
    if all.enumerated().allSatisfy({ k, each in each[d] == (0..<size.values[k]).map { $0..<$0 + 1 } }) { continue }
    let length = try operation.fixed([size], "the ranges of adaptive pooling")[0]
    // A product with the matrix of shares.
    var shares = [Double](repeating: 0, count: length * ranges.count)
    for (o, range) in ranges.enumerated() {
      for i in range { shares[i * ranges.count + o] = 1 / Double(range.count) }
    }
    let matrix = try operation.graph.constant(
      Tensor(shares, dtype: wideType(operation)).reshape([length, ranges.count]))
    var order = Array(0..<rank)
    order.swapAt(d + 2, rank - 1)
    let product = operation.add("MatMul", [operation.transpose(made, order), matrix])
    made = operation.transpose(product, order)
  }
  return [try operation.narrow(made)]
}
