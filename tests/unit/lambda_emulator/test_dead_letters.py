"""Events that were given up are kept, whatever else is broken."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

from lambda_emulator.async_queue import Discarded
from lambda_emulator.dead_letters import DeadLetter, DeadLetters, failed_invocation
from lambda_emulator.errors import QueueError
from lambda_emulator.invocation import Invocation, InvocationResult
from lambda_emulator.queues import Queues
from lambda_emulator.spec import AsyncPolicy, FunctionSpec
from lambda_emulator.template import Place
from tests.support.emulator import kept_letters

LETTER = DeadLetter("Fn", "RetriesExhausted after 3 attempts", "lost", '{"a": 1}', 1.5, {"X": "y"})


@dataclass
class FakeQueues:
    """Takes messages, or is down."""

    is_down: bool = False
    sent: list[tuple[str, str, Mapping[str, str]]] = field(default_factory=list)

    def send(self, name: str, body: str, attributes: Mapping[str, str]) -> None:
        """Take a message."""
        if self.is_down:
            raise QueueError("SQS does not answer")
        self.sent.append((name, body, attributes))


def _keep(path: Path, letter: DeadLetter, queues: FakeQueues | None = None) -> list[str]:
    lines: list[str] = []

    async def play() -> None:
        letters = DeadLetters(
            path,
            emit=lambda function, line: lines.append(f"{function} | {line}"),
            queues=cast(Queues, queues) if queues else None,
        )
        letters.keep(letter)
        await letters.stop()

    asyncio.run(play())
    return lines


def test_letter_is_a_line_of_a_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    path = tmp_path / "made" / "letters.jsonl"

    _keep(path, LETTER)
    lines = _keep(path, LETTER)

    record = {
        "at": "1970-01-01T00:00:01.500Z",
        "function": "Fn",
        "reason": "RetriesExhausted after 3 attempts",
        "queue": "lost",
        "attributes": {"X": "y"},
        "body": {"a": 1},
    }
    assert kept_letters(path) == [record, record]
    assert path.stat().st_mode & 0o777 == 0o600
    assert lines == [
        f"Fn | event given up: RetriesExhausted after 3 attempts; it is kept in {path}"
    ]


def test_letter_goes_to_its_queue_as_well(tmp_path: Path) -> None:
    queues = FakeQueues()

    _keep(tmp_path / "letters", LETTER, queues)

    assert queues.sent == [("lost", '{"a": 1}', {"X": "y"})]
    assert len(kept_letters(tmp_path / "letters")) == 1


def test_letter_without_a_queue_is_in_the_file(tmp_path: Path) -> None:
    queues = FakeQueues()

    _keep(tmp_path / "letters", replace(LETTER, queue=None), queues)

    assert (queues.sent, len(kept_letters(tmp_path / "letters"))) == ([], 1)


def test_queue_that_is_down_costs_no_letter(tmp_path: Path) -> None:
    lines = _keep(tmp_path / "letters", LETTER, FakeQueues(is_down=True))

    assert len(kept_letters(tmp_path / "letters")) == 1
    assert "the queue lost did not take the event: SQS does not answer" in lines[-1]


def test_letter_is_shown_when_the_file_cannot_be_written(tmp_path: Path) -> None:
    queues = FakeQueues()

    [line] = _keep(tmp_path, LETTER, queues)

    assert '{"a": 1}' in line
    assert len(queues.sent) == 1


def _discarded(result: InvocationResult | None) -> Discarded:
    policy = AsyncPolicy(dead_letter_queue="lost")
    spec = FunctionSpec("Fn", "fn", "a.b", Path(), (), "python3.12", 3, 128, {}, None, policy)
    invocation = Invocation(b'{"event_id": "e"}', request_id="r")
    return Discarded(spec, invocation, "RetriesExhausted", 3, result)


def test_failed_invocation_has_the_record_of_an_on_failure_destination() -> None:
    failure = InvocationResult(b'{"errorMessage": "no"}', "Unhandled")

    letter = failed_invocation(_discarded(failure), Place(), 0)

    assert (letter.function, letter.queue) == ("Fn", "lost")
    assert json.loads(letter.body) == {
        "version": "1.0",
        "timestamp": "1970-01-01T00:00:00.000Z",
        "requestContext": {
            "requestId": "r",
            "functionArn": "arn:aws:lambda:us-east-1:123456789012:function:fn:$LATEST",
            "condition": "RetriesExhausted",
            "approximateInvokeCount": 3,
        },
        "requestPayload": {"event_id": "e"},
        "responseContext": {
            "statusCode": 200,
            "executedVersion": "$LATEST",
            "functionError": "Unhandled",
        },
        "responsePayload": {"errorMessage": "no"},
    }


def test_invocation_that_never_ran_has_no_response() -> None:
    record = json.loads(failed_invocation(_discarded(None), Place(), 0).body)

    assert not {"responseContext", "responsePayload"} & record.keys()
