import ApusCore
import ApusFunctional

// Operations on distributed tensors. What there is none for: `redistribute` to where each process has what it needs, and `localMap`.

extension DTensor {
  /// Any function of parts: PyTorch's `local_map`. Gradients go through the parts as they are.
  ///
  /// - Parameters:
  ///   - shape: that of the whole result.
  ///   - placements: how the result lies, which `body` answers for.
  public func localMap(shape: [Int], _ placements: [Placement], _ body: (Tensor) -> Tensor) -> DTensor {
    do throws(TensorError) {
      let placements = try DTensor.checked(placements, mesh, shape, "localMap")
      return try DTensor.fromLocal(body(local), mesh, placements, shape: shape)
    } catch { return DTensor(fail(error), layout) }
  }

  /// A function of one tensor, element by element: `x.pointwise { $0.tanh() }`.
  public func pointwise(_ body: (Tensor) -> Tensor) -> DTensor {
    DTensor.pointwise([self], "pointwise") { body($0[0]) }
  }

  // MARK: Element by element

  /// The sums of the elements; shapes broadcast.
  public static func + (a: DTensor, b: DTensor) -> DTensor { pointwise([a, b], "add", .additive) { $0[0] + $0[1] } }
  /// The differences of the elements; shapes broadcast.
  public static func - (a: DTensor, b: DTensor) -> DTensor { pointwise([a, b], "sub", .additive) { $0[0] - $0[1] } }
  /// The products of the elements; shapes broadcast.
  public static func * (a: DTensor, b: DTensor) -> DTensor {
    pointwise([a, b], "mul", .multiplicative([0, 1])) { $0[0] * $0[1] }
  }
  /// The quotients of the elements; shapes broadcast.
  public static func / (a: DTensor, b: DTensor) -> DTensor {
    pointwise([a, b], "div", .multiplicative([0])) { $0[0] / $0[1] }
  }
  /// `b` added to each element.
  public static func + (a: DTensor, b: Double) -> DTensor { pointwise([a], "add") { $0[0] + b } }
  /// `b` subtracted from each element.
  public static func - (a: DTensor, b: Double) -> DTensor { pointwise([a], "sub") { $0[0] - b } }
  /// Each element times `b`.
  public static func * (a: DTensor, b: Double) -> DTensor { pointwise([a], "mul", .additive) { $0[0] * b } }
  /// Each element divided by `b`.
  public static func / (a: DTensor, b: Double) -> DTensor { pointwise([a], "div", .additive) { $0[0] / b } }
  /// Each element times `a`.
  public static func * (a: Double, b: DTensor) -> DTensor { b * a }
  /// Each element with the other sign.
  public static prefix func - (a: DTensor) -> DTensor { pointwise([a], "neg", .additive) { -$0[0] } }

  /// The square of each element.
  public func square() -> DTensor { pointwise { $0.square() } }
  /// The square root of each element.
  public func sqrt() -> DTensor { pointwise { $0.sqrt() } }
  /// e to the power of each element.
  public func exp() -> DTensor { pointwise { $0.exp() } }
  /// The natural logarithm of each element.
  public func log() -> DTensor { pointwise { $0.log() } }
  /// The hyperbolic tangent of each element.
  public func tanh() -> DTensor { pointwise { $0.tanh() } }
  /// `1 / (1 + exp(-x))` of each element.
  public func sigmoid() -> DTensor { pointwise { $0.sigmoid() } }
  /// `max(x, 0)` of each element.
  public func relu() -> DTensor { pointwise { $0.relu() } }
  /// Gaussian error linear units.
  public func gelu() -> DTensor { pointwise { $0.gelu() } }
  /// `x * sigmoid(x)` of each element.
  public func silu() -> DTensor { pointwise { $0.silu() } }

  /// Converted to `dtype`.
  public func to(_ dtype: DType) -> DTensor {
    DTensor.pointwise([self], "to", dtype.isInexact ? .additive : .none) { $0[0].to(dtype) }
  }

  /// Zeroes elements at probability `p` and divides the others by `1 - p`. All processes draw the numbers of the whole, so that the
  /// result is that of one process whose generator stands where theirs do.
  public func dropout(p: Double = 0.5, training: Bool = true) -> DTensor {
    if !training || p == 0 { return self }
    let mask = ApusFunctional.dropout(Tensor.ones(shape, dtype: dtype), p: p)
    let whole = DTensor(mask, mesh, shape, Array(repeating: .replicate, count: mesh.rank))
    return self * whole
  }

