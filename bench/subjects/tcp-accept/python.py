"""CPython, blocking: accept, one request, its answer, close; one after the other."""

import socket

server = socket.create_server(("127.0.0.1", 0), backlog=4096)
print("PORT", server.getsockname()[1], flush=True)
while True:
    connection, _ = server.accept()
    with connection:
        connection.sendall(connection.recv(65536))
