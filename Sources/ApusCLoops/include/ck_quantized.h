// Products of rows of float32 with weights that are kept in blocks of a few bits, as GGUF files have them.
// A row of activations becomes 16-bit integers with a scale for each 32 of them, so that a product with small weights is one of
// integers, and as exact as one of floats but for about 1e-5.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Types of weights: ggml's numbers of its types (Q4_0 2, Q4_1 3, Q5_0 6, Q5_1 7, Q8_0 8, Q2_K 10, Q3_K 11, Q4_K 12, Q5_K 13,
// Q6_K 14, Q8_K 15, IQ4_NL 20), and two of rows that begin with their scales:
#define CK_INT8_ROWS 100    // a float, and k int8
#define CK_INT4_GROUPS 101  // k / group f16 scales, as many f16 offsets, and 4-bit numbers, 16 bytes for 32 as in Q4_1

// Whether there are products with weights of the type.
bool ck_quantized_has(int type);

// One row of k floats (a multiple of 32): k integers, for each 32 of them their scale and the sum of what they stand for (k / 16
// floats), and the sums of each 16 (as many).
// A block with a number that is not finite gets the scale NaN.
void ck_quantize_activations(const float *x, long k, int16_t *q, float *scales, float *sums);

// out[r] = w(r) . x for rows `row_bytes` apart. `group` is read for CK_INT4_GROUPS only: a multiple of 32.
void ck_quantized_rows(int type, float *out, const uint8_t *w, long row_bytes, long rows, long k, long group, const int16_t *q,
    const float *scales, const float *sums);

// out[t * ldo + r] = w(r) . x(t) for rows of activations that lie one after the other, as ck_quantize_activations makes them.
// `scratch` has ck_quantized_scratch(k) bytes.
void ck_quantized_tile(int type, float *out, long ldo, const uint8_t *w, long row_bytes, long rows, long k, long group,
    const int16_t *q, const float *scales, const float *sums, long tokens, void *scratch);
size_t ck_quantized_scratch(long k);

// out[t * ldo + r] = w(r) . x(t) for weights of 16 bits, with float32 sums: bfloat16 or float16.
// Rows of the weight are `stride` elements apart.
void ck_half_rows(bool is_bfloat, float *out, long ldo, const uint16_t *w, long stride, long rows, long k, const float *x,
    long tokens);
