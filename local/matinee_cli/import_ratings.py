"""``matinee import``: loads movies and ratings into PostgreSQL."""

from __future__ import annotations

import argparse
import math
import os
from pathlib import Path

from dataset_import.columns import ColumnNames
from dataset_import.download import default_download_folder
from dataset_import.movielens import DOWNLOADABLE
from dataset_import.packaged import PACKAGED
from dataset_import.run import DEFAULT_MAX_REJECT_SHARE, REJECTS_FOLDER, run_import
from dataset_import.sources import SourceOptions
from matinee.errors import ConfigurationError
from matinee.settings import MetricsSettings

DESCRIPTION = f"""\
Load movies and ratings into the PostgreSQL that DATABASE_URL names.

SOURCE is one of
  {PACKAGED}           100,004 real ratings that come with a package (the default)
  a folder or zip    a MovieLens set in any of its forms (u.data, .dat, .csv; .gz too)
  a file             CSV or the like (.gz too) or Parquet, with a column each for user,
                     movie and rating, and if you have it for the time
  a name             downloaded from GroupLens, checked and kept:
                     {", ".join(DOWNLOADABLE[:4])},
                     {", ".join(DOWNLOADABLE[4:])}

All of a source is imported or nothing. Importing it again changes nothing. A rating that is
older than the stored one is left out. Ids must mean the same users and movies in everything
that one database holds; each MovieLens set numbers its users anew.
"""

EPILOG = """\
rejected rows
  not_a_number       an id is no positive whole number, or the rating no number
  off_scale          the rating is not between 0.5 and 5 stars
  unknown_movie      the source lists its movies, and neither it nor the database has this one
  duplicate          the same user rated the same movie on an earlier line, which is kept
  broken_date        the time is neither seconds since 1970 nor an ISO 8601 date, or is to come
  malformed          too few or too many fields, or bytes that are not text

examples
  matinee import
  matinee import ml-latest-small
  matinee import ~/Downloads/ml-25m.zip
  matinee import ratings.csv --movies movies.csv
  matinee import ratings.parquet --user-column member --rating-column stars
  matinee import dump.csv.gz --delimiter ';' --max-reject-share 0.05
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the subcommand."""
    parser = subparsers.add_parser(
        "import",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("source", nargs="?", default=PACKAGED, metavar="SOURCE")
    _add_reject_options(parser)
    add_source_options(parser)
    parser.add_argument("--quiet", action="store_true", help="show the result only")


def _add_reject_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--max-reject-share",
        type=_share,
        default=DEFAULT_MAX_REJECT_SHARE,
        metavar="SHARE",
        help="import nothing if more than this share of rows is bad, from 0 to 1 "
        "(default: %(default)s)",
    )
    parser.add_argument(
        "--rejects",
        type=Path,
        metavar="FILE",
        help=f"where rejected rows are written, as CSV (default: {REJECTS_FOLDER}/SOURCE.csv)",
    )


def add_source_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that say how to read a source."""
    parser.add_argument(
        "--download-folder",
        type=Path,
        metavar="DIR",
        help=f"keeps downloaded sets (default: {_short(default_download_folder())})",
    )
    group = parser.add_argument_group(
        "for a single file",
        "Columns go by their names, in a file without a header line by their numbers, from 1. "
        "Common names need not be told.",
    )
    group.add_argument("--user-column", metavar="NAME", help="such as userId, user_id, user")
    group.add_argument("--movie-column", metavar="NAME", help="such as movieId, item_id, item")
    group.add_argument("--rating-column", metavar="NAME", help="such as rating, stars, score")
    group.add_argument("--time-column", metavar="NAME", help="such as timestamp, rated_at, date")
    group.add_argument(
        "--delimiter",
        type=_delimiter,
        metavar="TEXT",
        help="between two fields, such as ';' or tab (default: told from the first line)",
    )
    group.add_argument(
        "--movies",
        type=Path,
        metavar="FILE",
        help="movies.csv, movies.dat or u.item with the titles (default: titles such as Movie 7)",
    )


def source_options(args: argparse.Namespace) -> SourceOptions:
    """Return how to read a source, as the options of `add_source_options` say."""
    return SourceOptions(
        columns=ColumnNames(
            user=args.user_column,
            movie=args.movie_column,
            rating=args.rating_column,
            time=args.time_column,
        ),
        delimiter=args.delimiter,
        movies=args.movies,
        download_folder=args.download_folder,
    )


def run(args: argparse.Namespace) -> int:
    """Import and print what was done."""
    summary = run_import(
        args.source,
        database_url=_database_url(),
        max_reject_share=args.max_reject_share,
        rejects_path=args.rejects,
        progress=not args.quiet,
        options=source_options(args),
        metrics=_metrics_settings(),
    )
    print(summary.as_table())
    return 0


def _database_url() -> str:
    url = os.environ.get("DATABASE_URL")
    if not url:
        raise ConfigurationError(
            "DATABASE_URL is not set. `matinee services` starts a PostgreSQL and writes where it "
            "is to .matinee/services.env: set -a; . .matinee/services.env; set +a"
        )
    return url


def _metrics_settings() -> MetricsSettings | None:
    # Without an address the other variables may be somebody else's.
    return MetricsSettings.from_environment() if os.environ.get("PUSHGATEWAY_URL") else None


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = math.nan
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"{text} is not a number from 0 to 1")
    return share


def _delimiter(text: str) -> str:
    delimiter = {"tab": "\t", r"\t": "\t"}.get(text, text)
    if delimiter != "::" and len(delimiter) != 1:
        raise argparse.ArgumentTypeError(f"{text} is neither one character nor '::'")
    return delimiter


def _short(path: Path) -> str:
    home = str(Path.home())
    return str(path).replace(home, "~", 1) if home != "/" else str(path)
