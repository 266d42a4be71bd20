"""Question + passages -> the spans that may answer, best first.

`Reader` is the one interface between finding and quoting. `SentenceReader` chooses whole sentences by their
vectors, their words and the kind of answer that the question asks for.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from qabot.retrieve import Query
from qabot.store import Store
from qabot.types import Hit, Reading
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
FEATURES = ("sentence cosine", "passage cosine", "coverage", "asked kind")


class Reader(Protocol):
    """What answering needs of a reader."""

    def read(self, query: Query, hits: Sequence[Hit]) -> list[Reading]:
        """All readings of all hits, best first; none where no hit has text."""


@dataclass(frozen=True, slots=True)
class SentenceReader:
    """Reads by whole sentences. `weights` has one number for each of `FEATURES`; fitted by `qabot calibrate`."""

    store: Store
    weights: tuple[float, ...]

    def read(self, query: Query, hits: Sequence[Hit]) -> list[Reading]:
        """Every sentence of every hit, best first."""
        readings = []
        for hit in hits:
            scores = self.features(query, hit) @ np.asarray(self.weights)
            spans = hit.passage.sentences
            readings += [
                Reading(hit, start, end, float(score)) for (start, end), score in zip(spans, scores, strict=True)
            ]
        return sorted(readings, key=lambda reading: -reading.score)

    def features(self, query: Query, hit: Hit) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
        """What speaks for each sentence of a hit: (sentences, len(FEATURES))."""
        document = self.store.document(hit.passage.document)
        assert document is not None
        cosines = self.store.sentence_vectors(hit.identifier) @ query.vector
        texts = [document.text[start:end] for start, end in hit.passage.sentences]
        heading = words(" ".join(hit.passage.path))
        return np.array(
            [
                [cosine, hit.meaning, coverage(query, [*heading, *words(text)]), asked_kind(query.text, text)]
                for cosine, text in zip(cosines, texts, strict=True)
            ]
        )


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
