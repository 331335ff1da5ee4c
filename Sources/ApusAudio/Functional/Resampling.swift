import ApusCore
import ApusNumerics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// By which window a sinc function is cut off.
public enum ResamplingMethod: String, Sendable, Hashable, CaseIterable {
  /// Hann's.
  case sincInterpHann = "sinc_interp_hann"
  /// Kaiser's.
  case sincInterpKaiser = "sinc_interp_kaiser"
}

/// The weights of a change of rate: of the new samples of a period each is a weighted sum of some old ones around its place.
final class ResamplingKernel: Sendable {
  let from: Int
  let to: Int
  /// How many old samples a new one is made of.
  let taps: Int
  /// Where those of each new sample of a period begin, counted from the beginning of the period.
  let starts: [Int]
  /// `[to, taps]`.
  let weights: [Double]
  let singleWeights: [Float]

  init(
    _ origFreq: Int, _ newFreq: Int, _ lowpassFilterWidth: Int, _ rolloff: Double, _ method: ResamplingMethod,
    _ beta: Double?
  ) throws(TensorError) {
    guard origFreq > 0, newFreq > 0 else {
      throw TensorError(
        .value, "resample",
        "Original frequency and desired frequecy should be positive, and found \(origFreq), \(newFreq)")
    }
    guard lowpassFilterWidth > 0, rolloff > 0 else {
      throw TensorError(
        .value, "resample",
        "Low pass filter width and rolloff should be positive, and found \(lowpassFilterWidth), \(rolloff)")
    }
    var (a, b) = (origFreq, newFreq)
    while b != 0 { (a, b) = (b, a % b) }
    let (from, to) = (origFreq / a, newFreq / a)
    let base = Double(min(from, to)) * rolloff
    let reach = Double(lowpassFilterWidth)
    let width = Int((reach * Double(from) / base).rounded(.up))
    let taps = 2 * width + 1
    try checkMemory(TensorType([to, taps], .float64), "resample")
    let beta = beta ?? 14.769656459379492
    let edge = method == .sincInterpKaiser ? bessel(beta) : 1
    var starts: [Int] = []
    var weights: [Double] = []
    for i in 0..<to {
      let start = i * from / to - width
      starts.append(start)
      for k in 0..<taps {
        let place = (Double(start + k) / Double(from) - Double(i) / Double(to)) * base
        let t = min(max(place, -reach), reach)
        let window =
          method == .sincInterpHann
          ? pow(cos(t * Double.pi / reach / 2), 2)
          : bessel(beta * (max(0, 1 - t * t / reach / reach)).squareRoot()) / edge
        // Beyond the reach there is nothing.
        let sinc = t == 0 ? 1 : abs(place) >= reach ? 0 : sin(t * Double.pi) / (t * Double.pi)
        weights.append(sinc * window * base / Double(from))
      }
    }
    (self.from, self.to, self.taps) = (from, to, taps)
    (self.starts, self.weights, singleWeights) = (starts, weights, weights.map { Float($0) })
  }

  func callAsFunction(_ waveform: Tensor) throws(TensorError) -> Tensor {
    try checkSound(waveform, "resample")
    return apply(SincResampling(kernel: self, length: nil), waveform)
  }
}

/// The samples of a sound at another rate, or, where `length` is given, the transpose of that: from the new rate to so many samples.
private struct SincResampling: LinearPrimitive {
  let kernel: ResamplingKernel
  let length: Int?
  var name: String { "SincResampling" }
  var identity: AnyHashable? { [AnyHashable(ObjectIdentifier(kernel)), AnyHashable(length)] }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    let count = length ?? (kernel.to * (inputs[0].shape.last ?? 0) + kernel.from - 1) / kernel.from
    return [TensorType(inputs[0].shape.dropLast() + [count], inputs[0].dtype)]
  }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let source = try inputs[0].dense()
    if inputs[0].dtype == .float64 {
      kernel.weights.withUnsafeBufferPointer { run(source, results[0].body, $0) }
    } else {
      kernel.singleWeights.withUnsafeBufferPointer { run(source, results[0].body, $0) }
    }
  }

  private func run<T: BinaryFloatingPoint>(
    _ source: TensorBody, _ result: TensorBody, _ weights: UnsafeBufferPointer<T>
  ) {
    guard let (old, new) = sizes(source, result), let weights = weights.baseAddress else { return }
    nonisolated(unsafe) let (from, to) = (
      UnsafePointer(source.data.assumingMemoryBound(to: T.self)), result.data.assumingMemoryBound(to: T.self)
    )
    nonisolated(unsafe) let factors = weights
    let rows = result.shape.dropLast().reduce(1, *)
    let isTransposed = length != nil
    // Sums may be cut where new samples begin; their transpose adds to samples that neighbours share.
    let blocks = isTransposed ? rows : rows * new
    parallelFor(blocks, grain: max(1, (1 << 15) / (kernel.taps * (isTransposed ? new : 1)))) { range in
      if isTransposed {
        for row in range {
          let out = to + row * old
          out.update(repeating: 0, count: old)
          each(0..<new, old) { n, first, last, offset in
            let value = from[row * new + n]
            for j in first..<last { out[j] += factors[offset + j] * value }
          }
        }
        return
      }
      var row = range.lowerBound / new
      var n = range.lowerBound - row * new
      var left = range.count
      while left > 0 {
        let some = min(left, new - n)
        each(n..<n + some, old) { n, first, last, offset in
          var sum = T(0)
          for j in first..<last { sum += factors[offset + j] * from[row * old + j] }
          to[row * new + n] = sum
        }
        (left, row, n) = (left - some, row + 1, 0)
      }
    }
    withExtendedLifetime(source) {}
  }

  private func sizes(_ source: TensorBody, _ result: TensorBody) -> (old: Int, new: Int)? {
    guard let a = source.shape.last, let b = result.shape.last, a > 0, b > 0 else { return nil }
    return length == nil ? (a, b) : (b, a)
  }

  /// For each new sample the old ones that it is made of, and what is to be added to their numbers to find their weights.
  @inline(__always)
  private func each(
    _ samples: Range<Int>, _ old: Int, _ body: (_ n: Int, _ first: Int, _ last: Int, _ offset: Int) -> Void
  ) {
    var (block, i) = samples.lowerBound.quotientAndRemainder(dividingBy: kernel.to)
    for n in samples {
      let start = block * kernel.from + kernel.starts[i]
      let first = max(0, start)
      body(n, first, max(first, min(old, start + kernel.taps)), i * kernel.taps - start)
      i += 1
      if i == kernel.to { (block, i) = (block + 1, 0) }
    }
  }

  func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? { apply(self, inputs) }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let other = SincResampling(kernel: kernel, length: length == nil ? node.inputType(0).shape.last : nil)
    return [apply(other, single(node, cotangents))]
  }
}

