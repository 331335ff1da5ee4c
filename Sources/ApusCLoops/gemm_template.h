// Blocked matrix product of one floating-point element type. Included by gemm.c once for each types_*.h.
// The classic scheme: a KC x NC block of B is packed into panels NR = LANES wide, an MC x KC block of A into panels MR high,
// and a kernel keeps an MR x NR tile of C in registers. Operands that would be packed and used only once or twice are read in place.

#include "dot_rows.h"
#include "gemm_tile.h"

// Panels of MR rows, k-major: packed[panel][p][i]. Rows past the end are 0.
CK_INLINE void F(pack_a)(T *packed, const T *a, long a_rs, long a_cs, long m, long k) {
  for (long i0 = 0; i0 < m; i0 += MR, packed += MR * k) {
    const T *source = a + i0 * a_rs;
    if (m - i0 >= MR && a_cs == 1) {
      for (long p = 0; p < k; p++)
        for (int i = 0; i < MR; i++) packed[p * MR + i] = source[i * a_rs + p];
    } else if (m - i0 >= MR) {
      for (long p = 0; p < k; p++)
        for (int i = 0; i < MR; i++) packed[p * MR + i] = source[i * a_rs + p * a_cs];
    } else {
      for (long p = 0; p < k; p++)
        for (int i = 0; i < MR; i++) packed[p * MR + i] = i0 + i < m ? source[i * a_rs + p * a_cs] : 0;
    }
  }
}

// One panel of LANES columns, k-major: packed[p][j]. Columns past the end are 0.
CK_INLINE void F(pack_b_panel)(T *packed, const T *b, long b_rs, long b_cs, long k, long width) {
  if (width == LANES && b_cs == 1) {
    for (long p = 0; p < k; p++) STORE(packed + p * LANES, LOAD(b + p * b_rs));
  } else if (b_cs == 1) {
    for (long p = 0; p < k; p++) STORE(packed + p * LANES, PART(b + p * b_rs, width, 0));
  } else {
    long p = 0;
    if (width == LANES && b_rs == 1)
      // 4 x 4 blocks are transposed in registers.
      for (; p + 4 <= k; p += 4)
        for (long j = 0; j < LANES; j += 4) {
          const T *s = b + p + j * b_cs;
          F(ckv4) r0 = F(ckv4_load)(s), r1 = F(ckv4_load)(s + b_cs);
          F(ckv4) r2 = F(ckv4_load)(s + 2 * b_cs), r3 = F(ckv4_load)(s + 3 * b_cs);
          F(ckv4) t0 = __builtin_shufflevector(r0, r1, 0, 4, 2, 6), t1 = __builtin_shufflevector(r0, r1, 1, 5, 3, 7);
          F(ckv4) t2 = __builtin_shufflevector(r2, r3, 0, 4, 2, 6), t3 = __builtin_shufflevector(r2, r3, 1, 5, 3, 7);
          T *d = packed + p * LANES + j;
          F(ckv4_store)(d, __builtin_shufflevector(t0, t2, 0, 1, 4, 5));
          F(ckv4_store)(d + LANES, __builtin_shufflevector(t1, t3, 0, 1, 4, 5));
          F(ckv4_store)(d + 2 * LANES, __builtin_shufflevector(t0, t2, 2, 3, 6, 7));
          F(ckv4_store)(d + 3 * LANES, __builtin_shufflevector(t1, t3, 2, 3, 6, 7));
        }
    for (; p < k; p++)
      for (long j = 0; j < LANES; j++) packed[p * LANES + j] = j < width ? b[p * b_rs + j * b_cs] : 0;
  }
}

