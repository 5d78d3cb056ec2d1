"""CPython, blocking: sendfile."""

import socket
import sys

server = socket.create_server(("127.0.0.1", 0))
print("PORT", server.getsockname()[1], flush=True)
while True:
    connection, _ = server.accept()
    with connection, open(sys.argv[1], "rb") as file:
        connection.sendfile(file)
