import CKernels

// Which micro-kernel of CKernels computes a function on a compute type. The C names follow the Swift ones.

extension Float: ComputeElement {
  static var computeType: DType { .float32 }

  static func value(_ scalar: Scalar) -> Float { Float(scalar.double) }
  static func value(_ constant: Double) -> Float { Float(constant) }

  static func unaryKernel(_ f: UnaryFunction) -> Kernel<Float>.Unary? {
    switch f {
    case .neg: { ck_neg_f32($0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2) }
    case .abs: { ck_abs_f32($0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2) }
    case .sign: { ck_sign_f32($0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2) }
    case .floor: { ck_floor_f32($0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2) }
    case .ceil: { ck_ceil_f32($0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2) }
    case .round: { ck_round_f32($0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2) }
    case .trunc: { ck_trunc_f32($0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2) }
    case .frac: { ck_frac_f32($0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2) }
    case .sqrt: { ck_sqrt_f32($0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2) }
    case .rsqrt: { ck_rsqrt_f32($0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2) }
    case .reciprocal:
      { ck_reciprocal_f32($0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2) }
    case .square: { ck_square_f32($0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2) }
    case .exp: { ck_exp_f32($0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2) }
    case .exp2: { ck_exp2_f32($0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2) }
    case .expm1: { ck_expm1_f32($0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2) }
    case .log: { ck_log_f32($0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2) }
    case .log2: { ck_log2_f32($0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2) }
    case .log10: { ck_log10_f32($0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2) }
    case .log1p: { ck_log1p_f32($0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2) }
    case .sin: { ck_sin_f32($0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2) }
    case .cos: { ck_cos_f32($0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2) }
    case .tan: { ck_tan_f32($0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2) }
    case .asin: { ck_asin_f32($0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2) }
    case .acos: { ck_acos_f32($0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2) }
    case .atan: { ck_atan_f32($0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2) }
    case .sinh: { ck_sinh_f32($0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2) }
    case .cosh: { ck_cosh_f32($0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2) }
    case .tanh: { ck_tanh_f32($0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2) }
    case .asinh: { ck_asinh_f32($0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2) }
    case .acosh: { ck_acosh_f32($0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2) }
    case .atanh: { ck_atanh_f32($0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2) }
    case .erf: { ck_erf_f32($0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2) }
    case .erfc: { ck_erfc_f32($0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2) }
    case .erfinv: { ck_erfinv_f32($0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2) }
    case .lgamma: { ck_lgamma_f32($0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2) }
    case .digamma:
      { ck_digamma_f32($0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2) }
    case .sigmoid:
      { ck_sigmoid_f32($0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2) }
    case .relu: { ck_relu_f32($0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2) }
    case .gelu: { ck_gelu_f32($0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2) }
    case .geluTanh:
      { ck_gelu_tanh_f32($0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2) }
    case .silu: { ck_silu_f32($0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2) }
    case .softplus:
      { ck_softplus_f32($0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2) }
    case .isnan: { ck_isnan_f32($0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2) }
    case .isinf: { ck_isinf_f32($0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2) }
    case .isfinite:
      { ck_isfinite_f32($0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2) }
    case .signbit:
      { ck_signbit_f32($0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2) }
    case .not: { ck_not_f32($0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2) }
    default: specialKernel(f)
    }
  }

