// C of products of matrices of float32 for any machine: in vectors of the compiler's, with blocks of sums that stay in registers.

extension CHelper {
  /// Each after those that it uses.
  static let products = [unrolled, lanes, copy, every, turn, sums, block, row, rows, turnedRows, product, panels, dots]

  /// Loops over what registers hold.
  private static let unrolled = CHelper(
    name: "APUS_UNROLLED",
    text: """
      #if defined(__clang__)
      #define APUS_UNROLLED _Pragma("clang loop unroll(full)")
      #else
      #define APUS_UNROLLED _Pragma("GCC unroll 16")
      #endif
      """)

  /// The widest vectors of the machine.
  private static let lanes = CHelper(
    name: "apus_lanes",
    text: """
      // Vectors of floats: as wide as the machine's, in blocks of APUS_ROWS rows by APUS_VECTORS vectors of sums that its registers hold.
      #if defined(__AVX512F__)
      #define APUS_LANES 16
      #define APUS_VECTORS 2
      #define APUS_ROWS 12
      #elif defined(__AVX__)
      #define APUS_LANES 8
      #define APUS_VECTORS 2
      #define APUS_ROWS 6
      #elif defined(__aarch64__)
      #define APUS_LANES 4
      #define APUS_VECTORS 4
      #define APUS_ROWS 6
      #elif defined(__SSE2__) || defined(__wasm_simd128__) || defined(__ARM_NEON) || defined(__ALTIVEC__) || \\
          defined(__riscv_vector) || defined(__VX__) || defined(__loongarch_sx)
      #define APUS_LANES 4
      #define APUS_VECTORS 2
      #define APUS_ROWS 4
      #else
      #define APUS_LANES 1
      #define APUS_VECTORS 4
      #define APUS_ROWS 4
      #endif
      #define APUS_WIDTH (APUS_LANES * APUS_VECTORS)
      // Products are added without rounding between, whatever the compiler is told: it otherwise keeps sums in memory.
      #if defined(__clang__)
      #define APUS_FUSED _Pragma("clang fp contract(fast)")
      #else
      #define APUS_FUSED
      #endif
      #if defined(__has_builtin)
      #if __has_builtin(__builtin_shufflevector)
      #define APUS_SHUFFLES
      #endif
      #endif
      #if APUS_LANES == 16
      #define APUS_EVEN 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30
      #elif APUS_LANES == 8
      #define APUS_EVEN 0, 2, 4, 6, 8, 10, 12, 14
      #else
      #define APUS_EVEN 0, 2, 4, 6
      #endif
      typedef float apus_lanes __attribute__((vector_size(4 * APUS_LANES), aligned(4), may_alias));
      typedef int apus_masks __attribute__((vector_size(4 * APUS_LANES), aligned(4), may_alias));
      """)

  /// Copies of short rows.
  private static let copy = CHelper(
    name: "apus_copy",
    text: """
      // n floats, in vectors of which the last one ends where they do.
      static inline void apus_copy(long n, const float *from, float *to) {
        typedef float four __attribute__((vector_size(16), aligned(4), may_alias));
        if (n >= APUS_LANES) {
          for (long i = 0; i < n; i += APUS_LANES) {
            const long at = i + APUS_LANES < n ? i : n - APUS_LANES;
            *(apus_lanes *)(to + at) = *(const apus_lanes *)(from + at);
          }
        } else if (n >= 4) {
          for (long i = 0; i < n; i += 4) {
            const long at = i + 4 < n ? i : n - 4;
            *(four *)(to + at) = *(const four *)(from + at);
          }
        } else {
          for (long i = 0; i < n; i++) to[i] = from[i];
        }
      }
      """)

