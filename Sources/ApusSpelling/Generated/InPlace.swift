// swift-format-ignore-file
// Names with an underscore at the end. Written by scripts/make-spellings.py; change the table or the script, not this file.

import ApusCore
import ApusFunctional
import ApusNumerics

extension Tensor {
  /// PyTorch's `abs_`, the in-place form of ``Tensor/abs()``.
  @discardableResult
  public mutating func abs_() -> Tensor { change("abs_") { $0.abs() } }

  /// PyTorch's `abs_`, the in-place form of ``Tensor/abs()``.
  @discardableResult
  public mutating func absolute_() -> Tensor { change("absolute_") { $0.abs() } }

  /// PyTorch's `acos_`, the in-place form of ``Tensor/acos()``.
  @discardableResult
  public mutating func acos_() -> Tensor { change("acos_") { $0.acos() } }

  /// PyTorch's `acos_`, the in-place form of ``Tensor/acos()``.
  @discardableResult
  public mutating func arccos_() -> Tensor { change("arccos_") { $0.acos() } }

  /// PyTorch's `acosh_`, the in-place form of ``Tensor/acosh()``.
  @discardableResult
  public mutating func acosh_() -> Tensor { change("acosh_") { $0.acosh() } }

  /// PyTorch's `acosh_`, the in-place form of ``Tensor/acosh()``.
  @discardableResult
  public mutating func arccosh_() -> Tensor { change("arccosh_") { $0.acosh() } }

  /// PyTorch's `addbmm_`, the in-place form of ``addbmm(_:_:_:beta:alpha:)``.
  @discardableResult
  public mutating func addbmm_(_ batch1: Tensor, _ batch2: Tensor, beta: some ScalarConvertible = 1, alpha: some ScalarConvertible = 1) -> Tensor { change("addbmm_") { ApusFunctional.addbmm($0, batch1, batch2, beta: beta, alpha: alpha) } }

  /// PyTorch's `addbmm_`, the in-place form of ``addbmm(_:_:_:beta:alpha:)``.
  @discardableResult
  public mutating func addbmm_(batch1: Tensor, batch2: Tensor, beta: some ScalarConvertible = 1, alpha: some ScalarConvertible = 1) -> Tensor { change("addbmm_") { ApusFunctional.addbmm($0, batch1, batch2, beta: beta, alpha: alpha) } }

  /// PyTorch's `addbmm_`, the in-place form of ``addbmm(_:_:_:beta:alpha:)``.
  @discardableResult
  public mutating func addbmm_(_ batch1: Tensor, batch2: Tensor, beta: some ScalarConvertible = 1, alpha: some ScalarConvertible = 1) -> Tensor { change("addbmm_") { ApusFunctional.addbmm($0, batch1, batch2, beta: beta, alpha: alpha) } }

  /// PyTorch's `addcdiv_`, the in-place form of ``Tensor/addcdiv(_:_:value:)``.
  @discardableResult
  public mutating func addcdiv_(_ tensor1: Tensor, _ tensor2: Tensor, value: some ScalarConvertible = 1) -> Tensor { change("addcdiv_") { $0.addcdiv(tensor1, tensor2, value: value) } }

  /// PyTorch's `addcdiv_`, the in-place form of ``Tensor/addcdiv(_:_:value:)``.
  @discardableResult
  public mutating func addcdiv_(tensor1: Tensor, tensor2: Tensor, value: some ScalarConvertible = 1) -> Tensor { change("addcdiv_") { $0.addcdiv(tensor1, tensor2, value: value) } }

  /// PyTorch's `addcdiv_`, the in-place form of ``Tensor/addcdiv(_:_:value:)``.
  @discardableResult
  public mutating func addcdiv_(_ tensor1: Tensor, tensor2: Tensor, value: some ScalarConvertible = 1) -> Tensor { change("addcdiv_") { $0.addcdiv(tensor1, tensor2, value: value) } }

  /// PyTorch's `addcmul_`, the in-place form of ``Tensor/addcmul(_:_:value:)``.
  @discardableResult
  public mutating func addcmul_(_ tensor1: Tensor, _ tensor2: Tensor, value: some ScalarConvertible = 1) -> Tensor { change("addcmul_") { $0.addcmul(tensor1, tensor2, value: value) } }

  /// PyTorch's `addcmul_`, the in-place form of ``Tensor/addcmul(_:_:value:)``.
  @discardableResult
  public mutating func addcmul_(tensor1: Tensor, tensor2: Tensor, value: some ScalarConvertible = 1) -> Tensor { change("addcmul_") { $0.addcmul(tensor1, tensor2, value: value) } }

  /// PyTorch's `addcmul_`, the in-place form of ``Tensor/addcmul(_:_:value:)``.
  @discardableResult
  public mutating func addcmul_(_ tensor1: Tensor, tensor2: Tensor, value: some ScalarConvertible = 1) -> Tensor { change("addcmul_") { $0.addcmul(tensor1, tensor2, value: value) } }

  /// PyTorch's `addmm_`, the in-place form of ``addmm(_:_:_:beta:alpha:)``.
  @discardableResult
  public mutating func addmm_(_ mat1: Tensor, _ mat2: Tensor, beta: some ScalarConvertible = 1, alpha: some ScalarConvertible = 1) -> Tensor { change("addmm_") { ApusFunctional.addmm($0, mat1, mat2, beta: beta, alpha: alpha) } }

  /// PyTorch's `addmm_`, the in-place form of ``addmm(_:_:_:beta:alpha:)``.
  @discardableResult
  public mutating func addmm_(mat1: Tensor, mat2: Tensor, beta: some ScalarConvertible = 1, alpha: some ScalarConvertible = 1) -> Tensor { change("addmm_") { ApusFunctional.addmm($0, mat1, mat2, beta: beta, alpha: alpha) } }

  /// PyTorch's `addmm_`, the in-place form of ``addmm(_:_:_:beta:alpha:)``.
  @discardableResult
  public mutating func addmm_(_ mat1: Tensor, mat2: Tensor, beta: some ScalarConvertible = 1, alpha: some ScalarConvertible = 1) -> Tensor { change("addmm_") { ApusFunctional.addmm($0, mat1, mat2, beta: beta, alpha: alpha) } }

  /// PyTorch's `addmv_`, the in-place form of ``addmv(_:_:_:beta:alpha:)``.
  @discardableResult
  public mutating func addmv_(_ matrix: Tensor, _ vector: Tensor, beta: some ScalarConvertible = 1, alpha: some ScalarConvertible = 1) -> Tensor { change("addmv_") { ApusFunctional.addmv($0, matrix, vector, beta: beta, alpha: alpha) } }

  /// PyTorch's `addmv_`, the in-place form of ``addmv(_:_:_:beta:alpha:)``.
  @discardableResult
  public mutating func addmv_(mat matrix: Tensor, vec vector: Tensor, beta: some ScalarConvertible = 1, alpha: some ScalarConvertible = 1) -> Tensor { change("addmv_") { ApusFunctional.addmv($0, matrix, vector, beta: beta, alpha: alpha) } }

  /// PyTorch's `addmv_`, the in-place form of ``addmv(_:_:_:beta:alpha:)``.
  @discardableResult
  public mutating func addmv_(_ matrix: Tensor, vec vector: Tensor, beta: some ScalarConvertible = 1, alpha: some ScalarConvertible = 1) -> Tensor { change("addmv_") { ApusFunctional.addmv($0, matrix, vector, beta: beta, alpha: alpha) } }

  /// PyTorch's `addr_`, the in-place form of ``addr(_:_:_:beta:alpha:)``.
  @discardableResult
  public mutating func addr_(_ vec1: Tensor, _ vec2: Tensor, beta: some ScalarConvertible = 1, alpha: some ScalarConvertible = 1) -> Tensor { change("addr_") { ApusFunctional.addr($0, vec1, vec2, beta: beta, alpha: alpha) } }

  /// PyTorch's `addr_`, the in-place form of ``addr(_:_:_:beta:alpha:)``.
  @discardableResult
  public mutating func addr_(vec1: Tensor, vec2: Tensor, beta: some ScalarConvertible = 1, alpha: some ScalarConvertible = 1) -> Tensor { change("addr_") { ApusFunctional.addr($0, vec1, vec2, beta: beta, alpha: alpha) } }

  /// PyTorch's `addr_`, the in-place form of ``addr(_:_:_:beta:alpha:)``.
  @discardableResult
  public mutating func addr_(_ vec1: Tensor, vec2: Tensor, beta: some ScalarConvertible = 1, alpha: some ScalarConvertible = 1) -> Tensor { change("addr_") { ApusFunctional.addr($0, vec1, vec2, beta: beta, alpha: alpha) } }

  /// PyTorch's `as_strided_`, the in-place form of ``Tensor/asStrided(_:_:storageOffset:)``.
  @discardableResult
  public mutating func asStrided_(_ size: [Int], _ stride: [Int], storageOffset: Int? = nil) -> Tensor { change("asStrided_", reshapes: true) { $0.asStrided(size, stride, storageOffset: storageOffset) } }

  /// PyTorch's `as_strided_`, the in-place form of ``Tensor/asStrided(_:_:storageOffset:)``.
  @discardableResult
  public mutating func asStrided_(size: [Int], stride: [Int], storageOffset: Int? = nil) -> Tensor { change("asStrided_", reshapes: true) { $0.asStrided(size, stride, storageOffset: storageOffset) } }

  /// PyTorch's `as_strided_`, the in-place form of ``Tensor/asStrided(_:_:storageOffset:)``.
  @discardableResult
  public mutating func asStrided_(_ size: [Int], stride: [Int], storageOffset: Int? = nil) -> Tensor { change("asStrided_", reshapes: true) { $0.asStrided(size, stride, storageOffset: storageOffset) } }

  /// PyTorch's `as_strided_`, the in-place form of ``Tensor/asStrided(_:_:storageOffset:)``.
  @discardableResult
  public mutating func asStrided_(_ size: [Int], _ stride: [Int], _ storageOffset: Int?) -> Tensor { change("asStrided_", reshapes: true) { $0.asStrided(size, stride, storageOffset: storageOffset) } }

  /// PyTorch's `asin_`, the in-place form of ``Tensor/asin()``.
  @discardableResult
  public mutating func asin_() -> Tensor { change("asin_") { $0.asin() } }

  /// PyTorch's `asin_`, the in-place form of ``Tensor/asin()``.
  @discardableResult
  public mutating func arcsin_() -> Tensor { change("arcsin_") { $0.asin() } }

  /// PyTorch's `asinh_`, the in-place form of ``Tensor/asinh()``.
  @discardableResult
  public mutating func asinh_() -> Tensor { change("asinh_") { $0.asinh() } }

  /// PyTorch's `asinh_`, the in-place form of ``Tensor/asinh()``.
  @discardableResult
  public mutating func arcsinh_() -> Tensor { change("arcsinh_") { $0.asinh() } }

  /// PyTorch's `atan_`, the in-place form of ``Tensor/atan()``.
  @discardableResult
  public mutating func atan_() -> Tensor { change("atan_") { $0.atan() } }

  /// PyTorch's `atan_`, the in-place form of ``Tensor/atan()``.
  @discardableResult
  public mutating func arctan_() -> Tensor { change("arctan_") { $0.atan() } }

  /// PyTorch's `atan2_`, the in-place form of ``Tensor/atan2(_:)``.
  @discardableResult
  public mutating func atan2_(_ other: Tensor) -> Tensor { change("atan2_") { $0.atan2(other) } }

  /// PyTorch's `atan2_`, the in-place form of ``Tensor/atan2(_:)``.
  @discardableResult
  public mutating func atan2_(other: Tensor) -> Tensor { change("atan2_") { $0.atan2(other) } }

  /// PyTorch's `atan2_`, the in-place form of ``Tensor/atan2(_:)``.
  @discardableResult
  public mutating func arctan2_(_ other: Tensor) -> Tensor { change("arctan2_") { $0.atan2(other) } }

  /// PyTorch's `atan2_`, the in-place form of ``Tensor/atan2(_:)``.
  @discardableResult
  public mutating func arctan2_(other: Tensor) -> Tensor { change("arctan2_") { $0.atan2(other) } }

  /// PyTorch's `atanh_`, the in-place form of ``Tensor/atanh()``.
  @discardableResult
  public mutating func atanh_() -> Tensor { change("atanh_") { $0.atanh() } }

  /// PyTorch's `atanh_`, the in-place form of ``Tensor/atanh()``.
  @discardableResult
  public mutating func arctanh_() -> Tensor { change("arctanh_") { $0.atanh() } }

  /// PyTorch's `baddbmm_`, the in-place form of ``baddbmm(_:_:_:beta:alpha:)``.
  @discardableResult
  public mutating func baddbmm_(_ batch1: Tensor, _ batch2: Tensor, beta: some ScalarConvertible = 1, alpha: some ScalarConvertible = 1) -> Tensor { change("baddbmm_") { ApusFunctional.baddbmm($0, batch1, batch2, beta: beta, alpha: alpha) } }

  /// PyTorch's `baddbmm_`, the in-place form of ``baddbmm(_:_:_:beta:alpha:)``.
  @discardableResult
  public mutating func baddbmm_(batch1: Tensor, batch2: Tensor, beta: some ScalarConvertible = 1, alpha: some ScalarConvertible = 1) -> Tensor { change("baddbmm_") { ApusFunctional.baddbmm($0, batch1, batch2, beta: beta, alpha: alpha) } }

  /// PyTorch's `baddbmm_`, the in-place form of ``baddbmm(_:_:_:beta:alpha:)``.
  @discardableResult
  public mutating func baddbmm_(_ batch1: Tensor, batch2: Tensor, beta: some ScalarConvertible = 1, alpha: some ScalarConvertible = 1) -> Tensor { change("baddbmm_") { ApusFunctional.baddbmm($0, batch1, batch2, beta: beta, alpha: alpha) } }

  /// PyTorch's `ceil_`, the in-place form of ``Tensor/ceil()``.
  @discardableResult
  public mutating func ceil_() -> Tensor { change("ceil_") { $0.ceil() } }

  /// PyTorch's `clamp_`, the in-place form of ``Tensor/clamp(min:max:)``.
  @discardableResult
  public mutating func clamp_(min: (any ScalarConvertible)? = nil, max: (any ScalarConvertible)? = nil) -> Tensor { change("clamp_") { $0.clamp(min: min, max: max) } }

  /// PyTorch's `clamp_`, the in-place form of ``Tensor/clamp(min:max:)``.
  @discardableResult
  public mutating func clamp_(_ min: (any ScalarConvertible)?, max: (any ScalarConvertible)? = nil) -> Tensor { change("clamp_") { $0.clamp(min: min, max: max) } }

  /// PyTorch's `clamp_`, the in-place form of ``Tensor/clamp(min:max:)``.
  @discardableResult
  public mutating func clamp_(_ min: (any ScalarConvertible)?, _ max: (any ScalarConvertible)?) -> Tensor { change("clamp_") { $0.clamp(min: min, max: max) } }

  /// PyTorch's `clamp_`, the in-place form of ``Tensor/clamp(min:max:)``.
  @discardableResult
  public mutating func clamp_(min: Tensor?, max: Tensor?) -> Tensor { change("clamp_") { $0.clamp(min: min, max: max) } }

  /// PyTorch's `clamp_`, the in-place form of ``Tensor/clamp(min:max:)``.
  @discardableResult
  public mutating func clamp_(_ min: Tensor?, max: Tensor?) -> Tensor { change("clamp_") { $0.clamp(min: min, max: max) } }

  /// PyTorch's `clamp_`, the in-place form of ``Tensor/clamp(min:max:)``.
  @discardableResult
  public mutating func clamp_(_ min: Tensor?, _ max: Tensor?) -> Tensor { change("clamp_") { $0.clamp(min: min, max: max) } }

  /// PyTorch's `clamp_`, the in-place form of ``Tensor/clamp(min:max:)``.
  @discardableResult
  public mutating func clip_(min: (any ScalarConvertible)? = nil, max: (any ScalarConvertible)? = nil) -> Tensor { change("clip_") { $0.clamp(min: min, max: max) } }

  /// PyTorch's `clamp_`, the in-place form of ``Tensor/clamp(min:max:)``.
  @discardableResult
  public mutating func clip_(_ min: (any ScalarConvertible)?, max: (any ScalarConvertible)? = nil) -> Tensor { change("clip_") { $0.clamp(min: min, max: max) } }

  /// PyTorch's `clamp_`, the in-place form of ``Tensor/clamp(min:max:)``.
  @discardableResult
  public mutating func clip_(_ min: (any ScalarConvertible)?, _ max: (any ScalarConvertible)?) -> Tensor { change("clip_") { $0.clamp(min: min, max: max) } }

  /// PyTorch's `clamp_`, the in-place form of ``Tensor/clamp(min:max:)``.
  @discardableResult
  public mutating func clip_(min: Tensor?, max: Tensor?) -> Tensor { change("clip_") { $0.clamp(min: min, max: max) } }

  /// PyTorch's `clamp_`, the in-place form of ``Tensor/clamp(min:max:)``.
  @discardableResult
  public mutating func clip_(_ min: Tensor?, max: Tensor?) -> Tensor { change("clip_") { $0.clamp(min: min, max: max) } }

  /// PyTorch's `clamp_`, the in-place form of ``Tensor/clamp(min:max:)``.
  @discardableResult
  public mutating func clip_(_ min: Tensor?, _ max: Tensor?) -> Tensor { change("clip_") { $0.clamp(min: min, max: max) } }

  /// PyTorch's `copysign_`, the in-place form of ``Tensor/copysign(_:)``.
  @discardableResult
  public mutating func copysign_(_ other: Tensor) -> Tensor { change("copysign_") { $0.copysign(other) } }

  /// PyTorch's `copysign_`, the in-place form of ``Tensor/copysign(_:)``.
  @discardableResult
  public mutating func copysign_(other: Tensor) -> Tensor { change("copysign_") { $0.copysign(other) } }

  /// PyTorch's `copysign_`, the in-place form of ``Tensor/copysign(_:)``.
  @discardableResult
  public mutating func copysign_(_ other: some ScalarConvertible) -> Tensor { change("copysign_") { $0.copysign(other) } }

  /// PyTorch's `copysign_`, the in-place form of ``Tensor/copysign(_:)``.
  @discardableResult
  public mutating func copysign_(other: some ScalarConvertible) -> Tensor { change("copysign_") { $0.copysign(other) } }

  /// PyTorch's `cos_`, the in-place form of ``Tensor/cos()``.
  @discardableResult
  public mutating func cos_() -> Tensor { change("cos_") { $0.cos() } }

  /// PyTorch's `cosh_`, the in-place form of ``Tensor/cosh()``.
  @discardableResult
  public mutating func cosh_() -> Tensor { change("cosh_") { $0.cosh() } }

  /// PyTorch's `cumprod_`, the in-place form of ``Tensor/cumprod(_:dtype:)``.
  @discardableResult
  public mutating func cumprod_(_ dim: Int, dtype: DType? = nil) -> Tensor { change("cumprod_") { $0.cumprod(dim, dtype: dtype) } }

  /// PyTorch's `cumprod_`, the in-place form of ``Tensor/cumprod(_:dtype:)``.
  @discardableResult
  public mutating func cumprod_(dim: Int, dtype: DType? = nil) -> Tensor { change("cumprod_") { $0.cumprod(dim, dtype: dtype) } }

  /// PyTorch's `cumsum_`, the in-place form of ``Tensor/cumsum(_:dtype:)``.
  @discardableResult
  public mutating func cumsum_(_ dim: Int, dtype: DType? = nil) -> Tensor { change("cumsum_") { $0.cumsum(dim, dtype: dtype) } }

  /// PyTorch's `cumsum_`, the in-place form of ``Tensor/cumsum(_:dtype:)``.
  @discardableResult
  public mutating func cumsum_(dim: Int, dtype: DType? = nil) -> Tensor { change("cumsum_") { $0.cumsum(dim, dtype: dtype) } }

  /// PyTorch's `deg2rad_`, the in-place form of ``Tensor/deg2rad()``.
  @discardableResult
  public mutating func deg2rad_() -> Tensor { change("deg2rad_") { $0.deg2rad() } }

  /// PyTorch's `digamma_`, the in-place form of ``Tensor/digamma()``.
  @discardableResult
  public mutating func digamma_() -> Tensor { change("digamma_") { $0.digamma() } }

  /// PyTorch's `eq_`, the in-place form of ``Tensor/eq(_:)``.
  @discardableResult
  public mutating func eq_(_ other: Tensor) -> Tensor { change("eq_") { $0.eq(other) } }

  /// PyTorch's `eq_`, the in-place form of ``Tensor/eq(_:)``.
  @discardableResult
  public mutating func eq_(other: Tensor) -> Tensor { change("eq_") { $0.eq(other) } }

  /// PyTorch's `eq_`, the in-place form of ``Tensor/eq(_:)``.
  @discardableResult
  public mutating func eq_(_ other: some ScalarConvertible) -> Tensor { change("eq_") { $0.eq(other) } }

  /// PyTorch's `eq_`, the in-place form of ``Tensor/eq(_:)``.
  @discardableResult
  public mutating func eq_(other: some ScalarConvertible) -> Tensor { change("eq_") { $0.eq(other) } }

  /// PyTorch's `erf_`, the in-place form of ``Tensor/erf()``.
  @discardableResult
  public mutating func erf_() -> Tensor { change("erf_") { $0.erf() } }

  /// PyTorch's `erfc_`, the in-place form of ``Tensor/erfc()``.
  @discardableResult
  public mutating func erfc_() -> Tensor { change("erfc_") { $0.erfc() } }

  /// PyTorch's `erfinv_`, the in-place form of ``Tensor/erfinv()``.
  @discardableResult
  public mutating func erfinv_() -> Tensor { change("erfinv_") { $0.erfinv() } }

  /// PyTorch's `exp_`, the in-place form of ``Tensor/exp()``.
  @discardableResult
  public mutating func exp_() -> Tensor { change("exp_") { $0.exp() } }

  /// PyTorch's `exp2_`, the in-place form of ``Tensor/exp2()``.
  @discardableResult
  public mutating func exp2_() -> Tensor { change("exp2_") { $0.exp2() } }

  /// PyTorch's `expm1_`, the in-place form of ``Tensor/expm1()``.
  @discardableResult
  public mutating func expm1_() -> Tensor { change("expm1_") { $0.expm1() } }

  /// PyTorch's `float_power_`, the in-place form of ``Tensor/floatPower(_:)``.
  @discardableResult
  public mutating func floatPower_(_ exponent: Tensor) -> Tensor { change("floatPower_") { $0.floatPower(exponent) } }

  /// PyTorch's `float_power_`, the in-place form of ``Tensor/floatPower(_:)``.
  @discardableResult
  public mutating func floatPower_(exponent: Tensor) -> Tensor { change("floatPower_") { $0.floatPower(exponent) } }

  /// PyTorch's `float_power_`, the in-place form of ``Tensor/floatPower(_:)``.
  @discardableResult
  public mutating func floatPower_(_ exponent: some ScalarConvertible) -> Tensor { change("floatPower_") { $0.floatPower(exponent) } }

  /// PyTorch's `float_power_`, the in-place form of ``Tensor/floatPower(_:)``.
  @discardableResult
  public mutating func floatPower_(exponent: some ScalarConvertible) -> Tensor { change("floatPower_") { $0.floatPower(exponent) } }

  /// PyTorch's `floor_`, the in-place form of ``Tensor/floor()``.
  @discardableResult
  public mutating func floor_() -> Tensor { change("floor_") { $0.floor() } }

  /// PyTorch's `floor_divide_`, the in-place form of ``Tensor/floorDivide(_:)``.
  @discardableResult
  public mutating func floorDivide_(_ other: Tensor) -> Tensor { change("floorDivide_") { $0.floorDivide(other) } }

  /// PyTorch's `floor_divide_`, the in-place form of ``Tensor/floorDivide(_:)``.
  @discardableResult
  public mutating func floorDivide_(other: Tensor) -> Tensor { change("floorDivide_") { $0.floorDivide(other) } }

