# What python3's select and selectors modules say of descriptor 3, as JSON.
import json
import select
import selectors

FD = 3
EVERYTHING = select.POLLIN | select.POLLPRI | select.POLLOUT | select.POLLRDHUP


def polled(make, mask):
    poller = make()
    try:
        poller.register(FD, mask)
    except OSError as error:
        return type(error).__name__
    return [events for _, events in poller.poll(0)]


def selected(make, events):
    with make() as selector:
        try:
            selector.register(FD, events)
        except OSError as error:
            return type(error).__name__
        return [events for _, events in selector.select(0)]


NAMES = ['SelectSelector', 'PollSelector', 'EpollSelector']
print(json.dumps({
    'select': [len(ready) for ready in select.select([FD], [FD], [FD], 0)],
    'poll': polled(select.poll, EVERYTHING),
    'poll for nothing': polled(select.poll, 0),
    'epoll': polled(select.epoll, EVERYTHING),
    'epoll for nothing': polled(select.epoll, 0),
    **{f'{name} {events}': selected(getattr(selectors, name), events) for name in NAMES for events in (1, 2, 3)},
}))
