"""Has a WebSocket server send messages back, with the library `websockets`: websocket_client.py PORT"""
import asyncio
import os
import sys

import websockets

MESSAGES = ["hello", "", "Zoë Škvorecká", "x" * 125, "x" * 126, "x" * 127, "x" * 65535, b"bytes", os.urandom(65536), os.urandom(900_000)]


async def main():
    async with websockets.connect(f"ws://127.0.0.1:{sys.argv[1]}") as socket:
        for message in MESSAGES:
            await socket.send(message)
            assert await socket.recv() == message, message
        # In parts, with a ping between them, which must be answered at once.
        async def parts():
            yield "one, "
            await asyncio.wait_for(await socket.ping(b"are you there?"), 20)
            yield "two, "
            yield "three"

        await socket.send(parts())
        assert await socket.recv() == "one, two, three"
    assert socket.close_code == 1000, socket.close_code
    print("all came back")


asyncio.run(main())
