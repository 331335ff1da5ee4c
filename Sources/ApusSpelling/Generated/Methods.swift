// swift-format-ignore-file
// Methods beside functions, and labels as PyTorch has them. Written by scripts/make-spellings.py; change the table or the script, not this file.

import ApusCore
import ApusFunctional
import ApusNumerics

extension Tensor {
  /// PyTorch's `abs`: see ``Tensor/abs()``.
  @inlinable @inline(__always)
  public consuming func absolute() -> Tensor { self.abs() }

  /// PyTorch's `acos`: see ``Tensor/acos()``.
  @inlinable @inline(__always)
  public consuming func arccos() -> Tensor { self.acos() }

  /// PyTorch's `acosh`: see ``Tensor/acosh()``.
  @inlinable @inline(__always)
  public consuming func arccosh() -> Tensor { self.acosh() }

  /// PyTorch's `addbmm`: see ``addbmm(_:_:_:beta:alpha:)``.
  @inlinable @inline(__always)
  public func addbmm(_ batch1: Tensor, _ batch2: Tensor, beta: some ScalarConvertible = 1, alpha: some ScalarConvertible = 1) -> Tensor { ApusFunctional.addbmm(self, batch1, batch2, beta: beta, alpha: alpha) }

  /// PyTorch's `addbmm`: see ``addbmm(_:_:_:beta:alpha:)``.
  @inlinable @inline(__always)
  public func addbmm(batch1: Tensor, batch2: Tensor, beta: some ScalarConvertible = 1, alpha: some ScalarConvertible = 1) -> Tensor { ApusFunctional.addbmm(self, batch1, batch2, beta: beta, alpha: alpha) }

  /// PyTorch's `addbmm`: see ``addbmm(_:_:_:beta:alpha:)``.
  @inlinable @inline(__always)
  public func addbmm(_ batch1: Tensor, batch2: Tensor, beta: some ScalarConvertible = 1, alpha: some ScalarConvertible = 1) -> Tensor { ApusFunctional.addbmm(self, batch1, batch2, beta: beta, alpha: alpha) }

  /// PyTorch's `addcdiv`: see ``Tensor/addcdiv(_:_:value:)``.
  @inlinable @inline(__always)
  public func addcdiv(tensor1: Tensor, tensor2: Tensor, value: some ScalarConvertible = 1) -> Tensor { self.addcdiv(tensor1, tensor2, value: value) }

  /// PyTorch's `addcdiv`: see ``Tensor/addcdiv(_:_:value:)``.
  @inlinable @inline(__always)
  public func addcdiv(_ tensor1: Tensor, tensor2: Tensor, value: some ScalarConvertible = 1) -> Tensor { self.addcdiv(tensor1, tensor2, value: value) }

  /// PyTorch's `addcmul`: see ``Tensor/addcmul(_:_:value:)``.
  @inlinable @inline(__always)
  public func addcmul(tensor1: Tensor, tensor2: Tensor, value: some ScalarConvertible = 1) -> Tensor { self.addcmul(tensor1, tensor2, value: value) }

  /// PyTorch's `addcmul`: see ``Tensor/addcmul(_:_:value:)``.
  @inlinable @inline(__always)
  public func addcmul(_ tensor1: Tensor, tensor2: Tensor, value: some ScalarConvertible = 1) -> Tensor { self.addcmul(tensor1, tensor2, value: value) }

  /// PyTorch's `addmm`: see ``addmm(_:_:_:beta:alpha:)``.
  @inlinable @inline(__always)
  public func addmm(_ mat1: Tensor, _ mat2: Tensor, beta: some ScalarConvertible = 1, alpha: some ScalarConvertible = 1) -> Tensor { ApusFunctional.addmm(self, mat1, mat2, beta: beta, alpha: alpha) }

  /// PyTorch's `addmm`: see ``addmm(_:_:_:beta:alpha:)``.
  @inlinable @inline(__always)
  public func addmm(mat1: Tensor, mat2: Tensor, beta: some ScalarConvertible = 1, alpha: some ScalarConvertible = 1) -> Tensor { ApusFunctional.addmm(self, mat1, mat2, beta: beta, alpha: alpha) }

  /// PyTorch's `addmm`: see ``addmm(_:_:_:beta:alpha:)``.
  @inlinable @inline(__always)
  public func addmm(_ mat1: Tensor, mat2: Tensor, beta: some ScalarConvertible = 1, alpha: some ScalarConvertible = 1) -> Tensor { ApusFunctional.addmm(self, mat1, mat2, beta: beta, alpha: alpha) }

  /// PyTorch's `addmv`: see ``addmv(_:_:_:beta:alpha:)``.
  @inlinable @inline(__always)
  public func addmv(_ matrix: Tensor, _ vector: Tensor, beta: some ScalarConvertible = 1, alpha: some ScalarConvertible = 1) -> Tensor { ApusFunctional.addmv(self, matrix, vector, beta: beta, alpha: alpha) }

  /// PyTorch's `addmv`: see ``addmv(_:_:_:beta:alpha:)``.
  @inlinable @inline(__always)
  public func addmv(mat matrix: Tensor, vec vector: Tensor, beta: some ScalarConvertible = 1, alpha: some ScalarConvertible = 1) -> Tensor { ApusFunctional.addmv(self, matrix, vector, beta: beta, alpha: alpha) }

  /// PyTorch's `addmv`: see ``addmv(_:_:_:beta:alpha:)``.
  @inlinable @inline(__always)
  public func addmv(_ matrix: Tensor, vec vector: Tensor, beta: some ScalarConvertible = 1, alpha: some ScalarConvertible = 1) -> Tensor { ApusFunctional.addmv(self, matrix, vector, beta: beta, alpha: alpha) }

  /// PyTorch's `addr`: see ``addr(_:_:_:beta:alpha:)``.
  @inlinable @inline(__always)
  public func addr(_ vec1: Tensor, _ vec2: Tensor, beta: some ScalarConvertible = 1, alpha: some ScalarConvertible = 1) -> Tensor { ApusFunctional.addr(self, vec1, vec2, beta: beta, alpha: alpha) }

  /// PyTorch's `addr`: see ``addr(_:_:_:beta:alpha:)``.
  @inlinable @inline(__always)
  public func addr(vec1: Tensor, vec2: Tensor, beta: some ScalarConvertible = 1, alpha: some ScalarConvertible = 1) -> Tensor { ApusFunctional.addr(self, vec1, vec2, beta: beta, alpha: alpha) }

  /// PyTorch's `addr`: see ``addr(_:_:_:beta:alpha:)``.
  @inlinable @inline(__always)
  public func addr(_ vec1: Tensor, vec2: Tensor, beta: some ScalarConvertible = 1, alpha: some ScalarConvertible = 1) -> Tensor { ApusFunctional.addr(self, vec1, vec2, beta: beta, alpha: alpha) }

  /// PyTorch's `all`: see ``Tensor/all(_:keepDim:)``.
  @inlinable @inline(__always)
  public func all(dim dims: [Int]?, keepDim: Bool = false) -> Tensor { self.all(dims, keepDim: keepDim) }

  /// PyTorch's `all`: see ``Tensor/all(_:keepDim:)``.
  @inlinable @inline(__always)
  public func all(_ dims: [Int]?, _ keepDim: Bool) -> Tensor { self.all(dims, keepDim: keepDim) }

  /// PyTorch's `all`: see ``Tensor/all(_:keepDim:)``.
  @inlinable @inline(__always)
  public func all(dim dims: [Int]? = nil, keepdim keepDim: Bool) -> Tensor { self.all(dims, keepDim: keepDim) }

  /// PyTorch's `all`: see ``Tensor/all(_:keepDim:)``.
  @inlinable @inline(__always)
  public func all(_ dims: [Int]?, keepdim keepDim: Bool) -> Tensor { self.all(dims, keepDim: keepDim) }

  /// PyTorch's `all`: see ``Tensor/all(_:keepDim:)``.
  @inlinable @inline(__always)
  public func all(dim: Int, keepDim: Bool = false) -> Tensor { self.all(dim, keepDim: keepDim) }

  /// PyTorch's `all`: see ``Tensor/all(_:keepDim:)``.
  @inlinable @inline(__always)
  public func all(_ dim: Int, _ keepDim: Bool) -> Tensor { self.all(dim, keepDim: keepDim) }

  /// PyTorch's `all`: see ``Tensor/all(_:keepDim:)``.
  @inlinable @inline(__always)
  public func all(dim: Int, keepdim keepDim: Bool) -> Tensor { self.all(dim, keepDim: keepDim) }

  /// PyTorch's `all`: see ``Tensor/all(_:keepDim:)``.
  @inlinable @inline(__always)
  public func all(_ dim: Int, keepdim keepDim: Bool) -> Tensor { self.all(dim, keepDim: keepDim) }

  /// PyTorch's `allclose`: see ``Tensor/allclose(_:rtol:atol:equalNan:)``.
  @inlinable @inline(__always)
  public func allclose(other: Tensor, rtol: Double = 1e-5, atol: Double = 1e-8, equalNan: Bool = false) -> Bool { self.allclose(other, rtol: rtol, atol: atol, equalNan: equalNan) }

  /// PyTorch's `allclose`: see ``Tensor/allclose(_:rtol:atol:equalNan:)``.
  @inlinable @inline(__always)
  public func allclose(_ other: Tensor, _ rtol: Double, atol: Double = 1e-8, equalNan: Bool = false) -> Bool { self.allclose(other, rtol: rtol, atol: atol, equalNan: equalNan) }

  /// PyTorch's `allclose`: see ``Tensor/allclose(_:rtol:atol:equalNan:)``.
  @inlinable @inline(__always)
  public func allclose(_ other: Tensor, _ rtol: Double, _ atol: Double, equalNan: Bool = false) -> Bool { self.allclose(other, rtol: rtol, atol: atol, equalNan: equalNan) }

  /// PyTorch's `allclose`: see ``Tensor/allclose(_:rtol:atol:equalNan:)``.
  @inlinable @inline(__always)
  public func allclose(_ other: Tensor, _ rtol: Double, _ atol: Double, _ equalNan: Bool) -> Bool { self.allclose(other, rtol: rtol, atol: atol, equalNan: equalNan) }

  /// PyTorch's `amax`: see ``Tensor/amax(_:keepDim:)``.
  @inlinable @inline(__always)
  public func amax(dim dims: [Int]?, keepDim: Bool = false) -> Tensor { self.amax(dims, keepDim: keepDim) }

  /// PyTorch's `amax`: see ``Tensor/amax(_:keepDim:)``.
  @inlinable @inline(__always)
  public func amax(_ dims: [Int]?, _ keepDim: Bool) -> Tensor { self.amax(dims, keepDim: keepDim) }

  /// PyTorch's `amax`: see ``Tensor/amax(_:keepDim:)``.
  @inlinable @inline(__always)
  public func amax(dim dims: [Int]? = nil, keepdim keepDim: Bool) -> Tensor { self.amax(dims, keepDim: keepDim) }

  /// PyTorch's `amax`: see ``Tensor/amax(_:keepDim:)``.
  @inlinable @inline(__always)
  public func amax(_ dims: [Int]?, keepdim keepDim: Bool) -> Tensor { self.amax(dims, keepDim: keepDim) }

  /// PyTorch's `amax`: see ``Tensor/amax(_:keepDim:)``.
  @inlinable @inline(__always)
  public func amax(_ dims: Int, keepDim: Bool = false) -> Tensor { self.amax([dims], keepDim: keepDim) }

  /// PyTorch's `amax`: see ``Tensor/amax(_:keepDim:)``.
  @inlinable @inline(__always)
  public func amax(dim dims: Int, keepDim: Bool = false) -> Tensor { self.amax([dims], keepDim: keepDim) }

  /// PyTorch's `amax`: see ``Tensor/amax(_:keepDim:)``.
  @inlinable @inline(__always)
  public func amax(_ dims: Int, _ keepDim: Bool) -> Tensor { self.amax([dims], keepDim: keepDim) }

  /// PyTorch's `amax`: see ``Tensor/amax(_:keepDim:)``.
  @inlinable @inline(__always)
  public func amax(dim dims: Int, keepdim keepDim: Bool) -> Tensor { self.amax([dims], keepDim: keepDim) }

  /// PyTorch's `amax`: see ``Tensor/amax(_:keepDim:)``.
  @inlinable @inline(__always)
  public func amax(_ dims: Int, keepdim keepDim: Bool) -> Tensor { self.amax([dims], keepDim: keepDim) }

  /// PyTorch's `amin`: see ``Tensor/amin(_:keepDim:)``.
  @inlinable @inline(__always)
  public func amin(dim dims: [Int]?, keepDim: Bool = false) -> Tensor { self.amin(dims, keepDim: keepDim) }

  /// PyTorch's `amin`: see ``Tensor/amin(_:keepDim:)``.
  @inlinable @inline(__always)
  public func amin(_ dims: [Int]?, _ keepDim: Bool) -> Tensor { self.amin(dims, keepDim: keepDim) }

  /// PyTorch's `amin`: see ``Tensor/amin(_:keepDim:)``.
  @inlinable @inline(__always)
  public func amin(dim dims: [Int]? = nil, keepdim keepDim: Bool) -> Tensor { self.amin(dims, keepDim: keepDim) }

  /// PyTorch's `amin`: see ``Tensor/amin(_:keepDim:)``.
  @inlinable @inline(__always)
  public func amin(_ dims: [Int]?, keepdim keepDim: Bool) -> Tensor { self.amin(dims, keepDim: keepDim) }

  /// PyTorch's `amin`: see ``Tensor/amin(_:keepDim:)``.
  @inlinable @inline(__always)
  public func amin(_ dims: Int, keepDim: Bool = false) -> Tensor { self.amin([dims], keepDim: keepDim) }

  /// PyTorch's `amin`: see ``Tensor/amin(_:keepDim:)``.
  @inlinable @inline(__always)
  public func amin(dim dims: Int, keepDim: Bool = false) -> Tensor { self.amin([dims], keepDim: keepDim) }

  /// PyTorch's `amin`: see ``Tensor/amin(_:keepDim:)``.
  @inlinable @inline(__always)
  public func amin(_ dims: Int, _ keepDim: Bool) -> Tensor { self.amin([dims], keepDim: keepDim) }

  /// PyTorch's `amin`: see ``Tensor/amin(_:keepDim:)``.
  @inlinable @inline(__always)
  public func amin(dim dims: Int, keepdim keepDim: Bool) -> Tensor { self.amin([dims], keepDim: keepDim) }

  /// PyTorch's `amin`: see ``Tensor/amin(_:keepDim:)``.
  @inlinable @inline(__always)
  public func amin(_ dims: Int, keepdim keepDim: Bool) -> Tensor { self.amin([dims], keepDim: keepDim) }

  /// PyTorch's `aminmax`: see ``Tensor/aminmax(dim:keepDim:)``.
  @inlinable @inline(__always)
  public func aminmax(dim: Int? = nil, keepdim keepDim: Bool) -> MinMax { self.aminmax(dim: dim, keepDim: keepDim) }

  /// PyTorch's `aminmax`: see ``Tensor/aminmax(dim:keepDim:)``.
  @_disfavoredOverload @inlinable @inline(__always)
  public func aminmax(dim: Int? = nil, keepdim keepDim: Bool) -> (min: Tensor, max: Tensor) { self.aminmax(dim: dim, keepDim: keepDim) }

  /// PyTorch's `any`: see ``Tensor/any(_:keepDim:)``.
  @inlinable @inline(__always)
  public func any(dim dims: [Int]?, keepDim: Bool = false) -> Tensor { self.any(dims, keepDim: keepDim) }

  /// PyTorch's `any`: see ``Tensor/any(_:keepDim:)``.
  @inlinable @inline(__always)
  public func any(_ dims: [Int]?, _ keepDim: Bool) -> Tensor { self.any(dims, keepDim: keepDim) }

  /// PyTorch's `any`: see ``Tensor/any(_:keepDim:)``.
  @inlinable @inline(__always)
  public func any(dim dims: [Int]? = nil, keepdim keepDim: Bool) -> Tensor { self.any(dims, keepDim: keepDim) }

  /// PyTorch's `any`: see ``Tensor/any(_:keepDim:)``.
  @inlinable @inline(__always)
  public func any(_ dims: [Int]?, keepdim keepDim: Bool) -> Tensor { self.any(dims, keepDim: keepDim) }

  /// PyTorch's `any`: see ``Tensor/any(_:keepDim:)``.
  @inlinable @inline(__always)
  public func any(dim: Int, keepDim: Bool = false) -> Tensor { self.any(dim, keepDim: keepDim) }

  /// PyTorch's `any`: see ``Tensor/any(_:keepDim:)``.
  @inlinable @inline(__always)
  public func any(_ dim: Int, _ keepDim: Bool) -> Tensor { self.any(dim, keepDim: keepDim) }

  /// PyTorch's `any`: see ``Tensor/any(_:keepDim:)``.
  @inlinable @inline(__always)
  public func any(dim: Int, keepdim keepDim: Bool) -> Tensor { self.any(dim, keepDim: keepDim) }

  /// PyTorch's `any`: see ``Tensor/any(_:keepDim:)``.
  @inlinable @inline(__always)
  public func any(_ dim: Int, keepdim keepDim: Bool) -> Tensor { self.any(dim, keepDim: keepDim) }

  /// PyTorch's `argmax`: see ``Tensor/argmax(_:keepDim:)``.
  @inlinable @inline(__always)
  public func argmax(dim: Int?, keepDim: Bool = false) -> Tensor { self.argmax(dim, keepDim: keepDim) }

  /// PyTorch's `argmax`: see ``Tensor/argmax(_:keepDim:)``.
  @inlinable @inline(__always)
  public func argmax(_ dim: Int?, _ keepDim: Bool) -> Tensor { self.argmax(dim, keepDim: keepDim) }

  /// PyTorch's `argmax`: see ``Tensor/argmax(_:keepDim:)``.
  @inlinable @inline(__always)
  public func argmax(dim: Int? = nil, keepdim keepDim: Bool) -> Tensor { self.argmax(dim, keepDim: keepDim) }

  /// PyTorch's `argmax`: see ``Tensor/argmax(_:keepDim:)``.
  @inlinable @inline(__always)
  public func argmax(_ dim: Int?, keepdim keepDim: Bool) -> Tensor { self.argmax(dim, keepDim: keepDim) }

  /// PyTorch's `argmin`: see ``Tensor/argmin(_:keepDim:)``.
  @inlinable @inline(__always)
  public func argmin(dim: Int?, keepDim: Bool = false) -> Tensor { self.argmin(dim, keepDim: keepDim) }

  /// PyTorch's `argmin`: see ``Tensor/argmin(_:keepDim:)``.
  @inlinable @inline(__always)
  public func argmin(_ dim: Int?, _ keepDim: Bool) -> Tensor { self.argmin(dim, keepDim: keepDim) }

  /// PyTorch's `argmin`: see ``Tensor/argmin(_:keepDim:)``.
  @inlinable @inline(__always)
  public func argmin(dim: Int? = nil, keepdim keepDim: Bool) -> Tensor { self.argmin(dim, keepDim: keepDim) }

  /// PyTorch's `argmin`: see ``Tensor/argmin(_:keepDim:)``.
  @inlinable @inline(__always)
  public func argmin(_ dim: Int?, keepdim keepDim: Bool) -> Tensor { self.argmin(dim, keepDim: keepDim) }

  /// PyTorch's `argsort`: see ``Tensor/argsort(_:descending:stable:)``.
  @inlinable @inline(__always)
  public func argsort(dim: Int, descending: Bool = false, stable: Bool = true) -> Tensor { self.argsort(dim, descending: descending, stable: stable) }

  /// PyTorch's `as_strided`: see ``Tensor/asStrided(_:_:storageOffset:)``.
  @inlinable @inline(__always)
  public func asStrided(size: [Int], stride: [Int], storageOffset: Int? = nil) -> Tensor { self.asStrided(size, stride, storageOffset: storageOffset) }

  /// PyTorch's `as_strided`: see ``Tensor/asStrided(_:_:storageOffset:)``.
  @inlinable @inline(__always)
  public func asStrided(_ size: [Int], stride: [Int], storageOffset: Int? = nil) -> Tensor { self.asStrided(size, stride, storageOffset: storageOffset) }

  /// PyTorch's `as_strided`: see ``Tensor/asStrided(_:_:storageOffset:)``.
  @inlinable @inline(__always)
  public func asStrided(_ size: [Int], _ stride: [Int], _ storageOffset: Int?) -> Tensor { self.asStrided(size, stride, storageOffset: storageOffset) }

  /// PyTorch's `as_strided_scatter`: see ``Tensor/asStridedScatter(_:_:_:storageOffset:)``.
  @inlinable @inline(__always)
  public func asStridedScatter(src: Tensor, size: [Int], stride: [Int], storageOffset: Int? = nil) -> Tensor { self.asStridedScatter(src, size, stride, storageOffset: storageOffset) }

  /// PyTorch's `as_strided_scatter`: see ``Tensor/asStridedScatter(_:_:_:storageOffset:)``.
  @inlinable @inline(__always)
  public func asStridedScatter(_ src: Tensor, size: [Int], stride: [Int], storageOffset: Int? = nil) -> Tensor { self.asStridedScatter(src, size, stride, storageOffset: storageOffset) }

  /// PyTorch's `as_strided_scatter`: see ``Tensor/asStridedScatter(_:_:_:storageOffset:)``.
  @inlinable @inline(__always)
  public func asStridedScatter(_ src: Tensor, _ size: [Int], stride: [Int], storageOffset: Int? = nil) -> Tensor { self.asStridedScatter(src, size, stride, storageOffset: storageOffset) }

  /// PyTorch's `as_strided_scatter`: see ``Tensor/asStridedScatter(_:_:_:storageOffset:)``.
  @inlinable @inline(__always)
  public func asStridedScatter(_ src: Tensor, _ size: [Int], _ stride: [Int], _ storageOffset: Int?) -> Tensor { self.asStridedScatter(src, size, stride, storageOffset: storageOffset) }

  /// PyTorch's `asin`: see ``Tensor/asin()``.
  @inlinable @inline(__always)
  public consuming func arcsin() -> Tensor { self.asin() }

  /// PyTorch's `asinh`: see ``Tensor/asinh()``.
  @inlinable @inline(__always)
  public consuming func arcsinh() -> Tensor { self.asinh() }

  /// PyTorch's `atan`: see ``Tensor/atan()``.
  @inlinable @inline(__always)
  public consuming func arctan() -> Tensor { self.atan() }

  /// PyTorch's `atan2`: see ``Tensor/atan2(_:)``.
  @inlinable @inline(__always)
  public func atan2(other: Tensor) -> Tensor { self.atan2(other) }

  /// PyTorch's `atan2`: see ``Tensor/atan2(_:)``.
  @inlinable @inline(__always)
  public func arctan2(_ other: Tensor) -> Tensor { self.atan2(other) }

  /// PyTorch's `atan2`: see ``Tensor/atan2(_:)``.
  @inlinable @inline(__always)
  public func arctan2(other: Tensor) -> Tensor { self.atan2(other) }

  /// PyTorch's `atanh`: see ``Tensor/atanh()``.
  @inlinable @inline(__always)
  public consuming func arctanh() -> Tensor { self.atanh() }

  /// PyTorch's `baddbmm`: see ``baddbmm(_:_:_:beta:alpha:)``.
  @inlinable @inline(__always)
  public func baddbmm(_ batch1: Tensor, _ batch2: Tensor, beta: some ScalarConvertible = 1, alpha: some ScalarConvertible = 1) -> Tensor { ApusFunctional.baddbmm(self, batch1, batch2, beta: beta, alpha: alpha) }

  /// PyTorch's `baddbmm`: see ``baddbmm(_:_:_:beta:alpha:)``.
  @inlinable @inline(__always)
  public func baddbmm(batch1: Tensor, batch2: Tensor, beta: some ScalarConvertible = 1, alpha: some ScalarConvertible = 1) -> Tensor { ApusFunctional.baddbmm(self, batch1, batch2, beta: beta, alpha: alpha) }

