import ApusCore
import ApusFunctional
import ApusNumerics

// Similarities and distances of all pairs of rows, `[N, D]` and `[M, D]` to `[N, M]`; of one tensor its own rows, with zeros on the
// diagonal unless `zeroDiagonal` says otherwise.

private func pairs(
  _ name: String, _ x: Tensor, _ y: Tensor?, _ reduction: RowReduction, _ zeroDiagonal: Bool?,
  _ measure: (Tensor, Tensor) -> Tensor
) -> Tensor {
  attempt(x, y) { () throws(TensorError) in
    let other = y ?? x
    guard x.rank == 2, other.rank == 2, x.shape[1] == other.shape[1] else {
      throw TensorError(
        .shape, name, "needs rows of one length, [N, D] and [M, D], and found \(x.shape) and \(other.shape)")
    }
    var values = measure(x.floating, other.floating)
    if zeroDiagonal ?? (y == nil) {
      values = values.maskedFill(eye(values.shape[0], values.shape[1]).ne(0), 0)
    }
    return switch reduction {
    case .none: values
    case .mean: values.mean([-1])
    case .sum: values.sum([-1])
    }
  }
}

/// The cosines of the angles between all pairs of rows.
public func pairwiseCosineSimilarity(
  _ x: Tensor, _ y: Tensor? = nil, reduction: RowReduction = .none, zeroDiagonal: Bool? = nil
) -> Tensor {
  pairs("pairwiseCosineSimilarity", x, y, reduction, zeroDiagonal) { a, b in
    matmul(a / a.norm(2, [1], keepDim: true), (b / b.norm(2, [1], keepDim: true)).t())
  }
}

/// The products of all pairs of rows.
public func pairwiseLinearSimilarity(
  _ x: Tensor, _ y: Tensor? = nil, reduction: RowReduction = .none, zeroDiagonal: Bool? = nil
) -> Tensor {
  pairs("pairwiseLinearSimilarity", x, y, reduction, zeroDiagonal) { matmul($0, $1.t()) }
}

/// The Euclidean distances of all pairs of rows.
public func pairwiseEuclideanDistance(
  _ x: Tensor, _ y: Tensor? = nil, reduction: RowReduction = .none, zeroDiagonal: Bool? = nil
) -> Tensor {
  pairs("pairwiseEuclideanDistance", x, y, reduction, zeroDiagonal) {
    cdist($0, $1, p: 2, computeMode: .donotUseMMForEuclidDist)
  }
}

/// The sums of absolute differences of all pairs of rows.
public func pairwiseManhattanDistance(
  _ x: Tensor, _ y: Tensor? = nil, reduction: RowReduction = .none, zeroDiagonal: Bool? = nil
) -> Tensor {
  pairs("pairwiseManhattanDistance", x, y, reduction, zeroDiagonal) { cdist($0, $1, p: 1) }
}

/// The Minkowski distances of all pairs of rows, of the order `exponent`.
public func pairwiseMinkowskiDistance(
  _ x: Tensor, _ y: Tensor? = nil, exponent: Double = 2, reduction: RowReduction = .none, zeroDiagonal: Bool? = nil
) -> Tensor {
  pairs("pairwiseMinkowskiDistance", x, y, reduction, zeroDiagonal) { a, b in
    (a.unsqueeze(1) - b.unsqueeze(0)).abs().pow(exponent).sum([2]).pow(1 / exponent)
  }
}
