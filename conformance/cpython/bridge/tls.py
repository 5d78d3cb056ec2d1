"""TLS over sockets of the bridge, for the standard library's suites that use it.

The C code of SSLSocket reads and writes the descriptor of a real `_socket.socket`, and refuses any other. So
here the same TLS works on memory, and what it has to send and receive goes through the socket's own send()
and recv().
"""
import ssl
import weakref

import _socket

RECORD_HEADER = 5                    # bytes; the last two of them are the length of what follows


class TLSConnection:
    """What SSLContext._wrap_socket() gives: the C object of a TLS connection, over a socket."""

    def __init__(self, context, sock, server_side, hostname, owner, session):
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        # SSLContext._wrap_bio() knows no session other than None as "not given".
        given = {} if session is None else {'session': session}
        self._engine = context._wrap_bio(
            self._incoming, self._outgoing, server_side, hostname, owner=owner, **given)
        self._socket = weakref.ref(sock)
        self._unsent = b''
        self._header = b''
        self._missing = RECORD_HEADER

    def __getattr__(self, name):
        return getattr(self._engine, name)

    def __setattr__(self, name, value):
        if name in ('context', 'session', 'owner'):
            setattr(self._engine, name, value)
        else:
            super().__setattr__(name, value)

    def do_handshake(self):
        return self._run('handshake', self._engine.do_handshake)

    def read(self, *arguments):
        return self._run('read', self._engine.read, *arguments)

    def write(self, data):
        return self._run('write', self._engine.write, data)

    def shutdown(self):
        self._run('shutdown', self._engine.shutdown)
        return self._socket()

    def _run(self, title, step, *arguments):
        """Repeats a step of TLS until it needs no more from the peer."""
        try:
            while True:
                try:
                    result = step(*arguments)
                except ssl.SSLWantReadError:
                    self._send()
                    self._receive()
                except ssl.SSLError:
                    self._send()         # the alert
                    raise
                else:
                    self._send()
                    return result
        except TimeoutError:
            raise TimeoutError('The %s operation timed out' % title) from None

    def _send(self):
        self._unsent += self._outgoing.read()
        while self._unsent:
            try:
                count = _socket.socket.send(self._socket(), self._unsent)
            except BlockingIOError:
                raise ssl.SSLWantWriteError(
                    ssl.SSL_ERROR_WANT_WRITE, 'The operation did not complete (write)') from None
            self._unsent = self._unsent[count:]

    def _receive(self):
        """Never more than to the end of a record, as OpenSSL does: or select() would not tell of what is in
        memory.
        """
        try:
            data = _socket.socket.recv(self._socket(), self._missing)
        except BlockingIOError:
            raise ssl.SSLWantReadError(
                ssl.SSL_ERROR_WANT_READ, 'The operation did not complete (read)') from None
        if not data:
            self._incoming.write_eof()
            return
        self._incoming.write(data)
        self._missing -= len(data)
        if self._header is not None:
            self._header += data
            if self._missing == 0:
                self._missing, self._header = int.from_bytes(self._header[3:], 'big'), None
        if self._missing == 0:
            self._missing, self._header = RECORD_HEADER, b''


def _wrap_socket(context, sock, server_side, server_hostname=None, *, owner=None, session=None):
    return TLSConnection(context, sock, server_side, server_hostname, owner, session)


def install():
    ssl.SSLContext._wrap_socket = _wrap_socket
