// swift-format-ignore-file
// Functions beside methods. Written by scripts/make-spellings.py; change the table or the script, not this file.

import ApusCore
import ApusFunctional
import ApusNumerics

/// PyTorch's `abs`: see ``Tensor/abs()``.
@inlinable @inline(__always)
public func abs(_ input: consuming Tensor) -> Tensor { input.abs() }

/// PyTorch's `abs`: see ``Tensor/abs()``.
@inlinable @inline(__always)
public func absolute(_ input: consuming Tensor) -> Tensor { input.abs() }

/// PyTorch's `acos`: see ``Tensor/acos()``.
@inlinable @inline(__always)
public func acos(_ input: consuming Tensor) -> Tensor { input.acos() }

/// PyTorch's `acos`: see ``Tensor/acos()``.
@inlinable @inline(__always)
public func arccos(_ input: consuming Tensor) -> Tensor { input.acos() }

/// PyTorch's `acosh`: see ``Tensor/acosh()``.
@inlinable @inline(__always)
public func acosh(_ input: consuming Tensor) -> Tensor { input.acosh() }

/// PyTorch's `acosh`: see ``Tensor/acosh()``.
@inlinable @inline(__always)
public func arccosh(_ input: consuming Tensor) -> Tensor { input.acosh() }

/// PyTorch's `addbmm`: see ``addbmm(_:_:_:beta:alpha:)``.
@inlinable @inline(__always)
public func addbmm(_ input: Tensor, batch1: Tensor, batch2: Tensor, beta: some ScalarConvertible = 1, alpha: some ScalarConvertible = 1) -> Tensor { ApusFunctional.addbmm(input, batch1, batch2, beta: beta, alpha: alpha) }

/// PyTorch's `addbmm`: see ``addbmm(_:_:_:beta:alpha:)``.
@inlinable @inline(__always)
public func addbmm(_ input: Tensor, _ batch1: Tensor, batch2: Tensor, beta: some ScalarConvertible = 1, alpha: some ScalarConvertible = 1) -> Tensor { ApusFunctional.addbmm(input, batch1, batch2, beta: beta, alpha: alpha) }

/// PyTorch's `addcdiv`: see ``Tensor/addcdiv(_:_:value:)``.
@inlinable @inline(__always)
public func addcdiv(_ input: Tensor, _ tensor1: Tensor, _ tensor2: Tensor, value: some ScalarConvertible = 1) -> Tensor { input.addcdiv(tensor1, tensor2, value: value) }

/// PyTorch's `addcdiv`: see ``Tensor/addcdiv(_:_:value:)``.
@inlinable @inline(__always)
public func addcdiv(_ input: Tensor, tensor1: Tensor, tensor2: Tensor, value: some ScalarConvertible = 1) -> Tensor { input.addcdiv(tensor1, tensor2, value: value) }

/// PyTorch's `addcdiv`: see ``Tensor/addcdiv(_:_:value:)``.
@inlinable @inline(__always)
public func addcdiv(_ input: Tensor, _ tensor1: Tensor, tensor2: Tensor, value: some ScalarConvertible = 1) -> Tensor { input.addcdiv(tensor1, tensor2, value: value) }

/// PyTorch's `addcmul`: see ``Tensor/addcmul(_:_:value:)``.
@inlinable @inline(__always)
public func addcmul(_ input: Tensor, _ tensor1: Tensor, _ tensor2: Tensor, value: some ScalarConvertible = 1) -> Tensor { input.addcmul(tensor1, tensor2, value: value) }

/// PyTorch's `addcmul`: see ``Tensor/addcmul(_:_:value:)``.
@inlinable @inline(__always)
public func addcmul(_ input: Tensor, tensor1: Tensor, tensor2: Tensor, value: some ScalarConvertible = 1) -> Tensor { input.addcmul(tensor1, tensor2, value: value) }

/// PyTorch's `addcmul`: see ``Tensor/addcmul(_:_:value:)``.
@inlinable @inline(__always)
public func addcmul(_ input: Tensor, _ tensor1: Tensor, tensor2: Tensor, value: some ScalarConvertible = 1) -> Tensor { input.addcmul(tensor1, tensor2, value: value) }

/// PyTorch's `addmm`: see ``addmm(_:_:_:beta:alpha:)``.
@inlinable @inline(__always)
public func addmm(_ input: Tensor, mat1: Tensor, mat2: Tensor, beta: some ScalarConvertible = 1, alpha: some ScalarConvertible = 1) -> Tensor { ApusFunctional.addmm(input, mat1, mat2, beta: beta, alpha: alpha) }

/// PyTorch's `addmm`: see ``addmm(_:_:_:beta:alpha:)``.
@inlinable @inline(__always)
public func addmm(_ input: Tensor, _ mat1: Tensor, mat2: Tensor, beta: some ScalarConvertible = 1, alpha: some ScalarConvertible = 1) -> Tensor { ApusFunctional.addmm(input, mat1, mat2, beta: beta, alpha: alpha) }

/// PyTorch's `addmv`: see ``addmv(_:_:_:beta:alpha:)``.
@inlinable @inline(__always)
public func addmv(_ input: Tensor, mat matrix: Tensor, vec vector: Tensor, beta: some ScalarConvertible = 1, alpha: some ScalarConvertible = 1) -> Tensor { ApusFunctional.addmv(input, matrix, vector, beta: beta, alpha: alpha) }

/// PyTorch's `addmv`: see ``addmv(_:_:_:beta:alpha:)``.
@inlinable @inline(__always)
public func addmv(_ input: Tensor, _ matrix: Tensor, vec vector: Tensor, beta: some ScalarConvertible = 1, alpha: some ScalarConvertible = 1) -> Tensor { ApusFunctional.addmv(input, matrix, vector, beta: beta, alpha: alpha) }

/// PyTorch's `addr`: see ``addr(_:_:_:beta:alpha:)``.
@inlinable @inline(__always)
public func addr(_ input: Tensor, vec1: Tensor, vec2: Tensor, beta: some ScalarConvertible = 1, alpha: some ScalarConvertible = 1) -> Tensor { ApusFunctional.addr(input, vec1, vec2, beta: beta, alpha: alpha) }

/// PyTorch's `addr`: see ``addr(_:_:_:beta:alpha:)``.
@inlinable @inline(__always)
public func addr(_ input: Tensor, _ vec1: Tensor, vec2: Tensor, beta: some ScalarConvertible = 1, alpha: some ScalarConvertible = 1) -> Tensor { ApusFunctional.addr(input, vec1, vec2, beta: beta, alpha: alpha) }

/// PyTorch's `all`: see ``Tensor/all(_:keepDim:)``.
@inlinable @inline(__always)
public func all(_ input: Tensor, _ dims: [Int]? = nil, keepDim: Bool = false) -> Tensor { input.all(dims, keepDim: keepDim) }

/// PyTorch's `all`: see ``Tensor/all(_:keepDim:)``.
@inlinable @inline(__always)
public func all(_ input: Tensor, dim dims: [Int]?, keepDim: Bool = false) -> Tensor { input.all(dims, keepDim: keepDim) }

/// PyTorch's `all`: see ``Tensor/all(_:keepDim:)``.
@inlinable @inline(__always)
public func all(_ input: Tensor, _ dims: [Int]?, _ keepDim: Bool) -> Tensor { input.all(dims, keepDim: keepDim) }

/// PyTorch's `all`: see ``Tensor/all(_:keepDim:)``.
@inlinable @inline(__always)
public func all(_ input: Tensor, dim dims: [Int]? = nil, keepdim keepDim: Bool) -> Tensor { input.all(dims, keepDim: keepDim) }

/// PyTorch's `all`: see ``Tensor/all(_:keepDim:)``.
@inlinable @inline(__always)
public func all(_ input: Tensor, _ dims: [Int]?, keepdim keepDim: Bool) -> Tensor { input.all(dims, keepDim: keepDim) }

/// PyTorch's `all`: see ``Tensor/all(_:keepDim:)``.
@inlinable @inline(__always)
public func all(_ input: Tensor, _ dim: Int, keepDim: Bool = false) -> Tensor { input.all(dim, keepDim: keepDim) }

/// PyTorch's `all`: see ``Tensor/all(_:keepDim:)``.
@inlinable @inline(__always)
public func all(_ input: Tensor, dim: Int, keepDim: Bool = false) -> Tensor { input.all(dim, keepDim: keepDim) }

/// PyTorch's `all`: see ``Tensor/all(_:keepDim:)``.
@inlinable @inline(__always)
public func all(_ input: Tensor, _ dim: Int, _ keepDim: Bool) -> Tensor { input.all(dim, keepDim: keepDim) }

/// PyTorch's `all`: see ``Tensor/all(_:keepDim:)``.
@inlinable @inline(__always)
public func all(_ input: Tensor, dim: Int, keepdim keepDim: Bool) -> Tensor { input.all(dim, keepDim: keepDim) }

/// PyTorch's `all`: see ``Tensor/all(_:keepDim:)``.
@inlinable @inline(__always)
public func all(_ input: Tensor, _ dim: Int, keepdim keepDim: Bool) -> Tensor { input.all(dim, keepDim: keepDim) }

/// PyTorch's `allclose`: see ``Tensor/allclose(_:rtol:atol:equalNan:)``.
@inlinable @inline(__always)
public func allclose(_ input: Tensor, _ other: Tensor, rtol: Double = 1e-5, atol: Double = 1e-8, equalNan: Bool = false) -> Bool { input.allclose(other, rtol: rtol, atol: atol, equalNan: equalNan) }

/// PyTorch's `allclose`: see ``Tensor/allclose(_:rtol:atol:equalNan:)``.
@inlinable @inline(__always)
public func allclose(_ input: Tensor, other: Tensor, rtol: Double = 1e-5, atol: Double = 1e-8, equalNan: Bool = false) -> Bool { input.allclose(other, rtol: rtol, atol: atol, equalNan: equalNan) }

/// PyTorch's `allclose`: see ``Tensor/allclose(_:rtol:atol:equalNan:)``.
@inlinable @inline(__always)
public func allclose(_ input: Tensor, _ other: Tensor, _ rtol: Double, atol: Double = 1e-8, equalNan: Bool = false) -> Bool { input.allclose(other, rtol: rtol, atol: atol, equalNan: equalNan) }

/// PyTorch's `allclose`: see ``Tensor/allclose(_:rtol:atol:equalNan:)``.
@inlinable @inline(__always)
public func allclose(_ input: Tensor, _ other: Tensor, _ rtol: Double, _ atol: Double, equalNan: Bool = false) -> Bool { input.allclose(other, rtol: rtol, atol: atol, equalNan: equalNan) }

/// PyTorch's `allclose`: see ``Tensor/allclose(_:rtol:atol:equalNan:)``.
@inlinable @inline(__always)
public func allclose(_ input: Tensor, _ other: Tensor, _ rtol: Double, _ atol: Double, _ equalNan: Bool) -> Bool { input.allclose(other, rtol: rtol, atol: atol, equalNan: equalNan) }

/// PyTorch's `alpha_dropout`: see ``alphaDropout(_:p:training:generator:)``.
@inlinable @inline(__always)
public func alphaDropout(_ input: Tensor, _ p: Double, training: Bool = false, generator: Generator = .default) -> Tensor { ApusFunctional.alphaDropout(input, p: p, training: training, generator: generator) }

/// PyTorch's `alpha_dropout`: see ``alphaDropout(_:p:training:generator:)``.
@inlinable @inline(__always)
public func alphaDropout(_ input: Tensor, _ p: Double, _ training: Bool, generator: Generator = .default) -> Tensor { ApusFunctional.alphaDropout(input, p: p, training: training, generator: generator) }

/// PyTorch's `amax`: see ``Tensor/amax(_:keepDim:)``.
@inlinable @inline(__always)
public func amax(_ input: Tensor, _ dims: [Int]? = nil, keepDim: Bool = false) -> Tensor { input.amax(dims, keepDim: keepDim) }

/// PyTorch's `amax`: see ``Tensor/amax(_:keepDim:)``.
@inlinable @inline(__always)
public func amax(_ input: Tensor, dim dims: [Int]?, keepDim: Bool = false) -> Tensor { input.amax(dims, keepDim: keepDim) }

/// PyTorch's `amax`: see ``Tensor/amax(_:keepDim:)``.
@inlinable @inline(__always)
public func amax(_ input: Tensor, _ dims: [Int]?, _ keepDim: Bool) -> Tensor { input.amax(dims, keepDim: keepDim) }

/// PyTorch's `amax`: see ``Tensor/amax(_:keepDim:)``.
@inlinable @inline(__always)
public func amax(_ input: Tensor, dim dims: [Int]? = nil, keepdim keepDim: Bool) -> Tensor { input.amax(dims, keepDim: keepDim) }

/// PyTorch's `amax`: see ``Tensor/amax(_:keepDim:)``.
@inlinable @inline(__always)
public func amax(_ input: Tensor, _ dims: [Int]?, keepdim keepDim: Bool) -> Tensor { input.amax(dims, keepDim: keepDim) }

/// PyTorch's `amax`: see ``Tensor/amax(_:keepDim:)``.
@inlinable @inline(__always)
public func amax(_ input: Tensor, _ dims: Int, keepDim: Bool = false) -> Tensor { input.amax([dims], keepDim: keepDim) }

/// PyTorch's `amax`: see ``Tensor/amax(_:keepDim:)``.
@inlinable @inline(__always)
public func amax(_ input: Tensor, dim dims: Int, keepDim: Bool = false) -> Tensor { input.amax([dims], keepDim: keepDim) }

/// PyTorch's `amax`: see ``Tensor/amax(_:keepDim:)``.
@inlinable @inline(__always)
public func amax(_ input: Tensor, _ dims: Int, _ keepDim: Bool) -> Tensor { input.amax([dims], keepDim: keepDim) }

/// PyTorch's `amax`: see ``Tensor/amax(_:keepDim:)``.
@inlinable @inline(__always)
public func amax(_ input: Tensor, dim dims: Int, keepdim keepDim: Bool) -> Tensor { input.amax([dims], keepDim: keepDim) }

/// PyTorch's `amax`: see ``Tensor/amax(_:keepDim:)``.
@inlinable @inline(__always)
public func amax(_ input: Tensor, _ dims: Int, keepdim keepDim: Bool) -> Tensor { input.amax([dims], keepDim: keepDim) }

/// PyTorch's `amin`: see ``Tensor/amin(_:keepDim:)``.
@inlinable @inline(__always)
public func amin(_ input: Tensor, _ dims: [Int]? = nil, keepDim: Bool = false) -> Tensor { input.amin(dims, keepDim: keepDim) }

/// PyTorch's `amin`: see ``Tensor/amin(_:keepDim:)``.
@inlinable @inline(__always)
public func amin(_ input: Tensor, dim dims: [Int]?, keepDim: Bool = false) -> Tensor { input.amin(dims, keepDim: keepDim) }

/// PyTorch's `amin`: see ``Tensor/amin(_:keepDim:)``.
@inlinable @inline(__always)
public func amin(_ input: Tensor, _ dims: [Int]?, _ keepDim: Bool) -> Tensor { input.amin(dims, keepDim: keepDim) }

/// PyTorch's `amin`: see ``Tensor/amin(_:keepDim:)``.
@inlinable @inline(__always)
public func amin(_ input: Tensor, dim dims: [Int]? = nil, keepdim keepDim: Bool) -> Tensor { input.amin(dims, keepDim: keepDim) }

/// PyTorch's `amin`: see ``Tensor/amin(_:keepDim:)``.
@inlinable @inline(__always)
public func amin(_ input: Tensor, _ dims: [Int]?, keepdim keepDim: Bool) -> Tensor { input.amin(dims, keepDim: keepDim) }

/// PyTorch's `amin`: see ``Tensor/amin(_:keepDim:)``.
@inlinable @inline(__always)
public func amin(_ input: Tensor, _ dims: Int, keepDim: Bool = false) -> Tensor { input.amin([dims], keepDim: keepDim) }

/// PyTorch's `amin`: see ``Tensor/amin(_:keepDim:)``.
@inlinable @inline(__always)
public func amin(_ input: Tensor, dim dims: Int, keepDim: Bool = false) -> Tensor { input.amin([dims], keepDim: keepDim) }

/// PyTorch's `amin`: see ``Tensor/amin(_:keepDim:)``.
@inlinable @inline(__always)
public func amin(_ input: Tensor, _ dims: Int, _ keepDim: Bool) -> Tensor { input.amin([dims], keepDim: keepDim) }

/// PyTorch's `amin`: see ``Tensor/amin(_:keepDim:)``.
@inlinable @inline(__always)
public func amin(_ input: Tensor, dim dims: Int, keepdim keepDim: Bool) -> Tensor { input.amin([dims], keepDim: keepDim) }

/// PyTorch's `amin`: see ``Tensor/amin(_:keepDim:)``.
@inlinable @inline(__always)
public func amin(_ input: Tensor, _ dims: Int, keepdim keepDim: Bool) -> Tensor { input.amin([dims], keepDim: keepDim) }

/// PyTorch's `aminmax`: see ``Tensor/aminmax(dim:keepDim:)``.
@inlinable @inline(__always)
public func aminmax(_ input: Tensor, dim: Int? = nil, keepDim: Bool = false) -> MinMax { input.aminmax(dim: dim, keepDim: keepDim) }

/// PyTorch's `aminmax`: see ``Tensor/aminmax(dim:keepDim:)``.
@_disfavoredOverload @inlinable @inline(__always)
public func aminmax(_ input: Tensor, dim: Int? = nil, keepDim: Bool = false) -> (min: Tensor, max: Tensor) { input.aminmax(dim: dim, keepDim: keepDim) }

/// PyTorch's `aminmax`: see ``Tensor/aminmax(dim:keepDim:)``.
@inlinable @inline(__always)
public func aminmax(_ input: Tensor, dim: Int? = nil, keepdim keepDim: Bool) -> MinMax { input.aminmax(dim: dim, keepDim: keepDim) }

/// PyTorch's `aminmax`: see ``Tensor/aminmax(dim:keepDim:)``.
@_disfavoredOverload @inlinable @inline(__always)
public func aminmax(_ input: Tensor, dim: Int? = nil, keepdim keepDim: Bool) -> (min: Tensor, max: Tensor) { input.aminmax(dim: dim, keepDim: keepDim) }

/// PyTorch's `angle`: see ``Tensor/angle()``.
@inlinable @inline(__always)
public func angle(_ input: Tensor) -> Tensor { input.angle() }

/// PyTorch's `any`: see ``Tensor/any(_:keepDim:)``.
@inlinable @inline(__always)
public func any(_ input: Tensor, _ dims: [Int]? = nil, keepDim: Bool = false) -> Tensor { input.any(dims, keepDim: keepDim) }

/// PyTorch's `any`: see ``Tensor/any(_:keepDim:)``.
@inlinable @inline(__always)
public func any(_ input: Tensor, dim dims: [Int]?, keepDim: Bool = false) -> Tensor { input.any(dims, keepDim: keepDim) }

/// PyTorch's `any`: see ``Tensor/any(_:keepDim:)``.
@inlinable @inline(__always)
public func any(_ input: Tensor, _ dims: [Int]?, _ keepDim: Bool) -> Tensor { input.any(dims, keepDim: keepDim) }

/// PyTorch's `any`: see ``Tensor/any(_:keepDim:)``.
@inlinable @inline(__always)
public func any(_ input: Tensor, dim dims: [Int]? = nil, keepdim keepDim: Bool) -> Tensor { input.any(dims, keepDim: keepDim) }

/// PyTorch's `any`: see ``Tensor/any(_:keepDim:)``.
@inlinable @inline(__always)
public func any(_ input: Tensor, _ dims: [Int]?, keepdim keepDim: Bool) -> Tensor { input.any(dims, keepDim: keepDim) }

/// PyTorch's `any`: see ``Tensor/any(_:keepDim:)``.
@inlinable @inline(__always)
public func any(_ input: Tensor, _ dim: Int, keepDim: Bool = false) -> Tensor { input.any(dim, keepDim: keepDim) }

/// PyTorch's `any`: see ``Tensor/any(_:keepDim:)``.
@inlinable @inline(__always)
public func any(_ input: Tensor, dim: Int, keepDim: Bool = false) -> Tensor { input.any(dim, keepDim: keepDim) }

/// PyTorch's `any`: see ``Tensor/any(_:keepDim:)``.
@inlinable @inline(__always)
public func any(_ input: Tensor, _ dim: Int, _ keepDim: Bool) -> Tensor { input.any(dim, keepDim: keepDim) }

/// PyTorch's `any`: see ``Tensor/any(_:keepDim:)``.
@inlinable @inline(__always)
public func any(_ input: Tensor, dim: Int, keepdim keepDim: Bool) -> Tensor { input.any(dim, keepDim: keepDim) }

/// PyTorch's `any`: see ``Tensor/any(_:keepDim:)``.
@inlinable @inline(__always)
public func any(_ input: Tensor, _ dim: Int, keepdim keepDim: Bool) -> Tensor { input.any(dim, keepDim: keepDim) }

/// PyTorch's `argmax`: see ``Tensor/argmax(_:keepDim:)``.
@inlinable @inline(__always)
public func argmax(_ input: Tensor, _ dim: Int? = nil, keepDim: Bool = false) -> Tensor { input.argmax(dim, keepDim: keepDim) }

/// PyTorch's `argmax`: see ``Tensor/argmax(_:keepDim:)``.
@inlinable @inline(__always)
public func argmax(_ input: Tensor, dim: Int?, keepDim: Bool = false) -> Tensor { input.argmax(dim, keepDim: keepDim) }

/// PyTorch's `argmax`: see ``Tensor/argmax(_:keepDim:)``.
@inlinable @inline(__always)
public func argmax(_ input: Tensor, _ dim: Int?, _ keepDim: Bool) -> Tensor { input.argmax(dim, keepDim: keepDim) }

/// PyTorch's `argmax`: see ``Tensor/argmax(_:keepDim:)``.
@inlinable @inline(__always)
public func argmax(_ input: Tensor, dim: Int? = nil, keepdim keepDim: Bool) -> Tensor { input.argmax(dim, keepDim: keepDim) }

/// PyTorch's `argmax`: see ``Tensor/argmax(_:keepDim:)``.
@inlinable @inline(__always)
public func argmax(_ input: Tensor, _ dim: Int?, keepdim keepDim: Bool) -> Tensor { input.argmax(dim, keepDim: keepDim) }

/// PyTorch's `argmin`: see ``Tensor/argmin(_:keepDim:)``.
@inlinable @inline(__always)
public func argmin(_ input: Tensor, _ dim: Int? = nil, keepDim: Bool = false) -> Tensor { input.argmin(dim, keepDim: keepDim) }

/// PyTorch's `argmin`: see ``Tensor/argmin(_:keepDim:)``.
@inlinable @inline(__always)
public func argmin(_ input: Tensor, dim: Int?, keepDim: Bool = false) -> Tensor { input.argmin(dim, keepDim: keepDim) }

/// PyTorch's `argmin`: see ``Tensor/argmin(_:keepDim:)``.
@inlinable @inline(__always)
public func argmin(_ input: Tensor, _ dim: Int?, _ keepDim: Bool) -> Tensor { input.argmin(dim, keepDim: keepDim) }

/// PyTorch's `argmin`: see ``Tensor/argmin(_:keepDim:)``.
@inlinable @inline(__always)
public func argmin(_ input: Tensor, dim: Int? = nil, keepdim keepDim: Bool) -> Tensor { input.argmin(dim, keepDim: keepDim) }

/// PyTorch's `argmin`: see ``Tensor/argmin(_:keepDim:)``.
@inlinable @inline(__always)
public func argmin(_ input: Tensor, _ dim: Int?, keepdim keepDim: Bool) -> Tensor { input.argmin(dim, keepDim: keepDim) }

/// PyTorch's `argsort`: see ``Tensor/argsort(_:descending:stable:)``.
@inlinable @inline(__always)
public func argsort(_ input: Tensor, _ dim: Int = -1, descending: Bool = false, stable: Bool = true) -> Tensor { input.argsort(dim, descending: descending, stable: stable) }

/// PyTorch's `argsort`: see ``Tensor/argsort(_:descending:stable:)``.
@inlinable @inline(__always)
public func argsort(_ input: Tensor, dim: Int, descending: Bool = false, stable: Bool = true) -> Tensor { input.argsort(dim, descending: descending, stable: stable) }

/// PyTorch's `argwhere`: see ``Tensor/argwhere()``.
@inlinable @inline(__always)
public func argwhere(_ input: Tensor) -> Tensor { input.argwhere() }

/// PyTorch's `as_strided`: see ``Tensor/asStrided(_:_:storageOffset:)``.
@inlinable @inline(__always)
public func asStrided(_ input: Tensor, _ size: [Int], _ stride: [Int], storageOffset: Int? = nil) -> Tensor { input.asStrided(size, stride, storageOffset: storageOffset) }

/// PyTorch's `as_strided`: see ``Tensor/asStrided(_:_:storageOffset:)``.
@inlinable @inline(__always)
public func asStrided(_ input: Tensor, size: [Int], stride: [Int], storageOffset: Int? = nil) -> Tensor { input.asStrided(size, stride, storageOffset: storageOffset) }

/// PyTorch's `as_strided`: see ``Tensor/asStrided(_:_:storageOffset:)``.
@inlinable @inline(__always)
public func asStrided(_ input: Tensor, _ size: [Int], stride: [Int], storageOffset: Int? = nil) -> Tensor { input.asStrided(size, stride, storageOffset: storageOffset) }

/// PyTorch's `as_strided`: see ``Tensor/asStrided(_:_:storageOffset:)``.
@inlinable @inline(__always)
public func asStrided(_ input: Tensor, _ size: [Int], _ stride: [Int], _ storageOffset: Int?) -> Tensor { input.asStrided(size, stride, storageOffset: storageOffset) }

/// PyTorch's `as_strided_scatter`: see ``Tensor/asStridedScatter(_:_:_:storageOffset:)``.
@inlinable @inline(__always)
public func asStridedScatter(_ input: Tensor, _ src: Tensor, _ size: [Int], _ stride: [Int], storageOffset: Int? = nil) -> Tensor { input.asStridedScatter(src, size, stride, storageOffset: storageOffset) }

/// PyTorch's `as_strided_scatter`: see ``Tensor/asStridedScatter(_:_:_:storageOffset:)``.
@inlinable @inline(__always)
public func asStridedScatter(_ input: Tensor, src: Tensor, size: [Int], stride: [Int], storageOffset: Int? = nil) -> Tensor { input.asStridedScatter(src, size, stride, storageOffset: storageOffset) }

/// PyTorch's `as_strided_scatter`: see ``Tensor/asStridedScatter(_:_:_:storageOffset:)``.
@inlinable @inline(__always)
public func asStridedScatter(_ input: Tensor, _ src: Tensor, size: [Int], stride: [Int], storageOffset: Int? = nil) -> Tensor { input.asStridedScatter(src, size, stride, storageOffset: storageOffset) }

/// PyTorch's `as_strided_scatter`: see ``Tensor/asStridedScatter(_:_:_:storageOffset:)``.
@inlinable @inline(__always)
public func asStridedScatter(_ input: Tensor, _ src: Tensor, _ size: [Int], stride: [Int], storageOffset: Int? = nil) -> Tensor { input.asStridedScatter(src, size, stride, storageOffset: storageOffset) }

/// PyTorch's `as_strided_scatter`: see ``Tensor/asStridedScatter(_:_:_:storageOffset:)``.
@inlinable @inline(__always)
public func asStridedScatter(_ input: Tensor, _ src: Tensor, _ size: [Int], _ stride: [Int], _ storageOffset: Int?) -> Tensor { input.asStridedScatter(src, size, stride, storageOffset: storageOffset) }

/// PyTorch's `asin`: see ``Tensor/asin()``.
@inlinable @inline(__always)
public func asin(_ input: consuming Tensor) -> Tensor { input.asin() }

/// PyTorch's `asin`: see ``Tensor/asin()``.
@inlinable @inline(__always)
public func arcsin(_ input: consuming Tensor) -> Tensor { input.asin() }

/// PyTorch's `asinh`: see ``Tensor/asinh()``.
@inlinable @inline(__always)
public func asinh(_ input: consuming Tensor) -> Tensor { input.asinh() }

/// PyTorch's `asinh`: see ``Tensor/asinh()``.
@inlinable @inline(__always)
public func arcsinh(_ input: consuming Tensor) -> Tensor { input.asinh() }

/// PyTorch's `atan`: see ``Tensor/atan()``.
@inlinable @inline(__always)
public func atan(_ input: consuming Tensor) -> Tensor { input.atan() }

/// PyTorch's `atan`: see ``Tensor/atan()``.
@inlinable @inline(__always)
public func arctan(_ input: consuming Tensor) -> Tensor { input.atan() }

/// PyTorch's `atan2`: see ``Tensor/atan2(_:)``.
@inlinable @inline(__always)
public func atan2(_ input: Tensor, _ other: Tensor) -> Tensor { input.atan2(other) }

/// PyTorch's `atan2`: see ``Tensor/atan2(_:)``.
@inlinable @inline(__always)
public func atan2(_ input: Tensor, other: Tensor) -> Tensor { input.atan2(other) }

/// PyTorch's `atan2`: see ``Tensor/atan2(_:)``.
@inlinable @inline(__always)
public func arctan2(_ input: Tensor, _ other: Tensor) -> Tensor { input.atan2(other) }

/// PyTorch's `atan2`: see ``Tensor/atan2(_:)``.
@inlinable @inline(__always)
public func arctan2(_ input: Tensor, other: Tensor) -> Tensor { input.atan2(other) }

/// PyTorch's `atanh`: see ``Tensor/atanh()``.
@inlinable @inline(__always)
public func atanh(_ input: consuming Tensor) -> Tensor { input.atanh() }

/// PyTorch's `atanh`: see ``Tensor/atanh()``.
@inlinable @inline(__always)
public func arctanh(_ input: consuming Tensor) -> Tensor { input.atanh() }

/// PyTorch's `atleast_1d`: see ``Tensor/atleast1d()``.
@inlinable @inline(__always)
public func atleast1d(_ input: Tensor) -> Tensor { input.atleast1d() }

/// PyTorch's `atleast_2d`: see ``Tensor/atleast2d()``.
@inlinable @inline(__always)
public func atleast2d(_ input: Tensor) -> Tensor { input.atleast2d() }

/// PyTorch's `atleast_3d`: see ``Tensor/atleast3d()``.
@inlinable @inline(__always)
public func atleast3d(_ input: Tensor) -> Tensor { input.atleast3d() }

/// PyTorch's `baddbmm`: see ``baddbmm(_:_:_:beta:alpha:)``.
@inlinable @inline(__always)
public func baddbmm(_ input: Tensor, batch1: Tensor, batch2: Tensor, beta: some ScalarConvertible = 1, alpha: some ScalarConvertible = 1) -> Tensor { ApusFunctional.baddbmm(input, batch1, batch2, beta: beta, alpha: alpha) }

/// PyTorch's `baddbmm`: see ``baddbmm(_:_:_:beta:alpha:)``.
@inlinable @inline(__always)
public func baddbmm(_ input: Tensor, _ batch1: Tensor, batch2: Tensor, beta: some ScalarConvertible = 1, alpha: some ScalarConvertible = 1) -> Tensor { ApusFunctional.baddbmm(input, batch1, batch2, beta: beta, alpha: alpha) }

/// PyTorch's `batch_norm`: see ``batchNorm(_:runningMean:runningVar:weight:bias:training:momentum:eps:)``.
@inlinable @inline(__always)
public func batchNorm(_ input: Tensor, _ runningMean: Tensor?, runningVar: Tensor? = nil, weight: Tensor? = nil, bias: Tensor? = nil, training: Bool = false, momentum: Double = 0.1, eps: Double = 1e-5) -> Tensor { ApusFunctional.batchNorm(input, runningMean: runningMean, runningVar: runningVar, weight: weight, bias: bias, training: training, momentum: momentum, eps: eps) }

/// PyTorch's `batch_norm`: see ``batchNorm(_:runningMean:runningVar:weight:bias:training:momentum:eps:)``.
@inlinable @inline(__always)
public func batchNorm(_ input: Tensor, _ runningMean: Tensor?, _ runningVar: Tensor?, weight: Tensor? = nil, bias: Tensor? = nil, training: Bool = false, momentum: Double = 0.1, eps: Double = 1e-5) -> Tensor { ApusFunctional.batchNorm(input, runningMean: runningMean, runningVar: runningVar, weight: weight, bias: bias, training: training, momentum: momentum, eps: eps) }

/// PyTorch's `batch_norm`: see ``batchNorm(_:runningMean:runningVar:weight:bias:training:momentum:eps:)``.
@inlinable @inline(__always)
public func batchNorm(_ input: Tensor, _ runningMean: Tensor?, _ runningVar: Tensor?, _ weight: Tensor?, bias: Tensor? = nil, training: Bool = false, momentum: Double = 0.1, eps: Double = 1e-5) -> Tensor { ApusFunctional.batchNorm(input, runningMean: runningMean, runningVar: runningVar, weight: weight, bias: bias, training: training, momentum: momentum, eps: eps) }

/// PyTorch's `batch_norm`: see ``batchNorm(_:runningMean:runningVar:weight:bias:training:momentum:eps:)``.
@inlinable @inline(__always)
public func batchNorm(_ input: Tensor, _ runningMean: Tensor?, _ runningVar: Tensor?, _ weight: Tensor?, _ bias: Tensor?, training: Bool = false, momentum: Double = 0.1, eps: Double = 1e-5) -> Tensor { ApusFunctional.batchNorm(input, runningMean: runningMean, runningVar: runningVar, weight: weight, bias: bias, training: training, momentum: momentum, eps: eps) }

/// PyTorch's `batch_norm`: see ``batchNorm(_:runningMean:runningVar:weight:bias:training:momentum:eps:)``.
@inlinable @inline(__always)
public func batchNorm(_ input: Tensor, _ runningMean: Tensor?, _ runningVar: Tensor?, _ weight: Tensor?, _ bias: Tensor?, _ training: Bool, momentum: Double = 0.1, eps: Double = 1e-5) -> Tensor { ApusFunctional.batchNorm(input, runningMean: runningMean, runningVar: runningVar, weight: weight, bias: bias, training: training, momentum: momentum, eps: eps) }

/// PyTorch's `batch_norm`: see ``batchNorm(_:runningMean:runningVar:weight:bias:training:momentum:eps:)``.
@inlinable @inline(__always)
public func batchNorm(_ input: Tensor, _ runningMean: Tensor?, _ runningVar: Tensor?, _ weight: Tensor?, _ bias: Tensor?, _ training: Bool, _ momentum: Double, eps: Double = 1e-5) -> Tensor { ApusFunctional.batchNorm(input, runningMean: runningMean, runningVar: runningVar, weight: weight, bias: bias, training: training, momentum: momentum, eps: eps) }

/// PyTorch's `batch_norm`: see ``batchNorm(_:runningMean:runningVar:weight:bias:training:momentum:eps:)``.
@inlinable @inline(__always)
public func batchNorm(_ input: Tensor, _ runningMean: Tensor?, _ runningVar: Tensor?, _ weight: Tensor?, _ bias: Tensor?, _ training: Bool, _ momentum: Double, _ eps: Double) -> Tensor { ApusFunctional.batchNorm(input, runningMean: runningMean, runningVar: runningVar, weight: weight, bias: bias, training: training, momentum: momentum, eps: eps) }

/// PyTorch's `bilinear`: see ``bilinear(_:_:_:_:)``.
@inlinable @inline(__always)
public func bilinear(_ input: Tensor, input2 b: Tensor, weight: Tensor, bias: Tensor? = nil) -> Tensor { ApusFunctional.bilinear(input, b, weight, bias) }

/// PyTorch's `bilinear`: see ``bilinear(_:_:_:_:)``.
@inlinable @inline(__always)
public func bilinear(_ input: Tensor, _ b: Tensor, weight: Tensor, bias: Tensor? = nil) -> Tensor { ApusFunctional.bilinear(input, b, weight, bias) }

/// PyTorch's `bilinear`: see ``bilinear(_:_:_:_:)``.
@inlinable @inline(__always)
public func bilinear(_ input: Tensor, _ b: Tensor, _ weight: Tensor, bias: Tensor?) -> Tensor { ApusFunctional.bilinear(input, b, weight, bias) }

/// PyTorch's `binary_cross_entropy`: see ``binaryCrossEntropy(_:_:weight:reduction:)``.
@inlinable @inline(__always)
public func binaryCrossEntropy(_ input: Tensor, target: Tensor, weight: Tensor? = nil, reduction: LossReduction = .mean) -> Tensor { ApusFunctional.binaryCrossEntropy(input, target, weight: weight, reduction: reduction) }

/// PyTorch's `binary_cross_entropy`: see ``binaryCrossEntropy(_:_:weight:reduction:)``.
@inlinable @inline(__always)
public func binaryCrossEntropy(_ input: Tensor, _ target: Tensor, _ weight: Tensor?, reduction: LossReduction = .mean) -> Tensor { ApusFunctional.binaryCrossEntropy(input, target, weight: weight, reduction: reduction) }

/// PyTorch's `binary_cross_entropy`: see ``binaryCrossEntropy(_:_:weight:reduction:)``.
@inlinable @inline(__always)
public func binaryCrossEntropy(_ input: Tensor, _ target: Tensor, _ weight: Tensor?, _ reduction: LossReduction) -> Tensor { ApusFunctional.binaryCrossEntropy(input, target, weight: weight, reduction: reduction) }

/// PyTorch's `binary_cross_entropy_with_logits`: see ``binaryCrossEntropyWithLogits(_:_:weight:reduction:posWeight:)``.
@inlinable @inline(__always)
public func binaryCrossEntropyWithLogits(_ input: Tensor, target: Tensor, weight: Tensor? = nil, posWeight: Tensor? = nil, reduction: LossReduction = .mean) -> Tensor { ApusFunctional.binaryCrossEntropyWithLogits(input, target, weight: weight, reduction: reduction, posWeight: posWeight) }

/// PyTorch's `binary_cross_entropy_with_logits`: see ``binaryCrossEntropyWithLogits(_:_:weight:reduction:posWeight:)``.
@inlinable @inline(__always)
public func binaryCrossEntropyWithLogits(_ input: Tensor, _ target: Tensor, weight: Tensor?, posWeight: Tensor?, reduction: LossReduction) -> Tensor { ApusFunctional.binaryCrossEntropyWithLogits(input, target, weight: weight, reduction: reduction, posWeight: posWeight) }

/// PyTorch's `binary_cross_entropy_with_logits`: see ``binaryCrossEntropyWithLogits(_:_:weight:reduction:posWeight:)``.
@inlinable @inline(__always)
public func binaryCrossEntropyWithLogits(_ input: Tensor, _ target: Tensor, posWeight: Tensor?, reduction: LossReduction) -> Tensor { ApusFunctional.binaryCrossEntropyWithLogits(input, target, reduction: reduction, posWeight: posWeight) }

/// PyTorch's `binary_cross_entropy_with_logits`: see ``binaryCrossEntropyWithLogits(_:_:weight:reduction:posWeight:)``.
@inlinable @inline(__always)
public func binaryCrossEntropyWithLogits(_ input: Tensor, _ target: Tensor, _ weight: Tensor?, posWeight: Tensor? = nil, reduction: LossReduction = .mean) -> Tensor { ApusFunctional.binaryCrossEntropyWithLogits(input, target, weight: weight, reduction: reduction, posWeight: posWeight) }

/// PyTorch's `binary_cross_entropy_with_logits`: see ``binaryCrossEntropyWithLogits(_:_:weight:reduction:posWeight:)``.
@inlinable @inline(__always)
public func binaryCrossEntropyWithLogits(_ input: Tensor, _ target: Tensor, _ weight: Tensor?, _ posWeight: Tensor?, reduction: LossReduction = .mean) -> Tensor { ApusFunctional.binaryCrossEntropyWithLogits(input, target, weight: weight, reduction: reduction, posWeight: posWeight) }

/// PyTorch's `binary_cross_entropy_with_logits`: see ``binaryCrossEntropyWithLogits(_:_:weight:reduction:posWeight:)``.
@inlinable @inline(__always)
public func binaryCrossEntropyWithLogits(_ input: Tensor, _ target: Tensor, _ weight: Tensor?, _ posWeight: Tensor?, _ reduction: LossReduction) -> Tensor { ApusFunctional.binaryCrossEntropyWithLogits(input, target, weight: weight, reduction: reduction, posWeight: posWeight) }

/// PyTorch's `bincount`: see ``Tensor/bincount(weights:minlength:)``.
@inlinable @inline(__always)
public func bincount(_ input: Tensor, weights: Tensor? = nil, minlength: Int = 0) -> Tensor { input.bincount(weights: weights, minlength: minlength) }

/// PyTorch's `bincount`: see ``Tensor/bincount(weights:minlength:)``.
@inlinable @inline(__always)
public func bincount(_ input: Tensor, _ weights: Tensor?, minlength: Int = 0) -> Tensor { input.bincount(weights: weights, minlength: minlength) }

/// PyTorch's `bincount`: see ``Tensor/bincount(weights:minlength:)``.
@inlinable @inline(__always)
public func bincount(_ input: Tensor, _ weights: Tensor?, _ minlength: Int) -> Tensor { input.bincount(weights: weights, minlength: minlength) }

/// PyTorch's `bmm`: see ``bmm(_:_:)``.
@inlinable @inline(__always)
public func bmm(_ input: Tensor, mat2 b: Tensor) -> Tensor { ApusFunctional.bmm(input, b) }

/// PyTorch's `broadcast_to`: see ``Tensor/broadcastTo(_:)``.
@inlinable @inline(__always)
public func broadcastTo(_ input: Tensor, _ shape: [Int]) -> Tensor { input.broadcastTo(shape) }

/// PyTorch's `broadcast_to`: see ``Tensor/broadcastTo(_:)``.
@inlinable @inline(__always)
public func broadcastTo(_ input: Tensor, size shape: [Int]) -> Tensor { input.broadcastTo(shape) }

/// PyTorch's `bucketize`: see ``bucketize(_:_:right:outInt32:)``.
@inlinable @inline(__always)
public func bucketize(_ input: Tensor, boundaries: Tensor, right: Bool = false, outInt32: Bool = false) -> Tensor { ApusNumerics.bucketize(input, boundaries, right: right, outInt32: outInt32) }

/// PyTorch's `cat`: see ``cat(_:dim:)``.
@inlinable @inline(__always)
public func cat(_ tensors: [Tensor], _ dim: Int) -> Tensor { ApusCore.cat(tensors, dim: dim) }

/// PyTorch's `cat`: see ``cat(_:dim:)``.
@inlinable @inline(__always)
public func concat(_ tensors: [Tensor], _ dim: Int) -> Tensor { ApusCore.cat(tensors, dim: dim) }

/// PyTorch's `cat`: see ``cat(_:dim:)``.
@inlinable @inline(__always)
public func concatenate(_ tensors: [Tensor], dim: Int = 0) -> Tensor { ApusCore.cat(tensors, dim: dim) }

/// PyTorch's `cat`: see ``cat(_:dim:)``.
@inlinable @inline(__always)
public func concatenate(_ tensors: [Tensor], _ dim: Int) -> Tensor { ApusCore.cat(tensors, dim: dim) }

/// PyTorch's `cdist`: see ``cdist(_:_:p:computeMode:)``.
@inlinable @inline(__always)
public func cdist(_ input: Tensor, x2: Tensor, p: Double = 2, computeMode: DistanceMode = .useMMForEuclidDistIfNecessary) -> Tensor { ApusFunctional.cdist(input, x2, p: p, computeMode: computeMode) }

/// PyTorch's `cdist`: see ``cdist(_:_:p:computeMode:)``.
@inlinable @inline(__always)
public func cdist(_ input: Tensor, _ x2: Tensor, _ p: Double, computeMode: DistanceMode = .useMMForEuclidDistIfNecessary) -> Tensor { ApusFunctional.cdist(input, x2, p: p, computeMode: computeMode) }

/// PyTorch's `cdist`: see ``cdist(_:_:p:computeMode:)``.
@inlinable @inline(__always)
public func cdist(_ input: Tensor, _ x2: Tensor, _ p: Double, _ computeMode: DistanceMode) -> Tensor { ApusFunctional.cdist(input, x2, p: p, computeMode: computeMode) }

/// PyTorch's `ceil`: see ``Tensor/ceil()``.
@inlinable @inline(__always)
public func ceil(_ input: consuming Tensor) -> Tensor { input.ceil() }

/// PyTorch's `celu`: see ``Tensor/celu(alpha:)``.
@inlinable @inline(__always)
public func celu(_ input: Tensor, alpha: Double = 1) -> Tensor { input.celu(alpha: alpha) }

/// PyTorch's `celu`: see ``Tensor/celu(alpha:)``.
@inlinable @inline(__always)
public func celu(_ input: Tensor, _ alpha: Double) -> Tensor { input.celu(alpha: alpha) }

/// PyTorch's `channel_shuffle`: see ``channelShuffle(_:_:)``.
@inlinable @inline(__always)
public func channelShuffle(_ input: Tensor, groups: Int) -> Tensor { ApusFunctional.channelShuffle(input, groups) }

/// PyTorch's `cholesky_inverse`: see ``Tensor/choleskyInverse(upper:)``.
@inlinable @inline(__always)
public func choleskyInverse(_ input: Tensor, upper: Bool = false) -> Tensor { input.choleskyInverse(upper: upper) }

/// PyTorch's `cholesky_inverse`: see ``Tensor/choleskyInverse(upper:)``.
@inlinable @inline(__always)
public func choleskyInverse(_ input: Tensor, _ upper: Bool) -> Tensor { input.choleskyInverse(upper: upper) }

/// PyTorch's `cholesky_solve`: see ``Tensor/choleskySolve(_:upper:)``.
@inlinable @inline(__always)
public func choleskySolve(_ input: Tensor, _ factor: Tensor, upper: Bool = false) -> Tensor { input.choleskySolve(factor, upper: upper) }

/// PyTorch's `cholesky_solve`: see ``Tensor/choleskySolve(_:upper:)``.
@inlinable @inline(__always)
public func choleskySolve(_ input: Tensor, input2 factor: Tensor, upper: Bool = false) -> Tensor { input.choleskySolve(factor, upper: upper) }

/// PyTorch's `cholesky_solve`: see ``Tensor/choleskySolve(_:upper:)``.
@inlinable @inline(__always)
public func choleskySolve(_ input: Tensor, _ factor: Tensor, _ upper: Bool) -> Tensor { input.choleskySolve(factor, upper: upper) }

/// PyTorch's `chunk`: see ``Tensor/chunk(_:dim:)``.
@inlinable @inline(__always)
public func chunk(_ input: Tensor, _ chunks: Int, dim: Int = 0) -> [Tensor] { input.chunk(chunks, dim: dim) }

/// PyTorch's `chunk`: see ``Tensor/chunk(_:dim:)``.
@inlinable @inline(__always)
public func chunk(_ input: Tensor, chunks: Int, dim: Int = 0) -> [Tensor] { input.chunk(chunks, dim: dim) }

/// PyTorch's `chunk`: see ``Tensor/chunk(_:dim:)``.
@inlinable @inline(__always)
public func chunk(_ input: Tensor, _ chunks: Int, _ dim: Int) -> [Tensor] { input.chunk(chunks, dim: dim) }

/// PyTorch's `clamp`: see ``Tensor/clamp(min:max:)``.
@inlinable @inline(__always)
public func clamp(_ input: Tensor, min: (any ScalarConvertible)? = nil, max: (any ScalarConvertible)? = nil) -> Tensor { input.clamp(min: min, max: max) }

/// PyTorch's `clamp`: see ``Tensor/clamp(min:max:)``.
@inlinable @inline(__always)
public func clamp(_ input: Tensor, _ min: (any ScalarConvertible)?, max: (any ScalarConvertible)? = nil) -> Tensor { input.clamp(min: min, max: max) }

/// PyTorch's `clamp`: see ``Tensor/clamp(min:max:)``.
@inlinable @inline(__always)
public func clamp(_ input: Tensor, _ min: (any ScalarConvertible)?, _ max: (any ScalarConvertible)?) -> Tensor { input.clamp(min: min, max: max) }

/// PyTorch's `clamp`: see ``Tensor/clamp(min:max:)``.
@inlinable @inline(__always)
public func clamp(_ input: Tensor, min: Tensor?, max: Tensor?) -> Tensor { input.clamp(min: min, max: max) }

/// PyTorch's `clamp`: see ``Tensor/clamp(min:max:)``.
@inlinable @inline(__always)
public func clamp(_ input: Tensor, _ min: Tensor?, max: Tensor?) -> Tensor { input.clamp(min: min, max: max) }

/// PyTorch's `clamp`: see ``Tensor/clamp(min:max:)``.
@inlinable @inline(__always)
public func clamp(_ input: Tensor, _ min: Tensor?, _ max: Tensor?) -> Tensor { input.clamp(min: min, max: max) }

/// PyTorch's `clamp`: see ``Tensor/clamp(min:max:)``.
@inlinable @inline(__always)
public func clip(_ input: Tensor, min: (any ScalarConvertible)? = nil, max: (any ScalarConvertible)? = nil) -> Tensor { input.clamp(min: min, max: max) }

/// PyTorch's `clamp`: see ``Tensor/clamp(min:max:)``.
@inlinable @inline(__always)
public func clip(_ input: Tensor, _ min: (any ScalarConvertible)?, max: (any ScalarConvertible)? = nil) -> Tensor { input.clamp(min: min, max: max) }

/// PyTorch's `clamp`: see ``Tensor/clamp(min:max:)``.
@inlinable @inline(__always)
public func clip(_ input: Tensor, _ min: (any ScalarConvertible)?, _ max: (any ScalarConvertible)?) -> Tensor { input.clamp(min: min, max: max) }

/// PyTorch's `clamp`: see ``Tensor/clamp(min:max:)``.
@inlinable @inline(__always)
public func clip(_ input: Tensor, min: Tensor?, max: Tensor?) -> Tensor { input.clamp(min: min, max: max) }

/// PyTorch's `clamp`: see ``Tensor/clamp(min:max:)``.
@inlinable @inline(__always)
public func clip(_ input: Tensor, _ min: Tensor?, max: Tensor?) -> Tensor { input.clamp(min: min, max: max) }

/// PyTorch's `clamp`: see ``Tensor/clamp(min:max:)``.
@inlinable @inline(__always)
public func clip(_ input: Tensor, _ min: Tensor?, _ max: Tensor?) -> Tensor { input.clamp(min: min, max: max) }

/// PyTorch's `clone`: see ``Tensor/clone()``.
@inlinable @inline(__always)
public func clone(_ input: Tensor) -> Tensor { input.clone() }

/// PyTorch's `combinations`: see ``Tensor/combinations(_:withReplacement:)``.
@inlinable @inline(__always)
public func combinations(_ input: Tensor, _ r: Int = 2, withReplacement: Bool = false) -> Tensor { input.combinations(r, withReplacement: withReplacement) }

/// PyTorch's `combinations`: see ``Tensor/combinations(_:withReplacement:)``.
@inlinable @inline(__always)
public func combinations(_ input: Tensor, r: Int, withReplacement: Bool = false) -> Tensor { input.combinations(r, withReplacement: withReplacement) }

/// PyTorch's `combinations`: see ``Tensor/combinations(_:withReplacement:)``.
@inlinable @inline(__always)
public func combinations(_ input: Tensor, _ r: Int, _ withReplacement: Bool) -> Tensor { input.combinations(r, withReplacement: withReplacement) }

/// PyTorch's `complex`: see ``complex(_:_:)``.
@inlinable @inline(__always)
public func complex(_ input: Tensor, imag: Tensor) -> Tensor { ApusCore.complex(input, imag) }

/// PyTorch's `conj`: see ``Tensor/conj()``.
@inlinable @inline(__always)
public func conj(_ input: Tensor) -> Tensor { input.conj() }

/// PyTorch's `constant_pad_nd`: see ``Tensor/constantPadNd(_:_:)``.
@inlinable @inline(__always)
public func constantPadNd(_ input: Tensor, _ pad: [Int], _ value: some ScalarConvertible) -> Tensor { input.constantPadNd(pad, value) }

/// PyTorch's `constant_pad_nd`: see ``Tensor/constantPadNd(_:_:)``.
@inlinable @inline(__always)
public func constantPadNd(_ input: Tensor, pad: [Int], value: some ScalarConvertible) -> Tensor { input.constantPadNd(pad, value) }

/// PyTorch's `constant_pad_nd`: see ``Tensor/constantPadNd(_:_:)``.
@inlinable @inline(__always)
public func constantPadNd(_ input: Tensor, _ pad: [Int], value: some ScalarConvertible) -> Tensor { input.constantPadNd(pad, value) }

/// PyTorch's `constant_pad_nd`: see ``Tensor/constantPadNd(_:)``.
@inlinable @inline(__always)
public func constantPadNd(_ input: Tensor, _ pad: [Int]) -> Tensor { input.constantPadNd(pad) }

/// PyTorch's `constant_pad_nd`: see ``Tensor/constantPadNd(_:)``.
@inlinable @inline(__always)
public func constantPadNd(_ input: Tensor, pad: [Int]) -> Tensor { input.constantPadNd(pad) }

/// PyTorch's `copysign`: see ``Tensor/copysign(_:)``.
@inlinable @inline(__always)
public func copysign(_ input: Tensor, _ other: Tensor) -> Tensor { input.copysign(other) }

/// PyTorch's `copysign`: see ``Tensor/copysign(_:)``.
@inlinable @inline(__always)
public func copysign(_ input: Tensor, other: Tensor) -> Tensor { input.copysign(other) }

/// PyTorch's `copysign`: see ``Tensor/copysign(_:)``.
@inlinable @inline(__always)
public func copysign(_ input: Tensor, _ other: some ScalarConvertible) -> Tensor { input.copysign(other) }

/// PyTorch's `copysign`: see ``Tensor/copysign(_:)``.
@inlinable @inline(__always)
public func copysign(_ input: Tensor, other: some ScalarConvertible) -> Tensor { input.copysign(other) }

/// PyTorch's `corrcoef`: see ``Tensor/corrcoef()``.
@inlinable @inline(__always)
public func corrcoef(_ input: Tensor) -> Tensor { input.corrcoef() }

/// PyTorch's `cos`: see ``Tensor/cos()``.
@inlinable @inline(__always)
public func cos(_ input: consuming Tensor) -> Tensor { input.cos() }

/// PyTorch's `cosh`: see ``Tensor/cosh()``.
@inlinable @inline(__always)
public func cosh(_ input: consuming Tensor) -> Tensor { input.cosh() }

/// PyTorch's `cosine_embedding_loss`: see ``cosineEmbeddingLoss(_:_:_:margin:reduction:)``.
@inlinable @inline(__always)
public func cosineEmbeddingLoss(_ input: Tensor, input2 x2: Tensor, target: Tensor, margin: Double = 0, reduction: LossReduction = .mean) -> Tensor { ApusFunctional.cosineEmbeddingLoss(input, x2, target, margin: margin, reduction: reduction) }

/// PyTorch's `cosine_embedding_loss`: see ``cosineEmbeddingLoss(_:_:_:margin:reduction:)``.
@inlinable @inline(__always)
public func cosineEmbeddingLoss(_ input: Tensor, _ x2: Tensor, target: Tensor, margin: Double = 0, reduction: LossReduction = .mean) -> Tensor { ApusFunctional.cosineEmbeddingLoss(input, x2, target, margin: margin, reduction: reduction) }

/// PyTorch's `cosine_embedding_loss`: see ``cosineEmbeddingLoss(_:_:_:margin:reduction:)``.
@inlinable @inline(__always)
public func cosineEmbeddingLoss(_ input: Tensor, _ x2: Tensor, _ target: Tensor, _ margin: Double, reduction: LossReduction = .mean) -> Tensor { ApusFunctional.cosineEmbeddingLoss(input, x2, target, margin: margin, reduction: reduction) }

/// PyTorch's `cosine_embedding_loss`: see ``cosineEmbeddingLoss(_:_:_:margin:reduction:)``.
@inlinable @inline(__always)
public func cosineEmbeddingLoss(_ input: Tensor, _ x2: Tensor, _ target: Tensor, _ margin: Double, _ reduction: LossReduction) -> Tensor { ApusFunctional.cosineEmbeddingLoss(input, x2, target, margin: margin, reduction: reduction) }

/// PyTorch's `cosine_similarity`: see ``cosineSimilarity(_:_:dim:eps:)``.
@inlinable @inline(__always)
public func cosineSimilarity(_ input: Tensor, x2: Tensor, dim: Int = 1, eps: Double = 1e-8) -> Tensor { ApusFunctional.cosineSimilarity(input, x2, dim: dim, eps: eps) }

/// PyTorch's `cosine_similarity`: see ``cosineSimilarity(_:_:dim:eps:)``.
@inlinable @inline(__always)
public func cosineSimilarity(_ input: Tensor, _ x2: Tensor, _ dim: Int, eps: Double = 1e-8) -> Tensor { ApusFunctional.cosineSimilarity(input, x2, dim: dim, eps: eps) }

/// PyTorch's `cosine_similarity`: see ``cosineSimilarity(_:_:dim:eps:)``.
@inlinable @inline(__always)
public func cosineSimilarity(_ input: Tensor, _ x2: Tensor, _ dim: Int, _ eps: Double) -> Tensor { ApusFunctional.cosineSimilarity(input, x2, dim: dim, eps: eps) }

/// PyTorch's `count_nonzero`: see ``Tensor/countNonzero(_:)``.
@inlinable @inline(__always)
public func countNonzero(_ input: Tensor, _ dims: [Int]? = nil) -> Tensor { input.countNonzero(dims) }

/// PyTorch's `count_nonzero`: see ``Tensor/countNonzero(_:)``.
@inlinable @inline(__always)
public func countNonzero(_ input: Tensor, dim dims: [Int]?) -> Tensor { input.countNonzero(dims) }

/// PyTorch's `count_nonzero`: see ``Tensor/countNonzero(_:)``.
@inlinable @inline(__always)
public func countNonzero(_ input: Tensor, _ dim: Int) -> Tensor { input.countNonzero(dim) }

/// PyTorch's `count_nonzero`: see ``Tensor/countNonzero(_:)``.
@inlinable @inline(__always)
public func countNonzero(_ input: Tensor, dim: Int) -> Tensor { input.countNonzero(dim) }

/// PyTorch's `cov`: see ``Tensor/cov(correction:fweights:aweights:)``.
@inlinable @inline(__always)
public func cov(_ input: Tensor, correction: Int = 1, fweights: Tensor? = nil, aweights: Tensor? = nil) -> Tensor { input.cov(correction: correction, fweights: fweights, aweights: aweights) }

/// PyTorch's `cross`: see ``cross(_:_:dim:)``.
@inlinable @inline(__always)
public func cross(_ input: Tensor, other b: Tensor, dim: Int? = nil) -> Tensor { ApusFunctional.cross(input, b, dim: dim) }

/// PyTorch's `cross`: see ``cross(_:_:dim:)``.
@inlinable @inline(__always)
public func cross(_ input: Tensor, _ b: Tensor, _ dim: Int?) -> Tensor { ApusFunctional.cross(input, b, dim: dim) }

/// PyTorch's `cross_entropy`: see ``crossEntropy(_:_:weight:ignoreIndex:reduction:labelSmoothing:)``.
@inlinable @inline(__always)
public func crossEntropy(_ input: Tensor, target: Tensor, weight: Tensor? = nil, ignoreIndex: Int = -100, reduction: LossReduction = .mean, labelSmoothing: Double = 0) -> Tensor { ApusFunctional.crossEntropy(input, target, weight: weight, ignoreIndex: ignoreIndex, reduction: reduction, labelSmoothing: labelSmoothing) }

/// PyTorch's `cross_entropy`: see ``crossEntropy(_:_:weight:ignoreIndex:reduction:labelSmoothing:)``.
@inlinable @inline(__always)
public func crossEntropy(_ input: Tensor, _ target: Tensor, _ weight: Tensor?, ignoreIndex: Int = -100, reduction: LossReduction = .mean, labelSmoothing: Double = 0) -> Tensor { ApusFunctional.crossEntropy(input, target, weight: weight, ignoreIndex: ignoreIndex, reduction: reduction, labelSmoothing: labelSmoothing) }

/// PyTorch's `cross_entropy`: see ``crossEntropy(_:_:weight:ignoreIndex:reduction:labelSmoothing:)``.
@inlinable @inline(__always)
public func crossEntropy(_ input: Tensor, _ target: Tensor, _ weight: Tensor?, _ ignoreIndex: Int, reduction: LossReduction = .mean, labelSmoothing: Double = 0) -> Tensor { ApusFunctional.crossEntropy(input, target, weight: weight, ignoreIndex: ignoreIndex, reduction: reduction, labelSmoothing: labelSmoothing) }

/// PyTorch's `cross_entropy`: see ``crossEntropy(_:_:weight:ignoreIndex:reduction:labelSmoothing:)``.
@inlinable @inline(__always)
public func crossEntropy(_ input: Tensor, _ target: Tensor, _ weight: Tensor?, _ ignoreIndex: Int, _ reduction: LossReduction, labelSmoothing: Double = 0) -> Tensor { ApusFunctional.crossEntropy(input, target, weight: weight, ignoreIndex: ignoreIndex, reduction: reduction, labelSmoothing: labelSmoothing) }

/// PyTorch's `cross_entropy`: see ``crossEntropy(_:_:weight:ignoreIndex:reduction:labelSmoothing:)``.
@inlinable @inline(__always)
public func crossEntropy(_ input: Tensor, _ target: Tensor, _ weight: Tensor?, _ ignoreIndex: Int, _ reduction: LossReduction, _ labelSmoothing: Double) -> Tensor { ApusFunctional.crossEntropy(input, target, weight: weight, ignoreIndex: ignoreIndex, reduction: reduction, labelSmoothing: labelSmoothing) }

/// PyTorch's `ctc_loss`: see ``ctcLoss(_:_:_:_:blank:reduction:zeroInfinity:)``.
@inlinable @inline(__always)
public func ctcLoss(_ input: Tensor, targets: Tensor, inputLengths: [Int], targetLengths: [Int], blank: Int = 0, reduction: LossReduction = .mean, zeroInfinity: Bool = false) -> Tensor { ApusFunctional.ctcLoss(input, targets, inputLengths, targetLengths, blank: blank, reduction: reduction, zeroInfinity: zeroInfinity) }

/// PyTorch's `ctc_loss`: see ``ctcLoss(_:_:_:_:blank:reduction:zeroInfinity:)``.
@inlinable @inline(__always)
public func ctcLoss(_ input: Tensor, _ targets: Tensor, inputLengths: [Int], targetLengths: [Int], blank: Int = 0, reduction: LossReduction = .mean, zeroInfinity: Bool = false) -> Tensor { ApusFunctional.ctcLoss(input, targets, inputLengths, targetLengths, blank: blank, reduction: reduction, zeroInfinity: zeroInfinity) }

/// PyTorch's `ctc_loss`: see ``ctcLoss(_:_:_:_:blank:reduction:zeroInfinity:)``.
@inlinable @inline(__always)
public func ctcLoss(_ input: Tensor, _ targets: Tensor, _ inputLengths: [Int], targetLengths: [Int], blank: Int = 0, reduction: LossReduction = .mean, zeroInfinity: Bool = false) -> Tensor { ApusFunctional.ctcLoss(input, targets, inputLengths, targetLengths, blank: blank, reduction: reduction, zeroInfinity: zeroInfinity) }

/// PyTorch's `ctc_loss`: see ``ctcLoss(_:_:_:_:blank:reduction:zeroInfinity:)``.
@inlinable @inline(__always)
public func ctcLoss(_ input: Tensor, _ targets: Tensor, _ inputLengths: [Int], _ targetLengths: [Int], _ blank: Int, reduction: LossReduction = .mean, zeroInfinity: Bool = false) -> Tensor { ApusFunctional.ctcLoss(input, targets, inputLengths, targetLengths, blank: blank, reduction: reduction, zeroInfinity: zeroInfinity) }

/// PyTorch's `ctc_loss`: see ``ctcLoss(_:_:_:_:blank:reduction:zeroInfinity:)``.
@inlinable @inline(__always)
public func ctcLoss(_ input: Tensor, _ targets: Tensor, _ inputLengths: [Int], _ targetLengths: [Int], _ blank: Int, _ reduction: LossReduction, zeroInfinity: Bool = false) -> Tensor { ApusFunctional.ctcLoss(input, targets, inputLengths, targetLengths, blank: blank, reduction: reduction, zeroInfinity: zeroInfinity) }

/// PyTorch's `ctc_loss`: see ``ctcLoss(_:_:_:_:blank:reduction:zeroInfinity:)``.
@inlinable @inline(__always)
public func ctcLoss(_ input: Tensor, _ targets: Tensor, _ inputLengths: [Int], _ targetLengths: [Int], _ blank: Int, _ reduction: LossReduction, _ zeroInfinity: Bool) -> Tensor { ApusFunctional.ctcLoss(input, targets, inputLengths, targetLengths, blank: blank, reduction: reduction, zeroInfinity: zeroInfinity) }

/// PyTorch's `ctc_loss`: see ``ctcLoss(_:_:_:_:blank:reduction:zeroInfinity:)``.
@inlinable @inline(__always)
public func ctcLoss(_ input: Tensor, targets: Tensor, inputLengths: Tensor, targetLengths: Tensor, blank: Int = 0, reduction: LossReduction = .mean, zeroInfinity: Bool = false) -> Tensor { ApusFunctional.ctcLoss(input, targets, inputLengths, targetLengths, blank: blank, reduction: reduction, zeroInfinity: zeroInfinity) }

/// PyTorch's `ctc_loss`: see ``ctcLoss(_:_:_:_:blank:reduction:zeroInfinity:)``.
@inlinable @inline(__always)
public func ctcLoss(_ input: Tensor, _ targets: Tensor, inputLengths: Tensor, targetLengths: Tensor, blank: Int = 0, reduction: LossReduction = .mean, zeroInfinity: Bool = false) -> Tensor { ApusFunctional.ctcLoss(input, targets, inputLengths, targetLengths, blank: blank, reduction: reduction, zeroInfinity: zeroInfinity) }

/// PyTorch's `ctc_loss`: see ``ctcLoss(_:_:_:_:blank:reduction:zeroInfinity:)``.
@inlinable @inline(__always)
public func ctcLoss(_ input: Tensor, _ targets: Tensor, _ inputLengths: Tensor, targetLengths: Tensor, blank: Int = 0, reduction: LossReduction = .mean, zeroInfinity: Bool = false) -> Tensor { ApusFunctional.ctcLoss(input, targets, inputLengths, targetLengths, blank: blank, reduction: reduction, zeroInfinity: zeroInfinity) }

/// PyTorch's `ctc_loss`: see ``ctcLoss(_:_:_:_:blank:reduction:zeroInfinity:)``.
@inlinable @inline(__always)
public func ctcLoss(_ input: Tensor, _ targets: Tensor, _ inputLengths: Tensor, _ targetLengths: Tensor, _ blank: Int, reduction: LossReduction = .mean, zeroInfinity: Bool = false) -> Tensor { ApusFunctional.ctcLoss(input, targets, inputLengths, targetLengths, blank: blank, reduction: reduction, zeroInfinity: zeroInfinity) }

/// PyTorch's `ctc_loss`: see ``ctcLoss(_:_:_:_:blank:reduction:zeroInfinity:)``.
@inlinable @inline(__always)
public func ctcLoss(_ input: Tensor, _ targets: Tensor, _ inputLengths: Tensor, _ targetLengths: Tensor, _ blank: Int, _ reduction: LossReduction, zeroInfinity: Bool = false) -> Tensor { ApusFunctional.ctcLoss(input, targets, inputLengths, targetLengths, blank: blank, reduction: reduction, zeroInfinity: zeroInfinity) }

/// PyTorch's `ctc_loss`: see ``ctcLoss(_:_:_:_:blank:reduction:zeroInfinity:)``.
@inlinable @inline(__always)
public func ctcLoss(_ input: Tensor, _ targets: Tensor, _ inputLengths: Tensor, _ targetLengths: Tensor, _ blank: Int, _ reduction: LossReduction, _ zeroInfinity: Bool) -> Tensor { ApusFunctional.ctcLoss(input, targets, inputLengths, targetLengths, blank: blank, reduction: reduction, zeroInfinity: zeroInfinity) }

/// PyTorch's `cummax`: see ``Tensor/cummax(_:)``.
@inlinable @inline(__always)
public func cummax(_ input: Tensor, _ dim: Int) -> ValuesIndices { input.cummax(dim) }

/// PyTorch's `cummax`: see ``Tensor/cummax(_:)``.
@_disfavoredOverload @inlinable @inline(__always)
public func cummax(_ input: Tensor, _ dim: Int) -> (values: Tensor, indices: Tensor) { input.cummax(dim) }

/// PyTorch's `cummax`: see ``Tensor/cummax(_:)``.
@inlinable @inline(__always)
public func cummax(_ input: Tensor, dim: Int) -> ValuesIndices { input.cummax(dim) }

/// PyTorch's `cummax`: see ``Tensor/cummax(_:)``.
@_disfavoredOverload @inlinable @inline(__always)
public func cummax(_ input: Tensor, dim: Int) -> (values: Tensor, indices: Tensor) { input.cummax(dim) }

/// PyTorch's `cummin`: see ``Tensor/cummin(_:)``.
@inlinable @inline(__always)
public func cummin(_ input: Tensor, _ dim: Int) -> ValuesIndices { input.cummin(dim) }

/// PyTorch's `cummin`: see ``Tensor/cummin(_:)``.
@_disfavoredOverload @inlinable @inline(__always)
public func cummin(_ input: Tensor, _ dim: Int) -> (values: Tensor, indices: Tensor) { input.cummin(dim) }

/// PyTorch's `cummin`: see ``Tensor/cummin(_:)``.
@inlinable @inline(__always)
public func cummin(_ input: Tensor, dim: Int) -> ValuesIndices { input.cummin(dim) }

/// PyTorch's `cummin`: see ``Tensor/cummin(_:)``.
@_disfavoredOverload @inlinable @inline(__always)
public func cummin(_ input: Tensor, dim: Int) -> (values: Tensor, indices: Tensor) { input.cummin(dim) }

/// PyTorch's `cumprod`: see ``Tensor/cumprod(_:dtype:)``.
@inlinable @inline(__always)
public func cumprod(_ input: Tensor, _ dim: Int, dtype: DType? = nil) -> Tensor { input.cumprod(dim, dtype: dtype) }

/// PyTorch's `cumprod`: see ``Tensor/cumprod(_:dtype:)``.
@inlinable @inline(__always)
public func cumprod(_ input: Tensor, dim: Int, dtype: DType? = nil) -> Tensor { input.cumprod(dim, dtype: dtype) }

/// PyTorch's `cumsum`: see ``Tensor/cumsum(_:dtype:)``.
@inlinable @inline(__always)
public func cumsum(_ input: Tensor, _ dim: Int, dtype: DType? = nil) -> Tensor { input.cumsum(dim, dtype: dtype) }

/// PyTorch's `cumsum`: see ``Tensor/cumsum(_:dtype:)``.
@inlinable @inline(__always)
public func cumsum(_ input: Tensor, dim: Int, dtype: DType? = nil) -> Tensor { input.cumsum(dim, dtype: dtype) }

/// PyTorch's `cumulative_trapezoid`: see ``Tensor/cumulativeTrapezoid(dx:dim:)``.
@inlinable @inline(__always)
public func cumulativeTrapezoid(_ input: Tensor, dx: Double = 1, dim: Int = -1) -> Tensor { input.cumulativeTrapezoid(dx: dx, dim: dim) }

/// PyTorch's `cumulative_trapezoid`: see ``Tensor/cumulativeTrapezoid(_:dim:)``.
@inlinable @inline(__always)
public func cumulativeTrapezoid(_ input: Tensor, _ x: Tensor, dim: Int = -1) -> Tensor { input.cumulativeTrapezoid(x, dim: dim) }

/// PyTorch's `cumulative_trapezoid`: see ``Tensor/cumulativeTrapezoid(_:dim:)``.
@inlinable @inline(__always)
public func cumulativeTrapezoid(_ input: Tensor, x: Tensor, dim: Int = -1) -> Tensor { input.cumulativeTrapezoid(x, dim: dim) }

/// PyTorch's `deg2rad`: see ``Tensor/deg2rad()``.
@inlinable @inline(__always)
public func deg2rad(_ input: consuming Tensor) -> Tensor { input.deg2rad() }

/// PyTorch's `diag`: see ``Tensor/diag(_:)``.
@inlinable @inline(__always)
public func diag(_ input: Tensor, _ diagonal: Int = 0) -> Tensor { input.diag(diagonal) }

/// PyTorch's `diag`: see ``Tensor/diag(_:)``.
@inlinable @inline(__always)
public func diag(_ input: Tensor, diagonal: Int) -> Tensor { input.diag(diagonal) }

/// PyTorch's `diag_embed`: see ``Tensor/diagEmbed(offset:dim1:dim2:)``.
@inlinable @inline(__always)
public func diagEmbed(_ input: Tensor, offset: Int = 0, dim1: Int = -2, dim2: Int = -1) -> Tensor { input.diagEmbed(offset: offset, dim1: dim1, dim2: dim2) }

/// PyTorch's `diag_embed`: see ``Tensor/diagEmbed(offset:dim1:dim2:)``.
@inlinable @inline(__always)
public func diagEmbed(_ input: Tensor, _ offset: Int, dim1: Int = -2, dim2: Int = -1) -> Tensor { input.diagEmbed(offset: offset, dim1: dim1, dim2: dim2) }

/// PyTorch's `diag_embed`: see ``Tensor/diagEmbed(offset:dim1:dim2:)``.
@inlinable @inline(__always)
public func diagEmbed(_ input: Tensor, _ offset: Int, _ dim1: Int, dim2: Int = -1) -> Tensor { input.diagEmbed(offset: offset, dim1: dim1, dim2: dim2) }

/// PyTorch's `diag_embed`: see ``Tensor/diagEmbed(offset:dim1:dim2:)``.
@inlinable @inline(__always)
public func diagEmbed(_ input: Tensor, _ offset: Int, _ dim1: Int, _ dim2: Int) -> Tensor { input.diagEmbed(offset: offset, dim1: dim1, dim2: dim2) }

/// PyTorch's `diagflat`: see ``Tensor/diagflat(_:)``.
@inlinable @inline(__always)
public func diagflat(_ input: Tensor, _ offset: Int = 0) -> Tensor { input.diagflat(offset) }

/// PyTorch's `diagflat`: see ``Tensor/diagflat(_:)``.
@inlinable @inline(__always)
public func diagflat(_ input: Tensor, offset: Int) -> Tensor { input.diagflat(offset) }

/// PyTorch's `diagonal`: see ``Tensor/diagonal(offset:dim1:dim2:)``.
@inlinable @inline(__always)
public func diagonal(_ input: Tensor, offset: Int = 0, dim1: Int = 0, dim2: Int = 1) -> Tensor { input.diagonal(offset: offset, dim1: dim1, dim2: dim2) }

/// PyTorch's `diagonal`: see ``Tensor/diagonal(offset:dim1:dim2:)``.
@inlinable @inline(__always)
public func diagonal(_ input: Tensor, _ offset: Int, dim1: Int = 0, dim2: Int = 1) -> Tensor { input.diagonal(offset: offset, dim1: dim1, dim2: dim2) }

/// PyTorch's `diagonal`: see ``Tensor/diagonal(offset:dim1:dim2:)``.
@inlinable @inline(__always)
public func diagonal(_ input: Tensor, _ offset: Int, _ dim1: Int, dim2: Int = 1) -> Tensor { input.diagonal(offset: offset, dim1: dim1, dim2: dim2) }

/// PyTorch's `diagonal`: see ``Tensor/diagonal(offset:dim1:dim2:)``.
@inlinable @inline(__always)
public func diagonal(_ input: Tensor, _ offset: Int, _ dim1: Int, _ dim2: Int) -> Tensor { input.diagonal(offset: offset, dim1: dim1, dim2: dim2) }

/// PyTorch's `diagonal_scatter`: see ``Tensor/diagonalScatter(_:offset:dim1:dim2:)``.
@inlinable @inline(__always)
public func diagonalScatter(_ input: Tensor, _ src: Tensor, offset: Int = 0, dim1: Int = 0, dim2: Int = 1) -> Tensor { input.diagonalScatter(src, offset: offset, dim1: dim1, dim2: dim2) }

/// PyTorch's `diagonal_scatter`: see ``Tensor/diagonalScatter(_:offset:dim1:dim2:)``.
@inlinable @inline(__always)
public func diagonalScatter(_ input: Tensor, src: Tensor, offset: Int = 0, dim1: Int = 0, dim2: Int = 1) -> Tensor { input.diagonalScatter(src, offset: offset, dim1: dim1, dim2: dim2) }

/// PyTorch's `diagonal_scatter`: see ``Tensor/diagonalScatter(_:offset:dim1:dim2:)``.
@inlinable @inline(__always)
public func diagonalScatter(_ input: Tensor, _ src: Tensor, _ offset: Int, dim1: Int = 0, dim2: Int = 1) -> Tensor { input.diagonalScatter(src, offset: offset, dim1: dim1, dim2: dim2) }

/// PyTorch's `diagonal_scatter`: see ``Tensor/diagonalScatter(_:offset:dim1:dim2:)``.
@inlinable @inline(__always)
public func diagonalScatter(_ input: Tensor, _ src: Tensor, _ offset: Int, _ dim1: Int, dim2: Int = 1) -> Tensor { input.diagonalScatter(src, offset: offset, dim1: dim1, dim2: dim2) }

/// PyTorch's `diagonal_scatter`: see ``Tensor/diagonalScatter(_:offset:dim1:dim2:)``.
@inlinable @inline(__always)
public func diagonalScatter(_ input: Tensor, _ src: Tensor, _ offset: Int, _ dim1: Int, _ dim2: Int) -> Tensor { input.diagonalScatter(src, offset: offset, dim1: dim1, dim2: dim2) }

/// PyTorch's `diff`: see ``Tensor/diff(_:dim:prepend:append:)``.
@inlinable @inline(__always)
public func diff(_ input: Tensor, _ n: Int = 1, dim: Int = -1, prepend: Tensor? = nil, append: Tensor? = nil) -> Tensor { input.diff(n, dim: dim, prepend: prepend, append: append) }

/// PyTorch's `diff`: see ``Tensor/diff(_:dim:prepend:append:)``.
@inlinable @inline(__always)
public func diff(_ input: Tensor, n: Int, dim: Int = -1, prepend: Tensor? = nil, append: Tensor? = nil) -> Tensor { input.diff(n, dim: dim, prepend: prepend, append: append) }

/// PyTorch's `diff`: see ``Tensor/diff(_:dim:prepend:append:)``.
@inlinable @inline(__always)
public func diff(_ input: Tensor, _ n: Int, _ dim: Int, prepend: Tensor? = nil, append: Tensor? = nil) -> Tensor { input.diff(n, dim: dim, prepend: prepend, append: append) }

/// PyTorch's `diff`: see ``Tensor/diff(_:dim:prepend:append:)``.
@inlinable @inline(__always)
public func diff(_ input: Tensor, _ n: Int, _ dim: Int, _ prepend: Tensor?, append: Tensor? = nil) -> Tensor { input.diff(n, dim: dim, prepend: prepend, append: append) }

/// PyTorch's `diff`: see ``Tensor/diff(_:dim:prepend:append:)``.
@inlinable @inline(__always)
public func diff(_ input: Tensor, _ n: Int, _ dim: Int, _ prepend: Tensor?, _ append: Tensor?) -> Tensor { input.diff(n, dim: dim, prepend: prepend, append: append) }

/// PyTorch's `digamma`: see ``Tensor/digamma()``.
@inlinable @inline(__always)
public func digamma(_ input: consuming Tensor) -> Tensor { input.digamma() }

/// PyTorch's `dist`: see ``Tensor/dist(_:p:)``.
@inlinable @inline(__always)
public func dist(_ input: Tensor, _ other: Tensor, p: Double = 2) -> Tensor { input.dist(other, p: p) }

/// PyTorch's `dist`: see ``Tensor/dist(_:p:)``.
@inlinable @inline(__always)
public func dist(_ input: Tensor, other: Tensor, p: Double = 2) -> Tensor { input.dist(other, p: p) }

/// PyTorch's `dist`: see ``Tensor/dist(_:p:)``.
@inlinable @inline(__always)
public func dist(_ input: Tensor, _ other: Tensor, _ p: Double) -> Tensor { input.dist(other, p: p) }

/// PyTorch's `dot`: see ``dot(_:_:)``.
@inlinable @inline(__always)
public func dot(_ input: Tensor, tensor b: Tensor) -> Tensor { ApusFunctional.dot(input, b) }

/// PyTorch's `dropout`: see ``dropout(_:p:training:generator:)``.
@inlinable @inline(__always)
public func dropout(_ input: Tensor, _ p: Double, training: Bool = true, generator: Generator = .default) -> Tensor { ApusFunctional.dropout(input, p: p, training: training, generator: generator) }

/// PyTorch's `dropout`: see ``dropout(_:p:training:generator:)``.
@inlinable @inline(__always)
public func dropout(_ input: Tensor, _ p: Double, _ training: Bool, generator: Generator = .default) -> Tensor { ApusFunctional.dropout(input, p: p, training: training, generator: generator) }

/// PyTorch's `dropout1d`: see ``dropout1d(_:p:training:generator:)``.
@inlinable @inline(__always)
public func dropout1d(_ input: Tensor, _ p: Double, training: Bool = true, generator: Generator = .default) -> Tensor { ApusFunctional.dropout1d(input, p: p, training: training, generator: generator) }

/// PyTorch's `dropout1d`: see ``dropout1d(_:p:training:generator:)``.
@inlinable @inline(__always)
public func dropout1d(_ input: Tensor, _ p: Double, _ training: Bool, generator: Generator = .default) -> Tensor { ApusFunctional.dropout1d(input, p: p, training: training, generator: generator) }

/// PyTorch's `dropout2d`: see ``dropout2d(_:p:training:generator:)``.
@inlinable @inline(__always)
public func dropout2d(_ input: Tensor, _ p: Double, training: Bool = true, generator: Generator = .default) -> Tensor { ApusFunctional.dropout2d(input, p: p, training: training, generator: generator) }

/// PyTorch's `dropout2d`: see ``dropout2d(_:p:training:generator:)``.
@inlinable @inline(__always)
public func dropout2d(_ input: Tensor, _ p: Double, _ training: Bool, generator: Generator = .default) -> Tensor { ApusFunctional.dropout2d(input, p: p, training: training, generator: generator) }

/// PyTorch's `dropout3d`: see ``dropout3d(_:p:training:generator:)``.
@inlinable @inline(__always)
public func dropout3d(_ input: Tensor, _ p: Double, training: Bool = true, generator: Generator = .default) -> Tensor { ApusFunctional.dropout3d(input, p: p, training: training, generator: generator) }

/// PyTorch's `dropout3d`: see ``dropout3d(_:p:training:generator:)``.
@inlinable @inline(__always)
public func dropout3d(_ input: Tensor, _ p: Double, _ training: Bool, generator: Generator = .default) -> Tensor { ApusFunctional.dropout3d(input, p: p, training: training, generator: generator) }

/// PyTorch's `dsplit`: see ``Tensor/dsplit(_:)``.
@inlinable @inline(__always)
public func dsplit(_ input: Tensor, _ sections: Int) -> [Tensor] { input.dsplit(sections) }

/// PyTorch's `dsplit`: see ``Tensor/dsplit(_:)``.
@inlinable @inline(__always)
public func dsplit(_ input: Tensor, sections: Int) -> [Tensor] { input.dsplit(sections) }

/// PyTorch's `dsplit`: see ``Tensor/dsplit(_:)``.
@inlinable @inline(__always)
public func dsplit(_ input: Tensor, _ indices: [Int]) -> [Tensor] { input.dsplit(indices) }

/// PyTorch's `dsplit`: see ``Tensor/dsplit(_:)``.
@inlinable @inline(__always)
public func dsplit(_ input: Tensor, indices: [Int]) -> [Tensor] { input.dsplit(indices) }

/// PyTorch's `elu`: see ``Tensor/elu(alpha:)``.
@inlinable @inline(__always)
public func elu(_ input: Tensor, alpha: Double = 1) -> Tensor { input.elu(alpha: alpha) }

/// PyTorch's `elu`: see ``Tensor/elu(alpha:)``.
@inlinable @inline(__always)
public func elu(_ input: Tensor, _ alpha: Double) -> Tensor { input.elu(alpha: alpha) }

/// PyTorch's `embedding`: see ``embedding(_:_:paddingIdx:maxNorm:normType:scaleGradByFreq:sparse:)``.
@inlinable @inline(__always)
public func embedding(_ input: Tensor, weight: Tensor, paddingIdx: Int? = nil, maxNorm: Double? = nil, normType: Double = 2, scaleGradByFreq: Bool = false, sparse: Bool = false) -> Tensor { ApusFunctional.embedding(input, weight, paddingIdx: paddingIdx, maxNorm: maxNorm, normType: normType, scaleGradByFreq: scaleGradByFreq, sparse: sparse) }

/// PyTorch's `embedding`: see ``embedding(_:_:paddingIdx:maxNorm:normType:scaleGradByFreq:sparse:)``.
@inlinable @inline(__always)
public func embedding(_ input: Tensor, _ weight: Tensor, _ paddingIdx: Int?, maxNorm: Double? = nil, normType: Double = 2, scaleGradByFreq: Bool = false, sparse: Bool = false) -> Tensor { ApusFunctional.embedding(input, weight, paddingIdx: paddingIdx, maxNorm: maxNorm, normType: normType, scaleGradByFreq: scaleGradByFreq, sparse: sparse) }

/// PyTorch's `embedding`: see ``embedding(_:_:paddingIdx:maxNorm:normType:scaleGradByFreq:sparse:)``.
@inlinable @inline(__always)
public func embedding(_ input: Tensor, _ weight: Tensor, _ paddingIdx: Int?, _ maxNorm: Double?, normType: Double = 2, scaleGradByFreq: Bool = false, sparse: Bool = false) -> Tensor { ApusFunctional.embedding(input, weight, paddingIdx: paddingIdx, maxNorm: maxNorm, normType: normType, scaleGradByFreq: scaleGradByFreq, sparse: sparse) }

/// PyTorch's `embedding`: see ``embedding(_:_:paddingIdx:maxNorm:normType:scaleGradByFreq:sparse:)``.
@inlinable @inline(__always)
public func embedding(_ input: Tensor, _ weight: Tensor, _ paddingIdx: Int?, _ maxNorm: Double?, _ normType: Double, scaleGradByFreq: Bool = false, sparse: Bool = false) -> Tensor { ApusFunctional.embedding(input, weight, paddingIdx: paddingIdx, maxNorm: maxNorm, normType: normType, scaleGradByFreq: scaleGradByFreq, sparse: sparse) }

/// PyTorch's `embedding`: see ``embedding(_:_:paddingIdx:maxNorm:normType:scaleGradByFreq:sparse:)``.
@inlinable @inline(__always)
public func embedding(_ input: Tensor, _ weight: Tensor, _ paddingIdx: Int?, _ maxNorm: Double?, _ normType: Double, _ scaleGradByFreq: Bool, sparse: Bool = false) -> Tensor { ApusFunctional.embedding(input, weight, paddingIdx: paddingIdx, maxNorm: maxNorm, normType: normType, scaleGradByFreq: scaleGradByFreq, sparse: sparse) }

/// PyTorch's `embedding`: see ``embedding(_:_:paddingIdx:maxNorm:normType:scaleGradByFreq:sparse:)``.
@inlinable @inline(__always)
public func embedding(_ input: Tensor, _ weight: Tensor, _ paddingIdx: Int?, _ maxNorm: Double?, _ normType: Double, _ scaleGradByFreq: Bool, _ sparse: Bool) -> Tensor { ApusFunctional.embedding(input, weight, paddingIdx: paddingIdx, maxNorm: maxNorm, normType: normType, scaleGradByFreq: scaleGradByFreq, sparse: sparse) }

/// PyTorch's `embedding_bag`: see ``embeddingBag(_:_:offsets:maxNorm:normType:scaleGradByFreq:mode:sparse:perSampleWeights:includeLastOffset:paddingIdx:)``.
@inlinable @inline(__always)
public func embeddingBag(_ input: Tensor, weight: Tensor, offsets: Tensor? = nil, maxNorm: Double? = nil, normType: Double = 2, scaleGradByFreq: Bool = false, mode: EmbeddingBagMode = .mean, sparse: Bool = false, perSampleWeights: Tensor? = nil, includeLastOffset: Bool = false, paddingIdx: Int? = nil) -> Tensor { ApusFunctional.embeddingBag(input, weight, offsets: offsets, maxNorm: maxNorm, normType: normType, scaleGradByFreq: scaleGradByFreq, mode: mode, sparse: sparse, perSampleWeights: perSampleWeights, includeLastOffset: includeLastOffset, paddingIdx: paddingIdx) }

/// PyTorch's `embedding_bag`: see ``embeddingBag(_:_:offsets:maxNorm:normType:scaleGradByFreq:mode:sparse:perSampleWeights:includeLastOffset:paddingIdx:)``.
@inlinable @inline(__always)
public func embeddingBag(_ input: Tensor, _ weight: Tensor, _ offsets: Tensor?, maxNorm: Double? = nil, normType: Double = 2, scaleGradByFreq: Bool = false, mode: EmbeddingBagMode = .mean, sparse: Bool = false, perSampleWeights: Tensor? = nil, includeLastOffset: Bool = false, paddingIdx: Int? = nil) -> Tensor { ApusFunctional.embeddingBag(input, weight, offsets: offsets, maxNorm: maxNorm, normType: normType, scaleGradByFreq: scaleGradByFreq, mode: mode, sparse: sparse, perSampleWeights: perSampleWeights, includeLastOffset: includeLastOffset, paddingIdx: paddingIdx) }

/// PyTorch's `embedding_bag`: see ``embeddingBag(_:_:offsets:maxNorm:normType:scaleGradByFreq:mode:sparse:perSampleWeights:includeLastOffset:paddingIdx:)``.
@inlinable @inline(__always)
public func embeddingBag(_ input: Tensor, _ weight: Tensor, _ offsets: Tensor?, _ maxNorm: Double?, normType: Double = 2, scaleGradByFreq: Bool = false, mode: EmbeddingBagMode = .mean, sparse: Bool = false, perSampleWeights: Tensor? = nil, includeLastOffset: Bool = false, paddingIdx: Int? = nil) -> Tensor { ApusFunctional.embeddingBag(input, weight, offsets: offsets, maxNorm: maxNorm, normType: normType, scaleGradByFreq: scaleGradByFreq, mode: mode, sparse: sparse, perSampleWeights: perSampleWeights, includeLastOffset: includeLastOffset, paddingIdx: paddingIdx) }

/// PyTorch's `embedding_bag`: see ``embeddingBag(_:_:offsets:maxNorm:normType:scaleGradByFreq:mode:sparse:perSampleWeights:includeLastOffset:paddingIdx:)``.
@inlinable @inline(__always)
public func embeddingBag(_ input: Tensor, _ weight: Tensor, _ offsets: Tensor?, _ maxNorm: Double?, _ normType: Double, scaleGradByFreq: Bool = false, mode: EmbeddingBagMode = .mean, sparse: Bool = false, perSampleWeights: Tensor? = nil, includeLastOffset: Bool = false, paddingIdx: Int? = nil) -> Tensor { ApusFunctional.embeddingBag(input, weight, offsets: offsets, maxNorm: maxNorm, normType: normType, scaleGradByFreq: scaleGradByFreq, mode: mode, sparse: sparse, perSampleWeights: perSampleWeights, includeLastOffset: includeLastOffset, paddingIdx: paddingIdx) }

/// PyTorch's `embedding_bag`: see ``embeddingBag(_:_:offsets:maxNorm:normType:scaleGradByFreq:mode:sparse:perSampleWeights:includeLastOffset:paddingIdx:)``.
@inlinable @inline(__always)
public func embeddingBag(_ input: Tensor, _ weight: Tensor, _ offsets: Tensor?, _ maxNorm: Double?, _ normType: Double, _ scaleGradByFreq: Bool, mode: EmbeddingBagMode = .mean, sparse: Bool = false, perSampleWeights: Tensor? = nil, includeLastOffset: Bool = false, paddingIdx: Int? = nil) -> Tensor { ApusFunctional.embeddingBag(input, weight, offsets: offsets, maxNorm: maxNorm, normType: normType, scaleGradByFreq: scaleGradByFreq, mode: mode, sparse: sparse, perSampleWeights: perSampleWeights, includeLastOffset: includeLastOffset, paddingIdx: paddingIdx) }

/// PyTorch's `embedding_bag`: see ``embeddingBag(_:_:offsets:maxNorm:normType:scaleGradByFreq:mode:sparse:perSampleWeights:includeLastOffset:paddingIdx:)``.
@inlinable @inline(__always)
public func embeddingBag(_ input: Tensor, _ weight: Tensor, _ offsets: Tensor?, _ maxNorm: Double?, _ normType: Double, _ scaleGradByFreq: Bool, _ mode: EmbeddingBagMode, sparse: Bool = false, perSampleWeights: Tensor? = nil, includeLastOffset: Bool = false, paddingIdx: Int? = nil) -> Tensor { ApusFunctional.embeddingBag(input, weight, offsets: offsets, maxNorm: maxNorm, normType: normType, scaleGradByFreq: scaleGradByFreq, mode: mode, sparse: sparse, perSampleWeights: perSampleWeights, includeLastOffset: includeLastOffset, paddingIdx: paddingIdx) }

/// PyTorch's `embedding_bag`: see ``embeddingBag(_:_:offsets:maxNorm:normType:scaleGradByFreq:mode:sparse:perSampleWeights:includeLastOffset:paddingIdx:)``.
@inlinable @inline(__always)
public func embeddingBag(_ input: Tensor, _ weight: Tensor, _ offsets: Tensor?, _ maxNorm: Double?, _ normType: Double, _ scaleGradByFreq: Bool, _ mode: EmbeddingBagMode, _ sparse: Bool, perSampleWeights: Tensor? = nil, includeLastOffset: Bool = false, paddingIdx: Int? = nil) -> Tensor { ApusFunctional.embeddingBag(input, weight, offsets: offsets, maxNorm: maxNorm, normType: normType, scaleGradByFreq: scaleGradByFreq, mode: mode, sparse: sparse, perSampleWeights: perSampleWeights, includeLastOffset: includeLastOffset, paddingIdx: paddingIdx) }

/// PyTorch's `embedding_bag`: see ``embeddingBag(_:_:offsets:maxNorm:normType:scaleGradByFreq:mode:sparse:perSampleWeights:includeLastOffset:paddingIdx:)``.
@inlinable @inline(__always)
public func embeddingBag(_ input: Tensor, _ weight: Tensor, _ offsets: Tensor?, _ maxNorm: Double?, _ normType: Double, _ scaleGradByFreq: Bool, _ mode: EmbeddingBagMode, _ sparse: Bool, _ perSampleWeights: Tensor?, includeLastOffset: Bool = false, paddingIdx: Int? = nil) -> Tensor { ApusFunctional.embeddingBag(input, weight, offsets: offsets, maxNorm: maxNorm, normType: normType, scaleGradByFreq: scaleGradByFreq, mode: mode, sparse: sparse, perSampleWeights: perSampleWeights, includeLastOffset: includeLastOffset, paddingIdx: paddingIdx) }

/// PyTorch's `embedding_bag`: see ``embeddingBag(_:_:offsets:maxNorm:normType:scaleGradByFreq:mode:sparse:perSampleWeights:includeLastOffset:paddingIdx:)``.
@inlinable @inline(__always)
public func embeddingBag(_ input: Tensor, _ weight: Tensor, _ offsets: Tensor?, _ maxNorm: Double?, _ normType: Double, _ scaleGradByFreq: Bool, _ mode: EmbeddingBagMode, _ sparse: Bool, _ perSampleWeights: Tensor?, _ includeLastOffset: Bool, paddingIdx: Int? = nil) -> Tensor { ApusFunctional.embeddingBag(input, weight, offsets: offsets, maxNorm: maxNorm, normType: normType, scaleGradByFreq: scaleGradByFreq, mode: mode, sparse: sparse, perSampleWeights: perSampleWeights, includeLastOffset: includeLastOffset, paddingIdx: paddingIdx) }

/// PyTorch's `embedding_bag`: see ``embeddingBag(_:_:offsets:maxNorm:normType:scaleGradByFreq:mode:sparse:perSampleWeights:includeLastOffset:paddingIdx:)``.
@inlinable @inline(__always)
public func embeddingBag(_ input: Tensor, _ weight: Tensor, _ offsets: Tensor?, _ maxNorm: Double?, _ normType: Double, _ scaleGradByFreq: Bool, _ mode: EmbeddingBagMode, _ sparse: Bool, _ perSampleWeights: Tensor?, _ includeLastOffset: Bool, _ paddingIdx: Int?) -> Tensor { ApusFunctional.embeddingBag(input, weight, offsets: offsets, maxNorm: maxNorm, normType: normType, scaleGradByFreq: scaleGradByFreq, mode: mode, sparse: sparse, perSampleWeights: perSampleWeights, includeLastOffset: includeLastOffset, paddingIdx: paddingIdx) }

/// PyTorch's `eq`: see ``Tensor/eq(_:)``.
@inlinable @inline(__always)
public func eq(_ input: Tensor, _ other: Tensor) -> Tensor { input.eq(other) }

/// PyTorch's `eq`: see ``Tensor/eq(_:)``.
@inlinable @inline(__always)
public func eq(_ input: Tensor, other: Tensor) -> Tensor { input.eq(other) }

/// PyTorch's `eq`: see ``Tensor/eq(_:)``.
@inlinable @inline(__always)
public func eq(_ input: Tensor, _ other: some ScalarConvertible) -> Tensor { input.eq(other) }

/// PyTorch's `eq`: see ``Tensor/eq(_:)``.
@inlinable @inline(__always)
public func eq(_ input: Tensor, other: some ScalarConvertible) -> Tensor { input.eq(other) }

/// PyTorch's `equal`: see ``Tensor/equal(_:)``.
@inlinable @inline(__always)
public func equal(_ input: Tensor, _ other: Tensor) -> Bool { input.equal(other) }

/// PyTorch's `equal`: see ``Tensor/equal(_:)``.
@inlinable @inline(__always)
public func equal(_ input: Tensor, other: Tensor) -> Bool { input.equal(other) }

/// PyTorch's `erf`: see ``Tensor/erf()``.
@inlinable @inline(__always)
public func erf(_ input: consuming Tensor) -> Tensor { input.erf() }

/// PyTorch's `erfc`: see ``Tensor/erfc()``.
@inlinable @inline(__always)
public func erfc(_ input: consuming Tensor) -> Tensor { input.erfc() }

/// PyTorch's `erfinv`: see ``Tensor/erfinv()``.
@inlinable @inline(__always)
public func erfinv(_ input: consuming Tensor) -> Tensor { input.erfinv() }

/// PyTorch's `exp`: see ``Tensor/exp()``.
@inlinable @inline(__always)
public func exp(_ input: consuming Tensor) -> Tensor { input.exp() }

/// PyTorch's `exp2`: see ``Tensor/exp2()``.
@inlinable @inline(__always)
public func exp2(_ input: consuming Tensor) -> Tensor { input.exp2() }

/// PyTorch's `expm1`: see ``Tensor/expm1()``.
@inlinable @inline(__always)
public func expm1(_ input: consuming Tensor) -> Tensor { input.expm1() }

/// PyTorch's `feature_alpha_dropout`: see ``featureAlphaDropout(_:p:training:generator:)``.
@inlinable @inline(__always)
public func featureAlphaDropout(_ input: Tensor, _ p: Double, training: Bool = false, generator: Generator = .default) -> Tensor { ApusFunctional.featureAlphaDropout(input, p: p, training: training, generator: generator) }

/// PyTorch's `feature_dropout`: see ``featureDropout(_:p:training:generator:)``.
@inlinable @inline(__always)
public func featureDropout(_ input: Tensor, _ p: Double, training: Bool = true, generator: Generator = .default) -> Tensor { ApusFunctional.featureDropout(input, p: p, training: training, generator: generator) }

/// PyTorch's `flatten`: see ``Tensor/flatten(_:_:)``.
@inlinable @inline(__always)
public func flatten(_ input: Tensor, _ startDim: Int = 0, _ endDim: Int = -1) -> Tensor { input.flatten(startDim, endDim) }

/// PyTorch's `flatten`: see ``Tensor/flatten(_:_:)``.
@inlinable @inline(__always)
public func flatten(_ input: Tensor, startDim: Int, endDim: Int = -1) -> Tensor { input.flatten(startDim, endDim) }

/// PyTorch's `flatten`: see ``Tensor/flatten(_:_:)``.
@inlinable @inline(__always)
public func flatten(_ input: Tensor, endDim: Int) -> Tensor { input.flatten(0, endDim) }

/// PyTorch's `flatten`: see ``Tensor/flatten(_:_:)``.
@inlinable @inline(__always)
public func flatten(_ input: Tensor, _ startDim: Int, endDim: Int) -> Tensor { input.flatten(startDim, endDim) }

/// PyTorch's `flip`: see ``Tensor/flip(_:)``.
@inlinable @inline(__always)
public func flip(_ input: Tensor, _ dims: [Int]) -> Tensor { input.flip(dims) }

/// PyTorch's `flip`: see ``Tensor/flip(_:)``.
@inlinable @inline(__always)
public func flip(_ input: Tensor, dims: [Int]) -> Tensor { input.flip(dims) }

/// PyTorch's `fliplr`: see ``Tensor/fliplr()``.
@inlinable @inline(__always)
public func fliplr(_ input: Tensor) -> Tensor { input.fliplr() }

/// PyTorch's `flipud`: see ``Tensor/flipud()``.
@inlinable @inline(__always)
public func flipud(_ input: Tensor) -> Tensor { input.flipud() }

/// PyTorch's `float_power`: see ``Tensor/floatPower(_:)``.
@inlinable @inline(__always)
public func floatPower(_ input: Tensor, _ exponent: Tensor) -> Tensor { input.floatPower(exponent) }

/// PyTorch's `float_power`: see ``Tensor/floatPower(_:)``.
@inlinable @inline(__always)
public func floatPower(_ input: Tensor, exponent: Tensor) -> Tensor { input.floatPower(exponent) }

/// PyTorch's `float_power`: see ``Tensor/floatPower(_:)``.
@inlinable @inline(__always)
public func floatPower(_ input: Tensor, _ exponent: some ScalarConvertible) -> Tensor { input.floatPower(exponent) }

/// PyTorch's `float_power`: see ``Tensor/floatPower(_:)``.
@inlinable @inline(__always)
public func floatPower(_ input: Tensor, exponent: some ScalarConvertible) -> Tensor { input.floatPower(exponent) }

/// PyTorch's `floor`: see ``Tensor/floor()``.
@inlinable @inline(__always)
public func floor(_ input: consuming Tensor) -> Tensor { input.floor() }

/// PyTorch's `floor_divide`: see ``Tensor/floorDivide(_:)``.
@inlinable @inline(__always)
public func floorDivide(_ input: Tensor, _ other: Tensor) -> Tensor { input.floorDivide(other) }

/// PyTorch's `floor_divide`: see ``Tensor/floorDivide(_:)``.
@inlinable @inline(__always)
public func floorDivide(_ input: Tensor, other: Tensor) -> Tensor { input.floorDivide(other) }

/// PyTorch's `floor_divide`: see ``Tensor/floorDivide(_:)``.
@inlinable @inline(__always)
public func floorDivide(_ input: Tensor, _ other: some ScalarConvertible) -> Tensor { input.floorDivide(other) }

/// PyTorch's `floor_divide`: see ``Tensor/floorDivide(_:)``.
@inlinable @inline(__always)
public func floorDivide(_ input: Tensor, other: some ScalarConvertible) -> Tensor { input.floorDivide(other) }

/// PyTorch's `fmax`: see ``Tensor/fmax(_:)``.
@inlinable @inline(__always)
public func fmax(_ input: Tensor, _ other: Tensor) -> Tensor { input.fmax(other) }

/// PyTorch's `fmax`: see ``Tensor/fmax(_:)``.
@inlinable @inline(__always)
public func fmax(_ input: Tensor, other: Tensor) -> Tensor { input.fmax(other) }

/// PyTorch's `fmin`: see ``Tensor/fmin(_:)``.
@inlinable @inline(__always)
public func fmin(_ input: Tensor, _ other: Tensor) -> Tensor { input.fmin(other) }

/// PyTorch's `fmin`: see ``Tensor/fmin(_:)``.
@inlinable @inline(__always)
public func fmin(_ input: Tensor, other: Tensor) -> Tensor { input.fmin(other) }

/// PyTorch's `fmod`: see ``Tensor/fmod(_:)``.
@inlinable @inline(__always)
public func fmod(_ input: Tensor, _ other: Tensor) -> Tensor { input.fmod(other) }

/// PyTorch's `fmod`: see ``Tensor/fmod(_:)``.
@inlinable @inline(__always)
public func fmod(_ input: Tensor, other: Tensor) -> Tensor { input.fmod(other) }

/// PyTorch's `fmod`: see ``Tensor/fmod(_:)``.
@inlinable @inline(__always)
public func fmod(_ input: Tensor, _ other: some ScalarConvertible) -> Tensor { input.fmod(other) }

/// PyTorch's `fmod`: see ``Tensor/fmod(_:)``.
@inlinable @inline(__always)
public func fmod(_ input: Tensor, other: some ScalarConvertible) -> Tensor { input.fmod(other) }

/// PyTorch's `frac`: see ``Tensor/frac()``.
@inlinable @inline(__always)
public func frac(_ input: consuming Tensor) -> Tensor { input.frac() }

/// PyTorch's `frexp`: see ``Tensor/frexp()``.
@inlinable @inline(__always)
public func frexp(_ input: Tensor) -> (mantissa: Tensor, exponent: Tensor) { input.frexp() }

/// PyTorch's `gather`: see ``Tensor/gather(_:_:)``.
@inlinable @inline(__always)
public func gather(_ input: Tensor, _ dim: Int, _ index: Tensor) -> Tensor { input.gather(dim, index) }

/// PyTorch's `gather`: see ``Tensor/gather(_:_:)``.
@inlinable @inline(__always)
public func gather(_ input: Tensor, dim: Int, index: Tensor) -> Tensor { input.gather(dim, index) }

/// PyTorch's `gather`: see ``Tensor/gather(_:_:)``.
@inlinable @inline(__always)
public func gather(_ input: Tensor, _ dim: Int, index: Tensor) -> Tensor { input.gather(dim, index) }

/// PyTorch's `gaussian_nll_loss`: see ``gaussianNLLLoss(_:_:_:full:eps:reduction:)``.
@inlinable @inline(__always)
public func gaussianNLLLoss(_ input: Tensor, target: Tensor, `var` variance: Tensor, full: Bool = false, eps: Double = 1e-6, reduction: LossReduction = .mean) -> Tensor { ApusFunctional.gaussianNLLLoss(input, target, variance, full: full, eps: eps, reduction: reduction) }

/// PyTorch's `gaussian_nll_loss`: see ``gaussianNLLLoss(_:_:_:full:eps:reduction:)``.
@inlinable @inline(__always)
public func gaussianNLLLoss(_ input: Tensor, _ target: Tensor, `var` variance: Tensor, full: Bool = false, eps: Double = 1e-6, reduction: LossReduction = .mean) -> Tensor { ApusFunctional.gaussianNLLLoss(input, target, variance, full: full, eps: eps, reduction: reduction) }

/// PyTorch's `gaussian_nll_loss`: see ``gaussianNLLLoss(_:_:_:full:eps:reduction:)``.
@inlinable @inline(__always)
public func gaussianNLLLoss(_ input: Tensor, _ target: Tensor, _ variance: Tensor, _ full: Bool, eps: Double = 1e-6, reduction: LossReduction = .mean) -> Tensor { ApusFunctional.gaussianNLLLoss(input, target, variance, full: full, eps: eps, reduction: reduction) }

/// PyTorch's `gaussian_nll_loss`: see ``gaussianNLLLoss(_:_:_:full:eps:reduction:)``.
@inlinable @inline(__always)
public func gaussianNLLLoss(_ input: Tensor, _ target: Tensor, _ variance: Tensor, _ full: Bool, _ eps: Double, reduction: LossReduction = .mean) -> Tensor { ApusFunctional.gaussianNLLLoss(input, target, variance, full: full, eps: eps, reduction: reduction) }

/// PyTorch's `gaussian_nll_loss`: see ``gaussianNLLLoss(_:_:_:full:eps:reduction:)``.
@inlinable @inline(__always)
public func gaussianNLLLoss(_ input: Tensor, _ target: Tensor, _ variance: Tensor, _ full: Bool, _ eps: Double, _ reduction: LossReduction) -> Tensor { ApusFunctional.gaussianNLLLoss(input, target, variance, full: full, eps: eps, reduction: reduction) }

/// PyTorch's `gaussian_nll_loss`: see ``gaussianNLLLoss(_:_:_:full:eps:reduction:)``.
@inlinable @inline(__always)
public func gaussianNllLoss(_ input: Tensor, _ target: Tensor, _ variance: Tensor, full: Bool = false, eps: Double = 1e-6, reduction: LossReduction = .mean) -> Tensor { ApusFunctional.gaussianNLLLoss(input, target, variance, full: full, eps: eps, reduction: reduction) }

/// PyTorch's `gaussian_nll_loss`: see ``gaussianNLLLoss(_:_:_:full:eps:reduction:)``.
@inlinable @inline(__always)
public func gaussianNllLoss(_ input: Tensor, target: Tensor, `var` variance: Tensor, full: Bool = false, eps: Double = 1e-6, reduction: LossReduction = .mean) -> Tensor { ApusFunctional.gaussianNLLLoss(input, target, variance, full: full, eps: eps, reduction: reduction) }

/// PyTorch's `gaussian_nll_loss`: see ``gaussianNLLLoss(_:_:_:full:eps:reduction:)``.
@inlinable @inline(__always)
public func gaussianNllLoss(_ input: Tensor, _ target: Tensor, `var` variance: Tensor, full: Bool = false, eps: Double = 1e-6, reduction: LossReduction = .mean) -> Tensor { ApusFunctional.gaussianNLLLoss(input, target, variance, full: full, eps: eps, reduction: reduction) }

/// PyTorch's `gaussian_nll_loss`: see ``gaussianNLLLoss(_:_:_:full:eps:reduction:)``.
@inlinable @inline(__always)
public func gaussianNllLoss(_ input: Tensor, _ target: Tensor, _ variance: Tensor, _ full: Bool, eps: Double = 1e-6, reduction: LossReduction = .mean) -> Tensor { ApusFunctional.gaussianNLLLoss(input, target, variance, full: full, eps: eps, reduction: reduction) }

/// PyTorch's `gaussian_nll_loss`: see ``gaussianNLLLoss(_:_:_:full:eps:reduction:)``.
@inlinable @inline(__always)
public func gaussianNllLoss(_ input: Tensor, _ target: Tensor, _ variance: Tensor, _ full: Bool, _ eps: Double, reduction: LossReduction = .mean) -> Tensor { ApusFunctional.gaussianNLLLoss(input, target, variance, full: full, eps: eps, reduction: reduction) }

/// PyTorch's `gaussian_nll_loss`: see ``gaussianNLLLoss(_:_:_:full:eps:reduction:)``.
@inlinable @inline(__always)
public func gaussianNllLoss(_ input: Tensor, _ target: Tensor, _ variance: Tensor, _ full: Bool, _ eps: Double, _ reduction: LossReduction) -> Tensor { ApusFunctional.gaussianNLLLoss(input, target, variance, full: full, eps: eps, reduction: reduction) }

/// PyTorch's `gcd`: see ``Tensor/gcd(_:)``.
@inlinable @inline(__always)
public func gcd(_ input: Tensor, _ other: Tensor) -> Tensor { input.gcd(other) }

/// PyTorch's `gcd`: see ``Tensor/gcd(_:)``.
@inlinable @inline(__always)
public func gcd(_ input: Tensor, other: Tensor) -> Tensor { input.gcd(other) }

/// PyTorch's `ge`: see ``Tensor/ge(_:)``.
@inlinable @inline(__always)
public func ge(_ input: Tensor, _ other: Tensor) -> Tensor { input.ge(other) }

/// PyTorch's `ge`: see ``Tensor/ge(_:)``.
@inlinable @inline(__always)
public func ge(_ input: Tensor, other: Tensor) -> Tensor { input.ge(other) }

/// PyTorch's `ge`: see ``Tensor/ge(_:)``.
@inlinable @inline(__always)
public func ge(_ input: Tensor, _ other: some ScalarConvertible) -> Tensor { input.ge(other) }

/// PyTorch's `ge`: see ``Tensor/ge(_:)``.
@inlinable @inline(__always)
public func ge(_ input: Tensor, other: some ScalarConvertible) -> Tensor { input.ge(other) }

/// PyTorch's `ge`: see ``Tensor/ge(_:)``.
@inlinable @inline(__always)
public func greaterEqual(_ input: Tensor, _ other: Tensor) -> Tensor { input.ge(other) }

/// PyTorch's `ge`: see ``Tensor/ge(_:)``.
@inlinable @inline(__always)
public func greaterEqual(_ input: Tensor, other: Tensor) -> Tensor { input.ge(other) }

/// PyTorch's `ge`: see ``Tensor/ge(_:)``.
@inlinable @inline(__always)
public func greaterEqual(_ input: Tensor, _ other: some ScalarConvertible) -> Tensor { input.ge(other) }

/// PyTorch's `ge`: see ``Tensor/ge(_:)``.
@inlinable @inline(__always)
public func greaterEqual(_ input: Tensor, other: some ScalarConvertible) -> Tensor { input.ge(other) }

/// PyTorch's `gelu`: see ``Tensor/gelu(approximate:)``.
@inlinable @inline(__always)
public func gelu(_ input: consuming Tensor, approximate: GELUApproximation = .none) -> Tensor { input.gelu(approximate: approximate) }

/// PyTorch's `glu`: see ``Tensor/glu(dim:)``.
@inlinable @inline(__always)
public func glu(_ input: Tensor, dim: Int = -1) -> Tensor { input.glu(dim: dim) }

/// PyTorch's `glu`: see ``Tensor/glu(dim:)``.
@inlinable @inline(__always)
public func glu(_ input: Tensor, _ dim: Int) -> Tensor { input.glu(dim: dim) }

/// PyTorch's `gradient`: see ``Tensor/gradient(spacing:dims:edgeOrder:)``.
@inlinable @inline(__always)
public func gradient(_ input: Tensor, spacing: Double = 1, dims: [Int]? = nil, edgeOrder: Int = 1) -> [Tensor] { input.gradient(spacing: spacing, dims: dims, edgeOrder: edgeOrder) }

/// PyTorch's `gradient`: see ``Tensor/gradient(spacing:dims:edgeOrder:)``.
@inlinable @inline(__always)
public func gradient(_ input: Tensor, spacing: [Double], dims: [Int]? = nil, edgeOrder: Int = 1) -> [Tensor] { input.gradient(spacing: spacing, dims: dims, edgeOrder: edgeOrder) }

/// PyTorch's `grid_sample`: see ``gridSample(_:_:mode:paddingMode:alignCorners:)``.
@inlinable @inline(__always)
public func gridSample(_ input: Tensor, grid: Tensor, mode: GridSampleMode = .bilinear, paddingMode: GridPaddingMode = .zeros, alignCorners: Bool = false) -> Tensor { ApusFunctional.gridSample(input, grid, mode: mode, paddingMode: paddingMode, alignCorners: alignCorners) }

/// PyTorch's `grid_sample`: see ``gridSample(_:_:mode:paddingMode:alignCorners:)``.
@inlinable @inline(__always)
public func gridSample(_ input: Tensor, _ grid: Tensor, _ mode: GridSampleMode, paddingMode: GridPaddingMode = .zeros, alignCorners: Bool = false) -> Tensor { ApusFunctional.gridSample(input, grid, mode: mode, paddingMode: paddingMode, alignCorners: alignCorners) }

/// PyTorch's `grid_sample`: see ``gridSample(_:_:mode:paddingMode:alignCorners:)``.
@inlinable @inline(__always)
public func gridSample(_ input: Tensor, _ grid: Tensor, _ mode: GridSampleMode, _ paddingMode: GridPaddingMode, alignCorners: Bool = false) -> Tensor { ApusFunctional.gridSample(input, grid, mode: mode, paddingMode: paddingMode, alignCorners: alignCorners) }

/// PyTorch's `grid_sample`: see ``gridSample(_:_:mode:paddingMode:alignCorners:)``.
@inlinable @inline(__always)
public func gridSample(_ input: Tensor, _ grid: Tensor, _ mode: GridSampleMode, _ paddingMode: GridPaddingMode, _ alignCorners: Bool) -> Tensor { ApusFunctional.gridSample(input, grid, mode: mode, paddingMode: paddingMode, alignCorners: alignCorners) }

/// PyTorch's `group_norm`: see ``groupNorm(_:_:weight:bias:eps:)``.
@inlinable @inline(__always)
public func groupNorm(_ input: Tensor, numGroups: Int, weight: Tensor? = nil, bias: Tensor? = nil, eps: Double = 1e-5) -> Tensor { ApusFunctional.groupNorm(input, numGroups, weight: weight, bias: bias, eps: eps) }

/// PyTorch's `group_norm`: see ``groupNorm(_:_:weight:bias:eps:)``.
@inlinable @inline(__always)
public func groupNorm(_ input: Tensor, _ numGroups: Int, _ weight: Tensor?, bias: Tensor? = nil, eps: Double = 1e-5) -> Tensor { ApusFunctional.groupNorm(input, numGroups, weight: weight, bias: bias, eps: eps) }

/// PyTorch's `group_norm`: see ``groupNorm(_:_:weight:bias:eps:)``.
@inlinable @inline(__always)
public func groupNorm(_ input: Tensor, _ numGroups: Int, _ weight: Tensor?, _ bias: Tensor?, eps: Double = 1e-5) -> Tensor { ApusFunctional.groupNorm(input, numGroups, weight: weight, bias: bias, eps: eps) }

/// PyTorch's `group_norm`: see ``groupNorm(_:_:weight:bias:eps:)``.
@inlinable @inline(__always)
public func groupNorm(_ input: Tensor, _ numGroups: Int, _ weight: Tensor?, _ bias: Tensor?, _ eps: Double) -> Tensor { ApusFunctional.groupNorm(input, numGroups, weight: weight, bias: bias, eps: eps) }

/// PyTorch's `gt`: see ``Tensor/gt(_:)``.
@inlinable @inline(__always)
public func gt(_ input: Tensor, _ other: Tensor) -> Tensor { input.gt(other) }

/// PyTorch's `gt`: see ``Tensor/gt(_:)``.
@inlinable @inline(__always)
public func gt(_ input: Tensor, other: Tensor) -> Tensor { input.gt(other) }

/// PyTorch's `gt`: see ``Tensor/gt(_:)``.
@inlinable @inline(__always)
public func gt(_ input: Tensor, _ other: some ScalarConvertible) -> Tensor { input.gt(other) }

/// PyTorch's `gt`: see ``Tensor/gt(_:)``.
@inlinable @inline(__always)
public func gt(_ input: Tensor, other: some ScalarConvertible) -> Tensor { input.gt(other) }

/// PyTorch's `gt`: see ``Tensor/gt(_:)``.
@inlinable @inline(__always)
public func greater(_ input: Tensor, _ other: Tensor) -> Tensor { input.gt(other) }

/// PyTorch's `gt`: see ``Tensor/gt(_:)``.
@inlinable @inline(__always)
public func greater(_ input: Tensor, other: Tensor) -> Tensor { input.gt(other) }

/// PyTorch's `gt`: see ``Tensor/gt(_:)``.
@inlinable @inline(__always)
public func greater(_ input: Tensor, _ other: some ScalarConvertible) -> Tensor { input.gt(other) }

/// PyTorch's `gt`: see ``Tensor/gt(_:)``.
@inlinable @inline(__always)
public func greater(_ input: Tensor, other: some ScalarConvertible) -> Tensor { input.gt(other) }

/// PyTorch's `hardshrink`: see ``Tensor/hardshrink(lambd:)``.
@inlinable @inline(__always)
public func hardshrink(_ input: Tensor, lambd: Double = 0.5) -> Tensor { input.hardshrink(lambd: lambd) }

/// PyTorch's `hardshrink`: see ``Tensor/hardshrink(lambd:)``.
@inlinable @inline(__always)
public func hardshrink(_ input: Tensor, _ lambd: Double) -> Tensor { input.hardshrink(lambd: lambd) }

/// PyTorch's `hardsigmoid`: see ``Tensor/hardsigmoid()``.
@inlinable @inline(__always)
public func hardsigmoid(_ input: Tensor) -> Tensor { input.hardsigmoid() }

/// PyTorch's `hardswish`: see ``Tensor/hardswish()``.
@inlinable @inline(__always)
public func hardswish(_ input: Tensor) -> Tensor { input.hardswish() }

/// PyTorch's `hardtanh`: see ``Tensor/hardtanh(minVal:maxVal:)``.
@inlinable @inline(__always)
public func hardtanh(_ input: Tensor, minVal: Double = -1, maxVal: Double = 1) -> Tensor { input.hardtanh(minVal: minVal, maxVal: maxVal) }

/// PyTorch's `hardtanh`: see ``Tensor/hardtanh(minVal:maxVal:)``.
@inlinable @inline(__always)
public func hardtanh(_ input: Tensor, _ minVal: Double, maxVal: Double = 1) -> Tensor { input.hardtanh(minVal: minVal, maxVal: maxVal) }

/// PyTorch's `hardtanh`: see ``Tensor/hardtanh(minVal:maxVal:)``.
@inlinable @inline(__always)
public func hardtanh(_ input: Tensor, _ minVal: Double, _ maxVal: Double) -> Tensor { input.hardtanh(minVal: minVal, maxVal: maxVal) }

/// PyTorch's `hash_tensor`: see ``Tensor/hashTensor(_:keepDim:)``.
@inlinable @inline(__always)
public func hashTensor(_ input: Tensor, _ dims: [Int]? = nil, keepDim: Bool = false) -> Tensor { input.hashTensor(dims, keepDim: keepDim) }

/// PyTorch's `hash_tensor`: see ``Tensor/hashTensor(_:keepDim:)``.
@inlinable @inline(__always)
public func hashTensor(_ input: Tensor, dim dims: [Int]?, keepDim: Bool = false) -> Tensor { input.hashTensor(dims, keepDim: keepDim) }

/// PyTorch's `hash_tensor`: see ``Tensor/hashTensor(_:keepDim:)``.
@inlinable @inline(__always)
public func hashTensor(_ input: Tensor, dim dims: [Int]? = nil, keepdim keepDim: Bool) -> Tensor { input.hashTensor(dims, keepDim: keepDim) }

/// PyTorch's `hash_tensor`: see ``Tensor/hashTensor(_:keepDim:)``.
@inlinable @inline(__always)
public func hashTensor(_ input: Tensor, _ dims: [Int]?, keepdim keepDim: Bool) -> Tensor { input.hashTensor(dims, keepDim: keepDim) }

/// PyTorch's `hash_tensor`: see ``Tensor/hashTensor(_:keepDim:)``.
@inlinable @inline(__always)
public func hashTensor(_ input: Tensor, _ dim: Int, keepDim: Bool = false) -> Tensor { input.hashTensor(dim, keepDim: keepDim) }

/// PyTorch's `hash_tensor`: see ``Tensor/hashTensor(_:keepDim:)``.
@inlinable @inline(__always)
public func hashTensor(_ input: Tensor, dim: Int, keepDim: Bool = false) -> Tensor { input.hashTensor(dim, keepDim: keepDim) }

/// PyTorch's `hash_tensor`: see ``Tensor/hashTensor(_:keepDim:)``.
@inlinable @inline(__always)
public func hashTensor(_ input: Tensor, dim: Int, keepdim keepDim: Bool) -> Tensor { input.hashTensor(dim, keepDim: keepDim) }

/// PyTorch's `hash_tensor`: see ``Tensor/hashTensor(_:keepDim:)``.
@inlinable @inline(__always)
public func hashTensor(_ input: Tensor, _ dim: Int, keepdim keepDim: Bool) -> Tensor { input.hashTensor(dim, keepDim: keepDim) }

/// PyTorch's `heaviside`: see ``Tensor/heaviside(_:)``.
@inlinable @inline(__always)
public func heaviside(_ input: Tensor, _ values: Tensor) -> Tensor { input.heaviside(values) }

/// PyTorch's `heaviside`: see ``Tensor/heaviside(_:)``.
@inlinable @inline(__always)
public func heaviside(_ input: Tensor, values: Tensor) -> Tensor { input.heaviside(values) }

/// PyTorch's `hinge_embedding_loss`: see ``hingeEmbeddingLoss(_:_:margin:reduction:)``.
@inlinable @inline(__always)
public func hingeEmbeddingLoss(_ input: Tensor, target: Tensor, margin: Double = 1, reduction: LossReduction = .mean) -> Tensor { ApusFunctional.hingeEmbeddingLoss(input, target, margin: margin, reduction: reduction) }

/// PyTorch's `hinge_embedding_loss`: see ``hingeEmbeddingLoss(_:_:margin:reduction:)``.
@inlinable @inline(__always)
public func hingeEmbeddingLoss(_ input: Tensor, _ target: Tensor, _ margin: Double, reduction: LossReduction = .mean) -> Tensor { ApusFunctional.hingeEmbeddingLoss(input, target, margin: margin, reduction: reduction) }

/// PyTorch's `hinge_embedding_loss`: see ``hingeEmbeddingLoss(_:_:margin:reduction:)``.
@inlinable @inline(__always)
public func hingeEmbeddingLoss(_ input: Tensor, _ target: Tensor, _ margin: Double, _ reduction: LossReduction) -> Tensor { ApusFunctional.hingeEmbeddingLoss(input, target, margin: margin, reduction: reduction) }

/// PyTorch's `histc`: see ``Tensor/histc(_:min:max:)``.
@inlinable @inline(__always)
public func histc(_ input: Tensor, _ bins: Int = 100, min: Double = 0, max: Double = 0) -> Tensor { input.histc(bins, min: min, max: max) }

/// PyTorch's `histc`: see ``Tensor/histc(_:min:max:)``.
@inlinable @inline(__always)
public func histc(_ input: Tensor, bins: Int, min: Double = 0, max: Double = 0) -> Tensor { input.histc(bins, min: min, max: max) }

/// PyTorch's `histc`: see ``Tensor/histc(_:min:max:)``.
@inlinable @inline(__always)
public func histc(_ input: Tensor, _ bins: Int, _ min: Double, max: Double = 0) -> Tensor { input.histc(bins, min: min, max: max) }

/// PyTorch's `histc`: see ``Tensor/histc(_:min:max:)``.
@inlinable @inline(__always)
public func histc(_ input: Tensor, _ bins: Int, _ min: Double, _ max: Double) -> Tensor { input.histc(bins, min: min, max: max) }

/// PyTorch's `histogram`: see ``Tensor/histogram(bins:range:weight:density:)``.
@inlinable @inline(__always)
public func histogram(_ input: Tensor, bins: Int = 100, range: (Double, Double)? = nil, weight: Tensor? = nil, density: Bool = false) -> (hist: Tensor, binEdges: Tensor) { input.histogram(bins: bins, range: range, weight: weight, density: density) }

/// PyTorch's `histogram`: see ``Tensor/histogram(bins:range:weight:density:)``.
@inlinable @inline(__always)
public func histogram(_ input: Tensor, _ bins: Int, range: (Double, Double)? = nil, weight: Tensor? = nil, density: Bool = false) -> (hist: Tensor, binEdges: Tensor) { input.histogram(bins: bins, range: range, weight: weight, density: density) }

/// PyTorch's `histogramdd`: see ``Tensor/histogramdd(bins:range:weight:density:)``.
@inlinable @inline(__always)
public func histogramdd(_ input: Tensor, bins: [Int], range: [(Double, Double)]? = nil, weight: Tensor? = nil, density: Bool = false) -> (hist: Tensor, binEdges: [Tensor]) { input.histogramdd(bins: bins, range: range, weight: weight, density: density) }

/// PyTorch's `histogramdd`: see ``Tensor/histogramdd(bins:range:weight:density:)``.
@inlinable @inline(__always)
public func histogramdd(_ input: Tensor, _ bins: [Int], range: [(Double, Double)]? = nil, weight: Tensor? = nil, density: Bool = false) -> (hist: Tensor, binEdges: [Tensor]) { input.histogramdd(bins: bins, range: range, weight: weight, density: density) }

/// PyTorch's `histogramdd`: see ``Tensor/histogramdd(bins:range:weight:density:)``.
@inlinable @inline(__always)
public func histogramdd(_ input: Tensor, _ bins: [Int], _ range: [(Double, Double)]?, weight: Tensor? = nil, density: Bool = false) -> (hist: Tensor, binEdges: [Tensor]) { input.histogramdd(bins: bins, range: range, weight: weight, density: density) }

/// PyTorch's `histogramdd`: see ``Tensor/histogramdd(bins:range:weight:density:)``.
@inlinable @inline(__always)
public func histogramdd(_ input: Tensor, _ bins: [Int], _ range: [(Double, Double)]?, _ weight: Tensor?, density: Bool = false) -> (hist: Tensor, binEdges: [Tensor]) { input.histogramdd(bins: bins, range: range, weight: weight, density: density) }

/// PyTorch's `histogramdd`: see ``Tensor/histogramdd(bins:range:weight:density:)``.
@inlinable @inline(__always)
public func histogramdd(_ input: Tensor, _ bins: [Int], _ range: [(Double, Double)]?, _ weight: Tensor?, _ density: Bool) -> (hist: Tensor, binEdges: [Tensor]) { input.histogramdd(bins: bins, range: range, weight: weight, density: density) }

/// PyTorch's `histogramdd`: see ``Tensor/histogramdd(bins:range:weight:density:)``.
@inlinable @inline(__always)
public func histogramdd(_ input: Tensor, bins: Int, range: [(Double, Double)]? = nil, weight: Tensor? = nil, density: Bool = false) -> (hist: Tensor, binEdges: [Tensor]) { input.histogramdd(bins: [bins], range: range, weight: weight, density: density) }

/// PyTorch's `histogramdd`: see ``Tensor/histogramdd(bins:range:weight:density:)``.
@inlinable @inline(__always)
public func histogramdd(_ input: Tensor, _ bins: Int, range: [(Double, Double)]? = nil, weight: Tensor? = nil, density: Bool = false) -> (hist: Tensor, binEdges: [Tensor]) { input.histogramdd(bins: [bins], range: range, weight: weight, density: density) }

/// PyTorch's `histogramdd`: see ``Tensor/histogramdd(bins:range:weight:density:)``.
@inlinable @inline(__always)
public func histogramdd(_ input: Tensor, _ bins: Int, _ range: [(Double, Double)]?, weight: Tensor? = nil, density: Bool = false) -> (hist: Tensor, binEdges: [Tensor]) { input.histogramdd(bins: [bins], range: range, weight: weight, density: density) }

/// PyTorch's `histogramdd`: see ``Tensor/histogramdd(bins:range:weight:density:)``.
@inlinable @inline(__always)
public func histogramdd(_ input: Tensor, _ bins: Int, _ range: [(Double, Double)]?, _ weight: Tensor?, density: Bool = false) -> (hist: Tensor, binEdges: [Tensor]) { input.histogramdd(bins: [bins], range: range, weight: weight, density: density) }

/// PyTorch's `histogramdd`: see ``Tensor/histogramdd(bins:range:weight:density:)``.
@inlinable @inline(__always)
public func histogramdd(_ input: Tensor, _ bins: Int, _ range: [(Double, Double)]?, _ weight: Tensor?, _ density: Bool) -> (hist: Tensor, binEdges: [Tensor]) { input.histogramdd(bins: [bins], range: range, weight: weight, density: density) }

/// PyTorch's `hsplit`: see ``Tensor/hsplit(_:)``.
@inlinable @inline(__always)
public func hsplit(_ input: Tensor, _ sections: Int) -> [Tensor] { input.hsplit(sections) }

/// PyTorch's `hsplit`: see ``Tensor/hsplit(_:)``.
@inlinable @inline(__always)
public func hsplit(_ input: Tensor, sections: Int) -> [Tensor] { input.hsplit(sections) }

/// PyTorch's `hsplit`: see ``Tensor/hsplit(_:)``.
@inlinable @inline(__always)
public func hsplit(_ input: Tensor, _ indices: [Int]) -> [Tensor] { input.hsplit(indices) }

/// PyTorch's `hsplit`: see ``Tensor/hsplit(_:)``.
@inlinable @inline(__always)
public func hsplit(_ input: Tensor, indices: [Int]) -> [Tensor] { input.hsplit(indices) }

/// PyTorch's `huber_loss`: see ``huberLoss(_:_:reduction:delta:weight:)``.
@inlinable @inline(__always)
public func huberLoss(_ input: Tensor, target: Tensor, reduction: LossReduction = .mean, delta: Double = 1, weight: Tensor? = nil) -> Tensor { ApusFunctional.huberLoss(input, target, reduction: reduction, delta: delta, weight: weight) }

/// PyTorch's `huber_loss`: see ``huberLoss(_:_:reduction:delta:weight:)``.
@inlinable @inline(__always)
public func huberLoss(_ input: Tensor, _ target: Tensor, _ reduction: LossReduction, delta: Double = 1, weight: Tensor? = nil) -> Tensor { ApusFunctional.huberLoss(input, target, reduction: reduction, delta: delta, weight: weight) }

/// PyTorch's `huber_loss`: see ``huberLoss(_:_:reduction:delta:weight:)``.
@inlinable @inline(__always)
public func huberLoss(_ input: Tensor, _ target: Tensor, _ reduction: LossReduction, _ delta: Double, weight: Tensor? = nil) -> Tensor { ApusFunctional.huberLoss(input, target, reduction: reduction, delta: delta, weight: weight) }

/// PyTorch's `huber_loss`: see ``huberLoss(_:_:reduction:delta:weight:)``.
@inlinable @inline(__always)
public func huberLoss(_ input: Tensor, _ target: Tensor, _ reduction: LossReduction, _ delta: Double, _ weight: Tensor?) -> Tensor { ApusFunctional.huberLoss(input, target, reduction: reduction, delta: delta, weight: weight) }

/// PyTorch's `hypot`: see ``Tensor/hypot(_:)``.
@inlinable @inline(__always)
public func hypot(_ input: Tensor, _ other: Tensor) -> Tensor { input.hypot(other) }

/// PyTorch's `hypot`: see ``Tensor/hypot(_:)``.
@inlinable @inline(__always)
public func hypot(_ input: Tensor, other: Tensor) -> Tensor { input.hypot(other) }

/// PyTorch's `igamma`: see ``Tensor/igamma(_:)``.
@inlinable @inline(__always)
public func igamma(_ input: Tensor, _ other: Tensor) -> Tensor { input.igamma(other) }

/// PyTorch's `igamma`: see ``Tensor/igamma(_:)``.
@inlinable @inline(__always)
public func igamma(_ input: Tensor, other: Tensor) -> Tensor { input.igamma(other) }

/// PyTorch's `igammac`: see ``Tensor/igammac(_:)``.
@inlinable @inline(__always)
public func igammac(_ input: Tensor, _ other: Tensor) -> Tensor { input.igammac(other) }

/// PyTorch's `igammac`: see ``Tensor/igammac(_:)``.
@inlinable @inline(__always)
public func igammac(_ input: Tensor, other: Tensor) -> Tensor { input.igammac(other) }

/// PyTorch's `index_add`: see ``Tensor/indexAdd(_:_:_:alpha:)``.
@inlinable @inline(__always)
public func indexAdd(_ input: Tensor, _ dim: Int, _ index: Tensor, _ source: Tensor, alpha: some ScalarConvertible) -> Tensor { input.indexAdd(dim, index, source, alpha: alpha) }

/// PyTorch's `index_add`: see ``Tensor/indexAdd(_:_:_:alpha:)``.
@inlinable @inline(__always)
public func indexAdd(_ input: Tensor, dim: Int, index: Tensor, source: Tensor, alpha: some ScalarConvertible) -> Tensor { input.indexAdd(dim, index, source, alpha: alpha) }

/// PyTorch's `index_add`: see ``Tensor/indexAdd(_:_:_:alpha:)``.
@inlinable @inline(__always)
public func indexAdd(_ input: Tensor, _ dim: Int, index: Tensor, source: Tensor, alpha: some ScalarConvertible) -> Tensor { input.indexAdd(dim, index, source, alpha: alpha) }

/// PyTorch's `index_add`: see ``Tensor/indexAdd(_:_:_:alpha:)``.
@inlinable @inline(__always)
public func indexAdd(_ input: Tensor, _ dim: Int, _ index: Tensor, source: Tensor, alpha: some ScalarConvertible) -> Tensor { input.indexAdd(dim, index, source, alpha: alpha) }

/// PyTorch's `index_add`: see ``Tensor/indexAdd(_:_:_:)``.
@inlinable @inline(__always)
public func indexAdd(_ input: Tensor, _ dim: Int, _ index: Tensor, _ source: Tensor) -> Tensor { input.indexAdd(dim, index, source) }

/// PyTorch's `index_add`: see ``Tensor/indexAdd(_:_:_:)``.
@inlinable @inline(__always)
public func indexAdd(_ input: Tensor, dim: Int, index: Tensor, source: Tensor) -> Tensor { input.indexAdd(dim, index, source) }

/// PyTorch's `index_add`: see ``Tensor/indexAdd(_:_:_:)``.
@inlinable @inline(__always)
public func indexAdd(_ input: Tensor, _ dim: Int, index: Tensor, source: Tensor) -> Tensor { input.indexAdd(dim, index, source) }

/// PyTorch's `index_add`: see ``Tensor/indexAdd(_:_:_:)``.
@inlinable @inline(__always)
public func indexAdd(_ input: Tensor, _ dim: Int, _ index: Tensor, source: Tensor) -> Tensor { input.indexAdd(dim, index, source) }

/// PyTorch's `index_copy`: see ``Tensor/indexCopy(_:_:_:)``.
@inlinable @inline(__always)
public func indexCopy(_ input: Tensor, _ dim: Int, _ index: Tensor, _ source: Tensor) -> Tensor { input.indexCopy(dim, index, source) }

/// PyTorch's `index_copy`: see ``Tensor/indexCopy(_:_:_:)``.
@inlinable @inline(__always)
public func indexCopy(_ input: Tensor, dim: Int, index: Tensor, source: Tensor) -> Tensor { input.indexCopy(dim, index, source) }

/// PyTorch's `index_copy`: see ``Tensor/indexCopy(_:_:_:)``.
@inlinable @inline(__always)
public func indexCopy(_ input: Tensor, _ dim: Int, index: Tensor, source: Tensor) -> Tensor { input.indexCopy(dim, index, source) }

/// PyTorch's `index_copy`: see ``Tensor/indexCopy(_:_:_:)``.
@inlinable @inline(__always)
public func indexCopy(_ input: Tensor, _ dim: Int, _ index: Tensor, source: Tensor) -> Tensor { input.indexCopy(dim, index, source) }

/// PyTorch's `index_fill`: see ``Tensor/indexFill(_:_:_:)``.
@inlinable @inline(__always)
public func indexFill(_ input: Tensor, _ dim: Int, _ index: Tensor, _ value: some ScalarConvertible) -> Tensor { input.indexFill(dim, index, value) }

/// PyTorch's `index_fill`: see ``Tensor/indexFill(_:_:_:)``.
@inlinable @inline(__always)
public func indexFill(_ input: Tensor, dim: Int, index: Tensor, value: some ScalarConvertible) -> Tensor { input.indexFill(dim, index, value) }

/// PyTorch's `index_fill`: see ``Tensor/indexFill(_:_:_:)``.
@inlinable @inline(__always)
public func indexFill(_ input: Tensor, _ dim: Int, index: Tensor, value: some ScalarConvertible) -> Tensor { input.indexFill(dim, index, value) }

/// PyTorch's `index_fill`: see ``Tensor/indexFill(_:_:_:)``.
@inlinable @inline(__always)
public func indexFill(_ input: Tensor, _ dim: Int, _ index: Tensor, value: some ScalarConvertible) -> Tensor { input.indexFill(dim, index, value) }

/// PyTorch's `index_fill`: see ``Tensor/indexFill(_:_:_:)``.
@inlinable @inline(__always)
public func indexFill(_ input: Tensor, _ dim: Int, _ index: Tensor, _ value: Tensor) -> Tensor { input.indexFill(dim, index, value) }

/// PyTorch's `index_fill`: see ``Tensor/indexFill(_:_:_:)``.
@inlinable @inline(__always)
public func indexFill(_ input: Tensor, dim: Int, index: Tensor, value: Tensor) -> Tensor { input.indexFill(dim, index, value) }

/// PyTorch's `index_fill`: see ``Tensor/indexFill(_:_:_:)``.
@inlinable @inline(__always)
public func indexFill(_ input: Tensor, _ dim: Int, index: Tensor, value: Tensor) -> Tensor { input.indexFill(dim, index, value) }

/// PyTorch's `index_fill`: see ``Tensor/indexFill(_:_:_:)``.
@inlinable @inline(__always)
public func indexFill(_ input: Tensor, _ dim: Int, _ index: Tensor, value: Tensor) -> Tensor { input.indexFill(dim, index, value) }

/// PyTorch's `index_put`: see ``Tensor/indexPut(_:_:accumulate:)``.
@inlinable @inline(__always)
public func indexPut(_ input: Tensor, _ indices: [Tensor?], _ values: Tensor, accumulate: Bool = false) -> Tensor { input.indexPut(indices, values, accumulate: accumulate) }

/// PyTorch's `index_put`: see ``Tensor/indexPut(_:_:accumulate:)``.
@inlinable @inline(__always)
public func indexPut(_ input: Tensor, indices: [Tensor?], values: Tensor, accumulate: Bool = false) -> Tensor { input.indexPut(indices, values, accumulate: accumulate) }

/// PyTorch's `index_put`: see ``Tensor/indexPut(_:_:accumulate:)``.
@inlinable @inline(__always)
public func indexPut(_ input: Tensor, _ indices: [Tensor?], values: Tensor, accumulate: Bool = false) -> Tensor { input.indexPut(indices, values, accumulate: accumulate) }

/// PyTorch's `index_put`: see ``Tensor/indexPut(_:_:accumulate:)``.
@inlinable @inline(__always)
public func indexPut(_ input: Tensor, _ indices: [Tensor?], _ values: Tensor, _ accumulate: Bool) -> Tensor { input.indexPut(indices, values, accumulate: accumulate) }

/// PyTorch's `index_reduce`: see ``Tensor/indexReduce(_:_:_:reduce:includeSelf:)``.
@inlinable @inline(__always)
public func indexReduce(_ input: Tensor, _ dim: Int, _ index: Tensor, _ source: Tensor, reduce: ScatterReduction, includeSelf: Bool = true) -> Tensor { input.indexReduce(dim, index, source, reduce: reduce, includeSelf: includeSelf) }

/// PyTorch's `index_reduce`: see ``Tensor/indexReduce(_:_:_:reduce:includeSelf:)``.
@inlinable @inline(__always)
public func indexReduce(_ input: Tensor, dim: Int, index: Tensor, source: Tensor, reduce: ScatterReduction, includeSelf: Bool = true) -> Tensor { input.indexReduce(dim, index, source, reduce: reduce, includeSelf: includeSelf) }

/// PyTorch's `index_reduce`: see ``Tensor/indexReduce(_:_:_:reduce:includeSelf:)``.
@inlinable @inline(__always)
public func indexReduce(_ input: Tensor, _ dim: Int, index: Tensor, source: Tensor, reduce: ScatterReduction, includeSelf: Bool = true) -> Tensor { input.indexReduce(dim, index, source, reduce: reduce, includeSelf: includeSelf) }

/// PyTorch's `index_reduce`: see ``Tensor/indexReduce(_:_:_:reduce:includeSelf:)``.
@inlinable @inline(__always)
public func indexReduce(_ input: Tensor, _ dim: Int, _ index: Tensor, source: Tensor, reduce: ScatterReduction, includeSelf: Bool = true) -> Tensor { input.indexReduce(dim, index, source, reduce: reduce, includeSelf: includeSelf) }

/// PyTorch's `index_reduce`: see ``Tensor/indexReduce(_:_:_:reduce:includeSelf:)``.
@inlinable @inline(__always)
public func indexReduce(_ input: Tensor, _ dim: Int, _ index: Tensor, _ source: Tensor, _ reduce: ScatterReduction, includeSelf: Bool = true) -> Tensor { input.indexReduce(dim, index, source, reduce: reduce, includeSelf: includeSelf) }

/// PyTorch's `index_select`: see ``Tensor/indexSelect(_:_:)``.
@inlinable @inline(__always)
public func indexSelect(_ input: Tensor, _ dim: Int, _ index: Tensor) -> Tensor { input.indexSelect(dim, index) }

/// PyTorch's `index_select`: see ``Tensor/indexSelect(_:_:)``.
@inlinable @inline(__always)
public func indexSelect(_ input: Tensor, dim: Int, index: Tensor) -> Tensor { input.indexSelect(dim, index) }

/// PyTorch's `index_select`: see ``Tensor/indexSelect(_:_:)``.
@inlinable @inline(__always)
public func indexSelect(_ input: Tensor, _ dim: Int, index: Tensor) -> Tensor { input.indexSelect(dim, index) }

/// PyTorch's `inner`: see ``inner(_:_:)``.
@inlinable @inline(__always)
public func inner(_ input: Tensor, other b: Tensor) -> Tensor { ApusFunctional.inner(input, b) }

/// PyTorch's `instance_norm`: see ``instanceNorm(_:runningMean:runningVar:weight:bias:useInputStats:momentum:eps:)``.
@inlinable @inline(__always)
public func instanceNorm(_ input: Tensor, _ runningMean: Tensor?, runningVar: Tensor? = nil, weight: Tensor? = nil, bias: Tensor? = nil, useInputStats: Bool = true, momentum: Double = 0.1, eps: Double = 1e-5) -> Tensor { ApusFunctional.instanceNorm(input, runningMean: runningMean, runningVar: runningVar, weight: weight, bias: bias, useInputStats: useInputStats, momentum: momentum, eps: eps) }

/// PyTorch's `instance_norm`: see ``instanceNorm(_:runningMean:runningVar:weight:bias:useInputStats:momentum:eps:)``.
@inlinable @inline(__always)
public func instanceNorm(_ input: Tensor, _ runningMean: Tensor?, _ runningVar: Tensor?, weight: Tensor? = nil, bias: Tensor? = nil, useInputStats: Bool = true, momentum: Double = 0.1, eps: Double = 1e-5) -> Tensor { ApusFunctional.instanceNorm(input, runningMean: runningMean, runningVar: runningVar, weight: weight, bias: bias, useInputStats: useInputStats, momentum: momentum, eps: eps) }

/// PyTorch's `instance_norm`: see ``instanceNorm(_:runningMean:runningVar:weight:bias:useInputStats:momentum:eps:)``.
@inlinable @inline(__always)
public func instanceNorm(_ input: Tensor, _ runningMean: Tensor?, _ runningVar: Tensor?, _ weight: Tensor?, bias: Tensor? = nil, useInputStats: Bool = true, momentum: Double = 0.1, eps: Double = 1e-5) -> Tensor { ApusFunctional.instanceNorm(input, runningMean: runningMean, runningVar: runningVar, weight: weight, bias: bias, useInputStats: useInputStats, momentum: momentum, eps: eps) }

/// PyTorch's `instance_norm`: see ``instanceNorm(_:runningMean:runningVar:weight:bias:useInputStats:momentum:eps:)``.
@inlinable @inline(__always)
public func instanceNorm(_ input: Tensor, _ runningMean: Tensor?, _ runningVar: Tensor?, _ weight: Tensor?, _ bias: Tensor?, useInputStats: Bool = true, momentum: Double = 0.1, eps: Double = 1e-5) -> Tensor { ApusFunctional.instanceNorm(input, runningMean: runningMean, runningVar: runningVar, weight: weight, bias: bias, useInputStats: useInputStats, momentum: momentum, eps: eps) }

/// PyTorch's `instance_norm`: see ``instanceNorm(_:runningMean:runningVar:weight:bias:useInputStats:momentum:eps:)``.
@inlinable @inline(__always)
public func instanceNorm(_ input: Tensor, _ runningMean: Tensor?, _ runningVar: Tensor?, _ weight: Tensor?, _ bias: Tensor?, _ useInputStats: Bool, momentum: Double = 0.1, eps: Double = 1e-5) -> Tensor { ApusFunctional.instanceNorm(input, runningMean: runningMean, runningVar: runningVar, weight: weight, bias: bias, useInputStats: useInputStats, momentum: momentum, eps: eps) }

/// PyTorch's `instance_norm`: see ``instanceNorm(_:runningMean:runningVar:weight:bias:useInputStats:momentum:eps:)``.
@inlinable @inline(__always)
public func instanceNorm(_ input: Tensor, _ runningMean: Tensor?, _ runningVar: Tensor?, _ weight: Tensor?, _ bias: Tensor?, _ useInputStats: Bool, _ momentum: Double, eps: Double = 1e-5) -> Tensor { ApusFunctional.instanceNorm(input, runningMean: runningMean, runningVar: runningVar, weight: weight, bias: bias, useInputStats: useInputStats, momentum: momentum, eps: eps) }

/// PyTorch's `instance_norm`: see ``instanceNorm(_:runningMean:runningVar:weight:bias:useInputStats:momentum:eps:)``.
@inlinable @inline(__always)
public func instanceNorm(_ input: Tensor, _ runningMean: Tensor?, _ runningVar: Tensor?, _ weight: Tensor?, _ bias: Tensor?, _ useInputStats: Bool, _ momentum: Double, _ eps: Double) -> Tensor { ApusFunctional.instanceNorm(input, runningMean: runningMean, runningVar: runningVar, weight: weight, bias: bias, useInputStats: useInputStats, momentum: momentum, eps: eps) }

/// PyTorch's `isclose`: see ``Tensor/isclose(_:rtol:atol:equalNan:)``.
@inlinable @inline(__always)
public func isclose(_ input: Tensor, _ other: Tensor, rtol: Double = 1e-5, atol: Double = 1e-8, equalNan: Bool = false) -> Tensor { input.isclose(other, rtol: rtol, atol: atol, equalNan: equalNan) }

/// PyTorch's `isclose`: see ``Tensor/isclose(_:rtol:atol:equalNan:)``.
@inlinable @inline(__always)
public func isclose(_ input: Tensor, other: Tensor, rtol: Double = 1e-5, atol: Double = 1e-8, equalNan: Bool = false) -> Tensor { input.isclose(other, rtol: rtol, atol: atol, equalNan: equalNan) }

/// PyTorch's `isclose`: see ``Tensor/isclose(_:rtol:atol:equalNan:)``.
@inlinable @inline(__always)
public func isclose(_ input: Tensor, _ other: Tensor, _ rtol: Double, atol: Double = 1e-8, equalNan: Bool = false) -> Tensor { input.isclose(other, rtol: rtol, atol: atol, equalNan: equalNan) }

/// PyTorch's `isclose`: see ``Tensor/isclose(_:rtol:atol:equalNan:)``.
@inlinable @inline(__always)
public func isclose(_ input: Tensor, _ other: Tensor, _ rtol: Double, _ atol: Double, equalNan: Bool = false) -> Tensor { input.isclose(other, rtol: rtol, atol: atol, equalNan: equalNan) }

/// PyTorch's `isclose`: see ``Tensor/isclose(_:rtol:atol:equalNan:)``.
@inlinable @inline(__always)
public func isclose(_ input: Tensor, _ other: Tensor, _ rtol: Double, _ atol: Double, _ equalNan: Bool) -> Tensor { input.isclose(other, rtol: rtol, atol: atol, equalNan: equalNan) }

/// PyTorch's `isfinite`: see ``Tensor/isfinite()``.
@inlinable @inline(__always)
public func isfinite(_ input: Tensor) -> Tensor { input.isfinite() }

/// PyTorch's `isin`: see ``isin(_:_:invert:)``.
@inlinable @inline(__always)
public func isin(_ input: Tensor, testElements: Tensor, invert: Bool = false) -> Tensor { ApusNumerics.isin(input, testElements, invert: invert) }

/// PyTorch's `isinf`: see ``Tensor/isinf()``.
@inlinable @inline(__always)
public func isinf(_ input: Tensor) -> Tensor { input.isinf() }

/// PyTorch's `isnan`: see ``Tensor/isnan()``.
@inlinable @inline(__always)
public func isnan(_ input: consuming Tensor) -> Tensor { input.isnan() }

/// PyTorch's `isneginf`: see ``Tensor/isneginf()``.
@inlinable @inline(__always)
public func isneginf(_ input: Tensor) -> Tensor { input.isneginf() }

/// PyTorch's `isposinf`: see ``Tensor/isposinf()``.
@inlinable @inline(__always)
public func isposinf(_ input: Tensor) -> Tensor { input.isposinf() }

/// PyTorch's `isreal`: see ``Tensor/isreal()``.
@inlinable @inline(__always)
public func isreal(_ input: Tensor) -> Tensor { input.isreal() }

/// PyTorch's `istft`: see ``istft(_:nFFT:hopLength:winLength:window:center:normalized:onesided:length:returnComplex:)``.
@inlinable @inline(__always)
public func istft(_ input: Tensor, _ nFFT: Int, hopLength: Int? = nil, winLength: Int? = nil, window: Tensor? = nil, center: Bool = true, normalized: Bool = false, onesided: Bool? = nil, length: Int? = nil, returnComplex: Bool = false) -> Tensor { ApusNumerics.istft(input, nFFT: nFFT, hopLength: hopLength, winLength: winLength, window: window, center: center, normalized: normalized, onesided: onesided, length: length, returnComplex: returnComplex) }

/// PyTorch's `istft`: see ``istft(_:nFFT:hopLength:winLength:window:center:normalized:onesided:length:returnComplex:)``.
@inlinable @inline(__always)
public func istft(_ input: Tensor, _ nFFT: Int, _ hopLength: Int?, winLength: Int? = nil, window: Tensor? = nil, center: Bool = true, normalized: Bool = false, onesided: Bool? = nil, length: Int? = nil, returnComplex: Bool = false) -> Tensor { ApusNumerics.istft(input, nFFT: nFFT, hopLength: hopLength, winLength: winLength, window: window, center: center, normalized: normalized, onesided: onesided, length: length, returnComplex: returnComplex) }

/// PyTorch's `istft`: see ``istft(_:nFFT:hopLength:winLength:window:center:normalized:onesided:length:returnComplex:)``.
@inlinable @inline(__always)
public func istft(_ input: Tensor, _ nFFT: Int, _ hopLength: Int?, _ winLength: Int?, window: Tensor? = nil, center: Bool = true, normalized: Bool = false, onesided: Bool? = nil, length: Int? = nil, returnComplex: Bool = false) -> Tensor { ApusNumerics.istft(input, nFFT: nFFT, hopLength: hopLength, winLength: winLength, window: window, center: center, normalized: normalized, onesided: onesided, length: length, returnComplex: returnComplex) }

/// PyTorch's `istft`: see ``istft(_:nFFT:hopLength:winLength:window:center:normalized:onesided:length:returnComplex:)``.
@inlinable @inline(__always)
public func istft(_ input: Tensor, _ nFFT: Int, _ hopLength: Int?, _ winLength: Int?, _ window: Tensor?, center: Bool = true, normalized: Bool = false, onesided: Bool? = nil, length: Int? = nil, returnComplex: Bool = false) -> Tensor { ApusNumerics.istft(input, nFFT: nFFT, hopLength: hopLength, winLength: winLength, window: window, center: center, normalized: normalized, onesided: onesided, length: length, returnComplex: returnComplex) }

/// PyTorch's `istft`: see ``istft(_:nFFT:hopLength:winLength:window:center:normalized:onesided:length:returnComplex:)``.
@inlinable @inline(__always)
public func istft(_ input: Tensor, _ nFFT: Int, _ hopLength: Int?, _ winLength: Int?, _ window: Tensor?, _ center: Bool, normalized: Bool = false, onesided: Bool? = nil, length: Int? = nil, returnComplex: Bool = false) -> Tensor { ApusNumerics.istft(input, nFFT: nFFT, hopLength: hopLength, winLength: winLength, window: window, center: center, normalized: normalized, onesided: onesided, length: length, returnComplex: returnComplex) }

/// PyTorch's `istft`: see ``istft(_:nFFT:hopLength:winLength:window:center:normalized:onesided:length:returnComplex:)``.
@inlinable @inline(__always)
public func istft(_ input: Tensor, _ nFFT: Int, _ hopLength: Int?, _ winLength: Int?, _ window: Tensor?, _ center: Bool, _ normalized: Bool, onesided: Bool? = nil, length: Int? = nil, returnComplex: Bool = false) -> Tensor { ApusNumerics.istft(input, nFFT: nFFT, hopLength: hopLength, winLength: winLength, window: window, center: center, normalized: normalized, onesided: onesided, length: length, returnComplex: returnComplex) }

/// PyTorch's `istft`: see ``istft(_:nFFT:hopLength:winLength:window:center:normalized:onesided:length:returnComplex:)``.
@inlinable @inline(__always)
public func istft(_ input: Tensor, _ nFFT: Int, _ hopLength: Int?, _ winLength: Int?, _ window: Tensor?, _ center: Bool, _ normalized: Bool, _ onesided: Bool?, length: Int? = nil, returnComplex: Bool = false) -> Tensor { ApusNumerics.istft(input, nFFT: nFFT, hopLength: hopLength, winLength: winLength, window: window, center: center, normalized: normalized, onesided: onesided, length: length, returnComplex: returnComplex) }

/// PyTorch's `istft`: see ``istft(_:nFFT:hopLength:winLength:window:center:normalized:onesided:length:returnComplex:)``.
@inlinable @inline(__always)
public func istft(_ input: Tensor, _ nFFT: Int, _ hopLength: Int?, _ winLength: Int?, _ window: Tensor?, _ center: Bool, _ normalized: Bool, _ onesided: Bool?, _ length: Int?, returnComplex: Bool = false) -> Tensor { ApusNumerics.istft(input, nFFT: nFFT, hopLength: hopLength, winLength: winLength, window: window, center: center, normalized: normalized, onesided: onesided, length: length, returnComplex: returnComplex) }

/// PyTorch's `istft`: see ``istft(_:nFFT:hopLength:winLength:window:center:normalized:onesided:length:returnComplex:)``.
@inlinable @inline(__always)
public func istft(_ input: Tensor, _ nFFT: Int, _ hopLength: Int?, _ winLength: Int?, _ window: Tensor?, _ center: Bool, _ normalized: Bool, _ onesided: Bool?, _ length: Int?, _ returnComplex: Bool) -> Tensor { ApusNumerics.istft(input, nFFT: nFFT, hopLength: hopLength, winLength: winLength, window: window, center: center, normalized: normalized, onesided: onesided, length: length, returnComplex: returnComplex) }

/// PyTorch's `istft`: see ``istft(_:nFFT:hopLength:winLength:window:center:normalized:onesided:length:returnComplex:)``.
@inlinable @inline(__always)
public func istft(_ input: Tensor, nFft nFFT: Int, hopLength: Int? = nil, winLength: Int? = nil, window: Tensor? = nil, center: Bool = true, normalized: Bool = false, onesided: Bool? = nil, length: Int? = nil, returnComplex: Bool = false) -> Tensor { ApusNumerics.istft(input, nFFT: nFFT, hopLength: hopLength, winLength: winLength, window: window, center: center, normalized: normalized, onesided: onesided, length: length, returnComplex: returnComplex) }

/// PyTorch's `kl_div`: see ``klDiv(_:_:reduction:logTarget:)``.
@inlinable @inline(__always)
public func klDiv(_ input: Tensor, target: Tensor, reduction: LossReduction = .mean, logTarget: Bool = false) -> Tensor { ApusFunctional.klDiv(input, target, reduction: reduction, logTarget: logTarget) }

/// PyTorch's `kl_div`: see ``klDiv(_:_:reduction:logTarget:)``.
@inlinable @inline(__always)
public func klDiv(_ input: Tensor, _ target: Tensor, _ reduction: LossReduction, logTarget: Bool = false) -> Tensor { ApusFunctional.klDiv(input, target, reduction: reduction, logTarget: logTarget) }

/// PyTorch's `kron`: see ``kron(_:_:)``.
@inlinable @inline(__always)
public func kron(_ input: Tensor, other b: Tensor) -> Tensor { ApusFunctional.kron(input, b) }

/// PyTorch's `kthvalue`: see ``Tensor/kthvalue(_:dim:keepDim:)``.
@inlinable @inline(__always)
public func kthvalue(_ input: Tensor, _ k: Int, dim: Int = -1, keepDim: Bool = false) -> ValuesIndices { input.kthvalue(k, dim: dim, keepDim: keepDim) }

/// PyTorch's `kthvalue`: see ``Tensor/kthvalue(_:dim:keepDim:)``.
@_disfavoredOverload @inlinable @inline(__always)
public func kthvalue(_ input: Tensor, _ k: Int, dim: Int = -1, keepDim: Bool = false) -> (values: Tensor, indices: Tensor) { input.kthvalue(k, dim: dim, keepDim: keepDim) }

/// PyTorch's `kthvalue`: see ``Tensor/kthvalue(_:dim:keepDim:)``.
@inlinable @inline(__always)
public func kthvalue(_ input: Tensor, k: Int, dim: Int = -1, keepDim: Bool = false) -> ValuesIndices { input.kthvalue(k, dim: dim, keepDim: keepDim) }

/// PyTorch's `kthvalue`: see ``Tensor/kthvalue(_:dim:keepDim:)``.
@_disfavoredOverload @inlinable @inline(__always)
public func kthvalue(_ input: Tensor, k: Int, dim: Int = -1, keepDim: Bool = false) -> (values: Tensor, indices: Tensor) { input.kthvalue(k, dim: dim, keepDim: keepDim) }

/// PyTorch's `kthvalue`: see ``Tensor/kthvalue(_:dim:keepDim:)``.
@inlinable @inline(__always)
public func kthvalue(_ input: Tensor, _ k: Int, _ dim: Int, keepDim: Bool = false) -> ValuesIndices { input.kthvalue(k, dim: dim, keepDim: keepDim) }

/// PyTorch's `kthvalue`: see ``Tensor/kthvalue(_:dim:keepDim:)``.
@_disfavoredOverload @inlinable @inline(__always)
public func kthvalue(_ input: Tensor, _ k: Int, _ dim: Int, keepDim: Bool = false) -> (values: Tensor, indices: Tensor) { input.kthvalue(k, dim: dim, keepDim: keepDim) }

/// PyTorch's `kthvalue`: see ``Tensor/kthvalue(_:dim:keepDim:)``.
@inlinable @inline(__always)
public func kthvalue(_ input: Tensor, _ k: Int, _ dim: Int, _ keepDim: Bool) -> ValuesIndices { input.kthvalue(k, dim: dim, keepDim: keepDim) }

/// PyTorch's `kthvalue`: see ``Tensor/kthvalue(_:dim:keepDim:)``.
@_disfavoredOverload @inlinable @inline(__always)
public func kthvalue(_ input: Tensor, _ k: Int, _ dim: Int, _ keepDim: Bool) -> (values: Tensor, indices: Tensor) { input.kthvalue(k, dim: dim, keepDim: keepDim) }

/// PyTorch's `kthvalue`: see ``Tensor/kthvalue(_:dim:keepDim:)``.
@inlinable @inline(__always)
public func kthvalue(_ input: Tensor, k: Int, dim: Int = -1, keepdim keepDim: Bool) -> ValuesIndices { input.kthvalue(k, dim: dim, keepDim: keepDim) }

/// PyTorch's `kthvalue`: see ``Tensor/kthvalue(_:dim:keepDim:)``.
@_disfavoredOverload @inlinable @inline(__always)
public func kthvalue(_ input: Tensor, k: Int, dim: Int = -1, keepdim keepDim: Bool) -> (values: Tensor, indices: Tensor) { input.kthvalue(k, dim: dim, keepDim: keepDim) }

/// PyTorch's `kthvalue`: see ``Tensor/kthvalue(_:dim:keepDim:)``.
@inlinable @inline(__always)
public func kthvalue(_ input: Tensor, _ k: Int, dim: Int, keepdim keepDim: Bool) -> ValuesIndices { input.kthvalue(k, dim: dim, keepDim: keepDim) }

/// PyTorch's `kthvalue`: see ``Tensor/kthvalue(_:dim:keepDim:)``.
@_disfavoredOverload @inlinable @inline(__always)
public func kthvalue(_ input: Tensor, _ k: Int, dim: Int, keepdim keepDim: Bool) -> (values: Tensor, indices: Tensor) { input.kthvalue(k, dim: dim, keepDim: keepDim) }

/// PyTorch's `kthvalue`: see ``Tensor/kthvalue(_:dim:keepDim:)``.
@inlinable @inline(__always)
public func kthvalue(_ input: Tensor, _ k: Int, keepdim keepDim: Bool) -> ValuesIndices { input.kthvalue(k, keepDim: keepDim) }

/// PyTorch's `kthvalue`: see ``Tensor/kthvalue(_:dim:keepDim:)``.
@_disfavoredOverload @inlinable @inline(__always)
public func kthvalue(_ input: Tensor, _ k: Int, keepdim keepDim: Bool) -> (values: Tensor, indices: Tensor) { input.kthvalue(k, keepDim: keepDim) }

/// PyTorch's `kthvalue`: see ``Tensor/kthvalue(_:dim:keepDim:)``.
@inlinable @inline(__always)
public func kthvalue(_ input: Tensor, _ k: Int, _ dim: Int, keepdim keepDim: Bool) -> ValuesIndices { input.kthvalue(k, dim: dim, keepDim: keepDim) }

/// PyTorch's `kthvalue`: see ``Tensor/kthvalue(_:dim:keepDim:)``.
@_disfavoredOverload @inlinable @inline(__always)
public func kthvalue(_ input: Tensor, _ k: Int, _ dim: Int, keepdim keepDim: Bool) -> (values: Tensor, indices: Tensor) { input.kthvalue(k, dim: dim, keepDim: keepDim) }

/// PyTorch's `l1_loss`: see ``l1Loss(_:_:reduction:weight:)``.
@inlinable @inline(__always)
public func l1Loss(_ input: Tensor, target: Tensor, reduction: LossReduction = .mean, weight: Tensor? = nil) -> Tensor { ApusFunctional.l1Loss(input, target, reduction: reduction, weight: weight) }

/// PyTorch's `l1_loss`: see ``l1Loss(_:_:reduction:weight:)``.
@inlinable @inline(__always)
public func l1Loss(_ input: Tensor, _ target: Tensor, _ reduction: LossReduction, weight: Tensor? = nil) -> Tensor { ApusFunctional.l1Loss(input, target, reduction: reduction, weight: weight) }

/// PyTorch's `l1_loss`: see ``l1Loss(_:_:reduction:weight:)``.
@inlinable @inline(__always)
public func l1Loss(_ input: Tensor, _ target: Tensor, _ reduction: LossReduction, _ weight: Tensor?) -> Tensor { ApusFunctional.l1Loss(input, target, reduction: reduction, weight: weight) }

/// PyTorch's `layer_norm`: see ``layerNorm(_:_:weight:bias:eps:)``.
@inlinable @inline(__always)
public func layerNorm(_ input: Tensor, normalizedShape: [Int], weight: Tensor? = nil, bias: Tensor? = nil, eps: Double = 1e-5) -> Tensor { ApusFunctional.layerNorm(input, normalizedShape, weight: weight, bias: bias, eps: eps) }

/// PyTorch's `layer_norm`: see ``layerNorm(_:_:weight:bias:eps:)``.
@inlinable @inline(__always)
public func layerNorm(_ input: Tensor, _ normalizedShape: [Int], _ weight: Tensor?, bias: Tensor? = nil, eps: Double = 1e-5) -> Tensor { ApusFunctional.layerNorm(input, normalizedShape, weight: weight, bias: bias, eps: eps) }

/// PyTorch's `layer_norm`: see ``layerNorm(_:_:weight:bias:eps:)``.
@inlinable @inline(__always)
public func layerNorm(_ input: Tensor, _ normalizedShape: [Int], _ weight: Tensor?, _ bias: Tensor?, eps: Double = 1e-5) -> Tensor { ApusFunctional.layerNorm(input, normalizedShape, weight: weight, bias: bias, eps: eps) }

/// PyTorch's `layer_norm`: see ``layerNorm(_:_:weight:bias:eps:)``.
@inlinable @inline(__always)
public func layerNorm(_ input: Tensor, _ normalizedShape: [Int], _ weight: Tensor?, _ bias: Tensor?, _ eps: Double) -> Tensor { ApusFunctional.layerNorm(input, normalizedShape, weight: weight, bias: bias, eps: eps) }

/// PyTorch's `lcm`: see ``Tensor/lcm(_:)``.
@inlinable @inline(__always)
public func lcm(_ input: Tensor, _ other: Tensor) -> Tensor { input.lcm(other) }

/// PyTorch's `lcm`: see ``Tensor/lcm(_:)``.
@inlinable @inline(__always)
public func lcm(_ input: Tensor, other: Tensor) -> Tensor { input.lcm(other) }

/// PyTorch's `ldexp`: see ``Tensor/ldexp(_:)``.
@inlinable @inline(__always)
public func ldexp(_ input: Tensor, _ other: Tensor) -> Tensor { input.ldexp(other) }

/// PyTorch's `ldexp`: see ``Tensor/ldexp(_:)``.
@inlinable @inline(__always)
public func ldexp(_ input: Tensor, other: Tensor) -> Tensor { input.ldexp(other) }

/// PyTorch's `le`: see ``Tensor/le(_:)``.
@inlinable @inline(__always)
public func le(_ input: Tensor, _ other: Tensor) -> Tensor { input.le(other) }

/// PyTorch's `le`: see ``Tensor/le(_:)``.
@inlinable @inline(__always)
public func le(_ input: Tensor, other: Tensor) -> Tensor { input.le(other) }

/// PyTorch's `le`: see ``Tensor/le(_:)``.
@inlinable @inline(__always)
public func le(_ input: Tensor, _ other: some ScalarConvertible) -> Tensor { input.le(other) }

/// PyTorch's `le`: see ``Tensor/le(_:)``.
@inlinable @inline(__always)
public func le(_ input: Tensor, other: some ScalarConvertible) -> Tensor { input.le(other) }

/// PyTorch's `le`: see ``Tensor/le(_:)``.
@inlinable @inline(__always)
public func lessEqual(_ input: Tensor, _ other: Tensor) -> Tensor { input.le(other) }

/// PyTorch's `le`: see ``Tensor/le(_:)``.
@inlinable @inline(__always)
public func lessEqual(_ input: Tensor, other: Tensor) -> Tensor { input.le(other) }

/// PyTorch's `le`: see ``Tensor/le(_:)``.
@inlinable @inline(__always)
public func lessEqual(_ input: Tensor, _ other: some ScalarConvertible) -> Tensor { input.le(other) }

/// PyTorch's `le`: see ``Tensor/le(_:)``.
@inlinable @inline(__always)
public func lessEqual(_ input: Tensor, other: some ScalarConvertible) -> Tensor { input.le(other) }

/// PyTorch's `leaky_relu`: see ``Tensor/leakyRelu(negativeSlope:)``.
@inlinable @inline(__always)
public func leakyRelu(_ input: Tensor, negativeSlope: Double = 0.01) -> Tensor { input.leakyRelu(negativeSlope: negativeSlope) }

/// PyTorch's `leaky_relu`: see ``Tensor/leakyRelu(negativeSlope:)``.
@inlinable @inline(__always)
public func leakyRelu(_ input: Tensor, _ negativeSlope: Double) -> Tensor { input.leakyRelu(negativeSlope: negativeSlope) }

/// PyTorch's `lerp`: see ``Tensor/lerp(_:_:)``.
@inlinable @inline(__always)
public func lerp(_ input: Tensor, _ end: Tensor, _ weight: Tensor) -> Tensor { input.lerp(end, weight) }

/// PyTorch's `lerp`: see ``Tensor/lerp(_:_:)``.
@inlinable @inline(__always)
public func lerp(_ input: Tensor, end: Tensor, weight: Tensor) -> Tensor { input.lerp(end, weight) }

/// PyTorch's `lerp`: see ``Tensor/lerp(_:_:)``.
@inlinable @inline(__always)
public func lerp(_ input: Tensor, _ end: Tensor, weight: Tensor) -> Tensor { input.lerp(end, weight) }

/// PyTorch's `lerp`: see ``Tensor/lerp(_:_:)``.
@inlinable @inline(__always)
public func lerp(_ input: Tensor, _ end: Tensor, _ weight: some ScalarConvertible) -> Tensor { input.lerp(end, weight) }

/// PyTorch's `lerp`: see ``Tensor/lerp(_:_:)``.
@inlinable @inline(__always)
public func lerp(_ input: Tensor, end: Tensor, weight: some ScalarConvertible) -> Tensor { input.lerp(end, weight) }

/// PyTorch's `lerp`: see ``Tensor/lerp(_:_:)``.
@inlinable @inline(__always)
public func lerp(_ input: Tensor, _ end: Tensor, weight: some ScalarConvertible) -> Tensor { input.lerp(end, weight) }

/// PyTorch's `lgamma`: see ``Tensor/lgamma()``.
@inlinable @inline(__always)
public func lgamma(_ input: consuming Tensor) -> Tensor { input.lgamma() }

/// PyTorch's `linear`: see ``linear(_:_:_:)``.
@inlinable @inline(__always)
public func linear(_ input: Tensor, weight: Tensor, bias: Tensor? = nil) -> Tensor { ApusFunctional.linear(input, weight, bias) }

/// PyTorch's `linear`: see ``linear(_:_:_:)``.
@inlinable @inline(__always)
public func linear(_ input: Tensor, _ weight: Tensor, bias: Tensor?) -> Tensor { ApusFunctional.linear(input, weight, bias) }

/// PyTorch's `linear_cross_entropy`: see ``linearCrossEntropy(_:_:_:linearBias:weight:reduction:ignoreIndex:labelSmoothing:options:)``.
@inlinable @inline(__always)
public func linearCrossEntropy(_ input: Tensor, linearWeight: Tensor, target: Tensor, linearBias: Tensor? = nil, weight: Tensor? = nil, reduction: LossReduction = .mean, ignoreIndex: Int? = nil, labelSmoothing: Double = 0, options: LinearCrossEntropyOptions? = nil) -> Tensor { ApusFunctional.linearCrossEntropy(input, linearWeight, target, linearBias: linearBias, weight: weight, reduction: reduction, ignoreIndex: ignoreIndex, labelSmoothing: labelSmoothing, options: options) }

/// PyTorch's `linear_cross_entropy`: see ``linearCrossEntropy(_:_:_:linearBias:weight:reduction:ignoreIndex:labelSmoothing:options:)``.
@inlinable @inline(__always)
public func linearCrossEntropy(_ input: Tensor, _ linearWeight: Tensor, target: Tensor, linearBias: Tensor? = nil, weight: Tensor? = nil, reduction: LossReduction = .mean, ignoreIndex: Int? = nil, labelSmoothing: Double = 0, options: LinearCrossEntropyOptions? = nil) -> Tensor { ApusFunctional.linearCrossEntropy(input, linearWeight, target, linearBias: linearBias, weight: weight, reduction: reduction, ignoreIndex: ignoreIndex, labelSmoothing: labelSmoothing, options: options) }

/// PyTorch's `local_response_norm`: see ``localResponseNorm(_:_:alpha:beta:k:)``.
@inlinable @inline(__always)
public func localResponseNorm(_ input: Tensor, size: Int, alpha: Double = 1e-4, beta: Double = 0.75, k: Double = 1) -> Tensor { ApusFunctional.localResponseNorm(input, size, alpha: alpha, beta: beta, k: k) }

/// PyTorch's `local_response_norm`: see ``localResponseNorm(_:_:alpha:beta:k:)``.
@inlinable @inline(__always)
public func localResponseNorm(_ input: Tensor, _ size: Int, _ alpha: Double, beta: Double = 0.75, k: Double = 1) -> Tensor { ApusFunctional.localResponseNorm(input, size, alpha: alpha, beta: beta, k: k) }

/// PyTorch's `local_response_norm`: see ``localResponseNorm(_:_:alpha:beta:k:)``.
@inlinable @inline(__always)
public func localResponseNorm(_ input: Tensor, _ size: Int, _ alpha: Double, _ beta: Double, k: Double = 1) -> Tensor { ApusFunctional.localResponseNorm(input, size, alpha: alpha, beta: beta, k: k) }

/// PyTorch's `local_response_norm`: see ``localResponseNorm(_:_:alpha:beta:k:)``.
@inlinable @inline(__always)
public func localResponseNorm(_ input: Tensor, _ size: Int, _ alpha: Double, _ beta: Double, _ k: Double) -> Tensor { ApusFunctional.localResponseNorm(input, size, alpha: alpha, beta: beta, k: k) }

/// PyTorch's `log`: see ``Tensor/log()``.
@inlinable @inline(__always)
public func log(_ input: consuming Tensor) -> Tensor { input.log() }

/// PyTorch's `log10`: see ``Tensor/log10()``.
@inlinable @inline(__always)
public func log10(_ input: consuming Tensor) -> Tensor { input.log10() }

/// PyTorch's `log1p`: see ``Tensor/log1p()``.
@inlinable @inline(__always)
public func log1p(_ input: consuming Tensor) -> Tensor { input.log1p() }

/// PyTorch's `log2`: see ``Tensor/log2()``.
@inlinable @inline(__always)
public func log2(_ input: consuming Tensor) -> Tensor { input.log2() }

/// PyTorch's `log_softmax`: see ``logSoftmax(_:dim:dtype:)``.
@inlinable @inline(__always)
public func logSoftmax(_ input: Tensor, _ dim: Int, dtype: DType? = nil) -> Tensor { ApusFunctional.logSoftmax(input, dim: dim, dtype: dtype) }

/// PyTorch's `log_softmax`: see ``logSoftmax(_:dim:dtype:)``.
@inlinable @inline(__always)
public func logSoftmax(_ input: Tensor, _ dim: Int, _ dtype: DType?) -> Tensor { ApusFunctional.logSoftmax(input, dim: dim, dtype: dtype) }

/// PyTorch's `logaddexp`: see ``Tensor/logaddexp(_:)``.
@inlinable @inline(__always)
public func logaddexp(_ input: Tensor, _ other: Tensor) -> Tensor { input.logaddexp(other) }

/// PyTorch's `logaddexp`: see ``Tensor/logaddexp(_:)``.
@inlinable @inline(__always)
public func logaddexp(_ input: Tensor, other: Tensor) -> Tensor { input.logaddexp(other) }

/// PyTorch's `logaddexp2`: see ``Tensor/logaddexp2(_:)``.
@inlinable @inline(__always)
public func logaddexp2(_ input: Tensor, _ other: Tensor) -> Tensor { input.logaddexp2(other) }

/// PyTorch's `logaddexp2`: see ``Tensor/logaddexp2(_:)``.
@inlinable @inline(__always)
public func logaddexp2(_ input: Tensor, other: Tensor) -> Tensor { input.logaddexp2(other) }

/// PyTorch's `logcumsumexp`: see ``Tensor/logcumsumexp(_:)``.
@inlinable @inline(__always)
public func logcumsumexp(_ input: Tensor, _ dim: Int) -> Tensor { input.logcumsumexp(dim) }

/// PyTorch's `logcumsumexp`: see ``Tensor/logcumsumexp(_:)``.
@inlinable @inline(__always)
public func logcumsumexp(_ input: Tensor, dim: Int) -> Tensor { input.logcumsumexp(dim) }

/// PyTorch's `logdet`: see ``Tensor/logdet()``.
@inlinable @inline(__always)
public func logdet(_ input: Tensor) -> Tensor { input.logdet() }

/// PyTorch's `logical_and`: see ``Tensor/logicalAnd(_:)``.
@inlinable @inline(__always)
public func logicalAnd(_ input: Tensor, _ other: Tensor) -> Tensor { input.logicalAnd(other) }

/// PyTorch's `logical_and`: see ``Tensor/logicalAnd(_:)``.
@inlinable @inline(__always)
public func logicalAnd(_ input: Tensor, other: Tensor) -> Tensor { input.logicalAnd(other) }

/// PyTorch's `logical_not`: see ``Tensor/logicalNot()``.
@inlinable @inline(__always)
public func logicalNot(_ input: consuming Tensor) -> Tensor { input.logicalNot() }

/// PyTorch's `logical_or`: see ``Tensor/logicalOr(_:)``.
@inlinable @inline(__always)
public func logicalOr(_ input: Tensor, _ other: Tensor) -> Tensor { input.logicalOr(other) }

/// PyTorch's `logical_or`: see ``Tensor/logicalOr(_:)``.
@inlinable @inline(__always)
public func logicalOr(_ input: Tensor, other: Tensor) -> Tensor { input.logicalOr(other) }

/// PyTorch's `logical_xor`: see ``Tensor/logicalXor(_:)``.
@inlinable @inline(__always)
public func logicalXor(_ input: Tensor, _ other: Tensor) -> Tensor { input.logicalXor(other) }

/// PyTorch's `logical_xor`: see ``Tensor/logicalXor(_:)``.
@inlinable @inline(__always)
public func logicalXor(_ input: Tensor, other: Tensor) -> Tensor { input.logicalXor(other) }

/// PyTorch's `logit`: see ``Tensor/logit(eps:)``.
@inlinable @inline(__always)
public func logit(_ input: Tensor, eps: Double? = nil) -> Tensor { input.logit(eps: eps) }

/// PyTorch's `logit`: see ``Tensor/logit(eps:)``.
@inlinable @inline(__always)
public func logit(_ input: Tensor, _ eps: Double?) -> Tensor { input.logit(eps: eps) }

/// PyTorch's `logsigmoid`: see ``Tensor/logSigmoid()``.
@inlinable @inline(__always)
public func logSigmoid(_ input: Tensor) -> Tensor { input.logSigmoid() }

/// PyTorch's `logsigmoid`: see ``Tensor/logSigmoid()``.
@inlinable @inline(__always)
public func logsigmoid(_ input: Tensor) -> Tensor { input.logSigmoid() }

/// PyTorch's `logsumexp`: see ``Tensor/logsumexp(_:keepDim:)``.
@inlinable @inline(__always)
public func logsumexp(_ input: Tensor, _ dims: [Int], keepDim: Bool = false) -> Tensor { input.logsumexp(dims, keepDim: keepDim) }

/// PyTorch's `logsumexp`: see ``Tensor/logsumexp(_:keepDim:)``.
@inlinable @inline(__always)
public func logsumexp(_ input: Tensor, dim dims: [Int], keepDim: Bool = false) -> Tensor { input.logsumexp(dims, keepDim: keepDim) }

/// PyTorch's `logsumexp`: see ``Tensor/logsumexp(_:keepDim:)``.
@inlinable @inline(__always)
public func logsumexp(_ input: Tensor, _ dims: [Int], _ keepDim: Bool) -> Tensor { input.logsumexp(dims, keepDim: keepDim) }

/// PyTorch's `logsumexp`: see ``Tensor/logsumexp(_:keepDim:)``.
@inlinable @inline(__always)
public func logsumexp(_ input: Tensor, dim dims: [Int], keepdim keepDim: Bool) -> Tensor { input.logsumexp(dims, keepDim: keepDim) }

/// PyTorch's `logsumexp`: see ``Tensor/logsumexp(_:keepDim:)``.
@inlinable @inline(__always)
public func logsumexp(_ input: Tensor, _ dims: [Int], keepdim keepDim: Bool) -> Tensor { input.logsumexp(dims, keepDim: keepDim) }

/// PyTorch's `logsumexp`: see ``Tensor/logsumexp(_:keepDim:)``.
@inlinable @inline(__always)
public func logsumexp(_ input: Tensor, _ dim: Int, keepDim: Bool = false) -> Tensor { input.logsumexp(dim, keepDim: keepDim) }

/// PyTorch's `logsumexp`: see ``Tensor/logsumexp(_:keepDim:)``.
@inlinable @inline(__always)
public func logsumexp(_ input: Tensor, dim: Int, keepDim: Bool = false) -> Tensor { input.logsumexp(dim, keepDim: keepDim) }

/// PyTorch's `logsumexp`: see ``Tensor/logsumexp(_:keepDim:)``.
@inlinable @inline(__always)
public func logsumexp(_ input: Tensor, _ dim: Int, _ keepDim: Bool) -> Tensor { input.logsumexp(dim, keepDim: keepDim) }

/// PyTorch's `logsumexp`: see ``Tensor/logsumexp(_:keepDim:)``.
@inlinable @inline(__always)
public func logsumexp(_ input: Tensor, dim: Int, keepdim keepDim: Bool) -> Tensor { input.logsumexp(dim, keepDim: keepDim) }

/// PyTorch's `logsumexp`: see ``Tensor/logsumexp(_:keepDim:)``.
@inlinable @inline(__always)
public func logsumexp(_ input: Tensor, _ dim: Int, keepdim keepDim: Bool) -> Tensor { input.logsumexp(dim, keepDim: keepDim) }

/// PyTorch's `lt`: see ``Tensor/lt(_:)``.
@inlinable @inline(__always)
public func lt(_ input: Tensor, _ other: Tensor) -> Tensor { input.lt(other) }

/// PyTorch's `lt`: see ``Tensor/lt(_:)``.
@inlinable @inline(__always)
public func lt(_ input: Tensor, other: Tensor) -> Tensor { input.lt(other) }

/// PyTorch's `lt`: see ``Tensor/lt(_:)``.
@inlinable @inline(__always)
public func lt(_ input: Tensor, _ other: some ScalarConvertible) -> Tensor { input.lt(other) }

/// PyTorch's `lt`: see ``Tensor/lt(_:)``.
@inlinable @inline(__always)
public func lt(_ input: Tensor, other: some ScalarConvertible) -> Tensor { input.lt(other) }

/// PyTorch's `lt`: see ``Tensor/lt(_:)``.
@inlinable @inline(__always)
public func less(_ input: Tensor, _ other: Tensor) -> Tensor { input.lt(other) }

/// PyTorch's `lt`: see ``Tensor/lt(_:)``.
@inlinable @inline(__always)
public func less(_ input: Tensor, other: Tensor) -> Tensor { input.lt(other) }

/// PyTorch's `lt`: see ``Tensor/lt(_:)``.
@inlinable @inline(__always)
public func less(_ input: Tensor, _ other: some ScalarConvertible) -> Tensor { input.lt(other) }

/// PyTorch's `lt`: see ``Tensor/lt(_:)``.
@inlinable @inline(__always)
public func less(_ input: Tensor, other: some ScalarConvertible) -> Tensor { input.lt(other) }

/// PyTorch's `lu_solve`: see ``Tensor/luSolve(_:_:)``.
@inlinable @inline(__always)
public func luSolve(_ input: Tensor, _ factors: Tensor, _ pivots: Tensor) -> Tensor { input.luSolve(factors, pivots) }

/// PyTorch's `lu_solve`: see ``Tensor/luSolve(_:_:)``.
@inlinable @inline(__always)
public func luSolve(_ input: Tensor, LUData factors: Tensor, LUPivots pivots: Tensor) -> Tensor { input.luSolve(factors, pivots) }

/// PyTorch's `lu_solve`: see ``Tensor/luSolve(_:_:)``.
@inlinable @inline(__always)
public func luSolve(_ input: Tensor, _ factors: Tensor, LUPivots pivots: Tensor) -> Tensor { input.luSolve(factors, pivots) }

/// PyTorch's `lu_unpack`: see ``luUnpack(_:_:unpackData:unpackPivots:)``.
@inlinable @inline(__always)
public func luUnpack(_ input: Tensor, LUPivots pivots: Tensor, unpackData: Bool = true, unpackPivots: Bool = true) -> (P: Tensor, L: Tensor, U: Tensor) { ApusFunctional.luUnpack(input, pivots, unpackData: unpackData, unpackPivots: unpackPivots) }

/// PyTorch's `lu_unpack`: see ``luUnpack(_:_:unpackData:unpackPivots:)``.
@inlinable @inline(__always)
public func luUnpack(_ input: Tensor, _ pivots: Tensor, _ unpackData: Bool, unpackPivots: Bool = true) -> (P: Tensor, L: Tensor, U: Tensor) { ApusFunctional.luUnpack(input, pivots, unpackData: unpackData, unpackPivots: unpackPivots) }

/// PyTorch's `lu_unpack`: see ``luUnpack(_:_:unpackData:unpackPivots:)``.
@inlinable @inline(__always)
public func luUnpack(_ input: Tensor, _ pivots: Tensor, _ unpackData: Bool, _ unpackPivots: Bool) -> (P: Tensor, L: Tensor, U: Tensor) { ApusFunctional.luUnpack(input, pivots, unpackData: unpackData, unpackPivots: unpackPivots) }

/// PyTorch's `margin_ranking_loss`: see ``marginRankingLoss(_:_:_:margin:reduction:)``.
@inlinable @inline(__always)
public func marginRankingLoss(_ input: Tensor, input2 x2: Tensor, target: Tensor, margin: Double = 0, reduction: LossReduction = .mean) -> Tensor { ApusFunctional.marginRankingLoss(input, x2, target, margin: margin, reduction: reduction) }

/// PyTorch's `margin_ranking_loss`: see ``marginRankingLoss(_:_:_:margin:reduction:)``.
@inlinable @inline(__always)
public func marginRankingLoss(_ input: Tensor, _ x2: Tensor, target: Tensor, margin: Double = 0, reduction: LossReduction = .mean) -> Tensor { ApusFunctional.marginRankingLoss(input, x2, target, margin: margin, reduction: reduction) }

/// PyTorch's `margin_ranking_loss`: see ``marginRankingLoss(_:_:_:margin:reduction:)``.
@inlinable @inline(__always)
public func marginRankingLoss(_ input: Tensor, _ x2: Tensor, _ target: Tensor, _ margin: Double, reduction: LossReduction = .mean) -> Tensor { ApusFunctional.marginRankingLoss(input, x2, target, margin: margin, reduction: reduction) }

/// PyTorch's `margin_ranking_loss`: see ``marginRankingLoss(_:_:_:margin:reduction:)``.
@inlinable @inline(__always)
public func marginRankingLoss(_ input: Tensor, _ x2: Tensor, _ target: Tensor, _ margin: Double, _ reduction: LossReduction) -> Tensor { ApusFunctional.marginRankingLoss(input, x2, target, margin: margin, reduction: reduction) }

/// PyTorch's `masked_fill`: see ``Tensor/maskedFill(_:_:)``.
@inlinable @inline(__always)
public func maskedFill(_ input: Tensor, _ mask: Tensor, _ value: some ScalarConvertible) -> Tensor { input.maskedFill(mask, value) }

/// PyTorch's `masked_fill`: see ``Tensor/maskedFill(_:_:)``.
@inlinable @inline(__always)
public func maskedFill(_ input: Tensor, mask: Tensor, value: some ScalarConvertible) -> Tensor { input.maskedFill(mask, value) }

/// PyTorch's `masked_fill`: see ``Tensor/maskedFill(_:_:)``.
@inlinable @inline(__always)
public func maskedFill(_ input: Tensor, _ mask: Tensor, value: some ScalarConvertible) -> Tensor { input.maskedFill(mask, value) }

/// PyTorch's `masked_fill`: see ``Tensor/maskedFill(_:_:)``.
@inlinable @inline(__always)
public func maskedFill(_ input: Tensor, _ mask: Tensor, _ value: Tensor) -> Tensor { input.maskedFill(mask, value) }

/// PyTorch's `masked_fill`: see ``Tensor/maskedFill(_:_:)``.
@inlinable @inline(__always)
public func maskedFill(_ input: Tensor, mask: Tensor, value: Tensor) -> Tensor { input.maskedFill(mask, value) }

/// PyTorch's `masked_fill`: see ``Tensor/maskedFill(_:_:)``.
@inlinable @inline(__always)
public func maskedFill(_ input: Tensor, _ mask: Tensor, value: Tensor) -> Tensor { input.maskedFill(mask, value) }

/// PyTorch's `masked_scatter`: see ``Tensor/maskedScatter(_:_:)``.
@inlinable @inline(__always)
public func maskedScatter(_ input: Tensor, _ mask: Tensor, _ source: Tensor) -> Tensor { input.maskedScatter(mask, source) }

/// PyTorch's `masked_scatter`: see ``Tensor/maskedScatter(_:_:)``.
@inlinable @inline(__always)
public func maskedScatter(_ input: Tensor, mask: Tensor, source: Tensor) -> Tensor { input.maskedScatter(mask, source) }

/// PyTorch's `masked_scatter`: see ``Tensor/maskedScatter(_:_:)``.
@inlinable @inline(__always)
public func maskedScatter(_ input: Tensor, _ mask: Tensor, source: Tensor) -> Tensor { input.maskedScatter(mask, source) }

/// PyTorch's `masked_select`: see ``Tensor/maskedSelect(_:)``.
@inlinable @inline(__always)
public func maskedSelect(_ input: Tensor, _ mask: Tensor) -> Tensor { input.maskedSelect(mask) }

/// PyTorch's `masked_select`: see ``Tensor/maskedSelect(_:)``.
@inlinable @inline(__always)
public func maskedSelect(_ input: Tensor, mask: Tensor) -> Tensor { input.maskedSelect(mask) }

/// PyTorch's `matmul`: see ``matmul(_:_:)``.
@inlinable @inline(__always)
public func matmul(_ input: Tensor, other b: Tensor) -> Tensor { ApusFunctional.matmul(input, b) }

/// PyTorch's `matrix_exp`: see ``Tensor/matrixExp()``.
@inlinable @inline(__always)
public func matrixExp(_ input: Tensor) -> Tensor { input.matrixExp() }

/// PyTorch's `max`: see ``Tensor/max(_:keepDim:)``.
@inlinable @inline(__always)
public func max(_ input: Tensor, _ dim: Int, keepDim: Bool = false) -> ValuesIndices { input.max(dim, keepDim: keepDim) }

/// PyTorch's `max`: see ``Tensor/max(_:keepDim:)``.
@_disfavoredOverload @inlinable @inline(__always)
public func max(_ input: Tensor, _ dim: Int, keepDim: Bool = false) -> (values: Tensor, indices: Tensor) { input.max(dim, keepDim: keepDim) }

/// PyTorch's `max`: see ``Tensor/max(_:keepDim:)``.
@inlinable @inline(__always)
public func max(_ input: Tensor, dim: Int, keepDim: Bool = false) -> ValuesIndices { input.max(dim, keepDim: keepDim) }

/// PyTorch's `max`: see ``Tensor/max(_:keepDim:)``.
@_disfavoredOverload @inlinable @inline(__always)
public func max(_ input: Tensor, dim: Int, keepDim: Bool = false) -> (values: Tensor, indices: Tensor) { input.max(dim, keepDim: keepDim) }

/// PyTorch's `max`: see ``Tensor/max(_:keepDim:)``.
@inlinable @inline(__always)
public func max(_ input: Tensor, _ dim: Int, _ keepDim: Bool) -> ValuesIndices { input.max(dim, keepDim: keepDim) }

/// PyTorch's `max`: see ``Tensor/max(_:keepDim:)``.
@_disfavoredOverload @inlinable @inline(__always)
public func max(_ input: Tensor, _ dim: Int, _ keepDim: Bool) -> (values: Tensor, indices: Tensor) { input.max(dim, keepDim: keepDim) }

/// PyTorch's `max`: see ``Tensor/max(_:keepDim:)``.
@inlinable @inline(__always)
public func max(_ input: Tensor, dim: Int, keepdim keepDim: Bool) -> ValuesIndices { input.max(dim, keepDim: keepDim) }

/// PyTorch's `max`: see ``Tensor/max(_:keepDim:)``.
@_disfavoredOverload @inlinable @inline(__always)
public func max(_ input: Tensor, dim: Int, keepdim keepDim: Bool) -> (values: Tensor, indices: Tensor) { input.max(dim, keepDim: keepDim) }

/// PyTorch's `max`: see ``Tensor/max(_:keepDim:)``.
@inlinable @inline(__always)
public func max(_ input: Tensor, _ dim: Int, keepdim keepDim: Bool) -> ValuesIndices { input.max(dim, keepDim: keepDim) }

/// PyTorch's `max`: see ``Tensor/max(_:keepDim:)``.
@_disfavoredOverload @inlinable @inline(__always)
public func max(_ input: Tensor, _ dim: Int, keepdim keepDim: Bool) -> (values: Tensor, indices: Tensor) { input.max(dim, keepDim: keepDim) }

/// PyTorch's `max`: see ``Tensor/max()``.
@inlinable @inline(__always)
public func max(_ input: Tensor) -> Tensor { input.max() }

/// PyTorch's `maximum`: see ``Tensor/maximum(_:)``.
@inlinable @inline(__always)
public func maximum(_ input: Tensor, _ other: Tensor) -> Tensor { input.maximum(other) }

/// PyTorch's `maximum`: see ``Tensor/maximum(_:)``.
@inlinable @inline(__always)
public func maximum(_ input: Tensor, other: Tensor) -> Tensor { input.maximum(other) }

/// PyTorch's `mean`: see ``Tensor/mean(_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func mean(_ input: Tensor, _ dims: [Int]? = nil, keepDim: Bool = false, dtype: DType? = nil) -> Tensor { input.mean(dims, keepDim: keepDim, dtype: dtype) }

/// PyTorch's `mean`: see ``Tensor/mean(_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func mean(_ input: Tensor, dim dims: [Int]?, keepDim: Bool = false, dtype: DType? = nil) -> Tensor { input.mean(dims, keepDim: keepDim, dtype: dtype) }

/// PyTorch's `mean`: see ``Tensor/mean(_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func mean(_ input: Tensor, _ dims: [Int]?, _ keepDim: Bool, dtype: DType? = nil) -> Tensor { input.mean(dims, keepDim: keepDim, dtype: dtype) }

/// PyTorch's `mean`: see ``Tensor/mean(_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func mean(_ input: Tensor, dim dims: [Int]? = nil, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { input.mean(dims, keepDim: keepDim, dtype: dtype) }

/// PyTorch's `mean`: see ``Tensor/mean(_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func mean(_ input: Tensor, _ dims: [Int]?, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { input.mean(dims, keepDim: keepDim, dtype: dtype) }

/// PyTorch's `mean`: see ``Tensor/mean(_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func mean(_ input: Tensor, _ dim: Int, keepDim: Bool = false, dtype: DType? = nil) -> Tensor { input.mean(dim, keepDim: keepDim, dtype: dtype) }

/// PyTorch's `mean`: see ``Tensor/mean(_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func mean(_ input: Tensor, dim: Int, keepDim: Bool = false, dtype: DType? = nil) -> Tensor { input.mean(dim, keepDim: keepDim, dtype: dtype) }

/// PyTorch's `mean`: see ``Tensor/mean(_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func mean(_ input: Tensor, _ dim: Int, _ keepDim: Bool, dtype: DType? = nil) -> Tensor { input.mean(dim, keepDim: keepDim, dtype: dtype) }

/// PyTorch's `mean`: see ``Tensor/mean(_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func mean(_ input: Tensor, dim: Int, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { input.mean(dim, keepDim: keepDim, dtype: dtype) }

/// PyTorch's `mean`: see ``Tensor/mean(_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func mean(_ input: Tensor, _ dim: Int, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { input.mean(dim, keepDim: keepDim, dtype: dtype) }

/// PyTorch's `median`: see ``Tensor/median(_:keepDim:)``.
@inlinable @inline(__always)
public func median(_ input: Tensor, _ dim: Int, keepDim: Bool = false) -> ValuesIndices { input.median(dim, keepDim: keepDim) }

/// PyTorch's `median`: see ``Tensor/median(_:keepDim:)``.
@_disfavoredOverload @inlinable @inline(__always)
public func median(_ input: Tensor, _ dim: Int, keepDim: Bool = false) -> (values: Tensor, indices: Tensor) { input.median(dim, keepDim: keepDim) }

/// PyTorch's `median`: see ``Tensor/median(_:keepDim:)``.
@inlinable @inline(__always)
public func median(_ input: Tensor, dim: Int, keepDim: Bool = false) -> ValuesIndices { input.median(dim, keepDim: keepDim) }

/// PyTorch's `median`: see ``Tensor/median(_:keepDim:)``.
@_disfavoredOverload @inlinable @inline(__always)
public func median(_ input: Tensor, dim: Int, keepDim: Bool = false) -> (values: Tensor, indices: Tensor) { input.median(dim, keepDim: keepDim) }

/// PyTorch's `median`: see ``Tensor/median(_:keepDim:)``.
@inlinable @inline(__always)
public func median(_ input: Tensor, _ dim: Int, _ keepDim: Bool) -> ValuesIndices { input.median(dim, keepDim: keepDim) }

/// PyTorch's `median`: see ``Tensor/median(_:keepDim:)``.
@_disfavoredOverload @inlinable @inline(__always)
public func median(_ input: Tensor, _ dim: Int, _ keepDim: Bool) -> (values: Tensor, indices: Tensor) { input.median(dim, keepDim: keepDim) }

/// PyTorch's `median`: see ``Tensor/median(_:keepDim:)``.
@inlinable @inline(__always)
public func median(_ input: Tensor, dim: Int, keepdim keepDim: Bool) -> ValuesIndices { input.median(dim, keepDim: keepDim) }

/// PyTorch's `median`: see ``Tensor/median(_:keepDim:)``.
@_disfavoredOverload @inlinable @inline(__always)
public func median(_ input: Tensor, dim: Int, keepdim keepDim: Bool) -> (values: Tensor, indices: Tensor) { input.median(dim, keepDim: keepDim) }

/// PyTorch's `median`: see ``Tensor/median(_:keepDim:)``.
@inlinable @inline(__always)
public func median(_ input: Tensor, _ dim: Int, keepdim keepDim: Bool) -> ValuesIndices { input.median(dim, keepDim: keepDim) }

/// PyTorch's `median`: see ``Tensor/median(_:keepDim:)``.
@_disfavoredOverload @inlinable @inline(__always)
public func median(_ input: Tensor, _ dim: Int, keepdim keepDim: Bool) -> (values: Tensor, indices: Tensor) { input.median(dim, keepDim: keepDim) }

/// PyTorch's `median`: see ``Tensor/median()``.
@inlinable @inline(__always)
public func median(_ input: Tensor) -> Tensor { input.median() }

/// PyTorch's `min`: see ``Tensor/min(_:keepDim:)``.
@inlinable @inline(__always)
public func min(_ input: Tensor, _ dim: Int, keepDim: Bool = false) -> ValuesIndices { input.min(dim, keepDim: keepDim) }

/// PyTorch's `min`: see ``Tensor/min(_:keepDim:)``.
@_disfavoredOverload @inlinable @inline(__always)
public func min(_ input: Tensor, _ dim: Int, keepDim: Bool = false) -> (values: Tensor, indices: Tensor) { input.min(dim, keepDim: keepDim) }

/// PyTorch's `min`: see ``Tensor/min(_:keepDim:)``.
@inlinable @inline(__always)
public func min(_ input: Tensor, dim: Int, keepDim: Bool = false) -> ValuesIndices { input.min(dim, keepDim: keepDim) }

/// PyTorch's `min`: see ``Tensor/min(_:keepDim:)``.
@_disfavoredOverload @inlinable @inline(__always)
public func min(_ input: Tensor, dim: Int, keepDim: Bool = false) -> (values: Tensor, indices: Tensor) { input.min(dim, keepDim: keepDim) }

/// PyTorch's `min`: see ``Tensor/min(_:keepDim:)``.
@inlinable @inline(__always)
public func min(_ input: Tensor, _ dim: Int, _ keepDim: Bool) -> ValuesIndices { input.min(dim, keepDim: keepDim) }

/// PyTorch's `min`: see ``Tensor/min(_:keepDim:)``.
@_disfavoredOverload @inlinable @inline(__always)
public func min(_ input: Tensor, _ dim: Int, _ keepDim: Bool) -> (values: Tensor, indices: Tensor) { input.min(dim, keepDim: keepDim) }

/// PyTorch's `min`: see ``Tensor/min(_:keepDim:)``.
@inlinable @inline(__always)
public func min(_ input: Tensor, dim: Int, keepdim keepDim: Bool) -> ValuesIndices { input.min(dim, keepDim: keepDim) }

/// PyTorch's `min`: see ``Tensor/min(_:keepDim:)``.
@_disfavoredOverload @inlinable @inline(__always)
public func min(_ input: Tensor, dim: Int, keepdim keepDim: Bool) -> (values: Tensor, indices: Tensor) { input.min(dim, keepDim: keepDim) }

/// PyTorch's `min`: see ``Tensor/min(_:keepDim:)``.
@inlinable @inline(__always)
public func min(_ input: Tensor, _ dim: Int, keepdim keepDim: Bool) -> ValuesIndices { input.min(dim, keepDim: keepDim) }

/// PyTorch's `min`: see ``Tensor/min(_:keepDim:)``.
@_disfavoredOverload @inlinable @inline(__always)
public func min(_ input: Tensor, _ dim: Int, keepdim keepDim: Bool) -> (values: Tensor, indices: Tensor) { input.min(dim, keepDim: keepDim) }

/// PyTorch's `min`: see ``Tensor/min()``.
@inlinable @inline(__always)
public func min(_ input: Tensor) -> Tensor { input.min() }

/// PyTorch's `minimum`: see ``Tensor/minimum(_:)``.
@inlinable @inline(__always)
public func minimum(_ input: Tensor, _ other: Tensor) -> Tensor { input.minimum(other) }

/// PyTorch's `minimum`: see ``Tensor/minimum(_:)``.
@inlinable @inline(__always)
public func minimum(_ input: Tensor, other: Tensor) -> Tensor { input.minimum(other) }

/// PyTorch's `mish`: see ``Tensor/mish()``.
@inlinable @inline(__always)
public func mish(_ input: Tensor) -> Tensor { input.mish() }

/// PyTorch's `mm`: see ``mm(_:_:)``.
@inlinable @inline(__always)
public func mm(_ input: Tensor, mat2 b: Tensor) -> Tensor { ApusFunctional.mm(input, b) }

/// PyTorch's `mode`: see ``Tensor/mode(_:keepDim:)``.
@inlinable @inline(__always)
public func mode(_ input: Tensor, _ dim: Int = -1, keepDim: Bool = false) -> ValuesIndices { input.mode(dim, keepDim: keepDim) }

/// PyTorch's `mode`: see ``Tensor/mode(_:keepDim:)``.
@_disfavoredOverload @inlinable @inline(__always)
public func mode(_ input: Tensor, _ dim: Int = -1, keepDim: Bool = false) -> (values: Tensor, indices: Tensor) { input.mode(dim, keepDim: keepDim) }

/// PyTorch's `mode`: see ``Tensor/mode(_:keepDim:)``.
@inlinable @inline(__always)
public func mode(_ input: Tensor, dim: Int, keepDim: Bool = false) -> ValuesIndices { input.mode(dim, keepDim: keepDim) }

/// PyTorch's `mode`: see ``Tensor/mode(_:keepDim:)``.
@_disfavoredOverload @inlinable @inline(__always)
public func mode(_ input: Tensor, dim: Int, keepDim: Bool = false) -> (values: Tensor, indices: Tensor) { input.mode(dim, keepDim: keepDim) }

/// PyTorch's `mode`: see ``Tensor/mode(_:keepDim:)``.
@inlinable @inline(__always)
public func mode(_ input: Tensor, _ dim: Int, _ keepDim: Bool) -> ValuesIndices { input.mode(dim, keepDim: keepDim) }

/// PyTorch's `mode`: see ``Tensor/mode(_:keepDim:)``.
@_disfavoredOverload @inlinable @inline(__always)
public func mode(_ input: Tensor, _ dim: Int, _ keepDim: Bool) -> (values: Tensor, indices: Tensor) { input.mode(dim, keepDim: keepDim) }

/// PyTorch's `mode`: see ``Tensor/mode(_:keepDim:)``.
@inlinable @inline(__always)
public func mode(_ input: Tensor, dim: Int = -1, keepdim keepDim: Bool) -> ValuesIndices { input.mode(dim, keepDim: keepDim) }

/// PyTorch's `mode`: see ``Tensor/mode(_:keepDim:)``.
@_disfavoredOverload @inlinable @inline(__always)
public func mode(_ input: Tensor, dim: Int = -1, keepdim keepDim: Bool) -> (values: Tensor, indices: Tensor) { input.mode(dim, keepDim: keepDim) }

/// PyTorch's `mode`: see ``Tensor/mode(_:keepDim:)``.
@inlinable @inline(__always)
public func mode(_ input: Tensor, _ dim: Int, keepdim keepDim: Bool) -> ValuesIndices { input.mode(dim, keepDim: keepDim) }

/// PyTorch's `mode`: see ``Tensor/mode(_:keepDim:)``.
@_disfavoredOverload @inlinable @inline(__always)
public func mode(_ input: Tensor, _ dim: Int, keepdim keepDim: Bool) -> (values: Tensor, indices: Tensor) { input.mode(dim, keepDim: keepDim) }

/// PyTorch's `movedim`: see ``Tensor/movedim(_:_:)``.
@inlinable @inline(__always)
public func movedim(_ input: Tensor, _ source: [Int], _ destination: [Int]) -> Tensor { input.movedim(source, destination) }

/// PyTorch's `movedim`: see ``Tensor/movedim(_:_:)``.
@inlinable @inline(__always)
public func movedim(_ input: Tensor, source: [Int], destination: [Int]) -> Tensor { input.movedim(source, destination) }

/// PyTorch's `movedim`: see ``Tensor/movedim(_:_:)``.
@inlinable @inline(__always)
public func movedim(_ input: Tensor, _ source: [Int], destination: [Int]) -> Tensor { input.movedim(source, destination) }

/// PyTorch's `movedim`: see ``Tensor/movedim(_:_:)``.
@inlinable @inline(__always)
public func movedim(_ input: Tensor, _ source: Int, _ destination: [Int]) -> Tensor { input.movedim([source], destination) }

/// PyTorch's `movedim`: see ``Tensor/movedim(_:_:)``.
@inlinable @inline(__always)
public func movedim(_ input: Tensor, source: Int, destination: [Int]) -> Tensor { input.movedim([source], destination) }

/// PyTorch's `movedim`: see ``Tensor/movedim(_:_:)``.
@inlinable @inline(__always)
public func movedim(_ input: Tensor, _ source: Int, destination: [Int]) -> Tensor { input.movedim([source], destination) }

/// PyTorch's `movedim`: see ``Tensor/movedim(_:_:)``.
@inlinable @inline(__always)
public func movedim(_ input: Tensor, _ source: [Int], _ destination: Int) -> Tensor { input.movedim(source, [destination]) }

/// PyTorch's `movedim`: see ``Tensor/movedim(_:_:)``.
@inlinable @inline(__always)
public func movedim(_ input: Tensor, source: [Int], destination: Int) -> Tensor { input.movedim(source, [destination]) }

/// PyTorch's `movedim`: see ``Tensor/movedim(_:_:)``.
@inlinable @inline(__always)
public func movedim(_ input: Tensor, _ source: [Int], destination: Int) -> Tensor { input.movedim(source, [destination]) }

/// PyTorch's `movedim`: see ``Tensor/movedim(_:_:)``.
@inlinable @inline(__always)
public func movedim(_ input: Tensor, _ source: Int, _ destination: Int) -> Tensor { input.movedim(source, destination) }

/// PyTorch's `movedim`: see ``Tensor/movedim(_:_:)``.
@inlinable @inline(__always)
public func movedim(_ input: Tensor, source: Int, destination: Int) -> Tensor { input.movedim(source, destination) }

/// PyTorch's `movedim`: see ``Tensor/movedim(_:_:)``.
@inlinable @inline(__always)
public func movedim(_ input: Tensor, _ source: Int, destination: Int) -> Tensor { input.movedim(source, destination) }

/// PyTorch's `movedim`: see ``Tensor/movedim(_:_:)``.
@inlinable @inline(__always)
public func moveaxis(_ input: Tensor, _ source: [Int], _ destination: [Int]) -> Tensor { input.movedim(source, destination) }

/// PyTorch's `movedim`: see ``Tensor/movedim(_:_:)``.
@inlinable @inline(__always)
public func moveaxis(_ input: Tensor, source: [Int], destination: [Int]) -> Tensor { input.movedim(source, destination) }

/// PyTorch's `movedim`: see ``Tensor/movedim(_:_:)``.
@inlinable @inline(__always)
public func moveaxis(_ input: Tensor, _ source: [Int], destination: [Int]) -> Tensor { input.movedim(source, destination) }

/// PyTorch's `movedim`: see ``Tensor/movedim(_:_:)``.
@inlinable @inline(__always)
public func moveaxis(_ input: Tensor, _ source: Int, _ destination: [Int]) -> Tensor { input.movedim([source], destination) }

/// PyTorch's `movedim`: see ``Tensor/movedim(_:_:)``.
@inlinable @inline(__always)
public func moveaxis(_ input: Tensor, source: Int, destination: [Int]) -> Tensor { input.movedim([source], destination) }

/// PyTorch's `movedim`: see ``Tensor/movedim(_:_:)``.
@inlinable @inline(__always)
public func moveaxis(_ input: Tensor, _ source: Int, destination: [Int]) -> Tensor { input.movedim([source], destination) }

/// PyTorch's `movedim`: see ``Tensor/movedim(_:_:)``.
@inlinable @inline(__always)
public func moveaxis(_ input: Tensor, _ source: [Int], _ destination: Int) -> Tensor { input.movedim(source, [destination]) }

/// PyTorch's `movedim`: see ``Tensor/movedim(_:_:)``.
@inlinable @inline(__always)
public func moveaxis(_ input: Tensor, source: [Int], destination: Int) -> Tensor { input.movedim(source, [destination]) }

/// PyTorch's `movedim`: see ``Tensor/movedim(_:_:)``.
@inlinable @inline(__always)
public func moveaxis(_ input: Tensor, _ source: [Int], destination: Int) -> Tensor { input.movedim(source, [destination]) }

/// PyTorch's `movedim`: see ``Tensor/movedim(_:_:)``.
@inlinable @inline(__always)
public func moveaxis(_ input: Tensor, _ source: Int, _ destination: Int) -> Tensor { input.movedim(source, destination) }

/// PyTorch's `movedim`: see ``Tensor/movedim(_:_:)``.
@inlinable @inline(__always)
public func moveaxis(_ input: Tensor, source: Int, destination: Int) -> Tensor { input.movedim(source, destination) }

/// PyTorch's `movedim`: see ``Tensor/movedim(_:_:)``.
@inlinable @inline(__always)
public func moveaxis(_ input: Tensor, _ source: Int, destination: Int) -> Tensor { input.movedim(source, destination) }

/// PyTorch's `mse_loss`: see ``mseLoss(_:_:reduction:weight:)``.
@inlinable @inline(__always)
public func mseLoss(_ input: Tensor, target: Tensor, reduction: LossReduction = .mean, weight: Tensor? = nil) -> Tensor { ApusFunctional.mseLoss(input, target, reduction: reduction, weight: weight) }

/// PyTorch's `mse_loss`: see ``mseLoss(_:_:reduction:weight:)``.
@inlinable @inline(__always)
public func mseLoss(_ input: Tensor, _ target: Tensor, _ reduction: LossReduction, weight: Tensor? = nil) -> Tensor { ApusFunctional.mseLoss(input, target, reduction: reduction, weight: weight) }

/// PyTorch's `mse_loss`: see ``mseLoss(_:_:reduction:weight:)``.
@inlinable @inline(__always)
public func mseLoss(_ input: Tensor, _ target: Tensor, _ reduction: LossReduction, _ weight: Tensor?) -> Tensor { ApusFunctional.mseLoss(input, target, reduction: reduction, weight: weight) }

/// PyTorch's `msort`: see ``Tensor/msort()``.
@inlinable @inline(__always)
public func msort(_ input: Tensor) -> Tensor { input.msort() }

/// PyTorch's `multi_head_attention_forward`: see ``multiHeadAttentionForward(_:_:_:_:_:_:_:_:_:_:_:_:_:training:keyPaddingMask:needWeights:attnMask:useSeparateProjWeight:qProjWeight:kProjWeight:vProjWeight:staticK:staticV:averageAttnWeights:isCausal:)``.
@inlinable @inline(__always)
public func multiHeadAttentionForward(_ input: Tensor, key: Tensor, value: Tensor, embedDimToCheck: Int, numHeads: Int, inProjWeight: Tensor?, inProjBias: Tensor?, biasK: Tensor?, biasV: Tensor?, addZeroAttn: Bool, dropoutP: Double, outProjWeight: Tensor, outProjBias: Tensor?, training: Bool = true, keyPaddingMask: Tensor? = nil, needWeights: Bool = true, attnMask: Tensor? = nil, useSeparateProjWeight: Bool = false, qProjWeight: Tensor? = nil, kProjWeight: Tensor? = nil, vProjWeight: Tensor? = nil, staticK: Tensor? = nil, staticV: Tensor? = nil, averageAttnWeights: Bool = true, isCausal: Bool = false) -> (Tensor, Tensor?) { ApusFunctional.multiHeadAttentionForward(input, key, value, embedDimToCheck, numHeads, inProjWeight, inProjBias, biasK, biasV, addZeroAttn, dropoutP, outProjWeight, outProjBias, training: training, keyPaddingMask: keyPaddingMask, needWeights: needWeights, attnMask: attnMask, useSeparateProjWeight: useSeparateProjWeight, qProjWeight: qProjWeight, kProjWeight: kProjWeight, vProjWeight: vProjWeight, staticK: staticK, staticV: staticV, averageAttnWeights: averageAttnWeights, isCausal: isCausal) }

/// PyTorch's `multi_head_attention_forward`: see ``multiHeadAttentionForward(_:_:_:_:_:_:_:_:_:_:_:_:_:training:keyPaddingMask:needWeights:attnMask:useSeparateProjWeight:qProjWeight:kProjWeight:vProjWeight:staticK:staticV:averageAttnWeights:isCausal:)``.
@inlinable @inline(__always)
public func multiHeadAttentionForward(_ input: Tensor, _ key: Tensor, value: Tensor, embedDimToCheck: Int, numHeads: Int, inProjWeight: Tensor?, inProjBias: Tensor?, biasK: Tensor?, biasV: Tensor?, addZeroAttn: Bool, dropoutP: Double, outProjWeight: Tensor, outProjBias: Tensor?, training: Bool = true, keyPaddingMask: Tensor? = nil, needWeights: Bool = true, attnMask: Tensor? = nil, useSeparateProjWeight: Bool = false, qProjWeight: Tensor? = nil, kProjWeight: Tensor? = nil, vProjWeight: Tensor? = nil, staticK: Tensor? = nil, staticV: Tensor? = nil, averageAttnWeights: Bool = true, isCausal: Bool = false) -> (Tensor, Tensor?) { ApusFunctional.multiHeadAttentionForward(input, key, value, embedDimToCheck, numHeads, inProjWeight, inProjBias, biasK, biasV, addZeroAttn, dropoutP, outProjWeight, outProjBias, training: training, keyPaddingMask: keyPaddingMask, needWeights: needWeights, attnMask: attnMask, useSeparateProjWeight: useSeparateProjWeight, qProjWeight: qProjWeight, kProjWeight: kProjWeight, vProjWeight: vProjWeight, staticK: staticK, staticV: staticV, averageAttnWeights: averageAttnWeights, isCausal: isCausal) }

/// PyTorch's `multi_head_attention_forward`: see ``multiHeadAttentionForward(_:_:_:_:_:_:_:_:_:_:_:_:_:training:keyPaddingMask:needWeights:attnMask:useSeparateProjWeight:qProjWeight:kProjWeight:vProjWeight:staticK:staticV:averageAttnWeights:isCausal:)``.
@inlinable @inline(__always)
public func multiHeadAttentionForward(_ input: Tensor, _ key: Tensor, _ value: Tensor, embedDimToCheck: Int, numHeads: Int, inProjWeight: Tensor?, inProjBias: Tensor?, biasK: Tensor?, biasV: Tensor?, addZeroAttn: Bool, dropoutP: Double, outProjWeight: Tensor, outProjBias: Tensor?, training: Bool = true, keyPaddingMask: Tensor? = nil, needWeights: Bool = true, attnMask: Tensor? = nil, useSeparateProjWeight: Bool = false, qProjWeight: Tensor? = nil, kProjWeight: Tensor? = nil, vProjWeight: Tensor? = nil, staticK: Tensor? = nil, staticV: Tensor? = nil, averageAttnWeights: Bool = true, isCausal: Bool = false) -> (Tensor, Tensor?) { ApusFunctional.multiHeadAttentionForward(input, key, value, embedDimToCheck, numHeads, inProjWeight, inProjBias, biasK, biasV, addZeroAttn, dropoutP, outProjWeight, outProjBias, training: training, keyPaddingMask: keyPaddingMask, needWeights: needWeights, attnMask: attnMask, useSeparateProjWeight: useSeparateProjWeight, qProjWeight: qProjWeight, kProjWeight: kProjWeight, vProjWeight: vProjWeight, staticK: staticK, staticV: staticV, averageAttnWeights: averageAttnWeights, isCausal: isCausal) }

/// PyTorch's `multi_head_attention_forward`: see ``multiHeadAttentionForward(_:_:_:_:_:_:_:_:_:_:_:_:_:training:keyPaddingMask:needWeights:attnMask:useSeparateProjWeight:qProjWeight:kProjWeight:vProjWeight:staticK:staticV:averageAttnWeights:isCausal:)``.
@inlinable @inline(__always)
public func multiHeadAttentionForward(_ input: Tensor, _ key: Tensor, _ value: Tensor, _ embedDimToCheck: Int, numHeads: Int, inProjWeight: Tensor?, inProjBias: Tensor?, biasK: Tensor?, biasV: Tensor?, addZeroAttn: Bool, dropoutP: Double, outProjWeight: Tensor, outProjBias: Tensor?, training: Bool = true, keyPaddingMask: Tensor? = nil, needWeights: Bool = true, attnMask: Tensor? = nil, useSeparateProjWeight: Bool = false, qProjWeight: Tensor? = nil, kProjWeight: Tensor? = nil, vProjWeight: Tensor? = nil, staticK: Tensor? = nil, staticV: Tensor? = nil, averageAttnWeights: Bool = true, isCausal: Bool = false) -> (Tensor, Tensor?) { ApusFunctional.multiHeadAttentionForward(input, key, value, embedDimToCheck, numHeads, inProjWeight, inProjBias, biasK, biasV, addZeroAttn, dropoutP, outProjWeight, outProjBias, training: training, keyPaddingMask: keyPaddingMask, needWeights: needWeights, attnMask: attnMask, useSeparateProjWeight: useSeparateProjWeight, qProjWeight: qProjWeight, kProjWeight: kProjWeight, vProjWeight: vProjWeight, staticK: staticK, staticV: staticV, averageAttnWeights: averageAttnWeights, isCausal: isCausal) }

/// PyTorch's `multi_head_attention_forward`: see ``multiHeadAttentionForward(_:_:_:_:_:_:_:_:_:_:_:_:_:training:keyPaddingMask:needWeights:attnMask:useSeparateProjWeight:qProjWeight:kProjWeight:vProjWeight:staticK:staticV:averageAttnWeights:isCausal:)``.
@inlinable @inline(__always)
public func multiHeadAttentionForward(_ input: Tensor, _ key: Tensor, _ value: Tensor, _ embedDimToCheck: Int, _ numHeads: Int, inProjWeight: Tensor?, inProjBias: Tensor?, biasK: Tensor?, biasV: Tensor?, addZeroAttn: Bool, dropoutP: Double, outProjWeight: Tensor, outProjBias: Tensor?, training: Bool = true, keyPaddingMask: Tensor? = nil, needWeights: Bool = true, attnMask: Tensor? = nil, useSeparateProjWeight: Bool = false, qProjWeight: Tensor? = nil, kProjWeight: Tensor? = nil, vProjWeight: Tensor? = nil, staticK: Tensor? = nil, staticV: Tensor? = nil, averageAttnWeights: Bool = true, isCausal: Bool = false) -> (Tensor, Tensor?) { ApusFunctional.multiHeadAttentionForward(input, key, value, embedDimToCheck, numHeads, inProjWeight, inProjBias, biasK, biasV, addZeroAttn, dropoutP, outProjWeight, outProjBias, training: training, keyPaddingMask: keyPaddingMask, needWeights: needWeights, attnMask: attnMask, useSeparateProjWeight: useSeparateProjWeight, qProjWeight: qProjWeight, kProjWeight: kProjWeight, vProjWeight: vProjWeight, staticK: staticK, staticV: staticV, averageAttnWeights: averageAttnWeights, isCausal: isCausal) }

/// PyTorch's `multi_head_attention_forward`: see ``multiHeadAttentionForward(_:_:_:_:_:_:_:_:_:_:_:_:_:training:keyPaddingMask:needWeights:attnMask:useSeparateProjWeight:qProjWeight:kProjWeight:vProjWeight:staticK:staticV:averageAttnWeights:isCausal:)``.
@inlinable @inline(__always)
public func multiHeadAttentionForward(_ input: Tensor, _ key: Tensor, _ value: Tensor, _ embedDimToCheck: Int, _ numHeads: Int, _ inProjWeight: Tensor?, inProjBias: Tensor?, biasK: Tensor?, biasV: Tensor?, addZeroAttn: Bool, dropoutP: Double, outProjWeight: Tensor, outProjBias: Tensor?, training: Bool = true, keyPaddingMask: Tensor? = nil, needWeights: Bool = true, attnMask: Tensor? = nil, useSeparateProjWeight: Bool = false, qProjWeight: Tensor? = nil, kProjWeight: Tensor? = nil, vProjWeight: Tensor? = nil, staticK: Tensor? = nil, staticV: Tensor? = nil, averageAttnWeights: Bool = true, isCausal: Bool = false) -> (Tensor, Tensor?) { ApusFunctional.multiHeadAttentionForward(input, key, value, embedDimToCheck, numHeads, inProjWeight, inProjBias, biasK, biasV, addZeroAttn, dropoutP, outProjWeight, outProjBias, training: training, keyPaddingMask: keyPaddingMask, needWeights: needWeights, attnMask: attnMask, useSeparateProjWeight: useSeparateProjWeight, qProjWeight: qProjWeight, kProjWeight: kProjWeight, vProjWeight: vProjWeight, staticK: staticK, staticV: staticV, averageAttnWeights: averageAttnWeights, isCausal: isCausal) }

/// PyTorch's `multi_head_attention_forward`: see ``multiHeadAttentionForward(_:_:_:_:_:_:_:_:_:_:_:_:_:training:keyPaddingMask:needWeights:attnMask:useSeparateProjWeight:qProjWeight:kProjWeight:vProjWeight:staticK:staticV:averageAttnWeights:isCausal:)``.
@inlinable @inline(__always)
public func multiHeadAttentionForward(_ input: Tensor, _ key: Tensor, _ value: Tensor, _ embedDimToCheck: Int, _ numHeads: Int, _ inProjWeight: Tensor?, _ inProjBias: Tensor?, biasK: Tensor?, biasV: Tensor?, addZeroAttn: Bool, dropoutP: Double, outProjWeight: Tensor, outProjBias: Tensor?, training: Bool = true, keyPaddingMask: Tensor? = nil, needWeights: Bool = true, attnMask: Tensor? = nil, useSeparateProjWeight: Bool = false, qProjWeight: Tensor? = nil, kProjWeight: Tensor? = nil, vProjWeight: Tensor? = nil, staticK: Tensor? = nil, staticV: Tensor? = nil, averageAttnWeights: Bool = true, isCausal: Bool = false) -> (Tensor, Tensor?) { ApusFunctional.multiHeadAttentionForward(input, key, value, embedDimToCheck, numHeads, inProjWeight, inProjBias, biasK, biasV, addZeroAttn, dropoutP, outProjWeight, outProjBias, training: training, keyPaddingMask: keyPaddingMask, needWeights: needWeights, attnMask: attnMask, useSeparateProjWeight: useSeparateProjWeight, qProjWeight: qProjWeight, kProjWeight: kProjWeight, vProjWeight: vProjWeight, staticK: staticK, staticV: staticV, averageAttnWeights: averageAttnWeights, isCausal: isCausal) }

/// PyTorch's `multi_head_attention_forward`: see ``multiHeadAttentionForward(_:_:_:_:_:_:_:_:_:_:_:_:_:training:keyPaddingMask:needWeights:attnMask:useSeparateProjWeight:qProjWeight:kProjWeight:vProjWeight:staticK:staticV:averageAttnWeights:isCausal:)``.
@inlinable @inline(__always)
public func multiHeadAttentionForward(_ input: Tensor, _ key: Tensor, _ value: Tensor, _ embedDimToCheck: Int, _ numHeads: Int, _ inProjWeight: Tensor?, _ inProjBias: Tensor?, _ biasK: Tensor?, biasV: Tensor?, addZeroAttn: Bool, dropoutP: Double, outProjWeight: Tensor, outProjBias: Tensor?, training: Bool = true, keyPaddingMask: Tensor? = nil, needWeights: Bool = true, attnMask: Tensor? = nil, useSeparateProjWeight: Bool = false, qProjWeight: Tensor? = nil, kProjWeight: Tensor? = nil, vProjWeight: Tensor? = nil, staticK: Tensor? = nil, staticV: Tensor? = nil, averageAttnWeights: Bool = true, isCausal: Bool = false) -> (Tensor, Tensor?) { ApusFunctional.multiHeadAttentionForward(input, key, value, embedDimToCheck, numHeads, inProjWeight, inProjBias, biasK, biasV, addZeroAttn, dropoutP, outProjWeight, outProjBias, training: training, keyPaddingMask: keyPaddingMask, needWeights: needWeights, attnMask: attnMask, useSeparateProjWeight: useSeparateProjWeight, qProjWeight: qProjWeight, kProjWeight: kProjWeight, vProjWeight: vProjWeight, staticK: staticK, staticV: staticV, averageAttnWeights: averageAttnWeights, isCausal: isCausal) }

/// PyTorch's `multi_head_attention_forward`: see ``multiHeadAttentionForward(_:_:_:_:_:_:_:_:_:_:_:_:_:training:keyPaddingMask:needWeights:attnMask:useSeparateProjWeight:qProjWeight:kProjWeight:vProjWeight:staticK:staticV:averageAttnWeights:isCausal:)``.
@inlinable @inline(__always)
public func multiHeadAttentionForward(_ input: Tensor, _ key: Tensor, _ value: Tensor, _ embedDimToCheck: Int, _ numHeads: Int, _ inProjWeight: Tensor?, _ inProjBias: Tensor?, _ biasK: Tensor?, _ biasV: Tensor?, addZeroAttn: Bool, dropoutP: Double, outProjWeight: Tensor, outProjBias: Tensor?, training: Bool = true, keyPaddingMask: Tensor? = nil, needWeights: Bool = true, attnMask: Tensor? = nil, useSeparateProjWeight: Bool = false, qProjWeight: Tensor? = nil, kProjWeight: Tensor? = nil, vProjWeight: Tensor? = nil, staticK: Tensor? = nil, staticV: Tensor? = nil, averageAttnWeights: Bool = true, isCausal: Bool = false) -> (Tensor, Tensor?) { ApusFunctional.multiHeadAttentionForward(input, key, value, embedDimToCheck, numHeads, inProjWeight, inProjBias, biasK, biasV, addZeroAttn, dropoutP, outProjWeight, outProjBias, training: training, keyPaddingMask: keyPaddingMask, needWeights: needWeights, attnMask: attnMask, useSeparateProjWeight: useSeparateProjWeight, qProjWeight: qProjWeight, kProjWeight: kProjWeight, vProjWeight: vProjWeight, staticK: staticK, staticV: staticV, averageAttnWeights: averageAttnWeights, isCausal: isCausal) }

/// PyTorch's `multi_head_attention_forward`: see ``multiHeadAttentionForward(_:_:_:_:_:_:_:_:_:_:_:_:_:training:keyPaddingMask:needWeights:attnMask:useSeparateProjWeight:qProjWeight:kProjWeight:vProjWeight:staticK:staticV:averageAttnWeights:isCausal:)``.
@inlinable @inline(__always)
public func multiHeadAttentionForward(_ input: Tensor, _ key: Tensor, _ value: Tensor, _ embedDimToCheck: Int, _ numHeads: Int, _ inProjWeight: Tensor?, _ inProjBias: Tensor?, _ biasK: Tensor?, _ biasV: Tensor?, _ addZeroAttn: Bool, dropoutP: Double, outProjWeight: Tensor, outProjBias: Tensor?, training: Bool = true, keyPaddingMask: Tensor? = nil, needWeights: Bool = true, attnMask: Tensor? = nil, useSeparateProjWeight: Bool = false, qProjWeight: Tensor? = nil, kProjWeight: Tensor? = nil, vProjWeight: Tensor? = nil, staticK: Tensor? = nil, staticV: Tensor? = nil, averageAttnWeights: Bool = true, isCausal: Bool = false) -> (Tensor, Tensor?) { ApusFunctional.multiHeadAttentionForward(input, key, value, embedDimToCheck, numHeads, inProjWeight, inProjBias, biasK, biasV, addZeroAttn, dropoutP, outProjWeight, outProjBias, training: training, keyPaddingMask: keyPaddingMask, needWeights: needWeights, attnMask: attnMask, useSeparateProjWeight: useSeparateProjWeight, qProjWeight: qProjWeight, kProjWeight: kProjWeight, vProjWeight: vProjWeight, staticK: staticK, staticV: staticV, averageAttnWeights: averageAttnWeights, isCausal: isCausal) }

/// PyTorch's `multi_head_attention_forward`: see ``multiHeadAttentionForward(_:_:_:_:_:_:_:_:_:_:_:_:_:training:keyPaddingMask:needWeights:attnMask:useSeparateProjWeight:qProjWeight:kProjWeight:vProjWeight:staticK:staticV:averageAttnWeights:isCausal:)``.
@inlinable @inline(__always)
public func multiHeadAttentionForward(_ input: Tensor, _ key: Tensor, _ value: Tensor, _ embedDimToCheck: Int, _ numHeads: Int, _ inProjWeight: Tensor?, _ inProjBias: Tensor?, _ biasK: Tensor?, _ biasV: Tensor?, _ addZeroAttn: Bool, _ dropoutP: Double, outProjWeight: Tensor, outProjBias: Tensor?, training: Bool = true, keyPaddingMask: Tensor? = nil, needWeights: Bool = true, attnMask: Tensor? = nil, useSeparateProjWeight: Bool = false, qProjWeight: Tensor? = nil, kProjWeight: Tensor? = nil, vProjWeight: Tensor? = nil, staticK: Tensor? = nil, staticV: Tensor? = nil, averageAttnWeights: Bool = true, isCausal: Bool = false) -> (Tensor, Tensor?) { ApusFunctional.multiHeadAttentionForward(input, key, value, embedDimToCheck, numHeads, inProjWeight, inProjBias, biasK, biasV, addZeroAttn, dropoutP, outProjWeight, outProjBias, training: training, keyPaddingMask: keyPaddingMask, needWeights: needWeights, attnMask: attnMask, useSeparateProjWeight: useSeparateProjWeight, qProjWeight: qProjWeight, kProjWeight: kProjWeight, vProjWeight: vProjWeight, staticK: staticK, staticV: staticV, averageAttnWeights: averageAttnWeights, isCausal: isCausal) }

/// PyTorch's `multi_head_attention_forward`: see ``multiHeadAttentionForward(_:_:_:_:_:_:_:_:_:_:_:_:_:training:keyPaddingMask:needWeights:attnMask:useSeparateProjWeight:qProjWeight:kProjWeight:vProjWeight:staticK:staticV:averageAttnWeights:isCausal:)``.
@inlinable @inline(__always)
public func multiHeadAttentionForward(_ input: Tensor, _ key: Tensor, _ value: Tensor, _ embedDimToCheck: Int, _ numHeads: Int, _ inProjWeight: Tensor?, _ inProjBias: Tensor?, _ biasK: Tensor?, _ biasV: Tensor?, _ addZeroAttn: Bool, _ dropoutP: Double, _ outProjWeight: Tensor, outProjBias: Tensor?, training: Bool = true, keyPaddingMask: Tensor? = nil, needWeights: Bool = true, attnMask: Tensor? = nil, useSeparateProjWeight: Bool = false, qProjWeight: Tensor? = nil, kProjWeight: Tensor? = nil, vProjWeight: Tensor? = nil, staticK: Tensor? = nil, staticV: Tensor? = nil, averageAttnWeights: Bool = true, isCausal: Bool = false) -> (Tensor, Tensor?) { ApusFunctional.multiHeadAttentionForward(input, key, value, embedDimToCheck, numHeads, inProjWeight, inProjBias, biasK, biasV, addZeroAttn, dropoutP, outProjWeight, outProjBias, training: training, keyPaddingMask: keyPaddingMask, needWeights: needWeights, attnMask: attnMask, useSeparateProjWeight: useSeparateProjWeight, qProjWeight: qProjWeight, kProjWeight: kProjWeight, vProjWeight: vProjWeight, staticK: staticK, staticV: staticV, averageAttnWeights: averageAttnWeights, isCausal: isCausal) }

/// PyTorch's `multi_head_attention_forward`: see ``multiHeadAttentionForward(_:_:_:_:_:_:_:_:_:_:_:_:_:training:keyPaddingMask:needWeights:attnMask:useSeparateProjWeight:qProjWeight:kProjWeight:vProjWeight:staticK:staticV:averageAttnWeights:isCausal:)``.
@inlinable @inline(__always)
public func multiHeadAttentionForward(_ input: Tensor, _ key: Tensor, _ value: Tensor, _ embedDimToCheck: Int, _ numHeads: Int, _ inProjWeight: Tensor?, _ inProjBias: Tensor?, _ biasK: Tensor?, _ biasV: Tensor?, _ addZeroAttn: Bool, _ dropoutP: Double, _ outProjWeight: Tensor, _ outProjBias: Tensor?, _ training: Bool, keyPaddingMask: Tensor? = nil, needWeights: Bool = true, attnMask: Tensor? = nil, useSeparateProjWeight: Bool = false, qProjWeight: Tensor? = nil, kProjWeight: Tensor? = nil, vProjWeight: Tensor? = nil, staticK: Tensor? = nil, staticV: Tensor? = nil, averageAttnWeights: Bool = true, isCausal: Bool = false) -> (Tensor, Tensor?) { ApusFunctional.multiHeadAttentionForward(input, key, value, embedDimToCheck, numHeads, inProjWeight, inProjBias, biasK, biasV, addZeroAttn, dropoutP, outProjWeight, outProjBias, training: training, keyPaddingMask: keyPaddingMask, needWeights: needWeights, attnMask: attnMask, useSeparateProjWeight: useSeparateProjWeight, qProjWeight: qProjWeight, kProjWeight: kProjWeight, vProjWeight: vProjWeight, staticK: staticK, staticV: staticV, averageAttnWeights: averageAttnWeights, isCausal: isCausal) }

/// PyTorch's `multi_head_attention_forward`: see ``multiHeadAttentionForward(_:_:_:_:_:_:_:_:_:_:_:_:_:training:keyPaddingMask:needWeights:attnMask:useSeparateProjWeight:qProjWeight:kProjWeight:vProjWeight:staticK:staticV:averageAttnWeights:isCausal:)``.
@inlinable @inline(__always)
public func multiHeadAttentionForward(_ input: Tensor, _ key: Tensor, _ value: Tensor, _ embedDimToCheck: Int, _ numHeads: Int, _ inProjWeight: Tensor?, _ inProjBias: Tensor?, _ biasK: Tensor?, _ biasV: Tensor?, _ addZeroAttn: Bool, _ dropoutP: Double, _ outProjWeight: Tensor, _ outProjBias: Tensor?, _ training: Bool, _ keyPaddingMask: Tensor?, needWeights: Bool = true, attnMask: Tensor? = nil, useSeparateProjWeight: Bool = false, qProjWeight: Tensor? = nil, kProjWeight: Tensor? = nil, vProjWeight: Tensor? = nil, staticK: Tensor? = nil, staticV: Tensor? = nil, averageAttnWeights: Bool = true, isCausal: Bool = false) -> (Tensor, Tensor?) { ApusFunctional.multiHeadAttentionForward(input, key, value, embedDimToCheck, numHeads, inProjWeight, inProjBias, biasK, biasV, addZeroAttn, dropoutP, outProjWeight, outProjBias, training: training, keyPaddingMask: keyPaddingMask, needWeights: needWeights, attnMask: attnMask, useSeparateProjWeight: useSeparateProjWeight, qProjWeight: qProjWeight, kProjWeight: kProjWeight, vProjWeight: vProjWeight, staticK: staticK, staticV: staticV, averageAttnWeights: averageAttnWeights, isCausal: isCausal) }

/// PyTorch's `multi_head_attention_forward`: see ``multiHeadAttentionForward(_:_:_:_:_:_:_:_:_:_:_:_:_:training:keyPaddingMask:needWeights:attnMask:useSeparateProjWeight:qProjWeight:kProjWeight:vProjWeight:staticK:staticV:averageAttnWeights:isCausal:)``.
@inlinable @inline(__always)
public func multiHeadAttentionForward(_ input: Tensor, _ key: Tensor, _ value: Tensor, _ embedDimToCheck: Int, _ numHeads: Int, _ inProjWeight: Tensor?, _ inProjBias: Tensor?, _ biasK: Tensor?, _ biasV: Tensor?, _ addZeroAttn: Bool, _ dropoutP: Double, _ outProjWeight: Tensor, _ outProjBias: Tensor?, _ training: Bool, _ keyPaddingMask: Tensor?, _ needWeights: Bool, attnMask: Tensor? = nil, useSeparateProjWeight: Bool = false, qProjWeight: Tensor? = nil, kProjWeight: Tensor? = nil, vProjWeight: Tensor? = nil, staticK: Tensor? = nil, staticV: Tensor? = nil, averageAttnWeights: Bool = true, isCausal: Bool = false) -> (Tensor, Tensor?) { ApusFunctional.multiHeadAttentionForward(input, key, value, embedDimToCheck, numHeads, inProjWeight, inProjBias, biasK, biasV, addZeroAttn, dropoutP, outProjWeight, outProjBias, training: training, keyPaddingMask: keyPaddingMask, needWeights: needWeights, attnMask: attnMask, useSeparateProjWeight: useSeparateProjWeight, qProjWeight: qProjWeight, kProjWeight: kProjWeight, vProjWeight: vProjWeight, staticK: staticK, staticV: staticV, averageAttnWeights: averageAttnWeights, isCausal: isCausal) }

/// PyTorch's `multi_head_attention_forward`: see ``multiHeadAttentionForward(_:_:_:_:_:_:_:_:_:_:_:_:_:training:keyPaddingMask:needWeights:attnMask:useSeparateProjWeight:qProjWeight:kProjWeight:vProjWeight:staticK:staticV:averageAttnWeights:isCausal:)``.
@inlinable @inline(__always)
public func multiHeadAttentionForward(_ input: Tensor, _ key: Tensor, _ value: Tensor, _ embedDimToCheck: Int, _ numHeads: Int, _ inProjWeight: Tensor?, _ inProjBias: Tensor?, _ biasK: Tensor?, _ biasV: Tensor?, _ addZeroAttn: Bool, _ dropoutP: Double, _ outProjWeight: Tensor, _ outProjBias: Tensor?, _ training: Bool, _ keyPaddingMask: Tensor?, _ needWeights: Bool, _ attnMask: Tensor?, useSeparateProjWeight: Bool = false, qProjWeight: Tensor? = nil, kProjWeight: Tensor? = nil, vProjWeight: Tensor? = nil, staticK: Tensor? = nil, staticV: Tensor? = nil, averageAttnWeights: Bool = true, isCausal: Bool = false) -> (Tensor, Tensor?) { ApusFunctional.multiHeadAttentionForward(input, key, value, embedDimToCheck, numHeads, inProjWeight, inProjBias, biasK, biasV, addZeroAttn, dropoutP, outProjWeight, outProjBias, training: training, keyPaddingMask: keyPaddingMask, needWeights: needWeights, attnMask: attnMask, useSeparateProjWeight: useSeparateProjWeight, qProjWeight: qProjWeight, kProjWeight: kProjWeight, vProjWeight: vProjWeight, staticK: staticK, staticV: staticV, averageAttnWeights: averageAttnWeights, isCausal: isCausal) }

/// PyTorch's `multi_head_attention_forward`: see ``multiHeadAttentionForward(_:_:_:_:_:_:_:_:_:_:_:_:_:training:keyPaddingMask:needWeights:attnMask:useSeparateProjWeight:qProjWeight:kProjWeight:vProjWeight:staticK:staticV:averageAttnWeights:isCausal:)``.
@inlinable @inline(__always)
public func multiHeadAttentionForward(_ input: Tensor, _ key: Tensor, _ value: Tensor, _ embedDimToCheck: Int, _ numHeads: Int, _ inProjWeight: Tensor?, _ inProjBias: Tensor?, _ biasK: Tensor?, _ biasV: Tensor?, _ addZeroAttn: Bool, _ dropoutP: Double, _ outProjWeight: Tensor, _ outProjBias: Tensor?, _ training: Bool, _ keyPaddingMask: Tensor?, _ needWeights: Bool, _ attnMask: Tensor?, _ useSeparateProjWeight: Bool, qProjWeight: Tensor? = nil, kProjWeight: Tensor? = nil, vProjWeight: Tensor? = nil, staticK: Tensor? = nil, staticV: Tensor? = nil, averageAttnWeights: Bool = true, isCausal: Bool = false) -> (Tensor, Tensor?) { ApusFunctional.multiHeadAttentionForward(input, key, value, embedDimToCheck, numHeads, inProjWeight, inProjBias, biasK, biasV, addZeroAttn, dropoutP, outProjWeight, outProjBias, training: training, keyPaddingMask: keyPaddingMask, needWeights: needWeights, attnMask: attnMask, useSeparateProjWeight: useSeparateProjWeight, qProjWeight: qProjWeight, kProjWeight: kProjWeight, vProjWeight: vProjWeight, staticK: staticK, staticV: staticV, averageAttnWeights: averageAttnWeights, isCausal: isCausal) }

/// PyTorch's `multi_head_attention_forward`: see ``multiHeadAttentionForward(_:_:_:_:_:_:_:_:_:_:_:_:_:training:keyPaddingMask:needWeights:attnMask:useSeparateProjWeight:qProjWeight:kProjWeight:vProjWeight:staticK:staticV:averageAttnWeights:isCausal:)``.
@inlinable @inline(__always)
public func multiHeadAttentionForward(_ input: Tensor, _ key: Tensor, _ value: Tensor, _ embedDimToCheck: Int, _ numHeads: Int, _ inProjWeight: Tensor?, _ inProjBias: Tensor?, _ biasK: Tensor?, _ biasV: Tensor?, _ addZeroAttn: Bool, _ dropoutP: Double, _ outProjWeight: Tensor, _ outProjBias: Tensor?, _ training: Bool, _ keyPaddingMask: Tensor?, _ needWeights: Bool, _ attnMask: Tensor?, _ useSeparateProjWeight: Bool, _ qProjWeight: Tensor?, kProjWeight: Tensor? = nil, vProjWeight: Tensor? = nil, staticK: Tensor? = nil, staticV: Tensor? = nil, averageAttnWeights: Bool = true, isCausal: Bool = false) -> (Tensor, Tensor?) { ApusFunctional.multiHeadAttentionForward(input, key, value, embedDimToCheck, numHeads, inProjWeight, inProjBias, biasK, biasV, addZeroAttn, dropoutP, outProjWeight, outProjBias, training: training, keyPaddingMask: keyPaddingMask, needWeights: needWeights, attnMask: attnMask, useSeparateProjWeight: useSeparateProjWeight, qProjWeight: qProjWeight, kProjWeight: kProjWeight, vProjWeight: vProjWeight, staticK: staticK, staticV: staticV, averageAttnWeights: averageAttnWeights, isCausal: isCausal) }

/// PyTorch's `multi_head_attention_forward`: see ``multiHeadAttentionForward(_:_:_:_:_:_:_:_:_:_:_:_:_:training:keyPaddingMask:needWeights:attnMask:useSeparateProjWeight:qProjWeight:kProjWeight:vProjWeight:staticK:staticV:averageAttnWeights:isCausal:)``.
@inlinable @inline(__always)
public func multiHeadAttentionForward(_ input: Tensor, _ key: Tensor, _ value: Tensor, _ embedDimToCheck: Int, _ numHeads: Int, _ inProjWeight: Tensor?, _ inProjBias: Tensor?, _ biasK: Tensor?, _ biasV: Tensor?, _ addZeroAttn: Bool, _ dropoutP: Double, _ outProjWeight: Tensor, _ outProjBias: Tensor?, _ training: Bool, _ keyPaddingMask: Tensor?, _ needWeights: Bool, _ attnMask: Tensor?, _ useSeparateProjWeight: Bool, _ qProjWeight: Tensor?, _ kProjWeight: Tensor?, vProjWeight: Tensor? = nil, staticK: Tensor? = nil, staticV: Tensor? = nil, averageAttnWeights: Bool = true, isCausal: Bool = false) -> (Tensor, Tensor?) { ApusFunctional.multiHeadAttentionForward(input, key, value, embedDimToCheck, numHeads, inProjWeight, inProjBias, biasK, biasV, addZeroAttn, dropoutP, outProjWeight, outProjBias, training: training, keyPaddingMask: keyPaddingMask, needWeights: needWeights, attnMask: attnMask, useSeparateProjWeight: useSeparateProjWeight, qProjWeight: qProjWeight, kProjWeight: kProjWeight, vProjWeight: vProjWeight, staticK: staticK, staticV: staticV, averageAttnWeights: averageAttnWeights, isCausal: isCausal) }

/// PyTorch's `multi_head_attention_forward`: see ``multiHeadAttentionForward(_:_:_:_:_:_:_:_:_:_:_:_:_:training:keyPaddingMask:needWeights:attnMask:useSeparateProjWeight:qProjWeight:kProjWeight:vProjWeight:staticK:staticV:averageAttnWeights:isCausal:)``.
@inlinable @inline(__always)
public func multiHeadAttentionForward(_ input: Tensor, _ key: Tensor, _ value: Tensor, _ embedDimToCheck: Int, _ numHeads: Int, _ inProjWeight: Tensor?, _ inProjBias: Tensor?, _ biasK: Tensor?, _ biasV: Tensor?, _ addZeroAttn: Bool, _ dropoutP: Double, _ outProjWeight: Tensor, _ outProjBias: Tensor?, _ training: Bool, _ keyPaddingMask: Tensor?, _ needWeights: Bool, _ attnMask: Tensor?, _ useSeparateProjWeight: Bool, _ qProjWeight: Tensor?, _ kProjWeight: Tensor?, _ vProjWeight: Tensor?, staticK: Tensor? = nil, staticV: Tensor? = nil, averageAttnWeights: Bool = true, isCausal: Bool = false) -> (Tensor, Tensor?) { ApusFunctional.multiHeadAttentionForward(input, key, value, embedDimToCheck, numHeads, inProjWeight, inProjBias, biasK, biasV, addZeroAttn, dropoutP, outProjWeight, outProjBias, training: training, keyPaddingMask: keyPaddingMask, needWeights: needWeights, attnMask: attnMask, useSeparateProjWeight: useSeparateProjWeight, qProjWeight: qProjWeight, kProjWeight: kProjWeight, vProjWeight: vProjWeight, staticK: staticK, staticV: staticV, averageAttnWeights: averageAttnWeights, isCausal: isCausal) }

/// PyTorch's `multi_head_attention_forward`: see ``multiHeadAttentionForward(_:_:_:_:_:_:_:_:_:_:_:_:_:training:keyPaddingMask:needWeights:attnMask:useSeparateProjWeight:qProjWeight:kProjWeight:vProjWeight:staticK:staticV:averageAttnWeights:isCausal:)``.
@inlinable @inline(__always)
public func multiHeadAttentionForward(_ input: Tensor, _ key: Tensor, _ value: Tensor, _ embedDimToCheck: Int, _ numHeads: Int, _ inProjWeight: Tensor?, _ inProjBias: Tensor?, _ biasK: Tensor?, _ biasV: Tensor?, _ addZeroAttn: Bool, _ dropoutP: Double, _ outProjWeight: Tensor, _ outProjBias: Tensor?, _ training: Bool, _ keyPaddingMask: Tensor?, _ needWeights: Bool, _ attnMask: Tensor?, _ useSeparateProjWeight: Bool, _ qProjWeight: Tensor?, _ kProjWeight: Tensor?, _ vProjWeight: Tensor?, _ staticK: Tensor?, staticV: Tensor? = nil, averageAttnWeights: Bool = true, isCausal: Bool = false) -> (Tensor, Tensor?) { ApusFunctional.multiHeadAttentionForward(input, key, value, embedDimToCheck, numHeads, inProjWeight, inProjBias, biasK, biasV, addZeroAttn, dropoutP, outProjWeight, outProjBias, training: training, keyPaddingMask: keyPaddingMask, needWeights: needWeights, attnMask: attnMask, useSeparateProjWeight: useSeparateProjWeight, qProjWeight: qProjWeight, kProjWeight: kProjWeight, vProjWeight: vProjWeight, staticK: staticK, staticV: staticV, averageAttnWeights: averageAttnWeights, isCausal: isCausal) }

/// PyTorch's `multi_head_attention_forward`: see ``multiHeadAttentionForward(_:_:_:_:_:_:_:_:_:_:_:_:_:training:keyPaddingMask:needWeights:attnMask:useSeparateProjWeight:qProjWeight:kProjWeight:vProjWeight:staticK:staticV:averageAttnWeights:isCausal:)``.
@inlinable @inline(__always)
public func multiHeadAttentionForward(_ input: Tensor, _ key: Tensor, _ value: Tensor, _ embedDimToCheck: Int, _ numHeads: Int, _ inProjWeight: Tensor?, _ inProjBias: Tensor?, _ biasK: Tensor?, _ biasV: Tensor?, _ addZeroAttn: Bool, _ dropoutP: Double, _ outProjWeight: Tensor, _ outProjBias: Tensor?, _ training: Bool, _ keyPaddingMask: Tensor?, _ needWeights: Bool, _ attnMask: Tensor?, _ useSeparateProjWeight: Bool, _ qProjWeight: Tensor?, _ kProjWeight: Tensor?, _ vProjWeight: Tensor?, _ staticK: Tensor?, _ staticV: Tensor?, averageAttnWeights: Bool = true, isCausal: Bool = false) -> (Tensor, Tensor?) { ApusFunctional.multiHeadAttentionForward(input, key, value, embedDimToCheck, numHeads, inProjWeight, inProjBias, biasK, biasV, addZeroAttn, dropoutP, outProjWeight, outProjBias, training: training, keyPaddingMask: keyPaddingMask, needWeights: needWeights, attnMask: attnMask, useSeparateProjWeight: useSeparateProjWeight, qProjWeight: qProjWeight, kProjWeight: kProjWeight, vProjWeight: vProjWeight, staticK: staticK, staticV: staticV, averageAttnWeights: averageAttnWeights, isCausal: isCausal) }

/// PyTorch's `multi_head_attention_forward`: see ``multiHeadAttentionForward(_:_:_:_:_:_:_:_:_:_:_:_:_:training:keyPaddingMask:needWeights:attnMask:useSeparateProjWeight:qProjWeight:kProjWeight:vProjWeight:staticK:staticV:averageAttnWeights:isCausal:)``.
@inlinable @inline(__always)
public func multiHeadAttentionForward(_ input: Tensor, _ key: Tensor, _ value: Tensor, _ embedDimToCheck: Int, _ numHeads: Int, _ inProjWeight: Tensor?, _ inProjBias: Tensor?, _ biasK: Tensor?, _ biasV: Tensor?, _ addZeroAttn: Bool, _ dropoutP: Double, _ outProjWeight: Tensor, _ outProjBias: Tensor?, _ training: Bool, _ keyPaddingMask: Tensor?, _ needWeights: Bool, _ attnMask: Tensor?, _ useSeparateProjWeight: Bool, _ qProjWeight: Tensor?, _ kProjWeight: Tensor?, _ vProjWeight: Tensor?, _ staticK: Tensor?, _ staticV: Tensor?, _ averageAttnWeights: Bool, isCausal: Bool = false) -> (Tensor, Tensor?) { ApusFunctional.multiHeadAttentionForward(input, key, value, embedDimToCheck, numHeads, inProjWeight, inProjBias, biasK, biasV, addZeroAttn, dropoutP, outProjWeight, outProjBias, training: training, keyPaddingMask: keyPaddingMask, needWeights: needWeights, attnMask: attnMask, useSeparateProjWeight: useSeparateProjWeight, qProjWeight: qProjWeight, kProjWeight: kProjWeight, vProjWeight: vProjWeight, staticK: staticK, staticV: staticV, averageAttnWeights: averageAttnWeights, isCausal: isCausal) }

/// PyTorch's `multi_head_attention_forward`: see ``multiHeadAttentionForward(_:_:_:_:_:_:_:_:_:_:_:_:_:training:keyPaddingMask:needWeights:attnMask:useSeparateProjWeight:qProjWeight:kProjWeight:vProjWeight:staticK:staticV:averageAttnWeights:isCausal:)``.
@inlinable @inline(__always)
public func multiHeadAttentionForward(_ input: Tensor, _ key: Tensor, _ value: Tensor, _ embedDimToCheck: Int, _ numHeads: Int, _ inProjWeight: Tensor?, _ inProjBias: Tensor?, _ biasK: Tensor?, _ biasV: Tensor?, _ addZeroAttn: Bool, _ dropoutP: Double, _ outProjWeight: Tensor, _ outProjBias: Tensor?, _ training: Bool, _ keyPaddingMask: Tensor?, _ needWeights: Bool, _ attnMask: Tensor?, _ useSeparateProjWeight: Bool, _ qProjWeight: Tensor?, _ kProjWeight: Tensor?, _ vProjWeight: Tensor?, _ staticK: Tensor?, _ staticV: Tensor?, _ averageAttnWeights: Bool, _ isCausal: Bool) -> (Tensor, Tensor?) { ApusFunctional.multiHeadAttentionForward(input, key, value, embedDimToCheck, numHeads, inProjWeight, inProjBias, biasK, biasV, addZeroAttn, dropoutP, outProjWeight, outProjBias, training: training, keyPaddingMask: keyPaddingMask, needWeights: needWeights, attnMask: attnMask, useSeparateProjWeight: useSeparateProjWeight, qProjWeight: qProjWeight, kProjWeight: kProjWeight, vProjWeight: vProjWeight, staticK: staticK, staticV: staticV, averageAttnWeights: averageAttnWeights, isCausal: isCausal) }

/// PyTorch's `multi_margin_loss`: see ``multiMarginLoss(_:_:p:margin:weight:reduction:)``.
@inlinable @inline(__always)
public func multiMarginLoss(_ input: Tensor, target: Tensor, p: Int = 1, margin: Double = 1, weight: Tensor? = nil, reduction: LossReduction = .mean) -> Tensor { ApusFunctional.multiMarginLoss(input, target, p: p, margin: margin, weight: weight, reduction: reduction) }

/// PyTorch's `multi_margin_loss`: see ``multiMarginLoss(_:_:p:margin:weight:reduction:)``.
@inlinable @inline(__always)
public func multiMarginLoss(_ input: Tensor, _ target: Tensor, _ p: Int, margin: Double = 1, weight: Tensor? = nil, reduction: LossReduction = .mean) -> Tensor { ApusFunctional.multiMarginLoss(input, target, p: p, margin: margin, weight: weight, reduction: reduction) }

/// PyTorch's `multi_margin_loss`: see ``multiMarginLoss(_:_:p:margin:weight:reduction:)``.
@inlinable @inline(__always)
public func multiMarginLoss(_ input: Tensor, _ target: Tensor, _ p: Int, _ margin: Double, weight: Tensor? = nil, reduction: LossReduction = .mean) -> Tensor { ApusFunctional.multiMarginLoss(input, target, p: p, margin: margin, weight: weight, reduction: reduction) }

/// PyTorch's `multi_margin_loss`: see ``multiMarginLoss(_:_:p:margin:weight:reduction:)``.
@inlinable @inline(__always)
public func multiMarginLoss(_ input: Tensor, _ target: Tensor, _ p: Int, _ margin: Double, _ weight: Tensor?, reduction: LossReduction = .mean) -> Tensor { ApusFunctional.multiMarginLoss(input, target, p: p, margin: margin, weight: weight, reduction: reduction) }

/// PyTorch's `multi_margin_loss`: see ``multiMarginLoss(_:_:p:margin:weight:reduction:)``.
@inlinable @inline(__always)
public func multiMarginLoss(_ input: Tensor, _ target: Tensor, _ p: Int, _ margin: Double, _ weight: Tensor?, _ reduction: LossReduction) -> Tensor { ApusFunctional.multiMarginLoss(input, target, p: p, margin: margin, weight: weight, reduction: reduction) }

/// PyTorch's `multilabel_margin_loss`: see ``multilabelMarginLoss(_:_:reduction:)``.
@inlinable @inline(__always)
public func multilabelMarginLoss(_ input: Tensor, target: Tensor, reduction: LossReduction = .mean) -> Tensor { ApusFunctional.multilabelMarginLoss(input, target, reduction: reduction) }

/// PyTorch's `multilabel_margin_loss`: see ``multilabelMarginLoss(_:_:reduction:)``.
@inlinable @inline(__always)
public func multilabelMarginLoss(_ input: Tensor, _ target: Tensor, _ reduction: LossReduction) -> Tensor { ApusFunctional.multilabelMarginLoss(input, target, reduction: reduction) }

/// PyTorch's `multilabel_soft_margin_loss`: see ``multilabelSoftMarginLoss(_:_:weight:reduction:)``.
@inlinable @inline(__always)
public func multilabelSoftMarginLoss(_ input: Tensor, target: Tensor, weight: Tensor? = nil, reduction: LossReduction = .mean) -> Tensor { ApusFunctional.multilabelSoftMarginLoss(input, target, weight: weight, reduction: reduction) }

/// PyTorch's `multilabel_soft_margin_loss`: see ``multilabelSoftMarginLoss(_:_:weight:reduction:)``.
@inlinable @inline(__always)
public func multilabelSoftMarginLoss(_ input: Tensor, _ target: Tensor, _ weight: Tensor?, reduction: LossReduction = .mean) -> Tensor { ApusFunctional.multilabelSoftMarginLoss(input, target, weight: weight, reduction: reduction) }

/// PyTorch's `multilabel_soft_margin_loss`: see ``multilabelSoftMarginLoss(_:_:weight:reduction:)``.
@inlinable @inline(__always)
public func multilabelSoftMarginLoss(_ input: Tensor, _ target: Tensor, _ weight: Tensor?, _ reduction: LossReduction) -> Tensor { ApusFunctional.multilabelSoftMarginLoss(input, target, weight: weight, reduction: reduction) }

/// PyTorch's `multinomial`: see ``multinomial(_:_:replacement:generator:)``.
@inlinable @inline(__always)
public func multinomial(_ input: Tensor, numSamples samples: Int, replacement: Bool = false, generator: Generator = .default) -> Tensor { ApusCore.multinomial(input, samples, replacement: replacement, generator: generator) }

/// PyTorch's `multinomial`: see ``multinomial(_:_:replacement:generator:)``.
@inlinable @inline(__always)
public func multinomial(_ input: Tensor, _ samples: Int, _ replacement: Bool, generator: Generator = .default) -> Tensor { ApusCore.multinomial(input, samples, replacement: replacement, generator: generator) }

/// PyTorch's `mv`: see ``mv(_:_:)``.
@inlinable @inline(__always)
public func mv(_ input: Tensor, vec vector: Tensor) -> Tensor { ApusFunctional.mv(input, vector) }

/// PyTorch's `mvlgamma`: see ``Tensor/mvlgamma(_:)``.
@inlinable @inline(__always)
public func mvlgamma(_ input: Tensor, _ p: Int) -> Tensor { input.mvlgamma(p) }

/// PyTorch's `mvlgamma`: see ``Tensor/mvlgamma(_:)``.
@inlinable @inline(__always)
public func mvlgamma(_ input: Tensor, p: Int) -> Tensor { input.mvlgamma(p) }

/// PyTorch's `nan_to_num`: see ``Tensor/nanToNum(nan:posinf:neginf:)``.
@inlinable @inline(__always)
public func nanToNum(_ input: Tensor, nan: Double = 0, posinf: Double? = nil, neginf: Double? = nil) -> Tensor { input.nanToNum(nan: nan, posinf: posinf, neginf: neginf) }

/// PyTorch's `nan_to_num`: see ``Tensor/nanToNum(nan:posinf:neginf:)``.
@inlinable @inline(__always)
public func nanToNum(_ input: Tensor, _ nan: Double, posinf: Double? = nil, neginf: Double? = nil) -> Tensor { input.nanToNum(nan: nan, posinf: posinf, neginf: neginf) }

/// PyTorch's `nan_to_num`: see ``Tensor/nanToNum(nan:posinf:neginf:)``.
@inlinable @inline(__always)
public func nanToNum(_ input: Tensor, _ nan: Double, _ posinf: Double?, neginf: Double? = nil) -> Tensor { input.nanToNum(nan: nan, posinf: posinf, neginf: neginf) }

/// PyTorch's `nan_to_num`: see ``Tensor/nanToNum(nan:posinf:neginf:)``.
@inlinable @inline(__always)
public func nanToNum(_ input: Tensor, _ nan: Double, _ posinf: Double?, _ neginf: Double?) -> Tensor { input.nanToNum(nan: nan, posinf: posinf, neginf: neginf) }

/// PyTorch's `nanmean`: see ``Tensor/nanmean(_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func nanmean(_ input: Tensor, _ dims: [Int]? = nil, keepDim: Bool = false, dtype: DType? = nil) -> Tensor { input.nanmean(dims, keepDim: keepDim, dtype: dtype) }

/// PyTorch's `nanmean`: see ``Tensor/nanmean(_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func nanmean(_ input: Tensor, dim dims: [Int]?, keepDim: Bool = false, dtype: DType? = nil) -> Tensor { input.nanmean(dims, keepDim: keepDim, dtype: dtype) }

/// PyTorch's `nanmean`: see ``Tensor/nanmean(_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func nanmean(_ input: Tensor, _ dims: [Int]?, _ keepDim: Bool, dtype: DType? = nil) -> Tensor { input.nanmean(dims, keepDim: keepDim, dtype: dtype) }

/// PyTorch's `nanmean`: see ``Tensor/nanmean(_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func nanmean(_ input: Tensor, dim dims: [Int]? = nil, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { input.nanmean(dims, keepDim: keepDim, dtype: dtype) }

/// PyTorch's `nanmean`: see ``Tensor/nanmean(_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func nanmean(_ input: Tensor, _ dims: [Int]?, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { input.nanmean(dims, keepDim: keepDim, dtype: dtype) }

/// PyTorch's `nanmean`: see ``Tensor/nanmean(_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func nanmean(_ input: Tensor, _ dims: Int, keepDim: Bool = false, dtype: DType? = nil) -> Tensor { input.nanmean([dims], keepDim: keepDim, dtype: dtype) }

/// PyTorch's `nanmean`: see ``Tensor/nanmean(_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func nanmean(_ input: Tensor, dim dims: Int, keepDim: Bool = false, dtype: DType? = nil) -> Tensor { input.nanmean([dims], keepDim: keepDim, dtype: dtype) }

/// PyTorch's `nanmean`: see ``Tensor/nanmean(_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func nanmean(_ input: Tensor, _ dims: Int, _ keepDim: Bool, dtype: DType? = nil) -> Tensor { input.nanmean([dims], keepDim: keepDim, dtype: dtype) }

/// PyTorch's `nanmean`: see ``Tensor/nanmean(_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func nanmean(_ input: Tensor, dim dims: Int, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { input.nanmean([dims], keepDim: keepDim, dtype: dtype) }

/// PyTorch's `nanmean`: see ``Tensor/nanmean(_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func nanmean(_ input: Tensor, _ dims: Int, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { input.nanmean([dims], keepDim: keepDim, dtype: dtype) }

/// PyTorch's `nanmedian`: see ``Tensor/nanmedian(_:keepDim:)``.
@inlinable @inline(__always)
public func nanmedian(_ input: Tensor, _ dim: Int, keepDim: Bool = false) -> ValuesIndices { input.nanmedian(dim, keepDim: keepDim) }

/// PyTorch's `nanmedian`: see ``Tensor/nanmedian(_:keepDim:)``.
@_disfavoredOverload @inlinable @inline(__always)
public func nanmedian(_ input: Tensor, _ dim: Int, keepDim: Bool = false) -> (values: Tensor, indices: Tensor) { input.nanmedian(dim, keepDim: keepDim) }

/// PyTorch's `nanmedian`: see ``Tensor/nanmedian(_:keepDim:)``.
@inlinable @inline(__always)
public func nanmedian(_ input: Tensor, dim: Int, keepDim: Bool = false) -> ValuesIndices { input.nanmedian(dim, keepDim: keepDim) }

/// PyTorch's `nanmedian`: see ``Tensor/nanmedian(_:keepDim:)``.
@_disfavoredOverload @inlinable @inline(__always)
public func nanmedian(_ input: Tensor, dim: Int, keepDim: Bool = false) -> (values: Tensor, indices: Tensor) { input.nanmedian(dim, keepDim: keepDim) }

/// PyTorch's `nanmedian`: see ``Tensor/nanmedian(_:keepDim:)``.
@inlinable @inline(__always)
public func nanmedian(_ input: Tensor, _ dim: Int, _ keepDim: Bool) -> ValuesIndices { input.nanmedian(dim, keepDim: keepDim) }

/// PyTorch's `nanmedian`: see ``Tensor/nanmedian(_:keepDim:)``.
@_disfavoredOverload @inlinable @inline(__always)
public func nanmedian(_ input: Tensor, _ dim: Int, _ keepDim: Bool) -> (values: Tensor, indices: Tensor) { input.nanmedian(dim, keepDim: keepDim) }

/// PyTorch's `nanmedian`: see ``Tensor/nanmedian(_:keepDim:)``.
@inlinable @inline(__always)
public func nanmedian(_ input: Tensor, dim: Int, keepdim keepDim: Bool) -> ValuesIndices { input.nanmedian(dim, keepDim: keepDim) }

/// PyTorch's `nanmedian`: see ``Tensor/nanmedian(_:keepDim:)``.
@_disfavoredOverload @inlinable @inline(__always)
public func nanmedian(_ input: Tensor, dim: Int, keepdim keepDim: Bool) -> (values: Tensor, indices: Tensor) { input.nanmedian(dim, keepDim: keepDim) }

/// PyTorch's `nanmedian`: see ``Tensor/nanmedian(_:keepDim:)``.
@inlinable @inline(__always)
public func nanmedian(_ input: Tensor, _ dim: Int, keepdim keepDim: Bool) -> ValuesIndices { input.nanmedian(dim, keepDim: keepDim) }

/// PyTorch's `nanmedian`: see ``Tensor/nanmedian(_:keepDim:)``.
@_disfavoredOverload @inlinable @inline(__always)
public func nanmedian(_ input: Tensor, _ dim: Int, keepdim keepDim: Bool) -> (values: Tensor, indices: Tensor) { input.nanmedian(dim, keepDim: keepDim) }

/// PyTorch's `nanmedian`: see ``Tensor/nanmedian()``.
@inlinable @inline(__always)
public func nanmedian(_ input: Tensor) -> Tensor { input.nanmedian() }

/// PyTorch's `nanquantile`: see ``Tensor/nanquantile(_:dim:keepDim:interpolation:)``.
@inlinable @inline(__always)
public func nanquantile(_ input: Tensor, _ q: Tensor, dim: Int? = nil, keepDim: Bool = false, interpolation: QuantileInterpolation = .linear) -> Tensor { input.nanquantile(q, dim: dim, keepDim: keepDim, interpolation: interpolation) }

/// PyTorch's `nanquantile`: see ``Tensor/nanquantile(_:dim:keepDim:interpolation:)``.
@inlinable @inline(__always)
public func nanquantile(_ input: Tensor, q: Tensor, dim: Int? = nil, keepDim: Bool = false, interpolation: QuantileInterpolation = .linear) -> Tensor { input.nanquantile(q, dim: dim, keepDim: keepDim, interpolation: interpolation) }

/// PyTorch's `nanquantile`: see ``Tensor/nanquantile(_:dim:keepDim:interpolation:)``.
@inlinable @inline(__always)
public func nanquantile(_ input: Tensor, _ q: Tensor, _ dim: Int?, keepDim: Bool = false, interpolation: QuantileInterpolation = .linear) -> Tensor { input.nanquantile(q, dim: dim, keepDim: keepDim, interpolation: interpolation) }

/// PyTorch's `nanquantile`: see ``Tensor/nanquantile(_:dim:keepDim:interpolation:)``.
@inlinable @inline(__always)
public func nanquantile(_ input: Tensor, _ q: Tensor, _ dim: Int?, _ keepDim: Bool, interpolation: QuantileInterpolation = .linear) -> Tensor { input.nanquantile(q, dim: dim, keepDim: keepDim, interpolation: interpolation) }

/// PyTorch's `nanquantile`: see ``Tensor/nanquantile(_:dim:keepDim:interpolation:)``.
@inlinable @inline(__always)
public func nanquantile(_ input: Tensor, q: Tensor, dim: Int? = nil, keepdim keepDim: Bool, interpolation: QuantileInterpolation = .linear) -> Tensor { input.nanquantile(q, dim: dim, keepDim: keepDim, interpolation: interpolation) }

/// PyTorch's `nanquantile`: see ``Tensor/nanquantile(_:dim:keepDim:interpolation:)``.
@inlinable @inline(__always)
public func nanquantile(_ input: Tensor, _ q: Tensor, dim: Int?, keepdim keepDim: Bool, interpolation: QuantileInterpolation = .linear) -> Tensor { input.nanquantile(q, dim: dim, keepDim: keepDim, interpolation: interpolation) }

/// PyTorch's `nanquantile`: see ``Tensor/nanquantile(_:dim:keepDim:interpolation:)``.
@inlinable @inline(__always)
public func nanquantile(_ input: Tensor, _ q: Tensor, keepdim keepDim: Bool, interpolation: QuantileInterpolation = .linear) -> Tensor { input.nanquantile(q, keepDim: keepDim, interpolation: interpolation) }

/// PyTorch's `nanquantile`: see ``Tensor/nanquantile(_:dim:keepDim:interpolation:)``.
@inlinable @inline(__always)
public func nanquantile(_ input: Tensor, _ q: Tensor, _ dim: Int?, keepdim keepDim: Bool, interpolation: QuantileInterpolation = .linear) -> Tensor { input.nanquantile(q, dim: dim, keepDim: keepDim, interpolation: interpolation) }

/// PyTorch's `nanquantile`: see ``Tensor/nanquantile(_:dim:keepDim:interpolation:)``.
@inlinable @inline(__always)
public func nanquantile(_ input: Tensor, _ q: Double, dim: Int? = nil, keepDim: Bool = false, interpolation: QuantileInterpolation = .linear) -> Tensor { input.nanquantile(q, dim: dim, keepDim: keepDim, interpolation: interpolation) }

/// PyTorch's `nanquantile`: see ``Tensor/nanquantile(_:dim:keepDim:interpolation:)``.
@inlinable @inline(__always)
public func nanquantile(_ input: Tensor, q: Double, dim: Int? = nil, keepDim: Bool = false, interpolation: QuantileInterpolation = .linear) -> Tensor { input.nanquantile(q, dim: dim, keepDim: keepDim, interpolation: interpolation) }

/// PyTorch's `nanquantile`: see ``Tensor/nanquantile(_:dim:keepDim:interpolation:)``.
@inlinable @inline(__always)
public func nanquantile(_ input: Tensor, _ q: Double, _ dim: Int?, keepDim: Bool = false, interpolation: QuantileInterpolation = .linear) -> Tensor { input.nanquantile(q, dim: dim, keepDim: keepDim, interpolation: interpolation) }

/// PyTorch's `nanquantile`: see ``Tensor/nanquantile(_:dim:keepDim:interpolation:)``.
@inlinable @inline(__always)
public func nanquantile(_ input: Tensor, _ q: Double, _ dim: Int?, _ keepDim: Bool, interpolation: QuantileInterpolation = .linear) -> Tensor { input.nanquantile(q, dim: dim, keepDim: keepDim, interpolation: interpolation) }

/// PyTorch's `nanquantile`: see ``Tensor/nanquantile(_:dim:keepDim:interpolation:)``.
@inlinable @inline(__always)
public func nanquantile(_ input: Tensor, q: Double, dim: Int?, keepdim keepDim: Bool, interpolation: QuantileInterpolation = .linear) -> Tensor { input.nanquantile(q, dim: dim, keepDim: keepDim, interpolation: interpolation) }

/// PyTorch's `nanquantile`: see ``Tensor/nanquantile(_:dim:keepDim:interpolation:)``.
@inlinable @inline(__always)
public func nanquantile(_ input: Tensor, q: Double, keepdim keepDim: Bool, interpolation: QuantileInterpolation = .linear) -> Tensor { input.nanquantile(q, keepDim: keepDim, interpolation: interpolation) }

/// PyTorch's `nanquantile`: see ``Tensor/nanquantile(_:dim:keepDim:interpolation:)``.
@inlinable @inline(__always)
public func nanquantile(_ input: Tensor, _ q: Double, dim: Int?, keepdim keepDim: Bool, interpolation: QuantileInterpolation = .linear) -> Tensor { input.nanquantile(q, dim: dim, keepDim: keepDim, interpolation: interpolation) }

/// PyTorch's `nanquantile`: see ``Tensor/nanquantile(_:dim:keepDim:interpolation:)``.
@inlinable @inline(__always)
public func nanquantile(_ input: Tensor, _ q: Double, keepdim keepDim: Bool, interpolation: QuantileInterpolation = .linear) -> Tensor { input.nanquantile(q, keepDim: keepDim, interpolation: interpolation) }

/// PyTorch's `nanquantile`: see ``Tensor/nanquantile(_:dim:keepDim:interpolation:)``.
@inlinable @inline(__always)
public func nanquantile(_ input: Tensor, _ q: Double, _ dim: Int?, keepdim keepDim: Bool, interpolation: QuantileInterpolation = .linear) -> Tensor { input.nanquantile(q, dim: dim, keepDim: keepDim, interpolation: interpolation) }

/// PyTorch's `nansum`: see ``Tensor/nansum(_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func nansum(_ input: Tensor, _ dims: [Int]? = nil, keepDim: Bool = false, dtype: DType? = nil) -> Tensor { input.nansum(dims, keepDim: keepDim, dtype: dtype) }

/// PyTorch's `nansum`: see ``Tensor/nansum(_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func nansum(_ input: Tensor, dim dims: [Int]?, keepDim: Bool = false, dtype: DType? = nil) -> Tensor { input.nansum(dims, keepDim: keepDim, dtype: dtype) }

/// PyTorch's `nansum`: see ``Tensor/nansum(_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func nansum(_ input: Tensor, _ dims: [Int]?, _ keepDim: Bool, dtype: DType? = nil) -> Tensor { input.nansum(dims, keepDim: keepDim, dtype: dtype) }

/// PyTorch's `nansum`: see ``Tensor/nansum(_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func nansum(_ input: Tensor, dim dims: [Int]? = nil, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { input.nansum(dims, keepDim: keepDim, dtype: dtype) }

/// PyTorch's `nansum`: see ``Tensor/nansum(_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func nansum(_ input: Tensor, _ dims: [Int]?, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { input.nansum(dims, keepDim: keepDim, dtype: dtype) }

/// PyTorch's `nansum`: see ``Tensor/nansum(_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func nansum(_ input: Tensor, _ dims: Int, keepDim: Bool = false, dtype: DType? = nil) -> Tensor { input.nansum([dims], keepDim: keepDim, dtype: dtype) }

/// PyTorch's `nansum`: see ``Tensor/nansum(_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func nansum(_ input: Tensor, dim dims: Int, keepDim: Bool = false, dtype: DType? = nil) -> Tensor { input.nansum([dims], keepDim: keepDim, dtype: dtype) }

/// PyTorch's `nansum`: see ``Tensor/nansum(_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func nansum(_ input: Tensor, _ dims: Int, _ keepDim: Bool, dtype: DType? = nil) -> Tensor { input.nansum([dims], keepDim: keepDim, dtype: dtype) }

/// PyTorch's `nansum`: see ``Tensor/nansum(_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func nansum(_ input: Tensor, dim dims: Int, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { input.nansum([dims], keepDim: keepDim, dtype: dtype) }

/// PyTorch's `nansum`: see ``Tensor/nansum(_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func nansum(_ input: Tensor, _ dims: Int, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { input.nansum([dims], keepDim: keepDim, dtype: dtype) }

/// PyTorch's `narrow`: see ``Tensor/narrow(_:_:_:)``.
@inlinable @inline(__always)
public func narrow(_ input: Tensor, _ dim: Int, _ start: Int, _ length: Int) -> Tensor { input.narrow(dim, start, length) }

/// PyTorch's `narrow`: see ``Tensor/narrow(_:_:_:)``.
@inlinable @inline(__always)
public func narrow(_ input: Tensor, dim: Int, start: Int, length: Int) -> Tensor { input.narrow(dim, start, length) }

/// PyTorch's `narrow`: see ``Tensor/narrow(_:_:_:)``.
@inlinable @inline(__always)
public func narrow(_ input: Tensor, _ dim: Int, start: Int, length: Int) -> Tensor { input.narrow(dim, start, length) }

/// PyTorch's `narrow`: see ``Tensor/narrow(_:_:_:)``.
@inlinable @inline(__always)
public func narrow(_ input: Tensor, _ dim: Int, _ start: Int, length: Int) -> Tensor { input.narrow(dim, start, length) }

/// PyTorch's `narrow`: see ``Tensor/narrow(_:_:_:)``.
@inlinable @inline(__always)
public func narrow(_ input: Tensor, _ dim: Int, _ start: Tensor, _ length: Int) -> Tensor { input.narrow(dim, start, length) }

/// PyTorch's `narrow`: see ``Tensor/narrow(_:_:_:)``.
@inlinable @inline(__always)
public func narrow(_ input: Tensor, dim: Int, start: Tensor, length: Int) -> Tensor { input.narrow(dim, start, length) }

/// PyTorch's `narrow`: see ``Tensor/narrow(_:_:_:)``.
@inlinable @inline(__always)
public func narrow(_ input: Tensor, _ dim: Int, start: Tensor, length: Int) -> Tensor { input.narrow(dim, start, length) }

/// PyTorch's `narrow`: see ``Tensor/narrow(_:_:_:)``.
@inlinable @inline(__always)
public func narrow(_ input: Tensor, _ dim: Int, _ start: Tensor, length: Int) -> Tensor { input.narrow(dim, start, length) }

/// PyTorch's `ne`: see ``Tensor/ne(_:)``.
@inlinable @inline(__always)
public func ne(_ input: Tensor, _ other: Tensor) -> Tensor { input.ne(other) }

/// PyTorch's `ne`: see ``Tensor/ne(_:)``.
@inlinable @inline(__always)
public func ne(_ input: Tensor, other: Tensor) -> Tensor { input.ne(other) }

/// PyTorch's `ne`: see ``Tensor/ne(_:)``.
@inlinable @inline(__always)
public func ne(_ input: Tensor, _ other: some ScalarConvertible) -> Tensor { input.ne(other) }

/// PyTorch's `ne`: see ``Tensor/ne(_:)``.
@inlinable @inline(__always)
public func ne(_ input: Tensor, other: some ScalarConvertible) -> Tensor { input.ne(other) }

/// PyTorch's `ne`: see ``Tensor/ne(_:)``.
@inlinable @inline(__always)
public func notEqual(_ input: Tensor, _ other: Tensor) -> Tensor { input.ne(other) }

/// PyTorch's `ne`: see ``Tensor/ne(_:)``.
@inlinable @inline(__always)
public func notEqual(_ input: Tensor, other: Tensor) -> Tensor { input.ne(other) }

/// PyTorch's `ne`: see ``Tensor/ne(_:)``.
@inlinable @inline(__always)
public func notEqual(_ input: Tensor, _ other: some ScalarConvertible) -> Tensor { input.ne(other) }

/// PyTorch's `ne`: see ``Tensor/ne(_:)``.
@inlinable @inline(__always)
public func notEqual(_ input: Tensor, other: some ScalarConvertible) -> Tensor { input.ne(other) }

/// PyTorch's `nextafter`: see ``Tensor/nextafter(_:)``.
@inlinable @inline(__always)
public func nextafter(_ input: Tensor, _ other: Tensor) -> Tensor { input.nextafter(other) }

/// PyTorch's `nextafter`: see ``Tensor/nextafter(_:)``.
@inlinable @inline(__always)
public func nextafter(_ input: Tensor, other: Tensor) -> Tensor { input.nextafter(other) }

/// PyTorch's `nll_loss`: see ``nllLoss(_:_:weight:ignoreIndex:reduction:)``.
@inlinable @inline(__always)
public func nllLoss(_ input: Tensor, target: Tensor, weight: Tensor? = nil, ignoreIndex: Int = -100, reduction: LossReduction = .mean) -> Tensor { ApusFunctional.nllLoss(input, target, weight: weight, ignoreIndex: ignoreIndex, reduction: reduction) }

/// PyTorch's `nll_loss`: see ``nllLoss(_:_:weight:ignoreIndex:reduction:)``.
@inlinable @inline(__always)
public func nllLoss(_ input: Tensor, _ target: Tensor, _ weight: Tensor?, ignoreIndex: Int = -100, reduction: LossReduction = .mean) -> Tensor { ApusFunctional.nllLoss(input, target, weight: weight, ignoreIndex: ignoreIndex, reduction: reduction) }

/// PyTorch's `nll_loss`: see ``nllLoss(_:_:weight:ignoreIndex:reduction:)``.
@inlinable @inline(__always)
public func nllLoss(_ input: Tensor, _ target: Tensor, _ weight: Tensor?, _ ignoreIndex: Int, reduction: LossReduction = .mean) -> Tensor { ApusFunctional.nllLoss(input, target, weight: weight, ignoreIndex: ignoreIndex, reduction: reduction) }

/// PyTorch's `nll_loss`: see ``nllLoss(_:_:weight:ignoreIndex:reduction:)``.
@inlinable @inline(__always)
public func nllLoss(_ input: Tensor, _ target: Tensor, _ weight: Tensor?, _ ignoreIndex: Int, _ reduction: LossReduction) -> Tensor { ApusFunctional.nllLoss(input, target, weight: weight, ignoreIndex: ignoreIndex, reduction: reduction) }

/// PyTorch's `nonzero`: see ``Tensor/nonzero()``.
@inlinable @inline(__always)
public func nonzero(_ input: Tensor) -> Tensor { input.nonzero() }

/// PyTorch's `nonzero_static`: see ``Tensor/nonzeroStatic(size:fillValue:)``.
@inlinable @inline(__always)
public func nonzeroStatic(_ input: Tensor, size: Int, fillValue: Int = -1) -> Tensor { input.nonzeroStatic(size: size, fillValue: fillValue) }

/// PyTorch's `norm`: see ``Tensor/norm(_:_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func norm(_ input: Tensor, _ p: Double = 2, _ dims: [Int]? = nil, keepDim: Bool = false, dtype: DType? = nil) -> Tensor { input.norm(p, dims, keepDim: keepDim, dtype: dtype) }

/// PyTorch's `norm`: see ``Tensor/norm(_:_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func norm(_ input: Tensor, p: Double, dim dims: [Int]? = nil, keepDim: Bool = false, dtype: DType? = nil) -> Tensor { input.norm(p, dims, keepDim: keepDim, dtype: dtype) }

/// PyTorch's `norm`: see ``Tensor/norm(_:_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func norm(_ input: Tensor, dim dims: [Int]?, keepDim: Bool = false, dtype: DType? = nil) -> Tensor { input.norm(2, dims, keepDim: keepDim, dtype: dtype) }

/// PyTorch's `norm`: see ``Tensor/norm(_:_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func norm(_ input: Tensor, _ p: Double, dim dims: [Int]?, keepDim: Bool = false, dtype: DType? = nil) -> Tensor { input.norm(p, dims, keepDim: keepDim, dtype: dtype) }

/// PyTorch's `norm`: see ``Tensor/norm(_:_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func norm(_ input: Tensor, _ p: Double, _ dims: [Int]?, _ keepDim: Bool, dtype: DType? = nil) -> Tensor { input.norm(p, dims, keepDim: keepDim, dtype: dtype) }

/// PyTorch's `norm`: see ``Tensor/norm(_:_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func norm(_ input: Tensor, p: Double = 2, dim dims: [Int]? = nil, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { input.norm(p, dims, keepDim: keepDim, dtype: dtype) }

/// PyTorch's `norm`: see ``Tensor/norm(_:_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func norm(_ input: Tensor, _ p: Double, dim dims: [Int]?, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { input.norm(p, dims, keepDim: keepDim, dtype: dtype) }

/// PyTorch's `norm`: see ``Tensor/norm(_:_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func norm(_ input: Tensor, _ p: Double, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { input.norm(p, nil, keepDim: keepDim, dtype: dtype) }

/// PyTorch's `norm`: see ``Tensor/norm(_:_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func norm(_ input: Tensor, _ p: Double, _ dims: [Int]?, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { input.norm(p, dims, keepDim: keepDim, dtype: dtype) }

/// PyTorch's `norm`: see ``Tensor/norm(_:_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func norm(_ input: Tensor, _ p: Double, _ dims: Int, keepDim: Bool = false, dtype: DType? = nil) -> Tensor { input.norm(p, [dims], keepDim: keepDim, dtype: dtype) }

/// PyTorch's `norm`: see ``Tensor/norm(_:_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func norm(_ input: Tensor, p: Double = 2, dim dims: Int, keepDim: Bool = false, dtype: DType? = nil) -> Tensor { input.norm(p, [dims], keepDim: keepDim, dtype: dtype) }

/// PyTorch's `norm`: see ``Tensor/norm(_:_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func norm(_ input: Tensor, _ p: Double, dim dims: Int, keepDim: Bool = false, dtype: DType? = nil) -> Tensor { input.norm(p, [dims], keepDim: keepDim, dtype: dtype) }

/// PyTorch's `norm`: see ``Tensor/norm(_:_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func norm(_ input: Tensor, _ p: Double, _ dims: Int, _ keepDim: Bool, dtype: DType? = nil) -> Tensor { input.norm(p, [dims], keepDim: keepDim, dtype: dtype) }

/// PyTorch's `norm`: see ``Tensor/norm(_:_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func norm(_ input: Tensor, p: Double, dim dims: Int, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { input.norm(p, [dims], keepDim: keepDim, dtype: dtype) }

/// PyTorch's `norm`: see ``Tensor/norm(_:_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func norm(_ input: Tensor, dim dims: Int, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { input.norm(2, [dims], keepDim: keepDim, dtype: dtype) }

/// PyTorch's `norm`: see ``Tensor/norm(_:_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func norm(_ input: Tensor, _ p: Double, dim dims: Int, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { input.norm(p, [dims], keepDim: keepDim, dtype: dtype) }

/// PyTorch's `norm`: see ``Tensor/norm(_:_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func norm(_ input: Tensor, _ p: Double, _ dims: Int, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { input.norm(p, [dims], keepDim: keepDim, dtype: dtype) }

/// PyTorch's `norm`: see ``Tensor/norm(_:_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func norm(_ input: Tensor, _ p: NamedNorm, _ dims: [Int]? = nil, keepDim: Bool = false, dtype: DType? = nil) -> Tensor { input.norm(p, dims, keepDim: keepDim, dtype: dtype) }

/// PyTorch's `norm`: see ``Tensor/norm(_:_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func norm(_ input: Tensor, p: NamedNorm, dim dims: [Int]? = nil, keepDim: Bool = false, dtype: DType? = nil) -> Tensor { input.norm(p, dims, keepDim: keepDim, dtype: dtype) }

/// PyTorch's `norm`: see ``Tensor/norm(_:_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func norm(_ input: Tensor, _ p: NamedNorm, dim dims: [Int]?, keepDim: Bool = false, dtype: DType? = nil) -> Tensor { input.norm(p, dims, keepDim: keepDim, dtype: dtype) }

/// PyTorch's `norm`: see ``Tensor/norm(_:_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func norm(_ input: Tensor, _ p: NamedNorm, _ dims: [Int]?, _ keepDim: Bool, dtype: DType? = nil) -> Tensor { input.norm(p, dims, keepDim: keepDim, dtype: dtype) }

/// PyTorch's `norm`: see ``Tensor/norm(_:_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func norm(_ input: Tensor, p: NamedNorm, dim dims: [Int]?, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { input.norm(p, dims, keepDim: keepDim, dtype: dtype) }

/// PyTorch's `norm`: see ``Tensor/norm(_:_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func norm(_ input: Tensor, p: NamedNorm, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { input.norm(p, nil, keepDim: keepDim, dtype: dtype) }

/// PyTorch's `norm`: see ``Tensor/norm(_:_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func norm(_ input: Tensor, _ p: NamedNorm, dim dims: [Int]?, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { input.norm(p, dims, keepDim: keepDim, dtype: dtype) }

/// PyTorch's `norm`: see ``Tensor/norm(_:_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func norm(_ input: Tensor, _ p: NamedNorm, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { input.norm(p, nil, keepDim: keepDim, dtype: dtype) }

/// PyTorch's `norm`: see ``Tensor/norm(_:_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func norm(_ input: Tensor, _ p: NamedNorm, _ dims: [Int]?, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { input.norm(p, dims, keepDim: keepDim, dtype: dtype) }

/// PyTorch's `norm`: see ``Tensor/norm(_:_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func norm(_ input: Tensor, _ p: NamedNorm, _ dims: Int, keepDim: Bool = false, dtype: DType? = nil) -> Tensor { input.norm(p, [dims], keepDim: keepDim, dtype: dtype) }

/// PyTorch's `norm`: see ``Tensor/norm(_:_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func norm(_ input: Tensor, p: NamedNorm, dim dims: Int, keepDim: Bool = false, dtype: DType? = nil) -> Tensor { input.norm(p, [dims], keepDim: keepDim, dtype: dtype) }

/// PyTorch's `norm`: see ``Tensor/norm(_:_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func norm(_ input: Tensor, _ p: NamedNorm, dim dims: Int, keepDim: Bool = false, dtype: DType? = nil) -> Tensor { input.norm(p, [dims], keepDim: keepDim, dtype: dtype) }

/// PyTorch's `norm`: see ``Tensor/norm(_:_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func norm(_ input: Tensor, _ p: NamedNorm, _ dims: Int, _ keepDim: Bool, dtype: DType? = nil) -> Tensor { input.norm(p, [dims], keepDim: keepDim, dtype: dtype) }

/// PyTorch's `norm`: see ``Tensor/norm(_:_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func norm(_ input: Tensor, p: NamedNorm, dim dims: Int, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { input.norm(p, [dims], keepDim: keepDim, dtype: dtype) }

/// PyTorch's `norm`: see ``Tensor/norm(_:_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func norm(_ input: Tensor, _ p: NamedNorm, dim dims: Int, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { input.norm(p, [dims], keepDim: keepDim, dtype: dtype) }

/// PyTorch's `norm`: see ``Tensor/norm(_:_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func norm(_ input: Tensor, _ p: NamedNorm, _ dims: Int, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { input.norm(p, [dims], keepDim: keepDim, dtype: dtype) }

/// PyTorch's `normalize`: see ``normalize(_:p:dim:eps:)``.
@inlinable @inline(__always)
public func normalize(_ input: Tensor, _ p: Double, dim: Int = 1, eps: Double = 1e-12) -> Tensor { ApusFunctional.normalize(input, p: p, dim: dim, eps: eps) }

/// PyTorch's `normalize`: see ``normalize(_:p:dim:eps:)``.
@inlinable @inline(__always)
public func normalize(_ input: Tensor, _ p: Double, _ dim: Int, eps: Double = 1e-12) -> Tensor { ApusFunctional.normalize(input, p: p, dim: dim, eps: eps) }

/// PyTorch's `normalize`: see ``normalize(_:p:dim:eps:)``.
@inlinable @inline(__always)
public func normalize(_ input: Tensor, _ p: Double, _ dim: Int, _ eps: Double) -> Tensor { ApusFunctional.normalize(input, p: p, dim: dim, eps: eps) }

/// PyTorch's `one_hot`: see ``oneHot(_:numClasses:)``.
@inlinable @inline(__always)
public func oneHot(_ input: Tensor, _ numClasses: Int) -> Tensor { ApusFunctional.oneHot(input, numClasses: numClasses) }

/// PyTorch's `ormqr`: see ``ormqr(_:_:_:left:transpose:)``.
@inlinable @inline(__always)
public func ormqr(_ input: Tensor, input2 tau: Tensor, input3 other: Tensor, left: Bool = true, transpose: Bool = false) -> Tensor { ApusFunctional.ormqr(input, tau, other, left: left, transpose: transpose) }

/// PyTorch's `ormqr`: see ``ormqr(_:_:_:left:transpose:)``.
@inlinable @inline(__always)
public func ormqr(_ input: Tensor, _ tau: Tensor, input3 other: Tensor, left: Bool = true, transpose: Bool = false) -> Tensor { ApusFunctional.ormqr(input, tau, other, left: left, transpose: transpose) }

/// PyTorch's `ormqr`: see ``ormqr(_:_:_:left:transpose:)``.
@inlinable @inline(__always)
public func ormqr(_ input: Tensor, _ tau: Tensor, _ other: Tensor, _ left: Bool, transpose: Bool = false) -> Tensor { ApusFunctional.ormqr(input, tau, other, left: left, transpose: transpose) }

/// PyTorch's `ormqr`: see ``ormqr(_:_:_:left:transpose:)``.
@inlinable @inline(__always)
public func ormqr(_ input: Tensor, _ tau: Tensor, _ other: Tensor, _ left: Bool, _ transpose: Bool) -> Tensor { ApusFunctional.ormqr(input, tau, other, left: left, transpose: transpose) }

/// PyTorch's `outer`: see ``outer(_:_:)``.
@inlinable @inline(__always)
public func outer(_ input: Tensor, vec2 b: Tensor) -> Tensor { ApusFunctional.outer(input, b) }

/// PyTorch's `outer`: see ``outer(_:_:)``.
@inlinable @inline(__always)
public func ger(_ input: Tensor, _ b: Tensor) -> Tensor { ApusFunctional.outer(input, b) }

/// PyTorch's `outer`: see ``outer(_:_:)``.
@inlinable @inline(__always)
public func ger(_ input: Tensor, vec2 b: Tensor) -> Tensor { ApusFunctional.outer(input, b) }

/// PyTorch's `pad`: see ``Tensor/pad(_:mode:value:)``.
@inlinable @inline(__always)
public func pad(_ input: Tensor, _ pad: [Int], mode: PadMode = .constant, value: some ScalarConvertible = 0.0) -> Tensor { input.pad(pad, mode: mode, value: value) }

/// PyTorch's `pad`: see ``Tensor/pad(_:mode:value:)``.
@inlinable @inline(__always)
public func pad(_ input: Tensor, pad: [Int], mode: PadMode = .constant, value: some ScalarConvertible = 0.0) -> Tensor { input.pad(pad, mode: mode, value: value) }

/// PyTorch's `pad`: see ``Tensor/pad(_:mode:value:)``.
@inlinable @inline(__always)
public func pad(_ input: Tensor, _ pad: [Int], _ mode: PadMode, value: some ScalarConvertible = 0.0) -> Tensor { input.pad(pad, mode: mode, value: value) }

/// PyTorch's `pad`: see ``Tensor/pad(_:mode:value:)``.
@inlinable @inline(__always)
public func pad(_ input: Tensor, _ pad: [Int], _ mode: PadMode, _ value: some ScalarConvertible) -> Tensor { input.pad(pad, mode: mode, value: value) }

/// PyTorch's `pairwise_distance`: see ``pairwiseDistance(_:_:p:eps:keepDim:)``.
@inlinable @inline(__always)
public func pairwiseDistance(_ input: Tensor, x2: Tensor, p: Double = 2, eps: Double = 1e-6, keepDim: Bool = false) -> Tensor { ApusFunctional.pairwiseDistance(input, x2, p: p, eps: eps, keepDim: keepDim) }

/// PyTorch's `pairwise_distance`: see ``pairwiseDistance(_:_:p:eps:keepDim:)``.
@inlinable @inline(__always)
public func pairwiseDistance(_ input: Tensor, _ x2: Tensor, _ p: Double, eps: Double = 1e-6, keepDim: Bool = false) -> Tensor { ApusFunctional.pairwiseDistance(input, x2, p: p, eps: eps, keepDim: keepDim) }

/// PyTorch's `pairwise_distance`: see ``pairwiseDistance(_:_:p:eps:keepDim:)``.
@inlinable @inline(__always)
public func pairwiseDistance(_ input: Tensor, _ x2: Tensor, _ p: Double, _ eps: Double, keepDim: Bool = false) -> Tensor { ApusFunctional.pairwiseDistance(input, x2, p: p, eps: eps, keepDim: keepDim) }

/// PyTorch's `pairwise_distance`: see ``pairwiseDistance(_:_:p:eps:keepDim:)``.
@inlinable @inline(__always)
public func pairwiseDistance(_ input: Tensor, _ x2: Tensor, _ p: Double, _ eps: Double, _ keepDim: Bool) -> Tensor { ApusFunctional.pairwiseDistance(input, x2, p: p, eps: eps, keepDim: keepDim) }

/// PyTorch's `pairwise_distance`: see ``pairwiseDistance(_:_:p:eps:keepDim:)``.
@inlinable @inline(__always)
public func pairwiseDistance(_ input: Tensor, x2: Tensor, p: Double = 2, eps: Double = 1e-6, keepdim keepDim: Bool) -> Tensor { ApusFunctional.pairwiseDistance(input, x2, p: p, eps: eps, keepDim: keepDim) }

/// PyTorch's `pairwise_distance`: see ``pairwiseDistance(_:_:p:eps:keepDim:)``.
@inlinable @inline(__always)
public func pairwiseDistance(_ input: Tensor, _ x2: Tensor, p: Double, eps: Double, keepdim keepDim: Bool) -> Tensor { ApusFunctional.pairwiseDistance(input, x2, p: p, eps: eps, keepDim: keepDim) }

/// PyTorch's `pairwise_distance`: see ``pairwiseDistance(_:_:p:eps:keepDim:)``.
@inlinable @inline(__always)
public func pairwiseDistance(_ input: Tensor, _ x2: Tensor, p: Double, keepdim keepDim: Bool) -> Tensor { ApusFunctional.pairwiseDistance(input, x2, p: p, keepDim: keepDim) }

/// PyTorch's `pairwise_distance`: see ``pairwiseDistance(_:_:p:eps:keepDim:)``.
@inlinable @inline(__always)
public func pairwiseDistance(_ input: Tensor, _ x2: Tensor, eps: Double, keepdim keepDim: Bool) -> Tensor { ApusFunctional.pairwiseDistance(input, x2, eps: eps, keepDim: keepDim) }

/// PyTorch's `pairwise_distance`: see ``pairwiseDistance(_:_:p:eps:keepDim:)``.
@inlinable @inline(__always)
public func pairwiseDistance(_ input: Tensor, _ x2: Tensor, keepdim keepDim: Bool) -> Tensor { ApusFunctional.pairwiseDistance(input, x2, keepDim: keepDim) }

/// PyTorch's `pairwise_distance`: see ``pairwiseDistance(_:_:p:eps:keepDim:)``.
@inlinable @inline(__always)
public func pairwiseDistance(_ input: Tensor, _ x2: Tensor, _ p: Double, eps: Double, keepdim keepDim: Bool) -> Tensor { ApusFunctional.pairwiseDistance(input, x2, p: p, eps: eps, keepDim: keepDim) }

/// PyTorch's `pairwise_distance`: see ``pairwiseDistance(_:_:p:eps:keepDim:)``.
@inlinable @inline(__always)
public func pairwiseDistance(_ input: Tensor, _ x2: Tensor, _ p: Double, keepdim keepDim: Bool) -> Tensor { ApusFunctional.pairwiseDistance(input, x2, p: p, keepDim: keepDim) }

/// PyTorch's `pairwise_distance`: see ``pairwiseDistance(_:_:p:eps:keepDim:)``.
@inlinable @inline(__always)
public func pairwiseDistance(_ input: Tensor, _ x2: Tensor, _ p: Double, _ eps: Double, keepdim keepDim: Bool) -> Tensor { ApusFunctional.pairwiseDistance(input, x2, p: p, eps: eps, keepDim: keepDim) }

/// PyTorch's `pdist`: see ``pdist(_:p:)``.
@inlinable @inline(__always)
public func pdist(_ input: Tensor, _ p: Double) -> Tensor { ApusFunctional.pdist(input, p: p) }

/// PyTorch's `permute`: see ``Tensor/permute(_:)``.
@inlinable @inline(__always)
public func permute(_ input: Tensor, _ dims: [Int]) -> Tensor { input.permute(dims) }

/// PyTorch's `permute`: see ``Tensor/permute(_:)``.
@inlinable @inline(__always)
public func permute(_ input: Tensor, dims: [Int]) -> Tensor { input.permute(dims) }

/// PyTorch's `pinverse`: see ``Tensor/pinverse(rcond:)``.
@inlinable @inline(__always)
public func pinverse(_ input: Tensor, rcond: Double = 1e-15) -> Tensor { input.pinverse(rcond: rcond) }

/// PyTorch's `pinverse`: see ``Tensor/pinverse(rcond:)``.
@inlinable @inline(__always)
public func pinverse(_ input: Tensor, _ rcond: Double) -> Tensor { input.pinverse(rcond: rcond) }

/// PyTorch's `pixel_shuffle`: see ``pixelShuffle(_:_:)``.
@inlinable @inline(__always)
public func pixelShuffle(_ input: Tensor, upscaleFactor: Int) -> Tensor { ApusFunctional.pixelShuffle(input, upscaleFactor) }

/// PyTorch's `pixel_unshuffle`: see ``pixelUnshuffle(_:_:)``.
@inlinable @inline(__always)
public func pixelUnshuffle(_ input: Tensor, downscaleFactor: Int) -> Tensor { ApusFunctional.pixelUnshuffle(input, downscaleFactor) }

/// PyTorch's `poisson_nll_loss`: see ``poissonNLLLoss(_:_:logInput:full:eps:reduction:)``.
@inlinable @inline(__always)
public func poissonNLLLoss(_ input: Tensor, target: Tensor, logInput: Bool = true, full: Bool = false, eps: Double = 1e-8, reduction: LossReduction = .mean) -> Tensor { ApusFunctional.poissonNLLLoss(input, target, logInput: logInput, full: full, eps: eps, reduction: reduction) }

/// PyTorch's `poisson_nll_loss`: see ``poissonNLLLoss(_:_:logInput:full:eps:reduction:)``.
@inlinable @inline(__always)
public func poissonNLLLoss(_ input: Tensor, _ target: Tensor, _ logInput: Bool, full: Bool = false, eps: Double = 1e-8, reduction: LossReduction = .mean) -> Tensor { ApusFunctional.poissonNLLLoss(input, target, logInput: logInput, full: full, eps: eps, reduction: reduction) }

/// PyTorch's `poisson_nll_loss`: see ``poissonNLLLoss(_:_:logInput:full:eps:reduction:)``.
@inlinable @inline(__always)
public func poissonNLLLoss(_ input: Tensor, _ target: Tensor, _ logInput: Bool, _ full: Bool, eps: Double = 1e-8, reduction: LossReduction = .mean) -> Tensor { ApusFunctional.poissonNLLLoss(input, target, logInput: logInput, full: full, eps: eps, reduction: reduction) }

/// PyTorch's `poisson_nll_loss`: see ``poissonNLLLoss(_:_:logInput:full:eps:reduction:)``.
@inlinable @inline(__always)
public func poissonNLLLoss(_ input: Tensor, _ target: Tensor, _ logInput: Bool, _ full: Bool, _ eps: Double, reduction: LossReduction = .mean) -> Tensor { ApusFunctional.poissonNLLLoss(input, target, logInput: logInput, full: full, eps: eps, reduction: reduction) }

/// PyTorch's `poisson_nll_loss`: see ``poissonNLLLoss(_:_:logInput:full:eps:reduction:)``.
@inlinable @inline(__always)
public func poissonNLLLoss(_ input: Tensor, _ target: Tensor, _ logInput: Bool, _ full: Bool, _ eps: Double, _ reduction: LossReduction) -> Tensor { ApusFunctional.poissonNLLLoss(input, target, logInput: logInput, full: full, eps: eps, reduction: reduction) }

/// PyTorch's `poisson_nll_loss`: see ``poissonNLLLoss(_:_:logInput:full:eps:reduction:)``.
@inlinable @inline(__always)
public func poissonNllLoss(_ input: Tensor, _ target: Tensor, logInput: Bool = true, full: Bool = false, eps: Double = 1e-8, reduction: LossReduction = .mean) -> Tensor { ApusFunctional.poissonNLLLoss(input, target, logInput: logInput, full: full, eps: eps, reduction: reduction) }

/// PyTorch's `poisson_nll_loss`: see ``poissonNLLLoss(_:_:logInput:full:eps:reduction:)``.
@inlinable @inline(__always)
public func poissonNllLoss(_ input: Tensor, target: Tensor, logInput: Bool = true, full: Bool = false, eps: Double = 1e-8, reduction: LossReduction = .mean) -> Tensor { ApusFunctional.poissonNLLLoss(input, target, logInput: logInput, full: full, eps: eps, reduction: reduction) }

/// PyTorch's `poisson_nll_loss`: see ``poissonNLLLoss(_:_:logInput:full:eps:reduction:)``.
@inlinable @inline(__always)
public func poissonNllLoss(_ input: Tensor, _ target: Tensor, _ logInput: Bool, full: Bool = false, eps: Double = 1e-8, reduction: LossReduction = .mean) -> Tensor { ApusFunctional.poissonNLLLoss(input, target, logInput: logInput, full: full, eps: eps, reduction: reduction) }

/// PyTorch's `poisson_nll_loss`: see ``poissonNLLLoss(_:_:logInput:full:eps:reduction:)``.
@inlinable @inline(__always)
public func poissonNllLoss(_ input: Tensor, _ target: Tensor, _ logInput: Bool, _ full: Bool, eps: Double = 1e-8, reduction: LossReduction = .mean) -> Tensor { ApusFunctional.poissonNLLLoss(input, target, logInput: logInput, full: full, eps: eps, reduction: reduction) }

/// PyTorch's `poisson_nll_loss`: see ``poissonNLLLoss(_:_:logInput:full:eps:reduction:)``.
@inlinable @inline(__always)
public func poissonNllLoss(_ input: Tensor, _ target: Tensor, _ logInput: Bool, _ full: Bool, _ eps: Double, reduction: LossReduction = .mean) -> Tensor { ApusFunctional.poissonNLLLoss(input, target, logInput: logInput, full: full, eps: eps, reduction: reduction) }

/// PyTorch's `poisson_nll_loss`: see ``poissonNLLLoss(_:_:logInput:full:eps:reduction:)``.
@inlinable @inline(__always)
public func poissonNllLoss(_ input: Tensor, _ target: Tensor, _ logInput: Bool, _ full: Bool, _ eps: Double, _ reduction: LossReduction) -> Tensor { ApusFunctional.poissonNLLLoss(input, target, logInput: logInput, full: full, eps: eps, reduction: reduction) }

/// PyTorch's `polar`: see ``polar(_:_:)``.
@inlinable @inline(__always)
public func polar(_ input: Tensor, angle: Tensor) -> Tensor { ApusCore.polar(input, angle) }

/// PyTorch's `pow`: see ``Tensor/pow(_:)``.
@inlinable @inline(__always)
public func pow(_ input: Tensor, _ exponent: Tensor) -> Tensor { input.pow(exponent) }

/// PyTorch's `pow`: see ``Tensor/pow(_:)``.
@inlinable @inline(__always)
public func pow(_ input: Tensor, exponent: Tensor) -> Tensor { input.pow(exponent) }

/// PyTorch's `pow`: see ``Tensor/pow(_:)``.
@inlinable @inline(__always)
public func pow(_ input: Tensor, _ exponent: some ScalarConvertible) -> Tensor { input.pow(exponent) }

/// PyTorch's `pow`: see ``Tensor/pow(_:)``.
@inlinable @inline(__always)
public func pow(_ input: Tensor, exponent: some ScalarConvertible) -> Tensor { input.pow(exponent) }

/// PyTorch's `prelu`: see ``Tensor/prelu(_:)``.
@inlinable @inline(__always)
public func prelu(_ input: Tensor, _ weight: Tensor) -> Tensor { input.prelu(weight) }

/// PyTorch's `prelu`: see ``Tensor/prelu(_:)``.
@inlinable @inline(__always)
public func prelu(_ input: Tensor, weight: Tensor) -> Tensor { input.prelu(weight) }

/// PyTorch's `prod`: see ``Tensor/prod(_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func prod(_ input: Tensor, _ dims: [Int]? = nil, keepDim: Bool = false, dtype: DType? = nil) -> Tensor { input.prod(dims, keepDim: keepDim, dtype: dtype) }

/// PyTorch's `prod`: see ``Tensor/prod(_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func prod(_ input: Tensor, dim dims: [Int]?, keepDim: Bool = false, dtype: DType? = nil) -> Tensor { input.prod(dims, keepDim: keepDim, dtype: dtype) }

/// PyTorch's `prod`: see ``Tensor/prod(_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func prod(_ input: Tensor, _ dims: [Int]?, _ keepDim: Bool, dtype: DType? = nil) -> Tensor { input.prod(dims, keepDim: keepDim, dtype: dtype) }

/// PyTorch's `prod`: see ``Tensor/prod(_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func prod(_ input: Tensor, dim dims: [Int]? = nil, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { input.prod(dims, keepDim: keepDim, dtype: dtype) }

/// PyTorch's `prod`: see ``Tensor/prod(_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func prod(_ input: Tensor, _ dims: [Int]?, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { input.prod(dims, keepDim: keepDim, dtype: dtype) }

/// PyTorch's `prod`: see ``Tensor/prod(_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func prod(_ input: Tensor, _ dim: Int, keepDim: Bool = false, dtype: DType? = nil) -> Tensor { input.prod(dim, keepDim: keepDim, dtype: dtype) }

/// PyTorch's `prod`: see ``Tensor/prod(_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func prod(_ input: Tensor, dim: Int, keepDim: Bool = false, dtype: DType? = nil) -> Tensor { input.prod(dim, keepDim: keepDim, dtype: dtype) }

/// PyTorch's `prod`: see ``Tensor/prod(_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func prod(_ input: Tensor, _ dim: Int, _ keepDim: Bool, dtype: DType? = nil) -> Tensor { input.prod(dim, keepDim: keepDim, dtype: dtype) }

/// PyTorch's `prod`: see ``Tensor/prod(_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func prod(_ input: Tensor, dim: Int, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { input.prod(dim, keepDim: keepDim, dtype: dtype) }

/// PyTorch's `prod`: see ``Tensor/prod(_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func prod(_ input: Tensor, _ dim: Int, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { input.prod(dim, keepDim: keepDim, dtype: dtype) }

/// PyTorch's `put`: see ``Tensor/put(_:_:accumulate:)``.
@inlinable @inline(__always)
public func put(_ input: Tensor, _ index: Tensor, _ source: Tensor, accumulate: Bool = false) -> Tensor { input.put(index, source, accumulate: accumulate) }

/// PyTorch's `put`: see ``Tensor/put(_:_:accumulate:)``.
@inlinable @inline(__always)
public func put(_ input: Tensor, index: Tensor, source: Tensor, accumulate: Bool = false) -> Tensor { input.put(index, source, accumulate: accumulate) }

/// PyTorch's `put`: see ``Tensor/put(_:_:accumulate:)``.
@inlinable @inline(__always)
public func put(_ input: Tensor, _ index: Tensor, source: Tensor, accumulate: Bool = false) -> Tensor { input.put(index, source, accumulate: accumulate) }

/// PyTorch's `put`: see ``Tensor/put(_:_:accumulate:)``.
@inlinable @inline(__always)
public func put(_ input: Tensor, _ index: Tensor, _ source: Tensor, _ accumulate: Bool) -> Tensor { input.put(index, source, accumulate: accumulate) }

/// PyTorch's `quantile`: see ``Tensor/quantile(_:dim:keepDim:interpolation:)``.
@inlinable @inline(__always)
public func quantile(_ input: Tensor, _ q: Tensor, dim: Int? = nil, keepDim: Bool = false, interpolation: QuantileInterpolation = .linear) -> Tensor { input.quantile(q, dim: dim, keepDim: keepDim, interpolation: interpolation) }

/// PyTorch's `quantile`: see ``Tensor/quantile(_:dim:keepDim:interpolation:)``.
@inlinable @inline(__always)
public func quantile(_ input: Tensor, q: Tensor, dim: Int? = nil, keepDim: Bool = false, interpolation: QuantileInterpolation = .linear) -> Tensor { input.quantile(q, dim: dim, keepDim: keepDim, interpolation: interpolation) }

/// PyTorch's `quantile`: see ``Tensor/quantile(_:dim:keepDim:interpolation:)``.
@inlinable @inline(__always)
public func quantile(_ input: Tensor, _ q: Tensor, _ dim: Int?, keepDim: Bool = false, interpolation: QuantileInterpolation = .linear) -> Tensor { input.quantile(q, dim: dim, keepDim: keepDim, interpolation: interpolation) }

/// PyTorch's `quantile`: see ``Tensor/quantile(_:dim:keepDim:interpolation:)``.
@inlinable @inline(__always)
public func quantile(_ input: Tensor, _ q: Tensor, _ dim: Int?, _ keepDim: Bool, interpolation: QuantileInterpolation = .linear) -> Tensor { input.quantile(q, dim: dim, keepDim: keepDim, interpolation: interpolation) }

/// PyTorch's `quantile`: see ``Tensor/quantile(_:dim:keepDim:interpolation:)``.
@inlinable @inline(__always)
public func quantile(_ input: Tensor, q: Tensor, dim: Int? = nil, keepdim keepDim: Bool, interpolation: QuantileInterpolation = .linear) -> Tensor { input.quantile(q, dim: dim, keepDim: keepDim, interpolation: interpolation) }

/// PyTorch's `quantile`: see ``Tensor/quantile(_:dim:keepDim:interpolation:)``.
@inlinable @inline(__always)
public func quantile(_ input: Tensor, _ q: Tensor, dim: Int?, keepdim keepDim: Bool, interpolation: QuantileInterpolation = .linear) -> Tensor { input.quantile(q, dim: dim, keepDim: keepDim, interpolation: interpolation) }

/// PyTorch's `quantile`: see ``Tensor/quantile(_:dim:keepDim:interpolation:)``.
@inlinable @inline(__always)
public func quantile(_ input: Tensor, _ q: Tensor, keepdim keepDim: Bool, interpolation: QuantileInterpolation = .linear) -> Tensor { input.quantile(q, keepDim: keepDim, interpolation: interpolation) }

/// PyTorch's `quantile`: see ``Tensor/quantile(_:dim:keepDim:interpolation:)``.
@inlinable @inline(__always)
public func quantile(_ input: Tensor, _ q: Tensor, _ dim: Int?, keepdim keepDim: Bool, interpolation: QuantileInterpolation = .linear) -> Tensor { input.quantile(q, dim: dim, keepDim: keepDim, interpolation: interpolation) }

/// PyTorch's `quantile`: see ``Tensor/quantile(_:dim:keepDim:interpolation:)``.
@inlinable @inline(__always)
public func quantile(_ input: Tensor, _ q: Double, dim: Int? = nil, keepDim: Bool = false, interpolation: QuantileInterpolation = .linear) -> Tensor { input.quantile(q, dim: dim, keepDim: keepDim, interpolation: interpolation) }

/// PyTorch's `quantile`: see ``Tensor/quantile(_:dim:keepDim:interpolation:)``.
@inlinable @inline(__always)
public func quantile(_ input: Tensor, q: Double, dim: Int? = nil, keepDim: Bool = false, interpolation: QuantileInterpolation = .linear) -> Tensor { input.quantile(q, dim: dim, keepDim: keepDim, interpolation: interpolation) }

/// PyTorch's `quantile`: see ``Tensor/quantile(_:dim:keepDim:interpolation:)``.
@inlinable @inline(__always)
public func quantile(_ input: Tensor, _ q: Double, _ dim: Int?, keepDim: Bool = false, interpolation: QuantileInterpolation = .linear) -> Tensor { input.quantile(q, dim: dim, keepDim: keepDim, interpolation: interpolation) }

/// PyTorch's `quantile`: see ``Tensor/quantile(_:dim:keepDim:interpolation:)``.
@inlinable @inline(__always)
public func quantile(_ input: Tensor, _ q: Double, _ dim: Int?, _ keepDim: Bool, interpolation: QuantileInterpolation = .linear) -> Tensor { input.quantile(q, dim: dim, keepDim: keepDim, interpolation: interpolation) }

/// PyTorch's `quantile`: see ``Tensor/quantile(_:dim:keepDim:interpolation:)``.
@inlinable @inline(__always)
public func quantile(_ input: Tensor, q: Double, dim: Int?, keepdim keepDim: Bool, interpolation: QuantileInterpolation = .linear) -> Tensor { input.quantile(q, dim: dim, keepDim: keepDim, interpolation: interpolation) }

/// PyTorch's `quantile`: see ``Tensor/quantile(_:dim:keepDim:interpolation:)``.
@inlinable @inline(__always)
public func quantile(_ input: Tensor, q: Double, keepdim keepDim: Bool, interpolation: QuantileInterpolation = .linear) -> Tensor { input.quantile(q, keepDim: keepDim, interpolation: interpolation) }

/// PyTorch's `quantile`: see ``Tensor/quantile(_:dim:keepDim:interpolation:)``.
@inlinable @inline(__always)
public func quantile(_ input: Tensor, _ q: Double, dim: Int?, keepdim keepDim: Bool, interpolation: QuantileInterpolation = .linear) -> Tensor { input.quantile(q, dim: dim, keepDim: keepDim, interpolation: interpolation) }

/// PyTorch's `quantile`: see ``Tensor/quantile(_:dim:keepDim:interpolation:)``.
@inlinable @inline(__always)
public func quantile(_ input: Tensor, _ q: Double, keepdim keepDim: Bool, interpolation: QuantileInterpolation = .linear) -> Tensor { input.quantile(q, keepDim: keepDim, interpolation: interpolation) }

/// PyTorch's `quantile`: see ``Tensor/quantile(_:dim:keepDim:interpolation:)``.
@inlinable @inline(__always)
public func quantile(_ input: Tensor, _ q: Double, _ dim: Int?, keepdim keepDim: Bool, interpolation: QuantileInterpolation = .linear) -> Tensor { input.quantile(q, dim: dim, keepDim: keepDim, interpolation: interpolation) }

/// PyTorch's `rad2deg`: see ``Tensor/rad2deg()``.
@inlinable @inline(__always)
public func rad2deg(_ input: consuming Tensor) -> Tensor { input.rad2deg() }

/// PyTorch's `ravel`: see ``Tensor/ravel()``.
@inlinable @inline(__always)
public func ravel(_ input: Tensor) -> Tensor { input.ravel() }

/// PyTorch's `reciprocal`: see ``Tensor/reciprocal()``.
@inlinable @inline(__always)
public func reciprocal(_ input: consuming Tensor) -> Tensor { input.reciprocal() }

/// PyTorch's `relu`: see ``Tensor/relu()``.
@inlinable @inline(__always)
public func relu(_ input: consuming Tensor) -> Tensor { input.relu() }

/// PyTorch's `relu6`: see ``Tensor/relu6()``.
@inlinable @inline(__always)
public func relu6(_ input: Tensor) -> Tensor { input.relu6() }

/// PyTorch's `remainder`: see ``Tensor/remainder(_:)``.
@inlinable @inline(__always)
public func remainder(_ input: Tensor, _ other: Tensor) -> Tensor { input.remainder(other) }

/// PyTorch's `remainder`: see ``Tensor/remainder(_:)``.
@inlinable @inline(__always)
public func remainder(_ input: Tensor, other: Tensor) -> Tensor { input.remainder(other) }

/// PyTorch's `remainder`: see ``Tensor/remainder(_:)``.
@inlinable @inline(__always)
public func remainder(_ input: Tensor, _ other: some ScalarConvertible) -> Tensor { input.remainder(other) }

/// PyTorch's `remainder`: see ``Tensor/remainder(_:)``.
@inlinable @inline(__always)
public func remainder(_ input: Tensor, other: some ScalarConvertible) -> Tensor { input.remainder(other) }

/// PyTorch's `renorm`: see ``Tensor/renorm(p:dim:maxnorm:)``.
@inlinable @inline(__always)
public func renorm(_ input: Tensor, p: Double, dim: Int, maxnorm: Double) -> Tensor { input.renorm(p: p, dim: dim, maxnorm: maxnorm) }

/// PyTorch's `renorm`: see ``Tensor/renorm(p:dim:maxnorm:)``.
@inlinable @inline(__always)
public func renorm(_ input: Tensor, _ p: Double, dim: Int, maxnorm: Double) -> Tensor { input.renorm(p: p, dim: dim, maxnorm: maxnorm) }

/// PyTorch's `renorm`: see ``Tensor/renorm(p:dim:maxnorm:)``.
@inlinable @inline(__always)
public func renorm(_ input: Tensor, _ p: Double, _ dim: Int, maxnorm: Double) -> Tensor { input.renorm(p: p, dim: dim, maxnorm: maxnorm) }

/// PyTorch's `renorm`: see ``Tensor/renorm(p:dim:maxnorm:)``.
@inlinable @inline(__always)
public func renorm(_ input: Tensor, _ p: Double, _ dim: Int, _ maxnorm: Double) -> Tensor { input.renorm(p: p, dim: dim, maxnorm: maxnorm) }

/// PyTorch's `repeat_interleave`: see ``Tensor/repeatInterleave(_:dim:)``.
@inlinable @inline(__always)
public func repeatInterleave(_ input: Tensor, _ repeats: Int, dim: Int? = nil) -> Tensor { input.repeatInterleave(repeats, dim: dim) }

/// PyTorch's `repeat_interleave`: see ``Tensor/repeatInterleave(_:dim:)``.
@inlinable @inline(__always)
public func repeatInterleave(_ input: Tensor, repeats: Int, dim: Int? = nil) -> Tensor { input.repeatInterleave(repeats, dim: dim) }

/// PyTorch's `repeat_interleave`: see ``Tensor/repeatInterleave(_:dim:)``.
@inlinable @inline(__always)
public func repeatInterleave(_ input: Tensor, _ repeats: Int, _ dim: Int?) -> Tensor { input.repeatInterleave(repeats, dim: dim) }

/// PyTorch's `repeat_interleave`: see ``Tensor/repeatInterleave(_:dim:)``.
@inlinable @inline(__always)
public func repeatInterleave(_ input: Tensor, _ repeats: Tensor, dim: Int? = nil) -> Tensor { input.repeatInterleave(repeats, dim: dim) }

/// PyTorch's `repeat_interleave`: see ``Tensor/repeatInterleave(_:dim:)``.
@inlinable @inline(__always)
public func repeatInterleave(_ input: Tensor, repeats: Tensor, dim: Int? = nil) -> Tensor { input.repeatInterleave(repeats, dim: dim) }

/// PyTorch's `repeat_interleave`: see ``Tensor/repeatInterleave(_:dim:)``.
@inlinable @inline(__always)
public func repeatInterleave(_ input: Tensor, _ repeats: Tensor, _ dim: Int?) -> Tensor { input.repeatInterleave(repeats, dim: dim) }

/// PyTorch's `reshape`: see ``Tensor/reshape(_:)``.
@inlinable @inline(__always)
public func reshape(_ input: Tensor, _ shape: [Int]) -> Tensor { input.reshape(shape) }

/// PyTorch's `reshape`: see ``Tensor/reshape(_:)``.
@inlinable @inline(__always)
public func reshape(_ input: Tensor, shape: [Int]) -> Tensor { input.reshape(shape) }

/// PyTorch's `rms_norm`: see ``rmsNorm(_:_:weight:eps:)``.
@inlinable @inline(__always)
public func rmsNorm(_ input: Tensor, normalizedShape: [Int], weight: Tensor? = nil, eps: Double? = nil) -> Tensor { ApusFunctional.rmsNorm(input, normalizedShape, weight: weight, eps: eps) }

/// PyTorch's `rms_norm`: see ``rmsNorm(_:_:weight:eps:)``.
@inlinable @inline(__always)
public func rmsNorm(_ input: Tensor, _ normalizedShape: [Int], _ weight: Tensor?, eps: Double? = nil) -> Tensor { ApusFunctional.rmsNorm(input, normalizedShape, weight: weight, eps: eps) }

/// PyTorch's `rms_norm`: see ``rmsNorm(_:_:weight:eps:)``.
@inlinable @inline(__always)
public func rmsNorm(_ input: Tensor, _ normalizedShape: [Int], _ weight: Tensor?, _ eps: Double?) -> Tensor { ApusFunctional.rmsNorm(input, normalizedShape, weight: weight, eps: eps) }

/// PyTorch's `roll`: see ``Tensor/roll(_:_:)``.
@inlinable @inline(__always)
public func roll(_ input: Tensor, _ shifts: [Int], _ dims: [Int] = []) -> Tensor { input.roll(shifts, dims) }

/// PyTorch's `roll`: see ``Tensor/roll(_:_:)``.
@inlinable @inline(__always)
public func roll(_ input: Tensor, shifts: [Int], dims: [Int] = []) -> Tensor { input.roll(shifts, dims) }

/// PyTorch's `roll`: see ``Tensor/roll(_:_:)``.
@inlinable @inline(__always)
public func roll(_ input: Tensor, _ shifts: [Int], dims: [Int]) -> Tensor { input.roll(shifts, dims) }

/// PyTorch's `roll`: see ``Tensor/roll(_:_:)``.
@inlinable @inline(__always)
public func roll(_ input: Tensor, _ shift: Int, _ dim: Int? = nil) -> Tensor { input.roll(shift, dim) }

/// PyTorch's `roll`: see ``Tensor/roll(_:_:)``.
@inlinable @inline(__always)
public func roll(_ input: Tensor, shifts shift: Int, dims dim: Int? = nil) -> Tensor { input.roll(shift, dim) }

/// PyTorch's `roll`: see ``Tensor/roll(_:_:)``.
@inlinable @inline(__always)
public func roll(_ input: Tensor, _ shift: Int, dims dim: Int?) -> Tensor { input.roll(shift, dim) }

/// PyTorch's `rot90`: see ``Tensor/rot90(_:_:)``.
@inlinable @inline(__always)
public func rot90(_ input: Tensor, _ k: Int = 1, _ dims: [Int] = [0, 1]) -> Tensor { input.rot90(k, dims) }

/// PyTorch's `rot90`: see ``Tensor/rot90(_:_:)``.
@inlinable @inline(__always)
public func rot90(_ input: Tensor, k: Int, dims: [Int] = [0, 1]) -> Tensor { input.rot90(k, dims) }

/// PyTorch's `rot90`: see ``Tensor/rot90(_:_:)``.
@inlinable @inline(__always)
public func rot90(_ input: Tensor, dims: [Int]) -> Tensor { input.rot90(1, dims) }

/// PyTorch's `rot90`: see ``Tensor/rot90(_:_:)``.
@inlinable @inline(__always)
public func rot90(_ input: Tensor, _ k: Int, dims: [Int]) -> Tensor { input.rot90(k, dims) }

/// PyTorch's `round`: see ``Tensor/round()``.
@inlinable @inline(__always)
public func round(_ input: consuming Tensor) -> Tensor { input.round() }

/// PyTorch's `round`: see ``Tensor/round(decimals:)``.
@inlinable @inline(__always)
public func round(_ input: Tensor, decimals: Int) -> Tensor { input.round(decimals: decimals) }

/// PyTorch's `rrelu`: see ``rrelu(_:lower:upper:training:generator:)``.
@inlinable @inline(__always)
public func rrelu(_ input: Tensor, _ lower: Double, upper: Double = 1.0 / 3, training: Bool = false, generator: Generator = .default) -> Tensor { ApusFunctional.rrelu(input, lower: lower, upper: upper, training: training, generator: generator) }

/// PyTorch's `rrelu`: see ``rrelu(_:lower:upper:training:generator:)``.
@inlinable @inline(__always)
public func rrelu(_ input: Tensor, _ lower: Double, _ upper: Double, training: Bool = false, generator: Generator = .default) -> Tensor { ApusFunctional.rrelu(input, lower: lower, upper: upper, training: training, generator: generator) }

/// PyTorch's `rrelu`: see ``rrelu(_:lower:upper:training:generator:)``.
@inlinable @inline(__always)
public func rrelu(_ input: Tensor, _ lower: Double, _ upper: Double, _ training: Bool, generator: Generator = .default) -> Tensor { ApusFunctional.rrelu(input, lower: lower, upper: upper, training: training, generator: generator) }

/// PyTorch's `rsqrt`: see ``Tensor/rsqrt()``.
@inlinable @inline(__always)
public func rsqrt(_ input: consuming Tensor) -> Tensor { input.rsqrt() }

/// PyTorch's `scaled_dot_product_attention`: see ``scaledDotProductAttention(_:_:_:attnMask:dropoutP:isCausal:scale:enableGQA:slidingWindow:softCap:position:generator:)``.
@inlinable @inline(__always)
public func scaledDotProductAttention(_ input: Tensor, key: Tensor, value: Tensor, attnMask: Tensor? = nil, dropoutP: Double = 0, isCausal: Bool = false, scale: Double? = nil, enableGQA: Bool = false, slidingWindow: Int? = nil, softCap: Double? = nil, position: Int = 0, generator: Generator = .default) -> Tensor { ApusFunctional.scaledDotProductAttention(input, key, value, attnMask: attnMask, dropoutP: dropoutP, isCausal: isCausal, scale: scale, enableGQA: enableGQA, slidingWindow: slidingWindow, softCap: softCap, position: position, generator: generator) }

/// PyTorch's `scaled_dot_product_attention`: see ``scaledDotProductAttention(_:_:_:attnMask:dropoutP:isCausal:scale:enableGQA:slidingWindow:softCap:position:generator:)``.
@inlinable @inline(__always)
public func scaledDotProductAttention(_ input: Tensor, _ key: Tensor, value: Tensor, attnMask: Tensor? = nil, dropoutP: Double = 0, isCausal: Bool = false, scale: Double? = nil, enableGQA: Bool = false, slidingWindow: Int? = nil, softCap: Double? = nil, position: Int = 0, generator: Generator = .default) -> Tensor { ApusFunctional.scaledDotProductAttention(input, key, value, attnMask: attnMask, dropoutP: dropoutP, isCausal: isCausal, scale: scale, enableGQA: enableGQA, slidingWindow: slidingWindow, softCap: softCap, position: position, generator: generator) }

/// PyTorch's `scaled_dot_product_attention`: see ``scaledDotProductAttention(_:_:_:attnMask:dropoutP:isCausal:scale:enableGQA:slidingWindow:softCap:position:generator:)``.
@inlinable @inline(__always)
public func scaledDotProductAttention(_ input: Tensor, _ key: Tensor, _ value: Tensor, _ attnMask: Tensor?, dropoutP: Double = 0, isCausal: Bool = false, scale: Double? = nil, enableGQA: Bool = false, slidingWindow: Int? = nil, softCap: Double? = nil, position: Int = 0, generator: Generator = .default) -> Tensor { ApusFunctional.scaledDotProductAttention(input, key, value, attnMask: attnMask, dropoutP: dropoutP, isCausal: isCausal, scale: scale, enableGQA: enableGQA, slidingWindow: slidingWindow, softCap: softCap, position: position, generator: generator) }

/// PyTorch's `scaled_dot_product_attention`: see ``scaledDotProductAttention(_:_:_:attnMask:dropoutP:isCausal:scale:enableGQA:slidingWindow:softCap:position:generator:)``.
@inlinable @inline(__always)
public func scaledDotProductAttention(_ input: Tensor, _ key: Tensor, _ value: Tensor, _ attnMask: Tensor?, _ dropoutP: Double, isCausal: Bool = false, scale: Double? = nil, enableGQA: Bool = false, slidingWindow: Int? = nil, softCap: Double? = nil, position: Int = 0, generator: Generator = .default) -> Tensor { ApusFunctional.scaledDotProductAttention(input, key, value, attnMask: attnMask, dropoutP: dropoutP, isCausal: isCausal, scale: scale, enableGQA: enableGQA, slidingWindow: slidingWindow, softCap: softCap, position: position, generator: generator) }

/// PyTorch's `scaled_dot_product_attention`: see ``scaledDotProductAttention(_:_:_:attnMask:dropoutP:isCausal:scale:enableGQA:slidingWindow:softCap:position:generator:)``.
@inlinable @inline(__always)
public func scaledDotProductAttention(_ input: Tensor, _ key: Tensor, _ value: Tensor, _ attnMask: Tensor?, _ dropoutP: Double, _ isCausal: Bool, scale: Double? = nil, enableGQA: Bool = false, slidingWindow: Int? = nil, softCap: Double? = nil, position: Int = 0, generator: Generator = .default) -> Tensor { ApusFunctional.scaledDotProductAttention(input, key, value, attnMask: attnMask, dropoutP: dropoutP, isCausal: isCausal, scale: scale, enableGQA: enableGQA, slidingWindow: slidingWindow, softCap: softCap, position: position, generator: generator) }

/// PyTorch's `scaled_dot_product_attention`: see ``scaledDotProductAttention(_:_:_:attnMask:dropoutP:isCausal:scale:enableGQA:slidingWindow:softCap:position:generator:)``.
@inlinable @inline(__always)
public func scaledDotProductAttention(_ input: Tensor, key: Tensor, value: Tensor, attnMask: Tensor? = nil, dropoutP: Double = 0, isCausal: Bool = false, scale: Double? = nil, enableGqa enableGQA: Bool, slidingWindow: Int? = nil, softCap: Double? = nil, position: Int = 0, generator: Generator = .default) -> Tensor { ApusFunctional.scaledDotProductAttention(input, key, value, attnMask: attnMask, dropoutP: dropoutP, isCausal: isCausal, scale: scale, enableGQA: enableGQA, slidingWindow: slidingWindow, softCap: softCap, position: position, generator: generator) }

/// PyTorch's `scaled_dot_product_attention`: see ``scaledDotProductAttention(_:_:_:attnMask:dropoutP:isCausal:scale:enableGQA:slidingWindow:softCap:position:generator:)``.
@inlinable @inline(__always)
public func scaledDotProductAttention(_ input: Tensor, _ key: Tensor, value: Tensor, attnMask: Tensor?, dropoutP: Double, isCausal: Bool, scale: Double?, enableGqa enableGQA: Bool, slidingWindow: Int? = nil, softCap: Double? = nil, position: Int = 0, generator: Generator = .default) -> Tensor { ApusFunctional.scaledDotProductAttention(input, key, value, attnMask: attnMask, dropoutP: dropoutP, isCausal: isCausal, scale: scale, enableGQA: enableGQA, slidingWindow: slidingWindow, softCap: softCap, position: position, generator: generator) }

/// PyTorch's `scaled_dot_product_attention`: see ``scaledDotProductAttention(_:_:_:attnMask:dropoutP:isCausal:scale:enableGQA:slidingWindow:softCap:position:generator:)``.
@inlinable @inline(__always)
public func scaledDotProductAttention(_ input: Tensor, _ key: Tensor, value: Tensor, attnMask: Tensor?, dropoutP: Double, isCausal: Bool, enableGqa enableGQA: Bool, slidingWindow: Int? = nil, softCap: Double? = nil, position: Int = 0, generator: Generator = .default) -> Tensor { ApusFunctional.scaledDotProductAttention(input, key, value, attnMask: attnMask, dropoutP: dropoutP, isCausal: isCausal, enableGQA: enableGQA, slidingWindow: slidingWindow, softCap: softCap, position: position, generator: generator) }

/// PyTorch's `scaled_dot_product_attention`: see ``scaledDotProductAttention(_:_:_:attnMask:dropoutP:isCausal:scale:enableGQA:slidingWindow:softCap:position:generator:)``.
@inlinable @inline(__always)
public func scaledDotProductAttention(_ input: Tensor, _ key: Tensor, value: Tensor, attnMask: Tensor?, dropoutP: Double, scale: Double?, enableGqa enableGQA: Bool, slidingWindow: Int? = nil, softCap: Double? = nil, position: Int = 0, generator: Generator = .default) -> Tensor { ApusFunctional.scaledDotProductAttention(input, key, value, attnMask: attnMask, dropoutP: dropoutP, scale: scale, enableGQA: enableGQA, slidingWindow: slidingWindow, softCap: softCap, position: position, generator: generator) }

/// PyTorch's `scaled_dot_product_attention`: see ``scaledDotProductAttention(_:_:_:attnMask:dropoutP:isCausal:scale:enableGQA:slidingWindow:softCap:position:generator:)``.
@inlinable @inline(__always)
public func scaledDotProductAttention(_ input: Tensor, _ key: Tensor, value: Tensor, attnMask: Tensor?, dropoutP: Double, enableGqa enableGQA: Bool, slidingWindow: Int? = nil, softCap: Double? = nil, position: Int = 0, generator: Generator = .default) -> Tensor { ApusFunctional.scaledDotProductAttention(input, key, value, attnMask: attnMask, dropoutP: dropoutP, enableGQA: enableGQA, slidingWindow: slidingWindow, softCap: softCap, position: position, generator: generator) }

/// PyTorch's `scaled_dot_product_attention`: see ``scaledDotProductAttention(_:_:_:attnMask:dropoutP:isCausal:scale:enableGQA:slidingWindow:softCap:position:generator:)``.
@inlinable @inline(__always)
public func scaledDotProductAttention(_ input: Tensor, _ key: Tensor, value: Tensor, attnMask: Tensor?, isCausal: Bool, scale: Double?, enableGqa enableGQA: Bool, slidingWindow: Int? = nil, softCap: Double? = nil, position: Int = 0, generator: Generator = .default) -> Tensor { ApusFunctional.scaledDotProductAttention(input, key, value, attnMask: attnMask, isCausal: isCausal, scale: scale, enableGQA: enableGQA, slidingWindow: slidingWindow, softCap: softCap, position: position, generator: generator) }

/// PyTorch's `scaled_dot_product_attention`: see ``scaledDotProductAttention(_:_:_:attnMask:dropoutP:isCausal:scale:enableGQA:slidingWindow:softCap:position:generator:)``.
@inlinable @inline(__always)
public func scaledDotProductAttention(_ input: Tensor, _ key: Tensor, value: Tensor, attnMask: Tensor?, isCausal: Bool, enableGqa enableGQA: Bool, slidingWindow: Int? = nil, softCap: Double? = nil, position: Int = 0, generator: Generator = .default) -> Tensor { ApusFunctional.scaledDotProductAttention(input, key, value, attnMask: attnMask, isCausal: isCausal, enableGQA: enableGQA, slidingWindow: slidingWindow, softCap: softCap, position: position, generator: generator) }

/// PyTorch's `scaled_dot_product_attention`: see ``scaledDotProductAttention(_:_:_:attnMask:dropoutP:isCausal:scale:enableGQA:slidingWindow:softCap:position:generator:)``.
@inlinable @inline(__always)
public func scaledDotProductAttention(_ input: Tensor, _ key: Tensor, value: Tensor, attnMask: Tensor?, scale: Double?, enableGqa enableGQA: Bool, slidingWindow: Int? = nil, softCap: Double? = nil, position: Int = 0, generator: Generator = .default) -> Tensor { ApusFunctional.scaledDotProductAttention(input, key, value, attnMask: attnMask, scale: scale, enableGQA: enableGQA, slidingWindow: slidingWindow, softCap: softCap, position: position, generator: generator) }

/// PyTorch's `scaled_dot_product_attention`: see ``scaledDotProductAttention(_:_:_:attnMask:dropoutP:isCausal:scale:enableGQA:slidingWindow:softCap:position:generator:)``.
@inlinable @inline(__always)
public func scaledDotProductAttention(_ input: Tensor, _ key: Tensor, value: Tensor, attnMask: Tensor?, enableGqa enableGQA: Bool, slidingWindow: Int? = nil, softCap: Double? = nil, position: Int = 0, generator: Generator = .default) -> Tensor { ApusFunctional.scaledDotProductAttention(input, key, value, attnMask: attnMask, enableGQA: enableGQA, slidingWindow: slidingWindow, softCap: softCap, position: position, generator: generator) }

/// PyTorch's `scaled_dot_product_attention`: see ``scaledDotProductAttention(_:_:_:attnMask:dropoutP:isCausal:scale:enableGQA:slidingWindow:softCap:position:generator:)``.
@inlinable @inline(__always)
public func scaledDotProductAttention(_ input: Tensor, _ key: Tensor, value: Tensor, dropoutP: Double, isCausal: Bool, scale: Double?, enableGqa enableGQA: Bool, slidingWindow: Int? = nil, softCap: Double? = nil, position: Int = 0, generator: Generator = .default) -> Tensor { ApusFunctional.scaledDotProductAttention(input, key, value, dropoutP: dropoutP, isCausal: isCausal, scale: scale, enableGQA: enableGQA, slidingWindow: slidingWindow, softCap: softCap, position: position, generator: generator) }

/// PyTorch's `scaled_dot_product_attention`: see ``scaledDotProductAttention(_:_:_:attnMask:dropoutP:isCausal:scale:enableGQA:slidingWindow:softCap:position:generator:)``.
@inlinable @inline(__always)
public func scaledDotProductAttention(_ input: Tensor, _ key: Tensor, value: Tensor, dropoutP: Double, isCausal: Bool, enableGqa enableGQA: Bool, slidingWindow: Int? = nil, softCap: Double? = nil, position: Int = 0, generator: Generator = .default) -> Tensor { ApusFunctional.scaledDotProductAttention(input, key, value, dropoutP: dropoutP, isCausal: isCausal, enableGQA: enableGQA, slidingWindow: slidingWindow, softCap: softCap, position: position, generator: generator) }

/// PyTorch's `scaled_dot_product_attention`: see ``scaledDotProductAttention(_:_:_:attnMask:dropoutP:isCausal:scale:enableGQA:slidingWindow:softCap:position:generator:)``.
@inlinable @inline(__always)
public func scaledDotProductAttention(_ input: Tensor, _ key: Tensor, value: Tensor, dropoutP: Double, scale: Double?, enableGqa enableGQA: Bool, slidingWindow: Int? = nil, softCap: Double? = nil, position: Int = 0, generator: Generator = .default) -> Tensor { ApusFunctional.scaledDotProductAttention(input, key, value, dropoutP: dropoutP, scale: scale, enableGQA: enableGQA, slidingWindow: slidingWindow, softCap: softCap, position: position, generator: generator) }

/// PyTorch's `scaled_dot_product_attention`: see ``scaledDotProductAttention(_:_:_:attnMask:dropoutP:isCausal:scale:enableGQA:slidingWindow:softCap:position:generator:)``.
@inlinable @inline(__always)
public func scaledDotProductAttention(_ input: Tensor, _ key: Tensor, value: Tensor, dropoutP: Double, enableGqa enableGQA: Bool, slidingWindow: Int? = nil, softCap: Double? = nil, position: Int = 0, generator: Generator = .default) -> Tensor { ApusFunctional.scaledDotProductAttention(input, key, value, dropoutP: dropoutP, enableGQA: enableGQA, slidingWindow: slidingWindow, softCap: softCap, position: position, generator: generator) }

/// PyTorch's `scaled_dot_product_attention`: see ``scaledDotProductAttention(_:_:_:attnMask:dropoutP:isCausal:scale:enableGQA:slidingWindow:softCap:position:generator:)``.
@inlinable @inline(__always)
public func scaledDotProductAttention(_ input: Tensor, _ key: Tensor, value: Tensor, isCausal: Bool, scale: Double?, enableGqa enableGQA: Bool, slidingWindow: Int? = nil, softCap: Double? = nil, position: Int = 0, generator: Generator = .default) -> Tensor { ApusFunctional.scaledDotProductAttention(input, key, value, isCausal: isCausal, scale: scale, enableGQA: enableGQA, slidingWindow: slidingWindow, softCap: softCap, position: position, generator: generator) }

/// PyTorch's `scaled_dot_product_attention`: see ``scaledDotProductAttention(_:_:_:attnMask:dropoutP:isCausal:scale:enableGQA:slidingWindow:softCap:position:generator:)``.
@inlinable @inline(__always)
public func scaledDotProductAttention(_ input: Tensor, _ key: Tensor, value: Tensor, isCausal: Bool, enableGqa enableGQA: Bool, slidingWindow: Int? = nil, softCap: Double? = nil, position: Int = 0, generator: Generator = .default) -> Tensor { ApusFunctional.scaledDotProductAttention(input, key, value, isCausal: isCausal, enableGQA: enableGQA, slidingWindow: slidingWindow, softCap: softCap, position: position, generator: generator) }

/// PyTorch's `scaled_dot_product_attention`: see ``scaledDotProductAttention(_:_:_:attnMask:dropoutP:isCausal:scale:enableGQA:slidingWindow:softCap:position:generator:)``.
@inlinable @inline(__always)
public func scaledDotProductAttention(_ input: Tensor, _ key: Tensor, value: Tensor, scale: Double?, enableGqa enableGQA: Bool, slidingWindow: Int? = nil, softCap: Double? = nil, position: Int = 0, generator: Generator = .default) -> Tensor { ApusFunctional.scaledDotProductAttention(input, key, value, scale: scale, enableGQA: enableGQA, slidingWindow: slidingWindow, softCap: softCap, position: position, generator: generator) }

/// PyTorch's `scaled_dot_product_attention`: see ``scaledDotProductAttention(_:_:_:attnMask:dropoutP:isCausal:scale:enableGQA:slidingWindow:softCap:position:generator:)``.
@inlinable @inline(__always)
public func scaledDotProductAttention(_ input: Tensor, _ key: Tensor, value: Tensor, enableGqa enableGQA: Bool, slidingWindow: Int? = nil, softCap: Double? = nil, position: Int = 0, generator: Generator = .default) -> Tensor { ApusFunctional.scaledDotProductAttention(input, key, value, enableGQA: enableGQA, slidingWindow: slidingWindow, softCap: softCap, position: position, generator: generator) }

/// PyTorch's `scaled_dot_product_attention`: see ``scaledDotProductAttention(_:_:_:attnMask:dropoutP:isCausal:scale:enableGQA:slidingWindow:softCap:position:generator:)``.
@inlinable @inline(__always)
public func scaledDotProductAttention(_ input: Tensor, _ key: Tensor, _ value: Tensor, attnMask: Tensor?, dropoutP: Double, isCausal: Bool, scale: Double?, enableGqa enableGQA: Bool, slidingWindow: Int? = nil, softCap: Double? = nil, position: Int = 0, generator: Generator = .default) -> Tensor { ApusFunctional.scaledDotProductAttention(input, key, value, attnMask: attnMask, dropoutP: dropoutP, isCausal: isCausal, scale: scale, enableGQA: enableGQA, slidingWindow: slidingWindow, softCap: softCap, position: position, generator: generator) }

/// PyTorch's `scaled_dot_product_attention`: see ``scaledDotProductAttention(_:_:_:attnMask:dropoutP:isCausal:scale:enableGQA:slidingWindow:softCap:position:generator:)``.
@inlinable @inline(__always)
public func scaledDotProductAttention(_ input: Tensor, _ key: Tensor, _ value: Tensor, attnMask: Tensor?, dropoutP: Double, isCausal: Bool, enableGqa enableGQA: Bool, slidingWindow: Int? = nil, softCap: Double? = nil, position: Int = 0, generator: Generator = .default) -> Tensor { ApusFunctional.scaledDotProductAttention(input, key, value, attnMask: attnMask, dropoutP: dropoutP, isCausal: isCausal, enableGQA: enableGQA, slidingWindow: slidingWindow, softCap: softCap, position: position, generator: generator) }

/// PyTorch's `scaled_dot_product_attention`: see ``scaledDotProductAttention(_:_:_:attnMask:dropoutP:isCausal:scale:enableGQA:slidingWindow:softCap:position:generator:)``.
@inlinable @inline(__always)
public func scaledDotProductAttention(_ input: Tensor, _ key: Tensor, _ value: Tensor, attnMask: Tensor?, dropoutP: Double, scale: Double?, enableGqa enableGQA: Bool, slidingWindow: Int? = nil, softCap: Double? = nil, position: Int = 0, generator: Generator = .default) -> Tensor { ApusFunctional.scaledDotProductAttention(input, key, value, attnMask: attnMask, dropoutP: dropoutP, scale: scale, enableGQA: enableGQA, slidingWindow: slidingWindow, softCap: softCap, position: position, generator: generator) }

/// PyTorch's `scaled_dot_product_attention`: see ``scaledDotProductAttention(_:_:_:attnMask:dropoutP:isCausal:scale:enableGQA:slidingWindow:softCap:position:generator:)``.
@inlinable @inline(__always)
public func scaledDotProductAttention(_ input: Tensor, _ key: Tensor, _ value: Tensor, attnMask: Tensor?, dropoutP: Double, enableGqa enableGQA: Bool, slidingWindow: Int? = nil, softCap: Double? = nil, position: Int = 0, generator: Generator = .default) -> Tensor { ApusFunctional.scaledDotProductAttention(input, key, value, attnMask: attnMask, dropoutP: dropoutP, enableGQA: enableGQA, slidingWindow: slidingWindow, softCap: softCap, position: position, generator: generator) }

/// PyTorch's `scaled_dot_product_attention`: see ``scaledDotProductAttention(_:_:_:attnMask:dropoutP:isCausal:scale:enableGQA:slidingWindow:softCap:position:generator:)``.
@inlinable @inline(__always)
public func scaledDotProductAttention(_ input: Tensor, _ key: Tensor, _ value: Tensor, attnMask: Tensor?, isCausal: Bool, scale: Double?, enableGqa enableGQA: Bool, slidingWindow: Int? = nil, softCap: Double? = nil, position: Int = 0, generator: Generator = .default) -> Tensor { ApusFunctional.scaledDotProductAttention(input, key, value, attnMask: attnMask, isCausal: isCausal, scale: scale, enableGQA: enableGQA, slidingWindow: slidingWindow, softCap: softCap, position: position, generator: generator) }

/// PyTorch's `scaled_dot_product_attention`: see ``scaledDotProductAttention(_:_:_:attnMask:dropoutP:isCausal:scale:enableGQA:slidingWindow:softCap:position:generator:)``.
@inlinable @inline(__always)
public func scaledDotProductAttention(_ input: Tensor, _ key: Tensor, _ value: Tensor, attnMask: Tensor?, isCausal: Bool, enableGqa enableGQA: Bool, slidingWindow: Int? = nil, softCap: Double? = nil, position: Int = 0, generator: Generator = .default) -> Tensor { ApusFunctional.scaledDotProductAttention(input, key, value, attnMask: attnMask, isCausal: isCausal, enableGQA: enableGQA, slidingWindow: slidingWindow, softCap: softCap, position: position, generator: generator) }

/// PyTorch's `scaled_dot_product_attention`: see ``scaledDotProductAttention(_:_:_:attnMask:dropoutP:isCausal:scale:enableGQA:slidingWindow:softCap:position:generator:)``.
@inlinable @inline(__always)
public func scaledDotProductAttention(_ input: Tensor, _ key: Tensor, _ value: Tensor, attnMask: Tensor?, scale: Double?, enableGqa enableGQA: Bool, slidingWindow: Int? = nil, softCap: Double? = nil, position: Int = 0, generator: Generator = .default) -> Tensor { ApusFunctional.scaledDotProductAttention(input, key, value, attnMask: attnMask, scale: scale, enableGQA: enableGQA, slidingWindow: slidingWindow, softCap: softCap, position: position, generator: generator) }

/// PyTorch's `scaled_dot_product_attention`: see ``scaledDotProductAttention(_:_:_:attnMask:dropoutP:isCausal:scale:enableGQA:slidingWindow:softCap:position:generator:)``.
@inlinable @inline(__always)
public func scaledDotProductAttention(_ input: Tensor, _ key: Tensor, _ value: Tensor, attnMask: Tensor?, enableGqa enableGQA: Bool, slidingWindow: Int? = nil, softCap: Double? = nil, position: Int = 0, generator: Generator = .default) -> Tensor { ApusFunctional.scaledDotProductAttention(input, key, value, attnMask: attnMask, enableGQA: enableGQA, slidingWindow: slidingWindow, softCap: softCap, position: position, generator: generator) }

/// PyTorch's `scaled_dot_product_attention`: see ``scaledDotProductAttention(_:_:_:attnMask:dropoutP:isCausal:scale:enableGQA:slidingWindow:softCap:position:generator:)``.
@inlinable @inline(__always)
public func scaledDotProductAttention(_ input: Tensor, _ key: Tensor, _ value: Tensor, dropoutP: Double, isCausal: Bool, scale: Double?, enableGqa enableGQA: Bool, slidingWindow: Int? = nil, softCap: Double? = nil, position: Int = 0, generator: Generator = .default) -> Tensor { ApusFunctional.scaledDotProductAttention(input, key, value, dropoutP: dropoutP, isCausal: isCausal, scale: scale, enableGQA: enableGQA, slidingWindow: slidingWindow, softCap: softCap, position: position, generator: generator) }

/// PyTorch's `scaled_dot_product_attention`: see ``scaledDotProductAttention(_:_:_:attnMask:dropoutP:isCausal:scale:enableGQA:slidingWindow:softCap:position:generator:)``.
@inlinable @inline(__always)
public func scaledDotProductAttention(_ input: Tensor, _ key: Tensor, _ value: Tensor, dropoutP: Double, isCausal: Bool, enableGqa enableGQA: Bool, slidingWindow: Int? = nil, softCap: Double? = nil, position: Int = 0, generator: Generator = .default) -> Tensor { ApusFunctional.scaledDotProductAttention(input, key, value, dropoutP: dropoutP, isCausal: isCausal, enableGQA: enableGQA, slidingWindow: slidingWindow, softCap: softCap, position: position, generator: generator) }

/// PyTorch's `scaled_dot_product_attention`: see ``scaledDotProductAttention(_:_:_:attnMask:dropoutP:isCausal:scale:enableGQA:slidingWindow:softCap:position:generator:)``.
@inlinable @inline(__always)
public func scaledDotProductAttention(_ input: Tensor, _ key: Tensor, _ value: Tensor, dropoutP: Double, scale: Double?, enableGqa enableGQA: Bool, slidingWindow: Int? = nil, softCap: Double? = nil, position: Int = 0, generator: Generator = .default) -> Tensor { ApusFunctional.scaledDotProductAttention(input, key, value, dropoutP: dropoutP, scale: scale, enableGQA: enableGQA, slidingWindow: slidingWindow, softCap: softCap, position: position, generator: generator) }

/// PyTorch's `scaled_dot_product_attention`: see ``scaledDotProductAttention(_:_:_:attnMask:dropoutP:isCausal:scale:enableGQA:slidingWindow:softCap:position:generator:)``.
@inlinable @inline(__always)
public func scaledDotProductAttention(_ input: Tensor, _ key: Tensor, _ value: Tensor, dropoutP: Double, enableGqa enableGQA: Bool, slidingWindow: Int? = nil, softCap: Double? = nil, position: Int = 0, generator: Generator = .default) -> Tensor { ApusFunctional.scaledDotProductAttention(input, key, value, dropoutP: dropoutP, enableGQA: enableGQA, slidingWindow: slidingWindow, softCap: softCap, position: position, generator: generator) }

/// PyTorch's `scaled_dot_product_attention`: see ``scaledDotProductAttention(_:_:_:attnMask:dropoutP:isCausal:scale:enableGQA:slidingWindow:softCap:position:generator:)``.
@inlinable @inline(__always)
public func scaledDotProductAttention(_ input: Tensor, _ key: Tensor, _ value: Tensor, isCausal: Bool, scale: Double?, enableGqa enableGQA: Bool, slidingWindow: Int? = nil, softCap: Double? = nil, position: Int = 0, generator: Generator = .default) -> Tensor { ApusFunctional.scaledDotProductAttention(input, key, value, isCausal: isCausal, scale: scale, enableGQA: enableGQA, slidingWindow: slidingWindow, softCap: softCap, position: position, generator: generator) }

/// PyTorch's `scaled_dot_product_attention`: see ``scaledDotProductAttention(_:_:_:attnMask:dropoutP:isCausal:scale:enableGQA:slidingWindow:softCap:position:generator:)``.
@inlinable @inline(__always)
public func scaledDotProductAttention(_ input: Tensor, _ key: Tensor, _ value: Tensor, isCausal: Bool, enableGqa enableGQA: Bool, slidingWindow: Int? = nil, softCap: Double? = nil, position: Int = 0, generator: Generator = .default) -> Tensor { ApusFunctional.scaledDotProductAttention(input, key, value, isCausal: isCausal, enableGQA: enableGQA, slidingWindow: slidingWindow, softCap: softCap, position: position, generator: generator) }

/// PyTorch's `scaled_dot_product_attention`: see ``scaledDotProductAttention(_:_:_:attnMask:dropoutP:isCausal:scale:enableGQA:slidingWindow:softCap:position:generator:)``.
@inlinable @inline(__always)
public func scaledDotProductAttention(_ input: Tensor, _ key: Tensor, _ value: Tensor, scale: Double?, enableGqa enableGQA: Bool, slidingWindow: Int? = nil, softCap: Double? = nil, position: Int = 0, generator: Generator = .default) -> Tensor { ApusFunctional.scaledDotProductAttention(input, key, value, scale: scale, enableGQA: enableGQA, slidingWindow: slidingWindow, softCap: softCap, position: position, generator: generator) }

/// PyTorch's `scaled_dot_product_attention`: see ``scaledDotProductAttention(_:_:_:attnMask:dropoutP:isCausal:scale:enableGQA:slidingWindow:softCap:position:generator:)``.
@inlinable @inline(__always)
public func scaledDotProductAttention(_ input: Tensor, _ key: Tensor, _ value: Tensor, enableGqa enableGQA: Bool, slidingWindow: Int? = nil, softCap: Double? = nil, position: Int = 0, generator: Generator = .default) -> Tensor { ApusFunctional.scaledDotProductAttention(input, key, value, enableGQA: enableGQA, slidingWindow: slidingWindow, softCap: softCap, position: position, generator: generator) }

/// PyTorch's `scaled_dot_product_attention`: see ``scaledDotProductAttention(_:_:_:attnMask:dropoutP:isCausal:scale:enableGQA:slidingWindow:softCap:position:generator:)``.
@inlinable @inline(__always)
public func scaledDotProductAttention(_ input: Tensor, _ key: Tensor, _ value: Tensor, _ attnMask: Tensor?, dropoutP: Double, isCausal: Bool, scale: Double?, enableGqa enableGQA: Bool, slidingWindow: Int? = nil, softCap: Double? = nil, position: Int = 0, generator: Generator = .default) -> Tensor { ApusFunctional.scaledDotProductAttention(input, key, value, attnMask: attnMask, dropoutP: dropoutP, isCausal: isCausal, scale: scale, enableGQA: enableGQA, slidingWindow: slidingWindow, softCap: softCap, position: position, generator: generator) }

/// PyTorch's `scaled_dot_product_attention`: see ``scaledDotProductAttention(_:_:_:attnMask:dropoutP:isCausal:scale:enableGQA:slidingWindow:softCap:position:generator:)``.
@inlinable @inline(__always)
public func scaledDotProductAttention(_ input: Tensor, _ key: Tensor, _ value: Tensor, _ attnMask: Tensor?, dropoutP: Double, isCausal: Bool, enableGqa enableGQA: Bool, slidingWindow: Int? = nil, softCap: Double? = nil, position: Int = 0, generator: Generator = .default) -> Tensor { ApusFunctional.scaledDotProductAttention(input, key, value, attnMask: attnMask, dropoutP: dropoutP, isCausal: isCausal, enableGQA: enableGQA, slidingWindow: slidingWindow, softCap: softCap, position: position, generator: generator) }

/// PyTorch's `scaled_dot_product_attention`: see ``scaledDotProductAttention(_:_:_:attnMask:dropoutP:isCausal:scale:enableGQA:slidingWindow:softCap:position:generator:)``.
@inlinable @inline(__always)
public func scaledDotProductAttention(_ input: Tensor, _ key: Tensor, _ value: Tensor, _ attnMask: Tensor?, dropoutP: Double, scale: Double?, enableGqa enableGQA: Bool, slidingWindow: Int? = nil, softCap: Double? = nil, position: Int = 0, generator: Generator = .default) -> Tensor { ApusFunctional.scaledDotProductAttention(input, key, value, attnMask: attnMask, dropoutP: dropoutP, scale: scale, enableGQA: enableGQA, slidingWindow: slidingWindow, softCap: softCap, position: position, generator: generator) }

/// PyTorch's `scaled_dot_product_attention`: see ``scaledDotProductAttention(_:_:_:attnMask:dropoutP:isCausal:scale:enableGQA:slidingWindow:softCap:position:generator:)``.
@inlinable @inline(__always)
public func scaledDotProductAttention(_ input: Tensor, _ key: Tensor, _ value: Tensor, _ attnMask: Tensor?, dropoutP: Double, enableGqa enableGQA: Bool, slidingWindow: Int? = nil, softCap: Double? = nil, position: Int = 0, generator: Generator = .default) -> Tensor { ApusFunctional.scaledDotProductAttention(input, key, value, attnMask: attnMask, dropoutP: dropoutP, enableGQA: enableGQA, slidingWindow: slidingWindow, softCap: softCap, position: position, generator: generator) }

/// PyTorch's `scaled_dot_product_attention`: see ``scaledDotProductAttention(_:_:_:attnMask:dropoutP:isCausal:scale:enableGQA:slidingWindow:softCap:position:generator:)``.
@inlinable @inline(__always)
public func scaledDotProductAttention(_ input: Tensor, _ key: Tensor, _ value: Tensor, _ attnMask: Tensor?, isCausal: Bool, scale: Double?, enableGqa enableGQA: Bool, slidingWindow: Int? = nil, softCap: Double? = nil, position: Int = 0, generator: Generator = .default) -> Tensor { ApusFunctional.scaledDotProductAttention(input, key, value, attnMask: attnMask, isCausal: isCausal, scale: scale, enableGQA: enableGQA, slidingWindow: slidingWindow, softCap: softCap, position: position, generator: generator) }

/// PyTorch's `scaled_dot_product_attention`: see ``scaledDotProductAttention(_:_:_:attnMask:dropoutP:isCausal:scale:enableGQA:slidingWindow:softCap:position:generator:)``.
@inlinable @inline(__always)
public func scaledDotProductAttention(_ input: Tensor, _ key: Tensor, _ value: Tensor, _ attnMask: Tensor?, isCausal: Bool, enableGqa enableGQA: Bool, slidingWindow: Int? = nil, softCap: Double? = nil, position: Int = 0, generator: Generator = .default) -> Tensor { ApusFunctional.scaledDotProductAttention(input, key, value, attnMask: attnMask, isCausal: isCausal, enableGQA: enableGQA, slidingWindow: slidingWindow, softCap: softCap, position: position, generator: generator) }

/// PyTorch's `scaled_dot_product_attention`: see ``scaledDotProductAttention(_:_:_:attnMask:dropoutP:isCausal:scale:enableGQA:slidingWindow:softCap:position:generator:)``.
@inlinable @inline(__always)
public func scaledDotProductAttention(_ input: Tensor, _ key: Tensor, _ value: Tensor, _ attnMask: Tensor?, scale: Double?, enableGqa enableGQA: Bool, slidingWindow: Int? = nil, softCap: Double? = nil, position: Int = 0, generator: Generator = .default) -> Tensor { ApusFunctional.scaledDotProductAttention(input, key, value, attnMask: attnMask, scale: scale, enableGQA: enableGQA, slidingWindow: slidingWindow, softCap: softCap, position: position, generator: generator) }

/// PyTorch's `scaled_dot_product_attention`: see ``scaledDotProductAttention(_:_:_:attnMask:dropoutP:isCausal:scale:enableGQA:slidingWindow:softCap:position:generator:)``.
@inlinable @inline(__always)
public func scaledDotProductAttention(_ input: Tensor, _ key: Tensor, _ value: Tensor, _ attnMask: Tensor?, enableGqa enableGQA: Bool, slidingWindow: Int? = nil, softCap: Double? = nil, position: Int = 0, generator: Generator = .default) -> Tensor { ApusFunctional.scaledDotProductAttention(input, key, value, attnMask: attnMask, enableGQA: enableGQA, slidingWindow: slidingWindow, softCap: softCap, position: position, generator: generator) }

/// PyTorch's `scaled_dot_product_attention`: see ``scaledDotProductAttention(_:_:_:attnMask:dropoutP:isCausal:scale:enableGQA:slidingWindow:softCap:position:generator:)``.
@inlinable @inline(__always)
public func scaledDotProductAttention(_ input: Tensor, _ key: Tensor, _ value: Tensor, _ attnMask: Tensor?, _ dropoutP: Double, isCausal: Bool, scale: Double?, enableGqa enableGQA: Bool, slidingWindow: Int? = nil, softCap: Double? = nil, position: Int = 0, generator: Generator = .default) -> Tensor { ApusFunctional.scaledDotProductAttention(input, key, value, attnMask: attnMask, dropoutP: dropoutP, isCausal: isCausal, scale: scale, enableGQA: enableGQA, slidingWindow: slidingWindow, softCap: softCap, position: position, generator: generator) }

/// PyTorch's `scaled_dot_product_attention`: see ``scaledDotProductAttention(_:_:_:attnMask:dropoutP:isCausal:scale:enableGQA:slidingWindow:softCap:position:generator:)``.
@inlinable @inline(__always)
public func scaledDotProductAttention(_ input: Tensor, _ key: Tensor, _ value: Tensor, _ attnMask: Tensor?, _ dropoutP: Double, isCausal: Bool, enableGqa enableGQA: Bool, slidingWindow: Int? = nil, softCap: Double? = nil, position: Int = 0, generator: Generator = .default) -> Tensor { ApusFunctional.scaledDotProductAttention(input, key, value, attnMask: attnMask, dropoutP: dropoutP, isCausal: isCausal, enableGQA: enableGQA, slidingWindow: slidingWindow, softCap: softCap, position: position, generator: generator) }

/// PyTorch's `scaled_dot_product_attention`: see ``scaledDotProductAttention(_:_:_:attnMask:dropoutP:isCausal:scale:enableGQA:slidingWindow:softCap:position:generator:)``.
@inlinable @inline(__always)
public func scaledDotProductAttention(_ input: Tensor, _ key: Tensor, _ value: Tensor, _ attnMask: Tensor?, _ dropoutP: Double, scale: Double?, enableGqa enableGQA: Bool, slidingWindow: Int? = nil, softCap: Double? = nil, position: Int = 0, generator: Generator = .default) -> Tensor { ApusFunctional.scaledDotProductAttention(input, key, value, attnMask: attnMask, dropoutP: dropoutP, scale: scale, enableGQA: enableGQA, slidingWindow: slidingWindow, softCap: softCap, position: position, generator: generator) }

/// PyTorch's `scaled_dot_product_attention`: see ``scaledDotProductAttention(_:_:_:attnMask:dropoutP:isCausal:scale:enableGQA:slidingWindow:softCap:position:generator:)``.
@inlinable @inline(__always)
public func scaledDotProductAttention(_ input: Tensor, _ key: Tensor, _ value: Tensor, _ attnMask: Tensor?, _ dropoutP: Double, enableGqa enableGQA: Bool, slidingWindow: Int? = nil, softCap: Double? = nil, position: Int = 0, generator: Generator = .default) -> Tensor { ApusFunctional.scaledDotProductAttention(input, key, value, attnMask: attnMask, dropoutP: dropoutP, enableGQA: enableGQA, slidingWindow: slidingWindow, softCap: softCap, position: position, generator: generator) }

/// PyTorch's `scaled_dot_product_attention`: see ``scaledDotProductAttention(_:_:_:attnMask:dropoutP:isCausal:scale:enableGQA:slidingWindow:softCap:position:generator:)``.
@inlinable @inline(__always)
public func scaledDotProductAttention(_ input: Tensor, _ key: Tensor, _ value: Tensor, _ attnMask: Tensor?, _ dropoutP: Double, _ isCausal: Bool, scale: Double?, enableGqa enableGQA: Bool, slidingWindow: Int? = nil, softCap: Double? = nil, position: Int = 0, generator: Generator = .default) -> Tensor { ApusFunctional.scaledDotProductAttention(input, key, value, attnMask: attnMask, dropoutP: dropoutP, isCausal: isCausal, scale: scale, enableGQA: enableGQA, slidingWindow: slidingWindow, softCap: softCap, position: position, generator: generator) }

/// PyTorch's `scaled_dot_product_attention`: see ``scaledDotProductAttention(_:_:_:attnMask:dropoutP:isCausal:scale:enableGQA:slidingWindow:softCap:position:generator:)``.
@inlinable @inline(__always)
public func scaledDotProductAttention(_ input: Tensor, _ key: Tensor, _ value: Tensor, _ attnMask: Tensor?, _ dropoutP: Double, _ isCausal: Bool, enableGqa enableGQA: Bool, slidingWindow: Int? = nil, softCap: Double? = nil, position: Int = 0, generator: Generator = .default) -> Tensor { ApusFunctional.scaledDotProductAttention(input, key, value, attnMask: attnMask, dropoutP: dropoutP, isCausal: isCausal, enableGQA: enableGQA, slidingWindow: slidingWindow, softCap: softCap, position: position, generator: generator) }

/// PyTorch's `scatter`: see ``Tensor/scatter(_:_:_:)``.
@inlinable @inline(__always)
public func scatter(_ input: Tensor, _ dim: Int, _ index: Tensor, _ src: Tensor) -> Tensor { input.scatter(dim, index, src) }

/// PyTorch's `scatter`: see ``Tensor/scatter(_:_:_:)``.
@inlinable @inline(__always)
public func scatter(_ input: Tensor, dim: Int, index: Tensor, src: Tensor) -> Tensor { input.scatter(dim, index, src) }

/// PyTorch's `scatter`: see ``Tensor/scatter(_:_:_:)``.
@inlinable @inline(__always)
public func scatter(_ input: Tensor, _ dim: Int, index: Tensor, src: Tensor) -> Tensor { input.scatter(dim, index, src) }

/// PyTorch's `scatter`: see ``Tensor/scatter(_:_:_:)``.
@inlinable @inline(__always)
public func scatter(_ input: Tensor, _ dim: Int, _ index: Tensor, src: Tensor) -> Tensor { input.scatter(dim, index, src) }

/// PyTorch's `scatter`: see ``Tensor/scatter(_:_:_:)``.
@inlinable @inline(__always)
public func scatter(_ input: Tensor, _ dim: Int, _ index: Tensor, _ value: some ScalarConvertible) -> Tensor { input.scatter(dim, index, value) }

/// PyTorch's `scatter`: see ``Tensor/scatter(_:_:_:)``.
@inlinable @inline(__always)
public func scatter(_ input: Tensor, dim: Int, index: Tensor, value: some ScalarConvertible) -> Tensor { input.scatter(dim, index, value) }

/// PyTorch's `scatter`: see ``Tensor/scatter(_:_:_:)``.
@inlinable @inline(__always)
public func scatter(_ input: Tensor, _ dim: Int, index: Tensor, value: some ScalarConvertible) -> Tensor { input.scatter(dim, index, value) }

/// PyTorch's `scatter`: see ``Tensor/scatter(_:_:_:)``.
@inlinable @inline(__always)
public func scatter(_ input: Tensor, _ dim: Int, _ index: Tensor, value: some ScalarConvertible) -> Tensor { input.scatter(dim, index, value) }

/// PyTorch's `scatter_add`: see ``Tensor/scatterAdd(_:_:_:)``.
@inlinable @inline(__always)
public func scatterAdd(_ input: Tensor, _ dim: Int, _ index: Tensor, _ src: Tensor) -> Tensor { input.scatterAdd(dim, index, src) }

/// PyTorch's `scatter_add`: see ``Tensor/scatterAdd(_:_:_:)``.
@inlinable @inline(__always)
public func scatterAdd(_ input: Tensor, dim: Int, index: Tensor, src: Tensor) -> Tensor { input.scatterAdd(dim, index, src) }

/// PyTorch's `scatter_add`: see ``Tensor/scatterAdd(_:_:_:)``.
@inlinable @inline(__always)
public func scatterAdd(_ input: Tensor, _ dim: Int, index: Tensor, src: Tensor) -> Tensor { input.scatterAdd(dim, index, src) }

/// PyTorch's `scatter_add`: see ``Tensor/scatterAdd(_:_:_:)``.
@inlinable @inline(__always)
public func scatterAdd(_ input: Tensor, _ dim: Int, _ index: Tensor, src: Tensor) -> Tensor { input.scatterAdd(dim, index, src) }

/// PyTorch's `scatter_reduce`: see ``Tensor/scatterReduce(_:_:_:reduce:includeSelf:)``.
@inlinable @inline(__always)
public func scatterReduce(_ input: Tensor, _ dim: Int, _ index: Tensor, _ src: Tensor, reduce: ScatterReduction, includeSelf: Bool = true) -> Tensor { input.scatterReduce(dim, index, src, reduce: reduce, includeSelf: includeSelf) }

/// PyTorch's `scatter_reduce`: see ``Tensor/scatterReduce(_:_:_:reduce:includeSelf:)``.
@inlinable @inline(__always)
public func scatterReduce(_ input: Tensor, dim: Int, index: Tensor, src: Tensor, reduce: ScatterReduction, includeSelf: Bool = true) -> Tensor { input.scatterReduce(dim, index, src, reduce: reduce, includeSelf: includeSelf) }

/// PyTorch's `scatter_reduce`: see ``Tensor/scatterReduce(_:_:_:reduce:includeSelf:)``.
@inlinable @inline(__always)
public func scatterReduce(_ input: Tensor, _ dim: Int, index: Tensor, src: Tensor, reduce: ScatterReduction, includeSelf: Bool = true) -> Tensor { input.scatterReduce(dim, index, src, reduce: reduce, includeSelf: includeSelf) }

/// PyTorch's `scatter_reduce`: see ``Tensor/scatterReduce(_:_:_:reduce:includeSelf:)``.
@inlinable @inline(__always)
public func scatterReduce(_ input: Tensor, _ dim: Int, _ index: Tensor, src: Tensor, reduce: ScatterReduction, includeSelf: Bool = true) -> Tensor { input.scatterReduce(dim, index, src, reduce: reduce, includeSelf: includeSelf) }

/// PyTorch's `scatter_reduce`: see ``Tensor/scatterReduce(_:_:_:reduce:includeSelf:)``.
@inlinable @inline(__always)
public func scatterReduce(_ input: Tensor, _ dim: Int, _ index: Tensor, _ src: Tensor, _ reduce: ScatterReduction, includeSelf: Bool = true) -> Tensor { input.scatterReduce(dim, index, src, reduce: reduce, includeSelf: includeSelf) }

/// PyTorch's `searchsorted`: see ``searchsorted(_:_:right:outInt32:sorter:)``.
@inlinable @inline(__always)
public func searchsorted(_ input: Tensor, self values: Tensor, right: Bool = false, outInt32: Bool = false, sorter: Tensor? = nil) -> Tensor { ApusNumerics.searchsorted(input, values, right: right, outInt32: outInt32, sorter: sorter) }

/// PyTorch's `segment_reduce`: see ``Tensor/segmentReduce(_:lengths:offsets:axis:unsafe:initial:)``.
@inlinable @inline(__always)
public func segmentReduce(_ input: Tensor, _ reduce: SegmentReduction, lengths: Tensor? = nil, offsets: Tensor? = nil, axis: Int = 0, unsafe: Bool = false, initial: Double? = nil) -> Tensor { input.segmentReduce(reduce, lengths: lengths, offsets: offsets, axis: axis, unsafe: unsafe, initial: initial) }

/// PyTorch's `segment_reduce`: see ``Tensor/segmentReduce(_:lengths:offsets:axis:unsafe:initial:)``.
@inlinable @inline(__always)
public func segmentReduce(_ input: Tensor, reduce: SegmentReduction, lengths: Tensor? = nil, offsets: Tensor? = nil, axis: Int = 0, unsafe: Bool = false, initial: Double? = nil) -> Tensor { input.segmentReduce(reduce, lengths: lengths, offsets: offsets, axis: axis, unsafe: unsafe, initial: initial) }

/// PyTorch's `select`: see ``Tensor/select(_:_:)``.
@inlinable @inline(__always)
public func select(_ input: Tensor, _ dim: Int, _ index: Int) -> Tensor { input.select(dim, index) }

/// PyTorch's `select`: see ``Tensor/select(_:_:)``.
@inlinable @inline(__always)
public func select(_ input: Tensor, dim: Int, index: Int) -> Tensor { input.select(dim, index) }

/// PyTorch's `select`: see ``Tensor/select(_:_:)``.
@inlinable @inline(__always)
public func select(_ input: Tensor, _ dim: Int, index: Int) -> Tensor { input.select(dim, index) }

/// PyTorch's `select_scatter`: see ``Tensor/selectScatter(_:_:_:)``.
@inlinable @inline(__always)
public func selectScatter(_ input: Tensor, _ src: Tensor, _ dim: Int, _ index: Int) -> Tensor { input.selectScatter(src, dim, index) }

/// PyTorch's `select_scatter`: see ``Tensor/selectScatter(_:_:_:)``.
@inlinable @inline(__always)
public func selectScatter(_ input: Tensor, src: Tensor, dim: Int, index: Int) -> Tensor { input.selectScatter(src, dim, index) }

/// PyTorch's `select_scatter`: see ``Tensor/selectScatter(_:_:_:)``.
@inlinable @inline(__always)
public func selectScatter(_ input: Tensor, _ src: Tensor, dim: Int, index: Int) -> Tensor { input.selectScatter(src, dim, index) }

/// PyTorch's `select_scatter`: see ``Tensor/selectScatter(_:_:_:)``.
@inlinable @inline(__always)
public func selectScatter(_ input: Tensor, _ src: Tensor, _ dim: Int, index: Int) -> Tensor { input.selectScatter(src, dim, index) }

/// PyTorch's `selu`: see ``Tensor/selu()``.
@inlinable @inline(__always)
public func selu(_ input: Tensor) -> Tensor { input.selu() }

/// PyTorch's `sgn`: see ``Tensor/sgn()``.
@inlinable @inline(__always)
public func sgn(_ input: Tensor) -> Tensor { input.sgn() }

/// PyTorch's `sigmoid`: see ``Tensor/sigmoid()``.
@inlinable @inline(__always)
public func sigmoid(_ input: consuming Tensor) -> Tensor { input.sigmoid() }

/// PyTorch's `sign`: see ``Tensor/sign()``.
@inlinable @inline(__always)
public func sign(_ input: consuming Tensor) -> Tensor { input.sign() }

/// PyTorch's `signbit`: see ``Tensor/signbit()``.
@inlinable @inline(__always)
public func signbit(_ input: Tensor) -> Tensor { input.signbit() }

/// PyTorch's `silu`: see ``Tensor/silu()``.
@inlinable @inline(__always)
public func silu(_ input: consuming Tensor) -> Tensor { input.silu() }

/// PyTorch's `sin`: see ``Tensor/sin()``.
@inlinable @inline(__always)
public func sin(_ input: consuming Tensor) -> Tensor { input.sin() }

/// PyTorch's `sinc`: see ``Tensor/sinc()``.
@inlinable @inline(__always)
public func sinc(_ input: Tensor) -> Tensor { input.sinc() }

/// PyTorch's `sinh`: see ``Tensor/sinh()``.
@inlinable @inline(__always)
public func sinh(_ input: consuming Tensor) -> Tensor { input.sinh() }

/// PyTorch's `slice_scatter`: see ``Tensor/sliceScatter(_:dim:start:end:step:)``.
@inlinable @inline(__always)
public func sliceScatter(_ input: Tensor, _ src: Tensor, dim: Int = 0, start: Int? = nil, end: Int? = nil, step: Int = 1) -> Tensor { input.sliceScatter(src, dim: dim, start: start, end: end, step: step) }

/// PyTorch's `slice_scatter`: see ``Tensor/sliceScatter(_:dim:start:end:step:)``.
@inlinable @inline(__always)
public func sliceScatter(_ input: Tensor, src: Tensor, dim: Int = 0, start: Int? = nil, end: Int? = nil, step: Int = 1) -> Tensor { input.sliceScatter(src, dim: dim, start: start, end: end, step: step) }

/// PyTorch's `slice_scatter`: see ``Tensor/sliceScatter(_:dim:start:end:step:)``.
@inlinable @inline(__always)
public func sliceScatter(_ input: Tensor, _ src: Tensor, _ dim: Int, start: Int? = nil, end: Int? = nil, step: Int = 1) -> Tensor { input.sliceScatter(src, dim: dim, start: start, end: end, step: step) }

/// PyTorch's `slice_scatter`: see ``Tensor/sliceScatter(_:dim:start:end:step:)``.
@inlinable @inline(__always)
public func sliceScatter(_ input: Tensor, _ src: Tensor, _ dim: Int, _ start: Int?, end: Int? = nil, step: Int = 1) -> Tensor { input.sliceScatter(src, dim: dim, start: start, end: end, step: step) }

/// PyTorch's `slice_scatter`: see ``Tensor/sliceScatter(_:dim:start:end:step:)``.
@inlinable @inline(__always)
public func sliceScatter(_ input: Tensor, _ src: Tensor, _ dim: Int, _ start: Int?, _ end: Int?, step: Int = 1) -> Tensor { input.sliceScatter(src, dim: dim, start: start, end: end, step: step) }

/// PyTorch's `slice_scatter`: see ``Tensor/sliceScatter(_:dim:start:end:step:)``.
@inlinable @inline(__always)
public func sliceScatter(_ input: Tensor, _ src: Tensor, _ dim: Int, _ start: Int?, _ end: Int?, _ step: Int) -> Tensor { input.sliceScatter(src, dim: dim, start: start, end: end, step: step) }

/// PyTorch's `smooth_l1_loss`: see ``smoothL1Loss(_:_:reduction:beta:)``.
@inlinable @inline(__always)
public func smoothL1Loss(_ input: Tensor, target: Tensor, reduction: LossReduction = .mean, beta: Double = 1) -> Tensor { ApusFunctional.smoothL1Loss(input, target, reduction: reduction, beta: beta) }

/// PyTorch's `smooth_l1_loss`: see ``smoothL1Loss(_:_:reduction:beta:)``.
@inlinable @inline(__always)
public func smoothL1Loss(_ input: Tensor, _ target: Tensor, _ reduction: LossReduction, beta: Double = 1) -> Tensor { ApusFunctional.smoothL1Loss(input, target, reduction: reduction, beta: beta) }

/// PyTorch's `smooth_l1_loss`: see ``smoothL1Loss(_:_:reduction:beta:)``.
@inlinable @inline(__always)
public func smoothL1Loss(_ input: Tensor, _ target: Tensor, _ reduction: LossReduction, _ beta: Double) -> Tensor { ApusFunctional.smoothL1Loss(input, target, reduction: reduction, beta: beta) }

/// PyTorch's `soft_margin_loss`: see ``softMarginLoss(_:_:reduction:)``.
@inlinable @inline(__always)
public func softMarginLoss(_ input: Tensor, target: Tensor, reduction: LossReduction = .mean) -> Tensor { ApusFunctional.softMarginLoss(input, target, reduction: reduction) }

/// PyTorch's `soft_margin_loss`: see ``softMarginLoss(_:_:reduction:)``.
@inlinable @inline(__always)
public func softMarginLoss(_ input: Tensor, _ target: Tensor, _ reduction: LossReduction) -> Tensor { ApusFunctional.softMarginLoss(input, target, reduction: reduction) }

/// PyTorch's `softmax`: see ``softmax(_:dim:dtype:)``.
@inlinable @inline(__always)
public func softmax(_ input: Tensor, _ dim: Int, dtype: DType? = nil) -> Tensor { ApusFunctional.softmax(input, dim: dim, dtype: dtype) }

/// PyTorch's `softmax`: see ``softmax(_:dim:dtype:)``.
@inlinable @inline(__always)
public func softmax(_ input: Tensor, _ dim: Int, _ dtype: DType?) -> Tensor { ApusFunctional.softmax(input, dim: dim, dtype: dtype) }

/// PyTorch's `softmin`: see ``softmin(_:dim:dtype:)``.
@inlinable @inline(__always)
public func softmin(_ input: Tensor, _ dim: Int, dtype: DType? = nil) -> Tensor { ApusFunctional.softmin(input, dim: dim, dtype: dtype) }

/// PyTorch's `softmin`: see ``softmin(_:dim:dtype:)``.
@inlinable @inline(__always)
public func softmin(_ input: Tensor, _ dim: Int, _ dtype: DType?) -> Tensor { ApusFunctional.softmin(input, dim: dim, dtype: dtype) }

/// PyTorch's `softplus`: see ``Tensor/softplus(beta:threshold:)``.
@inlinable @inline(__always)
public func softplus(_ input: Tensor, beta: Double = 1, threshold: Double = 20) -> Tensor { input.softplus(beta: beta, threshold: threshold) }

/// PyTorch's `softplus`: see ``Tensor/softplus(beta:threshold:)``.
@inlinable @inline(__always)
public func softplus(_ input: Tensor, _ beta: Double, threshold: Double = 20) -> Tensor { input.softplus(beta: beta, threshold: threshold) }

/// PyTorch's `softplus`: see ``Tensor/softplus(beta:threshold:)``.
@inlinable @inline(__always)
public func softplus(_ input: Tensor, _ beta: Double, _ threshold: Double) -> Tensor { input.softplus(beta: beta, threshold: threshold) }

/// PyTorch's `softshrink`: see ``Tensor/softshrink(lambd:)``.
@inlinable @inline(__always)
public func softshrink(_ input: Tensor, lambd: Double = 0.5) -> Tensor { input.softshrink(lambd: lambd) }

/// PyTorch's `softshrink`: see ``Tensor/softshrink(lambd:)``.
@inlinable @inline(__always)
public func softshrink(_ input: Tensor, _ lambd: Double) -> Tensor { input.softshrink(lambd: lambd) }

/// PyTorch's `softsign`: see ``Tensor/softsign()``.
@inlinable @inline(__always)
public func softsign(_ input: Tensor) -> Tensor { input.softsign() }

/// PyTorch's `sort`: see ``Tensor/sort(_:descending:stable:)``.
@inlinable @inline(__always)
public func sort(_ input: Tensor, _ dim: Int = -1, descending: Bool = false, stable: Bool = true) -> ValuesIndices { input.sort(dim, descending: descending, stable: stable) }

/// PyTorch's `sort`: see ``Tensor/sort(_:descending:stable:)``.
@_disfavoredOverload @inlinable @inline(__always)
public func sort(_ input: Tensor, _ dim: Int = -1, descending: Bool = false, stable: Bool = true) -> (values: Tensor, indices: Tensor) { input.sort(dim, descending: descending, stable: stable) }

/// PyTorch's `sort`: see ``Tensor/sort(_:descending:stable:)``.
@inlinable @inline(__always)
public func sort(_ input: Tensor, dim: Int, descending: Bool = false, stable: Bool = true) -> ValuesIndices { input.sort(dim, descending: descending, stable: stable) }

/// PyTorch's `sort`: see ``Tensor/sort(_:descending:stable:)``.
@_disfavoredOverload @inlinable @inline(__always)
public func sort(_ input: Tensor, dim: Int, descending: Bool = false, stable: Bool = true) -> (values: Tensor, indices: Tensor) { input.sort(dim, descending: descending, stable: stable) }

/// PyTorch's `split`: see ``Tensor/split(_:dim:)``.
@inlinable @inline(__always)
public func split(_ input: Tensor, _ size: Int, dim: Int = 0) -> [Tensor] { input.split(size, dim: dim) }

/// PyTorch's `split`: see ``Tensor/split(_:dim:)``.
@inlinable @inline(__always)
public func split(_ input: Tensor, splitSize size: Int, dim: Int = 0) -> [Tensor] { input.split(size, dim: dim) }

/// PyTorch's `split`: see ``Tensor/split(_:dim:)``.
@inlinable @inline(__always)
public func split(_ input: Tensor, _ size: Int, _ dim: Int) -> [Tensor] { input.split(size, dim: dim) }

/// PyTorch's `split`: see ``Tensor/split(_:dim:)``.
@inlinable @inline(__always)
public func split(_ input: Tensor, _ sizes: [Int], dim: Int = 0) -> [Tensor] { input.split(sizes, dim: dim) }

/// PyTorch's `split`: see ``Tensor/split(_:dim:)``.
@inlinable @inline(__always)
public func split(_ input: Tensor, splitSize sizes: [Int], dim: Int = 0) -> [Tensor] { input.split(sizes, dim: dim) }

/// PyTorch's `split`: see ``Tensor/split(_:dim:)``.
@inlinable @inline(__always)
public func split(_ input: Tensor, _ sizes: [Int], _ dim: Int) -> [Tensor] { input.split(sizes, dim: dim) }

/// PyTorch's `sqrt`: see ``Tensor/sqrt()``.
@inlinable @inline(__always)
public func sqrt(_ input: consuming Tensor) -> Tensor { input.sqrt() }

/// PyTorch's `square`: see ``Tensor/square()``.
@inlinable @inline(__always)
public func square(_ input: Tensor) -> Tensor { input.square() }

/// PyTorch's `squeeze`: see ``Tensor/squeeze(_:)``.
@inlinable @inline(__always)
public func squeeze(_ input: Tensor, _ dims: [Int]) -> Tensor { input.squeeze(dims) }

/// PyTorch's `squeeze`: see ``Tensor/squeeze(_:)``.
@inlinable @inline(__always)
public func squeeze(_ input: Tensor, dim dims: [Int]) -> Tensor { input.squeeze(dims) }

/// PyTorch's `squeeze`: see ``Tensor/squeeze(_:)``.
@inlinable @inline(__always)
public func squeeze(_ input: Tensor, _ dims: Int) -> Tensor { input.squeeze([dims]) }

/// PyTorch's `squeeze`: see ``Tensor/squeeze(_:)``.
@inlinable @inline(__always)
public func squeeze(_ input: Tensor, dim dims: Int) -> Tensor { input.squeeze([dims]) }

/// PyTorch's `stack`: see ``stack(_:dim:)``.
@inlinable @inline(__always)
public func stack(_ tensors: [Tensor], _ dim: Int) -> Tensor { ApusCore.stack(tensors, dim: dim) }

/// PyTorch's `std`: see ``Tensor/std(_:correction:keepDim:)``.
@inlinable @inline(__always)
public func std(_ input: Tensor, _ dims: [Int]? = nil, correction: Double = 1, keepDim: Bool = false) -> Tensor { input.std(dims, correction: correction, keepDim: keepDim) }

/// PyTorch's `std`: see ``Tensor/std(_:correction:keepDim:)``.
@inlinable @inline(__always)
public func std(_ input: Tensor, dim dims: [Int]?, correction: Double = 1, keepDim: Bool = false) -> Tensor { input.std(dims, correction: correction, keepDim: keepDim) }

/// PyTorch's `std`: see ``Tensor/std(_:correction:keepDim:)``.
@inlinable @inline(__always)
public func std(_ input: Tensor, dim dims: [Int]? = nil, correction: Double = 1, keepdim keepDim: Bool) -> Tensor { input.std(dims, correction: correction, keepDim: keepDim) }

/// PyTorch's `std`: see ``Tensor/std(_:correction:keepDim:)``.
@inlinable @inline(__always)
public func std(_ input: Tensor, _ dims: [Int]?, correction: Double, keepdim keepDim: Bool) -> Tensor { input.std(dims, correction: correction, keepDim: keepDim) }

/// PyTorch's `std`: see ``Tensor/std(_:correction:keepDim:)``.
@inlinable @inline(__always)
public func std(_ input: Tensor, _ dims: [Int]?, keepdim keepDim: Bool) -> Tensor { input.std(dims, keepDim: keepDim) }

/// PyTorch's `std`: see ``Tensor/std(_:correction:keepDim:)``.
@inlinable @inline(__always)
public func std(_ input: Tensor, _ dim: Int, correction: Double = 1, keepDim: Bool = false) -> Tensor { input.std(dim, correction: correction, keepDim: keepDim) }

/// PyTorch's `std`: see ``Tensor/std(_:correction:keepDim:)``.
@inlinable @inline(__always)
public func std(_ input: Tensor, dim: Int, correction: Double = 1, keepDim: Bool = false) -> Tensor { input.std(dim, correction: correction, keepDim: keepDim) }

/// PyTorch's `std`: see ``Tensor/std(_:correction:keepDim:)``.
@inlinable @inline(__always)
public func std(_ input: Tensor, dim: Int, correction: Double, keepdim keepDim: Bool) -> Tensor { input.std(dim, correction: correction, keepDim: keepDim) }

/// PyTorch's `std`: see ``Tensor/std(_:correction:keepDim:)``.
@inlinable @inline(__always)
public func std(_ input: Tensor, dim: Int, keepdim keepDim: Bool) -> Tensor { input.std(dim, keepDim: keepDim) }

/// PyTorch's `std`: see ``Tensor/std(_:correction:keepDim:)``.
@inlinable @inline(__always)
public func std(_ input: Tensor, _ dim: Int, correction: Double, keepdim keepDim: Bool) -> Tensor { input.std(dim, correction: correction, keepDim: keepDim) }

/// PyTorch's `std`: see ``Tensor/std(_:correction:keepDim:)``.
@inlinable @inline(__always)
public func std(_ input: Tensor, _ dim: Int, keepdim keepDim: Bool) -> Tensor { input.std(dim, keepDim: keepDim) }

/// PyTorch's `std_mean`: see ``Tensor/stdMean(_:correction:keepDim:)``.
@inlinable @inline(__always)
public func stdMean(_ input: Tensor, _ dims: [Int]? = nil, correction: Double = 1, keepDim: Bool = false) -> (Tensor, Tensor) { input.stdMean(dims, correction: correction, keepDim: keepDim) }

/// PyTorch's `std_mean`: see ``Tensor/stdMean(_:correction:keepDim:)``.
@inlinable @inline(__always)
public func stdMean(_ input: Tensor, dim dims: [Int]?, correction: Double = 1, keepDim: Bool = false) -> (Tensor, Tensor) { input.stdMean(dims, correction: correction, keepDim: keepDim) }

/// PyTorch's `std_mean`: see ``Tensor/stdMean(_:correction:keepDim:)``.
@inlinable @inline(__always)
public func stdMean(_ input: Tensor, dim dims: [Int]? = nil, correction: Double = 1, keepdim keepDim: Bool) -> (Tensor, Tensor) { input.stdMean(dims, correction: correction, keepDim: keepDim) }

/// PyTorch's `std_mean`: see ``Tensor/stdMean(_:correction:keepDim:)``.
@inlinable @inline(__always)
public func stdMean(_ input: Tensor, _ dims: [Int]?, correction: Double, keepdim keepDim: Bool) -> (Tensor, Tensor) { input.stdMean(dims, correction: correction, keepDim: keepDim) }

/// PyTorch's `std_mean`: see ``Tensor/stdMean(_:correction:keepDim:)``.
@inlinable @inline(__always)
public func stdMean(_ input: Tensor, _ dims: [Int]?, keepdim keepDim: Bool) -> (Tensor, Tensor) { input.stdMean(dims, keepDim: keepDim) }

/// PyTorch's `std_mean`: see ``Tensor/stdMean(_:correction:keepDim:)``.
@inlinable @inline(__always)
public func stdMean(_ input: Tensor, _ dims: Int, correction: Double = 1, keepDim: Bool = false) -> (Tensor, Tensor) { input.stdMean([dims], correction: correction, keepDim: keepDim) }

/// PyTorch's `std_mean`: see ``Tensor/stdMean(_:correction:keepDim:)``.
@inlinable @inline(__always)
public func stdMean(_ input: Tensor, dim dims: Int, correction: Double = 1, keepDim: Bool = false) -> (Tensor, Tensor) { input.stdMean([dims], correction: correction, keepDim: keepDim) }

/// PyTorch's `std_mean`: see ``Tensor/stdMean(_:correction:keepDim:)``.
@inlinable @inline(__always)
public func stdMean(_ input: Tensor, dim dims: Int, correction: Double, keepdim keepDim: Bool) -> (Tensor, Tensor) { input.stdMean([dims], correction: correction, keepDim: keepDim) }

/// PyTorch's `std_mean`: see ``Tensor/stdMean(_:correction:keepDim:)``.
@inlinable @inline(__always)
public func stdMean(_ input: Tensor, dim dims: Int, keepdim keepDim: Bool) -> (Tensor, Tensor) { input.stdMean([dims], keepDim: keepDim) }

/// PyTorch's `std_mean`: see ``Tensor/stdMean(_:correction:keepDim:)``.
@inlinable @inline(__always)
public func stdMean(_ input: Tensor, _ dims: Int, correction: Double, keepdim keepDim: Bool) -> (Tensor, Tensor) { input.stdMean([dims], correction: correction, keepDim: keepDim) }

/// PyTorch's `std_mean`: see ``Tensor/stdMean(_:correction:keepDim:)``.
@inlinable @inline(__always)
public func stdMean(_ input: Tensor, _ dims: Int, keepdim keepDim: Bool) -> (Tensor, Tensor) { input.stdMean([dims], keepDim: keepDim) }

/// PyTorch's `stft`: see ``stft(_:nFFT:hopLength:winLength:window:center:padMode:normalized:onesided:returnComplex:)``.
@inlinable @inline(__always)
public func stft(_ input: Tensor, _ nFFT: Int, hopLength: Int? = nil, winLength: Int? = nil, window: Tensor? = nil, center: Bool = true, padMode: PadMode = .reflect, normalized: Bool = false, onesided: Bool? = nil, returnComplex: Bool = true) -> Tensor { ApusNumerics.stft(input, nFFT: nFFT, hopLength: hopLength, winLength: winLength, window: window, center: center, padMode: padMode, normalized: normalized, onesided: onesided, returnComplex: returnComplex) }

/// PyTorch's `stft`: see ``stft(_:nFFT:hopLength:winLength:window:center:padMode:normalized:onesided:returnComplex:)``.
@inlinable @inline(__always)
public func stft(_ input: Tensor, _ nFFT: Int, _ hopLength: Int?, winLength: Int? = nil, window: Tensor? = nil, center: Bool = true, padMode: PadMode = .reflect, normalized: Bool = false, onesided: Bool? = nil, returnComplex: Bool = true) -> Tensor { ApusNumerics.stft(input, nFFT: nFFT, hopLength: hopLength, winLength: winLength, window: window, center: center, padMode: padMode, normalized: normalized, onesided: onesided, returnComplex: returnComplex) }

/// PyTorch's `stft`: see ``stft(_:nFFT:hopLength:winLength:window:center:padMode:normalized:onesided:returnComplex:)``.
@inlinable @inline(__always)
public func stft(_ input: Tensor, _ nFFT: Int, _ hopLength: Int?, _ winLength: Int?, window: Tensor? = nil, center: Bool = true, padMode: PadMode = .reflect, normalized: Bool = false, onesided: Bool? = nil, returnComplex: Bool = true) -> Tensor { ApusNumerics.stft(input, nFFT: nFFT, hopLength: hopLength, winLength: winLength, window: window, center: center, padMode: padMode, normalized: normalized, onesided: onesided, returnComplex: returnComplex) }

/// PyTorch's `stft`: see ``stft(_:nFFT:hopLength:winLength:window:center:padMode:normalized:onesided:returnComplex:)``.
@inlinable @inline(__always)
public func stft(_ input: Tensor, _ nFFT: Int, _ hopLength: Int?, _ winLength: Int?, _ window: Tensor?, center: Bool = true, padMode: PadMode = .reflect, normalized: Bool = false, onesided: Bool? = nil, returnComplex: Bool = true) -> Tensor { ApusNumerics.stft(input, nFFT: nFFT, hopLength: hopLength, winLength: winLength, window: window, center: center, padMode: padMode, normalized: normalized, onesided: onesided, returnComplex: returnComplex) }

/// PyTorch's `stft`: see ``stft(_:nFFT:hopLength:winLength:window:center:padMode:normalized:onesided:returnComplex:)``.
@inlinable @inline(__always)
public func stft(_ input: Tensor, _ nFFT: Int, _ hopLength: Int?, _ winLength: Int?, _ window: Tensor?, _ center: Bool, padMode: PadMode = .reflect, normalized: Bool = false, onesided: Bool? = nil, returnComplex: Bool = true) -> Tensor { ApusNumerics.stft(input, nFFT: nFFT, hopLength: hopLength, winLength: winLength, window: window, center: center, padMode: padMode, normalized: normalized, onesided: onesided, returnComplex: returnComplex) }

/// PyTorch's `stft`: see ``stft(_:nFFT:hopLength:winLength:window:center:padMode:normalized:onesided:returnComplex:)``.
@inlinable @inline(__always)
public func stft(_ input: Tensor, _ nFFT: Int, _ hopLength: Int?, _ winLength: Int?, _ window: Tensor?, _ center: Bool, _ padMode: PadMode, normalized: Bool = false, onesided: Bool? = nil, returnComplex: Bool = true) -> Tensor { ApusNumerics.stft(input, nFFT: nFFT, hopLength: hopLength, winLength: winLength, window: window, center: center, padMode: padMode, normalized: normalized, onesided: onesided, returnComplex: returnComplex) }

/// PyTorch's `stft`: see ``stft(_:nFFT:hopLength:winLength:window:center:padMode:normalized:onesided:returnComplex:)``.
@inlinable @inline(__always)
public func stft(_ input: Tensor, _ nFFT: Int, _ hopLength: Int?, _ winLength: Int?, _ window: Tensor?, _ center: Bool, _ padMode: PadMode, _ normalized: Bool, onesided: Bool? = nil, returnComplex: Bool = true) -> Tensor { ApusNumerics.stft(input, nFFT: nFFT, hopLength: hopLength, winLength: winLength, window: window, center: center, padMode: padMode, normalized: normalized, onesided: onesided, returnComplex: returnComplex) }

/// PyTorch's `stft`: see ``stft(_:nFFT:hopLength:winLength:window:center:padMode:normalized:onesided:returnComplex:)``.
@inlinable @inline(__always)
public func stft(_ input: Tensor, _ nFFT: Int, _ hopLength: Int?, _ winLength: Int?, _ window: Tensor?, _ center: Bool, _ padMode: PadMode, _ normalized: Bool, _ onesided: Bool?, returnComplex: Bool = true) -> Tensor { ApusNumerics.stft(input, nFFT: nFFT, hopLength: hopLength, winLength: winLength, window: window, center: center, padMode: padMode, normalized: normalized, onesided: onesided, returnComplex: returnComplex) }

/// PyTorch's `stft`: see ``stft(_:nFFT:hopLength:winLength:window:center:padMode:normalized:onesided:returnComplex:)``.
@inlinable @inline(__always)
public func stft(_ input: Tensor, _ nFFT: Int, _ hopLength: Int?, _ winLength: Int?, _ window: Tensor?, _ center: Bool, _ padMode: PadMode, _ normalized: Bool, _ onesided: Bool?, _ returnComplex: Bool) -> Tensor { ApusNumerics.stft(input, nFFT: nFFT, hopLength: hopLength, winLength: winLength, window: window, center: center, padMode: padMode, normalized: normalized, onesided: onesided, returnComplex: returnComplex) }

/// PyTorch's `stft`: see ``stft(_:nFFT:hopLength:winLength:window:center:padMode:normalized:onesided:returnComplex:)``.
@inlinable @inline(__always)
public func stft(_ input: Tensor, nFft nFFT: Int, hopLength: Int? = nil, winLength: Int? = nil, window: Tensor? = nil, center: Bool = true, padMode: PadMode = .reflect, normalized: Bool = false, onesided: Bool? = nil, returnComplex: Bool = true) -> Tensor { ApusNumerics.stft(input, nFFT: nFFT, hopLength: hopLength, winLength: winLength, window: window, center: center, padMode: padMode, normalized: normalized, onesided: onesided, returnComplex: returnComplex) }

/// PyTorch's `sum`: see ``Tensor/sum(_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func sum(_ input: Tensor, _ dims: [Int]? = nil, keepDim: Bool = false, dtype: DType? = nil) -> Tensor { input.sum(dims, keepDim: keepDim, dtype: dtype) }

/// PyTorch's `sum`: see ``Tensor/sum(_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func sum(_ input: Tensor, dim dims: [Int]?, keepDim: Bool = false, dtype: DType? = nil) -> Tensor { input.sum(dims, keepDim: keepDim, dtype: dtype) }

/// PyTorch's `sum`: see ``Tensor/sum(_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func sum(_ input: Tensor, _ dims: [Int]?, _ keepDim: Bool, dtype: DType? = nil) -> Tensor { input.sum(dims, keepDim: keepDim, dtype: dtype) }

/// PyTorch's `sum`: see ``Tensor/sum(_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func sum(_ input: Tensor, dim dims: [Int]? = nil, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { input.sum(dims, keepDim: keepDim, dtype: dtype) }

/// PyTorch's `sum`: see ``Tensor/sum(_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func sum(_ input: Tensor, _ dims: [Int]?, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { input.sum(dims, keepDim: keepDim, dtype: dtype) }

/// PyTorch's `sum`: see ``Tensor/sum(_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func sum(_ input: Tensor, _ dim: Int, keepDim: Bool = false, dtype: DType? = nil) -> Tensor { input.sum(dim, keepDim: keepDim, dtype: dtype) }

/// PyTorch's `sum`: see ``Tensor/sum(_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func sum(_ input: Tensor, dim: Int, keepDim: Bool = false, dtype: DType? = nil) -> Tensor { input.sum(dim, keepDim: keepDim, dtype: dtype) }

/// PyTorch's `sum`: see ``Tensor/sum(_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func sum(_ input: Tensor, _ dim: Int, _ keepDim: Bool, dtype: DType? = nil) -> Tensor { input.sum(dim, keepDim: keepDim, dtype: dtype) }

/// PyTorch's `sum`: see ``Tensor/sum(_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func sum(_ input: Tensor, dim: Int, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { input.sum(dim, keepDim: keepDim, dtype: dtype) }

/// PyTorch's `sum`: see ``Tensor/sum(_:keepDim:dtype:)``.
@inlinable @inline(__always)
public func sum(_ input: Tensor, _ dim: Int, keepdim keepDim: Bool, dtype: DType? = nil) -> Tensor { input.sum(dim, keepDim: keepDim, dtype: dtype) }

/// PyTorch's `svd`: see ``Tensor/svd(some:computeUV:)``.
@inlinable @inline(__always)
public func svd(_ input: Tensor, some: Bool = true, computeUV: Bool = true) -> (U: Tensor, S: Tensor, V: Tensor) { input.svd(some: some, computeUV: computeUV) }

/// PyTorch's `svd`: see ``Tensor/svd(some:computeUV:)``.
@inlinable @inline(__always)
public func svd(_ input: Tensor, _ some: Bool, computeUV: Bool = true) -> (U: Tensor, S: Tensor, V: Tensor) { input.svd(some: some, computeUV: computeUV) }

/// PyTorch's `svd`: see ``Tensor/svd(some:computeUV:)``.
@inlinable @inline(__always)
public func svd(_ input: Tensor, _ some: Bool, _ computeUV: Bool) -> (U: Tensor, S: Tensor, V: Tensor) { input.svd(some: some, computeUV: computeUV) }

/// PyTorch's `svd`: see ``Tensor/svd(some:computeUV:)``.
@inlinable @inline(__always)
public func svd(_ input: Tensor, some: Bool = true, computeUv computeUV: Bool) -> (U: Tensor, S: Tensor, V: Tensor) { input.svd(some: some, computeUV: computeUV) }

/// PyTorch's `svd`: see ``Tensor/svd(some:computeUV:)``.
@inlinable @inline(__always)
public func svd(_ input: Tensor, _ some: Bool, computeUv computeUV: Bool) -> (U: Tensor, S: Tensor, V: Tensor) { input.svd(some: some, computeUV: computeUV) }

/// PyTorch's `t`: see ``Tensor/t()``.
@inlinable @inline(__always)
public func t(_ input: Tensor) -> Tensor { input.t() }

/// PyTorch's `take`: see ``Tensor/take(_:)``.
@inlinable @inline(__always)
public func take(_ input: Tensor, _ index: Tensor) -> Tensor { input.take(index) }

/// PyTorch's `take`: see ``Tensor/take(_:)``.
@inlinable @inline(__always)
public func take(_ input: Tensor, index: Tensor) -> Tensor { input.take(index) }

/// PyTorch's `take_along_dim`: see ``Tensor/takeAlongDim(_:dim:)``.
@inlinable @inline(__always)
public func takeAlongDim(_ input: Tensor, _ index: Tensor, dim: Int? = nil) -> Tensor { input.takeAlongDim(index, dim: dim) }

/// PyTorch's `take_along_dim`: see ``Tensor/takeAlongDim(_:dim:)``.
@inlinable @inline(__always)
public func takeAlongDim(_ input: Tensor, indices index: Tensor, dim: Int? = nil) -> Tensor { input.takeAlongDim(index, dim: dim) }

/// PyTorch's `take_along_dim`: see ``Tensor/takeAlongDim(_:dim:)``.
@inlinable @inline(__always)
public func takeAlongDim(_ input: Tensor, _ index: Tensor, _ dim: Int?) -> Tensor { input.takeAlongDim(index, dim: dim) }

/// PyTorch's `tan`: see ``Tensor/tan()``.
@inlinable @inline(__always)
public func tan(_ input: consuming Tensor) -> Tensor { input.tan() }

/// PyTorch's `tanh`: see ``Tensor/tanh()``.
@inlinable @inline(__always)
public func tanh(_ input: consuming Tensor) -> Tensor { input.tanh() }

/// PyTorch's `tanhshrink`: see ``Tensor/tanhshrink()``.
@inlinable @inline(__always)
public func tanhshrink(_ input: Tensor) -> Tensor { input.tanhshrink() }

/// PyTorch's `tensor_split`: see ``Tensor/tensorSplit(_:dim:)``.
@inlinable @inline(__always)
public func tensorSplit(_ input: Tensor, _ sections: Int, dim: Int = 0) -> [Tensor] { input.tensorSplit(sections, dim: dim) }

/// PyTorch's `tensor_split`: see ``Tensor/tensorSplit(_:dim:)``.
@inlinable @inline(__always)
public func tensorSplit(_ input: Tensor, sections: Int, dim: Int = 0) -> [Tensor] { input.tensorSplit(sections, dim: dim) }

/// PyTorch's `tensor_split`: see ``Tensor/tensorSplit(_:dim:)``.
@inlinable @inline(__always)
public func tensorSplit(_ input: Tensor, _ sections: Int, _ dim: Int) -> [Tensor] { input.tensorSplit(sections, dim: dim) }

/// PyTorch's `tensor_split`: see ``Tensor/tensorSplit(_:dim:)``.
@inlinable @inline(__always)
public func tensorSplit(_ input: Tensor, _ indices: [Int], dim: Int = 0) -> [Tensor] { input.tensorSplit(indices, dim: dim) }

/// PyTorch's `tensor_split`: see ``Tensor/tensorSplit(_:dim:)``.
@inlinable @inline(__always)
public func tensorSplit(_ input: Tensor, indices: [Int], dim: Int = 0) -> [Tensor] { input.tensorSplit(indices, dim: dim) }

/// PyTorch's `tensor_split`: see ``Tensor/tensorSplit(_:dim:)``.
@inlinable @inline(__always)
public func tensorSplit(_ input: Tensor, _ indices: [Int], _ dim: Int) -> [Tensor] { input.tensorSplit(indices, dim: dim) }

/// PyTorch's `tensordot`: see ``tensordot(_:_:dims:)``.
@inlinable @inline(__always)
public func tensordot(_ input: Tensor, other b: Tensor, dims: Int = 2) -> Tensor { ApusFunctional.tensordot(input, b, dims: dims) }

/// PyTorch's `threshold`: see ``Tensor/threshold(_:_:)``.
@inlinable @inline(__always)
public func threshold(_ input: Tensor, _ threshold: some ScalarConvertible, _ value: some ScalarConvertible) -> Tensor { input.threshold(threshold, value) }

/// PyTorch's `threshold`: see ``Tensor/threshold(_:_:)``.
@inlinable @inline(__always)
public func threshold(_ input: Tensor, threshold: some ScalarConvertible, value: some ScalarConvertible) -> Tensor { input.threshold(threshold, value) }

/// PyTorch's `threshold`: see ``Tensor/threshold(_:_:)``.
@inlinable @inline(__always)
public func threshold(_ input: Tensor, _ threshold: some ScalarConvertible, value: some ScalarConvertible) -> Tensor { input.threshold(threshold, value) }

/// PyTorch's `tile`: see ``Tensor/tile(_:)``.
@inlinable @inline(__always)
public func tile(_ input: Tensor, _ sizes: [Int]) -> Tensor { input.tile(sizes) }

/// PyTorch's `tile`: see ``Tensor/tile(_:)``.
@inlinable @inline(__always)
public func tile(_ input: Tensor, dims sizes: [Int]) -> Tensor { input.tile(sizes) }

/// PyTorch's `topk`: see ``Tensor/topk(_:dim:largest:sorted:)``.
@inlinable @inline(__always)
public func topk(_ input: Tensor, _ k: Int, dim: Int = -1, largest: Bool = true, sorted: Bool = true) -> ValuesIndices { input.topk(k, dim: dim, largest: largest, sorted: sorted) }

/// PyTorch's `topk`: see ``Tensor/topk(_:dim:largest:sorted:)``.
@_disfavoredOverload @inlinable @inline(__always)
public func topk(_ input: Tensor, _ k: Int, dim: Int = -1, largest: Bool = true, sorted: Bool = true) -> (values: Tensor, indices: Tensor) { input.topk(k, dim: dim, largest: largest, sorted: sorted) }

/// PyTorch's `topk`: see ``Tensor/topk(_:dim:largest:sorted:)``.
@inlinable @inline(__always)
public func topk(_ input: Tensor, k: Int, dim: Int = -1, largest: Bool = true, sorted: Bool = true) -> ValuesIndices { input.topk(k, dim: dim, largest: largest, sorted: sorted) }

/// PyTorch's `topk`: see ``Tensor/topk(_:dim:largest:sorted:)``.
@_disfavoredOverload @inlinable @inline(__always)
public func topk(_ input: Tensor, k: Int, dim: Int = -1, largest: Bool = true, sorted: Bool = true) -> (values: Tensor, indices: Tensor) { input.topk(k, dim: dim, largest: largest, sorted: sorted) }

/// PyTorch's `topk`: see ``Tensor/topk(_:dim:largest:sorted:)``.
@inlinable @inline(__always)
public func topk(_ input: Tensor, _ k: Int, _ dim: Int, largest: Bool = true, sorted: Bool = true) -> ValuesIndices { input.topk(k, dim: dim, largest: largest, sorted: sorted) }

/// PyTorch's `topk`: see ``Tensor/topk(_:dim:largest:sorted:)``.
@_disfavoredOverload @inlinable @inline(__always)
public func topk(_ input: Tensor, _ k: Int, _ dim: Int, largest: Bool = true, sorted: Bool = true) -> (values: Tensor, indices: Tensor) { input.topk(k, dim: dim, largest: largest, sorted: sorted) }

/// PyTorch's `topk`: see ``Tensor/topk(_:dim:largest:sorted:)``.
@inlinable @inline(__always)
public func topk(_ input: Tensor, _ k: Int, _ dim: Int, _ largest: Bool, sorted: Bool = true) -> ValuesIndices { input.topk(k, dim: dim, largest: largest, sorted: sorted) }

/// PyTorch's `topk`: see ``Tensor/topk(_:dim:largest:sorted:)``.
@_disfavoredOverload @inlinable @inline(__always)
public func topk(_ input: Tensor, _ k: Int, _ dim: Int, _ largest: Bool, sorted: Bool = true) -> (values: Tensor, indices: Tensor) { input.topk(k, dim: dim, largest: largest, sorted: sorted) }

/// PyTorch's `topk`: see ``Tensor/topk(_:dim:largest:sorted:)``.
@inlinable @inline(__always)
public func topk(_ input: Tensor, _ k: Int, _ dim: Int, _ largest: Bool, _ sorted: Bool) -> ValuesIndices { input.topk(k, dim: dim, largest: largest, sorted: sorted) }

/// PyTorch's `topk`: see ``Tensor/topk(_:dim:largest:sorted:)``.
@_disfavoredOverload @inlinable @inline(__always)
public func topk(_ input: Tensor, _ k: Int, _ dim: Int, _ largest: Bool, _ sorted: Bool) -> (values: Tensor, indices: Tensor) { input.topk(k, dim: dim, largest: largest, sorted: sorted) }

/// PyTorch's `trace`: see ``Tensor/trace()``.
@inlinable @inline(__always)
public func trace(_ input: Tensor) -> Tensor { input.trace() }

/// PyTorch's `transpose`: see ``Tensor/transpose(_:_:)``.
@inlinable @inline(__always)
public func transpose(_ input: Tensor, _ dim0: Int, _ dim1: Int) -> Tensor { input.transpose(dim0, dim1) }

/// PyTorch's `transpose`: see ``Tensor/transpose(_:_:)``.
@inlinable @inline(__always)
public func transpose(_ input: Tensor, dim0: Int, dim1: Int) -> Tensor { input.transpose(dim0, dim1) }

/// PyTorch's `transpose`: see ``Tensor/transpose(_:_:)``.
@inlinable @inline(__always)
public func transpose(_ input: Tensor, _ dim0: Int, dim1: Int) -> Tensor { input.transpose(dim0, dim1) }

/// PyTorch's `transpose`: see ``Tensor/transpose(_:_:)``.
@inlinable @inline(__always)
public func swapaxes(_ input: Tensor, _ dim0: Int, _ dim1: Int) -> Tensor { input.transpose(dim0, dim1) }

/// PyTorch's `transpose`: see ``Tensor/transpose(_:_:)``.
@inlinable @inline(__always)
public func swapaxes(_ input: Tensor, dim0: Int, dim1: Int) -> Tensor { input.transpose(dim0, dim1) }

/// PyTorch's `transpose`: see ``Tensor/transpose(_:_:)``.
@inlinable @inline(__always)
public func swapaxes(_ input: Tensor, _ dim0: Int, dim1: Int) -> Tensor { input.transpose(dim0, dim1) }

/// PyTorch's `transpose`: see ``Tensor/transpose(_:_:)``.
@inlinable @inline(__always)
public func swapdims(_ input: Tensor, _ dim0: Int, _ dim1: Int) -> Tensor { input.transpose(dim0, dim1) }

/// PyTorch's `transpose`: see ``Tensor/transpose(_:_:)``.
@inlinable @inline(__always)
public func swapdims(_ input: Tensor, dim0: Int, dim1: Int) -> Tensor { input.transpose(dim0, dim1) }

/// PyTorch's `transpose`: see ``Tensor/transpose(_:_:)``.
@inlinable @inline(__always)
public func swapdims(_ input: Tensor, _ dim0: Int, dim1: Int) -> Tensor { input.transpose(dim0, dim1) }

/// PyTorch's `trapezoid`: see ``Tensor/trapezoid(dx:dim:)``.
@inlinable @inline(__always)
public func trapezoid(_ input: Tensor, dx: Double = 1, dim: Int = -1) -> Tensor { input.trapezoid(dx: dx, dim: dim) }

/// PyTorch's `trapezoid`: see ``Tensor/trapezoid(_:dim:)``.
@inlinable @inline(__always)
public func trapezoid(_ input: Tensor, _ x: Tensor, dim: Int = -1) -> Tensor { input.trapezoid(x, dim: dim) }

/// PyTorch's `trapezoid`: see ``Tensor/trapezoid(_:dim:)``.
@inlinable @inline(__always)
public func trapezoid(_ input: Tensor, x: Tensor, dim: Int = -1) -> Tensor { input.trapezoid(x, dim: dim) }

/// PyTorch's `triangular_solve`: see ``Tensor/triangularSolve(_:upper:transpose:unitriangular:)``.
@inlinable @inline(__always)
public func triangularSolve(_ input: Tensor, _ a: Tensor, upper: Bool = true, transpose: Bool = false, unitriangular: Bool = false) -> (solution: Tensor, clonedCoefficient: Tensor) { input.triangularSolve(a, upper: upper, transpose: transpose, unitriangular: unitriangular) }

/// PyTorch's `triangular_solve`: see ``Tensor/triangularSolve(_:upper:transpose:unitriangular:)``.
@inlinable @inline(__always)
public func triangularSolve(_ input: Tensor, A a: Tensor, upper: Bool = true, transpose: Bool = false, unitriangular: Bool = false) -> (solution: Tensor, clonedCoefficient: Tensor) { input.triangularSolve(a, upper: upper, transpose: transpose, unitriangular: unitriangular) }

/// PyTorch's `triangular_solve`: see ``Tensor/triangularSolve(_:upper:transpose:unitriangular:)``.
@inlinable @inline(__always)
public func triangularSolve(_ input: Tensor, _ a: Tensor, _ upper: Bool, transpose: Bool = false, unitriangular: Bool = false) -> (solution: Tensor, clonedCoefficient: Tensor) { input.triangularSolve(a, upper: upper, transpose: transpose, unitriangular: unitriangular) }

/// PyTorch's `triangular_solve`: see ``Tensor/triangularSolve(_:upper:transpose:unitriangular:)``.
@inlinable @inline(__always)
public func triangularSolve(_ input: Tensor, _ a: Tensor, _ upper: Bool, _ transpose: Bool, unitriangular: Bool = false) -> (solution: Tensor, clonedCoefficient: Tensor) { input.triangularSolve(a, upper: upper, transpose: transpose, unitriangular: unitriangular) }

/// PyTorch's `triangular_solve`: see ``Tensor/triangularSolve(_:upper:transpose:unitriangular:)``.
@inlinable @inline(__always)
public func triangularSolve(_ input: Tensor, _ a: Tensor, _ upper: Bool, _ transpose: Bool, _ unitriangular: Bool) -> (solution: Tensor, clonedCoefficient: Tensor) { input.triangularSolve(a, upper: upper, transpose: transpose, unitriangular: unitriangular) }

/// PyTorch's `tril`: see ``Tensor/tril(_:)``.
@inlinable @inline(__always)
public func tril(_ input: Tensor, _ diagonal: Int = 0) -> Tensor { input.tril(diagonal) }

/// PyTorch's `tril`: see ``Tensor/tril(_:)``.
@inlinable @inline(__always)
public func tril(_ input: Tensor, diagonal: Int) -> Tensor { input.tril(diagonal) }

/// PyTorch's `triplet_margin_loss`: see ``tripletMarginLoss(_:_:_:margin:p:eps:swap:reduction:)``.
@inlinable @inline(__always)
public func tripletMarginLoss(_ input: Tensor, positive: Tensor, negative: Tensor, margin: Double = 1, p: Double = 2, eps: Double = 1e-6, swap: Bool = false, reduction: LossReduction = .mean) -> Tensor { ApusFunctional.tripletMarginLoss(input, positive, negative, margin: margin, p: p, eps: eps, swap: swap, reduction: reduction) }

/// PyTorch's `triplet_margin_loss`: see ``tripletMarginLoss(_:_:_:margin:p:eps:swap:reduction:)``.
@inlinable @inline(__always)
public func tripletMarginLoss(_ input: Tensor, _ positive: Tensor, negative: Tensor, margin: Double = 1, p: Double = 2, eps: Double = 1e-6, swap: Bool = false, reduction: LossReduction = .mean) -> Tensor { ApusFunctional.tripletMarginLoss(input, positive, negative, margin: margin, p: p, eps: eps, swap: swap, reduction: reduction) }

/// PyTorch's `triplet_margin_loss`: see ``tripletMarginLoss(_:_:_:margin:p:eps:swap:reduction:)``.
@inlinable @inline(__always)
public func tripletMarginLoss(_ input: Tensor, _ positive: Tensor, _ negative: Tensor, _ margin: Double, p: Double = 2, eps: Double = 1e-6, swap: Bool = false, reduction: LossReduction = .mean) -> Tensor { ApusFunctional.tripletMarginLoss(input, positive, negative, margin: margin, p: p, eps: eps, swap: swap, reduction: reduction) }

/// PyTorch's `triplet_margin_loss`: see ``tripletMarginLoss(_:_:_:margin:p:eps:swap:reduction:)``.
@inlinable @inline(__always)
public func tripletMarginLoss(_ input: Tensor, _ positive: Tensor, _ negative: Tensor, _ margin: Double, _ p: Double, eps: Double = 1e-6, swap: Bool = false, reduction: LossReduction = .mean) -> Tensor { ApusFunctional.tripletMarginLoss(input, positive, negative, margin: margin, p: p, eps: eps, swap: swap, reduction: reduction) }

/// PyTorch's `triplet_margin_loss`: see ``tripletMarginLoss(_:_:_:margin:p:eps:swap:reduction:)``.
@inlinable @inline(__always)
public func tripletMarginLoss(_ input: Tensor, _ positive: Tensor, _ negative: Tensor, _ margin: Double, _ p: Double, _ eps: Double, swap: Bool = false, reduction: LossReduction = .mean) -> Tensor { ApusFunctional.tripletMarginLoss(input, positive, negative, margin: margin, p: p, eps: eps, swap: swap, reduction: reduction) }

/// PyTorch's `triplet_margin_loss`: see ``tripletMarginLoss(_:_:_:margin:p:eps:swap:reduction:)``.
@inlinable @inline(__always)
public func tripletMarginLoss(_ input: Tensor, _ positive: Tensor, _ negative: Tensor, _ margin: Double, _ p: Double, _ eps: Double, _ swap: Bool, reduction: LossReduction = .mean) -> Tensor { ApusFunctional.tripletMarginLoss(input, positive, negative, margin: margin, p: p, eps: eps, swap: swap, reduction: reduction) }

/// PyTorch's `triplet_margin_loss`: see ``tripletMarginLoss(_:_:_:margin:p:eps:swap:reduction:)``.
@inlinable @inline(__always)
public func tripletMarginLoss(_ input: Tensor, _ positive: Tensor, _ negative: Tensor, _ margin: Double, _ p: Double, _ eps: Double, _ swap: Bool, _ reduction: LossReduction) -> Tensor { ApusFunctional.tripletMarginLoss(input, positive, negative, margin: margin, p: p, eps: eps, swap: swap, reduction: reduction) }

/// PyTorch's `triplet_margin_with_distance_loss`: see ``tripletMarginWithDistanceLoss(_:_:_:distanceFunction:margin:swap:reduction:)``.
@inlinable @inline(__always)
public func tripletMarginWithDistanceLoss(_ input: Tensor, positive: Tensor, negative: Tensor, distanceFunction: (Tensor, Tensor) -> Tensor = { pairwiseDistance($0, $1) }, margin: Double = 1, swap: Bool = false, reduction: LossReduction = .mean) -> Tensor { ApusFunctional.tripletMarginWithDistanceLoss(input, positive, negative, distanceFunction: distanceFunction, margin: margin, swap: swap, reduction: reduction) }

/// PyTorch's `triplet_margin_with_distance_loss`: see ``tripletMarginWithDistanceLoss(_:_:_:distanceFunction:margin:swap:reduction:)``.
@inlinable @inline(__always)
public func tripletMarginWithDistanceLoss(_ input: Tensor, _ positive: Tensor, negative: Tensor, distanceFunction: (Tensor, Tensor) -> Tensor = { pairwiseDistance($0, $1) }, margin: Double = 1, swap: Bool = false, reduction: LossReduction = .mean) -> Tensor { ApusFunctional.tripletMarginWithDistanceLoss(input, positive, negative, distanceFunction: distanceFunction, margin: margin, swap: swap, reduction: reduction) }

/// PyTorch's `triu`: see ``Tensor/triu(_:)``.
@inlinable @inline(__always)
public func triu(_ input: Tensor, _ diagonal: Int = 0) -> Tensor { input.triu(diagonal) }

/// PyTorch's `triu`: see ``Tensor/triu(_:)``.
@inlinable @inline(__always)
public func triu(_ input: Tensor, diagonal: Int) -> Tensor { input.triu(diagonal) }

/// PyTorch's `trunc`: see ``Tensor/trunc()``.
@inlinable @inline(__always)
public func trunc(_ input: consuming Tensor) -> Tensor { input.trunc() }

/// PyTorch's `trunc`: see ``Tensor/trunc()``.
@inlinable @inline(__always)
public func fix(_ input: consuming Tensor) -> Tensor { input.trunc() }

/// PyTorch's `unbind`: see ``Tensor/unbind(_:)``.
@inlinable @inline(__always)
public func unbind(_ input: Tensor, _ dim: Int = 0) -> [Tensor] { input.unbind(dim) }

/// PyTorch's `unbind`: see ``Tensor/unbind(_:)``.
@inlinable @inline(__always)
public func unbind(_ input: Tensor, dim: Int) -> [Tensor] { input.unbind(dim) }

/// PyTorch's `unflatten`: see ``Tensor/unflatten(_:_:)``.
@inlinable @inline(__always)
public func unflatten(_ input: Tensor, _ dim: Int, _ sizes: [Int]) -> Tensor { input.unflatten(dim, sizes) }

/// PyTorch's `unflatten`: see ``Tensor/unflatten(_:_:)``.
@inlinable @inline(__always)
public func unflatten(_ input: Tensor, dim: Int, sizes: [Int]) -> Tensor { input.unflatten(dim, sizes) }

/// PyTorch's `unflatten`: see ``Tensor/unflatten(_:_:)``.
@inlinable @inline(__always)
public func unflatten(_ input: Tensor, _ dim: Int, sizes: [Int]) -> Tensor { input.unflatten(dim, sizes) }

/// PyTorch's `unfold`: see ``Tensor/unfold(_:_:_:)``.
@inlinable @inline(__always)
public func unfold(_ input: Tensor, _ dim: Int, _ size: Int, _ step: Int) -> Tensor { input.unfold(dim, size, step) }

/// PyTorch's `unfold`: see ``Tensor/unfold(_:_:_:)``.
@inlinable @inline(__always)
public func unfold(_ input: Tensor, dimension dim: Int, size: Int, step: Int) -> Tensor { input.unfold(dim, size, step) }

/// PyTorch's `unfold`: see ``Tensor/unfold(_:_:_:)``.
@inlinable @inline(__always)
public func unfold(_ input: Tensor, _ dim: Int, size: Int, step: Int) -> Tensor { input.unfold(dim, size, step) }

/// PyTorch's `unfold`: see ``Tensor/unfold(_:_:_:)``.
@inlinable @inline(__always)
public func unfold(_ input: Tensor, _ dim: Int, _ size: Int, step: Int) -> Tensor { input.unfold(dim, size, step) }

/// PyTorch's `unique`: see ``Tensor/unique(sorted:dim:)``.
@inlinable @inline(__always)
public func unique(_ input: Tensor, sorted: Bool = true, dim: Int? = nil) -> UniqueResult { input.unique(sorted: sorted, dim: dim) }

/// PyTorch's `unique`: see ``Tensor/unique(sorted:dim:)``.
@_disfavoredOverload @inlinable @inline(__always)
public func unique(_ input: Tensor, sorted: Bool = true, dim: Int? = nil) -> Tensor { input.unique(sorted: sorted, dim: dim) }

/// PyTorch's `unique`: see ``Tensor/unique(sorted:returnInverse:dim:)``.
@inlinable @inline(__always)
public func unique(_ input: Tensor, sorted: Bool = true, returnInverse: Bool, dim: Int? = nil) -> (Tensor, Tensor) { input.unique(sorted: sorted, returnInverse: returnInverse, dim: dim) }

/// PyTorch's `unique`: see ``Tensor/unique(sorted:returnCounts:dim:)``.
@inlinable @inline(__always)
public func unique(_ input: Tensor, sorted: Bool = true, returnCounts: Bool, dim: Int? = nil) -> (Tensor, Tensor) { input.unique(sorted: sorted, returnCounts: returnCounts, dim: dim) }

/// PyTorch's `unique`: see ``Tensor/unique(sorted:returnInverse:returnCounts:dim:)``.
@inlinable @inline(__always)
public func unique(_ input: Tensor, sorted: Bool = true, returnInverse: Bool, returnCounts: Bool, dim: Int? = nil) -> (Tensor, Tensor, Tensor) { input.unique(sorted: sorted, returnInverse: returnInverse, returnCounts: returnCounts, dim: dim) }

/// PyTorch's `unique_consecutive`: see ``Tensor/uniqueConsecutive(dim:)``.
@inlinable @inline(__always)
public func uniqueConsecutive(_ input: Tensor, dim: Int? = nil) -> UniqueResult { input.uniqueConsecutive(dim: dim) }

/// PyTorch's `unique_consecutive`: see ``Tensor/uniqueConsecutive(dim:)``.
@_disfavoredOverload @inlinable @inline(__always)
public func uniqueConsecutive(_ input: Tensor, dim: Int? = nil) -> Tensor { input.uniqueConsecutive(dim: dim) }

/// PyTorch's `unique_consecutive`: see ``Tensor/uniqueConsecutive(returnInverse:dim:)``.
@inlinable @inline(__always)
public func uniqueConsecutive(_ input: Tensor, returnInverse: Bool, dim: Int? = nil) -> (Tensor, Tensor) { input.uniqueConsecutive(returnInverse: returnInverse, dim: dim) }

/// PyTorch's `unique_consecutive`: see ``Tensor/uniqueConsecutive(returnInverse:dim:)``.
@inlinable @inline(__always)
public func uniqueConsecutive(_ input: Tensor, _ returnInverse: Bool, dim: Int? = nil) -> (Tensor, Tensor) { input.uniqueConsecutive(returnInverse: returnInverse, dim: dim) }

/// PyTorch's `unique_consecutive`: see ``Tensor/uniqueConsecutive(returnCounts:dim:)``.
@inlinable @inline(__always)
public func uniqueConsecutive(_ input: Tensor, returnCounts: Bool, dim: Int? = nil) -> (Tensor, Tensor) { input.uniqueConsecutive(returnCounts: returnCounts, dim: dim) }

/// PyTorch's `unique_consecutive`: see ``Tensor/uniqueConsecutive(returnInverse:returnCounts:dim:)``.
@inlinable @inline(__always)
public func uniqueConsecutive(_ input: Tensor, returnInverse: Bool, returnCounts: Bool, dim: Int? = nil) -> (Tensor, Tensor, Tensor) { input.uniqueConsecutive(returnInverse: returnInverse, returnCounts: returnCounts, dim: dim) }

/// PyTorch's `unique_consecutive`: see ``Tensor/uniqueConsecutive(returnInverse:returnCounts:dim:)``.
@inlinable @inline(__always)
public func uniqueConsecutive(_ input: Tensor, _ returnInverse: Bool, returnCounts: Bool, dim: Int? = nil) -> (Tensor, Tensor, Tensor) { input.uniqueConsecutive(returnInverse: returnInverse, returnCounts: returnCounts, dim: dim) }

/// PyTorch's `unique_consecutive`: see ``Tensor/uniqueConsecutive(returnInverse:returnCounts:dim:)``.
@inlinable @inline(__always)
public func uniqueConsecutive(_ input: Tensor, _ returnInverse: Bool, _ returnCounts: Bool, dim: Int? = nil) -> (Tensor, Tensor, Tensor) { input.uniqueConsecutive(returnInverse: returnInverse, returnCounts: returnCounts, dim: dim) }

/// PyTorch's `unique_consecutive`: see ``Tensor/uniqueConsecutive(returnInverse:returnCounts:dim:)``.
@inlinable @inline(__always)
public func uniqueConsecutive(_ input: Tensor, _ returnInverse: Bool, _ returnCounts: Bool, _ dim: Int?) -> (Tensor, Tensor, Tensor) { input.uniqueConsecutive(returnInverse: returnInverse, returnCounts: returnCounts, dim: dim) }

/// PyTorch's `unravel_index`: see ``Tensor/unravelIndex(_:)``.
@inlinable @inline(__always)
public func unravelIndex(_ input: Tensor, _ shape: [Int]) -> [Tensor] { input.unravelIndex(shape) }

/// PyTorch's `unravel_index`: see ``Tensor/unravelIndex(_:)``.
@inlinable @inline(__always)
public func unravelIndex(_ input: Tensor, shape: [Int]) -> [Tensor] { input.unravelIndex(shape) }

/// PyTorch's `unsqueeze`: see ``Tensor/unsqueeze(_:)``.
@inlinable @inline(__always)
public func unsqueeze(_ input: Tensor, _ dim: Int) -> Tensor { input.unsqueeze(dim) }

/// PyTorch's `unsqueeze`: see ``Tensor/unsqueeze(_:)``.
@inlinable @inline(__always)
public func unsqueeze(_ input: Tensor, dim: Int) -> Tensor { input.unsqueeze(dim) }

/// PyTorch's `var`: see ``Tensor/var(_:correction:keepDim:)``.
@inlinable @inline(__always)
public func `var`(_ input: Tensor, _ dims: [Int]? = nil, correction: Double = 1, keepDim: Bool = false) -> Tensor { input.`var`(dims, correction: correction, keepDim: keepDim) }

/// PyTorch's `var`: see ``Tensor/var(_:correction:keepDim:)``.
@inlinable @inline(__always)
public func `var`(_ input: Tensor, dim dims: [Int]?, correction: Double = 1, keepDim: Bool = false) -> Tensor { input.`var`(dims, correction: correction, keepDim: keepDim) }

/// PyTorch's `var`: see ``Tensor/var(_:correction:keepDim:)``.
@inlinable @inline(__always)
public func `var`(_ input: Tensor, dim dims: [Int]? = nil, correction: Double = 1, keepdim keepDim: Bool) -> Tensor { input.`var`(dims, correction: correction, keepDim: keepDim) }

/// PyTorch's `var`: see ``Tensor/var(_:correction:keepDim:)``.
@inlinable @inline(__always)
public func `var`(_ input: Tensor, _ dims: [Int]?, correction: Double, keepdim keepDim: Bool) -> Tensor { input.`var`(dims, correction: correction, keepDim: keepDim) }

/// PyTorch's `var`: see ``Tensor/var(_:correction:keepDim:)``.
@inlinable @inline(__always)
public func `var`(_ input: Tensor, _ dims: [Int]?, keepdim keepDim: Bool) -> Tensor { input.`var`(dims, keepDim: keepDim) }

/// PyTorch's `var`: see ``Tensor/var(_:correction:keepDim:)``.
@inlinable @inline(__always)
public func `var`(_ input: Tensor, _ dim: Int, correction: Double = 1, keepDim: Bool = false) -> Tensor { input.`var`(dim, correction: correction, keepDim: keepDim) }

/// PyTorch's `var`: see ``Tensor/var(_:correction:keepDim:)``.
@inlinable @inline(__always)
public func `var`(_ input: Tensor, dim: Int, correction: Double = 1, keepDim: Bool = false) -> Tensor { input.`var`(dim, correction: correction, keepDim: keepDim) }

/// PyTorch's `var`: see ``Tensor/var(_:correction:keepDim:)``.
@inlinable @inline(__always)
public func `var`(_ input: Tensor, dim: Int, correction: Double, keepdim keepDim: Bool) -> Tensor { input.`var`(dim, correction: correction, keepDim: keepDim) }

/// PyTorch's `var`: see ``Tensor/var(_:correction:keepDim:)``.
@inlinable @inline(__always)
public func `var`(_ input: Tensor, dim: Int, keepdim keepDim: Bool) -> Tensor { input.`var`(dim, keepDim: keepDim) }

/// PyTorch's `var`: see ``Tensor/var(_:correction:keepDim:)``.
@inlinable @inline(__always)
public func `var`(_ input: Tensor, _ dim: Int, correction: Double, keepdim keepDim: Bool) -> Tensor { input.`var`(dim, correction: correction, keepDim: keepDim) }

/// PyTorch's `var`: see ``Tensor/var(_:correction:keepDim:)``.
@inlinable @inline(__always)
public func `var`(_ input: Tensor, _ dim: Int, keepdim keepDim: Bool) -> Tensor { input.`var`(dim, keepDim: keepDim) }

/// PyTorch's `var_mean`: see ``Tensor/varMean(_:correction:keepDim:)``.
@inlinable @inline(__always)
public func varMean(_ input: Tensor, _ dims: [Int]? = nil, correction: Double = 1, keepDim: Bool = false) -> (Tensor, Tensor) { input.varMean(dims, correction: correction, keepDim: keepDim) }

/// PyTorch's `var_mean`: see ``Tensor/varMean(_:correction:keepDim:)``.
@inlinable @inline(__always)
public func varMean(_ input: Tensor, dim dims: [Int]?, correction: Double = 1, keepDim: Bool = false) -> (Tensor, Tensor) { input.varMean(dims, correction: correction, keepDim: keepDim) }

/// PyTorch's `var_mean`: see ``Tensor/varMean(_:correction:keepDim:)``.
@inlinable @inline(__always)
public func varMean(_ input: Tensor, dim dims: [Int]? = nil, correction: Double = 1, keepdim keepDim: Bool) -> (Tensor, Tensor) { input.varMean(dims, correction: correction, keepDim: keepDim) }

/// PyTorch's `var_mean`: see ``Tensor/varMean(_:correction:keepDim:)``.
@inlinable @inline(__always)
public func varMean(_ input: Tensor, _ dims: [Int]?, correction: Double, keepdim keepDim: Bool) -> (Tensor, Tensor) { input.varMean(dims, correction: correction, keepDim: keepDim) }

/// PyTorch's `var_mean`: see ``Tensor/varMean(_:correction:keepDim:)``.
@inlinable @inline(__always)
public func varMean(_ input: Tensor, _ dims: [Int]?, keepdim keepDim: Bool) -> (Tensor, Tensor) { input.varMean(dims, keepDim: keepDim) }

/// PyTorch's `var_mean`: see ``Tensor/varMean(_:correction:keepDim:)``.
@inlinable @inline(__always)
public func varMean(_ input: Tensor, _ dims: Int, correction: Double = 1, keepDim: Bool = false) -> (Tensor, Tensor) { input.varMean([dims], correction: correction, keepDim: keepDim) }

/// PyTorch's `var_mean`: see ``Tensor/varMean(_:correction:keepDim:)``.
@inlinable @inline(__always)
public func varMean(_ input: Tensor, dim dims: Int, correction: Double = 1, keepDim: Bool = false) -> (Tensor, Tensor) { input.varMean([dims], correction: correction, keepDim: keepDim) }

/// PyTorch's `var_mean`: see ``Tensor/varMean(_:correction:keepDim:)``.
@inlinable @inline(__always)
public func varMean(_ input: Tensor, dim dims: Int, correction: Double, keepdim keepDim: Bool) -> (Tensor, Tensor) { input.varMean([dims], correction: correction, keepDim: keepDim) }

/// PyTorch's `var_mean`: see ``Tensor/varMean(_:correction:keepDim:)``.
@inlinable @inline(__always)
public func varMean(_ input: Tensor, dim dims: Int, keepdim keepDim: Bool) -> (Tensor, Tensor) { input.varMean([dims], keepDim: keepDim) }

/// PyTorch's `var_mean`: see ``Tensor/varMean(_:correction:keepDim:)``.
@inlinable @inline(__always)
public func varMean(_ input: Tensor, _ dims: Int, correction: Double, keepdim keepDim: Bool) -> (Tensor, Tensor) { input.varMean([dims], correction: correction, keepDim: keepDim) }

/// PyTorch's `var_mean`: see ``Tensor/varMean(_:correction:keepDim:)``.
@inlinable @inline(__always)
public func varMean(_ input: Tensor, _ dims: Int, keepdim keepDim: Bool) -> (Tensor, Tensor) { input.varMean([dims], keepDim: keepDim) }

/// PyTorch's `vdot`: see ``vdot(_:_:)``.
@inlinable @inline(__always)
public func vdot(_ input: Tensor, other b: Tensor) -> Tensor { ApusFunctional.vdot(input, b) }

/// PyTorch's `view_as_complex`: see ``Tensor/viewAsComplex()``.
@inlinable @inline(__always)
public func viewAsComplex(_ input: Tensor) -> Tensor { input.viewAsComplex() }

/// PyTorch's `view_as_real`: see ``Tensor/viewAsReal()``.
@inlinable @inline(__always)
public func viewAsReal(_ input: Tensor) -> Tensor { input.viewAsReal() }

/// PyTorch's `vsplit`: see ``Tensor/vsplit(_:)``.
@inlinable @inline(__always)
public func vsplit(_ input: Tensor, _ sections: Int) -> [Tensor] { input.vsplit(sections) }

/// PyTorch's `vsplit`: see ``Tensor/vsplit(_:)``.
@inlinable @inline(__always)
public func vsplit(_ input: Tensor, sections: Int) -> [Tensor] { input.vsplit(sections) }

/// PyTorch's `vsplit`: see ``Tensor/vsplit(_:)``.
@inlinable @inline(__always)
public func vsplit(_ input: Tensor, _ indices: [Int]) -> [Tensor] { input.vsplit(indices) }

/// PyTorch's `vsplit`: see ``Tensor/vsplit(_:)``.
@inlinable @inline(__always)
public func vsplit(_ input: Tensor, indices: [Int]) -> [Tensor] { input.vsplit(indices) }

/// PyTorch's `xlogy`: see ``Tensor/xlogy(_:)``.
@inlinable @inline(__always)
public func xlogy(_ input: Tensor, _ other: Tensor) -> Tensor { input.xlogy(other) }

/// PyTorch's `xlogy`: see ``Tensor/xlogy(_:)``.
@inlinable @inline(__always)
public func xlogy(_ input: Tensor, other: Tensor) -> Tensor { input.xlogy(other) }

/// PyTorch's `xlogy`: see ``Tensor/xlogy(_:)``.
@inlinable @inline(__always)
public func xlogy(_ input: Tensor, _ other: some ScalarConvertible) -> Tensor { input.xlogy(other) }

/// PyTorch's `xlogy`: see ``Tensor/xlogy(_:)``.
@inlinable @inline(__always)
public func xlogy(_ input: Tensor, other: some ScalarConvertible) -> Tensor { input.xlogy(other) }

/// PyTorch's `add`: the operator `+`.
@inlinable @inline(__always)
public func add(_ input: Tensor, _ other: Tensor) -> Tensor { input + other }

/// PyTorch's `add`: the operator `+`.
@inlinable @inline(__always)
public func add(_ input: Tensor, _ other: some ScalarConvertible) -> Tensor { input + other }

/// PyTorch's `sub`: the operator `-`.
@inlinable @inline(__always)
public func sub(_ input: Tensor, _ other: Tensor) -> Tensor { input - other }

/// PyTorch's `sub`: the operator `-`.
@inlinable @inline(__always)
public func sub(_ input: Tensor, _ other: some ScalarConvertible) -> Tensor { input - other }

/// PyTorch's `sub`: the operator `-`.
@inlinable @inline(__always)
public func subtract(_ input: Tensor, _ other: Tensor) -> Tensor { input - other }

/// PyTorch's `sub`: the operator `-`.
@inlinable @inline(__always)
public func subtract(_ input: Tensor, _ other: some ScalarConvertible) -> Tensor { input - other }

/// PyTorch's `mul`: the operator `*`.
@inlinable @inline(__always)
public func mul(_ input: Tensor, _ other: Tensor) -> Tensor { input * other }

/// PyTorch's `mul`: the operator `*`.
@inlinable @inline(__always)
public func mul(_ input: Tensor, _ other: some ScalarConvertible) -> Tensor { input * other }

/// PyTorch's `mul`: the operator `*`.
@inlinable @inline(__always)
public func multiply(_ input: Tensor, _ other: Tensor) -> Tensor { input * other }

/// PyTorch's `mul`: the operator `*`.
@inlinable @inline(__always)
public func multiply(_ input: Tensor, _ other: some ScalarConvertible) -> Tensor { input * other }

/// PyTorch's `div`: the operator `/`.
@inlinable @inline(__always)
public func div(_ input: Tensor, _ other: Tensor) -> Tensor { input / other }

/// PyTorch's `div`: the operator `/`.
@inlinable @inline(__always)
public func div(_ input: Tensor, _ other: some ScalarConvertible) -> Tensor { input / other }

/// PyTorch's `div`: the operator `/`.
@inlinable @inline(__always)
public func divide(_ input: Tensor, _ other: Tensor) -> Tensor { input / other }

/// PyTorch's `div`: the operator `/`.
@inlinable @inline(__always)
public func divide(_ input: Tensor, _ other: some ScalarConvertible) -> Tensor { input / other }

/// PyTorch's `div`: the operator `/`.
@inlinable @inline(__always)
public func trueDivide(_ input: Tensor, _ other: Tensor) -> Tensor { input / other }

/// PyTorch's `div`: the operator `/`.
@inlinable @inline(__always)
public func trueDivide(_ input: Tensor, _ other: some ScalarConvertible) -> Tensor { input / other }

/// PyTorch's `bitwise_and`: the operator `&`.
@inlinable @inline(__always)
public func bitwiseAnd(_ input: Tensor, _ other: Tensor) -> Tensor { input & other }

/// PyTorch's `bitwise_and`: the operator `&`.
@inlinable @inline(__always)
public func bitwiseAnd(_ input: Tensor, _ other: some ScalarConvertible) -> Tensor { input & other }

/// PyTorch's `bitwise_or`: the operator `|`.
@inlinable @inline(__always)
public func bitwiseOr(_ input: Tensor, _ other: Tensor) -> Tensor { input | other }

/// PyTorch's `bitwise_or`: the operator `|`.
@inlinable @inline(__always)
public func bitwiseOr(_ input: Tensor, _ other: some ScalarConvertible) -> Tensor { input | other }

/// PyTorch's `bitwise_xor`: the operator `^`.
@inlinable @inline(__always)
public func bitwiseXor(_ input: Tensor, _ other: Tensor) -> Tensor { input ^ other }

/// PyTorch's `bitwise_xor`: the operator `^`.
@inlinable @inline(__always)
public func bitwiseXor(_ input: Tensor, _ other: some ScalarConvertible) -> Tensor { input ^ other }

/// PyTorch's `bitwise_left_shift`: the operator `<<`.
@inlinable @inline(__always)
public func bitwiseLeftShift(_ input: Tensor, _ other: Tensor) -> Tensor { input << other }

/// PyTorch's `bitwise_left_shift`: the operator `<<`.
@inlinable @inline(__always)
public func bitwiseLeftShift(_ input: Tensor, _ other: some ScalarConvertible) -> Tensor { input << other }

/// PyTorch's `bitwise_right_shift`: the operator `>>`.
@inlinable @inline(__always)
public func bitwiseRightShift(_ input: Tensor, _ other: Tensor) -> Tensor { input >> other }

/// PyTorch's `bitwise_right_shift`: the operator `>>`.
@inlinable @inline(__always)
public func bitwiseRightShift(_ input: Tensor, _ other: some ScalarConvertible) -> Tensor { input >> other }
