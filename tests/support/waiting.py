"""Waiting for what a server does in its own time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

_NOBODY = threading.Event()


def wait_until(condition: Callable[[], Any], seconds: float = 20) -> None:
    """Ask until something holds; fail when it never does."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        _NOBODY.wait(0.01)
