"""CPython, blocking: recv_fds and send_fds."""

import os
import socket
import sys

server = socket.socket(socket.AF_UNIX)
server.bind(sys.argv[1])
server.listen()
print("PORT", sys.argv[1], flush=True)
while True:
    connection, _ = server.accept()
    with connection:
        while True:
            data, fds, _, _ = socket.recv_fds(connection, 1, 1)
            if not data:
                break
            socket.send_fds(connection, [data], fds)
            os.close(fds[0])
