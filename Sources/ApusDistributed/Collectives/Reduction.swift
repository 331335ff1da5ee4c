import ApusCore

/// How elements of several ranks become one: PyTorch's `ReduceOp`.
public enum ReduceOperation: String, Sendable, Hashable, CaseIterable {
  /// The sum; of truth values whether one is true.
  case sum
  /// The sum divided by the number of ranks, of floating point and complex elements.
  case mean
  /// The product; of truth values whether all are true.
  case product
  /// The least and the greatest element. NaN wins, as in `minimum` and `maximum`.
  case min, max
  /// Bits of integers, truth values: in all of them, in one of them, in an odd number of them.
  case bitwiseAnd, bitwiseOr, bitwiseXor

  /// Refuses elements that it has no meaning for.
  func check(_ dtype: DType, _ operation: String) throws(TensorError) {
    let isPossible: Bool
    let possible: String
    switch self {
    case .sum, .product: return
    case .mean: (isPossible, possible) = (dtype.isInexact, "floating point and complex elements")
    case .min, .max: (isPossible, possible) = (!dtype.isComplex, "elements that have an order")
    case .bitwiseAnd, .bitwiseOr, .bitwiseXor:
      (isPossible, possible) = (dtype.isInteger || dtype == .bool, "integers and truth values")
    }
    guard isPossible else {
      throw TensorError(.dtype, operation, "\(rawValue) takes \(possible), and these are \(dtype)")
    }
  }

  /// The reduction of MPI that computes it; nil: ``reduce(_:)`` does. MPI has no types of few digits and none of others' own, and
  /// does not say what the extremes of NaN are.
  func native(_ dtype: DType) -> NativeReduction? {
    if dtype == .bool {
      switch self {
      case .sum, .max, .bitwiseOr: return .or
      case .product, .min, .bitwiseAnd: return .and
      case .bitwiseXor: return .xor
      case .mean: return nil
      }
    }
    guard [.unsigned, .signed].contains(dtype.kind) || [.float32, .float64, .complex64, .complex128].contains(dtype)
    else { return nil }
    switch self {
    case .sum, .mean: return .sum
    case .product: return .product
    case .min: return dtype.isFloatingPoint ? nil : .min
    case .max: return dtype.isFloatingPoint ? nil : .max
    case .bitwiseAnd: return .and
    case .bitwiseOr: return .or
    case .bitwiseXor: return .xor
    }
  }

  /// Divides elements of a sum that MPI formed, for the mean; nil: nothing is left to do.
  func scale(_ dtype: DType, ranks: Int) -> ((UnsafeMutableRawPointer, Int) -> Void)? {
    guard self == .mean else { return nil }
    let parts = dtype.isComplex ? 2 : 1
    if dtype == .float32 || dtype == .complex64 {
      return { address, count in
        let (x, divisor) = (address.assumingMemoryBound(to: Float.self), Float(ranks))
        for i in 0..<(count * parts) { x[i] /= divisor }
      }
    }
    return { address, count in
      let (x, divisor) = (address.assumingMemoryBound(to: Double.self), Double(ranks))
      for i in 0..<(count * parts) { x[i] /= divisor }
    }
  }

  /// `rows`, one [n] of each rank, as one [n], in the order of the ranks; types of few digits in float32, rounded once.
  func reduce(_ rows: [Tensor]) throws(TensorError) -> Tensor {
    do {
      // Others compute meanwhile: what is going on beside them takes one thread.
      return try withErrors { withThreadLimit(1) { noGrad { result(rows) } } }
    } catch let error as TensorError {
      throw error
    } catch {
      throw TensorError(.state, rawValue, "\(error)")
    }
  }

  private func result(_ rows: [Tensor]) -> Tensor {
    let dtype = rows[0].dtype
    if dtype.isCustom, self == .sum || self == .mean {
      let sum = stack(rows).sum([0])
      return self == .sum ? sum : (sum / Double(rows.count)).to(dtype)
    }
    var total = rows[0].widened
    for row in rows.dropFirst() {
      let row = row.widened
      switch self {
      case .sum, .mean: total = total + row
      case .product: total = total * row
      case .min: total = total.minimum(row)
      case .max: total = total.maximum(row)
      case .bitwiseAnd: total = total & row
      case .bitwiseOr: total = total | row
      case .bitwiseXor: total = total ^ row
      }
    }
    if self == .mean { total = total / Double(rows.count) }
    return total.to(dtype).contiguous()
  }
}
