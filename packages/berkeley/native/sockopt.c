/*
 * Socket options, as an integer, as bytes, or as no value but a length.
 */
#include "addon.h"

/* getsockopt_int(fd, level, name) → 0 or -errno; the value is numbers[0], since it may be negative.
 * man 2 getsockopt */
EXPORT(sys_getsockopt_int) {
  ARGUMENTS(3);
  INT(fd, 0);
  INT(level, 1);
  INT(name, 2);
  int value = 0;
  socklen_t length = sizeof value;
  ssize_t result = RETRY(getsockopt(fd, level, name, &value, &length));
  environment->shared_numbers[0] = value;
  return number(env, result);
}

/* getsockopt(fd, level, name, bytes) → how many bytes were filled in, or -errno.  man 2 getsockopt */
EXPORT(sys_getsockopt) {
  ARGUMENTS(4);
  INT(fd, 0);
  INT(level, 1);
  INT(name, 2);
  BYTES(bytes, 3);
  socklen_t length = (socklen_t)bytes_length;
  ssize_t result = RETRY(getsockopt(fd, level, name, bytes, &length));
  return number(env, result < 0 ? result : (ssize_t)length);
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
