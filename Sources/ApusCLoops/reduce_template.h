// Reductions of one floating-point element type. Included by reduce.c once for each types_*.h.
// Sums run in four vectors over a block and are gathered in double: chains are short, so that the error stays near one rounding.
#define DEFINE_SUM(NAME, PARAMETERS, FULL, LAST)                               \
  CK_KERNEL T F(NAME) PARAMETERS {                                             \
    double total = 0;                                                          \
    for (long start = 0; start < n; start += BLOCK) {                          \
      long end = n - start < BLOCK ? n : start + BLOCK, i = start;             \
      V s0 = 0, s1 = 0, s2 = 0, s3 = 0;                                        \
      for (; i + 4 * LANES <= end; i += 4 * LANES) {                           \
        s0 += FULL(i);                                                         \
        s1 += FULL(i + LANES);                                                 \
        s2 += FULL(i + 2 * LANES);                                             \
        s3 += FULL(i + 3 * LANES);                                             \
      }                                                                        \
      for (; i + LANES <= end; i += LANES) s0 += FULL(i);                      \
      if (i < end) s1 += LAST(i, end - i);                                     \
      total += F(ckv_sum)((s0 + s1) + (s2 + s3));                              \
    }                                                                          \
    return (T)total;                                                           \
  }

#define FULL(i) LOAD(a + (i))
#define LAST(i, count) PART(a + (i), count, 0)
DEFINE_SUM(ck_sum, (const T *a, long n), FULL, LAST)
#undef FULL
#undef LAST

#define FULL(i) LOAD(a + (i)) * LOAD(a + (i))
#define LAST(i, count) PART(a + (i), count, 0) * PART(a + (i), count, 0)
DEFINE_SUM(ck_sumsq, (const T *a, long n), FULL, LAST)
#undef FULL
#undef LAST

#define FULL(i) __builtin_elementwise_abs(LOAD(a + (i)))
#define LAST(i, count) __builtin_elementwise_abs(PART(a + (i), count, 0))
DEFINE_SUM(ck_sum_abs, (const T *a, long n), FULL, LAST)
#undef FULL
#undef LAST

#define FULL(i) (LOAD(a + (i)) - mean) * (LOAD(a + (i)) - mean)
#define LAST(i, count) (PART(a + (i), count, mean) - mean) * (PART(a + (i), count, mean) - mean)
DEFINE_SUM(ck_sum_sqdiff, (const T *a, long n, T mean), FULL, LAST)
#undef FULL
#undef LAST

#define FULL(i) LOAD(a + (i)) * LOAD(b + (i))
#define LAST(i, count) PART(a + (i), count, 0) * PART(b + (i), count, 0)
DEFINE_SUM(ck_dot, (const T *a, const T *b, long n), FULL, LAST)
#undef FULL
#undef LAST
#undef DEFINE_SUM

CK_KERNEL T F(ck_prod)(const T *a, long n) {
  V p0 = 1, p1 = 1, p2 = 1, p3 = 1;
  long i = 0;
  for (; i + 4 * LANES <= n; i += 4 * LANES) {
    p0 *= LOAD(a + i);
    p1 *= LOAD(a + i + LANES);
    p2 *= LOAD(a + i + 2 * LANES);
    p3 *= LOAD(a + i + 3 * LANES);
  }
  for (; i + LANES <= n; i += LANES) p0 *= LOAD(a + i);
  if (i < n) p1 *= PART(a + i, n - i, 1);
  return F(ckv_prod)((p0 * p1) * (p2 * p3));
}

