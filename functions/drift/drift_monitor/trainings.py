"""Trainings that are started because of drift: at most one a period, also where nobody answers."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from drift_monitor.verdict import Judgement, overall, reason_to_train
from matinee.errors import InvokeUnansweredError, InvokeUnavailableError
from matinee.stores.drift_reports import DriftReportStore

logger = logging.getLogger("matinee.drift.trainings")

StartTraining = Callable[[Mapping[str, object]], None]
Training = dict[str, Any]
"""What a report says of its training; see `drift_monitor.schemas.TrainingRequested`."""
_MOST_REASON = 500


@dataclass(frozen=True, slots=True)
class Trainings:
    """Claims the training of a period for a report, and starts it.

    `invoke` has the train function invoked with an event; it is None where the platform cannot.
    """

    store: DriftReportStore
    period_hours: float
    invoke: StartTraining | None

    def claim(self, report_id: uuid.UUID, judgements: Sequence[Judgement]) -> Training:
        """Return the training that a report is to start, or why it starts none."""
        if overall(judgements) != "drift":
            return _none("the verdict is not drift")
        reason = reason_to_train(judgements)
        if reason is None:
            return _none("a training does not mend what was found")
        if self.invoke is None:
            return _none(f"{reason}; this platform starts none by itself: start one")
        if not self.store.claim_training(report_id, period_hours=self.period_hours):
            hours = f"{self.period_hours:g} hours"
            return _none(f"{reason}; an earlier report has the one training of {hours}")
        event_id = f"drift-{report_id}"
        return {"requested": True, "reason": reason, "event_id": event_id}

    def release(self, report_id: uuid.UUID, claimed: Training) -> None:
        """Leave the training of the period to the next report."""
        if claimed["requested"]:
            self.store.release_training(report_id)

    def start(self, report_id: uuid.UUID, claimed: Training) -> Training:
        """Start what was claimed; return what came of it."""
        if not claimed["requested"] or self.invoke is None:
            return claimed
        reason = claimed["reason"]
        try:
            self.invoke({"event_id": claimed["event_id"], "reason": reason[:_MOST_REASON]})
        except InvokeUnansweredError as error:
            # The claim stays: a training too late is better than two at once.
            logger.warning("a training was perhaps started: %s", error)
            why = f"{reason}; whether the train function took it is not known"
            return claimed | {"confirmed": False, "reason": why}
        except InvokeUnavailableError as error:
            logger.error("no training was started: %s", error)
            self.store.release_training(report_id)
            return _none(f"{reason}; the train function could not be invoked")
        return claimed


def _none(why: str) -> Training:
    return {"requested": False, "reason": why, "event_id": None}
