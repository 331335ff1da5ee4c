import ApusCore
import ApusFormats
import ApusNN

// Windows by products and gathered elements: ONNX's operators for windows take no whole numbers, and those of ONNX Runtime no
// float64.

extension ExportedOperation {
  /// Whether windows have to be written by other operators, and sizes are known.
  func needsWideWindows(_ sizes: [[Size]]) -> Bool {
    (dtype == .float64 || !dtype.isFloatingPoint) && sizes.allSatisfy { $0.dropFirst(2).allSatisfy(\.isFixed) }
  }

  private func windowIndex(_ count: Int, _ stride: Int, _ kernel: Int, _ dilation: Int) throws -> String {
    let places = (0..<count).flatMap { o in (0..<kernel).map { Int64(o * stride + $0 * dilation) } }
    return try graph.constant(Tensor(places).reshape([count, kernel]))
  }

  private func paddedEnds(_ value: String, _ before: [Int], _ after: [Int]) throws -> String {
    if (before + after).allSatisfy({ $0 == 0 }) { return value }
    return add("Pad", [value, try ints([0, 0] + before + [0, 0] + after)])
  }

  /// The sums of windows of `[N, C, ...]`, after padding with zeros.
  func windowSums(
    _ value: String, kernel: [Int], stride: [Int], before: [Int], after: [Int], counts: [Int]
  ) throws -> String {
    var made = try paddedEnds(value, before, after)
    for d in kernel.indices {
      let index = try windowIndex(counts[d], stride[d], kernel[d], 1)
      made = try reduce(
        "ReduceSum", add("Gather", [made, index], [("axis", .int(Int64(d + 2)))]), [d + 3], keepDims: false)
    }
    return made
  }

  /// A convolution of `inputs` as a product of the filters with all windows.
  func wideConvolution(_ settings: ConvolutionLayout, _ inputs: [String]) throws -> String {
    let rank = settings.kernel.count
    let counts = outputSizes[0][2...].compactMap(\.fixed)
    var seen = try paddedEnds(inputs[0], settings.before, settings.after)
    for d in 0..<rank {
      let index = try windowIndex(counts[d], settings.stride[d], settings.kernel[d], settings.dilation[d])
      seen = add("Gather", [seen, index], [("axis", .int(Int64(2 + 2 * d)))])
    }
    let order = [0, 1] + (0..<rank).map { 3 + 2 * $0 } + (0..<rank).map { 2 + 2 * $0 }
    let filters = inputTypes[1].shape
    let depth = filters[1...].reduce(1, *)
    let groups = settings.groups
    let columns = try reshape(
      transpose(seen, order), [inputSizes[0][0]] + fixed([groups, depth, counts.reduce(1, *)]))
    let weight = try reshape(inputs[1], [groups, filters[0] / groups, depth])
    var made = try reshape(add("MatMul", [weight, columns]), outputSizes[0])
    if inputs.count == 3 {
      made = add("Add", [made, try reshape(inputs[2], [-1] + [Int](repeating: 1, count: rank))])
    }
    return made
  }

  /// A transposed convolution: a product with the filters, whose parts are added up where windows lie.
  func wideTransposed(_ settings: ConvolutionLayout, _ inputs: [String]) throws -> String {
    let rank = settings.kernel.count
    let (given, wanted) = (inputSizes[0][2...].compactMap(\.fixed), outputSizes[0][2...].compactMap(\.fixed))
    let filters = inputTypes[1].shape
    let (groups, depth) = (settings.groups, filters[1...].reduce(1, *))
    let batch = inputSizes[0][0]
    let weight = transpose(try reshape(inputs[1], [groups, filters[0] / groups, depth]), [0, 2, 1])
    let images = try reshape(inputs[0], [batch] + fixed([groups, filters[0] / groups, given.reduce(1, *)]))
    let channels = groups * filters[1]
    var made = try reshape(
      add("MatMul", [weight, images]), [batch] + fixed([channels] + settings.kernel + given))
    // Kernel and window of each dimension side by side.
    made = transpose(made, [0, 1] + (0..<rank).flatMap { [2 + $0, 2 + rank + $0] })
    var done = 1
    for d in (0..<rank).reversed() {
      let lead = [batch] + fixed([channels] + (0..<d).flatMap { [settings.kernel[$0], given[$0]] })
      let width = settings.kernel[d] * given[d]
      let moved = transpose(
        try reshape(made, lead + fixed([width, done])), Array(0..<lead.count) + [lead.count + 1, lead.count])
      var places = [Double](repeating: 0, count: width * wanted[d])
      for k in 0..<settings.kernel[d] {
        for o in 0..<given[d] {
          let place = o * settings.stride[d] - settings.before[d] + k * settings.dilation[d]
          if (0..<wanted[d]).contains(place) { places[(k * given[d] + o) * wanted[d] + place] = 1 }
        }
      }
      let matrix = try graph.constant(
        Tensor(places, dtype: dtype == .float64 ? .float64 : .int64).reshape([width, wanted[d]]))
      let sums = transpose(add("MatMul", [moved, matrix]), Array(0..<lead.count) + [lead.count + 1, lead.count])
      done *= wanted[d]
      made = try reshape(sums, lead + fixed([done]))
    }
    return try reshape(made, outputSizes[0])
  }
}
