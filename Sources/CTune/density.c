#include "CTune.h"
#include "ck_base.h"
#include "ck_math.h"
#include <math.h>

CK_KERNEL void ct_add_normals(double *restrict terms, const double *restrict constants, const double *restrict centers,
                              const double *restrict scales, double x, long n) {
  for (long k = 0; k < n; k++) {
    double z = (x - centers[k]) * scales[k];
    terms[k] += constants[k] - 0.5 * z * z;
  }
}

CK_KERNEL void ct_log(double *values, long n) {
  for (long k = 0; k < n; k++) values[k] = ckm_log_f64(values[k]);
}

CK_KERNEL void ct_log_of_rest(double *values, long n) {
  for (long k = 0; k < n; k++) values[k] = ckm_log1p_f64(-values[k]);
}

CK_KERNEL double ct_log_sum_exp(const double *restrict terms, long n) {
  double most[16];
  for (int lane = 0; lane < 16; lane++) most[lane] = -INFINITY;
  long k = 0;
  for (; k + 16 <= n; k += 16)
    for (int lane = 0; lane < 16; lane++) most[lane] = terms[k + lane] > most[lane] ? terms[k + lane] : most[lane];
  double largest = -INFINITY;
  for (; k < n; k++) largest = terms[k] > largest ? terms[k] : largest;
  for (int lane = 0; lane < 16; lane++) largest = most[lane] > largest ? most[lane] : largest;
  if (largest == -INFINITY) return largest;
  double sums[16] = {0};
  for (k = 0; k + 16 <= n; k += 16)
    for (int lane = 0; lane < 16; lane++) sums[lane] += ckm_exp_f64(terms[k + lane] - largest);
  for (; k < n; k++) sums[k % 16] += ckm_exp_f64(terms[k] - largest);
  for (int width = 8; width > 0; width /= 2)
    for (int lane = 0; lane < width; lane++) sums[lane] += sums[lane + width];
  return log(sums[0]) + largest;
}
