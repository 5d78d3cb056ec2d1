"""CPython, blocking: sendall, 64 KiB at a time."""

import socket
import sys

block = open(sys.argv[1], "rb").read(65536)
blocks = int(sys.argv[2])
server = socket.create_server(("127.0.0.1", 0))
print("PORT", server.getsockname()[1], flush=True)
while True:
    connection, _ = server.accept()
    with connection:
        for _ in range(blocks):
            connection.sendall(block)
