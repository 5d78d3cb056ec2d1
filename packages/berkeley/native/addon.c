/*
 * The addon's surface, and the life of its state: one `struct environment` for each Node environment.
 */
#include "addon.h"

#include <stdio.h>
#include <stdlib.h>

/* The whole surface. Each name is declared, with its parameters, in src/sys/native.ts. */
#define EXPORTS(X)                                                                                                \
  /* descriptor.c */                                                                                              \
  X(adopt) X(disown) X(close) X(dup) X(get_status_flags) X(set_status_flags) X(get_inheritable)                   \
  X(set_inheritable)                                                                                              \
  /* socket.c */                                                                                                  \
  X(socket) X(socketpair) X(bind) X(listen) X(accept) X(connect) X(getsockname) X(getpeername) X(shutdown)        \
  /* io.c */                                                                                                      \
  X(recv) X(recv_pooled) X(recvfrom) X(recvfrom_pooled) X(set_pool) X(send) X(sendto) X(sendfile) X(pread)                                                      \
  /* pipe.c */                                                                                                    \
  X(pipe) X(set_pipe_size) X(splice) X(read)                                                                      \
  /* msg.c */                                                                                                     \
  X(recvmsg) X(sendmsg)                                                                                           \
  /* mmsg.c */                                                                                                    \
  X(recvmmsg) X(batch_copy) X(sendmmsg) X(sendmmsg_batch)                                                         \
  /* sockopt.c */                                                                                                 \
  X(getsockopt_int) X(getsockopt) X(setsockopt_int) X(setsockopt) X(setsockopt_null) X(setsockopt_program)        \
  /* queue.c */                                                                                                   \
  X(queue_state)                                                                                                  \
  /* poll.c */                                                                                                    \
  X(poll)                                                                                                         \
  /* epoll.c */                                                                                                   \
  X(epoll_create) X(epoll_ctl) X(epoll_wait)                                                                      \
  /* ready.c */                                                                                                   \
  X(ready_start) X(ready_add) X(ready_listen) X(ready_remove) X(ready_reference)                                                  \
  /* process.c */                                                                                                 \
  X(set_parent_death_signal) X(pidfd_open) X(pidfd_getfd)                                                         \
  /* bpf.c, kcm.c */                                                                                              \
  X(bpf_prog_load) X(kcm_attach) X(kcm_unattach) X(kcm_clone)                                                     \
  /* map.c */                                                                                                     \
  X(map) X(unmap) X(tcp_zerocopy_receive)                                                                         \
  /* lookup.c */                                                                                                  \
  X(lookup_answer) X(lookup_end)                                                                                  \
  /* netdb.c */                                                                                                   \
  X(getaddrinfo) X(getnameinfo) X(gethostbyname) X(gethostbyaddr) X(getservbyname) X(getservbyport)               \
  X(getprotobyname) X(gethostname) X(sethostname)                                                                 \
  /* interface.c */                                                                                               \
  X(if_nameindex) X(if_nametoindex) X(if_indextoname) X(get_interface_index) X(get_interface_name)                  \
  /* layout-netlink.c, layout-families.c */                                                                       \
  X(netlink_layout) X(families_layout)

#define DECLARE(name) EXPORT(sys_##name);
EXPORTS(DECLARE)

struct export {
  const char *name;
  napi_callback function;
};
#define ROW(name) {#name, sys_##name},
static const struct export exports_table[] = {EXPORTS(ROW)};

napi_value broken_contract(napi_env env, const char *function, const char *parameter) {
  char message[160];
  snprintf(message, sizeof message, "berkeley (internal): %s was called with a bad %s", function, parameter);
  napi_throw_type_error(env, "ERR_BERKELEY_INTERNAL", message);
  return NULL;
}

uint8_t *whole(napi_env env, napi_value typed_array, size_t *length) {
  napi_typedarray_type type;
  void *data = NULL;
  if (napi_get_typedarray_info(env, typed_array, &type, length, &data, NULL, NULL) != napi_ok) return NULL;
  if (type != napi_uint8_array) return NULL;
  /* An empty array may have no memory at all, and NULL would read as "not an array"; nobody reads or writes zero bytes
   * through this address. */
  if (data == NULL && *length == 0) data = (void *)env;
  return data;
}

