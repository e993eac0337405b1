"""What people read, by the stores' own clients, and the files that come in."""

import subprocess
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

from deployed import variable

from project import MODELS
from warehouse import ClickHouse, Postgres, Trino, Warehouse

SCHEMA = "headgate_streaming"
_KINDS: dict[str, type[Warehouse]] = {kind.kind: kind for kind in (Postgres, ClickHouse, Trino)}

_UPLOAD = """
import os, sys
from pathlib import Path
import boto3
store = boto3.client(
    "s3",
    endpoint_url=os.environ["HEADGATE_LAB_S3_ENDPOINT"],
    region_name=os.environ["HEADGATE_LAB_S3_REGION"],
    aws_access_key_id=os.environ["HEADGATE_LAB_S3_ACCESS_KEY"],
    aws_secret_access_key=os.environ["HEADGATE_LAB_S3_SECRET_KEY"],
)
folder = Path(sys.argv[1])
for file in folder.rglob("*"):
    if file.is_file():
        store.upload_file(str(file), "landing", f"incoming/{sys.argv[2]}/{file.relative_to(folder)}")
"""


def upload(folder: Path, prefix: str) -> None:
    """Puts the files of a folder below a prefix of what comes in."""
    subprocess.run([variable("AIRFLOW_PYTHON"), "-c", _UPLOAD, folder, prefix], check=True)


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
