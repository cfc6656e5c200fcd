"""Movie night: one list for several people."""

from typing import Any
from uuid import UUID

import pytest

from tests.functions.predict.conftest import Predict, Reply

ALIEN, ALIENS, BIG, CLUE, DUNE, ELOGE = 10, 20, 30, 40, 50, 60
# User 1 rated Alien, which speaks for Aliens and Dune; user 2 rated Big and Clue.
SCIFI, COMEDY, NEW_USER = {"user_id": 1}, {"user_id": 2}, {"user_id": 99}
SCIFI_VISITOR = {"name": "Zoë", "ratings": [{"movie_id": ALIEN, "rating": 5.0}]}
CLUE_VISITOR = {"ratings": [{"movie_id": CLUE, "rating": 4.0}]}
METHODS = ("average", "least_misery", "fairness")


def group(predict: Predict, *members: dict[str, Any], **wish: Any) -> Reply:
    return predict.post("/predict/group", members=list(members), **wish)


def test_group_reply_holds_what_the_contract_says(predict: Predict) -> None:
    reply = group(predict, SCIFI, SCIFI_VISITOR, n=1)
    body = reply.body
    assert reply.status == 200
    assert UUID(body.pop("request_id"))
    assert body == {
        "method": "average",
        "model_version": "v1",
        "members": [
            {"user_id": 1, "name": None, "strategy": "model", "n_ratings": 1},
            {"user_id": None, "name": "Zoë", "strategy": "from_ratings", "n_ratings": 1},
        ],
        "items": [
            {
                "movie_id": ALIENS,
                "title": "Aliens",
                "year": 1986,
                "genres": ["Action", "Sci-Fi"],
                # the mean of the two satisfactions
                "score": 0.902778,
                "members": [
                    {
                        # mean 3.5 + user 0.25 + movie 0.25
                        "predicted_rating": 4.0,
                        # half 1, the best of the ranker; half 4 stars from 0.5 to 5
                        "satisfaction": 0.888889,
                        "seen": False,
                        "rating": None,
                        "because": [{"movie_id": ALIEN, "title": "Alien", "contribution": 0.5}],
                    },
                    {
                        # mean 3.5 + movie 0.25 + half of what 5 stars for Alien are above its 4
                        "predicted_rating": 4.25,
                        "satisfaction": 0.916667,
                        "seen": False,
                        "rating": None,
                        "because": [{"movie_id": ALIEN, "title": "Alien", "contribution": 0.5}],
                    },
                ],
            }
        ],
    }


def test_group_list_leaves_out_what_anybody_rated(predict: Predict) -> None:
    assert set(group(predict, SCIFI, COMEDY).movie_ids) == {ALIENS, DUNE, ELOGE}


def test_group_list_includes_what_was_seen_when_wanted_and_says_by_whom(predict: Predict) -> None:
    body = group(predict, SCIFI, COMEDY, include_seen=True).body
    opinions = {item["movie_id"]: item["members"] for item in body["items"]}
    assert len(opinions) == 6
    assert [(o["seen"], o["rating"]) for o in opinions[ALIEN]] == [(True, 5.0), (False, None)]
    assert [(o["seen"], o["rating"]) for o in opinions[CLUE]] == [(False, None), (True, 2.0)]


@pytest.mark.parametrize("method", METHODS)
def test_group_of_one_gets_first_what_the_list_of_that_one_has_first(
    predict: Predict, method: str
) -> None:
    alone = predict.post("/predict/", user_id=1, n=2).movie_ids
    assert group(predict, SCIFI, method=method, n=2).movie_ids == alone == [ALIENS, DUNE]


def test_least_misery_is_the_film_whose_least_satisfied_member_is_most_satisfied(
    predict: Predict,
) -> None:
    body = group(predict, SCIFI, CLUE_VISITOR, method="least_misery").body
    least = [min(o["satisfaction"] for o in item["members"]) for item in body["items"]]
    assert least == sorted(least, reverse=True)
    assert [item["score"] for item in body["items"]] == least


def test_fairness_serves_both_tastes_within_two_films(predict: Predict) -> None:
    first, second = group(predict, SCIFI, CLUE_VISITOR, method="fairness", n=2).movie_ids
    assert {first, second} == {ALIENS, BIG}


@pytest.mark.parametrize("method", METHODS)
def test_group_with_new_users_only_gets_popular_movies(predict: Predict, method: str) -> None:
    reply = group(predict, NEW_USER, {"user_id": 98}, method=method, genres=["Comedy"])
    assert reply.movie_ids == [BIG, CLUE]
    assert [m["strategy"] for m in reply.body["members"]] == ["popular", "popular"]
    assert all(o["because"] == [] for item in reply.body["items"] for o in item["members"])


@pytest.mark.parametrize("method", METHODS)
def test_group_gets_a_list_while_the_database_is_down(predict: Predict, method: str) -> None:
    predict.database.is_down = True
    reply = group(predict, SCIFI, NEW_USER, SCIFI_VISITOR, method=method)
    assert reply.status == 200
    assert [member["strategy"] for member in reply.body["members"]] == [
        "fallback_snapshot",
        "fallback_popular",
        "from_ratings",
    ]
    assert reply.movie_ids[0] == ALIENS


def test_group_of_visitors_needs_no_database_and_stores_nothing(predict: Predict) -> None:
    stored = dict(predict.ratings.stored)
    assert group(predict, SCIFI_VISITOR, CLUE_VISITOR).status == 200
    assert predict.ratings.stored == stored
    assert predict.answers.logged == []


def test_group_filters_are_those_of_a_list(predict: Predict) -> None:
    reply = group(predict, SCIFI, year_from=1980, year_to=1990, genres=["sci-fi"], exclude=[DUNE])
    assert reply.movie_ids == [ALIENS]


def test_group_whose_filters_leave_nothing_gets_an_empty_list(predict: Predict) -> None:
    for method in METHODS:
        assert group(predict, SCIFI, method=method, year_from=2100).body["items"] == []


def test_group_reasons_are_at_most_as_many_as_wanted(predict: Predict) -> None:
    (item,) = group(predict, SCIFI, n=1, n_reasons=0).body["items"]
    assert item["members"][0]["because"] == []


def test_group_of_twenty_is_answered(predict: Predict) -> None:
    reply = group(predict, *({"user_id": user_id} for user_id in range(1, 21)))
    assert reply.status == 200
    assert len(reply.body["items"][0]["members"]) == 20


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        pytest.param({"members": []}, "members", id="nobody"),
        pytest.param({"members": [{"user_id": u} for u in range(1, 22)]}, "members", id="too many"),
        pytest.param({"members": [{}]}, "members.0", id="neither user nor visitor"),
        pytest.param({"members": [SCIFI | SCIFI_VISITOR]}, "members.0", id="both"),
        pytest.param({"members": [{"ratings": []}]}, "members.0.ratings", id="no ratings"),
        pytest.param({"members": [SCIFI, SCIFI]}, "each user once", id="same user twice"),
        pytest.param({"members": [SCIFI], "method": "shouting"}, "method", id="no such method"),
        pytest.param({"members": [SCIFI], "genres": ["Western"]}, "Western", id="no such genre"),
        pytest.param(
            {"members": [{"ratings": SCIFI_VISITOR["ratings"] * 2}]}, "each movie once", id="twice"
        ),
    ],
)
def test_wrong_group_is_refused_and_what_is_wrong_named(
    predict: Predict, fields: dict[str, Any], named: str
) -> None:
    reply = predict.post("/predict/group", **fields)
    assert reply.status == 422
    assert named in reply.error["message"]
