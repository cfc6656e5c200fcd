"""What calls of the emulator come to, over HTTP and the Invoke API, with real processes."""

import argparse
import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError

from matinee_cli import invoke as invoke_command
from tests.support.emulator import SAMPLES, RunningEmulator, invoker, sample_settings
from tests.support.processes import is_running
from tests.support.waiting import wait_until

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("scratch")


@pytest.fixture(scope="module")
def emulator(scratch: Path) -> Iterator[RunningEmulator]:
    with RunningEmulator(sample_settings(scratch)) as running:
        yield running


@pytest.fixture(scope="module")
def http(emulator: RunningEmulator) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=emulator.http_url, timeout=30) as client:
        yield client


@pytest.fixture
def invoke(emulator: RunningEmulator) -> Callable[..., tuple[Any, str | None]]:
    return invoker(emulator)


class TestHttpEvents:
    def test_event_has_the_shape_of_payload_format_2(self, http: httpx.Client) -> None:
        answer = http.post(
            "/echo/a%20b/c?tag=x&tag=y&empty=",
            content='{"q": "ü"}'.encode(),
            headers=[
                ("Content-Type", "application/json"),
                ("X-Many", "1"),
                ("X-Many", "2"),
                ("Cookie", "a=1; b=2"),
            ],
        ).json()

        event = answer["event"]
        assert event["version"] == "2.0"
        assert event["routeKey"] == "ANY /echo/{proxy+}"
        assert event["rawPath"] == "/echo/a b/c"
        assert event["rawQueryString"] == "tag=x&tag=y&empty="
        assert event["queryStringParameters"] == {"tag": "x,y", "empty": ""}
        assert event["pathParameters"] == {"proxy": "a b/c"}
        assert event["headers"]["x-many"] == "1,2"
        assert event["cookies"] == ["a=1", "b=2"]
        assert "cookie" not in event["headers"]
        assert event["body"] == '{"q": "ü"}'
        assert event["isBase64Encoded"] is False
        assert event["stageVariables"] == {"tier": "silver"}
        request = event["requestContext"]
        assert request["http"]["method"] == "POST"
        assert request["http"]["sourceIp"] == "127.0.0.1"
        assert request["stage"] == "$default"
        assert request["timeEpoch"] == pytest.approx(time.time() * 1000, abs=60_000)

    def test_handler_sees_what_lambda_gives_it(self, http: httpx.Client) -> None:
        answer = http.get("/items/17/").json()

        assert answer["event"]["pathParameters"] == {"item_id": "17"}
        assert answer["cwd"] == str(SAMPLES / "functions")
        assert answer["layer"] == "sample layer"
        assert answer["colour"] == "red"
        assert answer["function_arn"] == "arn:aws:lambda:us-east-1:123456789012:function:local-echo"
        assert 4_000 < answer["remaining_ms"] <= 5_000
        assert answer["variables"] == {
            "AWS_LAMBDA_FUNCTION_NAME": "local-echo",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
            "AWS_REGION": "us-east-1",
        }

    def test_log_holds_what_the_handler_printed_between_start_and_end(
        self, http: httpx.Client, emulator: RunningEmulator
    ) -> None:
        answer = http.get("/items/1").json()

        log = emulator.log_of("EchoFunction")
        request_id = answer["request_id"]
        start = log.index(f"START RequestId: {request_id} Version: $LATEST")
        assert log[start + 1] == "echo was called"
        assert log[start + 2] == f"END RequestId: {request_id}"
        assert log[start + 3].startswith(f"REPORT RequestId: {request_id}\tDuration: ")

    def test_unknown_path_answers_404_as_the_gateway_does(self, http: httpx.Client) -> None:
        answer = http.get("/nowhere")

        assert (answer.status_code, answer.json()) == (404, {"message": "Not Found"})

    def test_preflight_is_answered_by_the_gateway(self, http: httpx.Client) -> None:
        answer = http.options(
            "/items/1",
            headers={"Origin": "http://localhost:8501", "Access-Control-Request-Method": "GET"},
        )

        assert answer.status_code == 204
        assert answer.headers["access-control-allow-origin"] == "http://localhost:8501"
        assert answer.headers["access-control-allow-methods"] == "GET,POST"
        assert answer.headers["access-control-max-age"] == "600"

    def test_response_to_a_foreign_origin_carries_no_permission(self, http: httpx.Client) -> None:
        answer = http.get("/items/1", headers={"Origin": "http://elsewhere.example"})

        assert "access-control-allow-origin" not in answer.headers


