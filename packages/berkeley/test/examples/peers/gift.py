"""Passing an open file to another process: gift.py give PATH FILE | gift.py take PATH"""
import os
import socket
import sys

command, path, *names = sys.argv[1:]
with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as sock:
    if command == "give":
        sock.bind(path)
        sock.listen()
        print(f"listening on {path}", flush=True)
        connection, _ = sock.accept()
        with connection, open(names[0], "rb") as file:
            socket.send_fds(connection, [names[0].encode()], [file.fileno()])
    else:
        sock.connect(path)
        name, fds, _, _ = socket.recv_fds(sock, 4096, 1)
        with os.fdopen(fds[0]) as file:
            print(f"{name.decode()}: {file.read()}", end="")
