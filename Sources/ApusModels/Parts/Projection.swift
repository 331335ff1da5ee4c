import ApusCore
import ApusFunctional
import ApusNN

/// A matrix in a form of its own (blocks of few bits, 16-bit numbers) that products are computed with as it is.
public protocol PackedWeight: Sendable {
  /// `[out, in]`.
  var shape: [Int] { get }
  /// `x @ weight^T + bias`, of `[..., in]`; a gradient flows to `x`.
  func product(_ x: Tensor, bias: Tensor?) -> Tensor
  /// The rows at `indices`, `[indices..., in]`, in float32.
  func rows(_ indices: Tensor) -> Tensor
  /// All of it in float32.
  func widened() -> Tensor
}

/// What is trained beside a projection that stays as it is: low-rank adapters and their kin. Its parameters are named as if the
/// projection held them.
public protocol ProjectionAdapter: Module {
  /// The projection's result for `x` with the adapter's part.
  func forward(_ x: Tensor, beside projection: Projection) -> Tensor
}

/// What is trained beside a table of rows that stays as it is.
public protocol EmbeddingAdapter: Module {
  /// The rows at `indices` with the adapter's part.
  func forward(_ indices: Tensor, beside table: TokenEmbedding) -> Tensor
}

/// The linear layer of all models, `x @ weight^T + bias`: `[..., in]` to `[..., out]`. The weight is a parameter, or lies
/// packed as a file stores it; an adapter may stand beside it.
public final class Projection: Layer, WeightHolder {
  public let state = ModuleState()
  /// `[out, in]`, or `[in, out]` where ``isTransposed``; nil where the weight is packed.
  @Changeable public var weight: Tensor!
  /// `[out]`, or nil.
  @Changeable public var bias: Tensor!
  /// The weight in the form of a file.
  @Changeable public var packed: (any PackedWeight)?
  /// What is trained beside the weight.
  @Changeable public var adapter: (any ProjectionAdapter)?
  public let inFeatures: Int
  public let outFeatures: Int
  /// Whether the weight is stored as `[in, out]`, as in GPT-2.
  public let isTransposed: Bool

  public static let stateNames = ["adapter": ""]

  /// From `inFeatures` to `outFeatures`, with normal random numbers of deviation 0.02 and a bias of zeros.
  public init(_ inFeatures: Int, _ outFeatures: Int, bias: Bool = false, isTransposed: Bool = false) {
    (self.inFeatures, self.outFeatures, self.isTransposed) = (inFeatures, outFeatures, isTransposed)
    weight = unsetWeight(isTransposed ? [inFeatures, outFeatures] : [outFeatures, inFeatures])
    self.bias = bias ? unsetVector(outFeatures, 0) : nil
    packed = nil
    adapter = nil
  }

  /// With the matrix `[out, in]` of another layer: a head that shares the table of tokens.
  public init(tiedTo table: TokenEmbedding, bias: Bool = false) {
    (inFeatures, outFeatures, isTransposed) = (table.width, table.count, false)
    weight = table.weight
    self.bias = bias ? unsetVector(outFeatures, 0) : nil
    packed = table.packed
    adapter = nil
  }

  public func forward(_ x: Tensor) -> Tensor {
    if let adapter { return adapter.forward(x, beside: self) }
    return plain(x)
  }

  /// The result without the adapter.
  public func plain(_ x: Tensor) -> Tensor {
    if let packed { return packed.product(x, bias: bias) }
    guard var weight else { return x }
    if weight.dtype != x.dtype {
      if !isTransposed, let kept = QuantizedWeight(reading: weight, for: x) {
        return kept.product(x, bias: bias.map { $0.to(.float32) })
      }
      weight = weight.to(x.dtype)
    }
    return linear(x, isTransposed ? weight.mT : weight, bias)
  }

  /// The matrix `[out, in]` in float32, however it is kept.
  public func matrix() -> Tensor {
    if let packed { return packed.widened() }
    guard let weight else { return Tensor.zeros([outFeatures, inFeatures]) }
    return (isTransposed ? weight.mT : weight).to(.float32)
  }

  public var extraRepresentation: String { "in_features=\(inFeatures), out_features=\(outFeatures)" }
}

/// Rows of a table by number: `[...]` to `[..., width]`.
public final class TokenEmbedding: Layer, WeightHolder {
  public let state = ModuleState()
  /// `[count, width]`; nil where the table is packed.
  @Changeable public var weight: Tensor!
  /// The table in the form of a file.
  @Changeable public var packed: (any PackedWeight)?
  /// What is trained beside the table.
  @Changeable public var adapter: (any EmbeddingAdapter)?
  public let count: Int
  public let width: Int
  /// The row that gets no gradient.
  public let paddingIndex: Int?

  public static let stateNames = ["adapter": ""]

  /// A table of normal random numbers of deviation 0.02.
  public init(_ count: Int, _ width: Int, paddingIndex: Int? = nil) {
    (self.count, self.width) = (count, width)
    let row = paddingIndex.map { $0 < 0 ? $0 + count : $0 }
    self.paddingIndex = row.flatMap { (0..<count).contains($0) ? $0 : nil }
    weight = unsetWeight([count, width])
    packed = nil
    adapter = nil
  }

  public func forward(_ indices: Tensor) -> Tensor {
    if let adapter { return adapter.forward(indices, beside: self) }
    return plain(indices)
  }

  /// The table `[count, width]` in float32, however it is kept.
  public func matrix() -> Tensor {
    if let packed { return packed.widened() }
    guard let weight else { return Tensor.zeros([count, width]) }
    return weight.to(.float32)
  }

  /// The rows without the adapter.
  public func plain(_ indices: Tensor) -> Tensor {
    if let packed { return packed.rows(indices) }
    let rows = embedding(indices, weight, paddingIdx: paddingIndex)
    return rows.widened
  }

  public var extraRepresentation: String { "\(count), \(width)" }
}

/// A parameter of `count` equal float32 numbers; inside of `Init.skipped` without memory, to be replaced.
package func unsetVector(_ count: Int, _ value: Double) -> Tensor {
  let one = Tensor.full([], value, dtype: .float32).expand([count])
  return parameter(Init.isSkipped ? one : one.contiguous())
}

/// A parameter of `shape` with normal random numbers of deviation 0.02; inside of `Init.skipped` without memory, to be replaced.
package func unsetWeight(_ shape: [Int]) -> Tensor {
  if Init.isSkipped { return parameter(Tensor.zeros([], dtype: .float32).expand(shape)) }
  let made = parameter(Tensor.zeros(shape, dtype: .float32))
  return Init.normal(made, std: 0.02)
}
