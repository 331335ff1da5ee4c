// C of convolutions and pooling of float32, on the products of `CProducts.swift`.

extension CHelper {
  /// Each after those that it uses.
  static let convolutions = [sizes, pad, windows, convolve, depthwise, winograd, maxPool]

  /// What convolutions are told.
  private static let sizes = CHelper(
    name: "apus_conv",
    text: """
      // The sizes of a convolution or pooling of images [channels][h][w].
      typedef struct {
        long batch, channels, h, w, filters, groups, kh, kw, sh, sw, ph, pw, dh, dw, oh, ow;
      } apus_conv;
      """)

  /// Images with zeros around them.
  private static let pad = CHelper(
    name: "apus_pad",
    text: """
      // Channels with the zeros around them, [channels][height][step][pitch]: every step-th column of a row lies one behind the other, so
      // that windows whose distance is `step` see neighbours.
      static void apus_pad(
          const float *x, long channels, long h, long w, long ph, long pw, long height, long step, long pitch, float *to) {
        for (long row = 0; row < channels * height; row++) {
          const long y = row % height - ph;
          const float *from = x + (row / height * h + y) * w - pw;
          for (long part = 0; part < step; part++, to += pitch) {
            // The columns part + j step, of which those from pw to below pw + w are the image's.
            const long end = y >= 0 && y < h && pw + w > part ? (pw + w - part + step - 1) / step : 0;
            const long first = pw > part ? (pw - part + step - 1) / step : 0, last = end < pitch ? end : pitch;
            long j = 0;
            for (; j < first && j < pitch; j++) to[j] = 0;
            if (step == 1) {
              for (; j < last; j++) to[j] = from[j];
            } else {
              for (; j < last; j++) to[j] = from[part + j * step];
            }
            for (; j < pitch; j++) to[j] = 0;
          }
        }
      }
      """)

  /// Windows of images as panels.
  private static let windows = CHelper(
    name: "apus_windows",
    text: """
      // The elements that the windows of `columns` results from `first` on see, as a panel [channels kh kw][32], of images as apus_pad
      // leaves them. 32 elements at a time are copied where they lie before `end`; what stands behind the results of a row is
      // overwritten by the next, so that 32 elements behind the panel must be there.
      static void apus_windows(
          const apus_conv *s, const float *x, long height, long pitch, const float *end, long channels, long first, long columns,
          float *panel) {
        const long width = pitch * s->sw, top = first / s->ow, left = first % s->ow;
        for (long c = 0; c < channels; c++) {
          for (long ky = 0; ky < s->kh; ky++) {
            for (long kx = 0; kx < s->kw; kx++, panel += 32) {
              const long column = kx * s->dw % s->sw * pitch + kx * s->dw / s->sw + left;
              const float *from = x + (c * height + top * s->sh + ky * s->dh) * width + column;
              long n = s->ow - left;
              for (long j = 0; j < columns;) {
                if (from + 32 > end) {
                  for (long i = 0; i < n && j + i < columns; i++) panel[j + i] = from[i];
                } else {
                  APUS_UNROLLED
                  for (long i = 0; i < 32; i += APUS_LANES) {
                    *(apus_lanes *)(panel + j + i) = *(const apus_lanes *)(from + i);
                  }
                }
                j += n;
                from += s->sh * width - (s->ow - n);
                n = s->ow;
              }
            }
          }
        }
      }
      """)

  /// Convolutions as products.
  private static let convolve = CHelper(
    name: "apus_convolve",
    text: """
      // y = convolution of x with filters [filters][channels / groups][kh][kw]: windows are laid side by side in `count` panels, and
      // multiplied as matrices. `padded` has room for the image as apus_pad leaves it; NULL where it can be read as it lies.
      static void apus_convolve(
          const apus_conv *s, const float *x, const float *weight, const float *bias, float *y, int relu, float *panels,
          long count, float *padded) {
        const long channels = s->channels / s->groups, filters = s->filters / s->groups, results = s->oh * s->ow;
        const long depth = channels * s->kh * s->kw;
        const long height = padded ? (s->oh - 1) * s->sh + (s->kh - 1) * s->dh + 1 : s->h;
        const long pitch = padded ? s->ow + (s->kw - 1) * s->dw / s->sw : s->w;
        for (long g = 0; g < s->batch * s->groups; g++) {
          const float *image = x + g * channels * s->h * s->w, *own = weight + g % s->groups * filters * depth;
          const float *shift = bias ? bias + g % s->groups * filters : 0;
          const float *end = x + s->batch * s->channels * s->h * s->w;
          if (padded) {
            apus_pad(image, channels, s->h, s->w, s->ph, s->pw, height, s->sw, pitch, padded);
            image = padded;
            end = padded + channels * height * s->sw * pitch;
          }
          float *to = y + g * filters * results;
          for (long first = 0; first < results; first += 32 * count) {
            const long last = results - first < 32 * count ? results : first + 32 * count;
            for (long p = first; p < last; p += 32) {
              apus_windows(s, image, height, pitch, end, channels, p, last - p < 32 ? last - p : 32, panels + (p - first) * depth);
            }
            // Some filters at a time, which stay in the cache.
            for (long f = 0; f < filters; f += 2 * APUS_ROWS) {
              const long n = filters - f < 2 * APUS_ROWS ? filters - f : 2 * APUS_ROWS;
              for (long p = first; p < last; p += 32) {
                apus_rows(n, depth, own + f * depth, depth, panels + (p - first) * depth, to + f * results + p, results,
                    last - p < 32 ? last - p : 32, 0, shift ? shift + f : 0, relu);
              }
            }
          }
        }
      }
      """)

