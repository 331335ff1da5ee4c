#include "ck_rows.h"
#include "lanes.h"

#define BLOCK 4096
#define BN_BLOCK 1024
#define BN_CHANNELS 512
#define BN_ROWS 32

typedef float ckv_f8 __attribute__((ext_vector_type(8)));
typedef ckv_f8 ckv_f8_at __attribute__((aligned(4), may_alias));
CK_INLINE ckv_f64 ckv_widen8_f32(const float *p) { return __builtin_convertvector(*(const ckv_f8_at *)p, ckv_f64); }
CK_INLINE ckv_f64 ckv_widen8_f64(const double *p) { return ckv_load_f64(p); }

#include "types_f32.h"
#include "norm_template.h"
#include "types_f64.h"
#include "norm_template.h"
