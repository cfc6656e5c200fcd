"""The routes of the train function."""

from __future__ import annotations

import uuid
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from matinee.web.admin import admin_only
from matinee.web.direct import is_direct
from matinee.web.errors import ErrorReply
from trainer.dependencies import ChampionsDependency, Runs
from trainer.schemas import (
    ChampionView,
    ModelsReply,
    ModelView,
    PromoteRequest,
    RunsReply,
    RunView,
    TrainReply,
    TrainRequest,
)
from trainer.settings import get_settings

ADMIN = [Depends(admin_only(get_settings))]
UNAUTHORIZED = {"model": ErrorReply, "description": "The admin token is missing or wrong."}
INVALID = {"model": ErrorReply, "description": "Something sent is wrong."}
NOT_FOUND = {"model": ErrorReply, "description": "There is no such thing."}
CONFLICT = {"model": ErrorReply, "description": "Something else is under way."}
UNAVAILABLE = {"model": ErrorReply, "description": "PostgreSQL, S3 or MLflow does not answer."}

router = APIRouter(responses={422: INVALID, 503: UNAVAILABLE})


@router.post("/train", include_in_schema=False, dependencies=ADMIN)
@router.post(
    "/train/",
    tags=["train"],
    status_code=202,
    dependencies=ADMIN,
    responses={
        200: {"model": TrainReply, "description": "The run was done within the request."},
        401: UNAUTHORIZED,
        404: NOT_FOUND,
        409: CONFLICT,
    },
)
def start_training(
    wanted: TrainRequest, request: Request, response: Response, runs: Runs
) -> object:
    """Start a training run. Schedule events and direct invocations come here too."""
    if wanted.run_id is not None:
        run, mode = runs.go_on(wanted.run_id)
    else:
        run, mode = runs.ask(
            wanted.model_dump(include={"algorithm", "search", "parameters", "ranker", "seed"}),
            event_id=wanted.event_id,
            reason=wanted.reason or wanted.source,
            may_wait=is_direct(request.scope),
        )
    response.status_code = 202 if mode == "asynchronous" else 200
    return TrainReply(**RunView.of(run).model_dump(), mode=mode)


@router.get("/train/runs", tags=["train"])
def list_runs(runs: Runs, limit: Annotated[int, Query(ge=1, le=200)] = 20) -> RunsReply:
    """List training runs, newest first."""
    return RunsReply(runs=[RunView.of(run) for run in runs.store.latest(limit=limit)])


@router.get("/train/runs/{run_id}", tags=["train"], responses={404: NOT_FOUND})
def show_run(run_id: uuid.UUID, runs: Runs) -> RunView:
    """Show a training run: where it is, or how it ended."""
    return RunView.of(runs.find(run_id))


@router.get("/models", tags=["models"])
def list_models(champions: ChampionsDependency, runs: Runs) -> ModelsReply:
    """List model versions, newest first, and tell which one serves.

    What only the training runs know is null while the database does not answer.
    """
    pointer, manifests = champions.overview()
    serving = pointer and pointer.version
    run_of = runs.by_version([manifest.version for manifest in manifests])
    return ModelsReply(
        champion=serving,
        previous=pointer and pointer.previous,
        promoted_at=pointer and pointer.promoted_at,
        promotion_reason=pointer and pointer.reason,
        models=[
            ModelView.of(m, run_of.get(m.version), is_champion=m.version == serving)
            for m in manifests
        ],
    )


@router.post(
    "/models/rollback",
    tags=["models"],
    dependencies=ADMIN,
    responses={401: UNAUTHORIZED, 409: CONFLICT},
)
def roll_back(champions: ChampionsDependency, wanted: PromoteRequest | None = None) -> ChampionView:
    """Let the version serve again that served before the current one."""
    return ChampionView.of(champions.roll_back((wanted or PromoteRequest()).reason))


@router.post(
    "/models/{version}/promote",
    tags=["models"],
    dependencies=ADMIN,
    responses={401: UNAUTHORIZED, 404: NOT_FOUND, 409: CONFLICT},
)
def promote(
    version: str, champions: ChampionsDependency, wanted: PromoteRequest | None = None
) -> ChampionView:
    """Let a version serve, whatever its metrics."""
    return ChampionView.of(champions.promote(version, (wanted or PromoteRequest()).reason))
