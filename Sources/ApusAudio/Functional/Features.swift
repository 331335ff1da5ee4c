import ApusCore
import ApusFunctional
import ApusNumerics

extension AF {
  /// How each value of a spectrum changes in time: Σ n (x[t + n] - x[t - n]) / (2 Σ n²) over n up to half of `winLength`.
  /// - Parameter mode: how the spectrum goes on at its ends.
  public static func computeDeltas(_ specgram: Tensor, winLength: Int = 5, mode: PadMode = .replicate) -> Tensor {
    attempt(specgram) { () throws(TensorError) in
      guard winLength >= 3, specgram.rank >= 1, specgram.dtype.isFloatingPoint else {
        throw TensorError(
          .value, "computeDeltas",
          "Window length should be greater than or equal to 3, and found \(winLength) for a tensor \(specgram.type)")
      }
      let n = (winLength - 1) / 2
      let rows = specgram.reshape([-1, 1, specgram.size(-1)]).pad([n, n], mode: mode)
      let weights = arange(-n, n + 1).to(specgram.dtype).reshape([1, 1, 2 * n + 1])
      return (conv1d(rows, weights) / (Double(n * (n + 1) * (2 * n + 1)) / 3)).reshape(specgram.shape)
    }
  }

  /// Features `[..., frames, features]` less their mean over a window of frames around or before each, torchaudio's `sliding_window_cmn`.
  /// - Parameters:
  ///   - minCmnWindow: frames that the window has at the beginning of a sound, where it does not stand around its frame.
  ///   - center: whether the window stands around its frame.
  ///   - normVars: whether the values are divided by their deviation too.
  public static func slidingWindowCmn(
    _ specgram: Tensor, cmnWindow: Int = 600, minCmnWindow: Int = 100, center: Bool = false, normVars: Bool = false
  ) -> Tensor {
    attempt(specgram) { () throws(TensorError) in
      try checkSpectrum(specgram, "slidingWindowCmn")
      let frames = specgram.size(-2)
      guard frames > 0 else { return specgram }
      var (starts, ends): ([Int], [Int]) = ([], [])
      for t in 0..<frames {
        var start = center ? t - cmnWindow / 2 : t - cmnWindow
        var end = center ? start + cmnWindow : t + 1
        if start < 0 { (start, end) = (0, end - start) }
        if !center, end > t { end = max(t + 1, minCmnWindow) }
        if end > frames { (start, end) = (max(0, start - (end - frames)), frames) }
        starts.append(start)
        ends.append(end)
      }
      // Sums over windows are differences of sums from the beginning, in double precision.
      let x = specgram.to(.float64)
      let counts = Tensor(zip(starts, ends).map { Double($1 - $0) }, shape: [frames, 1], dtype: .float64)
      let d = specgram.rank - 2
      func mean(_ values: Tensor) -> Tensor {
        let sums = values.pad([0, 0, 1, 0]).cumsum(d)
        return (sums.indexSelect(d, Tensor(ends)) - sums.indexSelect(d, Tensor(starts))) / counts
      }
      let average = mean(x)
      var made = x - average
      if normVars {
        let isSingle = counts.eq(1)
        let variance = mean(x * x) - average * average
        made = (made * variance.maskedFill(isSingle, 1).pow(-0.5)).maskedFill(isSingle, 0)
      }
      return made.to(specgram.dtype)
    }
  }

  /// A spectrum with a band of frequencies or of time, the same in all, replaced by a value (Park et al., SpecAugment, 2019).
  /// - Parameters:
  ///   - maskParam: the band has a width below this, which is drawn, and stands where is drawn.
  ///   - axis: the last dimension for time, the one before for frequencies.
  ///   - p: the most of the dimension that is replaced.
  public static func maskAlongAxis(
    _ specgram: Tensor, maskParam: Int, maskValue: Double, axis: Int, p: Double = 1
  ) -> Tensor {
    masked(specgram, maskParam, .float(maskValue), axis, p, isEach: false, "maskAlongAxis")
  }

  /// ``maskAlongAxis(_:maskParam:maskValue:axis:p:)`` with a band of its own for each spectrum of `[..., frequencies, time]`.
  public static func maskAlongAxisIid(
    _ specgrams: Tensor, maskParam: Int, maskValue: Double, axis: Int, p: Double = 1
  ) -> Tensor {
    masked(specgrams, maskParam, .float(maskValue), axis, p, isEach: true, "maskAlongAxisIid")
  }

