/*
 * Node-API and libuv, as much of them as the addon uses. Numbers are converted as V8 does it.
 */
#include "node-api.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libuv.h"

/* ---- values ---- */

static struct value **all;
static size_t all_count, all_capacity;

struct value *new_value(enum kind kind) {
  if (all_count == all_capacity) {
    all_capacity = all_capacity * 2 + 64;
    all = realloc(all, all_capacity * sizeof *all);
  }
  struct value *value = calloc(1, sizeof *value);
  value->kind = kind;
  return all[all_count++] = value;
}

struct value *new_bytes(size_t length) {
  struct value *value = new_value(BYTES);
  value->memory = calloc(length ? length : 1, 1);
  value->length = length;
  return value;
}

void forget_values(void) {
  for (size_t i = 0; i < all_count; i++) {
    if (all[i]->memory_ended != NULL) all[i]->memory_ended(NULL, all[i]->external, all[i]->hint);
    if (all[i]->wrapped_ended != NULL) all[i]->wrapped_ended(NULL, all[i]->wrapped, NULL);
    free(all[i]->memory);
    free(all[i]->elements);
    free(all[i]);
  }
  free(all);
  all = NULL;
  all_count = all_capacity = 0;
}

static struct value *of(napi_value value) { return (struct value *)value; }
static napi_value as(struct value *value) { return (napi_value)value; }

static napi_status new_number(double number, napi_value *result) {
  struct value *value = new_value(NUMBER);
  value->number = number;
  *result = as(value);
  return napi_ok;
}

napi_status napi_create_int32(napi_env env, int32_t number, napi_value *result) {
  (void)env;
  return new_number(number, result);
}

napi_status napi_create_double(napi_env env, double number, napi_value *result) {
  (void)env;
  return new_number(number, result);
}

/* Modulo 2^32, what is not finite is 0. */
napi_status napi_get_value_int32(napi_env env, napi_value value, int32_t *result) {
  (void)env;
  if (of(value)->kind != NUMBER) return napi_number_expected;
  double number = of(value)->number;
  if (!isfinite(number)) *result = 0;
  else {
    double rest = fmod(trunc(number), 4294967296.0);
    *result = (int32_t)(uint32_t)(rest < 0 ? rest + 4294967296.0 : rest);
  }
  return napi_ok;
}

/* What is not finite is 0, what is too much the most there is. */
napi_status napi_get_value_int64(napi_env env, napi_value value, int64_t *result) {
  (void)env;
  if (of(value)->kind != NUMBER) return napi_number_expected;
  double number = of(value)->number;
  if (!isfinite(number)) *result = 0;
  else if (number >= 9223372036854775808.0) *result = INT64_MAX;
  else if (number <= -9223372036854775808.0) *result = INT64_MIN;
  else *result = (int64_t)number;
  return napi_ok;
}

napi_status napi_get_typedarray_info(napi_env env, napi_value value, napi_typedarray_type *type, size_t *length,
                                     void **data, napi_value *buffer, size_t *offset) {
  (void)env;
  (void)buffer;
  (void)offset;
  struct value *array = of(value);
  if (array->kind != BYTES && array->kind != INTS) return napi_invalid_arg;
  *type = array->kind == BYTES ? napi_uint8_array : napi_int32_array;
  *length = array->length;
  *data = array->length == 0 ? NULL : array->memory;
  return napi_ok;
}

napi_status napi_get_array_length(napi_env env, napi_value value, uint32_t *result) {
  (void)env;
  if (of(value)->kind != ARRAY) return napi_array_expected;
  *result = (uint32_t)of(value)->length;
  return napi_ok;
}

napi_status napi_get_element(napi_env env, napi_value value, uint32_t index, napi_value *result) {
  (void)env;
  *result = as(index < of(value)->length ? of(value)->elements[index] : new_value(UNDEFINED));
  return napi_ok;
}

napi_status napi_typeof(napi_env env, napi_value value, napi_valuetype *result) {
  (void)env;
  static const napi_valuetype types[] = {napi_undefined, napi_number,   napi_object, napi_object,
                                         napi_object,    napi_function, napi_string};
  *result = types[of(value)->kind];
  return napi_ok;
}

