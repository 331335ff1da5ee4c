// Complex micro-kernels: loops over pairs of parts, with the C library's functions and the algorithms of C99's annex G
// where a formula by parts would overflow or cancel.
#include "ck_pointwise.h"
#include <complex.h>
#include <math.h>
#include <string.h>
#include "pointwise_loops.h"

#define REAL_c64 float
#define REAL_c128 double
#define PAIR_c64 float _Complex
#define PAIR_c128 double _Complex
// A library function by the suffix that C gives each type.
#define CALL_c64(name) name##f
#define CALL_c128(name) name

#define CK_COMPLEX(C, t)                                                                                              \
  CK_INLINE PAIR_##t native_##t(C z) {                                                                                 \
    PAIR_##t value;                                                                                                    \
    memcpy(&value, &z, sizeof z);                                                                                      \
    return value;                                                                                                      \
  }                                                                                                                    \
  CK_INLINE C parts_##t(PAIR_##t value) {                                                                              \
    C z;                                                                                                               \
    memcpy(&z, &value, sizeof z);                                                                                      \
    return z;                                                                                                          \
  }                                                                                                                    \
  CK_INLINE C real_##t(REAL_##t x) { return (C){x, 0}; }                                                               \
  CK_INLINE bool nonzero_##t(C z) { return (z.re != 0) | (z.im != 0); }                                                \
  CK_INLINE C add_##t(C x, C y) { return (C){x.re + y.re, x.im + y.im}; }                                              \
  CK_INLINE C sub_##t(C x, C y) { return (C){x.re - y.re, x.im - y.im}; }                                              \
  CK_INLINE C mul_##t(C x, C y) { return (C){x.re * y.re - x.im * y.im, x.re * y.im + x.im * y.re}; }                  \
  CK_INLINE C scale_##t(C x, REAL_##t s) { return (C){x.re * s, x.im * s}; }                                           \
  CK_INLINE REAL_##t abs_##t(C z) { return CALL_##t(hypot)(z.re, z.im); }                                              \
  /* Smith's division: the larger part of the divisor is taken out. */                                                 \
  CK_INLINE C div_##t(C x, C y) {                                                                                      \
    if (CALL_##t(fabs)(y.re) >= CALL_##t(fabs)(y.im)) {                                                                \
      if (y.re == 0 && y.im == 0) return (C){x.re / CALL_##t(fabs)(y.re), x.im / CALL_##t(fabs)(y.im)};                \
      REAL_##t ratio = y.im / y.re, factor = 1 / (y.re + y.im * ratio);                                                \
      return (C){(x.re + x.im * ratio) * factor, (x.im - x.re * ratio) * factor};                                      \
    }                                                                                                                  \
    REAL_##t ratio = y.re / y.im, factor = 1 / (y.re * ratio + y.im);                                                  \
    return (C){(x.re * ratio + x.im) * factor, (x.im * ratio - x.re) * factor};                                        \
  }                                                                                                                    \
  CK_INLINE C exp_##t(C z) { return parts_##t(CALL_##t(cexp)(native_##t(z))); }                                        \
  CK_INLINE C log_##t(C z) { return parts_##t(CALL_##t(clog)(native_##t(z))); }                                        \
  CK_INLINE C expm1_##t(C z) {                                                                                         \
    REAL_##t half = CALL_##t(sin)(z.im / 2);                                                                           \
    return (C){CALL_##t(expm1)(z.re) * CALL_##t(cos)(z.im) - 2 * half * half,                                          \
               CALL_##t(exp)(z.re) * CALL_##t(sin)(z.im)};                                                             \
  }                                                                                                                    \
  CK_INLINE C log1p_##t(C z) {                                                                                         \
    REAL_##t angle = CALL_##t(atan2)(z.im, z.re + 1);                                                                  \
    if (!(abs_##t(z) < (REAL_##t)0.5)) return (C){CALL_##t(log)(CALL_##t(hypot)(z.re + 1, z.im)), angle};              \
    REAL_##t excess = z.re * (2 + z.re) + z.im * z.im;                                                                 \
    return (C){excess == 0 ? z.re : CALL_##t(log1p)(excess) / 2, angle};                                               \
  }                                                                                                                    \
  CK_INLINE C sigmoid_##t(C z) {                                                                                       \
    C e = exp_##t((C){-z.re, -z.im});                                                                                  \
    return div_##t(real_##t(1), (C){1 + e.re, e.im});                                                                  \
  }                                                                                                                    \
  CK_INLINE C sgn_##t(C z) {                                                                                          \
    if (!nonzero_##t(z)) return (C){0, 0};                                                                             \
    REAL_##t size = abs_##t(z);                                                                                        \
    return (C){z.re / size, z.im / size};                                                                              \
  }                                                                                                                    \
  CK_INLINE C pow_##t(C x, C y) {                                                                                      \
    if (y.re == 0 && y.im == 0) return real_##t(1);                                                                    \
    return parts_##t(CALL_##t(cpow)(native_##t(x), native_##t(y)));                                                    \
  }                                                                                                                    \
  CK_INLINE C one_minus_square_##t(C y) { return sub_##t(real_##t(1), mul_##t(y, y)); }                                \
  CK_INLINE C silu_slope_##t(C x) {                                                                                    \
    C s = sigmoid_##t(x);                                                                                              \
    C inner = mul_##t(x, sub_##t(real_##t(1), s));                                                                     \
    return mul_##t(s, (C){1 + inner.re, inner.im});                                                                    \
  }

