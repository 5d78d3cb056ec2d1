"""Sends bytes as they are, says that it has no more, and reads to the end: send_bytes.py PORT HEX [TIMES]"""
import socket
import sys

with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as client:
    client.sendall(bytes.fromhex(sys.argv[2]) * int(sys.argv[3] if len(sys.argv) > 3 else 1))
    client.shutdown(socket.SHUT_WR)
    try:
        while client.recv(65536):
            pass
    except ConnectionResetError:
        pass
