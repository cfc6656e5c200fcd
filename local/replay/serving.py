"""Asks the API for lists, and waits until the function has kept them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime

from matinee.stores.database import Database
from replay.api import Api, Json
from replay.errors import ReplayError

BATCH_USERS = 100  # as many as the API takes at once
LOG_SECONDS = 5.0
_POLL_SECONDS = 0.05
_COUNT = "SELECT count(*) FROM recommendation_logs WHERE answered_at >= %s"


def serve(api: Api, users: Sequence[int], n: int, *, version: str) -> list[Json]:
    """Ask for everybody's list, a batch at a time; the version that serves must make them."""
    answers = [
        answer
        for start in range(0, len(users), BATCH_USERS)
        for answer in api.recommend_many(users[start : start + BATCH_USERS], n)
    ]
    others = {answer["model_version"] for answer in answers} - {version}
    if others:
        raise ReplayError(
            f"lists came from {', '.join(sorted(others))}, though {version} should serve; the log "
            "of the emulator says why"
        )
    return answers


def count_logged(database: Database, since: datetime, *, n_expected: int) -> int:
    """Return how many lists were kept since then; the function does so after its reply.

    Drift is measured on what was kept. A list that was not is a list that is not kept, which the
    function allows itself, so that this does not wait for ever.
    """
    deadline = time.monotonic() + LOG_SECONDS
    while True:
        n_logged = int(database.fetch(_COUNT, (since,))[0][0])
        if n_logged >= n_expected or time.monotonic() > deadline:
            return n_logged
        time.sleep(_POLL_SECONDS)
