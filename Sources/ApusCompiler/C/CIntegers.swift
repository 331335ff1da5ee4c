// C of products and convolutions of integers of 8 bits with sums of 32: the instructions of the machine where it has any for them, in
// one order of weights for all machines.

extension CHelper {
  /// Each after those that it uses.
  static let integers = [
    dotProducts, integerLayer, rounding, integerSums, finish, integerRows, integerWindows, integerConvolve,
    integerDepthwise, integerProduct, rangeOfNumbers, quantizeNumbers, integerMaxPool,
  ]

  /// Four products of bytes added to each of some sums.
  private static let dotProducts = CHelper(
    name: "APUS_INTS",
    text: """
      // Sums of 32 bits, APUS_INTS of them in a register, and apus_dot, which adds to each the products of four bytes of x, the same for all
      // or of its own, and four of w. Where only signed bytes are multiplied, x counts from -128 on: APUS_BYTE_SHIFT says by how much less.
      #if (defined(__AVX512VNNI__) && defined(__AVX512VL__)) || defined(__AVX2__)
      #include <immintrin.h>
      #elif defined(__SSE2__)
      #include <emmintrin.h>
      #elif defined(__aarch64__) && !defined(__ARM_BIG_ENDIAN)
      #include <arm_neon.h>
      #endif
      #if !defined(APUS_UNROLLED) && defined(__clang__)
      #define APUS_UNROLLED _Pragma("clang loop unroll(full)")
      #elif !defined(APUS_UNROLLED)
      #define APUS_UNROLLED _Pragma("GCC unroll 16")
      #endif
      #define APUS_INLINE static inline __attribute__((always_inline))
      #define APUS_BYTE_SHIFT 0
      APUS_INLINE unsigned apus_word(const void *p) {
        unsigned v;
        __builtin_memcpy(&v, p, 4);
        return v;
      }
      #if defined(__AVX512VNNI__) && defined(__AVX512VL__)
      #define APUS_INTS 16
      #define APUS_INT_ROWS 8
      typedef __m512i apus_ints;
      typedef __m128i apus_few_ints;
      APUS_INLINE apus_ints apus_same(unsigned x) { return _mm512_set1_epi32((int)x); }
      APUS_INLINE apus_ints apus_load(const void *p) { return _mm512_loadu_si512(p); }
      APUS_INLINE void apus_store(int *p, apus_ints v) { _mm512_storeu_si512(p, v); }
      APUS_INLINE apus_ints apus_dot(apus_ints sum, apus_ints x, apus_ints w) { return _mm512_dpbusd_epi32(sum, x, w); }
      APUS_INLINE apus_few_ints apus_few_dot(apus_few_ints sum, apus_few_ints x, apus_few_ints w) {
        return _mm_dpbusd_epi32(sum, x, w);
      }
      #elif defined(__AVX2__)
      #define APUS_INTS 8
      #define APUS_INT_ROWS 4
      typedef __m256i apus_ints;
      typedef __m128i apus_few_ints;
      APUS_INLINE apus_ints apus_same(unsigned x) { return _mm256_set1_epi32((int)x); }
      APUS_INLINE apus_ints apus_load(const void *p) { return _mm256_loadu_si256((const __m256i *)p); }
      APUS_INLINE void apus_store(int *p, apus_ints v) { _mm256_storeu_si256((__m256i *)p, v); }
      #if defined(__AVXVNNI__)
      APUS_INLINE apus_ints apus_dot(apus_ints sum, apus_ints x, apus_ints w) { return _mm256_dpbusd_avx_epi32(sum, x, w); }
      APUS_INLINE apus_few_ints apus_few_dot(apus_few_ints sum, apus_few_ints x, apus_few_ints w) {
        return _mm_dpbusd_avx_epi32(sum, x, w);
      }
      #else
      // Products of pairs: the even bytes, then the odd ones.
      APUS_INLINE apus_ints apus_dot(apus_ints sum, apus_ints x, apus_ints w) {
        const apus_ints even = _mm256_madd_epi16(
            _mm256_and_si256(x, _mm256_set1_epi16(255)), _mm256_srai_epi16(_mm256_slli_epi16(w, 8), 8));
        const apus_ints odd = _mm256_madd_epi16(_mm256_srli_epi16(x, 8), _mm256_srai_epi16(w, 8));
        return _mm256_add_epi32(sum, _mm256_add_epi32(even, odd));
      }
      #define APUS_PAIRS_OF_BYTES
      #endif
      #elif defined(__SSE2__)
      #define APUS_INTS 4
      #define APUS_INT_ROWS 2
      typedef __m128i apus_ints;
      #define APUS_PAIRS_OF_BYTES
      #elif defined(__aarch64__) && !defined(__ARM_BIG_ENDIAN)
      #undef APUS_BYTE_SHIFT
      #define APUS_BYTE_SHIFT 128
      #define APUS_INTS 4
      #define APUS_INT_ROWS 4
      typedef int32x4_t apus_ints;
      typedef int32x4_t apus_few_ints;
      APUS_INLINE apus_ints apus_same(unsigned x) { return vreinterpretq_s32_u32(vdupq_n_u32(x ^ 0x80808080u)); }
      APUS_INLINE apus_ints apus_load(const void *p) { return vreinterpretq_s32_s8(vld1q_s8((const signed char *)p)); }
      APUS_INLINE void apus_store(int *p, apus_ints v) { vst1q_s32(p, v); }
      APUS_INLINE apus_ints apus_dot(apus_ints sum, apus_ints x, apus_ints w) {
        const int8x16_t a = vreinterpretq_s8_s32(x), b = vreinterpretq_s8_s32(w);
      #if defined(__ARM_FEATURE_DOTPROD)
        return vdotq_s32(sum, a, b);
      #else
        const int32x4_t low = vpaddlq_s16(vmull_s8(vget_low_s8(a), vget_low_s8(b)));
        return vaddq_s32(sum, vpaddq_s32(low, vpaddlq_s16(vmull_high_s8(a, b))));
      #endif
      }
      APUS_INLINE apus_few_ints apus_few_dot(apus_few_ints sum, apus_few_ints x, apus_few_ints w) {
        return apus_dot(sum, veorq_s32(x, vdupq_n_s32((int)0x80808080u)), w);
      }
      #elif defined(__wasm_simd128__)
      #define APUS_INTS 4
      #define APUS_INT_ROWS 2
      typedef int apus_ints __attribute__((vector_size(16), aligned(1), may_alias));
      typedef apus_ints apus_few_ints;
      typedef short apus_shorts __attribute__((vector_size(16)));
      typedef unsigned short apus_unsigned_shorts __attribute__((vector_size(16)));
      APUS_INLINE apus_ints apus_same(unsigned x) { return (apus_ints){(int)x, (int)x, (int)x, (int)x}; }
      APUS_INLINE apus_ints apus_load(const void *p) { return *(const apus_ints *)p; }
      APUS_INLINE void apus_store(int *p, apus_ints v) { *(apus_ints *)p = v; }
      APUS_INLINE apus_ints apus_dot(apus_ints sum, apus_ints x, apus_ints w) {
        const apus_shorts even = (apus_shorts)((apus_unsigned_shorts)x & 255), odd = (apus_shorts)((apus_unsigned_shorts)x >> 8);
        const apus_shorts low = (apus_shorts)((apus_unsigned_shorts)w << 8) >> 8, high = (apus_shorts)w >> 8;
        return sum + (apus_ints)__builtin_wasm_dot_s_i32x4_i16x8(even, low) + (apus_ints)__builtin_wasm_dot_s_i32x4_i16x8(odd, high);
      }
      APUS_INLINE apus_few_ints apus_few_dot(apus_few_ints sum, apus_few_ints x, apus_few_ints w) { return apus_dot(sum, x, w); }
      #else
      // Two rows by two columns at a time, each sum by itself.
      #define APUS_INTS 1
      #define APUS_INT_ROWS 2
      APUS_INLINE int apus_dot(int sum, unsigned x, unsigned w) {
      #if defined(__ARM_FEATURE_SIMD32) && !defined(__aarch64__)
        sum = __builtin_arm_smlad(__builtin_arm_uxtb16((int)x), __builtin_arm_sxtb16((int)w), sum);
        return __builtin_arm_smlad(
            __builtin_arm_uxtb16((int)(x >> 8 | x << 24)), __builtin_arm_sxtb16((int)(w >> 8 | w << 24)), sum);
      #else
        sum += (int)(x & 255) * (signed char)(w & 255) + (int)(x >> 8 & 255) * (signed char)(w >> 8 & 255);
        return sum + (int)(x >> 16 & 255) * (signed char)(w >> 16 & 255) + (int)(x >> 24) * (signed char)(w >> 24);
      #endif
      }
      #endif
      #if defined(APUS_PAIRS_OF_BYTES)
      APUS_INLINE __m128i apus_few_dot(__m128i sum, __m128i x, __m128i w) {
        const __m128i even = _mm_madd_epi16(
            _mm_and_si128(x, _mm_set1_epi16(255)), _mm_srai_epi16(_mm_slli_epi16(w, 8), 8));
        const __m128i odd = _mm_madd_epi16(_mm_srli_epi16(x, 8), _mm_srai_epi16(w, 8));
        return _mm_add_epi32(sum, _mm_add_epi32(even, odd));
      }
      #if APUS_INTS == 4
      typedef __m128i apus_few_ints;
      APUS_INLINE apus_ints apus_same(unsigned x) { return _mm_set1_epi32((int)x); }
      APUS_INLINE apus_ints apus_load(const void *p) { return _mm_loadu_si128((const __m128i *)p); }
      APUS_INLINE void apus_store(int *p, apus_ints v) { _mm_storeu_si128((__m128i *)p, v); }
      APUS_INLINE apus_ints apus_dot(apus_ints sum, apus_ints x, apus_ints w) { return apus_few_dot(sum, x, w); }
      #else
      typedef __m128i apus_few_ints;
      #endif
      #endif
      #if defined(__SSE2__)
      APUS_INLINE apus_few_ints apus_few_same(unsigned x) { return _mm_set1_epi32((int)x); }
      APUS_INLINE apus_few_ints apus_few_load(const void *p) { return _mm_loadu_si128((const __m128i *)p); }
      APUS_INLINE void apus_few_store(int *p, apus_few_ints v) { _mm_storeu_si128((__m128i *)p, v); }
      #elif APUS_INTS > 1
      APUS_INLINE apus_few_ints apus_few_load(const void *p) { return apus_load(p); }
      APUS_INLINE void apus_few_store(int *p, apus_few_ints v) { apus_store(p, v); }
      #if defined(__aarch64__)
      APUS_INLINE apus_few_ints apus_few_same(unsigned x) { return vreinterpretq_s32_u32(vdupq_n_u32(x)); }
      #else
      APUS_INLINE apus_few_ints apus_few_same(unsigned x) { return apus_same(x); }
      #endif
      #endif
      """)

