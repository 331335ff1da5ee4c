#include <string.h>

#include "ck_attention.h"
#include "ck_convert.h"
#include "ck_math.h"
#include "ck_squares.h"
#include "lanes.h"
#include "types_f32.h"

#include "dot_rows.h"

// Lanes are queries: a panel of 16 of them against one key is a vector. Scores lie as [key][query], so that keys and values
// are read where they are, one number for all lanes, the largest score and the sum of a query need no sums across lanes,
// and the weights are in the order in which the next product reads them. The queries alone are transposed, once a block.
// A block of 64 queries x 64 keys keeps what is read again in the first two caches.
#define PANEL 16
#define QUERIES CK_ATTENTION_QUERIES
#define PANELS (QUERIES / PANEL)
#define KEYS 64
#define ROWS 6  // of a tile: 12 AVX2 registers of sums
#define FLOAT32 8
#define LOG2E 1.44269504f
#define NEVER (-__builtin_inff())

static const ckv_i32 lane_numbers = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

static const ckv_i32 lane_bits = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768};

static long smaller(long a, long b) { return a < b ? a : b; }
static long larger(long a, long b) { return a > b ? a : b; }
static long padded(long n) { return (n + PANEL - 1) / PANEL * PANEL; }

// MARK: pieces

// c (rows x 16) = factor c + sum_p a(i, p) b(p, :), without c where `fresh`. `rows` is a constant at each call.
CK_INLINE void tile(float *c, long ldc, const float *a, long a_rs, long a_cs, const float *b, long ldb, long k, bool fresh,
    ckv_f32 factor, const int rows) {
  ckv_f32 acc[ROWS];
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++) acc[i] = 0;
  const float *a3 = rows > 3 ? a + 3 * a_rs : a;
#pragma clang loop unroll_count(2)
  for (long p = 0; p < k; p++) {
    ckv_f32 row = ckv_load_f32(b);
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
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++)
    ckv_store_f32(c + i * ldc, fresh ? acc[i] : acc[i] + factor * ckv_load_f32(c + i * ldc));
}

CK_INLINE void tile_of(float *c, long ldc, const float *a, long a_rs, long a_cs, const float *b, long ldb, long k,
    bool fresh, ckv_f32 factor, long rows) {
  switch (rows) {
  case 1: tile(c, ldc, a, a_rs, a_cs, b, ldb, k, fresh, factor, 1); break;
  case 2: tile(c, ldc, a, a_rs, a_cs, b, ldb, k, fresh, factor, 2); break;
  case 3: tile(c, ldc, a, a_rs, a_cs, b, ldb, k, fresh, factor, 3); break;
  case 4: tile(c, ldc, a, a_rs, a_cs, b, ldb, k, fresh, factor, 4); break;
  case 5: tile(c, ldc, a, a_rs, a_cs, b, ldb, k, fresh, factor, 5); break;
  default: tile(c, ldc, a, a_rs, a_cs, b, ldb, k, fresh, factor, 6); break;
  }
}

// e^x for what lies at or below 0, or little above: 0 below the smallest normal number. NaN passes.
CK_INLINE ckv_f32 weight_of(ckv_f32 x) {
  ckv_f32 y = x * LOG2E;
  ckv_f32 a = y < -126.0f ? (ckv_f32)-126.0f : y;
  ckv_f32 t = a + 0x1.8p23f;
  ckv_f32 r = a - (t - 0x1.8p23f);
  ckv_f32 p = r * 0.00133910967548f + 0.00961802998125f;
  p = p * r + 0.0555035667359f;
  p = p * r + 0.240226510889f;
  p = p * r + 0.693147188119f;
  p = p * r + 1.0f;
  ckv_i32 bits = ((ckv_i32)t << 23) + 0x3f800000;
  p = p * (ckv_f32)bits;
  return y < -126.0f ? (ckv_f32)0.0f : p;
}

typedef ckv_f8_at f8_at;

