"""The client asks for documented routes in documented words, and reads documented fields."""

from __future__ import annotations

import dataclasses
import json
import types
from collections.abc import Callable
from datetime import datetime
from typing import Any, Union, get_args, get_origin

import httpx
import pytest

from dashboard.api.client import Client, Participant, Wish
from dashboard.api.decoding import fields_of, is_optional, without_none
from dashboard.api.errors import ApiError
from dashboard.api.transport import Transport
from tests.support.fake_api import Asked, FakeApi
from tests.support.fake_operations import finished_report, training_run
from tests.support.openapi import Operation, operation

WISH = Wish(n=5, genres=("Drama",), year_from=1990, year_to=2000, include_seen=True)
RATINGS = {6: 4.5, 16: 0.5}
PEOPLE = [Participant("Ada", user_id=15), Participant("Bob", ratings=RATINGS)]
REQUEST_ID = "11111111-1111-4111-8111-111111111111"
CALLS: dict[str, Callable[[Client], Any]] = {
    "recommend": lambda client: client.recommend(15, WISH),
    "recommend_from": lambda client: client.recommend_from(RATINGS, WISH),
    "recommend_together": lambda client: client.recommend_together(PEOPLE, "fairness", WISH),
    "predicted_rating": lambda client: client.predicted_rating(15, 6),
    "movies": lambda client: client.movies(
        query="a", genre="Drama", year_from=1990, year_to=2000, limit=5, offset=5
    ),
    "movie": lambda client: client.movie(6),
    "similar": lambda client: client.similar(6),
    "popular": lambda client: client.popular(5, genre="Drama"),
    "movie_ratings": lambda client: client.movie_ratings(6),
    "movies_to_rate": lambda client: client.movies_to_rate([6], 3),
    "users": lambda client: client.users(),
    "save_visitor": lambda client: client.save_visitor(RATINGS),
    "user_ratings": lambda client: client.user_ratings(15, limit=5, offset=5),
    "user_rating": lambda client: client.user_rating(15, 16),
    "rate": lambda client: client.rate(15, 6, 4.5),
    "take_back": lambda client: client.take_back(15, 16),
    "note": lambda client: client.note(REQUEST_ID, 6, "click", user_id=15),
    "model": lambda client: client.model(),
    "ready": lambda client: client.ready(),
    "activity": lambda client: client.activity(hours=24, buckets=4),
    "models": lambda client: client.models(),
    "promote": lambda client: client.promote("v1", "better", token="fake-token"),
    "roll_back": lambda client: client.roll_back(token="fake-token"),
    "train": lambda client: client.train(
        {"algorithm": "SVD", "search": False, "event_id": "e", "reason": "r"}, token="fake-token"
    ),
    "training_runs": lambda client: client.training_runs(),
    "training_run": lambda client: client.training_run(REQUEST_ID),
    "measure_drift": lambda client: client.measure_drift("why", "e", token="fake-token"),
    "latest_drift": lambda client: client.latest_drift(),
    "drift_reports": lambda client: client.drift_reports(),
    "drift_report": lambda client: client.drift_report(REQUEST_ID),
    "drift_page": lambda client: client.drift_page(REQUEST_ID),
}


def fake_with_everything() -> FakeApi:
    fake = FakeApi()
    fake.ratings[15] = {6: 5.0, 16: 4.5}
    fake.run = training_run(status="succeeded")
    fake.report = finished_report()
    return fake


class Recorder(httpx.BaseTransport):
    """Answers as the fake API does, and checks request and answer against the documents."""

    def __init__(self) -> None:
        self.fake = fake_with_everything()
        self.operations: list[Operation] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content) if request.content else None
        token = request.headers.get("authorization", "").removeprefix("Bearer ") or None
        asked = Asked(request.method, request.url.path, dict(request.url.params), body, token)
        documented = operation(asked.method, asked.path)
        assert set(asked.query) <= documented.query_names
        if body is not None:
            assert documented.body is not None
            documented.check(documented.body, body)
        status, content = self.fake.answer(asked)
        if isinstance(content, str):
            return httpx.Response(status, text=content)
        assert status < 400, content
        documented.check(documented.answer, content)
        self.operations.append(documented)
        return httpx.Response(status, json=content)


def test_every_method_of_the_client_is_checked() -> None:
    methods = {
        name
        for name, value in vars(Client).items()
        if isinstance(value, types.FunctionType) and not name.startswith("_") and name != "close"
    }
    assert methods == set(CALLS)


@pytest.mark.parametrize("name", CALLS)
def test_request_and_answer_are_as_documented_and_every_read_field_is_promised(name: str) -> None:
    recorder = Recorder()
    client = Client(Transport("http://api", timeout_seconds=1, transport=recorder))
    answer = CALLS[name](client)
    for documented in recorder.operations:
        check_promised(type(answer), documented.answer, documented, name)


def check_promised(kind: Any, schema: dict[str, Any], where: Operation, path: str) -> None:
    """Raise unless a document promises what a type of the client expects."""
    schema = where.resolved(schema)
    if kind is Any:
        return
    if get_origin(kind) in (Union, types.UnionType):
        if "anyOf" in schema:
            (schema,) = [one for one in schema["anyOf"] if one.get("type") != "null"]
        return check_promised(without_none(kind), schema, where, path)
    assert "anyOf" not in schema, f"{path} may be null"
    if dataclasses.is_dataclass(kind):
        assert isinstance(kind, type)
        for field, (inner, has_default) in fields_of(kind).items():
            assert field in schema["properties"], f"{path}.{field} is not documented"
            promised = field in schema.get("required", []) or has_default
            assert promised or is_optional(inner), f"{path}.{field} may be missing"
            check_promised(inner, schema["properties"][field], where, f"{path}.{field}")
        return None
    if get_origin(kind) is list:
        return check_promised(get_args(kind)[0], schema["items"], where, f"{path}[]")
    if get_origin(kind) is dict:
        assert schema["type"] == "object", path
        return None
    expected = {str: "string", int: "integer", float: "number", bool: "boolean"}
    assert schema.get("type", "string") == ("string" if kind is datetime else expected[kind]), path
    return None


@pytest.mark.parametrize("name", [name for name in CALLS if name != "drift_page"])
def test_answer_of_another_form_is_an_error_and_not_a_crash(name: str) -> None:
    def other_form(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=[{"a": 1}])

    transport = httpx.MockTransport(other_form)
    client = Client(Transport("http://api", timeout_seconds=1, transport=transport))
    with pytest.raises(ApiError) as caught:
        CALLS[name](client)
    assert caught.value.code == "not_matinee"
