"""Sends many bytes, reads them meanwhile, and says whether they came back as they were: echo_client.py PORT SIZE"""
import os
import socket
import sys
import threading

port, size = map(int, sys.argv[1:])
data = os.urandom(size)
with socket.create_connection(("127.0.0.1", port)) as client:

    def send():
        client.sendall(data)
        client.shutdown(socket.SHUT_WR)

    sending = threading.Thread(target=send)
    sending.start()
    with client.makefile("rb") as file:
        answer = file.read()
    sending.join()
    print("all came back" if answer == data else f"{len(answer)} of {size} bytes came back", flush=True)
