#include "digits.h"
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wunused-function"
#pragma clang diagnostic ignored "-Wpass-failed"
#pragma clang fp reassociate(on)
#endif
#ifndef APUS_HAS_MATH
#define APUS_HAS_MATH
// The math prelude: scalar functions that a compiler inlines into a loop and turns into vector code.
// The float functions are branch free; errors stay within about two units in the last place (erf and erfc eight, tan
// four), and NaN, infinities, signed zeros and subnormal numbers come out as C's own functions give them, except that
// the sigmoid and what is made of it become 0 below -87.3. Nothing is included but <stdint.h>, so that the
// same text serves generated kernels and WebAssembly. Products are written next to their sums: the compiler contracts
// them to fused multiply-add where the machine has it, and every algorithm is accurate without.
#include <stdint.h>

#ifndef CK_INLINE
#define CK_INLINE static inline __attribute__((always_inline))
#endif

// Numbers as their bits and back; languages of devices have words of their own for it.
#ifndef CKM_BITS
#define CKM_BITS(T, U, t, from_bits)                                                                                   \
  CK_INLINE U ckm_bits_##t(T x) {                                                                                      \
    U bits;                                                                                                            \
    __builtin_memcpy(&bits, &x, sizeof bits);                                                                          \
    return bits;                                                                                                       \
  }                                                                                                                    \
  CK_INLINE T from_bits(U bits) {                                                                                      \
    T x;                                                                                                               \
    __builtin_memcpy(&x, &bits, sizeof x);                                                                             \
    return x;                                                                                                          \
  }
CKM_BITS(float, uint32_t, f32, ckm_float)
CKM_BITS(double, uint64_t, f64, ckm_double)
#endif

#define CKM_BASE(T, t, largest)                                                                                        \
  /* Limits x to [low, high] and lets NaN pass. */                                                                     \
  CK_INLINE T ckm_clamp_##t(T x, T low, T high) {                                                                      \
    T y = x > high ? high : x;                                                                                         \
    return y < low ? low : y;                                                                                          \
  }                                                                                                                    \
  /* What every logarithm does outside its domain: -inf at 0, NaN below, +inf and NaN unchanged. */                    \
  CK_INLINE T ckm_log_edges_##t(T x, T y) {                                                                            \
    y = x <= largest ? y : x;                                                                                          \
    y = x == 0 ? -(T)__builtin_inf() : y;                                                                              \
    return x < 0 ? (T)__builtin_nan("") : y;                                                                           \
  }
CKM_BASE(float, f32, 3.40282347e38f)
CKM_BASE(double, f64, 1.7976931348623157e308)

// MARK: float, exponentials

// Adding and subtracting 1.5 * 2^23 rounds to the nearest integer; the low bits of the sum hold that integer.
#define CKM_ROUND_F32 12582912.0f
#define CKM_LN2_HIGH_F32 0.693359375f  // nine bits: an integer below 2^15 times this is exact
#define CKM_LN2_LOW_F32 -2.12194440e-4f

// (e^r - 1 - r) / r^2 for |r| <= ln(2) / 2.
CK_INLINE float ckm_exp_tail_f32(float r) {
  float p = 0.00139466447432f;
  p = p * r + 0.00836669804192f;
  p = p * r + 0.0416662795566f;
  p = p * r + 0.1666654218f;
  return p * r + 0.500000006244f;
}

// Rounds n to an integer as the other constant does, leaving n + 160 in the low bits of the sum.
#define CKM_ROUND_160_F32 12583072.0f

// 2^-94 p * 2^n for n in [-151, 129], with t = n + CKM_ROUND_160_F32. The power of two is two factors, so that neither
// leaves the range and the product overflows to infinity and underflows gradually.
CK_INLINE float ckm_scale_f32(float p, float t) {
  uint32_t whole = ckm_bits_f32(t) << 23;
  uint32_t half = (ckm_bits_f32(t) << 22) & 0xff800000u;
  return p * ckm_float(half) * ckm_float(whole - half);
}

// e^r times 2^94, which ckm_scale_f32 takes back.
CK_INLINE float ckm_exp_poly_f32(float r) {
  float p = 0.00139466447432f * 0x1p94f;
  p = p * r + 0.00836669804192f * 0x1p94f;
  p = p * r + 0.0416662795566f * 0x1p94f;
  p = p * r + 0.1666654218f * 0x1p94f;
  p = p * r + 0.500000006244f * 0x1p94f;
  p = p * r + 0x1p94f;
  return p * r + 0x1p94f;
}

// e^(a + b) for a in [-104, 89] and a small correction b, as if a + b had more bits than a float.
CK_INLINE float ckm_exp_sum_f32(float a, float b) {
  float t = a * 1.44269504f + CKM_ROUND_160_F32;
  float n = t - CKM_ROUND_160_F32;
  float r = (a - n * CKM_LN2_HIGH_F32) - n * CKM_LN2_LOW_F32 + b;
  return ckm_scale_f32(ckm_exp_poly_f32(r), t);
}

CK_INLINE float ckm_exp_f32(float x) {
  float a = ckm_clamp_f32(x, -104.0f, 89.0f);
  float t = a * 1.44269504f + CKM_ROUND_160_F32;
  float n = t - CKM_ROUND_160_F32;
  float r = (a - n * CKM_LN2_HIGH_F32) - n * CKM_LN2_LOW_F32;
  return ckm_scale_f32(ckm_exp_poly_f32(r), t);
}

// The same for |x| <= 87, where no limits and only one factor are needed.
#define CKM_EXP_NEAR_LIMIT_F32 0x42ae0000u  // the bits of 87
CK_INLINE float ckm_exp_near_f32(float x) {
  float t = x * 1.44269504f + CKM_ROUND_F32;
  float n = t - CKM_ROUND_F32;
  float r = (x - n * CKM_LN2_HIGH_F32) - n * CKM_LN2_LOW_F32;
  float p = ckm_exp_tail_f32(r) * r + 1.0f;
  p = p * r + 1.0f;
  return ckm_float(ckm_bits_f32(p) + (ckm_bits_f32(t) << 23));
}

CK_INLINE float ckm_exp2_f32(float x) {
  float a = ckm_clamp_f32(x, -151.0f, 129.0f);
  float t = a + CKM_ROUND_160_F32;
  float r = a - (t - CKM_ROUND_160_F32);
  float p = 0.000154700005079f * 0x1p94f;
  p = p * r + 0.00133910967548f * 0x1p94f;
  p = p * r + 0.00961802998125f * 0x1p94f;
  p = p * r + 0.0555035667359f * 0x1p94f;
  p = p * r + 0.240226510889f * 0x1p94f;
  p = p * r + 0.693147188119f * 0x1p94f;
  p = p * r + 0x1p94f;
  return ckm_scale_f32(p, t);
}

// (e^x - 1) / 2 = 2^(n-1) (e^r - 1) + (2^(n-1) - 1/2), where the power of two does not overflow before the result.
CK_INLINE float ckm_half_expm1_f32(float a) {
  float t = a * 1.44269504f + (CKM_ROUND_F32 + 126.0f);
  float n = t - (CKM_ROUND_F32 + 126.0f);
  float r = (a - n * CKM_LN2_HIGH_F32) - n * CKM_LN2_LOW_F32;
  float p = ckm_exp_tail_f32(r) * (r * r) + r;
  float s = ckm_float(ckm_bits_f32(t) << 23);
  return s * p + (s - 0.5f);
}

// 1 / (1 + e^-x); below -87.3, where it nears the subnormal numbers, it becomes 0, which saves splitting the power.
CK_INLINE float ckm_sigmoid_f32(float x) {
  float a = ckm_clamp_f32(x, -87.3f, 30.0f);
  float t = a * -1.44269504f + (CKM_ROUND_F32 + 127.0f);
  float n = t - (CKM_ROUND_F32 + 127.0f);
  float r = (a + n * CKM_LN2_HIGH_F32) + n * CKM_LN2_LOW_F32;
  float p = 0.00139466447432f;
  p = p * r - 0.00836669804192f;
  p = p * r + 0.0416662795566f;
  p = p * r - 0.1666654218f;
  p = p * r + 0.500000006244f;
  p = p * r - 1.0f;
  p = p * r + 1.0f;
  float y = 1.0f / (p * ckm_float(ckm_bits_f32(t) << 23) + 1.0f);
  return x < -87.3f ? 0.0f : y;
}

// MARK: float, logarithms

// log(1 + f) for 1 + f in [sqrt(1/2), sqrt(2)]. Pairs of terms shorten the chain of dependent operations, which is what
// such a loop waits for.
CK_INLINE float ckm_log_near_one_f32(float f) {
  float square = f * f;
  float low = (-0.166249702091f * f + 0.200022821704f) * square + (-0.250007965537f * f + 0.333333167918f);
  float high = (-0.078654092841f * f + 0.128791664827f) * square + (-0.131252965888f * f + 0.141814261189f);
  float p = high * (square * square) + low;
  return f - (0.5f * square - square * f * p);
}

// x = (1 + f) * 2^exponent for a positive x; subnormal numbers are scaled up first.
typedef struct {
  float f, exponent;
} ckm_split_f32;

CK_INLINE ckm_split_f32 ckm_split_log_f32(float x) {
  int tiny = x < 1.17549435e-38f;
  float scaled = tiny ? x * 8388608.0f : x;
  int32_t bits = (int32_t)(ckm_bits_f32(scaled) - 0x3f3504f3u);
  float exponent = (float)(bits >> 23);
  ckm_split_f32 split;
  split.exponent = tiny ? exponent - 23.0f : exponent;
  split.f = ckm_float(((uint32_t)bits & 0x007fffffu) + 0x3f3504f3u) - 1.0f;
  return split;
}

CK_INLINE float ckm_log_f32(float x) {
  ckm_split_f32 split = ckm_split_log_f32(x);
  float y = ckm_log_near_one_f32(split.f) + split.exponent * CKM_LN2_LOW_F32;
  return ckm_log_edges_f32(x, y + split.exponent * CKM_LN2_HIGH_F32);
}

CK_INLINE float ckm_log2_f32(float x) {
  ckm_split_f32 split = ckm_split_log_f32(x);
  float y = ckm_log_near_one_f32(split.f);
  return ckm_log_edges_f32(x, y * 1.92596303e-8f + y * 1.44269502f + split.exponent);
}

CK_INLINE float ckm_log10_f32(float x) {
  ckm_split_f32 split = ckm_split_log_f32(x);
  float y = ckm_log_near_one_f32(split.f) * 0.434294482f + split.exponent * 4.60503980e-6f;
  return ckm_log_edges_f32(x, y + split.exponent * 0.301025391f);
}

// log of the rounded 1 + x, with what the rounding lost added back to the mantissa.
CK_INLINE float ckm_log1p_f32(float x) {
  float u = 1.0f + x;
  float lost = x - (u - 1.0f);
  int32_t bits = (int32_t)(ckm_bits_f32(u) - 0x3f3504f3u);
  int32_t exponent = bits >> 23;
  int32_t limited = exponent > 60 ? 60 : exponent;
  float scale = ckm_float((uint32_t)(127 - limited) << 23);
  float f = (ckm_float(((uint32_t)bits & 0x007fffffu) + 0x3f3504f3u) - 1.0f) + lost * scale;
  float y = ckm_log_near_one_f32(f) + (float)exponent * CKM_LN2_LOW_F32;
  y = ckm_log_edges_f32(u, y + (float)exponent * CKM_LN2_HIGH_F32);
  return x == 0.0f ? x : y;
}

// max(x, 0) + log(1 + e) with e = e^-|x|, where 1 + e lies in [1, 2] and one halving brings it near one.
CK_INLINE float ckm_softplus_f32(float x) {
  float positive = x < 0.0f ? 0.0f : x;
  float e = ckm_exp_f32(-__builtin_fabsf(x));
  float f = e > 0.41421356f ? 0.5f * e - 0.5f : e;
  float octave = e > 0.41421356f ? 0.693147181f : 0.0f;
  return positive + (ckm_log_near_one_f32(f) + octave);
}

// MARK: float, the normal distribution

// erf(x) / x over x^2 = z, for |x| <= 3.95; every coefficient is positive, so that nothing cancels.
CK_INLINE float ckm_erf_ratio_f32(float z) {
  float p = 2.041850699e-6f;
  p = p * z + 0.000284691236f;
  p = p * z + 0.003776512683f;
  p = p * z + 0.05278058271f;
  p = p * z + 0.19071829f;
  p = p * z + 1.128379146f;
  float q = 3.799668834e-5f;
  q = q * z + 0.001164372647f;
  q = q * z + 0.01499127768f;
  q = q * z + 0.1142294918f;
  q = q * z + 0.5023524205f;
  return p / (q * z + 1.0f);
}

CK_INLINE float ckm_erf_f32(float x) {
  float a = ckm_clamp_f32(x, -3.95f, 3.95f);
  float y = a * ckm_erf_ratio_f32(a * a);
  return __builtin_fabsf(x) >= 3.92f ? __builtin_copysignf(1.0f, x) : y;
}

// e^(z^2) erfc(z) for z in [0, 10.1].
CK_INLINE float ckm_erfcx_f32(float z) {
  float u = 1.0f / (z + 3.0f);
  float t = (z - 3.0f) * u;
  float square = t * t, fourth = square * square;
  float low = (-0.310466046187f * t + 0.590228304569f) * square + (-0.88339448514f * t + 1.0740069077f);
  float middle = (-0.00122581948028f + 0.0030800655486f * t) * square + (-0.0268395884749f * t + 0.119528966679f);
  float high = -0.000325952227535f * t - 0.000484371960629f;
  return ((high * fourth + middle) * fourth + low) * u;
}

// e^(-z^2); the square is split, since its rounding would cost the tail its accuracy.
CK_INLINE float ckm_exp_minus_square_f32(float z) {
  float head = ckm_float(ckm_bits_f32(z) & 0xfffff000u);
  return ckm_exp_sum_f32(-(head * head), -((z - head) * (z + head)));
}

CK_INLINE float ckm_erfc_f32(float x) {
  float magnitude = __builtin_fabsf(x);
  float z = magnitude > 10.1f ? 10.1f : magnitude;
  float tail = ckm_exp_minus_square_f32(z) * ckm_erfcx_f32(z);
  return x >= 0.0f ? tail : 2.0f - tail;
}

// The normal distribution function, to the absolute accuracy of (1 + erf(x / sqrt(2))) / 2.
CK_INLINE float ckm_normal_f32(float x) {
  float a = ckm_clamp_f32(x, -5.5f, 5.5f);
  float y = 0.353553391f * a * ckm_erf_ratio_f32(0.5f * a * a) + 0.5f;
  y = x >= 5.5f ? 1.0f : y;
  return x <= -5.5f ? 0.0f : y;
}

// MARK: float, activations

CK_INLINE float ckm_gelu_f32(float x) { return x * ckm_normal_f32(x); }

// The derivative Phi(x) + x phi(x).
CK_INLINE float ckm_gelu_slope_f32(float x) {
  float a = ckm_clamp_f32(x, -14.0f, 14.0f);
  return ckm_normal_f32(x) + a * 0.398942280f * ckm_exp_f32(-0.5f * a * a);
}

// MARK: double

#define CKM_ROUND_F64 6755399441055744.0
#define CKM_LN2_HIGH_F64 0x1.62e42feep-1
#define CKM_LN2_LOW_F64 0x1.a39ef35793c76p-33

// (e^r - 1 - r) / r^2 for |r| <= ln(2) / 2.
CK_INLINE double ckm_exp_tail_f64(double r) {
  double p = 2.0924613828181304505e-9;
  p = p * r + 2.5109239798886509372e-8;
  p = p * r + 2.7557242225271092407e-7;
  p = p * r + 2.7557243677182347297e-6;
  p = p * r + 2.4801587361153468659e-5;
  p = p * r + 0.00019841269886599693965;
  p = p * r + 0.0013888888888866556172;
  p = p * r + 0.0083333333333214686876;
  p = p * r + 0.041666666666666701864;
  p = p * r + 0.16666666666666676743;
  return p * r + 0.49999999999999999986;
}

