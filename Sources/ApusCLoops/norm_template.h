// Layer, RMS and batch normalisation of one floating-point element type. Included by norm.c once for each types_*.h.

#define WEIGHT(i) LOAD(weight + (i))

// sum (x - shift) or sum (x - shift)^2 over a row, in blocks gathered in double.
CK_INLINE double F(row_moment)(const T *x, long n, T shift, bool squared, const T *limit) {
  double total = 0;
  for (long start = 0; start < n; start += BLOCK) {
    long end = n - start < BLOCK ? n : start + BLOCK, i = start;
    V s0 = 0, s1 = 0, s2 = 0, s3 = 0;
    for (; i + 4 * LANES <= end; i += 4 * LANES) {
      V d0 = LOAD(x + i) - shift, d1 = LOAD(x + i + LANES) - shift;
      V d2 = LOAD(x + i + 2 * LANES) - shift, d3 = LOAD(x + i + 3 * LANES) - shift;
      if (squared) {
        s0 += d0 * d0;
        s1 += d1 * d1;
        s2 += d2 * d2;
        s3 += d3 * d3;
      } else {
        s0 += d0;
        s1 += d1;
        s2 += d2;
        s3 += d3;
      }
    }
    for (; i + LANES <= end; i += LANES) {
      V d = LOAD(x + i) - shift;
      s0 += squared ? d * d : d;
    }
    if (i < end) {
      V d = TAIL(x + i, end - i, shift, limit) - shift;
      s1 += squared ? d * d : d;
    }
    total += (double)F(ckv_sum)((s0 + s1) + (s2 + s3));
  }
  return total;
}

// Whether 1 / deviation came of squares within the range of T.
CK_INLINE bool F(in_range)(T rstd) { return rstd > 0 && rstd < (sizeof(T) == 4 ? (T)1e15 : (T)1e150); }

// A row whose squares are beyond the range of T: the same in double, with the largest element scaled to 1. False, with
// nothing done, for a row with NaN or infinities, or without any deviation. RMS norm has no mean.
static bool F(normalise_scaled)(
    T *out, T *mean, T *rstd, const T *x, const T *weight, const T *bias, long n, T eps) {
  double largest = 0, total = 0, squares = 0;
  bool finite = true;
  for (long i = 0; i < n; i++) {
    double size = __builtin_fabs((double)x[i]);
    largest = size > largest ? size : largest;
    finite &= size < (double)INF;
  }
  double scale = 1 / largest;
  if (!finite || !(scale < (double)INF)) return false;
  if (mean)
    for (long i = 0; i < n; i++) total += (double)x[i] * scale;
  double m = total / (double)n;
  for (long i = 0; i < n; i++) squares += ((double)x[i] * scale - m) * ((double)x[i] * scale - m);
  double variance = squares / (double)n + (double)eps * scale * scale;
  if (variance == 0) return false;
  double s = 1 / __builtin_sqrt(variance);
  if (mean) *mean = (T)(m / scale);
  *rstd = (T)(s * scale);
  for (long i = 0; i < n; i++) {
    double y = ((double)x[i] * scale - m) * s;
    if (weight) y *= (double)weight[i];
    if (bias) y += (double)bias[i];
    out[i] = (T)y;
  }
  return true;
}

CK_INLINE void F(layer_norm)(T *out, T *mean, T *rstd, const T *x, const T *weight, const T *bias, long rows, long n,
    T eps, bool weighted, bool biased) {
  const T *limit = x + rows * n;
  if (n <= LANES) {
    // A row in one vector, weight and bias in two more.
    V w = weighted ? TAIL(weight, n, 0, weight + n) : (V)1, b = biased ? TAIL(bias, n, 0, bias + n) : (V)0;
    for (long r = 0; r < rows; r++, x += n, out += n) {
      T m = F(ckv_sum)(TAIL(x, n, 0, limit)) / (T)n;
      V d = TAIL(x, n, m, limit) - m;
      T s = 1 / __builtin_elementwise_sqrt(F(ckv_sum)(d * d) / (T)n + eps);
      mean[r] = m;
      rstd[r] = s;
      if (!F(in_range)(s) && F(normalise_scaled)(out, mean + r, rstd + r, x, weight, bias, n, eps)) continue;
      STORE_PART(out, d * s * w + b, n);
    }
    return;
  }
  long whole = n / LANES * LANES, rest = n - whole;
  V weight_tail = weighted && rest ? PART(weight + whole, rest, 0) : (V)1;
  V bias_tail = biased && rest ? PART(bias + whole, rest, 0) : (V)0;
  for (long r = 0; r < rows; r++, x += n, out += n) {
    T m = (T)(F(row_moment)(x, n, 0, false, limit) / (double)n);
    double variance = F(row_moment)(x, n, m, true, limit) / (double)n;
    T s = (T)(1.0 / __builtin_elementwise_sqrt(variance + (double)eps));
    mean[r] = m;
    rstd[r] = s;
    if (!F(in_range)(s) && F(normalise_scaled)(out, mean + r, rstd + r, x, weight, bias, n, eps)) continue;
    long i = 0;
    for (; i + LANES <= n; i += LANES) {
      V y = (LOAD(x + i) - m) * s;
      if (weighted) y = y * WEIGHT(i);
      if (biased) y = y + LOAD(bias + i);
      STORE(out + i, y);
    }
    if (i < n) {
      STORE_PART(out + i, (TAIL(x + i, n - i, 0, limit) - m) * s * weight_tail + bias_tail, n - i);
    }
  }
}

