// Softmax and cross entropy of one floating-point element type. Included by rows.c once for each types_*.h.

CK_INLINE T F(row_sum)(const T *a, long n) {
  V s0 = 0, s1 = 0;
  long i = 0;
  for (; i + 2 * LANES <= n; i += 2 * LANES) {
    s0 += LOAD(a + i);
    s1 += LOAD(a + i + LANES);
  }
  for (; i + LANES <= n; i += LANES) s0 += LOAD(a + i);
  if (i < n) s1 += PART(a + i, n - i, 0);
  return F(ckv_sum)(s0 + s1);
}

// The largest of a run, NaN skipped (exp brings NaN back into the sum).
CK_INLINE T F(row_max)(const T *a, long n) {
  V m0 = -INF, m1 = -INF;
  long i = 0;
  for (; i + 2 * LANES <= n; i += 2 * LANES) {
    m0 = F(ckv_max)(LOAD(a + i), m0);
    m1 = F(ckv_max)(LOAD(a + i + LANES), m1);
  }
  for (; i + LANES <= n; i += LANES) m0 = F(ckv_max)(LOAD(a + i), m0);
  if (i < n) m1 = F(ckv_max)(PART(a + i, n - i, -INF), m1);
  return F(ckv_hmax)(F(ckv_max)(m0, m1));
}

// sum exp(x - m) of a run; the exponentials are stored when out is given.
CK_INLINE T F(row_exp_sum)(T *out, const T *x, long n, T m) {
  V s0 = 0, s1 = 0;
  long i = 0;
  for (; i + 2 * LANES <= n; i += 2 * LANES) {
    V e0 = F(ckv_exp)(LOAD(x + i) - m), e1 = F(ckv_exp)(LOAD(x + i + LANES) - m);
    s0 += e0;
    s1 += e1;
    if (out) {
      STORE(out + i, e0);
      STORE(out + i + LANES, e1);
    }
  }
  for (; i + LANES <= n; i += LANES) {
    V e = F(ckv_exp)(LOAD(x + i) - m);
    s0 += e;
    if (out) STORE(out + i, e);
  }
  if (i < n) {
    V e = F(ckv_exp)(PART(x + i, n - i, -INF) - m);
    // With m = -inf the filled lanes are NaN, and so is the row.
    s1 += e;
    if (out) STORE_PART(out + i, e, n - i);
  }
  return F(ckv_sum)(s0 + s1);
}

// max and sum exp(x - max) in one pass over memory: blocks stay in L1, and the sum is rescaled when the maximum grows.
// A row without a finite or +inf element, and a row with NaN, ends with a NaN sum.
CK_INLINE double F(row_log_sum)(const T *x, long n, T *max_out, double *sum_out) {
  T m = -INF;
  double s = 0;
  bool empty = true;
  for (long start = 0; start < n; start += BLOCK) {
    long count = n - start < BLOCK ? n - start : BLOCK;
    T block_max = F(row_max)(x + start, count);
    if (block_max > m) {
      V scale = F(ckv_exp)((V)(m - block_max));
      s = empty ? 0 : s * (double)scale.x;
      m = block_max;
      empty = false;
    }
    if (!empty) {
      s += (double)F(row_exp_sum)(0, x + start, count, m);
    } else {
      // Only -inf (adds nothing) or NaN (must not be lost) so far.
      T check = F(row_sum)(x + start, count);
      if (check != check) s = __builtin_nan("");
    }
  }
  if (empty) s = __builtin_nan("");
  *max_out = m;
  *sum_out = s;
  return ckv_log(s);
}

CK_KERNEL void F(ck_softmax)(T *out, const T *x, long rows, long n) {
  for (long r = 0; r < rows; r++, x += n, out += n) {
    if (n <= BLOCK) {
      T m = F(row_max)(x, n);
      T inverse = 1 / F(row_exp_sum)(out, x, n, m);
      long i = 0;
      for (; i + LANES <= n; i += LANES) STORE(out + i, LOAD(out + i) * inverse);
      if (i < n) STORE_PART(out + i, PART(out + i, n - i, 0) * inverse, n - i);
    } else {
      T m;
      double sum;
      F(row_log_sum)(x, n, &m, &sum);
      T inverse = (T)(1 / sum);
      long i = 0;
      for (; i + LANES <= n; i += LANES) STORE(out + i, F(ckv_exp)(LOAD(x + i) - m) * inverse);
      if (i < n) STORE_PART(out + i, F(ckv_exp)(PART(x + i, n - i, 0) - m) * inverse, n - i);
    }
  }
}

