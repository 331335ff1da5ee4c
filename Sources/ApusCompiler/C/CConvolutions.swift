// C of convolutions and pooling of float32, on the products of `CProducts.swift`.

extension CHelper {
  /// Each after those that it uses.
  static let convolutions = [
    sizes, work, pad, windows, convolve, convolveTurned, depthwise, winogradTiles, winograd, winogradTurned, maxPool,
  ]

  /// What convolutions are told.
  private static let sizes = CHelper(
    name: "apus_conv",
    text: """
      // The sizes of a convolution or pooling of images [channels][h][w].
      typedef struct {
        long batch, channels, h, w, filters, groups, kh, kw, sh, sw, ph, pw, dh, dw, oh, ow;
      } apus_conv;
      """)

  /// What the parts of a convolution are told.
  private static let work = CHelper(
    name: "apus_conv_work",
    text: """
      // A convolution of x to y. Each part of it has `room` floats of scratch memory.
      typedef struct {
        const apus_conv *s;
        const float *x, *weight, *bias;
        float *y, *scratch;
        long room;
        int relu, parts;
      } apus_conv_work;
      // One as a product with windows: how many panels of them there are at a time, in how many parts filters are dealt out, and whether
      // images get zeros around them.
      typedef struct {
        apus_conv_work own;
        long count, slices;
        int pads;
      } apus_convolution;
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
            if (j < last) apus_every(last - j, step, from + part + j * step, to + j);
            for (j = last > j ? last : j; j < pitch; j++) to[j] = 0;
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
            const float *line = x + (c * height + top * s->sh - above + ky * s->dh) * width + left;
            for (long kx = 0; kx < s->kw; kx++, panel += 32) {
              const float *from = line + (s->sw == 1 ? kx * s->dw : kx * s->dw % s->sw * pitch + kx * s->dw / s->sw);
              long n = s->ow - left;
              if (n >= columns && from + 32 <= end) {
                // All in one row.
                APUS_UNROLLED
                for (int i = 0; i < 32; i += APUS_LANES) *(apus_lanes *)(panel + i) = *(const apus_lanes *)(from + i);
                continue;
              }
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
      // Filters [filters][channels / groups][kh][kw]: windows are laid side by side in `count` panels, and multiplied as matrices. Each part
      // of the work has panels, and room for the image as apus_pad leaves it behind them; `pads` is 0 where it can be read as it lies.
      // Where there are fewer blocks of panels than threads, filters are dealt out in `slices`.
      static void apus_convolve_part(void *argument, int part) {
        const apus_convolution *all = (const apus_convolution *)argument;
        const apus_conv_work *work = &all->own;
        const apus_conv *s = work->s;
        const long channels = s->channels / s->groups, filters = s->filters / s->groups, results = s->oh * s->ow;
        const long depth = channels * s->kh * s->kw, count = all->count, blocks = (results + 32 * count - 1) / (32 * count);
        const long pitch = all->pads ? s->ow + (s->kw - 1) * s->dw / s->sw : s->w;
        float *panels = work->scratch + part * work->room, *padded = panels + 32 * (depth * count + 1);
        const long units = s->batch * s->groups * blocks * all->slices;
        const long each = (filters / all->slices + APUS_ROWS - 1) / APUS_ROWS * APUS_ROWS;
        const long last_unit = units * (part + 1) / work->parts;
        // The rows of the present image that this part reads: from `top` on.
        long present = -1, top = 0, height = s->h;
        for (long unit = units * part / work->parts; unit < last_unit; unit++) {
          const long slice = unit % all->slices, first = unit / all->slices % blocks * 32 * count;
          const long g = unit / all->slices / blocks, from = slice * each;
          const long until = slice == all->slices - 1 || from + each > filters ? filters : from + each;
          const float *image = work->x + g * channels * s->h * s->w, *weight = work->weight + g % s->groups * filters * depth;
          const float *shift = work->bias ? work->bias + g % s->groups * filters : 0;
          const float *end = work->x + s->batch * s->channels * s->h * s->w;
          if (all->pads) {
            if (g != present) {
              const long units_before = g * blocks * all->slices, own_units = blocks * all->slices;
              const long end_unit = last_unit - units_before < own_units ? last_unit - units_before : own_units;
              const long behind = ((end_unit - 1) / all->slices + 1) * 32 * count;
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
              apus_rows(n, depth, weight + f * depth, depth, panels + (p - first) * depth, to + f * results + p, results,
                  last - p < 32 ? last - p : 32, 0, shift ? shift + f : 0, work->relu);
            }
          }
        }
      }
      static void apus_convolve(const apus_team *team, const apus_conv_work *own, long count, int pads) {
        const apus_conv *s = own->s;
        const long depth = s->channels / s->groups * s->kh * s->kw, filters = s->filters / s->groups;
        const long units = s->batch * s->groups * ((s->oh * s->ow + 32 * count - 1) / (32 * count));
        const long most = (filters + 2 * APUS_ROWS - 1) / (2 * APUS_ROWS), threads = team ? team->threads : 1;
        const long wanted = units < threads ? (threads + units - 1) / units : 1, slices = wanted < most ? wanted : most;
        apus_convolution work = {*own, count, slices, pads};
        work.own.parts = apus_parts(team, units * slices, filters / slices * depth * 8 * count);
        if (work.own.parts == 1) work.slices = 1;
        apus_together(team, work.own.parts, apus_convolve_part, &work);
      }
      """)