  /// PyTorch's `floor_divide_`, the in-place form of ``Tensor/floorDivide(_:)``.
  @discardableResult
  public mutating func floorDivide_(_ other: some ScalarConvertible) -> Tensor { change("floorDivide_") { $0.floorDivide(other) } }

  /// PyTorch's `floor_divide_`, the in-place form of ``Tensor/floorDivide(_:)``.
  @discardableResult
  public mutating func floorDivide_(other: some ScalarConvertible) -> Tensor { change("floorDivide_") { $0.floorDivide(other) } }

  /// PyTorch's `fmod_`, the in-place form of ``Tensor/fmod(_:)``.
  @discardableResult
  public mutating func fmod_(_ other: Tensor) -> Tensor { change("fmod_") { $0.fmod(other) } }

  /// PyTorch's `fmod_`, the in-place form of ``Tensor/fmod(_:)``.
  @discardableResult
  public mutating func fmod_(other: Tensor) -> Tensor { change("fmod_") { $0.fmod(other) } }

  /// PyTorch's `fmod_`, the in-place form of ``Tensor/fmod(_:)``.
  @discardableResult
  public mutating func fmod_(_ other: some ScalarConvertible) -> Tensor { change("fmod_") { $0.fmod(other) } }

  /// PyTorch's `fmod_`, the in-place form of ``Tensor/fmod(_:)``.
  @discardableResult
  public mutating func fmod_(other: some ScalarConvertible) -> Tensor { change("fmod_") { $0.fmod(other) } }

  /// PyTorch's `frac_`, the in-place form of ``Tensor/frac()``.
  @discardableResult
  public mutating func frac_() -> Tensor { change("frac_") { $0.frac() } }

  /// PyTorch's `gcd_`, the in-place form of ``Tensor/gcd(_:)``.
  @discardableResult
  public mutating func gcd_(_ other: Tensor) -> Tensor { change("gcd_") { $0.gcd(other) } }

  /// PyTorch's `gcd_`, the in-place form of ``Tensor/gcd(_:)``.
  @discardableResult
  public mutating func gcd_(other: Tensor) -> Tensor { change("gcd_") { $0.gcd(other) } }

  /// PyTorch's `ge_`, the in-place form of ``Tensor/ge(_:)``.
  @discardableResult
  public mutating func ge_(_ other: Tensor) -> Tensor { change("ge_") { $0.ge(other) } }

  /// PyTorch's `ge_`, the in-place form of ``Tensor/ge(_:)``.
  @discardableResult
  public mutating func ge_(other: Tensor) -> Tensor { change("ge_") { $0.ge(other) } }

  /// PyTorch's `ge_`, the in-place form of ``Tensor/ge(_:)``.
  @discardableResult
  public mutating func ge_(_ other: some ScalarConvertible) -> Tensor { change("ge_") { $0.ge(other) } }

  /// PyTorch's `ge_`, the in-place form of ``Tensor/ge(_:)``.
  @discardableResult
  public mutating func ge_(other: some ScalarConvertible) -> Tensor { change("ge_") { $0.ge(other) } }

  /// PyTorch's `ge_`, the in-place form of ``Tensor/ge(_:)``.
  @discardableResult
  public mutating func greaterEqual_(_ other: Tensor) -> Tensor { change("greaterEqual_") { $0.ge(other) } }

  /// PyTorch's `ge_`, the in-place form of ``Tensor/ge(_:)``.
  @discardableResult
  public mutating func greaterEqual_(other: Tensor) -> Tensor { change("greaterEqual_") { $0.ge(other) } }

  /// PyTorch's `ge_`, the in-place form of ``Tensor/ge(_:)``.
  @discardableResult
  public mutating func greaterEqual_(_ other: some ScalarConvertible) -> Tensor { change("greaterEqual_") { $0.ge(other) } }

  /// PyTorch's `ge_`, the in-place form of ``Tensor/ge(_:)``.
  @discardableResult
  public mutating func greaterEqual_(other: some ScalarConvertible) -> Tensor { change("greaterEqual_") { $0.ge(other) } }

  /// PyTorch's `gt_`, the in-place form of ``Tensor/gt(_:)``.
  @discardableResult
  public mutating func gt_(_ other: Tensor) -> Tensor { change("gt_") { $0.gt(other) } }

  /// PyTorch's `gt_`, the in-place form of ``Tensor/gt(_:)``.
  @discardableResult
  public mutating func gt_(other: Tensor) -> Tensor { change("gt_") { $0.gt(other) } }

  /// PyTorch's `gt_`, the in-place form of ``Tensor/gt(_:)``.
  @discardableResult
  public mutating func gt_(_ other: some ScalarConvertible) -> Tensor { change("gt_") { $0.gt(other) } }

  /// PyTorch's `gt_`, the in-place form of ``Tensor/gt(_:)``.
  @discardableResult
  public mutating func gt_(other: some ScalarConvertible) -> Tensor { change("gt_") { $0.gt(other) } }

  /// PyTorch's `gt_`, the in-place form of ``Tensor/gt(_:)``.
  @discardableResult
  public mutating func greater_(_ other: Tensor) -> Tensor { change("greater_") { $0.gt(other) } }

  /// PyTorch's `gt_`, the in-place form of ``Tensor/gt(_:)``.
  @discardableResult
  public mutating func greater_(other: Tensor) -> Tensor { change("greater_") { $0.gt(other) } }

  /// PyTorch's `gt_`, the in-place form of ``Tensor/gt(_:)``.
  @discardableResult
  public mutating func greater_(_ other: some ScalarConvertible) -> Tensor { change("greater_") { $0.gt(other) } }

  /// PyTorch's `gt_`, the in-place form of ``Tensor/gt(_:)``.
  @discardableResult
  public mutating func greater_(other: some ScalarConvertible) -> Tensor { change("greater_") { $0.gt(other) } }

  /// PyTorch's `heaviside_`, the in-place form of ``Tensor/heaviside(_:)``.
  @discardableResult
  public mutating func heaviside_(_ values: Tensor) -> Tensor { change("heaviside_") { $0.heaviside(values) } }

  /// PyTorch's `heaviside_`, the in-place form of ``Tensor/heaviside(_:)``.
  @discardableResult
  public mutating func heaviside_(values: Tensor) -> Tensor { change("heaviside_") { $0.heaviside(values) } }

  /// PyTorch's `hypot_`, the in-place form of ``Tensor/hypot(_:)``.
  @discardableResult
  public mutating func hypot_(_ other: Tensor) -> Tensor { change("hypot_") { $0.hypot(other) } }

  /// PyTorch's `hypot_`, the in-place form of ``Tensor/hypot(_:)``.
  @discardableResult
  public mutating func hypot_(other: Tensor) -> Tensor { change("hypot_") { $0.hypot(other) } }

  /// PyTorch's `igamma_`, the in-place form of ``Tensor/igamma(_:)``.
  @discardableResult
  public mutating func igamma_(_ other: Tensor) -> Tensor { change("igamma_") { $0.igamma(other) } }

  /// PyTorch's `igamma_`, the in-place form of ``Tensor/igamma(_:)``.
  @discardableResult
  public mutating func igamma_(other: Tensor) -> Tensor { change("igamma_") { $0.igamma(other) } }

  /// PyTorch's `igammac_`, the in-place form of ``Tensor/igammac(_:)``.
  @discardableResult
  public mutating func igammac_(_ other: Tensor) -> Tensor { change("igammac_") { $0.igammac(other) } }

  /// PyTorch's `igammac_`, the in-place form of ``Tensor/igammac(_:)``.
  @discardableResult
  public mutating func igammac_(other: Tensor) -> Tensor { change("igammac_") { $0.igammac(other) } }

  /// PyTorch's `index_add_`, the in-place form of ``Tensor/indexAdd(_:_:_:alpha:)``.
  @discardableResult
  public mutating func indexAdd_(_ dim: Int, _ index: Tensor, _ source: Tensor, alpha: some ScalarConvertible) -> Tensor { change("indexAdd_") { $0.indexAdd(dim, index, source, alpha: alpha) } }

  /// PyTorch's `index_add_`, the in-place form of ``Tensor/indexAdd(_:_:_:alpha:)``.
  @discardableResult
  public mutating func indexAdd_(dim: Int, index: Tensor, source: Tensor, alpha: some ScalarConvertible) -> Tensor { change("indexAdd_") { $0.indexAdd(dim, index, source, alpha: alpha) } }

  /// PyTorch's `index_add_`, the in-place form of ``Tensor/indexAdd(_:_:_:alpha:)``.
  @discardableResult
  public mutating func indexAdd_(_ dim: Int, index: Tensor, source: Tensor, alpha: some ScalarConvertible) -> Tensor { change("indexAdd_") { $0.indexAdd(dim, index, source, alpha: alpha) } }

  /// PyTorch's `index_add_`, the in-place form of ``Tensor/indexAdd(_:_:_:alpha:)``.
  @discardableResult
  public mutating func indexAdd_(_ dim: Int, _ index: Tensor, source: Tensor, alpha: some ScalarConvertible) -> Tensor { change("indexAdd_") { $0.indexAdd(dim, index, source, alpha: alpha) } }

  /// PyTorch's `index_add_`, the in-place form of ``Tensor/indexAdd(_:_:_:)``.
  @discardableResult
  public mutating func indexAdd_(_ dim: Int, _ index: Tensor, _ source: Tensor) -> Tensor { change("indexAdd_") { $0.indexAdd(dim, index, source) } }

  /// PyTorch's `index_add_`, the in-place form of ``Tensor/indexAdd(_:_:_:)``.
  @discardableResult
  public mutating func indexAdd_(dim: Int, index: Tensor, source: Tensor) -> Tensor { change("indexAdd_") { $0.indexAdd(dim, index, source) } }

  /// PyTorch's `index_add_`, the in-place form of ``Tensor/indexAdd(_:_:_:)``.
  @discardableResult
  public mutating func indexAdd_(_ dim: Int, index: Tensor, source: Tensor) -> Tensor { change("indexAdd_") { $0.indexAdd(dim, index, source) } }

  /// PyTorch's `index_add_`, the in-place form of ``Tensor/indexAdd(_:_:_:)``.
  @discardableResult
  public mutating func indexAdd_(_ dim: Int, _ index: Tensor, source: Tensor) -> Tensor { change("indexAdd_") { $0.indexAdd(dim, index, source) } }

  /// PyTorch's `index_copy_`, the in-place form of ``Tensor/indexCopy(_:_:_:)``.
  @discardableResult
  public mutating func indexCopy_(_ dim: Int, _ index: Tensor, _ source: Tensor) -> Tensor { change("indexCopy_") { $0.indexCopy(dim, index, source) } }

  /// PyTorch's `index_copy_`, the in-place form of ``Tensor/indexCopy(_:_:_:)``.
  @discardableResult
  public mutating func indexCopy_(dim: Int, index: Tensor, source: Tensor) -> Tensor { change("indexCopy_") { $0.indexCopy(dim, index, source) } }

  /// PyTorch's `index_copy_`, the in-place form of ``Tensor/indexCopy(_:_:_:)``.
  @discardableResult
  public mutating func indexCopy_(_ dim: Int, index: Tensor, source: Tensor) -> Tensor { change("indexCopy_") { $0.indexCopy(dim, index, source) } }

  /// PyTorch's `index_copy_`, the in-place form of ``Tensor/indexCopy(_:_:_:)``.
  @discardableResult
  public mutating func indexCopy_(_ dim: Int, _ index: Tensor, source: Tensor) -> Tensor { change("indexCopy_") { $0.indexCopy(dim, index, source) } }

  /// PyTorch's `index_fill_`, the in-place form of ``Tensor/indexFill(_:_:_:)``.
  @discardableResult
  public mutating func indexFill_(_ dim: Int, _ index: Tensor, _ value: some ScalarConvertible) -> Tensor { change("indexFill_") { $0.indexFill(dim, index, value) } }

  /// PyTorch's `index_fill_`, the in-place form of ``Tensor/indexFill(_:_:_:)``.
  @discardableResult
  public mutating func indexFill_(dim: Int, index: Tensor, value: some ScalarConvertible) -> Tensor { change("indexFill_") { $0.indexFill(dim, index, value) } }

  /// PyTorch's `index_fill_`, the in-place form of ``Tensor/indexFill(_:_:_:)``.
  @discardableResult
  public mutating func indexFill_(_ dim: Int, index: Tensor, value: some ScalarConvertible) -> Tensor { change("indexFill_") { $0.indexFill(dim, index, value) } }

  /// PyTorch's `index_fill_`, the in-place form of ``Tensor/indexFill(_:_:_:)``.
  @discardableResult
  public mutating func indexFill_(_ dim: Int, _ index: Tensor, value: some ScalarConvertible) -> Tensor { change("indexFill_") { $0.indexFill(dim, index, value) } }

  /// PyTorch's `index_fill_`, the in-place form of ``Tensor/indexFill(_:_:_:)``.
  @discardableResult
  public mutating func indexFill_(_ dim: Int, _ index: Tensor, _ value: Tensor) -> Tensor { change("indexFill_") { $0.indexFill(dim, index, value) } }

  /// PyTorch's `index_fill_`, the in-place form of ``Tensor/indexFill(_:_:_:)``.
  @discardableResult
  public mutating func indexFill_(dim: Int, index: Tensor, value: Tensor) -> Tensor { change("indexFill_") { $0.indexFill(dim, index, value) } }

  /// PyTorch's `index_fill_`, the in-place form of ``Tensor/indexFill(_:_:_:)``.
  @discardableResult
  public mutating func indexFill_(_ dim: Int, index: Tensor, value: Tensor) -> Tensor { change("indexFill_") { $0.indexFill(dim, index, value) } }

  /// PyTorch's `index_fill_`, the in-place form of ``Tensor/indexFill(_:_:_:)``.
  @discardableResult
  public mutating func indexFill_(_ dim: Int, _ index: Tensor, value: Tensor) -> Tensor { change("indexFill_") { $0.indexFill(dim, index, value) } }

  /// PyTorch's `index_put_`, the in-place form of ``Tensor/indexPut(_:_:accumulate:)``.
  @discardableResult
  public mutating func indexPut_(_ indices: [Tensor?], _ values: Tensor, accumulate: Bool = false) -> Tensor { change("indexPut_") { $0.indexPut(indices, values, accumulate: accumulate) } }

  /// PyTorch's `index_put_`, the in-place form of ``Tensor/indexPut(_:_:accumulate:)``.
  @discardableResult
  public mutating func indexPut_(indices: [Tensor?], values: Tensor, accumulate: Bool = false) -> Tensor { change("indexPut_") { $0.indexPut(indices, values, accumulate: accumulate) } }

  /// PyTorch's `index_put_`, the in-place form of ``Tensor/indexPut(_:_:accumulate:)``.
  @discardableResult
  public mutating func indexPut_(_ indices: [Tensor?], values: Tensor, accumulate: Bool = false) -> Tensor { change("indexPut_") { $0.indexPut(indices, values, accumulate: accumulate) } }

  /// PyTorch's `index_put_`, the in-place form of ``Tensor/indexPut(_:_:accumulate:)``.
  @discardableResult
  public mutating func indexPut_(_ indices: [Tensor?], _ values: Tensor, _ accumulate: Bool) -> Tensor { change("indexPut_") { $0.indexPut(indices, values, accumulate: accumulate) } }

  /// PyTorch's `index_reduce_`, the in-place form of ``Tensor/indexReduce(_:_:_:reduce:includeSelf:)``.
  @discardableResult
  public mutating func indexReduce_(_ dim: Int, _ index: Tensor, _ source: Tensor, reduce: ScatterReduction, includeSelf: Bool = true) -> Tensor { change("indexReduce_") { $0.indexReduce(dim, index, source, reduce: reduce, includeSelf: includeSelf) } }

  /// PyTorch's `index_reduce_`, the in-place form of ``Tensor/indexReduce(_:_:_:reduce:includeSelf:)``.
  @discardableResult
  public mutating func indexReduce_(dim: Int, index: Tensor, source: Tensor, reduce: ScatterReduction, includeSelf: Bool = true) -> Tensor { change("indexReduce_") { $0.indexReduce(dim, index, source, reduce: reduce, includeSelf: includeSelf) } }

  /// PyTorch's `index_reduce_`, the in-place form of ``Tensor/indexReduce(_:_:_:reduce:includeSelf:)``.
  @discardableResult
  public mutating func indexReduce_(_ dim: Int, index: Tensor, source: Tensor, reduce: ScatterReduction, includeSelf: Bool = true) -> Tensor { change("indexReduce_") { $0.indexReduce(dim, index, source, reduce: reduce, includeSelf: includeSelf) } }

  /// PyTorch's `index_reduce_`, the in-place form of ``Tensor/indexReduce(_:_:_:reduce:includeSelf:)``.
  @discardableResult
  public mutating func indexReduce_(_ dim: Int, _ index: Tensor, source: Tensor, reduce: ScatterReduction, includeSelf: Bool = true) -> Tensor { change("indexReduce_") { $0.indexReduce(dim, index, source, reduce: reduce, includeSelf: includeSelf) } }

  /// PyTorch's `index_reduce_`, the in-place form of ``Tensor/indexReduce(_:_:_:reduce:includeSelf:)``.
  @discardableResult
  public mutating func indexReduce_(_ dim: Int, _ index: Tensor, _ source: Tensor, _ reduce: ScatterReduction, includeSelf: Bool = true) -> Tensor { change("indexReduce_") { $0.indexReduce(dim, index, source, reduce: reduce, includeSelf: includeSelf) } }

  /// PyTorch's `lcm_`, the in-place form of ``Tensor/lcm(_:)``.
  @discardableResult
  public mutating func lcm_(_ other: Tensor) -> Tensor { change("lcm_") { $0.lcm(other) } }

  /// PyTorch's `lcm_`, the in-place form of ``Tensor/lcm(_:)``.
  @discardableResult
  public mutating func lcm_(other: Tensor) -> Tensor { change("lcm_") { $0.lcm(other) } }

  /// PyTorch's `ldexp_`, the in-place form of ``Tensor/ldexp(_:)``.
  @discardableResult
  public mutating func ldexp_(_ other: Tensor) -> Tensor { change("ldexp_") { $0.ldexp(other) } }

  /// PyTorch's `ldexp_`, the in-place form of ``Tensor/ldexp(_:)``.
  @discardableResult
  public mutating func ldexp_(other: Tensor) -> Tensor { change("ldexp_") { $0.ldexp(other) } }

  /// PyTorch's `le_`, the in-place form of ``Tensor/le(_:)``.
  @discardableResult
  public mutating func le_(_ other: Tensor) -> Tensor { change("le_") { $0.le(other) } }

  /// PyTorch's `le_`, the in-place form of ``Tensor/le(_:)``.
  @discardableResult
  public mutating func le_(other: Tensor) -> Tensor { change("le_") { $0.le(other) } }

  /// PyTorch's `le_`, the in-place form of ``Tensor/le(_:)``.
  @discardableResult
  public mutating func le_(_ other: some ScalarConvertible) -> Tensor { change("le_") { $0.le(other) } }

  /// PyTorch's `le_`, the in-place form of ``Tensor/le(_:)``.
  @discardableResult
  public mutating func le_(other: some ScalarConvertible) -> Tensor { change("le_") { $0.le(other) } }

  /// PyTorch's `le_`, the in-place form of ``Tensor/le(_:)``.
  @discardableResult
  public mutating func lessEqual_(_ other: Tensor) -> Tensor { change("lessEqual_") { $0.le(other) } }

  /// PyTorch's `le_`, the in-place form of ``Tensor/le(_:)``.
  @discardableResult
  public mutating func lessEqual_(other: Tensor) -> Tensor { change("lessEqual_") { $0.le(other) } }

  /// PyTorch's `le_`, the in-place form of ``Tensor/le(_:)``.
  @discardableResult
  public mutating func lessEqual_(_ other: some ScalarConvertible) -> Tensor { change("lessEqual_") { $0.le(other) } }

  /// PyTorch's `le_`, the in-place form of ``Tensor/le(_:)``.
  @discardableResult
  public mutating func lessEqual_(other: some ScalarConvertible) -> Tensor { change("lessEqual_") { $0.le(other) } }

  /// PyTorch's `lerp_`, the in-place form of ``Tensor/lerp(_:_:)``.
  @discardableResult
  public mutating func lerp_(_ end: Tensor, _ weight: Tensor) -> Tensor { change("lerp_") { $0.lerp(end, weight) } }

  /// PyTorch's `lerp_`, the in-place form of ``Tensor/lerp(_:_:)``.
  @discardableResult
  public mutating func lerp_(end: Tensor, weight: Tensor) -> Tensor { change("lerp_") { $0.lerp(end, weight) } }

  /// PyTorch's `lerp_`, the in-place form of ``Tensor/lerp(_:_:)``.
  @discardableResult
  public mutating func lerp_(_ end: Tensor, weight: Tensor) -> Tensor { change("lerp_") { $0.lerp(end, weight) } }

  /// PyTorch's `lerp_`, the in-place form of ``Tensor/lerp(_:_:)``.
  @discardableResult
  public mutating func lerp_(_ end: Tensor, _ weight: some ScalarConvertible) -> Tensor { change("lerp_") { $0.lerp(end, weight) } }

  /// PyTorch's `lerp_`, the in-place form of ``Tensor/lerp(_:_:)``.
  @discardableResult
  public mutating func lerp_(end: Tensor, weight: some ScalarConvertible) -> Tensor { change("lerp_") { $0.lerp(end, weight) } }

  /// PyTorch's `lerp_`, the in-place form of ``Tensor/lerp(_:_:)``.
  @discardableResult
  public mutating func lerp_(_ end: Tensor, weight: some ScalarConvertible) -> Tensor { change("lerp_") { $0.lerp(end, weight) } }

  /// PyTorch's `lgamma_`, the in-place form of ``Tensor/lgamma()``.
  @discardableResult
  public mutating func lgamma_() -> Tensor { change("lgamma_") { $0.lgamma() } }

  /// PyTorch's `log_`, the in-place form of ``Tensor/log()``.
  @discardableResult
  public mutating func log_() -> Tensor { change("log_") { $0.log() } }

  /// PyTorch's `log10_`, the in-place form of ``Tensor/log10()``.
  @discardableResult
  public mutating func log10_() -> Tensor { change("log10_") { $0.log10() } }

  /// PyTorch's `log1p_`, the in-place form of ``Tensor/log1p()``.
  @discardableResult
  public mutating func log1p_() -> Tensor { change("log1p_") { $0.log1p() } }

  /// PyTorch's `log2_`, the in-place form of ``Tensor/log2()``.
  @discardableResult
  public mutating func log2_() -> Tensor { change("log2_") { $0.log2() } }

  /// PyTorch's `logical_and_`, the in-place form of ``Tensor/logicalAnd(_:)``.
  @discardableResult
  public mutating func logicalAnd_(_ other: Tensor) -> Tensor { change("logicalAnd_") { $0.logicalAnd(other) } }

  /// PyTorch's `logical_and_`, the in-place form of ``Tensor/logicalAnd(_:)``.
  @discardableResult
  public mutating func logicalAnd_(other: Tensor) -> Tensor { change("logicalAnd_") { $0.logicalAnd(other) } }

  /// PyTorch's `logical_not_`, the in-place form of ``Tensor/logicalNot()``.
  @discardableResult
  public mutating func logicalNot_() -> Tensor { change("logicalNot_") { $0.logicalNot() } }

  /// PyTorch's `logical_or_`, the in-place form of ``Tensor/logicalOr(_:)``.
  @discardableResult
  public mutating func logicalOr_(_ other: Tensor) -> Tensor { change("logicalOr_") { $0.logicalOr(other) } }

  /// PyTorch's `logical_or_`, the in-place form of ``Tensor/logicalOr(_:)``.
  @discardableResult
  public mutating func logicalOr_(other: Tensor) -> Tensor { change("logicalOr_") { $0.logicalOr(other) } }

  /// PyTorch's `logical_xor_`, the in-place form of ``Tensor/logicalXor(_:)``.
  @discardableResult
  public mutating func logicalXor_(_ other: Tensor) -> Tensor { change("logicalXor_") { $0.logicalXor(other) } }

