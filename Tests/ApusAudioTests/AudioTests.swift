import Apus
import Foundation
import Testing

/// What torchaudio 2.11 computes of one sound, recorded by scripts/peers/record_audio.py.
enum Recorded {
  static let values: StateDict = {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/Recorded/audio.safetensors"
    do { return try loadSafetensors(path) } catch { fatalError("\(error)") }
  }()

  static subscript(name: String) -> Tensor { values[name] ?? Tensor.zeros([0]) }
  /// Two channels of 1200 samples at 8000 hertz.
  static var x: Tensor { self["x"] }
  static var mono: Tensor { self["x"].narrow(0, 0, 1) }
  static var long: Tensor { mono.repeat([1, 4]) }
  static var noise: Tensor { (arange(1200).to(.float32) * 1.7).sin().unsqueeze(0) }
}

private func cut(_ n: Int) -> Tensor { Recorded.mono.narrow(1, 0, n) }
private func spectrum(_ x: Tensor) -> Tensor { Spectrogram(nFFT: 128)(x) }
private let features = (arange(520).to(.float32) * 0.37).sin().view(2, 26, 10)
private let bands = MelSpectrogram(sampleRate: 8000, nFFT: 200, hopLength: 100, nMels: 20)

private func bank(_ norm: MelNorm?, _ scale: MelScaleKind) -> Tensor {
  AF.melscaleFbanks(nFreqs: 65, fMin: 60, fMax: 3800, nMels: 16, sampleRate: 8000, norm: norm, melScale: scale)
}

private func frames(_ set: (inout kaldi.FrameOptions) -> Void = { _ in }) -> kaldi.FrameOptions {
  var options = kaldi.FrameOptions()
  options.sampleFrequency = 8000
  set(&options)
  return options
}

private func mel(_ set: (inout kaldi.MelOptions) -> Void) -> kaldi.MelOptions {
  var options = kaldi.MelOptions()
  set(&options)
  return options
}

private func seeded(_ seed: Int, _ body: () -> Tensor) -> Tensor {
  manualSeed(seed)
  return body()
}

@Suite(.serialized) struct AudioTests {
  typealias Case = (name: String, make: @Sendable () -> Tensor)

  static let rates: [Case] = [
    ("resample.up", { AF.resample(Recorded.mono, origFreq: 8000, newFreq: 11025) }),
    (
      "resample.down",
      { AF.resample(Recorded.mono, origFreq: 8000, newFreq: 3000, lowpassFilterWidth: 4, rolloff: 0.9) }
    ),
    (
      "resample.kaiser",
      { Resample(origFreq: 8000, newFreq: 6000, resamplingMethod: .sincInterpKaiser)(Recorded.mono) }
    ),
    ("pitch", { AF.pitchShift(Recorded.mono, sampleRate: 8000, nSteps: 4, nFFT: 256) }),
    ("speed", { AF.speed(Recorded.mono, origFreq: 8000, factor: 1.1).waveform }),
    (
      "stretch",
      { TimeStretch(hopLength: 64, nFreq: 65, fixedRate: 1.3)(Spectrogram(nFFT: 128, power: nil)(Recorded.mono)) }
    ),
  ]

