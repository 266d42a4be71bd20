"""Asks every question and measures what comes back."""

from collections.abc import Callable, Mapping, Sequence
from time import perf_counter

from qabot.errors import BadQuestion, BadQuestionFile
from qabot.evaluate.figures import curve, figures, kinds
from qabot.evaluate.outcome import Outcome, judge
from qabot.evaluate.questions import LabelledQuestion
from qabot.evaluate.report import Report
from qabot.evaluate.sources import Evaluable, Sources

# Loads models and fills caches; not one of the questions, so that none is answered from a cache.
WARM_UP = "What is this about?"


def evaluate(
    answerer: Evaluable,
    questions: Sequence[LabelledQuestion],
    progress: Callable[[int, int], None] | None = None,
    about: Mapping[str, str] | None = None,
    also: Sequence[str] = (),
) -> Report:
    """Asks all questions, one after the other, and reports; `also` are further collections that are asked.

    `progress` is called with how many are done, and of how many. `about` is printed with the figures: which
    questions, which models, which version. Raises BadQuestionFile for a question that cannot be asked and for a
    label of a document that is not indexed.
    """
    sources = Sources(answerer, also)
    notes = sources.check(questions)
    answerer.find(WARM_UP, also=also)
    outcomes = []
    for done, question in enumerate(questions, start=1):
        outcomes.append(_ask(answerer, question, sources, also))
        if progress is not None:
            progress(done, len(questions))
    return Report(
        figures=figures(outcomes, [passage.end - passage.start for passage in sources.passages]),
        kinds=kinds(outcomes),
        curve=curve(outcomes),
        outcomes=tuple(outcomes),
        threshold=answerer.threshold,
        about=tuple((about or {}).items()),
        notes=tuple(notes),
    )


def _ask(answerer: Evaluable, question: LabelledQuestion, sources: Sources, also: Sequence[str]) -> Outcome:
    start = perf_counter()
    try:
        finding = answerer.find(question.question, also=also)
    except BadQuestion as error:
        raise BadQuestionFile(f"question {question.id!r} cannot be asked: {error}") from error
    elapsed_ms = (perf_counter() - start) * 1000
    return judge(question, finding, sources, threshold=answerer.threshold, elapsed_ms=elapsed_ms)