  /// What a product of integers is told.
  private static let integerLayer = CHelper(
    name: "apus_int_layer",
    text: """
      // A product of integers: result = sum of x w, times factor, plus offset, for each channel; where it becomes an integer again, cut to the
      // range from low to high. Weights of 16 channels lie together, those of the rest by four: [channels / 16][depth / 4][16][4].
      typedef struct {
        const signed char *weight;   // of `groups` groups, one behind the other
        const float *factor, *offset;
        const int *totals;           // of each channel's weights: what the zero point of x is multiplied by
        int zero, flip;              // the zero point of x as unsigned bytes, and what signed ones are changed by to be such: 128, or 0
        int is_dynamic;              // 1: factors are multiplied by scale
        float scale;
        int makes_bytes, relu;       // whether results are bytes; floats can be cut at 0
        float low, high;
        const unsigned char *former; // NULL, or bytes that are added, as they stand, times former_factor
        int former_is_signed;
        float former_factor;
      } apus_int_layer;
      """)

  /// Sums of integers as integers of 8 bits.
  private static let rounding = CHelper(
    name: "apus_fixed",
    text: """
      // Whether results are scaled by integers: where numbers with a point are computed by programs. Define APUS_INTEGER_SCALES to choose it.
      #if !defined(APUS_INTEGER_SCALES) && (defined(__SOFTFP__) || (defined(__riscv) && !defined(__riscv_flen)))
      #define APUS_INTEGER_SCALES
      #endif
      // n f in steps of 2^-24, rounded down, and at most 2^60 of them.
      static inline long long apus_fixed(int n, float f) {
        unsigned bits;
        __builtin_memcpy(&bits, &f, 4);
        const int shift = (int)(bits >> 23 & 255) - 126;
        const long long size = (long long)n * (int)((bits & 0x7fffff) | 0x800000);
        const long long product = bits >> 31 ? -size : size;
        if (shift < 0) return shift < -62 ? 0 : product >> -shift;
        const long long most = 1LL << (shift < 60 ? 60 - shift : 0);
        if (size >= most || size <= -most) return product < 0 ? -(1LL << 60) : 1LL << 60;
        return product * (1LL << shift);
      }
      """)

