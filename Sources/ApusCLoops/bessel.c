// Bessel functions of order 0 and 1, and the Airy function. Where a function is smooth it is a Chebyshev series, whose
// coefficients were computed from its values in forty digits; the loops over them have no branches.
#define _GNU_SOURCE
#include "ck_pointwise.h"
#include <math.h>
#include "pointwise_loops.h"

static const double pi = 3.14159265358979323846;

// exp(-x) I0(x) and exp(-x) I1(x) / x over [0, 8], in t = x / 4 - 1; sqrt(x) exp(-x) I(x) beyond, in t = 16 / x - 1.
static const double i0e_near[] = {
  0.33839763720473803, -0.3046826723431984, 0.17162090152220877, -0.094901097048047639, 0.049305284239670712,
  -0.023737414805899471, 0.010546460394594998, -0.0043243099950505759, 0.0016394756169413357,
  -0.00057637557453858236, 0.00018850288509584165, -5.754195010082104e-05, 1.6448448070728896e-05,
  -4.4167383584587505e-06, 1.1173875391201037e-06, -2.6707938539406119e-07, 6.0469950225419186e-08,
  -1.300025009986248e-08, 2.6598237246823866e-09, -5.1897956016352627e-10, 9.675809035373237e-11,
  -1.7268262914415559e-11, 2.9550526631296399e-12, -4.856446783111929e-13, 7.6761854986049361e-14,
  -1.1685332877993451e-14, 1.7153912855551331e-15, -2.4312798465479549e-16, 3.3307945188222384e-17,
  -4.4153416464793395e-18,
};
static const double i0e_far[] = {
  0.40224520550705439, 0.0033691164782556943, 6.8897583469168245e-05, 2.8913705208347567e-06, 2.0489185894690638e-07,
  2.266668990498178e-08, 3.3962320257083865e-09, 4.9406023882249701e-10, 1.1889147107846439e-11,
  -3.1499165279632416e-11, -1.3215811840447713e-11, -1.7941785315068062e-12, 7.180124451383666e-13,
  3.8527783827421426e-13, 1.54008621752141e-14, -4.1505693472872222e-14, -9.5548466988283073e-15,
  3.8116806693526208e-15, 1.7725601330565245e-15, -3.4254856196771421e-16, -2.8276239805166458e-16,
  3.4612228676956579e-17, 4.4656214203020778e-17, -4.8305044859640105e-18,
};
static const double i1e_near[] = {
  0.12629359322181682, -0.17641651835783406, 0.10264365868984709, -0.052945981208094989, 0.024726449030626516,
  -0.010564084894626197, 0.0041564229443128882, -0.0015135724506312532, 0.00051228595616857576,
  -0.00016176081582589674, 4.7815651075500542e-05, -1.3273163656039436e-05, 3.4702513081376785e-06,
  -8.5687202646954547e-07, 2.0032947535521353e-07, -4.4450591287963281e-08, 9.3815373864957726e-09,
  -1.8872497517228294e-09, 3.6255902815521172e-10, -6.6634897235020271e-11, 1.1736186298890901e-11,
  -1.9839743977649436e-12, 3.2237933659455748e-13, -5.0421855047279118e-14, 7.6006842947354077e-15,
  -1.1055969477353862e-15, 1.5536319577362005e-16, -2.111421214358166e-17, 2.7779141127610464e-18,
};
static const double i1e_far[] = {
  0.38928811750914005, -0.0097610974913614687, -0.00011058893876262371, -3.8825648088776906e-06,
  -2.5122362378702088e-07, -2.6314688468895196e-08, -3.835380385964237e-09, -5.5897434621965838e-10,
  -1.8974958123505413e-11, 3.2526035830154884e-11, 1.4125807436613782e-11, 2.0356285441470896e-12,
  -7.1985517762459084e-13, -4.0835511110921974e-13, -2.1015418427726643e-14, 4.2724400167119517e-14,
  1.0420276984128802e-14, -3.8144030724370068e-15, -1.8803547755107805e-15, 3.3082023109208501e-16,
  2.9626289976460157e-16, -3.2095259219916371e-17, -4.6503053684947827e-17, 4.4143483230939367e-18,
};
// Over z = x^2 in [0, 4], in t = z / 2 - 1: I0(x), I1(x) / x, K0(x) + log(x / 2) I0(x), x K1(x) - x log(x / 2) I1(x);
// sqrt(x) exp(x) K(x) for x > 2, in t = 4 / x - 1.
static const double i0_small[] = {
  1.6029228068079633, 0.63880962565117705, 0.036854859694361759, 0.00098287812725147993, 1.4983654208927293e-05,
  1.4738449008423848e-07, 1.0114797900674826e-09, 5.1149979020112795e-12, 1.984280622680562e-14,
  6.0905165060589554e-17, 1.515744582008337e-19,
};
static const double i1_small[] = {
  0.64175899699118744, 0.14753932014919341, 0.0058987426800207882, 0.00011988137174638708, 1.4739165119093128e-06,
  1.2138074968740922e-08, 7.1611066927992791e-11, 3.1748793113101202e-13, 1.0962998348773076e-15,
  3.0315021220933553e-18, 6.8637866956448136e-21,
};
static const double k0_near[] = {
  -0.26766369661695139, 0.3442898999246285, 0.035979936515361501, 0.001264615411446926, 2.2862121031194519e-05,
  2.5347910790261494e-07, 1.9045163772202091e-09, 1.0349695257633625e-11, 4.2598161427910826e-14,
  1.3744654358807508e-16, 3.5708965285083736e-19,
};
static const double k0e_far[] = {
  1.2201515410329777, -0.031448101311964502, 0.0015698838857300533, -0.00012849549581627802, 1.39498137188765e-05,
  -1.8317555227191195e-06, 2.7668136394450149e-07, -4.6604898976879478e-08, 8.5740340174142253e-09,
  -1.6975345093890614e-09, 3.5773972814003283e-10, -7.9574892444773965e-11, 1.8559491149549264e-11,
  -4.5145978833745193e-12, 1.1403405882073441e-12, -2.9800969231481784e-13, 8.0328907750683746e-14,
  -2.2275133267462965e-14, 6.3400764762766461e-15, -1.8485933779209071e-15, 5.5120559994043335e-16,
  -1.6782311257549006e-16, 5.2103917776435537e-17, -1.6475805939842629e-17, 5.3004337711773262e-18,
  -1.7331712005820778e-18,
};
static const double k1_near[] = {
  0.76265011366947388, -0.35315596077654487, -0.12261118082265715, -0.0069757238596398641, -0.0001730288957513052,
  -2.4334061415659684e-06, -2.213387630734726e-08, -1.4114883926335278e-10, -6.6669016941993295e-13,
  -2.427449850519366e-15, -7.0238634793862882e-18,
};
static const double k1e_far[] = {
  1.3603130952422213, 0.10392373657681724, -0.0028578168596227792, 0.00019521551847135162, -1.936197974166083e-05,
  2.406484947837217e-06, -3.5019606030878126e-07, 5.7410841254500495e-08, -1.0345762465678097e-08,
  2.0150497551970347e-09, -4.1903547593419254e-10, 9.2183151876053146e-11, -2.1299678384277909e-11,
  5.1396396734823432e-12, -1.2891739609498229e-12, 3.3484196660522431e-13, -8.9767051820101463e-14,
  2.4771544242195988e-14, -7.0198370892147685e-15, 2.038703166239861e-15, -6.0570472706430177e-16,
  1.8380935752430455e-16, -5.6894628491936484e-17, 1.7940510478863569e-17, -5.7567444820732925e-18,
  1.8778651901623037e-18,
};
// Over z = x^2 in [0, 64], in t = z / 32 - 1: J0(x), J1(x) / x, Y0(x) - 2 / pi log(x) J0(x), and
// (Y1(x) - 2 / pi (log(x) J1(x) - 1 / x)) / x.
static const double j0_near[] = {
  0.15772797147489012, -0.0087234423528522211, 0.2651786132033368, -0.37009499387264977, 0.15806710233209725,
  -0.034893769411408884, 0.0048191800694676046, -0.00046062616620627504, 3.2460328821005083e-05,
  -1.7619469077621507e-06, 7.6081635924187821e-08, -2.6792535305576728e-09, 7.8486963144794648e-11,
  -1.9438346867370164e-12, 4.1253205956343741e-14, -7.5885081254475459e-16, 1.2218515873961411e-17,
  -1.7367896077002368e-19, 2.1957932033195604e-21,
};
static const double j1_near[] = {
  0.081044846325658115, -0.14897514506765211, 0.16099926235720971, -0.08268049176681791, 0.022213639654966037,
  -0.0036469406007692759, 0.0004050337728354822, -3.2555548668572587e-05, 1.9858774049915165e-06,
  -9.5219847567504361e-08, 3.6871337590971481e-09, -1.178026622695885e-10, 3.1601545803480032e-12,
  -7.2217552396517734e-14, 1.4232144003513942e-15, -2.4441972916190464e-17, 3.6912682997929334e-19,
  -4.9411682676418244e-21, 5.9038342993012947e-23,
};
static const double y0_near[] = {
  -0.033146113203284942, -0.27447430552974528, 0.17903431407718268, 0.26156734625504663, -0.17730201278114358,
  0.04719668959576339, -0.0072879624795520789, 0.0007531135932577742, -5.6320791410569873e-05,
  3.2065325376548008e-06, -1.44072332740187e-07, 5.2487947873305158e-09, -1.5837552541812015e-10,
  4.0263308183061204e-12, -8.7473412033107693e-14, 1.6434898714919468e-15, -2.6977881152566837e-17,
  3.9032584173475982e-19, -5.0161796999469838e-21, 5.7649917934483931e-23,
};
static const double y1_near[] = {
  0.0025380132357417816, -0.016087173047668751, -0.095912045360830742, 0.084451972596523456, -0.028328123944594365,
  0.0052898975441671133, -0.0006414551451326356, 5.5059828733387439e-05, -3.5380800186893499e-06,
  1.7707804556154404e-07, -7.1105500498992796e-09, 2.3443379059115162e-10, -6.4651518414115946e-12,
  1.51429151205002e-13, -3.0511859694473254e-15, 5.3466803857286703e-17, -8.224911372021585e-19,
  1.1198518333682237e-20, -1.3592377010589772e-22, 1.4801481314577058e-24,
};