  // MARK: Reductions

  /// The sum over `dims`, all if nil. Over a cut dimension it is left open: partial.
  public func sum(_ dims: [Int]? = nil, keepDim: Bool = false) -> DTensor {
    reduced(dims, keepDim, "sum", isSum: true) { $0.sum($1, keepDim: keepDim) }
  }

  /// The mean over `dims`, all if nil.
  public func mean(_ dims: [Int]? = nil, keepDim: Bool = false) -> DTensor {
    let count = (dims ?? Array(0..<rank)).reduce(1) {
      $0 * (shape.indices.contains($1) ? shape[$1] : shape.suffix(-$1).first ?? 1)
    }
    return sum(dims, keepDim: keepDim) / Double(count)
  }

  /// The greatest elements over `dims`, all if nil.
  public func amax(_ dims: [Int]? = nil, keepDim: Bool = false) -> DTensor {
    reduced(dims, keepDim, "amax", isSum: false) { $0.amax($1, keepDim: keepDim) }
  }

  /// The least elements over `dims`, all if nil.
  public func amin(_ dims: [Int]? = nil, keepDim: Bool = false) -> DTensor {
    reduced(dims, keepDim, "amin", isSum: false) { $0.amin($1, keepDim: keepDim) }
  }

  private func reduced(
    _ dims: [Int]?, _ keepDim: Bool, _ operation: String, isSum: Bool, _ body: (Tensor, [Int]) -> Tensor
  ) -> DTensor {
    guard let dims = checkedDims(dims ?? Array(0..<rank), operation) else { return self }
    let result =
      keepDim
      ? shape.enumerated().map { dims.contains($0.offset) ? 1 : $0.element }
      : shape.enumerated().filter { !dims.contains($0.offset) }.map(\.element)
    return DTensor.apply([self], shape: result, operation) { _, given in
      switch given[0] {
      case .shard(let dim) where !dims.contains(dim):
        return Rule(operands: given, result: .shard(keepDim ? dim : dim - dims.count { $0 < dim }))
      case .shard, .partial:
        return isSum ? Rule(operands: given, result: .partial) : Rule(operands: [.replicate], result: .replicate)
      case .replicate: return Rule(operands: given, result: .replicate)
      }
    } body: {
      dims.isEmpty ? $0[0] : body($0[0], dims)
    }
  }

  /// `exp(x)` divided by its sum over `dim`, which is joined first where it is cut.
  public func softmax(_ dim: Int) -> DTensor {
    guard let dims = checkedDims([dim], "softmax") else { return self }
    return along(dims, "softmax") { $0.softmax(dims[0]) }
  }

  /// The logarithm of ``softmax(_:)``.
  public func logSoftmax(_ dim: Int) -> DTensor {
    guard let dims = checkedDims([dim], "logSoftmax") else { return self }
    return along(dims, "logSoftmax") { $0.logSoftmax(dims[0]) }
  }

  // MARK: Shapes

  /// With two dimensions in each other's place.
  public func transpose(_ a: Int, _ b: Int) -> DTensor {
    guard let dims = checkedDims([a, b], "transpose") else { return self }
    var order = Array(0..<rank)
    order.swapAt(dims[0], dims[1])
    return permute(order)
  }

  /// The last two dimensions in each other's place.
  public var mT: DTensor { transpose(-2, -1) }

  /// The dimensions in another order.
  public func permute(_ order: [Int]) -> DTensor {
    guard let dims = checkedDims(order, "permute") else { return self }
    guard dims.sorted() == Array(0..<rank) else {
      return failing(.dimension, "permute", "\(order) does not name each dimension of \(shape) once")
    }
    return DTensor.apply([self], shape: dims.map { shape[$0] }, "permute") { _, given in
      let result = given[0].shardDim.map { .shard(dims.firstIndex(of: $0) ?? 0) } ?? given[0]
      return Rule(operands: given, result: result)
    } body: {
      $0[0].permute(dims)
    }
  }

  /// With a dimension of 1 at `dim`.
  public func unsqueeze(_ dim: Int) -> DTensor {
    guard (-rank - 1...rank).contains(dim) else {
      return failing(.dimension, "unsqueeze", "there is no place \(dim) in the shape \(shape)")
    }
    let place = dim < 0 ? dim + rank + 1 : dim
    var result = shape
    result.insert(1, at: place)
    return DTensor.apply([self], shape: result, "unsqueeze") { _, given in
      Rule(operands: given, result: given[0].shardDim.map { .shard($0 < place ? $0 : $0 + 1) } ?? given[0])
    } body: {
      $0[0].unsqueeze(place)
    }
  }

