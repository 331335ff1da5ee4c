// Softmax and cross entropy of one floating-point element type. Included by rows.c once for each types_*.h.

CK_INLINE T F(row_sum)(const T *a, long n, const T *limit) {
  V s0 = 0, s1 = 0;
  long i = 0;
  for (; i + 2 * LANES <= n; i += 2 * LANES) {
    s0 += LOAD(a + i);
    s1 += LOAD(a + i + LANES);
  }
  for (; i + LANES <= n; i += LANES) s0 += LOAD(a + i);
  if (i < n) s1 += TAIL(a + i, n - i, 0, limit);
  return F(ckv_sum)(s0 + s1);
}

// The largest of a run, NaN skipped (exp brings NaN back into the sum).
CK_INLINE T F(row_max)(const T *a, long n, const T *limit) {
  V m0 = -INF, m1 = -INF;
  long i = 0;
  for (; i + 2 * LANES <= n; i += 2 * LANES) {
    m0 = F(ckv_max)(LOAD(a + i), m0);
    m1 = F(ckv_max)(LOAD(a + i + LANES), m1);
  }
  for (; i + LANES <= n; i += LANES) m0 = F(ckv_max)(LOAD(a + i), m0);
  if (i < n) m1 = F(ckv_max)(TAIL(a + i, n - i, -INF, limit), m1);
  return F(ckv_hmax)(F(ckv_max)(m0, m1));
}

// sum exp(x - m) of a run; the exponentials of whole vectors are stored when out is given, those of the tail are returned.
CK_INLINE T F(row_exp_sum)(T *out, const T *x, long n, T m, const T *limit, V *tail) {
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
    // With m = -inf the filled lanes are NaN, and so is the row.
    *tail = F(ckv_exp)(TAIL(x + i, n - i, -INF, limit) - m);
    s1 += *tail;
  }
  return F(ckv_sum)(s0 + s1);
}

// max and sum exp(x - max) in one pass over memory: blocks stay in L1, and the sum is rescaled when the maximum grows.
// A row without a finite or +inf element, and a row with NaN, ends with a NaN sum.
CK_INLINE double F(row_log_sum)(const T *x, long n, const T *limit, T *max_out, double *sum_out) {
  T m = -INF;
  double s = 0;
  bool empty = true;
  V tail;
  for (long start = 0; start < n; start += BLOCK) {
    long count = n - start < BLOCK ? n - start : BLOCK;
    T block_max = F(row_max)(x + start, count, limit);
    if (block_max > m) {
      V scale = F(ckv_exp)((V)(m - block_max));
      s = empty ? 0 : s * (double)scale.x;
      m = block_max;
      empty = false;
    }
    if (!empty) {
      s += (double)F(row_exp_sum)(0, x + start, count, m, limit, &tail);
    } else {
      // Only -inf (adds nothing) or NaN (must not be lost) so far.
      T check = F(row_sum)(x + start, count, limit);
      if (check != check) s = __builtin_nan("");
    }
  }
  if (empty) s = __builtin_nan("");
  *max_out = m;
  *sum_out = s;
  return ckv_log(s, sizeof(T) == 4);
}

// Rows that fit one vector never leave registers. Returns the sum of *e = exp(x - *m).
CK_INLINE T F(short_row)(const T *x, long n, const T *limit, V *v, T *m, V *e) {
  *v = TAIL(x, n, -INF, limit);
  *m = F(ckv_hmax)(F(ckv_max)(*v, (V)-INF));
  *e = F(ckv_exp)(*v - *m);
  return F(ckv_sum)(*e);
}

CK_KERNEL void F(ck_softmax)(T *out, const T *x, long rows, long n) {
  const T *limit = x + rows * n;
  if (n <= LANES) {
    for (long r = 0; r < rows; r++, x += n, out += n) {
      V v, e;
      T m, sum = F(short_row)(x, n, limit, &v, &m, &e);
      STORE_PART(out, e * (1 / sum), n);
    }
    return;
  }
  for (long r = 0; r < rows; r++, x += n, out += n) {
    if (n <= BLOCK) {
      V tail = 0;
      T m = F(row_max)(x, n, limit);
      T inverse = 1 / F(row_exp_sum)(out, x, n, m, limit, &tail);
      long i = 0;
      for (; i + LANES <= n; i += LANES) STORE(out + i, LOAD(out + i) * inverse);
      if (i < n) STORE_PART(out + i, tail * inverse, n - i);
    } else {
      T m;
      double sum;
      F(row_log_sum)(x, n, limit, &m, &sum);
      T inverse = (T)(1 / sum);
      long i = 0;
      for (; i + LANES <= n; i += LANES) STORE(out + i, F(ckv_exp)(LOAD(x + i) - m) * inverse);
      if (i < n) STORE_PART(out + i, F(ckv_exp)(TAIL(x + i, n - i, 0, limit) - m) * inverse, n - i);
    }
  }
}

