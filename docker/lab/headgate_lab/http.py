"""Requests to servers of the lab, past any proxy that the machine is set up with."""

from __future__ import annotations

import socket
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from headgate_lab.ports import HOST
from headgate_lab.service import NotReady


def connect(port: int) -> None:
    """Whether anybody listens there, for what speaks another protocol."""
    try:
        socket.create_connection((HOST, port), timeout=5).close()
    except OSError as error:
        raise NotReady(f"does not listen on {port}: {error}") from error


def request(
    url: str,
    body: str | None = None,
    headers: Mapping[str, str] | None = None,
    *,
    seconds: float = 5,
    authority: Path | None = None,
    method: str | None = None,
) -> str:
    """The body of an answer; anything but success means that the server is not ready."""
    handlers: list[urllib.request.BaseHandler] = [urllib.request.ProxyHandler({})]
    if authority is not None:
        trusted = ssl.create_default_context(cafile=authority)
        handlers.append(urllib.request.HTTPSHandler(context=trusted))
    opener = urllib.request.build_opener(*handlers)
    asked = urllib.request.Request(
        url,
        data=None if body is None else body.encode(),
        headers=dict(headers or {}),
        method=method,
    )
    try:
        with opener.open(asked, timeout=seconds) as answer:
            text: str = answer.read().decode()
            return text
    except urllib.error.HTTPError as error:
        words = " ".join(error.read().decode(errors="replace").split())
        raise NotReady(f"answers {error.code}: {words[:200]}") from error
    except OSError as error:
        raise NotReady(f"does not answer: {error}") from error