// Eight rows of eight elements, transposed.
CK_INLINE void transpose8(float *to, long to_rs, const float *from, long from_rs, float scale) {
  ck_row8 r[8];
#pragma clang loop unroll(full)
  for (int i = 0; i < 8; i++) r[i] = (ck_row8)(*(const f8_at *)(from + i * from_rs) * scale);
  ck_transpose8(r);
#pragma clang loop unroll(full)
  for (int i = 0; i < 8; i++) *(f8_at *)(to + i * to_rs) = (f8_at)r[i];
}

// `rows` rows of `width` elements times `scale` as a panel [width][16]; lanes past the rows are 0.
CK_INLINE void into_panel(float *panel, const float *from, long from_rs, long rows, long width, float scale) {
  long done = 0;
  if (rows == PANEL) {
    for (; done + 8 <= width; done += 8) {
      transpose8(panel + done * PANEL, PANEL, from + done, from_rs, scale);
      transpose8(panel + done * PANEL + 8, PANEL, from + 8 * from_rs + done, from_rs, scale);
    }
  }
  for (long d = done; d < width; d++)
    for (long i = 0; i < PANEL; i++) panel[d * PANEL + i] = i < rows ? from[i * from_rs + d] * scale : 0;
}

CK_INLINE void out_of_panel(float *to, long to_rs, const float *panel, long rows, long width, float scale) {
  long done = 0;
  if (rows == PANEL) {
    for (; done + 8 <= width; done += 8) {
      transpose8(to + done, to_rs, panel + done * PANEL, PANEL, scale);
      transpose8(to + 8 * to_rs + done, to_rs, panel + done * PANEL + 8, PANEL, scale);
    }
  }
  for (long i = 0; i < rows; i++)
    for (long d = done; d < width; d++) to[i * to_rs + d] = panel[d * PANEL + i] * scale;
}

typedef struct { const float *at; long rs; } matrix;

// Rows of keys or values as floats: where they lie, or a copy where they are of another type, or so far apart that they
// would share few sets of the first cache.
CK_INLINE matrix rows_of(const void *base, int type, long rs, long first, long rows, long width, float *copy) {
  if (type != FLOAT32) {
    ck_convert_fn widen = ck_convert_function(type, FLOAT32);
    const char *from = (const char *)base + first * rs * 2;
    if (rs == width) {
      widen(copy, from, rows * width);
    } else {
      for (long i = 0; i < rows; i++) widen(copy + i * width, from + i * rs * 2, width);
    }
  } else {
    const float *from = (const float *)base + first * rs;
    if (rs <= 2 * width) return (matrix){from, rs};
    for (long i = 0; i < rows; i++) memcpy(copy + i * width, from + i * rs, (size_t)width * 4);
  }
  return (matrix){copy, width};
}

// MARK: what a query sees

// The keys from `first` to `end` among which all lie that queries from `query` to `last` see.
typedef struct { long first, end; } span;
CK_INLINE span seen_keys(const ck_attention *a, long query, long last) {
  return (span){larger(0, a->position + query - a->before), smaller(a->keys, a->position + last + a->after + 1)};
}

// Hides what lies outside the window: lane i of the panel's key j is score s[j * stride + i].
CK_INLINE void hide_outside(const ck_attention *a, float *s, long stride, long query, long key, long keys) {
  long nearest = key - a->position - query;
  if (nearest + keys - 1 <= a->after && nearest + a->before >= PANEL - 1) return;
  for (long j = 0; j < keys; j++) {
    long away = key + j - a->position - query;
    long low = away - a->after, high = away + a->before;
    if (low <= 0 && high >= PANEL - 1) continue;
    int32_t from = (int32_t)larger(0, smaller(PANEL, low)), to = (int32_t)larger(-1, smaller(PANEL, high));
    ckv_f32 x = ckv_load_f32(s + j * stride);
    ckv_f32 shown = lane_numbers >= (ckv_i32)from ? x : (ckv_f32)NEVER;
    ckv_store_f32(s + j * stride, lane_numbers <= (ckv_i32)to ? shown : (ckv_f32)NEVER);
  }
}