  /// PyTorch's `baddbmm`: see ``baddbmm(_:_:_:beta:alpha:)``.
  @inlinable @inline(__always)
  public func baddbmm(_ batch1: Tensor, batch2: Tensor, beta: some ScalarConvertible = 1, alpha: some ScalarConvertible = 1) -> Tensor { ApusFunctional.baddbmm(self, batch1, batch2, beta: beta, alpha: alpha) }

  /// PyTorch's `bincount`: see ``Tensor/bincount(weights:minlength:)``.
  @inlinable @inline(__always)
  public func bincount(_ weights: Tensor?, minlength: Int = 0) -> Tensor { self.bincount(weights: weights, minlength: minlength) }

  /// PyTorch's `bincount`: see ``Tensor/bincount(weights:minlength:)``.
  @inlinable @inline(__always)
  public func bincount(_ weights: Tensor?, _ minlength: Int) -> Tensor { self.bincount(weights: weights, minlength: minlength) }

  /// PyTorch's `bmm`: see ``Tensor/bmm(_:)``.
  @inlinable @inline(__always)
  public func bmm(mat2 other: Tensor) -> Tensor { self.bmm(other) }

  /// PyTorch's `broadcast_to`: see ``Tensor/broadcastTo(_:)``.
  @inlinable @inline(__always)
  public func broadcastTo(size shape: [Int]) -> Tensor { self.broadcastTo(shape) }

  /// PyTorch's `celu`: see ``Tensor/celu(alpha:)``.
  @inlinable @inline(__always)
  public func celu(_ alpha: Double) -> Tensor { self.celu(alpha: alpha) }

  /// PyTorch's `cholesky_inverse`: see ``Tensor/choleskyInverse(upper:)``.
  @inlinable @inline(__always)
  public func choleskyInverse(_ upper: Bool) -> Tensor { self.choleskyInverse(upper: upper) }

  /// PyTorch's `cholesky_solve`: see ``Tensor/choleskySolve(_:upper:)``.
  @inlinable @inline(__always)
  public func choleskySolve(input2 factor: Tensor, upper: Bool = false) -> Tensor { self.choleskySolve(factor, upper: upper) }

  /// PyTorch's `cholesky_solve`: see ``Tensor/choleskySolve(_:upper:)``.
  @inlinable @inline(__always)
  public func choleskySolve(_ factor: Tensor, _ upper: Bool) -> Tensor { self.choleskySolve(factor, upper: upper) }

  /// PyTorch's `chunk`: see ``Tensor/chunk(_:dim:)``.
  @inlinable @inline(__always)
  public func chunk(chunks: Int, dim: Int = 0) -> [Tensor] { self.chunk(chunks, dim: dim) }

  /// PyTorch's `chunk`: see ``Tensor/chunk(_:dim:)``.
  @inlinable @inline(__always)
  public func chunk(_ chunks: Int, _ dim: Int) -> [Tensor] { self.chunk(chunks, dim: dim) }

  /// PyTorch's `clamp`: see ``Tensor/clamp(min:max:)``.
  @inlinable @inline(__always)
  public func clamp(_ min: (any ScalarConvertible)?, max: (any ScalarConvertible)? = nil) -> Tensor { self.clamp(min: min, max: max) }

  /// PyTorch's `clamp`: see ``Tensor/clamp(min:max:)``.
  @inlinable @inline(__always)
  public func clamp(_ min: (any ScalarConvertible)?, _ max: (any ScalarConvertible)?) -> Tensor { self.clamp(min: min, max: max) }

  /// PyTorch's `clamp`: see ``Tensor/clamp(min:max:)``.
  @inlinable @inline(__always)
  public func clamp(_ min: Tensor?, max: Tensor?) -> Tensor { self.clamp(min: min, max: max) }

  /// PyTorch's `clamp`: see ``Tensor/clamp(min:max:)``.
  @inlinable @inline(__always)
  public func clamp(_ min: Tensor?, _ max: Tensor?) -> Tensor { self.clamp(min: min, max: max) }

  /// PyTorch's `clamp`: see ``Tensor/clamp(min:max:)``.
  @inlinable @inline(__always)
  public func clip(min: (any ScalarConvertible)? = nil, max: (any ScalarConvertible)? = nil) -> Tensor { self.clamp(min: min, max: max) }

  /// PyTorch's `clamp`: see ``Tensor/clamp(min:max:)``.
  @inlinable @inline(__always)
  public func clip(_ min: (any ScalarConvertible)?, max: (any ScalarConvertible)? = nil) -> Tensor { self.clamp(min: min, max: max) }

  /// PyTorch's `clamp`: see ``Tensor/clamp(min:max:)``.
  @inlinable @inline(__always)
  public func clip(_ min: (any ScalarConvertible)?, _ max: (any ScalarConvertible)?) -> Tensor { self.clamp(min: min, max: max) }

  /// PyTorch's `clamp`: see ``Tensor/clamp(min:max:)``.
  @inlinable @inline(__always)
  public func clip(min: Tensor?, max: Tensor?) -> Tensor { self.clamp(min: min, max: max) }

  /// PyTorch's `clamp`: see ``Tensor/clamp(min:max:)``.
  @inlinable @inline(__always)
  public func clip(_ min: Tensor?, max: Tensor?) -> Tensor { self.clamp(min: min, max: max) }

  /// PyTorch's `clamp`: see ``Tensor/clamp(min:max:)``.
  @inlinable @inline(__always)
  public func clip(_ min: Tensor?, _ max: Tensor?) -> Tensor { self.clamp(min: min, max: max) }

  /// PyTorch's `combinations`: see ``Tensor/combinations(_:withReplacement:)``.
  @inlinable @inline(__always)
  public func combinations(r: Int, withReplacement: Bool = false) -> Tensor { self.combinations(r, withReplacement: withReplacement) }

  /// PyTorch's `combinations`: see ``Tensor/combinations(_:withReplacement:)``.
  @inlinable @inline(__always)
  public func combinations(_ r: Int, _ withReplacement: Bool) -> Tensor { self.combinations(r, withReplacement: withReplacement) }

  /// PyTorch's `constant_pad_nd`: see ``Tensor/constantPadNd(_:_:)``.
  @inlinable @inline(__always)
  public func constantPadNd(pad: [Int], value: some ScalarConvertible) -> Tensor { self.constantPadNd(pad, value) }

  /// PyTorch's `constant_pad_nd`: see ``Tensor/constantPadNd(_:_:)``.
  @inlinable @inline(__always)
  public func constantPadNd(_ pad: [Int], value: some ScalarConvertible) -> Tensor { self.constantPadNd(pad, value) }

  /// PyTorch's `constant_pad_nd`: see ``Tensor/constantPadNd(_:)``.
  @inlinable @inline(__always)
  public func constantPadNd(pad: [Int]) -> Tensor { self.constantPadNd(pad) }

  /// PyTorch's `copysign`: see ``Tensor/copysign(_:)``.
  @inlinable @inline(__always)
  public func copysign(other: Tensor) -> Tensor { self.copysign(other) }

  /// PyTorch's `copysign`: see ``Tensor/copysign(_:)``.
  @inlinable @inline(__always)
  public func copysign(other: some ScalarConvertible) -> Tensor { self.copysign(other) }

  /// PyTorch's `count_nonzero`: see ``Tensor/countNonzero(_:)``.
  @inlinable @inline(__always)
  public func countNonzero(dim dims: [Int]?) -> Tensor { self.countNonzero(dims) }

  /// PyTorch's `count_nonzero`: see ``Tensor/countNonzero(_:)``.
  @inlinable @inline(__always)
  public func countNonzero(dim: Int) -> Tensor { self.countNonzero(dim) }

  /// PyTorch's `cross`: see ``Tensor/cross(_:dim:)``.
  @inlinable @inline(__always)
  public func cross(other: Tensor, dim: Int? = nil) -> Tensor { self.cross(other, dim: dim) }

  /// PyTorch's `cross`: see ``Tensor/cross(_:dim:)``.
  @inlinable @inline(__always)
  public func cross(_ other: Tensor, _ dim: Int?) -> Tensor { self.cross(other, dim: dim) }

  /// PyTorch's `cummax`: see ``Tensor/cummax(_:)``.
  @inlinable @inline(__always)
  public func cummax(dim: Int) -> ValuesIndices { self.cummax(dim) }

  /// PyTorch's `cummax`: see ``Tensor/cummax(_:)``.
  @_disfavoredOverload @inlinable @inline(__always)
  public func cummax(dim: Int) -> (values: Tensor, indices: Tensor) { self.cummax(dim) }

  /// PyTorch's `cummin`: see ``Tensor/cummin(_:)``.
  @inlinable @inline(__always)
  public func cummin(dim: Int) -> ValuesIndices { self.cummin(dim) }

  /// PyTorch's `cummin`: see ``Tensor/cummin(_:)``.
  @_disfavoredOverload @inlinable @inline(__always)
  public func cummin(dim: Int) -> (values: Tensor, indices: Tensor) { self.cummin(dim) }

  /// PyTorch's `cumprod`: see ``Tensor/cumprod(_:dtype:)``.
  @inlinable @inline(__always)
  public func cumprod(dim: Int, dtype: DType? = nil) -> Tensor { self.cumprod(dim, dtype: dtype) }

  /// PyTorch's `cumsum`: see ``Tensor/cumsum(_:dtype:)``.
  @inlinable @inline(__always)
  public func cumsum(dim: Int, dtype: DType? = nil) -> Tensor { self.cumsum(dim, dtype: dtype) }

  /// PyTorch's `cumulative_trapezoid`: see ``Tensor/cumulativeTrapezoid(_:dim:)``.
  @inlinable @inline(__always)
  public func cumulativeTrapezoid(x: Tensor, dim: Int = -1) -> Tensor { self.cumulativeTrapezoid(x, dim: dim) }

  /// PyTorch's `diag`: see ``Tensor/diag(_:)``.
  @inlinable @inline(__always)
  public func diag(diagonal: Int) -> Tensor { self.diag(diagonal) }

  /// PyTorch's `diag_embed`: see ``Tensor/diagEmbed(offset:dim1:dim2:)``.
  @inlinable @inline(__always)
  public func diagEmbed(_ offset: Int, dim1: Int = -2, dim2: Int = -1) -> Tensor { self.diagEmbed(offset: offset, dim1: dim1, dim2: dim2) }

  /// PyTorch's `diag_embed`: see ``Tensor/diagEmbed(offset:dim1:dim2:)``.
  @inlinable @inline(__always)
  public func diagEmbed(_ offset: Int, _ dim1: Int, dim2: Int = -1) -> Tensor { self.diagEmbed(offset: offset, dim1: dim1, dim2: dim2) }

  /// PyTorch's `diag_embed`: see ``Tensor/diagEmbed(offset:dim1:dim2:)``.
  @inlinable @inline(__always)
  public func diagEmbed(_ offset: Int, _ dim1: Int, _ dim2: Int) -> Tensor { self.diagEmbed(offset: offset, dim1: dim1, dim2: dim2) }

  /// PyTorch's `diagflat`: see ``Tensor/diagflat(_:)``.
  @inlinable @inline(__always)
  public func diagflat(offset: Int) -> Tensor { self.diagflat(offset) }

  /// PyTorch's `diagonal`: see ``Tensor/diagonal(offset:dim1:dim2:)``.
  @inlinable @inline(__always)
  public func diagonal(_ offset: Int, dim1: Int = 0, dim2: Int = 1) -> Tensor { self.diagonal(offset: offset, dim1: dim1, dim2: dim2) }

  /// PyTorch's `diagonal`: see ``Tensor/diagonal(offset:dim1:dim2:)``.
  @inlinable @inline(__always)
  public func diagonal(_ offset: Int, _ dim1: Int, dim2: Int = 1) -> Tensor { self.diagonal(offset: offset, dim1: dim1, dim2: dim2) }

  /// PyTorch's `diagonal`: see ``Tensor/diagonal(offset:dim1:dim2:)``.
  @inlinable @inline(__always)
  public func diagonal(_ offset: Int, _ dim1: Int, _ dim2: Int) -> Tensor { self.diagonal(offset: offset, dim1: dim1, dim2: dim2) }

  /// PyTorch's `diagonal_scatter`: see ``Tensor/diagonalScatter(_:offset:dim1:dim2:)``.
  @inlinable @inline(__always)
  public func diagonalScatter(src: Tensor, offset: Int = 0, dim1: Int = 0, dim2: Int = 1) -> Tensor { self.diagonalScatter(src, offset: offset, dim1: dim1, dim2: dim2) }

  /// PyTorch's `diagonal_scatter`: see ``Tensor/diagonalScatter(_:offset:dim1:dim2:)``.
  @inlinable @inline(__always)
  public func diagonalScatter(_ src: Tensor, _ offset: Int, dim1: Int = 0, dim2: Int = 1) -> Tensor { self.diagonalScatter(src, offset: offset, dim1: dim1, dim2: dim2) }

  /// PyTorch's `diagonal_scatter`: see ``Tensor/diagonalScatter(_:offset:dim1:dim2:)``.
  @inlinable @inline(__always)
  public func diagonalScatter(_ src: Tensor, _ offset: Int, _ dim1: Int, dim2: Int = 1) -> Tensor { self.diagonalScatter(src, offset: offset, dim1: dim1, dim2: dim2) }

  /// PyTorch's `diagonal_scatter`: see ``Tensor/diagonalScatter(_:offset:dim1:dim2:)``.
  @inlinable @inline(__always)
  public func diagonalScatter(_ src: Tensor, _ offset: Int, _ dim1: Int, _ dim2: Int) -> Tensor { self.diagonalScatter(src, offset: offset, dim1: dim1, dim2: dim2) }

  /// PyTorch's `diff`: see ``Tensor/diff(_:dim:prepend:append:)``.
  @inlinable @inline(__always)
  public func diff(n: Int, dim: Int = -1, prepend: Tensor? = nil, append: Tensor? = nil) -> Tensor { self.diff(n, dim: dim, prepend: prepend, append: append) }

  /// PyTorch's `diff`: see ``Tensor/diff(_:dim:prepend:append:)``.
  @inlinable @inline(__always)
  public func diff(_ n: Int, _ dim: Int, prepend: Tensor? = nil, append: Tensor? = nil) -> Tensor { self.diff(n, dim: dim, prepend: prepend, append: append) }

  /// PyTorch's `diff`: see ``Tensor/diff(_:dim:prepend:append:)``.
  @inlinable @inline(__always)
  public func diff(_ n: Int, _ dim: Int, _ prepend: Tensor?, append: Tensor? = nil) -> Tensor { self.diff(n, dim: dim, prepend: prepend, append: append) }

  /// PyTorch's `diff`: see ``Tensor/diff(_:dim:prepend:append:)``.
  @inlinable @inline(__always)
  public func diff(_ n: Int, _ dim: Int, _ prepend: Tensor?, _ append: Tensor?) -> Tensor { self.diff(n, dim: dim, prepend: prepend, append: append) }

  /// PyTorch's `dist`: see ``Tensor/dist(_:p:)``.
  @inlinable @inline(__always)
  public func dist(other: Tensor, p: Double = 2) -> Tensor { self.dist(other, p: p) }

  /// PyTorch's `dist`: see ``Tensor/dist(_:p:)``.
  @inlinable @inline(__always)
  public func dist(_ other: Tensor, _ p: Double) -> Tensor { self.dist(other, p: p) }

  /// PyTorch's `dot`: see ``Tensor/dot(_:)``.
  @inlinable @inline(__always)
  public func dot(tensor other: Tensor) -> Tensor { self.dot(other) }

  /// PyTorch's `dsplit`: see ``Tensor/dsplit(_:)``.
  @inlinable @inline(__always)
  public func dsplit(sections: Int) -> [Tensor] { self.dsplit(sections) }

  /// PyTorch's `dsplit`: see ``Tensor/dsplit(_:)``.
  @inlinable @inline(__always)
  public func dsplit(indices: [Int]) -> [Tensor] { self.dsplit(indices) }

  /// PyTorch's `elu`: see ``Tensor/elu(alpha:)``.
  @inlinable @inline(__always)
  public func elu(_ alpha: Double) -> Tensor { self.elu(alpha: alpha) }

  /// PyTorch's `eq`: see ``Tensor/eq(_:)``.
  @inlinable @inline(__always)
  public func eq(other: Tensor) -> Tensor { self.eq(other) }

  /// PyTorch's `eq`: see ``Tensor/eq(_:)``.
  @inlinable @inline(__always)
  public func eq(other: some ScalarConvertible) -> Tensor { self.eq(other) }

  /// PyTorch's `equal`: see ``Tensor/equal(_:)``.
  @inlinable @inline(__always)
  public func equal(other: Tensor) -> Bool { self.equal(other) }

  /// PyTorch's `expand`: see ``Tensor/expand(_:)``.
  @inlinable @inline(__always)
  public func expand(size shape: [Int]) -> Tensor { self.expand(shape) }

  /// PyTorch's `expand_as`: see ``Tensor/expandAs(_:)``.
  @inlinable @inline(__always)
  public func expandAs(other: Tensor) -> Tensor { self.expandAs(other) }

  /// PyTorch's `flatten`: see ``Tensor/flatten(_:_:)``.
  @inlinable @inline(__always)
  public func flatten(startDim: Int, endDim: Int = -1) -> Tensor { self.flatten(startDim, endDim) }

  /// PyTorch's `flatten`: see ``Tensor/flatten(_:_:)``.
  @inlinable @inline(__always)
  public func flatten(endDim: Int) -> Tensor { self.flatten(0, endDim) }

  /// PyTorch's `flatten`: see ``Tensor/flatten(_:_:)``.
  @inlinable @inline(__always)
  public func flatten(_ startDim: Int, endDim: Int) -> Tensor { self.flatten(startDim, endDim) }

  /// PyTorch's `flip`: see ``Tensor/flip(_:)``.
  @inlinable @inline(__always)
  public func flip(dims: [Int]) -> Tensor { self.flip(dims) }

  /// PyTorch's `float_power`: see ``Tensor/floatPower(_:)``.
  @inlinable @inline(__always)
  public func floatPower(exponent: Tensor) -> Tensor { self.floatPower(exponent) }

  /// PyTorch's `float_power`: see ``Tensor/floatPower(_:)``.
  @inlinable @inline(__always)
  public func floatPower(exponent: some ScalarConvertible) -> Tensor { self.floatPower(exponent) }

  /// PyTorch's `floor_divide`: see ``Tensor/floorDivide(_:)``.
  @inlinable @inline(__always)
  public func floorDivide(other: Tensor) -> Tensor { self.floorDivide(other) }

  /// PyTorch's `floor_divide`: see ``Tensor/floorDivide(_:)``.
  @inlinable @inline(__always)
  public func floorDivide(other: some ScalarConvertible) -> Tensor { self.floorDivide(other) }

  /// PyTorch's `fmax`: see ``Tensor/fmax(_:)``.
  @inlinable @inline(__always)
  public func fmax(other: Tensor) -> Tensor { self.fmax(other) }

  /// PyTorch's `fmin`: see ``Tensor/fmin(_:)``.
  @inlinable @inline(__always)
  public func fmin(other: Tensor) -> Tensor { self.fmin(other) }

  /// PyTorch's `fmod`: see ``Tensor/fmod(_:)``.
  @inlinable @inline(__always)
  public func fmod(other: Tensor) -> Tensor { self.fmod(other) }

  /// PyTorch's `fmod`: see ``Tensor/fmod(_:)``.
  @inlinable @inline(__always)
  public func fmod(other: some ScalarConvertible) -> Tensor { self.fmod(other) }

  /// PyTorch's `gather`: see ``Tensor/gather(_:_:)``.
  @inlinable @inline(__always)
  public func gather(dim: Int, index: Tensor) -> Tensor { self.gather(dim, index) }

  /// PyTorch's `gather`: see ``Tensor/gather(_:_:)``.
  @inlinable @inline(__always)
  public func gather(_ dim: Int, index: Tensor) -> Tensor { self.gather(dim, index) }

  /// PyTorch's `gcd`: see ``Tensor/gcd(_:)``.
  @inlinable @inline(__always)
  public func gcd(other: Tensor) -> Tensor { self.gcd(other) }

  /// PyTorch's `ge`: see ``Tensor/ge(_:)``.
  @inlinable @inline(__always)
  public func ge(other: Tensor) -> Tensor { self.ge(other) }

  /// PyTorch's `ge`: see ``Tensor/ge(_:)``.
  @inlinable @inline(__always)
  public func ge(other: some ScalarConvertible) -> Tensor { self.ge(other) }

  /// PyTorch's `ge`: see ``Tensor/ge(_:)``.
  @inlinable @inline(__always)
  public func greaterEqual(_ other: Tensor) -> Tensor { self.ge(other) }

  /// PyTorch's `ge`: see ``Tensor/ge(_:)``.
  @inlinable @inline(__always)
  public func greaterEqual(other: Tensor) -> Tensor { self.ge(other) }

  /// PyTorch's `ge`: see ``Tensor/ge(_:)``.
  @inlinable @inline(__always)
  public func greaterEqual(_ other: some ScalarConvertible) -> Tensor { self.ge(other) }

  /// PyTorch's `ge`: see ``Tensor/ge(_:)``.
  @inlinable @inline(__always)
  public func greaterEqual(other: some ScalarConvertible) -> Tensor { self.ge(other) }

  /// PyTorch's `geqrf`: see ``geqrf(_:)``.
  @inlinable @inline(__always)
  public func geqrf() -> (a: Tensor, tau: Tensor) { ApusFunctional.geqrf(self) }

  /// PyTorch's `glu`: see ``Tensor/glu(dim:)``.
  @inlinable @inline(__always)
  public func glu(_ dim: Int) -> Tensor { self.glu(dim: dim) }

  /// PyTorch's `gt`: see ``Tensor/gt(_:)``.
  @inlinable @inline(__always)
  public func gt(other: Tensor) -> Tensor { self.gt(other) }

  /// PyTorch's `gt`: see ``Tensor/gt(_:)``.
  @inlinable @inline(__always)
  public func gt(other: some ScalarConvertible) -> Tensor { self.gt(other) }

  /// PyTorch's `gt`: see ``Tensor/gt(_:)``.
  @inlinable @inline(__always)
  public func greater(_ other: Tensor) -> Tensor { self.gt(other) }

  /// PyTorch's `gt`: see ``Tensor/gt(_:)``.
  @inlinable @inline(__always)
  public func greater(other: Tensor) -> Tensor { self.gt(other) }

  /// PyTorch's `gt`: see ``Tensor/gt(_:)``.
  @inlinable @inline(__always)
  public func greater(_ other: some ScalarConvertible) -> Tensor { self.gt(other) }

  /// PyTorch's `gt`: see ``Tensor/gt(_:)``.
  @inlinable @inline(__always)
  public func greater(other: some ScalarConvertible) -> Tensor { self.gt(other) }

  /// PyTorch's `hardshrink`: see ``Tensor/hardshrink(lambd:)``.
  @inlinable @inline(__always)
  public func hardshrink(_ lambd: Double) -> Tensor { self.hardshrink(lambd: lambd) }

  /// PyTorch's `hardtanh`: see ``Tensor/hardtanh(minVal:maxVal:)``.
  @inlinable @inline(__always)
  public func hardtanh(_ minVal: Double, maxVal: Double = 1) -> Tensor { self.hardtanh(minVal: minVal, maxVal: maxVal) }

  /// PyTorch's `hardtanh`: see ``Tensor/hardtanh(minVal:maxVal:)``.
  @inlinable @inline(__always)
  public func hardtanh(_ minVal: Double, _ maxVal: Double) -> Tensor { self.hardtanh(minVal: minVal, maxVal: maxVal) }

  /// PyTorch's `hash_tensor`: see ``Tensor/hashTensor(_:keepDim:)``.
  @inlinable @inline(__always)
  public func hashTensor(dim dims: [Int]?, keepDim: Bool = false) -> Tensor { self.hashTensor(dims, keepDim: keepDim) }