  /// PyTorch's `logical_xor_`, the in-place form of ``Tensor/logicalXor(_:)``.
  @discardableResult
  public mutating func logicalXor_(other: Tensor) -> Tensor { change("logicalXor_") { $0.logicalXor(other) } }

  /// PyTorch's `logit_`, the in-place form of ``Tensor/logit(eps:)``.
  @discardableResult
  public mutating func logit_(eps: Double? = nil) -> Tensor { change("logit_") { $0.logit(eps: eps) } }

  /// PyTorch's `logit_`, the in-place form of ``Tensor/logit(eps:)``.
  @discardableResult
  public mutating func logit_(_ eps: Double?) -> Tensor { change("logit_") { $0.logit(eps: eps) } }

  /// PyTorch's `lt_`, the in-place form of ``Tensor/lt(_:)``.
  @discardableResult
  public mutating func lt_(_ other: Tensor) -> Tensor { change("lt_") { $0.lt(other) } }

  /// PyTorch's `lt_`, the in-place form of ``Tensor/lt(_:)``.
  @discardableResult
  public mutating func lt_(other: Tensor) -> Tensor { change("lt_") { $0.lt(other) } }

  /// PyTorch's `lt_`, the in-place form of ``Tensor/lt(_:)``.
  @discardableResult
  public mutating func lt_(_ other: some ScalarConvertible) -> Tensor { change("lt_") { $0.lt(other) } }

  /// PyTorch's `lt_`, the in-place form of ``Tensor/lt(_:)``.
  @discardableResult
  public mutating func lt_(other: some ScalarConvertible) -> Tensor { change("lt_") { $0.lt(other) } }

  /// PyTorch's `lt_`, the in-place form of ``Tensor/lt(_:)``.
  @discardableResult
  public mutating func less_(_ other: Tensor) -> Tensor { change("less_") { $0.lt(other) } }

  /// PyTorch's `lt_`, the in-place form of ``Tensor/lt(_:)``.
  @discardableResult
  public mutating func less_(other: Tensor) -> Tensor { change("less_") { $0.lt(other) } }

  /// PyTorch's `lt_`, the in-place form of ``Tensor/lt(_:)``.
  @discardableResult
  public mutating func less_(_ other: some ScalarConvertible) -> Tensor { change("less_") { $0.lt(other) } }

  /// PyTorch's `lt_`, the in-place form of ``Tensor/lt(_:)``.
  @discardableResult
  public mutating func less_(other: some ScalarConvertible) -> Tensor { change("less_") { $0.lt(other) } }

  /// PyTorch's `masked_fill_`, the in-place form of ``Tensor/maskedFill(_:_:)``.
  @discardableResult
  public mutating func maskedFill_(_ mask: Tensor, _ value: some ScalarConvertible) -> Tensor { change("maskedFill_") { $0.maskedFill(mask, value) } }

  /// PyTorch's `masked_fill_`, the in-place form of ``Tensor/maskedFill(_:_:)``.
  @discardableResult
  public mutating func maskedFill_(mask: Tensor, value: some ScalarConvertible) -> Tensor { change("maskedFill_") { $0.maskedFill(mask, value) } }

  /// PyTorch's `masked_fill_`, the in-place form of ``Tensor/maskedFill(_:_:)``.
  @discardableResult
  public mutating func maskedFill_(_ mask: Tensor, value: some ScalarConvertible) -> Tensor { change("maskedFill_") { $0.maskedFill(mask, value) } }

  /// PyTorch's `masked_fill_`, the in-place form of ``Tensor/maskedFill(_:_:)``.
  @discardableResult
  public mutating func maskedFill_(_ mask: Tensor, _ value: Tensor) -> Tensor { change("maskedFill_") { $0.maskedFill(mask, value) } }

  /// PyTorch's `masked_fill_`, the in-place form of ``Tensor/maskedFill(_:_:)``.
  @discardableResult
  public mutating func maskedFill_(mask: Tensor, value: Tensor) -> Tensor { change("maskedFill_") { $0.maskedFill(mask, value) } }

  /// PyTorch's `masked_fill_`, the in-place form of ``Tensor/maskedFill(_:_:)``.
  @discardableResult
  public mutating func maskedFill_(_ mask: Tensor, value: Tensor) -> Tensor { change("maskedFill_") { $0.maskedFill(mask, value) } }

  /// PyTorch's `masked_scatter_`, the in-place form of ``Tensor/maskedScatter(_:_:)``.
  @discardableResult
  public mutating func maskedScatter_(_ mask: Tensor, _ source: Tensor) -> Tensor { change("maskedScatter_") { $0.maskedScatter(mask, source) } }

  /// PyTorch's `masked_scatter_`, the in-place form of ``Tensor/maskedScatter(_:_:)``.
  @discardableResult
  public mutating func maskedScatter_(mask: Tensor, source: Tensor) -> Tensor { change("maskedScatter_") { $0.maskedScatter(mask, source) } }

  /// PyTorch's `masked_scatter_`, the in-place form of ``Tensor/maskedScatter(_:_:)``.
  @discardableResult
  public mutating func maskedScatter_(_ mask: Tensor, source: Tensor) -> Tensor { change("maskedScatter_") { $0.maskedScatter(mask, source) } }

  /// PyTorch's `mvlgamma_`, the in-place form of ``Tensor/mvlgamma(_:)``.
  @discardableResult
  public mutating func mvlgamma_(_ p: Int) -> Tensor { change("mvlgamma_") { $0.mvlgamma(p) } }

  /// PyTorch's `mvlgamma_`, the in-place form of ``Tensor/mvlgamma(_:)``.
  @discardableResult
  public mutating func mvlgamma_(p: Int) -> Tensor { change("mvlgamma_") { $0.mvlgamma(p) } }

  /// PyTorch's `nan_to_num_`, the in-place form of ``Tensor/nanToNum(nan:posinf:neginf:)``.
  @discardableResult
  public mutating func nanToNum_(nan: Double = 0, posinf: Double? = nil, neginf: Double? = nil) -> Tensor { change("nanToNum_") { $0.nanToNum(nan: nan, posinf: posinf, neginf: neginf) } }

  /// PyTorch's `nan_to_num_`, the in-place form of ``Tensor/nanToNum(nan:posinf:neginf:)``.
  @discardableResult
  public mutating func nanToNum_(_ nan: Double, posinf: Double? = nil, neginf: Double? = nil) -> Tensor { change("nanToNum_") { $0.nanToNum(nan: nan, posinf: posinf, neginf: neginf) } }

  /// PyTorch's `nan_to_num_`, the in-place form of ``Tensor/nanToNum(nan:posinf:neginf:)``.
  @discardableResult
  public mutating func nanToNum_(_ nan: Double, _ posinf: Double?, neginf: Double? = nil) -> Tensor { change("nanToNum_") { $0.nanToNum(nan: nan, posinf: posinf, neginf: neginf) } }

  /// PyTorch's `nan_to_num_`, the in-place form of ``Tensor/nanToNum(nan:posinf:neginf:)``.
  @discardableResult
  public mutating func nanToNum_(_ nan: Double, _ posinf: Double?, _ neginf: Double?) -> Tensor { change("nanToNum_") { $0.nanToNum(nan: nan, posinf: posinf, neginf: neginf) } }

  /// PyTorch's `ne_`, the in-place form of ``Tensor/ne(_:)``.
  @discardableResult
  public mutating func ne_(_ other: Tensor) -> Tensor { change("ne_") { $0.ne(other) } }

  /// PyTorch's `ne_`, the in-place form of ``Tensor/ne(_:)``.
  @discardableResult
  public mutating func ne_(other: Tensor) -> Tensor { change("ne_") { $0.ne(other) } }

  /// PyTorch's `ne_`, the in-place form of ``Tensor/ne(_:)``.
  @discardableResult
  public mutating func ne_(_ other: some ScalarConvertible) -> Tensor { change("ne_") { $0.ne(other) } }

  /// PyTorch's `ne_`, the in-place form of ``Tensor/ne(_:)``.
  @discardableResult
  public mutating func ne_(other: some ScalarConvertible) -> Tensor { change("ne_") { $0.ne(other) } }

  /// PyTorch's `ne_`, the in-place form of ``Tensor/ne(_:)``.
  @discardableResult
  public mutating func notEqual_(_ other: Tensor) -> Tensor { change("notEqual_") { $0.ne(other) } }

  /// PyTorch's `ne_`, the in-place form of ``Tensor/ne(_:)``.
  @discardableResult
  public mutating func notEqual_(other: Tensor) -> Tensor { change("notEqual_") { $0.ne(other) } }

  /// PyTorch's `ne_`, the in-place form of ``Tensor/ne(_:)``.
  @discardableResult
  public mutating func notEqual_(_ other: some ScalarConvertible) -> Tensor { change("notEqual_") { $0.ne(other) } }

  /// PyTorch's `ne_`, the in-place form of ``Tensor/ne(_:)``.
  @discardableResult
  public mutating func notEqual_(other: some ScalarConvertible) -> Tensor { change("notEqual_") { $0.ne(other) } }

  /// PyTorch's `nextafter_`, the in-place form of ``Tensor/nextafter(_:)``.
  @discardableResult
  public mutating func nextafter_(_ other: Tensor) -> Tensor { change("nextafter_") { $0.nextafter(other) } }

  /// PyTorch's `nextafter_`, the in-place form of ``Tensor/nextafter(_:)``.
  @discardableResult
  public mutating func nextafter_(other: Tensor) -> Tensor { change("nextafter_") { $0.nextafter(other) } }

  /// PyTorch's `pow_`, the in-place form of ``Tensor/pow(_:)``.
  @discardableResult
  public mutating func pow_(_ exponent: Tensor) -> Tensor { change("pow_") { $0.pow(exponent) } }

  /// PyTorch's `pow_`, the in-place form of ``Tensor/pow(_:)``.
  @discardableResult
  public mutating func pow_(exponent: Tensor) -> Tensor { change("pow_") { $0.pow(exponent) } }

  /// PyTorch's `pow_`, the in-place form of ``Tensor/pow(_:)``.
  @discardableResult
  public mutating func pow_(_ exponent: some ScalarConvertible) -> Tensor { change("pow_") { $0.pow(exponent) } }

  /// PyTorch's `pow_`, the in-place form of ``Tensor/pow(_:)``.
  @discardableResult
  public mutating func pow_(exponent: some ScalarConvertible) -> Tensor { change("pow_") { $0.pow(exponent) } }

  /// PyTorch's `put_`, the in-place form of ``Tensor/put(_:_:accumulate:)``.
  @discardableResult
  public mutating func put_(_ index: Tensor, _ source: Tensor, accumulate: Bool = false) -> Tensor { change("put_") { $0.put(index, source, accumulate: accumulate) } }

  /// PyTorch's `put_`, the in-place form of ``Tensor/put(_:_:accumulate:)``.
  @discardableResult
  public mutating func put_(index: Tensor, source: Tensor, accumulate: Bool = false) -> Tensor { change("put_") { $0.put(index, source, accumulate: accumulate) } }

  /// PyTorch's `put_`, the in-place form of ``Tensor/put(_:_:accumulate:)``.
  @discardableResult
  public mutating func put_(_ index: Tensor, source: Tensor, accumulate: Bool = false) -> Tensor { change("put_") { $0.put(index, source, accumulate: accumulate) } }

  /// PyTorch's `put_`, the in-place form of ``Tensor/put(_:_:accumulate:)``.
  @discardableResult
  public mutating func put_(_ index: Tensor, _ source: Tensor, _ accumulate: Bool) -> Tensor { change("put_") { $0.put(index, source, accumulate: accumulate) } }

  /// PyTorch's `rad2deg_`, the in-place form of ``Tensor/rad2deg()``.
  @discardableResult
  public mutating func rad2deg_() -> Tensor { change("rad2deg_") { $0.rad2deg() } }

  /// PyTorch's `reciprocal_`, the in-place form of ``Tensor/reciprocal()``.
  @discardableResult
  public mutating func reciprocal_() -> Tensor { change("reciprocal_") { $0.reciprocal() } }

  /// PyTorch's `relu_`, the in-place form of ``Tensor/relu()``.
  @discardableResult
  public mutating func relu_() -> Tensor { change("relu_") { $0.relu() } }

  /// PyTorch's `remainder_`, the in-place form of ``Tensor/remainder(_:)``.
  @discardableResult
  public mutating func remainder_(_ other: Tensor) -> Tensor { change("remainder_") { $0.remainder(other) } }

  /// PyTorch's `remainder_`, the in-place form of ``Tensor/remainder(_:)``.
  @discardableResult
  public mutating func remainder_(other: Tensor) -> Tensor { change("remainder_") { $0.remainder(other) } }

  /// PyTorch's `remainder_`, the in-place form of ``Tensor/remainder(_:)``.
  @discardableResult
  public mutating func remainder_(_ other: some ScalarConvertible) -> Tensor { change("remainder_") { $0.remainder(other) } }

  /// PyTorch's `remainder_`, the in-place form of ``Tensor/remainder(_:)``.
  @discardableResult
  public mutating func remainder_(other: some ScalarConvertible) -> Tensor { change("remainder_") { $0.remainder(other) } }

  /// PyTorch's `renorm_`, the in-place form of ``Tensor/renorm(p:dim:maxnorm:)``.
  @discardableResult
  public mutating func renorm_(p: Double, dim: Int, maxnorm: Double) -> Tensor { change("renorm_") { $0.renorm(p: p, dim: dim, maxnorm: maxnorm) } }

  /// PyTorch's `renorm_`, the in-place form of ``Tensor/renorm(p:dim:maxnorm:)``.
  @discardableResult
  public mutating func renorm_(_ p: Double, dim: Int, maxnorm: Double) -> Tensor { change("renorm_") { $0.renorm(p: p, dim: dim, maxnorm: maxnorm) } }

  /// PyTorch's `renorm_`, the in-place form of ``Tensor/renorm(p:dim:maxnorm:)``.
  @discardableResult
  public mutating func renorm_(_ p: Double, _ dim: Int, maxnorm: Double) -> Tensor { change("renorm_") { $0.renorm(p: p, dim: dim, maxnorm: maxnorm) } }

  /// PyTorch's `renorm_`, the in-place form of ``Tensor/renorm(p:dim:maxnorm:)``.
  @discardableResult
  public mutating func renorm_(_ p: Double, _ dim: Int, _ maxnorm: Double) -> Tensor { change("renorm_") { $0.renorm(p: p, dim: dim, maxnorm: maxnorm) } }

  /// PyTorch's `round_`, the in-place form of ``Tensor/round()``.
  @discardableResult
  public mutating func round_() -> Tensor { change("round_") { $0.round() } }

  /// PyTorch's `round_`, the in-place form of ``Tensor/round(decimals:)``.
  @discardableResult
  public mutating func round_(decimals: Int) -> Tensor { change("round_") { $0.round(decimals: decimals) } }

  /// PyTorch's `rsqrt_`, the in-place form of ``Tensor/rsqrt()``.
  @discardableResult
  public mutating func rsqrt_() -> Tensor { change("rsqrt_") { $0.rsqrt() } }

  /// PyTorch's `scatter_`, the in-place form of ``Tensor/scatter(_:_:_:)``.
  @discardableResult
  public mutating func scatter_(_ dim: Int, _ index: Tensor, _ src: Tensor) -> Tensor { change("scatter_") { $0.scatter(dim, index, src) } }

  /// PyTorch's `scatter_`, the in-place form of ``Tensor/scatter(_:_:_:)``.
  @discardableResult
  public mutating func scatter_(dim: Int, index: Tensor, src: Tensor) -> Tensor { change("scatter_") { $0.scatter(dim, index, src) } }

  /// PyTorch's `scatter_`, the in-place form of ``Tensor/scatter(_:_:_:)``.
  @discardableResult
  public mutating func scatter_(_ dim: Int, index: Tensor, src: Tensor) -> Tensor { change("scatter_") { $0.scatter(dim, index, src) } }

  /// PyTorch's `scatter_`, the in-place form of ``Tensor/scatter(_:_:_:)``.
  @discardableResult
  public mutating func scatter_(_ dim: Int, _ index: Tensor, src: Tensor) -> Tensor { change("scatter_") { $0.scatter(dim, index, src) } }

  /// PyTorch's `scatter_`, the in-place form of ``Tensor/scatter(_:_:_:)``.
  @discardableResult
  public mutating func scatter_(_ dim: Int, _ index: Tensor, _ value: some ScalarConvertible) -> Tensor { change("scatter_") { $0.scatter(dim, index, value) } }

  /// PyTorch's `scatter_`, the in-place form of ``Tensor/scatter(_:_:_:)``.
  @discardableResult
  public mutating func scatter_(dim: Int, index: Tensor, value: some ScalarConvertible) -> Tensor { change("scatter_") { $0.scatter(dim, index, value) } }

  /// PyTorch's `scatter_`, the in-place form of ``Tensor/scatter(_:_:_:)``.
  @discardableResult
  public mutating func scatter_(_ dim: Int, index: Tensor, value: some ScalarConvertible) -> Tensor { change("scatter_") { $0.scatter(dim, index, value) } }

  /// PyTorch's `scatter_`, the in-place form of ``Tensor/scatter(_:_:_:)``.
  @discardableResult
  public mutating func scatter_(_ dim: Int, _ index: Tensor, value: some ScalarConvertible) -> Tensor { change("scatter_") { $0.scatter(dim, index, value) } }

  /// PyTorch's `scatter_add_`, the in-place form of ``Tensor/scatterAdd(_:_:_:)``.
  @discardableResult
  public mutating func scatterAdd_(_ dim: Int, _ index: Tensor, _ src: Tensor) -> Tensor { change("scatterAdd_") { $0.scatterAdd(dim, index, src) } }

  /// PyTorch's `scatter_add_`, the in-place form of ``Tensor/scatterAdd(_:_:_:)``.
  @discardableResult
  public mutating func scatterAdd_(dim: Int, index: Tensor, src: Tensor) -> Tensor { change("scatterAdd_") { $0.scatterAdd(dim, index, src) } }

  /// PyTorch's `scatter_add_`, the in-place form of ``Tensor/scatterAdd(_:_:_:)``.
  @discardableResult
  public mutating func scatterAdd_(_ dim: Int, index: Tensor, src: Tensor) -> Tensor { change("scatterAdd_") { $0.scatterAdd(dim, index, src) } }

  /// PyTorch's `scatter_add_`, the in-place form of ``Tensor/scatterAdd(_:_:_:)``.
  @discardableResult
  public mutating func scatterAdd_(_ dim: Int, _ index: Tensor, src: Tensor) -> Tensor { change("scatterAdd_") { $0.scatterAdd(dim, index, src) } }

  /// PyTorch's `scatter_reduce_`, the in-place form of ``Tensor/scatterReduce(_:_:_:reduce:includeSelf:)``.
  @discardableResult
  public mutating func scatterReduce_(_ dim: Int, _ index: Tensor, _ src: Tensor, reduce: ScatterReduction, includeSelf: Bool = true) -> Tensor { change("scatterReduce_") { $0.scatterReduce(dim, index, src, reduce: reduce, includeSelf: includeSelf) } }

  /// PyTorch's `scatter_reduce_`, the in-place form of ``Tensor/scatterReduce(_:_:_:reduce:includeSelf:)``.
  @discardableResult
  public mutating func scatterReduce_(dim: Int, index: Tensor, src: Tensor, reduce: ScatterReduction, includeSelf: Bool = true) -> Tensor { change("scatterReduce_") { $0.scatterReduce(dim, index, src, reduce: reduce, includeSelf: includeSelf) } }

  /// PyTorch's `scatter_reduce_`, the in-place form of ``Tensor/scatterReduce(_:_:_:reduce:includeSelf:)``.
  @discardableResult
  public mutating func scatterReduce_(_ dim: Int, index: Tensor, src: Tensor, reduce: ScatterReduction, includeSelf: Bool = true) -> Tensor { change("scatterReduce_") { $0.scatterReduce(dim, index, src, reduce: reduce, includeSelf: includeSelf) } }

  /// PyTorch's `scatter_reduce_`, the in-place form of ``Tensor/scatterReduce(_:_:_:reduce:includeSelf:)``.
  @discardableResult
  public mutating func scatterReduce_(_ dim: Int, _ index: Tensor, src: Tensor, reduce: ScatterReduction, includeSelf: Bool = true) -> Tensor { change("scatterReduce_") { $0.scatterReduce(dim, index, src, reduce: reduce, includeSelf: includeSelf) } }

  /// PyTorch's `scatter_reduce_`, the in-place form of ``Tensor/scatterReduce(_:_:_:reduce:includeSelf:)``.
  @discardableResult
  public mutating func scatterReduce_(_ dim: Int, _ index: Tensor, _ src: Tensor, _ reduce: ScatterReduction, includeSelf: Bool = true) -> Tensor { change("scatterReduce_") { $0.scatterReduce(dim, index, src, reduce: reduce, includeSelf: includeSelf) } }

  /// PyTorch's `sgn_`, the in-place form of ``Tensor/sgn()``.
  @discardableResult
  public mutating func sgn_() -> Tensor { change("sgn_") { $0.sgn() } }

  /// PyTorch's `sigmoid_`, the in-place form of ``Tensor/sigmoid()``.
  @discardableResult
  public mutating func sigmoid_() -> Tensor { change("sigmoid_") { $0.sigmoid() } }

  /// PyTorch's `sign_`, the in-place form of ``Tensor/sign()``.
  @discardableResult
  public mutating func sign_() -> Tensor { change("sign_") { $0.sign() } }

  /// PyTorch's `sin_`, the in-place form of ``Tensor/sin()``.
  @discardableResult
  public mutating func sin_() -> Tensor { change("sin_") { $0.sin() } }

  /// PyTorch's `sinc_`, the in-place form of ``Tensor/sinc()``.
  @discardableResult
  public mutating func sinc_() -> Tensor { change("sinc_") { $0.sinc() } }

  /// PyTorch's `sinh_`, the in-place form of ``Tensor/sinh()``.
  @discardableResult
  public mutating func sinh_() -> Tensor { change("sinh_") { $0.sinh() } }

  /// PyTorch's `sqrt_`, the in-place form of ``Tensor/sqrt()``.
  @discardableResult
  public mutating func sqrt_() -> Tensor { change("sqrt_") { $0.sqrt() } }

  /// PyTorch's `square_`, the in-place form of ``Tensor/square()``.
  @discardableResult
  public mutating func square_() -> Tensor { change("square_") { $0.square() } }

  /// PyTorch's `squeeze_`, the in-place form of ``Tensor/squeeze(_:)``.
  @discardableResult
  public mutating func squeeze_(_ dims: [Int]) -> Tensor { change("squeeze_", reshapes: true) { $0.squeeze(dims) } }

  /// PyTorch's `squeeze_`, the in-place form of ``Tensor/squeeze(_:)``.
  @discardableResult
  public mutating func squeeze_(dim dims: [Int]) -> Tensor { change("squeeze_", reshapes: true) { $0.squeeze(dims) } }

  /// PyTorch's `squeeze_`, the in-place form of ``Tensor/squeeze(_:)``.
  @discardableResult
  public mutating func squeeze_(_ dims: Int) -> Tensor { change("squeeze_", reshapes: true) { $0.squeeze([dims]) } }

  /// PyTorch's `squeeze_`, the in-place form of ``Tensor/squeeze(_:)``.
  @discardableResult
  public mutating func squeeze_(dim dims: Int) -> Tensor { change("squeeze_", reshapes: true) { $0.squeeze([dims]) } }

  /// PyTorch's `t_`, the in-place form of ``Tensor/t()``.
  @discardableResult
  public mutating func t_() -> Tensor { change("t_", reshapes: true) { $0.t() } }

  /// PyTorch's `tan_`, the in-place form of ``Tensor/tan()``.
  @discardableResult
  public mutating func tan_() -> Tensor { change("tan_") { $0.tan() } }

  /// PyTorch's `tanh_`, the in-place form of ``Tensor/tanh()``.
  @discardableResult
  public mutating func tanh_() -> Tensor { change("tanh_") { $0.tanh() } }

  /// PyTorch's `transpose_`, the in-place form of ``Tensor/transpose(_:_:)``.
  @discardableResult
  public mutating func transpose_(_ dim0: Int, _ dim1: Int) -> Tensor { change("transpose_", reshapes: true) { $0.transpose(dim0, dim1) } }

