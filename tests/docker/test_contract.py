"""The emulator and SAM give the same answers to the same events, the listed differences aside."""

import json
import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.docker.sam_runs import Sam
from tests.support.emulator import RunningEmulator
from tests.support.events import EVENTS, load_event

pytestmark = pytest.mark.docker

ADMIN = {"authorization": "Bearer local-admin-token"}
JSON = {"content-type": "application/json"}
# These have tests of their own, or (`metrics`, `activity`) tell what their process did; what
# `forget-user`, `save-visitor` and `take-rating-back` change is what the next one finds.
CHANGING = {"forget-user", "save-visitor", "take-rating-back"}
APART = {"train", "drift", "metrics", "activity"} | CHANGING
HTTP_EVENTS = sorted(
    path.stem for path in EVENTS.glob("*.json") if "rawPath" in load_event(path.stem)
)
# What the gateways add of their own.
GATEWAY_HEADERS = {"server", "date", "connection", "apigw-requestid", "transfer-encoding"}
MADE_ANEW = re.compile(r'"(request_id|[a-z_]*(?:seconds|_ms|_at))": ?("[^"]*"|[0-9.e-]+|null)')

FAULTS = {
    "broken JSON": ("POST", "/predict", JSON, "{"),
    "missing field": ("POST", "/predict", JSON, "{}"),
    "wrong type": ("POST", "/ratings", JSON, '{"user_id": "x", "movie_id": 1, "rating": 3}'),
    "rating off the scale": (
        "POST",
        "/ratings",
        JSON,
        '{"user_id": 1, "movie_id": 1, "rating": 9}',
    ),
    "unknown movie": ("GET", "/movies/99999999", {}, None),
    "no movie id": ("GET", "/movies/none", {}, None),
    "no token": ("POST", "/train", JSON, "{}"),
    "wrong token": ("POST", "/train", {**JSON, "authorization": "Bearer nobody"}, "{}"),
    "bad parameters": ("POST", "/train", {**JSON, **ADMIN}, '{"algorithm": "Guess"}'),
    "new user": ("POST", "/predict/", JSON, '{"user_id": 99999999, "n": 3}'),
    "encoded query": ("GET", "/movies?query=am%C3%A9lie&limit=3", {}, None),
    "repeated parameter": ("GET", "/movies?limit=1&limit=2", {}, None),
}


def send(api: httpx.Client, name: str) -> httpx.Response:
    """Send what an example event stands for."""
    event = load_event(name)
    query = f"?{event['rawQueryString']}" if event.get("rawQueryString") else ""
    wanted = ("authorization", "content-type")
    return api.request(
        event["requestContext"]["http"]["method"],
        event["rawPath"] + query,
        headers={key: text for key, text in event["headers"].items() if key in wanted},
        content=event.get("body"),
    )


def what_matters(response: httpx.Response) -> tuple[int, dict[str, str], str]:
    """Return status, headers and body without what every answer has anew."""
    headers = {
        key: text for key, text in response.headers.items() if key.lower() not in GATEWAY_HEADERS
    }
    body = MADE_ANEW.sub(r'"\1": "..."', response.text)
    if body != response.text:
        del headers["content-length"]
    return response.status_code, headers, body


@pytest.mark.parametrize("name", [name for name in HTTP_EVENTS if name not in APART])
def test_example_event_is_answered_alike(
    sam_api: httpx.Client, emulator_api: httpx.Client, name: str
) -> None:
    assert what_matters(send(sam_api, name)) == what_matters(send(emulator_api, name))


@pytest.mark.parametrize("fault", FAULTS)
def test_odd_request_is_answered_alike(
    sam_api: httpx.Client, emulator_api: httpx.Client, fault: str
) -> None:
    method, path, headers, body = FAULTS[fault]
    answers = [
        what_matters(api.request(method, path, headers=headers, content=body))
        for api in (sam_api, emulator_api)
    ]
    assert answers[0] == answers[1]


def test_metrics_are_named_alike(sam_api: httpx.Client, emulator_api: httpx.Client) -> None:
    for api in (sam_api, emulator_api):
        send(api, "predict").raise_for_status()
    answers = [send(api, "metrics") for api in (sam_api, emulator_api)]
    names = [set(re.findall(r"^# TYPE (\S+)", answer.text, re.MULTILINE)) for answer in answers]
    assert names[0] == names[1]
    assert answers[0].headers["content-type"] == answers[1].headers["content-type"]


