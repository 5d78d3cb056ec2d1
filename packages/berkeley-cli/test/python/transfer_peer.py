"""The other side of a transfer, which does what it is told, good or bad: python3 transfer_peer.py ADDRESS|listen STEPS

STEPS is a list in JSON; test/transfers.ts has what each step can be. What comes back is printed: the greeting, and each
frame as a line. The end of the connection is printed as "closed".
"""
import glob
import json
import os
import socket
import struct
import sys
import threading
import time

address, steps = sys.argv[1], json.loads(sys.argv[2])
if address == 'listen':
    with socket.create_server(('127.0.0.1', 0)) as server:
        print('Listening on 127.0.0.1:%d;' % server.getsockname()[1], file=sys.stderr, flush=True)
        connection, _ = server.accept()
else:
    host, port = address.rsplit(':', 1)
    connection = socket.create_connection((host, int(port)), 60)
connection.settimeout(60)
seen = {}
news = threading.Condition()
deaf = {'deaf': True} in steps


def tell(text, kind):
    with news:
        seen[kind] = seen.get(kind, 0) + 1
        print(text, flush=True)
        news.notify_all()


def listen():
    stream = connection.makefile('rb')
    try:
        greeting = stream.readline()
        tell(greeting.decode().rstrip(), 'greeting')
        while head := stream.read(4):
            frame = stream.read(struct.unpack('>I', head)[0]).decode()
            tell(frame, json.loads(frame)['kind'])
    except OSError as error:
        print(type(error).__name__, flush=True)
    tell('closed', 'closed')


def wait_for(kind):
    if deaf:
        return read_until(kind)
    with news:
        news.wait_for(lambda: seen.get(kind, 0) > 0 or 'closed' in seen, 60)
        seen[kind] = seen.get(kind, 0) - 1


def exactly(size):
    return connection.recv(size, socket.MSG_WAITALL)


def read_until(kind):
    """For a peer that reads this far and then never again."""
    while exactly(1) != b'\n':
        pass
    while json.loads(exactly(struct.unpack('>I', exactly(4))[0]))['kind'] != kind:
        pass


def frame(message):
    body = json.dumps(message).encode()
    return struct.pack('>I', len(body)) + body


listener = threading.Thread(target=listen, daemon=True)
if not deaf:
    listener.start()
try:
    for step in steps:
        if 'text' in step:
            connection.sendall(step['text'].encode('utf8', 'surrogatepass'))
        elif 'hex' in step:
            connection.sendall(bytes.fromhex(step['hex']))
        elif 'frame' in step:
            connection.sendall(frame(step['frame']))
        elif 'await' in step:
            wait_for(step['await'])
        elif 'write' in step:
            with open(step['write'], 'wb') as file:
                file.write(bytes(step['size']))
        elif 'grown' in step:
            while not any(os.path.getsize(name) for name in glob.glob(step['grown'])):
                time.sleep(0.05)
        elif 'sleep' in step:
            time.sleep(step['sleep'])
        elif 'deaf' in step:
            pass
        elif 'endless' in step:
            block = step['endless'].encode() * 65536
            sent = 0
            while True:
                connection.sendall(block)
                sent += len(block)
except OSError as error:
    print('could not send on: %s' % type(error).__name__, flush=True)
if listener.ident is not None:
    if 'closed' not in seen:
        try:
            connection.shutdown(socket.SHUT_WR)
        except OSError:
            pass
    listener.join(60)
