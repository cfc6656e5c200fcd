"""Windows of ratings whose drift is known, because they were made so."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drift_monitor.chance import UserRows
from drift_monitor.later_ratings import N
from matinee.artifacts.model import Model, load_model
from matinee.artifacts.users import user_history
from matinee.domain.movies import Movie
from matinee.domain.recommendation import Strategy
from matinee.scoring.arrays import Indices
from matinee.scoring.ranking import rank_top_n
from matinee.stores.arrivals import Arrivals, ArrivedRatings, MovieFacts, SentList
from matinee.stores.snapshot import Snapshot, build_snapshot
from trainer.algorithms import ALGORITHMS
from trainer.artifact import write_artifact
from trainer.pipeline import Plan, Steps, fit_and_evaluate
from trainer.ranker import RankerParameters

NEWEST_SHARE = 0.3
N_RATINGS = 4_000
FLOOD_SHARE = 0.3
BURST_SHARE = 0.5
FLOOD_GENRE = "Horror"
_LISTS_AT, _RATED_AT = 1.0, 2.0
_FIRST_NEW_USER = 10_000_000

Columns = NDArray[Any]
_COLUMNS = np.dtype([("user", "i8"), ("movie", "i8"), ("rating", "f4"), ("time", "i8")])


@dataclass(frozen=True, slots=True)
class Scene:
    """A champion, and ratings of other users of the same days that it has not seen."""

    model: Model
    unseen: Columns
    movies: MovieFacts
    folder: Any
    """Holds the model's files as long as the scene is there."""


def columns_of(snapshot: Snapshot, *, with_regulars: bool, rng: np.random.Generator) -> Columns:
    """Return all ratings as rows.

    In these data most users rate once, at length. With regulars, the same ratings have each
    other's times, so that users come back again and again as they do in a service.
    """
    histories = snapshot.histories
    rows = np.empty(len(histories), _COLUMNS)
    rows["user"] = snapshot.user_ids[histories.user_indices]
    rows["movie"] = np.array([movie.movie_id for movie in snapshot.movies])[histories.item_indices]
    rows["rating"], rows["time"] = histories.ratings, histories.times
    if with_regulars:
        rows["time"] = rng.permutation(rows["time"])
    return rows


def make_scene(rows: Columns, movies: tuple[Movie, ...], rng: np.random.Generator) -> Scene:
    """Train on everything but the newest ratings of half of the users."""
    newest = rows["time"] >= np.quantile(rows["time"], 1 - NEWEST_SHARE)
    users = np.unique(rows["user"])
    others = rng.permutation(users)[: len(users) // 2]
    is_unseen = newest & np.isin(rows["user"], others)
    folder = tempfile.TemporaryDirectory(prefix="matinee-bench-")
    return Scene(
        model=_train(rows[~is_unseen], movies, Path(folder.name)),
        unseen=rows[is_unseen],
        movies=MovieFacts(
            {movie.movie_id: movie.year or 0 for movie in movies},
            {movie.movie_id: list(movie.genres) for movie in movies},
        ),
        folder=folder,
    )


def _train(rows: Columns, movies: tuple[Movie, ...], folder: Path) -> Model:
    rows = rows[np.lexsort((rows["movie"], rows["time"], rows["user"]))]
    snapshot = build_snapshot(
        datetime(2020, 1, 1, tzinfo=UTC),
        movies,
        rows["user"],
        rows["movie"],
        rows["rating"],
        rows["time"],
    )
    plan = Plan(ALGORITHMS["SVD"](), RankerParameters())
    challenger = fit_and_evaluate(snapshot, plan, steps=Steps())
    write_artifact(
        folder,
        version="bench",
        created_at=snapshot.taken_at,
        snapshot=snapshot,
        ranker=challenger.ranker,
        rater=challenger.rater,
        metrics=challenger.evaluation.metrics,
        list_quality=challenger.evaluation.list_quality,
    )
    return load_model(folder)


def resample(scene: Scene, rng: np.random.Generator) -> Columns:
    """Draw whole users from the unseen ratings until there are enough."""
    users = UserRows.of(scene.unseen["user"])
    order: list[Indices] = []
    while sum(map(len, order)) < N_RATINGS:
        order.append(users.rows_of(rng.permutation(users.n_users)))
    rows: Columns = scene.unseen[np.concatenate(order)[:N_RATINGS]]
    return rows


def unchanged(rows: Columns, _scene: Scene, _rng: np.random.Generator) -> Columns:
    """Leave a window as it is."""
    return rows


def one_star_up(rows: Columns, _scene: Scene, _rng: np.random.Generator) -> Columns:
    """Rate everything one star higher, as far as the scale goes."""
    rows = rows.copy()
    rows["rating"] = np.minimum(rows["rating"] + 1, 5)
    return rows


def genre_flood(rows: Columns, scene: Scene, rng: np.random.Generator) -> Columns:
    """Put movies of one genre into the place of some."""
    flood = [movie for movie, genres in scene.movies.genres.items() if FLOOD_GENRE in genres]
    rows = rows.copy()
    changed = rng.random(len(rows)) < FLOOD_SHARE
    rows["movie"][changed] = rng.choice(flood, int(changed.sum()))
    return rows


def new_user_burst(rows: Columns, _scene: Scene, rng: np.random.Generator) -> Columns:
    """Let users whom nobody knows give a part of the ratings, twenty each."""
    rows = rows.copy()
    changed = np.flatnonzero(rng.random(len(rows)) < BURST_SHARE)
    rows["user"][changed] = _FIRST_NEW_USER + np.arange(len(changed)) // 20
    return rows


Shift = Callable[[Columns, Scene, np.random.Generator], Columns]
SHIFTS: dict[str, tuple[Shift, str | None]] = {
    "none": (unchanged, None),
    "ratings up by one star": (one_star_up, "rating"),
    f"{FLOOD_SHARE:.0%} {FLOOD_GENRE}": (genre_flood, "genre"),
    f"{BURST_SHARE:.0%} by new users": (new_user_burst, "new_users"),
}
"""Each shift with the measure that is meant to find it."""


def arrivals(rows: Columns, scene: Scene) -> Arrivals:
    """Present a window as the database would: a list for every user, then the ratings."""
    ratings = ArrivedRatings(
        rows["user"],
        rows["movie"],
        rows["rating"],
        rows["time"],
        np.full(len(rows), _RATED_AT),
    )
    lists = [_list_for(int(user), scene.model) for user in np.unique(rows["user"])]
    return Arrivals(ratings, scene.movies, lists)


def _list_for(user_id: int, model: Model) -> SentList:
    row = model.users.find(user_id)
    candidates = np.ones(len(model.catalogue), np.bool_)
    if row is None:
        best = rank_top_n(model.catalogue.item_popularity, candidates, N)
        strategy = Strategy.POPULAR
    else:
        history = user_history(model.users, row)
        candidates[history.item_indices] = False
        best = rank_top_n(model.ranker.score(history), candidates, N)
        strategy = Strategy.MODEL
    movie_ids = model.catalogue.item_ids[best].tolist()
    return SentList(user_id, strategy.value, model.manifest.version, movie_ids, {}, _LISTS_AT)
