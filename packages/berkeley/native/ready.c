/*
 * Readiness: one epoll descriptor per environment, watched by one uv_poll_t on that environment's own loop. Per turn of
 * the loop there is one call into JavaScript, with everything that is ready in a shared Int32Array.
 *
 * Each descriptor is added once, edge-triggered, for everything. Which waiter an event wakes, and when a further attempt
 * is needed, is decided in src/wait/ready.ts.
 */
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "addon.h"
#include "libuv.h"

#define EVENTS_PER_TURN 512
#define NUMBERS_PER_EVENT 3 /* slot, generation, events */

struct ready {
  int epoll;
  uv_poll_t *poll;
  napi_env env;
  napi_ref callback;
  napi_ref events_reference;
  napi_async_context context;
  int32_t *events;
  struct epoll_event fetched[EVENTS_PER_TURN];
};

static void on_readable(uv_poll_t *poll, int status, int events) {
  (void)status;
  (void)events;
  struct ready *ready = uv_handle_get_data((uv_handle_t *)poll);
  int count = epoll_wait(ready->epoll, ready->fetched, EVENTS_PER_TURN, 0);
  if (count <= 0) return;
  for (int i = 0; i < count; i++) {
    ready->events[i * NUMBERS_PER_EVENT] = (int32_t)(uint32_t)ready->fetched[i].data.u64;
    ready->events[i * NUMBERS_PER_EVENT + 1] = (int32_t)(ready->fetched[i].data.u64 >> 32);
    ready->events[i * NUMBERS_PER_EVENT + 2] = (int32_t)ready->fetched[i].events;
  }
  napi_handle_scope scope;
  napi_value receiver, callback, argument, error;
  if (napi_open_handle_scope(ready->env, &scope) != napi_ok) return;
  if (napi_get_reference_value(ready->env, ready->callback, &callback) == napi_ok &&
      napi_get_global(ready->env, &receiver) == napi_ok && napi_create_int32(ready->env, count, &argument) == napi_ok &&
      napi_make_callback(ready->env, ready->context, receiver, callback, 1, &argument, NULL) ==
          napi_pending_exception &&
      napi_get_and_clear_last_exception(ready->env, &error) == napi_ok)
    napi_fatal_exception(ready->env, error);
  napi_close_handle_scope(ready->env, scope);
}

/* ready_start(callback) → the Int32Array of events: triples of slot, generation, epoll events. Once per environment;
 * `callback(count)` is then called with how many triples are filled. Throws what the system refuses as -errno. */
EXPORT(sys_ready_start) {
  ARGUMENTS(1);
  struct uv_loop_s *loop;
  napi_value buffer, array, name;
  napi_valuetype type;
  if (napi_typeof(env, argument[0], &type) != napi_ok || type != napi_function)
    return broken_contract(env, __func__, "callback");
  if (environment->ready != NULL) return broken_contract(env, __func__, "second start");
  if (napi_get_uv_event_loop(env, &loop) != napi_ok) return number(env, -ENOSYS);

  struct ready *ready = calloc(1, sizeof *ready);
  uv_poll_t *poll = calloc(1, uv_handle_size(UV_POLL));
  int result = -ENOMEM;
  if (ready == NULL || poll == NULL) goto failed;
  ready->env = env;
  ready->poll = poll;
  ready->epoll = epoll_create1(EPOLL_CLOEXEC);
  result = ready->epoll == -1 ? -errno : 0;
  if (result < 0) goto failed;
  result = uv_poll_init(loop, poll, ready->epoll);
  if (result < 0) {
    close(ready->epoll);
    goto failed;
  }

  size_t count = (size_t)EVENTS_PER_TURN * NUMBERS_PER_EVENT;
  void *memory = NULL;
  napi_create_arraybuffer(env, count * sizeof(int32_t), &memory, &buffer);
  napi_create_typedarray(env, napi_int32_array, count, buffer, 0, &array);
  ready->events = memory;
  napi_create_reference(env, buffer, 1, &ready->events_reference);
  napi_create_reference(env, argument[0], 1, &ready->callback);
  napi_create_string_utf8(env, "berkeley", NAPI_AUTO_LENGTH, &name);
  napi_async_init(env, NULL, name, &ready->context);

  uv_handle_set_data((uv_handle_t *)poll, ready);
  uv_poll_start(poll, UV_READABLE, on_readable);
  uv_unref((uv_handle_t *)poll);
  environment->ready = ready;
  return array;

failed:
  free(ready);
  free(poll);
  return number(env, result);
}

