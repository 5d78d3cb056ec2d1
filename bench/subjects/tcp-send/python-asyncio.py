"""CPython's asyncio, streams: write and drain, 64 KiB at a time."""

import asyncio
import sys

block = open(sys.argv[1], "rb").read(65536)
blocks = int(sys.argv[2])


async def serve(_, writer):
    for _ in range(blocks):
        writer.write(block)
        await writer.drain()
    writer.close()


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    print("PORT", server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
