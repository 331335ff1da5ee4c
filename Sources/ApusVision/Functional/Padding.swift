import ApusCore
import ApusFunctional
import ApusNumerics

extension TF {
  /// The picture with a margin, torchvision's `pad`.
  /// - Parameters:
  ///   - padding: one number for all sides, two for left and right, top and bottom, or four for left, top, right, bottom. Negative
  ///     ones cut pixels off.
  ///   - fill: what stands there for the mode constant: one number, or one for each channel.
  ///   - paddingMode: boxes and points take the mode constant only.
  public static func pad<Input: VisionTensor, each Size: SpatialSize>(
    _ input: Input, padding: (repeat each Size), fill: Fill = nil, paddingMode: PaddingMode = .constant
  ) -> Input {
    PadKernel(padding: sizes(repeat each padding) ?? [], fill: fill, mode: paddingMode).run(input)
  }

  /// ``pad(_:padding:fill:paddingMode:)`` without the label.
  public static func pad<Input: VisionTensor>(
    _ input: Input, _ padding: some SpatialSize, fill: Fill = nil, paddingMode: PaddingMode = .constant
  ) -> Input {
    PadKernel(padding: padding.spatialSizes, fill: fill, mode: paddingMode).run(input)
  }
}

/// Left, right, top, bottom of 1, 2 or 4 numbers.
func sides(_ padding: [Int], _ name: String) throws(TensorError) -> [Int] {
  guard padding.allSatisfy({ $0.magnitude <= mostPixels }) else {
    throw TensorError(.value, name, "no number of the padding is beyond \(mostPixels), and found \(padding)")
  }
  switch padding.count {
  case 1: return [padding[0], padding[0], padding[0], padding[0]]
  case 2: return [padding[0], padding[0], padding[1], padding[1]]
  case 4: return [padding[0], padding[2], padding[1], padding[3]]
  default:
    throw TensorError(
      .value, name, "Padding must be an int or a 1, 2, or 4 element tuple or list. Found \(padding.count): \(padding)")
  }
}

/// A margin of `value` at left, right, top and bottom; negative ones cut off.
func padded(_ x: Tensor, _ sides: [Int], _ value: Double) throws(TensorError) -> Tensor {
  if sides.allSatisfy({ $0 == 0 }) { return x }
  guard x.height + sides[2] + sides[3] >= 0, x.width + sides[0] + sides[1] >= 0 else {
    throw TensorError(.value, "pad", "the padding \(sides) cuts off more than the picture \(x.shape) has")
  }
  let whole = x.dtype.isFloatingPoint ? value : value.rounded(.towardZero)
  if x.dtype == .bool { return x.to(.uint8).pad(sides, value: value != 0 ? 1 : 0).to(.bool) }
  return x.pad(sides, value: whole)
}

struct PadKernel: Kernel {
  let padding: [Int]
  let fill: Fill
  let mode: PaddingMode
  var name: String { "pad" }

  func settled(for kind: VisionKind) -> PadKernel {
    PadKernel(padding: padding, fill: Fill(fill.values(for: kind)), mode: mode)
  }

  func image(_ x: Tensor) throws(TensorError) -> Tensor { try padded(x, fill.values(for: .others)) }
  func mask(_ x: Tensor) throws(TensorError) -> Tensor? {
    let values = fill.values(for: .others) ?? [0]
    guard values.count == 1 else {
      throw TensorError(.value, name, "masks take one number to fill, and found \(values)")
    }
    return try padded(x, values)
  }
  func boxes(_ x: BoundingBoxes) throws(TensorError) -> BoundingBoxes? {
    let sides = try sidesForPlaces("bounding boxes")
    let moved = x.with(x.moved(sides[0], sides[2]), canvasSize: larger(x.canvasSize, sides))
    return try moved.clamped(x.clampingMode)
  }
  func points(_ x: KeyPoints) throws(TensorError) -> KeyPoints? {
    let sides = try sidesForPlaces("KeyPoints")
    return x.with(
      x.tensor + Tensor([sides[0], sides[2]]).to(x.tensor.dtype), canvasSize: larger(x.canvasSize, sides))
  }

  private func larger(_ canvas: (height: Int, width: Int), _ sides: [Int]) -> (Int, Int) {
    (canvas.height + sides[2] + sides[3], canvas.width + sides[0] + sides[1])
  }

  private func sidesForPlaces(_ what: String) throws(TensorError) -> [Int] {
    guard mode == .constant else {
      throw TensorError(.value, name, "Padding mode '\(mode.rawValue)' is not supported with \(what)")
    }
    return try sides(padding, name)
  }

  private func padded(_ x: Tensor, _ values: [Double]?) throws(TensorError) -> Tensor {
    let sides = try sides(padding, name)
    let values = values ?? [0]
    if values.count > 1 {
      guard mode == .constant else {
        throw TensorError(.value, name, "Padding mode '\(mode.rawValue)' is not supported if fill is not scalar")
      }
      return try withChannels(x, sides, values)
    }
    switch mode {
    case .constant: return try ApusVision.padded(x, sides, values[0])
    case .edge, .reflect, .symmetric:
      try checkMemory(
        TensorType(
          x.shape.dropLast(2) + [max(0, x.height + sides[2] + sides[3]), max(0, x.width + sides[0] + sides[1])], x.dtype
        ),
        name)
      return x.indexSelect(x.ndim - 2, Tensor(try places(x.height, sides[2], sides[3])))
        .indexSelect(x.ndim - 1, Tensor(try places(x.width, sides[0], sides[1])))
    }
  }

  /// A margin with a colour.
  private func withChannels(_ x: Tensor, _ sides: [Int], _ values: [Double]) throws(TensorError) -> Tensor {
    guard x.channels == values.count else {
      throw TensorError(.value, name, "\(values.count) numbers to fill do not fit \(x.channels) channels")
    }
    var parts: [Tensor] = []
    for (c, value) in values.enumerated() {
      parts.append(try ApusVision.padded(x.narrow(x.ndim - 3, c, 1), sides, value))
    }
    return cat(parts, dim: x.ndim - 3)
  }

  /// Which rows or columns the result has.
  private func places(_ count: Int, _ before: Int, _ after: Int) throws(TensorError) -> [Int] {
    let most = mode == .reflect ? count - 1 : mode == .symmetric ? count : .max
    guard before <= most, after <= most, count > 0, count + before + after >= 0 else {
      throw TensorError(
        .value, name, "the padding \(before), \(after) in mode \(mode.rawValue) does not fit a size of \(count)")
    }
    return (-before..<max(-before, count + after)).map { place in
      switch mode {
      case .constant, .edge: min(max(place, 0), count - 1)
      case .reflect: place < 0 ? -place : place >= count ? 2 * count - 2 - place : place
      case .symmetric: place < 0 ? -1 - place : place >= count ? 2 * count - 1 - place : place
      }
    }
  }
}
