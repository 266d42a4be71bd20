"""What is measured, as pure functions over plain values, each with its definition.

A label text is held by a text that contains it, white space of any length and kind counting as one space (a label
is written on one line where a document may wrap). Case and accents count.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from qabot.evaluate.questions import SECTION_SEPARATOR, Need


@dataclass(frozen=True, slots=True)
class Point:
    """A point of the risk-coverage curve: what comes of answering from this confidence on."""

    threshold: float
    coverage: float
    risk: float


@lru_cache(maxsize=4096)
def _pattern(label: str) -> re.Pattern[str]:
    return re.compile(r"\s+".join(map(re.escape, label.split())))


def label_spans(text: str, label: str) -> Iterator[tuple[int, int]]:
    """Where `label` stands in `text`, as `[start, end)`."""
    return (match.span() for match in _pattern(label).finditer(text))


def held(text: str, labels: Sequence[str]) -> set[str]:
    """The labels that `text` holds. A passage is relevant if there is one."""
    return {label for label in labels if _pattern(label).search(text)}


def covered(texts: Sequence[str], labels: Sequence[str], need: Need) -> bool:
    """Whether the texts hold what is needed: any one of the labels, or all of them, together. No labels: False."""
    together = set().union(*(held(text, labels) for text in texts))
    return bool(together) and (need == "any" or together == set(labels))


def covered_at(passages: Sequence[str], labels: Sequence[str], need: Need) -> int | None:
    """The smallest k for which the first k passages hold what is needed; None if all of them do not."""
    missing = set(labels)
    for k, passage in enumerate(passages, start=1):
        found = held(passage, labels)
        missing -= found
        if found and (need == "any" or not missing):
            return k
    return None


def recalled(k: int, at: int | None) -> bool:
    """Whether the first k passages cover a question's labels; `at` is its `covered_at`.

    recall@k is the share of answerable questions for which this is so: for questions of one label what is also
    called success@k, hit rate or top-k accuracy, as in V. Karpukhin et al. (2020), Dense passage retrieval for
    open-domain question answering, section 5.
    """
    return at is not None and at <= k


def first_relevant(passages: Sequence[str], labels: Sequence[str]) -> int | None:
    """The rank, from 1, of the first passage that holds a label text; None if none does."""
    return next((rank for rank, passage in enumerate(passages, start=1) if held(passage, labels)), None)


def mean_reciprocal_rank(ranks: Sequence[int | None]) -> float | None:
    """MRR: the mean of 1 / rank of the first relevant passage, 0 where there is none; None for no questions.

    E. M. Voorhees (1999), The TREC-8 question answering track report.
    """
    return sum(1 / rank for rank in ranks if rank is not None) / len(ranks) if ranks else None


def first_quote_right(quotes: Sequence[str], labels: Sequence[str], need: Need) -> bool:
    """Whether the first quote holds one of the texts or, where all are needed, the quotes together hold them all."""
    return covered(quotes[:1] if need == "any" else quotes, labels, need)


def section_right(path: Sequence[str], number: str, section: str) -> bool:
    """Whether a quote's section is the labelled one: its headings stand in the quote's path, next to each other.

    A label "Breakthroughs" therefore fits a quote under "Breakthroughs > Solid-state batteries". The label "" is
    the opening, which has the number "0".
    """
    if not section:
        return number == "0"
    fence = SECTION_SEPARATOR.strip()
    return f"{fence}{_one_line(section)}{fence}" in f"{fence}{fence.join(map(_one_line, path))}{fence}"


def _one_line(headings: str) -> str:
    """Headings joined by " > " with the white space in and around each made one space or none."""
    fence = SECTION_SEPARATOR.strip()
    return fence.join(" ".join(heading.split()) for heading in headings.split(fence))


def sentences_needed(
    text: str, start: int, sentences: Sequence[tuple[int, int]], labels: Sequence[str]
) -> tuple[int, int]:
    """How many sentences of a quote a label needs, and how many it has.

    `start` is the quote's place in its document, `sentences` are the document's, as `[start, end)` there. A sentence
    is quoted if it shares a character with the quote, and needed if it shares one with a label text in the quote.
    A quote that no sentence overlaps counts as one sentence.
    """
    quoted = [(a, b) for a, b in sentences if a < start + len(text) and b > start] or [(start, start + len(text))]
    spans = [(start + a, start + b) for label in labels for a, b in label_spans(text, label)]
    return sum(any(a < d and b > c for c, d in spans) for a, b in quoted), len(quoted)


def share(part: int, whole: int) -> float | None:
    """`part / whole`, None where it is not defined. Risk is wrong / answered, coverage is answered / asked."""
    return part / whole if whole else None


def auroc(answerable: Sequence[float], unanswerable: Sequence[float]) -> float | None:
    """The area under the ROC curve of the confidence; None where either kind has no question.

    It is the probability that an answerable question, drawn at random, gets a higher confidence than an
    unanswerable one, ties counting half: the Mann-Whitney statistic over the number of pairs. J. A. Hanley and
    B. J. McNeil (1982), The meaning and use of the area under a ROC curve, Radiology 143:29-36.
    """
    if not answerable or not unanswerable:
        return None
    # The same as scikit-learn's roc_auc_score (a test compares them) at a fiftieth of its time, which counts in the
    # thousand rounds of a bootstrap, and without its import, so that small servers can evaluate too.
    others = np.sort(unanswerable)
    below_and_tied = np.searchsorted(others, answerable, "left") + np.searchsorted(others, answerable, "right")
    return float(below_and_tied.mean() / 2 / len(others))


def risk_coverage_curve(scored: Sequence[tuple[float | None, bool]]) -> list[Point]:
    """Risk and coverage at every threshold that makes a difference, from the highest confidence down.

    `scored` has the confidence of every question asked, None where there was nothing to quote, and whether its
    quotes are right. Questions of the same confidence are answered together: no threshold tells them apart.

    R. El-Yaniv and Y. Wiener (2010), On the foundations of noise-free selective classification, JMLR 11:1605-1641.
    """
    pairs = sorted(((c, right) for c, right in scored if c is not None), key=lambda pair: -pair[0])
    if not pairs:
        return []
    confidences = np.array([confidence for confidence, _ in pairs])
    wrong = np.cumsum([not right for _, right in pairs])
    last = np.append(np.flatnonzero(np.diff(confidences)), len(pairs) - 1)  # the last question of each confidence
    return [Point(float(confidences[i]), float(i + 1) / len(scored), float(wrong[i]) / float(i + 1)) for i in last]


def coverage_at_risk(scored: Sequence[tuple[float | None, bool]], risk: float) -> float | None:
    """The largest coverage at which the risk is at most `risk`; 0 if there is none, None for no questions.

    The threshold is chosen on the very questions that are measured, so it is an upper bound, to compare
    confidences by. Y. Geifman and R. El-Yaniv (2017), Selective classification for deep neural networks.
    """
    if not scored:
        return None
    return max((point.coverage for point in risk_coverage_curve(scored) if point.risk <= risk), default=0.0)


def quantile(values: Sequence[float], at: float) -> float | None:
    """The quantile with linear interpolation between neighbours; 0.5 is the median. None for no values.

    R. J. Hyndman and Y. Fan (1996), Sample quantiles in statistical packages, type 7.
    """
    return float(np.quantile(values, at)) if len(values) else None
