"""CPython, blocking: sendto, one datagram for each call."""

import socket
import sys

data, control, size, burst = map(int, sys.argv[2:6])
sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
payload = b"x" * size
gate = open(sys.argv[1], "rb", buffering=0)

while gate.read(1):
    for _ in range(burst):
        sender.sendto(payload, ("127.0.0.1", data))
    sender.sendto(b".", ("127.0.0.1", control))
