/*
 * Epoll descriptors of the user's own (src/select/). The one that the event loop watches is in ready.c.
 *
 * Nothing waits here: whoever has to wait for an epoll descriptor waits until it is readable, as for any other.
 */
#include <sys/epoll.h>

#include "addon.h"

/* epoll_create() → an epoll descriptor, close-on-exec, or -errno.  man 2 epoll_create1 */
EXPORT(sys_epoll_create) {
  ARGUMENTS(0);
  int descriptor = epoll_create1(EPOLL_CLOEXEC);
  return number(env, descriptor == -1 ? -errno : own(environment, descriptor));
}

/* epoll_ctl(epoll, operation, fd, events) → 0 or -errno. An event tells `fd` as its data.  man 2 epoll_ctl */
EXPORT(sys_epoll_ctl) {
  ARGUMENTS(4);
  INT(epoll, 0);
  INT(operation, 1);
  INT(fd, 2);
  INT(events, 3);
  struct epoll_event event = {.events = (uint32_t)events, .data.fd = fd};
  return number(env, epoll_ctl(epoll, operation, fd, &event) == -1 ? -errno : 0);
}

/* epoll_wait(epoll, events, count) → how many events are there, or -errno; `events` is an array of struct epoll_event of
 * which at most `count` are filled. Does not wait.  man 2 epoll_wait */
EXPORT(sys_epoll_wait) {
  ARGUMENTS(3);
  INT(epoll, 0);
  BYTES(events, 1);
  INT(count, 2);
  if (count < 1 || (size_t)count > events_length / sizeof(struct epoll_event))
    return broken_contract(env, __func__, "count");
  return number(env, RETRY(epoll_wait(epoll, (struct epoll_event *)events, count, 0)));
}
