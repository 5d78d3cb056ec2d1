/*
 * Messages: data in several pieces, with control data beside it. What the control data means is TypeScript's business
 * (src/core/control.ts); here its bytes are passed on.
 */
#include <limits.h>
#include <stdlib.h>
#include <sys/uio.h>

#include "addon.h"

/* This many pieces need no memory of their own. */
#define FEW 16

struct pieces {
  struct iovec few[FEW];
  struct iovec *all;
  uint32_t count;
};

/* The memory of an array of Uint8Arrays; `false` if it is none. More than IOV_MAX are left to the kernel to refuse. */
static bool take_pieces(napi_env env, napi_value array, struct pieces *pieces) {
  if (napi_get_array_length(env, array, &pieces->count) != napi_ok) return false;
  if (pieces->count > IOV_MAX) pieces->count = IOV_MAX + 1;
  pieces->all = pieces->count <= FEW ? pieces->few : malloc(pieces->count * sizeof *pieces->all);
  if (pieces->all == NULL) return false;
  for (uint32_t i = 0; i < pieces->count; i++) {
    napi_value piece;
    uint8_t *bytes = NULL;
    if (napi_get_element(env, array, i, &piece) == napi_ok) bytes = whole(env, piece, &pieces->all[i].iov_len);
    if (bytes == NULL) {
      if (pieces->all != pieces->few) free(pieces->all);
      return false;
    }
    pieces->all[i].iov_base = bytes;
  }
  return true;
}

static void drop_pieces(struct pieces *pieces) {
  if (pieces->all != pieces->few) free(pieces->all);
}

/* recvmsg(fd, pieces, control, controlLength, flags) → count or -errno. The sender is in `address`; numbers[2] is how
 * many bytes of `control` were filled, numbers[3] the message's flags.  man 2 recvmsg */
EXPORT(sys_recvmsg) {
  ARGUMENTS(5);
  INT(fd, 0);
  struct pieces pieces;
  BYTES(control, 2);
  SIZE(control_room, 3);
  INT(flags, 4);
  if ((uint64_t)control_room > control_length) return broken_contract(env, __func__, "controlLength");
  if (!take_pieces(env, argument[1], &pieces)) return broken_contract(env, __func__, "pieces");
  struct msghdr message = {
      .msg_name = environment->shared_address,
      .msg_namelen = ADDRESS_CAPACITY,
      .msg_iov = pieces.all,
      .msg_iovlen = pieces.count,
      .msg_control = control_room > 0 ? control : NULL,
      .msg_controllen = (size_t)control_room,
  };
  ssize_t result = RETRY(recvmsg(fd, &message, flags | MSG_DONTWAIT));
  drop_pieces(&pieces);
  if (result >= 0) {
    socklen_t length = message.msg_namelen;
    environment->shared_numbers[NUMBER_ADDRESS_LENGTH] = length > ADDRESS_CAPACITY ? ADDRESS_CAPACITY : (int32_t)length;
    environment->shared_numbers[NUMBER_CONTROL_LENGTH] = (int32_t)message.msg_controllen;
    environment->shared_numbers[NUMBER_MESSAGE_FLAGS] = message.msg_flags & ~MSG_CMSG_CLOEXEC;
  }
  return number(env, result);
}

/* sendmsg(fd, pieces, control, flags, addressLength) → count or -errno. The receiver is in `address`, unless the length
 * is 0.  man 2 sendmsg */
EXPORT(sys_sendmsg) {
  ARGUMENTS(5);
  INT(fd, 0);
  struct pieces pieces;
  BYTES(control, 2);
  INT(flags, 3);
  INT(length, 4);
  if (length < 0 || length > ADDRESS_CAPACITY) return broken_contract(env, __func__, "address length");
  if (!take_pieces(env, argument[1], &pieces)) return broken_contract(env, __func__, "pieces");
  struct msghdr message = {
      .msg_name = length > 0 ? environment->shared_address : NULL,
      .msg_namelen = (socklen_t)length,
      .msg_iov = pieces.all,
      .msg_iovlen = pieces.count,
      .msg_control = control_length > 0 ? control : NULL,
      .msg_controllen = control_length,
  };
  ssize_t result = RETRY(sendmsg(fd, &message, flags | MSG_DONTWAIT));
  drop_pieces(&pieces);
  return number(env, result);
}
