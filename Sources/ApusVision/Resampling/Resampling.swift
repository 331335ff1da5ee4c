import ApusCore
import ApusFunctional
import CVision

/// How PyTorch finds the pixels of a picture in another size.
struct ResamplingMethod: Hashable, Sendable {
  /// Bilinear, bicubic or lanczos.
  let interpolation: ImageInterpolation
  let antialias: Bool
}

/// Pictures `[N, C, H, W]` of bytes or floating point numbers in another size: along rows, then along columns, each a weighted
/// sum, as PyTorch's `interpolate`. Bytes are rounded after each, with weights of 16 bits.
struct Resampling: LinearPrimitive, Hashable {
  let height: Int
  let width: Int
  let method: ResamplingMethod
  var name: String {
    let interpolation = method.interpolation.rawValue
    return "UpsampleBy\(interpolation.prefix(1).uppercased())\(interpolation.dropFirst())"
  }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    [TensorType([inputs[0].shape[0], inputs[0].shape[1], height, width], inputs[0].dtype)]
  }

  /// Few channels stay beside each other where they are.
  func layout(of i: Int, _ inputs: [Tensor], _ type: TensorType) -> Layout {
    inputs[0].hasInterleavedChannels ? .channelsLast : .rowMajor
  }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let x = inputs[0]
    let shape = x.body.shape
    let interleaved = x.hasInterleavedChannels
    let source = interleaved ? x.body : try x.dense()
    // A plane has `group` channels.
    let group = interleaved ? shape[1] : 1
    let planes = shape[0] * shape[1] / group
    let rows = ResampledAxis(from: shape[3], to: width, method, x.dtype)
    let columns = ResampledAxis(from: shape[2], to: height, method, x.dtype)
    resample(
      UnsafeRawPointer(source.data), results[0].body.data, planes: planes, group: group, rows: rows, columns: columns,
      x.dtype)
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let type = node.inputType(0)
    let rows = ResampledAxis(from: type.shape[3], to: width, method, .float64).matrix(type.dtype)
    let columns = ResampledAxis(from: type.shape[2], to: height, method, .float64).matrix(type.dtype)
    return [matmul(matmul(columns.mT, single(node, cotangents)), rows)]
  }
}

/// Resamples `planes` planes of `group` channels from `source` to `target`; both lie densely, as `axis.inputs` says.
func resample(
  _ source: UnsafeRawPointer, _ target: UnsafeMutableRawPointer, planes: Int, group: Int, rows: ResampledAxis,
  columns: ResampledAxis, _ dtype: DType, columnsFirst: Bool = false
) {
  let size = dtype.size
  let (keepsRows, keepsColumns) = (rows.isIdentity, columns.isIdentity)
  // What lies between the two steps.
  let middleRows = columnsFirst ? columns.outputs : columns.inputs
  let middleWidth = columnsFirst ? rows.inputs : rows.outputs
  let work = columns.inputs * rows.inputs * group
  parallelFor(planes, grain: max(1, parallelGrain / max(work, 1))) { range in
    withUnsafeTemporaryAllocation(
      byteCount: middleRows * middleWidth * group * size + 64, alignment: 64
    ) { middle in
      guard let middle = middle.baseAddress else { return }
      for plane in range {
        let from = source + plane * columns.inputs * rows.inputs * group * size
        let to = target + plane * columns.outputs * rows.outputs * group * size
        switch (keepsRows, keepsColumns) {
        case (true, true): to.copyMemory(from: from, byteCount: columns.inputs * rows.inputs * group * size)
        case (true, false): columns.alongColumns(from, to, width: rows.inputs * group, dtype)
        case (false, true): rows.alongRows(from, to, rows: columns.inputs, group: group, dtype)
        case (false, false):
          if columnsFirst {
            columns.alongColumns(from, middle, width: rows.inputs * group, dtype)
            rows.alongRows(middle, to, rows: columns.outputs, group: group, dtype)
          } else {
            rows.alongRows(from, middle, rows: columns.inputs, group: group, dtype)
            columns.alongColumns(middle, to, width: rows.outputs * group, dtype)
          }
        }
      }
    }
  }
}

extension Tensor {
  /// Whether the few channels of pictures `[N, C, H, W]` lie beside each other, without gaps.
  var hasInterleavedChannels: Bool {
    let (shape, strides) = (body.shape, body.strides)
    guard (2...4).contains(shape[1]), shape[2] * shape[3] > 1, strides[1] == 1 else { return false }
    let (pixel, row) = (shape[1], shape[1] * shape[3])
    return strides[3] == pixel && strides[2] == row && (shape[0] == 1 || strides[0] == row * shape[2])
  }
}