  static let spectra: [Case] = [
    ("spectrogram", { Spectrogram(nFFT: 200)(Recorded.mono) }),
    (
      "spectrogram.complex",
      { Spectrogram(nFFT: 128, winLength: 100, hopLength: 50, pad: 7, power: nil, normalized: true)(cut(400)) }
    ),
    (
      "spectrogram.frame", { Spectrogram(nFFT: 64, power: 1, normalized: .frameLength, center: false)(cut(400)) }
    ),
    ("spectrogram.two", { Spectrogram(nFFT: 64, padMode: .constant, onesided: false)(cut(200)) }),
    (
      "inverse",
      {
        let spectra = Spectrogram(nFFT: 128, power: nil)(Recorded.x).narrow(-1, 0, 9) * 0.7
        return InverseSpectrogram(nFFT: 128)(spectra, length: 500)
      }
    ),
    ("griffinlim", { GriffinLim(nFFT: 128, nIter: 5, randInit: false)(spectrum(Recorded.mono)) }),
    (
      "griffinlim.random",
      { seeded(3) { GriffinLim(nFFT: 128, nIter: 3, momentum: 0)(spectrum(Recorded.mono)) } }
    ),
    ("fbanks.None.htk", { bank(nil, .htk) }), ("fbanks.None.slaney", { bank(nil, .slaney) }),
    ("fbanks.slaney.htk", { bank(.slaney, .htk) }), ("fbanks.slaney.slaney", { bank(.slaney, .slaney) }),
    ("fbanks.linear", { AF.linearFbanks(nFreqs: 65, fMin: 0, fMax: 4000, nFilter: 12, sampleRate: 8000) }),
    ("dct", { AF.createDct(nMFCC: 8, nMels: 20) }), ("dct.plain", { AF.createDct(nMFCC: 8, nMels: 20, norm: nil) }),
    (
      "mel",
      {
        MelSpectrogram(
          sampleRate: 8000, nFFT: 200, hopLength: 100, nMels: 20, norm: .slaney, melScale: .slaney)(Recorded.mono)
      }
    ),
    ("mfcc", { MFCC(sampleRate: 8000, nMFCC: 13, mel: bands)(Recorded.x) }),
    ("mfcc.log", { MFCC(sampleRate: 8000, nMFCC: 13, logMels: true, mel: bands)(Recorded.mono) }),
    (
      "lfcc",
      { LFCC(sampleRate: 8000, nFilter: 24, nLFCC: 10, spectrogram: Spectrogram(nFFT: 200))(Recorded.mono) }
    ),
    ("db", { AmplitudeToDB(stype: .magnitude, topDB: 30)(spectrum(Recorded.x)) }),
    (
      "inverse_mel",
      {
        InverseMelScale(nSTFT: 33, nMels: 12, sampleRate: 8000, driver: .gelsd)(
          MelScale(nMels: 12, sampleRate: 8000, nSTFT: 33)(Spectrogram(nFFT: 64)(cut(320))))
      }
    ),
    ("centroid", { SpectralCentroid(sampleRate: 8000, nFFT: 200)(Recorded.mono) }),
    ("deltas", { AF.computeDeltas(spectrum(Recorded.x), winLength: 7) }),
    ("cmn.False", { SlidingWindowCmn(cmnWindow: 9, minCmnWindow: 4)(features) }),
    (
      "cmn.True",
      {
        SlidingWindowCmn(cmnWindow: 9, minCmnWindow: 4, center: true, normVars: true)(features)
      }
    ),
  ]

  static let waves: [Case] = [
    ("fade.linear", { Fade(fadeInLen: 100, fadeOutLen: 150)(cut(400)) }),
    ("fade.exponential", { Fade(fadeInLen: 100, fadeOutLen: 150, fadeShape: .exponential)(cut(400)) }),
    ("fade.logarithmic", { Fade(fadeInLen: 100, fadeOutLen: 150, fadeShape: .logarithmic)(cut(400)) }),
    ("fade.quarter_sine", { Fade(fadeInLen: 100, fadeOutLen: 150, fadeShape: .quarterSine)(cut(400)) }),
    ("fade.half_sine", { Fade(fadeInLen: 100, fadeOutLen: 150, fadeShape: .halfSine)(cut(400)) }),
    ("vol.amplitude", { Vol(3)(cut(100)) }), ("vol.power", { Vol(2, gainType: .power)(cut(100)) }),
    ("vol.db", { Vol(-4, gainType: .db)(cut(100)) }),
    ("loudness", { Loudness(sampleRate: 8000)(cat([Recorded.long, Recorded.long * 0.3], dim: 0)) }),
    ("mulaw", { MuLawEncoding()(Recorded.mono) }),
    (
      "mulaw.back",
      { MuLawDecoding(quantizationChannels: 128)(MuLawEncoding(quantizationChannels: 128)(Recorded.mono)) }
    ),
    ("preemphasis", { Preemphasis(coeff: 0.9)(Recorded.x) }),
    ("deemphasis", { Deemphasis(coeff: 0.9)(Recorded.x * 0.1) }),
    (
      "add_noise",
      {
        AddNoise()(
          Recorded.x, Recorded.noise.expand([2, -1]), Tensor([3.0, -2.0]), lengths: Tensor([1200, 700]))
      }
    ),
    ("convolve.full", { Convolve()(cut(60), Recorded.noise.narrow(1, 0, 23)) }),
    ("convolve.valid", { Convolve(mode: .valid)(cut(60), Recorded.noise.narrow(1, 0, 23)) }),
    ("convolve.same", { Convolve(mode: .same)(cut(60), Recorded.noise.narrow(1, 0, 23)) }),
    (
      "fftconvolve.full",
      { FFTConvolve()(Recorded.x.narrow(1, 0, 60), Recorded.noise.narrow(1, 0, 23).expand([2, -1])) }
    ),
    (
      "fftconvolve.same",
      { FFTConvolve(mode: .same)(Recorded.x.narrow(1, 0, 60), Recorded.noise.narrow(1, 0, 23).expand([2, -1])) }
    ),
    ("contrast", { AF.contrast(Recorded.mono) }),
    ("dcshift", { AF.dcshift(Recorded.mono, shift: 0.6, limiterGain: 0.05) }),
    ("gain", { AF.gain(Recorded.mono, gainDB: 3.5) }),
    ("overdrive", { AF.overdrive(Recorded.mono, gain: 15, colour: 10) }),
    ("pitchtrack", { AF.detectPitchFrequency(Recorded.long, sampleRate: 8000) }),
  ]