CK_KERNEL void F(ck_layer_norm)(
    T *out, T *mean, T *rstd, const T *x, const T *weight, const T *bias, long rows, long n, T eps) {
  if (weight && bias) {
    F(layer_norm)(out, mean, rstd, x, weight, bias, rows, n, eps, true, true);
  } else if (weight) {
    F(layer_norm)(out, mean, rstd, x, weight, bias, rows, n, eps, true, false);
  } else if (bias) {
    F(layer_norm)(out, mean, rstd, x, weight, bias, rows, n, eps, false, true);
  } else {
    F(layer_norm)(out, mean, rstd, x, weight, bias, rows, n, eps, false, false);
  }
}

// With h = (x - mean) rstd and u = g weight: dx = rstd (u - mean(u) - h mean(u h)), dweight += g h, dbias += g.
// RMS norm is the same with mean = 0 and without the mean(u) term.
CK_INLINE void F(norm_grad)(T *dx, T *dweight, T *dbias, const T *g, const T *x, const T *mean, const T *rstd,
    const T *weight, long rows, long n, bool centred, bool weighted, bool want_weight, bool want_bias) {
  if (n <= LANES) {
    const T *g_limit = g + rows * n, *x_limit = x + rows * n;
    V w = weighted ? TAIL(weight, n, 0, weight + n) : (V)1, dw = 0, db = 0;
    for (long r = 0; r < rows; r++, dx += n, g += n, x += n) {
      T m = centred ? mean[r] : 0, s = rstd[r];
      V gv = TAIL(g, n, 0, g_limit), h = (TAIL(x, n, m, x_limit) - m) * s, u = gv * w;
      T mean_u = centred ? F(ckv_sum)(u) / (T)n : 0, mean_uh = F(ckv_sum)(u * h) / (T)n;
      dw += gv * h;
      db += gv;
      STORE_PART(dx, s * (u - mean_u - h * mean_uh), n);
    }
    if (want_weight) STORE_PART(dweight, TAIL(dweight, n, 0, dweight + n) + dw, n);
    if (want_bias) STORE_PART(dbias, TAIL(dbias, n, 0, dbias + n) + db, n);
    return;
  }
  // The last part of dweight and dbias stays in registers over all rows.
  const T *g_limit = g + rows * n, *x_limit = x + rows * n;
  long whole = n / LANES * LANES, rest = n - whole;
  V weight_tail = weighted && rest ? PART(weight + whole, rest, 0) : (V)1, dweight_tail = 0, dbias_tail = 0;
  for (long r = 0; r < rows; r++, dx += n, g += n, x += n) {
    T m = centred ? mean[r] : 0, s = rstd[r];
    V su = 0, suh = 0, su1 = 0, suh1 = 0;
    double sum_u = 0, sum_uh = 0;
    long i = 0;
    for (long stop = BLOCK; i + 2 * LANES <= n; i += 2 * LANES) {
      if (i >= stop) {
        sum_u += (double)F(ckv_sum)(su + su1);
        sum_uh += (double)F(ckv_sum)(suh + suh1);
        su = 0, suh = 0, su1 = 0, suh1 = 0;
        stop += BLOCK;
      }
      V g0 = LOAD(g + i), g1 = LOAD(g + i + LANES);
      V h0 = (LOAD(x + i) - m) * s, h1 = (LOAD(x + i + LANES) - m) * s;
      V u0 = weighted ? g0 * WEIGHT(i) : g0, u1 = weighted ? g1 * WEIGHT(i + LANES) : g1;
      if (centred) su += u0, su1 += u1;
      suh += u0 * h0;
      suh1 += u1 * h1;
      if (want_weight) {
        STORE(dweight + i, LOAD(dweight + i) + g0 * h0);
        STORE(dweight + i + LANES, LOAD(dweight + i + LANES) + g1 * h1);
      }
      if (want_bias) {
        STORE(dbias + i, LOAD(dbias + i) + g0);
        STORE(dbias + i + LANES, LOAD(dbias + i + LANES) + g1);
      }
    }
    if (i + LANES <= n) {
      V g0 = LOAD(g + i), h0 = (LOAD(x + i) - m) * s, u0 = weighted ? g0 * WEIGHT(i) : g0;
      if (centred) su += u0;
      suh += u0 * h0;
      if (want_weight) STORE(dweight + i, LOAD(dweight + i) + g0 * h0);
      if (want_bias) STORE(dbias + i, LOAD(dbias + i) + g0);
      i += LANES;
    }
    if (i < n) {
      V g0 = TAIL(g + i, n - i, 0, g_limit), h0 = (TAIL(x + i, n - i, m, x_limit) - m) * s;
      V u0 = weighted ? g0 * weight_tail : g0;
      if (centred) su += u0;
      suh += u0 * h0;
      dweight_tail += g0 * h0;
      dbias_tail += g0;
    }
    sum_u += (double)F(ckv_sum)(su + su1);
    sum_uh += (double)F(ckv_sum)(suh + suh1);
    T mean_u = (T)(sum_u / (double)n), mean_uh = (T)(sum_uh / (double)n);
    for (i = 0; i + LANES <= n; i += LANES) {
      V u = LOAD(g + i), h = (LOAD(x + i) - m) * s;
      if (weighted) u = u * WEIGHT(i);
      STORE(dx + i, s * (u - mean_u - h * mean_uh));
    }
    if (i < n) {
      V u = TAIL(g + i, n - i, 0, g_limit), h = (TAIL(x + i, n - i, 0, x_limit) - m) * s;
      if (weighted) u = u * weight_tail;
      STORE_PART(dx + i, s * (u - mean_u - h * mean_uh), n - i);
    }
  }
  if (rest && want_weight) STORE_PART(dweight + whole, PART(dweight + whole, rest, 0) + dweight_tail, rest);
  if (rest && want_bias) STORE_PART(dbias + whole, PART(dbias + whole, rest, 0) + dbias_tail, rest);
}

