import pytest

from dataset_import.titles import split_genres, split_title


@pytest.mark.parametrize(
    ("text", "title", "year"),
    [
        ("Heat (1995)", "Heat", 1995),
        ("Seven (a.k.a. Se7en) (1995) ", "Seven (a.k.a. Se7en)", 1995),
        ("Fawlty Towers (1975-1979)", "Fawlty Towers", 1975),
        ("Game of Thrones (2011– )", "Game of Thrones", 2011),
        ("2001: A Space Odyssey", "2001: A Space Odyssey", None),
        ("(1995)", "(1995)", None),
        ("  ", None, None),
    ],
)
def test_title_with_year_is_split(text: str, title: str | None, year: int | None) -> None:
    assert split_title(text) == (title, year)


@pytest.mark.parametrize(
    ("text", "genres"),
    [
        ("Action|Crime", ("Action", "Crime")),
        ("Drama", ("Drama",)),
        ("Drama|Drama|", ("Drama",)),
        ("(no genres listed)", ()),
        ("", ()),
    ],
)
def test_genres_are_split_at_bars(text: str, genres: tuple[str, ...]) -> None:
    assert split_genres(text) == genres
