// Dot products of rows, for one element type. Included once for each types_*.h by the files that multiply.

// sums[l] = sum_p w[l](p) v[p] for four rows of unit stride.
CK_INLINE void F(dot_rows)(T sums[4], const T *const w[4], const T *v, long k) {
  const T *w0 = w[0], *w1 = w[1], *w2 = w[2], *w3 = w[3];
  V s0 = 0, s1 = 0, s2 = 0, s3 = 0;
  long p = 0;
  for (; p + LANES <= k; p += LANES) {
    V x = LOAD(v + p);
    s0 += LOAD(w0 + p) * x;
    s1 += LOAD(w1 + p) * x;
    s2 += LOAD(w2 + p) * x;
    s3 += LOAD(w3 + p) * x;
  }
  if (p < k) {
    V x = PART(v + p, k - p, 0);
    s0 += PART(w0 + p, k - p, 0) * x;
    s1 += PART(w1 + p, k - p, 0) * x;
    s2 += PART(w2 + p, k - p, 0) * x;
    s3 += PART(w3 + p, k - p, 0) * x;
  }
  sums[0] = F(ckv_sum)(s0), sums[1] = F(ckv_sum)(s1), sums[2] = F(ckv_sum)(s2), sums[3] = F(ckv_sum)(s3);
}
