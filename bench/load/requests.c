// Load for a server that answers one request on each connection and closes it: N connections at a time, each is opened, sends
// S bytes, takes the same S bytes and the end of the stream, and is followed by the next. Every line on stdin is a number
// of connections; the answer is a line of JSON: wall clock, and the server's own CPU clock (all its threads, user and
// system).
//
//   requests PORT SERVER_PID SIZE AT_ONCE
#include "client.h"
#include <sys/epoll.h>

struct request {
  int fd, asked;
  size_t received;
};

static struct sockaddr_in to = {.sin_family = AF_INET};
static int epoll;
static size_t size;
static char *payload, *scratch;

static void begin(struct request *r) {
  r->asked = 0;
  r->received = 0;
  r->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (r->fd < 0) give_up("socket");
  struct epoll_event interest = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = r};
  if (connect(r->fd, (struct sockaddr *)&to, sizeof to) < 0 && errno != EINPROGRESS) give_up("connect");
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, r->fd, &interest) < 0) give_up("epoll_ctl");
}

// Whether it is over.
static int advance(struct request *r, uint32_t events) {
  if (!r->asked && events & EPOLLOUT) {
    if (send(r->fd, payload, size, MSG_NOSIGNAL) != (ssize_t)size) give_up("send");
    r->asked = 1;
  }
  if (!r->asked) return 0;
  for (;;) {
    ssize_t n = recv(r->fd, scratch, size + 1, 0);
    if (n < 0 && errno == EAGAIN) return 0;
    if (n < 0) give_up("recv");
    if (n == 0) break;
    errno = 0;
    if (r->received + (size_t)n > size || memcmp(scratch, payload + r->received, (size_t)n) != 0)
      give_up("comparing the answer");
    r->received += (size_t)n;
  }
  errno = 0;
  if (r->received != size) give_up("waiting for all of the answer");
  close(r->fd);
  return 1;
}

static void run(struct request *requests, uint64_t at_once, uint64_t count) {
  struct epoll_event events[64];
  uint64_t begun = 0, done = 0;
  for (; begun < at_once && begun < count; begun++) begin(&requests[begun]);
  while (done < count) {
    int ready = epoll_wait(epoll, events, 64, -1);
    if (ready < 0 && errno != EINTR) give_up("epoll_wait");
    for (int i = 0; i < ready; i++) {
      if (!advance(events[i].data.ptr, events[i].events)) continue;
      done++;
      if (begun < count) begun++, begin(events[i].data.ptr);
    }
  }
}

int main(int argc, char **argv) {
  if (argc != 5) return 2;
  to.sin_port = htons((uint16_t)argument(argv, 1, "port"));
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  clockid_t clock = clock_of(argument(argv, 2, "server's pid"));
  size = (size_t)argument(argv, 3, "size");
  uint64_t at_once = (uint64_t)argument(argv, 4, "number of connections at a time"), count;
  struct request *requests = calloc(at_once, sizeof *requests);
  payload = malloc(size);
  scratch = malloc(size + 1);
  if (!requests || !payload || !scratch || (epoll = epoll_create1(EPOLL_CLOEXEC)) < 0) give_up("set-up");
  for (size_t i = 0; i < size; i++) payload[i] = (char)(i * 7 + 1);
  while (scanf("%lu", &count) == 1) {
    uint64_t cpu = nanoseconds(clock), wall = nanoseconds(CLOCK_MONOTONIC);
    run(requests, at_once, count);
    wall = nanoseconds(CLOCK_MONOTONIC) - wall;
    cpu = nanoseconds(clock) - cpu;
    printf("{\"operations\":%lu,\"seconds\":%.6f,\"cpuSeconds\":%.6f}\n", count, (double)wall / 1e9, (double)cpu / 1e9);
    fflush(stdout);
  }
  return 0;
}
