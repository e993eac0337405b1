"""Day by day over the month."""

from datetime import date, timedelta
from pathlib import Path

import expected
from known import REAL, REAL_ROWS
from project import Project


def test_day_by_day_ends_in_the_answers_of_the_month(project: Project, real: Path) -> None:
    day = date(2021, 12, 1)
    while day <= date(2021, 12, 31):
        run = project.run("--param", f"source={real}", "--interval", str(day)).done()
        streams = run.rows()["streams"]
        assert streams["read"] == REAL_ROWS["streams"], day
        assert streams["read"] == streams["written"] + streams["skipped"], day
        assert project.loaded("streams") == expected.streams_until(real, day), day
        assert project.loaded("stage_streams") == expected.streams_until(real, day), day
        day += timedelta(days=1)

    assert run.answers == REAL
    assert project.published() == REAL


def test_overlapping_intervals_do_not_double(project: Project, real: Path) -> None:
    source = ("--param", f"source={real}")
    for interval in ("2021-12-01/2021-12-20", "2021-12-10/2022-01-01", "2021-12-15"):
        run = project.run(*source, "--interval", interval).done()

    assert run.answers == REAL
    assert project.loaded("streams") == REAL_ROWS["streams"]