  /// Convolutions of few pixels as products.
  private static let convolveTurned = CHelper(
    name: "apus_convolve_turned",
    text: """
      // Filters in panels [filters / 32][channels kh kw][32], for images of few pixels, which would fill panels badly: vectors hold
      // filters, and windows are rows of the product, 24 of them in each panel. Parts of the work have panels of filters.
      static void apus_convolve_turned_part(void *argument, int part) {
        const apus_convolution *all = (const apus_convolution *)argument;
        const apus_conv_work *work = &all->own;
        const apus_conv *s = work->s;
        const long results = s->oh * s->ow, depth = s->channels * s->kh * s->kw, panels = s->filters / 32;
        const long pitch = all->pads ? s->ow + (s->kw - 1) * s->dw / s->sw : s->w;
        const long height = all->pads ? (s->oh - 1) * s->sh + (s->kh - 1) * s->dh + 1 : s->h;
        float *windows = work->scratch + part * work->room, *padded = windows + 32 * (depth * all->count + 1);
        for (long unit = s->batch * panels * part / work->parts; unit < s->batch * panels * (part + 1) / work->parts;) {
          const long image = unit / panels, first = unit % panels, rest = s->batch * panels * (part + 1) / work->parts - image * panels;
          const long last = rest < panels ? rest : panels;
          const float *x = work->x + image * s->channels * s->h * s->w, *end = work->x + s->batch * s->channels * s->h * s->w;
          if (all->pads) {
            apus_pad(x, s->channels, s->h, s->w, s->ph, s->pw, height, s->sw, pitch, padded);
            x = padded;
            end = padded + s->channels * height * s->sw * pitch;
          }
          for (long p = 0; p < results; p += 24 * all->count) {
            const long n = results - p < 24 * all->count ? results - p : 24 * all->count;
            for (long q = 0; q < n; q += 24) {
              apus_windows(s, x, height, 0, pitch, end, s->channels, p + q, n - q < 24 ? n - q : 24, windows + q / 24 * 32 * depth);
            }
            for (long f = first; f < last; f++) {
              float *to = work->y + (image * s->filters + 32 * f) * results + p;
              for (long q = 0; q < n; q += 24) {
                apus_turned_rows(n - q < 24 ? n - q : 24, depth, windows + q / 24 * 32 * depth, 32, work->weight + f * 32 * depth, to + q,
                    results, work->bias ? work->bias + 32 * f : 0, work->relu);
              }
            }
          }
          unit += last - first;
        }
      }
      static void apus_convolve_turned(const apus_team *team, const apus_conv_work *own, long count, int pads) {
        const apus_conv *s = own->s;
        apus_convolution work = {*own, count, 1, pads};
        work.own.parts = apus_parts(team, s->batch * (s->filters / 32), s->channels * s->kh * s->kw * s->oh * s->ow * 8);
        apus_together(team, work.own.parts, apus_convolve_turned_part, &work);
      }
      """)

