import Synchronization

/// The number of the type that ``DType/default`` is.
private let defaultNumber = Atomic<UInt8>(DType.float32.rawValue)

extension DType {
  /// The type of new tensors of floating point numbers where none is given; see ``setDefaultDType(_:)``.
  public static var `default`: DType { DType(raw: defaultNumber.load(ordering: .relaxed)) }

  /// The type of new tensors of complex numbers where none is given.
  static var defaultComplex: DType { DType.default.complexType ?? .complex64 }
}

/// Sets the type that floating point numbers have where none is given, as `torch.set_default_dtype`: of tensors made of
/// Doubles or by `zeros`, `randn` and the like, of layers' parameters, and of what integers become in `x / 2` or
/// `x * 0.5`. Complex numbers have parts of it.
///
/// - Parameter dtype: float16, bfloat16, float32 or float64.
public func setDefaultDType(_ dtype: DType) {
  guard dtype.kind == .floating, dtype.size > 1 else {
    report(
      TensorError(
        .dtype, "setDefaultDType", "needs a floating point type such as .float32 or .float64, and found \(dtype)"))
    return
  }
  defaultNumber.store(dtype.rawValue, ordering: .relaxed)
}

/// The type that floating point numbers have where none is given: ``DType/default``.
public func getDefaultDType() -> DType { .default }

/// ``setDefaultDType(_:)`` as PyTorch's name reads in Swift.
public func setDefaultDtype(_ dtype: DType) { setDefaultDType(dtype) }

/// ``getDefaultDType()`` as PyTorch's name reads in Swift.
public func getDefaultDtype() -> DType { .default }
