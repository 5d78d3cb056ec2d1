"""CPython's C module `_socket`, replaced by calls to a Node.js process that performs them with `berkeley`."""
from .module import install

__all__ = ['install']