  static func binaryKernel(_ f: BinaryFunction) -> Kernel<Float>.Binary? {
    switch f {
    case .add:
      {
        ck_add_f32(
          $0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self),
          $2.assumingMemoryBound(to: Float.self), $3)
      }
    case .sub:
      {
        ck_sub_f32(
          $0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self),
          $2.assumingMemoryBound(to: Float.self), $3)
      }
    case .mul:
      {
        ck_mul_f32(
          $0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self),
          $2.assumingMemoryBound(to: Float.self), $3)
      }
    case .div:
      {
        ck_div_f32(
          $0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self),
          $2.assumingMemoryBound(to: Float.self), $3)
      }
    case .pow:
      {
        ck_pow_f32(
          $0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self),
          $2.assumingMemoryBound(to: Float.self), $3)
      }
    case .fmod:
      {
        ck_fmod_f32(
          $0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self),
          $2.assumingMemoryBound(to: Float.self), $3)
      }
    case .remainder:
      {
        ck_remainder_f32(
          $0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self),
          $2.assumingMemoryBound(to: Float.self), $3)
      }
    case .floorDiv:
      {
        ck_floor_div_f32(
          $0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self),
          $2.assumingMemoryBound(to: Float.self), $3)
      }
    case .truncDiv:
      {
        ck_trunc_div_f32(
          $0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self),
          $2.assumingMemoryBound(to: Float.self), $3)
      }
    case .atan2:
      {
        ck_atan2_f32(
          $0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self),
          $2.assumingMemoryBound(to: Float.self), $3)
      }
    case .max:
      {
        ck_max_f32(
          $0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self),
          $2.assumingMemoryBound(to: Float.self), $3)
      }
    case .min:
      {
        ck_min_f32(
          $0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self),
          $2.assumingMemoryBound(to: Float.self), $3)
      }
    case .fmax:
      {
        ck_fmax_f32(
          $0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self),
          $2.assumingMemoryBound(to: Float.self), $3)
      }
    case .fmin:
      {
        ck_fmin_f32(
          $0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self),
          $2.assumingMemoryBound(to: Float.self), $3)
      }
    case .copysign:
      {
        ck_copysign_f32(
          $0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self),
          $2.assumingMemoryBound(to: Float.self), $3)
      }
    case .hypot:
      {
        ck_hypot_f32(
          $0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self),
          $2.assumingMemoryBound(to: Float.self), $3)
      }
    case .nextafter:
      {
        ck_nextafter_f32(
          $0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self),
          $2.assumingMemoryBound(to: Float.self), $3)
      }
    case .eq:
      {
        ck_eq_f32(
          $0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self),
          $2.assumingMemoryBound(to: Float.self), $3)
      }
    case .ne:
      {
        ck_ne_f32(
          $0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self),
          $2.assumingMemoryBound(to: Float.self), $3)
      }
    case .lt:
      {
        ck_lt_f32(
          $0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self),
          $2.assumingMemoryBound(to: Float.self), $3)
      }
    case .le:
      {
        ck_le_f32(
          $0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self),
          $2.assumingMemoryBound(to: Float.self), $3)
      }
    case .gt:
      {
        ck_gt_f32(
          $0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self),
          $2.assumingMemoryBound(to: Float.self), $3)
      }
    case .ge:
      {
        ck_ge_f32(
          $0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self),
          $2.assumingMemoryBound(to: Float.self), $3)
      }
    case .and:
      {
        ck_and_f32(
          $0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self),
          $2.assumingMemoryBound(to: Float.self), $3)
      }
    case .or:
      {
        ck_or_f32(
          $0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self),
          $2.assumingMemoryBound(to: Float.self), $3)
      }
    case .xor:
      {
        ck_xor_f32(
          $0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self),
          $2.assumingMemoryBound(to: Float.self), $3)
      }
    case .xlogy:
      {
        ck_xlogy_f32(
          $0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self),
          $2.assumingMemoryBound(to: Float.self), $3)
      }
    case .geluGrad:
      {
        ck_gelu_grad_f32(
          $0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self),
          $2.assumingMemoryBound(to: Float.self), $3)
      }
    case .geluTanhGrad:
      {
        ck_gelu_tanh_grad_f32(
          $0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self),
          $2.assumingMemoryBound(to: Float.self), $3)
      }
    case .siluGrad:
      {
        ck_silu_grad_f32(
          $0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self),
          $2.assumingMemoryBound(to: Float.self), $3)
      }
    case .reluGrad:
      {
        ck_relu_grad_f32(
          $0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self),
          $2.assumingMemoryBound(to: Float.self), $3)
      }
    case .sigmoidGrad:
      {
        ck_sigmoid_grad_f32(
          $0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self),
          $2.assumingMemoryBound(to: Float.self), $3)
      }
    case .tanhGrad:
      {
        ck_tanh_grad_f32(
          $0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self),
          $2.assumingMemoryBound(to: Float.self), $3)
      }
    default: specialKernel(f)
    }
  }

  static func scalarKernel(_ f: BinaryFunction) -> Kernel<Float>.WithScalar? {
    switch f {
    case .add:
      {
        ck_add_s_f32(
          $0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2.load(as: Float.self), $3)
      }
    case .mul:
      {
        ck_mul_s_f32(
          $0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2.load(as: Float.self), $3)
      }
    case .sub:
      {
        ck_sub_s_f32(
          $0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2.load(as: Float.self), $3)
      }
    case .div:
      {
        ck_div_s_f32(
          $0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2.load(as: Float.self), $3)
      }
    case .max:
      {
        ck_max_s_f32(
          $0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2.load(as: Float.self), $3)
      }
    case .min:
      {
        ck_min_s_f32(
          $0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2.load(as: Float.self), $3)
      }
    case .pow:
      {
        ck_pow_s_f32(
          $0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2.load(as: Float.self), $3)
      }
    case .eq:
      {
        ck_eq_s_f32(
          $0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2.load(as: Float.self), $3)
      }
    case .ne:
      {
        ck_ne_s_f32(
          $0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2.load(as: Float.self), $3)
      }
    case .lt:
      {
        ck_lt_s_f32(
          $0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2.load(as: Float.self), $3)
      }
    case .le:
      {
        ck_le_s_f32(
          $0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2.load(as: Float.self), $3)
      }
    case .gt:
      {
        ck_gt_s_f32(
          $0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2.load(as: Float.self), $3)
      }
    case .ge:
      {
        ck_ge_s_f32(
          $0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2.load(as: Float.self), $3)
      }
    default: nil
    }
  }

  static func reversedScalarKernel(_ f: BinaryFunction) -> Kernel<Float>.WithScalar? {
    switch f {
    case .sub:
      {
        ck_rsub_s_f32(
          $0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2.load(as: Float.self), $3)
      }
    case .div:
      {
        ck_rdiv_s_f32(
          $0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2.load(as: Float.self), $3)
      }
    case .add: scalarKernel(.add)
    case .mul: scalarKernel(.mul)
    default: nil
    }
  }

  static var selectKernel: Kernel<Float>.Ternary {
    {
      ck_select_f32(
        $0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self),
        $2.assumingMemoryBound(to: Float.self), $3.assumingMemoryBound(to: Float.self), $4)
    }
  }

  static var fmaKernel: Kernel<Float>.Ternary {
    {
      ck_fma_f32(
        $0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self),
        $2.assumingMemoryBound(to: Float.self), $3.assumingMemoryBound(to: Float.self), $4)
    }
  }

  static var addScaledKernel: Kernel<Float>.Ternary? {
    {
      ck_add_scaled_f32(
        $0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self),
        $2.assumingMemoryBound(to: Float.self), $3.load(as: Float.self), $4)
    }
  }

  static var subScaledKernel: Kernel<Float>.Ternary? {
    {
      ck_sub_scaled_f32(
        $0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self),
        $2.assumingMemoryBound(to: Float.self), $3.load(as: Float.self), $4)
    }
  }

  static var fillKernel: Kernel<Float>.Fill { { ck_fill_f32($0.assumingMemoryBound(to: Float.self), $1, $2) } }
}