// out[i] = beta out[i] + sum_p w(i, p) v[p], where w has unit stride along i: rows of w are added, eight at a time.
CK_INLINE void F(gemv_columns)(
    T *out, long out_s, const T *w, long w_ps, const T *v, long v_s, long m, long k, T beta, T *scratch) {
  for (long i0 = 0; i0 < m; i0 += GEMV_BLOCK) {
    long count = m - i0 < GEMV_BLOCK ? m - i0 : GEMV_BLOCK;
    T *acc = out_s == 1 ? out + i0 : scratch;
    if (out_s == 1 && beta != 0) {
      for (long i = 0; i < count; i++) acc[i] *= beta;
    } else {
      for (long i = 0; i < count; i++) acc[i] = 0;
    }
    long p = 0;
    for (; p + 8 <= k; p += 8) {
      const T *r = w + i0 + p * w_ps;
      T v0 = v[p * v_s], v1 = v[(p + 1) * v_s], v2 = v[(p + 2) * v_s], v3 = v[(p + 3) * v_s];
      T v4 = v[(p + 4) * v_s], v5 = v[(p + 5) * v_s], v6 = v[(p + 6) * v_s], v7 = v[(p + 7) * v_s];
      long i = 0;
      for (; i + LANES <= count; i += LANES, r += LANES) {
        V s = LOAD(acc + i), t = v1 * LOAD(r + w_ps);
        s += v0 * LOAD(r);
        t += v3 * LOAD(r + 3 * w_ps);
        s += v2 * LOAD(r + 2 * w_ps);
        t += v5 * LOAD(r + 5 * w_ps);
        s += v4 * LOAD(r + 4 * w_ps);
        t += v7 * LOAD(r + 7 * w_ps);
        s += v6 * LOAD(r + 6 * w_ps);
        STORE(acc + i, s + t);
      }
      for (; i < count; i++, r++)
        acc[i] += ((v0 * r[0] + v1 * r[w_ps]) + (v2 * r[2 * w_ps] + v3 * r[3 * w_ps]))
                  + ((v4 * r[4 * w_ps] + v5 * r[5 * w_ps]) + (v6 * r[6 * w_ps] + v7 * r[7 * w_ps]));
    }
    for (; p < k; p++) {
      const T *r = w + i0 + p * w_ps;
      T v0 = v[p * v_s];
      for (long i = 0; i < count; i++) acc[i] += v0 * r[i];
    }
    if (out_s != 1)
      for (long i = 0; i < count; i++) {
        T *o = out + (i0 + i) * out_s;
        *o = beta == 0 ? acc[i] : beta * *o + acc[i];
      }
  }
}

// The same where w has unit stride along p, and so has v: four dot products at a time, of rows a quarter of all apart. So
// memory is read in four long streams, which it gives faster (38 to 43 GB/s) than four rows side by side (32 to 37).
CK_INLINE void F(gemv_rows)(T *out, long out_s, const T *w, long w_is, const T *v, long m, long k, T beta) {
  long quarter = m / 4, rest = m % 4;
  for (long i = 0; i < quarter + (rest > 0); i++) {
    bool is_rest = i == quarter;
    long count = is_rest ? rest : 4;
    const T *rows[4];
    T sums[4];
    for (long l = 0; l < 4; l++) rows[l] = w + (is_rest ? 4 * quarter + (l < rest ? l : 0) : i + l * quarter) * w_is;
    F(dot_rows)(sums, rows, v, k);
    for (long l = 0; l < count; l++) {
      T *o = out + (is_rest ? 4 * quarter + l : i + l * quarter) * out_s;
      *o = beta == 0 ? sums[l] : beta * *o + sums[l];
    }
  }
}

CK_INLINE void F(gemv)(T *out, long out_s, const T *w, long w_is, long w_ps, const T *v, long v_s, long m, long k, T beta,
    T *scratch) {
  if (w_is == 1 || m == 1) {
    if (m == 1 && w_ps == 1 && v_s == 1) {
      F(gemv_rows)(out, out_s, w, w_is, v, m, k, beta);
    } else {
      F(gemv_columns)(out, out_s, w, w_ps, v, v_s, m, k, beta, scratch);
    }
  } else if (w_ps == 1) {
    // A strided vector is gathered, a block of it at a time.
    for (long p0 = 0; p0 < k; p0 += v_s == 1 ? k : GEMV_BLOCK) {
      long count = v_s == 1 ? k : k - p0 < GEMV_BLOCK ? k - p0 : GEMV_BLOCK;
      const T *part = v;
      if (v_s != 1) {
        for (long p = 0; p < count; p++) scratch[p] = v[(p0 + p) * v_s];
        part = scratch;
      }
      F(gemv_rows)(out, out_s, w + p0, w_is, part, m, count, p0 == 0 ? beta : 1);
    }
  } else {
    for (long i = 0; i < m; i++) {
      T sum = 0;
      for (long p = 0; p < k; p++) sum += w[i * w_is + p * w_ps] * v[p * v_s];
      out[i * out_s] = beta == 0 ? sum : beta * out[i * out_s] + sum;
    }
  }
}

