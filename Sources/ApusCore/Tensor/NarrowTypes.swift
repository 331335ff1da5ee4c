// Compositions on types of few digits, which round once.

extension DType {
  /// Whether the elements have fewer digits and less range than what their sums are formed in.
  @inline(__always) var isNarrow: Bool { kind == .floating && size < 4 || self == .complex32 }
}

extension Tensor {
  /// Floating point elements in the type in which their sums are formed and finished.
  package var widened: Tensor { dtype.isNarrow ? to(dtype.accumulateType) : self }
}

/// The 16-bit type that an operation on these tensors gives, or nil where it gives another. A composition of several steps
/// that finds one computes with ``Tensor/widened`` operands and converts the result: what is between the steps can be
/// beyond the range of 16 bits, and is rounded once.
@inline(__always)
package func narrowType(_ a: Tensor, _ b: Tensor? = nil, _ c: Tensor? = nil, _ d: Tensor? = nil) -> DType? {
  guard a.dtype.isNarrow || b?.dtype.isNarrow == true || c?.dtype.isNarrow == true || d?.dtype.isNarrow == true else {
    return nil
  }
  return commonNarrowType([a, b, c, d].compactMap { $0 })
}

@inline(never)
private func commonNarrowType(_ tensors: [Tensor]) -> DType? {
  if tensors.contains(where: \.hasFailed) { return nil }
  let type = resultType(tensors.map(\.type))
  return type.isNarrow ? type : nil
}
