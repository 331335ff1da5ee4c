import ApusCore
import ApusFunctional

/// One layer of a transformer's encoder: attention of the sequence to itself, then two linear layers at every position, each added
/// to its input and normalised (Vaswani et al., 2017).
///
///     let layer = TransformerEncoderLayer(512, 8, batchFirst: true)
///     let y = layer(x)
@Module
public final class TransformerEncoderLayer: Layer {
  public let state = ModuleState()
  /// The attention of the sequence to itself.
  public let selfAttn: MultiheadAttention
  /// The first linear layer, `dModel` to `dimFeedforward`.
  public let linear1: Linear
  /// What drops behind the activation.
  public let dropout: Dropout
  /// The second linear layer, back to `dModel`.
  public let linear2: Linear
  /// Whether normalisation stands before attention and linear layers; behind the sums otherwise.
  public let normFirst: Bool
  /// The normalisation of attention.
  public let norm1: LayerNorm
  /// The normalisation of the linear layers.
  public let norm2: LayerNorm
  /// What drops behind attention.
  public let dropout1: Dropout
  /// What drops behind the linear layers.
  public let dropout2: Dropout
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
    selfAttn = MultiheadAttention(
      embedDim: dModel, numHeads: nhead, dropout: dropout, bias: bias, batchFirst: batchFirst, device: device,
      dtype: dtype)
    linear1 = Linear(inFeatures: dModel, outFeatures: dimFeedforward, bias: bias, device: device, dtype: dtype)
    self.dropout = Dropout(p: dropout)
    linear2 = Linear(inFeatures: dimFeedforward, outFeatures: dModel, bias: bias, device: device, dtype: dtype)
    self.normFirst = normFirst
    norm1 = LayerNorm(normalizedShape: dModel, eps: layerNormEps, bias: bias, device: device, dtype: dtype)
    norm2 = LayerNorm(normalizedShape: dModel, eps: layerNormEps, bias: bias, device: device, dtype: dtype)
    dropout1 = Dropout(p: dropout)
    dropout2 = Dropout(p: dropout)
    self.activation = activation
  }

  public func forward(_ x: Tensor) -> Tensor { forward(x, srcMask: nil) }

  /// The encoded sequence, of the shape of `src`.
  ///
  /// - Parameters:
  ///   - src: `[L, N, dModel]`, `[N, L, dModel]` with `batchFirst`, or `[L, dModel]` without a batch.
  ///   - srcMask: `[L, L]` or `[N nhead, L, L]`, as in ``MultiheadAttention/forward``.
  ///   - srcKeyPaddingMask: `[N, L]` or `[L]`, as in ``MultiheadAttention/forward``.
  ///   - isCausal: says that `srcMask`, which is needed, is the causal one.
  public func forward(
    _ src: Tensor, srcMask: Tensor? = nil, srcKeyPaddingMask: Tensor? = nil, isCausal: Bool = false
  ) -> Tensor {
    func attended(_ x: Tensor) -> Tensor {
      let (result, _) = selfAttn(
        x, x, x, keyPaddingMask: srcKeyPaddingMask, needWeights: false, attnMask: srcMask, isCausal: isCausal)
      return dropout1(result)
    }
    func transformed(_ x: Tensor) -> Tensor { dropout2(feedForward(x, linear1, activation, dropout, linear2)) }
    if normFirst {
      let x = src + attended(norm1(src))
      return x + transformed(norm2(x))
    }
    let x = norm1(src + attended(src))
    return norm2(x + transformed(x))
  }
}

/// What a ``Transformer`` encodes with: ``TransformerEncoder``, or a module of one's own that is called likewise.
public protocol TransformerEncoding: Layer {
  /// The encoded sequences: see ``TransformerEncoder/forward(_:mask:srcKeyPaddingMask:isCausal:)``.
  func forward(_ src: Tensor, mask: Tensor?, srcKeyPaddingMask: Tensor?, isCausal: Bool?) -> Tensor
}

extension TransformerEncoding {
  public func forward(_ x: Tensor) -> Tensor { forward(x, mask: nil, srcKeyPaddingMask: nil, isCausal: nil) }

  /// Runs ``forward(_:mask:srcKeyPaddingMask:isCausal:)`` without masks, with hooks and module path.
  public func callAsFunction(_ src: Tensor) -> Tensor {
    callModule(self, src, of: Tensor.self) { forward($0, mask: nil, srcKeyPaddingMask: nil, isCausal: nil) }
  }

  /// Runs ``forward(_:mask:srcKeyPaddingMask:isCausal:)`` with hooks and module path.
  public func callAsFunction(
    _ src: Tensor, mask: Tensor? = nil, srcKeyPaddingMask: Tensor? = nil, isCausal: Bool? = nil
  ) -> Tensor {
    callModule(self, src, mask, srcKeyPaddingMask, isCausal, of: Tensor.self) {
      forward($0, mask: $1, srcKeyPaddingMask: $2, isCausal: $3)
    }
  }

