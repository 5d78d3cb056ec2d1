/*
 * Names: of hosts, services and protocols, and this host's own. Whatever may wait is a lookup (lookup.h).
 *
 * A lookup's answer is packed (pack.h). It begins with a code, 0 if something was found. Then follows
 *
 *   after any other code             errno; the code's name and the C library's text for it
 *   getaddrinfo                      for each that was found: family, type, proto, bytes of the address, canonical name
 *   getnameinfo                      host, service
 *   gethostbyname, gethostbyaddr     family, name, number of aliases, the aliases; for each address: its bytes
 *   getservbyname                    port
 *   getservbyport                    name
 *   getprotobyname                   number
 *
 * The code is an EAI_… for the first two, an h_errno for the next two, and an errno for the last three.
 */
#include <arpa/inet.h>
#include <netdb.h>
#include <pthread.h>
#include <unistd.h>

#include "lookup.h"

#ifndef __GLIBC__
/* musl's functions with _r always set the code, and of this one it has only the form that is not for threads. */
#define NETDB_INTERNAL (-1)

static int getprotobyname_r(const char *name, struct protoent *protocol, char *room, size_t size,
                            struct protoent **result) {
  static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  (void)room;
  (void)size;
  pthread_mutex_lock(&mutex);
  const struct protoent *found = getprotobyname(name);
  if (found != NULL) *protocol = *found;
  *result = found == NULL ? NULL : protocol;
  pthread_mutex_unlock(&mutex);
  return 0;
}
#endif

struct code {
  int value;
  const char *name;
};

#define CODE(name) {name, #name}
static const struct code eai_codes[] = {
    CODE(EAI_AGAIN),  CODE(EAI_BADFLAGS), CODE(EAI_FAIL),    CODE(EAI_FAMILY),   CODE(EAI_MEMORY),
    CODE(EAI_NONAME), CODE(EAI_OVERFLOW), CODE(EAI_SERVICE), CODE(EAI_SOCKTYPE), CODE(EAI_SYSTEM),
#ifdef __GLIBC__
    CODE(EAI_ADDRFAMILY), CODE(EAI_NODATA), CODE(EAI_IDN_ENCODE),
#endif
    {0, NULL},
};
static const struct code h_codes[] = {
    CODE(HOST_NOT_FOUND), CODE(NO_DATA), CODE(NO_RECOVERY), CODE(TRY_AGAIN), {0, NULL},
};

static const char *name_of(const struct code *codes, int value) {
  while (codes->name != NULL && codes->value != value) codes++;
  return codes->name;
}

static void put_failure(struct pack *answer, int code, int error, const char *name, const char *text) {
  put_number(answer, code);
  put_number(answer, error);
  put_text(answer, name);
  put_text(answer, text);
}

static void put_eai_failure(struct pack *answer, int code, int error) {
  put_failure(answer, code, error, name_of(eai_codes, code), gai_strerror(code));
}

static void put_address_infos(struct pack *answer, const struct addrinfo *found) {
  put_number(answer, 0);
  for (; found != NULL; found = found->ai_next) {
    put_number(answer, found->ai_family);
    put_number(answer, found->ai_socktype);
    put_number(answer, found->ai_protocol);
    put_bytes(answer, found->ai_addr, found->ai_addrlen);
    put_text(answer, found->ai_canonname);
  }
}

static void ask_getaddrinfo(const struct question *question, struct pack *answer) {
  struct addrinfo *found = NULL;
  struct addrinfo hints = {
      .ai_family = question->family,
      .ai_socktype = question->type,
      .ai_protocol = question->proto,
      .ai_flags = question->flags,
  };
  int code = getaddrinfo(question->name, question->detail, &hints, &found);
  int error = errno;
  if (code != 0) {
    put_eai_failure(answer, code, error);
    return;
  }
  put_address_infos(answer, found);
  freeaddrinfo(found);
}

static void ask_getnameinfo(const struct question *question, struct pack *answer) {
  char host[1025], service[32]; /* NI_MAXHOST and NI_MAXSERV of glibc, the larger ones */
  int code = getnameinfo((const struct sockaddr *)question->name, (socklen_t)question->name_length, host, sizeof host,
                         service, sizeof service, question->flags);
  int error = errno;
  if (code != 0) {
    put_eai_failure(answer, code, error);
    return;
  }
  put_number(answer, 0);
  put_text(answer, host);
  put_text(answer, service);
}

