import ApusCore

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Positions as angles by which pairs of features are turned (Su et al., 2021), with the ways to stretch them beyond the length
/// that a model was trained with: `linear`, `dynamic`, `yarn`, `longrope` and `llama3`.
public struct RotaryEmbedding: Sendable {
  /// How many features of a head are turned.
  public let width: Int
  private let kind: Kind
  /// Angles per position, `[width / 2]`.
  private let frequencies: Tensor
  /// What cosines and sines are multiplied by.
  private let factor: Double

  /// What depends on how far positions go.
  private enum Kind: Sendable {
    case fixed
    /// A base that grows with the text.
    case dynamic(base: Double, factor: Double, trained: Int)
    /// Other frequencies for texts longer than `trained`.
    case long(Tensor, trained: Int)
  }

  /// Cosines and sines of positions, `[batch, 1, length, width]`; sines of the first half have the other sign.
  public struct Angles: Sendable {
    let cos: Tensor
    let sin: Tensor
    let width: Int

    /// `x` `[batch, heads, length, features]` with its first features turned.
    public func turn(_ x: Tensor) -> Tensor {
      let features = x.size(-1)
      if width == features { return turned(x) }
      return cat([turned(x.narrow(-1, 0, width)), x.narrow(-1, width, features - width)], dim: -1)
    }

    private func turned(_ x: Tensor) -> Tensor {
      if x.dtype == .float32, x.rank == 4 { return apply(RotaryTurn(), x, cos, sin) }
      return x * cos + x.roll([width / 2], [-1]) * sin
    }
  }

  /// The angles of `positions` `[batch, length]`.
  public func angles(_ positions: Tensor) -> Angles { angles(positions, length: nil) }

  /// The angles of a pass, of each text by itself where several are run at once.
  func angles(_ pass: DecoderPass) -> Angles {
    if case .fixed = kind { return angles(pass.positions) }
    guard let cache = pass.cache as? PagedCache else { return angles(pass.positions) }
    cache.noteLengths()
    let parts = cache.step.runs.map { angles(pass.positions.narrow(1, $0.start, $0.count), length: $0.length) }
    return Angles(cos: cat(parts.map { $0.cos }, dim: 2), sin: cat(parts.map { $0.sin }, dim: 2), width: width)
  }

  /// - Parameter length: how long the text is; nil: up to the greatest position.
  private func angles(_ positions: Tensor, length: Int?) -> Angles {
    let turns = positions.to(.float32).unsqueeze(-1) * present(positions, length)
    let (cos, sin) = (turns.cos() * factor, turns.sin() * factor)
    return Angles(
      cos: cat([cos, cos], dim: -1).unsqueeze(1), sin: cat([-sin, sin], dim: -1).unsqueeze(1), width: width)
  }

  private func present(_ positions: Tensor, _ length: Int?) -> Tensor {
    switch kind {
    case .fixed: return frequencies
    case .dynamic(let base, let factor, let trained):
      let length = length ?? Int(positions.max().item()) + 1
      guard length > trained else { return frequencies }
      let stretch = factor * Double(length) / Double(trained) - (factor - 1)
      return Self.plain(base * pow(stretch, Double(width) / Double(width - 2)), width)
    case .long(let frequencies, let trained):
      return (length ?? Int(positions.max().item()) + 1) > trained ? frequencies : self.frequencies
    }
  }

  /// 1 / base^(2 i / width), computed in float32 as PyTorch does.
  private static func plain(_ base: Double, _ width: Int) -> Tensor {
    Tensor(exponents(width).map { 1 / powf(Float(base), $0) })
  }

  private static func exponents(_ width: Int) -> [Float] {
    stride(from: 0, to: width, by: 2).map { Float($0) / Float(width) }
  }

