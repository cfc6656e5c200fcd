"""Processes by what they were started with; some end while somebody looks."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

import psutil


def started_with(text: str, processes: Iterable[psutil.Process]) -> list[psutil.Process]:
    """Return those whose command line holds a text."""
    found = []
    for process in processes:
        with suppress(psutil.Error):  # it ended meanwhile, or is not ours to look at
            if text in " ".join(process.cmdline()):
                found.append(process)
    return found


def descendants(pid: int | None = None) -> list[psutil.Process]:
    """Return everything that a process started, by default this one."""
    return psutil.Process(pid).children(recursive=True)


def is_running(pid: int) -> bool:
    """Tell whether a process runs; one that ended and was not waited for does not."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