  /// Sums of products of bytes.
  private static let integerSums = CHelper(
    name: "apus_int_sums",
    text: """
      // sums[row][32] = rows of a, of `depth` bytes each, times weights of 4, 16 or 32 channels.
      #if APUS_INTS > 1
      static inline __attribute__((always_inline)) void apus_int_block(
          const int rows, const int parts, long apart, long depth, const unsigned char *a, long step, const signed char *w,
          int *sums) {
        apus_ints acc[APUS_INT_ROWS][2];
        APUS_UNROLLED
        for (int r = 0; r < rows; r++) {
          APUS_UNROLLED
          for (int v = 0; v < parts; v++) acc[r][v] = (apus_ints){0};
        }
        for (long k = 0; k < depth; k += 4, w += 64) {
          apus_ints y[2];
          APUS_UNROLLED
          for (int v = 0; v < parts; v++) y[v] = apus_load(w + v * apart);
          APUS_UNROLLED
          for (int r = 0; r < rows; r++) {
            const apus_ints x = apus_same(apus_word(a + r * step + k));
            APUS_UNROLLED
            for (int v = 0; v < parts; v++) acc[r][v] = apus_dot(acc[r][v], x, y[v]);
          }
        }
        APUS_UNROLLED
        for (int r = 0; r < rows; r++) {
          APUS_UNROLLED
          for (int v = 0; v < parts; v++) apus_store(sums + 32 * r + APUS_INTS * v, acc[r][v]);
        }
      }
      static inline __attribute__((always_inline)) void apus_int_few(
          const int rows, long depth, const unsigned char *a, long step, const signed char *w, int *sums) {
        apus_few_ints acc[APUS_INT_ROWS];
        APUS_UNROLLED
        for (int r = 0; r < rows; r++) acc[r] = (apus_few_ints){0};
        for (long k = 0; k < depth; k += 4, w += 16) {
          const apus_few_ints y = apus_few_load(w);
          APUS_UNROLLED
          for (int r = 0; r < rows; r++) acc[r] = apus_few_dot(acc[r], apus_few_same(apus_word(a + r * step + k)), y);
        }
        APUS_UNROLLED
        for (int r = 0; r < rows; r++) apus_few_store(sums + 32 * r, acc[r]);
      }
      static inline void apus_int_sums(
          long rows, int lanes, long depth, const unsigned char *a, long step, const signed char *w, int *sums) {
        const int whole = rows == APUS_INT_ROWS;
        for (long r = 0; r < rows; r += whole ? rows : 1, a += step, sums += 32) {
          if (lanes == 4) {
            if (whole) apus_int_few(APUS_INT_ROWS, depth, a, step, w, sums);
            else apus_int_few(1, depth, a, step, w, sums);
          } else {
            const long apart = APUS_INTS == 16 ? 16 * depth : 4 * APUS_INTS;
            for (int lane = 0; lane < lanes; lane += 2 * APUS_INTS) {
              if (lanes == APUS_INTS) {
                if (whole) apus_int_block(APUS_INT_ROWS, 1, apart, depth, a, step, w, sums);
                else apus_int_block(1, 1, apart, depth, a, step, w, sums);
              } else if (whole) {
                apus_int_block(APUS_INT_ROWS, 2, apart, depth, a, step, w + 4 * lane, sums + lane);
              } else {
                apus_int_block(1, 2, apart, depth, a, step, w + 4 * lane, sums + lane);
              }
            }
          }
        }
      }
      #else
      // By itself, so that what the loop needs stays in registers.
      static __attribute__((noinline)) void apus_int_sums(
          long rows, int lanes, long depth, const unsigned char *a, long step, const signed char *w, int *sums) {
        const long other = rows > 1 ? step : 0;
        for (int lane = 0; lane < lanes; lane += 2) {
          const signed char *p = w + 4 * lane;
          int s0 = 0, s1 = 0, s2 = 0, s3 = 0;
          for (const unsigned char *x = a, *end = a + depth; x < end; x += 4, p += 4 * lanes) {
            const unsigned x0 = apus_word(x), x1 = apus_word(x + other), w0 = apus_word(p), w1 = apus_word(p + 4);
            s0 = apus_dot(s0, x0, w0), s1 = apus_dot(s1, x0, w1), s2 = apus_dot(s2, x1, w0), s3 = apus_dot(s3, x1, w1);
          }
          sums[lane] = s0, sums[lane + 1] = s1;
          if (rows > 1) sums[32 + lane] = s2, sums[33 + lane] = s3;
        }
      }
      #endif
      """)

