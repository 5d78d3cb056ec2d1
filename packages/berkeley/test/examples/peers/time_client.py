"""Asks for the time over UDP, and says how far it is from ours: time_client.py PORT"""
import socket
import sys
from datetime import datetime, timezone

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
    client.settimeout(20)
    client.sendto(b"", ("127.0.0.1", int(sys.argv[1])))
    answer, _ = client.recvfrom(1024)
told = datetime.fromisoformat(answer.decode().replace("Z", "+00:00"))
late = (datetime.now(timezone.utc) - told).total_seconds()
print("right" if -0.01 < late < 20 else f"{late} s late")