// p * 2^n for an integral n, halved by rounding since 64-bit arithmetic shifts are slow in vectors.
CK_INLINE double ckm_scale_f64(double p, double n) {
  double half = n * 0.5 + CKM_ROUND_F64;
  double rest = (n - (half - CKM_ROUND_F64)) + CKM_ROUND_F64;
  double first = ckm_double((ckm_bits_f64(half) << 52) + 0x3ff0000000000000u);
  double second = ckm_double((ckm_bits_f64(rest) << 52) + 0x3ff0000000000000u);
  return p * first * second;
}

CK_INLINE double ckm_exp_f64(double x) {
  double a = ckm_clamp_f64(x, -746.0, 710.0);
  double n = (a * 1.4426950408889634 + CKM_ROUND_F64) - CKM_ROUND_F64;
  double r = (a - n * CKM_LN2_HIGH_F64) - n * CKM_LN2_LOW_F64;
  return ckm_scale_f64(ckm_exp_tail_f64(r) * (r * r) + r + 1.0, n);
}

CK_INLINE double ckm_half_expm1_f64(double a) {
  double t = a * 1.4426950408889634 + CKM_ROUND_F64;
  double n = t - CKM_ROUND_F64;
  double r = (a - n * CKM_LN2_HIGH_F64) - n * CKM_LN2_LOW_F64;
  double p = ckm_exp_tail_f64(r) * (r * r) + r;
  double s = ckm_double((ckm_bits_f64(t) << 52) + 0x3fe0000000000000u);
  return s * p + (s - 0.5);
}

CK_INLINE double ckm_sigmoid_f64(double x) {
  double e = ckm_exp_f64(-__builtin_fabs(x));
  double numerator = x >= 0.0 ? 1.0 : e;
  return numerator / (1.0 + e);
}

// log(1 + f) for 1 + f in [sqrt(1/2), sqrt(2)], plus a small term that must not be rounded away early.
// With s = f / (2 + f) it is 2 atanh(s) = f - (f^2 / 2 - s (f^2 / 2 + s^2 (2/3 + ...))).
CK_INLINE double ckm_log_near_one_f64(double f, double small) {
  double s = f / (2.0 + f);
  double z = s * s;
  double p = 0.14793513802288946486;
  p = p * z + 0.15314331169976549414;
  p = p * z + 0.18183551596067223213;
  p = p * z + 0.2222219886090823599;
  p = p * z + 0.28571428739027526826;
  p = p * z + 0.39999999999433415315;
  p = p * z + 0.66666666666667306743;
  double half = 0.5 * f * f;
  return f - (half - (s * (half + z * p) + small));
}

typedef struct {
  double f, exponent, unscale;
} ckm_split_f64;

// x = (1 + f) * 2^exponent; unscale is 2^-exponent, right for exponents up to 1000.
CK_INLINE ckm_split_f64 ckm_split_log_f64(double x) {
  int tiny = x < 2.2250738585072014e-308;
  double scaled = tiny ? x * 18014398509481984.0 : x;
  uint64_t bits = ckm_bits_f64(scaled) + (0x3ff0000000000000u - 0x3fe6a09e667f3bcdu);
  ckm_split_f64 split;
  // The exponent's bits become the low bits of 2^52, which turns them into a number without an integer conversion.
  split.exponent = ckm_double((bits >> 52) | 0x4330000000000000u) - (tiny ? 4503599627371573.0 : 4503599627371519.0);
  split.f = ckm_double((bits & 0x000fffffffffffffu) + 0x3fe6a09e667f3bcdu) - 1.0;
  split.unscale = ckm_double(0x7fe0000000000000u - (bits & 0x7ff0000000000000u));
  return split;
}

CK_INLINE double ckm_log_f64(double x) {
  ckm_split_f64 split = ckm_split_log_f64(x);
  double y = ckm_log_near_one_f64(split.f, split.exponent * CKM_LN2_LOW_F64);
  return ckm_log_edges_f64(x, y + split.exponent * CKM_LN2_HIGH_F64);
}

CK_INLINE double ckm_log2_f64(double x) {
  ckm_split_f64 split = ckm_split_log_f64(x);
  return ckm_log_edges_f64(x, ckm_log_near_one_f64(split.f, 0.0) * 1.4426950408889634 + split.exponent);
}

CK_INLINE double ckm_log10_f64(double x) {
  ckm_split_f64 split = ckm_split_log_f64(x);
  double y = ckm_log_near_one_f64(split.f, 0.0) * 0.43429448190325182 + split.exponent * -0x1.0c0219dc1da99p-39;
  return ckm_log_edges_f64(x, y + split.exponent * 0x1.3441350a00000p-2);
}

CK_INLINE double ckm_log1p_f64(double x) {
  double u = 1.0 + x;
  double lost = x - (u - 1.0);
  ckm_split_f64 split = ckm_split_log_f64(u);
  lost = u > 1e18 ? 0.0 : lost * split.unscale;
  double y = ckm_log_near_one_f64(split.f + lost, split.exponent * CKM_LN2_LOW_F64);
  y = ckm_log_edges_f64(u, y + split.exponent * CKM_LN2_HIGH_F64);
  return x == 0.0 ? x : y;
}

CK_INLINE double ckm_exp2_f64(double x) {
  double a = ckm_clamp_f64(x, -1077.0, 1025.0);
  double n = (a + CKM_ROUND_F64) - CKM_ROUND_F64;
  double r = (a - n) * 0.69314718055994531;
  return ckm_scale_f64(ckm_exp_tail_f64(r) * (r * r) + r + 1.0, n);
}

CK_INLINE double ckm_sin_f64(double x) { return __builtin_sin(x); }
CK_INLINE double ckm_cos_f64(double x) { return __builtin_cos(x); }
CK_INLINE double ckm_tan_f64(double x) { return __builtin_tan(x); }
CK_INLINE double ckm_erf_f64(double x) { return __builtin_erf(x); }
CK_INLINE double ckm_erfc_f64(double x) { return __builtin_erfc(x); }

CK_INLINE double ckm_softplus_f64(double x) {
  double positive = x < 0.0 ? 0.0 : x;
  return positive + ckm_log1p_f64(ckm_exp_f64(-__builtin_fabs(x)));
}

CK_INLINE double ckm_gelu_f64(double x) { return 0.5 * x * __builtin_erfc(x * -0.70710678118654752440); }

CK_INLINE double ckm_gelu_slope_f64(double x) {
  double a = ckm_clamp_f64(x, -40.0, 40.0);
  double density = ckm_exp_f64(-0.5 * a * a) * 0.39894228040143267794;
  return 0.5 * __builtin_erfc(a * -0.70710678118654752440) + a * density;
}

// MARK: both

#define CKM_HYPERBOLIC(T, t, fabs, copysign, low, high, tanh_limit)                                                    \
  CK_INLINE T ckm_expm1_##t(T x) {                                                                                     \
    T y = 2 * ckm_half_expm1_##t(ckm_clamp_##t(x, low, high));                                                         \
    return x == 0 ? x : y;                                                                                             \
  }                                                                                                                    \
  /* With z = (e^2|x| - 1) / 2 it is z / (z + 1). */                                                                   \
  CK_INLINE T ckm_tanh_##t(T x) {                                                                                      \
    T magnitude = fabs(x);                                                                                             \
    T z = ckm_half_expm1_##t(2 * (magnitude > tanh_limit ? tanh_limit : magnitude));                                   \
    return copysign(z / (z + 1), x);                                                                                   \
  }
CKM_HYPERBOLIC(float, f32, __builtin_fabsf, __builtin_copysignf, -20.0f, 89.0f, 10.0f)
CKM_HYPERBOLIC(double, f64, __builtin_fabs, __builtin_copysign, -40.0, 710.0, 20.0)

#define CKM_ACTIVATIONS(T, t, fabs, tanh_limit, silu_limit)                                                            \
  CK_INLINE T ckm_gelu_tanh_##t(T x) {                                                                                 \
    /* (1 + tanh(u)) / 2 is the sigmoid of 2 u. */                                                                     \
    T u = x * ((T)0.071354816272600249 * (x * x) + (T)1.5957691216057307);                                             \
    return x * ckm_sigmoid_##t(u);                                                                                     \
  }                                                                                                                    \
  CK_INLINE T ckm_silu_##t(T x) { return x * ckm_sigmoid_##t(x); }                                                     \
                                                                                                                       \
  /* The sigmoid and its derivative, without the cancellation of s (1 - s). */                                         \
  typedef struct {                                                                                                     \
    T value, slope;                                                                                                    \
  } ckm_logistic_##t;                                                                                                  \
  CK_INLINE ckm_logistic_##t ckm_logistic_at_##t(T x) {                                                                \
    T e = ckm_exp_##t(-fabs(x));                                                                                       \
    T d = 1 / (1 + e);                                                                                                 \
    ckm_logistic_##t logistic = {x >= 0 ? d : e * d, e * d * d};                                                       \
    return logistic;                                                                                                   \
  }                                                                                                                    \
  CK_INLINE T ckm_gelu_tanh_slope_##t(T x) {                                                                           \
    T a = ckm_clamp_##t(x, -tanh_limit, tanh_limit);                                                                   \
    T square = a * a;                                                                                                  \
    ckm_logistic_##t s = ckm_logistic_at_##t(a * ((T)0.071354816272600249 * square + (T)1.5957691216057307));          \
    return s.value + a * s.slope * ((T)0.21406444881780075 * square + (T)1.5957691216057307);                          \
  }                                                                                                                    \
  CK_INLINE T ckm_silu_slope_##t(T x) {                                                                                \
    T a = ckm_clamp_##t(x, -silu_limit, silu_limit);                                                                   \
    ckm_logistic_##t s = ckm_logistic_at_##t(a);                                                                       \
    return s.value + a * s.slope;                                                                                      \
  }
CKM_ACTIVATIONS(float, f32, __builtin_fabsf, 30.0f, 200.0f)
CKM_ACTIVATIONS(double, f64, __builtin_fabs, 60.0, 1000.0)

#define CKM_DIVISIONS(T, t, fmod, floor, copysign)                                                                     \
  /* Python's remainder: the sign of the divisor. */                                                                   \
  CK_INLINE T ckm_remainder_##t(T a, T b) {                                                                            \
    T m = fmod(a, b);                                                                                                  \
    return (m != 0 && (m < 0) != (b < 0)) ? m + b : m;                                                                 \
  }                                                                                                                    \
  /* Python's floor division: through the remainder, so that a quotient just below an integer is not rounded up. */     \
  CK_INLINE T ckm_floor_div_##t(T a, T b) {                                                                            \
    if (b == 0) return a / b;                                                                                          \
    T m = fmod(a, b);                                                                                                  \
    T quotient = (a - m) / b;                                                                                          \
    if (m != 0 && (m < 0) != (b < 0)) quotient -= 1;                                                                   \
    if (quotient == 0) return copysign((T)0, a / b);                                                                      \
    T whole = floor(quotient);                                                                                         \
    return quotient - whole > (T)0.5 ? whole + 1 : whole;                                                              \
  }
CKM_DIVISIONS(float, f32, __builtin_fmodf, __builtin_floorf, __builtin_copysignf)
CKM_DIVISIONS(double, f64, __builtin_fmod, __builtin_floor, __builtin_copysign)
// The part of the math prelude with the circular functions of floats. It follows ck_math.h and includes nothing, so that
// both together are one text for generated kernels.

// Where tables lie; languages of devices have words of their own for it.
#ifndef CKM_TABLE
#define CKM_TABLE static const
#endif

