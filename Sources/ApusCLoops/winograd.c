#include "ck_image.h"
#include "lanes.h"

// Winograd's minimal filtering F(2 x 2, 3 x 3): a 4 x 4 patch of the image gives a 2 x 2 patch of the result with 16
// multiplications where the plain sum takes 36. Patches and filters are transformed by
//   V = B' d B,  U = G g G',  Y = A' (U . V) A
// (Lavin and Gray, 2015), so that the products over channels become 16 matrix products. All factors are 1, -1 and 1/2:
// the rounding error is that of the plain sum. A block of patches runs through all steps while it stays in L2.
#define MR 6
#define TILES 48
#include "types_f32.h"
#include "gemm_tile.h"

// Patches are transformed in half vectors: 16 of them are what AVX2 has of registers.
#define HALF 8
typedef float ckh_f32 __attribute__((ext_vector_type(8)));
typedef ckh_f32 ckh_f32_at __attribute__((aligned(4), may_alias));
CK_INLINE ckh_f32 get(const float *p) { return *(const ckh_f32_at *)p; }
CK_INLINE void put(float *p, ckh_f32 v) { *(ckh_f32_at *)p = v; }

// The distance between the 16 planes of a block; a multiple of 4 KiB would send all of them to one set of L1.
CK_INLINE long plane(long channels) { return TILES * channels + LANES; }

size_t ck_winograd_scratch_f32(long in, long out) {
  return (size_t)(16 * (plane(in) + plane(out)) + (in > out ? in : out)) * sizeof(float);
}

size_t ck_winograd_filter_f32(long in, long out) { return (size_t)(16 * in * out) * sizeof(float); }

// U in panels of LANES results: u[position][panel][in][LANES], for the panels from `first` to `end`. A panel's filters are brought
// into lanes a few channels at a time, so that every line of U is written at once.
CK_KERNEL void ck_winograd_weights_f32(
    float *u, const float *w, long in, long out, bool turned, long first, long end) {
  const long apart = in * out;
  for (long panel = first; panel < end; panel++) {
    const float *own = turned ? w + panel * LANES * 9 : w + panel * LANES * in * 9;
    for (long c = 0; c < in; c++) {
      // The gradient of the image is a convolution with the filter turned by 180 degrees, in and out exchanged.
      const float *g = turned ? own + c * out * 9 : own + c * 9;
      const long step = turned ? 9 : in * 9;
      ckv_f32 f[9];
      for (int j = 0; j < 9; j++) {
        const float *from = g + (turned ? 8 - j : j);
        ckv_f32 lanes;
#pragma clang loop unroll(full)
        for (int l = 0; l < LANES; l++) lanes[l] = from[l * step];
        f[j] = lanes;
      }
      ckv_f32 t[4][3];
      for (int j = 0; j < 3; j++) {
        ckv_f32 a = f[j], b = f[3 + j], d = f[6 + j];
        t[0][j] = a;
        t[1][j] = 0.5f * (a + b + d);
        t[2][j] = 0.5f * (a - b + d);
        t[3][j] = d;
      }
      float *to = u + (panel * in + c) * LANES;
      for (int i = 0; i < 4; i++) {
        ckv_f32 a = t[i][0], b = t[i][1], d = t[i][2];
        ckv_store_f32(to + (4 * i + 0) * apart, a);
        ckv_store_f32(to + (4 * i + 1) * apart, 0.5f * (a + b + d));
        ckv_store_f32(to + (4 * i + 2) * apart, 0.5f * (a - b + d));
        ckv_store_f32(to + (4 * i + 3) * apart, d);
      }
    }
  }
}

// Where patch `tile` of all images begins: image, row and column of its results.
typedef struct { long n, y, x; } Place;
CK_INLINE Place place_of(const CkWinograd *g, long tile) {
  long across = (g->out_width + 1) / 2, down = (g->out_height + 1) / 2;
  return (Place){tile / (across * down), tile / across % down * 2, tile % across * 2};
}

