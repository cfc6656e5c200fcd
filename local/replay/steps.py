"""What a replay keeps of each step."""

from __future__ import annotations

from dataclasses import dataclass

from replay.api import Json
from replay.measuring import ListScore, Quality
from replay.windows import Window


@dataclass(frozen=True, slots=True)
class ServedList:
    """One list that the API sent, and how good it and the first model's were."""

    user_id: int
    is_new_user: bool
    strategy: str
    served: ListScore
    first: ListScore


@dataclass(frozen=True, slots=True)
class DriftReport:
    """What the drift function found."""

    report_id: str
    verdict: str
    summary: str
    measures: list[Json]
    training_requested: bool = False
    training_note: str = ""
    training_event_id: str | None = None

    @classmethod
    def of(cls, answer: Json) -> DriftReport:
        """Read the report of the HTTP API."""
        training = answer.get("training") or {}
        return cls(
            report_id=answer["report_id"],
            verdict=answer["verdict"],
            summary=answer.get("summary") or "",
            measures=answer.get("measures") or [],
            training_requested=bool(training.get("requested")),
            training_note=training.get("reason") or "",
            training_event_id=training.get("event_id"),
        )

    @property
    def drifted(self) -> list[str]:
        """The measures that drifted."""
        return [measure["name"] for measure in self.measures if measure["verdict"] == "drift"]


@dataclass(frozen=True, slots=True)
class Training:
    """How a training run ended."""

    run_id: str
    status: str
    reason: str
    model_version: str | None
    promoted: bool
    decision: str

    @classmethod
    def of(cls, run: Json) -> Training:
        """Read the run of the HTTP API."""
        return cls(
            run_id=run["run_id"],
            status=run["status"],
            reason=run.get("reason") or "",
            model_version=run.get("model_version"),
            promoted=bool(run.get("promoted")),
            decision=run.get("decision") or run.get("error") or "",
        )

    @property
    def outcome(self) -> str:
        """Say in one word what came of it."""
        if self.status != "succeeded":
            return self.status
        return "promoted" if self.promoted else "not promoted"


@dataclass(frozen=True, slots=True)
class Serving:
    """The version that serves, and why."""

    version: str
    because: str


@dataclass(frozen=True, slots=True)
class Step:
    """One window: what was served in it, what then arrived, and what came of it."""

    window: Window
    n_ratings: int
    n_logged: int
    """Lists that the function kept, of those it sent."""
    serving: Serving
    served: Quality
    first: Quality
    lists: list[ServedList]
    drift: DriftReport
    training: Training | None
    seconds: float

    @property
    def n_users(self) -> int:
        """Everybody who rated."""
        return len(self.lists)

    @property
    def n_new_users(self) -> int:
        """Users without a rating before this step."""
        return sum(listed.is_new_user for listed in self.lists)