napi_status napi_create_arraybuffer(napi_env env, size_t length, void **data, napi_value *result) {
  (void)env;
  struct value *buffer = new_bytes(length);
  *data = buffer->memory;
  *result = as(buffer);
  return napi_ok;
}

napi_status napi_create_typedarray(napi_env env, napi_typedarray_type type, size_t length, napi_value buffer,
                                   size_t offset, napi_value *result) {
  (void)env;
  (void)length;
  (void)offset;
  of(buffer)->kind = type == napi_uint8_array ? BYTES : INTS;
  *result = buffer;
  return napi_ok;
}

napi_status napi_create_external_arraybuffer(napi_env env, void *data, size_t length, napi_finalize ended, void *hint,
                                             napi_value *result) {
  (void)env;
  struct value *buffer = new_value(UNDEFINED);
  buffer->external = data;
  buffer->length = length;
  buffer->memory_ended = ended;
  buffer->hint = hint;
  *result = as(buffer);
  return napi_ok;
}

napi_status napi_wrap(napi_env env, napi_value object, void *native, napi_finalize ended, void *hint, napi_ref *result) {
  (void)env;
  (void)hint;
  (void)result;
  of(object)->wrapped = native;
  of(object)->wrapped_ended = ended;
  return napi_ok;
}

napi_status napi_unwrap(napi_env env, napi_value object, void **result) {
  (void)env;
  if (of(object)->wrapped == NULL) return napi_invalid_arg;
  *result = of(object)->wrapped;
  return napi_ok;
}

napi_status napi_is_detached_arraybuffer(napi_env env, napi_value buffer, bool *result) {
  (void)env;
  *result = of(buffer)->detached;
  return napi_ok;
}

napi_status napi_detach_arraybuffer(napi_env env, napi_value buffer) {
  (void)env;
  of(buffer)->detached = true;
  return napi_ok;
}

napi_status napi_create_object(napi_env env, napi_value *result) {
  (void)env;
  *result = as(new_value(UNDEFINED));
  return napi_ok;
}

napi_status napi_create_string_utf8(napi_env env, const char *text, size_t length, napi_value *result) {
  (void)env;
  (void)text;
  (void)length;
  *result = as(new_value(STRING));
  return napi_ok;
}

napi_status napi_get_global(napi_env env, napi_value *result) { return napi_create_object(env, result); }

/* ---- exports and calls ---- */

napi_status napi_create_function(napi_env env, const char *name, size_t length, napi_callback function, void *data,
                                 napi_value *result) {
  (void)length;
  if (env->export_count == MOST_EXPORTS) abort();
  struct export *export = &env->exports[env->export_count++];
  snprintf(export->name, sizeof export->name, "%s", name);
  export->function = function;
  export->data = data;
  *result = as(new_value(FUNCTION));
  return napi_ok;
}

napi_status napi_set_named_property(napi_env env, napi_value object, const char *name, napi_value value) {
  (void)object;
  /* The first of that name: members of structs come later. */
  if (env->address == NULL && strcmp(name, "address") == 0) env->address = of(value);
  if (env->numbers == NULL && strcmp(name, "numbers") == 0) env->numbers = of(value);
  if (env->scratch == NULL && strcmp(name, "scratch") == 0) env->scratch = of(value);
  return napi_ok;
}

napi_status napi_get_cb_info(napi_env env, napi_callback_info info, size_t *count, napi_value *arguments,
                             napi_value *receiver, void **data) {
  (void)info;
  (void)receiver;
  for (size_t i = 0; i < *count; i++) arguments[i] = as(i < env->argument_count ? env->arguments[i] : new_value(UNDEFINED));
  *count = env->argument_count;
  *data = env->data;
  return napi_ok;
}

napi_status napi_throw_type_error(napi_env env, const char *code, const char *message) {
  (void)code;
  (void)message;
  env->threw = true;
  return napi_ok;
}

napi_status napi_throw_error(napi_env env, const char *code, const char *message) {
  return napi_throw_type_error(env, code, message);
}

