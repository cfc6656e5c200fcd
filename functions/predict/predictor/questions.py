"""Which movies a newcomer is asked about."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from matinee.artifacts.catalogue import Catalogue
from matinee.artifacts.model import Model
from matinee.errors import RatingStoreUnavailableError
from matinee.scoring.arrays import Indices, Vector
from matinee.scoring.elicitation import (
    choose_unlike,
    likeness,
    rating_entropies,
    worth_asking,
)
from matinee.scoring.ranking import rank_top_n
from matinee.stores.rating_statistics import RatingStatistics

logger = logging.getLogger("matinee.questions")

_N_KNOWN = 500
_N_SAMPLED = 100
_MAX_AGE_SECONDS = 600.0


def known_movies(catalogue: Catalogue) -> Indices:
    """Return the rows of the movies that most people know, most popular first."""
    popularity = catalogue.item_popularity
    return rank_top_n(popularity, popularity > 0, _N_KNOWN)


@dataclass(slots=True)
class Opinions:
    """How divided people are about the known movies; the database is asked every ten minutes."""

    statistics: RatingStatistics
    clock: Callable[[], float] = time.monotonic
    _version: str | None = None
    _asked_at: float = 0.0
    _entropies: Vector = field(default_factory=lambda: np.empty(0))

    def entropies(self, model: Model) -> Vector | None:
        """Return entropies in the order of `known_movies`, None while the database is down."""
        version, now = model.manifest.version, self.clock()
        if version == self._version and now - self._asked_at < _MAX_AGE_SECONDS:
            return self._entropies
        movie_ids = model.catalogue.item_ids[known_movies(model.catalogue)].tolist()
        try:
            counts = self.statistics.sampled_star_counts(movie_ids, n_sampled=_N_SAMPLED)
        except RatingStoreUnavailableError as error:
            logger.warning("movies to rate are chosen by popularity: %s", error.message)
            return None
        self._version, self._asked_at = version, now
        self._entropies = rating_entropies(counts)
        return self._entropies


def choose_questions(
    model: Model,
    entropies: Vector | None,
    *,
    asked: Sequence[int],
    exclude: Sequence[int],
    n: int,
) -> tuple[Indices, Vector | None]:
    """Return the rows of the movies to ask about, and their entropies."""
    catalogue = model.catalogue
    known = known_movies(catalogue)
    asked_rows = _rows(catalogue, asked)
    is_open = ~np.isin(known, np.concatenate([asked_rows, _rows(catalogue, exclude)]))
    rows = known[is_open]
    entropies = None if entropies is None else entropies[is_open]
    alike = likeness(model.ranker, catalogue.item_genres, np.concatenate([rows, asked_rows]))
    places = choose_unlike(
        worth_asking(catalogue.item_popularity[rows], entropies),
        alike[: len(rows), : len(rows)],
        n,
        alike_asked=alike[: len(rows), len(rows) :].max(axis=1, initial=0),
    )
    return rows[places], None if entropies is None else entropies[places]


def _rows(catalogue: Catalogue, movie_ids: Sequence[int]) -> Indices:
    rows, is_known = catalogue.rows(movie_ids)
    return np.unique(rows[is_known])