CK_KERNEL void F(ck_layer_norm_grad)(T *dx, T *dweight, T *dbias, const T *g, const T *x, const T *mean, const T *rstd,
    const T *weight, long rows, long n) {
  if (weight && dweight && dbias) {
    F(norm_grad)(dx, dweight, dbias, g, x, mean, rstd, weight, rows, n, true, true, true, true);
  } else if (!weight && !dweight && !dbias) {
    F(norm_grad)(dx, dweight, dbias, g, x, mean, rstd, weight, rows, n, true, false, false, false);
  } else {
    F(norm_grad)(dx, dweight, dbias, g, x, mean, rstd, weight, rows, n, true, weight, dweight, dbias);
  }
}

CK_KERNEL void F(ck_rms_norm)(T *out, T *rrms, const T *x, const T *weight, long rows, long n, T eps) {
  const T *limit = x + rows * n;
  long whole = n / LANES * LANES, rest = n - whole;
  V weight_tail = weight && rest ? PART(weight + whole, rest, 0) : (V)1;
  if (n <= LANES) {
    V w = weight ? TAIL(weight, n, 0, weight + n) : (V)1;
    for (long r = 0; r < rows; r++, x += n, out += n) {
      V v = TAIL(x, n, 0, limit);
      T s = 1 / __builtin_elementwise_sqrt(F(ckv_sum)(v * v) / (T)n + eps);
      rrms[r] = s;
      if (!F(in_range)(s) && F(normalise_scaled)(out, 0, rrms + r, x, weight, 0, n, eps)) continue;
      STORE_PART(out, v * s * w, n);
    }
    return;
  }
  for (long r = 0; r < rows; r++, x += n, out += n) {
    T s = (T)(1.0 / __builtin_elementwise_sqrt(F(row_moment)(x, n, 0, true, limit) / (double)n + (double)eps));
    rrms[r] = s;
    if (!F(in_range)(s) && F(normalise_scaled)(out, 0, rrms + r, x, weight, 0, n, eps)) continue;
    long i = 0;
    if (weight) {
      for (; i + LANES <= n; i += LANES) STORE(out + i, LOAD(x + i) * s * WEIGHT(i));
      if (i < n) STORE_PART(out + i, TAIL(x + i, n - i, 0, limit) * s * weight_tail, n - i);
    } else {
      for (; i + LANES <= n; i += LANES) STORE(out + i, LOAD(x + i) * s);
      if (i < n) STORE_PART(out + i, TAIL(x + i, n - i, 0, limit) * s, n - i);
    }
  }
}

