"""95 % intervals: Wilson's for shares, the percentile bootstrap for what is not a share."""

from collections.abc import Callable, Sequence
from math import sqrt
from statistics import NormalDist

import numpy as np

LEVEL = 0.95
ROUNDS = 1000
# Fixed, so that the same outcomes always give the same report.
SEED = 20251120

Interval = tuple[float, float]


def wilson(successes: int, n: int) -> Interval | None:
    """Wilson's score interval of the share `successes / n`; None where `n` is 0.

        centre = (p + z^2 / 2n) / (1 + z^2 / n)
        half   = z / (1 + z^2 / n) * sqrt(p (1 - p) / n + z^2 / 4n^2)

    with p = successes / n and z the normal quantile (1.96). It stays within 0 and 1 and is honest at 0 % and 100 %,
    where the textbook interval has no width.

    E. B. Wilson (1927), Probable inference, the law of succession, and statistical inference, JASA 22:209-212;
    recommended in L. D. Brown, T. T. Cai and A. DasGupta (2001), Statistical Science 16:101-133.
    """
    if not n:
        return None
    z = NormalDist().inv_cdf((1 + LEVEL) / 2)
    share = successes / n
    scale = 1 + z * z / n
    centre = (share + z * z / (2 * n)) / scale
    half = z / scale * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return max(0.0, centre - half), min(1.0, centre + half)


def bootstrap(
    statistic: Callable[..., float | None], *groups: Sequence[object], rounds: int = ROUNDS
) -> Interval | None:
    """The percentile bootstrap interval of `statistic(*groups)`; None where a group has fewer than two items.

    Every round draws each group anew, with replacement and of its own size, so that a statistic that compares two
    groups is always defined. Rounds in which the statistic is None are left out. An item stands for one question:
    give all values of a question as one item, as they are not independent. Like every bootstrap it knows no value
    beyond those seen: an AUROC of exactly 1 gets an interval without width.

    B. Efron and R. J. Tibshirani (1993), An Introduction to the Bootstrap, chapter 13.
    """
    if not groups or min(len(group) for group in groups) < 2:
        return None
    random = np.random.default_rng(SEED)
    values = []
    for _ in range(rounds):
        drawn = [[group[index] for index in random.integers(len(group), size=len(group))] for group in groups]
        value = statistic(*drawn)
        if value is not None:
            values.append(value)
    if not values:
        return None
    low, high = np.quantile(values, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)
