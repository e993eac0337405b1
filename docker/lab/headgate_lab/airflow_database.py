"""Airflow's metadata database: made once from sources, then for each lab from a copy that is kept."""

from __future__ import annotations

import hashlib
import json
import secrets
from pathlib import Path

from headgate_lab import airflow_settings as settings
from headgate_lab import cache, tools
from headgate_lab.services import postgres
from headgate_lab.site import Site

PROGRAM = settings.SOURCES / "database.py"
_TEMPLATE = "airflow_template"
_STATE = "SELECT obj_description(oid, 'pg_database') FROM pg_database WHERE datname = '{}'"
_TABLES = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"


def prepare(site: Site, python: Path) -> None:
    """Leaves the database migrated, with roles and users in it. `site` is that of the service airflow."""
    server = site.of(postgres.SERVICE)
    with cache.locked(site.lab / ".airflow-database.lock"):
        name = settings.DATABASE
        version = _version(python)
        if postgres.query(server, _STATE.format(name)) == version:
            return
        postgres.own_database(server, name)
        if postgres.query(server, _TABLES, name) == "0":
            copy = cache.entry(
                "airflow-database", version, lambda folder: _make(site, python, folder)
            )
            # As the owner, not as who restores it.
            postgres.query(server, f"SET ROLE {name};\n{(copy / 'dump.sql').read_text()}", name)
        else:
            _migrate(site, python, name)
        for statement in _users(site):
            postgres.query(server, statement, name)
        postgres.query(server, f"COMMENT ON DATABASE {name} IS '{version}'")


def _version(python: Path) -> str:
    roles = json.dumps(settings.custom_roles(), sort_keys=True)
    return cache.key("1", str(python), PROGRAM, roles)


def _make(site: Site, python: Path, folder: Path) -> None:
    """Fills a folder with the copy that labs begin with."""
    server = site.of(postgres.SERVICE)
    postgres.query(server, f"DROP DATABASE IF EXISTS {_TEMPLATE}")
    postgres.query(server, f"CREATE DATABASE {_TEMPLATE} OWNER {settings.DATABASE}")
    try:
        _migrate(site, python, _TEMPLATE)
        (folder / "dump.sql").write_text(postgres.dump(server, _TEMPLATE))
    finally:
        postgres.query(server, f"DROP DATABASE IF EXISTS {_TEMPLATE} WITH (FORCE)")


def _migrate(site: Site, python: Path, database: str) -> None:
    told = {
        **settings.environment(site),
        "AIRFLOW__CORE__AUTH_MANAGER": settings.FAB,
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": settings.connection(site, database),
    }
    tools.run([python, PROGRAM], environment=told, what="making Airflow's metadata database")


def _users(site: Site) -> list[str]:
    """A user for each of the platform's roles, without a process of Airflow's own, which would take seconds."""
    statements = []
    for name, role in settings.PEOPLE.items():
        known = hashed(site.password(name), secrets.token_hex(8))
        statements.append(
            "INSERT INTO ab_user (id, first_name, last_name, username, password, active, email)"
            f" VALUES (nextval('ab_user_id_seq'), '{name}', 'lab', '{name}', '{known}', true,"
            f" '{name}@lab.invalid')"
            " ON CONFLICT (username) DO UPDATE SET password = EXCLUDED.password;"
            " INSERT INTO ab_user_role (id, user_id, role_id)"
            " SELECT nextval('ab_user_role_id_seq'), u.id, r.id FROM ab_user u, ab_role r"
            f" WHERE u.username = '{name}' AND r.name = '{role}' ON CONFLICT DO NOTHING"
        )
    return statements


def hashed(password: str, salt: str) -> str:
    """What FAB keeps of a password, as werkzeug writes it."""
    digest = hashlib.scrypt(
        password.encode(), salt=salt.encode(), n=32768, r=8, p=1, maxmem=132 * 32768 * 8
    )
    return f"scrypt:32768:8:1${salt}${digest.hex()}"
