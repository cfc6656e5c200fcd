"""Per-user arrays read by byte range are those that were fetched whole."""

from pathlib import Path

import numpy as np
import pytest

from matinee.artifacts.codec import map_array, write_arrays
from matinee.artifacts.users import (
    LocalUserArrays,
    RemoteUserArrays,
    UserArrays,
    rated_user,
    user_history,
)
from matinee.scoring.history import History

BLOCK_ROWS = 4
N_USERS = 11  # two whole blocks and a part of a third
LENGTHS = np.array([2, 0, 5, 1, 0, 0, 3, 1, 4, 2, 0])
USER_IDS = np.arange(N_USERS, dtype=np.int64) * 10 + 10


@pytest.fixture
def both(tmp_path: Path) -> tuple[LocalUserArrays, RemoteUserArrays]:
    """Return the same arrays on disk and behind byte ranges."""
    rng = np.random.default_rng(0)
    n_ratings = int(LENGTHS.sum())
    arrays = {
        "user_ids": USER_IDS,
        "user_biases": rng.normal(size=N_USERS).astype(np.float32),
        "user_factors": rng.normal(size=(N_USERS, 3)).astype(np.float32),
        "history_offsets": np.concatenate([[0], np.cumsum(LENGTHS)]),
        "history_items": rng.integers(0, 100, n_ratings).astype(np.int32),
        "history_ratings": rng.integers(1, 6, n_ratings).astype(np.float32),
        "history_times": np.arange(n_ratings),
    }
    entries = write_arrays(tmp_path, arrays)

    def read_range(name: str, start: int, stop: int) -> bytes:
        return (tmp_path / name).read_bytes()[start:stop]

    local = LocalUserArrays(
        {name: map_array(tmp_path, name, entries[f"{name}.npy"]) for name in arrays}
    )
    return local, RemoteUserArrays(entries, read_range, USER_IDS[::BLOCK_ROWS], BLOCK_ROWS)


def as_lists(history: History) -> tuple[list[int], list[float], list[int]]:
    return history.item_indices.tolist(), history.ratings.tolist(), history.times.tolist()


def test_users_are_found_alike_and_strangers_are_not(
    both: tuple[LocalUserArrays, RemoteUserArrays],
) -> None:
    asked = [0, 1, *range(5, 130, 5), 2**63 - 1]
    found = [[users.find(user_id) for user_id in asked] for users in both]
    assert found[0] == found[1]
    assert [row for row in found[0] if row is not None] == list(range(N_USERS))


def test_every_history_and_every_parameter_is_the_same(
    both: tuple[LocalUserArrays, RemoteUserArrays],
) -> None:
    for row in range(N_USERS):
        local, remote = (rated_user(users, row, user_history(users, row)) for users in both)
        assert len(local.history) == LENGTHS[row]
        assert as_lists(local.history) == as_lists(remote.history)
        assert local.bias == remote.bias
        assert local.factors is not None and remote.factors is not None
        assert local.factors.tolist() == remote.factors.tolist()


@pytest.mark.parametrize(("start", "stop"), [(0, 0), (3, 3), (11, 11), (9, 99), (0, 11)])
def test_ranges_of_rows_are_the_same_at_every_edge(
    both: tuple[LocalUserArrays, RemoteUserArrays], start: int, stop: int
) -> None:
    for name in ("user_ids", "user_factors"):
        local, remote = (users.rows(name, start, stop) for users in both)
        assert local.tolist() == remote.tolist()
        assert local.shape == remote.shape


def test_empty_range_reads_nothing(both: tuple[LocalUserArrays, RemoteUserArrays]) -> None:
    def refuse(name: str, start: int, stop: int) -> bytes:
        raise AssertionError("nothing had to be read")

    remote = RemoteUserArrays(both[1].entries, refuse, USER_IDS[::BLOCK_ROWS], BLOCK_ROWS)
    assert remote.rows("user_factors", 2, 2).shape == (0, 3)
    assert remote.find(5) is None


def no_users(tmp_path: Path) -> list[UserArrays]:
    entries = write_arrays(tmp_path, {"user_ids": np.zeros(0, np.int64)})

    def read_range(name: str, start: int, stop: int) -> bytes:
        return (tmp_path / name).read_bytes()[start:stop]

    return [
        LocalUserArrays({"user_ids": np.zeros(0, np.int64)}),
        RemoteUserArrays(entries, read_range, np.zeros(0, np.int64), BLOCK_ROWS),
    ]


def test_model_without_users_finds_nobody(tmp_path: Path) -> None:
    assert [users.find(1) for users in no_users(tmp_path)] == [None, None]


def test_user_without_a_row_has_a_history_and_no_parameters(
    both: tuple[LocalUserArrays, RemoteUserArrays],
) -> None:
    user = rated_user(both[0], None, History.empty())
    assert (user.bias, user.factors) == (None, None)


def test_model_without_user_parameters_leaves_them_out(tmp_path: Path) -> None:
    for users in no_users(tmp_path):
        user = rated_user(users, 0, History.empty())
        assert (user.bias, user.factors) == (None, None)
