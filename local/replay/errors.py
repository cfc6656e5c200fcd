"""Why a replay cannot go on; each message says what to do about it."""

from __future__ import annotations

from matinee.errors import MatineeError


class ReplayError(MatineeError):
    """A replay cannot begin, or cannot go on."""

    code = "replay_failed"