  /// PyTorch's `hash_tensor`: see ``Tensor/hashTensor(_:keepDim:)``.
  @inlinable @inline(__always)
  public func hashTensor(dim dims: [Int]? = nil, keepdim keepDim: Bool) -> Tensor { self.hashTensor(dims, keepDim: keepDim) }

  /// PyTorch's `hash_tensor`: see ``Tensor/hashTensor(_:keepDim:)``.
  @inlinable @inline(__always)
  public func hashTensor(_ dims: [Int]?, keepdim keepDim: Bool) -> Tensor { self.hashTensor(dims, keepDim: keepDim) }

  /// PyTorch's `hash_tensor`: see ``Tensor/hashTensor(_:keepDim:)``.
  @inlinable @inline(__always)
  public func hashTensor(dim: Int, keepDim: Bool = false) -> Tensor { self.hashTensor(dim, keepDim: keepDim) }

  /// PyTorch's `hash_tensor`: see ``Tensor/hashTensor(_:keepDim:)``.
  @inlinable @inline(__always)
  public func hashTensor(dim: Int, keepdim keepDim: Bool) -> Tensor { self.hashTensor(dim, keepDim: keepDim) }

  /// PyTorch's `hash_tensor`: see ``Tensor/hashTensor(_:keepDim:)``.
  @inlinable @inline(__always)
  public func hashTensor(_ dim: Int, keepdim keepDim: Bool) -> Tensor { self.hashTensor(dim, keepDim: keepDim) }

  /// PyTorch's `heaviside`: see ``Tensor/heaviside(_:)``.
  @inlinable @inline(__always)
  public func heaviside(values: Tensor) -> Tensor { self.heaviside(values) }

  /// PyTorch's `histc`: see ``Tensor/histc(_:min:max:)``.
  @inlinable @inline(__always)
  public func histc(bins: Int, min: Double = 0, max: Double = 0) -> Tensor { self.histc(bins, min: min, max: max) }

  /// PyTorch's `histc`: see ``Tensor/histc(_:min:max:)``.
  @inlinable @inline(__always)
  public func histc(_ bins: Int, _ min: Double, max: Double = 0) -> Tensor { self.histc(bins, min: min, max: max) }

  /// PyTorch's `histc`: see ``Tensor/histc(_:min:max:)``.
  @inlinable @inline(__always)
  public func histc(_ bins: Int, _ min: Double, _ max: Double) -> Tensor { self.histc(bins, min: min, max: max) }

  /// PyTorch's `histogram`: see ``Tensor/histogram(bins:range:weight:density:)``.
  @inlinable @inline(__always)
  public func histogram(_ bins: Int, range: (Double, Double)? = nil, weight: Tensor? = nil, density: Bool = false) -> (hist: Tensor, binEdges: Tensor) { self.histogram(bins: bins, range: range, weight: weight, density: density) }

  /// PyTorch's `histogramdd`: see ``Tensor/histogramdd(bins:range:weight:density:)``.
  @inlinable @inline(__always)
  public func histogramdd(_ bins: [Int], range: [(Double, Double)]? = nil, weight: Tensor? = nil, density: Bool = false) -> (hist: Tensor, binEdges: [Tensor]) { self.histogramdd(bins: bins, range: range, weight: weight, density: density) }

  /// PyTorch's `histogramdd`: see ``Tensor/histogramdd(bins:range:weight:density:)``.
  @inlinable @inline(__always)
  public func histogramdd(_ bins: [Int], _ range: [(Double, Double)]?, weight: Tensor? = nil, density: Bool = false) -> (hist: Tensor, binEdges: [Tensor]) { self.histogramdd(bins: bins, range: range, weight: weight, density: density) }

  /// PyTorch's `histogramdd`: see ``Tensor/histogramdd(bins:range:weight:density:)``.
  @inlinable @inline(__always)
  public func histogramdd(_ bins: [Int], _ range: [(Double, Double)]?, _ weight: Tensor?, density: Bool = false) -> (hist: Tensor, binEdges: [Tensor]) { self.histogramdd(bins: bins, range: range, weight: weight, density: density) }

  /// PyTorch's `histogramdd`: see ``Tensor/histogramdd(bins:range:weight:density:)``.
  @inlinable @inline(__always)
  public func histogramdd(_ bins: [Int], _ range: [(Double, Double)]?, _ weight: Tensor?, _ density: Bool) -> (hist: Tensor, binEdges: [Tensor]) { self.histogramdd(bins: bins, range: range, weight: weight, density: density) }

  /// PyTorch's `histogramdd`: see ``Tensor/histogramdd(bins:range:weight:density:)``.
  @inlinable @inline(__always)
  public func histogramdd(bins: Int, range: [(Double, Double)]? = nil, weight: Tensor? = nil, density: Bool = false) -> (hist: Tensor, binEdges: [Tensor]) { self.histogramdd(bins: [bins], range: range, weight: weight, density: density) }

  /// PyTorch's `histogramdd`: see ``Tensor/histogramdd(bins:range:weight:density:)``.
  @inlinable @inline(__always)
  public func histogramdd(_ bins: Int, range: [(Double, Double)]? = nil, weight: Tensor? = nil, density: Bool = false) -> (hist: Tensor, binEdges: [Tensor]) { self.histogramdd(bins: [bins], range: range, weight: weight, density: density) }

  /// PyTorch's `histogramdd`: see ``Tensor/histogramdd(bins:range:weight:density:)``.
  @inlinable @inline(__always)
  public func histogramdd(_ bins: Int, _ range: [(Double, Double)]?, weight: Tensor? = nil, density: Bool = false) -> (hist: Tensor, binEdges: [Tensor]) { self.histogramdd(bins: [bins], range: range, weight: weight, density: density) }

  /// PyTorch's `histogramdd`: see ``Tensor/histogramdd(bins:range:weight:density:)``.
  @inlinable @inline(__always)
  public func histogramdd(_ bins: Int, _ range: [(Double, Double)]?, _ weight: Tensor?, density: Bool = false) -> (hist: Tensor, binEdges: [Tensor]) { self.histogramdd(bins: [bins], range: range, weight: weight, density: density) }

  /// PyTorch's `histogramdd`: see ``Tensor/histogramdd(bins:range:weight:density:)``.
  @inlinable @inline(__always)
  public func histogramdd(_ bins: Int, _ range: [(Double, Double)]?, _ weight: Tensor?, _ density: Bool) -> (hist: Tensor, binEdges: [Tensor]) { self.histogramdd(bins: [bins], range: range, weight: weight, density: density) }

  /// PyTorch's `hsplit`: see ``Tensor/hsplit(_:)``.
  @inlinable @inline(__always)
  public func hsplit(sections: Int) -> [Tensor] { self.hsplit(sections) }

  /// PyTorch's `hsplit`: see ``Tensor/hsplit(_:)``.
  @inlinable @inline(__always)
  public func hsplit(indices: [Int]) -> [Tensor] { self.hsplit(indices) }

  /// PyTorch's `hypot`: see ``Tensor/hypot(_:)``.
  @inlinable @inline(__always)
  public func hypot(other: Tensor) -> Tensor { self.hypot(other) }

  /// PyTorch's `igamma`: see ``Tensor/igamma(_:)``.
  @inlinable @inline(__always)
  public func igamma(other: Tensor) -> Tensor { self.igamma(other) }

  /// PyTorch's `igammac`: see ``Tensor/igammac(_:)``.
  @inlinable @inline(__always)
  public func igammac(other: Tensor) -> Tensor { self.igammac(other) }

  /// PyTorch's `index_add`: see ``Tensor/indexAdd(_:_:_:alpha:)``.
  @inlinable @inline(__always)
  public func indexAdd(dim: Int, index: Tensor, source: Tensor, alpha: some ScalarConvertible) -> Tensor { self.indexAdd(dim, index, source, alpha: alpha) }

  /// PyTorch's `index_add`: see ``Tensor/indexAdd(_:_:_:alpha:)``.
  @inlinable @inline(__always)
  public func indexAdd(_ dim: Int, index: Tensor, source: Tensor, alpha: some ScalarConvertible) -> Tensor { self.indexAdd(dim, index, source, alpha: alpha) }

  /// PyTorch's `index_add`: see ``Tensor/indexAdd(_:_:_:alpha:)``.
  @inlinable @inline(__always)
  public func indexAdd(_ dim: Int, _ index: Tensor, source: Tensor, alpha: some ScalarConvertible) -> Tensor { self.indexAdd(dim, index, source, alpha: alpha) }

  /// PyTorch's `index_add`: see ``Tensor/indexAdd(_:_:_:)``.
  @inlinable @inline(__always)
  public func indexAdd(dim: Int, index: Tensor, source: Tensor) -> Tensor { self.indexAdd(dim, index, source) }

  /// PyTorch's `index_add`: see ``Tensor/indexAdd(_:_:_:)``.
  @inlinable @inline(__always)
  public func indexAdd(_ dim: Int, index: Tensor, source: Tensor) -> Tensor { self.indexAdd(dim, index, source) }

  /// PyTorch's `index_add`: see ``Tensor/indexAdd(_:_:_:)``.
  @inlinable @inline(__always)
  public func indexAdd(_ dim: Int, _ index: Tensor, source: Tensor) -> Tensor { self.indexAdd(dim, index, source) }

  /// PyTorch's `index_copy`: see ``Tensor/indexCopy(_:_:_:)``.
  @inlinable @inline(__always)
  public func indexCopy(dim: Int, index: Tensor, source: Tensor) -> Tensor { self.indexCopy(dim, index, source) }

  /// PyTorch's `index_copy`: see ``Tensor/indexCopy(_:_:_:)``.
  @inlinable @inline(__always)
  public func indexCopy(_ dim: Int, index: Tensor, source: Tensor) -> Tensor { self.indexCopy(dim, index, source) }

  /// PyTorch's `index_copy`: see ``Tensor/indexCopy(_:_:_:)``.
  @inlinable @inline(__always)
  public func indexCopy(_ dim: Int, _ index: Tensor, source: Tensor) -> Tensor { self.indexCopy(dim, index, source) }

  /// PyTorch's `index_fill`: see ``Tensor/indexFill(_:_:_:)``.
  @inlinable @inline(__always)
  public func indexFill(dim: Int, index: Tensor, value: some ScalarConvertible) -> Tensor { self.indexFill(dim, index, value) }

  /// PyTorch's `index_fill`: see ``Tensor/indexFill(_:_:_:)``.
  @inlinable @inline(__always)
  public func indexFill(_ dim: Int, index: Tensor, value: some ScalarConvertible) -> Tensor { self.indexFill(dim, index, value) }

  /// PyTorch's `index_fill`: see ``Tensor/indexFill(_:_:_:)``.
  @inlinable @inline(__always)
  public func indexFill(_ dim: Int, _ index: Tensor, value: some ScalarConvertible) -> Tensor { self.indexFill(dim, index, value) }

  /// PyTorch's `index_fill`: see ``Tensor/indexFill(_:_:_:)``.
  @inlinable @inline(__always)
  public func indexFill(dim: Int, index: Tensor, value: Tensor) -> Tensor { self.indexFill(dim, index, value) }

  /// PyTorch's `index_fill`: see ``Tensor/indexFill(_:_:_:)``.
  @inlinable @inline(__always)
  public func indexFill(_ dim: Int, index: Tensor, value: Tensor) -> Tensor { self.indexFill(dim, index, value) }

  /// PyTorch's `index_fill`: see ``Tensor/indexFill(_:_:_:)``.
  @inlinable @inline(__always)
  public func indexFill(_ dim: Int, _ index: Tensor, value: Tensor) -> Tensor { self.indexFill(dim, index, value) }

  /// PyTorch's `index_put`: see ``Tensor/indexPut(_:_:accumulate:)``.
  @inlinable @inline(__always)
  public func indexPut(indices: [Tensor?], values: Tensor, accumulate: Bool = false) -> Tensor { self.indexPut(indices, values, accumulate: accumulate) }

  /// PyTorch's `index_put`: see ``Tensor/indexPut(_:_:accumulate:)``.
  @inlinable @inline(__always)
  public func indexPut(_ indices: [Tensor?], values: Tensor, accumulate: Bool = false) -> Tensor { self.indexPut(indices, values, accumulate: accumulate) }

  /// PyTorch's `index_put`: see ``Tensor/indexPut(_:_:accumulate:)``.
  @inlinable @inline(__always)
  public func indexPut(_ indices: [Tensor?], _ values: Tensor, _ accumulate: Bool) -> Tensor { self.indexPut(indices, values, accumulate: accumulate) }

  /// PyTorch's `index_reduce`: see ``Tensor/indexReduce(_:_:_:reduce:includeSelf:)``.
  @inlinable @inline(__always)
  public func indexReduce(dim: Int, index: Tensor, source: Tensor, reduce: ScatterReduction, includeSelf: Bool = true) -> Tensor { self.indexReduce(dim, index, source, reduce: reduce, includeSelf: includeSelf) }

  /// PyTorch's `index_reduce`: see ``Tensor/indexReduce(_:_:_:reduce:includeSelf:)``.
  @inlinable @inline(__always)
  public func indexReduce(_ dim: Int, index: Tensor, source: Tensor, reduce: ScatterReduction, includeSelf: Bool = true) -> Tensor { self.indexReduce(dim, index, source, reduce: reduce, includeSelf: includeSelf) }

  /// PyTorch's `index_reduce`: see ``Tensor/indexReduce(_:_:_:reduce:includeSelf:)``.
  @inlinable @inline(__always)
  public func indexReduce(_ dim: Int, _ index: Tensor, source: Tensor, reduce: ScatterReduction, includeSelf: Bool = true) -> Tensor { self.indexReduce(dim, index, source, reduce: reduce, includeSelf: includeSelf) }

  /// PyTorch's `index_reduce`: see ``Tensor/indexReduce(_:_:_:reduce:includeSelf:)``.
  @inlinable @inline(__always)
  public func indexReduce(_ dim: Int, _ index: Tensor, _ source: Tensor, _ reduce: ScatterReduction, includeSelf: Bool = true) -> Tensor { self.indexReduce(dim, index, source, reduce: reduce, includeSelf: includeSelf) }

  /// PyTorch's `index_select`: see ``Tensor/indexSelect(_:_:)``.
  @inlinable @inline(__always)
  public func indexSelect(dim: Int, index: Tensor) -> Tensor { self.indexSelect(dim, index) }

  /// PyTorch's `index_select`: see ``Tensor/indexSelect(_:_:)``.
  @inlinable @inline(__always)
  public func indexSelect(_ dim: Int, index: Tensor) -> Tensor { self.indexSelect(dim, index) }

  /// PyTorch's `inner`: see ``inner(_:_:)``.
  @inlinable @inline(__always)
  public func inner(_ b: Tensor) -> Tensor { ApusFunctional.inner(self, b) }

  /// PyTorch's `inner`: see ``inner(_:_:)``.
  @inlinable @inline(__always)
  public func inner(other b: Tensor) -> Tensor { ApusFunctional.inner(self, b) }

  /// PyTorch's `isclose`: see ``Tensor/isclose(_:rtol:atol:equalNan:)``.
  @inlinable @inline(__always)
  public func isclose(other: Tensor, rtol: Double = 1e-5, atol: Double = 1e-8, equalNan: Bool = false) -> Tensor { self.isclose(other, rtol: rtol, atol: atol, equalNan: equalNan) }

  /// PyTorch's `isclose`: see ``Tensor/isclose(_:rtol:atol:equalNan:)``.
  @inlinable @inline(__always)
  public func isclose(_ other: Tensor, _ rtol: Double, atol: Double = 1e-8, equalNan: Bool = false) -> Tensor { self.isclose(other, rtol: rtol, atol: atol, equalNan: equalNan) }

  /// PyTorch's `isclose`: see ``Tensor/isclose(_:rtol:atol:equalNan:)``.
  @inlinable @inline(__always)
  public func isclose(_ other: Tensor, _ rtol: Double, _ atol: Double, equalNan: Bool = false) -> Tensor { self.isclose(other, rtol: rtol, atol: atol, equalNan: equalNan) }

  /// PyTorch's `isclose`: see ``Tensor/isclose(_:rtol:atol:equalNan:)``.
  @inlinable @inline(__always)
  public func isclose(_ other: Tensor, _ rtol: Double, _ atol: Double, _ equalNan: Bool) -> Tensor { self.isclose(other, rtol: rtol, atol: atol, equalNan: equalNan) }

  /// PyTorch's `istft`: see ``Tensor/istft(nFFT:hopLength:winLength:window:center:normalized:onesided:length:returnComplex:)``.
  @inlinable @inline(__always)
  public func istft(_ nFFT: Int, hopLength: Int? = nil, winLength: Int? = nil, window: Tensor? = nil, center: Bool = true, normalized: Bool = false, onesided: Bool? = nil, length: Int? = nil, returnComplex: Bool = false) -> Tensor { self.istft(nFFT: nFFT, hopLength: hopLength, winLength: winLength, window: window, center: center, normalized: normalized, onesided: onesided, length: length, returnComplex: returnComplex) }

  /// PyTorch's `istft`: see ``Tensor/istft(nFFT:hopLength:winLength:window:center:normalized:onesided:length:returnComplex:)``.
  @inlinable @inline(__always)
  public func istft(_ nFFT: Int, _ hopLength: Int?, winLength: Int? = nil, window: Tensor? = nil, center: Bool = true, normalized: Bool = false, onesided: Bool? = nil, length: Int? = nil, returnComplex: Bool = false) -> Tensor { self.istft(nFFT: nFFT, hopLength: hopLength, winLength: winLength, window: window, center: center, normalized: normalized, onesided: onesided, length: length, returnComplex: returnComplex) }

  /// PyTorch's `istft`: see ``Tensor/istft(nFFT:hopLength:winLength:window:center:normalized:onesided:length:returnComplex:)``.
  @inlinable @inline(__always)
  public func istft(_ nFFT: Int, _ hopLength: Int?, _ winLength: Int?, window: Tensor? = nil, center: Bool = true, normalized: Bool = false, onesided: Bool? = nil, length: Int? = nil, returnComplex: Bool = false) -> Tensor { self.istft(nFFT: nFFT, hopLength: hopLength, winLength: winLength, window: window, center: center, normalized: normalized, onesided: onesided, length: length, returnComplex: returnComplex) }

  /// PyTorch's `istft`: see ``Tensor/istft(nFFT:hopLength:winLength:window:center:normalized:onesided:length:returnComplex:)``.
  @inlinable @inline(__always)
  public func istft(_ nFFT: Int, _ hopLength: Int?, _ winLength: Int?, _ window: Tensor?, center: Bool = true, normalized: Bool = false, onesided: Bool? = nil, length: Int? = nil, returnComplex: Bool = false) -> Tensor { self.istft(nFFT: nFFT, hopLength: hopLength, winLength: winLength, window: window, center: center, normalized: normalized, onesided: onesided, length: length, returnComplex: returnComplex) }

  /// PyTorch's `istft`: see ``Tensor/istft(nFFT:hopLength:winLength:window:center:normalized:onesided:length:returnComplex:)``.
  @inlinable @inline(__always)
  public func istft(_ nFFT: Int, _ hopLength: Int?, _ winLength: Int?, _ window: Tensor?, _ center: Bool, normalized: Bool = false, onesided: Bool? = nil, length: Int? = nil, returnComplex: Bool = false) -> Tensor { self.istft(nFFT: nFFT, hopLength: hopLength, winLength: winLength, window: window, center: center, normalized: normalized, onesided: onesided, length: length, returnComplex: returnComplex) }

  /// PyTorch's `istft`: see ``Tensor/istft(nFFT:hopLength:winLength:window:center:normalized:onesided:length:returnComplex:)``.
  @inlinable @inline(__always)
  public func istft(_ nFFT: Int, _ hopLength: Int?, _ winLength: Int?, _ window: Tensor?, _ center: Bool, _ normalized: Bool, onesided: Bool? = nil, length: Int? = nil, returnComplex: Bool = false) -> Tensor { self.istft(nFFT: nFFT, hopLength: hopLength, winLength: winLength, window: window, center: center, normalized: normalized, onesided: onesided, length: length, returnComplex: returnComplex) }

  /// PyTorch's `istft`: see ``Tensor/istft(nFFT:hopLength:winLength:window:center:normalized:onesided:length:returnComplex:)``.
  @inlinable @inline(__always)
  public func istft(_ nFFT: Int, _ hopLength: Int?, _ winLength: Int?, _ window: Tensor?, _ center: Bool, _ normalized: Bool, _ onesided: Bool?, length: Int? = nil, returnComplex: Bool = false) -> Tensor { self.istft(nFFT: nFFT, hopLength: hopLength, winLength: winLength, window: window, center: center, normalized: normalized, onesided: onesided, length: length, returnComplex: returnComplex) }

  /// PyTorch's `istft`: see ``Tensor/istft(nFFT:hopLength:winLength:window:center:normalized:onesided:length:returnComplex:)``.
  @inlinable @inline(__always)
  public func istft(_ nFFT: Int, _ hopLength: Int?, _ winLength: Int?, _ window: Tensor?, _ center: Bool, _ normalized: Bool, _ onesided: Bool?, _ length: Int?, returnComplex: Bool = false) -> Tensor { self.istft(nFFT: nFFT, hopLength: hopLength, winLength: winLength, window: window, center: center, normalized: normalized, onesided: onesided, length: length, returnComplex: returnComplex) }

  /// PyTorch's `istft`: see ``Tensor/istft(nFFT:hopLength:winLength:window:center:normalized:onesided:length:returnComplex:)``.
  @inlinable @inline(__always)
  public func istft(_ nFFT: Int, _ hopLength: Int?, _ winLength: Int?, _ window: Tensor?, _ center: Bool, _ normalized: Bool, _ onesided: Bool?, _ length: Int?, _ returnComplex: Bool) -> Tensor { self.istft(nFFT: nFFT, hopLength: hopLength, winLength: winLength, window: window, center: center, normalized: normalized, onesided: onesided, length: length, returnComplex: returnComplex) }

  /// PyTorch's `istft`: see ``Tensor/istft(nFFT:hopLength:winLength:window:center:normalized:onesided:length:returnComplex:)``.
  @inlinable @inline(__always)
  public func istft(nFft nFFT: Int, hopLength: Int? = nil, winLength: Int? = nil, window: Tensor? = nil, center: Bool = true, normalized: Bool = false, onesided: Bool? = nil, length: Int? = nil, returnComplex: Bool = false) -> Tensor { self.istft(nFFT: nFFT, hopLength: hopLength, winLength: winLength, window: window, center: center, normalized: normalized, onesided: onesided, length: length, returnComplex: returnComplex) }

  /// PyTorch's `kron`: see ``kron(_:_:)``.
  @inlinable @inline(__always)
  public func kron(_ b: Tensor) -> Tensor { ApusFunctional.kron(self, b) }

  /// PyTorch's `kron`: see ``kron(_:_:)``.
  @inlinable @inline(__always)
  public func kron(other b: Tensor) -> Tensor { ApusFunctional.kron(self, b) }

  /// PyTorch's `kthvalue`: see ``Tensor/kthvalue(_:dim:keepDim:)``.
  @inlinable @inline(__always)
  public func kthvalue(k: Int, dim: Int = -1, keepDim: Bool = false) -> ValuesIndices { self.kthvalue(k, dim: dim, keepDim: keepDim) }

  /// PyTorch's `kthvalue`: see ``Tensor/kthvalue(_:dim:keepDim:)``.
  @_disfavoredOverload @inlinable @inline(__always)
  public func kthvalue(k: Int, dim: Int = -1, keepDim: Bool = false) -> (values: Tensor, indices: Tensor) { self.kthvalue(k, dim: dim, keepDim: keepDim) }

  /// PyTorch's `kthvalue`: see ``Tensor/kthvalue(_:dim:keepDim:)``.
  @inlinable @inline(__always)
  public func kthvalue(_ k: Int, _ dim: Int, keepDim: Bool = false) -> ValuesIndices { self.kthvalue(k, dim: dim, keepDim: keepDim) }

