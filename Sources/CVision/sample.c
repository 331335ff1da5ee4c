// Pictures read at any positions.
#include "kernel.h"

CV_INLINE float cv_plain(float value) { return value; }
CV_INLINE uint8_t cv_rounded(float value) {
  value = __builtin_rintf(value);
  return (uint8_t)(int32_t)value;
}

CV_KERNEL void cv_affine_grid(
    const float *xs, size_t columns, const float *ys, size_t rows, const float *m, float *out) {
  // Products are rounded before they are added, as PyTorch's are here and not below.
#pragma clang fp contract(off)
  for (size_t r = 0; r < rows; r++)
    for (size_t c = 0; c < columns; c++) {
      float x = xs[c], y = ys[r], *to = out + 2 * (r * columns + c);
      to[0] = x * m[0] + y * m[1] + m[2];
      to[1] = x * m[3] + y * m[4] + m[5];
    }
}

CV_KERNEL void cv_perspective_grid(
    const float *xs, size_t columns, const float *ys, size_t rows, const float *m, float *out) {
#pragma clang fp contract(off)
  for (size_t r = 0; r < rows; r++)
    for (size_t c = 0; c < columns; c++) {
      float x = xs[c], y = ys[r], *to = out + 2 * (r * columns + c);
      float depth = x * m[6] + y * m[7] + 1;
      to[0] = (x * m[0] + y * m[1] + m[2]) / depth - 1;
      to[1] = (x * m[3] + y * m[4] + m[5]) / depth - 1;
    }
}

enum { CV_RUN = 256 };

// A position between pixels; beyond all pictures, and what is not a number, is outside.
CV_INLINE float cv_place(float position, float half) {
  float place = (position + 1) * half - 0.5f;
  return place > -1e6f && place < 1e6f ? place : -1e6f;
}

// Where the nearest pixels of `count` positions lie, -1 for outside.
CV_INLINE void cv_nearest(const float *grid, size_t count, const cv_sampling *how, int32_t *places) {
  const float half_width = (float)how->width / 2, half_height = (float)how->height / 2;
  const int32_t width = (int32_t)how->width, height = (int32_t)how->height;
  for (size_t i = 0; i < count; i++) {
    int32_t x = (int32_t)__builtin_rintf(cv_place(grid[2 * i], half_width));
    int32_t y = (int32_t)__builtin_rintf(cv_place(grid[2 * i + 1], half_height));
    int inside = (x >= 0) & (y >= 0) & (x < width) & (y < height);
    places[i] = inside ? y * width + x : -1;
  }
}

// Where the four pixels around `count` positions lie, and how much each counts: 0 where it is outside, which reads pixel 0.
CV_INLINE void cv_around(
    const float *grid, size_t count, const cv_sampling *how, int32_t (*places)[CV_RUN], float (*weights)[CV_RUN]) {
  const float half_width = (float)how->width / 2, half_height = (float)how->height / 2;
  const int32_t width = (int32_t)how->width, height = (int32_t)how->height;
  for (size_t i = 0; i < count; i++) {
    float px = cv_place(grid[2 * i], half_width), py = cv_place(grid[2 * i + 1], half_height);
    float left = __builtin_floorf(px), top = __builtin_floorf(py);
    float w = px - left, e = 1 - w, n = py - top, s = 1 - n;
    int32_t x = (int32_t)left, y = (int32_t)top;
    int in_left = (x >= 0) & (x < width), in_right = (x >= -1) & (x < width - 1);
    int in_top = (y >= 0) & (y < height), in_bottom = (y >= -1) & (y < height - 1);
    int32_t place = y * width + x;
    places[0][i] = in_left & in_top ? place : 0;
    places[1][i] = in_right & in_top ? place + 1 : 0;
    places[2][i] = in_left & in_bottom ? place + width : 0;
    places[3][i] = in_right & in_bottom ? place + width + 1 : 0;
    weights[0][i] = in_left & in_top ? s * e : 0;
    weights[1][i] = in_right & in_top ? s * w : 0;
    weights[2][i] = in_left & in_bottom ? n * e : 0;
    weights[3][i] = in_right & in_bottom ? n * w : 0;
  }
}

#define CV_SAMPLE(name, T, store)                                                                                      \
  CV_KERNEL void name(const T *in, const float *grid, T *out, const cv_sampling *how) {                                \
    const size_t area = how->height * how->width;                                                                      \
    for (size_t p = 0; p < how->places; p += CV_RUN) {                                                                 \
      size_t count = how->places - p < CV_RUN ? how->places - p : CV_RUN;                                              \
      int32_t places[4][CV_RUN];                                                                                       \
      float weights[4][CV_RUN], mask[CV_RUN];                                                                          \
      if (how->bilinear) {                                                                                             \
        cv_around(grid + 2 * p, count, how, places, weights);                                                          \
        for (size_t i = 0; i < count; i++) mask[i] = weights[0][i] + weights[1][i] + weights[2][i] + weights[3][i];    \
      } else {                                                                                                         \
        cv_nearest(grid + 2 * p, count, how, places[0]);                                                               \
      }                                                                                                                \
      for (size_t c = 0; c < how->planes; c++) {                                                                       \
        const T *plane = in + c * area;                                                                                \
        T *to = out + c * how->places + p;                                                                             \
        float fill = how->fills ? how->fill[c % how->fills] : 0;                                                       \
        if (!how->bilinear) {                                                                                          \
          T outside = store(fill);                                                                                     \
          for (size_t i = 0; i < count; i++) to[i] = places[0][i] < 0 ? outside : plane[places[0][i]];                 \
          continue;                                                                                                    \
        }                                                                                                              \
        float values[CV_RUN];                                                                                          \
        for (size_t i = 0; i < count; i++) {                                                                           \
          float value = (float)plane[places[0][i]] * weights[0][i];                                                    \
          value += (float)plane[places[1][i]] * weights[1][i];                                                         \
          value += (float)plane[places[2][i]] * weights[2][i];                                                         \
          values[i] = value + (float)plane[places[3][i]] * weights[3][i];                                              \
        }                                                                                                              \
        if (how->fills)                                                                                                \
          for (size_t i = 0; i < count; i++) values[i] = (values[i] - fill) * mask[i] + fill;                          \
        for (size_t i = 0; i < count; i++) to[i] = store(values[i]);                                                   \
      }                                                                                                                \
    }                                                                                                                  \
  }
CV_SAMPLE(cv_sample_u8, uint8_t, cv_rounded)
CV_SAMPLE(cv_sample_f32, float, cv_plain)
