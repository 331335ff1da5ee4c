// What Swift cannot call of libmicrohttpd, which is opened at run time: its functions of variable arguments.
#ifndef CSERVE_H
#define CSERVE_H

#include <stddef.h>
#include <stdint.h>

#include "CServeGRPC.h"
#include "CServeHTTP2.h"

/// A setting of a server: its number, a number and a pointer as it needs them. A list ends with the number 0.
typedef struct {
  int option;
  intptr_t value;
  void *pointer;
} cserve_option;

/// Takes a part of a request: called with no bytes after the head, then with bytes, then with no bytes again.
typedef int (*cserve_handler)(
  void *server, void *connection, const char *url, const char *method, const char *version, const char *bytes,
  size_t *count, void **request);

/// Calls `MHD_start_daemon`, which lies at `function`. Gives the server, or null.
void *cserve_start(
  void *function, unsigned flags, cserve_handler handler, void *state, const cserve_option *options);

/// Calls `MHD_get_connection_info`, which lies at `function`. Gives where the information stands, or null.
const void *cserve_connection_info(void *function, void *connection, int kind);

/// Sends descriptors of sockets and a text over a local socket. Gives 1, or 0 where it could not.
int cserve_send_sockets(int channel, const int *sockets, int count, const void *text, size_t size);

/// Receives descriptors of sockets, `most` of them at most, and a text of at most `*size` bytes, whose size is put there. Gives how
/// many descriptors there are, or -1.
int cserve_receive_sockets(int channel, int *sockets, int most, void *text, size_t *size);

/// Whether the other end of a local socket is a process of the same user.
int cserve_is_same_user(int channel);

#endif
