// Special functions that are too branchy for vectors: the inverse error function and the gamma family.
#include "ck_pointwise.h"
#include <math.h>
#include "pointwise_loops.h"
#include "wide.h"

// Solves erf(x) = y by Halley's method, which triples the correct digits each step. Near |y| = 1 the equation is put
// in terms of erfc and the exact 1 - |y|.
static double inverse_erf(double y) {
  double magnitude = fabs(y);
  if (!(magnitude <= 1)) return NAN;
  if (magnitude == 1) return copysign(INFINITY, y);
  if (magnitude < 1e-8) return y * 0.88622692545275801365;
  double complement = 1 - magnitude;
  // Winitzki's closed form starts within 0.2 percent.
  double l = log(complement * (1 + magnitude));
  double b = 4.3307467508 + 0.5 * l;
  double x = sqrt(sqrt(b * b - l * 6.8027210884) - b);
  for (int step = 0; step < 3; step++) {
    double error = magnitude < 0.5 ? erf(x) - magnitude : complement - erfc(x);
    double newton = error / (1.12837916709551257390 * exp(-x * x));
    x -= newton / (1 + x * newton);
  }
  return copysign(x, y);
}

// Recurrence up to 10, where the asymptotic series has double precision; reflection below zero.
static double digamma(double x) {
  if (x == 0) return copysign(INFINITY, -x);
  if (x == INFINITY) return x;
  double result = 0;
  if (x < 0) {
    double nearest = rint(x);
    if (x == nearest || x != x) return NAN;
    // pi / tan(pi x), from the distance to the nearest integer so that a large |x| keeps its digits.
    result = -3.14159265358979323846 / tan(3.14159265358979323846 * (x - nearest));
    x = 1 - x;
  }
  while (x < 10) {
    result -= 1 / x;
    x += 1;
  }
  double z = 1 / (x * x);
  double series = 1.0 / 12;
  static const double coefficients[] = {
    // B(2k) / 2k from k = 7 down to 2.
    1.0 / 12, -691.0 / 32760, 1.0 / 132, -1.0 / 240, 1.0 / 252, -1.0 / 120,
  };
  double p = 0;
  for (int k = 0; k < 6; k++) p = p * z + coefficients[k];
  series += p * z;
  return result + (log(x) - 0.5 / x - z * series);
}

// The variants with a place for the sign are the thread-safe ones: lgamma itself writes a global.
static double log_gamma(double x) {
  int sign;
  return lgamma_r(x, &sign);
}

#define CK_IN_DOUBLE(op, function)                                                                                     \
  CK_UNARY_CALL(op, float, f32, function(x))                                                                           \
  CK_UNARY_CALL(op, double, f64, function(x))
CK_IN_DOUBLE(digamma, digamma)
CK_UNARY_BLOCKED(erfinv, fabsf(x) <= 0.9965f, ckw_erfinv_near(x), ckw_erfinv(x))
CK_UNARY_CALL(erfinv, double, f64, inverse_erf(x))
CK_UNARY_BLOCKED(lgamma, (x > 0) & (x < 1e37f), ckw_lgamma(x), log_gamma(x))
CK_UNARY_CALL(lgamma, double, f64, log_gamma(x))
