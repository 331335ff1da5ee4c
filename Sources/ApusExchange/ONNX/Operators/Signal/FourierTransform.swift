import ApusCore
import ApusNumerics
import Foundation

/// The discrete Fourier transform along the last dimension, as products of matrices of the factors of its length: it is
/// differentiable as they are. Real and imaginary parts are tensors of their own.
struct FourierTransform {
  typealias Signal = (real: Tensor, imaginary: Tensor)

  /// -1: to frequencies; 1: back, without division by the length.
  let sign: Double
  /// Lengths up to this are one product.
  private static let shortest = 64

  func callAsFunction(_ x: Signal) -> Signal {
    guard !x.real.hasFailed, !x.imaginary.hasFailed else { return x }
    let n = x.real.size(-1)
    guard n > 1 else { return x }
    if n <= Self.shortest { return product(x, n) }
    guard let first = (2...Self.shortest).last(where: { n % $0 == 0 }) else {
      return n <= 1024 ? product(x, n) : chirp(x, n)
    }
    // With n = second n1 + n2 and k = k1 + first k2, one sum over n1 and one over n2.
    let second = n / first
    let outer = Array(x.real.shape.dropLast())
    let columns = map(x) { $0.reshape(outer + [first, second]) }
    let (c, s) = table(first, first, first, x.real.dtype)
    let part = (
      real: c.matmul(columns.real) - s.matmul(columns.imaginary),
      imaginary: s.matmul(columns.real) + c.matmul(columns.imaginary)
    )
    let (tc, ts) = table(first, second, n, x.real.dtype)
    let turned = (
      real: part.real * tc - part.imaginary * ts, imaginary: part.real * ts + part.imaginary * tc
    )
    return map(self(turned)) { $0.transpose(-1, -2).reshape(outer + [n]) }
  }

  private func map(_ x: Signal, _ f: (Tensor) -> Tensor) -> Signal { (f(x.real), f(x.imaginary)) }

  private func product(_ x: Signal, _ n: Int) -> Signal {
    let (c, s) = table(n, n, n, x.real.dtype)
    return (
      x.real.matmul(c) - x.imaginary.matmul(s), x.real.matmul(s) + x.imaginary.matmul(c)
    )
  }

  /// Cosine and sine of `sign 2π i j / n` for i below `rows` and j below `columns`.
  private func table(_ rows: Int, _ columns: Int, _ n: Int, _ dtype: DType) -> (Tensor, Tensor) {
    let step = sign * 2 * Double.pi / Double(n)
    let i = arange(rows, dtype: .int64).reshape([rows, 1])
    let angle = (i * arange(columns, dtype: .int64)).remainder(n).to(.float64) * step
    return (angle.cos().to(dtype), angle.sin().to(dtype))
  }

  /// Lengths with a large prime factor: a convolution with a chirp, by transforms whose length is a power of two.
  private func chirp(_ x: Signal, _ n: Int) -> Signal {
    var size = 1
    while size < 2 * n - 1 { size *= 2 }
    let dtype = x.real.dtype
    let squares = arange(n, dtype: .int64)
    let angle = (squares * squares).remainder(2 * n).to(.float64) * (sign * Double.pi / Double(n))
    let (c, s) = (angle.cos(), angle.sin())
    func filled(_ t: Tensor) -> Tensor {
      cat([t, Tensor.zeros([size - 2 * n + 1], dtype: t.dtype), t.narrow(0, 1, n - 1).flip(0)], dim: 0).to(dtype)
    }
    let forward = FourierTransform(sign: -1)
    let filter = forward((real: filled(c), imaginary: filled(-s)))
    let (cd, sd) = (c.to(dtype), s.to(dtype))
    let turned = forward(
      (
        real: (x.real * cd - x.imaginary * sd).pad([0, size - n]),
        imaginary: (x.real * sd + x.imaginary * cd).pad([0, size - n])
      ))
    let back = FourierTransform(sign: 1)(
      (
        real: turned.real * filter.real - turned.imaginary * filter.imaginary,
        imaginary: turned.real * filter.imaginary + turned.imaginary * filter.real
      ))
    let (re, im) = (back.real.narrow(-1, 0, n) / Double(size), back.imaginary.narrow(-1, 0, n) / Double(size))
    return (re * cd - im * sd, re * sd + im * cd)
  }
}
