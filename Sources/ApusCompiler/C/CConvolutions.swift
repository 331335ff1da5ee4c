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
      // leaves them, without the rows `above`. 32 elements at a time are copied where they lie before `end`; what stands behind the results of a row is
      // overwritten by the next, so that 32 elements behind the panel must be there.
      static void apus_windows(
          const apus_conv *s, const float *x, long height, long above, long pitch, const float *end, long channels, long first, long columns,
          float *panel) {
        const long width = pitch * s->sw, top = first / s->ow, left = first % s->ow;
        for (long c = 0; c < channels; c++) {
          for (long ky = 0; ky < s->kh; ky++) {
            for (long kx = 0; kx < s->kw; kx++, panel += 32) {
              const long column = kx * s->dw % s->sw * pitch + kx * s->dw / s->sw + left;
              const float *from = x + (c * height + top * s->sh - above + ky * s->dh) * width + column;
              long n = s->ow - left;
              for (long j = 0; j < columns;) {
                const long wanted = n < columns - j ? n : columns - j;
                if (from + 32 > end) {
                  for (long i = 0; i < wanted; i++) panel[j + i] = from[i];
                } else {
                  for (long i = 0; i < wanted; i += APUS_LANES) {
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
      // multiplied as matrices. Each part of the work has panels, and room for the image as apus_pad leaves it behind them; `pads` is 0
      // where it can be read as it lies. Where there are fewer blocks of panels than threads, filters are dealt out in `slices`.
      typedef struct {
        const apus_conv *s;
        const float *x, *weight, *bias;
        float *y, *scratch;
        long count, room, slices;
        int relu, pads, parts;
      } apus_convolution;
      static void apus_convolve_part(void *argument, int part) {
        const apus_convolution *work = (const apus_convolution *)argument;
        const apus_conv *s = work->s;
        const long channels = s->channels / s->groups, filters = s->filters / s->groups, results = s->oh * s->ow;
        const long depth = channels * s->kh * s->kw, count = work->count, blocks = (results + 32 * count - 1) / (32 * count);
        const long pitch = work->pads ? s->ow + (s->kw - 1) * s->dw / s->sw : s->w;
        float *panels = work->scratch + part * work->room, *padded = panels + 32 * (depth * count + 1);
        const long units = s->batch * s->groups * blocks * work->slices;
        const long each = (filters / work->slices + APUS_ROWS - 1) / APUS_ROWS * APUS_ROWS;
        const long last_unit = units * (part + 1) / work->parts;
        // The rows of the present image that this part reads: from `top` on.
        long present = -1, top = 0, height = s->h;
        for (long unit = units * part / work->parts; unit < last_unit; unit++) {
          const long slice = unit % work->slices, first = unit / work->slices % blocks * 32 * count;
          const long g = unit / work->slices / blocks, from = slice * each;
          const long until = slice == work->slices - 1 || from + each > filters ? filters : from + each;
          const float *image = work->x + g * channels * s->h * s->w, *own = work->weight + g % s->groups * filters * depth;
          const float *shift = work->bias ? work->bias + g % s->groups * filters : 0;
          const float *end = work->x + s->batch * s->channels * s->h * s->w;
          if (work->pads) {
            if (g != present) {
              const long units_before = g * blocks * work->slices, own_units = blocks * work->slices;
              const long end_unit = last_unit - units_before < own_units ? last_unit - units_before : own_units;
              const long behind = ((end_unit - 1) / work->slices + 1) * 32 * count;
              top = first / s->ow * s->sh;
              height = ((behind < results ? behind : results) - 1) / s->ow * s->sh + (s->kh - 1) * s->dh + 1 - top;
              apus_pad(image, channels, s->h, s->w, s->ph - top, s->pw, height, s->sw, pitch, padded);
              present = g;
            }
            image = padded;
            end = padded + channels * height * s->sw * pitch;
          }
          float *to = work->y + g * filters * results;
          const long last = results - first < 32 * count ? results : first + 32 * count;
          if (from >= until) continue;
          for (long p = first; p < last; p += 32) {
            apus_windows(s, image, height, top, pitch, end, channels, p, last - p < 32 ? last - p : 32, panels + (p - first) * depth);
          }
          // Some filters at a time, which stay in the cache.
          for (long f = from; f < until; f += 2 * APUS_ROWS) {
            const long n = until - f < 2 * APUS_ROWS ? until - f : 2 * APUS_ROWS;
            for (long p = first; p < last; p += 32) {
              apus_rows(n, depth, own + f * depth, depth, panels + (p - first) * depth, to + f * results + p, results,
                  last - p < 32 ? last - p : 32, 0, shift ? shift + f : 0, work->relu);
            }
          }
        }
      }
      static void apus_convolve(
          const apus_team *team, const apus_conv *s, const float *x, const float *weight, const float *bias, float *y, int relu,
          float *scratch, long room, long count, int pads) {
        const long depth = s->channels / s->groups * s->kh * s->kw, filters = s->filters / s->groups;
        const long units = s->batch * s->groups * ((s->oh * s->ow + 32 * count - 1) / (32 * count));
        const long most = (filters + 2 * APUS_ROWS - 1) / (2 * APUS_ROWS), threads = team ? team->threads : 1;
        const long wanted = units < threads ? (threads + units - 1) / units : 1, slices = wanted < most ? wanted : most;
        const int parts = apus_parts(team, units * slices, filters / slices * depth * 8 * count);
        apus_convolution work = {s, x, weight, bias, y, scratch, count, room, parts > 1 ? slices : 1, relu, pads, parts};
        apus_together(team, parts, apus_convolve_part, &work);
      }
      """)

  /// Convolutions of single channels.
  private static let depthwise = CHelper(
    name: "apus_convolve_depthwise",
    text: """
      // A convolution of which every filter sees one channel. Each part of the work has room for a channel as apus_pad leaves it and 32
      // elements more.
      typedef struct {
        const apus_conv *s;
        const float *x, *weight, *bias;
        float *y, *scratch;
        long room;
        int relu, parts;
      } apus_depthwise_work;
      static void apus_convolve_depthwise_part(void *argument, int part) {
        const apus_depthwise_work *work = (const apus_depthwise_work *)argument;
        const apus_conv *s = work->s;
        const float *x = work->x, *weight = work->weight, *bias = work->bias;
        float *y = work->y, *padded = work->scratch + part * work->room;
        const int relu = work->relu;
        const long each = s->filters / s->groups, height = (s->oh - 1) * s->sh + (s->kh - 1) * s->dh + 1;
        const long pitch = s->ow + (s->kw - 1) * s->dw / s->sw, width = pitch * s->sw;
        for (long i = 0; i < 2 * APUS_LANES; i++) padded[height * width + i] = 0;
        // Where the elements of a window lie, a few of them at a time.
        const long taps = s->kh * s->kw;
        const long planes = s->batch * s->channels;
        for (long f = planes * part / work->parts * each; f < planes * (part + 1) / work->parts * each; f++) {
          const float *own = weight + f % s->filters * taps, start = bias ? bias[f % s->filters] : 0;
          if (f % each == 0) apus_pad(x + f / each * s->h * s->w, 1, s->h, s->w, s->ph, s->pw, height, s->sw, pitch, padded);
          for (long first = 0; first == 0 || first < taps; first += 32) {
            const long count = taps - first < 32 ? taps - first : 32;
            const int is_last = first + 32 >= taps;
            long places[32];
            for (long t = 0; t < count; t++) {
              const long at = (first + t) % s->kw * s->dw;
              places[t] = (first + t) / s->kw * s->dh * width + at % s->sw * pitch + at / s->sw;
            }
            for (long oy = 0; oy < s->oh; oy += 2) {
              const long below = oy + 1 < s->oh ? s->sh * width : 0;
              for (long ox = 0; ox < s->ow; ox += 2 * APUS_LANES) {
                const float *from = padded + oy * s->sh * width + ox;
                float *to = y + (f * s->oh + oy) * s->ow + ox;
                apus_lanes sums[4];
                for (int v = 0; v < 4; v++) sums[v] = (first ? 0 : start) - (apus_lanes){0};
                for (long t = 0; t < count; t++) {
                  const float *place = from + places[t], weight_of_tap = own[first + t];
                  sums[0] += weight_of_tap * *(const apus_lanes *)place;
                  sums[1] += weight_of_tap * *(const apus_lanes *)(place + APUS_LANES);
                  sums[2] += weight_of_tap * *(const apus_lanes *)(place + below);
                  sums[3] += weight_of_tap * *(const apus_lanes *)(place + below + APUS_LANES);
                }
                for (int v = 0; v < (below ? 4 : 2); v++) {
                  float *target = to + (v > 1 ? s->ow : 0) + v % 2 * APUS_LANES;
                  const long room = s->ow - ox - v % 2 * APUS_LANES, n = room < APUS_LANES ? room : APUS_LANES;
                  if (n <= 0) continue;
                  apus_lanes sum = sums[v];
                  if (first) {
                    apus_lanes before = (apus_lanes){0};
                    __builtin_memcpy(&before, target, 4 * n);
                    sum += before;
                  }
                  if (relu && is_last) sum = (apus_lanes)((apus_masks)sum & ~(apus_masks)(sum < 0));
                  if (n == APUS_LANES) *(apus_lanes *)target = sum;
                  else __builtin_memcpy(target, &sum, 4 * n);
                }
              }
            }
          }
        }
      }
      static void apus_convolve_depthwise(
          const apus_team *team, const apus_conv *s, const float *x, const float *weight, const float *bias, float *y, int relu,
          float *scratch, long room) {
        const int parts = apus_parts(team, s->batch * s->channels, s->filters / s->groups * s->oh * s->ow * s->kh * s->kw / 4);
        apus_depthwise_work work = {s, x, weight, bias, y, scratch, room, relu, parts};
        apus_together(team, parts, apus_convolve_depthwise_part, &work);
      }
      """)

  /// Convolutions of 3 x 3 filters by minimal filtering.
  private static let winograd = CHelper(
    name: "apus_winograd",
    text: """
      // Winograd's minimal filtering F(2x2, 3x3): tiles of 2 x 2 results from 4 x 4 elements, by 16 products instead of 36.
      // `weight` has the transformed filters [16][filters][channels]. Each part of the work has room for the padded image and a panel of
      // tiles before and after.
      typedef struct {
        const apus_conv *s;
        const float *x, *weight, *bias;
        float *y, *scratch;
        long room;
        int relu, parts;
      } apus_winograd_work;
      static void apus_winograd_part(void *argument, int part) {
        const apus_winograd_work *work = (const apus_winograd_work *)argument;
        const apus_conv *s = work->s;
        const float *x = work->x, *weight = work->weight, *bias = work->bias;
        float *y = work->y, *scratch = work->scratch + part * work->room;
        const int relu = work->relu;
        const long rows = (s->oh + 1) / 2, columns = (s->ow + 1) / 2, tiles = rows * columns;
        const long width = 2 * columns + 2, channels = s->channels, filters = s->filters;
        float *padded = scratch, *before = padded + channels * (2 * rows + 2) * width, *after = before + 16 * channels * 32;
        const long blocks = (tiles + 31) / 32, units = s->batch * blocks, last_unit = units * (part + 1) / work->parts;
        // The rows of the present image that this part reads: from `top` on.
        long present = -1, top = 0, height = 0;
        for (long unit = units * part / work->parts; unit < last_unit; unit++) {
          const long image = unit / blocks, first = unit % blocks * 32;
          if (image != present) {
            const long last = last_unit < (image + 1) * blocks ? (last_unit - image * blocks) * 32 : tiles;
            top = first / columns * 2;
            height = (last - 1) / columns * 2 + 4 - top;
            apus_pad(x + image * channels * s->h * s->w, channels, s->h, s->w, s->ph - top, s->pw, height, 1, width, padded);
            present = image;
          }
          const long count = tiles - first < 32 ? tiles - first : 32;
          for (long c = 0; c < channels; c++) {
            float d[16][32];
            long t = 0, row = first / columns, column = first % columns;
            while (t < count) {
              const long n = columns - column < count - t ? columns - column : count - t;
              for (long i = 0; i < 4; i++) {
                const float *restrict from = padded + (c * height + 2 * row - top + i) * width + 2 * column;
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
            for (long k = 0; k < 32; k += APUS_LANES) {
              apus_lanes e[16], m[16];
              APUS_UNROLLED
              for (int i = 0; i < 16; i++) e[i] = *(const apus_lanes *)(d[i] + k);
              APUS_UNROLLED
              for (int i = 0; i < 4; i++) {
                m[i] = e[i] - e[8 + i], m[4 + i] = e[4 + i] + e[8 + i];
                m[8 + i] = e[8 + i] - e[4 + i], m[12 + i] = e[4 + i] - e[12 + i];
              }
              APUS_UNROLLED
              for (int i = 0; i < 4; i++) {
                float *row = to + 4 * i * step + k;
                *(apus_lanes *)row = m[4 * i] - m[4 * i + 2];
                *(apus_lanes *)(row + step) = m[4 * i + 1] + m[4 * i + 2];
                *(apus_lanes *)(row + 2 * step) = m[4 * i + 2] - m[4 * i + 1];
                *(apus_lanes *)(row + 3 * step) = m[4 * i + 1] - m[4 * i + 3];
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
            for (long k = 0; k < 32; k += APUS_LANES) {
              apus_lanes a[8];
              APUS_UNROLLED
              for (int i = 0; i < 4; i++) {
                const apus_lanes m0 = *(const apus_lanes *)(m + i * step + k), m1 = *(const apus_lanes *)(m + (4 + i) * step + k);
                const apus_lanes m2 = *(const apus_lanes *)(m + (8 + i) * step + k);
                a[i] = m0 + m1 + m2, a[4 + i] = m1 - m2 - *(const apus_lanes *)(m + (12 + i) * step + k);
              }
              *(apus_lanes *)(result[0] + k) = a[0] + a[1] + a[2] + start;
              *(apus_lanes *)(result[1] + k) = a[1] - a[2] - a[3] + start;
              *(apus_lanes *)(result[2] + k) = a[4] + a[5] + a[6] + start;
              *(apus_lanes *)(result[3] + k) = a[5] - a[6] - a[7] + start;
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
      static void apus_winograd(
          const apus_team *team, const apus_conv *s, const float *x, const float *weight, const float *bias, float *y, int relu,
          float *scratch, long room) {
        const long blocks = ((s->oh + 1) / 2 * ((s->ow + 1) / 2) + 31) / 32;
        const int parts = apus_parts(team, s->batch * blocks, s->filters * s->channels * 128);
        apus_winograd_work work = {s, x, weight, bias, y, scratch, room, relu, parts};
        apus_together(team, parts, apus_winograd_part, &work);
      }
      """)

  /// Maxima of windows.
  private static let maxPool = CHelper(
    name: "apus_max_pool",
    text: """
      // The greatest element of each window, row by row of results. What is no number is greater than all.
      #define APUS_GREATER(x, y) ((((x) > (y)) | ((x) != (x))) ? (x) : (y))
      typedef struct {
        const apus_conv *s;
        const float *x;
        float *y;
        int parts;
      } apus_max_pool_work;
      static void apus_max_pool_part(void *argument, int part) {
        const apus_max_pool_work *work = (const apus_max_pool_work *)argument;
        const apus_conv *s = work->s;
        float *y = work->y;
        const long rows = s->batch * s->channels * s->oh, below = rows * (part + 1) / work->parts;
        if (s->kh == 2 && s->kw == 2 && s->sh == 2 && s->sw == 2 && s->dh == 1 && s->dw == 1 && !(s->ph | s->pw) &&
            s->w == 2 * s->ow && s->ow <= 128) {
          // Pairs of columns of some rows, which lie one behind the other, then pairs of rows.
          for (long row = rows * part / work->parts; row < below;) {
            const long left = s->oh - row % s->oh, room = 128 / s->ow;
            long n = left < room ? left : room;
            n = n < below - row ? n : below - row;
            const float *restrict from = work->x + (row / s->oh * s->h + row % s->oh * 2) * s->w;
            float pairs[256], *restrict to = y + row * s->ow;
            for (long i = 0; i < 2 * n * s->ow; i++) pairs[i] = APUS_GREATER(from[2 * i + 1], from[2 * i]);
            for (long r = 0; r < n; r++, to += s->ow) {
              const float *restrict upper = pairs + 2 * r * s->ow, *restrict lower = upper + s->ow;
              for (long i = 0; i < s->ow; i++) to[i] = APUS_GREATER(lower[i], upper[i]);
            }
            row += n;
          }
          return;
        }
        for (long row = rows * part / work->parts; row < below; row++) {
          const float *plane = work->x + row / s->oh * s->h * s->w;
          float *restrict to = y + row * s->ow;
          const long reach = (s->kw - 1) * s->dw, most = reach < 256 ? (255 - reach) / s->sw + 1 : 1;
          for (long first = 0; first < s->ow; first += most) {
            const long n = s->ow - first < most ? s->ow - first : most, left = first * s->sw - s->pw;
            if (reach >= 256) {
              // A window wider than the columns that are kept.
              float top = -__builtin_inff();
              for (long k = 0; k < s->kh * s->kw; k++) {
                const long line = row % s->oh * s->sh - s->ph + k / s->kw * s->dh, column = left + k % s->kw * s->dw;
                if (line >= 0 && line < s->h && column >= 0 && column < s->w) top = APUS_GREATER(plane[line * s->w + column], top);
              }
              to[first] = top;
              continue;
            }
            // The greatest of each column, then of some columns.
            float columns[256];
            const long span = (n - 1) * s->sw + reach + 1;
            const long begin = left < 0 ? -left : 0, end = s->w - left < span ? s->w - left : span;
            for (long j = 0; j < span; j++) columns[j] = -__builtin_inff();
            for (long ky = 0; ky < s->kh; ky++) {
              const long line = row % s->oh * s->sh - s->ph + ky * s->dh;
              if (line < 0 || line >= s->h) continue;
              const float *restrict from = plane + line * s->w + left;
              for (long j = begin; j < end; j++) columns[j] = APUS_GREATER(from[j], columns[j]);
            }
            for (long kx = 0; kx < s->kw; kx++) {
              const float *restrict from = columns + kx * s->dw;
              float *restrict result = to + first;
              if (kx == 0 && s->sw == 2) {
                for (long i = 0; i < n; i++) result[i] = from[2 * i];
              } else if (kx == 0) {
                for (long i = 0; i < n; i++) result[i] = from[i * s->sw];
              } else if (s->sw == 1) {
                for (long i = 0; i < n; i++) result[i] = APUS_GREATER(from[i], result[i]);
              } else if (s->sw == 2) {
                for (long i = 0; i < n; i++) result[i] = APUS_GREATER(from[2 * i], result[i]);
              } else {
                for (long i = 0; i < n; i++) result[i] = APUS_GREATER(from[i * s->sw], result[i]);
              }
            }
          }
        }
      }
      static void apus_max_pool(const apus_team *team, const apus_conv *s, const float *x, float *y) {
        const int parts = apus_parts(team, s->batch * s->channels * s->oh, s->ow * s->kh * s->kw / 4);
        apus_max_pool_work work = {s, x, y, parts};
        apus_together(team, parts, apus_max_pool_part, &work);
      }
      """)
}
