"""A data set's ratings in the order of their times, and any part of them as a source to import."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dataset_import.checks import RawRating, check_ratings
from dataset_import.progress import Progress
from dataset_import.records import Malformed
from dataset_import.source import RowStream, Source
from matinee.stores.import_rows import MovieRow, Reject
from replay.errors import ReplayError

MAX_REJECT_SHARE = 0.01
_COLUMNS = np.dtype([("user", "i8"), ("movie", "i8"), ("stars", "f4"), ("time", "f8")])


@dataclass(frozen=True, slots=True)
class DatedRatings:
    """Ratings, oldest first.

    `rows` has the fields user, movie, stars, and time in seconds since 1970.
    """

    rows: NDArray[Any]

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def ends(self) -> datetime:
        """The first second after the last rating."""
        return datetime.fromtimestamp(int(self.rows["time"][-1]) + 1, UTC)

    def between(self, begin: datetime | None, end: datetime) -> DatedRatings:
        """Return those from `begin` until before `end`."""
        first = 0 if begin is None else self._count_before(begin)
        return DatedRatings(self.rows[first : self._count_before(end)])

    def by_user(self) -> dict[int, NDArray[Any]]:
        """Return the rows of each user, users in the order of their ids."""
        order = np.argsort(self.rows["user"], kind="stable")
        users, starts = np.unique(self.rows["user"][order], return_index=True)
        parts = np.split(self.rows[order], starts[1:]) if len(users) else []
        return dict(zip(users.tolist(), parts, strict=True))

    def _count_before(self, moment: datetime) -> int:
        return int(np.searchsorted(self.rows["time"], moment.timestamp(), side="left"))


def read_ratings(source: Source, progress: Progress) -> DatedRatings:
    """Read all ratings of a source and put them into the order of their times."""
    kept: list[tuple[int, int, float, float]] = []
    rejects: Counter[str] = Counter()
    n_undated = 0
    with source.ratings() as stream:
        for row in check_ratings(progress.track(stream)):
            if isinstance(row, Reject):
                rejects[row.kind] += 1
            elif row[4] is None:
                n_undated += 1
            else:
                kept.append((row[1], row[2], row[3], row[4]))
    _check(source.name, len(kept), n_undated, rejects)
    rows = np.array(kept, _COLUMNS)
    return DatedRatings(rows[np.argsort(rows["time"], kind="stable")])


def _check(name: str, n_kept: int, n_undated: int, rejects: Counter[str]) -> None:
    if n_undated:
        raise ReplayError(
            f"{n_undated:,} ratings in {name} have no time, so that nobody knows when to replay "
            "them: leave them out, or name the column that holds their times with --time-column"
        )
    if not n_kept:
        raise ReplayError(f"{name} holds no ratings")
    n_bad = rejects.total()
    if n_bad > MAX_REJECT_SHARE * (n_kept + n_bad):
        kinds = ", ".join(f"{kind} {count:,}" for kind, count in sorted(rejects.items()))
        raise ReplayError(
            f"{n_bad:,} ratings in {name} are bad ({kinds}), more than {MAX_REJECT_SHARE:.0%}: "
            "mend the file; `matinee import` shows each of them"
        )


def beginning(source: Source, all_ratings: DatedRatings, until: datetime) -> Source:
    """Return a source of the whole catalogue and of the ratings before `until`.

    The catalogue is whole from the start, so that every model of the replay speaks of the same
    movies. A source that lists none has those that are ever rated.
    """
    before = all_ratings.between(None, until)
    if not len(before):
        raise ReplayError(
            f"{source.name} has no ratings before {until:%Y-%m-%d} to train the first model on: "
            "begin later with --from"
        )
    movie_ids = np.unique(all_ratings.rows["movie"]).tolist()

    @contextmanager
    def rated_movies() -> Iterator[RowStream[MovieRow | Reject]]:
        rows = (MovieRow(line, id_, None, None, None) for line, id_ in enumerate(movie_ids, 1))
        yield _stream(source.name, rows, len(movie_ids))

    ratings = _rating_opener(source.name, before)
    return Source(source.name, ratings, source.movies or rated_movies, source.links)


def arrival(name: str, ratings: DatedRatings) -> Source:
    """Return a source of some ratings, of movies that the catalogue has already."""

    @contextmanager
    def no_movies() -> Iterator[RowStream[MovieRow | Reject]]:
        yield _stream(name, (), 0)

    return Source(name, _rating_opener(name, ratings), no_movies)


def _rating_opener(name: str, ratings: DatedRatings) -> Any:
    @contextmanager
    def opened() -> Iterator[RowStream[RawRating | Malformed]]:
        rows: Iterator[RawRating] = (
            (line, str(user), str(movie), str(stars), repr(time))
            for line, (user, movie, stars, time) in enumerate(ratings.rows.tolist(), 1)
        )
        yield _stream(name, rows, len(ratings))

    return opened


def _stream(name: str, rows: Iterable[Any], total: int) -> RowStream[Any]:
    return RowStream(name, iter(rows), total, " rows", lambda: total)