  /// Convolutions of single channels.
  private static let depthwise = CHelper(
    name: "apus_convolve_depthwise",
    text: """
      // A convolution of which every filter sees one channel. `padded` has room for a channel as apus_pad leaves it and 16 elements more.
      static void apus_convolve_depthwise(
          const apus_conv *s, const float *x, const float *weight, const float *bias, float *y, int relu, float *padded) {
        const long each = s->filters / s->groups, height = (s->oh - 1) * s->sh + (s->kh - 1) * s->dh + 1;
        const long pitch = s->ow + (s->kw - 1) * s->dw / s->sw, width = pitch * s->sw;
        for (long i = 0; i < 16; i++) padded[height * width + i] = 0;
        for (long f = 0; f < s->batch * s->filters; f++) {
          const float *own = weight + f % s->filters * s->kh * s->kw, start = bias ? bias[f % s->filters] : 0;
          if (f % each == 0) apus_pad(x + f / each * s->h * s->w, 1, s->h, s->w, s->ph, s->pw, height, s->sw, pitch, padded);
          for (long oy = 0; oy < s->oh; oy++) {
            float *to = y + (f * s->oh + oy) * s->ow;
            for (long ox = 0; ox < s->ow; ox += APUS_LANES) {
              apus_lanes sum = start - (apus_lanes){0};
              for (long ky = 0; ky < s->kh; ky++) {
                const float *row = padded + (oy * s->sh + ky * s->dh) * width + ox;
                for (long kx = 0, at = 0; kx < s->kw; kx++, at += s->dw) {
                  const long place = s->sw == 1 ? at : at % s->sw * pitch + at / s->sw;
                  sum += own[ky * s->kw + kx] * *(const apus_lanes *)(row + place);
                }
              }
              if (relu) sum = (apus_lanes)((apus_masks)sum & ~(apus_masks)(sum < 0));
              if (s->ow - ox >= APUS_LANES) {
                *(apus_lanes *)(to + ox) = sum;
              } else {
                __builtin_memcpy(to + ox, &sum, 4 * (s->ow - ox));
              }
            }
          }
        }
      }
      """)