// 2^i * 2 / pi modulo 4, in two parts: 28 bits, so that a float times it is exact in double, and the rest.
CKM_TABLE double ckm_turn_high[105] = {
    0x1.45f306e000000p-1, 0x1.45f306e000000p+0, -0x1.7419f24000000p+0, 0x1.17cc1b8000000p+0, -0x1.d067c92000000p+0,
    0x1.7cc1b72000000p-2, 0x1.7cc1b72000000p-1, 0x1.7cc1b72000000p+0, -0x1.067c91c000000p+0, 0x1.f306dca000000p+0,
    -0x1.9f246c6000000p-4, -0x1.9f246c6000000p-3, -0x1.9f246c6000000p-2, -0x1.9f246c6000000p-1, -0x1.9f246c6000000p+0,
    0x1.836e4e4000000p-1, 0x1.836e4e4000000p+0, -0x1.f246c6e000000p-1, -0x1.f246c6e000000p+0, 0x1.b727220000000p-4,
    0x1.b727220000000p-3, 0x1.b727220000000p-2, 0x1.b727220000000p-1, 0x1.b727220000000p+0, -0x1.236377e000000p-1,
    -0x1.236377e000000p+0, 0x1.b939106000000p+0, -0x1.1b1bbea000000p-1, -0x1.1b1bbea000000p+0, 0x1.c9c882a000000p+0,
    -0x1.b1bbeae000000p-2, -0x1.b1bbeae000000p-1, -0x1.b1bbeae000000p+0, 0x1.391054a000000p-1, 0x1.391054a000000p+0,
    -0x1.8ddf56c000000p+0, 0x1.c882a54000000p-1, 0x1.c882a54000000p+0, -0x1.bbead60000000p-2, -0x1.bbead60000000p-1,
    -0x1.bbead60000000p+0, 0x1.1054a80000000p-1, 0x1.1054a80000000p+0, -0x1.df56b02000000p+0, 0x1.054a7f0000000p-2,
    0x1.054a7f0000000p-1, 0x1.054a7f0000000p+0, -0x1.f56b01e000000p+0, 0x1.529fc28000000p-4, 0x1.529fc28000000p-3,
    0x1.529fc28000000p-2, 0x1.529fc28000000p-1, 0x1.529fc28000000p+0, -0x1.5ac07b2000000p+0, 0x1.4a7f09e000000p+0,
    -0x1.6b01ec6000000p+0, 0x1.29fc276000000p+0, -0x1.ac07b16000000p+0, 0x1.4fe13ac000000p-1, 0x1.4fe13ac000000p+0,
    -0x1.603d8a8000000p+0, 0x1.3f84eb0000000p+0, -0x1.80f62a0000000p+0, 0x1.fc2757e000000p-1, 0x1.fc2757e000000p+0,
    -0x1.ec54170000000p-6, -0x1.ec54170000000p-5, -0x1.ec54170000000p-4, -0x1.ec54170000000p-3, -0x1.ec54170000000p-2,
    -0x1.ec54170000000p-1, -0x1.ec54170000000p+0, 0x1.3abe8fa000000p-3, 0x1.3abe8fa000000p-2, 0x1.3abe8fa000000p-1,
    0x1.3abe8fa000000p+0, -0x1.8a82e0a000000p+0, 0x1.d5f47d4000000p-1, 0x1.d5f47d4000000p+0, -0x1.505c15a000000p-2,
    -0x1.505c15a000000p-1, -0x1.505c15a000000p+0, 0x1.5f47d4e000000p+0, -0x1.4170566000000p+0, 0x1.7d1f534000000p+0,
    -0x1.05c1596000000p+0, 0x1.f47d4d4000000p+0, -0x1.7056592000000p-4, -0x1.7056592000000p-3, -0x1.7056592000000p-2,
    -0x1.7056592000000p-1, -0x1.7056592000000p+0, 0x1.1f534de000000p+0, -0x1.c159644000000p+0, 0x1.f534ddc000000p-2,
    0x1.f534ddc000000p-1, 0x1.f534ddc000000p+0, -0x1.596447e000000p-4, -0x1.596447e000000p-3, -0x1.596447e000000p-2,
    -0x1.596447e000000p-1, -0x1.596447e000000p+0, 0x1.4d37704000000p+0, -0x1.65911fa000000p+0, 0x1.34ddc0e000000p+0
};
CKM_TABLE double ckm_turn_low[105] = {
    -0x1.b1bbead603d8bp-32, -0x1.b1bbead603d8bp-31, -0x1.b1bbead603d8bp-30, -0x1.b1bbead603d8bp-29,
    0x1.391054a7f09d6p-30, 0x1.c882a53f84eb0p-32, 0x1.c882a53f84eb0p-31, 0x1.c882a53f84eb0p-30, 0x1.c882a53f84eb0p-29,
    -0x1.bbead603d8a83p-31, -0x1.df56b01ec5417p-33, -0x1.df56b01ec5417p-32, -0x1.df56b01ec5417p-31,
    -0x1.df56b01ec5417p-30, -0x1.df56b01ec5417p-29, 0x1.054a7f09d5f48p-31, 0x1.054a7f09d5f48p-30,
    -0x1.f56b01ec54170p-30, -0x1.f56b01ec54170p-29, 0x1.529fc2757d1f5p-33, 0x1.529fc2757d1f5p-32,
    0x1.529fc2757d1f5p-31, 0x1.529fc2757d1f5p-30, 0x1.529fc2757d1f5p-29, 0x1.4a7f09d5f47d5p-30, 0x1.4a7f09d5f47d5p-29,
    -0x1.6b01ec5417056p-29, -0x1.ac07b1505c159p-30, -0x1.ac07b1505c159p-29, 0x1.4fe13abe8fa9ap-30,
    0x1.3f84eafa3ea6ap-31, 0x1.3f84eafa3ea6ap-30, 0x1.3f84eafa3ea6ap-29, 0x1.fc2757d1f534ep-31, 0x1.fc2757d1f534ep-30,
    0x1.fc2757d1f534ep-29, -0x1.ec54170565912p-35, -0x1.ec54170565912p-34, -0x1.ec54170565912p-33,
    -0x1.ec54170565912p-32, -0x1.ec54170565912p-31, -0x1.ec54170565912p-30, -0x1.ec54170565912p-29,
    0x1.3abe8fa9a6ee0p-32, 0x1.3abe8fa9a6ee0p-31, 0x1.3abe8fa9a6ee0p-30, 0x1.3abe8fa9a6ee0p-29, -0x1.8a82e0acb223fp-29,
    -0x1.505c1596447e5p-33, -0x1.505c1596447e5p-32, -0x1.505c1596447e5p-31, -0x1.505c1596447e5p-30,
    -0x1.505c1596447e5p-29, 0x1.5f47d4d377037p-29, -0x1.4170565911f92p-29, 0x1.7d1f534ddc0dbp-29,
    -0x1.05c1596447e49p-29, 0x1.f47d4d377036ep-29, -0x1.70565911f924fp-33, -0x1.70565911f924fp-32,
    -0x1.70565911f924fp-31, -0x1.70565911f924fp-30, -0x1.70565911f924fp-29, -0x1.c1596447e493bp-30,
    -0x1.c1596447e493bp-29, -0x1.596447e493ad5p-36, -0x1.596447e493ad5p-35, -0x1.596447e493ad5p-34,
    -0x1.596447e493ad5p-33, -0x1.596447e493ad5p-32, -0x1.596447e493ad5p-31, -0x1.596447e493ad5p-30,
    0x1.34ddc0db6295ap-32, 0x1.34ddc0db6295ap-31, 0x1.34ddc0db6295ap-30, 0x1.34ddc0db6295ap-29, -0x1.96447e493ad4dp-29,
    0x1.a6ee06db14acdp-30, 0x1.a6ee06db14acdp-29, 0x1.377036d8a5665p-31, 0x1.377036d8a5665p-30, 0x1.377036d8a5665p-29,
    -0x1.911f924eb5336p-29, 0x1.bb81b6c52b328p-30, 0x1.bb81b6c52b328p-29, -0x1.11f924eb53362p-30,
    -0x1.11f924eb53362p-29, 0x1.c0db6295993c4p-33, 0x1.c0db6295993c4p-32, 0x1.c0db6295993c4p-31, 0x1.c0db6295993c4p-30,
    0x1.c0db6295993c4p-29, -0x1.f924eb53361dep-31, -0x1.f924eb53361dep-30, 0x1.b6c52b3278872p-35,
    0x1.b6c52b3278872p-34, 0x1.b6c52b3278872p-33, -0x1.24eb53361de38p-34, -0x1.24eb53361de38p-33,
    -0x1.24eb53361de38p-32, -0x1.24eb53361de38p-31, -0x1.24eb53361de38p-30, -0x1.24eb53361de38p-29,
    0x1.b6295993c4390p-29, -0x1.275a99b0ef1bfp-30
};

// x = (quarter + r * 2 / pi) quarter turns with |r| <= pi / 4.
typedef struct {
  float r;
  uint32_t quarter;
} ckm_turn_f32;

CK_INLINE ckm_turn_f32 ckm_turn_from_f32(double high, double low) {
  double t = high + 6755399441055744.0;
  ckm_turn_f32 turn;
  turn.quarter = (uint32_t)ckm_bits_f64(t);
  turn.r = (float)(((high - (t - 6755399441055744.0)) + low) * 1.5707963267948966);
  return turn;
}

// Enough for |x| < 2^24, where nearly all arguments are.
CK_INLINE ckm_turn_f32 ckm_turn_near_f32(float x) {
  double wide = (double)x;
  return ckm_turn_from_f32(wide * ckm_turn_high[0], wide * ckm_turn_low[0]);
}

// For every finite x: the power of two in x selects the part of 2 / pi that matters.
CK_INLINE ckm_turn_f32 ckm_turn_far_f32(float x) {
  int32_t exponent = (int32_t)((ckm_bits_f32(x) >> 23) & 255u) - 150;
  exponent = exponent < 0 ? 0 : (exponent > 104 ? 104 : exponent);
  double wide = (double)(x * ckm_float((uint32_t)(127 - exponent) << 23));
  return ckm_turn_from_f32(wide * ckm_turn_high[exponent], wide * ckm_turn_low[exponent]);
}

CK_INLINE float ckm_sine_poly_f32(float r) {
  float z = r * r;
  float p = -0.000195169494631f;
  p = p * z + 0.00833217625774f;
  p = p * z - 0.166666549319f;
  return p * (z * r) + r;
}

CK_INLINE float ckm_cosine_poly_f32(float r) {
  float z = r * r;
  float p = 2.44387790977e-5f;
  p = p * z - 0.00138873720243f;
  p = p * z + 0.0416666470054f;
  return p * (z * z) + (1.0f - 0.5f * z);
}

CK_INLINE float ckm_sin_turn_f32(ckm_turn_f32 turn) {
  float s = ckm_sine_poly_f32(turn.r), c = ckm_cosine_poly_f32(turn.r);
  float y = (turn.quarter & 1u) ? c : s;
  return ckm_float(ckm_bits_f32(y) ^ ((turn.quarter & 2u) << 30));
}

CK_INLINE float ckm_cos_turn_f32(ckm_turn_f32 turn) {
  turn.quarter += 1u;
  return ckm_sin_turn_f32(turn);
}

CK_INLINE float ckm_tan_turn_f32(ckm_turn_f32 turn) {
  float s = ckm_sine_poly_f32(turn.r), c = ckm_cosine_poly_f32(turn.r);
  uint32_t odd = turn.quarter & 1u;
  float y = (odd ? c : s) / (odd ? s : c);
  return ckm_float(ckm_bits_f32(y) ^ (odd << 31));
}

// x - x turns an infinity into NaN; a zero keeps its sign.
CK_INLINE float ckm_circular_edges_f32(float x, float y) {
  return __builtin_fabsf(x) <= 3.40282347e38f ? y : x - x;
}

CK_INLINE float ckm_sin_f32(float x) {
  float y = ckm_circular_edges_f32(x, ckm_sin_turn_f32(ckm_turn_far_f32(x)));
  return x == 0.0f ? x : y;
}
CK_INLINE float ckm_cos_f32(float x) { return ckm_circular_edges_f32(x, ckm_cos_turn_f32(ckm_turn_far_f32(x))); }
CK_INLINE float ckm_tan_f32(float x) {
  float y = ckm_circular_edges_f32(x, ckm_tan_turn_f32(ckm_turn_far_f32(x)));
  return x == 0.0f ? x : y;
}

// The same for |x| < 2^24 only, without the table.
CK_INLINE float ckm_sin_near_f32(float x) {
  float y = ckm_sin_turn_f32(ckm_turn_near_f32(x));
  return x == 0.0f ? x : y;
}
CK_INLINE float ckm_cos_near_f32(float x) { return ckm_cos_turn_f32(ckm_turn_near_f32(x)); }
CK_INLINE float ckm_tan_near_f32(float x) {
  float y = ckm_tan_turn_f32(ckm_turn_near_f32(x));
  return x == 0.0f ? x : y;
}

