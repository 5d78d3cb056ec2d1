"""Receives one file into a folder, slowly: receive_file.py FOLDER [REFUSAL]"""
import hashlib
import json
import os
import socket
import sys

folder, *refusal = sys.argv[1:]
with socket.create_server(("127.0.0.1", 0)) as server:
    print("listening on %s:%d" % server.getsockname(), flush=True)
    connection, _ = server.accept()
with connection, connection.makefile("rb") as client:
    header = json.loads(client.readline())
    if refusal:
        connection.sendall(f"refused: {refusal[0]}\n".encode())
        sys.exit()
    connection.sendall(b"ready\n")
    data = client.read(header["size"])
    assert hashlib.sha256(data).hexdigest() == header["sha256"]
    with open(os.path.join(folder, header["name"]), "wb") as file:
        file.write(data)
    connection.sendall(f"saved {header['name']}, {len(data)} bytes\n".encode())
