// Floating-point micro-kernels that loop over the C library's functions.
#include "ck_pointwise.h"
#include "pointwise_loops.h"

#define CK_F_f32(name) __builtin_##name##f
#define CK_F_f64(name) __builtin_##name

#define CK_LIBRARY_UNARY(op, T, t) CK_UNARY_CALL(op, T, t, CK_F_##t(op)(x))
#define CK_LIBRARY_BINARY(op, T, t) CK_BINARY_CALL(op, T, t, CK_F_##t(op)(x, y))
#define CK_FLOAT_LIBRARY(T, t)                                                                                         \
  CK_LIBRARY_UNARY(asin, T, t) CK_LIBRARY_UNARY(acos, T, t) CK_LIBRARY_UNARY(atan, T, t)                               \
  CK_LIBRARY_UNARY(sinh, T, t) CK_LIBRARY_UNARY(cosh, T, t) CK_LIBRARY_UNARY(asinh, T, t)                              \
  CK_LIBRARY_UNARY(acosh, T, t) CK_LIBRARY_UNARY(atanh, T, t)                                                          \
  CK_LIBRARY_BINARY(pow, T, t) CK_LIBRARY_BINARY(fmod, T, t) CK_LIBRARY_BINARY(atan2, T, t)                            \
  CK_LIBRARY_BINARY(hypot, T, t) CK_LIBRARY_BINARY(nextafter, T, t)                                                    \
  CK_BINARY_CALL(remainder, T, t, ckm_remainder_##t(x, y))                                                             \
  CK_BINARY_CALL(floor_div, T, t, ckm_floor_div_##t(x, y))                                                             \
  CK_BINARY_CALL(xlogy, T, t, y != y ? y : (x == 0 ? 0 : x * CK_F_##t(log)(y)))

CK_FLOAT_LIBRARY(float, f32)
CK_FLOAT_LIBRARY(double, f64)

#define CK_CALL_F64(op) CK_UNARY_CALL(op, double, f64, ckm_##op##_f64(x))
CK_CALL_F64(sin) CK_CALL_F64(cos) CK_CALL_F64(tan) CK_CALL_F64(erf) CK_CALL_F64(erfc) CK_CALL_F64(gelu)
CK_BINARY_CALL(gelu_grad, double, f64, x *ckm_gelu_slope_f64(y))
