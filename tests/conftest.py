"""What every kind of test may use."""

import asyncio

import numpy as np
import pytest

# Mangum otherwise makes an event loop that it never closes. Set before any hook runs, because
# the conftest files below this one may import a handler.
LOOP = asyncio.new_event_loop()
asyncio.set_event_loop(LOOP)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Close the loop."""
    asyncio.set_event_loop(None)
    LOOP.close()


@pytest.fixture(autouse=True)
def _event_loop() -> None:
    """Put it back: a test that used `asyncio.run` leaves none behind."""
    asyncio.set_event_loop(LOOP)


@pytest.fixture
def rng() -> np.random.Generator:
    """Random numbers that are the same in every run."""
    return np.random.default_rng(20240229)
