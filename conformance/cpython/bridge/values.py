"""Python's values in JSON, in both directions. What JSON lacks is an object with one key, which names the
kind.
"""
import base64
import builtins
import operator
import os
import struct

import _socket

LARGEST_EXACT = 2 ** 53          # of the integers that a JavaScript number holds


class HostError(Exception):
    """The host failed, and not the call."""


class RangeError(OverflowError, ValueError):
    """JavaScript has one error for what are two in Python."""


OWN_EXCEPTIONS = {
    'gaierror': _socket.gaierror,
    'herror': _socket.herror,
    'RangeError': RangeError,
    'HostError': HostError,
}


class Arguments:
    """The arguments of one call.  `memory` are the buffers into which its result is to be written."""

    def __init__(self, socket_class, writes_memory=False):
        self._socket_class = socket_class
        self._writes_memory = writes_memory
        self.memory = []

    def encode(self, value):
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str):
            return str.__str__(value)
        if isinstance(value, int):
            number = int(value)
            return number if abs(number) <= LARGEST_EXACT else {'integer': str(number)}
        if isinstance(value, float):
            number = float(value)
            return number if abs(number) < float('inf') else {'float': repr(number)}
        if isinstance(value, (tuple, list)):
            return [self.encode(item) for item in value]
        if isinstance(value, self._socket_class):
            return {'socket': value._number}
        return self._encode_buffer(value) or self._encode_protocol(value) or {'object': type(value).__name__}

    def _encode_buffer(self, value):
        try:
            view = memoryview(value)
        except TypeError:
            return None
        content = _text(view)
        if view.readonly or not self._writes_memory:
            return {'bytes': content}
        self.memory.append(view.cast('B') if view.nbytes else view)
        return {'memory': [len(self.memory) - 1, content]}

    def _encode_protocol(self, value):
        """What stands for an integer or gives items.  One that fails to is sent as the object it is."""
        kind = type(value)
        try:
            if hasattr(kind, '__index__'):
                return self.encode(operator.index(value))
            if hasattr(kind, '__iter__') and kind not in (dict, set, frozenset):
                return {'iterator': [self.encode(item) for item in value]}
        except Exception:
            pass
        return None

    def write_back(self, buffers):
        for index, content in buffers or ():
            self.memory[index][:] = base64.b64decode(content)


def decode(value, descriptors, make_socket):
    """`descriptors` came with the answer; `make_socket` is given what the host says of a socket, and its
    descriptor, if the program has none."""
    def each(items):
        return [decode(item, descriptors, make_socket) for item in items]

    if isinstance(value, list):
        return each(value)
    if not isinstance(value, dict):
        return value
    (kind, content), = value.items() if len(value) == 1 else (('rights', value),)
    if kind == 'tuple':
        return tuple(each(content))
    if kind == 'bytes':
        return base64.b64decode(content)
    if kind == 'path':
        return os.fsdecode(base64.b64decode(content))
    if kind == 'integer':
        return int(content)
    if kind == 'float':
        return float(content)
    if kind == 'descriptor':
        return descriptors[content]
    if kind == 'socket':
        return make_socket(content, descriptors[content['descriptor']] if descriptors else None)
    if kind == 'rights':
        numbers = [descriptors[index] for index in content['rights']]
        return struct.pack('%di' % len(numbers), *numbers) + base64.b64decode(content['rest'])
    raise HostError('the host sent a value of unknown kind: %s' % kind)


def exception(error):
    """The Python exception for an error of the host."""
    name, arguments = error['type'], error['args']
    return (OWN_EXCEPTIONS.get(name) or getattr(builtins, name))(*arguments)


def _text(view):
    return base64.b64encode(view).decode('ascii')
