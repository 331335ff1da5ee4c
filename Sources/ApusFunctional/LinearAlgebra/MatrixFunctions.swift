import ApusCore

// Powers, exponentials and products of matrices.

extension linalg {
  /// Products of a square matrix with itself; a negative `n` takes the inverse, 0 gives the identity.
  public static func matrixPower(_ a: Tensor, _ n: Int) -> Tensor {
    attempt(a) { () throws(TensorError) in
      guard a.rank >= 2, a.size(-1) == a.size(-2) else {
        throw TensorError(.shape, "linalg.matrix_power", "needs square matrices, [..., n, n], and found \(a.shape)")
      }
      if n == 0 { return noGrad { eye(a.size(-1), dtype: a.dtype).expand(a.shape).clone() } + a * 0 }
      var base = n < 0 ? inverse(a, "linalg.matrix_power") : a
      var rest = n.magnitude
      var product: Tensor?
      while rest > 0 {
        if rest & 1 == 1 { product = product.map { matmul($0, base) } ?? base }
        rest >>= 1
        if rest > 0 { base = matmul(base, base) }
      }
      return product ?? base
    }
  }

  /// The exponentials of square matrices: Taylor's polynomial of a scaled matrix, squared as often as it was halved.
  public static func matrixExp(_ a: Tensor) -> Tensor {
    attempt(a) { () throws(TensorError) in
      if let type = narrowType(a) { return matrixExp(a.widened).to(type) }
      try requireMatrices(a, "linalg.matrix_exp", square: true)
      if a.count == 0 { return a.clone() }
      // Its products are no products of the caller's.
      return isAutocastEnabled ? autocast(enabled: false) { exponential(a) } : exponential(a)
    }
  }

  /// The exponential by halving until a polynomial is exact, and squaring as often.
  private static func exponential(_ a: Tensor) -> Tensor {
    // Below these norms what the polynomials leave out is less than a rounding: degree 18 for doubles, 12 for floats.
    let isDouble = a.dtype.realType == .float64
    let (largest, blocks) = isDouble ? (1.09, 6) : (1.46, 4)
    let norms = noGrad { a.detach().abs().sum([-2]).amax([-1], keepDim: true).unsqueeze(-1) }
    let halvings = noGrad { (norms / largest).log2().ceil().nanToNum(nan: 0, posinf: 0, neginf: 0).clamp(min: 0) }
    let most: Int = noGrad { halvings.amax().item() }
    let x = most == 0 ? a : a * noGrad { Tensor.pow(2.0, -halvings) }
    var sum = exponentialPolynomial(x, blocks: blocks)
    let isUniform = a.rank == 2 || noGrad { halvings.eq(Double(most)).all().item() != 0 }
    for step in 0..<most {
      let square = matmul(sum, sum)
      sum = isUniform ? square : `where`(noGrad { halvings.le(Double(step)) }, sum, square)
    }
    return sum
  }

  /// The sum of x^k / k! for k up to 3 blocks, in blocks of three powers (Paterson and Stockmeyer, 1973).
  private static func exponentialPolynomial(_ x: Tensor, blocks: Int) -> Tensor {
    let unit = noGrad { eye(x.size(-1), dtype: x.dtype) }
    let square = matmul(x, x)
    let cube = matmul(square, x)
    var inverses = [1.0]
    for k in 1...(3 * blocks) { inverses.append(inverses[k - 1] / Double(k)) }
    func block(_ first: Int) -> Tensor {
      inverses[first] * unit + inverses[first + 1] * x + inverses[first + 2] * square
    }
    var sum = block(3 * blocks - 3) + inverses[3 * blocks] * cube
    for i in (0..<(blocks - 1)).reversed() { sum = block(3 * i) + matmul(cube, sum) }
    return sum
  }

