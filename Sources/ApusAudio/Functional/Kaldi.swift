import ApusCore
import ApusNumerics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Features as the toolkit Kaldi computes them, under torchaudio's names in `torchaudio.compliance.kaldi`. A sound is `[channels, time]`; results
/// are `[frames, features]`.
public enum kaldi {
  /// The window over a frame.
  public enum WindowType: String, Sendable, Hashable, CaseIterable {
    /// Hann's.
    case hanning
    /// Hamming's.
    case hamming
    /// Hann's to the power 0.85, which falls to 0 more steeply.
    case povey
    /// Ones.
    case rectangular
    /// Blackman's.
    case blackman
  }

  /// What all features have in common.
  public struct FrameOptions: Sendable {
    /// The first factor of the window `blackman`.
    public var blackmanCoeff = 0.42
    /// Which channel is read; the first one if negative.
    public var channel = -1
    /// How much noise is added before.
    public var dither = 0.0
    /// The least energy; 0 for none.
    public var energyFloor = 1.0
    /// Milliseconds of a frame.
    public var frameLength = 25.0
    /// Milliseconds from frame to frame.
    public var frameShift = 10.0
    /// Seconds that a sound must have to give any frame.
    public var minDuration = 0.0
    /// By how much high frequencies are raised.
    public var preemphasisCoefficient = 0.97
    /// Whether the energy is that before raising them and before the window.
    public var rawEnergy = true
    /// Whether the mean of each frame is taken away.
    public var removeDCOffset = true
    /// Whether frames are filled up to a power of two.
    public var roundToPowerOfTwo = true
    /// Samples in a second.
    public var sampleFrequency = 16000.0
    /// Whether only frames are given that lie wholly in the sound; else it is continued by its mirror image.
    public var snipEdges = true
    /// Whether the mean of each feature is taken away.
    public var subtractMean = false
    /// The window.
    public var windowType = WindowType.povey

    /// Kaldi's defaults.
    public init() {}
  }

  /// How frequencies become bands.
  public struct MelOptions: Sendable {
    /// The bands.
    public var numMelBins = 23
    /// Where the lowest one begins, in hertz.
    public var lowFreq = 20.0
    /// Where the highest one ends; half the rate more if not positive.
    public var highFreq = 0.0
    /// Below which frequency a warped scale is straight.
    public var vtlnLow = 100.0
    /// Above which; half the rate more if negative.
    public var vtlnHigh = -500.0
    /// By how much the scale is warped for the length of a vocal tract; 1 for not at all.
    public var vtlnWarp = 1.0
    /// Whether the energy is a feature, too.
    public var useEnergy = false
    /// Whether the energy stands last, as the toolkit HTK has it.
    public var htkCompat = false

    /// Kaldi's defaults.
    public init() {}
  }

  /// Logarithms of the power of each frequency; the first one is the energy.
  public static func spectrogram(_ waveform: Tensor, frames: FrameOptions = FrameOptions()) -> Tensor {
    attempt(waveform) { () throws(TensorError) in
      guard let cut = try Frames(waveform, frames, "kaldi.spectrogram") else { return Tensor.zeros([0]) }
      let power = fft.rfft(cut.windowed).abs().square().clamp(min: epsilon).log()
      let made = cat([cut.energy.unsqueeze(1), power.narrow(1, 1, power.size(1) - 1)], dim: 1)
      return frames.subtractMean ? made - made.mean([0], keepDim: true) : made
    }
  }

  /// Powers of bands of the mel scale, or their logarithms.
  public static func fbank(
    _ waveform: Tensor, frames: FrameOptions = FrameOptions(), mel: MelOptions = MelOptions(), useLogFbank: Bool = true,
    usePower: Bool = true
  ) -> Tensor {
    attempt(waveform) { () throws(TensorError) in
      guard let cut = try Frames(waveform, frames, "kaldi.fbank") else { return Tensor.zeros([0]) }
      var spectrum = fft.rfft(cut.windowed).abs()
      if usePower { spectrum = spectrum.square() }
      let banks = try melBanks(mel, window: cut.windowed.size(1), frames.sampleFrequency).to(spectrum.dtype)
      // The frequency at half the rate belongs to no band.
      var made = spectrum.narrow(1, 0, spectrum.size(1) - 1).matmul(banks.transpose(0, 1))
      if useLogFbank { made = made.clamp(min: epsilon).log() }
      if mel.useEnergy {
        let energy = cut.energy.unsqueeze(1)
        made = cat(mel.htkCompat ? [made, energy] : [energy, made], dim: 1)
      }
      return frames.subtractMean ? made - made.mean([0], keepDim: true) : made
    }
  }

