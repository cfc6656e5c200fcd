"""The catalogue: search, one movie, similar and popular movies."""

import pytest

from matinee.domain.movies import Movie
from tests.functions.predict.conftest import Predict


@pytest.mark.parametrize("is_down", [False, True], ids=["database up", "database down"])
@pytest.mark.parametrize(
    ("query", "titles"),
    [
        pytest.param({}, ["Alien", "Aliens", "Big", "Clue", "Dune", "Éloge de l'amour"], id="all"),
        pytest.param({"query": "ALIEN"}, ["Alien", "Aliens"], id="case"),
        pytest.param({"query": "amour éloge"}, ["Éloge de l'amour"], id="words in any order"),
        pytest.param({"query": "%"}, [], id="percent is a letter"),
        pytest.param({"genre": "comedy"}, ["Big", "Clue"], id="genre"),
        pytest.param({"genre": "Noir"}, [], id="unknown genre"),
        pytest.param({"year_from": 1985, "year_to": 1986}, ["Aliens", "Clue"], id="years"),
        pytest.param({"limit": 2, "offset": 1}, ["Aliens", "Big"], id="page"),
        pytest.param({"offset": 100}, [], id="beyond the last page"),
    ],
)
def test_search_finds_titles_with_and_without_the_database(
    predict: Predict, query: dict[str, object], titles: list[str], is_down: bool
) -> None:
    predict.database.is_down = is_down
    reply = predict.get("/movies", **query)
    assert reply.status == 200
    assert [item["title"] for item in reply.body["items"]] == titles
    assert reply.body["source"] == ("model" if is_down else "catalogue")


def test_search_page_says_how_many_there_are_in_all(predict: Predict) -> None:
    body = predict.get("/movies", limit=2, offset=1).body
    assert (body["total"], body["limit"], body["offset"]) == (6, 2, 1)


def test_search_works_before_there_is_a_model(empty_predict: Predict) -> None:
    assert empty_predict.get("/movies").body["total"] == 6


def test_movie_has_its_links_and_number_of_ratings(predict: Predict) -> None:
    predict.movies.movies[10] = Movie(10, "Alien", 1979, ("Horror",), imdb_id=78748, tmdb_id=348)
    assert predict.get("/movies/10").body == {
        "movie_id": 10,
        "title": "Alien",
        "year": 1979,
        "genres": ["Horror"],
        "imdb_id": 78748,
        "tmdb_id": 348,
        "n_ratings": 50,
    }


def test_movie_newer_than_the_model_has_no_number_of_ratings(predict: Predict) -> None:
    predict.movies.movies[70] = Movie(70, "Elf", 2003)
    reply = predict.get("/movies/70")
    assert reply.status == 200
    assert reply.body["n_ratings"] is None


def test_movie_unknown_is_404_and_names_the_id(predict: Predict) -> None:
    reply = predict.get("/movies/777")
    assert reply.status == 404
    assert reply.error["details"] == {"movie_id": 777}


def test_movie_comes_from_the_model_while_the_database_is_down(predict: Predict) -> None:
    predict.database.is_down = True
    assert predict.get("/movies/10").body["title"] == "Alien"


def test_movie_unknown_to_the_model_is_503_while_the_database_is_down(predict: Predict) -> None:
    predict.database.is_down = True
    reply = predict.get("/movies/777")
    assert reply.status == 503
    assert int(reply.headers["retry-after"]) > 0


def test_similar_movies_are_those_a_rating_speaks_for_closest_first(predict: Predict) -> None:
    body = predict.get("/movies/10/similar").body
    assert [(item["movie_id"], item["similarity"]) for item in body["items"]] == [
        (20, 0.5),
        (50, 0.3),
    ]
    assert body["model_version"] == "v1"


def test_similar_movies_are_at_most_n_and_none_where_nothing_is_similar(predict: Predict) -> None:
    assert predict.get("/movies/10/similar", n=1).movie_ids == [20]
    assert predict.get("/movies/60/similar").movie_ids == []


def test_similar_movies_of_an_unknown_movie_are_404(predict: Predict) -> None:
    assert predict.get("/movies/777/similar").status == 404


def test_popular_movies_come_by_number_of_ratings_and_honour_filters(predict: Predict) -> None:
    items = predict.get("/movies/popular", n=2).body["items"]
    assert [(item["movie_id"], item["n_ratings"]) for item in items] == [(30, 60), (10, 50)]
    filters = {"genre": "sci-fi", "year_from": 1980, "year_to": 1990}
    assert predict.get("/movies/popular", **filters).movie_ids == [20, 50]


def test_ratings_of_a_movie_are_counted_at_every_half_star(predict: Predict) -> None:
    for user_id, stars in ((3, 5.0), (4, 3.5)):
        predict.post("/ratings", user_id=user_id, movie_id=10, rating=stars)
    body = predict.get("/movies/10/ratings").body
    counts = {count["rating"]: count["count"] for count in body.pop("counts")}
    assert body == {"movie_id": 10, "total": 3, "mean": 4.5}
    assert list(counts) == [0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0]
    assert {stars: n for stars, n in counts.items() if n} == {3.5: 1, 5.0: 2}


def test_ratings_of_a_movie_that_nobody_rated_are_zeros(predict: Predict) -> None:
    body = predict.get("/movies/60/ratings").body
    assert (body["total"], body["mean"]) == (0, None)
    assert [count["count"] for count in body["counts"]] == [0] * 10


def test_ratings_of_a_movie_that_does_not_exist_are_404(predict: Predict) -> None:
    assert predict.get("/movies/777/ratings").status == 404
