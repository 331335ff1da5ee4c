#include "ck_sample.h"

#include <math.h>

// Positions are found with every step rounded, as elsewhere: the nearest element must not depend on what a processor fuses.
#define DEFINE_SAMPLES(T, SUFFIX, FLOOR, NEAREST, FABS)                                                               \
  CK_INLINE T moved_##SUFFIX(T x, T size, enum ck_grid_padding padding, bool align_corners) {                         \
    _Pragma("clang fp contract(off)") T last = size - 1;                                                               \
    x = align_corners ? (x + 1) / 2 * last : ((x + 1) * size - 1) / 2;                                                \
    if (padding == CK_GRID_ZEROS) return x;                                                                           \
    if (padding == CK_GRID_REFLECTION) {                                                                              \
      T low = align_corners ? 0 : (T)-0.5, span = align_corners ? last : size;                                        \
      if (span == 0) return x * 0;                                                                                    \
      T distance = FABS(x - low), turns = FLOOR(distance / span), rest = distance - turns * span;                     \
      x = turns - 2 * FLOOR(turns / 2) == 0 ? rest + low : (span + low) - rest;                                       \
    }                                                                                                                 \
    x = x <= 0 ? 0 : x;                                                                                               \
    return x >= last ? last : x;                                                                                      \
  }                                                                                                                   \
  CK_INLINE void along_##SUFFIX(                                                                                      \
      int64_t *restrict places, T *restrict weights, const T *restrict grid, long n, long step, long rank, int64_t d,  \
      int64_t size, bool nearest, enum ck_grid_padding padding, bool align_corners) {                                 \
    T last = (T)(size - 1);                                                                                           \
    for (long k = 0; k < (nearest ? 1 : 1 << rank); k++) {                                                            \
      T high = (T)(k >> d & 1);                                                                                       \
      for (long i = 0; i < n; i++) {                                                                                  \
        T x = moved_##SUFFIX(grid[i * rank], (T)size, padding, align_corners);                                        \
        T low = nearest ? NEAREST(x) : FLOOR(x), part = nearest ? 1 : high != 0 ? x - low : 1 - (x - low);            \
        T at = low + high;                                                                                            \
        bool inside = at >= 0 && at <= last;                                                                          \
        int64_t before = d == 0 ? 0 : places[k * step + i], place = before * size + (int64_t)(inside ? at : 0);       \
        places[k * step + i] = inside && before >= 0 ? place : -1;                                                    \
        weights[k * step + i] = d == 0 ? part : weights[k * step + i] * part;                                         \
      }                                                                                                               \
    }                                                                                                                 \
  }                                                                                                                   \
  CK_KERNEL void ck_grid_places_##SUFFIX(                                                                             \
      int64_t *places, T *weights, const T *grid, long n, long step, long rank, const long *sizes, bool nearest,      \
      enum ck_grid_padding padding, bool align_corners) {                                                             \
    for (long d = 0; d < rank; d++)                                                                                   \
      along_##SUFFIX(                                                                                                 \
          places, weights, grid + rank - 1 - d, n, step, rank, d, sizes[d], nearest, padding, align_corners);         \
  }                                                                                                                   \
  CK_INLINE void weighted_##SUFFIX(                                                                                   \
      T *restrict out, const T *restrict x, const int64_t *restrict places, const T *restrict weights, long n,        \
      long step, int corners) {                                                                                       \
    for (long i = 0; i < n; i++) {                                                                                    \
      T sum = 0;                                                                                                      \
      _Pragma("clang loop unroll(full)") for (int k = 0; k < corners; k++) {                                          \
        int64_t place = places[k * step + i];                                                                         \
        T value = x[place < 0 ? 0 : place];                                                                           \
        sum += (place < 0 ? 0 : value) * weights[k * step + i];                                                       \
      }                                                                                                               \
      out[i] = sum;                                                                                                   \
    }                                                                                                                 \
  }                                                                                                                   \
  CK_KERNEL void ck_weighted_places_##SUFFIX(                                                                         \
      T *out, const T *x, const int64_t *places, const T *weights, long n, long step, long corners) {                 \
    switch (corners) {                                                                                                \
    case 1: weighted_##SUFFIX(out, x, places, weights, n, step, 1); break;                                            \
    case 4: weighted_##SUFFIX(out, x, places, weights, n, step, 4); break;                                            \
    default: weighted_##SUFFIX(out, x, places, weights, n, step, 8); break;                                           \
    }                                                                                                                 \
  }

DEFINE_SAMPLES(float, f32, floorf, __builtin_rintf, fabsf)
DEFINE_SAMPLES(double, f64, floor, __builtin_rint, fabs)
