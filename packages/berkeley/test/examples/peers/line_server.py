"""Answers lines, to many clients at once: line_server.py hello|upper"""
import socketserver
import sys

answers = {"hello": lambda line: f"hello {line.rstrip()}\n", "upper": str.upper}
answer = answers[sys.argv[1]]


class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            self.wfile.write(answer(line.decode()).encode())


with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
    print("listening on %s:%d" % server.server_address, flush=True)
    server.serve_forever()