/* ready_add(fd, slot, generation) → 0 or -errno.  man 2 epoll_ctl, man 7 epoll */
EXPORT(sys_ready_add) {
  ARGUMENTS(3);
  if (environment->ready == NULL) return broken_contract(env, __func__, "order: nothing was started");
  INT(fd, 0);
  INT(slot, 1);
  INT(generation, 2);
  struct epoll_event event = {
      .events = EPOLLIN | EPOLLOUT | EPOLLPRI | EPOLLRDHUP | EPOLLET,
      .data.u64 = (uint64_t)(uint32_t)generation << 32 | (uint32_t)slot,
  };
  return number(env, epoll_ctl(environment->ready->epoll, EPOLL_CTL_ADD, fd, &event) == -1 ? -errno : 0);
}

/* ready_listen(fd, slot, generation, reading) → 0 or -errno: whether what can be read is told. Turned on again, what is
 * there already is told at once.  man 2 epoll_ctl */
EXPORT(sys_ready_listen) {
  ARGUMENTS(4);
  if (environment->ready == NULL) return broken_contract(env, __func__, "order: nothing was started");
  INT(fd, 0);
  INT(slot, 1);
  INT(generation, 2);
  INT(reading, 3);
  struct epoll_event event = {
      .events = EPOLLOUT | EPOLLRDHUP | EPOLLET | (reading ? EPOLLIN | EPOLLPRI : 0),
      .data.u64 = (uint64_t)(uint32_t)generation << 32 | (uint32_t)slot,
  };
  return number(env, epoll_ctl(environment->ready->epoll, EPOLL_CTL_MOD, fd, &event) == -1 ? -errno : 0);
}

/* ready_remove(fd) → 0 or -errno. Before close(fd): a duplicate keeps the open file alive, and its events coming. */
EXPORT(sys_ready_remove) {
  ARGUMENTS(1);
  if (environment->ready == NULL) return broken_contract(env, __func__, "order: nothing was started");
  INT(fd, 0);
  return number(env, epoll_ctl(environment->ready->epoll, EPOLL_CTL_DEL, fd, NULL) == -1 ? -errno : 0);
}

/* ready_reference(on) → 0: whether waiting keeps the process alive */
EXPORT(sys_ready_reference) {
  ARGUMENTS(1);
  if (environment->ready == NULL) return broken_contract(env, __func__, "order: nothing was started");
  INT(on, 0);
  (on ? uv_ref : uv_unref)((uv_handle_t *)environment->ready->poll);
  return number(env, 0);
}

struct end {
  struct ready *ready;
  void (*done)(void *);
  void *argument;
};

static void closed(uv_handle_t *handle) {
  struct end *end = uv_handle_get_data(handle);
  close(end->ready->epoll);
  free(end->ready);
  end->done(end->argument);
  free(end);
  free(handle);
}

void ready_end(struct environment *environment, void (*done)(void *), void *argument) {
  struct ready *ready = environment->ready;
  if (ready == NULL) {
    done(argument);
    return;
  }
  environment->ready = NULL;
  struct end *end = malloc(sizeof *end);
  if (end == NULL) abort(); /* libuv could not be told where to let go */
  *end = (struct end){ready, done, argument};
  uv_poll_stop(ready->poll);
  let_go(ready->env, ready->callback);
  let_go(ready->env, ready->events_reference);
  napi_async_destroy(ready->env, ready->context);
  uv_handle_set_data((uv_handle_t *)ready->poll, end);
  uv_close((uv_handle_t *)ready->poll, closed);
}