  /// PyTorch's `kthvalue`: see ``Tensor/kthvalue(_:dim:keepDim:)``.
  @_disfavoredOverload @inlinable @inline(__always)
  public func kthvalue(_ k: Int, _ dim: Int, keepDim: Bool = false) -> (values: Tensor, indices: Tensor) { self.kthvalue(k, dim: dim, keepDim: keepDim) }

  /// PyTorch's `kthvalue`: see ``Tensor/kthvalue(_:dim:keepDim:)``.
  @inlinable @inline(__always)
  public func kthvalue(_ k: Int, _ dim: Int, _ keepDim: Bool) -> ValuesIndices { self.kthvalue(k, dim: dim, keepDim: keepDim) }

  /// PyTorch's `kthvalue`: see ``Tensor/kthvalue(_:dim:keepDim:)``.
  @_disfavoredOverload @inlinable @inline(__always)
  public func kthvalue(_ k: Int, _ dim: Int, _ keepDim: Bool) -> (values: Tensor, indices: Tensor) { self.kthvalue(k, dim: dim, keepDim: keepDim) }

  /// PyTorch's `kthvalue`: see ``Tensor/kthvalue(_:dim:keepDim:)``.
  @inlinable @inline(__always)
  public func kthvalue(k: Int, dim: Int = -1, keepdim keepDim: Bool) -> ValuesIndices { self.kthvalue(k, dim: dim, keepDim: keepDim) }

  /// PyTorch's `kthvalue`: see ``Tensor/kthvalue(_:dim:keepDim:)``.
  @_disfavoredOverload @inlinable @inline(__always)
  public func kthvalue(k: Int, dim: Int = -1, keepdim keepDim: Bool) -> (values: Tensor, indices: Tensor) { self.kthvalue(k, dim: dim, keepDim: keepDim) }

  /// PyTorch's `kthvalue`: see ``Tensor/kthvalue(_:dim:keepDim:)``.
  @inlinable @inline(__always)
  public func kthvalue(_ k: Int, dim: Int, keepdim keepDim: Bool) -> ValuesIndices { self.kthvalue(k, dim: dim, keepDim: keepDim) }

  /// PyTorch's `kthvalue`: see ``Tensor/kthvalue(_:dim:keepDim:)``.
  @_disfavoredOverload @inlinable @inline(__always)
  public func kthvalue(_ k: Int, dim: Int, keepdim keepDim: Bool) -> (values: Tensor, indices: Tensor) { self.kthvalue(k, dim: dim, keepDim: keepDim) }

  /// PyTorch's `kthvalue`: see ``Tensor/kthvalue(_:dim:keepDim:)``.
  @inlinable @inline(__always)
  public func kthvalue(_ k: Int, keepdim keepDim: Bool) -> ValuesIndices { self.kthvalue(k, keepDim: keepDim) }

  /// PyTorch's `kthvalue`: see ``Tensor/kthvalue(_:dim:keepDim:)``.
  @_disfavoredOverload @inlinable @inline(__always)
  public func kthvalue(_ k: Int, keepdim keepDim: Bool) -> (values: Tensor, indices: Tensor) { self.kthvalue(k, keepDim: keepDim) }

  /// PyTorch's `kthvalue`: see ``Tensor/kthvalue(_:dim:keepDim:)``.
  @inlinable @inline(__always)
  public func kthvalue(_ k: Int, _ dim: Int, keepdim keepDim: Bool) -> ValuesIndices { self.kthvalue(k, dim: dim, keepDim: keepDim) }

  /// PyTorch's `kthvalue`: see ``Tensor/kthvalue(_:dim:keepDim:)``.
  @_disfavoredOverload @inlinable @inline(__always)
  public func kthvalue(_ k: Int, _ dim: Int, keepdim keepDim: Bool) -> (values: Tensor, indices: Tensor) { self.kthvalue(k, dim: dim, keepDim: keepDim) }

  /// PyTorch's `lcm`: see ``Tensor/lcm(_:)``.
  @inlinable @inline(__always)
  public func lcm(other: Tensor) -> Tensor { self.lcm(other) }

  /// PyTorch's `ldexp`: see ``Tensor/ldexp(_:)``.
  @inlinable @inline(__always)
  public func ldexp(other: Tensor) -> Tensor { self.ldexp(other) }

  /// PyTorch's `le`: see ``Tensor/le(_:)``.
  @inlinable @inline(__always)
  public func le(other: Tensor) -> Tensor { self.le(other) }

  /// PyTorch's `le`: see ``Tensor/le(_:)``.
  @inlinable @inline(__always)
  public func le(other: some ScalarConvertible) -> Tensor { self.le(other) }

  /// PyTorch's `le`: see ``Tensor/le(_:)``.
  @inlinable @inline(__always)
  public func lessEqual(_ other: Tensor) -> Tensor { self.le(other) }

  /// PyTorch's `le`: see ``Tensor/le(_:)``.
  @inlinable @inline(__always)
  public func lessEqual(other: Tensor) -> Tensor { self.le(other) }

  /// PyTorch's `le`: see ``Tensor/le(_:)``.
  @inlinable @inline(__always)
  public func lessEqual(_ other: some ScalarConvertible) -> Tensor { self.le(other) }

  /// PyTorch's `le`: see ``Tensor/le(_:)``.
  @inlinable @inline(__always)
  public func lessEqual(other: some ScalarConvertible) -> Tensor { self.le(other) }

  /// PyTorch's `leaky_relu`: see ``Tensor/leakyRelu(negativeSlope:)``.
  @inlinable @inline(__always)
  public func leakyRelu(_ negativeSlope: Double) -> Tensor { self.leakyRelu(negativeSlope: negativeSlope) }

  /// PyTorch's `lerp`: see ``Tensor/lerp(_:_:)``.
  @inlinable @inline(__always)
  public func lerp(end: Tensor, weight: Tensor) -> Tensor { self.lerp(end, weight) }

  /// PyTorch's `lerp`: see ``Tensor/lerp(_:_:)``.
  @inlinable @inline(__always)
  public func lerp(_ end: Tensor, weight: Tensor) -> Tensor { self.lerp(end, weight) }

  /// PyTorch's `lerp`: see ``Tensor/lerp(_:_:)``.
  @inlinable @inline(__always)
  public func lerp(end: Tensor, weight: some ScalarConvertible) -> Tensor { self.lerp(end, weight) }

  /// PyTorch's `lerp`: see ``Tensor/lerp(_:_:)``.
  @inlinable @inline(__always)
  public func lerp(_ end: Tensor, weight: some ScalarConvertible) -> Tensor { self.lerp(end, weight) }

  /// PyTorch's `log_softmax`: see ``Tensor/logSoftmax(_:dtype:)``.
  @inlinable @inline(__always)
  public func logSoftmax(dim: Int, dtype: DType? = nil) -> Tensor { self.logSoftmax(dim, dtype: dtype) }

  /// PyTorch's `log_softmax`: see ``Tensor/logSoftmax(_:dtype:)``.
  @inlinable @inline(__always)
  public func logSoftmax(_ dim: Int, _ dtype: DType?) -> Tensor { self.logSoftmax(dim, dtype: dtype) }

  /// PyTorch's `logaddexp`: see ``Tensor/logaddexp(_:)``.
  @inlinable @inline(__always)
  public func logaddexp(other: Tensor) -> Tensor { self.logaddexp(other) }

  /// PyTorch's `logaddexp2`: see ``Tensor/logaddexp2(_:)``.
  @inlinable @inline(__always)
  public func logaddexp2(other: Tensor) -> Tensor { self.logaddexp2(other) }

  /// PyTorch's `logcumsumexp`: see ``Tensor/logcumsumexp(_:)``.
  @inlinable @inline(__always)
  public func logcumsumexp(dim: Int) -> Tensor { self.logcumsumexp(dim) }

  /// PyTorch's `logical_and`: see ``Tensor/logicalAnd(_:)``.
  @inlinable @inline(__always)
  public func logicalAnd(other: Tensor) -> Tensor { self.logicalAnd(other) }

  /// PyTorch's `logical_or`: see ``Tensor/logicalOr(_:)``.
  @inlinable @inline(__always)
  public func logicalOr(other: Tensor) -> Tensor { self.logicalOr(other) }

  /// PyTorch's `logical_xor`: see ``Tensor/logicalXor(_:)``.
  @inlinable @inline(__always)
  public func logicalXor(other: Tensor) -> Tensor { self.logicalXor(other) }

  /// PyTorch's `logit`: see ``Tensor/logit(eps:)``.
  @inlinable @inline(__always)
  public func logit(_ eps: Double?) -> Tensor { self.logit(eps: eps) }

  /// PyTorch's `logsumexp`: see ``Tensor/logsumexp(_:keepDim:)``.
  @inlinable @inline(__always)
  public func logsumexp(dim dims: [Int], keepDim: Bool = false) -> Tensor { self.logsumexp(dims, keepDim: keepDim) }

  /// PyTorch's `logsumexp`: see ``Tensor/logsumexp(_:keepDim:)``.
  @inlinable @inline(__always)
  public func logsumexp(_ dims: [Int], _ keepDim: Bool) -> Tensor { self.logsumexp(dims, keepDim: keepDim) }

  /// PyTorch's `logsumexp`: see ``Tensor/logsumexp(_:keepDim:)``.
  @inlinable @inline(__always)
  public func logsumexp(dim dims: [Int], keepdim keepDim: Bool) -> Tensor { self.logsumexp(dims, keepDim: keepDim) }

  /// PyTorch's `logsumexp`: see ``Tensor/logsumexp(_:keepDim:)``.
  @inlinable @inline(__always)
  public func logsumexp(_ dims: [Int], keepdim keepDim: Bool) -> Tensor { self.logsumexp(dims, keepDim: keepDim) }

  /// PyTorch's `logsumexp`: see ``Tensor/logsumexp(_:keepDim:)``.
  @inlinable @inline(__always)
  public func logsumexp(dim: Int, keepDim: Bool = false) -> Tensor { self.logsumexp(dim, keepDim: keepDim) }

  /// PyTorch's `logsumexp`: see ``Tensor/logsumexp(_:keepDim:)``.
  @inlinable @inline(__always)
  public func logsumexp(_ dim: Int, _ keepDim: Bool) -> Tensor { self.logsumexp(dim, keepDim: keepDim) }

  /// PyTorch's `logsumexp`: see ``Tensor/logsumexp(_:keepDim:)``.
  @inlinable @inline(__always)
  public func logsumexp(dim: Int, keepdim keepDim: Bool) -> Tensor { self.logsumexp(dim, keepDim: keepDim) }

  /// PyTorch's `logsumexp`: see ``Tensor/logsumexp(_:keepDim:)``.
  @inlinable @inline(__always)
  public func logsumexp(_ dim: Int, keepdim keepDim: Bool) -> Tensor { self.logsumexp(dim, keepDim: keepDim) }

  /// PyTorch's `lt`: see ``Tensor/lt(_:)``.
  @inlinable @inline(__always)
  public func lt(other: Tensor) -> Tensor { self.lt(other) }

  /// PyTorch's `lt`: see ``Tensor/lt(_:)``.
  @inlinable @inline(__always)
  public func lt(other: some ScalarConvertible) -> Tensor { self.lt(other) }

  /// PyTorch's `lt`: see ``Tensor/lt(_:)``.
  @inlinable @inline(__always)
  public func less(_ other: Tensor) -> Tensor { self.lt(other) }

  /// PyTorch's `lt`: see ``Tensor/lt(_:)``.
  @inlinable @inline(__always)
  public func less(other: Tensor) -> Tensor { self.lt(other) }

  /// PyTorch's `lt`: see ``Tensor/lt(_:)``.
  @inlinable @inline(__always)
  public func less(_ other: some ScalarConvertible) -> Tensor { self.lt(other) }

  /// PyTorch's `lt`: see ``Tensor/lt(_:)``.
  @inlinable @inline(__always)
  public func less(other: some ScalarConvertible) -> Tensor { self.lt(other) }

  /// PyTorch's `lu_solve`: see ``Tensor/luSolve(_:_:)``.
  @inlinable @inline(__always)
  public func luSolve(LUData factors: Tensor, LUPivots pivots: Tensor) -> Tensor { self.luSolve(factors, pivots) }

  /// PyTorch's `lu_solve`: see ``Tensor/luSolve(_:_:)``.
  @inlinable @inline(__always)
  public func luSolve(_ factors: Tensor, LUPivots pivots: Tensor) -> Tensor { self.luSolve(factors, pivots) }

  /// PyTorch's `masked_fill`: see ``Tensor/maskedFill(_:_:)``.
  @inlinable @inline(__always)
  public func maskedFill(mask: Tensor, value: some ScalarConvertible) -> Tensor { self.maskedFill(mask, value) }

  /// PyTorch's `masked_fill`: see ``Tensor/maskedFill(_:_:)``.
  @inlinable @inline(__always)
  public func maskedFill(_ mask: Tensor, value: some ScalarConvertible) -> Tensor { self.maskedFill(mask, value) }

  /// PyTorch's `masked_fill`: see ``Tensor/maskedFill(_:_:)``.
  @inlinable @inline(__always)
  public func maskedFill(mask: Tensor, value: Tensor) -> Tensor { self.maskedFill(mask, value) }

  /// PyTorch's `masked_fill`: see ``Tensor/maskedFill(_:_:)``.
  @inlinable @inline(__always)
  public func maskedFill(_ mask: Tensor, value: Tensor) -> Tensor { self.maskedFill(mask, value) }

  /// PyTorch's `masked_scatter`: see ``Tensor/maskedScatter(_:_:)``.
  @inlinable @inline(__always)
  public func maskedScatter(mask: Tensor, source: Tensor) -> Tensor { self.maskedScatter(mask, source) }

  /// PyTorch's `masked_scatter`: see ``Tensor/maskedScatter(_:_:)``.
  @inlinable @inline(__always)
  public func maskedScatter(_ mask: Tensor, source: Tensor) -> Tensor { self.maskedScatter(mask, source) }

  /// PyTorch's `masked_select`: see ``Tensor/maskedSelect(_:)``.
  @inlinable @inline(__always)
  public func maskedSelect(mask: Tensor) -> Tensor { self.maskedSelect(mask) }

  /// PyTorch's `matmul`: see ``Tensor/matmul(_:)``.
  @inlinable @inline(__always)
  public func matmul(other: Tensor) -> Tensor { self.matmul(other) }

  /// PyTorch's `max`: see ``Tensor/max(_:keepDim:)``.
  @inlinable @inline(__always)
  public func max(dim: Int, keepDim: Bool = false) -> ValuesIndices { self.max(dim, keepDim: keepDim) }

  /// PyTorch's `max`: see ``Tensor/max(_:keepDim:)``.
  @_disfavoredOverload @inlinable @inline(__always)
  public func max(dim: Int, keepDim: Bool = false) -> (values: Tensor, indices: Tensor) { self.max(dim, keepDim: keepDim) }

  /// PyTorch's `max`: see ``Tensor/max(_:keepDim:)``.
  @inlinable @inline(__always)
  public func max(_ dim: Int, _ keepDim: Bool) -> ValuesIndices { self.max(dim, keepDim: keepDim) }

  /// PyTorch's `max`: see ``Tensor/max(_:keepDim:)``.
  @_disfavoredOverload @inlinable @inline(__always)
  public func max(_ dim: Int, _ keepDim: Bool) -> (values: Tensor, indices: Tensor) { self.max(dim, keepDim: keepDim) }

  /// PyTorch's `max`: see ``Tensor/max(_:keepDim:)``.
  @inlinable @inline(__always)
  public func max(dim: Int, keepdim keepDim: Bool) -> ValuesIndices { self.max(dim, keepDim: keepDim) }

  /// PyTorch's `max`: see ``Tensor/max(_:keepDim:)``.
  @_disfavoredOverload @inlinable @inline(__always)
  public func max(dim: Int, keepdim keepDim: Bool) -> (values: Tensor, indices: Tensor) { self.max(dim, keepDim: keepDim) }

  /// PyTorch's `max`: see ``Tensor/max(_:keepDim:)``.
  @inlinable @inline(__always)
  public func max(_ dim: Int, keepdim keepDim: Bool) -> ValuesIndices { self.max(dim, keepDim: keepDim) }

  /// PyTorch's `max`: see ``Tensor/max(_:keepDim:)``.
  @_disfavoredOverload @inlinable @inline(__always)
  public func max(_ dim: Int, keepdim keepDim: Bool) -> (values: Tensor, indices: Tensor) { self.max(dim, keepDim: keepDim) }

  /// PyTorch's `maximum`: see ``Tensor/maximum(_:)``.
  @inlinable @inline(__always)
  public func maximum(other: Tensor) -> Tensor { self.maximum(other) }

  /// PyTorch's `mean`: see ``Tensor/mean(_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func mean(dim dims: [Int]?, keepDim: Bool = false, dtype: DType? = nil) -> Tensor { self.mean(dims, keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `mean`: see ``Tensor/mean(_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func mean(_ dims: [Int]?, _ keepDim: Bool, dtype: DType? = nil) -> Tensor { self.mean(dims, keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `mean`: see ``Tensor/mean(_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func mean(dim dims: [Int]? = nil, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { self.mean(dims, keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `mean`: see ``Tensor/mean(_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func mean(_ dims: [Int]?, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { self.mean(dims, keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `mean`: see ``Tensor/mean(_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func mean(dim: Int, keepDim: Bool = false, dtype: DType? = nil) -> Tensor { self.mean(dim, keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `mean`: see ``Tensor/mean(_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func mean(_ dim: Int, _ keepDim: Bool, dtype: DType? = nil) -> Tensor { self.mean(dim, keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `mean`: see ``Tensor/mean(_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func mean(dim: Int, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { self.mean(dim, keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `mean`: see ``Tensor/mean(_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func mean(_ dim: Int, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { self.mean(dim, keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `median`: see ``Tensor/median(_:keepDim:)``.
  @inlinable @inline(__always)
  public func median(dim: Int, keepDim: Bool = false) -> ValuesIndices { self.median(dim, keepDim: keepDim) }

  /// PyTorch's `median`: see ``Tensor/median(_:keepDim:)``.
  @_disfavoredOverload @inlinable @inline(__always)
  public func median(dim: Int, keepDim: Bool = false) -> (values: Tensor, indices: Tensor) { self.median(dim, keepDim: keepDim) }

  /// PyTorch's `median`: see ``Tensor/median(_:keepDim:)``.
  @inlinable @inline(__always)
  public func median(_ dim: Int, _ keepDim: Bool) -> ValuesIndices { self.median(dim, keepDim: keepDim) }

  /// PyTorch's `median`: see ``Tensor/median(_:keepDim:)``.
  @_disfavoredOverload @inlinable @inline(__always)
  public func median(_ dim: Int, _ keepDim: Bool) -> (values: Tensor, indices: Tensor) { self.median(dim, keepDim: keepDim) }

  /// PyTorch's `median`: see ``Tensor/median(_:keepDim:)``.
  @inlinable @inline(__always)
  public func median(dim: Int, keepdim keepDim: Bool) -> ValuesIndices { self.median(dim, keepDim: keepDim) }

  /// PyTorch's `median`: see ``Tensor/median(_:keepDim:)``.
  @_disfavoredOverload @inlinable @inline(__always)
  public func median(dim: Int, keepdim keepDim: Bool) -> (values: Tensor, indices: Tensor) { self.median(dim, keepDim: keepDim) }

  /// PyTorch's `median`: see ``Tensor/median(_:keepDim:)``.
  @inlinable @inline(__always)
  public func median(_ dim: Int, keepdim keepDim: Bool) -> ValuesIndices { self.median(dim, keepDim: keepDim) }

  /// PyTorch's `median`: see ``Tensor/median(_:keepDim:)``.
  @_disfavoredOverload @inlinable @inline(__always)
  public func median(_ dim: Int, keepdim keepDim: Bool) -> (values: Tensor, indices: Tensor) { self.median(dim, keepDim: keepDim) }

  /// PyTorch's `min`: see ``Tensor/min(_:keepDim:)``.
  @inlinable @inline(__always)
  public func min(dim: Int, keepDim: Bool = false) -> ValuesIndices { self.min(dim, keepDim: keepDim) }

  /// PyTorch's `min`: see ``Tensor/min(_:keepDim:)``.
  @_disfavoredOverload @inlinable @inline(__always)
  public func min(dim: Int, keepDim: Bool = false) -> (values: Tensor, indices: Tensor) { self.min(dim, keepDim: keepDim) }

  /// PyTorch's `min`: see ``Tensor/min(_:keepDim:)``.
  @inlinable @inline(__always)
  public func min(_ dim: Int, _ keepDim: Bool) -> ValuesIndices { self.min(dim, keepDim: keepDim) }

  /// PyTorch's `min`: see ``Tensor/min(_:keepDim:)``.
  @_disfavoredOverload @inlinable @inline(__always)
  public func min(_ dim: Int, _ keepDim: Bool) -> (values: Tensor, indices: Tensor) { self.min(dim, keepDim: keepDim) }

  /// PyTorch's `min`: see ``Tensor/min(_:keepDim:)``.
  @inlinable @inline(__always)
  public func min(dim: Int, keepdim keepDim: Bool) -> ValuesIndices { self.min(dim, keepDim: keepDim) }

  /// PyTorch's `min`: see ``Tensor/min(_:keepDim:)``.
  @_disfavoredOverload @inlinable @inline(__always)
  public func min(dim: Int, keepdim keepDim: Bool) -> (values: Tensor, indices: Tensor) { self.min(dim, keepDim: keepDim) }

  /// PyTorch's `min`: see ``Tensor/min(_:keepDim:)``.
  @inlinable @inline(__always)
  public func min(_ dim: Int, keepdim keepDim: Bool) -> ValuesIndices { self.min(dim, keepDim: keepDim) }

  /// PyTorch's `min`: see ``Tensor/min(_:keepDim:)``.
  @_disfavoredOverload @inlinable @inline(__always)
  public func min(_ dim: Int, keepdim keepDim: Bool) -> (values: Tensor, indices: Tensor) { self.min(dim, keepDim: keepDim) }

  /// PyTorch's `minimum`: see ``Tensor/minimum(_:)``.
  @inlinable @inline(__always)
  public func minimum(other: Tensor) -> Tensor { self.minimum(other) }

  /// PyTorch's `mm`: see ``Tensor/mm(_:)``.
  @inlinable @inline(__always)
  public func mm(mat2 other: Tensor) -> Tensor { self.mm(other) }

  /// PyTorch's `mode`: see ``Tensor/mode(_:keepDim:)``.
  @inlinable @inline(__always)
  public func mode(dim: Int, keepDim: Bool = false) -> ValuesIndices { self.mode(dim, keepDim: keepDim) }

  /// PyTorch's `mode`: see ``Tensor/mode(_:keepDim:)``.
  @_disfavoredOverload @inlinable @inline(__always)
  public func mode(dim: Int, keepDim: Bool = false) -> (values: Tensor, indices: Tensor) { self.mode(dim, keepDim: keepDim) }

  /// PyTorch's `mode`: see ``Tensor/mode(_:keepDim:)``.
  @inlinable @inline(__always)
  public func mode(_ dim: Int, _ keepDim: Bool) -> ValuesIndices { self.mode(dim, keepDim: keepDim) }

  /// PyTorch's `mode`: see ``Tensor/mode(_:keepDim:)``.
  @_disfavoredOverload @inlinable @inline(__always)
  public func mode(_ dim: Int, _ keepDim: Bool) -> (values: Tensor, indices: Tensor) { self.mode(dim, keepDim: keepDim) }

  /// PyTorch's `mode`: see ``Tensor/mode(_:keepDim:)``.
  @inlinable @inline(__always)
  public func mode(dim: Int = -1, keepdim keepDim: Bool) -> ValuesIndices { self.mode(dim, keepDim: keepDim) }

  /// PyTorch's `mode`: see ``Tensor/mode(_:keepDim:)``.
  @_disfavoredOverload @inlinable @inline(__always)
  public func mode(dim: Int = -1, keepdim keepDim: Bool) -> (values: Tensor, indices: Tensor) { self.mode(dim, keepDim: keepDim) }

