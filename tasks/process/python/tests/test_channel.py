"""What JSON cannot say goes as text."""

import datetime
import decimal
import math

import numpy

from headgate_worker.channel import plain


def test_numbers_that_json_lacks_become_text() -> None:
    assert plain([math.nan, math.inf, 1.5, True, None]) == ["nan", "inf", 1.5, True, None]


def test_values_of_libraries_become_plain() -> None:
    value = {
        1: numpy.int64(3),
        "f": numpy.float32(0.5),
        "n": numpy.nan,
        "d": decimal.Decimal("1.20"),
    }
    assert plain(value) == {"1": 3, "f": 0.5, "n": "nan", "d": "1.20"}
    assert plain((datetime.date(2021, 12, 1), {2})) == ["2021-12-01", [2]]
