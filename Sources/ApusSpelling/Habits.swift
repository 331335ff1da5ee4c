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
}

extension Tensor {
  /// Adds to a variable that is no `var`.
  @_disfavoredOverload
  public static func += (a: Tensor, b: Tensor) { a.changeVariable("+=") { $0 += b } }
  @_disfavoredOverload
  public static func += <S: ScalarConvertible>(a: Tensor, b: S) { a.changeVariable("+=") { $0 += b } }
  /// Subtracts from a variable that is no `var`.
  @_disfavoredOverload
  public static func -= (a: Tensor, b: Tensor) { a.changeVariable("-=") { $0 -= b } }
  @_disfavoredOverload
  public static func -= <S: ScalarConvertible>(a: Tensor, b: S) { a.changeVariable("-=") { $0 -= b } }
  /// Multiplies a variable that is no `var`.
  @_disfavoredOverload
  public static func *= (a: Tensor, b: Tensor) { a.changeVariable("*=") { $0 *= b } }
  @_disfavoredOverload
  public static func *= <S: ScalarConvertible>(a: Tensor, b: S) { a.changeVariable("*=") { $0 *= b } }
  /// Divides a variable that is no `var`.
  @_disfavoredOverload
  public static func /= (a: Tensor, b: Tensor) { a.changeVariable("/=") { $0 /= b } }
  @_disfavoredOverload
  public static func /= <S: ScalarConvertible>(a: Tensor, b: S) { a.changeVariable("/=") { $0 /= b } }
}

extension Tensor {
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
  /// As complex32.
  public func chalf() -> Tensor { to(.complex32) }
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
}

// Spreads with Bessel's correction as a switch.
extension Tensor {
  /// The standard deviation, with Bessel's correction if `unbiased`.
  public func std(unbiased: Bool) -> Tensor { std(correction: unbiased ? 1 : 0) }
  /// The standard deviation along a dimension, with Bessel's correction if `unbiased`.
  public func std(_ dim: Int, unbiased: Bool, keepdim: Bool = false) -> Tensor {
    std(dim, correction: unbiased ? 1 : 0, keepDim: keepdim)
  }
  /// The standard deviation along a dimension, with Bessel's correction if `unbiased`.
  public func std(dim: Int, unbiased: Bool, keepdim: Bool = false) -> Tensor {
    std(dim, correction: unbiased ? 1 : 0, keepDim: keepdim)
  }
  /// The variance, with Bessel's correction if `unbiased`.
  public func `var`(unbiased: Bool) -> Tensor { self.var(correction: unbiased ? 1 : 0) }
  /// The variance along a dimension, with Bessel's correction if `unbiased`.
  public func `var`(_ dim: Int, unbiased: Bool, keepdim: Bool = false) -> Tensor {
    self.var(dim, correction: unbiased ? 1 : 0, keepDim: keepdim)
  }
  /// The variance along a dimension, with Bessel's correction if `unbiased`.
  public func `var`(dim: Int, unbiased: Bool, keepdim: Bool = false) -> Tensor {
    self.var(dim, correction: unbiased ? 1 : 0, keepDim: keepdim)
  }

  /// The larger of two, element by element: ``maximum(_:)``.
  public func max(_ other: Tensor) -> Tensor { maximum(other) }
  /// The smaller of two, element by element: ``minimum(_:)``.
  public func min(_ other: Tensor) -> Tensor { minimum(other) }
}