CK_KERNEL void F(ck_log_softmax)(T *out, const T *x, long rows, long n) {
  const T *limit = x + rows * n;
  if (n <= LANES) {
    for (long r = 0; r < rows; r++, x += n, out += n) {
      V v, e;
      T m, sum = F(short_row)(x, n, limit, &v, &m, &e);
      STORE_PART(out, v - m - (T)ckv_log((double)sum, sizeof(T) == 4), n);
    }
    return;
  }
  for (long r = 0; r < rows; r++, x += n, out += n) {
    T m;
    double sum;
    T log_sum = (T)F(row_log_sum)(x, n, limit, &m, &sum);
    long i = 0;
    for (; i + LANES <= n; i += LANES) STORE(out + i, LOAD(x + i) - m - log_sum);
    if (i < n) STORE_PART(out + i, TAIL(x + i, n - i, 0, limit) - m - log_sum, n - i);
  }
}

CK_KERNEL void F(ck_softmax_grad)(T *dx, const T *y, const T *g, long rows, long n) {
  const T *y_limit = y + rows * n, *g_limit = g + rows * n;
  if (n <= LANES) {
    for (long r = 0; r < rows; r++, dx += n, y += n, g += n) {
      V yv = TAIL(y, n, 0, y_limit), gv = TAIL(g, n, 0, g_limit);
      STORE_PART(dx, yv * (gv - F(ckv_sum)(yv * gv)), n);
    }
    return;
  }
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
      if (i < end) s1 += TAIL(y + i, end - i, 0, y_limit) * TAIL(g + i, end - i, 0, g_limit);
      total += (double)F(ckv_sum)(s0 + s1);
    }
    T dot = (T)total;
    long i = 0;
    for (; i + LANES <= n; i += LANES) STORE(dx + i, LOAD(y + i) * (LOAD(g + i) - dot));
    if (i < n) STORE_PART(dx + i, TAIL(y + i, n - i, 0, y_limit) * (TAIL(g + i, n - i, 0, g_limit) - dot), n - i);
  }
}

CK_KERNEL void F(ck_log_softmax_grad)(T *dx, const T *y, const T *g, long rows, long n) {
  const T *y_limit = y + rows * n, *g_limit = g + rows * n;
  if (n <= LANES) {
    for (long r = 0; r < rows; r++, dx += n, y += n, g += n) {
      V yv = TAIL(y, n, 0, y_limit), gv = TAIL(g, n, 0, g_limit);
      STORE_PART(dx, gv - F(ckv_exp)(yv) * F(ckv_sum)(gv), n);
    }
    return;
  }
  for (long r = 0; r < rows; r++, dx += n, y += n, g += n) {
    double total = 0;
    for (long start = 0; start < n; start += BLOCK)
      total += (double)F(row_sum)(g + start, n - start < BLOCK ? n - start : BLOCK, g_limit);
    T sum = (T)total;
    long i = 0;
    for (; i + LANES <= n; i += LANES) STORE(dx + i, LOAD(g + i) - F(ckv_exp)(LOAD(y + i)) * sum);
    if (i < n) STORE_PART(dx + i, TAIL(g + i, n - i, 0, g_limit) - F(ckv_exp)(TAIL(y + i, n - i, 0, y_limit)) * sum, n - i);
  }
}

CK_KERNEL void F(ck_cross_entropy)(
    T *loss, T *lse, const T *x, const int64_t *target, long rows, long n, int64_t ignore) {
  const T *limit = x + rows * n;
  for (long r = 0; r < rows; r++, x += n) {
    T m;
    double sum, log_sum;
    if (n <= LANES) {
      V v, e;
      log_sum = ckv_log((double)F(short_row)(x, n, limit, &v, &m, &e), sizeof(T) == 4);
    } else {
      log_sum = F(row_log_sum)(x, n, limit, &m, &sum);
    }
    lse[r] = (T)((double)m + log_sum);
    loss[r] = target[r] == ignore ? 0 : (T)(log_sum - ((double)x[target[r]] - (double)m));
  }
}

CK_KERNEL void F(ck_cross_entropy_grad)(
    T *dx, const T *x, const T *lse, const int64_t *target, const T *row_scale, long rows, long n, int64_t ignore) {
  const T *limit = x + rows * n;
  for (long r = 0; r < rows; r++, x += n, dx += n) {
    if (target[r] == ignore) {
      __builtin_memset(dx, 0, (size_t)n * sizeof(T));
      continue;
    }
    T shift = lse[r], scale = row_scale[r];
    long i = 0;
    for (; i + LANES <= n; i += LANES) STORE(dx + i, F(ckv_exp)(LOAD(x + i) - shift) * scale);
    if (i < n) STORE_PART(dx + i, F(ckv_exp)(TAIL(x + i, n - i, 0, limit) - shift) * scale, n - i);
    dx[target[r]] -= scale;
  }
}
