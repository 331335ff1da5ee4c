// What Swift forbids, or what means something else here: the compiler's message says what to write.

import ApusCore

/// What a name that does not exist here is, so that the compiler can say what to write instead. It takes any arguments.
@dynamicCallable
public struct Misspelt {
  init() {}

  /// Never called: what it belongs to is unavailable.
  public func dynamicallyCall(withKeywordArguments arguments: KeyValuePairs<String, Any>) -> Tensor { Tensor.zeros([]) }
}

extension Tensor {
  // A comparison of tensors has an answer for each element, and an `if` needs one.

  @available(*, unavailable, message: "write x .== y for each element, equal(x, y) or allclose(x, y) for one Bool")
  public static func == (a: Tensor, b: Tensor) -> Bool { false }
  @available(*, unavailable, message: "write x .== y for each element, x.item() == y for one Bool")
  public static func == (a: Tensor, b: some ScalarConvertible) -> Bool { false }
  @available(*, unavailable, message: "write x .!= y for each element, !equal(x, y) for one Bool")
  public static func != (a: Tensor, b: Tensor) -> Bool { false }
  @available(*, unavailable, message: "write x .!= y for each element, x.item() != y for one Bool")
  public static func != (a: Tensor, b: some ScalarConvertible) -> Bool { false }
  @available(*, unavailable, message: "write x .< y for each element, x.item() < y.item() for one Bool")
  public static func < (a: Tensor, b: Tensor) -> Bool { false }
  @available(*, unavailable, message: "write x .< y for each element, x.item() < y for one Bool")
  public static func < (a: Tensor, b: some ScalarConvertible) -> Bool { false }
  @available(*, unavailable, message: "write x .< y for each element, x < y.item() for one Bool")
  public static func < (a: some ScalarConvertible, b: Tensor) -> Bool { false }
  @available(*, unavailable, message: "write x .<= y for each element, x.item() <= y.item() for one Bool")
  public static func <= (a: Tensor, b: Tensor) -> Bool { false }
  @available(*, unavailable, message: "write x .<= y for each element, x.item() <= y for one Bool")
  public static func <= (a: Tensor, b: some ScalarConvertible) -> Bool { false }
  @available(*, unavailable, message: "write x .<= y for each element, x <= y.item() for one Bool")
  public static func <= (a: some ScalarConvertible, b: Tensor) -> Bool { false }
  @available(*, unavailable, message: "write x .> y for each element, x.item() > y.item() for one Bool")
  public static func > (a: Tensor, b: Tensor) -> Bool { false }
  @available(*, unavailable, message: "write x .> y for each element, x.item() > y for one Bool")
  public static func > (a: Tensor, b: some ScalarConvertible) -> Bool { false }
  @available(*, unavailable, message: "write x .> y for each element, x > y.item() for one Bool")
  public static func > (a: some ScalarConvertible, b: Tensor) -> Bool { false }
  @available(*, unavailable, message: "write x .>= y for each element, x.item() >= y.item() for one Bool")
  public static func >= (a: Tensor, b: Tensor) -> Bool { false }
  @available(*, unavailable, message: "write x .>= y for each element, x.item() >= y for one Bool")
  public static func >= (a: Tensor, b: some ScalarConvertible) -> Bool { false }
  @available(*, unavailable, message: "write x .>= y for each element, x >= y.item() for one Bool")
  public static func >= (a: some ScalarConvertible, b: Tensor) -> Bool { false }
  // The same where a tensor is expected: `(x > 0).float()`.

