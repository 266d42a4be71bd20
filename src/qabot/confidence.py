"""How sure: the probability that the quotes answer the question, from what was found and what is missing."""

import math
from collections.abc import Sequence

from qabot.reader import asked_kind
from qabot.retrieve import Query
from qabot.types import Quote, Reading
from qabot.words import words

FEATURES = ("margin", "passage cosine", "asked kind", "coverage", "names not quoted", "announced")


def features(query: Query, readings: Sequence[Reading], quotes: Sequence[Quote]) -> list[float]:
    """What speaks for and against the quotes of `readings` (best first), one number for each of `FEATURES`.

    The margin is the highest of what is quoted: all items of a list that was announced count. Terms are weighed by how
    telling they are. A name is a word that the question writes with a capital (not its first word), or a number. A word
    that is neither in the documents nor in the quotes can only take away.
    """
    held = {word.term for quote in quotes for word in words(" ".join([*quote.section, quote.text]))}
    weights = query.weights
    names = {
        word.term
        for word in query.words
        if word.content and (query.text[word.start].isdigit() or (word.start > 0 and query.text[word.start].isupper()))
    }
    total = sum(weights.values())
    best = readings[0]
    quoted = [reading.margin for reading in readings if any(_within(reading, quote) for quote in quotes)]
    return [
        max([best.margin, *quoted]),
        best.hit.meaning,
        asked_kind(query.text, " ".join(quote.text for quote in quotes)),
        sum(weight for term, weight in weights.items() if term in held) / total if total else 0.0,
        sum(weights.get(term, 0.0) for term in names if term not in held),
        float(not any(_within(best, quote) for quote in quotes)),
    ]


def _within(reading: Reading, quote: Quote) -> bool:
    return reading.hit.passage.document == quote.document and quote.start <= reading.start < quote.end


def probability(weights: Sequence[float], found: Sequence[float]) -> float:
    """Logistic regression: `weights` has one number for each of `found` and the intercept last."""
    total = sum(weight * value for weight, value in zip(weights, [*found, 1.0], strict=True))
    return (1 + math.tanh(total / 2)) / 2  # as 1 / (1 + exp(-total)), without its overflow
