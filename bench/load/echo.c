// Load for an echo server: N connections, each sends S bytes, waits until the same S bytes are back, and
// begins again. Every line on stdin is a number of round trips to do; the answer is a line of JSON: wall clock,
// latency, and the server's own CPU clock (all its threads, user and system). Between two lines nothing is under way.
//
//   echo tcp|udp|unix-stream|unix-datagram|unix-seqpacket PORT_OR_PATH SERVER_PID SIZE CONNECTIONS
#include "client.h"
#include <fcntl.h>
#include <sys/epoll.h>

enum { PATTERN_PERIOD = 251 };

struct connection {
  int fd;
  uint32_t round;
  size_t sent, received;
  uint64_t started;
};

struct load {
  int epoll;
  size_t size;
  char *pattern, *scratch;
  clockid_t server_clock;
  struct connection *connections;
  uint64_t count;
};

// One line's work.
struct stretch {
  uint64_t operations, begun, done, wall, cpu;
  uint32_t *latencies;
};

// Each connection and each round sends another stretch of the pattern, so a byte that is late or strays is seen.
static const char *payload(const struct load *load, const struct connection *c) {
  return load->pattern + ((size_t)c->fd * 31 + c->round) % PATTERN_PERIOD;
}

static char *make_pattern(size_t length) {
  char *pattern = malloc(length);
  if (!pattern) give_up("malloc");
  uint32_t x = 2463534242u;
  for (size_t i = 0; i < length; i++) {
    x ^= x << 13, x ^= x >> 17, x ^= x << 5;
    pattern[i] = (char)(x >> 8);
  }
  return pattern;
}

static void push(const struct load *load, struct connection *c) {
  while (c->sent < load->size) {
    ssize_t n = send(c->fd, payload(load, c) + c->sent, load->size - c->sent, MSG_NOSIGNAL);
    if (n < 0 && errno == EAGAIN) return;
    if (n < 0) give_up("send");
    c->sent += (size_t)n;
  }
}

// Returns whether the whole answer is here.
static int pull(const struct load *load, struct connection *c) {
  while (c->received < load->size) {
    ssize_t n = recv(c->fd, load->scratch, load->size - c->received, 0);
    if (n < 0 && errno == EAGAIN) return 0;
    if (n < 0) give_up("recv");
    errno = 0;
    if (n == 0) give_up("the server closed a connection; the echo");
    if (memcmp(load->scratch, payload(load, c) + c->received, (size_t)n) != 0) give_up("comparing the echo");
    c->received += (size_t)n;
  }
  return 1;
}

static void begin(const struct load *load, struct stretch *stretch, struct connection *c) {
  if (stretch->begun == stretch->operations) return;
  stretch->begun++;
  c->round++;
  c->sent = c->received = 0;
  c->started = nanoseconds(CLOCK_MONOTONIC);
  push(load, c);
}

static void advance(const struct load *load, struct stretch *stretch, struct connection *c) {
  push(load, c);
  if (c->received == load->size || !pull(load, c)) return;
  stretch->latencies[stretch->done++] = (uint32_t)(nanoseconds(CLOCK_MONOTONIC) - c->started);
  begin(load, stretch, c);
}

static void run(const struct load *load, struct stretch *stretch) {
  struct epoll_event events[256];
  stretch->cpu = nanoseconds(load->server_clock);
  stretch->wall = nanoseconds(CLOCK_MONOTONIC);
  for (uint64_t i = 0; i < load->count; i++) begin(load, stretch, &load->connections[i]);
  while (stretch->done < stretch->operations) {
    int ready = epoll_wait(load->epoll, events, 256, -1);
    if (ready < 0 && errno != EINTR) give_up("epoll_wait");
    for (int i = 0; i < ready; i++) advance(load, stretch, events[i].data.ptr);
  }
  stretch->wall = nanoseconds(CLOCK_MONOTONIC) - stretch->wall;
  stretch->cpu = nanoseconds(load->server_clock) - stretch->cpu;
}

static int ascending(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return (x > y) - (x < y);
}

static double quantile(const struct stretch *stretch, double q) {
  return stretch->latencies[(uint64_t)((double)(stretch->operations - 1) * q)] / 1e3;
}

static void report(const struct stretch *stretch) {
  qsort(stretch->latencies, stretch->operations, sizeof *stretch->latencies, ascending);
  printf("{\"operations\":%lu,\"seconds\":%.6f,\"cpuSeconds\":%.6f,\"p50\":%.2f,\"p99\":%.2f,\"p999\":%.2f}\n",
         stretch->operations, (double)stretch->wall / 1e9, (double)stretch->cpu / 1e9,
         quantile(stretch, 0.5), quantile(stretch, 0.99), quantile(stretch, 0.999));
  fflush(stdout);
}

static void open_connection(const struct load *load, const char *transport, const char *to, struct connection *c) {
  int type = strcmp(transport, "udp") == 0 || strcmp(transport, "unix-datagram") == 0 ? SOCK_DGRAM
             : strcmp(transport, "unix-seqpacket") == 0                                ? SOCK_SEQPACKET
                                                                                      : SOCK_STREAM;
  c->fd = strncmp(transport, "unix", 4) == 0 ? connect_to_path(to, type) : connect_to(atol(to), type);
  c->sent = c->received = load->size;
  if (fcntl(c->fd, F_SETFL, O_NONBLOCK) < 0) give_up("fcntl");
  struct epoll_event interest = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = c};
  if (epoll_ctl(load->epoll, EPOLL_CTL_ADD, c->fd, &interest) < 0) give_up("epoll_ctl");
}

static struct load prepare(char **argv) {
  long pid = argument(argv, 3, "server's pid");
  struct load load = {.size = (size_t)argument(argv, 4, "size")};
  load.count = (uint64_t)argument(argv, 5, "number of connections");
  load.server_clock = clock_of(pid);
  raise_descriptor_limit();
  load.pattern = make_pattern(load.size + PATTERN_PERIOD);
  load.scratch = malloc(load.size);
  load.connections = calloc(load.count, sizeof *load.connections);
  load.epoll = epoll_create1(EPOLL_CLOEXEC);
  if (!load.scratch || !load.connections || load.epoll < 0) give_up("set-up");
  for (uint64_t i = 0; i < load.count; i++) open_connection(&load, argv[1], argv[2], &load.connections[i]);
  return load;
}

int main(int argc, char **argv) {
  if (argc != 6) return 2;
  struct load load = prepare(argv);
  struct stretch stretch = {0};
  while (scanf("%lu", &stretch.operations) == 1 && stretch.operations > 0) {
    stretch.begun = stretch.done = 0;
    stretch.latencies = realloc(stretch.latencies, stretch.operations * sizeof *stretch.latencies);
    if (!stretch.latencies) give_up("realloc");
    run(&load, &stretch);
    report(&stretch);
  }
  return 0;
}
