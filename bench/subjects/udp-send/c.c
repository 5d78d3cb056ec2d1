// The floors: senders as a careful C programmer writes them, with headers made once.
//
//   c sendto|sendmmsg|gso GATE DATA_PORT CONTROL_PORT SIZE BURST SEGMENTS BATCH
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MOST = 1024 };

static int fd;
static long size, burst, segments, batch;
static struct sockaddr_in to, control;
static char payload[65536];

_Noreturn static void die(const char *doing) {
  perror(doing);
  exit(1);
}

static struct sockaddr_in local(const char *port) {
  return (struct sockaddr_in){
      .sin_family = AF_INET,
      .sin_port = htons((uint16_t)atoi(port)),
      .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
  };
}

static void send_one_by_one(void) {
  for (long i = 0; i < burst; i++)
    if (sendto(fd, payload, (size_t)size, 0, (struct sockaddr *)&to, sizeof to) != size) die("sendto");
}

static void send_many(void) {
  static struct iovec piece;
  static struct mmsghdr headers[MOST];
  piece = (struct iovec){payload, (size_t)size};
  if (headers[0].msg_hdr.msg_iov == NULL) {
    for (int i = 0; i < MOST; i++)
      headers[i].msg_hdr = (struct msghdr){
          .msg_name = &to, .msg_namelen = sizeof to, .msg_iov = &piece, .msg_iovlen = 1};
  }
  for (long rest = burst; rest > 0;) {
    int sent = sendmmsg(fd, headers, (unsigned)(rest > batch ? batch : rest), 0);
    if (sent <= 0) die("sendmmsg");
    rest -= sent;
  }
}

static void send_to_be_cut(void) {
  union {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(uint16_t))];
  } segment = {.header = {.cmsg_level = IPPROTO_UDP, .cmsg_type = UDP_SEGMENT, .cmsg_len = CMSG_LEN(sizeof(uint16_t))}};
  uint16_t segment_size = (uint16_t)size;
  struct iovec piece = {payload, (size_t)(size * segments)};
  struct msghdr message = {
      .msg_name = &to,
      .msg_namelen = sizeof to,
      .msg_iov = &piece,
      .msg_iovlen = 1,
      .msg_control = segment.bytes,
      .msg_controllen = sizeof segment.bytes,
  };
  memcpy(CMSG_DATA(&segment.header), &segment_size, sizeof segment_size);
  for (long i = 0; i < burst; i += segments)
    if (sendmsg(fd, &message, 0) != size * segments) die("sendmsg");
}

int main(int argc, char **argv) {
  if (argc != 9) return 2;
  void (*send_burst)(void) = strcmp(argv[1], "gso") == 0        ? send_to_be_cut
                             : strcmp(argv[1], "sendmmsg") == 0 ? send_many
                                                                : send_one_by_one;
  to = local(argv[3]);
  control = local(argv[4]);
  size = atol(argv[5]);
  burst = atol(argv[6]);
  segments = atol(argv[7]);
  batch = atol(argv[8]);
  if (batch < 1 || batch > MOST) return 2;
  int gate = open(argv[2], O_RDONLY | O_CLOEXEC);
  fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (gate < 0 || fd < 0) die("set-up");
  for (char byte; read(gate, &byte, 1) == 1;) {
    send_burst();
    if (sendto(fd, ".", 1, 0, (struct sockaddr *)&control, sizeof control) != 1) die("sendto");
  }
  return 0;
}
