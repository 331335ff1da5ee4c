import ApusCore
import ApusFunctional

/// One layer of a transformer's decoder: attention of the sequence to itself, attention to the encoder's result, then two linear
/// layers at every position, each added to its input and normalised (Vaswani et al., 2017).
///
///     let layer = TransformerDecoderLayer(512, 8, batchFirst: true)
///     let y = layer(target, memory, tgtMask: mask)
@Module
public final class TransformerDecoderLayer {
  /// Whether it trains, and its hooks.
  public let state = ModuleState()
  /// The attention of the sequence to itself.
  public let selfAttn: MultiheadAttention
  /// The attention to what the encoder gave.
  public let multiheadAttn: MultiheadAttention
  /// The first linear layer, `dModel` to `dimFeedforward`.
  public let linear1: Linear
  /// What drops behind the activation.
  public let dropout: Dropout
  /// The second linear layer, back to `dModel`.
  public let linear2: Linear
  /// Whether normalisation stands before attention and linear layers; behind the sums otherwise.
  public let normFirst: Bool
  /// The normalisation of the attention to itself.
  public let norm1: LayerNorm
  /// The normalisation of the attention to the encoder's result.
  public let norm2: LayerNorm
  /// The normalisation of the linear layers.
  public let norm3: LayerNorm
  /// What drops behind the attention to itself.
  public let dropout1: Dropout
  /// What drops behind the attention to the encoder's result.
  public let dropout2: Dropout
  /// What drops behind the linear layers.
  public let dropout3: Dropout
  /// What stands between the linear layers.
  public let activation: TransformerActivation

  /// - Parameters:
  ///   - dModel: the number of features.
  ///   - nhead: the number of heads of attention, which must divide `dModel`.
  ///   - dimFeedforward: the number of features between the two linear layers.
  ///   - dropout: the probability that an element is dropped in training.
  ///   - activation: what stands between the linear layers: a name, a function or a layer.
  ///   - layerNormEps: what normalisation adds to the variance.
  ///   - batchFirst: whether batches are `[N, L, dModel]`; `[L, N, dModel]` otherwise.
  ///   - normFirst: whether normalisation stands before attention and linear layers; behind the sums otherwise.
  ///   - bias: whether linear layers and normalisations have biases.
  public init(
    dModel: Int, nhead: Int, dimFeedforward: Int = 2048, dropout: Double = 0.1,
    activation: TransformerActivation = .relu, layerNormEps: Double = 1e-5, batchFirst: Bool = false,
    normFirst: Bool = false, bias: Bool = true, device: Device? = nil, dtype: DType = .default
  ) {
    func attention() -> MultiheadAttention {
      MultiheadAttention(
        embedDim: dModel, numHeads: nhead, dropout: dropout, bias: bias, batchFirst: batchFirst, device: device,
        dtype: dtype)
    }
    func norm() -> LayerNorm {
      LayerNorm(normalizedShape: dModel, eps: layerNormEps, bias: bias, device: device, dtype: dtype)
    }
    selfAttn = attention()
    multiheadAttn = attention()
    linear1 = Linear(inFeatures: dModel, outFeatures: dimFeedforward, bias: bias, device: device, dtype: dtype)
    self.dropout = Dropout(p: dropout)
    linear2 = Linear(inFeatures: dimFeedforward, outFeatures: dModel, bias: bias, device: device, dtype: dtype)
    self.normFirst = normFirst
    (norm1, norm2, norm3) = (norm(), norm(), norm())
    (dropout1, dropout2, dropout3) = (Dropout(p: dropout), Dropout(p: dropout), Dropout(p: dropout))
    self.activation = activation
  }

  /// The decoded sequence, of the shape of `tgt`.
  ///
  /// - Parameters:
  ///   - tgt: `[T, N, dModel]`, `[N, T, dModel]` with `batchFirst`, or `[T, dModel]` without a batch.
  ///   - memory: what the encoder gave, likewise with S for T.
  ///   - tgtMask: `[T, T]` or `[N nhead, T, T]`; memoryMask: `[T, S]` or `[N nhead, T, S]`, as in
  ///     ``MultiheadAttention/forward``.
  ///   - tgtKeyPaddingMask: `[N, T]` or `[T]`; memoryKeyPaddingMask: `[N, S]` or `[S]`.
  ///   - tgtIsCausal: says that `tgtMask`, which is needed, is the causal one; `memoryIsCausal` likewise of `memoryMask`.
  public func forward(
    _ tgt: Tensor, _ memory: Tensor, tgtMask: Tensor? = nil, memoryMask: Tensor? = nil,
    tgtKeyPaddingMask: Tensor? = nil, memoryKeyPaddingMask: Tensor? = nil, tgtIsCausal: Bool = false,
    memoryIsCausal: Bool = false
  ) -> Tensor {
    func attended(_ x: Tensor) -> Tensor {
      let (result, _) = selfAttn(
        x, x, x, keyPaddingMask: tgtKeyPaddingMask, needWeights: false, attnMask: tgtMask, isCausal: tgtIsCausal)
      return dropout1(result)
    }
    func remembered(_ x: Tensor) -> Tensor {
      let (result, _) = multiheadAttn(
        x, memory, memory, keyPaddingMask: memoryKeyPaddingMask, needWeights: false, attnMask: memoryMask,
        isCausal: memoryIsCausal)
      return dropout2(result)
    }
    func transformed(_ x: Tensor) -> Tensor { dropout3(feedForward(x, linear1, activation, dropout, linear2)) }
    if normFirst {
      var x = tgt + attended(norm1(tgt))
      x = x + remembered(norm2(x))
      return x + transformed(norm3(x))
    }
    var x = norm1(tgt + attended(tgt))
    x = norm2(x + remembered(x))
    return norm3(x + transformed(x))
  }
}

