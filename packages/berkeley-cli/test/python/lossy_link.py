"""Two network namespaces, and between them a line that is slow and loses packets: python3 lossy_link.py NAME LOSS DELAY

The namespaces are NAME-a with 10.77.0.1 and NAME-b with 10.77.0.2. Of the packets in either direction the share LOSS is
lost, and the others take DELAY seconds. It does what `tc qdisc add … netem` does, which not every kernel has: each
namespace has a TUN device, and this program carries the packets from one to the other. It prints "ready", and at the end of
its standard input how many packets it has carried and lost; then the namespaces are gone.
"""
import ctypes
import fcntl
import heapq
import os
import random
import selectors
import struct
import subprocess
import sys
import time

TUNSETIFF = 0x400454CA
IFF_TUN = 0x0001
IFF_NO_PI = 0x1000
CLONE_NEWNET = 0x40000000

name, loss, delay = sys.argv[1], float(sys.argv[2]), float(sys.argv[3])
libc = ctypes.CDLL(None, use_errno=True)
ends = [name + '-a', name + '-b']


def ip(*words):
    subprocess.run(['ip', *words], check=True)


def open_tun(namespace, address):
    ip('netns', 'add', namespace)
    with open('/var/run/netns/' + namespace) as file:
        if libc.setns(file.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), 'setns')
    descriptor = os.open('/dev/net/tun', os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(descriptor, TUNSETIFF, struct.pack('16sH', b'link0', IFF_TUN | IFF_NO_PI))
    ip('address', 'add', address + '/24', 'dev', 'link0')
    ip('link', 'set', 'link0', 'up')
    ip('link', 'set', 'lo', 'up')
    return descriptor


def carry(descriptors):
    other = {descriptors[0]: descriptors[1], descriptors[1]: descriptors[0]}
    selector = selectors.DefaultSelector()
    for descriptor in [*descriptors, 0]:
        selector.register(descriptor, selectors.EVENT_READ)
    # Always the same packets are lost, as far as the same ones come.
    chance = random.Random(5)
    waiting, number, lost = [], 0, 0
    while True:
        timeout = max(0, waiting[0][0] - time.monotonic()) if waiting else None
        for key, _ in selector.select(timeout):
            if key.fd == 0:
                print('carried %d packets, lost %d' % (number, lost), flush=True)
                return
            packet = os.read(key.fd, 65536)
            number += 1
            if chance.random() < loss:
                lost += 1
            else:
                heapq.heappush(waiting, (time.monotonic() + delay, number, other[key.fd], packet))
        while waiting and waiting[0][0] <= time.monotonic():
            _, _, descriptor, packet = heapq.heappop(waiting)
            os.write(descriptor, packet)


try:
    descriptors = [open_tun(namespace, '10.77.0.%d' % (place + 1)) for place, namespace in enumerate(ends)]
    print('ready', flush=True)
    carry(descriptors)
finally:
    for namespace in ends:
        subprocess.run(['ip', 'netns', 'delete', namespace], stderr=subprocess.DEVNULL)
