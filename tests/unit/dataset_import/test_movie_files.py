from pathlib import Path

import pytest

from dataset_import.errors import SourceError
from dataset_import.members import file_member
from dataset_import.movie_files import open_links, open_movies
from matinee.stores.import_rows import LinkRow, MovieRow, Reject


def movies(folder: Path, name: str, content: bytes, genres: bytes | None = None) -> list:
    path = folder / name
    path.write_bytes(content)
    genre_member = None
    if genres is not None:
        (folder / "u.genre").write_bytes(genres)
        genre_member = file_member(folder / "u.genre")
    with open_movies(file_member(path), genre_member) as stream:
        return list(stream.rows)


def test_movies_csv_gives_titles_years_and_genres(tmp_path: Path) -> None:
    content = (
        'movieId,title,genres\n1,"American President, The (1995)",Drama|Romance\n'
        "2,Amélie,(no genres listed)\n"
    )
    assert movies(tmp_path, "movies.csv", content.encode()) == [
        MovieRow(2, 1, "American President, The", 1995, ("Drama", "Romance")),
        MovieRow(3, 2, "Amélie", None, ()),
    ]


def test_movies_csv_with_bad_rows_rejects_them_by_kind(tmp_path: Path) -> None:
    content = b"movieId,title,genres\nx,Heat (1995),Drama\n2,Heat\n3,Am\xe9lie,Drama\n"
    rows = movies(tmp_path, "movies.csv", content)
    assert [(row.line, row.kind) for row in rows] == [
        (2, "not_a_number"),
        (3, "malformed"),
        (4, "malformed"),
    ]


def test_movies_csv_without_genres_leaves_them_unknown(tmp_path: Path) -> None:
    rows = movies(tmp_path, "films.csv", b"item_id;name;year\n1;Heat;1995\n")
    assert rows == [MovieRow(2, 1, "Heat", 1995, None)]


@pytest.mark.parametrize("encoding", ["latin-1", "utf-8"])
def test_movies_dat_is_read_in_either_encoding(tmp_path: Path, encoding: str) -> None:
    content = "1::Léon (1994)::Action|Drama\nbroken\n".encode(encoding)
    assert movies(tmp_path, "movies.dat", content) == [
        MovieRow(1, 1, "Léon", 1994, ("Action", "Drama")),
        Reject(2, "malformed", "broken"),
    ]


def test_u_item_flags_become_genres(tmp_path: Path) -> None:
    flags = "|".join("1" if i in (1, 8) else "0" for i in range(19))
    content = f"3|Misérables, Les (1995)|01-Jan-1995||http://x|{flags}\n".encode("latin-1")
    rows = movies(tmp_path, "u.item", content)
    assert rows == [MovieRow(1, 3, "Misérables, Les", 1995, ("Action", "Drama"))]


def test_u_item_genres_are_named_by_u_genre(tmp_path: Path) -> None:
    content = b"3|Heat (1995)|||http://x|0|1|1\n4|unknown||||1|0|0\n5|short|||\n"
    rows = movies(tmp_path, "u.item", content, b"unknown|0\nHeist|1\nNoir|2\n\n")
    assert rows == [
        MovieRow(1, 3, "Heat", 1995, ("Heist", "Noir")),
        MovieRow(2, 4, "unknown", None, ()),
        Reject(3, "malformed", "5|short|||"),
    ]


def test_u_genre_that_is_broken_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"u\.genre"):
        movies(tmp_path, "u.item", b"", b"Action\n")


def test_links_csv_gives_ids_and_rejects_broken_ones(tmp_path: Path) -> None:
    path = tmp_path / "links.csv"
    path.write_text("movieId,imdbId,tmdbId\n1,0114709,862\n2,tt0113497,\n3,x,1\n")
    with open_links(file_member(path)) as stream:
        rows = list(stream.rows)
    assert rows == [
        LinkRow(2, 1, 114709, 862),
        LinkRow(3, 2, 113497, None),
        Reject(4, "not_a_number", "3,x,1"),
    ]
