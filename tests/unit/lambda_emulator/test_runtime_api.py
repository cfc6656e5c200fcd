"""The Runtime API, spoken to as a runtime and an extension speak."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import aiohttp

from lambda_emulator.invocation import Invocation
from lambda_emulator.runtime_api import RuntimeApi
from lambda_emulator.spec import FunctionSpec

_SPEC = FunctionSpec("Fn", "fn", "a.b", Path(), (), "python3.12", 3, 128, {})
_RUNTIME = "2018-06-01/runtime"
_EXTENSION = "2020-01-01/extension"

Scene = Callable[[RuntimeApi, aiohttp.ClientSession], Awaitable[None]]


def _play(scene: Scene) -> None:
    async def play() -> None:
        api = RuntimeApi(_SPEC, "arn:fn")
        await api.start()
        session = aiohttp.ClientSession(
            f"http://{api.address}/", timeout=aiohttp.ClientTimeout(total=5)
        )
        try:
            await scene(api, session)
        finally:
            await session.close()
            await api.stop()

    asyncio.run(play())


def test_event_goes_to_the_runtime_and_its_answer_comes_back() -> None:
    async def scene(api: RuntimeApi, http: aiohttp.ClientSession) -> None:
        answer = api.deliver(Invocation(b'{"a": 1}', "id-1"), deadline_ms=123)
        async with http.get(f"{_RUNTIME}/invocation/next") as event:
            assert await event.json() == {"a": 1}
            assert event.headers["Lambda-Runtime-Aws-Request-Id"] == "id-1"
            assert event.headers["Lambda-Runtime-Deadline-Ms"] == "123"
            assert event.headers["Lambda-Runtime-Invoked-Function-Arn"] == "arn:fn"
        async with http.post(f"{_RUNTIME}/invocation/id-1/response", data=b"[2]") as accepted:
            assert accepted.status == 202
        result = await answer
        assert (result.payload, result.function_error) == (b"[2]", None)

    _play(scene)


def test_error_of_the_runtime_is_a_function_error() -> None:
    async def scene(api: RuntimeApi, http: aiohttp.ClientSession) -> None:
        answer = api.deliver(Invocation(b"{}", "id-1"), deadline_ms=0)
        async with http.post(f"{_RUNTIME}/invocation/id-1/error", data=b'{"errorType": "E"}'):
            pass
        result = await answer
        assert (json.loads(result.payload), result.function_error) == (
            {"errorType": "E"},
            "Unhandled",
        )

    _play(scene)


def test_answer_to_another_event_is_refused() -> None:
    async def scene(api: RuntimeApi, http: aiohttp.ClientSession) -> None:
        answer = api.deliver(Invocation(b"{}", "id-2"), deadline_ms=0)
        async with http.post(f"{_RUNTIME}/invocation/id-1/response", data=b"1") as refused:
            assert refused.status == 400
            assert (await refused.json())["errorType"] == "InvalidRequestID"
        assert not answer.done()

    _play(scene)


def test_init_error_ends_the_init_phase() -> None:
    async def scene(api: RuntimeApi, http: aiohttp.ClientSession) -> None:
        async with http.post(f"{_RUNTIME}/init/error", data=b'{"errorType": "Import"}') as answer:
            assert answer.status == 202
        error = await api.initialized
        assert error is not None
        assert json.loads(error.payload) == {"errorType": "Import"}

    _play(scene)


def test_init_ends_when_runtime_and_extensions_poll() -> None:
    async def scene(api: RuntimeApi, http: aiohttp.ClientSession) -> None:
        register = http.post(
            f"{_EXTENSION}/register",
            json={"events": ["INVOKE", "SHUTDOWN"]},
            headers={"Lambda-Extension-Name": "watcher"},
        )
        async with register as registered:
            assert (await registered.json())["functionName"] == "fn"
            identity = {
                "Lambda-Extension-Identifier": registered.headers["Lambda-Extension-Identifier"]
            }
        runtime = asyncio.create_task(_get(http, f"{_RUNTIME}/invocation/next"))
        while not api.has_runtime:
            await asyncio.sleep(0.001)
        assert not api.initialized.done()

        first = asyncio.create_task(_get(http, f"{_EXTENSION}/event/next", identity))
        assert await api.initialized is None

        api.deliver(Invocation(b"{}", "id-1"), deadline_ms=7)
        assert (await first)["eventType"] == "INVOKE"
        await runtime
        api.announce_shutdown(9)
        last = await _get(http, f"{_EXTENSION}/event/next", identity)
        assert (last["eventType"], last["deadlineMs"]) == ("SHUTDOWN", 9)

    _play(scene)


async def _get(
    http: aiohttp.ClientSession, path: str, headers: dict[str, str] | None = None
) -> dict[str, object]:
    async with http.get(path, headers=headers) as answer:
        body: dict[str, object] = await answer.json()
        return body
