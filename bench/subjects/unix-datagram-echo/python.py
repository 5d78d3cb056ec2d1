"""CPython, blocking: an echo server for Unix datagrams."""

import socket
import sys

server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
server.bind(sys.argv[1])
print("PORT", sys.argv[1], flush=True)
while True:
    data, address = server.recvfrom(65536)
    server.sendto(data, address)
