// Functions of floats computed in double precision: short polynomials, no branches, and errors that rounding to a float hides.
// The coefficients are interpolations at Chebyshev nodes of values in forty digits.
#pragma once
#include "ck_base.h"
#include "ck_math.h"

#define CKW_PI 3.14159265358979323846

CK_INLINE double ckw_sqrt(double x) { return __builtin_elementwise_sqrt(x); }

// (asin(s) - s) / s^3 over z = s^2 in [0, 1/4].
CK_INLINE double ckw_asin_tail(double z) {
  double p = 0.0284560581039;
  p = p * z + 0.000958625043669;
  p = p * z + 0.0169081226989;
  p = p * z + 0.0168934183448;
  p = p * z + 0.0224134968257;
  p = p * z + 0.0303798770448;
  p = p * z + 0.0446429085858;
  p = p * z + 0.0749999995094;
  return p * z + 0.166666666667;
}

// Beyond 1/2 through the half angle: asin(a) = pi / 2 - 2 asin(sqrt((1 - a) / 2)). Outside the domain the root is NaN.
CK_INLINE double ckw_asin(double x) {
  double a = __builtin_fabs(x), half = 0.5 * (1 - a);
  double s = a < 0.5 ? a : ckw_sqrt(half), z = a < 0.5 ? a * a : half;
  double y = s + s * z * ckw_asin_tail(z);
  return __builtin_copysign(a < 0.5 ? y : CKW_PI / 2 - 2 * y, x);
}
CK_INLINE double ckw_acos(double x) {
  double a = __builtin_fabs(x), half = 0.5 * (1 - a);
  double s = a < 0.5 ? a : ckw_sqrt(half), z = a < 0.5 ? a * a : half;
  double y = s + s * z * ckw_asin_tail(z);
  double turned = a < 0.5 ? CKW_PI / 2 - __builtin_copysign(y, x) : 2 * y;
  return a >= 0.5 && x < 0 ? CKW_PI - turned : turned;
}

// atan(t) for t in [0, 1].
CK_INLINE double ckw_atan_unit(double t) {
  double z = t * t;
  double p = -0.000387879613202;
  p = p * z + 0.00293585195411;
  p = p * z - 0.0104168043676;
  p = p * z + 0.0234910798497;
  p = p * z - 0.039001242035;
  p = p * z + 0.0530933625817;
  p = p * z - 0.0649343225372;
  p = p * z + 0.0765608543104;
  p = p * z - 0.0908594364587;
  p = p * z + 0.111107000262;
  p = p * z - 0.142856964154;
  p = p * z + 0.199999996924;
  p = p * z - 0.333333333325;
  return t + t * z * p;
}
CK_INLINE double ckw_atan(double x) {
  double a = __builtin_fabs(x);
  double y = ckw_atan_unit(a > 1 ? 1 / a : a);
  return __builtin_copysign(a > 1 ? CKW_PI / 2 - y : y, x);
}
CK_INLINE double ckw_atan2(double y, double x) {
  double a = __builtin_fabs(x), b = __builtin_fabs(y);
  double low = a < b ? a : b, high = a < b ? b : a;
  double t = low == high ? (low == 0 ? 0 : 1) : low / high;
  t = ((x != x) | (y != y)) ? __builtin_nan("") : t;
  double r = ckw_atan_unit(t);
  r = b > a ? CKW_PI / 2 - r : r;
  r = __builtin_copysign(1, x) < 0 ? CKW_PI - r : r;
  return __builtin_copysign(r, y);
}

// Near zero the difference that the logarithm or the exponential is taken of has lost its digits.
#define CKW_SMALL 1e-4
CK_INLINE double ckw_asinh(double x) {
  double a = __builtin_fabs(x);
  double y = ckm_log_f64(a + ckw_sqrt(a * a + 1));
  return __builtin_copysign(a < CKW_SMALL ? a - a * a * a * (1.0 / 6) : y, x);
}
CK_INLINE double ckw_acosh(double x) {
  double y = ckm_log_f64(x + ckw_sqrt(x * x - 1));
  return x >= 1 ? y : __builtin_nan("");
}
CK_INLINE double ckw_atanh(double x) {
  double y = 0.5 * ckm_log_f64((1 + x) / (1 - x));
  return __builtin_fabs(x) < CKW_SMALL ? x + x * x * x * (1.0 / 3) : y;
}
CK_INLINE double ckw_sinh(double x) {
  double e = ckm_exp_f64(x), y = 0.5 * (e - 1 / e);
  return __builtin_fabs(x) < CKW_SMALL ? x + x * x * x * (1.0 / 6) : y;
}
CK_INLINE double ckw_cosh(double x) {
  double e = ckm_exp_f64(x);
  return 0.5 * (e + 1 / e);
}