  /// PyTorch's `mode`: see ``Tensor/mode(_:keepDim:)``.
  @inlinable @inline(__always)
  public func mode(_ dim: Int, keepdim keepDim: Bool) -> ValuesIndices { self.mode(dim, keepDim: keepDim) }

  /// PyTorch's `mode`: see ``Tensor/mode(_:keepDim:)``.
  @_disfavoredOverload @inlinable @inline(__always)
  public func mode(_ dim: Int, keepdim keepDim: Bool) -> (values: Tensor, indices: Tensor) { self.mode(dim, keepDim: keepDim) }

  /// PyTorch's `movedim`: see ``Tensor/movedim(_:_:)``.
  @inlinable @inline(__always)
  public func movedim(source: [Int], destination: [Int]) -> Tensor { self.movedim(source, destination) }

  /// PyTorch's `movedim`: see ``Tensor/movedim(_:_:)``.
  @inlinable @inline(__always)
  public func movedim(_ source: [Int], destination: [Int]) -> Tensor { self.movedim(source, destination) }

  /// PyTorch's `movedim`: see ``Tensor/movedim(_:_:)``.
  @inlinable @inline(__always)
  public func movedim(_ source: Int, _ destination: [Int]) -> Tensor { self.movedim([source], destination) }

  /// PyTorch's `movedim`: see ``Tensor/movedim(_:_:)``.
  @inlinable @inline(__always)
  public func movedim(source: Int, destination: [Int]) -> Tensor { self.movedim([source], destination) }

  /// PyTorch's `movedim`: see ``Tensor/movedim(_:_:)``.
  @inlinable @inline(__always)
  public func movedim(_ source: Int, destination: [Int]) -> Tensor { self.movedim([source], destination) }

  /// PyTorch's `movedim`: see ``Tensor/movedim(_:_:)``.
  @inlinable @inline(__always)
  public func movedim(_ source: [Int], _ destination: Int) -> Tensor { self.movedim(source, [destination]) }

  /// PyTorch's `movedim`: see ``Tensor/movedim(_:_:)``.
  @inlinable @inline(__always)
  public func movedim(source: [Int], destination: Int) -> Tensor { self.movedim(source, [destination]) }

  /// PyTorch's `movedim`: see ``Tensor/movedim(_:_:)``.
  @inlinable @inline(__always)
  public func movedim(_ source: [Int], destination: Int) -> Tensor { self.movedim(source, [destination]) }

  /// PyTorch's `movedim`: see ``Tensor/movedim(_:_:)``.
  @inlinable @inline(__always)
  public func movedim(source: Int, destination: Int) -> Tensor { self.movedim(source, destination) }

  /// PyTorch's `movedim`: see ``Tensor/movedim(_:_:)``.
  @inlinable @inline(__always)
  public func movedim(_ source: Int, destination: Int) -> Tensor { self.movedim(source, destination) }

  /// PyTorch's `movedim`: see ``Tensor/movedim(_:_:)``.
  @inlinable @inline(__always)
  public func moveaxis(source: [Int], destination: [Int]) -> Tensor { self.movedim(source, destination) }

  /// PyTorch's `movedim`: see ``Tensor/movedim(_:_:)``.
  @inlinable @inline(__always)
  public func moveaxis(_ source: [Int], destination: [Int]) -> Tensor { self.movedim(source, destination) }

  /// PyTorch's `movedim`: see ``Tensor/movedim(_:_:)``.
  @inlinable @inline(__always)
  public func moveaxis(_ source: Int, _ destination: [Int]) -> Tensor { self.movedim([source], destination) }

  /// PyTorch's `movedim`: see ``Tensor/movedim(_:_:)``.
  @inlinable @inline(__always)
  public func moveaxis(source: Int, destination: [Int]) -> Tensor { self.movedim([source], destination) }

  /// PyTorch's `movedim`: see ``Tensor/movedim(_:_:)``.
  @inlinable @inline(__always)
  public func moveaxis(_ source: Int, destination: [Int]) -> Tensor { self.movedim([source], destination) }

  /// PyTorch's `movedim`: see ``Tensor/movedim(_:_:)``.
  @inlinable @inline(__always)
  public func moveaxis(_ source: [Int], _ destination: Int) -> Tensor { self.movedim(source, [destination]) }

  /// PyTorch's `movedim`: see ``Tensor/movedim(_:_:)``.
  @inlinable @inline(__always)
  public func moveaxis(source: [Int], destination: Int) -> Tensor { self.movedim(source, [destination]) }

  /// PyTorch's `movedim`: see ``Tensor/movedim(_:_:)``.
  @inlinable @inline(__always)
  public func moveaxis(_ source: [Int], destination: Int) -> Tensor { self.movedim(source, [destination]) }

  /// PyTorch's `movedim`: see ``Tensor/movedim(_:_:)``.
  @inlinable @inline(__always)
  public func moveaxis(source: Int, destination: Int) -> Tensor { self.movedim(source, destination) }

  /// PyTorch's `movedim`: see ``Tensor/movedim(_:_:)``.
  @inlinable @inline(__always)
  public func moveaxis(_ source: Int, destination: Int) -> Tensor { self.movedim(source, destination) }

  /// PyTorch's `multinomial`: see ``multinomial(_:_:replacement:generator:)``.
  @inlinable @inline(__always)
  public func multinomial(_ samples: Int, replacement: Bool = false, generator: Generator = .default) -> Tensor { ApusCore.multinomial(self, samples, replacement: replacement, generator: generator) }

  /// PyTorch's `multinomial`: see ``multinomial(_:_:replacement:generator:)``.
  @inlinable @inline(__always)
  public func multinomial(numSamples samples: Int, replacement: Bool = false, generator: Generator = .default) -> Tensor { ApusCore.multinomial(self, samples, replacement: replacement, generator: generator) }

  /// PyTorch's `multinomial`: see ``multinomial(_:_:replacement:generator:)``.
  @inlinable @inline(__always)
  public func multinomial(_ samples: Int, _ replacement: Bool, generator: Generator = .default) -> Tensor { ApusCore.multinomial(self, samples, replacement: replacement, generator: generator) }

  /// PyTorch's `mv`: see ``Tensor/mv(_:)``.
  @inlinable @inline(__always)
  public func mv(vec vector: Tensor) -> Tensor { self.mv(vector) }

  /// PyTorch's `mvlgamma`: see ``Tensor/mvlgamma(_:)``.
  @inlinable @inline(__always)
  public func mvlgamma(p: Int) -> Tensor { self.mvlgamma(p) }

  /// PyTorch's `nan_to_num`: see ``Tensor/nanToNum(nan:posinf:neginf:)``.
  @inlinable @inline(__always)
  public func nanToNum(_ nan: Double, posinf: Double? = nil, neginf: Double? = nil) -> Tensor { self.nanToNum(nan: nan, posinf: posinf, neginf: neginf) }

  /// PyTorch's `nan_to_num`: see ``Tensor/nanToNum(nan:posinf:neginf:)``.
  @inlinable @inline(__always)
  public func nanToNum(_ nan: Double, _ posinf: Double?, neginf: Double? = nil) -> Tensor { self.nanToNum(nan: nan, posinf: posinf, neginf: neginf) }

  /// PyTorch's `nan_to_num`: see ``Tensor/nanToNum(nan:posinf:neginf:)``.
  @inlinable @inline(__always)
  public func nanToNum(_ nan: Double, _ posinf: Double?, _ neginf: Double?) -> Tensor { self.nanToNum(nan: nan, posinf: posinf, neginf: neginf) }

  /// PyTorch's `nanmean`: see ``Tensor/nanmean(_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func nanmean(dim dims: [Int]?, keepDim: Bool = false, dtype: DType? = nil) -> Tensor { self.nanmean(dims, keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `nanmean`: see ``Tensor/nanmean(_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func nanmean(_ dims: [Int]?, _ keepDim: Bool, dtype: DType? = nil) -> Tensor { self.nanmean(dims, keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `nanmean`: see ``Tensor/nanmean(_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func nanmean(dim dims: [Int]? = nil, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { self.nanmean(dims, keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `nanmean`: see ``Tensor/nanmean(_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func nanmean(_ dims: [Int]?, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { self.nanmean(dims, keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `nanmean`: see ``Tensor/nanmean(_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func nanmean(_ dims: Int, keepDim: Bool = false, dtype: DType? = nil) -> Tensor { self.nanmean([dims], keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `nanmean`: see ``Tensor/nanmean(_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func nanmean(dim dims: Int, keepDim: Bool = false, dtype: DType? = nil) -> Tensor { self.nanmean([dims], keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `nanmean`: see ``Tensor/nanmean(_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func nanmean(_ dims: Int, _ keepDim: Bool, dtype: DType? = nil) -> Tensor { self.nanmean([dims], keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `nanmean`: see ``Tensor/nanmean(_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func nanmean(dim dims: Int, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { self.nanmean([dims], keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `nanmean`: see ``Tensor/nanmean(_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func nanmean(_ dims: Int, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { self.nanmean([dims], keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `nanmedian`: see ``Tensor/nanmedian(_:keepDim:)``.
  @inlinable @inline(__always)
  public func nanmedian(dim: Int, keepDim: Bool = false) -> ValuesIndices { self.nanmedian(dim, keepDim: keepDim) }

  /// PyTorch's `nanmedian`: see ``Tensor/nanmedian(_:keepDim:)``.
  @_disfavoredOverload @inlinable @inline(__always)
  public func nanmedian(dim: Int, keepDim: Bool = false) -> (values: Tensor, indices: Tensor) { self.nanmedian(dim, keepDim: keepDim) }

  /// PyTorch's `nanmedian`: see ``Tensor/nanmedian(_:keepDim:)``.
  @inlinable @inline(__always)
  public func nanmedian(_ dim: Int, _ keepDim: Bool) -> ValuesIndices { self.nanmedian(dim, keepDim: keepDim) }

  /// PyTorch's `nanmedian`: see ``Tensor/nanmedian(_:keepDim:)``.
  @_disfavoredOverload @inlinable @inline(__always)
  public func nanmedian(_ dim: Int, _ keepDim: Bool) -> (values: Tensor, indices: Tensor) { self.nanmedian(dim, keepDim: keepDim) }

  /// PyTorch's `nanmedian`: see ``Tensor/nanmedian(_:keepDim:)``.
  @inlinable @inline(__always)
  public func nanmedian(dim: Int, keepdim keepDim: Bool) -> ValuesIndices { self.nanmedian(dim, keepDim: keepDim) }

  /// PyTorch's `nanmedian`: see ``Tensor/nanmedian(_:keepDim:)``.
  @_disfavoredOverload @inlinable @inline(__always)
  public func nanmedian(dim: Int, keepdim keepDim: Bool) -> (values: Tensor, indices: Tensor) { self.nanmedian(dim, keepDim: keepDim) }

  /// PyTorch's `nanmedian`: see ``Tensor/nanmedian(_:keepDim:)``.
  @inlinable @inline(__always)
  public func nanmedian(_ dim: Int, keepdim keepDim: Bool) -> ValuesIndices { self.nanmedian(dim, keepDim: keepDim) }

  /// PyTorch's `nanmedian`: see ``Tensor/nanmedian(_:keepDim:)``.
  @_disfavoredOverload @inlinable @inline(__always)
  public func nanmedian(_ dim: Int, keepdim keepDim: Bool) -> (values: Tensor, indices: Tensor) { self.nanmedian(dim, keepDim: keepDim) }

  /// PyTorch's `nanquantile`: see ``Tensor/nanquantile(_:dim:keepDim:interpolation:)``.
  @inlinable @inline(__always)
  public func nanquantile(q: Tensor, dim: Int? = nil, keepDim: Bool = false, interpolation: QuantileInterpolation = .linear) -> Tensor { self.nanquantile(q, dim: dim, keepDim: keepDim, interpolation: interpolation) }

  /// PyTorch's `nanquantile`: see ``Tensor/nanquantile(_:dim:keepDim:interpolation:)``.
  @inlinable @inline(__always)
  public func nanquantile(_ q: Tensor, _ dim: Int?, keepDim: Bool = false, interpolation: QuantileInterpolation = .linear) -> Tensor { self.nanquantile(q, dim: dim, keepDim: keepDim, interpolation: interpolation) }

  /// PyTorch's `nanquantile`: see ``Tensor/nanquantile(_:dim:keepDim:interpolation:)``.
  @inlinable @inline(__always)
  public func nanquantile(_ q: Tensor, _ dim: Int?, _ keepDim: Bool, interpolation: QuantileInterpolation = .linear) -> Tensor { self.nanquantile(q, dim: dim, keepDim: keepDim, interpolation: interpolation) }

  /// PyTorch's `nanquantile`: see ``Tensor/nanquantile(_:dim:keepDim:interpolation:)``.
  @inlinable @inline(__always)
  public func nanquantile(q: Tensor, dim: Int? = nil, keepdim keepDim: Bool, interpolation: QuantileInterpolation = .linear) -> Tensor { self.nanquantile(q, dim: dim, keepDim: keepDim, interpolation: interpolation) }

  /// PyTorch's `nanquantile`: see ``Tensor/nanquantile(_:dim:keepDim:interpolation:)``.
  @inlinable @inline(__always)
  public func nanquantile(_ q: Tensor, dim: Int?, keepdim keepDim: Bool, interpolation: QuantileInterpolation = .linear) -> Tensor { self.nanquantile(q, dim: dim, keepDim: keepDim, interpolation: interpolation) }

  /// PyTorch's `nanquantile`: see ``Tensor/nanquantile(_:dim:keepDim:interpolation:)``.
  @inlinable @inline(__always)
  public func nanquantile(_ q: Tensor, keepdim keepDim: Bool, interpolation: QuantileInterpolation = .linear) -> Tensor { self.nanquantile(q, keepDim: keepDim, interpolation: interpolation) }

  /// PyTorch's `nanquantile`: see ``Tensor/nanquantile(_:dim:keepDim:interpolation:)``.
  @inlinable @inline(__always)
  public func nanquantile(_ q: Tensor, _ dim: Int?, keepdim keepDim: Bool, interpolation: QuantileInterpolation = .linear) -> Tensor { self.nanquantile(q, dim: dim, keepDim: keepDim, interpolation: interpolation) }

  /// PyTorch's `nanquantile`: see ``Tensor/nanquantile(_:dim:keepDim:interpolation:)``.
  @inlinable @inline(__always)
  public func nanquantile(q: Double, dim: Int? = nil, keepDim: Bool = false, interpolation: QuantileInterpolation = .linear) -> Tensor { self.nanquantile(q, dim: dim, keepDim: keepDim, interpolation: interpolation) }

  /// PyTorch's `nanquantile`: see ``Tensor/nanquantile(_:dim:keepDim:interpolation:)``.
  @inlinable @inline(__always)
  public func nanquantile(_ q: Double, _ dim: Int?, keepDim: Bool = false, interpolation: QuantileInterpolation = .linear) -> Tensor { self.nanquantile(q, dim: dim, keepDim: keepDim, interpolation: interpolation) }

  /// PyTorch's `nanquantile`: see ``Tensor/nanquantile(_:dim:keepDim:interpolation:)``.
  @inlinable @inline(__always)
  public func nanquantile(_ q: Double, _ dim: Int?, _ keepDim: Bool, interpolation: QuantileInterpolation = .linear) -> Tensor { self.nanquantile(q, dim: dim, keepDim: keepDim, interpolation: interpolation) }

  /// PyTorch's `nanquantile`: see ``Tensor/nanquantile(_:dim:keepDim:interpolation:)``.
  @inlinable @inline(__always)
  public func nanquantile(q: Double, dim: Int?, keepdim keepDim: Bool, interpolation: QuantileInterpolation = .linear) -> Tensor { self.nanquantile(q, dim: dim, keepDim: keepDim, interpolation: interpolation) }

  /// PyTorch's `nanquantile`: see ``Tensor/nanquantile(_:dim:keepDim:interpolation:)``.
  @inlinable @inline(__always)
  public func nanquantile(q: Double, keepdim keepDim: Bool, interpolation: QuantileInterpolation = .linear) -> Tensor { self.nanquantile(q, keepDim: keepDim, interpolation: interpolation) }

  /// PyTorch's `nanquantile`: see ``Tensor/nanquantile(_:dim:keepDim:interpolation:)``.
  @inlinable @inline(__always)
  public func nanquantile(_ q: Double, dim: Int?, keepdim keepDim: Bool, interpolation: QuantileInterpolation = .linear) -> Tensor { self.nanquantile(q, dim: dim, keepDim: keepDim, interpolation: interpolation) }

  /// PyTorch's `nanquantile`: see ``Tensor/nanquantile(_:dim:keepDim:interpolation:)``.
  @inlinable @inline(__always)
  public func nanquantile(_ q: Double, keepdim keepDim: Bool, interpolation: QuantileInterpolation = .linear) -> Tensor { self.nanquantile(q, keepDim: keepDim, interpolation: interpolation) }

  /// PyTorch's `nanquantile`: see ``Tensor/nanquantile(_:dim:keepDim:interpolation:)``.
  @inlinable @inline(__always)
  public func nanquantile(_ q: Double, _ dim: Int?, keepdim keepDim: Bool, interpolation: QuantileInterpolation = .linear) -> Tensor { self.nanquantile(q, dim: dim, keepDim: keepDim, interpolation: interpolation) }

  /// PyTorch's `nansum`: see ``Tensor/nansum(_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func nansum(dim dims: [Int]?, keepDim: Bool = false, dtype: DType? = nil) -> Tensor { self.nansum(dims, keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `nansum`: see ``Tensor/nansum(_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func nansum(_ dims: [Int]?, _ keepDim: Bool, dtype: DType? = nil) -> Tensor { self.nansum(dims, keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `nansum`: see ``Tensor/nansum(_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func nansum(dim dims: [Int]? = nil, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { self.nansum(dims, keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `nansum`: see ``Tensor/nansum(_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func nansum(_ dims: [Int]?, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { self.nansum(dims, keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `nansum`: see ``Tensor/nansum(_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func nansum(_ dims: Int, keepDim: Bool = false, dtype: DType? = nil) -> Tensor { self.nansum([dims], keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `nansum`: see ``Tensor/nansum(_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func nansum(dim dims: Int, keepDim: Bool = false, dtype: DType? = nil) -> Tensor { self.nansum([dims], keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `nansum`: see ``Tensor/nansum(_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func nansum(_ dims: Int, _ keepDim: Bool, dtype: DType? = nil) -> Tensor { self.nansum([dims], keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `nansum`: see ``Tensor/nansum(_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func nansum(dim dims: Int, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { self.nansum([dims], keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `nansum`: see ``Tensor/nansum(_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func nansum(_ dims: Int, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { self.nansum([dims], keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `narrow`: see ``Tensor/narrow(_:_:_:)``.
  @inlinable @inline(__always)
  public func narrow(dim: Int, start: Int, length: Int) -> Tensor { self.narrow(dim, start, length) }

  /// PyTorch's `narrow`: see ``Tensor/narrow(_:_:_:)``.
  @inlinable @inline(__always)
  public func narrow(_ dim: Int, start: Int, length: Int) -> Tensor { self.narrow(dim, start, length) }

  /// PyTorch's `narrow`: see ``Tensor/narrow(_:_:_:)``.
  @inlinable @inline(__always)
  public func narrow(_ dim: Int, _ start: Int, length: Int) -> Tensor { self.narrow(dim, start, length) }

  /// PyTorch's `narrow`: see ``Tensor/narrow(_:_:_:)``.
  @inlinable @inline(__always)
  public func narrow(dim: Int, start: Tensor, length: Int) -> Tensor { self.narrow(dim, start, length) }

  /// PyTorch's `narrow`: see ``Tensor/narrow(_:_:_:)``.
  @inlinable @inline(__always)
  public func narrow(_ dim: Int, start: Tensor, length: Int) -> Tensor { self.narrow(dim, start, length) }

  /// PyTorch's `narrow`: see ``Tensor/narrow(_:_:_:)``.
  @inlinable @inline(__always)
  public func narrow(_ dim: Int, _ start: Tensor, length: Int) -> Tensor { self.narrow(dim, start, length) }

  /// PyTorch's `ne`: see ``Tensor/ne(_:)``.
  @inlinable @inline(__always)
  public func ne(other: Tensor) -> Tensor { self.ne(other) }

  /// PyTorch's `ne`: see ``Tensor/ne(_:)``.
  @inlinable @inline(__always)
  public func ne(other: some ScalarConvertible) -> Tensor { self.ne(other) }

  /// PyTorch's `ne`: see ``Tensor/ne(_:)``.
  @inlinable @inline(__always)
  public func notEqual(_ other: Tensor) -> Tensor { self.ne(other) }

  /// PyTorch's `ne`: see ``Tensor/ne(_:)``.
  @inlinable @inline(__always)
  public func notEqual(other: Tensor) -> Tensor { self.ne(other) }

  /// PyTorch's `ne`: see ``Tensor/ne(_:)``.
  @inlinable @inline(__always)
  public func notEqual(_ other: some ScalarConvertible) -> Tensor { self.ne(other) }

  /// PyTorch's `ne`: see ``Tensor/ne(_:)``.
  @inlinable @inline(__always)
  public func notEqual(other: some ScalarConvertible) -> Tensor { self.ne(other) }

  /// PyTorch's `nextafter`: see ``Tensor/nextafter(_:)``.
  @inlinable @inline(__always)
  public func nextafter(other: Tensor) -> Tensor { self.nextafter(other) }

