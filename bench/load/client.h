// What every load generator needs: to give up with a reason, to open connections, to tell the time.
#ifndef BENCH_CLIENT_H
#define BENCH_CLIENT_H

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

_Noreturn static inline void give_up(const char *doing) {
  fprintf(stderr, "%s: %s\n", doing, errno ? strerror(errno) : "failed");
  exit(1);
}

static inline long argument(char **argv, int index, const char *name) {
  char *end = NULL;
  long value = argv[index] ? strtol(argv[index], &end, 10) : -1;
  if (value >= 0 && end != argv[index] && *end == '\0') return value;
  fprintf(stderr, "argument %d must be the %s\n", index, name);
  exit(2);
}

static inline uint64_t nanoseconds(clockid_t clock) {
  struct timespec now;
  if (clock_gettime(clock, &now) < 0) give_up("clock_gettime");
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static inline clockid_t clock_of(long pid) {
  clockid_t clock;
  if ((errno = clock_getcpuclockid((pid_t)pid, &clock)) != 0) give_up("clock_getcpuclockid");
  return clock;
}

static inline void raise_descriptor_limit(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) < 0) give_up("getrlimit");
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &limit) < 0) give_up("setrlimit");
}

static inline int connect_to(long port, int type) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
  if (fd < 0) give_up("socket");
  if (connect(fd, (struct sockaddr *)&to, sizeof to) < 0) give_up("connect");
  int on = 1;
  if (type == SOCK_STREAM && setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) < 0) give_up("TCP_NODELAY");
  return fd;
}

// Who sends datagrams to a path must have one too, or could not be answered: "path.1", "path.2" and so on.
static inline int connect_to_path(const char *path, int type) {
  static int count;
  struct sockaddr_un to = {.sun_family = AF_UNIX}, own = {.sun_family = AF_UNIX};
  strncpy(to.sun_path, path, sizeof to.sun_path - 1);
  snprintf(own.sun_path, sizeof own.sun_path, "%.90s.%d", path, ++count);
  int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
  if (fd < 0) give_up("socket");
  if (type == SOCK_DGRAM && bind(fd, (struct sockaddr *)&own, sizeof own) < 0) give_up("bind");
  if (connect(fd, (struct sockaddr *)&to, sizeof to) < 0) give_up("connect");
  return fd;
}

#endif
