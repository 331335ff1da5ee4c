#include "CNumbers.h"

#include <math.h>

#if defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
#define CN_NO_CLONES 1
#endif
#endif

// Compiled for baseline x86-64, AVX2 and AVX-512; the best one is bound when the program is loaded.
#if defined(__x86_64__) && defined(__linux__) && !defined(CN_NO_CLONES)
#define CN_KERNEL __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
#define CN_KERNEL
#endif
#define CN_INLINE static inline __attribute__((always_inline))

// The types of storage, each with one that holds products of two, and the integers with a meaning of their own.
#define CN_TYPES(X) X(int8_t, int32_t, INT8) X(int16_t, int32_t, INT16) X(int32_t, int64_t, INT32)
#define CN_DISPATCH(CALL)                                                                                              \
  switch (t.bytes) {                                                                                                   \
  case 1: CALL(int8_t); break;                                                                                         \
  case 2: CALL(int16_t); break;                                                                                        \
  case 4: CALL(int32_t); break;                                                                                        \
  }

CN_INLINE int64_t cut64(int64_t x, cn_laegna t) { return x > t.limit ? t.limit : x < t.low ? t.low : x; }
CN_INLINE int64_t one_of(cn_laegna t) {
  int64_t one = (int64_t)1 << (2 * t.fraction);
  return one < t.limit ? one : t.limit;
}

// x / 2^shift to the nearest integer, ties to even.
#define ROUND_SHIFT(x, shift, below_half, odd) (((x) + (below_half) + (((x) >> (shift)) & (odd))) >> (shift))
#define BELOW_HALF(shift) ((shift) > 0 ? (((int64_t)1 << ((shift) - 1)) - 1) : 0)

CN_INLINE int64_t divide(int64_t a, int64_t b) {
  if (b < 0) a = -a, b = -b;
  int64_t q = a / b, r = a % b;
  if (r < 0) q--, r += b;
  return q + (2 * r > b || (2 * r == b && (q & 1)));
}

