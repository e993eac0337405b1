"""Accounts of ClickHouse that need a lab of their own: one with a quota, and the page's reader."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from accounts import READER, SCHEMA, TIGHT
from rounds import ROWS, Rounds, expected
from shop import clear

from headgate_lab.laboratory import Lab
from warehouse import PASSWORD, USER, ClickHouse, known


class Readable(ClickHouse):
    name = "rounds"

    def __init__(self) -> None:
        super().__init__()
        self.schema = SCHEMA


@pytest.fixture(scope="module")
def rounds(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rounds]:
    """A project that has run once."""
    with Readable() as warehouse:
        rounds = Rounds(tmp_path_factory.mktemp("page") / "project", warehouse)
        rounds.timed(0)
        yield rounds


def test_the_pages_reader_reads_what_is_published_and_nothing_private(rounds: Rounds) -> None:
    with rounds.warehouse.reader(known(READER.upper())) as query:
        assert query(f"SELECT count(*) FROM {SCHEMA}.entire") == [(ROWS,)]
        assert query(f"SELECT count(*) FROM {SCHEMA}._headgate_publications") == [(1,)]
        for sql in (
            f"SELECT count(*) FROM {SCHEMA}__rounds.entire",
            f"SELECT count(*) FROM {SCHEMA}__rounds__kept._headgate_kept",
            f"ALTER TABLE {SCHEMA}.entire DELETE WHERE 1",
        ):
            with pytest.raises(Exception, match="Not enough privileges"):
                query(sql)


def test_a_quota_that_is_used_up_is_waited_for_and_nothing_is_lost(
    rounds: Rounds, tmp_path: Path
) -> None:
    rounds.feed(1)
    tight = known(TIGHT.upper())
    run = rounds.run(1, **{USER: tight.user, PASSWORD: tight.password})
    print(clear(run, 75, "uota", "next interval"))
    before, after = expected(0), expected(1)
    for table, state in rounds.seen(SCHEMA).items():
        assert state in (before[table], after[table])
    rounds.run(1).done()
    assert rounds.seen(SCHEMA) == rounds.seen(rounds.warehouse.private) == after
