// The CPU time of a process and of those that it has started, and so on: of all their threads, user and system.
#ifndef BENCH_TREE_H
#define BENCH_TREE_H

#include "client.h"
#include <dirent.h>

static uint64_t tree_cpu(long pid);

// The children that one thread has started.
static inline uint64_t children_cpu(long pid, const char *thread) {
  char path[128];
  snprintf(path, sizeof path, "/proc/%ld/task/%.20s/children", pid, thread);
  FILE *list = fopen(path, "re");
  if (!list) return 0; // The thread has ended.
  uint64_t sum = 0;
  long child;
  while (fscanf(list, "%ld", &child) == 1) sum += tree_cpu(child);
  fclose(list);
  return sum;
}

static uint64_t tree_cpu(long pid) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%ld/task", pid);
  DIR *threads = opendir(path);
  if (!threads) give_up(path);
  uint64_t sum = nanoseconds(clock_of(pid));
  for (struct dirent *entry; (entry = readdir(threads));)
    if (entry->d_name[0] != '.') sum += children_cpu(pid, entry->d_name);
  closedir(threads);
  return sum;
}

#endif
