"""The catalogue search for the day the database is down."""

from __future__ import annotations

import numpy as np

from matinee.artifacts.catalogue import Catalogue
from matinee.domain.movies import Movie
from matinee.scoring.candidates import select_candidates
from matinee.stores.movies import MovieQuery


def search_model(
    catalogue: Catalogue, query: MovieQuery, *, limit: int, offset: int
) -> tuple[list[Movie], int]:
    """Search a model's catalogue with the meaning of `matinee.stores.movies.MovieStore.search`."""
    columns = None
    if query.genre is not None:
        wanted = query.genre.casefold()
        columns = [i for i, name in enumerate(catalogue.genres) if name.casefold() == wanted]
    candidates = select_candidates(
        catalogue.item_years,
        catalogue.item_genres,
        genre_columns=columns,
        year_from=query.year_from,
        year_to=query.year_to,
    )
    words = [word.lower() for word in query.words]
    rows = np.flatnonzero(candidates)
    found = sorted(
        (title, row)
        for title, row in zip(catalogue.titles(rows), rows.tolist(), strict=True)
        if all(word in title.lower() for word in words)
    )
    page = np.array([row for _, row in found[offset : offset + limit]], np.int64)
    return catalogue.movies(page), len(found)
