import ApusCore

// Norms of vectors and matrices, and the condition of matrices.

/// A norm of matrices that has a name.
public enum NamedNorm: String, Sendable, Hashable, NamedChoice {
  /// The root of the sum of squares.
  case fro
  /// The sum of the singular values.
  case nuc
}

extension linalg {
  /// The norm of a tensor: without `ord` that of all elements as a vector, or along `dim`; with `ord` that of a vector (one
  /// dimension) or a matrix (two), see ``vectorNorm(_:ord:dim:keepDim:dtype:)`` and ``matrixNorm(_:ord:dim:keepDim:dtype:)-(_,Double,_,_,_)``.
  public static func norm(
    _ x: Tensor, ord: Double? = nil, dim: [Int]? = nil, keepDim: Bool = false, dtype: DType? = nil
  ) -> Tensor {
    attempt(x) { () throws(TensorError) in
      guard let ord else { return vectorNorm(x, dim: dim, keepDim: keepDim, dtype: dtype) }
      let count = dim?.count ?? x.rank
      guard count == 1 || count == 2 else {
        throw TensorError(
          .shape, "linalg.norm",
          "the norm of order \(ord) takes one dimension or two, and found \(dim ?? []) of \(x.shape)")
      }
      if count == 1 { return vectorNorm(x, ord: ord, dim: dim, keepDim: keepDim, dtype: dtype) }
      return matrixNorm(x, ord: ord, dim: pair(dim ?? [0, 1]), keepDim: keepDim, dtype: dtype)
    }
  }

  /// ``norm(_:ord:dim:keepDim:dtype:)-(_,Double?,[Int]?,_,_)`` along one dimension.
  public static func norm(
    _ x: Tensor, ord: Double? = nil, dim: Int, keepDim: Bool = false, dtype: DType? = nil
  ) -> Tensor {
    norm(x, ord: ord, dim: [dim], keepDim: keepDim, dtype: dtype)
  }

  /// ``norm(_:ord:dim:keepDim:dtype:)-(_,Double?,[Int]?,_,_)`` of matrices, by name.
  public static func norm(
    _ x: Tensor, ord: NamedNorm, dim: [Int]? = nil, keepDim: Bool = false, dtype: DType? = nil
  ) -> Tensor {
    attempt(x) { () throws(TensorError) in
      guard (dim?.count ?? x.rank) == 2 else {
        throw TensorError(
          .shape, "linalg.norm", "the norm '\(ord.rawValue)' takes two dimensions, and found \(dim ?? []) of \(x.shape)"
        )
      }
      return matrixNorm(x, ord: ord, dim: pair(dim ?? [0, 1]), keepDim: keepDim, dtype: dtype)
    }
  }

  private static func pair(_ dims: [Int]) -> (Int, Int) { (dims[0], dims[1]) }

  /// The norm of the elements along `dim` (nil: of all) as a vector: (sum |x|^ord)^(1/ord), the largest and the smallest size for
  /// infinite orders, and the number of elements that are not 0 for order 0.
  public static func vectorNorm(
    _ x: Tensor, ord: Double = 2, dim: [Int]? = nil, keepDim: Bool = false, dtype: DType? = nil
  ) -> Tensor {
    x.norm(ord, dim, keepDim: keepDim, dtype: dtype)
  }

  /// ``vectorNorm(_:ord:dim:keepDim:dtype:)-(_,_,[Int]?,_,_)`` along one dimension.
  public static func vectorNorm(
    _ x: Tensor, ord: Double = 2, dim: Int, keepDim: Bool = false, dtype: DType? = nil
  ) -> Tensor {
    x.norm(ord, [dim], keepDim: keepDim, dtype: dtype)
  }

