import ApusCore
import ApusNumerics

/// Functions of sound, under torchaudio's names in `torchaudio.functional`. A sound is a tensor of floating point whose last dimension is
/// time, `[..., time]`; a spectrum has frequencies and time as its last ones, `[..., frequencies, time]`. All but those that count or
/// draw have gradients.
public enum AF {}

/// By what spectra are divided.
public enum SpectrumNorm: String, Sendable, Hashable, CaseIterable {
  /// Nothing.
  case none
  /// The square root of the sum of the window's squares; `true` stands for it.
  case window
  /// The square root of the length of the transform.
  case frameLength = "frame_length"
}

extension SpectrumNorm: ExpressibleByBooleanLiteral {
  public init(booleanLiteral value: Bool) { self = value ? .window : .none }
}

extension AF {
  /// The spectra of the parts of a sound, torchaudio's `spectrogram`.
  /// - Parameters:
  ///   - pad: zeros that are put at both ends first.
  ///   - window: `[winLength]`.
  ///   - power: the power of the magnitudes: 1 for magnitudes, 2 for power; nil for complex spectra.
  ///   - others: as of ``stft(_:nFFT:hopLength:winLength:window:center:padMode:normalized:onesided:returnComplex:)``.
  /// - Returns: `[..., nFFT / 2 + 1, frames]`.
  public static func spectrogram(
    _ waveform: Tensor, pad: Int = 0, window: Tensor, nFFT: Int, hopLength: Int, winLength: Int, power: Double? = 2,
    normalized: SpectrumNorm = .none, center: Bool = true, padMode: PadMode = .reflect, onesided: Bool = true
  ) -> Tensor {
    attempt(waveform, window) { () throws(TensorError) in
      try checkSound(waveform, "spectrogram")
      let x = pad > 0 ? waveform.pad([pad, pad]) : waveform
      let rows = x.reshape([-1, x.size(-1)])
      var spectra = stft(
        rows, nFFT: nFFT, hopLength: hopLength, winLength: winLength, window: window, center: center, padMode: padMode,
        normalized: normalized == .frameLength, onesided: onesided)
      if spectra.hasFailed { return spectra }
      spectra = spectra.reshape(x.shape.dropLast() + spectra.shape.suffix(2))
      if normalized == .window { spectra = spectra / windowNorm(window) }
      guard let power else { return spectra }
      if power == 2 {
        let (re, im) = (spectra.real, spectra.imag)
        return re * re + im * im
      }
      return power == 1 ? spectra.abs() : spectra.abs().pow(power)
    }
  }

  /// The sound of complex spectra, torchaudio's `inverse_spectrogram`.
  /// - Parameters:
  ///   - length: samples of the sound; as many as the frames give if nil.
  ///   - pad: zeros that were put at both ends, which are taken away where `length` is given.
  ///   - others: as of ``spectrogram(_:pad:window:nFFT:hopLength:winLength:power:normalized:center:padMode:onesided:)``.
  public static func inverseSpectrogram(
    _ spectrogram: Tensor, length: Int? = nil, pad: Int = 0, window: Tensor, nFFT: Int, hopLength: Int, winLength: Int,
    normalized: SpectrumNorm = .none, center: Bool = true, onesided: Bool = true
  ) -> Tensor {
    attempt(spectrogram, window) { () throws(TensorError) in
      guard spectrogram.isComplex, spectrogram.rank >= 2 else {
        throw TensorError(
          .dtype, "inverseSpectrogram",
          "needs complex spectra [..., frequencies, time], and found \(spectrogram.type); power: nil gives them")
      }
      let spectra = normalized == .window ? spectrogram * windowNorm(window) : spectrogram
      var sound = istft(
        spectra.reshape([-1] + spectra.shape.suffix(2)), nFFT: nFFT, hopLength: hopLength, winLength: winLength,
        window: window, center: center, normalized: normalized == .frameLength, onesided: onesided,
        length: length.map { $0 + 2 * pad })
      if sound.hasFailed { return sound }
      if let length, pad > 0 { sound = sound.narrow(-1, pad, length) }
      return sound.reshape(spectrogram.shape.dropLast(2) + [sound.size(-1)])
    }
  }

  private static func windowNorm(_ window: Tensor) -> Tensor { (window * window).sum().sqrt() }