#define DEFINE_ELEMENTS(T, W, NAME)                                                                                    \
  enum { M_##T = NAME##_MIN, V_##T = NAME##_MIN + 1, P_##T = NAME##_MAX };                                             \
  CN_INLINE T plain_##T(T x) { return x == V_##T ? 0 : x; }                                                            \
  /* Of two infinities that meet in a sum nothing is left. */                                                          \
  CN_INLINE T sum_##T(W s, bool p, bool m, W low, W limit) {                                                                  \
    s = s > limit ? limit : s;                                                                                         \
    s = s < low ? low : s;                                                                                       \
    s = p ? P_##T : s;                                                                                                 \
    s = m ? (p || low == 0 ? 0 : M_##T) : s;                                                                                       \
    return (T)s;                                                                                                       \
  }                                                                                                                    \
  CN_INLINE T add_##T(T x, T y, W low, W limit) {                                                                             \
    return sum_##T((W)plain_##T(x) + (W)plain_##T(y), (x == P_##T) | (y == P_##T), (x == M_##T) | (y == M_##T), low, limit); \
  }                                                                                                                    \
  CN_INLINE T sub_##T(T x, T y, W low, W limit) {                                                                             \
    return sum_##T((W)plain_##T(x) - (W)plain_##T(y), (x == P_##T) | (y == M_##T), (x == M_##T) | (y == P_##T), low, limit); \
  }                                                                                                                    \
  CN_INLINE T mul_##T(T x, T y, W low, W limit, int shift, W below_half, W odd) {                                             \
    W p = (W)plain_##T(x) * (W)plain_##T(y);                                                                           \
    W s = ROUND_SHIFT(p, shift, below_half, odd);                                                                      \
    s = s > limit ? limit : s;                                                                                         \
    s = s < low ? low : s;                                                                                       \
    bool infinite = (x == P_##T) | (x == M_##T) | (y == P_##T) | (y == M_##T);                                         \
    W far = p > 0 ? P_##T : p < 0 ? M_##T : 0;                                                                         \
    return (T)(infinite ? far : s);                                                                                    \
  }                                                                                                                    \
  CN_INLINE T div_##T(T x, T y, cn_laegna t) {                                                            \
    bool x_far = (x == P_##T) | (x == M_##T), y_far = (y == P_##T) | (y == M_##T);                                     \
    int64_t a = plain_##T(x), b = plain_##T(y);                                                                        \
    if (y_far || a == 0) return 0;                                                                                     \
    if (x_far || b == 0) return (a < 0) != (b < 0) ? M_##T : P_##T;                                                    \
    return (T)cut64(divide(a * ((int64_t)1 << (2 * t.fraction)), b), t);                                                      \
  }                                                                                                                    \
  CN_INLINE int64_t apply_##T(cn_laegna t, cn_laegna_binary_function f, T x, T y) {                                    \
    int shift = 2 * t.fraction;                                                                                        \
    switch (f) {                                                                                                       \
    case CN_ADD: return add_##T(x, y, (W)t.low, (W)t.limit);                                                                     \
    case CN_SUB: return sub_##T(x, y, (W)t.low, (W)t.limit);                                                                     \
    case CN_MUL: return mul_##T(x, y, (W)t.low, (W)t.limit, shift, (W)BELOW_HALF(shift), shift > 0);                             \
    case CN_DIV: return div_##T(x, y, t);                                                                 \
    case CN_MAX: return plain_##T(x) < plain_##T(y) ? y : x;                                                           \
    case CN_MIN: return plain_##T(y) < plain_##T(x) ? y : x;                                                           \
    case CN_EQ: return plain_##T(x) == plain_##T(y) ? one_of(t) : 0;                                                   \
    case CN_NE: return plain_##T(x) != plain_##T(y) ? one_of(t) : 0;                                                   \
    case CN_LT: return plain_##T(x) < plain_##T(y) ? one_of(t) : 0;                                                    \
    case CN_LE: return plain_##T(x) <= plain_##T(y) ? one_of(t) : 0;                                                   \
    case CN_GT: return plain_##T(x) > plain_##T(y) ? one_of(t) : 0;                                                    \
    case CN_GE: return plain_##T(x) >= plain_##T(y) ? one_of(t) : 0;                                                   \
    case CN_AND: return plain_##T(x) != 0 && plain_##T(y) != 0 ? one_of(t) : 0;                                        \
    case CN_OR: return plain_##T(x) != 0 || plain_##T(y) != 0 ? one_of(t) : 0;                                         \
    case CN_XOR: return (plain_##T(x) != 0) != (plain_##T(y) != 0) ? one_of(t) : 0;                                    \
    case CN_BINARY_COUNT: break;                                                                                       \
    }                                                                                                                  \
    return 0;                                                                                                          \
  }                                                                                                                    \
  CN_INLINE int64_t of_##T(cn_laegna t, cn_laegna_unary_function f, T x) {                                             \
    T y = plain_##T(x);                                                                                                \
    switch (f) {                                                                                                       \
    case CN_NEG: return t.low == 0 ? 0 : y == P_##T ? M_##T : y == M_##T ? P_##T : -y;                                                  \
    case CN_ABS: return y == M_##T ? P_##T : y < 0 ? -y : y;                                                           \
    case CN_RELU: return y < 0 ? 0 : y;                                                                                \
    case CN_SIGN: return y > 0 ? one_of(t) : y < 0 ? -one_of(t) : 0;                                                   \
    case CN_NOT: return y == 0 ? one_of(t) : 0;                                                                        \
    case CN_ISINF: return y == P_##T || y == M_##T ? one_of(t) : 0;                                                    \
    case CN_ISFINITE: return y == P_##T || y == M_##T ? 0 : one_of(t);                                                 \
    case CN_ISNAN: return 0;                                                                                           \
    case CN_SIGNBIT: return x < 0 ? one_of(t) : 0;                                                                     \
    case CN_UNARY_COUNT: break;                                                                                        \
    }                                                                                                                  \
    return 0;                                                                                                          \
  }
