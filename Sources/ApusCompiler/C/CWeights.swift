// C of products of float32 activations with weights of 8 and 4 bits, and of the rows of tables of such weights.

extension CHelper {
  /// Each after those that it uses.
  static let packedWeights = [quantizeRow, halves, packedBlock, packed, packedRow, weighted]

  /// Activations as integers.
  private static let quantizeRow = CHelper(
    name: "apus_quantize_row",
    text: """
      // Vectors of 16-bit integers, and the sums of the products of neighbours, which machines have an instruction for.
      #if defined(__AVX2__)
      #define APUS_SHORTS 16
      #else
      #define APUS_SHORTS 8
      #endif
      typedef short apus_short_lanes __attribute__((vector_size(2 * APUS_SHORTS), aligned(2), may_alias));
      typedef signed char apus_byte_lanes __attribute__((vector_size(APUS_SHORTS), aligned(1), may_alias));
      typedef unsigned char apus_code_lanes __attribute__((vector_size(APUS_SHORTS), aligned(1), may_alias));
      typedef int apus_int_lanes __attribute__((vector_size(2 * APUS_SHORTS)));
      typedef float apus_sum_lanes __attribute__((vector_size(2 * APUS_SHORTS)));
      static inline __attribute__((always_inline)) apus_int_lanes apus_pairs(apus_short_lanes a, apus_short_lanes b) {
      #if defined(__AVX2__)
        typedef short lanes __attribute__((vector_size(32)));
        return (apus_int_lanes)__builtin_ia32_pmaddwd256((lanes)a, (lanes)b);
      #elif defined(__SSE2__)
        typedef short lanes __attribute__((vector_size(16)));
        return (apus_int_lanes)__builtin_ia32_pmaddwd128((lanes)a, (lanes)b);
      #elif defined(__wasm_simd128__)
        typedef short lanes __attribute__((vector_size(16)));
        return (apus_int_lanes)__builtin_wasm_dot_s_i32x4_i16x8((lanes)a, (lanes)b);
      #else
        typedef int wide __attribute__((vector_size(32)));
        const union { wide all; apus_int_lanes half[2]; } p = {__builtin_convertvector(a, wide) * __builtin_convertvector(b, wide)};
        return p.half[0] + p.half[1];
      #endif
      }
      // Numbers as 16-bit integers, each 32 of them with a scale; also the sum of each 32 numbers. Where one is not finite, all 32 are
      // no numbers.
      static void apus_quantize_row(const float *x, long depth, short *q, float *scales, float *sums) {
        for (long g = 0; g < depth / 32; g++, x += 32, q += 32) {
          int most = 0, total = 0;
          for (int i = 0; i < 32; i++) {
            int bits;
            __builtin_memcpy(&bits, x + i, 4);
            bits &= 0x7fffffff;
            most = bits > most ? bits : most;
          }
          float size;
          __builtin_memcpy(&size, &most, 4);
          const int is_other = most >= 0x7f800000, is_small = size < 1e-34f;
          const float inverse = is_other || is_small ? 0 : 32767 / size;
          for (int i = 0; i < 32; i++) {
            // Adding 1.5 * 2^23 rounds, and leaves the integer in the low bits.
            const float shifted = (inverse == 0 ? 0 : x[i]) * inverse + 12582912.0f;
            int bits;
            __builtin_memcpy(&bits, &shifted, 4);
            bits -= 0x4b400000;
            q[i] = (short)bits;
            total += bits;
          }
          scales[g] = is_other ? __builtin_nanf("") : size / 32767;
          sums[g] = scales[g] * (float)total;
        }
      }
      """)

  /// Numbers of 16 bits.
  private static let halves = CHelper(
    name: "apus_halves",
    text: """
      // Finite float16 numbers as floats.
      static inline void apus_halves(const unsigned char *from, long n, float *to) {
        for (long i = 0; i < n; i++) {
          unsigned short half;
          __builtin_memcpy(&half, from + 2 * i, 2);
          // The exponents of floats begin 112 lower.
          const unsigned bits = (unsigned)(half & 0x7fff) << 13, sign = (unsigned)(half & 0x8000) << 16;
          float number;
          __builtin_memcpy(&number, &bits, 4);
          number *= 5192296858534827628530496329220096.0f;
          unsigned all;
          __builtin_memcpy(&all, &number, 4);
          all |= sign;
          __builtin_memcpy(to + i, &all, 4);
        }
      }
      """)

