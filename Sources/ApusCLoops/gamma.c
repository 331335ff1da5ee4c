// The gamma family beyond its logarithm, the scaled error function, the normal quantile, and orthogonal polynomials.
#define _GNU_SOURCE
#include "ck_pointwise.h"
#include <math.h>
#include "pointwise_loops.h"
#include "wide.h"

// The Hurwitz zeta function: terms up to q = 12, then Euler and Maclaurin's formula.
static double zeta(double x, double q) {
  if (x == 1) return INFINITY;
  if (x < 1) return NAN;
  if (q <= 0) {
    if (q == floor(q)) return INFINITY;
    if (x != floor(x)) return NAN;
    // The terms at negative places are those of a positive one, with the sign of (-1)^x.
    double fraction = ceil(-q) - -q;
    double last = zeta(x, 1 - q);
    double before = zeta(x, 1 - fraction) - (last == last ? last : 0);
    return (fmod(x, 2) == 0 ? before : -before) + zeta(x, fraction);
  }
  if (x != x || q != q) return NAN;
  double sum = 0;
  while (q < 12) {
    double term = pow(q, -x);
    sum += term;
    if (q > 0 && term < sum * 1e-18) return sum;
    q += 1;
  }
  // B(2k) / (2k)!
  static const double coefficients[] = {
    1.0 / 12, -1.0 / 720, 1.0 / 30240, -1.0 / 1209600, 1.0 / 47900160, -691.0 / 1307674368000.0,
    1.0 / 74724249600.0, -3617.0 / 10670622842880000.0,
  };
  double power = pow(q, -x);
  sum += power * q / (x - 1) + power / 2;
  double factor = x;
  power /= q;
  for (int k = 0; k < 8; k++) {
    double term = coefficients[k] * factor * power;
    sum += term;
    if (fabs(term) < fabs(sum) * 1e-18) break;
    factor *= (x + 2 * k + 1) * (x + 2 * k + 2);
    power /= q * q;
  }
  // All terms vanish while their factors overflow: PyTorch has the product, NaN.
  return sum == 0 && x > 1e13 ? NAN : sum;
}

static double polygamma(double order, double x) {
  // As PyTorch's trigamma, the derivative of the digamma function; higher orders are NaN there.
  if (order == 1 && isinf(x)) return x > 0 ? 0 : NAN;
  double sign = fmod(order, 2) == 0 ? -1 : 1;
  return sign * tgamma(order + 1) * zeta(order + 1, x);
}

// exp(-x) x^a / gamma(a), by Stirling's series where the two would cancel.
static double gamma_density(double a, double x) {
  if (a < 20) return exp(a * log(x) - x - lgamma_r(a, &(int){0}));
  double mu = (x - a) / a;
  double rest = fabs(mu) < 0.5 ? log1p(mu) - mu : log(x / a) - mu;
  double series = 1 / (12 * a) - 1 / (360 * a * a * a) + 1 / (1260 * pow(a, 5));
  return exp(a * rest - series) * sqrt(a / (2 * 3.14159265358979323846));
}

// Both regularised incomplete gamma functions: the series below the mean, the continued fraction above.
static double incomplete_gamma(double a, double x, int upper) {
  if (a < 0 || x < 0) return NAN;
  if (a == 0) return x > 0 ? !upper : NAN;
  if (x == 0) return upper;
  if (isinf(a)) return isinf(x) ? NAN : upper;
  if (isinf(x)) return !upper;
  if (a != a || x != x) return NAN;
  if (a > 1e7) {
    // Temme's first term: the normal distribution in the right variable.
    double mu = (x - a) / a;
    double eta = copysign(sqrt(2 * (mu > 1e-4 || mu < -1e-4 ? mu - log1p(mu) : mu * mu * (0.5 - mu / 3))), mu);
    return 0.5 * erfc((upper ? eta : -eta) * sqrt(a / 2));
  }
  double density = gamma_density(a, x);
  if (x < a + 1) {
    double sum = 1 / a, term = sum;
    for (double n = a + 1; term > sum * 1e-17 && n < a + 100000; n++) sum += term *= x / n;
    return upper ? 1 - density * sum : density * sum;
  }
  double b = x + 1 - a, c = 1e300, d = 1 / b, fraction = d;
  for (int i = 1; i < 100000; i++) {
    double step = -i * (i - a);
    b += 2;
    d = step * d + b;
    if (fabs(d) < 1e-300) d = 1e-300;
    c = b + step / c;
    if (fabs(c) < 1e-300) c = 1e-300;
    d = 1 / d;
    double change = d * c;
    fraction *= change;
    if (fabs(change - 1) < 1e-16) break;
  }
  return upper ? density * fraction : 1 - density * fraction;
}