CN_TYPES(DEFINE_ELEMENTS)

// MARK: Functions

// Each function is a loop of its own, so that nothing is decided for each element.
#define LOOP(F, T)                                                                                                     \
  case F: for (long i = 0; i < n; i++) ((T *)z)[i] = (T)apply_##T(t, F, ((const T *)x)[i], ((const T *)y)[i]); break;
#define BINARY(T)                                                                                                      \
  switch (f) {                                                                                                         \
    LOOP(CN_ADD, T) LOOP(CN_SUB, T) LOOP(CN_MUL, T) LOOP(CN_DIV, T) LOOP(CN_MAX, T) LOOP(CN_MIN, T) LOOP(CN_EQ, T)     \
    LOOP(CN_NE, T) LOOP(CN_LT, T) LOOP(CN_LE, T) LOOP(CN_GT, T) LOOP(CN_GE, T) LOOP(CN_AND, T) LOOP(CN_OR, T)          \
    LOOP(CN_XOR, T)                                                                                                    \
  case CN_BINARY_COUNT: break;                                                                                         \
  }
CN_KERNEL void cn_laegna_binary(
    cn_laegna t, cn_laegna_binary_function f, void *z, const void *x, const void *y, long n) {
  CN_DISPATCH(BINARY)
}

#define UNARY_LOOP(F, T) \
  case F: for (long i = 0; i < n; i++) ((T *)z)[i] = (T)of_##T(t, F, ((const T *)x)[i]); break;
#define UNARY(T)                                                                                                       \
  switch (f) {                                                                                                         \
    UNARY_LOOP(CN_NEG, T) UNARY_LOOP(CN_ABS, T) UNARY_LOOP(CN_RELU, T) UNARY_LOOP(CN_SIGN, T) UNARY_LOOP(CN_NOT, T)    \
    UNARY_LOOP(CN_ISINF, T) UNARY_LOOP(CN_ISFINITE, T) UNARY_LOOP(CN_ISNAN, T) UNARY_LOOP(CN_SIGNBIT, T)               \
  case CN_UNARY_COUNT: break;                                                                                          \
  }
CN_KERNEL void cn_laegna_unary(cn_laegna t, cn_laegna_unary_function f, void *z, const void *x, long n) {
  CN_DISPATCH(UNARY)
}

#define SELECT(T)                                                                                                      \
  for (long i = 0; i < n; i++)                                                                                         \
    ((T *)z)[i] = plain_##T(((const T *)c)[i]) != 0 ? ((const T *)x)[i] : ((const T *)y)[i];
CN_KERNEL void cn_laegna_select(cn_laegna t, void *z, const void *c, const void *x, const void *y, long n) {
  CN_DISPATCH(SELECT)
}

#define FOLD(T)                                                                                                        \
  {                                                                                                                    \
    T r = *(T *)z;                                                                                                     \
    for (long i = 0; i < n; i++) r = (T)apply_##T(t, f, r, ((const T *)x)[i * step]);                                  \
    *(T *)z = r;                                                                                                       \
  }
void cn_laegna_fold(cn_laegna t, cn_laegna_binary_function f, void *z, const void *x, long step, long n) {
  CN_DISPATCH(FOLD)
}

// MARK: Conversions

#define FROM_DOUBLE(T)                                                                                                 \
  for (long i = 0; i < n; i++) {                                                                                       \
    double v = x[i] * scale, near = v > limit ? limit : v < low ? low : v;                                       \
    int32_t s = (int32_t)__builtin_rint(v != v ? 0 : near);                                                            \
    s = v == (double)INFINITY ? P_##T : v == -(double)INFINITY && low < 0 ? M_##T : s;                                            \
    ((T *)z)[i] = (T)s;                                                                                                \
  }
CN_KERNEL void cn_laegna_from_double(cn_laegna t, void *z, const double *x, long n) {
  double scale = (double)((int64_t)1 << (2 * t.fraction)), limit = (double)t.limit, low = (double)t.low;
  CN_DISPATCH(FROM_DOUBLE)
}

