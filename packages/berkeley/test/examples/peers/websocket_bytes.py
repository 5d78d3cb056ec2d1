"""Sends bytes to a WebSocket server, one connection each, and prints the frames it answers with: websocket_bytes.py PORT HEX..."""
import socket
import sys

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="  # Both from RFC 6455, section 1.3.

port, *frames = sys.argv[1:]
for frame in frames:
    with socket.create_connection(("127.0.0.1", int(port))) as client:
        request = f"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {KEY}\r\n\r\n"
        client.sendall(request.encode() + bytes.fromhex(frame))
        client.shutdown(socket.SHUT_WR)
        with client.makefile("rb") as file:
            head = []
            while line := file.readline().decode().strip():
                head.append(line)
            assert head[0] == "HTTP/1.1 101 Switching Protocols" and f"Sec-WebSocket-Accept: {ACCEPT}" in head, head
            print(file.read().hex())