  /// The product of matrices, in the order that takes the fewest multiplications; the first and the last may be vectors.
  public static func multiDot(_ tensors: [Tensor]) -> Tensor {
    if let failed = poisoned(among: tensors) { return failed }
    return attempt(tensors.first) { () throws(TensorError) in
      guard tensors.count >= 2, let first = tensors.first, let last = tensors.last else {
        throw TensorError(.value, "linalg.multi_dot", "needs two tensors or more, and found \(tensors.count)")
      }
      guard tensors[1..<(tensors.count - 1)].allSatisfy({ $0.rank == 2 }),
        [first, last].allSatisfy({ (1...2).contains($0.rank) })
      else {
        throw TensorError(
          .shape, "linalg.multi_dot",
          "needs matrices, of which the first and the last may be vectors, and found \(tensors.map(\.shape))")
      }
      var factors = tensors
      if first.rank == 1 { factors[0] = first.unsqueeze(0) }
      if last.rank == 1 { factors[factors.count - 1] = last.unsqueeze(1) }
      for (a, b) in zip(factors, factors.dropFirst()) where a.shape[1] != b.shape[0] {
        throw TensorError(
          .shape, "linalg.multi_dot", "cannot multiply \(a.shape) by \(b.shape), among \(tensors.map(\.shape))")
      }
      let product = chain(factors)
      return product.reshape((first.rank == 1 ? [] : [first.shape[0]]) + (last.rank == 1 ? [] : [last.shape[1]]))
    }
  }

  /// ``multiDot(_:)-([Tensor])`` of single tensors.
  public static func multiDot(_ tensors: Tensor...) -> Tensor { multiDot(tensors) }

  /// The product of a chain of matrices whose cost is least.
  private static func chain(_ factors: [Tensor]) -> Tensor {
    let n = factors.count
    let sizes = factors.map { Double($0.shape[0]) } + [Double(factors[n - 1].shape[1])]
    var costs = [[Double]](repeating: [Double](repeating: 0, count: n), count: n)
    var cuts = [[Int]](repeating: [Int](repeating: 0, count: n), count: n)
    for width in 1..<n {
      for i in 0..<(n - width) {
        let j = i + width
        costs[i][j] = .infinity
        for k in i..<j {
          let cost = costs[i][k] + costs[k + 1][j] + sizes[i] * sizes[k + 1] * sizes[j + 1]
          if cost < costs[i][j] { (costs[i][j], cuts[i][j]) = (cost, k) }
        }
      }
    }
    func product(_ i: Int, _ j: Int) -> Tensor {
      i == j ? factors[i] : matmul(product(i, cuts[i][j]), product(cuts[i][j] + 1, j))
    }
    return product(0, n - 1)
  }

  /// The sums along `dim` of products of the conjugates of `x` and the elements of `y`, broadcast.
  public static func vecdot(_ x: Tensor, _ y: Tensor, dim: Int = -1) -> Tensor {
    if let autocast = Autocast.active { return autocast.run(.lowerPrecision, x, y) { vecdot($0, $1, dim: dim) } }
    return attempt(x, y) { () throws(TensorError) in
      guard x.dtype == y.dtype else {
        throw TensorError(
          .dtype, "linalg.vecdot", "the operands must have one element type, and found \(x.dtype) and \(y.dtype)")
      }
      let shape = try broadcastShapes([x.shape, y.shape], "linalg.vecdot")
      let d = try normalize(dim: dim, rank: shape.count, "linalg.vecdot")
      guard !shape.isEmpty else {
        throw TensorError(.shape, "linalg.vecdot", "needs vectors, and found \(x.shape) and \(y.shape)")
      }
      if let type = narrowType(x, y) { return (x.widened * y.widened).sum([d]).to(type) }
      return (x.conj() * y).sum([d], dtype: x.dtype)
    }
  }

  /// The cross products of vectors of 3 elements along `dim`; the other dimensions broadcast.
  public static func cross(_ a: Tensor, _ b: Tensor, dim: Int = -1) -> Tensor {
    attempt(a, b) { () throws(TensorError) in try crossProduct(a, b, dim, "linalg.cross") }
  }