#endif
#ifndef APUS_HAS_APUS_TEAM
#define APUS_HAS_APUS_TEAM
// Who runs parts of an operation at the same time: at most `threads` of them. NULL: the caller alone.
typedef struct {
  void (*run)(void *context, int parts, void (*task)(void *argument, int part), void *argument);
  void *context;
  int threads;
} apus_team;
// In how many parts `units` of work are done that take about `size` multiplications each.
static inline int apus_parts(const apus_team *team, long units, long size) {
  if (!team || !team->run || (long long)units * size < 20000) return 1;
  return units < team->threads ? (int)units : team->threads;
}
static inline void apus_together(const apus_team *team, int parts, void (*task)(void *, int), void *argument) {
  if (parts > 1) team->run(team->context, parts, task, argument);
  else task(argument, 0);
}
#endif
#ifndef APUS_HAS_APUS_CONV
#define APUS_HAS_APUS_CONV
// The sizes of a convolution or pooling of images [channels][h][w].
typedef struct {
  long batch, channels, h, w, filters, groups, kh, kw, sh, sw, ph, pw, dh, dw, oh, ow;
} apus_conv;
#endif
#ifndef APUS_HAS_APUS_INTS
#define APUS_HAS_APUS_INTS
// Sums of 32 bits, APUS_INTS of them in a register, and apus_dot, which adds to each the products of four bytes of x, the same for all
// or of its own, and four of w. Where only signed bytes are multiplied, x counts from -128 on: APUS_BYTE_SHIFT says by how much less.
#if (defined(__AVX512VNNI__) && defined(__AVX512VL__)) || defined(__AVX2__)
#include <immintrin.h>
#elif defined(__SSE2__)
#include <emmintrin.h>
#elif defined(__aarch64__) && !defined(__ARM_BIG_ENDIAN)
#include <arm_neon.h>
#endif
#if !defined(APUS_UNROLLED) && defined(__clang__)
#define APUS_UNROLLED _Pragma("clang loop unroll(full)")
#elif !defined(APUS_UNROLLED)
#define APUS_UNROLLED _Pragma("GCC unroll 16")
#endif
#define APUS_INLINE static inline __attribute__((always_inline))
#define APUS_BYTE_SHIFT 0
APUS_INLINE unsigned apus_word(const void *p) {
  unsigned v;
  __builtin_memcpy(&v, p, 4);
  return v;
}
#if defined(__AVX512VNNI__) && defined(__AVX512VL__)
#define APUS_INTS 16
#define APUS_INT_ROWS 8
typedef __m512i apus_ints;
typedef __m128i apus_few_ints;
APUS_INLINE apus_ints apus_same(unsigned x) { return _mm512_set1_epi32((int)x); }
APUS_INLINE apus_ints apus_load(const void *p) { return _mm512_loadu_si512(p); }
APUS_INLINE void apus_store(int *p, apus_ints v) { _mm512_storeu_si512(p, v); }
APUS_INLINE apus_ints apus_dot(apus_ints sum, apus_ints x, apus_ints w) { return _mm512_dpbusd_epi32(sum, x, w); }
APUS_INLINE apus_few_ints apus_few_dot(apus_few_ints sum, apus_few_ints x, apus_few_ints w) {
  return _mm_dpbusd_epi32(sum, x, w);
}
#elif defined(__AVX2__)
#define APUS_INTS 8
#define APUS_INT_ROWS 4
typedef __m256i apus_ints;
typedef __m128i apus_few_ints;
APUS_INLINE apus_ints apus_same(unsigned x) { return _mm256_set1_epi32((int)x); }
APUS_INLINE apus_ints apus_load(const void *p) { return _mm256_loadu_si256((const __m256i *)p); }
APUS_INLINE void apus_store(int *p, apus_ints v) { _mm256_storeu_si256((__m256i *)p, v); }
#if defined(__AVXVNNI__)
APUS_INLINE apus_ints apus_dot(apus_ints sum, apus_ints x, apus_ints w) { return _mm256_dpbusd_avx_epi32(sum, x, w); }
APUS_INLINE apus_few_ints apus_few_dot(apus_few_ints sum, apus_few_ints x, apus_few_ints w) {
  return _mm_dpbusd_avx_epi32(sum, x, w);
}
#else
// Products of pairs: the even bytes, then the odd ones.
APUS_INLINE apus_ints apus_dot(apus_ints sum, apus_ints x, apus_ints w) {
  const apus_ints even = _mm256_madd_epi16(
      _mm256_and_si256(x, _mm256_set1_epi16(255)), _mm256_srai_epi16(_mm256_slli_epi16(w, 8), 8));
  const apus_ints odd = _mm256_madd_epi16(_mm256_srli_epi16(x, 8), _mm256_srai_epi16(w, 8));
  return _mm256_add_epi32(sum, _mm256_add_epi32(even, odd));
}
#define APUS_PAIRS_OF_BYTES
#endif
#elif defined(__SSE2__)
#define APUS_INTS 4
#define APUS_INT_ROWS 2
typedef __m128i apus_ints;
#define APUS_PAIRS_OF_BYTES
#elif defined(__aarch64__) && !defined(__ARM_BIG_ENDIAN)
#undef APUS_BYTE_SHIFT
#define APUS_BYTE_SHIFT 128
#define APUS_INTS 4
#define APUS_INT_ROWS 4
typedef int32x4_t apus_ints;
typedef int32x4_t apus_few_ints;
APUS_INLINE apus_ints apus_same(unsigned x) { return vreinterpretq_s32_u32(vdupq_n_u32(x ^ 0x80808080u)); }
APUS_INLINE apus_ints apus_load(const void *p) { return vreinterpretq_s32_s8(vld1q_s8((const signed char *)p)); }
APUS_INLINE void apus_store(int *p, apus_ints v) { vst1q_s32(p, v); }
APUS_INLINE apus_ints apus_dot(apus_ints sum, apus_ints x, apus_ints w) {
  const int8x16_t a = vreinterpretq_s8_s32(x), b = vreinterpretq_s8_s32(w);
#if defined(__ARM_FEATURE_DOTPROD)
  return vdotq_s32(sum, a, b);
#else
  const int32x4_t low = vpaddlq_s16(vmull_s8(vget_low_s8(a), vget_low_s8(b)));
  return vaddq_s32(sum, vpaddq_s32(low, vpaddlq_s16(vmull_high_s8(a, b))));
#endif
}
APUS_INLINE apus_few_ints apus_few_dot(apus_few_ints sum, apus_few_ints x, apus_few_ints w) {
  return apus_dot(sum, veorq_s32(x, vdupq_n_s32((int)0x80808080u)), w);
}
#elif defined(__wasm_simd128__)
#define APUS_INTS 4
#define APUS_INT_ROWS 2
typedef int apus_ints __attribute__((vector_size(16), aligned(1), may_alias));
typedef apus_ints apus_few_ints;
typedef short apus_shorts __attribute__((vector_size(16)));
typedef unsigned short apus_unsigned_shorts __attribute__((vector_size(16)));
APUS_INLINE apus_ints apus_same(unsigned x) { return (apus_ints){(int)x, (int)x, (int)x, (int)x}; }
APUS_INLINE apus_ints apus_load(const void *p) { return *(const apus_ints *)p; }
APUS_INLINE void apus_store(int *p, apus_ints v) { *(apus_ints *)p = v; }
APUS_INLINE apus_ints apus_dot(apus_ints sum, apus_ints x, apus_ints w) {
  const apus_shorts even = (apus_shorts)((apus_unsigned_shorts)x & 255), odd = (apus_shorts)((apus_unsigned_shorts)x >> 8);
  const apus_shorts low = (apus_shorts)((apus_unsigned_shorts)w << 8) >> 8, high = (apus_shorts)w >> 8;
  return sum + (apus_ints)__builtin_wasm_dot_s_i32x4_i16x8(even, low) + (apus_ints)__builtin_wasm_dot_s_i32x4_i16x8(odd, high);
}
APUS_INLINE apus_few_ints apus_few_dot(apus_few_ints sum, apus_few_ints x, apus_few_ints w) { return apus_dot(sum, x, w); }
#else
// Two rows by two columns at a time, each sum by itself.
#define APUS_INTS 1
#define APUS_INT_ROWS 2
APUS_INLINE int apus_dot(int sum, unsigned x, unsigned w) {
#if defined(__ARM_FEATURE_SIMD32) && !defined(__aarch64__)
  sum = __builtin_arm_smlad(__builtin_arm_uxtb16((int)x), __builtin_arm_sxtb16((int)w), sum);
  return __builtin_arm_smlad(
      __builtin_arm_uxtb16((int)(x >> 8 | x << 24)), __builtin_arm_sxtb16((int)(w >> 8 | w << 24)), sum);
#else
  sum += (int)(x & 255) * (signed char)(w & 255) + (int)(x >> 8 & 255) * (signed char)(w >> 8 & 255);
  return sum + (int)(x >> 16 & 255) * (signed char)(w >> 16 & 255) + (int)(x >> 24) * (signed char)(w >> 24);
#endif
}
#endif
#if defined(APUS_PAIRS_OF_BYTES)
APUS_INLINE __m128i apus_few_dot(__m128i sum, __m128i x, __m128i w) {
  const __m128i even = _mm_madd_epi16(
      _mm_and_si128(x, _mm_set1_epi16(255)), _mm_srai_epi16(_mm_slli_epi16(w, 8), 8));
  const __m128i odd = _mm_madd_epi16(_mm_srli_epi16(x, 8), _mm_srai_epi16(w, 8));
  return _mm_add_epi32(sum, _mm_add_epi32(even, odd));
}
#if APUS_INTS == 4
typedef __m128i apus_few_ints;
APUS_INLINE apus_ints apus_same(unsigned x) { return _mm_set1_epi32((int)x); }
APUS_INLINE apus_ints apus_load(const void *p) { return _mm_loadu_si128((const __m128i *)p); }
APUS_INLINE void apus_store(int *p, apus_ints v) { _mm_storeu_si128((__m128i *)p, v); }
APUS_INLINE apus_ints apus_dot(apus_ints sum, apus_ints x, apus_ints w) { return apus_few_dot(sum, x, w); }
#else
typedef __m128i apus_few_ints;
#endif
#endif
#if defined(__SSE2__)
APUS_INLINE apus_few_ints apus_few_same(unsigned x) { return _mm_set1_epi32((int)x); }
APUS_INLINE apus_few_ints apus_few_load(const void *p) { return _mm_loadu_si128((const __m128i *)p); }
APUS_INLINE void apus_few_store(int *p, apus_few_ints v) { _mm_storeu_si128((__m128i *)p, v); }
#elif APUS_INTS > 1
APUS_INLINE apus_few_ints apus_few_load(const void *p) { return apus_load(p); }
APUS_INLINE void apus_few_store(int *p, apus_few_ints v) { apus_store(p, v); }
#if defined(__aarch64__)
APUS_INLINE apus_few_ints apus_few_same(unsigned x) { return vreinterpretq_s32_u32(vdupq_n_u32(x)); }
#else
APUS_INLINE apus_few_ints apus_few_same(unsigned x) { return apus_same(x); }
#endif
#endif
#endif
#ifndef APUS_HAS_APUS_INT_LAYER
#define APUS_HAS_APUS_INT_LAYER
// A product of integers: result = sum of x w, times factor, plus offset, for each channel; where it becomes an integer again, cut to the
// range from low to high. Weights of 16 channels lie together, those of the rest by four: [channels / 16][depth / 4][16][4].
typedef struct {
  const signed char *weight;   // of `groups` groups, one behind the other
  const float *factor, *offset;
  const int *totals;           // of each channel's weights: what the zero point of x is multiplied by
  int zero, flip;              // the zero point of x as unsigned bytes, and what signed ones are changed by to be such: 128, or 0
  int is_dynamic;              // 1: factors are multiplied by scale
  float scale;
  int makes_bytes, relu;       // whether results are bytes; floats can be cut at 0
  float low, high;
  const unsigned char *former; // NULL, or bytes that are added, as they stand, times former_factor
  int former_is_signed;
  float former_factor;
} apus_int_layer;
#endif
#ifndef APUS_HAS_APUS_FIXED
#define APUS_HAS_APUS_FIXED
// Whether results are scaled by integers: where numbers with a point are computed by programs. Define APUS_INTEGER_SCALES to choose it.
#if !defined(APUS_INTEGER_SCALES) && (defined(__SOFTFP__) || (defined(__riscv) && !defined(__riscv_flen)))
#define APUS_INTEGER_SCALES
#endif
// n f in steps of 2^-24, rounded down, and at most 2^60 of them.
static inline long long apus_fixed(int n, float f) {
  unsigned bits;
  __builtin_memcpy(&bits, &f, 4);
  const int shift = (int)(bits >> 23 & 255) - 126;
  const long long size = (long long)n * (int)((bits & 0x7fffff) | 0x800000);
  const long long product = bits >> 31 ? -size : size;
  if (shift < 0) return shift < -62 ? 0 : product >> -shift;
  const long long most = 1LL << (shift < 60 ? 60 - shift : 0);
  if (size >= most || size <= -most) return product < 0 ? -(1LL << 60) : 1LL << 60;
  return product * (1LL << shift);
}
#endif
#ifndef APUS_HAS_APUS_INT_SUMS
#define APUS_HAS_APUS_INT_SUMS
// sums[row][32] = rows of a, of `depth` bytes each, times weights of 4, 16 or 32 channels.
#if APUS_INTS > 1
static inline __attribute__((always_inline)) void apus_int_block(
    const int rows, const int parts, long apart, long depth, const unsigned char *a, long step, const signed char *w,
    int *sums) {
  apus_ints acc[APUS_INT_ROWS][2];
  APUS_UNROLLED
  for (int r = 0; r < rows; r++) {
    APUS_UNROLLED
    for (int v = 0; v < parts; v++) acc[r][v] = (apus_ints){0};
  }
  for (long k = 0; k < depth; k += 4, w += 64) {
    apus_ints y[2];
    APUS_UNROLLED
    for (int v = 0; v < parts; v++) y[v] = apus_load(w + v * apart);
    APUS_UNROLLED
    for (int r = 0; r < rows; r++) {
      const apus_ints x = apus_same(apus_word(a + r * step + k));
      APUS_UNROLLED
      for (int v = 0; v < parts; v++) acc[r][v] = apus_dot(acc[r][v], x, y[v]);
    }
  }
  APUS_UNROLLED
  for (int r = 0; r < rows; r++) {
    APUS_UNROLLED
    for (int v = 0; v < parts; v++) apus_store(sums + 32 * r + APUS_INTS * v, acc[r][v]);
  }
}
static inline __attribute__((always_inline)) void apus_int_few(
    const int rows, long depth, const unsigned char *a, long step, const signed char *w, int *sums) {
  apus_few_ints acc[APUS_INT_ROWS];
  APUS_UNROLLED
  for (int r = 0; r < rows; r++) acc[r] = (apus_few_ints){0};
  for (long k = 0; k < depth; k += 4, w += 16) {
    const apus_few_ints y = apus_few_load(w);
    APUS_UNROLLED
    for (int r = 0; r < rows; r++) acc[r] = apus_few_dot(acc[r], apus_few_same(apus_word(a + r * step + k)), y);
  }
  APUS_UNROLLED
  for (int r = 0; r < rows; r++) apus_few_store(sums + 32 * r, acc[r]);
}
static inline void apus_int_sums(
    long rows, int lanes, long depth, const unsigned char *a, long step, const signed char *w, int *sums) {
  const int whole = rows == APUS_INT_ROWS;
  for (long r = 0; r < rows; r += whole ? rows : 1, a += step, sums += 32) {
    if (lanes == 4) {
      if (whole) apus_int_few(APUS_INT_ROWS, depth, a, step, w, sums);
      else apus_int_few(1, depth, a, step, w, sums);
    } else {
      const long apart = APUS_INTS == 16 ? 16 * depth : 4 * APUS_INTS;
      for (int lane = 0; lane < lanes; lane += 2 * APUS_INTS) {
        if (lanes == APUS_INTS) {
          if (whole) apus_int_block(APUS_INT_ROWS, 1, apart, depth, a, step, w, sums);
          else apus_int_block(1, 1, apart, depth, a, step, w, sums);
        } else if (whole) {
          apus_int_block(APUS_INT_ROWS, 2, apart, depth, a, step, w + 4 * lane, sums + lane);
        } else {
          apus_int_block(1, 2, apart, depth, a, step, w + 4 * lane, sums + lane);
        }
      }
    }
  }
}
#else
// By itself, so that what the loop needs stays in registers.
static __attribute__((noinline)) void apus_int_sums(
    long rows, int lanes, long depth, const unsigned char *a, long step, const signed char *w, int *sums) {
  const long other = rows > 1 ? step : 0;
  for (int lane = 0; lane < lanes; lane += 2) {
    const signed char *p = w + 4 * lane;
    int s0 = 0, s1 = 0, s2 = 0, s3 = 0;
    for (const unsigned char *x = a, *end = a + depth; x < end; x += 4, p += 4 * lanes) {
      const unsigned x0 = apus_word(x), x1 = apus_word(x + other), w0 = apus_word(p), w1 = apus_word(p + 4);
      s0 = apus_dot(s0, x0, w0), s1 = apus_dot(s1, x0, w1), s2 = apus_dot(s2, x1, w0), s3 = apus_dot(s3, x1, w1);
    }
    sums[lane] = s0, sums[lane + 1] = s1;
    if (rows > 1) sums[32 + lane] = s2, sums[33 + lane] = s3;
  }
}
#endif
#endif
#ifndef APUS_HAS_APUS_INT_FINISH
#define APUS_HAS_APUS_INT_FINISH
// Results of n channels from their sums, `step` elements apart.
static inline __attribute__((always_inline)) void apus_int_results(
    const apus_int_layer *l, long channel, const long n, const int *sums, const unsigned char *former, void *y, long step) {
  const float *factor = l->factor + channel, *offset = l->offset + channel;
  const int *totals = l->totals + channel, shift = APUS_BYTE_SHIFT - l->zero;
#if defined(APUS_INTEGER_SCALES)
  if (l->makes_bytes && !l->is_dynamic) {
    // low and high are bytes: their bits say so without arithmetic on numbers with a point.
    const long long low = apus_fixed(1, l->low), high = apus_fixed(1, l->high);
    for (long j = 0; j < n; j++) {
      long long v = apus_fixed(sums[j] + shift * totals[j], factor[j]) + apus_fixed(1, offset[j]);
      if (former) v += apus_fixed(l->former_is_signed ? (signed char)former[j] : former[j], l->former_factor);
      v = v > low ? v : low;
      v = v < high ? v : high;
      ((unsigned char *)y)[j] = (unsigned char)((v + 0x7fffff + (v >> 24 & 1)) >> 24);
    }
    return;
  }
#endif
  float v[16];
  const float scale = l->is_dynamic ? l->scale : 1;
  for (long j = 0; j < n; j++) v[j] = (float)(sums[j] + shift * totals[j]) * (factor[j] * scale) + offset[j];
  if (former && l->former_is_signed) {
    for (long j = 0; j < n; j++) v[j] += (float)(signed char)former[j] * l->former_factor;
  } else if (former) {
    for (long j = 0; j < n; j++) v[j] += (float)former[j] * l->former_factor;
  }
  if (l->makes_bytes) {
    const float low = l->low, high = l->high;
    for (long j = 0; j < n; j++) {
      float value = v[j];
      value = value > low ? value : low;
      value = value < high ? value : high;
      // The nearest integer, halves to even ones, in the low bits.
      value += 12582912.0f;
      int bits;
      __builtin_memcpy(&bits, &value, 4);
      ((unsigned char *)y)[j] = (unsigned char)bits;
    }
    return;
  }
  for (long j = 0; j < n; j++) ((float *)y)[j * step] = l->relu && v[j] < 0 ? 0 : v[j];
}
static void apus_int_finish(
    const apus_int_layer *l, long channel, long n, const int *sums, const unsigned char *former, void *y, long step) {
#if APUS_INTS > 1
  if (n == 16) {
    apus_int_results(l, channel, 16, sums, former, y, step);
    return;
  }
#endif
  apus_int_results(l, channel, n, sums, former, y, step);
}
#endif
#ifndef APUS_HAS_APUS_INT_ROWS
#define APUS_HAS_APUS_INT_ROWS
// Results of `channels` channels from `first` on for rows of bytes; they lie row_step and step elements apart.
static void apus_int_rows(
    const apus_int_layer *l, long first, long channels, long rows, long depth, const unsigned char *a, long a_step,
    const signed char *w, const unsigned char *former, void *y, long row_step, long step) {
  const long size = l->makes_bytes ? 1 : 4;
  for (long c = 0; c < channels;) {
    const long left = channels - c;
    const int lanes = left >= 32 && APUS_INTS == 16 ? 32 : left >= 16 ? 16 : 4;
    for (long r = 0; r < rows; r += APUS_INT_ROWS) {
      const long n = rows - r < APUS_INT_ROWS ? rows - r : APUS_INT_ROWS;
      int sums[32 * APUS_INT_ROWS];
      apus_int_sums(n, lanes, depth, a + r * a_step, a_step, w, sums);
      for (long i = 0; i < n; i++) {
        for (int lane = 0; lane < lanes && c + lane < channels; lane += 16) {
          const long channel = first + c + lane, place = (r + i) * row_step + channel * step;
          const long count = channels - c - lane < 16 ? channels - c - lane : 16;
          apus_int_finish(l, channel, count < lanes ? count : lanes, sums + 32 * i + lane,
              former ? former + (r + i) * row_step + channel : 0, (unsigned char *)y + place * size, step);
        }
      }
    }
    w += lanes * depth;
    c += lanes;
  }
}
#endif
#ifndef APUS_HAS_APUS_INT_WINDOWS
#define APUS_HAS_APUS_INT_WINDOWS
// What the windows of `count` results from `first` on see of an image [h][w][channels of all groups], as rows of `depth` bytes.
static void apus_int_windows(
    const apus_conv *s, const apus_int_layer *l, const unsigned char *x, long channels, long first, long count, long depth,
    unsigned char *to) {
  const int outside = l->zero ^ l->flip;
  for (long p = first; p < first + count; p++) {
    const long top = p / s->ow * s->sh - s->ph, left = p % s->ow * s->sw - s->pw;
    unsigned char *row = to;
    for (long ky = 0; ky < s->kh; ky++, row += s->kw * channels) {
      const long line = top + ky * s->dh;
      if (line < 0 || line >= s->h) {
        __builtin_memset(row, outside, s->kw * channels);
      } else if (s->dw == 1 && channels == s->channels) {
        const long before = left < 0 ? -left < s->kw ? -left : s->kw : 0;
        const long room = s->w - left < s->kw ? s->w - left : s->kw, end = room > before ? room : before;
        __builtin_memset(row, outside, before * channels);
        __builtin_memcpy(row + before * channels, x + (line * s->w + left + before) * channels, (end - before) * channels);
        __builtin_memset(row + end * channels, outside, (s->kw - end) * channels);
      } else {
        for (long kx = 0; kx < s->kw; kx++) {
          const long column = left + kx * s->dw;
          if (column < 0 || column >= s->w) __builtin_memset(row + kx * channels, outside, channels);
          else __builtin_memcpy(row + kx * channels, x + (line * s->w + column) * s->channels, channels);
        }
      }
    }
    if (l->flip) for (unsigned char *byte = to; byte < row; byte++) *byte ^= l->flip;
    to += depth;
    while (row < to) *row++ = 0;
  }
}
#endif
#ifndef APUS_HAS_APUS_INT_CONVOLVE
#define APUS_HAS_APUS_INT_CONVOLVE
// A convolution of images [h][w][channels] of bytes: some windows at a time as rows of a product. Results are bytes in the same
// order, or floats [filters][oh][ow]. Each part of the work has `count` rows of panels.
typedef struct {
  const apus_conv *s;
  const apus_int_layer *l;
  const unsigned char *x;
  void *y;
  unsigned char *panels;
  long count;
  int parts;
} apus_int_convolution;
static void apus_int_convolve_part(void *argument, int part) {
  const apus_int_convolution *work = (const apus_int_convolution *)argument;
  const apus_conv *s = work->s;
  const apus_int_layer *l = work->l;
  const long channels = s->channels / s->groups, filters = s->filters / s->groups, results = s->oh * s->ow;
  const long depth = (channels * s->kh * s->kw + 3) / 4 * 4, blocks = (results + work->count - 1) / work->count;
  const long units = s->batch * s->groups * blocks, bytes = (filters + 3) / 4 * 4 * depth;
  const int is_direct = s->kh * s->kw * s->sh * s->sw == 1 && !(s->ph | s->pw) && channels % 4 == 0 && !l->flip;
  unsigned char *panel = work->panels + part * (work->count * depth);
  for (long unit = units * part / work->parts; unit < units * (part + 1) / work->parts; unit++) {
    const long first = unit % blocks * work->count, g = unit / blocks % s->groups, image = unit / blocks / s->groups;
    const long count = results - first < work->count ? results - first : work->count;
    const unsigned char *x = work->x + image * s->h * s->w * s->channels + g * channels, *a = panel;
    if (is_direct) a = x + first * s->channels;
    else apus_int_windows(s, l, x, channels, first, count, depth, panel);
    const long place = image * results * s->filters + first * (l->makes_bytes ? s->filters : 1);
    apus_int_rows(l, g * filters, filters, count, depth, a, is_direct ? s->channels : depth, l->weight + g * bytes,
        l->former ? l->former + place : 0, (unsigned char *)work->y + place * (l->makes_bytes ? 1 : 4),
        l->makes_bytes ? s->filters : 1, l->makes_bytes ? 1 : results);
  }
}
static void apus_int_convolve(
    const apus_team *team, const apus_conv *s, const apus_int_layer *l, const unsigned char *x, void *y,
    unsigned char *panels, long count) {
  const long blocks = (s->oh * s->ow + count - 1) / count, units = s->batch * s->groups * blocks;
  const int parts = apus_parts(team, units, s->filters / s->groups * s->channels / s->groups * s->kh * s->kw * count / 4);
  apus_int_convolution work = {s, l, x, y, panels, count, parts};
  apus_together(team, parts, apus_int_convolve_part, &work);
}
#endif
#ifndef APUS_HAS_APUS_INT_PRODUCT
#define APUS_HAS_APUS_INT_PRODUCT
// y[rows][channels] = a product of x[rows][depth]; rows that are no multiple of 4 bytes, or signed, are copied to `copies`.
typedef struct {
  const apus_int_layer *l;
  long rows, channels, depth;
  const unsigned char *x;
  void *y;
  int parts, by_channels;
} apus_int_product_work;
static void apus_int_product_part(void *argument, int part) {
  const apus_int_product_work *work = (const apus_int_product_work *)argument;
  const long depth = work->depth, size = work->l->makes_bytes ? 1 : 4;
  if (work->by_channels) {
    // Blocks of 32 channels, whatever the order of weights within them.
    const long blocks = (work->channels + 31) / 32;
    const long first = blocks * part / work->parts * 32, last = blocks * (part + 1) / work->parts * 32;
    const long end = last < work->channels ? last : work->channels;
    apus_int_rows(work->l, first, end - first, work->rows, depth, work->x, depth, work->l->weight + first * depth, 0, work->y,
        work->channels, 1);
    return;
  }
  const long first = work->rows * part / work->parts, end = work->rows * (part + 1) / work->parts;
  apus_int_rows(work->l, 0, work->channels, end - first, depth, work->x + first * depth, depth, work->l->weight, 0,
      (unsigned char *)work->y + first * work->channels * size, work->channels, 1);
}
static void apus_int_product(
    const apus_team *team, const apus_int_layer *l, long rows, long channels, long depth, const unsigned char *x, void *y,
    unsigned char *copies) {
  const long whole = (depth + 3) / 4 * 4;
  if (depth % 4 || l->flip) {
    for (long r = 0; r < rows; r++) {
      for (long k = 0; k < whole; k++) {
        copies[r * whole + k] = k < depth ? (unsigned char)(x[r * depth + k] ^ l->flip) : 0;
      }
    }
    x = copies;
  }
  const int by_channels = rows < 16;
  const int parts = apus_parts(team, by_channels ? (channels + 31) / 32 : rows, whole * (by_channels ? 32 * rows : channels) / 4);
  apus_int_product_work work = {l, rows, channels, whole, x, y, parts, by_channels};
  apus_together(team, parts, apus_int_product_part, &work);
}
#endif
#ifndef APUS_HAS_APUS_QUANTIZE
#define APUS_HAS_APUS_QUANTIZE
// y[outer][inner][channels] = the bytes nearest to x[outer][channels][inner] times `inverse`, with the zero point.
static void apus_quantize(
    long outer, long channels, long inner, const float *x, float inverse, int zero, float low, float high,
    unsigned char *restrict y) {
  // Some pixels at a time, whose bytes stay in the cache.
  const long most = channels == 1 ? inner : 64;
  for (long o = 0; o < outer; o++, x += channels * inner, y += channels * inner) {
    for (long first = 0; first < inner; first += most) {
      const long end = inner - first < most ? inner : first + most;
      for (long c = 0; c < channels; c++) {
        for (long i = first; i < end; i++) {
          float value = x[c * inner + i] * inverse;
          value = value > low ? value : low;
          value = value < high ? value : high;
          value += 12582912.0f;
          int bits;
          __builtin_memcpy(&bits, &value, 4);
          y[i * channels + c] = (unsigned char)(bits + zero);
        }
      }
    }
  }
}
#endif
#ifndef APUS_HAS_APUS_INT_MAX_POOL
#define APUS_HAS_APUS_INT_MAX_POOL
// The greatest element of each window of images [h][w][channels] of bytes; signed ones are such by `flip`.
static void apus_int_max_pool(const apus_conv *s, const unsigned char *x, unsigned char *restrict y, int flip) {
  const long channels = s->channels;
  for (long p = 0; p < s->batch * s->oh * s->ow; p++, y += channels) {
    const long place = p % (s->oh * s->ow), top = place / s->ow * s->sh - s->ph, left = place % s->ow * s->sw - s->pw;
    const unsigned char *image = x + p / (s->oh * s->ow) * s->h * s->w * channels;
    for (long c = 0; c < channels; c++) y[c] = (unsigned char)flip;
    for (long ky = 0; ky < s->kh; ky++) {
      const long line = top + ky * s->dh;
      if (line < 0 || line >= s->h) continue;
      for (long kx = 0; kx < s->kw; kx++) {
        const long column = left + kx * s->dw;
        if (column < 0 || column >= s->w) continue;
        const unsigned char *from = image + (line * s->w + column) * channels;
        if (flip) {
          for (long c = 0; c < channels; c++) y[c] = (signed char)from[c] > (signed char)y[c] ? from[c] : y[c];
        } else {
          for (long c = 0; c < channels; c++) y[c] = from[c] > y[c] ? from[c] : y[c];
        }
      }
    }
  }
}
#endif

