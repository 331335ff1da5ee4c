// Steps of recurrent layers for one element type. Included by recurrence.c once for each types_*.h.

#include "gemm_tile.h"

long F(ck_panel_elements)(long k, long n) { return (n + LANES - 1) / LANES * LANES * k; }

// packed[panel][p][LANES]; columns past the end are 0.
CK_KERNEL void F(ck_panels)(T *packed, const T *b, long b_rs, long b_cs, long k, long n) {
  for (long j0 = 0; j0 < n; j0 += LANES, packed += LANES * k) {
    long width = n - j0 < LANES ? n - j0 : LANES;
    const T *source = b + j0 * b_cs;
    for (long p = 0; p < k; p++)
      for (long j = 0; j < LANES; j++) packed[p * LANES + j] = j < width ? source[p * b_rs + j * b_cs] : 0;
  }
}

// A part of a panel stays in the first cache while all rows pass it.
#define CK_STEP_DEPTH 256
CK_KERNEL void F(ck_panel_product)(
    T *c, long ldc, const T *a, long lda, const T *packed, long m, long n, long k, T beta) {
  for (long j = 0; j < n; j += LANES, packed += LANES * k) {
    long width = n - j < LANES ? n - j : LANES;
    long p = 0;
    do {
      long kb = k - p < CK_STEP_DEPTH ? k - p : CK_STEP_DEPTH, i = 0;
      T scale = p == 0 ? beta : 1;
      const T *panel = packed + p * LANES;
      if (width == LANES && (scale == 0 || scale == 1))
        for (; i + MR <= m; i += MR) F(panel_tile)(c + i * ldc + j, ldc, a + i * lda + p, lda, 1, panel, kb, scale == 1);
      for (; i < m; i += MR)
        F(tile_of)(c + i * ldc + j, ldc, a + i * lda + p, lda, 1, panel, LANES, kb, scale, width, m - i < MR ? m - i : MR);
      p += kb;
    } while (p < k);
  }
}

CK_KERNEL void F(ck_lstm_step)(T *gates, T *c, T *cell, T *out, T *out2, long rows, long h) {
  for (long row = 0; row < rows; row++, gates += 4 * h, c += h, cell += h, out += h) {
    T *gi = gates, *gf = gates + h, *gg = gates + 2 * h, *go = gates + 3 * h;
    CK_EACH(h) {
      T input = F(ckm_sigmoid)(gi[i]), forget = F(ckm_sigmoid)(gf[i]);
      T candidate = F(ckm_tanh)(gg[i]);
      T next = forget * c[i] + input * candidate;
      gi[i] = input;
      gf[i] = forget;
      gg[i] = candidate;
      c[i] = next;
      cell[i] = next;
    }
    CK_EACH(h) {
      T output = F(ckm_sigmoid)(go[i]);
      go[i] = output;
      out[i] = output * F(ckm_tanh)(c[i]);
    }
    if (out2) {
      CK_EACH(h) out2[i] = out[i];
      out2 += h;
    }
  }
}

CK_KERNEL void F(ck_lstm_back)(T *d_gates, T *dc, const T *gates, const T *cell, const T *before, const T *d_out,
    const T *d_more, long rows, long h) {
  for (long row = 0; row < rows; row++) {
    const T *gi = gates, *gf = gates + h, *gg = gates + 2 * h, *go = gates + 3 * h;
    T *di = d_gates, *df = d_gates + h, *dg = d_gates + 2 * h, *d_o = d_gates + 3 * h;
    CK_EACH(h) {
      T d = d_out[i] + (d_more ? d_more[i] : 0);
      T squashed = F(ckm_tanh)(cell[i]);
      T o = go[i];
      dc[i] += d * o * (1 - squashed * squashed);
      d_o[i] = d * squashed * o * (1 - o);
    }
    CK_EACH(h) {
      T d = dc[i], in = gi[i], f = gf[i], g = gg[i];
      di[i] = d * g * in * (1 - in);
      df[i] = d * before[i] * f * (1 - f);
      dg[i] = d * in * (1 - g * g);
      dc[i] = d * f;
    }
    gates += 4 * h, d_gates += 4 * h, dc += h, cell += h, before += h, d_out += h;
    if (d_more) d_more += h;
  }
}

CK_KERNEL void F(ck_gru_step)(
    T *gates, const T *hidden, const T *bias, T *inner, T *state, T *out, long rows, long h) {
  for (long row = 0; row < rows; row++, gates += 3 * h, hidden += 3 * h, inner += h, state += h, out += h) {
    T *gr = gates, *gz = gates + h, *gn = gates + 2 * h;
    const T *hr = hidden, *hz = hidden + h, *hn = hidden + 2 * h;
    CK_EACH(h) {
      T r = gr[i] + hr[i] + (bias ? bias[i] : 0);
      T z = gz[i] + hz[i] + (bias ? bias[h + i] : 0);
      gr[i] = F(ckm_sigmoid)(r);
      gz[i] = F(ckm_sigmoid)(z);
    }
    CK_EACH(h) {
      T from_state = hn[i] + (bias ? bias[2 * h + i] : 0);
      T n = F(ckm_tanh)(gn[i] + gr[i] * from_state);
      T next = n + gz[i] * (state[i] - n);
      inner[i] = from_state;
      gn[i] = n;
      state[i] = next;
      out[i] = next;
    }
  }
}

CK_KERNEL void F(ck_gru_back)(T *d_x, T *d_h, T *dh, const T *gates, const T *inner, const T *before, const T *d_out,
    long rows, long h) {
  for (long row = 0; row < rows; row++) {
    const T *gr = gates, *gz = gates + h, *gn = gates + 2 * h;
    T *xr = d_x, *xz = d_x + h, *xn = d_x + 2 * h;
    T *hr = d_h, *hz = d_h + h, *hn = d_h + 2 * h;
    CK_EACH(h) {
      T d = d_out[i] + dh[i];
      T r = gr[i], z = gz[i], n = gn[i];
      T dn = d * (1 - z) * (1 - n * n);
      T dz = d * (before[i] - n) * z * (1 - z);
      T dr = dn * inner[i] * r * (1 - r);
      xr[i] = dr;
      hr[i] = dr;
      xz[i] = dz;
      hz[i] = dz;
      xn[i] = dn;
      hn[i] = dn * r;
      dh[i] = d * z;
    }
    gates += 3 * h, d_x += 3 * h, d_h += 3 * h, dh += h, inner += h, before += h, d_out += h;
  }
}

CK_KERNEL void F(ck_rnn_step)(const T *sums, T *state, T *out, bool relu, long rows, long h) {
  long n = rows * h;
  if (relu) {
    // NaN stays.
    CK_EACH(n) {
      T y = sums[i] < 0 ? 0 : sums[i];
      state[i] = y;
      out[i] = y;
    }
  } else {
    CK_EACH(n) {
      T y = F(ckm_tanh)(sums[i]);
      state[i] = y;
      out[i] = y;
    }
  }
}

CK_KERNEL void F(ck_rnn_back)(
    T *d_sums, const T *out, const T *d_out, const T *d_more, bool relu, long rows, long h) {
  long n = rows * h;
  if (relu) {
    CK_EACH(n) {
      T d = d_out[i] + d_more[i];
      d_sums[i] = out[i] > 0 ? d : 0;
    }
  } else {
    CK_EACH(n) {
      T y = out[i];
      d_sums[i] = (d_out[i] + d_more[i]) * (1 - y * y);
    }
  }
}
