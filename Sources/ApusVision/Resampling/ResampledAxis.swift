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
      reserve(1)
      for o in 0..<outputs { add(o, 1) { _ in 1 } }
    } else if method.antialias {
      addWindows(method.interpolation)
    } else if method.interpolation == .bicubic {
      addFourNeighbours(dtype)
    } else {
      addTwoNeighbours(dtype)
    }
    if dtype == .uint8 { quantise() } else if dtype == .float32 { single = weights.map { Float($0) } }
  }

  /// With weights in steps of 2^-22, as Pillow resamples.
  init(from inputs: Int, to outputs: Int, wide parts: [(start: Int, weights: [Int32])]) {
    self.init(inputs, outputs, isIdentity: inputs == outputs)
    reserve(parts.map(\.weights.count).max() ?? 1)
    wide = [Int32](repeating: 0, count: taps * parts.count)
    for (o, part) in parts.enumerated() {
      add(part.start, part.weights.count) { _ in 0 }
      for (k, weight) in part.weights.enumerated() { wide[o * taps + k] = weight }
    }
    shift = 22
  }

  private init(_ inputs: Int, _ outputs: Int, isIdentity: Bool) {
    self.inputs = inputs
    self.outputs = outputs
    self.isIdentity = isIdentity
  }

  /// Makes room for all weights.
  private mutating func reserve(_ taps: Int) {
    self.taps = taps
    starts.reserveCapacity(outputs)
    counts.reserveCapacity(outputs)
    weights = [Double](repeating: 0, count: taps * outputs)
  }

  /// The next element of the result, from `count` elements on.
  @inline(__always)
  private mutating func add(_ start: Int, _ count: Int = 1, _ weight: (Int) -> Double) {
    let first = starts.count * taps
    starts.append(Int32(start))
    counts.append(Int32(count))
    for k in 0..<count { weights[first + k] = weight(k) }
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

  /// Windows that grow where the result is smaller, whose weights add up to 1.
  private mutating func addWindows(_ interpolation: ImageInterpolation) {
    switch interpolation {
    case .bilinear: addWindows(support: 1) { max(0, 1 - abs($0)) }
    case .bicubic: addWindows(support: 2) { cubic(abs($0), -0.5) }
    default: addWindows(support: 3) { PictureResampling.lanczos.weight($0) }
    }
  }

  @inline(__always)
  private mutating func addWindows(support: Double, _ filter: (Double) -> Double) {
    let scale = Double(inputs) / Double(outputs)
    let stretch = max(scale, 1)
    let reach = support * stretch
    reserve(2 * Int(reach.rounded(.up)) + 1)
    for o in 0..<outputs {
      let centre = scale * (Double(o) + 0.5)
      let first = min(inputs - 1, max(0, Int(centre - reach + 0.5)))
      let count = max(1, min(inputs, Int(centre + reach + 0.5)) - first)
      var total = 0.0
      add(first, count) { k in
        let weight = filter((Double(first + k) - centre + 0.5) / stretch)
        total += weight
        return weight
      }
      if total != 0 { for k in o * taps..<o * taps + count { weights[k] /= total } }
    }
  }

  /// Where element `o` lies between those of the input, in the type that PyTorch computes it in.
  private func place(_ o: Int, _ dtype: DType) -> Double {
    let step = Double(inputs) / Double(outputs)
    return dtype == .float32 ? Double(Float(step) * (Float(o) + 0.5) - 0.5) : step * (Double(o) + 0.5) - 0.5
  }

  private mutating func addTwoNeighbours(_ dtype: DType) {
    reserve(2)
    for o in 0..<outputs {
      let place = max(0, place(o, dtype))
      let low = min(inputs - 1, Int(place))
      let part = min(1, max(0, place - Double(low)))
      if low + 1 < inputs { add(low, 2) { $0 == 0 ? 1 - part : part } } else { add(low) { _ in 1 } }
    }
  }

  /// What lies outside counts for the element at the border.
  private mutating func addFourNeighbours(_ dtype: DType) {
    reserve(4)
    for o in 0..<outputs {
      let place = place(o, dtype)
      let low = min(inputs - 1, Int(place.rounded(.down)))
      let part = min(1, max(0, place - Double(low)))
      let first = max(0, low - 1)
      let count = min(inputs - 1, low + 2) - first + 1
      add(first, count) { _ in 0 }
      for k in -1...2 {
        weights[o * taps + min(inputs - 1, max(0, low + k)) - first] += cubic(abs(part - Double(k)), -0.75)
      }
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
