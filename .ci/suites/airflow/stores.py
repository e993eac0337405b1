"""What people read, by the stores' own clients, and the files that come in."""

import os
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

from headgate_lab import deploy
from project import MODELS
from warehouse import ClickHouse, Postgres, Trino, Warehouse

SCHEMA = "headgate_streaming"
_KINDS: dict[str, type[Warehouse]] = {kind.kind: kind for kind in (Postgres, ClickHouse, Trino)}


def upload(folder: Path, prefix: str) -> None:
    """Puts the files of a folder below a prefix of what comes in."""
    deploy.upload(os.environ, folder, f"s3://landing/incoming/{prefix}")


def write(name: str, text: str) -> None:
    """Puts one file, such as shop/orders.csv, to what comes in."""
    prefix, _, file = name.rpartition("/")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, file).write_text(text, encoding="utf-8")
        upload(Path(folder), prefix)


def query(store: str, sql: str) -> list[Any]:
    """Rows, as an administrator of the store reads them."""
    with _KINDS[store]().reader() as ask:
        return list(ask(sql))


def published(store: str) -> dict[str, Decimal]:
    """The six answers, as readers of the store see them."""
    warehouse = _KINDS[store]()
    warehouse.schema = SCHEMA
    with warehouse.reader() as ask:
        return {
            model: Decimal(str(ask(f"SELECT answer FROM {warehouse.place(SCHEMA, model)}")[0][0]))
            for model in MODELS
        }