  /// PyTorch's `transpose_`, the in-place form of ``Tensor/transpose(_:_:)``.
  @discardableResult
  public mutating func transpose_(dim0: Int, dim1: Int) -> Tensor { change("transpose_", reshapes: true) { $0.transpose(dim0, dim1) } }

  /// PyTorch's `transpose_`, the in-place form of ``Tensor/transpose(_:_:)``.
  @discardableResult
  public mutating func transpose_(_ dim0: Int, dim1: Int) -> Tensor { change("transpose_", reshapes: true) { $0.transpose(dim0, dim1) } }

  /// PyTorch's `transpose_`, the in-place form of ``Tensor/transpose(_:_:)``.
  @discardableResult
  public mutating func swapaxes_(_ dim0: Int, _ dim1: Int) -> Tensor { change("swapaxes_", reshapes: true) { $0.transpose(dim0, dim1) } }

  /// PyTorch's `transpose_`, the in-place form of ``Tensor/transpose(_:_:)``.
  @discardableResult
  public mutating func swapaxes_(dim0: Int, dim1: Int) -> Tensor { change("swapaxes_", reshapes: true) { $0.transpose(dim0, dim1) } }

  /// PyTorch's `transpose_`, the in-place form of ``Tensor/transpose(_:_:)``.
  @discardableResult
  public mutating func swapaxes_(_ dim0: Int, dim1: Int) -> Tensor { change("swapaxes_", reshapes: true) { $0.transpose(dim0, dim1) } }

  /// PyTorch's `transpose_`, the in-place form of ``Tensor/transpose(_:_:)``.
  @discardableResult
  public mutating func swapdims_(_ dim0: Int, _ dim1: Int) -> Tensor { change("swapdims_", reshapes: true) { $0.transpose(dim0, dim1) } }

  /// PyTorch's `transpose_`, the in-place form of ``Tensor/transpose(_:_:)``.
  @discardableResult
  public mutating func swapdims_(dim0: Int, dim1: Int) -> Tensor { change("swapdims_", reshapes: true) { $0.transpose(dim0, dim1) } }

  /// PyTorch's `transpose_`, the in-place form of ``Tensor/transpose(_:_:)``.
  @discardableResult
  public mutating func swapdims_(_ dim0: Int, dim1: Int) -> Tensor { change("swapdims_", reshapes: true) { $0.transpose(dim0, dim1) } }

  /// PyTorch's `tril_`, the in-place form of ``Tensor/tril(_:)``.
  @discardableResult
  public mutating func tril_(_ diagonal: Int = 0) -> Tensor { change("tril_") { $0.tril(diagonal) } }

  /// PyTorch's `tril_`, the in-place form of ``Tensor/tril(_:)``.
  @discardableResult
  public mutating func tril_(diagonal: Int) -> Tensor { change("tril_") { $0.tril(diagonal) } }

  /// PyTorch's `triu_`, the in-place form of ``Tensor/triu(_:)``.
  @discardableResult
  public mutating func triu_(_ diagonal: Int = 0) -> Tensor { change("triu_") { $0.triu(diagonal) } }

  /// PyTorch's `triu_`, the in-place form of ``Tensor/triu(_:)``.
  @discardableResult
  public mutating func triu_(diagonal: Int) -> Tensor { change("triu_") { $0.triu(diagonal) } }

  /// PyTorch's `trunc_`, the in-place form of ``Tensor/trunc()``.
  @discardableResult
  public mutating func trunc_() -> Tensor { change("trunc_") { $0.trunc() } }

  /// PyTorch's `trunc_`, the in-place form of ``Tensor/trunc()``.
  @discardableResult
  public mutating func fix_() -> Tensor { change("fix_") { $0.trunc() } }

  /// PyTorch's `unsqueeze_`, the in-place form of ``Tensor/unsqueeze(_:)``.
  @discardableResult
  public mutating func unsqueeze_(_ dim: Int) -> Tensor { change("unsqueeze_", reshapes: true) { $0.unsqueeze(dim) } }

  /// PyTorch's `unsqueeze_`, the in-place form of ``Tensor/unsqueeze(_:)``.
  @discardableResult
  public mutating func unsqueeze_(dim: Int) -> Tensor { change("unsqueeze_", reshapes: true) { $0.unsqueeze(dim) } }

  /// PyTorch's `xlogy_`, the in-place form of ``Tensor/xlogy(_:)``.
  @discardableResult
  public mutating func xlogy_(_ other: Tensor) -> Tensor { change("xlogy_") { $0.xlogy(other) } }

  /// PyTorch's `xlogy_`, the in-place form of ``Tensor/xlogy(_:)``.
  @discardableResult
  public mutating func xlogy_(other: Tensor) -> Tensor { change("xlogy_") { $0.xlogy(other) } }

  /// PyTorch's `xlogy_`, the in-place form of ``Tensor/xlogy(_:)``.
  @discardableResult
  public mutating func xlogy_(_ other: some ScalarConvertible) -> Tensor { change("xlogy_") { $0.xlogy(other) } }

  /// PyTorch's `xlogy_`, the in-place form of ``Tensor/xlogy(_:)``.
  @discardableResult
  public mutating func xlogy_(other: some ScalarConvertible) -> Tensor { change("xlogy_") { $0.xlogy(other) } }

  /// PyTorch's `add_`: the operator `+=`.
  @discardableResult
  public mutating func add_(_ other: Tensor) -> Tensor { self += other; return self }

  /// PyTorch's `add_`: the operator `+=`.
  @discardableResult
  public mutating func add_(_ other: some ScalarConvertible) -> Tensor { self += other; return self }

  /// PyTorch's `sub_`: the operator `-=`.
  @discardableResult
  public mutating func sub_(_ other: Tensor) -> Tensor { self -= other; return self }

  /// PyTorch's `sub_`: the operator `-=`.
  @discardableResult
  public mutating func sub_(_ other: some ScalarConvertible) -> Tensor { self -= other; return self }

  /// PyTorch's `sub_`: the operator `-=`.
  @discardableResult
  public mutating func subtract_(_ other: Tensor) -> Tensor { self -= other; return self }

  /// PyTorch's `sub_`: the operator `-=`.
  @discardableResult
  public mutating func subtract_(_ other: some ScalarConvertible) -> Tensor { self -= other; return self }

  /// PyTorch's `mul_`: the operator `*=`.
  @discardableResult
  public mutating func mul_(_ other: Tensor) -> Tensor { self *= other; return self }

  /// PyTorch's `mul_`: the operator `*=`.
  @discardableResult
  public mutating func mul_(_ other: some ScalarConvertible) -> Tensor { self *= other; return self }

  /// PyTorch's `mul_`: the operator `*=`.
  @discardableResult
  public mutating func multiply_(_ other: Tensor) -> Tensor { self *= other; return self }

  /// PyTorch's `mul_`: the operator `*=`.
  @discardableResult
  public mutating func multiply_(_ other: some ScalarConvertible) -> Tensor { self *= other; return self }

  /// PyTorch's `div_`: the operator `/=`.
  @discardableResult
  public mutating func div_(_ other: Tensor) -> Tensor { self /= other; return self }

  /// PyTorch's `div_`: the operator `/=`.
  @discardableResult
  public mutating func div_(_ other: some ScalarConvertible) -> Tensor { self /= other; return self }

  /// PyTorch's `div_`: the operator `/=`.
  @discardableResult
  public mutating func divide_(_ other: Tensor) -> Tensor { self /= other; return self }

  /// PyTorch's `div_`: the operator `/=`.
  @discardableResult
  public mutating func divide_(_ other: some ScalarConvertible) -> Tensor { self /= other; return self }

  /// PyTorch's `div_`: the operator `/=`.
  @discardableResult
  public mutating func trueDivide_(_ other: Tensor) -> Tensor { self /= other; return self }

  /// PyTorch's `div_`: the operator `/=`.
  @discardableResult
  public mutating func trueDivide_(_ other: some ScalarConvertible) -> Tensor { self /= other; return self }

  /// PyTorch's `bitwise_and_`: the operator `&=`.
  @discardableResult
  public mutating func bitwiseAnd_(_ other: Tensor) -> Tensor { change("bitwiseAnd_") { $0 & other } }

  /// PyTorch's `bitwise_and_`: the operator `&=`.
  @discardableResult
  public mutating func bitwiseAnd_(_ other: some ScalarConvertible) -> Tensor { change("bitwiseAnd_") { $0 & other } }

  /// PyTorch's `bitwise_or_`: the operator `|=`.
  @discardableResult
  public mutating func bitwiseOr_(_ other: Tensor) -> Tensor { change("bitwiseOr_") { $0 | other } }

  /// PyTorch's `bitwise_or_`: the operator `|=`.
  @discardableResult
  public mutating func bitwiseOr_(_ other: some ScalarConvertible) -> Tensor { change("bitwiseOr_") { $0 | other } }

  /// PyTorch's `bitwise_xor_`: the operator `^=`.
  @discardableResult
  public mutating func bitwiseXor_(_ other: Tensor) -> Tensor { change("bitwiseXor_") { $0 ^ other } }

  /// PyTorch's `bitwise_xor_`: the operator `^=`.
  @discardableResult
  public mutating func bitwiseXor_(_ other: some ScalarConvertible) -> Tensor { change("bitwiseXor_") { $0 ^ other } }

  /// PyTorch's `bitwise_left_shift_`: the operator `<<=`.
  @discardableResult
  public mutating func bitwiseLeftShift_(_ other: Tensor) -> Tensor { change("bitwiseLeftShift_") { $0 << other } }

  /// PyTorch's `bitwise_left_shift_`: the operator `<<=`.
  @discardableResult
  public mutating func bitwiseLeftShift_(_ other: some ScalarConvertible) -> Tensor { change("bitwiseLeftShift_") { $0 << other } }

  /// PyTorch's `bitwise_right_shift_`: the operator `>>=`.
  @discardableResult
  public mutating func bitwiseRightShift_(_ other: Tensor) -> Tensor { change("bitwiseRightShift_") { $0 >> other } }

  /// PyTorch's `bitwise_right_shift_`: the operator `>>=`.
  @discardableResult
  public mutating func bitwiseRightShift_(_ other: some ScalarConvertible) -> Tensor { change("bitwiseRightShift_") { $0 >> other } }

  /// PyTorch's `add_`.
  @discardableResult
  public mutating func add_(_ other: Tensor, alpha: some ScalarConvertible) -> Tensor { change("add_") { $0.add(other, alpha: alpha) } }

  /// PyTorch's `sub_`.
  @discardableResult
  public mutating func sub_(_ other: Tensor, alpha: some ScalarConvertible) -> Tensor { change("sub_") { $0.sub(other, alpha: alpha) } }

  /// PyTorch's `div_`.
  @discardableResult
  public mutating func div_(_ other: Tensor, roundingMode: RoundingMode) -> Tensor { change("div_") { $0.div(other, roundingMode: roundingMode) } }

  /// PyTorch's `neg_`.
  @discardableResult
  public mutating func neg_() -> Tensor { change("neg_") { -$0 } }

  /// PyTorch's `negative_`.
  @discardableResult
  public mutating func negative_() -> Tensor { change("negative_") { -$0 } }

  /// PyTorch's `bitwiseNot_`.
  @discardableResult
  public mutating func bitwiseNot_() -> Tensor { change("bitwiseNot_") { ~$0 } }

  /// PyTorch's `zero_`.
  @discardableResult
  public mutating func zero_() -> Tensor { change("zero_") { zerosLike($0) } }

  /// PyTorch's `fill_`.
  @discardableResult
  public mutating func fill_(_ value: some ScalarConvertible) -> Tensor { change("fill_") { fullLike($0, value) } }

  /// PyTorch's `fill_`.
  @discardableResult
  public mutating func fill_(value: some ScalarConvertible) -> Tensor { fill_(value) }

  /// PyTorch's `fill_`.
  @discardableResult
  public mutating func fill_(_ value: Tensor) -> Tensor { change("fill_") { zerosLike($0) + value } }

  /// PyTorch's `copy_`.
  @discardableResult
  public mutating func copy_(_ source: Tensor) -> Tensor { stored { $0.assign(source) } }

  /// PyTorch's `copy_`.
  @discardableResult
  public mutating func copy_(_ source: Tensor, nonBlocking: Bool) -> Tensor { copy_(source) }

  /// PyTorch's `bernoulli_`.
  @discardableResult
  public mutating func bernoulli_(_ p: Double = 0.5, generator: Generator = .default) -> Tensor { stored { $0.bernoulli(p, generator: generator) } }

  /// PyTorch's `bernoulli_`.
  @discardableResult
  public mutating func bernoulli_(p: Double, generator: Generator = .default) -> Tensor { bernoulli_(p, generator: generator) }

  /// PyTorch's `geometric_`.
  @discardableResult
  public mutating func geometric_(_ p: Double, generator: Generator = .default) -> Tensor { stored { $0.geometric(p, generator: generator) } }

  /// PyTorch's `geometric_`.
  @discardableResult
  public mutating func geometric_(p: Double, generator: Generator = .default) -> Tensor { geometric_(p, generator: generator) }

  /// PyTorch's `exponential_`.
  @discardableResult
  public mutating func exponential_(_ lambd: Double = 1, generator: Generator = .default) -> Tensor { stored { $0.exponential(lambd, generator: generator) } }

  /// PyTorch's `exponential_`.
  @discardableResult
  public mutating func exponential_(lambd: Double, generator: Generator = .default) -> Tensor { exponential_(lambd, generator: generator) }

  /// PyTorch's `random_`.
  @discardableResult
  public mutating func random_(_ from: Int, _ to: Int, generator: Generator = .default) -> Tensor { stored { $0.random(from, to, generator: generator) } }

  /// PyTorch's `random_`.
  @discardableResult
  public mutating func random_(from: Int, to: Int, generator: Generator = .default) -> Tensor { random_(from, to, generator: generator) }

  /// PyTorch's `random_`.
  @discardableResult
  public mutating func random_(_ to: Int, generator: Generator = .default) -> Tensor { random_(0, to, generator: generator) }

  /// PyTorch's `uniform_`.
  @discardableResult
  public mutating func uniform_(_ from: Double = 0, _ to: Double = 1, generator: Generator = .default) -> Tensor { stored { $0.uniform(from, to, generator: generator) } }

  /// PyTorch's `uniform_`.
  @discardableResult
  public mutating func uniform_(from: Double, to: Double = 1, generator: Generator = .default) -> Tensor { uniform_(from, to, generator: generator) }

  /// PyTorch's `uniform_`.
  @discardableResult
  public mutating func uniform_(to: Double, generator: Generator = .default) -> Tensor { uniform_(0, to, generator: generator) }

  /// PyTorch's `uniform_`.
  @discardableResult
  public mutating func uniform_(_ from: Double, to: Double, generator: Generator = .default) -> Tensor { uniform_(from, to, generator: generator) }

  /// PyTorch's `normal_`.
  @discardableResult
  public mutating func normal_(_ mean: Double = 0, _ std: Double = 1, generator: Generator = .default) -> Tensor { stored { $0.normal(mean, std, generator: generator) } }

  /// PyTorch's `normal_`.
  @discardableResult
  public mutating func normal_(mean: Double, std: Double = 1, generator: Generator = .default) -> Tensor { normal_(mean, std, generator: generator) }

  /// PyTorch's `normal_`.
  @discardableResult
  public mutating func normal_(std: Double, generator: Generator = .default) -> Tensor { normal_(0, std, generator: generator) }

  /// PyTorch's `normal_`.
  @discardableResult
  public mutating func normal_(_ mean: Double, std: Double, generator: Generator = .default) -> Tensor { normal_(mean, std, generator: generator) }

  /// PyTorch's `logNormal_`.
  @discardableResult
  public mutating func logNormal_(_ mean: Double = 1, _ std: Double = 2, generator: Generator = .default) -> Tensor { stored { $0.logNormal(mean, std, generator: generator) } }

  /// PyTorch's `logNormal_`.
  @discardableResult
  public mutating func logNormal_(mean: Double, std: Double = 2, generator: Generator = .default) -> Tensor { logNormal_(mean, std, generator: generator) }

  /// PyTorch's `logNormal_`.
  @discardableResult
  public mutating func logNormal_(std: Double, generator: Generator = .default) -> Tensor { logNormal_(1, std, generator: generator) }

  /// PyTorch's `logNormal_`.
  @discardableResult
  public mutating func logNormal_(_ mean: Double, std: Double, generator: Generator = .default) -> Tensor { logNormal_(mean, std, generator: generator) }

  /// PyTorch's `cauchy_`.
  @discardableResult
  public mutating func cauchy_(_ median: Double = 0, _ sigma: Double = 1, generator: Generator = .default) -> Tensor { stored { $0.cauchy(median, sigma, generator: generator) } }

  /// PyTorch's `cauchy_`.
  @discardableResult
  public mutating func cauchy_(median: Double, sigma: Double = 1, generator: Generator = .default) -> Tensor { cauchy_(median, sigma, generator: generator) }

  /// PyTorch's `cauchy_`.
  @discardableResult
  public mutating func cauchy_(sigma: Double, generator: Generator = .default) -> Tensor { cauchy_(0, sigma, generator: generator) }

  /// PyTorch's `cauchy_`.
  @discardableResult
  public mutating func cauchy_(_ median: Double, sigma: Double, generator: Generator = .default) -> Tensor { cauchy_(median, sigma, generator: generator) }
}

// Of a tensor that is no `var`: its elements change if it is a variable.
extension TensorHandle where Self == Tensor {
  /// PyTorch's `abs_`, the in-place form of ``Tensor/abs()``.
  @_disfavoredOverload @discardableResult
  public func abs_() -> Tensor { self.changeVariable("abs_") { $0.abs_() } }

  /// PyTorch's `abs_`, the in-place form of ``Tensor/abs()``.
  @_disfavoredOverload @discardableResult
  public func absolute_() -> Tensor { self.changeVariable("absolute_") { $0.absolute_() } }

  /// PyTorch's `acos_`, the in-place form of ``Tensor/acos()``.
  @_disfavoredOverload @discardableResult
  public func acos_() -> Tensor { self.changeVariable("acos_") { $0.acos_() } }

  /// PyTorch's `acos_`, the in-place form of ``Tensor/acos()``.
  @_disfavoredOverload @discardableResult
  public func arccos_() -> Tensor { self.changeVariable("arccos_") { $0.arccos_() } }

  /// PyTorch's `acosh_`, the in-place form of ``Tensor/acosh()``.
  @_disfavoredOverload @discardableResult
  public func acosh_() -> Tensor { self.changeVariable("acosh_") { $0.acosh_() } }

  /// PyTorch's `acosh_`, the in-place form of ``Tensor/acosh()``.
  @_disfavoredOverload @discardableResult
  public func arccosh_() -> Tensor { self.changeVariable("arccosh_") { $0.arccosh_() } }

  /// PyTorch's `addbmm_`, the in-place form of ``addbmm(_:_:_:beta:alpha:)``.
  @_disfavoredOverload @discardableResult
  public func addbmm_(_ batch1: Tensor, _ batch2: Tensor, beta: some ScalarConvertible = 1, alpha: some ScalarConvertible = 1) -> Tensor { self.changeVariable("addbmm_") { $0.addbmm_(batch1, batch2, beta: beta, alpha: alpha) } }

  /// PyTorch's `addbmm_`, the in-place form of ``addbmm(_:_:_:beta:alpha:)``.
  @_disfavoredOverload @discardableResult
  public func addbmm_(batch1: Tensor, batch2: Tensor, beta: some ScalarConvertible = 1, alpha: some ScalarConvertible = 1) -> Tensor { self.changeVariable("addbmm_") { $0.addbmm_(batch1: batch1, batch2: batch2, beta: beta, alpha: alpha) } }

  /// PyTorch's `addbmm_`, the in-place form of ``addbmm(_:_:_:beta:alpha:)``.
  @_disfavoredOverload @discardableResult
  public func addbmm_(_ batch1: Tensor, batch2: Tensor, beta: some ScalarConvertible = 1, alpha: some ScalarConvertible = 1) -> Tensor { self.changeVariable("addbmm_") { $0.addbmm_(batch1, batch2: batch2, beta: beta, alpha: alpha) } }

  /// PyTorch's `addcdiv_`, the in-place form of ``Tensor/addcdiv(_:_:value:)``.
  @_disfavoredOverload @discardableResult
  public func addcdiv_(_ tensor1: Tensor, _ tensor2: Tensor, value: some ScalarConvertible = 1) -> Tensor { self.changeVariable("addcdiv_") { $0.addcdiv_(tensor1, tensor2, value: value) } }

  /// PyTorch's `addcdiv_`, the in-place form of ``Tensor/addcdiv(_:_:value:)``.
  @_disfavoredOverload @discardableResult
  public func addcdiv_(tensor1: Tensor, tensor2: Tensor, value: some ScalarConvertible = 1) -> Tensor { self.changeVariable("addcdiv_") { $0.addcdiv_(tensor1: tensor1, tensor2: tensor2, value: value) } }

  /// PyTorch's `addcdiv_`, the in-place form of ``Tensor/addcdiv(_:_:value:)``.
  @_disfavoredOverload @discardableResult
  public func addcdiv_(_ tensor1: Tensor, tensor2: Tensor, value: some ScalarConvertible = 1) -> Tensor { self.changeVariable("addcdiv_") { $0.addcdiv_(tensor1, tensor2: tensor2, value: value) } }

  /// PyTorch's `addcmul_`, the in-place form of ``Tensor/addcmul(_:_:value:)``.
  @_disfavoredOverload @discardableResult
  public func addcmul_(_ tensor1: Tensor, _ tensor2: Tensor, value: some ScalarConvertible = 1) -> Tensor { self.changeVariable("addcmul_") { $0.addcmul_(tensor1, tensor2, value: value) } }

  /// PyTorch's `addcmul_`, the in-place form of ``Tensor/addcmul(_:_:value:)``.
  @_disfavoredOverload @discardableResult
  public func addcmul_(tensor1: Tensor, tensor2: Tensor, value: some ScalarConvertible = 1) -> Tensor { self.changeVariable("addcmul_") { $0.addcmul_(tensor1: tensor1, tensor2: tensor2, value: value) } }

  /// PyTorch's `addcmul_`, the in-place form of ``Tensor/addcmul(_:_:value:)``.
  @_disfavoredOverload @discardableResult
  public func addcmul_(_ tensor1: Tensor, tensor2: Tensor, value: some ScalarConvertible = 1) -> Tensor { self.changeVariable("addcmul_") { $0.addcmul_(tensor1, tensor2: tensor2, value: value) } }

  /// PyTorch's `addmm_`, the in-place form of ``addmm(_:_:_:beta:alpha:)``.
  @_disfavoredOverload @discardableResult
  public func addmm_(_ mat1: Tensor, _ mat2: Tensor, beta: some ScalarConvertible = 1, alpha: some ScalarConvertible = 1) -> Tensor { self.changeVariable("addmm_") { $0.addmm_(mat1, mat2, beta: beta, alpha: alpha) } }

  /// PyTorch's `addmm_`, the in-place form of ``addmm(_:_:_:beta:alpha:)``.
  @_disfavoredOverload @discardableResult
  public func addmm_(mat1: Tensor, mat2: Tensor, beta: some ScalarConvertible = 1, alpha: some ScalarConvertible = 1) -> Tensor { self.changeVariable("addmm_") { $0.addmm_(mat1: mat1, mat2: mat2, beta: beta, alpha: alpha) } }

  /// PyTorch's `addmm_`, the in-place form of ``addmm(_:_:_:beta:alpha:)``.
  @_disfavoredOverload @discardableResult
  public func addmm_(_ mat1: Tensor, mat2: Tensor, beta: some ScalarConvertible = 1, alpha: some ScalarConvertible = 1) -> Tensor { self.changeVariable("addmm_") { $0.addmm_(mat1, mat2: mat2, beta: beta, alpha: alpha) } }