  /// Convolutions of single channels.
  private static let depthwise = CHelper(
    name: "apus_convolve_depthwise",
    text: """
      // A convolution of which every filter sees one channel. Each part of the work has room for a channel with the zeros around it,
      // [sh][sw][height][pitch]: every sh-th row of every sw-th column, so that an element of all windows lies as far from the one before
      // as windows do, and 4 * APUS_LANES elements more; behind it for as many results, in rows of `pitch`.
      static void apus_convolve_depthwise_part(void *argument, int part) {
        APUS_FUSED
        const apus_conv_work *work = (const apus_conv_work *)argument;
        const apus_conv *s = work->s;
        const long each = s->filters / s->groups, planes = s->batch * s->channels, taps = s->kh * s->kw;
        const long height = s->oh + (s->kh - 1) * s->dh / s->sh, pitch = s->ow + (s->kw - 1) * s->dw / s->sw;
        const long size = s->sh * s->sw * height * pitch, count = (s->oh - 1) * pitch + s->ow;
        float *padded = work->scratch + part * work->room, *sums = padded + size + 4 * APUS_LANES;
        // Where the elements of a window from `known` on lie.
        const float *places[32];
        long known = -1;
        for (long i = 0; i < size + 4 * APUS_LANES; i++) padded[i] = 0;
        for (long plane = planes * part / work->parts; plane < planes * (part + 1) / work->parts; plane++) {
          for (long x = 0; x < s->sw && x < s->w; x++) {
            const long column = (x + s->pw) / s->sw, rest = (s->w - x + s->sw - 1) / s->sw, room = pitch - column;
            const long n = rest < room ? rest : room, area = height * pitch;
            const float *from = work->x + plane * s->h * s->w + x;
            float *to = padded + (x + s->pw) % s->sw * area + column;
            // Row y lies behind `line` others among those of step `y % sh`.
            for (long y = 0, line = s->ph / s->sh, step = s->ph % s->sh; y < s->h && line < height; y++, from += s->w) {
              apus_every(n, s->sw, from, to + step * s->sw * area + line * pitch);
              if (++step == s->sh) step = 0, line++;
            }
          }
          for (long f = plane * each; f < (plane + 1) * each; f++) {
            const float *weight = work->weight + f % s->filters * taps, start = work->bias ? work->bias[f % s->filters] : 0;
            // Some elements of a window at a time.
            for (long first = 0; first == 0 || first < taps; first += 32) {
              const long n = taps - first < 32 ? taps - first : 32;
              if (known != first) {
                for (long t = 0; t < n; t++) {
                  const long ky = (first + t) / s->kw * s->dh, kx = (first + t) % s->kw * s->dw;
                  places[t] = padded + ((ky % s->sh * s->sw + kx % s->sw) * height + ky / s->sh) * pitch + kx / s->sw;
                }
                known = first;
              }
              for (long i = 0; i < count; i += 4 * APUS_LANES) {
                apus_lanes sum[4];
                APUS_UNROLLED
                for (int v = 0; v < 4; v++) {
                  sum[v] = start - (apus_lanes){0};
                  if (first) sum[v] = *(const apus_lanes *)(sums + i + v * APUS_LANES);
                }
                for (long t = 0; t < n; t++) {
                  const float *place = places[t] + i, factor = weight[first + t];
                  APUS_UNROLLED
                  for (int v = 0; v < 4; v++) sum[v] += factor * *(const apus_lanes *)(place + v * APUS_LANES);
                }
                APUS_UNROLLED
                for (int v = 0; v < 4; v++) {
                  if (work->relu && first + 32 >= taps) sum[v] = (apus_lanes)((apus_masks)sum[v] & ~(apus_masks)(sum[v] < 0));
                  *(apus_lanes *)(sums + i + v * APUS_LANES) = sum[v];
                }
              }
            }
            for (long y = 0; y < s->oh; y++) apus_copy(s->ow, sums + y * pitch, work->y + (f * s->oh + y) * s->ow);
          }
        }
      }
      static void apus_convolve_depthwise(const apus_team *team, const apus_conv_work *own) {
        const apus_conv *s = own->s;
        apus_conv_work work = *own;
        work.parts = apus_parts(team, s->batch * s->channels, s->filters / s->groups * s->oh * s->ow * s->kh * s->kw / 4);
        apus_together(team, work.parts, apus_convolve_depthwise_part, &work);
      }
      """)

