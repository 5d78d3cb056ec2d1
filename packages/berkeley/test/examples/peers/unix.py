"""The three types of Unix sockets: unix.py serve TYPE PATH | unix.py send TYPE PATH MESSAGE..."""
import socket
import sys

command, kind, path, *messages = sys.argv[1:]
types = {"stream": socket.SOCK_STREAM, "seqpacket": socket.SOCK_SEQPACKET, "datagram": socket.SOCK_DGRAM}
with socket.socket(socket.AF_UNIX, types[kind]) as sock:
    if command == "serve":
        sock.bind(path)
        if kind != "datagram":
            sock.listen()
        print(f"listening on {path}", flush=True)
        if kind == "datagram":
            while True:
                data, sender = sock.recvfrom(65536)
                sock.sendto(f"{len(data)} bytes".encode(), sender)
        connection, _ = sock.accept()
        while data := connection.recv(65536):
            connection.send(f"{len(data)} bytes".encode())
        connection.close()
    else:
        if kind == "datagram":
            sock.bind("")
        sock.connect(path)
        for message in messages:
            sock.send(message.encode())
        if kind != "datagram":
            sock.shutdown(socket.SHUT_WR)
            while answer := sock.recv(65536):
                print(answer.decode())
        else:
            for _ in messages:
                print(sock.recv(65536).decode())
