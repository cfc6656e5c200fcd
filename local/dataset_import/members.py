"""Files of a source: lying in a folder, packed in a zip, or alone; gzipped or not."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, cast

from dataset_import.errors import SourceError


@dataclass(frozen=True, slots=True)
class Member:
    """One file; `size` counts the bytes that are read from it, compressed if it is."""

    name: str
    size: int
    open_binary: Callable[[], IO[bytes]]

    @property
    def plain_name(self) -> str:
        """The name in lower case, without folders and without ``.gz``."""
        return PurePosixPath(self.name).name.lower().removesuffix(".gz")


@dataclass(frozen=True, slots=True)
class OpenText:
    """The lines of a file, and how many of its bytes were read so far."""

    lines: Iterator[str]
    position: Callable[[], int]


@contextmanager
def open_text(member: Member) -> Iterator[OpenText]:
    """Read a file line by line.

    Bytes that are not UTF-8 become lone surrogates, so that one bad row does not end the file.
    """
    with ExitStack() as stack:
        raw = stack.enter_context(member.open_binary())
        binary: IO[bytes] = raw
        if member.name.lower().endswith(".gz"):
            binary = cast(IO[bytes], stack.enter_context(gzip.open(raw)))
        text = io.TextIOWrapper(binary, "utf-8-sig", errors="surrogateescape", newline="")
        stack.enter_context(text)
        yield OpenText(_sound_lines(text, member.name), raw.tell)


def _sound_lines(lines: Iterator[str], name: str) -> Iterator[str]:
    try:
        yield from lines
    except (EOFError, OSError, zlib.error, zipfile.BadZipFile) as exc:
        raise SourceError(f"{name} is damaged or incomplete: {exc}") from exc


def _open(path: Path) -> IO[bytes]:
    return path.open("rb")


def file_member(path: Path) -> Member:
    """Take one file by itself."""
    return Member(path.name, path.stat().st_size, partial(_open, path))


def folder_members(folder: Path) -> list[Member]:
    """List the files of a folder and of those in it."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return [
        Member(
            path.relative_to(folder).as_posix(),
            path.stat().st_size,
            partial(_open, path),
        )
        for path in files
    ]


@contextmanager
def zip_members(path: Path) -> Iterator[list[Member]]:
    """List the files of a zip, which are read where they are and never unpacked to disk."""
    try:
        archive = zipfile.ZipFile(path)
    except zipfile.BadZipFile as exc:
        raise SourceError(f"{path} is not a whole zip file: {exc}") from exc
    with archive:
        yield [
            Member(info.filename, info.file_size, partial(archive.open, info))
            for info in archive.infolist()
            if not info.is_dir()
        ]


def find_member(members: list[Member], *plain_names: str) -> Member | None:
    """Find the first of these names, in the outermost folder that has one of them."""
    for plain_name in plain_names:
        found = [member for member in members if member.plain_name == plain_name]
        if found:
            return min(found, key=lambda member: member.name.count("/"))
    return None
