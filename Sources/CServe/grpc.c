#include "CServeGRPC.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

// MARK: structures of the library

typedef struct {
  void *count;  // NULL: the bytes are in the structure
  union {
    struct { size_t length; uint8_t *bytes; } apart;
    struct { uint8_t length; uint8_t bytes[sizeof(size_t) + 2 * sizeof(void *) - 1]; } within;
  } data;
} slice;

typedef struct { slice key, value; void *internal[4]; } field;
typedef struct { size_t count, capacity; field *fields; } field_list;
typedef struct { int64_t seconds; int32_t nanoseconds; int clock; } moment;
// Former versions have members more at the end.
typedef struct { slice method, host; moment deadline; void *former[4]; } details;
typedef struct { int type, success; void *tag; } event;
typedef struct { void *in, *out; union { unsigned index; void *room[2]; } current; } reader;
typedef struct { int type; char *key; union { char *text; int number; struct { void *p; const void *t; } pointer; } value; } argument;
typedef struct { size_t count; argument *arguments; } argument_list;
typedef struct { const char *key, *chain; } key_pair;

enum { send_head = 0, send_message = 1, send_status = 3, receive_message = 5, receive_close = 7 };
typedef struct {
  int kind;
  uint32_t flags;
  void *reserved;
  union {
    void *room[8];
    struct { size_t count; field *fields; struct { uint8_t is_set; int level; } compression; } head;
    struct { void *message; } message;
    struct { size_t count; field *fields; int status; slice *text; } status;
    struct { void **message; } receive;
    struct { int *cancelled; } close;
  } data;
} operation;

_Static_assert(sizeof(slice) == 32 && sizeof(field) == 96 && sizeof(operation) == 80, "structures of gRPC's C core");

// The functions, and the types that they have.
#define FUNCTIONS(F)                                                                     \
  F(init, void, (void))                                                                  \
  F(server_create, void *, (const argument_list *, void *))                              \
  F(completion_queue_create_for_next, void *, (void *))                                  \
  F(server_register_completion_queue, void, (void *, void *, void *))                    \
  F(server_add_http2_port, int, (void *, const char *, void *))                          \
  F(insecure_server_credentials_create, void *, (void))                                  \
  F(server_credentials_release, void, (void *))                                          \
  F(server_start, void, (void *))                                                        \
  F(server_shutdown_and_notify, void, (void *, void *, void *))                          \
  F(server_cancel_all_calls, void, (void *))                                             \
  F(server_destroy, void, (void *))                                                      \
  F(server_request_call, int, (void *, void **, details *, field_list *, void *, void *, void *)) \
  F(completion_queue_next, event, (void *, moment, void *))                              \
  F(completion_queue_shutdown, void, (void *))                                           \
  F(completion_queue_destroy, void, (void *))                                            \
  F(call_start_batch, int, (void *, const operation *, size_t, void *, void *))          \
  F(call_get_peer, char *, (void *))                                                     \
  F(call_unref, void, (void *))                                                          \
  F(metadata_array_init, void, (field_list *))                                           \
  F(metadata_array_destroy, void, (field_list *))                                        \
  F(call_details_init, void, (details *))                                                \
  F(call_details_destroy, void, (details *))                                             \
  F(raw_byte_buffer_create, void *, (slice *, size_t))                                   \
  F(byte_buffer_destroy, void, (void *))                                                 \
  F(byte_buffer_reader_init, int, (reader *, void *))                                    \
  F(byte_buffer_reader_readall, slice, (reader *))                                       \
  F(byte_buffer_reader_destroy, void, (reader *))                                        \
  F(slice_from_copied_buffer, slice, (const char *, size_t))                             \
  F(slice_unref, void, (slice))

struct cserve_grpc {
#define MEMBER(name, result, arguments) result(*name) arguments;
  FUNCTIONS(MEMBER)
  void *(*ssl_server_credentials_create)(const char *, key_pair *, size_t, int, void *);
  void (*free)(void *);
};

struct cserve_grpc_call {
  void *call;
  details details;
  field_list fields;
  void *message;
  int cancelled;
  bool head_sent;
};

