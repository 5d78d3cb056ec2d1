// Load for a receiver of datagrams. Every line on stdin is a number of bursts; the answer is a line of JSON with the
// receiver's own CPU clock (all its threads, user and system). For each burst, while the receiver stands at the gate,
// its queue is filled; then the gate opens. The last datagram, of one byte, asks for the count: "datagrams bytes".
//
//   udp-recv PORT RECEIVER_PID GATE SIZE BURST SEGMENTS
//
// With SEGMENTS more than 1 so many datagrams are sent as one, and come as one if the receiver has set UDP_GRO.
#include "bursts.h"
#include <dirent.h>
#include <netinet/udp.h>
#include <sys/syscall.h>

// Not every API lets its users say how long a receiver's queue may be, so where we may we see to it ourselves: in all
// subjects alike. Where we may not, and it is too short, datagrams are missing in the end, and that is told.
static void make_room_at(long pid, long port) {
  char path[64];
  int process = (int)syscall(SYS_pidfd_open, (pid_t)pid, 0);
  snprintf(path, sizeof path, "/proc/%ld/fd", pid);
  DIR *folder = opendir(path);
  if (process < 0 || !folder) give_up("looking at the receiver");
  for (struct dirent *entry; (entry = readdir(folder));) {
    struct sockaddr_in name = {0};
    socklen_t length = sizeof name;
    int fd = (int)syscall(SYS_pidfd_getfd, process, atoi(entry->d_name), 0);
    if (fd < 0) continue;
    if (getsockname(fd, (struct sockaddr *)&name, &length) == 0 && ntohs(name.sin_port) == port) make_room(fd);
    close(fd);
  }
  closedir(folder);
  close(process);
}

static char payload[65536];

static void fill(int fd, size_t size, long burst, long segments) {
  struct iovec piece = {payload, size * (size_t)segments};
  struct mmsghdr headers[AT_ONCE] = {0};
  for (int i = 0; i < AT_ONCE; i++) {
    headers[i].msg_hdr.msg_iov = &piece;
    headers[i].msg_hdr.msg_iovlen = 1;
  }
  for (long rest = burst / segments; rest > 0;) {
    int sent = sendmmsg(fd, headers, rest > AT_ONCE ? AT_ONCE : (unsigned)rest, 0);
    if (sent <= 0) give_up("sendmmsg");
    rest -= sent;
  }
  if (send(fd, payload, 1, 0) != 1) give_up("send");
}

static void await_count(int fd, uint64_t burst, uint64_t size) {
  char text[64];
  uint64_t datagrams, bytes;
  ssize_t length = recv(fd, text, sizeof text - 1, 0);
  if (length < 0) give_up("waiting for the count, perhaps because the last datagram was dropped,");
  text[length] = '\0';
  if (sscanf(text, "%lu %lu", &datagrams, &bytes) != 2) give_up("reading the count");
  compare(datagrams, bytes, burst, size);
}

int main(int argc, char **argv) {
  (void)argc;
  long port = argument(argv, 1, "port");
  long pid = argument(argv, 2, "receiver's pid");
  clockid_t clock = clock_of(pid);
  size_t size = (size_t)argument(argv, 4, "size");
  long burst = argument(argv, 5, "datagrams in a burst"), segments = argument(argv, 6, "segments"), bursts;
  int fd = connect_to(port, SOCK_DGRAM), segment_size = (int)size;
  int gate = open_gate(argv[3]);
  never_wait_forever(fd);
  make_room_at(pid, port);
  if (segments > 1 && setsockopt(fd, IPPROTO_UDP, UDP_SEGMENT, &segment_size, sizeof segment_size) < 0)
    give_up("UDP_SEGMENT");
  while (scanf("%ld", &bursts) == 1) {
    uint64_t cpu = nanoseconds(clock), wall = nanoseconds(CLOCK_MONOTONIC);
    for (long i = 0; i < bursts; i++) {
      fill(fd, size, burst, segments);
      open_for_one(gate);
      await_count(fd, (uint64_t)burst, size);
    }
    report((uint64_t)(bursts * burst), nanoseconds(CLOCK_MONOTONIC) - wall, nanoseconds(clock) - cpu);
  }
  return 0;
}
