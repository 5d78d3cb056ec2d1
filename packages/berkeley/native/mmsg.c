/*
 * Batches: many messages in one call of the system, and in one crossing of the border.
 *
 * A batch is two pieces of memory, both JavaScript's: the payload, and beside it
 *
 *   | record, room for control data | … | mmsghdr | … | iovec | … | seal |
 *
 * where the records are for TypeScript and the rest is ours. The headers point into both. They are made once, and after
 * a call only what the kernel has changed is made good: one message that comes alone costs no more in a batch of 1024.
 *
 * Rule: headers are pointers in memory that we do not own. They are believed only under a seal that nobody can guess and
 *       that names the very memory and the sizes that came with this call; otherwise they are made anew.
 *
 * The kernel's time limit is never used: it is looked at only after a message has come.
 */
#include <limits.h>
#include <netinet/udp.h>
#include <stdlib.h>
#include <sys/random.h>

#include "addon.h"
#include "kernel.h"
#include "mmsg.h"

/* What the kernel takes in one call (UIO_MAXIOV); it ignores the rest. */
#define AT_ONCE 1024
#define ALIGNED(length) CMSG_ALIGN(length)

struct batch {
  uint8_t *payload, *records;
  size_t bufsize, room; /* of one message */
  size_t stride;        /* from record to record */
  size_t capacity;
  struct mmsghdr *headers;
  struct iovec *pieces;
  struct batch_seal *seal;
};

static bool apart(const uint8_t *a, size_t a_length, const uint8_t *b, size_t b_length) {
  return a + a_length <= b || b + b_length <= a;
}

/* The memory of a batch of `capacity` messages; `false` if it cannot be that. */
static bool take_batch(napi_env env, napi_value payload, napi_value memory, int64_t bufsize, int64_t room,
                       struct batch *batch, size_t *memory_length) {
  size_t payload_length;
  if (bufsize > INT32_MAX || room > INT32_MAX || room % (int64_t)sizeof(size_t) != 0) return false;
  batch->payload = whole(env, payload, &payload_length);
  batch->records = whole(env, memory, memory_length);
  if (batch->payload == NULL || batch->records == NULL) return false;
  if ((uintptr_t)batch->records % sizeof(void *) != 0 || *memory_length % sizeof(void *) != 0) return false;
  if (!apart(batch->payload, payload_length, batch->records, *memory_length)) return false;
  if (*memory_length < sizeof(struct batch_seal)) return false;
  batch->bufsize = (size_t)bufsize;
  batch->room = (size_t)room;
  batch->stride = sizeof(struct batch_record) + batch->room;
  batch->capacity = (*memory_length - sizeof *batch->seal) / (batch->stride + sizeof(struct batch_header));
  if (batch->capacity * ALIGNED(batch->bufsize) > payload_length) return false;
  batch->headers = (struct mmsghdr *)(batch->records + batch->capacity * batch->stride);
  batch->pieces = (struct iovec *)(batch->headers + batch->capacity);
  batch->seal = (struct batch_seal *)(batch->pieces + batch->capacity);
  return true;
}

static struct batch_record *record_at(const struct batch *batch, size_t index) {
  return (struct batch_record *)(batch->records + index * batch->stride);
}

static void *control_of(struct batch_record *record) {
  return record + 1;
}

static void make_header(const struct batch *batch, size_t index, size_t control) {
  struct batch_record *record = record_at(batch, index);
  batch->pieces[index] = (struct iovec){
      .iov_base = batch->payload + index * ALIGNED(batch->bufsize),
      .iov_len = batch->bufsize,
  };
  batch->headers[index] = (struct mmsghdr){
      .msg_hdr =
          {
              .msg_name = record->address,
              .msg_namelen = sizeof record->address,
              .msg_iov = &batch->pieces[index],
              .msg_iovlen = 1,
              .msg_control = control > 0 ? control_of(record) : NULL,
              .msg_controllen = control,
          },
  };
}

