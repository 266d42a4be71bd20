"""From where on to answer, at which risk: worked by hand."""

import numpy as np
import pytest

from qabot.evaluate.threshold import Judged, at_risk, curve, fit_confidence


def judged(answerable: list[float], unanswerable: list[float]) -> Judged:
    """Questions by confidence; the answerable ones get a right quote."""
    confidences = np.array([*answerable, *unanswerable])
    is_answerable = np.arange(len(confidences)) < len(answerable)
    return Judged(confidences[:, None], is_answerable, is_answerable, np.zeros(len(confidences), int), confidences)


TWENTY = judged([0.9] * 8 + [0.5] * 2, [0.5] + [0.1] * 9)


def test_equal_confidences_are_answered_together_and_fewer_than_ten_answers_say_nothing():
    assert curve(TWENTY) == [
        pytest.approx((0.5, 1 / 11, 0.55, 1.0)),
        pytest.approx((0.1, 0.5, 1.0, 1.0)),
    ]


def test_the_threshold_answers_most_at_its_risk():
    level = at_risk(TWENTY, 0.1)
    assert (level.threshold, level.coverage, level.answerable) == pytest.approx((0.3, 0.55, 1.0))
    assert str(level) == "at 10% risk  55% of the questions answered, 100% of the answerable ones"
    everything = at_risk(TWENTY, 0.5)
    assert everything.threshold == pytest.approx(0.05)
    assert str(at_risk(TWENTY, 0.05)) == "at 5% risk  not reached"


def test_answerable_and_unanswerable_questions_count_the_same():
    few = judged([0.9] * 90, [0.9, *[0.1] * 9])
    [first, _] = curve(few)
    # One of ten unanswerable questions is answered, so a twentieth of all; beside half of all that are right.
    assert first[1:3] == pytest.approx((0.05 / 0.55, 0.55))


def test_confidence_is_fitted_without_the_question_that_it_is_of():
    generator = np.random.default_rng(0)
    noise = generator.normal(size=(60, 30))
    right = np.arange(60) % 2 == 0
    groups = Judged(noise, right, right, np.arange(60) % 3, np.zeros(60))
    _, unseen = fit_confidence(groups)
    # Nothing can be learnt from noise; whoever was fitted on these very questions would be right on most of them.
    assert np.mean((unseen > 0.5) == right) < 0.7


def test_groups_count_the_same_however_many_questions_they_have():
    one, other = judged([0.9] * 10, [0.1] * 10), judged([0.9] * 100, [0.9] * 100)
    both = Judged(
        np.vstack([one.features, other.features]),
        np.append(one.right, other.right),
        np.append(one.answerable, other.answerable),
        np.repeat([0, 1], [20, 200]),
        np.append(one.confidences, other.confidences),
    )
    [first, _] = curve(both)
    # All of the second group is answered, half of it wrongly; the half of the first that can be, rightly.
    assert first[1:3] == pytest.approx((1 / 3, 0.75))
    assert at_risk(both.of(0), 0.1) == at_risk(one, 0.1)
