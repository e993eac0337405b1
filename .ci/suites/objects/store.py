"""An object store from outside Headgate: accounts, and lists of what lies in it."""

import datetime
import hashlib
import hmac
import json
import os
import re
import secrets
import subprocess
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from xml.etree import ElementTree

from headgate_lab.services import minio
from project import TOP

_HEADGATE = """\
version: 1
connections:
  local: {kind: duckdb, path: warehouse/dev.duckdb}
  store:
    kind: s3
    endpoint: ${env:STORE_ENDPOINT}
    access_key: ${env:STORE_KEY}
    secret_key: ${env:STORE_SECRET}
targets:
  dev:
    storage: store
    landing: s3://landing/PREFIX
    state: s3://artefacts/PREFIX
    warehouses: {main: {connection: local}}
"""


class Configured(Protocol):
    """A project of whichever suite."""

    folder: Path


@dataclass
class Store:
    """The lab's store as its administrator sees it."""

    endpoint: str
    key: str
    secret: str
    region: str
    accounts: dict[str, tuple[str, str]] = field(default_factory=dict)
    prefix: str = "headgate"

    @staticmethod
    def of_lab() -> "Store | None":
        names = ("ENDPOINT", "ACCESS_KEY", "SECRET_KEY", "REGION")
        values = [os.environ.get(f"HEADGATE_LAB_S3_{name}") for name in names]
        if not all(values):
            return None
        endpoint, key, secret, region = (str(value) for value in values)
        return Store(endpoint, key, secret, region, prefix=f"objects-suite/{secrets.token_hex(4)}")

    def configure(self, project: "Configured") -> None:
        text = _HEADGATE.replace("PREFIX", self.prefix)
        (project.folder / "headgate.yaml").write_text(text, encoding="utf-8")

    def add_accounts(self) -> None:
        """One account for each policy of docs/stores/s3.md, for this run's own prefix."""
        page = (TOP / "docs/stores/s3.md").read_text(encoding="utf-8")
        users: list[dict[str, Any]] = []
        for name, block in zip(
            ("pipeline", "reader"), re.findall(r"```json\n(.*?)```", page, re.DOTALL), strict=True
        ):
            policy = json.loads(block.replace("/headgate/", f"/{self.prefix}/"))
            account = (f"{name}-{secrets.token_hex(4)}", secrets.token_hex(12))
            self.accounts[name] = account
            users.append({"access_key": account[0], "secret_key": account[1], "policy": policy})
            if name == "pipeline":
                runs = f"arn:aws:s3:::artefacts/{self.prefix}/runs/*"
                denied = {"Effect": "Deny", "Action": ["s3:PutObject"], "Resource": [runs]}
                less = {**policy, "Statement": [*policy["Statement"], denied]}
                account = (f"no-runs-{secrets.token_hex(4)}", secrets.token_hex(12))
                self.accounts["no runs"] = account
                users.append({"access_key": account[0], "secret_key": account[1], "policy": less})
        plan = {
            "address": urllib.parse.urlsplit(self.endpoint).netloc,
            "access_key": self.key,
            "secret_key": self.secret,
            "region": self.region,
            "buckets": [],
            "users": users,
        }
        subprocess.run([minio._setup()], input=json.dumps(plan), text=True, check=True)

    def names(self, bucket: str) -> list[str]:
        """What lies below this run's prefix of a bucket, without that prefix."""
        query = urllib.parse.urlencode(
            {"list-type": "2", "prefix": f"{self.prefix}/"}, quote_via=urllib.parse.quote
        )
        with urllib.request.urlopen(self._signed(f"/{bucket}", query)) as answer:
            root = ElementTree.fromstring(answer.read())
        space = "{http://s3.amazonaws.com/doc/2006-03-01/}"
        keys = [str(node.text) for node in root.iter(f"{space}Key")]
        return [key.removeprefix(f"{self.prefix}/") for key in keys]

    def _signed(self, path: str, query: str) -> urllib.request.Request:
        now = datetime.datetime.now(datetime.UTC).strftime("%Y%m%dT%H%M%SZ")
        host = urllib.parse.urlsplit(self.endpoint).netloc
        empty = hashlib.sha256(b"").hexdigest()
        headers = {"host": host, "x-amz-content-sha256": empty, "x-amz-date": now}
        lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
        request = f"GET\n{path}\n{query}\n{lines}\n{';'.join(headers)}\n{empty}"
        scope = f"{now[:8]}/{self.region}/s3/aws4_request"
        hashed = hashlib.sha256(request.encode()).hexdigest()
        key = f"AWS4{self.secret}".encode()
        for part in scope.split("/"):
            key = hmac.digest(key, part.encode(), "sha256")
        text = f"AWS4-HMAC-SHA256\n{now}\n{scope}\n{hashed}"
        signature = hmac.new(key, text.encode(), "sha256").hexdigest()
        headers["authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={self.key}/{scope}, "
            f"SignedHeaders={';'.join(list(headers))}, Signature={signature}"
        )
        return urllib.request.Request(f"{self.endpoint}{path}?{query}", headers=headers)
