import ApusCore
import ApusFunctional
import ApusNumerics

// Operations on batches of sequences: element by element, feature by feature, over each sequence.

extension NestedTensor {
  private func joined(_ other: NestedTensor, _ operation: String, _ body: (Tensor, Tensor) -> Tensor) -> NestedTensor {
    attemptNested([failed, other.failed]) { () throws(TensorError) in
      guard sizes == other.sizes, raggedDim == other.raggedDim else {
        throw TensorError(
          .shape, operation,
          "the sequences of both must have the same lengths, and found \(sizes.prefix(8)) and \(other.sizes.prefix(8))")
      }
      return with(body(elements, other.elements))
    }
  }

  /// A dense operand as elements see it: behind the dimension that differs, or `[n, 1, ...]` with a row for each sequence.
  private func joined(_ other: Tensor, _ operation: String, _ body: (Tensor, Tensor) -> Tensor) -> NestedTensor {
    attemptNested([failed, other]) { () throws(TensorError) in
      if other.rank < rank - axis - 1 || other.rank == 0 { return with(body(elements, other)) }
      guard raggedDim == 1, other.rank == rank, other.size(1) == 1, other.size(0) == 1 || other.size(0) == count else {
        throw TensorError(
          .shape, operation,
          "a dense operand has the dimensions behind the one that differs, or is [\(count), 1, ...], and found \(other.shape)"
        )
      }
      let row = other.squeeze(1)
      return with(body(elements, other.size(0) == 1 ? row : row.indexSelect(0, sequenceOfEach)))
    }
  }

  /// The number of the sequence of each position.
  private var sequenceOfEach: Tensor {
    indexVector(
      sizes.enumerated().flatMap { i, size in [Int64](repeating: Int64(i), count: size) }, beside: elements)
  }

  /// The sum of batches of the same lengths.
  @_disfavoredOverload
  public static func + (a: NestedTensor, b: NestedTensor) -> NestedTensor { a.joined(b, "add") { $0 + $1 } }
  /// The difference of batches of the same lengths.
  @_disfavoredOverload
  public static func - (a: NestedTensor, b: NestedTensor) -> NestedTensor { a.joined(b, "sub") { $0 - $1 } }
  /// The product of batches of the same lengths.
  @_disfavoredOverload
  public static func * (a: NestedTensor, b: NestedTensor) -> NestedTensor { a.joined(b, "mul") { $0 * $1 } }
  /// The quotient of batches of the same lengths.
  @_disfavoredOverload
  public static func / (a: NestedTensor, b: NestedTensor) -> NestedTensor { a.joined(b, "div") { $0 / $1 } }
  /// The sum with a dense tensor of the dimensions behind the one that differs, or `[n, 1, ...]`.
  @_disfavoredOverload
  public static func + (a: NestedTensor, b: Tensor) -> NestedTensor { a.joined(b, "add") { $0 + $1 } }
  /// The difference with a dense tensor of the dimensions behind the one that differs, or `[n, 1, ...]`.
  @_disfavoredOverload
  public static func - (a: NestedTensor, b: Tensor) -> NestedTensor { a.joined(b, "sub") { $0 - $1 } }
  /// The product with a dense tensor of the dimensions behind the one that differs, or `[n, 1, ...]`.
  @_disfavoredOverload
  public static func * (a: NestedTensor, b: Tensor) -> NestedTensor { a.joined(b, "mul") { $0 * $1 } }
  /// The quotient with a dense tensor of the dimensions behind the one that differs, or `[n, 1, ...]`.
  @_disfavoredOverload
  public static func / (a: NestedTensor, b: Tensor) -> NestedTensor { a.joined(b, "div") { $0 / $1 } }
  /// The sum with a number.
  @_disfavoredOverload
  public static func + (a: NestedTensor, b: Double) -> NestedTensor { a.with(a.elements + b) }
  /// The difference with a number.
  @_disfavoredOverload
  public static func - (a: NestedTensor, b: Double) -> NestedTensor { a.with(a.elements - b) }
  /// The product with a number.
  @_disfavoredOverload
  public static func * (a: NestedTensor, b: Double) -> NestedTensor { a.with(a.elements * b) }
  /// The quotient with a number.
  @_disfavoredOverload
  public static func / (a: NestedTensor, b: Double) -> NestedTensor { a.with(a.elements / b) }
  /// All elements with the other sign.
  @_disfavoredOverload
  public static prefix func - (a: NestedTensor) -> NestedTensor { a.with(-a.elements) }

