// Floating-point micro-kernels that loop over the C library's functions.
#include "ck_pointwise.h"
#include "ck_math.h"
#include "pointwise_loops.h"

#define CK_F_f32(name) __builtin_##name##f
#define CK_F_f64(name) __builtin_##name

#define CK_FLOAT_LIBRARY(T, t)                                                                                        \
  CK_UNARY_CALL(asin, T, t, CK_F_##t(asin)(x))                                                                         \
  CK_UNARY_CALL(acos, T, t, CK_F_##t(acos)(x))                                                                         \
  CK_UNARY_CALL(atan, T, t, CK_F_##t(atan)(x))                                                                         \
  CK_UNARY_CALL(sinh, T, t, CK_F_##t(sinh)(x))                                                                         \
  CK_UNARY_CALL(cosh, T, t, CK_F_##t(cosh)(x))                                                                         \
  CK_UNARY_CALL(asinh, T, t, CK_F_##t(asinh)(x))                                                                       \
  CK_UNARY_CALL(acosh, T, t, CK_F_##t(acosh)(x))                                                                       \
  CK_UNARY_CALL(atanh, T, t, CK_F_##t(atanh)(x))                                                                       \
  CK_BINARY_CALL(pow, T, t, CK_F_##t(pow)(x, y))                                                                       \
  CK_BINARY_CALL(fmod, T, t, CK_F_##t(fmod)(x, y))                                                                     \
  CK_BINARY_CALL(remainder, T, t, ckm_remainder_##t(x, y))                                                             \
  CK_BINARY_CALL(floor_div, T, t, ckm_floor_div_##t(x, y))                                                             \
  CK_BINARY_CALL(atan2, T, t, CK_F_##t(atan2)(x, y))                                                                   \
  CK_BINARY_CALL(hypot, T, t, CK_F_##t(hypot)(x, y))                                                                   \
  CK_BINARY_CALL(nextafter, T, t, CK_F_##t(nextafter)(x, y))                                                           \
  CK_BINARY_CALL(xlogy, T, t, y != y ? y : (x == 0 ? 0 : x * CK_F_##t(log)(y)))

CK_FLOAT_LIBRARY(float, f32)
CK_FLOAT_LIBRARY(double, f64)

CK_UNARY_CALL(sin, double, f64, ckm_sin_f64(x))
CK_UNARY_CALL(cos, double, f64, ckm_cos_f64(x))
CK_UNARY_CALL(tan, double, f64, ckm_tan_f64(x))
CK_UNARY_CALL(erf, double, f64, ckm_erf_f64(x))
CK_UNARY_CALL(erfc, double, f64, ckm_erfc_f64(x))
CK_UNARY_CALL(gelu, double, f64, ckm_gelu_f64(x))
CK_BINARY_CALL(gelu_grad, double, f64, x *ckm_gelu_slope_f64(y))
