// Recurrent layers: the product of a few rows with a matrix that every step reads again, and what each cell makes of the sums.
// Rows of all arrays lie one after the other: G H numbers of gates (4 of an LSTM, 3 of a GRU), H of states. The arrays of one call
// lie apart, but for states that are read and written at the same place.
#pragma once
#include "ck_base.h"

#define CK_RECURRENCE(T, t)                                                                                            \
  /* b (k x n, any strides) in panels, k-major, for ck_panel_product; `packed` holds ck_panel_elements of (k, n). */      \
  void ck_panels_##t(T *packed, const T *b, long b_rs, long b_cs, long k, long n);                                     \
  long ck_panel_elements_##t(long k, long n);                                                                          \
  /* c (m x n, rows ldc apart) = a (m x k, rows lda apart) b + beta c. */                                                 \
  void ck_panel_product_##t(T *c, long ldc, const T *a, long lda, const T *packed, long m, long n, long k, T beta);    \
  /* gates: the sums of i, f, g, o, which become their activations. c is the state, the new one also goes to `cell`;      \
     out = o tanh(c), also to out2 unless null. */                                                                     \
  void ck_lstm_step_##t(T *gates, T *c, T *cell, T *out, T *out2, long rows, long h);                                  \
  /* d_out: the gradient of out, to which d_more is added unless null. dc: the gradient of the new state, which becomes that of   \
     the one before. d_gates: the gradients of the sums. */                                                            \
  void ck_lstm_back_##t(T *d_gates, T *dc, const T *gates, const T *cell, const T *before, const T *d_out,             \
      const T *d_more, long rows, long h);                                                                             \
  /* gates: the sums of r, z, n from the input; hidden: those from the state, to which bias (3 H, may be null) is added. They    \
     become activations, and the last third of hidden goes to `inner`. h is the state, the new one also goes to out. */   \
  void ck_gru_step_##t(T *gates, const T *hidden, const T *bias, T *inner, T *state, T *out, long rows, long h);       \
  /* d_x and d_h: the gradients of the sums from input and state. dh: what arrives from later steps, which becomes the part for   \
     the state before that does not pass the product. */                                                               \
  void ck_gru_back_##t(T *d_x, T *d_h, T *dh, const T *gates, const T *inner, const T *before, const T *d_out,         \
      long rows, long h);                                                                                              \
  /* out, state = tanh(sums) or relu(sums). */                                                                         \
  void ck_rnn_step_##t(const T *sums, T *state, T *out, bool relu, long rows, long h);                                 \
  void ck_rnn_back_##t(T *d_sums, const T *out, const T *d_out, const T *d_more, bool relu, long rows, long h);
CK_RECURRENCE(float, f32)
CK_RECURRENCE(double, f64)
#undef CK_RECURRENCE
