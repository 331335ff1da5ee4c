import ApusCore
import ApusFormats

/// Makes sound into what Whisper hears: logarithms of the power in mel bands (Radford et al. 2022), as `transformers`'
/// `WhisperFeatureExtractor`.
public struct WhisperFeatureExtractor: Sendable {
  /// How many bands there are: 80, or 128 for the largest models.
  public let bandCount: Int
  /// Samples a second.
  public let samplingRate: Int
  /// How many samples a piece has: 30 seconds.
  public let sampleCount: Int
  private let paddingValue: Float
  private let spectrum: MelSpectrum

  /// Reads `preprocessor_config.json` in a folder, or that file itself.
  /// - Throws: `TensorError` that names the file and the key.
  public init(path: String) throws(TensorError) {
    try self.init(try preprocessorConfiguration(path))
  }

  /// What a configuration says.
  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    bandCount = try configuration.int("feature_size", default: 80, in: 1...4096)
    samplingRate = try configuration.int("sampling_rate", default: 16000, in: 2...1_000_000)
    let seconds = try configuration.int("chunk_length", default: 30, in: 1...3600)
    sampleCount = seconds * samplingRate
    guard sampleCount <= 1 << 24 else {
      throw configuration.wrong("chunk_length", "a length of at most 2^24 samples")
    }
    paddingValue = Float(try configuration.double("padding_value", default: 0))
    let frameLength = try configuration.int("n_fft", default: 400, in: 2...2048)
    guard frameLength % 2 == 0 else { throw configuration.wrong("n_fft", "an even number") }
    let hop = try configuration.int("hop_length", default: 160, in: 1...1 << 20)
    // Half a minute with the usual frames takes a fifteenth of this.
    guard (1 + sampleCount / hop) * (frameLength + bandCount / 2) <= 1 << 33 / (frameLength + 2) else {
      throw configuration.wrong("hop_length", "larger: a piece of \(sampleCount) samples would have too many frames")
    }
    spectrum = MelSpectrum(frameLength: frameLength, hop: hop, bands: bandCount, sampleRate: samplingRate)
  }

  /// The features of sounds, `[sounds, bands, frames]`, float32; sounds are cut or filled up with silence to ``sampleCount``.
  /// - Parameters:
  ///   - sounds: one channel each, of floating point numbers from -1 to 1.
  ///   - samplingRate: samples a second, which must be the model's.
  /// - Throws: `.value` where the rate is another one, `.shape` where there are several channels.
  public func callAsFunction(_ sounds: [Tensor], samplingRate: Int? = nil) throws(TensorError) -> Tensor {
    try check(rate: samplingRate, self.samplingRate, "WhisperFeatureExtractor")
    guard !sounds.isEmpty else { throw TensorError(.value, "WhisperFeatureExtractor", "there is no sound") }
    var features: [Tensor] = []
    for sound in sounds {
      var samples = Array(try samples(of: sound, "WhisperFeatureExtractor").prefix(sampleCount))
      samples += [Float](repeating: paddingValue, count: sampleCount - samples.count)
      features.append(levels(samples))
    }
    return stack(features, dim: 0).contiguous()
  }

  /// How many frames a piece has.
  var frameCount: Int { sampleCount / spectrum.hop }

  /// How many frames samples have.
  func frames(of samples: Int) -> Int { (samples + spectrum.hop - 1) / spectrum.hop }

  /// The features of samples of any length, at least one frame, `[bands, frames]`.
  func levels(_ samples: [Float]) -> Tensor {
    let powers = spectrum(samples)
    let levels = powers.narrow(1, 0, powers.shape[1] - 1).clamp(min: 1e-10).log10()
    return ((levels.maximum(levels.max() - 8.0) + 4.0) / 4.0).to(.float32)
  }

  /// The features of one sound, `[1, bands, frames]`; see ``callAsFunction(_:samplingRate:)-([Tensor],_)``.
  public func callAsFunction(_ sound: Tensor, samplingRate: Int? = nil) throws(TensorError) -> Tensor {
    try self([sound], samplingRate: samplingRate)
  }
}