/* ---- references, scopes and hooks ---- */

napi_status napi_create_reference(napi_env env, napi_value value, uint32_t count, napi_ref *result) {
  (void)value;
  (void)count;
  env->references++;
  *result = malloc(1); /* so that a reference that is deleted twice, or never, is found */
  return napi_ok;
}

napi_status napi_delete_reference(napi_env env, napi_ref reference) {
  env->references--;
  free(reference);
  return napi_ok;
}

napi_status napi_get_reference_value(napi_env env, napi_ref reference, napi_value *result) {
  (void)reference;
  return napi_get_global(env, result);
}

napi_status napi_async_init(napi_env env, napi_value resource, napi_value name, napi_async_context *result) {
  (void)resource;
  (void)name;
  env->contexts++;
  *result = malloc(1);
  return napi_ok;
}

napi_status napi_async_destroy(napi_env env, napi_async_context context) {
  env->contexts--;
  free(context);
  return napi_ok;
}

napi_status napi_open_handle_scope(napi_env env, napi_handle_scope *result) {
  (void)env;
  *result = NULL;
  return napi_ok;
}

napi_status napi_close_handle_scope(napi_env env, napi_handle_scope scope) {
  (void)env;
  (void)scope;
  return napi_ok;
}

napi_status napi_make_callback(napi_env env, napi_async_context context, napi_value receiver, napi_value function,
                               size_t count, const napi_value *arguments, napi_value *result) {
  (void)env;
  (void)context;
  (void)receiver;
  (void)function;
  (void)count;
  (void)arguments;
  (void)result;
  return napi_ok;
}

napi_status napi_get_and_clear_last_exception(napi_env env, napi_value *result) { return napi_get_global(env, result); }

napi_status napi_fatal_exception(napi_env env, napi_value error) {
  (void)env;
  (void)error;
  return napi_ok;
}

napi_status napi_add_async_cleanup_hook(napi_env env, napi_async_cleanup_hook hook, void *argument,
                                        napi_async_cleanup_hook_handle *result) {
  (void)result;
  env->end = hook;
  env->end_argument = argument;
  return napi_ok;
}

napi_status napi_remove_async_cleanup_hook(napi_async_cleanup_hook_handle hook) {
  (void)hook;
  return napi_ok;
}

/* ---- libuv: one handle, which is closed in the next turn of the loop ---- */

struct uv_poll_s {
  void *data;
  void (*callback)(uv_poll_t *, int, int);
  void (*closed)(uv_handle_t *);
};

static uv_poll_t *handle;

napi_status napi_get_uv_event_loop(node_api_basic_env env, struct uv_loop_s **loop) {
  (void)env;
  *loop = NULL;
  return napi_ok;
}

size_t uv_handle_size(int type) {
  (void)type;
  return sizeof(uv_poll_t);
}

int uv_poll_init(uv_loop_t *loop, uv_poll_t *poll, int fd) {
  (void)loop;
  (void)fd;
  handle = poll;
  return 0;
}

int uv_poll_start(uv_poll_t *poll, int events, void (*callback)(uv_poll_t *, int, int)) {
  (void)events;
  poll->callback = callback;
  return 0;
}

int uv_poll_stop(uv_poll_t *poll) {
  poll->callback = NULL;
  return 0;
}

void uv_handle_set_data(uv_handle_t *any, void *data) { ((uv_poll_t *)any)->data = data; }
void *uv_handle_get_data(const uv_handle_t *any) { return ((const uv_poll_t *)any)->data; }
void uv_close(uv_handle_t *any, void (*callback)(uv_handle_t *)) { ((uv_poll_t *)any)->closed = callback; }
void uv_ref(uv_handle_t *any) { (void)any; }
void uv_unref(uv_handle_t *any) { (void)any; }

void turn_loop(void) {
  uv_poll_t *poll = handle;
  if (poll == NULL) return;
  if (poll->closed != NULL) {
    handle = NULL;
    poll->closed((uv_handle_t *)poll);
  } else if (poll->callback != NULL) poll->callback(poll, 0, UV_READABLE);
}

bool loop_is_empty(void) { return handle == NULL; }