// The mask of a panel as bias[key][16], in which a bool's false is -infinity. Whether any of it is seen. `rows` has room for
// 16 rows of KEYS.
CK_INLINE bool read_mask(const ck_attention *a, float *bias, long query, long count, long key, long keys, float *rows) {
  for (long i = 0; i < count; i++) {
    long start = (query + i) * a->mask_rs + key * a->mask_cs;
    float *row = rows + i * KEYS;
    if (a->mask_is_bool) {
      const uint8_t *m = (const uint8_t *)a->mask + start;
      if (a->mask_cs == 1) {
        for (long j = 0; j < keys; j++) row[j] = m[j] ? 0 : NEVER;
      } else {
        for (long j = 0; j < keys; j++) row[j] = m[j * a->mask_cs] ? 0 : NEVER;
      }
    } else {
      const float *m = (const float *)a->mask + start;
      if (a->mask_cs == 1) {
        memcpy(row, m, (size_t)keys * 4);
      } else {
        for (long j = 0; j < keys; j++) row[j] = m[j * a->mask_cs];
      }
    }
    if (a->mask_rs == 0) {
      // One row for all.
      ckv_i32 any = 0;
      for (long j = 0; j < keys; j++) {
        ckv_f32 value = row[j];
        any |= ~(value == (ckv_f32)NEVER);
        ckv_store_f32(bias + j * PANEL, value);
      }
      return __builtin_reduce_or(any) != 0;
    }
  }
  into_panel(bias, rows, KEYS, count, keys, 1);
  ckv_i32 any = 0, used = lane_numbers < (ckv_i32)(int32_t)count;
  for (long j = 0; j < keys; j++) any |= ~(ckv_load_f32(bias + j * PANEL) == (ckv_f32)NEVER);
  return __builtin_reduce_or(any & used) != 0;
}

CK_INLINE void add_mask(const ck_attention *a, float *s, long stride, const float *bias, long keys) {
  for (long j = 0; j < keys; j++) {
    ckv_f32 x = ckv_load_f32(s + j * stride), m = ckv_load_f32(bias + j * PANEL);
    ckv_store_f32(s + j * stride, a->mask_is_bool ? (m < 0.0f ? m : x) : x + m);
  }
}

CK_INLINE void limit(float *s, long stride, float cap, long keys) {
  float per_cap = 1 / cap;
  for (long j = 0; j < keys; j++)
    for (long i = 0; i < PANEL; i++) s[j * stride + i] = cap * ckm_tanh_f32(s[j * stride + i] * per_cap);
}

// The weights whose coin is 1, for `keys` keys of a panel.
CK_INLINE void keep(const uint16_t *coins, float *w, long stride, float kept, long keys) {
  for (long j = 0; j < keys; j++) {
    ckv_f32 x = ckv_load_f32(w + j * stride) * kept;
    ckv_store_f32(w + j * stride, (lane_bits & (ckv_i32)(int32_t)coins[j]) != 0 ? x : (ckv_f32)0.0f);
  }
}

// MARK: forward

size_t ck_attention_scratch(long width, long value_width) {
  return sizeof(float) * (size_t)(QUERIES * (width + value_width) + KEYS * (width + value_width) + 2 * QUERIES * KEYS
                                  + PANEL * KEYS);
}

