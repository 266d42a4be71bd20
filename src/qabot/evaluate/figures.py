"""From outcomes to named figures, each with the number it was taken over and its 95 % interval."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

from qabot.evaluate import metrics
from qabot.evaluate.intervals import bootstrap, wilson
from qabot.evaluate.metrics import Point
from qabot.evaluate.outcome import DEPTH, Outcome

Unit = Literal["share", "number", "count", "characters", "ms"]
# "same": the number of questions, without which no other figure can be compared. None: not a matter of better or
# worse, or (times) a matter of the machine.
Better = Literal["higher", "lower", "same"] | None

NO_KIND = "not labelled"
RISKS = (1, 5, 10, 20)  # per cent
CUT_OFFS = (1, 3, 5)


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured value. `value` is None where it is not defined, `n` what it was taken over.

    `low` and `high` bound the 95 % interval; None where there is none. `group` is the heading it is shown under.
    """

    key: str
    label: str
    group: str
    value: float | None
    n: int
    low: float | None = None
    high: float | None = None
    unit: Unit = "share"
    better: Better = "higher"


def figures(outcomes: Sequence[Outcome], passage_lengths: Sequence[int]) -> tuple[Figure, ...]:
    """All figures, in the order in which they are shown."""
    answerable = [outcome for outcome in outcomes if outcome.question.answerable]
    unanswerable = [outcome for outcome in outcomes if not outcome.question.answerable]
    return (
        _count("asked", "asked", "questions", len(outcomes), "same"),
        _count("answerable", "answerable", "questions", len(answerable), "same"),
        _count("unanswerable", "not answerable", "questions", len(unanswerable), "same"),
        *_retrieval(answerable, passage_lengths),
        *_quotes(answerable, outcomes),
        *_decision("all", outcomes, better=None),
        *_decision("answerable", answerable, better="higher"),
        *_decision("unanswerable", unanswerable, better="lower"),
        *_confidence(answerable, unanswerable),
        *_time(outcomes),
    )


def kinds(outcomes: Sequence[Outcome]) -> tuple[tuple[str, tuple[Figure, ...]], ...]:
    """The main figures for each kind of question, in the order of the file; nothing where no kind is labelled."""
    found = dict.fromkeys(outcome.question.kind for outcome in outcomes)
    if not any(found):
        return ()
    table = []
    for kind in found:
        chosen = [outcome for outcome in outcomes if outcome.question.kind == kind]
        answerable = [outcome for outcome in chosen if outcome.question.answerable]
        row = (
            _count("asked", "asked", "kinds", len(chosen), None),
            _share(
                "recall_at_5", "recall@5", "kinds", [metrics.recalled(5, outcome.covered_at) for outcome in answerable]
            ),
            _share("first_quote_right", "first quote", "kinds", [outcome.first_right for outcome in answerable]),
            _share("section_right", "section", "kinds", _sections(answerable)),
            _share("coverage", "coverage", "kinds", [outcome.answered for outcome in chosen], None),
            _share("risk", "risk", "kinds", [not outcome.right for outcome in chosen if outcome.answered], None),
        )
        table.append((kind or NO_KIND, row))
    return tuple(table)


def scored(outcomes: Sequence[Outcome]) -> list[tuple[float | None, bool]]:
    """What the risk-coverage curve is drawn from."""
    return [(outcome.confidence if outcome.quotes else None, outcome.right) for outcome in outcomes]


def curve(outcomes: Sequence[Outcome]) -> tuple[Point, ...]:
    """The risk-coverage curve over all asked."""
    return tuple(metrics.risk_coverage_curve(scored(outcomes)))


def _retrieval(answerable: Sequence[Outcome], passage_lengths: Sequence[int]) -> list[Figure]:
    n, median = len(passage_lengths), metrics.quantile(passage_lengths, 0.5)
    covered = [outcome.covered_at for outcome in answerable]
    ranks = [outcome.first_relevant for outcome in answerable]
    return [
        # Recall says little without these two: one passage that is the whole document has recall 1.
        _count("passages", "passages", "retrieval", n, None),
        Figure("passage_length", "passage, median", "retrieval", median, n, unit="characters", better=None),
        *(
            _share(f"recall_at_{k}", f"recall@{k}", "retrieval", [metrics.recalled(k, at) for at in covered])
            for k in CUT_OFFS
        ),
        _measured("mrr", f"MRR (first {DEPTH})", "retrieval", metrics.mean_reciprocal_rank, ranks, unit="number"),
    ]


