"""A ClickHouse server out of `libchdb.so`: runs clickhouse-local's main, which can be told to listen.

Usage: server.py LIBRARY CONFIG FOLDER HTTP_PORT TCP_PORT; ends on SIGTERM. After the statements that start it, it waits
for more of them from a pipe that nobody writes to, which keeps it running.
"""

import ctypes
import os
import sys
from pathlib import Path


class Result(ctypes.Structure):
    """What `query_stable_v2` answers."""

    _fields_ = [
        ("text", ctypes.c_char_p),
        ("length", ctypes.c_size_t),
        ("vector", ctypes.c_void_p),
        ("elapsed", ctypes.c_double),
        ("rows", ctypes.c_uint64),
        ("bytes", ctypes.c_uint64),
        ("error", ctypes.c_char_p),
    ]


def main(library: str, config: str, folder: str, http_port: str, tcp_port: str) -> int:
    pipe = Path(folder) / "never"
    pipe.unlink(missing_ok=True)
    os.mkfifo(pipe, 0o600)
    held = os.open(pipe, os.O_RDWR)
    start = Path(folder) / "start.sql"
    start.write_text("SYSTEM START LISTEN HTTP; SYSTEM START LISTEN TCP;")
    argv = ["clickhouse", "--config-file", config, "--path", f"{folder}/data"]
    argv += ["--listen_host", "127.0.0.1", "--http_port", http_port, "--tcp_port", tcp_port]
    argv += ["--queries-file", str(start), "--queries-file", str(pipe)]
    loaded = ctypes.CDLL(library)
    loaded.query_stable_v2.restype = ctypes.POINTER(Result)
    words = (ctypes.c_char_p * len(argv))(*(word.encode() for word in argv))
    result = loaded.query_stable_v2(len(argv), words)
    os.close(held)
    error = result.contents.error if result else b"no result"
    if error:
        print(f"ended with an error: {error.decode(errors='replace')}", flush=True)
    return 1 if error else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