/* Sees to it that the first `count` headers are as they have to be before a call. */
static void make_headers(struct environment *environment, const struct batch *batch, size_t memory_length,
                         size_t control, size_t count) {
  if (environment->batch_secret == 0 &&
      getrandom(&environment->batch_secret, sizeof environment->batch_secret, 0) < 0)
    environment->batch_secret = 0;
  struct batch_seal seal = {
      .secret = environment->batch_secret,
      .payload = batch->payload,
      .memory = batch->records,
      .memory_length = memory_length,
      .bufsize = batch->bufsize,
      .room = batch->room,
      .control = control,
  };
  if (seal.secret == 0 || memcmp(batch->seal, &seal, offsetof(struct batch_seal, built)) != 0) *batch->seal = seal;
  for (size_t i = batch->seal->built; i < count; i++) make_header(batch, i, control);
  if (batch->seal->built < count) batch->seal->built = count;
}

/* The size of the datagrams that UDP_GRO made one of, or 0. */
static int32_t segment_size(struct msghdr *message) {
  if (message->msg_controllen == 0) return 0;
  for (struct cmsghdr *header = CMSG_FIRSTHDR(message); header != NULL; header = CMSG_NXTHDR(message, header)) {
    if (header->cmsg_level != SOL_UDP || header->cmsg_type != UDP_GRO) continue;
    if (header->cmsg_len < CMSG_LEN(sizeof(int))) return 0;
    int size;
    memcpy(&size, CMSG_DATA(header), sizeof size);
    return size;
  }
  return 0;
}

/* Takes what the kernel has written into a header to its record, and makes the header good for the next call. */
static void take_header(const struct batch *batch, size_t index, size_t control) {
  struct batch_record *record = record_at(batch, index);
  struct msghdr *message = &batch->headers[index].msg_hdr;
  size_t length = message->msg_namelen;
  record->length = (int32_t)batch->headers[index].msg_len;
  record->flags = message->msg_flags & ~MSG_CMSG_CLOEXEC;
  record->address_length = (int32_t)(length > sizeof record->address ? sizeof record->address : length);
  record->control_length = (int32_t)message->msg_controllen;
  record->segment_size = segment_size(message);
  message->msg_namelen = sizeof record->address;
  message->msg_controllen = control;
}

static size_t kept_length(const struct batch *batch, const struct batch_record *record) {
  size_t length = (size_t)record->length;
  return length > batch->bufsize ? batch->bufsize : length; /* MSG_TRUNC tells more than there is. */
}

/* recvmmsg(fd, payload, memory, bufsize, room, control, count, flags) → how many messages came, or -errno.
 * `room` is what there is for each message's control data, `control` what of it is used. What came stands in the records.
 * numbers[4] is -errno if a further call failed after messages had come, numbers[6] how much memory `batch_copy` needs.
 * Descriptors come close-on-exec.
 * man 2 recvmmsg */
EXPORT(sys_recvmmsg) {
  ARGUMENTS(8);
  INT(fd, 0);
  SIZE(bufsize, 3);
  SIZE(room, 4);
  SIZE(control, 5);
  SIZE(count, 6);
  INT(flags, 7);
  struct batch batch;
  size_t memory_length;
  if (!take_batch(env, argument[1], argument[2], bufsize, room, &batch, &memory_length))
    return broken_contract(env, __func__, "batch");
  if (control > room) return broken_contract(env, __func__, "control");
  if (count == 0 || (uint64_t)count > batch.capacity) return broken_contract(env, __func__, "count");

  size_t wanted = (size_t)count, received = 0, total = 0;
  ssize_t result = 0;
  while (received < wanted) {
    size_t now = wanted - received > AT_ONCE ? AT_ONCE : wanted - received;
    make_headers(environment, &batch, memory_length, (size_t)control, received + now);
    result = RETRY(recvmmsg(fd, batch.headers + received, (unsigned)now, flags | MSG_DONTWAIT, NULL));
    if (result < 0) break;
    for (size_t i = received; i < received + (size_t)result; i++) {
      take_header(&batch, i, (size_t)control);
      total += ALIGNED(kept_length(&batch, record_at(&batch, i)));
    }
    received += (size_t)result;
    if ((size_t)result < now) break;
  }
  if (received == 0) return number(env, result);
  environment->shared_numbers[NUMBER_LATER_ERROR] = result < 0 ? (int32_t)result : 0;
  environment->shared_numbers[NUMBER_TOTAL_LENGTH] = (int32_t)total;
  return number(env, (int64_t)received);
}