  /// Some rows of weights with some rows of activations.
  private static let packedBlock = CHelper(
    name: "apus_packed_block",
    text: """
      // Products of `rows` rows of weights, 1 to 4, with `tokens` rows of activations, 1 or 4. `factors` has the scales and offsets of the
      // rows as floats.
      static inline __attribute__((always_inline)) void apus_packed_block(
          const int form, const int tokens, long rows, long depth, const unsigned char *w, long w_step, const float *factors,
          const short *q, const float *scales, const float *sums, float *out, long out_step) {
        const long groups = depth / 32;
        const unsigned char *row[4];
        apus_sum_lanes total[4][4];
        float shift[4][4];
        for (int r = 0; r < 4; r++) {
          // The last row stands for those that are not there.
          row[r] = w + (r < rows ? r : rows - 1) * w_step + (form == 0 ? 4 : form == 1 ? 2 * groups : 4 * groups);
          for (int t = 0; t < tokens; t++) total[r][t] = (apus_sum_lanes){0}, shift[r][t] = 0;
        }
        for (long g = 0; g < groups; g++) {
          APUS_UNROLLED
          for (int r = 0; r < 4; r++) {
            apus_short_lanes v[32 / APUS_SHORTS];
            if (form == 2) {
              APUS_UNROLLED
              for (int i = 0; i < 16 / APUS_SHORTS; i++) {
                const apus_short_lanes codes =
                    __builtin_convertvector(*(const apus_code_lanes *)(row[r] + 16 * g + i * APUS_SHORTS), apus_short_lanes);
                v[i] = codes & 15;
                v[16 / APUS_SHORTS + i] = codes >> 4;
              }
            } else {
              APUS_UNROLLED
              for (int i = 0; i < 32 / APUS_SHORTS; i++) {
                v[i] = __builtin_convertvector(*(const apus_byte_lanes *)(row[r] + 32 * g + i * APUS_SHORTS), apus_short_lanes);
              }
            }
            APUS_UNROLLED
            for (int t = 0; t < tokens; t++) {
              const short *x = q + t * depth + 32 * g;
              apus_int_lanes sum = apus_pairs(v[0], *(const apus_short_lanes *)x);
              APUS_UNROLLED
              for (int i = 1; i < 32 / APUS_SHORTS; i++) sum += apus_pairs(v[i], *(const apus_short_lanes *)(x + i * APUS_SHORTS));
              const float scale = scales[t * groups + g] * (form == 0 ? 1 : factors[2 * r * groups + g]);
              total[r][t] += __builtin_convertvector(sum, apus_sum_lanes) * scale;
              if (form == 2) shift[r][t] += factors[(2 * r + 1) * groups + g] * sums[t * groups + g];
            }
          }
        }
        for (long r = 0; r < rows; r++) {
          for (int t = 0; t < tokens; t++) {
            float sum = 0;
            for (int l = 0; l < APUS_SHORTS / 2; l++) sum += total[r][t][l];
            out[t * out_step + r] = form == 0 ? sum * factors[2 * r * groups] : sum + shift[r][t];
          }
        }
      }
      """)

  /// A product with packed weights.
  private static let packed = CHelper(
    name: "apus_packed",
    text: """
      // out[tokens][rows] = activations as apus_quantize_row makes them, times rows of packed weights: form 0 has 8 bits and a scale for each
      // row, 1 has 8 bits and a scale for 32 numbers, 2 has 4 bits, a scale and an offset. `factors` has room for
      // depth / 4 floats, in whole multiples of 16, for each thread.
      static inline __attribute__((always_inline)) void apus_packed_rows(
          const int form, long tokens, long rows, long depth, const unsigned char *w, long w_step, const short *q,
          const float *scales, const float *sums, float *out, long out_step, float *factors) {
        const long groups = depth / 32;
        for (long j = 0; j < rows; j += 4) {
          const unsigned char *part = w + j * w_step;
          const long n = rows - j < 4 ? rows - j : 4;
          for (long r = 0; r < n; r++) {
            if (form == 0) {
              __builtin_memcpy(factors + 2 * r * groups, part + r * w_step, 4);
            } else {
              apus_halves(part + r * w_step, (form == 2 ? 2 : 1) * groups, factors + 2 * r * groups);
            }
          }
          for (long r = n; r < 4; r++) for (long i = 0; i < 2 * groups; i++) factors[2 * r * groups + i] = 0;
          long t = 0;
          for (; t + 4 <= tokens; t += 4) {
            apus_packed_block(form, 4, n, depth, part, w_step, factors, q + t * depth, scales + t * groups, sums + t * groups,
                out + t * out_step + j, out_step);
          }
          for (; t < tokens; t++) {
            apus_packed_block(form, 1, n, depth, part, w_step, factors, q + t * depth, scales + t * groups, sums + t * groups,
                out + t * out_step + j, out_step);
          }
        }
      }
      typedef struct {
        int form, parts;
        long tokens, rows, depth;
        const unsigned char *w;
        long w_step;
        const short *q;
        const float *scales, *sums;
        float *out, *factors;
      } apus_packed_task;
      static void apus_packed_part(void *argument, int part) {
        const apus_packed_task *s = (const apus_packed_task *)argument;
        const long fours = (s->rows + 3) / 4, first = fours * part / s->parts * 4, end = fours * (part + 1) / s->parts * 4;
        const long rows = (end < s->rows ? end : s->rows) - first, room = (s->depth / 4 + 15) / 16 * 16;
        const unsigned char *w = s->w + first * s->w_step;
        float *out = s->out + first, *factors = s->factors + part * room;
        if (s->form == 0) {
          apus_packed_rows(0, s->tokens, rows, s->depth, w, s->w_step, s->q, s->scales, s->sums, out, s->rows, factors);
        }
        if (s->form == 1) {
          apus_packed_rows(1, s->tokens, rows, s->depth, w, s->w_step, s->q, s->scales, s->sums, out, s->rows, factors);
        }
        if (s->form == 2) {
          apus_packed_rows(2, s->tokens, rows, s->depth, w, s->w_step, s->q, s->scales, s->sums, out, s->rows, factors);
        }
      }
      static void apus_packed(
          const apus_team *team, int form, long tokens, long rows, long depth, const unsigned char *w, long w_step, const short *q,
          const float *scales, const float *sums, float *out, float *factors) {
        const int parts = apus_parts(team, (rows + 3) / 4, 4 * tokens * depth);
        apus_packed_task task = {form, parts, tokens, rows, depth, w, w_step, q, scales, sums, out, factors};
        apus_together(team, parts, apus_packed_part, &task);
      }
      """)

  /// A row of a table.
  private static let packedRow = CHelper(
    name: "apus_packed_row",
    text: """
      // The numbers of a row of packed weights, which lies in one of the forms of apus_packed.
      static void apus_packed_row(int form, long width, const unsigned char *w, float *out) {
        const long groups = width / 32;
        const unsigned char *codes = w + (form == 0 ? 4 : form == 1 ? 2 * groups : 4 * groups);
        for (long g = 0; g < groups; g++) {
          float factor[2] = {0, 0};
          if (form == 0) __builtin_memcpy(factor, w, 4); else apus_halves(w + 2 * g, 1, factor);
          if (form == 2) {
            apus_halves(w + 2 * (groups + g), 1, factor + 1);
            for (long i = 0; i < 16; i++) {
              out[32 * g + i] = factor[0] * (float)(codes[16 * g + i] & 15) + factor[1];
              out[32 * g + 16 + i] = factor[0] * (float)(codes[16 * g + i] >> 4) + factor[1];
            }
          } else {
            for (long i = 0; i < 32; i++) out[32 * g + i] = factor[0] * (float)(signed char)codes[32 * g + i];
          }
        }
      }
      """)

  /// A weighted sum of rows.
  private static let weighted = CHelper(
    name: "apus_weighted",
    text: """
      // y[width] = the sum of the rows of x[rows][width], each times its share.
      static void apus_weighted(long rows, long width, const float *shares, const float *x, float *y) {
        for (long j = 0; j < width; j++) y[j] = 0;
        for (long i = 0; i < rows; i += 4) {
          const float *row[4];
          float share[4];
          for (long r = 0; r < 4; r++) {
            row[r] = x + (i + r < rows ? i + r : i) * width;
            share[r] = i + r < rows ? shares[i + r] : 0;
          }
          for (long j = 0; j < width; j++) {
            y[j] += (share[0] * row[0][j] + share[1] * row[1][j]) + (share[2] * row[2][j] + share[3] * row[3][j]);
          }
        }
      }
      """)
}
