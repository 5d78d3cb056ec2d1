/*
 * The threads that ask the C library's blocking functions, and the descriptors that tell JavaScript of the answers.
 * Never libuv's threads: those are four, and file reading would have to queue behind a name server that is silent.
 *
 * Who may touch what:
 * - `struct lookups` belongs to the environment and each of its threads together; the last one frees it. A thread may
 *   come back from getaddrinfo(3) long after its environment has ended.
 * - A lookup belongs to the queue, then to the thread that asks, then, answered, to the environment. When JavaScript
 *   gives it up it loses its descriptor at once, under the mutex; whoever has the lookup then, frees it. So a thread
 *   never writes to a descriptor number that may be someone else's by now.
 * - `by_descriptor` is the environment's alone.
 */
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "lookup.h"

#define MOST_THREADS 32
#define STACK_SIZE (512 * 1024) /* four times what musl gives a thread: NSS modules are other people's code */
#define IDLE_SECONDS 10

enum state { QUEUED, ASKED, ANSWERED };

struct lookup {
  struct lookup *next; /* in the queue */
  int descriptor;      /* an eventfd; -1 once nobody wants the answer any more */
  enum state state;
  look_up *look_up;
  struct question question;
  struct pack answer;
  _Alignas(max_align_t) char copied[]; /* what the question points to; it may be a socket address */
};

struct lookups {
  pthread_mutex_t mutex;
  pthread_cond_t asked; /* there is something in the queue, or the environment has ended */
  struct lookup *first, *last;
  unsigned queued, idle, threads;
  unsigned references;
  bool ended;

  struct lookup **by_descriptor;
  size_t capacity;
};

/* ---- the life of a lookup ---- */

static void free_lookup(struct lookup *lookup) {
  free(lookup->answer.bytes);
  free(lookup);
}

static const char *copy(char **to, const char *bytes, size_t length) {
  if (bytes == NULL) return NULL;
  char *place = *to;
  memcpy(place, bytes, length);
  *to += length;
  return place;
}

static struct lookup *make_lookup(look_up *look_up, const struct question *question) {
  struct lookup *lookup = calloc(1, sizeof *lookup + question->name_length + question->detail_length);
  if (lookup == NULL) return NULL;
  char *free_place = lookup->copied;
  lookup->look_up = look_up;
  lookup->question = *question;
  lookup->question.name = copy(&free_place, question->name, question->name_length);
  lookup->question.detail = copy(&free_place, question->detail, question->detail_length);
  return lookup;
}

/* Under the mutex: takes the descriptor away, for the caller to close. */
static int give_up(struct lookup *lookup) {
  int descriptor = lookup->descriptor;
  lookup->descriptor = -1;
  return descriptor;
}

static void append(struct lookups *lookups, struct lookup *lookup) {
  if (lookups->first == NULL) lookups->first = lookup;
  else lookups->last->next = lookup;
  lookups->last = lookup;
  lookups->queued++;
}

static struct lookup *take_first(struct lookups *lookups) {
  struct lookup *lookup = lookups->first;
  lookups->first = lookup->next;
  lookups->queued--;
  return lookup;
}

/* ---- the threads ---- */

/* Under the mutex, which it unlocks. */
static void leave(struct lookups *lookups) {
  bool last = --lookups->references == 0;
  pthread_mutex_unlock(&lookups->mutex);
  if (!last) return;
  pthread_cond_destroy(&lookups->asked);
  pthread_mutex_destroy(&lookups->mutex);
  free(lookups);
}

/* Under the mutex: waits until there is something to ask; NULL if there is nothing for a while, or never again. */
static struct lookup *next_lookup(struct lookups *lookups) {
  struct timespec until;
  clock_gettime(CLOCK_MONOTONIC, &until);
  until.tv_sec += IDLE_SECONDS;
  int waited = 0;
  lookups->idle++;
  while (lookups->first == NULL && !lookups->ended && waited != ETIMEDOUT)
    waited = pthread_cond_timedwait(&lookups->asked, &lookups->mutex, &until);
  lookups->idle--;
  return lookups->first == NULL ? NULL : take_first(lookups);
}

static void *work(void *argument) {
  struct lookups *lookups = argument;
  struct lookup *lookup;
  pthread_mutex_lock(&lookups->mutex);
  while ((lookup = next_lookup(lookups)) != NULL) {
    if (lookup->descriptor != -1) {
      lookup->state = ASKED;
      pthread_mutex_unlock(&lookups->mutex);
      lookup->look_up(&lookup->question, &lookup->answer);
      pthread_mutex_lock(&lookups->mutex);
      lookup->state = ANSWERED;
    }
    if (lookup->descriptor == -1) free_lookup(lookup);
    else eventfd_write(lookup->descriptor, 1);
  }
  lookups->threads--;
  leave(lookups);
  return NULL;
}

/* 0 or -errno. Under the mutex, so that the thread cannot have ended before it gets its name. Signals stay with Node's. */
static int start_thread(struct lookups *lookups) {
  pthread_t thread;
  pthread_attr_t attributes;
  sigset_t every, before;
  sigfillset(&every);
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(&attributes, STACK_SIZE);
  pthread_sigmask(SIG_SETMASK, &every, &before);
  int result = pthread_create(&thread, &attributes, work, lookups);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  pthread_attr_destroy(&attributes);
  if (result == 0) pthread_setname_np(thread, "berkeley-lookup");
  return -result;
}

/* ---- the environment's side ---- */

