/*
 * Memory that is shared with the kernel: mmap(2) of a descriptor, as an ArrayBuffer.
 *
 * Rule: memory that a view can still reach is never unmapped. Either the ArrayBuffer is detached first, which leaves its
 * views empty, or it was collected.
 */
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

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

/* An ArrayBuffer over mapped memory, which it owns from now on, or -errno. */
static napi_value owning(napi_env env, void *address, size_t length) {
  struct mapping *mapping = malloc(sizeof *mapping);
  if (mapping == NULL) {
    munmap(address, length);
    return number(env, -ENOMEM);
  }
  *mapping = (struct mapping){.address = address, .length = length, .owners = 1};
  napi_value buffer;
  if (napi_create_external_arraybuffer(env, address, length, memory_ended, mapping, &buffer) != napi_ok) {
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

/* map(fd, length) → an ArrayBuffer over the descriptor's memory, or -errno.  man 2 mmap */
EXPORT(sys_map) {
  ARGUMENTS(2);
  INT(fd, 0);
  SIZE(length, 1);
  void *address = mmap(NULL, (size_t)length, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  return address == MAP_FAILED ? number(env, -errno) : owning(env, address, (size_t)length);
}

/* tcp_zerocopy_receive(fd, length) → an ArrayBuffer over received pages, which must not be written to; 0 if there were none;
 * or -errno. numbers[0] is how many bytes come next that cannot be mapped. Pages have an ArrayBuffer of their own at each
 * call, as long as they are: what the kernel has put no page into must not be read.  linux/tcp.h */
EXPORT(sys_tcp_zerocopy_receive) {
  ARGUMENTS(2);
  INT(fd, 0);
  SIZE(length, 1);
  size_t page = (size_t)sysconf(_SC_PAGESIZE);
  size_t room = ((size_t)length + page - 1) / page * page;
  environment->shared_numbers[0] = 0;
  void *address = mmap(NULL, room, PROT_READ, MAP_SHARED, fd, 0);
  if (address == MAP_FAILED) return number(env, -errno);
  struct tcp_zerocopy_receive receive = {.address = (uintptr_t)address, .length = (uint32_t)room};
  socklen_t size = offsetof(struct tcp_zerocopy_receive, recv_skip_hint) + sizeof receive.recv_skip_hint;
  ssize_t result = RETRY(getsockopt(fd, IPPROTO_TCP, TCP_ZEROCOPY_RECEIVE, &receive, &size));
  size_t filled = result < 0 ? 0 : receive.length;
  if (filled < room) munmap((char *)address + filled, room - filled);
  if (result < 0) return number(env, result);
  environment->shared_numbers[0] = (int32_t)receive.recv_skip_hint;
  return filled == 0 ? number(env, 0) : owning(env, address, filled);
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
