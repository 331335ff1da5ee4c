#include "ck_context.h"

_Thread_local void *ck_context_slot = 0;
_Thread_local void *ck_module_slot = 0;

long ck_short_limit = 16384;
long ck_inline_limit = 512;
