// The math prelude: scalar functions that a compiler inlines into a loop and turns into vector code.
// The float functions are branch free; errors stay within about two units in the last place (erf and erfc eight, tan
// four), and NaN, infinities, signed zeros and subnormal numbers come out as C's own functions give them, except that
// the sigmoid and what is made of it become 0 below -87.3. Nothing is included but <stdint.h>, so that the
// same text serves generated kernels and WebAssembly. Products are written next to their sums: the compiler contracts
// them to fused multiply-add where the machine has it, and every algorithm is accurate without.
#pragma once
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
