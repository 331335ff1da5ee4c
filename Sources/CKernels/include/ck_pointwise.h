// Micro-kernels of the formula engine: one operation over n contiguous elements, named ck_<operation>_<type>.
// An output may be the same memory as an input of the kernel, but must not overlap it in part.
#pragma once
#include "ck_base.h"

// One input. Predicates and `not` write 1 or 0 in the element's own type.
#define CK_FLOAT_UNARY_LIST(M, T, t)                                                                                  \
  M(neg, T, t) M(abs, T, t) M(sign, T, t) M(floor, T, t) M(ceil, T, t) M(round, T, t) M(trunc, T, t) M(frac, T, t)     \
  M(sqrt, T, t) M(rsqrt, T, t) M(reciprocal, T, t) M(square, T, t) M(exp, T, t) M(exp2, T, t) M(expm1, T, t)           \
  M(log, T, t) M(log2, T, t) M(log10, T, t) M(log1p, T, t) M(sin, T, t) M(cos, T, t) M(tan, T, t) M(asin, T, t)        \
  M(acos, T, t) M(atan, T, t) M(sinh, T, t) M(cosh, T, t) M(tanh, T, t) M(asinh, T, t) M(acosh, T, t) M(atanh, T, t)   \
  M(erf, T, t) M(erfc, T, t) M(erfinv, T, t) M(lgamma, T, t) M(digamma, T, t) M(sigmoid, T, t) M(relu, T, t)           \
  M(gelu, T, t) M(gelu_tanh, T, t) M(silu, T, t) M(softplus, T, t) M(isnan, T, t) M(isinf, T, t) M(isfinite, T, t)     \
  M(signbit, T, t) M(not, T, t)
#define CK_INTEGER_UNARY_LIST(M, T, t)                                                                                \
  M(neg, T, t) M(abs, T, t) M(sign, T, t) M(square, T, t) M(relu, T, t) M(not, T, t) M(bitnot, T, t)

// Special functions and the parts of a number, each computed in double precision.
#define CK_SPECIAL_UNARY_LIST(M, T, t)                                                                                \
  M(mantissa, T, t) M(exponent, T, t) M(i0, T, t) M(i0e, T, t) M(i1, T, t) M(i1e, T, t) M(k0, T, t) M(k0e, T, t)       \
  M(k1, T, t) M(k1e, T, t) M(j0, T, t) M(j1, T, t) M(y0, T, t) M(y1, T, t) M(spherical_j0, T, t) M(airy, T, t)         \
  M(erfcx, T, t) M(ndtri, T, t)
// Of two inputs; the polynomials take x and the degree.
#define CK_SPECIAL_BINARY_LIST(M, T, t)                                                                               \
  M(zeta, T, t) M(polygamma, T, t) M(igamma, T, t) M(igammac, T, t) M(chebyshev_t, T, t) M(chebyshev_u, T, t)          \
  M(chebyshev_v, T, t) M(chebyshev_w, T, t) M(hermite_h, T, t) M(hermite_he, T, t) M(laguerre, T, t) M(legendre, T, t)

// Two inputs. remainder has the divisor's sign, fmod the dividend's; max and min propagate NaN, fmax and fmin ignore it.
#define CK_FLOAT_BINARY_LIST(M, T, t)                                                                                 \
  M(add, T, t) M(sub, T, t) M(mul, T, t) M(div, T, t) M(pow, T, t) M(fmod, T, t) M(remainder, T, t)                    \
  M(floor_div, T, t) M(trunc_div, T, t) M(atan2, T, t) M(max, T, t) M(min, T, t) M(fmax, T, t) M(fmin, T, t)           \
  M(copysign, T, t) M(hypot, T, t) M(nextafter, T, t) M(eq, T, t) M(ne, T, t) M(lt, T, t) M(le, T, t) M(gt, T, t)      \
  M(ge, T, t) M(and, T, t) M(or, T, t) M(xor, T, t) M(xlogy, T, t)