  /// Elements of a step.
  private static let every = CHelper(
    name: "apus_every",
    text: """
      // to[i] = from[i step].
      static inline void apus_every(long n, long step, const float *restrict from, float *restrict to) {
        if (step == 1) {
          apus_copy(n, from, to);
        } else if (step == 2) {
          long i = 0;
      #if defined(APUS_SHUFFLES) && APUS_LANES > 1
          // Not the last elements: nothing behind them is read.
          for (; i + APUS_LANES < n; i += APUS_LANES) {
            *(apus_lanes *)(to + i) = __builtin_shufflevector(
                *(const apus_lanes *)(from + 2 * i), *(const apus_lanes *)(from + 2 * i + APUS_LANES), APUS_EVEN);
          }
      #if APUS_LANES > 4
          typedef float four __attribute__((vector_size(16), aligned(4), may_alias));
          for (; i + 4 < n; i += 4) {
            *(four *)(to + i) = __builtin_shufflevector(*(const four *)(from + 2 * i), *(const four *)(from + 2 * i + 4), 0, 2, 4, 6);
          }
      #endif
      #endif
          for (; i < n; i++) to[i] = from[2 * i];
        } else {
          for (long i = 0; i < n; i++) to[i] = from[i * step];
        }
      }
      """)

  /// Transposition of what a few registers held.
  private static let turn = CHelper(
    name: "apus_turn",
    text: """
      // to[column][row] = from[row][column], of columns in fours.
      #if !defined(APUS_SHUFFLES) && defined(__has_builtin)
      #if __has_builtin(__builtin_shufflevector)
      #define APUS_SHUFFLES
      #endif
      #endif
      static inline void apus_turn(long rows, long columns, const float *from, long from_step, float *to, long to_step) {
        long r = 0;
      #if defined(APUS_SHUFFLES)
        typedef float four __attribute__((vector_size(16), aligned(4), may_alias));
        for (; r + 4 <= rows; r += 4) {
          for (long j = 0; j < columns; j += 4) {
            const float *in = from + r * from_step + j;
            float *out = to + j * to_step + r;
            const four a = *(const four *)in, b = *(const four *)(in + from_step);
            const four c = *(const four *)(in + 2 * from_step), d = *(const four *)(in + 3 * from_step);
            const four e = __builtin_shufflevector(a, b, 0, 4, 1, 5), f = __builtin_shufflevector(c, d, 0, 4, 1, 5);
            const four g = __builtin_shufflevector(a, b, 2, 6, 3, 7), h = __builtin_shufflevector(c, d, 2, 6, 3, 7);
            *(four *)out = __builtin_shufflevector(e, f, 0, 1, 4, 5);
            *(four *)(out + to_step) = __builtin_shufflevector(e, f, 2, 3, 6, 7);
            *(four *)(out + 2 * to_step) = __builtin_shufflevector(g, h, 0, 1, 4, 5);
            *(four *)(out + 3 * to_step) = __builtin_shufflevector(g, h, 2, 3, 6, 7);
          }
        }
      #endif
        for (from += r * from_step, to += r; r < rows; r++, from += from_step, to++) {
          for (long j = 0; j < columns; j++) to[j * to_step] = from[j];
        }
      }
      """)

  /// What the registers hold of a product.
  private static let sums = CHelper(
    name: "apus_sums",
    text: """
      // Sums over depth of a[row][k] b[k][column] for `rows` rows, whose elements lie a_step and a_next apart, and APUS_WIDTH columns of a
      // panel of 32.
      static inline __attribute__((always_inline)) void apus_sums(
          const int rows, long depth, const float *a, long a_step, long a_next, const float *b, apus_lanes (*sums)[APUS_VECTORS]) {
        APUS_FUSED
        APUS_UNROLLED
        for (int r = 0; r < rows; r++) {
          APUS_UNROLLED
          for (int v = 0; v < APUS_VECTORS; v++) sums[r][v] = (apus_lanes){0};
        }
        for (long k = 0; k < depth; k++) {
          apus_lanes x[APUS_VECTORS];
          APUS_UNROLLED
          for (int v = 0; v < APUS_VECTORS; v++) x[v] = *(const apus_lanes *)(b + k * 32 + v * APUS_LANES);
          APUS_UNROLLED
          for (int r = 0; r < rows; r++) {
            const apus_lanes y = a[r * a_step + k * a_next] - (apus_lanes){0};
            APUS_UNROLLED
            for (int v = 0; v < APUS_VECTORS; v++) sums[r][v] += y * x[v];
          }
        }
      }
      """)

