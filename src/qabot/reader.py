"""Question + passages -> the spans that may answer, best first.

Every sentence of every passage is a candidate. It is judged by its vector, its words, the kind of answer that the
question asks for and, where there is a reading model, by the best span in it: those are the answering words.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from qabot.retrieve import Query, asking
from qabot.spans import Span, SpanModel
from qabot.store import Store
from qabot.types import Document, Hit, Passage, Reading
from qabot.words import Word, words

_NUMBER_ASKED = re.compile(
    r"\bhow (many|much|far|fast|large|big|high|low|old)\b"
    r"|\b(percent|percentage|share|rate|number|size|amount|figure)\b|%",
    re.IGNORECASE,
)
_PERSON_ASKED = re.compile(r"\b(who|whom|whose)\b|\bwhich (person|expert|professor|director)\b", re.IGNORECASE)
_DATE_ASKED = re.compile(r"\b(when|(what|which) (year|date|day|month)|since what)\b", re.IGNORECASE)
_DURATION_ASKED = re.compile(r"\bhow (long|soon|often|recent\w*)\b", re.IGNORECASE)
_NUMBER = re.compile(r"\d|\b(two|three|four|five|six|seven|eight|nine|ten|half|dozen|hundred|thousand|million)\b")
_PERSON = re.compile(r"(?<![.!?:\"“] )(?<!^)\b[A-Z][a-z]+ (?:[A-Z]\. )?[A-Z][a-z]+")
_DATE = re.compile(r"\b((?:19|20)\d\d|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)[a-z]*)\b|\bago\b")
_DURATION = re.compile(
    r"\b(years?|months?|weeks?|days?|hours?|minutes?|seconds?|decades?|centur(y|ies)|annual\w*|daily|weekly|monthly|yearly)\b",
    re.IGNORECASE,
)
_KINDS = ((_DURATION_ASKED, _DURATION), (_DATE_ASKED, _DATE), (_PERSON_ASKED, _PERSON), (_NUMBER_ASKED, _NUMBER))
# Of a message only the sentences that ask are read, unless they have fewer characters than this ("Right?").
_ASKING = 20
FEATURES = ("margin", "sentence cosine", "passage cosine", "coverage", "asked kind")


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads passages with `model`, or without one. `weights` has one number for each of `FEATURES`; fitted by
    `qabot calibrate`.
    """

    store: Store
    model: SpanModel | None
    weights: tuple[float, ...]

    def read(self, query: Query, hits: Sequence[Hit]) -> list[Reading]:
        """A reading of every sentence of every hit, best first."""
        readings, features = self.candidates(query, hits)
        scores = features @ np.asarray(self.weights)
        scored = [replace(reading, score=float(score)) for reading, score in zip(readings, scores, strict=True)]
        return sorted(scored, key=lambda reading: -reading.score)

    def candidates(self, query: Query, hits: Sequence[Hit]) -> tuple[list[Reading], NDArray[np.float64]]:
        """A reading of every sentence of every hit, and what speaks for each: (readings, len(FEATURES))."""
        readings: list[Reading] = []
        rows: list[list[float]] = []
        for hit, spans in zip(hits, self._spans(query, hits), strict=True):
            text = self._text(hit.passage)
            heading = words(" ".join(hit.passage.path))
            cosines = self.store.sentence_vectors(hit.identifier) @ query.vector
            for (start, end), span, cosine in zip(hit.passage.sentences, spans, cosines, strict=True):
                sentence = text[start - hit.passage.start : end - hit.passage.start]
                if span is not None:
                    reading = Reading(hit, span.start, span.end, margin=span.margin, marks=True)
                elif self.model is None:
                    reading = Reading(hit, start, end)
                else:
                    continue  # not a word in it
                readings.append(reading)
                rows.append(
                    [
                        reading.margin,
                        float(cosine),
                        hit.meaning,
                        coverage(query, [*heading, *words(sentence)]),
                        asked_kind(query.text, sentence),
                    ]
                )
        return readings, np.array(rows).reshape(-1, len(FEATURES))

    def _spans(self, query: Query, hits: Sequence[Hit]) -> list[list[Span | None]]:
        """The best span of each sentence of each hit, in the document's offsets; None without a model."""
        if self.model is None:
            return [[None] * len(hit.passage.sentences) for hit in hits]
        texts = [(self._heading(hit.passage), self._text(hit.passage)) for hit in hits]
        asked = asking(query.text)
        question = asked if len(asked) >= _ASKING else query.text
        return [
            [_placed(scores.best(s - hit.passage.start, e - hit.passage.start), hit) for s, e in hit.passage.sentences]
            for hit, scores in zip(hits, self.model.score(question, texts), strict=True)
        ]

    def _text(self, passage: Passage) -> str:
        return self._document(passage).text[passage.start : passage.end]

    def _heading(self, passage: Passage) -> str:
        return " > ".join((self._document(passage).title, *passage.path))

    def _document(self, passage: Passage) -> Document:
        document = self.store.document(passage.document)
        assert document is not None
        return document


def _placed(span: Span | None, hit: Hit) -> Span | None:
    return span and Span(hit.passage.start + span.start, hit.passage.start + span.end, span.margin)


def coverage(query: Query, found: Sequence[Word]) -> float:
    """The share, 0 to 1, of the question's content that stands in `found`; a term weighs as much as it is telling."""
    total = sum(query.weights.values())
    if not total:
        return 0.0
    present = {word.term for word in found}
    return sum(weight for term, weight in query.weights.items() if term in present) / total


def asked_kind(question: str, sentence: str) -> float:
    """1 if the question asks for a number, person or time and the sentence has one, -1 if it has none, else 0."""
    for asked, given in _KINDS:
        if asked.search(question):
            return 1.0 if given.search(sentence) else -1.0
    return 0.0