def test_activity_has_the_same_form(sam_api: httpx.Client, emulator_api: httpx.Client) -> None:
    answers = [send(api, "activity").raise_for_status().json() for api in (sam_api, emulator_api)]
    assert answers[0].keys() == answers[1].keys()
    assert [len(answer["buckets"]) for answer in answers] == [len(answers[0]["buckets"])] * 2


def test_visitor_is_saved_alike_under_an_id_of_its_own(
    sam_api: httpx.Client, emulator_api: httpx.Client
) -> None:
    answers = [send(api, "save-visitor") for api in (sam_api, emulator_api)]
    bodies = [answer.raise_for_status().json() for answer in answers]
    assert bodies[0].pop("user_id") != bodies[1].pop("user_id")
    assert (answers[0].status_code, bodies[0]) == (answers[1].status_code, bodies[1])


def test_taking_a_rating_back_is_answered_alike(
    sam_api: httpx.Client, emulator_api: httpx.Client
) -> None:
    answers = []
    for api in (sam_api, emulator_api):
        rating = {"user_id": 424243, "movie_id": 1, "rating": 4}
        api.post("/ratings", json=rating).raise_for_status()
        answers.append(what_matters(api.delete("/users/424243/ratings/1")))
    assert answers[0] == answers[1]
    assert answers[0][0] == 200


def test_forgetting_a_user_is_answered_alike(
    sam_api: httpx.Client, emulator_api: httpx.Client
) -> None:
    answers = []
    for api in (sam_api, emulator_api):
        api.delete("/users/424242", headers=ADMIN).raise_for_status()
        rating = {"user_id": 424242, "movie_id": 1, "rating": 4}
        api.post("/ratings", json=rating).raise_for_status()
        answers.append(what_matters(api.delete("/users/424242", headers=ADMIN)))
    assert answers[0] == answers[1]


@pytest.mark.parametrize(
    ("function", "event"),
    [
        ("PredictFunction", "predict-direct"),
        ("PredictFunction", "movies"),
        ("TrainFunction", "schedule-train"),
        ("TrainFunction", "models"),
        ("DriftFunction", "drift-latest"),
    ],
)
def test_invocation_returns_alike(
    built_sam: Sam, emulator: RunningEmulator, trained: object, function: str, event: str
) -> None:
    client = emulator.lambda_client()
    payload = json.dumps(load_event(event)).encode()
    answer = client.invoke(FunctionName=function, Payload=payload)
    theirs: Any = json.loads(answer["Payload"].read())
    client.close()
    ours = built_sam.invoke(function, event)
    texts = [MADE_ANEW.sub(r'"\1": "..."', json.dumps(value)) for value in (ours, theirs)]
    assert texts[0] == texts[1]


Answer = Callable[[httpx.Client], tuple[Any, ...]]


def unknown_path(api: httpx.Client) -> tuple[Any, ...]:
    answer = api.get("/nowhere")
    return answer.status_code, answer.json()["message"]


def preflight(api: httpx.Client) -> tuple[Any, ...]:
    asked = {"origin": "http://localhost:8501", "access-control-request-method": "POST"}
    answer = api.options("/predict", headers=asked)
    return answer.status_code, answer.headers["access-control-allow-origin"]


def foreign_origin(api: httpx.Client) -> tuple[Any, ...]:
    answer = api.get("/health", headers={"origin": "http://elsewhere.example"})
    return answer.status_code, "access-control-allow-origin" in answer.headers


@pytest.mark.parametrize(
    ("ask", "by_sam", "by_emulator"),
    [
        (unknown_path, (403, "Missing Authentication Token"), (404, "Not Found")),
        (preflight, (200, "http://localhost:8501"), (204, "http://localhost:8501")),
        (foreign_origin, (200, False), (200, False)),
    ],
)
def test_listed_difference_is_as_listed(
    sam_api: httpx.Client,
    emulator_api: httpx.Client,
    ask: Answer,
    by_sam: tuple[Any, ...],
    by_emulator: tuple[Any, ...],
) -> None:
    assert ask(sam_api) == by_sam
    assert ask(emulator_api) == by_emulator
