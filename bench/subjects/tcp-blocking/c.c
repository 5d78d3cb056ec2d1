// The floor: one connection after the other, with blocking calls.
#define _GNU_SOURCE
#include "../tcp-listen.h"
#include <netinet/tcp.h>
#include <unistd.h>

static int send_all(int fd, const char *data, size_t length) {
  while (length > 0) {
    ssize_t sent = send(fd, data, length, MSG_NOSIGNAL);
    if (sent < 0) return 0;
    data += sent;
    length -= (size_t)sent;
  }
  return 1;
}

int main(void) {
  static char buffer[65536];
  int listener = tcp_listen(0), on = 1;
  for (;;) {
    int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (fd < 0) continue;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    for (ssize_t n; (n = recv(fd, buffer, sizeof buffer, 0)) > 0;)
      if (!send_all(fd, buffer, (size_t)n)) break;
    close(fd);
  }
}