  /// What becomes of sums.
  private static let finish = CHelper(
    name: "apus_int_finish",
    text: """
      // Results of n channels from their sums, `step` elements apart, for rows whose sums lie 32 apart and whose results row_step.
      static inline __attribute__((always_inline)) void apus_int_results(
          const apus_int_layer *l, long channel, const long n, long rows, const int *sums, const unsigned char *former, void *y,
          long row_step, long step) {
        const float *factor = l->factor + channel, *offset = l->offset + channel;
        const int *totals = l->totals + channel, shift = APUS_BYTE_SHIFT - l->zero;
        const long next = l->makes_bytes ? row_step : 4 * row_step;
      #if defined(APUS_INTEGER_SCALES)
        if (l->makes_bytes && !l->is_dynamic) {
          // low and high are bytes: their bits say so without arithmetic on numbers with a point.
          const long long low = apus_fixed(1, l->low), high = apus_fixed(1, l->high);
          for (; rows > 0; rows--, sums += 32, former += former ? row_step : 0, y = (unsigned char *)y + next) {
            for (long j = 0; j < n; j++) {
              long long v = apus_fixed(sums[j] + shift * totals[j], factor[j]) + apus_fixed(1, offset[j]);
              if (former) v += apus_fixed(l->former_is_signed ? (signed char)former[j] : former[j], l->former_factor);
              v = v > low ? v : low;
              v = v < high ? v : high;
              ((unsigned char *)y)[j] = (unsigned char)((v + 0x7fffff + (v >> 24 & 1)) >> 24);
            }
          }
          return;
        }
      #endif
        const float scale = l->is_dynamic ? l->scale : 1, low = l->low, high = l->high, former_factor = l->former_factor;
        for (; rows > 0; rows--, sums += 32, former += former ? row_step : 0, y = (unsigned char *)y + next) {
          float v[16];
          for (long j = 0; j < n; j++) v[j] = (float)(sums[j] + shift * totals[j]) * (factor[j] * scale) + offset[j];
          if (former && l->former_is_signed) {
            for (long j = 0; j < n; j++) v[j] += (float)(signed char)former[j] * former_factor;
          } else if (former) {
            for (long j = 0; j < n; j++) v[j] += (float)former[j] * former_factor;
          }
          if (l->makes_bytes) {
            for (long j = 0; j < n; j++) {
              float value = v[j];
              value = value > low ? value : low;
              value = value < high ? value : high;
              // The nearest integer, halves to even ones, in the low bits.
              value += 12582912.0f;
              int bits;
              __builtin_memcpy(&bits, &value, 4);
              ((unsigned char *)y)[j] = (unsigned char)bits;
            }
          } else {
            for (long j = 0; j < n; j++) ((float *)y)[j * step] = l->relu && v[j] < 0 ? 0 : v[j];
          }
        }
      }
      static void apus_int_finish(
          const apus_int_layer *l, long channel, long n, long rows, const int *sums, const unsigned char *former, void *y,
          long row_step, long step) {
      #if APUS_INTS > 1
        if (n == 16) {
          if (step == 1) apus_int_results(l, channel, 16, rows, sums, former, y, row_step, 1);
          else apus_int_results(l, channel, 16, rows, sums, former, y, row_step, step);
          return;
        }
      #endif
        apus_int_results(l, channel, n, rows, sums, former, y, row_step, step);
      }
      """)

