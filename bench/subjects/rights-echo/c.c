// The floor: a byte and a descriptor come over a Unix stream socket, and go back; our own reference is closed. Blocking, one
// connection after the other.
#define _GNU_SOURCE
#include "../unix-listen.h"
#include <unistd.h>

union control {
  struct cmsghdr header;
  char bytes[CMSG_SPACE(sizeof(int))];
};

static int receive(int fd, char *byte) {
  union control control;
  struct iovec piece = {byte, 1};
  struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
  if (recvmsg(fd, &message, MSG_CMSG_CLOEXEC) != 1) return -1;
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  int passed;
  if (!header || header->cmsg_type != SCM_RIGHTS) return -1;
  memcpy(&passed, CMSG_DATA(header), sizeof passed);
  return passed;
}

static int give_back(int fd, char byte, int passed) {
  union control control = {.header = {.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof(int))}};
  struct iovec piece = {&byte, 1};
  struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
  memcpy(CMSG_DATA(&control.header), &passed, sizeof passed);
  ssize_t sent = sendmsg(fd, &message, MSG_NOSIGNAL);
  close(passed);
  return sent == 1;
}

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  int listener = unix_listen(argv[1], SOCK_STREAM);
  for (;;) {
    int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC), passed;
    if (fd < 0) continue;
    for (char byte; (passed = receive(fd, &byte)) >= 0;)
      if (!give_back(fd, byte, passed)) break;
    close(fd);
  }
}
