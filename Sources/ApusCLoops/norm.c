#include "ck_rows.h"
#include "lanes.h"

#define BLOCK 4096
#define BN_BLOCK 1024
#define BN_CHANNELS 512
#define BN_ROWS 32

#include "types_f32.h"
#include "norm_template.h"
#include "types_f64.h"
#include "norm_template.h"
