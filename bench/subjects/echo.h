// The floor of echo over connections, as a careful C programmer writes it. One thread, level-triggered epoll, one recv and
// one send per message; what the kernel does not take at once is kept until the socket is writable again. Whoever includes
// this opens the listening socket.
#ifndef BENCH_ECHO_H
#define BENCH_ECHO_H

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

struct connection {
  int fd;
  char *unsent; // NULL while nothing waits to be sent
  size_t length, sent;
};

static int epoll;
static char buffer[65536];

_Noreturn static inline void die(const char *doing) {
  perror(doing);
  exit(1);
}

static inline void watch(struct connection *c, int operation, uint32_t events) {
  struct epoll_event interest = {.events = events, .data.ptr = c};
  if (epoll_ctl(epoll, operation, c->fd, &interest) < 0) die("epoll_ctl");
}

static inline void drop(struct connection *c) {
  close(c->fd);
  free(c->unsent);
  free(c);
}

static inline void keep(struct connection *c, const char *rest, size_t length) {
  c->unsent = malloc(length);
  if (!c->unsent) die("malloc");
  memcpy(c->unsent, rest, length);
  c->length = length;
  c->sent = 0;
  watch(c, EPOLL_CTL_MOD, EPOLLOUT);
}

static inline void on_readable(struct connection *c) {
  ssize_t n = recv(c->fd, buffer, sizeof buffer, 0);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (n <= 0) return drop(c);
  ssize_t sent = send(c->fd, buffer, (size_t)n, MSG_NOSIGNAL);
  if (sent < 0 && errno != EAGAIN && errno != EINTR) return drop(c);
  if (sent < 0) sent = 0;
  if (sent < n) keep(c, buffer + sent, (size_t)(n - sent));
}

static inline void on_writable(struct connection *c) {
  ssize_t n = send(c->fd, c->unsent + c->sent, c->length - c->sent, MSG_NOSIGNAL);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (n < 0) return drop(c);
  c->sent += (size_t)n;
  if (c->sent < c->length) return;
  free(c->unsent);
  c->unsent = NULL;
  watch(c, EPOLL_CTL_MOD, EPOLLIN);
}

static inline void on_connection(const struct connection *listener, int no_delay) {
  int fd = accept4(listener->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd < 0) return;
  struct connection *c = calloc(1, sizeof *c);
  if (!c) die("calloc");
  c->fd = fd;
  int on = 1;
  if (no_delay) setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  watch(c, EPOLL_CTL_ADD, EPOLLIN);
}

static inline void raise_descriptor_limit(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) < 0) die("getrlimit");
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &limit) < 0) die("setrlimit");
}

_Noreturn static inline void serve(int listening, int no_delay) {
  struct connection listener = {.fd = listening};
  struct epoll_event events[256];
  if ((epoll = epoll_create1(EPOLL_CLOEXEC)) < 0) die("epoll_create1");
  watch(&listener, EPOLL_CTL_ADD, EPOLLIN);
  for (;;) {
    int ready = epoll_wait(epoll, events, 256, -1);
    if (ready < 0 && errno != EINTR) die("epoll_wait");
    for (int i = 0; i < ready; i++) {
      struct connection *c = events[i].data.ptr;
      if (c == &listener) on_connection(c, no_delay);
      else if (c->unsent) on_writable(c);
      else on_readable(c);
    }
  }
}

#endif
