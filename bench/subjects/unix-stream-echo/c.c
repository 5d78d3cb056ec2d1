// The floor: an echo server over Unix stream sockets.
#include "../echo.h"
#include "../unix-listen.h"

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  serve(unix_listen(argv[1], SOCK_STREAM | SOCK_NONBLOCK), 0);
}
