"""Descriptors of this process and of the host that stand for the same open file.

A number of the host means nothing here.  So a socket of the host has a duplicate here, under the number that
fileno() gives, and select(), fcntl(), os.fstat() and os.close() work.  Numbers on their way to the host are
translated, and a descriptor that the host has never seen is passed.
"""
import contextlib
import os
import posix

NOT_OPEN = 2 ** 31 - 1           # a number that no process has open


class Pair:
    __slots__ = ('local', 'host', 'sockets', 'accepted', '_file')

    def __init__(self, local, host):
        self.local = local
        self.host = host
        self._file = _file_of(local)
        self.sockets = 0             # how many are around it: a program may make several of one descriptor
        self.accepted = None         # the socket of the host around it, until one is made here

    def is_current(self):
        """Whether the number still stands for the file: C code may have closed it, and another may have got
        it.
        """
        try:
            return _file_of(self.local) == self._file
        except OSError:
            return False


class Descriptors:
    def __init__(self, channel):
        self._channel = channel
        self._by_local = {}
        self._by_host = {}

    def clear(self):
        self._by_local.clear()
        self._by_host.clear()

    def pair(self, local, host):
        """Notes a pair.  One that the host had under this number is gone: it closed that by itself."""
        stale = self._by_host.get(host)
        if stale is not None and stale.local != local:
            self.close(stale)
        pair = self._by_local[local] = self._by_host[host] = Pair(local, host)
        return pair

    def find(self, local):
        pair = self._by_local.get(local)
        if pair is None or pair.is_current():
            return pair
        self.forget(pair)
        return None

    def forget(self, pair):
        if self._by_local.get(pair.local) is pair:
            del self._by_local[pair.local]
        if self._by_host.get(pair.host) is pair:
            del self._by_host[pair.host]

    def close(self, pair):
        """Closes the duplicate here, not the descriptor of the host."""
        current = pair.is_current()
        self.forget(pair)
        if current:
            posix.close(pair.local)

    def to_host(self, local):
        """The number of the host for a number given to a call, and whether it was passed just for that."""
        if not isinstance(local, int) or isinstance(local, bool) or not 0 <= local <= NOT_OPEN:
            return local, False
        pair = self.find(local)
        if pair is not None:
            return pair.host, False
        try:
            os.fstat(local)
        except OSError:
            return NOT_OPEN, False
        return self._channel.call('receive', descriptor=local)['ok'], True

    @contextlib.contextmanager
    def lent(self, local):
        """The number of the host for a number given to a call that does not keep it."""
        host, passed = self.to_host(local)
        try:
            yield host
        finally:
            if passed:
                self._channel.tell('close', fd=host)


def _file_of(number):
    status = os.fstat(number)
    return status.st_dev, status.st_ino
