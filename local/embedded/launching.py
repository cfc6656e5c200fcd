"""The command line that goes through `launcher.py`."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from embedded.accounts import Account

LAUNCHER = Path(__file__).with_name("launcher.py")


def launch_command(
    arguments: Sequence[str | Path],
    account: Account | None = None,
    death_signal: signal.Signals = signal.SIGTERM,
) -> list[str]:
    """Return the command that runs a program as `account` until this process ends."""
    uid, gid = (account.uid, account.gid) if account else (-1, -1)
    launch = [sys.executable, "-I", "-S", LAUNCHER, os.getpid(), int(death_signal), uid, gid]
    return [str(argument) for argument in (*launch, *arguments)]
