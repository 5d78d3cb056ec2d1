"""A client of a server that says everything back: `server_client.py KIND ADDRESS COUNT`, ADDRESS in JSON.

COUNT clients at once, each with lines (or datagrams) of its own; prints how many got all of theirs back.
"""
import json, os, socket, sys, tempfile, threading

kind, address, count = sys.argv[1], json.loads(sys.argv[2]), int(sys.argv[3])
address = tuple(address) if isinstance(address, list) else address
family = socket.AF_UNIX if kind.startswith('Unix') else socket.AF_INET
stream = kind in ('TCPServer', 'UnixStreamServer')
folder = tempfile.mkdtemp()
LONG = 60


def ask(number):
    with socket.socket(family, socket.SOCK_STREAM if stream else socket.SOCK_DGRAM) as client:
        client.settimeout(LONG)
        if family == socket.AF_UNIX and not stream:
            client.bind(os.path.join(folder, str(number)))
        client.connect(address)
        if not stream:
            message = b'datagram %d' % number
            # Datagrams may be lost where many come at once: then they are sent again, as protocols over UDP do.
            client.settimeout(1)
            for _ in range(LONG):
                try:
                    client.send(message)
                    return client.recv(65536) == message
                except TimeoutError:
                    pass
            return False
        with client.makefile('rwb') as file:
            for line in range(3):
                message = b'line %d of %d\n' % (line, number)
                file.write(message)
                file.flush()
                if file.readline() != message:
                    return False
            client.shutdown(socket.SHUT_WR)
            return file.read() == b''


good = []
barrier = threading.Barrier(count)


def run(number):
    barrier.wait()
    if ask(number):
        good.append(number)


threading.stack_size(256 * 1024)
threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(len(good))
for name in os.listdir(folder):
    os.unlink(os.path.join(folder, name))
os.rmdir(folder)