extension Double: ComputeElement {
  static var computeType: DType { .float64 }

  static func value(_ scalar: Scalar) -> Double { Double(scalar.double) }
  static func value(_ constant: Double) -> Double { Double(constant) }

  static func unaryKernel(_ f: UnaryFunction) -> Kernel<Double>.Unary? {
    switch f {
    case .neg: { ck_neg_f64($0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2) }
    case .abs: { ck_abs_f64($0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2) }
    case .sign: { ck_sign_f64($0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2) }
    case .floor: { ck_floor_f64($0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2) }
    case .ceil: { ck_ceil_f64($0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2) }
    case .round: { ck_round_f64($0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2) }
    case .trunc: { ck_trunc_f64($0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2) }
    case .frac: { ck_frac_f64($0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2) }
    case .sqrt: { ck_sqrt_f64($0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2) }
    case .rsqrt: { ck_rsqrt_f64($0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2) }
    case .reciprocal:
      { ck_reciprocal_f64($0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2) }
    case .square:
      { ck_square_f64($0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2) }
    case .exp: { ck_exp_f64($0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2) }
    case .exp2: { ck_exp2_f64($0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2) }
    case .expm1: { ck_expm1_f64($0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2) }
    case .log: { ck_log_f64($0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2) }
    case .log2: { ck_log2_f64($0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2) }
    case .log10: { ck_log10_f64($0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2) }
    case .log1p: { ck_log1p_f64($0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2) }
    case .sin: { ck_sin_f64($0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2) }
    case .cos: { ck_cos_f64($0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2) }
    case .tan: { ck_tan_f64($0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2) }
    case .asin: { ck_asin_f64($0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2) }
    case .acos: { ck_acos_f64($0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2) }
    case .atan: { ck_atan_f64($0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2) }
    case .sinh: { ck_sinh_f64($0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2) }
    case .cosh: { ck_cosh_f64($0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2) }
    case .tanh: { ck_tanh_f64($0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2) }
    case .asinh: { ck_asinh_f64($0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2) }
    case .acosh: { ck_acosh_f64($0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2) }
    case .atanh: { ck_atanh_f64($0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2) }
    case .erf: { ck_erf_f64($0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2) }
    case .erfc: { ck_erfc_f64($0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2) }
    case .erfinv:
      { ck_erfinv_f64($0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2) }
    case .lgamma:
      { ck_lgamma_f64($0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2) }
    case .digamma:
      { ck_digamma_f64($0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2) }
    case .sigmoid:
      { ck_sigmoid_f64($0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2) }
    case .relu: { ck_relu_f64($0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2) }
    case .gelu: { ck_gelu_f64($0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2) }
    case .geluTanh:
      { ck_gelu_tanh_f64($0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2) }
    case .silu: { ck_silu_f64($0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2) }
    case .softplus:
      { ck_softplus_f64($0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2) }
    case .isnan: { ck_isnan_f64($0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2) }
    case .isinf: { ck_isinf_f64($0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2) }
    case .isfinite:
      { ck_isfinite_f64($0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2) }
    case .signbit:
      { ck_signbit_f64($0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2) }
    case .not: { ck_not_f64($0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2) }
    default: specialKernel(f)
    }
  }