def _quotes(answerable: Sequence[Outcome], outcomes: Sequence[Outcome]) -> list[Figure]:
    right = [outcome for outcome in answerable if outcome.first_right]
    # The quotes of a question are one item: they are not independent of each other.
    lengths = [[len(quote.text) for quote in outcome.quotes] for outcome in answerable if outcome.quotes]
    needed, quoted = sum(o.sentences_needed for o in answerable), sum(o.sentences for o in answerable)
    return [
        _share("first_quote_right", "first quote right", "quotes", [o.first_right for o in answerable]),
        _share("answered_and_right", "answered and right", "quotes", [o.answered and o.right for o in answerable]),
        _share("section_right", "section right", "quotes", _sections(answerable)),
        _share("section_right_given_quote", "section right, if the quote is", "quotes", _sections(right)),
        _share("verbatim", "verbatim", "quotes", [intact for outcome in outcomes for intact in outcome.verbatim]),
        _measured("quote_length", "quote, median", "quotes", _median, lengths, unit="characters", better=None),
        _ratio("sentences_needed", "quoted sentences needed", "quotes", needed, quoted),
    ]


def _decision(name: str, outcomes: Sequence[Outcome], *, better: Better) -> list[Figure]:
    """Coverage and risk, always together. `better` says which way coverage is better."""
    words = "not answerable" if name == "unanswerable" else name
    wrong = [not outcome.right for outcome in outcomes if outcome.answered]
    # Every answer to an unanswerable question is wrong, so that its risk says nothing that coverage does not.
    worse: Better = None if name == "unanswerable" else "lower"
    return [
        _share(f"coverage_{name}", f"coverage, {words}", "decision", [o.answered for o in outcomes], better),
        _share(f"risk_{name}", f"risk, {words}", "decision", wrong, worse),
    ]


def _confidence(answerable: Sequence[Outcome], unanswerable: Sequence[Outcome]) -> list[Figure]:
    everything = scored([*answerable, *unanswerable])
    groups = [outcome.confidence for outcome in answerable], [outcome.confidence for outcome in unanswerable]
    return [
        _measured("auroc", "AUROC", "decision", metrics.auroc, *groups, unit="number"),
        *(
            _measured(
                f"coverage_at_risk_{percent}",
                f"coverage at {percent} % risk",
                "decision",
                partial(metrics.coverage_at_risk, risk=percent / 100),
                everything,
            )
            for percent in RISKS
        ),
    ]


def _time(outcomes: Sequence[Outcome]) -> list[Figure]:
    times = [outcome.elapsed_ms for outcome in outcomes]
    median, p95 = partial(metrics.quantile, at=0.5), partial(metrics.quantile, at=0.95)
    return [
        _measured("time_median", "time, median", "time", median, times, unit="ms", better=None),
        _measured("time_p95", "time, p95", "time", p95, times, unit="ms", better=None),
    ]


def _median(groups: Sequence[Sequence[float]]) -> float | None:
    return metrics.quantile([value for group in groups for value in group], 0.5)


def _sections(outcomes: Sequence[Outcome]) -> list[bool]:
    return [outcome.section_right for outcome in outcomes if outcome.section_right is not None]


def _count(key: str, label: str, group: str, count: int, better: Better) -> Figure:
    return Figure(key, label, group, count, count, unit="count", better=better)


def _share(key: str, label: str, group: str, hits: Sequence[bool], better: Better = "higher") -> Figure:
    return _ratio(key, label, group, sum(hits), len(hits), better)


def _ratio(key: str, label: str, group: str, part: int, whole: int, better: Better = "higher") -> Figure:
    low, high = wilson(part, whole) or (None, None)
    return Figure(key, label, group, metrics.share(part, whole), whole, low, high, better=better)


def _measured(
    key: str,
    label: str,
    group: str,
    measure: Callable[..., float | None],
    *items: Sequence[object],
    unit: Unit = "share",
    better: Better = "higher",
) -> Figure:
    low, high = bootstrap(measure, *items) or (None, None)
    return Figure(key, label, group, measure(*items), sum(map(len, items)), low, high, unit, better)
