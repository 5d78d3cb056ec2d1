// Load for a server that gives back the descriptor it is passed. Each round trip passes one of two files in turn and checks
// that the same file comes back, under a number of its own. Every line on stdin is a number of round trips; the answer
// is a line of JSON: wall clock, and the server's own CPU clock (all its threads, user and system).
//
//   rights PATH SERVER_PID
#include "client.h"
#include <fcntl.h>
#include <sys/stat.h>

union control {
  struct cmsghdr header;
  char bytes[CMSG_SPACE(sizeof(int))];
};

static void pass(int fd, char byte, int passed) {
  union control control = {.header = {.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof(int))}};
  struct iovec piece = {&byte, 1};
  struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
  memcpy(CMSG_DATA(&control.header), &passed, sizeof passed);
  if (sendmsg(fd, &message, MSG_NOSIGNAL) != 1) give_up("sendmsg");
}

static int take(int fd, char expected) {
  union control control;
  char byte;
  int passed;
  struct iovec piece = {&byte, 1};
  struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
  ssize_t n = recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
  if (n < 0) give_up("recvmsg");
  errno = 0;
  struct cmsghdr *header = n == 1 ? CMSG_FIRSTHDR(&message) : NULL;
  if (!header || header->cmsg_type != SCM_RIGHTS || byte != expected) give_up("getting a descriptor back");
  memcpy(&passed, CMSG_DATA(header), sizeof passed);
  return passed;
}

static void round_trip(int fd, uint64_t i, const int files[2], const struct stat status[2]) {
  struct stat came;
  char byte = (char)('a' + i % 26);
  pass(fd, byte, files[i % 2]);
  int passed = take(fd, byte);
  if (fstat(passed, &came) < 0) give_up("fstat");
  errno = 0;
  if (passed == files[i % 2] || came.st_ino != status[i % 2].st_ino || came.st_dev != status[i % 2].st_dev)
    give_up("comparing the file that came back");
  close(passed);
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  clockid_t clock = clock_of(argument(argv, 2, "server's pid"));
  int fd = connect_to_path(argv[1], SOCK_STREAM);
  int files[2] = {open("/dev/null", O_RDONLY | O_CLOEXEC), open("/dev/zero", O_RDONLY | O_CLOEXEC)};
  struct stat status[2];
  if (fstat(files[0], &status[0]) < 0 || fstat(files[1], &status[1]) < 0) give_up("opening files to pass");
  for (uint64_t count; scanf("%lu", &count) == 1;) {
    uint64_t cpu = nanoseconds(clock), wall = nanoseconds(CLOCK_MONOTONIC);
    for (uint64_t i = 0; i < count; i++) round_trip(fd, i, files, status);
    wall = nanoseconds(CLOCK_MONOTONIC) - wall;
    cpu = nanoseconds(clock) - cpu;
    printf("{\"operations\":%lu,\"seconds\":%.6f,\"cpuSeconds\":%.6f}\n", count, (double)wall / 1e9, (double)cpu / 1e9);
    fflush(stdout);
  }
  return 0;
}