  /// PyTorch's `addmv_`, the in-place form of ``addmv(_:_:_:beta:alpha:)``.
  @_disfavoredOverload @discardableResult
  public func addmv_(_ matrix: Tensor, _ vector: Tensor, beta: some ScalarConvertible = 1, alpha: some ScalarConvertible = 1) -> Tensor { self.changeVariable("addmv_") { $0.addmv_(matrix, vector, beta: beta, alpha: alpha) } }

  /// PyTorch's `addmv_`, the in-place form of ``addmv(_:_:_:beta:alpha:)``.
  @_disfavoredOverload @discardableResult
  public func addmv_(mat matrix: Tensor, vec vector: Tensor, beta: some ScalarConvertible = 1, alpha: some ScalarConvertible = 1) -> Tensor { self.changeVariable("addmv_") { $0.addmv_(mat: matrix, vec: vector, beta: beta, alpha: alpha) } }

  /// PyTorch's `addmv_`, the in-place form of ``addmv(_:_:_:beta:alpha:)``.
  @_disfavoredOverload @discardableResult
  public func addmv_(_ matrix: Tensor, vec vector: Tensor, beta: some ScalarConvertible = 1, alpha: some ScalarConvertible = 1) -> Tensor { self.changeVariable("addmv_") { $0.addmv_(matrix, vec: vector, beta: beta, alpha: alpha) } }

  /// PyTorch's `addr_`, the in-place form of ``addr(_:_:_:beta:alpha:)``.
  @_disfavoredOverload @discardableResult
  public func addr_(_ vec1: Tensor, _ vec2: Tensor, beta: some ScalarConvertible = 1, alpha: some ScalarConvertible = 1) -> Tensor { self.changeVariable("addr_") { $0.addr_(vec1, vec2, beta: beta, alpha: alpha) } }

  /// PyTorch's `addr_`, the in-place form of ``addr(_:_:_:beta:alpha:)``.
  @_disfavoredOverload @discardableResult
  public func addr_(vec1: Tensor, vec2: Tensor, beta: some ScalarConvertible = 1, alpha: some ScalarConvertible = 1) -> Tensor { self.changeVariable("addr_") { $0.addr_(vec1: vec1, vec2: vec2, beta: beta, alpha: alpha) } }

  /// PyTorch's `addr_`, the in-place form of ``addr(_:_:_:beta:alpha:)``.
  @_disfavoredOverload @discardableResult
  public func addr_(_ vec1: Tensor, vec2: Tensor, beta: some ScalarConvertible = 1, alpha: some ScalarConvertible = 1) -> Tensor { self.changeVariable("addr_") { $0.addr_(vec1, vec2: vec2, beta: beta, alpha: alpha) } }

  /// PyTorch's `as_strided_`, the in-place form of ``Tensor/asStrided(_:_:storageOffset:)``.
  @_disfavoredOverload @discardableResult
  public func asStrided_(_ size: [Int], _ stride: [Int], storageOffset: Int? = nil) -> Tensor { self.changeVariable("asStrided_") { $0.asStrided_(size, stride, storageOffset: storageOffset) } }

  /// PyTorch's `as_strided_`, the in-place form of ``Tensor/asStrided(_:_:storageOffset:)``.
  @_disfavoredOverload @discardableResult
  public func asStrided_(size: [Int], stride: [Int], storageOffset: Int? = nil) -> Tensor { self.changeVariable("asStrided_") { $0.asStrided_(size: size, stride: stride, storageOffset: storageOffset) } }

  /// PyTorch's `as_strided_`, the in-place form of ``Tensor/asStrided(_:_:storageOffset:)``.
  @_disfavoredOverload @discardableResult
  public func asStrided_(_ size: [Int], stride: [Int], storageOffset: Int? = nil) -> Tensor { self.changeVariable("asStrided_") { $0.asStrided_(size, stride: stride, storageOffset: storageOffset) } }

  /// PyTorch's `as_strided_`, the in-place form of ``Tensor/asStrided(_:_:storageOffset:)``.
  @_disfavoredOverload @discardableResult
  public func asStrided_(_ size: [Int], _ stride: [Int], _ storageOffset: Int?) -> Tensor { self.changeVariable("asStrided_") { $0.asStrided_(size, stride, storageOffset) } }

  /// PyTorch's `asin_`, the in-place form of ``Tensor/asin()``.
  @_disfavoredOverload @discardableResult
  public func asin_() -> Tensor { self.changeVariable("asin_") { $0.asin_() } }

  /// PyTorch's `asin_`, the in-place form of ``Tensor/asin()``.
  @_disfavoredOverload @discardableResult
  public func arcsin_() -> Tensor { self.changeVariable("arcsin_") { $0.arcsin_() } }

  /// PyTorch's `asinh_`, the in-place form of ``Tensor/asinh()``.
  @_disfavoredOverload @discardableResult
  public func asinh_() -> Tensor { self.changeVariable("asinh_") { $0.asinh_() } }

  /// PyTorch's `asinh_`, the in-place form of ``Tensor/asinh()``.
  @_disfavoredOverload @discardableResult
  public func arcsinh_() -> Tensor { self.changeVariable("arcsinh_") { $0.arcsinh_() } }

  /// PyTorch's `atan_`, the in-place form of ``Tensor/atan()``.
  @_disfavoredOverload @discardableResult
  public func atan_() -> Tensor { self.changeVariable("atan_") { $0.atan_() } }

  /// PyTorch's `atan_`, the in-place form of ``Tensor/atan()``.
  @_disfavoredOverload @discardableResult
  public func arctan_() -> Tensor { self.changeVariable("arctan_") { $0.arctan_() } }

  /// PyTorch's `atan2_`, the in-place form of ``Tensor/atan2(_:)``.
  @_disfavoredOverload @discardableResult
  public func atan2_(_ other: Tensor) -> Tensor { self.changeVariable("atan2_") { $0.atan2_(other) } }

  /// PyTorch's `atan2_`, the in-place form of ``Tensor/atan2(_:)``.
  @_disfavoredOverload @discardableResult
  public func atan2_(other: Tensor) -> Tensor { self.changeVariable("atan2_") { $0.atan2_(other: other) } }

  /// PyTorch's `atan2_`, the in-place form of ``Tensor/atan2(_:)``.
  @_disfavoredOverload @discardableResult
  public func arctan2_(_ other: Tensor) -> Tensor { self.changeVariable("arctan2_") { $0.arctan2_(other) } }

  /// PyTorch's `atan2_`, the in-place form of ``Tensor/atan2(_:)``.
  @_disfavoredOverload @discardableResult
  public func arctan2_(other: Tensor) -> Tensor { self.changeVariable("arctan2_") { $0.arctan2_(other: other) } }

  /// PyTorch's `atanh_`, the in-place form of ``Tensor/atanh()``.
  @_disfavoredOverload @discardableResult
  public func atanh_() -> Tensor { self.changeVariable("atanh_") { $0.atanh_() } }

  /// PyTorch's `atanh_`, the in-place form of ``Tensor/atanh()``.
  @_disfavoredOverload @discardableResult
  public func arctanh_() -> Tensor { self.changeVariable("arctanh_") { $0.arctanh_() } }

  /// PyTorch's `baddbmm_`, the in-place form of ``baddbmm(_:_:_:beta:alpha:)``.
  @_disfavoredOverload @discardableResult
  public func baddbmm_(_ batch1: Tensor, _ batch2: Tensor, beta: some ScalarConvertible = 1, alpha: some ScalarConvertible = 1) -> Tensor { self.changeVariable("baddbmm_") { $0.baddbmm_(batch1, batch2, beta: beta, alpha: alpha) } }

  /// PyTorch's `baddbmm_`, the in-place form of ``baddbmm(_:_:_:beta:alpha:)``.
  @_disfavoredOverload @discardableResult
  public func baddbmm_(batch1: Tensor, batch2: Tensor, beta: some ScalarConvertible = 1, alpha: some ScalarConvertible = 1) -> Tensor { self.changeVariable("baddbmm_") { $0.baddbmm_(batch1: batch1, batch2: batch2, beta: beta, alpha: alpha) } }

  /// PyTorch's `baddbmm_`, the in-place form of ``baddbmm(_:_:_:beta:alpha:)``.
  @_disfavoredOverload @discardableResult
  public func baddbmm_(_ batch1: Tensor, batch2: Tensor, beta: some ScalarConvertible = 1, alpha: some ScalarConvertible = 1) -> Tensor { self.changeVariable("baddbmm_") { $0.baddbmm_(batch1, batch2: batch2, beta: beta, alpha: alpha) } }

  /// PyTorch's `ceil_`, the in-place form of ``Tensor/ceil()``.
  @_disfavoredOverload @discardableResult
  public func ceil_() -> Tensor { self.changeVariable("ceil_") { $0.ceil_() } }

  /// PyTorch's `clamp_`, the in-place form of ``Tensor/clamp(min:max:)``.
  @_disfavoredOverload @discardableResult
  public func clamp_(min: (any ScalarConvertible)? = nil, max: (any ScalarConvertible)? = nil) -> Tensor { self.changeVariable("clamp_") { $0.clamp_(min: min, max: max) } }

  /// PyTorch's `clamp_`, the in-place form of ``Tensor/clamp(min:max:)``.
  @_disfavoredOverload @discardableResult
  public func clamp_(_ min: (any ScalarConvertible)?, max: (any ScalarConvertible)? = nil) -> Tensor { self.changeVariable("clamp_") { $0.clamp_(min, max: max) } }

  /// PyTorch's `clamp_`, the in-place form of ``Tensor/clamp(min:max:)``.
  @_disfavoredOverload @discardableResult
  public func clamp_(_ min: (any ScalarConvertible)?, _ max: (any ScalarConvertible)?) -> Tensor { self.changeVariable("clamp_") { $0.clamp_(min, max) } }

  /// PyTorch's `clamp_`, the in-place form of ``Tensor/clamp(min:max:)``.
  @_disfavoredOverload @discardableResult
  public func clamp_(min: Tensor?, max: Tensor?) -> Tensor { self.changeVariable("clamp_") { $0.clamp_(min: min, max: max) } }

  /// PyTorch's `clamp_`, the in-place form of ``Tensor/clamp(min:max:)``.
  @_disfavoredOverload @discardableResult
  public func clamp_(_ min: Tensor?, max: Tensor?) -> Tensor { self.changeVariable("clamp_") { $0.clamp_(min, max: max) } }

  /// PyTorch's `clamp_`, the in-place form of ``Tensor/clamp(min:max:)``.
  @_disfavoredOverload @discardableResult
  public func clamp_(_ min: Tensor?, _ max: Tensor?) -> Tensor { self.changeVariable("clamp_") { $0.clamp_(min, max) } }

  /// PyTorch's `clamp_`, the in-place form of ``Tensor/clamp(min:max:)``.
  @_disfavoredOverload @discardableResult
  public func clip_(min: (any ScalarConvertible)? = nil, max: (any ScalarConvertible)? = nil) -> Tensor { self.changeVariable("clip_") { $0.clip_(min: min, max: max) } }

  /// PyTorch's `clamp_`, the in-place form of ``Tensor/clamp(min:max:)``.
  @_disfavoredOverload @discardableResult
  public func clip_(_ min: (any ScalarConvertible)?, max: (any ScalarConvertible)? = nil) -> Tensor { self.changeVariable("clip_") { $0.clip_(min, max: max) } }

  /// PyTorch's `clamp_`, the in-place form of ``Tensor/clamp(min:max:)``.
  @_disfavoredOverload @discardableResult
  public func clip_(_ min: (any ScalarConvertible)?, _ max: (any ScalarConvertible)?) -> Tensor { self.changeVariable("clip_") { $0.clip_(min, max) } }

  /// PyTorch's `clamp_`, the in-place form of ``Tensor/clamp(min:max:)``.
  @_disfavoredOverload @discardableResult
  public func clip_(min: Tensor?, max: Tensor?) -> Tensor { self.changeVariable("clip_") { $0.clip_(min: min, max: max) } }

  /// PyTorch's `clamp_`, the in-place form of ``Tensor/clamp(min:max:)``.
  @_disfavoredOverload @discardableResult
  public func clip_(_ min: Tensor?, max: Tensor?) -> Tensor { self.changeVariable("clip_") { $0.clip_(min, max: max) } }

  /// PyTorch's `clamp_`, the in-place form of ``Tensor/clamp(min:max:)``.
  @_disfavoredOverload @discardableResult
  public func clip_(_ min: Tensor?, _ max: Tensor?) -> Tensor { self.changeVariable("clip_") { $0.clip_(min, max) } }

  /// PyTorch's `copysign_`, the in-place form of ``Tensor/copysign(_:)``.
  @_disfavoredOverload @discardableResult
  public func copysign_(_ other: Tensor) -> Tensor { self.changeVariable("copysign_") { $0.copysign_(other) } }

  /// PyTorch's `copysign_`, the in-place form of ``Tensor/copysign(_:)``.
  @_disfavoredOverload @discardableResult
  public func copysign_(other: Tensor) -> Tensor { self.changeVariable("copysign_") { $0.copysign_(other: other) } }

  /// PyTorch's `copysign_`, the in-place form of ``Tensor/copysign(_:)``.
  @_disfavoredOverload @discardableResult
  public func copysign_(_ other: some ScalarConvertible) -> Tensor { self.changeVariable("copysign_") { $0.copysign_(other) } }

  /// PyTorch's `copysign_`, the in-place form of ``Tensor/copysign(_:)``.
  @_disfavoredOverload @discardableResult
  public func copysign_(other: some ScalarConvertible) -> Tensor { self.changeVariable("copysign_") { $0.copysign_(other: other) } }

  /// PyTorch's `cos_`, the in-place form of ``Tensor/cos()``.
  @_disfavoredOverload @discardableResult
  public func cos_() -> Tensor { self.changeVariable("cos_") { $0.cos_() } }

  /// PyTorch's `cosh_`, the in-place form of ``Tensor/cosh()``.
  @_disfavoredOverload @discardableResult
  public func cosh_() -> Tensor { self.changeVariable("cosh_") { $0.cosh_() } }

  /// PyTorch's `cumprod_`, the in-place form of ``Tensor/cumprod(_:dtype:)``.
  @_disfavoredOverload @discardableResult
  public func cumprod_(_ dim: Int, dtype: DType? = nil) -> Tensor { self.changeVariable("cumprod_") { $0.cumprod_(dim, dtype: dtype) } }

  /// PyTorch's `cumprod_`, the in-place form of ``Tensor/cumprod(_:dtype:)``.
  @_disfavoredOverload @discardableResult
  public func cumprod_(dim: Int, dtype: DType? = nil) -> Tensor { self.changeVariable("cumprod_") { $0.cumprod_(dim: dim, dtype: dtype) } }

  /// PyTorch's `cumsum_`, the in-place form of ``Tensor/cumsum(_:dtype:)``.
  @_disfavoredOverload @discardableResult
  public func cumsum_(_ dim: Int, dtype: DType? = nil) -> Tensor { self.changeVariable("cumsum_") { $0.cumsum_(dim, dtype: dtype) } }

  /// PyTorch's `cumsum_`, the in-place form of ``Tensor/cumsum(_:dtype:)``.
  @_disfavoredOverload @discardableResult
  public func cumsum_(dim: Int, dtype: DType? = nil) -> Tensor { self.changeVariable("cumsum_") { $0.cumsum_(dim: dim, dtype: dtype) } }

  /// PyTorch's `deg2rad_`, the in-place form of ``Tensor/deg2rad()``.
  @_disfavoredOverload @discardableResult
  public func deg2rad_() -> Tensor { self.changeVariable("deg2rad_") { $0.deg2rad_() } }

  /// PyTorch's `digamma_`, the in-place form of ``Tensor/digamma()``.
  @_disfavoredOverload @discardableResult
  public func digamma_() -> Tensor { self.changeVariable("digamma_") { $0.digamma_() } }

  /// PyTorch's `eq_`, the in-place form of ``Tensor/eq(_:)``.
  @_disfavoredOverload @discardableResult
  public func eq_(_ other: Tensor) -> Tensor { self.changeVariable("eq_") { $0.eq_(other) } }

  /// PyTorch's `eq_`, the in-place form of ``Tensor/eq(_:)``.
  @_disfavoredOverload @discardableResult
  public func eq_(other: Tensor) -> Tensor { self.changeVariable("eq_") { $0.eq_(other: other) } }

  /// PyTorch's `eq_`, the in-place form of ``Tensor/eq(_:)``.
  @_disfavoredOverload @discardableResult
  public func eq_(_ other: some ScalarConvertible) -> Tensor { self.changeVariable("eq_") { $0.eq_(other) } }

  /// PyTorch's `eq_`, the in-place form of ``Tensor/eq(_:)``.
  @_disfavoredOverload @discardableResult
  public func eq_(other: some ScalarConvertible) -> Tensor { self.changeVariable("eq_") { $0.eq_(other: other) } }

  /// PyTorch's `erf_`, the in-place form of ``Tensor/erf()``.
  @_disfavoredOverload @discardableResult
  public func erf_() -> Tensor { self.changeVariable("erf_") { $0.erf_() } }

  /// PyTorch's `erfc_`, the in-place form of ``Tensor/erfc()``.
  @_disfavoredOverload @discardableResult
  public func erfc_() -> Tensor { self.changeVariable("erfc_") { $0.erfc_() } }

  /// PyTorch's `erfinv_`, the in-place form of ``Tensor/erfinv()``.
  @_disfavoredOverload @discardableResult
  public func erfinv_() -> Tensor { self.changeVariable("erfinv_") { $0.erfinv_() } }

  /// PyTorch's `exp_`, the in-place form of ``Tensor/exp()``.
  @_disfavoredOverload @discardableResult
  public func exp_() -> Tensor { self.changeVariable("exp_") { $0.exp_() } }

  /// PyTorch's `exp2_`, the in-place form of ``Tensor/exp2()``.
  @_disfavoredOverload @discardableResult
  public func exp2_() -> Tensor { self.changeVariable("exp2_") { $0.exp2_() } }

  /// PyTorch's `expm1_`, the in-place form of ``Tensor/expm1()``.
  @_disfavoredOverload @discardableResult
  public func expm1_() -> Tensor { self.changeVariable("expm1_") { $0.expm1_() } }

  /// PyTorch's `float_power_`, the in-place form of ``Tensor/floatPower(_:)``.
  @_disfavoredOverload @discardableResult
  public func floatPower_(_ exponent: Tensor) -> Tensor { self.changeVariable("floatPower_") { $0.floatPower_(exponent) } }

  /// PyTorch's `float_power_`, the in-place form of ``Tensor/floatPower(_:)``.
  @_disfavoredOverload @discardableResult
  public func floatPower_(exponent: Tensor) -> Tensor { self.changeVariable("floatPower_") { $0.floatPower_(exponent: exponent) } }

  /// PyTorch's `float_power_`, the in-place form of ``Tensor/floatPower(_:)``.
  @_disfavoredOverload @discardableResult
  public func floatPower_(_ exponent: some ScalarConvertible) -> Tensor { self.changeVariable("floatPower_") { $0.floatPower_(exponent) } }

  /// PyTorch's `float_power_`, the in-place form of ``Tensor/floatPower(_:)``.
  @_disfavoredOverload @discardableResult
  public func floatPower_(exponent: some ScalarConvertible) -> Tensor { self.changeVariable("floatPower_") { $0.floatPower_(exponent: exponent) } }

  /// PyTorch's `floor_`, the in-place form of ``Tensor/floor()``.
  @_disfavoredOverload @discardableResult
  public func floor_() -> Tensor { self.changeVariable("floor_") { $0.floor_() } }

  /// PyTorch's `floor_divide_`, the in-place form of ``Tensor/floorDivide(_:)``.
  @_disfavoredOverload @discardableResult
  public func floorDivide_(_ other: Tensor) -> Tensor { self.changeVariable("floorDivide_") { $0.floorDivide_(other) } }

  /// PyTorch's `floor_divide_`, the in-place form of ``Tensor/floorDivide(_:)``.
  @_disfavoredOverload @discardableResult
  public func floorDivide_(other: Tensor) -> Tensor { self.changeVariable("floorDivide_") { $0.floorDivide_(other: other) } }

  /// PyTorch's `floor_divide_`, the in-place form of ``Tensor/floorDivide(_:)``.
  @_disfavoredOverload @discardableResult
  public func floorDivide_(_ other: some ScalarConvertible) -> Tensor { self.changeVariable("floorDivide_") { $0.floorDivide_(other) } }

  /// PyTorch's `floor_divide_`, the in-place form of ``Tensor/floorDivide(_:)``.
  @_disfavoredOverload @discardableResult
  public func floorDivide_(other: some ScalarConvertible) -> Tensor { self.changeVariable("floorDivide_") { $0.floorDivide_(other: other) } }

  /// PyTorch's `fmod_`, the in-place form of ``Tensor/fmod(_:)``.
  @_disfavoredOverload @discardableResult
  public func fmod_(_ other: Tensor) -> Tensor { self.changeVariable("fmod_") { $0.fmod_(other) } }

  /// PyTorch's `fmod_`, the in-place form of ``Tensor/fmod(_:)``.
  @_disfavoredOverload @discardableResult
  public func fmod_(other: Tensor) -> Tensor { self.changeVariable("fmod_") { $0.fmod_(other: other) } }

  /// PyTorch's `fmod_`, the in-place form of ``Tensor/fmod(_:)``.
  @_disfavoredOverload @discardableResult
  public func fmod_(_ other: some ScalarConvertible) -> Tensor { self.changeVariable("fmod_") { $0.fmod_(other) } }

  /// PyTorch's `fmod_`, the in-place form of ``Tensor/fmod(_:)``.
  @_disfavoredOverload @discardableResult
  public func fmod_(other: some ScalarConvertible) -> Tensor { self.changeVariable("fmod_") { $0.fmod_(other: other) } }

  /// PyTorch's `frac_`, the in-place form of ``Tensor/frac()``.
  @_disfavoredOverload @discardableResult
  public func frac_() -> Tensor { self.changeVariable("frac_") { $0.frac_() } }

  /// PyTorch's `gcd_`, the in-place form of ``Tensor/gcd(_:)``.
  @_disfavoredOverload @discardableResult
  public func gcd_(_ other: Tensor) -> Tensor { self.changeVariable("gcd_") { $0.gcd_(other) } }

  /// PyTorch's `gcd_`, the in-place form of ``Tensor/gcd(_:)``.
  @_disfavoredOverload @discardableResult
  public func gcd_(other: Tensor) -> Tensor { self.changeVariable("gcd_") { $0.gcd_(other: other) } }

  /// PyTorch's `ge_`, the in-place form of ``Tensor/ge(_:)``.
  @_disfavoredOverload @discardableResult
  public func ge_(_ other: Tensor) -> Tensor { self.changeVariable("ge_") { $0.ge_(other) } }

  /// PyTorch's `ge_`, the in-place form of ``Tensor/ge(_:)``.
  @_disfavoredOverload @discardableResult
  public func ge_(other: Tensor) -> Tensor { self.changeVariable("ge_") { $0.ge_(other: other) } }

  /// PyTorch's `ge_`, the in-place form of ``Tensor/ge(_:)``.
  @_disfavoredOverload @discardableResult
  public func ge_(_ other: some ScalarConvertible) -> Tensor { self.changeVariable("ge_") { $0.ge_(other) } }

  /// PyTorch's `ge_`, the in-place form of ``Tensor/ge(_:)``.
  @_disfavoredOverload @discardableResult
  public func ge_(other: some ScalarConvertible) -> Tensor { self.changeVariable("ge_") { $0.ge_(other: other) } }

  /// PyTorch's `ge_`, the in-place form of ``Tensor/ge(_:)``.
  @_disfavoredOverload @discardableResult
  public func greaterEqual_(_ other: Tensor) -> Tensor { self.changeVariable("greaterEqual_") { $0.greaterEqual_(other) } }

  /// PyTorch's `ge_`, the in-place form of ``Tensor/ge(_:)``.
  @_disfavoredOverload @discardableResult
  public func greaterEqual_(other: Tensor) -> Tensor { self.changeVariable("greaterEqual_") { $0.greaterEqual_(other: other) } }

  /// PyTorch's `ge_`, the in-place form of ``Tensor/ge(_:)``.
  @_disfavoredOverload @discardableResult
  public func greaterEqual_(_ other: some ScalarConvertible) -> Tensor { self.changeVariable("greaterEqual_") { $0.greaterEqual_(other) } }