  /// Cepstral coefficients of bands of the mel scale.
  /// - Parameters:
  ///   - numCeps: how many.
  ///   - cepstralLifter: by how much higher ones are raised; 0 for not at all.
  public static func mfcc(
    _ waveform: Tensor, frames: FrameOptions = FrameOptions(), mel: MelOptions = MelOptions(), numCeps: Int = 13,
    cepstralLifter: Double = 22
  ) -> Tensor {
    attempt(waveform) { () throws(TensorError) in
      let bands = mel.numMelBins
      guard numCeps > 0, numCeps <= bands else {
        throw TensorError(
          .value, "kaldi.mfcc", "num_ceps cannot be larger than num_mel_bins: \(numCeps) vs \(bands)")
      }
      var plain = frames
      plain.subtractMean = false
      let features = fbank(waveform, frames: plain, mel: mel)
      if features.rank < 2 { return features }
      let first = mel.useEnergy && !mel.htkCompat ? 1 : 0
      let energy = mel.useEnergy ? features.narrow(1, mel.htkCompat ? bands : 0, 1) : nil
      let dct = AF.createDct(nMFCC: numCeps, nMels: bands).to(features.dtype)
      var made = features.narrow(1, first, bands).matmul(dct)
      if cepstralLifter != 0 {
        let lifter = (0..<numCeps).map { 1 + 0.5 * cepstralLifter * sin(Double.pi * Double($0) / cepstralLifter) }
        made = made * Tensor(lifter, shape: [numCeps], dtype: made.dtype)
      }
      let rest = made.narrow(1, 1, numCeps - 1)
      let head = energy ?? made.narrow(1, 0, 1)
      if mel.htkCompat {
        made = cat([rest, energy == nil ? head * 2.0.squareRoot() : head], dim: 1)
      } else if energy != nil {
        made = cat([head, rest], dim: 1)
      }
      return frames.subtractMean ? made - made.mean([0], keepDim: true) : made
    }
  }

  private static let epsilon = Double(Float.ulpOfOne)

  /// The frames of a sound under the window, and the logarithms of their energies.
  private struct Frames {
    let windowed: Tensor
    let energy: Tensor

    /// nil where the sound is too short to give any.
    init?(_ waveform: Tensor, _ o: FrameOptions, _ name: String) throws(TensorError) {
      try checkSound(waveform, name)
      let channel = max(o.channel, 0)
      guard waveform.rank == 2, channel < waveform.size(0) else {
        throw TensorError(.shape, name, "Invalid channel \(channel) for a sound [channels, time] of \(waveform.shape)")
      }
      let x = waveform.select(0, channel)
      let (count, rate) = (x.size(0), o.sampleFrequency)
      let (shift, size) = (Int(rate * o.frameShift * 0.001), Int(rate * o.frameLength * 0.001))
      guard size >= 2, size <= count, shift > 0, (0...1).contains(o.preemphasisCoefficient) else {
        throw TensorError(
          .value, name,
          "choose a window size \(size) that is [2, \(count)], a shift above 0 and a preemphasis of 0 to 1; found a shift of "
            + "\(shift) and \(o.preemphasisCoefficient)")
      }
      var padded = size
      if o.roundToPowerOfTwo {
        padded = 1
        while padded < size { padded *= 2 }
      }
      guard padded % 2 == 0 else {
        throw TensorError(
          .value, name,
          "the padded window size \(padded) must be divisible by two. use roundToPowerOfTwo or change frameLength")
      }
      if Double(count) < o.minDuration * rate { return nil }
      var frames: Tensor
      if o.snipEdges {
        frames = x.unfold(0, size, shift)
      } else {
        let mirrored = x.flip([0])
        let (many, margin) = ((count + shift / 2) / shift, size / 2 - shift / 2)
        guard many > 0 else { return nil }
        let whole =
          margin > 0
          ? cat([mirrored.narrow(0, count - margin, margin), x, mirrored], dim: 0)
          : cat([x.narrow(0, -margin, count + margin), mirrored], dim: 0)
        frames = whole.unfold(0, size, shift).narrow(0, 0, many)
      }
      if o.dither != 0 { frames = frames + randn(frames.shape, dtype: x.dtype) * o.dither }
      if o.removeDCOffset { frames = frames - frames.mean([1], keepDim: true) }
      func logEnergy(_ frames: Tensor) -> Tensor {
        let energy = frames.square().sum([1]).clamp(min: epsilon).log()
        return o.energyFloor == 0 ? energy : energy.clamp(min: log(o.energyFloor))
      }
      let raw = logEnergy(frames)
      if o.preemphasisCoefficient != 0 {
        let before = cat([frames.narrow(1, 0, 1), frames.narrow(1, 0, size - 1)], dim: 1)
        frames = frames - before * o.preemphasisCoefficient
      }
      frames = frames * Self.window(o, size, x.dtype)
      if padded != size { frames = frames.pad([0, padded - size]) }
      windowed = frames
      energy = o.rawEnergy ? raw : logEnergy(frames)
    }