/// The larger of two, element by element: ``Tensor/maximum(_:)``.
public func max(_ input: Tensor, _ other: Tensor) -> Tensor { input.maximum(other) }
/// The smaller of two, element by element: ``Tensor/minimum(_:)``.
public func min(_ input: Tensor, _ other: Tensor) -> Tensor { input.minimum(other) }
/// Powers of a number.
public func pow(_ base: some ScalarConvertible, _ exponent: Tensor) -> Tensor { Tensor.pow(base, exponent) }
/// `input + alpha * other`.
public func add(_ input: Tensor, _ other: Tensor, alpha: some ScalarConvertible) -> Tensor {
  input.add(other, alpha: alpha)
}
/// `input - alpha * other`.
public func sub(_ input: Tensor, _ other: Tensor, alpha: some ScalarConvertible) -> Tensor {
  input.sub(other, alpha: alpha)
}
/// The quotient, made whole.
public func div(_ input: Tensor, _ other: Tensor, roundingMode: RoundingMode) -> Tensor {
  input.div(other, roundingMode: roundingMode)
}
/// The quotient, made whole.
public func div(_ input: Tensor, _ other: some ScalarConvertible, roundingMode: RoundingMode) -> Tensor {
  input.div(other, roundingMode: roundingMode)
}
/// The tensor without its dimensions of size 1.
public func squeeze(_ input: Tensor) -> Tensor { input.squeeze() }
/// The elements negated.
public func neg(_ input: Tensor) -> Tensor { -input }
/// The elements negated.
public func negative(_ input: Tensor) -> Tensor { -input }
/// All bits flipped; of a bool tensor the opposite.
public func bitwiseNot(_ input: Tensor) -> Tensor { ~input }
/// No smaller than `min`.
public func clampMin(_ input: Tensor, _ min: some ScalarConvertible) -> Tensor { input.clamp(min: min, max: nil) }
/// No larger than `max`.
public func clampMax(_ input: Tensor, _ max: some ScalarConvertible) -> Tensor { input.clamp(min: nil, max: max) }
/// `input` where `condition` holds, `other` elsewhere, with PyTorch's labels.
public func `where`(_ condition: Tensor, input: Tensor, other: Tensor) -> Tensor { `where`(condition, input, other) }
extension Tensor {
  /// The tensor where `condition` holds, `other` elsewhere; the shapes are broadcast.
  public func `where`(_ condition: Tensor, _ other: Tensor) -> Tensor { ApusCore.`where`(condition, self, other) }
  /// The tensor where `condition` holds, a number elsewhere; the number does not decide the type within its kind.
  public func `where`(_ condition: Tensor, _ other: some ScalarConvertible) -> Tensor {
    ApusCore.`where`(condition, self, operand(other.scalar))
  }
}
/// `x` where `condition` holds, `y` elsewhere: a name that needs no backticks.
public func where_(_ condition: Tensor, _ x: Tensor, _ y: Tensor) -> Tensor { `where`(condition, x, y) }
/// `x` where `condition` holds, a number elsewhere; the number does not decide the type within its kind.
public func `where`(_ condition: Tensor, _ x: Tensor, _ y: some ScalarConvertible) -> Tensor {
  `where`(condition, x, x.operand(y.scalar))
}
/// A number where `condition` holds, `y` elsewhere.
public func `where`(_ condition: Tensor, _ x: some ScalarConvertible, _ y: Tensor) -> Tensor {
  `where`(condition, y.operand(x.scalar), y)
}
/// One number where `condition` holds, another elsewhere; of the type that a tensor of both would have.
public func `where`(_ condition: Tensor, _ x: some ScalarConvertible, _ y: some ScalarConvertible) -> Tensor {
  `where`(condition, Tensor.full([], x), Tensor.full([], y))
}
/// The positions where `condition` is not zero, a tensor for each dimension: ``Tensor/nonzeroAsTuple()``.
public func `where`(_ condition: Tensor) -> [Tensor] { condition.nonzeroAsTuple() }
/// `x` where `condition` holds, a number elsewhere.
public func where_(_ condition: Tensor, _ x: Tensor, _ y: some ScalarConvertible) -> Tensor { `where`(condition, x, y) }
/// A number where `condition` holds, `y` elsewhere.
public func where_(_ condition: Tensor, _ x: some ScalarConvertible, _ y: Tensor) -> Tensor { `where`(condition, x, y) }

extension Tensor {
  /// Gives the diagonal one number, as PyTorch's `fill_diagonal_`. Of more than two dimensions all must be equal, and the
  /// elements with equal indices are meant.
  ///
  /// - Parameter wrap: whether the diagonal of a tall matrix begins anew below each square.
  @discardableResult
  public mutating func fillDiagonal_(_ fillValue: some ScalarConvertible, wrap: Bool = false) -> Tensor {
    if hasFailed { return self }
    guard rank >= 2, rank == 2 || Set(shape).count == 1 else {
      let mistake = TensorError(
        .shape, "fillDiagonal_", "needs a matrix, or equal sizes of all dimensions, and found \(shape)")
      return fail(mistake)
    }
    let step = 1 + (1..<rank).reduce(0) { $0 + shape[$1...].reduce(1, *) }
    let end = wrap && rank == 2 ? count : Swift.min(count, step * (shape.min() ?? 0))
    let places = arange(0, end, step, dtype: .int64)
    let mask = Tensor.zeros([count], dtype: .bool).indexFill(0, places, true).view(shape)
    return maskedFill_(mask, fillValue)
  }
}

/// The determinants of the matrices in the last two dimensions: ``Tensor/det()``.
public func det(_ input: Tensor) -> Tensor { input.det() }
/// Signs and logarithms of the determinants: ``linalg/slogdet(_:)``.
public func slogdet(_ input: Tensor) -> (sign: Tensor, logabsdet: Tensor) { linalg.slogdet(input) }
/// The inverses of square matrices: ``linalg/inv(_:)``.
public func inverse(_ input: Tensor) -> Tensor { linalg.inv(input) }
/// Powers of square matrices: ``linalg/matrixPower(_:_:)``.
public func matrixPower(_ input: Tensor, _ n: Int) -> Tensor { linalg.matrixPower(input, n) }
/// The area under a line through the elements: ``Tensor/trapezoid(dx:dim:)``.
public func trapz(_ y: Tensor, dx: Double = 1, dim: Int = -1) -> Tensor { y.trapezoid(dx: dx, dim: dim) }
/// The area under a line through the elements at `x`: ``Tensor/trapezoid(_:dim:)``.
public func trapz(_ y: Tensor, _ x: Tensor, dim: Int = -1) -> Tensor { y.trapezoid(x, dim: dim) }
/// The tensor itself.
public func positive(_ input: Tensor) -> Tensor { input }
/// Whether the one element is not zero.
public func isNonzero(_ input: Tensor) -> Bool { Bool(input) }

