// Max and average pooling of one floating-point element type. Included by pool.c once for each types_*.h and with INDEX,
// an integer as wide as T, so that value and index are selected by one mask.

// Eight values sw apart (sw is 1 or 2), none read past the last.
CK_INLINE P F(load_every)(const T *p, const long sw) {
  if (sw == 1) return *(const PA *)p;
  return __builtin_shufflevector(*(const PA *)p, *(const PA *)(p + 7), 0, 2, 4, 6, 9, 11, 13, 15);
}

// One window: rows [i0, i1), columns [j0, j1).
CK_INLINE void F(max_pool_one)(T *out, int64_t *idx, const T *x, long W, long top, long left, long i0, long i1, long j0,
    long j1, long dh, long dw) {
  T best = -INF;
  int64_t at = (top + i0 * dh) * W + left + j0 * dw;
  for (long i = i0; i < i1; i++)
    for (long j = j0; j < j1; j++) {
      int64_t place = (top + i * dh) * W + left + j * dw;
      T v = x[place];
      bool wins = (v > best) | (v != v);
      best = wins ? v : best;
      at = wins ? place : at;
    }
  *out = best;
  *idx = at;
}

void F(ck_max_windows)(T *out, int64_t *idx, const T *x, const ck_windows *depth, const ck_windows *height,
    const ck_windows *width) {
  const long W = width->size, plane = height->size * W;
  long o = 0;
  for (long od = 0; od < depth->count; od++)
    for (long oh = 0; oh < height->count; oh++)
      for (long ow = 0; ow < width->count; ow++, o++) {
        const long d1 = depth->lengths[od], h1 = height->lengths[oh], w1 = width->lengths[ow];
        const long start = depth->firsts[od] * plane + height->firsts[oh] * W + width->firsts[ow];
        T best = -INF;
        int64_t at = d1 > 0 && h1 > 0 && w1 > 0 ? start : 0;
        for (long d = 0; d < d1; d++)
          for (long h = 0; h < h1; h++) {
            long place = start + d * depth->step * plane + h * height->step * W;
            for (long w = 0; w < w1; w++, place += width->step) {
              T v = x[place];
              bool wins = (v > best) | (v != v);
              best = wins ? v : best;
              at = wins ? place : at;
            }
          }
        if (out) out[o] = best;
        idx[o] = at;
      }
}

// Columns [x0, x1) of an output row, where windows are whole: eight at a time in registers. The last eight may overlap
// those before. Needs x1 - x0 >= 8 and sw of 1 or 2.
CK_INLINE void F(max_pool_run)(T *out, int64_t *idx, const T *x, long W, long kw, const long sw, long pw, long dh,
    long dw, long top, long i0, long i1, long x0, long x1) {
  const PI lane = {0, 1, 2, 3, 4, 5, 6, 7};
  for (long o = x0; o < x1; o += 8) {
    if (o + 8 > x1) o = x1 - 8;
    P best = -INF;
    long first = (top + i0 * dh) * W + o * sw - pw;
    PI at = 0;
    for (long i = i0; i < i1; i++)
      for (long j = 0; j < kw; j++) {
        long offset = (i - i0) * dh * W + j * dw;
        P v = F(load_every)(x + first + offset, sw);
        PI wins = (v > best) | (v != v);
        best = wins ? v : best;
        at = wins ? (PI)(INDEX)offset : at;
      }
    *(PA *)(out + o) = best;
    *(ckv_i64_any *)(idx + o) = __builtin_convertvector(at + lane * (INDEX)sw, ckv_i64) + first;
  }
}

CK_KERNEL void F(ck_max_pool2d_plane)(T *out, int64_t *idx, const T *x, long H, long W, long kh, long kw, long sh,
    long sw, long ph, long pw, long dh, long dw, long Ho, long Wo) {
  long x0, x1;
  ck_whole_windows(W, kw, sw, pw, dw, Wo, &x0, &x1);
  if (x1 - x0 < 8 || sw > 2) x1 = x0;
  for (long oy = 0; oy < Ho; oy++, out += Wo, idx += Wo) {
    long top = oy * sh - ph, i0, i1, j0, j1;
    ck_inside(top, kh, dh, H, &i0, &i1);
    if (x1 > x0) {
      if (sw == 1) {
        F(max_pool_run)(out, idx, x, W, kw, 1, pw, dh, dw, top, i0, i1, x0, x1);
      } else {
        F(max_pool_run)(out, idx, x, W, kw, 2, pw, dh, dw, top, i0, i1, x0, x1);
      }
    }
    for (long o = 0; o < Wo; o++) {
      if (o == x0 && x1 > x0) o = x1;
      if (o >= Wo) break;
      ck_inside(o * sw - pw, kw, dw, W, &j0, &j1);
      F(max_pool_one)(out + o, idx + o, x, W, top, o * sw - pw, i0, i1, j0, j1, dh, dw);
    }
  }
}