    private static func window(_ o: FrameOptions, _ size: Int, _ dtype: DType) -> Tensor {
      switch o.windowType {
      case .hanning: signal.windows.hann(size, dtype: dtype)
      case .hamming: signal.windows.hamming(size, dtype: dtype)
      case .povey: signal.windows.hann(size, dtype: dtype).pow(0.85)
      case .rectangular: Tensor.ones([size], dtype: dtype)
      case .blackman:
        signal.windows.generalCosine(size, a: [o.blackmanCoeff, 0.5, 0.5 - o.blackmanCoeff], dtype: dtype)
      }
    }
  }

  /// What each frequency below half the rate adds to each band, `[bands, window / 2]`.
  private static func melBanks(
    _ o: MelOptions, window: Int, _ rate: Double
  ) throws(TensorError) -> Tensor {
    let nyquist = 0.5 * rate
    let high = o.highFreq > 0 ? o.highFreq : o.highFreq + nyquist
    let warpHigh = o.vtlnHigh < 0 ? o.vtlnHigh + nyquist : o.vtlnHigh
    guard o.numMelBins > 3, o.lowFreq >= 0, o.lowFreq < nyquist, high > 0, high <= nyquist, o.lowFreq < high else {
      throw TensorError(
        .value, "kaldi",
        "Bad values in options: low-freq \(o.lowFreq) and high-freq \(high) vs. nyquist \(nyquist), \(o.numMelBins) bands (at least 4)"
      )
    }
    guard
      o.vtlnWarp == 1
        || (o.lowFreq < o.vtlnLow && o.vtlnLow < high && warpHigh > 0 && warpHigh < high && o.vtlnLow < warpHigh)
    else {
      throw TensorError(
        .value, "kaldi",
        "Bad values in options: vtln-low \(o.vtlnLow) and vtln-high \(warpHigh), versus low-freq \(o.lowFreq) and high-freq \(high)"
      )
    }
    func mels(_ hertz: Double) -> Double { 1127 * log(1 + hertz / 700) }
    let (first, last) = (mels(o.lowFreq), mels(high))
    let step = (last - first) / Double(o.numMelBins + 1)
    let edges = (0..<o.numMelBins + 2).map { i -> Double in
      let place = first + Double(i) * step
      guard o.vtlnWarp != 1 else { return place }
      return mels(warped(700 * (exp(place / 1127) - 1), o, low: o.lowFreq, high: high, warpHigh: warpHigh))
    }
    let bins = window / 2
    var values = [Double](repeating: 0, count: o.numMelBins * bins)
    for m in 0..<o.numMelBins {
      for k in 0..<bins {
        let mel = mels(rate / Double(window) * Double(k))
        let (up, down) = (
          (mel - edges[m]) / (edges[m + 1] - edges[m]), (edges[m + 2] - mel) / (edges[m + 2] - edges[m + 1])
        )
        values[m * bins + k] = max(0, min(up, down))
      }
    }
    return Tensor(values, shape: [o.numMelBins, bins], dtype: .float32)
  }

  /// A frequency on a scale that is warped by a factor in the middle and straight at the ends.
  private static func warped(
    _ hertz: Double, _ o: MelOptions, low: Double, high: Double, warpHigh: Double
  ) -> Double {
    let l = o.vtlnLow * max(1, o.vtlnWarp)
    let h = warpHigh * min(1, o.vtlnWarp)
    let scale = 1 / o.vtlnWarp
    if hertz < low || hertz > high { return hertz }
    if hertz < l { return low + (scale * l - low) / (l - low) * (hertz - low) }
    if hertz < h { return scale * hertz }
    return high + (high - scale * h) / (high - h) * (hertz - high)
  }
}
