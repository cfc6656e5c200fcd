"""Ctrl-C, SIGTERM and a closed terminal all end a command the same, orderly way."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def ending_raises_interrupt() -> Iterator[None]:
    """Raise KeyboardInterrupt at the first such signal, inside the block."""
    before = {number: signal.signal(number, _interrupt) for number in ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    # A second Ctrl-C must not cut short what stops the servers; that has deadlines of its own.
    for number in ENDING:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt
