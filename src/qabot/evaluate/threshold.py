"""Judged questions -> how sure their quotes are, and from where on to answer at which risk."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FEWEST = 10
_PENALTY = 0.3
_FOLDS = 10

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Judged:
    """All questions as arrays: what speaks for their quotes, whether these are right, whether they could be, which
    group they are of, and how sure the quotes are.
    """

    features: Matrix
    right: NDArray[np.bool_]
    answerable: NDArray[np.bool_]
    group: NDArray[np.int64]
    confidences: Matrix

    @property
    def shares(self) -> Matrix:
        """What each question counts, 1 in all, so that groups count the same and, in each, answerable and unanswerable
        ones do.
        """
        _, kinds, counts = np.unique(2 * self.group + self.answerable, return_inverse=True, return_counts=True)
        shares: Matrix = 1 / (len(counts) * counts[kinds])
        return shares

    def of(self, group: int) -> "Judged":
        """The questions of one group."""
        chosen = self.group == group
        rows = (self.features, self.right, self.answerable, self.group, self.confidences)
        return Judged(*(row[chosen] for row in rows))


@dataclass(frozen=True, slots=True)
class Level:
    """What a risk allows: the `threshold` that answers most, with which `coverage` of all questions and of the
    answerable ones; None where no threshold has so low a risk.
    """

    risk: float
    threshold: float | None
    coverage: float | None
    answerable: float | None

    def __str__(self) -> str:
        if self.coverage is None:
            return f"at {100 * self.risk:.4g}% risk  not reached"
        return (
            f"at {100 * self.risk:.4g}% risk  {self.coverage:.0%} of the questions answered, "
            f"{self.answerable:.0%} of the answerable ones"
        )


def fit_confidence(judged: Judged) -> tuple[tuple[float, ...], Matrix]:
    """Logistic regression of whether the quotes are right, and what it says of questions that it was not fitted on: of
    each group in turn or, where there is one group only, ten-fold.
    """
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]
    from sklearn.model_selection import LeaveOneGroupOut, StratifiedKFold  # type: ignore[import-untyped]
    from sklearn.pipeline import make_pipeline  # type: ignore[import-untyped]
    from sklearn.preprocessing import StandardScaler  # type: ignore[import-untyped]

    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.5 / _PENALTY))

    def fit(chosen: NDArray[np.int64]) -> None:
        weights = judged.shares[chosen] * len(judged.right)
        model.fit(judged.features[chosen], judged.right[chosen], logisticregression__sample_weight=weights)

    several = judged.group.max() > 0
    folds = LeaveOneGroupOut() if several else StratifiedKFold(_FOLDS, shuffle=True, random_state=0)
    unseen = np.zeros(len(judged.right))
    for chosen, left_out in folds.split(judged.features, judged.right, judged.group if several else None):
        fit(chosen)
        unseen[left_out] = model.predict_proba(judged.features[left_out])[:, 1]
    fit(np.arange(len(judged.right)))
    scaler, logistic = model[0], model[1]
    slopes = logistic.coef_[0] / scaler.scale_
    intercept = float(logistic.intercept_[0] - slopes @ scaler.mean_)
    return (*(round(float(slope), 4) for slope in slopes), round(intercept, 4)), unseen


def curve(judged: Judged) -> list[tuple[float, float, float, float]]:
    """(confidence, risk, coverage, coverage of the answerable) of answering from each confidence on, highest first.

    Of fewer than ten answers no risk is known.
    """
    order = np.argsort(-judged.confidences, kind="stable")
    sure, share, right = judged.confidences[order], judged.shares[order], judged.right[order]
    coverage = np.cumsum(share)
    risk = np.cumsum(share * ~right) / coverage
    answerable = np.cumsum(share * judged.answerable[order]) * 2
    # Equal confidences are answered together.
    last = np.append(np.flatnonzero(np.diff(sure)), len(sure) - 1)
    return [(sure[at], risk[at], coverage[at], answerable[at]) for at in last if at >= FEWEST - 1]


def at_risk(judged: Judged, risk: float) -> Level:
    """The lowest threshold that has at most this risk."""
    points = curve(judged)
    enough = [place for place, point in enumerate(points) if point[1] <= risk]
    if not enough:
        return Level(risk, None, None, None)
    last = enough[-1]
    # Between two neighbouring probabilities, so that rounding on another machine moves no question across.
    below = points[last + 1][0] if last + 1 < len(points) else 0.0
    return Level(risk, float(points[last][0] + below) / 2, float(points[last][2]), float(points[last][3]))
