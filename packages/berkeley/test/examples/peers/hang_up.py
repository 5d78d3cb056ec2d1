"""Takes one connection, and closes it when something has come: hang_up.py"""
import socket

with socket.create_server(("127.0.0.1", 0)) as server:
    print("listening on %s:%d" % server.getsockname(), flush=True)
    connection, _ = server.accept()
    connection.recv(1024)
    connection.close()
