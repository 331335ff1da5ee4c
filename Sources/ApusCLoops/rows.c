#include "ck_rows.h"
#include "lanes.h"

// Elements handled at a time: 16 KiB of float, half of a small L1.
#define BLOCK 4096

#include "types_f32.h"
#include "rows_template.h"
#include "types_f64.h"
#include "rows_template.h"
