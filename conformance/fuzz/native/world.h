/* The world that the addon sees here: nothing outside this process can be reached, and nothing waits. */
#ifndef BERKELEY_FUZZ_WORLD_H
#define BERKELEY_FUZZ_WORLD_H

/* What the namespaces, in which `run` starts us, leave unlimited. */
void limit_world(void);

/* The lowest descriptor that is the addon's: those below stay open, whatever it is told. */
extern int first;

/* Until all threads of lookups have ended. */
void wait_for_threads(void);

#endif
