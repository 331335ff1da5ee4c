import ApusCore
import ApusNN

/// What makes one decoder's attention differ from another's.
struct AttentionOptions {
  var hidden: Int
  var heads: Int
  var sharedHeads: Int
  var headSize: Int
  /// Biases of queries, keys and values, and of the result.
  var bias = false
  var outputBias = false
  /// What scores are multiplied by; nil: 1 / sqrt(headSize).
  var scale: Double?
  var softCap: Double?
  /// How many keys a query sees; all if nil.
  var window: Int?
  var dropout = 0.0
  /// How queries and keys are normalised before they are turned.
  var norm = Norm.none
  /// Which angles of the pass turn queries and keys.
  var angles = "full_attention"

  enum Norm {
    case none
    /// Each head by itself.
    case heads(eps: Double, offset: Double)
    /// All heads together.
    case all(eps: Double)
  }

  /// The options of a decoder of plain sizes.
  init(_ sizes: DecoderSizes) {
    (hidden, heads, sharedHeads, headSize) = (sizes.hidden, sizes.heads, sizes.sharedHeads, sizes.headSize)
    dropout = sizes.dropout
  }

  /// Heads of equal width that share nothing.
  init(hidden: Int, heads: Int) {
    (self.hidden, self.heads, sharedHeads, headSize) = (hidden, heads, heads, hidden / heads)
  }
}

/// Attention of a decoder: heads of queries in groups that share keys and values (Ainslie et al., 2023), rotary positions.
final class DecoderAttention: Module {
  let state = ModuleState()
  let qProj: Projection
  let kProj: Projection
  let vProj: Projection
  let oProj: Projection
  let qNorm: RootMeanSquareNorm?
  let kNorm: RootMeanSquareNorm?
  private let core: DecoderAttentionCore
  private let normalisesHeads: Bool

  /// Attention of layer `layer`.
  init(_ options: AttentionOptions, layer: Int) {
    let (width, shared) = (options.heads * options.headSize, options.sharedHeads * options.headSize)
    qProj = Projection(options.hidden, width, bias: options.bias)
    kProj = Projection(options.hidden, shared, bias: options.bias)
    vProj = Projection(options.hidden, shared, bias: options.bias)
    oProj = Projection(width, options.hidden, bias: options.outputBias)
    switch options.norm {
    case .none: (qNorm, kNorm, normalisesHeads) = (nil, nil, false)
    case .heads(let eps, let offset):
      qNorm = RootMeanSquareNorm(options.headSize, eps: eps, offset: offset)
      kNorm = RootMeanSquareNorm(options.headSize, eps: eps, offset: offset)
      normalisesHeads = true
    case .all(let eps):
      (qNorm, kNorm) = (RootMeanSquareNorm(width, eps: eps), RootMeanSquareNorm(shared, eps: eps))
      normalisesHeads = false
    }
    core = DecoderAttentionCore(options, layer: layer)
  }

  func forward(_ x: Tensor, _ pass: DecoderPass) -> Tensor {
    let projected = Projection.together([qProj, kProj, vProj], x)
    var (query, key) = (projected[0], projected[1])
    if !normalisesHeads, let qNorm, let kNorm { (query, key) = (qNorm(query), kNorm(key)) }
    let width = core.options.headSize
    (query, key) = (query.splitHeads(width: width), key.splitHeads(width: width))
    if normalisesHeads, let qNorm, let kNorm { (query, key) = (qNorm(query), kNorm(key)) }
    let value = projected[2].splitHeads(width: width)
    return oProj(core(query, key, value, pass, isTraining: state.isTraining))
  }
}

/// Attention between the projections: positions, the cache, the mask.
struct DecoderAttentionCore {
  let options: AttentionOptions
  private let layer: Int
  private let scale: Double

  init(_ options: AttentionOptions, layer: Int) {
    (self.options, self.layer) = (options, layer)
    scale = options.scale ?? 1 / Double(options.headSize).squareRoot()
  }

  /// Heads of queries, keys and values `[batch, heads, length, width]` to `[batch, length, heads * width]`.
  func callAsFunction(
    _ query: Tensor, _ key: Tensor, _ value: Tensor, _ pass: DecoderPass, isTraining: Bool
  ) -> Tensor {
    var (query, key, value) = (query, key, value)
    if let angles = pass.angles[options.angles] { (query, key) = (angles.turn(query), angles.turn(key)) }
    if let cache = pass.cache as? FixedCache {
      (key, value) = cache.update(key, value, layer: layer, window: options.window)
      return cache.attend(query, key, value, options, scale: scale).mergedHeads()
    }
    if let cache = pass.cache as? PagedCache {
      return cache.attend(query, key, value, layer: layer, options, scale: scale)
    }
    let mask = pass.mask(window: options.window)
    if let cache = pass.cache { (key, value) = cache.update(key, value, layer: layer, window: options.window) }
    let (output, weights) = attend(
      query, key, value, mask, scale: scale, softCap: options.softCap, dropout: isTraining ? options.dropout : 0,
      wantsWeights: pass.inputs.outputAttentions)
    pass.keep(attention: weights)
    return output.mergedHeads()
  }
}

/// What stands behind attention in a layer.
protocol DecoderFeedForward: Module {
  /// `x` `[batch, length, features]` to the same shape.
  func forward(_ x: Tensor, _ pass: DecoderPass) -> Tensor
}

extension GatedMLP: DecoderFeedForward {
  func forward(_ x: Tensor, _ pass: DecoderPass) -> Tensor { self(x) }
}

/// A layer that normalises what goes into its parts, `x + part(norm(x))`, as Llama and most others do.
final class PreNormLayer: DecoderLayer {
  let state = ModuleState()
  let selfAttn: DecoderAttention
  let mlp: any DecoderFeedForward
  let inputLayernorm: RootMeanSquareNorm
  let postAttentionLayernorm: RootMeanSquareNorm

  init(_ attention: AttentionOptions, layer: Int, eps: Double, mlp: any DecoderFeedForward) {
    selfAttn = DecoderAttention(attention, layer: layer)
    self.mlp = mlp
    inputLayernorm = RootMeanSquareNorm(attention.hidden, eps: eps)
    postAttentionLayernorm = RootMeanSquareNorm(attention.hidden, eps: eps)
  }

  func forward(_ x: Tensor, _ pass: DecoderPass) -> Tensor {
    let x = x + selfAttn.forward(inputLayernorm(x), pass)
    return x + mlp.forward(postAttentionLayernorm(x), pass)
  }
}
