/*
 * Moving bytes. MSG_DONTWAIT is always set: another process that shares the open file may have cleared O_NONBLOCK, and
 * a call that waits here would stop the event loop.
 */
#include <sys/sendfile.h>
#include <unistd.h>

#include "addon.h"

/* recv(fd, bytes, offset, length, flags) → count or -errno.  man 2 recv */
EXPORT(sys_recv) {
  ARGUMENTS(5);
  INT(fd, 0);
  SLICE(bytes, 1, 2, 3);
  INT(flags, 4);
  return number(env, RETRY(recv(fd, bytes, (size_t)bytes_length, flags | MSG_DONTWAIT)));
}

/* recvfrom(fd, bytes, offset, length, flags) → count or -errno; the sender is in `address`.  man 2 recvfrom */
EXPORT(sys_recvfrom) {
  ARGUMENTS(5);
  INT(fd, 0);
  SLICE(bytes, 1, 2, 3);
  INT(flags, 4);
  socklen_t length = ADDRESS_CAPACITY;
  ssize_t result = RETRY(recvfrom(fd, bytes, (size_t)bytes_length, flags | MSG_DONTWAIT,
                                  (struct sockaddr *)environment->shared_address, &length));
  environment->shared_numbers[NUMBER_ADDRESS_LENGTH] = length > ADDRESS_CAPACITY ? ADDRESS_CAPACITY : (int32_t)length;
  return number(env, result);
}

/* send(fd, bytes, offset, length, flags) → count or -errno.  man 2 send
 * MSG_NOSIGNAL: a peer that is gone is EPIPE, never SIGPIPE. */
EXPORT(sys_send) {
  ARGUMENTS(5);
  INT(fd, 0);
  SLICE(bytes, 1, 2, 3);
  INT(flags, 4);
  return number(env, RETRY(send(fd, bytes, (size_t)bytes_length, flags | MSG_DONTWAIT | MSG_NOSIGNAL)));
}

/* sendto(fd, bytes, offset, length, flags, addressLength) → count or -errno; the receiver is in `address`.
 * man 2 sendto */
EXPORT(sys_sendto) {
  ARGUMENTS(6);
  INT(fd, 0);
  SLICE(bytes, 1, 2, 3);
  INT(flags, 4);
  INT(length, 5);
  if (length < 0 || length > ADDRESS_CAPACITY) return broken_contract(env, __func__, "address length");
  return number(env, RETRY(sendto(fd, bytes, (size_t)bytes_length, flags | MSG_DONTWAIT | MSG_NOSIGNAL,
                                  (struct sockaddr *)environment->shared_address, (socklen_t)length)));
}

/* sendfile(out, in, offset, count) → count or -errno.  man 2 sendfile */
EXPORT(sys_sendfile) {
  ARGUMENTS(4);
  INT(out, 0);
  INT(in, 1);
  SIZE(offset, 2);
  SIZE(count, 3);
  off_t position = offset;
  return number(env, RETRY(sendfile(out, in, &position, (size_t)count)));
}

/* pread(fd, bytes, offset, length, position) → count or -errno.  man 2 pread */
EXPORT(sys_pread) {
  ARGUMENTS(5);
  INT(fd, 0);
  SLICE(bytes, 1, 2, 3);
  SIZE(position, 4);
  return number(env, RETRY(pread(fd, bytes, (size_t)bytes_length, position)));
}