#define TO_DOUBLE(T)                                                                                                   \
  for (long i = 0; i < n; i++) {                                                                                       \
    T s = ((const T *)x)[i];                                                                                           \
    double v = (double)s * scale;                                                                                      \
    v = s == V_##T ? -0.0 : v;                                                                                         \
    v = s == P_##T ? (double)INFINITY : v;                                                                             \
    z[i] = s == M_##T ? -(double)INFINITY : v;                                                                         \
  }
CN_KERNEL void cn_laegna_to_double(cn_laegna t, double *z, const void *x, long n) {
  double scale = 1 / (double)((int64_t)1 << (2 * t.fraction));
  CN_DISPATCH(TO_DOUBLE)
}

// MARK: Sums

#define ADD_ONE(T, sum, s)                                                                                             \
  {                                                                                                                    \
    T value = (s);                                                                                                     \
    int64_t infinite = (value == P_##T) | ((value == M_##T) << 1);                                                     \
    (sum).finite += infinite ? 0 : plain_##T(value);                                                                   \
    (sum).infinite |= infinite;                                                                                        \
  }
#define ADD_TO_SUMS(T) \
  for (long i = 0; i < n; i++) ADD_ONE(T, sums[i], ((const T *)x)[i])
CN_KERNEL void cn_laegna_add_to_sums(cn_laegna t, cn_laegna_sum *sums, const void *x, long n) {
  CN_DISPATCH(ADD_TO_SUMS)
}

#define ADD_RUN(T) \
  for (long i = 0; i < n; i++) ADD_ONE(T, total, ((const T *)x)[i])
#define ADD_STEPS(T) \
  for (long i = 0; i < n; i++) ADD_ONE(T, total, ((const T *)x)[i * step])
CN_KERNEL void cn_laegna_add_to_sum(cn_laegna t, cn_laegna_sum *sum, const void *x, long step, long n) {
  cn_laegna_sum total = *sum;
  if (step == 1) {
    CN_DISPATCH(ADD_RUN)
  } else {
    CN_DISPATCH(ADD_STEPS)
  }
  *sum = total;
}

#define ROUND_SUMS(T)                                                                                                  \
  for (long i = 0; i < n; i++) {                                                                                       \
    T s = (T)cut64(sums[i].finite, t);                                                                           \
    int64_t far = sums[i].infinite;                                                                                    \
    ((T *)z)[i] = far == 0 ? s : far == 1 ? P_##T : far == 2 ? M_##T : 0;                                              \
  }
CN_KERNEL void cn_laegna_round_sums(cn_laegna t, void *z, const cn_laegna_sum *sums, long n) {
  CN_DISPATCH(ROUND_SUMS)
}

// MARK: Products of matrices

#define IS_PLAIN(T)                                                                                                    \
  if (step == 1) {                                                                                                     \
    for (long i = 0; i < n; i++) other |= ((const T *)x)[i] > (T)t.limit || ((const T *)x)[i] < (T)t.low;           \
  } else {                                                                                                             \
    for (long i = 0; i < n; i++) other |= ((const T *)x)[i * step] > (T)t.limit || ((const T *)x)[i * step] < (T)t.low; \
  }
CN_KERNEL bool cn_laegna_is_plain(cn_laegna t, const void *x, long step, long n) {
  unsigned char other = 0;
  CN_DISPATCH(IS_PLAIN)
  return !other;
}

// A sum of products, with which infinities there were among them.
typedef struct {
  __int128 finite;
  int infinite;
} wide_sum;

#define PRODUCT_ANY(T)                                                                                                 \
  for (long i = first; i < last; i++)                                                                                  \
    for (long j = 0; j < p->n; j++) {                                                                                  \
      wide_sum sum = {0, 0};                                                                                           \
      for (long l = 0; l < p->k; l++) {                                                                                \
        T x = ((const T *)p->a)[i * p->a_row + l * p->a_column], y = ((const T *)p->b)[l * p->b_row + j * p->b_column]; \
        int64_t product = (int64_t)plain_##T(x) * plain_##T(y);                                                        \
        if (x == P_##T || x == M_##T || y == P_##T || y == M_##T) {                                                    \
          sum.infinite |= product > 0 ? 1 : product < 0 ? 2 : 0;                                                       \
        } else {                                                                                                       \
          sum.finite += product;                                                                                       \
        }                                                                                                              \
      }                                                                                                                \
      __int128 s = ROUND_SHIFT(sum.finite, shift, (__int128)BELOW_HALF(shift), (__int128)(shift > 0));                 \
      s = s > t.limit ? t.limit : s < t.low ? t.low : s;                                                         \
      T far = sum.infinite == 1 ? P_##T : sum.infinite == 2 ? M_##T : 0;                                               \
      ((T *)p->c)[i * p->c_row + j] = sum.infinite ? far : (T)s;                                                       \
    }
void cn_laegna_product_any(cn_laegna t, const cn_laegna_matrices *p, long first, long last) {
  int shift = 2 * t.fraction;
  CN_DISPATCH(PRODUCT_ANY)
}

// Columns side by side, whose sums are of 64 bits as long as these hold them.
enum { STRIP = 64 };
CN_KERNEL void cn_laegna_product_wide(cn_laegna t, const cn_laegna_matrices *p, long first, long last) {
  const int shift = 2 * t.fraction;
  const __int128 below_half = BELOW_HALF(shift), odd = shift > 0;
  const long most = (long)(INT64_MAX / (t.limit * t.limit));
  const int32_t *a = p->a, *b = p->b;
  int32_t *c = p->c;
  for (long j0 = 0; j0 < p->n; j0 += STRIP) {
    const long width = p->n - j0 < STRIP ? p->n - j0 : STRIP;
    for (long i = first; i < last; i++) {
      __int128 total[STRIP] = {0};
      for (long l0 = 0; l0 < p->k; l0 += most) {
        const long end = p->k - l0 < most ? p->k : l0 + most;
        int64_t sum[STRIP] = {0};
        for (long l = l0; l < end; l++) {
          const int64_t x = a[i * p->a_row + l * p->a_column];
          const int32_t *row = b + l * p->b_row + j0 * p->b_column;
          if (p->b_column == 1) {
            for (long j = 0; j < width; j++) sum[j] += x * row[j];
          } else {
            for (long j = 0; j < width; j++) sum[j] += x * row[j * p->b_column];
          }
        }
        for (long j = 0; j < width; j++) total[j] += sum[j];
      }
      for (long j = 0; j < width; j++) {
        __int128 s = ROUND_SHIFT(total[j], shift, below_half, odd);
        c[i * p->c_row + j0 + j] = (int32_t)(s > t.limit ? t.limit : s < t.low ? t.low : s);
      }
    }
  }
}

size_t cn_laegna_group_size(long k) { return (size_t)(k + 1) / 2 * 2 * CN_LAEGNA_ROWS; }
size_t cn_laegna_panel_size(long k) { return (size_t)(k + 1) / 2 * 2 * CN_LAEGNA_COLUMNS; }

// Pairs along k of `width` lines, those of each pair of places side by side.
#define PACK(T)                                                                                                        \
  for (long l = 0; l < k; l += 2)                                                                                      \
    for (long r = 0; r < width; r++) {                                                                                 \
      const T *from = (const T *)x + r * line + l * step;                                                              \
      bool there = r < lines;                                                                                          \
      to[l * width + 2 * r] = there ? from[0] : 0;                                                                     \
      to[l * width + 2 * r + 1] = there && l + 1 < k ? from[step] : 0;                                                 \
    }
#define PACK_BOTH(T)                                                                                                   \
  if (line == 1 && lines == width) {                                                                                   \
    for (long l = 0; l < k; l += 2) {                                                                                  \
      const T *from = (const T *)x + l * step, *next = l + 1 < k ? from + step : 0;                                    \
      int16_t *pair = to + l * width;                                                                                  \
      for (long r = 0; r < width; r++) pair[2 * r] = from[r], pair[2 * r + 1] = next ? next[r] : 0;                    \
    }                                                                                                                  \
  } else {                                                                                                             \
    PACK(T)                                                                                                            \
  }
#define PACK_ANY(T) PACK_BOTH(T)
CN_INLINE void pack(
    cn_laegna t, int16_t *to, const void *x, long line, long step, long lines, long k, const long width) {
  CN_DISPATCH(PACK_ANY)
}
CN_KERNEL void cn_laegna_pack_rows(
    cn_laegna t, int16_t *to, const void *a, long row, long column, long rows, long k) {
  pack(t, to, a, row, column, rows, k, CN_LAEGNA_ROWS);
}
CN_KERNEL void cn_laegna_pack_columns(
    cn_laegna t, int16_t *to, const void *b, long row, long column, long columns, long k) {
  pack(t, to, b, column, row, columns, k, CN_LAEGNA_COLUMNS);
}

typedef int16_t i16x32 __attribute__((ext_vector_type(32)));
typedef int32_t i32x32 __attribute__((ext_vector_type(32)));
typedef int32_t i32x16 __attribute__((ext_vector_type(16)));
typedef int16_t i16x8 __attribute__((ext_vector_type(8)));
typedef int16_t i16x16 __attribute__((ext_vector_type(16)));
typedef i16x8 i16x8_at __attribute__((aligned(2), may_alias));
typedef i16x16 i16x16_at __attribute__((aligned(2), may_alias));
typedef i16x32 i16x32_at __attribute__((aligned(2), may_alias));
typedef int32_t pair_at __attribute__((aligned(2), may_alias));
typedef int64_t i64x16 __attribute__((ext_vector_type(16)));

CN_INLINE void multiply_pairs(i32x16 sums[CN_LAEGNA_ROWS], const int16_t *a, const int16_t *b, long count) {
  i32x16 acc[CN_LAEGNA_ROWS];
  for (int r = 0; r < CN_LAEGNA_ROWS; r++) acc[r] = 0;
  for (long l = 0; l < count; l++, a += 2 * CN_LAEGNA_ROWS, b += 2 * CN_LAEGNA_COLUMNS) {
    i16x32 column = *(const i16x32_at *)b;
#pragma clang loop unroll(full)
    for (int r = 0; r < CN_LAEGNA_ROWS; r++) {
      i32x16 row = *(const pair_at *)(a + 2 * r);
      // The sums of products of neighbours: the multiply-add of 16-bit integers that processors have.
      i32x32 products = __builtin_convertvector((i16x32)row, i32x32) * __builtin_convertvector(column, i32x32);
      acc[r] += products.even + products.odd;
    }
  }
  for (int r = 0; r < CN_LAEGNA_ROWS; r++) sums[r] = acc[r];
}

// Sums of `rows` rows, at most CN_LAEGNA_ROWS, whose groups and panels hold k products; so many pairs can be summed in 32 bits.
CN_INLINE void sum_products(
    i64x16 totals[CN_LAEGNA_ROWS], const int16_t *a, const int16_t *b, long k, const long most) {
  const long all = (k + 1) / 2;
  for (int r = 0; r < CN_LAEGNA_ROWS; r++) totals[r] = 0;
  for (long l = 0; l < all; l += most) {
    i32x16 sums[CN_LAEGNA_ROWS];
    multiply_pairs(sums, a + 2 * CN_LAEGNA_ROWS * l, b + 2 * CN_LAEGNA_COLUMNS * l, all - l < most ? all - l : most);
    for (int r = 0; r < CN_LAEGNA_ROWS; r++) totals[r] += __builtin_convertvector(sums[r], i64x16);
  }
}

#define STORE(T)                                                                                                       \
  for (long j = 0; j < columns; j++)                                                                                   \
    ((T *)c)[(i + r) * c_row + j] = (T)cut64(ROUND_SHIFT(total[j], shift, below_half, odd), t);

CN_KERNEL void cn_laegna_product_panel(
    cn_laegna t, void *c, long c_row, const int16_t *a, const int16_t *b, long rows, long columns, long k) {
  const int shift = 2 * t.fraction;
  const int64_t below_half = BELOW_HALF(shift), odd = shift > 0;
  for (long i = 0; i < rows; i += CN_LAEGNA_ROWS, a += cn_laegna_group_size(k)) {
    i64x16 totals[CN_LAEGNA_ROWS];
    sum_products(totals, a, b, k, (long)(INT32_MAX / (2 * t.limit * t.limit)));
    for (int r = 0; r < CN_LAEGNA_ROWS && i + r < rows; r++) {
      const int64_t *total = (const int64_t *)&totals[r];
      CN_DISPATCH(STORE)
    }
  }
}

// MARK: Layers of networks

#define PUT(T) \
  for (long j = 0; j < columns; j++) ((T *)z)[(i + r) * z_row + j * z_column] = (T)s[j];
CN_KERNEL void cn_laegna_layer_panel(
    const cn_laegna_layer *p, void *z, long z_row, long z_column, const int16_t *a, const int16_t *b, long first, long rows,
    long columns, long k) {
  const cn_laegna t = p->output;
  const i64x16 low = (i64x16)(t.low), high = (i64x16)(t.limit);
  for (long i = 0; i < rows; i += CN_LAEGNA_ROWS, a += cn_laegna_group_size(k)) {
    i64x16 totals[CN_LAEGNA_ROWS];
    sum_products(totals, a, b, k, p->most);
    for (int r = 0; r < CN_LAEGNA_ROWS && i + r < rows; r++) {
      const int64_t bias = p->bias[first + i + r], multiplier = p->multiplier[first + i + r];
      const int64_t shift = p->shift[first + i + r], below_half = BELOW_HALF(shift), odd = shift > 0;
      i64x16 x = (totals[r] + bias) * multiplier;
      x = ROUND_SHIFT(x, shift, below_half, odd);
      x = x > high ? high : x;
      x = x < low ? low : x;
      const int64_t *s = (const int64_t *)&x;
      CN_DISPATCH(PUT)
    }
  }
}

size_t cn_laegna_padded_size(const cn_laegna_window *w) {
  return (size_t)(w->channels * (w->height + 2 * w->padding_height) * (w->width + 2 * w->padding_width));
}

#define PAD(T)                                                                                                         \
  for (long c = 0; c < w->channels; c++)                                                                               \
    for (long y = 0; y < height; y++, to += width) {                                                                   \
      const long row = y - w->padding_height;                                                                          \
      for (long x = 0; x < width; x++) to[x] = 0;                                                                      \
      if (row < 0 || row >= w->height) continue;                                                                       \
      const T *line = (const T *)from + (c * w->height + row) * w->width;                                              \
      for (long x = 0; x < w->width; x++) to[w->padding_width + x] = line[x];                                          \
    }
CN_KERNEL void cn_laegna_pad(cn_laegna t, int16_t *to, const void *from, const cn_laegna_window *w) {
  const long height = w->height + 2 * w->padding_height, width = w->width + 2 * w->padding_width;
  CN_DISPATCH(PAD)
}

// Where element l of a window lies in the first one.
CN_INLINE long window_element(const cn_laegna_window *w, long l, long height, long width) {
  const long kx = l % w->kernel_width, ky = l / w->kernel_width % w->kernel_height;
  const long c = l / (w->kernel_width * w->kernel_height);
  return (c * height + ky * w->dilation_height) * width + kx * w->dilation_width;
}

CN_KERNEL void cn_laegna_pack_places(int16_t *to, const int16_t *padded, const cn_laegna_window *w) {
  const long height = w->height + 2 * w->padding_height, width = w->width + 2 * w->padding_width;
  const long k = w->channels * w->kernel_height * w->kernel_width, size = (long)cn_laegna_panel_size(k);
  const long places = w->out_height * w->out_width, step = w->stride_width;
  for (long l = 0; l < k; l += 2) {
    const int16_t *even = padded + window_element(w, l, height, width);
    // The partner of an odd last element is a zero.
    const int16_t *odd = l + 1 < k ? padded + window_element(w, l + 1, height, width) : even;
    const uint32_t mask = l + 1 < k ? 0xffffffff : 0x0000ffff;
    for (long y = 0; y < w->out_height; y++) {
      const long line = y * w->stride_height * width;
      for (long x = 0; x < w->out_width;) {
        const long place = y * w->out_width + x, room = CN_LAEGNA_COLUMNS - place % CN_LAEGNA_COLUMNS;
        const long count = w->out_width - x < room ? w->out_width - x : room;
        pair_at *pairs = (pair_at *)(to + place / CN_LAEGNA_COLUMNS * size + l * CN_LAEGNA_COLUMNS) + place % CN_LAEGNA_COLUMNS;
        const int16_t *e = even + line + x * step, *o = odd + line + x * step;
        long j = 0;
        for (; step == 1 && j + 8 <= count; j += 8) {
          const i16x8 a = *(const i16x8_at *)(e + j), b = *(const i16x8_at *)(o + j) & (int16_t)(mask >> 16);
          *(i16x16_at *)(pairs + j) = __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11, 4, 12, 5, 13, 6, 14, 7, 15);
        }
        for (; j < count; j++)
          pairs[j] = (int32_t)(((uint16_t)e[j * step] | (uint32_t)(uint16_t)o[j * step] << 16) & mask);
        x += count;
      }
    }
    if (places % CN_LAEGNA_COLUMNS) {
      pair_at *pairs = (pair_at *)(to + places / CN_LAEGNA_COLUMNS * size + l * CN_LAEGNA_COLUMNS);
      for (long j = places % CN_LAEGNA_COLUMNS; j < CN_LAEGNA_COLUMNS; j++) pairs[j] = 0;
    }
  }
}

