/*
 * AF_KCM: which TCP connections a socket of messages stands on.
 */
#include <fcntl.h>
#include <linux/kcm.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "addon.h"

/* kcm_attach(fd, connection, program) → 0 or -errno.  https://docs.kernel.org/networking/kcm.html */
EXPORT(sys_kcm_attach) {
  ARGUMENTS(3);
  INT(fd, 0);
  INT(connection, 1);
  INT(program, 2);
  struct kcm_attach attach = {.fd = connection, .bpf_fd = program};
  return number(env, RETRY(ioctl(fd, SIOCKCMATTACH, &attach)));
}

/* kcm_unattach(fd, connection) → 0 or -errno */
EXPORT(sys_kcm_unattach) {
  ARGUMENTS(2);
  INT(fd, 0);
  INT(connection, 1);
  struct kcm_unattach unattach = {.fd = connection};
  return number(env, RETRY(ioctl(fd, SIOCKCMUNATTACH, &unattach)));
}

/* kcm_clone(fd) → a further socket over the same connections, close-on-exec, or -errno */
EXPORT(sys_kcm_clone) {
  ARGUMENTS(1);
  INT(fd, 0);
  struct kcm_clone clone = {.fd = -1};
  int result = ioctl(fd, SIOCKCMCLONE, &clone);
  if (result == -1) return number(env, -errno);
  fcntl(clone.fd, F_SETFD, FD_CLOEXEC); /* Too late for a child that starts in between: the kernel offers no other way. */
  return number(env, clone.fd);
}