// Integers wrap; a division by zero gives 0.
#define CK_INTEGER_BINARY_LIST(M, T, t)                                                                               \
  M(add, T, t) M(sub, T, t) M(mul, T, t) M(floor_div, T, t) M(trunc_div, T, t) M(remainder, T, t) M(fmod, T, t)        \
  M(pow, T, t) M(max, T, t) M(min, T, t) M(eq, T, t) M(ne, T, t) M(lt, T, t) M(le, T, t) M(gt, T, t) M(ge, T, t)       \
  M(and, T, t) M(or, T, t) M(xor, T, t) M(bitand, T, t) M(bitor, T, t) M(bitxor, T, t) M(shl, T, t) M(shr, T, t)       \
  M(gcd, T, t)

// One input and a scalar: `x op s`, and reversed for rsub and rdiv.
#define CK_FLOAT_SCALAR_LIST(M, T, t)                                                                                 \
  M(add_s, T, t) M(mul_s, T, t) M(sub_s, T, t) M(div_s, T, t) M(max_s, T, t) M(min_s, T, t) M(pow_s, T, t)             \
  M(eq_s, T, t) M(ne_s, T, t) M(lt_s, T, t) M(le_s, T, t) M(gt_s, T, t) M(ge_s, T, t) M(rsub_s, T, t) M(rdiv_s, T, t)
#define CK_INTEGER_SCALAR_LIST(M, T, t)                                                                               \
  M(add_s, T, t) M(mul_s, T, t) M(sub_s, T, t) M(max_s, T, t) M(min_s, T, t) M(pow_s, T, t) M(eq_s, T, t)              \
  M(ne_s, T, t) M(lt_s, T, t) M(le_s, T, t) M(gt_s, T, t) M(ge_s, T, t) M(rsub_s, T, t)

// Two inputs and a scalar: add_scaled is b + a * s, sub_scaled b - a * s (floating point only).
#define CK_SCALED_LIST(M, T, t) M(add_scaled, T, t) M(sub_scaled, T, t)
// Three inputs: fma is a * b + c; select is cond != 0 ? a : b.
#define CK_TERNARY_LIST(M, T, t) M(fma, T, t) M(select, T, t)

// Gradients in one pass. The first list takes the incoming gradient and the operation's input, the second its output.
#define CK_GRAD_OF_INPUT_LIST(M, T, t) M(gelu_grad, T, t) M(gelu_tanh_grad, T, t) M(silu_grad, T, t)
#define CK_GRAD_OF_OUTPUT_LIST(M, T, t) M(relu_grad, T, t) M(sigmoid_grad, T, t) M(tanh_grad, T, t)

// All that floating-point types have and others need not, each list with its own macro.
#define CK_FLOAT_LISTS(UNARY, BINARY, OF_INPUT, OF_OUTPUT, SCALAR, SCALED, T, t)                                       \
  CK_FLOAT_UNARY_LIST(UNARY, T, t)                                                                                     \
  CK_SPECIAL_UNARY_LIST(UNARY, T, t)                                                                                   \
  CK_FLOAT_BINARY_LIST(BINARY, T, t)                                                                                   \
  CK_SPECIAL_BINARY_LIST(BINARY, T, t)                                                                                 \
  CK_GRAD_OF_INPUT_LIST(OF_INPUT, T, t)                                                                                \
  CK_GRAD_OF_OUTPUT_LIST(OF_OUTPUT, T, t)                                                                              \
  CK_FLOAT_SCALAR_LIST(SCALAR, T, t)                                                                                   \
  CK_SCALED_LIST(SCALED, T, t)

#define CK_DECLARE_UNARY(op, T, t) void ck_##op##_##t(T *out, const T *a, long n);
#define CK_DECLARE_BINARY(op, T, t) void ck_##op##_##t(T *out, const T *a, const T *b, long n);
#define CK_DECLARE_SCALAR(op, T, t) void ck_##op##_##t(T *out, const T *a, T s, long n);
#define CK_DECLARE_OF_INPUT(op, T, t) void ck_##op##_##t(T *out, const T *g, const T *x, long n);
#define CK_DECLARE_OF_OUTPUT(op, T, t) void ck_##op##_##t(T *out, const T *g, const T *y, long n);
#define CK_DECLARE_SCALED(op, T, t) void ck_##op##_##t(T *out, const T *a, const T *b, T s, long n);
#define CK_DECLARE_TERNARY(op, T, t) void ck_##op##_##t(T *out, const T *a, const T *b, const T *c, long n);
#define CK_DECLARE_FLOAT(T, t)                                                                                         \
  CK_FLOAT_LISTS(CK_DECLARE_UNARY, CK_DECLARE_BINARY, CK_DECLARE_OF_INPUT, CK_DECLARE_OF_OUTPUT, CK_DECLARE_SCALAR,    \
      CK_DECLARE_SCALED, T, t)