  /// The norm of the matrices in two dimensions: the largest (for negative orders: smallest) sum of sizes in a column (order 1)
  /// or in a row (infinity), or singular value (order 2).
  public static func matrixNorm(
    _ x: Tensor, ord: Double, dim: (Int, Int) = (-2, -1), keepDim: Bool = false, dtype: DType? = nil
  ) -> Tensor {
    attempt(x) { () throws(TensorError) in
      let (a, rows, columns) = try matrices(x, dim, dtype)
      guard abs(ord) == 1 || abs(ord) == 2 || ord.isInfinite else {
        throw TensorError(
          .value, "linalg.matrix_norm",
          "the order must be 1, 2 or infinite, of either sign, 'fro' or 'nuc', and found \(ord)")
      }
      if abs(ord) == 2 {
        let values = svdvals(a.movedim([rows, columns], [-2, -1]))
        let found = ord > 0 ? values.amax([-1]) : values.amin([-1])
        return restored(found, rows, columns, keepDim)
      }
      let isOfColumns = abs(ord) == 1
      let sums = a.abs().sum([isOfColumns ? rows : columns], keepDim: true)
      let rest = [isOfColumns ? columns : rows]
      let found = ord > 0 ? sums.amax(rest, keepDim: true) : sums.amin(rest, keepDim: true)
      return keepDim ? found : found.squeeze([rows, columns])
    }
  }

  /// The Frobenius or the nuclear norm of the matrices in two dimensions.
  public static func matrixNorm(
    _ x: Tensor, ord: NamedNorm = .fro, dim: (Int, Int) = (-2, -1), keepDim: Bool = false, dtype: DType? = nil
  ) -> Tensor {
    attempt(x) { () throws(TensorError) in
      let (a, rows, columns) = try matrices(x, dim, dtype)
      if ord == .fro { return a.norm(2, [rows, columns], keepDim: keepDim) }
      return restored(svdvals(a.movedim([rows, columns], [-2, -1])).sum([-1]), rows, columns, keepDim)
    }
  }

  /// A reduced tensor with dimensions of size 1 for those that were matrices, where they are to be kept.
  private static func restored(_ x: Tensor, _ rows: Int, _ columns: Int, _ keepDim: Bool) -> Tensor {
    keepDim ? x.unsqueeze(min(rows, columns)).unsqueeze(max(rows, columns)) : x
  }

  private static func matrices(
    _ x: Tensor, _ dim: (Int, Int), _ dtype: DType?
  ) throws(TensorError) -> (Tensor, Int, Int) {
    guard x.rank >= 2 else {
      throw TensorError(.shape, "linalg.matrix_norm", "needs two dimensions or more, and found \(x.shape)")
    }
    guard x.dtype.isInexact, dtype?.isInexact ?? true, !(x.isComplex && dtype?.isComplex == false) else {
      throw TensorError(
        .dtype, "linalg.matrix_norm", "needs floating point or complex elements, and found \(dtype ?? x.dtype)")
    }
    let dims = try normalize(dims: [dim.0, dim.1], rank: x.rank, "linalg.matrix_norm")
    return (dtype.map { x.to($0) } ?? x, dims[0], dims[1])
  }

  /// The condition of square matrices: |A| |A^-1| by the norm of order `p`, infinite where a matrix is singular; for nil, 2 and
  /// -2 the quotient of the largest and the smallest singular value, of matrices of any shape.
  public static func cond(_ a: Tensor, p: Double? = nil) -> Tensor {
    if let autocast = Autocast.active { return autocast.run(.float32, a) { cond($0, p: p) } }
    return attempt(a) { () throws(TensorError) in
      try requireMatrices(a, "linalg.cond")
      if p == nil || abs(p ?? 2) == 2 {
        let values = svdvals(a)
        let k = values.size(-1)
        if k == 0 { return noGrad { Tensor.zeros(Array(a.shape.dropLast(2)), dtype: a.dtype.realType) } }
        let (largest, smallest) = (values.select(-1, 0), values.select(-1, k - 1))
        return p == -2 ? smallest / largest : largest / smallest
      }
      try requireMatrices(a, "linalg.cond", square: true)
      return quotient(a) { matrixNorm($0, ord: p ?? 1) }
    }
  }

  /// ``cond(_:p:)-(_,Double?)`` by a norm that has a name.
  public static func cond(_ a: Tensor, p: NamedNorm) -> Tensor {
    if let autocast = Autocast.active { return autocast.run(.float32, a) { cond($0, p: p) } }
    return attempt(a) { () throws(TensorError) in
      try requireMatrices(a, "linalg.cond", square: true)
      return quotient(a) { matrixNorm($0, ord: p) }
    }
  }