  /// What goes into minimal filtering, and what comes of it.
  private static let winogradTiles = CHelper(
    name: "apus_winograd_in",
    text: """
      // Winograd's minimal filtering F(2x2, 3x3): tiles of 2 x 2 results from 4 x 4 elements, by 16 products instead of 36. Tiles lie in rows of
      // `columns`.
      // The sums and differences of `count` <= 32 tiles of some channels from `first` on: 16 rows of each, `step` apart, in whole vectors;
      // those of the next channel lie `next` behind. Rows of the channels from the row of tiles `top` on lie as apus_pad leaves them
      // with two steps, `plane` elements for each channel.
      static void apus_winograd_in(
          const float *padded, long channels, long plane, long columns, long top, long first, long count, float *to, long next, long step) {
        // One channel is gathered while sums of the one before are formed, whose elements have reached the cache by then.
        float gathered[2][16][32 + APUS_LANES];
        for (long c = 0; c <= channels; c++, padded += plane) {
          float (*d)[32 + APUS_LANES] = gathered[c & 1];
          long row = first / columns - top, column = first % columns;
          for (long t = 0, n; t < count && c < channels; t += n, column = 0, row++) {
            n = columns - column < count - t ? columns - column : count - t;
            for (long i = 0; i < 4; i++) {
              const float *even = padded + (2 * row + i) * 2 * (columns + 1) + column, *odd = even + columns + 1;
              for (long k = 0; k < n; k += APUS_LANES) {
                *(apus_lanes *)(d[4 * i] + t + k) = *(const apus_lanes *)(even + k);
                *(apus_lanes *)(d[4 * i + 1] + t + k) = *(const apus_lanes *)(odd + k);
                *(apus_lanes *)(d[4 * i + 2] + t + k) = *(const apus_lanes *)(even + k + 1);
                *(apus_lanes *)(d[4 * i + 3] + t + k) = *(const apus_lanes *)(odd + k + 1);
              }
            }
          }
          d = gathered[~c & 1];
          for (long k = 0; k < count && c > 0; k += APUS_LANES) {
            apus_lanes m[16];
            APUS_UNROLLED
            for (int i = 0; i < 4; i++) {
              const apus_lanes a = *(const apus_lanes *)(d[i] + k), b = *(const apus_lanes *)(d[4 + i] + k);
              const apus_lanes e = *(const apus_lanes *)(d[8 + i] + k), f = *(const apus_lanes *)(d[12 + i] + k);
              m[i] = a - e, m[4 + i] = b + e, m[8 + i] = e - b, m[12 + i] = b - f;
            }
            APUS_UNROLLED
            for (int i = 0; i < 4; i++) {
              float *line = to + (c - 1) * next + 4 * i * step + k;
              *(apus_lanes *)line = m[4 * i] - m[4 * i + 2];
              *(apus_lanes *)(line + step) = m[4 * i + 1] + m[4 * i + 2];
              *(apus_lanes *)(line + 2 * step) = m[4 * i + 2] - m[4 * i + 1];
              *(apus_lanes *)(line + 3 * step) = m[4 * i + 1] - m[4 * i + 3];
            }
          }
        }
      }
      // The results of the same tiles of a filter, whose 16 products lie `step` apart.
      static void apus_winograd_out(
          const apus_conv *s, const float *products, long step, float start, int relu, long first, long count, float *plane) {
        const long columns = (s->ow + 1) / 2;
        // Two rows of results.
        float lines[2][64];
        for (long k = 0; k < count; k += APUS_LANES) {
          apus_lanes a[8];
          APUS_UNROLLED
          for (int i = 0; i < 4; i++) {
            const float *m = products + i * step + k;
            const apus_lanes m1 = *(const apus_lanes *)(m + 4 * step), m2 = *(const apus_lanes *)(m + 8 * step);
            a[i] = *(const apus_lanes *)m + m1 + m2, a[4 + i] = m1 - m2 - *(const apus_lanes *)(m + 12 * step);
          }
          APUS_UNROLLED
          for (int i = 0; i < 2; i++) {
            apus_lanes left = a[4 * i] + a[4 * i + 1] + a[4 * i + 2] + start, right = a[4 * i + 1] - a[4 * i + 2] - a[4 * i + 3] + start;
            if (relu) left = (apus_lanes)((apus_masks)left & ~(apus_masks)(left < 0));
            if (relu) right = (apus_lanes)((apus_masks)right & ~(apus_masks)(right < 0));
            APUS_UNROLLED
            for (int j = 0; j < APUS_LANES; j++) lines[i][2 * (k + j)] = left[j], lines[i][2 * (k + j) + 1] = right[j];
          }
        }
        long row = first / columns, column = first % columns;
        for (long t = 0, n; t < count; t += n, column = 0, row++) {
          n = columns - column < count - t ? columns - column : count - t;
          // The last tile may stand out at the side, and the last row of tiles below.
          const long width = 2 * (column + n) > s->ow ? 2 * n - 1 : 2 * n;
          for (long i = 0; i < 2 && 2 * row + i < s->oh; i++) {
            apus_copy(width, lines[i] + 2 * t, plane + (2 * row + i) * s->ow + 2 * column);
          }
        }
      }
      """)

