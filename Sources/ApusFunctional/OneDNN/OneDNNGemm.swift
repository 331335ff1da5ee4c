import ApusCore

extension OneDNN {
  /// Whether the library's function of BLAS is the faster one: with AVX-512 for the gradients of layers over many rows, whose
  /// matrices the primitive copies first. Of small batches the primitive is ahead.
  static func gemmIsFaster(_ a: Matrix, m: Int, n: Int, k: Int) -> Bool {
    CPUInfo.hasAVX512 && min(m, n, k) >= 128 && (a.columnStride == 1 ? m : k) >= 512
  }

  /// `c = a @ b`, or `c += a @ b` with `accumulate`, in float32 by the library's `sgemm`.
  ///
  /// False, with `c` untouched, where the library has no such function or a matrix has neither rows nor columns that are contiguous.
  static func gemm(
    _ library: OneDNNLibrary, m: Int, n: Int, k: Int, _ a: Matrix, _ b: Matrix, _ c: Matrix, accumulate: Bool
  ) -> Bool {
    guard let sgemm = library.sgemm, c.columnStride == 1, c.rowStride >= n, let left = operand(a, m, k),
      let right = operand(b, k, n)
    else { return false }
    return sgemm(
      left.form, right.form, m, n, k, 1, a.pointer.assumingMemoryBound(to: Float.self), left.stride,
      b.pointer.assumingMemoryBound(to: Float.self), right.stride, accumulate ? 1 : 0,
      c.pointer.assumingMemoryBound(to: Float.self), c.rowStride) == 0
  }

  /// How BLAS is told of a matrix: `N` for rows and `T` for columns, and how far apart they lie.
  private static func operand(_ matrix: Matrix, _ rows: Int, _ columns: Int) -> (form: CChar, stride: Int)? {
    if matrix.columnStride == 1, matrix.rowStride >= columns { return (78, matrix.rowStride) }
    if matrix.rowStride == 1, matrix.columnStride >= rows { return (84, matrix.columnStride) }
    return nil
  }
}
