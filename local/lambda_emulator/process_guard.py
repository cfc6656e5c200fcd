"""Kills the functions' processes when the emulator dies without having been able to.

A small process of its own reads the ids of process groups from a pipe. The pipe ends with the
emulator, however that ends; what is still on the list then is killed, children included.
"""

import os
import signal
import subprocess
import sys
from contextlib import suppress


class ProcessGuard:
    """The emulator's side: tells the guard which groups live."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", __file__],
            stdin=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for the emulator alone
            text=True,
        )

    def watch(self, group: int) -> None:
        """Kill this process group should the emulator die."""
        self._tell(f"+{group}")

    def forget(self, group: int) -> None:
        """The group is gone; its number may soon belong to somebody else."""
        self._tell(f"-{group}")

    def close(self) -> None:
        """End the guard; groups still watched are killed."""
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):
            self._process.stdin.close()
        self._process.wait(timeout=5)

    def _tell(self, line: str) -> None:
        assert self._process.stdin is not None
        with suppress(BrokenPipeError, ValueError):
            print(line, file=self._process.stdin, flush=True)


def kill_group(group: int) -> None:
    """Kill every process of a group, if there is one left."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def _guard() -> None:
    groups = set()
    for line in sys.stdin:
        group = int(line[1:])
        if line[0] == "+":
            groups.add(group)
        else:
            groups.discard(group)
    for group in groups:
        kill_group(group)


if __name__ == "__main__":
    _guard()
