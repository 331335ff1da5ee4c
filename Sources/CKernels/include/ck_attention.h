// Attention of one head without a matrix of scores: softmax(scale query key^T + mask) value, a block of keys after the
// other, with the sums and the largest score of each query so far. Memory: `scratch`, the caller's own a thread.
#pragma once
#include "ck_base.h"

// Operands of one head. Columns have unit stride, rows are `_rs` elements apart.
typedef struct ck_attention {
  const float *query;
  const void *key, *value;
  int type;          // of key and value: a code of ck_convert.h, f32 or one of 16 bits
  bool mask_is_bool; // a byte: 0 hides a key. Otherwise f32, added to the scores
  const void *mask;  // NULL: none
  long query_rs, key_rs, value_rs, mask_rs, mask_cs;
  long queries, keys, width, value_width;
  // Query i stands at `position` + i and sees the keys from `before` ahead of it to `after` behind it.
  long position, before, after;
  float scale;
  const uint16_t *coins;  // NULL, or which weights are kept: [queries / 16][keys], a bit for each of 16 queries
  float kept;  // what kept weights are multiplied by
  float cap;  // scores become cap tanh(score / cap); 0: they stay
} ck_attention;

// Queries that ck_attention_block takes at most.
enum { CK_ATTENTION_QUERIES = 64 };

// `count` queries from `first` on: `out` [queries, value_width], its rows `out_rs` apart, and the logarithm of each query's
// sum of exponentials, from which the gradient makes the weights again. A query that sees no key gives zeros, and +infinity as
// the logarithm.
void ck_attention_block(const ck_attention *a, float *out, long out_rs, float *lse, long first, long count, float *scratch);
size_t ck_attention_scratch(long width, long value_width);

// The same for few queries, whose time goes into reading keys and values: all of `heads` heads that share them, `query_hs`
// and `mask_hs` elements apart, and the keys from `first` to `end`. Results [heads, queries, value_width] and [heads, queries].
void ck_attention_rows(const ck_attention *a, long heads, long query_hs, long mask_hs, long first, long end, float *out,
    float *lse, float *scratch);
size_t ck_attention_rows_scratch(long heads, long queries, long width, long value_width);

// ck_attention_rows over keys in pages of `page_rows` rows, at most 64: rows `page_rows` i to `page_rows` (i + 1) of keys and of
// values lie from `pages[i] * page_stride` elements behind `key` and `value` on. Without masks; `scratch` is that of
// ck_attention_rows.
void ck_attention_pages(const ck_attention *a, long heads, long query_hs, const int32_t *pages, long page_rows,
    long page_stride, float *out, float *scratch);

// Gradients, from results of ck_attention_block and the cotangent `grad`, their rows `out_rs` and `grad_rs` apart, over
// the keys from `first` to `end` (f32 here): their
// part of `dquery` [queries, width] is stored, and `dkey` [keys, width] and `dvalue` are stored or, if `add`, added to.
void ck_attention_grad(const ck_attention *a, const float *out, long out_rs, const float *lse, const float *grad, long grad_rs,
    long first, long end, float *dquery, float *dkey, float *dvalue, bool add, float *scratch);
size_t ck_attention_grad_scratch(long queries, long width, long value_width);
