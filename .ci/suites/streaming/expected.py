"""The six answers, counted from the files by plain Python: the other opinion."""

import csv
import json
import statistics
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

OUTAGE = (datetime(2021, 12, 25, 7), datetime(2021, 12, 25, 12))
LAST_DAYS = datetime(2021, 12, 24, 23, 59, 59)
Answers = dict[str, Decimal]


@dataclass(frozen=True)
class Stream:
    movie: str
    user: str
    megabytes: float
    start: datetime
    end: datetime


def local(text: str) -> datetime:
    """The local time; the offset is dropped."""
    return datetime.strptime(text[:23], "%Y-%m-%dT%H:%M:%S.%f")


def rows(folder: Path, pattern: str) -> Iterator[dict[str, str]]:
    for file in sorted(folder.glob(pattern)):
        with file.open(encoding="utf-8", newline="") as lines:
            yield from csv.DictReader(lines)


def items(folder: Path, pattern: str) -> Iterator[dict[str, Any]]:
    for file in sorted(folder.glob(pattern)):
        yield from json.loads(file.read_text(encoding="utf-8"))


def streams(folder: Path) -> list[Stream]:
    return [
        Stream(
            row["movie_title"].lower(),
            row["user_email"],
            float(row["size_mb"]),
            local(row["start_at"]),
            local(row["end_at"]),
        )
        for row in rows(folder, "internal/streams*.csv")
    ]


def streams_until(folder: Path, day: date) -> int:
    """How many streams began on that day or before."""
    return sum(stream.start.date() <= day for stream in streams(folder))


def rounded(value: Decimal, digits: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def share(part: int, whole: int, digits: int) -> Decimal:
    return rounded(Decimal(part) / Decimal(whole), digits)


def complete(stream: Stream, unit: timedelta) -> int:
    return (stream.end - stream.start) // unit


def movie_of(review: dict[str, Any]) -> str:
    (title,) = [movie["title"] for movie in review["movies"] if movie["title"] != "end"]
    return str(title).lower()


def by_singaporeans(folder: Path) -> set[str]:
    authors = {
        author["metadata"]["name"].lower()
        for author in items(folder, "vendor/authors*.json")
        if author["metadata"]["name"]
        and any(nation["slug"] == "singaporeans" for nation in author["nationalities"])
    }
    books = {
        book["name"].lower()
        for book in items(folder, "vendor/books*.json")
        if book["author"].lower() in authors
    }
    return {
        movie_of(review)
        for review in items(folder, "vendor/reviews*.json")
        if review["books"][0]["metadata"]["title"].lower() in books
    }


def distinct(values: Iterable[Stream]) -> Decimal:
    return Decimal(len({stream.user for stream in values}))


def answers(folder: Path) -> Answers:
    """By the names of the models. Of files with the same rows, only one may be there."""
    all_streams = streams(folder)
    streamed = {stream.movie for stream in all_streams}
    based = {movie_of(review) for review in items(folder, "vendor/reviews*.json")}
    minutes = {
        row["title"].lower(): int(row["duration_mins"])
        for row in rows(folder, "internal/movies*.csv")
    }
    hours = sum(complete(stream, timedelta(hours=1)) for stream in all_streams)
    median = statistics.median(stream.megabytes for stream in all_streams)
    start, end = OUTAGE
    return {
        "movies_based_on_books": share(len(streamed & based), len(streamed), 3),
        "users_affected": distinct(
            stream
            for stream in all_streams
            if stream.movie == "unforgiven"
            and (start <= stream.start <= end or start <= stream.end <= end)
        ),
        "movies_based_on_books_by_singaporeans": Decimal(len(streamed & by_singaporeans(folder))),
        "average_streaming_duration": share(hours, len(all_streams), 3),
        "median_streaming_size": rounded(Decimal(median) / 1000, 2),
        "users_watched_50_percent": distinct(
            stream
            for stream in all_streams
            if stream.start >= LAST_DAYS
            and stream.movie in minutes
            and complete(stream, timedelta(minutes=1)) >= minutes[stream.movie] // 2
        ),
    }
