// Max and average pooling of one floating-point element type. Included by pool.c once for each types_*.h and with INDEX,
// an integer as wide as T, so that value and index are selected by one mask.

// One output row, a window position at a time, in row-local indices. sw is a constant at the hot calls.
CK_INLINE void F(max_pool_step)(
    T *restrict best, INDEX *restrict at, const T *restrict in, long sw, long x0, long x1, INDEX offset) {
  for (long o = x0; o < x1; o++) {
    T v = in[o * sw];
    bool wins = (v > best[o]) | (v != v);
    best[o] = wins ? v : best[o];
    at[o] = wins ? (INDEX)(o * sw) + offset : at[o];
  }
}

CK_KERNEL void F(ck_max_pool2d_plane)(T *out, int64_t *idx, const T *x, long H, long W, long kh, long kw, long sh,
    long sw, long ph, long pw, long dh, long dw, long Ho, long Wo) {
  INDEX at[POOL_WIDTH];
  for (long oy = 0; oy < Ho; oy++)
    for (long c0 = 0; c0 < Wo; c0 += POOL_WIDTH) {
      long width = Wo - c0 < POOL_WIDTH ? Wo - c0 : POOL_WIDTH;
      T *best = out + oy * Wo + c0;
      long top = oy * sh - ph, left = c0 * sw - pw;
      long i0 = top < 0 ? (-top + dh - 1) / dh : 0;
      long y_first = top + i0 * dh;
      for (long o = 0; o < width; o++) {
        // Indices count from (y_first, left): the first position of the window that is inside the image.
        long start = left + o * sw;
        best[o] = -INF;
        at[o] = (INDEX)(start < 0 ? o * sw + (-start + dw - 1) / dw * dw : o * sw);
      }
      for (long i = i0; i < kh && top + i * dh < H; i++) {
        const T *row = x + (top + i * dh) * W;
        for (long j = 0; j < kw; j++) {
          long x0, x1;
          ck_valid_range(left + j * dw, sw, W, width, &x0, &x1);
          const T *in = row + left + j * dw;
          INDEX offset = (INDEX)((i - i0) * dh * W + j * dw);
          if (sw == 1) {
            F(max_pool_step)(best, at, in, 1, x0, x1, offset);
          } else if (sw == 2) {
            F(max_pool_step)(best, at, in, 2, x0, x1, offset);
          } else {
            F(max_pool_step)(best, at, in, sw, x0, x1, offset);
          }
        }
      }
      int64_t origin = y_first * W + left;
      for (long o = 0; o < width; o++) idx[oy * Wo + c0 + o] = origin + (int64_t)at[o];
    }
}

CK_KERNEL void F(ck_max_pool2d_grad_plane)(T *dx, const T *g, const int64_t *idx, long n) {
  for (long i = 0; i < n; i++) dx[idx[i]] += g[i];
}

CK_KERNEL void F(ck_avg_pool2d_plane)(T *restrict out, const T *restrict x, long H, long W, long kh, long kw, long sh,
    long sw, long ph, long pw, long Ho, long Wo, bool count_include_pad, long divisor_or_0) {
  for (long oy = 0; oy < Ho; oy++, out += Wo) {
    long top = oy * sh - ph, y0 = top < 0 ? 0 : top, y1 = top + kh < H ? top + kh : H;
    for (long o = 0; o < Wo; o++) out[o] = 0;
    for (long y = y0; y < y1; y++)
      for (long j = 0; j < kw; j++) {
        long x0, x1;
        ck_valid_range(j - pw, sw, W, Wo, &x0, &x1);
        const T *in = x + y * W + j - pw;
        if (sw == 1) {
          for (long o = x0; o < x1; o++) out[o] += in[o];
        } else if (sw == 2) {
          for (long o = x0; o < x1; o++) out[o] += in[o * 2];
        } else {
          for (long o = x0; o < x1; o++) out[o] += in[o * sw];
        }
      }
    for (long o = 0; o < Wo; o++)
      out[o] /= (T)ck_pool_divisor(oy, o, H, W, kh, kw, sh, sw, ph, pw, count_include_pad, divisor_or_0);
  }
}

CK_KERNEL void F(ck_avg_pool2d_grad_plane)(T *restrict dx, const T *restrict g, long H, long W, long kh, long kw,
    long sh, long sw, long ph, long pw, long Ho, long Wo, bool count_include_pad, long divisor_or_0) {
  T share[POOL_WIDTH];
  for (long oy = 0; oy < Ho; oy++, g += Wo) {
    long top = oy * sh - ph, y0 = top < 0 ? 0 : top, y1 = top + kh < H ? top + kh : H;
    for (long c0 = 0; c0 < Wo; c0 += POOL_WIDTH) {
      long width = Wo - c0 < POOL_WIDTH ? Wo - c0 : POOL_WIDTH;
      for (long o = 0; o < width; o++)
        share[o] = g[c0 + o]
                   / (T)ck_pool_divisor(oy, c0 + o, H, W, kh, kw, sh, sw, ph, pw, count_include_pad, divisor_or_0);
      for (long y = y0; y < y1; y++)
        for (long j = 0; j < kw; j++) {
          long x0, x1;
          ck_valid_range(c0 * sw + j - pw, sw, W, width, &x0, &x1);
          T *d = dx + y * W + c0 * sw + j - pw;
          if (sw == 1) {
            for (long o = x0; o < x1; o++) d[o] += share[o];
          } else {
            for (long o = x0; o < x1; o++) d[o * sw] += share[o];
          }
        }
    }
  }
}

