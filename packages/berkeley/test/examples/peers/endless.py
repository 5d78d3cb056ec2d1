"""Sends one byte for ever to who connects: endless.py"""
import socket

with socket.create_server(("127.0.0.1", 0)) as server:
    print("listening on %s:%d" % server.getsockname(), flush=True)
    connection, _ = server.accept()
    try:
        while True:
            connection.sendall(b"9" * 65536)
    except OSError:
        pass