  /// Rows of products of integers.
  private static let integerRows = CHelper(
    name: "apus_int_rows",
    text: """
      // Results of `channels` channels from `first` on for rows of bytes; they lie row_step and step elements apart.
      static void apus_int_rows(
          const apus_int_layer *l, long first, long channels, long rows, long depth, const unsigned char *a, long a_step,
          const signed char *w, const unsigned char *former, void *y, long row_step, long step) {
        const long size = l->makes_bytes ? 1 : 4;
        for (long c = 0; c < channels;) {
          const long left = channels - c;
          const int lanes = left >= 32 && APUS_INTS == 16 ? 32 : left >= 16 ? 16 : 4;
          for (long r = 0; r < rows; r += APUS_INT_ROWS) {
            const long n = rows - r < APUS_INT_ROWS ? rows - r : APUS_INT_ROWS;
            int sums[32 * APUS_INT_ROWS];
            apus_int_sums(n, lanes, depth, a + r * a_step, a_step, w, sums);
      #if APUS_INTS > 1
            // Where results of a channel lie one behind the other, they are turned.
            float some[32 * APUS_INT_ROWS];
            const int turns = !l->makes_bytes && row_step == 1 && lanes >= 16;
      #endif
            for (int lane = 0; lane < lanes && c + lane < channels; lane += 16) {
              const long channel = first + c + lane, place = r * row_step + channel * step, rest = channels - c - lane;
              const long count = lanes < 16 ? lanes : 16;
              const unsigned char *before = former ? former + r * row_step + channel : 0;
      #if APUS_INTS > 1
              if (turns) {
                apus_int_finish(l, channel, 16, n, sums + lane, before, some + lane, 32, 1);
                continue;
              }
      #endif
              apus_int_finish(l, channel, rest < count ? rest : count, n, sums + lane, before, (unsigned char *)y + place * size,
                  row_step, step);
            }
      #if APUS_INTS > 1
            if (turns) apus_turn(n, lanes, some, 32, (float *)y + r + (first + c) * step, step);
      #endif
          }
          w += lanes * depth;
          c += lanes;
        }
      }
      """)

  /// Windows of images of bytes.
  private static let integerWindows = CHelper(
    name: "apus_int_windows",
    text: """
      // What the windows of `count` results from `first` on see of an image [h][w][channels of all groups], as rows of `depth` bytes.
      static void apus_int_windows(
          const apus_conv *s, const apus_int_layer *l, const unsigned char *x, long channels, long first, long count, long depth,
          unsigned char *to) {
        const int outside = l->zero ^ l->flip;
        for (long p = first; p < first + count; p++) {
          const long top = p / s->ow * s->sh - s->ph, left = p % s->ow * s->sw - s->pw;
          unsigned char *row = to;
          for (long ky = 0; ky < s->kh; ky++, row += s->kw * channels) {
            const long line = top + ky * s->dh;
            if (line < 0 || line >= s->h) {
              __builtin_memset(row, outside, s->kw * channels);
            } else if (s->dw == 1 && channels == s->channels) {
              const long before = left < 0 ? -left < s->kw ? -left : s->kw : 0;
              const long room = s->w - left < s->kw ? s->w - left : s->kw, end = room > before ? room : before;
              __builtin_memset(row, outside, before * channels);
              __builtin_memcpy(row + before * channels, x + (line * s->w + left + before) * channels, (end - before) * channels);
              __builtin_memset(row + end * channels, outside, (s->kw - end) * channels);
            } else {
              for (long kx = 0; kx < s->kw; kx++) {
                const long column = left + kx * s->dw;
                if (column < 0 || column >= s->w) __builtin_memset(row + kx * channels, outside, channels);
                else __builtin_memcpy(row + kx * channels, x + (line * s->w + column) * s->channels, channels);
              }
            }
          }
          if (l->flip) for (unsigned char *byte = to; byte < row; byte++) *byte ^= l->flip;
          to += depth;
          while (row < to) *row++ = 0;
        }
      }
      """)

