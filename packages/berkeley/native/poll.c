/*
 * The one call that waits. The caller gives slices of time (wait/blocking.ts), so that JavaScript can be interrupted.
 */
#include <poll.h>

#include "addon.h"

/* poll(pollfds, count, milliseconds) → how many are ready, or -errno; `pollfds` is an array of struct pollfd.
 * Not repeated on EINTR, since the caller counts the time, except if there is none to count.  man 2 poll */
EXPORT(sys_poll) {
  ARGUMENTS(3);
  BYTES(pollfds, 0);
  SIZE(count, 1);
  INT(milliseconds, 2);
  if ((uint64_t)count > pollfds_length / sizeof(struct pollfd)) return broken_contract(env, __func__, "count");
  int result;
  do result = poll((struct pollfd *)pollfds, (nfds_t)count, milliseconds);
  while (result == -1 && errno == EINTR && milliseconds == 0);
  return number(env, result == -1 ? -errno : result);
}