/* batch_copy(payload, memory, bufsize, room, count, bytes) → 0: the data of the first `count` messages goes to `bytes`,
 * each at the next multiple of eight bytes. */
EXPORT(sys_batch_copy) {
  ARGUMENTS(6);
  SIZE(bufsize, 2);
  SIZE(room, 3);
  SIZE(count, 4);
  BYTES(bytes, 5);
  struct batch batch;
  size_t memory_length, place = 0;
  if (!take_batch(env, argument[0], argument[1], bufsize, room, &batch, &memory_length))
    return broken_contract(env, __func__, "batch");
  if ((uint64_t)count > batch.capacity) return broken_contract(env, __func__, "count");
  for (size_t i = 0; i < (size_t)count; i++) {
    size_t length = kept_length(&batch, record_at(&batch, i));
    if (length > bytes_length - place) return broken_contract(env, __func__, "bytes");
    memcpy(bytes + place, batch.payload + i * ALIGNED(batch.bufsize), length);
    place += ALIGNED(length) < bytes_length - place ? ALIGNED(length) : bytes_length - place;
  }
  return number(env, 0);
}

/* ---- sending ---------------------------------------------------------------------------------------------------- */

/* A message to be sent, and the control message that has it cut into segments. */
struct outgoing {
  struct mmsghdr *headers;
  struct iovec *pieces;
  struct segment {
    union {
      struct cmsghdr header;
      uint8_t bytes[CMSG_SPACE(sizeof(uint16_t))];
    } control;
  } * segments;
};

static bool take_outgoing(size_t count, struct outgoing *outgoing) {
  size_t each = sizeof *outgoing->headers + sizeof *outgoing->pieces + sizeof *outgoing->segments;
  uint8_t *memory = malloc((count > 0 ? count : 1) * each);
  outgoing->headers = (struct mmsghdr *)memory;
  outgoing->pieces = (struct iovec *)(outgoing->headers + count);
  outgoing->segments = (struct segment *)(outgoing->pieces + count);
  return memory != NULL;
}

static void cut_into_segments(struct msghdr *message, struct segment *segment, int32_t size) {
  uint16_t value = (uint16_t)size;
  memset(segment, 0, sizeof *segment);
  segment->control.header.cmsg_level = SOL_UDP;
  segment->control.header.cmsg_type = UDP_SEGMENT;
  segment->control.header.cmsg_len = CMSG_LEN(sizeof value);
  memcpy(CMSG_DATA(&segment->control.header), &value, sizeof value);
  message->msg_control = segment->control.bytes;
  message->msg_controllen = sizeof segment->control.bytes;
}

static void address_header(struct msghdr *message, struct batch_record *record, struct iovec *piece) {
  *message = (struct msghdr){
      .msg_name = record->address_length > 0 ? record->address : NULL,
      .msg_namelen = (socklen_t)record->address_length,
      .msg_iov = piece,
      .msg_iovlen = 1,
  };
}

static bool is_address(const struct batch_record *record) {
  return record->address_length >= 0 && (size_t)record->address_length <= sizeof record->address;
}

/* One call for as many as it takes. numbers[5] is how much of the last that went was sent: of a stream, perhaps not all. */
static ssize_t send_some(struct environment *environment, int fd, struct outgoing *outgoing, size_t count, int flags) {
  ssize_t sent = RETRY(sendmmsg(fd, outgoing->headers, (unsigned)count, flags | MSG_DONTWAIT));
  if (sent > 0) environment->shared_numbers[NUMBER_LAST_LENGTH] = (int32_t)outgoing->headers[sent - 1].msg_len;
  return sent;
}

/* sendmmsg_batch(fd, payload, memory, bufsize, room, first, count, flags) → how many were sent, at most 1024, or -errno.
 * Messages of a batch, as they were received: what UDP_GRO made one goes out as so many datagrams again.
 * man 2 sendmmsg */