  /// Convolutions of bytes.
  private static let integerConvolve = CHelper(
    name: "apus_int_convolve",
    text: """
      // A convolution of images [h][w][channels] of bytes: some windows at a time as rows of a product. Results are bytes in the same
      // order, or floats [filters][oh][ow]. Each part of the work has `count` rows of panels.
      typedef struct {
        const apus_conv *s;
        const apus_int_layer *l;
        const unsigned char *x;
        void *y;
        unsigned char *panels;
        long count;
        int parts;
      } apus_int_convolution;
      static void apus_int_convolve_part(void *argument, int part) {
        const apus_int_convolution *work = (const apus_int_convolution *)argument;
        const apus_conv *s = work->s;
        const apus_int_layer *l = work->l;
        const long channels = s->channels / s->groups, filters = s->filters / s->groups, results = s->oh * s->ow;
        const long depth = (channels * s->kh * s->kw + 3) / 4 * 4, blocks = (results + work->count - 1) / work->count;
        const long units = s->batch * s->groups * blocks, bytes = (filters + 3) / 4 * 4 * depth;
        const int is_direct = s->kh * s->kw * s->sh * s->sw == 1 && !(s->ph | s->pw) && channels % 4 == 0 && !l->flip;
        unsigned char *panel = work->panels + part * (work->count * depth);
        for (long unit = units * part / work->parts; unit < units * (part + 1) / work->parts; unit++) {
          const long first = unit % blocks * work->count, g = unit / blocks % s->groups, image = unit / blocks / s->groups;
          const long count = results - first < work->count ? results - first : work->count;
          const unsigned char *x = work->x + image * s->h * s->w * s->channels + g * channels, *a = panel;
          if (is_direct) a = x + first * s->channels;
          else apus_int_windows(s, l, x, channels, first, count, depth, panel);
          const long place = image * results * s->filters + first * (l->makes_bytes ? s->filters : 1);
          apus_int_rows(l, g * filters, filters, count, depth, a, is_direct ? s->channels : depth, l->weight + g * bytes,
              l->former ? l->former + place : 0, (unsigned char *)work->y + place * (l->makes_bytes ? 1 : 4),
              l->makes_bytes ? s->filters : 1, l->makes_bytes ? 1 : results);
        }
      }
      static void apus_int_convolve(
          const apus_team *team, const apus_conv *s, const apus_int_layer *l, const unsigned char *x, void *y,
          unsigned char *panels, long count) {
        const long blocks = (s->oh * s->ow + count - 1) / count, units = s->batch * s->groups * blocks;
        const int parts = apus_parts(team, units, s->filters / s->groups * s->channels / s->groups * s->kh * s->kw * count / 4);
        apus_int_convolution work = {s, l, x, y, panels, count, parts};
        apus_together(team, parts, apus_int_convolve_part, &work);
      }
      """)

