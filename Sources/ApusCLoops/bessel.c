// Bessel functions of order 0 and 1, and the Airy function. The modified ones of the second kind come from their integral
// over exp(-x cosh t), for which the trapezoidal rule converges geometrically (Trefethen and Weideman, 2014).
#define _GNU_SOURCE
#include "ck_pointwise.h"
#include <math.h>
#include "pointwise_loops.h"

static const double pi = 3.14159265358979323846;
static const double euler = 0.57721566490153286061;

// exp(-|x|) I_order(x) for order 0 or 1 and x >= 0: the power series, or the asymptotic one from 25 on.
static double scaled_i(int order, double x) {
  if (x > 25) {
    if (x == INFINITY) return 0;
    double sum = 1, term = 1, mu = 4.0 * order * order;
    for (int k = 1; k < 60; k++) {
      double next = -term * (mu - (2.0 * k - 1) * (2.0 * k - 1)) / (8.0 * k * x);
      if (fabs(next) >= fabs(term) || fabs(next) < 1e-18) break;
      sum += term = next;
    }
    return sum / sqrt(2 * pi * x);
  }
  double quarter = x * x / 4, term = order ? x / 2 : 1, sum = term;
  for (int k = 1; k < 200 && term > sum * 1e-18; k++) sum += term *= quarter / ((double)k * (k + order));
  return sum * exp(-x);
}

static double i0e(double x) { return x != x ? x : scaled_i(0, fabs(x)); }
static double i1e(double x) { return x != x ? x : copysign(scaled_i(1, fabs(x)), x); }
static double i0(double x) {
  double magnitude = fabs(x);
  return magnitude > 700 ? scaled_i(0, magnitude) * exp(magnitude / 2) * exp(magnitude / 2) : i0e(x) * exp(magnitude);
}
static double i1(double x) {
  double magnitude = fabs(x);
  return magnitude > 700 ? i1e(x) * exp(magnitude / 2) * exp(magnitude / 2) : i1e(x) * exp(magnitude);
}

// exp(x) K_order(x) for x > 0: the integral of exp(-x (cosh t - 1)) cosh(order t) over t > 0.
static double scaled_k(double order, double x) {
  // Fine enough for the bell curve that the integrand becomes for large x.
  double step = fmin(0.125, 0.5 / sqrt(x));
  double sum = 0.5;
  for (int k = 1; k < 8000; k++) {
    double t = k * step, s = sinh(t / 2);
    double term = exp(-2 * x * s * s) * cosh(order * t);
    sum += term;
    if (term < sum * 1e-18 && 2 * x * s * s > 1) break;
  }
  return sum * step;
}

// Near zero the logarithm is split off; DLMF 10.31.
static double k0(double x) {
  if (x == 0) return INFINITY;
  if (!(x > 0)) return NAN;
  if (x > 1) return x == INFINITY ? 0 : scaled_k(0, x) * exp(-x);
  double quarter = x * x / 4, term = 1, harmonic = 0, sum = 0, bessel = 1;
  for (int k = 1; k < 30; k++) {
    term *= quarter / ((double)k * k);
    harmonic += 1.0 / k;
    sum += term * harmonic;
    bessel += term;
  }
  return sum - (log(x / 2) + euler) * bessel;
}
static double k1(double x) {
  if (x == 0) return INFINITY;
  if (!(x > 0)) return NAN;
  if (x > 1) return x == INFINITY ? 0 : scaled_k(1, x) * exp(-x);
  double quarter = x * x / 4, term = x / 2, bessel = term, harmonic = -2 * euler + 1, sum = term * harmonic;
  for (int k = 1; k < 30; k++) {
    term *= quarter / ((double)k * (k + 1));
    harmonic += 1.0 / k + 1.0 / (k + 1);
    bessel += term;
    sum += term * harmonic;
  }
  return 1 / x + log(x / 2) * bessel - sum / 2;
}
static double k0e(double x) { return x > 1 ? (x == INFINITY ? 0 : scaled_k(0, x)) : k0(x) * exp(x); }
static double k1e(double x) { return x > 1 ? (x == INFINITY ? 0 : scaled_k(1, x)) : k1(x) * exp(x); }

// Defined for x >= 0; PyTorch gives -inf at 0, and NaN below and at infinity.
static double second_kind(double x, double (*function)(double)) {
  if (x == 0) return -INFINITY;
  return x > 0 && x < INFINITY ? function(x) : NAN;
}

static double first_kind(double x, double (*function)(double)) { return isinf(x) ? NAN : function(x); }

static double spherical_j0(double x) {
  if (x != x) return x;
  if (isinf(x)) return 0;
  return fabs(x) < 1e-4 ? 1 - x * x / 6 : sin(x) / x;
}

// The power series where it has not lost its digits, K of order 1/3 above it, the oscillating expansion below it.
static double airy(double x) {
  if (x != x) return x;
  if (isinf(x)) return NAN;
  double zeta = 2.0 / 3 * fabs(x) * sqrt(fabs(x));
  if (x > 1) return zeta > 745 ? 0 : sqrt(x / 3) / pi * scaled_k(1.0 / 3, zeta) * exp(-zeta);
  if (x > -8) {
    long double cube = (long double)x * x * x, f = 1, g = x, f_term = 1, g_term = x;
    for (int k = 1; k < 100; k++) {
      f += f_term *= cube / ((3.0L * k - 1) * (3.0L * k));
      g += g_term *= cube / ((3.0L * k) * (3.0L * k + 1));
    }
    return (double)(0.355028053887817239260L * f - 0.258819403792806798405L * g);
  }
  double even = 1, odd = 0, term = 1;
  for (int k = 1; k < 40; k++) {
    double next = term * (6.0 * k - 5) * (6.0 * k - 3) * (6.0 * k - 1) / (216.0 * k * (2.0 * k - 1)) / zeta;
    if (next >= term || next < 1e-18) break;
    term = next;
    double sign = (k / 2) % 2 ? -1 : 1;
    if (k % 2) odd += sign * term; else even += sign * term;
  }
  double phase = zeta - pi / 4;
  return (cos(phase) * even + sin(phase) * odd) / (sqrt(pi) * sqrt(sqrt(-x)));
}

#define CK_OWN(op, T, t) CK_UNARY_CALL(op, T, t, op(x))
#define CK_BESSEL(T, t)                                                                                                \
  CK_OWN(i0, T, t) CK_OWN(i0e, T, t) CK_OWN(i1, T, t) CK_OWN(i1e, T, t) CK_OWN(k0, T, t) CK_OWN(k0e, T, t)             \
  CK_OWN(k1, T, t) CK_OWN(k1e, T, t) CK_OWN(spherical_j0, T, t) CK_OWN(airy, T, t)                                     \
  CK_UNARY_CALL(j0, T, t, first_kind(x, j0))                                                                           \
  CK_UNARY_CALL(j1, T, t, first_kind(x, j1))                                                                           \
  CK_UNARY_CALL(y0, T, t, second_kind(x, y0))                                                                          \
  CK_UNARY_CALL(y1, T, t, second_kind(x, y1))

CK_BESSEL(float, f32)
CK_BESSEL(double, f64)
