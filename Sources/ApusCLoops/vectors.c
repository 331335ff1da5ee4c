#include "ck_vectors.h"
#include <math.h>
#include <string.h>
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

// Looks at a block at a time, so that it ends soon after the first difference.
#define CK_EQUAL(T, t)                                                                                                 \
  CK_KERNEL bool ck_equal_##t(const T *a, const T *b, long n) {                                                         \
    for (long start = 0; start < n; start += 1024) {                                                                   \
      long end = n - start < 1024 ? n : start + 1024;                                                                  \
      uint32_t differs = 0;                                                                                            \
      for (long i = start; i < end; i++) differs |= !(a[i] == b[i]);                                                   \
      if (differs) return false;                                                                                       \
    }                                                                                                                  \
    return true;                                                                                                       \
  }
CK_EQUAL(float, f32)
CK_EQUAL(double, f64)
bool ck_equal_bytes(const void *a, const void *b, long n) { return memcmp(a, b, (size_t)n) == 0; }

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

// The distances from one vector to each of a number of rows, by the sum of what `term` makes of the size of a difference.
#define CK_DISTANCES(T, t, name, term, finish)                                                                         \
  CK_KERNEL static void name##_##t(T *out, const T *a, const T *rows, long count, long width, T p) {                   \
    (void)p;                                                                                                           \
    for (long r = 0; r < count; r++, rows += width) {                                                                  \
      T sums[16] = {0}, sum = 0;                                                                                       \
      long i = 0;                                                                                                      \
      for (; i + 16 <= width; i += 16)                                                                                 \
        for (int k = 0; k < 16; k++) {                                                                                 \
          T d = CK_ABS_##t(a[i + k] - rows[i + k]);                                                                    \
          sums[k] += term;                                                                                             \
        }                                                                                                              \
      for (; i < width; i++) {                                                                                         \
        T d = CK_ABS_##t(a[i] - rows[i]);                                                                              \
        sum += term;                                                                                                   \
      }                                                                                                                \
      for (int k = 0; k < 16; k++) sum += sums[k];                                                                     \
      out[r] = finish;                                                                                                 \
    }                                                                                                                  \
  }
#define CK_ABS_f32 __builtin_fabsf
#define CK_ABS_f64 __builtin_fabs
#define CK_DISTANCES_OF(T, t, pow)                                                                                     \
  CK_DISTANCES(T, t, euclidean, d *d, __builtin_elementwise_sqrt(sum))                                                 \
  CK_DISTANCES(T, t, city, d, sum)                                                                                     \
  CK_DISTANCES(T, t, differing, (T)(d != 0), sum)                                                                      \
  CK_DISTANCES(T, t, of_order, pow(d, p), pow(sum, 1 / p))                                                             \
  static void largest_##t(T *out, const T *a, const T *rows, long count, long width) {                                 \
    for (long r = 0; r < count; r++, rows += width) {                                                                  \
      T most = 0;                                                                                                      \
      for (long i = 0; i < width; i++) {                                                                               \
        T d = CK_ABS_##t(a[i] - rows[i]);                                                                              \
        most = ((d > most) | (d != d)) ? d : most;                                                                     \
      }                                                                                                                \
      out[r] = most;                                                                                                   \
    }                                                                                                                  \
  }                                                                                                                    \
  void ck_row_distances_##t(T *out, const T *a, const T *rows, long count, long width, double p) {                     \
    if (p == 2) {                                                                                                      \
      euclidean_##t(out, a, rows, count, width, 0);                                                                    \
    } else if (p == 1) {                                                                                               \
      city_##t(out, a, rows, count, width, 0);                                                                         \
    } else if (p == 0) {                                                                                               \
      differing_##t(out, a, rows, count, width, 0);                                                                    \
    } else if (p > 1.7e308) {                                                                                          \
      largest_##t(out, a, rows, count, width);                                                                         \
    } else {                                                                                                           \
      of_order_##t(out, a, rows, count, width, (T)p);                                                                  \
    }                                                                                                                  \
  }
CK_DISTANCES_OF(float, f32, powf)
CK_DISTANCES_OF(double, f64, pow)
