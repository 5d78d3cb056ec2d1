# CPython's ThreadingTCPServer.
import socketserver
import sys


def fibonacci(n):
    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)


class Echo(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True

    def handle(self):
        for line in self.rfile:
            self.wfile.write(line)


class Fibonacci(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            self.wfile.write(b"%d\n" % fibonacci(int(line)))


class Server(socketserver.ThreadingTCPServer):
    request_queue_size = 4096
    daemon_threads = True


handler = {"echo": Echo, "fibonacci": Fibonacci}[sys.argv[1]]
with Server(("127.0.0.1", 0), handler) as server:
    print(f"PORT {server.server_address[1]}", flush=True)
    server.serve_forever()
