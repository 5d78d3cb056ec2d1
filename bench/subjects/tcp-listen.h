// A listening TCP socket on 127.0.0.1, on a port that the system chooses; says "PORT n".
#ifndef BENCH_TCP_LISTEN_H
#define BENCH_TCP_LISTEN_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

static inline int tcp_listen(int flags) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);
  if (fd < 0 || bind(fd, (struct sockaddr *)&address, length) < 0 || listen(fd, 4096) < 0 ||
      getsockname(fd, (struct sockaddr *)&address, &length) < 0) {
    perror("opening a listening socket");
    exit(1);
  }
  printf("PORT %d\n", ntohs(address.sin_port));
  fflush(stdout);
  return fd;
}

#endif