class TestFastApi:
    def test_json_request_is_answered(self, http: httpx.Client) -> None:
        assert http.post("/web/sum", json=[1, 2, 3]).json() == {"sum": 6}

    def test_bytes_travel_unharmed_in_both_directions(self, http: httpx.Client) -> None:
        body = bytes(range(256))

        answer = http.post("/web/bytes", content=body)

        assert answer.content == body[::-1]
        assert answer.headers["content-type"] == "application/octet-stream"

    def test_cookies_come_in_and_go_out_one_by_one(self, http: httpx.Client) -> None:
        answer = http.get("/web/cookies", headers={"Cookie": "old=0"})

        assert answer.json() == {"old": "0"}
        assert [c.split(";")[0] for c in answer.headers.get_list("set-cookie")] == [
            "first=1",
            "second=2",
        ]

    def test_validation_error_keeps_its_status(self, http: httpx.Client) -> None:
        assert http.post("/web/sum", json={"not": "a list"}).status_code == 422


class TestFailures:
    def test_timeout_kills_the_process_and_the_next_call_works(
        self, invoke: Callable[..., Any], scratch: Path
    ) -> None:
        payload, error = invoke("BehaviourFunction", {"hang": "hanging"})

        assert error == "Unhandled"
        assert payload["errorType"] == "Sandbox.Timedout"
        assert payload["errorMessage"].endswith("Error: Task timed out after 2.00 seconds")
        assert not is_running(int((scratch / "hanging").read_text()))
        assert invoke("BehaviourFunction")[1] is None

    def test_crash_is_reported_and_the_next_call_works(self, invoke: Callable[..., Any]) -> None:
        payload, error = invoke("BehaviourFunction", {"exit": 3})

        assert error == "Unhandled"
        assert payload["errorType"] == "Runtime.ExitError"
        assert payload["errorMessage"].endswith("Error: Runtime exited with error: exit status 3")
        assert invoke("BehaviourFunction")[1] is None

    def test_exception_is_reported_and_the_environment_is_kept(
        self, invoke: Callable[..., Any]
    ) -> None:
        before, _ = invoke("BehaviourFunction")

        payload, error = invoke("BehaviourFunction", {"error": "no such luck"})

        assert error == "Unhandled"
        assert (payload["errorType"], payload["errorMessage"]) == ("ValueError", "no such luck")
        assert invoke("BehaviourFunction")[0]["pid"] == before["pid"]

    @pytest.mark.parametrize("order", [{"exit": 1}, {"error": "x"}, {"hang": "http-hanging"}])
    def test_failure_over_http_is_an_internal_server_error(
        self, http: httpx.Client, order: dict[str, Any]
    ) -> None:
        answer = http.post("/behave", json=order)

        assert (answer.status_code, answer.json()) == (500, {"message": "Internal Server Error"})

    def test_handler_that_cannot_be_imported_is_reported_each_time(
        self, http: httpx.Client, invoke: Callable[..., Any]
    ) -> None:
        payload, error = invoke("BrokenFunction")

        assert error == "Unhandled"
        assert payload["errorType"] == "Runtime.ImportModuleError"
        assert "a_package_that_does_not_exist" in payload["errorMessage"]
        assert http.get("/broken").status_code == 500

    def test_answer_above_the_limit_is_refused(self, invoke: Callable[..., Any]) -> None:
        payload, error = invoke("BehaviourFunction", {"bytes": 7_000_000})

        assert error == "Unhandled"
        assert payload["errorType"] == "Function.ResponseSizeTooLarge"
        # The runtime dies of the refusal, maybe with the next event already waiting for it.
        assert invoke("BehaviourFunction")[1] is None

    def test_request_above_the_gateways_limit_is_refused(self, http: httpx.Client) -> None:
        assert http.post("/behave", content=b" " * (10 * 1024 * 1024 + 1)).status_code == 413

    def test_gateway_gives_up_before_the_function_does(
        self, http: httpx.Client, scratch: Path
    ) -> None:
        answer = http.get("/slow")

        assert (answer.status_code, answer.json()) == (503, {"message": "Service Unavailable"})
        wait_until((scratch / "slow-done").exists)


