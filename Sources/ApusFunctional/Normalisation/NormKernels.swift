import ApusCore
import CKernels

// The C kernels of the normalisations by element type.

/// Normalisation kernels of an element type, in both layouts.
protocol NormElement: KernelElement, BinaryFloatingPoint {
  static func statsPlane(_ sum: inout Double, _ squares: inout Double, _ x: UnsafePointer<Self>, _ n: Int)
  static func squaresPlane(_ squares: inout Double, _ x: UnsafePointer<Self>, _ mean: Self, _ n: Int)
  static func applyPlane(
    _ y: UnsafeMutablePointer<Self>, _ x: UnsafePointer<Self>, _ scale: Self, _ shift: Self, _ n: Int)
  static func gradientStatsPlane(
    _ sumG: inout Double, _ sumGX: inout Double, _ g: UnsafePointer<Self>, _ x: UnsafePointer<Self>, _ mean: Self,
    _ n: Int)
  static func gradientApplyPlane(
    _ dx: UnsafeMutablePointer<Self>, _ g: UnsafePointer<Self>, _ x: UnsafePointer<Self>, _ a: Self, _ b: Self,
    _ c: Self, _ n: Int)
  static func statsRows(
    _ sum: UnsafeMutablePointer<Self>, _ squares: UnsafeMutablePointer<Self>, _ x: UnsafePointer<Self>, _ rows: Int,
    _ c: Int)
  static func squaresRows(
    _ squares: UnsafeMutablePointer<Self>, _ x: UnsafePointer<Self>, _ mean: UnsafePointer<Self>, _ rows: Int,
    _ c: Int)
  static func applyRows(
    _ y: UnsafeMutablePointer<Self>, _ x: UnsafePointer<Self>, _ scale: UnsafePointer<Self>,
    _ shift: UnsafePointer<Self>, _ rows: Int, _ c: Int)
  static func gradientStatsRows(
    _ sumG: UnsafeMutablePointer<Self>, _ sumGX: UnsafeMutablePointer<Self>, _ g: UnsafePointer<Self>,
    _ x: UnsafePointer<Self>, _ mean: UnsafePointer<Self>, _ rows: Int, _ c: Int)
  static func gradientApplyRows(
    _ dx: UnsafeMutablePointer<Self>, _ g: UnsafePointer<Self>, _ x: UnsafePointer<Self>, _ a: UnsafePointer<Self>,
    _ b: UnsafePointer<Self>, _ shift: UnsafePointer<Self>, _ rows: Int, _ c: Int)
  /// Sums in double, for channels whose squares are beyond the range of the type.
  static func wideSquares(_ squares: inout Double, _ x: UnsafePointer<Self>, _ mean: Double, _ n: Int)
  static func wideSumRow(_ sums: inout [Double], _ x: UnsafePointer<Self>, _ c: Int)
  static func wideSquaresRow(_ squares: inout [Double], _ x: UnsafePointer<Self>, _ means: [Double], _ c: Int)
}

extension Float: NormElement {
  static func wideSquares(_ squares: inout Double, _ x: UnsafePointer<Float>, _ mean: Double, _ n: Int) {
    squares += ck_wide_sum_sqdiff_f32(x, n, mean)
  }
  static func wideSumRow(_ sums: inout [Double], _ x: UnsafePointer<Float>, _ c: Int) {
    ck_wide_sum_into_f32(&sums, x, c)
  }
  static func wideSquaresRow(_ squares: inout [Double], _ x: UnsafePointer<Float>, _ means: [Double], _ c: Int) {
    ck_wide_sqdiff_into_f32(&squares, x, means, c)
  }
  static func statsPlane(_ sum: inout Double, _ squares: inout Double, _ x: UnsafePointer<Float>, _ n: Int) {
    ck_bn_stats_plane_f32(&sum, &squares, x, n)
  }
  static func squaresPlane(_ squares: inout Double, _ x: UnsafePointer<Float>, _ mean: Float, _ n: Int) {
    ck_bn_sqdiff_plane_f32(&squares, x, mean, n)
  }
  static func applyPlane(
    _ y: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>, _ scale: Float, _ shift: Float, _ n: Int
  ) {
    ck_bn_apply_plane_f32(y, x, scale, shift, n)
  }
  static func gradientStatsPlane(
    _ sumG: inout Double, _ sumGX: inout Double, _ g: UnsafePointer<Float>, _ x: UnsafePointer<Float>, _ mean: Float,
    _ n: Int
  ) {
    ck_bn_grad_stats_plane_f32(&sumG, &sumGX, g, x, mean, n)
  }
  static func gradientApplyPlane(
    _ dx: UnsafeMutablePointer<Float>, _ g: UnsafePointer<Float>, _ x: UnsafePointer<Float>, _ a: Float, _ b: Float,
    _ c: Float, _ n: Int
  ) {
    ck_bn_grad_apply_plane_f32(dx, g, x, a, b, c, n)
  }
  static func statsRows(
    _ sum: UnsafeMutablePointer<Float>, _ squares: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>, _ rows: Int,
    _ c: Int
  ) {
    ck_bn_stats_rows_f32(sum, squares, x, rows, c)
  }
  static func squaresRows(
    _ squares: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>, _ mean: UnsafePointer<Float>, _ rows: Int,
    _ c: Int
  ) {
    ck_bn_sqdiff_rows_f32(squares, x, mean, rows, c)
  }
  static func applyRows(
    _ y: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>, _ scale: UnsafePointer<Float>,
    _ shift: UnsafePointer<Float>, _ rows: Int, _ c: Int
  ) {
    ck_bn_apply_rows_f32(y, x, scale, shift, rows, c)
  }
  static func gradientStatsRows(
    _ sumG: UnsafeMutablePointer<Float>, _ sumGX: UnsafeMutablePointer<Float>, _ g: UnsafePointer<Float>,
    _ x: UnsafePointer<Float>, _ mean: UnsafePointer<Float>, _ rows: Int, _ c: Int
  ) {
    ck_bn_grad_stats_rows_f32(sumG, sumGX, g, x, mean, rows, c)
  }
  static func gradientApplyRows(
    _ dx: UnsafeMutablePointer<Float>, _ g: UnsafePointer<Float>, _ x: UnsafePointer<Float>, _ a: UnsafePointer<Float>,
    _ b: UnsafePointer<Float>, _ shift: UnsafePointer<Float>, _ rows: Int, _ c: Int
  ) {
    ck_bn_grad_apply_rows_f32(dx, g, x, a, b, shift, rows, c)
  }
}

