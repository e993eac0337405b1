"""The warehouses of the lab, as a reader sees them: by the stores' own clients, past Headgate."""

import os
import secrets
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any, Self

from rights import Account, PostgresRoles

from project import MODELS, TOP, Project

TARGET = "lab"
USER, PASSWORD = "WAREHOUSE_USER", "WAREHOUSE_PASSWORD"
"""Where a project's connection finds its account."""


def variable(name: str) -> str:
    return os.environ["HEADGATE_LAB_" + name]


def known(name: str) -> Account:
    """One of the lab's, such as ``CLICKHOUSE_READER``."""
    return Account(variable(name + "_USER"), variable(name + "_PASSWORD"))


class Warehouse(ABC):
    """One kind of store, and a schema of its own in it."""

    kind: str
    needs: str
    name = "streaming"
    """Of the pipeline that works in it."""
    prefix = "headgate_"
    pause = 0.05

    def __init__(self) -> None:
        self.schema = f"{self.prefix}{secrets.token_hex(3)}"

    @property
    @abstractmethod
    def pipeline(self) -> Account:
        """Who works in it: somebody with the rights that the store's page asks for, and no more."""

    @property
    @abstractmethod
    def people(self) -> Account:
        """Who reads what is published."""

    @classmethod
    def here(cls) -> bool:
        return "HEADGATE_LAB_" + cls.needs in os.environ

    @property
    def private(self) -> str:
        return f"{self.schema}__{self.name}"

    def __enter__(self) -> Self:
        """Its account and what that needs are there from here on."""
        return self

    def __exit__(self, *_: object) -> None:
        """Removes what was made."""
        self.drop()

    @property
    @abstractmethod
    def connections(self) -> str:
        """As ``headgate.yaml`` writes them; the warehouse's is called ``lab``."""

    settings = ""

    @abstractmethod
    def reader(self, account: Account | None = None) -> AbstractContextManager[Any]:
        """Something that takes SQL and gives rows; the administrator, if nobody else is named."""

    def revived(self) -> None:
        """Brings the server back if it ended when its client was killed."""
        lab = [str(TOP / "docker/lab/lab"), "--name", variable("NAME"), "up", self.kind]
        subprocess.run(lab, check=True, stdout=subprocess.DEVNULL)

    @abstractmethod
    def drop(self) -> None:
        """Removes what was made."""

    def place(self, schema: str, table: str) -> str:
        return f"{schema}.{table}"

    def configure(self, folder: Path) -> None:
        """Writes the ``headgate.yaml`` of a project that works in this warehouse."""
        (folder / "headgate.yaml").write_text(
            f"version: 1\nconnections:\n{self.connections}targets:\n  {TARGET}:\n"
            f"    warehouses:\n      main: {{connection: lab, schema: {self.schema}}}\n"
            f"{self.settings}default_target: {TARGET}\n",
            encoding="utf-8",
        )

    def project(self, folder: Path) -> Project:
        """The reference project in this warehouse."""
        project = Project(folder)
        self.configure(folder)
        return project

    def published(self) -> dict[str, Decimal]:
        """What readers see; empty before the first publication."""
        with self.reader(self.people) as query:
            return {
                model: Decimal(str(query(f"SELECT answer FROM {place}")[0][0]))
                for model in MODELS
                if (place := self.place(self.schema, model)) and self.has(query, self.schema, model)
            }

    def has(self, query: Any, schema: str, table: str) -> bool:
        sql = (
            "SELECT count(*) FROM information_schema.tables "
            f"WHERE table_schema = '{schema}' AND table_name = '{table}'"
        )
        return int(query(sql)[0][0]) > 0

    def loaded(self, table: str) -> int:
        """How many rows the private table has."""
        with self.reader() as query:
            return int(query(f"SELECT count(*) FROM {self.place(self.private, table)}")[0][0])


class Postgres(Warehouse):
    kind, needs = "postgres", "POSTGRES_PORT"
    connections = """\
  lab:
    kind: postgres
    host: ${env:HEADGATE_LAB_POSTGRES_HOST}
    port: ${env:HEADGATE_LAB_POSTGRES_PORT}
    database: ${env:HEADGATE_LAB_POSTGRES_DATABASE}
    user: ${env:WAREHOUSE_USER}
    password: ${env:WAREHOUSE_PASSWORD}
"""

    def __init__(self) -> None:
        super().__init__()
        self._roles: PostgresRoles | None = None

    def __enter__(self) -> Self:
        with self.reader() as query:
            database = variable("POSTGRES_DATABASE")
            self._roles = PostgresRoles.made(query, database, self.schema, self.name)
        return self

    @property
    def pipeline(self) -> Account:
        assert self._roles is not None
        return self._roles.pipeline

    @property
    def people(self) -> Account:
        assert self._roles is not None
        return self._roles.reader

    @contextmanager
    def reader(self, account: Account | None = None) -> Iterator[Any]:
        import psycopg2

        account = account or known("POSTGRES")
        connection = psycopg2.connect(
            host=variable("POSTGRES_HOST"),
            port=variable("POSTGRES_PORT"),
            dbname=variable("POSTGRES_DATABASE"),
            user=account.user,
            password=account.password,
        )
        # What one reader reads, it reads as of one moment.
        connection.set_session(isolation_level="REPEATABLE READ")
        cursor = connection.cursor()

        def query(sql: str) -> list[Any]:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else []

        try:
            yield query
            connection.commit()
        finally:
            connection.close()

    def drop(self) -> None:
        with self.reader() as query:
            schemata = "SELECT schema_name FROM information_schema.schemata"
            sql = f"{schemata} WHERE schema_name LIKE '{self.schema}%'"
            for (schema,) in query(sql):
                query(f'DROP SCHEMA "{schema}" CASCADE')
            if self._roles is not None:
                self._roles.drop(query)


