import ApusCore

/// A cache that outlives a generation: the next text is read from where it differs from what the cache holds. A conversation, each
/// turn of which begins with all turns before, costs its new turn alone.
///
///     var prefix = PrefixCache()
///     let first = try prefix.generate(model, ids, configuration)
///     let second = try prefix.generate(model, first.sequences[0] + more, configuration)
///
/// Tokens are those of a generation with an empty cache, up to rounding.
public struct PrefixCache: Sendable {
  /// The tokens whose keys and values are there.
  public private(set) var ids: [Int] = []
  private var cache: (any ModelCache)?

  /// A cache that holds nothing.
  public init() {}

  /// Continues `ids` as ``GenerativeModel/generate(_:_:_:)-(ModelInputs,_,_)`` does, and keeps what was read and written.
  /// - Throws: ``TensorError`` where options or tokens make no sense; then nothing is kept.
  public mutating func generate(
    _ model: any GenerativeModel, _ ids: [Int], _ configuration: GenerationConfiguration,
    _ extras: GenerationExtras = GenerationExtras()
  ) throws -> GenerationOutput {
    var inputs = GenerationPrompt.inputs([ids], padding: 0)
    inputs.attentionMask = Tensor.ones([1, ids.count], dtype: .int64)
    // Beams part from each other, and an encoder reads its text as a whole.
    guard configuration.useCache, configuration.numBeams == 1, configuration.numReturnSequences == 1,
      !model.isEncoderDecoder
    else {
      self = PrefixCache()
      return try model.generate(inputs, configuration, extras)
    }
    let kept = reusable(ids)
    let known = cache
    let held = self.ids
    self = PrefixCache()
    if let known, kept > 0 {
      if kept < held.count { known.truncate(to: kept) }
      inputs.cache = known
    } else {
      let capacity = configuration.finalLength(promptLength: ids.count)
      inputs.cache = model.makeCache(configuration.cache, capacity: capacity)
    }
    let output = try model.generate(inputs, configuration, extras)
    if let cache = inputs.cache, let text = output.sequences.first, cache.length <= text.count {
      (self.cache, self.ids) = (cache, Array(text.prefix(cache.length)))
    }
    return output
  }

  /// How many tokens of the cache a text begins with; at least its last one is left to be read.
  private func reusable(_ ids: [Int]) -> Int {
    guard let cache else { return 0 }
    let common = min(zip(self.ids, ids).prefix { $0 == $1 }.count, ids.count - 1)
    return cache.canGoBack(to: common) ? common : 0
  }
}