  /// Convolutions of 3 x 3 filters by minimal filtering.
  private static let winograd = CHelper(
    name: "apus_winograd",
    text: """
      // Transformed filters [16][filters][channels]. Each part of the work has room for the padded image and a panel of tiles before and
      // after.
      static void apus_winograd_part(void *argument, int part) {
        const apus_conv_work *work = (const apus_conv_work *)argument;
        const apus_conv *s = work->s;
        const long rows = (s->oh + 1) / 2, columns = (s->ow + 1) / 2, tiles = rows * columns;
        const long channels = s->channels, filters = s->filters, line = 2 * (columns + 1);
        float *padded = work->scratch + part * work->room;
        // A little further apart than they are long, so that they share no places of a cache.
        const long step = channels * 32 + 32, next = filters * 32 + 32;
        float *before = padded + channels * (2 * rows + 2) * line + APUS_LANES, *after = before + 16 * step;
        const long blocks = (tiles + 31) / 32, units = s->batch * blocks, last_unit = units * (part + 1) / work->parts;
        // The rows of tiles of the present image that this part reads: from `top` on.
        long present = -1, top = 0, height = 0;
        for (long unit = units * part / work->parts; unit < last_unit; unit++) {
          const long image = unit / blocks, first = unit % blocks * 32;
          if (image != present) {
            const long last = last_unit < (image + 1) * blocks ? (last_unit - image * blocks) * 32 : tiles;
            top = first / columns;
            height = ((last < tiles ? last : tiles) - 1) / columns * 2 + 4 - 2 * top;
            apus_pad(work->x + image * channels * s->h * s->w, channels, s->h, s->w, s->ph - 2 * top, s->pw, height, 2, columns + 1, padded);
            present = image;
          }
          const long count = tiles - first < 32 ? tiles - first : 32;
          apus_winograd_in(padded, channels, height * line, columns, top, first, count, before, 32, step);
          for (long i = 0; i < 16; i++) {
            apus_rows(filters, channels, work->weight + i * filters * channels, channels, before + i * step, after + i * next, 32,
                32, 0, 0, 0);
          }
          for (long f = 0; f < filters; f++) {
            apus_winograd_out(s, after + f * 32, next, work->bias ? work->bias[f] : 0, work->relu, first, count,
                work->y + (image * filters + f) * s->oh * s->ow);
          }
        }
      }
      static void apus_winograd(const apus_team *team, const apus_conv_work *own) {
        const apus_conv *s = own->s;
        const long blocks = ((s->oh + 1) / 2 * ((s->ow + 1) / 2) + 31) / 32;
        apus_conv_work work = *own;
        work.parts = apus_parts(team, s->batch * blocks, s->filters * s->channels * 128);
        apus_together(team, work.parts, apus_winograd_part, &work);
      }
      """)

