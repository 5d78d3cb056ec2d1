// Load for a server of lines: V visitors at a time, each of whom connects, sends a line, waits until the answer is back, and
// the next, L lines in all; then it has said all it wants, and waits for the server's end of the connection. Every line on
// stdin is a number of visits to do; the answer is a line of JSON: wall clock, latency of a line (of the first: with the
// connection), and the server's CPU time, of all its threads and of the processes that it has started.
//
//   visits echo|any PORT SERVER_PID VISITORS LINES TEXT
//
// With `echo` the answer must be the line itself, otherwise it may be any line. `%` in TEXT becomes the visit's number.
#include "client.h"
#include "tree.h"
#include <fcntl.h>
#include <sys/epoll.h>

enum { LONGEST = 4096 };

struct visitor {
  int fd, said;
  size_t length, received;
  uint64_t started;
  char line[LONGEST], answer[LONGEST];
};

struct load {
  int epoll, echoes;
  long port, pid, visitors, lines;
  const char *text;
  struct visitor *each;
  uint64_t number;
};

// One line's work.
struct stretch {
  uint64_t visits, begun, done, heard, wall, cpu;
  uint32_t *latencies;
};

static void say(struct load *load, struct visitor *v) {
  v->received = 0;
  if (send(v->fd, v->line, v->length, MSG_NOSIGNAL) != (ssize_t)v->length) give_up("send");
  v->said++;
  (void)load;
}

static size_t write_line(const struct load *load, char *line) {
  size_t length = 0;
  for (const char *c = load->text; *c && length < LONGEST - 32; c++) {
    if (*c == '%') length += (size_t)snprintf(line + length, 24, "%lu", load->number);
    else line[length++] = *c;
  }
  line[length++] = '\n';
  return length;
}

static void begin(struct load *load, struct stretch *stretch, struct visitor *v) {
  v->fd = -1;
  if (stretch->begun == stretch->visits) return;
  stretch->begun++;
  load->number++;
  v->said = 0;
  v->length = write_line(load, v->line);
  v->started = nanoseconds(CLOCK_MONOTONIC);
  v->fd = connect_to(load->port, SOCK_STREAM);
  if (fcntl(v->fd, F_SETFL, O_NONBLOCK) < 0) give_up("fcntl");
  struct epoll_event interest = {.events = EPOLLIN, .data.ptr = v};
  if (epoll_ctl(load->epoll, EPOLL_CTL_ADD, v->fd, &interest) < 0) give_up("epoll_ctl");
  say(load, v);
}

static void leave(struct load *load, struct stretch *stretch, struct visitor *v) {
  close(v->fd);
  stretch->done++;
  begin(load, stretch, v);
}

static void answered(struct load *load, struct stretch *stretch, struct visitor *v) {
  errno = 0;
  if (load->echoes && (v->received != v->length || memcmp(v->line, v->answer, v->length) != 0))
    give_up("comparing the answer");
  uint64_t now = nanoseconds(CLOCK_MONOTONIC);
  stretch->latencies[stretch->heard++] = (uint32_t)(now - v->started);
  v->started = now;
  if (v->said < load->lines) say(load, v);
  else if (shutdown(v->fd, SHUT_WR) < 0) give_up("shutdown");
}

static void hear(struct load *load, struct stretch *stretch, struct visitor *v) {
  ssize_t n = recv(v->fd, v->answer + v->received, LONGEST - v->received, 0);
  if (n < 0 && errno == EAGAIN) return;
  if (n < 0) give_up("recv");
  if (n == 0) {
    errno = 0;
    if (v->said < load->lines || v->received == 0 || v->answer[v->received - 1] != '\n')
      give_up("the server closed a connection; the answer");
    leave(load, stretch, v);
    return;
  }
  v->received += (size_t)n;
  if (v->answer[v->received - 1] == '\n') answered(load, stretch, v);
}

static void run(struct load *load, struct stretch *stretch) {
  struct epoll_event events[256];
  stretch->cpu = tree_cpu(load->pid);
  stretch->wall = nanoseconds(CLOCK_MONOTONIC);
  for (long i = 0; i < load->visitors; i++) begin(load, stretch, &load->each[i]);
  while (stretch->done < stretch->visits) {
    int ready = epoll_wait(load->epoll, events, 256, -1);
    if (ready < 0 && errno != EINTR) give_up("epoll_wait");
    for (int i = 0; i < ready; i++) hear(load, stretch, events[i].data.ptr);
  }
  stretch->wall = nanoseconds(CLOCK_MONOTONIC) - stretch->wall;
  stretch->cpu = tree_cpu(load->pid) - stretch->cpu;
}

static int ascending(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return (x > y) - (x < y);
}

static double quantile(const struct stretch *stretch, double q) {
  return stretch->latencies[(uint64_t)((double)(stretch->heard - 1) * q)] / 1e3;
}

static void report(struct stretch *stretch) {
  qsort(stretch->latencies, stretch->heard, sizeof *stretch->latencies, ascending);
  printf("{\"visits\":%lu,\"lines\":%lu,\"seconds\":%.6f,\"cpuSeconds\":%.6f,\"p50\":%.2f,\"p99\":%.2f}\n",
         stretch->visits, stretch->heard, (double)stretch->wall / 1e9, (double)stretch->cpu / 1e9,
         quantile(stretch, 0.5), quantile(stretch, 0.99));
  fflush(stdout);
}

int main(int argc, char **argv) {
  struct load load = {.echoes = argc > 1 && strcmp(argv[1], "echo") == 0};
  load.port = argument(argv, 2, "port");
  load.pid = argument(argv, 3, "server's pid");
  load.visitors = argument(argv, 4, "number of visitors");
  load.lines = argument(argv, 5, "number of lines");
  load.text = argc > 6 ? argv[6] : "";
  raise_descriptor_limit();
  load.each = calloc((size_t)load.visitors, sizeof *load.each);
  load.epoll = epoll_create1(EPOLL_CLOEXEC);
  if (!load.each || load.epoll < 0) give_up("set-up");
  struct stretch stretch = {0};
  while (scanf("%lu", &stretch.visits) == 1 && stretch.visits > 0) {
    stretch.begun = stretch.done = stretch.heard = 0;
    size_t most = stretch.visits * (size_t)load.lines;
    stretch.latencies = realloc(stretch.latencies, most * sizeof *stretch.latencies);
    if (!stretch.latencies) give_up("realloc");
    run(&load, &stretch);
    report(&stretch);
  }
  return 0;
}
