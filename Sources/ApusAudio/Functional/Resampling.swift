import ApusCore
import ApusFunctional
import ApusNumerics
import Foundation

/// By which window a sinc function is cut off.
public enum ResamplingMethod: String, Sendable, Hashable, CaseIterable {
  /// Hann's.
  case sincInterpHann = "sinc_interp_hann"
  /// Kaiser's.
  case sincInterpKaiser = "sinc_interp_kaiser"
}

/// The weights of a change of rate: one filter for each of the new samples of a period.
struct ResamplingKernel: Sendable {
  let from: Int
  let to: Int
  let width: Int
  /// `[to, 1, 2 width + from]`.
  let weights: Tensor

  init(
    _ origFreq: Int, _ newFreq: Int, _ lowpassFilterWidth: Int, _ rolloff: Double, _ method: ResamplingMethod,
    _ beta: Double?, dtype: DType
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
    (from, to) = (origFreq / a, newFreq / a)
    let base = Double(min(from, to)) * rolloff
    let reach = Double(lowpassFilterWidth)
    width = Int((reach * Double(from) / base).rounded(.up))
    let taps = 2 * width + from
    try checkMemory(TensorType([to, taps], .float64), "resample")
    let beta = beta ?? 14.769656459379492
    let edge = method == .sincInterpKaiser ? bessel(beta) : 1
    var values = [Double](repeating: 0, count: to * taps)
    for i in 0..<to {
      for k in 0..<taps {
        let place = (-Double(i) / Double(to) + Double(k - width) / Double(from)) * base
        let t = min(max(place, -reach), reach)
        let window =
          method == .sincInterpHann
          ? pow(cos(t * Double.pi / reach / 2), 2)
          : bessel(beta * (max(0, 1 - t * t / reach / reach)).squareRoot()) / edge
        values[i * taps + k] = (t == 0 ? 1 : sin(t * Double.pi) / (t * Double.pi)) * window * base / Double(from)
      }
    }
    weights = Tensor(values, shape: [to, 1, taps], dtype: dtype)
  }

  func callAsFunction(_ waveform: Tensor) throws(TensorError) -> Tensor {
    try checkSound(waveform, "resample")
    let length = waveform.size(-1)
    let rows = waveform.reshape([-1, 1, length]).pad([width, width + from])
    let made = conv1d(rows, weights.to(waveform.dtype), stride: from)
    if made.hasFailed { return made }
    let count = (to * length + from - 1) / from
    return made.transpose(1, 2).reshape([rows.size(0), -1]).narrow(-1, 0, count)
      .reshape(waveform.shape.dropLast() + [count])
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
        origFreq, newFreq, lowpassFilterWidth, rolloff, resamplingMethod, beta, dtype: waveform.dtype)
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