  /// `function` of the elements of all sequences at once, which it gets as one tensor: what works on each position by itself, as
  /// a function of elements or features does. The result has as many positions; features may differ.
  public func map(_ function: (Tensor) -> Tensor) -> NestedTensor {
    attemptNested([failed]) { () throws(TensorError) in
      let made = function(elements)
      if let failed = made.failed { return NestedTensor(failed: failed) }
      guard made.rank > axis, made.size(axis) == elements.size(axis) else {
        throw TensorError(
          .shape, "map",
          "a function of positions keeps their number, \(elements.size(axis)), and gave a tensor of shape \(made.shape)"
        )
      }
      return with(made)
    }
  }

  /// e to the power of each element.
  public func exp() -> NestedTensor { with(elements.exp()) }
  /// Natural logarithms.
  public func log() -> NestedTensor { with(elements.log()) }
  /// Square roots.
  public func sqrt() -> NestedTensor { with(elements.sqrt()) }
  /// Absolute values.
  public func abs() -> NestedTensor { with(elements.abs()) }
  /// All elements with the other sign.
  public func neg() -> NestedTensor { -self }
  /// 1 / (1 + exp(-x)) of each element.
  public func sigmoid() -> NestedTensor { with(elements.sigmoid()) }
  /// Hyperbolic tangents.
  public func tanh() -> NestedTensor { with(elements.tanh()) }
  /// What is above 0.
  public func relu() -> NestedTensor { with(elements.relu()) }
  /// Gaussian error linear units.
  public func gelu() -> NestedTensor { with(elements.gelu()) }
  /// x sigmoid(x) of each element.
  public func silu() -> NestedTensor { with(elements.silu()) }
  /// Cosines.
  public func cos() -> NestedTensor { with(elements.cos()) }
  /// Sines.
  public func sin() -> NestedTensor { with(elements.sin()) }

  /// The dimension of the elements that `dim` of the batch is; neither that of the batch nor the one that differs.
  private func inner(_ dim: Int, _ operation: String) throws(TensorError) -> Int {
    let d = try normalize(dim: dim, rank: rank, operation)
    guard d != 0, d != raggedDim else {
      throw TensorError(
        .dimension, operation,
        "cannot work along dimension \(d): 0 counts the sequences and \(raggedDim) differs from one to the next")
    }
    return d - 1
  }

  /// The softmax over a dimension: of features, or of each sequence for itself over the one that differs.
  public func softmax(_ dim: Int) -> NestedTensor { normalised(dim, "softmax") { $0.softmax($1) } }
  /// The logarithm of ``softmax(_:)``.
  public func logSoftmax(_ dim: Int) -> NestedTensor { normalised(dim, "logSoftmax") { $0.logSoftmax($1) } }

  private func normalised(_ dim: Int, _ operation: String, _ body: (Tensor, Int) -> Tensor) -> NestedTensor {
    attemptNested([failed]) { () throws(TensorError) in
      let d = try normalize(dim: dim, rank: rank, operation)
      if d == raggedDim { return with(cat(unbind().map { body($0, axis) }, dim: axis)) }
      return with(body(elements, try inner(dim, operation)))
    }
  }

  /// The product of each position's features with a matrix `[features, n]`.
  public func matmul(_ other: Tensor) -> NestedTensor {
    attemptNested([failed, other]) { () throws(TensorError) in
      guard other.rank == 2, raggedDim < rank - 1 else {
        throw TensorError(
          .shape, "matmul", "needs features behind the dimension that differs and a matrix, and found \(other.shape)")
      }
      return with(elements.matmul(other))
    }
  }

  // Over each sequence, or over features.

  /// The sum of all elements.
  public func sum() -> Tensor { failed ?? elements.sum() }
  /// The mean of all elements.
  public func mean() -> Tensor { failed ?? elements.mean() }
  /// The sum of each sequence: `dim` is the one that differs.
  public func sum(_ dim: Int, keepDim: Bool = false) -> Tensor { reduced(.sum, dim, keepDim, "sum") }
  /// The mean of each sequence.
  public func mean(_ dim: Int, keepDim: Bool = false) -> Tensor { reduced(.mean, dim, keepDim, "mean") }
  /// The largest elements of each sequence.
  public func amax(_ dim: Int, keepDim: Bool = false) -> Tensor { reduced(.max, dim, keepDim, "amax") }
  /// The smallest elements of each sequence.
  public func amin(_ dim: Int, keepDim: Bool = false) -> Tensor { reduced(.min, dim, keepDim, "amin") }

