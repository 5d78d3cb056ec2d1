"""Sends bytes, says that it has no more, and prints the answer: answer_to.py PORT HEX"""
import socket
import sys

with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as client:
    client.sendall(bytes.fromhex(sys.argv[2]))
    client.shutdown(socket.SHUT_WR)
    with client.makefile("rb") as file:
        sys.stdout.buffer.write(file.read())
