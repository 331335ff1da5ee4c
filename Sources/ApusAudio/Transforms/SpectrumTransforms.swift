import ApusCore
import ApusFunctional
import ApusNumerics

/// A change of sounds or spectra, as the modules of `torchaudio.transforms`: made once with its settings and the tables that follow from them, called
/// for each tensor.
///
///     let transform = Sounds([Resample(origFreq: 44100, newFreq: 16000), MelSpectrogram(sampleRate: 16000, nMels: 80), AmplitudeToDB()])
///     let features = transform(waveform)
public protocol AudioTransform: Sendable {
  /// The tensor changed.
  func callAsFunction(_ x: Tensor) -> Tensor
}

/// Changes one after the other.
public struct Sounds: AudioTransform {
  private let transforms: [any AudioTransform]
  /// The changes, in their order.
  public init(_ transforms: [any AudioTransform]) { self.transforms = transforms }
  public func callAsFunction(_ x: Tensor) -> Tensor { transforms.reduce(x) { $1($0) } }
}

/// Makes the window of a number of samples.
public typealias WindowFunction = @Sendable (Int) -> Tensor

/// Hann's window for spectra.
public func periodicHann(_ length: Int) -> Tensor { signal.windows.hann(length, sym: false, dtype: .float32) }

/// Spectra of the parts of a sound: ``AF/spectrogram(_:pad:window:nFFT:hopLength:winLength:power:normalized:center:padMode:onesided:)``.
public struct Spectrogram: AudioTransform {
  let nFFT: Int
  let winLength: Int
  let hopLength: Int
  let pad: Int
  let window: Tensor
  let power: Double?
  let normalized: SpectrumNorm
  let center: Bool
  let padMode: PadMode
  let onesided: Bool

  /// - Parameters:
  ///   - winLength: `nFFT` if nil.
  ///   - hopLength: half of `winLength` if nil.
  ///   - power: nil for complex spectra.
  public init(
    nFFT: Int = 400, winLength: Int? = nil, hopLength: Int? = nil, pad: Int = 0,
    windowFn: WindowFunction = periodicHann,
    power: Double? = 2, normalized: SpectrumNorm = .none, center: Bool = true, padMode: PadMode = .reflect,
    onesided: Bool = true
  ) {
    self.nFFT = nFFT
    self.winLength = winLength ?? nFFT
    self.hopLength = hopLength ?? self.winLength / 2
    (self.pad, self.power, self.normalized) = (pad, power, normalized)
    (self.center, self.padMode, self.onesided) = (center, padMode, onesided)
    window = windowFn(self.winLength)
  }

  public func callAsFunction(_ x: Tensor) -> Tensor {
    AF.spectrogram(
      x, pad: pad, window: window.to(x.dtype == .float64 ? .float64 : .float32), nFFT: nFFT, hopLength: hopLength,
      winLength: winLength, power: power, normalized: normalized, center: center, padMode: padMode, onesided: onesided)
  }
}

/// The sound of complex spectra: ``AF/inverseSpectrogram(_:length:pad:window:nFFT:hopLength:winLength:normalized:center:onesided:)``.
public struct InverseSpectrogram: AudioTransform {
  private let form: Spectrogram

  /// The settings of the ``Spectrogram`` that made them.
  public init(
    nFFT: Int = 400, winLength: Int? = nil, hopLength: Int? = nil, pad: Int = 0,
    windowFn: WindowFunction = periodicHann,
    normalized: SpectrumNorm = .none, center: Bool = true, onesided: Bool = true
  ) {
    form = Spectrogram(
      nFFT: nFFT, winLength: winLength, hopLength: hopLength, pad: pad, windowFn: windowFn, power: nil,
      normalized: normalized, center: center, onesided: onesided)
  }

  public func callAsFunction(_ x: Tensor) -> Tensor { self(x, length: nil) }

  /// - Parameter length: samples of the sound.
  public func callAsFunction(_ x: Tensor, length: Int?) -> Tensor {
    AF.inverseSpectrogram(
      x, length: length, pad: form.pad, window: form.window.to(x.dtype.realType), nFFT: form.nFFT,
      hopLength: form.hopLength, winLength: form.winLength, normalized: form.normalized, center: form.center,
      onesided: form.onesided)
  }
}

