// CKernels: loops over contiguous runs of memory, and nothing else. No policy, no allocation, no threads.
#pragma once
#include "ck_base.h"
#include "ck_context.h"
#include "ck_convert.h"
#include "ck_gemm.h"
#include "ck_image.h"
#include "ck_index.h"
#include "ck_math.h"
#include "ck_circular.h"
#include "ck_pointwise.h"
#include "ck_random.h"
#include "ck_reduce.h"
#include "ck_rows.h"
