"""What CPython's struct module makes of values: JSON in, JSON out.

In:  [[format, value, ...], ...], where bytes are {"bytes": hexadecimal digits} and large numbers {"int": decimal digits}
Out: [hexadecimal digits, ...]
"""
import json
import struct
import sys


def given(value):
    if not isinstance(value, dict):
        return value
    return bytes.fromhex(value['bytes']) if 'bytes' in value else int(value['int'])


json.dump([struct.pack(form, *map(given, values)).hex() for form, *values in json.load(sys.stdin)], sys.stdout)
