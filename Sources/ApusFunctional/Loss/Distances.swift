import ApusCore
import CKernels

// Distances and angles between vectors.

/// The p-norms of the differences of rows, `eps` added to each difference: `[..., D]` twice to `[...]`.
public func pairwiseDistance(
  _ x1: Tensor, _ x2: Tensor, p: Double = 2, eps: Double = 1e-6, keepDim: Bool = false
) -> Tensor {
  if let type = narrowType(x1, x2) {
    return pairwiseDistance(x1.widened, x2.widened, p: p, eps: eps, keepDim: keepDim).to(type)
  }
  let difference = x1 - x2 + eps
  return difference.hasFailed ? difference : difference.norm(p, [difference.rank - 1], keepDim: keepDim)
}

/// The cosine of the angle between vectors along `dim`, norms not below `eps`.
public func cosineSimilarity(_ x1: Tensor, _ x2: Tensor, dim: Int = 1, eps: Double = 1e-8) -> Tensor {
  if let failed = x1.failed ?? x2.failed { return failed }
  let dtype = promoteTypes(x1.dtype, x2.dtype)
  guard dtype.isFloatingPoint else {
    return fail(TensorError(.dtype, "cosine_similarity", "needs floating point tensors, and found \(dtype)"))
  }
  if let type = narrowType(x1, x2) { return cosineSimilarity(x1.widened, x2.widened, dim: dim, eps: eps).to(type) }
  guard let shape = broadcastShapes(x1.shape, x2.shape) else {
    return fail(
      TensorError(.shape, "cosine_similarity", "the shapes \(x1.shape) and \(x2.shape) do not broadcast to one"))
  }
  let (a, b) = (x1.to(dtype).expand(shape), x2.to(dtype).expand(shape))
  func unit(_ x: Tensor) -> Tensor {
    let norm = x.norm(2, [dim], keepDim: true)
    // Raised to eps without a gradient of its own.
    let raise = noGrad {
      `where`(norm.detach().lt(eps), eps - norm.detach(), Tensor.zeros([], dtype: norm.dtype))
    }
    return x / (norm + raise)
  }
  return (unit(a) * unit(b)).sum([dim])
}

/// The distances of every row of `x1` from every row of `x2`: `[..., P, M]` and `[..., R, M]` give `[..., P, R]`.
///
/// - Parameters:
///   - p: the order of the norm, 0 or more; 0 counts the elements that differ.
///   - computeMode: how Euclidean distances are found: by a product of matrices, which is fast and loses digits where
///     rows lie close together, or from the differences. The gradient of a distance of 0 is 0.
public func cdist(
  _ x1: Tensor, _ x2: Tensor, p: Double = 2, computeMode: DistanceMode = .useMMForEuclidDistIfNecessary
) -> Tensor {
  if let autocast = Autocast.active {
    return autocast.run(.float32, x1, x2) {
      cdist($0, $1, p: p, computeMode: computeMode)
    }
  }
  return attempt(x1, x2) { () throws(TensorError) in
    guard x1.rank >= 2, x2.rank >= 2, x1.size(-1) == x2.size(-1) else {
      throw TensorError(
        .shape, "cdist", "needs rows of one length, [..., P, M] and [..., R, M], and found \(x1.shape) and \(x2.shape)")
    }
    try requireOrder(p, [x1, x2], "cdist")
    if let type = narrowType(x1, x2) {
      return cdist(x1.widened, x2.widened, p: p, computeMode: computeMode).to(type)
    }
    _ = try broadcastShapes([Array(x1.shape.dropLast(2)), Array(x2.shape.dropLast(2))], "cdist")
    let isMany = x1.size(-2) > 25 || x2.size(-2) > 25
    if p == 2 && (computeMode == .useMMForEuclidDist || isMany && computeMode == .useMMForEuclidDistIfNecessary) {
      return productDistances(x1, x2)
    }
    return (x1.unsqueeze(-2) - x2.unsqueeze(-3)).norm(p, [-1])
  }
}

/// How ``cdist(_:_:p:computeMode:)`` finds Euclidean distances.
public enum DistanceMode: String, Sendable, Hashable, NamedChoice {
  /// By a product of matrices where one side has more than 25 rows.
  case useMMForEuclidDistIfNecessary = "use_mm_for_euclid_dist_if_necessary"
  /// By a product of matrices.
  case useMMForEuclidDist = "use_mm_for_euclid_dist"
  /// From the differences.
  case donotUseMMForEuclidDist = "donot_use_mm_for_euclid_dist"
}