CK_KERNEL void ck_attention_block(const ck_attention *a, float *out, long out_rs, float *lse, long first, long count,
    float *scratch) {
  const long width = a->width, value_width = a->value_width;
  float *queries = scratch, *sums = queries + QUERIES * width, *scores = sums + QUERIES * value_width;
  float *bias = scores + QUERIES * KEYS, *mask_rows = bias + QUERIES * KEYS;
  float *key_copy = mask_rows + PANEL * KEYS, *value_copy = key_copy + KEYS * width;
  const long panels = (count + PANEL - 1) / PANEL;
  ckv_f32 top[PANELS], total[PANELS], fade[PANELS];
  for (long p = 0; p < panels; p++) {
    long query = first + p * PANEL;
    into_panel(queries + p * PANEL * width, a->query + query * a->query_rs, a->query_rs,
        smaller(PANEL, first + count - query), width, a->scale);
    top[p] = NEVER;
    total[p] = 0;
  }
  memset(sums, 0, (size_t)(panels * PANEL * value_width) * 4);

  span all = seen_keys(a, first, first + count - 1);
  for (long key = all.first; key < all.end; key += KEYS) {
    long block = smaller(KEYS, all.end - key), most = 0, seen[PANELS];
    for (long p = 0; p < panels; p++) {
      long query = first + p * PANEL, lanes = smaller(PANEL, first + count - query);
      span own = seen_keys(a, query, query + lanes - 1);
      seen[p] = own.first >= key + block ? 0 : larger(0, smaller(block, own.end - key));
      if (a->mask && seen[p] > 0
          && !read_mask(a, bias + p * KEYS * PANEL, query, lanes, key, seen[p], mask_rows)) seen[p] = 0;
      most = larger(most, seen[p]);
    }
    if (most == 0) continue;
    matrix keys = rows_of(a->key, a->type, a->key_rs, key, most, width, key_copy);
    matrix values = rows_of(a->value, a->type, a->value_rs, key, most, value_width, value_copy);
    for (long j = 0; j < most; j += ROWS)
      for (long p = 0; p < panels; p++)
        if (seen[p] > j)
          tile_of(scores + (p * KEYS + j) * PANEL, PANEL, keys.at + j * keys.rs, keys.rs, 1, queries + p * PANEL * width,
              PANEL, width, true, 0, seen[p] - j);

    for (long p = 0; p < panels; p++) {
      if (seen[p] == 0) continue;
      float *s = scores + p * KEYS * PANEL;
      if (a->cap != 0) limit(s, PANEL, a->cap, seen[p]);
      if (a->mask) add_mask(a, s, PANEL, bias + p * KEYS * PANEL, seen[p]);
      hide_outside(a, s, PANEL, first + p * PANEL, key, seen[p]);
      ckv_f32 highest = top[p];
      for (long j = 0; j < seen[p]; j++) highest = ckv_max_f32(ckv_load_f32(s + j * PANEL), highest);
      ckv_f32 base = highest == (ckv_f32)NEVER ? (ckv_f32)0.0f : highest;
      fade[p] = weight_of(top[p] - base);
      ckv_f32 sum = total[p] * fade[p];
      for (long j = 0; j < seen[p]; j++) {
        ckv_f32 w = weight_of(ckv_load_f32(s + j * PANEL) - base);
        sum += w;
        ckv_store_f32(s + j * PANEL, w);
      }
      top[p] = highest;
      total[p] = sum;
      if (a->coins) keep(a->coins + (first / PANEL + p) * a->keys + key, s, PANEL, a->kept, seen[p]);
    }
    for (long d = 0; d < value_width; d += ROWS)
      for (long p = 0; p < panels; p++)
        if (seen[p] > 0)
          tile_of(sums + p * PANEL * value_width + d * PANEL, PANEL, values.at + d, 1, values.rs,
              scores + p * KEYS * PANEL, PANEL, seen[p], false, fade[p], value_width - d);
  }

  for (long p = 0; p < panels; p++) {
    long query = first + p * PANEL, lanes = smaller(PANEL, first + count - query);
    float *panel = sums + p * PANEL * value_width;
    ckv_f32 per_total = total[p] == 0.0f ? (ckv_f32)0.0f : 1.0f / total[p];
    for (long d = 0; d < value_width; d++) ckv_store_f32(panel + d * PANEL, ckv_load_f32(panel + d * PANEL) * per_total);
    out_of_panel(out + query * out_rs, out_rs, panel, lanes, value_width, 1);
    for (long i = 0; i < lanes; i++) {
      float sum = total[p][i];
      lse[query + i] = sum == 0 ? __builtin_inff() : top[p][i] + (float)ckv_log(sum, true);
    }
  }
}

// MARK: few queries

size_t ck_attention_rows_scratch(long heads, long queries, long width, long value_width) {
  return sizeof(float) * (size_t)(KEYS * (width + value_width) + KEYS + 2 * heads * queries);
}

// s[j] = scale x . rows[j]
CK_INLINE void scores_of_rows(float *s, const float *x, matrix rows, long count, long width, float scale) {
  for (long j = 0; j < count; j += 4) {
    long n = smaller(4, count - j);
    const float *four[4];
    float found[4];
    for (long i = 0; i < 4; i++) four[i] = rows.at + (j + (i < n ? i : 0)) * rows.rs;
    dot_rows_f32(found, four, x, width);
    for (long i = 0; i < n; i++) s[j + i] = found[i] * scale;
  }
}