  static func binaryKernel(_ f: BinaryFunction) -> Kernel<Double>.Binary? {
    switch f {
    case .add:
      {
        ck_add_f64(
          $0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self),
          $2.assumingMemoryBound(to: Double.self), $3)
      }
    case .sub:
      {
        ck_sub_f64(
          $0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self),
          $2.assumingMemoryBound(to: Double.self), $3)
      }
    case .mul:
      {
        ck_mul_f64(
          $0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self),
          $2.assumingMemoryBound(to: Double.self), $3)
      }
    case .div:
      {
        ck_div_f64(
          $0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self),
          $2.assumingMemoryBound(to: Double.self), $3)
      }
    case .pow:
      {
        ck_pow_f64(
          $0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self),
          $2.assumingMemoryBound(to: Double.self), $3)
      }
    case .fmod:
      {
        ck_fmod_f64(
          $0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self),
          $2.assumingMemoryBound(to: Double.self), $3)
      }
    case .remainder:
      {
        ck_remainder_f64(
          $0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self),
          $2.assumingMemoryBound(to: Double.self), $3)
      }
    case .floorDiv:
      {
        ck_floor_div_f64(
          $0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self),
          $2.assumingMemoryBound(to: Double.self), $3)
      }
    case .truncDiv:
      {
        ck_trunc_div_f64(
          $0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self),
          $2.assumingMemoryBound(to: Double.self), $3)
      }
    case .atan2:
      {
        ck_atan2_f64(
          $0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self),
          $2.assumingMemoryBound(to: Double.self), $3)
      }
    case .max:
      {
        ck_max_f64(
          $0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self),
          $2.assumingMemoryBound(to: Double.self), $3)
      }
    case .min:
      {
        ck_min_f64(
          $0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self),
          $2.assumingMemoryBound(to: Double.self), $3)
      }
    case .fmax:
      {
        ck_fmax_f64(
          $0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self),
          $2.assumingMemoryBound(to: Double.self), $3)
      }
    case .fmin:
      {
        ck_fmin_f64(
          $0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self),
          $2.assumingMemoryBound(to: Double.self), $3)
      }
    case .copysign:
      {
        ck_copysign_f64(
          $0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self),
          $2.assumingMemoryBound(to: Double.self), $3)
      }
    case .hypot:
      {
        ck_hypot_f64(
          $0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self),
          $2.assumingMemoryBound(to: Double.self), $3)
      }
    case .nextafter:
      {
        ck_nextafter_f64(
          $0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self),
          $2.assumingMemoryBound(to: Double.self), $3)
      }
    case .eq:
      {
        ck_eq_f64(
          $0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self),
          $2.assumingMemoryBound(to: Double.self), $3)
      }
    case .ne:
      {
        ck_ne_f64(
          $0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self),
          $2.assumingMemoryBound(to: Double.self), $3)
      }
    case .lt:
      {
        ck_lt_f64(
          $0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self),
          $2.assumingMemoryBound(to: Double.self), $3)
      }
    case .le:
      {
        ck_le_f64(
          $0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self),
          $2.assumingMemoryBound(to: Double.self), $3)
      }
    case .gt:
      {
        ck_gt_f64(
          $0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self),
          $2.assumingMemoryBound(to: Double.self), $3)
      }
    case .ge:
      {
        ck_ge_f64(
          $0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self),
          $2.assumingMemoryBound(to: Double.self), $3)
      }
    case .and:
      {
        ck_and_f64(
          $0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self),
          $2.assumingMemoryBound(to: Double.self), $3)
      }
    case .or:
      {
        ck_or_f64(
          $0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self),
          $2.assumingMemoryBound(to: Double.self), $3)
      }
    case .xor:
      {
        ck_xor_f64(
          $0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self),
          $2.assumingMemoryBound(to: Double.self), $3)
      }
    case .xlogy:
      {
        ck_xlogy_f64(
          $0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self),
          $2.assumingMemoryBound(to: Double.self), $3)
      }
    case .geluGrad:
      {
        ck_gelu_grad_f64(
          $0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self),
          $2.assumingMemoryBound(to: Double.self), $3)
      }
    case .geluTanhGrad:
      {
        ck_gelu_tanh_grad_f64(
          $0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self),
          $2.assumingMemoryBound(to: Double.self), $3)
      }
    case .siluGrad:
      {
        ck_silu_grad_f64(
          $0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self),
          $2.assumingMemoryBound(to: Double.self), $3)
      }
    case .reluGrad:
      {
        ck_relu_grad_f64(
          $0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self),
          $2.assumingMemoryBound(to: Double.self), $3)
      }
    case .sigmoidGrad:
      {
        ck_sigmoid_grad_f64(
          $0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self),
          $2.assumingMemoryBound(to: Double.self), $3)
      }
    case .tanhGrad:
      {
        ck_tanh_grad_f64(
          $0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self),
          $2.assumingMemoryBound(to: Double.self), $3)
      }
    default: specialKernel(f)
    }
  }

  static func scalarKernel(_ f: BinaryFunction) -> Kernel<Double>.WithScalar? {
    switch f {
    case .add:
      {
        ck_add_s_f64(
          $0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2.load(as: Double.self), $3
        )
      }
    case .mul:
      {
        ck_mul_s_f64(
          $0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2.load(as: Double.self), $3
        )
      }
    case .sub:
      {
        ck_sub_s_f64(
          $0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2.load(as: Double.self), $3
        )
      }
    case .div:
      {
        ck_div_s_f64(
          $0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2.load(as: Double.self), $3
        )
      }
    case .max:
      {
        ck_max_s_f64(
          $0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2.load(as: Double.self), $3
        )
      }
    case .min:
      {
        ck_min_s_f64(
          $0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2.load(as: Double.self), $3
        )
      }
    case .pow:
      {
        ck_pow_s_f64(
          $0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2.load(as: Double.self), $3
        )
      }
    case .eq:
      {
        ck_eq_s_f64(
          $0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2.load(as: Double.self), $3
        )
      }
    case .ne:
      {
        ck_ne_s_f64(
          $0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2.load(as: Double.self), $3
        )
      }
    case .lt:
      {
        ck_lt_s_f64(
          $0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2.load(as: Double.self), $3
        )
      }
    case .le:
      {
        ck_le_s_f64(
          $0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2.load(as: Double.self), $3
        )
      }
    case .gt:
      {
        ck_gt_s_f64(
          $0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2.load(as: Double.self), $3
        )
      }
    case .ge:
      {
        ck_ge_s_f64(
          $0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2.load(as: Double.self), $3
        )
      }
    default: nil
    }
  }

  static func reversedScalarKernel(_ f: BinaryFunction) -> Kernel<Double>.WithScalar? {
    switch f {
    case .sub:
      {
        ck_rsub_s_f64(
          $0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2.load(as: Double.self), $3
        )
      }
    case .div:
      {
        ck_rdiv_s_f64(
          $0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2.load(as: Double.self), $3
        )
      }
    case .add: scalarKernel(.add)
    case .mul: scalarKernel(.mul)
    default: nil
    }
  }

  static var selectKernel: Kernel<Double>.Ternary {
    {
      ck_select_f64(
        $0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self),
        $2.assumingMemoryBound(to: Double.self), $3.assumingMemoryBound(to: Double.self), $4)
    }
  }

  static var fmaKernel: Kernel<Double>.Ternary {
    {
      ck_fma_f64(
        $0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self),
        $2.assumingMemoryBound(to: Double.self), $3.assumingMemoryBound(to: Double.self), $4)
    }
  }

  static var addScaledKernel: Kernel<Double>.Ternary? {
    {
      ck_add_scaled_f64(
        $0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self),
        $2.assumingMemoryBound(to: Double.self), $3.load(as: Double.self), $4)
    }
  }

  static var subScaledKernel: Kernel<Double>.Ternary? {
    {
      ck_sub_scaled_f64(
        $0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self),
        $2.assumingMemoryBound(to: Double.self), $3.load(as: Double.self), $4)
    }
  }

  static var fillKernel: Kernel<Double>.Fill { { ck_fill_f64($0.assumingMemoryBound(to: Double.self), $1, $2) } }
}

