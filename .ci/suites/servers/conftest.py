"""A lab that nobody shares: its servers are killed."""

import hashlib
import os
import secrets
from collections.abc import Iterator
from xml.sax.saxutils import escape

import pytest
from accounts import READER, SCHEMA, TIGHT
from rights import clickhouse_grants

from headgate_lab.laboratory import Lab, default_home


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    """A lab and its environment; HEADGATE_SERVERS_LAB names one that is up and may be broken."""
    kept = os.environ.get("HEADGATE_SERVERS_LAB")
    lab = Lab(kept or f"ci-{os.getpid()}", default_home())
    before = dict(os.environ)
    try:
        lab.up([], {})
        os.environ.update(lab.environment())
        more_users(lab)
        yield lab
    finally:
        os.environ.clear()
        os.environ.update(before)
        if kept is None:
            lab.purge()


def more_users(lab: Lab) -> None:
    """ClickHouse's reader of the page, and a pipeline that may not ask much in an hour."""
    accounts = {
        READER: ("default", clickhouse_grants("reader", SCHEMA)),
        TIGHT: (TIGHT, clickhouse_grants("pipeline", "headgate")),
    }
    users = []
    for name, (quota, grants) in accounts.items():
        password = secrets.token_hex(12)
        os.environ[f"HEADGATE_LAB_{name.upper()}_USER"] = name
        os.environ[f"HEADGATE_LAB_{name.upper()}_PASSWORD"] = password
        queries = "".join(f"<query>{escape(grant)}</query>" for grant in sorted(grants))
        users.append(
            f"<{name}><password_sha256_hex>{hashlib.sha256(password.encode()).hexdigest()}"
            "</password_sha256_hex><networks><ip>127.0.0.1</ip></networks>"
            f"<profile>default</profile><quota>{quota}</quota><grants>{queries}</grants></{name}>"
        )
    interval = "<interval><duration>3600</duration><queries>20</queries></interval>"
    file = lab.folder / "clickhouse/users.d/page.xml"
    file.touch(0o600)
    file.write_text(
        f"<clickhouse><quotas><{TIGHT}>{interval}</{TIGHT}></quotas>"
        f"<users>{''.join(users)}</users></clickhouse>",
        encoding="utf-8",
    )
    lab.restart("clickhouse")
