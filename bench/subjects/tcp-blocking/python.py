"""CPython, blocking: one connection after the other."""

import socket

server = socket.create_server(("127.0.0.1", 0))
print("PORT", server.getsockname()[1], flush=True)
while True:
    connection, _ = server.accept()
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with connection:
        while data := connection.recv(65536):
            connection.sendall(data)
