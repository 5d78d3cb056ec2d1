"""Sends datagrams that cannot be answered, from nobody and from a socket that is closed at once: vanish.py PATH"""
import socket
import sys

for name in [None, "\0vanished"]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        if name:
            sock.bind(name)
        for _ in range(5):
            sock.sendto(b"hello", sys.argv[1])
