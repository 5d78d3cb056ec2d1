/*
 * Several values in one array of bytes, for what does not fit into a number. Read by src/sys/packed.ts.
 *
 * A number is 32 bits in the machine's own order. Bytes and texts are their count, as such a number, and then themselves.
 * Nothing is aligned or padded, and nothing tells one kind from the other: the order says it.
 */
#ifndef BERKELEY_PACK_H
#define BERKELEY_PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct pack {
  uint8_t *bytes;
  size_t length;
  size_t capacity;
  bool out_of_memory;
};

static inline void put(struct pack *pack, const void *bytes, size_t length) {
  if (pack->capacity - pack->length < length) {
    size_t capacity = (pack->length + length) * 2;
    uint8_t *grown = realloc(pack->bytes, capacity);
    if (grown == NULL) {
      pack->out_of_memory = true;
      return;
    }
    pack->bytes = grown;
    pack->capacity = capacity;
  }
  if (length > 0) memcpy(pack->bytes + pack->length, bytes, length);
  pack->length += length;
}

static inline void put_number(struct pack *pack, int32_t value) { put(pack, &value, sizeof value); }

static inline void put_bytes(struct pack *pack, const void *bytes, size_t length) {
  put_number(pack, (int32_t)length);
  put(pack, bytes, length);
}

/* NULL is as good as empty. */
static inline void put_text(struct pack *pack, const char *text) {
  put_bytes(pack, text, text == NULL ? 0 : strlen(text));
}

/* Copies what fits into `to`; returns how much there is. */
static inline size_t unload(const struct pack *pack, uint8_t *to, size_t room) {
  size_t length = pack->length < room ? pack->length : room;
  if (length > 0) memcpy(to, pack->bytes, length);
  return pack->length;
}

#endif
