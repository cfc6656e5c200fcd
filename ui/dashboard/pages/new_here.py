"""New here: a few questions, and a list that gets sharper with every answer."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future

import streamlit as st

from dashboard.api.answers import Movie, Questions, Recommendations
from dashboard.api.client import Client, Wish
from dashboard.api.errors import ApiError
from dashboard.api.operations import ModelCard
from dashboard.navigation import go
from dashboard.parts.cards import Card, show_cards
from dashboard.parts.filters import choose_genre
from dashboard.parts.loading import arrived, begin
from dashboard.parts.problems import section, sentence
from dashboard.parts.reasons import heading, why
from dashboard.parts.similar import ask_for_similar, show_similar_if_asked
from dashboard.parts.text import show_empty, show_lead
from dashboard.session import VISITOR, Asked, Guest, session
from dashboard.wording import t, tn

QUESTIONS = 3
# With so many ratings a list is mostly personal; the bar of progress ends there.
ENOUGH = 8
N_FOUND = 9


def show(client: Client) -> None:
    """Draw the page."""
    here = session()
    ratings = here.visitor_ratings
    questions = begin(lambda: client.movies_to_rate(list(here.asked), n=QUESTIONS))
    model = begin(client.model)
    found = begin(lambda: client.recommend_from(ratings, Wish(n=N_FOUND))) if ratings else None
    st.title(t("new_here.title"))
    show_lead(t("new_here.lead"))
    if here.saved_as is not None:
        st.info(t("new_here.saved_before", user=here.saved_as), icon=":material/bookmark_added:")
    _show_progress(len(ratings))
    with section("questions"):
        _show_questions(arrived(questions, cards=QUESTIONS))
    with section("find"):
        _show_search(client, model)
    if found is not None:
        with section("found"):
            _show_found(arrived(found, cards=N_FOUND))
        _show_answers()
        _offer_more(client)
    show_similar_if_asked(client)


def _show_progress(n: int) -> None:
    text = t("new_here.none_yet") if not n else tn("new_here.progress", n)
    if n >= ENOUGH:
        text = tn("new_here.plenty", n)
    st.progress(min(1.0, n / ENOUGH), text=text)


def _show_questions(questions: Questions) -> None:
    """Show movies worth asking about; each answer brings others."""
    movies = questions.items
    st.subheader(t("new_here.questions"))
    if not movies:
        show_empty(t("new_here.no_questions"), t("new_here.no_questions_advice"))
        return
    show_cards(
        "questions",
        t("new_here.questions"),
        [
            Card(
                movie,
                note=tn("new_here.known", movie.n_ratings),
                can_rate=True,
                actions=("skip",),
                opens=False,
            )
            for movie in movies
        ],
        {"rate": _note, "skip": _note},
    )
    st.button(
        t("new_here.others"),
        key="others",
        icon=":material/shuffle:",
        type="tertiary",
        on_click=_skip_all,
        args=(movies,),
    )


def _show_search(client: Client, model: Future[ModelCard]) -> None:
    """Let visitors rate what they think of themselves, or what many others saw."""
    with st.expander(t("new_here.find"), icon=":material/search:"):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            query = st.text_input(
                t("catalogue.query"),
                key="find",
                placeholder=t("catalogue.example"),
                max_chars=200,
                width=300,
            ).strip()
            wanted = choose_genre("find-genre", model)
        found = arrived(begin(lambda: _find(client, query, wanted)), height=200)
        if not found:
            show_empty(t("catalogue.nothing"), t("catalogue.empty"))
            return
        if not query:
            st.caption(t("new_here.browse"))
        ratings = session().visitor_ratings
        show_cards(
            "find-results",
            t("catalogue.list"),
            [
                Card(movie, can_rate=True, rating=ratings.get(movie.movie_id), opens=False)
                for movie in found
            ],
            {"rate": _note},
            layout="rows",
        )


def _find(client: Client, query: str, wanted: str | None) -> Sequence[Movie]:
    if query:
        return client.movies(query=query, genre=wanted, limit=N_FOUND).items
    return client.popular(N_FOUND, genre=wanted).items


def _show_found(found: Recommendations) -> None:
    st.subheader(t("new_here.found"))
    if found.strategy == "popular":
        st.info(t("new_here.still_popular"), icon=":material/info:")
    if not found.items:
        show_empty(t("for_you.nothing"), t("new_here.nothing"))
        return
    ratings = session().visitor_ratings
    show_cards(
        "found",
        t("new_here.found"),
        [
            Card(
                item,
                position=place,
                predicted=item.predicted_rating,
                bars_title=heading(item.because, ratings),
                bars=(bars := why(item.because, item.score)),
                note="" if bars else t("cards.no_reasons"),
                can_rate=True,
                actions=("similar",),
                opens=False,
            )
            for place, item in enumerate(found.items, start=1)
        ],
        {
            "rate": _note,
            "similar": ask_for_similar,
        },
    )


def _show_answers() -> None:
    answers = [asked for asked in session().asked.values() if asked.stars is not None]
    with st.expander(tn("new_here.answers", len(answers)), icon=":material/star:"):
        show_cards(
            "answers",
            t("new_here.answers_list"),
            [
                Card(
                    asked.movie,
                    can_rate=True,
                    rating=asked.stars,
                    actions=("forget",),
                    opens=False,
                )
                for asked in answers
            ],
            {"rate": _note, "forget": _forget},
            layout="rows",
        )


def _offer_more(client: Client) -> None:
    """Offer to keep the answers, to bring them to a movie night, or to begin again."""
    here = session()
    st.subheader(t("new_here.more"))
    st.caption(t("new_here.not_stored"))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.button(
            t("new_here.save"),
            key="save",
            type="primary",
            icon=":material/bookmark_add:",
            on_click=_save,
            args=(client,),
        )
        st.button(t("new_here.again"), key="again", icon=":material/replay:", on_click=_begin_again)
    with st.form("guest", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input(
            t("new_here.guest_name"),
            key="guest-name",
            placeholder=t("new_here.guest_example", number=len(here.guests) + 1),
            max_chars=40,
            width=260,
        )
        if st.form_submit_button(t("new_here.guest"), icon=":material/groups:"):
            _bring(name.strip() or t("new_here.guest_example", number=len(here.guests) + 1))
            go("movie_night")
            st.rerun()


def _skip_all(movies: Sequence[Movie]) -> None:
    for movie in movies:
        _note(movie)


def _note(movie: Movie, given: float | None = None) -> None:
    """Note an answer; without stars it is "not seen"."""
    session().asked[movie.movie_id] = Asked(movie, given)


def _forget(movie: Movie) -> None:
    session().asked.pop(movie.movie_id, None)


def _begin_again() -> None:
    here = session()
    here.asked = {}
    here.absent.discard(VISITOR)


def _bring(name: str) -> None:
    """Invite the visitor to the movie night, under a name that nobody else has."""
    here = session()
    guest = Guest(name, here.visitor_ratings)
    here.guests = [*(other for other in here.guests if other.name != name), guest]
    here.absent.discard(guest.key)
    _begin_again()


def _save(client: Client) -> None:
    """Make a user of the visitor; the page begins again, so that nobody is stored twice."""
    here = session()
    if here.visitor_ratings:  # none are left for the second click of a double click
        try:
            here.saved_as = client.save_visitor(here.visitor_ratings).user_id
        except ApiError as error:
            here.say("problem", sentence(error))
            return
        here.say("done", t("new_here.saved", user=here.saved_as))
        _begin_again()
    if here.saved_as is not None:
        go("for_you", user=here.saved_as)