  /// Convolutions of single channels of bytes.
  private static let integerDepthwise = CHelper(
    name: "apus_int_depthwise",
    text: """
      // A convolution of which every filter sees one channel, of at most 64 elements. `outside` has room for a pixel.
      #if defined(__has_builtin)
      #if __has_builtin(__builtin_shufflevector) && APUS_INTS > 1
      #define APUS_INTERLEAVES
      typedef unsigned char apus_bytes __attribute__((vector_size(16), aligned(1), may_alias));
      typedef unsigned short apus_byte_pairs __attribute__((vector_size(16), may_alias));
      static inline __attribute__((always_inline)) void apus_few_taps(
          apus_few_ints *sums, const unsigned char *const *tap, long c, unsigned flip, const signed char *w) {
        const apus_bytes t0 = *(const apus_bytes *)(tap[0] + c), t1 = *(const apus_bytes *)(tap[1] + c);
        const apus_bytes t2 = *(const apus_bytes *)(tap[2] + c), t3 = *(const apus_bytes *)(tap[3] + c);
        const apus_byte_pairs a = (apus_byte_pairs)__builtin_shufflevector(t0, t1, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
        const apus_byte_pairs b = (apus_byte_pairs)__builtin_shufflevector(t2, t3, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
        const apus_byte_pairs d = (apus_byte_pairs)__builtin_shufflevector(t0, t1, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
        const apus_byte_pairs e = (apus_byte_pairs)__builtin_shufflevector(t2, t3, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
        const apus_few_ints change = apus_few_same(flip * 0x01010101u);
        apus_few_ints x[4] = {
            (apus_few_ints)__builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11),
            (apus_few_ints)__builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15),
            (apus_few_ints)__builtin_shufflevector(d, e, 0, 8, 1, 9, 2, 10, 3, 11),
            (apus_few_ints)__builtin_shufflevector(d, e, 4, 12, 5, 13, 6, 14, 7, 15)};
        APUS_UNROLLED
        for (int i = 0; i < 4; i++) sums[i] = apus_few_dot(sums[i], x[i] ^ change, apus_few_load(w + 16 * i));
      }
      #endif
      #endif
      // Pixels that are computed side by side.
      #if APUS_INTS > 1
      #define APUS_INT_PIXELS 8
      #else
      #define APUS_INT_PIXELS 1
      #endif
      typedef struct {
        const apus_conv *s;
        const apus_int_layer *l;
        const unsigned char *x, *outside;
        void *y;
        int parts;
      } apus_int_depthwise_work;
      static void apus_int_depthwise_part(void *argument, int part) {
        const apus_int_depthwise_work *work = (const apus_int_depthwise_work *)argument;
        const apus_conv *s = work->s;
        const apus_int_layer *l = work->l;
        const long channels = s->channels, taps = s->kh * s->kw, depth = (taps + 3) / 4 * 4, results = s->oh * s->ow;
        const long rows = s->batch * s->oh;
        const unsigned char *taps_of[APUS_INT_PIXELS][64];
        const long last = rows * (part + 1) / work->parts * s->ow;
        for (long p = rows * part / work->parts * s->ow, pixels; p < last; p += pixels) {
          const long image = p / results, place = p % results;
          pixels = last - p < results - place ? last - p : results - place;
          pixels = pixels < APUS_INT_PIXELS ? pixels : APUS_INT_PIXELS;
          for (long i = 0; i < pixels; i++) {
            const unsigned char **tap = taps_of[i];
            const long top = (place + i) / s->ow * s->sh - s->ph, left = (place + i) % s->ow * s->sw - s->pw;
            for (long ky = 0, t = 0; ky < s->kh; ky++) {
              const long line = top + ky * s->dh;
              for (long kx = 0; kx < s->kw; kx++, t++) {
                const long column = left + kx * s->dw;
                const int is_inside = line >= 0 && line < s->h && column >= 0 && column < s->w;
                tap[t] = is_inside ? work->x + ((image * s->h + line) * s->w + column) * channels : work->outside;
              }
            }
            for (long t = taps; t < depth; t++) tap[t] = work->outside;
          }
          const signed char *w = l->weight;
          for (long c = 0; c < channels;) {
            const int lanes = channels - c >= 16 ? 16 : 4;
            const long n = channels - c < lanes ? channels - c : lanes, floats = (image * channels + c) * results + place;
            int sums_of[APUS_INT_PIXELS][32];
            for (long i = 0; i < pixels; i++) {
              const unsigned char *const *tap = taps_of[i];
              int *sums = sums_of[i];
      #if defined(APUS_INTERLEAVES)
              if (lanes == 16) {
                apus_few_ints acc[4] = {{0}, {0}, {0}, {0}};
                for (long t = 0; t < depth; t += 4) apus_few_taps(acc, tap + t, c, (unsigned)l->flip, w + 16 * t);
                APUS_UNROLLED
                for (int v = 0; v < 4; v++) apus_few_store(sums + 4 * v, acc[v]);
              } else
      #endif
              {
                for (long j = 0; j < n; j++) sums[j] = 0;
                for (long t = 0; t < taps; t++) {
                  const unsigned char *x = tap[t] + c;
                  const signed char *own = w + t / 4 * 4 * lanes + t % 4;
                  for (long j = 0; j < n; j++) sums[j] += ((x[j] ^ l->flip) - APUS_BYTE_SHIFT) * own[4 * j];
                }
              }
            }
            const long bytes = p * channels + c;
            const unsigned char *former = l->former ? l->former + bytes : 0;
      #if APUS_INT_PIXELS > 1
            // Floats of a channel lie one behind the other: they are turned.
            if (!l->makes_bytes && lanes == 16) {
              float some[APUS_INT_PIXELS][16];
              apus_int_finish(l, c, 16, pixels, sums_of[0], former, some, 16, 1);
              apus_turn(pixels, 16, some[0], 16, (float *)work->y + floats, results);
            } else
      #endif
            if (l->makes_bytes) apus_int_finish(l, c, n, pixels, sums_of[0], former, (unsigned char *)work->y + bytes, channels, 1);
            else apus_int_finish(l, c, n, pixels, sums_of[0], former, (float *)work->y + floats, 1, results);
            w += lanes * depth;
            c += lanes;
          }
        }
      }
      static void apus_int_depthwise(
          const apus_team *team, const apus_conv *s, const apus_int_layer *l, const unsigned char *x, void *y,
          unsigned char *outside) {
        __builtin_memset(outside, l->zero ^ l->flip, s->channels);
        const int parts = apus_parts(team, s->batch * s->oh, s->ow * s->channels * s->kh * s->kw);
        apus_int_depthwise_work work = {s, l, x, outside, y, parts};
        apus_together(team, parts, apus_int_depthwise_part, &work);
      }
      """)

