"""What inet_pton(3) and inet_ntop(3) say of many texts and addresses: JSON in, JSON out.

In:  {"texts": [text, ...], "addresses": [hexadecimal digits of 4 or 16 bytes, ...]}
Out: {"parsed": [[digits of the IPv4 address or null, of the IPv6 address or null], ...], "formatted": [text, ...]}
"""
import json
import socket
import sys


def parsed(family, text):
    try:
        return socket.inet_pton(family, text).hex()
    except (OSError, ValueError):
        return None


def formatted(address):
    return socket.inet_ntop(socket.AF_INET if len(address) == 4 else socket.AF_INET6, address)


given = json.load(sys.stdin)
json.dump({
    'parsed': [[parsed(socket.AF_INET, text), parsed(socket.AF_INET6, text)] for text in given['texts']],
    'formatted': [formatted(bytes.fromhex(digits)) for digits in given['addresses']],
}, sys.stdout)