  /// PyTorch's `ge_`, the in-place form of ``Tensor/ge(_:)``.
  @_disfavoredOverload @discardableResult
  public func greaterEqual_(other: some ScalarConvertible) -> Tensor { self.changeVariable("greaterEqual_") { $0.greaterEqual_(other: other) } }

  /// PyTorch's `gt_`, the in-place form of ``Tensor/gt(_:)``.
  @_disfavoredOverload @discardableResult
  public func gt_(_ other: Tensor) -> Tensor { self.changeVariable("gt_") { $0.gt_(other) } }

  /// PyTorch's `gt_`, the in-place form of ``Tensor/gt(_:)``.
  @_disfavoredOverload @discardableResult
  public func gt_(other: Tensor) -> Tensor { self.changeVariable("gt_") { $0.gt_(other: other) } }

  /// PyTorch's `gt_`, the in-place form of ``Tensor/gt(_:)``.
  @_disfavoredOverload @discardableResult
  public func gt_(_ other: some ScalarConvertible) -> Tensor { self.changeVariable("gt_") { $0.gt_(other) } }

  /// PyTorch's `gt_`, the in-place form of ``Tensor/gt(_:)``.
  @_disfavoredOverload @discardableResult
  public func gt_(other: some ScalarConvertible) -> Tensor { self.changeVariable("gt_") { $0.gt_(other: other) } }

  /// PyTorch's `gt_`, the in-place form of ``Tensor/gt(_:)``.
  @_disfavoredOverload @discardableResult
  public func greater_(_ other: Tensor) -> Tensor { self.changeVariable("greater_") { $0.greater_(other) } }

  /// PyTorch's `gt_`, the in-place form of ``Tensor/gt(_:)``.
  @_disfavoredOverload @discardableResult
  public func greater_(other: Tensor) -> Tensor { self.changeVariable("greater_") { $0.greater_(other: other) } }

  /// PyTorch's `gt_`, the in-place form of ``Tensor/gt(_:)``.
  @_disfavoredOverload @discardableResult
  public func greater_(_ other: some ScalarConvertible) -> Tensor { self.changeVariable("greater_") { $0.greater_(other) } }

  /// PyTorch's `gt_`, the in-place form of ``Tensor/gt(_:)``.
  @_disfavoredOverload @discardableResult
  public func greater_(other: some ScalarConvertible) -> Tensor { self.changeVariable("greater_") { $0.greater_(other: other) } }

  /// PyTorch's `heaviside_`, the in-place form of ``Tensor/heaviside(_:)``.
  @_disfavoredOverload @discardableResult
  public func heaviside_(_ values: Tensor) -> Tensor { self.changeVariable("heaviside_") { $0.heaviside_(values) } }

  /// PyTorch's `heaviside_`, the in-place form of ``Tensor/heaviside(_:)``.
  @_disfavoredOverload @discardableResult
  public func heaviside_(values: Tensor) -> Tensor { self.changeVariable("heaviside_") { $0.heaviside_(values: values) } }

  /// PyTorch's `hypot_`, the in-place form of ``Tensor/hypot(_:)``.
  @_disfavoredOverload @discardableResult
  public func hypot_(_ other: Tensor) -> Tensor { self.changeVariable("hypot_") { $0.hypot_(other) } }

  /// PyTorch's `hypot_`, the in-place form of ``Tensor/hypot(_:)``.
  @_disfavoredOverload @discardableResult
  public func hypot_(other: Tensor) -> Tensor { self.changeVariable("hypot_") { $0.hypot_(other: other) } }

  /// PyTorch's `igamma_`, the in-place form of ``Tensor/igamma(_:)``.
  @_disfavoredOverload @discardableResult
  public func igamma_(_ other: Tensor) -> Tensor { self.changeVariable("igamma_") { $0.igamma_(other) } }

  /// PyTorch's `igamma_`, the in-place form of ``Tensor/igamma(_:)``.
  @_disfavoredOverload @discardableResult
  public func igamma_(other: Tensor) -> Tensor { self.changeVariable("igamma_") { $0.igamma_(other: other) } }

  /// PyTorch's `igammac_`, the in-place form of ``Tensor/igammac(_:)``.
  @_disfavoredOverload @discardableResult
  public func igammac_(_ other: Tensor) -> Tensor { self.changeVariable("igammac_") { $0.igammac_(other) } }

  /// PyTorch's `igammac_`, the in-place form of ``Tensor/igammac(_:)``.
  @_disfavoredOverload @discardableResult
  public func igammac_(other: Tensor) -> Tensor { self.changeVariable("igammac_") { $0.igammac_(other: other) } }

  /// PyTorch's `index_add_`, the in-place form of ``Tensor/indexAdd(_:_:_:alpha:)``.
  @_disfavoredOverload @discardableResult
  public func indexAdd_(_ dim: Int, _ index: Tensor, _ source: Tensor, alpha: some ScalarConvertible) -> Tensor { self.changeVariable("indexAdd_") { $0.indexAdd_(dim, index, source, alpha: alpha) } }

  /// PyTorch's `index_add_`, the in-place form of ``Tensor/indexAdd(_:_:_:alpha:)``.
  @_disfavoredOverload @discardableResult
  public func indexAdd_(dim: Int, index: Tensor, source: Tensor, alpha: some ScalarConvertible) -> Tensor { self.changeVariable("indexAdd_") { $0.indexAdd_(dim: dim, index: index, source: source, alpha: alpha) } }

  /// PyTorch's `index_add_`, the in-place form of ``Tensor/indexAdd(_:_:_:alpha:)``.
  @_disfavoredOverload @discardableResult
  public func indexAdd_(_ dim: Int, index: Tensor, source: Tensor, alpha: some ScalarConvertible) -> Tensor { self.changeVariable("indexAdd_") { $0.indexAdd_(dim, index: index, source: source, alpha: alpha) } }

  /// PyTorch's `index_add_`, the in-place form of ``Tensor/indexAdd(_:_:_:alpha:)``.
  @_disfavoredOverload @discardableResult
  public func indexAdd_(_ dim: Int, _ index: Tensor, source: Tensor, alpha: some ScalarConvertible) -> Tensor { self.changeVariable("indexAdd_") { $0.indexAdd_(dim, index, source: source, alpha: alpha) } }

  /// PyTorch's `index_add_`, the in-place form of ``Tensor/indexAdd(_:_:_:)``.
  @_disfavoredOverload @discardableResult
  public func indexAdd_(_ dim: Int, _ index: Tensor, _ source: Tensor) -> Tensor { self.changeVariable("indexAdd_") { $0.indexAdd_(dim, index, source) } }

  /// PyTorch's `index_add_`, the in-place form of ``Tensor/indexAdd(_:_:_:)``.
  @_disfavoredOverload @discardableResult
  public func indexAdd_(dim: Int, index: Tensor, source: Tensor) -> Tensor { self.changeVariable("indexAdd_") { $0.indexAdd_(dim: dim, index: index, source: source) } }

  /// PyTorch's `index_add_`, the in-place form of ``Tensor/indexAdd(_:_:_:)``.
  @_disfavoredOverload @discardableResult
  public func indexAdd_(_ dim: Int, index: Tensor, source: Tensor) -> Tensor { self.changeVariable("indexAdd_") { $0.indexAdd_(dim, index: index, source: source) } }

  /// PyTorch's `index_add_`, the in-place form of ``Tensor/indexAdd(_:_:_:)``.
  @_disfavoredOverload @discardableResult
  public func indexAdd_(_ dim: Int, _ index: Tensor, source: Tensor) -> Tensor { self.changeVariable("indexAdd_") { $0.indexAdd_(dim, index, source: source) } }

  /// PyTorch's `index_copy_`, the in-place form of ``Tensor/indexCopy(_:_:_:)``.
  @_disfavoredOverload @discardableResult
  public func indexCopy_(_ dim: Int, _ index: Tensor, _ source: Tensor) -> Tensor { self.changeVariable("indexCopy_") { $0.indexCopy_(dim, index, source) } }

  /// PyTorch's `index_copy_`, the in-place form of ``Tensor/indexCopy(_:_:_:)``.
  @_disfavoredOverload @discardableResult
  public func indexCopy_(dim: Int, index: Tensor, source: Tensor) -> Tensor { self.changeVariable("indexCopy_") { $0.indexCopy_(dim: dim, index: index, source: source) } }

  /// PyTorch's `index_copy_`, the in-place form of ``Tensor/indexCopy(_:_:_:)``.
  @_disfavoredOverload @discardableResult
  public func indexCopy_(_ dim: Int, index: Tensor, source: Tensor) -> Tensor { self.changeVariable("indexCopy_") { $0.indexCopy_(dim, index: index, source: source) } }

  /// PyTorch's `index_copy_`, the in-place form of ``Tensor/indexCopy(_:_:_:)``.
  @_disfavoredOverload @discardableResult
  public func indexCopy_(_ dim: Int, _ index: Tensor, source: Tensor) -> Tensor { self.changeVariable("indexCopy_") { $0.indexCopy_(dim, index, source: source) } }

  /// PyTorch's `index_fill_`, the in-place form of ``Tensor/indexFill(_:_:_:)``.
  @_disfavoredOverload @discardableResult
  public func indexFill_(_ dim: Int, _ index: Tensor, _ value: some ScalarConvertible) -> Tensor { self.changeVariable("indexFill_") { $0.indexFill_(dim, index, value) } }

  /// PyTorch's `index_fill_`, the in-place form of ``Tensor/indexFill(_:_:_:)``.
  @_disfavoredOverload @discardableResult
  public func indexFill_(dim: Int, index: Tensor, value: some ScalarConvertible) -> Tensor { self.changeVariable("indexFill_") { $0.indexFill_(dim: dim, index: index, value: value) } }

  /// PyTorch's `index_fill_`, the in-place form of ``Tensor/indexFill(_:_:_:)``.
  @_disfavoredOverload @discardableResult
  public func indexFill_(_ dim: Int, index: Tensor, value: some ScalarConvertible) -> Tensor { self.changeVariable("indexFill_") { $0.indexFill_(dim, index: index, value: value) } }

  /// PyTorch's `index_fill_`, the in-place form of ``Tensor/indexFill(_:_:_:)``.
  @_disfavoredOverload @discardableResult
  public func indexFill_(_ dim: Int, _ index: Tensor, value: some ScalarConvertible) -> Tensor { self.changeVariable("indexFill_") { $0.indexFill_(dim, index, value: value) } }

  /// PyTorch's `index_fill_`, the in-place form of ``Tensor/indexFill(_:_:_:)``.
  @_disfavoredOverload @discardableResult
  public func indexFill_(_ dim: Int, _ index: Tensor, _ value: Tensor) -> Tensor { self.changeVariable("indexFill_") { $0.indexFill_(dim, index, value) } }

  /// PyTorch's `index_fill_`, the in-place form of ``Tensor/indexFill(_:_:_:)``.
  @_disfavoredOverload @discardableResult
  public func indexFill_(dim: Int, index: Tensor, value: Tensor) -> Tensor { self.changeVariable("indexFill_") { $0.indexFill_(dim: dim, index: index, value: value) } }

  /// PyTorch's `index_fill_`, the in-place form of ``Tensor/indexFill(_:_:_:)``.
  @_disfavoredOverload @discardableResult
  public func indexFill_(_ dim: Int, index: Tensor, value: Tensor) -> Tensor { self.changeVariable("indexFill_") { $0.indexFill_(dim, index: index, value: value) } }

  /// PyTorch's `index_fill_`, the in-place form of ``Tensor/indexFill(_:_:_:)``.
  @_disfavoredOverload @discardableResult
  public func indexFill_(_ dim: Int, _ index: Tensor, value: Tensor) -> Tensor { self.changeVariable("indexFill_") { $0.indexFill_(dim, index, value: value) } }

  /// PyTorch's `index_put_`, the in-place form of ``Tensor/indexPut(_:_:accumulate:)``.
  @_disfavoredOverload @discardableResult
  public func indexPut_(_ indices: [Tensor?], _ values: Tensor, accumulate: Bool = false) -> Tensor { self.changeVariable("indexPut_") { $0.indexPut_(indices, values, accumulate: accumulate) } }

  /// PyTorch's `index_put_`, the in-place form of ``Tensor/indexPut(_:_:accumulate:)``.
  @_disfavoredOverload @discardableResult
  public func indexPut_(indices: [Tensor?], values: Tensor, accumulate: Bool = false) -> Tensor { self.changeVariable("indexPut_") { $0.indexPut_(indices: indices, values: values, accumulate: accumulate) } }

  /// PyTorch's `index_put_`, the in-place form of ``Tensor/indexPut(_:_:accumulate:)``.
  @_disfavoredOverload @discardableResult
  public func indexPut_(_ indices: [Tensor?], values: Tensor, accumulate: Bool = false) -> Tensor { self.changeVariable("indexPut_") { $0.indexPut_(indices, values: values, accumulate: accumulate) } }

  /// PyTorch's `index_put_`, the in-place form of ``Tensor/indexPut(_:_:accumulate:)``.
  @_disfavoredOverload @discardableResult
  public func indexPut_(_ indices: [Tensor?], _ values: Tensor, _ accumulate: Bool) -> Tensor { self.changeVariable("indexPut_") { $0.indexPut_(indices, values, accumulate) } }

  /// PyTorch's `index_reduce_`, the in-place form of ``Tensor/indexReduce(_:_:_:reduce:includeSelf:)``.
  @_disfavoredOverload @discardableResult
  public func indexReduce_(_ dim: Int, _ index: Tensor, _ source: Tensor, reduce: ScatterReduction, includeSelf: Bool = true) -> Tensor { self.changeVariable("indexReduce_") { $0.indexReduce_(dim, index, source, reduce: reduce, includeSelf: includeSelf) } }

  /// PyTorch's `index_reduce_`, the in-place form of ``Tensor/indexReduce(_:_:_:reduce:includeSelf:)``.
  @_disfavoredOverload @discardableResult
  public func indexReduce_(dim: Int, index: Tensor, source: Tensor, reduce: ScatterReduction, includeSelf: Bool = true) -> Tensor { self.changeVariable("indexReduce_") { $0.indexReduce_(dim: dim, index: index, source: source, reduce: reduce, includeSelf: includeSelf) } }

  /// PyTorch's `index_reduce_`, the in-place form of ``Tensor/indexReduce(_:_:_:reduce:includeSelf:)``.
  @_disfavoredOverload @discardableResult
  public func indexReduce_(_ dim: Int, index: Tensor, source: Tensor, reduce: ScatterReduction, includeSelf: Bool = true) -> Tensor { self.changeVariable("indexReduce_") { $0.indexReduce_(dim, index: index, source: source, reduce: reduce, includeSelf: includeSelf) } }

  /// PyTorch's `index_reduce_`, the in-place form of ``Tensor/indexReduce(_:_:_:reduce:includeSelf:)``.
  @_disfavoredOverload @discardableResult
  public func indexReduce_(_ dim: Int, _ index: Tensor, source: Tensor, reduce: ScatterReduction, includeSelf: Bool = true) -> Tensor { self.changeVariable("indexReduce_") { $0.indexReduce_(dim, index, source: source, reduce: reduce, includeSelf: includeSelf) } }

  /// PyTorch's `index_reduce_`, the in-place form of ``Tensor/indexReduce(_:_:_:reduce:includeSelf:)``.
  @_disfavoredOverload @discardableResult
  public func indexReduce_(_ dim: Int, _ index: Tensor, _ source: Tensor, _ reduce: ScatterReduction, includeSelf: Bool = true) -> Tensor { self.changeVariable("indexReduce_") { $0.indexReduce_(dim, index, source, reduce, includeSelf: includeSelf) } }

  /// PyTorch's `lcm_`, the in-place form of ``Tensor/lcm(_:)``.
  @_disfavoredOverload @discardableResult
  public func lcm_(_ other: Tensor) -> Tensor { self.changeVariable("lcm_") { $0.lcm_(other) } }

  /// PyTorch's `lcm_`, the in-place form of ``Tensor/lcm(_:)``.
  @_disfavoredOverload @discardableResult
  public func lcm_(other: Tensor) -> Tensor { self.changeVariable("lcm_") { $0.lcm_(other: other) } }

  /// PyTorch's `ldexp_`, the in-place form of ``Tensor/ldexp(_:)``.
  @_disfavoredOverload @discardableResult
  public func ldexp_(_ other: Tensor) -> Tensor { self.changeVariable("ldexp_") { $0.ldexp_(other) } }

  /// PyTorch's `ldexp_`, the in-place form of ``Tensor/ldexp(_:)``.
  @_disfavoredOverload @discardableResult
  public func ldexp_(other: Tensor) -> Tensor { self.changeVariable("ldexp_") { $0.ldexp_(other: other) } }

  /// PyTorch's `le_`, the in-place form of ``Tensor/le(_:)``.
  @_disfavoredOverload @discardableResult
  public func le_(_ other: Tensor) -> Tensor { self.changeVariable("le_") { $0.le_(other) } }

  /// PyTorch's `le_`, the in-place form of ``Tensor/le(_:)``.
  @_disfavoredOverload @discardableResult
  public func le_(other: Tensor) -> Tensor { self.changeVariable("le_") { $0.le_(other: other) } }

  /// PyTorch's `le_`, the in-place form of ``Tensor/le(_:)``.
  @_disfavoredOverload @discardableResult
  public func le_(_ other: some ScalarConvertible) -> Tensor { self.changeVariable("le_") { $0.le_(other) } }

  /// PyTorch's `le_`, the in-place form of ``Tensor/le(_:)``.
  @_disfavoredOverload @discardableResult
  public func le_(other: some ScalarConvertible) -> Tensor { self.changeVariable("le_") { $0.le_(other: other) } }

  /// PyTorch's `le_`, the in-place form of ``Tensor/le(_:)``.
  @_disfavoredOverload @discardableResult
  public func lessEqual_(_ other: Tensor) -> Tensor { self.changeVariable("lessEqual_") { $0.lessEqual_(other) } }

  /// PyTorch's `le_`, the in-place form of ``Tensor/le(_:)``.
  @_disfavoredOverload @discardableResult
  public func lessEqual_(other: Tensor) -> Tensor { self.changeVariable("lessEqual_") { $0.lessEqual_(other: other) } }

  /// PyTorch's `le_`, the in-place form of ``Tensor/le(_:)``.
  @_disfavoredOverload @discardableResult
  public func lessEqual_(_ other: some ScalarConvertible) -> Tensor { self.changeVariable("lessEqual_") { $0.lessEqual_(other) } }

  /// PyTorch's `le_`, the in-place form of ``Tensor/le(_:)``.
  @_disfavoredOverload @discardableResult
  public func lessEqual_(other: some ScalarConvertible) -> Tensor { self.changeVariable("lessEqual_") { $0.lessEqual_(other: other) } }

  /// PyTorch's `lerp_`, the in-place form of ``Tensor/lerp(_:_:)``.
  @_disfavoredOverload @discardableResult
  public func lerp_(_ end: Tensor, _ weight: Tensor) -> Tensor { self.changeVariable("lerp_") { $0.lerp_(end, weight) } }

  /// PyTorch's `lerp_`, the in-place form of ``Tensor/lerp(_:_:)``.
  @_disfavoredOverload @discardableResult
  public func lerp_(end: Tensor, weight: Tensor) -> Tensor { self.changeVariable("lerp_") { $0.lerp_(end: end, weight: weight) } }

  /// PyTorch's `lerp_`, the in-place form of ``Tensor/lerp(_:_:)``.
  @_disfavoredOverload @discardableResult
  public func lerp_(_ end: Tensor, weight: Tensor) -> Tensor { self.changeVariable("lerp_") { $0.lerp_(end, weight: weight) } }

  /// PyTorch's `lerp_`, the in-place form of ``Tensor/lerp(_:_:)``.
  @_disfavoredOverload @discardableResult
  public func lerp_(_ end: Tensor, _ weight: some ScalarConvertible) -> Tensor { self.changeVariable("lerp_") { $0.lerp_(end, weight) } }

  /// PyTorch's `lerp_`, the in-place form of ``Tensor/lerp(_:_:)``.
  @_disfavoredOverload @discardableResult
  public func lerp_(end: Tensor, weight: some ScalarConvertible) -> Tensor { self.changeVariable("lerp_") { $0.lerp_(end: end, weight: weight) } }

  /// PyTorch's `lerp_`, the in-place form of ``Tensor/lerp(_:_:)``.
  @_disfavoredOverload @discardableResult
  public func lerp_(_ end: Tensor, weight: some ScalarConvertible) -> Tensor { self.changeVariable("lerp_") { $0.lerp_(end, weight: weight) } }

  /// PyTorch's `lgamma_`, the in-place form of ``Tensor/lgamma()``.
  @_disfavoredOverload @discardableResult
  public func lgamma_() -> Tensor { self.changeVariable("lgamma_") { $0.lgamma_() } }

  /// PyTorch's `log_`, the in-place form of ``Tensor/log()``.
  @_disfavoredOverload @discardableResult
  public func log_() -> Tensor { self.changeVariable("log_") { $0.log_() } }

  /// PyTorch's `log10_`, the in-place form of ``Tensor/log10()``.
  @_disfavoredOverload @discardableResult
  public func log10_() -> Tensor { self.changeVariable("log10_") { $0.log10_() } }

  /// PyTorch's `log1p_`, the in-place form of ``Tensor/log1p()``.
  @_disfavoredOverload @discardableResult
  public func log1p_() -> Tensor { self.changeVariable("log1p_") { $0.log1p_() } }

  /// PyTorch's `log2_`, the in-place form of ``Tensor/log2()``.
  @_disfavoredOverload @discardableResult
  public func log2_() -> Tensor { self.changeVariable("log2_") { $0.log2_() } }

  /// PyTorch's `logical_and_`, the in-place form of ``Tensor/logicalAnd(_:)``.
  @_disfavoredOverload @discardableResult
  public func logicalAnd_(_ other: Tensor) -> Tensor { self.changeVariable("logicalAnd_") { $0.logicalAnd_(other) } }

  /// PyTorch's `logical_and_`, the in-place form of ``Tensor/logicalAnd(_:)``.
  @_disfavoredOverload @discardableResult
  public func logicalAnd_(other: Tensor) -> Tensor { self.changeVariable("logicalAnd_") { $0.logicalAnd_(other: other) } }

  /// PyTorch's `logical_not_`, the in-place form of ``Tensor/logicalNot()``.
  @_disfavoredOverload @discardableResult
  public func logicalNot_() -> Tensor { self.changeVariable("logicalNot_") { $0.logicalNot_() } }

  /// PyTorch's `logical_or_`, the in-place form of ``Tensor/logicalOr(_:)``.
  @_disfavoredOverload @discardableResult
  public func logicalOr_(_ other: Tensor) -> Tensor { self.changeVariable("logicalOr_") { $0.logicalOr_(other) } }

  /// PyTorch's `logical_or_`, the in-place form of ``Tensor/logicalOr(_:)``.
  @_disfavoredOverload @discardableResult
  public func logicalOr_(other: Tensor) -> Tensor { self.changeVariable("logicalOr_") { $0.logicalOr_(other: other) } }

  /// PyTorch's `logical_xor_`, the in-place form of ``Tensor/logicalXor(_:)``.
  @_disfavoredOverload @discardableResult
  public func logicalXor_(_ other: Tensor) -> Tensor { self.changeVariable("logicalXor_") { $0.logicalXor_(other) } }

  /// PyTorch's `logical_xor_`, the in-place form of ``Tensor/logicalXor(_:)``.
  @_disfavoredOverload @discardableResult
  public func logicalXor_(other: Tensor) -> Tensor { self.changeVariable("logicalXor_") { $0.logicalXor_(other: other) } }

  /// PyTorch's `logit_`, the in-place form of ``Tensor/logit(eps:)``.
  @_disfavoredOverload @discardableResult
  public func logit_(eps: Double? = nil) -> Tensor { self.changeVariable("logit_") { $0.logit_(eps: eps) } }

  /// PyTorch's `logit_`, the in-place form of ``Tensor/logit(eps:)``.
  @_disfavoredOverload @discardableResult
  public func logit_(_ eps: Double?) -> Tensor { self.changeVariable("logit_") { $0.logit_(eps) } }