class ClickHouse(Warehouse):
    kind, needs = "clickhouse", "CLICKHOUSE_HTTP_PORT"
    connections = """\
  lab:
    kind: clickhouse
    host: ${env:HEADGATE_LAB_CLICKHOUSE_HOST}
    port: ${env:HEADGATE_LAB_CLICKHOUSE_HTTP_PORT}
    user: ${env:WAREHOUSE_USER}
    password: ${env:WAREHOUSE_PASSWORD}
"""

    @property
    def pipeline(self) -> Account:
        return known("CLICKHOUSE_LEAST")

    @property
    def people(self) -> Account:
        return known("CLICKHOUSE_READER")

    @contextmanager
    def reader(self, account: Account | None = None) -> Iterator[Any]:
        import clickhouse_connect

        account = account or known("CLICKHOUSE")
        client = clickhouse_connect.get_client(
            host=variable("CLICKHOUSE_HOST"),
            port=int(variable("CLICKHOUSE_HTTP_PORT")),
            username=account.user,
            password=account.password,
        )
        try:
            yield lambda sql: client.query(sql).result_rows
        finally:
            client.close()

    def has(self, query: Any, schema: str, table: str) -> bool:
        return bool(query(f"EXISTS TABLE {self.place(schema, table)}")[0][0])

    def drop(self) -> None:
        with self.reader() as query:
            for (name,) in query(
                f"SELECT name FROM system.databases WHERE name LIKE '{self.schema}%'"
            ):
                query(f"DROP DATABASE `{name}` SYNC")


class Trino(Warehouse):
    kind, needs = "trino", "TRINO_PORT"
    # A query takes as long as a publication of a table; more would leave it no room.
    pause = 1.0
    connections = """\
  lab:
    kind: trino
    host: ${env:HEADGATE_LAB_TRINO_HOST}
    port: ${env:HEADGATE_LAB_TRINO_PORT}
    catalog: ${env:HEADGATE_LAB_TRINO_CATALOG}
    landing_catalog: ${env:HEADGATE_LAB_TRINO_HIVE_CATALOG}
    user: ${env:WAREHOUSE_USER}
  objects:
    kind: s3
    endpoint: ${env:HEADGATE_LAB_S3_ENDPOINT}
    region: ${env:HEADGATE_LAB_S3_REGION}
    access_key: ${env:HEADGATE_LAB_S3_PIPELINE_ACCESS_KEY}
    secret_key: ${env:HEADGATE_LAB_S3_PIPELINE_SECRET_KEY}
    path_style: true
"""

    @property
    def settings(self) -> str:  # type: ignore[override]
        return (
            "    storage: objects\n"
            f"    landing: s3://{variable('S3_LANDING_BUCKET')}/{self.schema}\n"
            f"    state: s3://{variable('S3_ARTEFACTS_BUCKET')}/{self.schema}\n"
        )

    def place(self, schema: str, table: str) -> str:
        return f"{variable('TRINO_CATALOG')}.{schema}.{table}"

    @property
    def pipeline(self) -> Account:
        return Account(variable("TRINO_PIPELINE_USER"), "")

    @property
    def people(self) -> Account:
        return Account(variable("TRINO_READER_USER"), "")

    @contextmanager
    def reader(self, account: Account | None = None) -> Iterator[Any]:
        import trino

        connection = trino.dbapi.connect(
            host=variable("TRINO_HOST"),
            port=int(variable("TRINO_PORT")),
            user=account.user if account else variable("TRINO_USER"),
            catalog=variable("TRINO_CATALOG"),
        )
        cursor = connection.cursor()

        def query(sql: str) -> list[Any]:
            cursor.execute(sql)
            return list(cursor.fetchall())

        try:
            yield query
        finally:
            connection.close()

    def drop(self) -> None:
        with self.reader() as query:
            for (schema,) in query(f"SHOW SCHEMAS LIKE '{self.schema}%'"):
                query(f"DROP SCHEMA {schema} CASCADE")


KINDS: tuple[type[Warehouse], ...] = (Postgres, ClickHouse, Trino)
