// Private: binds a template to float.
#include "types.h"
#undef T
#undef SUFFIX
#undef VI
#undef LANES
#undef INF
#define T float
#define SUFFIX f32
#define VI ckv_i32
#define LANES 16
#define INF __builtin_inff()