/// What a ``Transformer`` decodes with: ``TransformerDecoder``, or a module of one's own that is called likewise.
public protocol TransformerDecoding: Module {
  /// The decoded sequences: see ``TransformerDecoder/forward``.
  func forward(
    _ tgt: Tensor, _ memory: Tensor, tgtMask: Tensor?, memoryMask: Tensor?, tgtKeyPaddingMask: Tensor?,
    memoryKeyPaddingMask: Tensor?, tgtIsCausal: Bool?, memoryIsCausal: Bool
  ) -> Tensor
}

extension TransformerDecoding {
  /// Runs `forward` with hooks and module path.
  public func callAsFunction(
    _ tgt: Tensor, _ memory: Tensor, tgtMask: Tensor? = nil, memoryMask: Tensor? = nil,
    tgtKeyPaddingMask: Tensor? = nil, memoryKeyPaddingMask: Tensor? = nil, tgtIsCausal: Bool? = nil,
    memoryIsCausal: Bool = false
  ) -> Tensor {
    callModule(
      self, tgt, memory, tgtMask, memoryMask, tgtKeyPaddingMask, memoryKeyPaddingMask, tgtIsCausal, memoryIsCausal,
      of: Tensor.self
    ) {
      forward(
        $0, $1, tgtMask: $2, memoryMask: $3, tgtKeyPaddingMask: $4, memoryKeyPaddingMask: $5, tgtIsCausal: $6,
        memoryIsCausal: $7)
    }
  }

  /// The layers of a ``TransformerDecoder`` that is held as `any TransformerDecoding`: `model.decoder.layers[0]`.
  /// - Precondition: it is one.
  public var layers: TransformerLayers<TransformerDecoderLayer> {
    if let held = (self as? TransformerDecoder)?.layers { return held }
    report(TensorError(.state, Self.typeName, "the decoder is no TransformerDecoder, which has layers"))
    return TransformerLayers([])
  }
}

/// The decoder of a transformer: layers one after the other.
///
///     let layer = TransformerDecoderLayer(512, 8, batchFirst: true)
///     let decoder = TransformerDecoder(layer, 6)
///     let y = decoder(target, memory, tgtMask: mask)
public final class TransformerDecoder: TransformerDecoding {
  public let state = ModuleState()
  /// Copies of the layer that the decoder was made of.
  public let layers: TransformerLayers<TransformerDecoderLayer>
  public let numLayers: Int
  /// What stands behind the last layer, or nil.
  public let norm: (any Layer)?

  /// `numLayers` copies of `decoderLayer`, which the decoder does not hold itself, and `norm` behind the last.
  public init(decoderLayer: TransformerDecoderLayer, numLayers: Int, norm: (any Layer)? = nil) {
    layers = TransformerLayers(copying: decoderLayer, count: numLayers, "TransformerDecoder")
    self.numLayers = numLayers
    self.norm = norm
  }

  /// The decoded sequences, of the shape of `tgt`: see ``TransformerDecoderLayer/forward``.
  ///
  /// - Parameter tgtIsCausal: whether `tgtMask` is the causal one; found out if nil.
  public func forward(
    _ tgt: Tensor, _ memory: Tensor, tgtMask: Tensor? = nil, memoryMask: Tensor? = nil,
    tgtKeyPaddingMask: Tensor? = nil, memoryKeyPaddingMask: Tensor? = nil, tgtIsCausal: Bool? = nil,
    memoryIsCausal: Bool = false
  ) -> Tensor {
    guard let first = layers.first else {
      return fail(TensorError(.state, "TransformerDecoder", "has no layers: numLayers is \(numLayers)"))
    }
    let length = sequenceLength(tgt, batchFirst: first.selfAttn.batchFirst)
    let isCausal = hidesLater(tgtMask, isSaid: tgtIsCausal, length: length)
    var x = tgt
    for layer in layers {
      x = layer(
        x, memory, tgtMask: tgtMask, memoryMask: memoryMask, tgtKeyPaddingMask: tgtKeyPaddingMask,
        memoryKeyPaddingMask: memoryKeyPaddingMask, tgtIsCausal: isCausal, memoryIsCausal: memoryIsCausal)
    }
    return norm?(x) ?? x
  }
}
