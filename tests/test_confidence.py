"""How sure: a probability, whatever was found."""

import pytest

from qabot.confidence import probability


def test_a_probability_is_that_of_logistic_regression() -> None:
    assert probability([2.0, 1.0], [0.5]) == pytest.approx(0.8808, abs=1e-4)
    assert probability([0.0, 0.0], [5.0]) == 0.5


def test_nothing_is_too_large_for_it() -> None:
    assert probability([1.0, 0.0], [1e6]) == 1
    assert probability([1.0, 0.0], [-1e6]) == 0