  /// The same elements in another shape: PyTorch's `view` and `reshape`. A cut dimension stays cut where it is the first of those that
  /// are made one or several, and the parts come out even; else it is joined first. One number may be -1.
  public func reshape(_ sizes: [Int]) -> DTensor {
    var result = sizes
    let count = shape.reduce(1, *)
    let known = sizes.filter { $0 != -1 }.reduce(1, *)
    if let place = sizes.firstIndex(of: -1) { result[place] = known > 0 ? count / known : 0 }
    guard result.allSatisfy({ $0 >= 0 }), result.reduce(1, *) == count else {
      return failing(.shape, "reshape", "\(count) elements of \(shape) do not fit the shape \(sizes)")
    }
    let axes = mesh.axes
    // Parts are even along all dimensions of the mesh together.
    func place(_ dim: Int) -> Int? {
      let ranks = zip(axes, placements).reduce(1) { $0 * ($1.1 == .shard(dim) ? $1.0.size : 1) }
      guard let other = DTensor.sameStart(shape, dim, result), shape[dim] % ranks == 0, result[other] % ranks == 0
      else {
        return nil
      }
      return other
    }
    let places = placements.map { $0.shardDim.flatMap(place) }
    let local = zip(axes, places).reduce(into: result) { local, entry in
      if let dim = entry.1 { local[dim] /= entry.0.size }
    }
    return DTensor.apply([self], shape: result, "reshape") { axis, given in
      guard given[0].shardDim != nil else { return Rule(operands: given, result: given[0]) }
      guard let dim = places[axis] else { return Rule(operands: [.replicate], result: .replicate) }
      return Rule(operands: given, result: .shard(dim))
    } body: {
      $0[0].reshape(local)
    }
  }

  /// The dimension of `other` that begins where dimension `dim` of `shape` does.
  private static func sameStart(_ shape: [Int], _ dim: Int, _ other: [Int]) -> Int? {
    let before = shape[..<dim].reduce(1, *)
    var product = 1
    for (i, size) in other.enumerated() {
      if product == before, size != 1 || shape[dim] == 1 { return i }
      product *= size
    }
    return nil
  }
}

// MARK: - Products and layers

/// The product of matrices `[..., M, K]` and `[K, N]` or `[..., K, N]`. Where both are cut along K, the sum over it is left open:
/// partial.
public func matmul(_ a: DTensor, _ b: DTensor) -> DTensor {
  guard a.rank >= 2, b.rank == 2 || b.rank == a.rank, a.shape[a.rank - 1] == b.shape[b.rank - 2],
    b.rank == 2 || a.shape.dropLast(2) == b.shape.dropLast(2)
  else {
    return a.failing(
      .shape, "matmul",
      "needs [..., M, K] and [K, N], or as many equal leading dimensions on both sides, and found \(a.shape) and \(b.shape)"
    )
  }
  let (inner, columns) = (a.rank - 1, b.rank - 1)
  let last = a.rank - 1
  return DTensor.apply([a, b], shape: a.shape.dropLast() + [b.shape[columns]], "matmul") { _, given in
    switch (given[0], given[1]) {
    case (.shard(inner), .shard(columns)), (.replicate, .shard(columns)), (.partial, .shard(columns)):
      return Rule(operands: [.replicate, .shard(columns)], result: .shard(last))
    case (.shard(inner), _), (.replicate, .shard(columns - 1)), (.partial, .shard(columns - 1)):
      return Rule(operands: [.shard(inner), .shard(columns - 1)], result: .partial)
    case (.shard(let dim), _):
      let other: Placement = b.rank > 2 && dim < a.rank - 2 ? .shard(dim) : .replicate
      return Rule(operands: [.shard(dim), other], result: .shard(dim))
    case (_, .shard(let dim)): return Rule(operands: [.shard(dim), .shard(dim)], result: .shard(dim))
    case (.partial, _): return Rule(operands: [.partial, .replicate], result: .partial)
    case (.replicate, .partial): return Rule(operands: [.replicate, .partial], result: .partial)
    case (.replicate, .replicate): return Rule(operands: given, result: .replicate)
    }
  } body: {
    ApusFunctional.matmul($0[0], $0[1])
  }
}

