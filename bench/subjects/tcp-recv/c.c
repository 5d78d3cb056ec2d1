// The floor: receives to the end of the stream, 64 KiB at a time, and answers how many bytes there were. One thread,
// level-triggered epoll.
#define _GNU_SOURCE
#include "../tcp-listen.h"
#include <errno.h>
#include <inttypes.h>
#include <sys/epoll.h>
#include <unistd.h>

static int epoll;
static uint64_t received; // One connection after the other is all that is asked for.

_Noreturn static void die(const char *doing) {
  perror(doing);
  exit(1);
}

static void watch(int fd) {
  struct epoll_event interest = {.events = EPOLLIN, .data.fd = fd};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &interest) < 0) die("epoll_ctl");
}

static void on_readable(int fd) {
  static char buffer[65536];
  ssize_t n = recv(fd, buffer, sizeof buffer, 0);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (n > 0) {
    received += (uint64_t)n;
    return;
  }
  char text[32];
  int length = snprintf(text, sizeof text, "%" PRIu64, received);
  if (n == 0) send(fd, text, (size_t)length, MSG_NOSIGNAL);
  close(fd);
}

int main(void) {
  int listener = tcp_listen(SOCK_NONBLOCK);
  if ((epoll = epoll_create1(EPOLL_CLOEXEC)) < 0) die("epoll_create1");
  watch(listener);
  for (;;) {
    struct epoll_event event;
    if (epoll_wait(epoll, &event, 1, -1) <= 0) continue;
    if (event.data.fd != listener) {
      on_readable(event.data.fd);
      continue;
    }
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) continue;
    received = 0;
    watch(fd);
  }
}
