"""CPython, blocking: an echo server for datagrams."""

import socket

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 0))
print("PORT", server.getsockname()[1], flush=True)
while True:
    data, address = server.recvfrom(65536)
    server.sendto(data, address)
