import ApusCore
import ApusFunctional

/// Rows of a table by index: integers of any shape to `[..., embeddingDim]`.
public final class Embedding: Layer {
  public let state = ModuleState()
  /// `[numEmbeddings, embeddingDim]`, drawn normal.
  @Changeable public var weight: Tensor
  /// A row that starts as zeros and gets no gradient.
  public let paddingIdx: Int?

  public let numEmbeddings: Int
  public let embeddingDim: Int

  /// A table of `numEmbeddings` rows of `embeddingDim` numbers, drawn from the standard normal distribution. The row
  /// `paddingIdx`, counted from the end if negative, is zeros and gets no gradient.
  public init(
    numEmbeddings: Int, embeddingDim: Int, paddingIdx: Int? = nil, device: Device? = nil, dtype: DType = .default
  ) {
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
  public init(pretrained: Tensor, freeze: Bool = true, paddingIdx: Int? = nil) {
    if pretrained.rank != 2 {
      report(TensorError(.shape, "Embedding", "needs a table of 2 dimensions, and found \(pretrained.shape)"))
    }
    weight = parameter(pretrained.detach(), requiresGrad: !freeze)
    self.paddingIdx = paddingIdx
    numEmbeddings = pretrained.shape.first ?? 0
    embeddingDim = pretrained.shape.last ?? 0
  }

  /// ``init(pretrained:freeze:paddingIdx:)`` under PyTorch's name.
  public static func fromPretrained(_ embeddings: Tensor, freeze: Bool = true, paddingIdx: Int? = nil) -> Embedding {
    Embedding(pretrained: embeddings, freeze: freeze, paddingIdx: paddingIdx)
  }

  public func forward(_ x: Tensor) -> Tensor { embedding(x, weight, paddingIdx: paddingIdx) }

  public var extraRepresentation: String {
    "\(numEmbeddings), \(embeddingDim)" + (paddingIdx.map { ", padding_idx=\($0)" } ?? "")
  }
}