// exp(x^2) erfc(x).
static double scaled_erfc(double x) {
  if (x < 0) return x < -27 ? INFINITY : 2 * exp(x * x) - scaled_erfc(-x);
  if (x < 5) return exp(x * x) * erfc(x);
  if (x != x) return x;
  double fraction = x;
  for (int k = 60; k > 0; k--) fraction = x + k / (2 * fraction);
  return 0.56418958354775628695 / fraction;
}

// The quantile of the normal distribution: Abramowitz and Stegun 26.2.23, then Halley's method on erfc.
static double normal_quantile(double p) {
  if (!(p >= 0 && p <= 1)) return NAN;
  if (p == 0) return -INFINITY;
  if (p == 1) return INFINITY;
  double tail = p < 0.5 ? p : 1 - p;
  double t = sqrt(-2 * log(tail));
  double x = t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
  for (int step = 0; step < 3; step++) {
    double error = 0.5 * erfc(x * 0.70710678118654752440) - tail;
    double newton = error / (0.39894228040143267794 * exp(-0.5 * x * x));
    x += newton / (1 - 0.5 * x * newton);
  }
  return p < 0.5 ? -x : x;
}

// Orthogonal polynomials by their recurrences, in the element's own precision: where they overflow is part of the result.
// A degree that is no number, negative, or beyond 64 bits gives 0, as in PyTorch. Large degrees take the closed forms of
// PyTorch, or expansions for large degrees that are exact to the digits of the recurrence: time must not grow with the
// degree without end.
#define CK_DEGREE(T)                                                                                                  \
  n = (T)trunc((double)n);                                                                                             \
  if (!(n >= 0 && n < (T)0x1p63)) return 0;                                                                            \
  if (n == 0) return 1;

#define CK_RECURRENCE(T, first, limit, next_value)                                                                    \
  T before = 1, now = (first);                                                                                         \
  long degree = n < (limit) ? (long)n : (long)(limit);                                                                 \
  for (long step = 1; step < degree && now == now; step++) {                                                           \
    T k = (T)step, next = (next_value);                                                                                \
    (void)k;                                                                                                           \
    before = now;                                                                                                      \
    now = next;                                                                                                        \
  }

// At 1 and -1, and between for degrees above 8, where the polynomials are ratios of sines and cosines.
static double chebyshev_closed(double x, double n, int kind) {
  double sign = x > 0 || fmod(n, 2) == 0 ? 1 : -1;
  if (fabs(x) == 1) {
    int grows = kind == 1 || (kind == 2 && x < 0) || (kind == 3 && x > 0);
    return grows ? sign * (kind == 1 ? n + 1 : 2 * n + 1) : sign;
  }
  double angle = acos(x);
  switch (kind) {
    case 0: return cos(n * angle);
    case 1: return sin((n + 1) * angle) / sin(angle);
    case 2: return cos((n + 0.5) * angle) / cos(angle / 2);
    default: return sin((n + 0.5) * angle) / sin(angle / 2);
  }
}

// Hilb's formula with its next term, for degrees of 2^16 and more and -1 < x < 1.
static double legendre_large(double x, double n) {
  double angle = acos(fabs(x)), degree = n + 0.5;
  double sign = x > 0 || fmod(n, 2) == 0 ? 1 : -1;
  if (angle == 0) return sign;
  double slope = (1 - angle / tan(angle)) / (8 * angle);
  return sign * sqrt(angle / sin(angle)) * (j0(degree * angle) - slope / degree * j1(degree * angle));
}

