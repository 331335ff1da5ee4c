// Floating-point micro-kernels that C's library has: floats in double precision, doubles by its functions.
#include "ck_pointwise.h"
#include "pointwise_loops.h"
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
CK_LIBRARY_BINARY(pow) CK_LIBRARY_BINARY(fmod) CK_LIBRARY_BINARY(atan2) CK_LIBRARY_BINARY(hypot)
CK_LIBRARY_BINARY(nextafter)
CK_BINARY_CALL(remainder, double, f64, ckm_remainder_f64(x, y))
CK_BINARY_CALL(floor_div, double, f64, ckm_floor_div_f64(x, y))
CK_BINARY_CALL(xlogy, double, f64, y != y ? y : (x == 0 ? 0 : x * __builtin_log(y)))

#define CK_CALL_F64(op) CK_UNARY_CALL(op, double, f64, ckm_##op##_f64(x))
CK_CALL_F64(sin) CK_CALL_F64(cos) CK_CALL_F64(tan) CK_CALL_F64(erf) CK_CALL_F64(erfc) CK_CALL_F64(gelu)
CK_BINARY_CALL(gelu_grad, double, f64, x *ckm_gelu_slope_f64(y))