CK_KERNEL void F(ck_max_pool2d_grad_plane)(T *dx, const T *g, const int64_t *idx, long n) {
  for (long i = 0; i < n; i++) dx[idx[i]] += g[i];
}

CK_INLINE void F(avg_pool_run)(
    T *out, const T *x, long W, long kw, const long sw, long pw, long y0, long y1, long x0, long x1, T divisor) {
  for (long o = x0; o < x1; o += 8) {
    if (o + 8 > x1) o = x1 - 8;
    P sum = 0;
    for (long y = y0; y < y1; y++)
      for (long j = 0; j < kw; j++) sum += F(load_every)(x + y * W + o * sw - pw + j, sw);
    *(PA *)(out + o) = sum / divisor;
  }
}

CK_KERNEL void F(ck_avg_pool2d_plane)(T *restrict out, const T *restrict x, long H, long W, long kh, long kw, long sh,
    long sw, long ph, long pw, long Ho, long Wo, bool count_include_pad, long divisor_or_0) {
  long x0, x1;
  ck_whole_windows(W, kw, sw, pw, 1, Wo, &x0, &x1);
  if (x1 - x0 < 8 || sw > 2) x1 = x0;
  for (long oy = 0; oy < Ho; oy++, out += Wo) {
    long top = oy * sh - ph, y0 = top < 0 ? 0 : top, y1 = top + kh < H ? top + kh : H;
    if (x1 > x0) {
      T divisor = (T)ck_pool_divisor(oy, x0, H, W, kh, kw, sh, sw, ph, pw, count_include_pad, divisor_or_0);
      if (sw == 1) {
        F(avg_pool_run)(out, x, W, kw, 1, pw, y0, y1, x0, x1, divisor);
      } else {
        F(avg_pool_run)(out, x, W, kw, 2, pw, y0, y1, x0, x1, divisor);
      }
    }
    for (long o = 0; o < Wo; o++) {
      if (o == x0 && x1 > x0) o = x1;
      if (o >= Wo) break;
      long left = o * sw - pw, l0 = left < 0 ? 0 : left, l1 = left + kw < W ? left + kw : W;
      T sum = 0;
      for (long y = y0; y < y1; y++)
        for (long l = l0; l < l1; l++) sum += x[y * W + l];
      out[o] = sum / (T)ck_pool_divisor(oy, o, H, W, kh, kw, sh, sw, ph, pw, count_include_pad, divisor_or_0);
    }
  }
}

