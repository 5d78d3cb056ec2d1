// Takes what a sender of datagrams sends. It says "PORTS data control"; the first line on stdin is the sender's pid, every
// further one a number of bursts; the answer is a line of JSON with the sender's own CPU clock (all its threads, user
// and system). In each burst the sender comes through the gate, sends its datagrams to the data port and then one to
// the control port. Nobody waits for the data meanwhile, so the sender wakes nobody up; afterwards it is counted.
//
//   udp-send GATE SIZE BURST
#include "bursts.h"

static int bound(void) {
  struct sockaddr_in any = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || bind(fd, (struct sockaddr *)&any, sizeof any) < 0) give_up("binding a socket");
  return fd;
}

static unsigned port_of(int fd) {
  struct sockaddr_in name;
  socklen_t length = sizeof name;
  if (getsockname(fd, (struct sockaddr *)&name, &length) < 0) give_up("getsockname");
  return ntohs(name.sin_port);
}

static void take_burst(int data, uint64_t burst, uint64_t size) {
  static char memory[65536];
  uint64_t datagrams = 0, bytes = 0;
  for (ssize_t length; (length = recv(data, memory, sizeof memory, MSG_DONTWAIT)) >= 0; datagrams++)
    bytes += (uint64_t)length;
  if (errno != EAGAIN) give_up("recv");
  compare(datagrams, bytes, burst, size);
}

int main(int argc, char **argv) {
  (void)argc;
  uint64_t size = (uint64_t)argument(argv, 2, "size"), burst = (uint64_t)argument(argv, 3, "datagrams in a burst");
  int data = bound(), control = bound();
  long pid, bursts;
  char byte;
  make_room(data);
  never_wait_forever(control);
  printf("PORTS %u %u\n", port_of(data), port_of(control));
  fflush(stdout);
  if (scanf("%ld", &pid) != 1) give_up("reading the sender's pid");
  clockid_t clock = clock_of(pid);
  int gate = open_gate(argv[1]);
  while (scanf("%ld", &bursts) == 1) {
    uint64_t cpu = nanoseconds(clock), wall = nanoseconds(CLOCK_MONOTONIC);
    for (long i = 0; i < bursts; i++) {
      open_for_one(gate);
      if (recv(control, &byte, 1, 0) < 0) give_up("waiting for the end of a burst");
      take_burst(data, burst, size);
    }
    report((uint64_t)bursts * burst, nanoseconds(CLOCK_MONOTONIC) - wall, nanoseconds(clock) - cpu);
  }
  return 0;
}
