// A Unix socket that is bound to a path; says "PORT path" once others may come.
#ifndef BENCH_UNIX_LISTEN_H
#define BENCH_UNIX_LISTEN_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

static inline int unix_listen(const char *path, int type) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
  strncpy(address.sun_path, path, sizeof address.sun_path - 1);
  if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) < 0 ||
      ((type & 0xf) != SOCK_DGRAM && listen(fd, 4096) < 0)) {
    perror("opening a Unix socket");
    exit(1);
  }
  printf("PORT %s\n", path);
  fflush(stdout);
  return fd;
}

#endif