  /// PyTorch's `lt_`, the in-place form of ``Tensor/lt(_:)``.
  @_disfavoredOverload @discardableResult
  public func lt_(_ other: Tensor) -> Tensor { self.changeVariable("lt_") { $0.lt_(other) } }

  /// PyTorch's `lt_`, the in-place form of ``Tensor/lt(_:)``.
  @_disfavoredOverload @discardableResult
  public func lt_(other: Tensor) -> Tensor { self.changeVariable("lt_") { $0.lt_(other: other) } }

  /// PyTorch's `lt_`, the in-place form of ``Tensor/lt(_:)``.
  @_disfavoredOverload @discardableResult
  public func lt_(_ other: some ScalarConvertible) -> Tensor { self.changeVariable("lt_") { $0.lt_(other) } }

  /// PyTorch's `lt_`, the in-place form of ``Tensor/lt(_:)``.
  @_disfavoredOverload @discardableResult
  public func lt_(other: some ScalarConvertible) -> Tensor { self.changeVariable("lt_") { $0.lt_(other: other) } }

  /// PyTorch's `lt_`, the in-place form of ``Tensor/lt(_:)``.
  @_disfavoredOverload @discardableResult
  public func less_(_ other: Tensor) -> Tensor { self.changeVariable("less_") { $0.less_(other) } }

  /// PyTorch's `lt_`, the in-place form of ``Tensor/lt(_:)``.
  @_disfavoredOverload @discardableResult
  public func less_(other: Tensor) -> Tensor { self.changeVariable("less_") { $0.less_(other: other) } }

  /// PyTorch's `lt_`, the in-place form of ``Tensor/lt(_:)``.
  @_disfavoredOverload @discardableResult
  public func less_(_ other: some ScalarConvertible) -> Tensor { self.changeVariable("less_") { $0.less_(other) } }

  /// PyTorch's `lt_`, the in-place form of ``Tensor/lt(_:)``.
  @_disfavoredOverload @discardableResult
  public func less_(other: some ScalarConvertible) -> Tensor { self.changeVariable("less_") { $0.less_(other: other) } }

  /// PyTorch's `masked_fill_`, the in-place form of ``Tensor/maskedFill(_:_:)``.
  @_disfavoredOverload @discardableResult
  public func maskedFill_(_ mask: Tensor, _ value: some ScalarConvertible) -> Tensor { self.changeVariable("maskedFill_") { $0.maskedFill_(mask, value) } }

  /// PyTorch's `masked_fill_`, the in-place form of ``Tensor/maskedFill(_:_:)``.
  @_disfavoredOverload @discardableResult
  public func maskedFill_(mask: Tensor, value: some ScalarConvertible) -> Tensor { self.changeVariable("maskedFill_") { $0.maskedFill_(mask: mask, value: value) } }

  /// PyTorch's `masked_fill_`, the in-place form of ``Tensor/maskedFill(_:_:)``.
  @_disfavoredOverload @discardableResult
  public func maskedFill_(_ mask: Tensor, value: some ScalarConvertible) -> Tensor { self.changeVariable("maskedFill_") { $0.maskedFill_(mask, value: value) } }

  /// PyTorch's `masked_fill_`, the in-place form of ``Tensor/maskedFill(_:_:)``.
  @_disfavoredOverload @discardableResult
  public func maskedFill_(_ mask: Tensor, _ value: Tensor) -> Tensor { self.changeVariable("maskedFill_") { $0.maskedFill_(mask, value) } }

  /// PyTorch's `masked_fill_`, the in-place form of ``Tensor/maskedFill(_:_:)``.
  @_disfavoredOverload @discardableResult
  public func maskedFill_(mask: Tensor, value: Tensor) -> Tensor { self.changeVariable("maskedFill_") { $0.maskedFill_(mask: mask, value: value) } }

  /// PyTorch's `masked_fill_`, the in-place form of ``Tensor/maskedFill(_:_:)``.
  @_disfavoredOverload @discardableResult
  public func maskedFill_(_ mask: Tensor, value: Tensor) -> Tensor { self.changeVariable("maskedFill_") { $0.maskedFill_(mask, value: value) } }

  /// PyTorch's `masked_scatter_`, the in-place form of ``Tensor/maskedScatter(_:_:)``.
  @_disfavoredOverload @discardableResult
  public func maskedScatter_(_ mask: Tensor, _ source: Tensor) -> Tensor { self.changeVariable("maskedScatter_") { $0.maskedScatter_(mask, source) } }

  /// PyTorch's `masked_scatter_`, the in-place form of ``Tensor/maskedScatter(_:_:)``.
  @_disfavoredOverload @discardableResult
  public func maskedScatter_(mask: Tensor, source: Tensor) -> Tensor { self.changeVariable("maskedScatter_") { $0.maskedScatter_(mask: mask, source: source) } }

  /// PyTorch's `masked_scatter_`, the in-place form of ``Tensor/maskedScatter(_:_:)``.
  @_disfavoredOverload @discardableResult
  public func maskedScatter_(_ mask: Tensor, source: Tensor) -> Tensor { self.changeVariable("maskedScatter_") { $0.maskedScatter_(mask, source: source) } }

  /// PyTorch's `mvlgamma_`, the in-place form of ``Tensor/mvlgamma(_:)``.
  @_disfavoredOverload @discardableResult
  public func mvlgamma_(_ p: Int) -> Tensor { self.changeVariable("mvlgamma_") { $0.mvlgamma_(p) } }

  /// PyTorch's `mvlgamma_`, the in-place form of ``Tensor/mvlgamma(_:)``.
  @_disfavoredOverload @discardableResult
  public func mvlgamma_(p: Int) -> Tensor { self.changeVariable("mvlgamma_") { $0.mvlgamma_(p: p) } }

  /// PyTorch's `nan_to_num_`, the in-place form of ``Tensor/nanToNum(nan:posinf:neginf:)``.
  @_disfavoredOverload @discardableResult
  public func nanToNum_(nan: Double = 0, posinf: Double? = nil, neginf: Double? = nil) -> Tensor { self.changeVariable("nanToNum_") { $0.nanToNum_(nan: nan, posinf: posinf, neginf: neginf) } }

  /// PyTorch's `nan_to_num_`, the in-place form of ``Tensor/nanToNum(nan:posinf:neginf:)``.
  @_disfavoredOverload @discardableResult
  public func nanToNum_(_ nan: Double, posinf: Double? = nil, neginf: Double? = nil) -> Tensor { self.changeVariable("nanToNum_") { $0.nanToNum_(nan, posinf: posinf, neginf: neginf) } }

  /// PyTorch's `nan_to_num_`, the in-place form of ``Tensor/nanToNum(nan:posinf:neginf:)``.
  @_disfavoredOverload @discardableResult
  public func nanToNum_(_ nan: Double, _ posinf: Double?, neginf: Double? = nil) -> Tensor { self.changeVariable("nanToNum_") { $0.nanToNum_(nan, posinf, neginf: neginf) } }

  /// PyTorch's `nan_to_num_`, the in-place form of ``Tensor/nanToNum(nan:posinf:neginf:)``.
  @_disfavoredOverload @discardableResult
  public func nanToNum_(_ nan: Double, _ posinf: Double?, _ neginf: Double?) -> Tensor { self.changeVariable("nanToNum_") { $0.nanToNum_(nan, posinf, neginf) } }

  /// PyTorch's `ne_`, the in-place form of ``Tensor/ne(_:)``.
  @_disfavoredOverload @discardableResult
  public func ne_(_ other: Tensor) -> Tensor { self.changeVariable("ne_") { $0.ne_(other) } }

  /// PyTorch's `ne_`, the in-place form of ``Tensor/ne(_:)``.
  @_disfavoredOverload @discardableResult
  public func ne_(other: Tensor) -> Tensor { self.changeVariable("ne_") { $0.ne_(other: other) } }

  /// PyTorch's `ne_`, the in-place form of ``Tensor/ne(_:)``.
  @_disfavoredOverload @discardableResult
  public func ne_(_ other: some ScalarConvertible) -> Tensor { self.changeVariable("ne_") { $0.ne_(other) } }

  /// PyTorch's `ne_`, the in-place form of ``Tensor/ne(_:)``.
  @_disfavoredOverload @discardableResult
  public func ne_(other: some ScalarConvertible) -> Tensor { self.changeVariable("ne_") { $0.ne_(other: other) } }

  /// PyTorch's `ne_`, the in-place form of ``Tensor/ne(_:)``.
  @_disfavoredOverload @discardableResult
  public func notEqual_(_ other: Tensor) -> Tensor { self.changeVariable("notEqual_") { $0.notEqual_(other) } }

  /// PyTorch's `ne_`, the in-place form of ``Tensor/ne(_:)``.
  @_disfavoredOverload @discardableResult
  public func notEqual_(other: Tensor) -> Tensor { self.changeVariable("notEqual_") { $0.notEqual_(other: other) } }

  /// PyTorch's `ne_`, the in-place form of ``Tensor/ne(_:)``.
  @_disfavoredOverload @discardableResult
  public func notEqual_(_ other: some ScalarConvertible) -> Tensor { self.changeVariable("notEqual_") { $0.notEqual_(other) } }

  /// PyTorch's `ne_`, the in-place form of ``Tensor/ne(_:)``.
  @_disfavoredOverload @discardableResult
  public func notEqual_(other: some ScalarConvertible) -> Tensor { self.changeVariable("notEqual_") { $0.notEqual_(other: other) } }

  /// PyTorch's `nextafter_`, the in-place form of ``Tensor/nextafter(_:)``.
  @_disfavoredOverload @discardableResult
  public func nextafter_(_ other: Tensor) -> Tensor { self.changeVariable("nextafter_") { $0.nextafter_(other) } }

  /// PyTorch's `nextafter_`, the in-place form of ``Tensor/nextafter(_:)``.
  @_disfavoredOverload @discardableResult
  public func nextafter_(other: Tensor) -> Tensor { self.changeVariable("nextafter_") { $0.nextafter_(other: other) } }

  /// PyTorch's `pow_`, the in-place form of ``Tensor/pow(_:)``.
  @_disfavoredOverload @discardableResult
  public func pow_(_ exponent: Tensor) -> Tensor { self.changeVariable("pow_") { $0.pow_(exponent) } }

  /// PyTorch's `pow_`, the in-place form of ``Tensor/pow(_:)``.
  @_disfavoredOverload @discardableResult
  public func pow_(exponent: Tensor) -> Tensor { self.changeVariable("pow_") { $0.pow_(exponent: exponent) } }

  /// PyTorch's `pow_`, the in-place form of ``Tensor/pow(_:)``.
  @_disfavoredOverload @discardableResult
  public func pow_(_ exponent: some ScalarConvertible) -> Tensor { self.changeVariable("pow_") { $0.pow_(exponent) } }

  /// PyTorch's `pow_`, the in-place form of ``Tensor/pow(_:)``.
  @_disfavoredOverload @discardableResult
  public func pow_(exponent: some ScalarConvertible) -> Tensor { self.changeVariable("pow_") { $0.pow_(exponent: exponent) } }

  /// PyTorch's `put_`, the in-place form of ``Tensor/put(_:_:accumulate:)``.
  @_disfavoredOverload @discardableResult
  public func put_(_ index: Tensor, _ source: Tensor, accumulate: Bool = false) -> Tensor { self.changeVariable("put_") { $0.put_(index, source, accumulate: accumulate) } }

  /// PyTorch's `put_`, the in-place form of ``Tensor/put(_:_:accumulate:)``.
  @_disfavoredOverload @discardableResult
  public func put_(index: Tensor, source: Tensor, accumulate: Bool = false) -> Tensor { self.changeVariable("put_") { $0.put_(index: index, source: source, accumulate: accumulate) } }

  /// PyTorch's `put_`, the in-place form of ``Tensor/put(_:_:accumulate:)``.
  @_disfavoredOverload @discardableResult
  public func put_(_ index: Tensor, source: Tensor, accumulate: Bool = false) -> Tensor { self.changeVariable("put_") { $0.put_(index, source: source, accumulate: accumulate) } }

  /// PyTorch's `put_`, the in-place form of ``Tensor/put(_:_:accumulate:)``.
  @_disfavoredOverload @discardableResult
  public func put_(_ index: Tensor, _ source: Tensor, _ accumulate: Bool) -> Tensor { self.changeVariable("put_") { $0.put_(index, source, accumulate) } }

  /// PyTorch's `rad2deg_`, the in-place form of ``Tensor/rad2deg()``.
  @_disfavoredOverload @discardableResult
  public func rad2deg_() -> Tensor { self.changeVariable("rad2deg_") { $0.rad2deg_() } }

  /// PyTorch's `reciprocal_`, the in-place form of ``Tensor/reciprocal()``.
  @_disfavoredOverload @discardableResult
  public func reciprocal_() -> Tensor { self.changeVariable("reciprocal_") { $0.reciprocal_() } }

  /// PyTorch's `relu_`, the in-place form of ``Tensor/relu()``.
  @_disfavoredOverload @discardableResult
  public func relu_() -> Tensor { self.changeVariable("relu_") { $0.relu_() } }

  /// PyTorch's `remainder_`, the in-place form of ``Tensor/remainder(_:)``.
  @_disfavoredOverload @discardableResult
  public func remainder_(_ other: Tensor) -> Tensor { self.changeVariable("remainder_") { $0.remainder_(other) } }

  /// PyTorch's `remainder_`, the in-place form of ``Tensor/remainder(_:)``.
  @_disfavoredOverload @discardableResult
  public func remainder_(other: Tensor) -> Tensor { self.changeVariable("remainder_") { $0.remainder_(other: other) } }

  /// PyTorch's `remainder_`, the in-place form of ``Tensor/remainder(_:)``.
  @_disfavoredOverload @discardableResult
  public func remainder_(_ other: some ScalarConvertible) -> Tensor { self.changeVariable("remainder_") { $0.remainder_(other) } }

  /// PyTorch's `remainder_`, the in-place form of ``Tensor/remainder(_:)``.
  @_disfavoredOverload @discardableResult
  public func remainder_(other: some ScalarConvertible) -> Tensor { self.changeVariable("remainder_") { $0.remainder_(other: other) } }

  /// PyTorch's `renorm_`, the in-place form of ``Tensor/renorm(p:dim:maxnorm:)``.
  @_disfavoredOverload @discardableResult
  public func renorm_(p: Double, dim: Int, maxnorm: Double) -> Tensor { self.changeVariable("renorm_") { $0.renorm_(p: p, dim: dim, maxnorm: maxnorm) } }

  /// PyTorch's `renorm_`, the in-place form of ``Tensor/renorm(p:dim:maxnorm:)``.
  @_disfavoredOverload @discardableResult
  public func renorm_(_ p: Double, dim: Int, maxnorm: Double) -> Tensor { self.changeVariable("renorm_") { $0.renorm_(p, dim: dim, maxnorm: maxnorm) } }

  /// PyTorch's `renorm_`, the in-place form of ``Tensor/renorm(p:dim:maxnorm:)``.
  @_disfavoredOverload @discardableResult
  public func renorm_(_ p: Double, _ dim: Int, maxnorm: Double) -> Tensor { self.changeVariable("renorm_") { $0.renorm_(p, dim, maxnorm: maxnorm) } }

  /// PyTorch's `renorm_`, the in-place form of ``Tensor/renorm(p:dim:maxnorm:)``.
  @_disfavoredOverload @discardableResult
  public func renorm_(_ p: Double, _ dim: Int, _ maxnorm: Double) -> Tensor { self.changeVariable("renorm_") { $0.renorm_(p, dim, maxnorm) } }

  /// PyTorch's `round_`, the in-place form of ``Tensor/round()``.
  @_disfavoredOverload @discardableResult
  public func round_() -> Tensor { self.changeVariable("round_") { $0.round_() } }

  /// PyTorch's `round_`, the in-place form of ``Tensor/round(decimals:)``.
  @_disfavoredOverload @discardableResult
  public func round_(decimals: Int) -> Tensor { self.changeVariable("round_") { $0.round_(decimals: decimals) } }

  /// PyTorch's `rsqrt_`, the in-place form of ``Tensor/rsqrt()``.
  @_disfavoredOverload @discardableResult
  public func rsqrt_() -> Tensor { self.changeVariable("rsqrt_") { $0.rsqrt_() } }

  /// PyTorch's `scatter_`, the in-place form of ``Tensor/scatter(_:_:_:)``.
  @_disfavoredOverload @discardableResult
  public func scatter_(_ dim: Int, _ index: Tensor, _ src: Tensor) -> Tensor { self.changeVariable("scatter_") { $0.scatter_(dim, index, src) } }

  /// PyTorch's `scatter_`, the in-place form of ``Tensor/scatter(_:_:_:)``.
  @_disfavoredOverload @discardableResult
  public func scatter_(dim: Int, index: Tensor, src: Tensor) -> Tensor { self.changeVariable("scatter_") { $0.scatter_(dim: dim, index: index, src: src) } }

  /// PyTorch's `scatter_`, the in-place form of ``Tensor/scatter(_:_:_:)``.
  @_disfavoredOverload @discardableResult
  public func scatter_(_ dim: Int, index: Tensor, src: Tensor) -> Tensor { self.changeVariable("scatter_") { $0.scatter_(dim, index: index, src: src) } }

  /// PyTorch's `scatter_`, the in-place form of ``Tensor/scatter(_:_:_:)``.
  @_disfavoredOverload @discardableResult
  public func scatter_(_ dim: Int, _ index: Tensor, src: Tensor) -> Tensor { self.changeVariable("scatter_") { $0.scatter_(dim, index, src: src) } }

  /// PyTorch's `scatter_`, the in-place form of ``Tensor/scatter(_:_:_:)``.
  @_disfavoredOverload @discardableResult
  public func scatter_(_ dim: Int, _ index: Tensor, _ value: some ScalarConvertible) -> Tensor { self.changeVariable("scatter_") { $0.scatter_(dim, index, value) } }

  /// PyTorch's `scatter_`, the in-place form of ``Tensor/scatter(_:_:_:)``.
  @_disfavoredOverload @discardableResult
  public func scatter_(dim: Int, index: Tensor, value: some ScalarConvertible) -> Tensor { self.changeVariable("scatter_") { $0.scatter_(dim: dim, index: index, value: value) } }

  /// PyTorch's `scatter_`, the in-place form of ``Tensor/scatter(_:_:_:)``.
  @_disfavoredOverload @discardableResult
  public func scatter_(_ dim: Int, index: Tensor, value: some ScalarConvertible) -> Tensor { self.changeVariable("scatter_") { $0.scatter_(dim, index: index, value: value) } }

  /// PyTorch's `scatter_`, the in-place form of ``Tensor/scatter(_:_:_:)``.
  @_disfavoredOverload @discardableResult
  public func scatter_(_ dim: Int, _ index: Tensor, value: some ScalarConvertible) -> Tensor { self.changeVariable("scatter_") { $0.scatter_(dim, index, value: value) } }

  /// PyTorch's `scatter_add_`, the in-place form of ``Tensor/scatterAdd(_:_:_:)``.
  @_disfavoredOverload @discardableResult
  public func scatterAdd_(_ dim: Int, _ index: Tensor, _ src: Tensor) -> Tensor { self.changeVariable("scatterAdd_") { $0.scatterAdd_(dim, index, src) } }

  /// PyTorch's `scatter_add_`, the in-place form of ``Tensor/scatterAdd(_:_:_:)``.
  @_disfavoredOverload @discardableResult
  public func scatterAdd_(dim: Int, index: Tensor, src: Tensor) -> Tensor { self.changeVariable("scatterAdd_") { $0.scatterAdd_(dim: dim, index: index, src: src) } }

  /// PyTorch's `scatter_add_`, the in-place form of ``Tensor/scatterAdd(_:_:_:)``.
  @_disfavoredOverload @discardableResult
  public func scatterAdd_(_ dim: Int, index: Tensor, src: Tensor) -> Tensor { self.changeVariable("scatterAdd_") { $0.scatterAdd_(dim, index: index, src: src) } }

  /// PyTorch's `scatter_add_`, the in-place form of ``Tensor/scatterAdd(_:_:_:)``.
  @_disfavoredOverload @discardableResult
  public func scatterAdd_(_ dim: Int, _ index: Tensor, src: Tensor) -> Tensor { self.changeVariable("scatterAdd_") { $0.scatterAdd_(dim, index, src: src) } }

  /// PyTorch's `scatter_reduce_`, the in-place form of ``Tensor/scatterReduce(_:_:_:reduce:includeSelf:)``.
  @_disfavoredOverload @discardableResult
  public func scatterReduce_(_ dim: Int, _ index: Tensor, _ src: Tensor, reduce: ScatterReduction, includeSelf: Bool = true) -> Tensor { self.changeVariable("scatterReduce_") { $0.scatterReduce_(dim, index, src, reduce: reduce, includeSelf: includeSelf) } }

  /// PyTorch's `scatter_reduce_`, the in-place form of ``Tensor/scatterReduce(_:_:_:reduce:includeSelf:)``.
  @_disfavoredOverload @discardableResult
  public func scatterReduce_(dim: Int, index: Tensor, src: Tensor, reduce: ScatterReduction, includeSelf: Bool = true) -> Tensor { self.changeVariable("scatterReduce_") { $0.scatterReduce_(dim: dim, index: index, src: src, reduce: reduce, includeSelf: includeSelf) } }

  /// PyTorch's `scatter_reduce_`, the in-place form of ``Tensor/scatterReduce(_:_:_:reduce:includeSelf:)``.
  @_disfavoredOverload @discardableResult
  public func scatterReduce_(_ dim: Int, index: Tensor, src: Tensor, reduce: ScatterReduction, includeSelf: Bool = true) -> Tensor { self.changeVariable("scatterReduce_") { $0.scatterReduce_(dim, index: index, src: src, reduce: reduce, includeSelf: includeSelf) } }

  /// PyTorch's `scatter_reduce_`, the in-place form of ``Tensor/scatterReduce(_:_:_:reduce:includeSelf:)``.
  @_disfavoredOverload @discardableResult
  public func scatterReduce_(_ dim: Int, _ index: Tensor, src: Tensor, reduce: ScatterReduction, includeSelf: Bool = true) -> Tensor { self.changeVariable("scatterReduce_") { $0.scatterReduce_(dim, index, src: src, reduce: reduce, includeSelf: includeSelf) } }

  /// PyTorch's `scatter_reduce_`, the in-place form of ``Tensor/scatterReduce(_:_:_:reduce:includeSelf:)``.
  @_disfavoredOverload @discardableResult
  public func scatterReduce_(_ dim: Int, _ index: Tensor, _ src: Tensor, _ reduce: ScatterReduction, includeSelf: Bool = true) -> Tensor { self.changeVariable("scatterReduce_") { $0.scatterReduce_(dim, index, src, reduce, includeSelf: includeSelf) } }

  /// PyTorch's `sgn_`, the in-place form of ``Tensor/sgn()``.
  @_disfavoredOverload @discardableResult
  public func sgn_() -> Tensor { self.changeVariable("sgn_") { $0.sgn_() } }

  /// PyTorch's `sigmoid_`, the in-place form of ``Tensor/sigmoid()``.
  @_disfavoredOverload @discardableResult
  public func sigmoid_() -> Tensor { self.changeVariable("sigmoid_") { $0.sigmoid_() } }

  /// PyTorch's `sign_`, the in-place form of ``Tensor/sign()``.
  @_disfavoredOverload @discardableResult
  public func sign_() -> Tensor { self.changeVariable("sign_") { $0.sign_() } }

  /// PyTorch's `sin_`, the in-place form of ``Tensor/sin()``.
  @_disfavoredOverload @discardableResult
  public func sin_() -> Tensor { self.changeVariable("sin_") { $0.sin_() } }

  /// PyTorch's `sinc_`, the in-place form of ``Tensor/sinc()``.
  @_disfavoredOverload @discardableResult
  public func sinc_() -> Tensor { self.changeVariable("sinc_") { $0.sinc_() } }