  /// PyTorch's `norm`: see ``Tensor/norm(_:_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func norm(p: Double, dim dims: [Int]? = nil, keepDim: Bool = false, dtype: DType? = nil) -> Tensor { self.norm(p, dims, keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `norm`: see ``Tensor/norm(_:_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func norm(dim dims: [Int]?, keepDim: Bool = false, dtype: DType? = nil) -> Tensor { self.norm(2, dims, keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `norm`: see ``Tensor/norm(_:_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func norm(_ p: Double, dim dims: [Int]?, keepDim: Bool = false, dtype: DType? = nil) -> Tensor { self.norm(p, dims, keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `norm`: see ``Tensor/norm(_:_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func norm(_ p: Double, _ dims: [Int]?, _ keepDim: Bool, dtype: DType? = nil) -> Tensor { self.norm(p, dims, keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `norm`: see ``Tensor/norm(_:_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func norm(p: Double = 2, dim dims: [Int]? = nil, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { self.norm(p, dims, keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `norm`: see ``Tensor/norm(_:_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func norm(_ p: Double, dim dims: [Int]?, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { self.norm(p, dims, keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `norm`: see ``Tensor/norm(_:_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func norm(_ p: Double, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { self.norm(p, nil, keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `norm`: see ``Tensor/norm(_:_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func norm(_ p: Double, _ dims: [Int]?, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { self.norm(p, dims, keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `norm`: see ``Tensor/norm(_:_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func norm(_ p: Double, _ dims: Int, keepDim: Bool = false, dtype: DType? = nil) -> Tensor { self.norm(p, [dims], keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `norm`: see ``Tensor/norm(_:_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func norm(p: Double = 2, dim dims: Int, keepDim: Bool = false, dtype: DType? = nil) -> Tensor { self.norm(p, [dims], keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `norm`: see ``Tensor/norm(_:_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func norm(_ p: Double, dim dims: Int, keepDim: Bool = false, dtype: DType? = nil) -> Tensor { self.norm(p, [dims], keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `norm`: see ``Tensor/norm(_:_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func norm(_ p: Double, _ dims: Int, _ keepDim: Bool, dtype: DType? = nil) -> Tensor { self.norm(p, [dims], keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `norm`: see ``Tensor/norm(_:_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func norm(p: Double, dim dims: Int, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { self.norm(p, [dims], keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `norm`: see ``Tensor/norm(_:_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func norm(dim dims: Int, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { self.norm(2, [dims], keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `norm`: see ``Tensor/norm(_:_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func norm(_ p: Double, dim dims: Int, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { self.norm(p, [dims], keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `norm`: see ``Tensor/norm(_:_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func norm(_ p: Double, _ dims: Int, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { self.norm(p, [dims], keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `norm`: see ``Tensor/norm(_:_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func norm(p: NamedNorm, dim dims: [Int]? = nil, keepDim: Bool = false, dtype: DType? = nil) -> Tensor { self.norm(p, dims, keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `norm`: see ``Tensor/norm(_:_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func norm(_ p: NamedNorm, dim dims: [Int]?, keepDim: Bool = false, dtype: DType? = nil) -> Tensor { self.norm(p, dims, keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `norm`: see ``Tensor/norm(_:_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func norm(_ p: NamedNorm, _ dims: [Int]?, _ keepDim: Bool, dtype: DType? = nil) -> Tensor { self.norm(p, dims, keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `norm`: see ``Tensor/norm(_:_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func norm(p: NamedNorm, dim dims: [Int]?, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { self.norm(p, dims, keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `norm`: see ``Tensor/norm(_:_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func norm(p: NamedNorm, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { self.norm(p, nil, keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `norm`: see ``Tensor/norm(_:_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func norm(_ p: NamedNorm, dim dims: [Int]?, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { self.norm(p, dims, keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `norm`: see ``Tensor/norm(_:_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func norm(_ p: NamedNorm, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { self.norm(p, nil, keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `norm`: see ``Tensor/norm(_:_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func norm(_ p: NamedNorm, _ dims: [Int]?, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { self.norm(p, dims, keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `norm`: see ``Tensor/norm(_:_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func norm(_ p: NamedNorm, _ dims: Int, keepDim: Bool = false, dtype: DType? = nil) -> Tensor { self.norm(p, [dims], keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `norm`: see ``Tensor/norm(_:_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func norm(p: NamedNorm, dim dims: Int, keepDim: Bool = false, dtype: DType? = nil) -> Tensor { self.norm(p, [dims], keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `norm`: see ``Tensor/norm(_:_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func norm(_ p: NamedNorm, dim dims: Int, keepDim: Bool = false, dtype: DType? = nil) -> Tensor { self.norm(p, [dims], keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `norm`: see ``Tensor/norm(_:_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func norm(_ p: NamedNorm, _ dims: Int, _ keepDim: Bool, dtype: DType? = nil) -> Tensor { self.norm(p, [dims], keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `norm`: see ``Tensor/norm(_:_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func norm(p: NamedNorm, dim dims: Int, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { self.norm(p, [dims], keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `norm`: see ``Tensor/norm(_:_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func norm(_ p: NamedNorm, dim dims: Int, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { self.norm(p, [dims], keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `norm`: see ``Tensor/norm(_:_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func norm(_ p: NamedNorm, _ dims: Int, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { self.norm(p, [dims], keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `ormqr`: see ``ormqr(_:_:_:left:transpose:)``.
  @inlinable @inline(__always)
  public func ormqr(_ tau: Tensor, _ other: Tensor, left: Bool = true, transpose: Bool = false) -> Tensor { ApusFunctional.ormqr(self, tau, other, left: left, transpose: transpose) }

  /// PyTorch's `ormqr`: see ``ormqr(_:_:_:left:transpose:)``.
  @inlinable @inline(__always)
  public func ormqr(input2 tau: Tensor, input3 other: Tensor, left: Bool = true, transpose: Bool = false) -> Tensor { ApusFunctional.ormqr(self, tau, other, left: left, transpose: transpose) }

  /// PyTorch's `ormqr`: see ``ormqr(_:_:_:left:transpose:)``.
  @inlinable @inline(__always)
  public func ormqr(_ tau: Tensor, input3 other: Tensor, left: Bool = true, transpose: Bool = false) -> Tensor { ApusFunctional.ormqr(self, tau, other, left: left, transpose: transpose) }

  /// PyTorch's `ormqr`: see ``ormqr(_:_:_:left:transpose:)``.
  @inlinable @inline(__always)
  public func ormqr(_ tau: Tensor, _ other: Tensor, _ left: Bool, transpose: Bool = false) -> Tensor { ApusFunctional.ormqr(self, tau, other, left: left, transpose: transpose) }

  /// PyTorch's `ormqr`: see ``ormqr(_:_:_:left:transpose:)``.
  @inlinable @inline(__always)
  public func ormqr(_ tau: Tensor, _ other: Tensor, _ left: Bool, _ transpose: Bool) -> Tensor { ApusFunctional.ormqr(self, tau, other, left: left, transpose: transpose) }

  /// PyTorch's `outer`: see ``outer(_:_:)``.
  @inlinable @inline(__always)
  public func outer(_ b: Tensor) -> Tensor { ApusFunctional.outer(self, b) }

  /// PyTorch's `outer`: see ``outer(_:_:)``.
  @inlinable @inline(__always)
  public func outer(vec2 b: Tensor) -> Tensor { ApusFunctional.outer(self, b) }

  /// PyTorch's `outer`: see ``outer(_:_:)``.
  @inlinable @inline(__always)
  public func ger(_ b: Tensor) -> Tensor { ApusFunctional.outer(self, b) }

  /// PyTorch's `outer`: see ``outer(_:_:)``.
  @inlinable @inline(__always)
  public func ger(vec2 b: Tensor) -> Tensor { ApusFunctional.outer(self, b) }

  /// PyTorch's `pad`: see ``Tensor/pad(_:mode:value:)``.
  @inlinable @inline(__always)
  public func pad(pad: [Int], mode: PadMode = .constant, value: some ScalarConvertible = 0.0) -> Tensor { self.pad(pad, mode: mode, value: value) }

  /// PyTorch's `pad`: see ``Tensor/pad(_:mode:value:)``.
  @inlinable @inline(__always)
  public func pad(_ pad: [Int], _ mode: PadMode, value: some ScalarConvertible = 0.0) -> Tensor { self.pad(pad, mode: mode, value: value) }

  /// PyTorch's `pad`: see ``Tensor/pad(_:mode:value:)``.
  @inlinable @inline(__always)
  public func pad(_ pad: [Int], _ mode: PadMode, _ value: some ScalarConvertible) -> Tensor { self.pad(pad, mode: mode, value: value) }

  /// PyTorch's `permute`: see ``Tensor/permute(_:)``.
  @inlinable @inline(__always)
  public func permute(dims: [Int]) -> Tensor { self.permute(dims) }

  /// PyTorch's `pinverse`: see ``Tensor/pinverse(rcond:)``.
  @inlinable @inline(__always)
  public func pinverse(_ rcond: Double) -> Tensor { self.pinverse(rcond: rcond) }

  /// PyTorch's `pow`: see ``Tensor/pow(_:)``.
  @inlinable @inline(__always)
  public func pow(exponent: Tensor) -> Tensor { self.pow(exponent) }

  /// PyTorch's `pow`: see ``Tensor/pow(_:)``.
  @inlinable @inline(__always)
  public func pow(exponent: some ScalarConvertible) -> Tensor { self.pow(exponent) }

  /// PyTorch's `prelu`: see ``Tensor/prelu(_:)``.
  @inlinable @inline(__always)
  public func prelu(weight: Tensor) -> Tensor { self.prelu(weight) }

  /// PyTorch's `prod`: see ``Tensor/prod(_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func prod(dim dims: [Int]?, keepDim: Bool = false, dtype: DType? = nil) -> Tensor { self.prod(dims, keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `prod`: see ``Tensor/prod(_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func prod(_ dims: [Int]?, _ keepDim: Bool, dtype: DType? = nil) -> Tensor { self.prod(dims, keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `prod`: see ``Tensor/prod(_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func prod(dim dims: [Int]? = nil, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { self.prod(dims, keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `prod`: see ``Tensor/prod(_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func prod(_ dims: [Int]?, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { self.prod(dims, keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `prod`: see ``Tensor/prod(_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func prod(dim: Int, keepDim: Bool = false, dtype: DType? = nil) -> Tensor { self.prod(dim, keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `prod`: see ``Tensor/prod(_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func prod(_ dim: Int, _ keepDim: Bool, dtype: DType? = nil) -> Tensor { self.prod(dim, keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `prod`: see ``Tensor/prod(_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func prod(dim: Int, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { self.prod(dim, keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `prod`: see ``Tensor/prod(_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func prod(_ dim: Int, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { self.prod(dim, keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `put`: see ``Tensor/put(_:_:accumulate:)``.
  @inlinable @inline(__always)
  public func put(index: Tensor, source: Tensor, accumulate: Bool = false) -> Tensor { self.put(index, source, accumulate: accumulate) }

  /// PyTorch's `put`: see ``Tensor/put(_:_:accumulate:)``.
  @inlinable @inline(__always)
  public func put(_ index: Tensor, source: Tensor, accumulate: Bool = false) -> Tensor { self.put(index, source, accumulate: accumulate) }

  /// PyTorch's `put`: see ``Tensor/put(_:_:accumulate:)``.
  @inlinable @inline(__always)
  public func put(_ index: Tensor, _ source: Tensor, _ accumulate: Bool) -> Tensor { self.put(index, source, accumulate: accumulate) }

  /// PyTorch's `quantile`: see ``Tensor/quantile(_:dim:keepDim:interpolation:)``.
  @inlinable @inline(__always)
  public func quantile(q: Tensor, dim: Int? = nil, keepDim: Bool = false, interpolation: QuantileInterpolation = .linear) -> Tensor { self.quantile(q, dim: dim, keepDim: keepDim, interpolation: interpolation) }

  /// PyTorch's `quantile`: see ``Tensor/quantile(_:dim:keepDim:interpolation:)``.
  @inlinable @inline(__always)
  public func quantile(_ q: Tensor, _ dim: Int?, keepDim: Bool = false, interpolation: QuantileInterpolation = .linear) -> Tensor { self.quantile(q, dim: dim, keepDim: keepDim, interpolation: interpolation) }

  /// PyTorch's `quantile`: see ``Tensor/quantile(_:dim:keepDim:interpolation:)``.
  @inlinable @inline(__always)
  public func quantile(_ q: Tensor, _ dim: Int?, _ keepDim: Bool, interpolation: QuantileInterpolation = .linear) -> Tensor { self.quantile(q, dim: dim, keepDim: keepDim, interpolation: interpolation) }

  /// PyTorch's `quantile`: see ``Tensor/quantile(_:dim:keepDim:interpolation:)``.
  @inlinable @inline(__always)
  public func quantile(q: Tensor, dim: Int? = nil, keepdim keepDim: Bool, interpolation: QuantileInterpolation = .linear) -> Tensor { self.quantile(q, dim: dim, keepDim: keepDim, interpolation: interpolation) }

  /// PyTorch's `quantile`: see ``Tensor/quantile(_:dim:keepDim:interpolation:)``.
  @inlinable @inline(__always)
  public func quantile(_ q: Tensor, dim: Int?, keepdim keepDim: Bool, interpolation: QuantileInterpolation = .linear) -> Tensor { self.quantile(q, dim: dim, keepDim: keepDim, interpolation: interpolation) }

  /// PyTorch's `quantile`: see ``Tensor/quantile(_:dim:keepDim:interpolation:)``.
  @inlinable @inline(__always)
  public func quantile(_ q: Tensor, keepdim keepDim: Bool, interpolation: QuantileInterpolation = .linear) -> Tensor { self.quantile(q, keepDim: keepDim, interpolation: interpolation) }

  /// PyTorch's `quantile`: see ``Tensor/quantile(_:dim:keepDim:interpolation:)``.
  @inlinable @inline(__always)
  public func quantile(_ q: Tensor, _ dim: Int?, keepdim keepDim: Bool, interpolation: QuantileInterpolation = .linear) -> Tensor { self.quantile(q, dim: dim, keepDim: keepDim, interpolation: interpolation) }

  /// PyTorch's `quantile`: see ``Tensor/quantile(_:dim:keepDim:interpolation:)``.
  @inlinable @inline(__always)
  public func quantile(q: Double, dim: Int? = nil, keepDim: Bool = false, interpolation: QuantileInterpolation = .linear) -> Tensor { self.quantile(q, dim: dim, keepDim: keepDim, interpolation: interpolation) }

  /// PyTorch's `quantile`: see ``Tensor/quantile(_:dim:keepDim:interpolation:)``.
  @inlinable @inline(__always)
  public func quantile(_ q: Double, _ dim: Int?, keepDim: Bool = false, interpolation: QuantileInterpolation = .linear) -> Tensor { self.quantile(q, dim: dim, keepDim: keepDim, interpolation: interpolation) }

  /// PyTorch's `quantile`: see ``Tensor/quantile(_:dim:keepDim:interpolation:)``.
  @inlinable @inline(__always)
  public func quantile(_ q: Double, _ dim: Int?, _ keepDim: Bool, interpolation: QuantileInterpolation = .linear) -> Tensor { self.quantile(q, dim: dim, keepDim: keepDim, interpolation: interpolation) }

  /// PyTorch's `quantile`: see ``Tensor/quantile(_:dim:keepDim:interpolation:)``.
  @inlinable @inline(__always)
  public func quantile(q: Double, dim: Int?, keepdim keepDim: Bool, interpolation: QuantileInterpolation = .linear) -> Tensor { self.quantile(q, dim: dim, keepDim: keepDim, interpolation: interpolation) }

  /// PyTorch's `quantile`: see ``Tensor/quantile(_:dim:keepDim:interpolation:)``.
  @inlinable @inline(__always)
  public func quantile(q: Double, keepdim keepDim: Bool, interpolation: QuantileInterpolation = .linear) -> Tensor { self.quantile(q, keepDim: keepDim, interpolation: interpolation) }

  /// PyTorch's `quantile`: see ``Tensor/quantile(_:dim:keepDim:interpolation:)``.
  @inlinable @inline(__always)
  public func quantile(_ q: Double, dim: Int?, keepdim keepDim: Bool, interpolation: QuantileInterpolation = .linear) -> Tensor { self.quantile(q, dim: dim, keepDim: keepDim, interpolation: interpolation) }

  /// PyTorch's `quantile`: see ``Tensor/quantile(_:dim:keepDim:interpolation:)``.
  @inlinable @inline(__always)
  public func quantile(_ q: Double, keepdim keepDim: Bool, interpolation: QuantileInterpolation = .linear) -> Tensor { self.quantile(q, keepDim: keepDim, interpolation: interpolation) }

  /// PyTorch's `quantile`: see ``Tensor/quantile(_:dim:keepDim:interpolation:)``.
  @inlinable @inline(__always)
  public func quantile(_ q: Double, _ dim: Int?, keepdim keepDim: Bool, interpolation: QuantileInterpolation = .linear) -> Tensor { self.quantile(q, dim: dim, keepDim: keepDim, interpolation: interpolation) }

  /// PyTorch's `remainder`: see ``Tensor/remainder(_:)``.
  @inlinable @inline(__always)
  public func remainder(other: Tensor) -> Tensor { self.remainder(other) }

  /// PyTorch's `remainder`: see ``Tensor/remainder(_:)``.
  @inlinable @inline(__always)
  public func remainder(other: some ScalarConvertible) -> Tensor { self.remainder(other) }

  /// PyTorch's `renorm`: see ``Tensor/renorm(p:dim:maxnorm:)``.
  @inlinable @inline(__always)
  public func renorm(_ p: Double, dim: Int, maxnorm: Double) -> Tensor { self.renorm(p: p, dim: dim, maxnorm: maxnorm) }

  /// PyTorch's `renorm`: see ``Tensor/renorm(p:dim:maxnorm:)``.
  @inlinable @inline(__always)
  public func renorm(_ p: Double, _ dim: Int, maxnorm: Double) -> Tensor { self.renorm(p: p, dim: dim, maxnorm: maxnorm) }

  /// PyTorch's `renorm`: see ``Tensor/renorm(p:dim:maxnorm:)``.
  @inlinable @inline(__always)
  public func renorm(_ p: Double, _ dim: Int, _ maxnorm: Double) -> Tensor { self.renorm(p: p, dim: dim, maxnorm: maxnorm) }

  /// PyTorch's `repeat`: see ``Tensor/repeat(_:)``.
  @inlinable @inline(__always)
  public func `repeat`(repeats sizes: [Int]) -> Tensor { self.`repeat`(sizes) }

  /// PyTorch's `repeat_interleave`: see ``Tensor/repeatInterleave(_:dim:)``.
  @inlinable @inline(__always)
  public func repeatInterleave(repeats: Int, dim: Int? = nil) -> Tensor { self.repeatInterleave(repeats, dim: dim) }

  /// PyTorch's `repeat_interleave`: see ``Tensor/repeatInterleave(_:dim:)``.
  @inlinable @inline(__always)
  public func repeatInterleave(_ repeats: Int, _ dim: Int?) -> Tensor { self.repeatInterleave(repeats, dim: dim) }

  /// PyTorch's `repeat_interleave`: see ``Tensor/repeatInterleave(_:dim:)``.
  @inlinable @inline(__always)
  public func repeatInterleave(repeats: Tensor, dim: Int? = nil) -> Tensor { self.repeatInterleave(repeats, dim: dim) }

  /// PyTorch's `repeat_interleave`: see ``Tensor/repeatInterleave(_:dim:)``.
  @inlinable @inline(__always)
  public func repeatInterleave(_ repeats: Tensor, _ dim: Int?) -> Tensor { self.repeatInterleave(repeats, dim: dim) }

  /// PyTorch's `reshape`: see ``Tensor/reshape(_:)``.
  @inlinable @inline(__always)
  public func reshape(shape: [Int]) -> Tensor { self.reshape(shape) }

  /// PyTorch's `reshape_as`: see ``Tensor/reshapeAs(_:)``.
  @inlinable @inline(__always)
  public func reshapeAs(other: Tensor) -> Tensor { self.reshapeAs(other) }

  /// PyTorch's `roll`: see ``Tensor/roll(_:_:)``.
  @inlinable @inline(__always)
  public func roll(shifts: [Int], dims: [Int] = []) -> Tensor { self.roll(shifts, dims) }

  /// PyTorch's `roll`: see ``Tensor/roll(_:_:)``.
  @inlinable @inline(__always)
  public func roll(_ shifts: [Int], dims: [Int]) -> Tensor { self.roll(shifts, dims) }

  /// PyTorch's `roll`: see ``Tensor/roll(_:_:)``.
  @inlinable @inline(__always)
  public func roll(shifts shift: Int, dims dim: Int? = nil) -> Tensor { self.roll(shift, dim) }

  /// PyTorch's `roll`: see ``Tensor/roll(_:_:)``.
  @inlinable @inline(__always)
  public func roll(_ shift: Int, dims dim: Int?) -> Tensor { self.roll(shift, dim) }

  /// PyTorch's `rot90`: see ``Tensor/rot90(_:_:)``.
  @inlinable @inline(__always)
  public func rot90(k: Int, dims: [Int] = [0, 1]) -> Tensor { self.rot90(k, dims) }

  /// PyTorch's `rot90`: see ``Tensor/rot90(_:_:)``.
  @inlinable @inline(__always)
  public func rot90(dims: [Int]) -> Tensor { self.rot90(1, dims) }

  /// PyTorch's `rot90`: see ``Tensor/rot90(_:_:)``.
  @inlinable @inline(__always)
  public func rot90(_ k: Int, dims: [Int]) -> Tensor { self.rot90(k, dims) }

  /// PyTorch's `scatter`: see ``Tensor/scatter(_:_:_:)``.
  @inlinable @inline(__always)
  public func scatter(dim: Int, index: Tensor, src: Tensor) -> Tensor { self.scatter(dim, index, src) }

  /// PyTorch's `scatter`: see ``Tensor/scatter(_:_:_:)``.
  @inlinable @inline(__always)
  public func scatter(_ dim: Int, index: Tensor, src: Tensor) -> Tensor { self.scatter(dim, index, src) }

  /// PyTorch's `scatter`: see ``Tensor/scatter(_:_:_:)``.
  @inlinable @inline(__always)
  public func scatter(_ dim: Int, _ index: Tensor, src: Tensor) -> Tensor { self.scatter(dim, index, src) }

  /// PyTorch's `scatter`: see ``Tensor/scatter(_:_:_:)``.
  @inlinable @inline(__always)
  public func scatter(dim: Int, index: Tensor, value: some ScalarConvertible) -> Tensor { self.scatter(dim, index, value) }

  /// PyTorch's `scatter`: see ``Tensor/scatter(_:_:_:)``.
  @inlinable @inline(__always)
  public func scatter(_ dim: Int, index: Tensor, value: some ScalarConvertible) -> Tensor { self.scatter(dim, index, value) }

  /// PyTorch's `scatter`: see ``Tensor/scatter(_:_:_:)``.
  @inlinable @inline(__always)
  public func scatter(_ dim: Int, _ index: Tensor, value: some ScalarConvertible) -> Tensor { self.scatter(dim, index, value) }

  /// PyTorch's `scatter_add`: see ``Tensor/scatterAdd(_:_:_:)``.
  @inlinable @inline(__always)
  public func scatterAdd(dim: Int, index: Tensor, src: Tensor) -> Tensor { self.scatterAdd(dim, index, src) }

  /// PyTorch's `scatter_add`: see ``Tensor/scatterAdd(_:_:_:)``.
  @inlinable @inline(__always)
  public func scatterAdd(_ dim: Int, index: Tensor, src: Tensor) -> Tensor { self.scatterAdd(dim, index, src) }

  /// PyTorch's `scatter_add`: see ``Tensor/scatterAdd(_:_:_:)``.
  @inlinable @inline(__always)
  public func scatterAdd(_ dim: Int, _ index: Tensor, src: Tensor) -> Tensor { self.scatterAdd(dim, index, src) }

  /// PyTorch's `scatter_reduce`: see ``Tensor/scatterReduce(_:_:_:reduce:includeSelf:)``.
  @inlinable @inline(__always)
  public func scatterReduce(dim: Int, index: Tensor, src: Tensor, reduce: ScatterReduction, includeSelf: Bool = true) -> Tensor { self.scatterReduce(dim, index, src, reduce: reduce, includeSelf: includeSelf) }

  /// PyTorch's `scatter_reduce`: see ``Tensor/scatterReduce(_:_:_:reduce:includeSelf:)``.
  @inlinable @inline(__always)
  public func scatterReduce(_ dim: Int, index: Tensor, src: Tensor, reduce: ScatterReduction, includeSelf: Bool = true) -> Tensor { self.scatterReduce(dim, index, src, reduce: reduce, includeSelf: includeSelf) }

  /// PyTorch's `scatter_reduce`: see ``Tensor/scatterReduce(_:_:_:reduce:includeSelf:)``.
  @inlinable @inline(__always)
  public func scatterReduce(_ dim: Int, _ index: Tensor, src: Tensor, reduce: ScatterReduction, includeSelf: Bool = true) -> Tensor { self.scatterReduce(dim, index, src, reduce: reduce, includeSelf: includeSelf) }

  /// PyTorch's `scatter_reduce`: see ``Tensor/scatterReduce(_:_:_:reduce:includeSelf:)``.
  @inlinable @inline(__always)
  public func scatterReduce(_ dim: Int, _ index: Tensor, _ src: Tensor, _ reduce: ScatterReduction, includeSelf: Bool = true) -> Tensor { self.scatterReduce(dim, index, src, reduce: reduce, includeSelf: includeSelf) }

  /// PyTorch's `segment_reduce`: see ``Tensor/segmentReduce(_:lengths:offsets:axis:unsafe:initial:)``.
  @inlinable @inline(__always)
  public func segmentReduce(reduce: SegmentReduction, lengths: Tensor? = nil, offsets: Tensor? = nil, axis: Int = 0, unsafe: Bool = false, initial: Double? = nil) -> Tensor { self.segmentReduce(reduce, lengths: lengths, offsets: offsets, axis: axis, unsafe: unsafe, initial: initial) }

