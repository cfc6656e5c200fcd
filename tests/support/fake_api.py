"""A small Matinee behind HTTP: documented shapes, a memory of what was stored, and bad days."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from jsonschema import ValidationError

from tests.support.openapi import operation

Reply = tuple[int, Any]
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TOKEN = "fake-token"
HOSTILE = (
    '<img src=x onerror="document.title=1"> **b** $x$ [l](javascript:1) :red[r] <script>1</script>'
)
TITLES = {
    1: ("Toy Story", 1995, ["Animation", "Comedy"]),
    6: ("Heat", 1995, ["Action", "Crime", "Thriller"]),
    16: ("Casino", 1995, ["Crime", "Drama"]),
    318: ("Shawshank Redemption, The", 1994, ["Crime", "Drama"]),
    858: ("Godfather, The", 1972, ["Crime", "Drama"]),
    2571: ("Matrix, The", 1999, ["Action", "Sci-Fi"]),
    7000: (HOSTILE, 2001, ["Drama"]),
}
RUN_ID = "11111111-1111-4111-8111-111111111111"
REPORT_ID = "22222222-2222-4222-8222-222222222222"


@dataclass
class Asked:
    """A request that came."""

    method: str
    path: str
    query: dict[str, str]
    body: Any
    token: str | None


@dataclass
class FakeApi:
    """What is stored, and what goes wrong."""

    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    ratings: dict[int, dict[int, float]] = field(default_factory=lambda: {15: {16: 4.5, 858: 5.0}})
    strategy: str | None = None
    has_model: bool = True
    champion: str = "v2"
    versions: tuple[str, ...] = ("v2", "v1")
    run: dict[str, Any] | None = None
    report: dict[str, Any] | None = None
    replies: dict[tuple[str, str], Reply] = field(default_factory=dict)
    """By method and pattern of the path: what is answered instead."""
    holds: dict[tuple[str, str], threading.Event] = field(default_factory=dict)
    """By method and pattern of the path: what an answer waits for."""

    def asked_for(self, method: str, pattern: str) -> list[Asked]:
        """Return the requests for a path."""
        return [
            asked
            for asked in list(self.asked)
            if asked.method == method and re.fullmatch(pattern, asked.path)
        ]

    def answer(self, asked: Asked) -> Reply:
        """Answer a request."""
        self.asked.append(asked)
        for (method, pattern), gate in list(self.holds.items()):
            if method == asked.method and re.fullmatch(pattern, asked.path):
                gate.wait(30)
        for (method, pattern), reply in self.replies.items():
            if method == asked.method and re.fullmatch(pattern, asked.path):
                return reply
        from tests.support.fake_operations import OPERATIONS  # it is made of what is here

        for method, pattern, answering in [*ROUTES, *OPERATIONS]:
            found = re.fullmatch(pattern, asked.path)
            if method == asked.method and found:
                return refusal(asked) or answering(self, asked, *map(int, found.groups()))
        return problem(404, "not_found", f"no route {asked.method} {asked.path}")


def problem(status: int, code: str, message: str) -> Reply:
    """Return an error as the API writes it."""
    return status, {"error": {"code": code, "message": message, "details": {}}}


def refusal(asked: Asked) -> Reply | None:
    """Return what the API says to a body that is not of the documented form."""
    documented = operation(asked.method, asked.path)
    if asked.body is None or documented.body is None:
        return None
    try:
        documented.check(documented.body, asked.body)
    except ValidationError as error:
        return problem(422, "invalid_request", f"{error.json_path}: {error.message}")
    return None


def movie(movie_id: int) -> dict[str, Any]:
    """Return a movie."""
    title, year, genres = TITLES[movie_id]
    return {"movie_id": movie_id, "title": title, "year": year, "genres": genres}


@contextmanager
def fake_api() -> Iterator[FakeApi]:
    """Serve a fake API while the block runs."""
    fake = FakeApi()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("content-length") or 0)
            content = self.rfile.read(length)
            scheme, _, token = (self.headers.get("authorization") or "").partition(" ")
            asked = Asked(
                self.command,
                parts.path,
                {name: values[0] for name, values in parse_qs(parts.query).items()},
                json.loads(content) if content else None,
                token if scheme == "Bearer" else None,
            )
            status, body = fake.answer(asked)
            is_page = isinstance(body, str)
            sent = body.encode() if is_page else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("content-type", "text/html" if is_page else "application/json")
            self.send_header("content-length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        do_GET = do_POST = do_DELETE = _answer

        def log_message(self, *_: object) -> None:
            """Keep the tests' output quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        fake.url = f"http://127.0.0.1:{server.server_port}"
        try:
            yield fake
        finally:
            for gate in fake.holds.values():
                gate.set()
            server.shutdown()
            thread.join()


