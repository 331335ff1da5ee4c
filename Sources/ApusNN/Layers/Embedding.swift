import ApusCore
import ApusFunctional

/// Rows of a table by index: integers of any shape to `[..., embeddingDim]`.
public final class Embedding: Layer {
  public let state = ModuleState()
  /// `[numEmbeddings, embeddingDim]`, drawn normal.
  @Changeable public var weight: Tensor
  /// A row that starts as zeros and gets no gradient.
  public let paddingIdx: Int?
  /// Rows that are used and longer are scaled down to this length, in the table itself.
  public let maxNorm: Double?
  /// The norm that `maxNorm` means.
  public let normType: Double
  /// Whether gradients are divided by how often a row is used in a batch.
  public let scaleGradByFreq: Bool
  /// Whether `backward()` leaves the gradient by rows, for ``SparseAdam``, ``SGD`` and ``Adagrad``.
  public let sparse: Bool

  public let numEmbeddings: Int
  public let embeddingDim: Int

  /// A table of `numEmbeddings` rows of `embeddingDim` numbers, drawn from the standard normal distribution. The row
  /// `paddingIdx`, counted from the end if negative, is zeros and gets no gradient. Rows whose `normType`-norm is above
  /// `maxNorm` are scaled down to it when they are used. With `sparse` the gradient is kept by rows, see
  /// ``embedding(_:_:paddingIdx:maxNorm:normType:scaleGradByFreq:sparse:)``.
  public init(
    numEmbeddings: Int, embeddingDim: Int, paddingIdx: Int? = nil, maxNorm: Double? = nil, normType: Double = 2,
    scaleGradByFreq: Bool = false, sparse: Bool = false, device: Device? = nil, dtype: DType = .default
  ) {
    self.sparse = sparse
    (self.maxNorm, self.normType, self.scaleGradByFreq) = (maxNorm, normType, scaleGradByFreq)
    (self.numEmbeddings, self.embeddingDim) = (numEmbeddings, embeddingDim)
    var padding = paddingIdx
    if let given = paddingIdx {
      if given < -numEmbeddings || given >= numEmbeddings {
        report(
          TensorError(
            .index, "Embedding", "paddingIdx \(given) is out of range for a table of \(numEmbeddings) rows"))
      }
      padding = given < 0 ? given + numEmbeddings : given
    }
    self.paddingIdx = padding
    let drawn = Init.normal(Tensor.zeros([numEmbeddings, embeddingDim], dtype: dtype))
    guard let padding, padding >= 0, padding < numEmbeddings else {
      weight = parameter(drawn.placed(on: device))
      return
    }
    let rows = Tensor(Array(0..<numEmbeddings)).ne(padding).to(dtype).unsqueeze(1)
    weight = parameter((drawn * rows).placed(on: device))
  }

  /// A table of given rows `[numEmbeddings, embeddingDim]`, which is not trained unless `freeze` is false: PyTorch's
  /// `Embedding.from_pretrained`.
  public init(pretrained: Tensor, freeze: Bool = true, paddingIdx: Int? = nil, sparse: Bool = false) {
    self.sparse = sparse
    if pretrained.rank != 2 {
      report(TensorError(.shape, "Embedding", "needs a table of 2 dimensions, and found \(pretrained.shape)"))
    }
    weight = parameter(pretrained.detach(), requiresGrad: !freeze)
    self.paddingIdx = paddingIdx
    (maxNorm, normType, scaleGradByFreq) = (nil, 2, false)
    numEmbeddings = pretrained.shape.first ?? 0
    embeddingDim = pretrained.shape.last ?? 0
  }

  /// ``init(pretrained:freeze:paddingIdx:sparse:)`` under PyTorch's name.
  public static func fromPretrained(
    _ embeddings: Tensor, freeze: Bool = true, paddingIdx: Int? = nil, sparse: Bool = false
  ) -> Embedding {
    Embedding(pretrained: embeddings, freeze: freeze, paddingIdx: paddingIdx, sparse: sparse)
  }

  public func forward(_ x: Tensor) -> Tensor {
    embedding(
      x, weight, paddingIdx: paddingIdx, maxNorm: maxNorm, normType: normType, scaleGradByFreq: scaleGradByFreq,
      sparse: sparse)
  }

  public var extraRepresentation: String {
    "\(numEmbeddings), \(embeddingDim)" + (paddingIdx.map { ", padding_idx=\($0)" } ?? "")
      + normText(maxNorm, normType, scaleGradByFreq) + (sparse ? ", sparse=True" : "")
  }
}

/// What the text of a table says of norms and gradients that are not the usual ones.
private func normText(_ maxNorm: Double?, _ normType: Double, _ scales: Bool) -> String {
  (maxNorm.map { ", max_norm=\($0)" } ?? "") + (normType == 2 ? "" : ", norm_type=\(normType)")
    + (scales ? ", scale_grad_by_freq=True" : "")
}

/// Rows of a table by index, reduced to one for each bag: `[bags, length]`, or all in a row with offsets, to
/// `[bags, embeddingDim]`.
public final class EmbeddingBag: Layer {
  public let state = ModuleState()
  /// `[numEmbeddings, embeddingDim]`, drawn normal.
  @Changeable public var weight: Tensor
  public let numEmbeddings: Int
  public let embeddingDim: Int
  public let maxNorm: Double?
  public let normType: Double
  public let scaleGradByFreq: Bool
  public let mode: EmbeddingBagMode
  /// Whether `backward()` leaves the gradient by rows, for ``SparseAdam``, ``SGD`` and ``Adagrad``.
  public let sparse: Bool
  /// Whether offsets end with the number of indices.
  public let includeLastOffset: Bool
  /// A row that does not count.
  public let paddingIdx: Int?