// Ai over [-8, 2], in t = (x + 3) / 5, and 2 sqrt(pi) x^(1/4) exp(zeta) Ai(x) beyond, in t = 2 zeta(2) / zeta - 1 with
// zeta = 2 / 3 x^(3/2): both to what a float needs.
static const double airy_near[] = {
  0.10373261456502882, 0.06064472474615535, -0.00066179196802076083, -0.15428130198851615, -0.085161681702191141,
  0.063469924698498642, 0.07272028262793064, 0.099878548684404905, -0.20148817364068576, 0.020473987747521409,
  0.12204374035980144, -0.07255667363096729, -0.014433634298985137, 0.030621435814921312, -0.008671707544479426,
  -0.0042055964072399191, 0.0035017022940531056, -0.00042964664011946134, -0.0004782140567037823,
  0.00022907334394449147, -1.885537034700713e-6, -3.1035920839488911e-5, 9.5498703248630467e-6,
  9.2030303155834802e-7, -1.3236265250881441e-6, 2.6758905896210777e-7, 5.8470181392722094e-8,
  -4.0063268405382371e-8, 5.0735438434782012e-9, 2.0684679552018762e-9,
};
static const double airy_far[] = {
  0.9844053049171552, -0.014792784850104199, 0.00073271774654267143, -6.1259542341782499e-5, 6.8347669755726903e-6,
  -9.2372297354039816e-7, 1.4362253404380519e-7, -2.489319422322096e-8, 4.7097934400543278e-9,
  -9.5838637081127321e-10, 2.0745855483677592e-10,
};