uint8_t *slice(napi_env env, napi_value typed_array, int64_t offset, int64_t length) {
  size_t available;
  uint8_t *data = whole(env, typed_array, &available);
  if (data == NULL || (uint64_t)offset > available || (uint64_t)length > available - (uint64_t)offset) return NULL;
  return data + offset;
}

struct ending {
  napi_env env;
  struct environment *environment;
  napi_async_cleanup_hook_handle hook;
};

static void ended(void *argument) {
  struct ending *ending = argument;
  napi_async_cleanup_hook_handle hook = ending->hook;
  free(ending->environment);
  free(ending);
  napi_remove_async_cleanup_hook(hook);
}

void let_go(napi_env env, napi_ref reference) {
  if (reference != NULL) napi_delete_reference(env, reference);
}

/* Node frees an environment's references no sooner than the process ends: workers that come and go would pile them up. */
static void let_go_of_memory(napi_env env, const struct environment *environment) {
  let_go(env, environment->shared_address_reference);
  let_go(env, environment->shared_numbers_reference);
  let_go(env, environment->shared_scratch_reference);
  let_go(env, environment->pool_reference);
}

/* Runs when a worker is terminated or the process ends, also when JavaScript had no chance to close anything. */
static void end_environment(napi_async_cleanup_hook_handle hook, void *argument) {
  struct ending *ending = argument;
  ending->hook = hook;
  lookups_end(ending->environment);
  let_go_of_memory(ending->env, ending->environment);
  close_owned(ending->environment);
  ready_end(ending->environment, ended, ending);
}

static void *share(napi_env env, napi_value exports, const char *name, napi_typedarray_type type, size_t count,
                   size_t bytes, napi_ref *reference) {
  void *memory = NULL;
  napi_value buffer, array;
  if (napi_create_arraybuffer(env, bytes, &memory, &buffer) != napi_ok) return NULL;
  if (napi_create_typedarray(env, type, count, buffer, 0, &array) != napi_ok) return NULL;
  if (napi_create_reference(env, buffer, 1, reference) != napi_ok) return NULL;
  napi_set_named_property(env, exports, name, array);
  return memory;
}

NAPI_MODULE_INIT() {
  struct environment *environment = calloc(1, sizeof *environment);
  struct ending *ending = calloc(1, sizeof *ending);
  if (environment == NULL || ending == NULL) goto no_memory;
  environment->shared_address = share(env, exports, "address", napi_uint8_array, ADDRESS_CAPACITY, ADDRESS_CAPACITY,
                                      &environment->shared_address_reference);
  environment->shared_numbers =
      share(env, exports, "numbers", napi_int32_array, NUMBERS_CAPACITY, NUMBERS_CAPACITY * sizeof(int32_t),
            &environment->shared_numbers_reference);
  environment->shared_scratch = share(env, exports, "scratch", napi_uint8_array, SCRATCH_CAPACITY, SCRATCH_CAPACITY,
                                      &environment->shared_scratch_reference);
  if (environment->shared_address == NULL || environment->shared_numbers == NULL || environment->shared_scratch == NULL)
    goto no_memory;

  for (size_t i = 0; i < sizeof exports_table / sizeof *exports_table; i++) {
    napi_value function;
    const struct export *row = &exports_table[i];
    if (napi_create_function(env, row->name, NAPI_AUTO_LENGTH, row->function, environment, &function) != napi_ok ||
        napi_set_named_property(env, exports, row->name, function) != napi_ok)
      goto no_memory;
  }
  napi_set_named_property(env, exports, "layout", layouts(env));

  ending->env = env;
  ending->environment = environment;
  napi_add_async_cleanup_hook(env, end_environment, ending, NULL);
  return exports;

no_memory:
  free(environment);
  free(ending);
  napi_throw_error(env, "ENOMEM", "berkeley: not enough memory to load the addon");
  return NULL;
}
