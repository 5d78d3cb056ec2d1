"""The other end of the wire, in CPython. Each line of the input is a JSON list [ROLE, FAMILY, TYPE, ADDRESS]:

serve    binds to ADDRESS, prints the address it got as JSON, and answers one client
connect  connects to ADDRESS and talks

What they say to each other, the same for every kind of socket that is in use:
  streams         the client sends 1 MiB (LENGTH) and half-closes; the server sends another 1 MiB and closes
  datagrams and
  sequences       the client sends messages of several sizes; each is answered by itself, reversed
Each then prints, as one line of JSON, the digests (SHA-256) of all it sent and of all it received.
An abstract name is a JSON list of its bytes.
"""
import hashlib
import json
import random
import socket
import sys

LENGTH = 1024 * 1024
SIZES = [1, 2, 100, 1472, 9000, 30000]
LONG = 60


def wire(address):
    return list(address) if isinstance(address, bytes) else address


def unwired(address):
    if isinstance(address, list) and all(isinstance(part, int) for part in address):
        return bytes(address)
    return tuple(address) if isinstance(address, list) else address


def exactly(connection):
    parts = []
    while data := connection.recv(65536):
        parts.append(data)
    return b''.join(parts)


def report(sent, received):
    digests = [hashlib.sha256(data).hexdigest() for data in (sent, received)]
    print(json.dumps({'sent': digests[0], 'received': digests[1], 'length': len(received)}), flush=True)


def stream_server(server):
    connection, _ = server.accept()
    received = exactly(connection)
    sent = random.randbytes(LENGTH)
    connection.sendall(sent)
    connection.close()
    report(sent, received)


def stream_client(client):
    sent = random.randbytes(LENGTH)
    client.sendall(sent)
    client.shutdown(socket.SHUT_WR)
    report(sent, exactly(client))


def sequence_server(server):
    connection, _ = server.accept()
    received = sent = b''
    while message := connection.recv(65536):
        received += message
        sent += message[::-1]
        connection.send(message[::-1])
    report(sent, received)


def sequence_client(client):
    received = sent = b''
    for size in SIZES:
        message = random.randbytes(size)
        client.send(message)
        sent += message
        received += client.recv(65536)
    report(sent, received)


def datagram_server(server):
    received = sent = b''
    for _ in SIZES:
        message, sender = server.recvfrom(65536)
        received += message
        sent += message[::-1]
        server.sendto(message[::-1], sender)
    report(sent, received)


def talk(role, family, kind, address):
    family = getattr(socket, family)
    talks = {
        'SOCK_STREAM': (stream_server, stream_client),
        'SOCK_SEQPACKET': (sequence_server, sequence_client),
        'SOCK_DGRAM': (datagram_server, sequence_client),
    }
    server, client = talks[kind]
    with socket.socket(family, getattr(socket, kind)) as endpoint:
        endpoint.settimeout(LONG)
        if role == 'serve':
            endpoint.bind(unwired(address))
            if kind != 'SOCK_DGRAM':
                endpoint.listen()
            print(json.dumps(wire(endpoint.getsockname())), flush=True)
            server(endpoint)
        else:
            if kind == 'SOCK_DGRAM' and family == socket.AF_UNIX:
                endpoint.bind('')  # or nobody could answer
            endpoint.connect(unwired(address))
            client(endpoint)


for line in sys.stdin:
    talk(*json.loads(line))
