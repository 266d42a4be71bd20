"""One question's outcome: what came back, judged against its labels."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from qabot.evaluate.metrics import covered, covered_at, first_quote_right, first_relevant, held, section_right
from qabot.evaluate.metrics import sentences_needed as needed
from qabot.evaluate.questions import LabelledQuestion
from qabot.evaluate.sources import Sources
from qabot.types import Finding, Quote

# How many passages are looked at. More than anyone reads; fixed, so that MRR does not depend on how many come back.
DEPTH = 10

Verdict = Literal["altered", "wrong", "missed", "right", "refused"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came back for a question, and whether it is right.

    `right` (a quote holds a right answer), `first_right` and `section_right` are judged whatever the confidence;
    `section_right` is None where no section is labelled or nothing was quoted for an unanswerable question.
    `sentences_needed` of `sentences` quoted ones are needed by a label. `verbatim` has one value for each quote.
    """

    question: LabelledQuestion
    confidence: float
    answered: bool
    quotes: tuple[Quote, ...]
    verbatim: tuple[bool, ...]
    covered_at: int | None
    first_relevant: int | None
    first_right: bool
    right: bool
    section_right: bool | None
    sentences_needed: int
    sentences: int
    elapsed_ms: float

    @property
    def verdict(self) -> Verdict:
        """In one word; `missed` is an answerable question refused, `refused` an unanswerable one."""
        if not all(self.verbatim):
            return "altered"
        if self.answered:
            return "right" if self.right else "wrong"
        return "missed" if self.question.answerable else "refused"


def judge(
    question: LabelledQuestion, finding: Finding, sources: Sources, *, threshold: float, elapsed_ms: float
) -> Outcome:
    """The outcome of a question. It counts as answered if there are quotes and the confidence is the threshold's.

    Where the label names a document, what is found or quoted elsewhere holds nothing.
    """
    labels, need = question.answers, question.need
    passages = [
        sources.text(hit.passage) if _there(question, hit.passage.document) else "" for hit in finding.hits[:DEPTH]
    ]
    quotes = [quote.text if _there(question, quote.document) else "" for quote in finding.quotes]
    counts = [
        needed(quote.text, quote.start, sources.sentences(quote.document), labels if text else ())
        for quote, text in zip(finding.quotes, quotes, strict=True)
    ]
    return Outcome(
        question=question,
        confidence=finding.confidence,
        answered=bool(finding.quotes) and finding.confidence >= threshold,
        quotes=finding.quotes,
        verbatim=tuple(sources.verbatim(quote) for quote in finding.quotes),
        covered_at=covered_at(passages, labels, need),
        first_relevant=first_relevant(passages, labels),
        first_right=first_quote_right(quotes, labels, need),
        right=covered(quotes, labels, need),
        section_right=_section_right(question, finding.quotes, quotes),
        sentences_needed=sum(count for count, _ in counts),
        sentences=sum(count for _, count in counts),
        elapsed_ms=elapsed_ms,
    )


def _there(question: LabelledQuestion, document: str) -> bool:
    return question.document in (None, document)


def _section_right(question: LabelledQuestion, quotes: Sequence[Quote], texts: Sequence[str]) -> bool | None:
    """Of the first quote or, where all labels are needed, of every quote that holds one (else of the first)."""
    if question.section is None or not question.answerable:
        return None
    judged = list(quotes[:1])
    if question.need == "all":
        judged = [quote for quote, text in zip(quotes, texts, strict=True) if held(text, question.answers)] or judged
    section = question.section
    return bool(judged) and all(
        _there(question, quote.document) and section_right(quote.section, quote.number, section) for quote in judged
    )