  /// The diagonals of the matrices in two dimensions, as a view.
  public static func diagonal(_ a: Tensor, offset: Int = 0, dim1: Int = -2, dim2: Int = -1) -> Tensor {
    a.diagonal(offset: offset, dim1: dim1, dim2: dim2)
  }

  /// The matrix product, ``matmul(_:_:)``.
  public static func matmul(_ a: Tensor, _ b: Tensor) -> Tensor { ApusFunctional.matmul(a, b) }

  /// Vandermonde matrices: the powers 0, 1, ... of the elements `[..., n]` as columns `[..., n, N]`.
  /// - Parameter n: the number of powers; nil: as many as elements.
  public static func vander(_ x: Tensor, n: Int? = nil) -> Tensor {
    attempt(x) { () throws(TensorError) in
      if x.rank == 0 { return vander(x.reshape([1]), n: n) }
      let count = n ?? x.size(-1)
      guard count > 1 else {
        throw TensorError(.value, "linalg.vander", "needs two powers or more, and found n = \(count)")
      }
      let whole = x.dtype.isInexact ? x : x.to(.int64)
      let ones = noGrad { onesLike(whole).unsqueeze(-1) }
      let factors = whole.unsqueeze(-1).expand(x.shape + [count - 1])
      return cat([ones, factors.cumprod(-1)], dim: -1)
    }
  }
}

extension Tensor {
  /// Products of square matrices with themselves, ``linalg/matrixPower(_:_:)``.
  public func matrixPower(_ n: Int) -> Tensor { linalg.matrixPower(self, n) }
  /// The exponentials of square matrices.
  public func matrixExp() -> Tensor { linalg.matrixExp(self) }
}

/// The powers of a vector's elements as columns, the highest first unless `increasing`.
public func vander(_ x: Tensor, n: Int? = nil, increasing: Bool = false) -> Tensor {
  attempt(x) { () throws(TensorError) in
    guard x.rank == 1, (n ?? 0) >= 0 else {
      throw TensorError(
        .shape, "vander", "needs a vector and a number of powers that is not negative, and found \(x.shape)")
    }
    let count = n ?? x.count
    let whole = x.dtype.isInexact ? x : x.to(.int64)
    if count < 2 { return noGrad { Tensor.ones([x.count, count], dtype: whole.dtype) } }
    let powers = linalg.vander(x, n: count)
    return increasing ? powers : powers.flip([1])
  }
}

extension Registry {
  /// Powers, exponentials and products of matrices.
  static let matrixFunctions: [Operation] = [
    .tensor("linalg.matrix_power matrix_power", "input, n") {
      try linalg.matrixPower($0.tensor("input"), $0.int("n"))
    },
    .unary("linalg.matrix_exp matrix_exp") { linalg.matrixExp($0) },
    .tensor("linalg.multi_dot chain_matmul", "tensors") { try linalg.multiDot($0.tensors("tensors")) },
    .tensor("linalg.vecdot", "x, y, *, dim=-1") {
      try linalg.vecdot($0.tensor("x"), $0.tensor("y"), dim: $0.int("dim"))
    },
    .tensor("linalg.cross", "input, other, *, dim=-1") {
      try linalg.cross($0.tensor("input"), $0.tensor("other"), dim: $0.int("dim"))
    },
    .tensor("linalg.diagonal", "A, *, offset=0, dim1=-2, dim2=-1") {
      try linalg.diagonal($0.tensor("A"), offset: $0.int("offset"), dim1: $0.int("dim1"), dim2: $0.int("dim2"))
    },
    .tensor("linalg.vander", "x, *, N=None") { try linalg.vander($0.tensor("x"), n: $0.optionalInt("N")) },
    .tensor("vander", "x, N=None, increasing=False") {
      try vander($0.tensor("x"), n: $0.optionalInt("N"), increasing: $0.bool("increasing"))
    },
  ]
}
