#include "ck_vectors.h"
#include "pointwise_loops.h"

// The place of an element is a long; what a loop converts is an int, of which every machine has vectors.
#define CK_RANGE(T, t)                                                                                                 \
  CK_KERNEL void ck_range_##t(T *out, double first, double step, long start, long n) {                                 \
    for (long block = 0; block < n; block += 1 << 20) {                                                                \
      int count = (int)(n - block < 1 << 20 ? n - block : 1 << 20);                                                    \
      double place = (double)(start + block);                                                                          \
      T *to = out + block;                                                                                             \
      for (int i = 0; i < count; i++) to[i] = (T)(first + (place + i) * step);                                         \
    }                                                                                                                  \
  }
CK_RANGE(float, f32)
CK_RANGE(double, f64)

CK_KERNEL void ck_range_i64(int64_t *out, int64_t first, int64_t step, long start, long n) {
  uint64_t value = (uint64_t)first + (uint64_t)start * (uint64_t)step;
  for (long i = 0; i < n; i++) out[i] = (int64_t)(value + (uint64_t)i * (uint64_t)step);
}

CK_KERNEL void ck_spaced_f32(float *out, float base, float step, long start, long n) {
  for (long i = 0; i < n; i++) out[i] = __builtin_fmaf(step, (float)(start + i), base);
}
CK_KERNEL void ck_spaced_f64(double *out, double base, double step, long start, long n) {
  for (long i = 0; i < n; i++) out[i] = __builtin_fma(step, (double)(start + i), base);
}

CK_KERNEL double ck_vector_dot_f32(const float *a, const float *b, long n) {
  double total = 0;
  for (long start = 0; start < n; start += 4096) {
    long end = n - start < 4096 ? n : start + 4096;
    // Sixty-four sums, so that additions do not wait for each other.
    float sums[64] = {0};
    long i = start;
    for (; i + 64 <= end; i += 64)
      for (int k = 0; k < 64; k++) sums[k] += a[i + k] * b[i + k];
    double sum = 0;
    for (; i < end; i++) sum += (double)a[i] * b[i];
    for (int k = 0; k < 64; k++) sum += sums[k];
    total += sum;
  }
  return total;
}

CK_KERNEL void ck_logic_u8(uint8_t *out, const uint8_t *a, const uint8_t *b, int op, long n) {
  if (op == 0) {
    CK_EACH(n) out[i] = a[i] & b[i];
  } else if (op == 1) {
    CK_EACH(n) out[i] = a[i] | b[i];
  } else {
    CK_EACH(n) out[i] = a[i] ^ b[i];
  }
}
