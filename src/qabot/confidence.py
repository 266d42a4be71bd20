"""How sure: the probability that the quotes answer the question, from what was found and what is missing."""

import math
from collections.abc import Sequence

from qabot.reader import asked_kind, coverage
from qabot.retrieve import Query
from qabot.types import Document, Quote, Reading
from qabot.words import words

FEATURES = ("margin", "passage cosine", "asked kind", "coverage", "passage coverage", "names not quoted", "announced")


def features(query: Query, readings: Sequence[Reading], quotes: Sequence[Quote], source: Document) -> list[float]:
    """What speaks for and against the quotes of `readings` (best first), one number for each of `FEATURES`. `source` is
    the document of the best reading.

    The margin is the highest of what is quoted: all items of a list that was announced count. Terms are weighed by how
    telling they are. A name is a word that the question writes with a capital (not its first word), or a number. A word
    that is neither in the documents nor in the quotes can only take away.
    """
    held = [word for quote in quotes for word in words(" ".join([*quote.section, quote.text]))]
    best, passage = readings[0], readings[0].hit.passage
    around = words(" ".join([*passage.path, source.text[passage.start : passage.end]]))
    terms = {word.term for word in held}
    names = {
        word.term
        for word in query.words
        if word.content and (query.text[word.start].isdigit() or (word.start > 0 and query.text[word.start].isupper()))
    }
    quoted = [reading.margin for reading in readings if any(_within(reading, quote) for quote in quotes)]
    return [
        max([best.margin, *quoted]),
        best.hit.meaning,
        asked_kind(query.text, " ".join(quote.text for quote in quotes)),
        coverage(query, held),
        coverage(query, [*held, *around]),
        sum(query.weights.get(term, 0.0) for term in names - terms),
        float(not any(_within(best, quote) for quote in quotes)),
    ]


def _within(reading: Reading, quote: Quote) -> bool:
    return reading.hit.passage.document == quote.document and quote.start <= reading.start < quote.end


def probability(weights: Sequence[float], found: Sequence[float]) -> float:
    """Logistic regression: `weights` has one number for each of `found` and the intercept last."""
    total = sum(weight * value for weight, value in zip(weights, [*found, 1.0], strict=True))
    return (1 + math.tanh(total / 2)) / 2  # as 1 / (1 + exp(-total)), without its overflow
