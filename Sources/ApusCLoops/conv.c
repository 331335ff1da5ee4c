#include <string.h>

#include "ck_image.h"
#include "window.h"

#define DEFINE_CONV(T, SUFFIX)                                                                                        \
  CK_KERNEL void ck_im2col_##SUFFIX(T *restrict col, const T *restrict x, long C, long H, long W, long kh, long kw,   \
      long sh, long sw, long ph, long pw, long dh, long dw, long Ho, long Wo) {                                       \
    for (long row = 0; row < C * kh * kw; row++, col += Ho * Wo) {                                                    \
      long c = row / (kh * kw), i = row / kw % kh, j = row % kw;                                                      \
      const T *plane = x + c * H * W;                                                                                 \
      long dy = i * dh - ph, dx = j * dw - pw, y0, y1, x0, x1;                                                        \
      ck_valid_range(dy, sh, H, Ho, &y0, &y1);                                                                        \
      ck_valid_range(dx, sw, W, Wo, &x0, &x1);                                                                        \
      memset(col, 0, (size_t)(y0 * Wo) * sizeof(T));                                                                  \
      for (long oy = y0; oy < y1; oy++) {                                                                             \
        T *out = col + oy * Wo;                                                                                       \
        const T *in = plane + (oy * sh + dy) * W + dx;                                                                \
        for (long ox = 0; ox < x0; ox++) out[ox] = 0;                                                                 \
        if (sw == 1) {                                                                                                \
          for (long ox = x0; ox < x1; ox++) out[ox] = in[ox];                                                         \
        } else if (sw == 2) {                                                                                         \
          for (long ox = x0; ox < x1; ox++) out[ox] = in[ox * 2];                                                     \
        } else {                                                                                                      \
          for (long ox = x0; ox < x1; ox++) out[ox] = in[ox * sw];                                                    \
        }                                                                                                             \
        for (long ox = x1; ox < Wo; ox++) out[ox] = 0;                                                                \
      }                                                                                                               \
      memset(col + y1 * Wo, 0, (size_t)((Ho - y1) * Wo) * sizeof(T));                                                 \
    }                                                                                                                 \
  }                                                                                                                   \
  CK_KERNEL void ck_col2im_##SUFFIX(T *restrict x, const T *restrict col, long C, long H, long W, long kh, long kw,   \
      long sh, long sw, long ph, long pw, long dh, long dw, long Ho, long Wo) {                                       \
    for (long row = 0; row < C * kh * kw; row++, col += Ho * Wo) {                                                    \
      long c = row / (kh * kw), i = row / kw % kh, j = row % kw;                                                      \
      T *plane = x + c * H * W;                                                                                       \
      long dy = i * dh - ph, dx = j * dw - pw, y0, y1, x0, x1;                                                        \
      ck_valid_range(dy, sh, H, Ho, &y0, &y1);                                                                        \
      ck_valid_range(dx, sw, W, Wo, &x0, &x1);                                                                        \
      for (long oy = y0; oy < y1; oy++) {                                                                             \
        const T *in = col + oy * Wo;                                                                                  \
        T *out = plane + (oy * sh + dy) * W + dx;                                                                     \
        if (sw == 1) {                                                                                                \
          for (long ox = x0; ox < x1; ox++) out[ox] += in[ox];                                                        \
        } else {                                                                                                      \
          for (long ox = x0; ox < x1; ox++) out[ox * sw] += in[ox];                                                   \
        }                                                                                                             \
      }                                                                                                               \
    }                                                                                                                 \
  }

DEFINE_CONV(float, f32)
DEFINE_CONV(double, f64)