  static func masked(
    _ x: Tensor, _ maskParam: Int, _ value: Scalar, _ axis: Int, _ p: Double, isEach: Bool, _ name: String
  ) -> Tensor {
    attempt(x) { () throws(TensorError) in
      let rank = x.rank
      guard rank >= (isEach ? 3 : 2), axis == rank - 2 || axis == rank - 1 else {
        throw TensorError(
          .dimension, name,
          "Spectrogram must have at least \(isEach ? "three" : "two") dimensions, and only Frequency and Time masking are supported "
            + "(the last two); found \(x.shape) and axis \(axis)")
      }
      guard (0...1).contains(p) else {
        throw TensorError(.value, name, "The value of p must be between 0.0 and 1.0 (\(p) given).")
      }
      let size = x.size(axis)
      let most = p == 1 ? maskParam : min(maskParam, Int(Double(size) * p))
      guard most >= 1 else { return x }
      let shape = isEach ? Array(x.shape.dropLast(2)) : [1]
      let dtype: DType = isEach ? x.dtype : .float32
      let width = rand(shape, dtype: dtype) * most
      let first = (rand(shape, dtype: dtype) * (size - width)).to(.int64)
      let last = first + width.to(.int64)
      var place = arange(size)
      if axis == rank - 2 { place = place.unsqueeze(-1) }
      let (from, to) =
        isEach
        ? (first.unsqueeze(-1).unsqueeze(-1), last.unsqueeze(-1).unsqueeze(-1)) : (first.squeeze(0), last.squeeze(0))
      return x.maskedFill(place.ge(from).logicalAnd(place.lt(to)), value)
    }
  }

  /// The loudness of a sound `[..., channels, time]` with up to 5 channels in LKFS (ITU-R BS.1770-4).
  public static func loudness(_ waveform: Tensor, sampleRate: Int) -> Tensor {
    attempt(waveform) { () throws(TensorError) in
      try checkSound(waveform, "loudness")
      guard waveform.rank >= 2, waveform.size(-2) <= 5 else {
        throw TensorError(
          .shape, "loudness", "needs a sound [..., channels, time] with up to 5 channels, and found \(waveform.shape)")
      }
      let block = Int((0.4 * Double(sampleRate)).rounded(.toNearestOrEven))
      let step = Int((Double(block) * 0.25).rounded(.toNearestOrEven))
      guard step > 0, block <= waveform.size(-1) else {
        throw TensorError(
          .value, "loudness", "needs at least 0.4 seconds, \(block) samples, and found \(waveform.size(-1))")
      }
      var x = trebleBiquad(waveform, sampleRate: sampleRate, gain: 4, centralFreq: 1500, Q: 1 / 2.0.squareRoot())
      x = highpassBiquad(x, sampleRate: sampleRate, cutoffFreq: 38, Q: 0.5)
      let energy = (x * x).unfold(-1, block, step).mean([-1])
      let weights = Tensor([1, 1, 1, 1.41, 1.41], shape: [5], dtype: x.dtype).narrow(0, 0, energy.size(-2))
      func level(_ energy: Tensor) -> Tensor { energy.log10() * 10 - 0.691 }
      let levels = level((weights.unsqueeze(-1) * energy).sum([-2]))
      /// The level of the blocks that count.
      func gated(_ counts: Tensor) -> Tensor {
        let counts = counts.unsqueeze(-2).to(x.dtype)
        return level((weights * ((counts * energy).sum([-1]) / counts.sum([-1]))).sum([-1]))
      }
      let loud = levels.gt(-70)
      let threshold = gated(loud) - 10
      return gated(loud.logicalAnd(levels.gt(threshold.unsqueeze(-1))))
    }
  }

  /// A sound with noise at a ratio of energies.
  /// - Parameters:
  ///   - noise: of the shape of the sound `[..., time]`.
  ///   - snr: the ratio of the sound's energy to the noise's in decibels, `[...]`.
  ///   - lengths: how many samples of each sound count, `[...]`.
  public static func addNoise(_ waveform: Tensor, noise: Tensor, snr: Tensor, lengths: Tensor? = nil) -> Tensor {
    attempt(waveform, noise, snr, lengths) { () throws(TensorError) in
      try checkSound(waveform, "addNoise")
      guard waveform.rank - 1 == snr.rank, noise.rank == waveform.rank, lengths.map({ $0.rank == snr.rank }) ?? true,
        noise.size(-1) == waveform.size(-1)
      else {
        throw TensorError(
          .shape, "addNoise",
          "Input leading dimensions don't match: the sound is \(waveform.shape), the noise \(noise.shape), snr \(snr.shape)"
        )
      }
      func energy(_ x: Tensor) -> Tensor {
        var x = x
        if let lengths { x = x * arange(x.size(-1)).lt(lengths.unsqueeze(-1)).to(x.dtype) }
        return (x * x).sum([-1])
      }
      let now = (energy(waveform).log10() - energy(noise).log10()) * 10
      let naturalOf10 = 2.302585092994046
      let scale = ((now - snr) * (naturalOf10 / 20)).exp()
      return waveform + scale.unsqueeze(-1) * noise
    }
  }

  /// Which part of a convolution is given.
  public enum ConvolveMode: String, Sendable, Hashable, CaseIterable {
    /// All of it.
    case full
    /// Where both sounds overlap wholly.
    case valid
    /// The middle, as long as the first sound.
    case same
  }

