#include "ck_reduce.h"
#include "lanes.h"

// 4096 elements are 64 to 128 additions a lane: short enough for one rounding's error, long enough to hide the gathering.
#define BLOCK 4096
#define ARG_BLOCK 2048

typedef double ckv_d4 __attribute__((ext_vector_type(4)));

#include "types_f32.h"
#include "reduce_template.h"
#include "types_f64.h"
#include "reduce_template.h"

// Integers wrap: the arithmetic is unsigned, where overflow is defined. It is associative, so plain loops vectorise.
CK_KERNEL int64_t ck_sum_i64(const int64_t *a, long n) {
  uint64_t s = 0;
  for (long i = 0; i < n; i++) s += (uint64_t)a[i];
  return (int64_t)s;
}
CK_KERNEL int64_t ck_prod_i64(const int64_t *a, long n) {
  uint64_t p = 1;
  for (long i = 0; i < n; i++) p *= (uint64_t)a[i];
  return (int64_t)p;
}
CK_KERNEL int64_t ck_sumsq_i64(const int64_t *a, long n) {
  uint64_t s = 0;
  for (long i = 0; i < n; i++) s += (uint64_t)a[i] * (uint64_t)a[i];
  return (int64_t)s;
}
CK_KERNEL int64_t ck_sum_abs_i64(const int64_t *a, long n) {
  uint64_t s = 0;
  for (long i = 0; i < n; i++) s += a[i] < 0 ? 0 - (uint64_t)a[i] : (uint64_t)a[i];
  return (int64_t)s;
}
CK_KERNEL int64_t ck_sum_sqdiff_i64(const int64_t *a, long n, int64_t mean) {
  uint64_t s = 0;
  for (long i = 0; i < n; i++) {
    uint64_t d = (uint64_t)a[i] - (uint64_t)mean;
    s += d * d;
  }
  return (int64_t)s;
}
CK_KERNEL int64_t ck_dot_i64(const int64_t *a, const int64_t *b, long n) {
  uint64_t s = 0;
  for (long i = 0; i < n; i++) s += (uint64_t)a[i] * (uint64_t)b[i];
  return (int64_t)s;
}
CK_INLINE int64_t max_of_i64(const int64_t *a, long n) {
  int64_t m = INT64_MIN;
  for (long i = 0; i < n; i++) m = a[i] > m ? a[i] : m;
  return m;
}
CK_INLINE int64_t min_of_i64(const int64_t *a, long n) {
  int64_t m = INT64_MAX;
  for (long i = 0; i < n; i++) m = a[i] < m ? a[i] : m;
  return m;
}
CK_KERNEL int64_t ck_reduce_max_i64(const int64_t *a, long n) { return max_of_i64(a, n); }
CK_KERNEL int64_t ck_reduce_min_i64(const int64_t *a, long n) { return min_of_i64(a, n); }
CK_KERNEL long ck_argmax_i64(const int64_t *a, long n) {
  int64_t best = max_of_i64(a, n);
  for (long i = 0; i < n; i++)
    if (a[i] == best) return i;
  return 0;
}
CK_KERNEL long ck_argmin_i64(const int64_t *a, long n) {
  int64_t best = min_of_i64(a, n);
  for (long i = 0; i < n; i++)
    if (a[i] == best) return i;
  return 0;
}

