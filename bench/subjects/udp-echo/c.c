// The floor: an echo server for datagrams as a careful C programmer writes it. One thread, epoll; recvfrom and sendto
// until there is no more.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>

_Noreturn static void die(const char *doing) {
  perror(doing);
  exit(1);
}

// Whether there may be more.
static int serve(int fd) {
  static char buffer[65536];
  struct sockaddr_in from;
  socklen_t length = sizeof from;
  ssize_t n = recvfrom(fd, buffer, sizeof buffer, 0, (struct sockaddr *)&from, &length);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
  if (n < 0) die("recvfrom");
  if (sendto(fd, buffer, (size_t)n, 0, (struct sockaddr *)&from, length) < 0 && errno != EAGAIN) die("sendto");
  return 1;
}

int main(void) {
  struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof name;
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), epoll = epoll_create1(EPOLL_CLOEXEC);
  struct epoll_event event = {.events = EPOLLIN};
  if (fd < 0 || bind(fd, (struct sockaddr *)&name, sizeof name) < 0) die("bind");
  if (getsockname(fd, (struct sockaddr *)&name, &length) < 0) die("getsockname");
  if (epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0) die("epoll");
  printf("PORT %d\n", ntohs(name.sin_port));
  fflush(stdout);
  for (;;) {
    if (epoll_wait(epoll, &event, 1, -1) < 0 && errno != EINTR) die("epoll_wait");
    while (serve(fd)) continue;
  }
}
