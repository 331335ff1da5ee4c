import ApusCore

extension OneDNN {
  /// Whether the library's function of BLAS is the faster one. With AVX-512 it is for the large products of a training step, most
  /// where a matrix is read in columns, as in the gradient of a weight, which the primitive copies first: alone 1.1 to 1.4 times,
  /// 2 to 6 % of the steps of a GPT and an LSTM. Where a batch is small (64 rows, products by 64) the primitive is ahead.
  static func gemmIsFaster(m: Int, n: Int, k: Int) -> Bool { CPUInfo.hasAVX512 && min(m, n, k) >= 128 }

  /// `c = epilogue(a @ b + bias)`, or `c += a @ b` with `accumulate`, in float32 by the library's `sgemm`.
  ///
  /// False, with `c` untouched, where the library has no such function or a matrix has neither rows nor columns that are contiguous.
  static func gemm(
    _ library: OneDNNLibrary, m: Int, n: Int, k: Int, _ a: Matrix, _ b: Matrix, _ c: Matrix, bias: UnsafeRawPointer?,
    epilogue: Epilogue, accumulate: Bool
  ) -> Bool {
    guard let sgemm = library.sgemm, c.columnStride == 1, c.rowStride >= n, let left = operand(a, m, k),
      let right = operand(b, k, n)
    else { return false }
    let out = c.pointer.assumingMemoryBound(to: Float.self)
    let stride = c.rowStride
    let grain = max(1, 32768 / n)
    if let bias {
      let address = UInt(bitPattern: bias)
      let target = UInt(bitPattern: out)
      parallelFor(m, grain: grain) { rows in
        guard let bias = UnsafePointer<Float>(bitPattern: address),
          let out = UnsafeMutablePointer<Float>(bitPattern: target)
        else { return }
        for row in rows {
          if accumulate {
            for i in 0..<n { out[row * stride + i] += bias[i] }
          } else {
            (out + row * stride).update(from: bias, count: n)
          }
        }
      }
    }
    let beta: Float = bias != nil || accumulate ? 1 : 0
    guard
      sgemm(
        left.form, right.form, m, n, k, 1, a.pointer.assumingMemoryBound(to: Float.self), left.stride,
        b.pointer.assumingMemoryBound(to: Float.self), right.stride, beta, out, stride) == 0
    else { return false }
    if epilogue != .none, let apply = epilogue.kernel(Float.self) {
      let target = UInt(bitPattern: out)
      parallelFor(m, grain: grain) { rows in
        guard let out = UnsafeMutablePointer<Float>(bitPattern: target) else { return }
        for row in rows { apply(out + row * stride, out + row * stride, n) }
      }
    }
    return true
  }

  /// How BLAS is told of a matrix: `N` for rows and `T` for columns, and how far apart they lie.
  private static func operand(_ matrix: Matrix, _ rows: Int, _ columns: Int) -> (form: CChar, stride: Int)? {
    if matrix.columnStride == 1, matrix.rowStride >= columns { return (78, matrix.rowStride) }
    if matrix.rowStride == 1, matrix.columnStride >= rows { return (84, matrix.columnStride) }
    return nil
  }
}
