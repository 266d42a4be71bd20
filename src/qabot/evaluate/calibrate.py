"""Labelled questions -> every fitted number: fusion, choice of sentences, confidence, threshold.

Each is fitted for what it is for, on the questions given and on nothing else, in the order in which a question
meets them. Nothing is drawn by chance: the same questions give the same numbers.
"""

import importlib.util
import math
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from qabot import confidence
from qabot.answer import READ, RETRIEVED, Answerer
from qabot.calibration import Calibration
from qabot.compose import compose
from qabot.errors import BadQuestionFile, QabotError
from qabot.evaluate.metrics import first_quote_right, first_relevant, mean_reciprocal_rank
from qabot.evaluate.questions import LabelledQuestion
from qabot.evaluate.threshold import FEWEST, Judged, Level, Matrix, at_risk, curve, fit_confidence
from qabot.reader import FEATURES, Reader
from qabot.retrieve import Fusion, Query, prepare, retrieve
from qabot.spelling import corrected
from qabot.types import Hit, Quote, Reading

RISK = 0.1
RISKS = (0.01, 0.05, 0.1, 0.2)
_WORDS = (0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1.0)
_HEADING = (0.25, 0.5, 1.0, 2.0)
_FURTHER = (0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5)
_PENALTY = 0.3
_QUOTES = 3

Group = tuple[Answerer, Sequence[LabelledQuestion]]


@dataclass(frozen=True, slots=True)
class _Case:
    """A question with all sentences of the passages that are read, their features, and which of them is right."""

    answerer: Answerer
    label: LabelledQuestion
    query: Query
    readings: list[Reading]
    features: Matrix
    right: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Fitted:
    """What was fitted, and what it allows at some risks.

    Risk and coverage are of questions whose confidence was fitted without them, as if half of all were answerable. The
    ranking was fitted on all of them.
    """

    calibration: Calibration
    levels: tuple[Level, ...]


def calibrate(
    groups: Sequence[Group],
    fitted_on: str,
    risk: float = RISK,
    progress: Callable[[str], None] = lambda step: None,
    last_decides: bool = False,
) -> Fitted:
    """Fit all numbers to questions, each group asked of its own answerer; all answerers have the same models.

    All groups count the same. The threshold is the one that answers most at the given risk, wrong answers of all
    answers, with answerable and unanswerable questions counted as if there were equally many; with `last_decides`, on
    the questions of the last group alone. `progress` is called with the name of each step.

    Raises BadQuestionFile where there are fewer than ten answerable or ten unanswerable questions or the risk cannot be
    reached, QabotError where scikit-learn is not installed.
    """
    _needs_scikit_learn()
    questions = [question for _, asked in groups for question in asked]
    answerable = [question for question in questions if question.answers]
    if min(len(answerable), len(questions) - len(answerable)) < FEWEST:
        raise BadQuestionFile(f"Calibrating takes at least {FEWEST} answerable and {FEWEST} unanswerable questions.")
    with ExitStack() as snapshots:
        for answerer, _ in groups:
            snapshots.enter_context(answerer.store.snapshot())
        progress("looking up the questions")
        asked = [(answerer, label, _query(answerer, label.question)) for answerer, labels in groups for label in labels]
        progress("fitting how words and meaning are weighed")
        fusion = _fit_fusion([(answerer, label, query) for answerer, label, query in asked if label.answers])
        progress("reading")
        cases = [case for case in (_case(*one, fusion) for one in asked) if case.readings]
        progress("fitting the choice of sentences")
        weights = _fit_reader(cases)
        several = _where_several_are_needed(cases)
        further = max(_FURTHER, key=lambda share: (_share_right(several, weights, share), share))
        progress("fitting the confidence and the threshold")
        judged = _judged(cases, weights, further)
        logistic, judged.confidences[:] = fit_confidence(judged)
    levels = {level: at_risk(judged, level) for level in (*RISKS, risk)}
    deciding = judged.of(int(judged.group.max())) if last_decides else judged
    threshold = at_risk(deciding, risk).threshold
    if threshold is None:
        lowest = min(point[1] for point in curve(deciding))
        raise BadQuestionFile(
            f"A risk of {100 * risk:.4g}% cannot be had on these questions; the lowest is {math.ceil(lowest * 100)}%."
        )
    models = groups[0][0]
    calibration = Calibration(
        encoder=models.encoder.fingerprint,
        reading_model=models.reading_model.fingerprint if models.reading_model else None,
        fusion=fusion,
        reader=weights,
        further=further,
        confidence=logistic,
        threshold=threshold,
        fitted_on=fitted_on,
    )
    return Fitted(calibration, tuple(levels[level] for level in sorted(levels)))


def _needs_scikit_learn() -> None:
    if importlib.util.find_spec("sklearn") is None:
        raise QabotError("Calibrating needs scikit-learn; install it with pip install scikit-learn.")


def _query(answerer: Answerer, question: str) -> Query:
    collections = answerer.collections()
    asked = corrected(question, answerer.store, answerer.encoder.is_word, collections)
    return prepare(answerer.store, answerer.encoder, asked, collections)


