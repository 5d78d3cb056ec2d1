/*
 * Pipes, and moving bytes through them without copying. The pipe's own end never waits (SPLICE_F_NONBLOCK); the other
 * end is a socket that is non-blocking, or something that poll(2) said is ready.
 */
#include <fcntl.h>
#include <unistd.h>

#include "addon.h"

/* pipe() → 0 or -errno; the descriptors are numbers[0] (to read from) and numbers[1] (to write to).  man 2 pipe */
EXPORT(sys_pipe) {
  ARGUMENTS(0);
  int ends[2];
  ssize_t result = RETRY(pipe2(ends, O_CLOEXEC | O_NONBLOCK));
  if (result < 0) return number(env, result);
  if (own(environment, ends[0]) < 0 || own(environment, ends[1]) < 0) {
    disown(environment, ends[0]);
    close(ends[0]);
    return number(env, -ENOMEM);
  }
  environment->shared_numbers[0] = ends[0];
  environment->shared_numbers[1] = ends[1];
  return number(env, 0);
}

/* set_pipe_size(fd, bytes) → the size it has now, or -errno.  man 2 fcntl, F_SETPIPE_SZ */
EXPORT(sys_set_pipe_size) {
  ARGUMENTS(2);
  INT(fd, 0);
  INT(bytes, 1);
  return number(env, RETRY(fcntl(fd, F_SETPIPE_SZ, bytes)));
}

/* splice(from, to, length) → count or -errno; one of the two is a pipe.  man 2 splice
 * There is no MSG_NOSIGNAL for it: a peer that is gone raises SIGPIPE as well, which Node ignores in all its threads. */
EXPORT(sys_splice) {
  ARGUMENTS(3);
  INT(from, 0);
  INT(to, 1);
  SIZE(length, 2);
  return number(env, RETRY(splice(from, NULL, to, NULL, (size_t)length, SPLICE_F_MOVE | SPLICE_F_NONBLOCK)));
}

/* read(fd, bytes, offset, length) → count or -errno.  man 2 read */
EXPORT(sys_read) {
  ARGUMENTS(4);
  INT(fd, 0);
  SLICE(bytes, 1, 2, 3);
  return number(env, RETRY(read(fd, bytes, (size_t)bytes_length)));
}
