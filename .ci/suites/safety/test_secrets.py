"""A planted secret is found in no output, file or list of processes, however written."""

import base64
import html
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from shop import Shop

PASSWORD = 'pass"w/ö+rd&7KqVx29hW<9'
TOKEN = "t0ken'with spaces%and=4ZrTm61bQ\\8"
ENVIRONMENT = {"SHOP_PASSWORD": PASSWORD, "SHOP_TOKEN": TOKEN}

DBT_PROJECT = """\
name: shop
version: "1.0"
profile: shop
model-paths: [models]
models: {shop: {+materialized: table}}
"""


def forms(secret: str) -> list[bytes]:
    """The ways in which it may be written."""
    raw = secret.encode()
    texts = {
        secret,
        quote(secret), quote(secret, safe=""), quote_plus(secret),
        json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1],
        json.dumps(json.dumps(secret))[3:-3],
        html.escape(secret), html.escape(secret, quote=False),
        secret.replace("'", "''"), secret.replace('"', '""'), repr(secret)[1:-1],
    }  # fmt: skip
    found = {text.encode() for text in texts}
    for offset in range(3):
        encoded = base64.b64encode(b"x" * offset + raw + b"x" * ((3 - (offset + len(raw)) % 3) % 3))
        found.add(encoded[4 if offset else 0 : -4])
    # The part that no writing changes.
    found |= {b"7KqVx29hW", b"4ZrTm61bQ"}
    return sorted(found)


class CommandLines(threading.Thread):
    """Reads the command lines of all processes until it is told to stop."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[bytes] = set()
        self.ended = threading.Event()

    def run(self) -> None:
        while not self.ended.wait(0.02):
            for entry in Path("/proc").iterdir():
                if entry.name.isdigit():
                    try:
                        self.seen.add((entry / "cmdline").read_bytes())
                    except OSError:
                        continue


EXTRA = """\
  extra: {kind: postgres, host: 127.0.0.1, port: 1, database: d, user: u, password: "${env:SHOP_PASSWORD}"}
"""  # fmt: skip


@pytest.fixture
def secret_shop(tmp_path: Path) -> Shop:
    """A shop whose connections and parameters have secrets, and whose steps use them."""
    shop = Shop(tmp_path / "shop")
    shop.edit("headgate.yaml", "dev.duckdb}\n", "dev.duckdb}\n" + EXTRA)
    shop.edit("pipelines/shop/pipeline.yaml", "steps:\n",
        "  token: {type: string, secret: true, required: true}\nsteps:\n")  # fmt: skip
    shop.edit("pipelines/shop/pipeline.yaml", "    needs: ingest\n",
        "    needs: models\n    suites: expectations/orders.yaml\n")  # fmt: skip
    shop.edit("pipelines/shop/pipeline.yaml", "  judged:\n",
        "  models:\n    kind: dbt\n    needs: ingest\n    project: dbt/\n    command: build\n"
        "    vars: {token: \"${param:token}\"}\n  judged:\n")  # fmt: skip
    shop.write("pipelines/shop/expectations/orders.yaml",
        "table: orders\nexpectations:\n  - {expect: column_values_to_not_be_null, column: id}\n")  # fmt: skip
    shop.write("pipelines/shop/dbt/dbt_project.yml", DBT_PROJECT)
    shop.write("pipelines/shop/dbt/models/sums.sql",
        "{{ log('the token is ' ~ var('token'), info=true) }} select sum(amount) as s from shop.orders")  # fmt: skip
    return shop


def places(shop: Shop) -> Iterator[tuple[str, bytes]]:
    for file in shop.folder.rglob("*"):
        if file.is_file() or file.is_symlink():
            yield str(file.relative_to(shop.folder)), file.read_bytes() + str(file).encode()


@pytest.mark.parametrize("fails", [False, True], ids=["a run that ends well", "a run that fails"])
def test_planted_secret_is_found_nowhere(fails: bool, secret_shop: Shop) -> None:
    shop = secret_shop
    if fails:
        shop.write("pipelines/shop/dbt/models/sums.sql",
            "{{ exceptions.raise_compiler_error('bad ' ~ var('token')) }}")  # fmt: skip
    temporary = shop.folder / "tmp"
    temporary.mkdir()
    environment = {
        **ENVIRONMENT,
        "TMPDIR": str(temporary),
        "HEADGATE_JAVA_OPTIONS": f"-Djava.io.tmpdir={temporary}",
    }
    watch = CommandLines()
    watch.start()
    process = shop.start(
        "run", "--json", "--param", "token=${env:SHOP_TOKEN}", environment=environment
    )
    out, err = process.communicate(timeout=120)
    extra = shop.start("connections", "test", "extra", "--json", environment=environment)
    tested, beside = extra.communicate(timeout=120)
    assert extra.returncode == 75, beside
    watch.ended.set()
    watch.join()
    assert (process.returncode != 0) is fails, err
    assert fails or "the token is" in "".join(
        file.read_text("utf-8") for file in shop.folder.rglob("*.log")
    ), "the planted secret was not used"
    assert any(b"headgate" in line for line in watch.seen)
    found = [
        (secret, place, form)
        for secret in (PASSWORD, TOKEN)
        for form in forms(secret)
        for place, content in [
            ("stdout", out.encode()),
            ("stderr", err.encode()),
            ("connections test", (tested + beside).encode()),
            ("process list", b"\n".join(watch.seen)),
            *places(shop),
        ]
        if form in content
    ]
    assert not found, found


def test_secret_on_the_command_line_is_refused_and_not_repeated(secret_shop: Shop) -> None:
    run = secret_shop.run("--param", f"token={TOKEN}", environment=ENVIRONMENT)
    assert run.code == 64, run.log
    assert "${env:" in run.log
    assert "4ZrTm61bQ" not in run.log
    assert not [place for place, content in places(secret_shop) if b"4ZrTm61bQ" in content]


def test_reference_that_leads_nowhere_is_named(secret_shop: Shop) -> None:
    run = secret_shop.run("--param", "token=${env:NO_SUCH_TOKEN}", environment=ENVIRONMENT)
    assert run.code == 78, run.log
    assert "NO_SUCH_TOKEN" in run.log
    without = secret_shop.start("connections", "test", "extra", environment={"SHOP_TOKEN": TOKEN})
    out, err = without.communicate(timeout=120)
    assert without.returncode == 78, err
    assert "SHOP_PASSWORD" in out + err
