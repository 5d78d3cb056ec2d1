"""The routers on the way to a host, by a raw socket that hears all ICMP: traceroute.py HOST. Needs CAP_NET_RAW."""
import socket
import sys

target = sys.argv[1]
with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP) as icmp:
    icmp.settimeout(5)
    for ttl in range(1, 31):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, ttl)
            port = 33434 + ttl
            probe.sendto(b"", (target, port))
            while True:
                packet, (router, _) = icmp.recvfrom(1500)
                # The error (8 bytes) holds the header of what it is about, and the ports.
                about = packet[20 + 8 :]
                if len(about) >= 24 and about[22:24] == port.to_bytes(2, "big"):
                    break
            print(ttl, router)
            if packet[20] == 3:  # unreachable: it has arrived
                break