  /// The convolution of sounds along time, by Fourier transforms, torchaudio's `fftconvolve`.
  public static func fftconvolve(_ x: Tensor, _ y: Tensor, mode: ConvolveMode = .full) -> Tensor {
    attempt(x, y) { () throws(TensorError) in
      try checkConvolved(x, y, "fftconvolve")
      let count = x.size(-1) + y.size(-1) - 1
      // A length with small factors is quicker than the next best.
      let n = quickLength(count)
      let made = fft.irfft(fft.rfft(x, n: n) * fft.rfft(y, n: n), n: n).narrow(-1, 0, count)
      return part(made, x.size(-1), y.size(-1), mode)
    }
  }

  /// The convolution of sounds along time as it is defined, torchaudio's `convolve`.
  public static func convolve(_ x: Tensor, _ y: Tensor, mode: ConvolveMode = .full) -> Tensor {
    attempt(x, y) { () throws(TensorError) in
      try checkConvolved(x, y, "convolve")
      let shape = try broadcastShapes([Array(x.shape.dropLast()), Array(y.shape.dropLast())], "convolve")
      let (n, m) = (x.size(-1), y.size(-1))
      let rows = x.expand(shape + [n]).reshape([1, -1, n])
      let filters = y.expand(shape + [m]).reshape([-1, 1, m]).flip([2])
      let made = conv1d(rows, filters, padding: m - 1, groups: rows.size(1))
      return part(made.reshape(shape + [n + m - 1]), n, m, mode)
    }
  }

  private static func checkConvolved(_ x: Tensor, _ y: Tensor, _ name: String) throws(TensorError) {
    try checkSound(x, name)
    try checkSound(y, name)
    guard x.rank == y.rank, x.size(-1) > 0, y.size(-1) > 0 else {
      throw TensorError(
        .shape, name, "The operands must be the same dimension and not empty, and found \(x.shape) and \(y.shape)")
    }
  }

  private static func part(_ made: Tensor, _ n: Int, _ m: Int, _ mode: ConvolveMode) -> Tensor {
    let count: Int
    switch mode {
    case .full: return made
    case .valid: count = max(n, m) - min(n, m) + 1
    case .same: count = n
    }
    return made.narrow(-1, (made.size(-1) - count) / 2, count)
  }

  /// The next length whose prime factors are 2, 3 and 5.
  private static func quickLength(_ count: Int) -> Int {
    var n = count
    while true {
      var rest = n
      for prime in [2, 3, 5] { while rest % prime == 0 { rest /= prime } }
      if rest == 1 { return n }
      n += 1
    }
  }

  /// The pitch of each `frameTime` seconds of a sound in hertz, from the lag at which it is most like itself, smoothed by a median.
  /// - Returns: `[..., frames]`.
  public static func detectPitchFrequency(
    _ waveform: Tensor, sampleRate: Int, frameTime: Double = 0.01, winLength: Int = 30, freqLow: Int = 85,
    freqHigh: Int = 3400
  ) -> Tensor {
    attempt(waveform) { () throws(TensorError) in
      try checkSound(waveform, "detectPitchFrequency")
      let lags = (sampleRate + freqLow - 1) / max(1, freqLow)
      let size = Int((Double(sampleRate) * frameTime).rounded(.up))
      let least = (sampleRate + freqHigh - 1) / max(1, freqHigh)
      guard size > 0, winLength > 0, least < lags / 2 else {
        throw TensorError(
          .value, "detectPitchFrequency",
          "cannot find pitches from \(freqLow) to \(freqHigh) hertz in frames of \(size) samples at \(sampleRate) hertz"
        )
      }
      let time = waveform.size(-1)
      let frames = (time + size - 1) / size
      let x = waveform.detach().reshape([-1, time]).pad([0, lags + frames * size - time])
      func cut(_ lag: Int) -> Tensor { x.narrow(1, lag, frames * size).reshape([-1, frames, size]) }
      let first = cut(0)
      func power(_ x: Tensor) -> Tensor { ((x * x).sum([-1]).sqrt() + 1e-9).square() }
      let likeness = stack(
        (1...lags).map { lag in
          let other = cut(lag)
          return (first * other).sum([-1]) / power(first) / power(other)
        }, dim: -1)
      let whole = likeness.narrow(-1, least, lags - least).max(-1)
      let near = likeness.narrow(-1, least, lags / 2 - least).max(-1)
      var found = `where`(near.values.gt(whole.values * 0.99), near.indices, whole.indices) + (least + 1)
      let before = (winLength - 1) / 2
      if before > 0, frames > 0 {
        found = cat([found.narrow(-1, 0, 1).expand([-1, before]), found], dim: -1)
      }
      let smooth = found.unfold(-1, winLength, 1).median(-1).values
      let hertz = smooth.to(.float32).reciprocal() * sampleRate
      return hertz.reshape(waveform.shape.dropLast() + [hertz.size(-1)])
    }
  }
}