CK_KERNEL void F(ck_rms_norm_grad)(
    T *dx, T *dweight, const T *g, const T *x, const T *rrms, const T *weight, long rows, long n) {
  if (weight && dweight) {
    F(norm_grad)(dx, dweight, 0, g, x, 0, rrms, weight, rows, n, false, true, true, false);
  } else {
    F(norm_grad)(dx, dweight, 0, g, x, 0, rrms, weight, rows, n, false, weight, dweight, false);
  }
}

CK_KERNEL void F(ck_bn_stats_plane)(double *sum, double *sumsq, const T *x, long n) {
  // Squares are summed in double, since sumsq - sum^2/n cancels when the mean is large against the deviation.
  ckv_f64 s0 = 0, s1 = 0, q0 = 0, q1 = 0;
  long i = 0;
  for (; i + 16 <= n; i += 16) {
    ckv_f64 x0 = F(ckv_widen8)(x + i), x1 = F(ckv_widen8)(x + i + 8);
    s0 += x0;
    s1 += x1;
    q0 += x0 * x0;
    q1 += x1 * x1;
  }
  double s = ckv_sum_f64(s0 + s1), q = ckv_sum_f64(q0 + q1);
  for (; i < n; i++) {
    s += (double)x[i];
    q += (double)x[i] * (double)x[i];
  }
  *sum += s;
  *sumsq += q;
}

CK_KERNEL void F(ck_bn_sqdiff_plane)(double *sumsq, const T *x, T mean, long n) {
  *sumsq += F(row_moment)(x, n, mean, true, x + n);
}

CK_KERNEL void F(ck_bn_apply_plane)(T *out, const T *x, T scale, T shift, long n) {
  for (long i = 0; i < n; i++) out[i] = x[i] * scale + shift;
}

CK_KERNEL void F(ck_bn_grad_stats_plane)(double *sum_g, double *sum_gx, const T *g, const T *x, T mean, long n) {
  double total_g = 0, total_gx = 0;
  for (long start = 0; start < n; start += BN_BLOCK) {
    long end = n - start < BN_BLOCK ? n : start + BN_BLOCK, i = start;
    V s0 = 0, s1 = 0, p0 = 0, p1 = 0;
    for (; i + 2 * LANES <= end; i += 2 * LANES) {
      V g0 = LOAD(g + i), g1 = LOAD(g + i + LANES);
      s0 += g0;
      s1 += g1;
      p0 += g0 * (LOAD(x + i) - mean);
      p1 += g1 * (LOAD(x + i + LANES) - mean);
    }
    for (; i + LANES <= end; i += LANES) {
      V g0 = LOAD(g + i);
      s0 += g0;
      p0 += g0 * (LOAD(x + i) - mean);
    }
    if (i < end) {
      V g0 = PART(g + i, end - i, 0);
      s1 += g0;
      p1 += g0 * (PART(x + i, end - i, mean) - mean);
    }
    total_g += (double)F(ckv_sum)(s0 + s1);
    total_gx += (double)F(ckv_sum)(p0 + p1);
  }
  *sum_g += total_g;
  *sum_gx += total_gx;
}

CK_KERNEL void F(ck_bn_grad_apply_plane)(T *dx, const T *g, const T *x, T a, T b, T c, long n) {
  for (long i = 0; i < n; i++) dx[i] = a * g[i] + (b * x[i] + c);
}

