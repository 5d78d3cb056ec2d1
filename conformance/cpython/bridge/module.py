"""The replacement of CPython's C module `_socket`: every call is performed by the host."""
import _socket as original
import errno
import operator
import os
import posix
import struct
import sys
import traceback
import types
import warnings

from . import words
from .channel import Channel
from .descriptors import Descriptors
from .values import Arguments, decode

# What Lib/socket.py brings itself, though the library has it too, or what needs descriptors and is written
# out below.
SPECIAL_METHODS = {'accept', 'close', 'detach', 'fileno', 'sendmsg'}
SPECIAL_FUNCTIONS = {'close', 'dup'}


class Bridge(Channel):
    """The channel to the host, and what calls with sockets and descriptors need beside it."""

    def __init__(self, command):
        super().__init__(command)
        self.descriptors = Descriptors(self)
        self.socket_class = ()
        self.host = self.call('hello')['ok']

    def _after_fork(self):
        super()._after_fork()
        self.descriptors.clear()

    def perform(self, operation, arguments, named=None, **fields):
        """Performs a call with the library: its result."""
        name = fields.get('name', '')
        encoder = Arguments(self.socket_class, writes_memory=name.endswith('_into'))
        fields['args'] = [encoder.encode(argument) for argument in arguments]
        if named:
            fields['named'] = {key: encoder.encode(value) for key, value in named.items()}
        answer = self.call(operation, **fields)
        encoder.write_back(answer.get('buffers'))
        return decode(answer['ok'], answer['descriptors'], lambda said, fd: HostSocket(self, said, fd))

    def ask(self, name, arguments=(), named=None, sock=None):
        """Calls a method of a socket, or a function."""
        fields = {'name': name} if sock is None else {'name': name, 'socket': sock._number}
        try:
            return self.perform('function' if sock is None else 'method', arguments, named, **fields)
        except (TypeError, ValueError, OverflowError) as caught:
            refusal = caught.with_traceback(None)
        raise words.of_call(refusal, name, sock, arguments, named or {})

    def abandoned(self, answer):
        """Nobody will use what came: it is closed."""
        left = set(answer['descriptors'])

        def discard(said, fd):
            left.discard(fd)
            HostSocket(self, said, fd).discard()

        if 'ok' in answer:
            decode(answer['ok'], answer['descriptors'], discard)
        for fd in left:
            posix.close(fd)


class HostSocket:
    """A socket that the host made: its number, what it is, and its descriptor with the duplicate here."""

    def __init__(self, bridge, said, local):
        self._bridge = bridge
        self.number = said['number']
        self.family, self.type, self.proto = said['family'], said['type'], said['proto']
        if local is None:
            self.pair = None
        else:
            os.set_inheritable(local, said['inheritable'])
            self.pair = bridge.descriptors.pair(local, said['fd'])

    def discard(self):
        self._bridge.descriptors.close(self.pair)
        self._bridge.tell('method', name='close', socket=self.number, args=[])
        self._bridge.tell('forget', socket=self.number)


def socket_class(bridge):
    """The class `_socket.socket`, with the methods that the host has."""

    class socket:
        """socket(family=AF_INET, type=SOCK_STREAM, proto=0, fileno=None): a socket of the host"""

        __slots__ = ('_number', '_pair', '_forks', '_waits', '_family', '_type', '_proto')

        def __new__(cls, *args, **named):
            self = object.__new__(cls)
            self._number = self._pair = None
            self._forks = bridge.forks
            self._waits = None           # the call that set the time limit
            self._family = self._type = self._proto = 0
            return self

        def __init__(self, family=-1, type=-1, proto=-1, fileno=None):
            pair = bridge.descriptors.find(fileno) if isinstance(fileno, int) else None
            if pair is not None and pair.accepted is not None:
                made, pair.accepted = pair.accepted, None
            else:
                try:
                    made = self._open(family, type, proto, fileno)
                except (TypeError, ValueError, OverflowError) as refusal:
                    raise words.of_socket(refusal, family, type, proto, fileno) from None
            self._number, self._pair = made.number, made.pair
            self._pair.sockets += 1
            self._family, self._type, self._proto = made.family, made.type, made.proto

        @staticmethod
        def _open(family, type, proto, fileno):
            descriptors = bridge.descriptors
            host, passed = descriptors.to_host(fileno)
            try:
                made = bridge.perform('open', (family, type, proto, host))
            except Exception:
                if passed:
                    bridge.tell('close', fd=host)
                raise
            if made.pair is None:
                made.pair = descriptors.find(fileno) or descriptors.pair(int(fileno), host)
            return made

        family = property(lambda self: self._family)
        type = property(lambda self: self._type)
        proto = property(lambda self: self._proto)
        timeout = property(lambda self: self.gettimeout())

        def __repr__(self):
            return '<socket object, fd=%d, family=%d, type=%d, proto=%d>' % (
                socket.fileno(self), self._family, self._type, self._proto)

        def __del__(self, warn=warnings.warn):
            if self._number is None or bridge.broken is not None or sys.is_finalizing():
                return
            if self._pair is not None:
                try:
                    warn('unclosed %r' % self, ResourceWarning, source=self)
                except ResourceWarning as warning:
                    sys.unraisablehook(types.SimpleNamespace(
                        exc_type=type(warning), exc_value=warning, exc_traceback=None, err_msg=None,
                        object=self))
                self._give_up_pair()
                bridge.tell('method', name='close', socket=self._number, args=[])
            bridge.tell('forget', socket=self._number)

        def _ask(self, name, arguments=(), named=None):
            if self._forks != bridge.forks:
                self._reopen()
            if self._number is None:
                raise OSError(errno.EBADF, os.strerror(errno.EBADF))
            result = bridge.ask(name, arguments, named, self)
            if name in ('settimeout', 'setblocking'):
                self._waits = name, arguments
            return result

        def _reopen(self):
            """In the child of a fork: makes the socket anew, in the host that the child has, of the
            descriptor.
            """
            self._forks = bridge.forks
            pair, self._pair, self._number = self._pair, None, None
            if pair is not None and pair.is_current():
                socket.__init__(self, self._family, self._type, self._proto, pair.local)
                if self._waits:
                    self._ask(*self._waits)

        def _give_up_pair(self):
            pair, self._pair = self._pair, None
            if pair is not None:
                bridge.descriptors.close(pair)

        def fileno(self):
            if self._number is None or self._ask('fileno') == -1 or self._pair is None:
                return -1
            return self._pair.local

        def close(self):
            if self._forks != bridge.forks:
                self._reopen()
            if self._number is not None:
                self._give_up_pair()
                self._ask('close')

        def detach(self):
            host = -1 if self._number is None else self._ask('detach')
            pair, self._pair = self._pair, None
            if host == -1 or pair is None:
                return -1
            pair.sockets -= 1
            if pair.sockets == 0:
                # It is the program's from now on. The host is passed it again if the program makes a socket
                # of it.
                bridge.descriptors.forget(pair)
                bridge.tell('close', fd=host)
            return pair.local

        def _accept(self):
            made, address = self._ask('accept')
            made.pair.accepted = made
            return made.pair.local, address

        def sendmsg(self, buffers, ancdata=(), *others):
            """Descriptors in control messages are those of this process: the host is given its own."""
            passed = []
            try:
                items = [rights_for_host(bridge.descriptors, item, passed) for item in ancdata]
            except TypeError:
                items = ancdata              # not a list of control messages: for the library to say so
            try:
                return self._ask('sendmsg', (buffers, items, *others))
            finally:
                for number in passed:
                    bridge.tell('close', fd=number)

    def plain(name):
        def method(self, *arguments, **named):
            return self._ask(name, arguments, named)
        method.__name__ = name
        method.__qualname__ = 'socket.' + name
        return method

    for name in set(bridge.host['methods']) - SPECIAL_METHODS:
        setattr(socket, name, plain(name))
    socket.__module__ = '_socket'
    socket.__qualname__ = 'socket'
    return socket


