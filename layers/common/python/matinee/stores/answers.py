"""What was recommended and what people did with it."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from matinee.observability.logs import with_fields
from matinee.stores.database import Database

logger = logging.getLogger("matinee.answers")

# A row that a crash of the server may lose need not make the next statement wait for the disk.
_LOG = """
SET LOCAL synchronous_commit TO off;
INSERT INTO recommendation_logs (request_id, user_id, strategy, model_version, movie_ids, scores,
  predicted_ratings, filters, duration_ms, answered_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
"""
_FEEDBACK = """
INSERT INTO feedback (request_id, movie_id, action, user_id) VALUES (%s, %s, %s, %s)
ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """A list that was sent."""

    request_id: UUID
    user_id: int
    strategy: str
    model_version: str
    movie_ids: list[int]
    scores: list[float]
    predicted_ratings: list[float]
    filters: dict[str, Any]
    duration_ms: float


class AnswerStore:
    """Keeps answers, and feedback on them.

    Parameters
    ----------
    database : Database
        Where they are kept.
    on_loss : callable
        Called for every answer that went to the log instead.
    """

    def __init__(self, database: Database, *, on_loss: Callable[[], None]) -> None:
        self._database = database
        self._on_loss = on_loss

    def log(self, answer: Answer) -> None:
        """Keep an answer without waiting; what PostgreSQL does not take goes to the log.

        Parameters
        ----------
        answer : Answer
            The list that was sent.
        """
        answered_at = datetime.now(UTC)

        def write_to_log(reason: str) -> None:
            self._on_loss()
            fields = {name: getattr(answer, name) for name in Answer.__slots__}
            logger.warning(
                "answer not stored: %s", reason, extra=with_fields(**fields, at=answered_at)
            )

        values = (
            str(answer.request_id),
            answer.user_id,
            answer.strategy,
            answer.model_version,
            answer.movie_ids,
            answer.scores,
            answer.predicted_ratings,
            json.dumps(answer.filters),
            answer.duration_ms,
            answered_at,
        )
        self._database.send(_LOG, values, on_error=write_to_log)

    def save_feedback(
        self, request_id: UUID, movie_id: int, action: str, user_id: int | None
    ) -> None:
        """Store a click, a watch or a dismissal; the same one twice is stored once.

        Raises
        ------
        RatingStoreUnavailableError
            If PostgreSQL does not answer in time.
        """
        self._database.fetch(_FEEDBACK, (str(request_id), movie_id, action, user_id))
