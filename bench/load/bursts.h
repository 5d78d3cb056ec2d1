// What the load generators have in common that measure in bursts: a subject works through one burst and then stands at
// the gate, a FIFO from which it reads a byte, while everything for the next is prepared on the other core.
#ifndef BENCH_BURSTS_H
#define BENCH_BURSTS_H

#include "client.h"
#include <fcntl.h>

enum { AT_ONCE = 64, LONGEST_WAIT = 30 /* seconds */ };

static inline int open_gate(const char *path) {
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) give_up("opening the gate");
  return fd;
}

static inline void open_for_one(int gate) {
  if (write(gate, "!", 1) != 1) give_up("the gate");
}

// Room for a whole burst: as root, as much as is asked for, otherwise as much as the system allows.
static inline void make_room(int fd) {
  int room = 32 << 20;
  if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room) == 0) return;
  if (setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room) < 0) give_up("SO_RCVBUF");
}

static inline void never_wait_forever(int fd) {
  struct timeval limit = {.tv_sec = LONGEST_WAIT};
  if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) < 0) give_up("SO_RCVTIMEO");
}

// Every datagram has been counted, or the row is worth nothing.
static inline void compare(uint64_t datagrams, uint64_t bytes, uint64_t burst, uint64_t size) {
  if (datagrams == burst && bytes == burst * size) return;
  fprintf(stderr, "%lu datagrams of %lu bytes together arrived instead of %lu of %lu; net.core.rmem_max may be too low\n",
          datagrams, bytes, burst, size);
  exit(1);
}

static inline void report(uint64_t datagrams, uint64_t wall, uint64_t cpu) {
  printf("{\"operations\":%lu,\"seconds\":%.6f,\"cpuSeconds\":%.6f}\n", datagrams, (double)wall / 1e9,
         (double)cpu / 1e9);
  fflush(stdout);
}

#endif