  @available(*, unavailable, message: "write x .== y for each element, equal(x, y) or allclose(x, y) for one Bool")
  @_disfavoredOverload
  public static func == (a: Tensor, b: Tensor) -> Tensor { a }
  @available(*, unavailable, message: "write x .== y for each element, x.item() == y for one Bool")
  @_disfavoredOverload
  public static func == (a: Tensor, b: some ScalarConvertible) -> Tensor { a }
  @available(*, unavailable, message: "write x .!= y for each element, !equal(x, y) for one Bool")
  @_disfavoredOverload
  public static func != (a: Tensor, b: Tensor) -> Tensor { a }
  @available(*, unavailable, message: "write x .!= y for each element, x.item() != y for one Bool")
  @_disfavoredOverload
  public static func != (a: Tensor, b: some ScalarConvertible) -> Tensor { a }
  @available(*, unavailable, message: "write x .< y for each element, x.item() < y.item() for one Bool")
  @_disfavoredOverload
  public static func < (a: Tensor, b: Tensor) -> Tensor { a }
  @available(*, unavailable, message: "write x .< y for each element, x.item() < y for one Bool")
  @_disfavoredOverload
  public static func < (a: Tensor, b: some ScalarConvertible) -> Tensor { a }
  @available(*, unavailable, message: "write x .< y for each element, x < y.item() for one Bool")
  @_disfavoredOverload
  public static func < (a: some ScalarConvertible, b: Tensor) -> Tensor { b }
  @available(*, unavailable, message: "write x .<= y for each element, x.item() <= y.item() for one Bool")
  @_disfavoredOverload
  public static func <= (a: Tensor, b: Tensor) -> Tensor { a }
  @available(*, unavailable, message: "write x .<= y for each element, x.item() <= y for one Bool")
  @_disfavoredOverload
  public static func <= (a: Tensor, b: some ScalarConvertible) -> Tensor { a }
  @available(*, unavailable, message: "write x .<= y for each element, x <= y.item() for one Bool")
  @_disfavoredOverload
  public static func <= (a: some ScalarConvertible, b: Tensor) -> Tensor { b }
  @available(*, unavailable, message: "write x .> y for each element, x.item() > y.item() for one Bool")
  @_disfavoredOverload
  public static func > (a: Tensor, b: Tensor) -> Tensor { a }
  @available(*, unavailable, message: "write x .> y for each element, x.item() > y for one Bool")
  @_disfavoredOverload
  public static func > (a: Tensor, b: some ScalarConvertible) -> Tensor { a }
  @available(*, unavailable, message: "write x .> y for each element, x > y.item() for one Bool")
  @_disfavoredOverload
  public static func > (a: some ScalarConvertible, b: Tensor) -> Tensor { b }
  @available(*, unavailable, message: "write x .>= y for each element, x.item() >= y.item() for one Bool")
  @_disfavoredOverload
  public static func >= (a: Tensor, b: Tensor) -> Tensor { a }
  @available(*, unavailable, message: "write x .>= y for each element, x.item() >= y for one Bool")
  @_disfavoredOverload
  public static func >= (a: Tensor, b: some ScalarConvertible) -> Tensor { a }
  @available(*, unavailable, message: "write x .>= y for each element, x >= y.item() for one Bool")
  @_disfavoredOverload
  public static func >= (a: some ScalarConvertible, b: Tensor) -> Tensor { b }

  @available(*, unavailable, message: "write x & y, or x.logicalAnd(y), for each element; x.all().item() for one Bool")
  public static func && (a: Tensor, b: Tensor) -> Tensor { a }
  @available(*, unavailable, message: "write x | y, or x.logicalOr(y), for each element; x.any().item() for one Bool")
  public static func || (a: Tensor, b: Tensor) -> Tensor { a }

  @available(*, unavailable, message: "write zerosLike(x) for a new tensor, x.zero_() to change this one")
  public func zeros() -> Tensor { self }
  @available(*, unavailable, message: "write onesLike(x) for a new tensor, x.fill_(1) to change this one")
  public func ones() -> Tensor { self }
  @available(*, unavailable, renamed: "zero_")
  public func zero() {}
  @available(*, unavailable, renamed: "fill_")
  public func fill(_ value: some ScalarConvertible) {}
}
