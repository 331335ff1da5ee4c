import ApusCore
import ApusFunctional

/// Keys and values in tensors of a fixed length, with the place of the next position in a tensor too: the cache of functions that are
/// captured, compiled or written as programs, for which no shape changes from token to token.
///
///     let cache = FixedCache(keysAndValues: state, position: position)
///     var inputs = ModelInputs()
///     (inputs.inputIds, inputs.cache) = (ids, cache)
///     let logits = model(inputs).logits
///     state = cache.keysAndValues      // what the next call begins with
///
/// A position sees itself and those before it. Rows behind the last position are not read, so that tokens that fill up a call do no
/// harm as long as the next call begins where they began; positions beyond the fixed length are not kept.
public final class FixedCache: AttentionCache, @unchecked Sendable {
  // One call at a time uses a cache.
  /// Keys, then values of each layer, `[batch, heads, capacity, width]`.
  public private(set) var keysAndValues: [Tensor]
  /// The place of the first position of the next call, an integer of no or one dimension.
  public let position: Tensor

  /// - Parameters:
  ///   - keysAndValues: zeros at first, see ``zeros(for:capacity:)``.
  ///   - position: how many positions have been seen.
  public init(keysAndValues: [Tensor], position: Tensor) {
    self.keysAndValues = keysAndValues
    self.position = position.reshape([])
  }

  /// Keys and values of a model before the first token.
  /// - Parameters:
  ///   - model: a decoder whose configuration tells its layers and heads.
  ///   - capacity: how many positions there is room for.
  /// - Throws: `TensorError` where the configuration does not tell them, or the capacity is none.
  public static func zeros(for model: any PretrainedModel, capacity: Int) throws(TensorError) -> [Tensor] {
    guard capacity > 0 else {
      throw TensorError(
        .value, "FixedCache", "a cache has room for at least one position, and \(capacity) were asked for")
    }
    let sizes = try DecoderSizes(model.configuration)
    return (0..<2 * sizes.layers).map { _ in
      Tensor.zeros([1, sizes.sharedHeads, capacity, sizes.headSize], dtype: .float32)
    }
  }

  /// 0, since positions are told by a tensor.
  public var length: Int { 0 }

  /// The positions of `length` tokens, `[1, length]`.
  func positions(_ length: Int) -> Tensor { (arange(length) + position).unsqueeze(0) }

  public func update(_ keys: Tensor, _ values: Tensor, layer: Int, window: Int?) -> (keys: Tensor, values: Tensor) {
    guard keysAndValues.indices.contains(2 * layer + 1) else {
      let error = fail(
        TensorError(
          .shape, "FixedCache", "layer \(layer) needs keys and values, and there are \(keysAndValues.count) tensors"))
      return (error, error)
    }
    for (place, rows) in [(2 * layer, keys), (2 * layer + 1, values)] {
      keysAndValues[place] = apply(CacheUpdate(), keysAndValues[place], rows, position)
    }
    return (keysAndValues[2 * layer], keysAndValues[2 * layer + 1])
  }

  /// Attention of queries `[batch, heads, length, width]` after their keys and values were added.
  func attend(_ query: Tensor, _ keys: Tensor, _ values: Tensor, _ options: AttentionOptions, scale: Double) -> Tensor {
    apply(
      CacheAttention(scale: scale, softCap: options.softCap, window: options.window), query, keys, values, position)
  }

  /// Nothing to do: the batch is one text.
  public func reorder(_ rows: [Int]) {}
  /// Nothing to do: the caller's position says what is read.
  public func truncate(to length: Int) {}
}

/// A cache `[batch, heads, capacity, width]` with new rows `[batch, heads, length, width]` from a position on; rows beyond the capacity
/// are left out.
struct CacheUpdate: ComposedPrimitive, CInPlace, Hashable {
  var name: String { "CacheUpdate" }
  var saves: Saves { .nothing }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    let (cache, rows) = (inputs[0].shape, inputs[1].shape)
    guard cache.count == 4, rows.count == 4, cache[0] == rows[0], cache[1] == rows[1], cache[3] == rows[3],
      inputs[0].dtype == .float32, inputs[1].dtype == .float32
    else {
      throw TensorError(
        .shape, "FixedCache",
        "rows of type \(inputs[1]) do not fit a cache of type \(inputs[0]); both are float32 [batch, heads, positions, width]"
      )
    }
    return [inputs[0]]
  }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    results[0].fill(with: noGrad { composed(inputs)[0] })
  }

  func composed(_ inputs: [Tensor]) -> [Tensor] {
    // Which of the rows belongs to each place, if any.
    let (capacity, length) = (inputs[0].shape[2], inputs[1].shape[2])
    let row = arange(capacity) - inputs[2]
    let isNew = (row.ge(0) & row.lt(length)).reshape([1, 1, capacity, 1])
    return [`where`(isNew, inputs[1].indexSelect(2, row.clamp(min: 0, max: Double(length - 1)).to(.int64)), inputs[0])]
  }

  func source(_ inputs: [CArray], _ outputs: [CArray]) -> String? {
    let (cache, rows, result) = (inputs[0], inputs[1], outputs[0])
    let shape = rows.type.shape
    return """
      if (\(result.name) != \(cache.name)) {
      \(cCopy(cache) { result($0) })
      }
      \(cLoops([shape[0], shape[1], shape[2]]) { i in
        """
        const long row = (long)\(inputs[2].name)[0] + \(i[2]);
        if (row < 0 || row >= \(cache.type.shape[2])) continue;
        for (long j = 0; j < \(shape[3]); j++) \(result([i[0], i[1], "row", "j"])) = \(rows([i[0], i[1], i[2], "j"]));
        """
      })
      """
  }
}