// V = B' d B of one patch, written to 16 planes.
CK_INLINE void transform_image(float *v, long v_plane, const float *x, const CkWinograd *g, Place p, long channels,
    const float *zeros) {
  const float *from[16];
  long top = p.y - g->pad_top, left = p.x - g->pad_left;
  const float *base = x + ((p.n * g->height + top) * g->width + left) * channels;
  for (int i = 0; i < 4; i++)
    for (int j = 0; j < 4; j++) {
      bool inside = top + i >= 0 && top + i < g->height && left + j >= 0 && left + j < g->width;
      from[4 * i + j] = inside ? base + (i * g->width + j) * channels : zeros;
    }
  for (long c = 0; c < channels; c += HALF) {
    ckh_f32 t[16];
#pragma clang loop unroll(full)
    for (int j = 0; j < 4; j++) {
      ckh_f32 d0 = get(from[j] + c), d1 = get(from[4 + j] + c), d2 = get(from[8 + j] + c), d3 = get(from[12 + j] + c);
      t[j] = d0 - d2;
      t[4 + j] = d1 + d2;
      t[8 + j] = d2 - d1;
      t[12 + j] = d1 - d3;
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < 4; i++) {
      ckh_f32 *r = t + 4 * i;
      put(v + c + (4 * i + 0) * v_plane, r[0] - r[2]);
      put(v + c + (4 * i + 1) * v_plane, r[1] + r[2]);
      put(v + c + (4 * i + 2) * v_plane, r[2] - r[1]);
      put(v + c + (4 * i + 3) * v_plane, r[1] - r[3]);
    }
  }
}

// Y = A' M A of one patch, plus the bias.
CK_INLINE void transform_result(float *y, const float *m, long m_plane, const CkWinograd *g, Place p, long channels,
    const float *bias) {
  bool second_row = p.y + 1 < g->out_height, second_column = p.x + 1 < g->out_width;
  long row = g->out_width * channels;
  float *to = y + ((p.n * g->out_height + p.y) * g->out_width + p.x) * channels;
  for (long o = 0; o < channels; o += HALF) {
    ckh_f32 a[4], b[4];
#pragma clang loop unroll(full)
    for (int j = 0; j < 4; j++) {
      const float *q = m + j * m_plane + o;
      ckh_f32 m1 = get(q + 4 * m_plane), m2 = get(q + 8 * m_plane);
      a[j] = get(q) + m1 + m2;
      b[j] = m1 - m2 - get(q + 12 * m_plane);
    }
    ckh_f32 add = bias ? get(bias + o) : (ckh_f32)0;
    put(to + o, a[0] + a[1] + a[2] + add);
    if (second_column) put(to + channels + o, a[1] - a[2] - a[3] + add);
    if (second_row) put(to + row + o, b[0] + b[1] + b[2] + add);
    if (second_row && second_column) put(to + row + channels + o, b[1] - b[2] - b[3] + add);
  }
}

// Z = A dY A' of one patch of the result's gradient, in panels of LANES channels.
CK_INLINE void transform_gradient(float *z, long z_plane, const float *dy, const CkWinograd *g, Place p,
    long channels) {
  bool second_row = p.y + 1 < g->out_height, second_column = p.x + 1 < g->out_width;
  long row = g->out_width * channels;
  const float *from = dy + ((p.n * g->out_height + p.y) * g->out_width + p.x) * channels;
  for (long o = 0; o < channels; o += HALF) {
    float *to = z + o / LANES * (TILES * LANES) + o % LANES;
    ckh_f32 d00 = get(from + o), d01 = second_column ? get(from + channels + o) : (ckh_f32)0;
    ckh_f32 d10 = second_row ? get(from + row + o) : (ckh_f32)0;
    ckh_f32 d11 = second_row && second_column ? get(from + row + channels + o) : (ckh_f32)0;
    ckh_f32 r[4][2] = {{d00, d01}, {d00 + d10, d01 + d11}, {d00 - d10, d01 - d11}, {-d10, -d11}};
#pragma clang loop unroll(full)
    for (int i = 0; i < 4; i++) {
      put(to + (4 * i + 0) * z_plane, r[i][0]);
      put(to + (4 * i + 1) * z_plane, r[i][0] + r[i][1]);
      put(to + (4 * i + 2) * z_plane, r[i][0] - r[i][1]);
      put(to + (4 * i + 3) * z_plane, -r[i][1]);
    }
  }
}

// What a thread computes in: transformed patches of the image (v) and of the other side (m), and zeros for its borders.
typedef struct {
  long v_plane, m_plane;
  float *v, *m, *zeros;
} Scratch;

