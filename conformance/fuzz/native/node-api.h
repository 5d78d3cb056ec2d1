/*
 * What stands in for Node: values of JavaScript as far as the addon can see them, and a list of what it exports.
 */
#ifndef BERKELEY_FUZZ_NODE_API_H
#define BERKELEY_FUZZ_NODE_API_H

#define NAPI_VERSION 8
#include <node_api.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum kind { UNDEFINED, NUMBER, BYTES, INTS, ARRAY, FUNCTION, STRING };

/* A napi_value points to one. Bytes and ints have their memory, an array its elements. */
struct value {
  enum kind kind;
  double number;
  void *memory;
  size_t length;
  struct value **elements;
  /* An ArrayBuffer over memory of the addon's own, and what hangs on it. */
  napi_finalize memory_ended, wrapped_ended;
  void *external, *hint, *wrapped;
  bool detached;
};

#define MOST_EXPORTS 128
struct export {
  char name[48];
  napi_callback function;
  void *data;
};

/* A napi_env points to it. */
struct napi_env__ {
  struct export exports[MOST_EXPORTS];
  size_t export_count;
  struct value *arguments[16];
  size_t argument_count;
  void *data; /* of the export that is being called */
  long references, contexts;
  bool threw;
  napi_async_cleanup_hook end;
  void *end_argument;
  struct value *address, *numbers, *scratch; /* what the addon shares */
};

/* Memory that is freed by `forget_values`, after the environment has ended. */
struct value *new_value(enum kind kind);
struct value *new_bytes(size_t length);
void forget_values(void);

/* The turn of the event loop in which the addon's handle is ready; and whether all handles have been closed. */
void turn_loop(void);
bool loop_is_empty(void);

#endif
