#include "ck_gemm.h"
#include "lanes.h"

// A tile of 6 x 64 bytes is 12 AVX2 registers, which leaves room for a row of B and an element of A.
// A block of A (MC x KC) stays in L2, a panel of B (KC x 64 bytes) in L1, a block of B (KC x NC) in L3.
#define MR 6
#define MC 144
#define KC 256
#define KC_WHOLE 384  // up to so many steps the blocks that threads share are not cut
#define NC 1024
#define GEMV_BLOCK 2048
#define FEW 16           // up to so many rows a product is a matter of reading the matrix
#define FEW_LENGTH 1024  // of four rows so many numbers stay in L1
#define FEW_LEAST 256    // rows that are shorter are packed

typedef float ckv4_f32 __attribute__((ext_vector_type(4)));
typedef double ckv4_f64 __attribute__((ext_vector_type(4)));
typedef ckv4_f32 ckv4_f32_at __attribute__((aligned(4), may_alias));
typedef ckv4_f64 ckv4_f64_at __attribute__((aligned(8), may_alias));
CK_INLINE ckv4_f32 ckv4_load_f32(const float *p) { return *(const ckv4_f32_at *)p; }
CK_INLINE ckv4_f64 ckv4_load_f64(const double *p) { return *(const ckv4_f64_at *)p; }
CK_INLINE void ckv4_store_f32(float *p, ckv4_f32 v) { *(ckv4_f32_at *)p = v; }
CK_INLINE void ckv4_store_f64(double *p, ckv4_f64 v) { *(ckv4_f64_at *)p = v; }

#include "types_f32.h"
#include "gemm_template.h"
#include "gemm_panels.h"
#include "types_f64.h"
#include "gemm_template.h"
#include "gemm_panels.h"

// Rows of B are added where they are contiguous, which vectorises; otherwise dot products. Arithmetic wraps.
CK_KERNEL void ck_gemm_i64(int64_t *c, long ldc, const int64_t *a, long a_rs, long a_cs, const int64_t *b, long b_rs,
    long b_cs, long m, long n, long k, int64_t beta, int64_t *scratch) {
  (void)scratch;
  for (long i = 0; i < m; i++) {
    uint64_t *row = (uint64_t *)(c + i * ldc);
    for (long j = 0; j < n; j++) row[j] = beta == 0 ? 0 : row[j] * (uint64_t)beta;
    if (b_cs == 1) {
      for (long p = 0; p < k; p++) {
        uint64_t s = (uint64_t)a[i * a_rs + p * a_cs];
        const uint64_t *source = (const uint64_t *)(b + p * b_rs);
        for (long j = 0; j < n; j++) row[j] += s * source[j];
      }
    } else {
      for (long j = 0; j < n; j++) {
        uint64_t sum = 0;
        for (long p = 0; p < k; p++) sum += (uint64_t)a[i * a_rs + p * a_cs] * (uint64_t)b[p * b_rs + j * b_cs];
        row[j] += sum;
      }
    }
  }
}

size_t ck_gemm_scratch_i64(long m, long n, long k) {
  (void)m, (void)n, (void)k;
  return 0;
}