/// A sound with given magnitudes: ``AF/griffinlim(_:window:nFFT:hopLength:winLength:power:nIter:momentum:length:randInit:)``.
public struct GriffinLim: AudioTransform {
  private let form: Spectrogram
  private let power: Double
  private let nIter: Int
  private let momentum: Double
  private let length: Int?
  private let randInit: Bool

  /// - Parameter nIter: how often it goes to and fro.
  public init(
    nFFT: Int = 400, nIter: Int = 32, winLength: Int? = nil, hopLength: Int? = nil,
    windowFn: WindowFunction = periodicHann, power: Double = 2, momentum: Double = 0.99, length: Int? = nil,
    randInit: Bool = true
  ) {
    form = Spectrogram(nFFT: nFFT, winLength: winLength, hopLength: hopLength, windowFn: windowFn)
    (self.power, self.nIter, self.momentum) = (power, nIter, momentum)
    (self.length, self.randInit) = (length, randInit)
  }

  public func callAsFunction(_ x: Tensor) -> Tensor {
    AF.griffinlim(
      x, window: form.window.to(x.dtype), nFFT: form.nFFT, hopLength: form.hopLength, winLength: form.winLength,
      power: power, nIter: nIter, momentum: momentum, length: length, randInit: randInit)
  }
}

/// Spectra as bands of the mel scale, `[..., nMels, time]`.
public struct MelScale: AudioTransform {
  /// What each frequency adds to each band, `[nSTFT, nMels]`.
  public let fb: Tensor

  /// - Parameters:
  ///   - fMax: half of the rate if nil.
  ///   - nSTFT: frequencies of the spectra, nFFT / 2 + 1.
  public init(
    nMels: Int = 128, sampleRate: Int = 16000, fMin: Double = 0, fMax: Double? = nil, nSTFT: Int = 201,
    norm: MelNorm? = nil, melScale: MelScaleKind = .htk
  ) {
    fb = AF.melscaleFbanks(
      nFreqs: nSTFT, fMin: fMin, fMax: fMax ?? Double(sampleRate / 2), nMels: nMels, sampleRate: sampleRate, norm: norm,
      melScale: melScale)
  }

  public func callAsFunction(_ x: Tensor) -> Tensor {
    x.transpose(-1, -2).matmul(fb.to(x.dtype)).transpose(-1, -2)
  }
}

/// Spectra whose bands on the mel scale are given: those that fit best, without negative values.
public struct InverseMelScale: AudioTransform {
  private let scale: MelScale
  private let driver: LeastSquaresDriver

  /// - Parameter driver: how the best is found.
  public init(
    nSTFT: Int, nMels: Int = 128, sampleRate: Int = 16000, fMin: Double = 0, fMax: Double? = nil, norm: MelNorm? = nil,
    melScale: MelScaleKind = .htk, driver: LeastSquaresDriver = .gels
  ) {
    scale = MelScale(
      nMels: nMels, sampleRate: sampleRate, fMin: fMin, fMax: fMax, nSTFT: nSTFT, norm: norm, melScale: melScale)
    self.driver = driver
  }

  public func callAsFunction(_ x: Tensor) -> Tensor {
    attempt(x, scale.fb) { () throws(TensorError) in
      try checkSpectrum(x, "InverseMelScale")
      guard x.size(-2) == scale.fb.size(1) else {
        throw TensorError(
          .shape, "InverseMelScale",
          "Expected an input with \(scale.fb.size(1)) mel bins. Found: \(x.size(-2))")
      }
      return linalg.lstsq(scale.fb.transpose(0, 1).to(x.dtype), x, driver: driver).solution.relu()
    }
  }
}

/// The power of a sound in bands of the mel scale: a ``Spectrogram`` and a ``MelScale``.
public struct MelSpectrogram: AudioTransform {
  /// The spectra.
  public let spectrogram: Spectrogram
  /// The bands.
  public let melScale: MelScale
  let nMels: Int

