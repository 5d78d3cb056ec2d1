"""Tells the time over UDP; the first questions are ignored: time_server.py [IGNORED]"""
import socketserver
import sys
from datetime import datetime, timezone

ignored = int(sys.argv[1]) if len(sys.argv) > 1 else 0


class Clock(socketserver.BaseRequestHandler):
    def handle(self):
        global ignored
        if ignored > 0:
            ignored -= 1
            return
        packet, server = self.request
        server.sendto(datetime.now(timezone.utc).isoformat().encode(), self.client_address)


with socketserver.UDPServer(("127.0.0.1", 0), Clock) as server:
    print("listening on %s:%d" % server.server_address, flush=True)
    server.serve_forever()
