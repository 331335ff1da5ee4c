#include "ck_stack.h"

#include <stdlib.h>
#include <unwind.h>

typedef struct {
  uintptr_t *next, *end;
} Walk;

static _Unwind_Reason_Code visit(struct _Unwind_Context *frame, void *given) {
  Walk *walk = given;
  uintptr_t address = _Unwind_GetIP(frame);
  if (walk->next == walk->end || address == 0) return _URC_END_OF_STACK;
  *walk->next++ = address;
  return _URC_NO_REASON;
}

int ck_stack(uintptr_t *addresses, int capacity) {
  Walk walk = {addresses, addresses + capacity};
  // By the tables of the unwinder: optimised code does not always keep frame pointers.
  _Unwind_Backtrace(visit, &walk);
  return (int)(walk.next - addresses);
}

void apusStop(const char *message) {
  (void)message;
  abort();
}
