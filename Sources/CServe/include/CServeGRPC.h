// What Swift cannot call of gRPC's C core, which is opened at run time: structures by value, lists of operations. The interface is that of
// the versions 1.30 and later.
#ifndef CSERVE_GRPC_H
#define CSERVE_GRPC_H

#include <stddef.h>
#include <stdint.h>

/// The functions of the library.
typedef struct cserve_grpc cserve_grpc;

/// Looks all functions up by `find`, which gives the address of a name or null. Null, and in `missing` the name, where one is not there.
/// It stays for the life of the process.
const cserve_grpc *cserve_grpc_load(void *(*find)(void *library, const char *name), void *library, const char **missing);

/// A server and the queue of what happens to it.
typedef struct {
  void *server, *queue;
} cserve_grpc_server;

/// A server that listens at `address`, with TLS if there are a chain of certificates and a key in PEM. The port, or 0 where it cannot
/// listen there.
int cserve_grpc_start(
  const cserve_grpc *grpc, cserve_grpc_server *server, const char *address, const char *chain, const char *key,
  int largest_message, int most_calls);

/// Waits for what happens, at most so long. 0: the queue has ended, 1: nothing happened, 2: what `tag` stands for, with success or without.
int cserve_grpc_next(const cserve_grpc *grpc, const cserve_grpc_server *server, long milliseconds, int *success, void **tag);

/// Takes no more calls; `tag` happens when all are over.
void cserve_grpc_shut(const cserve_grpc *grpc, const cserve_grpc_server *server, void *tag);
/// Ends all calls.
void cserve_grpc_cancel_all(const cserve_grpc *grpc, const cserve_grpc_server *server);
/// After that: frees the server, and lets the queue end.
void cserve_grpc_destroy(const cserve_grpc *grpc, const cserve_grpc_server *server);
/// After the queue has ended.
void cserve_grpc_free_queue(const cserve_grpc *grpc, const cserve_grpc_server *server);

/// A call that is waited for, or that has come.
typedef struct cserve_grpc_call cserve_grpc_call;

/// Asks for the next call; `tag` happens when one has come.
cserve_grpc_call *cserve_grpc_request(const cserve_grpc *grpc, const cserve_grpc_server *server, void *tag);
void cserve_grpc_free(const cserve_grpc *grpc, cserve_grpc_call *call);

/// The name of the method, and its length.
const char *cserve_grpc_method(const cserve_grpc_call *call, size_t *length);
/// How many fields the call has beside its message, and one of them.
size_t cserve_grpc_fields(const cserve_grpc_call *call);
void cserve_grpc_field(
  const cserve_grpc_call *call, size_t i, const char **key, size_t *key_length, const char **value, size_t *value_length);
/// The client's address; freed by `cserve_grpc_free_text`.
char *cserve_grpc_peer(const cserve_grpc *grpc, const cserve_grpc_call *call);
void cserve_grpc_free_text(const cserve_grpc *grpc, char *text);

/// `tag` happens when the call is over; then `cserve_grpc_was_cancelled` tells how.
int cserve_grpc_watch(const cserve_grpc *grpc, cserve_grpc_call *call, void *tag);
int cserve_grpc_was_cancelled(const cserve_grpc_call *call);

/// Asks for the next message; `tag` happens when it is there.
int cserve_grpc_receive(const cserve_grpc *grpc, cserve_grpc_call *call, void *tag);
/// Hands the message that came to `take`, and frees it. 0 where the client has no more.
int cserve_grpc_take(
  const cserve_grpc *grpc, cserve_grpc_call *call, void (*take)(void *state, const uint8_t *bytes, size_t count),
  void *state);

/// Sends a message; `tag` happens when it is on its way.
int cserve_grpc_send(const cserve_grpc *grpc, cserve_grpc_call *call, const void *bytes, size_t count, void *tag);
/// Ends a call with a status, a text, and a last message if there is one.
int cserve_grpc_finish(
  const cserve_grpc *grpc, cserve_grpc_call *call, int has_message, const void *bytes, size_t count, int status,
  const char *text, size_t text_length, void *tag);

#endif