/// `x @ weight^T + bias`: `[..., in]` to `[..., out]`, of a weight `[out, in]`.
public func linear(_ x: DTensor, _ weight: DTensor, _ bias: DTensor? = nil) -> DTensor {
  let product = matmul(x, weight.mT)
  return bias.map { product + $0 } ?? product
}

/// Rows of a table `[count, width]` by number. Of a table whose rows are divided each process gives those that it has, and the sum is
/// left open: partial.
public func embedding(_ indices: DTensor, _ table: DTensor) -> DTensor {
  guard table.rank == 2 else {
    return table.failing(.shape, "embedding", "needs a table of 2 dimensions, and found \(table.shape)")
  }
  let width = indices.rank
  let layout = table.layout
  let isCut = table.placements.contains(.shard(0))
  let (start, count) = (layout.start(0), layout.localShape[0])
  return DTensor.apply([indices, table], shape: indices.shape + [table.shape[1]], "embedding") { _, given in
    switch (given[0], given[1]) {
    case (_, .shard(0)): return Rule(operands: [.replicate, .shard(0)], result: .partial)
    case (_, .shard): return Rule(operands: [.replicate, .shard(1)], result: .shard(width))
    case (.shard(let dim), _): return Rule(operands: [.shard(dim), .replicate], result: .shard(dim))
    default: return Rule(operands: [.replicate, .replicate], result: .replicate)
    }
  } body: {
    isCut
      ? VocabularyParallel.embedding($0[0], $0[1], rows: start..<(start + count), paddingIndex: nil)
      : embedding($0[0], $0[1])
  }
}

/// `(x - mean) / sqrt(variance + eps) * weight + bias` over the last dimension, which is joined first where it is cut.
public func layerNorm(_ x: DTensor, weight: DTensor? = nil, bias: DTensor? = nil, eps: Double = 1e-5) -> DTensor {
  guard x.rank > 0 else { return x.failing(.shape, "layerNorm", "needs a dimension, and found \(x.shape)") }
  let width = x.shape[x.rank - 1]
  var result = x.along([x.rank - 1], "layerNorm") { layerNorm($0, [width], eps: eps) }
  if let weight { result = result * weight }
  return bias.map { result + $0 } ?? result
}

/// The mean cross entropy of scores `[N, C]` against classes `[N]`; classes may be divided among processes (PyTorch's `loss_parallel`),
/// and no process then has all scores of a row.
///
/// - Parameters:
///   - ignoreIndex: a class that does not count.
///   - isMean: whether it is the mean of the rows that count, or their sum.
public func crossEntropy(
  _ logits: DTensor, _ target: DTensor, ignoreIndex: Int = -100, isMean: Bool = true
) -> DTensor {
  guard logits.rank == 2, target.shape == [logits.shape[0]] else {
    return logits.failing(
      .shape, "crossEntropy", "needs scores [N, C] and classes [N], and found \(logits.shape) and \(target.shape)")
  }
  let cutting = logits.placements.indices.filter { logits.placements[$0] == .shard(1) }
  if cutting.count > 1 {
    // Sums over classes go along one dimension of the mesh.
    let placements = logits.placements.indices.map {
      cutting.dropFirst().contains($0) ? .replicate : logits.placements[$0]
    }
    return crossEntropy(logits.redistribute(placements), target, ignoreIndex: ignoreIndex, isMean: isMean)
  }
  let layout = logits.layout
  let losses = DTensor.apply([logits, target], shape: target.shape, "crossEntropy") { _, given in
    switch given[0] {
    // What comes out is whole on each process, as the sums inside are over all.
    case .shard(1): return Rule(operands: [.shard(1), .replicate], result: .replicate)
    case .shard: return Rule(operands: [.shard(0), .shard(0)], result: .shard(0))
    default:
      guard given[1] == .shard(0) else { return Rule(operands: [.replicate, .replicate], result: .replicate) }
      return Rule(operands: [.shard(0), .shard(0)], result: .shard(0))
    }
  } body: { parts in
    guard let cutting = cutting.first else {
      return crossEntropy(parts[0], parts[1], ignoreIndex: ignoreIndex, reduction: .none)
    }
    return VocabularyParallel.crossEntropy(
      parts[0], parts[1], layout.cut(cutting, 1), logits.mesh.axes[cutting].group, ignoreIndex: ignoreIndex)
  }
  let total = losses.sum()
  if !isMean { return total }
  let counted = target.pointwise { $0.ne(ignoreIndex).to(logits.dtype) }.sum()
  return total.redistribute(logits.placements.map { _ in .replicate })
    / counted.redistribute(logits.placements.map { _ in .replicate })
}
