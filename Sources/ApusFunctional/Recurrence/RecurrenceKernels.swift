import ApusCore
import CKernels

// The C kernels of recurrent layers by element type.

/// The kernels for elements of type `T`.
struct RecurrenceKernels<T>: Sendable {
  typealias Values = UnsafePointer<T>?
  typealias Results = UnsafeMutablePointer<T>?

  let panelElements: @Sendable (Int, Int) -> Int
  let panels: @Sendable (Results, Values, Int, Int, Int, Int) -> Void
  let panelProduct: @Sendable (Results, Int, Values, Int, Values, Int, Int, Int, T) -> Void
  let product: @Sendable (Results, Int, Values, Int, Int, Values, Int, Int, Int, Int, Int, T, Results) -> Void
  let productScratch: @Sendable (Int, Int, Int) -> Int
  let lstmStep: @Sendable (Results, Results, Results, Results, Results, Int, Int) -> Void
  let lstmBack: @Sendable (Results, Results, Values, Values, Values, Values, Values, Int, Int) -> Void
  let gruStep: @Sendable (Results, Values, Values, Results, Results, Results, Int, Int) -> Void
  let gruBack: @Sendable (Results, Results, Results, Values, Values, Values, Values, Int, Int) -> Void
  let plainStep: @Sendable (Values, Results, Results, Bool, Int, Int) -> Void
  let plainBack: @Sendable (Results, Values, Values, Values, Bool, Int, Int) -> Void
}

/// An element type that has these kernels.
protocol RecurrenceElement: KernelElement, BinaryFloatingPoint {
  static var recurrenceKernels: RecurrenceKernels<Self> { get }
}

extension Float: RecurrenceElement {
  static let recurrenceKernels = RecurrenceKernels<Float>(
    panelElements: ck_panel_elements_f32,
    panels: ck_panels_f32,
    panelProduct: ck_panel_product_f32,
    product: ck_gemm_f32,
    productScratch: ck_gemm_scratch_f32,
    lstmStep: ck_lstm_step_f32,
    lstmBack: ck_lstm_back_f32,
    gruStep: ck_gru_step_f32,
    gruBack: ck_gru_back_f32,
    plainStep: ck_rnn_step_f32,
    plainBack: ck_rnn_back_f32)
}

extension Double: RecurrenceElement {
  static let recurrenceKernels = RecurrenceKernels<Double>(
    panelElements: ck_panel_elements_f64,
    panels: ck_panels_f64,
    panelProduct: ck_panel_product_f64,
    product: ck_gemm_f64,
    productScratch: ck_gemm_scratch_f64,
    lstmStep: ck_lstm_step_f64,
    lstmBack: ck_lstm_back_f64,
    gruStep: ck_gru_step_f64,
    gruBack: ck_gru_back_f64,
    plainStep: ck_rnn_step_f64,
    plainBack: ck_rnn_back_f64)
}

/// A matrix that every step multiplies its rows by.
struct StepMatrix<T: RecurrenceElement>: @unchecked Sendable {
  private let pointer: UnsafeMutablePointer<T>
  private let rowStride: Int
  private let columnStride: Int
  private let rows: Int
  private let columns: Int
  /// Its columns in the order in which a step reads them; none for one step, which would not pay for it.
  private let panels: Tensor?
  private let body: TensorBody

  /// `body`, a dense matrix, or its transpose, for `steps` products.
  init(_ body: TensorBody, transposed: Bool, steps: Int) throws(TensorError) {
    self.body = body
    pointer = body.data.assumingMemoryBound(to: T.self)
    let (height, width) = (body.shape[0], body.shape[1])
    (rows, columns) = transposed ? (width, height) : (height, width)
    (rowStride, columnStride) = transposed ? (1, width) : (width, 1)
    guard steps > 1 else {
      panels = nil
      return
    }
    let kernels = T.recurrenceKernels
    let type = TensorType([kernels.panelElements(rows, columns)], T.computeType)
    try checkMemory(type, "recurrence")
    let made = Tensor.uninitialized(type.shape, type.dtype)
    kernels.panels(
      made.body.data.assumingMemoryBound(to: T.self), pointer, rowStride, columnStride, rows, columns)
    panels = made
  }

  /// `result = a @ self + beta result` for `count` dense rows of each.
  func multiply(_ a: UnsafePointer<T>, into result: UnsafeMutablePointer<T>, count: Int, beta: T) {
    let kernels = T.recurrenceKernels
    if let panels {
      kernels.panelProduct(
        result, columns, a, rows, panels.body.data.assumingMemoryBound(to: T.self), count, columns, rows, beta)
      return
    }
    let bytes = max(64, kernels.productScratch(count, columns, rows))
    guard let scratch = Allocator.shared.allocate(bytes) else {
      stop(TensorError(.memory, "out of memory", "cannot allocate \(bytes) bytes to multiply matrices in"))
    }
    defer { Allocator.shared.deallocate(scratch, bytes) }
    kernels.product(
      result, columns, a, rows, 1, pointer, rowStride, columnStride, count, columns, rows, beta,
      scratch.assumingMemoryBound(to: T.self))
  }
}
