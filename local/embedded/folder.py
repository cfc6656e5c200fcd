"""The folder that keeps the servers' data, logs and secrets between runs."""

from __future__ import annotations

import fcntl
import os
import secrets
import time
from pathlib import Path

from matinee.errors import ConfigurationError

LOCK_WAIT_SECONDS = 20.0


class DataFolder:
    """Data, logs and secrets of one installation, used by one supervisor at a time.

    The lock is a file descriptor that the servers inherit. So whoever holds it knows that no server
    of an earlier run is left, even when that run was killed; what it left behind is stale.
    """

    def __init__(self, path: Path, *, lock_wait_seconds: float = LOCK_WAIT_SECONDS) -> None:
        self.path = path.resolve()
        self.lock_wait_seconds = lock_wait_seconds
        self.logs = self.path / "logs"
        self._lock: int | None = None

    def acquire(self) -> int:
        """Make the folder if need be, lock it and return the lock's file descriptor."""
        self.logs.mkdir(parents=True, exist_ok=True)
        lock = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        # The servers of a run that was just killed need a moment to go.
        deadline = time.monotonic() + self.lock_wait_seconds
        while not _try_lock(lock):
            if time.monotonic() > deadline:
                owner = os.pread(lock, 20, 0).decode().strip()
                os.close(lock)
                raise ConfigurationError(
                    f"another Matinee (process {owner}) is using {self.path}; "
                    "stop it or name another folder"
                )
            time.sleep(0.1)
        os.ftruncate(lock, 0)
        os.pwrite(lock, str(os.getpid()).encode(), 0)
        self._lock = lock
        return lock

    def release(self) -> None:
        """Let the next supervisor in."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def log(self, name: str) -> Path:
        """Return the path of a fresh log; the one of the run before is kept beside it."""
        path = self.logs / f"{name}.log"
        if path.exists():
            path.replace(self.logs / f"{name}.previous.log")
        return path

    def secret_path(self, name: str) -> Path:
        """Where the secret called `name` is kept."""
        return self.path / name

    def secret(self, name: str) -> str:
        """Return the secret called `name`, generated when first asked for."""
        path = self.secret_path(name)
        if not path.exists():
            self.write_private(name, secrets.token_urlsafe(24))
        return path.read_text()

    def write_private(self, name: str, content: str) -> Path:
        """Write a file that only this user may read, whole or not at all, and return its path."""
        path = self.path / name
        draft = path.with_name(f"{name}.new")
        draft.unlink(missing_ok=True)
        draft.touch(mode=0o600, exist_ok=False)
        draft.write_text(content)
        draft.replace(path)
        return path


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
