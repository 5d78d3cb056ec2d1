/*
 * The memory of a batch, as far as TypeScript knows it (src/core/slabs.ts): one record for each message.
 */
#ifndef BERKELEY_MMSG_H
#define BERKELEY_MMSG_H

#include <stdint.h>
#include <sys/socket.h>
#include <sys/uio.h>

/* What came with a message, or goes with it. Room for its control data follows. */
struct batch_record {
  int32_t length;
  int32_t flags;
  int32_t address_length;
  int32_t control_length;
  int32_t segment_size; /* of UDP_GRO; 0 if it is one datagram */
  int32_t unused[3];
  uint8_t address[sizeof(struct sockaddr_storage)];
};

/* What each message takes beside its record, and each batch at its end: for mmsg.c alone. */
struct batch_header {
  struct mmsghdr message;
  struct iovec piece;
};

struct batch_seal {
  uint64_t secret;
  const void *payload, *memory;
  size_t memory_length, bufsize, room, control;
  size_t built; /* so many headers have been made; the last field */
};

#endif
