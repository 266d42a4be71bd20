"""How sure: the probability that the quotes answer the question, from what was found and what is missing."""

import math
from collections.abc import Sequence

from qabot.reader import asked_kind
from qabot.retrieve import Query
from qabot.types import Quote, Reading
from qabot.words import words

FEATURES = ("passage cosine", "asked kind", "coverage", "names not quoted")


def features(query: Query, best: Reading, quotes: Sequence[Quote]) -> list[float]:
    """What speaks for and against the quotes, one number for each of `FEATURES`.

    Terms are weighed by how telling they are. A name is a word that the question writes with a capital (not its
    first word), or a number. A word that is neither in the documents nor in the quotes can only take away.
    """
    held = {word.term for quote in quotes for word in words(" ".join([*quote.section, quote.text]))}
    weights = query.weights
    names = {
        word.term
        for word in query.words
        if word.content and (query.text[word.start].isdigit() or (word.start > 0 and query.text[word.start].isupper()))
    }
    total = sum(weights.values())
    return [
        best.hit.meaning,
        asked_kind(query.text, " ".join(quote.text for quote in quotes)),
        sum(weight for term, weight in weights.items() if term in held) / total if total else 0.0,
        sum(weights.get(term, 0.0) for term in names if term not in held),
    ]


def probability(weights: Sequence[float], found: Sequence[float]) -> float:
    """Logistic regression: `weights` has one number for each of `found` and the intercept last."""
    return 1 / (1 + math.exp(-(sum(weight * value for weight, value in zip(weights, [*found, 1.0], strict=True)))))
