// Private: binds a template to double.
#include "types.h"
#undef T
#undef SUFFIX
#undef VI
#undef LANES
#undef INF
#define T double
#define SUFFIX f64
#define VI ckv_i64
#define LANES 8
#define INF __builtin_inf()
