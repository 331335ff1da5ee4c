import ApusCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

// Filters of second order (Bristow-Johnson, Cookbook formulae for audio EQ biquad filter coefficients), by which torchaudio follows SoX.
// The result of each is kept within -1 ... 1.

extension AF {
  /// a0 y[n] = b0 x[n] + b1 x[n - 1] + b2 x[n - 2] - a1 y[n - 1] - a2 y[n - 2].
  public static func biquad(
    _ waveform: Tensor, b0: Double, b1: Double, b2: Double, a0: Double, a1: Double, a2: Double
  ) -> Tensor {
    lfilter(
      waveform, aCoeffs: Tensor([a0, a1, a2], shape: [3], dtype: waveform.dtype),
      bCoeffs: Tensor([b0, b1, b2], shape: [3], dtype: waveform.dtype))
  }

  /// Cosine of the angle of a frequency, and the half width that `Q` gives.
  private static func angle(_ sampleRate: Int, _ frequency: Double, _ Q: Double) -> (cosine: Double, alpha: Double) {
    let w = 2 * Double.pi * frequency / Double(sampleRate)
    return (cos(w), sin(w) / 2 / Q)
  }

  /// Frequencies up to `cutoffFreq` pass.
  public static func lowpassBiquad(
    _ waveform: Tensor, sampleRate: Int, cutoffFreq: Double, Q: Double = 0.707
  ) -> Tensor {
    let (c, alpha) = angle(sampleRate, cutoffFreq, Q)
    return biquad(
      waveform, b0: (1 - c) / 2, b1: 1 - c, b2: (1 - c) / 2, a0: 1 + alpha, a1: -2 * c, a2: 1 - alpha)
  }

  /// Frequencies from `cutoffFreq` on pass.
  public static func highpassBiquad(
    _ waveform: Tensor, sampleRate: Int, cutoffFreq: Double, Q: Double = 0.707
  ) -> Tensor {
    let (c, alpha) = angle(sampleRate, cutoffFreq, Q)
    return biquad(
      waveform, b0: (1 + c) / 2, b1: -1 - c, b2: (1 + c) / 2, a0: 1 + alpha, a1: -2 * c, a2: 1 - alpha)
  }

  /// All frequencies pass, with other phases around `centralFreq`.
  public static func allpassBiquad(
    _ waveform: Tensor, sampleRate: Int, centralFreq: Double, Q: Double = 0.707
  ) -> Tensor {
    let (c, alpha) = angle(sampleRate, centralFreq, Q)
    return biquad(
      waveform, b0: 1 - alpha, b1: -2 * c, b2: 1 + alpha, a0: 1 + alpha, a1: -2 * c, a2: 1 - alpha)
  }

  /// Frequencies around `centralFreq` pass.
  /// - Parameter constSkirtGain: whether the peak grows with `Q`; else it is 0 decibels.
  public static func bandpassBiquad(
    _ waveform: Tensor, sampleRate: Int, centralFreq: Double, Q: Double = 0.707, constSkirtGain: Bool = false
  ) -> Tensor {
    let (c, alpha) = angle(sampleRate, centralFreq, Q)
    let gain = constSkirtGain ? alpha * Q : alpha
    return biquad(waveform, b0: gain, b1: 0, b2: -gain, a0: 1 + alpha, a1: -2 * c, a2: 1 - alpha)
  }

  /// Frequencies around `centralFreq` are held back.
  public static func bandrejectBiquad(
    _ waveform: Tensor, sampleRate: Int, centralFreq: Double, Q: Double = 0.707
  ) -> Tensor {
    let (c, alpha) = angle(sampleRate, centralFreq, Q)
    return biquad(waveform, b0: 1, b1: -2 * c, b2: 1, a0: 1 + alpha, a1: -2 * c, a2: 1 - alpha)
  }

  /// Frequencies around `centralFreq` pass, others fall off slowly.
  /// - Parameter noise: the form for sounds without a pitch.
  public static func bandBiquad(
    _ waveform: Tensor, sampleRate: Int, centralFreq: Double, Q: Double = 0.707, noise: Bool = false
  ) -> Tensor {
    let w = 2 * Double.pi * centralFreq / Double(sampleRate)
    let a2 = exp(-2 * Double.pi * centralFreq / Q / Double(sampleRate))
    let a1 = -4 * a2 / (1 + a2) * cos(w)
    let plain = (1 - a1 * a1 / (4 * a2)).squareRoot() * (1 - a2)
    let b0 = noise ? (((1 + a2) * (1 + a2) - a1 * a1) * (1 - a2) / (1 + a2)).squareRoot() : plain
    return biquad(waveform, b0: b0, b1: 0, b2: 0, a0: 1, a1: a1, a2: a2)
  }