  /// The settings of both.
  public init(
    sampleRate: Int = 16000, nFFT: Int = 400, winLength: Int? = nil, hopLength: Int? = nil, fMin: Double = 0,
    fMax: Double? = nil, pad: Int = 0, nMels: Int = 128, windowFn: WindowFunction = periodicHann, power: Double = 2,
    normalized: SpectrumNorm = .none, center: Bool = true, padMode: PadMode = .reflect, norm: MelNorm? = nil,
    melScale: MelScaleKind = .htk
  ) {
    spectrogram = Spectrogram(
      nFFT: nFFT, winLength: winLength, hopLength: hopLength, pad: pad, windowFn: windowFn, power: power,
      normalized: normalized, center: center, padMode: padMode)
    self.melScale = MelScale(
      nMels: nMels, sampleRate: sampleRate, fMin: fMin, fMax: fMax, nSTFT: nFFT / 2 + 1, norm: norm, melScale: melScale)
    self.nMels = nMels
  }

  public func callAsFunction(_ x: Tensor) -> Tensor { melScale(spectrogram(x)) }
}

/// Mel frequency cepstral coefficients of a sound, `[..., nMFCC, frames]`.
public struct MFCC: AudioTransform {
  private let melSpectrogram: MelSpectrogram
  private let cepstrum: Cepstrum

  /// - Parameters:
  ///   - nMFCC: how many coefficients.
  ///   - norm: how the cosines are scaled.
  ///   - logMels: whether logarithms are natural ones; else decibels, of which nothing lies further than 80 below the loudest.
  ///   - mel: the bands; torchaudio's defaults for `sampleRate` if nil.
  public init(
    sampleRate: Int = 16000, nMFCC: Int = 40, norm: DCTNorm? = .ortho, logMels: Bool = false, mel: MelSpectrogram? = nil
  ) {
    melSpectrogram = mel ?? MelSpectrogram(sampleRate: sampleRate)
    cepstrum = Cepstrum(count: nMFCC, bands: melSpectrogram.nMels, norm: norm, isNatural: logMels, name: "MFCC")
  }

  public func callAsFunction(_ x: Tensor) -> Tensor { cepstrum(melSpectrogram(x)) }
}

/// Linear frequency cepstral coefficients of a sound, `[..., nLFCC, frames]`.
public struct LFCC: AudioTransform {
  private let spectrogram: Spectrogram
  private let filters: Tensor
  private let cepstrum: Cepstrum

  /// - Parameters:
  ///   - nFilter: how many bands of equal width.
  ///   - logLF: whether logarithms are natural ones; else decibels, of which nothing lies further than 80 below the loudest.
  public init(
    sampleRate: Int = 16000, nFilter: Int = 128, fMin: Double = 0, fMax: Double? = nil, nLFCC: Int = 40,
    norm: DCTNorm? = .ortho, logLF: Bool = false, spectrogram: Spectrogram = Spectrogram()
  ) {
    self.spectrogram = spectrogram
    filters = AF.linearFbanks(
      nFreqs: spectrogram.nFFT / 2 + 1, fMin: fMin, fMax: fMax ?? Double(sampleRate / 2), nFilter: nFilter,
      sampleRate: sampleRate)
    cepstrum = Cepstrum(count: nLFCC, bands: nFilter, norm: norm, isNatural: logLF, name: "LFCC")
  }

  public func callAsFunction(_ x: Tensor) -> Tensor {
    let spectra = spectrogram(x)
    return cepstrum(spectra.transpose(-1, -2).matmul(filters.to(spectra.dtype)).transpose(-1, -2))
  }
}

/// The cosine transform of logarithms of bands.
private struct Cepstrum: Sendable {
  let dct: Tensor
  let isNatural: Bool

  init(count: Int, bands: Int, norm: DCTNorm?, isNatural: Bool, name: String) {
    self.isNatural = isNatural
    dct =
      count <= bands
      ? AF.createDct(nMFCC: count, nMels: bands, norm: norm)
      : fail(TensorError(.value, name, "cannot select more coefficients (\(count)) than bands (\(bands))"))
  }

  func callAsFunction(_ bands: Tensor) -> Tensor {
    let logs = isNatural ? (bands + 1e-6).log() : AmplitudeToDB(stype: .power, topDB: 80)(bands)
    return logs.transpose(-1, -2).matmul(dct.to(bands.dtype)).transpose(-1, -2)
  }
}

