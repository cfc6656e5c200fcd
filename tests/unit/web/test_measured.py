"""Every request is counted once, whatever becomes of it."""

import asyncio
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send

from matinee.observability.metrics import REGISTRY
from matinee.web.measured import Measured, note_strategy


class Route:
    """What a router leaves in the scope."""

    path = "/measured/{movie_id}/"


async def _answer(scope: Scope, receive: Receive, send: Send) -> None:
    scope["route"] = Route()
    note_strategy(scope, "popular")
    await send({"type": "http.response.start", "status": 201, "headers": []})
    await send({"type": "http.response.body", "body": b""})


async def _break(scope: Scope, receive: Receive, send: Send) -> None:
    raise RuntimeError("broken")


async def _nothing(*_: Any) -> None:
    pass


def serve(app: Measured) -> None:
    asyncio.run(app({"type": "http"}, _nothing, _nothing))


def n_requests(**labels: str) -> float:
    return REGISTRY.get_sample_value("matinee_requests_total", labels) or 0


def test_measured_request_is_counted_timed_and_announced() -> None:
    told: list[None] = []
    labels = {"route": "/measured/{movie_id}", "strategy": "popular", "status": "201"}
    serve(Measured(_answer, lambda: told.append(None)))
    assert n_requests(**labels) == 1
    route = {"route": labels["route"]}
    assert REGISTRY.get_sample_value("matinee_request_seconds_count", route) == 1
    assert len(told) == 1


def test_measured_request_that_breaks_counts_as_500() -> None:
    labels = {"route": "none", "strategy": "", "status": "500"}
    before = n_requests(**labels)
    with pytest.raises(RuntimeError):
        serve(Measured(_break))
    assert n_requests(**labels) == before + 1
