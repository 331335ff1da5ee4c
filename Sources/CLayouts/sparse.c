#include "CLayouts.h"

#if defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
#define CL_NO_CLONES 1
#endif
#endif

// Compiled for baseline x86-64, AVX2 and AVX-512; the best one is bound when the program is loaded.
#if defined(__x86_64__) && defined(__linux__) && !defined(CL_NO_CLONES)
#define CL_KERNEL __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
#define CL_KERNEL
#endif
#define CL_INLINE static inline __attribute__((always_inline))
// Rows of the dense matrix are fetched this many elements ahead: they lie anywhere.
#define AHEAD 12

typedef float f32v __attribute__((ext_vector_type(16)));
typedef f32v f32v_at __attribute__((aligned(4), may_alias));
typedef double f64v __attribute__((ext_vector_type(8)));
typedef f64v f64v_at __attribute__((aligned(8), may_alias));

#define UNROLLED(i, n) _Pragma("clang loop unroll(full)") for (int i = 0; i < n; i++)

// `count` vectors of columns from x and out on, for one row: sums stay in registers. The last element that may be fetched is `end`.
#define DEFINE_STRIP(T, V, LANES)                                                                                      \
  CL_INLINE void strip_##V(                                                                                            \
      const int64_t *columns, const T *values, long from, long to, long end, const T *x, long width, T *out,           \
      const int count) {                                                                                               \
    V sum[4];                                                                                                          \
    UNROLLED(i, 4) sum[i] = (V)0;                                                                                      \
    for (long e = from; e < to; e++) {                                                                                 \
      if (e + AHEAD < end) {                                                                                           \
        const T *next = x + columns[e + AHEAD] * width;                                                                \
        UNROLLED(i, 4) if (i < count) __builtin_prefetch(next + i * LANES);                                            \
      }                                                                                                                \
      const T *row = x + columns[e] * width;                                                                           \
      const V v = (V)values[e];                                                                                        \
      UNROLLED(i, 4) if (i < count) sum[i] += v * *(const V##_at *)(row + i * LANES);                                  \
    }                                                                                                                  \
    UNROLLED(i, 4) if (i < count) *(V##_at *)(out + i * LANES) = sum[i];                                               \
  }
DEFINE_STRIP(float, f32v, 16)
DEFINE_STRIP(double, f64v, 8)

#define DEFINE_PRODUCT(T, S, V, LANES)                                                                                 \
  CL_KERNEL void cl_sparse_dense_##S(                                                                                  \
      const int64_t *rows, const int64_t *columns, const T *values, const T *x, long width, T *out, long first,        \
      long last) {                                                                                                     \
    _Pragma("clang fp reassociate(on)") _Pragma("clang fp contract(fast)") const long end = rows[last];                \
    for (long r = first; r < last; r++) {                                                                              \
      const long from = rows[r], to = rows[r + 1];                                                                     \
      T *row = out + r * width;                                                                                        \
      if (width == 1) {                                                                                                \
        T sum = 0;                                                                                                     \
        for (long e = from; e < to; e++) sum += values[e] * x[columns[e]];                                             \
        *row = sum;                                                                                                    \
        continue;                                                                                                      \
      }                                                                                                                \
      long j = 0;                                                                                                      \
      for (; j + 4 * LANES <= width; j += 4 * LANES)                                                                   \
        strip_##V(columns, values, from, to, end, x + j, width, row + j, 4);                                           \
      if (j + 2 * LANES <= width) {                                                                                    \
        strip_##V(columns, values, from, to, end, x + j, width, row + j, 2);                                           \
        j += 2 * LANES;                                                                                                \
      }                                                                                                                \
      if (j + LANES <= width) {                                                                                        \
        strip_##V(columns, values, from, to, end, x + j, width, row + j, 1);                                           \
        j += LANES;                                                                                                    \
      }                                                                                                                \
      if (j == width) continue;                                                                                        \
      for (long k = j; k < width; k++) row[k] = 0;                                                                     \
      for (long e = from; e < to; e++) {                                                                               \
        const T *other = x + columns[e] * width, v = values[e];                                                        \
        for (long k = j; k < width; k++) row[k] += v * other[k];                                                       \
      }                                                                                                                \
    }                                                                                                                  \
  }                                                                                                                    \
  CL_KERNEL void cl_sampled_##S(                                                                                       \
      const int64_t *rows, const int64_t *columns, const T *a, const T *b, long width, T *out, long first, long last) { \
    _Pragma("clang fp reassociate(on)") _Pragma("clang fp contract(fast)") const long end = rows[last];                \
    for (long r = first; r < last; r++) {                                                                              \
      const T *left = a + r * width;                                                                                   \
      for (long e = rows[r]; e < rows[r + 1]; e++) {                                                                   \
        if (e + AHEAD < end) {                                                                                         \
          const T *next = b + columns[e + AHEAD] * width;                                                              \
          UNROLLED(i, 4) __builtin_prefetch(next + i * LANES);                                                         \
        }                                                                                                              \
        const T *right = b + columns[e] * width;                                                                       \
        T sum = 0;                                                                                                     \
        for (long k = 0; k < width; k++) sum += left[k] * right[k];                                                    \
        out[e] = sum;                                                                                                  \
      }                                                                                                                \
    }                                                                                                                  \
  }
DEFINE_PRODUCT(float, f32, f32v, 16)
DEFINE_PRODUCT(double, f64, f64v, 8)

CL_KERNEL int cl_in_range(const int64_t *numbers, long n, int64_t limit) {
  int64_t bad = 0;
  for (long i = 0; i < n; i++) bad |= numbers[i] | (limit - 1 - numbers[i]);
  return bad >= 0;
}
