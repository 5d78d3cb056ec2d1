// The floor: accept, one request, its answer, close. One thread, level-triggered epoll. The client sends at once, so what it
// wants is usually there when its connection is accepted: only where it is not does epoll learn of the connection.
#define _GNU_SOURCE
#include "../tcp-listen.h"
#include <errno.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <unistd.h>

static int epoll;

_Noreturn static void die(const char *doing) {
  perror(doing);
  exit(1);
}

static void watch(int fd) {
  struct epoll_event interest = {.events = EPOLLIN, .data.fd = fd};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &interest) < 0) die("epoll_ctl");
}

// Whether it is over. A small answer always fits into an empty socket.
static int answer(int fd) {
  char request[65536];
  ssize_t n = recv(fd, request, sizeof request, 0);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
  if (n > 0) send(fd, request, (size_t)n, MSG_NOSIGNAL);
  close(fd);
  return 1;
}

static void accept_all(int listener) {
  for (int fd; (fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0;)
    if (!answer(fd)) watch(fd);
}

int main(void) {
  int listener = tcp_listen(SOCK_NONBLOCK);
  struct epoll_event events[256];
  if ((epoll = epoll_create1(EPOLL_CLOEXEC)) < 0) die("epoll_create1");
  watch(listener);
  for (;;) {
    int ready = epoll_wait(epoll, events, 256, -1);
    if (ready < 0 && errno != EINTR) die("epoll_wait");
    for (int i = 0; i < ready; i++) {
      if (events[i].data.fd == listener) accept_all(listener);
      else answer(events[i].data.fd);
    }
  }
}
