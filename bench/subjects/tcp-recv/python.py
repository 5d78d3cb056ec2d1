"""CPython, blocking: recv to the end of the stream, then the number of bytes."""

import socket

server = socket.create_server(("127.0.0.1", 0))
print("PORT", server.getsockname()[1], flush=True)
while True:
    connection, _ = server.accept()
    with connection:
        received = 0
        while data := connection.recv(65536):
            received += len(data)
        connection.sendall(str(received).encode())