// out = fade out + sum_j w[j] rows[j]
CK_INLINE void add_rows(float *out, float fade, const float *w, matrix rows, long count, long width) {
  long d = 0;
  for (; d + 2 * PANEL <= width; d += 2 * PANEL) {
    ckv_f32 s0 = fade * ckv_load_f32(out + d), s1 = fade * ckv_load_f32(out + d + PANEL), t0 = 0, t1 = 0;
    const float *r = rows.at + d;
    long j = 0;
    for (; j + 2 <= count; j += 2, r += 2 * rows.rs) {
      s0 += w[j] * ckv_load_f32(r);
      s1 += w[j] * ckv_load_f32(r + PANEL);
      t0 += w[j + 1] * ckv_load_f32(r + rows.rs);
      t1 += w[j + 1] * ckv_load_f32(r + rows.rs + PANEL);
    }
    if (j < count) {
      s0 += w[j] * ckv_load_f32(r);
      s1 += w[j] * ckv_load_f32(r + PANEL);
    }
    ckv_store_f32(out + d, s0 + t0);
    ckv_store_f32(out + d + PANEL, s1 + t1);
  }
  if (d + PANEL <= width) {
    ckv_f32 s = fade * ckv_load_f32(out + d);
    for (long j = 0; j < count; j++) s += w[j] * ckv_load_f32(rows.at + j * rows.rs + d);
    ckv_store_f32(out + d, s);
    d += PANEL;
  }
  if (d < width) {
    ckv_f32 s = fade * ckv_load_part_f32(out + d, width - d, 0);
    for (long j = 0; j < count; j++) s += w[j] * ckv_load_part_f32(rows.at + j * rows.rs + d, width - d, 0);
    ckv_store_part_f32(out + d, s, width - d);
  }
}

// What a block of keys from `key` on adds to the results of all queries of the heads that share it.
CK_INLINE void attend_block(const ck_attention *a, long heads, long query_hs, long mask_hs, long key, long block,
    matrix keys, matrix values, float *out, float *s, float *top, float *total) {
  const long width = a->width, value_width = a->value_width, rows = heads * a->queries;
  for (long r = 0; r < rows; r++) {
    long head = r / a->queries, query = r % a->queries;
    span own = seen_keys(a, query, query);
    long from = larger(0, own.first - key), to = smaller(block, own.end - key);
    if (from >= to) continue;
    scores_of_rows(s, a->query + head * query_hs + query * a->query_rs, keys, to, width, a->scale);
    if (a->cap != 0) {
      float per_cap = 1 / a->cap;
      for (long j = 0; j < to; j++) s[j] = a->cap * ckm_tanh_f32(s[j] * per_cap);
    }
    if (a->mask) {
      long start = head * mask_hs + query * a->mask_rs + key * a->mask_cs;
      if (a->mask_is_bool) {
        const uint8_t *m = (const uint8_t *)a->mask + start;
        for (long j = 0; j < to; j++) s[j] = m[j * a->mask_cs] ? s[j] : NEVER;
      } else {
        const float *m = (const float *)a->mask + start;
        for (long j = 0; j < to; j++) s[j] += m[j * a->mask_cs];
      }
    }
    for (long j = 0; j < from; j++) s[j] = NEVER;
    for (long j = to; j < padded(to); j++) s[j] = NEVER;
    ckv_f32 high = top[r];
    for (long j = 0; j < to; j += PANEL) high = ckv_max_f32(ckv_load_f32(s + j), high);
    float highest = ckv_hmax_f32(high);
    // Hidden so far.
    ckv_f32 base = highest == NEVER ? 0 : highest, sum = 0;
    for (long j = 0; j < to; j += PANEL) {
      ckv_f32 w = weight_of(ckv_load_f32(s + j) - base);
      sum += w;
      ckv_store_f32(s + j, w);
    }
    float fade = weight_of((ckv_f32)top[r] - base)[0];
    top[r] = highest;
    total[r] = total[r] * fade + ckv_sum_f32(sum);
    add_rows(out + r * value_width, fade, s, values, to, value_width);
  }
}

