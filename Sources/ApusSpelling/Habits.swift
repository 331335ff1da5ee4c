// What PyTorch's hand writes and a rule does not give.

import ApusCore
import ApusFunctional
import ApusNumerics

/// A tensor that stands where it cannot be replaced: a `let`, an element of a loop, a property of a module. Names with an
/// underscore at the end work on it if it is a variable, whose elements all handles share.
public protocol TensorHandle {}
extension Tensor: TensorHandle {}

extension TensorHandle where Self == Tensor {
  /// The elements without gradients: see ``Tensor/data``.
  @_disfavoredOverload
  public var data: Tensor {
    get {
      let tensor: Tensor = self
      return tensor.data
    }
    nonmutating set { self.storeData(newValue) }
  }

  /// Adds to a variable that is no `var`.
  @_disfavoredOverload
  public static func += (a: Self, b: Tensor) { a.changeVariable("+=") { $0 += b } }
  @_disfavoredOverload
  public static func += <S: ScalarConvertible>(a: Self, b: S) { a.changeVariable("+=") { $0 += b } }
  /// Subtracts from a variable that is no `var`.
  @_disfavoredOverload
  public static func -= (a: Self, b: Tensor) { a.changeVariable("-=") { $0 -= b } }
  @_disfavoredOverload
  public static func -= <S: ScalarConvertible>(a: Self, b: S) { a.changeVariable("-=") { $0 -= b } }
  /// Multiplies a variable that is no `var`.
  @_disfavoredOverload
  public static func *= (a: Self, b: Tensor) { a.changeVariable("*=") { $0 *= b } }
  @_disfavoredOverload
  public static func *= <S: ScalarConvertible>(a: Self, b: S) { a.changeVariable("*=") { $0 *= b } }
  /// Divides a variable that is no `var`.
  @_disfavoredOverload
  public static func /= (a: Self, b: Tensor) { a.changeVariable("/=") { $0 /= b } }
  @_disfavoredOverload
  public static func /= <S: ScalarConvertible>(a: Self, b: S) { a.changeVariable("/=") { $0 /= b } }
}

extension Tensor {
  /// Switches whether a variable asks for a gradient, as PyTorch's `requires_grad_`; of another tensor that should, the result is a
  /// new variable of its elements.
  @discardableResult
  public mutating func requiresGrad_(_ requiresGrad: Bool = true) -> Tensor {
    self = asking(requiresGrad)
    return self
  }

  private func asking(_ requiresGrad: Bool) -> Tensor {
    if variableIdentity != nil {
      setRequiresGrad(requiresGrad)
      return self
    }
    return requiresGrad ? leaf() : detach()
  }

  /// Cuts it from the graph, as PyTorch's `detach_`.
  @discardableResult
  public mutating func detach_() -> Tensor {
    self = detach()
    return self
  }

  /// As float32.
  public func float() -> Tensor { to(.float32) }
  /// As float64.
  public func double() -> Tensor { to(.float64) }
  /// As float16.
  public func half() -> Tensor { to(.float16) }
  /// As bfloat16.
  public func bfloat16() -> Tensor { to(.bfloat16) }
  /// As int64.
  public func long() -> Tensor { to(.int64) }
  /// As int32.
  public func int() -> Tensor { to(.int32) }
  /// As int16.
  public func short() -> Tensor { to(.int16) }
  /// As int8.
  public func char() -> Tensor { to(.int8) }
  /// As uint8.
  public func byte() -> Tensor { to(.uint8) }
  /// As bool: whether an element is not zero.
  public func bool() -> Tensor { to(.bool) }
  /// As complex64.
  public func cfloat() -> Tensor { to(.complex64) }
  /// As complex128.
  public func cdouble() -> Tensor { to(.complex128) }
  /// As elements of `dtype`.
  public func type(_ dtype: DType) -> Tensor { to(dtype) }
  /// As the type of `other`.
  public func typeAs(_ other: Tensor) -> Tensor { to(other.dtype) }
  /// The elements negated.
  public func neg() -> Tensor { -self }
  /// The elements negated.
  public func negative() -> Tensor { -self }
  /// The tensor itself.
  public func positive() -> Tensor { self }
  /// All bits flipped; of a bool tensor the opposite.
  public func bitwiseNot() -> Tensor { ~self }
  /// No smaller than `min`.
  public func clampMin(_ min: some ScalarConvertible) -> Tensor { clamp(min: min, max: nil) }
  /// No larger than `max`.
  public func clampMax(_ max: some ScalarConvertible) -> Tensor { clamp(min: nil, max: max) }
  /// The sum of the main diagonal.
  public func trace() -> Tensor { diagonal().sum() }
}

extension TensorHandle where Self == Tensor {
  /// Switches whether a variable asks for a gradient: see ``Tensor/requiresGrad_(_:)``. Anything else gives a new variable.
  @_disfavoredOverload @discardableResult
  public func requiresGrad_(_ requiresGrad: Bool = true) -> Tensor {
    var handle: Tensor = self
    return handle.requiresGrad_(requiresGrad)
  }
}
