"""Keeps events that were given up: in a file, and in the queue that the template names for them.

The file is written first and always. A queue may be unreachable at the worst moment, or lose its
messages with the server; the file is what remains.
"""

import asyncio
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from lambda_emulator.async_queue import Discarded
from lambda_emulator.errors import QueueError
from lambda_emulator.log_pipe import Emit
from lambda_emulator.queues import Queues
from lambda_emulator.template import Place


@dataclass(frozen=True)
class DeadLetter:
    """One event that was given up, as its queue receives it."""

    function: str
    reason: str
    queue: str | None
    body: str
    at: float
    attributes: Mapping[str, str] = field(default_factory=dict)


class DeadLetters:
    """Where events end that nobody could handle."""

    def __init__(self, path: Path, *, emit: Emit, queues: Queues | None = None) -> None:
        self._path = path
        self._emit = emit
        self._queues = queues
        self._sending: set[asyncio.Task[None]] = set()

    def keep(self, letter: DeadLetter) -> None:
        """Write a letter down, and see to its being sent."""
        try:
            self._write(letter)
            where = f"it is kept in {self._path}"
        except OSError as error:
            where = (
                f"{self._path} cannot be written ({error.strerror}), so here it is: {letter.body}"
            )
        self._emit(letter.function, f"event given up: {letter.reason}; {where}")
        if self._queues is not None and letter.queue is not None:
            task = asyncio.create_task(self._send(self._queues, letter.queue, letter))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)

    async def stop(self) -> None:
        """Wait until what is being sent is sent."""
        await asyncio.gather(*self._sending)

    def _write(self, letter: DeadLetter) -> None:
        record = {
            "at": _iso(letter.at),
            "function": letter.function,
            "reason": letter.reason,
            "queue": letter.queue,
            "attributes": dict(letter.attributes),
            "body": json.loads(letter.body),
        }
        self._path.parent.mkdir(parents=True, exist_ok=True)
        # Events may name people: nobody else on this machine needs to read them.
        descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        # Unbuffered is one write: who follows the file never reads half a line.
        with os.fdopen(descriptor, "ab", buffering=0) as file:
            file.write(json.dumps(record).encode() + b"\n")

    async def _send(self, queues: Queues, name: str, letter: DeadLetter) -> None:
        try:
            await asyncio.to_thread(queues.send, name, letter.body, letter.attributes)
        except QueueError as error:
            self._emit(letter.function, f"the queue {name} did not take the event: {error}")


def failed_invocation(event: Discarded, place: Place, at: float) -> DeadLetter:
    """Describe an event whose function failed, as Lambda does for an on-failure destination.

    References
    ----------
    https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
    """
    record: dict[str, object] = {
        "version": "1.0",
        "timestamp": _iso(at),
        "requestContext": {
            "requestId": event.invocation.request_id,
            "functionArn": f"{place.function_arn(event.spec.name)}:$LATEST",
            "condition": event.condition,
            "approximateInvokeCount": event.attempts,
        },
        "requestPayload": json.loads(event.invocation.payload),
    }
    if event.last_result is not None:
        record["responseContext"] = {
            "statusCode": 200,
            "executedVersion": "$LATEST",
            "functionError": event.last_result.function_error,
        }
        record["responsePayload"] = json.loads(event.last_result.payload)
    return DeadLetter(
        function=event.spec.logical_id,
        reason=f"{event.condition} after {event.attempts} attempts",
        queue=event.spec.async_policy.dead_letter_queue,
        body=json.dumps(record),
        at=at,
    )


def _iso(at: float) -> str:
    moment = datetime.fromtimestamp(at, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
