import ApusCore
import ApusFunctional

/// Attention of several heads with its projections: ``multiHeadAttentionForward`` (Vaswani et al., 2017).
///
///     let attention = MultiheadAttention(512, 8, batchFirst: true)
///     let (output, weights) = attention(query, key, value)
///     let (result, _) = attention(x, x, x, needWeights: false)
@Module
public final class MultiheadAttention {
  /// Whether it trains, and its hooks.
  public let state = ModuleState()
  /// `[embedDim, embedDim]` where key or value have a width of their own, else nil.
  @Changeable public var qProjWeight: Tensor!
  /// `[embedDim, kdim]` where key or value have a width of their own, else nil.
  @Changeable public var kProjWeight: Tensor!
  /// `[embedDim, vdim]` where key or value have a width of their own, else nil.
  @Changeable public var vProjWeight: Tensor!
  /// The projections of query, key and value below each other, `[3 embedDim, embedDim]`; nil where key or value have a width
  /// of their own.
  @Changeable public var inProjWeight: Tensor!
  /// `[3 embedDim]`, or nil.
  @Changeable public var inProjBias: Tensor!
  /// A key that is added to each sequence, `[1, 1, embedDim]`, or nil.
  @Changeable public var biasK: Tensor!
  /// A value that is added to each sequence, `[1, 1, embedDim]`, or nil.
  @Changeable public var biasV: Tensor!
  /// The projection of the result.
  public let outProj: Linear
  public let embedDim: Int
  public let numHeads: Int
  /// The number of features of each head.
  public let headDim: Int
  /// The probability that a weight of attention is dropped in training.
  public let dropout: Double
  public let addZeroAttn: Bool
  /// The number of features of keys.
  public let kdim: Int
  /// The number of features of values.
  public let vdim: Int
  /// Whether batches are `[N, L, E]`; `[L, N, E]` otherwise.
  public let batchFirst: Bool

  /// `numHeads` must divide `embedDim`, the number of features of queries and results.
  ///
  /// The weights of the projections are drawn uniformly (Glorot and Bengio, 2010), that of the result as in ``Linear``; biases start
  /// as zeros.
  /// - Parameters:
  ///   - dropout: the probability that a weight of attention is dropped in training.
  ///   - bias: whether the projections have biases.
  ///   - addBiasKv: whether a key and a value that are trained are added to each sequence.
  ///   - addZeroAttn: whether a key and a value of zeros are added.
  ///   - kdim: the number of features of keys, `vdim` that of values; `embedDim` if nil.
  ///   - batchFirst: whether batches are `[N, L, E]`; `[L, N, E]` otherwise.
  public init(
    embedDim: Int, numHeads: Int, dropout: Double = 0, bias: Bool = true, addBiasKv: Bool = false,
    addZeroAttn: Bool = false, kdim: Int? = nil, vdim: Int? = nil, batchFirst: Bool = false, device: Device? = nil,
    dtype: DType = .default
  ) {
    if embedDim <= 0 || numHeads <= 0 {
      report(
        TensorError(
          .value, "MultiheadAttention",
          "embedDim and numHeads must be greater than 0, got embedDim=\(embedDim) and numHeads=\(numHeads) instead"))
    } else if embedDim % numHeads != 0 {
      report(
        TensorError(
          .value, "MultiheadAttention", "embedDim \(embedDim) must be divisible by numHeads, which is \(numHeads)"))
    }
    // What follows a mistake has no parameters to draw.
    let width = max(0, embedDim)
    self.embedDim = embedDim
    self.numHeads = numHeads
    headDim = numHeads > 0 ? width / numHeads : 0
    self.dropout = dropout
    self.addZeroAttn = addZeroAttn
    self.kdim = kdim ?? embedDim
    self.vdim = vdim ?? embedDim
    self.batchFirst = batchFirst

    func drawn(_ rows: Int, _ columns: Int) -> Tensor {
      parameter(Init.xavierUniform(Tensor.zeros([rows, columns], dtype: dtype)).placed(on: device))
    }
    func drawnRow() -> Tensor {
      parameter(Init.xavierNormal(Tensor.zeros([1, 1, width], dtype: dtype)).placed(on: device))
    }
    outProj = Linear(projecting: width, bias: bias, device, dtype)
    let sameWidths = self.kdim == embedDim && self.vdim == embedDim
    inProjWeight = sameWidths ? drawn(width.clampedMultiplying(3), width) : nil
    qProjWeight = sameWidths ? nil : drawn(width, width)
    kProjWeight = sameWidths ? nil : drawn(width, self.kdim)
    vProjWeight = sameWidths ? nil : drawn(width, self.vdim)
    inProjBias =
      bias ? parameter(Tensor.zeros([width.clampedMultiplying(3)], dtype: dtype).placed(on: device)) : nil
    biasK = addBiasKv ? drawnRow() : nil
    biasV = addBiasKv ? drawnRow() : nil
  }

  /// The result of the shape of the query, and where they are wanted the weights.
  ///
  /// - Parameters:
  ///   - query: `[L, N, embedDim]`, `[N, L, embedDim]` with `batchFirst`, or `[L, embedDim]` without a batch; key and value
  ///     likewise with S for L and features of their own.
  ///   - keyPaddingMask: `[N, S]` or `[S]`: bool with true where a key is left out, or floating point, added to the scores.
  ///   - needWeights: whether the weights are wanted, which keeps the fast way from being taken.
  ///   - attnMask: `[L, S]` or `[N numHeads, L, S]`: bool with true where a query does not see a key, or floating point, added.
  ///   - averageAttnWeights: whether the weights are the mean of those of the heads.
  ///   - isCausal: says that `attnMask`, which is needed, is the causal one, so that it need not be read.
  /// - Returns: the weights are `[N, L, S]` or `[L, S]`, with a dimension of `numHeads` before L where they are not averaged.
  public func forward(
    _ query: Tensor, _ key: Tensor, _ value: Tensor, keyPaddingMask: Tensor? = nil, needWeights: Bool = true,
    attnMask: Tensor? = nil, averageAttnWeights: Bool = true, isCausal: Bool = false
  ) -> (Tensor, Tensor?) {
    let heads = AttentionHeads(
      width: embedDim, count: numHeads,
      inProjections: inProjWeight.map { .packed($0) } ?? .separate(qProjWeight, kProjWeight, vProjWeight),
      inBias: inProjBias, outWeight: outProj.weight, outBias: outProj.bias, biasK: biasK, biasV: biasV,
      addsZeros: addZeroAttn, dropoutP: isTraining ? dropout : 0, isBatchFirst: batchFirst)
    return heads(
      query, key, value, keyPaddingMask: keyPaddingMask, needWeights: needWeights, attnMask: attnMask,
      averageAttnWeights: averageAttnWeights, isCausal: isCausal)
  }
}
