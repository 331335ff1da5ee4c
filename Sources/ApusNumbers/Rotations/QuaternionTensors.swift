import ApusCore
import ApusFunctional

// Tensors of quaternions, and the same computations on their parts as real numbers, which have gradients.

extension Tensor {
  /// Quaternions of their parts, real, i, j and k, in the last dimension: `[..., 4]` gives `[...]`. There is no gradient to them.
  public static func quaternion(parts: Tensor) -> Tensor {
    attempt(parts) { () throws(TensorError) in
      try requireParts(parts, "quaternion")
      let isDouble = parts.dtype == .float64
      return try joinedParts(
        (0..<4).map { parts.select(-1, $0) }, isDouble ? .float64 : .float32,
        as: isDouble ? .quaternion64 : .quaternion32, "quaternion")
    }
  }

  /// The rotations about `axis`, `[..., 3]` of any length but 0, by `angle` in radians, `[...]`.
  public static func quaternion(axis: Tensor, angle: Tensor) -> Tensor {
    attempt(axis, angle) { () throws(TensorError) in
      guard axis.rank > 0, axis.size(-1) == 3 else {
        throw TensorError(.shape, "quaternion", "needs axes of the shape [..., 3], and found \(axis.shape)")
      }
      let half = angle.to(axis.dtype).unsqueeze(-1) * 0.5
      let unit = axis / (axis * axis).sum([-1], keepDim: true).sqrt()
      let imaginary = unit * half.sin()
      return quaternion(parts: cat([half.cos().expand(Array(imaginary.shape.dropLast()) + [1]), imaginary], dim: -1))
    }
  }

  /// The parts of a tensor of quaternions, real, i, j and k, in a last dimension of 4.
  public var quaternionParts: Tensor {
    attempt(self) { () throws(TensorError) in
      guard dtype == .quaternion32 || dtype == .quaternion64 else {
        throw TensorError(
          .dtype, "quaternionParts",
          "needs a tensor of quaternions, and found \(dtype); make one with Tensor.quaternion")
      }
      let type: DType = dtype == .quaternion64 ? .float64 : .float32
      let parts = try [0, 1, 2, 3].map { (i) throws(TensorError) in
        try elementPart(i, of: self, type, "quaternionParts")
      }
      return stack(parts, dim: -1)
    }
  }
}

/// Quaternions as tensors `[..., 4]` of their parts, real, i, j and k: what ``Quaternion`` computes, of real operations and so with
/// gradients.
public enum quaternion {
  /// Hamilton's product of quaternions, `[..., 4]`.
  public static func multiply(_ a: Tensor, _ b: Tensor) -> Tensor {
    attempt(a, b) { () throws(TensorError) in
      try requireParts(b, "quaternion.multiply")
      return try leftMatrix(a, "quaternion.multiply").matmul(b.unsqueeze(-1)).squeeze(-1)
    }
  }

  /// The product of matrices of quaternions: `[..., m, k, 4]` by `[..., k, n, 4]`, a layer of a quaternion network.
  public static func matmul(_ a: Tensor, _ b: Tensor) -> Tensor {
    attempt(a, b) { () throws(TensorError) in
      try requireParts(b, "quaternion.matmul")
      guard a.rank >= 3, b.rank >= 3, a.size(-2) == b.size(-3) else {
        throw TensorError(
          .shape, "quaternion.matmul",
          "needs the shapes [..., m, k, 4] and [..., k, n, 4], and found \(a.shape) and \(b.shape)")
      }
      let (m, k, n) = (a.size(-3), a.size(-2), b.size(-2))
      // One real product: each quaternion on the left as the matrix that multiplies by it.
      let left = try leftMatrix(a, "quaternion.matmul").transpose(-3, -2)
      let right = b.transpose(-2, -1)
      let product = left.reshape(Array(left.shape.dropLast(4)) + [4 * m, 4 * k])
        .matmul(right.reshape(Array(right.shape.dropLast(3)) + [4 * k, n]))
      return product.reshape(Array(product.shape.dropLast(2)) + [m, 4, n]).transpose(-2, -1)
    }
  }

  /// The quaternions with the imaginary parts negated.
  public static func conjugate(_ q: Tensor) -> Tensor {
    attempt(q) { () throws(TensorError) in
      try requireParts(q, "quaternion.conjugate")
      return q * Tensor([1.0, -1.0, -1.0, -1.0], dtype: q.dtype)
    }
  }

  /// The quaternions of the same direction and length 1: rotations.
  public static func normalize(_ q: Tensor) -> Tensor {
    attempt(q) { () throws(TensorError) in
      try requireParts(q, "quaternion.normalize")
      return q / (q * q).sum([-1], keepDim: true).sqrt()
    }
  }

  /// The vectors, `[..., 3]`, that rotations (quaternions of length 1), `[..., 4]`, turn `v` to.
  public static func rotate(_ v: Tensor, by q: Tensor) -> Tensor {
    attempt(v, q) { () throws(TensorError) in
      guard v.rank > 0, v.size(-1) == 3 else {
        throw TensorError(.shape, "quaternion.rotate", "needs vectors of the shape [..., 3], and found \(v.shape)")
      }
      return rotationMatrix(q).matmul(v.unsqueeze(-1)).squeeze(-1)
    }
  }

  /// The matrices, `[..., 3, 3]`, of the rotations that quaternions of length 1 are.
  public static func rotationMatrix(_ q: Tensor) -> Tensor {
    attempt(q) { () throws(TensorError) in
      // v to q v q̄ is the product from the left, after that with the conjugate from the right.
      let left = try leftMatrix(q, "quaternion.rotationMatrix")
      let flip = Tensor([1.0, -1.0, -1.0, -1.0], dtype: q.dtype)
      // x q̄ is the conjugate of q x̄.
      let right = left * flip * flip.unsqueeze(-1)
      return left.matmul(right).narrow(-2, 1, 3).narrow(-1, 1, 3)
    }
  }

  /// The matrices `[..., 4, 4]` that multiply by quaternions from the left.
  private static func leftMatrix(_ q: Tensor, _ operation: String) throws(TensorError) -> Tensor {
    try requireParts(q, operation)
    let places = Tensor([0, 1, 2, 3, 1, 0, 3, 2, 2, 3, 0, 1, 3, 2, 1, 0])
    let signs = Tensor(
      [[1.0, -1, -1, -1], [1, 1, -1, 1], [1, 1, 1, -1], [1, -1, 1, 1]], dtype: q.dtype)
    return q.indexSelect(-1, places).reshape(Array(q.shape.dropLast()) + [4, 4]) * signs
  }
}

private func requireParts(_ q: Tensor, _ operation: String) throws(TensorError) {
  guard q.rank > 0, q.size(-1) == 4, q.dtype.isFloatingPoint else {
    throw TensorError(
      .shape, operation, "needs floating point parts of quaternions, [..., 4], and found \(q.dtype) \(q.shape)")
  }
}
