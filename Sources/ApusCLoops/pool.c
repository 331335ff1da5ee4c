#include "ck_image.h"
#include "lanes.h"
#include "window.h"

// Output columns handled at a time: their indices are kept on the stack.
#define POOL_WIDTH 256

// Windows that cover one input position, handled at a time.
#define POOL_SOURCES 16

typedef int32_t ckv8_i32 __attribute__((ext_vector_type(8)));
typedef ckv_i64 ckv_i64_any __attribute__((aligned(8), may_alias));

#define ck_i32_lanes(suffix) CK_PASTE(ck_i32_lanes, suffix)
typedef ckv_i32 ck_i32_lanes_f32;
typedef ckv8_i32 ck_i32_lanes_f64;
#define ck_i32_at(suffix) CK_PASTE(ck_i32_at, suffix)
typedef ckv_i32_at ck_i32_at_f32;
typedef ckv8_i32 ck_i32_at_f64 __attribute__((aligned(4), may_alias));

// P: eight values, PI: eight integers as wide, INDEX: one of them.
#include "types_f32.h"
#define INDEX int32_t
#define P ckv_f8
#define PA ckv_f8_at
#define PI ckv8_i32
#include "pool_template.h"
#undef INDEX
#undef P
#undef PA
#undef PI
#include "types_f64.h"
#define INDEX int64_t
#define P ckv_f64
#define PA ckv_f64_at
#define PI ckv_i64
#include "pool_template.h"
