#include "ck_profile.h"

#include <unistd.h>
#ifdef __linux__
#include <sys/syscall.h>
#endif

long ck_watch_word = 0;
long ck_short_limit_word = 16384;
long ck_inline_limit_word = 512;
_Thread_local void *ck_events_slot = 0;

long ck_process_number(void) { return getpid(); }

long ck_thread_number(void) {
#ifdef SYS_gettid
  return syscall(SYS_gettid);
#else
  return getpid();
#endif
}