  private static let a = Tensor([[1.0, -0.5, 0.2, 0.1], [2.0, 0.3, 0.0, -0.4]])
  private static let b = Tensor([[0.4, 0.2, 0.1, 0.0], [0.5, -0.3, 0.2, 0.1]])

  static let filters: [Case] = [
    ("lfilter", { AF.lfilter(Recorded.x, aCoeffs: a, bCoeffs: b) }),
    ("lfilter.each", { AF.lfilter(Recorded.mono, aCoeffs: a, bCoeffs: b, clamp: false, batching: false) }),
    ("filtfilt", { AF.filtfilt(Recorded.mono, aCoeffs: a[0], bCoeffs: b[0]) }),
    ("allpass", { AF.allpassBiquad(Recorded.mono, sampleRate: 8000, centralFreq: 700) }),
    ("band", { AF.bandBiquad(Recorded.mono, sampleRate: 8000, centralFreq: 700, noise: true) }),
    ("bandpass", { AF.bandpassBiquad(Recorded.mono, sampleRate: 8000, centralFreq: 700, constSkirtGain: true) }),
    ("bandreject", { AF.bandrejectBiquad(Recorded.mono, sampleRate: 8000, centralFreq: 700) }),
    ("bass", { AF.bassBiquad(Recorded.mono, sampleRate: 8000, gain: 6, centralFreq: 200) }),
    ("treble", { AF.trebleBiquad(Recorded.mono, sampleRate: 8000, gain: -5, centralFreq: 2000) }),
    ("equalizer", { AF.equalizerBiquad(Recorded.mono, sampleRate: 8000, centerFreq: 1200, gain: 4) }),
    ("highpass", { AF.highpassBiquad(Recorded.mono, sampleRate: 8000, cutoffFreq: 500) }),
    ("lowpass", { AF.lowpassBiquad(Recorded.mono, sampleRate: 8000, cutoffFreq: 900, Q: 1.2) }),
    ("deemph", { AF.deemphBiquad(Recorded.mono, sampleRate: 44100) }),
    ("riaa", { AF.riaaBiquad(Recorded.mono, sampleRate: 48000) }),
  ]

  static let kaldis: [Case] = [
    ("kaldi.spectrogram", { kaldi.spectrogram(Recorded.mono * 3000, frames: frames { $0.windowType = .hamming }) }),
    ("kaldi.fbank", { kaldi.fbank(Recorded.mono * 3000, frames: frames()) }),
    (
      "kaldi.fbank.all",
      {
        let frames = frames {
          ($0.snipEdges, $0.rawEnergy, $0.subtractMean) = (false, false, true)
          ($0.windowType, $0.roundToPowerOfTwo) = (.blackman, false)
        }
        return kaldi.fbank(
          Recorded.mono * 3000, frames: frames,
          mel: mel { ($0.numMelBins, $0.useEnergy, $0.htkCompat) = (16, true, true) })
      }
    ),
    ("kaldi.mfcc", { kaldi.mfcc(Recorded.mono * 3000, frames: frames()) }),
    (
      "kaldi.mfcc.energy",
      {
        kaldi.mfcc(
          Recorded.mono * 3000, frames: frames { $0.windowType = .hanning }, mel: mel { $0.useEnergy = true },
          numCeps: 10)
      }
    ),
  ]

  /// Values as the library's: those of decibels and logarithms to some 1e-3 of a decibel, others to 1e-5 of the largest.
  private func check(_ test: Case, tolerance: Double = 2e-5) {
    let expected = Recorded[test.name]
    var found = test.make()
    if found.isComplex { found = found.viewAsReal() }
    #expect(found.shape == expected.shape, "\(test.name)")
    guard found.shape == expected.shape else { return }
    let scale = max(1e-3, expected.to(.float64).abs().amax().item())
    let difference: Double = (found.to(.float64) - expected.to(.float64)).abs().amax().item()
    #expect(difference <= tolerance * scale, "\(test.name): off by \(difference) of \(scale)")
  }