  /// A block of a product.
  private static let block = CHelper(
    name: "apus_block",
    text: """
      // apus_sums as APUS_WIDTH columns of c, of which `columns` count, plus a number for each column or row.
      static inline __attribute__((always_inline)) void apus_block(
          const int rows, long depth, const float *a, long a_step, const float *b, float *c, long c_step, long columns,
          const float *column_bias, const float *row_bias, int relu) {
        apus_lanes sums[APUS_ROWS][APUS_VECTORS];
        apus_sums(rows, depth, a, a_step, 1, b, sums);
        APUS_UNROLLED
        for (int r = 0; r < rows; r++) {
          float *to = c + r * c_step;
          const float shift = row_bias ? row_bias[r] : 0;
          if (columns >= APUS_WIDTH) {
            APUS_UNROLLED
            for (int v = 0; v < APUS_VECTORS; v++) {
              apus_lanes sum = sums[r][v] + shift;
              if (column_bias) sum += *(const apus_lanes *)(column_bias + v * APUS_LANES);
              if (relu) sum = (apus_lanes)((apus_masks)sum & ~(apus_masks)(sum < 0));
              *(apus_lanes *)(to + v * APUS_LANES) = sum;
            }
          } else {
            float rest[APUS_WIDTH];
            APUS_UNROLLED
            for (int v = 0; v < APUS_VECTORS; v++) *(apus_lanes *)(rest + v * APUS_LANES) = sums[r][v];
            for (long j = 0; j < columns; j++) {
              const float sum = rest[j] + shift + (column_bias ? column_bias[j] : 0);
              to[j] = relu && sum < 0 ? 0 : sum;
            }
          }
        }
      }
      """)

  /// One row of a product.
  private static let row = CHelper(
    name: "apus_row",
    text: """
      // The same for one row, whose elements lie a_next and c_next apart: four sums at once, since each waits for the one before.
      static inline void apus_row(
          long depth, const float *a, long a_next, const float *b, float *c, long c_next, long columns, const float *column_bias,
          float shift, int relu) {
        APUS_FUSED
        apus_lanes sums[4][APUS_VECTORS];
        APUS_UNROLLED
        for (int r = 0; r < 4; r++) {
          APUS_UNROLLED
          for (int v = 0; v < APUS_VECTORS; v++) sums[r][v] = (apus_lanes){0};
        }
        const long whole = depth / 4 * 4;
        for (long k = 0; k < whole; k += 4) {
          APUS_UNROLLED
          for (int r = 0; r < 4; r++) {
            APUS_UNROLLED
            for (int v = 0; v < APUS_VECTORS; v++) {
              sums[r][v] += a[(k + r) * a_next] * *(const apus_lanes *)(b + (k + r) * 32 + v * APUS_LANES);
            }
          }
        }
        for (long k = whole; k < depth; k++) {
          const float *x = b + k * 32;
          APUS_UNROLLED
          for (int v = 0; v < APUS_VECTORS; v++) sums[0][v] += a[k * a_next] * *(const apus_lanes *)(x + v * APUS_LANES);
        }
        float rest[APUS_WIDTH];
        APUS_UNROLLED
        for (int v = 0; v < APUS_VECTORS; v++) {
          *(apus_lanes *)(rest + v * APUS_LANES) = (sums[0][v] + sums[1][v]) + (sums[2][v] + sums[3][v]);
        }
        for (long j = 0; j < columns && j < APUS_WIDTH; j++) {
          const float sum = rest[j] + shift + (column_bias ? column_bias[j] : 0);
          c[j * c_next] = relu && sum < 0 ? 0 : sum;
        }
      }
      """)

  /// Rows of a product.
  private static let rows = CHelper(
    name: "apus_rows",
    text: """
      // Rows of a times a panel [depth][32], of which `columns` columns count.
      static void apus_rows(
          long rows, long depth, const float *a, long a_step, const float *b, float *c, long c_step, long columns,
          const float *column_bias, const float *row_bias, int relu) {
        for (long j = 0; j < columns; j += APUS_WIDTH) {
          const float *bias = column_bias ? column_bias + j : 0;
          long i = 0;
          for (; i + APUS_ROWS <= rows; i += APUS_ROWS) {
            apus_block(APUS_ROWS, depth, a + i * a_step, a_step, b + j, c + i * c_step + j, c_step, columns - j, bias,
                row_bias ? row_bias + i : 0, relu);
          }
          for (; i + 4 <= rows; i += 4) {
            apus_block(4, depth, a + i * a_step, a_step, b + j, c + i * c_step + j, c_step, columns - j, bias,
                row_bias ? row_bias + i : 0, relu);
          }
          if (i + 2 <= rows) {
            apus_block(2, depth, a + i * a_step, a_step, b + j, c + i * c_step + j, c_step, columns - j, bias,
                row_bias ? row_bias + i : 0, relu);
            i += 2;
          }
          for (; i < rows; i++) {
            apus_row(depth, a + i * a_step, 1, b + j, c + i * c_step + j, 1, columns - j, bias, row_bias ? row_bias[i] : 0, relu);
          }
        }
      }
      """)