/// Makes sound into what wav2vec 2.0 hears: samples of mean 0 and variance 1 (Baevski et al. 2020), as `transformers`'
/// `Wav2Vec2FeatureExtractor`.
public struct Wav2Vec2FeatureExtractor: Sendable {
  /// Samples a second.
  public let samplingRate: Int
  private let paddingValue: Float
  private let normalises: Bool
  /// Whether padded sounds are normalised by their own samples alone, and models told where these end.
  private let usesMask: Bool

  /// Reads `preprocessor_config.json` in a folder, or that file itself.
  /// - Throws: `TensorError` that names the file and the key.
  public init(path: String) throws(TensorError) {
    try self.init(try preprocessorConfiguration(path))
  }

  /// What a configuration says.
  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    samplingRate = try configuration.int("sampling_rate", default: 16000, in: 1...1_000_000)
    paddingValue = Float(try configuration.double("padding_value", default: 0))
    normalises = try configuration.bool("do_normalize", default: true)
    usesMask = try configuration.bool("return_attention_mask", default: false)
  }

  /// The samples of sounds, `[sounds, samples]`, float32, shorter ones filled up to the longest, and a mask of what is sound, int64.
  /// - Throws: `.value` where the rate is not the model's, `.shape` where there are several channels.
  public func callAsFunction(
    _ sounds: [Tensor], samplingRate: Int? = nil
  ) throws(TensorError) -> (values: Tensor, attentionMask: Tensor) {
    try check(rate: samplingRate, self.samplingRate, "Wav2Vec2FeatureExtractor")
    var all: [[Float]] = []
    for sound in sounds { all.append(try samples(of: sound, "Wav2Vec2FeatureExtractor")) }
    let longest = all.map(\.count).max() ?? 0
    guard longest > 0 else { throw TensorError(.value, "Wav2Vec2FeatureExtractor", "there is no sound") }
    var (values, mask): ([Float], [Int]) = ([], [])
    for sound in all {
      let padding = [Float](repeating: paddingValue, count: longest - sound.count)
      if normalises {
        values += usesMask ? normalised(sound) + padding : normalised(sound + padding)
      } else {
        values += sound + padding
      }
      mask += [Int](repeating: 1, count: sound.count) + [Int](repeating: 0, count: padding.count)
    }
    return (
      Tensor(values, shape: [all.count, longest], dtype: .float32),
      Tensor(mask, shape: [all.count, longest], dtype: .int64)
    )
  }

  /// The samples of one sound, `[1, samples]`.
  public func callAsFunction(_ sound: Tensor, samplingRate: Int? = nil) throws(TensorError) -> Tensor {
    try self([sound], samplingRate: samplingRate).values
  }

  private func normalised(_ samples: [Float]) -> [Float] {
    guard !samples.isEmpty else { return samples }
    let mean = samples.reduce(0) { $0 + Double($1) } / Double(samples.count)
    let variance = samples.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / Double(samples.count)
    let scale = 1 / (variance + 1e-7).squareRoot()
    return samples.map { Float((Double($0) - mean) * scale) }
  }
}

/// `preprocessor_config.json` in a folder, or the file itself.
func preprocessorConfiguration(_ path: String) throws(TensorError) -> ModelConfiguration {
  let path = expandedPath(path)
  return try ModelConfiguration(path: isFolder(path) ? "\(path)/preprocessor_config.json" : path)
}

private func check(rate: Int?, _ wanted: Int, _ name: String) throws(TensorError) {
  guard let rate, rate != wanted else { return }
  throw TensorError(.value, name, "the model hears \(wanted) samples a second, and the sound has \(rate)")
}

/// The samples of a sound of one channel, `[samples]` or `[1, samples]`.
private func samples(of sound: Tensor, _ name: String) throws(TensorError) -> [Float] {
  guard sound.ndim == 1 || sound.ndim == 2 && sound.shape[0] == 1, sound.dtype.isFloatingPoint else {
    throw TensorError(
      .shape, name,
      "a sound is a floating point tensor [samples] or [1, samples], and this is \(sound.dtype)\(sound.shape)")
  }
  return sound.reshape([-1]).to(.float32).array()
}
