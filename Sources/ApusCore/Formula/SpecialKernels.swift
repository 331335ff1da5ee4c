import CKernels

// The micro-kernels of special functions, which loop over functions in double precision.

extension Float {
  static func specialKernel(_ f: UnaryFunction) -> Kernel<Float>.Unary? {
    switch f {
    case .mantissa:
      { ck_mantissa_f32($0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2) }
    case .exponent:
      { ck_exponent_f32($0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2) }
    case .i0: { ck_i0_f32($0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2) }
    case .i0e: { ck_i0e_f32($0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2) }
    case .i1: { ck_i1_f32($0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2) }
    case .i1e: { ck_i1e_f32($0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2) }
    case .k0: { ck_k0_f32($0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2) }
    case .k0e: { ck_k0e_f32($0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2) }
    case .k1: { ck_k1_f32($0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2) }
    case .k1e: { ck_k1e_f32($0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2) }
    case .j0: { ck_j0_f32($0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2) }
    case .j1: { ck_j1_f32($0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2) }
    case .y0: { ck_y0_f32($0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2) }
    case .y1: { ck_y1_f32($0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2) }
    case .sphericalJ0:
      { ck_spherical_j0_f32($0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2) }
    case .airy: { ck_airy_f32($0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2) }
    case .erfcx: { ck_erfcx_f32($0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2) }
    case .ndtri: { ck_ndtri_f32($0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self), $2) }
    default: nil
    }
  }

  static func specialKernel(_ f: BinaryFunction) -> Kernel<Float>.Binary? {
    switch f {
    case .zeta:
      {
        ck_zeta_f32(
          $0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self),
          $2.assumingMemoryBound(to: Float.self), $3)
      }
    case .polygamma:
      {
        ck_polygamma_f32(
          $0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self),
          $2.assumingMemoryBound(to: Float.self), $3)
      }
    case .igamma:
      {
        ck_igamma_f32(
          $0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self),
          $2.assumingMemoryBound(to: Float.self), $3)
      }
    case .igammac:
      {
        ck_igammac_f32(
          $0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self),
          $2.assumingMemoryBound(to: Float.self), $3)
      }
    case .chebyshevT:
      {
        ck_chebyshev_t_f32(
          $0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self),
          $2.assumingMemoryBound(to: Float.self), $3)
      }
    case .chebyshevU:
      {
        ck_chebyshev_u_f32(
          $0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self),
          $2.assumingMemoryBound(to: Float.self), $3)
      }
    case .chebyshevV:
      {
        ck_chebyshev_v_f32(
          $0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self),
          $2.assumingMemoryBound(to: Float.self), $3)
      }
    case .chebyshevW:
      {
        ck_chebyshev_w_f32(
          $0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self),
          $2.assumingMemoryBound(to: Float.self), $3)
      }
    case .hermiteH:
      {
        ck_hermite_h_f32(
          $0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self),
          $2.assumingMemoryBound(to: Float.self), $3)
      }
    case .hermiteHe:
      {
        ck_hermite_he_f32(
          $0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self),
          $2.assumingMemoryBound(to: Float.self), $3)
      }
    case .laguerre:
      {
        ck_laguerre_f32(
          $0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self),
          $2.assumingMemoryBound(to: Float.self), $3)
      }
    case .legendre:
      {
        ck_legendre_f32(
          $0.assumingMemoryBound(to: Float.self), $1.assumingMemoryBound(to: Float.self),
          $2.assumingMemoryBound(to: Float.self), $3)
      }
    default: nil
    }
  }
}

extension Double {
  static func specialKernel(_ f: UnaryFunction) -> Kernel<Double>.Unary? {
    switch f {
    case .mantissa:
      { ck_mantissa_f64($0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2) }
    case .exponent:
      { ck_exponent_f64($0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2) }
    case .i0: { ck_i0_f64($0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2) }
    case .i0e: { ck_i0e_f64($0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2) }
    case .i1: { ck_i1_f64($0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2) }
    case .i1e: { ck_i1e_f64($0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2) }
    case .k0: { ck_k0_f64($0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2) }
    case .k0e: { ck_k0e_f64($0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2) }
    case .k1: { ck_k1_f64($0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2) }
    case .k1e: { ck_k1e_f64($0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2) }
    case .j0: { ck_j0_f64($0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2) }
    case .j1: { ck_j1_f64($0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2) }
    case .y0: { ck_y0_f64($0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2) }
    case .y1: { ck_y1_f64($0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2) }
    case .sphericalJ0:
      { ck_spherical_j0_f64($0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2) }
    case .airy: { ck_airy_f64($0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2) }
    case .erfcx: { ck_erfcx_f64($0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2) }
    case .ndtri: { ck_ndtri_f64($0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self), $2) }
    default: nil
    }
  }

  static func specialKernel(_ f: BinaryFunction) -> Kernel<Double>.Binary? {
    switch f {
    case .zeta:
      {
        ck_zeta_f64(
          $0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self),
          $2.assumingMemoryBound(to: Double.self), $3)
      }
    case .polygamma:
      {
        ck_polygamma_f64(
          $0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self),
          $2.assumingMemoryBound(to: Double.self), $3)
      }
    case .igamma:
      {
        ck_igamma_f64(
          $0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self),
          $2.assumingMemoryBound(to: Double.self), $3)
      }
    case .igammac:
      {
        ck_igammac_f64(
          $0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self),
          $2.assumingMemoryBound(to: Double.self), $3)
      }
    case .chebyshevT:
      {
        ck_chebyshev_t_f64(
          $0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self),
          $2.assumingMemoryBound(to: Double.self), $3)
      }
    case .chebyshevU:
      {
        ck_chebyshev_u_f64(
          $0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self),
          $2.assumingMemoryBound(to: Double.self), $3)
      }
    case .chebyshevV:
      {
        ck_chebyshev_v_f64(
          $0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self),
          $2.assumingMemoryBound(to: Double.self), $3)
      }
    case .chebyshevW:
      {
        ck_chebyshev_w_f64(
          $0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self),
          $2.assumingMemoryBound(to: Double.self), $3)
      }
    case .hermiteH:
      {
        ck_hermite_h_f64(
          $0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self),
          $2.assumingMemoryBound(to: Double.self), $3)
      }
    case .hermiteHe:
      {
        ck_hermite_he_f64(
          $0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self),
          $2.assumingMemoryBound(to: Double.self), $3)
      }
    case .laguerre:
      {
        ck_laguerre_f64(
          $0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self),
          $2.assumingMemoryBound(to: Double.self), $3)
      }
    case .legendre:
      {
        ck_legendre_f64(
          $0.assumingMemoryBound(to: Double.self), $1.assumingMemoryBound(to: Double.self),
          $2.assumingMemoryBound(to: Double.self), $3)
      }
    default: nil
    }
  }
}