  private static func quotient(_ a: Tensor, _ norm: (Tensor) -> Tensor) -> Tensor {
    let (inverse, info) = invEx(a)
    if inverse.hasFailed { return inverse }
    return (norm(a) * norm(inverse)).maskedFill(noGrad { info.ne(0) }, Double.infinity)
  }
}

extension Tensor {
  /// The norm over `dims` (all if nil) that has the name `p`: the root of the sum of squares, or the sum of the singular values of
  /// matrices, which takes two dimensions.
  public func norm(_ p: NamedNorm, _ dims: [Int]? = nil, keepDim: Bool = false, dtype: DType? = nil) -> Tensor {
    switch p {
    case .fro: norm(2, dims, keepDim: keepDim, dtype: dtype)
    case .nuc: linalg.norm(self, ord: .nuc, dim: dims, keepDim: keepDim, dtype: dtype)
    }
  }
}

extension OperationArguments {
  /// The order of a norm: a name, a number, or nil.
  fileprivate func order(_ name: String) throws -> (named: NamedNorm?, number: Double?) {
    if try isNone(name) { return (nil, nil) }
    if case .string(let text) = try value(name) {
      guard let named = NamedNorm(rawValue: text) else { throw mismatch(name, "a number, 'fro' or 'nuc'") }
      return (named, nil)
    }
    return (nil, try double(name))
  }
}

extension Registry {
  /// Norms and conditions.
  static let matrixNorms: [Operation] = [
    .tensor("norm", "input, p='fro', dim=None, keepdim=False, *, dtype=None") {
      let (x, dims) = (try $0.tensor("input"), try $0.optionalInts("dim"))
      let (keepDim, dtype) = (try $0.bool("keepdim"), try $0.optionalDType("dtype"))
      let order = try $0.order("p")
      if let named = order.named { return x.norm(named, dims, keepDim: keepDim, dtype: dtype) }
      return x.norm(order.number ?? 2, dims, keepDim: keepDim, dtype: dtype)
    },
    .tensor("linalg.norm", "input, ord=None, dim=None, keepdim=False, *, dtype=None") {
      let (x, dims) = (try $0.tensor("input"), try $0.optionalInts("dim"))
      let (keepDim, dtype) = (try $0.bool("keepdim"), try $0.optionalDType("dtype"))
      let order = try $0.order("ord")
      if let named = order.named { return linalg.norm(x, ord: named, dim: dims, keepDim: keepDim, dtype: dtype) }
      return linalg.norm(x, ord: order.number, dim: dims, keepDim: keepDim, dtype: dtype)
    },
    .tensor("linalg.vector_norm", "x, ord=2, dim=None, keepdim=False, *, dtype=None") {
      try linalg.vectorNorm(
        $0.tensor("x"), ord: $0.double("ord"), dim: $0.optionalInts("dim"), keepDim: $0.bool("keepdim"),
        dtype: $0.optionalDType("dtype"))
    },
    .tensor("linalg.matrix_norm", "A, ord='fro', dim=None, keepdim=False, *, dtype=None") {
      let dims = try $0.isNone("dim") ? [-2, -1] : $0.ints("dim")
      guard dims.count == 2 else { throw $0.mismatch("dim", "two dimensions") }
      let (keepDim, dtype) = (try $0.bool("keepdim"), try $0.optionalDType("dtype"))
      let order = try $0.order("ord")
      if let number = order.number {
        return linalg.matrixNorm(
          try $0.tensor("A"), ord: number, dim: (dims[0], dims[1]), keepDim: keepDim, dtype: dtype)
      }
      return linalg.matrixNorm(
        try $0.tensor("A"), ord: order.named ?? .fro, dim: (dims[0], dims[1]), keepDim: keepDim, dtype: dtype)
    },
    .tensor("linalg.cond", "input, p=None") {
      let order = try $0.order("p")
      if let named = order.named { return linalg.cond(try $0.tensor("input"), p: named) }
      return linalg.cond(try $0.tensor("input"), p: order.number)
    },
  ]
}