const cserve_grpc *cserve_grpc_load(void *(*find)(void *, const char *), void *library, const char **missing) {
  static cserve_grpc grpc;
#define LOOK_UP(name, result, arguments)                                   \
  *missing = "grpc_" #name;                                                \
  grpc.name = (result(*) arguments)find(library, *missing);                \
  if (!grpc.name) return NULL;
  FUNCTIONS(LOOK_UP)
  *missing = "gpr_free";
  grpc.free = (void (*)(void *))find(library, *missing);
  if (!grpc.free) return NULL;
  // Libraries without TLS lack it.
  grpc.ssl_server_credentials_create =
    (void *(*)(const char *, key_pair *, size_t, int, void *))find(library, "grpc_ssl_server_credentials_create");
  grpc.init();
  *missing = NULL;
  return &grpc;
}

// MARK: the server

int cserve_grpc_start(
  const cserve_grpc *g, cserve_grpc_server *server, const char *address, const char *chain, const char *key,
  int largest_message, int most_calls) {
  void *credentials;
  if (chain && key) {
    if (!g->ssl_server_credentials_create) return 0;
    key_pair pair = {key, chain};
    credentials = g->ssl_server_credentials_create(NULL, &pair, 1, 0, NULL);
  } else {
    credentials = g->insecure_server_credentials_create();
  }
  if (!credentials) return 0;
  enum { number = 1 };
  argument arguments[] = {
    {number, "grpc.max_receive_message_length", {.number = largest_message}},
    {number, "grpc.max_send_message_length", {.number = -1}},
    {number, "grpc.max_concurrent_streams", {.number = most_calls}},
    {number, "grpc.so_reuseport", {.number = 1}},
    // Clients may look after their connections every ten seconds.
    {number, "grpc.http2.min_ping_interval_without_data_ms", {.number = 10000}},
    {number, "grpc.keepalive_permit_without_calls", {.number = 1}},
  };
  argument_list list = {sizeof arguments / sizeof *arguments, arguments};
  server->server = g->server_create(&list, NULL);
  server->queue = g->completion_queue_create_for_next(NULL);
  g->server_register_completion_queue(server->server, server->queue, NULL);
  int port = g->server_add_http2_port(server->server, address, credentials);
  g->server_credentials_release(credentials);
  if (port > 0) {
    g->server_start(server->server);
    return port;
  }
  cserve_grpc_destroy(g, server);
  int success;
  void *tag;
  while (cserve_grpc_next(g, server, 1000, &success, &tag) != 0) {}
  cserve_grpc_free_queue(g, server);
  return 0;
}

int cserve_grpc_next(const cserve_grpc *g, const cserve_grpc_server *server, long milliseconds, int *success, void **tag) {
  enum { span = 3 };
  moment until = {milliseconds / 1000, (int32_t)(milliseconds % 1000) * 1000000, span};
  event found = g->completion_queue_next(server->queue, until, NULL);
  *success = found.success;
  *tag = found.type == 2 ? found.tag : NULL;
  return found.type;
}

void cserve_grpc_shut(const cserve_grpc *g, const cserve_grpc_server *server, void *tag) {
  g->server_shutdown_and_notify(server->server, server->queue, tag);
}

void cserve_grpc_cancel_all(const cserve_grpc *g, const cserve_grpc_server *server) {
  g->server_cancel_all_calls(server->server);
}

void cserve_grpc_destroy(const cserve_grpc *g, const cserve_grpc_server *server) {
  g->server_destroy(server->server);
  g->completion_queue_shutdown(server->queue);
}

void cserve_grpc_free_queue(const cserve_grpc *g, const cserve_grpc_server *server) {
  g->completion_queue_destroy(server->queue);
}

// MARK: calls

cserve_grpc_call *cserve_grpc_request(const cserve_grpc *g, const cserve_grpc_server *server, void *tag) {
  cserve_grpc_call *call = calloc(1, sizeof *call);
  if (!call) return NULL;
  g->call_details_init(&call->details);
  g->metadata_array_init(&call->fields);
  if (g->server_request_call(
        server->server, &call->call, &call->details, &call->fields, server->queue, server->queue, tag) != 0) {
    cserve_grpc_free(g, call);
    return NULL;
  }
  return call;
}

void cserve_grpc_free(const cserve_grpc *g, cserve_grpc_call *call) {
  if (call->message) g->byte_buffer_destroy(call->message);
  g->metadata_array_destroy(&call->fields);
  g->call_details_destroy(&call->details);
  if (call->call) g->call_unref(call->call);
  free(call);
}

