// The floor: sends a number of blocks of 64 KiB, the first of a file, to whoever connects. One thread, level-triggered epoll.
//
//   c FILE BLOCKS
#define _GNU_SOURCE
#include "../tcp-listen.h"
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { BLOCK = 65536 };

static char block[BLOCK];
static int epoll;
static long blocks;

// One connection after the other is all that is asked for.
static struct {
  int fd;
  uint64_t sent;
} now;

_Noreturn static void die(const char *doing) {
  perror(doing);
  exit(1);
}

static void watch(int fd, uint32_t events) {
  struct epoll_event interest = {.events = events, .data.fd = fd};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &interest) < 0) die("epoll_ctl");
}

static void on_writable(void) {
  while (now.sent < (uint64_t)blocks * BLOCK) {
    size_t within = now.sent % BLOCK;
    ssize_t n = send(now.fd, block + within, BLOCK - within, MSG_NOSIGNAL);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (n < 0) break;
    now.sent += (uint64_t)n;
  }
  close(now.fd);
}

static void on_connection(int listener) {
  int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd < 0) return;
  now.fd = fd;
  now.sent = 0;
  watch(fd, EPOLLOUT);
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  int file = open(argv[1], O_RDONLY | O_CLOEXEC);
  if (file < 0 || read(file, block, BLOCK) != BLOCK) die(argv[1]);
  blocks = atol(argv[2]);
  if ((epoll = epoll_create1(EPOLL_CLOEXEC)) < 0) die("epoll_create1");
  int listener = tcp_listen(SOCK_NONBLOCK);
  watch(listener, EPOLLIN);
  for (;;) {
    struct epoll_event event;
    if (epoll_wait(epoll, &event, 1, -1) <= 0) continue;
    if (event.data.fd == listener) on_connection(listener);
    else on_writable();
  }
}
