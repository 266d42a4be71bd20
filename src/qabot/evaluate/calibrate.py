"""Labelled questions -> every fitted number: fusion, choice of sentences, confidence, threshold.

Each is fitted for what it is for, on the questions given and on nothing else, in the order in which a question
meets them. Nothing is drawn by chance: the same questions give the same numbers.
"""

import math
from collections.abc import Callable, Sequence
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
from qabot.reader import FEATURES, SentenceReader
from qabot.retrieve import Fusion, Query, prepare, retrieve
from qabot.spelling import corrected
from qabot.types import Hit, Quote, Reading

_WORDS = (0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1.0)
_HEADING = (0.25, 0.5, 1.0, 2.0)
_FURTHER = (0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5)
_PENALTY = 0.3
_QUOTES = 3
_FOLDS = 10
_FEWEST = 10

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Case:
    """A question with all sentences of the passages that are read, their features, and which of them is right."""

    label: LabelledQuestion
    query: Query
    readings: list[Reading]
    features: Matrix
    right: NDArray[np.bool_]


def calibrate(
    answerer: Answerer,
    questions: Sequence[LabelledQuestion],
    fitted_on: str,
    progress: Callable[[str], None] = lambda step: None,
) -> Calibration:
    """Fit all numbers to an answerer's documents and model.

    `progress` is called with the name of each step. Raises BadQuestionFile where there are fewer than ten
    answerable or ten unanswerable questions, QabotError where scikit-learn is not installed.
    """
    answerable = [question for question in questions if question.answers]
    if min(len(answerable), len(questions) - len(answerable)) < _FEWEST:
        raise BadQuestionFile(f"Calibrating takes at least {_FEWEST} answerable and {_FEWEST} unanswerable questions.")
    with answerer.store.snapshot():
        progress("looking up the questions")
        queries = [_query(answerer, question.question) for question in questions]
        pairs = list(zip(questions, queries, strict=True))
        progress("fitting how words and meaning are weighed")
        fusion = _fit_fusion(answerer, [(label, query) for label, query in pairs if label.answers])
        progress("fitting the choice of sentences")
        cases = [_case(answerer, label, query, fusion) for label, query in pairs]
        weights = _fit_reader(cases)
        further = max(_FURTHER, key=lambda share: (_share_right(answerer, cases, weights, share), -share))
        progress("fitting the confidence and the threshold")
        logistic, threshold = _fit_confidence(answerer, cases, weights, further)
    return Calibration(answerer.encoder.fingerprint, fusion, weights, further, logistic, threshold, fitted_on)


def _query(answerer: Answerer, question: str) -> Query:
    asked = corrected(question, answerer.store, answerer.encoder.is_word)
    return prepare(answerer.store, answerer.encoder, asked)


def _fit_fusion(answerer: Answerer, pairs: Sequence[tuple[LabelledQuestion, Query]]) -> Fusion:
    """The weights with the best mean reciprocal rank of the first passage that holds a label; of equals, the first."""

    def quality(fusion: Fusion) -> float:
        hits = [retrieve(answerer.store, query, fusion, RETRIEVED) for _, query in pairs]
        texts = [[_text(answerer, hit) for hit in found] for found in hits]
        ranks = [first_relevant(found, label.answers) for found, (label, _) in zip(texts, pairs, strict=True)]
        return mean_reciprocal_rank(ranks) or 0.0

    return max((Fusion(words, heading) for words in _WORDS for heading in _HEADING), key=quality)


def _text(answerer: Answerer, hit: Hit) -> str:
    return answerer.document(hit.passage.document).text[hit.passage.start : hit.passage.end]


def _case(answerer: Answerer, label: LabelledQuestion, query: Query, fusion: Fusion) -> _Case:
    reader = SentenceReader(answerer.store, (0.0,) * len(FEATURES))
    hits = retrieve(answerer.store, query, fusion, RETRIEVED)[:READ]
    readings = [Reading(hit, start, end, 0.0) for hit in hits for start, end in hit.passage.sentences]
    # A sentence is right if quoting it is: what a lead-in announces and a speaker's other sentence come with it.
    right = [_right(label, compose(answerer.store, query, [reading], math.inf, _QUOTES)) for reading in readings]
    return _Case(label, query, readings, np.vstack([reader.features(query, hit) for hit in hits]), np.array(right))


def _right(label: LabelledQuestion, quotes: Sequence[Quote]) -> bool:
    return bool(label.answers) and first_quote_right([quote.text for quote in quotes], label.answers, label.need)


def _fit_reader(cases: Sequence[_Case]) -> tuple[float, ...]:
    """Conditional logit (McFadden 1974): the weights that make right sentences likeliest among those read.

    Features are scaled to unit variance and the weights held small by a penalty on their squares.
    """
    try:
        from scipy.optimize import minimize  # type: ignore[import-untyped]
    except ImportError as error:
        raise QabotError("Calibrating needs scikit-learn; install it with pip install scikit-learn.") from error
    usable = [case for case in cases if case.right.any()]
    if len(usable) < _FEWEST:
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


def _ranked(case: _Case, weights: Sequence[float]) -> list[Reading]:
    scores = case.features @ np.asarray(weights)
    order = np.argsort(-scores, kind="stable")
    return [replace(case.readings[place], score=float(scores[place])) for place in order]


def _share_right(answerer: Answerer, cases: Sequence[_Case], weights: Sequence[float], further: float) -> float:
    answerable = [case for case in cases if case.label.answers]
    right = [
        _right(case.label, compose(answerer.store, case.query, _ranked(case, weights), further, _QUOTES))
        for case in answerable
    ]
    return float(np.mean(right))


def _fit_confidence(
    answerer: Answerer, cases: Sequence[_Case], weights: Sequence[float], further: float
) -> tuple[tuple[float, ...], float]:
    """Logistic regression (ten-fold for the threshold) of whether the quotes are right, and the threshold.

    The threshold has the best F1 of answering: precision is right of answered, recall right of answerable, as the
    threshold of SQuAD 2.0's evaluation is chosen (Rajpurkar, Jia & Liang 2018).
    """
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]
    from sklearn.model_selection import StratifiedKFold, cross_val_predict  # type: ignore[import-untyped]
    from sklearn.pipeline import make_pipeline  # type: ignore[import-untyped]
    from sklearn.preprocessing import StandardScaler  # type: ignore[import-untyped]

    rows, right = [], []
    for case in cases:
        ranked = _ranked(case, weights)
        quotes = compose(answerer.store, case.query, ranked, further, _QUOTES)
        rows.append(confidence.features(case.query, ranked[0], quotes))
        right.append(_right(case.label, quotes))
    features, target = np.array(rows), np.array(right)
    model = make_pipeline(StandardScaler(), LogisticRegression(C=_PENALTY))
    unseen = cross_val_predict(model, features, target, cv=StratifiedKFold(_FOLDS), method="predict_proba")[:, 1]
    model.fit(features, target)
    scaler, logistic = model[0], model[1]
    slopes = logistic.coef_[0] / scaler.scale_
    intercept = float(logistic.intercept_[0] - slopes @ scaler.mean_)
    answerable = sum(bool(case.label.answers) for case in cases)

    def f1(threshold: float) -> float:
        answered = unseen >= threshold
        return float(2 * (answered & target).sum() / (answered.sum() + answerable))

    # Between two neighbouring probabilities, so that rounding on another machine moves no question across.
    ordered = np.unique(unseen)
    threshold = max(((ordered[1:] + ordered[:-1]) / 2).tolist(), key=f1)
    return (*(round(float(slope), 4) for slope in slopes), round(intercept, 4)), round(float(threshold), 4)
