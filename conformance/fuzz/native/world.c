/*
 * What stands before the C library: calls that would wait, ask a name server, or reach beyond the namespaces. They look at
 * their arguments as the C library would, so that AddressSanitizer sees them too.
 */
#include "world.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

void limit_world(void) {
  struct rlimit most = {512, 512};
  setrlimit(RLIMIT_NOFILE, &most);
  signal(SIGPIPE, SIG_IGN); /* as Node does */
}

/* ---- what could wait ---- */

int __real_fcntl(int fd, int command, ...);
int __wrap_fcntl(int fd, int command, ...);
int __wrap_fcntl(int fd, int command, ...) {
  va_list list;
  va_start(list, command);
  long argument = va_arg(list, long);
  va_end(list);
  if (command == F_SETFL && fd < first) { /* O_DIRECT would end what libFuzzer writes */
    errno = EBADF;
    return -1;
  }
  if (command == F_SETFL) argument |= O_NONBLOCK;
  return __real_fcntl(fd, command, argument);
}

int __real_poll(struct pollfd *fds, nfds_t count, int milliseconds);
int __wrap_poll(struct pollfd *fds, nfds_t count, int milliseconds);
int __wrap_poll(struct pollfd *fds, nfds_t count, int milliseconds) {
  (void)milliseconds;
  return __real_poll(fds, count, 0);
}

/* ---- what is not the addon's ---- */

int __real_close(int fd);
int __wrap_close(int fd);
int __wrap_close(int fd) {
  if (fd >= first) return __real_close(fd);
  errno = EBADF;
  return -1;
}

/* ---- what could reach outside: files, other processes ---- */

/* A path becomes an abstract name, which belongs to the network namespace. */
static void make_abstract(struct sockaddr *address, socklen_t length) {
  if (length < 3 || address->sa_family != AF_UNIX) return;
  ((struct sockaddr_un *)address)->sun_path[0] = 0;
}

int __real_bind(int fd, struct sockaddr *address, socklen_t length);
int __wrap_bind(int fd, struct sockaddr *address, socklen_t length);
int __wrap_bind(int fd, struct sockaddr *address, socklen_t length) {
  make_abstract(address, length);
  return __real_bind(fd, address, length);
}

int __real_connect(int fd, struct sockaddr *address, socklen_t length);
int __wrap_connect(int fd, struct sockaddr *address, socklen_t length);
int __wrap_connect(int fd, struct sockaddr *address, socklen_t length) {
  make_abstract(address, length);
  return __real_connect(fd, address, length);
}

int __wrap_prctl(int option, ...);
int __wrap_prctl(int option, ...) {
  (void)option;
  return 0;
}

int __wrap_sethostname(const char *name, size_t length);
int __wrap_sethostname(const char *name, size_t length) {
  char copy[65];
  if (length >= sizeof copy) {
    errno = EINVAL;
    return -1;
  }
  memcpy(copy, name, length);
  return 0;
}

/* ---- lookups: answers that are made of the question ---- */

static unsigned sum(const char *text) {
  unsigned result = 0;
  for (; text != NULL && *text != 0; text++) result = result * 31 + (uint8_t)*text;
  return result;
}

int __wrap_getaddrinfo(const char *host, const char *service, const struct addrinfo *hints, struct addrinfo **result);
int __wrap_getaddrinfo(const char *host, const char *service, const struct addrinfo *hints, struct addrinfo **result) {
  unsigned seed = sum(host) + sum(service) + (unsigned)hints->ai_flags;
  if (seed % 4 == 0) return -(int)(seed % 13);
  *result = NULL;
  for (unsigned i = 0; i < seed % 5; i++) {
    struct addrinfo *info = calloc(1, sizeof *info + sizeof(struct sockaddr_in6));
    info->ai_family = AF_INET6;
    info->ai_addr = (struct sockaddr *)(info + 1);
    info->ai_addrlen = sizeof(struct sockaddr_in6);
    if (i % 2) info->ai_canonname = strdup(host == NULL ? "" : host);
    info->ai_next = *result;
    *result = info;
  }
  return 0;
}

void __wrap_freeaddrinfo(struct addrinfo *info);
void __wrap_freeaddrinfo(struct addrinfo *info) {
  while (info != NULL) {
    struct addrinfo *next = info->ai_next;
    free(info->ai_canonname);
    free(info);
    info = next;
  }
}

int __wrap_getnameinfo(const struct sockaddr *address, socklen_t length, char *host, socklen_t host_length, char *service,
                       socklen_t service_length, int flags);
int __wrap_getnameinfo(const struct sockaddr *address, socklen_t length, char *host, socklen_t host_length, char *service,
                       socklen_t service_length, int flags) {
  if (length < sizeof(struct sockaddr_in)) return EAI_FAMILY;
  snprintf(host, host_length, "%d", address->sa_family);
  snprintf(service, service_length, "%d", flags);
  return 0;
}

/* A host with as many names as fit; ERANGE asks for more room. */
static int make_host(unsigned seed, struct hostent *host, char *room, size_t size, struct hostent **result, int *code) {
  *result = NULL;
  if (seed % 3 == 0) {
    *code = HOST_NOT_FOUND;
    return 0;
  }
  size_t names = seed % 200, needed = (names + 3) * sizeof(char *) + 16;
  if (size < needed) return ERANGE;
  char **list = (char **)(void *)room;
  char *address = room + (names + 3) * sizeof(char *);
  for (size_t i = 0; i < names; i++) list[i] = "alias";
  list[names] = NULL;
  list[names + 1] = address;
  list[names + 2] = NULL;
  memset(address, 1, 16);
  *host = (struct hostent){"name", list, AF_INET6, 16, list + names + 1};
  *result = host;
  return 0;
}

int __wrap_gethostbyname_r(const char *name, struct hostent *host, char *room, size_t size, struct hostent **result,
                           int *code);
int __wrap_gethostbyname_r(const char *name, struct hostent *host, char *room, size_t size, struct hostent **result,
                           int *code) {
  return make_host(sum(name), host, room, size, result, code);
}

int __wrap_gethostbyaddr_r(const void *address, socklen_t length, int type, struct hostent *host, char *room, size_t size,
                           struct hostent **result, int *code);
int __wrap_gethostbyaddr_r(const void *address, socklen_t length, int type, struct hostent *host, char *room, size_t size,
                           struct hostent **result, int *code) {
  unsigned seed = (unsigned)type;
  for (socklen_t i = 0; i < length; i++) seed = seed * 31 + ((const uint8_t *)address)[i];
  return make_host(seed, host, room, size, result, code);
}

/* ---- threads ---- */

static atomic_int threads;

struct work {
  void *(*function)(void *);
  void *argument;
};

static void *counted(void *argument) {
  struct work work = *(struct work *)argument;
  free(argument);
  void *result = work.function(work.argument);
  threads--;
  return result;
}

int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*function)(void *), void *argument);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*function)(void *), void *argument);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*function)(void *), void *argument) {
  struct work *work = malloc(sizeof *work);
  *work = (struct work){function, argument};
  threads++;
  int result = __real_pthread_create(thread, attributes, counted, work);
  if (result == 0) return 0;
  threads--;
  free(work);
  return result;
}

void wait_for_threads(void) {
  while (threads > 0) sched_yield();
}
