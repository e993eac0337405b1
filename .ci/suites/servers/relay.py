"""A way to a server that can break."""

import contextlib
import socket
import struct
import threading
from types import TracebackType
from typing import Self


class Relay:
    """Passes bytes on to a port of this machine; after so many it resets all connections."""

    def __init__(self, port: int, limit: int | None = None) -> None:
        self._port = port
        self._left = limit
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.passed = 0
        self.broken = False

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        raised: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # A listener that another thread waits at goes on until it is shut down.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._reset()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                if self.broken:
                    _abort(client)
                    continue
                server = socket.create_connection(("127.0.0.1", self._port))
                with self._lock:
                    self._open |= {client, server}
                for pair in ((client, server, True), (server, client, False)):
                    threading.Thread(target=self._pass, args=pair, daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, counted: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(8192):
                if counted and self._ends(len(data)):
                    self._reset()
                    return
                target.sendall(data)
            if not self.broken:
                target.shutdown(socket.SHUT_WR)

    def _ends(self, size: int) -> bool:
        with self._lock:
            self.passed += size
            self.broken = self._left is not None and self.passed > self._left
            return self.broken

    def _reset(self) -> None:
        with self._lock:
            connections, self._open = self._open, set()
        for connection in connections:
            _abort(connection)


def _abort(connection: socket.socket) -> None:
    """Ends it with a reset rather than in good order, also when a thread waits for its bytes."""
    with contextlib.suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.shutdown(socket.SHUT_RD)
    connection.close()