# Lists


def no_model(fake: FakeApi) -> Reply | None:
    return None if fake.has_model else problem(503, "model_not_found", "no model was promoted")


def _items(ratings: dict[int, float], wish: dict[str, Any]) -> list[dict[str, Any]]:
    reasons = [
        {"movie_id": rated, "title": TITLES[rated][0], "contribution": 0.3 / (place + 1)}
        for place, rated in enumerate(ratings)
    ][:3]
    wanted = set(wish.get("genres") or [])
    return [
        {
            **movie(movie_id),
            "score": 0.6 if reasons else 0.0,
            "predicted_rating": 4.26,
            "because": reasons,
        }
        for movie_id in TITLES
        if (movie_id not in ratings or wish.get("include_seen"))
        and (not wanted or wanted & set(TITLES[movie_id][2]))
    ][: wish.get("n", 10)]


def _predict(fake: FakeApi, asked: Asked) -> Reply:
    ratings = fake.ratings.get(asked.body["user_id"], {})
    return no_model(fake) or (
        200,
        {
            "request_id": RUN_ID,
            "user_id": asked.body["user_id"],
            "strategy": fake.strategy or ("model" if ratings else "popular"),
            "model_version": fake.champion,
            "items": _items(ratings, asked.body),
        },
    )


def _from_ratings(fake: FakeApi, asked: Asked) -> Reply:
    ratings = {given["movie_id"]: given["rating"] for given in asked.body["ratings"]}
    return no_model(fake) or (
        200,
        {
            "request_id": RUN_ID,
            "user_id": None,
            "strategy": "from_ratings",
            "model_version": fake.champion,
            "items": _items(ratings, asked.body),
            "unknown_movie_ids": [],
        },
    )


def _group(fake: FakeApi, asked: Asked) -> Reply:
    user_ids = [member["user_id"] for member in asked.body["members"] if "user_id" in member]
    if len(set(user_ids)) < len(user_ids):
        return problem(422, "invalid_request", "members must hold each user once")
    opinion = {"satisfaction": 0.7, "seen": False, "rating": None, "because": []}
    members = []
    for member in asked.body["members"]:
        ratings = fake.ratings.get(member.get("user_id"), {}) or member.get("ratings")
        members.append(
            {
                "user_id": member.get("user_id"),
                "name": member.get("name"),
                "strategy": "model" if ratings else "popular",
                "n_ratings": len(ratings or []),
            }
        )
    items = [
        {
            **movie(movie_id),
            "score": 0.5,
            "members": [
                {**opinion, "predicted_rating": 3.5 + place / 2} for place in range(len(members))
            ],
        }
        for movie_id in (1, 6, 7000)
    ]
    body = {
        "request_id": RUN_ID,
        "method": asked.body["method"],
        "model_version": fake.champion,
        "members": members,
        "items": items,
    }
    return no_model(fake) or (200, body)


def _predicted(fake: FakeApi, _asked: Asked, user_id: int, movie_id: int) -> Reply:
    body = {
        "user_id": user_id,
        "movie_id": movie_id,
        "predicted_rating": 3.75,
        "strategy": "model" if user_id in fake.ratings else "popular",
        "model_version": fake.champion,
    }
    return no_model(fake) or (200, body)


# Movies and people


def _movies(fake: FakeApi, asked: Asked) -> Reply:
    words = asked.query.get("query", "").lower().split()
    found = [
        movie(movie_id)
        for movie_id, (title, _, genres) in TITLES.items()
        if all(word in title.lower() for word in words)
        and asked.query.get("genre", genres[0]) in genres
    ]
    limit, offset = int(asked.query.get("limit", 20)), int(asked.query.get("offset", 0))
    page = {"total": len(found), "limit": limit, "offset": offset, "source": "catalogue"}
    return 200, {**page, "items": found[offset : offset + limit]}


def _movie(fake: FakeApi, _asked: Asked, movie_id: int) -> Reply:
    if movie_id not in TITLES:
        return problem(404, "not_found", f"movie_id: there is no movie {movie_id}")
    return 200, {**movie(movie_id), "imdb_id": 113277, "tmdb_id": 949, "n_ratings": 12}


def _movie_ratings(fake: FakeApi, _asked: Asked, movie_id: int) -> Reply:
    counts = [{"rating": half / 2, "count": half} for half in range(1, 11)]
    return 200, {"movie_id": movie_id, "total": 55, "mean": 3.5, "counts": counts}


