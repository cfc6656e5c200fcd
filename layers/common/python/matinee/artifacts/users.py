"""What a model keeps of each user: trained parameters and the history it was trained on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from matinee.artifacts.codec import file_name
from matinee.artifacts.manifest import FileEntry
from matinee.scoring.arrays import Indices
from matinee.scoring.history import History
from matinee.scoring.rater import RatedUser

ReadRange = Callable[[str, int, int], bytes]
"""Reads bytes ``start:stop`` of the file with this name."""


class UserArrays(Protocol):
    """Rows of the per-user arrays, wherever they are."""

    def __contains__(self, name: str) -> bool:
        """Tell whether the model has this array."""
        ...

    def rows(self, name: str, start: int, stop: int) -> NDArray[Any]:
        """Return rows ``start:stop`` of an array."""
        ...

    def find(self, user_id: int) -> int | None:
        """Return the user's row, None when the model does not know the user."""
        ...


@dataclass(frozen=True, slots=True)
class LocalUserArrays:
    """Arrays that were fetched whole."""

    arrays: Mapping[str, NDArray[Any]]

    def __contains__(self, name: str) -> bool:
        """Tell whether the model has this array."""
        return name in self.arrays

    def rows(self, name: str, start: int, stop: int) -> NDArray[Any]:
        """Return rows ``start:stop`` of an array."""
        return self.arrays[name][start:stop]

    def find(self, user_id: int) -> int | None:
        """Return the user's row, None when the model does not know the user."""
        user_ids = self.arrays["user_ids"]
        row = int(np.searchsorted(user_ids, user_id))
        return row if row < len(user_ids) and int(user_ids[row]) == user_id else None


@dataclass(frozen=True, slots=True)
class RemoteUserArrays:
    """Arrays that stay in the bucket; only the rows in question are read.

    Parameters
    ----------
    entries : mapping of str to FileEntry
        The manifest's files.
    read_range : callable
        Reads a part of a file.
    block_ids : ndarray of shape (n_blocks,), int64
        Id of the first user of every block of `block_rows` users.
    block_rows : int
        Users in a block.
    """

    entries: Mapping[str, FileEntry]
    read_range: ReadRange
    block_ids: Indices
    block_rows: int

    def __contains__(self, name: str) -> bool:
        """Tell whether the model has this array."""
        return file_name(name) in self.entries

    def rows(self, name: str, start: int, stop: int) -> NDArray[Any]:
        """Return rows ``start:stop`` of an array."""
        entry = self.entries[file_name(name)]
        stop = min(stop, entry.shape[0])
        dtype = np.dtype(entry.dtype)
        row_shape = entry.shape[1:]
        row_bytes = dtype.itemsize * int(np.prod(row_shape, dtype=np.int64))
        if start >= stop or not row_bytes:
            return np.empty((max(stop - start, 0), *row_shape), dtype)
        header = entry.size - entry.shape[0] * row_bytes
        content = self.read_range(
            file_name(name), header + start * row_bytes, header + stop * row_bytes
        )
        return np.frombuffer(content, dtype).reshape(stop - start, *row_shape)

    def find(self, user_id: int) -> int | None:
        """Return the user's row, None when the model does not know the user."""
        block = int(np.searchsorted(self.block_ids, user_id, side="right")) - 1
        if block < 0:
            return None
        first = block * self.block_rows
        user_ids = self.rows("user_ids", first, first + self.block_rows)
        place = int(np.searchsorted(user_ids, user_id))
        if place < len(user_ids) and int(user_ids[place]) == user_id:
            return first + place
        return None


def user_history(users: UserArrays, row: int) -> History:
    """Return the history that the model was trained on, of the user at a row."""
    start, stop = (int(offset) for offset in users.rows("history_offsets", row, row + 2))
    return History(
        item_indices=users.rows("history_items", start, stop),
        ratings=users.rows("history_ratings", start, stop),
        times=users.rows("history_times", start, stop),
    )


def rated_user(users: UserArrays, row: int | None, history: History) -> RatedUser:
    """Join a history with the trained parameters of the user at a row, where there is one."""
    if row is None:
        return RatedUser(history)
    bias = factors = None
    if "user_biases" in users:
        bias = float(users.rows("user_biases", row, row + 1)[0])
    if "user_factors" in users:
        factors = users.rows("user_factors", row, row + 1)[0]
    return RatedUser(history, bias, factors)
