"""CPython's asyncio with a Protocol: an echo server over Unix stream sockets."""

import asyncio
import sys


class Echo(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.transport.write(data)


async def main():
    server = await asyncio.get_running_loop().create_unix_server(Echo, sys.argv[1], backlog=4096)
    print("PORT", sys.argv[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