// Adds the sums of rows [r0, r1) for `vectors` vectors of channels to the totals.
CK_INLINE void F(bn_sum_strip)(double *total0, double *total1, const T *g, const T *x, const T *mean, long r0, long r1,
    long c, const int vectors, int kind) {
  V s[2] = {0, 0}, q[2] = {0, 0}, m[2] = {0, 0};
  for (int v = 0; v < vectors; v++)
    if (kind != 0) m[v] = LOAD(mean + v * LANES);
  for (long r = r0; r < r1; r++)
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) {
      V value = LOAD(x + r * c + v * LANES);
      if (kind == 0) {
        s[v] += value;
        q[v] += value * value;
      } else if (kind == 1) {
        q[v] += (value - m[v]) * (value - m[v]);
      } else {
        V grad = LOAD(g + r * c + v * LANES);
        s[v] += grad;
        q[v] += grad * (value - m[v]);
      }
    }
  for (int v = 0; v < vectors; v++) {
    T lanes0[LANES], lanes1[LANES];
    STORE(lanes0, s[v]);
    STORE(lanes1, q[v]);
    for (int l = 0; l < LANES; l++) {
      total0[v * LANES + l] += (double)lanes0[l];
      total1[v * LANES + l] += (double)lanes1[l];
    }
  }
}

// Channels last: two sums a channel over `rows` rows, in short runs of rows held in registers and gathered in double.
// KIND is a constant: 0 sums x and x^2, 1 sums (x - mean)^2, 2 sums g and g (x - mean).
CK_INLINE void F(bn_sum_rows)(T *first, T *second, const T *g, const T *x, const T *mean, long rows, long c, int kind) {
  for (long c0 = 0; c0 < c; c0 += BN_CHANNELS) {
    long width = c - c0 < BN_CHANNELS ? c - c0 : BN_CHANNELS;
    double total0[BN_CHANNELS], total1[BN_CHANNELS];
    for (long j = 0; j < width; j++) total0[j] = total1[j] = 0;
    for (long r0 = 0; r0 < rows; r0 += BN_ROWS) {
      long r1 = rows - r0 < BN_ROWS ? rows : r0 + BN_ROWS;
      long j = 0;
      // Two vectors of channels at a time: whole cache lines, and enough sums in flight.
      for (; j + 2 * LANES <= width; j += 2 * LANES)
        F(bn_sum_strip)(total0 + j, total1 + j, g + c0 + j, x + c0 + j, mean + c0 + j, r0, r1, c, 2, kind);
      for (; j + LANES <= width; j += LANES)
        F(bn_sum_strip)(total0 + j, total1 + j, g + c0 + j, x + c0 + j, mean + c0 + j, r0, r1, c, 1, kind);
      // Few channels left: rows outside, so that memory is read in order.
      for (long r = r0; j < width && r < r1; r++)
        for (long k = j; k < width; k++) {
          double value = (double)x[r * c + c0 + k];
          if (kind == 0) {
            total0[k] += value;
            total1[k] += value * value;
          } else {
            double d = value - (double)mean[c0 + k];
            if (kind == 2) total0[k] += (double)g[r * c + c0 + k];
            total1[k] += kind == 1 ? d * d : (double)g[r * c + c0 + k] * d;
          }
        }
    }
    for (long j = 0; j < width; j++) {
      if (kind != 1) first[c0 + j] = (T)((double)first[c0 + j] + total0[j]);
      second[c0 + j] = (T)((double)second[c0 + j] + total1[j]);
    }
  }
}

CK_KERNEL void F(ck_bn_stats_rows)(T *sum, T *sumsq, const T *x, long rows, long c) {
  F(bn_sum_rows)(sum, sumsq, 0, x, 0, rows, c, 0);
}
CK_KERNEL void F(ck_bn_sqdiff_rows)(T *sumsq, const T *x, const T *mean, long rows, long c) {
  F(bn_sum_rows)(0, sumsq, 0, x, mean, rows, c, 1);
}
CK_KERNEL void F(ck_bn_grad_stats_rows)(T *sum_g, T *sum_gx, const T *g, const T *x, const T *mean, long rows, long c) {
  F(bn_sum_rows)(sum_g, sum_gx, g, x, mean, rows, c, 2);
}

CK_KERNEL void F(ck_bn_apply_rows)(
    T *restrict out, const T *restrict x, const T *restrict scale, const T *restrict shift, long rows, long c) {
  for (long r = 0; r < rows; r++, out += c, x += c)
    for (long j = 0; j < c; j++) out[j] = x[j] * scale[j] + shift[j];
}
CK_KERNEL void F(ck_bn_grad_apply_rows)(T *restrict dx, const T *restrict g, const T *restrict x, const T *restrict a,
    const T *restrict b, const T *restrict shift, long rows, long c) {
  for (long r = 0; r < rows; r++, dx += c, g += c, x += c)
    for (long j = 0; j < c; j++) dx[j] = a[j] * g[j] + (b[j] * x[j] + shift[j]);
}

#undef WEIGHT
