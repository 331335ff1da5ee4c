// What is used of libnghttp2, which is opened at run time, and of the system's waiting for many sockets.
#ifndef CSERVE_HTTP2_H
#define CSERVE_HTTP2_H

#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

// What sockets are waited for, which the C libraries declare in different ways.
static const uint32_t cserve_poll_reading = EPOLLIN, cserve_poll_closed = EPOLLRDHUP, cserve_poll_writing = EPOLLOUT;
static const uint32_t cserve_poll_once = (uint32_t)EPOLLET, cserve_poll_over = EPOLLERR | EPOLLHUP;

/// A header, `nghttp2_nv`.
typedef struct {
  uint8_t *name;
  uint8_t *value;
  size_t name_size;
  size_t value_size;
  uint8_t flags;
} cserve_http2_field;

/// The head of a frame, `nghttp2_frame_hd`; frames begin with it.
typedef struct {
  size_t length;
  int32_t stream;
  uint8_t type;
  uint8_t flags;
  uint8_t reserved;
} cserve_http2_frame;

/// A setting, `nghttp2_settings_entry`.
typedef struct {
  int32_t number;
  uint32_t value;
} cserve_http2_setting;

/// Reads a part of a body.
typedef ptrdiff_t (*cserve_http2_read)(
  void *session, int32_t stream, uint8_t *bytes, size_t size, uint32_t *flags, void *source, void *connection);

/// Where a body comes from, `nghttp2_data_provider`.
typedef struct {
  void *source;
  cserve_http2_read read;
} cserve_http2_body;

/// A text with its length, `gnutls_datum_t` of GnuTLS.
typedef struct {
  uint8_t *bytes;
  unsigned size;
} cserve_tls_text;

/// Accepts a connection that does not block and is closed in children. Gives its number, or -1.
int cserve_accept(int listener, void *address, uint32_t *size);

#endif
