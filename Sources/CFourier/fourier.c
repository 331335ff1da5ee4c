#include "CFourier.h"

#if defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
#define CF_NO_CLONES 1
#endif
#endif

// Compiled for baseline x86-64, AVX2 and AVX-512; the best one is bound when the program is loaded.
#if defined(__x86_64__) && defined(__linux__) && !defined(CF_NO_CLONES)
#define CF_KERNEL __attribute__((target_clones("default", "arch=x86-64-v3")))
#else
#define CF_KERNEL
#endif
// The arrays that are read and written are different ones.
#define CF_LOOP _Pragma("clang loop vectorize(assume_safety) interleave(disable)")
#define CF_INLINE static inline __attribute__((always_inline))

// MARK: Butterflies. a: inputs, b: sums before the factors.

#define CF_ADD(d, x, y) d##r = x##r + y##r, d##i = x##i + y##i
#define CF_SUB(d, x, y) d##r = x##r - y##r, d##i = x##i - y##i
#define CF_LOAD(T, j) const T a##j##r = xr[at + (j) * step], a##j##i = xi[at + (j) * step]
#define CF_STORE0(b) yr[to] = b##r, yi[to] = b##i
#define CF_STORE(k, b)                                                                                                 \
  yr[to + (k) * hop] = b##r * c[((k) - 1) * m] - b##i * s[((k) - 1) * m],                                              \
  yi[to + (k) * hop] = b##r * s[((k) - 1) * m] + b##i * c[((k) - 1) * m]
#define CF_ARGUMENTS(T)                                                                                                \
  const T *restrict xr, const T *restrict xi, T *restrict yr, T *restrict yi, size_t at, size_t step, size_t to,       \
      size_t hop, const T *c, const T *s, size_t m

