"""Asks an HTTP server with http.client, and prints status, type and body: http_client.py PORT METHOD TARGET [BODY]"""
import http.client
import sys

port, method, target, *body = sys.argv[1:]
client = http.client.HTTPConnection("127.0.0.1", int(port))
client.request(method, target, body[0].encode() if body else None)
answer = client.getresponse()
print(answer.status, answer.reason, answer.getheader("Content-Type"), answer.read().decode().strip())
