"""Passes TCP connections on, in the kernel: what comes to one address goes to the same or another port of another."""

from __future__ import annotations

import contextlib
import fcntl
import os
import selectors
import socket
import threading
import time
from dataclasses import dataclass

_CHUNK = 1 << 20
_BACKLOG = 128


@dataclass(frozen=True)
class Way:
    """From where to where. With a `device`, only what comes in through it is taken."""

    host: str
    port: int
    to_host: str
    to_port: int
    device: str = ""


class Forwarder:
    """Serves ways, which may change while it runs; used by one thread."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._listening: dict[Way, socket.socket] = {}
        self._refused: set[Way] = set()

    def serve_only(self, ways: set[Way]) -> None:
        """Begins to listen for new ways, and stops for those that are gone: then clients are refused. Says of a way
        that cannot be served why, and tries it again the next time."""
        for way in self._listening.keys() - ways:
            listener = self._listening.pop(way)
            self._selector.unregister(listener)
            listener.close()
        self._refused &= ways
        for way in ways - self._listening.keys():
            try:
                listener = _listener(way)
            except OSError as error:
                if way not in self._refused:
                    print(f"error: {way.host}:{way.port} is not passed on: {error}", flush=True)
                self._refused.add(way)
                continue
            self._refused.discard(way)
            self._listening[way] = listener
            self._selector.register(listener, selectors.EVENT_READ, way)

    def accept(self, seconds: float) -> None:
        """Takes up the connections that come within this time."""
        for key, _ in self._selector.select(seconds):
            listener = key.fileobj
            if isinstance(listener, socket.socket):
                try:
                    client, _ = listener.accept()
                except (BlockingIOError, ConnectionError):
                    continue
                except OSError as error:
                    # As when too many are open: whoever waits is taken up when others have ended.
                    print(f"error: a connection is not passed on now: {error}", flush=True)
                    time.sleep(0.1)
                    continue
                client.setblocking(True)
                threading.Thread(target=_connect, args=(client, key.data), daemon=True).start()


def _listener(way: Way) -> socket.socket:
    listener = socket.socket()
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if way.device:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, way.device.encode())
        listener.bind((way.host, way.port))
        listener.listen(_BACKLOG)
        listener.setblocking(False)
    except BaseException:
        listener.close()
        raise
    return listener


def _connect(client: socket.socket, way: Way) -> None:
    with client:
        try:
            server = socket.create_connection((way.to_host, way.to_port), timeout=10)
        except OSError:
            _reset(client)
            return
        with server:
            server.settimeout(None)
            for each in (client, server):
                each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            back = threading.Thread(target=_pass, args=(server, client), daemon=True)
            back.start()
            _pass(client, server)
            back.join()


def _pass(source: socket.socket, sink: socket.socket) -> None:
    """Moves bytes through a pipe until the source ends; the sink learns how it ended."""
    out, into = os.pipe()
    try:
        with contextlib.suppress(OSError):
            fcntl.fcntl(into, fcntl.F_SETPIPE_SZ, _CHUNK)
        while count := os.splice(source.fileno(), into, _CHUNK):
            while count:
                count -= os.splice(out, sink.fileno(), count)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        for each in (source, sink):
            _reset(each)
    finally:
        os.close(out)
        os.close(into)


def _reset(connection: socket.socket) -> None:
    """Ends a connection as the broken one on the other side did, rather than as if all had been said."""
    with contextlib.suppress(OSError):
        linger = (1).to_bytes(4, "little") + (0).to_bytes(4, "little")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        connection.shutdown(socket.SHUT_RDWR)
