"""CPython's asyncio with a Protocol: data to the end of the stream, then the number of bytes."""

import asyncio


class Count(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport
        self.received = 0

    def data_received(self, data):
        self.received += len(data)

    def eof_received(self):
        self.transport.write(str(self.received).encode())


async def main():
    server = await asyncio.get_running_loop().create_server(Count, "127.0.0.1", 0)
    print("PORT", server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