  private func reduced(_ kind: SegmentReduction, _ dim: Int, _ keepDim: Bool, _ operation: String) -> Tensor {
    attempt(failed) { () throws(TensorError) in
      let d = try normalize(dim: dim, rank: rank, operation)
      guard d == raggedDim else {
        throw TensorError(
          .dimension, operation,
          "over dimension \(d) gives no dense tensor, as it would over \(raggedDim), which differs; say what you want: "
            + "let y: NestedTensor = x.\(operation)(\(d))")
      }
      let found = elements.movedim(axis, 0).segmentReduce(kind, offsets: starts)
      return keepDim ? found.unsqueeze(1).movedim(1, raggedDim) : found
    }
  }

  /// The sum over a dimension of features, which goes unless `keepDim` says that it stays: `let y: NestedTensor = x.sum(-1)`.
  @_disfavoredOverload
  public func sum(_ dim: Int, keepDim: Bool = false) -> NestedTensor {
    features(dim, keepDim, "sum") { $0.sum($1, keepDim: keepDim) }
  }
  /// The mean over a dimension of features: `let y: NestedTensor = x.mean(-1)`.
  @_disfavoredOverload
  public func mean(_ dim: Int, keepDim: Bool = false) -> NestedTensor {
    features(dim, keepDim, "mean") { $0.mean($1, keepDim: keepDim) }
  }

  private func features(
    _ dim: Int, _ keepDim: Bool, _ operation: String, _ body: (Tensor, Int) -> Tensor
  ) -> NestedTensor {
    attemptNested([failed]) { () throws(TensorError) in
      let d = try inner(dim, operation)
      return with(body(elements, d), raggedDim: d < axis && !keepDim ? raggedDim - 1 : raggedDim)
    }
  }

  // Shapes.

  /// Two dimensions exchanged, neither of them that of the batch.
  public func transpose(_ dim0: Int, _ dim1: Int) -> NestedTensor {
    attemptNested([failed]) { () throws(TensorError) in
      let (a, b) = (
        try normalize(dim: dim0, rank: rank, "transpose"), try normalize(dim: dim1, rank: rank, "transpose")
      )
      guard a != 0, b != 0 else {
        throw TensorError(.dimension, "transpose", "the dimension of the sequences, 0, stays where it is")
      }
      return with(
        elements.transpose(a - 1, b - 1), raggedDim: a == raggedDim ? b : b == raggedDim ? a : raggedDim)
    }
  }

  /// A dimension of features as several.
  public func unflatten(_ dim: Int, _ sizes: [Int]) -> NestedTensor {
    attemptNested([failed]) { () throws(TensorError) in
      let d = try inner(dim, "unflatten")
      return with(elements.unflatten(d, sizes), raggedDim: d < axis ? raggedDim + sizes.count - 1 : raggedDim)
    }
  }

  /// Dimensions of features, neighbours, as one.
  public func flatten(_ startDim: Int, _ endDim: Int = -1) -> NestedTensor {
    attemptNested([failed]) { () throws(TensorError) in
      let (a, b) = (try inner(startDim, "flatten"), try inner(endDim, "flatten"))
      guard a <= b, b < axis || a > axis else {
        throw TensorError(
          .dimension, "flatten", "dimensions \(a + 1) to \(b + 1) hold the one that differs, \(raggedDim)")
      }
      return with(elements.flatten(a, b), raggedDim: b < axis ? raggedDim - (b - a) : raggedDim)
    }
  }

  /// A new dimension of size 1, not in front.
  public func unsqueeze(_ dim: Int) -> NestedTensor {
    attemptNested([failed]) { () throws(TensorError) in
      let d = try normalize(dim: dim, rank: rank + 1, "unsqueeze")
      guard d > 0 else {
        throw TensorError(.dimension, "unsqueeze", "the dimension of the sequences stays in front")
      }
      return with(elements.unsqueeze(d - 1), raggedDim: d <= raggedDim ? raggedDim + 1 : raggedDim)
    }
  }

  /// A dimension of features cut into `chunks` parts.
  public func chunk(_ chunks: Int, dim: Int) -> [NestedTensor] {
    if let failed { return [NestedTensor(failed: failed)] }
    do throws(TensorError) {
      return elements.chunk(chunks, dim: try inner(dim, "chunk")).map { with($0) }
    } catch { return [NestedTensor(failed: fail(error))] }
  }
}

