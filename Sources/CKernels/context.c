#include "ck_context.h"

_Thread_local void *ck_context_slot = 0;
_Thread_local void *ck_module_slot = 0;
