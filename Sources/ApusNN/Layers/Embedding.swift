import ApusCore
import ApusFunctional

/// Rows of a table by index: integers of any shape to `[..., embeddingDim]`.
public final class Embedding: Layer {
  public let state = ModuleState()
  /// `[numEmbeddings, embeddingDim]`, drawn normal.
  public let weight: Tensor
  /// A row that starts as zeros and gets no gradient.
  public let paddingIdx: Int?

  public init(_ numEmbeddings: Int, _ embeddingDim: Int, paddingIdx: Int? = nil, dtype: DType = .float32) {
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
      weight = parameter(drawn)
      return
    }
    let rows = Tensor(Array(0..<numEmbeddings)).ne(padding).to(dtype).unsqueeze(1)
    weight = parameter(drawn * rows)
  }

  /// A table of given rows `[numEmbeddings, embeddingDim]`, which is not trained unless `freeze` is false: PyTorch's
  /// `Embedding.from_pretrained`.
  public init(pretrained: Tensor, freeze: Bool = true, paddingIdx: Int? = nil) {
    weight = parameter(pretrained.detach(), requiresGrad: !freeze)
    self.paddingIdx = paddingIdx
  }

  public func forward(_ x: Tensor) -> Tensor { embedding(x, weight, paddingIdx: paddingIdx) }
}
