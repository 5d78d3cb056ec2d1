/*
 * What waits in the queues of a socket, a pipe or a terminal.
 */
#include <linux/sockios.h>
#include <sys/ioctl.h>

#include "addon.h"

/* queue_state(fd, request) → a number >= 0, or -errno. Requests other than these could take or give more than an int.
 * man 7 tcp, SIOCINQ */
EXPORT(sys_queue_state) {
  ARGUMENTS(2);
  INT(fd, 0);
  INT(request, 1);
  if (request != SIOCINQ && request != SIOCOUTQ && request != SIOCOUTQNSD && request != SIOCATMARK)
    return number(env, -EINVAL);
  int value = 0;
  ssize_t result = RETRY(ioctl(fd, (unsigned long)request, &value));
  return number(env, result < 0 ? result : value);
}