// C's pow: 1 wherever x is 1 or y is 0, the sign of an odd power, NaN for other powers of negative numbers.
CK_INLINE double ckw_pow(double x, double y) {
  double a = __builtin_fabs(x);
  double r = ckm_exp2_f64(y * ckm_log2_f64(a));
  int is_whole = __builtin_trunc(y) == y, is_odd = is_whole & (__builtin_trunc(0.5 * y) != 0.5 * y);
  int is_negative = __builtin_copysign(1, x) < 0;
  r = (is_negative & is_odd) ? -r : r;
  r = ((x < 0) & !is_whole & (a < __builtin_inf())) ? __builtin_nan("") : r;
  r = ((a == 1) & (__builtin_fabs(y) == __builtin_inf())) ? 1 : r;
  return ((x == 1) | (y == 0)) ? 1 : r;
}

// Infinite beside a NaN too.
CK_INLINE double ckw_hypot(double x, double y) {
  double r = ckw_sqrt(x * x + y * y);
  return ((__builtin_fabs(x) == __builtin_inf()) | (__builtin_fabs(y) == __builtin_inf())) ? __builtin_inf() : r;
}

// C's fmod where the quotient has at most 28 bits, so that its product with y is exact; it may be one off.
#define CKW_FMOD_NEAR(x, y) !(__builtin_fabsf(x) > 0x1p28f * __builtin_fabsf(y))
CK_INLINE float ckw_fmod(float x, float y) {
  double a = __builtin_fabsf(x), b = __builtin_fabsf(y);
  double r = a - __builtin_trunc(a / b) * b;
  r = r < 0 ? r + b : r;
  r = r >= b ? r - b : r;
  r = ((b == __builtin_inf()) & (a < b)) ? a : r;
  return __builtin_copysignf((float)r, x);
}
CK_INLINE float ckw_remainder(float x, float y) {
  float m = ckw_fmod(x, y);
  return ((m != 0) & ((m < 0) != (y < 0))) ? m + y : m;
}
CK_INLINE float ckw_floor_div(float x, float y) {
  float m = ckw_fmod(x, y), quotient = (x - m) / y;
  quotient = ((m != 0) & ((m < 0) != (y < 0))) ? quotient - 1 : quotient;
  float whole = __builtin_floorf(quotient);
  whole = quotient - whole > 0.5f ? whole + 1 : whole;
  whole = quotient == 0 ? __builtin_copysignf(0, x / y) : whole;
  return y == 0 ? x / y : whole;
}

// The neighbour of x in the direction of y.
CK_INLINE float ckw_nextafter(float x, float y) {
  int32_t bits = (int32_t)ckm_bits_f32(x);
  float next = ckm_float((uint32_t)(bits + ((x < y) == (x > 0) ? 1 : -1)));
  next = x == 0 ? __builtin_copysignf(1.401298464324817e-45f, y) : next;
  next = x == y ? y : next;
  return ((x != x) | (y != y)) ? x + y : next;
}

