// Loops over matrices of which few elements are there, in compressed rows: the elements of row r are those at places
// rows[r] ..< rows[r + 1], with their column and value.
#ifndef CLAYOUTS_H
#define CLAYOUTS_H
#include <stddef.h>
#include <stdint.h>

// Rows first ..< last of the product with the dense matrix x [columns, width].
#define CL_PRODUCTS(T, S)                                                                                              \
  void cl_sparse_dense_##S(                                                                                            \
      const int64_t *rows, const int64_t *columns, const T *values, const T *x, long width, T *out, long first,        \
      long last);                                                                                                      \
  /* For each element of these rows the dot product of a row of a [.., width] with the row of b that its column names. */ \
  void cl_sampled_##S(                                                                                                 \
      const int64_t *rows, const int64_t *columns, const T *a, const T *b, long width, T *out, long first, long last);
CL_PRODUCTS(float, f32)
CL_PRODUCTS(double, f64)

// Whether all n numbers lie from 0 to limit - 1.
int cl_in_range(const int64_t *numbers, long n, int64_t limit);
#endif
