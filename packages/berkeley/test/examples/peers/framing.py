"""Messages over TCP: framing.py length|line serve | framing.py length|line send PORT MESSAGE...

Sends slowly, each byte on its own, so that nothing comes in one piece. What is served is sent back.
"""
import socket
import struct
import sys


class Length:
    def __init__(self, connection):
        self.file = connection.makefile("rb")

    def read(self):
        header = self.file.read(4)
        return self.file.read(struct.unpack(">I", header)[0]) if header else None

    def framed(self, message):
        return struct.pack(">I", len(message)) + message


class Line:
    def __init__(self, connection):
        self.file = connection.makefile("rb")

    def read(self):
        line = self.file.readline()
        return line.removesuffix(b"\n") if line else None

    def framed(self, message):
        return message + b"\n"


def send_slowly(connection, data):
    for i in range(len(data)):
        connection.send(data[i : i + 1])


kind, command, *rest = sys.argv[1:]
framing = {"length": Length, "line": Line}[kind]
if command == "serve":
    with socket.create_server(("127.0.0.1", 0)) as server:
        print("listening on %s:%d" % server.getsockname(), flush=True)
        connection, _ = server.accept()
        with connection:
            messages = framing(connection)
            while (message := messages.read()) is not None:
                send_slowly(connection, messages.framed(message))
else:
    port, *texts = rest
    with socket.create_connection(("127.0.0.1", int(port))) as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
        messages = framing(client)
        for text in texts:
            send_slowly(client, messages.framed(text.encode()))
            print(messages.read().decode())
        # All at once, as one piece.
        client.sendall(b"".join(messages.framed(text.encode()) for text in texts))
        for text in texts:
            print(messages.read().decode())
