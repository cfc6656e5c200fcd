"""The public HTTP contract of the train function."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from matinee.artifacts.manifest import ArtifactManifest, ChampionPointer
from matinee.domain.runs import RunStatus
from matinee.stores.training_runs import TrainingRun


class TrainRequest(BaseModel):
    """What to train; everything may be left out. Schedule events have this form too."""

    model_config = ConfigDict(extra="forbid")

    algorithm: str = Field(default="SVD", description="Surprise's name of the rating algorithm.")
    search: bool = Field(default=False, description="Try some other parameters, keep the best.")
    parameters: dict[str, Any] = Field(
        default_factory=dict,
        description="Of the rating algorithm.",
        examples=[{"n_factors": 50, "reg_all": 0.1}],
    )
    ranker: dict[str, Any] = Field(
        default_factory=dict,
        description="Parameters of the ranker.",
        examples=[{"floor": 0.2}],
    )
    seed: int = Field(default=0, ge=0, le=2**32 - 1)
    reason: str | None = Field(default=None, max_length=500, description="Kept with the run.")
    event_id: str | None = Field(
        default=None,
        max_length=200,
        description="A repeated id starts nothing.",
    )
    run_id: uuid.UUID | None = Field(
        default=None, description="Goes on with a queued run; the function sends it to itself."
    )
    source: str | None = Field(default=None, max_length=200, description="Who sends the event.")
    scheduled_at: datetime | None = Field(default=None, description="When the event was due.")


class RunView(BaseModel):
    """A training run."""

    run_id: uuid.UUID
    event_id: str | None
    status: RunStatus
    step: str | None = Field(description="What a running run is doing, or was when it failed.")
    reason: str | None
    parameters: dict[str, Any]
    requested_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    model_version: str | None
    metrics: dict[str, float] | None
    promoted: bool | None
    decision: str | None = Field(description="Why the version was promoted or not.")
    mlflow_run_id: str | None
    error: str | None

    @classmethod
    def of(cls, run: TrainingRun) -> Self:
        """Show a run."""
        return cls.model_validate(run, from_attributes=True)


class TrainReply(RunView):
    """The run, and how it is done."""

    mode: Literal["asynchronous", "inline", "repeated"] = Field(
        description="asynchronous: goes on after this reply, ask for it by its id; "
        "inline: was done before this reply; repeated: the event had started it before."
    )


class RunsReply(BaseModel):
    """Runs, newest first."""

    runs: list[RunView]


class ModelView(BaseModel):
    """A model version in the bucket, with what its training run says where it is known."""

    version: str
    is_champion: bool
    created_at: datetime
    git_revision: str | None = Field(description="Of the code that trained it.")
    rater: str
    ranker: str
    rater_parameters: dict[str, Any]
    ranker_parameters: dict[str, Any] = Field(
        description="Of the fit, and of how ratings are weighed."
    )
    data_fingerprint: str
    snapshot_at: datetime = Field(description="When its ratings were read.")
    n_ratings: int
    n_users: int
    n_items: int
    metrics: dict[str, float]
    run_id: uuid.UUID | None = Field(description="Its training run.")
    mlflow_run_id: str | None
    promoted: bool | None = Field(description="Whether its training let it serve.")
    decision: str | None = Field(description="Why its training let it serve, or not.")

    @classmethod
    def of(cls, manifest: ArtifactManifest, run: TrainingRun | None, *, is_champion: bool) -> Self:
        """Show a version; `run` is None for one that was trained elsewhere."""
        ranker = manifest.ranker.model_dump(exclude={"algorithm", "parameters"})
        return cls(
            version=manifest.version,
            is_champion=is_champion,
            created_at=manifest.created_at,
            git_revision=manifest.git_revision,
            rater=manifest.rater.algorithm,
            ranker=manifest.ranker.algorithm,
            rater_parameters=manifest.rater.parameters,
            ranker_parameters={**ranker, **manifest.ranker.parameters},
            data_fingerprint=manifest.data.fingerprint,
            snapshot_at=manifest.data.snapshot_at,
            n_ratings=manifest.data.n_ratings,
            n_users=manifest.data.n_users,
            n_items=manifest.data.n_items,
            metrics=manifest.metrics,
            run_id=run and run.run_id,
            mlflow_run_id=run and run.mlflow_run_id,
            promoted=run and run.promoted,
            decision=run and run.decision,
        )


class ModelsReply(BaseModel):
    """Versions, newest first."""

    champion: str | None
    previous: str | None = Field(description="What a rollback brings back.")
    promoted_at: datetime | None = Field(description="When the champion began to serve.")
    promotion_reason: str | None
    models: list[ModelView]


class PromoteRequest(BaseModel):
    """Why the champion is changed."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field(default="asked for by an administrator", max_length=500)


class ChampionView(BaseModel):
    """The version that serves."""

    version: str
    previous: str | None = Field(description="What a rollback brings back.")
    promoted_at: datetime
    reason: str

    @classmethod
    def of(cls, pointer: ChampionPointer) -> Self:
        """Show the pointer."""
        return cls.model_validate(pointer, from_attributes=True)
