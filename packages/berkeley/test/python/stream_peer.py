"""The other end of a stream, in CPython: `stream_peer.py FAMILY TYPE ADDRESS ROLE [COUNT]`, ADDRESS in JSON. It connects, and

echo        receives up to the end, sends the same back, and closes
answer      receives up to the end, sends how many bytes it was, and closes
source      sends COUNT bytes of a pattern, and closes
deaf        receives nothing until its input ends
reset       receives a byte, then breaks the connection off (RST)
vanish      receives a byte, then is killed
messages    sends back each message by itself, with '!' behind it
long        sends a message of COUNT bytes
"""
import json
import os
import signal
import socket
import struct
import sys

family, kind, address, role = sys.argv[1:5]
count = int(sys.argv[5]) if len(sys.argv) > 5 else 0
address = json.loads(address)
connection = socket.socket(getattr(socket, family), getattr(socket, kind))
connection.settimeout(60)
connection.connect(tuple(address) if isinstance(address, list) else address)


def chunks():
    while data := connection.recv(1 << 20):
        yield data


if role == 'echo':
    connection.sendall(b''.join(chunks()))
elif role == 'answer':
    connection.sendall(b'%d' % sum(map(len, chunks())))
elif role == 'source':
    block = bytes(range(251)) * 4177  # about 1 MiB
    for _ in range(count // len(block)):
        connection.sendall(block)
    connection.sendall(block[: count % len(block)])
elif role == 'deaf':
    sys.stdin.read()
elif role == 'reset':
    connection.recv(1)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
elif role == 'vanish':
    connection.recv(1)
    os.kill(os.getpid(), signal.SIGKILL)
elif role == 'messages':
    for message in chunks():
        connection.send(message + b'!')
elif role == 'long':
    connection.send(bytes(count))
connection.close()