CK_KERNEL void F(ck_avg_pool2d_grad_plane)(T *restrict dx, const T *restrict g, long H, long W, long kh, long kw,
    long sh, long sw, long ph, long pw, long Ho, long Wo, bool count_include_pad, long divisor_or_0) {
  T share[POOL_WIDTH];
  long whole0, whole1;
  ck_whole_windows(W, kw, sw, pw, 1, Wo, &whole0, &whole1);
  for (long oy = 0; oy < Ho; oy++, g += Wo) {
    long top = oy * sh - ph, y0 = top < 0 ? 0 : top, y1 = top + kh < H ? top + kh : H;
    T whole = (T)ck_pool_divisor(oy, whole0, H, W, kh, kw, sh, sw, ph, pw, count_include_pad, divisor_or_0);
    for (long c0 = 0; c0 < Wo; c0 += POOL_WIDTH) {
      long width = Wo - c0 < POOL_WIDTH ? Wo - c0 : POOL_WIDTH;
      for (long o = 0; o < width; o++) share[o] = g[c0 + o] / whole;
      for (long o = 0; o < width; o++) {
        if (c0 + o == whole0 && whole1 > whole0) o = whole1 - c0;
        if (o >= width) break;
        if (c0 + o >= whole0 && c0 + o < whole1) continue;
        share[o] = g[c0 + o]
                   / (T)ck_pool_divisor(oy, c0 + o, H, W, kh, kw, sh, sw, ph, pw, count_include_pad, divisor_or_0);
      }
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
  const T *x_limit = x + H * W * C;
  const T *out_limit = out + Ho * Wo * C;
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
            V v = count == LANES ? LOAD(p) : TAIL(p, count, 0, x_limit);
            VI wins = (v > best) | (v != v);
            best = wins ? v : best;
            at = wins ? (VI)(INDEX)(i * kw + j) : at;
          }
        }
        ck_i32_lanes(SUFFIX) narrow = __builtin_convertvector(at, ck_i32_lanes(SUFFIX));
        // Lanes past the last channel are written too where the next position will write over them.
        if (count == LANES || out_limit - (out + c) >= LANES) {
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
  if (C < LANES) {
    // Too few channels for vectors: each result adds to the place that it came from.
    for (long oy = 0; oy < Ho; oy++)
      for (long ox = 0; ox < Wo; ox++, g += C, idx += C) {
        T *window = dx + ((oy * sh - ph) * W + ox * sw - pw) * C;
        for (long c = 0; c < C; c++) {
          uint32_t place = (uint32_t)idx[c], row = kw == 2 ? place >> 1 : place / (uint32_t)kw;
          window[(row * dh * W + (place - row * (uint32_t)kw) * dw) * C + c] += g[c];
        }
      }
    return;
  }
  for (long y = 0; y < H; y++)
    for (long x = 0; x < W; x++, dx += C) {
      long i = 0, j = 0;
      do {
        long source[POOL_SOURCES];
        int32_t place[POOL_SOURCES];
        int sources = 0;
        for (; i < kh; i++, j = 0) {
          long oy = y + ph - i * dh;
          if (oy < 0) break;
          oy = ck_exact_quotient(oy, sh);
          if (oy < 0 || oy >= Ho) continue;
          for (; j < kw && sources < POOL_SOURCES; j++) {
            long ox = x + pw - j * dw;
            if (ox < 0) break;
            ox = ck_exact_quotient(ox, sw);
            if (ox < 0 || ox >= Wo) continue;
            source[sources] = (oy * Wo + ox) * C;
            place[sources++] = (int32_t)(i * kw + j);
          }
          if (sources == POOL_SOURCES) break;
        }
        long c = 0;
        for (; c + LANES <= C; c += LANES) {
          V sum = LOAD(dx + c);
          for (int k = 0; k < sources; k++) {
            VI at = __builtin_convertvector(*(const ck_i32_at(SUFFIX) *)(idx + source[k] + c), VI);
            sum += at == (VI)(INDEX)place[k] ? LOAD(g + source[k] + c) : (V)0;
          }
          STORE(dx + c, sum);
        }
        for (; c < C; c++)
          for (int k = 0; k < sources; k++) dx[c] += idx[source[k] + c] == place[k] ? g[source[k] + c] : 0;
        if (sources < POOL_SOURCES) break;
      } while (true);
    }
}

// The part of a window that lies in the image, and what a sum over it is multiplied by.
typedef struct {
  long y0, y1, x0, x1;
  T scale;
} F(AverageWindow);

CK_INLINE F(AverageWindow) F(average_window)(long oy, long ox, long H, long W, long kh, long kw, long sh, long sw, long ph,
    long pw, bool count_include_pad, long divisor_or_0) {
  long top = oy * sh - ph, left = ox * sw - pw;
  F(AverageWindow) window = {
    .y0 = top < 0 ? 0 : top, .y1 = top + kh < H ? top + kh : H,
    .x0 = left < 0 ? 0 : left, .x1 = left + kw < W ? left + kw : W,
    .scale = 1 / (T)ck_pool_divisor(oy, ox, H, W, kh, kw, sh, sw, ph, pw, count_include_pad, divisor_or_0),
  };
  return window;
}

CK_KERNEL void F(ck_avg_pool2d_nhwc)(T *restrict out, const T *restrict x, long C, long H, long W, long kh, long kw,
    long sh, long sw, long ph, long pw, long Ho, long Wo, bool count_include_pad, long divisor_or_0) {
  for (long oy = 0; oy < Ho; oy++)
    for (long ox = 0; ox < Wo; ox++, out += C) {
      F(AverageWindow) w = F(average_window)(oy, ox, H, W, kh, kw, sh, sw, ph, pw, count_include_pad, divisor_or_0);
      for (long c = 0; c < C; c += LANES) {
        long count = C - c < LANES ? C - c : LANES;
        V sum = 0;
        for (long y = w.y0; y < w.y1; y++)
          for (long xx = w.x0; xx < w.x1; xx++) {
            const T *p = x + (y * W + xx) * C + c;
            sum += count == LANES ? LOAD(p) : PART(p, count, 0);
          }
        if (count == LANES) {
          STORE(out + c, sum * w.scale);
        } else {
          STORE_PART(out + c, sum * w.scale, count);
        }
      }
    }
}

CK_KERNEL void F(ck_avg_pool2d_grad_nhwc)(T *restrict dx, const T *restrict g, long C, long H, long W, long kh, long kw,
    long sh, long sw, long ph, long pw, long Ho, long Wo, bool count_include_pad, long divisor_or_0) {
  for (long oy = 0; oy < Ho; oy++)
    for (long ox = 0; ox < Wo; ox++, g += C) {
      F(AverageWindow) w = F(average_window)(oy, ox, H, W, kh, kw, sh, sw, ph, pw, count_include_pad, divisor_or_0);
      for (long y = w.y0; y < w.y1; y++)
        for (long xx = w.x0; xx < w.x1; xx++) {
          T *d = dx + (y * W + xx) * C;
          for (long c = 0; c < C; c++) d[c] += g[c] * w.scale;
        }
    }
}
