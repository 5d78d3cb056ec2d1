// Holds connections to an echo server. Each has been answered once, so the server is known to wait for more on it.
// Every line on stdin is a number of connections to open further; the answer is "HELD total". Ends with stdin.
//
//   tcp-idle PORT
#include "client.h"

static void open_served_connection(long port) {
  int fd = connect_to(port, SOCK_STREAM);
  char byte = 'x';
  if (send(fd, &byte, 1, MSG_NOSIGNAL) != 1) give_up("send");
  errno = 0;
  if (recv(fd, &byte, 1, 0) != 1 || byte != 'x') give_up("waiting for the echo");
}

int main(int argc, char **argv) {
  (void)argc;
  long port = argument(argv, 1, "port"), total = 0, more;
  raise_descriptor_limit();
  while (scanf("%ld", &more) == 1) {
    for (long i = 0; i < more; i++) open_served_connection(port);
    printf("HELD %ld\n", total += more);
    fflush(stdout);
  }
  return 0;
}
