"""Two sends that arrive as one: merged.py"""
import socket
import time

with socket.create_server(("127.0.0.1", 0)) as server:
    sender = socket.create_connection(server.getsockname())
    receiver, _ = server.accept()
sender.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
sender.sendall(b"hello ")
sender.sendall(b"world")
print('2 sends: "hello " "world"')
time.sleep(0.1)
print(f'1 receive: "{receiver.recv(1024).decode()}"')