#define POOL(T)                                                                                                        \
  for (long c = 0; c < w->channels; c++)                                                                               \
    for (long oy = 0; oy < w->out_height; oy++)                                                                        \
      for (long ox = 0; ox < w->out_width; ox++) {                                                                     \
        T most = M_##T;                                                                                                \
        for (long ky = 0; ky < w->kernel_height; ky++)                                                                 \
          for (long kx = 0; kx < w->kernel_width; kx++) {                                                              \
            const long y = oy * w->stride_height - w->padding_height + ky * w->dilation_height;                        \
            const long x = ox * w->stride_width - w->padding_width + kx * w->dilation_width;                           \
            if (y < 0 || y >= w->height || x < 0 || x >= w->width) continue;                                           \
            const T s = plain_##T(((const T *)from)[(c * w->height + y) * w->width + x]);                              \
            most = s > most ? s : most;                                                                                \
          }                                                                                                            \
        ((T *)to)[at++] = most;                                                                                        \
      }
CN_KERNEL void cn_laegna_max_pool(cn_laegna t, void *to, const void *from, const cn_laegna_window *w) {
  long at = 0;
  CN_DISPATCH(POOL)
}

#define ROUND_PRODUCTS(T)                                                                                              \
  for (long i = 0; i < n; i++) {                                                                                       \
    int32_t s = ROUND_SHIFT(x[i], shift, below_half, odd);                                                             \
    s = s > limit ? limit : s;                                                                                         \
    ((T *)z)[i] = (T)(s < low ? low : s);                                                                        \
  }
CN_KERNEL void cn_laegna_round_products(cn_laegna t, void *z, const int32_t *x, long n) {
  const int shift = 2 * t.fraction;
  const int32_t below_half = (int32_t)BELOW_HALF(shift), odd = shift > 0, low = (int32_t)t.low, limit = (int32_t)t.limit;
  CN_DISPATCH(ROUND_PRODUCTS)
}