  /// A table of `numEmbeddings` rows of `embeddingDim` numbers, drawn from the standard normal distribution; arguments as
  /// ``embeddingBag(_:_:offsets:maxNorm:normType:scaleGradByFreq:mode:sparse:perSampleWeights:includeLastOffset:paddingIdx:)`` has them.
  public init(
    numEmbeddings: Int, embeddingDim: Int, maxNorm: Double? = nil, normType: Double = 2, scaleGradByFreq: Bool = false,
    mode: EmbeddingBagMode = .mean, sparse: Bool = false, includeLastOffset: Bool = false, paddingIdx: Int? = nil,
    device: Device? = nil, dtype: DType = .default
  ) {
    self.sparse = sparse
    (self.numEmbeddings, self.embeddingDim) = (numEmbeddings, embeddingDim)
    (self.maxNorm, self.normType, self.scaleGradByFreq) = (maxNorm, normType, scaleGradByFreq)
    (self.mode, self.includeLastOffset) = (mode, includeLastOffset)
    var padding = paddingIdx
    if let given = paddingIdx {
      if given < -numEmbeddings || given >= numEmbeddings {
        report(
          TensorError(
            .index, "EmbeddingBag", "paddingIdx \(given) is out of range for a table of \(numEmbeddings) rows"))
      }
      padding = given < 0 ? given + numEmbeddings : given
    }
    self.paddingIdx = padding
    let drawn = Init.normal(Tensor.zeros([numEmbeddings, embeddingDim], dtype: dtype))
    let kept = padding.map { Tensor(Array(0..<max(0, numEmbeddings))).ne($0).to(dtype).unsqueeze(1) }
    weight = parameter((kept.map { drawn * $0 } ?? drawn).placed(on: device))
  }

  /// A table of given rows `[numEmbeddings, embeddingDim]`, which is not trained unless `freeze` is false: PyTorch's
  /// `EmbeddingBag.from_pretrained`.
  public init(
    pretrained: Tensor, freeze: Bool = true, maxNorm: Double? = nil, normType: Double = 2,
    scaleGradByFreq: Bool = false,
    mode: EmbeddingBagMode = .mean, sparse: Bool = false, includeLastOffset: Bool = false, paddingIdx: Int? = nil
  ) {
    self.sparse = sparse
    if pretrained.rank != 2 {
      report(TensorError(.shape, "EmbeddingBag", "needs a table of 2 dimensions, and found \(pretrained.shape)"))
    }
    (numEmbeddings, embeddingDim) = (pretrained.shape.first ?? 0, pretrained.shape.last ?? 0)
    (self.maxNorm, self.normType, self.scaleGradByFreq) = (maxNorm, normType, scaleGradByFreq)
    (self.mode, self.includeLastOffset, self.paddingIdx) = (mode, includeLastOffset, paddingIdx)
    weight = parameter(pretrained.detach(), requiresGrad: !freeze)
  }

  /// ``init(pretrained:freeze:maxNorm:normType:scaleGradByFreq:mode:sparse:includeLastOffset:paddingIdx:)`` under PyTorch's name.
  public static func fromPretrained(
    _ embeddings: Tensor, freeze: Bool = true, mode: EmbeddingBagMode = .mean, paddingIdx: Int? = nil
  ) -> EmbeddingBag {
    EmbeddingBag(pretrained: embeddings, freeze: freeze, mode: mode, paddingIdx: paddingIdx)
  }

  public func forward(_ x: Tensor) -> Tensor { reduced(x, nil, nil) }

  /// The bags of `input`, which begin at `offsets` where it has one dimension, each index times its weight where there are some.
  public func callAsFunction(_ input: Tensor, _ offsets: Tensor?, perSampleWeights: Tensor? = nil) -> Tensor {
    callModule(self, input, offsets, perSampleWeights) { reduced($0, $1, $2) }
  }
  /// The same with all labels.
  public func callAsFunction(_ input: Tensor, offsets: Tensor? = nil, perSampleWeights: Tensor?) -> Tensor {
    callModule(self, input, offsets, perSampleWeights) { reduced($0, $1, $2) }
  }
  /// The same with weights in the third place.
  public func callAsFunction(_ input: Tensor, _ offsets: Tensor?, _ perSampleWeights: Tensor?) -> Tensor {
    callModule(self, input, offsets, perSampleWeights) { reduced($0, $1, $2) }
  }

  private func reduced(_ input: Tensor, _ offsets: Tensor?, _ weights: Tensor?) -> Tensor {
    embeddingBag(
      input, weight, offsets: offsets, maxNorm: maxNorm, normType: normType, scaleGradByFreq: scaleGradByFreq,
      mode: mode, sparse: sparse,
      perSampleWeights: weights, includeLastOffset: includeLastOffset, paddingIdx: paddingIdx)
  }

  public var extraRepresentation: String {
    "\(numEmbeddings), \(embeddingDim)" + normText(maxNorm, normType, scaleGradByFreq) + ", mode='\(mode.rawValue)'"
      + (paddingIdx.map { ", padding_idx=\($0)" } ?? "")
  }
}
