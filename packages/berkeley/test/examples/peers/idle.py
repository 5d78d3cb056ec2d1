"""Connects, says so, and does nothing more until it is killed: idle.py PORT"""
import socket
import sys
import time

with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as client:
    print("connected", flush=True)
    time.sleep(600)