  /// PyTorch's `select`: see ``Tensor/select(_:_:)``.
  @inlinable @inline(__always)
  public func select(dim: Int, index: Int) -> Tensor { self.select(dim, index) }

  /// PyTorch's `select`: see ``Tensor/select(_:_:)``.
  @inlinable @inline(__always)
  public func select(_ dim: Int, index: Int) -> Tensor { self.select(dim, index) }

  /// PyTorch's `select_scatter`: see ``Tensor/selectScatter(_:_:_:)``.
  @inlinable @inline(__always)
  public func selectScatter(src: Tensor, dim: Int, index: Int) -> Tensor { self.selectScatter(src, dim, index) }

  /// PyTorch's `select_scatter`: see ``Tensor/selectScatter(_:_:_:)``.
  @inlinable @inline(__always)
  public func selectScatter(_ src: Tensor, dim: Int, index: Int) -> Tensor { self.selectScatter(src, dim, index) }

  /// PyTorch's `select_scatter`: see ``Tensor/selectScatter(_:_:_:)``.
  @inlinable @inline(__always)
  public func selectScatter(_ src: Tensor, _ dim: Int, index: Int) -> Tensor { self.selectScatter(src, dim, index) }

  /// PyTorch's `slice`: see ``Tensor/slice(_:_:_:_:)``.
  @inlinable @inline(__always)
  public func slice(dim: Int, start: Int? = nil, end: Int? = nil, step: Int = 1) -> Tensor { self.slice(dim, start, end, step) }

  /// PyTorch's `slice`: see ``Tensor/slice(_:_:_:_:)``.
  @inlinable @inline(__always)
  public func slice(start: Int?, end: Int? = nil, step: Int = 1) -> Tensor { self.slice(0, start, end, step) }

  /// PyTorch's `slice`: see ``Tensor/slice(_:_:_:_:)``.
  @inlinable @inline(__always)
  public func slice(end: Int?, step: Int = 1) -> Tensor { self.slice(0, nil, end, step) }

  /// PyTorch's `slice`: see ``Tensor/slice(_:_:_:_:)``.
  @inlinable @inline(__always)
  public func slice(step: Int) -> Tensor { self.slice(0, nil, nil, step) }

  /// PyTorch's `slice`: see ``Tensor/slice(_:_:_:_:)``.
  @inlinable @inline(__always)
  public func slice(_ dim: Int, start: Int?, end: Int? = nil, step: Int = 1) -> Tensor { self.slice(dim, start, end, step) }

  /// PyTorch's `slice`: see ``Tensor/slice(_:_:_:_:)``.
  @inlinable @inline(__always)
  public func slice(_ dim: Int, end: Int?, step: Int = 1) -> Tensor { self.slice(dim, nil, end, step) }

  /// PyTorch's `slice`: see ``Tensor/slice(_:_:_:_:)``.
  @inlinable @inline(__always)
  public func slice(_ dim: Int, step: Int) -> Tensor { self.slice(dim, nil, nil, step) }

  /// PyTorch's `slice`: see ``Tensor/slice(_:_:_:_:)``.
  @inlinable @inline(__always)
  public func slice(_ dim: Int, _ start: Int?, end: Int?, step: Int = 1) -> Tensor { self.slice(dim, start, end, step) }

  /// PyTorch's `slice`: see ``Tensor/slice(_:_:_:_:)``.
  @inlinable @inline(__always)
  public func slice(_ dim: Int, _ start: Int?, step: Int) -> Tensor { self.slice(dim, start, nil, step) }

  /// PyTorch's `slice`: see ``Tensor/slice(_:_:_:_:)``.
  @inlinable @inline(__always)
  public func slice(_ dim: Int, _ start: Int?, _ end: Int?, step: Int) -> Tensor { self.slice(dim, start, end, step) }

  /// PyTorch's `slice_scatter`: see ``Tensor/sliceScatter(_:dim:start:end:step:)``.
  @inlinable @inline(__always)
  public func sliceScatter(src: Tensor, dim: Int = 0, start: Int? = nil, end: Int? = nil, step: Int = 1) -> Tensor { self.sliceScatter(src, dim: dim, start: start, end: end, step: step) }

  /// PyTorch's `slice_scatter`: see ``Tensor/sliceScatter(_:dim:start:end:step:)``.
  @inlinable @inline(__always)
  public func sliceScatter(_ src: Tensor, _ dim: Int, start: Int? = nil, end: Int? = nil, step: Int = 1) -> Tensor { self.sliceScatter(src, dim: dim, start: start, end: end, step: step) }

  /// PyTorch's `slice_scatter`: see ``Tensor/sliceScatter(_:dim:start:end:step:)``.
  @inlinable @inline(__always)
  public func sliceScatter(_ src: Tensor, _ dim: Int, _ start: Int?, end: Int? = nil, step: Int = 1) -> Tensor { self.sliceScatter(src, dim: dim, start: start, end: end, step: step) }

  /// PyTorch's `slice_scatter`: see ``Tensor/sliceScatter(_:dim:start:end:step:)``.
  @inlinable @inline(__always)
  public func sliceScatter(_ src: Tensor, _ dim: Int, _ start: Int?, _ end: Int?, step: Int = 1) -> Tensor { self.sliceScatter(src, dim: dim, start: start, end: end, step: step) }

  /// PyTorch's `slice_scatter`: see ``Tensor/sliceScatter(_:dim:start:end:step:)``.
  @inlinable @inline(__always)
  public func sliceScatter(_ src: Tensor, _ dim: Int, _ start: Int?, _ end: Int?, _ step: Int) -> Tensor { self.sliceScatter(src, dim: dim, start: start, end: end, step: step) }

  /// PyTorch's `softmax`: see ``Tensor/softmax(_:dtype:)``.
  @inlinable @inline(__always)
  public func softmax(dim: Int, dtype: DType? = nil) -> Tensor { self.softmax(dim, dtype: dtype) }

  /// PyTorch's `softmax`: see ``Tensor/softmax(_:dtype:)``.
  @inlinable @inline(__always)
  public func softmax(_ dim: Int, _ dtype: DType?) -> Tensor { self.softmax(dim, dtype: dtype) }

  /// PyTorch's `softplus`: see ``Tensor/softplus(beta:threshold:)``.
  @inlinable @inline(__always)
  public func softplus(_ beta: Double, threshold: Double = 20) -> Tensor { self.softplus(beta: beta, threshold: threshold) }

  /// PyTorch's `softplus`: see ``Tensor/softplus(beta:threshold:)``.
  @inlinable @inline(__always)
  public func softplus(_ beta: Double, _ threshold: Double) -> Tensor { self.softplus(beta: beta, threshold: threshold) }

  /// PyTorch's `softshrink`: see ``Tensor/softshrink(lambd:)``.
  @inlinable @inline(__always)
  public func softshrink(_ lambd: Double) -> Tensor { self.softshrink(lambd: lambd) }

  /// PyTorch's `sort`: see ``Tensor/sort(_:descending:stable:)``.
  @inlinable @inline(__always)
  public func sort(dim: Int, descending: Bool = false, stable: Bool = true) -> ValuesIndices { self.sort(dim, descending: descending, stable: stable) }

  /// PyTorch's `sort`: see ``Tensor/sort(_:descending:stable:)``.
  @_disfavoredOverload @inlinable @inline(__always)
  public func sort(dim: Int, descending: Bool = false, stable: Bool = true) -> (values: Tensor, indices: Tensor) { self.sort(dim, descending: descending, stable: stable) }

  /// PyTorch's `split`: see ``Tensor/split(_:dim:)``.
  @inlinable @inline(__always)
  public func split(splitSize size: Int, dim: Int = 0) -> [Tensor] { self.split(size, dim: dim) }

  /// PyTorch's `split`: see ``Tensor/split(_:dim:)``.
  @inlinable @inline(__always)
  public func split(_ size: Int, _ dim: Int) -> [Tensor] { self.split(size, dim: dim) }

  /// PyTorch's `split`: see ``Tensor/split(_:dim:)``.
  @inlinable @inline(__always)
  public func split(splitSize sizes: [Int], dim: Int = 0) -> [Tensor] { self.split(sizes, dim: dim) }

  /// PyTorch's `split`: see ``Tensor/split(_:dim:)``.
  @inlinable @inline(__always)
  public func split(_ sizes: [Int], _ dim: Int) -> [Tensor] { self.split(sizes, dim: dim) }

  /// PyTorch's `squeeze`: see ``Tensor/squeeze(_:)``.
  @inlinable @inline(__always)
  public func squeeze(dim dims: [Int]) -> Tensor { self.squeeze(dims) }

  /// PyTorch's `squeeze`: see ``Tensor/squeeze(_:)``.
  @inlinable @inline(__always)
  public func squeeze(_ dims: Int) -> Tensor { self.squeeze([dims]) }

  /// PyTorch's `squeeze`: see ``Tensor/squeeze(_:)``.
  @inlinable @inline(__always)
  public func squeeze(dim dims: Int) -> Tensor { self.squeeze([dims]) }

  /// PyTorch's `std`: see ``Tensor/std(_:correction:keepDim:)``.
  @inlinable @inline(__always)
  public func std(dim dims: [Int]?, correction: Double = 1, keepDim: Bool = false) -> Tensor { self.std(dims, correction: correction, keepDim: keepDim) }

  /// PyTorch's `std`: see ``Tensor/std(_:correction:keepDim:)``.
  @inlinable @inline(__always)
  public func std(dim dims: [Int]? = nil, correction: Double = 1, keepdim keepDim: Bool) -> Tensor { self.std(dims, correction: correction, keepDim: keepDim) }

  /// PyTorch's `std`: see ``Tensor/std(_:correction:keepDim:)``.
  @inlinable @inline(__always)
  public func std(_ dims: [Int]?, correction: Double, keepdim keepDim: Bool) -> Tensor { self.std(dims, correction: correction, keepDim: keepDim) }

  /// PyTorch's `std`: see ``Tensor/std(_:correction:keepDim:)``.
  @inlinable @inline(__always)
  public func std(_ dims: [Int]?, keepdim keepDim: Bool) -> Tensor { self.std(dims, keepDim: keepDim) }

  /// PyTorch's `std`: see ``Tensor/std(_:correction:keepDim:)``.
  @inlinable @inline(__always)
  public func std(dim: Int, correction: Double = 1, keepDim: Bool = false) -> Tensor { self.std(dim, correction: correction, keepDim: keepDim) }

  /// PyTorch's `std`: see ``Tensor/std(_:correction:keepDim:)``.
  @inlinable @inline(__always)
  public func std(dim: Int, correction: Double, keepdim keepDim: Bool) -> Tensor { self.std(dim, correction: correction, keepDim: keepDim) }

  /// PyTorch's `std`: see ``Tensor/std(_:correction:keepDim:)``.
  @inlinable @inline(__always)
  public func std(dim: Int, keepdim keepDim: Bool) -> Tensor { self.std(dim, keepDim: keepDim) }

  /// PyTorch's `std`: see ``Tensor/std(_:correction:keepDim:)``.
  @inlinable @inline(__always)
  public func std(_ dim: Int, correction: Double, keepdim keepDim: Bool) -> Tensor { self.std(dim, correction: correction, keepDim: keepDim) }

  /// PyTorch's `std`: see ``Tensor/std(_:correction:keepDim:)``.
  @inlinable @inline(__always)
  public func std(_ dim: Int, keepdim keepDim: Bool) -> Tensor { self.std(dim, keepDim: keepDim) }

  /// PyTorch's `std_mean`: see ``Tensor/stdMean(_:correction:keepDim:)``.
  @inlinable @inline(__always)
  public func stdMean(dim dims: [Int]?, correction: Double = 1, keepDim: Bool = false) -> (Tensor, Tensor) { self.stdMean(dims, correction: correction, keepDim: keepDim) }

  /// PyTorch's `std_mean`: see ``Tensor/stdMean(_:correction:keepDim:)``.
  @inlinable @inline(__always)
  public func stdMean(dim dims: [Int]? = nil, correction: Double = 1, keepdim keepDim: Bool) -> (Tensor, Tensor) { self.stdMean(dims, correction: correction, keepDim: keepDim) }

  /// PyTorch's `std_mean`: see ``Tensor/stdMean(_:correction:keepDim:)``.
  @inlinable @inline(__always)
  public func stdMean(_ dims: [Int]?, correction: Double, keepdim keepDim: Bool) -> (Tensor, Tensor) { self.stdMean(dims, correction: correction, keepDim: keepDim) }

  /// PyTorch's `std_mean`: see ``Tensor/stdMean(_:correction:keepDim:)``.
  @inlinable @inline(__always)
  public func stdMean(_ dims: [Int]?, keepdim keepDim: Bool) -> (Tensor, Tensor) { self.stdMean(dims, keepDim: keepDim) }

  /// PyTorch's `std_mean`: see ``Tensor/stdMean(_:correction:keepDim:)``.
  @inlinable @inline(__always)
  public func stdMean(_ dims: Int, correction: Double = 1, keepDim: Bool = false) -> (Tensor, Tensor) { self.stdMean([dims], correction: correction, keepDim: keepDim) }

  /// PyTorch's `std_mean`: see ``Tensor/stdMean(_:correction:keepDim:)``.
  @inlinable @inline(__always)
  public func stdMean(dim dims: Int, correction: Double = 1, keepDim: Bool = false) -> (Tensor, Tensor) { self.stdMean([dims], correction: correction, keepDim: keepDim) }

  /// PyTorch's `std_mean`: see ``Tensor/stdMean(_:correction:keepDim:)``.
  @inlinable @inline(__always)
  public func stdMean(dim dims: Int, correction: Double, keepdim keepDim: Bool) -> (Tensor, Tensor) { self.stdMean([dims], correction: correction, keepDim: keepDim) }

  /// PyTorch's `std_mean`: see ``Tensor/stdMean(_:correction:keepDim:)``.
  @inlinable @inline(__always)
  public func stdMean(dim dims: Int, keepdim keepDim: Bool) -> (Tensor, Tensor) { self.stdMean([dims], keepDim: keepDim) }

  /// PyTorch's `std_mean`: see ``Tensor/stdMean(_:correction:keepDim:)``.
  @inlinable @inline(__always)
  public func stdMean(_ dims: Int, correction: Double, keepdim keepDim: Bool) -> (Tensor, Tensor) { self.stdMean([dims], correction: correction, keepDim: keepDim) }

  /// PyTorch's `std_mean`: see ``Tensor/stdMean(_:correction:keepDim:)``.
  @inlinable @inline(__always)
  public func stdMean(_ dims: Int, keepdim keepDim: Bool) -> (Tensor, Tensor) { self.stdMean([dims], keepDim: keepDim) }

  /// PyTorch's `stft`: see ``Tensor/stft(nFFT:hopLength:winLength:window:center:padMode:normalized:onesided:returnComplex:)``.
  @inlinable @inline(__always)
  public func stft(_ nFFT: Int, hopLength: Int? = nil, winLength: Int? = nil, window: Tensor? = nil, center: Bool = true, padMode: PadMode = .reflect, normalized: Bool = false, onesided: Bool? = nil, returnComplex: Bool = true) -> Tensor { self.stft(nFFT: nFFT, hopLength: hopLength, winLength: winLength, window: window, center: center, padMode: padMode, normalized: normalized, onesided: onesided, returnComplex: returnComplex) }

  /// PyTorch's `stft`: see ``Tensor/stft(nFFT:hopLength:winLength:window:center:padMode:normalized:onesided:returnComplex:)``.
  @inlinable @inline(__always)
  public func stft(_ nFFT: Int, _ hopLength: Int?, winLength: Int? = nil, window: Tensor? = nil, center: Bool = true, padMode: PadMode = .reflect, normalized: Bool = false, onesided: Bool? = nil, returnComplex: Bool = true) -> Tensor { self.stft(nFFT: nFFT, hopLength: hopLength, winLength: winLength, window: window, center: center, padMode: padMode, normalized: normalized, onesided: onesided, returnComplex: returnComplex) }

  /// PyTorch's `stft`: see ``Tensor/stft(nFFT:hopLength:winLength:window:center:padMode:normalized:onesided:returnComplex:)``.
  @inlinable @inline(__always)
  public func stft(_ nFFT: Int, _ hopLength: Int?, _ winLength: Int?, window: Tensor? = nil, center: Bool = true, padMode: PadMode = .reflect, normalized: Bool = false, onesided: Bool? = nil, returnComplex: Bool = true) -> Tensor { self.stft(nFFT: nFFT, hopLength: hopLength, winLength: winLength, window: window, center: center, padMode: padMode, normalized: normalized, onesided: onesided, returnComplex: returnComplex) }

  /// PyTorch's `stft`: see ``Tensor/stft(nFFT:hopLength:winLength:window:center:padMode:normalized:onesided:returnComplex:)``.
  @inlinable @inline(__always)
  public func stft(_ nFFT: Int, _ hopLength: Int?, _ winLength: Int?, _ window: Tensor?, center: Bool = true, padMode: PadMode = .reflect, normalized: Bool = false, onesided: Bool? = nil, returnComplex: Bool = true) -> Tensor { self.stft(nFFT: nFFT, hopLength: hopLength, winLength: winLength, window: window, center: center, padMode: padMode, normalized: normalized, onesided: onesided, returnComplex: returnComplex) }

  /// PyTorch's `stft`: see ``Tensor/stft(nFFT:hopLength:winLength:window:center:padMode:normalized:onesided:returnComplex:)``.
  @inlinable @inline(__always)
  public func stft(_ nFFT: Int, _ hopLength: Int?, _ winLength: Int?, _ window: Tensor?, _ center: Bool, padMode: PadMode = .reflect, normalized: Bool = false, onesided: Bool? = nil, returnComplex: Bool = true) -> Tensor { self.stft(nFFT: nFFT, hopLength: hopLength, winLength: winLength, window: window, center: center, padMode: padMode, normalized: normalized, onesided: onesided, returnComplex: returnComplex) }

  /// PyTorch's `stft`: see ``Tensor/stft(nFFT:hopLength:winLength:window:center:padMode:normalized:onesided:returnComplex:)``.
  @inlinable @inline(__always)
  public func stft(_ nFFT: Int, _ hopLength: Int?, _ winLength: Int?, _ window: Tensor?, _ center: Bool, _ padMode: PadMode, normalized: Bool = false, onesided: Bool? = nil, returnComplex: Bool = true) -> Tensor { self.stft(nFFT: nFFT, hopLength: hopLength, winLength: winLength, window: window, center: center, padMode: padMode, normalized: normalized, onesided: onesided, returnComplex: returnComplex) }

  /// PyTorch's `stft`: see ``Tensor/stft(nFFT:hopLength:winLength:window:center:padMode:normalized:onesided:returnComplex:)``.
  @inlinable @inline(__always)
  public func stft(_ nFFT: Int, _ hopLength: Int?, _ winLength: Int?, _ window: Tensor?, _ center: Bool, _ padMode: PadMode, _ normalized: Bool, onesided: Bool? = nil, returnComplex: Bool = true) -> Tensor { self.stft(nFFT: nFFT, hopLength: hopLength, winLength: winLength, window: window, center: center, padMode: padMode, normalized: normalized, onesided: onesided, returnComplex: returnComplex) }

  /// PyTorch's `stft`: see ``Tensor/stft(nFFT:hopLength:winLength:window:center:padMode:normalized:onesided:returnComplex:)``.
  @inlinable @inline(__always)
  public func stft(_ nFFT: Int, _ hopLength: Int?, _ winLength: Int?, _ window: Tensor?, _ center: Bool, _ padMode: PadMode, _ normalized: Bool, _ onesided: Bool?, returnComplex: Bool = true) -> Tensor { self.stft(nFFT: nFFT, hopLength: hopLength, winLength: winLength, window: window, center: center, padMode: padMode, normalized: normalized, onesided: onesided, returnComplex: returnComplex) }

  /// PyTorch's `stft`: see ``Tensor/stft(nFFT:hopLength:winLength:window:center:padMode:normalized:onesided:returnComplex:)``.
  @inlinable @inline(__always)
  public func stft(_ nFFT: Int, _ hopLength: Int?, _ winLength: Int?, _ window: Tensor?, _ center: Bool, _ padMode: PadMode, _ normalized: Bool, _ onesided: Bool?, _ returnComplex: Bool) -> Tensor { self.stft(nFFT: nFFT, hopLength: hopLength, winLength: winLength, window: window, center: center, padMode: padMode, normalized: normalized, onesided: onesided, returnComplex: returnComplex) }

  /// PyTorch's `stft`: see ``Tensor/stft(nFFT:hopLength:winLength:window:center:padMode:normalized:onesided:returnComplex:)``.
  @inlinable @inline(__always)
  public func stft(nFft nFFT: Int, hopLength: Int? = nil, winLength: Int? = nil, window: Tensor? = nil, center: Bool = true, padMode: PadMode = .reflect, normalized: Bool = false, onesided: Bool? = nil, returnComplex: Bool = true) -> Tensor { self.stft(nFFT: nFFT, hopLength: hopLength, winLength: winLength, window: window, center: center, padMode: padMode, normalized: normalized, onesided: onesided, returnComplex: returnComplex) }

