// Floating-point micro-kernels that C's library has: floats in double precision, doubles by its functions.
#include "ck_pointwise.h"
#include <string.h>
#include "pointwise_loops.h"
#include "circular.h"
#include "power.h"
#include "wide.h"

#define CK_WIDE_UNARY(op) CK_UNARY(op, float, f32, ckw_##op(x))
#define CK_WIDE_BINARY(op) CK_BINARY(op, float, f32, ckw_##op(x, y))
CK_WIDE_UNARY(asin) CK_WIDE_UNARY(acos) CK_WIDE_UNARY(atan) CK_WIDE_UNARY(sinh) CK_WIDE_UNARY(cosh)
CK_WIDE_UNARY(asinh) CK_WIDE_UNARY(acosh) CK_WIDE_UNARY(atanh)
CK_WIDE_BINARY(pow) CK_WIDE_BINARY(atan2) CK_WIDE_BINARY(hypot) CK_WIDE_BINARY(nextafter)
CK_BINARY(xlogy, float, f32, y != y ? y : (x == 0 ? 0 : x * ckm_log_f32(y)))
CK_BINARY_BLOCKED(fmod, CKW_FMOD_NEAR(x, y), ckw_fmod(x, y), __builtin_fmodf(x, y))
CK_BINARY_BLOCKED(remainder, CKW_FMOD_NEAR(x, y), ckw_remainder(x, y), ckm_remainder_f32(x, y))
CK_BINARY_BLOCKED(floor_div, CKW_FMOD_NEAR(x, y), ckw_floor_div(x, y), ckm_floor_div_f32(x, y))

#define CK_LIBRARY_UNARY(op) CK_UNARY_CALL(op, double, f64, __builtin_##op(x))
#define CK_LIBRARY_BINARY(op) CK_BINARY_CALL(op, double, f64, __builtin_##op(x, y))
CK_LIBRARY_UNARY(asin) CK_LIBRARY_UNARY(acos) CK_LIBRARY_UNARY(atan) CK_LIBRARY_UNARY(sinh) CK_LIBRARY_UNARY(cosh)
CK_LIBRARY_UNARY(asinh) CK_LIBRARY_UNARY(acosh) CK_LIBRARY_UNARY(atanh)
CK_LIBRARY_BINARY(fmod) CK_LIBRARY_BINARY(atan2) CK_LIBRARY_BINARY(hypot)
CK_LIBRARY_BINARY(nextafter)
CK_BINARY_CALL(remainder, double, f64, ckm_remainder_f64(x, y))
CK_BINARY_CALL(floor_div, double, f64, ckm_floor_div_f64(x, y))
CK_BINARY_CALL(xlogy, double, f64, y != y ? y : (x == 0 ? 0 : x * __builtin_log(y)))

#define CK_CALL_F64(op) CK_UNARY_CALL(op, double, f64, ckm_##op##_f64(x))
CK_CALL_F64(tan) CK_CALL_F64(erf) CK_CALL_F64(erfc) CK_CALL_F64(gelu)
CK_BINARY_CALL(gelu_grad, double, f64, x *ckm_gelu_slope_f64(y))

// Powers of a block, and whether all of them are numbers; others are for the library to find.
CK_KERNEL static bool power_block(double *to, const double *a, const double *b, long n) {
  uint32_t far = 0;
  CK_EACH(n) {
    double x = a[i], y = b[i], power = ckw_pow_f64(x, y);
    to[i] = CKW_POW_NEAR(x, y) ? power : __builtin_nan("");
  }
  for (long i = 0; i < n; i++) far |= to[i] != to[i];
  return !far;
}
void ck_pow_f64(double *out, const double *a, const double *b, long n) {
  const int is_fast = ck_has_fma();
  for (long start = 0; start < n; start += 256) {
    long count = n - start < 256 ? n - start : 256;
    double block[256];
    if (is_fast && power_block(block, a + start, b + start, count)) {
      memcpy(out + start, block, (size_t)count * sizeof(double));
      continue;
    }
    for (long i = 0; i < count; i++) {
      bool is_known = is_fast && block[i] == block[i];
      out[start + i] = is_known ? block[i] : __builtin_pow(a[start + i], b[start + i]);
    }
  }
}

// Blocks of near arguments; others are for the library.
#define CK_CIRCULAR_F64(op)                                                                                            \
  CK_KERNEL static void near_##op(double *out, const double *a, long n) { CK_EACH(n) out[i] = ckw_##op##_f64(a[i]); }  \
  void ck_##op##_f64(double *out, const double *a, long n) {                                                           \
    const int is_fast = ck_has_fma();                                                                                  \
    for (long start = 0; start < n; start += 256) {                                                                    \
      long count = n - start < 256 ? n - start : 256;                                                                  \
      uint32_t far = !is_fast;                                                                                         \
      for (long i = start; i < start + count; i++) far |= !(__builtin_fabs(a[i]) < CKW_CIRCULAR_NEAR);                 \
      if (far) {                                                                                                       \
        for (long i = start; i < start + count; i++) out[i] = __builtin_##op(a[i]);                                    \
      } else {                                                                                                         \
        near_##op(out + start, a + start, count);                                                                      \
      }                                                                                                                \
    }                                                                                                                  \
  }
CK_CIRCULAR_F64(sin)
CK_CIRCULAR_F64(cos)