static struct lookups *lookups_of(struct environment *environment) {
  if (environment->lookups != NULL) return environment->lookups;
  struct lookups *lookups = calloc(1, sizeof *lookups);
  if (lookups == NULL) return NULL;
  pthread_condattr_t attributes;
  pthread_condattr_init(&attributes);
  pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
  pthread_cond_init(&lookups->asked, &attributes);
  pthread_condattr_destroy(&attributes);
  pthread_mutex_init(&lookups->mutex, NULL);
  lookups->references = 1;
  return environment->lookups = lookups;
}

/* Gives up the lookup that has this number, if there is one. */
static void forget(struct lookups *lookups, size_t place) {
  struct lookup *lookup = lookups->by_descriptor[place];
  if (lookup == NULL) return;
  lookups->by_descriptor[place] = NULL;
  pthread_mutex_lock(&lookups->mutex);
  give_up(lookup);
  bool ours = lookup->state == ANSWERED;
  pthread_mutex_unlock(&lookups->mutex);
  if (ours) free_lookup(lookup);
}

static bool remember(struct lookups *lookups, struct lookup *lookup) {
  size_t place = (size_t)lookup->descriptor;
  if (place >= lookups->capacity) {
    size_t capacity = (place + 1) * 2;
    struct lookup **grown = realloc(lookups->by_descriptor, capacity * sizeof *grown);
    if (grown == NULL) return false;
    memset(grown + lookups->capacity, 0, (capacity - lookups->capacity) * sizeof *grown);
    lookups->by_descriptor = grown;
    lookups->capacity = capacity;
  }
  forget(lookups, place); /* Somebody closed it without `lookup_end`: the number is another lookup's now. */
  lookups->by_descriptor[place] = lookup;
  return true;
}

static struct lookup *find(struct environment *environment, int descriptor) {
  struct lookups *lookups = environment->lookups;
  if (lookups == NULL || descriptor < 0 || (size_t)descriptor >= lookups->capacity) return NULL;
  return lookups->by_descriptor[descriptor];
}

/* Hands it to a thread: an idle one, a new one, or, if there are enough, the first that comes back. 0 or -errno */
static int ask(struct lookups *lookups, struct lookup *lookup) {
  int result = 0;
  pthread_mutex_lock(&lookups->mutex);
  if (lookups->queued >= lookups->idle && lookups->threads < MOST_THREADS) {
    result = start_thread(lookups);
    if (result == 0) {
      lookups->threads++;
      lookups->references++;
    }
  }
  /* As long as there is any thread, it will be its turn some time. */
  if (lookups->threads > 0) {
    append(lookups, lookup);
    pthread_cond_signal(&lookups->asked);
    result = 0;
  }
  pthread_mutex_unlock(&lookups->mutex);
  return result;
}

int begin_lookup(struct environment *environment, look_up *look_up, const struct question *question) {
  struct lookups *lookups = lookups_of(environment);
  struct lookup *lookup = lookups == NULL ? NULL : make_lookup(look_up, question);
  if (lookup == NULL) return -ENOMEM;
  int result = lookup->descriptor = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (result == -1) {
    result = -errno;
  } else if (!remember(lookups, lookup)) {
    close(lookup->descriptor);
    result = -ENOMEM;
  } else {
    int refused = ask(lookups, lookup);
    if (refused == 0) return result;
    lookups->by_descriptor[lookup->descriptor] = NULL;
    close(lookup->descriptor);
    result = refused;
  }
  free_lookup(lookup);
  return result;
}

/* lookup_answer(fd, bytes) → how long the packed answer is, of which `bytes` got what fits; -EAGAIN before there is
 * one; -EBADF if that is no lookup */
EXPORT(sys_lookup_answer) {
  ARGUMENTS(2);
  INT(fd, 0);
  BYTES(bytes, 1);
  struct lookup *lookup = find(environment, fd);
  if (lookup == NULL) return number(env, -EBADF);
  pthread_mutex_lock(&environment->lookups->mutex);
  bool answered = lookup->state == ANSWERED;
  pthread_mutex_unlock(&environment->lookups->mutex);
  if (!answered) return number(env, -EAGAIN);
  if (lookup->answer.out_of_memory) return number(env, -ENOMEM);
  return number(env, (int64_t)unload(&lookup->answer, bytes, bytes_length));
}

/* lookup_end(fd) → 0, or -EBADF if that is no lookup. Closes the descriptor, whether there is an answer or not. */
EXPORT(sys_lookup_end) {
  ARGUMENTS(1);
  INT(fd, 0);
  struct lookup *lookup = find(environment, fd);
  if (lookup == NULL) return number(env, -EBADF);
  forget(environment->lookups, (size_t)fd);
  close(fd);
  return number(env, 0);
}

void lookups_end(struct environment *environment) {
  struct lookups *lookups = environment->lookups;
  if (lookups == NULL) return;
  environment->lookups = NULL;
  pthread_mutex_lock(&lookups->mutex);
  lookups->ended = true;
  for (size_t fd = 0; fd < lookups->capacity; fd++) {
    struct lookup *lookup = lookups->by_descriptor[fd];
    if (lookup == NULL) continue;
    close(give_up(lookup));
    if (lookup->state == ANSWERED) free_lookup(lookup);
  }
  while (lookups->first != NULL) free_lookup(take_first(lookups));
  free(lookups->by_descriptor);
  pthread_cond_broadcast(&lookups->asked);
  leave(lookups);
}