/// Magnitudes or powers as decibels.
public struct AmplitudeToDB: AudioTransform {
  /// What the values are.
  public enum Scale: String, Sendable, Hashable, CaseIterable {
    /// Squares of magnitudes.
    case power
    /// Magnitudes.
    case magnitude
  }
  private let multiplier: Double
  private let topDB: Double?

  /// - Parameter topDB: nothing lies further than that below the loudest.
  public init(stype: Scale = .power, topDB: Double? = nil) {
    if let topDB, topDB < 0 {
      report(TensorError(.value, "AmplitudeToDB", "top_db must be positive value, and found \(topDB)"))
    }
    multiplier = stype == .power ? 10 : 20
    self.topDB = topDB
  }

  public func callAsFunction(_ x: Tensor) -> Tensor {
    AF.amplitudeToDB(x, multiplier: multiplier, amin: 1e-10, dbMultiplier: 0, topDB: topDB)
  }
}

/// Changes in time: ``AF/computeDeltas(_:winLength:mode:)``.
public struct ComputeDeltas: AudioTransform {
  private let winLength: Int
  private let mode: PadMode
  /// The settings of the function.
  public init(winLength: Int = 5, mode: PadMode = .replicate) { (self.winLength, self.mode) = (winLength, mode) }
  public func callAsFunction(_ x: Tensor) -> Tensor { AF.computeDeltas(x, winLength: winLength, mode: mode) }
}

/// Complex spectra of a sound at another speed and the same pitch: ``AF/phaseVocoder(_:rate:phaseAdvance:)``.
public struct TimeStretch: AudioTransform {
  private let advance: Tensor
  private let fixedRate: Double?

  /// - Parameters:
  ///   - hopLength: samples from frame to frame; n_fft / 2 if nil.
  ///   - nFreq: frequencies of the spectra.
  ///   - fixedRate: the speed, where a call tells none.
  public init(hopLength: Int? = nil, nFreq: Int = 201, fixedRate: Double? = nil) {
    advance = linspace(0, Double.pi * Double(hopLength ?? nFreq - 1), nFreq, dtype: .float32).unsqueeze(-1)
    self.fixedRate = fixedRate
  }

  public func callAsFunction(_ x: Tensor) -> Tensor { self(x, overridingRate: nil) }

  /// - Parameter overridingRate: the speed of this call.
  public func callAsFunction(_ x: Tensor, overridingRate: Double?) -> Tensor {
    guard let rate = overridingRate ?? fixedRate else {
      return fail(
        TensorError(.value, "TimeStretch", "If no fixedRate is specified, must pass a valid rate to the call."))
    }
    return AF.phaseVocoder(x, rate: rate, phaseAdvance: advance.to(x.dtype.realType))
  }
}

/// A band of frequencies replaced by a value: ``AF/maskAlongAxis(_:maskParam:maskValue:axis:p:)``.
public struct FrequencyMasking: AudioTransform {
  private let mask: AxisMasking
  /// - Parameter iidMasks: whether each spectrum has a band of its own.
  public init(freqMaskParam: Int, iidMasks: Bool = false) {
    mask = AxisMasking(param: freqMaskParam, fromEnd: 2, isEach: iidMasks, p: 1)
  }
  public func callAsFunction(_ x: Tensor) -> Tensor { mask(x, .float(0)) }
  /// - Parameter maskValue: the value that is put in.
  public func callAsFunction(_ x: Tensor, maskValue: Double) -> Tensor { mask(x, .float(maskValue)) }
}

/// A band of time replaced by a value: ``AF/maskAlongAxis(_:maskParam:maskValue:axis:p:)``.
public struct TimeMasking: AudioTransform {
  private let mask: AxisMasking
  /// - Parameters:
  ///   - iidMasks: whether each spectrum has a band of its own.
  ///   - p: the most of the time that is replaced.
  public init(timeMaskParam: Int, iidMasks: Bool = false, p: Double = 1) {
    mask = AxisMasking(param: timeMaskParam, fromEnd: 1, isEach: iidMasks, p: p)
  }
  public func callAsFunction(_ x: Tensor) -> Tensor { mask(x, .float(0)) }
  /// - Parameter maskValue: the value that is put in.
  public func callAsFunction(_ x: Tensor, maskValue: Double) -> Tensor { mask(x, .float(maskValue)) }
}

