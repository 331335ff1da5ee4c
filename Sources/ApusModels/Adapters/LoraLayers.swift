import ApusCore
import ApusFunctional
import ApusNN

/// A low-rank adapter beside a linear layer (Hu et al., 2021): `base(x) + scale * x @ A^T @ B^T`; with a magnitude (DoRA, Liu et al.,
/// 2024) each row of `W + scale * B @ A` gets a trained size.
public final class LoraLinear: ProjectionAdapter {
  public let state = ModuleState()
  /// A, `[rank, in]`.
  public let loraA: Tensor
  /// B, `[out, rank]`.
  public let loraB: Tensor
  /// A bias of B's own, `[out]`.
  public let loraBias: Tensor?
  /// The size of each row, `[out]`; nil without DoRA.
  public let magnitude: Tensor?
  /// What the product is multiplied by.
  public let scale: Double
  /// The share of inputs that are not seen in training.
  public let dropout: Double

  public static let stateNames = [
    "loraA": "lora_A.weight", "loraB": "lora_B.weight", "loraBias": "lora_B.bias", "magnitude": "lora_magnitude_vector",
  ]

  init(a: Tensor, b: Tensor, bias: Tensor?, magnitude: Tensor?, scale: Double, dropout: Double) {
    (loraA, loraB, loraBias) = (parameter(a), parameter(b), bias.map { parameter($0) })
    self.magnitude = magnitude.map { parameter($0) }
    (self.scale, self.dropout) = (scale, dropout)
  }

  public func forward(_ x: Tensor, beside projection: Projection) -> Tensor {
    let isDropping = dropout > 0 && state.isTraining
    if magnitude == nil, !isDropping, loraBias == nil, let weight = projection.weight,
      LoraProduct.takes(x, weight, loraA, loraB)
    {
      return LoraProduct.product(
        x, projection.isTransposed ? weight.mT : weight, loraA, loraB, projection.bias, scale: scale)
    }
    let seen = isDropping ? ApusFunctional.dropout(x, p: dropout) : x
    let part = linear(linear(seen, loraA) * scale, loraB, loraBias.map { $0 * scale })
    let base = projection.plain(x)
    guard let magnitude else { return base + part }
    // The size that the row has is a constant for gradients.
    let size = magnitude / noGrad { Self.sizes(projection.matrix(), delta: delta) }
    var plain = isDropping ? projection.plain(seen) : base
    if let bias = projection.bias { plain = plain - bias }
    return base + (size - 1) * plain + size * part
  }

  /// What is added to the base's matrix `[out, in]`.
  var delta: Tensor { matmul(loraB, loraA) * scale }

  /// Lengths of the rows of `matrix + delta`.
  static func sizes(_ matrix: Tensor, delta: Tensor) -> Tensor { (matrix + delta).square().sum([1]).sqrt() }

  /// The matrix `[out, in]` of base and adapter together.
  func merged(_ matrix: Tensor) -> Tensor {
    let sum = matrix + delta
    guard let magnitude else { return sum }
    return sum * (magnitude / Self.sizes(matrix, delta: delta)).unsqueeze(1)
  }
}

/// A low-rank adapter beside a table of rows: `table[i] + scale * A[:, i] @ B^T`.
public final class LoraEmbedding: EmbeddingAdapter {
  public let state = ModuleState()
  /// A, `[rank, count]`.
  public let loraA: Tensor
  /// B, `[width, rank]`.
  public let loraB: Tensor
  /// The size of each feature over the table, `[width]`; nil without DoRA.
  public let magnitude: Tensor?
  /// What the product is multiplied by.
  public let scale: Double

  public static let stateNames = [
    "loraA": "lora_embedding_A", "loraB": "lora_embedding_B", "magnitude": "lora_magnitude_vector",
  ]

  init(a: Tensor, b: Tensor, magnitude: Tensor?, scale: Double) {
    (loraA, loraB) = (parameter(a), parameter(b))
    self.magnitude = magnitude.map { parameter($0) }
    self.scale = scale
  }

  public func forward(_ indices: Tensor, beside table: TokenEmbedding) -> Tensor {
    let base = table.plain(indices)
    let part = matmul(embedding(indices, loraA.mT), loraB.mT) * scale
    guard let magnitude else { return base + part }
    let size = magnitude / noGrad { LoraLinear.sizes(table.matrix().mT, delta: delta.mT) }
    return base + (size - 1) * base + size * part
  }

  /// What is added to the base's table `[count, width]`.
  var delta: Tensor { matmul(loraB, loraA).mT * scale }

  /// The table of base and adapter together.
  func merged(_ table: Tensor) -> Tensor {
    let sum = table + delta
    guard let magnitude else { return sum }
    return sum * (magnitude / LoraLinear.sizes(table.mT, delta: delta.mT)).unsqueeze(0)
  }
}
