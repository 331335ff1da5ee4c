// The calls that go on in a thread, and the end of a program that cannot go on.
#pragma once
#include <stdint.h>

/// Writes the return addresses of the calls that go on in this thread, innermost first, and gives how many it wrote.
int ck_stack(uintptr_t *addresses, int capacity);

/// Ends the program as `abort` does. A function of its own, so that a debugger can stop there by its name.
__attribute__((noreturn, noinline)) void apusStop(const char *message);
