"""Sends one empty datagram to each of the ports of a host, in their order: send_datagrams.py HOST PORT..."""
import socket
import sys

host, *ports = sys.argv[1:]
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
    for port in ports:
        sender.sendto(b"x" * (int(port) % 1000), (host, int(port)))