// Its counterpart for degrees of 2^20 and more, of 2^16 in single precision; below 0 the Bessel function is the modified one, by its series.
static double laguerre_large(double x, double n) {
  double degree = n + 0.5;
  if (x < 0) {
    double sum = 1, term = 1;
    for (double k = 1; term > 1e-17 * sum && !isinf(sum); k++) sum += term *= degree * -x / (k * k);
    return isinf(sum) ? NAN : exp(x / 2) * sum;
  }
  double root = sqrt(x), place = 2 * sqrt(degree) * root;
  return exp(x / 2) * (j0(place) + x * root / (12 * sqrt(degree)) * j1(place));
}

#define CK_POLYNOMIALS(T, t, laguerre_limit)                                                                                          \
  static T chebyshev_##t(T x, T n, int kind) {                                                                         \
    CK_DEGREE(T)                                                                                                       \
    if (fabs((double)x) == 1 || (n > 8 && fabs((double)x) < 1)) return (T)chebyshev_closed(x, n, kind);                \
    CK_RECURRENCE(T, kind == 0 ? x : kind == 1 ? 2 * x : kind == 2 ? 2 * x - 1 : 2 * x + 1, 0x1p63, 2 * x *now - before) \
    return now;                                                                                                        \
  }                                                                                                                    \
  static T hermite_##t(T x, T n, T scale) {                                                                            \
    CK_DEGREE(T)                                                                                                       \
    CK_RECURRENCE(T, scale *x, 0x1p63, scale *(x * now - k * before))                                                  \
    return now;                                                                                                        \
  }                                                                                                                    \
  static T laguerre_##t(T x, T n) {                                                                                    \
    CK_DEGREE(T)                                                                                                       \
    if (x == 0) return 1;                                                                                              \
    CK_RECURRENCE(T, 1 - x, laguerre_limit, ((2 * k + 1 - x) * now - k * before) / (k + 1))                            \
    return n <= (T)(laguerre_limit) || now != now ? now : (T)laguerre_large(x, n);                                      \
  }                                                                                                                    \
  static T legendre_##t(T x, T n) {                                                                                    \
    CK_DEGREE(T)                                                                                                       \
    if (fabs((double)x) == 1) return x > 0 || fmod((double)n, 2) == 0 ? 1 : -1;                                        \
    CK_RECURRENCE(T, x, 0x1p16, ((2 * k + 1) * x * now - k * before) / (k + 1))                                        \
    return n <= (T)0x1p16 || !(fabs((double)x) < 1) ? now : (T)legendre_large(x, n);                                   \
  }

CK_POLYNOMIALS(float, f32, 0x1p16)
CK_POLYNOMIALS(double, f64, 0x1p20)

static double mantissa(double x) {
  int exponent;
  return isinf(x) || x != x ? x : frexp(x, &exponent);
}
static double exponent(double x) {
  int exponent = 0;
  if (!isinf(x) && x == x) frexp(x, &exponent);
  return exponent;
}

// The same of floats by their bits; subnormal numbers are scaled up first, and 0 and what is not finite has itself and 0.
CK_INLINE float mantissa_f32(float x) {
  float scaled = fabsf(x) < 0x1p-126f ? x * 0x1p24f : x;
  float m = ckm_float((ckm_bits_f32(scaled) & 0x807fffffu) | 0x3f000000u);
  return ((x != 0) & (fabsf(x) < INFINITY)) ? m : x;
}
CK_INLINE float exponent_f32(float x) {
  int is_tiny = fabsf(x) < 0x1p-126f;
  float scaled = is_tiny ? x * 0x1p24f : x;
  int e = (int)(ckm_bits_f32(scaled) >> 23 & 0xffu) - (is_tiny ? 150 : 126);
  return ((x != 0) & (fabsf(x) < INFINITY)) ? (float)e : 0;
}

#define CK_GAMMA(T, t)                                                                                                \
  CK_UNARY_CALL(erfcx, T, t, scaled_erfc(x))                                                                           \
  CK_BINARY_CALL(zeta, T, t, zeta(x, y))                                                                               \
  CK_BINARY_CALL(igamma, T, t, incomplete_gamma(x, y, 0))                                                              \
  CK_BINARY_CALL(igammac, T, t, incomplete_gamma(x, y, 1))

CK_GAMMA(float, f32)
CK_GAMMA(double, f64)

