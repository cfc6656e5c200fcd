"""The page that shows one user's list."""

from __future__ import annotations

import streamlit as st

from dashboard.client import ApiError, MatineeClient, RecommendationList, Recommended

STRATEGIES = {
    "model": "Chosen from what this user has rated.",
    "from_ratings": "Chosen from this user's ratings, which are newer than the model.",
    "popular": "This user has rated nothing yet: these are popular movies.",
}


def show(client: MatineeClient) -> None:
    """Ask for a user and show what to watch."""
    st.title("What should I watch?")
    user_id = st.number_input("User", min_value=1, value=15, step=1, key="user_id")
    n = st.slider("Movies", min_value=5, max_value=50, value=10, key="n")
    try:
        with st.spinner("Choosing movies"):
            found = client.recommend(int(user_id), n)
    except ApiError as error:
        st.error(str(error))
        return
    _show_list(found)


def _show_list(found: RecommendationList) -> None:
    how = STRATEGIES.get(
        found.strategy, f"Something is down; this list comes from {found.strategy}."
    )
    st.caption(f"{how} Model {found.model_version or 'unknown'}.")
    if not found.items:
        st.info("There is no movie to recommend.")
        return
    st.table([_row(place, item) for place, item in enumerate(found.items, start=1)])


def _row(place: int, item: Recommended) -> dict[str, str]:
    year = f" ({item.year})" if item.year else ""
    stars = "" if item.predicted_rating is None else f"{item.predicted_rating:.1f} ★"
    return {
        "": str(place),
        "Movie": f"{item.title}{year}",
        "Predicted rating": stars,
        # Not a comma: titles have commas of their own ("Matrix, The").
        "Because of": " · ".join(item.reasons),
    }