/// The state of the default generator: see ``Generator/getState()``.
public func getRngState() -> [UInt8] { Generator.default.getState() }
/// Puts the default generator back to a state that ``getRngState()`` gave.
public func setRngState(_ state: [UInt8]) {
  do { try Generator.default.setState(state) } catch {
    report(error as? TensorError ?? TensorError(.value, "setRngState", "\(error)"))
  }
}

// PyTorch's `torch.special` has names of its own for operations of the main list.
extension special {
  /// ``Tensor/digamma()``.
  public static func digamma(_ x: Tensor) -> Tensor { x.digamma() }
  /// ``Tensor/digamma()``.
  public static func psi(_ x: Tensor) -> Tensor { x.digamma() }
  /// ``Tensor/erf()``.
  public static func erf(_ x: Tensor) -> Tensor { x.erf() }
  /// ``Tensor/erfc()``.
  public static func erfc(_ x: Tensor) -> Tensor { x.erfc() }
  /// ``Tensor/erfinv()``.
  public static func erfinv(_ x: Tensor) -> Tensor { x.erfinv() }
  /// ``Tensor/exp2()``.
  public static func exp2(_ x: Tensor) -> Tensor { x.exp2() }
  /// ``Tensor/expm1()``.
  public static func expm1(_ x: Tensor) -> Tensor { x.expm1() }
  /// ``Tensor/log1p()``.
  public static func log1p(_ x: Tensor) -> Tensor { x.log1p() }
  /// ``Tensor/sigmoid()``.
  public static func expit(_ x: Tensor) -> Tensor { x.sigmoid() }
  /// ``Tensor/lgamma()``.
  public static func gammaln(_ x: Tensor) -> Tensor { x.lgamma() }
  /// ``Tensor/mvlgamma(_:)``.
  public static func multigammaln(_ x: Tensor, _ p: Int) -> Tensor { x.mvlgamma(p) }
  /// ``Tensor/igamma(_:)``.
  public static func gammainc(_ x: Tensor, _ y: Tensor) -> Tensor { x.igamma(y) }
  /// ``Tensor/igammac(_:)``.
  public static func gammaincc(_ x: Tensor, _ y: Tensor) -> Tensor { x.igammac(y) }
  /// ``Tensor/polygamma(_:_:)``.
  public static func polygamma(_ n: Int, _ x: Tensor) -> Tensor { Tensor.polygamma(n, x) }
  /// ``Tensor/logit(eps:)``.
  public static func logit(_ x: Tensor, eps: Double? = nil) -> Tensor { x.logit(eps: eps) }
  /// ``Tensor/sinc()``.
  public static func sinc(_ x: Tensor) -> Tensor { x.sinc() }
  /// ``Tensor/round()``.
  public static func round(_ x: Tensor) -> Tensor { x.round() }
  /// ``Tensor/xlogy(_:)-(Tensor)``.
  public static func xlogy(_ x: Tensor, _ y: Tensor) -> Tensor { x.xlogy(y) }
  /// ``Tensor/logsumexp(_:keepDim:)-(Int,_)``.
  public static func logsumexp(_ x: Tensor, _ dim: Int, keepdim: Bool = false) -> Tensor {
    x.logsumexp(dim, keepDim: keepdim)
  }
  /// ``Tensor/softmax(_:dtype:)``.
  public static func softmax(_ x: Tensor, _ dim: Int) -> Tensor { x.softmax(dim) }
  /// ``Tensor/logSoftmax(_:dtype:)``.
  public static func logSoftmax(_ x: Tensor, _ dim: Int) -> Tensor { x.logSoftmax(dim) }
}

extension Tensor {
  /// The tensor on a card of NVIDIA's: `to("cuda:0")`.
  public func cuda(_ device: Int = 0) -> Tensor { to(Device("cuda", index: device)) }
}

/// PyTorch's `torch.cuda`: what there is of NVIDIA's devices.
public enum cuda {
  /// Whether there is a device "cuda" to compute with.
  public static func isAvailable() -> Bool { deviceCount() > 0 }
  /// How many there are.
  public static func deviceCount() -> Int { Devices.available.count { $0.type == "cuda" } }
}

/// The sum of numbers, as Python's `sum`: `sum(model.parameters().map { $0.numel() })`.
public func sum<Number: AdditiveArithmetic>(_ numbers: some Sequence<Number>) -> Number { numbers.reduce(.zero, +) }

/// ``tensordot(_:_:dims:)-(_,_,Int)`` with the number of dimensions in PyTorch's place.
public func tensordot(_ a: Tensor, _ b: Tensor, _ dims: Int) -> Tensor { tensordot(a, b, dims: dims) }

/// A tensor of the elements of an array, PyTorch's `from_numpy`.
public func fromNumpy<Value: TensorLiteral>(_ array: [Value]) -> Tensor { Tensor(array) }

/// The device of that name: `device("cpu")`.
public func device(_ name: String) -> Device { Device(name) }