class TestEnvironments:
    def test_calls_at_the_same_time_run_in_environments_of_their_own(
        self, invoke: Callable[..., Any], emulator: RunningEmulator
    ) -> None:
        order = {"meet": "meeting", "people": 3}

        with ThreadPoolExecutor(3) as threads:
            answers = list(
                threads.map(lambda _: invoker(emulator)("BehaviourFunction", order), range(3))
            )

        assert [error for _, error in answers] == [None, None, None]
        assert len({payload["pid"] for payload, _ in answers}) == 3

    def test_calls_one_after_the_other_reuse_the_environment(
        self, invoke: Callable[..., Any]
    ) -> None:
        assert len({invoke("local-echo")[0]["pid"] for _ in range(3)}) == 1

    def test_image_function_runs_from_the_code_its_dockerfile_copies(
        self, invoke: Callable[..., Any]
    ) -> None:
        assert invoke("WorkerFunction") == ({"greeting": "hello from the image"}, None)

    def test_calls_above_the_machines_limit_wait_for_their_turn(self, scratch: Path) -> None:
        settings = sample_settings(scratch, max_environments=1)
        with RunningEmulator(settings) as emulator, ThreadPoolExecutor(4) as threads:
            answers = list(threads.map(lambda _: invoker(emulator)("EchoFunction"), range(4)))

        assert len({payload["pid"] for payload, _ in answers}) == 1


class TestInvokeApi:
    def test_event_is_accepted_at_once_and_run_later(
        self, emulator: RunningEmulator, scratch: Path
    ) -> None:
        answer = emulator.lambda_client().invoke(
            FunctionName="BehaviourFunction", InvocationType="Event", Payload='{"write": "later"}'
        )

        assert answer["StatusCode"] == 202
        request_id = answer["ResponseMetadata"]["HTTPHeaders"]["x-amzn-requestid"]
        wait_until(lambda: _text(scratch / "later") == request_id)

    def test_function_invokes_itself_through_the_sdk(
        self, invoke: Callable[..., Any], scratch: Path
    ) -> None:
        payload, error = invoke("BehaviourFunction", {"pass_on": {"write": "passed-on"}})

        assert (payload, error) == ({"status": 202}, None)
        wait_until((scratch / "passed-on").exists)

    def test_dry_run_runs_nothing(self, emulator: RunningEmulator) -> None:
        answer = emulator.lambda_client().invoke(
            FunctionName="BrokenFunction", InvocationType="DryRun"
        )

        assert answer["StatusCode"] == 204

    @pytest.mark.parametrize(
        "name",
        [
            "EchoFunction",
            "local-echo",
            "local-echo:$LATEST",
            "arn:aws:lambda:us-east-1:123456789012:function:local-echo",
        ],
    )
    def test_function_answers_to_each_of_its_names(
        self, invoke: Callable[..., Any], name: str
    ) -> None:
        assert invoke(name)[1] is None

    @pytest.mark.parametrize(
        ("request_", "code", "status"),
        [
            ({"FunctionName": "nobody"}, "ResourceNotFoundException", 404),
            ({"FunctionName": "ClosedFunction"}, "TooManyRequestsException", 429),
            (
                {"FunctionName": "EchoFunction", "Payload": "{"},
                "InvalidRequestContentException",
                400,
            ),
        ],
        ids=["unknown", "throttled", "no-json"],
    )
    def test_refusal_has_the_form_of_aws(
        self, emulator: RunningEmulator, request_: dict[str, str], code: str, status: int
    ) -> None:
        with pytest.raises(ClientError) as refused:
            emulator.lambda_client().invoke(**request_)

        assert refused.value.response["Error"]["Code"] == code
        assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == status

    def test_throttled_request_over_http_is_unavailable(self, http: httpx.Client) -> None:
        assert http.get("/closed").status_code == 503


class TestInvokeCommand:
    def _run(self, emulator: RunningEmulator, function: str, event: str | None) -> int:
        parser = argparse.ArgumentParser()
        invoke_command.add_parser(parser.add_subparsers())
        endpoint = ["--endpoint", emulator.emulator.lambda_url]
        chosen = ["--event", event] if event else []
        return invoke_command.run(parser.parse_args(["invoke", function, *chosen, *endpoint]))

    def test_short_name_finds_the_function_and_prints_its_answer(
        self,
        emulator: RunningEmulator,
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        event = tmp_path / "event.json"
        event.write_text('{"ping": 1}')

        assert self._run(emulator, "ECHO", str(event)) == 0
        assert json.loads(capsys.readouterr().out)["event"] == {"ping": 1}

    def test_failing_function_gives_exit_code_1(
        self, emulator: RunningEmulator, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert self._run(emulator, "broken", None) == 1
        assert "Runtime.ImportModuleError" in capsys.readouterr().out

    def test_unknown_function_is_named_in_the_error(
        self, emulator: RunningEmulator, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert self._run(emulator, "nobody", None) == 1
        assert "nobody" in capsys.readouterr().err


def _text(path: Path) -> str | None:
    return path.read_text() if path.exists() else None
