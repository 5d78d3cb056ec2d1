"""CPython with selectors: an echo server over Unix sockets for packets."""

import selectors
import socket
import sys

selector = selectors.DefaultSelector()


def serve(connection):
    data = connection.recv(65536)
    if data:
        connection.send(data)
    else:
        selector.unregister(connection)
        connection.close()


def accept(listener):
    connection, _ = listener.accept()
    connection.setblocking(False)
    selector.register(connection, selectors.EVENT_READ, serve)


server = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
server.bind(sys.argv[1])
server.listen(4096)
selector.register(server, selectors.EVENT_READ, accept)
print("PORT", sys.argv[1], flush=True)
while True:
    for key, _ in selector.select():
        key.data(key.fileobj)
