// Reads digits on a microcontroller: the library digits.c, made of a quantised network, and some pictures of the test set. What it
// prints goes to the debugger (semihosting), or to the terminal under QEMU.

#include "digits.h"
#include "samples.h"
#include <stdint.h>

// A call of the host that debugs this program.
static int host(int operation, const void *argument) {
  register int r0 __asm("r0") = operation;
  register const void *r1 __asm("r1") = argument;
  __asm volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
  return r0;
}
static void print(const char *text) { host(0x04, text); }
static void print_number(uint32_t n) {
  char text[11], *digit = text + 10;
  *digit = 0;
  do *--digit = (char)('0' + n % 10);
  while (n /= 10);
  print(digit);
}

void leave(int code) {
  const uint32_t ended[2] = {0x20026, (uint32_t)code};
  host(0x20, ended);
  for (;;) {}
}

// A timer of 24 bits that counts down with the clock of the processor.
static volatile uint32_t *const timer = (volatile uint32_t *)0xE000E010;

static _Alignas(16) unsigned char workspace[WORKSPACE];

int main(void) {
  if (digits_workspace_size() > sizeof workspace || digits_init(workspace, NULL)) {
    print("the workspace is too small\n");
    return 1;
  }
  timer[1] = 0xFFFFFF, timer[2] = 0, timer[0] = 5;
  int right = 0;
  uint32_t ticks = 0;
  for (int i = 0; i < SAMPLES; i++) {
    static float scores[10];
    const uint32_t start = timer[2];
    digits_run(workspace, samples[i], scores);
    ticks += (start - timer[2]) & 0xFFFFFF;
    int best = 0;
    for (int k = 1; k < 10; k++) best = scores[k] > scores[best] ? k : best;
    right += best == labels[i];
    print("a "), print_number((uint32_t)labels[i]), print(" is read as "), print_number((uint32_t)best), print("\n");
#if defined(PRINTS_SCORES)
    // The bits of all scores, for comparison with another machine's.
    for (int k = 0; k < 10; k++) {
      uint32_t bits;
      __builtin_memcpy(&bits, &scores[k], 4);
      print("score "), print_number(bits), print("\n");
    }
#endif
  }
  print_number((uint32_t)right), print(" of "), print_number(SAMPLES), print(" right, ");
  print_number(ticks / SAMPLES), print(" ticks of the timer each\n");
  return 0;
}