  /// A sound whose spectra have the given magnitudes, found by going to and fro (Griffin and Lim, Signal estimation from modified short-time
  /// Fourier transform, 1984; with momentum: Perraudin, Balazs and Søndergaard, 2013), torchaudio's `griffinlim`.
  /// - Parameters:
  ///   - specgram: magnitudes to the given power.
  ///   - momentum: from 0 up to but not 1.
  ///   - randInit: whether the angles begin with random numbers.
  public static func griffinlim(
    _ specgram: Tensor, window: Tensor, nFFT: Int, hopLength: Int, winLength: Int, power: Double = 2, nIter: Int = 32,
    momentum: Double = 0.99, length: Int? = nil, randInit: Bool = true
  ) -> Tensor {
    attempt(specgram, window) { () throws(TensorError) in
      guard (0..<1).contains(momentum) else {
        throw TensorError(.value, "griffinlim", "momentum must be in range [0, 1), and found \(momentum)")
      }
      try checkSpectrum(specgram, "griffinlim")
      let share = momentum / (1 + momentum)
      let sizes = specgram.reshape([-1] + specgram.shape.suffix(2)).pow(1 / power)
      var angles =
        randInit
        ? rand(sizes.shape + [2], dtype: sizes.dtype).viewAsComplex()
        : complex(Tensor.ones(sizes.shape, dtype: sizes.dtype), Tensor.zeros(sizes.shape, dtype: sizes.dtype))
      func sound(_ angles: Tensor) -> Tensor {
        istft(
          angles * sizes, nFFT: nFFT, hopLength: hopLength, winLength: winLength, window: window, length: length)
      }
      var before: Tensor?
      for _ in 0..<nIter {
        let rebuilt = stft(
          sound(angles), nFFT: nFFT, hopLength: hopLength, winLength: winLength, window: window)
        if rebuilt.hasFailed { return rebuilt }
        angles = rebuilt
        if share > 0, let before { angles = angles - before * share }
        angles = angles / (angles.abs() + 1e-16)
        before = rebuilt
      }
      let made = sound(angles)
      return made.hasFailed ? made : made.reshape(specgram.shape.dropLast(2) + [made.size(-1)])
    }
  }

  /// The frequency that stands in the middle of each spectrum's magnitudes, `[..., frames]` in hertz.
  public static func spectralCentroid(
    _ waveform: Tensor, sampleRate: Int, pad: Int = 0, window: Tensor, nFFT: Int, hopLength: Int, winLength: Int
  ) -> Tensor {
    let sizes = spectrogram(
      waveform, pad: pad, window: window, nFFT: nFFT, hopLength: hopLength, winLength: winLength, power: 1)
    if sizes.hasFailed { return sizes }
    let hertz = linspace(0, Double(sampleRate / 2), 1 + nFFT / 2, dtype: sizes.dtype).unsqueeze(-1)
    return (hertz * sizes).sum([-2]) / sizes.sum([-2])
  }

  /// Complex spectra of a sound that is `rate` times as fast at the same pitch (Flanagan and Golden, Phase vocoder, 1966), torchaudio's
  /// `phase_vocoder`.
  /// - Parameter phaseAdvance: by how much the phase of each frequency grows from frame to frame, `[frequencies, 1]`.
  public static func phaseVocoder(_ complexSpecgrams: Tensor, rate: Double, phaseAdvance: Tensor) -> Tensor {
    attempt(complexSpecgrams, phaseAdvance) { () throws(TensorError) in
      guard complexSpecgrams.isComplex, complexSpecgrams.rank >= 2, rate > 0 else {
        throw TensorError(
          .value, "phaseVocoder",
          "needs complex spectra [..., frequencies, time] and a rate above 0, and found \(complexSpecgrams.type), \(rate)"
        )
      }
      if rate == 1 { return complexSpecgrams }
      let real = complexSpecgrams.dtype.realType
      let spectra = complexSpecgrams.reshape([-1] + complexSpecgrams.shape.suffix(2))
      let steps = arange(0.0, Double(spectra.size(-1)), rate, dtype: real)
      let alphas = steps.remainder(1)
      let first = spectra.narrow(-1, 0, 1).angle()
      let padded = complex(spectra.real.pad([0, 2]), spectra.imag.pad([0, 2]))
      let before = padded.indexSelect(2, steps.to(.int64))
      let after = padded.indexSelect(2, (steps + 1).to(.int64))
      var phase = after.angle() - before.angle() - phaseAdvance
      let turn = 2 * Double.pi
      phase = phase - (phase / turn).round() * turn + phaseAdvance
      phase = cat([first, phase.narrow(-1, 0, phase.size(-1) - 1)], dim: -1).cumsum(-1)
      let sizes = alphas * after.abs() + (1 - alphas) * before.abs()
      return polar(sizes, phase).reshape(complexSpecgrams.shape.dropLast(1) + [steps.count])
    }
  }
}

/// Refuses what is no sound.
func checkSound(_ x: Tensor, _ name: String) throws(TensorError) {
  guard x.rank >= 1, x.dtype == .float32 || x.dtype == .float64 else {
    throw TensorError(
      .dtype, name,
      "needs a sound [..., time] of type float32 or float64, and found \(x.type); convert with .to(.float32)")
  }
}

/// Refuses what is no real spectrum.
func checkSpectrum(_ x: Tensor, _ name: String) throws(TensorError) {
  guard x.rank >= 2, x.dtype == .float32 || x.dtype == .float64 else {
    throw TensorError(
      .shape, name, "needs real spectra [..., frequencies, time] of type float32 or float64, and found \(x.type)")
  }
}
