"""Movies to arrays and back."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matinee.artifacts.catalogue import Catalogue, catalogue_arrays
from matinee.artifacts.codec import map_array, write_arrays
from matinee.domain.movies import Movie

HOSTILE_TITLES = (
    "",
    " ",
    "Éloge de l'amour",
    "千と千尋の神隠し",
    "👩‍👩‍👧 family",
    "nul\0inside",
    "new\nline and \t tab",
    "<script>alert(1)</script>",
    "'; DROP TABLE movies; --",
    "x" * 10_000,
    "\u202eright to left",
)


def build(*movies: Movie) -> Catalogue:
    arrays, genres = catalogue_arrays(movies, {movie.movie_id: 1 for movie in movies})
    return Catalogue.from_arrays(arrays, genres)


def all_movies(catalogue: Catalogue) -> list[Movie]:
    return catalogue.movies(np.arange(len(catalogue)))


def test_titles_of_every_kind_come_back_unchanged() -> None:
    movies = [Movie(number, title) for number, title in enumerate(HOSTILE_TITLES, start=1)]
    assert all_movies(build(*movies)) == movies


MOVIES = st.lists(
    st.builds(
        Movie,
        st.integers(1, 2**63 - 1),
        st.text(max_size=20),
        st.none() | st.integers(1870, 2200),
        st.sets(st.text(min_size=1, max_size=5), max_size=4).map(sorted).map(tuple),
    ),
    unique_by=lambda movie: movie.movie_id,
    max_size=20,
)


@given(MOVIES)
def test_movies_come_back_unchanged_in_the_order_of_their_ids(movies: list[Movie]) -> None:
    catalogue = build(*movies)
    assert all_movies(catalogue) == sorted(movies, key=lambda movie: movie.movie_id)


def test_more_genres_than_a_machine_word_has_bits_come_back() -> None:
    genres = tuple(sorted(f"genre {number}" for number in range(200)))
    movie = Movie(1, "Everything", None, genres)
    assert build(movie, Movie(2, "Nothing")).movie(0) == movie


def test_rows_are_found_by_id() -> None:
    catalogue = build(Movie(30, "c"), Movie(10, "a"), Movie(20, "b"))
    assert [catalogue.row(movie_id) for movie_id in (10, 20, 30)] == [0, 1, 2]
    rows, is_known = catalogue.rows([30, 15, 10, 2**63 - 1])
    assert is_known.tolist() == [True, False, True, False]
    assert rows[is_known].tolist() == [2, 0]


@pytest.mark.parametrize("movie_id", [-1, 0, 15, 31, 2**63 - 1])
def test_row_of_an_unknown_id_is_none(movie_id: int) -> None:
    assert build(Movie(10, "a"), Movie(30, "b")).row(movie_id) is None


def test_catalogue_without_movies_finds_nothing() -> None:
    catalogue = build()
    rows, is_known = catalogue.rows([1, 2])
    assert not is_known.any()
    assert len(rows) == 2
    assert catalogue.row(1) is None
    assert all_movies(catalogue) == []


def test_catalogue_is_the_same_after_a_trip_through_files(tmp_path: Path) -> None:
    movies = [Movie(1, "Éloge", 2001, ("Drama",)), Movie(2, "", None, ())]
    arrays, genres = catalogue_arrays(movies, {1: 7})
    entries = write_arrays(tmp_path, arrays)
    mapped = {name: map_array(tmp_path, name, entries[f"{name}.npy"]) for name in arrays}
    catalogue = Catalogue.from_arrays(mapped, genres)
    assert all_movies(catalogue) == movies
    assert catalogue.item_popularity.tolist() == [7, 0]


@pytest.mark.parametrize("movies", [(), (Movie(1, ""),)], ids=["no movie", "no text, no genre"])
def test_empty_arrays_can_be_written_and_mapped(tmp_path: Path, movies: tuple[Movie, ...]) -> None:
    arrays, _ = catalogue_arrays(movies, {})
    entries = write_arrays(tmp_path, arrays)
    for name, array in arrays.items():
        mapped = map_array(tmp_path, name, entries[f"{name}.npy"])
        assert (mapped.shape, mapped.dtype) == (array.shape, array.dtype)
