"""Attaches a classic BPF program to a socket: the socket is descriptor 3, the program comes as bytes by standard input.

SO_ATTACH_FILTER takes a struct sock_fprog, which holds a pointer to the instructions.
"""
import ctypes
import socket
import struct
import sys

SO_ATTACH_FILTER = 26
SIZE = 8

program = sys.stdin.buffer.read()
memory = ctypes.create_string_buffer(program, len(program))
fprog = struct.pack('@HP', len(program) // SIZE, ctypes.addressof(memory))
socket.socket(fileno=3).setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, fprog)
