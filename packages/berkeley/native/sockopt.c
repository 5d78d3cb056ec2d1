/*
 * Socket options, as an integer, as bytes, or as no value but a length.
 */
#include <linux/filter.h>

#include "addon.h"

/* getsockopt(2), into `room` bytes. Of all options SO_GET_FILTER alone counts in instructions, not in bytes, both ways: with
 * the length in bytes the kernel would write far beyond the end. Without room for one it only tells how many there are. */
static ssize_t get_option(int fd, int level, int name, void *value, size_t room) {
  size_t unit = level == SOL_SOCKET && name == SO_GET_FILTER ? sizeof(struct sock_filter) : 1;
  if (room != 0 && room < unit) return -EINVAL;
  socklen_t length = (socklen_t)(room / unit);
  ssize_t result = RETRY(getsockopt(fd, level, name, value, &length));
  return result < 0 ? result : (ssize_t)(length * unit);
}

/* getsockopt_int(fd, level, name) → 0 or -errno; the value is numbers[0], since it may be negative.
 * man 2 getsockopt */
EXPORT(sys_getsockopt_int) {
  ARGUMENTS(3);
  INT(fd, 0);
  INT(level, 1);
  INT(name, 2);
  int value = 0;
  ssize_t result = get_option(fd, level, name, &value, sizeof value);
  environment->shared_numbers[0] = value;
  return number(env, result < 0 ? result : 0);
}

/* getsockopt(fd, level, name, bytes) → how many bytes the value has, which may be more than were filled in, or -errno.  man 2 getsockopt */
EXPORT(sys_getsockopt) {
  ARGUMENTS(4);
  INT(fd, 0);
  INT(level, 1);
  INT(name, 2);
  BYTES(bytes, 3);
  return number(env, get_option(fd, level, name, bytes, bytes_length));
}

/* setsockopt_int(fd, level, name, value) → 0 or -errno.  man 2 setsockopt */
EXPORT(sys_setsockopt_int) {
  ARGUMENTS(4);
  INT(fd, 0);
  INT(level, 1);
  INT(name, 2);
  INT(value, 3);
  return number(env, RETRY(setsockopt(fd, level, name, &value, sizeof value)));
}

/* setsockopt(fd, level, name, bytes) → 0 or -errno.  man 2 setsockopt */
EXPORT(sys_setsockopt) {
  ARGUMENTS(4);
  INT(fd, 0);
  INT(level, 1);
  INT(name, 2);
  BYTES(bytes, 3);
  return number(env, RETRY(setsockopt(fd, level, name, bytes, (socklen_t)bytes_length)));
}

/* setsockopt_null(fd, level, name, length) → 0 or -errno: AF_ALG takes a length without a value. */
EXPORT(sys_setsockopt_null) {
  ARGUMENTS(4);
  INT(fd, 0);
  INT(level, 1);
  INT(name, 2);
  INT(length, 3);
  return number(env, RETRY(setsockopt(fd, level, name, NULL, (socklen_t)length)));
}

/* setsockopt_program(fd, level, name, program) → 0 or -errno, for options that take struct sock_fprog, which has a pointer;
 * `program` is an array of struct sock_filter.  man 7 socket, SO_ATTACH_FILTER */
EXPORT(sys_setsockopt_program) {
  ARGUMENTS(4);
  INT(fd, 0);
  INT(level, 1);
  INT(name, 2);
  BYTES(program, 3);
  size_t count = program_length / sizeof(struct sock_filter);
  if (program_length % sizeof(struct sock_filter) != 0 || count > UINT16_MAX) return number(env, -EINVAL);
  struct sock_fprog value = {.len = (unsigned short)count, .filter = (struct sock_filter *)(void *)program};
  return number(env, RETRY(setsockopt(fd, level, name, &value, sizeof value)));
}