// Blocks in which no degree is above 8 go through the recurrence side by side: each element stays where its degree is reached.
#define CK_POLYNOMIAL(op, T, t, first, next_value, slow)                                                               \
  CK_KERNEL void ck_##op##_##t(T *out, const T *a, const T *b, long n) {                                               \
    for (long start = 0; start < n; start += 256) {                                                                    \
      long count = n - start < 256 ? n - start : 256;                                                                  \
      const T *from = a + start, *degrees = b + start;                                                                 \
      T *to = out + start, before[256], now[256], least[256];                                                          \
      uint32_t far = 0;                                                                                                \
      T most = 0;                                                                                                      \
      for (long i = 0; i < count; i++) {                                                                               \
        T x = from[i], y = degrees[i];                                                                                 \
        far |= !((y >= 0) & (y < 9) & (x == x));                                                                       \
        most = most > y ? most : y;                                                                                    \
      }                                                                                                                \
      if (far) {                                                                                                       \
        for (long i = 0; i < count; i++) {                                                                             \
          T x = from[i], y = degrees[i];                                                                               \
          to[i] = slow;                                                                                                \
        }                                                                                                              \
        continue;                                                                                                      \
      }                                                                                                                \
      for (long i = 0; i < count; i++) {                                                                               \
        T x = from[i];                                                                                                 \
        before[i] = 1;                                                                                                 \
        now[i] = degrees[i] < 1 ? 1 : (first);                                                                         \
        least[i] = degrees[i] - 1;                                                                                     \
      }                                                                                                                \
      for (T k = 1; k <= most - 1; k++)                                                                                \
        for (long i = 0; i < count; i++) {                                                                             \
          T x = from[i], was = before[i], is = now[i], next = (next_value);                                            \
          before[i] = k <= least[i] ? is : was;                                                                        \
          now[i] = k <= least[i] ? next : is;                                                                          \
        }                                                                                                              \
      for (long i = 0; i < count; i++) to[i] = now[i];                                                                 \
    }                                                                                                                  \
  }
#define CK_POLYNOMIAL_KERNELS(T, t)                                                                                   \
  CK_POLYNOMIAL(chebyshev_t, T, t, x, 2 * x *is - was, chebyshev_##t(x, y, 0))                                         \
  CK_POLYNOMIAL(chebyshev_u, T, t, 2 * x, 2 * x *is - was, chebyshev_##t(x, y, 1))                                     \
  CK_POLYNOMIAL(chebyshev_v, T, t, 2 * x - 1, 2 * x *is - was, chebyshev_##t(x, y, 2))                                 \
  CK_POLYNOMIAL(chebyshev_w, T, t, 2 * x + 1, 2 * x *is - was, chebyshev_##t(x, y, 3))                                 \
  CK_POLYNOMIAL(hermite_h, T, t, 2 * x, 2 * (x * is - k * was), hermite_##t(x, y, 2))                                  \
  CK_POLYNOMIAL(hermite_he, T, t, x, x *is - k * was, hermite_##t(x, y, 1))                                            \
  CK_POLYNOMIAL(laguerre, T, t, 1 - x, ((2 * k + 1 - x) * is - k * was) / (k + 1), laguerre_##t(x, y))                 \
  CK_POLYNOMIAL(legendre, T, t, x, ((2 * k + 1) * x * is - k * was) / (k + 1), legendre_##t(x, y))
CK_POLYNOMIAL_KERNELS(float, f32)
CK_POLYNOMIAL_KERNELS(double, f64)

CK_UNARY(ndtri, float, f32, ckw_ndtri(x))
CK_UNARY_CALL(ndtri, double, f64, normal_quantile(x))
CK_BINARY_BLOCKED(polygamma, (x == 1) & (y > 0) & (y < 1e30f), x *ckw_trigamma(y), polygamma(x, y))
CK_BINARY_CALL(polygamma, double, f64, polygamma(x, y))
CK_UNARY(mantissa, float, f32, mantissa_f32(x))
CK_UNARY_CALL(mantissa, double, f64, mantissa(x))
CK_UNARY(exponent, float, f32, exponent_f32(x))
CK_UNARY_CALL(exponent, double, f64, exponent(x))
