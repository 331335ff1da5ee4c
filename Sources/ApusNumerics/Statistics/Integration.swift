import ApusCore

// Numerical integrals and derivatives along a dimension.

extension Tensor {
  /// The integral along `dim` by the trapezoidal rule over samples `dx` apart.
  public func trapezoid(dx: Double = 1, dim: Int = -1) -> Tensor {
    // All samples count twice but for those at the ends.
    guard rank > 0, dtype != .bool, narrowType(self) == nil, !hasFailed,
      let d = try? normalize(dim: dim, rank: rank, ""),
      shape[d] > 0
    else { return strips("trapezoid", nil, dx, dim) { $0.sum([$1]) } }
    return (sum([d]) - (select(d, 0) + select(d, -1)) * 0.5) * dx
  }
  /// The integral along `dim` by the trapezoidal rule over samples at `x`.
  public func trapezoid(_ x: Tensor, dim: Int = -1) -> Tensor { strips("trapezoid", x, 1, dim) { $0.sum([$1]) } }
  /// The integral up to each sample but the first.
  public func cumulativeTrapezoid(dx: Double = 1, dim: Int = -1) -> Tensor {
    strips("cumulativeTrapezoid", nil, dx, dim) { $0.cumsum($1) }
  }
  public func cumulativeTrapezoid(_ x: Tensor, dim: Int = -1) -> Tensor {
    strips("cumulativeTrapezoid", x, 1, dim) { $0.cumsum($1) }
  }

  private func strips(
    _ operation: String, _ x: Tensor?, _ dx: Double, _ dim: Int, _ gather: (Tensor, Int) -> Tensor
  ) -> Tensor {
    attempt(self, x) { () throws(TensorError) in
      if let type = narrowType(self, x) { return widened.strips(operation, x?.widened, dx, dim, gather).to(type) }
      guard rank > 0, dtype != .bool else {
        throw TensorError(.dimension, operation, "needs numbers along at least one dimension, and found \(type)")
      }
      let d = try normalize(dim: dim, rank: rank, operation)
      let n = shape[d]
      if n == 0 && x == nil {
        return gather(Tensor.zeros(shape, dtype: dtype.isInexact ? dtype : .default), d)
      }
      let m = Swift.max(n - 1, 0)
      let pairs = slice(dim: d, start: Swift.min(1, n), count: m, step: 1) + slice(dim: d, start: 0, count: m, step: 1)
      guard let x else { return gather(pairs * (dx / 2), d) }
      var points = x
      if x.rank == 1 {
        guard x.count == n else {
          throw TensorError(.shape, operation, "\(x.count) points do not fit the \(n) samples of dimension \(dim)")
        }
        points = x.reshape(shape.indices.map { $0 == d ? n : 1 })
      } else if x.rank < rank {
        points = x.reshape([Int](repeating: 1, count: rank - x.rank) + x.shape)
      }
      let widths = points.diff(dim: d - rank)
      return gather(pairs * widths / 2.0, d < 0 ? d : d + (Swift.max(widths.rank, rank) - rank))
    }
  }

  /// Derivatives along `dims` (all if nil) by second-order differences: one tensor for each.
  ///
  /// - Parameters:
  ///   - spacing: the distance of samples.
  ///   - edgeOrder: the order of the one-sided differences at the ends, 1 or 2.
  public func gradient(spacing: Double = 1, dims: [Int]? = nil, edgeOrder: Int = 1) -> [Tensor] {
    derivatives(dims, edgeOrder) { _, _ throws(TensorError) in .even(spacing) }
  }
  /// ``gradient(spacing:dims:edgeOrder:)`` with a distance of samples for each of `dims`.
  public func gradient(spacing: [Double], dims: [Int]? = nil, edgeOrder: Int = 1) -> [Tensor] {
    derivatives(dims, edgeOrder) { i, count throws(TensorError) in
      guard spacing.count == count else {
        throw TensorError(.value, "gradient", "\(spacing.count) spacings do not fit \(count) dimensions")
      }
      return .even(spacing[i])
    }
  }
  /// Derivatives along `dims` (all if nil) by differences between samples at `coordinates`, a vector for each.
  public func gradient(coordinates: [Tensor], dims: [Int]? = nil, edgeOrder: Int = 1) -> [Tensor] {
    derivatives(dims, edgeOrder) { i, count throws(TensorError) in
      guard coordinates.count == count else {
        throw TensorError(.value, "gradient", "\(coordinates.count) coordinates do not fit \(count) dimensions")
      }
      return .at(coordinates[i])
    }
  }

  private enum Samples {
    case even(Double)
    case at(Tensor)
  }