extension Double: NormElement {
  static func wideSquares(_ squares: inout Double, _ x: UnsafePointer<Double>, _ mean: Double, _ n: Int) {
    squares += ck_wide_sum_sqdiff_f64(x, n, mean)
  }
  static func wideSumRow(_ sums: inout [Double], _ x: UnsafePointer<Double>, _ c: Int) {
    ck_wide_sum_into_f64(&sums, x, c)
  }
  static func wideSquaresRow(_ squares: inout [Double], _ x: UnsafePointer<Double>, _ means: [Double], _ c: Int) {
    ck_wide_sqdiff_into_f64(&squares, x, means, c)
  }
  static func statsPlane(_ sum: inout Double, _ squares: inout Double, _ x: UnsafePointer<Double>, _ n: Int) {
    ck_bn_stats_plane_f64(&sum, &squares, x, n)
  }
  static func squaresPlane(_ squares: inout Double, _ x: UnsafePointer<Double>, _ mean: Double, _ n: Int) {
    ck_bn_sqdiff_plane_f64(&squares, x, mean, n)
  }
  static func applyPlane(
    _ y: UnsafeMutablePointer<Double>, _ x: UnsafePointer<Double>, _ scale: Double, _ shift: Double, _ n: Int
  ) {
    ck_bn_apply_plane_f64(y, x, scale, shift, n)
  }
  static func gradientStatsPlane(
    _ sumG: inout Double, _ sumGX: inout Double, _ g: UnsafePointer<Double>, _ x: UnsafePointer<Double>, _ mean: Double,
    _ n: Int
  ) {
    ck_bn_grad_stats_plane_f64(&sumG, &sumGX, g, x, mean, n)
  }
  static func gradientApplyPlane(
    _ dx: UnsafeMutablePointer<Double>, _ g: UnsafePointer<Double>, _ x: UnsafePointer<Double>, _ a: Double,
    _ b: Double,
    _ c: Double, _ n: Int
  ) {
    ck_bn_grad_apply_plane_f64(dx, g, x, a, b, c, n)
  }
  static func statsRows(
    _ sum: UnsafeMutablePointer<Double>, _ squares: UnsafeMutablePointer<Double>, _ x: UnsafePointer<Double>,
    _ rows: Int,
    _ c: Int
  ) {
    ck_bn_stats_rows_f64(sum, squares, x, rows, c)
  }
  static func squaresRows(
    _ squares: UnsafeMutablePointer<Double>, _ x: UnsafePointer<Double>, _ mean: UnsafePointer<Double>, _ rows: Int,
    _ c: Int
  ) {
    ck_bn_sqdiff_rows_f64(squares, x, mean, rows, c)
  }
  static func applyRows(
    _ y: UnsafeMutablePointer<Double>, _ x: UnsafePointer<Double>, _ scale: UnsafePointer<Double>,
    _ shift: UnsafePointer<Double>, _ rows: Int, _ c: Int
  ) {
    ck_bn_apply_rows_f64(y, x, scale, shift, rows, c)
  }
  static func gradientStatsRows(
    _ sumG: UnsafeMutablePointer<Double>, _ sumGX: UnsafeMutablePointer<Double>, _ g: UnsafePointer<Double>,
    _ x: UnsafePointer<Double>, _ mean: UnsafePointer<Double>, _ rows: Int, _ c: Int
  ) {
    ck_bn_grad_stats_rows_f64(sumG, sumGX, g, x, mean, rows, c)
  }
  static func gradientApplyRows(
    _ dx: UnsafeMutablePointer<Double>, _ g: UnsafePointer<Double>, _ x: UnsafePointer<Double>,
    _ a: UnsafePointer<Double>,
    _ b: UnsafePointer<Double>, _ shift: UnsafePointer<Double>, _ rows: Int, _ c: Int
  ) {
    ck_bn_grad_apply_rows_f64(dx, g, x, a, b, shift, rows, c)
  }
}
