// The floor: an echo server for Unix datagrams as a careful C programmer writes it. One thread, epoll; recvfrom and sendto
// until there is no more. No client of the bench has more than one datagram under way, so there is always room for the
// answer.
#define _GNU_SOURCE
#include "../unix-listen.h"
#include <errno.h>
#include <sys/epoll.h>

_Noreturn static void die(const char *doing) {
  perror(doing);
  exit(1);
}

// Whether there may be more.
static int serve(int fd) {
  static char buffer[65536];
  struct sockaddr_un from;
  socklen_t length = sizeof from;
  ssize_t n = recvfrom(fd, buffer, sizeof buffer, 0, (struct sockaddr *)&from, &length);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
  if (n < 0) die("recvfrom");
  if (sendto(fd, buffer, (size_t)n, MSG_NOSIGNAL, (struct sockaddr *)&from, length) < 0) die("sendto");
  return 1;
}

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  int fd = unix_listen(argv[1], SOCK_DGRAM | SOCK_NONBLOCK), epoll = epoll_create1(EPOLL_CLOEXEC);
  struct epoll_event event = {.events = EPOLLIN};
  if (epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0) die("epoll");
  for (;;) {
    if (epoll_wait(epoll, &event, 1, -1) < 0 && errno != EINTR) die("epoll_wait");
    while (serve(fd)) continue;
  }
}
