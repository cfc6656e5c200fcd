"""Which ratings a person can give."""

import math

import pytest

from matinee.domain.ratings import STARS, RatingScale


@pytest.mark.parametrize("stars", [0.5, 1.0, 3.5, 5.0])
def test_scale_holds_its_ends_and_every_step(stars: float) -> None:
    assert STARS.holds(stars)


@pytest.mark.parametrize("stars", [0.0, 0.25, 4.2, 5.5, -1.0, 1e308, math.nan, math.inf, -math.inf])
def test_scale_refuses_what_is_off_it_or_between_steps(stars: float) -> None:
    assert not STARS.holds(stars)


def test_scale_of_whole_stars_refuses_half_ones() -> None:
    scale = RatingScale(low=1.0, high=5.0, step=1.0)
    assert scale.holds(4.0)
    assert not scale.holds(3.5)
