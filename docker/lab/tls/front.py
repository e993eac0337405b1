"""Ends TLS in front of a server that speaks plainly, byte for byte.

Usage: front.py CERTIFICATE KEY PORT TARGET_PORT; both ports are on loopback.
"""

import asyncio
import contextlib
import ssl
import sys

HOST = "127.0.0.1"
CHUNK = 256 * 1024


async def copy(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    """Passes on what comes until the source ends, then lets the sink know if it can be told."""
    with contextlib.suppress(ConnectionError, ssl.SSLError):
        while chunk := await source.read(CHUNK):
            sink.write(chunk)
            await sink.drain()
        if sink.can_write_eof():
            sink.write_eof()


async def serve(certificate: str, key: str, port: int, target: int) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        behind: asyncio.StreamWriter | None = None
        try:
            answers, behind = await asyncio.open_connection(HOST, target)
            forth = asyncio.create_task(copy(reader, behind))
            back = asyncio.create_task(copy(answers, writer))
            # A server that ends the connection has said all; a client may still wait for the answer.
            await back
            forth.cancel()
        except OSError as error:
            print(f"{HOST}:{target}: {error}", file=sys.stderr, flush=True)
        finally:
            for each in (writer, behind):
                if each is not None:
                    each.close()

    server = await asyncio.start_server(connected, HOST, port, ssl=context)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
