"""The two sides of a proxy: proxied.py serve | proxied.py ask PORT

The client sends many bytes and stops; only then does the server answer, with their digest and many others.
"""
import hashlib
import os
import socket
import sys

ANSWER = bytes(range(256)) * 100_000

if sys.argv[1] == "serve":
    with socket.create_server(("127.0.0.1", 0)) as server:
        print("listening on %s:%d" % server.getsockname(), flush=True)
        connection, _ = server.accept()
    with connection:
        digest = hashlib.sha256()
        while data := connection.recv(65536):
            digest.update(data)
        connection.sendall(digest.digest() + ANSWER)
else:
    data = os.urandom(30_000_000)
    with socket.create_connection(("127.0.0.1", int(sys.argv[2]))) as client:
        client.sendall(data)
        client.shutdown(socket.SHUT_WR)
        with client.makefile("rb") as file:
            answer = file.read()
    assert answer[:32] == hashlib.sha256(data).digest()
    assert answer[32:] == ANSWER
    print("all right")
