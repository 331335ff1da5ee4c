// Powers of doubles without branches, to about one unit in the last place: the logarithm is kept as a sum of two doubles.
#pragma once
#include "ck_base.h"
#include "ck_math.h"

// Whether products with a sum are single instructions; without them the library's function is faster.
CK_INLINE int ck_has_fma(void) {
#if defined(__x86_64__)
  return __builtin_cpu_supports("fma");
#else
  return 1;
#endif
}

// Where ckw_pow_f64 is right but for the size of the result: x positive and normal.
#define CKW_POW_NEAR(x, y) (((x) >= 0x1p-1022) & ((x) <= 0x1.fffffffffffffp1023) & (__builtin_fabs(y) < 0x1p60))

// x^y for such x and y. Beyond the range of doubles, and where it would be subnormal, the result is NaN: for another function.
CK_INLINE double ckw_pow_f64(double x, double y) {
  // x = 2^e m with m between sqrt(1/2) and sqrt(2).
  int64_t bits = (int64_t)ckm_bits_f64(x);
  int64_t e = (bits - 0x3fe6a09e667f3bcdLL) >> 52;
  double m = ckm_double((uint64_t)(bits - (e << 52)));
  double exponent = (double)(int32_t)e;
  // log(m) = 2 (s + s^3 (1/3 + s^2 / 5 + ...)) with s = (m - 1) / (m + 1), each part with its rounding error.
  double above = m - 1, below = m + 1, lost = m - (below - 1);
  double s = above / below, s_low = (__builtin_fma(-s, below, above) - s * lost) / below;
  double z = s * s, z_low = __builtin_fma(s, s, -z) + 2 * s * s_low;
  double p = 0.04;
  p = p * z + 0.043478260869565216;
  p = p * z + 0.047619047619047616;
  p = p * z + 0.052631578947368418;
  p = p * z + 0.058823529411764705;
  p = p * z + 0.066666666666666666;
  p = p * z + 0.076923076923076927;
  p = p * z + 0.090909090909090912;
  p = p * z + 0.11111111111111111;
  p = p * z + 0.14285714285714285;
  p = p * z + 0.2;
  double tail = p * z, third = 0.33333333333333331;
  double c = third + tail, c_low = tail - (c - third) + 1.8503717077085943e-17 + z_low * 0.2;
  double cube = z * s, cube_low = __builtin_fma(z, s, -cube) + z * s_low + z_low * s;
  double term = cube * c, term_low = __builtin_fma(cube, c, -term) + cube * c_low + cube_low * c;
  double half = s + term, half_low = term - (half - s) + term_low + s_low;
  // Plus e log(2), of which the first part has few enough digits for an exact product.
  double turns = exponent * 0.693147180559890330, log_high = turns + 2 * half;
  double log_low = 2 * half - (log_high - turns) + 2 * half_low + exponent * 5.497923018708371e-14;
  double sum = log_high + log_low;
  log_low = log_low - (sum - log_high);
  double w = y * sum, w_low = __builtin_fma(y, sum, -w) + y * log_low;
  // exp(w) = 2^k exp(r).
  double shifted = w * 1.4426950408889634 + 6755399441055744.0, k = shifted - 6755399441055744.0;
  double r = __builtin_fma(-k, 0.693147180559890330, w);
  r = __builtin_fma(-k, 5.497923018708371e-14, r) + w_low;
  double q = 1.6059043836821613e-10;
  q = q * r + 2.08767569878681e-9;
  q = q * r + 2.5052108385441720e-8;
  q = q * r + 2.7557319223985893e-7;
  q = q * r + 2.7557319223985888e-6;
  q = q * r + 2.4801587301587302e-5;
  q = q * r + 1.9841269841269841e-4;
  q = q * r + 1.3888888888888889e-3;
  q = q * r + 8.3333333333333332e-3;
  q = q * r + 4.1666666666666664e-2;
  q = q * r + 0.16666666666666666;
  q = q * r + 0.5;
  double value = 1 + (r + r * r * q);
  int64_t power = (int64_t)(ckm_bits_f64(shifted) << 52);
  double result = ckm_double(ckm_bits_f64(value) + (uint64_t)power);
  return __builtin_fabs(w) < 708 ? result : __builtin_nan("");
}
