#include "CServe.h"

typedef void *(*start_daemon)(
  unsigned flags, uint16_t port, void *accept, void *accept_state, cserve_handler handler, void *state, ...);
typedef const void *(*connection_info)(void *connection, int kind, ...);

enum { option_end = 0, option_array = 15 };

void *cserve_start(
  void *function, unsigned flags, cserve_handler handler, void *state, const cserve_option *options) {
  return ((start_daemon)function)(flags, 0, NULL, NULL, handler, state, option_array, options, option_end);
}

const void *cserve_connection_info(void *function, void *connection, int kind) {
  return ((connection_info)function)(connection, kind);
}
