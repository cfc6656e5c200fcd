"""A data set's ratings in the order of their times, and any part of them as a source to import."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
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
N_SHOWN = 5
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
        """Return those from `begin` until before `end`; of a changed one, how it ended."""
        first = 0 if begin is None else self._count_before(begin)
        return DatedRatings(_last_of_each_pair(self.rows[first : self._count_before(end)]))

    def by_user(self) -> dict[int, NDArray[Any]]:
        """Return the rows of each user, users in the order of their ids."""
        order = np.argsort(self.rows["user"], kind="stable")
        users, starts = np.unique(self.rows["user"][order], return_index=True)
        parts = np.split(self.rows[order], starts[1:]) if len(users) else []
        return dict(zip(users.tolist(), parts, strict=True))

    def _count_before(self, moment: datetime) -> int:
        return int(np.searchsorted(self.rows["time"], moment.timestamp(), side="left"))


def _last_of_each_pair(rows: NDArray[Any]) -> NDArray[Any]:
    """Drop ratings that the same user gave the same movie later again."""
    order = np.lexsort((rows["movie"], rows["user"]))  # stable: each pair stays in order of time
    users, movies = rows["user"][order], rows["movie"][order]
    is_last = np.ones(len(rows), bool)
    is_last[:-1] = (users[1:] != users[:-1]) | (movies[1:] != movies[:-1])
    kept: NDArray[Any] = rows[np.sort(order[is_last])]
    return kept


def read_ratings(source: Source, progress: Progress) -> DatedRatings:
    """Read all ratings of a source and put them into the order of their times.

    What an import would refuse is left out here already, or the figures would count it.
    """
    kept: list[tuple[int, int, float, float]] = []
    rejects: Counter[str] = Counter()
    n_undated = 0
    known, unknown = _movie_ids(source, progress), Counter[int]()
    with source.ratings() as stream:
        for row in check_ratings(progress.track(stream)):
            if isinstance(row, Reject):
                rejects[row.kind] += 1
            elif row[4] is None:
                n_undated += 1
            elif known is not None and row[2] not in known:
                unknown[row[2]] += 1
            else:
                kept.append((row[1], row[2], row[3], row[4]))
    if unknown:
        rejects["unknown_movie"] = unknown.total()
    _check(source.name, len(kept), n_undated, rejects, sorted(unknown))
    if rejects:
        progress.say(f"left out as bad: {_kinds(rejects)} ratings")
    rows = np.array(kept, _COLUMNS)
    return DatedRatings(rows[np.argsort(rows["time"], kind="stable")])


def _movie_ids(source: Source, progress: Progress) -> set[int] | None:
    """Return the movies that a source lists, None where it lists none."""
    if source.movies is None:
        return None
    with source.movies() as stream:
        return {row.movie_id for row in progress.track(stream) if isinstance(row, MovieRow)}


def _check(
    name: str, n_kept: int, n_undated: int, rejects: Counter[str], unknown: Sequence[int]
) -> None:
    if n_undated:
        raise ReplayError(
            f"{n_undated:,} ratings in {name} have no time, so that nobody knows when to replay "
            "them: leave them out, or name the column that holds their times with --time-column"
        )
    n_bad = rejects.total()
    if n_bad > MAX_REJECT_SHARE * (n_kept + n_bad):
        raise ReplayError(
            f"{n_bad:,} ratings in {name} are bad ({_kinds(rejects)}), more than "
            f"{MAX_REJECT_SHARE:.0%}: mend the file{_missing(unknown)}; `matinee import` shows "
            "each of them"
        )
    if not n_kept:
        raise ReplayError(f"{name} holds no ratings")


def _kinds(rejects: Counter[str]) -> str:
    return ", ".join(f"{kind} {count:,}" for kind, count in sorted(rejects.items()))


def _missing(movie_ids: Sequence[int]) -> str:
    """Say which movies to add to the list, or nothing where none is missing."""
    if not movie_ids:
        return ""
    first = ", ".join(map(str, movie_ids[:N_SHOWN]))
    more = f" and {len(movie_ids) - N_SHOWN:,} more" if len(movie_ids) > N_SHOWN else ""
    return f", whose list of movies lacks {first}{more}"


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