CK_INLINE void begin_rows(float *out, float *top, float *total, long rows, long width) {
  memset(out, 0, (size_t)(rows * width) * 4);
  for (long r = 0; r < rows; r++) top[r] = NEVER, total[r] = 0;
}

CK_INLINE void divide_rows(float *out, const float *total, long rows, long width) {
  for (long r = 0; r < rows; r++) {
    float per_total = total[r] == 0 ? 0 : 1 / total[r];
    for (long d = 0; d < width; d++) out[r * width + d] *= per_total;
  }
}

CK_KERNEL void ck_attention_rows(const ck_attention *a, long heads, long query_hs, long mask_hs, long first, long end,
    float *out, float *lse, float *scratch) {
  const long width = a->width, value_width = a->value_width, rows = heads * a->queries;
  float *key_copy = scratch, *value_copy = key_copy + KEYS * width, *s = value_copy + KEYS * value_width;
  float *top = s + KEYS, *total = top + rows;
  begin_rows(out, top, total, rows, value_width);
  span all = seen_keys(a, 0, a->queries - 1);
  end = smaller(end, all.end);
  for (long key = larger(first, all.first); key < end; key += KEYS) {
    long block = smaller(KEYS, end - key);
    matrix keys = rows_of(a->key, a->type, a->key_rs, key, block, width, key_copy);
    matrix values = rows_of(a->value, a->type, a->value_rs, key, block, value_width, value_copy);
    attend_block(a, heads, query_hs, mask_hs, key, block, keys, values, out, s, top, total);
  }
  divide_rows(out, total, rows, value_width);
  for (long r = 0; r < rows; r++) lse[r] = total[r] == 0 ? __builtin_inff() : top[r] + (float)ckv_log(total[r], true);
}

CK_KERNEL void ck_attention_pages(const ck_attention *a, long heads, long query_hs, const int32_t *pages, long page_rows,
    long page_stride, float *out, float *scratch) {
  const long width = a->width, value_width = a->value_width, rows = heads * a->queries;
  float *key_copy = scratch, *value_copy = key_copy + KEYS * width, *s = value_copy + KEYS * value_width;
  float *top = s + KEYS, *total = top + rows;
  begin_rows(out, top, total, rows, value_width);
  span all = seen_keys(a, 0, a->queries - 1);
  for (long key = all.first / page_rows * page_rows; key < all.end; key += page_rows) {
    long block = smaller(page_rows, all.end - key), size = a->type == FLOAT32 ? 4 : 2;
    long start = pages[key / page_rows] * page_stride * size;
    matrix keys = rows_of((const char *)a->key + start, a->type, a->key_rs, 0, block, width, key_copy);
    matrix values = rows_of((const char *)a->value + start, a->type, a->value_rs, 0, block, value_width, value_copy);
    attend_block(a, heads, query_hs, 0, key, block, keys, values, out, s, top, total);
  }
  divide_rows(out, total, rows, value_width);
}

// MARK: gradients

size_t ck_attention_grad_scratch(long queries, long width, long value_width) {
  long rows = padded(queries), wide = padded(width), value_wide = padded(value_width);
  return sizeof(float) * (size_t)(rows * (2 * width + value_width + 2 + wide + value_wide)
                                  + KEYS * (width + value_width + wide + value_wide) + 3 * QUERIES * KEYS + PANEL * KEYS);
}

// Rows that a vector may read to the end of: where they lie, or copied beside zeros.
CK_INLINE matrix whole_lanes(const float *from, long rs, long rows, long width, float *copy) {
  long wide = padded(width);
  if (wide == width && rs <= 2 * width) return (matrix){from, rs};
  for (long i = 0; i < rows; i++) {
    memcpy(copy + i * wide, from + i * rs, (size_t)width * 4);
    for (long d = width; d < wide; d++) copy[i * wide + d] = 0;
  }
  return (matrix){copy, wide};
}

// What was summed up for a block of keys goes to its place.
CK_INLINE void store_rows(float *to, const float *sums, long rows, long width, float scale, bool add) {
  long wide = padded(width);
  for (long i = 0; i < rows; i++)
    for (long d = 0; d < width; d++)
      to[i * width + d] = add ? to[i * width + d] + scale * sums[i * wide + d] : scale * sums[i * wide + d];
}

