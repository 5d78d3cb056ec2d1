/*
 * Making, naming, connecting and shutting down sockets. Descriptors are O_NONBLOCK | O_CLOEXEC from birth.
 */
#include <unistd.h>

#include "addon.h"

/* The kernel says how long the address is, also when it is longer than the room for it. */
static ssize_t give_address(struct environment *environment, ssize_t result, socklen_t length) {
  environment->shared_numbers[NUMBER_ADDRESS_LENGTH] = length > ADDRESS_CAPACITY ? ADDRESS_CAPACITY : (int32_t)length;
  return result;
}

/* socket(family, type, proto) → fd or -errno.  man 2 socket */
EXPORT(sys_socket) {
  ARGUMENTS(3);
  INT(family, 0);
  INT(type, 1);
  INT(proto, 2);
  return number(env, own(environment, (int)RETRY(socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, proto))));
}

/* socketpair(family, type, proto) → 0 or -errno; the descriptors are numbers[0] and numbers[1].  man 2 socketpair */
EXPORT(sys_socketpair) {
  ARGUMENTS(3);
  INT(family, 0);
  INT(type, 1);
  INT(proto, 2);
  int pair[2];
  ssize_t result = RETRY(socketpair(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, proto, pair));
  if (result < 0) return number(env, result);
  if (own(environment, pair[0]) < 0 || own(environment, pair[1]) < 0) {
    disown(environment, pair[0]);
    close(pair[0]);
    return number(env, -ENOMEM);
  }
  environment->shared_numbers[0] = pair[0];
  environment->shared_numbers[1] = pair[1];
  return number(env, 0);
}

/* bind(fd, addressLength) → 0 or -errno; the address is in `address`.  man 2 bind */
EXPORT(sys_bind) {
  ARGUMENTS(2);
  INT(fd, 0);
  INT(length, 1);
  if (length < 0 || length > ADDRESS_CAPACITY) return broken_contract(env, __func__, "address length");
  return number(env, RETRY(bind(fd, (struct sockaddr *)environment->shared_address, (socklen_t)length)));
}

/* listen(fd, backlog) → 0 or -errno.  man 2 listen */
EXPORT(sys_listen) {
  ARGUMENTS(2);
  INT(fd, 0);
  INT(backlog, 1);
  return number(env, RETRY(listen(fd, backlog)));
}

/* accept(fd, named) → new fd or -errno; the peer is in `address`, unless the family has no names.  man 2 accept4 */
EXPORT(sys_accept) {
  ARGUMENTS(2);
  INT(fd, 0);
  INT(named, 1);
  socklen_t length = named ? ADDRESS_CAPACITY : 0;
  struct sockaddr *address = named ? (struct sockaddr *)environment->shared_address : NULL;
  ssize_t result = RETRY(accept4(fd, address, named ? &length : NULL, SOCK_NONBLOCK | SOCK_CLOEXEC));
  return number(env, give_address(environment, own(environment, (int)result), length));
}

/* connect(fd, addressLength) → 0 or -errno; the address is in `address`.  man 2 connect
 * Not repeated on EINTR: the connection goes on being made, which is what -EINPROGRESS says as well. */
EXPORT(sys_connect) {
  ARGUMENTS(2);
  INT(fd, 0);
  INT(length, 1);
  if (length < 0 || length > ADDRESS_CAPACITY) return broken_contract(env, __func__, "address length");
  int result = connect(fd, (struct sockaddr *)environment->shared_address, (socklen_t)length);
  return number(env, result == 0 ? 0 : errno == EINTR ? -EINPROGRESS : -errno);
}

/* getsockname(fd) → 0 or -errno; the name is in `address`.  man 2 getsockname */
EXPORT(sys_getsockname) {
  ARGUMENTS(1);
  INT(fd, 0);
  socklen_t length = ADDRESS_CAPACITY;
  ssize_t result = RETRY(getsockname(fd, (struct sockaddr *)environment->shared_address, &length));
  return number(env, give_address(environment, result, length));
}

/* getpeername(fd) → 0 or -errno; the name is in `address`.  man 2 getpeername */
EXPORT(sys_getpeername) {
  ARGUMENTS(1);
  INT(fd, 0);
  socklen_t length = ADDRESS_CAPACITY;
  ssize_t result = RETRY(getpeername(fd, (struct sockaddr *)environment->shared_address, &length));
  return number(env, give_address(environment, result, length));
}

/* shutdown(fd, how) → 0 or -errno.  man 2 shutdown */
EXPORT(sys_shutdown) {
  ARGUMENTS(2);
  INT(fd, 0);
  INT(how, 1);
  return number(env, RETRY(shutdown(fd, how)));
}
