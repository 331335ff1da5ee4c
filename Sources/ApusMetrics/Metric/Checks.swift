import ApusCore
import ApusNumerics

// What metrics check of their arguments, and small things of arithmetic that all need.

/// - Throws: `TensorError` unless the shapes are one.
func requireSameShape(_ preds: Tensor, _ target: Tensor, _ name: String) throws(TensorError) {
  guard preds.shape == target.shape else {
    throw TensorError(
      .shape, name, "predictions and targets must have one shape, and found \(preds.shape) and \(target.shape)")
  }
}

/// `a / b` in floating point, `zeroDivision` where `b` is 0; nil for what division gives.
func safeDivide(_ a: Tensor, _ b: Tensor, _ zeroDivision: Double? = 0) -> Tensor {
  let (a, b) = (a.dtype.isFloatingPoint ? a : a.to(.float32), b.dtype.isFloatingPoint ? b : b.to(.float32))
  guard let zeroDivision else { return a / b }
  return `where`(b.ne(0), a / b, Tensor(zeroDivision, dtype: a.dtype))
}

extension Tensor {
  /// In floating point.
  var floating: Tensor { dtype.isFloatingPoint ? self : to(.float32) }

  /// The elements that `mask` has, as a tensor without the masked dimensions.
  func kept(_ mask: Tensor) -> Tensor { self[mask] }

  /// A tensor of one element without dimensions, others as they are.
  var squeezedScalar: Tensor { count == 1 ? reshape([]) : self }

  /// Whether any element is other than 0.
  var hasAny: Bool { any().item(as: Bool.self) }

  /// The elements as doubles, in order.
  var doubles: [Double] { reshape([-1]).to(.float64).array(as: Double.self) }

  /// The elements as integers, in order.
  var integers: [Int] { reshape([-1]).to(.int64).array(as: Int64.self).map { Int($0) } }
}

/// `x log y`, 0 where `x` is 0.
func safeXlogy(_ x: Tensor, _ y: Tensor) -> Tensor { (x * y.log()).maskedFill(x.eq(0), 0) }
