/*
 * The addon's C under libFuzzer: the bytes of an input say which exports are called, one after the other in one environment,
 * with which arguments. Then the environment ends, and has to have let go of everything: memory, references, descriptors.
 *
 * The system calls are real, in namespaces of this process alone (run); descriptors are those that the addon has made. What would
 * wait, or reach something outside, is in world.c.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "node-api.h"
#include "world.h"

napi_value napi_register_module_v1(napi_env env, napi_value exports);

#define MOST_CALLS 40
#define MOST_ARGUMENTS 10
#define MOST_DESCRIPTORS 64

/* ---- what is left of the input ---- */

static const uint8_t *input;
static size_t left;

static uint8_t byte(void) {
  if (left == 0) return 0;
  left--;
  return *input++;
}

static uint64_t number_of(size_t bytes) {
  uint64_t value = 0;
  for (size_t i = 0; i < bytes; i++) value |= (uint64_t)byte() << (8 * i);
  return value;
}

/* ---- descriptors: only those from `first` on are the addon's ---- */

int first;

static bool is_open(int fd) { return fcntl(fd, F_GETFD) != -1; }

/* One that is open, as the number says, or one that is not. */
static int descriptor(uint8_t choice) {
  int open[MOST_DESCRIPTORS];
  int count = 0;
  for (int fd = first; fd < first + MOST_DESCRIPTORS; fd++)
    if (is_open(fd)) open[count++] = fd;
  return choice >= 0xf0 || count == 0 ? (choice & 1 ? -1 : 1000000) : open[choice % count];
}

/* ---- arguments ---- */

static struct value *bytes_argument(size_t length) {
  struct value *value = new_bytes(length);
  for (size_t i = 0; i < length && left > 0; i++) ((uint8_t *)value->memory)[i] = byte();
  return value;
}

static struct value *number_argument(double number) {
  struct value *value = new_value(NUMBER);
  value->number = number;
  return value;
}

static struct value *text_argument(void) {
  static const char *const texts[] = {"localhost", "127.0.0.1", "::1", "lo", "tcp", "http", "80", ""};
  const char *text = texts[byte() % 8];
  struct value *value = new_bytes(strlen(text) + 1);
  memcpy(value->memory, text, strlen(text) + 1);
  return value;
}

static struct value *array_argument(unsigned depth);

static struct value *argument(struct napi_env__ *env, unsigned depth) {
  static const size_t lengths[] = {0, 1, 2, 4, 8, 16, 28, 64, 110, 128, 256, 1000, 4096, 65536};
  static const double numbers[] = {-1, 2147483648.0, 4294967296.0, 9007199254740992.0, 1e19, -1e19, 0.5};
  switch (byte() % 16) {
    case 0:
    case 1:
    case 2: return number_argument(descriptor(byte()));
    case 3:
    case 4: return number_argument(byte());
    case 5: return number_argument((int16_t)number_of(2));
    case 6: return number_argument((int32_t)number_of(4));
    case 7: return number_argument(numbers[byte() % 7]);
    case 8: return bytes_argument(byte());
    case 9: return new_bytes(lengths[byte() % 14]);
    case 10: return text_argument();
    case 11: return depth == 0 ? array_argument(1) : new_bytes(8);
    case 12: return byte() % 2 ? env->address : env->scratch;
    case 13: return env->numbers;
    case 14: return new_value(FUNCTION);
    default: return new_value(byte() % 2 ? STRING : UNDEFINED);
  }
}

static struct napi_env__ *current;

static struct value *array_argument(unsigned depth) {
  struct value *value = new_value(ARRAY);
  uint8_t choice = byte();
  value->length = choice == 255 ? 1100 : choice % 20;
  value->elements = calloc(value->length ? value->length : 1, sizeof *value->elements);
  for (size_t i = 0; i < value->length; i++)
    value->elements[i] = choice == 255 ? new_bytes(1) : argument(current, depth);
  return value;
}

/* An address, for calls that take one from the shared memory. */
static void put_address(struct napi_env__ *env) {
  uint8_t *address = env->address->memory;
  size_t length = byte();
  for (size_t i = 0; i < length && left > 0; i++) address[i] = byte();
}

/* ---- one input ---- */

static bool tells; /* FUZZ_TELLS=1: what is called */

/* Descriptors that the addon is not to close: it was told so, or never knew. */
static void close_foreign(bool foreign) {
  for (int fd = first; fd < first + 4 * MOST_DESCRIPTORS; fd++) {
    if (!is_open(fd)) continue;
    if (!foreign) {
      fprintf(stderr, "descriptor %d was left open\n", fd);
      abort();
    }
    close(fd);
  }
}

static const char *const gives_away[] = {"disown", "dup", "recvmsg", "recvmmsg", "pidfd_open", "pidfd_getfd", "getsockopt", "getsockopt_int"};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct napi_env__ env = {0};
  bool foreign = false;
  current = &env;
  input = data;
  left = size;
  napi_register_module_v1(&env, (napi_value)new_value(UNDEFINED));
  for (unsigned i = 0; i < MOST_CALLS && left > 0; i++) {
    uint8_t which = byte();
    if (which == 255) {
      put_address(&env);
      continue;
    }
    if (which == 254) {
      turn_loop();
      continue;
    }
    const struct export *export = &env.exports[which % env.export_count];
    env.argument_count = byte() % MOST_ARGUMENTS;
    for (size_t j = 0; j < env.argument_count; j++) env.arguments[j] = argument(&env, 0);
    if (tells) fprintf(stderr, "%s with %zu arguments\n", export->name, env.argument_count);
    env.data = export->data;
    env.threw = false;
    for (size_t j = 0; j < sizeof gives_away / sizeof *gives_away; j++)
      foreign = foreign || strcmp(export->name, gives_away[j]) == 0;
    napi_value result = export->function(&env, NULL);
    if ((result == NULL) != env.threw) {
      fprintf(stderr, "%s gave %s\n", export->name, result == NULL ? "nothing" : "something and threw");
      abort();
    }
  }
  env.end(NULL, env.end_argument);
  while (!loop_is_empty()) turn_loop();
  wait_for_threads();
  if (env.references != 0 || env.contexts != 0) {
    fprintf(stderr, "%ld references and %ld contexts are left\n", env.references, env.contexts);
    abort();
  }
  close_foreign(foreign);
  forget_values();
  return 0;
}

int LLVMFuzzerInitialize(int *count, char ***arguments) {
  (void)count;
  (void)arguments;
  tells = getenv("FUZZ_TELLS") != NULL;
  limit_world();
  first = dup(0);
  close_range((unsigned)first, ~0u, 0); /* what we have inherited */
  return 0;
}