// The inverse error function divided by its argument x, of w = -log(1 - x^2) below 5.
CK_INLINE double ckw_erfinv_ratio_near(double w) {
  double t = 0.4 * w - 1;
  double p = 1.60530136853e-7;
  p = p * t - 5.00653211595e-8;
  p = p * t - 1.78555391243e-6;
  p = p * t + 3.09384933589e-6;
  p = p * t + 8.59322401742e-6;
  p = p * t - 4.1603826548e-5;
  p = p * t + 2.05007136406e-5;
  p = p * t + 0.00029225781397;
  p = p * t - 0.000834142907132;
  p = p * t - 0.00048791206827;
  p = p * t + 0.00852540186378;
  p = p * t - 0.0195735598215;
  p = p * t - 0.026108235821;
  p = p * t + 0.616600691828;
  p = p * t + 1.50140935111;
  return p;
}
// The same of any w.
CK_INLINE double ckw_erfinv_ratio(double w) {
  double p = ckw_erfinv_ratio_near(w < 5 ? w : 5);
  double s = ckw_sqrt(w), u = (s < 4.2 ? s : 4.2) * 1.0183651863132579 - 3.277133782515683;
  double q = 5.98025074033e-6;
  q = q * u - 1.44937487483e-6;
  q = q * u - 4.51002259154e-5;
  q = q * u + 8.36923534186e-5;
  q = q * u + 3.08296630528e-6;
  q = q * u - 0.000322733035166;
  q = q * u + 0.000925970339658;
  q = q * u - 0.00171332637376;
  q = q * u + 0.00258143620023;
  q = q * u - 0.00387072506567;
  q = q * u + 0.00554109101428;
  q = q * u + 0.986781346201;
  q = q * u + 3.05175710438;
  double v = s * 0.32786885245901639 - 2.3770491803278689;
  double r = 1.70043066926e-5;
  r = r * v - 3.6879118257e-5;
  r = r * v + 3.60795141293e-5;
  r = r * v - 7.86079969674e-5;
  r = r * v + 0.00019350582844;
  r = r * v - 0.000328103566851;
  r = r * v + 0.000370545078815;
  r = r * v + 0.000325505745777;
  r = r * v - 0.00470607152659;
  r = r * v + 3.07543942452;
  r = r * v + 7.12113663485;
  return w < 5 ? p : s < 4.2 ? q : r;
}
CK_INLINE double ckw_erfinv_near(double x) { return x * ckw_erfinv_ratio_near(-ckm_log_f64((1 - x) * (1 + x))); }
CK_INLINE double ckw_erfinv(double x) {
  double y = x * ckw_erfinv_ratio(-ckm_log_f64((1 - x) * (1 + x)));
  y = __builtin_fabs(x) == 1 ? __builtin_copysign(__builtin_inf(), x) : y;
  return __builtin_fabs(x) <= 1 ? y : __builtin_nan("");
}
// The quantile of the normal distribution: with x = 2 p - 1 it is sqrt(2) erfinv(x), and 1 - x^2 = 4 p (1 - p).
CK_INLINE double ckw_ndtri(double p) {
  double y = 1.41421356237309504880 * (2 * p - 1) * ckw_erfinv_ratio(-ckm_log_f64(4 * p * (1 - p)));
  y = p == 0 ? -__builtin_inf() : y;
  y = p == 1 ? __builtin_inf() : y;
  return ((p >= 0) & (p <= 1)) ? y : __builtin_nan("");
}

// log(gamma(x)) for 0 < x < inf: eight steps up, and Stirling's series there.
CK_INLINE double ckw_lgamma(double x) {
  double product = ((x * (x + 1)) * ((x + 2) * (x + 3))) * (((x + 4) * (x + 5)) * ((x + 6) * (x + 7)));
  double z = x + 8, u = 1 / z, square = u * u;
  double small = 1.0 / 1680 - square * (1.0 / 1188 - square * (691.0 / 360360 - square * (1.0 / 156)));
  double tail = u * (1.0 / 12 - square * (1.0 / 360 - square * (1.0 / 1260 - square * small)));
  double y = (z - 0.5) * ckm_log_f64(z) - z + 0.91893853320467274178 + tail - ckm_log_f64(product);
  return ((x == 1) | (x == 2)) ? 0 : y;
}
// The derivative of the digamma function for x > 0: eight steps up, and the asymptotic series there.
CK_INLINE double ckw_trigamma(double x) {
  double sum = 0;
  for (int k = 0; k < 8; k++) sum += 1 / ((x + k) * (x + k));
  double u = 1 / (x + 8), s = u * u;
  double series = 1 + 0.5 * u + s * (1.0 / 6 - s * (1.0 / 30 - s * (1.0 / 42 - s * (1.0 / 30 - s * (5.0 / 66)))));
  return sum + u * series;
}
