// Layer, RMS and batch normalisation of one floating-point element type. Included by norm.c once for each types_*.h.

#define WEIGHT(i) LOAD(weight + (i))
#define WEIGHT_PART(i) PART(weight + (i), n - (i), 0)

// sum (x - shift) or sum (x - shift)^2 over a row, in blocks gathered in double.
CK_INLINE double F(row_moment)(const T *x, long n, T shift, bool squared) {
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
      V d = PART(x + i, end - i, shift) - shift;
      s1 += squared ? d * d : d;
    }
    total += (double)F(ckv_sum)((s0 + s1) + (s2 + s3));
  }
  return total;
}

CK_INLINE void F(layer_norm)(T *out, T *mean, T *rstd, const T *x, const T *weight, const T *bias, long rows, long n,
    T eps, bool weighted, bool biased) {
  for (long r = 0; r < rows; r++, x += n, out += n) {
    T m = (T)(F(row_moment)(x, n, 0, false) / (double)n);
    double variance = F(row_moment)(x, n, m, true) / (double)n;
    T s = (T)(1.0 / __builtin_elementwise_sqrt(variance + (double)eps));
    mean[r] = m;
    rstd[r] = s;
    long i = 0;
    for (; i + LANES <= n; i += LANES) {
      V y = (LOAD(x + i) - m) * s;
      if (weighted) y = y * WEIGHT(i);
      if (biased) y = y + LOAD(bias + i);
      STORE(out + i, y);
    }
    if (i < n) {
      V y = (PART(x + i, n - i, 0) - m) * s;
      if (weighted) y = y * WEIGHT_PART(i);
      if (biased) y = y + PART(bias + i, n - i, 0);
      STORE_PART(out + i, y, n - i);
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
    for (; i < n; i += LANES) {
      long count = n - i < LANES ? n - i : LANES;
      V g0 = PART(g + i, count & (LANES - 1), 0), h0 = (PART(x + i, count & (LANES - 1), m) - m) * s;
      if (count == LANES) g0 = LOAD(g + i), h0 = (LOAD(x + i) - m) * s;
      for (long lane = 0; lane < count; lane++) {
        if (want_weight) dweight[i + lane] += g0[lane] * h0[lane];
        if (want_bias) dbias[i + lane] += g0[lane];
        if (weighted) g0[lane] *= weight[i + lane];
      }
      if (centred) su += g0;
      suh += g0 * h0;
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
      V u = PART(g + i, n - i, 0), h = (PART(x + i, n - i, 0) - m) * s;
      if (weighted) u = u * WEIGHT_PART(i);
      STORE_PART(dx + i, s * (u - mean_u - h * mean_uh), n - i);
    }
  }
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
  for (long r = 0; r < rows; r++, x += n, out += n) {
    T s = (T)(1.0 / __builtin_elementwise_sqrt(F(row_moment)(x, n, 0, true) / (double)n + (double)eps));
    rrms[r] = s;
    long i = 0;
    if (weight) {
      for (; i + LANES <= n; i += LANES) STORE(out + i, LOAD(x + i) * s * WEIGHT(i));
      if (i < n) STORE_PART(out + i, PART(x + i, n - i, 0) * s * WEIGHT_PART(i), n - i);
    } else {
      for (; i + LANES <= n; i += LANES) STORE(out + i, LOAD(x + i) * s);
      if (i < n) STORE_PART(out + i, PART(x + i, n - i, 0) * s, n - i);
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
  *sumsq += F(row_moment)(x, n, mean, true);
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
      for (; j + LANES <= width; j += LANES) {
        V s = 0, q = 0, m = kind == 0 ? (V)0 : LOAD(mean + c0 + j);
        for (long r = r0; r < r1; r++) {
          V value = LOAD(x + r * c + c0 + j);
          if (kind == 0) {
            s += value;
            q += value * value;
          } else if (kind == 1) {
            q += (value - m) * (value - m);
          } else {
            V grad = LOAD(g + r * c + c0 + j);
            s += grad;
            q += grad * (value - m);
          }
        }
        T lanes0[LANES], lanes1[LANES];
        STORE(lanes0, s);
        STORE(lanes1, q);
        for (int l = 0; l < LANES; l++) {
          total0[j + l] += (double)lanes0[l];
          total1[j + l] += (double)lanes1[l];
        }
      }
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
#undef WEIGHT_PART
