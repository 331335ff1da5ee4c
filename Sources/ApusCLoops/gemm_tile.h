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

// One step of a tile: a row of the panel times six numbers.
#define CK_PANEL_STEP(q)                                                                                               \
  {                                                                                                                    \
    V row = LOAD(b + (q) * LANES);                                                                                     \
    acc0 += a[(q) * a_cs] * row, acc1 += a[a_rs + (q) * a_cs] * row, acc2 += a[2 * a_rs + (q) * a_cs] * row;           \
    acc3 += a3[(q) * a_cs] * row, acc4 += a3[a_rs + (q) * a_cs] * row, acc5 += a3[2 * a_rs + (q) * a_cs] * row;        \
  }
#define CK_PANEL_STORE(i, acc) STORE(c + (i) * ldc, adds ? acc + LOAD(c + (i) * ldc) : acc);

// A tile of MR rows and a whole panel. One of the strides of `a` is a constant at each call, and four steps are one turn of the
// loop: a processor whose core another thread shares has few instructions to spare beside the products.
CK_INLINE void F(panel_tile)(
    T *c, long ldc, const T *a, const long a_rs, const long a_cs, const T *b, long k, const bool adds) {
  V acc0 = 0, acc1 = 0, acc2 = 0, acc3 = 0, acc4 = 0, acc5 = 0;
  const T *a3 = a + 3 * a_rs;
  long p = 0;
  for (; p + 4 <= k; p += 4, a += 4 * a_cs, a3 += 4 * a_cs, b += 4 * LANES) {
    CK_PANEL_STEP(0)
    CK_PANEL_STEP(1)
    CK_PANEL_STEP(2)
    CK_PANEL_STEP(3)
  }
  for (; p < k; p++, a += a_cs, a3 += a_cs, b += LANES) CK_PANEL_STEP(0)
  CK_PANEL_STORE(0, acc0)
  CK_PANEL_STORE(1, acc1)
  CK_PANEL_STORE(2, acc2)
  CK_PANEL_STORE(3, acc3)
  CK_PANEL_STORE(4, acc4)
  CK_PANEL_STORE(5, acc5)
}
#undef CK_PANEL_STEP
#undef CK_PANEL_STORE
