"""What a search of the catalogue promises, whoever does it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from matinee.domain.movies import Movie
from matinee.stores.movies import MovieQuery

MOVIES = (
    Movie(1, "Alien", 1979, ("Horror", "Sci-Fi")),
    Movie(2, "Aliens", 1986, ("Action", "Sci-Fi")),
    Movie(3, "Éloge de l'amour", None, ("Drama",)),
    Movie(4, "100% Wolf", 2020, ("Animation",)),
    Movie(5, "What the #$*! Do We (K)now!?", 2004, ()),
    Movie(6, 'The "Human" Factor', 1979, ("Drama",)),
    Movie(7, "snake_case", 2001, ("sci-fi",)),
    Movie(8, "Back\\slash", 2001, ("Horror",)),
    Movie(9, "ÇA COMMENCE", 1999, ("Drama",)),
    Movie(10, "Alien", 2030, ("Drama",)),
    Movie(11, "千と千尋の神隠し", 2001, ("Animation",)),
)

Search = Callable[..., tuple[list[Movie], int]]


class CatalogueSearchContract:
    """Ask one search in every way; subclasses have a fixture `search`."""

    def ids(self, search: Search, **query: object) -> list[int]:
        movies, total = search(MovieQuery(**query), limit=100, offset=0)  # type: ignore[arg-type]
        assert total == len(movies)
        return [movie.movie_id for movie in movies]

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("", [4, 1, 10, 2, 8, 6, 5, 7, 9, 3, 11]),
            ("   ", [4, 1, 10, 2, 8, 6, 5, 7, 9, 3, 11]),
            ("alien", [1, 10, 2]),
            ("ALIENS", [2]),
            ("factor the", [6]),
            ("amour éloge", [3]),
            ("ÉLOGE", [3]),
            ("ça", [9]),
            ("%", [4]),
            ("_", [7]),
            ("\\", [8]),
            ("'", [3]),
            ('"human"', [6]),
            ("#$*!", [5]),
            ("(K)now!?", [5]),
            ("千尋", [11]),
            ("'; DROP TABLE movies; --", []),
            ("a.*n", []),
            ("alien alien", [1, 10, 2]),
        ],
    )
    def test_words_are_parts_of_titles_and_nothing_else(
        self, search: Search, text: str, expected: list[int]
    ) -> None:
        assert self.ids(search, text=text) == expected

    @pytest.mark.parametrize(
        ("genre", "expected"),
        [("Drama", [10, 6, 9, 3]), ("SCI-FI", [1, 2, 7]), ("Noir", []), ("", []), ("%", [])],
    )
    def test_genre_is_whole_and_its_case_does_not_matter(
        self, search: Search, genre: str, expected: list[int]
    ) -> None:
        assert self.ids(search, genre=genre) == expected

    @pytest.mark.parametrize(
        ("years", "expected"),
        [
            ({"year_from": 2004}, [4, 10, 5]),
            ({"year_to": 1979}, [1, 6]),
            ({"year_from": 1986, "year_to": 1999}, [2, 9]),
            ({"year_from": 2000, "year_to": 1990}, []),
            ({"year_from": 1870}, [4, 1, 10, 2, 8, 6, 5, 7, 9, 11]),
        ],
    )
    def test_years_are_included_and_unknown_ones_are_not(
        self, search: Search, years: dict[str, int], expected: list[int]
    ) -> None:
        assert self.ids(search, **years) == expected

    def test_conditions_all_hold_at_once(self, search: Search) -> None:
        assert self.ids(search, text="alien", genre="drama", year_from=2000) == [10]

    @pytest.mark.parametrize("limit", [1, 3, 4, 50])
    def test_pages_put_together_are_the_whole(self, search: Search, limit: int) -> None:
        whole, total = search(MovieQuery(), limit=100, offset=0)
        pages = [
            search(MovieQuery(), limit=limit, offset=offset)
            for offset in range(0, total + limit, limit)
        ]
        assert [movie for page, _ in pages for movie in page] == whole
        assert {count for _, count in pages} == {len(MOVIES)}

    def test_movies_found_are_whole(self, search: Search) -> None:
        assert search(MovieQuery("éloge"), limit=1, offset=0)[0] == [MOVIES[2]]
