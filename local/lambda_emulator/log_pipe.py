"""Carries what a function prints to whoever shows it, line by line."""

import asyncio
import os
from collections.abc import Callable

Emit = Callable[[str, str], None]

_CHUNK_BYTES = 65_536


def print_line(function: str, line: str) -> None:
    """Show one line of one function's log."""
    print(f"{function} | {line}", flush=True)


class LogPipe:
    """The reading end of a process's stdout and stderr.

    Read by hand, not by a stream reader, so that `drain` can fetch what was printed so far before
    the lines that the platform adds; a log then reads in the order in which things happened.
    """

    def __init__(self, on_line: Callable[[str], None]) -> None:
        self._on_line = on_line
        self._partial = b""
        self._reading, self.writing = os.pipe()
        os.set_blocking(self._reading, False)
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._reading, self.drain)
        self._open = self._writing_open = True

    def close_writing(self) -> None:
        """Close this process's copy of the writing end, once the child has its own."""
        if self._writing_open:
            self._writing_open = False
            os.close(self.writing)

    def drain(self) -> None:
        """Pass on everything that was printed until now."""
        while self._open:
            try:
                chunk = os.read(self._reading, _CHUNK_BYTES)
            except BlockingIOError:
                return
            if not chunk:
                self.close()
                return
            *lines, self._partial = (self._partial + chunk).split(b"\n")
            for line in lines:
                self._pass_on(line)

    def close(self) -> None:
        """Stop reading."""
        self.close_writing()
        if not self._open:
            return
        self._open = False
        self._loop.remove_reader(self._reading)
        os.close(self._reading)
        if self._partial:
            self._pass_on(self._partial)

    def _pass_on(self, line: bytes) -> None:
        # The runtime joins the lines of a traceback by carriage returns, to keep them one event.
        for part in line.decode("utf-8", "replace").split("\r"):
            self._on_line(part)