  /// Convolutions of 3 x 3 filters by minimal filtering.
  private static let winograd = CHelper(
    name: "apus_winograd",
    text: """
      // Winograd's minimal filtering F(2x2, 3x3): tiles of 2 x 2 results from 4 x 4 elements, by 16 products instead of 36.
      // `weight` has the transformed filters [16][filters][channels]; `scratch` the padded image and a panel of tiles before and after.
      static void apus_winograd(
          const apus_conv *s, const float *x, const float *weight, const float *bias, float *y, int relu, float *scratch) {
        const long rows = (s->oh + 1) / 2, columns = (s->ow + 1) / 2, tiles = rows * columns;
        const long height = 2 * rows + 2, width = 2 * columns + 2, channels = s->channels, filters = s->filters;
        float *padded = scratch, *before = padded + channels * height * width, *after = before + 16 * channels * 32;
        for (long image = 0; image < s->batch; image++) {
          apus_pad(x + image * channels * s->h * s->w, channels, s->h, s->w, s->ph, s->pw, height, 1, width, padded);
          for (long first = 0; first < tiles; first += 32) {
            const long count = tiles - first < 32 ? tiles - first : 32;
            for (long c = 0; c < channels; c++) {
              float d[16][32];
              long t = 0, row = first / columns, column = first % columns;
              while (t < count) {
                const long n = columns - column < count - t ? columns - column : count - t;
                for (long i = 0; i < 4; i++) {
                  const float *restrict from = padded + (c * height + 2 * row + i) * width + 2 * column;
                  float *restrict d0 = d[4 * i] + t, *restrict d1 = d0 + 32, *restrict d2 = d1 + 32, *restrict d3 = d2 + 32;
                  for (long k = 0; k < n; k++) d0[k] = from[2 * k], d1[k] = from[2 * k + 1];
                  for (long k = 0; k < n; k++) d2[k] = from[2 * k + 2], d3[k] = from[2 * k + 3];
                }
                t += n;
                column = 0;
                row++;
              }
              for (; t < 32; t++) for (long i = 0; i < 16; i++) d[i][t] = 0;
              float *to = before + c * 32;
              const long step = channels * 32;
              for (long k = 0; k < 32; k++) {
                float m[16];
                APUS_UNROLLED
                for (int i = 0; i < 4; i++) {
                  m[i] = d[i][k] - d[8 + i][k], m[4 + i] = d[4 + i][k] + d[8 + i][k];
                  m[8 + i] = d[8 + i][k] - d[4 + i][k], m[12 + i] = d[4 + i][k] - d[12 + i][k];
                }
                APUS_UNROLLED
                for (int i = 0; i < 4; i++) {
                  to[4 * i * step + k] = m[4 * i] - m[4 * i + 2], to[(4 * i + 1) * step + k] = m[4 * i + 1] + m[4 * i + 2];
                  to[(4 * i + 2) * step + k] = m[4 * i + 2] - m[4 * i + 1], to[(4 * i + 3) * step + k] = m[4 * i + 1] - m[4 * i + 3];
                }
              }
            }
            for (long i = 0; i < 16; i++) {
              apus_rows(filters, channels, weight + i * filters * channels, channels, before + i * channels * 32,
                  after + i * filters * 32, 32, 32, 0, 0, 0);
            }
            for (long f = 0; f < filters; f++) {
              const float *m = after + f * 32, start = bias ? bias[f] : 0;
              const long step = filters * 32;
              float results[128], (*result)[32] = (float(*)[32])results;
              for (long k = 0; k < 32; k++) {
                float a[8];
                APUS_UNROLLED
                for (int i = 0; i < 4; i++) {
                  const float m0 = m[i * step + k], m1 = m[(4 + i) * step + k], m2 = m[(8 + i) * step + k];
                  a[i] = m0 + m1 + m2, a[4 + i] = m1 - m2 - m[(12 + i) * step + k];
                }
                result[0][k] = a[0] + a[1] + a[2] + start, result[1][k] = a[1] - a[2] - a[3] + start;
                result[2][k] = a[4] + a[5] + a[6] + start, result[3][k] = a[5] - a[6] - a[7] + start;
              }
              if (relu) for (long k = 0; k < 128; k++) results[k] = results[k] < 0 ? 0 : results[k];
              float *plane = y + (image * filters + f) * s->oh * s->ow;
              long t = 0, row = first / columns, column = first % columns;
              while (t < count) {
                const long n = columns - column < count - t ? columns - column : count - t;
                // The last tile may stand out at the side, and the last row of tiles below.
                const long pairs = 2 * (column + n) > s->ow ? n - 1 : n;
                for (long i = 0; i < 2 && 2 * row + i < s->oh; i++) {
                  float *restrict to = plane + (2 * row + i) * s->ow + 2 * column;
                  const float *restrict left = result[2 * i] + t, *restrict right = result[2 * i + 1] + t;
                  for (long k = 0; k < pairs; k++) to[2 * k] = left[k], to[2 * k + 1] = right[k];
                  if (pairs < n) to[2 * pairs] = left[pairs];
                }
                t += n;
                column = 0;
                row++;
              }
            }
          }
        }
      }
      """)

  /// Maxima of windows.
  private static let maxPool = CHelper(
    name: "apus_max_pool",
    text: """
      // The greatest element of each window, row by row of results.
      static void apus_max_pool(const apus_conv *s, const float *x, float *y) {
        for (long row = 0; row < s->batch * s->channels * s->oh; row++) {
          const float *plane = x + row / s->oh * s->h * s->w;
          float *restrict to = y + row * s->ow;
          for (long i = 0; i < s->ow; i++) to[i] = -__builtin_inff();
          for (long ky = 0; ky < s->kh; ky++) {
            const long line = row % s->oh * s->sh - s->ph + ky * s->dh;
            if (line < 0 || line >= s->h) continue;
            for (long kx = 0; kx < s->kw; kx++) {
              const long left = kx * s->dw - s->pw, room = s->w - left > 0 ? (s->w - left - 1) / s->sw + 1 : 0;
              const long first = left < 0 ? (-left + s->sw - 1) / s->sw : 0, end = room < s->ow ? room : s->ow;
              const float *from = plane + line * s->w + left;
              if (s->sw == 1) {
                for (long i = first; i < end; i++) to[i] = ((from[i] > to[i]) | (from[i] != from[i])) ? from[i] : to[i];
              } else if (s->sw == 2) {
                for (long i = first; i < end; i++) {
                  const float v = from[2 * i];
                  to[i] = ((v > to[i]) | (v != v)) ? v : to[i];
                }
              } else {
                for (long i = first; i < end; i++) {
                  const float v = from[i * s->sw];
                  to[i] = ((v > to[i]) | (v != v)) ? v : to[i];
                }
              }
            }
          }
        }
      }
      """)
}
