import ApusCore
import CVision

/// One dimension that is resampled: for each element of the result, where its sources begin and how much each counts.
struct ResampledAxis {
  let inputs: Int
  let outputs: Int
  private(set) var starts: [Int32] = []
  private(set) var counts: [Int32] = []
  /// The most sources of one element.
  private(set) var taps = 0
  /// `taps` for each element, 0 behind the last source.
  private(set) var weights: [Double] = []
  /// The same as whole numbers with `shift` bits behind the point, of 16 bits or of 32.
  private var narrow: [Int16] = []
  private var wide: [Int32] = []
  private var single: [Float] = []
  private var shift: Int32 = 0

  /// Whether nothing changes along it.
  let isIdentity: Bool

  /// As PyTorch resamples elements of `dtype`.
  init(from inputs: Int, to outputs: Int, _ method: ResamplingMethod, _ dtype: DType) {
    // Without antialiasing PyTorch computes floating point pictures anew where the size stays; the weights are 1 there.
    self.init(inputs, outputs, isIdentity: inputs == outputs)
    if isIdentity {
      set((0..<outputs).map { ($0, [1]) })
    } else if method.antialias {
      set(windows(method.interpolation))
    } else {
      set(method.interpolation == .bicubic ? fourNeighbours(dtype) : twoNeighbours(dtype))
    }
    if dtype == .uint8 { quantise() } else if dtype == .float32 { single = weights.map { Float($0) } }
  }

  /// With weights in steps of 2^-22, as Pillow resamples.
  init(from inputs: Int, to outputs: Int, wide parts: [(start: Int, weights: [Int32])]) {
    self.init(inputs, outputs, isIdentity: inputs == outputs)
    set(parts.map { ($0.start, $0.weights.map { Double($0) }) })
    wide = weights.map { Int32($0) }
    shift = 22
  }

  private init(_ inputs: Int, _ outputs: Int, isIdentity: Bool) {
    self.inputs = inputs
    self.outputs = outputs
    self.isIdentity = isIdentity
  }

  private mutating func set(_ parts: [(start: Int, weights: [Double])]) {
    taps = parts.map(\.weights.count).max() ?? 1
    weights = [Double](repeating: 0, count: taps * parts.count)
    for (i, part) in parts.enumerated() {
      starts.append(Int32(part.start))
      counts.append(Int32(part.weights.count))
      for (k, weight) in part.weights.enumerated() { weights[i * taps + k] = weight }
    }
  }

  /// Rounds the weights to whole numbers below 2^15.
  private mutating func quantise() {
    let largest = weights.max() ?? 1
    var unit = 1.0
    for _ in 0..<22 where (0.5 + largest * unit * 2).rounded(.down) < 32768 {
      unit *= 2
      shift += 1
    }
    narrow = weights.map { Int16(($0 * unit).rounded()) }
  }

  /// The weights as a matrix `[outputs, inputs]`.
  func matrix(_ dtype: DType) -> Tensor {
    var elements = [Double](repeating: 0, count: outputs * inputs)
    for o in 0..<outputs {
      for k in 0..<Int(counts[o]) { elements[o * inputs + Int(starts[o]) + k] += weights[o * taps + k] }
    }
    return Tensor(elements, shape: [outputs, inputs], dtype: dtype)
  }

  // MARK: Weights

  /// Windows that grow where the result is smaller.
  private func windows(_ interpolation: ImageInterpolation) -> [(Int, [Double])] {
    let scale = Double(inputs) / Double(outputs)
    let support: Double = interpolation == .bilinear ? 1 : interpolation == .bicubic ? 2 : 3
    let stretch = max(scale, 1)
    return (0..<outputs).map { o in
      let centre = scale * (Double(o) + 0.5)
      let first = max(0, Int(centre - support * stretch + 0.5))
      let last = min(inputs, Int(centre + support * stretch + 0.5))
      let raw = (first..<max(first + 1, last)).map { i -> Double in
        let x = (Double(i) - centre + 0.5) / stretch
        switch interpolation {
        case .bilinear: return max(0, 1 - abs(x))
        case .bicubic: return cubic(abs(x), -0.5)
        default: return PictureResampling.lanczos.weight(x)
        }
      }
      let total = raw.reduce(0, +)
      return (first, total == 0 ? raw : raw.map { $0 / total })
    }
  }

