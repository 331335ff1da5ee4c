#include "ck_squares.h"
#include "fourier_base.h"

// To and from tensors, some positions of all lanes at a time.

enum { SOME = 16 };

// Whether the complex numbers of one position lie beside each other for all lanes.
CF_INLINE int cf_beside(const cf_places *places) {
  if (places->part != 1 || places->step == 2) return 0;
  for (size_t l = 1; l < places->lanes; l++)
    if (places->bases[l] != places->bases[0] + 2 * (ptrdiff_t)l) return 0;
  return 1;
}

// MARK: Signals that lie one behind the other, as many as a vector of 32 bytes holds, as lanes: squares are transposed.

typedef ck_row8 cf_vector_f32;
typedef double cf_vector_f64 __attribute__((vector_size(32)));
typedef float cf_anywhere_f32 __attribute__((vector_size(32), aligned(4), may_alias));
typedef double cf_anywhere_f64 __attribute__((vector_size(32), aligned(8), may_alias));
#define CF_MIX __builtin_shufflevector

CF_INLINE void cf_transpose_f32(cf_vector_f32 *v) { ck_transpose8(v); }
CF_INLINE void cf_transpose_f64(cf_vector_f64 *v) {
  const cf_vector_f64 a = CF_MIX(v[0], v[1], 0, 4, 2, 6), b = CF_MIX(v[0], v[1], 1, 5, 3, 7);
  const cf_vector_f64 c = CF_MIX(v[2], v[3], 0, 4, 2, 6), d = CF_MIX(v[2], v[3], 1, 5, 3, 7);
  v[0] = CF_MIX(a, c, 0, 1, 4, 5), v[1] = CF_MIX(b, d, 0, 1, 4, 5);
  v[2] = CF_MIX(a, c, 2, 3, 6, 7), v[3] = CF_MIX(b, d, 2, 3, 6, 7);
}

#define CF_READ(S, at) ((cf_vector_##S)*(const cf_anywhere_##S *)(at))
#define CF_WRITE(S, at, v) (*(cf_anywhere_##S *)(at) = (cf_anywhere_##S)(v))