// With weights P, dP = grad value^T and delta = sum(grad out): dvalue = P^T grad, dS = P (dP - delta), dkey = dS^T query and
// dquery = dS key. P and dS lie as [key][query]. What is dropped is 0 in dP and in the P of dvalue.
CK_KERNEL void ck_attention_grad(const ck_attention *a, const float *out, long out_rs, const float *lse, const float *grad,
    long grad_rs, long first, long end, float *dquery, float *dkey, float *dvalue, bool add, float *scratch) {
  const long width = a->width, value_width = a->value_width, queries = a->queries, rows = padded(queries);
  const long wide = padded(width), value_wide = padded(value_width);
  float *query_panels = scratch, *grad_panels = query_panels + rows * width;
  float *dquery_panels = grad_panels + rows * value_width, *delta = dquery_panels + rows * width, *level = delta + rows;
  float *query_copy = level + rows, *grad_copy = query_copy + rows * wide;
  float *key_copy = grad_copy + rows * value_wide, *value_copy = key_copy + KEYS * width;
  float *key_sums = value_copy + KEYS * value_width, *value_sums = key_sums + KEYS * wide;
  float *weights = value_sums + KEYS * value_wide, *slopes = weights + QUERIES * KEYS, *bias = slopes + QUERIES * KEYS;
  float *mask_rows = bias + QUERIES * KEYS;
  const ckv_f32 one = 1;

  matrix query_rows = whole_lanes(a->query, a->query_rs, queries, width, query_copy);
  matrix grad_rows = whole_lanes(grad, grad_rs, queries, value_width, grad_copy);
  for (long i = 0; i < queries; i += PANEL) {
    long lanes = smaller(PANEL, queries - i);
    into_panel(query_panels + i * width, a->query + i * a->query_rs, a->query_rs, lanes, width, a->scale);
    into_panel(grad_panels + i * value_width, grad + i * grad_rs, grad_rs, lanes, value_width, 1);
  }
  memset(dquery_panels, 0, (size_t)(rows * width) * 4);
  for (long i = 0; i < rows; i++) {
    level[i] = i < queries ? lse[i] : __builtin_inff();
    delta[i] = 0;
    if (i >= queries) continue;
    ckv_f32 sum = 0;
    const float *o = out + i * out_rs, *g = grad + i * grad_rs;
    for (long d = 0; d < value_width; d += PANEL) {
      long part = smaller(PANEL, value_width - d);
      sum += part == PANEL ? ckv_load_f32(o + d) * ckv_load_f32(g + d)
                           : ckv_load_part_f32(o + d, part, 0) * ckv_load_part_f32(g + d, part, 0);
    }
    delta[i] = ckv_sum_f32(sum);
  }

  for (long key = first; key < end; key += KEYS) {
    long block = smaller(KEYS, end - key);
    matrix keys = rows_of(a->key, FLOAT32, a->key_rs, key, block, width, key_copy);
    matrix values = rows_of(a->value, FLOAT32, a->value_rs, key, block, value_width, value_copy);
    memset(key_sums, 0, (size_t)(block * wide) * 4);
    memset(value_sums, 0, (size_t)(block * value_wide) * 4);
    // The queries that see one of these keys.
    long from = larger(0, key - a->after - a->position), to = smaller(queries, key + block + a->before - a->position);
    for (long start = from / PANEL * PANEL; start < to; start += QUERIES) {
      long count = smaller(QUERIES, queries - start), panels = (count + PANEL - 1) / PANEL, seen[PANELS], most = 0;
      for (long p = 0; p < panels; p++) {
        long query = start + p * PANEL, lanes = smaller(PANEL, queries - query);
        span own = seen_keys(a, query, query + lanes - 1);
        seen[p] = own.first >= key + block ? 0 : larger(0, smaller(block, own.end - key));
        if (a->mask && seen[p] > 0
            && !read_mask(a, bias + p * KEYS * PANEL, query, lanes, key, seen[p], mask_rows)) seen[p] = 0;
        most = larger(most, seen[p]);
      }
      if (most == 0) continue;
      for (long j = 0; j < most; j += ROWS)
        for (long p = 0; p < panels; p++) {
          if (seen[p] <= j) continue;
          long place = j * QUERIES + p * PANEL, query = start + p * PANEL;
          tile_of(weights + place, QUERIES, keys.at + j * keys.rs, keys.rs, 1, query_panels + query * width, PANEL, width,
              true, 0, seen[p] - j);
          tile_of(slopes + place, QUERIES, values.at + j * values.rs, values.rs, 1, grad_panels + query * value_width,
              PANEL, value_width, true, 0, seen[p] - j);
        }

      for (long p = 0; p < panels; p++) {
        long query = start + p * PANEL;
        float *w = weights + p * PANEL, *s = slopes + p * PANEL;
        ckv_f32 own_level = ckv_load_f32(level + query), own_delta = ckv_load_f32(delta + query);
        const uint16_t *coins = a->coins ? a->coins + query / PANEL * a->keys + key : NULL;
        if (coins) keep(coins, s, QUERIES, a->kept, seen[p]);
        if (a->cap != 0) {
          // The slope of the limit, before w is hidden.
          limit(w, QUERIES, a->cap, seen[p]);
          float per_cap = 1 / a->cap;
          for (long j = 0; j < seen[p]; j++) {
            ckv_f32 y = ckv_load_f32(w + j * QUERIES) * per_cap;
            ckv_f32 slope = 1.0f - y * y;
            ckv_store_f32(s + j * QUERIES, (ckv_load_f32(s + j * QUERIES) - own_delta) * slope);
          }
          own_delta = 0;
        }
        if (a->mask && seen[p] > 0) add_mask(a, w, QUERIES, bias + p * KEYS * PANEL, seen[p]);
        hide_outside(a, w, QUERIES, query, key, seen[p]);
        for (long j = 0; j < seen[p]; j++) {
          ckv_f32 weight = weight_of(ckv_load_f32(w + j * QUERIES) - own_level);
          ckv_store_f32(w + j * QUERIES, weight);
          ckv_store_f32(s + j * QUERIES, weight * (ckv_load_f32(s + j * QUERIES) - own_delta));
        }
        if (coins) keep(coins, w, QUERIES, a->kept, seen[p]);
        for (long j = seen[p]; j < block; j++) {
          ckv_store_f32(w + j * QUERIES, (ckv_f32)0.0f);
          ckv_store_f32(s + j * QUERIES, (ckv_f32)0.0f);
        }
      }

      for (long j = 0; j < most; j += ROWS) {
        long tall = smaller(ROWS, most - j), low = 0, high = panels;
        while (low < high && seen[low] <= j) low++;
        while (high > low && seen[high - 1] <= j) high--;
        if (low == high) continue;
        long skipped = low * PANEL, used = smaller(count, high * PANEL) - skipped, place = j * QUERIES + skipped;
        for (long d = 0; d < value_wide; d += PANEL)
          tile_of(value_sums + j * value_wide + d, value_wide, weights + place, QUERIES, 1,
              grad_rows.at + (start + skipped) * grad_rows.rs + d, grad_rows.rs, used, false, one, tall);
        for (long d = 0; d < wide; d += PANEL)
          tile_of(key_sums + j * wide + d, wide, slopes + place, QUERIES, 1,
              query_rows.at + (start + skipped) * query_rows.rs + d, query_rows.rs, used, false, one, tall);
      }
      for (long d = 0; d < width; d += ROWS)
        for (long p = 0; p < panels; p++)
          if (seen[p] > 0)
            tile_of(dquery_panels + (start + p * PANEL) * width + d * PANEL, PANEL, keys.at + d, 1, keys.rs,
                slopes + p * PANEL, QUERIES, seen[p], false, one, width - d);
    }
    store_rows(dkey + key * width, key_sums, block, width, a->scale, add);
    store_rows(dvalue + key * value_width, value_sums, block, value_width, 1, add);
  }
  for (long i = 0; i < queries; i += PANEL)
    out_of_panel(dquery + i * width, width, dquery_panels + i * width, smaller(PANEL, queries - i), width, a->scale);
}
