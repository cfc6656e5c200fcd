"""The catalogue, similar movies, popular movies."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from matinee.artifacts.model import Model
from matinee.domain.ratings import STARS
from matinee.errors import (
    ArtifactError,
    NotFoundError,
    RatingStoreUnavailableError,
    UnavailableError,
)
from matinee.scoring.candidates import select_candidates
from matinee.scoring.ranking import rank_top_n
from matinee.stores.movies import MovieQuery
from predictor.catalogue_search import search_model
from predictor.dependencies import Uses
from predictor.recommend import genre_columns
from predictor.routes.replies import movie_fields, movie_reply
from predictor.schemas import (
    Id,
    MovieDetails,
    MoviePage,
    MovieRatings,
    PopularMovie,
    PopularMovies,
    SimilarMovie,
    SimilarMovies,
    StarCount,
    Text,
    Year,
)
from predictor.services import Services

router = APIRouter(prefix="/movies", tags=["movies"])

Length = Annotated[int, Query(ge=1, le=100, description="Longest list wanted.")]


@router.get("")
async def search_movies(
    services: Uses,
    query: Annotated[Text, Query(description="Words of the title.")] = "",
    genre: Text | None = None,
    year_from: Year | None = None,
    year_to: Year | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 20,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> MoviePage:
    """Search the catalogue by title; every word must be part of it."""
    wanted = MovieQuery(query, genre, year_from, year_to)
    source: Any = "catalogue"
    try:
        movies, total = services.movies.search(wanted, limit=limit, offset=offset)
    except RatingStoreUnavailableError:
        catalogue = services.champion.model().catalogue
        movies, total = search_model(catalogue, wanted, limit=limit, offset=offset)
        source = "model"
    items = [movie_reply(movie) for movie in movies]
    return MoviePage(total=total, limit=limit, offset=offset, source=source, items=items)


@router.get("/popular")
async def popular_movies(
    services: Uses,
    n: Length = 20,
    genre: Text | None = None,
    year_from: Year | None = None,
    year_to: Year | None = None,
) -> PopularMovies:
    """List the movies with the most ratings."""
    model = services.champion.model()
    catalogue = model.catalogue
    candidates = select_candidates(
        catalogue.item_years,
        catalogue.item_genres,
        genre_columns=None if genre is None else genre_columns(catalogue, [genre]),
        year_from=year_from,
        year_to=year_to,
    )
    rows = rank_top_n(catalogue.item_popularity, candidates, n).tolist()
    items = [
        PopularMovie(
            **movie_fields(catalogue.movie(row)), n_ratings=int(catalogue.item_popularity[row])
        )
        for row in rows
    ]
    return PopularMovies(model_version=model.manifest.version, items=items)


@router.get("/{movie_id}")
async def get_movie(movie_id: Id, services: Uses) -> MovieDetails:
    """Return a movie."""
    model = _model_if_any(services)
    row = None if model is None else model.catalogue.row(movie_id)
    try:
        movie = services.movies.get(movie_id)
    except RatingStoreUnavailableError:
        if model is None or row is None:
            raise
        movie = model.catalogue.movie(row)
    if movie is None:
        raise _no_movie(movie_id)
    n_ratings = None
    if model is not None and row is not None:
        n_ratings = int(model.catalogue.item_popularity[row])
    return MovieDetails(
        **movie_fields(movie), imdb_id=movie.imdb_id, tmdb_id=movie.tmdb_id, n_ratings=n_ratings
    )


@router.get("/{movie_id}/ratings")
async def movie_ratings(movie_id: Id, services: Uses) -> MovieRatings:
    """Return how many people gave a movie how many stars."""
    counts = services.statistics.star_counts(movie_id)
    total = sum(counts.values())
    if not total and services.movies.get(movie_id) is None:
        raise _no_movie(movie_id)
    mean = sum(stars * count for stars, count in counts.items()) / total if total else None
    return MovieRatings(
        movie_id=movie_id,
        total=total,
        mean=None if mean is None else round(mean, 3),
        counts=[StarCount(rating=stars, count=counts.get(stars, 0)) for stars in STARS.values()],
    )


@router.get("/{movie_id}/similar")
async def similar_movies(movie_id: Id, services: Uses, n: Length = 10) -> SimilarMovies:
    """List the movies that a rating of this one speaks for most."""
    model = services.champion.model()
    row = model.catalogue.row(movie_id)
    if row is None:
        raise _no_movie(movie_id)
    neighbors, weights = model.ranker.neighbors_of(row)
    best = rank_top_n(weights, weights > 0, n)
    items = [
        SimilarMovie(**movie_fields(model.catalogue.movie(neighbor)), similarity=round(weight, 6))
        for neighbor, weight in zip(neighbors[best].tolist(), weights[best].tolist(), strict=True)
    ]
    return SimilarMovies(movie_id=movie_id, model_version=model.manifest.version, items=items)


def _model_if_any(services: Services) -> Model | None:
    """Return the champion; the catalogue can be read before there is one."""
    try:
        return services.champion.model()
    except (ArtifactError, UnavailableError):
        return None


def _no_movie(movie_id: int) -> NotFoundError:
    return NotFoundError(f"movie_id: there is no movie {movie_id}", details={"movie_id": movie_id})