  /// The same for images of few tiles.
  private static let winogradTurned = CHelper(
    name: "apus_winograd_turned",
    text: """
      // Transformed filters in panels [16][filters / 32][channels][32], for images of few tiles: vectors hold filters. Up to 64 tiles of an
      // image are transformed by all parts, some channels each, and then multiplied with some filters each. Behind the scratch memory of
      // the parts lies what all of them read: the tiles.
      typedef struct {
        apus_conv_work own;
        float *before;
        long image, first, count, step;
      } apus_winograd_tiles;
      static void apus_winograd_tiles_in(void *argument, int part) {
        const apus_winograd_tiles *all = (const apus_winograd_tiles *)argument;
        const apus_conv_work *work = &all->own;
        const apus_conv *s = work->s;
        const long columns = (s->ow + 1) / 2, top = all->first / columns, height = (all->first + all->count - 1) / columns * 2 + 4 - 2 * top;
        float *padded = work->scratch + part * work->room;
        const long plane = 2 * (columns + 1) * height, last = s->channels * (part + 1) / work->parts;
        for (long c = s->channels * part / work->parts, n; c < last; c += n) {
          // Some channels at a time.
          n = last - c < 8 ? last - c : 8;
          apus_pad(work->x + (all->image * s->channels + c) * s->h * s->w, n, s->h, s->w, s->ph - 2 * top, s->pw, height, 2, columns + 1,
              padded);
          for (long t = 0; t < all->count; t += 32) {
            apus_winograd_in(padded, n, plane, columns, top, all->first + t, all->count - t < 32 ? all->count - t : 32,
                all->before + c * all->step + t, all->step, s->channels * all->step + 32);
          }
        }
      }
      static void apus_winograd_tiles_out(void *argument, int part) {
        const apus_winograd_tiles *all = (const apus_winograd_tiles *)argument;
        const apus_conv_work *work = &all->own;
        const apus_conv *s = work->s;
        const long channels = s->channels, panels = s->filters / 32, step = all->step;
        float *after = work->scratch + part * work->room;
        for (long panel = panels * part / work->parts; panel < panels * (part + 1) / work->parts; panel++) {
          for (long i = 0; i < 16; i++) {
            apus_turned_rows(all->count, channels, all->before + i * (channels * step + 32), step,
                work->weight + (i * panels + panel) * channels * 32, after + i * (32 * step + 32), step, 0, 0);
          }
          for (long f = 0; f < 32; f++) {
            const long filter = panel * 32 + f;
            for (long t = 0; t < all->count; t += 32) {
              apus_winograd_out(s, after + f * step + t, 32 * step + 32, work->bias ? work->bias[filter] : 0, work->relu, all->first + t,
                  all->count - t < 32 ? all->count - t : 32, work->y + (all->image * s->filters + filter) * s->oh * s->ow);
            }
          }
        }
      }
      static void apus_winograd_turned(const apus_team *team, const apus_conv_work *own, float *before) {
        const apus_conv *s = own->s;
        const long tiles = (s->oh + 1) / 2 * ((s->ow + 1) / 2), blocks = (tiles + 63) / 64, each = (tiles + blocks - 1) / blocks;
        apus_winograd_tiles work = {*own, before, 0, 0, 0, (each + 15) / 16 * 16};
        work.own.parts = apus_parts(team, s->filters / 32, 128 * each * s->channels);
        for (work.image = 0; work.image < s->batch; work.image++) {
          for (work.first = 0; work.first < tiles; work.first += each) {
            work.count = tiles - work.first < each ? tiles - work.first : each;
            apus_together(team, work.own.parts, apus_winograd_tiles_in, &work);
            apus_together(team, work.own.parts, apus_winograd_tiles_out, &work);
          }
        }
      }
      """)

