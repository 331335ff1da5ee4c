#include "ck_recurrence.h"
#include "ck_math.h"
#include "pointwise_loops.h"

// The tile of matrix products: 6 rows and one vector of columns.
#define MR 6
#include "types_f32.h"
#include "recurrence_template.h"
#include "types_f64.h"
#include "recurrence_template.h"
