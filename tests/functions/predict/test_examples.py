"""The example events in `events/` are answered by the real handler."""

from pathlib import Path

import numpy as np
import pytest

from matinee.domain.movies import Movie
from matinee.domain.ratings import Rating
from tests.functions.predict.conftest import Predict
from tests.support.events import InvocationContext, load_event
from tests.support.models import build_arrays, build_version
from tests.support.template import routes

TOY_STORY, STAR_WARS = Movie(1, "Toy Story", 1995, ("Animation",)), Movie(260, "Star Wars", 1977)
EXAMPLES = (
    *("predict", "predict-batch", "predict-from-ratings", "predict-group", "predict-rating"),
    *("movies", "movie", "movie-ratings", "movies-to-rate", "similar-movies", "popular-movies"),
    *("users", "save-visitor", "rate", "user-ratings", "user-rating", "take-rating-back"),
    *("feedback", "forget-user"),
    *("model", "activity", "health", "ready", "metrics"),
)


@pytest.fixture
def predict_with_examples(tmp_path: Path) -> Predict:
    """The function with the movies and the token that the examples name."""
    predict = Predict(tmp_path, admin_token="local-admin-token")
    arrays, _ = build_arrays()
    arrays["item_ids"] = np.array([TOY_STORY.movie_id, 20, 30, 40, 50, STAR_WARS.movie_id])
    predict.versions.pointer = build_version(tmp_path, arrays=arrays)
    for movie in (TOY_STORY, STAR_WARS):
        predict.movies.movies[movie.movie_id] = movie
    predict.ratings.save(Rating(15, STAR_WARS.movie_id, 4.5))
    return predict


@pytest.mark.parametrize("name", EXAMPLES)
def test_example_event_is_answered(predict_with_examples: Predict, name: str) -> None:
    reply = predict_with_examples.handler(load_event(name), InvocationContext())
    assert reply["statusCode"] == 200
    assert reply["body"]


def test_examples_cover_every_route() -> None:
    covered = {load_event(name)["routeKey"] for name in EXAMPLES}
    assert covered == {f"{method} {path}" for method, path in routes("PredictFunction")}
