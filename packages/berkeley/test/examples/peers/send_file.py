"""Sends a file, or what is said of one: send_file.py PORT FILE [HEADER]

With a header (JSON) it is sent instead of the right one. The answers are printed.
"""
import hashlib
import json
import os
import socket
import sys

port, path, *given = sys.argv[1:]
with open(path, "rb") as file:
    data = file.read()
right = {"name": os.path.basename(path), "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
header = given[0] if given else json.dumps(right)
with socket.create_connection(("127.0.0.1", int(port))) as client:
    answers = client.makefile("r", encoding="utf-8")
    client.sendall(header.encode() + b"\n")
    answer = answers.readline()
    print(answer, end="")
    if answer == "ready\n":
        client.sendall(data)
        client.shutdown(socket.SHUT_WR)
        print(answers.readline(), end="")
