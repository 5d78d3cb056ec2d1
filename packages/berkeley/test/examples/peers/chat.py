"""A chat of two people who take turns: chat.py listen | chat.py connect PORT"""
import socket
import sys
from datetime import datetime

if sys.argv[1] == "listen":
    with socket.create_server(("127.0.0.1", 0)) as server:
        print("listening on %s:%d" % server.getsockname(), flush=True)
        connection, _ = server.accept()
else:
    connection = socket.create_connection(("127.0.0.1", int(sys.argv[2])))

is_my_turn = sys.argv[1] == "connect"
with connection, connection.makefile("rw", encoding="utf-8") as other:
    while True:
        if is_my_turn:
            line = sys.stdin.readline()
            if not line:
                break
            other.write(line)
            other.flush()
        else:
            line = other.readline()
            if not line:
                print("they have left", flush=True)
                break
            print(datetime.now().strftime("%H:%M:%S"), "they:", line, end="", flush=True)
        is_my_turn = not is_my_turn