def _similar(fake: FakeApi, _asked: Asked, movie_id: int) -> Reply:
    items = [{**movie(other), "similarity": 0.4} for other in (16, 7000) if other != movie_id]
    body = {"movie_id": movie_id, "model_version": fake.champion, "items": items}
    return no_model(fake) or (200, body)


def _popular(fake: FakeApi, asked: Asked) -> Reply:
    items = [
        {**movie(movie_id), "n_ratings": 9}
        for movie_id, (_, _, genres) in TITLES.items()
        if asked.query.get("genre", genres[0]) in genres
    ]
    body = {"model_version": fake.champion, "items": items[: int(asked.query["n"])]}
    return no_model(fake) or (200, body)


def _to_rate(fake: FakeApi, asked: Asked) -> Reply:
    left = [movie_id for movie_id in TITLES if movie_id not in asked.body["asked"]]
    items = [{**movie(movie_id), "n_ratings": 40, "entropy": 2.5} for movie_id in left]
    body = {"model_version": fake.champion, "source": "ratings", "items": items[: asked.body["n"]]}
    return no_model(fake) or (200, body)


def _users(fake: FakeApi, asked: Asked) -> Reply:
    items = [
        {"user_id": user_id, "n_ratings": len(ratings), "last_rated_at": NOW.isoformat()}
        for user_id, ratings in sorted(fake.ratings.items())
    ]
    limit = int(asked.query.get("limit", 50))
    return 200, {"limit": limit, "offset": 0, "has_more": False, "items": items[:limit]}


def _save_visitor(fake: FakeApi, asked: Asked) -> Reply:
    user_id = max([700, *fake.ratings]) + 1
    fake.ratings[user_id] = {given["movie_id"]: given["rating"] for given in asked.body["ratings"]}
    return 200, {"user_id": user_id, "ratings": len(fake.ratings[user_id])}


def _user_ratings(fake: FakeApi, asked: Asked, user_id: int) -> Reply:
    items = [
        {**movie(movie_id), "rating": stars, "rated_at": NOW.isoformat()}
        for movie_id, stars in reversed(fake.ratings.get(user_id, {}).items())
    ]
    limit, offset = int(asked.query.get("limit", 100)), int(asked.query.get("offset", 0))
    page = {"user_id": user_id, "total": len(items), "limit": limit, "offset": offset}
    return 200, {**page, "items": items[offset : offset + limit]}


def _user_rating(fake: FakeApi, _asked: Asked, user_id: int, movie_id: int) -> Reply:
    stars = fake.ratings.get(user_id, {}).get(movie_id)
    if stars is None:
        return problem(404, "not_found", "no such rating")
    return 200, {**movie(movie_id), "rating": stars, "rated_at": NOW.isoformat()}


def _rate(fake: FakeApi, asked: Asked) -> Reply:
    body = asked.body
    mine = fake.ratings.setdefault(body["user_id"], {})
    replaced = body["movie_id"] in mine
    mine[body["movie_id"]] = body["rating"]
    return 200, {**body, "rated_at": NOW.isoformat(), "replaced": replaced}


def _take_back(fake: FakeApi, _asked: Asked, user_id: int, movie_id: int) -> Reply:
    stars = fake.ratings.get(user_id, {}).pop(movie_id, None)
    if stars is None:
        return problem(404, "not_found", "no such rating")
    return 200, {"user_id": user_id, "movie_id": movie_id, "rating": stars}


def _feedback(fake: FakeApi, asked: Asked) -> Reply:
    return 200, {name: asked.body[name] for name in ("request_id", "movie_id", "action")}


# (method, pattern, answering); patterns that name numbers come after those that name words.
Answering = Callable[..., Reply]
ROUTES: list[tuple[str, str, Answering]] = [
    ("POST", "/predict/?", _predict),
    ("POST", "/predict/from-ratings", _from_ratings),
    ("POST", "/predict/group", _group),
    ("GET", r"/predict/(\d+)/(\d+)", _predicted),
    ("GET", "/movies", _movies),
    ("GET", "/movies/popular", _popular),
    ("POST", "/movies/to-rate", _to_rate),
    ("GET", r"/movies/(\d+)", _movie),
    ("GET", r"/movies/(\d+)/ratings", _movie_ratings),
    ("GET", r"/movies/(\d+)/similar", _similar),
    ("GET", "/users", _users),
    ("POST", "/users", _save_visitor),
    ("GET", r"/users/(\d+)/ratings", _user_ratings),
    ("GET", r"/users/(\d+)/ratings/(\d+)", _user_rating),
    ("DELETE", r"/users/(\d+)/ratings/(\d+)", _take_back),
    ("POST", "/ratings", _rate),
    ("POST", "/feedback", _feedback),
]
