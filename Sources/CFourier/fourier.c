#include "fourier_base.h"

// MARK: Butterflies. a: inputs, b: sums before the factors.

#define CF_ADD(d, x, y) d##r = x##r + y##r, d##i = x##i + y##i
#define CF_SUB(d, x, y) d##r = x##r - y##r, d##i = x##i - y##i
#define CF_LOAD(T, j) const T a##j##r = xr[at + (j) * step], a##j##i = xi[at + (j) * step]
#define CF_STORE0(b) yr[to] = b##r, yi[to] = b##i
// The factors of the last pass are all 1.
#define CF_STORE(k, b)                                                                                                 \
  if (plain)                                                                                                           \
    yr[to + (k) * hop] = b##r, yi[to + (k) * hop] = b##i;                                                              \
  else                                                                                                                 \
    yr[to + (k) * hop] = b##r * c[((k) - 1) * m] - b##i * s[((k) - 1) * m],                                            \
    yi[to + (k) * hop] = b##r * s[((k) - 1) * m] + b##i * c[((k) - 1) * m]
#define CF_ARGUMENTS(T)                                                                                                \
  const T *restrict xr, const T *restrict xi, T *restrict yr, T *restrict yi, size_t at, size_t step, size_t to,       \
      size_t hop, const T *c, const T *s, size_t m, int plain

// Transforms of three and of four numbers, and numbers times one: what the larger ones are made of.
#define CF_THREE(T, y0, y1, y2, x0, x1, x2)                                                                            \
  const T y0##tr = x1##r + x2##r, y0##ti = x1##i + x2##i, y0##ur = x1##r - x2##r, y0##ui = x1##i - x2##i;              \
  const T y0##r = x0##r + y0##tr, y0##i = x0##i + y0##ti;                                                              \
  const T y0##er = x0##r - (T)0.5 * y0##tr, y0##ei = x0##i - (T)0.5 * y0##ti;                                          \
  const T y0##fr = root * y0##ui, y0##fi = -root * y0##ur;                                                             \
  const T y1##r = y0##er + y0##fr, y1##i = y0##ei + y0##fi, y2##r = y0##er - y0##fr, y2##i = y0##ei - y0##fi
#define CF_FOUR(T, y0, y1, y2, y3, x0, x1, x2, x3)                                                                     \
  const T y0##tr = x0##r + x2##r, y0##ti = x0##i + x2##i, y0##ur = x0##r - x2##r, y0##ui = x0##i - x2##i;              \
  const T y0##vr = x1##r + x3##r, y0##vi = x1##i + x3##i, y0##wr = x1##r - x3##r, y0##wi = x1##i - x3##i;              \
  const T y0##r = y0##tr + y0##vr, y0##i = y0##ti + y0##vi, y2##r = y0##tr - y0##vr, y2##i = y0##ti - y0##vi;          \
  const T y1##r = y0##ur + y0##wi, y1##i = y0##ui - y0##wr, y3##r = y0##ur - y0##wi, y3##i = y0##ui + y0##wr