  /// Where each element lies between those of the input, in the type that PyTorch computes it in.
  private func places(_ dtype: DType) -> [Double] {
    func all<T: BinaryFloatingPoint>(_ step: T) -> [Double] {
      (0..<outputs).map { Double(step * (T($0) + 0.5) - 0.5) }
    }
    let step = Double(inputs) / Double(outputs)
    return dtype == .float32 ? all(Float(step)) : all(step)
  }

  private func twoNeighbours(_ dtype: DType) -> [(Int, [Double])] {
    places(dtype).map { place in
      let place = max(0, place)
      let low = min(inputs - 1, Int(place))
      let part = min(1, max(0, place - Double(low)))
      return low + 1 < inputs ? (low, [1 - part, part]) : (low, [1])
    }
  }

  /// What lies outside counts for the element at the border.
  private func fourNeighbours(_ dtype: DType) -> [(Int, [Double])] {
    places(dtype).map { place in
      let low = min(inputs - 1, Int(place.rounded(.down)))
      let part = min(1, max(0, place - Double(low)))
      let first = max(0, low - 1)
      var weights = [Double](repeating: 0, count: min(inputs - 1, low + 2) - first + 1)
      for k in -1...2 {
        weights[min(inputs - 1, max(0, low + k)) - first] += cubic(abs(part - Double(k)), -0.75)
      }
      return (first, weights)
    }
  }

  // MARK: Loops

  func alongRows(
    _ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer, rows: Int, group: Int, _ dtype: DType
  ) {
    withAxis(group, dtype) { axis in
      withUnsafeTemporaryAllocation(byteCount: cv_scratch(axis, dtype.size), alignment: 64) { room in
        guard let room = room.baseAddress else { return }
        switch dtype {
        case .float32:
          cv_rows_f32(
            from.assumingMemoryBound(to: Float.self), to.assumingMemoryBound(to: Float.self), rows, axis, room)
        case .float64:
          cv_rows_f64(
            from.assumingMemoryBound(to: Double.self), to.assumingMemoryBound(to: Double.self), rows, axis, room)
        default:
          let loop = wide.isEmpty ? cv_rows_u8_narrow : cv_rows_u8_wide
          loop(from.assumingMemoryBound(to: UInt8.self), to.assumingMemoryBound(to: UInt8.self), rows, axis, room)
        }
      }
    }
  }

  func alongColumns(_ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer, width: Int, _ dtype: DType) {
    withAxis(1, dtype) { axis in
      switch dtype {
      case .float32:
        cv_columns_f32(from.assumingMemoryBound(to: Float.self), to.assumingMemoryBound(to: Float.self), width, axis)
      case .float64:
        cv_columns_f64(
          from.assumingMemoryBound(to: Double.self), to.assumingMemoryBound(to: Double.self), width, axis)
      default:
        let loop = wide.isEmpty ? cv_columns_u8_narrow : cv_columns_u8_wide
        loop(from.assumingMemoryBound(to: UInt8.self), to.assumingMemoryBound(to: UInt8.self), width, axis)
      }
    }
  }

  private func withAxis(_ group: Int, _ dtype: DType, _ body: (UnsafePointer<cv_axis>) -> Void) {
    func run(_ weights: UnsafeRawPointer?) {
      starts.withUnsafeBufferPointer { starts in
        counts.withUnsafeBufferPointer { counts in
          var axis = cv_axis(
            starts: starts.baseAddress, counts: counts.baseAddress, weights: weights, taps: taps, inputs: inputs,
            outputs: outputs, group: group, shift: shift)
          body(&axis)
        }
      }
    }
    switch dtype {
    case .float32: single.withUnsafeBytes { run($0.baseAddress) }
    case .float64: weights.withUnsafeBytes { run($0.baseAddress) }
    default:
      if wide.isEmpty {
        narrow.withUnsafeBytes { run($0.baseAddress) }
      } else {
        wide.withUnsafeBytes { run($0.baseAddress) }
      }
    }
  }
}

/// The cubic curve through four neighbours (Keys, 1981).
func cubic(_ x: Double, _ a: Double) -> Double {
  if x <= 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
  if x < 2 { return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a }
  return 0
}
