// What a tensor is, under PyTorch's names.

extension Tensor {
  /// Number of elements: ``count``.
  public func numel() -> Int { count }
  /// Number of elements: ``count``.
  public func nelement() -> Int { count }
  /// Number of dimensions: ``rank``.
  public func dim() -> Int { rank }
  /// Number of dimensions: ``rank``.
  public func ndimension() -> Int { rank }
  /// The sizes of the dimensions: ``shape``.
  public func size() -> [Int] { shape }
  /// Steps between neighbours along each dimension, in elements: ``strides``.
  public func stride() -> [Int] { strides }

  /// The step between neighbours along one dimension, in elements; negative dimensions count from the end.
  public func stride(_ dim: Int) -> Int {
    do throws(TensorError) {
      guard rank > 0 else { throw TensorError(.dimension, "stride", "a tensor without dimensions has no strides") }
      return strides[try normalize(dim: dim, rank: rank, "stride")]
    } catch {
      if !hasFailed { report(error) }
      return 0
    }
  }

  /// Bytes of an element.
  public func elementSize() -> Int { dtype.size }
  /// Bytes of an element.
  public var itemsize: Int { dtype.size }
  /// Bytes of all elements.
  public var nbytes: Int { count * dtype.size }
  /// Whether the elements are floating point numbers.
  public func isFloatingPoint() -> Bool { dtype.isFloatingPoint }
  /// Whether the elements can be negative.
  public func isSigned() -> Bool { dtype.isSigned }
  /// The number of the device where the tensor lies; -1 for the host.
  public func getDevice() -> Int { device == .cpu ? -1 : device.index }
  /// Whether the elements lie in the host's memory.
  public var isCPU: Bool { device == .cpu }

  @available(
    *, unavailable, message: "Swift has no NumPy: write let a: [[Float]] = x.array(), or x.tolist() for nested lists"
  )
  public func numpy() -> [Float] { array() }
}

extension DType {
  /// ``float16``.
  public static var half: DType { .float16 }
  /// ``float32``.
  public static var float: DType { .float32 }
  /// ``float64``.
  public static var double: DType { .float64 }
  /// ``int16``.
  public static var short: DType { .int16 }
  /// ``int32``.
  public static var int: DType { .int32 }
  /// ``int64``.
  public static var long: DType { .int64 }
  /// ``complex32``.
  public static var chalf: DType { .complex32 }
  /// ``complex64``.
  public static var cfloat: DType { .complex64 }
  /// ``complex128``.
  public static var cdouble: DType { .complex128 }

  /// Bytes of one element: ``size``.
  public var itemsize: Int { size }
  /// Whether elements can be negative.
  public var isSigned: Bool { kind != .bool && kind != .unsigned }
}

/// Whether `object` is a tensor.
public func isTensor(_ object: Any) -> Bool { object is Tensor }
/// Whether the elements of `x` are floating point numbers.
public func isFloatingPoint(_ x: Tensor) -> Bool { x.isFloatingPoint() }
/// Whether the elements of `x` are complex numbers.
public func isComplex(_ x: Tensor) -> Bool { x.isComplex }
/// The number of elements of `x`.
public func numel(_ x: Tensor) -> Int { x.count }

/// Runs `body` without recording anything for gradients, as `torch.inference_mode()`: ``noGrad(_:)``.
public func inferenceMode<R, E: Error>(_ body: () throws(E) -> R) throws(E) -> R { try noGrad(body) }

/// Runs `body` with recording for gradients if `mode`, as `with torch.set_grad_enabled(mode)`.
public func setGradEnabled<R, E: Error>(_ mode: Bool, _ body: () throws(E) -> R) throws(E) -> R {
  try mode ? enableGrad(body) : noGrad(body)
}
@available(*, unavailable, message: "the mode holds for a scope: setGradEnabled(false) { ... }, or noGrad { ... }")
public func setGradEnabled(_ mode: Bool) {}