CK_KERNEL void ck_add_into_i64(int64_t *restrict acc, const int64_t *restrict a, long n) {
  for (long i = 0; i < n; i++) acc[i] = (int64_t)((uint64_t)acc[i] + (uint64_t)a[i]);
}
CK_KERNEL void ck_mul_into_i64(int64_t *restrict acc, const int64_t *restrict a, long n) {
  for (long i = 0; i < n; i++) acc[i] = (int64_t)((uint64_t)acc[i] * (uint64_t)a[i]);
}
CK_KERNEL void ck_sumsq_into_i64(int64_t *restrict acc, const int64_t *restrict a, long n) {
  for (long i = 0; i < n; i++) acc[i] = (int64_t)((uint64_t)acc[i] + (uint64_t)a[i] * (uint64_t)a[i]);
}
CK_KERNEL void ck_fma_into_i64(int64_t *restrict acc, const int64_t *restrict a, const int64_t *restrict b, long n) {
  for (long i = 0; i < n; i++) acc[i] = (int64_t)((uint64_t)acc[i] + (uint64_t)a[i] * (uint64_t)b[i]);
}
CK_KERNEL void ck_axpy_i64(int64_t *restrict y, const int64_t *restrict x, int64_t s, long n) {
  for (long i = 0; i < n; i++) y[i] = (int64_t)((uint64_t)y[i] + (uint64_t)s * (uint64_t)x[i]);
}
CK_KERNEL void ck_max_into_i64(int64_t *restrict acc, const int64_t *restrict a, long n) {
  for (long i = 0; i < n; i++) acc[i] = a[i] > acc[i] ? a[i] : acc[i];
}
CK_KERNEL void ck_min_into_i64(int64_t *restrict acc, const int64_t *restrict a, long n) {
  for (long i = 0; i < n; i++) acc[i] = a[i] < acc[i] ? a[i] : acc[i];
}
CK_KERNEL void ck_argmax_into_i64(
    int64_t *restrict best, int64_t *restrict idx, const int64_t *restrict a, int64_t i, long n) {
  for (long j = 0; j < n; j++) {
    bool wins = a[j] > best[j];
    best[j] = wins ? a[j] : best[j];
    idx[j] = wins ? i : idx[j];
  }
}
CK_KERNEL void ck_argmin_into_i64(
    int64_t *restrict best, int64_t *restrict idx, const int64_t *restrict a, int64_t i, long n) {
  for (long j = 0; j < n; j++) {
    bool wins = a[j] < best[j];
    best[j] = wins ? a[j] : best[j];
    idx[j] = wins ? i : idx[j];
  }
}

void ck_cumsum_i64(int64_t *out, const int64_t *a, long n, int64_t carry) {
  uint64_t s = (uint64_t)carry;
  for (long i = 0; i < n; i++) out[i] = (int64_t)(s += (uint64_t)a[i]);
}
void ck_cumprod_i64(int64_t *out, const int64_t *a, long n, int64_t carry) {
  uint64_t p = (uint64_t)carry;
  for (long i = 0; i < n; i++) out[i] = (int64_t)(p *= (uint64_t)a[i]);
}
void ck_cummax_i64(int64_t *out, int64_t *idx, const int64_t *a, long n) {
  int64_t best = INT64_MIN, at = 0;
  for (long i = 0; i < n; i++) {
    bool wins = a[i] >= best;
    best = wins ? a[i] : best;
    at = wins ? i : at;
    out[i] = best;
    idx[i] = at;
  }
}
void ck_cummin_i64(int64_t *out, int64_t *idx, const int64_t *a, long n) {
  int64_t best = INT64_MAX, at = 0;
  for (long i = 0; i < n; i++) {
    bool wins = a[i] <= best;
    best = wins ? a[i] : best;
    at = wins ? i : at;
    out[i] = best;
    idx[i] = at;
  }
}

CK_KERNEL long ck_count_nonzero_u8(const uint8_t *a, long n) {
  long count = 0;
  // Blocks of 255 keep a byte counter a lane from overflowing.
  long i = 0;
  while (i + 32 <= n) {
    uint8_t lanes[32] = {0};
    long chunks = (n - i) / 32;
    if (chunks > 255) chunks = 255;
    for (long c = 0; c < chunks; c++, i += 32)
      for (int l = 0; l < 32; l++) lanes[l] = (uint8_t)(lanes[l] + (a[i + l] != 0));
    for (int l = 0; l < 32; l++) count += lanes[l];
  }
  for (; i < n; i++) count += a[i] != 0;
  return count;
}