  /// Rows of a product, transposed.
  private static let turnedRows = CHelper(
    name: "apus_turned_rows",
    text: """
      // c[column][row] = sums over depth of a[k][row] b[k][column], with a in rows that lie a_next apart, b a panel [depth][32], plus a
      // number for each column.
      static inline __attribute__((always_inline)) void apus_turned_block(
          const int rows, long depth, const float *a, long a_next, const float *b, float *c, long c_step, const float *bias, int relu) {
        apus_lanes sums[APUS_ROWS][APUS_VECTORS];
        float rest[APUS_ROWS][APUS_WIDTH];
        apus_sums(rows, depth, a, 1, a_next, b, sums);
        APUS_UNROLLED
        for (int r = 0; r < rows; r++) {
          APUS_UNROLLED
          for (int v = 0; v < APUS_VECTORS; v++) {
            apus_lanes sum = sums[r][v];
            if (bias) sum += *(const apus_lanes *)(bias + v * APUS_LANES);
            if (relu) sum = (apus_lanes)((apus_masks)sum & ~(apus_masks)(sum < 0));
            *(apus_lanes *)(rest[r] + v * APUS_LANES) = sum;
          }
        }
        apus_turn(rows, APUS_WIDTH, rest[0], APUS_WIDTH, c, c_step);
      }
      static void apus_turned_rows(
          long rows, long depth, const float *a, long a_next, const float *b, float *c, long c_step, const float *bias, int relu) {
        for (long j = 0; j < 32; j += APUS_WIDTH, b += APUS_WIDTH, c += APUS_WIDTH * c_step, bias += bias ? APUS_WIDTH : 0) {
          long i = 0;
          for (; i + APUS_ROWS <= rows; i += APUS_ROWS) {
            apus_turned_block(APUS_ROWS, depth, a + i, a_next, b, c + i, c_step, bias, relu);
          }
          for (; i + 4 <= rows; i += 4) apus_turned_block(4, depth, a + i, a_next, b, c + i, c_step, bias, relu);
          for (; i + 2 <= rows; i += 2) apus_turned_block(2, depth, a + i, a_next, b, c + i, c_step, bias, relu);
          if (i < rows) apus_row(depth, a + i, a_next, b, c + i, c_step, APUS_WIDTH, bias, 0, relu);
        }
      }
      """)

  /// A product with a matrix whose columns lie in panels.
  private static let product = CHelper(
    name: "apus_product",
    text: """
      // c[rows][columns] = a[rows][depth] times panels of 32 columns [depth][32] one behind the other, plus a number for each column.
      typedef struct {
        long rows, columns, depth, a_step, c_step;
        const float *a, *panels, *bias;
        float *c;
        int relu, parts, by_rows;
      } apus_product_work;
      static void apus_product_part(void *argument, int part) {
        const apus_product_work *work = (const apus_product_work *)argument;
        const long columns = work->columns, units = work->by_rows ? (work->rows + APUS_ROWS - 1) / APUS_ROWS : (columns + 31) / 32;
        const long first = units * part / work->parts, last = units * (part + 1) / work->parts;
        const long top = work->by_rows ? first * APUS_ROWS : 0, left = work->by_rows ? 0 : first * 32;
        const long below = work->by_rows && last * APUS_ROWS < work->rows ? last * APUS_ROWS : work->rows;
        const long end = !work->by_rows && last * 32 < columns ? last * 32 : columns;
        for (long j = left; j < end; j += 32) {
          apus_rows(below - top, work->depth, work->a + top * work->a_step, work->a_step, work->panels + j * work->depth,
              work->c + top * work->c_step + j, work->c_step, columns - j < 32 ? columns - j : 32,
              work->bias ? work->bias + j : 0, 0, work->relu);
        }
      }
      static void apus_product(
          const apus_team *team, long rows, long columns, long depth, const float *a, long a_step, const float *panels,
          const float *bias, float *c, long c_step, int relu) {
        const int by_rows = rows >= columns / 4;
        const long units = by_rows ? (rows + APUS_ROWS - 1) / APUS_ROWS : (columns + 31) / 32;
        const int parts = apus_parts(team, units, (by_rows ? columns * APUS_ROWS : rows * 32) * depth / 4);
        apus_product_work work = {rows, columns, depth, a_step, c_step, a, panels, bias, c, relu, parts, by_rows};
        apus_together(team, parts, apus_product_part, &work);
      }
      """)