def _fit_fusion(asked: Sequence[tuple[Answerer, LabelledQuestion, Query]]) -> Fusion:
    """The weights with the best mean reciprocal rank of the first passage that holds a label, all groups counting the
    same; of equals, the first.
    """

    def quality(fusion: Fusion) -> float:
        ranks: dict[int, list[int | None]] = {}
        for answerer, label, query in asked:
            texts = [_text(answerer, hit) for hit in retrieve(answerer.store, query, fusion, RETRIEVED)]
            ranks.setdefault(id(answerer), []).append(first_relevant(texts, label.answers))
        return float(np.mean([mean_reciprocal_rank(of_group) or 0.0 for of_group in ranks.values()]))

    return max((Fusion(words, heading) for words in _WORDS for heading in _HEADING), key=quality)


def _text(answerer: Answerer, hit: Hit) -> str:
    return answerer.document(hit.passage.document).text[hit.passage.start : hit.passage.end]


def _case(answerer: Answerer, label: LabelledQuestion, query: Query, fusion: Fusion) -> _Case:
    reader = Reader(answerer.store, answerer.reading_model, (0.0,) * len(FEATURES))
    readings, features = reader.candidates(query, retrieve(answerer.store, query, fusion, RETRIEVED)[:READ])
    # A sentence is right if quoting it is: what a lead-in announces and a speaker's other sentence come with it.
    right = [_right(label, compose(answerer.store, query, [reading], math.inf, _QUOTES)) for reading in readings]
    return _Case(answerer, label, query, readings, features, np.array(right))


def _right(label: LabelledQuestion, quotes: Sequence[Quote]) -> bool:
    return bool(label.answers) and first_quote_right([quote.text for quote in quotes], label.answers, label.need)


def _fit_reader(cases: Sequence[_Case]) -> tuple[float, ...]:
    """Conditional logit (McFadden 1974): the weights that make right sentences likeliest among those read.

    Features are scaled to unit variance and the weights held small by a penalty on their squares.
    """
    from scipy.optimize import minimize  # type: ignore[import-untyped]

    usable = [case for case in cases if case.right.any()]
    if len(usable) < FEWEST:
        raise BadQuestionFile(
            f"Only {len(usable)} of the answers were found in the documents; are these questions on other documents?"
        )
    scale = np.vstack([case.features for case in usable]).std(axis=0)
    scale[scale == 0] = 1.0

    def loss(weights: Matrix) -> tuple[float, Matrix]:
        value, gradient = _PENALTY * float(weights @ weights), 2 * _PENALTY * weights
        for case in usable:
            scaled = case.features / scale
            scores = scaled @ weights
            likelihood = np.exp(scores - scores.max())
            likelihood /= likelihood.sum()
            right = likelihood * case.right
            value -= math.log(right.sum())
            gradient = gradient + scaled.T @ likelihood - scaled.T @ (right / right.sum())
        return value, gradient

    fitted = minimize(loss, np.zeros(len(FEATURES)), jac=True).x / scale
    return tuple(round(float(weight), 4) for weight in fitted)


def _where_several_are_needed(cases: Sequence[_Case]) -> Sequence[_Case]:
    """The cases of those answerers of which some question needs several texts: elsewhere a further quote is never
    counted as right, only as wrong. All cases where there is no such question.
    """
    needing = {id(case.answerer) for case in cases if case.label.need == "all"}
    return [case for case in cases if id(case.answerer) in needing] or cases


def _ranked(case: _Case, weights: Sequence[float]) -> list[Reading]:
    scores = case.features @ np.asarray(weights)
    order = np.argsort(-scores, kind="stable")
    return [replace(case.readings[place], score=float(scores[place])) for place in order]


def _quotes(case: _Case, ranked: Sequence[Reading], further: float) -> tuple[Quote, ...]:
    return compose(case.answerer.store, case.query, ranked, further, _QUOTES)


def _share_right(cases: Sequence[_Case], weights: Sequence[float], further: float) -> float:
    answerable = [case for case in cases if case.label.answers]
    right = [_right(case.label, _quotes(case, _ranked(case, weights), further)) for case in answerable]
    return float(np.mean(right))


def _judged(cases: Sequence[_Case], weights: Sequence[float], further: float) -> Judged:
    groups = list(dict.fromkeys(id(case.answerer) for case in cases))
    rows, right = [], []
    for case in cases:
        ranked = _ranked(case, weights)
        quotes = _quotes(case, ranked, further)
        source = case.answerer.document(ranked[0].hit.passage.document)
        rows.append(confidence.features(case.query, ranked, quotes, source))
        right.append(_right(case.label, quotes))
    if sum(right) < FEWEST:
        raise BadQuestionFile(f"Only {sum(right)} of the questions get a right quote; too few to calibrate on.")
    return Judged(
        np.array(rows),
        np.array(right),
        np.array([bool(case.label.answers) for case in cases]),
        np.array([groups.index(id(case.answerer)) for case in cases]),
        np.zeros(len(cases)),
    )
