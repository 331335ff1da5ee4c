// The register tile of matrix products, for one element type: what every blocked product here ends in.
// Included once for each types_*.h by the files that multiply.

// c tile (rows x width) = beta c + sum_p a(i, p) b(p, :). `rows` is a constant at each call, so the tile stays in registers.
CK_INLINE void F(tile)(T *c, long ldc, const T *a, long a_rs, long a_cs, const T *b, long ldb, long k, T beta, long width,
    const int rows) {
  V acc[MR];
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++) acc[i] = 0;
  const T *a3 = a + 3 * a_rs;
  for (long p = 0; p < k; p++) {
    V row = LOAD(b);
    acc[0] += a[0] * row;
    if (rows > 1) acc[1] += a[a_rs] * row;
    if (rows > 2) acc[2] += a[2 * a_rs] * row;
    if (rows > 3) acc[3] += a3[0] * row;
    if (rows > 4) acc[4] += a3[a_rs] * row;
    if (rows > 5) acc[5] += a3[2 * a_rs] * row;
    a += a_cs;
    a3 += a_cs;
    b += ldb;
  }
  if (width == LANES) {
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) STORE(c + i * ldc, beta == 0 ? acc[i] : acc[i] + beta * LOAD(c + i * ldc));
  } else {
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
      V old = beta == 0 ? (V)0 : PART(c + i * ldc, width, 0);
      STORE_PART(c + i * ldc, acc[i] + beta * old, width);
    }
  }
}

CK_INLINE void F(tile_of)(T *c, long ldc, const T *a, long a_rs, long a_cs, const T *b, long ldb, long k, T beta,
    long width, long rows) {
  switch (rows) {
  case 1: F(tile)(c, ldc, a, a_rs, a_cs, b, ldb, k, beta, width, 1); break;
  case 2: F(tile)(c, ldc, a, a_rs, a_cs, b, ldb, k, beta, width, 2); break;
  case 3: F(tile)(c, ldc, a, a_rs, a_cs, b, ldb, k, beta, width, 3); break;
  case 4: F(tile)(c, ldc, a, a_rs, a_cs, b, ldb, k, beta, width, 4); break;
  case 5: F(tile)(c, ldc, a, a_rs, a_cs, b, ldb, k, beta, width, 5); break;
  default: F(tile)(c, ldc, a, a_rs, a_cs, b, ldb, k, beta, width, 6); break;
  }
}
