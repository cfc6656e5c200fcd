"""Movie night: one list for several people, and what each would think of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future

import streamlit as st

from dashboard.address import PEOPLE_KEY, read_id
from dashboard.api.answers import GroupItem, GroupList, Member, Opinion, UserPage
from dashboard.api.client import Client, Participant
from dashboard.api.errors import ApiError
from dashboard.escaping import plain
from dashboard.navigation import go
from dashboard.parts.cards import Bar, Card, show_cards
from dashboard.parts.filters import choose_filters
from dashboard.parts.loading import EXTRA_SECONDS, arrived, begin
from dashboard.parts.problems import section
from dashboard.parts.similar import ask_for_similar, show_similar_if_asked
from dashboard.parts.text import show_empty, show_lead
from dashboard.session import VISITOR, Guest, session
from dashboard.wording import decimal, natural_title, t, tn

METHODS = ("average", "least_misery", "fairness")
MOST_PEOPLE = 20
# Nothing personal stands behind what these say.
_UNKNOWN = {"popular", "fallback_popular"}


def show(client: Client) -> None:
    """Draw the page."""
    users, model = begin(client.users), begin(client.model)
    st.title(t("night.title"))
    show_lead(t("night.lead"))
    people = _choose_people(users)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        method = st.segmented_control(
            t("night.method"),
            METHODS,
            default=METHODS[0],
            key="method",
            format_func=lambda name: t(f"night.{name}"),
            required=True,
            persist_state="session",
        )
        wish = choose_filters(model, with_seen=False)
    st.caption(t(f"night.{method}_help"))
    if not people:
        show_empty(t("night.nobody"), t("night.nobody_advice"))
        return
    found = begin(lambda: client.recommend_together(people, method, wish))
    with section("night"):
        _show_list(arrived(found, cards=wish.n))
    show_similar_if_asked(client)


def _choose_people(users: Future[UserPage]) -> list[Participant]:
    """Ask who is coming: users by number, guests by name, and the visitor of "New here"."""
    own = _own()
    names = _names(own, users)
    coming = _coming(own)
    st.session_state[PEOPLE_KEY] = coming
    chosen = st.multiselect(
        t("night.people"),
        # Who is no option would come back under the name that was shown.
        list(dict.fromkeys([*names, *coming])),
        key=PEOPLE_KEY,
        format_func=lambda who: names.get(who) or t("for_you.user_plain", user=who),
        placeholder=t("night.people_example"),
        help=t("night.people_help"),
        accept_new_options=True,
        max_selections=MOST_PEOPLE,
        on_change=_note_people,
    )
    people = {who: _participant(own.get(who), who) for who in chosen}
    strangers = [who for who, person in people.items() if person is None]
    if strangers:
        st.warning(t("for_you.bad_user", entered=plain(", ".join(strangers))))
    return [person for person in people.values() if person is not None]


def _own() -> dict[str, Guest]:
    """Return who brought ratings along."""
    here = session()
    own = {guest.key: guest for guest in here.guests}
    if here.visitor_ratings:
        own[VISITOR] = Guest(t("night.you"), here.visitor_ratings)
    return own


def _names(own: Mapping[str, Guest], users: Future[UserPage]) -> dict[str, str]:
    """Return what each choice is called."""
    names = {
        who: tn("night.me", len(guest.ratings))
        if who == VISITOR
        else tn("night.guest", len(guest.ratings), name=guest.name)
        for who, guest in own.items()
    }
    try:
        items = arrived(users, height=68, limit_seconds=EXTRA_SECONDS).items
    except ApiError:  # numbers can still be typed
        items = []
    for user in items:
        names[str(user.user_id)] = tn("for_you.user_option", user.n_ratings, user=user.user_id)
    return names


def _coming(own: Iterable[str]) -> list[str]:
    """Return who comes: who brought ratings unless called off, and the users that were chosen."""
    here = session()
    guests = [who for who in own if who not in here.absent]
    users = [_number(who) for who in here.people.value.split(",") if who.strip()]
    return list(dict.fromkeys([*guests, *users]))[:MOST_PEOPLE]


def _note_people() -> None:
    """Keep who was chosen: users in the address, which links and the browser's Back change."""
    here, own, chosen = session(), _own(), st.session_state[PEOPLE_KEY]
    here.absent = set(own) - set(chosen)
    users = ",".join(dict.fromkeys(_number(who) for who in chosen if who not in own))
    if users != here.people.value:
        st.query_params[PEOPLE_KEY] = users


def _number(entered: str) -> str:
    """Write a user in one way: 015 is 15."""
    return str(read_id(entered) or entered.strip())


def _participant(guest: Guest | None, who: str) -> Participant | None:
    if guest is not None:
        return Participant(guest.name, ratings=guest.ratings)
    user_id = read_id(who)
    if user_id is None:
        return None
    return Participant(t("for_you.user_plain", user=user_id), user_id=user_id)


def _show_list(found: GroupList) -> None:
    unknown = [_name(member) for member in found.members if member.strategy in _UNKNOWN]
    if unknown:
        st.info(t("night.unknown", names=plain(", ".join(unknown))), icon=":material/info:")
    if not found.items:
        show_empty(t("for_you.nothing"), t("for_you.empty"))
        return
    show_cards(
        "night",
        t("night.list"),
        [_card(place, item, found.members) for place, item in enumerate(found.items, start=1)],
        {
            "similar": ask_for_similar,
            "open": lambda movie: go("catalogue", movie=movie.movie_id),
        },
    )


def _card(place: int, item: GroupItem, members: Sequence[Member]) -> Card:
    stars = [opinion.predicted_rating for opinion in item.members]
    return Card(
        item,
        position=place,
        predicted=sum(stars) / len(stars),
        bars_title=t("night.each"),
        bars=[_bar(member, opinion) for member, opinion in zip(members, item.members, strict=True)],
        actions=("similar",),
    )


def _bar(member: Member, opinion: Opinion) -> Bar:
    reason = natural_title(opinion.because[0].title) if opinion.because else ""
    return Bar(
        _name(member),
        opinion.predicted_rating / 5,
        f"{decimal(opinion.predicted_rating)} ★",
        is_weak=member.strategy in _UNKNOWN,
        detail=t("night.because", title=reason) if reason else "",
    )


def _name(member: Member) -> str:
    return member.name or t("for_you.user_plain", user=member.user_id)
