/*
 * Moving bytes. MSG_DONTWAIT is always set: another process that shares the open file may have cleared O_NONBLOCK, and
 * a call that waits here would stop the event loop.
 */
#include <sys/sendfile.h>
#include <unistd.h>

#include "addon.h"

#define LONGEST_POOLED 4096

/* recv(fd, bytes, offset, length, flags) → count or -errno.  man 2 recv */
EXPORT(sys_recv) {
  ARGUMENTS(5);
  INT(fd, 0);
  SLICE(bytes, 1, 2, 3);
  INT(flags, 4);
  return number(env, RETRY(recv(fd, bytes, (size_t)bytes_length, flags | MSG_DONTWAIT)));
}

/* set_pool(bytes) → 0: where recv_pooled keeps short data from now on */
EXPORT(sys_set_pool) {
  ARGUMENTS(1);
  BYTES(bytes, 0);
  napi_ref reference;
  if (napi_create_reference(env, argument[0], 1, &reference) != napi_ok) return number(env, -ENOMEM);
  let_go(env, environment->pool_reference);
  environment->pool_reference = reference;
  environment->pool = bytes;
  environment->pool_length = bytes_length;
  environment->pool_used = 0;
  return number(env, 0);
}

/* Data that is in `scratch` goes to the pool as well, if it is short and there is room; numbers[1] tells where, or -1. */
static ssize_t keep_short(struct environment *environment, ssize_t count, int32_t length) {
  size_t used = environment->pool_used;
  bool fits = count > 0 && count <= LONGEST_POOLED && count <= length &&
              (size_t)count <= environment->pool_length - used;
  environment->shared_numbers[NUMBER_POOL_OFFSET] = fits ? (int32_t)used : -1;
  if (!fits) return count;
  memcpy(environment->pool + used, environment->shared_scratch, (size_t)count);
  size_t next = (used + (size_t)count + 7) & ~(size_t)7;
  environment->pool_used = next < environment->pool_length ? next : environment->pool_length;
  return count;
}

/* recv_pooled(fd, length, flags) → count or -errno; the data is in `scratch`, and short data in the pool, too: so a short
 * message costs one crossing of the border and no memory of its own.  man 2 recv */
EXPORT(sys_recv_pooled) {
  ARGUMENTS(3);
  INT(fd, 0);
  INT(length, 1);
  INT(flags, 2);
  if (length < 0 || length > SCRATCH_CAPACITY) return broken_contract(env, __func__, "length");
  ssize_t count = RETRY(recv(fd, environment->shared_scratch, (size_t)length, flags | MSG_DONTWAIT));
  return number(env, keep_short(environment, count, length));
}

static ssize_t receive_from(struct environment *environment, int fd, void *bytes, size_t length, int flags) {
  socklen_t address_length = ADDRESS_CAPACITY;
  ssize_t result = RETRY(recvfrom(fd, bytes, length, flags | MSG_DONTWAIT,
                                  (struct sockaddr *)environment->shared_address, &address_length));
  environment->shared_numbers[NUMBER_ADDRESS_LENGTH] =
      address_length > ADDRESS_CAPACITY ? ADDRESS_CAPACITY : (int32_t)address_length;
  return result;
}

/* recvfrom(fd, bytes, offset, length, flags) → count or -errno; the sender is in `address`.  man 2 recvfrom */
EXPORT(sys_recvfrom) {
  ARGUMENTS(5);
  INT(fd, 0);
  SLICE(bytes, 1, 2, 3);
  INT(flags, 4);
  return number(env, receive_from(environment, fd, bytes, (size_t)bytes_length, flags));
}

/* recvfrom_pooled(fd, length, flags) → as recv_pooled; the sender is in `address`.  man 2 recvfrom */
EXPORT(sys_recvfrom_pooled) {
  ARGUMENTS(3);
  INT(fd, 0);
  INT(length, 1);
  INT(flags, 2);
  if (length < 0 || length > SCRATCH_CAPACITY) return broken_contract(env, __func__, "length");
  ssize_t count = receive_from(environment, fd, environment->shared_scratch, (size_t)length, flags);
  return number(env, keep_short(environment, count, length));
}

/* send(fd, bytes, offset, length, flags) → count or -errno.  man 2 send
 * The caller gives MSG_NOSIGNAL, which some families refuse. */
EXPORT(sys_send) {
  ARGUMENTS(5);
  INT(fd, 0);
  SLICE(bytes, 1, 2, 3);
  INT(flags, 4);
  return number(env, RETRY(send(fd, bytes, (size_t)bytes_length, flags | MSG_DONTWAIT)));
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
  return number(env, RETRY(sendto(fd, bytes, (size_t)bytes_length, flags | MSG_DONTWAIT,
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