#define CF_BUTTERFLIES(T, S)                                                                                           \
  CF_INLINE void cf_2_##S(CF_ARGUMENTS(T)) {                                                                           \
    CF_LOAD(T, 0); CF_LOAD(T, 1);                                                                                      \
    const T CF_ADD(b0, a0, a1), CF_SUB(b1, a0, a1);                                                                    \
    CF_STORE0(b0); CF_STORE(1, b1);                                                                                    \
  }                                                                                                                    \
  CF_INLINE void cf_3_##S(CF_ARGUMENTS(T)) {                                                                           \
    const T half = (T)-0.5, root = (T)0.86602540378443864676;                                                          \
    CF_LOAD(T, 0); CF_LOAD(T, 1); CF_LOAD(T, 2);                                                                       \
    const T CF_ADD(t, a1, a2), CF_SUB(u, a1, a2);                                                                      \
    const T b0r = a0r + tr, b0i = a0i + ti, er = a0r + half * tr, ei = a0i + half * ti;                                \
    const T fr = root * ui, fi = -root * ur;                                                                           \
    const T CF_ADD(b1, e, f), CF_SUB(b2, e, f);                                                                        \
    CF_STORE0(b0); CF_STORE(1, b1); CF_STORE(2, b2);                                                                   \
  }                                                                                                                    \
  CF_INLINE void cf_4_##S(CF_ARGUMENTS(T)) {                                                                           \
    CF_LOAD(T, 0); CF_LOAD(T, 1); CF_LOAD(T, 2); CF_LOAD(T, 3);                                                        \
    const T CF_ADD(t, a0, a2), CF_SUB(u, a0, a2), CF_ADD(v, a1, a3), CF_SUB(w, a1, a3);                                \
    const T CF_ADD(b0, t, v), CF_SUB(b2, t, v);                                                                        \
    const T b1r = ur + wi, b1i = ui - wr, b3r = ur - wi, b3i = ui + wr;                                                \
    CF_STORE0(b0); CF_STORE(1, b1); CF_STORE(2, b2); CF_STORE(3, b3);                                                  \
  }                                                                                                                    \
  CF_INLINE void cf_5_##S(CF_ARGUMENTS(T)) {                                                                           \
    const T c1 = (T)0.30901699437494742410, c2 = (T)-0.80901699437494742410;                                           \
    const T s1 = (T)0.95105651629515357212, s2 = (T)0.58778525229247312917;                                            \
    CF_LOAD(T, 0); CF_LOAD(T, 1); CF_LOAD(T, 2); CF_LOAD(T, 3); CF_LOAD(T, 4);                                         \
    const T CF_ADD(t, a1, a4), CF_SUB(u, a1, a4), CF_ADD(v, a2, a3), CF_SUB(w, a2, a3);                                \
    const T b0r = a0r + tr + vr, b0i = a0i + ti + vi;                                                                  \
    const T er = a0r + c1 * tr + c2 * vr, ei = a0i + c1 * ti + c2 * vi;                                                \
    const T fr = s1 * ui + s2 * wi, fi = -(s1 * ur + s2 * wr);                                                         \
    const T gr = a0r + c2 * tr + c1 * vr, gi = a0i + c2 * ti + c1 * vi;                                                \
    const T hr = s2 * ui - s1 * wi, hi = s1 * wr - s2 * ur;                                                            \
    const T CF_ADD(b1, e, f), CF_SUB(b4, e, f), CF_ADD(b2, g, h), CF_SUB(b3, g, h);                                    \
    CF_STORE0(b0); CF_STORE(1, b1); CF_STORE(2, b2); CF_STORE(3, b3); CF_STORE(4, b4);                                 \
  }                                                                                                                    \
  CF_INLINE void cf_8_##S(CF_ARGUMENTS(T)) {                                                                           \
    const T root = (T)0.70710678118654752440;                                                                          \
    CF_LOAD(T, 0); CF_LOAD(T, 1); CF_LOAD(T, 2); CF_LOAD(T, 3);                                                        \
    CF_LOAD(T, 4); CF_LOAD(T, 5); CF_LOAD(T, 6); CF_LOAD(T, 7);                                                        \
    const T CF_ADD(t, a0, a4), CF_SUB(u, a0, a4), CF_ADD(v, a2, a6), CF_SUB(w, a2, a6);                                \
    const T CF_ADD(e0, t, v), CF_SUB(e2, t, v);                                                                        \
    const T e1r = ur + wi, e1i = ui - wr, e3r = ur - wi, e3i = ui + wr;                                                \
    const T CF_ADD(p, a1, a5), CF_SUB(q, a1, a5), CF_ADD(n, a3, a7), CF_SUB(z, a3, a7);                                \
    const T CF_ADD(o0, p, n), CF_SUB(h, p, n);                                                                         \
    const T kr = qr + zi, ki = qi - zr, lr = qr - zi, li = qi + zr;                                                    \
    const T o1r = root * (kr + ki), o1i = root * (ki - kr), o2r = hi, o2i = -hr;                                       \
    const T o3r = root * (li - lr), o3i = -root * (lr + li);                                                           \
    const T CF_ADD(b0, e0, o0), CF_SUB(b4, e0, o0), CF_ADD(b1, e1, o1), CF_SUB(b5, e1, o1);                            \
    const T CF_ADD(b2, e2, o2), CF_SUB(b6, e2, o2), CF_ADD(b3, e3, o3), CF_SUB(b7, e3, o3);                            \
    CF_STORE0(b0); CF_STORE(1, b1); CF_STORE(2, b2); CF_STORE(3, b3);                                                  \
    CF_STORE(4, b4); CF_STORE(5, b5); CF_STORE(6, b6); CF_STORE(7, b7);                                                \
  }
CF_BUTTERFLIES(float, f32)
CF_BUTTERFLIES(double, f64)

// MARK: Passes. Where the blocks are single elements, vectors run over the blocks.

#define CF_RADIX(T, S, R)                                                                                              \
  CF_KERNEL static void cf_radix_##R##_##S(size_t m, size_t inner, const T *c, const T *s, const T *xr, const T *xi,   \
      T *yr, T *yi, size_t first, size_t last) {                                                                       \
    if (inner == 1) {                                                                                                  \
      CF_LOOP for (size_t p = first; p < last; p++) cf_##R##_##S(xr, xi, yr, yi, p, m, R * p, 1, c + p, s + p, m);     \
      return;                                                                                                          \
    }                                                                                                                  \
    for (size_t p = first; p < last; p++) {                                                                            \
      const T *cp = c + p, *sp = s + p;                                                                                \
      const size_t from = p * inner, to = R * p * inner;                                                               \
      CF_LOOP for (size_t q = 0; q < inner; q++)                                                                       \
        cf_##R##_##S(xr, xi, yr, yi, from + q, m * inner, to + q, inner, cp, sp, m);                                   \
    }                                                                                                                  \
  }
#define CF_RADICES(T, S)                                                                                               \
  CF_RADIX(T, S, 2) CF_RADIX(T, S, 3) CF_RADIX(T, S, 4) CF_RADIX(T, S, 5) CF_RADIX(T, S, 8)
