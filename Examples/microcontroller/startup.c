// The beginning of a program for a Cortex-M: the table of exceptions, memory made ready, and what compilers ask for besides.

#include <stddef.h>
#include <stdint.h>

extern uint32_t flash_data[], ram_data[], ram_data_end[], ram_zero[], ram_zero_end[], stack_top[];
int main(void);
void leave(int code);

void *memcpy(void *restrict to, const void *restrict from, size_t n) {
  unsigned char *target = to;
  const unsigned char *source = from;
  // Words where both lie so.
  if (!(((uintptr_t)to | (uintptr_t)from) & 3)) {
    for (; n >= 4; n -= 4, target += 4, source += 4) *(uint32_t *)target = *(const uint32_t *)source;
  }
  while (n--) *target++ = *source++;
  return to;
}

void *memset(void *to, int byte, size_t n) {
  unsigned char *target = to;
  while (n--) *target++ = (unsigned char)byte;
  return to;
}

// The names under which compilers for ARM ask for the same.
void __aeabi_memcpy(void *to, const void *from, size_t n) { memcpy(to, from, n); }
void __aeabi_memcpy4(void *to, const void *from, size_t n) { memcpy(to, from, n); }
void __aeabi_memcpy8(void *to, const void *from, size_t n) { memcpy(to, from, n); }
void __aeabi_memset(void *to, size_t n, int byte) { memset(to, byte, n); }
void __aeabi_memset4(void *to, size_t n, int byte) { memset(to, byte, n); }
void __aeabi_memset8(void *to, size_t n, int byte) { memset(to, byte, n); }
void __aeabi_memclr(void *to, size_t n) { memset(to, 0, n); }
void __aeabi_memclr4(void *to, size_t n) { memset(to, 0, n); }
void __aeabi_memclr8(void *to, size_t n) { memset(to, 0, n); }

void reset(void) {
#if defined(__ARM_FP)
  // The floating point unit is off at the start: CPACR.
  *(volatile uint32_t *)0xE000ED88 |= 0xFu << 20;
  __asm volatile("dsb\n isb");
#endif
  memcpy(ram_data, flash_data, (size_t)((char *)ram_data_end - (char *)ram_data));
  memset(ram_zero, 0, (size_t)((char *)ram_zero_end - (char *)ram_zero));
  leave(main());
}

static void fault(void) { leave(100); }

__attribute__((section(".vectors"), used)) static const void *const vectors[] = {
  stack_top, reset, fault, fault, fault, fault, fault, 0, 0, 0, 0, fault, fault, 0, fault, fault,
};
