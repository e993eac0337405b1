"""Wrong input is refused in one line, or its rows become dead letters; readers keep theirs."""

import gzip
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pytest
from shop import ROWS, Shop, clear

HEAD = "id,amount,day,note\n"
NESTED = (
    b'[{"id": 1, "amount": 1, "day": "2021-12-01", "note": ' + b"[" * 20000 + b"]" * 20000 + b"}]"
)


def _parquet(tmp: Path) -> bytes:
    file = tmp / "whole.parquet"
    duckdb.sql(
        "COPY (SELECT i::INT AS id, 1.5::DECIMAL(10,2) AS amount, DATE '2021-12-01' AS day,"
        f" 'n' || i AS note FROM range(5000) t(i)) TO '{file}'"
    )
    return file.read_bytes()


@dataclass(frozen=True)
class Bad:
    """What is wrong, and what must be said of it."""

    name: str
    content: bytes | Callable[[Path], bytes] | None
    says: tuple[str, ...]
    file: str = "orders.csv"
    code: int = 65
    dead: tuple[str, ...] = field(default=())

    def __str__(self) -> str:
        return self.name


def text(name: str, content: str, *says: str, dead: tuple[str, ...] = ()) -> Bad:
    return Bad(name, content.encode(), says, dead=dead)


REFUSED = [
    Bad("missing file", None, ("orders",)),
    text("empty file", "", "orders.csv"),
    Bad("latin-1 bytes", HEAD.encode() + b"1,2,2021-12-01,caf\xe9\n",
        ("orders.csv line 2", "encoding"), dead=("encoding",)),
    text("row too short", HEAD + "1,2.50\n", "orders.csv", dead=("",)),
    text("row too long", HEAD + "1,2.50,2021-12-01,a,b\n", "orders.csv", dead=("",)),
    text("unclosed quote", HEAD + '1,2.50,2021-12-01,"a\n2,3.50,2021-12-02,b\n', "orders.csv line 2",
         "quote", dead=("quote",)),
    text("number overflows", HEAD + "99999999999,2.50,2021-12-01,a\n", "orders", dead=("id",)),
    text("impossible date", HEAD + "1,2.50,2021-02-30,a\n", "orders", dead=("day",)),
    text("NaN", HEAD + "1,NaN,2021-12-01,a\n", "orders", dead=("amount",)),
    text("missing key", HEAD + ",2.50,2021-12-01,a\n", "orders", dead=("id",)),
    text("duplicate column names", "id,amount,day,note,amount\n1,2,2021-12-01,a,3\n", "amount"),
    text("missing column", "id,amount,note\n1,2.50,a\n", "day"),
    Bad("truncated gzip", gzip.compress((HEAD + "1,2.50,2021-12-01,a\n" * 9999).encode())[:200],
        ("orders.csv.gz",), "orders.csv.gz"),
    Bad("truncated Parquet", lambda tmp: _parquet(tmp)[:-40], ("orders.parquet",), "orders.parquet"),
    Bad("empty Parquet", b"", ("orders.parquet",), "orders.parquet"),
    Bad("JSON cut in the middle", b'[{"id": 1, "amount": 2, "day": "2021-12-01", "note": "a"}, {"id',
        ("orders.json",), "orders.json"),
    Bad("duplicate JSON key", b'[{"id": 1, "id": 2, "amount": 2, "day": "2021-12-01", "note": "a"}]',
        ("orders.json", "id"), "orders.json"),
    Bad("deep nesting", NESTED, ("orders.json",), "orders.json"),
    Bad("not what its name says", b"\x00\x01\x02\xff" * 500, ("orders.csv",)),
]  # fmt: skip


@pytest.mark.parametrize("bad", REFUSED, ids=str)
def test_bad_file_is_refused_and_readers_keep_theirs(bad: Bad, shop: Shop, tmp_path: Path) -> None:
    before = shop.published()
    shop.orders.unlink()
    if bad.content is not None:
        content = bad.content if isinstance(bad.content, bytes) else bad.content(tmp_path)
        shop.write(f"data/{bad.file}", content)

    run = shop.run()

    print(clear(run, bad.code, *bad.says))
    assert shop.published() == before
    dead = shop.dead_letters()
    assert len(dead) == len(bad.dead), dead
    for (reason, source), part in zip(dead, bad.dead, strict=True):
        assert part in reason
        assert bad.file in source
    shop.orders.unlink(missing_ok=True)
    (shop.folder / "data" / bad.file).unlink(missing_ok=True)
    shop.write("data/orders.csv", ROWS)
    shop.run().done()
    assert shop.published() == before


def test_column_that_turns_from_number_to_text_between_files(shop: Shop) -> None:
    before = shop.published()
    shop.write("data/orders-2.csv", HEAD + "x7,2.50,2021-12-01,a\n")

    print(clear(shop.run(), 65, "orders-2.csv"))

    assert shop.published() == before
    assert [source for _, source in shop.dead_letters()] == ["orders-2.csv"]


FINE = [
    ("byte order mark", b"\xef\xbb\xbf" + ROWS.encode()),
    ("CRLF", ROWS.replace("\n", "\r\n").encode()),
    ("header in another order", b"note,id,day,amount\na,1,2021-12-01,2.50\nb,2,2021-12-02,3.50\n"),
    ("gzip", gzip.compress(ROWS.encode())),
    ("no newline at the end", ROWS.strip().encode()),
]


@pytest.mark.parametrize(
    "content", [content for _, content in FINE], ids=[name for name, _ in FINE]
)
def test_unusual_file_means_the_same(content: bytes, shop: Shop) -> None:
    before = shop.published()
    shop.orders.unlink()
    shop.write("data/orders.csv.gz" if content[:2] == b"\x1f\x8b" else "data/orders.csv", content)

    run = shop.run().done()

    assert run.read()["orders"] == 2
    assert shop.published() == before


def test_quoted_newlines_stay_in_their_value(shop: Shop) -> None:
    shop.write("data/orders.csv", HEAD + '1,2.50,2021-12-01,"a\nb, ""c"""\n')
    assert shop.run().done().read()["orders"] == 1
    with duckdb.connect(str(shop.warehouse), read_only=True) as connection:
        assert connection.execute("SELECT note FROM shop.orders").fetchall() == [('a\nb, "c"',)]


def test_header_only_empties_the_table(shop: Shop) -> None:
    shop.write("data/orders.csv", HEAD)
    assert shop.run().done().read()["orders"] == 0


def test_unknown_key_and_cycle_name_file_and_line(shop: Shop) -> None:
    before = shop.published()
    shop.edit("pipelines/shop/pipeline.yaml", "    tables: [orders", "    tabels: [orders")
    print(clear(shop.run(), 78, "pipelines/shop/pipeline.yaml:", "tabels", "tables"))
    shop.edit("pipelines/shop/pipeline.yaml", "    tabels: [orders", "    tables: [orders")
    shop.edit(
        "pipelines/shop/pipeline.yaml", "kind: ingest\n", "kind: ingest\n    needs: publish\n"
    )
    print(clear(shop.run(), 78, "pipelines/shop/pipeline.yaml:", "ingest", "judged", "publish"))
    assert shop.published() == before
