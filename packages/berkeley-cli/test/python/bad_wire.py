"""A wire between two network namespaces that loses packets and takes its time, where the kernel has no netem.

bad_wire.py PID PID LOSS DELAY: makes a tun device `bad` in the namespace of either process, 10.8.0.1 and 10.8.0.2, and
carries packets between them: each is lost with the probability LOSS, else delivered after DELAY seconds. It says `ready`,
and at the end of its input how many it carried and lost.
"""
import collections, ctypes, fcntl, os, random, select, struct, subprocess, sys, time

TUNSETIFF, IFF_TUN, IFF_NO_PI, CLONE_NEWNET = 0x400454CA, 1, 0x1000, 0x40000000
libc = ctypes.CDLL(None, use_errno=True)


def enter(pid):
    with open(f'/proc/{pid}/ns/net') as namespace:
        if libc.setns(namespace.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), 'setns')


def open_end(pid, number):
    enter(pid)
    end = os.open('/dev/net/tun', os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(end, TUNSETIFF, struct.pack('16sH22x', b'bad', IFF_TUN | IFF_NO_PI))
    for command in (f'address add 10.8.0.{number} peer 10.8.0.{3 - number} dev bad', 'link set bad up'):
        subprocess.run(['ip', *command.split()], check=True)
    return end


pids, loss, delay = sys.argv[1:3], float(sys.argv[3]), float(sys.argv[4])
left, right = (open_end(pid, number) for number, pid in enumerate(pids, 1))
chance = random.Random(1)
under_way = {left: collections.deque(), right: collections.deque()}
carried = lost = 0
print('ready', flush=True)
while True:
    due = min((packets[0][0] for packets in under_way.values() if packets), default=None)
    wait = None if due is None else max(0, due - time.monotonic())
    readable, _, _ = select.select([left, right, sys.stdin], [], [], wait)
    if sys.stdin in readable:
        break
    for end in readable:
        packet = os.read(end, 65536)
        if chance.random() < loss:
            lost += 1
        else:
            under_way[right if end == left else left].append((time.monotonic() + delay, packet))
    for end, packets in under_way.items():
        while packets and packets[0][0] <= time.monotonic():
            os.write(end, packets.popleft()[1])
            carried += 1
print(carried, lost, flush=True)
