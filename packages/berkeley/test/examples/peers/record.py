"""A record as JSON, to every client: record.py serve JSON | record.py receive PORT"""
import json
import socket
import sys

command, given = sys.argv[1:]
if command == "serve":
    with socket.create_server(("127.0.0.1", 0)) as server:
        print("listening on %s:%d" % server.getsockname(), flush=True)
        while True:
            connection, _ = server.accept()
            with connection:
                connection.sendall(given.encode())
else:
    with socket.create_connection(("127.0.0.1", int(given))) as client:
        # Nobody asked for it: it must not cost the client the record.
        client.sendall(b"GET / HTTP/1.0\r\n\r\n")
        with client.makefile("r", encoding="utf-8") as file:
            record = json.load(file)
        print(json.dumps(record, sort_keys=True))