def rights_for_host(descriptors, item, passed):
    if tuple(item[:2]) != (original.SOL_SOCKET, original.SCM_RIGHTS) or len(item) != 3:
        return item
    level, kind, content = item
    content = bytes(content)
    numbers = []
    for number, in struct.iter_unpack('i', content[:len(content) // 4 * 4]):
        host, was_passed = descriptors.to_host(number)
        numbers.append(host)
        if was_passed:
            passed.append(host)
    return level, kind, struct.pack('%di' % len(numbers), *numbers) + content[4 * len(numbers):]


def make_module(bridge):
    module = types.ModuleType('_socket', 'The C module _socket, performed by another process.')
    bridge.socket_class = module.socket = module.SocketType = socket_class(bridge)
    module.has_ipv6 = bridge.host['hasIpv6']
    module.error, module.timeout = OSError, TimeoutError
    module.gaierror, module.herror = original.gaierror, original.herror
    module.CAPI = original.CAPI      # The module `_ssl` asks for it when it is imported.
    for name, value in bridge.host['constants'].items():
        setattr(module, name, decode(value, [], None))

    def plain(name):
        def function(*arguments, **named):
            try:
                return bridge.ask(name, arguments, named)
            except Exception as failure:
                traceback.clear_frames(failure.__traceback__)
                raise
            finally:
                del arguments, named     # As after a call of C, no frame of a failure holds what was given.
        function.__name__ = function.__qualname__ = name
        function.__module__ = '_socket'
        return function

    for name in set(bridge.host['functions']) - SPECIAL_FUNCTIONS:
        setattr(module, name, plain(name))

    def close(fd, /):
        host, passed = bridge.descriptors.to_host(fd)
        pair = bridge.descriptors.find(fd) if isinstance(fd, int) else None
        if pair is not None:
            bridge.descriptors.close(pair)
        bridge.ask('close', (host,))
        if passed:
            posix.close(fd)

    def dup(fd, /):
        with bridge.descriptors.lent(fd) as host:
            return bridge.ask('dup', (host,))

    def socketpair(*arguments, **named):
        ends = bridge.ask('socketpair', arguments, named)
        for end in ends:
            end.pair.accepted = end
        return tuple(module.socket(fileno=end.pair.local) for end in ends)

    module.close, module.dup, module.socketpair = close, dup, socketpair
    return module


def replace_os_close(bridge):
    """os.close(sock.fileno()) closes a socket: so it has to close the host's descriptor too."""
    def close(fd):
        pair = bridge.descriptors.find(operator.index(fd))
        if pair is None:
            return posix.close(fd)
        bridge.descriptors.close(pair)
        bridge.call('close', fd=pair.host)
    os.close = close


def install(command):
    """Replaces `_socket` by calls to the host that the command starts. To be called before `socket` is
    imported.
    """
    if 'socket' in sys.modules:
        raise RuntimeError('socket was imported before the bridge')
    bridge = Bridge(command)
    sys.modules['_socket'] = make_module(bridge)
    replace_os_close(bridge)
    return bridge