#define CF_SQUARES(T, S, W)                                                                                            \
  /* Positions of all lanes from `count / W * W` numbers that follow each other in each lane, the even and the odd      \
     ones to arrays of their own where they are the parts of complex numbers. Gives how many positions were moved. */  \
  CF_INLINE size_t cf_load_squares_##S(const T *in, const ptrdiff_t *bases, size_t lanes, size_t count, int complex,   \
      T *re, T *im) {                                                                                                  \
    const size_t some = complex ? W / 2 : W, whole = count / some * some;                                              \
    /* Both halves of a line of each signal at once: signals often lie a multiple of a page apart, and would drive each  \
       other's lines out of the cache between. */                                                                      \
    for (size_t pair = 0; pair < whole; pair += 2 * some)                                                              \
      for (size_t place = 0; place < 2 * lanes; place += W) {                                                          \
        const size_t l = place / (2 * W) * W, k = pair + place / W % 2 * some;                                         \
        if (k >= whole) continue;                                                                                      \
        cf_vector_##S v[W];                                                                                            \
        _Pragma("clang loop unroll(full)") for (int i = 0; i < W; i++)                                                 \
            v[i] = CF_READ(S, in + bases[l + i] + (complex ? 2 * k : k));                                              \
        cf_transpose_##S(v);                                                                                           \
        T *r = re + k * lanes + l, *m = im + k * lanes + l;                                                            \
        if (complex) {                                                                                                 \
          _Pragma("clang loop unroll(full)") for (int i = 0; i < W / 2; i++) {                                         \
            CF_WRITE(S, r + i * lanes, v[2 * i]);                                                                      \
            CF_WRITE(S, m + i * lanes, v[2 * i + 1]);                                                                  \
          }                                                                                                            \
        } else {                                                                                                       \
          _Pragma("clang loop unroll(full)") for (int i = 0; i < W; i++) {                                             \
            CF_WRITE(S, r + i * lanes, v[i]);                                                                          \
            CF_WRITE(S, m + i * lanes, (cf_vector_##S){0});                                                            \
          }                                                                                                            \
        }                                                                                                              \
      }                                                                                                                \
    return whole;                                                                                                      \
  }                                                                                                                    \
  CF_INLINE size_t cf_store_squares_##S(T *out, const ptrdiff_t *bases, size_t lanes, size_t count, int complex,       \
      const T *re, const T *im, T scale) {                                                                             \
    const size_t some = complex ? W / 2 : W, whole = count / some * some;                                              \
    /* Both halves of a line of each signal at once: signals often lie a multiple of a page apart, and would drive each  \
       other's lines out of the cache between. */                                                                      \
    for (size_t pair = 0; pair < whole; pair += 2 * some)                                                              \
      for (size_t place = 0; place < 2 * lanes; place += W) {                                                          \
        const size_t l = place / (2 * W) * W, k = pair + place / W % 2 * some;                                         \
        if (k >= whole) continue;                                                                                      \
        cf_vector_##S v[W];                                                                                            \
        const T *r = re + k * lanes + l, *m = im + k * lanes + l;                                                      \
        if (complex) {                                                                                                 \
          _Pragma("clang loop unroll(full)") for (int i = 0; i < W / 2; i++) {                                         \
            v[2 * i] = CF_READ(S, r + i * lanes);                                                                      \
            v[2 * i + 1] = CF_READ(S, m + i * lanes);                                                                  \
          }                                                                                                            \
        } else {                                                                                                       \
          _Pragma("clang loop unroll(full)") for (int i = 0; i < W; i++) v[i] = CF_READ(S, r + i * lanes);             \
        }                                                                                                              \
        cf_transpose_##S(v);                                                                                           \
        _Pragma("clang loop unroll(full)") for (int i = 0; i < W; i++)                                                 \
            CF_WRITE(S, out + bases[l + i] + (complex ? 2 * k : k), scale * v[i]);                                     \
      }                                                                                                                \
    return whole;                                                                                                      \
  }
CF_SQUARES(float, f32, 8)
CF_SQUARES(double, f64, 4)

#define CF_MOVE(T, S, W)                                                                                               \
  CF_KERNEL void cf_load_##S(const T *in, const cf_places *places, size_t count, T *re, T *im) {                       \
    const size_t lanes = places->lanes;                                                                                \
    const ptrdiff_t step = places->step, part = places->part;                                                          \
    if (lanes == 1 && step == 2 && part == 1) {                                                                        \
      const T *from = in + places->bases[0];                                                                           \
      CF_LOOP for (size_t i = 0; i < count; i++) re[i] = from[2 * i], im[i] = from[2 * i + 1];                         \
      return;                                                                                                          \
    }                                                                                                                  \
    if (cf_beside(places)) {                                                                                           \
      for (size_t i = 0; i < count; i++) {                                                                             \
        const T *from = in + places->bases[0] + (ptrdiff_t)i * step;                                                   \
        T *restrict r = re + i * lanes, *restrict m = im + i * lanes;                                                  \
        CF_LOOP for (size_t l = 0; l < lanes; l++) r[l] = from[2 * l], m[l] = from[2 * l + 1];                         \
      }                                                                                                                \
      return;                                                                                                          \
    }                                                                                                                  \
    size_t moved = 0;                                                                                                  \
    if (lanes % W == 0 && ((step == 2 && part == 1) || (step == 1 && !part)))                                          \
      moved = cf_load_squares_##S(in, places->bases, lanes, count, part == 1, re, im);                                 \
    for (size_t k = moved; k < count; k += SOME) {                                                                         \
      const size_t end = k + SOME < count ? k + SOME : count;                                                          \
      for (size_t l = 0; l < lanes; l++) {                                                                             \
        const T *from = in + places->bases[l];                                                                         \
        if (part && step == 2 && part == 1) {                                                                          \
          for (size_t i = k; i < end; i++) re[i * lanes + l] = from[2 * i], im[i * lanes + l] = from[2 * i + 1];       \
        } else {                                                                                                       \
          for (size_t i = k; i < end; i++) {                                                                           \
            re[i * lanes + l] = from[(ptrdiff_t)i * step];                                                             \
            im[i * lanes + l] = part ? from[(ptrdiff_t)i * step + part] : 0;                                           \
          }                                                                                                            \
        }                                                                                                              \
      }                                                                                                                \
    }                                                                                                                  \
  }                                                                                                                    \
  CF_KERNEL void cf_store_##S(T *out, const cf_places *places, size_t count, const T *re, const T *im, T scale) {      \
    const size_t lanes = places->lanes;                                                                                \
    const ptrdiff_t step = places->step, part = places->part;                                                          \
    if (lanes == 1 && step == 2 && part == 1) {                                                                        \
      T *to = out + places->bases[0];                                                                                  \
      CF_LOOP for (size_t i = 0; i < count; i++) to[2 * i] = scale * re[i], to[2 * i + 1] = scale * im[i];             \
      return;                                                                                                          \
    }                                                                                                                  \
    if (cf_beside(places)) {                                                                                           \
      for (size_t i = 0; i < count; i++) {                                                                             \
        T *to = out + places->bases[0] + (ptrdiff_t)i * step;                                                          \
        const T *restrict r = re + i * lanes, *restrict m = im + i * lanes;                                            \
        CF_LOOP for (size_t l = 0; l < lanes; l++) to[2 * l] = scale * r[l], to[2 * l + 1] = scale * m[l];             \
      }                                                                                                                \
      return;                                                                                                          \
    }                                                                                                                  \
    size_t moved = 0;                                                                                                  \
    if (lanes % W == 0 && ((step == 2 && part == 1) || (step == 1 && !part)))                                          \
      moved = cf_store_squares_##S(out, places->bases, lanes, count, part == 1, re, im, scale);                        \
    for (size_t k = moved; k < count; k += SOME) {                                                                         \
      const size_t end = k + SOME < count ? k + SOME : count;                                                          \
      for (size_t l = 0; l < lanes; l++) {                                                                             \
        T *to = out + places->bases[l];                                                                                \
        if (step == 2 && part == 1) {                                                                                  \
          for (size_t i = k; i < end; i++)                                                                             \
            to[2 * i] = scale * re[i * lanes + l], to[2 * i + 1] = scale * im[i * lanes + l];                          \
        } else {                                                                                                       \
          for (size_t i = k; i < end; i++) {                                                                           \
            to[(ptrdiff_t)i * step] = scale * re[i * lanes + l];                                                       \
            if (part) to[(ptrdiff_t)i * step + part] = scale * im[i * lanes + l];                                      \
          }                                                                                                            \
        }                                                                                                              \
      }                                                                                                                \
    }                                                                                                                  \
  }                                                                                                                    \
  CF_INLINE void cf_unpack_one_##S(const T *restrict zr, const T *restrict zi, T *restrict xr, T *restrict xi, size_t a,\
      size_t b, size_t to, T c, T s) {                                                                                 \
    const T h = (T)0.5;                                                                                                \
    const T er = h * (zr[a] + zr[b]), ei = h * (zi[a] - zi[b]), or = h * (zi[a] + zi[b]), oi = h * (zr[b] - zr[a]);    \
    xr[to] = er + c * or - s * oi;                                                                                     \
    xi[to] = ei + c * oi + s * or;                                                                                     \
  }                                                                                                                    \
  CF_KERNEL void cf_unpack_##S(const T *zr, const T *zi, T *xr, T *xi, size_t half, size_t lanes, const T *cosines,    \
      const T *sines) {                                                                                                \
    if (lanes == 1) {                                                                                                  \
      cf_unpack_one_##S(zr, zi, xr, xi, 0, 0, 0, 1, 0);                                                                \
      cf_unpack_one_##S(zr, zi, xr, xi, 0, 0, half, -1, 0);                                                            \
      CF_LOOP for (size_t k = 1; k < half; k++)                                                                        \
        cf_unpack_one_##S(zr, zi, xr, xi, k, half - k, k, cosines[k], sines[k]);                                       \
      return;                                                                                                          \
    }                                                                                                                  \
    for (size_t k = 0; k <= half; k++) {                                                                               \
      const size_t a = (k == half ? 0 : k) * lanes, b = (k == 0 ? 0 : half - k) * lanes, to = k * lanes;               \
      const T c = cosines[k], s = sines[k];                                                                            \
      CF_LOOP for (size_t l = 0; l < lanes; l++) cf_unpack_one_##S(zr, zi, xr, xi, a + l, b + l, to + l, c, s);        \
    }                                                                                                                  \
  }                                                                                                                    \
  CF_INLINE void cf_pack_one_##S(const T *restrict xr, const T *restrict xi, T *restrict zr, T *restrict zi, size_t a, \
      size_t b, T own, T c, T s) {                                                                                     \
    const T ai = own * xi[a], bi = own * xi[b];                                                                        \
    const T dr = xr[a] - xr[b], di = ai + bi;                                                                          \
    zr[a] = xr[a] + xr[b] - (c * di - s * dr);                                                                         \
    zi[a] = ai - bi + (c * dr + s * di);                                                                               \
  }                                                                                                                    \
  CF_KERNEL void cf_pack_##S(const T *xr, const T *xi, T *zr, T *zi, size_t half, size_t lanes, const T *cosines,      \
      const T *sines) {                                                                                                \
    if (lanes == 1) {                                                                                                  \
      cf_pack_one_##S(xr, xi, zr, zi, 0, half, 0, 1, 0);                                                               \
      CF_LOOP for (size_t k = 1; k < half; k++)                                                                        \
        cf_pack_one_##S(xr, xi, zr, zi, k, half - k, 1, cosines[k], sines[k]);                                         \
      return;                                                                                                          \
    }                                                                                                                  \
    for (size_t k = 0; k < half; k++) {                                                                                \
      const size_t a = k * lanes, b = (half - k) * lanes;                                                              \
      const T c = cosines[k], s = sines[k], own = k ? 1 : 0;                                                           \
      CF_LOOP for (size_t l = 0; l < lanes; l++) cf_pack_one_##S(xr, xi, zr, zi, a + l, b + l, own, c, s);             \
    }                                                                                                                  \
  }                                                                                                                    \
  CF_KERNEL void cf_columns_##S(const T *xr, const T *xi, size_t step, size_t count, size_t lanes, T *re, T *im) {     \
    for (size_t k = 0; k < count; k++) {                                                                               \
      CF_LOOP for (size_t l = 0; l < lanes; l++) {                                                                     \
        re[k * lanes + l] = xr[k * step + l];                                                                          \
        im[k * lanes + l] = xi[k * step + l];                                                                          \
      }                                                                                                                \
    }                                                                                                                  \
  }                                                                                                                    \
  CF_KERNEL void cf_turn_columns_##S(const T *re, const T *im, size_t count, size_t lanes, const T *c, const T *s,     \
      const T *lane_c, const T *lane_s, size_t lane_step, T *yr, T *yi, size_t step) {                                 \
    for (size_t k = 0; k < count; k++) {                                                                               \
      const T ck = c[k], sk = s[k], *lc = lane_c + k * lane_step, *ls = lane_s + k * lane_step;                        \
      const T *ar = re + k * lanes, *ai = im + k * lanes;                                                              \
      T *restrict br = yr + k * step, *restrict bi = yi + k * step;                                                    \
      CF_LOOP for (size_t l = 0; l < lanes; l++) {                                                                     \
        const T wc = ck * lc[l] - sk * ls[l], ws = ck * ls[l] + sk * lc[l];                                            \
        br[l] = ar[l] * wc - ai[l] * ws, bi[l] = ar[l] * ws + ai[l] * wc;                                              \
      }                                                                                                                \
    }                                                                                                                  \
  }                                                                                                                    \
  CF_KERNEL void cf_rows_##S(const T *xr, const T *xi, size_t step, size_t count, size_t lanes, T *re, T *im) {        \
    size_t moved = 0;                                                                                                  \
    if (lanes % W == 0) {                                                                                              \
      moved = count / W * W;                                                                                           \
      for (size_t k = 0; k < moved; k += W)                                                                            \
        for (size_t l = 0; l < lanes; l += W) {                                                                        \
          cf_vector_##S v[W];                                                                                          \
          _Pragma("clang loop unroll(full)") for (int i = 0; i < W; i++) v[i] = CF_READ(S, xr + (l + i) * step + k);   \
          cf_transpose_##S(v);                                                                                         \
          _Pragma("clang loop unroll(full)") for (int i = 0; i < W; i++)                                               \
              CF_WRITE(S, re + (k + i) * lanes + l, v[i]);                                                             \
          _Pragma("clang loop unroll(full)") for (int i = 0; i < W; i++) v[i] = CF_READ(S, xi + (l + i) * step + k);   \
          cf_transpose_##S(v);                                                                                         \
          _Pragma("clang loop unroll(full)") for (int i = 0; i < W; i++)                                               \
              CF_WRITE(S, im + (k + i) * lanes + l, v[i]);                                                             \
        }                                                                                                              \
    }                                                                                                                  \
    for (size_t l = 0; l < lanes; l++)                                                                                 \
      for (size_t k = moved; k < count; k++)                                                                           \
        re[k * lanes + l] = xr[l * step + k], im[k * lanes + l] = xi[l * step + k];                                    \
  }                                                                                                                    \
  CF_KERNEL void cf_turn_##S(T *re, T *im, size_t count, size_t lanes, const T *c, const T *s) {                       \
    for (size_t k = 0; k < count; k++)                                                                                 \
      for (size_t l = 0; l < lanes; l++) {                                                                             \
        const T a = re[k * lanes + l], b = im[k * lanes + l];                                                          \
        re[k * lanes + l] = a * c[k] - b * s[k];                                                                       \
        im[k * lanes + l] = a * s[k] + b * c[k];                                                                       \
      }                                                                                                                \
  }
CF_MOVE(float, f32, 8)
CF_MOVE(double, f64, 4)
