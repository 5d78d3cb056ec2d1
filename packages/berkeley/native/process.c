/*
 * This process, as the child of another.
 */
#include <sys/prctl.h>

#include "addon.h"

/* set_parent_death_signal(signal) → 0 or -errno: the signal comes when the thread that made this process ends.
 * man 2 prctl, PR_SET_PDEATHSIG */
EXPORT(sys_set_parent_death_signal) {
  ARGUMENTS(1);
  INT(signal, 0);
  return number(env, RETRY(prctl(PR_SET_PDEATHSIG, (unsigned long)signal, 0, 0, 0)));
}
