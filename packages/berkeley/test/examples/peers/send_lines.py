"""Sends the lines of a file that are not blank, and prints the answer to each: send_lines.py FILE PORT"""
import socket
import sys
import time

path, port = sys.argv[1:]
with open(path, encoding="utf-8") as lines, socket.create_connection(("127.0.0.1", int(port))) as client:
    start = time.monotonic()
    count = 0
    with client.makefile("rw", encoding="utf-8") as server:
        for line in lines:
            if not line.strip():
                continue
            server.write(line)
            server.flush()
            print(server.readline(), end="")
            count += 1
    print(f"{count} lines in {time.monotonic() - start:.3f} s")
