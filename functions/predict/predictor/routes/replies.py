"""Domain objects to reply bodies."""

from __future__ import annotations

from typing import Any

import orjson
from fastapi import Response

from matinee.domain.movies import Movie
from predictor.schemas import MovieReply


def json_reply(body: dict[str, Any], status: int = 200) -> Response:
    """Send a body that its route built itself, without a second validation."""
    return Response(orjson.dumps(body), status, media_type="application/json")


def movie_fields(movie: Movie) -> dict[str, Any]:
    """Return the fields of a `MovieReply`."""
    return {
        "movie_id": movie.movie_id,
        "title": movie.title,
        "year": movie.year,
        "genres": movie.genres,
    }


def movie_reply(movie: Movie) -> MovieReply:
    """Return a movie as it is sent."""
    return MovieReply(**movie_fields(movie))
