// The loops behind the declarations of CKernels, and the declarations that no target of the core needs.
#ifndef APUSCLOOPS_H
#define APUSCLOOPS_H
#include "ck_quantized.h"
#endif