  /// PyTorch's `sinh_`, the in-place form of ``Tensor/sinh()``.
  @_disfavoredOverload @discardableResult
  public func sinh_() -> Tensor { self.changeVariable("sinh_") { $0.sinh_() } }

  /// PyTorch's `sqrt_`, the in-place form of ``Tensor/sqrt()``.
  @_disfavoredOverload @discardableResult
  public func sqrt_() -> Tensor { self.changeVariable("sqrt_") { $0.sqrt_() } }

  /// PyTorch's `square_`, the in-place form of ``Tensor/square()``.
  @_disfavoredOverload @discardableResult
  public func square_() -> Tensor { self.changeVariable("square_") { $0.square_() } }

  /// PyTorch's `squeeze_`, the in-place form of ``Tensor/squeeze(_:)``.
  @_disfavoredOverload @discardableResult
  public func squeeze_(_ dims: [Int]) -> Tensor { self.changeVariable("squeeze_") { $0.squeeze_(dims) } }

  /// PyTorch's `squeeze_`, the in-place form of ``Tensor/squeeze(_:)``.
  @_disfavoredOverload @discardableResult
  public func squeeze_(dim dims: [Int]) -> Tensor { self.changeVariable("squeeze_") { $0.squeeze_(dim: dims) } }

  /// PyTorch's `squeeze_`, the in-place form of ``Tensor/squeeze(_:)``.
  @_disfavoredOverload @discardableResult
  public func squeeze_(_ dims: Int) -> Tensor { self.changeVariable("squeeze_") { $0.squeeze_(dims) } }

  /// PyTorch's `squeeze_`, the in-place form of ``Tensor/squeeze(_:)``.
  @_disfavoredOverload @discardableResult
  public func squeeze_(dim dims: Int) -> Tensor { self.changeVariable("squeeze_") { $0.squeeze_(dim: dims) } }

  /// PyTorch's `t_`, the in-place form of ``Tensor/t()``.
  @_disfavoredOverload @discardableResult
  public func t_() -> Tensor { self.changeVariable("t_") { $0.t_() } }

  /// PyTorch's `tan_`, the in-place form of ``Tensor/tan()``.
  @_disfavoredOverload @discardableResult
  public func tan_() -> Tensor { self.changeVariable("tan_") { $0.tan_() } }

  /// PyTorch's `tanh_`, the in-place form of ``Tensor/tanh()``.
  @_disfavoredOverload @discardableResult
  public func tanh_() -> Tensor { self.changeVariable("tanh_") { $0.tanh_() } }

  /// PyTorch's `transpose_`, the in-place form of ``Tensor/transpose(_:_:)``.
  @_disfavoredOverload @discardableResult
  public func transpose_(_ dim0: Int, _ dim1: Int) -> Tensor { self.changeVariable("transpose_") { $0.transpose_(dim0, dim1) } }

  /// PyTorch's `transpose_`, the in-place form of ``Tensor/transpose(_:_:)``.
  @_disfavoredOverload @discardableResult
  public func transpose_(dim0: Int, dim1: Int) -> Tensor { self.changeVariable("transpose_") { $0.transpose_(dim0: dim0, dim1: dim1) } }

  /// PyTorch's `transpose_`, the in-place form of ``Tensor/transpose(_:_:)``.
  @_disfavoredOverload @discardableResult
  public func transpose_(_ dim0: Int, dim1: Int) -> Tensor { self.changeVariable("transpose_") { $0.transpose_(dim0, dim1: dim1) } }

  /// PyTorch's `transpose_`, the in-place form of ``Tensor/transpose(_:_:)``.
  @_disfavoredOverload @discardableResult
  public func swapaxes_(_ dim0: Int, _ dim1: Int) -> Tensor { self.changeVariable("swapaxes_") { $0.swapaxes_(dim0, dim1) } }

  /// PyTorch's `transpose_`, the in-place form of ``Tensor/transpose(_:_:)``.
  @_disfavoredOverload @discardableResult
  public func swapaxes_(dim0: Int, dim1: Int) -> Tensor { self.changeVariable("swapaxes_") { $0.swapaxes_(dim0: dim0, dim1: dim1) } }

  /// PyTorch's `transpose_`, the in-place form of ``Tensor/transpose(_:_:)``.
  @_disfavoredOverload @discardableResult
  public func swapaxes_(_ dim0: Int, dim1: Int) -> Tensor { self.changeVariable("swapaxes_") { $0.swapaxes_(dim0, dim1: dim1) } }

  /// PyTorch's `transpose_`, the in-place form of ``Tensor/transpose(_:_:)``.
  @_disfavoredOverload @discardableResult
  public func swapdims_(_ dim0: Int, _ dim1: Int) -> Tensor { self.changeVariable("swapdims_") { $0.swapdims_(dim0, dim1) } }

  /// PyTorch's `transpose_`, the in-place form of ``Tensor/transpose(_:_:)``.
  @_disfavoredOverload @discardableResult
  public func swapdims_(dim0: Int, dim1: Int) -> Tensor { self.changeVariable("swapdims_") { $0.swapdims_(dim0: dim0, dim1: dim1) } }

  /// PyTorch's `transpose_`, the in-place form of ``Tensor/transpose(_:_:)``.
  @_disfavoredOverload @discardableResult
  public func swapdims_(_ dim0: Int, dim1: Int) -> Tensor { self.changeVariable("swapdims_") { $0.swapdims_(dim0, dim1: dim1) } }

  /// PyTorch's `tril_`, the in-place form of ``Tensor/tril(_:)``.
  @_disfavoredOverload @discardableResult
  public func tril_(_ diagonal: Int = 0) -> Tensor { self.changeVariable("tril_") { $0.tril_(diagonal) } }

  /// PyTorch's `tril_`, the in-place form of ``Tensor/tril(_:)``.
  @_disfavoredOverload @discardableResult
  public func tril_(diagonal: Int) -> Tensor { self.changeVariable("tril_") { $0.tril_(diagonal: diagonal) } }

  /// PyTorch's `triu_`, the in-place form of ``Tensor/triu(_:)``.
  @_disfavoredOverload @discardableResult
  public func triu_(_ diagonal: Int = 0) -> Tensor { self.changeVariable("triu_") { $0.triu_(diagonal) } }

  /// PyTorch's `triu_`, the in-place form of ``Tensor/triu(_:)``.
  @_disfavoredOverload @discardableResult
  public func triu_(diagonal: Int) -> Tensor { self.changeVariable("triu_") { $0.triu_(diagonal: diagonal) } }

  /// PyTorch's `trunc_`, the in-place form of ``Tensor/trunc()``.
  @_disfavoredOverload @discardableResult
  public func trunc_() -> Tensor { self.changeVariable("trunc_") { $0.trunc_() } }

  /// PyTorch's `trunc_`, the in-place form of ``Tensor/trunc()``.
  @_disfavoredOverload @discardableResult
  public func fix_() -> Tensor { self.changeVariable("fix_") { $0.fix_() } }

  /// PyTorch's `unsqueeze_`, the in-place form of ``Tensor/unsqueeze(_:)``.
  @_disfavoredOverload @discardableResult
  public func unsqueeze_(_ dim: Int) -> Tensor { self.changeVariable("unsqueeze_") { $0.unsqueeze_(dim) } }

  /// PyTorch's `unsqueeze_`, the in-place form of ``Tensor/unsqueeze(_:)``.
  @_disfavoredOverload @discardableResult
  public func unsqueeze_(dim: Int) -> Tensor { self.changeVariable("unsqueeze_") { $0.unsqueeze_(dim: dim) } }

  /// PyTorch's `xlogy_`, the in-place form of ``Tensor/xlogy(_:)``.
  @_disfavoredOverload @discardableResult
  public func xlogy_(_ other: Tensor) -> Tensor { self.changeVariable("xlogy_") { $0.xlogy_(other) } }

  /// PyTorch's `xlogy_`, the in-place form of ``Tensor/xlogy(_:)``.
  @_disfavoredOverload @discardableResult
  public func xlogy_(other: Tensor) -> Tensor { self.changeVariable("xlogy_") { $0.xlogy_(other: other) } }

  /// PyTorch's `xlogy_`, the in-place form of ``Tensor/xlogy(_:)``.
  @_disfavoredOverload @discardableResult
  public func xlogy_(_ other: some ScalarConvertible) -> Tensor { self.changeVariable("xlogy_") { $0.xlogy_(other) } }

  /// PyTorch's `xlogy_`, the in-place form of ``Tensor/xlogy(_:)``.
  @_disfavoredOverload @discardableResult
  public func xlogy_(other: some ScalarConvertible) -> Tensor { self.changeVariable("xlogy_") { $0.xlogy_(other: other) } }

  /// PyTorch's `add_`: the operator `+=`.
  @_disfavoredOverload @discardableResult
  public func add_(_ other: Tensor) -> Tensor { self.changeVariable("add_") { $0.add_(other) } }

  /// PyTorch's `add_`: the operator `+=`.
  @_disfavoredOverload @discardableResult
  public func add_(_ other: some ScalarConvertible) -> Tensor { self.changeVariable("add_") { $0.add_(other) } }

  /// PyTorch's `sub_`: the operator `-=`.
  @_disfavoredOverload @discardableResult
  public func sub_(_ other: Tensor) -> Tensor { self.changeVariable("sub_") { $0.sub_(other) } }

  /// PyTorch's `sub_`: the operator `-=`.
  @_disfavoredOverload @discardableResult
  public func sub_(_ other: some ScalarConvertible) -> Tensor { self.changeVariable("sub_") { $0.sub_(other) } }

  /// PyTorch's `sub_`: the operator `-=`.
  @_disfavoredOverload @discardableResult
  public func subtract_(_ other: Tensor) -> Tensor { self.changeVariable("subtract_") { $0.subtract_(other) } }

  /// PyTorch's `sub_`: the operator `-=`.
  @_disfavoredOverload @discardableResult
  public func subtract_(_ other: some ScalarConvertible) -> Tensor { self.changeVariable("subtract_") { $0.subtract_(other) } }

  /// PyTorch's `mul_`: the operator `*=`.
  @_disfavoredOverload @discardableResult
  public func mul_(_ other: Tensor) -> Tensor { self.changeVariable("mul_") { $0.mul_(other) } }

  /// PyTorch's `mul_`: the operator `*=`.
  @_disfavoredOverload @discardableResult
  public func mul_(_ other: some ScalarConvertible) -> Tensor { self.changeVariable("mul_") { $0.mul_(other) } }

  /// PyTorch's `mul_`: the operator `*=`.
  @_disfavoredOverload @discardableResult
  public func multiply_(_ other: Tensor) -> Tensor { self.changeVariable("multiply_") { $0.multiply_(other) } }

  /// PyTorch's `mul_`: the operator `*=`.
  @_disfavoredOverload @discardableResult
  public func multiply_(_ other: some ScalarConvertible) -> Tensor { self.changeVariable("multiply_") { $0.multiply_(other) } }

  /// PyTorch's `div_`: the operator `/=`.
  @_disfavoredOverload @discardableResult
  public func div_(_ other: Tensor) -> Tensor { self.changeVariable("div_") { $0.div_(other) } }

  /// PyTorch's `div_`: the operator `/=`.
  @_disfavoredOverload @discardableResult
  public func div_(_ other: some ScalarConvertible) -> Tensor { self.changeVariable("div_") { $0.div_(other) } }

  /// PyTorch's `div_`: the operator `/=`.
  @_disfavoredOverload @discardableResult
  public func divide_(_ other: Tensor) -> Tensor { self.changeVariable("divide_") { $0.divide_(other) } }

  /// PyTorch's `div_`: the operator `/=`.
  @_disfavoredOverload @discardableResult
  public func divide_(_ other: some ScalarConvertible) -> Tensor { self.changeVariable("divide_") { $0.divide_(other) } }

  /// PyTorch's `div_`: the operator `/=`.
  @_disfavoredOverload @discardableResult
  public func trueDivide_(_ other: Tensor) -> Tensor { self.changeVariable("trueDivide_") { $0.trueDivide_(other) } }

  /// PyTorch's `div_`: the operator `/=`.
  @_disfavoredOverload @discardableResult
  public func trueDivide_(_ other: some ScalarConvertible) -> Tensor { self.changeVariable("trueDivide_") { $0.trueDivide_(other) } }

  /// PyTorch's `bitwise_and_`: the operator `&=`.
  @_disfavoredOverload @discardableResult
  public func bitwiseAnd_(_ other: Tensor) -> Tensor { self.changeVariable("bitwiseAnd_") { $0.bitwiseAnd_(other) } }

  /// PyTorch's `bitwise_and_`: the operator `&=`.
  @_disfavoredOverload @discardableResult
  public func bitwiseAnd_(_ other: some ScalarConvertible) -> Tensor { self.changeVariable("bitwiseAnd_") { $0.bitwiseAnd_(other) } }

  /// PyTorch's `bitwise_or_`: the operator `|=`.
  @_disfavoredOverload @discardableResult
  public func bitwiseOr_(_ other: Tensor) -> Tensor { self.changeVariable("bitwiseOr_") { $0.bitwiseOr_(other) } }

  /// PyTorch's `bitwise_or_`: the operator `|=`.
  @_disfavoredOverload @discardableResult
  public func bitwiseOr_(_ other: some ScalarConvertible) -> Tensor { self.changeVariable("bitwiseOr_") { $0.bitwiseOr_(other) } }

  /// PyTorch's `bitwise_xor_`: the operator `^=`.
  @_disfavoredOverload @discardableResult
  public func bitwiseXor_(_ other: Tensor) -> Tensor { self.changeVariable("bitwiseXor_") { $0.bitwiseXor_(other) } }

  /// PyTorch's `bitwise_xor_`: the operator `^=`.
  @_disfavoredOverload @discardableResult
  public func bitwiseXor_(_ other: some ScalarConvertible) -> Tensor { self.changeVariable("bitwiseXor_") { $0.bitwiseXor_(other) } }

  /// PyTorch's `bitwise_left_shift_`: the operator `<<=`.
  @_disfavoredOverload @discardableResult
  public func bitwiseLeftShift_(_ other: Tensor) -> Tensor { self.changeVariable("bitwiseLeftShift_") { $0.bitwiseLeftShift_(other) } }

  /// PyTorch's `bitwise_left_shift_`: the operator `<<=`.
  @_disfavoredOverload @discardableResult
  public func bitwiseLeftShift_(_ other: some ScalarConvertible) -> Tensor { self.changeVariable("bitwiseLeftShift_") { $0.bitwiseLeftShift_(other) } }

  /// PyTorch's `bitwise_right_shift_`: the operator `>>=`.
  @_disfavoredOverload @discardableResult
  public func bitwiseRightShift_(_ other: Tensor) -> Tensor { self.changeVariable("bitwiseRightShift_") { $0.bitwiseRightShift_(other) } }

  /// PyTorch's `bitwise_right_shift_`: the operator `>>=`.
  @_disfavoredOverload @discardableResult
  public func bitwiseRightShift_(_ other: some ScalarConvertible) -> Tensor { self.changeVariable("bitwiseRightShift_") { $0.bitwiseRightShift_(other) } }

  /// PyTorch's `add_`.
  @_disfavoredOverload @discardableResult
  public func add_(_ other: Tensor, alpha: some ScalarConvertible) -> Tensor { self.changeVariable("add_") { $0.add_(other, alpha: alpha) } }

  /// PyTorch's `sub_`.
  @_disfavoredOverload @discardableResult
  public func sub_(_ other: Tensor, alpha: some ScalarConvertible) -> Tensor { self.changeVariable("sub_") { $0.sub_(other, alpha: alpha) } }

  /// PyTorch's `div_`.
  @_disfavoredOverload @discardableResult
  public func div_(_ other: Tensor, roundingMode: RoundingMode) -> Tensor { self.changeVariable("div_") { $0.div_(other, roundingMode: roundingMode) } }

  /// PyTorch's `neg_`.
  @_disfavoredOverload @discardableResult
  public func neg_() -> Tensor { self.changeVariable("neg_") { $0.neg_() } }

  /// PyTorch's `negative_`.
  @_disfavoredOverload @discardableResult
  public func negative_() -> Tensor { self.changeVariable("negative_") { $0.negative_() } }

  /// PyTorch's `bitwiseNot_`.
  @_disfavoredOverload @discardableResult
  public func bitwiseNot_() -> Tensor { self.changeVariable("bitwiseNot_") { $0.bitwiseNot_() } }

  /// PyTorch's `zero_`.
  @_disfavoredOverload @discardableResult
  public func zero_() -> Tensor { self.changeVariable("zero_") { $0.zero_() } }

  /// PyTorch's `fill_`.
  @_disfavoredOverload @discardableResult
  public func fill_(_ value: some ScalarConvertible) -> Tensor { self.changeVariable("fill_") { $0.fill_(value) } }

  /// PyTorch's `fill_`.
  @_disfavoredOverload @discardableResult
  public func fill_(value: some ScalarConvertible) -> Tensor { self.changeVariable("fill_") { $0.fill_(value: value) } }

  /// PyTorch's `fill_`.
  @_disfavoredOverload @discardableResult
  public func fill_(_ value: Tensor) -> Tensor { self.changeVariable("fill_") { $0.fill_(value) } }

  /// PyTorch's `copy_`.
  @_disfavoredOverload @discardableResult
  public func copy_(_ source: Tensor) -> Tensor { self.changeVariable("copy_") { $0.copy_(source) } }

  /// PyTorch's `copy_`.
  @_disfavoredOverload @discardableResult
  public func copy_(_ source: Tensor, nonBlocking: Bool) -> Tensor { self.changeVariable("copy_") { $0.copy_(source, nonBlocking: nonBlocking) } }

  /// PyTorch's `bernoulli_`.
  @_disfavoredOverload @discardableResult
  public func bernoulli_(_ p: Double = 0.5, generator: Generator = .default) -> Tensor { self.changeVariable("bernoulli_") { $0.bernoulli_(p, generator: generator) } }

  /// PyTorch's `bernoulli_`.
  @_disfavoredOverload @discardableResult
  public func bernoulli_(p: Double, generator: Generator = .default) -> Tensor { self.changeVariable("bernoulli_") { $0.bernoulli_(p: p, generator: generator) } }

  /// PyTorch's `geometric_`.
  @_disfavoredOverload @discardableResult
  public func geometric_(_ p: Double, generator: Generator = .default) -> Tensor { self.changeVariable("geometric_") { $0.geometric_(p, generator: generator) } }

  /// PyTorch's `geometric_`.
  @_disfavoredOverload @discardableResult
  public func geometric_(p: Double, generator: Generator = .default) -> Tensor { self.changeVariable("geometric_") { $0.geometric_(p: p, generator: generator) } }

  /// PyTorch's `exponential_`.
  @_disfavoredOverload @discardableResult
  public func exponential_(_ lambd: Double = 1, generator: Generator = .default) -> Tensor { self.changeVariable("exponential_") { $0.exponential_(lambd, generator: generator) } }

  /// PyTorch's `exponential_`.
  @_disfavoredOverload @discardableResult
  public func exponential_(lambd: Double, generator: Generator = .default) -> Tensor { self.changeVariable("exponential_") { $0.exponential_(lambd: lambd, generator: generator) } }

  /// PyTorch's `random_`.
  @_disfavoredOverload @discardableResult
  public func random_(_ from: Int, _ to: Int, generator: Generator = .default) -> Tensor { self.changeVariable("random_") { $0.random_(from, to, generator: generator) } }

  /// PyTorch's `random_`.
  @_disfavoredOverload @discardableResult
  public func random_(from: Int, to: Int, generator: Generator = .default) -> Tensor { self.changeVariable("random_") { $0.random_(from: from, to: to, generator: generator) } }

  /// PyTorch's `random_`.
  @_disfavoredOverload @discardableResult
  public func random_(_ to: Int, generator: Generator = .default) -> Tensor { self.changeVariable("random_") { $0.random_(to, generator: generator) } }

  /// PyTorch's `uniform_`.
  @_disfavoredOverload @discardableResult
  public func uniform_(_ from: Double = 0, _ to: Double = 1, generator: Generator = .default) -> Tensor { self.changeVariable("uniform_") { $0.uniform_(from, to, generator: generator) } }

  /// PyTorch's `uniform_`.
  @_disfavoredOverload @discardableResult
  public func uniform_(from: Double, to: Double = 1, generator: Generator = .default) -> Tensor { self.changeVariable("uniform_") { $0.uniform_(from: from, to: to, generator: generator) } }

  /// PyTorch's `uniform_`.
  @_disfavoredOverload @discardableResult
  public func uniform_(to: Double, generator: Generator = .default) -> Tensor { self.changeVariable("uniform_") { $0.uniform_(to: to, generator: generator) } }

  /// PyTorch's `uniform_`.
  @_disfavoredOverload @discardableResult
  public func uniform_(_ from: Double, to: Double, generator: Generator = .default) -> Tensor { self.changeVariable("uniform_") { $0.uniform_(from, to: to, generator: generator) } }

  /// PyTorch's `normal_`.
  @_disfavoredOverload @discardableResult
  public func normal_(_ mean: Double = 0, _ std: Double = 1, generator: Generator = .default) -> Tensor { self.changeVariable("normal_") { $0.normal_(mean, std, generator: generator) } }

  /// PyTorch's `normal_`.
  @_disfavoredOverload @discardableResult
  public func normal_(mean: Double, std: Double = 1, generator: Generator = .default) -> Tensor { self.changeVariable("normal_") { $0.normal_(mean: mean, std: std, generator: generator) } }

  /// PyTorch's `normal_`.
  @_disfavoredOverload @discardableResult
  public func normal_(std: Double, generator: Generator = .default) -> Tensor { self.changeVariable("normal_") { $0.normal_(std: std, generator: generator) } }

  /// PyTorch's `normal_`.
  @_disfavoredOverload @discardableResult
  public func normal_(_ mean: Double, std: Double, generator: Generator = .default) -> Tensor { self.changeVariable("normal_") { $0.normal_(mean, std: std, generator: generator) } }

  /// PyTorch's `logNormal_`.
  @_disfavoredOverload @discardableResult
  public func logNormal_(_ mean: Double = 1, _ std: Double = 2, generator: Generator = .default) -> Tensor { self.changeVariable("logNormal_") { $0.logNormal_(mean, std, generator: generator) } }

  /// PyTorch's `logNormal_`.
  @_disfavoredOverload @discardableResult
  public func logNormal_(mean: Double, std: Double = 2, generator: Generator = .default) -> Tensor { self.changeVariable("logNormal_") { $0.logNormal_(mean: mean, std: std, generator: generator) } }

  /// PyTorch's `logNormal_`.
  @_disfavoredOverload @discardableResult
  public func logNormal_(std: Double, generator: Generator = .default) -> Tensor { self.changeVariable("logNormal_") { $0.logNormal_(std: std, generator: generator) } }

  /// PyTorch's `logNormal_`.
  @_disfavoredOverload @discardableResult
  public func logNormal_(_ mean: Double, std: Double, generator: Generator = .default) -> Tensor { self.changeVariable("logNormal_") { $0.logNormal_(mean, std: std, generator: generator) } }

  /// PyTorch's `cauchy_`.
  @_disfavoredOverload @discardableResult
  public func cauchy_(_ median: Double = 0, _ sigma: Double = 1, generator: Generator = .default) -> Tensor { self.changeVariable("cauchy_") { $0.cauchy_(median, sigma, generator: generator) } }

  /// PyTorch's `cauchy_`.
  @_disfavoredOverload @discardableResult
  public func cauchy_(median: Double, sigma: Double = 1, generator: Generator = .default) -> Tensor { self.changeVariable("cauchy_") { $0.cauchy_(median: median, sigma: sigma, generator: generator) } }

  /// PyTorch's `cauchy_`.
  @_disfavoredOverload @discardableResult
  public func cauchy_(sigma: Double, generator: Generator = .default) -> Tensor { self.changeVariable("cauchy_") { $0.cauchy_(sigma: sigma, generator: generator) } }

  /// PyTorch's `cauchy_`.
  @_disfavoredOverload @discardableResult
  public func cauchy_(_ median: Double, sigma: Double, generator: Generator = .default) -> Tensor { self.changeVariable("cauchy_") { $0.cauchy_(median, sigma: sigma, generator: generator) } }
}