/* ---- the functions with _r: they say ERANGE when the room for what they found is too small ---- */

struct room {
  char *bytes;
  size_t size;
};

static bool grow(struct room *room) {
  size_t size = room->size == 0 ? 1024 : room->size * 4;
  char *grown = realloc(room->bytes, size);
  if (grown == NULL) return false;
  *room = (struct room){grown, size};
  return true;
}

/* `call`, which uses `room`, gives an errno; repeated with more room as long as that is what it needs. */
#define WITH_ROOM(room, call)                            \
  __extension__({                                        \
    int room_result;                                     \
    do room_result = grow(&room) ? (call) : ENOMEM;      \
    while (room_result == ERANGE);                       \
    room_result;                                         \
  })

static void put_host(struct pack *answer, const struct hostent *host) {
  int aliases = 0;
  while (host->h_aliases != NULL && host->h_aliases[aliases] != NULL) aliases++;
  put_number(answer, 0);
  put_number(answer, host->h_addrtype);
  put_text(answer, host->h_name);
  put_number(answer, aliases);
  for (int i = 0; i < aliases; i++) put_text(answer, host->h_aliases[i]);
  for (char **address = host->h_addr_list; *address != NULL; address++)
    put_bytes(answer, *address, (size_t)host->h_length);
}

static void put_host_or_failure(struct pack *answer, const struct hostent *host, int code, int error) {
  if (code == 0) code = NETDB_INTERNAL; /* 0 is for what was found */
  if (host != NULL) put_host(answer, host);
  else put_failure(answer, code, error, name_of(h_codes, code), hstrerror(code));
}

static void ask_gethostbyname(const struct question *question, struct pack *answer) {
  struct room room = {NULL, 0};
  struct hostent host, *found = NULL;
  int code = NETDB_INTERNAL;
  int error = WITH_ROOM(room, gethostbyname_r(question->name, &host, room.bytes, room.size, &found, &code));
  put_host_or_failure(answer, found, code, error);
  free(room.bytes);
}

static void ask_gethostbyaddr(const struct question *question, struct pack *answer) {
  struct room room = {NULL, 0};
  struct hostent host, *found = NULL;
  int code = NETDB_INTERNAL;
  int error = WITH_ROOM(room, gethostbyaddr_r(question->name, (socklen_t)question->name_length, question->family, &host,
                                              room.bytes, room.size, &found, &code));
  put_host_or_failure(answer, found, code, error);
  free(room.bytes);
}

/* `false`, and the reason packed, if nothing was found. */
static bool begin_entry(struct pack *answer, const void *found, int error) {
  if (found == NULL && error == 0) error = ENOENT;
  if (found == NULL) put_failure(answer, error, error, NULL, NULL);
  else put_number(answer, 0);
  return found != NULL;
}

static void ask_getservbyname(const struct question *question, struct pack *answer) {
  struct room room = {NULL, 0};
  struct servent service, *found = NULL;
  int error =
      WITH_ROOM(room, getservbyname_r(question->name, question->detail, &service, room.bytes, room.size, &found));
  if (begin_entry(answer, found, error)) put_number(answer, ntohs((uint16_t)service.s_port));
  free(room.bytes);
}

static void ask_getservbyport(const struct question *question, struct pack *answer) {
  struct room room = {NULL, 0};
  struct servent service, *found = NULL;
  int error = WITH_ROOM(room, getservbyport_r(htons((uint16_t)question->port), question->detail, &service, room.bytes,
                                              room.size, &found));
  if (begin_entry(answer, found, error)) put_text(answer, service.s_name);
  free(room.bytes);
}

static void ask_getprotobyname(const struct question *question, struct pack *answer) {
  struct room room = {NULL, 0};
  struct protoent protocol, *found = NULL;
  int error = WITH_ROOM(room, getprotobyname_r(question->name, &protocol, room.bytes, room.size, &found));
  if (begin_entry(answer, found, error)) put_number(answer, protocol.p_proto);
  free(room.bytes);
}

/* ---- what JavaScript calls ---- */

