// The floors: receivers as a careful C programmer writes them. One thread, epoll; recvmmsg into memory made once, or
// recvfrom, until there is no more.
//
//   c recvmmsg|recvfrom GATE gro|plain BATCH
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MOST = 1024, LARGEST = 65535, CONTROL = 64 };

static int fd, gate;
static uint64_t datagrams, bytes;

_Noreturn static void die(const char *doing) {
  perror(doing);
  exit(1);
}

static void wait_at_gate(void) {
  char byte;
  if (read(gate, &byte, 1) != 1) exit(0);
}

static void answer(const struct sockaddr_in *to) {
  char text[64];
  int length = snprintf(text, sizeof text, "%lu %lu", datagrams, bytes);
  if (sendto(fd, text, (size_t)length, 0, (const struct sockaddr *)to, sizeof *to) < 0) die("sendto");
  datagrams = bytes = 0;
  wait_at_gate();
}

static void count(size_t length, size_t segment_size, const struct sockaddr_in *from) {
  if (length == 1) return answer(from);
  datagrams += segment_size > 0 ? (length + segment_size - 1) / segment_size : 1;
  bytes += length;
}

static struct {
  unsigned size;
  struct mmsghdr headers[MOST];
  struct iovec pieces[MOST];
  struct sockaddr_in names[MOST];
  uint8_t control[MOST][CONTROL];
  uint8_t *memory;
  size_t bufsize;
  int gro;
} batch;

static void prepare(unsigned i) {
  struct msghdr *message = &batch.headers[i].msg_hdr;
  batch.pieces[i] = (struct iovec){batch.memory + (size_t)i * batch.bufsize, batch.bufsize};
  message->msg_name = &batch.names[i];
  message->msg_namelen = sizeof batch.names[i];
  message->msg_iov = &batch.pieces[i];
  message->msg_iovlen = 1;
  message->msg_control = batch.gro ? batch.control[i] : NULL;
  message->msg_controllen = batch.gro ? CONTROL : 0;
}

static size_t segment_size_of(struct msghdr *message) {
  for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c)) {
    int size;
    if (c->cmsg_level != IPPROTO_UDP || c->cmsg_type != UDP_GRO) continue;
    memcpy(&size, CMSG_DATA(c), sizeof size);
    return (size_t)size;
  }
  return 0;
}

// Whether there may be more.
static int receive_many(void) {
  int received = recvmmsg(fd, batch.headers, batch.size, MSG_DONTWAIT, NULL);
  if (received < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
  if (received < 0) die("recvmmsg");
  for (unsigned i = 0; i < (unsigned)received; i++) {
    count(batch.headers[i].msg_len, segment_size_of(&batch.headers[i].msg_hdr), &batch.names[i]);
    prepare(i);
  }
  return (unsigned)received == batch.size;
}

static int receive_one(void) {
  struct sockaddr_in from;
  socklen_t from_length = sizeof from;
  ssize_t length = recvfrom(fd, batch.memory, batch.bufsize, MSG_DONTWAIT, (struct sockaddr *)&from, &from_length);
  if (length < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
  if (length < 0) die("recvfrom");
  count((size_t)length, 0, &from);
  return 1;
}

static void open_socket(void) {
  struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof name;
  int room = 32 << 20;
  if ((fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) < 0) die("socket");
  if (setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room) < 0) die("SO_RCVBUF");
  if (batch.gro && setsockopt(fd, IPPROTO_UDP, UDP_GRO, &batch.gro, sizeof batch.gro) < 0) die("UDP_GRO");
  if (bind(fd, (struct sockaddr *)&name, sizeof name) < 0) die("bind");
  if (getsockname(fd, (struct sockaddr *)&name, &length) < 0) die("getsockname");
  printf("PORT %d\n", ntohs(name.sin_port));
  fflush(stdout);
}

int main(int argc, char **argv) {
  if (argc != 5) return 2;
  int (*receive)(void) = strcmp(argv[1], "recvfrom") == 0 ? receive_one : receive_many;
  batch.gro = strcmp(argv[3], "gro") == 0;
  batch.size = (unsigned)atoi(argv[4]);
  if (batch.size < 1 || batch.size > MOST) return 2;
  batch.bufsize = batch.gro ? LARGEST : 2048;
  if (!(batch.memory = malloc((size_t)batch.size * batch.bufsize))) die("malloc");
  for (unsigned i = 0; i < batch.size; i++) prepare(i);
  open_socket();
  if ((gate = open(argv[2], O_RDONLY | O_CLOEXEC)) < 0) die("the gate");
  wait_at_gate();
  int epoll = epoll_create1(EPOLL_CLOEXEC);
  struct epoll_event event = {.events = EPOLLIN};
  if (epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0) die("epoll");
  for (;;) {
    if (epoll_wait(epoll, &event, 1, -1) < 0 && errno != EINTR) die("epoll_wait");
    while (receive()) continue;
  }
}
