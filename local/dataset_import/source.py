"""What an import reads from: up to three streams of rows under one name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Generic, TypeVar

from dataset_import.checks import RawRating
from dataset_import.records import Malformed
from matinee.stores.import_rows import LinkRow, MovieRow, Reject

_Row = TypeVar("_Row")


@dataclass(frozen=True, slots=True)
class RowStream(Generic[_Row]):
    """Rows read once, and how far the reading is: `done` of `total`, in bytes or rows."""

    name: str
    rows: Iterator[_Row]
    total: int
    unit: str
    done: Callable[[], int]


RatingStream = AbstractContextManager[RowStream[RawRating | Malformed]]
MovieStream = AbstractContextManager[RowStream[MovieRow | Reject]]
LinkStream = AbstractContextManager[RowStream[LinkRow | Reject]]


@dataclass(frozen=True, slots=True)
class Source:
    """A data set that can be opened.

    Where `movies` is None, each rated movie enters the catalogue under a title made of its id.
    """

    name: str
    ratings: Callable[[], RatingStream]
    movies: Callable[[], MovieStream] | None = None
    links: Callable[[], LinkStream] | None = None
    notice: str | None = None
