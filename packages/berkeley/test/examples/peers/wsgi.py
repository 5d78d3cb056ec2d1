"""The application of examples/http/wsgi.mjs, in Python's server: wsgi.py"""
from wsgiref.simple_server import WSGIRequestHandler, make_server


class Quiet(WSGIRequestHandler):
    def log_message(self, *args):
        pass


def application(environ, start_response):
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    start_response("200 OK", [("Content-Type", "text/plain; charset=utf-8")])
    head = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}?{environ['QUERY_STRING']}: "
    return [head.encode(), body, b"\n"]


with make_server("127.0.0.1", 0, application, handler_class=Quiet) as server:
    print("listening on %s:%d" % server.server_address, flush=True)
    server.serve_forever()
