// The floor: a server that sends a file to whoever connects, as a careful C programmer writes it. One thread, non-blocking
// sockets, edge-triggered epoll, sendfile until the socket is full.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

struct connection {
  int fd;
  off_t position;
};

static int epoll, file;
static off_t size;

_Noreturn static void die(const char *doing) {
  perror(doing);
  exit(1);
}

static void watch(struct connection *c, uint32_t events) {
  struct epoll_event interest = {.events = events, .data.ptr = c};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &interest) < 0) die("epoll_ctl");
}

static void on_writable(struct connection *c) {
  while (c->position < size) {
    ssize_t n = sendfile(c->fd, file, &c->position, (size_t)(size - c->position));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) return;
    if (n <= 0) break;
  }
  close(c->fd);
  free(c);
}

static void on_connection(const struct connection *listener) {
  int fd = accept4(listener->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd < 0) return;
  struct connection *c = calloc(1, sizeof *c);
  if (!c) die("calloc");
  c->fd = fd;
  watch(c, EPOLLOUT | EPOLLET);
}

static void start(struct connection *listener) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  listener->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (listener->fd < 0) die("socket");
  if (bind(listener->fd, (struct sockaddr *)&address, length) < 0) die("bind");
  if (listen(listener->fd, 4096) < 0) die("listen");
  if (getsockname(listener->fd, (struct sockaddr *)&address, &length) < 0) die("getsockname");
  if ((epoll = epoll_create1(EPOLL_CLOEXEC)) < 0) die("epoll_create1");
  watch(listener, EPOLLIN);
  printf("PORT %d\n", ntohs(address.sin_port));
  fflush(stdout);
}

int main(int argc, char **argv) {
  struct connection listener = {0};
  struct stat status;
  if (argc != 2) return 2;
  file = open(argv[1], O_RDONLY | O_CLOEXEC);
  if (file < 0 || fstat(file, &status) < 0) die(argv[1]);
  size = status.st_size;
  start(&listener);
  struct epoll_event events[256];
  for (;;) {
    int ready = epoll_wait(epoll, events, 256, -1);
    if (ready < 0 && errno != EINTR) die("epoll_wait");
    for (int i = 0; i < ready; i++) {
      struct connection *c = events[i].data.ptr;
      if (c == &listener) on_connection(c);
      else on_writable(c);
    }
  }
}
