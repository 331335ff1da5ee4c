import ApusCore
import ApusFunctional

/// Which keys each query sees: as a rule, which costs nothing, or spelled out as numbers that are added to the scores.
public struct AttentionMask: Sendable {
  /// Whether a query sees no keys behind itself.
  public var isCausal = false
  /// How many keys a query sees, itself among them; all if nil.
  public var window: Int?
  /// The place of the first query among the keys.
  public var position = 0
  /// What is added to the scores, or bool with true where a key is seen, `[batch or 1, heads or 1, queries, keys]`, in place of the
  /// rules above.
  public var bias: Tensor?
  /// 0 for queries that see nothing, which then weigh all keys alike, and 1 for others, `[batch, 1, queries or 1, 1]`; nil where
  /// there are none. ``bias`` hides nothing from them: their queries are zeros.
  public var seeing: Tensor?

  /// Every query sees every key.
  public init() {}

  /// What hides a key: as in `transformers`, the lowest finite float32.
  public static let hidden = -Double(Float.greatestFiniteMagnitude)

  /// Every query sees the keys where `mask` `[batch, keys]` is not 0; all if it is nil.
  public static func padding(_ mask: Tensor?) -> AttentionMask {
    var result = AttentionMask()
    guard let mask, mask.rank != 2 || !isAllOnes(mask) else { return result }
    if mask.rank == 2 { result.hide(mask.ne(0).unsqueeze(1).unsqueeze(1)) } else { result.bias = prepared(mask) }
    return result
  }

  /// Lets queries see the keys where `visible` `[batch or 1, 1, queries or 1, keys]` is true, in place of all rules.
  mutating func hide(_ visible: Tensor) {
    let rows = visible.any([-1], keepDim: true)
    if isPlain, rows.all().item() != 0 {
      // As truth values the kernel goes past what no query of a block sees.
      bias = visible
      return
    }
    seeing = rows.to(.float32)
    bias = Self.additive(visible | rows.logicalNot())
  }

  /// Whether values may be looked at: no program is being captured.
  private var isPlain: Bool { Context.isPlain || Context.tracer == nil }

  /// Numbers to add: 0 where `seen` is true, ``hidden`` elsewhere.
  public static func additive(_ seen: Tensor) -> Tensor {
    `where`(seen, Tensor.zeros([], dtype: .float32), Tensor.full([], hidden, dtype: .float32))
  }

  /// A mask of four dimensions, which the caller made: numbers to add as they are, bool as what is seen.
  static func prepared(_ mask: Tensor) -> Tensor { mask.dtype.isFloatingPoint ? mask : additive(mask.ne(0)) }

  /// Whether nothing is padding, so that the rules are enough. While a program is captured it is not asked.
  static func isAllOnes(_ mask: Tensor) -> Bool {
    guard Context.isPlain || Context.tracer == nil, !mask.isPoisoned else { return false }
    return mask.ne(0).all().item() != 0
  }

  /// What is added to the scores of `queries` and `keys`; nil where every query sees every key.
  func spelled(queries: Int, keys: Int) -> Tensor? {
    if let bias { return Self.prepared(bias) }
    guard isCausal || window != nil else { return nil }
    return Self.additive(rules(queries: queries, keys: keys))
  }

  /// Whether a query sees a key by the rules alone, `[queries, keys]`.
  func rules(queries: Int, keys: Int) -> Tensor {
    let away = arange(keys) - (arange(queries) + position).unsqueeze(1)
    var seen = isCausal ? away.le(0) : Tensor.ones([queries, keys], dtype: .bool)
    if let window {
      seen = seen & away.gt(-window)
      if !isCausal { seen = seen & away.lt(window) }
    }
    return seen
  }
}

/// The masks of a decoder's layers in one call: causal, with or without a window, and without padding.
struct CausalMasks {
  private let length: Int
  /// How many positions a cache has already.
  private let seen: Int
  private let isCausal: Bool
  private let mask: Tensor?
  /// Positions `[batch, length]` and the number of the text that each belongs to, where several texts lie behind each other.
  private var packed: (positions: Tensor, texts: Tensor)?

  /// - Parameters:
  ///   - length: the number of positions of this call.
  ///   - isCausal: whether a query sees no keys behind itself.
  ///   - separatesTexts: whether positions that do not go on by one begin another text.
  init(_ inputs: ModelInputs, length: Int, isCausal: Bool = true, separatesTexts: Bool = false) {
    self.length = length
    self.isCausal = isCausal
    seen = inputs.cache?.length ?? 0
    if let given = inputs.attentionMask, given.rank != 2 || !AttentionMask.isAllOnes(given) {
      mask = given
    } else {
      mask = nil
    }
    if separatesTexts, isCausal, inputs.attentionMask == nil, inputs.cache == nil, let positions = inputs.positionIds,
      length > 1
    {
      packed = Self.texts(positions)
    }
  }

  /// Positions that do not go on by one belong to another text, which sees nothing of the one before.
  private static func texts(_ positions: Tensor) -> (Tensor, Tensor)? {
    guard positions.rank == 2, Context.isPlain || Context.tracer == nil else { return nil }
    let steps = positions.narrow(1, 1, positions.size(1) - 1) - positions.narrow(1, 0, positions.size(1) - 1)
    let breaks = steps.ne(1)
    guard breaks.any().item() != 0 else { return nil }
    let first = Tensor.zeros([positions.size(0), 1], dtype: .int64)
    return (positions, cat([first, breaks.to(.int64).cumsum(1)], dim: 1))
  }

  /// The mask of layers with a window, or without.
  func mask(window: Int?) -> AttentionMask {
    var result = AttentionMask()
    result.isCausal = isCausal
    result.window = window
    // A layer with a window keeps no more keys than its queries see.
    let kept = window.map { min(seen, $0 - 1) } ?? seen
    result.position = kept
    let keys = kept + length
    if let mask, mask.rank != 2 {
      result.bias = AttentionMask.prepared(mask)
      return result
    }
    if let packed {
      let (q, k) = (packed.positions.unsqueeze(-1), packed.positions.unsqueeze(-2))
      var visible = k.le(q) & packed.texts.unsqueeze(-1).eq(packed.texts.unsqueeze(-2))
      if let window { visible = visible & (k - q).gt(-window) }
      result.hide(visible.unsqueeze(1))
      return result
    }
    guard let mask else { return result }
    let total = mask.size(1)
    let columns = total > keys ? mask.narrow(1, total - keys, keys) : mask
    let visible = result.rules(queries: length, keys: columns.size(1))
    result.hide(visible & columns.ne(0).unsqueeze(1).unsqueeze(1))
    return result
  }
}
