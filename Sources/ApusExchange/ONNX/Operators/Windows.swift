import ApusCore
import ApusFormats

/// How windows are laid over the spatial dimensions, as the attributes of convolutions and pooling say.
struct ONNXWindows: Sendable {
  let kernel: [Int]?
  let strides: [Int]?
  let dilations: [Int]?
  let pads: [Int]?
  /// `NOTSET`, `SAME_UPPER`, `SAME_LOWER` or `VALID`.
  let automatic: String
  let ceils: Bool

  init(_ node: ONNXNode, needsKernel: Bool = false) throws(TensorError) {
    kernel = try node.sizes("kernel_shape")
    strides = try node.sizes("strides")
    dilations = try node.sizes("dilations")
    pads = try node.ints("pads")
    if let bad = pads?.first(where: { $0.magnitude > Int(Int32.max) }) {
      throw TensorError(.value, "", "the attribute 'pads' has \(bad)")
    }
    automatic = try node.choice(
      "auto_pad", default: "NOTSET", of: ["NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"])
    ceils = try node.flag("ceil_mode")
    if needsKernel, kernel == nil { throw TensorError(.format, "", "the attribute 'kernel_shape' is missing") }
  }

  /// The windows for an input and a kernel of those sizes.
  func laid(on sizes: [Int], kernel: [Int]) throws(TensorError) -> LaidWindows {
    func each(_ numbers: [Int]?, _ standard: Int, _ name: String) throws(TensorError) -> [Int] {
      guard let numbers else { return [Int](repeating: standard, count: sizes.count) }
      guard numbers.count == sizes.count else {
        throw TensorError(
          .shape, "", "the attribute '\(name)' is \(numbers), and there are \(sizes.count) spatial dimensions")
      }
      return numbers
    }
    guard kernel.count == sizes.count else {
      throw TensorError(.shape, "", "a kernel of \(kernel) does not fit \(sizes.count) spatial dimensions")
    }
    if let own = self.kernel, own != kernel {
      throw TensorError(.shape, "", "the attribute 'kernel_shape' is \(own), and the weight has \(kernel)")
    }
    let strides = try each(self.strides, 1, "strides")
    let dilations = try each(self.dilations, 1, "dilations")
    let rank = sizes.count
    guard kernel.allSatisfy({ $0 <= 1 << 20 }) else {
      throw TensorError(.unsupported, "", "a kernel of \(kernel) is larger than 2^20")
    }
    var (before, after) = ([Int](repeating: 0, count: rank), [Int](repeating: 0, count: rank))
    if automatic == "NOTSET", let pads {
      guard pads.count == 2 * rank else {
        throw TensorError(.shape, "", "the attribute 'pads' is \(pads), and there are \(rank) spatial dimensions")
      }
      (before, after) = (Array(pads[..<rank]), Array(pads[rank...]))
    }
    var outputs: [Int] = []
    // The margins are a part of what is computed, and no file is to ask for more than memory by them.
    var plane = 1
    for d in 0..<rank {
      let reach = (kernel[d] - 1) * dilations[d] + 1
      if automatic.hasPrefix("SAME") {
        let count = (sizes[d] + strides[d] - 1) / strides[d]
        let total = max(0, (count - 1) * strides[d] + reach - sizes[d])
        before[d] = automatic == "SAME_UPPER" ? total / 2 : total - total / 2
        after[d] = total - before[d]
      }
      plane = plane.clampedMultiplying(max(1, sizes[d] + max(0, before[d]) + max(0, after[d])))
      guard plane <= max(1 << 28, elementCount(sizes).clampedMultiplying(16)) else {
        throw TensorError(.memory, "", "margins of \(before) and \(after) around \(sizes) need too much memory")
      }
      let room = sizes[d] + before[d] + after[d] - reach
      guard room >= 0 else {
        throw TensorError(
          .shape, "",
          "a kernel of \(kernel) with dilations \(dilations) is larger than \(sizes) with margins "
            + "\(before) and \(after)")
      }
      var count = (ceils ? room + strides[d] - 1 : room) / strides[d] + 1
      // A window that would begin behind the elements is none.
      if ceils, (count - 1) * strides[d] >= sizes[d] + before[d] { count -= 1 }
      outputs.append(count)
    }
    return LaidWindows(
      sizes: sizes, kernel: kernel, strides: strides, dilations: dilations, before: before, after: after,
      outputs: outputs)
  }
}

/// Windows over spatial dimensions of known sizes.
struct LaidWindows: Sendable {
  let sizes: [Int]
  let kernel: [Int]
  let strides: [Int]
  let dilations: [Int]
  let before: [Int]
  let after: [Int]
  let outputs: [Int]

  var rank: Int { sizes.count }
  var isSymmetric: Bool { before == after }
  var hasMargins: Bool { before.contains { $0 != 0 } || after.contains { $0 != 0 } }

  /// What must stand around so that all windows lie inside: with `ceils`, more or less than `after`.
  private var filled: [Int] {
    (0..<rank).map { d in
      (outputs[d] - 1) * strides[d] + (kernel[d] - 1) * dilations[d] + 1 - sizes[d] - before[d]
    }
  }

  /// `x` with `filler` around it, so that the windows lie inside.
  func padded(_ x: Tensor, _ filler: Scalar) -> Tensor {
    let filled = filled
    guard before.contains(where: { $0 != 0 }) || filled.contains(where: { $0 != 0 }) else { return x }
    var margins: [Int] = []
    for d in (0..<rank).reversed() { margins += [before[d], filled[d]] }
    return x.pad(margins, value: filler)
  }

  /// The elements of all windows of a padded tensor combined two at a time, one dimension after the other.
  func combined(_ padded: Tensor, _ combine: (Tensor, Tensor) -> Tensor) -> Tensor {
    var result = padded
    for d in 0..<rank {
      let dim = padded.rank - rank + d
      let source = result
      func tap(_ k: Int) -> Tensor {
        let start = k * dilations[d]
        return source.slice(dim, start, start + (outputs[d] - 1) * strides[d] + 1, strides[d])
      }
      result = (1..<max(kernel[d], 1)).reduce(tap(0)) { combine($0, tap($1)) }
    }
    return result
  }

  /// How many elements each window has: those of the input, or, with `margins`, also those of the margins.
  func counts(margins: Bool, dtype: DType) -> Tensor {
    let filled = filled
    var inside = Tensor.ones(
      margins ? (0..<rank).map { max(0, sizes[$0] + before[$0] + after[$0]) } : sizes, dtype: dtype)
    var pads: [Int] = []
    for d in (0..<rank).reversed() {
      pads += margins ? [0, filled[d] - after[d]] : [before[d], filled[d]]
    }
    inside = inside.pad(pads)
    return combined(inside) { $0 + $1 }
  }
}