private struct AxisMasking: Sendable {
  let param: Int
  let fromEnd: Int
  let isEach: Bool
  let p: Double

  func callAsFunction(_ x: Tensor, _ value: Scalar) -> Tensor {
    AF.masked(x, param, value, x.rank - fromEnd, p, isEach: isEach, fromEnd == 1 ? "TimeMasking" : "FrequencyMasking")
  }
}

/// Bands of time and of frequencies replaced by zero or the mean (Park et al., SpecAugment, 2019).
public struct SpecAugment: AudioTransform {
  private let counts: (time: Int, frequency: Int)
  private let masks: (time: AxisMasking, frequency: AxisMasking)
  private let zeroMasking: Bool

  /// - Parameters:
  ///   - iidMasks: whether each spectrum has bands of its own.
  ///   - zeroMasking: whether zeros are put in; else the mean of all values.
  public init(
    nTimeMasks: Int, timeMaskParam: Int, nFreqMasks: Int, freqMaskParam: Int, iidMasks: Bool = true, p: Double = 1,
    zeroMasking: Bool = false
  ) {
    counts = (nTimeMasks, nFreqMasks)
    masks = (
      AxisMasking(param: timeMaskParam, fromEnd: 1, isEach: iidMasks, p: p),
      AxisMasking(param: freqMaskParam, fromEnd: 2, isEach: iidMasks, p: p)
    )
    self.zeroMasking = zeroMasking
  }

  public func callAsFunction(_ x: Tensor) -> Tensor {
    if x.hasFailed { return x }
    let value: Scalar = .float(zeroMasking ? 0 : x.detach().mean().item())
    var made = x
    for (mask, count) in [(masks.time, counts.time), (masks.frequency, counts.frequency)] {
      let own = AxisMasking(param: mask.param, fromEnd: mask.fromEnd, isEach: mask.isEach && x.rank > 2, p: mask.p)
      for _ in 0..<count { made = own(made, value) }
    }
    return made
  }
}

/// Features less the mean of a window: ``AF/slidingWindowCmn(_:cmnWindow:minCmnWindow:center:normVars:)``.
public struct SlidingWindowCmn: AudioTransform {
  private let cmnWindow: Int
  private let minCmnWindow: Int
  private let center: Bool
  private let normVars: Bool
  /// The settings of the function.
  public init(cmnWindow: Int = 600, minCmnWindow: Int = 100, center: Bool = false, normVars: Bool = false) {
    (self.cmnWindow, self.minCmnWindow, self.center, self.normVars) = (cmnWindow, minCmnWindow, center, normVars)
  }
  public func callAsFunction(_ x: Tensor) -> Tensor {
    AF.slidingWindowCmn(x, cmnWindow: cmnWindow, minCmnWindow: minCmnWindow, center: center, normVars: normVars)
  }
}

/// The middle frequency of a sound in time: ``AF/spectralCentroid(_:sampleRate:pad:window:nFFT:hopLength:winLength:)``.
public struct SpectralCentroid: AudioTransform {
  private let form: Spectrogram
  private let sampleRate: Int
  /// The settings of a ``Spectrogram``.
  public init(
    sampleRate: Int, nFFT: Int = 400, winLength: Int? = nil, hopLength: Int? = nil, pad: Int = 0,
    windowFn: WindowFunction = periodicHann
  ) {
    form = Spectrogram(nFFT: nFFT, winLength: winLength, hopLength: hopLength, pad: pad, windowFn: windowFn, power: 1)
    self.sampleRate = sampleRate
  }
  public func callAsFunction(_ x: Tensor) -> Tensor {
    AF.spectralCentroid(
      x, sampleRate: sampleRate, pad: form.pad, window: form.window.to(x.dtype == .float64 ? .float64 : .float32),
      nFFT: form.nFFT, hopLength: form.hopLength, winLength: form.winLength)
  }
}