// sums[l + 4 i] = sum_p w[l](p) x[i](p) for four rows and two.
CK_INLINE void F(dot_tile)(T sums[8], const T *const w[4], const T *x0, const T *x1, long k) {
  const T *w0 = w[0], *w1 = w[1], *w2 = w[2], *w3 = w[3];
  V a0 = 0, a1 = 0, a2 = 0, a3 = 0, b0 = 0, b1 = 0, b2 = 0, b3 = 0;
  long p = 0;
  for (; p + LANES <= k; p += LANES) {
    V x = LOAD(x0 + p), y = LOAD(x1 + p), r0 = LOAD(w0 + p), r1 = LOAD(w1 + p), r2 = LOAD(w2 + p), r3 = LOAD(w3 + p);
    a0 += r0 * x, b0 += r0 * y;
    a1 += r1 * x, b1 += r1 * y;
    a2 += r2 * x, b2 += r2 * y;
    a3 += r3 * x, b3 += r3 * y;
  }
  if (p < k) {
    V x = PART(x0 + p, k - p, 0), y = PART(x1 + p, k - p, 0), r;
    r = PART(w0 + p, k - p, 0), a0 += r * x, b0 += r * y;
    r = PART(w1 + p, k - p, 0), a1 += r * x, b1 += r * y;
    r = PART(w2 + p, k - p, 0), a2 += r * x, b2 += r * y;
    r = PART(w3 + p, k - p, 0), a3 += r * x, b3 += r * y;
  }
  sums[0] = F(ckv_sum)(a0), sums[1] = F(ckv_sum)(a1), sums[2] = F(ckv_sum)(a2), sums[3] = F(ckv_sum)(a3);
  sums[4] = F(ckv_sum)(b0), sums[5] = F(ckv_sum)(b1), sums[6] = F(ckv_sum)(b2), sums[7] = F(ckv_sum)(b3);
}

// out(i, j) = beta out(i, j) + sum_p w(i, p) x(j, p) for m rows of w and a few of x, all of unit stride along p: w is read
// once, as in gemv_rows.
CK_INLINE void F(few_rows)(T *out, long out_ws, long out_xs, const T *w, long w_s, const T *x, long x_s, long m, long few,
    long k, T beta) {
  long quarter = m / 4, rest = m % 4;
  for (long i = 0; i < quarter + (rest > 0); i++) {
    bool is_rest = i == quarter;
    long count = is_rest ? rest : 4;
    const T *rows[4];
    for (long l = 0; l < 4; l++) rows[l] = w + (is_rest ? 4 * quarter + (l < rest ? l : 0) : i + l * quarter) * w_s;
    // Long rows in pieces that stay in L1 for all of x.
    for (long p = 0; p < k; p += FEW_LENGTH) {
      long length = k - p < FEW_LENGTH ? k - p : FEW_LENGTH;
      T scale = p == 0 ? beta : 1;
      for (long j = 0; j < few; j += 2) {
        T sums[8];
        bool pair = j + 1 < few;
        if (pair) {
          F(dot_tile)(sums, rows, x + j * x_s + p, x + (j + 1) * x_s + p, length);
        } else {
          F(dot_rows)(sums, rows, x + j * x_s + p, length);
        }
        for (long q = 0; q < 1 + pair; q++)
          for (long l = 0; l < count; l++) {
            T *o = out + (is_rest ? 4 * quarter + l : i + l * quarter) * out_ws + (j + q) * out_xs;
            *o = scale == 0 ? sums[4 * q + l] : scale * *o + sums[4 * q + l];
          }
      }
      for (long l = 0; l < 4; l++) rows[l] += length;
    }
  }
}