// The extreme skips NaN (the comparison is false) and a second accumulator remembers whether there was one.
#define DEFINE_EXTREME(NAME, BEST, HORIZONTAL, WORST)                          \
  CK_INLINE T F(NAME##_of)(const T *a, long n) {                               \
    V m0 = WORST, m1 = WORST, m2 = WORST, m3 = WORST;                          \
    VI nan0 = 0, nan1 = 0;                                                     \
    long i = 0;                                                                \
    for (; i + 4 * LANES <= n; i += 4 * LANES) {                               \
      V x0 = LOAD(a + i), x1 = LOAD(a + i + LANES);                            \
      V x2 = LOAD(a + i + 2 * LANES), x3 = LOAD(a + i + 3 * LANES);            \
      m0 = F(BEST)(x0, m0);                                                    \
      m1 = F(BEST)(x1, m1);                                                    \
      m2 = F(BEST)(x2, m2);                                                    \
      m3 = F(BEST)(x3, m3);                                                    \
      nan0 |= (x0 != x0) | (x1 != x1);                                         \
      nan1 |= (x2 != x2) | (x3 != x3);                                         \
    }                                                                          \
    for (; i + LANES <= n; i += LANES) {                                       \
      V x = LOAD(a + i);                                                       \
      m0 = F(BEST)(x, m0);                                                     \
      nan0 |= x != x;                                                          \
    }                                                                          \
    if (i < n) {                                                               \
      V x = PART(a + i, n - i, WORST);                                         \
      m1 = F(BEST)(x, m1);                                                     \
      nan1 |= x != x;                                                          \
    }                                                                          \
    if (__builtin_reduce_or(nan0 | nan1)) return (T)__builtin_nan("");         \
    return F(HORIZONTAL)(F(BEST)(F(BEST)(m0, m1), F(BEST)(m2, m3)));           \
  }                                                                            \
  CK_KERNEL T F(NAME)(const T *a, long n) { return F(NAME##_of)(a, n); }

DEFINE_EXTREME(ck_reduce_max, ckv_max, ckv_hmax, -INF)
DEFINE_EXTREME(ck_reduce_min, ckv_min, ckv_hmin, INF)
#undef DEFINE_EXTREME

// A block's extreme is found with vectors; only a block that improves on the best so far is searched for the place.
#define DEFINE_ARG(NAME, EXTREME, BETTER)                                      \
  CK_KERNEL long F(NAME)(const T *a, long n) {                                 \
    long best = 0;                                                             \
    for (long start = 0; start < n; start += ARG_BLOCK) {                      \
      long end = n - start < ARG_BLOCK ? n : start + ARG_BLOCK, i = start;     \
      T found = F(EXTREME)(a + start, end - start);                            \
      if (found != found) {                                                    \
        while (a[i] == a[i]) i++;                                              \
        return i;                                                              \
      }                                                                        \
      if (start == 0 || found BETTER a[best]) {                                \
        while (a[i] != found) i++;                                             \
        best = i;                                                              \
      }                                                                        \
    }                                                                          \
    return best;                                                               \
  }

DEFINE_ARG(ck_argmax, ck_reduce_max_of, >)
DEFINE_ARG(ck_argmin, ck_reduce_min_of, <)
#undef DEFINE_ARG

CK_KERNEL void F(ck_add_into)(T *restrict acc, const T *restrict a, long n) {
  for (long i = 0; i < n; i++) acc[i] += a[i];
}
CK_KERNEL void F(ck_mul_into)(T *restrict acc, const T *restrict a, long n) {
  for (long i = 0; i < n; i++) acc[i] *= a[i];
}
CK_KERNEL void F(ck_sumsq_into)(T *restrict acc, const T *restrict a, long n) {
  for (long i = 0; i < n; i++) acc[i] += a[i] * a[i];
}
CK_KERNEL void F(ck_fma_into)(T *restrict acc, const T *restrict a, const T *restrict b, long n) {
  for (long i = 0; i < n; i++) acc[i] += a[i] * b[i];
}
CK_KERNEL void F(ck_axpy)(T *restrict y, const T *restrict x, T s, long n) {
  for (long i = 0; i < n; i++) y[i] += s * x[i];
}
CK_KERNEL void F(ck_max_into)(T *restrict acc, const T *restrict a, long n) {
  for (long i = 0; i < n; i++) acc[i] = ((a[i] > acc[i]) | (a[i] != a[i])) ? a[i] : acc[i];
}
CK_KERNEL void F(ck_min_into)(T *restrict acc, const T *restrict a, long n) {
  for (long i = 0; i < n; i++) acc[i] = ((a[i] < acc[i]) | (a[i] != a[i])) ? a[i] : acc[i];
}
// Nothing is written where nothing wins, which soon is nearly everywhere.
#define DEFINE_ARG_INTO(NAME, BETTER)                                          \
  CK_KERNEL void F(NAME)(                                                      \
      T *restrict best, int64_t *restrict idx, const T *restrict a, int64_t i, long n) { \
    long j = 0;                                                                \
    for (; j + LANES <= n; j += LANES) {                                       \
      V x = LOAD(a + j), b = LOAD(best + j);                                   \
      VI wins = (x BETTER b) | ((x != x) & (b == b));                          \
      if (!__builtin_reduce_or(wins)) continue;                                \
      STORE(best + j, wins ? x : b);                                           \
      for (long l = 0; l < LANES; l++) idx[j + l] = wins[l] ? i : idx[j + l];  \
    }                                                                          \
    for (; j < n; j++) {                                                       \
      bool wins = (a[j] BETTER best[j]) | ((a[j] != a[j]) & (best[j] == best[j])); \
      best[j] = wins ? a[j] : best[j];                                         \
      idx[j] = wins ? i : idx[j];                                              \
    }                                                                          \
  }

DEFINE_ARG_INTO(ck_argmax_into, >)
DEFINE_ARG_INTO(ck_argmin_into, <)
#undef DEFINE_ARG_INTO

// Sums in double whatever the type: of one run, and element by element into an accumulator.
CK_KERNEL double F(ck_wide_sum)(const T *a, long n) {
  ckv_f64 s0 = 0, s1 = 0;
  long i = 0;
  for (; i + 16 <= n; i += 16) {
    s0 += F(ckv_widen8)(a + i);
    s1 += F(ckv_widen8)(a + i + 8);
  }
  double s = ckv_sum_f64(s0 + s1);
  for (; i < n; i++) s += (double)a[i];
  return s;
}
CK_KERNEL double F(ck_wide_sum_sqdiff)(const T *a, long n, double mean) {
  ckv_f64 s0 = 0, s1 = 0;
  long i = 0;
  for (; i + 16 <= n; i += 16) {
    ckv_f64 d0 = F(ckv_widen8)(a + i) - mean, d1 = F(ckv_widen8)(a + i + 8) - mean;
    s0 += d0 * d0;
    s1 += d1 * d1;
  }
  double s = ckv_sum_f64(s0 + s1);
  for (; i < n; i++) s += ((double)a[i] - mean) * ((double)a[i] - mean);
  return s;
}
CK_KERNEL void F(ck_wide_sum_into)(double *restrict acc, const T *restrict a, long n) {
  for (long i = 0; i < n; i++) acc[i] += (double)a[i];
}
CK_KERNEL void F(ck_wide_sqdiff_into)(double *restrict acc, const T *restrict a, const double *restrict mean, long n) {
  for (long i = 0; i < n; i++) acc[i] += ((double)a[i] - mean[i]) * ((double)a[i] - mean[i]);
}

// Scans run in double, four elements at a time: a prefix inside the four by two shifted steps, then one step of the carried total.
#define DEFINE_SCAN(NAME, OP, IDENTITY)                                        \
  CK_KERNEL void F(NAME)(T *out, const T *a, long n, double carry) {           \
    const ckv_d4 identity = IDENTITY;                                          \
    long i = 0;                                                                \
    for (; i + 4 <= n; i += 4) {                                               \
      ckv_d4 x = {(double)a[i], (double)a[i + 1], (double)a[i + 2], (double)a[i + 3]}; \
      x = x OP __builtin_shufflevector(identity, x, 0, 4, 5, 6);               \
      x = x OP __builtin_shufflevector(identity, x, 0, 1, 4, 5);               \
      ckv_d4 y = x OP(ckv_d4) carry;                                           \
      out[i] = (T)y.x;                                                         \
      out[i + 1] = (T)y.y;                                                     \
      out[i + 2] = (T)y.z;                                                     \
      out[i + 3] = (T)y.w;                                                     \
      carry = carry OP x.w;                                                    \
    }                                                                          \
    for (; i < n; i++) {                                                       \
      carry = carry OP(double) a[i];                                           \
      out[i] = (T)carry;                                                       \
    }                                                                          \
  }

DEFINE_SCAN(ck_cumsum, +, 0)
DEFINE_SCAN(ck_cumprod, *, 1)
#undef DEFINE_SCAN

// A later equal value takes the index, and NaN, once met, stays: PyTorch's rule. New extremes are seldom: the inner loop waits for
// nothing but the branch that ends it.
void F(ck_cummax)(T *out, int64_t *idx, const T *a, long n) {
  for (long i = 0; i < n;) {
    T best = a[i];
    int64_t at = i;
    do {
      out[i] = best;
      idx[i] = at;
      i++;
    } while (i < n && !((a[i] != a[i]) | (a[i] >= best)));
  }
}
void F(ck_cummin)(T *out, int64_t *idx, const T *a, long n) {
  for (long i = 0; i < n;) {
    T best = a[i];
    int64_t at = i;
    do {
      out[i] = best;
      idx[i] = at;
      i++;
    } while (i < n && !((a[i] != a[i]) | (a[i] <= best)));
  }
}