/* A text: bytes up to a final NUL; no bytes at all stand for NULL. */
#define TEXT(name, index)                                                                                     \
  BYTES(name##_bytes, index);                                                                                 \
  if (name##_bytes_length > 0 && name##_bytes[name##_bytes_length - 1] != 0)                                  \
  return broken_contract(env, __func__, #name);                                                               \
  const char *name = name##_bytes_length == 0 ? NULL : (const char *)name##_bytes

/* getaddrinfo(host, service, family, type, proto, flags) → descriptor of a lookup, or -errno.  man 3 getaddrinfo */
EXPORT(sys_getaddrinfo) {
  ARGUMENTS(6);
  TEXT(host, 0);
  TEXT(service, 1);
  INT(family, 2);
  INT(type, 3);
  INT(proto, 4);
  INT(flags, 5);
  struct question question = {
      .name = host,
      .name_length = host_bytes_length,
      .detail = service,
      .detail_length = service_bytes_length,
      .family = family,
      .type = type,
      .proto = proto,
      .flags = flags,
  };
  return number(env, begin_lookup(environment, ask_getaddrinfo, &question));
}

/* getnameinfo(address, flags) → descriptor of a lookup, or -errno.  man 3 getnameinfo */
EXPORT(sys_getnameinfo) {
  ARGUMENTS(2);
  BYTES(address, 0);
  INT(flags, 1);
  struct question question = {.name = (const char *)address, .name_length = address_length, .flags = flags};
  return number(env, begin_lookup(environment, ask_getnameinfo, &question));
}

/* gethostbyname(name) → descriptor of a lookup, or -errno.  man 3 gethostbyname_r */
EXPORT(sys_gethostbyname) {
  ARGUMENTS(1);
  TEXT(name, 0);
  if (name == NULL) return broken_contract(env, __func__, "name");
  struct question question = {.name = name, .name_length = name_bytes_length};
  return number(env, begin_lookup(environment, ask_gethostbyname, &question));
}

/* gethostbyaddr(address, family) → descriptor of a lookup, or -errno.  man 3 gethostbyaddr_r */
EXPORT(sys_gethostbyaddr) {
  ARGUMENTS(2);
  BYTES(address, 0);
  INT(family, 1);
  struct question question = {.name = (const char *)address, .name_length = address_length, .family = family};
  return number(env, begin_lookup(environment, ask_gethostbyaddr, &question));
}

/* getservbyname(name, proto) → descriptor of a lookup, or -errno.  man 3 getservbyname_r */
EXPORT(sys_getservbyname) {
  ARGUMENTS(2);
  TEXT(name, 0);
  TEXT(proto, 1);
  if (name == NULL) return broken_contract(env, __func__, "name");
  struct question question = {
      .name = name, .name_length = name_bytes_length, .detail = proto, .detail_length = proto_bytes_length};
  return number(env, begin_lookup(environment, ask_getservbyname, &question));
}

/* getservbyport(port, proto) → descriptor of a lookup, or -errno.  man 3 getservbyport_r */
EXPORT(sys_getservbyport) {
  ARGUMENTS(2);
  INT(port, 0);
  TEXT(proto, 1);
  struct question question = {.port = port, .detail = proto, .detail_length = proto_bytes_length};
  return number(env, begin_lookup(environment, ask_getservbyport, &question));
}

/* getprotobyname(name) → descriptor of a lookup, or -errno.  man 3 getprotobyname_r */
EXPORT(sys_getprotobyname) {
  ARGUMENTS(1);
  TEXT(name, 0);
  if (name == NULL) return broken_contract(env, __func__, "name");
  struct question question = {.name = name, .name_length = name_bytes_length};
  return number(env, begin_lookup(environment, ask_getprotobyname, &question));
}

/* gethostname(bytes) → how many bytes the name has, or -errno.  man 2 gethostname */
EXPORT(sys_gethostname) {
  ARGUMENTS(1);
  BYTES(bytes, 0);
  if (gethostname((char *)bytes, bytes_length) == -1) return number(env, -errno);
  return number(env, (int64_t)strnlen((char *)bytes, bytes_length));
}

/* sethostname(bytes) → 0 or -errno.  man 2 sethostname */
EXPORT(sys_sethostname) {
  ARGUMENTS(1);
  BYTES(bytes, 0);
  return number(env, RETRY(sethostname((const char *)bytes, bytes_length)));
}
