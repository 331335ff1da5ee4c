#define _GNU_SOURCE
#include "CServe.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

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

int cserve_accept(int listener, void *address, uint32_t *size) {
  socklen_t length = *size;
  int accepted = accept4(listener, address, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
  *size = length;
  return accepted;
}

enum { most_sockets = 8 };

int cserve_send_sockets(int channel, const int *sockets, int count, const void *text, size_t size) {
  union {
    struct cmsghdr head;
    char bytes[CMSG_SPACE(sizeof(int) * most_sockets)];
  } control;
  if (count < 1 || count > most_sockets) return 0;
  memset(&control, 0, sizeof control);
  struct iovec part = {(void *)text, size};
  struct msghdr message = {0};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = &control;
  message.msg_controllen = CMSG_SPACE(sizeof(int) * (size_t)count);
  struct cmsghdr *head = CMSG_FIRSTHDR(&message);
  head->cmsg_level = SOL_SOCKET;
  head->cmsg_type = SCM_RIGHTS;
  head->cmsg_len = CMSG_LEN(sizeof(int) * (size_t)count);
  memcpy(CMSG_DATA(head), sockets, sizeof(int) * (size_t)count);
  return sendmsg(channel, &message, MSG_NOSIGNAL) == (ssize_t)size;
}

int cserve_receive_sockets(int channel, int *sockets, int most, void *text, size_t *size) {
  union {
    struct cmsghdr head;
    char bytes[CMSG_SPACE(sizeof(int) * most_sockets)];
  } control;
  struct iovec part = {text, *size};
  struct msghdr message = {0};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = &control;
  message.msg_controllen = sizeof control;
  ssize_t received = recvmsg(channel, &message, MSG_CMSG_CLOEXEC);
  if (received <= 0) return -1;
  *size = (size_t)received;
  int count = 0;
  for (struct cmsghdr *head = CMSG_FIRSTHDR(&message); head; head = CMSG_NXTHDR(&message, head)) {
    if (head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS) continue;
    size_t found = (head->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (size_t i = 0; i < found; i++) {
      int one;
      memcpy(&one, CMSG_DATA(head) + i * sizeof(int), sizeof one);
      if (count < most) sockets[count++] = one;
      else close(one);
    }
  }
  return count;
}

int cserve_is_same_user(int channel) {
  struct ucred other;
  socklen_t size = sizeof other;
  if (getsockopt(channel, SOL_SOCKET, SO_PEERCRED, &other, &size) != 0) return 0;
  return other.uid == geteuid();
}
