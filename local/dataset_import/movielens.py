"""MovieLens data sets: which files make one, and under which terms GroupLens gives them away."""

from __future__ import annotations

from functools import partial

from dataset_import.columns import ColumnNames
from dataset_import.errors import SourceError
from dataset_import.members import Member, find_member
from dataset_import.movie_files import open_links, open_movies
from dataset_import.rating_files import open_ratings
from dataset_import.source import Source

# Names that GroupLens publishes as NAME.zip.
DOWNLOADABLE = (
    "ml-latest-small",
    "ml-latest",
    "ml-100k",
    "ml-1m",
    "ml-10m",
    "ml-20m",
    "ml-25m",
    "ml-32m",
)

_NOTICE = (
    "MovieLens ratings are GroupLens's: for research, not for commercial use without their "
    "permission; publications cite https://doi.org/10.1145/2827872."
)
_NOT_REDISTRIBUTABLE = " This set may not be passed on."
_REDISTRIBUTABLE = " Passing them on is allowed under the same terms."

# Ratings file, its delimiter, movies file; the newest form first.
_FORMS = (
    ("ratings.csv", ",", "movies.csv"),
    ("ratings.dat", "::", "movies.dat"),
    ("ratings_no_timestamp.dat", "::", "movies.dat"),
    ("u.data", "\t", "u.item"),
)


def movielens_source(name: str, members: list[Member]) -> Source:
    """Find the files of a MovieLens data set, whichever of its forms it has."""
    for ratings_name, delimiter, movies_name in _FORMS:
        ratings = find_member(members, ratings_name)
        if ratings is None:
            continue
        movies = find_member(members, movies_name)
        links = find_member(members, "links.csv") if movies_name == "movies.csv" else None
        genres = find_member(members, "u.genre") if movies_name == "u.item" else None
        return Source(
            name,
            ratings=partial(open_ratings, ratings, ColumnNames(), delimiter),
            movies=partial(open_movies, movies, genres) if movies else None,
            links=partial(open_links, links) if links else None,
            notice=licence_notice(may_be_redistributed=ratings_name == "ratings.csv"),
        )
    looked_for = ", ".join(ratings_name for ratings_name, _, _ in _FORMS)
    raise SourceError(f"{name} holds no ratings: looked for {looked_for}, each also with .gz")


def licence_notice(*, may_be_redistributed: bool) -> str:
    """Say what GroupLens allows; the old sets (100k, 1M, 10M) may not be passed on."""
    return _NOTICE + (_REDISTRIBUTABLE if may_be_redistributed else _NOT_REDISTRIBUTABLE)