#define CK_COUNT(table) ((int)(sizeof(table) / sizeof(*table)))

// The Chebyshev series at t, by Clenshaw's recurrence.
CK_INLINE double series(const double *c, int count, double t) {
  double b = 0, before = 0, twice = 2 * t;
#pragma clang loop unroll(full)
  for (int k = count - 1; k > 0; k--) {
    double next = twice * b - before + c[k];
    before = b;
    b = next;
  }
  return t * b - before + c[0];
}
#define SERIES(table, t) series(table, CK_COUNT(table), t)

// With the first coefficients of each series: all, or as many as a float needs.
CK_INLINE double i0e_by(double x, int near_count, int far_count) {
  double a = fabs(x), far = a < 8 ? 8 : a;
  double near_value = series(i0e_near, near_count, (a > 8 ? 8 : a) * 0.25 - 1);
  double far_value = series(i0e_far, far_count, 16 / far - 1) / __builtin_elementwise_sqrt(far);
  return x != x ? x : a <= 8 ? near_value : far_value;
}
CK_INLINE double i1e_by(double x, int near_count, int far_count) {
  double a = fabs(x), far = a < 8 ? 8 : a;
  double near_value = series(i1e_near, near_count, (a > 8 ? 8 : a) * 0.25 - 1) * a;
  double far_value = series(i1e_far, far_count, 16 / far - 1) / __builtin_elementwise_sqrt(far);
  return x != x ? x : copysign(a <= 8 ? near_value : far_value, x);
}
// Times exp(|x|) as two factors, neither of which leaves the range before the product does. At infinity it is NaN, as in PyTorch.
CK_INLINE double unscaled(double x, double scaled) {
  double half = ckm_exp_f64(fabs(x) * 0.5);
  return scaled * half * half;
}
CK_INLINE double i0e_f64(double x) { return i0e_by(x, CK_COUNT(i0e_near), CK_COUNT(i0e_far)); }
CK_INLINE double i1e_f64(double x) { return i1e_by(x, CK_COUNT(i1e_near), CK_COUNT(i1e_far)); }
CK_INLINE double i0_f64(double x) { return unscaled(x, i0e_f64(x)); }
CK_INLINE double i1_f64(double x) { return unscaled(x, i1e_f64(x)); }
CK_INLINE double i0e_f32(double x) { return i0e_by(x, 20, 9); }
CK_INLINE double i1e_f32(double x) { return i1e_by(x, 20, 9); }
CK_INLINE double i0_f32(double x) { return unscaled(x, i0e_f32(x)); }
CK_INLINE double i1_f32(double x) { return unscaled(x, i1e_f32(x)); }

