"""Stays in the foreground while the servers run."""

from __future__ import annotations

import time

from embedded.supervisor import Supervisor

CHECK_SECONDS = 0.5


def stay(supervisor: Supervisor) -> int:
    """Return 0 at Ctrl-C; raise when a server ends that nobody asked to end."""
    try:
        while True:
            supervisor.check()
            time.sleep(CHECK_SECONDS)
    except KeyboardInterrupt:
        print("\nStopping ...", flush=True)
        return 0
