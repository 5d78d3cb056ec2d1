"""Calls to a host process, which performs them with the library.

A call carries a number and waits for the answer with that number, so calls of many threads are under way
at once.  Descriptors travel beside the frames, over a second socket (SCM_RIGHTS): marked with the number of
the answer or, towards the host, in the order of the frames.  README.md has the format.
"""
import _queue
import _socket                   # CPython's own: for the wire, and nothing else
import _thread
import atexit
import fcntl
import itertools
import json
import os
import struct
import subprocess
import threading

from .values import HostError, exception

# Our own descriptors are out of the way of tests that look at the lowest free number.
LOWEST_OWN_DESCRIPTOR = 200
MOST_DESCRIPTORS = 253           # of one message: SCM_MAX_FD of the kernel


class Channel:
    def __init__(self, command):
        self._command = command
        self.forks = 0               # a fork leaves the threads and the host behind: see _after_fork
        self._start()
        atexit.register(self.close)
        os.register_at_fork(after_in_child=self._after_fork)

    def _start(self):
        self.broken = None           # why no call is possible any more
        self._numbers = itertools.count(1)
        self._waiting = {}           # number of a call -> [lock, answer]
        self._descriptors = {}       # number of an answer -> descriptors that have arrived for it
        self._frames = _queue.SimpleQueue()
        self._calls, calls = _pair(_socket.SOCK_STREAM)
        self._rights, rights = _pair(_socket.SOCK_SEQPACKET)
        self._host = subprocess.Popen(
            self._command, stdin=subprocess.DEVNULL, pass_fds=[calls.fileno(), rights.fileno()],
            env=dict(os.environ, BRIDGE_CALLS_FD=str(calls.fileno()), BRIDGE_RIGHTS_FD=str(rights.fileno())))
        calls.close()
        rights.close()
        self.own_threads = set()
        for loop in (self._read_frames, self._write_frames):
            name = 'bridge' + loop.__name__
            threading.Thread(target=self._run, args=(loop,), name=name, daemon=True).start()

    def close(self):
        if self.broken is None:
            self.broken = 'the bridge is closed'
            self._calls.shutdown(_socket.SHUT_RDWR)
            self._host.wait()

    def _after_fork(self):
        """The host belongs to the parent. A child that goes on using sockets gets one of its own at its first
        call.
        """
        self.forks += 1
        for end in (self._calls, self._rights):
            os.close(end.detach())
        self._host.returncode = 0    # It is not our child.
        self.broken = 'forked'

    # ---- calls

    def call(self, operation, *, descriptor=None, **fields):
        """The answer, a dict; its 'descriptors' are ours.  Raises what the host says was raised there."""
        if self.broken == 'forked':
            self._start()
        if self.broken is not None:
            raise HostError(self.broken)
        number = next(self._numbers)
        lock = _thread.allocate_lock()
        lock.acquire()
        call = self._waiting[number] = [lock, None]
        self._frames.put((_frame(fields, op=operation, id=number), descriptor))
        try:
            lock.acquire()           # A signal handler may raise here.
        except BaseException:
            self._waiting.pop(number, None)
            self.tell('cancel', call=number)
            raise
        answer = call[1]
        if 'error' in answer:
            raise exception(answer['error'])
        return answer

    def tell(self, operation, **fields):
        """A request without an answer.  Never waits, so that it may be made in a finalizer, in any thread."""
        if self.broken is None:
            self._frames.put((_frame(fields, op=operation), None))

    def abandoned(self, answer):
        """Called with the answer to a call whose caller was interrupted."""

    # ---- threads

    def _run(self, loop):
        self.own_threads.add(_thread.get_ident())
        try:
            loop()
        except (EOFError, OSError) as failure:
            self._break('the host went away (%r)' % failure)
        except BaseException as failure:
            self._break('the bridge failed: %r' % failure)
            raise

    def _break(self, reason):
        if self.broken is None:
            self.broken = reason
        while self._waiting:
            call = self._waiting.popitem()[1]
            call[1] = {'error': {'type': 'HostError', 'args': [reason]}}
            call[0].release()

    # A thread of its own writes, so that a signal handler that raises cannot leave half a frame behind.
    def _write_frames(self):
        while True:
            frame, descriptor = self._frames.get()
            if descriptor is not None:
                _send_descriptor(self._rights, descriptor)
            self._calls.sendall(frame)

    def _read_frames(self):
        while True:
            length, = struct.unpack('>I', self._receive(4))
            answer = json.loads(self._receive(length))
            answer['descriptors'] = self._descriptors_of(answer['id']) if answer.get('descriptors') else []
            call = self._waiting.pop(answer['id'], None)
            if call is None:
                self.abandoned(answer)
            else:
                call[1] = answer
                call[0].release()
            del answer, call         # What they hold must not live until the next frame.

    def _receive(self, length):
        buffer = bytearray(length)
        free = memoryview(buffer)
        while free:
            count = self._calls.recv_into(free)
            if count == 0:
                raise EOFError
            free = free[count:]
        return buffer

    def _descriptors_of(self, number):
        while number not in self._descriptors:
            data, control, _, _ = self._rights.recvmsg(
                32, _socket.CMSG_SPACE(4 * MOST_DESCRIPTORS), _socket.MSG_CMSG_CLOEXEC)
            fds = b''.join(content for _, _, content in control)
            self._descriptors[int(data)] = list(struct.unpack('%di' % (len(fds) // 4), fds))
        return self._descriptors.pop(number)


def _frame(fields, **more):
    content = json.dumps(dict(fields, **more)).encode('ascii')
    return struct.pack('>I', len(content)) + content


def _pair(kind):
    ours, theirs = _socket.socketpair(_socket.AF_UNIX, kind, 0)
    number = fcntl.fcntl(ours.fileno(), fcntl.F_DUPFD_CLOEXEC, LOWEST_OWN_DESCRIPTOR)
    ours.close()
    return _socket.socket(_socket.AF_UNIX, kind, 0, number), theirs


def _send_descriptor(rights, fd):
    rights.sendmsg([b'.'], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, struct.pack('i', fd))])
