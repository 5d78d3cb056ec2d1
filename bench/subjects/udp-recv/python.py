"""CPython, blocking: recvfrom, one datagram for each call."""

import socket
import sys

receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32 << 20)
receiver.bind(("127.0.0.1", 0))
print("PORT", receiver.getsockname()[1], flush=True)
gate = open(sys.argv[1], "rb", buffering=0)


def receive_burst():
    datagrams = octets = 0
    while True:
        data, address = receiver.recvfrom(2048)
        if len(data) == 1:
            receiver.sendto(f"{datagrams} {octets}".encode(), address)
            return
        datagrams += 1
        octets += len(data)


while gate.read(1):
    receive_burst()
