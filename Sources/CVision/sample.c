// Pictures read at any positions.
#include "kernel.h"
#include <math.h>

CV_INLINE float cv_plain(float value) { return value; }
CV_INLINE uint8_t cv_rounded(float value) {
  value = __builtin_rintf(value);
  return (uint8_t)(int32_t)value;
}

// Weights of what lies outside are 0, and read element 0 then.
#define CV_SAMPLE(name, T, store)                                                                                      \
  CV_KERNEL void name(const T *in, const float *grid, T *out, const cv_sampling *how) {                                \
    const size_t height = how->height, width = how->width, area = height * width;                                      \
    const float half_width = (float)width / 2, half_height = (float)height / 2;                                        \
    for (size_t p = 0; p < how->places; p++) {                                                                         \
      float x = (grid[2 * p] + 1) * half_width - 0.5f, y = (grid[2 * p + 1] + 1) * half_height - 0.5f;                 \
      /* Beyond all pictures, and not a number: outside. */                                                            \
      x = x > -1e6f && x < 1e6f ? x : -1e6f;                                                                           \
      y = y > -1e6f && y < 1e6f ? y : -1e6f;                                                                           \
      size_t places[4] = {0, 0, 0, 0};                                                                                 \
      float weights[4] = {0, 0, 0, 0}, mask = 0;                                                                       \
      if (how->bilinear) {                                                                                             \
        float left = __builtin_floorf(x), top = __builtin_floorf(y);                                                   \
        float w = x - left, e = 1 - w, n = y - top, s = 1 - n;                                                         \
        float parts[4] = {s * e, s * w, n * e, n * w};                                                                 \
        for (int k = 0; k < 4; k++) {                                                                                  \
          long column = (long)left + (k & 1), row = (long)top + (k >> 1);                                              \
          if (column < 0 || row < 0 || column >= (long)width || row >= (long)height) continue;                         \
          places[k] = (size_t)row * width + (size_t)column;                                                            \
          weights[k] = parts[k];                                                                                       \
          mask += parts[k];                                                                                            \
        }                                                                                                              \
      } else {                                                                                                         \
        long column = (long)__builtin_rintf(x), row = (long)__builtin_rintf(y);                                        \
        if (column >= 0 && row >= 0 && column < (long)width && row < (long)height) {                                   \
          places[0] = (size_t)row * width + (size_t)column;                                                            \
          weights[0] = mask = 1;                                                                                       \
        }                                                                                                              \
      }                                                                                                                \
      for (size_t c = 0; c < how->planes; c++) {                                                                       \
        const T *plane = in + c * area;                                                                                \
        float value = (float)plane[places[0]] * weights[0];                                                            \
        if (how->bilinear) {                                                                                           \
          value += (float)plane[places[1]] * weights[1];                                                               \
          value += (float)plane[places[2]] * weights[2];                                                               \
          value += (float)plane[places[3]] * weights[3];                                                               \
        }                                                                                                              \
        if (how->fills) {                                                                                              \
          float fill = how->fill[c % how->fills];                                                                      \
          if (how->bilinear) value = (value - fill) * mask + fill;                                                     \
          else if (mask < 0.5f) value = fill;                                                                          \
        }                                                                                                              \
        out[c * how->places + p] = store(value);                                                                       \
      }                                                                                                                \
    }                                                                                                                  \
  }
CV_SAMPLE(cv_sample_u8, uint8_t, cv_rounded)
CV_SAMPLE(cv_sample_f32, float, cv_plain)
