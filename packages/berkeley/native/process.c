/*
 * This process, as the child of another; and other processes, whose descriptors may be had.
 */
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "addon.h"

/* set_parent_death_signal(signal) → 0 or -errno: the signal comes when the thread that made this process ends.
 * man 2 prctl, PR_SET_PDEATHSIG */
EXPORT(sys_set_parent_death_signal) {
  ARGUMENTS(1);
  INT(signal, 0);
  return number(env, RETRY(prctl(PR_SET_PDEATHSIG, (unsigned long)signal, 0, 0, 0)));
}

/* The C library has wrappers only in newer versions. The numbers are the same on all machines. */
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd 438
#endif

/* pidfd_open(pid) → fd or -errno, close-on-exec.  man 2 pidfd_open */
EXPORT(sys_pidfd_open) {
  ARGUMENTS(1);
  INT(pid, 0);
  return number(env, RETRY(syscall(SYS_pidfd_open, pid, 0)));
}

/* pidfd_getfd(pidfd, fd) → a duplicate of the other process's descriptor, close-on-exec, or -errno.
 * man 2 pidfd_getfd */
EXPORT(sys_pidfd_getfd) {
  ARGUMENTS(2);
  INT(pidfd, 0);
  INT(fd, 1);
  return number(env, RETRY(syscall(SYS_pidfd_getfd, pidfd, fd, 0)));
}
