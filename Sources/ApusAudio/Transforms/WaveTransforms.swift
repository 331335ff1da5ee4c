import ApusCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A sound at another rate: ``AF/resample(_:origFreq:newFreq:lowpassFilterWidth:rolloff:resamplingMethod:beta:)`` with a filter that is made once.
public struct Resample: AudioTransform {
  private let kernel: ResamplingKernel?
  private let mistake: TensorError?

  /// - Parameters:
  ///   - origFreq: the rate that the sound has.
  ///   - newFreq: the rate that it gets.
  public init(
    origFreq: Int = 16000, newFreq: Int = 16000, resamplingMethod: ResamplingMethod = .sincInterpHann,
    lowpassFilterWidth: Int = 6, rolloff: Double = 0.99, beta: Double? = nil
  ) {
    do throws(TensorError) {
      kernel =
        origFreq == newFreq
        ? nil
        : try ResamplingKernel(origFreq, newFreq, lowpassFilterWidth, rolloff, resamplingMethod, beta)
      mistake = nil
    } catch { (kernel, mistake) = (nil, error) }
  }

  public func callAsFunction(_ x: Tensor) -> Tensor {
    attempt(x) { () throws(TensorError) in
      if let mistake { throw mistake }
      try checkSound(x, "Resample")
      return try kernel?(x) ?? x
    }
  }
}

/// A sound `factor` times as fast: ``AF/speed(_:origFreq:factor:lengths:)``.
public struct Speed: AudioTransform {
  private let origFreq: Int
  private let factor: Double
  /// The rate of the sound, and by how much it becomes faster.
  public init(origFreq: Int, factor: Double) { (self.origFreq, self.factor) = (origFreq, factor) }
  public func callAsFunction(_ x: Tensor) -> Tensor { self(x, lengths: nil).waveform }
  /// - Parameter lengths: how long each sound of a batch is.
  public func callAsFunction(_ x: Tensor, lengths: Tensor?) -> (waveform: Tensor, lengths: Tensor?) {
    AF.speed(x, origFreq: origFreq, factor: factor, lengths: lengths)
  }
}

/// A sound at one of several speeds, which is drawn (Ko et al., Audio augmentation for speech recognition, 2015).
public struct SpeedPerturbation: AudioTransform {
  private let speeds: [Speed]
  /// The rate of the sound, and the speeds.
  public init(origFreq: Int, factors: [Double]) { speeds = factors.map { Speed(origFreq: origFreq, factor: $0) } }
  public func callAsFunction(_ x: Tensor) -> Tensor { self(x, lengths: nil).waveform }
  /// - Parameter lengths: how long each sound of a batch is.
  public func callAsFunction(_ x: Tensor, lengths: Tensor?) -> (waveform: Tensor, lengths: Tensor?) {
    guard !speeds.isEmpty else {
      return (fail(TensorError(.value, "SpeedPerturbation", "needs at least one speed to draw from")), nil)
    }
    return speeds[randint(0, speeds.count, [1]).item(as: Int.self)](x, lengths: lengths)
  }
}

/// A sound at another pitch: ``AF/pitchShift(_:sampleRate:nSteps:binsPerOctave:nFFT:winLength:hopLength:window:)``.
public struct PitchShift: AudioTransform {
  private let sampleRate: Int
  private let nSteps: Int
  private let binsPerOctave: Int
  private let nFFT: Int
  private let hopLength: Int
  private let window: Tensor

  /// The settings of the function.
  public init(
    sampleRate: Int, nSteps: Int, binsPerOctave: Int = 12, nFFT: Int = 512, winLength: Int? = nil,
    hopLength: Int? = nil,
    windowFn: WindowFunction = periodicHann
  ) {
    (self.sampleRate, self.nSteps, self.binsPerOctave, self.nFFT) = (sampleRate, nSteps, binsPerOctave, nFFT)
    self.hopLength = hopLength ?? (winLength ?? nFFT) / 4
    window = windowFn(winLength ?? nFFT)
  }
  public func callAsFunction(_ x: Tensor) -> Tensor {
    AF.pitchShift(
      x, sampleRate: sampleRate, nSteps: nSteps, binsPerOctave: binsPerOctave, nFFT: nFFT, winLength: window.count,
      hopLength: hopLength, window: window.to(x.dtype))
  }
}

/// A sound that rises and falls: ``AF/fade(_:fadeInLen:fadeOutLen:fadeShape:)``.
public struct Fade: AudioTransform {
  private let fadeInLen: Int
  private let fadeOutLen: Int
  private let fadeShape: AF.FadeShape
  /// The settings of the function.
  public init(fadeInLen: Int = 0, fadeOutLen: Int = 0, fadeShape: AF.FadeShape = .linear) {
    (self.fadeInLen, self.fadeOutLen, self.fadeShape) = (fadeInLen, fadeOutLen, fadeShape)
  }
  public func callAsFunction(_ x: Tensor) -> Tensor {
    AF.fade(x, fadeInLen: fadeInLen, fadeOutLen: fadeOutLen, fadeShape: fadeShape)
  }
}