CF_RADICES(float, f32)
CF_RADICES(double, f64)

enum { CHUNK = 64 };

#define CF_ANY(T, S)                                                                                                   \
  CF_KERNEL static void cf_radix_any_##S(size_t radix, size_t m, size_t inner, const T *turns_c, const T *turns_s,     \
      const T *roots, const T *restrict xr, const T *restrict xi, T *restrict yr, T *restrict yi, size_t first,        \
      size_t last) {                                                                                                   \
    const T *cosines = roots, *sines = roots + radix;                                                                  \
    for (size_t p = first; p < last; p++)                                                                              \
      for (size_t q = 0; q < inner; q += CHUNK) {                                                                      \
        const size_t some = inner - q < CHUNK ? inner - q : CHUNK;                                                     \
        for (size_t k = 0; k < radix; k++) {                                                                           \
          T sr[CHUNK], si[CHUNK];                                                                                      \
          for (size_t i = 0; i < some; i++) sr[i] = xr[p * inner + q + i], si[i] = xi[p * inner + q + i];              \
          for (size_t j = 1, root = k; j < radix; j++, root = root + k < radix ? root + k : root + k - radix) {        \
            const T c = cosines[root], s = sines[root];                                                                \
            const T *ar = xr + (p + m * j) * inner + q, *ai = xi + (p + m * j) * inner + q;                            \
            for (size_t i = 0; i < some; i++) sr[i] += ar[i] * c - ai[i] * s, si[i] += ar[i] * s + ai[i] * c;          \
          }                                                                                                            \
          const T c = k ? turns_c[(k - 1) * m + p] : 1, s = k ? turns_s[(k - 1) * m + p] : 0;                          \
          T *br = yr + (radix * p + k) * inner + q, *bi = yi + (radix * p + k) * inner + q;                            \
          for (size_t i = 0; i < some; i++) br[i] = sr[i] * c - si[i] * s, bi[i] = sr[i] * s + si[i] * c;              \
        }                                                                                                              \
      }                                                                                                                \
  }                                                                                                                    \
  void cf_pass_##S(size_t radix, size_t m, size_t inner, const T *c, const T *s, const T *roots, const T *xr,          \
      const T *xi, T *yr, T *yi, size_t first, size_t last) {                                                          \
    switch (radix) {                                                                                                   \
      case 2: cf_radix_2_##S(m, inner, c, s, xr, xi, yr, yi, first, last); return;                                     \
      case 3: cf_radix_3_##S(m, inner, c, s, xr, xi, yr, yi, first, last); return;                                     \
      case 4: cf_radix_4_##S(m, inner, c, s, xr, xi, yr, yi, first, last); return;                                     \
      case 5: cf_radix_5_##S(m, inner, c, s, xr, xi, yr, yi, first, last); return;                                     \
      case 8: cf_radix_8_##S(m, inner, c, s, xr, xi, yr, yi, first, last); return;                                     \
    }                                                                                                                  \
    cf_radix_any_##S(radix, m, inner, c, s, roots, xr, xi, yr, yi, first, last);                                       \
  }
CF_ANY(float, f32)
CF_ANY(double, f64)

// MARK: To and from tensors, some positions of all lanes at a time.

enum { SOME = 16 };

// Whether the complex numbers of one position lie beside each other for all lanes.
CF_INLINE int cf_beside(const cf_places *places) {
  if (places->part != 1 || places->step == 2) return 0;
  for (size_t l = 1; l < places->lanes; l++)
    if (places->bases[l] != places->bases[0] + 2 * (ptrdiff_t)l) return 0;
  return 1;
}

#define CF_MOVE(T, S)                                                                                                  \
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
    for (size_t k = 0; k < count; k += SOME) {                                                                         \
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
    for (size_t k = 0; k < count; k += SOME) {                                                                         \
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
  CF_KERNEL void cf_turn_##S(T *re, T *im, size_t count, size_t lanes, const T *c, const T *s) {                       \
    for (size_t k = 0; k < count; k++)                                                                                 \
      for (size_t l = 0; l < lanes; l++) {                                                                             \
        const T a = re[k * lanes + l], b = im[k * lanes + l];                                                          \
        re[k * lanes + l] = a * c[k] - b * s[k];                                                                       \
        im[k * lanes + l] = a * s[k] + b * c[k];                                                                       \
      }                                                                                                                \
  }
CF_MOVE(float, f32)
CF_MOVE(double, f64)
