/*
 * Descriptors: which ones this environment must close, their flags, and closing them.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "addon.h"

#define BITS 64

int own(struct environment *environment, int descriptor) {
  if (descriptor < 0) return descriptor;
  size_t word = (size_t)descriptor / BITS;
  if (word >= environment->owned_words) {
    size_t words = (word + 1) * 2;
    uint64_t *grown = realloc(environment->owned, words * sizeof *grown);
    if (grown == NULL) {
      close(descriptor);
      return -ENOMEM;
    }
    memset(grown + environment->owned_words, 0, (words - environment->owned_words) * sizeof *grown);
    environment->owned = grown;
    environment->owned_words = words;
  }
  environment->owned[word] |= UINT64_C(1) << (descriptor % BITS);
  return descriptor;
}

void disown(struct environment *environment, int descriptor) {
  if (descriptor < 0 || (size_t)descriptor / BITS >= environment->owned_words) return;
  environment->owned[descriptor / BITS] &= ~(UINT64_C(1) << (descriptor % BITS));
}

void close_owned(struct environment *environment) {
  for (size_t word = 0; word < environment->owned_words; word++)
    for (uint64_t bits = environment->owned[word]; bits != 0; bits &= bits - 1)
      close((int)(word * BITS) + __builtin_ctzll(bits));
  free(environment->owned);
  environment->owned = NULL;
  environment->owned_words = 0;
}

/* adopt(fd) → fd or -errno: from now on this environment closes it */
EXPORT(sys_adopt) {
  ARGUMENTS(1);
  INT(fd, 0);
  if (fcntl(fd, F_GETFD) == -1) return number(env, -errno);
  return number(env, own(environment, fd));
}

/* disown(fd) → 0: somebody else closes it */
EXPORT(sys_disown) {
  ARGUMENTS(1);
  INT(fd, 0);
  disown(environment, fd);
  return number(env, 0);
}

/* close(fd) → 0 or -errno.  man 2 close: on Linux the descriptor is gone whatever the result, so never again. */
EXPORT(sys_close) {
  ARGUMENTS(1);
  INT(fd, 0);
  disown(environment, fd);
  return number(env, close(fd) == -1 && errno != EINTR ? -errno : 0);
}

/* dup(fd, owned) → new fd or -errno, close-on-exec.  man 2 fcntl, F_DUPFD_CLOEXEC */
EXPORT(sys_dup) {
  ARGUMENTS(2);
  INT(fd, 0);
  INT(owned, 1);
  int copy = (int)RETRY(fcntl(fd, F_DUPFD_CLOEXEC, 0));
  return number(env, owned ? own(environment, copy) : copy);
}

/* get_status_flags(fd) → O_… or -errno.  man 2 fcntl, F_GETFL */
EXPORT(sys_get_status_flags) {
  ARGUMENTS(1);
  INT(fd, 0);
  return number(env, RETRY(fcntl(fd, F_GETFL)));
}

/* set_status_flags(fd, flags) → 0 or -errno.  man 2 fcntl, F_SETFL */
EXPORT(sys_set_status_flags) {
  ARGUMENTS(2);
  INT(fd, 0);
  INT(flags, 1);
  return number(env, RETRY(fcntl(fd, F_SETFL, flags)));
}

/* get_inheritable(fd) → 0, 1 or -errno */
EXPORT(sys_get_inheritable) {
  ARGUMENTS(1);
  INT(fd, 0);
  ssize_t flags = RETRY(fcntl(fd, F_GETFD));
  return number(env, flags < 0 ? flags : !(flags & FD_CLOEXEC));
}

/* set_inheritable(fd, inheritable) → 0 or -errno */
EXPORT(sys_set_inheritable) {
  ARGUMENTS(2);
  INT(fd, 0);
  INT(inheritable, 1);
  return number(env, RETRY(ioctl(fd, inheritable ? FIONCLEX : FIOCLEX, NULL)));
}
