"""A service that starts in a moment, for tests of what the lab does with any service."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import ClassVar

from headgate_lab import http
from headgate_lab.ports import HOST
from headgate_lab.processes import Command
from headgate_lab.service import Service
from headgate_lab.site import Site

LISTEN = """
import http.server, pathlib, subprocess, sys
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(sys.argv[2].encode())
    def log_message(self, *arguments): pass
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
pathlib.Path("child").write_text(str(child.pid))
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Answer).serve_forever()
"""


class Fake(Service):
    """Answers with its option `words`; runs a child, as real servers do."""

    ports: ClassVar[tuple[str, ...]] = ("http",)
    options: ClassVar[dict[str, str]] = {"words": "hello"}
    failure = r"\w+Error"
    start_seconds = 20
    stop_seconds = 5

    def __init__(
        self, name: str = "fake", needs: tuple[str, ...] = (), program: str = LISTEN
    ) -> None:
        self.name = name
        self.needs = needs
        self.program = program
        self.installed = 0

    def install(self) -> None:
        self.installed += 1

    def argv(self, site: Site) -> Sequence[str]:
        return [sys.executable, "-c", self.program, str(site.port("http")), site.option("words")]

    def command(self, site: Site) -> Command:
        return Command(self.argv(site), folder=site.folder)

    def probe(self, site: Site) -> None:
        http.request(f"http://{HOST}:{site.port('http')}/")

    def environment(self, site: Site) -> dict[str, str]:
        return {f"{self.name.upper()}_PORT": str(site.port("http"))}
