// Floating-point micro-kernels that are plain arithmetic or inline from the math prelude.
#include "ck_pointwise.h"
#include "pointwise_loops.h"
#include "wide.h"

// F names a builtin with the suffix that C gives each type.
#define CK_F_f32(name) __builtin_##name##f
#define CK_F_f64(name) __builtin_##name

#define CK_FLOAT_ARITHMETIC(T, t)                                                                                     \
  CK_UNARY(neg, T, t, -x)                                                                                              \
  CK_UNARY(abs, T, t, CK_F_##t(fabs)(x))                                                                               \
  CK_UNARY(sign, T, t, (T)((x > 0) - (x < 0)))                                                                        \
  CK_UNARY(floor, T, t, CK_F_##t(floor)(x))                                                                            \
  CK_UNARY(ceil, T, t, CK_F_##t(ceil)(x))                                                                              \
  CK_UNARY(round, T, t, CK_F_##t(rint)(x))                                                                             \
  CK_UNARY(trunc, T, t, CK_F_##t(trunc)(x))                                                                            \
  CK_UNARY(frac, T, t, x - CK_F_##t(trunc)(x))                                                                         \
  CK_UNARY(sqrt, T, t, __builtin_elementwise_sqrt(x))                                                                              \
  CK_UNARY(rsqrt, T, t, 1 / __builtin_elementwise_sqrt(x))                                                                         \
  CK_UNARY(reciprocal, T, t, 1 / x)                                                                                    \
  CK_UNARY(square, T, t, x *x)                                                                                         \
  CK_UNARY(relu, T, t, x < 0 ? 0 : x)                                                                                  \
  CK_UNARY(isnan, T, t, x != x)                                                                                        \
  CK_UNARY(isinf, T, t, CK_F_##t(fabs)(x) == CK_F_##t(inf)())                                                          \
  CK_UNARY(isfinite, T, t, CK_F_##t(fabs)(x) < CK_F_##t(inf)())                                                        \
  CK_UNARY(signbit, T, t, CK_F_##t(copysign)(1, x) < 0)                                                                \
  CK_BINARY(add, T, t, x + y)                                                                                          \
  CK_BINARY(sub, T, t, x - y)                                                                                          \
  CK_BINARY(mul, T, t, x *y)                                                                                           \
  CK_BINARY(div, T, t, x / y)                                                                                          \
  CK_BINARY(trunc_div, T, t, CK_F_##t(trunc)(x / y))                                                                   \
  CK_BINARY(max, T, t, ((x > y) | (x != x)) ? x : y)                                                                   \
  CK_BINARY(min, T, t, ((x < y) | (x != x)) ? x : y)                                                                   \
  CK_BINARY(fmax, T, t, ((x >= y) | (y != y)) ? x : y)                                                                 \
  CK_BINARY(fmin, T, t, ((x <= y) | (y != y)) ? x : y)                                                                 \
  CK_BINARY(copysign, T, t, CK_F_##t(copysign)(x, y))                                                                  \
  CK_SCALAR(add_s, T, t, x + s)                                                                                        \
  CK_SCALAR(mul_s, T, t, x *s)                                                                                         \
  CK_SCALAR(sub_s, T, t, x - s)                                                                                        \
  CK_SCALAR(div_s, T, t, x / s)                                                                                        \
  CK_SCALAR(rsub_s, T, t, s - x)                                                                                       \
  CK_SCALAR(rdiv_s, T, t, s / x)                                                                                       \
  CK_SCALAR(max_s, T, t, ((x > s) | (x != x)) ? x : s)                                                                 \
  CK_SCALAR(min_s, T, t, ((x < s) | (x != x)) ? x : s)                                                                 \
  CK_BINARY_SCALAR(add_scaled, T, t, y + x * s)                                                                        \
  CK_BINARY_SCALAR(sub_scaled, T, t, y - x * s)                                                                        \
  CK_TERNARY(fma, T, t, x *y + z)                                                                                      \
  CK_COMPARISONS(T, t)

CK_FLOAT_ARITHMETIC(float, f32)
CK_FLOAT_ARITHMETIC(double, f64)

#define CK_FROM_PRELUDE(op, T, t) CK_UNARY_DEEP(op, T, t, ckm_##op##_##t(x))
#define CK_FLOAT_PRELUDE(T, t)                                                                                         \
  CK_FROM_PRELUDE(exp2, T, t) CK_FROM_PRELUDE(expm1, T, t) CK_FROM_PRELUDE(log, T, t) CK_FROM_PRELUDE(log2, T, t)      \
  CK_FROM_PRELUDE(log10, T, t) CK_FROM_PRELUDE(log1p, T, t) CK_FROM_PRELUDE(tanh, T, t) CK_FROM_PRELUDE(sigmoid, T, t) \
  CK_FROM_PRELUDE(gelu_tanh, T, t) CK_FROM_PRELUDE(silu, T, t) CK_FROM_PRELUDE(softplus, T, t)                         \
  CK_BINARY(gelu_tanh_grad, T, t, x *ckm_gelu_tanh_slope_##t(y))                                                       \
  CK_BINARY(silu_grad, T, t, x *ckm_silu_slope_##t(y))                                                                 \
  CK_BINARY(relu_grad, T, t, y <= 0 ? 0 : x)                                                                           \
  CK_BINARY(sigmoid_grad, T, t, x *y * (1 - y))                                                                        \
  CK_BINARY(tanh_grad, T, t, x *(1 - y * y))

CK_FLOAT_PRELUDE(float, f32)
CK_FLOAT_PRELUDE(double, f64)
CK_FROM_PRELUDE(exp, double, f64)

CK_FROM_PRELUDE(erf, float, f32)
CK_FROM_PRELUDE(erfc, float, f32)
CK_FROM_PRELUDE(gelu, float, f32)
CK_BINARY(gelu_grad, float, f32, x *ckm_gelu_slope_f32(y))

CK_KERNEL void ck_exp_f32(float *out, const float *a, long n) {
  for (long start = 0; start < n; start += 512)
    ck_exp_block_f32(out + start, a + start, n - start < 512 ? n - start : 512);
}

// Arguments beyond 2^24 need the table of 2 / pi, whose look-ups are slow: only blocks that hold one pay for them.
#define CK_CIRCULAR_F32(op)                                                                                           \
  CK_KERNEL void ck_##op##_f32(float *out, const float *a, long n) {                                                   \
    for (long start = 0; start < n; start += 512) {                                                                    \
      long count = n - start < 512 ? n - start : 512;                                                                  \
      const float *from = a + start;                                                                                   \
      float *to = out + start;                                                                                         \
      uint32_t far = 0;                                                                                                \
      for (long i = 0; i < count; i++) far |= (ckm_bits_f32(from[i]) & 0x7fffffffu) >= 0x4b800000u;                    \
      if (far) {                                                                                                       \
        CK_EACH(count) to[i] = ckm_##op##_f32(from[i]);                                                                \
      } else {                                                                                                         \
        CK_EACH(count) to[i] = ckm_##op##_near_f32(from[i]);                                                           \
      }                                                                                                                \
    }                                                                                                                  \
  }

CK_CIRCULAR_F32(sin)
CK_CIRCULAR_F32(cos)
CK_CIRCULAR_F32(tan)

CK_KERNEL static void ck_each_power_f32(float *out, const float *a, float s, long n) {
  CK_EACH(n) out[i] = (float)ckw_pow(a[i], s);
}
static void ck_each_power_f64(double *out, const double *a, double s, long n) {
  double powers[256];
  for (long i = 0; i < 256; i++) powers[i] = s;
  for (long i = 0; i < n; i += 256) ck_pow_f64(out + i, a + i, powers, n - i < 256 ? n - i : 256);
}

// The powers that a loop of multiplications or roots serves; true when s was one of them.
#define CK_EASY_POWER(T, t)                                                                                           \
  CK_KERNEL static bool ck_easy_power_##t(T *out, const T *a, T s, long n) {                                                  \
    if (s == 2) {                                                                                                      \
      CK_EACH(n) out[i] = a[i] * a[i];                                                                                 \
    } else if (s == 3) {                                                                                               \
      CK_EACH(n) out[i] = a[i] * a[i] * a[i];                                                                          \
    } else if (s == 1) {                                                                                               \
      CK_EACH(n) out[i] = a[i];                                                                                        \
    } else if (s == -1) {                                                                                              \
      CK_EACH(n) out[i] = 1 / a[i];                                                                                    \
    } else if (s == -2) {                                                                                              \
      CK_EACH(n) out[i] = 1 / (a[i] * a[i]);                                                                           \
    } else if (s == (T)0.5) {                                                                                          \
      CK_EACH(n) out[i] = __builtin_elementwise_sqrt(a[i]);                                                                        \
    } else if (s == (T)-0.5) {                                                                                         \
      CK_EACH(n) out[i] = 1 / __builtin_elementwise_sqrt(a[i]);                                                                    \
    } else {                                                                                                           \
      return false;                                                                                                    \
    }                                                                                                                  \
    return true;                                                                                                       \
  }                                                                                                                    \
  void ck_pow_s_##t(T *out, const T *a, T s, long n) {                                                                 \
    if (!ck_easy_power_##t(out, a, s, n)) ck_each_power_##t(out, a, s, n);                                             \
  }

CK_EASY_POWER(float, f32)
CK_EASY_POWER(double, f64)