extension Int64: ComputeElement {
  static var computeType: DType { .int64 }

  static func value(_ scalar: Scalar) -> Int64 { Int64(scalar.int) }
  static func value(_ constant: Double) -> Int64 { Int64(exactly: constant.rounded(.towardZero)) ?? 0 }

  static func unaryKernel(_ f: UnaryFunction) -> Kernel<Int64>.Unary? {
    switch f {
    case .neg: { ck_neg_i64($0.assumingMemoryBound(to: Int64.self), $1.assumingMemoryBound(to: Int64.self), $2) }
    case .abs: { ck_abs_i64($0.assumingMemoryBound(to: Int64.self), $1.assumingMemoryBound(to: Int64.self), $2) }
    case .sign: { ck_sign_i64($0.assumingMemoryBound(to: Int64.self), $1.assumingMemoryBound(to: Int64.self), $2) }
    case .square: { ck_square_i64($0.assumingMemoryBound(to: Int64.self), $1.assumingMemoryBound(to: Int64.self), $2) }
    case .relu: { ck_relu_i64($0.assumingMemoryBound(to: Int64.self), $1.assumingMemoryBound(to: Int64.self), $2) }
    case .not: { ck_not_i64($0.assumingMemoryBound(to: Int64.self), $1.assumingMemoryBound(to: Int64.self), $2) }
    case .bitnot: { ck_bitnot_i64($0.assumingMemoryBound(to: Int64.self), $1.assumingMemoryBound(to: Int64.self), $2) }
    default: nil
    }
  }

