"""A TCP proxy with CPython's asyncio, streams."""

import asyncio
import sys


async def pass_on(reader, writer):
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.write_eof()


async def serve(front_reader, front_writer):
    back_reader, back_writer = await asyncio.open_connection("127.0.0.1", int(sys.argv[1]))
    await asyncio.gather(pass_on(front_reader, back_writer), pass_on(back_reader, front_writer))
    front_writer.close()
    back_writer.close()


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    print("PORT", server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
