"""What every kind of test may use."""

import asyncio

import numpy as np
import pytest

LOOP = pytest.StashKey[asyncio.AbstractEventLoop]()


def pytest_configure(config: pytest.Config) -> None:
    """Give Mangum the event loop that it otherwise makes and never closes."""
    config.stash[LOOP] = asyncio.new_event_loop()
    asyncio.set_event_loop(config.stash[LOOP])


def pytest_unconfigure(config: pytest.Config) -> None:
    """Close it."""
    asyncio.set_event_loop(None)
    config.stash[LOOP].close()


@pytest.fixture(autouse=True)
def _event_loop(request: pytest.FixtureRequest) -> None:
    """Put it back: a test that used `asyncio.run` leaves none behind."""
    asyncio.set_event_loop(request.config.stash[LOOP])


@pytest.fixture
def rng() -> np.random.Generator:
    """Random numbers that are the same in every run."""
    return np.random.default_rng(20240229)
