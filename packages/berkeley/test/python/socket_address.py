"""What CPython calls the addresses of sockets: JSON in, JSON out. The sockets are descriptors 3, 4, 5, ...

In:  [request, ...], one for each socket: {"family", "type", "proto"}, and "bind" with an address to bind it to
Out: [{"address": its own address} or {"error": text}, ...]
Tuples are arrays; bytes are {"bytes": hexadecimal digits}.
"""
import json
import socket
import sys


def given(value):
    if isinstance(value, list):
        return tuple(map(given, value))
    return bytes.fromhex(value['bytes']) if isinstance(value, dict) else value


def plain(value):
    if isinstance(value, (tuple, list)):
        return list(map(plain, value))
    return {'bytes': value.hex()} if isinstance(value, bytes) else value


def answer(fileno, request):
    try:
        peer = socket.socket(request['family'], request['type'], request['proto'], fileno)
        if 'bind' in request:
            peer.bind(given(request['bind']))
        return {'address': plain(peer.getsockname())}
    except OSError as error:
        return {'error': str(error)}


json.dump([answer(3 + i, request) for i, request in enumerate(json.load(sys.stdin))], sys.stdout)