  /// Panels of a matrix that is known only when the program runs.
  private static let panels = CHelper(
    name: "apus_panels",
    text: """
      // A matrix [depth][columns], of any strides, as panels.
      static void apus_panels(long depth, long columns, const float *b, long row_step, long column_step, float *panels) {
        for (long j = 0; j < columns; j += 32) {
          const long n = columns - j < 32 ? columns - j : 32;
          for (long k = 0; k < depth; k++) {
            for (long i = 0; i < n; i++) panels[i] = b[k * row_step + (j + i) * column_step];
            for (long i = n; i < 32; i++) panels[i] = 0;
            panels += 32;
          }
        }
      }
      """)

  /// A product with the rows of a matrix as they lie.
  private static let dots = CHelper(
    name: "apus_dots",
    text: """
      // c[rows][columns] = a[rows][depth] times the rows of b[columns][depth], four of them at a time, plus a number for each column.
      typedef struct {
        long rows, columns, depth;
        const float *a, *b, *bias;
        float *c;
        int relu, parts, by_rows;
      } apus_dots_work;
      static void apus_dots_part(void *argument, int part) {
        APUS_FUSED
        const apus_dots_work *work = (const apus_dots_work *)argument;
        const long columns = work->columns, depth = work->depth, units = work->by_rows ? work->rows : (columns + 3) / 4;
        const long first = units * part / work->parts, last = units * (part + 1) / work->parts;
        const long end = work->by_rows ? columns : last * 4 < columns ? last * 4 : columns;
        const float *b = work->b, *bias = work->bias;
        for (long i = work->by_rows ? first : 0; i < (work->by_rows ? last : work->rows); i++) {
          const float *a = work->a + i * depth;
          float *c = work->c + i * columns;
          for (long j = work->by_rows ? 0 : first * 4; j < end; j += 4) {
            const float *row[4];
            apus_lanes sums[4];
            for (long r = 0; r < 4; r++) {
              row[r] = b + (j + r < columns ? j + r : columns - 1) * depth;
              sums[r] = (apus_lanes){0};
            }
            long k = 0;
            for (; k + APUS_LANES <= depth; k += APUS_LANES) {
              const apus_lanes x = *(const apus_lanes *)(a + k);
              APUS_UNROLLED
              for (int r = 0; r < 4; r++) sums[r] += x * *(const apus_lanes *)(row[r] + k);
            }
            for (long r = 0; r < 4 && j + r < columns; r++) {
              float parts[APUS_LANES], sum = bias ? bias[j + r] : 0;
              *(apus_lanes *)parts = sums[r];
              for (int l = 0; l < APUS_LANES; l++) sum += parts[l];
              for (long rest = k; rest < depth; rest++) sum += a[rest] * row[r][rest];
              c[j + r] = work->relu && sum < 0 ? 0 : sum;
            }
          }
        }
      }
      static void apus_dots(
          const apus_team *team, long rows, long columns, long depth, const float *a, const float *b, const float *bias, float *c,
          int relu) {
        const int by_rows = rows >= columns / 4;
        const int parts = apus_parts(team, by_rows ? rows : (columns + 3) / 4, (by_rows ? columns : 4 * rows) * depth / 4);
        apus_dots_work work = {rows, columns, depth, a, b, bias, c, relu, parts, by_rows};
        apus_together(team, parts, apus_dots_part, &work);
      }
      """)
}