  static func binaryKernel(_ f: BinaryFunction) -> Kernel<Int64>.Binary? {
    switch f {
    case .add:
      {
        ck_add_i64(
          $0.assumingMemoryBound(to: Int64.self), $1.assumingMemoryBound(to: Int64.self),
          $2.assumingMemoryBound(to: Int64.self), $3)
      }
    case .sub:
      {
        ck_sub_i64(
          $0.assumingMemoryBound(to: Int64.self), $1.assumingMemoryBound(to: Int64.self),
          $2.assumingMemoryBound(to: Int64.self), $3)
      }
    case .mul:
      {
        ck_mul_i64(
          $0.assumingMemoryBound(to: Int64.self), $1.assumingMemoryBound(to: Int64.self),
          $2.assumingMemoryBound(to: Int64.self), $3)
      }
    case .floorDiv:
      {
        ck_floor_div_i64(
          $0.assumingMemoryBound(to: Int64.self), $1.assumingMemoryBound(to: Int64.self),
          $2.assumingMemoryBound(to: Int64.self), $3)
      }
    case .truncDiv:
      {
        ck_trunc_div_i64(
          $0.assumingMemoryBound(to: Int64.self), $1.assumingMemoryBound(to: Int64.self),
          $2.assumingMemoryBound(to: Int64.self), $3)
      }
    case .remainder:
      {
        ck_remainder_i64(
          $0.assumingMemoryBound(to: Int64.self), $1.assumingMemoryBound(to: Int64.self),
          $2.assumingMemoryBound(to: Int64.self), $3)
      }
    case .fmod:
      {
        ck_fmod_i64(
          $0.assumingMemoryBound(to: Int64.self), $1.assumingMemoryBound(to: Int64.self),
          $2.assumingMemoryBound(to: Int64.self), $3)
      }
    case .pow:
      {
        ck_pow_i64(
          $0.assumingMemoryBound(to: Int64.self), $1.assumingMemoryBound(to: Int64.self),
          $2.assumingMemoryBound(to: Int64.self), $3)
      }
    case .max:
      {
        ck_max_i64(
          $0.assumingMemoryBound(to: Int64.self), $1.assumingMemoryBound(to: Int64.self),
          $2.assumingMemoryBound(to: Int64.self), $3)
      }
    case .min:
      {
        ck_min_i64(
          $0.assumingMemoryBound(to: Int64.self), $1.assumingMemoryBound(to: Int64.self),
          $2.assumingMemoryBound(to: Int64.self), $3)
      }
    case .eq:
      {
        ck_eq_i64(
          $0.assumingMemoryBound(to: Int64.self), $1.assumingMemoryBound(to: Int64.self),
          $2.assumingMemoryBound(to: Int64.self), $3)
      }
    case .ne:
      {
        ck_ne_i64(
          $0.assumingMemoryBound(to: Int64.self), $1.assumingMemoryBound(to: Int64.self),
          $2.assumingMemoryBound(to: Int64.self), $3)
      }
    case .lt:
      {
        ck_lt_i64(
          $0.assumingMemoryBound(to: Int64.self), $1.assumingMemoryBound(to: Int64.self),
          $2.assumingMemoryBound(to: Int64.self), $3)
      }
    case .le:
      {
        ck_le_i64(
          $0.assumingMemoryBound(to: Int64.self), $1.assumingMemoryBound(to: Int64.self),
          $2.assumingMemoryBound(to: Int64.self), $3)
      }
    case .gt:
      {
        ck_gt_i64(
          $0.assumingMemoryBound(to: Int64.self), $1.assumingMemoryBound(to: Int64.self),
          $2.assumingMemoryBound(to: Int64.self), $3)
      }
    case .ge:
      {
        ck_ge_i64(
          $0.assumingMemoryBound(to: Int64.self), $1.assumingMemoryBound(to: Int64.self),
          $2.assumingMemoryBound(to: Int64.self), $3)
      }
    case .and:
      {
        ck_and_i64(
          $0.assumingMemoryBound(to: Int64.self), $1.assumingMemoryBound(to: Int64.self),
          $2.assumingMemoryBound(to: Int64.self), $3)
      }
    case .or:
      {
        ck_or_i64(
          $0.assumingMemoryBound(to: Int64.self), $1.assumingMemoryBound(to: Int64.self),
          $2.assumingMemoryBound(to: Int64.self), $3)
      }
    case .xor:
      {
        ck_xor_i64(
          $0.assumingMemoryBound(to: Int64.self), $1.assumingMemoryBound(to: Int64.self),
          $2.assumingMemoryBound(to: Int64.self), $3)
      }
    case .bitand:
      {
        ck_bitand_i64(
          $0.assumingMemoryBound(to: Int64.self), $1.assumingMemoryBound(to: Int64.self),
          $2.assumingMemoryBound(to: Int64.self), $3)
      }
    case .bitor:
      {
        ck_bitor_i64(
          $0.assumingMemoryBound(to: Int64.self), $1.assumingMemoryBound(to: Int64.self),
          $2.assumingMemoryBound(to: Int64.self), $3)
      }
    case .bitxor:
      {
        ck_bitxor_i64(
          $0.assumingMemoryBound(to: Int64.self), $1.assumingMemoryBound(to: Int64.self),
          $2.assumingMemoryBound(to: Int64.self), $3)
      }
    case .shl:
      {
        ck_shl_i64(
          $0.assumingMemoryBound(to: Int64.self), $1.assumingMemoryBound(to: Int64.self),
          $2.assumingMemoryBound(to: Int64.self), $3)
      }
    case .shr:
      {
        ck_shr_i64(
          $0.assumingMemoryBound(to: Int64.self), $1.assumingMemoryBound(to: Int64.self),
          $2.assumingMemoryBound(to: Int64.self), $3)
      }
    case .gcd:
      {
        ck_gcd_i64(
          $0.assumingMemoryBound(to: Int64.self), $1.assumingMemoryBound(to: Int64.self),
          $2.assumingMemoryBound(to: Int64.self), $3)
      }
    default: nil
    }
  }