CK_KERNEL void F(ck_log_softmax)(T *out, const T *x, long rows, long n) {
  for (long r = 0; r < rows; r++, x += n, out += n) {
    T m;
    double sum;
    T log_sum = (T)F(row_log_sum)(x, n, &m, &sum);
    long i = 0;
    for (; i + LANES <= n; i += LANES) STORE(out + i, LOAD(x + i) - m - log_sum);
    if (i < n) STORE_PART(out + i, PART(x + i, n - i, 0) - m - log_sum, n - i);
  }
}

CK_KERNEL void F(ck_softmax_grad)(T *dx, const T *y, const T *g, long rows, long n) {
  for (long r = 0; r < rows; r++, dx += n, y += n, g += n) {
    double total = 0;
    for (long start = 0; start < n; start += BLOCK) {
      long end = n - start < BLOCK ? n : start + BLOCK, i = start;
      V s0 = 0, s1 = 0;
      for (; i + 2 * LANES <= end; i += 2 * LANES) {
        s0 += LOAD(y + i) * LOAD(g + i);
        s1 += LOAD(y + i + LANES) * LOAD(g + i + LANES);
      }
      for (; i + LANES <= end; i += LANES) s0 += LOAD(y + i) * LOAD(g + i);
      if (i < end) s1 += PART(y + i, end - i, 0) * PART(g + i, end - i, 0);
      total += (double)F(ckv_sum)(s0 + s1);
    }
    T dot = (T)total;
    long i = 0;
    for (; i + LANES <= n; i += LANES) STORE(dx + i, LOAD(y + i) * (LOAD(g + i) - dot));
    if (i < n) STORE_PART(dx + i, PART(y + i, n - i, 0) * (PART(g + i, n - i, 0) - dot), n - i);
  }
}

CK_KERNEL void F(ck_log_softmax_grad)(T *dx, const T *y, const T *g, long rows, long n) {
  for (long r = 0; r < rows; r++, dx += n, y += n, g += n) {
    double total = 0;
    for (long start = 0; start < n; start += BLOCK)
      total += (double)F(row_sum)(g + start, n - start < BLOCK ? n - start : BLOCK);
    T sum = (T)total;
    long i = 0;
    for (; i + LANES <= n; i += LANES) STORE(dx + i, LOAD(g + i) - F(ckv_exp)(LOAD(y + i)) * sum);
    if (i < n) STORE_PART(dx + i, PART(g + i, n - i, 0) - F(ckv_exp)(PART(y + i, n - i, 0)) * sum, n - i);
  }
}

CK_KERNEL void F(ck_cross_entropy)(
    T *loss, T *lse, const T *x, const int64_t *target, long rows, long n, int64_t ignore) {
  for (long r = 0; r < rows; r++, x += n) {
    T m;
    double sum;
    double log_sum = F(row_log_sum)(x, n, &m, &sum);
    lse[r] = (T)((double)m + log_sum);
    loss[r] = target[r] == ignore ? 0 : (T)(log_sum - ((double)x[target[r]] - (double)m));
  }
}

CK_KERNEL void F(ck_cross_entropy_grad)(
    T *dx, const T *x, const T *lse, const int64_t *target, const T *row_scale, long rows, long n, int64_t ignore) {
  for (long r = 0; r < rows; r++, x += n, dx += n) {
    if (target[r] == ignore) {
      __builtin_memset(dx, 0, (size_t)n * sizeof(T));
      continue;
    }
    T shift = lse[r], scale = row_scale[r];
    long i = 0;
    for (; i + LANES <= n; i += LANES) STORE(dx + i, F(ckv_exp)(LOAD(x + i) - shift) * scale);
    if (i < n) STORE_PART(dx + i, F(ckv_exp)(PART(x + i, n - i, 0) - shift) * scale, n - i);
    dx[target[r]] -= scale;
  }
}
