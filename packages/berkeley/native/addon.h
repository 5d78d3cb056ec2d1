/*
 * What every native file shares: the environment's state, reading arguments, giving results.
 *
 * Rule 1: numbers and bytes cross the border; strings, tuples and objects do not.
 * Rule 2: an export makes one system call and returns a value >= 0 or -errno. It throws only when TypeScript broke the
 *         contract (a wrong type, a slice outside its buffer), because going on would corrupt memory.
 * Rule 3: no static or global mutable state; all of it hangs on `struct environment`.
 */
#ifndef BERKELEY_ADDON_H
#define BERKELEY_ADDON_H

#define NAPI_VERSION 8
#include <errno.h>
#include <node_api.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

/* Large enough for every sockaddr the kernel has: sockaddr_storage is 128 bytes, sockaddr_alg can be longer. */
#define ADDRESS_CAPACITY 256
#define NUMBERS_CAPACITY 8
#define SCRATCH_CAPACITY 65536

struct ready;
struct lookups;

/* One per Node environment (main thread, each worker, each copy of the addon). */
struct environment {
  uint8_t *shared_address;           /* scratch: the address a call takes or gives, seen by JavaScript */
  int32_t *shared_numbers;           /* scratch: further numbers a call gives; [0] is the address's length */
  napi_ref shared_address_reference;
  napi_ref shared_numbers_reference;

  uint8_t *shared_scratch; /* where data of unknown length is received, seen by JavaScript */
  napi_ref shared_scratch_reference;
  uint8_t *pool; /* where short data is kept: recv_pooled in io.c; NULL until JavaScript gives one */
  size_t pool_length, pool_used;
  napi_ref pool_reference;

  uint64_t batch_secret; /* mmsg.c: what its headers are sealed with; 0 before the first batch */

  uint64_t *owned; /* bit set of descriptors this environment must close when it ends */
  size_t owned_words;

  struct ready *ready;     /* ready.c: the epoll descriptor on the event loop; NULL until something waits */
  struct lookups *lookups; /* lookup.c: the threads that look names up; NULL until the first lookup */
};

#define NUMBER_ADDRESS_LENGTH 0
#define NUMBER_POOL_OFFSET 1
#define NUMBER_CONTROL_LENGTH 2
#define NUMBER_MESSAGE_FLAGS 3
#define NUMBER_LATER_ERROR 4
#define NUMBER_LAST_LENGTH 5
#define NUMBER_TOTAL_LENGTH 6

/* Repeats on EINTR and turns -1 into -errno. Never around close (the descriptor is gone, the number may be someone
 * else's by now) nor connect (it goes on by itself, a second call answers EALREADY). */
#define RETRY(call)                                 \
  __extension__({                                   \
    ssize_t retry_result;                           \
    do retry_result = (call);                       \
    while (retry_result == -1 && errno == EINTR);   \
    retry_result == -1 ? -errno : retry_result;     \
  })

#define EXPORT(name) napi_value name(napi_env env, napi_callback_info info)

/* Opens an export: `environment` and `argument[0..count)`. */
#define ARGUMENTS(count)                                                                          \
  napi_value argument[(count) + 1];                                                               \
  size_t argument_count = (count) + 1;                                                            \
  void *environment_pointer = NULL;                                                               \
  napi_get_cb_info(env, info, &argument_count, argument, NULL, &environment_pointer);             \
  struct environment *environment = environment_pointer;                                          \
  (void)environment;                                                                              \
  (void)argument;                                                                                 \
  if (argument_count != (count)) return broken_contract(env, __func__, "number of arguments")

#define INT(name, index)                                                       \
  int32_t name;                                                                \
  if (napi_get_value_int32(env, argument[index], &name) != napi_ok)            \
  return broken_contract(env, __func__, #name)

/* An offset or a length: may exceed 32 bits. */
#define SIZE(name, index)                                                                  \
  int64_t name;                                                                            \
  if (napi_get_value_int64(env, argument[index], &name) != napi_ok || name < 0)            \
  return broken_contract(env, __func__, #name)

/* Bytes [offset, offset + length) of a Uint8Array. What is not there is -EFAULT and no broken contract: memory may go
 * away while an operation waits, and a subclass may lie about its length. */
#define SLICE(name, bytes_index, offset_index, length_index)                               \
  SIZE(name##_offset, offset_index);                                                       \
  SIZE(name##_length, length_index);                                                       \
  uint8_t *name = slice(env, argument[bytes_index], name##_offset, name##_length);         \
  if (name == NULL) return number(env, -EFAULT)

/* A whole Uint8Array. */
#define BYTES(name, index)                                                     \
  size_t name##_length;                                                        \
  uint8_t *name = whole(env, argument[index], &name##_length);                 \
  if (name == NULL) return broken_contract(env, __func__, #name)

napi_value broken_contract(napi_env env, const char *function, const char *parameter);
uint8_t *slice(napi_env env, napi_value typed_array, int64_t offset, int64_t length);
uint8_t *whole(napi_env env, napi_value typed_array, size_t *length);

static inline napi_value number(napi_env env, int64_t value) {
  napi_value result = NULL;
  if (value >= INT32_MIN && value <= INT32_MAX) napi_create_int32(env, (int32_t)value, &result);
  else napi_create_double(env, (double)value, &result);
  return result;
}

/* descriptor.c: a descriptor that came into being is kept until it is closed or given away. Returns `descriptor`, or
 * -ENOMEM after closing it. A negative argument (an -errno) passes through. */
int own(struct environment *environment, int descriptor);
void disown(struct environment *environment, int descriptor);
void close_owned(struct environment *environment);

/* addon.c: deletes a reference, if there is one. */
void let_go(napi_env env, napi_ref reference);

/* ready.c, lookup.c: called when the environment ends. `ready_end` calls `done(argument)` when libuv has let go. */
void ready_end(struct environment *environment, void (*done)(void *), void *argument);
void lookups_end(struct environment *environment);

/* layout.c: the object of struct sizes and offsets. */
napi_value layouts(napi_env env);

#endif
