from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from dashboard.api.client import Client, Participant, Wish
from dashboard.api.errors import ApiError
from dashboard.api.operations import Readiness
from dashboard.api.transport import PAUSES_SECONDS, Transport

LIST = {"request_id": "r", "strategy": "model", "model_version": "v", "items": []}
ERROR = {"error": {"code": "model_not_found", "message": "no model"}}


class Answers:
    """Answers one after the other, the last one for ever; counts the requests."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []
        self.pauses: list[float] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    @property
    def transport(self) -> Transport:
        mock = httpx.MockTransport(self)
        return Transport("http://api", timeout_seconds=1, transport=mock, pause=self.pauses.append)


def failed(answers: Answers, method: str = "GET") -> ApiError:
    with pytest.raises(ApiError) as caught:
        answers.transport.json(method, "/x")
    return caught.value


def test_reading_is_tried_again_while_nothing_answers() -> None:
    answers = Answers(httpx.ConnectError("x"), httpx.Response(503), httpx.Response(200, json=1))
    assert answers.transport.json("GET", "/x") == 1
    assert answers.pauses == list(PAUSES_SECONDS)


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_what_changes_something_is_sent_once(method: str) -> None:
    answers = Answers(httpx.ConnectError("x"))
    assert failed(answers, method).code == "unreachable"
    assert len(answers.requests) == 1


def test_error_of_the_api_is_not_tried_again_and_keeps_its_words() -> None:
    answers = Answers(httpx.Response(503, json=ERROR))
    error = failed(answers)
    assert (error.code, error.message, error.status) == ("model_not_found", "no model", 503)
    assert len(answers.requests) == 1


def test_slow_answer_is_not_waited_for_again() -> None:
    answers = Answers(httpx.ReadTimeout("x"))
    assert failed(answers).code == "timeout"
    assert len(answers.requests) == 1


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (httpx.Response(502), "gateway"),
        (httpx.Response(429, json={"message": "Too Many Requests"}), "too_many_requests"),
        (httpx.Response(404, text="<html>"), "not_matinee"),
        (httpx.Response(200, text="<html>"), "not_matinee"),
        (httpx.Response(500, json={"error": "text"}), "gateway"),
    ],
    ids=["gateway", "throttled", "other site", "page", "other error"],
)
def test_answer_that_is_not_matinees_has_a_code_of_its_own(
    answer: httpx.Response, code: str
) -> None:
    assert failed(Answers(answer)).code == code


def test_token_is_sent_with_its_request_only_and_in_no_error() -> None:
    answers = Answers(httpx.Response(401, json={"error": {"code": "unauthorized", "message": "m"}}))
    transport = answers.transport
    with pytest.raises(ApiError) as caught:
        transport.json("POST", "/train", body={}, token="secret-token")
    with pytest.raises(ApiError):
        transport.json("GET", "/train/runs")
    assert answers.requests[0].headers["authorization"] == "Bearer secret-token"
    assert "authorization" not in answers.requests[1].headers
    assert "secret-token" not in f"{caught.value!r} {caught.value.__cause__!r}"


def test_unset_parts_of_a_query_are_left_out() -> None:
    answers = Answers(httpx.Response(200, json={}))
    answers.transport.json("GET", "/movies", query={"query": "a b", "genre": None})
    assert str(answers.requests[0].url) == "http://api/movies?query=a+b"


def test_readiness_is_an_answer_also_when_it_is_bad_news() -> None:
    state = {"ready": False, "model": "ok", "database": "down"}
    answers = Answers(httpx.Response(503, json=state))
    client = Client(answers.transport)
    assert client.ready() == Readiness(ready=False, model="ok", database="down")
    assert len(answers.requests) == 1


@pytest.mark.parametrize(
    ("ask", "reply"),
    [
        (lambda client: client.recommend(15, Wish()), LIST),
        (lambda client: client.recommend_from({6: 4.0}, Wish()), LIST),
        (
            lambda client: client.recommend_together([Participant("A", 15)], "average", Wish()),
            {"members": [], "items": []},
        ),
        (lambda client: client.movies_to_rate([], 3), {"items": []}),
    ],
    ids=["list", "list from ratings", "movie night", "questions"],
)
def test_question_that_is_posted_is_tried_again_as_well(
    ask: Callable[[Client], object], reply: dict[str, object]
) -> None:
    answers = Answers(httpx.ConnectError("x"), httpx.Response(200, json=reply))
    ask(Client(answers.transport))
    assert len(answers.requests) == 2
