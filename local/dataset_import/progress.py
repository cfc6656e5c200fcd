"""Shows how far an import is, on stderr: bars on a terminal, a short line per step elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import islice
from typing import NoReturn, TypeVar

from tqdm import tqdm

from dataset_import.source import RowStream

_Row = TypeVar("_Row")
_ROWS_PER_UPDATE = 10_000


class Progress:
    """What the user sees of an import; shows nothing when `enabled` is false."""

    def __init__(self, *, enabled: bool = True) -> None:
        self._enabled = enabled
        self._has_bars = enabled and sys.stderr.isatty()
        self._download: tqdm[NoReturn] | None = None

    def say(self, text: str) -> None:
        """Print one line."""
        if self._enabled:
            tqdm.write(text, file=sys.stderr)

    def track(self, stream: RowStream[_Row]) -> Iterator[_Row]:
        """Pass rows on, showing how many there were and how much of the file they are."""
        n_rows = 0
        with self._bar(f"reading {stream.name}", stream.total, stream.unit) as bar:
            while batch := list(islice(stream.rows, _ROWS_PER_UPDATE)):
                yield from batch
                n_rows += len(batch)
                bar.set_postfix_str(f"{n_rows:,} rows", refresh=False)
                bar.update(min(stream.done(), stream.total) - bar.n)
        if not self._has_bars:
            self.say(f"read {stream.name}: {n_rows:,} rows")

    def download(self, n_bytes: int, total: int | None) -> None:
        """Show how far a download is."""
        if self._download is None:
            self.say("downloading from GroupLens")
            self._download = self._bar("downloading", total, "B")
        self._download.update(n_bytes - self._download.n)
        if n_bytes == total:
            self._download.close()

    def _bar(self, description: str, total: int | None, unit: str) -> tqdm[NoReturn]:
        return tqdm(
            desc=description,
            total=total,
            unit=unit,
            unit_scale=True,
            disable=not self._has_bars,
            file=sys.stderr,
        )
