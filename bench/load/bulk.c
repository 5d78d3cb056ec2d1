// Load for what moves many bytes. Says "SINK n" first: the port that a proxy must connect to. Every line on stdin is one
// transfer; the answer is a line of JSON: how much came, wall clock, and the server's own CPU clock (all its threads, user
// and system).
//
//   file      the server sends the whole file
//   proxy     the file is sent to the server and comes out behind it
//   blocks    the server sends the file's first 64 KiB, again and again, as much together as the file has
//   count     the server is sent the same, and answers how many bytes came
//
// Every byte that comes here is compared with what it must be.
//
//   bulk FILE            then on stdin: PORT SERVER_PID, then the transfers
#include "client.h"
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/wait.h>

enum { PIECE = 256 * 1024, BLOCK = 64 * 1024 };

struct file {
  int fd;
  size_t size;
  const char *content;
};

static struct file open_file(const char *path) {
  struct file file = {.fd = open(path, O_RDONLY | O_CLOEXEC)};
  struct stat status;
  if (file.fd < 0 || fstat(file.fd, &status) < 0) give_up(path);
  file.size = (size_t)status.st_size;
  file.content = mmap(NULL, file.size, PROT_READ, MAP_SHARED | MAP_POPULATE, file.fd, 0);
  if (file.content == MAP_FAILED) give_up("mmap");
  return file;
}

static int open_sink(void) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || bind(fd, (struct sockaddr *)&address, length) < 0 || listen(fd, 16) < 0) give_up("listen");
  if (getsockname(fd, (struct sockaddr *)&address, &length) < 0) give_up("getsockname");
  printf("SINK %d\n", ntohs(address.sin_port));
  fflush(stdout);
  return fd;
}

static size_t receive_and_compare(const struct file *file, int fd) {
  static char piece[PIECE];
  size_t received = 0;
  for (;;) {
    ssize_t n = recv(fd, piece, sizeof piece, 0);
    if (n < 0) give_up("recv");
    if (n == 0) return received;
    errno = 0;
    if (received + (size_t)n > file->size || memcmp(piece, file->content + received, (size_t)n) != 0)
      give_up("comparing what came");
    received += (size_t)n;
  }
}

// In a process of its own: while it sends, what comes out behind the proxy is received.
static pid_t send_in_child(const struct file *file, int fd) {
  pid_t child = fork();
  if (child < 0) give_up("fork");
  if (child > 0) return child;
  off_t position = 0;
  while ((size_t)position < file->size)
    if (sendfile(fd, file->fd, &position, file->size - (size_t)position) <= 0) give_up("sendfile");
  _exit(0);
}

static size_t through_proxy(const struct file *file, long port, int sink) {
  int front = connect_to(port, SOCK_STREAM);
  int back = accept(sink, NULL, NULL);
  if (back < 0) give_up("accept");
  pid_t child = send_in_child(file, front);
  close(front); // The child's end is the last: it ends the stream.
  size_t received = receive_and_compare(file, back);
  int status;
  if (waitpid(child, &status, 0) < 0 || status != 0) give_up("the sender");
  close(back);
  return received;
}

static size_t receive_blocks(const struct file *file, long port) {
  static char piece[BLOCK];
  int fd = connect_to(port, SOCK_STREAM);
  size_t received = 0;
  for (;;) {
    size_t within = received % BLOCK;
    ssize_t n = recv(fd, piece, BLOCK - within, 0);
    if (n < 0) give_up("recv");
    if (n == 0) break;
    errno = 0;
    if (memcmp(piece, file->content + within, (size_t)n) != 0) give_up("comparing what came");
    received += (size_t)n;
  }
  close(fd);
  return received;
}

static size_t send_to_be_counted(const struct file *file, long port) {
  char text[32] = "";
  int fd = connect_to(port, SOCK_STREAM);
  for (size_t sent = 0; sent < file->size;) {
    ssize_t n = send(fd, file->content + sent % BLOCK, BLOCK - sent % BLOCK, MSG_NOSIGNAL);
    if (n < 0) give_up("send");
    sent += (size_t)n;
  }
  if (shutdown(fd, SHUT_WR) < 0) give_up("shutdown");
  if (recv(fd, text, sizeof text - 1, MSG_WAITALL) < 0) give_up("waiting for the count");
  close(fd);
  return strtoul(text, NULL, 10);
}

static size_t from_server(const struct file *file, long port) {
  int fd = connect_to(port, SOCK_STREAM);
  size_t received = receive_and_compare(file, fd);
  close(fd);
  return received;
}

static size_t transfer(const char *kind, const struct file *file, long port, int sink) {
  if (strcmp(kind, "proxy") == 0) return through_proxy(file, port, sink);
  if (strcmp(kind, "blocks") == 0) return receive_blocks(file, port);
  if (strcmp(kind, "count") == 0) return send_to_be_counted(file, port);
  return from_server(file, port);
}

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  struct file file = open_file(argv[1]);
  int sink = open_sink();
  long port, pid;
  char kind[8];
  clockid_t clock;
  if (scanf("%ld %ld", &port, &pid) != 2 || (errno = clock_getcpuclockid((pid_t)pid, &clock)) != 0) give_up("server");
  while (scanf("%7s", kind) == 1) {
    uint64_t cpu = nanoseconds(clock), wall = nanoseconds(CLOCK_MONOTONIC);
    size_t bytes = transfer(kind, &file, port, sink);
    wall = nanoseconds(CLOCK_MONOTONIC) - wall;
    cpu = nanoseconds(clock) - cpu;
    if (bytes != file.size) give_up("receiving all of it");
    printf("{\"bytes\":%zu,\"seconds\":%.6f,\"cpuSeconds\":%.6f}\n", bytes, (double)wall / 1e9, (double)cpu / 1e9);
    fflush(stdout);
  }
  return 0;
}
