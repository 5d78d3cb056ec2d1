"""What CPython's socket.makefile makes of packets and of writes: JSON in, JSON out.

In:  [{"mode", "buffering", "encoding", "errors", "newline", "packets": [hexadecimal digits, ...],
       "calls": [[method, argument, ...], ...], "lineBuffered": true where io.open would make it so}, ...]
Out: [{"results": [result, ...], "sent": [digits after each call, ...]}, ...]
A result is text, {"bytes": digits}, a number, a list of results, or {"error": the class}, after which the case ends.
"readinto" takes the size of the buffer and gives what came. Bytes to write are {"bytes": digits}.
"""
import io
import json
import socket
import sys


class Scripted:
    """What makefile needs of a socket: receives the given packets, and keeps what is sent."""

    _io_refs = 0

    def __init__(self, packets):
        self.packets = [bytes.fromhex(packet) for packet in packets]
        self.sent = b''

    def recv_into(self, buffer):
        while self.packets and not self.packets[0]:
            self.packets.pop(0)
        if not self.packets or not len(buffer):
            return 0
        packet = self.packets[0]
        count = min(len(packet), len(buffer))
        buffer[:count] = packet[:count]
        self.packets[0] = packet[count:]
        return count

    def send(self, data):
        self.sent += bytes(data)
        return len(data)

    def fileno(self):
        return -1

    def _decref_socketios(self):
        pass


def opened(case, wire):
    options = {name: case[name] for name in ('encoding', 'errors', 'newline')}
    # socket.makefile documents to take its arguments as io.open does, but forgets line buffering.
    if case.get('lineBuffered'):
        return io.TextIOWrapper(io.BufferedWriter(socket.SocketIO(wire, 'w')), **options, line_buffering=True)
    return socket.socket.makefile(wire, case['mode'], case['buffering'], **options)


def argument(value):
    if isinstance(value, list):
        return [argument(each) for each in value]
    return bytes.fromhex(value['bytes']) if isinstance(value, dict) else value


def told(value):
    if isinstance(value, (bytes, bytearray, memoryview)):
        return {'bytes': bytes(value).hex()}
    return [told(each) for each in value] if isinstance(value, list) else value


def called(file, method, arguments):
    if method == 'iterate':
        return list(file)
    if method == 'readinto':
        buffer = bytearray(arguments[0])
        return buffer[:file.readinto(buffer)]
    return getattr(file, method)(*arguments)


def run(case):
    wire = Scripted(case['packets'])
    file = opened(case, wire)
    results, sent = [], []
    for method, *arguments in case['calls']:
        try:
            results.append(told(called(file, method, [argument(each) for each in arguments])))
        except Exception as error:
            results.append({'error': 'ValueError' if isinstance(error, ValueError) else type(error).__name__})
            break
        sent.append(wire.sent.hex())
    # What is left in it would be written when it is collected.
    wire.send = len
    return {'results': results, 'sent': sent}


json.dump([run(case) for case in json.load(sys.stdin)], sys.stdout)
