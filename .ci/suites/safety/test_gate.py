"""A blocked gate leaves readers theirs; accept, resume and rollback work and are on record."""

import json
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from shop import REFUNDED, ROWS, Shop, clear

from project import HEADGATE, MODELS, Project

QUESTIONS = ", ".join(f"(SELECT answer FROM streaming.{model})" for model in MODELS)


class Reader:
    """Opens the published file again and again, reads all six tables, and closes it."""

    def __init__(self, file: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", READS, str(file), QUESTIONS],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "reading\n"

    def states(self) -> list[tuple[str, ...]]:
        """What it saw one after the other, each state once; ends it."""
        out, _ = self._process.communicate("end\n", timeout=30)
        told = json.loads(out)
        assert not told["errors"], told["errors"]
        assert told["reads"] > 2
        return [tuple(state) for state in told["states"]]


READS = """
import duckdb, json, select, sys, time
states, errors, reads = [], [], 0
last = False
while not last:
    # Looks once more when it is told to end.
    last = bool(select.select([sys.stdin], [], [], 0.05)[0])
    try:
        with duckdb.connect(sys.argv[1], read_only=True) as connection:
            rows = connection.execute("SELECT " + sys.argv[2]).fetchall()
        state = [str(value) for value in rows[0]]
        reads += 1
        if reads == 1:
            print("reading", flush=True)
        if not states or states[-1] != state:
            states.append(state)
    except duckdb.IOException as error:
        if "lock" not in str(error):
            errors.append(str(error))
    except duckdb.Error as error:
        errors.append(str(error))
print(json.dumps({"states": states, "errors": errors, "reads": reads}))
"""


def command(project: Project, *arguments: str) -> str:
    """The output of a command that must end well."""
    done = subprocess.run(
        [HEADGATE, *arguments], cwd=project.folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def answers(project: Project) -> tuple[str, ...]:
    with duckdb.connect(str(project.folder / "warehouse/dev.duckdb"), read_only=True) as connection:
        return tuple(map(str, connection.execute("SELECT " + QUESTIONS).fetchall()[0]))


def test_readers_of_a_blocked_run_keep_theirs_until_it_is_accepted(
    demo_run: Project, tmp_path: Path
) -> None:
    project = demo_run.copy(tmp_path / "clone")
    pipeline = project.folder / "pipelines/streaming/pipeline.yaml"
    text = pipeline.read_text("utf-8")
    planted = "    checks:\n      - {id: planted, query: SELECT * FROM users_affected}\n"
    pipeline.write_text(text.replace("    checks:\n", planted, 1), "utf-8")
    command(project, "demo-data", "--out", "other", "--seed", "8")
    old = answers(project)
    reader = Reader(project.folder / "warehouse/dev.duckdb")

    blocked = project.run("--param", "source=other")
    assert blocked.code == 65, blocked.log
    assert blocked.document["verdicts"]["trusted_ok"] == "blocked"
    assert "planted" in blocked.log
    run = blocked.document["run"]
    assert f"gate accept {run}" in blocked.log
    assert answers(project) == old
    assert reader.states() == [old]

    said = command(
        project, "gate", "accept", run, "--reason", "known <b>since</b> Monday", "--expires", "2h"
    )
    assert "planted" in said
    assert "known <b>since</b> Monday" in said
    assert answers(project) == old
    index = project.folder / ".headgate/runs" / run / "index.html"
    assert "known &lt;b&gt;since&lt;/b&gt; Monday" in index.read_text("utf-8")
    reader = Reader(project.folder / "warehouse/dev.duckdb")
    resumed = project.run("--resume", run).done()
    new = answers(project)
    assert new != old
    assert reader.states() == [old, new]
    assert tuple(str(value) for value in resumed.answers.values()) == new
    assert "known <b>since</b> Monday" in resumed.log
    (gate,) = [step for step in resumed.document["steps"] if step["name"] == "trusted_ok"]
    (check,) = [check for check in gate["checks"] if check["id"] == "planted"]
    assert "known <b>since</b> Monday" in check["accepted_by"]
    assert resumed.document["verdicts"]["trusted_ok"] == "warned"
    runs = project.folder / ".headgate/runs" / run
    for page in ("index.html", "artefacts/trusted_ok/quality.html"):
        shown = (runs / page).read_text("utf-8")
        assert "known &lt;b&gt;since&lt;/b&gt; Monday" in shown, page
        assert "<b>since" not in shown, page

    reader = Reader(project.folder / "warehouse/dev.duckdb")
    command(project, "rollback", run)
    assert answers(project) == old
    assert "Rollback " in index.read_text("utf-8")
    assert reader.states()[-1] == old
    audit = "\n".join(
        file.read_text("utf-8") for file in (project.folder / ".headgate/audit").rglob("*.json*")
    )
    for entry in (
        "trusted_ok",
        "planted",
        "known <b>since</b> Monday",
        "rollback",
        "asked for",
        "done",
    ):
        assert entry in audit, audit
    with duckdb.connect(str(project.folder / "warehouse/dev.duckdb"), read_only=True) as connection:
        (row,) = connection.execute(
            "SELECT rolled_back_at IS NOT NULL FROM _headgate.publications WHERE run_id = ?", [run]
        ).fetchall()
        assert row == (True,)


def test_acceptance_and_rollback_that_do_not_fit_are_refused(shop: Shop) -> None:
    before = shop.published()
    shop.write("data/orders.csv", REFUNDED)
    run = shop.run()
    clear(run, 65, "no_refunds", "gate accept")
    name = run.document["run"]

    def accept(*arguments: str) -> None:
        print(clear(shop.call("gate", "accept", *arguments), 64))

    accept(name, "--reason", "late", "--expires", "91d")
    accept(name, "--reason", "late", "--expires", "2001-01-01")
    accept(name, "--reason", "late", "--expires", "soon")
    accept(name, "--reason", "  ", "--expires", "2h")
    accept(name, "--expires", "2h")
    accept(name, "--reason", "late")
    accept("nosuchrun", "--reason", "late", "--expires", "2h")
    print(clear(shop.call("rollback", name), 64))
    print(clear(shop.call("rollback", "nosuchrun"), 64))
    assert shop.published() == before
    clear(shop.run("--resume", name), 65, "no_refunds")


def test_acceptance_holds_for_its_check_only_and_until_it_expires(shop: Shop) -> None:
    before = shop.published()
    shop.edit(
        "pipelines/shop/pipeline.yaml",
        "    checks:\n",
        "    checks:\n      - {id: few, query: SELECT * FROM orders WHERE id > 100, table: orders}\n",
    )
    shop.write("data/orders.csv", REFUNDED)
    run = shop.run().document["run"]
    assert shop.call("gate", "accept", run, "--reason", "x", "--expires", "1h").code == 0
    shop.write("data/orders.csv", REFUNDED + "101,5,2021-12-04,e\n")
    clear(shop.run(), 65, "few")
    assert shop.published() == before
    shop.write("data/orders.csv", REFUNDED)
    done = shop.run().done()
    assert done.document["verdicts"]["judged"] == "warned"
    assert shop.published() != before

    for file in (shop.folder / ".headgate/audit").rglob("*"):
        if file.is_file() and '"expires"' in file.read_text("utf-8"):
            record = json.loads(file.read_text("utf-8"))
            record["expires"] = "2021-01-01T00:00:00Z"
            file.write_text(json.dumps(record), "utf-8")
    clear(shop.run(), 65, "no_refunds")


def test_rollback_needs_the_later_ones_first(shop: Shop) -> None:
    first = shop.published()
    shop.write("data/orders.csv", ROWS.replace("2.50", "2.60"))
    second_run = shop.run().done().document["run"]
    second = shop.published()
    shop.write("data/orders.csv", ROWS.replace("2.50", "2.70"))
    third_run = shop.run().done().document["run"]

    print(clear(shop.call("rollback", second_run), 64, third_run))
    assert shop.call("rollback", third_run).code == 0
    assert shop.published() == second
    print(clear(shop.call("rollback", third_run), 64))
    assert shop.call("rollback", second_run).code == 0
    assert shop.published() == first
    shop.run().done()
    assert shop.published() != first


@pytest.fixture(scope="session")
def demo_run(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = Project(tmp_path_factory.mktemp("demo") / "project")
    project.run().done()
    return project
