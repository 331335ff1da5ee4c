// CKernels: loops over contiguous runs of memory, and nothing else. No policy, no allocation, no threads.
#pragma once
#include "ck_base.h"
#include "ck_convert.h"
#include "ck_pointwise.h"
