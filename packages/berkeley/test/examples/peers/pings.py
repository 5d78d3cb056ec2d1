"""Prints the echo requests that come to this host: pings.py. Needs CAP_NET_RAW."""
import socket

with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP) as icmp:
    print("listening", flush=True)
    while True:
        packet, (sender, _) = icmp.recvfrom(1500)
        kind, sequence = packet[20], int.from_bytes(packet[26:28], "big")
        if kind == 8:
            print(f"request {sequence} from {sender}, {len(packet) - 20} bytes", flush=True)