/// A sound louder or softer, kept within -1 ... 1.
public struct Vol: AudioTransform {
  /// What the number says.
  public enum GainType: String, Sendable, Hashable, CaseIterable {
    /// A factor of the samples.
    case amplitude
    /// A factor of the power.
    case power
    /// Decibels.
    case db
  }
  private let factor: Double

  /// A factor above 0, or decibels.
  public init(_ gain: Double, gainType: GainType = .amplitude) {
    if gainType != .db, gain < 0 {
      report(TensorError(.value, "Vol", "If gain_type = amplitude or power, gain must be positive, and found \(gain)."))
    }
    switch gainType {
    case .amplitude: factor = gain
    case .power: factor = max(0, gain).squareRoot()
    case .db: factor = pow(10, gain / 20)
    }
  }
  /// ``init(_:gainType:)`` with a label.
  public init(gain: Double, gainType: GainType = .amplitude) { self.init(gain, gainType: gainType) }
  public func callAsFunction(_ x: Tensor) -> Tensor { (x * factor).clamp(min: -1, max: 1) }
}

/// The loudness of a sound: ``AF/loudness(_:sampleRate:)``.
public struct Loudness: AudioTransform {
  private let sampleRate: Int
  /// Samples in a second.
  public init(sampleRate: Int) { self.sampleRate = sampleRate }
  public func callAsFunction(_ x: Tensor) -> Tensor { AF.loudness(x, sampleRate: sampleRate) }
}

/// Samples as whole numbers: ``AF/muLawEncoding(_:quantizationChannels:)``.
public struct MuLawEncoding: AudioTransform {
  private let channels: Int
  /// How many numbers there are.
  public init(quantizationChannels: Int = 256) { channels = quantizationChannels }
  public func callAsFunction(_ x: Tensor) -> Tensor { AF.muLawEncoding(x, quantizationChannels: channels) }
}

/// Samples of whole numbers: ``AF/muLawDecoding(_:quantizationChannels:)``.
public struct MuLawDecoding: AudioTransform {
  private let channels: Int
  /// How many numbers there are.
  public init(quantizationChannels: Int = 256) { channels = quantizationChannels }
  public func callAsFunction(_ x: Tensor) -> Tensor { AF.muLawDecoding(x, quantizationChannels: channels) }
}

/// High frequencies raised: ``AF/preemphasis(_:coeff:)``.
public struct Preemphasis: AudioTransform {
  private let coeff: Double
  /// The factor of the sample before.
  public init(coeff: Double = 0.97) { self.coeff = coeff }
  public func callAsFunction(_ x: Tensor) -> Tensor { AF.preemphasis(x, coeff: coeff) }
}

/// The inverse of ``Preemphasis``: ``AF/deemphasis(_:coeff:)``.
public struct Deemphasis: AudioTransform {
  private let coeff: Double
  /// The factor of the sample before.
  public init(coeff: Double = 0.97) { self.coeff = coeff }
  public func callAsFunction(_ x: Tensor) -> Tensor { AF.deemphasis(x, coeff: coeff) }
}

/// A sound with noise: ``AF/addNoise(_:noise:snr:lengths:)``.
public struct AddNoise: Sendable {
  /// Nothing is set.
  public init() {}
  /// The parameters of the function.
  public func callAsFunction(_ waveform: Tensor, _ noise: Tensor, _ snr: Tensor, lengths: Tensor? = nil) -> Tensor {
    AF.addNoise(waveform, noise: noise, snr: snr, lengths: lengths)
  }
}

/// The convolution of two sounds: ``AF/convolve(_:_:mode:)``.
public struct Convolve: Sendable {
  private let mode: AF.ConvolveMode
  /// The part that is given.
  public init(mode: AF.ConvolveMode = .full) { self.mode = mode }
  /// The two sounds.
  public func callAsFunction(_ x: Tensor, _ y: Tensor) -> Tensor { AF.convolve(x, y, mode: mode) }
}

/// The convolution of two sounds by Fourier transforms: ``AF/fftconvolve(_:_:mode:)``.
public struct FFTConvolve: Sendable {
  private let mode: AF.ConvolveMode
  /// The part that is given.
  public init(mode: AF.ConvolveMode = .full) { self.mode = mode }
  /// The two sounds.
  public func callAsFunction(_ x: Tensor, _ y: Tensor) -> Tensor { AF.fftconvolve(x, y, mode: mode) }
}