  static func scalarKernel(_ f: BinaryFunction) -> Kernel<Int64>.WithScalar? {
    switch f {
    case .add:
      {
        ck_add_s_i64(
          $0.assumingMemoryBound(to: Int64.self), $1.assumingMemoryBound(to: Int64.self), $2.load(as: Int64.self), $3)
      }
    case .mul:
      {
        ck_mul_s_i64(
          $0.assumingMemoryBound(to: Int64.self), $1.assumingMemoryBound(to: Int64.self), $2.load(as: Int64.self), $3)
      }
    case .sub:
      {
        ck_sub_s_i64(
          $0.assumingMemoryBound(to: Int64.self), $1.assumingMemoryBound(to: Int64.self), $2.load(as: Int64.self), $3)
      }
    case .max:
      {
        ck_max_s_i64(
          $0.assumingMemoryBound(to: Int64.self), $1.assumingMemoryBound(to: Int64.self), $2.load(as: Int64.self), $3)
      }
    case .min:
      {
        ck_min_s_i64(
          $0.assumingMemoryBound(to: Int64.self), $1.assumingMemoryBound(to: Int64.self), $2.load(as: Int64.self), $3)
      }
    case .pow:
      {
        ck_pow_s_i64(
          $0.assumingMemoryBound(to: Int64.self), $1.assumingMemoryBound(to: Int64.self), $2.load(as: Int64.self), $3)
      }
    case .eq:
      {
        ck_eq_s_i64(
          $0.assumingMemoryBound(to: Int64.self), $1.assumingMemoryBound(to: Int64.self), $2.load(as: Int64.self), $3)
      }
    case .ne:
      {
        ck_ne_s_i64(
          $0.assumingMemoryBound(to: Int64.self), $1.assumingMemoryBound(to: Int64.self), $2.load(as: Int64.self), $3)
      }
    case .lt:
      {
        ck_lt_s_i64(
          $0.assumingMemoryBound(to: Int64.self), $1.assumingMemoryBound(to: Int64.self), $2.load(as: Int64.self), $3)
      }
    case .le:
      {
        ck_le_s_i64(
          $0.assumingMemoryBound(to: Int64.self), $1.assumingMemoryBound(to: Int64.self), $2.load(as: Int64.self), $3)
      }
    case .gt:
      {
        ck_gt_s_i64(
          $0.assumingMemoryBound(to: Int64.self), $1.assumingMemoryBound(to: Int64.self), $2.load(as: Int64.self), $3)
      }
    case .ge:
      {
        ck_ge_s_i64(
          $0.assumingMemoryBound(to: Int64.self), $1.assumingMemoryBound(to: Int64.self), $2.load(as: Int64.self), $3)
      }
    default: nil
    }
  }

