"""The model card and what operators ask."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from matinee.errors import MatineeError
from matinee.observability.metrics import REGISTRY
from predictor.dependencies import Uses
from predictor.schemas import Health, ModelCard, Readiness

router = APIRouter(tags=["status"])


@router.get("/model")
async def model_card(services: Uses) -> ModelCard:
    """Describe the serving model."""
    manifest = services.champion.model().manifest
    pointer = services.champion.pointer
    assert pointer is not None
    return ModelCard(
        version=manifest.version,
        created_at=manifest.created_at,
        promoted_at=pointer.promoted_at,
        reason=pointer.reason,
        previous=pointer.previous,
        git_revision=manifest.git_revision,
        genres=sorted(manifest.genres),
        data=manifest.data.model_dump(),
        ranker=manifest.ranker.model_dump(),
        rater=manifest.rater.model_dump(),
        metrics=manifest.metrics,
    )


@router.get("/health")
async def health() -> Health:
    """Answer, whatever the state of the rest."""
    return Health(status="ok")


@router.get("/ready", responses={503: {"model": Readiness}})
async def ready(services: Uses, response: Response) -> Readiness:
    """Tell whether recommendations can be made as they should."""
    model = _state(services.champion.model)
    database = _state(lambda: services.database.fetch("SELECT 1"))
    is_ready = model == database == "ok"
    if not is_ready:
        response.status_code = 503
    return Readiness(ready=is_ready, model=model, database=database)


@router.get("/metrics", response_class=Response)
async def metrics() -> Response:
    """Return this environment's metrics in Prometheus' text format."""
    return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)


def _state(check: Callable[[], object]) -> str:
    try:
        check()
    except MatineeError as error:
        return error.message
    return "ok"
