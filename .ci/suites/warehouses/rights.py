"""The accounts that the stores' pages ask for, made of the text of those pages."""

import json
import re
import secrets
from dataclasses import dataclass
from typing import Any

from project import TOP


def documented(store: str, language: str) -> str:
    """The block below the heading Rights of a store's page."""
    page = (TOP / f"docs/stores/{store}.md").read_text(encoding="utf-8")
    section = page.split("\n## Rights\n")[1].split("\n## ")[0]
    (block,) = re.findall(rf"```{language}\n(.*?)```", section, re.DOTALL)
    return str(block)


@dataclass(frozen=True)
class Account:
    """Who logs in."""

    user: str
    password: str


@dataclass(frozen=True)
class PostgresRoles:
    """``pipeline`` and ``readers`` of the page under names of their own, and one of the readers."""

    pipeline: Account
    reader: Account
    group: str

    @staticmethod
    def made(query: Any, database: str, schema: str, pipeline: str) -> "PostgresRoles":
        """Runs the page's statements as an administrator, for a schema and a pipeline."""
        mark = schema + "_" + secrets.token_hex(3)
        writer = Account(f"{mark}_pipeline", secrets.token_hex(12))
        reader = Account(f"{mark}_reader", secrets.token_hex(12))
        roles = PostgresRoles(writer, reader, f"{mark}_readers")
        sql = documented("postgres", "sql")
        names = {
            r"\bDATABASE shop\b": f'DATABASE "{database}"',
            r"\bpipeline\b": writer.user,
            r"\breaders\b": roles.group,
            r"'…'": f"'{writer.password}'",
            r"\bshop(?=__|\b)": schema,
            "__orders": f"__{pipeline}",
        }
        for word, name in names.items():
            sql, found = re.subn(word, name, sql)
            assert found, f"the page says nothing of {word}"
        query(sql)
        query(f"CREATE ROLE {reader.user} LOGIN PASSWORD '{reader.password}' IN ROLE {roles.group}")
        return roles

    def drop(self, query: Any) -> None:
        names = f"{self.pipeline.user}, {self.group}, {self.reader.user}"
        query(f"DROP OWNED BY {names}")
        query(f"DROP ROLE {names}")


def clickhouse_grants(user: str, prefix: str) -> set[str]:
    """What the page grants to one of its users, for databases of that name in place of ``shop``."""
    text = re.sub(r" *--.*", "", documented("clickhouse", "sql"))
    grants = [" ".join(statement.split()) for statement in text.split(";") if statement.strip()]
    ours = [grant.removesuffix(f" TO {user}") for grant in grants if grant.endswith(f" TO {user}")]
    assert ours, f"the page grants nothing to {user}"
    return {re.sub(r"\bshop(?=[*.])", prefix, grant) for grant in ours}


def trino_rules() -> dict[str, Any]:
    """The page's rules of file-based access control."""
    rules: dict[str, Any] = json.loads(documented("trino", "json"))
    return rules
