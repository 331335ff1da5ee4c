import ApusCore
import ApusNumerics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

// DFT, STFT, windows and the mel scale.

extension ONNXOperators {
  static func dft(_ call: ONNXCall) throws -> [ONNXValue?] {
    let x = try call.tensor(0)
    guard x.rank >= 2, x.size(-1) == 1 || x.size(-1) == 2 else {
      throw call.error(.shape, "needs a last dimension of 1 (real) or 2 (complex), and found \(x.shape)")
    }
    let given = call.opset >= 20 ? try call.optionalInt(2) ?? -2 : try call.int("axis", 1)
    let axis = try call.axis(given, rank: x.rank)
    guard axis < x.rank - 1 else { throw call.error(.dimension, "cannot transform along the parts of complex numbers") }
    let isInverse = try call.int("inverse", 0) != 0
    let isOneSided = try call.int("onesided", 0) != 0
    let size = x.size(axis)
    let length = try call.optionalInt(1) ?? (isInverse && isOneSided ? 2 * (size - 1) : size)
    guard length > 0 else { throw call.error(.value, "needs a length above 0, and found \(length)") }
    let type = x.dtype
    let wide = type.size < 4 ? x.to(.float32) : x
    // [..., n], real or complex
    let rows = wide.transpose(axis, x.rank - 2)
    let isReal = x.size(-1) == 1
    let signal = isReal ? rows.select(-1, 0) : rows.contiguous().viewAsComplex()
    let made: Tensor
    if isInverse && isOneSided {
      made = fft.irfft(signal, n: length)
    } else if isOneSided && isReal {
      made = fft.rfft(signal, n: length)
    } else {
      let whole = isInverse ? fft.ifft(signal, n: length) : fft.fft(signal, n: length)
      made = isOneSided ? whole.narrow(-1, 0, length / 2 + 1) : whole
    }
    let parts = isInverse && isOneSided ? made.unsqueeze(-1) : made.viewAsReal()
    return [.tensor(parts.transpose(axis, x.rank - 2).to(type))]
  }

  /// The last dimension cut, or filled up with zeros.
  private static func resized(_ x: Tensor, _ length: Int) -> Tensor {
    let size = x.size(-1)
    return size == length ? x : size > length ? x.narrow(-1, 0, length) : x.pad([0, length - size])
  }

  static func stft(_ call: ONNXCall) throws -> [ONNXValue?] {
    let given = try call.tensor(0)
    let x = given.rank == 2 ? given.unsqueeze(2) : given
    guard x.rank == 3, x.size(2) == 1 || x.size(2) == 2 else {
      throw call.error(.shape, "needs a signal [N, length, 1 or 2], and found \(given.shape)")
    }
    let step = try call.int(1)
    let window = try call.optionalTensor(2)
    let length = try call.optionalInt(3) ?? window?.count ?? x.size(1)
    let isOneSided = try call.int("onesided", 1) != 0
    guard step > 0, length > 0, length <= x.size(1), window.map({ $0.rank == 1 && $0.count <= length }) ?? true else {
      throw call.error(
        .value,
        "cannot cut \(x.size(1)) values into frames of \(length), \(step) apart, under a window of "
          + "\(window?.shape ?? [])")
    }
    let type = x.dtype
    let wide = type.size < 4 ? x.to(.float32) : x
    // [N, frames, length], real or complex
    var frames = (x.size(2) == 2 ? wide.contiguous().viewAsComplex() : wide.select(2, 0)).unfold(1, length, step)
    if let window { frames = frames * resized(window.to(wide.dtype), length) }
    let made = isOneSided && !frames.isComplex ? fft.rfft(frames) : fft.fft(frames)
    let bins = isOneSided ? length / 2 + 1 : length
    return [.tensor(made.narrow(-1, 0, bins).viewAsReal().to(type))]
  }

  /// A window that is `Σ a[k] cos(2π k n / N)`.
  static func window(_ coefficients: [Double]) -> ONNXOperator.Kernel {
    { call in
      let size = try call.int(0)
      guard size >= 0 else { throw call.error(.value, "needs a size of 0 or more, and found \(size)") }
      let period = try call.int("periodic", 1) != 0 ? size : size - 1
      let n = arange(size, dtype: .float64) * (2 * Double.pi / Double(Swift.max(period, 1)))
      var sum = Tensor.full([size], coefficients[0], dtype: .float64)
      for k in 1..<coefficients.count { sum = sum + (n * Double(k)).cos() * coefficients[k] }
      return [.tensor(sum.to(try call.optionalDType("output_datatype") ?? .float32))]
    }
  }

  static func melWeights(_ call: ONNXCall) throws -> [ONNXValue?] {
    let (bins, length, rate) = (try call.int(0), try call.int(1), try call.int(2))
    let (low, high) = (try call.double(3), try call.double(4))
    guard bins >= 0, length > 0, rate > 0, low >= 0, high >= low, bins < 1 << 20, length < 1 << 30 else {
      throw call.error(
        .value, "cannot make \(bins) bands from \(low) to \(high) hertz of \(length) values at \(rate) hertz")
    }
    func mel(_ hertz: Double) -> Double { 2595 * log10(1 + hertz / 700) }
    let step = (mel(high) - mel(low)) / Double(bins + 2)
    let spectrum = length / 2 + 1
    let edges = (0..<bins + 2).map { i in
      let hertz = 700 * (pow(10, (Double(i) * step + mel(low)) / 2595) - 1)
      return Int((Double(length + 1) * hertz / Double(rate)).rounded(.down))
    }
    guard let last = edges.max(), last < spectrum else {
      throw call.error(.value, "the highest band lies at \(edges.max() ?? 0), above the \(spectrum) frequencies")
    }
    let made = Tensor.zeros([spectrum, bins], dtype: .float64)
    guard !made.hasFailed else { return [.tensor(made)] }
    var values = made.array(as: Double.self)
    for i in 0..<bins {
      let (left, centre, right) = (edges[i], edges[i + 1], edges[i + 2])
      if centre == left {
        values[centre * bins + i] = 1
      } else {
        for j in left...centre { values[j * bins + i] = Double(j - left) / Double(centre - left) }
      }
      if right > centre {
        for j in centre..<right { values[j * bins + i] = Double(right - j) / Double(right - centre) }
      }
    }
    let type = try call.optionalDType("output_datatype") ?? .float32
    return [.tensor(Tensor(values, shape: [spectrum, bins], dtype: .float64).to(type))]
  }
}
