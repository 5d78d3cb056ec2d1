// The floor: a TCP proxy as a careful C programmer writes it. One thread, non-blocking sockets, edge-triggered epoll, and
// in each direction splice through a pipe until the source is empty or the target full. The source is asked only while the
// pipe is empty.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PIPE_SIZE = 1024 * 1024 };

struct proxy;

struct direction {
  int source, target, pipe[2];
  size_t in_pipe;
  int ended;
};

struct proxy {
  struct direction ways[2];
};

static int epoll;
static struct sockaddr_in behind;

_Noreturn static void die(const char *doing) {
  perror(doing);
  exit(1);
}

// Returns whether this direction is over.
static int pump(struct direction *d) {
  while (!d->ended) {
    if (d->in_pipe == 0) {
      ssize_t n = splice(d->source, NULL, d->pipe[1], NULL, PIPE_SIZE, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
      if (n < 0 && errno == EAGAIN) return 0;
      if (n <= 0) break;
      d->in_pipe = (size_t)n;
    }
    ssize_t n = splice(d->pipe[0], NULL, d->target, NULL, d->in_pipe, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
    if (n < 0 && errno == EAGAIN) return 0;
    if (n <= 0) break;
    d->in_pipe -= (size_t)n;
  }
  if (!d->ended) shutdown(d->target, SHUT_WR);
  d->ended = 1;
  return 1;
}

static void on_ready(struct proxy *p) {
  int over = pump(&p->ways[0]) & pump(&p->ways[1]);
  if (!over) return;
  close(p->ways[0].source);
  close(p->ways[1].source);
  for (int i = 0; i < 2; i++) close(p->ways[i].pipe[0]), close(p->ways[i].pipe[1]);
  free(p);
}

static void watch(int fd, uint32_t events, void *of) {
  struct epoll_event interest = {.events = events, .data.ptr = of};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &interest) < 0) die("epoll_ctl");
}

static void on_connection(int listener) {
  int front = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (front < 0) return;
  int back = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (back < 0) die("socket");
  if (connect(back, (struct sockaddr *)&behind, sizeof behind) < 0 && errno != EINPROGRESS) die("connect");
  struct proxy *p = calloc(1, sizeof *p);
  if (!p) die("calloc");
  p->ways[0] = (struct direction){.source = front, .target = back};
  p->ways[1] = (struct direction){.source = back, .target = front};
  for (int i = 0; i < 2; i++) {
    if (pipe2(p->ways[i].pipe, O_CLOEXEC | O_NONBLOCK) < 0) die("pipe2");
    fcntl(p->ways[i].pipe[1], F_SETPIPE_SZ, PIPE_SIZE);
  }
  watch(front, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, p);
  watch(back, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, p);
}

static int start(void) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (listener < 0) die("socket");
  if (bind(listener, (struct sockaddr *)&address, length) < 0) die("bind");
  if (listen(listener, 4096) < 0) die("listen");
  if (getsockname(listener, (struct sockaddr *)&address, &length) < 0) die("getsockname");
  if ((epoll = epoll_create1(EPOLL_CLOEXEC)) < 0) die("epoll_create1");
  watch(listener, EPOLLIN, NULL);
  printf("PORT %d\n", ntohs(address.sin_port));
  fflush(stdout);
  return listener;
}

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  behind = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[1]))};
  behind.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int listener = start();
  // One event at a time: what it frees can be in none that was fetched with it.
  struct epoll_event event;
  for (;;) {
    int ready = epoll_wait(epoll, &event, 1, -1);
    if (ready < 0 && errno != EINTR) die("epoll_wait");
    if (ready <= 0) continue;
    if (event.data.ptr == NULL) on_connection(listener);
    else on_ready(event.data.ptr);
  }
}
