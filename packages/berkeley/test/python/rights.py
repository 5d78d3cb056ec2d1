"""Passes descriptors over the socket that is its standard input. Which side it is says the argument.

send COUNT TIMES  TIMES times: sends COUNT descriptors of a pipe's reading end, after writing its number into the pipe
receive TIMES     TIMES times: receives descriptors, answers with how many came and what can be read from the last
"""
import array
import os
import socket
import sys

connection = socket.socket(fileno=0)
side, *numbers = sys.argv[1:]

if side == 'send':
    count, times = map(int, numbers)
    for number in range(times):
        reading, writing = os.pipe()
        os.write(writing, str(number).encode())
        os.close(writing)
        socket.send_fds(connection, [b'descriptors'], [reading] * count)
        os.close(reading)
        connection.recv(1)
else:
    for _ in range(int(numbers[0])):
        data, fds, flags, _ = socket.recv_fds(connection, 100, 253)
        content = os.read(fds[-1], 100)
        for fd in fds:
            os.close(fd)
        connection.sendall(b'%d %d %s' % (len(fds), flags, content))