// The weights, as they lie in memory and in files.
struct digits_weights {
  _Alignas(64) unsigned long long fingerprint;
  _Alignas(64) signed char v23[96];
  _Alignas(64) float v24[16];
  _Alignas(64) int v25[8];
  _Alignas(64) signed char v26[1152];
  _Alignas(64) float v27[32];
  _Alignas(64) int v28[16];
  _Alignas(64) signed char v29[3456];
  _Alignas(64) float v30[48];
  _Alignas(64) int v31[24];
  _Alignas(64) signed char v32[1152];
  _Alignas(64) float v33[20];
  _Alignas(64) int v34[10];
};

// from Div
// out0 = in0 / 16.0
static void digits_kernel_0(const void *const *in, void *const *out, long start, long end) {
  const float *in0 = in[0];
  float *restrict out0 = out[0];
  for (long i = start; i < end; i++) {
    float x0 = in0[i];
    float t0 = x0 / 16.0f;
    out0[i] = t0;
  }
}

static void digits_compute(
    const apus_team *team, unsigned char *arena, const struct digits_weights *weights, const unsigned char *in0, float *out0) {
  (void)team, (void)arena, (void)weights;
  const signed char *v23 = (const signed char *)weights->v23; (void)v23;
  const float *v24 = (const float *)weights->v24; (void)v24;
  const int *v25 = (const int *)weights->v25; (void)v25;
  const signed char *v26 = (const signed char *)weights->v26; (void)v26;
  const float *v27 = (const float *)weights->v27; (void)v27;
  const int *v28 = (const int *)weights->v28; (void)v28;
  const signed char *v29 = (const signed char *)weights->v29; (void)v29;
  const float *v30 = (const float *)weights->v30; (void)v30;
  const int *v31 = (const int *)weights->v31; (void)v31;
  const signed char *v32 = (const signed char *)weights->v32; (void)v32;
  const float *v33 = (const float *)weights->v33; (void)v33;
  const int *v34 = (const int *)weights->v34; (void)v34;
  const unsigned char *v0 = (const unsigned char *)in0; (void)v0;
  // ToCopy
  float *v1 = (float *)(arena + 0); (void)v1;
  {
    for (long i0 = 0; i0 < 1; i0++) for (long i1 = 0; i1 < 1; i1++) for (long i2 = 0; i2 < 8; i2++) for (long i3 = 0; i3 < 8; i3++) {
      v1[(i0) * 64 + (i1) * 64 + (i2) * 8 + (i3)] = (float)v0[(i0) * 64 + (i1) * 64 + (i2) * 8 + (i3)];
    }
  }
  // fused
  float *v2 = (float *)(arena + 256); (void)v2;
  { const void *in[] = {v1}; void *out[] = {v2}; digits_kernel_0(in, out, 0, 64); }
  // Quantize
  unsigned char *v3 = (unsigned char *)(arena + 0); (void)v3;
  {
    apus_quantize(1, 1, 64, v2, 254.99998f, 0, 0, 255, (unsigned char *)v3);
  }
  // QuantizedConvolution
  unsigned char *v7 = (unsigned char *)(arena + 64); (void)v7;
  {
    const apus_conv sizes = {1, 1, 8, 8, 8, 1, 3, 3, 1, 1, 1, 1, 1, 1, 8, 8};
    apus_int_layer layer = {.weight = v23, .factor = v24, .offset = v24 + 8, .totals = v25, .zero = 0, .flip = 0, .is_dynamic = 0, .scale = 1, .makes_bytes = 1, .relu = 0, .low = 0, .high = 255, .former = 0, .former_is_signed = 0, .former_factor = 0.0f};
    apus_int_convolve(team, &sizes, &layer, (const unsigned char *)v3, v7, (void *)(arena + 1600 + 0), 64);
  }
  // QuantizedConvolution
  unsigned char *v11 = (unsigned char *)(arena + 576); (void)v11;
  {
    const apus_conv sizes = {1, 8, 8, 8, 16, 1, 3, 3, 1, 1, 1, 1, 1, 1, 8, 8};
    apus_int_layer layer = {.weight = v26, .factor = v27, .offset = v27 + 16, .totals = v28, .zero = 0, .flip = 0, .is_dynamic = 0, .scale = 1, .makes_bytes = 1, .relu = 0, .low = 0, .high = 255, .former = 0, .former_is_signed = 0, .former_factor = 0.0f};
    apus_int_convolve(team, &sizes, &layer, (const unsigned char *)v7, v11, (void *)(arena + 1600 + 0), 56);
  }
  // QuantizedMaxPool2D
  unsigned char *v12 = (unsigned char *)(arena + 0); (void)v12;
  {
    const apus_conv sizes = {1, 16, 8, 8, 16, 1, 2, 2, 2, 2, 0, 0, 1, 1, 4, 4};
    apus_int_max_pool(&sizes, (const unsigned char *)v11, (unsigned char *)v12, 0);
  }
  // QuantizedConvolution
  unsigned char *v16 = (unsigned char *)(arena + 256); (void)v16;
  {
    const apus_conv sizes = {1, 16, 4, 4, 24, 1, 3, 3, 1, 1, 1, 1, 1, 1, 4, 4};
    apus_int_layer layer = {.weight = v29, .factor = v30, .offset = v30 + 24, .totals = v31, .zero = 0, .flip = 0, .is_dynamic = 0, .scale = 1, .makes_bytes = 1, .relu = 0, .low = 0, .high = 255, .former = 0, .former_is_signed = 0, .former_factor = 0.0f};
    apus_int_convolve(team, &sizes, &layer, (const unsigned char *)v12, v16, (void *)(arena + 1600 + 0), 16);
  }
  // QuantizedMaxPool2D
  unsigned char *v17 = (unsigned char *)(arena + 0); (void)v17;
  {
    const apus_conv sizes = {1, 24, 4, 4, 24, 1, 2, 2, 2, 2, 0, 0, 1, 1, 2, 2};
    apus_int_max_pool(&sizes, (const unsigned char *)v16, (unsigned char *)v17, 0);
  }
  // View
  unsigned char *v18 = (unsigned char *)(arena + 128); (void)v18;
  {
    long n = 0;
    for (long i0 = 0; i0 < 1; i0++) for (long i1 = 0; i1 < 24; i1++) for (long i2 = 0; i2 < 2; i2++) for (long i3 = 0; i3 < 2; i3++) {
      v18[(n / 96 % 1) * 96 + (n / 1 % 96)] = v17[(i0) * 96 + (i1) + (i2) * 48 + (i3) * 24];
      n++;
    }
  }
  // QuantizedLinear
  float *v22 = (float *)out0; (void)v22;
  {
    apus_int_layer layer = {.weight = v32, .factor = v33, .offset = v33 + 10, .totals = v34, .zero = 0, .flip = 0, .is_dynamic = 0, .scale = 1, .makes_bytes = 0, .relu = 0, .low = 0, .high = 0, .former = 0, .former_is_signed = 0, .former_factor = 0.0f};
    apus_int_product(team, &layer, 1, 10, 96, (const unsigned char *)v18, v22, 0);
  }

}

