"""What was recommended and what people did with it."""

from __future__ import annotations

import json
import logging
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from matinee.observability.logs import with_fields
from matinee.stores.database import Database

logger = logging.getLogger("matinee.answers")

_Row = tuple[Any, ...]

# A row that a crash of the server may lose need not make the next statement wait for the disk.
_LOG = """
SET LOCAL synchronous_commit TO off;
INSERT INTO recommendation_logs (request_id, user_id, strategy, model_version, movie_ids, scores,
  predicted_ratings, filters, duration_ms, answered_at)
VALUES {rows} ON CONFLICT DO NOTHING
"""
_ROW = "(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
# Who was forgotten while the row waited stays forgotten.
_LATE_ROW = _ROW.replace(", %s", ", (SELECT user_id FROM ratings WHERE user_id = %s LIMIT 1)", 1)
MOST_WAITING = 1000
_MOST_LATE_AT_ONCE = 10
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

    Answers that PostgreSQL cannot take while it is away wait in memory and are stored, a few with
    each later answer, once it is back. Every one of them is in the log as well.

    Parameters
    ----------
    database : Database
        Where they are kept.
    on_loss : callable
        Called for every answer that will be in the log only.
    """

    def __init__(self, database: Database, *, on_loss: Callable[[], None]) -> None:
        self._database = database
        self._on_loss = on_loss
        self._waiting: deque[_Row] = deque()

    def log(self, answer: Answer) -> None:
        """Keep an answer without waiting; what PostgreSQL does not take goes to the log.

        Parameters
        ----------
        answer : Answer
            The list that was sent.
        """
        row = _row(answer, datetime.now(UTC))
        n_late = min(len(self._waiting), _MOST_LATE_AT_ONCE)
        late = [self._waiting.popleft() for _ in range(n_late)]

        def keep(reason: str, may_succeed_later: bool) -> None:
            fields = {name: getattr(answer, name) for name in Answer.__slots__}
            logger.warning(
                "answer not stored%s: %s",
                " yet" if may_succeed_later else "",
                reason,
                extra=with_fields(**fields, at=row[-1]),
            )
            if may_succeed_later:
                self._wait(late, row)
            else:
                self._lose(1 + n_late)

        statement = _LOG.format(rows=", ".join([_ROW] + [_LATE_ROW] * n_late))
        values = [value for one in (row, *late) for value in one]
        self._database.send(statement, values, on_error=keep)

    def give_up(self) -> None:
        """Count what still waits as lost; for the end of an environment."""
        self._lose(len(self._waiting))
        self._waiting.clear()

    def _wait(self, late: Sequence[_Row], new: _Row) -> None:
        self._waiting.extendleft(reversed(late))
        self._waiting.append(new)
        while len(self._waiting) > MOST_WAITING:
            self._waiting.popleft()
            self._lose(1)

    def _lose(self, n_answers: int) -> None:
        for _ in range(n_answers):
            self._on_loss()

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


def _row(answer: Answer, answered_at: datetime) -> _Row:
    return (
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
