"""One movie: how it was rated, what the chosen user would give it, and what is like it."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import replace

import streamlit as st

from dashboard.api.answers import (
    MovieDetails,
    MovieRatings,
    PredictedRating,
    SimilarMovies,
    UserPage,
    UserRating,
)
from dashboard.api.client import Client
from dashboard.api.errors import ApiError
from dashboard.escaping import plain
from dashboard.navigation import go
from dashboard.parts.bars import show_bars
from dashboard.parts.cards import Card, show_cards
from dashboard.parts.loading import arrived, begin
from dashboard.parts.people import choose_user
from dashboard.parts.problems import section, show_problem
from dashboard.parts.rating import Rater, offer_undo
from dashboard.parts.text import show_empty
from dashboard.settings import settings
from dashboard.wording import decimal, natural_title, stars, t, tn, tstars, whole

N_SIMILAR = 9
# These say nothing about the user: the predicted stars are the movie's own.
_UNKNOWN = {"popular", "fallback_popular"}


def show_movie(client: Client, movie_id: int) -> None:
    """Draw the page of a movie."""
    users, details = begin(client.users), begin(lambda: client.movie(movie_id))
    ratings = begin(lambda: client.movie_ratings(movie_id))
    similar = begin(lambda: client.similar(movie_id, N_SIMILAR))
    st.button(
        t("movie.back"),
        key="to-search",
        icon=":material/arrow_back:",
        type="tertiary",
        on_click=go,
        args=("catalogue",),
    )
    with section("movie"):
        movie = arrived(details, height=420)
        st.title(plain(natural_title(movie.title)))
        _show_opinion(client, users, movie)
        with section("distribution"):
            st.subheader(t("movie.ratings"))
            _show_ratings(arrived(ratings))
        st.subheader(t("movie.similar"))
        with section("similar"):
            _show_similar(arrived(similar))


def _show_opinion(client: Client, users: Future[UserPage], movie: MovieDetails) -> None:
    """Show the movie with the stars that the chosen user gave it, or would give it.

    The card is drawn without what does not arrive, and says so below.
    """
    user_id = choose_user(users)
    card = Card(movie, note=t("movie.choose_user"), links=_links(movie), opens=False)
    if user_id is None:
        show_cards("movie", natural_title(movie.title), [card], {}, layout="hero")
        return
    predicted = begin(lambda: client.predicted_rating(user_id, movie.movie_id))
    rated = begin(lambda: client.user_rating(user_id, movie.movie_id))
    offer_undo(client, user_id)
    problems: dict[str, ApiError] = {}
    given = _given(rated, problems)
    predicted_stars, note = _prediction(predicted, user_id, problems)
    rater = Rater(client, user_id, {} if given is None else {movie.movie_id: given})
    card = replace(
        card,
        predicted=predicted_stars,
        note=note,
        can_rate=True,
        rating=given,
        actions=() if given is None else ("forget",),
    )
    show_cards(
        "movie",
        natural_title(movie.title),
        [card],
        {"rate": rater.rate, "forget": rater.forget},
        layout="hero",
    )
    for code, error in problems.items():
        show_problem(code, error)


def _given(rated: Future[UserRating], problems: dict[str, ApiError]) -> float | None:
    """Return the stars that the user gave, as far as is known."""
    try:
        return arrived(rated, height=320).rating
    except ApiError as error:
        if error.code != "not_found":
            problems[error.code] = error
        return None


def _prediction(
    predicted: Future[PredictedRating], user_id: int, problems: dict[str, ApiError]
) -> tuple[float | None, str]:
    """Return predicted stars, and what to say of them; movies newer than the model have none."""
    try:
        answer = arrived(predicted, height=320)
    except ApiError as error:
        if error.code == "unknown_movie":
            return None, t("errors.unknown_movie")
        problems[error.code] = error
        return None, ""
    key = "movie.predicted_popular" if answer.strategy in _UNKNOWN else "movie.predicted"
    value = answer.predicted_rating
    return value, tstars(key, value, user=user_id, stars=decimal(value))


def _show_ratings(ratings: MovieRatings) -> None:
    if not ratings.total or ratings.mean is None:
        show_empty(t("movie.unrated"), t("movie.unrated_advice"))
        return
    st.caption(tn("movie.rated", ratings.total, mean=decimal(ratings.mean, 2)))
    show_bars(
        t("movie.ratings"),
        [
            ("★ " + stars(count.rating), count.count / ratings.total, whole(count.count))
            for count in reversed(ratings.counts)
        ],
        look="stars",
    )


def _show_similar(similar: SimilarMovies) -> None:
    if not similar.items:
        show_empty(t("movie.none_similar"), t("similar.empty"))
        return
    show_cards(
        "movie-similar",
        t("movie.similar"),
        [Card(item) for item in similar.items],
        {"open": lambda movie: go("catalogue", movie=movie.movie_id)},
        layout="rows",
    )


def _links(movie: MovieDetails) -> dict[str, str]:
    """Return where else the movie is described, when the dashboard may link there."""
    if not settings().shows_movie_links:
        return {}
    links = {}
    if movie.imdb_id is not None:
        links[t("cards.imdb")] = f"https://www.imdb.com/title/tt{movie.imdb_id:07}/"
    if movie.tmdb_id is not None:
        links[t("cards.tmdb")] = f"https://www.themoviedb.org/movie/{movie.tmdb_id}"
    return links
