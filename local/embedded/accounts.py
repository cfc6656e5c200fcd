"""Which user a server runs as: PostgreSQL refuses to run as root."""

from __future__ import annotations

import os
import pwd
from dataclasses import dataclass
from pathlib import Path

from matinee.errors import ConfigurationError

CANDIDATES = ("postgres", "nobody")


@dataclass(frozen=True)
class Account:
    """An ordinary user of this machine."""

    name: str
    uid: int
    gid: int


def unprivileged_account() -> Account | None:
    """Return the user to become when this process is root's, None when it is not."""
    if os.geteuid() != 0:
        return None
    for name in CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    users = " or ".join(CANDIDATES)
    raise ConfigurationError(
        f"PostgreSQL does not run as root, and this machine has no user {users}: "
        "run this command as an ordinary user"
    )


def is_open_to_others(folder: Path) -> bool:
    """Whether users who own nothing on the way may reach what is inside `folder`."""
    return all(step.stat().st_mode & 0o001 for step in (folder, *folder.parents))