// K times exp(x) if `scaled`.
CK_INLINE double second_modified(int order, int scaled, double x) {
  double small = x > 2 ? 2 : x, large = x < 2 ? 2 : x;
  double t = small * small * 0.5 - 1, logarithm = ckm_log_f64(small * 0.5);
  double near_value = order ? (SERIES(k1_near, t) + small * small * logarithm * SERIES(i1_small, t)) / small
                            : SERIES(k0_near, t) - logarithm * SERIES(i0_small, t);
  double far_value = (order ? SERIES(k1e_far, 4 / large - 1) : SERIES(k0e_far, 4 / large - 1))
                     / __builtin_elementwise_sqrt(large);
  near_value = scaled ? near_value * ckm_exp_f64(small) : near_value;
  far_value = scaled ? far_value : far_value * ckm_exp_f64(-large);
  double y = x <= 2 ? near_value : far_value;
  y = x == INFINITY ? 0 : y;
  y = x == 0 ? INFINITY : y;
  return x >= 0 ? y : NAN;
}
CK_INLINE double k0(double x) { return second_modified(0, 0, x); }
CK_INLINE double k0e(double x) { return second_modified(0, 1, x); }
CK_INLINE double k1(double x) { return second_modified(1, 0, x); }
CK_INLINE double k1e(double x) { return second_modified(1, 1, x); }

// For |x| <= 8, to single precision beside a zero of the function and to double precision elsewhere.
CK_INLINE double near_j0(double x) { return SERIES(j0_near, x * x * 0.03125 - 1); }
CK_INLINE double near_j1(double x) { return SERIES(j1_near, x * x * 0.03125 - 1) * x; }
CK_INLINE double near_y0(double x) {
  return SERIES(y0_near, x * x * 0.03125 - 1) + 2 / pi * ckm_log_f64(x) * near_j0(x);
}
CK_INLINE double near_y1(double x) {
  return SERIES(y1_near, x * x * 0.03125 - 1) * x + 2 / pi * (ckm_log_f64(x) * near_j1(x) - 1 / x);
}

// Defined for x >= 0; PyTorch gives -inf at 0, and NaN below and at infinity.
static double second_kind(double x, double (*function)(double)) {
  if (x == 0) return -INFINITY;
  return x > 0 && x < INFINITY ? function(x) : NAN;
}

static double first_kind(double x, double (*function)(double)) { return isinf(x) ? NAN : function(x); }

static double spherical_j0(double x) {
  if (x != x) return x;
  if (isinf(x)) return 0;
  return fabs(x) < 1e-4 ? 1 - x * x / 6 : sin(x) / x;
}

// exp(x) K(x) of order 1/3 for x > 0, the integral of exp(-x (cosh t - 1)) cosh(t / 3) over t > 0: the trapezoidal rule
// converges geometrically (Trefethen and Weideman, 2014).
static double scaled_third(double x) {
  // Fine enough for the bell curve that the integrand becomes for large x.
  double step = fmin(0.25, 0.7 / sqrt(x));
  double sum = 0.5;
  for (int k = 1; k < 8000; k++) {
    double t = k * step, e = exp(t / 6), s = (e * e * e - 1 / (e * e * e)) / 2;
    double term = exp(-2 * x * s * s) * (e * e + 1 / (e * e)) / 2;
    sum += term;
    if (term < sum * 1e-18 && 2 * x * s * s > 1) break;
  }
  return sum * step;
}

