import ApusCore
import CKernels

// The C kernels of the normalisations by element type.

/// The kernels for elements of type `T`, in both layouts.
struct NormKernels<T>: Sendable {
  typealias Values = UnsafePointer<T>?
  typealias Results = UnsafeMutablePointer<T>?
  typealias Sums = UnsafeMutablePointer<Double>?

  let statsPlane: @Sendable (Sums, Sums, Values, Int) -> Void
  let squaresPlane: @Sendable (Sums, Values, T, Int) -> Void
  let applyPlane: @Sendable (Results, Values, T, T, Int) -> Void
  let gradientStatsPlane: @Sendable (Sums, Sums, Values, Values, T, Int) -> Void
  let gradientApplyPlane: @Sendable (Results, Values, Values, T, T, T, Int) -> Void
  let statsRows: @Sendable (Results, Results, Values, Int, Int) -> Void
  let squaresRows: @Sendable (Results, Values, Values, Int, Int) -> Void
  let applyRows: @Sendable (Results, Values, Values, Values, Int, Int) -> Void
  let gradientStatsRows: @Sendable (Results, Results, Values, Values, Values, Int, Int) -> Void
  let gradientApplyRows: @Sendable (Results, Values, Values, Values, Values, Values, Int, Int) -> Void
  /// Sums in double, for channels whose squares are beyond the range of the type.
  let wideSquares: @Sendable (Values, Int, Double) -> Double
  let wideSumRow: @Sendable (Sums, Values, Int) -> Void
  let wideSquaresRow: @Sendable (Sums, Values, UnsafePointer<Double>?, Int) -> Void
}

/// An element type that has these kernels.
protocol NormElement: KernelElement, BinaryFloatingPoint {
  static var normKernels: NormKernels<Self> { get }
}

extension Float: NormElement {
  static let normKernels = NormKernels<Float>(
    statsPlane: ck_bn_stats_plane_f32,
    squaresPlane: ck_bn_sqdiff_plane_f32,
    applyPlane: ck_bn_apply_plane_f32,
    gradientStatsPlane: ck_bn_grad_stats_plane_f32,
    gradientApplyPlane: ck_bn_grad_apply_plane_f32,
    statsRows: ck_bn_stats_rows_f32,
    squaresRows: ck_bn_sqdiff_rows_f32,
    applyRows: ck_bn_apply_rows_f32,
    gradientStatsRows: ck_bn_grad_stats_rows_f32,
    gradientApplyRows: ck_bn_grad_apply_rows_f32,
    wideSquares: ck_wide_sum_sqdiff_f32,
    wideSumRow: ck_wide_sum_into_f32,
    wideSquaresRow: ck_wide_sqdiff_into_f32)
}

extension Double: NormElement {
  static let normKernels = NormKernels<Double>(
    statsPlane: ck_bn_stats_plane_f64,
    squaresPlane: ck_bn_sqdiff_plane_f64,
    applyPlane: ck_bn_apply_plane_f64,
    gradientStatsPlane: ck_bn_grad_stats_plane_f64,
    gradientApplyPlane: ck_bn_grad_apply_plane_f64,
    statsRows: ck_bn_stats_rows_f64,
    squaresRows: ck_bn_sqdiff_rows_f64,
    applyRows: ck_bn_apply_rows_f64,
    gradientStatsRows: ck_bn_grad_stats_rows_f64,
    gradientApplyRows: ck_bn_grad_apply_rows_f64,
    wideSquares: ck_wide_sum_sqdiff_f64,
    wideSumRow: ck_wide_sum_into_f64,
    wideSquaresRow: ck_wide_sqdiff_into_f64)
}
