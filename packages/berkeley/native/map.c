/*
 * Memory that is shared with the kernel: mmap(2) of a descriptor, as an ArrayBuffer.
 *
 * Rule: memory that a view can still reach is never unmapped. Either the ArrayBuffer is detached first, which leaves its
 * views empty, or it was collected.
 */
#include <stdlib.h>
#include <sys/mman.h>

#include "addon.h"

/* Known to two that end in either order: the memory, and the ArrayBuffer that it belonged to at first. They are not one, as
 * ArrayBuffer.prototype.transfer moves the memory to another. */
struct mapping {
  void *address; /* NULL once it is unmapped */
  size_t length;
  int owners;
};

static void leave(struct mapping *mapping) {
  if (--mapping->owners == 0) free(mapping);
}

static void unmap(struct mapping *mapping) {
  if (mapping->address != NULL) munmap(mapping->address, mapping->length);
  mapping->address = NULL;
}

/* Nothing can reach the memory any more, or the environment ends. */
static void memory_ended(napi_env env, void *data, void *hint) {
  (void)env;
  (void)data;
  unmap(hint);
  leave(hint);
}

static void buffer_ended(napi_env env, void *data, void *hint) {
  (void)env;
  (void)hint;
  leave(data);
}

/* map(fd, length) → an ArrayBuffer over the descriptor's memory, or -errno.  man 2 mmap */
EXPORT(sys_map) {
  ARGUMENTS(2);
  INT(fd, 0);
  SIZE(length, 1);
  struct mapping *mapping = malloc(sizeof *mapping);
  if (mapping == NULL) return number(env, -ENOMEM);
  void *address = mmap(NULL, (size_t)length, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (address == MAP_FAILED) {
    int error = errno;
    free(mapping);
    return number(env, -error);
  }
  *mapping = (struct mapping){.address = address, .length = (size_t)length, .owners = 1};
  napi_value buffer;
  if (napi_create_external_arraybuffer(env, address, (size_t)length, memory_ended, mapping, &buffer) != napi_ok) {
    unmap(mapping);
    leave(mapping);
    return number(env, -ENOMEM);
  }
  mapping->owners++;
  if (napi_wrap(env, buffer, mapping, buffer_ended, NULL, NULL) != napi_ok) {
    leave(mapping); /* The memory goes with the ArrayBuffer. */
    return number(env, -ENOMEM);
  }
  return buffer;
}

/* unmap(buffer) → 0; -EINVAL for what is not, or no longer, the memory of `map`.  man 2 munmap */
EXPORT(sys_unmap) {
  ARGUMENTS(1);
  void *wrapped = NULL;
  bool detached = true;
  if (napi_unwrap(env, argument[0], &wrapped) != napi_ok) return number(env, -EINVAL);
  if (napi_is_detached_arraybuffer(env, argument[0], &detached) != napi_ok || detached) return number(env, -EINVAL);
  if (napi_detach_arraybuffer(env, argument[0]) != napi_ok) return number(env, -EINVAL);
  unmap(wrapped);
  return number(env, 0);
}