// The power series where it has not lost its digits, K of order 1/3 above it, the oscillating expansion below it.
static double airy(double x) {
  if (x != x) return x;
  if (isinf(x)) return NAN;
  double zeta = 2.0 / 3 * fabs(x) * sqrt(fabs(x));
  if (x > 1) return zeta > 745 ? 0 : sqrt(x / 3) / pi * scaled_third(zeta) * exp(-zeta);
  if (x > -8) {
    long double cube = (long double)x * x * x, f = 1, g = x, f_term = 1, g_term = x;
    for (int k = 1; k < 100; k++) {
      f += f_term *= cube / ((3 * k - 1) * (3 * k));
      g += g_term *= cube / ((3 * k) * (3 * k + 1));
      if (fabsl(f_term) + fabsl(g_term) < 1e-20L) break;
    }
    return (double)(0.355028053887817239260L * f - 0.258819403792806798405L * g);
  }
  double even = 1, odd = 0, term = 1;
  for (int k = 1; k < 40; k++) {
    double next = term * (6.0 * k - 5) * (6.0 * k - 3) * (6.0 * k - 1) / (216.0 * k * (2.0 * k - 1)) / zeta;
    if (next >= term || next < 1e-18) break;
    term = next;
    double sign = (k / 2) % 2 ? -1 : 1;
    if (k % 2) odd += sign * term; else even += sign * term;
  }
  double phase = zeta - pi / 4;
  return (cos(phase) * even + sin(phase) * odd) / (sqrt(pi) * sqrt(sqrt(-x)));
}
// From -8 on, to single precision.
CK_INLINE double near_airy(double x) {
  double far = x < 2 ? 2 : x, root = __builtin_elementwise_sqrt(far), zeta = 2.0 / 3 * far * root;
  double near_value = SERIES(airy_near, ((x > 2 ? 2 : x) + 3) * 0.2);
  double decay = SERIES(airy_far, 3.7712361663282534 / zeta - 1) * ckm_exp_f64(-zeta);
  return x <= 2 ? near_value : decay * 0.28209479177387814 / __builtin_elementwise_sqrt(root);
}

#define CK_SMOOTH(op, T, t) CK_UNARY(op, T, t, op(x))
#define CK_BESSEL(T, t)                                                                                                \
  CK_UNARY(i0, T, t, i0_##t(x)) CK_UNARY(i0e, T, t, i0e_##t(x)) CK_UNARY(i1, T, t, i1_##t(x))                          \
  CK_UNARY(i1e, T, t, i1e_##t(x))                                                                                      \
  CK_SMOOTH(k0, T, t) CK_SMOOTH(k0e, T, t) CK_SMOOTH(k1, T, t) CK_SMOOTH(k1e, T, t)

CK_BESSEL(float, f32)
CK_BESSEL(double, f64)
CK_UNARY_CALL(spherical_j0, double, f64, spherical_j0(x))
CK_UNARY_BLOCKED(spherical_j0, fabsf(x) < 0x1p24f, x == 0 ? 1 : ckm_sin_near_f32(x) / x, spherical_j0(x))
CK_UNARY_CALL(airy, double, f64, airy(x))
CK_UNARY_BLOCKED(airy, (x >= -8) & (x <= 100), near_airy(x), airy(x))
CK_UNARY_CALL(j0, double, f64, first_kind(x, j0))
CK_UNARY_CALL(j1, double, f64, first_kind(x, j1))
CK_UNARY_CALL(y0, double, f64, second_kind(x, y0))
CK_UNARY_CALL(y1, double, f64, second_kind(x, y1))
CK_UNARY_BLOCKED(j0, fabsf(x) <= 8, near_j0(x), first_kind(x, j0))
CK_UNARY_BLOCKED(j1, fabsf(x) <= 8, near_j1(x), first_kind(x, j1))
CK_UNARY_BLOCKED(y0, (x > 0) & (x <= 8), near_y0(x), second_kind(x, y0))
CK_UNARY_BLOCKED(y1, (x > 0) & (x <= 8), near_y1(x), second_kind(x, y1))
