"""The pages of runs: who sees them, and that no name of an object becomes markup."""

from __future__ import annotations

import base64
import http.server
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from urllib.parse import parse_qs, unquote, urlsplit

import browse as pages
import pytest

OBJECTS = {
    "runs/a b/index.html": b"<h1>a run</h1>",
    "runs/a b/logs/ingest.log": "größer".encode(),
    "other/<b>.txt": b"x",
}


class FakeStore(http.server.BaseHTTPRequestHandler):
    """Lists and gives objects of one bucket to whoever signs as S3 wants it."""

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        bucket, _, key = unquote(parts.path).lstrip("/").partition("/")
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        signed = self.headers.get("authorization", "")
        if not signed.startswith("AWS4-HMAC-SHA256 Credential=reader/") or bucket != "artefacts":
            self._send(403, b"")
        elif query.get("list-type") == "2":
            self._send(200, _listed(query.get("prefix", "")))
        elif key in OBJECTS:
            self._send(200, OBJECTS[key])
        else:
            self._send(404, b"")

    def _send(self, status: int, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *arguments: object) -> None:
        pass


def _listed(prefix: str) -> bytes:
    names = {key[len(prefix) :] for key in OBJECTS if key.startswith(prefix)}
    files = {f"<Contents><Key>{prefix}{_text(n)}</Key></Contents>" for n in names if "/" not in n}
    folders = {n.partition("/")[0] + "/" for n in names if "/" in n}
    common = {
        f"<CommonPrefixes><Prefix>{prefix}{_text(n)}</Prefix></CommonPrefixes>" for n in folders
    }
    body = "".join(sorted(files | common))
    space = "http://s3.amazonaws.com/doc/2006-03-01/"
    return f'<ListBucketResult xmlns="{space}"><Prefix>{prefix}</Prefix>{body}</ListBucketResult>'.encode()


def _text(name: str) -> str:
    return name.replace("<", "&lt;").replace(">", "&gt;")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    store = http.server.ThreadingHTTPServer(("127.0.0.1", 0), FakeStore)
    plan = {
        "endpoint": f"http://127.0.0.1:{store.server_port}",
        "region": "us-east-1",
        "access_key": "reader",
        "secret_key": "secret",
        "buckets": ["artefacts"],
        "people": {"viewer": "pass:word"},
    }
    shown = pages.server(0, plan)
    for each in (store, shown):
        threading.Thread(target=each.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{shown.server_port}"
    for each in (store, shown):
        each.shutdown()
        each.server_close()


def get(address: str, login: str | None = "viewer:pass:word") -> tuple[str, str]:
    headers = {}
    if login is not None:
        headers["Authorization"] = f"Basic {base64.b64encode(login.encode()).decode()}"
    with urllib.request.urlopen(urllib.request.Request(address, headers=headers)) as answer:
        return answer.read().decode(), answer.headers["Content-Type"]


def test_a_folder_is_its_page_and_a_log_is_text(address: str) -> None:
    assert get(f"{address}/artefacts/runs/a%20b/") == ("<h1>a run</h1>", "text/html; charset=utf-8")
    log = get(f"{address}/artefacts/runs/a%20b/logs/ingest.log")
    assert log == ("größer", "text/plain; charset=utf-8")


def test_a_folder_without_a_page_is_listed_and_names_are_no_markup(address: str) -> None:
    listed, _ = get(f"{address}/artefacts/runs/")
    assert '<a href="./a%20b/">a b/</a>' in listed
    listed, _ = get(f"{address}/artefacts/other/")
    assert "&lt;b&gt;.txt" in listed
    assert "<b>" not in listed


@pytest.mark.parametrize("login", [None, "viewer:wrong", "viewer:", "nobody:", ":", "viewer"])
def test_nobody_sees_anything_without_the_right_password(address: str, login: str | None) -> None:
    with pytest.raises(urllib.error.HTTPError, match="401"):
        get(f"{address}/artefacts/runs/", login)


@pytest.mark.parametrize(
    "path", ["landing/x", "artefacts/none", "artefacts/none/", "../etc/passwd", ""]
)
def test_what_is_not_shown_is_not_found(address: str, path: str) -> None:
    with pytest.raises(urllib.error.HTTPError, match="404"):
        get(f"{address}/{path}")