static const char *bytes_of(const slice *s, size_t *length) {
  *length = s->count ? s->data.apart.length : s->data.within.length;
  return (const char *)(s->count ? s->data.apart.bytes : s->data.within.bytes);
}

const char *cserve_grpc_method(const cserve_grpc_call *call, size_t *length) {
  return bytes_of(&call->details.method, length);
}

size_t cserve_grpc_fields(const cserve_grpc_call *call) { return call->fields.count; }

void cserve_grpc_field(
  const cserve_grpc_call *call, size_t i, const char **key, size_t *key_length, const char **value, size_t *value_length) {
  *key = bytes_of(&call->fields.fields[i].key, key_length);
  *value = bytes_of(&call->fields.fields[i].value, value_length);
}

char *cserve_grpc_peer(const cserve_grpc *g, const cserve_grpc_call *call) { return g->call_get_peer(call->call); }
void cserve_grpc_free_text(const cserve_grpc *g, char *text) { g->free(text); }

static int start(const cserve_grpc *g, cserve_grpc_call *call, const operation *operations, size_t count, void *tag) {
  return g->call_start_batch(call->call, operations, count, tag, NULL) == 0;
}

int cserve_grpc_watch(const cserve_grpc *g, cserve_grpc_call *call, void *tag) {
  operation close = {.kind = receive_close, .data.close.cancelled = &call->cancelled};
  return start(g, call, &close, 1, tag);
}

int cserve_grpc_was_cancelled(const cserve_grpc_call *call) { return call->cancelled; }

int cserve_grpc_receive(const cserve_grpc *g, cserve_grpc_call *call, void *tag) {
  operation receive = {.kind = receive_message, .data.receive.message = &call->message};
  return start(g, call, &receive, 1, tag);
}

int cserve_grpc_take(
  const cserve_grpc *g, cserve_grpc_call *call, void (*take)(void *, const uint8_t *, size_t), void *state) {
  if (!call->message) return 0;
  reader reading;
  int done = g->byte_buffer_reader_init(&reading, call->message);
  if (done) {
    slice all = g->byte_buffer_reader_readall(&reading);
    size_t length;
    const char *bytes = bytes_of(&all, &length);
    take(state, (const uint8_t *)bytes, length);
    g->slice_unref(all);
    g->byte_buffer_reader_destroy(&reading);
  }
  g->byte_buffer_destroy(call->message);
  call->message = NULL;
  return done;
}

static void *buffer_of(const cserve_grpc *g, const void *bytes, size_t count) {
  slice copied = g->slice_from_copied_buffer(bytes, count);
  void *buffer = g->raw_byte_buffer_create(&copied, 1);
  g->slice_unref(copied);
  return buffer;
}

int cserve_grpc_send(const cserve_grpc *g, cserve_grpc_call *call, const void *bytes, size_t count, void *tag) {
  operation operations[2] = {{.kind = send_head}, {.kind = send_message}};
  int first = call->head_sent;
  void *buffer = buffer_of(g, bytes, count);
  operations[1].data.message.message = buffer;
  call->head_sent = true;
  int done = start(g, call, operations + first, (size_t)(2 - first), tag);
  g->byte_buffer_destroy(buffer);
  return done;
}

int cserve_grpc_finish(
  const cserve_grpc *g, cserve_grpc_call *call, int has_message, const void *bytes, size_t count, int status,
  const char *text, size_t text_length, void *tag) {
  operation operations[3];
  memset(operations, 0, sizeof operations);
  size_t used = 0;
  if (!call->head_sent) operations[used++].kind = send_head;
  call->head_sent = true;
  void *buffer = NULL;
  if (has_message) {
    buffer = buffer_of(g, bytes, count);
    operations[used].kind = send_message;
    operations[used++].data.message.message = buffer;
  }
  slice words = g->slice_from_copied_buffer(text, text_length);
  operations[used].kind = send_status;
  operations[used].data.status.status = status;
  operations[used++].data.status.text = &words;
  int done = start(g, call, operations, used, tag);
  g->slice_unref(words);
  if (buffer) g->byte_buffer_destroy(buffer);
  return done;
}