  /// PyTorch's `sum`: see ``Tensor/sum(_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func sum(dim dims: [Int]?, keepDim: Bool = false, dtype: DType? = nil) -> Tensor { self.sum(dims, keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `sum`: see ``Tensor/sum(_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func sum(_ dims: [Int]?, _ keepDim: Bool, dtype: DType? = nil) -> Tensor { self.sum(dims, keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `sum`: see ``Tensor/sum(_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func sum(dim dims: [Int]? = nil, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { self.sum(dims, keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `sum`: see ``Tensor/sum(_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func sum(_ dims: [Int]?, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { self.sum(dims, keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `sum`: see ``Tensor/sum(_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func sum(dim: Int, keepDim: Bool = false, dtype: DType? = nil) -> Tensor { self.sum(dim, keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `sum`: see ``Tensor/sum(_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func sum(_ dim: Int, _ keepDim: Bool, dtype: DType? = nil) -> Tensor { self.sum(dim, keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `sum`: see ``Tensor/sum(_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func sum(dim: Int, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { self.sum(dim, keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `sum`: see ``Tensor/sum(_:keepDim:dtype:)``.
  @inlinable @inline(__always)
  public func sum(_ dim: Int, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { self.sum(dim, keepDim: keepDim, dtype: dtype) }

  /// PyTorch's `sum_to_size`: see ``Tensor/sumToSize(_:)``.
  @inlinable @inline(__always)
  public func sumToSize(size shape: [Int]) -> Tensor { self.sumToSize(shape) }

  /// PyTorch's `svd`: see ``Tensor/svd(some:computeUV:)``.
  @inlinable @inline(__always)
  public func svd(_ some: Bool, computeUV: Bool = true) -> (U: Tensor, S: Tensor, V: Tensor) { self.svd(some: some, computeUV: computeUV) }

  /// PyTorch's `svd`: see ``Tensor/svd(some:computeUV:)``.
  @inlinable @inline(__always)
  public func svd(_ some: Bool, _ computeUV: Bool) -> (U: Tensor, S: Tensor, V: Tensor) { self.svd(some: some, computeUV: computeUV) }

  /// PyTorch's `svd`: see ``Tensor/svd(some:computeUV:)``.
  @inlinable @inline(__always)
  public func svd(some: Bool = true, computeUv computeUV: Bool) -> (U: Tensor, S: Tensor, V: Tensor) { self.svd(some: some, computeUV: computeUV) }

  /// PyTorch's `svd`: see ``Tensor/svd(some:computeUV:)``.
  @inlinable @inline(__always)
  public func svd(_ some: Bool, computeUv computeUV: Bool) -> (U: Tensor, S: Tensor, V: Tensor) { self.svd(some: some, computeUV: computeUV) }

  /// PyTorch's `take`: see ``Tensor/take(_:)``.
  @inlinable @inline(__always)
  public func take(index: Tensor) -> Tensor { self.take(index) }

  /// PyTorch's `take_along_dim`: see ``Tensor/takeAlongDim(_:dim:)``.
  @inlinable @inline(__always)
  public func takeAlongDim(indices index: Tensor, dim: Int? = nil) -> Tensor { self.takeAlongDim(index, dim: dim) }

  /// PyTorch's `take_along_dim`: see ``Tensor/takeAlongDim(_:dim:)``.
  @inlinable @inline(__always)
  public func takeAlongDim(_ index: Tensor, _ dim: Int?) -> Tensor { self.takeAlongDim(index, dim: dim) }

  /// PyTorch's `tensor_split`: see ``Tensor/tensorSplit(_:dim:)``.
  @inlinable @inline(__always)
  public func tensorSplit(sections: Int, dim: Int = 0) -> [Tensor] { self.tensorSplit(sections, dim: dim) }

  /// PyTorch's `tensor_split`: see ``Tensor/tensorSplit(_:dim:)``.
  @inlinable @inline(__always)
  public func tensorSplit(_ sections: Int, _ dim: Int) -> [Tensor] { self.tensorSplit(sections, dim: dim) }

  /// PyTorch's `tensor_split`: see ``Tensor/tensorSplit(_:dim:)``.
  @inlinable @inline(__always)
  public func tensorSplit(indices: [Int], dim: Int = 0) -> [Tensor] { self.tensorSplit(indices, dim: dim) }

  /// PyTorch's `tensor_split`: see ``Tensor/tensorSplit(_:dim:)``.
  @inlinable @inline(__always)
  public func tensorSplit(_ indices: [Int], _ dim: Int) -> [Tensor] { self.tensorSplit(indices, dim: dim) }

  /// PyTorch's `threshold`: see ``Tensor/threshold(_:_:)``.
  @inlinable @inline(__always)
  public func threshold(threshold: some ScalarConvertible, value: some ScalarConvertible) -> Tensor { self.threshold(threshold, value) }

  /// PyTorch's `threshold`: see ``Tensor/threshold(_:_:)``.
  @inlinable @inline(__always)
  public func threshold(_ threshold: some ScalarConvertible, value: some ScalarConvertible) -> Tensor { self.threshold(threshold, value) }

  /// PyTorch's `tile`: see ``Tensor/tile(_:)``.
  @inlinable @inline(__always)
  public func tile(dims sizes: [Int]) -> Tensor { self.tile(sizes) }

  /// PyTorch's `topk`: see ``Tensor/topk(_:dim:largest:sorted:)``.
  @inlinable @inline(__always)
  public func topk(k: Int, dim: Int = -1, largest: Bool = true, sorted: Bool = true) -> ValuesIndices { self.topk(k, dim: dim, largest: largest, sorted: sorted) }

  /// PyTorch's `topk`: see ``Tensor/topk(_:dim:largest:sorted:)``.
  @_disfavoredOverload @inlinable @inline(__always)
  public func topk(k: Int, dim: Int = -1, largest: Bool = true, sorted: Bool = true) -> (values: Tensor, indices: Tensor) { self.topk(k, dim: dim, largest: largest, sorted: sorted) }

  /// PyTorch's `topk`: see ``Tensor/topk(_:dim:largest:sorted:)``.
  @inlinable @inline(__always)
  public func topk(_ k: Int, _ dim: Int, largest: Bool = true, sorted: Bool = true) -> ValuesIndices { self.topk(k, dim: dim, largest: largest, sorted: sorted) }

  /// PyTorch's `topk`: see ``Tensor/topk(_:dim:largest:sorted:)``.
  @_disfavoredOverload @inlinable @inline(__always)
  public func topk(_ k: Int, _ dim: Int, largest: Bool = true, sorted: Bool = true) -> (values: Tensor, indices: Tensor) { self.topk(k, dim: dim, largest: largest, sorted: sorted) }

  /// PyTorch's `topk`: see ``Tensor/topk(_:dim:largest:sorted:)``.
  @inlinable @inline(__always)
  public func topk(_ k: Int, _ dim: Int, _ largest: Bool, sorted: Bool = true) -> ValuesIndices { self.topk(k, dim: dim, largest: largest, sorted: sorted) }

  /// PyTorch's `topk`: see ``Tensor/topk(_:dim:largest:sorted:)``.
  @_disfavoredOverload @inlinable @inline(__always)
  public func topk(_ k: Int, _ dim: Int, _ largest: Bool, sorted: Bool = true) -> (values: Tensor, indices: Tensor) { self.topk(k, dim: dim, largest: largest, sorted: sorted) }

  /// PyTorch's `topk`: see ``Tensor/topk(_:dim:largest:sorted:)``.
  @inlinable @inline(__always)
  public func topk(_ k: Int, _ dim: Int, _ largest: Bool, _ sorted: Bool) -> ValuesIndices { self.topk(k, dim: dim, largest: largest, sorted: sorted) }

  /// PyTorch's `topk`: see ``Tensor/topk(_:dim:largest:sorted:)``.
  @_disfavoredOverload @inlinable @inline(__always)
  public func topk(_ k: Int, _ dim: Int, _ largest: Bool, _ sorted: Bool) -> (values: Tensor, indices: Tensor) { self.topk(k, dim: dim, largest: largest, sorted: sorted) }

  /// PyTorch's `transpose`: see ``Tensor/transpose(_:_:)``.
  @inlinable @inline(__always)
  public func transpose(dim0: Int, dim1: Int) -> Tensor { self.transpose(dim0, dim1) }

  /// PyTorch's `transpose`: see ``Tensor/transpose(_:_:)``.
  @inlinable @inline(__always)
  public func transpose(_ dim0: Int, dim1: Int) -> Tensor { self.transpose(dim0, dim1) }

  /// PyTorch's `transpose`: see ``Tensor/transpose(_:_:)``.
  @inlinable @inline(__always)
  public func swapaxes(dim0: Int, dim1: Int) -> Tensor { self.transpose(dim0, dim1) }

  /// PyTorch's `transpose`: see ``Tensor/transpose(_:_:)``.
  @inlinable @inline(__always)
  public func swapaxes(_ dim0: Int, dim1: Int) -> Tensor { self.transpose(dim0, dim1) }

  /// PyTorch's `transpose`: see ``Tensor/transpose(_:_:)``.
  @inlinable @inline(__always)
  public func swapdims(dim0: Int, dim1: Int) -> Tensor { self.transpose(dim0, dim1) }

  /// PyTorch's `transpose`: see ``Tensor/transpose(_:_:)``.
  @inlinable @inline(__always)
  public func swapdims(_ dim0: Int, dim1: Int) -> Tensor { self.transpose(dim0, dim1) }

  /// PyTorch's `trapezoid`: see ``Tensor/trapezoid(_:dim:)``.
  @inlinable @inline(__always)
  public func trapezoid(x: Tensor, dim: Int = -1) -> Tensor { self.trapezoid(x, dim: dim) }

  /// PyTorch's `triangular_solve`: see ``Tensor/triangularSolve(_:upper:transpose:unitriangular:)``.
  @inlinable @inline(__always)
  public func triangularSolve(A a: Tensor, upper: Bool = true, transpose: Bool = false, unitriangular: Bool = false) -> (solution: Tensor, clonedCoefficient: Tensor) { self.triangularSolve(a, upper: upper, transpose: transpose, unitriangular: unitriangular) }

  /// PyTorch's `triangular_solve`: see ``Tensor/triangularSolve(_:upper:transpose:unitriangular:)``.
  @inlinable @inline(__always)
  public func triangularSolve(_ a: Tensor, _ upper: Bool, transpose: Bool = false, unitriangular: Bool = false) -> (solution: Tensor, clonedCoefficient: Tensor) { self.triangularSolve(a, upper: upper, transpose: transpose, unitriangular: unitriangular) }

  /// PyTorch's `triangular_solve`: see ``Tensor/triangularSolve(_:upper:transpose:unitriangular:)``.
  @inlinable @inline(__always)
  public func triangularSolve(_ a: Tensor, _ upper: Bool, _ transpose: Bool, unitriangular: Bool = false) -> (solution: Tensor, clonedCoefficient: Tensor) { self.triangularSolve(a, upper: upper, transpose: transpose, unitriangular: unitriangular) }

  /// PyTorch's `triangular_solve`: see ``Tensor/triangularSolve(_:upper:transpose:unitriangular:)``.
  @inlinable @inline(__always)
  public func triangularSolve(_ a: Tensor, _ upper: Bool, _ transpose: Bool, _ unitriangular: Bool) -> (solution: Tensor, clonedCoefficient: Tensor) { self.triangularSolve(a, upper: upper, transpose: transpose, unitriangular: unitriangular) }

  /// PyTorch's `tril`: see ``Tensor/tril(_:)``.
  @inlinable @inline(__always)
  public func tril(diagonal: Int) -> Tensor { self.tril(diagonal) }

  /// PyTorch's `triu`: see ``Tensor/triu(_:)``.
  @inlinable @inline(__always)
  public func triu(diagonal: Int) -> Tensor { self.triu(diagonal) }

  /// PyTorch's `trunc`: see ``Tensor/trunc()``.
  @inlinable @inline(__always)
  public consuming func fix() -> Tensor { self.trunc() }

  /// PyTorch's `unbind`: see ``Tensor/unbind(_:)``.
  @inlinable @inline(__always)
  public func unbind(dim: Int) -> [Tensor] { self.unbind(dim) }

  /// PyTorch's `unflatten`: see ``Tensor/unflatten(_:_:)``.
  @inlinable @inline(__always)
  public func unflatten(dim: Int, sizes: [Int]) -> Tensor { self.unflatten(dim, sizes) }

  /// PyTorch's `unflatten`: see ``Tensor/unflatten(_:_:)``.
  @inlinable @inline(__always)
  public func unflatten(_ dim: Int, sizes: [Int]) -> Tensor { self.unflatten(dim, sizes) }

  /// PyTorch's `unfold`: see ``Tensor/unfold(_:_:_:)``.
  @inlinable @inline(__always)
  public func unfold(dimension dim: Int, size: Int, step: Int) -> Tensor { self.unfold(dim, size, step) }

  /// PyTorch's `unfold`: see ``Tensor/unfold(_:_:_:)``.
  @inlinable @inline(__always)
  public func unfold(_ dim: Int, size: Int, step: Int) -> Tensor { self.unfold(dim, size, step) }

  /// PyTorch's `unfold`: see ``Tensor/unfold(_:_:_:)``.
  @inlinable @inline(__always)
  public func unfold(_ dim: Int, _ size: Int, step: Int) -> Tensor { self.unfold(dim, size, step) }

  /// PyTorch's `unique_consecutive`: see ``Tensor/uniqueConsecutive(returnInverse:dim:)``.
  @inlinable @inline(__always)
  public func uniqueConsecutive(_ returnInverse: Bool, dim: Int? = nil) -> (Tensor, Tensor) { self.uniqueConsecutive(returnInverse: returnInverse, dim: dim) }

  /// PyTorch's `unique_consecutive`: see ``Tensor/uniqueConsecutive(returnInverse:returnCounts:dim:)``.
  @inlinable @inline(__always)
  public func uniqueConsecutive(_ returnInverse: Bool, returnCounts: Bool, dim: Int? = nil) -> (Tensor, Tensor, Tensor) { self.uniqueConsecutive(returnInverse: returnInverse, returnCounts: returnCounts, dim: dim) }

  /// PyTorch's `unique_consecutive`: see ``Tensor/uniqueConsecutive(returnInverse:returnCounts:dim:)``.
  @inlinable @inline(__always)
  public func uniqueConsecutive(_ returnInverse: Bool, _ returnCounts: Bool, dim: Int? = nil) -> (Tensor, Tensor, Tensor) { self.uniqueConsecutive(returnInverse: returnInverse, returnCounts: returnCounts, dim: dim) }

  /// PyTorch's `unique_consecutive`: see ``Tensor/uniqueConsecutive(returnInverse:returnCounts:dim:)``.
  @inlinable @inline(__always)
  public func uniqueConsecutive(_ returnInverse: Bool, _ returnCounts: Bool, _ dim: Int?) -> (Tensor, Tensor, Tensor) { self.uniqueConsecutive(returnInverse: returnInverse, returnCounts: returnCounts, dim: dim) }

  /// PyTorch's `unravel_index`: see ``Tensor/unravelIndex(_:)``.
  @inlinable @inline(__always)
  public func unravelIndex(shape: [Int]) -> [Tensor] { self.unravelIndex(shape) }

  /// PyTorch's `unsqueeze`: see ``Tensor/unsqueeze(_:)``.
  @inlinable @inline(__always)
  public func unsqueeze(dim: Int) -> Tensor { self.unsqueeze(dim) }

  /// PyTorch's `var`: see ``Tensor/var(_:correction:keepDim:)``.
  @inlinable @inline(__always)
  public func `var`(dim dims: [Int]?, correction: Double = 1, keepDim: Bool = false) -> Tensor { self.`var`(dims, correction: correction, keepDim: keepDim) }

  /// PyTorch's `var`: see ``Tensor/var(_:correction:keepDim:)``.
  @inlinable @inline(__always)
  public func `var`(dim dims: [Int]? = nil, correction: Double = 1, keepdim keepDim: Bool) -> Tensor { self.`var`(dims, correction: correction, keepDim: keepDim) }

  /// PyTorch's `var`: see ``Tensor/var(_:correction:keepDim:)``.
  @inlinable @inline(__always)
  public func `var`(_ dims: [Int]?, correction: Double, keepdim keepDim: Bool) -> Tensor { self.`var`(dims, correction: correction, keepDim: keepDim) }

  /// PyTorch's `var`: see ``Tensor/var(_:correction:keepDim:)``.
  @inlinable @inline(__always)
  public func `var`(_ dims: [Int]?, keepdim keepDim: Bool) -> Tensor { self.`var`(dims, keepDim: keepDim) }

  /// PyTorch's `var`: see ``Tensor/var(_:correction:keepDim:)``.
  @inlinable @inline(__always)
  public func `var`(dim: Int, correction: Double = 1, keepDim: Bool = false) -> Tensor { self.`var`(dim, correction: correction, keepDim: keepDim) }

  /// PyTorch's `var`: see ``Tensor/var(_:correction:keepDim:)``.
  @inlinable @inline(__always)
  public func `var`(dim: Int, correction: Double, keepdim keepDim: Bool) -> Tensor { self.`var`(dim, correction: correction, keepDim: keepDim) }

  /// PyTorch's `var`: see ``Tensor/var(_:correction:keepDim:)``.
  @inlinable @inline(__always)
  public func `var`(dim: Int, keepdim keepDim: Bool) -> Tensor { self.`var`(dim, keepDim: keepDim) }

  /// PyTorch's `var`: see ``Tensor/var(_:correction:keepDim:)``.
  @inlinable @inline(__always)
  public func `var`(_ dim: Int, correction: Double, keepdim keepDim: Bool) -> Tensor { self.`var`(dim, correction: correction, keepDim: keepDim) }

  /// PyTorch's `var`: see ``Tensor/var(_:correction:keepDim:)``.
  @inlinable @inline(__always)
  public func `var`(_ dim: Int, keepdim keepDim: Bool) -> Tensor { self.`var`(dim, keepDim: keepDim) }

  /// PyTorch's `var_mean`: see ``Tensor/varMean(_:correction:keepDim:)``.
  @inlinable @inline(__always)
  public func varMean(dim dims: [Int]?, correction: Double = 1, keepDim: Bool = false) -> (Tensor, Tensor) { self.varMean(dims, correction: correction, keepDim: keepDim) }

  /// PyTorch's `var_mean`: see ``Tensor/varMean(_:correction:keepDim:)``.
  @inlinable @inline(__always)
  public func varMean(dim dims: [Int]? = nil, correction: Double = 1, keepdim keepDim: Bool) -> (Tensor, Tensor) { self.varMean(dims, correction: correction, keepDim: keepDim) }

  /// PyTorch's `var_mean`: see ``Tensor/varMean(_:correction:keepDim:)``.
  @inlinable @inline(__always)
  public func varMean(_ dims: [Int]?, correction: Double, keepdim keepDim: Bool) -> (Tensor, Tensor) { self.varMean(dims, correction: correction, keepDim: keepDim) }

  /// PyTorch's `var_mean`: see ``Tensor/varMean(_:correction:keepDim:)``.
  @inlinable @inline(__always)
  public func varMean(_ dims: [Int]?, keepdim keepDim: Bool) -> (Tensor, Tensor) { self.varMean(dims, keepDim: keepDim) }

  /// PyTorch's `var_mean`: see ``Tensor/varMean(_:correction:keepDim:)``.
  @inlinable @inline(__always)
  public func varMean(_ dims: Int, correction: Double = 1, keepDim: Bool = false) -> (Tensor, Tensor) { self.varMean([dims], correction: correction, keepDim: keepDim) }

  /// PyTorch's `var_mean`: see ``Tensor/varMean(_:correction:keepDim:)``.
  @inlinable @inline(__always)
  public func varMean(dim dims: Int, correction: Double = 1, keepDim: Bool = false) -> (Tensor, Tensor) { self.varMean([dims], correction: correction, keepDim: keepDim) }

  /// PyTorch's `var_mean`: see ``Tensor/varMean(_:correction:keepDim:)``.
  @inlinable @inline(__always)
  public func varMean(dim dims: Int, correction: Double, keepdim keepDim: Bool) -> (Tensor, Tensor) { self.varMean([dims], correction: correction, keepDim: keepDim) }

  /// PyTorch's `var_mean`: see ``Tensor/varMean(_:correction:keepDim:)``.
  @inlinable @inline(__always)
  public func varMean(dim dims: Int, keepdim keepDim: Bool) -> (Tensor, Tensor) { self.varMean([dims], keepDim: keepDim) }

  /// PyTorch's `var_mean`: see ``Tensor/varMean(_:correction:keepDim:)``.
  @inlinable @inline(__always)
  public func varMean(_ dims: Int, correction: Double, keepdim keepDim: Bool) -> (Tensor, Tensor) { self.varMean([dims], correction: correction, keepDim: keepDim) }

  /// PyTorch's `var_mean`: see ``Tensor/varMean(_:correction:keepDim:)``.
  @inlinable @inline(__always)
  public func varMean(_ dims: Int, keepdim keepDim: Bool) -> (Tensor, Tensor) { self.varMean([dims], keepDim: keepDim) }

  /// PyTorch's `vdot`: see ``Tensor/vdot(_:)``.
  @inlinable @inline(__always)
  public func vdot(other: Tensor) -> Tensor { self.vdot(other) }

  /// PyTorch's `view`: see ``Tensor/view(_:)``.
  @inlinable @inline(__always)
  public func view(size shape: [Int]) -> Tensor { self.view(shape) }

  /// PyTorch's `view_as`: see ``Tensor/viewAs(_:)``.
  @inlinable @inline(__always)
  public func viewAs(other: Tensor) -> Tensor { self.viewAs(other) }

  /// PyTorch's `vsplit`: see ``Tensor/vsplit(_:)``.
  @inlinable @inline(__always)
  public func vsplit(sections: Int) -> [Tensor] { self.vsplit(sections) }

  /// PyTorch's `vsplit`: see ``Tensor/vsplit(_:)``.
  @inlinable @inline(__always)
  public func vsplit(indices: [Int]) -> [Tensor] { self.vsplit(indices) }

  /// PyTorch's `xlogy`: see ``Tensor/xlogy(_:)``.
  @inlinable @inline(__always)
  public func xlogy(other: Tensor) -> Tensor { self.xlogy(other) }

  /// PyTorch's `xlogy`: see ``Tensor/xlogy(_:)``.
  @inlinable @inline(__always)
  public func xlogy(other: some ScalarConvertible) -> Tensor { self.xlogy(other) }

  /// PyTorch's `add`: the operator `+`.
  @inlinable @inline(__always)
  public func add(_ other: Tensor) -> Tensor { self + other }

  /// PyTorch's `add`: the operator `+`.
  @inlinable @inline(__always)
  public func add(_ other: some ScalarConvertible) -> Tensor { self + other }

  /// PyTorch's `sub`: the operator `-`.
  @inlinable @inline(__always)
  public func sub(_ other: Tensor) -> Tensor { self - other }

  /// PyTorch's `sub`: the operator `-`.
  @inlinable @inline(__always)
  public func sub(_ other: some ScalarConvertible) -> Tensor { self - other }

  /// PyTorch's `sub`: the operator `-`.
  @inlinable @inline(__always)
  public func subtract(_ other: Tensor) -> Tensor { self - other }

  /// PyTorch's `sub`: the operator `-`.
  @inlinable @inline(__always)
  public func subtract(_ other: some ScalarConvertible) -> Tensor { self - other }

  /// PyTorch's `mul`: the operator `*`.
  @inlinable @inline(__always)
  public func mul(_ other: Tensor) -> Tensor { self * other }

  /// PyTorch's `mul`: the operator `*`.
  @inlinable @inline(__always)
  public func mul(_ other: some ScalarConvertible) -> Tensor { self * other }

  /// PyTorch's `mul`: the operator `*`.
  @inlinable @inline(__always)
  public func multiply(_ other: Tensor) -> Tensor { self * other }

  /// PyTorch's `mul`: the operator `*`.
  @inlinable @inline(__always)
  public func multiply(_ other: some ScalarConvertible) -> Tensor { self * other }

  /// PyTorch's `div`: the operator `/`.
  @inlinable @inline(__always)
  public func div(_ other: Tensor) -> Tensor { self / other }

  /// PyTorch's `div`: the operator `/`.
  @inlinable @inline(__always)
  public func div(_ other: some ScalarConvertible) -> Tensor { self / other }

  /// PyTorch's `div`: the operator `/`.
  @inlinable @inline(__always)
  public func divide(_ other: Tensor) -> Tensor { self / other }

  /// PyTorch's `div`: the operator `/`.
  @inlinable @inline(__always)
  public func divide(_ other: some ScalarConvertible) -> Tensor { self / other }

  /// PyTorch's `div`: the operator `/`.
  @inlinable @inline(__always)
  public func trueDivide(_ other: Tensor) -> Tensor { self / other }

  /// PyTorch's `div`: the operator `/`.
  @inlinable @inline(__always)
  public func trueDivide(_ other: some ScalarConvertible) -> Tensor { self / other }

  /// PyTorch's `bitwise_and`: the operator `&`.
  @inlinable @inline(__always)
  public func bitwiseAnd(_ other: Tensor) -> Tensor { self & other }

  /// PyTorch's `bitwise_and`: the operator `&`.
  @inlinable @inline(__always)
  public func bitwiseAnd(_ other: some ScalarConvertible) -> Tensor { self & other }

  /// PyTorch's `bitwise_or`: the operator `|`.
  @inlinable @inline(__always)
  public func bitwiseOr(_ other: Tensor) -> Tensor { self | other }

  /// PyTorch's `bitwise_or`: the operator `|`.
  @inlinable @inline(__always)
  public func bitwiseOr(_ other: some ScalarConvertible) -> Tensor { self | other }

  /// PyTorch's `bitwise_xor`: the operator `^`.
  @inlinable @inline(__always)
  public func bitwiseXor(_ other: Tensor) -> Tensor { self ^ other }

  /// PyTorch's `bitwise_xor`: the operator `^`.
  @inlinable @inline(__always)
  public func bitwiseXor(_ other: some ScalarConvertible) -> Tensor { self ^ other }

  /// PyTorch's `bitwise_left_shift`: the operator `<<`.
  @inlinable @inline(__always)
  public func bitwiseLeftShift(_ other: Tensor) -> Tensor { self << other }

  /// PyTorch's `bitwise_left_shift`: the operator `<<`.
  @inlinable @inline(__always)
  public func bitwiseLeftShift(_ other: some ScalarConvertible) -> Tensor { self << other }

  /// PyTorch's `bitwise_right_shift`: the operator `>>`.
  @inlinable @inline(__always)
  public func bitwiseRightShift(_ other: Tensor) -> Tensor { self >> other }

  /// PyTorch's `bitwise_right_shift`: the operator `>>`.
  @inlinable @inline(__always)
  public func bitwiseRightShift(_ other: some ScalarConvertible) -> Tensor { self >> other }
}
