/*
 * Sizes and offsets of the structs that TypeScript reads and writes, asked from the compiler, never typed by hand.
 */
#include <netinet/in.h>
#include <poll.h>
#include <sys/un.h>

#include "addon.h"

static void put(napi_env env, napi_value object, const char *name, size_t value) {
  napi_set_named_property(env, object, name, number(env, (int64_t)value));
}

#define STRUCT(type)                                       \
  napi_create_object(env, &object);                        \
  napi_set_named_property(env, result, #type, object);     \
  put(env, object, "size", sizeof(struct type));
#define FIELD(type, field) put(env, object, #field, offsetof(struct type, field));

napi_value layouts(napi_env env) {
  napi_value result, object;
  if (napi_create_object(env, &result) != napi_ok) return NULL;

  STRUCT(sockaddr)
  FIELD(sockaddr, sa_family)

  STRUCT(sockaddr_in)
  FIELD(sockaddr_in, sin_port)
  FIELD(sockaddr_in, sin_addr)

  STRUCT(sockaddr_in6)
  FIELD(sockaddr_in6, sin6_port)
  FIELD(sockaddr_in6, sin6_flowinfo)
  FIELD(sockaddr_in6, sin6_addr)
  FIELD(sockaddr_in6, sin6_scope_id)

  STRUCT(sockaddr_un)
  FIELD(sockaddr_un, sun_path)

  STRUCT(pollfd)
  FIELD(pollfd, fd)
  FIELD(pollfd, events)
  FIELD(pollfd, revents)

  return result;
}