CK_KERNEL void F(ck_gemm)(T *c, long ldc, const T *a, long a_rs, long a_cs, const T *b, long b_rs, long b_cs, long m,
    long n, long k, T beta, T *scratch) {
  if (m <= 0 || n <= 0) return;
  if (k <= 0) {
    for (long i = 0; i < m; i++)
      for (long j = 0; j < n; j++) c[i * ldc + j] = beta == 0 ? 0 : beta * c[i * ldc + j];
    return;
  }
  if (m == 1) {
    F(gemv)(c, 1, b, b_cs, b_rs, a, a_cs, n, k, beta, scratch);
    return;
  }
  if (n == 1) {
    F(gemv)(c, ldc, a, a_rs, a_cs, b, b_rs, m, k, beta, scratch);
    return;
  }
  if (a_cs == 1 && b_rs == 1 && k >= FEW_LEAST && m <= FEW && m < n) {
    F(few_rows)(c, 1, ldc, b, b_cs, a, a_rs, n, m, k, beta);
    return;
  }
  if (a_cs == 1 && b_rs == 1 && k >= FEW_LEAST && n <= FEW) {
    F(few_rows)(c, ldc, 1, a, a_rs, b, b_cs, m, n, k, beta);
    return;
  }
  // A panel of B is read m / MR times and a panel of A n / NR times: packing pays from a few times on, and always
  // where the stride is wrong. One block of rows of A is as fast where it lies, if the rows do not share cache sets.
  bool pack_b = b_cs != 1 || m > 4 * MR;
  bool reads_rows = a_cs == 1 && m <= MC && a_rs * (long)sizeof(T) % 4096 != 0;
  bool pack_a = n > 4 * LANES && m > MR && !reads_rows;
  long mc = pack_a ? MC : m;
  T *a_packed = scratch, *b_packed = pack_a ? scratch + MC * KC : scratch;
  for (long j0 = 0; j0 < n; j0 += NC) {
    long nb = n - j0 < NC ? n - j0 : NC;
    for (long p0 = 0; p0 < k; p0 += KC) {
      long kb = k - p0 < KC ? k - p0 : KC;
      T scale = p0 == 0 ? beta : 1;
      const T *b_block = b + p0 * b_rs + j0 * b_cs;
      for (long j = 0; j < nb; j += LANES) {
        long width = nb - j < LANES ? nb - j : LANES;
        if (pack_b || width < LANES) F(pack_b_panel)(b_packed + j * kb, b_block + j * b_cs, b_rs, b_cs, kb, width);
      }
      for (long i0 = 0; i0 < m; i0 += mc) {
        long mb = m - i0 < mc ? m - i0 : mc;
        const T *a_block = a + i0 * a_rs + p0 * a_cs;
        if (pack_a) F(pack_a)(a_packed, a_block, a_rs, a_cs, mb, kb);
        for (long j = 0; j < nb; j += LANES) {
          long width = nb - j < LANES ? nb - j : LANES;
          bool packed = pack_b || width < LANES;
          const T *panel = packed ? b_packed + j * kb : b_block + j;
          long ldb = packed ? LANES : b_rs;
          T *c_tile = c + i0 * ldc + j0 + j;
          long i = 0;
          if (pack_a) {
            if (packed && width == LANES && (scale == 0 || scale == 1)) {
              for (; i + MR <= mb; i += MR)
                F(panel_tile)(c_tile + i * ldc, ldc, a_packed + i * kb, 1, MR, panel, kb, scale == 1);
            }
            for (; i + MR <= mb; i += MR)
              F(tile)(c_tile + i * ldc, ldc, a_packed + i * kb, 1, MR, panel, ldb, kb, scale, width, MR);
            if (i < mb) F(tile_of)(c_tile + i * ldc, ldc, a_packed + i * kb, 1, MR, panel, ldb, kb, scale, width, mb - i);
          } else {
            for (; i + MR <= mb; i += MR)
              F(tile)(c_tile + i * ldc, ldc, a_block + i * a_rs, a_rs, a_cs, panel, ldb, kb, scale, width, MR);
            if (i < mb)
              F(tile_of)(c_tile + i * ldc, ldc, a_block + i * a_rs, a_rs, a_cs, panel, ldb, kb, scale, width, mb - i);
          }
        }
      }
    }
  }
}

size_t F(ck_gemm_scratch)(long m, long n, long k) {
  long kb = k < KC ? k : KC, nb = n < NC ? n : NC;
  long panels = (nb + LANES - 1) / LANES * LANES;
  long elements = panels * kb;
  if (m > MR && n > 4 * LANES) elements += MC * KC;
  if ((m == 1 || n == 1) && elements < GEMV_BLOCK) elements = GEMV_BLOCK;
  return (size_t)elements * sizeof(T);
}