  /// Reads `rope_parameters`, or the older `rope_theta` and `rope_scaling`.
  ///
  /// - Parameters:
  ///   - headSize: features of a head.
  ///   - layerType: whose entry counts where there is one for each kind of layer.
  ///   - theta: the base where the file has none.
  ///   - partial: the share of features that are turned where the file does not say; nil: all, whatever it says.
  ///   - renamed: kinds under other names.
  /// - Throws: for a kind that there is not, or numbers that make no sense.
  package init(
    _ configuration: ModelConfiguration, headSize: Int, layerType: String? = nil, theta: Double = 10000,
    partial: Double? = nil, renamed: [String: String] = [:]
  ) throws(TensorError) {
    let given = try Self.parameters(configuration, layerType)
    let named = try given.string("rope_type", "type", default: "default")
    let type = renamed[named] ?? named
    let base =
      try given["rope_theta"] != nil
      ? given.double("rope_theta") : configuration.double("rope_theta", "rotary_emb_base", default: theta)
    guard base > 0 else { throw configuration.wrong("rope_theta", "a number above 0") }
    try self.init(
      configuration, given, type: type, base: base, headSize: headSize,
      share: partial.map { (value) throws(TensorError) in
        try given["partial_rotary_factor"] != nil
          ? given.double("partial_rotary_factor")
          : configuration.double("partial_rotary_factor", "rotary_pct", default: value)
      })
  }

  /// With everything named: what ``init(_:headSize:layerType:theta:partial:renamed:)`` finds.
  package init(
    _ configuration: ModelConfiguration, _ given: ModelConfiguration, type: String, base: Double, headSize: Int,
    share: Double?
  ) throws(TensorError) {
    let share = share ?? 1
    guard share > 0, share <= 1 else {
      throw configuration.wrong("partial_rotary_factor", "a number above 0 and up to 1")
    }
    let width = Int(Double(headSize) * share)
    guard width >= 2, width % 2 == 0 else {
      throw TensorError(
        .format, configuration.path, "rotary embeddings turn pairs of features, and \(width) of a head are to be turned"
      )
    }
    self.width = width
    let reading = ScaledRotation(configuration, given, base: base, width: width)
    switch type {
    case "default":
      (kind, factor, frequencies) = (.fixed, 1, Self.plain(base, width))
    case "linear":
      let factor = Float(try reading.factor())
      (kind, self.factor) = (.fixed, 1)
      frequencies = Self.plain(base, width) / Double(factor)
    case "dynamic":
      guard width > 2 else { throw given.unsupported("rope_type", "another one for heads of two features") }
      kind = .dynamic(
        base: base, factor: try reading.factor(),
        trained: try configuration.positions("max_position_embeddings"))
      (factor, frequencies) = (1, Self.plain(base, width))
    case "llama3":
      (kind, factor) = (.fixed, 1)
      frequencies = try reading.llama3()
    case "yarn":
      kind = .fixed
      (frequencies, factor) = try reading.yarn()
    case "longrope":
      let (short, long, trained, factor) = try reading.long()
      (kind, self.factor, frequencies) = (.long(long, trained: trained), factor, short)
    default:
      throw given.unsupported(
        given["rope_type"] != nil ? "rope_type" : "type", "default, linear, dynamic, yarn, longrope or llama3")
    }
  }

  /// The object that tells how positions are turned.
  private static func parameters(
    _ configuration: ModelConfiguration, _ layerType: String?
  ) throws(TensorError) -> ModelConfiguration {
    if let found = try configuration.section("rope_parameters") {
      if let layerType, let inner = try found.section(layerType) { return inner }
      return found
    }
    return try configuration.section("rope_scaling") ?? ModelConfiguration([:], path: configuration.path)
  }
}

extension ModelConfiguration {
  /// A number of positions, at least 1.
  fileprivate func positions(_ key: String) throws(TensorError) -> Int { try int(key, in: 1...Self.largest) }
}

/// The kinds of stretching that change frequencies once.
private struct ScaledRotation {
  private let configuration: ModelConfiguration
  private let given: ModelConfiguration
  private let base: Double
  private let width: Int
  private let plain: [Float]

  init(_ configuration: ModelConfiguration, _ given: ModelConfiguration, base: Double, width: Int) {
    (self.configuration, self.given, self.base, self.width) = (configuration, given, base, width)
    plain = stride(from: 0, to: width, by: 2).map { powf(Float(base), Float($0) / Float(width)) }
  }

