from __future__ import annotations

import socket

import pytest

from headgate_lab import ports


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_a_port_that_somebody_listens_on_is_not_free(host: str) -> None:
    with socket.socket() as server:
        server.bind((host, 0))
        server.listen()
        port = server.getsockname()[1]
        assert not ports.is_free(port)
    assert ports.is_free(port)


def test_a_port_with_lingering_connections_is_free() -> None:
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        client = socket.create_connection(("127.0.0.1", port))
        accepted, _ = server.accept()
        accepted.close()  # The side that closes first lingers in TIME_WAIT.
        client.close()
    assert ports.is_free(port)


def test_keeps_the_port_it_had_when_that_is_free() -> None:
    assert ports.choose(["a"], {"a": 20123}, set(), lambda _: True) == {"a": 20123}


def test_replaces_only_the_port_that_is_taken() -> None:
    chosen = ports.choose(["a", "b"], {"a": 20123, "b": 20124}, set(), lambda port: port != 20123)
    assert chosen["b"] == 20124
    assert chosen["a"] not in (20123, 20124)
    assert ports.FIRST <= chosen["a"] <= ports.LAST


def test_never_gives_a_promised_port_or_one_twice() -> None:
    only = {20001, 20002, 20003}
    chosen = ports.choose(["a", "b"], {}, {20001}, lambda port: port in only)
    assert set(chosen.values()) == {20002, 20003}


def test_says_so_when_no_port_is_left() -> None:
    with pytest.raises(OSError, match="no port is free"):
        ports.choose(["a"], {}, set(), lambda _: False)