  /// Phases of another pitch are sums of many: torchaudio's own, in single and in double precision, differ by 9e-4 of the largest value.
  @Test(arguments: rates.indices) func ratesAndPitches(_ i: Int) {
    check(Self.rates[i], tolerance: Self.rates[i].name == "pitch" ? 9e-4 : 1e-4)
  }
  /// Angles of next to nothing turn with the last bit, and griffinlim goes on from them.
  @Test(arguments: spectra.indices) func spectraAndBands(_ i: Int) {
    check(Self.spectra[i], tolerance: Self.spectra[i].name.hasPrefix("griffinlim") ? 1e-2 : 1e-4)
  }
  @Test(arguments: waves.indices) func sounds(_ i: Int) { check(Self.waves[i]) }
  @Test(arguments: filters.indices) func filtered(_ i: Int) { check(Self.filters[i]) }
  /// The library's triangles are of single precision: where one all but misses a loud frequency, the logarithm shows it.
  @Test(arguments: kaldis.indices) func kaldiFeatures(_ i: Int) { check(Self.kaldis[i], tolerance: 2e-3) }

  @Test func masksDrawTheNumbersOfTheLibrary() {
    manualSeed(5)
    check(("mask.time", { TimeMasking(timeMaskParam: 12)(spectrum(Recorded.x)) }))
    check(
      ("mask.frequency", { FrequencyMasking(freqMaskParam: 20, iidMasks: true)(spectrum(Recorded.x), maskValue: 1.5) }))
    check(
      (
        "specaugment",
        {
          SpecAugment(nTimeMasks: 2, timeMaskParam: 4, nFreqMasks: 2, freqMaskParam: 9, p: 0.5)(spectrum(Recorded.x))
        }
      ))
  }

  @Test func gradientsFlow() {
    @Sendable func gradient(_ f: @escaping (Tensor) -> Tensor) -> Tensor {
      grad { (x: Tensor) in f(x).square().sum() }(Recorded.mono)
    }
    check(
      ("gradient.mel", { gradient { bands($0) } }), tolerance: 1e-4)
    check(
      (
        "gradient.lowpass",
        {
          gradient {
            AF.lowpassBiquad(AF.resample($0, origFreq: 8000, newFreq: 6000), sampleRate: 6000, cutoffFreq: 900)
          }
        }
      ))
  }

  @Test func recursionsHaveGradientsOfAllOrders() {
    manualSeed(0)
    func leaf(_ x: Tensor) -> Tensor { Tensor(x, requiresGrad: true) }
    let x = leaf(randn(2, 2, 7, dtype: .float64))
    let a = leaf(randn(2, 3, dtype: .float64) * 0.3)
    let b = leaf(randn(2, 3, dtype: .float64))
    func run(_ x: Tensor, _ a: Tensor, _ b: Tensor) -> Tensor {
      let leading = Tensor.ones([2, 1], dtype: .float64)
      return AF.lfilter(
        x, aCoeffs: cat([leading, a], dim: 1), bCoeffs: cat([b, leading], dim: 1), clamp: false)
    }
    #expect(gradcheck(run, (x, a, b)))
    #expect(gradgradcheck(run, (x, a, b)))
  }

  @Test func otherRatesHaveDerivatives() {
    manualSeed(2)
    let x = Tensor(randn(2, 30, dtype: .float64), requiresGrad: true)
    for (from, to) in [(3, 2), (4, 7), (1, 3)] {
      #expect(gradcheck({ AF.resample($0, origFreq: from, newFreq: to) }, x))
      #expect(gradgradcheck({ AF.resample($0, origFreq: from, newFreq: to).square() }, x))
    }
  }

  @Test func cepstraHaveDerivatives() {
    manualSeed(1)
    let transform = MFCC(
      sampleRate: 8000, nMFCC: 5, logMels: true, mel: MelSpectrogram(sampleRate: 8000, nFFT: 32, nMels: 6))
    #expect(gradcheck({ transform($0) }, Tensor(randn(1, 80, dtype: .float64), requiresGrad: true)))
  }

  @Test func mistakesSayWhatWouldWork() {
    #expect(throws: TensorError.self) { try withErrors { Spectrogram()(arange(1000)) } }
    #expect(throws: TensorError.self) { try withErrors { Resample(origFreq: 0, newFreq: 8000)(randn(1, 100)) } }
    #expect(throws: TensorError.self) {
      try withErrors { AF.maskAlongAxis(randn(2, 8, 9), maskParam: 3, maskValue: 0, axis: 0) }
    }
    #expect(throws: TensorError.self) { try withErrors { kaldi.fbank(randn(1, 20)) } }
  }
}
