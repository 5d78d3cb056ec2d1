"""Multicast discovery: discovery.py answer NAME INTERFACE | discovery.py find INTERFACE"""
import socket
import struct
import sys

GROUP, PORT = "239.77.77.77", 7778
command, *rest = sys.argv[1:]
interface = struct.pack("4s4si", socket.inet_aton(GROUP), bytes(4), socket.if_nametoindex(rest[-1]))
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
    if command == "answer":
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((GROUP, PORT))
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, interface)
        print(f"listening on {GROUP}:{PORT}", flush=True)
        while True:
            question, asker = sock.recvfrom(1024)
            if question == b"who is there?":
                sock.sendto(rest[0].encode(), asker)
    else:
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, interface)
        sock.sendto(b"something else", (GROUP, PORT))
        sock.sendto(b"who is there?", (GROUP, PORT))
        sock.settimeout(1)
        try:
            while True:
                answer, (host, _) = sock.recvfrom(1024)
                print(f"{answer.decode()} at {host}")
        except TimeoutError:
            pass