/// Euclidean distances from |a|^2 + |b|^2 - 2ab.
private func productDistances(_ a: Tensor, _ b: Tensor) -> Tensor {
  let lengths = a.square().sum([-1], keepDim: true) + b.square().sum([-1], keepDim: true).mT
  let squares = lengths - 2 * matmul(a, b.mT)
  let isZero = noGrad { squares.detach().le(0) }
  return squares.maskedFill(isZero, 1).sqrt().maskedFill(isZero, 0)
}

/// The distances between the rows of a matrix, those of the first row from all later ones first: `[N, M]` gives N(N-1)/2.
public func pdist(_ x: Tensor, p: Double = 2) -> Tensor {
  attempt(x) { () throws(TensorError) in
    guard x.rank == 2 else { throw TensorError(.shape, "pdist", "needs a matrix of rows, and found \(x.shape)") }
    try requireOrder(p, [x], "pdist")
    if let type = narrowType(x) { return pdist(x.widened, p: p).to(type) }
    return apply(PairDistances(p: p), x)
  }
}

/// The distances between the rows of a matrix, those of the first row from all later ones first.
struct PairDistances: Primitive, Hashable {
  let p: Double
  var name: String { "Pdist" }
  var saves: Saves { .inputs }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    let n = inputs[0].shape[0]
    return [TensorType([n.clampedMultiplying(max(0, n - 1)) / 2], inputs[0].dtype)]
  }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let x = try inputs[0].dense()
    let out = results[0].body
    let (n, width) = (x.shape[0], x.shape[1])
    func fill(_ i: Int) {
      let start = i * (2 * n - i - 1) / 2
      if x.dtype == .float32 {
        ck_row_distances_f32(
          out.data.f32 + start, x.data.f32 + i * width, x.data.f32 + (i + 1) * width, n - 1 - i, width, p)
      } else {
        ck_row_distances_f64(
          out.data.f64 + start, x.data.f64 + i * width, x.data.f64 + (i + 1) * width, n - 1 - i, width, p)
      }
    }
    withExtendedLifetime(x) {
      // Later rows have fewer distances: a first and a last row together make equal shares.
      parallelFor((n + 1) / 2, grain: max(1, parallelGrain / max(1, n * width))) { range in
        for first in range {
          fill(first)
          if n - 1 - first != first { fill(n - 1 - first) }
        }
      }
    }
  }

  /// The same in tensor operations, of matrices in the last two dimensions.
  private func composed(_ x: Tensor) -> Tensor {
    let pairs = triuIndices(x.size(-2), x.size(-2), offset: 1)
    return (x.indexSelect(-2, pairs[0]) - x.indexSelect(-2, pairs[1])).norm(p, [-1])
  }

  func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    [composed(inputs[0])]
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    composedGradients([node.input(0)], needs: [true], cotangents: cotangents) { [composed($0[0])] }
  }
}

extension PairDistances: ElementComposition {
  func composed(ofElements inputs: [Tensor]) -> [Tensor] { [composed(inputs[0])] }
}

private func requireOrder(_ p: Double, _ tensors: [Tensor], _ operation: String) throws(TensorError) {
  guard p >= 0 else { throw TensorError(.value, operation, "the order p must be 0 or more, and found \(p)") }
  for x in tensors where !x.dtype.isFloatingPoint {
    throw TensorError(
      .dtype, operation, "needs floating point tensors, and found \(x.dtype); convert with .to(.float32)")
  }
}

extension Registry {
  /// Distances and angles between vectors.
  static let distances: [Operation] = [
    .tensor("nn.functional.cosine_similarity cosine_similarity", "x1, x2, dim=1, eps=1e-08") {
      try cosineSimilarity($0.tensor("x1"), $0.tensor("x2"), dim: $0.int("dim"), eps: $0.double("eps"))
    },
    .tensor("nn.functional.pairwise_distance pairwise_distance", "x1, x2, p=2.0, eps=1e-06, keepdim=False") {
      try pairwiseDistance(
        $0.tensor("x1"), $0.tensor("x2"), p: $0.double("p"), eps: $0.double("eps"), keepDim: $0.bool("keepdim"))
    },
    .tensor("cdist", "x1, x2, p=2.0, compute_mode='use_mm_for_euclid_dist_if_necessary'") {
      guard let mode = DistanceMode(rawValue: try $0.string("compute_mode")) else {
        throw $0.mismatch("compute_mode", "a known mode")
      }
      return try cdist($0.tensor("x1"), $0.tensor("x2"), p: $0.double("p"), computeMode: mode)
    },
    .tensor("nn.functional.pdist pdist", "input, p=2.0") { try pdist($0.tensor("input"), p: $0.double("p")) },
  ]
}