  func factor() throws(TensorError) -> Double {
    let factor = try given.double("factor")
    guard factor > 0 else { throw given.wrong("factor", "a number above 0") }
    return factor
  }

  /// The length that the model was trained with.
  private func trained() throws(TensorError) -> Int {
    if configuration["original_max_position_embeddings"] != nil {
      return try configuration.positions("original_max_position_embeddings")
    }
    if given["original_max_position_embeddings"] != nil {
      return try given.positions("original_max_position_embeddings")
    }
    return try configuration.positions("max_position_embeddings")
  }

  /// Low frequencies are divided, high ones stay, those between go over smoothly (Llama 3.1).
  func llama3() throws(TensorError) -> Tensor {
    let factor = Float(try self.factor())
    let (low, high) = (Float(try given.double("low_freq_factor")), Float(try given.double("high_freq_factor")))
    let trained = Float(try self.trained())
    guard low > 0, high > 0, low != high else {
      throw given.wrong("high_freq_factor", "a number above low_freq_factor")
    }
    return Tensor(
      plain.map { power in
        let frequency = 1 / power
        let length = 2 * Float.pi / frequency
        if length > trained / low { return frequency / factor }
        if length < trained / high { return frequency }
        let smooth = (trained / length - low) / (high - low)
        return (1 - smooth) * frequency / factor + smooth * frequency
      })
  }

  /// YaRN (Peng et al., 2023), with the factor on cosines and sines.
  func yarn() throws(TensorError) -> (Tensor, Double) {
    let trained = Double(try self.trained())
    let factor =
      try given["factor"] != nil
      ? self.factor() : Double(configuration.positions("max_position_embeddings")) / trained
    func scale(_ m: Double) -> Double { factor <= 1 ? 1 : 0.1 * m * log(factor) + 1 }
    var attention = scale(1)
    let (m, all) = (try given.double("mscale", default: 0), try given.double("mscale_all_dim", default: 0))
    if m != 0, all != 0 { attention = scale(m) / scale(all) }
    attention = try given.double("attention_factor", default: attention)
    func number(_ key: String, _ value: Double) throws(TensorError) -> Double {
      let found = try given.double(key, default: value)
      return found == 0 ? value : found
    }
    let (fast, slow) = (try number("beta_fast", 32), try number("beta_slow", 1))
    guard fast > 0, slow > 0, base > 1 else { throw given.wrong("beta_fast", "a number above 0") }
    func place(_ rotations: Double) -> Double {
      Double(width) * log(trained / (rotations * 2 * .pi)) / (2 * log(base))
    }
    let truncates = try given.bool("truncate", default: true)
    let low = max(truncates ? floor(place(fast)) : place(fast), 0)
    var high = min(truncates ? ceil(place(slow)) : place(slow), Double(width - 1))
    if low == high { high += 0.001 }
    let frequencies = plain.enumerated().map { i, power -> Float in
      let kept = 1 - min(max((Float(i) - Float(low)) / Float(high - low), 0), 1)
      return 1 / (Float(factor) * power) * (1 - kept) + 1 / power * kept
    }
    return (Tensor(frequencies), attention)
  }

  /// A factor for every frequency, for short and for long texts (Ding et al., 2024).
  func long() throws(TensorError) -> (short: Tensor, long: Tensor, trained: Int, factor: Double) {
    let trained = try self.trained()
    func frequencies(_ key: String) throws(TensorError) -> Tensor {
      guard let factors = try given.doubles(key), factors.count == plain.count else {
        throw given.wrong(key, "a list of \(plain.count) numbers")
      }
      return Tensor(zip(factors, plain).map { 1 / (Float($0) * $1) })
    }
    let factor =
      try given["factor"] != nil
      ? self.factor() : Double(configuration.positions("max_position_embeddings")) / Double(trained)
    let usual = factor <= 1 || trained < 2 ? 1 : (1 + log(factor) / log(Double(trained))).squareRoot()
    return (
      try frequencies("short_factor"), try frequencies("long_factor"), trained,
      try given.double("attention_factor", default: usual)
    )
  }
}