#define CF_TURN(T, y, x, c, s)                                                                                         \
  const T y##r = x##r * (T)(c) - x##i * (T)(s), y##i = x##r * (T)(s) + x##i * (T)(c)

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
  }                                                                                                                    \
  /* Nine as three times three, sixteen as four times four, with factors between. */                                   \
  CF_INLINE void cf_9_##S(CF_ARGUMENTS(T)) {                                                                           \
    const T root = (T)0.86602540378443864676;                                                                          \
    CF_LOAD(T, 0); CF_LOAD(T, 1); CF_LOAD(T, 2); CF_LOAD(T, 3); CF_LOAD(T, 4);                                         \
    CF_LOAD(T, 5); CF_LOAD(T, 6); CF_LOAD(T, 7); CF_LOAD(T, 8);                                                        \
    CF_THREE(T, c00, c01, c02, a0, a3, a6);                                                                            \
    CF_THREE(T, c10, c11, c12, a1, a4, a7);                                                                            \
    CF_THREE(T, c20, c21, c22, a2, a5, a8);                                                                            \
    CF_TURN(T, d11, c11, 0.76604444311897801, -0.64278760968653925);                                                   \
    CF_TURN(T, d12, c12, 0.17364817766693041, -0.98480775301220802);                                                   \
    CF_TURN(T, d21, c21, 0.17364817766693041, -0.98480775301220802);                                                   \
    CF_TURN(T, d22, c22, -0.93969262078590832, -0.34202014332566888);                                                  \
    CF_THREE(T, b0, b3, b6, c00, c10, c20);                                                                            \
    CF_THREE(T, b1, b4, b7, c01, d11, d21);                                                                            \
    CF_THREE(T, b2, b5, b8, c02, d12, d22);                                                                            \
    CF_STORE0(b0); CF_STORE(1, b1); CF_STORE(2, b2); CF_STORE(3, b3); CF_STORE(4, b4);                                 \
    CF_STORE(5, b5); CF_STORE(6, b6); CF_STORE(7, b7); CF_STORE(8, b8);                                                \
  }                                                                                                                    \
  CF_INLINE void cf_16_##S(CF_ARGUMENTS(T)) {                                                                          \
    CF_LOAD(T, 0); CF_LOAD(T, 1); CF_LOAD(T, 2); CF_LOAD(T, 3);                                                        \
    CF_LOAD(T, 4); CF_LOAD(T, 5); CF_LOAD(T, 6); CF_LOAD(T, 7);                                                        \
    CF_LOAD(T, 8); CF_LOAD(T, 9); CF_LOAD(T, 10); CF_LOAD(T, 11);                                                      \
    CF_LOAD(T, 12); CF_LOAD(T, 13); CF_LOAD(T, 14); CF_LOAD(T, 15);                                                    \
    CF_FOUR(T, c00, c01, c02, c03, a0, a4, a8, a12);                                                                   \
    CF_FOUR(T, c10, c11, c12, c13, a1, a5, a9, a13);                                                                   \
    CF_FOUR(T, c20, c21, c22, c23, a2, a6, a10, a14);                                                                  \
    CF_FOUR(T, c30, c31, c32, c33, a3, a7, a11, a15);                                                                  \
    CF_TURN(T, d11, c11, 0.92387953251128674, -0.38268343236508978);                                                   \
    CF_TURN(T, d12, c12, 0.70710678118654757, -0.70710678118654746);                                                   \
    CF_TURN(T, d13, c13, 0.38268343236508984, -0.92387953251128674);                                                   \
    CF_TURN(T, d21, c21, 0.70710678118654757, -0.70710678118654746);                                                   \
    const T d22r = c22i, d22i = -c22r;                                                                                 \
    CF_TURN(T, d23, c23, -0.70710678118654746, -0.70710678118654757);                                                  \
    CF_TURN(T, d31, c31, 0.38268343236508984, -0.92387953251128674);                                                   \
    CF_TURN(T, d32, c32, -0.70710678118654746, -0.70710678118654757);                                                  \
    CF_TURN(T, d33, c33, -0.92387953251128685, 0.38268343236508967);                                                   \
    CF_FOUR(T, b0, b4, b8, b12, c00, c10, c20, c30);                                                                   \
    CF_FOUR(T, b1, b5, b9, b13, c01, d11, d21, d31);                                                                   \
    CF_FOUR(T, b2, b6, b10, b14, c02, d12, d22, d32);                                                                  \
    CF_FOUR(T, b3, b7, b11, b15, c03, d13, d23, d33);                                                                  \
    CF_STORE0(b0); CF_STORE(1, b1); CF_STORE(2, b2); CF_STORE(3, b3);                                                  \
    CF_STORE(4, b4); CF_STORE(5, b5); CF_STORE(6, b6); CF_STORE(7, b7);                                                \
    CF_STORE(8, b8); CF_STORE(9, b9); CF_STORE(10, b10); CF_STORE(11, b11);                                            \
    CF_STORE(12, b12); CF_STORE(13, b13); CF_STORE(14, b14); CF_STORE(15, b15);                                        \
  }
CF_BUTTERFLIES(float, f32)
CF_BUTTERFLIES(double, f64)

// MARK: Passes. Where the blocks are single elements, vectors run over the blocks.

#define CF_RADIX(T, S, R)                                                                                              \
  CF_KERNEL static void cf_radix_##R##_##S(size_t m, size_t inner, const T *c, const T *s, const T *xr, const T *xi,   \
      T *yr, T *yi, size_t first, size_t last) {                                                                       \
    if (inner == 1) {                                                                                                  \
      CF_LOOP for (size_t p = first; p < last; p++) cf_##R##_##S(xr, xi, yr, yi, p, m, R * p, 1, c + p, s + p, m, 0);  \
      return;                                                                                                          \
    }                                                                                                                  \
    if (m == 1) {                                                                                                      \
      CF_LOOP for (size_t q = 0; q < inner; q++) cf_##R##_##S(xr, xi, yr, yi, q, inner, q, inner, c, s, m, 1);         \
      return;                                                                                                          \
    }                                                                                                                  \
    for (size_t p = first; p < last; p++) {                                                                            \
      const T *cp = c + p, *sp = s + p;                                                                                \
      const size_t from = p * inner, to = R * p * inner;                                                               \
      CF_LOOP for (size_t q = 0; q < inner; q++)                                                                       \
        cf_##R##_##S(xr, xi, yr, yi, from + q, m * inner, to + q, inner, cp, sp, m, 0);                                \
    }                                                                                                                  \
  }
#define CF_RADICES(T, S)                                                                                               \
  CF_RADIX(T, S, 2) CF_RADIX(T, S, 3) CF_RADIX(T, S, 4) CF_RADIX(T, S, 5) CF_RADIX(T, S, 8)     \
  CF_RADIX(T, S, 9) CF_RADIX(T, S, 16)
CF_RADICES(float, f32)
CF_RADICES(double, f64)

