// Loops over elements of number types that the library brings.
#ifndef CNUMBERS_H
#define CNUMBERS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A format of Laegna numbers, kept as signed integers s that stand for s / 4^fraction. In `bytes` (1, 2 or 4) the least integer is
// minus infinity, the next one minus zero, and the greatest infinity.
typedef struct {
  int32_t bytes;
  int32_t fraction;
  int64_t low;    // the least finite s: -limit, or 0 for numbers without a sign
  int64_t limit;  // the greatest one
} cn_laegna;

typedef enum {
  CN_ADD, CN_SUB, CN_MUL, CN_DIV, CN_MAX, CN_MIN, CN_EQ, CN_NE, CN_LT, CN_LE, CN_GT, CN_GE, CN_AND, CN_OR, CN_XOR, CN_BINARY_COUNT
} cn_laegna_binary_function;
typedef enum {
  CN_NEG, CN_ABS, CN_RELU, CN_SIGN, CN_NOT, CN_ISINF, CN_ISFINITE, CN_ISNAN, CN_SIGNBIT, CN_UNARY_COUNT
} cn_laegna_unary_function;

// z = f(x, y); the target may be a source. Results are rounded once, ties to even, and cut to the limit.
void cn_laegna_binary(cn_laegna t, cn_laegna_binary_function f, void *z, const void *x, const void *y, long n);
void cn_laegna_unary(cn_laegna t, cn_laegna_unary_function f, void *z, const void *x, long n);
// z = c is not zero ? x : y.
void cn_laegna_select(cn_laegna t, void *z, const void *c, const void *x, const void *y, long n);
// One after the other, `step` apart: *z = *z f x[0] f x[step] ...
void cn_laegna_fold(cn_laegna t, cn_laegna_binary_function f, void *z, const void *x, long step, long n);

void cn_laegna_from_double(cn_laegna t, void *z, const double *x, long n);
void cn_laegna_to_double(cn_laegna t, double *z, const void *x, long n);

// A sum that is not yet an element: of the finite ones, and which infinities there were (1 the positive one, 2 the other).
typedef struct {
  int64_t finite;
  int64_t infinite;
} cn_laegna_sum;
void cn_laegna_add_to_sums(cn_laegna t, cn_laegna_sum *sums, const void *x, long n);
void cn_laegna_add_to_sum(cn_laegna t, cn_laegna_sum *sum, const void *x, long step, long n);
void cn_laegna_round_sums(cn_laegna t, void *z, const cn_laegna_sum *sums, long n);

// Whether all of n elements, `step` apart, are finite and none is minus zero.
bool cn_laegna_is_plain(cn_laegna t, const void *x, long step, long n);

// A product of matrices, steps in elements: rows first ..< last of c, exact in wide integers and rounded once.
// With infinities, or of 4 bytes; slow.
typedef struct {
  void *c;
  const void *a, *b;
  long c_row, a_row, a_column, b_row, b_column, n, k;
} cn_laegna_matrices;
void cn_laegna_product_any(cn_laegna t, const cn_laegna_matrices *p, long first, long last);

// Of plain elements of 4 bytes.
void cn_laegna_product_wide(cn_laegna t, const cn_laegna_matrices *p, long first, long last);

// Of plain elements of 1 or 2 bytes: rows in groups of CN_LAEGNA_ROWS and columns in panels of CN_LAEGNA_COLUMNS are packed as pairs
// of 16 bits along k (rounded up to pairs), and multiplied.
#define CN_LAEGNA_ROWS 6
#define CN_LAEGNA_COLUMNS 16
size_t cn_laegna_group_size(long k);  // in int16
size_t cn_laegna_panel_size(long k);
void cn_laegna_pack_rows(cn_laegna t, int16_t *to, const void *a, long row, long column, long rows, long k);
void cn_laegna_pack_columns(cn_laegna t, int16_t *to, const void *b, long row, long column, long columns, long k);
// `rows` rows (any number, groups one after the other) by one panel of `columns` columns.
void cn_laegna_product_panel(
    cn_laegna t, void *c, long c_row, const int16_t *a, const int16_t *b, long rows, long columns, long k);
// Integers that are sums of products, as elements.
void cn_laegna_round_products(cn_laegna t, void *z, const int32_t *x, long n);

// A layer of a network: sums of products, a bias, and a number of the output format for each,
// (sum + bias) * multiplier / 2^shift to the nearest, ties to even, cut to the output's limits.
typedef struct {
  cn_laegna output;
  long most;  // so many pairs of products can be summed in 32 bits
  const int64_t *bias, *multiplier, *shift;
} cn_laegna_layer;
// Packed weights of `rows` channels, `first` and after, by one panel of inputs: z[row * z_row + column * z_column].
void cn_laegna_layer_panel(
    const cn_laegna_layer *p, void *z, long z_row, long z_column, const int16_t *a, const int16_t *b, long first, long rows,
    long columns, long k);

// The windows that a convolution or pooling sees in one sample.
typedef struct {
  long channels, height, width, out_height, out_width, kernel_height, kernel_width, stride_height, stride_width,
      padding_height, padding_width, dilation_height, dilation_width;
} cn_laegna_window;
// One sample as 16-bit integers with its margins of zeros.
size_t cn_laegna_padded_size(const cn_laegna_window *w);
void cn_laegna_pad(cn_laegna t, int16_t *to, const void *from, const cn_laegna_window *w);
// Packed panels, one column of channels * kernel elements for each place of the output.
void cn_laegna_pack_places(int16_t *to, const int16_t *padded, const cn_laegna_window *w);
void cn_laegna_max_pool(cn_laegna t, void *to, const void *from, const cn_laegna_window *w);

#endif
