"""Sends without reading until nothing more is taken, says so, and waits to be killed: send_only.py PORT"""
import socket
import sys
import time

with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as client:
    client.settimeout(1)
    try:
        while True:
            client.send(b"x" * 65536)
    except TimeoutError:
        print("full", flush=True)
    time.sleep(600)