  /// Products of rows of bytes.
  private static let integerProduct = CHelper(
    name: "apus_int_product",
    text: """
      // y[rows][channels] = a product of x[rows][depth]; rows that are no multiple of 4 bytes, or signed, are copied to `copies`.
      typedef struct {
        const apus_int_layer *l;
        long rows, channels, depth;
        const unsigned char *x;
        void *y;
        int parts, by_channels;
      } apus_int_product_work;
      static void apus_int_product_part(void *argument, int part) {
        const apus_int_product_work *work = (const apus_int_product_work *)argument;
        const long depth = work->depth, size = work->l->makes_bytes ? 1 : 4;
        if (work->by_channels) {
          // Blocks of 32 channels, whatever the order of weights within them.
          const long blocks = (work->channels + 31) / 32;
          const long first = blocks * part / work->parts * 32, last = blocks * (part + 1) / work->parts * 32;
          const long end = last < work->channels ? last : work->channels;
          apus_int_rows(work->l, first, end - first, work->rows, depth, work->x, depth, work->l->weight + first * depth, 0, work->y,
              work->channels, 1);
          return;
        }
        const long first = work->rows * part / work->parts, end = work->rows * (part + 1) / work->parts;
        apus_int_rows(work->l, 0, work->channels, end - first, depth, work->x + first * depth, depth, work->l->weight, 0,
            (unsigned char *)work->y + first * work->channels * size, work->channels, 1);
      }
      static void apus_int_product(
          const apus_team *team, const apus_int_layer *l, long rows, long channels, long depth, const unsigned char *x, void *y,
          unsigned char *copies) {
        const long whole = (depth + 3) / 4 * 4;
        if (depth % 4 || l->flip) {
          for (long r = 0; r < rows; r++) {
            for (long k = 0; k < whole; k++) {
              copies[r * whole + k] = k < depth ? (unsigned char)(x[r * depth + k] ^ l->flip) : 0;
            }
          }
          x = copies;
        }
        const int by_channels = rows < 16;
        const int parts = apus_parts(team, by_channels ? (channels + 31) / 32 : rows, whole * (by_channels ? 32 * rows : channels) / 4);
        apus_int_product_work work = {l, rows, channels, whole, x, y, parts, by_channels};
        apus_together(team, parts, apus_int_product_part, &work);
      }
      """)

  /// The least and the greatest of numbers.
  private static let rangeOfNumbers = CHelper(
    name: "apus_int_range",
    text: """
      // Scale and zero point with which 256 integers stand for n numbers.
      static void apus_int_range(long n, const float *x, float *scale, int *zero) {
        float low = 0, high = 0;
        for (long i = 0; i < n; i++) low = x[i] < low ? x[i] : low;
        for (long i = 0; i < n; i++) high = x[i] > high ? x[i] : high;
        const double wanted = ((double)high - low) / 255;
        *scale = wanted > 0x1p-100 && wanted < 1e38 ? (float)wanted : 1;
        const double start = __builtin_rint(-low / (double)*scale);
        *zero = start > 255 ? 255 : start > 0 ? (int)start : 0;
      }
      """)

  /// Numbers as integers of 8 bits.
  private static let quantizeNumbers = CHelper(
    name: "apus_quantize",
    text: """
      // y[outer][inner][channels] = the bytes nearest to x[outer][channels][inner] times `inverse`, with the zero point.
      static void apus_quantize(
          long outer, long channels, long inner, const float *x, float inverse, int zero, float low, float high,
          unsigned char *restrict y) {
        // Some pixels at a time, whose bytes stay in the cache.
        const long most = channels == 1 ? inner : 64;
        for (long o = 0; o < outer; o++, x += channels * inner, y += channels * inner) {
          for (long first = 0; first < inner; first += most) {
            const long end = inner - first < most ? inner : first + most;
            for (long c = 0; c < channels; c++) {
              for (long i = first; i < end; i++) {
                float value = x[c * inner + i] * inverse;
                value = value > low ? value : low;
                value = value < high ? value : high;
                value += 12582912.0f;
                int bits;
                __builtin_memcpy(&bits, &value, 4);
                y[i * channels + c] = (unsigned char)(bits + zero);
              }
            }
          }
        }
      }
      """)

  /// Maxima of windows of bytes.
  private static let integerMaxPool = CHelper(
    name: "apus_int_max_pool",
    text: """
      // The greatest element of each window of images [h][w][channels] of bytes; signed ones are such by `flip`.
      static void apus_int_max_pool(const apus_conv *s, const unsigned char *x, unsigned char *restrict y, int flip) {
        const long channels = s->channels;
        for (long p = 0; p < s->batch * s->oh * s->ow; p++, y += channels) {
          const long place = p % (s->oh * s->ow), top = place / s->ow * s->sh - s->ph, left = place % s->ow * s->sw - s->pw;
          const unsigned char *image = x + p / (s->oh * s->ow) * s->h * s->w * channels;
          for (long c = 0; c < channels; c++) y[c] = (unsigned char)flip;
          for (long ky = 0; ky < s->kh; ky++) {
            const long line = top + ky * s->dh;
            if (line < 0 || line >= s->h) continue;
            for (long kx = 0; kx < s->kw; kx++) {
              const long column = left + kx * s->dw;
              if (column < 0 || column >= s->w) continue;
              const unsigned char *from = image + (line * s->w + column) * channels;
              if (flip) {
                for (long c = 0; c < channels; c++) y[c] = (signed char)from[c] > (signed char)y[c] ? from[c] : y[c];
              } else {
                for (long c = 0; c < channels; c++) y[c] = from[c] > y[c] ? from[c] : y[c];
              }
            }
          }
        }
      }
      """)
}