CK_INLINE Scratch divided(float *scratch, long in, long out) {
  Scratch s = {.v_plane = plane(in), .m_plane = plane(out), .v = scratch};
  s.m = s.v + 16 * s.v_plane;
  s.zeros = s.m + 16 * s.m_plane;
  for (long c = 0; c < in; c++) s.zeros[c] = 0;
  return s;
}

CK_KERNEL void ck_winograd_f32(float *y, const float *x, const float *u, const float *bias, const CkWinograd *g, long in,
    long out, long first, long last, float *scratch) {
  Scratch s = divided(scratch, in, out);
  for (long start = first; start < last; start += TILES) {
    long count = last - start < TILES ? last - start : TILES;
    for (long t = 0; t < count; t++) transform_image(s.v + t * in, s.v_plane, x, g, place_of(g, start + t), in, s.zeros);
    for (long position = 0; position < 16; position++)
      for (long o = 0; o < out; o += LANES) {
        const float *panel = u + position * in * out + o * in, *a = s.v + position * s.v_plane;
        float *c = s.m + position * s.m_plane + o;
        long t = 0;
        for (; t + MR <= count; t += MR) F(panel_tile)(c + t * out, out, a + t * in, in, 1, panel, in, false);
        if (t < count) F(tile_of)(c + t * out, out, a + t * in, in, 1, panel, LANES, in, 0, LANES, count - t);
      }
    for (long t = 0; t < count; t++) transform_result(y, s.m + t * out, s.m_plane, g, place_of(g, start + t), out, bias);
  }
}

// du[position][in][out] += V' Z over the patches.
CK_KERNEL void ck_winograd_products_f32(float *du, const float *x, const float *dy, const CkWinograd *g, long in,
    long out, long first, long last, float *scratch) {
  Scratch s = divided(scratch, in, out);
  for (long start = first; start < last; start += TILES) {
    long count = last - start < TILES ? last - start : TILES;
    for (long t = 0; t < count; t++) {
      Place p = place_of(g, start + t);
      transform_image(s.v + t * in, s.v_plane, x, g, p, in, s.zeros);
      transform_gradient(s.m + t * LANES, s.m_plane, dy, g, p, out);
    }
    for (long position = 0; position < 16; position++)
      for (long o = 0; o < out; o += LANES) {
        const float *panel = s.m + position * s.m_plane + o * TILES, *a = s.v + position * s.v_plane;
        float *c = du + position * in * out + o;
        long i = 0;
        for (; i + MR <= in; i += MR) F(tile)(c + i * out, out, a + i, 1, in, panel, LANES, count, 1, LANES, MR);
        if (i < in) F(tile_of)(c + i * out, out, a + i, 1, in, panel, LANES, count, 1, LANES, in - i);
      }
  }
}

// dg = G' dU G, into dw[out][in][3][3], for the panels of LANES results from `first` to `end`.
CK_KERNEL void ck_winograd_weights_grad_f32(float *dw, const float *du, long in, long out, long first, long end) {
  const long apart = in * out;
  for (long panel = first; panel < end; panel++)
    for (long c = 0; c < in; c++) {
      const float *from = du + c * out + panel * LANES;
      ckv_f32 t[3][4], g[9];
      for (int j = 0; j < 4; j++) {
        ckv_f32 m0 = ckv_load_f32(from + j * apart), m1 = ckv_load_f32(from + (4 + j) * apart);
        ckv_f32 m2 = ckv_load_f32(from + (8 + j) * apart), m3 = ckv_load_f32(from + (12 + j) * apart);
        t[0][j] = m0 + 0.5f * (m1 + m2);
        t[1][j] = 0.5f * (m1 - m2);
        t[2][j] = 0.5f * (m1 + m2) + m3;
      }
      for (int i = 0; i < 3; i++) {
        g[3 * i] = t[i][0] + 0.5f * (t[i][1] + t[i][2]);
        g[3 * i + 1] = 0.5f * (t[i][1] - t[i][2]);
        g[3 * i + 2] = 0.5f * (t[i][1] + t[i][2]) + t[i][3];
      }
      float *to = dw + (panel * LANES * in + c) * 9;
      for (int l = 0; l < LANES; l++)
        for (int j = 0; j < 9; j++) to[l * in * 9 + j] = g[j][l];
    }
}
