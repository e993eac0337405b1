"""Shows buckets of an object store to a browser, after a login: `browse.py PORT PLAN`, where PLAN is a JSON file.

The plan has `endpoint`, `region`, `access_key`, `secret_key`, `buckets` and `people` (name: password). An address is
/BUCKET/KEY. One that ends in a slash is the folder's index.html, else what is listed below it.
"""

import base64
import hashlib
import hmac
import html
import http.client
import http.server
import json
import mimetypes
import shutil
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

HOST = "127.0.0.1"
NAMESPACE = "{http://s3.amazonaws.com/doc/2006-03-01/}"
TEXTS = {".log": "text/plain", ".json": "application/json", ".sql": "text/plain"}


class Store:
    """Reads an object store with signed requests (AWS Signature Version 4)."""

    def __init__(self, plan: Mapping[str, Any]) -> None:
        self._plan = plan
        self._host = urlsplit(plan["endpoint"]).netloc

    def ask(
        self, bucket: str, key: str = "", query: Mapping[str, str] | None = None
    ) -> http.client.HTTPResponse:
        path = quote(f"/{bucket}/{key}", safe="/-_.~")
        asked = "&".join(
            f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}"
            for name, value in sorted((query or {}).items())
        )
        connection = http.client.HTTPConnection(self._host, timeout=30)
        target = f"{path}?{asked}" if asked else path
        connection.request("GET", target, headers=self._signed(path, asked, datetime.now(UTC)))
        return connection.getresponse()

    def folder(self, bucket: str, prefix: str) -> list[str]:
        """Names below a prefix, those of folders with a slash at their end; the first thousand."""
        asked = {"list-type": "2", "prefix": prefix, "delimiter": "/"}
        answer = self.ask(bucket, query=asked)
        if answer.status != 200:
            return []
        tree = ElementTree.fromstring(answer.read())
        found = [each.text or "" for each in tree.iter(f"{NAMESPACE}Prefix")]
        found += [each.text or "" for each in tree.iter(f"{NAMESPACE}Key")]
        return sorted({name.removeprefix(prefix) for name in found} - {""})

    def _signed(self, path: str, query: str, now: datetime) -> dict[str, str]:
        time, day = now.strftime("%Y%m%dT%H%M%SZ"), now.strftime("%Y%m%d")
        nothing = hashlib.sha256(b"").hexdigest()
        headers = {"host": self._host, "x-amz-content-sha256": nothing, "x-amz-date": time}
        names = ";".join(headers)
        lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
        request = f"GET\n{path}\n{query}\n{lines}\n{names}\n{nothing}"
        scope = f"{day}/{self._plan['region']}/s3/aws4_request"
        digest = hashlib.sha256(request.encode()).hexdigest()
        key = f"AWS4{self._plan['secret_key']}".encode()
        for part in scope.split("/"):
            key = hmac.digest(key, part.encode(), "sha256")
        signature = hmac.digest(
            key, f"AWS4-HMAC-SHA256\n{time}\n{scope}\n{digest}".encode(), "sha256"
        )
        account = f"{self._plan['access_key']}/{scope}"
        return {
            **headers,
            "authorization": f"AWS4-HMAC-SHA256 Credential={account}, SignedHeaders={names},"
            f" Signature={signature.hex()}",
        }


class Pages(http.server.BaseHTTPRequestHandler):
    """One request of a browser."""

    plan: Mapping[str, Any]
    store: Store
    protocol_version = "HTTP/1.1"
    timeout = 60

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path)
        if path == "/health":
            self._answer(200, b"ok", "text/plain")
            return
        if not self._known():
            self._answer(401, b"who are you?", "text/plain")
            return
        bucket, _, key = path.lstrip("/").partition("/")
        if bucket not in self.plan["buckets"]:
            self._answer(404, b"no such page", "text/plain")
        elif key == "" or key.endswith("/"):
            self._folder(bucket, key)
        else:
            self._object(bucket, key)

    def _known(self) -> bool:
        scheme, _, given = self.headers.get("Authorization", "").partition(" ")
        try:
            name, _, password = base64.b64decode(given, validate=True).decode().partition(":")
        except ValueError:
            return False
        expected = self.plan["people"].get(name, "")
        matches = hmac.compare_digest(expected.encode(), password.encode())
        return scheme.lower() == "basic" and expected != "" and matches

    def _folder(self, bucket: str, prefix: str) -> None:
        names = self.store.folder(bucket, prefix)
        if "index.html" in names:
            self._object(bucket, f"{prefix}index.html")
            return
        title = html.escape(f"{bucket}/{prefix}")
        items = "".join(
            f'<li><a href="./{quote(name)}">{html.escape(name)}</a></li>' for name in names
        )
        page = f"<!doctype html><meta charset=utf-8><title>{title}</title><h1>{title}</h1><ul>{items}</ul>"
        self._answer(200 if names else 404, page.encode(), "text/html; charset=utf-8")

    def _object(self, bucket: str, key: str) -> None:
        answer = self.store.ask(bucket, key)
        if answer.status != 200:
            answer.read()
            status = 404 if answer.status == 404 else 502
            self._answer(status, f"the store answers {answer.status}".encode(), "text/plain")
            return
        kind = TEXTS.get(Path(key).suffix) or mimetypes.guess_type(key)[0] or "text/plain"
        if kind.startswith("text/"):
            kind += "; charset=utf-8"
        self._head(200, int(answer.headers["Content-Length"]), kind)
        shutil.copyfileobj(answer, self.wfile)

    def _answer(self, status: int, content: bytes, kind: str) -> None:
        self._head(status, len(content), kind)
        self.wfile.write(content)

    def _head(self, status: int, length: int, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(length))
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cache-Control", "no-store")
        if status == 401:
            self.send_header("WWW-Authenticate", 'Basic realm="lab", charset="UTF-8"')
        self.end_headers()

    def log_message(self, format: str, *arguments: object) -> None:
        """Says nothing of what was asked: addresses name runs, and who saw them is nobody's business."""


def server(port: int, plan: Mapping[str, Any]) -> http.server.ThreadingHTTPServer:
    handler = type("Handler", (Pages,), {"plan": plan, "store": Store(plan)})
    return http.server.ThreadingHTTPServer((HOST, port), handler)


if __name__ == "__main__":
    server(int(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text())).serve_forever()