// Elements of a chunk, and the pairs of inputs of the largest radix.
enum { CHUNK = 16, PAIRS = 15 };

// Odd radices: inputs j and radix - j have conjugate roots, and so their sums and differences serve two outputs each.
#define CF_ANY(T, S)                                                                                                   \
  CF_INLINE void cf_any_chunk_##S(size_t radix, size_t m, const T *c, const T *s, const T *roots, const T *restrict xr,\
      const T *restrict xi, T *restrict yr, T *restrict yi, size_t step, size_t hop, size_t some) {                    \
    const T *cosines = roots, *sines = roots + radix;                                                                  \
    const size_t half = radix / 2;                                                                                     \
    T pr[PAIRS][CHUNK], pi[PAIRS][CHUNK], mr[PAIRS][CHUNK], mi[PAIRS][CHUNK], sr[CHUNK], si[CHUNK];                    \
    CF_LOOP for (size_t i = 0; i < some; i++) sr[i] = xr[i], si[i] = xi[i];                                            \
    for (size_t j = 1; j <= half; j++) {                                                                               \
      const T *ar = xr + j * step, *ai = xi + j * step, *br = xr + (radix - j) * step, *bi = xi + (radix - j) * step;  \
      CF_LOOP for (size_t i = 0; i < some; i++) {                                                                      \
        pr[j - 1][i] = ar[i] + br[i], pi[j - 1][i] = ai[i] + bi[i];                                                    \
        mr[j - 1][i] = ar[i] - br[i], mi[j - 1][i] = ai[i] - bi[i];                                                    \
        sr[i] += pr[j - 1][i], si[i] += pi[j - 1][i];                                                                  \
      }                                                                                                                \
    }                                                                                                                  \
    CF_LOOP for (size_t i = 0; i < some; i++) yr[i] = sr[i], yi[i] = si[i];                                            \
    for (size_t k = 1; k <= half; k++) {                                                                               \
      T ur[CHUNK], ui[CHUNK], vr[CHUNK], vi[CHUNK];                                                                    \
      CF_LOOP for (size_t i = 0; i < some; i++) ur[i] = xr[i], ui[i] = xi[i], vr[i] = 0, vi[i] = 0;                    \
      for (size_t j = 1, root = k; j <= half; j++, root = root + k < radix ? root + k : root + k - radix) {            \
        const T rc = cosines[root], rs = sines[root];                                                                  \
        CF_LOOP for (size_t i = 0; i < some; i++) {                                                                    \
          ur[i] += rc * pr[j - 1][i], ui[i] += rc * pi[j - 1][i];                                                      \
          vr[i] -= rs * mi[j - 1][i], vi[i] += rs * mr[j - 1][i];                                                      \
        }                                                                                                              \
      }                                                                                                                \
      const T ac = c[(k - 1) * m], as = s[(k - 1) * m], bc = c[(radix - k - 1) * m], bs = s[(radix - k - 1) * m];      \
      T *ar = yr + k * hop, *ai = yi + k * hop, *br = yr + (radix - k) * hop, *bi = yi + (radix - k) * hop;            \
      CF_LOOP for (size_t i = 0; i < some; i++) {                                                                      \
        const T er = ur[i] + vr[i], ei = ui[i] + vi[i], fr = ur[i] - vr[i], fi = ui[i] - vi[i];                        \
        ar[i] = er * ac - ei * as, ai[i] = er * as + ei * ac;                                                          \
        br[i] = fr * bc - fi * bs, bi[i] = fr * bs + fi * bc;                                                          \
      }                                                                                                                \
    }                                                                                                                  \
  }                                                                                                                    \
  CF_KERNEL static void cf_radix_any_##S(size_t radix, size_t m, size_t inner, const T *c, const T *s,                 \
      const T *roots, const T *xr, const T *xi, T *yr, T *yi, size_t first, size_t last) {                             \
    for (size_t p = first; p < last; p++)                                                                              \
      for (size_t q = 0; q < inner; q += CHUNK) {                                                                      \
        const size_t from = p * inner + q, to = radix * p * inner + q;                                                 \
        if (inner - q >= CHUNK)                                                                                        \
          cf_any_chunk_##S(radix, m, c + p, s + p, roots, xr + from, xi + from, yr + to, yi + to, m * inner, inner,    \
              CHUNK);                                                                                                  \
        else                                                                                                           \
          cf_any_chunk_##S(radix, m, c + p, s + p, roots, xr + from, xi + from, yr + to, yi + to, m * inner, inner,    \
              inner - q);                                                                                              \
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
      case 9: cf_radix_9_##S(m, inner, c, s, xr, xi, yr, yi, first, last); return;                                     \
      case 16: cf_radix_16_##S(m, inner, c, s, xr, xi, yr, yi, first, last); return;                                   \
    }                                                                                                                  \
    cf_radix_any_##S(radix, m, inner, c, s, roots, xr, xi, yr, yi, first, last);                                       \
  }
CF_ANY(float, f32)
CF_ANY(double, f64)