EXPORT(sys_sendmmsg_batch) {
  ARGUMENTS(8);
  INT(fd, 0);
  SIZE(bufsize, 3);
  SIZE(room, 4);
  SIZE(first, 5);
  SIZE(count, 6);
  INT(flags, 7);
  struct batch batch;
  size_t memory_length;
  if (!take_batch(env, argument[1], argument[2], bufsize, room, &batch, &memory_length))
    return broken_contract(env, __func__, "batch");
  if ((uint64_t)first > batch.capacity || (uint64_t)count > batch.capacity - (uint64_t)first)
    return broken_contract(env, __func__, "count");

  size_t now = count > AT_ONCE ? AT_ONCE : (size_t)count;
  struct outgoing outgoing;
  if (!take_outgoing(now, &outgoing)) return number(env, -ENOMEM);
  for (size_t i = 0; i < now; i++) {
    size_t index = (size_t)first + i;
    struct batch_record *record = record_at(&batch, index);
    struct msghdr *message = &outgoing.headers[i].msg_hdr;
    if (!is_address(record) || record->length < 0) {
      free(outgoing.headers);
      return broken_contract(env, __func__, "record");
    }
    size_t length = kept_length(&batch, record);
    outgoing.pieces[i] = (struct iovec){batch.payload + index * ALIGNED(batch.bufsize), length};
    address_header(message, record, &outgoing.pieces[i]);
    if (record->segment_size > 0 && length > (size_t)record->segment_size)
      cut_into_segments(message, &outgoing.segments[i], record->segment_size);
  }
  ssize_t sent = send_some(environment, fd, &outgoing, now, flags);
  free(outgoing.headers);
  return number(env, sent);
}

/* sendmmsg(fd, pieces, records, room, first, flags) → how many were sent, at most 1024, or -errno. The data of each is in
 * an array of Uint8Arrays; its address and its control data are in the records, if there are any.  man 2 sendmmsg */
EXPORT(sys_sendmmsg) {
  ARGUMENTS(6);
  INT(fd, 0);
  BYTES(records, 2);
  SIZE(room, 3);
  SIZE(first, 4);
  INT(flags, 5);
  uint32_t total;
  size_t stride = sizeof(struct batch_record) + (size_t)room;
  if (napi_get_array_length(env, argument[1], &total) != napi_ok) return broken_contract(env, __func__, "pieces");
  if (room > INT32_MAX || room % (int64_t)sizeof(size_t) != 0 || (uintptr_t)records % sizeof(size_t) != 0 ||
      (records_length > 0 && records_length / stride < total))
    return broken_contract(env, __func__, "records");
  if (first > total) return broken_contract(env, __func__, "first");

  size_t now = total - (size_t)first > AT_ONCE ? AT_ONCE : total - (size_t)first;
  struct outgoing outgoing;
  struct batch_record none = {0};
  if (!take_outgoing(now, &outgoing)) return number(env, -ENOMEM);
  for (size_t i = 0; i < now; i++) {
    struct batch_record *record =
        records_length > 0 ? (struct batch_record *)(records + ((size_t)first + i) * stride) : &none;
    struct msghdr *message = &outgoing.headers[i].msg_hdr;
    napi_value piece;
    uint8_t *bytes = NULL;
    if (napi_get_element(env, argument[1], (uint32_t)first + (uint32_t)i, &piece) == napi_ok)
      bytes = whole(env, piece, &outgoing.pieces[i].iov_len);
    bool right = bytes != NULL && is_address(record) && record->control_length >= 0 && record->control_length <= room;
    if (!right) {
      free(outgoing.headers);
      return broken_contract(env, __func__, "message");
    }
    outgoing.pieces[i].iov_base = bytes;
    address_header(message, record, &outgoing.pieces[i]);
    if (record->control_length == 0) continue;
    message->msg_control = control_of(record);
    message->msg_controllen = (size_t)record->control_length;
  }
  ssize_t sent = send_some(environment, fd, &outgoing, now, flags);
  free(outgoing.headers);
  return number(env, sent);
}
