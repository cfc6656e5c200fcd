"""The start of an environment is noted once, after the first request that can."""

import asyncio
from datetime import UTC, datetime, timedelta

from starlette.types import Receive, Scope, Send

from matinee.observability.environment import EnvironmentStart
from matinee.web.environment_start import StartNoted


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    scope["served"] = True


def test_start_is_noted_again_until_it_could_be_kept() -> None:
    answers = [False, False, True]
    noted: list[EnvironmentStart] = []

    def note(start: EnvironmentStart) -> bool:
        noted.append(start)
        return answers[len(noted) - 1]

    served = StartNoted(app, "predict", note)

    async def receive() -> dict[str, object]:
        raise AssertionError("nobody reads")

    async def send(_message: object) -> None:
        raise AssertionError("nobody writes")

    for n_requests in range(1, 6):
        scope: dict[str, object] = {"type": "http"}
        asyncio.run(served(scope, receive, send))
        assert scope["served"]
        assert len(noted) == min(n_requests, 3)
    assert len(set(noted)) == 1
    (start,) = set(noted)
    assert start.function == "predict"
    began_serving = start.started_at + timedelta(seconds=start.start_seconds)
    assert abs(began_serving - datetime.now(UTC)) < timedelta(seconds=60)
