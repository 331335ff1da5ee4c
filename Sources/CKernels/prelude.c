// The text of the math prelude, for kernels that are generated while a program runs: the one that is compiled here.
#include "ck_base.h"

// #embed is C23; the compiler takes it in every mode, with a warning outside C23.
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wc23-extensions"

static const char text[] = {
#embed "include/ck_math.h"
  ,
#embed "include/ck_circular.h"
  , 0
};

#pragma clang diagnostic pop

const char *ck_math_text(void) { return text; }