  private func derivatives(
    _ dims: [Int]?, _ edgeOrder: Int, _ samples: (Int, Int) throws(TensorError) -> Samples
  ) -> [Tensor] {
    attempt(self) { () throws(TensorError) in
      if let type = narrowType(self) { return widened.derivatives(dims, edgeOrder, samples).map { $0.to(type) } }
      guard edgeOrder == 1 || edgeOrder == 2 else {
        throw TensorError(.value, "gradient", "edgeOrder must be 1 or 2, and found \(edgeOrder)")
      }
      let chosen = try normalize(dims: dims, rank: rank, "gradient")
      var results: [Tensor] = []
      for (i, d) in chosen.enumerated() {
        guard shape[d] >= edgeOrder + 1 else {
          throw TensorError(
            .shape, "gradient", "dimension \(d) of size \(shape[d]) needs at least \(edgeOrder + 1) samples")
        }
        results.append(try derivative(d, try samples(i, chosen.count), edgeOrder))
      }
      return results
    }
  }

  private func derivative(_ d: Int, _ samples: Samples, _ edgeOrder: Int) throws(TensorError) -> Tensor {
    let n = shape[d]
    let x = dtype.isInexact ? self : to(.default)
    func at(_ i: Int, _ count: Int = 1) -> Tensor { x.slice(dim: d, start: i < 0 ? n + i : i, count: count, step: 1) }
    switch samples {
    case .even(let h):
      var parts: [Tensor] = []
      let inner = n > 2 ? (at(2, n - 2) - at(0, n - 2)) / (2 * h) : nil
      if edgeOrder == 1 {
        parts = [(at(1) - at(0)) / h] + (inner.map { [$0] } ?? []) + [(at(-1) - at(-2)) / h]
      } else {
        parts =
          [(at(0) * -1.5 + at(1) * 2.0 - at(2) * 0.5) / h] + (inner.map { [$0] } ?? [])
          + [(at(-1) * 1.5 - at(-2) * 2.0 + at(-3) * 0.5) / h]
      }
      return cat(parts, dim: d)
    case .at(let points):
      guard points.rank == 1, points.count == n else {
        throw TensorError(.shape, "gradient", "coordinates of shape \(points.shape) do not fit \(n) samples")
      }
      // Steps between samples, along the dimension.
      let h = points.to(x.dtype).diff().reshape(shape.indices.map { $0 == d ? n - 1 : 1 })
      func step(_ i: Int, _ count: Int = 1) -> Tensor {
        h.slice(dim: d, start: i < 0 ? n - 1 + i : i, count: count, step: 1)
      }
      var parts: [Tensor] = []
      if n > 2 {
        let (a, b) = (step(0, n - 2), step(1, n - 2))
        let low = at(0, n - 2) * (-b / (a * (a + b)))
        let middle = at(1, n - 2) * ((b - a) / (a * b))
        parts = [low + middle + at(2, n - 2) * (a / (b * (a + b)))]
      }
      if edgeOrder == 1 {
        return cat([(at(1) - at(0)) / step(0)] + parts + [(at(-1) - at(-2)) / step(-1)], dim: d)
      }
      let (a, b) = (step(0), step(1))
      let first =
        at(0) * (-(a * 2.0 + b) / (a * (a + b))) + at(1) * ((a + b) / (a * b)) - at(2) * (a / (b * (a + b)))
      let (c, e) = (step(-2), step(-1))
      let last =
        at(-3) * (e / (c * (c + e))) - at(-2) * ((e + c) / (c * e)) + at(-1) * ((e * 2.0 + c) / (e * (c + e)))
      return cat([first] + parts + [last], dim: d)
    }
  }
}

extension Registry {
  /// Integrals and derivatives of samples.
  static let integration: [Operation] = [
    .tensor("trapezoid trapz", "y, x: tensor, *, dim=-1") {
      try $0.tensor("y").trapezoid(try $0.tensor("x"), dim: try $0.int("dim"))
    },
    .tensor("trapezoid trapz", "y, *, dx=1, dim=-1") {
      try $0.tensor("y").trapezoid(dx: try $0.double("dx"), dim: try $0.int("dim"))
    },
    .tensor("cumulative_trapezoid", "y, x: tensor, *, dim=-1") {
      try $0.tensor("y").cumulativeTrapezoid(try $0.tensor("x"), dim: try $0.int("dim"))
    },
    .tensor("cumulative_trapezoid", "y, *, dx=1, dim=-1") {
      try $0.tensor("y").cumulativeTrapezoid(dx: try $0.double("dx"), dim: try $0.int("dim"))
    },
    .tensors("gradient", "input, *, spacing=None, dim=None, edge_order=1") {
      let (x, dims, order) = (try $0.tensor("input"), try $0.optionalInts("dim"), try $0.int("edge_order"))
      if try $0.isNone("spacing") { return x.gradient(dims: dims, edgeOrder: order) }
      if case .list(let items) = try $0.value("spacing"), items.contains(where: \.isTensor) {
        return x.gradient(coordinates: try $0.tensors("spacing"), dims: dims, edgeOrder: order)
      }
      if case .list = try $0.value("spacing") {
        return x.gradient(spacing: try $0.doubles("spacing"), dims: dims, edgeOrder: order)
      }
      return x.gradient(spacing: try $0.double("spacing"), dims: dims, edgeOrder: order)
    },
  ]
}