CK_COMPLEX(ck_c64, c64)
CK_COMPLEX(ck_c128, c128)

// A function of <complex.h>.
#define CK_COMPLEX_CALL(op, M, C, t) M(op, C, t, parts_##t(CALL_##t(c##op)(native_##t(x))))

// One input: name and value at x. Predicates give 1 or 0.
#define CK_COMPLEX_UNARY(M, C, t)                                                                                     \
  M(neg, C, t, ((C){-x.re, -x.im}))                                                                                    \
  M(conj, C, t, ((C){x.re, -x.im}))                                                                                    \
  M(real, C, t, real_##t(x.re))                                                                                        \
  M(imag, C, t, real_##t(x.im))                                                                                        \
  M(abs, C, t, real_##t(abs_##t(x)))                                                                                   \
  M(angle, C, t, real_##t(CALL_##t(atan2)(x.im, x.re)))                                                                \
  M(sgn, C, t, sgn_##t(x))                                                                                           \
  M(square, C, t, mul_##t(x, x))                                                                                       \
  M(reciprocal, C, t, div_##t(real_##t(1), x))                                                                         \
  CK_COMPLEX_CALL(sqrt, M, C, t)                                                                                       \
  M(rsqrt, C, t, div_##t(real_##t(1), parts_##t(CALL_##t(csqrt)(native_##t(x)))))                                      \
  M(exp, C, t, exp_##t(x))                                                                                             \
  M(exp2, C, t, exp_##t(scale_##t(x, (REAL_##t)0.693147180559945309417)))                                              \
  M(expm1, C, t, expm1_##t(x))                                                                                         \
  M(log, C, t, log_##t(x))                                                                                             \
  M(log2, C, t, scale_##t(log_##t(x), (REAL_##t)1.442695040888963407360))                                              \
  M(log10, C, t, scale_##t(log_##t(x), (REAL_##t)0.434294481903251827651))                                             \
  M(log1p, C, t, log1p_##t(x))                                                                                         \
  CK_COMPLEX_CALL(sin, M, C, t) CK_COMPLEX_CALL(cos, M, C, t) CK_COMPLEX_CALL(tan, M, C, t)                            \
  CK_COMPLEX_CALL(asin, M, C, t) CK_COMPLEX_CALL(acos, M, C, t) CK_COMPLEX_CALL(atan, M, C, t)                         \
  CK_COMPLEX_CALL(sinh, M, C, t) CK_COMPLEX_CALL(cosh, M, C, t) CK_COMPLEX_CALL(tanh, M, C, t)                         \
  CK_COMPLEX_CALL(asinh, M, C, t) CK_COMPLEX_CALL(acosh, M, C, t) CK_COMPLEX_CALL(atanh, M, C, t)                      \
  M(sigmoid, C, t, sigmoid_##t(x))                                                                                     \
  M(silu, C, t, mul_##t(x, sigmoid_##t(x)))                                                                            \
  M(isnan, C, t, real_##t((x.re != x.re) | (x.im != x.im)))                                                            \
  M(isinf, C, t, real_##t(isinf(x.re) || isinf(x.im)))                                                                 \
  M(isfinite, C, t, real_##t(isfinite(x.re) && isfinite(x.im)))                                                        \
  M(not, C, t, real_##t(!nonzero_##t(x)))

// Two inputs, x and y; complex joins their real parts.
#define CK_COMPLEX_BINARY(M, C, t)                                                                                    \
  M(add, C, t, add_##t(x, y))                                                                                          \
  M(sub, C, t, sub_##t(x, y))                                                                                          \
  M(mul, C, t, mul_##t(x, y))                                                                                          \
  M(div, C, t, div_##t(x, y))                                                                                          \
  M(pow, C, t, pow_##t(x, y))                                                                                          \
  M(complex, C, t, ((C){x.re, y.re}))                                                                                  \
  M(eq, C, t, real_##t((x.re == y.re) & (x.im == y.im)))                                                               \
  M(ne, C, t, real_##t((x.re != y.re) | (x.im != y.im)))                                                               \
  M(and, C, t, real_##t(nonzero_##t(x) & nonzero_##t(y)))                                                              \
  M(or, C, t, real_##t(nonzero_##t(x) | nonzero_##t(y)))                                                               \
  M(xor, C, t, real_##t(nonzero_##t(x) != nonzero_##t(y)))                                                             \
  M(tanh_grad, C, t, mul_##t(x, one_minus_square_##t(y)))                                                              \
  M(sigmoid_grad, C, t, mul_##t(x, mul_##t(y, sub_##t(real_##t(1), y))))                                               \
  M(silu_grad, C, t, mul_##t(x, silu_slope_##t(y)))

// Three inputs, x, y and z.
#define CK_COMPLEX_TERNARY(M, C, t) M(select, C, t, nonzero_##t(x) ? y : z)

#define DEFINE_UNARY(op, T, t, value)                                                                                  \
  CK_LOOP(static, unary_##op##_##t, (T *out, const T *a, long n), CK_EACH_CALL, CK_X(T), value)
#define DEFINE_BINARY(op, T, t, value)                                                                                 \
  CK_LOOP(static, binary_##op##_##t, (T *out, const T *a, const T *b, long n), CK_EACH_CALL, CK_XY(T), value)
#define DEFINE_TERNARY(op, T, t, value)                                                                                \
  CK_LOOP(static, ternary_##op##_##t, (T *out, const T *a, const T *b, const T *c, long n), CK_EACH_CALL, CK_XYZ(T), value)
#define FIND_UNARY(op, C, t, value) if (strcmp(name, #op) == 0) return (CkKernel)unary_##op##_##t;
#define FIND_BINARY(op, C, t, value) if (strcmp(name, #op) == 0) return (CkKernel)binary_##op##_##t;
#define FIND_TERNARY(op, C, t, value) if (strcmp(name, #op) == 0) return (CkKernel)ternary_##op##_##t;

#define CK_FIND_COMPLEX(C, t)                                                                                         \
  CK_COMPLEX_UNARY(DEFINE_UNARY, C, t)                                                                                 \
  CK_COMPLEX_BINARY(DEFINE_BINARY, C, t)                                                                               \
  CK_COMPLEX_TERNARY(DEFINE_TERNARY, C, t)                                                                             \
  CkKernel ck_kernel_##t(const char *name) {                                                                           \
    CK_COMPLEX_UNARY(FIND_UNARY, C, t)                                                                                 \
    CK_COMPLEX_BINARY(FIND_BINARY, C, t)                                                                               \
    CK_COMPLEX_TERNARY(FIND_TERNARY, C, t)                                                                             \
    return NULL;                                                                                                       \
  }

// The macros of <complex.h> and <math.h> that names above must not be taken for.
#undef conj
#undef complex
CK_FIND_COMPLEX(ck_c64, c64)
CK_FIND_COMPLEX(ck_c128, c128)