#define CK_DECLARE_EVERY(T, t)                                                                                        \
  CK_TERNARY_LIST(CK_DECLARE_TERNARY, T, t)                                                                            \
  void ck_fill_##t(T *out, T s, long n);

CK_DECLARE_FLOAT(float, f32)
CK_DECLARE_FLOAT(double, f64)
CK_INTEGER_UNARY_LIST(CK_DECLARE_UNARY, int64_t, i64)
CK_INTEGER_BINARY_LIST(CK_DECLARE_BINARY, int64_t, i64)
CK_INTEGER_SCALAR_LIST(CK_DECLARE_SCALAR, int64_t, i64)
CK_DECLARE_EVERY(float, f32)
CK_DECLARE_EVERY(double, f64)
CK_DECLARE_EVERY(int64_t, i64)

// A step of Adam: with decay = s[0], weight decay = s[1], sign = s[2] and s[3 ...] as named,
//   p = decay * parameter, g = sign * gradient + weight_decay * p
//   m = exp_avg + (g - exp_avg) * (1 - beta1),  v = beta2 * exp_avg_sq + (1 - beta2) * g * g
//   parameter = p + size * m / (sqrt(v) * correction + eps)
// s[3 ... 8]: 1 - beta1, beta2, 1 - beta2, correction, eps, size.
void ck_adam_f32(float *p_out, float *m_out, float *v_out, const float *parameter, const float *exp_avg,
                 const float *exp_avg_sq, const float *gradient, const float *s, long n);

// Kernels for large results, which are written past the caches; after the last of them a thread calls ck_stream_end.
#define CK_STREAM_UNARY_LIST(M) M(exp) M(tanh) M(sigmoid) M(gelu) M(gelu_tanh) M(silu) M(relu)
#define CK_STREAM_BINARY_LIST(M) M(add) M(sub) M(mul) M(div)
#define CK_DECLARE_STREAM_UNARY(op) void ck_stream_##op(float *out, const float *a, long n);
#define CK_DECLARE_STREAM_BINARY(op) void ck_stream_##op(float *out, const float *a, const float *b, long n);
CK_STREAM_UNARY_LIST(CK_DECLARE_STREAM_UNARY)
CK_STREAM_BINARY_LIST(CK_DECLARE_STREAM_BINARY)
void ck_stream_end(void);

// Whole formulas of float32 in one loop: of their inputs and of the numbers given at the call.
#define CK_WHOLE_LIST(M)                                                                                               \
  M(clamp) M(hardsigmoid) M(hardswish) M(hardshrink) M(softshrink) M(threshold) M(leaky_relu) M(no_nan) M(nan_to_num)  \
  M(angle) M(prelu) M(smooth_l1) M(huber) M(addcmul) M(addcdiv)
#define CK_DECLARE_WHOLE(op) void ck_whole_##op(float *out, const float *const *in, const float *numbers, long n);
CK_WHOLE_LIST(CK_DECLARE_WHOLE)

// The kernel of a name of the lists above, or NULL; a scalar comes by its address. Cast it to what it takes.
typedef void (*CkKernel)(void);
CkKernel ck_kernel_f32(const char *name);
CkKernel ck_kernel_f64(const char *name);
CkKernel ck_kernel_i64(const char *name);
CkKernel ck_kernel_u64(const char *name);
CkKernel ck_kernel_c64(const char *name);
CkKernel ck_kernel_c128(const char *name);
CkKernel ck_stream_kernel_f32(const char *name);
CkKernel ck_whole_kernel_f32(const char *name);