  /// The layers of a ``TransformerEncoder`` that is held as `any TransformerEncoding`: `model.encoder.layers[0]`.
  /// - Precondition: it is one.
  public var layers: TransformerLayers<TransformerEncoderLayer> {
    if let held = (self as? TransformerEncoder)?.layers { return held }
    report(TensorError(.state, Self.typeName, "the encoder is no TransformerEncoder, which has layers"))
    return TransformerLayers([])
  }
}

/// The encoder of a transformer: layers one after the other.
///
///     let layer = TransformerEncoderLayer(512, 8, batchFirst: true)
///     let encoder = TransformerEncoder(layer, 6)
///     let memory = encoder(x, srcKeyPaddingMask: isPadding)
public final class TransformerEncoder: TransformerEncoding {
  public let state = ModuleState()
  /// Copies of the layer that the encoder was made of.
  public let layers: TransformerLayers<TransformerEncoderLayer>
  public let numLayers: Int
  /// What stands behind the last layer, or nil.
  public let norm: (any Layer)?
  public let enableNestedTensor: Bool
  public let maskCheck: Bool

  /// - Parameters:
  ///   - encoderLayer: what all layers are copies of; the encoder does not hold itself.
  ///   - norm: what stands behind the last layer.
  ///   - enableNestedTensor: whether in evaluation, without gradients and masks of pairs, padding at the ends of
  ///     sequences gives zeros behind the last layer, as in PyTorch; it does so for layers for which PyTorch takes that way.
  ///   - maskCheck: whether that needs a look at the padding, which must lie at the ends.
  public init(
    encoderLayer: TransformerEncoderLayer, numLayers: Int, norm: (any Layer)? = nil, enableNestedTensor: Bool = true,
    maskCheck: Bool = true
  ) {
    layers = TransformerLayers(copying: encoderLayer, count: numLayers, "TransformerEncoder")
    self.numLayers = numLayers
    self.norm = norm
    self.enableNestedTensor = enableNestedTensor
    self.maskCheck = maskCheck
  }

  /// The encoded sequences, of the shape of `src`.
  ///
  /// - Parameters:
  ///   - src: `[L, N, E]`, `[N, L, E]` where the layers have the batch first, or `[L, E]`.
  ///   - mask: `[L, L]` or `[N heads, L, L]`: bool with true where a position does not see another, or floating point, added to
  ///     the scores.
  ///   - srcKeyPaddingMask: `[N, L]` or `[L]`: bool with true where a position is not seen, or floating point.
  ///   - isCausal: whether `mask` is the causal one; found out if nil.
  public func forward(
    _ src: Tensor, mask: Tensor? = nil, srcKeyPaddingMask: Tensor? = nil, isCausal isSaid: Bool? = nil
  ) -> Tensor {
    guard let first = layers.first else {
      return fail(TensorError(.state, "TransformerEncoder", "has no layers: numLayers is \(numLayers)"))
    }
    let length = sequenceLength(src, batchFirst: first.selfAttn.batchFirst)
    let isCausal = hidesLater(mask, isSaid: isSaid, length: length)
    var x = src
    for layer in layers { x = layer(x, srcMask: mask, srcKeyPaddingMask: srcKeyPaddingMask, isCausal: isCausal) }
    if let padding = srcKeyPaddingMask, mask == nil, fillsPadding(src, padding, first) {
      let isPadding = padding.dtype == .bool ? padding : padding.ne(0)
      x = x.maskedFill(isPadding.unsqueeze(-1), 0)
    }
    return norm?(x) ?? x
  }

  /// Whether PyTorch leaves the padding out of what it computes, so that zeros stand there behind the last layer.
  private func fillsPadding(_ src: Tensor, _ padding: Tensor, _ layer: TransformerEncoderLayer) -> Bool {
    let attention = layer.selfAttn
    guard enableNestedTensor, !src.isPoisoned, src.rank == 3, !layer.isTraining, !layer.normFirst,
      attention.batchFirst, attention.inProjBias != nil, attention.numHeads % 2 == 0,
      layer.activation.isNamed, layer.norm1.eps == layer.norm2.eps,
      !isGradEnabled || !(src.requiresGrad || layer.parameters().contains(where: \.requiresGrad)),
      padding.shape == Array(src.shape.prefix(2))
    else { return false }
    if !maskCheck { return true }
    guard padding.isReadable else { return false }
    // Padding lies at the ends where nothing follows it that is none.
    let isPadding = padding.dtype == .bool ? padding : padding.ne(0)
    let falls = isPadding.narrow(1, 0, max(0, padding.shape[1] - 1))
      .logicalAnd(isPadding.narrow(1, min(1, padding.shape[1]), max(0, padding.shape[1] - 1)).logicalNot())
    return falls.any().item() == 0
  }
}