// Channels last: a window is walked once for each run of channels, with the best and its place in registers.
CK_KERNEL void F(ck_max_pool2d_nhwc)(T *restrict out, int32_t *restrict idx, const T *restrict x, long C, long H,
    long W, long kh, long kw, long sh, long sw, long ph, long pw, long dh, long dw, long Ho, long Wo) {
  for (long oy = 0; oy < Ho; oy++)
    for (long ox = 0; ox < Wo; ox++, out += C, idx += C) {
      long top = oy * sh - ph, left = ox * sw - pw;
      long i0 = top < 0 ? (-top + dh - 1) / dh : 0, j0 = left < 0 ? (-left + dw - 1) / dw : 0;
      long i1 = kh, j1 = kw;
      while (i1 > i0 && top + (i1 - 1) * dh >= H) i1--;
      while (j1 > j0 && left + (j1 - 1) * dw >= W) j1--;
      long c = 0;
      for (; c < C; c += LANES) {
        long count = C - c < LANES ? C - c : LANES;
        V best = -INF;
        VI at = (VI)(INDEX)(i0 * kw + j0);
        for (long i = i0; i < i1; i++) {
          const T *p = x + ((top + i * dh) * W + left + j0 * dw) * C + c;
          for (long j = j0; j < j1; j++, p += dw * C) {
            V v = count == LANES ? LOAD(p) : PART(p, count, 0);
            VI wins = (v > best) | (v != v);
            best = wins ? v : best;
            at = wins ? (VI)(INDEX)(i * kw + j) : at;
          }
        }
        ck_i32_lanes(SUFFIX) narrow = __builtin_convertvector(at, ck_i32_lanes(SUFFIX));
        if (count == LANES) {
          STORE(out + c, best);
          __builtin_memcpy(idx + c, &narrow, LANES * sizeof(int32_t));
        } else {
          STORE_PART(out + c, best, count);
          for (long l = 0; l < count; l++) idx[c + l] = narrow[l];
        }
      }
    }
}

// Each input position gathers from the windows that cover it, so that dx is written once and in order.
CK_KERNEL void F(ck_max_pool2d_grad_nhwc)(T *restrict dx, const T *restrict g, const int32_t *restrict idx, long C,
    long H, long W, long kh, long kw, long sh, long sw, long ph, long pw, long dh, long dw, long Ho, long Wo) {
  for (long y = 0; y < H; y++)
    for (long x = 0; x < W; x++, dx += C)
      for (long i = 0; i < kh; i++) {
        long oy = y + ph - i * dh;
        if (oy < 0 || oy % sh != 0 || oy / sh >= Ho) continue;
        for (long j = 0; j < kw; j++) {
          long ox = x + pw - j * dw;
          if (ox < 0 || ox % sw != 0 || ox / sw >= Wo) continue;
          long o = (oy / sh * Wo + ox / sw) * C;
          int32_t place = (int32_t)(i * kw + j);
          for (long c = 0; c < C; c++) dx[c] += idx[o + c] == place ? g[o + c] : 0;
        }
      }
}

CK_KERNEL void F(ck_avg_pool2d_nhwc)(T *restrict out, const T *restrict x, long C, long H, long W, long kh, long kw,
    long sh, long sw, long ph, long pw, long Ho, long Wo, bool count_include_pad, long divisor_or_0) {
  for (long oy = 0; oy < Ho; oy++)
    for (long ox = 0; ox < Wo; ox++, out += C) {
      long top = oy * sh - ph, left = ox * sw - pw;
      long y0 = top < 0 ? 0 : top, y1 = top + kh < H ? top + kh : H;
      long x0 = left < 0 ? 0 : left, x1 = left + kw < W ? left + kw : W;
      T scale = 1 / (T)ck_pool_divisor(oy, ox, H, W, kh, kw, sh, sw, ph, pw, count_include_pad, divisor_or_0);
      for (long c = 0; c < C; c += LANES) {
        long count = C - c < LANES ? C - c : LANES;
        V sum = 0;
        for (long y = y0; y < y1; y++)
          for (long xx = x0; xx < x1; xx++) {
            const T *p = x + (y * W + xx) * C + c;
            sum += count == LANES ? LOAD(p) : PART(p, count, 0);
          }
        if (count == LANES) {
          STORE(out + c, sum * scale);
        } else {
          STORE_PART(out + c, sum * scale, count);
        }
      }
    }
}

CK_KERNEL void F(ck_avg_pool2d_grad_nhwc)(T *restrict dx, const T *restrict g, long C, long H, long W, long kh, long kw,
    long sh, long sw, long ph, long pw, long Ho, long Wo, bool count_include_pad, long divisor_or_0) {
  for (long oy = 0; oy < Ho; oy++)
    for (long ox = 0; ox < Wo; ox++, g += C) {
      long top = oy * sh - ph, left = ox * sw - pw;
      long y0 = top < 0 ? 0 : top, y1 = top + kh < H ? top + kh : H;
      long x0 = left < 0 ? 0 : left, x1 = left + kw < W ? left + kw : W;
      T scale = 1 / (T)ck_pool_divisor(oy, ox, H, W, kh, kw, sh, sw, ph, pw, count_include_pad, divisor_or_0);
      for (long y = y0; y < y1; y++)
        for (long xx = x0; xx < x1; xx++) {
          T *d = dx + (y * W + xx) * C;
          for (long c = 0; c < C; c++) d[c] += g[c] * scale;
        }
    }
}
