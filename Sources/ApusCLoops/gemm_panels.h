// The matrix product that several threads share, for one element type: the right operand is packed once, the left one is read
// where it lies or packed too, and each thread computes blocks of the result. Included by gemm.c once for each types_*.h.

CK_KERNEL void F(ck_gemm_pack_right)(T *packed, const T *b, long b_rs, long b_cs, long k, long n) {
  for (long j = 0; j < n; j += LANES)
    F(pack_b_panel)(packed + j * k, b + j * b_cs, b_rs, b_cs, k, n - j < LANES ? n - j : LANES);
}

CK_KERNEL void F(ck_gemm_pack_left)(T *packed, const T *a, long a_rs, long a_cs, long m, long k) {
  F(pack_a)(packed, a, a_rs, a_cs, m, k);
}

// c[j ldc + i] = block[i width + j] + bias[i], in squares that are transposed in registers.
CK_INLINE void F(store_transposed)(T *c, long ldc, const T *block, long width, long m, long n, const T *bias) {
  long i = 0;
  for (; i + 4 <= m; i += 4) {
    F(ckv4) b = 0;
    if (bias) b = F(ckv4_load)(bias + i);
    long j = 0;
    for (; j + 4 <= n; j += 4) {
      const T *s = block + i * width + j;
      F(ckv4) r0 = F(ckv4_load)(s), r1 = F(ckv4_load)(s + width);
      F(ckv4) r2 = F(ckv4_load)(s + 2 * width), r3 = F(ckv4_load)(s + 3 * width);
      F(ckv4) t0 = __builtin_shufflevector(r0, r1, 0, 4, 2, 6), t1 = __builtin_shufflevector(r0, r1, 1, 5, 3, 7);
      F(ckv4) t2 = __builtin_shufflevector(r2, r3, 0, 4, 2, 6), t3 = __builtin_shufflevector(r2, r3, 1, 5, 3, 7);
      T *d = c + j * ldc + i;
      F(ckv4_store)(d, __builtin_shufflevector(t0, t2, 0, 1, 4, 5) + b);
      F(ckv4_store)(d + ldc, __builtin_shufflevector(t1, t3, 0, 1, 4, 5) + b);
      F(ckv4_store)(d + 2 * ldc, __builtin_shufflevector(t0, t2, 2, 3, 6, 7) + b);
      F(ckv4_store)(d + 3 * ldc, __builtin_shufflevector(t1, t3, 2, 3, 6, 7) + b);
    }
    for (; j < n; j++)
      for (long l = 0; l < 4; l++) c[j * ldc + i + l] = block[(i + l) * width + j] + b[l];
  }
  for (; i < m; i++)
    for (long j = 0; j < n; j++) c[j * ldc + i] = block[i * width + j] + (bias ? bias[i] : 0);
}

CK_KERNEL void F(ck_gemm_block)(T *c, long ldc, const T *a, long a_rs, long a_cs, long a_panel, const T *packed, long m,
    long n, long k, const T *bias, T *scratch) {
  long longest = k <= KC_WHOLE ? KC_WHOLE : KC;
  long blocks = (k + longest - 1) / longest, depth = ((k + blocks - 1) / blocks + 3) / 4 * 4;
  long width = (n + LANES - 1) / LANES * LANES;
  T *out = scratch ? scratch : c;
  long ldo = scratch ? width : ldc;
  if (bias && !scratch)
    for (long i = 0; i < m; i++)
      for (long j = 0; j < n; j++) c[i * ldc + j] = bias[j];
  for (long p0 = 0; p0 < k; p0 += depth) {
    long kb = k - p0 < depth ? k - p0 : depth;
    T beta = p0 > 0 || (bias && !scratch);
    for (long j = 0; j < n; j += LANES) {
      const T *panel = packed + j * k + p0 * LANES;
      long columns = scratch || n - j > LANES ? LANES : n - j;
      for (long i = 0; i < m; i += MR) {
        const T *rows = a + i / MR * a_panel + p0 * a_cs;
        T *tile = out + i * ldo + j;
        if (m - i >= MR && columns == LANES && a_cs == 1)
          F(panel_tile)(tile, ldo, rows, a_rs, 1, panel, kb, beta != 0);
        else if (m - i >= MR && columns == LANES && a_rs == 1 && a_cs == MR)
          F(panel_tile)(tile, ldo, rows, 1, MR, panel, kb, beta != 0);
        else
          F(tile_of)(tile, ldo, rows, a_rs, a_cs, panel, LANES, kb, beta, columns, m - i < MR ? m - i : MR);
      }
    }
  }
  if (scratch) F(store_transposed)(c, ldc, scratch, width, m, n, bias);
}
