/*
 * A lookup: a question to <netdb.h> that may wait, asked by a thread of our own, and a descriptor that becomes readable
 * when the answer is there. So JavaScript waits for it as it waits for any socket.
 */
#ifndef BERKELEY_LOOKUP_H
#define BERKELEY_LOOKUP_H

#include "addon.h"
#include "pack.h"

struct question {
  const char *name;   /* or the bytes of an address */
  const char *detail; /* the service or protocol that goes with the name; NULL if there is none */
  size_t name_length, detail_length;
  int family, type, proto, flags, port;
};

/* Asks the C library and packs what it says. Runs on a thread: no Node-API, nothing of the environment. */
typedef void look_up(const struct question *question, struct pack *answer);

/* The descriptor to wait for, or -errno. The question's bytes are copied. */
int begin_lookup(struct environment *environment, look_up *look_up, const struct question *question);

#endif