/// The modified Bessel function of order 0, by its series.
private func bessel(_ x: Double) -> Double {
  var (sum, term, k) = (1.0, 1.0, 1.0)
  while term > sum * 1e-17 {
    term *= (x / 2 / k) * (x / 2 / k)
    sum += term
    k += 1
  }
  return sum
}

extension AF {
  /// A sound at another rate, by a windowed sinc filter (Smith, Digital Audio Resampling, 2002), torchaudio's `resample`.
  /// - Parameters:
  ///   - lowpassFilterWidth: zeros of the sinc function at each side: more is sharper and slower.
  ///   - rolloff: where the filter cuts off, as a part of the highest frequency that both rates can have.
  ///   - beta: how narrow the Kaiser window is.
  public static func resample(
    _ waveform: Tensor, origFreq: Int, newFreq: Int, lowpassFilterWidth: Int = 6, rolloff: Double = 0.99,
    resamplingMethod: ResamplingMethod = .sincInterpHann, beta: Double? = nil
  ) -> Tensor {
    attempt(waveform) { () throws(TensorError) in
      try checkSound(waveform, "resample")
      if origFreq == newFreq, origFreq > 0 { return waveform }
      let kernel = try ResamplingKernel(
        origFreq, newFreq, lowpassFilterWidth, rolloff, resamplingMethod, beta)
      return try kernel(waveform)
    }
  }

  /// A sound `factor` times as fast, which changes its pitch too; and the lengths of the sounds of a batch after that.
  public static func speed(
    _ waveform: Tensor, origFreq: Int, factor: Double, lengths: Tensor? = nil
  ) -> (waveform: Tensor, lengths: Tensor?) {
    let source = Int(factor * Double(origFreq))
    let made = resample(waveform, origFreq: source, newFreq: origFreq)
    var (a, b) = (source, origFreq)
    while b != 0 { (a, b) = (b, a % b) }
    let divisor = max(1, a)
    let counts = lengths.map {
      ($0.to(.float64) * Double(origFreq / divisor) / Double(source / divisor)).ceil().to($0.dtype)
    }
    return (made, counts)
  }

  /// A sound `nSteps` steps higher at the same speed, torchaudio's `pitch_shift`.
  /// - Parameter binsPerOctave: steps of an octave.
  public static func pitchShift(
    _ waveform: Tensor, sampleRate: Int, nSteps: Int, binsPerOctave: Int = 12, nFFT: Int = 512, winLength: Int? = nil,
    hopLength: Int? = nil, window: Tensor? = nil
  ) -> Tensor {
    attempt(waveform, window) { () throws(TensorError) in
      try checkSound(waveform, "pitchShift")
      let (hop, width) = (hopLength ?? nFFT / 4, winLength ?? nFFT)
      let window = window ?? signal.windows.hann(width, sym: false, dtype: waveform.dtype)
      let length = waveform.size(-1)
      let rate = pow(2, -Double(nSteps) / Double(binsPerOctave))
      let spectra = stft(
        waveform.reshape([-1, length]), nFFT: nFFT, hopLength: hop, winLength: width, window: window)
      if spectra.hasFailed { return spectra }
      let advance = linspace(0, Double.pi * Double(hop), spectra.size(-2), dtype: waveform.dtype).unsqueeze(-1)
      let stretched = istft(
        phaseVocoder(spectra, rate: rate, phaseAdvance: advance), nFFT: nFFT, hopLength: hop, winLength: width,
        window: window, length: Int((Double(length) / rate).rounded(.toNearestOrEven)))
      var made = resample(stretched, origFreq: Int(Double(sampleRate) / rate), newFreq: sampleRate)
      if made.hasFailed { return made }
      let found = made.size(-1)
      made = found > length ? made.narrow(-1, 0, length) : made.pad([0, length - found])
      return made.reshape(waveform.shape)
    }
  }
}