  /// Frequencies around `centerFreq` raised by `gain` decibels.
  public static func equalizerBiquad(
    _ waveform: Tensor, sampleRate: Int, centerFreq: Double, gain: Double, Q: Double = 0.707
  ) -> Tensor {
    let (c, alpha) = angle(sampleRate, centerFreq, Q)
    let A = pow(10, gain / 40)
    return biquad(
      waveform, b0: 1 + alpha * A, b1: -2 * c, b2: 1 - alpha * A, a0: 1 + alpha / A, a1: -2 * c, a2: 1 - alpha / A)
  }

  /// Frequencies below `centralFreq` raised by `gain` decibels.
  public static func bassBiquad(
    _ waveform: Tensor, sampleRate: Int, gain: Double, centralFreq: Double = 100, Q: Double = 0.707
  ) -> Tensor {
    let (c, alpha) = angle(sampleRate, centralFreq, Q)
    return shelf(waveform, pow(10, gain / 40), c, alpha, sign: 1)
  }

  /// Frequencies above `centralFreq` raised by `gain` decibels.
  public static func trebleBiquad(
    _ waveform: Tensor, sampleRate: Int, gain: Double, centralFreq: Double = 3000, Q: Double = 0.707
  ) -> Tensor {
    let (c, alpha) = angle(sampleRate, centralFreq, Q)
    return shelf(waveform, pow(10, gain / 40), c, alpha, sign: -1)
  }

  /// A shelf over the low frequencies (`sign` 1) or the high ones (-1), which differ in the sign of the cosine.
  private static func shelf(_ x: Tensor, _ A: Double, _ c: Double, _ alpha: Double, sign: Double) -> Tensor {
    let bend = 2 * A.squareRoot() * alpha
    let (less, more) = (sign * (A - 1) * c, sign * (A + 1) * c)
    return biquad(
      x, b0: A * (A + 1 - less + bend), b1: sign * 2 * A * (A - 1 - more), b2: A * (A + 1 - less - bend),
      a0: A + 1 + less + bend, a1: sign * -2 * (A - 1 + more), a2: A + 1 + less - bend)
  }

  /// The de-emphasis of compact discs (ISO 908): for 44100 or 48000 hertz.
  public static func deemphBiquad(_ waveform: Tensor, sampleRate: Int) -> Tensor {
    let settings: [Int: (Double, Double, Double)] = [44100: (5283, 0.4845, -9.477), 48000: (5356, 0.479, -9.62)]
    guard let (frequency, slope, gain) = settings[sampleRate] else {
      return fail(
        TensorError(
          .value, "deemphBiquad", "Sample rate must be 44100 (audio-CD) or 48000 (DAT), and found \(sampleRate)"))
    }
    let w = 2 * Double.pi * frequency / Double(sampleRate)
    let A = pow(10, gain / 40)
    let alpha = sin(w) / 2 * ((A + 1 / A) * (1 / slope - 1) + 2).squareRoot()
    return shelf(waveform, A, cos(w), alpha, sign: -1)
  }

  /// The playback equalisation of records (RIAA): for 44100, 48000, 88200 or 96000 hertz.
  public static func riaaBiquad(_ waveform: Tensor, sampleRate: Int) -> Tensor {
    let settings: [Int: (zeros: (Double, Double), poles: (Double, Double))] = [
      44100: ((-0.2014898, 0.9233820), (0.7083149, 0.9924091)),
      48000: ((-0.1766069, 0.9321590), (0.7396325, 0.9931330)),
      88200: ((-0.1168735, 0.9648312), (0.8590646, 0.9964002)),
      96000: ((-0.1141486, 0.9676817), (0.8699137, 0.9966946)),
    ]
    guard let (zeros, poles) = settings[sampleRate] else {
      return fail(
        TensorError(
          .value, "riaaBiquad", "Sample rate must be 44.1k, 48k, 88.2k, or 96k, and found \(sampleRate)"))
    }
    let (b1, b2) = (-(zeros.0 + zeros.1), zeros.0 * zeros.1)
    let (a1, a2) = (-(poles.0 + poles.1), poles.0 * poles.1)
    // 0 decibels at 1000 hertz.
    let y = 2 * Double.pi * 1000 / Double(sampleRate)
    func size(_ one: Double, _ two: Double) -> Double {
      let (re, im) = (1 + one * cos(y) + two * cos(2 * y), one * sin(y) + two * sin(2 * y))
      return re * re + im * im
    }
    let g = (size(a1, a2) / size(b1, b2)).squareRoot()
    return biquad(waveform, b0: g, b1: b1 * g, b2: b2 * g, a0: 1, a1: a1, a2: a2)
  }
}