const char *digits_about(void) { return "{\"name\": \"digits\", \"inputs\": [{\"name\": \"in0\", \"dtype\": \"uint8\", \"shape\": [1, 1, 8, 8]}], \"outputs\": [{\"name\": \"out0\", \"dtype\": \"float32\", \"shape\": [1, 10]}]}"; }
size_t digits_workspace_size(void) { return 5696; }
size_t digits_weights_size(void) { return sizeof(struct digits_weights); }
// What lies at the beginning of a workspace.
struct digits_head {
  const struct digits_weights *weights;
  apus_team team;
};
static const struct digits_weights digits_data = {
  0x1bf58eea1f7d2b31ULL,
  {36, -82, -38, 49, 20, 101, 80, 127, 127, 81, -9, -75, 78, -23, 60, 48, -127, 23, 7, 61, 6, -41, 4, -15, -34, 4, -54, -34, 104, 98, -101, -127, 67, 0, 0, 0, -46, 0, 0, 0, 59, 0, 0, 0, -71, 0, 0, 0, 63, 29, 58, 0, 96, 17, 92, -38, 127, 118, 11, -70, 127, 7, 23, 18, 127, -36, 54, 8, -86, -127, -42, 59, 120, 84, -81, 97, -17, -105, -69, 21, -88, 0, 0, 0, 1, 0, 0, 0, 101, 0, 0, 0, -11, 0, 0, 0},
  {0.0027402297f, 0.0016291082f, 0.0023831169f, 0.0025461928f, 0.0024417916f, 0.0018472883f, 0.001635038f, 0.0022742646f, 30.796942f, 2.6110504f, 29.667646f, 34.968163f, 20.7927f, 28.207806f, -33.31024f, 33.877724f},
  {-4, 236, 65, 66, 215, -28, 507, -6},
  {-79, 36, 8, 69, -27, 36, -29, 23, -8, -24, -17, -6, 36, -10, -12, 44, 93, 30, 37, -55, -85, -4, 19, 42, 19, -45, 18, 70, 78, -5, 31, -43, -26, 2, -32, 0, -29, -3, 69, 62, 30, 40, 67, -51, 25, -70, 86, 62, -100, 87, -50, 73, -28, -55, 32, 45, -111, 34, 47, 110, -26, -35, -7, 54, 33, -72, 22, -13, 28, -30, -16, 10, 32, -57, -33, -54, 25, -125, 52, -34, -12, 48, -9, 41, -4, -28, -16, -24, -10, -124, -31, -40, -2, 22, -12, 46, -7, 10, -127, -2, 18, 67, -8, 26, 54, 53, -59, 102, -49, -69, 61, 26, 37, -57, -63, -53, -18, -67, 47, -76, 21, 117, 14, 28, 7, -97, 14, -58, -40, 41, 22, 90, 45, 22, 54, 30, -127, 31, -58, 39, -5, -29, -65, 36, 35, -31, 19, -50, -7, 22, 42, 96, 81, 29, -12, 16, 21, -3, -24, -76, 56, 28, 76, 7, -53, 35, 46, 79, 105, -18, 84, -83, -1, 53, 7, -93, -83, 64, 7, 81, -88, 39, -18, -48, -53, 52, 89, 34, 7, 6, 7, -1, 40, -29, 66, 32, -25, 11, 29, 28, 64, -104, -30, -71, -32, -127, 40, -91, -31, -29, 30, -43, 11, -127, 52, -35, 31, -6, -41, 61, -2, 45, -16, -36, -32, 92, -75, 109, 36, 37, -2, 26, -61, 104, -31, 90, 71, -8, 84, 51, 80, 77, -36, 63, 34, -8, 58, 52, 20, 36, 24, 10, -15, -17, 43, 18, -12, 17, 41, 63, -2, 19, 48, -8, -49, 65, -13, 67, 22, 51, -38, -59, 13, -14, -57, -45, -13, 33, 44, 34, 80, -2, -34, -76, 24, 43, -41, -93, 119, -120, 94, -35, 3, 33, 52, 100, 107, -66, 78, -77, 22, 75, 9, -64, -85, 62, 111, 78, 27, 14, -30, -20, 28, 38, 127, -13, 125, 1, -35, -66, 6, -8, 64, -8, 20, -60, 56, -5, 21, 29, -26, 53, 6, 6, 7, -41, 0, -53, -12, -23, 34, -19, 55, 37, -3, -9, -36, -9, 22, 63, -22, -6, -113, 90, 48, 62, 24, 33, 11, 47, -19, 105, -31, 60, 4, -4, 58, -19, 38, 127, -2, 39, 20, 45, -32, 19, 6, 51, 38, 57, -16, 50, 22, -16, -39, 5, 31, 63, -3, 2, -1, -66, -99, 4, -15, 7, -116, 29, 50, 70, 82, 3, -19, 76, 50, 48, -47, -95, -31, 10, 46, -1, -1, 20, -22, 59, 70, -18, -19, -51, 54, -25, 7, -57, 127, 2, 89, -24, -24, 27, 79, 1, -33, 69, 61, 4, -66, -68, 51, 44, 50, 10, 56, -28, -43, 23, 46, 101, -30, 62, -28, 31, -14, -8, 10, 4, 66, 13, 15, -12, 10, 33, 34, 48, -1, -88, 14, 2, -20, 101, -51, 23, -3, -17, -16, -19, 26, -48, 9, -19, -17, 88, -104, 94, -4, 48, -34, 29, -17, 29, -53, 51, 12, -75, 81, -71, 35, 57, -84, 55, -46, -127, 35, -79, -18, 102, -37, 34, 5, -22, -19, -22, -41, -3, 40, 99, 36, -22, 54, -13, -22, 78, -31, -13, -76, 36, 75, 90, -95, 6, -74, 54, -29, 0, 38, -29, -52, -23, 81, -1, -16, 7, 11, 56, 52, -94, 80, -73, 17, -8, 17, -60, 69, -92, 13, -19, -52, 20, 31, -76, -9, 2, 71, -62, -70, 27, 21, -39, -22, 7, -31, -29, -53, -27, 67, 82, 1, 57, -38, 37, -31, -23, 38, 4, 40, 71, -16, 13, -21, -64, 85, -36, 38, -113, -25, -102, 8, 4, -25, -86, 42, 12, 69, 58, 26, -127, 34, -27, -46, 23, -94, 13, 4, 41, -58, 21, -36, -40, -3, -67, 78, 3, 80, 88, -53, 41, -92, 97, 37, -8, 44, 69, -32, 66, -48, -16, 1, -124, 48, -34, -88, -6, 20, 127, -97, 17, 3, -59, 46, 32, 32, 13, -43, 14, 50, 37, -95, 51, -19, 63, -82, 45, 68, 27, 48, 36, -42, -44, 54, -6, 30, 34, 90, -115, -1, 16, 12, 17, 42, -30, 14, -23, -73, 1, 73, 48, -46, 27, 34, -56, -4, -72, 52, 15, -40, -45, -71, -28, -8, -1, 9, -5, 1, 82, 22, -21, -43, 28, 33, -61, 45, -59, -23, 51, -14, 75, 8, -97, 79, 32, 27, -83, -53, 0, 18, -26, 56, 16, -1, 29, -22, 73, 20, -62, 50, -18, -74, 1, 5, -46, 30, 52, -36, 38, 28, -79, -41, -48, 66, -53, 10, -8, -64, 41, -65, 53, 7, 48, -31, 50, 30, -42, -52, 11, 40, -72, 0, -6, 10, -72, -4, -68, 71, 1, 31, 2, -25, 2, 6, 7, 58, -42, 14, -97, -36, 9, 42, 31, 26, 21, -20, 36, 100, 30, -39, -16, -94, 24, -5, -5, 94, -10, 66, -99, 41, -19, 10, -24, 111, -24, 18, -99, -20, 15, -29, -52, 114, -44, 74, -12, 1, -56, -25, 1, 47, -57, 19, 95, 17, -53, 16, -68, -18, 68, -62, 36, 15, -16, 25, 44, 43, 19, -4, 49, -32, 87, 36, 7, 19, 18, 58, 27, 26, -40, -32, 33, -15, -4, -86, -18, 6, 39, 44, -16, 35, 126, 6, 103, -46, -83, 33, -54, -48, -29, 17, -19, 16, -50, 50, -74, -34, 120, -71, 72, -46, -75, 10, -102, 7, 17, -30, -5, -14, 127, -26, 13, 4, -30, -40, -83, 28, -11, 4, -11, 36, -8, 42, -8, 6, -52, 44, -34, -127, 32, -30, -22, 56, -2, -44, 44, -73, -14, 4, -58, -13, 45, 20, 22, 71, -60, 40, -33, 40, -18, -67, -63, 41, 14, -4, -12, -127, 44, 14, -76, -14, -89, -7, 32, -80, 39, 54, -11, -24, -21, -12, 75, -39, -24, 38, -47, -48, 84, -50, 4, -4, -24, 54, -61, -18, 12, -50, 48, -3, 31, 50, -59, 55, 42, -11, 49, 17, 1, -63, -48, 15, -127, -14, -74, 35, 14, 14, -22, 16, 60, -17, 33, -6, -84, 18, -48, 13, -103, 49, -107, 96, -49, 70, 47, -11, 9, -59, -15, 55, -88, 75, -10, 44, -25, -59, 4, -9, 22, -11, -20, 7, -23, 14, -53, -127, 37, -43, -48, 50, -35, 16, -9, -55, 7, 37, -31, -7, 42, 47, -41, -70, 9, -21, 16, -1, -2, -18, 48, -37, 3, 51, 45, 50, -5, -10, -14, 77, 27, -78, -127, -25, 103, -2, -56, 43, 59, -35, 9, 2, -88, 7, 55, 51, 35, -16, -10, -40, 54, -19, 18, -75, 28, 66, -3, -13, 85, -80, 44, 50, -103, 53, -46, 18, -17, -59, -25, 23, 3, 61, 0, 16, 98, -48, 53, 42, -63, -21, -13, 67, 19, -22, 79, 12, -33, 35, -23, -15, 12, 39, -52, -15, -32, -33, -57, 78, 51, 30, 54, 71, -11, -10, 65, -57, -51, -29, -21, 34, 58, 13, 43, -33, 43, -80, 10, 27, 47, 43, 39},
  {0.0016098607f, 0.002417482f, 0.0016097722f, 0.0016947986f, 0.0023419051f, 0.0016980567f, 0.0016382457f, 0.0019825986f, 0.0014738819f, 0.0023133247f, 0.0016838684f, 0.0012223641f, 0.0013779589f, 0.002159438f, 0.0012686504f, 0.0020432596f, 5.035033f, -5.5676656f, 3.9506168f, -4.5206475f, 1.0100728f, 0.7822372f, 4.1370325f, -0.3116348f, 7.630995f, -1.6271061f, 6.4745445f, -1.7012179f, -6.0914164f, -3.8848739f, 5.7653613f, 6.8229795f},
  {387, -33, 125, 43, -153, 61, -60, 265, 440, 218, 442, 702, 404, -225, 735, 137},
  {-33, 95, 77, -53, 12, 5, 22, 0, -2, 11, -28, -19, -22, 60, -48, 9, 7, -57, -9, -77, 4, -3, 23, 4, -9, 36, -21, -7, -44, 25, 10, -35, 43, 3, -28, 14, 36, 64, -18, 61, 39, -29, -36, -11, -49, -52, -28, 4, 7, -69, -23, 16, -3, 51, 26, -123, -15, -30, 6, 78, -11, -2, 2, 9, 82, 15, 29, -22, 8, 29, 4, 19, -49, -15, 17, -47, 49, -4, -37, 32, 62, -127, -120, 18, 8, -45, -45, 27, 3, 0, 10, 1, 16, -32, -46, 27, -39, 9, 17, -20, -42, 65, 54, 16, -33, 34, 45, 7, -25, -78, -123, 1, -41, -63, -79, 24, 17, -62, -73, -41, -18, 59, 52, 29, -4, 6, 17, -1, 90, -83, 102, 2, -8, -19, 43, 33, -26, 44, 16, -27, 16, 53, 13, -19, -4, 61, 0, -20, -4, 20, 29, 10, 35, -37, 16, -4, 6, -45, 38, 23, -22, 77, -58, -18, 69, -36, -10, -2, 6, -19, -27, -42, 65, 3, 58, -39, 16, 70, 12, 16, 127, 112, 95, -45, -56, -95, -49, 46, 10, -35, -1, -16, 26, -26, 39, -22, -11, 34, 57, 24, 6, -6, 25, -20, 14, -31, -24, -21, -13, -41, -42, 47, 34, 28, -16, 18, -16, -31, -14, -12, -31, 22, -28, -28, 13, -19, -12, 6, -5, 52, 37, 21, -30, -18, 24, 34, 15, -23, 12, -14, 19, 27, 7, 13, 47, -18, 5, -12, -100, 59, -1, 30, 9, -6, -14, 9, -36, -21, 44, -33, 14, -51, 8, 10, -31, 43, -17, -34, -30, 13, -20, 6, 32, -67, -37, 66, 12, -29, 24, -35, -73, 37, -15, 16, -24, 4, 5, -65, 49, -6, 30, 12, -33, -15, 5, -13, -22, -74, -16, -7, -17, -9, -31, 9, 4, -27, -49, -1, 6, -19, -27, -27, -24, -68, 40, -44, -10, 18, -11, 14, 28, 18, -8, 36, 59, -11, -27, 35, 13, 18, 69, -5, 7, -29, -78, -5, 90, -42, -123, 18, 42, -18, 14, -7, -3, -12, 33, 15, 44, -1, -21, 19, 22, -6, -16, 20, -8, -9, 4, 17, 10, -54, -39, 11, 18, -9, -73, 13, -34, 24, 10, -4, 15, 8, -7, 42, -51, -23, 101, -40, 23, 19, 10, 10, -11, -115, 63, 38, -40, -28, -27, 15, 39, -9, 85, 0, -36, 32, -74, -7, -75, -19, -39, -66, -11, 127, 20, -38, 33, -127, 17, 44, 18, -10, 35, 7, 5, 38, -4, 11, 15, -41, 36, 65, -20, -30, -8, 6, 8, 30, 23, -15, -42, 99, -16, -22, -13, 90, 38, -36, 58, -23, 61, 60, 17, -32, 40, 26, 0, 21, 49, 10, -40, -27, -15, 30, -17, 7, 30, -19, -30, 15, -38, -18, 9, -59, -16, 43, 15, 9, -11, -32, -36, 55, -56, -9, -6, -15, -8, -26, 15, 12, 1, 20, -19, 84, 9, 32, -24, -7, -57, 40, -5, -17, -15, -20, -61, -34, -3, 16, -15, 9, 20, -19, 46, 63, 53, -34, -10, 10, -8, -2, 16, -127, -12, 13, -17, -9, -45, 36, 0, -58, 14, -34, -28, 20, -52, 6, -34, 38, -18, 54, 31, -53, 26, -12, -56, 49, 13, 17, 8, 12, 9, -62, 55, -31, 29, 41, 12, 10, -12, 41, -11, -3, -9, 23, -10, -5, -13, 37, 26, -31, 48, 26, -48, -19, -28, -9, -27, 54, 2, 18, 11, -49, -6, 25, -13, 55, 68, 11, -1, 5, 7, 9, 14, -57, -36, 17, 6, -55, -34, -17, 11, -62, 7, 15, -8, 2, 72, -14, -7, -65, -33, 19, 14, -65, -29, -20, -22, -56, -49, 8, 31, 55, 37, 1, 68, -17, -37, 13, -29, -37, -10, 10, 45, 5, 78, 12, -38, 11, 58, -49, -37, 68, 16, 2, 9, 14, -127, 4, -14, -19, -29, -11, -36, -127, -76, 39, 63, -49, 17, 27, -46, 52, -21, -23, 46, -11, 20, 28, 15, 120, 0, -49, 32, -86, 64, 21, 38, 21, 46, -24, -4, 70, 25, -24, -101, 29, -78, -25, -43, -70, -29, 2, 14, -1, 32, -1, 9, 37, 0, 20, -29, -11, -32, 25, 35, -5, -12, -70, -40, -37, -25, 4, 0, 16, 36, -12, -43, 18, -40, 23, 8, 1, 20, -1, -49, -4, -57, -6, -7, 35, -63, 35, 14, -14, 43, 18, -11, -16, -36, -17, 34, -17, 3, -27, 19, -15, 14, 30, -21, -9, 28, 20, -35, -9, -14, -12, 24, 21, -30, 2, 36, 41, -7, 13, -31, 16, -50, 4, 14, -91, 41, 0, -7, -18, -3, -16, 45, 65, -3, 65, 12, 14, -21, 10, -53, 67, 12, -4, 21, 24, -3, 24, 76, -51, 79, -30, 0, -33, 12, -21, -17, -5, -12, 17, 9, -49, 29, 24, -41, 11, -31, -50, -1, 61, -55, 4, 15, -13, 40, -36, 3, 8, -24, 43, 4, -3, 50, -29, 6, -93, 15, 32, -6, -20, 25, -65, 6, 32, -1, 10, 9, -24, 21, 38, -57, -11, -36, -24, 18, 12, 42, -14, 93, 14, -55, 18, -74, -56, 79, 15, -73, 21, -2, 2, -55, -4, -12, -11, 4, -23, -24, 23, -45, 11, -33, -62, -56, 55, 9, -31, -14, 2, 47, -33, -45, 69, 70, 24, 24, 33, 11, 8, 26, -9, -18, 41, 45, 81, 53, -28, 22, 21, 65, -14, 73, 25, 18, 25, -26, -9, -10, 5, -10, -127, 34, -37, -12, -6, 36, -22, 86, 119, 56, -40, -22, -44, -48, -9, -32, -18, -57, 3, -46, -34, -35, 25, 66, -6, 55, -38, -18, -55, -14, 16, -49, 84, -19, -40, -8, -7, -40, -1, 46, -25, 62, 43, 72, -6, 87, -16, -127, 26, -97, -39, -41, -1, -49, 8, -31, 28, 9, 11, -19, 3, 6, -8, 8, -35, 14, -24, 37, 11, 27, 32, 86, 36, 10, -3, -11, -11, 34, -1, -18, -13, 15, 13, 13, 30, -23, 41, 1, -16, -33, -53, -47, 40, -11, -2, 15, -4, 31, 16, -45, 12, -8, 26, 32, 39, 70, 30, 58, -12, 2, 28, -7, -55, 76, -61, -2, -12, -15, 3, 75, -43, -20, -26, -28, -31, -1, -6, -12, 25, 65, -29, -9, -19, 11, 7, 43, 72, -24, 5, -17, -25, -27, -1, 3, 4, -15, 7, -4, -9, 4, 49, 2, 0, 12, -59, 8, -49, -31, -34, 62, -17, 23, 12, -23, 10, -2, 22, -61, -76, 18, -25, -17, -19, 10, 8, 32, -116, 52, -69, 4, 26, 22, 9, -36, 17, 25, 41, -7, 16, -31, -51, 87, 19, -4, 43, 80, -15, -52, 45, -74, 59, 26, -95, -37, -20, 47, 14, -13, 14, 11, 20, 16, 22, -17, 35, -47, -26, -6, -46, -49, 8, 23, 16, -41, 54, 80, -6, -27, 12, 127, -11, 70, 4, -43, 57, 47, 22, 5, 27, -10, -58, 55, -22, -7, 13, -7, 13, -80, 23, -58, 15, -35, -26, -36, -32, 10, -68, 78, 62, -16, 7, -32, 40, -1, 105, -21, -92, -99, -26, -29, 18, -4, -36, -44, 14, -14, -12, -8, 12, 66, 27, 81, -34, -78, -49, -34, 65, 59, 127, 20, -26, 33, -91, -17, 64, -42, -57, 51, -12, -63, -5, -21, -38, 12, 32, 41, 32, -5, -39, -14, 13, -41, -15, 42, 56, 11, -5, -9, -13, 48, 10, -31, -25, -21, 0, -1, 24, 60, -57, 22, -58, -74, 8, -29, 4, -10, 33, -3, 22, 21, 11, 34, 13, 31, 4, -12, -34, -59, 53, -36, 0, 49, -33, 24, 21, -3, 64, -35, 35, 29, -102, 26, -13, 19, -45, 28, 1, 1, -13, -17, -12, 6, 27, 7, 14, -28, -43, -36, -13, -7, 64, -26, 21, 22, 56, 17, -16, 30, -88, -22, 56, -58, 48, -45, 39, 9, 42, 11, -10, -9, 4, 10, -20, -9, -2, -19, 5, -23, 34, 27, -22, 9, 23, -20, 30, -5, -46, -21, -9, -50, 72, -42, -5, -66, -25, 5, -24, -44, 7, -17, 13, -3, 16, 2, 37, -10, -31, -20, -13, 33, 88, 62, -21, -7, 48, -28, -7, -84, -19, -18, -42, 82, -58, -43, 46, 33, 8, -67, 5, 40, 53, 8, 17, 17, -29, -48, -12, -13, 1, 7, -6, -2, 0, 7, -51, -19, 29, 8, -16, -18, -24, -5, -26, -61, 21, -17, -8, 15, -5, 83, -7, 24, 18, 35, -13, -16, 38, -53, 9, -41, -5, -35, -16, -127, -82, -89, -38, -50, -60, -34, -17, 49, -4, 31, -52, -25, -15, -51, 29, -46, -71, -50, 15, -8, 72, 52, -17, -16, -45, -33, 17, 32, -17, -3, -15, 71, 22, 92, -69, -127, 32, -80, -15, -46, -39, -40, -28, -29, -44, -24, -6, -16, -54, 11, 2, -55, 16, -65, 19, 38, -27, -22, -71, -13, -21, -31, 11, -26, -53, 79, 14, 2, 24, 37, -29, 60, -32, 23, -11, 12, -18, -6, 30, -10, 23, -26, 2, 20, -12, 16, 18, -11, -11, -23, 4, -12, 12, 1, 7, 61, -40, 20, -34, -47, -10, 5, 13, 5, 21, 25, -7, -60, -32, -34, -8, -5, -8, -13, -49, -34, 0, -38, 1, 63, -53, 28, -1, -17, 7, -11, -22, -27, -42, 16, -39, 28, -29, 33, -26, -47, 47, -30, -2, -39, 25, -29, 18, -30, -29, -55, 26, 18, -13, -2, -35, 17, -21, -10, 20, -31, -41, 4, -5, -127, -49, -31, -25, 2, 38, 18, 8, -8, -9, -11, 51, 27, 5, 20, -7, 59, -1, 7, 68, -56, -51, -17, 27, -96, 28, -36, -60, 1, 10, 23, 2, 17, -63, -105, 30, 6, -55, -32, -4, 30, -28, -14, -17, 2, 27, -5, -4, 34, 12, 1, 43, -53, -29, 56, -1, 8, -3, -37, -12, -16, -10, -46, 0, 23, -37, -6, 44, 37, 11, 8, 26, 27, -19, 42, 17, 15, 34, 47, -4, -60, 31, 22, 48, -18, -42, -50, 25, -31, -91, -100, -7, 22, 12, 4, -7, 28, -63, 4, -4, 53, 19, 15, -1, 34, -49, -44, 9, -26, -20, -10, -57, -61, 83, -33, -19, -17, 24, 17, 13, 3, 29, 17, 9, -49, -31, -40, 35, -9, -87, 20, 46, 37, 20, 35, 1, -22, 66, 40, 15, -57, -7, -60, 25, 63, 18, 45, 31, 97, 4, 36, -1, -43, -5, -21, -12, -3, 16, 13, -8, -13, -19, 6, -3, 33, 9, 27, -8, -34, -33, -22, 0, -10, 6, 8, -14, -65, -45, -3, 18, -3, -22, 2, -1, -2, -2, -16, 7, -18, 24, -10, 0, -111, 29, -16, -38, 35, 24, 5, -18, -29, -16, 32, 17, -34, -17, 36, 7, -22, 52, 15, 34, -20, 12, -17, -2, -69, -66, -94, -75, 22, -2, 13, -3, 32, 57, 33, -59, 35, -36, 17, -44, -9, -47, 21, -42, -54, -3, 20, -14, -45, -20, -9, 46, 20, -8, -2, 23, -1, -15, -13, 28, -18, -27, -4, -89, -34, 2, -12, -46, 1, 9, 13, -49, -8, 20, -32, -19, 14, -28, 17, 7, -40, 27, -40, -1, -63, -8, -25, -28, 1, -99, 49, -108, 33, 43, 19, -28, 49, -43, -98, 2, -52, -36, -19, 4, 14, -45, -42, 2, -32, -50, -76, -3, 60, 33, -91, 18, 13, 32, 27, 22, 3, -4, -21, 18, -108, -62, -36, -50, 5, -30, -69, -35, -48, -9, 36, -16, 23, -7, 26, 44, 18, 43, 46, 17, -54, -27, -25, -15, 49, -46, -25, -10, -42, -66, -4, -70, -30, -10, 10, -20, 30, 85, 11, 6, 12, 57, 9, -58, 66, -28, 11, 30, 43, 45, -22, 2, -73, 15, -125, 2, -95, 38, -19, -26, -9, 13, -13, -4, 13, -14, 4, -1, 23, 36, 33, -61, 35, 24, 26, 7, 58, 57, 24, 6, 31, -11, 58, 33, -56, -67, -62, -25, 28, 9, 41, -42, 48, 50, -28, -127, 44, 18, 39, 2, 47, -67, -11, -34, 26, -54, 30, 12, 38, 2, -21, -28, 8, 16, -72, -13, -61, -37, -12, 8, 18, -20, 34, 15, 7, 19, -18, 15, -9, -24, -24, -59, -20, -59, -15, -56, 40, 30, -4, 6, -36, -3, -25, -18, 20, 12, 6, 27, -68, 28, -5, 31, -57, -69, -46, -27, 46, -81, -4, -61, 24, 18, 15, 4, -32, 24, -43, -39, 28, -10, 20, 41, -4, 40, 9, -52, 33, -9, 27, -12, 5, -22, 48, 63, 52, 15, -2, 65, 7, -59, 18, 27, -7, -7, -29, -43, -19, 43, -4, -8, -17, -1, 3, 12, -39, 2, -32, -35, 9, -22, 12, -1, -82, 127, -20, -67, -60, -35, -41, 2, 11, 77, -29, 42, -18, -13, -23, -31, 30, -31, 18, -68, 43, 3, -15, 46, -10, 16, -10, -28, -71, -12, 2, -26, 50, 37, -29, 2, 30, 10, 39, -2, -17, -24, 19, 13, -101, -43, -38, -81, -33, 41, 3, -37, 22, 8, 13, -25, -37, -46, 19, -52, 4, 4, -24, 18, 80, -46, 48, 4, -45, -11, -42, -13, -32, 64, -6, -8, -27, -22, -10, -22, -76, 61, -4, -47, -68, 68, -50, -18, 45, -17, 6, -47, 70, 127, 66, -18, -6, 16, -36, 9, -25, 3, 37, 35, 14, -6, 17, 33, 47, -22, 34, -127, 5, 48, -45, -2, -34, 16, 4, -33, 50, 48, 47, -43, 23, -34, 9, 1, -17, -64, 18, 15, -75, -39, -37, -47, 64, -11, -50, -41, -7, -14, -4, 12, -12, -13, -36, -53, 11, 0, -12, 22, 27, -31, -11, -24, 27, 26, 33, 2, 23, 20, -5, 30, 6, 23, 51, 9, 5, 16, 2, 12, 13, -81, 2, -51, -10, 22, 0, -39, 18, -12, 2, -42, -24, -9, -35, -42, -1, 1, -54, -16, -86, -21, -76, -17, -59, -11, -66, -23, 29, -54, 32, 17, -30, -2, -12, -20, -20, -19, -19, -39, -28, -38, -12, -10, -1, -23, 22, 41, -2, -10, -18, -4, 72, -59, -127, 20, -19, -22, -50, 26, -60, 40, 55, -2, 9, -16, 8, -22, -66, -62, 0, 16, -6, -103, -33, -23, -16, 25, -14, 9, 67, -23, 36, 74, -15, -15, -46, -1, -85, -15, -22, -24, 35, 66, 25, 28, 25, 95, 5, 8, 18, -47, 8, -23, -58, -33, -35, 8, -6, -53, -24, -78, -39, 30, -11, -30, 87, 12, -41, 35, -2, 10, 28, 44, -59, -43, 34, -42, 13, 26, -4, -9, 10, 16, -8, -16, -6, -127, -25, 55, 54, 108, 71, 5, 38, -15, 47, 7, 36, -33, 25, 27, -68, 47, -21, 50, 19, 34, -5, -54, 3, 0, 40, -26, 24, 12, -22, 13, -53, 28, -16, 38, 20, -8, -15, -16, -87, -38, -15, -26, -23, -4, 3, -28, -11, -25, -45, 35, -112, 28, -16, -57, 22, -87, -115, 24, -51, -19, -35, -38, 24, -105, -8, 11, -28, 65, -39, -89, 4, -20, 53, -1, -11, 1, 0, -10, -23, -32, -50, 26, -41, -24, -1, -15, -50, -15, -59, -21, -5, -61, 10, 1, 38, 16, -12, -12, -49, 18, -30, -44, -28, -14, -28, -2, -13, -49, -1, 16, -30, 9, -17, 8, -3, 23, -6, -28, -57, -13, 3, -33, -45, -14, -37, 37, -68, 56, -91, -11, 29, -92, -45, 13, -43, -31, -15, 41, -7, 71, -7, 2, -14, -9, -16, -17, 20, 5, 20, -42, -35, 47, -42, 23, 31, -47, 21, -7, 40, 6, -21, 54, -6, 73, 38, 39, 40, 31, 9, 61, -28, -1, 5, 12, -36, 24, 78, -11, 48, 113, 123, 45, 28, 38, -46, 39, 19, 93, 26, -18, -15, 0, -49, 18, 38, -70, 55, 52, -2, -22, -20, 15, 8, -34, 34, 16, -44, 17, -27, 21, -10, 50, 40, 68, 32, -28, 30, 42, 13, 6, -24, 2, 10, 27, -5, 40, -18, -83, 20, -10, 16, 8, -30, 86, -36, -10, 6, 20, 4, 24, -3, -23, 61, 65, 3, 7, 12, -14, -5, 50, -15, -1, -51, -49, -17, -20, -26, -2, -68, -77, 24, -5, -14, -44, -26, 5, -25, -25, -15, 3, 12, 3, 12, 11, -10, 20, -10, -25, -37, 38, -3, 78, -26, -14, -39, 10, -5, 14, 1, -35, -83, 15, -32, -37, -4, 27, 14, -56, -27, -11, 33, -32, 42, -8, 6, -14, 5, -57, 2, 9, -1, -102, -93, 10, -46, -21, -39, 8, 22, 19, 57, -25, 33, -97, 17, 20, 35, -2, 7, -14, -38, 1, -38, 13, -6, -18, 18, -22, -18, 36, -70, -37, -21, -37, -8, -49, -14, -33, -23, 30, 10, 47, 6, -7, -87, 31, -55, -10, 9, 14, -5, -127, -19, 47, 72, -7, 17, -16, -25, 7, -1, -27, -16, 35, 26, -68, -21, -78, -9, 14, 31, 23, 38, 40, 15, 0, 62, -99, 45, 22, 81, 47, 86, -70, 8, 3, 41, 33, 27, -16, -4, 15, -63, 15, -68, 3, 53, -83, 11, -17, 9, 4, -26, 1, 9, 16, 7, 8, -36, -127, -19, -25, -1, -28, -31, -4, -27, 49, 34, 4, -16, -49, -5, 37, -2, -60, -52, 31, -31, 34, -34, 24, -7, 5, -2, 0, 7, 2, 12, 18, 34, -25, 25, 14, -27, -9, -16, -68, -18, -40, 66, 33, 14, 4, -6, -4, -21, 44, -42, -17, -25, -70, 3, -1, -37, 53, -35, 9, -20, 2, 29, -57, -9, 8, 38, 16, -10, -84, -20, 12, -22, 14, 48, -3, -50, -89, -61, -25, -28, -23, -19, -41, -8, -28, 11, 71, 31, -8, 12, -27, 8, -3, -21, -55, 92, 11, 29, -27, -20, -30, 12, 13, -53, 9, -21, -24, -15, 41, 63, 66, 59, -71, 45, -32, -19, -44, 15, 43, -38, -24, -24, -30, -93, 87, -65, -45, -75, 67, 15, -38, -44, -32, -20, 39, 5, -46, 10, 29, -28, 28, 84, -88, 82, -60, -23, -8, -6, 39, 71, 26, 19, -31, 11, 22, -76, 30, -54, 67, 64, -45, 71, 39, 57, -127, -28, 69, -31, 6, -18, -3, -47, 63, 16, 26, -12, -4, -26, -5, -59, 22, -14, 11, -19, -72, -7, -43, -30, -46, -42, -25, -15, -39, 0, -24, 5, -41, 34, -2, 0, -11, 9, -27, 40, -63, -33, -67, -6, -34, -85, 12, -26, 30, -95, -8, -13, -8, 14, -5, -73, -26, 18, 77, -12, -16, 4, -48, 18, 21, -14, 20, 7, -43, -26, -33, 48, -57, 17, -27, -18, -26, 2, 18, 18, -14, 34, -19, 12, 35, 19, -15, -90, -87, 1, 8, -1, 31, 28, 17, 40, 55, 2, 10, 27, 45, -31, -11, 19, -24, -65, -76, -72, -22, 61, -57, -27, 35, 92, -18, 10, -50, 24, 35, 10, -66, 24, 20, 68, -10, -26, -53, -38, 48, -39, -15, -33, 43, 3, 13, -52, -1, -90, -60, 0, -33, 57, -18, -4, 18, 71, 5, -12, -61, 33, 6, -7, 18, 31, -81, -19, 14, 9, 10, -9, -11, 22, -25, 35, -35, -36, 27, -24, -70, -98, -81, 12, 10, 78, 22, 13, 8, -3, -11, -41, -55, -21, -27, -98, 29, -66, 76, 118, -95, 82, 85, -14, -66, -112, 17, 18, -27, -11, -2, 3, 49, 20, -104, -65, 108, -50, 23, 5, 14, 11, -7, -6, -16, 15, -15, -110, 31, -20, -127, 52, -2, 48, 1, 15, -40, -16, -2, -25, -37, 127, -14, 29, -114, -10, 49, -86, 43, 1, -22, -110, -7, -6, 0, 20, 36, -14, -3, 20, -39, -84, 32, -23, -7, 10, -18, 22, -12, -4, -20, 7, -6, 26, 15, 22, -101, -76, 39, 70, -28, 64, 35, 1, -15, -27, 3, 51, -12, -8, 36, -15, -8, 89, -28, 58, -45, -38, 8, -17, -22, 9, -16, -38, 13, -40, 38, -66, 61, -54, -29, -87, 14, 38, 2, -40, 34, 51, 37, 13, 16, -46, 63, -80, 70, 74, 75, -28, 25, -108, -39, -38, 8, -11, -3, -20, 65, 6, 67, -17, -48, 50, -32, -33, -30, 48, -26, -36, -33, 20, 4, 58, -77, -22, 27, 52, -103, 65, -98, 1, -127, -6, 2, 2, -38, 30, 13, -9, 22, 34, 6, 11, 24, -41, -87, -82, -27, 62, 7, -38, 32, 49, -5, -100, 39, -41, 0, -115, -53, -35, -52, -76, -24, -115, 39, 39, -19, 59, 5, 7, 20, 31, 68, 54, -92, -89, -5, -19, 97, -25, 42, 15, -3, 4, 37, 24, -52, 12, 7, -32, -9, 4, -6, 9, 59, -16, -21, -1, -15, -15, 27, 76, -36, -8, 32, -21, -25, -114, 58, 23, 13, 33, -29, 50, 95, 16, 34, -30, 27, -36, 3, 30, -25, -11, -57, -24, 25, -7, -15, -33, 4, 23, 33, -16, -16, -1, 29, -72, 40, -96, 26, 23, 7, 48, -6, 8, -46, 17, 10},
  {0.0016332375f, 0.0022917802f, 0.002124435f, 0.0019953635f, 0.0015525895f, 0.0017724044f, 0.00254514f, 0.0027280168f, 0.0024979473f, 0.002168497f, 0.0022680704f, 0.0028735395f, 0.0023082711f, 0.0020406079f, 0.0017217303f, 0.0041296477f, 0.0026272421f, 0.0022406108f, 0.0017758771f, 0.0017530138f, 0.001974656f, 0.00049491465f, 0.0021301215f, 0.0020352993f, 3.6203735f, -1.9559975f, -0.9914159f, -2.646458f, -2.0500767f, 1.5240443f, -2.9313035f, -1.3624032f, -2.7854128f, 1.7858412f, 0.97497314f, 2.8427594f, 2.079449f, -1.9010316f, 4.0432115f, 0.616338f, 2.3514774f, 1.8775384f, 3.3168278f, -1.736743f, 1.2845926f, -2.8714426f, 5.9755373f, 1.1572489f},
  {-110, -544, -210, -381, -557, 549, -562, -1415, -700, 295, -268, -202, 40, -1017, -1265, -276, -619, -617, -563, -709, -165, -2794, -117, 64},
  {47, -44, -7, 16, -22, 20, -37, 24, 42, 32, -16, -2, -12, 22, 26, -12, -103, -13, 23, 16, -2, 32, 82, 34, 31, 32, -7, -102, 55, -14, -54, -18, 44, -103, -77, 45, 53, 37, 17, -8, -3, -11, 19, -21, 52, 23, -6, 31, 42, -66, -31, 47, -35, -16, -15, 22, -5, 1, 3, 22, -34, 58, -21, -25, -30, -32, -65, 4, 60, -20, 41, 0, -22, 6, 26, -55, 48, -13, 8, -11, -28, 8, 52, 8, 14, -35, -44, -35, 7, 27, 25, 5, -42, 35, 13, 9, -42, 7, -23, -4, 23, 15, 44, 28, -37, 1, -53, 10, -6, -18, 7, -17, 15, -56, -21, 56, 42, 123, 18, 23, -4, -6, 38, 67, -54, -2, -42, -24, 6, -115, -105, -11, -45, 27, 31, -33, 12, -21, 13, -76, 30, -79, -14, -63, 4, 18, 35, 45, -25, 40, -61, 46, -21, 5, -71, -55, -102, -19, -7, 19, 50, -24, 30, 13, -28, -58, -25, -8, 57, -22, 40, 28, 19, 20, -59, 12, -10, 46, -52, -58, 17, -14, 14, 6, -13, 38, -50, -64, -15, 3, 118, 86, -34, 38, -25, -57, -127, 28, -63, 22, 42, 0, -58, 18, 11, -35, 53, 22, -33, -127, -95, 21, -17, 48, 52, 7, -34, 27, -74, 74, 12, 9, 68, -30, -97, -77, 32, -43, 82, -59, 57, -7, 57, 37, 16, -127, 39, -52, -30, 83, 17, -6, -49, 41, 66, -21, 67, -70, 77, 0, -33, -61, -49, -40, 94, 8, -7, -36, 23, -22, 10, 44, -22, -12, -23, -68, 30, 23, 37, 37, 64, -31, -49, 31, -62, -13, 1, 2, 25, -3, 26, 19, -18, -32, -17, -8, -73, -5, 63, 37, 70, -16, 29, 53, -39, 14, -71, 46, 27, 0, -127, -30, 47, 25, -32, 24, -6, 64, -13, 25, 13, 10, 40, 52, 55, 3, 44, -38, -46, 20, 9, 35, -9, -68, -62, -10, 37, 10, 18, -11, -6, 70, 16, -5, 8, -47, -2, 4, -17, -3, -15, 17, 13, 24, -24, 5, 8, 12, 0, 26, -1, -11, 68, 26, -6, -3, -2, 18, -25, -4, -54, 5, 50, -24, -58, 33, -40, -22, 21, -11, 45, -33, 11, -35, 44, 37, -20, 21, 6, 21, 39, 63, 12, -9, -25, 11, -42, 39, 34, -5, -7, -6, 71, -58, 46, -5, 14, 48, -41, 10, 21, -9, 14, -34, -46, -1, -12, 39, 31, 15, 11, 64, 28, 39, -83, 35, 24, 37, -38, -26, -114, -115, 28, 77, 78, 38, -64, -99, -22, -35, 23, -30, -44, 6, 127, 27, 4, 51, 29, -30, 32, -6, -42, -24, 30, 61, 46, 56, -44, -49, 6, 74, 9, 91, 10, 40, 37, 94, -82, -67, 45, -12, -64, 68, -46, 4, -12, -29, 62, 39, 17, -13, -21, 36, 34, 9, -25, 9, -10, 4, 42, 32, 62, 21, -16, -34, -16, -66, -29, 21, 37, -22, -19, -22, -29, 34, -17, -121, 62, 26, 9, 41, -10, -52, -65, -55, -41, 10, -42, -49, -127, -45, 27, -49, 34, 80, 41, 8, 62, 0, 25, 33, -103, 79, -112, 76, 22, 99, -20, 8, -18, -5, 65, -32, 48, 15, 8, -52, 61, -46, 11, 8, 5, 22, 2, -3, 22, -10, 30, 83, -6, -16, 18, 38, 8, 11, -37, 31, -25, 2, -59, -54, 32, -25, 8, -127, -7, -6, -31, -50, -35, 56, -54, 51, 13, -55, 55, -48, 9, 3, -104, -6, 40, 47, -127, 6, 52, 11, -52, 36, -64, 5, -4, -72, 37, 38, -3, -17, 77, -27, 13, 54, 100, -61, -26, 17, -106, -38, -50, -1, -51, -13, -68, 31, -87, 26, 60, 66, 71, -59, -31, -29, 1, -18, -57, -19, -2, 54, 12, 7, 18, -16, -105, -20, -83, 26, 50, 26, 10, -4, -17, -49, -45, 42, -29, 103, -32, -55, -37, 80, -62, -65, 29, -24, -20, 66, -9, -42, 63, 18, -1, -1, -10, -19, -62, 43, 48, 25, 38, 41, -21, 22, 13, 70, 28, -51, 69, -55, 75, -16, 32, -4, -1, 11, -58, -17, -65, -32, -11, -3, 47, -15, 21, -57, 37, -25, 20, -93, -8, 76, -13, 49, -38, -7, 34, 5, 23, 5, -3, 46, -25, -62, 5, -7, 52, 44, -16, -15, -55, -2, -29, -16, 0, 5, 9, -9, -2, -2, 23, -16, -13, 22, 5, -2, 9, -15, 7, -12, -53, 89, 31, -41, -75, -1, 39, -58, 97, -92, -84, -25, 62, 64, 6, -57, -56, 34, 17, -117, 6, 57, -4, -105, 3, 34, 38, 0, -3, 12, -72, 22, 59, -1, 16, -24, 1, 18, 0, 0, 0, 0, 0, 0, 0, 0, -54, -33, 15, -8, 37, -4, 13, -2, 0, 0, 0, 0, 0, 0, 0, 0, -32, 27, -18, -43, -52, 4, -27, -10, 0, 0, 0, 0, 0, 0, 0, 0, -4, 14, -85, -65, -5, -41, -15, 2, 0, 0, 0, 0, 0, 0, 0, 0, -43, -44, -23, -40, -47, 20, -1, 17, 0, 0, 0, 0, 0, 0, 0, 0, 5, 2, -16, 36, 28, -8, 18, -19, 0, 0, 0, 0, 0, 0, 0, 0, 19, 0, -56, -19, 2, 46, -33, -9, 0, 0, 0, 0, 0, 0, 0, 0, -55, 15, 13, 29, -6, -9, 11, -63, 0, 0, 0, 0, 0, 0, 0, 0, -27, -58, -90, -69, -17, 127, 31, 11, 0, 0, 0, 0, 0, 0, 0, 0, 24, -5, 18, -30, 4, 20, 29, -19, 0, 0, 0, 0, 0, 0, 0, 0, -86, 34, -38, 9, 41, -45, 47, -13, 0, 0, 0, 0, 0, 0, 0, 0, 47, 26, -127, 2, 19, 42, 47, -57, 0, 0, 0, 0, 0, 0, 0, 0, 52, -16, -78, -13, 10, -1, 72, -30, 0, 0, 0, 0, 0, 0, 0, 0, 0, -37, -23, -32, -41, -38, 10, -1, 0, 0, 0, 0, 0, 0, 0, 0, 43, -49, -3, 33, -7, -26, -67, 2, 0, 0, 0, 0, 0, 0, 0, 0, -91, 50, -90, -9, -54, 28, 83, 2, 0, 0, 0, 0, 0, 0, 0, 0, 23, -37, 8, 17, 10, -96, -4, -58, 0, 0, 0, 0, 0, 0, 0, 0, 43, -18, -11, -48, 17, 21, 2, 37, 0, 0, 0, 0, 0, 0, 0, 0, -33, -36, -73, 38, -20, -16, 12, 38, 0, 0, 0, 0, 0, 0, 0, 0, 25, -28, -1, 2, 15, 20, 9, -29, 0, 0, 0, 0, 0, 0, 0, 0, 19, -5, 40, 6, 27, -15, 16, -45, 0, 0, 0, 0, 0, 0, 0, 0, 17, 19, -18, -15, -11, 14, -14, 21, 0, 0, 0, 0, 0, 0, 0, 0, 8, -7, 31, -12, 53, 39, -83, -39, 0, 0, 0, 0, 0, 0, 0, 0, 8, 56, 25, -13, -4, 20, 7, 27, 0, 0, 0, 0, 0, 0, 0, 0},
  {0.000105711624f, 0.00011514321f, 0.000102309365f, 0.00011003913f, 0.000103685416f, 9.24396e-05f, 8.5603206e-05f, 0.00010380647f, 0.00013760243f, 0.00013828336f, 0.08035488f, -0.120570265f, -0.115083024f, 0.0914746f, 0.027836865f, -0.106156245f, -0.00039285846f, 0.023678726f, 0.22739623f, -0.016768254f},
  {-812, 627, -3, -23, -36, -33, 35, -348, -1058, 38},
};
const void *digits_weights(void) { return &digits_data; }
int digits_init(void *workspace, const void *weights) {
  if (!workspace || (size_t)workspace % 16) return 1;
  if (!weights) weights = &digits_data;
  if (!weights || (size_t)weights % 64) return 2;
  if (((const struct digits_weights *)weights)->fingerprint != 0x1bf58eea1f7d2b31ULL) return 3;
  struct digits_head *head = (struct digits_head *)workspace;
  head->weights = (const struct digits_weights *)weights;
  head->team = (apus_team){0, 0, 1};
  return 0;
}
void digits_run(void *workspace, const unsigned char *in0, float *out0) {
  struct digits_head *head = (struct digits_head *)workspace;
  digits_compute(0, (unsigned char *)workspace + 64, head->weights, in0, out0);
}