  /// Maxima of windows.
  private static let maxPool = CHelper(
    name: "apus_max_pool",
    text: """
      // The greatest element of each window, row by row of results. What is no number is greater than all.
      #define APUS_GREATER(x, y) ((((x) > (y)) | ((x) != (x))) ? (x) : (y))
      static inline apus_lanes apus_greater_lanes(apus_lanes x, apus_lanes y) {
        const apus_masks chosen = (apus_masks)(x > y) | (apus_masks)(x != x);
        return (apus_lanes)(((apus_masks)x & chosen) | ((apus_masks)y & ~chosen));
      }
      // to[i] = the greater one of from[i] and to[i].
      static inline void apus_greater(long n, const float *from, float *to) {
        if (n < APUS_LANES) {
          for (long i = 0; i < n; i++) to[i] = APUS_GREATER(from[i], to[i]);
          return;
        }
        // The last vector ends where the elements do.
        for (long i = 0; i < n; i += APUS_LANES) {
          const long at = i + APUS_LANES < n ? i : n - APUS_LANES;
          *(apus_lanes *)(to + at) = apus_greater_lanes(*(const apus_lanes *)(from + at), *(const apus_lanes *)(to + at));
        }
      }
      typedef struct {
        const apus_conv *s;
        const float *x;
        float *y;
        int parts;
      } apus_max_pool_work;
      static void apus_max_pool_part(void *argument, int part) {
        const apus_max_pool_work *work = (const apus_max_pool_work *)argument;
        const apus_conv *s = work->s;
        const long rows = s->batch * s->channels * s->oh, below = rows * (part + 1) / work->parts;
        const long reach = (s->kw - 1) * s->dw, most = reach < 256 ? (255 - reach) / s->sw + 1 : 1;
        float columns[256], some[256];
        if (s->kh == 2 && s->kw == 2 && s->sh == 2 && s->sw == 2 && s->dh == 1 && s->dw == 1 && !(s->ph | s->pw) &&
            s->w == 2 * s->ow && s->ow <= 128) {
          // Pairs of columns of some rows, which lie one behind the other, then pairs of rows.
          for (long row = rows * part / work->parts; row < below;) {
            const long left = s->oh - row % s->oh, room = 128 / s->ow;
            long n = left < room ? left : room;
            n = n < below - row ? n : below - row;
            const float *from = work->x + (row / s->oh * s->h + row % s->oh * 2) * s->w;
            apus_every(2 * n * s->ow, 2, from, columns);
            apus_every(2 * n * s->ow, 2, from + 1, some);
            apus_greater(2 * n * s->ow, some, columns);
            for (float *upper = columns; n > 0; n--, row++, upper += 2 * s->ow) {
              apus_greater(s->ow, upper + s->ow, upper);
              apus_every(s->ow, 1, upper, work->y + row * s->ow);
            }
          }
          return;
        }
        for (long row = rows * part / work->parts; row < below; row++) {
          const float *plane = work->x + row / s->oh * s->h * s->w;
          float *to = work->y + row * s->ow;
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
            const long span = (n - 1) * s->sw + reach + 1;
            const long begin = left < 0 ? -left : 0, end = s->w - left < span ? s->w - left : span;
            const long top = row % s->oh * s->sh - s->ph, count = end - begin;
            for (long j = 0; j < span && j < begin; j++) columns[j] = -__builtin_inff();
            for (long j = count < APUS_LANES ? begin : end; j < span; j++) columns[j] = -__builtin_inff();
            for (long i = 0; i < count && count >= APUS_LANES; i += APUS_LANES) {
              const long at = begin + (i + APUS_LANES < count ? i : count - APUS_LANES);
              apus_lanes most_of = -__builtin_inff() - (apus_lanes){0};
              for (long ky = 0, line = top; ky < s->kh; ky++, line += s->dh) {
                if (line < 0 || line >= s->h) continue;
                most_of = apus_greater_lanes(*(const apus_lanes *)(plane + line * s->w + left + at), most_of);
              }
              *(apus_lanes *)(columns + at) = most_of;
            }
            for (long ky = 0, line = top; ky < s->kh && count < APUS_LANES; ky++, line += s->dh) {
              if (line >= 0 && line < s->h) apus_greater(count, plane + line * s->w + left + begin, columns + begin);
            }
            apus_every(n, s->sw, columns, to + first);
            for (long kx = 1; kx < s->kw; kx++) {
              apus_every(n, s->sw, columns + kx * s->dw, some);
              apus_greater(n, some, to + first);
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
