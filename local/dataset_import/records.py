"""Text into records: the fields of each row, with the number of the line it begins on."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator
from typing import NamedTuple

from dataset_import.errors import SourceError

Record = tuple[int, list[str]]

DELIMITERS = ("::", "\t", ";", "|", ",")


class Malformed(NamedTuple):
    """A row whose fields cannot be told apart."""

    line: int
    raw: str


def sniff_delimiter(first_line: str, name: str) -> str:
    """Tell the delimiter from a file's first line."""
    best = max(DELIMITERS, key=first_line.count)
    if best not in first_line:
        raise SourceError(
            f"{name}: no delimiter found in its first line; say which with --delimiter"
        )
    return best


class RecordReader:
    """Reads rows of one width, and goes on after a row that is broken.

    A stray quote would make `csv` swallow the lines after it. So a record that spans lines is
    believed only if it has as many fields as it should and its keys lie on one line each; otherwise
    every line it took is read again by itself.
    """

    def __init__(self, lines: Iterator[str], delimiter: str) -> None:
        self._lines = lines
        self._delimiter = delimiter
        self._taken: list[str] = []
        self._line = 1

    def first(self) -> list[str]:
        """Return the fields of the first line, none if the file is empty."""
        line = next(self._lines, "")
        self._line += 1
        return self._split(line)

    def rest(self, *, width: int, keys: Collection[int]) -> Iterator[Record | Malformed]:
        """Return the rows after those already read; empty lines are no rows."""
        if len(self._delimiter) > 1:
            return self._split_lines(width)
        return self._parse_csv(width, keys)

    def _split_lines(self, width: int) -> Iterator[Record | Malformed]:
        delimiter = self._delimiter
        for number, line in enumerate(self._lines, start=self._line):
            stripped = line.rstrip("\r\n")
            fields = stripped.split(delimiter)
            if len(fields) == width:
                yield number, fields
            elif stripped:
                yield Malformed(number, stripped)

    def _parse_csv(self, width: int, keys: Collection[int]) -> Iterator[Record | Malformed]:
        taken = self._taken
        reader = csv.reader(self._remember(), delimiter=self._delimiter)
        while True:
            self._line += len(taken)
            taken.clear()
            try:
                fields = next(reader)
            except StopIteration:
                return
            except csv.Error:  # a field too long to be one: a quote without its partner
                fields = [""]
            if len(fields) == width and (len(taken) == 1 or not _spans_lines(fields, keys)):
                yield self._line, fields
            elif fields or len(taken) > 1:
                yield from self._reread(width)

    def _reread(self, width: int) -> Iterator[Record | Malformed]:
        for number, line in enumerate(self._taken, start=self._line):
            fields = self._split(line)
            if len(fields) == width and len(self._taken) > 1:
                yield number, fields
            elif fields:
                yield Malformed(number, line.rstrip("\r\n"))

    def _remember(self) -> Iterator[str]:
        for line in self._lines:
            self._taken.append(line)
            yield line

    def _split(self, line: str) -> list[str]:
        if len(self._delimiter) > 1:
            return line.rstrip("\r\n").split(self._delimiter)
        try:
            return next(csv.reader([line], delimiter=self._delimiter), [])
        except csv.Error:
            return [line]


def _spans_lines(fields: list[str], keys: Collection[int]) -> bool:
    return any("\n" in fields[key] for key in keys)
