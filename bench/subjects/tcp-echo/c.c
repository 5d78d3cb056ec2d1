// The floor: an echo server over TCP.
#include "../echo.h"
#include "../tcp-listen.h"

int main(void) {
  raise_descriptor_limit();
  serve(tcp_listen(SOCK_NONBLOCK), 1);
}
