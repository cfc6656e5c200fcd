from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

APP = Path(__file__).parents[3] / "ui" / "app.py"
HEAT = {
    "movie_id": 6,
    "title": "Heat",
    "year": 1995,
    "genres": ["Crime"],
    "score": 0.9,
    "predicted_rating": 4.26,
    "because": [{"movie_id": 16, "title": "Casino", "contribution": 0.4}],
}
Reply = Callable[[dict[str, int]], tuple[int, dict[str, object]]]


class FakeApi:
    """Answers ``POST /predict`` as it is told to and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, int]] = []
        self.reply: Reply = lambda asked: (200, recommendations(HEAT))


def recommendations(*items: dict[str, object], strategy: str = "model") -> dict[str, object]:
    return {"strategy": strategy, "model_version": "v7", "items": list(items)}


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeApi]:
    fake = FakeApi()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
            fake.asked.append(asked)
            status, body = fake.reply(asked) if self.path == "/predict" else (404, {})
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, *_: object) -> None:
            """Keep the tests' output quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        monkeypatch.setenv("API_URL", f"http://127.0.0.1:{server.server_port}")
        yield fake
        server.shutdown()
        thread.join()


def page() -> AppTest:
    return AppTest.from_file(str(APP), default_timeout=30)


def test_page_shows_title_stars_and_reason(api: FakeApi) -> None:
    shown = page().run()
    row = shown.table[0].value.iloc[0]
    assert row["Movie"] == "Heat (1995)"
    assert row["Predicted rating"] == "4.3 ★"
    assert row["Because of"] == "Casino"
    assert "Model v7" in shown.caption[0].value


def test_page_keeps_reasons_apart_whose_titles_have_commas(api: FakeApi) -> None:
    reasons = [{"title": "Matrix, The"}, {"title": "Heat"}]
    api.reply = lambda asked: (200, recommendations(HEAT | {"because": reasons}))
    assert page().run().table[0].value.iloc[0]["Because of"] == "Matrix, The · Heat"


def test_page_asks_for_the_user_that_was_picked(api: FakeApi) -> None:
    page().run().number_input(key="user_id").set_value(42).run()
    assert api.asked[-1] == {"user_id": 42, "n": 10}


def test_page_says_when_movies_are_only_popular(api: FakeApi) -> None:
    api.reply = lambda asked: (200, recommendations(HEAT, strategy="popular"))
    assert "popular movies" in page().run().caption[0].value


def test_page_shows_what_the_api_says_is_wrong(api: FakeApi) -> None:
    api.reply = lambda asked: (503, {"error": {"code": "x", "message": "no model yet"}})
    shown = page().run()
    assert [error.value for error in shown.error] == ["The API says: no model yet"]


def test_page_with_the_api_down_says_so_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_URL", "http://127.0.0.1:1")
    shown = page().run()
    assert [error.value for error in shown.error] == [
        "The API at http://127.0.0.1:1 cannot be reached."
    ]
    assert not shown.exception
