"""For you: a user's list, why each movie is in it, and rating them."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future

import streamlit as st

from dashboard.address import read_id
from dashboard.api.answers import Movie, Recommendations, Recommended, UserRating, UserRatings
from dashboard.api.client import Client
from dashboard.api.errors import ApiError
from dashboard.navigation import go
from dashboard.pages.welcome import show_welcome
from dashboard.parts.cards import Card, show_cards
from dashboard.parts.filters import choose_filters
from dashboard.parts.loading import EXTRA_SECONDS, arrived, begin
from dashboard.parts.people import choose_user
from dashboard.parts.problems import section
from dashboard.parts.rating import Rater, offer_undo
from dashboard.parts.reasons import heading, why
from dashboard.parts.similar import ask_for_similar, show_similar_if_asked
from dashboard.parts.text import show_empty, show_how, show_lead
from dashboard.session import session
from dashboard.wording import has, moment, t, tn

# So many of a user's newest ratings are known to the cards: the most that the API tells at once.
MOST_RATED = 1_000
RATED_ON_A_PAGE = 12


def show(client: Client) -> None:
    """Draw the page."""
    st.title(t("for_you.title"))
    show_lead(t("for_you.lead"))
    if read_id(session().user.value) is None:
        show_welcome(client)
    else:
        _show_user(client)


def _show_user(client: Client) -> None:
    users, model = begin(client.users), begin(client.model)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        user_id = choose_user(users)
        wish = choose_filters(model)
    if user_id is None:
        return
    found = begin(lambda: client.recommend(user_id, wish))
    rated = begin(lambda: client.user_ratings(user_id, limit=MOST_RATED))
    offer_undo(client, user_id)
    with section("list"):
        answer = arrived(found, cards=wish.n)
        _show_list(client, user_id, answer, _stars_by_movie(rated))
    with section("rated"):
        _show_rated(client, user_id, arrived(rated))
    show_similar_if_asked(client)


def _show_list(
    client: Client, user_id: int, found: Recommendations, ratings: Mapping[int, float]
) -> None:
    key = f"strategy.{found.strategy}"
    how = t(key) if has(key) else t("strategy.other", strategy=found.strategy)
    show_how(how, t("for_you.model", version=found.model_version))
    if not found.items:
        show_empty(t("for_you.nothing"), t("for_you.empty"))
        return

    def note_click(movie: Movie) -> None:
        # Nobody waits for it, and it is no loss when it does not arrive.
        begin(lambda: client.note(found.request_id, movie.movie_id, "click", user_id=user_id))

    def similar(movie: Movie) -> None:
        note_click(movie)
        ask_for_similar(movie)

    def opened(movie: Movie) -> None:
        note_click(movie)
        go("catalogue", movie=movie.movie_id, user=user_id)

    show_cards(
        "list",
        t("for_you.list"),
        [_card(place, item, ratings) for place, item in enumerate(found.items, start=1)],
        {
            "rate": Rater(client, user_id, ratings).rate,
            "similar": similar,
            "open": opened,
        },
    )


def _card(place: int, item: Recommended, ratings: Mapping[int, float]) -> Card:
    bars = why(item.because, item.score)
    return Card(
        item,
        position=place,
        predicted=item.predicted_rating,
        bars_title=heading(item.because, ratings),
        bars=bars,
        note="" if bars else t("cards.no_reasons"),
        can_rate=True,
        rating=ratings.get(item.movie_id),
        actions=("similar",),
    )


def _show_rated(client: Client, user_id: int, newest: UserRatings) -> None:
    st.subheader(t("for_you.rated_title", user=user_id))
    if not newest.items:
        show_empty(t("for_you.rated_nothing"), t("for_you.rated_none"))
        return
    key = f"rated-page-{user_id}"
    pages = -(-newest.total // RATED_ON_A_PAGE)
    page = min(st.session_state.get(key, 1), pages)
    shown = _rated_on(client, user_id, page, newest)
    rater = Rater(client, user_id, {item.movie_id: item.rating for item in shown})
    show_cards(
        "rated",
        t("for_you.rated_list"),
        [
            Card(
                item,
                can_rate=True,
                rating=item.rating,
                actions=("similar", "forget"),
                note=moment(item.rated_at) if item.rated_at else "",
            )
            for item in shown
        ],
        {
            "rate": rater.rate,
            "similar": ask_for_similar,
            "forget": rater.forget,
            "open": lambda movie: go("catalogue", movie=movie.movie_id, user=user_id),
        },
        layout="rows",
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(tn("for_you.rated_total", newest.total), width="content")
        if pages > 1:
            st.session_state[key] = page  # the last one may be gone
            st.pagination(pages, key=key)


def _rated_on(client: Client, user_id: int, page: int, newest: UserRatings) -> list[UserRating]:
    """Return a page of what a user rated; the newest ones are there already."""
    first, last = (page - 1) * RATED_ON_A_PAGE, page * RATED_ON_A_PAGE
    if min(last, newest.total) <= len(newest.items):
        return newest.items[first:last]
    asked = begin(lambda: client.user_ratings(user_id, limit=RATED_ON_A_PAGE, offset=first))
    return arrived(asked, height=320).items


def _stars_by_movie(rated: Future[UserRatings]) -> dict[int, float]:
    """Return what is known of a user's stars; a list is shown without them as well."""
    try:
        known = arrived(rated, height=1, limit_seconds=EXTRA_SECONDS)
    except ApiError:
        return {}
    return {item.movie_id: item.rating for item in known.items}
