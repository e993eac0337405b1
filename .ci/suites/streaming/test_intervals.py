"""Interval by interval over the month."""

import os
from datetime import date, timedelta
from pathlib import Path

import expected
from known import REAL, REAL_ROWS
from project import Project

DAYS = tuple(date(2021, 12, day) for day in range(1, 32))
ENDS = DAYS if "HEADGATE_SOAK" in os.environ else [DAYS[n] for n in (0, 1, 2, 14, 29, 30)]
"""The last days of intervals: each day in the soak; else the first three, the last, and what lies between in two."""


def test_day_by_day_ends_in_the_answers_of_the_month(project: Project, real: Path) -> None:
    begin = DAYS[0]
    for last in ENDS:
        after = last + timedelta(days=1)
        run = project.run("--param", f"source={real}", "--interval", f"{begin}/{after}").done()
        streams = run.rows()["streams"]
        assert streams["read"] == REAL_ROWS["streams"], last
        assert streams["read"] == streams["written"] + streams["skipped"], last
        assert project.loaded("streams") == expected.streams_until(real, last), last
        assert project.loaded("stage_streams") == expected.streams_until(real, last), last
        begin = after

    assert run.answers == REAL
    assert project.published() == REAL


def test_overlapping_intervals_do_not_double(project: Project, real: Path) -> None:
    source = ("--param", f"source={real}")
    for interval in ("2021-12-01/2021-12-20", "2021-12-10/2022-01-01", "2021-12-15"):
        run = project.run(*source, "--interval", interval).done()

    assert run.answers == REAL
    assert project.loaded("streams") == REAL_ROWS["streams"]
