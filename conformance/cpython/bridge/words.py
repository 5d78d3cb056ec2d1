"""The words of refusals.

Whether bad arguments are refused, and with which kind of error, is the library's business; what CPython says
then names Python's types and parameters.  So when the library has refused with an error of the right kind,
the words are taken from CPython's own `_socket`, which is given the same arguments where they can do nothing:
on a closed socket.  An error of another kind, or none at all, remains.  README.md names the tests that look
at words.
"""
import _socket

from .values import RangeError

# Python's errors for which JavaScript's RangeError stands.  By our rule a wrong value is one always; CPython
# makes one exception: a negative assoclen is a TypeError.
RANGE_ERRORS = (OverflowError, ValueError)
RANGE_ERRORS_OF = {'sendmsg_afalg': (*RANGE_ERRORS, TypeError)}
# These would do something even so.
UNASKED = ('sethostname', 'setdefaulttimeout', 'close', 'dup')


def of_call(refusal, name, sock, arguments, named):
    def ask():
        target = _socket
        if sock is not None:
            target = _socket.socket(sock.family, sock.type, sock.proto)
            target.close()
        getattr(target, {'accept': '_accept'}.get(name, name))(*arguments, **named)
    return refusal if name in UNASKED else _same_kind(refusal, ask, RANGE_ERRORS_OF.get(name, RANGE_ERRORS))


def of_socket(refusal, family, type, proto, fileno):
    if isinstance(fileno, int) and fileno >= 0:
        return refusal
    return _same_kind(refusal, lambda: _socket.socket(family, type, proto, fileno).close())


def _same_kind(refusal, ask, kinds=RANGE_ERRORS):
    if isinstance(refusal, TypeError):
        kinds = TypeError
    elif not isinstance(refusal, RangeError):
        return refusal
    try:
        ask()
    except kinds as theirs:
        return theirs.with_traceback(None)
    except Exception:
        pass
    return refusal
