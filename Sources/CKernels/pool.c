#include "ck_image.h"
#include "lanes.h"
#include "window.h"

// Output columns handled at a time: their indices are kept on the stack.
#define POOL_WIDTH 256

#define ck_i32_lanes(suffix) CK_PASTE(ck_i32_lanes, suffix)
typedef ckv_i32 ck_i32_lanes_f32;
typedef int32_t ck_i32_lanes_f64 __attribute__((ext_vector_type(8)));

#include "types_f32.h"
#define INDEX int32_t
#include "pool_template.h"
#undef INDEX
#include "types_f64.h"
#define INDEX int64_t
#include "pool_template.h"