/// Batches of the same lengths with their features beside each other.
@_disfavoredOverload
public func cat(_ tensors: [NestedTensor], dim: Int) -> NestedTensor {
  attemptNested(tensors.map(\.failed)) { () throws(TensorError) in
    guard let first = tensors.first, tensors.allSatisfy({ $0.sizes == first.sizes && $0.raggedDim == first.raggedDim })
    else {
      throw TensorError(.shape, "cat", "needs batches whose sequences have the same lengths")
    }
    let d = try normalize(dim: dim, rank: first.rank, "cat")
    guard d != 0, d != first.raggedDim else {
      throw TensorError(.dimension, "cat", "joins features, not sequences: use nestedTensor of what unbind() gives")
    }
    return first.with(cat(tensors.map(\.elements), dim: d - 1))
  }
}

/// ``linear(_:_:_:)`` of each position.
@_disfavoredOverload
public func linear(_ x: NestedTensor, _ weight: Tensor, _ bias: Tensor? = nil) -> NestedTensor {
  x.map { linear($0, weight, bias) }
}

/// ``layerNorm(_:_:weight:bias:eps:)`` of each position.
@_disfavoredOverload
public func layerNorm(
  _ x: NestedTensor, _ normalizedShape: [Int], weight: Tensor? = nil, bias: Tensor? = nil, eps: Double = 1e-5
) -> NestedTensor {
  x.map { layerNorm($0, normalizedShape, weight: weight, bias: bias, eps: eps) }
}

/// ``rmsNorm(_:_:weight:eps:)`` of each position.
@_disfavoredOverload
public func rmsNorm(
  _ x: NestedTensor, _ normalizedShape: [Int], weight: Tensor? = nil, eps: Double? = nil
) -> NestedTensor {
  x.map { rmsNorm($0, normalizedShape, weight: weight, eps: eps) }
}

/// ``embedding(_:_:paddingIdx:maxNorm:normType:scaleGradByFreq:sparse:)`` of each position.
@_disfavoredOverload
public func embedding(_ indices: NestedTensor, _ weight: Tensor, paddingIdx: Int? = nil) -> NestedTensor {
  indices.map { embedding($0, weight, paddingIdx: paddingIdx) }
}

/// Elements dropped with probability `p` and the others scaled up.
@_disfavoredOverload
public func dropout(_ x: NestedTensor, p: Double = 0.5, training: Bool = true) -> NestedTensor {
  training && p > 0 ? x.map { dropout($0, p: p) } : x
}

/// Attention of each sequence to itself or to the keys of the same place in the batch:
/// ``scaledDotProductAttention(_:_:_:attnMask:dropoutP:isCausal:scale:enableGQA:slidingWindow:softCap:position:generator:)``
/// without a mask, since nothing is padded.
///
/// - Parameters:
///   - query: `[n, heads, j, E]`, as ``NestedTensor/transpose(_:_:)`` of `[n, j, heads, E]` gives it; key: `[n, heads, k, E]`; value:
///     `[n, heads, k, Ev]`.
///   - isCausal: whether position i of a sequence sees only positions up to i.
/// - Returns: `[n, heads, j, Ev]`.
@_disfavoredOverload
public func scaledDotProductAttention(
  _ query: NestedTensor, _ key: NestedTensor, _ value: NestedTensor, dropoutP: Double = 0, isCausal: Bool = false,
  scale: Double? = nil, enableGQA: Bool = false
) -> NestedTensor {
  attemptNested([query.failed, key.failed, value.failed]) { () throws(TensorError) in
    let operation = "scaled_dot_product_attention"
    guard query.rank == 4, key.rank == 4, value.rank == 4, query.raggedDim == 2, key.raggedDim == 2,
      value.raggedDim == 2
    else {
      throw TensorError(
        .shape, operation,
        "needs batches [n, heads, length, features], and found dimension \(query.raggedDim) of \(query.rank) to differ; "
          + "transpose(1, 2) brings heads in front")
    }
    guard query.count == key.count, key.sizes == value.sizes else {
      throw TensorError(
        .shape, operation,
        "needs as many queries as keys, and values as long as keys, and found \(query.count), \(key.count) and lengths "
          + "\(key.sizes.prefix(8)) and \(value.sizes.prefix(8))")
    }
    let (q, k, v) = (query.unbind(), key.unbind(), value.unbind())
    let parts = q.indices.map { i in
      scaledDotProductAttention(
        q[i].unsqueeze(0), k[i].unsqueeze(0), v[i].unsqueeze(0), dropoutP: dropoutP, isCausal: isCausal, scale: scale,
        enableGQA: enableGQA
      ).squeeze(0)
    }
    return parts.isEmpty ? query : query.with(cat(parts, dim: 1))
  }
}