  static func reversedScalarKernel(_ f: BinaryFunction) -> Kernel<Int64>.WithScalar? {
    switch f {
    case .sub:
      {
        ck_rsub_s_i64(
          $0.assumingMemoryBound(to: Int64.self), $1.assumingMemoryBound(to: Int64.self), $2.load(as: Int64.self), $3)
      }
    case .add: scalarKernel(.add)
    case .mul: scalarKernel(.mul)
    default: nil
    }
  }

  static var selectKernel: Kernel<Int64>.Ternary {
    {
      ck_select_i64(
        $0.assumingMemoryBound(to: Int64.self), $1.assumingMemoryBound(to: Int64.self),
        $2.assumingMemoryBound(to: Int64.self), $3.assumingMemoryBound(to: Int64.self), $4)
    }
  }

  static var fmaKernel: Kernel<Int64>.Ternary {
    {
      ck_fma_i64(
        $0.assumingMemoryBound(to: Int64.self), $1.assumingMemoryBound(to: Int64.self),
        $2.assumingMemoryBound(to: Int64.self), $3.assumingMemoryBound(to: Int64.self), $4)
    }
  }

  static var addScaledKernel: Kernel<Int64>.Ternary? { nil }
  static var subScaledKernel: Kernel<Int64>.Ternary? { nil }
  static var fillKernel: Kernel<Int64>.Fill { { ck_fill_i64($0.assumingMemoryBound(to: Int64.self), $1, $2) } }
}
