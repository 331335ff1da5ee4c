import ApusCore
import ApusFunctional

/// A transformer of an encoder and a decoder (Vaswani et al., 2017).
///
///     let model = Transformer(dModel: 512, nhead: 8, batchFirst: true)
///     let mask = Transformer.generateSquareSubsequentMask(target.size(1))
///     let y = model(source, target, tgtMask: mask)
@Module
public final class Transformer {
  /// Whether it trains, and its hooks.
  public let state = ModuleState()
  /// A ``TransformerEncoder``, unless another one was given.
  public let encoder: any TransformerEncoding
  /// A ``TransformerDecoder``, unless another one was given.
  public let decoder: any TransformerDecoding
  public let dModel: Int
  public let nhead: Int
  /// Whether batches are `[N, L, dModel]`; `[L, N, dModel]` otherwise.
  public let batchFirst: Bool

  /// Weights of two and more dimensions are drawn uniformly (Glorot and Bengio, 2010).
  ///
  /// - Parameters:
  ///   - dModel: the number of features.
  ///   - nhead: the number of heads of attention, which must divide `dModel`.
  ///   - dimFeedforward: the number of features between the two linear layers of a layer.
  ///   - dropout: the probability that an element is dropped in training.
  ///   - activation: what stands between the linear layers: a name, a function or a layer.
  ///   - customEncoder: an encoder in place of `numEncoderLayers` layers with a normalisation behind them; `customDecoder`
  ///     likewise.
  ///   - layerNormEps: what normalisation adds to the variance.
  ///   - batchFirst: whether batches are `[N, L, dModel]`; `[L, N, dModel]` otherwise.
  ///   - normFirst: whether normalisation stands before attention and linear layers; behind the sums otherwise.
  ///   - bias: whether linear layers and normalisations have biases.
  public init(
    dModel: Int = 512, nhead: Int = 8, numEncoderLayers: Int = 6, numDecoderLayers: Int = 6,
    dimFeedforward: Int = 2048, dropout: Double = 0.1, activation: TransformerActivation = .relu,
    customEncoder: (any TransformerEncoding)? = nil, customDecoder: (any TransformerDecoding)? = nil,
    layerNormEps: Double = 1e-5, batchFirst: Bool = false, normFirst: Bool = false, bias: Bool = true,
    device: Device? = nil, dtype: DType = .default
  ) {
    func norm() -> LayerNorm {
      LayerNorm(normalizedShape: dModel, eps: layerNormEps, bias: bias, device: device, dtype: dtype)
    }
    func madeEncoder() -> TransformerEncoder {
      let layer = TransformerEncoderLayer(
        dModel: dModel, nhead: nhead, dimFeedforward: dimFeedforward, dropout: dropout, activation: activation,
        layerNormEps: layerNormEps, batchFirst: batchFirst, normFirst: normFirst, bias: bias, device: device,
        dtype: dtype)
      return TransformerEncoder(encoderLayer: layer, numLayers: numEncoderLayers, norm: norm())
    }
    func madeDecoder() -> TransformerDecoder {
      let layer = TransformerDecoderLayer(
        dModel: dModel, nhead: nhead, dimFeedforward: dimFeedforward, dropout: dropout, activation: activation,
        layerNormEps: layerNormEps, batchFirst: batchFirst, normFirst: normFirst, bias: bias, device: device,
        dtype: dtype)
      return TransformerDecoder(decoderLayer: layer, numLayers: numDecoderLayers, norm: norm())
    }
    encoder = customEncoder ?? madeEncoder()
    decoder = customDecoder ?? madeDecoder()
    self.dModel = dModel
    self.nhead = nhead
    self.batchFirst = batchFirst
    for weight in parameters() where weight.rank > 1 { Init.xavierUniform(weight) }
  }

  /// The decoded sequences, of the shape of `tgt`.
  ///
  /// - Parameters:
  ///   - src: `[S, N, dModel]`, `[N, S, dModel]` with `batchFirst`, or `[S, dModel]` without a batch; tgt: likewise with T for
  ///     S.
  ///   - srcMask: `[S, S]` or `[N nhead, S, S]`: bool with true where a position does not see another, or floating point,
  ///     added to the scores; `tgtMask` and `memoryMask` likewise, `[T, T]` and `[T, S]`.
  ///   - srcKeyPaddingMask: `[N, S]` or `[S]`: bool with true where a position is not seen, or floating point;
  ///     `memoryKeyPaddingMask` likewise, and `tgtKeyPaddingMask` `[N, T]` or `[T]`.
  ///   - srcIsCausal: whether `srcMask` is the causal one; found out if nil. `tgtIsCausal` likewise; `memoryIsCausal` says it of
  ///     `memoryMask`.
  public func forward(
    _ src: Tensor, _ tgt: Tensor, srcMask: Tensor? = nil, tgtMask: Tensor? = nil, memoryMask: Tensor? = nil,
    srcKeyPaddingMask: Tensor? = nil, tgtKeyPaddingMask: Tensor? = nil, memoryKeyPaddingMask: Tensor? = nil,
    srcIsCausal: Bool? = nil, tgtIsCausal: Bool? = nil, memoryIsCausal: Bool = false
  ) -> Tensor {
    attempt(src, tgt) { () throws(TensorError) in
      guard src.rank == tgt.rank, src.rank == 2 || src.rank == 3 else {
        throw TensorError(
          .shape, "Transformer",
          "needs src and tgt of 3 dimensions, or of 2 without a batch, and found \(src.shape) and \(tgt.shape)")
      }
      let batch = batchFirst ? 0 : 1
      guard src.rank == 2 || src.shape[batch] == tgt.shape[batch] else {
        throw TensorError(
          .shape, "Transformer",
          "the batch number of src and tgt must be equal, and found \(src.shape[batch]) and \(tgt.shape[batch]) in "
            + "\(src.shape) and \(tgt.shape)\(batchFirst ? "" : "; sequences come first unless batchFirst is true")")
      }
      guard src.size(-1) == dModel, tgt.size(-1) == dModel else {
        throw TensorError(
          .shape, "Transformer",
          "the feature number of src and tgt must be equal to dModel, which is \(dModel), and found \(src.shape) and "
            + "\(tgt.shape)")
      }
      let memory = encoder(src, mask: srcMask, srcKeyPaddingMask: srcKeyPaddingMask, isCausal: srcIsCausal)
      return decoder(
        tgt, memory, tgtMask: tgtMask, memoryMask: memoryMask, tgtKeyPaddingMask: tgtKeyPaddingMask,
        memoryKeyPaddingMask: memoryKeyPaddingMask, tgtIsCausal: tgtIsCausal, memoryIsCausal: memoryIsCausal)
    }
  }

  /// A mask `[sz, sz]` of sequences whose positions do not see later ones: -infinity above the diagonal, 0 elsewhere.
  public static func generateSquareSubsequentMask(
    _ sz: Int, device: Device? = nil, dtype: DType = .default
  ) -> Tensor {
    Tensor.full([sz, sz], -Double.infinity, dtype: dtype).triu(1).placed(on: device)
  }

  /// ``generateSquareSubsequentMask(_:device:dtype:)`` of a model.
  public func generateSquareSubsequentMask(_ sz: Int, device: Device? = nil, dtype: DType = .default) -> Tensor {
    Self.generateSquareSubsequentMask(sz, device: device, dtype: dtype)
  }
}