/// Attention of queries `[batch, heads, length, width]` to a cache of keys and values `[batch, shared heads, capacity, width]`: the
/// first query stands at the given position, and each sees itself and what is before.
struct CacheAttention: ComposedPrimitive, Hashable {
  let scale: Double
  let softCap: Double?
  /// How many keys a query sees; all if nil.
  let window: Int?
  var name: String { "CacheAttention" }
  var saves: Saves { .nothing }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    let (query, keys) = (inputs[0].shape, inputs[1].shape)
    guard query.count == 4, keys.count == 4, inputs[2].shape == keys, query[0] == keys[0], keys[1] > 0,
      query[1] % keys[1] == 0, query[3] == keys[3], inputs.prefix(3).allSatisfy({ $0.dtype == .float32 })
    else {
      throw TensorError(
        .shape, "FixedCache", "queries of type \(inputs[0]) cannot attend to keys of type \(inputs[1])")
    }
    return [inputs[0]]
  }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    results[0].fill(with: noGrad { composed(inputs)[0] })
  }

  func composed(_ inputs: [Tensor]) -> [Tensor] {
    let (length, capacity) = (inputs[0].shape[2], inputs[1].shape[2])
    let places = (arange(length) + inputs[3]).unsqueeze(1)
    var isSeen = arange(capacity).unsqueeze(0).le(places)
    if let window { isSeen = isSeen & arange(capacity).unsqueeze(0).gt(places - window) }
    var mask = AttentionMask()
    mask.bias = isSeen.unsqueeze(0).unsqueeze(0)
    return [ApusModels.attend(inputs[0], inputs[1], inputs[2], mask, scale: scale, softCap: softCap).output]
  }

  func source(_ inputs: [CArray], _ outputs: [CArray]) -> String? {
    let (q, k, v, y) = (inputs[0], inputs[1], inputs[2], outputs[0])
    let shape = q.type.shape
    let (capacity, width, group) = (k.type.shape[2], shape[3], shape[1] / k.type.shape[1])
    // Rows of keys, of values and of results lie one behind the other.
    guard q.strides[3] == 1 || width == 1, k.strides[2] == width, k.strides[3] == 1, v.strides[2] == width,
      v.strides[3] == 1, y.strides[3] == 1
    else { return nil }
    var score = "s[k] * \(Float(scale))f"
    if let softCap { score = "\(Float(softCap))f * ckm_tanh_f32(\(score) / \(Float(softCap))f)" }
    return "float *scores = (float *)\(cScratch(4 * capacity));\n"
      + cLoops([shape[0], shape[1], shape[2]]) { i in
        let head = [i[0], "\(i[1]) / \(group)"]
        return """
          long end = (long)\(inputs[3].name)[0] + \(i[2]) + 1;
          end = end < 1 ? 1 : end > \(capacity) ? \(capacity) : end;
          const long start = \(window.map { "end > \($0) ? end - \($0) : 0" } ?? "0");
          float *s = scores;
          apus_dots(team, 1, end - start, \(width), &\(q(i + ["0"])), &\(k(head + ["start", "0"])), 0, s, 0);
          float top = -__builtin_inff(), sum = 0;
          for (long k = 0; k < end - start; k++) { s[k] = \(score); top = s[k] > top ? s[k] : top; }
          for (long k = 0; k < end - start; k++) { s[k] = ckm_exp_f32(s[k] - top); sum += s[k]; }
          for (long k = 0; k < end - start; k++) s[k] /= sum;
          apus_weighted(end - start, \(width), s, &\(v(head + ["start", "0"])), &\(y(i + ["0"])));
          """
      }
  }
}
