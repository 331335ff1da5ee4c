// Loops of fast Fourier transforms. Many transforms of one length run beside each other: real and imaginary parts lie in arrays
// of their own, [position][lane], so that a vector holds one position of as many transforms.
#ifndef CFOURIER_H
#define CFOURIER_H
#include <stddef.h>

// One pass of Stockham's transform (the result is in order without a permutation). With positions counted in blocks of `inner`
// elements (lanes times the radices of the passes before), block p + m j of x, j < radix, gives block radix p + k of y:
// the sum over j of x exp(-2 pi i j k / radix), times the factor w[k - 1][p]. Factors are [radix - 1][m]; `roots` are
// cosines and sines [2][radix] of -2 pi k / radix, for the radices that have no code of their own (other
// than 2, 3, 4, 5, 8, 9, 16). Blocks first ..< last of p are done.
#define CF_PASS(name, T)                                                                                               \
  void name(size_t radix, size_t m, size_t inner, const T *cosines, const T *sines, const T *roots, const T *xr,       \
      const T *xi, T *yr, T *yi, size_t first, size_t last);
CF_PASS(cf_pass_f32, float)
CF_PASS(cf_pass_f64, double)

// Where the elements of `lanes` transforms lie in a tensor: element k of lane l at bases[l] + k step, its imaginary part `part`
// further (0: there is none, it is zero).
typedef struct {
  const ptrdiff_t *bases;
  ptrdiff_t step, part;
  size_t lanes;
} cf_places;

#define CF_MOVES(T, S)                                                                                                 \
  void cf_load_##S(const T *in, const cf_places *places, size_t count, T *re, T *im);                                  \
  void cf_store_##S(T *out, const cf_places *places, size_t count, const T *re, const T *im, T scale);                 \
  /* The spectrum [half + 1] of 2 half real numbers from that of their pairs [half]; factors exp(-2 pi i k / (2 half)). */ \
  void cf_unpack_##S(const T *zr, const T *zi, T *xr, T *xi, size_t half, size_t lanes, const T *cosines,              \
      const T *sines);                                                                                                 \
  /* The way back, times 2; imaginary parts of the first and the last number do not count. */                          \
  void cf_pack_##S(const T *xr, const T *xi, T *zr, T *zi, size_t half, size_t lanes, const T *cosines,                \
      const T *sines);                                                                                                 \
  /* Of a matrix [count][step] of numbers, `lanes` columns: re[k][l] = x[k][l]. */                                     \
  void cf_columns_##S(const T *xr, const T *xi, size_t step, size_t count, size_t lanes, T *re, T *im);                \
  /* The way back to columns: y[k][l] = x[k][l] (c[k] + i s[k]) (lane_c[k][l] + i lane_s[k][l]). */                    \
  void cf_turn_columns_##S(const T *re, const T *im, size_t count, size_t lanes, const T *c, const T *s,               \
      const T *lane_c, const T *lane_s, size_t lane_step, T *yr, T *yi, size_t step);                                  \
  /* Of a matrix [lanes][step] of numbers, rows as lanes: re[k][l] = x[l][k]. */                                       \
  void cf_rows_##S(const T *xr, const T *xi, size_t step, size_t count, size_t lanes, T *re, T *im);                   \
  /* Position k of every lane times c[k] + i s[k]. */                                                                  \
  void cf_turn_##S(T *re, T *im, size_t count, size_t lanes, const T *c, const T *s);
CF_MOVES(float, f32)
CF_MOVES(double, f64)
#endif
